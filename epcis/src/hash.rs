//! The event hash (Core Business Vocabulary 2.0, section 8.9): one name for an event, whoever
//! computes it and however the event was written down.
//!
//! The hash is SHA-256 over a *pre-hash string*: the event's elements in one order, in one form, one
//! after another. `eventID`, `recordTime` and the error declaration are left out, so that an event
//! and its retraction have one hash.
//!
//! Where the standard leaves a question open, this follows the reference implementation
//! (`epcis-event-hash-generator` 1.9.3), so that hashes agree with those of trading partners:
//!
//! * `bizTransactionList`, `sourceList`, `destinationList` and `ilmd` come after `sensorElementList`,
//!   among the extensions, all of them sorted;
//! * extensions inside an element come at its end if their namespace ends in `/`; otherwise the
//!   element is named again, with them, among the extensions of the event;
//! * any value that reads as a number is written as one.
//!
//! Where that implementation reads one event differently in JSON and in XML, this takes its reading of
//! XML, because an event has one hash in both; see the crate's documentation for the list.

use crate::{canonical, context::Context, time::Timestamp, vocabulary::Vocabulary};
use core::fmt;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What an event hash looks like: `ni:///sha-256;<64 hexadecimal digits>?ver=CBV2.0` (RFC 6920).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventHash(pub [u8; 32]);

/// A text that is no event hash of this version and algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventHashError {
	/// It does not begin with `ni:///`.
	NotNi,
	/// Its algorithm is not `sha-256`.
	Algorithm,
	/// Its digest has no 64 hexadecimal digits.
	Digest,
	/// It does not end in `?ver=CBV2.0`.
	Version,
}

impl fmt::Display for EventHashError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NotNi => "an event hash begins with ni:///",
			Self::Algorithm => "an event hash of another algorithm than sha-256",
			Self::Digest => "an event hash without 64 hexadecimal digits",
			Self::Version => "an event hash ends in ?ver=CBV2.0",
		})
	}
}

impl core::error::Error for EventHashError {}

impl EventHash {
	/// The hash of a pre-hash string.
	pub fn of(pre_hash: &str) -> Self {
		Self(Sha256::digest(pre_hash.as_bytes()).into())
	}
}

impl fmt::Display for EventHash {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("ni:///sha-256;")?;
		self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
		f.write_str("?ver=CBV2.0")
	}
}

impl fmt::Debug for EventHash {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl core::str::FromStr for EventHash {
	type Err = EventHashError;
	fn from_str(text: &str) -> Result<Self, EventHashError> {
		let rest = text.strip_prefix("ni:///").ok_or(EventHashError::NotNi)?;
		let rest = rest.strip_prefix("sha-256;").ok_or(EventHashError::Algorithm)?;
		let (digits, version) = rest.split_once('?').ok_or(EventHashError::Version)?;
		if version != "ver=CBV2.0" {
			return Err(EventHashError::Version);
		}
		let digits = digits.as_bytes();
		let mut digest = [0; 32];
		if digits.len() != 64 {
			return Err(EventHashError::Digest);
		}
		for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
			for digit in pair {
				let value = char::from(*digit).to_digit(16).ok_or(EventHashError::Digest)?;
				*byte = *byte << 4 | value as u8;
			}
		}
		Ok(Self(digest))
	}
}

/// Elements in canonical order, and the order within each.
struct Order {
	name: &'static str,
	within: &'static [Order],
}

const fn one(name: &'static str) -> Order {
	Order { name, within: &[] }
}

const EPCS: &[Order] = &[one("epc")];
const QUANTITIES: &[Order] =
	&[Order { name: "quantityElement", within: &[one("epcClass"), one("quantity"), one("uom")] }];
const PLACE: &[Order] = &[one("id")];

