//! `authorise_board`, `revoke_board_authority` and `authorise_body`.

use super::*;

const CLASSES: LicenceClasses = LicenceClasses::of(&[LicenceClass::Nurse, LicenceClass::Facility]);

fn programmes(of: &[Programme]) -> Programmes {
	Programmes::of(of)
}

fn authorise_body(organisation: OrganisationId, of: &[Programme]) -> DispatchResult {
	Credentials::authorise_body(council(), organisation, programmes(of))
}

mod authorise_board {
	use super::*;

	fn authorise(organisation: OrganisationId, code: &str) -> DispatchResult {
		Credentials::authorise_board(council(), organisation, place(code), CLASSES)
	}

	#[test]
	fn works() {
		build_and_execute(|| {
			assert_ok!(authorise(BOARD, "US-NV"));
			assert_ok!(authorise(REGULATOR, "US"));

			let california =
				Authority { jurisdiction: place("US-CA"), classes: LicenceClasses::all() };
			let nevada = Authority { jurisdiction: place("US-NV"), classes: CLASSES };
			assert_eq!(BoardAuthorities::<Test>::get(BOARD), vec![california, nevada]);
			let board = Event::BoardAuthorised {
				organisation: BOARD,
				jurisdiction: place("US-NV"),
				classes: CLASSES,
			};
			let regulator = Event::BoardAuthorised {
				organisation: REGULATOR,
				jurisdiction: place("US"),
				classes: CLASSES,
			};
			assert_eq!(events(), [board, regulator]);
			assert!(Credentials::is_board(REGULATOR) && !Credentials::is_board(HOSPITAL));
		});
	}

	#[test]
	fn replaces_the_classes_when_said_again() {
		build_and_execute(|| {
			assert_ok!(issue(|_| ()));
			assert_ok!(authorise(BOARD, "US-CA"));

			assert_eq!(BoardAuthorities::<Test>::get(BOARD)[0].classes, CLASSES);
			assert_noop!(issue(|_| ()), Error::BoardNotAuthorised);
			assert_ok!(issue(|new| new.class = LicenceClass::Nurse));
		});
	}

	#[test]
	fn fails_when_the_organisation_is_unknown() {
		build_and_execute(|| {
			assert_noop!(authorise(UNKNOWN, "US-CA"), Error::OrganisationUnknown);
		});
	}

	#[test]
	fn fails_when_it_is_no_board() {
		build_and_execute(|| {
			for organisation in [HOSPITAL, BODY] {
				assert_noop!(authorise(organisation, "US-CA"), Error::NotABoard);
			}
		});
	}

	#[test]
	fn fails_when_the_board_is_not_active() {
		build_and_execute(|| {
			suspend(BOARD);
			assert_noop!(authorise(BOARD, "US-NV"), Error::OrganisationNotActive);
		});
	}

	#[test]
	fn fails_when_the_jurisdiction_is_none() {
		build_and_execute(|| {
			let nowhere = Jurisdiction([0; 6]);
			assert_noop!(
				Credentials::authorise_board(council(), BOARD, nowhere, CLASSES),
				Error::InvalidJurisdiction
			);
		});
	}

	#[test]
	fn fails_without_classes() {
		build_and_execute(|| {
			for code in ["US-CA", "US-NV"] {
				let none = LicenceClasses::EMPTY;
				assert_noop!(
					Credentials::authorise_board(council(), BOARD, place(code), none),
					Error::ClassesMissing
				);
			}
		});
	}

	#[test]
	fn fails_when_it_says_nothing_new() {
		build_and_execute(|| {
			assert_ok!(authorise(BOARD, "US-NV"));
			assert_noop!(authorise(BOARD, "US-NV"), Error::AlreadyExists);
		});
	}

	#[test]
	fn fails_over_64() {
		build_and_execute(|| {
			for n in 10..10 + MAX_AUTHORITIES - 1 {
				assert_ok!(authorise(BOARD, &format!("DE-{n}")));
			}
			assert_eq!(BoardAuthorities::<Test>::get(BOARD).len(), 64);
			assert_noop!(authorise(BOARD, "FR"), Error::TooManyAuthorities);
			// Replacing one takes no room.
			assert_ok!(authorise(BOARD, "US-CA"));
		});
	}
}

mod revoke_board_authority {
	use super::*;

	#[test]
	fn works() {
		build_and_execute(|| {
			revoke_authority();

			assert!(!BoardAuthorities::<Test>::contains_key(BOARD));
			assert_eq!(
				events(),
				[Event::BoardAuthorityRevoked {
					organisation: BOARD,
					jurisdiction: place("US-CA")
				}]
			);
		});
	}

