//! What others ask: standing, and what credentials need to know of organisations.

use crate::{
	Config, FormerAccounts, Heads, Organisations, Pallet, PractitionerOf, Practitioners, Staff,
	Supervisors,
};
use frame_support::traits::Time;
use salus_primitives::{
	codes::{
		DrugSchedule, LicenceClasses, OrganisationState, Role, StandingFlags, StandingReason,
		StandingReasons,
	},
	credential::{House, Licensed, Need},
	directory::{CredentialDirectory, OrganisationDirectory, ProviderDirectory},
	ids::{OrganisationId, PractitionerId},
	time::Moment,
	views::StandingView,
};

/// Why nobody can act for an organisation in this state.
const fn inactive(state: OrganisationState) -> Option<StandingReason> {
	match state {
		OrganisationState::Active => None,
		OrganisationState::Applied => Some(StandingReason::OrganisationNotAdmitted),
		OrganisationState::Suspended => Some(StandingReason::OrganisationSuspended),
		OrganisationState::Withdrawn => Some(StandingReason::OrganisationWithdrawn),
	}
}

impl<T: Config> ProviderDirectory<T::AccountId> for Pallet<T> {
	fn standing(
		account: &T::AccountId,
		organisation: OrganisationId,
		role: Role,
		at: Moment,
	) -> StandingReasons {
		Self::judge(account, organisation, role, None, at).0
	}

	fn membership(
		account: &T::AccountId,
		organisation: OrganisationId,
		role: Role,
	) -> StandingReasons {
		let Some(house) = Organisations::<T>::get(organisation) else {
			return StandingReasons::of(&[StandingReason::OrganisationUnknown]);
		};
		let staff_reason = match Staff::<T>::get(organisation, account) {
			None => Some(StandingReason::NotStaff),
			Some(member) if !member.roles.contains(role) => Some(StandingReason::RoleNotHeld),
			Some(_) => None,
		};
		inactive(house.state).into_iter().chain(staff_reason).collect()
	}

	fn intake(organisation: OrganisationId, at: Moment) -> StandingReasons {
		match Organisations::<T>::get(organisation) {
			None => StandingReasons::of(&[StandingReason::OrganisationUnknown]),
			Some(found) => {
				let house = found.house(organisation);
				let intake = T::Credentials::authorisation(&house, None, at).intake;
				intake.union(inactive(found.state).into_iter().collect())
			},
		}
	}

	fn practitioner(account: &T::AccountId) -> Option<PractitionerId> {
		PractitionerOf::<T>::get(account)
	}

	fn practitioner_ever(account: &T::AccountId) -> Option<PractitionerId> {
		PractitionerOf::<T>::get(account)
			.or_else(|| FormerAccounts::<T>::get(account).map(|(practitioner, _)| practitioner))
	}

	fn practitioner_then(account: &T::AccountId, at: Moment) -> Option<PractitionerId> {
		FormerAccounts::<T>::get(account)
			.filter(|(_, until)| at <= *until)
			.map(|(practitioner, _)| practitioner)
			.or_else(|| PractitionerOf::<T>::get(account))
	}

	fn is_independent(
		practitioner: PractitionerId,
		account: &T::AccountId,
		house: OrganisationId,
		(who, reviewer): (&T::AccountId, OrganisationId),
	) -> bool {
		Practitioners::<T>::get(practitioner).is_some_and(|known| {
			!Self::are_affiliated(house, reviewer)
				&& !Staff::<T>::contains_key(reviewer, known.account)
				&& !Staff::<T>::contains_key(reviewer, account)
				&& !Staff::<T>::contains_key(house, who)
		})
	}
}

impl<T: Config> OrganisationDirectory<T::AccountId> for Pallet<T> {
	fn organisation(organisation: OrganisationId) -> Option<(House, OrganisationState)> {
		let found = Organisations::<T>::get(organisation)?;
		Some((found.house(organisation), found.state))
	}

