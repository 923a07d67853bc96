#!/usr/bin/env bash
# Installs what the build needs on a Debian machine that has cargo from rustup: Debian packages, the Rust
# toolchain of rust-toolchain.toml and the WebAssembly target of the runtime. Needs root or sudo only when
# a Debian package is missing. Can be run again at any time: what is there is left alone.
set -euo pipefail

if [ "${1:-}" = "--help" ] || [ "${1:-}" = "-h" ]; then
	cat <<'HELP'
Usage: scripts/setup.sh

Installs the Debian packages, the Rust toolchain and the WebAssembly target that the build needs.
Run as root, or as a user with sudo. Safe to run again.
HELP
	exit 0
fi

# shellcheck source=scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

TARGET=wasm32v1-none

# rustup prints a stack trace after a failed download otherwise.
export RUST_BACKTRACE=0

say() { echo "setup: $*"; }

die() {
	echo "setup: error: $*" >&2
	exit 1
}

# ---------------------------------------------------------------------------------------------------------
# Debian packages
# ---------------------------------------------------------------------------------------------------------

apt_updated=no

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "root is needed for: $*; run as root or install sudo"
	fi
}

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs those of the named Debian packages that are missing.
packages() {
	local missing=() name
	for name in "$@"; do
		is_installed "$name" || missing+=("$name")
	done
	if [ "${#missing[@]}" -eq 0 ]; then
		say "Debian packages are installed: $*"
		return
	fi
	command -v apt-get >/dev/null || die "this is not Debian; install by hand: ${missing[*]}"
	say "installing Debian packages: ${missing[*]}"
	if [ "$apt_updated" = no ]; then
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q update
		apt_updated=yes
	fi
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -o DPkg::Lock::Timeout=300 -q -y --no-remove --no-install-recommends install "${missing[@]}"
}

# ---------------------------------------------------------------------------------------------------------
# Rust
# ---------------------------------------------------------------------------------------------------------

# Installs the toolchain of rust-toolchain.toml; where rustup cannot download, `stable` does.
toolchain() {
	command -v rustup >/dev/null || die "rustup was not found; install Rust with rustup first"
	local folder
	folder=$(salus_native_toolchain)
	case ${folder##*/} in
	"$SALUS_CHANNEL" | "$SALUS_CHANNEL"-*) ;;
	*)
		if [ -n "$folder" ] && [[ "$("$folder/bin/rustc" --version)" == "rustc $SALUS_CHANNEL "* ]]; then
			say "the stable toolchain is Rust $SALUS_CHANNEL"
			return
		fi
		say "installing Rust $SALUS_CHANNEL"
		if ! timeout 900 rustup toolchain install "$SALUS_CHANNEL" \
			--profile minimal --component clippy,rustfmt --no-self-update; then
			[ -n "$folder" ] || die "Rust $SALUS_CHANNEL could not be installed and there is no stable toolchain"
			say "Rust $SALUS_CHANNEL cannot be downloaded here; going on with the installed stable toolchain"
		fi
		;;
	esac
}

lint_tools() {
	local folder
	unset RUSTUP_TOOLCHAIN
	salus_toolchains
	folder=$(salus_native_toolchain)
	if [ ! -x "$folder/bin/cargo-clippy" ] || [ ! -x "$folder/bin/rustfmt" ]; then
		say "adding clippy and rustfmt"
		rustup component add clippy rustfmt --toolchain "${folder##*/}" ||
			die "clippy and rustfmt could not be installed for ${folder##*/}"
	fi
	say "Rust: $(cd "$SALUS_ROOT" && rustc --version)"
}

