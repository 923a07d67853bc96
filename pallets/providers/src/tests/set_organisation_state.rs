use super::*;

fn set(organisation: u32, state: OrganisationState) -> DispatchResult {
	Providers::set_organisation_state(council(), organisation, state)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(set(HOSPITAL, OrganisationState::Suspended));

		assert_eq!(
			Providers::standing(&RECORDS, HOSPITAL, Role::RecordsOfficer, NOW),
			StandingReasons::of(&[StandingReason::OrganisationSuspended])
		);
		assert_eq!(
			events(),
			[Event::OrganisationStateChanged {
				organisation: HOSPITAL,
				state: OrganisationState::Suspended
			}]
		);

		assert_ok!(set(HOSPITAL, OrganisationState::Active));
		assert!(Providers::standing(&RECORDS, HOSPITAL, Role::RecordsOfficer, NOW).is_empty());
	});
}

#[test]
fn fails_when_nothing_would_change() {
	build_and_execute(|| {
		assert_noop!(set(HOSPITAL, OrganisationState::Active), Error::<Test>::InvalidTransition);
	});
}

#[test]
fn fails_when_it_has_withdrawn() {
	build_and_execute(|| {
		assert_ok!(set(HOSPITAL, OrganisationState::Withdrawn));
		for state in OrganisationState::ALL {
			assert_noop!(set(HOSPITAL, *state), Error::<Test>::InvalidTransition);
		}
	});
}
