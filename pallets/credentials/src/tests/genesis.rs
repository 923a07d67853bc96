use super::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert!(Credentials::is_board(BOARD) && Credentials::is_board(OTHER_BOARD));
		assert_eq!(AccreditingBodies::<Test>::get(BODY), Programmes::of(&[Programme::Hospital]));
		let requirements =
			RequirementsOf::<Test>::get(OrganisationKind::Hospital, place("US-CA")).unwrap();
		assert_eq!((requirements.version, requirements.current), (1, None));
		assert_eq!(LicenceCount::<Test>::get(), 2);
		let licence = licence_of(LICENCE);
		assert_eq!((licence.issued, licence.verified), (VALID.from, Some(VALID.from)));
		assert!(events().is_empty());
	});
}

#[test]
fn a_licence_without_verification_is_pending() {
	let mut genesis = genesis();
	genesis.licences[0].verification = None;
	new_test_ext(genesis).execute_with(|| {
		assert_eq!(licence_of(LICENCE).state, LicenceState::Pending);
		assert_ok!(Credentials::do_try_state());
	});
}

fn accreditation() -> GenesisAccreditation {
	GenesisAccreditation {
		body: BODY,
		organisation: HOSPITAL,
		programme: Programme::Hospital,
		state: AccreditationState::AccreditedWithFollowUp,
		valid: VALID,
		follow_up_due: Some(1_600),
		evidence: EVIDENCE,
	}
}

/// The clock stands at zero then: what begins later is taken, too.
#[test]
fn accreditations_work() {
	let genesis = GenesisConfig { accreditations: vec![accreditation()], ..genesis() };
	new_test_ext(genesis).execute_with(|| {
		let found = accreditation_of(1);
		assert_eq!((found.decided, found.granted), (0, Some(0)));
		assert!(!found.is_in_force(VALID.from - 1) && found.is_in_force(VALID.from));
		assert_ok!(Credentials::do_try_state());
	});
}

#[test]
#[should_panic(expected = "genesis board 1 in US-CA")]
fn fails_when_a_board_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.boards[0].0 = HOSPITAL;
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "genesis body 2")]
fn fails_when_a_body_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.bodies[0].0 = BOARD;
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "genesis requirement of hospital in US-CA")]
fn fails_when_a_requirement_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.requirements[0].2.licences = LicenceClasses::all();
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "genesis licence")]
fn fails_when_a_licence_breaks_a_rule() {
	let mut genesis = genesis();
	genesis.licences[0].board = OTHER_BOARD;
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "too many jurisdictions")]
fn fails_when_a_licence_has_too_many_jurisdictions() {
	let mut genesis = genesis();
	genesis.licences[0].jurisdictions = vec![place("US-CA"); 17];
	new_test_ext(genesis);
}

#[test]
#[should_panic(expected = "genesis accreditation")]
fn fails_when_an_accreditation_breaks_a_rule() {
	let accreditation = GenesisAccreditation { follow_up_due: None, ..accreditation() };
	new_test_ext(GenesisConfig { accreditations: vec![accreditation], ..genesis() });
}
