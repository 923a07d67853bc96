//! Benchmarks of the calls.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Time};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{
	ask::{MAX_ASKS, MAX_OPEN_ASKS},
	break_glass::{BreakGlassStatement, BREAK_GLASS_DOMAIN},
	codes::{AskState, BreakGlassReason, BreakGlassScope, DirectiveState, ReviewOutcome, Role},
	decision::MAX_ACTIVE_DIRECTIVES,
	disclosure::MAX_DISCLOSURE_LEAVES,
	guardian::GuardianAct,
	ids::{
		AskId, BreakGlassId, ChartId, DirectiveId, OrganisationId, PractitionerId, RequestId, Seal,
	},
	order::{ChartAct, MAX_ORDERS},
	paper::{OnPaper, PaperAct, PaperDirective},
};
use sp_runtime::{AccountId32, MultiSignature};

/// What the benchmarks need of other pallets.
pub trait BenchmarkHelper {
	/// An account with good standing in this role for the organisation returned with it.
	fn staff(role: Role) -> (AccountId32, OrganisationId);
	/// A chart and its key.
	fn chart() -> (AccountId32, ChartId);
	/// The word of that chart's guardian, who may do everything, for this act.
	fn word(act: GuardianAct) -> WordOf;
	/// The order of that chart's key for this act.
	fn order(act: ChartAct) -> OrderOf;
	/// An account with good standing in this role for another organisation, which can judge what staff of
	/// the first did.
	fn other_staff(role: Role) -> (AccountId32, OrganisationId);
	/// The key of a registered practitioner, and a signature by it.
	fn statement(statement: BreakGlassStatement) -> (BreakGlassStatement, MultiSignature);
	/// The word of an account that may stand for paper beside this one, for this act.
	fn paper_word(act: PaperAct, submitter: &AccountId32) -> PaperWordOf;
}

fn glass(n: u32) -> BreakGlassId {
	BreakGlassId(directive(n).0)
}

/// As many closed ones as a clinician can have without own account but this many, and the last one open.
fn glasses<T: Config>(fewer: u32) -> (AccountId32, OrganisationId, u32) {
	let (who, organisation) = T::BenchmarkHelper::staff(Role::Clinician);
	let last = MAX_UNACCOUNTED - fewer - 1;
	for n in 0..=last {
		let seal = Seal([1; 32]);
		let (by, reason) = (who.clone(), BreakGlassReason::Emergency);
		Pallet::<T>::do_open_break_glass(by, glass(n), organisation, reason, seal).unwrap();
		if n != last {
			Pallet::<T>::do_close_break_glass(who.clone(), glass(n)).unwrap();
		}
	}
	(who, organisation, last)
}

/// One that waits for a reviewer, and another after it.
fn reviewable<T: Config>() -> PractitionerId {
	let (who, _, last) = glasses::<T>(0);
	Pallet::<T>::do_close_break_glass(who.clone(), glass(last)).unwrap();
	Pallet::<T>::do_account_for_break_glass(who, glass(0), Seal([1; 32])).unwrap();
	BreakGlasses::<T>::get(glass(0)).unwrap().practitioner
}

fn directive(n: u32) -> DirectiveId {
	let mut bytes = [7; 32];
	bytes[..4].copy_from_slice(&n.to_le_bytes());
	DirectiveId(bytes)
}

/// A chart with as many active directives as it can have.
fn full_chart<T: Config>() -> (AccountId32, ChartId) {
	let (key, chart) = T::BenchmarkHelper::chart();
	for n in 0..MAX_ACTIVE_DIRECTIVES {
		let (by, seal) = (Actor::Signer(&key), Seal([1; 32]));
		Pallet::<T>::do_issue_directive(by, chart, directive(n), seal, None).unwrap();
	}
	(key, chart)
}

fn ask(n: u32) -> AskId {
	AskId(directive(n).0)
}

