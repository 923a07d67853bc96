//! What befalls a chart after it was opened: other keys, guardians, closing and death.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::{DispatchError, DispatchResult},
	traits::Time,
};
use functions::{is_signed, ENROLLING_ROLES};
use salus_primitives::{
	codes::{ChartState, Role},
	directory::{Enrolment, GuardianDirectory, HoldingDirectory, ProviderDirectory},
	enrolment::{KeyStatement, REKEYING_DOMAIN, ROTATION_DOMAIN},
	guardian::GuardianAct,
	ids::{AccountBytes, ChartId, GuardRoot, OrganisationId},
	views::{Contest, DeathReport, Rekeying},
};
use sp_runtime::AccountId32;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_rotate_key(
		who: T::AccountId,
		chart: ChartId,
		new: NewKeyOf,
	) -> DispatchResult {
		let details = Self::own_chart(&who, &chart)?;
		Self::ensure_settled(&chart, &details)?;
		Self::ensure_willing(ROTATION_DOMAIN, &chart, &details, &new)?;

		EnrolledKeys::<T>::insert(AccountId32::new(new.key), chart);
		Self::hand_over(chart, details, new.key);
		Self::deposit_event(Event::KeyRotated { chart });
		Ok(())
	}

	pub(crate) fn do_set_guard(
		who: T::AccountId,
		chart: ChartId,
		guard: Option<GuardRoot>,
	) -> DispatchResult {
		let details = Self::own_chart(&who, &chart)?;
		Self::ensure_settled(&chart, &details)?;

		Guards::<T>::set(chart, guard);
		Self::deposit_event(Event::GuardSet { chart });
		Ok(())
	}

	pub(crate) fn do_start_rekeying(
		who: T::AccountId,
		chart: ChartId,
		new: NewKeyOf,
	) -> DispatchResult {
		// Whoever starts has seen the patient; a machine has not.
		let details = Self::chart_of_staff(&who, &chart, &[Role::RecordsOfficer])?;
		ensure!(!Rekeyings::<T>::contains_key(chart), Error::<T>::RekeyingOpen);
		Self::ensure_willing(REKEYING_DOMAIN, &chart, &details, &new)?;

		let ready = T::Time::now().saturating_add(RekeyingDelay::<T>::get());
		// From here on the key is this chart's or nobody's, also if it is cancelled.
		EnrolledKeys::<T>::insert(AccountId32::new(new.key), chart);
		Rekeyings::<T>::insert(chart, Rekeying { key: new.key, ready });
		Self::deposit_event(Event::RekeyingStarted { chart, ready });
		Ok(())
	}

	pub(crate) fn do_cancel_rekeying(who: T::AccountId, chart: ChartId) -> DispatchResult {
		let details = Self::chart_of_key_or_staff(&who, &chart, &[Role::RecordsOfficer])?;
		ensure!(Rekeyings::<T>::contains_key(chart), Error::<T>::NoRekeying);
		if is_key(&who, &details) {
			let Contest { cancellations, upheld } = Contests::<T>::get(chart).unwrap_or_default();
			ensure!(!upheld, Error::<T>::RekeyingUpheld);
			let cancellations = cancellations.saturating_add(1);
			Contests::<T>::insert(chart, Contest { cancellations, upheld });
		}

		Rekeyings::<T>::remove(chart);
		Self::deposit_event(Event::RekeyingCancelled { chart });
		Ok(())
	}

	pub(crate) fn do_complete_rekeying(who: T::AccountId, chart: ChartId) -> DispatchResult {
		let details = Self::chart_of_staff(&who, &chart, &ENROLLING_ROLES)?;
		let Rekeying { key, ready } = Rekeyings::<T>::get(chart).ok_or(Error::<T>::NoRekeying)?;
		ensure!(ready <= T::Time::now(), Error::<T>::TooEarly);

		Rekeyings::<T>::remove(chart);
		Contests::<T>::remove(chart);
		// The key was nobody's when it gave its word, and has been this chart's since. Whoever let it in
		// meanwhile takes nothing from the patient.
		Self::hand_over(chart, details, key);
		Self::deposit_event(Event::ChartRekeyed { chart });
		Ok(())
	}

	pub(crate) fn do_uphold_rekeying(chart: ChartId, upheld: bool) -> DispatchResult {
		ensure!(Charts::<T>::contains_key(chart), Error::<T>::ChartUnknown);
		let contest = Contests::<T>::get(chart).ok_or(Error::<T>::NotContested)?;
		ensure!(contest.upheld != upheld, Error::<T>::NothingToChange);

		Contests::<T>::insert(chart, Contest { upheld, ..contest });
		Self::deposit_event(Event::RekeyingUpheld { chart, upheld });
		Ok(())
	}

	pub(crate) fn do_deactivate(who: T::AccountId, chart: ChartId) -> DispatchResult {
		let details = Self::own_chart(&who, &chart)?;
		Self::change_state(chart, details, ChartState::Active, ChartState::Deactivated)
	}

	pub(crate) fn do_reactivate(who: T::AccountId, chart: ChartId) -> DispatchResult {
		let details = Self::own_chart(&who, &chart)?;
		Self::change_state(chart, details, ChartState::Deactivated, ChartState::Active)
	}

	pub(crate) fn do_report_death(who: T::AccountId, chart: ChartId) -> DispatchResult {
		let details = Self::chart_of_staff(&who, &chart, &[Role::Clinician])?;
		let practitioner = T::Providers::practitioner(&who).ok_or(Error::<T>::NotAuthorised)?;
		ensure!(details.state != ChartState::Deceased, Error::<T>::Deceased);

		let report = DeathReport { practitioner, at: T::Time::now(), before: details.state };
		DeathReports::<T>::insert(chart, report);
		Charts::<T>::insert(chart, ChartDetails { state: ChartState::Deceased, ..details });
		Self::deposit_event(Event::DeathReported { chart, practitioner });
		Ok(())
	}

	pub(crate) fn do_dispute_death(who: T::AccountId, chart: ChartId) -> DispatchResult {
		let details = Self::chart_of_key_or_staff(&who, &chart, &[Role::Clinician])?;
		let report = DeathReports::<T>::get(chart).ok_or(Error::<T>::NotDeceased)?;
		Self::undo_death(chart, details, report);
		Ok(())
	}

	pub(crate) fn do_dispute_death_as_guardian(chart: ChartId, word: &WordOf) -> DispatchResult {
		let details = Charts::<T>::get(chart).ok_or(Error::<T>::ChartUnknown)?;
		let report = DeathReports::<T>::get(chart).ok_or(Error::<T>::NotDeceased)?;
		let act = GuardianAct::DisputeDeath { reported: report.at };
		<Self as GuardianDirectory>::admit(&chart, &act, word)?;
		Self::undo_death(chart, details, report);
		Ok(())
	}

	fn undo_death(chart: ChartId, details: ChartDetails, report: DeathReport) {
		DeathReports::<T>::remove(chart);
		Charts::<T>::insert(chart, ChartDetails { state: report.before, ..details });
		Self::deposit_event(Event::DeathDisputed { chart });
	}

	fn change_state(
		chart: ChartId,
		details: ChartDetails,
		from: ChartState,
		to: ChartState,
	) -> DispatchResult {
		ensure!(details.state != ChartState::Deceased, Error::<T>::Deceased);
		ensure!(details.state == from, Error::<T>::NothingToChange);

		Charts::<T>::insert(chart, ChartDetails { state: to, ..details });
		Self::deposit_event(Event::ChartStateChanged { chart, state: to });
		Ok(())
	}

	/// Gives the chart its next key and lets that in. The one before stays an account, and a key of
	/// this chart that acts for nothing.
	fn hand_over(chart: ChartId, details: ChartDetails, key: AccountBytes) {
		T::Enrolment::enrol(&AccountId32::new(key));
		Charts::<T>::insert(chart, ChartDetails { key, ..details });
	}

	/// The chart, if this is its current key.
	fn own_chart(who: &T::AccountId, chart: &ChartId) -> Result<ChartDetails, DispatchError> {
		let details = Charts::<T>::get(chart).ok_or(Error::<T>::ChartUnknown)?;
		ensure!(is_key(who, &details), Error::<T>::NotTheChartsKey);
		Ok(details)
	}

	/// Who keeps the chart now.
	pub(crate) fn custodian(details: &ChartDetails) -> OrganisationId {
		T::Holdings::keeper(details.custodian)
	}

	/// The chart, if this is its current key, or staff of its custodian in one of these roles.
	fn chart_of_key_or_staff(
		who: &T::AccountId,
		chart: &ChartId,
		roles: &[Role],
	) -> Result<ChartDetails, DispatchError> {
		let details = Charts::<T>::get(chart).ok_or(Error::<T>::ChartUnknown)?;
		let may = is_key(who, &details)
			|| T::Providers::may_act(who, Self::custodian(&details), roles, T::Time::now());
		ensure!(may, Error::<T>::NotTheChartsKey);
		Ok(details)
	}

	/// That the patient is not reported dead, and that nobody questions the chart's key: a thief must
	/// not lock out the patient's copy of it, or shed guardians, while a re-keying waits.
	fn ensure_settled(chart: &ChartId, details: &ChartDetails) -> DispatchResult {
		ensure!(details.state != ChartState::Deceased, Error::<T>::Deceased);
		ensure!(!Rekeyings::<T>::contains_key(chart), Error::<T>::RekeyingOpen);
		Ok(())
	}

	/// The chart, if this is staff of its custodian in one of these roles.
	fn chart_of_staff(
		who: &T::AccountId,
		chart: &ChartId,
		roles: &[Role],
	) -> Result<ChartDetails, DispatchError> {
		let details = Charts::<T>::get(chart).ok_or(Error::<T>::ChartUnknown)?;
		ensure!(
			T::Providers::may_act(who, Self::custodian(&details), roles, T::Time::now()),
			Error::<T>::NotAuthorised
		);
		Ok(details)
	}

	/// That a key which is nobody's yet gave its word to follow on this chart.
	fn ensure_willing(
		domain: [u8; 16],
		chart: &ChartId,
		details: &ChartDetails,
		new: &NewKeyOf,
	) -> DispatchResult {
		Self::ensure_in_time(new.expires, T::Time::now())?;
		Self::ensure_new(new.key)?;
		let statement = KeyStatement {
			domain,
			genesis: Self::genesis(),
			custodian: Self::custodian(details),
			chart: *chart,
			key: new.key,
			expires: new.expires,
		};
		ensure!(
			is_signed(&statement.signable(), new.key, &new.signature),
			Error::<T>::BadSignature
		);
		Ok(())
	}
}

/// Whether this is the chart's current key.
fn is_key(who: &AccountId32, chart: &ChartDetails) -> bool {
	*who == AccountId32::new(chart.key)
}
