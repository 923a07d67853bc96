mod ask;
mod batch;
mod break_glass;
mod charts;
mod credential;
mod dispensable;
mod links;
mod model;
mod paper;
mod petition;
mod reading;
mod scenarios;
mod search;
mod stalled;

use crate::{
	check_digit::{Gln, Npi},
	codes::*,
	decision::*,
	directive::*,
	disclosure::{self, DisclosureEntry, Outcome, Subject},
	ids::*,
	record::RecordTerms,
	seal::Opening,
	time::Period,
};
use codec::{Decode, Encode};
use proptest::prelude::*;

const HOUSE: OrganisationId = 1;
const OTHER: OrganisationId = 2;
const SURGEON: PractitionerId = 7;
const PATIENT: AccountBytes = [9; 32];

fn record() -> Opening<RecordTerms> {
	Opening {
		terms: RecordTerms {
			chart: ChartId([1; 32]),
			sequence: 0,
			previous_leaf: None,
			version: 1,
			category: Category::Laboratory,
			confidentiality: Confidentiality::Normal,
			sensitivity: Sensitivities::EMPTY,
			author: Some(3),
			encounter: None,
			clinical_date: 500,
			size: 10,
			content_digest: Digest([2; 32]),
			ciphertext_digest: Digest([3; 32]),
		},
		salt: Salt([4; 32]),
	}
}

fn directive(rule: Rule, strength: Strength) -> DirectiveTerms {
	DirectiveTerms {
		rule,
		strength,
		grantee: Grantee::PractitionerAt(SURGEON, OTHER),
		scope: Scope::default(),
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		period: Period { from: 100, until: Some(200) },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	}
}

/// Facts and query of a surgeon of another house at time 150 under these directives.
fn case(directives: &[DirectiveTerms]) -> (Facts, AccessQuery) {
	let opened: Vec<_> = directives
		.iter()
		.enumerate()
		.map(|(n, terms)| {
			let salt = Salt([n as u8; 32]);
			(DirectiveId([n as u8; 32]), Opening { terms: terms.clone(), salt })
		})
		.collect();
	let facts = Facts {
		at: 150,
		standing: StandingReasons::EMPTY,
		practitioner: Some(SURGEON),
		record: Some(RecordFacts {
			custodian: HOUSE,
			leaf: record().seal(),
			state: RecordState::Current,
			replaces: None,
		}),
		chart: Some(ChartFacts {
			chart: ChartId([1; 32]),
			custodian: HOUSE,
			key: PATIENT,
			state: ChartState::Active,
			posthumous: None,
			directives: opened
				.iter()
				.map(|(id, opening)| ActiveDirective {
					id: *id,
					seal: opening.seal(),
					guardian: None,
					paper: None,
				})
				.collect(),
		}),
		guard: None,
		break_glass: None,
		statement: None,
	};
	let query = AccessQuery {
		accessor: Accessor::Staff { account: [5; 32], organisation: OTHER, role: Role::Clinician },
		action: Action::Access,
		purpose: Purpose::Treatment,
		record: RecordId([6; 32]),
		opening: record(),
		directives: opened,
		inclusion: None,
		guardian: None,
		emergency: None,
	};
	(facts, query)
}

fn denied(reason: DenyReason) -> Decision {
	Decision::Deny { reason }
}

fn by_directive(n: u8) -> Decision {
	Decision::Permit {
		basis: Basis::Directive(DirectiveId([n; 32])),
		obligations: Obligations::EMPTY,
	}
}

#[test]
fn nothing_permits_without_a_directive() {
	let (facts, query) = case(&[]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits));
}

