//! Break-glass: its states by dates, its first scope, and what it opens.

use super::*;
use crate::{break_glass::*, guardian::*, time::Moment};
use BreakGlassState::*;

const ID: BreakGlassId = BreakGlassId([0xb6; 32]);
const OPENED: Moment = 1_000_000_000;
const HOUR: Moment = 3_600_000;

fn glass() -> BreakGlass {
	BreakGlass {
		account: [5; 32],
		practitioner: SURGEON,
		organisation: OTHER,
		reason: BreakGlassReason::Emergency,
		seal: Seal([1; 32]),
		scope: BreakGlassScope::First,
		opened: OPENED,
		until: OPENED + VALIDITY,
		renewals: 0,
		closed: None,
		posted: None,
		second_asked: false,
		confirmation: None,
		own_account: None,
		reviews: Reviews::default(),
	}
}

fn reviewed(outcomes: &[ReviewOutcome]) -> BreakGlass {
	let review = |outcome| Review { organisation: 9, outcome, findings: Seal([2; 32]), at: OPENED };
	let reviews: Vec<_> = outcomes.iter().copied().map(review).collect();
	BreakGlass { reviews: reviews.try_into().unwrap(), ..glass() }
}

/// The states of a break-glass that goes on like this, each with its first moment.
fn states(glass: &BreakGlass, expected: &[(Moment, BreakGlassState)]) {
	for (place, (from, state)) in expected.iter().enumerate() {
		assert_eq!(glass.state(OPENED + from), *state, "at {from}");
		if let Some((next, _)) = expected.get(place + 1) {
			assert_eq!(glass.state(OPENED + next - 1), *state, "before {next}");
		}
	}
}

#[test]
fn its_state_is_read_from_its_dates() {
	let end = 3 * HOUR;
	let alone = [
		(0, Active),
		(end, Expired),
		(end + 24 * HOUR, PendingReview),
		(end + 72 * HOUR, Escalated),
	];
	states(&glass(), &alone);
	let closed = BreakGlass { closed: Some(OPENED + HOUR), ..glass() };
	states(
		&closed,
		&[(0, Active), (HOUR, Closed), (25 * HOUR, PendingReview), (73 * HOUR, Escalated)],
	);
	let told = Some(OwnAccount { seal: Seal([3; 32]), at: OPENED + 4 * HOUR });
	let told = BreakGlass { own_account: told, ..glass() };
	states(&told, &[(end, PendingReview), (end + 72 * HOUR, Escalated)]);
}

#[test]
fn what_is_posted_late_is_answered_for_from_then_on() {
	let posted = 100 * HOUR;
	let late = BreakGlass { posted: Some(OPENED + posted), ..glass() };
	states(&late, &[(posted, Expired), (posted + 24 * HOUR, PendingReview)]);
	assert_eq!(late.review_due(), OPENED + posted + REVIEW_TERM);
	// Within its time it is closed by being posted.
	let soon = OPENED + HOUR;
	let soon = BreakGlass { posted: Some(soon), closed: Some(soon), ..glass() };
	states(&soon, &[(HOUR, Closed), (25 * HOUR, PendingReview)]);
	// Nobody closes what ran out before.
	let after = BreakGlass { closed: Some(OPENED + 9 * HOUR), ..glass() };
	assert_eq!(after.end(), OPENED + 3 * HOUR);
}

#[test]
fn reviews_settle_it() {
	use ReviewOutcome::{Inconclusive as Open, Justified as Right, Unjustified as Wrong};
	let table: [(&[ReviewOutcome], BreakGlassState, bool); 7] = [
		(&[], Escalated, false),
		(&[Right], Justified, true),
		(&[Wrong], Unjustified, true),
		(&[Open], Inconclusive, false),
		(&[Open, Right], Justified, true),
		(&[Open, Wrong], Unjustified, true),
		(&[Open, Open], Inconclusive, true),
	];
	for (outcomes, state, settled) in table {
		let glass = reviewed(outcomes);
		let late = OPENED + 1000 * HOUR;
		assert_eq!((glass.state(late), glass.is_settled()), (state, settled), "{outcomes:?}");
		assert_eq!(glass.is_reviewable(late), !settled);
	}
	for before in [0, 3 * HOUR, 26 * HOUR] {
		assert!(!glass().is_reviewable(OPENED + before));
	}
	assert!(glass().is_reviewable(OPENED + 27 * HOUR));
}

