//! Guardians who read.

use super::*;
use crate::guardian::*;

/// Facts of a guarded chart, what a guardian of it asks, and the guardian.
fn case(powers: Powers, until: Option<u64>) -> (Facts, AccessQuery) {
	// The patient denies everything to everybody.
	let (mut facts, mut query) = super::case(&[directive(Rule::Deny, Strength::Specific)]);
	let chart = ChartId([1; 32]);
	let terms = GuardianTerms { chart, key: [7; 32], relation: Relation::Parent, powers, until };
	let opening = Opening { terms, salt: Salt([8; 32]) };
	let fillers = core::array::from_fn(|n| Seal([0x80 | n as u8; 32]));
	let guard = Guard::new(std::slice::from_ref(&opening), &fillers).unwrap();
	let proof = guard.prove(&opening).unwrap();
	facts.guard = Some(guard.root());
	query.accessor = Accessor::Guardian { leaf: opening.seal() };
	query.guardian = Some(ShownGuardian { terms, salt: opening.salt, proof });
	query.purpose = Purpose::PatientRequested;
	(facts, query)
}

const READ: Powers = Powers::of(&[Power::Read]);

fn permitted() -> Decision {
	Decision::Permit { basis: Basis::Guardian, obligations: Obligations::EMPTY }
}

#[test]
fn a_guardian_reads_in_every_state_as_the_patient_does() {
	let (mut facts, query) = case(READ, Some(151));
	assert_eq!(decide(&facts, &query), permitted());
	for (state, posthumous) in [
		(ChartState::Deactivated, None),
		(ChartState::Deceased, Some(PosthumousRule::AsDirected)),
		(ChartState::Deceased, Some(PosthumousRule::Nothing)),
	] {
		let chart = facts.chart.as_mut().unwrap();
		(chart.state, chart.posthumous) = (state, posthumous);
		assert_eq!(decide(&facts, &query), permitted());
		let mut patient = query.clone();
		patient.accessor = Accessor::Patient { account: PATIENT };
		assert!(matches!(decide(&facts, &patient), Decision::Permit { .. }));
	}
	// Also of a record that was entered in error.
	facts.record.as_mut().unwrap().state = RecordState::EnteredInError;
	assert_eq!(decide(&facts, &query), permitted());
}

#[test]
fn whoever_is_no_guardian_does_not_read() {
	let (facts, query) = case(READ, None);
	let not = denied(DenyReason::NotAGuardian);
	let mut bad = facts.clone();
	bad.guard = None;
	assert_eq!(decide(&bad, &query), not);
	bad.guard = Some(GuardRoot([9; 32]));
	assert_eq!(decide(&bad, &query), not);
	let changes: [fn(&mut AccessQuery); 6] = [
		|query| query.guardian = None,
		|query| query.accessor = Accessor::Guardian { leaf: Seal([9; 32]) },
		|query| query.guardian.as_mut().unwrap().salt = Salt([9; 32]),
		|query| query.guardian.as_mut().unwrap().terms.powers = Powers::all(),
		|query| query.guardian.as_mut().unwrap().terms.key = [9; 32],
		|query| query.guardian.as_mut().unwrap().terms.chart = ChartId([2; 32]),
	];
	for change in changes {
		let mut bad = query.clone();
		change(&mut bad);
		assert_eq!(decide(&facts, &bad), not);
		// Nor when the leaf follows what is shown.
		if let Some(shown) = bad.guardian {
			bad.accessor = Accessor::Guardian { leaf: shown.leaf() };
			if shown != query.guardian.unwrap() {
				assert_eq!(decide(&facts, &bad), not);
			}
		}
	}
	// Of a chart whose guard it is not.
	let mut elsewhere = query.clone();
	elsewhere.opening.terms.chart = ChartId([2; 32]);
	assert_eq!(decide(&facts, &elsewhere), denied(DenyReason::RecordOpeningWrong));
}

#[test]
fn a_guardian_reads_until_it_is_over_and_does_nothing_else() {
	let over = denied(DenyReason::GuardianshipOver);
	let (facts, query) = case(READ, Some(150));
	assert_eq!(decide(&facts, &query), over);
	let missing = denied(DenyReason::GuardianPowerMissing);
	let (facts, query) = case(Powers::all().without(Power::Read), None);
	assert_eq!(decide(&facts, &query), missing);
	let (facts, query) = case(Powers::all(), None);
	for action in Action::ALL {
		let query = AccessQuery { action: *action, ..query.clone() };
		let expected = if *action == Action::Access { permitted() } else { missing };
		assert_eq!(decide(&facts, &query), expected);
	}
	// What is shown makes nobody else of whoever asks.
	let mut patient = query.clone();
	patient.accessor = Accessor::Patient { account: [7; 32] };
	assert_eq!(decide(&facts, &patient), denied(DenyReason::NotTheChartsKey));
}

#[test]
fn codes_of_guardians_are_stable() {
	let codes = [
		(DenyReason::NotAGuardian, 34),
		(DenyReason::GuardianshipOver, 35),
		(DenyReason::GuardianPowerMissing, 36),
	];
	for (reason, code) in codes {
		assert_eq!(reason.code(), code);
		assert_eq!(reason.encode(), [code]);
	}
	let leaf = Seal([1; 32]);
	assert_eq!(Accessor::Guardian { leaf }.encode(), [&[2][..], &leaf.0].concat());
	assert_eq!(Basis::Guardian.encode(), [3]);
}

#[test]
fn a_word_for_reading_names_one_key_for_a_week_at_most() {
	let word = |expires| ReadWord { encryption_key: [3; 32], expires, signature: () };
	let chart = ChartId([1; 32]);
	let statement = word(10).statement([4; 32], chart, 9).unwrap();
	assert_eq!(statement, ReadStatement::new([4; 32], chart, [3; 32], 10));
	let [raw, wrapped] = statement.signable();
	assert_eq!(raw, (*b"salus/guardread1", [4u8; 32], chart, [3u8; 32], 10u64).encode());
	assert_eq!(wrapped, [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat());
	let at = |expires, at| word(expires).statement([4; 32], chart, at).err();
	assert_eq!(at(10, 10), Some(GuardianFault::Expired));
	assert_eq!(at(MAX_WORD_VALIDITY, 0), None);
	assert_eq!(at(MAX_WORD_VALIDITY + 1, 0), Some(GuardianFault::ValidityTooLong));
}
