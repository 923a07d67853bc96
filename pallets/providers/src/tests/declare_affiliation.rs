use super::*;

fn declare(organisation: OrganisationId, head: OrganisationId) -> DispatchResult {
	Providers::declare_affiliation(council(), organisation, head)
}

fn are_affiliated(one: OrganisationId, other: OrganisationId) -> bool {
	<Providers as OrganisationDirectory<_>>::are_affiliated(one, other)
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(declare(HOSPITAL, BOARD));

		assert_eq!(Heads::<Test>::get(HOSPITAL), Some(BOARD));
		assert_eq!(GroupSizes::<Test>::get(BOARD), 1);
		assert_eq!(events(), [Event::AffiliationDeclared { organisation: HOSPITAL, head: BOARD }]);
	});
}

#[test]
fn affiliates_all_of_a_group() {
	build_and_execute(|| {
		assert!(are_affiliated(HOSPITAL, HOSPITAL));
		assert!(!are_affiliated(HOSPITAL, BOARD));

		assert_ok!(declare(HOSPITAL, BOARD));
		assert_ok!(declare(OTHER_BOARD, BOARD));

		assert_eq!(GroupSizes::<Test>::get(BOARD), 2);
		for (one, other) in [(HOSPITAL, BOARD), (BOARD, HOSPITAL), (HOSPITAL, OTHER_BOARD)] {
			assert!(are_affiliated(one, other));
		}
		assert!(!are_affiliated(HOSPITAL, applicant()));
	});
}

/// The council knows of affiliations that nobody declares.
#[test]
fn works_for_the_council_in_every_state() {
	build_and_execute(|| {
		let applicant = applicant();
		suspend(HOSPITAL);
		assert_ok!(declare(applicant, HOSPITAL));
		set_state(BOARD, OrganisationState::Withdrawn);
		assert_ok!(declare(BOARD, HOSPITAL));
	});
}

#[test]
fn fails_when_an_organisation_is_unknown() {
	build_and_execute(|| {
		for (organisation, head) in [(9, HOSPITAL), (HOSPITAL, 9), (9, 9)] {
			assert_noop!(declare(organisation, head), Error::<Test>::OrganisationUnknown);
		}
	});
}

/// Neither the organisation, which could so dodge an inspection, nor the head.
#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		let call = Call::declare_affiliation { organisation: HOSPITAL, head: BOARD };
		let signers = [HOSPITAL_ADMIN, BOARD_ADMIN, RECORDS, STRANGER].map(signed);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()].into_iter().chain(signers) {
			assert_noop!(dispatch(&call, origin), BadOrigin);
		}
	});
}

#[test]
fn fails_when_it_would_head_itself() {
	build_and_execute(|| {
		assert_noop!(declare(HOSPITAL, HOSPITAL), Error::<Test>::OwnHead);
	});
}

#[test]
fn fails_when_it_belongs_to_a_group_already() {
	build_and_execute(|| {
		assert_ok!(declare(HOSPITAL, BOARD));
		for head in [BOARD, OTHER_BOARD] {
			assert_noop!(declare(HOSPITAL, head), Error::<Test>::AlreadyExists);
		}
	});
}

#[test]
fn fails_when_groups_would_nest() {
	build_and_execute(|| {
		assert_ok!(declare(HOSPITAL, BOARD));
		assert_noop!(declare(OTHER_BOARD, HOSPITAL), Error::<Test>::GroupsNested);
		assert_noop!(declare(BOARD, OTHER_BOARD), Error::<Test>::GroupsNested);
		assert_noop!(declare(BOARD, HOSPITAL), Error::<Test>::GroupsNested);
	});
}