#[test]
fn what_is_overdue_is_told() {
	let mut asked = BreakGlass { second_asked: true, ..glass() };
	assert!(!glass().is_confirmation_overdue(OPENED + 9 * HOUR));
	assert!(!asked.is_confirmation_overdue(OPENED + HOUR - 1));
	assert!(asked.is_confirmation_overdue(OPENED + HOUR));
	asked.confirmation = Some(Confirmation { practitioner: 3, organisation: 1, at: OPENED });
	assert!(!asked.is_confirmation_overdue(OPENED + HOUR));
	assert!(!asked.is_account_overdue(OPENED + 27 * HOUR - 1));
	assert!(asked.is_account_overdue(OPENED + 27 * HOUR));
	asked.own_account = Some(OwnAccount { seal: Seal([3; 32]), at: OPENED });
	assert!(!asked.is_account_overdue(OPENED + 27 * HOUR));
}

#[test]
fn the_first_scope_is_the_summary_without_labels() {
	for category in Category::ALL {
		let first = [Category::Allergy, Category::Medication, Category::Problem];
		let covered = first_scope_covers(&RecordTerms { category: *category, ..record().terms });
		assert_eq!(covered, first.contains(category), "{category}");
	}
	let allergy = RecordTerms { category: Category::Allergy, ..record().terms };
	for label in Sensitivity::ALL {
		let sensitivity = Sensitivities::of(&[*label]);
		let labelled = RecordTerms { sensitivity, ..allergy.clone() };
		assert!(!first_scope_covers(&labelled));
		assert!(BreakGlassScope::Widened.covers(&labelled));
	}
	for confidentiality in Confidentiality::ALL {
		let marked = RecordTerms { confidentiality: *confidentiality, ..allergy.clone() };
		let covered = *confidentiality <= Confidentiality::Normal;
		assert_eq!(BreakGlassScope::First.covers(&marked), covered, "{confidentiality}");
	}
}

#[test]
fn statements_are_bound_to_a_chain_and_a_head() {
	let statement = BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: [1; 32],
		number: 7,
		head: [2; 32],
		account: [5; 32],
		organisation: OTHER,
		reason: BreakGlassReason::Incompetency,
		seal: Seal([3; 32]),
		at: OPENED,
	};
	assert!(statement.is_for(&[1; 32]));
	assert!(!statement.is_for(&[2; 32]));
	assert!(!BreakGlassStatement { domain: *b"salus/breakglas1", ..statement }.is_for(&[1; 32]));
	assert!(statement.is_fresh(OPENED));
	assert!(statement.is_fresh(OPENED - MAX_STALE_HEAD));
	assert!(!statement.is_fresh(OPENED - MAX_STALE_HEAD - 1));
	assert!(!statement.is_fresh(OPENED + 1));
	let [raw, wrapped] = statement.signable();
	assert_eq!(raw, statement.encode());
	assert_eq!(wrapped, [b"<Bytes>", raw.as_slice(), b"</Bytes>"].concat());
	assert_eq!(raw.len(), <BreakGlassStatement as codec::MaxEncodedLen>::max_encoded_len());
}

#[test]
fn ids_hold_their_parties_apart() {
	let id = |organisation, practitioner| {
		BreakGlassId::derive(&[1; 32], organisation, practitioner, &Salt([2; 32]))
	};
	assert_eq!(id(1, 2), id(1, 2));
	assert_ne!(id(1, 2), id(2, 1));
	let request = derive_id(IdDomain::Request, &(&[1u8; 32], 1u32, 2u32), &Salt([2; 32]));
	assert_ne!(id(1, 2).0, request);
	assert!(!id(1, 2).is_of_statement());
}

