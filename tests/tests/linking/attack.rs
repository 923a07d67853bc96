//! The attacker: from what everybody can see, and the times of visits, to who is who.

use crate::{
	population::{World, HOUSES, VISIT},
	rank::Scores,
};
use codec::Encode;
use pallet_consent::Call as Consent;
use pallet_patient_identity::{Call as Identity, Event as Charts};
use salus_primitives::{
	ids::{ChartId, DirectiveId},
	order::ChartAct,
};
use salus_runtime::{Runtime, RuntimeCall, RuntimeEvent};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Blocks after the begin of a visit in which something may belong to it.
const WINDOW: u32 = VISIT + 2;

/// A change of a chart's directives.
#[derive(Clone, Copy)]
struct Change {
	block: u32,
	chart: usize,
	/// Place among the orders of its transaction, and how many those are.
	lot: usize,
	of: usize,
	/// Of the directives that were active, how many were issued after the one that was replaced.
	newer: usize,
	/// Whether it replaced one at all.
	replaces: bool,
	/// Whether the chart's own key sent it.
	own: bool,
	/// How much that key had sent then.
	sent: u32,
	expires: u64,
}

/// Everything that the attacker has put in order.
pub(crate) struct Seen<'a> {
	world: &'a World,
	/// Charts of the visited hospital, and of the one whose charts are looked for, in order of enrolment.
	visited: Vec<ChartId>,
	others: Vec<ChartId>,
	visits: Vec<(usize, u32)>,
	changes: Vec<Change>,
	/// In order of the first directive.
	first: [Vec<usize>; 2],
	/// Blocks with requests of the visited hospital's practitioners.
	requests: HashSet<u32>,
}

