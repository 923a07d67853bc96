//! Organisations' and licences' states against tables written down apart from the code.

use super::*;
use proptest::prelude::*;

/// Rows: from Active, Suspended, Withdrawn or Revoked. Columns: to the same.
const ALLOWED: [[bool; 3]; 3] = [[false, true, true], [true, false, true], [false, false, false]];

const ORGANISATION: [OrganisationState; 3] =
	[OrganisationState::Active, OrganisationState::Suspended, OrganisationState::Withdrawn];
const ORGANISATION_REASON: [Option<StandingReason>; 3] = [
	None,
	Some(StandingReason::OrganisationSuspended),
	Some(StandingReason::OrganisationWithdrawn),
];
const LICENCE_STATE: [LicenceState; 3] =
	[LicenceState::Active, LicenceState::Suspended, LicenceState::Revoked];
const LICENCE_REASON: [Option<StandingReason>; 3] =
	[None, Some(StandingReason::LicenceSuspended), Some(StandingReason::LicenceRevoked)];

#[derive(Clone, Copy, Debug)]
enum Step {
	Hospital(usize),
	Board(usize),
	Licence(usize),
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		(0..3usize).prop_map(Step::Hospital),
		(0..2usize).prop_map(Step::Board),
		(0..3usize).prop_map(Step::Licence),
	]
}

fn expect(result: DispatchResult, allowed: bool) {
	assert_eq!(result, if allowed { Ok(()) } else { Err(Error::<Test>::InvalidTransition.into()) });
}

proptest! {
	#[test]
	fn follow_the_table(steps in prop::collection::vec(step(), 1..60)) {
		build_and_execute(|| {
			let (mut hospital, mut board, mut licence) = (0, 0, 0);
			for step in steps {
				match step {
					Step::Hospital(to) => {
						let state = ORGANISATION[to];
						let result =
							Providers::set_organisation_state(council(), HOSPITAL, state);
						expect(result, ALLOWED[hospital][to]);
						hospital = if result.is_ok() { to } else { hospital };
					},
					Step::Board(to) => {
						let state = ORGANISATION[to];
						let result = Providers::set_organisation_state(council(), BOARD, state);
						expect(result, ALLOWED[board][to]);
						board = if result.is_ok() { to } else { board };
					},
					Step::Licence(to) => {
						let state = LICENCE_STATE[to];
						let result =
							Providers::set_licence_state(signed(BOARD_ADMIN), LICENCE, state);
						if board == 0 {
							expect(result, ALLOWED[licence][to]);
						} else {
							assert_eq!(result, Err(Error::<Test>::OrganisationNotActive.into()));
						}
						licence = if result.is_ok() { to } else { licence };
					},
				}
				let expected: StandingReasons = ORGANISATION_REASON[hospital]
					.into_iter()
					.chain(LICENCE_REASON[licence])
					.collect();
				assert_eq!(
					Providers::standing(&SURGEON, HOSPITAL, Role::Clinician, NOW),
					expected
				);
			}
		});
	}
}
