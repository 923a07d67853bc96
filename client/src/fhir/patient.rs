//! A chart as Patient: a pseudonym and who gave it, nothing else.

use super::{id, House, URI};
use salus_primitives::{did::Subject, ids::ChartId};
use serde_json::{json, Value};

/// The chart as Patient. The chain tells as much.
pub fn patient(house: &House, chart: ChartId) -> Value {
	let did = house.did(Subject::Chart(chart)).to_string();
	json!({
		"resourceType": "Patient",
		"id": id(chart),
		"identifier": [{ "system": URI, "value": did }],
		"managingOrganization": house.organisation(house.custodian),
	})
}
