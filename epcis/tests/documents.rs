//! Whole documents: the reference implementation's examples, what every fault is told, and what does
//! and does not change an event's hash.

use epcis::{
	document::{Document, DocumentError, Limits},
	event::Action,
	fault::FaultKind,
	gs1::urn::UrnError,
	time::TimeError,
	vocabulary::Vocabulary,
	Event, EventType, Fault,
};
use serde_json::{json, Value};

fn document(events: Value) -> Value {
	json!({
		"@context": [
			"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
			{ "ext": "https://ns.example.com/" }
		],
		"type": "EPCISDocument",
		"schemaVersion": "2.0",
		"creationDate": "2026-01-01T00:00:00Z",
		"epcisBody": { "eventList": events }
	})
}

fn read(event: &Value) -> Result<Event, Vec<Fault>> {
	let text = document(json!([event])).to_string();
	Document::parse(&text).unwrap().events.remove(0)
}

/// A pallet of medicine leaves a warehouse.
fn shipping() -> Value {
	json!({
		"type": "ObjectEvent",
		"eventTime": "2026-03-04T11:00:30.000+01:00",
		"eventTimeZoneOffset": "+01:00",
		"epcList": ["urn:epc:id:sgtin:4012345.011111.98%22", "urn:epc:id:sscc:4012345.3111111111"],
		"action": "OBSERVE",
		"bizStep": "shipping",
		"disposition": "in_transit",
		"readPoint": { "id": "urn:epc:id:sgln:4012345.00005.0" },
		"bizTransactionList": [{ "type": "desadv", "bizTransaction": "urn:epc:id:gdti:4012345.11111.123" }],
		"quantityList": [{ "epcClass": "urn:epc:class:lgtin:4012345.011111.A7", "quantity": 20, "uom": "KGM" }],
		"sensorElementList": [{
			"sensorMetadata": { "startTime": "2026-03-04T10:00:00Z" },
			"sensorReport": [{ "type": "Temperature", "minValue": 2.5, "maxValue": 7.75, "uom": "CEL", "booleanValue": true }]
		}],
		"ext:carrier": { "ext:vehicle": "B-47" }
	})
}

#[test]
fn reference_examples_have_the_hashes_of_the_reference_implementation() {
	let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
	let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
	let expected: Value = serde_json::from_str(&expected).unwrap();
	let mut events = 0;
	for (name, hashes) in expected.as_object().unwrap() {
		let text = std::fs::read_to_string(folder.join("reference").join(name)).unwrap();
		let read = Document::parse(&text).unwrap();
		assert_eq!(read.faults().next(), None, "{name}");
		let found: Vec<String> = read
			.events
			.iter()
			.map(|event| event.as_ref().unwrap().hash().to_string())
			.collect();
		assert_eq!(json!(found), *hashes, "{name}");
		events += found.len();
	}
	assert_eq!((expected.as_object().unwrap().len(), events), (11, 26));
}

#[test]
fn event_reads_into_values() {
	let event = read(&shipping()).unwrap();
	assert_eq!(event.kind, EventType::Object);
	assert_eq!(event.action, Some(Action::Observe));
	assert_eq!(event.event_time.to_string(), "2026-03-04T10:00:30.000Z");
	assert_eq!(event.biz_step.as_deref(), Some("shipping"));
	assert_eq!(event.biz_step_uri().as_deref(), Some("https://ref.gs1.org/cbv/BizStep-shipping"));
	assert_eq!(event.epcs.len(), 2);
	assert_eq!(event.quantities[0].quantity, Some(20.0));
	assert_eq!(event.biz_transactions[0].kind.as_deref(), Some("desadv"));
	let report = &event.sensor_elements[0].reports[0];
	assert_eq!((report.min_value, report.max_value), (Some(2.5), Some(7.75)));
	assert_eq!(report.boolean_value, Some(true));
	assert_eq!(
		event.extensions().collect::<Vec<_>>(),
		[("ext:carrier", &json!({ "ext:vehicle": "B-47" }))]
	);
	assert_eq!(Value::Object(event.json().clone()), shipping());
}