/// The canonical property order of section 8.9.
const EVENT: &[Order] = &[
	one("eventTime"),
	one("eventTimeZoneOffset"),
	one("certificationInfo"),
	one("parentID"),
	Order { name: "epcList", within: EPCS },
	Order { name: "inputEPCList", within: EPCS },
	Order { name: "childEPCs", within: EPCS },
	Order { name: "quantityList", within: QUANTITIES },
	Order { name: "childQuantityList", within: QUANTITIES },
	Order { name: "inputQuantityList", within: QUANTITIES },
	Order { name: "outputEPCList", within: EPCS },
	Order { name: "outputQuantityList", within: QUANTITIES },
	one("action"),
	one("transformationID"),
	one("bizStep"),
	one("disposition"),
	Order { name: "persistentDisposition", within: &[one("set"), one("unset")] },
	Order { name: "readPoint", within: PLACE },
	Order { name: "bizLocation", within: PLACE },
	Order { name: "sensorElementList", within: SENSOR_ELEMENTS },
];

const SENSOR_ELEMENTS: &[Order] = &[Order {
	name: "sensorElement",
	within: &[
		Order {
			name: "sensorMetadata",
			within: &[
				one("time"),
				one("startTime"),
				one("endTime"),
				one("deviceID"),
				one("deviceMetadata"),
				one("rawData"),
				one("dataProcessingMethod"),
				one("bizRules"),
			],
		},
		Order {
			name: "sensorReport",
			within: &[
				one("type"),
				one("exception"),
				one("deviceID"),
				one("deviceMetadata"),
				one("rawData"),
				one("dataProcessingMethod"),
				one("time"),
				one("microorganism"),
				one("chemicalSubstance"),
				one("value"),
				one("component"),
				one("stringValue"),
				one("booleanValue"),
				one("hexBinaryValue"),
				one("uriValue"),
				one("minValue"),
				one("maxValue"),
				one("meanValue"),
				one("sDev"),
				one("percRank"),
				one("percValue"),
				one("uom"),
				one("coordinateReferenceSystem"),
			],
		},
	],
}];

/// What the hash leaves out of an event.
const LEFT_OUT: &[&str] = &["recordTime", "eventID", "type", "errorDeclaration"];

/// The lists whose members have a type.
const TYPED_LISTS: &[(&str, &str, Vocabulary)] = &[
	("bizTransactionList", "bizTransaction", Vocabulary::BizTransactionType),
	("sourceList", "source", Vocabulary::SourceDestinationType),
	("destinationList", "destination", Vocabulary::SourceDestinationType),
];

/// An element as XML has it: JSON leaves the names of list members out.
#[derive(Debug, Default)]
struct Node {
	name: String,
	text: String,
	children: Vec<Node>,
	/// Whether its children keep their order.
	ordered: bool,
}

impl Node {
	fn new(name: &str) -> Self {
		Self { name: name.into(), ..Self::default() }
	}
}

/// Where in an event a member of an object is: it decides what bare words mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
	Event,
	PersistentDisposition,
	SensorElement,
	SensorReport,
	Typed(Vocabulary),
	Elsewhere,
}

impl Place {
	/// The vocabulary of a member.
	fn vocabulary(self, key: &str) -> Option<Vocabulary> {
		match (self, key) {
			(Self::Event, "bizStep") => Some(Vocabulary::BizStep),
			(Self::Event, "disposition") => Some(Vocabulary::Disposition),
			(Self::PersistentDisposition, "set" | "unset") => Some(Vocabulary::Disposition),
			(Self::SensorReport, "type") => Some(Vocabulary::MeasurementType),
			(Self::SensorReport, "exception") => Some(Vocabulary::SensorAlert),
			(Self::SensorReport, "component") => Some(Vocabulary::Component),
			(Self::Typed(vocabulary), "type") => Some(vocabulary),
			_ => None,
		}
	}

	/// Where the members of a member's object are.
	fn within(self, key: &str) -> Self {
		match (self, key) {
			(Self::Event, "persistentDisposition") => Self::PersistentDisposition,
			(Self::Event, "sensorElementList") => Self::SensorElement,
			(Self::SensorElement, "sensorReport") => Self::SensorReport,
			_ => Self::Elsewhere,
		}
	}
}

