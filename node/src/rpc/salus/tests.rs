//! The methods, asked as callers ask them, of the development chain's genesis.

use super::{super::openrpc, *};
use crate::{cli::Cli, service};
use sc_cli::SubstrateCli;
use serde_json::{json, Value};

/// The middle of 2026. Genesis itself has no time.
const IN_2026: u64 = 1_781_000_000_000;

/// A node's client and what it answers from, without a network.
struct Chain {
	methods: RpcModule<()>,
	genesis: Hash,
	_node: service::Partial,
	configuration: sc_service::Configuration,
	// Last: the node's tasks run on it.
	_tokio: Box<dyn std::any::Any>,
}

impl Chain {
	fn new() -> Self {
		let tokio = sc_cli::build_runtime().unwrap();
		let cli = Cli::try_from_iter(["salus-node", "--dev"]).unwrap();
		let configuration = cli.create_configuration(&cli.run, tokio.handle().clone()).unwrap();
		let node = service::new_partial(&configuration).unwrap();
		Self {
			methods: module(node.client.clone()).unwrap(),
			genesis: node.client.info().genesis_hash,
			_node: node,
			configuration,
			_tokio: Box::new(tokio),
		}
	}

	/// The whole answer.
	fn call(&self, method: &str, params: Value) -> Value {
		let request =
			json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
		let answer = self.methods.raw_json_request(&request, 1);
		let (answer, _) = self.configuration.tokio_handle.block_on(answer).unwrap();
		serde_json::from_str(&answer).unwrap()
	}

	/// What the chain says.
	fn value(&self, method: &str, params: Value) -> Value {
		let mut answer = self.call(method, params);
		assert!(answer["error"].is_null(), "{method}: {answer}");
		answer["result"]["value"].take()
	}

	/// The code of the error.
	fn error(&self, method: &str, params: Value) -> i64 {
		self.call(method, params)["error"]["code"].as_i64().unwrap()
	}

	/// A cursor as a page that ended before `next` would have given it.
	fn cursor(&self, list: List, next: u32) -> String {
		Cursor { block: self.genesis, list, next }.to_string()
	}
}

fn account(name: &str) -> String {
	salus_runtime::genesis_presets::account(name).to_string()
}

// One test, because a chain takes seconds to begin.
#[test]
fn methods_answer_of_genesis() {
	let chain = Chain::new();
	the_table_is_true(&chain);
	organisations_are_paged(&chain);
	people_are_listed(&chain);
	standing_is_told_for_a_moment(&chain);
	credentials_are_told(&chain);
	the_council_is_told(&chain);
	what_is_unknown_is_null_or_empty(&chain);
	errors_have_their_codes(&chain);
}

/// Each method takes the table's parameters by name, and in the table's order.
fn the_table_is_true(chain: &Chain) {
	assert!(openrpc::describes(chain.methods.method_names()));
	let document = openrpc::document();
	for method in document["methods"].as_array().unwrap() {
		let name = method["name"].as_str().unwrap();
		let params = method["params"].as_array().unwrap().iter().map(|param| {
			let param = param["name"].as_str().unwrap();
			let value = match param {
				"account" => json!(account("Mercy//DrAdams")),
				"organisation" | "practitioner" | "licence" => json!(1),
				"board" => json!(4),
				"number" => json!(0),
				"role" => json!("clinician"),
				"schedule" => json!("CII"),
				"moment" => json!(IN_2026),
				"holder" => json!({ "practitioner": 1 }),
				"place" => json!("US-CA"),
				"class" => json!("physician"),
				"kind" => json!("hospital"),
				"cursor" => json!(null),
				"at" => json!(chain.genesis),
				_ => json!(Hash::zero()),
			};
			(param.to_owned(), value)
		});
		let named: serde_json::Map<_, _> = params.collect();
		let order = method["params"].as_array().unwrap().iter();
		let placed: Vec<_> =
			order.map(|param| named[param["name"].as_str().unwrap()].clone()).collect();
		let answer = chain.call(name, json!(named));
		assert!(answer["error"].is_null(), "{name}: {answer}");
		assert_eq!(chain.call(name, json!(placed)), answer, "{name}");
	}
}

fn numbers(entries: &Value) -> Vec<u64> {
	entries
		.as_array()
		.unwrap()
		.iter()
		.map(|entry| entry["id"].as_u64().unwrap())
		.collect()
}

fn organisations_are_paged(chain: &Chain) {
	let all = chain.value("salus_organisations", json!([]));
	assert_eq!(numbers(&all["entries"]), [1, 2, 3, 4, 5, 6]);
	assert!(all["cursor"].is_null());
	assert_eq!(all["entries"][0], chain.value("salus_organisation", json!([1])));
	assert_eq!(all["entries"][0]["administrators"], json!([account("Mercy")]));
	let rest = json!([chain.cursor(List::Organisations, 5)]);
	assert_eq!(numbers(&chain.value("salus_organisations", rest)["entries"]), [5, 6]);

	let place = "US-NY".parse().unwrap();
	let there = chain.value("salus_organisationsIn", json!([place]));
	assert_eq!(numbers(&there["entries"]), [2, 5]);
	let rest = json!([place, chain.cursor(List::OrganisationsIn(place), 1)]);
	assert_eq!(numbers(&chain.value("salus_organisationsIn", rest)["entries"]), [5]);
}

