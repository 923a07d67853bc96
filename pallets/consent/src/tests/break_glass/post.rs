//! Posting what was opened by a statement while finality stalled.

use super::*;
use salus_primitives::break_glass::{
	BreakGlassStatement, BREAK_GLASS_DOMAIN, MAX_POSTING, MAX_STALE_HEAD,
};
use sp_core::{Pair, H256};
use sp_runtime::MultiSignature;

/// The block in which tests post.
const BLOCK: u64 = 500_000;
/// The head that statements name, of which the chain knows the hash.
const HEAD: u32 = 499_900;
const HASH: [u8; 32] = [0x4e; 32];

/// Ten days after the others' beginning, in a late block.
fn late(test: impl FnOnce()) {
	run(|| {
		System::set_block_number(BLOCK);
		frame_system::BlockHash::<Test>::insert(u64::from(HEAD), H256(HASH));
		pass(10 * 24 * 3_600_000);
		test();
	});
}

fn statement() -> BreakGlassStatement {
	BreakGlassStatement {
		domain: BREAK_GLASS_DOMAIN,
		genesis: System::block_hash(0).0,
		number: HEAD,
		head: HASH,
		account: doctors_account().into(),
		organisation: OTHER,
		reason: WHY,
		seal: seal(1),
		at: Timestamp::get() - 1_000,
	}
}

fn sign(statement: &BreakGlassStatement) -> MultiSignature {
	doctor().sign(&statement.signable()[0]).into()
}

fn post_for(
	who: AccountId32,
	organisation: OrganisationId,
	statement: BreakGlassStatement,
) -> DispatchResult {
	let signature = sign(&statement);
	Consent::post_break_glass(RuntimeOrigin::signed(who), organisation, statement, signature)
}

fn post_as(who: AccountId32, statement: BreakGlassStatement) -> DispatchResult {
	post_for(who, OTHER, statement)
}

fn post(statement: BreakGlassStatement) -> DispatchResult {
	post_as(MACHINE, statement)
}

/// The state of what was posted.
fn posted_state(statement: &BreakGlassStatement) -> BreakGlassState {
	Consent::break_glass_view(statement.id()).unwrap().state
}

#[test]
fn works() {
	late(|| {
		let (now, said) = (Timestamp::get(), statement());
		assert_ok!(post(said));
		let posted = Event::BreakGlassPosted {
			break_glass: said.id(),
			practitioner: THE_DOCTOR,
			organisation: OTHER,
			reason: WHY,
			opened: now - 1_000,
		};
		assert_eq!(events(), [posted]);
		let view = Consent::break_glass_view(said.id()).unwrap();
		assert_eq!(view.state, BreakGlassState::Closed);
		assert_eq!((view.glass.posted, view.glass.closed), (Some(now), Some(now)));
		assert_eq!(view.account_due, now + ACCOUNT_TERM);
		// It can be posted again, by the clinician too.
		assert_ok!(post_as(doctors_account(), said));
		assert_eq!(events().len(), 1);
		assert_eq!(UnaccountedPosted::<Test>::get(THE_DOCTOR).into_inner(), [said.id()]);
		assert!(!UnaccountedBreakGlasses::<Test>::contains_key(THE_DOCTOR));
	});
}

#[test]
fn what_ran_out_before_it_was_posted_is_expired() {
	late(|| {
		let at = Timestamp::get() - MAX_POSTING;
		let said = BreakGlassStatement { at, ..statement() };
		assert_ok!(post(said));
		assert_eq!(posted_state(&said), BreakGlassState::Expired);
		assert_eq!(BreakGlasses::<Test>::get(said.id()).unwrap().until, at + VALIDITY);
		pass(ACCOUNT_TERM);
		assert_eq!(posted_state(&said), BreakGlassState::PendingReview);
		let (by, justified) = (RuntimeOrigin::signed(AUDITOR), ReviewOutcome::Justified);
		assert_ok!(Consent::review_break_glass(by, said.id(), THIRD, justified, seal(1)));
	});
}

#[test]
fn works_as_browser_wallets_sign() {
	late(|| {
		let said = statement();
		let signature = doctor().sign(&said.signable()[1]).into();
		let origin = RuntimeOrigin::signed(MACHINE);
		assert_ok!(Consent::post_break_glass(origin, OTHER, said, signature));
	});
}

#[test]
fn works_whatever_became_of_the_clinicians_standing() {
	late(|| {
		strike(doctors_account());
		WithdrawnPrivileges::<Test>::insert(THE_DOCTOR, (glass(9), 0));
		assert_ok!(post_as(doctors_account(), statement()));
		WithdrawnPrivileges::<Test>::remove(THE_DOCTOR);
		let said = BreakGlassStatement { organisation: SUSPENDED, ..statement() };
		assert_ok!(post_for(MACHINE, SUSPENDED, said));
	});
}