	fn membership(
		account: &T::AccountId,
		organisation: OrganisationId,
		role: Role,
	) -> StandingReasons {
		<Self as ProviderDirectory<T::AccountId>>::membership(account, organisation, role)
	}

	fn are_affiliated(one: OrganisationId, other: OrganisationId) -> bool {
		let head = |member| Heads::<T>::get(member).unwrap_or(member);
		head(one) == head(other)
	}

	fn is_practitioner(practitioner: PractitionerId) -> bool {
		Practitioners::<T>::contains_key(practitioner)
	}

	fn practitioner(account: &T::AccountId) -> Option<PractitionerId> {
		PractitionerOf::<T>::get(account)
	}
}

impl<T: Config> Pallet<T> {
	/// Why an account may not act, and what should be known.
	fn judge(
		account: &T::AccountId,
		organisation: OrganisationId,
		role: Role,
		schedule: Option<DrugSchedule>,
		at: Moment,
	) -> (StandingReasons, StandingFlags) {
		let mut reasons =
			<Self as ProviderDirectory<T::AccountId>>::membership(account, organisation, role);
		let Some(found) = Organisations::<T>::get(organisation) else {
			return (reasons, StandingFlags::EMPTY);
		};
		let house = found.house(organisation);
		let authorisation = T::Credentials::authorisation(&house, schedule, at);
		let mut flags = authorisation.flags;
		// Controlled drugs take the house's own licences, whoever handles them.
		if role.practises() || schedule.is_some() {
			reasons = reasons.union(authorisation.practice);
		}
		if !role.licence_classes().is_empty() {
			let need = Need { place: house.place, site: Some(organisation), schedule, at };
			match Self::licensed(account, role.licence_classes(), &need) {
				Ok(Licensed { supervised, classes, flags: known }) => {
					flags = flags.union(known);
					if supervised && !Self::is_supervised(account, role, classes, &need) {
						reasons = reasons.with(StandingReason::SupervisorMissing);
					}
				},
				Err(shortfalls) => reasons = reasons.union(shortfalls),
			}
		}
		(reasons, flags)
	}

	/// Whether the account's practitioner holds a licence of one of these classes.
	fn licensed(
		account: &T::AccountId,
		classes: LicenceClasses,
		need: &Need,
	) -> Result<Licensed, StandingReasons> {
		let practitioner = PractitionerOf::<T>::get(account)
			.ok_or(StandingReasons::of(&[StandingReason::NotAPractitioner]))?;
		T::Credentials::practitioner_licensed(practitioner, classes, need)
	}

	/// Whether the account's practitioner works under someone at the organisation who may act in
	/// the same role without a supervisor, by a licence of one of these classes: no nurse supervises
	/// a physician.
	fn is_supervised(
		account: &T::AccountId,
		role: Role,
		classes: LicenceClasses,
		need: &Need,
	) -> bool {
		let supervisor = || {
			let site = need.site?;
			let practitioner = PractitionerOf::<T>::get(account)?;
			let supervisor = Supervisors::<T>::get(site, practitioner)?;
			Some((site, Practitioners::<T>::get(supervisor)?.account))
		};
		supervisor().is_some_and(|(site, supervisor)| {
			<Self as ProviderDirectory<T::AccountId>>::membership(&supervisor, site, role)
				.is_empty() && Self::licensed(&supervisor, classes, need)
				.is_ok_and(|found| !found.supervised)
		})
	}

	/// Why an account may not act in a role for an organisation, and what should be known. A moment
	/// before the block's time is asked of a past block: here it counts as now.
	pub fn standing_view(
		account: &T::AccountId,
		organisation: OrganisationId,
		role: Role,
		schedule: Option<DrugSchedule>,
		at: Option<Moment>,
	) -> StandingView {
		let now = T::Time::now();
		let at = at.unwrap_or(now).max(now);
		let (reasons, flags) = Self::judge(account, organisation, role, schedule, at);
		StandingView { reasons, flags, at }
	}
}
