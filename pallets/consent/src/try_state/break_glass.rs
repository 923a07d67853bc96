use crate::*;
use alloc::collections::BTreeSet;
use frame_support::ensure;
use salus_primitives::{
	break_glass::{BreakGlass, MAX_RENEWALS, VALIDITY},
	codes::ReviewOutcome,
	ids::{BreakGlassId, PractitionerId},
	time::Moment,
};
use sp_runtime::TryRuntimeError;

/// Whether the dates of one fit each other.
fn dates_fit(glass: &BreakGlass) -> bool {
	let most = VALIDITY.saturating_mul(Moment::from(glass.renewals).saturating_add(1));
	let last = glass.opened.saturating_add(most);
	let after = |at: Moment| glass.opened <= at;
	glass.renewals <= MAX_RENEWALS
		&& glass.opened < glass.until
		&& glass.until <= last
		&& glass.closed.is_none_or(|at| after(at) && at < glass.until)
		&& glass.posted.is_none_or(after)
		&& glass.confirmation.is_none_or(|by| after(by.at) && by.at <= glass.end())
		&& glass.own_account.is_none_or(|own| glass.end() <= own.at)
		&& glass.reviews.iter().all(|review| glass.end() <= review.at)
}

/// Whether its reviews are by houses apart, and only an inconclusive one was followed by another.
fn reviews_fit(glass: &BreakGlass) -> bool {
	let houses: BTreeSet<_> = glass.reviews.iter().map(|review| review.organisation).collect();
	let (_, earlier) = glass.reviews.split_last().unzip();
	let earlier: &[_] = earlier.unwrap_or_default();
	houses.len() == glass.reviews.len()
		&& !houses.contains(&glass.organisation)
		&& earlier.iter().all(|review| review.outcome == ReviewOutcome::Inconclusive)
}

impl<T: Config> Pallet<T> {
	pub(super) fn try_state_break_glass() -> Result<(), TryRuntimeError> {
		for (id, glass) in BreakGlasses::<T>::iter() {
			ensure!(dates_fit(&glass), "8: dates of a break-glass do not fit");
			ensure!(
				id.is_of_statement() == glass.posted.is_some(),
				"8: the id of a break-glass is not of its kind"
			);
			ensure!(reviews_fit(&glass), "9: reviews of a break-glass do not fit");
			let second = glass.confirmation.map(|by| by.practitioner);
			ensure!(
				second != Some(glass.practitioner),
				"9: a clinician is the second one of an own break-glass"
			);
		}
		Self::try_state_unsettled()?;
		Self::try_state_unaccounted()?;
		Self::try_state_privileges()
	}

	fn try_state_unsettled() -> Result<(), TryRuntimeError> {
		let count = UnsettledCount::<T>::get();
		for place in 0..count {
			let id = UnsettledBreakGlasses::<T>::get(place).ok_or("10: a place is empty")?;
			ensure!(UnsettledPlaces::<T>::get(id) == Some(place), "10: a place is not known");
			ensure!(
				BreakGlasses::<T>::get(id).is_some_and(|glass| !glass.is_settled()),
				"10: a place names nothing unsettled"
			);
		}
		let open = BreakGlasses::<T>::iter().filter(|(_, glass)| !glass.is_settled()).count();
		let listed = UnsettledBreakGlasses::<T>::iter().count();
		let placed = UnsettledPlaces::<T>::iter().count();
		ensure!(
			u32::try_from(open) == Ok(count) && listed == open && placed == open,
			"10: places are not those of what is unsettled"
		);
		Ok(())
	}

	fn try_state_unaccounted() -> Result<(), TryRuntimeError> {
		let mut listed = BTreeSet::new();
		for (practitioner, list) in UnaccountedBreakGlasses::<T>::iter() {
			ensure!(!list.is_empty(), "11: an empty list of what is unaccounted is stored");
			for id in list {
				Self::ensure_owed(practitioner, id, false)?;
				ensure!(listed.insert(id), "11: one is listed twice as unaccounted");
			}
		}
		for (practitioner, list) in UnaccountedPosted::<T>::iter() {
			ensure!(!list.is_empty(), "11: an empty list of what is unaccounted is stored");
			for id in list {
				Self::ensure_owed(practitioner, id, true)?;
				ensure!(listed.insert(id), "11: one is listed twice as unaccounted");
			}
		}
		for (practitioner, id, ()) in FurtherPosted::<T>::iter() {
			Self::ensure_owed(practitioner, id, true)?;
			ensure!(listed.insert(id), "11: one is listed twice as unaccounted");
			ensure!(
				UnaccountedPosted::<T>::get(practitioner).is_full(),
				"11: a posted one waits for a place that is free"
			);
		}
		ensure!(
			BreakGlasses::<T>::iter()
				.all(|(id, glass)| glass.own_account.is_some() || listed.contains(&id)),
			"11: one without own account is not listed"
		);
		Ok(())
	}

	/// That what is listed as unaccounted is so, of this practitioner, and posted or not.
	fn ensure_owed(
		practitioner: PractitionerId,
		id: BreakGlassId,
		posted: bool,
	) -> Result<(), TryRuntimeError> {
		ensure!(
			BreakGlasses::<T>::get(id).is_some_and(|glass| {
				glass.practitioner == practitioner
					&& glass.own_account.is_none()
					&& glass.posted.is_some() == posted
			}),
			"11: what is listed as unaccounted is not"
		);
		Ok(())
	}

	fn try_state_privileges() -> Result<(), TryRuntimeError> {
		for (practitioner, (id, at)) in WithdrawnPrivileges::<T>::iter() {
			ensure!(
				BreakGlasses::<T>::get(id).is_some_and(|glass| {
					glass.practitioner == practitioner
						&& glass.reviews.iter().any(|review| {
							review.outcome == ReviewOutcome::Unjustified && review.at == at
						})
				}),
				"12: a privilege is withdrawn without an unjustified break-glass"
			);
		}
		for (_, recent) in RecentBreakGlasses::<T>::iter() {
			ensure!(
				!recent.is_empty() && recent.is_sorted(),
				"13: recent openings are empty or out of order"
			);
		}
		Ok(())
	}
}
