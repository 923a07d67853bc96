use super::*;
use frame_support::traits::GetCallName;

const ORIGINS: usize = 10;
type Expected = [DispatchResult; ORIGINS];

fn origins() -> [RuntimeOrigin; ORIGINS] {
	[
		RuntimeOrigin::none(),
		RuntimeOrigin::root(),
		council(),
		signed(HOSPITAL_ADMIN),
		signed(BOARD_ADMIN),
		signed(OTHER_BOARD_ADMIN),
		signed(BODY_ADMIN),
		signed(BODY_INSPECTOR),
		signed(SURGEON),
		signed(STRANGER),
	]
}

/// The hospital, denied on its first survey.
const DENIED: AccreditationId = 1;
/// The clinic.
const ACCREDITED: AccreditationId = 2;
/// A licence that nobody has verified.
const PENDING: LicenceId = 3;

/// A case of each kind, on which each call works for somebody.
fn build(test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(accredit(|survey| survey.state = AccreditationState::PreliminaryDenial));
		assert_ok!(accredit(|survey| survey.organisation = CLINIC));
		assert_ok!(issue(|_| ()));
		assert_ok!(inspect_with_follow_up());
		test()
	});
}

/// What each of [`origins`] gets from each call.
fn table() -> Vec<(Call<Test>, Expected)> {
	let no: DispatchResult = Err(DispatchError::BadOrigin);
	let admin: DispatchResult = Err(Error::NotAdministrator.into());
	let holder: DispatchResult = Err(Error::NotHolder.into());
	let ok: DispatchResult = Ok(());

	// None, root, council; hospital; board, other board; body, its quality officer; holder; stranger.
	let of_council = [no, no, ok, no, no, no, no, no, no, no];
	let of_board = [no, no, admin, admin, ok, admin, admin, admin, admin, admin];
	let of_board_and_council = [no, no, ok, admin, ok, admin, admin, admin, admin, admin];
	let of_body = [no, no, admin, admin, admin, admin, ok, admin, admin, admin];
	let of_inspectors = [no, no, admin, admin, admin, admin, ok, ok, admin, admin];
	let of_hospital = [no, no, admin, ok, admin, admin, admin, admin, admin, admin];
	let of_holder = [no, no, holder, holder, holder, holder, holder, holder, ok, holder];

	let requirement = Requirement {
		licences: LicenceClasses::EMPTY,
		accreditation: Programmes::EMPTY,
		grace: 0,
		from: NOW,
	};
	let classes = LicenceClasses::all();
	let (evidence, report, grounds) = (EVIDENCE, EVIDENCE, EVIDENCE);
	vec![
		(
			Call::authorise_board { organisation: BOARD, jurisdiction: place("US-NV"), classes },
			of_council,
		),
		(
			Call::revoke_board_authority { organisation: BOARD, jurisdiction: place("US-CA") },
			of_council,
		),
		(Call::authorise_body { organisation: BODY, programmes: Programmes::all() }, of_council),
		(Call::appoint_successor { authority: BOARD, successor: REGULATOR }, of_council),
		(
			Call::set_requirement {
				kind: OrganisationKind::Hospital,
				jurisdiction: place("US"),
				requirement,
			},
			of_council,
		),
		(
			Call::issue_licence {
				board: BOARD,
				holder: surgeon(),
				class: LicenceClass::Nurse,
				jurisdictions: places(&["US-CA"]),
				valid: VALID,
				limits: Limits::default(),
				verification: None,
			},
			of_board,
		),
		(Call::verify_licence { licence: PENDING, verification: seen(9_000) }, of_board),
		(Call::renew_licence { licence: FACILITY, until: None, verification: None }, of_board),
		(
			Call::set_licence_state { licence: LICENCE, state: LicenceState::Suspended },
			of_board_and_council,
		),
		(Call::surrender_licence { licence: LICENCE }, of_holder),
		(Call::set_licence_limits { licence: FACILITY, limits: Limits::default() }, of_board),
		(
			Call::accredit {
				body: BODY,
				organisation: BOARD,
				programme: Programme::Hospital,
				state: AccreditationState::Accredited,
				valid: VALID,
				follow_up_due: None,
				evidence,
			},
			of_body,
		),
		(
			Call::decide_accreditation {
				accreditation: DENIED,
				state: AccreditationState::Accredited,
				follow_up_due: None,
				evidence,
			},
			of_body,
		),
		(Call::renew_accreditation { accreditation: ACCREDITED, until: None, evidence }, of_body),
		(Call::appeal_denial { accreditation: DENIED, grounds }, of_hospital),
		(Call::withdraw_accreditation { accreditation: DENIED }, of_hospital),
		(
			Call::record_inspection {
				inspector: BODY,
				organisation: HOSPITAL,
				outcome: InspectionOutcome::NoAction,
				conducted: NOW,
				report,
				follow_up_due: None,
			},
			of_inspectors,
		),
		(Call::close_follow_up { inspection: 1, evidence }, of_inspectors),
		(Call::mark_inspection_entered_in_error { inspection: 1 }, of_inspectors),
	]
}

fn dispatch(call: &Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
	let result = RuntimeCall::from(call.clone()).dispatch(origin);
	result.map(|_| ()).map_err(|error| error.error)
}

#[test]
fn each_call_by_each_origin() {
	for (call, expected) in table() {
		for (origin, expected) in origins().into_iter().zip(expected) {
			build(|| {
				let before = events().len();
				assert_eq!(dispatch(&call, origin.clone()), expected, "{call:?} by {origin:?}");
				assert_eq!(events().len() > before, expected.is_ok(), "{call:?}");
			});
		}
	}
}

#[test]
fn the_table_names_every_call() {
	let named: Vec<_> = table().iter().map(|(call, _)| call.get_call_name()).collect();
	assert_eq!(named, Call::<Test>::get_call_names());
}

/// Nobody acts for an organisation that is suspended, not even its administrator, but to appeal. The
/// council and practitioners do.
#[test]
fn nobody_acts_for_an_organisation_that_is_not_active() {
	for state in [OrganisationState::Suspended, OrganisationState::Withdrawn] {
		for (call, expected) in table() {
			for column in [3, 4, 6, 7].into_iter().filter(|column| expected[*column].is_ok()) {
				build(|| {
					for organisation in [HOSPITAL, BOARD, BODY] {
						set_organisation(organisation, state);
					}
					let result = dispatch(&call, origins()[column].clone());
					let appeals = matches!(call, Call::appeal_denial { .. });
					if appeals && state == OrganisationState::Suspended {
						assert_ok!(result);
						return;
					}
					assert_eq!(result, Err(Error::OrganisationNotActive.into()), "{call:?}");
				});
			}
		}
	}
}
