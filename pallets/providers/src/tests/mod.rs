use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use pallet_credentials::GenesisLicence;
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		LicenceClass, LicenceState, OrganisationKind, OrganisationState, Role, Roles,
		StandingReason, StandingReasons,
	},
	credential::Holder,
	directory::{Enrolment, OrganisationDirectory, ProviderDirectory},
	ids::{Digest, LicenceId, OrganisationId, PractitionerId},
	views::{EncryptionKey, ProfileCommitment},
};
use sp_runtime::{
	traits::{BadOrigin, Dispatchable},
	AccountId32, DispatchError,
};

mod accept_administration;
mod admit_organisation;
mod apply;
mod assign_supervisor;
mod change_practitioner_account;
mod chart_keys;
mod declare_affiliation;
mod end_affiliation;
mod genesis;
mod invariants;
mod offer_administration;
mod origins;
mod publish_account_key;
mod publish_organisation_key;
mod publish_profile;
mod register_practitioner;
mod remove_staff;
mod replace_administrators;
mod set_endpoint;
mod set_organisation_profile;
mod set_organisation_state;
mod set_staff;
mod standing;
mod standing_reasons;
mod supervision;
mod transitions;
mod transitions_of_groups;
mod transitions_of_staff;
mod views;
mod withdraw_administration_offer;
mod withdraw_application;

const ADMINISTRATOR: Roles = Roles::of(&[Role::Administrator]);
const LOGISTICS: Roles = Roles::of(&[Role::Logistics]);
const CLINICIAN: Roles = Roles::of(&[Role::Clinician]);

fn signed(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn council() -> RuntimeOrigin {
	signed(COUNCIL)
}

/// One of many accounts that no other constant names.
fn someone(n: u8) -> AccountId32 {
	AccountId32::new([n.checked_add(100).unwrap(); 32])
}

fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().unwrap()
}

fn endpoint(url: &str) -> Endpoint {
	url.as_bytes().to_vec().try_into().unwrap()
}

fn dispatch(call: &Call<Test>, origin: RuntimeOrigin) -> DispatchResult {
	RuntimeCall::from(call.clone())
		.dispatch(origin)
		.map(drop)
		.map_err(|error| error.error)
}

/// Nobody but the council passes.
fn assert_council_only(call: Call<Test>) {
	let signers = [HOSPITAL_ADMIN, BOARD_ADMIN, RECORDS, SURGEON, APPLICANT_ADMIN, STRANGER];
	for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
		assert_noop!(dispatch(&call, origin), BadOrigin);
	}
	for signer in signers {
		assert_noop!(dispatch(&call, signed(signer)), BadOrigin);
	}
}

/// Nobody but an administrator of the hospital passes, and those only while it is active.
fn assert_administrators_only(call: Call<Test>) {
	for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
		assert_noop!(dispatch(&call, origin), BadOrigin);
	}
	for signer in [COUNCIL, BOARD_ADMIN, RECORDS, SURGEON, APPLICANT_ADMIN, STRANGER] {
		assert_noop!(dispatch(&call, signed(signer)), Error::<Test>::NotAdministrator);
	}
	suspend(HOSPITAL);
	assert_noop!(dispatch(&call, signed(HOSPITAL_ADMIN)), Error::<Test>::OrganisationNotActive);
}

/// The council admits an organisation of this kind there; its number.
fn admit(kind: OrganisationKind, code: &str, administrator: AccountId32) -> OrganisationId {
	assert_ok!(Providers::admit_organisation(
		council(),
		kind,
		name("Newcomer"),
		place(code),
		None,
		None,
		administrator
	));
	OrganisationCount::<Test>::get()
}

/// The hospital sponsors a clinic's application.
fn put_forward() -> DispatchResult {
	Providers::apply(
		signed(HOSPITAL_ADMIN),
		HOSPITAL,
		OrganisationKind::Clinic,
		name("Applicant"),
		place("US-CA"),
		None,
		None,
		APPLICANT_ADMIN,
	)
}

/// The number of a clinic that has applied.
fn applicant() -> OrganisationId {
	assert_ok!(put_forward());
	OrganisationCount::<Test>::get()
}

fn set_state(organisation: OrganisationId, state: OrganisationState) {
	assert_ok!(Providers::set_organisation_state(council(), organisation, state));
}

fn suspend(organisation: OrganisationId) {
	set_state(organisation, OrganisationState::Suspended);
}

fn set_staff(account: AccountId32, roles: Roles) -> DispatchResult {
	Providers::set_staff(signed(HOSPITAL_ADMIN), HOSPITAL, account, roles)
}

/// Roles of an account for the hospital.
fn roles(account: &AccountId32) -> Option<Roles> {
	Staff::<Test>::get(HOSPITAL, account).map(|member| member.roles)
}

fn administrators() -> Vec<AccountId32> {
	Administrators::<Test>::get(HOSPITAL).into_inner()
}

/// California's board registers the account's holder.
fn register(account: AccountId32) -> PractitionerId {
	assert_ok!(Providers::register_practitioner(signed(BOARD_ADMIN), BOARD, account, None));
	PractitionerCount::<Test>::get()
}

/// A practitioner on the hospital's staff as a clinician.
fn colleague(account: AccountId32) -> PractitionerId {
	assert_ok!(set_staff(account.clone(), CLINICIAN));
	register(account)
}

/// The board that the licence names issues it.
fn issue(licence: GenesisLicence) -> LicenceId {
	let administrator = if licence.board == BOARD { BOARD_ADMIN } else { OTHER_BOARD_ADMIN };
	assert_ok!(Credentials::issue_licence(
		signed(administrator),
		licence.board,
		licence.holder,
		licence.class,
		licence.jurisdictions.try_into().unwrap(),
		licence.valid,
		licence.limits,
		licence.verification
	));
	pallet_credentials::LicenceCount::<Test>::get()
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::Providers(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

/// Forgets the events of a test's preparations.
fn forget_events() {
	System::reset_events();
}