#[test]
fn a_permit_permits_and_a_deny_wins() {
	let permit = directive(Rule::Permit, Strength::Specific);
	let deny = directive(Rule::Deny, Strength::Specific);
	let (facts, query) = case(std::slice::from_ref(&permit));
	assert_eq!(decide(&facts, &query), by_directive(0));
	let (facts, query) = case(&[permit, deny]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
}

#[test]
fn cover_never_speaks() {
	let cover = DirectiveTerms::cover();
	assert!(cover.is_cover());
	let permit = directive(Rule::Permit, Strength::Specific);
	let deny = directive(Rule::Deny, Strength::Specific);
	assert!(!permit.is_cover());
	let decided = |directives: &[DirectiveTerms]| {
		let (facts, query) = case(directives);
		decide(&facts, &query)
	};
	let nothing = denied(DenyReason::NothingPermits);
	assert_eq!(decided(&[cover.clone(), cover.clone()]), nothing);
	// Whatever else it says, without an action it says nothing.
	for rule in [Rule::Permit, Rule::Deny] {
		for strength in [Strength::Default, Strength::Specific] {
			let loud = DirectiveTerms { actions: Actions::EMPTY, ..directive(rule, strength) };
			assert!(loud.is_cover());
			assert_eq!(decided(&[loud.clone(), permit.clone()]), by_directive(1));
			assert_eq!(decided(&[loud]), nothing);
		}
	}
	assert_eq!(decided(&[deny, cover]), denied(DenyReason::DirectiveDenies));
}

#[test]
fn a_default_is_weaker_than_any_specific_one() {
	let deny = directive(Rule::Deny, Strength::Default);
	let permit = directive(Rule::Permit, Strength::Specific);
	let (facts, query) = case(&[deny.clone(), permit]);
	assert_eq!(decide(&facts, &query), by_directive(1));
	let (facts, query) = case(&[deny]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
}

#[test]
fn a_missing_or_wrong_opening_denies_even_where_another_permits() {
	let permit = directive(Rule::Permit, Strength::Specific);
	let deny = directive(Rule::Deny, Strength::Specific);
	let (facts, mut query) = case(&[permit, deny]);
	query.directives.truncate(1);
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveOpeningMissing));
	let (facts, mut query) = case(&[directive(Rule::Permit, Strength::Specific)]);
	query.directives[0].1.terms.period.until = None;
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveOpeningMissing));
}

#[test]
fn each_term_of_a_permit_limits_it() {
	let narrow: [fn(&mut DirectiveTerms); 13] = [
		|d| d.period = Period { from: 151, until: None },
		|d| d.period = Period { from: 0, until: Some(150) },
		|d| d.grantee = Grantee::Practitioner(SURGEON + 1),
		|d| d.grantee = Grantee::PractitionerAt(SURGEON, HOUSE),
		|d| d.grantee = Grantee::Organisation(HOUSE),
		|d| d.actions = Actions::of(&[Action::Disclose]),
		|d| d.purposes = Purposes::of(&[Purpose::Research, Purpose::EmergencyTreatment]),
		|d| d.scope.categories = Some(Categories::all().without(Category::Laboratory)),
		|d| d.scope.confidentiality_ceiling = Some(Confidentiality::Moderate),
		|d| d.scope.author = Some(4),
		|d| d.scope.records = Some(vec![RecordId([7; 32])].try_into().unwrap()),
		|d| d.scope.record_period = Some(Period { from: 0, until: Some(500) }),
		|d| d.scope.sensitivity = Some(Sensitivities::all()),
	];
	for change in narrow {
		let mut permit = directive(Rule::Permit, Strength::Specific);
		change(&mut permit);
		let (facts, query) = case(&[permit]);
		assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits));
	}
}

#[test]
fn treatment_covers_coordination_of_care_and_nothing_else() {
	for purpose in Purpose::ALL {
		let (facts, mut query) = case(&[directive(Rule::Permit, Strength::Specific)]);
		query.purpose = *purpose;
		let expected = match purpose {
			Purpose::Treatment | Purpose::CoordinationOfCare => by_directive(0),
			_ => denied(DenyReason::NothingPermits),
		};
		assert_eq!(decide(&facts, &query), expected, "{purpose}");
	}
}

#[test]
fn obligations_of_all_permits_hold() {
	let mut first = directive(Rule::Permit, Strength::Specific);
	first.obligations = Obligations::of(&[Obligation::NoRedisclosure]);
	let mut second = first.clone();
	second.obligations = Obligations::of(&[Obligation::Encrypt]);
	let (facts, query) = case(&[first, second]);
	let obligations = Obligations::of(&[Obligation::NoRedisclosure, Obligation::Encrypt]);
	let basis = Basis::Directive(DirectiveId([0; 32]));
	assert_eq!(decide(&facts, &query), Decision::Permit { basis, obligations });
}