#[test]
fn one_event_has_one_hash_however_it_is_written() {
	let hash = read(&shipping()).unwrap().hash();
	let mut other = shipping();
	other["eventTime"] = json!("2026-03-04T10:00:30Z");
	other["bizStep"] = json!("https://ref.gs1.org/cbv/BizStep-shipping");
	other["disposition"] = json!("urn:epcglobal:cbv:disp:in_transit");
	other["epcList"] = json!([
		"https://id.example.com/sscc/340123451111111111",
		" https://example.com/gtin/4012345111118/lot/A7/ser/98%22?17=271231 "
	]);
	other["readPoint"]["id"] = json!("https://id.gs1.org/414/4012345000054");
	other["bizTransactionList"] = json!([{
		"bizTransaction": "https://id.gs1.org/253/4012345111118123",
		"type": "urn:epcglobal:cbv:btt:desadv",
	}]);
	other["quantityList"][0]["quantity"] = json!(20.0);
	other["sensorElementList"][0]["sensorReport"][0]["type"] = json!("gs1:Temperature");
	other["eventID"] = json!("urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8");
	other["recordTime"] = json!("2026-03-04T12:00:00Z");
	other["rdfs:comment"] = json!("the same again");
	assert_eq!(read(&other).unwrap().hash(), hash);

	for (pointer, value) in [
		("/eventTime", json!("2026-03-04T10:00:30.001Z")),
		("/eventTimeZoneOffset", json!("+02:00")),
		("/action", json!("DELETE")),
		("/epcList/0", json!("urn:epc:id:sgtin:4012345.011111.98")),
		("/bizStep", json!("receiving")),
		("/quantityList/0/quantity", json!(21)),
		("/bizTransactionList/0/type", json!("po")),
		("/sensorElementList/0/sensorReport/0/maxValue", json!(8)),
		("/sensorElementList/0/sensorReport/0/booleanValue", json!(false)),
		("/ext:carrier/ext:vehicle", json!("B-48")),
	] {
		let mut changed = shipping();
		*changed.pointer_mut(pointer).unwrap() = value;
		assert_ne!(read(&changed).unwrap().hash(), hash, "{pointer}");
	}
}

#[test]
fn identity_is_the_hash_and_the_error_declaration() {
	let plain = read(&shipping()).unwrap();
	let mut declared = shipping();
	declared["errorDeclaration"] = json!({
		"declarationTime": "2026-03-05T09:00:00+01:00",
		"reason": "incorrect_data",
		"correctiveEventIDs": ["urn:uuid:2", "urn:uuid:1"],
	});
	let mut again = declared.clone();
	again["errorDeclaration"]["declarationTime"] = json!("2026-03-05T08:00:00.000Z");
	again["errorDeclaration"]["reason"] = json!("cbv:ER-incorrect_data");
	again["errorDeclaration"]["correctiveEventIDs"] = json!(["urn:uuid:1", "urn:uuid:2"]);
	let (declared, again) = (read(&declared).unwrap(), read(&again).unwrap());
	assert_eq!(plain.hash(), declared.hash());
	assert_ne!(plain.identity(), declared.identity());
	assert_eq!(declared.identity(), again.identity());
	assert_eq!(
		declared.identity().error_declaration.as_deref(),
		Some(
			"errorDeclarationdeclarationTime=2026-03-05T08:00:00.000Z\
			reason=https://ref.gs1.org/cbv/ER-incorrect_data\
			correctiveEventIDs=urn:uuid:1correctiveEventIDs=urn:uuid:2"
		)
	);
}

