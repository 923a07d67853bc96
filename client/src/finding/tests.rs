//! Codes as they are written and read, and what makes two people the same.

use super::*;
use proptest::prelude::*;

const GENESIS: [u8; 32] = [7; 32];

fn code(custodian: OrganisationId) -> CardCode {
	CardCode::new(custodian).unwrap()
}

#[test]
fn a_code_is_read_as_it_was_written() {
	let code = code(12);
	let text = code.text(&GENESIS);
	assert_eq!(CardCode::parse(&text, &GENESIS), Ok(code.clone()));
	assert!(text.starts_with("SALUS-12-") && text.len() == "SALUS-12".len() + 8 * 5);
	// As people write and read.
	let typed = format!(" {} \n", text.to_lowercase());
	assert_eq!(CardCode::parse(&typed, &GENESIS), Ok(code.clone()));
	let signs = text.strip_prefix("SALUS-12-").unwrap().replace('-', " ").replace('1', "l");
	let typed = format!("salus-12-{}", signs.replace('0', "o"));
	assert_eq!(CardCode::parse(&typed, &GENESIS), Ok(code));
}

#[test]
fn what_is_no_code_is_refused() {
	let text = code(1).text(&GENESIS);
	for wrong in ["", "SALUS-", "SALUS-1", "SALUS-x-0000", "LINK-1-0000", "SALUS-1-U", "sälus-1-0"]
	{
		assert!(CardCode::parse(wrong, &GENESIS).is_err(), "{wrong}");
	}
	assert!(CardCode::parse(&format!("{}0", text.as_str()), &GENESIS).is_err());
	assert!(CardCode::parse(text.get(..text.len() - 1).unwrap(), &GENESIS).is_err());
	assert!(CardCode::parse(&text.replace("SALUS-1-", "SALUS-2-"), &GENESIS).is_err());
	assert!(CardCode::parse(&text, &[8; 32]).is_err());
}

#[test]
fn a_code_is_not_shown_by_accident() {
	let code = code(3);
	assert_eq!(format!("{code:?}"), "CardCode(3, …)");
	let who = Particulars::new("Heuvel", "Pieter", "1944-11-17", None).unwrap();
	assert_eq!(format!("{who:?}"), "Particulars(…)");
}

#[test]
fn a_page_has_codes_and_nothing_from_elsewhere() {
	let code = code(1);
	let genesis = &GENESIS;
	let endpoint = "https://vault.example/?a=\"b\"&c";
	let card = CardPage { code: &code, genesis, endpoint };
	assert!(card.drawing().unwrap().contains("<svg"));
	let page = page(&[card, CardPage { code: &code, genesis, endpoint }]);
	assert_eq!(page.matches(code.text(genesis).as_str()).count(), 2);
	assert_eq!(page.matches("<svg").count(), 2);
	assert!(page.contains("a=&quot;b&quot;&amp;c") && !page.contains("\"b\""));
	assert!(!page.contains("<script") && !page.contains("src=\"") && !page.contains("href="));
}

fn same(one: &str, other: &str) -> bool {
	normalised(one) == normalised(other)
}

