use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		let limits = Limits { supervised: true, ..Limits::default() };
		assert_ok!(issue(|new| {
			new.jurisdictions = places(&["US-CA"]);
			new.limits = limits.clone();
		}));

		assert_eq!(LicencesOf::<Test>::get(surgeon()), vec![LICENCE, 3]);
		let licence = Licence {
			holder: surgeon(),
			board: BOARD,
			class: LicenceClass::Dentist,
			jurisdictions: places(&["US-CA"]),
			issued: NOW,
			valid: VALID,
			state: LicenceState::Pending,
			limits,
			verified: None,
			verification: None,
		};
		assert_eq!(Licences::<Test>::get(3), Some(licence));
		assert_eq!(LicencesIn::<Test>::get((place("US-CA"), LicenceClass::Dentist, 0)), Some(3));
		assert_eq!(LicencesBy::<Test>::get(BOARD, 2), Some(3));
		assert_eq!(
			events(),
			[Event::LicenceIssued {
				licence: 3,
				board: BOARD,
				holder: surgeon(),
				state: LicenceState::Pending
			}]
		);
	});
}

#[test]
fn works_with_a_verification() {
	build_and_execute(|| {
		assert_ok!(issue(|new| {
			new.holder = house(HOSPITAL);
			new.class = LicenceClass::ControlledDrugs;
			new.verification = Some(seen(NOW + 1));
		}));

		let licence = licence_of(3);
		assert_eq!((licence.state, licence.verified), (LicenceState::Active, Some(NOW)));
		assert_eq!(LicencesOf::<Test>::get(house(HOSPITAL)), vec![FACILITY, 3]);
		assert_eq!(
			events(),
			[Event::LicenceIssued {
				licence: 3,
				board: BOARD,
				holder: house(HOSPITAL),
				state: LicenceState::Active
			}]
		);
	});
}

#[test]
fn works_in_all_parts_of_a_country_that_the_board_is_authorised_for() {
	build_and_execute(|| {
		assert_ok!(authorise(BOARD, "DE"));
		assert_ok!(issue(|new| new.jurisdictions = places(&["DE-BY", "DE", "US-CA"])));
		for code in ["DE-BY", "DE", "US-CA"] {
			assert_eq!(LicencesInCount::<Test>::get(place(code), LicenceClass::Dentist), 1);
		}
	});
}

#[test]
fn fails_when_the_board_is_unknown() {
	build_and_execute(|| {
		assert_noop!(issue(|new| new.board = UNKNOWN), Error::OrganisationUnknown);
	});
}

#[test]
fn fails_when_another_boards_administrator_signs() {
	build_and_execute(|| {
		assert_noop!(issue(|new| new.signer = OTHER_BOARD_ADMIN), Error::NotAdministrator);
	});
}

