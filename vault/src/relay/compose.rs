//! What goes into one transaction, so that nobody can tell which of its orders changes something.
//!
//! Of every chart of the cohort there is one order at most: what its patient asked for, or one of its
//! stock, for a place drawn by lot. Then all are shuffled. What is drawn is drawn by the caller's
//! random numbers, so this can be tested on whole populations.

use salus_primitives::ids::ChartId;

/// A chart of the cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
	/// The chart.
	pub chart: ChartId,
	/// Places for which there is stock.
	pub stocked: Vec<u32>,
}

/// One order of the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
	/// The order that waits at this place.
	Asked(usize),
	/// Of this member, the next of the stock for this place of its chart.
	Stock {
		/// Place among the members.
		member: usize,
		/// Place of the chart.
		place: u32,
	},
}

/// Chooses from the orders that wait, whose charts these are in order of arrival, and from the stock of
/// the cohort. A second order for one chart waits for the next transaction, for two changes of one
/// chart would show. `draw` gives a random number below the one that it is given.
pub fn compose(
	asked: &[ChartId],
	members: &[Member],
	most: usize,
	mut draw: impl FnMut(usize) -> usize,
) -> Vec<Pick> {
	let mut changing: Vec<ChartId> = Vec::new();
	let mut picks = Vec::new();
	for (at, chart) in asked.iter().enumerate() {
		if picks.len() < most && !changing.contains(chart) {
			changing.push(*chart);
			picks.push(Pick::Asked(at));
		}
	}
	for (at, member) in members.iter().enumerate() {
		if picks.len() >= most || changing.contains(&member.chart) {
			continue;
		}
		let drawn = match member.stocked.len() {
			0 => None,
			count => member.stocked.get(draw(count)),
		};
		picks.extend(drawn.map(|place| Pick::Stock { member: at, place: *place }));
	}
	// Fisher and Yates.
	for last in (1..picks.len()).rev() {
		let other = draw(last.saturating_add(1)).min(last);
		picks.swap(last, other);
	}
	picks
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use std::collections::HashSet;

	fn chart(n: u8) -> ChartId {
		ChartId([n; 32])
	}

	fn members(stocked: &[&[u32]]) -> Vec<Member> {
		let charts = (0..).map(chart).zip(stocked);
		charts
			.map(|(chart, stocked)| Member { chart, stocked: stocked.to_vec() })
			.collect()
	}

	#[test]
	fn everybody_who_has_stock_is_in_once() {
		let members = members(&[&[0, 1], &[2], &[], &[3]]);
		let picks = compose(&[chart(1), chart(1), chart(9)], &members, 128, |_| 0);
		let expected = [
			Pick::Asked(0),
			Pick::Asked(2),
			Pick::Stock { member: 0, place: 0 },
			Pick::Stock { member: 3, place: 3 },
		];
		assert_eq!(picks.len(), expected.len());
		assert!(expected.iter().all(|pick| picks.contains(pick)), "{picks:?}");
	}

	#[test]
	fn what_is_asked_for_goes_before_cover() {
		let members = members(&[&[0][..]; 5]);
		let picks = compose(&[chart(3), chart(4)], &members, 2, |_| 0);
		assert!(picks.iter().all(|pick| matches!(pick, Pick::Asked(_))));
	}

	#[test]
	fn every_order_can_come_to_lie_everywhere() {
		let members = members(&[&[0][..]; 3]);
		let mut seen = HashSet::new();
		for first in 0..3 {
			for second in 0..2 {
				let mut draws = [0, 0, 0, first, second].into_iter();
				let picks = compose(&[], &members, 9, |_| draws.next().unwrap_or(0));
				seen.insert(format!("{picks:?}"));
			}
		}
		assert_eq!(seen.len(), 6);
	}

	proptest! {
		#[test]
		fn no_chart_twice_and_never_too_many(
			asked in prop::collection::vec(0..8u8, 0..12),
			stocked in prop::collection::vec(0..3usize, 0..8),
			most in 1..10usize,
			seed in any::<u64>(),
		) {
			let members: Vec<_> = (0..)
				.map(chart)
				.zip(&stocked)
				.map(|(chart, n)| Member { chart, stocked: (0..*n as u32).collect() })
				.collect();
			let asked: Vec<_> = asked.into_iter().map(chart).collect();
			let mut state = seed;
			let picks = compose(&asked, &members, most, |below| {
				state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
				(state >> 33) as usize % below
			});
			prop_assert!(picks.len() <= most);
			let charts: Vec<_> = picks
				.iter()
				.map(|pick| match pick {
					Pick::Asked(at) => asked[*at],
					Pick::Stock { member, place } => {
						assert!(members[*member].stocked.contains(place));
						members[*member].chart
					},
				})
				.collect();
			prop_assert_eq!(charts.iter().collect::<HashSet<_>>().len(), charts.len());
			let wanted: HashSet<_> = asked.iter().collect();
			if wanted.len() <= most {
				prop_assert!(wanted.iter().all(|chart| charts.contains(chart)));
			}
		}
	}
}
