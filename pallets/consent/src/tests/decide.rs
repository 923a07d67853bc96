//! The decision: that the right facts reach it. Its rules are tested in `salus_primitives`.

use super::*;
use salus_primitives::{
	batch::Inclusion,
	codes::{
		Action, Actions, ChartState, GrantorBasis, Obligations, Purpose, Purposes, Role, Rule,
		StandingReason, Strength,
	},
	decision::{AccessQuery, Accessor, Basis, Decision, DenyReason},
	directive::{DirectiveTerms, Grantee, Scope},
	guardian::ShownGuardian,
	ids::{BatchId, RecordId, Salt},
	seal::Opening,
	time::Period,
};

fn permit() -> Opening<DirectiveTerms> {
	let terms = DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(THE_SURGEON, OTHER),
		scope: Scope::default(),
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		period: Period { from: NOW, until: Some(NOW + 100) },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	};
	Opening { terms, salt: Salt([3; 32]) }
}

fn issue_permit() {
	let origin = RuntimeOrigin::signed(PATIENT);
	assert_ok!(Consent::issue_directive(origin, CHART, directive(1), permit().seal(), None));
}

pub(super) fn staff(account: AccountId32, organisation: u32) -> Accessor {
	Accessor::Staff { account: account.into(), organisation, role: Role::Clinician }
}

pub(super) fn query(accessor: Accessor) -> AccessQuery {
	AccessQuery {
		accessor,
		action: Action::Access,
		purpose: Purpose::Treatment,
		record: RECORD,
		opening: opening(),
		directives: vec![(directive(1), permit())],
		inclusion: None,
		guardian: None,
		emergency: None,
	}
}

pub(super) fn denied(reason: DenyReason) -> Decision {
	Decision::Deny { reason }
}

pub(super) fn permitted(basis: Basis) -> Decision {
	Decision::Permit { basis, obligations: Obligations::EMPTY }
}

#[test]
fn permits_the_surgeon_from_issue_to_revocation() {
	run(|| {
		let asked = query(staff(SURGEON, OTHER));
		let refused = (denied(DenyReason::NothingPermits), NOW, Some(THE_SURGEON));
		assert_eq!(Consent::decide(&asked), refused);
		issue_permit();
		let released = permitted(Basis::Directive(directive(1)));
		assert_eq!(Consent::decide(&asked), (released, NOW, Some(THE_SURGEON)));
		assert_ok!(revoke(1));
		assert_eq!(Consent::decide(&asked), refused);
	});
}

#[test]
fn permits_nothing_in_a_block_that_issues_and_revokes() {
	run(|| {
		let asked = query(staff(SURGEON, OTHER));
		let refused = (denied(DenyReason::NothingPermits), NOW, Some(THE_SURGEON));
		let block = System::block_number();
		issue_permit();
		assert_ok!(revoke(1));
		// At the very head of both, with the opening at hand.
		assert_eq!(System::block_number(), block);
		assert_eq!(Consent::decide(&asked), refused);
		// Sent once more, the same does not bring it back.
		issue_permit();
		assert!(active().is_empty());
		assert_eq!(Consent::decide(&asked), refused);
	});
}

#[test]
fn permits_nothing_where_the_one_that_permits_is_replaced_in_its_block() {
	run(|| {
		let asked = query(staff(SURGEON, OTHER));
		issue_permit();
		// By one whose opening nobody here has: what is not known denies.
		assert_ok!(issue(2, Some(1)));
		let (decision, ..) = Consent::decide(&asked);
		assert_eq!(decision, denied(DenyReason::DirectiveOpeningMissing));
		assert_ok!(revoke(2));
		let (decision, ..) = Consent::decide(&asked);
		assert_eq!(decision, denied(DenyReason::NothingPermits));
	});
}

#[test]
fn reads_the_blocks_time() {
	run(|| {
		issue_permit();
		Timestamp::set_timestamp(NOW + 100);
		let (decision, at, _) = Consent::decide(&query(staff(SURGEON, OTHER)));
		assert_eq!(decision, denied(DenyReason::NothingPermits));
		assert_eq!(at, NOW + 100);
	});
}

