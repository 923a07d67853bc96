//! What the runtime APIs answer, and the decision.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::Time;
use salus_primitives::{
	break_glass::Emergency,
	codes::StandingReasons,
	decision::{
		decide, AccessQuery, Accessor, ActiveDirective, ChartFacts, Decision, Facts, RecordFacts,
	},
	directory::{ChartDirectory, GuardianDirectory, ProviderDirectory, RecordDirectory},
	ids::{ChartId, DirectiveId, OrganisationId, PractitionerId, RequestId, Seal},
	time::Moment,
	views::{DirectiveView, DisclosureRoot, RequestView},
};
use sp_runtime::AccountId32;

impl<T: Config> Pallet<T> {
	/// Decides an access by what the chain knows at this block. Answers with the block's time and
	/// the accessor's practitioner number.
	pub fn decide(query: &AccessQuery) -> (Decision, Moment, Option<PractitionerId>) {
		let at = T::Time::now();
		let (standing, practitioner) = match query.accessor {
			Accessor::Patient { .. } | Accessor::Guardian { .. } | Accessor::Bearer { .. } => {
				(StandingReasons::EMPTY, None)
			},
			Accessor::Staff { account, organisation, role } => {
				let account = AccountId32::new(account);
				(
					T::Providers::standing(&account, organisation, role, at),
					T::Providers::practitioner(&account),
				)
			},
		};
		let facts = Facts {
			at,
			standing,
			practitioner,
			record: Self::record(query),
			chart: Self::chart(&query.opening.terms.chart),
			guard: T::Guardians::guard(&query.opening.terms.chart),
			break_glass: match &query.emergency {
				Some(Emergency::Glass(shown)) => Self::break_glass_facts(shown, at),
				_ => None,
			},
			statement: match &query.emergency {
				Some(Emergency::Statement(shown)) => {
					Some(Self::statement_facts(shown, practitioner, at))
				},
				_ => None,
			},
		};
		(decide(&facts, query), at, practitioner)
	}

	/// The record asked about: the chain's own, or else the one that a batch is proven to hold with the
	/// leaf that its opening opens.
	fn record(query: &AccessQuery) -> Option<RecordFacts> {
		T::Records::record(&query.record).or_else(|| {
			let inclusion = query.inclusion.as_ref()?;
			T::Records::batched(&query.record, &query.opening.seal(), inclusion)
		})
	}

	/// The chart with its active directives.
	pub fn chart(chart: &ChartId) -> Option<ChartFacts> {
		let facts = T::Charts::chart(chart)?;
		Some(ChartFacts { directives: Self::active_directives(chart), ..facts })
	}

	/// The chart's active directives, oldest first. One whose details are lost has a seal that nothing
	/// opens, so that it denies rather than being forgotten.
	pub fn active_directives(chart: &ChartId) -> Vec<ActiveDirective> {
		ActiveDirectives::<T>::get(chart)
			.into_iter()
			.map(|id| match Directives::<T>::get(id) {
				Some(DirectiveDetails { seal, guardian, paper, .. }) => {
					ActiveDirective { id, seal, guardian, paper }
				},
				None => {
					let seal = Seal::default();
					ActiveDirective { id, seal, guardian: None, paper: None }
				},
			})
			.collect()
	}

	/// The directive.
	pub fn directive_view(id: DirectiveId) -> Option<DirectiveView> {
		let DirectiveDetails { chart, seal, state, replaces, guardian, paper } =
			Directives::<T>::get(id)?;
		Some(DirectiveView { id, chart, seal, state, replaces, guardian, paper })
	}

	/// The access request, with its state at the block's time.
	pub fn request_view(id: RequestId) -> Option<RequestView> {
		let details = Requests::<T>::get(id)?;
		let state = details.state(T::Time::now());
		let RequestDetails { requester, practitioner, organisation, seal, lapses, .. } = details;
		let requester = requester.into();
		Some(RequestView { id, requester, practitioner, organisation, seal, lapses, state })
	}

	/// The custodian's disclosure root with this number, from 0.
	pub fn disclosure_root(organisation: OrganisationId, number: u32) -> Option<DisclosureRoot> {
		DisclosureRoots::<T>::get(organisation, number)
	}

	/// How many disclosure roots the custodian has posted.
	pub fn disclosure_root_count(organisation: OrganisationId) -> u32 {
		DisclosureRootCounts::<T>::get(organisation)
	}
}