/// A chart with as many asks as the chain keeps, and its key: the last one is open, with room for one
/// more.
fn asked<T: Config>() -> (AccountId32, ChartId, AskId) {
	let (key, chart) = T::BenchmarkHelper::chart();
	let last = MAX_ASKS - 1;
	for n in 0..=last {
		let (by, id) = (key.clone(), ask(n));
		Pallet::<T>::do_file_ask(by.clone(), chart, id, Seal([1; 32])).unwrap();
		// One fewer than can be open stay open.
		if n <= MAX_OPEN_ASKS as u32 {
			Pallet::<T>::do_withdraw_ask(by, chart, id).unwrap();
		}
	}
	(key, chart, ask(last))
}

fn ask_state<T: Config>(chart: ChartId, id: AskId) -> Option<AskState> {
	let asks = Asks::<T>::get(chart).into_iter();
	asks.filter(|ask| ask.id == id).map(|ask| ask.state).next()
}

/// A chart with as many active directives as it can have, the first one of which came on paper.
fn full_chart_with_paper<T: Config>() -> ChartId {
	let (_, chart) = full_chart::<T>();
	Directives::<T>::mutate(directive(0), |details| {
		let paper = OnPaper { submitter: [1; 32], witness: [2; 32], seal: Seal([3; 32]) };
		details.as_mut().unwrap().paper = Some(paper);
	});
	chart
}

