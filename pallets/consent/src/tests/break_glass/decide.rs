//! That the right facts of a break-glass reach the decision.

use super::*;
use crate::tests::decide::{denied, permitted, query, staff};
use salus_primitives::{
	break_glass::{
		BreakGlassStatement, Emergency, Seen, ShownStatement, BREAK_GLASS_DOMAIN, STALLED_AFTER,
	},
	codes::Purpose,
	decision::{AccessQuery, Basis, Decision, DenyReason},
};

fn shown() -> Opening<BreakGlassTerms> {
	Opening { terms: BreakGlassTerms { chart: CHART, custodian: HOUSE }, salt: Salt([8; 32]) }
}

fn asked() -> AccessQuery {
	let emergency = Some(Emergency::Glass(ShownBreakGlass { id: glass(1), opening: shown() }));
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

/// The doctor's query by a statement that names block 7, where the chain is in block 9 and finality stalls.
fn stated(change: impl FnOnce(&mut BreakGlassStatement)) -> AccessQuery {
	System::set_block_number(9);
	frame_system::BlockHash::<Test>::insert(7, sp_core::H256([7; 32]));
	let mut statement = BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: System::block_hash(0).0,
		number: 7,
		head: [7; 32],
		account: doctors_account().into(),
		organisation: OTHER,
		reason: WHY,
		seal: shown().seal(),
		at: Timestamp::get(),
	};
	change(&mut statement);
	let signature = doctor().sign(&statement.signable()[1]).0;
	let seen = Seen { now: Timestamp::get() + STALLED_AFTER + 1, head: [9; 32] };
	let shown = ShownStatement { statement, signature, opening: shown(), seen };
	AccessQuery {
		accessor: staff(doctors_account(), OTHER),
		emergency: Some(Emergency::Statement(Box::new(shown))),
		..asked()
	}
}

#[test]
fn a_statement_is_asked_while_finality_stalls() {
	run(|| {
		// The record is of a laboratory: all else is right.
		let answer = |query: &AccessQuery| Consent::decide(query).0;
		assert_eq!(answer(&stated(|_| ())), denied(DenyReason::BeyondFirstScope));
		let own = |statement: &mut BreakGlassStatement| {
			(statement.number, statement.head) = (9, [9; 32]);
		};
		assert_eq!(answer(&stated(own)), denied(DenyReason::BeyondFirstScope));
		let moved = Seen { now: Timestamp::get() + STALLED_AFTER, head: [9; 32] };
		assert_eq!(answer(&stated(own).seen(moved)), denied(DenyReason::FinalityIsBack));
		for (number, head) in [(7, [8; 32]), (8, [0; 32]), (9, [7; 32]), (10, [9; 32])] {
			let query = stated(|statement| (statement.number, statement.head) = (number, head));
			assert_eq!(answer(&query), denied(DenyReason::StatementNotOfNow), "{number}");
		}
		let elsewhere = stated(|statement| statement.genesis = [1; 32]);
		assert_eq!(answer(&elsewhere), denied(DenyReason::StatementNotSigned));
		let mut forged = stated(|_| ());
		if let Some(Emergency::Statement(shown)) = &mut forged.emergency {
			shown.signature[0] ^= 1;
		}
		assert_eq!(answer(&forged), denied(DenyReason::StatementNotSigned));
		WithdrawnPrivileges::<Test>::insert(THE_DOCTOR, (glass(9), 0));
		assert_eq!(answer(&stated(|_| ())), denied(DenyReason::EmergencyPrivilegeLost));
		WithdrawnPrivileges::<Test>::remove(THE_DOCTOR);
		strike(doctors_account());
		assert!(matches!(
			answer(&stated(|_| ())),
			Decision::Deny { reason: DenyReason::Standing(_) }
		));
	});
}
