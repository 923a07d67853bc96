//! Break-glass through real blocks: from its opening to the council that gives the privilege back.

use super::{
	chain::{council, next_block, now, pair, run, send, GENESIS},
	journey::{self, denied, staff, Consents, CHART, LAKESIDE, MERCY, RECORD},
};
use crate::{genesis_presets::account, AccountId, Providers, Runtime};
use frame_support::assert_ok;
use pallet_consent::Error;
use salus_primitives::{
	break_glass::{
		BreakGlassStatement, BreakGlassTerms, Emergency, EmergencyPrivilege, ShownBreakGlass,
		BREAK_GLASS_DOMAIN,
	},
	codes::{Action, BreakGlassReason, BreakGlassState, Obligations, Purpose, ReviewOutcome},
	decision::{AccessQuery, Basis, Decision, DenyReason},
	directory::ProviderDirectory,
	ids::{BreakGlassId, Salt, Seal},
	seal::Opening,
};
use salus_runtime_api::runtime_decl_for_consent_api::ConsentApiV1;
use sp_core::Pair;
use sp_runtime::{DispatchError, MultiSignature};

const DR_BROOKS: u32 = 2;
const ACCREDITOR: u32 = 6;
const BROOKS: &str = "Lakeside//DrBrooks";
const INSPECTOR: &str = "Accreditor//Inspector";
const WHY: BreakGlassReason = BreakGlassReason::Emergency;

fn opening() -> Opening<BreakGlassTerms> {
	Opening { terms: BreakGlassTerms { chart: CHART, custodian: MERCY }, salt: Salt([7; 32]) }
}

fn id() -> BreakGlassId {
	BreakGlassId::derive(&GENESIS.0, LAKESIDE, DR_BROOKS, &Salt([8; 32]))
}

fn open(id: BreakGlassId) -> Consents {
	let (organisation, reason, seal) = (LAKESIDE, WHY, opening().seal());
	Consents::open_break_glass { id, organisation, reason, seal }
}

fn review(organisation: u32, outcome: ReviewOutcome) -> Consents {
	let (id, findings) = (id(), Seal([9; 32]));
	Consents::review_break_glass { id, organisation, outcome, findings }
}

fn decided() -> Decision {
	let query = AccessQuery {
		accessor: staff(BROOKS, LAKESIDE),
		action: Action::Access,
		purpose: Purpose::EmergencyTreatment,
		record: RECORD,
		opening: journey::record(),
		directives: Vec::new(),
		inclusion: None,
		guardian: None,
		emergency: Some(Emergency::Glass(ShownBreakGlass { id: id(), opening: opening() })),
	};
	Runtime::decide(query).decision
}

#[test]
fn a_surgeon_breaks_the_glass_and_answers_for_it() {
	run(|| {
		journey::store();
		assert_eq!(decided(), denied(DenyReason::BreakGlassUnknown));
		assert_ok!(send(BROOKS, open(id())));
		assert_eq!(decided(), denied(DenyReason::BeyondFirstScope));
		assert_ok!(send(BROOKS, Consents::widen_break_glass { id: id() }));
		let basis = Basis::BreakGlass(id());
		assert_eq!(decided(), Decision::Permit { basis, obligations: Obligations::EMPTY });
		let confirm = Consents::confirm_break_glass { id: id(), organisation: MERCY };
		assert_ok!(send("Mercy//DrAdams", confirm));
		next_block();
		assert_ok!(send(BROOKS, Consents::close_break_glass { id: id() }));
		assert_eq!(decided(), denied(DenyReason::BreakGlassOver));
		assert_ok!(send(
			BROOKS,
			Consents::account_for_break_glass { id: id(), seal: Seal([1; 32]) }
		));
		assert_eq!(Runtime::break_glass(id()).unwrap().state, BreakGlassState::PendingReview);
		assert_eq!(Runtime::break_glasses_pending(0).entries.len(), 1);

		let unjustified = ReviewOutcome::Unjustified;
		assert_ok!(send(INSPECTOR, review(ACCREDITOR, unjustified)));
		let lost = EmergencyPrivilege::Withdrawn { break_glass: id(), at: now() };
		assert_eq!(Runtime::emergency_privilege(DR_BROOKS), lost);
		assert!(Runtime::break_glasses_pending(0).entries.is_empty());
		let another = BreakGlassId([1; 32]);
		let refused = send(BROOKS, open(another)).unwrap_err();
		assert_eq!(refused, DispatchError::from(Error::<Runtime>::PrivilegeWithdrawn));

		let restore =
			Consents::restore_emergency_privilege { practitioner: DR_BROOKS, break_glass: id() };
		assert_ok!(council(3, restore));
		assert_eq!(Runtime::emergency_privilege(DR_BROOKS), EmergencyPrivilege::Held);
		assert_ok!(send(BROOKS, open(another)));
	});
}

