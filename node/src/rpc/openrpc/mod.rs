//! `rpc.discover`: an OpenRPC document of the `salus_` methods, from one table.

mod methods;

use self::methods::METHODS;
use super::error::Code;
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use schemars::generate::SchemaSettings;
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// The method `rpc.discover`.
pub fn module() -> Result<RpcModule<Value>, RegisterMethodError> {
	let mut module = RpcModule::new(document());
	module.register_method("rpc.discover", |_, document, _| document.clone())?;
	Ok(module)
}

/// Whether the table names exactly these methods.
pub fn describes(names: impl Iterator<Item = &'static str>) -> bool {
	names.collect::<BTreeSet<_>>() == METHODS.iter().map(|method| method.name).collect()
}

/// The document.
pub fn document() -> Value {
	let mut generator = SchemaSettings::draft07()
		.for_serialize()
		.with(|settings| settings.definitions_path = "/components/schemas".into())
		.into_generator();
	let errors = Code::ALL
		.map(|code| json!({ "code": code.number(), "message": code.sentence() }))
		.to_vec();
	let methods: Vec<_> = METHODS
		.iter()
		.map(|method| {
			let params: Vec<_> = method
				.params
				.iter()
				.map(|param| {
					json!({
						"name": param.name,
						"summary": param.summary,
						"required": param.required,
						"schema": (param.schema)(&mut generator),
					})
				})
				.collect();
			json!({
				"name": method.name,
				"summary": method.summary,
				"params": params,
				"result": { "name": "answer", "schema": (method.result)(&mut generator) },
				"errors": errors,
			})
		})
		.collect();
	json!({
		"openrpc": "1.3.2",
		"info": { "title": "Salus", "version": env!("CARGO_PKG_VERSION") },
		"methods": methods,
		"components": { "schemas": generator.take_definitions(true) },
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_table_is_compared_name_by_name() {
		let names = METHODS.iter().map(|method| method.name);
		assert!(describes(names.clone()));
		assert!(!describes(names.clone().skip(1)));
		assert!(!describes(names.chain(["salus_other"])));
	}

	#[test]
	fn every_reference_is_defined() {
		let document = document();
		let text = document.to_string();
		let references = text.split("\"#/components/schemas/").skip(1);
		let names: Vec<_> = references.filter_map(|rest| rest.split('"').next()).collect();
		assert!(names.len() >= METHODS.len());
		for name in names {
			assert!(document["components"]["schemas"][name].is_object(), "{name}");
		}
	}

	/// What the document says of a method.
	fn described(name: &str) -> Value {
		let mut document = document();
		let methods = document["methods"].as_array_mut().unwrap();
		methods.iter_mut().find(|method| method["name"] == name).unwrap().take()
	}

	#[test]
	fn methods_carry_params_and_errors() {
		let standing = described("salus_standing");
		let params: Vec<_> = standing["params"]
			.as_array()
			.unwrap()
			.iter()
			.map(|param| (param["name"].as_str().unwrap(), param["required"].as_bool().unwrap()))
			.collect();
		let expected = [
			("account", true),
			("organisation", true),
			("role", true),
			("schedule", false),
			("moment", false),
			("at", false),
		];
		assert_eq!(params, expected);
		assert_eq!(standing["errors"].as_array().unwrap().len(), Code::ALL.len());
	}

	#[test]
	fn params_name_their_codes() {
		let schedule = &described("salus_standing")["params"][3];
		assert_eq!(schedule["schema"]["enum"], json!(["CI", "CII", "CIII", "CIV", "CV"]));
	}

	#[test]
	fn a_block_comes_last_and_a_cursor_before_it() {
		for method in METHODS.iter().filter(|method| method.name != "salus_finality") {
			let names: Vec<_> = method.params.iter().map(|param| param.name).collect();
			assert_eq!(names.last(), Some(&"at"), "{}", method.name);
			if let Some(cursor) = names.iter().position(|name| *name == "cursor") {
				assert_eq!(cursor + 2, names.len(), "{}", method.name);
			}
		}
	}

	#[test]
	fn pages_of_different_things_have_different_schemas() {
		let schemas = &document()["components"]["schemas"];
		for (page, entry) in [("PageOfLicence", "Licence"), ("PageOfStaffMember", "StaffMember")] {
			let items = &schemas[page]["properties"]["entries"]["items"]["$ref"];
			assert_eq!(*items, format!("#/components/schemas/{entry}"), "{page}");
		}
	}
}