#[test]
fn denies_without_standing() {
	run(|| {
		issue_permit();
		let (decision, _, practitioner) = Consent::decide(&query(staff(STRANGER, OTHER)));
		let reason = DenyReason::Standing(StandingReason::NotStaff);
		assert_eq!((decision, practitioner), (denied(reason), None));
	});
}

#[test]
fn denies_when_an_active_directives_opening_is_missing() {
	run(|| {
		issue_permit();
		assert_ok!(issue(2, None));
		let (decision, ..) = Consent::decide(&query(staff(SURGEON, OTHER)));
		assert_eq!(decision, denied(DenyReason::DirectiveOpeningMissing));
	});
}

#[test]
fn denies_when_an_active_directive_is_lost() {
	// The state is corrupt, so the test does not end in its invariants.
	new_test_ext().execute_with(|| {
		issue_permit();
		assert_ok!(issue(2, None));
		Directives::<Test>::remove(directive(2));
		let (decision, ..) = Consent::decide(&query(staff(SURGEON, OTHER)));
		assert_eq!(decision, denied(DenyReason::DirectiveOpeningMissing));
	});
}

#[test]
fn permits_the_patient_and_the_house() {
	run(|| {
		let patient = query(Accessor::Patient { account: PATIENT.into() });
		assert_eq!(Consent::decide(&patient), (permitted(Basis::Patient), NOW, None));
		let house = query(staff(CLINICIAN, HOUSE));
		assert_eq!(Consent::decide(&house), (permitted(Basis::Custodian), NOW, Some(1)));
	});
}

#[test]
fn denies_unknown_records_and_charts() {
	run(|| {
		let mut asked = query(staff(CLINICIAN, HOUSE));
		asked.record = RecordId([9; 32]);
		assert_eq!(Consent::decide(&asked).0, denied(DenyReason::RecordUnknown));
		let mut asked = query(staff(CLINICIAN, HOUSE));
		asked.opening.terms.chart = OTHER_CHART;
		assert_eq!(Consent::decide(&asked).0, denied(DenyReason::RecordOpeningWrong));
		assert_eq!(Consent::chart(&ChartId([9; 32])), None);
	});
}

#[test]
fn takes_a_record_from_its_batch_while_the_chain_has_none_of_its_own() {
	run(|| {
		let proof = batch().prove(1).unwrap();
		let inclusion = Some(Inclusion { batch: BATCH, proof });
		let mut asked = query(staff(CLINICIAN, HOUSE));
		asked.record = BATCHED;
		let unknown = denied(DenyReason::RecordUnknown);
		assert_eq!(Consent::decide(&asked).0, unknown);
		asked.inclusion = inclusion.clone();
		assert_eq!(Consent::decide(&asked).0, permitted(Basis::Custodian));

		// Another batch, another place, another record, other terms.
		asked.inclusion.as_mut().unwrap().batch = BatchId([9; 32]);
		assert_eq!(Consent::decide(&asked).0, unknown);
		asked.inclusion = inclusion.clone();
		asked.inclusion.as_mut().unwrap().proof.index = 0;
		assert_eq!(Consent::decide(&asked).0, unknown);
		asked.inclusion = inclusion.clone();
		asked.record = RecordId([9; 32]);
		assert_eq!(Consent::decide(&asked).0, unknown);
		asked.record = BATCHED;
		asked.opening.terms.size = 2;
		assert_eq!(Consent::decide(&asked).0, unknown);

		// The chain's own comes first, whatever a proof says.
		let mut asked = query(staff(CLINICIAN, HOUSE));
		asked.inclusion = inclusion;
		assert_eq!(Consent::decide(&asked).0, permitted(Basis::Custodian));
		asked.opening.terms.size = 2;
		assert_eq!(Consent::decide(&asked).0, denied(DenyReason::RecordOpeningWrong));
	});
}