	#[test]
	fn leaves_other_authorities_and_licences() {
		build_and_execute(|| {
			assert_ok!(authorise(BOARD, "US-NV"));
			revoke_authority();

			assert_eq!(BoardAuthorities::<Test>::get(BOARD).len(), 1);
			assert!(Credentials::is_board(BOARD));
			assert_eq!(licence_of(LICENCE).state_at(END - 1), LicenceState::Active);
		});
	}

	/// "Issues nothing more; what it issued stays valid until its dates."
	#[test]
	fn a_board_that_lost_it_stops_but_gives_nothing() {
		build_and_execute(|| {
			assert_ok!(issue(|_| ()));
			assert_ok!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Suspended));
			revoke_authority();

			let board = || signed(BOARD_ADMIN);
			let no = || Error::BoardNotAuthorised;
			assert_noop!(issue(|_| ()), no());
			assert_noop!(Credentials::verify_licence(board(), 3, seen(9_000)), no());
			assert_noop!(Credentials::renew_licence(board(), LICENCE, Some(3_000), None), no());
			assert_noop!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Active), no());
			assert_noop!(
				inspect(|visit| {
					visit.signer = BOARD_ADMIN;
					visit.inspector = BOARD;
				}),
				Error::InspectorNotAuthorised
			);
			assert_ok!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Suspended));
			assert_ok!(set_state(BOARD_ADMIN, LICENCE, LicenceState::Revoked));
			assert_ok!(set_state(BOARD_ADMIN, 3, LicenceState::IssuedInError));
		});
	}

	#[test]
	fn works_on_a_suspended_board() {
		build_and_execute(|| {
			suspend(BOARD);
			revoke_authority();
		});
	}

	#[test]
	fn fails_when_it_is_not_authorised_just_there() {
		build_and_execute(|| {
			for (organisation, code) in
				[(BOARD, "US"), (BOARD, "US-NY"), (UNKNOWN, "US-CA"), (HOSPITAL, "US-CA")]
			{
				assert_noop!(
					Credentials::revoke_board_authority(council(), organisation, place(code)),
					Error::BoardNotAuthorised
				);
			}
		});
	}
}

mod authorise_body {
	use super::*;

	#[test]
	fn works() {
		build_and_execute(|| {
			let both = [Programme::Hospital, Programme::Imaging];
			assert_ok!(authorise_body(BODY, &both));

			assert_eq!(AccreditingBodies::<Test>::get(BODY), programmes(&both));
			assert_eq!(
				events(),
				[Event::BodyAuthorised { organisation: BODY, programmes: programmes(&both) }]
			);
		});
	}

	#[test]
	fn takes_authority_away_also_from_a_suspended_body() {
		build_and_execute(|| {
			assert_ok!(accredit(|_| ()));
			suspend(BODY);
			assert_ok!(authorise_body(BODY, &[]));

			assert!(!AccreditingBodies::<Test>::contains_key(BODY));
			set_organisation(BODY, OrganisationState::Active);
			let state = AccreditationState::AccreditedWithFollowUp;
			assert_noop!(decide(1, state, Some(9_000)), Error::BodyNotAuthorised);
			assert!(accreditation_of(1).is_in_force(END - 1));
		});
	}

	#[test]
	fn fails_when_the_organisation_is_unknown() {
		build_and_execute(|| {
			assert_noop!(authorise_body(UNKNOWN, &[]), Error::OrganisationUnknown);
		});
	}

	#[test]
	fn fails_when_it_is_no_body() {
		build_and_execute(|| {
			for organisation in [HOSPITAL, BOARD, REGULATOR] {
				assert_noop!(
					authorise_body(organisation, &[Programme::Hospital]),
					Error::NotAnAccreditationBody
				);
			}
		});
	}

	#[test]
	fn fails_when_the_body_is_not_active() {
		build_and_execute(|| {
			suspend(OTHER_BODY);
			assert_noop!(
				authorise_body(OTHER_BODY, &[Programme::Hospital]),
				Error::OrganisationNotActive
			);
		});
	}

	#[test]
	fn fails_when_it_says_nothing_new() {
		build_and_execute(|| {
			assert_noop!(authorise_body(BODY, &[Programme::Hospital]), Error::AlreadyExists);
			assert_noop!(authorise_body(OTHER_BODY, &[]), Error::AlreadyExists);
		});
	}
}