/// A way to link charts: the better a chart of the other hospital fits one of the visited, the more.
pub(crate) type Matcher = fn(&Seen<'_>) -> Scores;

/// All ways, by name.
pub(crate) const MATCHERS: [(&str, Matcher); 8] = [
	("timing", timing),
	("timing of requests", requests),
	("co-occurrence", co_occurrence),
	("odd orders", odd_orders),
	("equal bytes", equal_bytes),
	("order of enrolment", order_of_enrolment),
	("order of first contact", order_of_contact),
	("activity", activity),
];

impl<'a> Seen<'a> {
	/// Reads transactions and events of every block.
	pub(crate) fn read(world: &'a World) -> Self {
		let mut charts: [Vec<ChartId>; 2] = Default::default();
		let mut requests = HashSet::new();
		for (number, block) in (1..).zip(&world.blocks) {
			for event in &block.events {
				match event {
					RuntimeEvent::PatientIdentity(Charts::ChartEnrolled {
						chart,
						custodian,
						..
					}) => {
						if *custodian == HOUSES[1].1 {
							charts[0].push(*chart);
						} else if *custodian == HOUSES[0].1 {
							charts[1].push(*chart);
						}
					},
					RuntimeEvent::Consent(pallet_consent::Event::AccessRequested {
						organisation,
						..
					}) if *organisation == HOUSES[1].1 => {
						requests.insert(number);
					},
					_ => {},
				}
			}
		}
		let [visited, others] = charts;
		let place = |list: &[ChartId]| -> HashMap<ChartId, usize> {
			list.iter().enumerate().map(|(place, chart)| (*chart, place)).collect()
		};
		let (place_visited, place_others) = (place(&visited), place(&others));
		let visits = world.visits.iter().map(|visit| (place_visited[&visit.chart], visit.block));
		let visits = visits.collect();

		let mut changes = Vec::new();
		let mut first: [Vec<usize>; 2] = Default::default();
		let mut active: HashMap<ChartId, Vec<DirectiveId>> = HashMap::new();
		for (block, sent) in (1..)
			.zip(&world.blocks)
			.flat_map(|(number, block)| block.transactions.iter().map(move |sent| (number, sent)))
		{
			let acts: Vec<(ChartId, ChartAct, u64)> = match &sent.call {
				RuntimeCall::Consent(Consent::<Runtime>::submit_orders { orders }) => {
					orders.iter().map(|order| (order.chart, order.act, order.expires)).collect()
				},
				RuntimeCall::Consent(Consent::<Runtime>::issue_directive {
					chart,
					id,
					seal,
					replaces,
				}) => {
					let (id, seal, replaces) = (*id, *seal, *replaces);
					vec![(*chart, ChartAct::IssueDirective { id, seal, replaces }, 0)]
				},
				_ => continue,
			};
			let of = acts.len();
			for (lot, (chart, act, expires)) in acts.into_iter().enumerate() {
				let list = active.entry(chart).or_default();
				let side = [&place_visited, &place_others];
				if list.is_empty() {
					for (side, first) in side.into_iter().zip(&mut first) {
						first.extend(side.get(&chart));
					}
				}
				let replaced = act.ends().and_then(|ended| list.iter().position(|id| *id == ended));
				let newer = replaced.map_or(0, |place| list.len() - 1 - place);
				if let Some(place) = replaced {
					list.remove(place);
				}
				list.push(act.directive());
				let Some(place) = place_others.get(&chart) else { continue };
				let own = !matches!(sent.call, RuntimeCall::Consent(Consent::submit_orders { .. }));
				let replaces = replaced.is_some();
				changes.push(Change {
					block,
					chart: *place,
					lot,
					of,
					newer,
					replaces,
					own,
					sent: if own { sent.nonce + 1 } else { 0 },
					expires,
				});
			}
		}
		Self { world, visited, others, visits, changes, first, requests }
	}

	/// Of each chart of the visited hospital the place of its person's chart among the others.
	pub(crate) fn truth(&self, known: &HashMap<ChartId, ChartId>) -> Vec<usize> {
		let places: HashMap<_, _> =
			self.others.iter().enumerate().map(|(place, chart)| (chart, place)).collect();
		self.visited.iter().map(|chart| places[&known[chart]]).collect()
	}

	/// How often charts of the other hospital changed.
	pub(crate) fn changes(&self) -> usize {
		self.changes.len()
	}

	fn scores(&self) -> Scores {
		Scores::new(self.visited.len(), self.others.len())
	}

	/// The changes at the other hospital in these blocks.
	fn within(&self, from: u32, until: u32) -> &[Change] {
		let first = self.changes.partition_point(|change| change.block < from);
		let end = self.changes.partition_point(|change| change.block < until);
		&self.changes[first..end.max(first)]
	}

	/// The charts that changed in these blocks, each once, without those that had nothing before.
	fn changed(&self, from: u32, until: u32) -> HashSet<usize> {
		let changes = self.within(from, until).iter();
		changes
			.filter(|change| change.replaces || change.own)
			.map(|change| change.chart)
			.collect()
	}
}

/// Whoever changes while somebody visits, the more so the fewer do.
fn timing(seen: &Seen<'_>) -> Scores {
	let mut scores = seen.scores();
	for (visited, block) in &seen.visits {
		let changed = seen.changed(*block, block + WINDOW);
		let weight = 1.0 / changed.len().max(1) as f64;
		changed.into_iter().for_each(|chart| scores.add(*visited, chart, weight));
	}
	scores
}

/// The same for the blocks that follow a request.
fn requests(seen: &Seen<'_>) -> Scores {
	let mut scores = seen.scores();
	for (visited, block) in &seen.visits {
		let requested = (*block..block + 2).find(|block| seen.requests.contains(block));
		let Some(requested) = requested else { continue };
		for (after, weight) in [(0, 1.0), (1, 2.0), (2, 2.0), (3, 0.5)] {
			let changed = seen.changed(requested + after, requested + after + 1);
			let weight = weight / changed.len().max(1) as f64;
			changed.into_iter().for_each(|chart| scores.add(*visited, chart, weight));
		}
	}
	scores
}

/// How much likelier it is that a chart changes while somebody visits than at other times, over all
/// visits of that person.
fn co_occurrence(seen: &Seen<'_>) -> Scores {
	let mut scores = seen.scores();
	let mut often: HashMap<usize, f64> = HashMap::new();
	let windows: Vec<_> = seen
		.visits
		.iter()
		.map(|(_, block)| seen.changed(*block, block + WINDOW))
		.collect();
	for changed in &windows {
		changed.iter().for_each(|chart| *often.entry(*chart).or_default() += 1.0);
	}
	let count = windows.len().max(1) as f64;
	for ((visited, _), changed) in seen.visits.iter().zip(&windows) {
		for chart in 0..seen.others.len() {
			let base = (often.get(&chart).copied().unwrap_or_default() / count).clamp(0.001, 0.999);
			let linked = 0.6 + 0.4 * base;
			let weight = if changed.contains(&chart) {
				(linked / base).ln()
			} else {
				((1.0 - linked) / (1.0 - base)).ln()
			};
			scores.add(*visited, chart, weight);
		}
	}
	scores
}

/// Orders that differ from those beside them: by place in the transaction, by what they replace, by
/// their expiry, by who sends them.
fn odd_orders(seen: &Seen<'_>) -> Scores {
	type Mark = (usize, usize, bool, bool, u64);
	let mark = |change: &Change| -> Mark {
		let lot = 8 * change.lot / change.of.max(1);
		(lot, change.newer, change.replaces, change.own, change.expires)
	};
	let mut scores = seen.scores();
	let all = seen.changes.iter().filter(|change| change.replaces || change.own);
	let mut overall: HashMap<Mark, f64> = HashMap::new();
	let mut total = 0.0;
	for change in all {
		*overall.entry(mark(change)).or_default() += 1.0;
		total += 1.0;
	}
	for (visited, block) in &seen.visits {
		let within = seen.within(*block, block + WINDOW).iter();
		let within: Vec<_> = within.filter(|change| change.replaces || change.own).collect();
		let mut here: HashMap<Mark, f64> = HashMap::new();
		within.iter().for_each(|change| *here.entry(mark(change)).or_default() += 1.0);
		for change in &within {
			let common = overall.get(&mark(change)).copied().unwrap_or(1.0) / total;
			let beside = here.get(&mark(change)).copied().unwrap_or(1.0) / within.len() as f64;
			let weight = (-common.ln() - beside.ln()) / within.len() as f64;
			scores.add(*visited, change.chart, weight);
		}
	}
	scores
}

/// Bytes that go with a chart of the one and with a chart of the other: ids, keys, seals, anything of
/// 32 bytes in states, transactions and events.
fn equal_bytes(seen: &Seen<'_>) -> Scores {
	// What belongs to a chart: everything in an entry, order or event that names it.
	let mut of_chart: HashMap<u64, (usize, usize)> = HashMap::new();
	for (side, charts) in [&seen.visited, &seen.others].into_iter().enumerate() {
		for (place, chart) in charts.iter().enumerate() {
			of_chart.insert(mark(&chart.0), (side, place));
		}
	}
	let pieces = pieces(seen.world);
	let marks = |piece: &[u8]| piece.windows(32).map(mark).collect::<Vec<u64>>();
	// Bytes of one chart of the visited hospital alone; what several have in common marks none.
	let mut holders: HashMap<u64, Option<usize>> = HashMap::new();
	for piece in &pieces {
		let marks = marks(piece);
		for (_, place) in marks
			.iter()
			.filter_map(|mark| of_chart.get(mark))
			.filter(|(side, _)| *side == 0)
		{
			for mark in &marks {
				let holder = holders.entry(*mark).or_insert(Some(*place));
				*holder = holder.filter(|known| known == place);
			}
		}
	}
	let mut shared: HashMap<u64, (usize, HashSet<usize>)> = HashMap::new();
	for piece in &pieces {
		let marks = marks(piece);
		for (_, place) in marks
			.iter()
			.filter_map(|mark| of_chart.get(mark))
			.filter(|(side, _)| *side == 1)
		{
			for mark in &marks {
				if let Some(Some(visited)) = holders.get(mark) {
					shared.entry(*mark).or_insert((*visited, HashSet::new())).1.insert(*place);
				}
			}
		}
	}
	let mut scores = seen.scores();
	for (visited, others) in shared.into_values() {
		let weight = 1.0 / others.len().max(1) as f64;
		others.into_iter().for_each(|other| scores.add(visited, other, weight));
	}
	scores
}

/// Tells 32 bytes from others: most of them are random.
fn mark(bytes: &[u8]) -> u64 {
	let eight = |from: usize| {
		let bytes = bytes.get(from..from + 8).and_then(|bytes| bytes.try_into().ok());
		u64::from_le_bytes(bytes.unwrap_or_default())
	};
	(0..4u32).fold(0, |sum: u64, n| {
		(sum ^ eight(8 * n as usize))
			.rotate_left(17)
			.wrapping_mul(0x9e37_79b9_7f4a_7c15)
	})
}

/// Everything that was stored, sent and told, in pieces that each say one thing. Events of directives say
/// what their orders said.
fn pieces(world: &World) -> Vec<Vec<u8>> {
	let mut pieces: Vec<Vec<u8>> = Vec::new();
	for (key, value) in &world.state {
		pieces.push([key.as_slice(), value].concat());
	}
	for block in &world.blocks {
		for event in &block.events {
			if !matches!(event, RuntimeEvent::Consent(_) | RuntimeEvent::System(_)) {
				pieces.push(event.encode());
			}
		}
		for sent in &block.transactions {
			match &sent.call {
				RuntimeCall::Consent(Consent::<Runtime>::submit_orders { orders }) => {
					pieces.extend(orders.iter().map(|order| (order.chart, order.act).encode()));
				},
				RuntimeCall::PatientIdentity(Identity::<Runtime>::enrol_charts {
					entries, ..
				}) => pieces.extend(entries.iter().map(|(statement, _)| statement.encode())),
				call => pieces.push((sent.signer, call).encode()),
			}
		}
	}
	pieces
}

/// Who was enrolled at the same place of the list.
fn order_of_enrolment(seen: &Seen<'_>) -> Scores {
	let mut scores = seen.scores();
	let most = seen.others.len() as f64;
	for visited in 0..seen.visited.len() {
		for other in 0..seen.others.len() {
			scores.add(visited, other, 1.0 - visited.abs_diff(other) as f64 / most);
		}
	}
	scores
}

/// Whose first directive came at the same place.
fn order_of_contact(seen: &Seen<'_>) -> Scores {
	let mut scores = seen.scores();
	let [visited, others] = &seen.first;
	let most = others.len().max(1) as f64;
	for (one, visited) in visited.iter().enumerate() {
		for (other, chart) in others.iter().enumerate() {
			scores.add(*visited, *chart, 1.0 - one.abs_diff(other) as f64 / most);
		}
	}
	scores
}

/// Who changes as often as somebody visits, and whose key has sent as much.
fn activity(seen: &Seen<'_>) -> Scores {
	let mut scores = seen.scores();
	let count = |charts: &mut dyn Iterator<Item = usize>| {
		let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
		charts.for_each(|chart| *counts.entry(chart).or_default() += 1.0);
		counts
	};
	let visits = count(&mut seen.visits.iter().map(|(visited, _)| *visited));
	let changes = seen.changes.iter().filter(|change| change.replaces || change.own);
	let changes = count(&mut changes.map(|change| change.chart));
	let mut own: BTreeMap<usize, f64> = BTreeMap::new();
	for change in &seen.changes {
		let most = own.entry(change.chart).or_default();
		*most = most.max(f64::from(change.sent));
	}
	let most = changes.values().copied().fold(1.0, f64::max);
	for visited in 0..seen.visited.len() {
		let visits = visits.get(&visited).copied().unwrap_or_default();
		for other in 0..seen.others.len() {
			let changed = changes.get(&other).copied().unwrap_or_default() / most;
			let own = own.get(&other).copied().unwrap_or_default();
			let unlike = (visits / 3.0 - changed).abs() + (0.6 * visits - own).abs() / 3.0;
			scores.add(visited, other, -unlike);
		}
	}
	scores
}
