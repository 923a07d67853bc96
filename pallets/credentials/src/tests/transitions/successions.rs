//! Successions: no circle, and no more than eight in a row.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

const AUTHORITIES: usize = 12;

type Successions = BTreeMap<OrganisationId, OrganisationId>;

/// From here to whoever is responsible; with how many steps.
fn end(successions: &Successions, from: OrganisationId) -> (OrganisationId, usize) {
	let (mut last, mut steps) = (from, 0);
	while let Some(next) = successions.get(&last) {
		last = *next;
		steps += 1;
		assert!(steps <= AUTHORITIES, "a circle");
	}
	(last, steps)
}

fn longest(successions: &Successions) -> usize {
	successions.keys().map(|from| end(successions, *from).1).max().unwrap_or(0)
}

/// How long a row of these pairs can be, whatever stands in whose place now; none if it is endless.
fn longest_ever(pairs: &BTreeSet<(OrganisationId, OrganisationId)>) -> Option<usize> {
	let mut lengths = BTreeMap::<OrganisationId, usize>::new();
	for round in 0.. {
		let mut grown = false;
		for (from, to) in pairs {
			let length = lengths.get(from).copied().unwrap_or(0) + 1;
			if lengths.get(to).copied().unwrap_or(0) < length {
				lengths.insert(*to, length);
				grown = true;
			}
		}
		if !grown {
			break;
		}
		if round > AUTHORITIES {
			return None;
		}
	}
	Some(lengths.values().copied().max().unwrap_or(0))
}

proptest! {
	#[test]
	fn end_and_are_no_longer_than_8(
		pairs in prop::collection::vec((0..AUTHORITIES, 0..AUTHORITIES), 1..60),
		tidy in any::<bool>(),
	) {
		build_and_execute(|| {
			let boards: Vec<_> = (0..AUTHORITIES)
				.map(|_| admit(OrganisationKind::LicensingBoard, "US-CA", BOARD_ADMIN))
				.collect();
			let mut successions = Successions::new();
			let mut ever = BTreeSet::new();
			for (from, to) in pairs {
				// Long rows are rare by chance: let the numbers grow.
				let (from, to) = if tidy && from > to { (to, from) } else { (from, to) };
				let (from, to) = (boards[from], boards[to]);
				let result = succeed(from, to);

				let mut after = successions.clone();
				after.insert(from, to);
				let mut ever_after = ever.clone();
				ever_after.insert((from, to));
				if from == to {
					assert_eq!(result, no(Error::SuccessorUnfit));
				} else if successions.get(&from) == Some(&to) {
					assert_eq!(result, no(Error::AlreadyExists));
				} else if end(&successions, to).0 == from || passes(&successions, to, from) {
					assert!(
						[no(Error::SuccessorUnfit), no(Error::TooManySuccessions)].contains(&result)
					);
				} else if longest(&after) > 8 {
					assert_eq!(result, no(Error::TooManySuccessions));
				} else if longest_ever(&ever_after).is_some_and(|longest| longest <= 8) {
					assert_ok!(result);
				} else {
					// What was handed on before counts, also when another took its place.
					assert!([Ok(()), no(Error::TooManySuccessions)].contains(&result));
				}
				if result.is_ok() {
					successions = after;
					ever = ever_after;
				}
				for board in &boards {
					assert_eq!(Successors::<Test>::get(board), successions.get(board).copied());
					assert_eq!(Credentials::authority(*board), end(&successions, *board).0);
				}
				assert!(longest(&successions) <= 8);
			}
		});
	}
}

/// Whether the way from here leads past there.
fn passes(successions: &Successions, from: OrganisationId, past: OrganisationId) -> bool {
	let mut at = from;
	while let Some(next) = successions.get(&at) {
		if *next == past {
			return true;
		}
		at = *next;
	}
	at == past
}
