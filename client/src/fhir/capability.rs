//! What is served, said once: the router is tested against it.

use super::{House, ENVELOPE, FHIR_JSON};
use serde_json::{json, Value};

/// When what is served last changed.
const CHANGED: &str = "2026-11-25";

/// Parameters by which staff say in which capacity they ask; patients give the purpose alone.
pub const CAPACITY: [&str; 3] = ["organisation", "role", "purpose"];

/// What is served of one type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Served {
	/// Type of resource.
	pub kind: &'static str,
	/// Whether one is read by its id.
	pub read: bool,
	/// Names and types of search parameters; none where there is no search.
	pub search: &'static [(&'static str, &'static str)],
	/// Whether the caller's capacity is asked for.
	pub capacity: bool,
	/// Name and definition of an operation.
	pub operation: Option<(&'static str, &'static str)>,
}

/// All that is served.
pub const SERVED: [Served; 4] = [
	Served {
		kind: "AuditEvent",
		read: false,
		search: &[("patient", "reference"), ("_count", "number")],
		capacity: false,
		operation: None,
	},
	Served { kind: "Binary", read: true, search: &[], capacity: true, operation: None },
	Served {
		kind: "DocumentReference",
		read: true,
		search: &[
			("patient", "reference"),
			("category", "token"),
			("date", "date"),
			("status", "token"),
			("_count", "number"),
		],
		capacity: true,
		operation: None,
	},
	Served {
		kind: "Patient",
		read: true,
		search: &[],
		capacity: false,
		operation: Some((
			"everything",
			"http://hl7.org/fhir/OperationDefinition/Patient-everything",
		)),
	},
];

impl Served {
	fn resource(&self) -> Value {
		let interactions: Vec<_> = [(self.read, "read"), (!self.search.is_empty(), "search-type")]
			.into_iter()
			.filter(|(is_served, _)| *is_served)
			.map(|(_, code)| json!({ "code": code }))
			.collect();
		let parameters =
			self.search.iter().map(|(name, kind)| json!({ "name": name, "type": kind }));
		let searches = !self.search.is_empty() && self.capacity;
		let capacity = CAPACITY.iter().filter(|_| searches).map(|name| {
			json!({
				"name": name,
				"type": if *name == "organisation" { "number" } else { "token" },
				"documentation": "in which capacity the caller asks; every read takes it too",
			})
		});
		let operations = self
			.operation
			.map(|(name, definition)| json!([{ "name": name, "definition": definition }]));
		super::present(json!({
			"type": self.kind,
			"interaction": interactions,
			"versioning": "no-version",
			"searchParam": parameters.chain(capacity).collect::<Vec<_>>(),
			"operation": operations,
		}))
	}
}

/// The CapabilityStatement of a vault of this version.
pub fn capability_statement(house: &House, version: &str) -> Value {
	super::present(json!({
		"resourceType": "CapabilityStatement",
		"status": "active",
		"date": CHANGED,
		"kind": "instance",
		"software": { "name": "salus-vault", "version": version },
		"implementation": {
			"description": "A custodian's vault. Records leave it encrypted to the reader.",
			"url": Some(&house.base).filter(|base| !base.is_empty()),
			"custodian": house.organisation(house.custodian),
		},
		"fhirVersion": "4.0.1",
		"format": [FHIR_JSON, ENVELOPE],
		"rest": [{
			"mode": "server",
			"security": {
				"description": "A bearer token, had by signing a challenge with the account's key. The chain decides on every access; refusals are logged too.",
			},
			"resource": SERVED.iter().map(Served::resource).collect::<Vec<_>>(),
		}],
	}))
}