#[test]
fn the_house_treats_its_own_patient_unless_denied() {
	let own = |query: &mut AccessQuery| {
		query.accessor =
			Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	};
	let (facts, mut query) = case(&[]);
	own(&mut query);
	let permitted = Decision::Permit { basis: Basis::Custodian, obligations: Obligations::EMPTY };
	assert_eq!(decide(&facts, &query), permitted);
	query.purpose = Purpose::Payment;
	assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits));
	for role in Role::ALL.iter().filter(|role| !role.treats()) {
		let (facts, mut query) = case(&[]);
		query.accessor = Accessor::Staff { account: [5; 32], organisation: HOUSE, role: *role };
		assert_eq!(decide(&facts, &query), denied(DenyReason::RoleDoesNotTreat), "{role}");
		query.purpose = Purpose::Operations;
		assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits), "{role}");
	}

	let mut deny = directive(Rule::Deny, Strength::Default);
	deny.grantee = Grantee::Anyone;
	let (facts, mut query) = case(std::slice::from_ref(&deny));
	own(&mut query);
	assert_eq!(decide(&facts, &query), permitted);
	deny.strength = Strength::Specific;
	let (facts, mut query) = case(&[deny]);
	own(&mut query);
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
}

#[test]
fn naming_an_emergency_gets_nobody_past_a_deny_of_treatment() {
	let mut deny = directive(Rule::Deny, Strength::Specific);
	deny.grantee = Grantee::Anyone;
	let (facts, mut query) = case(&[deny]);
	query.accessor =
		Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	query.purpose = Purpose::EmergencyTreatment;
	assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits));
}

#[test]
fn a_directive_for_a_whole_house_admits_for_treatment_only_who_treats() {
	let mut permit = directive(Rule::Permit, Strength::Specific);
	permit.grantee = Grantee::Organisation(OTHER);
	for role in Role::ALL {
		let (facts, mut query) = case(std::slice::from_ref(&permit));
		query.accessor = Accessor::Staff { account: [5; 32], organisation: OTHER, role: *role };
		let expected =
			if role.treats() { by_directive(0) } else { denied(DenyReason::RoleDoesNotTreat) };
		assert_eq!(decide(&facts, &query), expected, "{role}");
	}
}

#[test]
fn the_patient_reads_with_the_charts_key_only() {
	let (facts, mut query) = case(&[]);
	query.accessor = Accessor::Patient { account: PATIENT };
	assert!(matches!(decide(&facts, &query), Decision::Permit { basis: Basis::Patient, .. }));
	for action in Action::ALL.iter().filter(|action| **action != Action::Access) {
		let query = AccessQuery { action: *action, ..query.clone() };
		assert_eq!(decide(&facts, &query), denied(DenyReason::NotTheChartsKey), "{action}");
	}
	query.accessor = Accessor::Patient { account: [8; 32] };
	assert_eq!(decide(&facts, &query), denied(DenyReason::NotTheChartsKey));
}

#[test]
fn what_was_entered_in_error_stays_readable_to_house_and_patient() {
	let (mut facts, mut query) = case(&[]);
	facts.record.as_mut().unwrap().state = RecordState::EnteredInError;
	query.accessor =
		Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	assert!(matches!(decide(&facts, &query), Decision::Permit { basis: Basis::Custodian, .. }));
	query.accessor = Accessor::Patient { account: PATIENT };
	assert!(matches!(decide(&facts, &query), Decision::Permit { basis: Basis::Patient, .. }));
}

#[test]
fn nobody_reads_what_was_erased() {
	let (mut facts, mut query) = case(&[directive(Rule::Permit, Strength::Specific)]);
	facts.record.as_mut().unwrap().state = RecordState::Erased;
	let house = Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	for accessor in [query.accessor, house, Accessor::Patient { account: PATIENT }] {
		query.accessor = accessor;
		assert_eq!(decide(&facts, &query), denied(DenyReason::RecordErased));
	}
	// Whatever is left of its terms.
	query.opening.salt = Salt([0; 32]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::RecordErased));
}

