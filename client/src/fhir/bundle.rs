//! Search results.

use super::House;
use serde_json::{json, Value};

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
	/// The resources, each with an id.
	pub resources: Vec<Value>,
	/// What the searcher must know of the page, as OperationOutcome.
	pub outcome: Option<Value>,
	/// URL of this page.
	pub this: String,
	/// URL of the next page, if there is one.
	pub next: Option<String>,
}

/// A page of search results. It has no total: what the caller may not see is not counted either.
pub fn searchset(house: &House, found: Found) -> Value {
	let mut links = vec![json!({ "relation": "self", "url": found.this })];
	links.extend(found.next.map(|next| json!({ "relation": "next", "url": next })));
	let mut entries: Vec<_> = found.resources.into_iter().map(|each| entry(house, each)).collect();
	entries.extend(
		found
			.outcome
			.map(|outcome| json!({ "resource": outcome, "search": { "mode": "outcome" } })),
	);
	let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "link": links });
	if let (Some(bundle), false) = (bundle.as_object_mut(), entries.is_empty()) {
		bundle.insert("entry".into(), entries.into());
	}
	bundle
}

fn entry(house: &House, resource: Value) -> Value {
	let name = |name| resource.get(name).and_then(Value::as_str).unwrap_or_default();
	let url = house.url(&format!("{}/{}", name("resourceType"), name("id")));
	let mut entry = json!({ "resource": resource, "search": { "mode": "match" } });
	// A full URL is absolute or not there.
	if let (Some(entry), false) = (entry.as_object_mut(), house.base.is_empty()) {
		entry.insert("fullUrl".into(), url.into());
	}
	entry
}