fn state<T: Config>(n: u32) -> Option<DirectiveState> {
	Directives::<T>::get(directive(n)).map(|details| details.state)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The worst case: a full list, one of which is replaced.
	#[benchmark]
	fn issue_directive() {
		let (key, chart) = full_chart::<T>();
		let (id, replaced) = (directive(MAX_ACTIVE_DIRECTIVES), directive(0));

		#[extrinsic_call]
		_(RawOrigin::Signed(key), chart, id, Seal([2; 32]), Some(replaced));

		assert_eq!(state::<T>(0), Some(DirectiveState::Superseded));
	}

	#[benchmark]
	fn revoke_directive() {
		let (key, _) = full_chart::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(key), directive(0));

		assert_eq!(state::<T>(0), Some(DirectiveState::Revoked));
	}

	#[benchmark]
	fn mark_directive_entered_in_error() {
		let (key, _) = full_chart::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(key), directive(0));

		assert_eq!(state::<T>(0), Some(DirectiveState::EnteredInError));
	}

	#[benchmark]
	fn request_access() {
		let (who, organisation) = T::BenchmarkHelper::staff(Role::Clinician);
		let id = RequestId([1; 32]);
		let lapses = T::Time::now().saturating_add(MAX_REQUEST_VALIDITY);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), organisation, id, Seal([1; 32]), lapses);

		assert!(Requests::<T>::contains_key(id));
	}

	#[benchmark]
	fn withdraw_request() {
		let (who, organisation) = T::BenchmarkHelper::staff(Role::Clinician);
		let (id, seal) = (RequestId([1; 32]), Seal([1; 32]));
		let lapses = T::Time::now().saturating_add(MAX_REQUEST_VALIDITY);
		Pallet::<T>::do_request_access(who.clone(), organisation, id, seal, lapses).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), id);

		assert!(Requests::<T>::get(id).is_some_and(|details| details.withdrawn));
	}

	#[benchmark]
	fn post_disclosure_root() {
		let (who, organisation) = T::BenchmarkHelper::staff(Role::System);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), organisation, [1; 32], MAX_DISCLOSURE_LEAVES);

		assert_eq!(DisclosureRootCounts::<T>::get(organisation), 1);
	}

	#[benchmark]
	fn issue_directive_as_guardian() {
		let (key, chart) = full_chart::<T>();
		let (id, seal) = (directive(MAX_ACTIVE_DIRECTIVES), Seal([2; 32]));
		let replaces = Some(directive(0));
		let word = T::BenchmarkHelper::word(GuardianAct::IssueDirective { id, seal, replaces });

		#[extrinsic_call]
		_(RawOrigin::Signed(key), chart, id, seal, replaces, word);

		assert_eq!(state::<T>(0), Some(DirectiveState::Superseded));
	}

	#[benchmark]
	fn revoke_directive_as_guardian() {
		let (key, _) = full_chart::<T>();
		let id = directive(0);
		let word = T::BenchmarkHelper::word(GuardianAct::RevokeDirective { id });

		#[extrinsic_call]
		_(RawOrigin::Signed(key), id, word);

		assert_eq!(state::<T>(0), Some(DirectiveState::Revoked));
	}

	/// The worst case: a full list, each order replaces what the one before issued.
	#[benchmark]
	fn submit_orders(n: Linear<1, MAX_ORDERS>) {
		let (key, _) = full_chart::<T>();
		let issue = |place: u32| {
			let id = directive(MAX_ACTIVE_DIRECTIVES + place);
			let replaces = Some(if place == 0 {
				directive(0)
			} else {
				directive(MAX_ACTIVE_DIRECTIVES + place - 1)
			});
			T::BenchmarkHelper::order(ChartAct::IssueDirective {
				id,
				seal: Seal([2; 32]),
				replaces,
			})
		};
		let orders: Orders = (0..n).map(issue).collect::<alloc::vec::Vec<_>>().try_into().unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(key), orders);

		assert_eq!(state::<T>(MAX_ACTIVE_DIRECTIVES + n - 1), Some(DirectiveState::Active));
	}

	#[benchmark]
	fn open_break_glass() {
		let (who, organisation, last) = glasses::<T>(1);
		let (id, reason) = (glass(last + 1), BreakGlassReason::Emergency);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), id, organisation, reason, Seal([1; 32]));

		assert!(BreakGlasses::<T>::contains_key(id));
	}

	#[benchmark]
	fn widen_break_glass() {
		let (who, _, last) = glasses::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), glass(last));

		let scope = BreakGlasses::<T>::get(glass(last)).map(|glass| glass.scope);
		assert_eq!(scope, Some(BreakGlassScope::Widened));
	}

	#[benchmark]
	fn renew_break_glass() {
		let (who, _, last) = glasses::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), glass(last));

		assert_eq!(BreakGlasses::<T>::get(glass(last)).map(|glass| glass.renewals), Some(1));
	}

	#[benchmark]
	fn close_break_glass() {
		let (who, _, last) = glasses::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), glass(last));

		assert!(BreakGlasses::<T>::get(glass(last)).is_some_and(|glass| glass.closed.is_some()));
	}

	#[benchmark]
	fn confirm_break_glass() {
		let (_, _, last) = glasses::<T>(0);
		let (who, organisation) = T::BenchmarkHelper::other_staff(Role::Clinician);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), glass(last), organisation);

		let confirmed = BreakGlasses::<T>::get(glass(last)).map(|glass| glass.confirmation);
		assert!(confirmed.flatten().is_some());
	}

	#[benchmark]
	fn account_for_break_glass() {
		let (who, _, _) = glasses::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), glass(0), Seal([2; 32]));

		assert!(BreakGlasses::<T>::get(glass(0)).is_some_and(|glass| glass.own_account.is_some()));
	}

	/// The worst case: it takes the privilege, and the last one gets its place.
	#[benchmark]
	fn review_break_glass() {
		let practitioner = reviewable::<T>();
		let (who, organisation) = T::BenchmarkHelper::other_staff(Role::QualityOfficer);
		let outcome = ReviewOutcome::Unjustified;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), glass(0), organisation, outcome, Seal([2; 32]));

		assert!(WithdrawnPrivileges::<T>::contains_key(practitioner));
	}

	#[benchmark]
	fn restore_emergency_privilege() -> Result<(), BenchmarkError> {
		let origin =
			T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		WithdrawnPrivileges::<T>::insert(1, (glass(0), 0));

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, 1, glass(0));

		assert!(!WithdrawnPrivileges::<T>::contains_key(1));
		Ok(())
	}

	#[benchmark]
	fn post_break_glass() {
		let (who, organisation) = T::BenchmarkHelper::staff(Role::System);
		frame_system::Pallet::<T>::set_block_number(2u32.into());
		let hash = |number: u32| {
			let hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(number));
			<[u8; 32]>::try_from(hash.as_ref()).unwrap()
		};
		let (statement, signature) = T::BenchmarkHelper::statement(BreakGlassStatement {
			domain: BREAK_GLASS_DOMAIN,
			genesis: hash(0),
			number: 1,
			head: hash(1),
			account: [0; 32],
			organisation,
			reason: BreakGlassReason::Emergency,
			seal: Seal([1; 32]),
			at: T::Time::now(),
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(who), organisation, statement, signature);

		assert!(BreakGlasses::<T>::contains_key(statement.id()));
	}

	/// The worst case: the list is full, and the oldest that has ended makes room.
	#[benchmark]
	fn file_ask() {
		let (key, chart, _) = asked::<T>();
		let id = ask(MAX_ASKS);

		#[extrinsic_call]
		_(RawOrigin::Signed(key), chart, id, Seal([2; 32]));

		assert_eq!(ask_state::<T>(chart, id), Some(AskState::Open));
	}

	#[benchmark]
	fn withdraw_ask() {
		let (key, chart, id) = asked::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(key), chart, id);

		assert_eq!(ask_state::<T>(chart, id), Some(AskState::Withdrawn));
	}

	#[benchmark]
	fn extend_ask() {
		let (who, _) = T::BenchmarkHelper::staff(Role::System);
		let (_, chart, id) = asked::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), chart, id, Seal([2; 32]));

		let asks = Asks::<T>::get(chart);
		assert!(asks.last().is_some_and(|ask| ask.extension.is_some()));
	}

	#[benchmark]
	fn grant_ask() {
		let (who, _) = T::BenchmarkHelper::staff(Role::System);
		let (_, chart, id) = asked::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), chart, id, Seal([2; 32]));

		assert_eq!(ask_state::<T>(chart, id), Some(AskState::Granted));
	}

	#[benchmark]
	fn refuse_ask() {
		let (who, _) = T::BenchmarkHelper::staff(Role::System);
		let (_, chart, id) = asked::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), chart, id, Seal([2; 32]));

		assert_eq!(ask_state::<T>(chart, id), Some(AskState::Refused));
	}

	#[benchmark]
	fn issue_directive_on_paper() {
		let chart = full_chart_with_paper::<T>();
		let (who, _) = T::BenchmarkHelper::staff(Role::Clinician);
		let (id, seal) = (directive(MAX_ACTIVE_DIRECTIVES), Seal([2; 32]));
		let replaces = Some(directive(0));
		let paper = PaperDirective { chart, id, seal, replaces, paper: Seal([4; 32]) };
		let word = T::BenchmarkHelper::paper_word(PaperAct::Issue(paper), &who);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), paper, word);

		assert_eq!(state::<T>(0), Some(DirectiveState::Superseded));
	}

	#[benchmark]
	fn end_directive_on_paper() {
		let chart = full_chart_with_paper::<T>();
		let (who, _) = T::BenchmarkHelper::staff(Role::Clinician);
		let act = PaperAct::Revoke { chart, id: directive(0) };
		let word = T::BenchmarkHelper::paper_word(act, &who);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), directive(0), word);

		assert_eq!(state::<T>(0), Some(DirectiveState::Revoked));
	}

	#[benchmark]
	fn mark_directive_entered_in_error_as_guardian() {
		let (key, _) = full_chart::<T>();
		let id = directive(0);
		let word = T::BenchmarkHelper::word(GuardianAct::EnterDirectiveInError { id });

		#[extrinsic_call]
		_(RawOrigin::Signed(key), id, word);

		assert_eq!(state::<T>(0), Some(DirectiveState::EnteredInError));
	}
}