#[test]
fn names_are_compared_by_their_letters() {
	for (one, other) in [
		("van de Heuvel", "VAN DE HEUVEL"),
		("Müller", "Mu\u{308}ller"),
		("Müller", "Muller"),
		("Strauß", "STRAUSS"),
		("Strauß", "Strauẞ"),
		("Anne-Marie", "Anne Marie"),
		("O’Neill", "O'Neill"),
		("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
		("ﬁsher", "Fisher"),
		("Ｓｍｉｔｈ", "Smith"),
		("İpek", "Ipek"),
		("Smith2", "Smith"),
	] {
		assert!(same(one, other), "{one} {other}");
	}
	for (one, other) in [
		("Smith", "Smyth"),
		("Müller", "Mueller"),
		("Иванов", "Ivanov"),
		("Ivanov", "Ivanova"),
		("王", "黄"),
		("राम", "रमा"),
	] {
		assert!(!same(one, other), "{one} {other}");
	}
}

#[test]
fn a_patient_of_the_standard_is_read() {
	let json = include_bytes!("../../../tests/data/fhir/Patient-f001.json");
	let who = Particulars::of_patient(json).unwrap();
	let same = Particulars::new("van de Heuvel", "Pieter", "1944-11-17", Some(Gender::Male));
	assert_eq!(Ok(&who), same.as_ref());
	assert!(who.is_normal());
	let observation = include_bytes!("../../../tests/data/fhir/Observation-f001.json");
	assert_eq!(Particulars::of_patient(observation), Err(FindingError::NotAPatient));
}

fn patient(rest: &str) -> Result<Particulars, FindingError> {
	Particulars::of_patient(format!("{{\"resourceType\":\"Patient\"{rest}}}").as_bytes())
}

#[test]
fn the_official_name_counts() {
	let of = |names: &str| patient(&format!(",\"birthDate\":\"2001-02-03\",\"name\":[{names}]"));
	let named = |usage: &str, family: &str| {
		let usage = if usage.is_empty() { String::new() } else { format!("\"use\":\"{usage}\",") };
		format!("{{{usage}\"family\":\"{family}\",\"given\":[\"Ada\",\"Maria\"]}}")
	};
	let family = |names: &[String]| of(&names.join(",")).map(|who| who.family.clone());
	let (official, usual) = (named("official", "Byron"), named("usual", "King"));
	let (plain, maiden) = (named("", "Lovelace"), named("maiden", "Noel"));
	let all = [maiden.clone(), plain.clone(), usual.clone(), official];
	assert_eq!(family(&all).as_deref(), Ok("byron"));
	assert_eq!(family(&[maiden.clone(), plain.clone(), usual]).as_deref(), Ok("king"));
	assert_eq!(family(&[maiden.clone(), plain]).as_deref(), Ok("lovelace"));
	assert!(matches!(family(&[maiden]), Err(FindingError::Particulars(_))));
}

#[test]
fn who_lacks_something_is_not_searched_for() {
	let name = ",\"name\":[{\"family\":\"Byron\",\"given\":[\"Ada\"]}]";
	assert!(patient(&format!("{name},\"birthDate\":\"1815-12-10\"")).is_ok());
	for rest in [
		name.to_owned(),
		format!("{name},\"birthDate\":\"1815\""),
		format!("{name},\"birthDate\":\"1815-12\""),
		",\"birthDate\":\"1815-12-10\",\"name\":[{\"family\":\"Byron\"}]".into(),
		",\"birthDate\":\"1815-12-10\",\"name\":[{\"given\":[\"Ada\"]}]".into(),
		",\"birthDate\":\"1815-12-10\",\"name\":[{\"family\":\"123\",\"given\":[\"Ada\"]}]".into(),
	] {
		assert!(matches!(patient(&rest), Err(FindingError::Particulars(_))), "{rest}");
	}
	assert_eq!(Particulars::of_patient(b"{}"), Err(FindingError::NotAPatient));
	for wrong in ["2001-02-29", "2001-13-01", "2001-00-10", "2001-1-10", "20010110", "2001-01-10Z"]
	{
		assert!(Particulars::new("A", "B", wrong, None).is_err(), "{wrong}");
	}
	assert!(Particulars::new("A", "B", "2000-02-29", None).is_ok());
	assert!(Particulars::new(&"a".repeat(MAX_NAME + 1), "B", "2000-02-29", None).is_err());
}

proptest! {
	#[test]
	fn every_code_comes_back(bytes in any::<[u8; CODE]>(), custodian in any::<u32>()) {
		let code = CardCode { custodian, code: bytes };
		let text = code.text(&GENESIS);
		prop_assert_eq!(CardCode::parse(&text, &GENESIS), Ok(code));
	}

	#[test]
	fn one_wrong_sign_is_noticed(
		bytes in any::<[u8; CODE]>(),
		place in 0usize..32,
		by in 1u8..32,
	) {
		let code = CardCode { custodian: 1, code: bytes };
		let text = code.text(&GENESIS);
		let signs = text.strip_prefix("SALUS-1-").unwrap().chars().filter(|sign| *sign != '-');
		let mut signs: Vec<char> = signs.collect();
		let known = value(signs[place]).unwrap();
		signs[place] = char::from(SIGNS[usize::try_from((known + u64::from(by)) % 32).unwrap()]);
		let typed: String = signs.into_iter().collect();
		let typed = format!("SALUS-1-{typed}");
		prop_assert!(CardCode::parse(&typed, &GENESIS).is_err());
	}

	#[test]
	fn any_text_is_read_or_refused(text in any::<String>()) {
		let _ = CardCode::parse(&text, &GENESIS);
		let _ = CardCode::parse(&format!("SALUS-1-{text}"), &GENESIS);
		let _ = Particulars::of_patient(text.as_bytes());
	}

	#[test]
	fn what_is_normal_stays_so(name in any::<String>()) {
		let once = normalised(&name);
		prop_assert_eq!(normalised(&once), once.clone());
		prop_assert!(once.chars().all(char::is_alphabetic));
	}

	#[test]
	fn case_and_what_is_no_letter_do_not_matter(
		name in "[a-zA-ZäöüÄÖÜéèçñ]{1,12}",
		at in 0usize..12,
	) {
		prop_assert_eq!(normalised(&name.to_uppercase()), normalised(&name));
		prop_assert_eq!(normalised(&name.to_lowercase()), normalised(&name));
		let signs: Vec<char> = name.chars().collect();
		let (begin, end) = signs.split_at(at.min(signs.len()));
		let parted: String = begin.iter().chain(&['-', ' ', '7']).chain(end).collect();
		prop_assert_eq!(normalised(&parted), normalised(&name));
	}

	#[test]
	fn particulars_that_are_taken_are_normal(family in any::<String>(), given in "\\PC{0,9}") {
		if let Ok(who) = Particulars::new(&family, &given, "2000-02-29", None) {
			prop_assert!(who.is_normal());
		}
	}
}
