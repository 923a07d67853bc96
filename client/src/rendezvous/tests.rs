use super::*;

fn made() -> Rendezvous {
	let vault = "https://vault.example.org/organisations/2?a=b&c#d";
	Rendezvous::new(vault, [1; 32], RequestId([0xab; 32])).unwrap()
}

fn code(text: &str) -> String {
	Rendezvous::parse(text).unwrap_err().code().to_owned()
}

#[test]
fn a_rendezvous_is_read_as_it_was_written() {
	let rendezvous = made();
	let text = rendezvous.text();
	assert!(text.starts_with("salus:meet?vault=https%3A%2F%2Fvault.example.org"), "{}", *text);
	assert_eq!(text.matches('#').count(), 1);
	for written in [text.to_string(), format!(" {}\n", *text)] {
		assert_eq!(Rendezvous::parse(&written).unwrap(), rendezvous);
	}
	assert!(rendezvous.drawing().unwrap().contains("<svg"));
}

#[test]
fn what_others_know_does_not_hold_the_code() {
	let rendezvous = made();
	let id = rendezvous.id();
	assert!(!id.0.windows(16).any(|some| some == rendezvous.code.0));
	assert_ne!(made().id(), id);
	assert_ne!(rendezvous.code.id(&[2; 32]), id, "another chain");
	assert!(!format!("{rendezvous:?}").contains(&hex::encode(rendezvous.code.0)));
	// What others made must be found again.
	let known = RendezvousCode([7; 16]).id(&[1; 32]);
	let whole = [b"salus/id/meeting".as_slice(), &[1; 32], &[7; 16]].concat();
	assert_eq!(known.0, salus_primitives::ids::Digest::of(&whole).0);
}

#[test]
fn every_sign_of_it_counts() {
	let text = made().text();
	for (at, sign) in text.char_indices() {
		let other = if sign == 'A' { 'B' } else { 'A' };
		let mut changed = text.to_string();
		changed.replace_range(at..at + 1, &other.to_string());
		assert_eq!(code(&changed), "bad-rendezvous", "{at}");
		assert_eq!(code(&text[..at]), "bad-rendezvous", "{at}");
	}
	assert_eq!(code(&format!("{}A", *text)), "bad-rendezvous");
	assert_eq!(code(""), "bad-rendezvous");
	let link = text.replace("salus:meet", "salus:link");
	assert_eq!(code(&link), "bad-rendezvous");
	assert_eq!(crate::link::Link::parse(&text).unwrap_err().code(), "bad-link");
}

#[test]
fn parts_are_there_once_and_readable() {
	let rendezvous = made();
	let good = rendezvous.head();
	let with_check = |head: &str| FORM.text(head, &rendezvous.code.0);
	Rendezvous::parse(&with_check(&good)).unwrap();
	for part in ["vault", "chain", "request"] {
		let without = good.replace(&format!("{part}="), "other=");
		assert_eq!(code(&with_check(&without)), "bad-rendezvous", "{part}");
		let twice = format!("{good}&{part}=1");
		assert_eq!(code(&with_check(&twice)), "bad-rendezvous", "{part}");
	}
	let wrong = good.replace("abab", "xyxy");
	assert_eq!(code(&with_check(&wrong)), "bad-rendezvous");
}