/// The pre-hash string of an event's JSON.
pub(crate) fn pre_hash(event: &Map<String, Value>, context: &Context) -> String {
	let mut children = members(event, context, Place::Event);
	let mut out = String::from("eventType=");
	out.push_str(event.get("type").and_then(Value::as_str).unwrap_or_default());
	out.push_str(&in_order(&mut children, EVENT));
	children.retain(|child| !LEFT_OUT.contains(&child.name.as_str()));
	out.push_str(&sorted(&children, false));
	out
}

/// Whether the pre-hash string of `value` may exceed `left` bytes, which it uses up: a short prefix or
/// number may stand for much.
pub(crate) fn exceeds(value: &Value, context: &Context, left: &mut usize) -> bool {
	let mut spend = |bytes: usize| {
		let rest = left.checked_sub(bytes);
		*left = rest.unwrap_or_default();
		rest.is_none()
	};
	// A double with an exponent has up to 309 digits.
	let scalar = |text: &str| match text.len() {
		0..310 if text.contains(['e', 'E']) => 310,
		length => length,
	};
	match value {
		Value::String(text) => spend(scalar(&context.value(text))),
		Value::Number(number) => spend(scalar(&number.to_string())),
		Value::Null | Value::Bool(_) => spend(5),
		Value::Array(values) => values.iter().any(|value| exceeds(value, context, left)),
		Value::Object(members) => members.iter().any(|(key, value)| {
			// Each member of an array has the name.
			let times = value.as_array().map_or(1, Vec::len);
			let names = context.name(key).len().saturating_mul(times);
			let rest = left.checked_sub(names);
			*left = rest.unwrap_or_default();
			rest.is_none() || exceeds(value, context, left)
		}),
	}
}

/// The text of a scalar of JSON.
fn scalar(value: &Value, context: &Context, vocabulary: Option<Vocabulary>) -> String {
	match value {
		Value::String(text) => {
			let word = vocabulary.and_then(|vocabulary| vocabulary.uri(text));
			word.unwrap_or_else(|| context.value(text))
		},
		Value::Number(number) => number.to_string(),
		Value::Bool(value) => value.to_string(),
		_ => String::new(),
	}
}

/// The elements that an object's members stand for.
fn members(object: &Map<String, Value>, context: &Context, place: Place) -> Vec<Node> {
	let mut nodes = Vec::new();
	for (key, value) in object {
		if matches!(key.as_str(), "#text" | "@context" | "comment" | "rdfs:comment")
			|| value.is_null()
		{
			continue;
		}
		let name = context.name(key);
		let within = place.within(key);
		let vocabulary = place.vocabulary(key);
		let values = match value {
			Value::Array(values) => values.as_slice(),
			one => std::slice::from_ref(one),
		};
		let values = values.iter().filter(|value| !value.is_null());
		let typed = TYPED_LISTS.iter().find(|list| list.0 == name);
		if let Some((_, id, vocabulary)) = typed {
			let children = values.map(|value| pair(value, id, *vocabulary, context)).collect();
			push_list(&mut nodes, name, children);
		} else if let Some(member) = name.strip_suffix("List") {
			let children = values.map(|v| node(member, v, context, within, vocabulary)).collect();
			push_list(&mut nodes, name.clone(), children);
		} else if name == "childEPCs" {
			let children = values
				.map(|value| Node { text: scalar(value, context, None), ..Node::new("epc") })
				.collect();
			push_list(&mut nodes, name, children);
		} else {
			nodes.extend(values.map(|value| node(&name, value, context, within, vocabulary)));
		}
	}
	nodes
}

/// A list counts as absent if nothing is in it.
fn push_list(nodes: &mut Vec<Node>, name: String, children: Vec<Node>) {
	if !children.is_empty() {
		nodes.push(Node { name, children, ..Node::default() });
	}
}

/// A transaction, source or destination: its type, then its identifier, then extensions.
fn pair(value: &Value, id: &str, vocabulary: Vocabulary, context: &Context) -> Node {
	let Some(object) = value.as_object() else {
		return Node { text: scalar(value, context, None), ..Node::new(id) };
	};
	let mut children = members(object, context, Place::Typed(vocabulary));
	let rank = |name: &str| match name {
		"type" => 0,
		name if name == id => 1,
		_ => 2,
	};
	children.sort_by(|a, b| (rank(&a.name), &a.name).cmp(&(rank(&b.name), &b.name)));
	Node { children, ordered: true, ..Node::default() }
}

