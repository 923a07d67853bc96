//! That a search asks one question and is no break-glass about a chart.

use crate::{
	break_glass::BreakGlassTerms,
	disclosure::Subject,
	ids::{ChartId, Digest, RecordId, Salt},
	seal::{Opening, Sealable},
	search::{code_digest, SearchTerms},
};
use alloc::vec::Vec;
use codec::{Decode, Encode};

const SALT: Salt = Salt([7; 32]);

#[test]
fn the_seal_fixes_what_is_asked() {
	let code = [1; 16];
	let asked = Opening { terms: SearchTerms::code(&code), salt: SALT };
	assert_eq!(asked.terms, SearchTerms::Code(code_digest(&code)));
	for other in [
		SearchTerms::code(&[2; 16]),
		SearchTerms::Person(code_digest(&code)),
		SearchTerms::person(&code, &SALT),
	] {
		assert!(!Opening { terms: other, salt: SALT }.opens(&asked.seal()));
	}
}

#[test]
fn particulars_are_salted() {
	let of = |who: &str, salt| SearchTerms::person(&who, &Salt([salt; 32]));
	assert_eq!(of("a", 1), of("a", 1));
	assert_ne!(of("a", 1), of("a", 2));
	assert_ne!(of("a", 1), of("b", 1));
}

#[test]
fn a_search_opens_no_chart_and_a_break_glass_asks_nothing() {
	assert_ne!(SearchTerms::DOMAIN, BreakGlassTerms::DOMAIN);
	let glass = BreakGlassTerms { chart: ChartId([0; 32]), custodian: 0 };
	let glass = Opening { terms: glass, salt: SALT };
	let search = Opening { terms: SearchTerms::Code(Digest([0; 32])), salt: SALT };
	assert!(!search.opens(&glass.seal()) && !glass.opens(&search.seal()));
}

#[test]
fn what_logs_hold_keeps_its_form() {
	let subjects = [Subject::Record(RecordId([5; 32])), Subject::Listing, Subject::Presence];
	let first: Vec<u8> = subjects.iter().map(|subject| subject.encode()[0]).collect();
	assert_eq!(first, [0, 1, 3]);
	for subject in subjects {
		assert_eq!(Subject::decode(&mut subject.encode().as_slice()), Ok(subject));
	}
}
