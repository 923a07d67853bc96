//! The state machine against a table written apart from the code.

use super::*;
use proptest::prelude::*;
use RecordState::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
	Replace,
	Mark,
}

/// From a state by a step to a state, or not at all.
const TABLE: [(RecordState, Step, Option<RecordState>); 6] = [
	(Current, Step::Replace, Some(Superseded)),
	(Current, Step::Mark, Some(EnteredInError)),
	(Superseded, Step::Replace, None),
	(Superseded, Step::Mark, Some(EnteredInError)),
	(EnteredInError, Step::Replace, None),
	(EnteredInError, Step::Mark, None),
];

fn next(from: RecordState, by: Step) -> Option<RecordState> {
	TABLE.iter().find(|(state, step, _)| *state == from && *step == by).unwrap().2
}

#[test]
fn the_table_is_complete() {
	for state in RecordState::ALL {
		for step in [Step::Replace, Step::Mark] {
			let lines = TABLE.iter().filter(|line| (line.0, line.1) == (*state, step));
			assert_eq!(lines.count(), 1);
		}
	}
}

fn steps() -> impl Strategy<Value = Vec<(Step, prop::sample::Index)>> {
	let step = prop_oneof![Just(Step::Replace), Just(Step::Mark)];
	prop::collection::vec((step, any::<prop::sample::Index>()), 1..40)
}

proptest! {
	#[test]
	fn records_follow_the_table(steps in steps()) {
		run(|| {
			let mut expected = vec![Current; 3];
			assert_ok!(anchor((0..3).map(|n| record(n, None))));
			for (step, which) in steps {
				let which = which.index(expected.len());
				let result = match step {
					Step::Replace => anchor([record(expected.len() as u8, Some(which as u8))]),
					Step::Mark => mark(which as u8, ErrorReason::WrongContent),
				};
				let to = next(expected[which], step);
				assert_eq!(result.is_ok(), to.is_some(), "{step:?} of {:?}", expected[which]);
				if let Some(to) = to {
					expected[which] = to;
					if step == Step::Replace {
						expected.push(Current);
					}
				}
				let states: Vec<_> =
					(0..expected.len()).map(|n| state(n as u8).unwrap()).collect();
				assert_eq!(states, expected);
			}
		});
	}
}
