use crate::*;
use alloc::vec::Vec;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{ChartState, DirectiveState, RequestState, Role, StandingReason},
	decision::ChartFacts,
	directory::{ChartDirectory, GuardianDirectory, OrderDirectory, ProviderDirectory},
	disclosure::MAX_DISCLOSURE_LEAVES,
	guardian::{ActingGuardian, GuardianAct},
	ids::{ChartId, DirectiveId, OrganisationId, RequestId, Seal},
	order::ChartAct,
	time::Moment,
	views::DisclosureRoot,
};
use sp_runtime::{AccountId32, DispatchError};

/// Who may ask for access.
const REQUESTING_ROLES: [Role; 2] = [Role::Clinician, Role::Pharmacist];

impl<T: Config> Pallet<T> {
	pub(crate) fn do_issue_directive(
		by: Actor,
		chart: ChartId,
		id: DirectiveId,
		seal: Seal,
		replaces: Option<DirectiveId>,
	) -> DispatchResult {
		let facts = T::Charts::chart(&chart).ok_or(Error::<T>::ChartUnknown)?;
		let act = GuardianAct::IssueDirective { id, seal, replaces };
		let issuer = Self::ensure_may_act(&facts, &act, by)?;
		Self::enter_directive(&facts, id, seal, replaces, &issuer).map(|_| ())
	}

	/// Issues it for whoever may; tells whether it is new.
	pub(crate) fn enter_directive(
		facts: &ChartFacts,
		id: DirectiveId,
		seal: Seal,
		replaces: Option<DirectiveId>,
		issuer: &Issuer,
	) -> Result<bool, DispatchError> {
		let chart = facts.chart;
		let (guardian, paper) = issuer.shown();
		if let Some(known) = Directives::<T>::get(id) {
			let key = |by: Option<ActingGuardian>| by.map(|guardian| guardian.key);
			let same = known.chart == chart
				&& known.seal == seal
				&& known.replaces == replaces
				&& key(known.guardian) == key(guardian)
				&& known.paper == paper;
			ensure!(same, Error::<T>::AlreadyExists);
			return Ok(false);
		}
		ensure!(facts.state == ChartState::Active, Error::<T>::ChartNotActive);
		let mut active = ActiveDirectives::<T>::get(chart);
		let replaced = replaces.map(|replaced| Self::active_on(&chart, replaced)).transpose()?;
		if let Some((replaced, details)) = &replaced {
			Self::ensure_may_end(issuer, details)?;
			active.retain(|listed| listed != replaced);
		}
		match issuer {
			Issuer::Key => {},
			Issuer::Guardian(guardian) => Self::ensure_within_share(guardian, &active)?,
			Issuer::Paper(_) => Self::ensure_room_for_paper(&active)?,
		}
		active.try_push(id).map_err(|_| Error::<T>::TooManyDirectives)?;
		let number = DirectiveCounts::<T>::get(chart);
		let count = number.checked_add(1).ok_or(Error::<T>::SequenceFull)?;

		ActiveDirectives::<T>::insert(chart, active);
		DirectiveSequence::<T>::insert(chart, number, id);
		DirectiveCounts::<T>::insert(chart, count);
		let state = DirectiveState::Active;
		let details = DirectiveDetails { chart, seal, state, replaces, guardian, paper };
		Directives::<T>::insert(id, details);
		Self::deposit_event(Event::DirectiveIssued { chart, number, directive: id });
		if let Some((replaced, mut details)) = replaced {
			details.state = DirectiveState::Superseded;
			Directives::<T>::insert(replaced, details);
			Self::deposit_event(Event::DirectiveSuperseded { chart, directive: replaced, by: id });
		}
		Ok(true)
	}

	pub(crate) fn do_revoke_directive(by: Actor, id: DirectiveId) -> DispatchResult {
		let act = GuardianAct::RevokeDirective { id };
		let chart = Self::do_end_directive(by, id, &act, DirectiveState::Revoked)?;
		Self::deposit_event(Event::DirectiveRevoked { chart, directive: id });
		Ok(())
	}

	pub(crate) fn do_mark_directive_entered_in_error(by: Actor, id: DirectiveId) -> DispatchResult {
		let act = GuardianAct::EnterDirectiveInError { id };
		let chart = Self::do_end_directive(by, id, &act, DirectiveState::EnteredInError)?;
		Self::deposit_event(Event::DirectiveEnteredInError { chart, directive: id });
		Ok(())
	}

