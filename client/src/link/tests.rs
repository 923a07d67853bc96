use super::*;
use salus_primitives::link::MAX_LINK_VALIDITY;

fn place() -> LinkPlace {
	LinkPlace {
		vault: "https://vault.example.org/organisations/1?a=b&c#d".into(),
		genesis: [1; 32],
		custodian: 3,
		record: RecordId([0xab; 32]),
		purpose: Purpose::PatientRequested,
		until: 1_700_000_000_000,
	}
}

fn code(text: &str) -> String {
	Link::parse(text).unwrap_err().code().to_owned()
}

#[test]
fn a_link_is_read_as_it_was_written() {
	let link = Link::new(place()).unwrap();
	let text = link.text();
	assert!(text.starts_with("salus:link?vault=https%3A%2F%2Fvault.example.org"), "{}", *text);
	assert_eq!(text.matches('#').count(), 1);
	for written in [text.to_string(), format!(" {}\n", *text)] {
		let read = Link::parse(&written).unwrap();
		assert_eq!((read.place(), read.keys().unwrap()), (&place(), link.keys().unwrap()));
		assert_eq!(*read.text(), *text);
	}
	assert!(text.len() < MAX_LINK);
}

#[test]
fn what_others_know_of_a_link_does_not_hold_its_code() {
	let link = Link::new(place()).unwrap();
	let LinkKeys { account, encryption_key } = link.keys().unwrap();
	for public in [account, encryption_key, link.keys().unwrap().seal().0] {
		assert_ne!(public, link.code);
	}
	assert_ne!(account, encryption_key);
	assert_ne!(Link::new(place()).unwrap().keys().unwrap(), link.keys().unwrap());
	assert_eq!(format!("{link:?}"), "Link(…)");
}

#[test]
fn every_sign_of_a_link_counts() {
	let text = Link::new(place()).unwrap().text();
	for (at, sign) in text.char_indices() {
		let other = if sign == 'A' { 'B' } else { 'A' };
		let mut changed = text.to_string();
		changed.replace_range(at..at + 1, &other.to_string());
		assert_eq!(code(&changed), "bad-link", "{at}");
		assert_eq!(code(&text[..at]), "bad-link", "{at}");
	}
	assert_eq!(code(&format!("{}A", *text)), "bad-link");
	assert_eq!(code(&"a".repeat(MAX_LINK + 1)), "bad-link");
	assert_eq!(code(""), "bad-link");
}

#[test]
fn parts_are_there_once_and_readable() {
	let link = Link::new(place()).unwrap();
	let good = link.place.text();
	let with_check = |head: &str| FORM.text(head, &link.code);
	Link::parse(&with_check(&good)).unwrap();
	for part in ["vault", "chain", "custodian", "record", "purpose", "until"] {
		let without = good.replace(&format!("{part}="), "other=");
		assert_eq!(code(&with_check(&without)), "bad-link", "{part}");
		let twice = format!("{good}&{part}=1");
		assert_eq!(code(&with_check(&twice)), "bad-link", "{part}");
	}
	for (part, wrong) in [("custodian=3", "custodian=-1"), ("PATRQT", "NOTHING"), ("abab", "xyxy")]
	{
		let wrong = good.replace(part, wrong);
		assert_eq!(code(&with_check(&wrong)), "bad-link", "{wrong}");
	}
	let elsewhere = good.replace("salus:link", "https:link");
	assert_eq!(code(&with_check(&elsewhere)), "bad-link");
}

#[test]
fn its_directive_is_a_link_as_it_may_be() {
	let link = Link::new(place()).unwrap();
	let from = place().until - MAX_LINK_VALIDITY;
	let terms = link.terms(from, Obligations::EMPTY).unwrap();
	assert!(terms.is_fit_link());
	assert_eq!(terms.link(), Some(link.keys().unwrap().seal()));
	assert!(terms.scope.records.unwrap().contains(&place().record));
	assert!(!link.terms(from - 1, Obligations::EMPTY).unwrap().is_fit_link());
}

#[test]
fn a_use_goes_on_until_it_ends() {
	let folder = tempfile::tempdir().unwrap();
	let out = folder.path().join("document.pdf");
	let record = RecordId([3; 32]);
	let first = Attempt::beside(&out, &record).unwrap();
	let name = *first.name();
	drop(first);
	let again = Attempt::beside(&out, &record).unwrap();
	assert_eq!(again.name(), &name);
	let other = Attempt::beside(&out, &RecordId([4; 32])).unwrap();
	assert_ne!(other.name(), &name);
	again.end().unwrap();
	let next = Attempt::beside(&out, &record).unwrap();
	assert_ne!(next.name(), &name);
	// One that a kill cut short was never used.
	fs::write(&next.path, [7; 5]).unwrap();
	let whole = Attempt::beside(&out, &record).unwrap();
	assert_eq!(*Attempt::beside(&out, &record).unwrap().name(), *whole.name());
}

#[test]
fn it_is_drawn() {
	let drawing = Link::new(place()).unwrap().drawing().unwrap();
	assert!(drawing.contains("<svg"));
}
