use super::*;

type Expected = [DispatchResult; 7];

/// What each of [`origins`] gets from each call.
fn table() -> Vec<(Call<Test>, Expected)> {
	let no: DispatchResult = Err(DispatchError::BadOrigin);
	let admin: DispatchResult = Err(Error::<Test>::NotAdministrator.into());
	let enrolled: DispatchResult = Err(Error::<Test>::NotEnrolled.into());
	let ok: DispatchResult = Ok(());

	let of_council = [no, no, ok, no, no, no, no];
	let of_hospital = [no, no, admin, ok, admin, admin, admin];
	let of_board = [no, no, admin, admin, ok, admin, admin];
	let of_enrolled = [no, no, enrolled, ok, ok, ok, enrolled];
	vec![
		(
			Call::admit_organisation {
				kind: OrganisationKind::Clinic,
				name: name("Clinic"),
				jurisdiction: place("US-CA"),
				gln: None,
				administrator: STRANGER,
			},
			of_council,
		),
		(
			Call::set_organisation_state {
				organisation: HOSPITAL,
				state: OrganisationState::Suspended,
			},
			of_council,
		),
		(Call::authorise_board { organisation: BOARD, jurisdiction: place("US-NV") }, of_council),
		(
			Call::revoke_board_authority { organisation: BOARD, jurisdiction: place("US-CA") },
			of_council,
		),
		(
			Call::set_staff { organisation: HOSPITAL, account: STRANGER, roles: Roles::all() },
			of_hospital,
		),
		(Call::remove_staff { organisation: HOSPITAL, account: RECORDS }, of_hospital),
		(Call::register_practitioner { board: BOARD, account: STRANGER, npi: None }, of_board),
		(
			Call::issue_licence {
				board: BOARD,
				practitioner: PRACTITIONER,
				class: LicenceClass::Nurse,
				jurisdictions: places(&["US-CA"]),
				valid: VALID,
			},
			of_board,
		),
		(Call::set_licence_state { licence: LICENCE, state: LicenceState::Suspended }, of_board),
		(Call::publish_organisation_key { organisation: HOSPITAL, key: [1; 32] }, of_hospital),
		(
			Call::set_endpoint { organisation: HOSPITAL, endpoint: endpoint("https://h") },
			of_hospital,
		),
		(Call::publish_account_key { key: [1; 32] }, of_enrolled),
	]
}

fn origins() -> [RuntimeOrigin; 7] {
	[
		RuntimeOrigin::none(),
		RuntimeOrigin::root(),
		council(),
		signed(HOSPITAL_ADMIN),
		signed(BOARD_ADMIN),
		signed(RECORDS),
		signed(STRANGER),
	]
}

#[test]
fn each_call_by_each_origin() {
	for (call, expected) in table() {
		for (origin, expected) in origins().into_iter().zip(expected) {
			build_and_execute(|| {
				let result = RuntimeCall::from(call.clone()).dispatch(origin.clone());
				let result = result.map(|_| ()).map_err(|error| error.error);
				assert_eq!(result, expected, "{call:?} by {origin:?}");
			});
		}
	}
}

#[test]
fn the_table_names_every_call() {
	use frame_support::traits::GetCallName;
	let named: Vec<_> = table().iter().map(|(call, _)| call.get_call_name()).collect();
	assert_eq!(named, Call::<Test>::get_call_names());
}

/// Nobody acts for an organisation that is suspended, not even its administrator.
#[test]
fn administrators_of_a_suspended_organisation_are_refused() {
	for (call, expected) in table() {
		let index = match expected {
			[_, _, _, Ok(()), Err(_), ..] => 3,
			[_, _, _, Err(_), Ok(()), ..] => 4,
			_ => continue,
		};
		build_and_execute(|| {
			suspend(HOSPITAL);
			suspend(BOARD);
			let result = RuntimeCall::from(call.clone()).dispatch(origins()[index].clone());
			assert_eq!(
				result.map_err(|error| error.error).err(),
				Some(Error::<Test>::OrganisationNotActive.into()),
				"{call:?}"
			);
		});
	}
}

/// The same calls for an organisation that is not there.
#[test]
fn organisations_that_are_not_there_are_refused() {
	build_and_execute(|| {
		let unknown: DispatchError = Error::<Test>::OrganisationUnknown.into();
		let admin = || signed(HOSPITAL_ADMIN);
		assert_noop!(
			Providers::set_organisation_state(council(), 9, OrganisationState::Suspended),
			unknown
		);
		assert_noop!(Providers::authorise_board(council(), 9, place("US-CA")), unknown);
		assert_noop!(Providers::set_staff(admin(), 9, RECORDS, Roles::all()), unknown);
		assert_noop!(Providers::remove_staff(admin(), 9, RECORDS), unknown);
		assert_noop!(Providers::register_practitioner(admin(), 9, RECORDS, None), unknown);
		assert_noop!(
			Providers::issue_licence(
				admin(),
				9,
				PRACTITIONER,
				LicenceClass::Nurse,
				places(&["US-CA"]),
				VALID
			),
			unknown
		);
		assert_noop!(Providers::publish_organisation_key(admin(), 9, [1; 32]), unknown);
		assert_noop!(Providers::set_endpoint(admin(), 9, endpoint("")), unknown);
	});
}
