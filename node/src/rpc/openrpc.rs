//! `rpc.discover`: an OpenRPC document of the `salus_` methods, from one table.

use super::{
	error::Code,
	types::{
		At, Chart, Directive, DisclosureRoot, Finality, Organisation, OrganisationPage,
		Practitioner, Record, Request, Standing,
	},
};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use schemars::{generate::SchemaSettings, Schema, SchemaGenerator};
use serde_json::{json, Value};
use std::collections::BTreeSet;

type Describe = fn(&mut SchemaGenerator) -> Schema;

/// A method as the document describes it.
struct Method {
	name: &'static str,
	summary: &'static str,
	params: &'static [Param],
	result: Describe,
}

/// A parameter as the document describes it.
#[derive(Clone, Copy)]
struct Param {
	name: &'static str,
	summary: &'static str,
	required: bool,
	schema: Describe,
}

const fn required(name: &'static str, summary: &'static str, schema: Describe) -> Param {
	Param { name, summary, required: true, schema }
}

const fn optional(name: &'static str, summary: &'static str, schema: Describe) -> Param {
	Param { name, summary, required: false, schema }
}

fn number(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
}

fn text(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "string" })
}

fn bytes32(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "string", "pattern": "^0x[0-9a-f]{64}$" })
}

fn number_or_text(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": ["integer", "string"] })
}

fn answer<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
	generator.subschema_for::<T>()
}

const AT: Param =
	optional("at", "Hash of the block asked about; the finalised head without", bytes32);
const ORGANISATION: Param = required("organisation", "The organisation's number", number);

/// Every `salus_` method.
const METHODS: &[Method] = &[
	Method {
		name: "salus_finality",
		summary: "Finalised head and best block",
		params: &[],
		result: answer::<Finality>,
	},
	Method {
		name: "salus_organisation",
		summary: "One organisation",
		params: &[ORGANISATION, AT],
		result: answer::<At<Option<Organisation>>>,
	},
	Method {
		name: "salus_organisations",
		summary: "All organisations, up to 100 at a time",
		params: &[optional("cursor", "Where the page before ended; its block counts", text), AT],
		result: answer::<At<OrganisationPage>>,
	},
	Method {
		name: "salus_practitioner",
		summary: "One practitioner with their licences",
		params: &[
			required("practitioner", "The practitioner's number or account", number_or_text),
			AT,
		],
		result: answer::<At<Option<Practitioner>>>,
	},
	Method {
		name: "salus_standing",
		summary:
			"Whether an account may act in a role for an organisation, and every reason why not",
		params: &[
			required("account", "SS58 address, or 0x and 64 hexadecimal digits", text),
			ORGANISATION,
			required("role", "Code of the role, such as clinician", text),
			AT,
		],
		result: answer::<At<Standing>>,
	},
	Method {
		name: "salus_chart",
		summary: "One chart with its active directives",
		params: &[required("chart", "The chart's id", bytes32), AT],
		result: answer::<At<Option<Chart>>>,
	},
	Method {
		name: "salus_record",
		summary: "One record",
		params: &[required("record", "The record's id", bytes32), AT],
		result: answer::<At<Option<Record>>>,
	},
	Method {
		name: "salus_directive",
		summary: "One consent directive",
		params: &[required("directive", "The directive's id", bytes32), AT],
		result: answer::<At<Option<Directive>>>,
	},
	Method {
		name: "salus_request",
		summary: "One access request",
		params: &[required("request", "The request's id", bytes32), AT],
		result: answer::<At<Option<Request>>>,
	},
	Method {
		name: "salus_disclosureRoot",
		summary: "One disclosure root of a custodian",
		params: &[
			ORGANISATION,
			optional("number", "The root's number, from 0; the newest without", number),
			AT,
		],
		result: answer::<At<Option<DisclosureRoot>>>,
	},
];

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

	#[test]
	fn methods_carry_params_and_errors() {
		let document = document();
		let standing = &document["methods"][4];
		assert_eq!(standing["name"], "salus_standing");
		let params: Vec<_> = standing["params"]
			.as_array()
			.unwrap()
			.iter()
			.map(|param| (param["name"].as_str().unwrap(), param["required"].as_bool().unwrap()))
			.collect();
		assert_eq!(
			params,
			[("account", true), ("organisation", true), ("role", true), ("at", false)]
		);
		assert_eq!(standing["errors"].as_array().unwrap().len(), Code::ALL.len());
	}
}
