use super::*;

fn boards(count: u8) -> Vec<OrganisationId> {
	(0..count)
		.map(|n| admit(OrganisationKind::LicensingBoard, "US-CA", account(100 + n)))
		.collect()
}

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(succeed(BOARD, REGULATOR));

		assert_eq!(Successors::<Test>::get(BOARD), Some(REGULATOR));
		assert_eq!(SuccessionDepths::<Test>::get(REGULATOR), 1);
		assert_eq!(Credentials::authority(BOARD), REGULATOR);
		assert_eq!(Credentials::authority(REGULATOR), REGULATOR);
		assert_eq!(
			events(),
			[Event::SuccessorAppointed { authority: BOARD, successor: REGULATOR }]
		);
	});
}

#[test]
fn works_for_an_authority_that_is_suspended_or_gone() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_ok!(succeed(BOARD, OTHER_BOARD));
		set_organisation(BODY, OrganisationState::Withdrawn);
		assert_ok!(succeed(BODY, OTHER_BODY));
	});
}

#[test]
fn the_successor_and_nobody_else_is_responsible() {
	build_and_execute(|| {
		assert_ok!(accredit(|_| ()));
		assert_ok!(inspect_with_follow_up());
		assert_ok!(succeed(BOARD, REGULATOR));
		assert_ok!(succeed(BODY, OTHER_BODY));

		let no = || Error::NotAdministrator;
		assert_noop!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Revoked), no());
		assert_noop!(decide(1, AccreditationState::Withdrawn, None), no());
		let close = |who| Credentials::close_follow_up(signed(who), 1, EVIDENCE);
		assert_noop!(close(BODY_INSPECTOR), no());

		assert_ok!(set_state(REGULATOR_ADMIN, LICENCE, LicenceState::Suspended));
		// To give, it needs the authority itself.
		assert_noop!(
			set_state(REGULATOR_ADMIN, LICENCE, LicenceState::Active),
			Error::BoardNotAuthorised
		);
		assert_noop!(close(OTHER_BODY_ADMIN), Error::InspectorNotAuthorised);
		let decide = |state| {
			Credentials::decide_accreditation(signed(OTHER_BODY_ADMIN), 1, state, None, EVIDENCE)
		};
		assert_ok!(decide(AccreditationState::PreliminaryDenial));
		assert_noop!(decide(AccreditationState::Accredited), Error::BodyNotAuthorised);
		assert_ok!(authorise(REGULATOR, "US-CA"));
		assert_ok!(set_state(REGULATOR_ADMIN, LICENCE, LicenceState::Active));
		let hospital = Programmes::of(&[Programme::Hospital]);
		assert_ok!(Credentials::authorise_body(council(), OTHER_BODY, hospital));
		assert_ok!(close(OTHER_BODY_ADMIN));
		assert_ok!(decide(AccreditationState::Accredited));
	});
}

#[test]
fn who_has_handed_on_issues_nothing_more() {
	build_and_execute(|| {
		assert_ok!(succeed(BOARD, REGULATOR));
		assert_ok!(succeed(BODY, OTHER_BODY));

		assert_noop!(issue(|_| ()), Error::HandedOn);
		assert_noop!(accredit(|_| ()), Error::HandedOn);
		assert_noop!(inspect(|_| ()), Error::HandedOn);
		assert_noop!(
			inspect(|visit| {
				visit.signer = BOARD_ADMIN;
				visit.inspector = BOARD;
			}),
			Error::HandedOn
		);
	});
}

#[test]
fn another_successor_takes_the_firsts_place() {
	build_and_execute(|| {
		assert_ok!(succeed(BOARD, REGULATOR));
		assert_ok!(succeed(BOARD, OTHER_BOARD));

		assert_eq!(Credentials::authority(BOARD), OTHER_BOARD);
		assert_noop!(
			set_state(REGULATOR_ADMIN, LICENCE, LicenceState::Revoked),
			Error::NotAdministrator
		);
	});
}

#[test]
fn fails_when_one_of_them_is_unknown() {
	build_and_execute(|| {
		assert_noop!(succeed(UNKNOWN, BOARD), Error::OrganisationUnknown);
		assert_noop!(succeed(BOARD, UNKNOWN), Error::OrganisationUnknown);
	});
}

#[test]
fn fails_when_they_are_not_alike() {
	build_and_execute(|| {
		for (authority, successor) in [(BOARD, BODY), (BODY, BOARD), (BOARD, HOSPITAL), (BODY, 1)] {
			assert_noop!(succeed(authority, successor), Error::SuccessorUnfit);
		}
	});
}

#[test]
fn fails_in_a_circle() {
	build_and_execute(|| {
		assert_noop!(succeed(BOARD, BOARD), Error::SuccessorUnfit);
		assert_ok!(succeed(BOARD, OTHER_BOARD));
		assert_noop!(succeed(OTHER_BOARD, BOARD), Error::SuccessorUnfit);
		assert_ok!(succeed(OTHER_BOARD, REGULATOR));
		assert_noop!(succeed(REGULATOR, BOARD), Error::SuccessorUnfit);
	});
}

#[test]
fn fails_when_the_successor_is_not_active() {
	build_and_execute(|| {
		suspend(REGULATOR);
		assert_noop!(succeed(BOARD, REGULATOR), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_it_succeeds_already() {
	build_and_execute(|| {
		assert_ok!(succeed(BOARD, REGULATOR));
		assert_noop!(succeed(BOARD, REGULATOR), Error::AlreadyExists);
	});
}

#[test]
fn fails_over_8_when_the_chain_grows_at_its_end() {
	build_and_execute(|| {
		let boards = boards(10);
		for pair in boards[..9].windows(2) {
			assert_ok!(succeed(pair[0], pair[1]));
		}
		assert_eq!(Credentials::authority(boards[0]), boards[8]);
		assert_noop!(succeed(boards[8], boards[9]), Error::TooManySuccessions);
	});
}

#[test]
fn fails_over_8_when_the_chain_grows_at_its_beginning() {
	build_and_execute(|| {
		let boards = boards(10);
		for pair in boards[1..].windows(2).rev() {
			assert_ok!(succeed(pair[0], pair[1]));
		}
		assert_noop!(succeed(boards[0], boards[1]), Error::TooManySuccessions);
		assert_ok!(succeed(boards[0], boards[2]));
		assert_eq!(Credentials::authority(boards[0]), boards[9]);
	});
}

#[test]
fn fails_over_8_when_two_chains_are_joined() {
	build_and_execute(|| {
		let boards = boards(10);
		for pair in boards[..5].windows(2).chain(boards[5..].windows(2)) {
			assert_ok!(succeed(pair[0], pair[1]));
		}
		assert_noop!(succeed(boards[4], boards[5]), Error::TooManySuccessions);
		assert_ok!(succeed(boards[4], boards[6]));
		assert_eq!(SuccessionDepths::<Test>::get(boards[9]), 8);
	});
}
