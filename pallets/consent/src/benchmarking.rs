//! Benchmarks of the calls.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::Time;
use frame_system::RawOrigin;
use salus_primitives::{
	codes::{DirectiveState, Role},
	decision::MAX_ACTIVE_DIRECTIVES,
	disclosure::MAX_DISCLOSURE_LEAVES,
	guardian::GuardianAct,
	ids::{ChartId, DirectiveId, OrganisationId, RequestId, Seal},
	order::{ChartAct, MAX_ORDERS},
};
use sp_runtime::AccountId32;

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
	fn mark_directive_entered_in_error_as_guardian() {
		let (key, _) = full_chart::<T>();
		let id = directive(0);
		let word = T::BenchmarkHelper::word(GuardianAct::EnterDirectiveInError { id });

		#[extrinsic_call]
		_(RawOrigin::Signed(key), id, word);

		assert_eq!(state::<T>(0), Some(DirectiveState::EnteredInError));
	}
}
