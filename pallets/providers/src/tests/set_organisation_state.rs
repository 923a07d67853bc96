use super::*;

fn set(organisation: OrganisationId, state: OrganisationState) -> DispatchResult {
	Providers::set_organisation_state(council(), organisation, state)
}

fn found(organisation: OrganisationId) -> Organisation {
	Organisations::<Test>::get(organisation).unwrap()
}

#[test]
fn works() {
	build_and_execute(|| {
		let before = found(HOSPITAL);
		for state in
			[OrganisationState::Suspended, OrganisationState::Active, OrganisationState::Withdrawn]
		{
			forget_events();

			assert_ok!(set(HOSPITAL, state));

			// Who was admitted once stays a member since then.
			assert_eq!(found(HOSPITAL), Organisation { state, ..before });
			assert_eq!(
				events(),
				[Event::OrganisationStateChanged { organisation: HOSPITAL, state }]
			);
		}
	});
}

#[test]
fn works_from_the_block_that_does_it() {
	build_and_execute(|| {
		let standing = || {
			<Providers as ProviderDirectory<_>>::standing(
				&RECORDS,
				HOSPITAL,
				Role::RecordsOfficer,
				NOW,
			)
		};
		assert!(standing().is_empty());
		suspend(HOSPITAL);
		assert_eq!(standing(), StandingReasons::of(&[StandingReason::OrganisationSuspended]));
		set_state(HOSPITAL, OrganisationState::Active);
		assert!(standing().is_empty());
	});
}

#[test]
fn works_for_an_applicant() {
	build_and_execute(|| {
		let (admitted, refused) = (applicant(), applicant());
		assert_eq!(OpenApplications::<Test>::get(HOSPITAL), 2);
		Timestamp::set_timestamp(NOW + 100);

		assert_ok!(set(admitted, OrganisationState::Active));
		assert_eq!(OpenApplications::<Test>::get(HOSPITAL), 1);
		assert_eq!(found(admitted).since, NOW + 100);
		assert_ok!(Providers::set_staff(signed(APPLICANT_ADMIN), admitted, STRANGER, LOGISTICS));

		assert_ok!(set(refused, OrganisationState::Withdrawn));
		assert!(!OpenApplications::<Test>::contains_key(HOSPITAL));
		assert_eq!(Sponsors::<Test>::get(refused), Some(HOSPITAL), "history stays");
	});
}

#[test]
fn counts_an_application_once() {
	build_and_execute(|| {
		let (one, _) = (applicant(), applicant());
		for state in [
			OrganisationState::Active,
			OrganisationState::Suspended,
			OrganisationState::Active,
			OrganisationState::Withdrawn,
		] {
			assert_ok!(set(one, state));
			assert_eq!(OpenApplications::<Test>::get(HOSPITAL), 1);
		}
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		for organisation in [0, NEWCOMER] {
			assert_noop!(
				set(organisation, OrganisationState::Suspended),
				Error::<Test>::OrganisationUnknown
			);
		}
	});
}

#[test]
fn fails_when_nothing_would_change() {
	build_and_execute(|| {
		assert_noop!(set(HOSPITAL, OrganisationState::Active), Error::<Test>::InvalidTransition);
		suspend(HOSPITAL);
		assert_noop!(set(HOSPITAL, OrganisationState::Suspended), Error::<Test>::InvalidTransition);
	});
}

#[test]
fn fails_when_an_applicant_would_be_suspended() {
	build_and_execute(|| {
		let applicant = applicant();
		for state in [OrganisationState::Applied, OrganisationState::Suspended] {
			assert_noop!(set(applicant, state), Error::<Test>::InvalidTransition);
		}
	});
}

#[test]
fn fails_when_a_member_would_apply() {
	build_and_execute(|| {
		assert_noop!(set(HOSPITAL, OrganisationState::Applied), Error::<Test>::InvalidTransition);
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

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		assert_council_only(Call::set_organisation_state {
			organisation: HOSPITAL,
			state: OrganisationState::Suspended,
		});
	});
}
