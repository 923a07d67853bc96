//! Calls on organisations, staff and practitioners.

use super::{Admission, Call};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{OrganisationState, Roles},
	ids::{AccountBytes, Digest, OrganisationId, PractitionerId},
};

impl Call {
	/// Admits an organisation that no member put forward. An act of the council.
	pub fn admit_organisation(admission: &Admission) -> Self {
		Self::new("Providers", "admit_organisation", admission)
	}

	/// Puts an organisation forward. Signed by an administrator of the member that sponsors it.
	pub fn apply(sponsor: OrganisationId, admission: &Admission) -> Self {
		Self::new("Providers", "apply", (sponsor, admission))
	}

	/// Withdraws an application. Signed by an administrator of the applicant.
	pub fn withdraw_application(organisation: OrganisationId) -> Self {
		Self::new("Providers", "withdraw_application", organisation)
	}

	/// Admits an applicant, suspends a member, lifts its suspension, or records that it has
	/// withdrawn. An act of the council.
	pub fn set_organisation_state(organisation: OrganisationId, state: OrganisationState) -> Self {
		Self::new("Providers", "set_organisation_state", (organisation, state))
	}

	/// Sets an organisation's name and identifiers. An act of the council.
	pub fn set_organisation_profile(
		organisation: OrganisationId,
		name: &str,
		gln: Option<Gln>,
		npi: Option<Npi>,
	) -> Self {
		let arguments = (organisation, name.as_bytes(), gln, npi);
		Self::new("Providers", "set_organisation_profile", arguments)
	}

	/// Names the only administrator of an organisation. An act of the council.
	pub fn replace_administrators(organisation: OrganisationId, account: AccountBytes) -> Self {
		Self::new("Providers", "replace_administrators", (organisation, account))
	}

	/// Declares that an organisation belongs to the group of another. Signed by an administrator of
	/// the organisation, or an act of the council.
	pub fn declare_affiliation(organisation: OrganisationId, head: OrganisationId) -> Self {
		Self::new("Providers", "declare_affiliation", (organisation, head))
	}

	/// Records that an organisation has left its group. An act of the council.
	pub fn end_affiliation(organisation: OrganisationId) -> Self {
		Self::new("Providers", "end_affiliation", organisation)
	}

	/// Offers to hand the signer's administration over to another account. Signed by an
	/// administrator.
	pub fn offer_administration(organisation: OrganisationId, to: AccountBytes) -> Self {
		Self::new("Providers", "offer_administration", (organisation, to))
	}

	/// Takes such an offer back. Signed by an administrator.
	pub fn withdraw_administration_offer(organisation: OrganisationId) -> Self {
		Self::new("Providers", "withdraw_administration_offer", organisation)
	}

	/// Takes an administration over. Signed by the account to which it is offered.
	pub fn accept_administration(organisation: OrganisationId) -> Self {
		Self::new("Providers", "accept_administration", organisation)
	}

	/// Publishes the X25519 key to which releases for the signing account are wrapped.
	pub fn publish_account_key(key: [u8; 32]) -> Self {
		Self::new("Providers", "publish_account_key", key)
	}

	/// Publishes the X25519 key to which an organisation's records are wrapped. Signed by an
	/// administrator.
	pub fn publish_organisation_key(organisation: OrganisationId, key: [u8; 32]) -> Self {
		Self::new("Providers", "publish_organisation_key", (organisation, key))
	}

	/// Sets the base URL of an organisation's vault. Signed by an administrator.
	pub fn set_endpoint(organisation: OrganisationId, endpoint: &str) -> Self {
		Self::new("Providers", "set_endpoint", (organisation, endpoint.as_bytes()))
	}

	/// Adds a staff account, or changes its roles. Signed by an administrator.
	pub fn set_staff(organisation: OrganisationId, account: AccountBytes, roles: Roles) -> Self {
		Self::new("Providers", "set_staff", (organisation, account, roles))
	}

	/// Removes a staff account. Signed by an administrator.
	pub fn remove_staff(organisation: OrganisationId, account: AccountBytes) -> Self {
		Self::new("Providers", "remove_staff", (organisation, account))
	}

	/// Registers a practitioner. Signed by an administrator of a licensing board.
	pub fn register_practitioner(
		board: OrganisationId,
		account: AccountBytes,
		npi: Option<Npi>,
	) -> Self {
		Self::new("Providers", "register_practitioner", (board, account, npi))
	}

	/// Gives a practitioner another account. Signed by the practitioner's account, or by an
	/// administrator of the board that registered them.
	pub fn change_practitioner_account(
		practitioner: PractitionerId,
		account: AccountBytes,
	) -> Self {
		Self::new("Providers", "change_practitioner_account", (practitioner, account))
	}

	/// Commits to the signer's profile, which is kept off chain; none withdraws it. Signed by a
	/// practitioner.
	pub fn publish_profile(digest: Option<Digest>) -> Self {
		Self::new("Providers", "publish_profile", digest)
	}

	/// Says under whom a practitioner works at an organisation; none to end it. Signed by an
	/// administrator.
	pub fn assign_supervisor(
		organisation: OrganisationId,
		practitioner: PractitionerId,
		supervisor: Option<PractitionerId>,
	) -> Self {
		let arguments = (organisation, practitioner, supervisor);
		Self::new("Providers", "assign_supervisor", arguments)
	}
}
