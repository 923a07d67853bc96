//! Every call by every origin.

use super::*;

type Expected = [DispatchResult; 9];

fn origins() -> [RuntimeOrigin; 9] {
	[
		RuntimeOrigin::none(),
		RuntimeOrigin::root(),
		council(),
		signed(HOSPITAL_ADMIN),
		signed(BOARD_ADMIN),
		// Staff without the role of administrator, whom the hospital offers it.
		signed(RECORDS),
		// A practitioner.
		signed(SURGEON),
		signed(APPLICANT_ADMIN),
		signed(STRANGER),
	]
}

/// What the calls find: an applicant, an offer, a group and a second practitioner.
fn prepare() {
	assert_eq!(applicant(), NEWCOMER);
	assert_ok!(Providers::offer_administration(signed(HOSPITAL_ADMIN), HOSPITAL, RECORDS));
	assert_ok!(Providers::declare_affiliation(council(), OTHER_BOARD, BOARD));
	assert_eq!(register(PHARMACIST), 2);
}

/// What each of [`origins`] gets from each call.
fn table() -> Vec<(Call<Test>, Expected)> {
	let ok: DispatchResult = Ok(());
	let no: DispatchResult = Err(DispatchError::BadOrigin);
	let err = |error: Error<Test>| -> DispatchResult { Err(error.into()) };
	let admin = err(Error::NotAdministrator);
	let enrolled = err(Error::NotEnrolled);
	let unknown = err(Error::PractitionerUnknown);
	let offer = err(Error::OfferUnknown);

	let of_council = [no, no, ok, no, no, no, no, no, no];
	let of_hospital = [no, no, admin, ok, admin, admin, admin, admin, admin];
	let of_board = [no, no, admin, admin, ok, admin, admin, admin, admin];
	let of_applicant = [no, no, admin, admin, admin, admin, admin, ok, admin];
	let of_enrolled = [no, no, enrolled, ok, ok, ok, ok, ok, enrolled];
	let of_offered = [no, no, offer, offer, offer, ok, offer, offer, offer];
	let of_practitioner_or_board = [no, no, admin, admin, ok, admin, ok, admin, admin];
	let of_practitioner = [no, no, unknown, unknown, unknown, unknown, ok, unknown, unknown];
	vec![
		(
			Call::admit_organisation {
				kind: OrganisationKind::Clinic,
				name: name("Clinic"),
				jurisdiction: place("US-CA"),
				gln: None,
				npi: None,
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
		(
			Call::set_staff { organisation: HOSPITAL, account: STRANGER, roles: Roles::all() },
			of_hospital,
		),
		(Call::remove_staff { organisation: HOSPITAL, account: RECORDS }, of_hospital),
		(Call::register_practitioner { board: BOARD, account: STRANGER, npi: None }, of_board),
		(Call::publish_organisation_key { organisation: HOSPITAL, key: [1; 32] }, of_hospital),
		(
			Call::set_endpoint { organisation: HOSPITAL, endpoint: endpoint("https://h") },
			of_hospital,
		),
		(Call::publish_account_key { key: [1; 32] }, of_enrolled),
		(
			Call::apply {
				sponsor: HOSPITAL,
				kind: OrganisationKind::Clinic,
				name: name("Clinic"),
				jurisdiction: place("US-CA"),
				gln: None,
				npi: None,
				administrator: STRANGER,
			},
			of_hospital,
		),
		(Call::withdraw_application { organisation: NEWCOMER }, of_applicant),
		(
			Call::set_organisation_profile {
				organisation: HOSPITAL,
				name: name("Renamed"),
				gln: None,
				npi: None,
			},
			of_council,
		),
		(Call::offer_administration { organisation: HOSPITAL, to: STRANGER }, of_hospital),
		(Call::withdraw_administration_offer { organisation: HOSPITAL }, of_hospital),
		(Call::accept_administration { organisation: HOSPITAL }, of_offered),
		(Call::replace_administrators { organisation: HOSPITAL, account: STRANGER }, of_council),
		(Call::declare_affiliation { organisation: HOSPITAL, head: BOARD }, of_council),
		(Call::end_affiliation { organisation: OTHER_BOARD }, of_council),
		(
			Call::change_practitioner_account { practitioner: PRACTITIONER, account: STRANGER },
			of_practitioner_or_board,
		),
		(Call::publish_profile { digest: Some(Digest([1; 32])) }, of_practitioner),
		(
			Call::assign_supervisor {
				organisation: HOSPITAL,
				practitioner: PRACTITIONER,
				supervisor: Some(2),
			},
			of_hospital,
		),
	]
}

#[test]
fn each_call_by_each_origin() {
	for (call, expected) in table() {
		for (origin, expected) in origins().into_iter().zip(expected) {
			build_and_execute(|| {
				prepare();
				let result = dispatch(&call, origin.clone());
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

/// Nobody acts for an organisation that is suspended, not even its administrator. The calls of the
/// council, of an account for itself and of an applicant are not of that kind.
#[test]
fn administrators_of_a_suspended_organisation_are_refused() {
	let mut refused = 0;
	for (call, expected) in table() {
		let index = match expected {
			[_, _, _, Ok(()), Err(_), ..] => 3,
			[_, _, _, Err(_), Ok(()), ..] => 4,
			_ => continue,
		};
		refused += 1;
		build_and_execute(|| {
			prepare();
			suspend(HOSPITAL);
			suspend(BOARD);
			assert_noop!(
				dispatch(&call, origins()[index].clone()),
				Error::<Test>::OrganisationNotActive
			);
		});
	}
	assert_eq!(refused, 10);
}

/// The calls for an organisation that is not there.
#[test]
fn organisations_that_are_not_there_are_refused() {
	build_and_execute(|| {
		let admin = || signed(HOSPITAL_ADMIN);
		for unknown in [0, NEWCOMER, u32::MAX] {
			let results: Vec<(RuntimeOrigin, Call<Test>)> = vec![
				(
					council(),
					Call::set_organisation_state {
						organisation: unknown,
						state: OrganisationState::Suspended,
					},
				),
				(
					council(),
					Call::set_organisation_profile {
						organisation: unknown,
						name: name("None"),
						gln: None,
						npi: None,
					},
				),
				(
					council(),
					Call::replace_administrators { organisation: unknown, account: RECORDS },
				),
				(council(), Call::declare_affiliation { organisation: unknown, head: BOARD }),
				(council(), Call::declare_affiliation { organisation: HOSPITAL, head: unknown }),
				(
					admin(),
					Call::set_staff { organisation: unknown, account: RECORDS, roles: LOGISTICS },
				),
				(admin(), Call::remove_staff { organisation: unknown, account: RECORDS }),
				(
					admin(),
					Call::register_practitioner { board: unknown, account: RECORDS, npi: None },
				),
				(admin(), Call::publish_organisation_key { organisation: unknown, key: [1; 32] }),
				(admin(), Call::set_endpoint { organisation: unknown, endpoint: endpoint("") }),
				(admin(), Call::withdraw_application { organisation: unknown }),
				(admin(), Call::offer_administration { organisation: unknown, to: RECORDS }),
				(admin(), Call::withdraw_administration_offer { organisation: unknown }),
				(admin(), Call::accept_administration { organisation: unknown }),
				(
					admin(),
					Call::assign_supervisor {
						organisation: unknown,
						practitioner: PRACTITIONER,
						supervisor: None,
					},
				),
			];
			for (origin, call) in results {
				assert_noop!(dispatch(&call, origin), Error::<Test>::OrganisationUnknown);
			}
		}
	});
}