#[test]
fn fails_when_the_board_is_not_active() {
	build_and_execute(|| {
		suspend(BOARD);
		assert_noop!(issue(|_| ()), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_the_holder_is_unknown() {
	build_and_execute(|| {
		let nobody = Holder::Practitioner(UNKNOWN);
		assert_noop!(issue(|new| new.holder = nobody), Error::HolderUnknown);
		assert_noop!(
			issue(|new| {
				new.holder = house(UNKNOWN);
				new.class = LicenceClass::Facility;
			}),
			Error::HolderUnknown
		);
	});
}

#[test]
fn fails_when_the_class_is_not_held_by_such_a_holder() {
	build_and_execute(|| {
		assert_noop!(issue(|new| new.class = LicenceClass::Facility), Error::WrongHolder);
		assert_noop!(issue(|new| new.holder = house(HOSPITAL)), Error::WrongHolder);
	});
}

#[test]
fn fails_for_the_board_itself_and_its_group() {
	build_and_execute(|| {
		let facility = |holder: OrganisationId| {
			issue(|new| {
				new.holder = house(holder);
				new.class = LicenceClass::Facility;
			})
		};
		assert_noop!(facility(BOARD), Error::ConflictOfInterest);
		assert_ok!(facility(HOSPITAL));
		affiliate(BOARD, HOSPITAL);
		for holder in [BOARD, HOSPITAL, CLINIC] {
			assert_noop!(facility(holder), Error::ConflictOfInterest);
		}
	});
}

#[test]
fn fails_for_the_administrators_own_licence() {
	build_and_execute(|| {
		let roles =
			salus_primitives::codes::Roles::of(&[salus_primitives::codes::Role::Administrator]);
		assert_ok!(Providers::set_staff(signed(BOARD_ADMIN), BOARD, SURGEON, roles));
		assert_noop!(issue(|new| new.signer = SURGEON), Error::ConflictOfInterest);
		assert_ok!(issue(|new| {
			new.signer = SURGEON;
			new.holder = house(CLINIC);
			new.class = LicenceClass::PharmacyPermit;
		}));
	});
}

#[test]
fn fails_without_jurisdiction() {
	build_and_execute(|| {
		assert_noop!(issue(|new| new.jurisdictions = places(&[])), Error::JurisdictionsMissing);
	});
}

#[test]
fn fails_when_a_jurisdiction_is_none() {
	build_and_execute(|| {
		assert_noop!(
			issue(|new| new.jurisdictions.force_push(Jurisdiction([0xff; 6]))),
			Error::InvalidJurisdiction
		);
	});
}

#[test]
fn fails_when_a_jurisdiction_is_named_twice() {
	build_and_execute(|| {
		assert_noop!(
			issue(|new| new.jurisdictions = places(&["US-CA", "US-CA"])),
			Error::JurisdictionTwice
		);
	});
}

#[test]
fn takes_16_jurisdictions() {
	build_and_execute(|| {
		assert_ok!(authorise(BOARD, "DE"));
		let sixteen: Vec<_> = (10..26).map(|n| place(&format!("DE-{n}"))).collect();
		let seventeen: Vec<_> = (10..27).map(|n| place(&format!("DE-{n}"))).collect();
		assert!(Jurisdictions::try_from(seventeen).is_err());
		assert_ok!(issue(|new| new.jurisdictions = sixteen.try_into().unwrap()));
	});
}

#[test]
fn fails_when_the_board_is_not_authorised_everywhere() {
	build_and_execute(|| {
		for codes in [&["US-NY"][..], &["US-CA", "US-NY"], &["US"]] {
			assert_noop!(issue(|new| new.jurisdictions = places(codes)), Error::BoardNotAuthorised);
		}
	});
}

#[test]
fn fails_when_the_board_is_not_authorised_for_the_class() {
	build_and_execute(|| {
		let nurses = LicenceClasses::of(&[LicenceClass::Nurse]);
		assert_ok!(Credentials::authorise_board(council(), BOARD, place("US-CA"), nurses));
		assert_noop!(issue(|_| ()), Error::BoardNotAuthorised);
		assert_ok!(issue(|new| new.class = LicenceClass::Nurse));
	});
}

#[test]
fn fails_when_the_board_has_handed_on() {
	build_and_execute(|| {
		assert_ok!(succeed(BOARD, OTHER_BOARD));
		assert_noop!(issue(|_| ()), Error::HandedOn);
	});
}

#[test]
fn fails_when_the_board_lacks_what_it_needs_itself() {
	build_and_execute(|| {
		demand_a_licence(OrganisationKind::LicensingBoard);
		assert_noop!(issue(|_| ()), Error::AuthorityNotInStanding);
		// What it issued stays valid.
		assert_eq!(licence_of(LICENCE).state_at(NOW), LicenceState::Active);
	});
}

#[test]
fn fails_when_the_boards_own_accreditation_and_its_grace_are_over() {
	build_and_execute(|| {
		let requirement = Requirement {
			licences: LicenceClasses::EMPTY,
			accreditation: Programmes::of(&[Programme::Hospital]),
			grace: 100,
			from: NOW,
		};
		let kind = OrganisationKind::LicensingBoard;
		assert_ok!(Credentials::set_requirement(council(), kind, place("US-CA"), requirement));
		at(NOW + 99);
		assert_ok!(issue(|_| ()));
		at(NOW + 100);
		assert_noop!(issue(|_| ()), Error::AuthorityNotInStanding);
		assert_ok!(accredit(|survey| survey.organisation = BOARD));
		assert_ok!(issue(|_| ()));
	});
}

#[test]
fn fails_when_the_period_is_empty_or_over() {
	build_and_execute(|| {
		for (from, until) in [(1_600, 1_599), (1_600, 1_600), (1_000, NOW), (0, 1)] {
			assert_noop!(
				issue(|new| new.valid = Period { from, until: Some(until) }),
				Error::EmptyPeriod
			);
		}
		assert_ok!(issue(|new| new.valid = Period { from: 1_000, until: Some(NOW + 1) }));
		assert_ok!(issue(|new| new.valid = Period { from: 9_000, until: None }));
	});
}

#[test]
fn fails_when_an_organisations_licence_has_a_practitioners_limits() {
	build_and_execute(|| {
		let sites: BoundedVec<_, _> = vec![CLINIC].try_into().unwrap();
		for limits in [
			Limits { supervised: true, ..Limits::default() },
			Limits { sites, ..Limits::default() },
		] {
			assert_noop!(
				issue(|new| {
					new.holder = house(HOSPITAL);
					new.class = LicenceClass::Facility;
					new.limits = limits.clone();
				}),
				Error::InvalidLimits
			);
			assert_ok!(issue(|new| new.limits = limits));
		}
	});
}

#[test]
fn fails_when_a_site_is_unknown() {
	build_and_execute(|| {
		assert_noop!(issue(|new| new.limits.sites.force_push(UNKNOWN)), Error::OrganisationUnknown);
	});
}

#[test]
fn takes_8_sites() {
	build_and_execute(|| {
		assert!(salus_primitives::credential::Sites::try_from(vec![HOSPITAL; 9]).is_err());
		assert_ok!(issue(|new| new.limits.sites = vec![HOSPITAL; 8].try_into().unwrap()));
	});
}

#[test]
fn fails_when_the_next_verification_is_not_ahead() {
	build_and_execute(|| {
		for due in [0, NOW] {
			assert_noop!(
				issue(|new| new.verification = Some(seen(due))),
				Error::VerificationDueInPast
			);
		}
	});
}

#[test]
fn fails_over_32_licences_that_can_count() {
	build_and_execute(|| {
		for _ in 1..MAX_LICENCES {
			assert_ok!(issue(|_| ()));
		}
		assert_eq!(LicencesOf::<Test>::get(surgeon()).len(), 32);
		assert_noop!(issue(|_| ()), Error::TooManyLicences);
	});
}

#[test]
fn those_that_are_over_make_room() {
	build_and_execute(|| {
		for _ in 1..MAX_LICENCES {
			assert_ok!(issue(|new| new.valid.until = Some(1_600)));
		}
		assert_ok!(set_state(BOARD_ADMIN, 3, LicenceState::IssuedInError));
		assert_ok!(issue(|new| new.valid.until = None));
		assert_eq!(LicencesOf::<Test>::get(surgeon()).len(), 32);
		assert!(!LicencesOf::<Test>::get(surgeon()).contains(&3));

		// Expired ones can be renewed and stay; lapsed ones go, suspended or not.
		at(1_600 + RENEWAL_WINDOW - 1);
		assert_noop!(issue(|new| new.valid.until = None), Error::TooManyLicences);
		assert_ok!(set_state(BOARD_ADMIN, 4, LicenceState::IssuedInError));
		at(1_600 + RENEWAL_WINDOW);
		assert_ok!(issue(|new| new.valid.until = None));
		assert_eq!(LicencesOf::<Test>::get(surgeon()), vec![LICENCE, 34, 35]);
	});
}

#[test]
fn all_in_favour_fails_for_who_is_on_the_houses_staff() {
	build_and_execute(|| {
		assert_ok!(issue(|new| {
			new.holder = house(HOSPITAL);
			new.class = LicenceClass::PharmacyPermit;
		}));
		hire(HOSPITAL, BOARD_ADMIN);
		let conflict = Error::ConflictOfInterest;
		let by_board = || signed(BOARD_ADMIN);
		let issued = issue(|new| {
			new.holder = house(HOSPITAL);
			new.class = LicenceClass::PharmacyPermit;
		});
		assert_eq!(issued, Err(conflict.into()));
		assert_noop!(
			Credentials::verify_licence(by_board(), 3, seen(9_000)),
			Error::ConflictOfInterest
		);
		assert_noop!(
			Credentials::renew_licence(by_board(), FACILITY, None, None),
			Error::ConflictOfInterest
		);
		let limits = Limits { schedules: DrugSchedules::all(), ..Limits::default() };
		assert_noop!(
			Credentials::set_licence_limits(by_board(), FACILITY, limits),
			Error::ConflictOfInterest
		);
		// To stop, nobody is too near.
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Suspended));
		assert_noop!(
			set_state(BOARD_ADMIN, FACILITY, LicenceState::Active),
			Error::ConflictOfInterest
		);
		assert_ok!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Revoked));
	});
}