#[test]
fn denies_what_a_guardian_issued_in_the_patients_right() {
	run(|| {
		// The opening says that the patient gives it.
		let origin = RuntimeOrigin::signed(STRANGER);
		let (id, seal) = (directive(1), permit().seal());
		let word = word(MOTHER);
		assert_ok!(Consent::issue_directive_as_guardian(origin, CHART, id, seal, None, word));
		let (decision, ..) = Consent::decide(&query(staff(SURGEON, OTHER)));
		assert_eq!(decision, denied(DenyReason::DirectiveBasisWrong));
		assert_ok!(guard_revokes(MOTHER, 1));
		let (decision, ..) = Consent::decide(&query(staff(SURGEON, OTHER)));
		assert_eq!(decision, denied(DenyReason::NothingPermits));
	});
}

#[test]
fn permits_by_a_guardian_until_the_patient_is_of_age() {
	run(|| {
		let mut opening = permit();
		opening.terms.basis = GrantorBasis::Guardian;
		opening.terms.period.until = None;
		let origin = RuntimeOrigin::signed(STRANGER);
		let (id, seal) = (directive(1), opening.seal());
		let word = word(MOTHER);
		assert_ok!(Consent::issue_directive_as_guardian(origin, CHART, id, seal, None, word));
		let asked = AccessQuery { directives: vec![(id, opening)], ..query(staff(SURGEON, OTHER)) };
		let (decision, ..) = Consent::decide(&asked);
		assert_eq!(decision, permitted(Basis::Directive(id)));
		Timestamp::set_timestamp(OF_AGE);
		let (decision, ..) = Consent::decide(&asked);
		assert_eq!(decision, denied(DenyReason::NothingPermits));
	});
}

/// What this guardian asks, who shows the card.
fn by_guardian(which: usize) -> AccessQuery {
	let Opening { terms, salt } = guardians()[which].clone();
	let proof = guard().prove(&guardians()[which]).unwrap();
	let shown = ShownGuardian { terms, salt, proof };
	let accessor = Accessor::Guardian { leaf: shown.leaf() };
	AccessQuery { guardian: Some(shown), ..query(accessor) }
}

#[test]
fn permits_guardians_who_may_read() {
	run(|| {
		let reader = by_guardian(READER);
		assert_eq!(Consent::decide(&reader), (permitted(Basis::Guardian), NOW, None));
		assert_eq!(
			Consent::decide(&by_guardian(FATHER)).0,
			denied(DenyReason::GuardianPowerMissing)
		);
		set_chart_state(ChartState::Deceased);
		assert_eq!(Consent::decide(&reader).0, permitted(Basis::Guardian));
		Timestamp::set_timestamp(OF_AGE);
		assert_eq!(Consent::decide(&by_guardian(MOTHER)).0, denied(DenyReason::GuardianshipOver));
		let mut forged = by_guardian(MOTHER);
		forged.guardian.as_mut().unwrap().terms.until = None;
		assert_eq!(Consent::decide(&forged).0, denied(DenyReason::NotAGuardian));
	});
}

#[test]
fn denies_others_while_the_chart_is_closed() {
	run(|| {
		issue_permit();
		let asked = query(staff(SURGEON, OTHER));
		set_chart_state(ChartState::Deactivated);
		assert_eq!(Consent::decide(&asked).0, denied(DenyReason::ChartDeactivated));
		let house = query(staff(CLINICIAN, HOUSE));
		assert_eq!(Consent::decide(&house).0, permitted(Basis::Custodian));
		// The mock knows no jurisdiction, so nothing opens of the dead.
		set_chart_state(ChartState::Deceased);
		assert_eq!(Consent::decide(&asked).0, denied(DenyReason::ChartDeceased));
		set_chart_state(ChartState::Active);
		assert_eq!(Consent::decide(&asked).0, permitted(Basis::Directive(directive(1))));
	});
}