/// Facts and query of a surgeon of another house in an emergency, of an allergy of that patient.
fn emergency(directives: &[DirectiveTerms]) -> (Facts, AccessQuery) {
	let (mut facts, mut query) = case(directives);
	let terms = BreakGlassTerms { chart: ChartId([1; 32]), custodian: HOUSE };
	let opening = Opening { terms, salt: Salt([7; 32]) };
	facts.break_glass = Some(BreakGlassFacts {
		id: ID,
		account: [5; 32],
		practitioner: SURGEON,
		organisation: OTHER,
		seal: opening.seal(),
		scope: BreakGlassScope::First,
		active: true,
		privileged: true,
	});
	query.emergency = Some(Emergency::Glass(ShownBreakGlass { id: ID, opening }));
	query.purpose = Purpose::EmergencyTreatment;
	of(&mut facts, &mut query, |record| record.category = Category::Allergy);
	(facts, query)
}

/// The break-glass that the query shows.
fn shown_in(query: &mut AccessQuery) -> &mut ShownBreakGlass {
	match &mut query.emergency {
		Some(Emergency::Glass(shown)) => shown,
		_ => panic!("no break-glass is shown"),
	}
}

/// Asks of a record that is changed like this.
fn of(facts: &mut Facts, query: &mut AccessQuery, change: impl FnOnce(&mut RecordTerms)) {
	change(&mut query.opening.terms);
	facts.record.as_mut().unwrap().leaf = query.opening.seal();
}

const BROKEN: Decision =
	Decision::Permit { basis: Basis::BreakGlass(ID), obligations: Obligations::EMPTY };

/// A specific deny to everyone for these purposes.
fn deny(purposes: &[Purpose]) -> DirectiveTerms {
	DirectiveTerms {
		grantee: Grantee::Anyone,
		purposes: Purposes::of(purposes),
		..directive(Rule::Deny, Strength::Specific)
	}
}

#[test]
fn it_opens_what_nothing_else_opens() {
	let (facts, mut query) = emergency(&[]);
	assert_eq!(decide(&facts, &query), BROKEN);
	query.emergency = None;
	assert_eq!(decide(&facts, &query), denied(DenyReason::NothingPermits));
}

#[test]
fn what_is_permitted_already_keeps_its_basis() {
	let mut permit = directive(Rule::Permit, Strength::Specific);
	permit.purposes = Purposes::of(&[Purpose::EmergencyTreatment]);
	let (facts, query) = emergency(&[permit]);
	assert_eq!(decide(&facts, &query), by_directive(0));
}

#[test]
fn the_house_itself_breaks_the_glass_over_an_ordinary_deny() {
	let (mut facts, mut query) = emergency(&[deny(&[Purpose::Treatment])]);
	query.accessor =
		Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	facts.break_glass.as_mut().unwrap().organisation = HOUSE;
	assert_eq!(decide(&facts, &query), BROKEN);
}

#[test]
fn ordinary_denies_silence_gaps_and_closing_do_not_hold_it_up() {
	let default = DirectiveTerms {
		strength: Strength::Default,
		..deny(&[Purpose::EmergencyTreatment, Purpose::Treatment])
	};
	for directives in [vec![], vec![deny(&[Purpose::Treatment])], vec![default]] {
		let (mut facts, mut query) = emergency(&directives);
		assert_eq!(decide(&facts, &query), BROKEN);
		query.directives.clear();
		assert_eq!(decide(&facts, &query), BROKEN);
		facts.chart.as_mut().unwrap().state = ChartState::Deactivated;
		assert_eq!(decide(&facts, &query), BROKEN);
	}
	let wrong = DirectiveTerms { basis: GrantorBasis::Guardian, ..deny(&[Purpose::Treatment]) };
	let (facts, query) = emergency(&[wrong]);
	assert_eq!(decide(&facts, &query), BROKEN);
}