#[test]
fn works_by_the_machine_of_any_house() {
	late(|| {
		// That of the custodian, which the statement does not name.
		assert_ok!(post_for(SYSTEM, HOUSE, statement()));
		assert_ok!(post(statement()));
		assert_eq!(events().len(), 1);
	});
}

#[test]
fn fails_for_whoever_may_not_post() {
	late(|| {
		for who in [SYSTEM, SURGEON, REVIEWER, STRANGER] {
			assert_noop!(post_as(who, statement()), Error::<Test>::NotAuthorised);
		}
		let refused = Error::<Test>::NotAuthorised;
		assert_noop!(post_for(doctors_account(), HOUSE, statement()), refused);
		let elsewhere = BreakGlassStatement { organisation: HOUSE, ..statement() };
		assert_noop!(post_as(doctors_account(), elsewhere), Error::<Test>::NotAuthorised);
		assert_noop!(post_for(doctors_account(), HOUSE, elsewhere), Error::<Test>::NotAuthorised);
	});
}

#[test]
fn fails_for_another_chain_and_another_form() {
	late(|| {
		let other = BreakGlassStatement { genesis: [1; 32], ..statement() };
		assert_noop!(post(other), Error::<Test>::OtherChain);
		let other = BreakGlassStatement { domain: *b"salus/breakglas1", ..statement() };
		assert_noop!(post(other), Error::<Test>::OtherChain);
	});
}

#[test]
fn fails_when_the_signature_does_not_fit() {
	late(|| {
		let signature = sign(&statement());
		let said = BreakGlassStatement { at: statement().at - 1, ..statement() };
		let origin = RuntimeOrigin::signed(MACHINE);
		assert_noop!(
			Consent::post_break_glass(origin, OTHER, said, signature),
			Error::<Test>::InvalidSignature
		);
	});
}

#[test]
fn fails_when_the_clinician_has_no_number() {
	late(|| {
		let nobody = sp_core::ed25519::Pair::from_seed(&[7; 32]);
		let said = BreakGlassStatement { account: nobody.public().0, ..statement() };
		let signature = nobody.sign(&said.signable()[0]).into();
		let origin = RuntimeOrigin::signed(MACHINE);
		assert_noop!(
			Consent::post_break_glass(origin, OTHER, said, signature),
			Error::<Test>::NotAPractitioner
		);
	});
}

#[test]
fn works_for_an_account_that_the_clinician_has_changed() {
	late(|| {
		let said = BreakGlassStatement { account: former().public().0, ..statement() };
		let signature = former().sign(&said.signable()[0]).into();
		let origin = RuntimeOrigin::signed(MACHINE);
		assert_ok!(Consent::post_break_glass(origin, OTHER, said, signature));
		let view = Consent::break_glass_view(said.id()).unwrap();
		assert_eq!(view.glass.practitioner, THE_DOCTOR);
	});
}

/// A stolen key that the board has replaced speaks for nobody, and posts nothing by itself.
#[test]
fn fails_for_a_changed_account_by_itself_and_after_the_change() {
	late(|| {
		pass(1_000);
		let post = |who: AccountId32, at| {
			let said = BreakGlassStatement { account: former().public().0, at, ..statement() };
			let signature = former().sign(&said.signable()[0]).into();
			Consent::post_break_glass(RuntimeOrigin::signed(who), OTHER, said, signature)
		};
		let late = FORMER_UNTIL + 1;
		assert_eq!(post(MACHINE, late), Err(Error::<Test>::NotAPractitioner.into()));
		let itself = former().public().into();
		assert_eq!(post(itself, FORMER_UNTIL), Err(Error::<Test>::NotAuthorised.into()));
		assert!(!UnaccountedPosted::<Test>::contains_key(THE_DOCTOR));
		assert_ok!(post(MACHINE, FORMER_UNTIL));
	});
}

#[test]
fn nobody_takes_its_id_before() {
	late(|| {
		let said = statement();
		let (by, id) = (RuntimeOrigin::signed(doctors_account()), said.id());
		assert_noop!(
			Consent::open_break_glass(by, id, OTHER, WHY, said.seal),
			Error::<Test>::IdOfStatement
		);
		// Nor does another statement under the same seal.
		let earlier = BreakGlassStatement { at: said.at - 1, ..said };
		assert_ok!(post(earlier));
		assert_ok!(post(said));
		assert_ne!(earlier.id(), said.id());
		assert_eq!(events().len(), 2);
	});
}

