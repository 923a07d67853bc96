//! That the document is sound, current and complete.

use super::*;
use crate::routes::table;
use std::collections::BTreeSet;

/// Where the document lies.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vault-openapi.json");

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut Vec<String>) {
	match value {
		Value::Object(fields) => {
			for (name, value) in fields {
				match (name.as_str(), value.as_str()) {
					("$ref", Some(to)) => found.push(to.into()),
					_ => references(value, found),
				}
			}
		},
		Value::Array(items) => items.iter().for_each(|item| references(item, found)),
		_ => {},
	}
}

#[test]
fn the_file_is_current() {
	let written = format!("{:#}\n", document(&table()));
	if std::env::var_os("UPDATE_OPENAPI").is_some() {
		std::fs::write(FILE, &written).unwrap();
	}
	let file = std::fs::read_to_string(FILE).unwrap_or_default();
	assert!(file == written, "{FILE} is not current: run this test with UPDATE_OPENAPI=1");
}

#[test]
fn it_is_openapi_3_1() {
	let document = document(&table());
	assert_eq!(document["openapi"], OPENAPI_VERSION);
	assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
	let mut operations = BTreeSet::new();
	for (path, methods) in document["paths"].as_object().unwrap() {
		assert!(path.starts_with('/'), "{path}");
		for (method, operation) in methods.as_object().unwrap() {
			assert!(["get", "post", "put", "patch", "delete"].contains(&method.as_str()));
			let of = format!("{method} {path}");
			assert!(operations.insert(operation["operationId"].as_str().unwrap()), "{of}");
			assert!(
				operation["summary"].as_str().is_some_and(|about| about.ends_with('.')),
				"{of}"
			);
			let parameters = operation["parameters"].as_array().unwrap();
			let placed: BTreeSet<_> = parameters
				.iter()
				.filter(|parameter| parameter["in"] == "path")
				.map(|parameter| {
					assert_eq!(parameter["required"], true, "{of}");
					format!("{{{}}}", parameter["name"].as_str().unwrap())
				})
				.collect();
			let names: BTreeSet<_> = path
				.split('/')
				.filter(|part| part.starts_with('{'))
				.map(str::to_owned)
				.collect();
			assert_eq!(placed, names, "{of}");
			for parameter in parameters {
				let place = parameter["in"].as_str().unwrap();
				assert!(["path", "query", "header"].contains(&place), "{of}");
				assert!(parameter["schema"].is_object(), "{of}: {parameter}");
			}
			let responses = operation["responses"].as_object().unwrap();
			assert!(responses.keys().any(|status| status.starts_with('2')), "{of}");
			for (status, response) in responses {
				assert!(status.parse::<u16>().is_ok_and(|status| status < 600), "{of}");
				assert!(response["description"].as_str().is_some_and(|said| !said.is_empty()));
			}
			for security in operation["security"].as_array().unwrap() {
				for scheme in security.as_object().unwrap().keys() {
					assert!(document["components"]["securitySchemes"][scheme].is_object());
				}
			}
		}
	}
	let mut found = Vec::new();
	references(&document, &mut found);
	for to in found {
		let place = to.strip_prefix('#').unwrap_or_else(|| panic!("{to} leads outside"));
		assert!(document.pointer(place).is_some(), "{to} leads nowhere");
	}
	for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
		jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|e| panic!("{name}: {e}"));
	}
}

#[test]
fn every_route_of_the_interface_is_in_the_table() {
	let source = concat!(
		include_str!("../../../client/src/vault_api.rs"),
		include_str!("../../../client/src/vault_api/asks.rs"),
		include_str!("../../../client/src/vault_api/backups.rs"),
		include_str!("../../../client/src/vault_api/cards.rs"),
		include_str!("../../../client/src/vault_api/emergency.rs"),
		include_str!("../../../client/src/vault_api/finding.rs"),
		include_str!("../../../client/src/vault_api/links.rs"),
		include_str!("../../../client/src/vault_api/petitions.rs"),
		include_str!("../../../client/src/vault_api/recalls.rs"),
		include_str!("../../../client/src/vault_api/transfer.rs"),
	);
	let served: BTreeSet<_> = table().iter().map(|route| route.path).collect();
	let of_key_service = [
		salus_client::vault_api::DATABASE_KEY,
		salus_client::vault_api::KEY_SERVICE_ALIVE,
		salus_client::vault_api::REWRAP,
	];
	for line in source.lines() {
		let Some((name, value)) =
			line.strip_prefix("pub const ").and_then(|rest| rest.split_once(": &str = \""))
		else {
			continue;
		};
		let path = value.trim_end_matches("\";");
		// FHIR's routes are told by its own CapabilityStatement.
		if path == salus_client::vault_api::FHIR {
			continue;
		}
		if path.starts_with('/') && !of_key_service.contains(&path) {
			assert!(
				served.contains(path),
				"{name} ({path}) is not served: put an entry for it into vault/src/routes/table.rs"
			);
		}
	}
}

#[test]
fn the_table_names_each_route_once() {
	let mut seen = BTreeSet::new();
	for route in table() {
		assert!(seen.insert((route.path, route.method.to_string())), "{} twice", route.path);
		assert!(!route.about.is_empty(), "{} {} says nothing", route.method, route.path);
		assert_eq!(
			route.who.is_none(),
			matches!(route.class, Class::Free | Class::Address),
			"{} {} is under the wrong limit",
			route.method,
			route.path
		);
		for number in route.numbers {
			assert!(route.names().any(|name| name == *number), "{}: {number}", route.path);
		}
	}
}

#[test]
fn ids_are_described_as_they_are_written() {
	let document = document(&table());
	let digits = |pointer: &str| document.pointer(pointer).unwrap()["pattern"].clone();
	assert_eq!(digits("/components/schemas/ChartId"), "^0x[0-9a-fA-F]{64}$");
	assert_eq!(digits("/components/schemas/Challenge/properties/domain"), "^0x[0-9a-fA-F]{32}$");
}