#[test]
fn the_patients_dissent_beats_it() {
	let dissent = deny(&[Purpose::EmergencyTreatment]);
	let (facts, mut query) = emergency(std::slice::from_ref(&dissent));
	assert_eq!(decide(&facts, &query), denied(DenyReason::EmergencyDenied));
	// What the vault has not received, it can not read.
	query.directives.clear();
	assert_eq!(decide(&facts, &query), BROKEN);
	let narrow = |change: fn(&mut DirectiveTerms)| {
		let mut terms = dissent.clone();
		change(&mut terms);
		let (facts, query) = emergency(&[terms]);
		decide(&facts, &query)
	};
	assert_eq!(narrow(|terms| terms.grantee = Grantee::Practitioner(SURGEON + 1)), BROKEN);
	assert_eq!(narrow(|terms| terms.period.until = Some(150)), BROKEN);
	assert_eq!(narrow(|terms| terms.actions = Actions::of(&[Action::Use])), BROKEN);
	let laboratory = Categories::of(&[Category::Laboratory]);
	let scope = Scope { categories: Some(laboratory), ..Scope::default() };
	let (facts, query) = emergency(&[DirectiveTerms { scope, ..dissent }]);
	assert_eq!(decide(&facts, &query), BROKEN);
}

#[test]
fn the_dead_the_erased_and_the_mistaken_stay_shut() {
	let (mut facts, query) = emergency(&[]);
	facts.chart.as_mut().unwrap().state = ChartState::Deceased;
	facts.chart.as_mut().unwrap().posthumous = Some(PosthumousRule::AsDirected);
	assert_eq!(decide(&facts, &query), denied(DenyReason::ChartDeceased));
	for (state, reason) in [
		(RecordState::Erased, DenyReason::RecordErased),
		(RecordState::EnteredInError, DenyReason::RecordEnteredInError),
	] {
		let (mut facts, query) = emergency(&[]);
		facts.record.as_mut().unwrap().state = state;
		assert_eq!(decide(&facts, &query), denied(reason));
	}
}

#[test]
fn what_is_not_right_about_it_is_told() {
	type Change = fn(&mut Facts, &mut AccessQuery);
	let table: [(DenyReason, Change); 17] = [
		(DenyReason::BreakGlassUnknown, |facts, _| facts.break_glass = None),
		(DenyReason::BreakGlassUnknown, |_, query| shown_in(query).id = BreakGlassId([1; 32])),
		(DenyReason::BreakGlassOver, |facts, _| facts.break_glass.as_mut().unwrap().active = false),
		(DenyReason::BreakGlassOfAnother, |facts, _| {
			facts.break_glass.as_mut().unwrap().account = [6; 32]
		}),
		(DenyReason::BreakGlassOfAnother, |facts, _| {
			facts.break_glass.as_mut().unwrap().organisation = HOUSE
		}),
		(DenyReason::BreakGlassOfAnother, |facts, _| facts.practitioner = None),
		(DenyReason::BreakGlassOpeningWrong, |_, query| {
			shown_in(query).opening.salt = Salt([1; 32])
		}),
		(DenyReason::BreakGlassOfOtherChart, |facts, query| {
			let opening = &mut shown_in(query).opening;
			opening.terms.chart = ChartId([2; 32]);
			facts.break_glass.as_mut().unwrap().seal = opening.seal();
		}),
		(DenyReason::BreakGlassOfOtherChart, |facts, query| {
			let opening = &mut shown_in(query).opening;
			opening.terms.custodian = OTHER;
			facts.break_glass.as_mut().unwrap().seal = opening.seal();
		}),
		(DenyReason::BeyondFirstScope, |facts, query| {
			of(facts, query, |record| record.category = Category::Document)
		}),
		(DenyReason::BeyondFirstScope, |facts, query| {
			of(facts, query, |record| record.sensitivity = Sensitivities::of(&[Sensitivity::Hiv]))
		}),
		(DenyReason::NotEmergencyTreatment, |_, query| query.purpose = Purpose::Treatment),
		(DenyReason::NotEmergencyTreatment, |_, query| query.action = Action::Disclose),
		(DenyReason::EmergencyPrivilegeLost, |facts, _| {
			facts.break_glass.as_mut().unwrap().privileged = false
		}),
		(DenyReason::NotAClinician, |_, query| {
			let (account, organisation) = ([5; 32], OTHER);
			query.accessor = Accessor::Staff { account, organisation, role: Role::Pharmacist };
		}),
		(DenyReason::Standing(StandingReason::LicenceSuspended), |facts, _| {
			facts.standing = StandingReasons::of(&[StandingReason::LicenceSuspended])
		}),
		(DenyReason::NotTheChartsKey, |_, query| {
			query.accessor = Accessor::Patient { account: [5; 32] }
		}),
	];
	for (number, (reason, change)) in table.into_iter().enumerate() {
		let (mut facts, mut query) = emergency(&[]);
		change(&mut facts, &mut query);
		assert_eq!(decide(&facts, &query), denied(reason), "{number}");
	}
}