	/// Takes the directive out of its chart's active list and gives it this state. Its issuer can in
	/// every state of the chart: what is permitted can always be ended.
	fn do_end_directive(
		by: Actor,
		id: DirectiveId,
		act: &GuardianAct,
		state: DirectiveState,
	) -> Result<ChartId, DispatchError> {
		let details = Directives::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let chart = details.chart;
		let facts = T::Charts::chart(&chart).ok_or(Error::<T>::ChartUnknown)?;
		let by = Self::ensure_may_act(&facts, act, by)?;
		Self::ensure_may_end(&by, &details)?;
		if let Issuer::Guardian(guardian) = &by {
			// Nobody overrules the dead, who can not object.
			let own = details.guardian.is_some_and(|issuer| guardian.is(&issuer));
			ensure!(own || facts.state != ChartState::Deceased, Error::<T>::ChartNotActive);
		}
		Self::end(id, details, state)?;
		Ok(chart)
	}

	/// Ends it for whoever may.
	pub(crate) fn end(
		id: DirectiveId,
		details: DirectiveDetails,
		state: DirectiveState,
	) -> DispatchResult {
		ensure!(details.state == DirectiveState::Active, Error::<T>::NotActive);
		ActiveDirectives::<T>::mutate_exists(details.chart, |list| {
			let mut active = list.take().unwrap_or_default();
			active.retain(|listed| *listed != id);
			*list = Some(active).filter(|active| !active.is_empty());
		});
		Directives::<T>::insert(id, DirectiveDetails { state, ..details });
		Ok(())
	}

	pub(crate) fn do_request_access(
		who: T::AccountId,
		organisation: OrganisationId,
		id: RequestId,
		seal: Seal,
		lapses: Moment,
	) -> DispatchResult {
		let now = T::Time::now();
		ensure!(
			T::Providers::may_act(&who, organisation, &REQUESTING_ROLES, now),
			Error::<T>::NotAuthorised
		);
		let practitioner = T::Providers::practitioner(&who).ok_or(Error::<T>::NotAPractitioner)?;
		if let Some(known) = Requests::<T>::get(id) {
			let same = known.requester == who
				&& known.organisation == organisation
				&& known.seal == seal
				&& known.lapses == lapses;
			ensure!(same, Error::<T>::AlreadyExists);
			return Ok(());
		}
		ensure!(lapses > now, Error::<T>::LapsesTooEarly);
		ensure!(lapses <= now.saturating_add(MAX_REQUEST_VALIDITY), Error::<T>::LapsesTooLate);

		let details = RequestDetails {
			requester: who,
			practitioner,
			organisation,
			seal,
			lapses,
			withdrawn: false,
		};
		Requests::<T>::insert(id, details);
		Self::deposit_event(Event::AccessRequested { request: id, organisation, practitioner });
		Ok(())
	}

	pub(crate) fn do_withdraw_request(who: T::AccountId, id: RequestId) -> DispatchResult {
		let details = Requests::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(details.requester == who, Error::<T>::NotTheRequester);
		let state = details.state(T::Time::now());
		ensure!(state == RequestState::Requested, Error::<T>::NotOpen);

		Requests::<T>::insert(id, RequestDetails { withdrawn: true, ..details });
		Self::deposit_event(Event::RequestWithdrawn { request: id });
		Ok(())
	}

	pub(crate) fn do_post_disclosure_root(
		who: T::AccountId,
		organisation: OrganisationId,
		root: [u8; 32],
		leaves: u32,
	) -> DispatchResult {
		let at = T::Time::now();
		// A custodian that is suspended or has lost its licence must still give evidence of what it
		// disclosed.
		let reasons = T::Providers::membership(&who, organisation, Role::System)
			.without(StandingReason::OrganisationSuspended);
		ensure!(reasons.is_empty(), Error::<T>::NotAuthorised);
		ensure!(is_leaf_count(leaves), Error::<T>::InvalidLeafCount);
		let number = DisclosureRootCounts::<T>::get(organisation);
		let count = number.checked_add(1).ok_or(Error::<T>::SequenceFull)?;

		DisclosureRoots::<T>::insert(organisation, number, DisclosureRoot { root, leaves, at });
		DisclosureRootCounts::<T>::insert(organisation, count);
		Self::deposit_event(Event::DisclosureRootPosted { organisation, number });
		Ok(())
	}