#[test]
fn standing_comes_first() {
	let (mut facts, query) = case(&[directive(Rule::Permit, Strength::Specific)]);
	facts.standing =
		StandingReasons::of(&[StandingReason::LicenceExpired, StandingReason::NotStaff]);
	assert_eq!(decide(&facts, &query), denied(DenyReason::Standing(StandingReason::NotStaff)));
}

#[test]
fn unknown_things_are_denied() {
	let permit = [directive(Rule::Permit, Strength::Specific)];
	let (mut facts, query) = case(&permit);
	facts.record = None;
	assert_eq!(decide(&facts, &query), denied(DenyReason::RecordUnknown));
	let (facts, mut query) = case(&permit);
	query.opening.terms.category = Category::Document;
	assert_eq!(decide(&facts, &query), denied(DenyReason::RecordOpeningWrong));
	let (mut facts, query) = case(&permit);
	facts.chart = None;
	assert_eq!(decide(&facts, &query), denied(DenyReason::ChartUnknown));
	let (mut facts, query) = case(&permit);
	facts.chart.as_mut().unwrap().custodian = OTHER;
	assert_eq!(decide(&facts, &query), denied(DenyReason::ChartUnknown));
	let (mut facts, query) = case(&permit);
	facts.record.as_mut().unwrap().state = RecordState::EnteredInError;
	assert_eq!(decide(&facts, &query), denied(DenyReason::RecordEnteredInError));
}

#[test]
fn deny_codes_are_stable_and_equal_the_encoding() {
	let reasons = [
		DenyReason::RecordUnknown,
		DenyReason::RecordOpeningWrong,
		DenyReason::ChartUnknown,
		DenyReason::RecordEnteredInError,
		DenyReason::NotTheChartsKey,
		DenyReason::RoleDoesNotTreat,
		DenyReason::ChartDeactivated,
		DenyReason::ChartDeceased,
		DenyReason::RecordErased,
		DenyReason::DirectiveOpeningMissing,
		DenyReason::DirectiveDenies,
		DenyReason::NothingPermits,
		DenyReason::DirectiveBasisWrong,
	];
	assert!(reasons.iter().all(|reason| reason.encode() == [reason.code()]));
	assert_eq!(reasons.map(DenyReason::code), [20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 32, 33]);
	assert!(StandingReason::ALL
		.iter()
		.all(|reason| (1..20).contains(&reason.index()) || (40..60).contains(&reason.index())));
}

#[test]
fn unknown_bits_of_a_set_do_not_decode() {
	assert_eq!(Actions::decode(&mut &31u32.encode()[..]).unwrap(), Actions::all());
	assert!(Actions::decode(&mut &32u32.encode()[..]).is_err());
}

