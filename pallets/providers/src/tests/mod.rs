use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		LicenceClass, LicenceState, OrganisationKind, OrganisationState, Role, Roles,
		StandingReason, StandingReasons,
	},
	directory::{Enrolment, ProviderDirectory},
	time::Period,
	views::EncryptionKey,
};
use sp_runtime::{
	traits::{BadOrigin, Dispatchable},
	AccountId32, DispatchError,
};

mod admit_organisation;
mod boards;
mod genesis;
mod invariants;
mod issue_licence;
mod keys;
mod origins;
mod register_practitioner;
mod set_licence_state;
mod set_organisation_state;
mod staff;
mod standing;
mod transitions;
mod views;

fn signed(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn council() -> RuntimeOrigin {
	signed(COUNCIL)
}

fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().unwrap()
}

fn endpoint(url: &str) -> Endpoint {
	url.as_bytes().to_vec().try_into().unwrap()
}

fn suspend(organisation: u32) {
	assert_ok!(Providers::set_organisation_state(
		council(),
		organisation,
		OrganisationState::Suspended
	));
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event<Test>> {
	let ours = |event| match event {
		RuntimeEvent::Providers(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}
