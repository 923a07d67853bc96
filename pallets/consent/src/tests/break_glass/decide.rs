//! That the right facts of a break-glass reach the decision.

use super::*;
use crate::tests::decide::{denied, permitted, query, staff};
use salus_primitives::{
	codes::Purpose,
	decision::{AccessQuery, Basis, Decision, DenyReason},
};

fn shown() -> Opening<BreakGlassTerms> {
	Opening { terms: BreakGlassTerms { chart: CHART, custodian: HOUSE }, salt: Salt([8; 32]) }
}

fn asked() -> AccessQuery {
	let emergency = Some(ShownBreakGlass { id: glass(1), opening: shown() });
	let purpose = Purpose::EmergencyTreatment;
	AccessQuery { emergency, purpose, ..query(staff(SURGEON, OTHER)) }
}

fn decided() -> Decision {
	Consent::decide(&asked()).0
}

fn break_it() {
	let origin = RuntimeOrigin::signed(SURGEON);
	assert_ok!(Consent::open_break_glass(origin, glass(1), OTHER, WHY, shown().seal()));
}

#[test]
fn it_opens_from_its_opening_to_its_end() {
	run(|| {
		assert_eq!(decided(), denied(DenyReason::BreakGlassUnknown));
		break_it();
		// The record is of a laboratory.
		assert_eq!(decided(), denied(DenyReason::BeyondFirstScope));
		assert_ok!(widen(1));
		let open = permitted(Basis::BreakGlass(glass(1)));
		assert_eq!(decided(), open);
		let by_another = AccessQuery {
			accessor: staff(CLINICIAN, HOUSE),
			purpose: Purpose::EmergencyTreatment,
			..asked()
		};
		assert_eq!(Consent::decide(&by_another).0, denied(DenyReason::BreakGlassOfAnother));
		pass(VALIDITY - 1);
		assert_eq!(decided(), open);
		pass(1);
		assert_eq!(decided(), denied(DenyReason::BreakGlassOver));
	});
}

#[test]
fn it_opens_nothing_from_its_closing_on() {
	run(|| {
		break_it();
		assert_ok!(widen(1));
		assert_ok!(close(1));
		assert_eq!(decided(), denied(DenyReason::BreakGlassOver));
	});
}

#[test]
fn it_opens_nothing_once_the_privilege_is_lost() {
	run(|| {
		assert_ok!(open(2));
		assert_ok!(close(2));
		pass(ACCOUNT_TERM - 1);
		break_it();
		assert_ok!(widen(1));
		pass(1);
		assert_eq!(decided(), denied(DenyReason::EmergencyPrivilegeLost));
		assert_ok!(account(2));
		assert_eq!(decided(), permitted(Basis::BreakGlass(glass(1))));
		assert_ok!(review(2, ReviewOutcome::Unjustified));
		assert_eq!(decided(), denied(DenyReason::EmergencyPrivilegeLost));
	});
}

#[test]
fn a_missing_opening_keeps_it_to_the_first_scope() {
	run(|| {
		assert_ok!(issue(9, None));
		break_it();
		assert_eq!(decided(), denied(DenyReason::BeyondFirstScope));
		assert_ok!(widen(1));
		assert_eq!(decided(), denied(DenyReason::DirectiveOpeningMissing));
	});
}
