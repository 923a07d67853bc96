# The environment of every script. To be sourced, also by a person who calls cargo by hand:
#   . scripts/env.sh
#
# It gives the same values each time on the same machine. That matters: the runtime's build script runs
# again whenever WASM_BUILD_TOOLCHAIN changes, and a second target folder is a second build of 900 crates.
# shellcheck shell=bash

SALUS_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SALUS_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/salus
export SALUS_ROOT SALUS_CACHE

# Outside the clone, so that a fresh clone finds what an earlier one built.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$SALUS_CACHE/target}

# With the target folder outside the clone, substrate-wasm-builder cannot find Cargo.lock by walking up
# from it, and would resolve the runtime's dependencies anew.
export WASM_BUILD_WORKSPACE_HINT=$SALUS_ROOT

# Debian's cargo may be installed as well (the fallback of setup.sh needs it): rustup's comes first.
if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/rustup" ] && ! command -v rustup >/dev/null; then
	PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
	export PATH
fi

# The name under which setup.sh links the compiler that builds the runtime where rustup cannot.
SALUS_WASM_TOOLCHAIN=salus-wasm
SALUS_CHANNEL=$(sed -n 's/^channel = "\(.*\)"$/\1/p' "$SALUS_ROOT/rust-toolchain.toml")

# Prints the folder of the toolchain that builds everything native, nothing when there is none.
# Reads the folder instead of asking rustup, which might start a download.
salus_native_toolchain() {
	local name folder
	for name in "$SALUS_CHANNEL" stable; do
		for folder in "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$name" \
			"${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$name"-*; do
			if [ -x "$folder/bin/rustc" ]; then
				echo "$folder"
				return
			fi
		done
	done
}

# Sets RUSTUP_TOOLCHAIN and WASM_BUILD_TOOLCHAIN from what is installed. setup.sh calls it once more
# after it installed something.
salus_toolchains() {
	local native
	native=$(salus_native_toolchain)
	case ${native##*/} in
	stable | stable-*)
		export RUSTUP_TOOLCHAIN=stable
		;;
	esac
	if [ ! -d "$native/lib/rustlib/wasm32v1-none/lib" ] &&
		[ -e "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$SALUS_WASM_TOOLCHAIN/bin/rustc" ]; then
		export WASM_BUILD_TOOLCHAIN=$SALUS_WASM_TOOLCHAIN
	else
		unset WASM_BUILD_TOOLCHAIN
	fi
}
salus_toolchains

# Succeeds when setup.sh has nothing to do, as far as can be told without starting a compiler.
salus_is_set_up() {
	local command native
	for command in cc c++ clang cmake pkg-config protoc rustup; do
		command -v "$command" >/dev/null || return 1
	done
	pkg-config --exists openssl || return 1
	native=$(salus_native_toolchain)
	[ -x "$native/bin/cargo" ] || return 1
	[ -n "${WASM_BUILD_TOOLCHAIN:-}" ] || [ -d "$native/lib/rustlib/wasm32v1-none/lib" ]
}