# Succeeds when the compiler given as a command builds a runtime-like library: no standard library, a
# global allocator, thin link-time optimisation (which needs the bitcode in core and alloc).
target_works() {
	local folder result=0
	folder=$(mktemp -d)
	cat >"$folder/probe.rs" <<'RUST'
#![no_std]
extern crate alloc;

struct Bump;

unsafe impl core::alloc::GlobalAlloc for Bump {
	unsafe fn alloc(&self, _: core::alloc::Layout) -> *mut u8 {
		core::ptr::null_mut()
	}
	unsafe fn dealloc(&self, _: *mut u8, _: core::alloc::Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
	core::arch::wasm32::unreachable()
}

#[no_mangle]
pub extern "C" fn probe(length: usize) -> usize {
	alloc::vec![1u8; length].iter().map(|byte| *byte as usize).sum()
}
RUST
	(cd "$folder" && "$@" --edition 2021 --target "$TARGET" --crate-type cdylib -C opt-level=3 -C lto=thin \
		-C panic=abort -o probe.wasm probe.rs) >"$folder/log" 2>&1 && [ -s "$folder/probe.wasm" ] || result=1
	[ "$result" -eq 0 ] || [ "${SETUP_VERBOSE:-}" = "" ] || cat "$folder/log" >&2
	rm -rf "$folder"
	return "$result"
}

native_target_works() {
	target_works rustup run "$(basename "$(salus_native_toolchain)")" rustc
}

fallback_target_works() {
	[ -e "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$SALUS_WASM_TOOLCHAIN/bin/rustc" ] &&
		target_works rustup run "$SALUS_WASM_TOOLCHAIN" rustc
}

# Builds core, alloc and compiler_builtins with Debian's compiler, which comes with its library's source,
# and links that compiler under a name that rustup knows.
build_fallback() {
	# rust-web-llvm carries `rust-lld`, the linker of the target; it is only recommended by rustc-web.
	packages rustc-web cargo-web rust-web-src rust-web-llvm lld-22
	local rustc=/usr/bin/rustc cargo=/usr/bin/cargo folder libraries prefix name
	libraries=$("$rustc" --print target-libdir --target "$TARGET")
	prefix=$("$rustc" --print sysroot)
	say "building core and alloc for $TARGET with $("$rustc" --version)"
	folder=$(mktemp -d)
	mkdir "$folder/src"
	echo '#![no_std]' >"$folder/src/lib.rs"
	cat >"$folder/Cargo.toml" <<'TOML'
[package]
name = "wasm-std"
version = "0.0.0"
edition = "2021"

[workspace]
TOML
	# The bitcode is what the runtime's thin link-time optimisation works on.
	(cd "$folder" && env -u RUSTUP_TOOLCHAIN -u CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR="$folder/target" \
		RUSTC="$rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C embed-bitcode=yes" \
		"$cargo" build -Z build-std=core,alloc --target "$TARGET" --release)
	as_root mkdir -p "$libraries"
	for name in core alloc compiler_builtins; do
		# A library of an older compiler must not stay beside the new one.
		as_root rm -f "$libraries/lib$name"-*.rlib
		as_root install -m 644 "$folder/target/$TARGET/release/deps/lib$name"-*.rlib "$libraries/"
	done
	rm -rf "$folder"
	say "linking Debian's compiler as the rustup toolchain $SALUS_WASM_TOOLCHAIN"
	rustup toolchain link "$SALUS_WASM_TOOLCHAIN" "$prefix"
}

wasm_target() {
	if native_target_works; then
		say "$TARGET is installed"
	elif fallback_target_works; then
		say "$TARGET is installed in the toolchain $SALUS_WASM_TOOLCHAIN"
	else
		say "adding $TARGET with rustup"
		if timeout 300 rustup target add "$TARGET" --toolchain "$(basename "$(salus_native_toolchain)")" &&
			native_target_works; then
			say "$TARGET was added"
		else
			say "rustup cannot add $TARGET here; building it from Debian's packages instead"
			build_fallback
			SETUP_VERBOSE=1 fallback_target_works || die "the compiler for $TARGET does not work"
			say "$TARGET was built"
		fi
	fi
	salus_toolchains
}

packages build-essential ca-certificates clang cmake git libclang-dev libssl-dev pkg-config protobuf-compiler
toolchain
lint_tools
wasm_target

mkdir -p "$CARGO_TARGET_DIR"
say "target folder: $CARGO_TARGET_DIR"
say "the runtime is built by: ${WASM_BUILD_TOOLCHAIN:-the native toolchain}"
say "done"
