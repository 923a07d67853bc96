use super::*;

fn assign(supervisor: Option<PractitionerId>) -> DispatchResult {
	assign_to(PRACTITIONER, supervisor)
}

fn assign_to(practitioner: PractitionerId, supervisor: Option<PractitionerId>) -> DispatchResult {
	Providers::assign_supervisor(signed(HOSPITAL_ADMIN), HOSPITAL, practitioner, supervisor)
}

#[test]
fn works() {
	build_and_execute(|| {
		let colleague = colleague(STRANGER);
		forget_events();

		assert_ok!(assign(Some(colleague)));
		assert_eq!(Supervisors::<Test>::get(HOSPITAL, PRACTITIONER), Some(colleague));
		assert_ok!(assign(None));
		assert_eq!(Supervisors::<Test>::get(HOSPITAL, PRACTITIONER), None);

		let assigned = |supervisor| Event::SupervisorAssigned {
			organisation: HOSPITAL,
			practitioner: PRACTITIONER,
			supervisor,
		};
		assert_eq!(events(), [assigned(Some(colleague)), assigned(None)]);
	});
}

#[test]
fn replaces_a_supervisor() {
	build_and_execute(|| {
		let (one, other) = (colleague(STRANGER), colleague(RECORDS));
		assert_ok!(assign(Some(one)));
		assert_ok!(assign(Some(other)));
		assert_eq!(Supervisors::<Test>::get(HOSPITAL, PRACTITIONER), Some(other));
	});
}

/// The hospital says under whom someone will work before it puts them on its staff.
#[test]
fn works_before_the_supervised_joins() {
	build_and_execute(|| {
		let newcomer = register(STRANGER);
		assert_ok!(assign_to(newcomer, Some(PRACTITIONER)));
	});
}

#[test]
fn fails_when_the_organisation_is_unknown() {
	build_and_execute(|| {
		assert_noop!(
			Providers::assign_supervisor(signed(HOSPITAL_ADMIN), NEWCOMER, PRACTITIONER, None),
			Error::<Test>::OrganisationUnknown
		);
	});
}

#[test]
fn fails_when_no_administrator_of_the_active_organisation_signs() {
	build_and_execute(|| {
		let supervisor = Some(colleague(PHARMACIST));
		assert_administrators_only(Call::assign_supervisor {
			organisation: HOSPITAL,
			practitioner: PRACTITIONER,
			supervisor,
		});
	});
}

#[test]
fn fails_when_a_practitioner_is_unknown() {
	build_and_execute(|| {
		assert_noop!(assign(Some(2)), Error::<Test>::PractitionerUnknown);
		assert_noop!(assign_to(2, Some(PRACTITIONER)), Error::<Test>::PractitionerUnknown);
		assert_noop!(assign_to(2, None), Error::<Test>::PractitionerUnknown);
	});
}

#[test]
fn fails_when_it_would_be_their_own_supervisor() {
	build_and_execute(|| {
		assert_noop!(assign(Some(PRACTITIONER)), Error::<Test>::OwnSupervisor);
	});
}

#[test]
fn fails_when_the_supervisor_is_not_on_the_staff() {
	build_and_execute(|| {
		let stranger = register(STRANGER);
		assert_noop!(assign(Some(stranger)), Error::<Test>::StaffUnknown);
		// Nor is one of another organisation.
		let other = register(BOARD_ADMIN);
		assert_noop!(assign(Some(other)), Error::<Test>::StaffUnknown);
	});
}

#[test]
fn fails_when_there_is_none_to_end() {
	build_and_execute(|| {
		assert_noop!(assign(None), Error::<Test>::NotSupervised);
	});
}
