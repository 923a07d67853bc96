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
		id: glass(1),
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

fn post_as(who: AccountId32, statement: BreakGlassStatement) -> DispatchResult {
	Consent::post_break_glass(RuntimeOrigin::signed(who), statement, sign(&statement))
}

fn post(statement: BreakGlassStatement) -> DispatchResult {
	post_as(MACHINE, statement)
}

#[test]
fn works() {
	late(|| {
		let (now, said) = (Timestamp::get(), statement());
		assert_ok!(post(said));
		let posted = Event::BreakGlassPosted {
			break_glass: glass(1),
			practitioner: THE_DOCTOR,
			organisation: OTHER,
			reason: WHY,
			opened: now - 1_000,
		};
		assert_eq!(events(), [posted]);
		let view = Consent::break_glass_view(glass(1)).unwrap();
		assert_eq!(view.state, BreakGlassState::Closed);
		assert_eq!((view.glass.posted, view.glass.closed), (Some(now), Some(now)));
		assert_eq!(view.account_due, now + ACCOUNT_TERM);
		// It can be posted again, by the clinician too.
		assert_ok!(post_as(doctors_account(), said));
		assert_eq!(events().len(), 1);
		let owed = UnaccountedBreakGlasses::<Test>::get(THE_DOCTOR);
		assert_eq!(owed.into_inner(), [glass(1)]);
	});
}

#[test]
fn what_ran_out_before_it_was_posted_is_expired() {
	late(|| {
		let at = Timestamp::get() - MAX_POSTING;
		assert_ok!(post(BreakGlassStatement { at, ..statement() }));
		assert_eq!(glass_state(1), BreakGlassState::Expired);
		assert_eq!(stored(1).until, at + VALIDITY);
		pass(ACCOUNT_TERM);
		assert_eq!(glass_state(1), BreakGlassState::PendingReview);
		assert_ok!(review(1, ReviewOutcome::Justified));
	});
}

#[test]
fn works_as_browser_wallets_sign() {
	late(|| {
		let said = statement();
		let signature = doctor().sign(&said.signable()[1]).into();
		let origin = RuntimeOrigin::signed(MACHINE);
		assert_ok!(Consent::post_break_glass(origin, said, signature));
	});
}

#[test]
fn works_whatever_became_of_the_clinicians_standing() {
	late(|| {
		strike(doctors_account());
		WithdrawnPrivileges::<Test>::insert(THE_DOCTOR, (glass(9), 0));
		assert_ok!(post_as(doctors_account(), statement()));
		WithdrawnPrivileges::<Test>::remove(THE_DOCTOR);
		let said = BreakGlassStatement { id: glass(2), organisation: SUSPENDED, ..statement() };
		assert_ok!(post(said));
	});
}

#[test]
fn fails_for_whoever_may_not_post() {
	late(|| {
		for who in [SYSTEM, SURGEON, REVIEWER, STRANGER] {
			assert_noop!(post_as(who, statement()), Error::<Test>::NotAuthorised);
		}
		let elsewhere = BreakGlassStatement { organisation: HOUSE, ..statement() };
		assert_noop!(post_as(doctors_account(), elsewhere), Error::<Test>::NotAuthorised);
	});
}

#[test]
fn fails_for_another_chain_and_another_form() {
	late(|| {
		let other = BreakGlassStatement { genesis: [1; 32], ..statement() };
		assert_noop!(post(other), Error::<Test>::OtherChain);
		let other = BreakGlassStatement { domain: *b"salus/breakglas2", ..statement() };
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
			Consent::post_break_glass(origin, said, signature),
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
			Consent::post_break_glass(origin, said, signature),
			Error::<Test>::NotAPractitioner
		);
	});
}

#[test]
fn fails_when_id_stands_for_something_else() {
	late(|| {
		assert_ok!(open(1));
		assert_noop!(post(statement()), Error::<Test>::AlreadyExists);
		let second = BreakGlassStatement { id: glass(2), ..statement() };
		assert_ok!(post(second));
		let changed = BreakGlassStatement { seal: seal(9), ..second };
		assert_noop!(post(changed), Error::<Test>::AlreadyExists);
		assert_noop!(open_as(doctors_account(), 2, OTHER), Error::<Test>::AlreadyExists);
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
		assert_ok!(post(BreakGlassStatement { id: glass(2), at: now - SLOT, ..older }));
	});
}

#[test]
fn fails_when_too_many_are_unaccounted() {
	late(|| {
		for n in 0..MAX_UNACCOUNTED as u8 {
			assert_ok!(post(BreakGlassStatement { id: glass(n), ..statement() }));
		}
		let more = BreakGlassStatement { id: glass(99), ..statement() };
		assert_noop!(post(more), Error::<Test>::TooManyUnaccounted);
	});
}
