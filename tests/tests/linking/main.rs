//! Whether somebody with the whole chain and the visit times of one hospital can tell which charts are
//! of one person: not better than by chance and one in a hundred. And that the same means do find links
//! where there are some.

mod attack;
mod chain;
mod draw;
mod population;
mod rank;

use attack::{Seen, MATCHERS};
use population::{play, Leak, World};
use rank::{Found, Scores};
use std::collections::HashMap;

/// People, each with three charts.
const PEOPLE: usize = 1_000;
/// People in the worlds with planted links, which are found among fewer as well.
const FEWER: usize = 300;
/// How much more than chance may be named right.
const MARGIN: f64 = 0.01;
/// How much must be found of what is planted.
const PLANTED: f64 = 0.2;

/// What each matcher finds in this world.
fn attacked(world: &World) -> Vec<(&'static str, Found)> {
	let seen = Seen::read(world);
	let truth = seen.truth(&world.truth.iter().copied().collect::<HashMap<_, _>>());
	let mut found = Vec::new();
	let mut together: Option<Scores> = None;
	for (name, matcher) in MATCHERS {
		let scores = matcher(&seen);
		found.push((name, scores.found(&truth)));
		// Each as strong as the others.
		let scores = scores.normalised();
		match &mut together {
			Some(together) => together.add_all(&scores),
			None => together = Some(scores),
		}
	}
	found.extend(together.map(|scores| ("all together", scores.found(&truth))));
	for (name, named) in &found {
		println!(
			"  {name}: {:.2} % one by one, {:.2} % assigned",
			100.0 * named.one_by_one,
			100.0 * named.assigned
		);
	}
	found
}

/// That these matchers find what is planted.
fn finds(leak: Leak, matchers: &[&str]) {
	let found = attacked(&play(FEWER, 2, leak));
	for wanted in matchers {
		let (_, named) = found.iter().find(|(name, _)| name == wanted).expect("a matcher");
		let best = named.one_by_one.max(named.assigned);
		assert!(best > PLANTED, "{wanted} finds only {best} of what was planted: {leak:?}");
	}
}

#[test]
fn linking_is_no_better_than_chance() {
	let world = play(PEOPLE, 1, Leak::None);
	let seen = Seen::read(&world);
	println!(
		"  {} blocks, {} visits, {} orders at the other hospital, {} entries of state",
		world.blocks.len(),
		world.visits.len(),
		seen.changes(),
		world.state.len()
	);
	assert!(world.visits.len() > PEOPLE);
	let chance = 1.0 / PEOPLE as f64;
	for (name, named) in attacked(&world) {
		for part in [named.one_by_one, named.assigned] {
			assert!(part <= chance + MARGIN, "{name} names {part} of the links");
		}
	}
}

#[test]
fn linking_finds_wallets_that_go_around_their_vault() {
	let matchers = ["timing", "timing of requests", "co-occurrence", "odd orders", "all together"];
	finds(Leak::Bypass, &matchers);
}

#[test]
fn linking_finds_salts_that_are_used_twice() {
	finds(Leak::SameSalt, &["equal bytes", "all together"]);
}

#[test]
fn linking_finds_people_who_are_enrolled_in_one_order() {
	finds(Leak::SameOrder, &["order of enrolment"]);
}