#[test]
fn codes_print_and_parse() {
	assert_eq!("TREAT".parse(), Ok(Purpose::Treatment));
	assert_eq!(
		"CURE".parse::<Rule>().unwrap_err().to_string(),
		"'CURE' is no Rule; known are permit deny"
	);
	let json = serde_json::to_string(&Actions::of(&[Action::Access, Action::Correct])).unwrap();
	assert_eq!(json, r#"["access","correct"]"#);
}

#[test]
fn bytes_are_hexadecimal_in_json() {
	let accessor = Accessor::Patient { account: PATIENT };
	let json = serde_json::to_string(&accessor).unwrap();
	assert_eq!(json, format!(r#"{{"patient":{{"account":"0x{}"}}}}"#, "09".repeat(32)));
	assert_eq!(serde_json::from_str::<Accessor>(&json).unwrap(), accessor);
	for wrong in ["0x09", "", "zz"] {
		let json = format!(r#"{{"patient":{{"account":"{wrong}"}}}}"#);
		let error = serde_json::from_str::<Accessor>(&json).unwrap_err().to_string();
		assert!(error.contains("expected 0x and 64 hexadecimal digits"), "{error}");
	}
}

#[test]
fn jurisdictions_are_of_iso_3166() {
	for good in ["US", "US-CA", "DE-BY", "FR-75C", "GB-ENG"] {
		assert_eq!(good.parse::<Jurisdiction>().unwrap().to_string(), good);
	}
	for bad in ["", "U", "us", "USA", "US-", "US-CALI", "US CA", "US-ca", "ÜS", "XX", "ZZ-1"] {
		assert!(bad.parse::<Jurisdiction>().is_err(), "{bad}");
	}
	let [us, ca, ny] = ["US", "US-CA", "US-NY"].map(|text| text.parse::<Jurisdiction>().unwrap());
	assert!(us.covers(&ca) && ca.covers(&ca) && !ca.covers(&ny) && !ca.covers(&us));
}

#[test]
fn check_digits_of_published_examples() {
	// GS1 General Specifications' example GLN, and the example NPI of the CMS check-digit paper.
	assert!(Gln(9_501_101_530_003).is_valid() && !Gln(9_501_101_530_004).is_valid());
	assert!(Npi(1_234_567_893).is_valid() && !Npi(1_234_567_894).is_valid());
	assert!(!Npi(0).is_valid() && !Npi(3_234_567_893).is_valid());
}

#[test]
fn ids_parse_what_they_print() {
	let id = ChartId([0xab; 32]);
	assert_eq!(id.to_string().parse(), Ok(id));
	assert_eq!("0x12".parse::<ChartId>(), Err(NotAnId));
	let salt = Salt([1; 32]);
	assert_ne!(derive_id(IdDomain::Chart, &1u32, &salt), derive_id(IdDomain::Record, &1u32, &salt));
}

fn entry(sequence: u32) -> Opening<DisclosureEntry> {
	let terms = DisclosureEntry {
		chart: ChartId([1; 32]),
		sequence,
		previous: None,
		at: 1,
		head: [0; 32],
		accessor: Accessor::Patient { account: PATIENT },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Listing,
		outcome: Outcome::Refused(32),
	};
	Opening { terms, salt: Salt([sequence as u8; 32]) }
}

#[test]
fn what_was_asked_for_keeps_its_encoding() {
	let record = RecordId([9; 32]);
	assert_eq!(Subject::Record(record).encode(), [&[0][..], &record.0].concat());
	assert_eq!(Subject::Listing.encode(), [1]);
	assert_eq!(Subject::Log.encode(), [2]);
}

#[test]
fn reading_the_lines_of_a_break_glass_is_not_due_to_it() {
	let id = BreakGlassId([9; 32]);
	let mut terms = entry(0).terms;
	assert_eq!(terms.broken_glass(), None);
	terms.outcome = Outcome::Released(Basis::BreakGlass(id));
	assert_eq!(terms.broken_glass(), Some(id));
	terms.subject = Subject::Log;
	assert_eq!(terms.broken_glass(), None);
}

proptest! {
	#[test]
	fn every_leaf_proves_itself_and_no_other(count in 1u32..40, pick in 0u32..40) {
		let entries: Vec<_> = (0..count).map(entry).collect();
		let leaves: Vec<_> = entries.iter().map(Opening::seal).collect();
		let root = disclosure::root(&leaves);
		match disclosure::prove(&leaves, pick) {
			None => prop_assert!(pick >= count),
			Some(proof) => for (n, opening) in entries.iter().enumerate() {
				prop_assert_eq!(disclosure::verify(&root, &proof, opening), n as u32 == pick);
			},
		}
	}

	/// Taking a permit away, or adding a deny, never opens anything.
	#[test]
	fn fewer_permits_and_more_denies_never_open(rules in proptest::collection::vec((0usize..2, 0usize..2), 0..6)) {
		let directives: Vec<_> = rules
			.iter()
			.map(|(rule, strength)| directive(Rule::ALL[*rule], Strength::ALL[*strength]))
			.collect();
		let open = |directives: &[DirectiveTerms]| {
			let (facts, query) = case(directives);
			matches!(decide(&facts, &query), Decision::Permit { .. })
		};
		if !open(&directives) {
			for taken in 0..directives.len() {
				if directives[taken].rule == Rule::Permit {
					let mut fewer = directives.clone();
					fewer.remove(taken);
					prop_assert!(!open(&fewer));
				}
			}
			let mut more = directives.clone();
			more.push(directive(Rule::Deny, Strength::Specific));
			prop_assert!(!open(&more));
		}
	}

	#[test]
	fn openings_survive_the_codec(sequence in any::<u32>()) {
		let mut opening = record();
		opening.terms.sequence = sequence;
		prop_assert_eq!(Opening::decode(&mut &opening.encode()[..]), Ok(opening));
	}
}