fn node(
	name: &str,
	value: &Value,
	context: &Context,
	within: Place,
	vocabulary: Option<Vocabulary>,
) -> Node {
	let mut node = Node::new(name);
	match value {
		Value::Object(object) => {
			node.text =
				object.get("#text").map_or_else(String::new, |text| scalar(text, context, None));
			node.children = members(object, context, within);
		},
		Value::Array(values) => {
			// In an array of arrays the inner ones have no name of their own.
			let inner = |value: &Value| {
				let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
				self::node(kind, value, context, Place::Elsewhere, None)
			};
			node.children = values.iter().filter(|value| !value.is_null()).map(inner).collect();
		},
		scalar => node.text = self::scalar(scalar, context, vocabulary),
	}
	// XML has one name for the members of each kind of list.
	match node.name.as_str() {
		"inputEPC" | "outputEPC" => node.name = "epc".into(),
		"inputQuantity" | "outputQuantity" | "childQuantity" => {
			node.name = "quantityElement".into()
		},
		"quantity" if !node.children.is_empty() => node.name = "quantityElement".into(),
		_ => {},
	}
	node
}

/// What an order names, in that order, then the extensions. What the order does not name stays.
fn in_order(children: &mut Vec<Node>, order: &[Order]) -> String {
	let extensions = take_extensions(children);
	let mut out = String::new();
	for next in order {
		let mut texts = Vec::new();
		let mut left = Vec::with_capacity(children.len());
		for mut child in children.drain(..) {
			if child.name == next.name {
				texts.push(element(&mut child, next.within));
				if child.children.is_empty() {
					continue;
				}
			}
			left.push(child);
		}
		*children = left;
		texts.sort();
		out.extend(texts);
	}
	out.push_str(&sorted(&extensions, false));
	out
}

/// An element that an order names: name, value, children; nothing if it has neither of the last.
fn element(child: &mut Node, within: &[Order]) -> String {
	let below =
		if within.is_empty() { String::new() } else { in_order(&mut child.children, within) };
	let text = canonical::trim(&child.text);
	let name = child.name.to_lowercase();
	let text = if name.contains("time") && !name.contains("offset") {
		Timestamp::parse(text).map_or_else(|_| text.into(), |time| time.to_string())
	} else {
		canonical::value(text)
	};
	match (text.is_empty(), below.is_empty()) {
		(true, true) => String::new(),
		(true, false) => format!("{}{below}", child.name),
		(false, _) => format!("{}={text}{below}", child.name),
	}
}

/// Takes the extensions out of an element below the event. A single child stays, and so do all if
/// one has `action` or `eventTime` in its name: that is how the reference tells the event.
fn take_extensions(children: &mut Vec<Node>) -> Vec<Node> {
	let event = |node: &Node| node.name.contains("eventTime") || node.name.contains("action");
	if children.len() <= 1 || children.iter().any(event) {
		return Vec::new();
	}
	let (extensions, others) = std::mem::take(children)
		.into_iter()
		.partition(|node| node.name.contains('{') && node.name.contains("/}"));
	*children = others;
	extensions
}

