//! What is decided here, without chain and vault.

use super::*;
use salus_client::{keys::KeyFile, vault_api::StaffCapacity};
use salus_primitives::ids::ChartId;
use serde_json::json;

fn asking(capacity: Option<StaffCapacity>) -> Asking {
	Asking {
		custodian: 1,
		card: None,
		identity: KeyFile::from_dev_uri("//Mercy").unwrap().into_identity(),
		capacity,
		purpose: Purpose::Treatment,
		chart: None::<ChartId>,
	}
}

const STAFF: StaffCapacity = StaffCapacity { organisation: 2, role: Role::Clinician };

fn pairs(of: &[(&str, &str)]) -> Pairs {
	of.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn the_readers_capacity_is_added_where_it_is_asked_for() {
	let add = |route: &str, query: &[(&str, &str)], capacity| {
		let mut query = pairs(query);
		with_capacity(&asking(capacity), route, &mut query);
		query
	};
	let whole = pairs(&[("purpose", "TREAT"), ("organisation", "2"), ("role", "clinician")]);
	assert_eq!(add("DocumentReference", &[], Some(STAFF)), whole);
	assert_eq!(add("Patient/1/$everything", &[], Some(STAFF)), whole);
	assert_eq!(add("DocumentReference/1", &[], None), pairs(&[("purpose", "TREAT")]));
	let said = [("purpose", "ETREAT")];
	assert_eq!(add("DocumentReference", &said, None), pairs(&said));
	for route in ["metadata", "Patient/1", "AuditEvent"] {
		assert!(add(route, &[], Some(STAFF)).is_empty(), "{route}");
	}
}

#[test]
fn a_release_is_asked_for_as_the_program_says() {
	let read = |query: &[(&str, &str)], capacity| request(&asking(capacity), &mut pairs(query));
	let plain = read(&[], Some(STAFF)).ok().unwrap();
	assert_eq!((plain.capacity, plain.purpose), (Some(STAFF), Purpose::Treatment));
	let other = read(&[("purpose", "COC"), ("role", "pharmacist")], Some(STAFF)).ok().unwrap();
	assert_eq!(other.purpose, Purpose::CoordinationOfCare);
	assert_eq!(other.capacity.unwrap().role, Role::Pharmacist);
	for wrong in [("purpose", "ANY"), ("role", "clinician"), ("subject", "1")] {
		assert_eq!(read(&[wrong], None).err().unwrap().status, 400, "{wrong:?}");
	}
}

#[test]
fn addresses_are_moved_and_envelopes_are_none_any_more() {
	let (there, here) = ("https://v/7/fhir/", "http://127.0.0.1:1/custodians/7/fhir/");
	let resource = json!({
		"link": [{ "url": "https://v/7/fhir/DocumentReference?_page=50" }],
		"implementation": { "url": "https://v/7/fhir" },
		"other": "https://v/7/fhirs",
		"content": [{
			"attachment": { "url": "https://v/7/fhir/Binary/1" },
			"format": { "system": names::FORMAT, "code": names::ENVELOPE_FORMAT },
		}],
		"format": ["application/fhir+json"],
	});
	let expected = json!({
		"link": [{ "url": "http://127.0.0.1:1/custodians/7/fhir/DocumentReference?_page=50" }],
		"implementation": { "url": "http://127.0.0.1:1/custodians/7/fhir" },
		"other": "https://v/7/fhirs",
		"content": [{ "attachment": { "url": "http://127.0.0.1:1/custodians/7/fhir/Binary/1" } }],
		"format": ["application/fhir+json"],
	});
	assert_eq!(moved(resource, there, here), expected);
}

#[test]
fn a_vaults_refusal_is_passed_on() {
	let of = |error: Error| Refusal::from(error);
	let refused = of(Error::Vault {
		status: 403,
		code: "access-denied".into(),
		message: "no".into(),
		reason: Some(32),
	});
	assert_eq!((refused.status, refused.body.reason), (403, Some(32)));
	assert_eq!(of(Error::VaultTimedOut { endpoint: "a".into() }).status, 504);
	assert_eq!(of(Error::ReleaseMismatch("a".into())).status, 502);
}
