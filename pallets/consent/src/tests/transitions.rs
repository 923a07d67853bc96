//! The state machine of directives against a table written apart from the code.

use super::*;
use proptest::prelude::*;
use DirectiveState::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
	Replace,
	Revoke,
	Mark,
}

const STEPS: [Step; 3] = [Step::Replace, Step::Revoke, Step::Mark];

/// From a state by a step to a state, or not at all.
const TABLE: [(DirectiveState, Step, Option<DirectiveState>); 12] = [
	(Active, Step::Replace, Some(Superseded)),
	(Active, Step::Revoke, Some(Revoked)),
	(Active, Step::Mark, Some(EnteredInError)),
	(Revoked, Step::Replace, None),
	(Revoked, Step::Revoke, None),
	(Revoked, Step::Mark, None),
	(Superseded, Step::Replace, None),
	(Superseded, Step::Revoke, None),
	(Superseded, Step::Mark, None),
	(EnteredInError, Step::Replace, None),
	(EnteredInError, Step::Revoke, None),
	(EnteredInError, Step::Mark, None),
];

fn next(from: DirectiveState, by: Step) -> Option<DirectiveState> {
	TABLE.iter().find(|(state, step, _)| *state == from && *step == by).unwrap().2
}

#[test]
fn the_table_is_complete() {
	for state in DirectiveState::ALL {
		for step in STEPS {
			let lines = TABLE.iter().filter(|line| (line.0, line.1) == (*state, step));
			assert_eq!(lines.count(), 1);
		}
	}
}

fn steps() -> impl Strategy<Value = Vec<(Step, prop::sample::Index)>> {
	let step = prop::sample::select(STEPS.to_vec());
	prop::collection::vec((step, any::<prop::sample::Index>()), 1..40)
}

proptest! {
	#[test]
	fn directives_follow_the_table(steps in steps()) {
		run(|| {
			let mut expected = vec![Active; 3];
			for n in 0..3 {
				assert_ok!(issue(n, None));
			}
			for (step, which) in steps {
				let which = which.index(expected.len());
				let new = expected.len() as u8;
				let result = match step {
					Step::Replace => issue(new, Some(which as u8)),
					Step::Revoke => revoke(which as u8),
					Step::Mark => mark(which as u8),
				};
				let to = next(expected[which], step);
				assert_eq!(result.is_ok(), to.is_some(), "{step:?} of {:?}", expected[which]);
				if let Some(to) = to {
					expected[which] = to;
					if step == Step::Replace {
						expected.push(Active);
					}
				}
				let numbers = 0..expected.len() as u8;
				let states: Vec<_> = numbers.clone().map(|n| state(n).unwrap()).collect();
				assert_eq!(states, expected);
				let counting: Vec<_> =
					numbers.filter(|n| expected[usize::from(*n)] == Active).collect();
				assert_eq!(active(), counting);
			}
		});
	}
}