#[test]
fn houses_judge_neither_themselves_nor_their_staff_nor_their_group() {
	run(|| {
		let judges = <Providers as ProviderDirectory<AccountId>>::is_independent;
		let (brooks, other) = (account(BROOKS), AccountId::new([0xee; 32]));
		let independent = |reviewer| judges(DR_BROOKS, &brooks, LAKESIDE, (&other, reviewer));
		assert!(independent(ACCREDITOR) && independent(MERCY));
		assert!(!independent(LAKESIDE));
		assert!(!judges(99, &brooks, LAKESIDE, (&other, MERCY)));
		// Somebody of the clinician's own house judges for no other, either.
		assert!(!judges(DR_BROOKS, &brooks, LAKESIDE, (&brooks, MERCY)));
		// Nor a house that employs the account by which it was done, whoever has the number now.
		let inspector = account(INSPECTOR);
		assert!(!judges(DR_BROOKS, &inspector, LAKESIDE, (&other, ACCREDITOR)));
		pallet_providers::Heads::<Runtime>::insert(MERCY, LAKESIDE);
		assert!(!independent(MERCY));
		pallet_providers::Heads::<Runtime>::remove(MERCY);
		// Of the accreditor's staff by now.
		let inspector = account(INSPECTOR);
		pallet_providers::Practitioners::<Runtime>::mutate(DR_BROOKS, |known| {
			known.as_mut().unwrap().account = inspector.clone();
		});
		assert!(!independent(ACCREDITOR));
		pallet_providers::Practitioners::<Runtime>::mutate(DR_BROOKS, |known| {
			known.as_mut().unwrap().account = account(BROOKS);
		});
	});
}

#[test]
fn what_was_opened_without_finality_is_posted() {
	run(|| {
		next_block();
		let key = pair(BROOKS);
		let statement = BreakGlassStatement {
			domain: BREAK_GLASS_DOMAIN,
			genesis: GENESIS.0,
			number: 0,
			head: GENESIS.0,
			account: key.public().0,
			organisation: LAKESIDE,
			reason: WHY,
			seal: opening().seal(),
			at: now(),
		};
		let signature = MultiSignature::Sr25519(key.sign(&statement.signable()[0]));
		let post = |head| {
			let statement = BreakGlassStatement { head, ..statement };
			let signature = match head == GENESIS.0 {
				true => signature.clone(),
				false => MultiSignature::Sr25519(key.sign(&statement.signable()[0])),
			};
			// The custodian's vault posts it.
			Consents::post_break_glass { organisation: MERCY, statement, signature }
		};
		let wrong = send("Mercy//Vault", post([1; 32])).unwrap_err();
		assert_eq!(wrong, DispatchError::from(Error::<Runtime>::WrongHead));
		assert_ok!(send("Mercy//Vault", post(GENESIS.0)));
		let view = Runtime::break_glass(statement.id()).unwrap();
		assert_eq!(view.state, BreakGlassState::Closed);
		assert_eq!(view.glass.practitioner, DR_BROOKS);
	});
}
