//! Chains that the node knows by name. Every other chain comes from a file.

use sc_service::{ChainType, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use std::path::PathBuf;

/// The node's chain specifications need no extensions.
pub type ChainSpec = sc_service::GenericChainSpec;

/// How addresses of every Salus chain are written.
const SS58_FORMAT: u16 = 42;

/// The chain with this name, or in the file at this path.
pub fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"" => Err("no chain named: pass --chain with dev, local or the path of a chain \
			specification"
			.into()),
		"dev" => {
			preset("Salus Development", "salus_dev", ChainType::Development, DEV_RUNTIME_PRESET)
		},
		"local" => {
			preset("Salus Local", "salus_local", ChainType::Local, LOCAL_TESTNET_RUNTIME_PRESET)
		},
		path => {
			let path = PathBuf::from(path);
			if !path.exists() {
				return Err(format!(
					"'{id}' is neither dev nor local nor the path of a chain specification"
				));
			}
			ChainSpec::from_json_file(path)
				.map_err(|error| format!("'{id}' is no chain specification: {error}"))
		},
	}
}

/// A chain whose genesis the runtime itself describes. No boot nodes, no telemetry.
fn preset(name: &str, id: &str, chain: ChainType, genesis: &str) -> Result<ChainSpec, String> {
	let code = salus_runtime::WASM_BINARY.ok_or(
		"this node was built without a runtime (SKIP_WASM_BUILD was set): build it again, or pass \
		 --chain with the path of a chain specification",
	)?;
	let properties = Properties::from_iter([("ss58Format".to_owned(), SS58_FORMAT.into())]);
	Ok(ChainSpec::builder(code, None)
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain)
		.with_protocol_id(&id.replace('_', "-"))
		.with_properties(properties)
		.with_genesis_config_preset_name(genesis)
		.build())
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_service::ChainSpec as _;
	use sp_runtime::BuildStorage;

	#[test]
	fn named_chains_build_their_genesis() {
		for (name, id, kind) in [
			("dev", "salus_dev", ChainType::Development),
			("local", "salus_local", ChainType::Local),
		] {
			let spec = load(name).unwrap();
			assert_eq!((spec.id(), spec.chain_type()), (id, kind));
			let genesis = spec.build_storage().unwrap();
			assert!(genesis.top.contains_key(sp_core::storage::well_known_keys::CODE));
		}
	}

	#[test]
	fn named_chains_tell_nobody_about_themselves() {
		for name in ["dev", "local"] {
			let json = load(name).unwrap().as_json(false).unwrap();
			let json: serde_json::Value = serde_json::from_str(&json).unwrap();
			assert!(json["telemetryEndpoints"].is_null());
			assert_eq!(json["bootNodes"], serde_json::json!([]));
			assert_eq!(json["properties"]["ss58Format"], SS58_FORMAT);
		}
	}

	#[test]
	fn a_chain_survives_its_file() {
		let path = std::env::temp_dir().join(format!("salus-spec-{}.json", std::process::id()));
		std::fs::write(&path, load("local").unwrap().as_json(true).unwrap()).unwrap();
		let spec = load(path.to_str().unwrap()).unwrap();
		assert_eq!(spec.id(), "salus_local");
		std::fs::remove_file(path).unwrap();
	}

	#[test]
	fn unknown_chains_are_refused_in_a_sentence() {
		assert!(load("").err().unwrap().contains("--chain"));
		assert!(load("nowhere").err().unwrap().starts_with("'nowhere' is neither"));
	}
}