	/// Does what each order says. One that is refused does nothing and is told; the others take
	/// effect, so that nobody's order hangs on another's.
	pub(crate) fn do_submit_orders(orders: &[OrderOf]) {
		for order in orders {
			let by = Actor::Order(order);
			let done = match order.act {
				ChartAct::IssueDirective { id, seal, replaces } => {
					Self::do_issue_directive(by, order.chart, id, seal, replaces)
				},
				ChartAct::RevokeDirective { id } => Self::do_revoke_directive(by, id),
				ChartAct::EnterDirectiveInError { id } => {
					Self::do_mark_directive_entered_in_error(by, id)
				},
			};
			if let Err(error) = done {
				let (chart, directive) = (order.chart, order.act.directive());
				Self::deposit_event(Event::OrderRefused { chart, directive, error });
			}
		}
	}

	/// Who acts: a guardian, or the chart's key.
	fn ensure_may_act(
		chart: &ChartFacts,
		act: &GuardianAct,
		by: Actor,
	) -> Result<Issuer, DispatchError> {
		match by {
			Actor::Signer(who) => {
				ensure!(*who == AccountId32::new(chart.key), Error::<T>::NotTheChartsKey);
				Ok(Issuer::Key)
			},
			Actor::Guardian(word) => {
				let guardian = T::Guardians::admit(&chart.chart, act, word);
				guardian.map(Issuer::Guardian).map_err(Into::into)
			},
			Actor::Order(order) => {
				// The order names its chart, which the directive it ends must be on.
				ensure!(order.chart == chart.chart, Error::<T>::NotTheChartsKey);
				T::Orders::admit(order).map(|()| Issuer::Key).map_err(Into::into)
			},
		}
	}

	/// That whoever acts may end this directive; the chart's key may end any.
	fn ensure_may_end(by: &Issuer, directive: &DirectiveDetails) -> DispatchResult {
		match by {
			Issuer::Key => {},
			Issuer::Guardian(guardian) => {
				let may = guardian.may_end(directive.guardian.as_ref());
				ensure!(may, Error::<T>::NotTheGuardiansToEnd);
			},
			Issuer::Paper(_) => ensure!(directive.paper.is_some(), Error::<T>::NotOnPaper),
		}
		Ok(())
	}

	/// That one more directive leaves other guardians and the patient their places in this list.
	fn ensure_within_share(guardian: &ActingGuardian, active: &ActiveList) -> DispatchResult {
		let listed: Vec<_> = active.iter().filter_map(Directives::<T>::get).collect();
		let is_own = |one: &DirectiveDetails| one.guardian.is_some_and(|by| guardian.is(&by));
		let own = listed.iter().filter(|one| is_own(one)).count();
		ensure!(own < MAX_ACTIVE_OF_GUARDIAN, Error::<T>::TooManyOfGuardian);
		let of_others = listed.iter().filter(|one| one.guardian.is_some() || one.paper.is_some());
		ensure!(of_others.count() < MAX_ACTIVE_OF_GUARDIANS, Error::<T>::TooManyOfGuardians);
		Ok(())
	}

	/// The directive, if it is active on this chart.
	fn active_on(
		chart: &ChartId,
		id: DirectiveId,
	) -> Result<(DirectiveId, DirectiveDetails), Error<T>> {
		Directives::<T>::get(id)
			.filter(|details| details.chart == *chart && details.state == DirectiveState::Active)
			.map(|details| (id, details))
			.ok_or(Error::<T>::ReplacedNotActive)
	}
}

/// Whether a batch of disclosures can have this many leaves.
pub(crate) fn is_leaf_count(leaves: u32) -> bool {
	leaves.is_power_of_two() && leaves <= MAX_DISCLOSURE_LEAVES
}

impl<AccountId> RequestDetails<AccountId> {
	/// Its state at this moment.
	pub fn state(&self, at: Moment) -> RequestState {
		if self.withdrawn {
			RequestState::Withdrawn
		} else if self.lapses <= at {
			RequestState::Lapsed
		} else {
			RequestState::Requested
		}
	}
}