#[test]
fn fails_when_it_is_of_later_or_too_old() {
	late(|| {
		let now = Timestamp::get();
		let later = BreakGlassStatement { at: now + 1, ..statement() };
		assert_noop!(post(later), Error::<Test>::StatementInFuture);
		let old = BreakGlassStatement { at: now - MAX_POSTING - 1, ..statement() };
		assert_noop!(post(old), Error::<Test>::PostedTooLate);
		assert_ok!(post(BreakGlassStatement { at: now, ..statement() }));
	});
}

#[test]
fn fails_when_the_head_is_not_of_this_chain() {
	late(|| {
		let other = BreakGlassStatement { head: [1; 32], ..statement() };
		assert_noop!(post(other), Error::<Test>::WrongHead);
		for number in [BLOCK as u32, u32::MAX] {
			let later = BreakGlassStatement { number, ..statement() };
			assert_noop!(post(later), Error::<Test>::WrongHead);
		}
		// Nobody can say of a forgotten one.
		let forgotten = BreakGlassStatement { number: HEAD - 1, head: [1; 32], ..statement() };
		assert_ok!(post(forgotten));
	});
}

#[test]
fn fails_when_the_head_was_too_old_by_its_number() {
	late(|| {
		let blocks = u32::try_from(MAX_STALE_HEAD / SLOT).unwrap();
		let oldest = BLOCK as u32 - blocks;
		let now = Timestamp::get();
		let said = BreakGlassStatement { number: oldest, at: now, ..statement() };
		let older = BreakGlassStatement { number: oldest - 1, ..said };
		assert_noop!(post(older), Error::<Test>::HeadTooOld);
		assert_ok!(post(said));
		// What was made earlier may name an earlier head.
		assert_ok!(post(BreakGlassStatement { at: now - SLOT, ..older }));
	});
}

/// The `n`th of many statements.
fn another(n: u8) -> BreakGlassStatement {
	BreakGlassStatement { seal: seal(n), ..statement() }
}

fn account_for(said: &BreakGlassStatement) -> DispatchResult {
	let by = RuntimeOrigin::signed(doctors_account());
	Consent::account_for_break_glass(by, said.id(), seal(1))
}

#[test]
fn works_however_many_are_unaccounted() {
	late(|| {
		let (most, count) = (MAX_POSTED_UNACCOUNTED as u8, MAX_POSTED_UNACCOUNTED as u8 + 3);
		for n in 0..count {
			assert_ok!(post(another(n)));
		}
		let listed = || UnaccountedPosted::<Test>::get(THE_DOCTOR);
		let further = || FurtherPosted::<Test>::iter_key_prefix(THE_DOCTOR).count();
		assert!(listed().is_full() && !listed().contains(&another(most).id()));
		assert_eq!(further(), 3);
		// Who worked through a stall can break the glass after it.
		assert_ok!(open_as(doctors_account(), 1, OTHER));
		// What found no place is answered for all the same, or comes into the next that gets free.
		assert_ok!(account_for(&another(most)));
		assert_eq!((listed().is_full(), further()), (true, 2));
		for n in 0..2 {
			assert_ok!(account_for(&another(n)));
		}
		assert_eq!((listed().is_full(), further()), (true, 0));
		assert!((most + 1..count).all(|n| listed().contains(&another(n).id())));
		// None of them is forgotten.
		let all: Vec<_> = (2..count).filter(|n| *n != most).map(another).collect();
		pass(ACCOUNT_TERM);
		for said in &all {
			let overdue = Consent::emergency_privilege(THE_DOCTOR);
			assert!(matches!(overdue, EmergencyPrivilege::AccountOverdue { .. }));
			assert_ok!(account_for(said));
		}
		assert_eq!(Consent::emergency_privilege(THE_DOCTOR), EmergencyPrivilege::Held);
		assert!(!UnaccountedPosted::<Test>::contains_key(THE_DOCTOR));
	});
}

/// Nothing that a clinician posts alone keeps what vaults post from costing the privilege.
#[test]
fn the_clinician_alone_posts_half_of_the_list_at_most() {
	late(|| {
		let most = MAX_UNACCOUNTED as u8;
		for n in 0..most {
			assert_ok!(post_as(doctors_account(), another(n)));
		}
		let refused = post_as(doctors_account(), another(most));
		assert_eq!(refused, Err(Error::<Test>::TooManyUnaccounted.into()));
		let released = another(most);
		assert_ok!(post(released));
		for n in 0..most {
			assert_ok!(account_for(&another(n)));
		}
		assert_ok!(post_as(doctors_account(), another(most + 1)));
		pass(ACCOUNT_TERM);
		let overdue = EmergencyPrivilege::AccountOverdue {
			break_glass: released.id(),
			since: Timestamp::get(),
		};
		assert_eq!(Consent::emergency_privilege(THE_DOCTOR), overdue);
	});
}