#[test]
fn each_fault_is_told_with_its_path() {
	let cases: &[(&str, Value, &str, FaultKind)] = &[
		("/type", json!("QuantityEvent"), ".type", FaultKind::EventType),
		("/type", json!(1), ".type", FaultKind::JsonType { expected: "a string" }),
		("/type", Value::Null, ".type", FaultKind::Missing),
		("/eventTime", Value::Null, ".eventTime", FaultKind::Missing),
		("/eventTime", json!("2026-03-04"), ".eventTime", FaultKind::Time(TimeError::Format)),
		(
			"/eventTime",
			json!("2026-03-04T11:00:30"),
			".eventTime",
			FaultKind::Time(TimeError::NoZone),
		),
		("/eventTimeZoneOffset", json!("Z"), ".eventTimeZoneOffset", FaultKind::ZoneOffset),
		("/action", json!("observe"), ".action", FaultKind::Action),
		("/epcList/1", json!("4711"), ".epcList[1]", FaultKind::NotUri),
		("/epcList/1", json!(" "), ".epcList[1]", FaultKind::Empty),
		(
			"/epcList/1",
			json!("urn:epc:id:sscc:40123.3111111111"),
			".epcList[1]",
			FaultKind::Urn(UrnError::PrefixLength { found: 5 }),
		),
		("/bizStep", json!("shipped"), ".bizStep", FaultKind::NotInVocabulary(Vocabulary::BizStep)),
		("/bizStep", json!(""), ".bizStep", FaultKind::Empty),
		(
			"/readPoint",
			json!("urn:x:1"),
			".readPoint",
			FaultKind::JsonType { expected: "an object" },
		),
		("/readPoint", json!({}), ".readPoint.id", FaultKind::Missing),
		(
			"/bizTransactionList",
			json!({}),
			".bizTransactionList",
			FaultKind::JsonType { expected: "an array" },
		),
		(
			"/bizTransactionList/0",
			json!({ "type": "po" }),
			".bizTransactionList[0].bizTransaction",
			FaultKind::Missing,
		),
		(
			"/quantityList/0/quantity",
			json!("20"),
			".quantityList[0].quantity",
			FaultKind::JsonType { expected: "a number" },
		),
		(
			"/quantityList/0/quantity",
			json!(-1),
			".quantityList[0].quantity",
			FaultKind::NegativeQuantity,
		),
		("/quantityList/0/uom", json!("kg"), ".quantityList[0].uom", FaultKind::UnitOfMeasure),
		(
			"/quantityList/0",
			json!({ "epcClass": "urn:x:1", "uom": "KGM" }),
			".quantityList[0].uom",
			FaultKind::UnitWithoutQuantity,
		),
		("/quantityList/0", json!({}), ".quantityList[0].epcClass", FaultKind::Missing),
		(
			"/sensorElementList/0/sensorReport/0/booleanValue",
			json!("true"),
			".sensorElementList[0].sensorReport[0].booleanValue",
			FaultKind::JsonType { expected: "true or false" },
		),
		(
			"/sensorElementList/0/sensorReport/0",
			json!({}),
			".sensorElementList[0].sensorReport[0]",
			FaultKind::Nothing,
		),
		(
			"/sensorElementList/0/sensorReport/0",
			json!({ "hexBinaryValue": "f0f" }),
			".sensorElementList[0].sensorReport[0].hexBinaryValue",
			FaultKind::HexBinary,
		),
		(
			"/sensorElementList/0",
			json!({}),
			".sensorElementList[0].sensorReport",
			FaultKind::Missing,
		),
	];
	for (pointer, value, path, kind) in cases {
		let mut event = shipping();
		*event.pointer_mut(pointer).unwrap() = value.clone();
		let faults = read(&event).unwrap_err();
		let path = format!("$.epcisBody.eventList[0]{path}");
		assert_eq!(faults, [Fault { path, kind: kind.clone() }], "{pointer} {value}");
		assert!(faults[0].to_string().contains("; "), "says what to do: {}", faults[0]);
	}
	for (key, value, path, kind) in [
		("parentID", json!("urn:x:1"), ".parentID", FaultKind::UnknownField),
		(
			"other:a",
			json!(1),
			"['other:a']",
			FaultKind::UndeclaredPrefix { prefix: "other".into() },
		),
		("ilmd", json!({ "ext:a": 1 }), ".ilmd", FaultKind::MasterDataWithoutAdd),
		("ilmd", json!([]), ".ilmd", FaultKind::JsonType { expected: "an object" }),
		("persistentDisposition", json!({}), ".persistentDisposition", FaultKind::Nothing),
		("sourceList", json!([{ "source": "urn:x:1" }]), ".sourceList[0].type", FaultKind::Missing),
	] {
		let mut event = shipping();
		event[key] = value;
		let path = format!("$.epcisBody.eventList[0]{path}");
		assert_eq!(read(&event).unwrap_err(), [Fault { path, kind }], "{key}");
	}
	let mut event = shipping();
	event["epcList"][1] = json!("https://example.com/00/340123451111111112");
	let told = read(&event).unwrap_err()[0].to_string();
	assert_eq!(
		told,
		"$.epcisBody.eventList[0].epcList[1]: (00) SSCC: the key ends in check digit 2; its other digits \
		need 1; scan or type the key again"
	);
}

#[test]
fn each_type_needs_its_objects() {
	let common = json!({ "eventTime": "2026-03-04T11:00:30Z", "eventTimeZoneOffset": "+01:00" });
	for (fields, needed) in [
		(json!({ "type": "ObjectEvent", "action": "ADD" }), 1),
		(json!({ "type": "AggregationEvent", "action": "ADD" }), 2),
		(json!({ "type": "AggregationEvent", "action": "OBSERVE" }), 1),
		(json!({ "type": "AggregationEvent", "action": "DELETE", "parentID": "urn:x:1" }), 0),
		(json!({ "type": "AssociationEvent", "action": "OBSERVE" }), 2),
		(json!({ "type": "TransactionEvent", "action": "ADD" }), 2),
		(
			json!({
				"type": "TransactionEvent",
				"action": "DELETE",
				"bizTransactionList": [{ "bizTransaction": "urn:x:1" }],
			}),
			0,
		),
		(json!({ "type": "TransformationEvent" }), 2),
		(json!({ "type": "TransformationEvent", "transformationID": "urn:x:1" }), 1),
		(
			json!({
				"type": "TransformationEvent",
				"transformationID": "urn:x:1",
				"outputEPCList": ["urn:x:2"],
				"ilmd": {},
			}),
			0,
		),
	] {
		let mut event = common.clone();
		event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
		let faults = read(&event).err().unwrap_or_default();
		assert_eq!(faults.len(), needed, "{fields} {faults:?}");
		assert!(faults.iter().all(|f| matches!(f.kind, FaultKind::NoObjects { .. })), "{faults:?}");
	}
}