#[test]
fn widened_it_opens_the_whole_chart() {
	let (mut facts, mut query) = emergency(&[]);
	facts.break_glass.as_mut().unwrap().scope = BreakGlassScope::Widened;
	of(&mut facts, &mut query, |record| {
		record.category = Category::Document;
		record.sensitivity = Sensitivities::of(&[Sensitivity::Psychiatry]);
		record.confidentiality = Confidentiality::VeryRestricted;
	});
	assert_eq!(decide(&facts, &query), BROKEN);
}

#[test]
fn guardians_read_as_guardians() {
	let (facts, mut query) = emergency(&[]);
	query.accessor = Accessor::Guardian { leaf: Seal([1; 32]) };
	assert_eq!(decide(&facts, &query), denied(DenyReason::NotAGuardian));
	assert_eq!(DenyReason::from(GuardianFault::Over), DenyReason::GuardianshipOver);
}

#[test]
fn a_line_of_the_log_is_due_to_it_or_not() {
	let glass = glass();
	let (account, organisation) = (glass.account, glass.organisation);
	let line = DisclosureEntry {
		chart: ChartId([1; 32]),
		sequence: 0,
		previous: None,
		at: OPENED,
		head: [0; 32],
		accessor: Accessor::Staff { account, organisation, role: Role::Clinician },
		practitioner: Some(glass.practitioner),
		action: Action::Access,
		purpose: Purpose::EmergencyTreatment,
		subject: crate::disclosure::Subject::Listing,
		outcome: crate::disclosure::Outcome::Released(Basis::BreakGlass(BreakGlassId([7; 32]))),
	};
	assert!(glass.accounts_for(&line));
	let subject = crate::disclosure::Subject::Presence;
	assert!(glass.accounts_for(&DisclosureEntry { subject, ..line.clone() }));
	let last = DisclosureEntry { at: glass.end() - 1, ..line.clone() };
	assert!(glass.accounts_for(&last));
	let other = |role, account, organisation| Accessor::Staff { account, organisation, role };
	for wrong in [
		DisclosureEntry { at: OPENED - 1, ..line.clone() },
		DisclosureEntry { at: glass.end(), ..line.clone() },
		DisclosureEntry { practitioner: None, ..line.clone() },
		DisclosureEntry { action: Action::Disclose, ..line.clone() },
		DisclosureEntry { purpose: Purpose::Treatment, ..line.clone() },
		DisclosureEntry {
			accessor: other(Role::Pharmacist, account, organisation),
			..line.clone()
		},
		DisclosureEntry {
			accessor: other(Role::Clinician, [0xee; 32], organisation),
			..line.clone()
		},
		DisclosureEntry { accessor: other(Role::Clinician, account, 99), ..line.clone() },
	] {
		assert!(!glass.accounts_for(&wrong), "{wrong:?}");
	}
	let closed = BreakGlass { closed: Some(OPENED + 1), ..glass.clone() };
	assert!(closed.accounts_for(&line) && !closed.accounts_for(&last));
	// One that is posted afterwards explains what was decided at a head from before its statement alone.
	let posted = BreakGlass { posted: Some(OPENED + 9), closed: Some(OPENED + 9), ..glass };
	assert!(posted.accounts_for(&line));
	let at_head = |at| posted.accounts_for(&DisclosureEntry { at, ..line.clone() });
	assert!(at_head(OPENED - MAX_STALE_HEAD) && !at_head(OPENED - MAX_STALE_HEAD - 1));
	assert!(!at_head(OPENED + 1));
}
