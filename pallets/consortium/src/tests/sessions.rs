use super::*;
use frame_support::traits::EstimateNextSessionRotation;
use pallet_session::{historical, SessionManager, ShouldEndSession};
use proptest::prelude::*;
use sp_runtime::Permill;

fn plan(index: u32) -> Option<Vec<u64>> {
	<Consortium as SessionManager<u64>>::new_session(index)
}

#[test]
fn plan_the_first_set_once() {
	build_and_execute(|| {
		assert_eq!(plan(2), Some(vec![FIRST, SECOND]));
		assert_eq!(plan(3), None);
	});
}

#[test]
fn plan_nothing_new_after_a_genesis_that_took_the_set() {
	build_and_execute(|| {
		for index in [0, 1] {
			assert_eq!(
				<Consortium as SessionManager<u64>>::new_session_genesis(index),
				Some(vec![FIRST, SECOND])
			);
		}
		assert_eq!(plan(2), None);
	});
}

#[test]
fn leave_genesis_to_the_session_pallet_while_there_is_no_validator() {
	new_test_ext(GenesisConfig { validators: Vec::new(), ..genesis() }).execute_with(|| {
		assert_eq!(<Consortium as SessionManager<u64>>::new_session_genesis(0), None);
	});
}

#[test]
fn plan_a_changed_set_once_however_much_changed() {
	build_and_execute(|| {
		assert!(plan(2).is_some());
		assert_ok!(Consortium::add_validator(council(), THIRD));
		assert_ok!(Consortium::remove_validator(council(), FIRST));

		assert_eq!(plan(3), Some(vec![SECOND, THIRD]));
		assert_eq!(plan(4), None);
	});
}

#[test]
fn plan_nothing_after_a_refused_change() {
	build_and_execute(|| {
		assert!(plan(2).is_some());
		assert!(Consortium::add_validator(council(), FIRST).is_err());

		assert_eq!(plan(3), None);
	});
}

#[test]
fn are_the_same_with_identification() {
	build_and_execute(|| {
		let plan = <Consortium as historical::SessionManager<u64, ()>>::new_session;
		let genesis = <Consortium as historical::SessionManager<u64, ()>>::new_session_genesis;

		assert_eq!(plan(2), Some(vec![(FIRST, ()), (SECOND, ())]));
		assert_eq!(plan(3), None);
		assert_eq!(genesis(0), Some(vec![(FIRST, ()), (SECOND, ())]));
	});
}

#[test]
fn end_with_every_length_of_blocks() {
	build_and_execute(|| {
		let ends: Vec<u64> = (1..=3 * u64::from(SESSION))
			.filter(|now| Consortium::should_end_session(*now))
			.collect();
		assert_eq!(ends, [20, 40, 60]);
	});
}

#[test]
fn are_estimated() {
	build_and_execute(|| {
		assert_eq!(Consortium::average_session_length(), 20);
		assert_eq!(Consortium::estimate_next_session_rotation(45).0, Some(60));
		assert_eq!(
			Consortium::estimate_current_session_progress(44).0,
			Some(Permill::from_percent(25))
		);
	});
}

proptest! {
	/// The set handed over last is always the council's, and nothing is handed over in vain.
	#[test]
	fn hand_over_exactly_the_changes(steps in prop::collection::vec((0..3u8, 11..17u64), 1..40)) {
		build_and_execute(|| {
			let mut handed = plan(0).unwrap();
			let mut changed = false;
			for (index, (step, who)) in steps.into_iter().enumerate() {
				match step {
					0 => changed |= Consortium::add_validator(council(), who).is_ok(),
					1 => changed |= Consortium::remove_validator(council(), who).is_ok(),
					_ => {
						let planned = plan(index as u32 + 1);
						assert_eq!(planned.is_some(), changed);
						handed = planned.unwrap_or(handed);
						assert_eq!(handed, validators());
						changed = false;
					},
				}
				assert!((1..=MAX_VALIDATORS as usize).contains(&validators().len()));
			}
		});
	}
}