#[test]
fn a_faulty_event_leaves_the_others_alone() {
	let text = document(json!([shipping(), 1, shipping()])).to_string();
	let read = Document::parse(&text).unwrap();
	assert!(read.events[0].is_ok() && read.events[1].is_err() && read.events[2].is_ok());
	let faults: Vec<String> = read.faults().map(ToString::to_string).collect();
	assert_eq!(faults, ["$.epcisBody.eventList[1]: not an object; write an object"]);
}

#[test]
fn query_documents_and_single_events_are_read() {
	let hash = read(&shipping()).unwrap().hash();
	let mut query = document(json!([]));
	query["type"] = json!("EPCISQueryDocument");
	query["epcisBody"] =
		json!({ "queryResults": { "resultsBody": { "eventList": [shipping()] } } });
	let read = Document::parse(&query.to_string()).unwrap();
	assert_eq!(read.events[0].as_ref().unwrap().hash(), hash);

	let mut single = shipping();
	single["@context"] = document(json!([]))["@context"].clone();
	let read = Document::parse(&single.to_string()).unwrap();
	assert_eq!(read.creation_date, None);
	assert_eq!(read.events[0].as_ref().unwrap().hash(), hash);
}

#[test]
fn each_document_error_is_told() {
	let error = |change: &dyn Fn(&mut Value)| {
		let mut changed = document(json!([shipping()]));
		change(&mut changed);
		Document::parse(&changed.to_string()).unwrap_err()
	};
	let path = "$.epcisBody.eventList";
	let cases = [
		(error(&|d| *d = json!([])), DocumentError::NotAnObject),
		(
			error(&|d| d["type"] = json!("Thing")),
			DocumentError::Type { found: Some("Thing".into()) },
		),
		(error(&|d| d["type"] = json!(1)), DocumentError::Type { found: None }),
		(
			error(&|d| d["schemaVersion"] = json!("1.2")),
			DocumentError::SchemaVersion { found: Some("\"1.2\"".into()) },
		),
		(error(&|d| d["creationDate"] = Value::Null), DocumentError::NoCreationDate),
		(
			error(&|d| d["creationDate"] = json!("today")),
			DocumentError::CreationDate(TimeError::Format),
		),
		(
			error(&|d| {
				d.as_object_mut().unwrap().remove("@context");
			}),
			DocumentError::NoContext,
		),
		(error(&|d| d["epcisBody"] = json!([])), DocumentError::NoBody),
		(error(&|d| d["epcisBody"] = json!({})), DocumentError::NoEventList { path }),
	];
	for (found, expected) in cases {
		assert_eq!(found, expected);
		assert!(found.to_string().starts_with('$'), "{found}");
	}
	assert!(matches!(
		Document::parse("{\n\"a\": }"),
		Err(DocumentError::Json { line: 2, column: 6, .. })
	));
}

#[test]
fn documents_are_read_within_limits() {
	let text = document(json!([shipping(), shipping()])).to_string();
	let limits = Limits { bytes: text.len(), depth: 8, events: 2 };
	assert!(Document::parse_within(&text, limits).is_ok());
	let too_long = Limits { bytes: text.len() - 1, ..limits };
	assert!(matches!(Document::parse_within(&text, too_long), Err(DocumentError::TooLong { .. })));
	let too_deep = Limits { depth: 7, ..limits };
	assert_eq!(Document::parse_within(&text, too_deep), Err(DocumentError::TooDeep { max: 7 }));
	let too_many = Limits { events: 1, ..limits };
	assert_eq!(
		Document::parse_within(&text, too_many),
		Err(DocumentError::TooManyEvents { max: 1, found: 2 })
	);
	let nested = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
	assert!(matches!(Document::parse(&nested), Err(DocumentError::Json { .. })));
}

#[test]
fn many_faults_are_cut() {
	let mut event = shipping();
	event["epcList"] = json!(vec!["x"; 1000]);
	assert_eq!(read(&event).unwrap_err().len(), epcis::fault::MAX_FAULTS);
}

#[test]
fn what_grows_when_written_out_is_refused() {
	let mut event = shipping();
	event["@context"] = json!({ "p": "x".repeat(2048) });
	event["p:a"] = json!(vec![1; 100_000]);
	let path = "$.epcisBody.eventList[0]".to_string();
	assert_eq!(read(&event).unwrap_err(), [Fault { path, kind: FaultKind::TooLong }]);
}
