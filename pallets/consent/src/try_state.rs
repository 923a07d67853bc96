mod asks;
mod break_glass;

use crate::*;
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::ensure;
use functions::is_leaf_count;
use salus_primitives::{
	codes::DirectiveState,
	directory::ChartDirectory,
	ids::{ChartId, DirectiveId},
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the crate's documentation.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_numbers()?;
		Self::try_state_active()?;
		Self::try_state_replaced()?;
		Self::try_state_paper()?;
		Self::try_state_roots()?;
		Self::try_state_break_glass()?;
		Self::try_state_asks()
	}

	fn try_state_numbers() -> Result<(), TryRuntimeError> {
		for (chart, count) in DirectiveCounts::<T>::iter() {
			ensure!(
				(0..count).all(|number| DirectiveSequence::<T>::contains_key(chart, number)),
				"1: a chart's numbers have a gap"
			);
		}
		let mut numbered = BTreeSet::new();
		for (chart, number, directive) in DirectiveSequence::<T>::iter() {
			ensure!(
				number < DirectiveCounts::<T>::get(chart),
				"1: a number lies beyond its chart's count"
			);
			ensure!(
				Directives::<T>::get(directive).is_some_and(|details| details.chart == chart),
				"2: a number names no directive of its chart"
			);
			ensure!(numbered.insert(directive), "2: a directive has two numbers");
		}
		for (directive, details) in Directives::<T>::iter() {
			ensure!(numbered.contains(&directive), "2: a directive has no number");
			ensure!(
				T::Charts::chart(&details.chart).is_some(),
				"5: a directive's chart is unknown"
			);
		}
		Ok(())
	}

	fn try_state_active() -> Result<(), TryRuntimeError> {
		for (chart, count) in DirectiveCounts::<T>::iter() {
			let active = Self::numbered_and_active(chart, count);
			ensure!(
				ActiveDirectives::<T>::get(chart).into_inner() == active,
				"3: the active list is not the chart's active directives in order"
			);
		}
		for (chart, list) in ActiveDirectives::<T>::iter() {
			ensure!(!list.is_empty(), "3: an empty active list is stored");
			ensure!(
				DirectiveCounts::<T>::contains_key(chart),
				"3: an active list belongs to a chart without directives"
			);
			let mut of_each = BTreeMap::<_, usize>::new();
			for guardian in list.iter().filter_map(|id| Directives::<T>::get(id)?.guardian) {
				let count = of_each.entry(guardian.key).or_default();
				*count = count.saturating_add(1);
			}
			let (of_guardians, on_paper) = Self::shares(&list);
			ensure!(
				of_each.values().all(|count| *count <= MAX_ACTIVE_OF_GUARDIAN)
					&& of_guardians.saturating_add(on_paper) <= MAX_ACTIVE_OF_GUARDIANS,
				"7: guardians have more active directives than their share"
			);
			ensure!(
				on_paper <= MAX_ACTIVE_ON_PAPER,
				"14: a chart has more active directives on paper than it can"
			);
		}
		Ok(())
	}

	fn numbered_and_active(chart: ChartId, count: u32) -> Vec<DirectiveId> {
		(0..count)
			.filter_map(|number| DirectiveSequence::<T>::get(chart, number))
			.filter(|directive| {
				Directives::<T>::get(directive)
					.is_some_and(|details| details.state == DirectiveState::Active)
			})
			.collect()
	}

	fn try_state_replaced() -> Result<(), TryRuntimeError> {
		let mut replaced = BTreeSet::new();
		for (_, details) in Directives::<T>::iter() {
			let Some(earlier) = details.replaces else { continue };
			ensure!(
				Directives::<T>::get(earlier).is_some_and(|earlier| {
					earlier.chart == details.chart && earlier.state == DirectiveState::Superseded
				}),
				"4: a replaced directive is unknown, on another chart or not superseded"
			);
			ensure!(replaced.insert(earlier), "4: a directive is replaced twice");
		}
		ensure!(
			Directives::<T>::iter().all(|(directive, details)| {
				details.state != DirectiveState::Superseded || replaced.contains(&directive)
			}),
			"4: a superseded directive is replaced by none"
		);
		Ok(())
	}

	fn try_state_paper() -> Result<(), TryRuntimeError> {
		for (_, details) in Directives::<T>::iter() {
			let Some(paper) = details.paper else { continue };
			ensure!(
				paper.submitter != paper.witness && details.guardian.is_none(),
				"14: not two witnesses alone stand for paper"
			);
			let earlier = details.replaces.and_then(Directives::<T>::get);
			ensure!(
				earlier.is_none_or(|earlier| earlier.paper.is_some()),
				"14: paper replaced what did not come on paper"
			);
		}
		Ok(())
	}

	fn try_state_roots() -> Result<(), TryRuntimeError> {
		for (organisation, count) in DisclosureRootCounts::<T>::iter() {
			ensure!(
				(0..count).all(|number| DisclosureRoots::<T>::contains_key(organisation, number)),
				"6: a custodian's roots have a gap"
			);
		}
		for (organisation, number, root) in DisclosureRoots::<T>::iter() {
			ensure!(
				number < DisclosureRootCounts::<T>::get(organisation),
				"6: a root lies beyond its custodian's count"
			);
			ensure!(is_leaf_count(root.leaves), "6: a root has an impossible number of leaves");
		}
		Ok(())
	}
}