/// Elements that no order names: sorted, unless they keep the order that they have.
fn sorted(children: &[Node], ordered: bool) -> String {
	let mut texts: Vec<String> = children
		.iter()
		.map(|child| {
			let text = canonical::trim(&child.text);
			let below = sorted(&child.children, child.ordered);
			if text.is_empty() {
				format!("{}{below}", child.name)
			} else {
				format!("{}={}{below}", child.name, canonical::value(text))
			}
		})
		.collect();
	if !ordered {
		texts.sort();
	}
	texts.concat()
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn of(event: Value) -> String {
		let context = Context::of(&json!([{
			"ext": "https://ns.example.com/",
			"x": "urn:example:x",
		}]));
		pre_hash(event.as_object().unwrap(), &context)
	}

	#[test]
	fn hash_prints_and_parses() {
		let hash = EventHash::of("");
		let text = "ni:///sha-256;e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855?ver=CBV2.0";
		assert_eq!(hash.to_string(), text);
		assert_eq!(text.parse(), Ok(hash));
		for (text, error) in [
			("urn:x", EventHashError::NotNi),
			("ni:///sha-512;00?ver=CBV2.0", EventHashError::Algorithm),
			("ni:///sha-256;00?ver=CBV2.0", EventHashError::Digest),
			("ni:///sha-256;00", EventHashError::Version),
			("ni:///sha-256;00?ver=CBV2.1", EventHashError::Version),
		] {
			assert_eq!(text.parse::<EventHash>(), Err(error), "{text}");
		}
		assert_eq!(text.replace('3', "é").parse::<EventHash>(), Err(EventHashError::Digest));
	}

	#[test]
	fn identifier_and_error_declaration_are_left_out() {
		let plain = json!({ "type": "ObjectEvent", "action": "ADD" });
		let mut marked = plain.clone();
		marked["eventID"] = json!("urn:uuid:1");
		marked["recordTime"] = json!("2020-01-01T00:00:00Z");
		marked["errorDeclaration"] = json!({ "declarationTime": "2020-01-01T00:00:00Z" });
		marked["rdfs:comment"] = json!("said in passing");
		assert_eq!(of(plain.clone()), of(marked));
		assert_eq!(of(plain), "eventType=ObjectEventaction=ADD");
	}

	#[test]
	fn lists_are_sorted_and_typed_pairs_begin_with_their_type() {
		assert_eq!(
			of(json!({
				"type": "ObjectEvent",
				"epcList": ["urn:b:2", "urn:a:1"],
				"bizTransactionList": [{ "bizTransaction": "urn:t:1", "type": "po" }, { "bizTransaction": "urn:t:2" }],
			})),
			"eventType=ObjectEventepcListepc=urn:a:1epc=urn:b:2bizTransactionList\
			bizTransaction=urn:t:2type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:t:1"
		);
	}

	#[test]
	fn extensions_come_at_the_end_of_their_element_if_their_namespace_ends_in_a_slash() {
		assert_eq!(
			of(json!({
				"type": "ObjectEvent",
				"action": "ADD",
				"readPoint": { "id": "geo:1,2", "ext:b": "shipping", "ext:a": true },
				"bizLocation": { "id": "geo:3,4", "x:c": 1.50 },
				"ext:z": { "ext:list": [2, 1], "ext:empty": "" },
			})),
			"eventType=ObjectEventaction=ADDreadPointid=geo:1,2{https://ns.example.com/}a=true\
			{https://ns.example.com/}b=shippingbizLocationid=geo:3,4bizLocation{urn:example:x}c=1.5\
			{https://ns.example.com/}z{https://ns.example.com/}empty\
			{https://ns.example.com/}list=1{https://ns.example.com/}list=2"
		);
	}

	#[test]
	fn bare_words_mean_what_their_field_says() {
		assert_eq!(
			of(json!({
				"type": "ObjectEvent",
				"bizStep": "shipping",
				"disposition": "urn:epcglobal:cbv:disp:in_transit",
				"persistentDisposition": { "set": ["recalled"] },
				"sensorElementList": [{ "sensorReport": [{ "type": "Mass", "component": "x", "stringValue": "x" }] }],
				"ext:word": "shipping",
			})),
			"eventType=ObjectEventbizStep=https://ref.gs1.org/cbv/BizStep-shipping\
			disposition=https://ref.gs1.org/cbv/Disp-in_transitpersistentDisposition\
			set=https://ref.gs1.org/cbv/Disp-recalledsensorElementListsensorElementsensorReport\
			type=https://gs1.org/voc/Masscomponent=https://ref.gs1.org/cbv/Comp-xstringValue=x\
			{https://ns.example.com/}word=shipping"
		);
	}
}
