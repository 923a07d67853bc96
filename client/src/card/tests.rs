use super::*;
use crate::guardians::WalletGuard;
use salus_primitives::{
	codes::{Power, Powers, Relation},
	guardian::GuardianTerms,
	ids::ChartId,
};

const GENESIS: [u8; 32] = [3; 32];

fn card(code: u8, share: u8) -> Card {
	Card::new(&GENESIS, 7, 1_000, Zeroizing::new([code; 32]), Zeroizing::new([share; 32]))
}

/// The guardian's card for a card with a PIN.
fn guardian(card: &Card) -> GuardianCard {
	let terms = GuardianTerms {
		chart: ChartId([1; 32]),
		key: card.account().unwrap(),
		relation: Relation::Proxy,
		powers: Powers::of(&[Power::Consent]),
		until: Some(1_000),
	};
	WalletGuard::new(&[terms]).unwrap().cards(GENESIS, 7).unwrap().remove(0)
}

#[test]
fn both_halves_and_the_pin_make_the_guardians_key() {
	let made = card(1, 2);
	let guardian = guardian(&made);
	let pin = Pin::new("824613").unwrap();
	let posted = made.posted(&guardian, Some(&pin)).unwrap();
	assert!(posted.sealed.len() <= crate::vault_api::MAX_SEALED_CARD);
	let with_pin = made.code().with_pin(&pin).unwrap();
	let at_vault = posted.pin.unwrap();
	assert_eq!(at_vault.proof, Digest::of(&*with_pin.proof()));
	// At the desk there is nothing but the text.
	let code = CardCode::parse(&made.code().text()).unwrap();
	assert_eq!((code.id(), code.custodian(), code.until()), (made.code().id(), 7, 1_000));
	assert!(code.is_of(&GENESIS) && !code.is_of(&[4; 32]));
	let with_pin = code.with_pin(&pin).unwrap();
	let (opened, identity) = code.open(&with_pin, &posted.sealed, &at_vault.pinned).unwrap();
	assert_eq!(opened, guardian);
	assert_eq!(identity.account(), guardian.guardian.terms.key);
	// Sealed anew, no PIN is needed, and what it sealed stays good.
	let again = made.posted(&guardian, None).unwrap();
	assert_eq!(again.pin, None);
	assert!(again.sealed != posted.sealed);
	assert!(code.open(&with_pin, &again.sealed, &at_vault.pinned).is_ok());
}

#[test]
fn who_has_code_and_vault_needs_the_pin_too() {
	let made = card(1, 2);
	let right = Pin::new("824613").unwrap();
	let posted = made.posted(&guardian(&made), Some(&right)).unwrap();
	let pinned = posted.pin.unwrap().pinned;
	// Neither what opens with the code alone nor what a desk sends has the share.
	let code = made.code();
	let card_alone = code.decrypt(&code.seal_key(), &posted.sealed).unwrap();
	assert!(!card_alone.windows(32).any(|part| part == [2; 32]));
	let proof = code.with_pin(&right).unwrap().proof();
	assert!(code.decrypt(&proof, &pinned).is_none());
	assert!(code.decrypt(&code.seal_key(), &pinned).is_none());
	let wrong = code.with_pin(&Pin::new("824614").unwrap()).unwrap();
	assert_eq!(code.open(&wrong, &posted.sealed, &pinned).unwrap_err().code(), "bad-card");
}

#[test]
fn either_half_alone_opens_nothing() {
	let made = card(1, 2);
	let pin = Pin::new("824613").unwrap();
	let posted = made.posted(&guardian(&made), Some(&pin)).unwrap();
	let pinned = posted.pin.unwrap().pinned;
	let with_pin = made.code().with_pin(&pin).unwrap();
	let open = |sealed: &[u8], pinned: &[u8]| match made.code().open(&with_pin, sealed, pinned) {
		Ok(_) => String::new(),
		Err(fault) => fault.code().to_owned(),
	};
	for other in [card(2, 2), card(1, 3)] {
		assert_ne!(other.account().unwrap(), made.account().unwrap());
	}
	let other = card(2, 2);
	let of_other = other.code().with_pin(&pin).unwrap();
	assert!(other.code().open(&of_other, &posted.sealed, &pinned).is_err());
	for place in 0..posted.sealed.len() {
		let mut altered = posted.sealed.clone();
		altered[place] ^= 1;
		assert_eq!(open(&altered, &pinned), "bad-card", "{place}");
	}
	for place in 0..pinned.len() {
		let mut altered = pinned;
		altered[place] ^= 1;
		assert_eq!(open(&posted.sealed, &altered), "bad-card", "{place}");
	}
	for length in [0, 23, 24, 39] {
		assert!(open(&posted.sealed[..length], &pinned) == "bad-card");
		assert!(open(&posted.sealed, &pinned[..length]) == "bad-card");
	}
	// Sealed for the code, and of another key.
	let wrong = made.posted(&guardian(&card(1, 3)), None).unwrap();
	assert_eq!(open(&wrong.sealed, &pinned), "bad-card");
}

#[test]
fn the_proof_is_of_pin_and_code() {
	let proof = |code, pin| {
		let pin = Pin::new(pin).unwrap();
		card(code, 2).code().with_pin(&pin).unwrap().proof()
	};
	assert_ne!(proof(1, "824613"), proof(1, "824614"));
	assert_ne!(proof(1, "824613"), proof(2, "824613"));
}

#[test]
fn a_text_that_was_changed_is_no_card() {
	let text = card(1, 2).code().text();
	assert!(text.starts_with("salus:card/1/7/0303030303030303/1000#"));
	for place in 0..text.len() {
		let mut bytes = text.as_bytes().to_vec();
		bytes[place] = if bytes[place] == b'2' { b'3' } else { b'2' };
		let changed = String::from_utf8(bytes).unwrap();
		assert_eq!(CardCode::parse(&changed).unwrap_err().code(), "bad-card", "{changed}");
		assert!(CardCode::parse(&text[..place]).is_err(), "cut at {place}");
	}
	for wrong in [
		"",
		"salus:card/1/#",
		"salus:card/1/7/03/1#AA",
		"salus:link?x#y",
		&"salus:card/1/7/".repeat(99),
	] {
		assert_eq!(CardCode::parse(wrong).unwrap_err().code(), "bad-card", "{wrong}");
	}
}

#[test]
fn a_card_is_read_from_its_page() {
	let made = card(1, 2);
	let page = made.code().page("2027-01-01", "consent, read");
	assert!(page.contains("<svg") && page.contains("until 2027-01-01: consent, read."));
	assert_eq!(CardCode::parse(&page).unwrap().id(), made.code().id());
	let spaced = format!("\n  {}\n", made.code().text().as_str());
	assert_eq!(CardCode::parse(&spaced).unwrap().id(), made.code().id());
}

#[test]
fn nothing_prints_a_card() {
	let made = card(0xa7, 0xa8);
	let printed = format!("{made:?} {:?}", made.code());
	assert_eq!(printed, "Card(…) CardCode(…)");
}