fn people_are_listed(chain: &Chain) {
	let staff = chain.value("salus_staff", json!([1]));
	let adams = account("Mercy//DrAdams");
	let entries = staff["entries"].as_array().unwrap();
	let entry = entries.iter().find(|entry| entry["account"] == adams).unwrap();
	assert_eq!(
		*entry,
		json!({ "account": adams, "roles": ["clinician"], "practitioner": 1, "supervisor": null })
	);
	let practitioners = chain.value("salus_practitioners", json!([]));
	assert_eq!(numbers(&practitioners["entries"]), [1, 2, 3, 4]);
	let by_account = chain.value("salus_practitioner", json!([adams]));
	assert_eq!(practitioners["entries"][0], by_account);
}

fn standing_is_told_for_a_moment(chain: &Chain) {
	let standing = |params| chain.value("salus_standing", params);
	let adams = account("Mercy//DrAdams");
	let now = standing(json!([adams, 1, "clinician"]));
	assert_eq!((&now["good"], &now["moment"]), (&json!(false), &json!(0)));
	let in_2026 = standing(json!([adams, 1, "clinician", null, IN_2026]));
	assert_eq!(in_2026, json!({ "good": true, "reasons": [], "flags": [], "moment": IN_2026 }));
	let schedule = json!({
		"account": adams,
		"organisation": 1,
		"role": "clinician",
		"schedule": "CII",
		"moment": IN_2026,
	});
	let reasons = &standing(schedule)["reasons"];
	assert_eq!(reasons[0]["code"], 49);
	assert_eq!(reasons[0]["reason"], "schedule-not-authorised");
	let soon = 2_051_222_400_000_u64 - 1;
	let flags = &standing(json!([adams, 1, "clinician", null, soon]))["flags"];
	assert_eq!(flags[0]["flag"], "licence-ends-soon");
}

fn credentials_are_told(chain: &Chain) {
	let licence = chain.value("salus_licence", json!([1]));
	assert_eq!(licence["holder"], json!({ "practitioner": 1 }));
	let held = chain.value("salus_licences", json!([{ "practitioner": 1 }]));
	assert_eq!(held, json!([licence]));
	let facility = chain.value("salus_licences", json!({ "holder": { "organisation": 2 } }));
	assert_eq!(facility[0]["class"], "facility");
	let there = chain.value("salus_licencesIn", json!(["US-NY", "physician"]));
	assert_eq!(numbers(&there["entries"]), [2, 3]);
	let issued = chain.value("salus_licencesBy", json!([5]));
	assert_eq!(numbers(&issued["entries"]), [2, 3, 6]);
	let accreditations = chain.value("salus_accreditations", json!([1]));
	assert_eq!(accreditations[0]["programme"], "hospital");
	let inspections = chain.value("salus_inspections", json!([1]));
	assert_eq!(inspections, json!({ "entries": [], "cursor": null }));
}

fn the_council_is_told(chain: &Chain) {
	let mut council = ["Council1", "Council2", "Council3", "Council4"].map(account).to_vec();
	council.sort();
	let answer = chain.value("salus_council", json!([]));
	let mut members: Vec<String> = serde_json::from_value(answer).unwrap();
	members.sort();
	assert_eq!(members, council);
	assert_eq!(chain.value("salus_motions", json!([])), json!([]));
	let requirements = chain.value("salus_requirements", json!(["hospital", "US"]));
	assert_eq!(requirements["next"]["licences"], json!(["facility"]));
	let authority = chain.value("salus_authority", json!([4]));
	assert_eq!(authority["licensing"][0]["jurisdiction"], "US-CA");
	assert_eq!(authority["successor"], Value::Null);
}

fn what_is_unknown_is_null_or_empty(chain: &Chain) {
	for (method, params) in [
		("salus_organisation", json!([99])),
		("salus_practitioner", json!([account("Mercy")])),
		("salus_licence", json!([99])),
		("salus_requirements", json!(["hospital", "US-CA"])),
	] {
		assert_eq!(chain.value(method, params), Value::Null, "{method}");
	}
	assert_eq!(chain.value("salus_licences", json!([{ "organisation": 99 }])), json!([]));
	assert_eq!(chain.value("salus_accreditations", json!([99])), json!([]));
	let staff = chain.value("salus_staff", json!([99]));
	assert_eq!(staff, json!({ "entries": [], "cursor": null }));
	assert_eq!(chain.value("salus_breakGlass", json!([Hash::zero()])), Value::Null);
	let pending = chain.value("salus_breakGlassesPending", json!([]));
	assert_eq!(pending, json!({ "entries": [], "cursor": null }));
	let privilege = chain.value("salus_emergencyPrivilege", json!([1]));
	assert_eq!(
		privilege,
		json!({ "held": true, "state": "held", "breakGlass": null, "since": null })
	);
	let authority = chain.value("salus_authority", json!([1]));
	assert_eq!(authority, json!({ "licensing": [], "programmes": [], "successor": null }));
}

fn errors_have_their_codes(chain: &Chain) {
	let unknown: i64 = Code::UnknownBlock.number().into();
	assert_eq!(chain.error("salus_council", json!([Hash::zero()])), unknown);
	let invalid: i64 = Code::InvalidCursor.number().into();
	for cursor in ["0x00".to_owned(), chain.cursor(List::Staff(2), 0)] {
		assert_eq!(chain.error("salus_staff", json!([1, cursor])), invalid);
	}
	for (method, params) in [
		("salus_organisationsIn", json!(["California"])),
		("salus_licences", json!([1])),
		("salus_licencesIn", json!(["US", "doctor"])),
		("salus_standing", json!([account("Mercy"), 1, "administrator", "II"])),
	] {
		assert_eq!(chain.error(method, params), -32602, "{method}");
	}
}
