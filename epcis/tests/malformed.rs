//! No input makes the readers panic, and what they print they read.

use epcis::{
	canonical,
	gs1::{
		check_digit, DigitalLink, ElementStrings, EpcUrn, Gln, Gtin, Lgtin, PrefixLength, Sgtin,
		Sscc, Text20,
	},
	time::Timestamp,
	Document, EventHash,
};
use proptest::prelude::*;
use serde_json::{json, Map, Value};

/// Texts that come close to what the readers take.
fn near() -> impl Strategy<Value = String> {
	let piece = prop_oneof![
		Just("urn:epc:id:sgtin:".to_string()),
		Just("urn:epc:class:lgtin:".to_string()),
		Just("urn:epc:idpat:itip:".to_string()),
		Just("https://id.gs1.org/".to_string()),
		Just("]d2".to_string()),
		Just("\u{1d}".to_string()),
		Just("%".to_string()),
		Just("é".to_string()),
		"[0-9]{1,14}",
		"(00|01|02|10|17|21|253|414|8003|8006|8010)",
		"[./?#&;=:*%_-]",
		"[!-~]{1,6}",
	];
	prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// JSON with the fields of events, nested as they come.
fn value() -> impl Strategy<Value = Value> {
	let leaf = prop_oneof![
		Just(Value::Null),
		any::<bool>().prop_map(Value::from),
		any::<i64>().prop_map(Value::from),
		any::<f64>().prop_map(Value::from),
		near().prop_map(Value::from),
		any::<String>().prop_map(Value::from),
		Just(json!("2026-03-04T11:00:30.0005Z")),
		Just(json!("ADD")),
		Just(json!("shipping")),
		Just(json!("urn:epc:id:sscc:4012345.3111111111")),
		Just(json!("+01:00")),
	];
	leaf.prop_recursive(5, 48, 6, |inner| {
		prop_oneof![
			prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
			prop::collection::vec((key(), inner), 0..6)
				.prop_map(|members| Value::Object(members.into_iter().collect())),
		]
	})
}

fn key() -> impl Strategy<Value = String> {
	prop_oneof![
		prop::sample::select(vec![
			"type",
			"eventTime",
			"action",
			"epcList",
			"quantityList",
			"epcClass",
			"quantity",
			"uom",
			"readPoint",
			"id",
			"sensorElementList",
			"sensorMetadata",
			"sensorReport",
			"value",
			"time",
			"bizTransactionList",
			"bizTransaction",
			"sourceList",
			"source",
			"ilmd",
			"bizStep",
			"persistentDisposition",
			"set",
			"errorDeclaration",
			"reason",
			"childEPCs",
			"parentID",
			"@context",
			"#text",
			"ext:list",
			"ext:fooList",
			"ext:action",
			"List",
			"inputEPCList",
		])
		.prop_map(String::from),
		any::<String>(),
	]
}

fn event() -> impl Strategy<Value = Value> {
	let kinds = epcis::EventType::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>();
	(prop::sample::select(kinds), prop::collection::vec((key(), value()), 0..10)).prop_map(
		|(kind, members)| {
			let mut event: Map<String, Value> = members.into_iter().collect();
			event.insert("type".into(), json!(kind));
			event.insert("eventTime".into(), json!("2026-03-04T11:00:30.0005Z"));
			event.insert("eventTimeZoneOffset".into(), json!("+01:00"));
			if kind != "TransformationEvent" {
				event.insert("action".into(), json!("ADD"));
			}
			event.insert("@context".into(), json!({ "ext": "https://ns.example.com/" }));
			Value::Object(event)
		},
	)
}

fn ascii82() -> impl Strategy<Value = String> {
	"[!\"%&'()*+,./0-9:;<=>?A-Z_a-z-]{1,20}"
}

fn any_value() -> impl Strategy<Value = String> {
	prop_oneof![near(), any::<String>(), any::<f64>().prop_map(|number| number.to_string())]
}

fn read_all(text: &str) {
	let _ = (Gtin::parse(text), Gln::parse(text), Sscc::parse(text), Text20::new(text));
	let _ =
		(Sgtin::from_urn(text), Lgtin::from_urn(text), Gln::from_urn(text), Sscc::from_urn(text));
	let _ = (Timestamp::parse(text), text.parse::<EventHash>(), canonical::value(text));
	let _ = (canonical::number(text), canonical::identifier(text), Document::parse(text));
	if let Ok(read) = ElementStrings::parse(text) {
		assert_eq!(ElementStrings::parse(&read.to_data_matrix()), Ok(read.clone()));
		let _ = (read.gtin(), read.sgtin(), read.lgtin(), read.sscc(), read.expiry());
	}
	if let Ok(link) = DigitalLink::parse(text) {
		assert_eq!(DigitalLink::parse(&link.to_canonical()), Ok(link.clone()));
		let _ = link.to_urn(PrefixLength::new(7).unwrap());
	}
	if let Ok(urn) = EpcUrn::parse(text) {
		assert_eq!(urn.to_string(), text);
		assert!(DigitalLink::parse(&urn.to_digital_link()).is_ok(), "{text}");
	}
}

proptest! {
	#[test]
	fn arbitrary_text_does_not_panic(text in any::<String>()) {
		read_all(&text);
	}

	#[test]
	fn near_text_does_not_panic(text in near()) {
		read_all(&text);
	}

	#[test]
	fn arbitrary_json_does_not_panic(json in value()) {
		let _ = Document::from_json(json, epcis::Limits::default());
	}

	#[test]
	fn arbitrary_events_hash_without_panic(event in event()) {
		let read = Document::from_json(event, epcis::Limits::default());
		if let Ok(read) = read {
			for event in read.events.iter().flatten() {
				let _ = (event.hash(), event.identity(), event.extensions().count());
			}
			read.faults().for_each(|fault| assert!(fault.path.starts_with('$'), "{fault}"));
		}
	}

	#[test]
	fn arbitrary_extensions_hash(extension in value()) {
		let event = json!({
			"@context": { "ext": "https://ns.example.com/" },
			"type": "ObjectEvent",
			"eventTime": "2026-03-04T11:00:30Z",
			"eventTimeZoneOffset": "+01:00",
			"action": "ADD",
			"epcList": ["urn:epc:id:sscc:4012345.3111111111"],
			"readPoint": { "id": "geo:1,2", "ext:a": extension.clone() },
			"ext:b": extension,
		});
		let read = Document::parse(&event.to_string()).unwrap();
		let event = read.events[0].as_ref().unwrap();
		prop_assert_eq!(event.hash().to_string().parse(), Ok(event.hash()));
	}

	#[test]
	fn gtins_round_trip(payload in 0_u64..10_000_000_000_000) {
		let gtin = Gtin::from_number(payload * 10 + u64::from(check_digit(payload))).unwrap();
		prop_assert_eq!(Gtin::parse(&gtin.to_string()), Ok(gtin));
		prop_assert_eq!(Gtin::parse(&gtin.digits(gtin.format()).unwrap()), Ok(gtin));
		// One wrong digit is always found.
		for weight in (0..14).map(|place| 10_u64.pow(place)) {
			let digit = gtin.number() / weight % 10;
			let wrong = gtin.number() - digit * weight + (digit + 1) % 10 * weight;
			prop_assert!(Gtin::from_number(wrong).is_err(), "{}", wrong);
		}
	}

	#[test]
	fn units_and_lots_round_trip(
		payload in 0_u64..10_000_000_000_000,
		serial in ascii82(),
		digits in 6_usize..=12,
	) {
		let gtin = Gtin::from_number(payload * 10 + u64::from(check_digit(payload))).unwrap();
		let text = Text20::new(&serial).unwrap();
		let prefix = PrefixLength::new(digits).unwrap();
		let unit = Sgtin { gtin, serial: text.clone() };
		let lot = Lgtin { gtin, lot: text };
		let urn = unit.to_urn(prefix);
		prop_assert_eq!(Sgtin::from_urn(&urn), Ok(unit.clone()));
		prop_assert_eq!(EpcUrn::parse(&urn).unwrap().to_digital_link(), unit.to_digital_link());
		let link = DigitalLink::parse(&unit.to_digital_link()).unwrap();
		prop_assert_eq!(link.to_urn(prefix), Some(urn.clone()));
		prop_assert_eq!(canonical::identifier(&urn), Some(unit.to_digital_link()));
		prop_assert_eq!(canonical::identifier(&unit.to_digital_link()), Some(unit.to_digital_link()));
		prop_assert_eq!(link.element_strings().sgtin(), Some(unit));
		let urn = lot.to_urn(prefix);
		prop_assert_eq!(Lgtin::from_urn(&urn), Ok(lot.clone()));
		prop_assert_eq!(DigitalLink::parse(&lot.to_digital_link()).unwrap().to_urn(prefix), Some(urn));
	}

	#[test]
	fn canonical_values_stay_as_they_are(text in any_value()) {
		let once = canonical::value(&text);
		prop_assert_eq!(canonical::value(&once), once);
	}

	#[test]
	fn times_round_trip(
		(year, month, day) in (1..=9999, 1..=12, 1..=28),
		(hour, minute, second, millis) in (0..24, 0..60, 0..60, 0..1000),
	) {
		let date = format!("{year:04}-{month:02}-{day:02}");
		let text = format!("{date}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z");
		prop_assert_eq!(Timestamp::parse(&text).unwrap().to_string(), text);
	}
}
