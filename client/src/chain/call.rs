//! The calls that clients and vaults make.
//!
//! Arguments are encoded from the types of `salus-primitives`, which are the pallets' own. A test
//! decodes every call here against the committed metadata, `client/artifacts/salus.scale`; and when a
//! transaction is built, the call must have the same shape in the metadata of the node's runtime.

use crate::vault_api::Signature;
use codec::Encode;
use salus_primitives::{
	check_digit::Npi,
	codes::{ErrorReason, Jurisdiction, LicenceClass, LicenceState, Roles},
	enrolment::EnrolmentStatement,
	ids::{
		AccountBytes, ChartId, DirectiveId, LicenceId, OrganisationId, PractitionerId, RecordId,
		RequestId, Seal,
	},
	time::{Moment, Period},
};
use std::sync::LazyLock;
use subxt::{
	transactions::{Payload, ValidationDetails},
	Metadata,
};

/// A call, ready to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
	pub(super) pallet: &'static str,
	pub(super) name: &'static str,
	pub(super) arguments: Arguments,
}

/// The SCALE encoding of a call's arguments, which subxt passes on as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments(pub(super) Vec<u8>);

/// A record to anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct AnchorRecord {
	/// Its id.
	pub id: RecordId,
	/// The seal over its terms.
	pub leaf: Seal,
	/// The current version that it replaces.
	pub replaces: Option<RecordId>,
}

impl Call {
	fn new(pallet: &'static str, name: &'static str, arguments: impl Encode) -> Self {
		Self { pallet, name, arguments: Arguments(arguments.encode()) }
	}

	/// Opens charts, each by its key's statement; at most 64, all or none. Signed by staff of the
	/// custodian.
	pub fn enrol_charts(
		organisation: OrganisationId,
		entries: &[(EnrolmentStatement, Signature)],
	) -> Self {
		Self::new("PatientIdentity", "enrol_charts", (organisation, entries))
	}

	/// Anchors records; at most 128, all or none. Signed by staff of the custodian.
	pub fn anchor_records(organisation: OrganisationId, records: &[AnchorRecord]) -> Self {
		Self::new("RecordAnchor", "anchor_records", (organisation, records))
	}

	/// Marks a record entered in error. Signed by staff of its custodian.
	pub fn mark_entered_in_error(record: RecordId, reason: ErrorReason) -> Self {
		Self::new("RecordAnchor", "mark_entered_in_error", (record, reason))
	}

	/// Issues a directive. Signed by the chart's key.
	pub fn issue_directive(
		chart: ChartId,
		id: DirectiveId,
		seal: Seal,
		replaces: Option<DirectiveId>,
	) -> Self {
		Self::new("Consent", "issue_directive", (chart, id, seal, replaces))
	}

	/// Revokes a directive. Signed by its chart's key.
	pub fn revoke_directive(id: DirectiveId) -> Self {
		Self::new("Consent", "revoke_directive", id)
	}

	/// Marks a directive entered in error. Signed by its chart's key.
	pub fn mark_directive_entered_in_error(id: DirectiveId) -> Self {
		Self::new("Consent", "mark_directive_entered_in_error", id)
	}

	/// Asks a patient for access. Signed by a clinician or pharmacist of the organisation.
	pub fn request_access(
		organisation: OrganisationId,
		id: RequestId,
		seal: Seal,
		lapses: Moment,
	) -> Self {
		Self::new("Consent", "request_access", (organisation, id, seal, lapses))
	}

	/// Takes a request back. Signed by its requester.
	pub fn withdraw_request(id: RequestId) -> Self {
		Self::new("Consent", "withdraw_request", id)
	}

	/// Posts the root over a custodian's disclosures. Signed by a system account of the custodian.
	pub fn post_disclosure_root(organisation: OrganisationId, root: [u8; 32], leaves: u32) -> Self {
		Self::new("Consent", "post_disclosure_root", (organisation, root, leaves))
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

	/// Issues a licence. Signed by an administrator of the board.
	pub fn issue_licence(
		board: OrganisationId,
		practitioner: PractitionerId,
		class: LicenceClass,
		jurisdictions: &[Jurisdiction],
		valid: Period,
	) -> Self {
		let arguments = (board, practitioner, class, jurisdictions, valid);
		Self::new("Providers", "issue_licence", arguments)
	}

	/// Suspends, reinstates or revokes a licence. Signed by an administrator of the board that
	/// issued it.
	pub fn set_licence_state(licence: LicenceId, state: LicenceState) -> Self {
		Self::new("Providers", "set_licence_state", (licence, state))
	}
}

/// The metadata that this program was made for.
static METADATA: LazyLock<Option<Metadata>> =
	LazyLock::new(|| Metadata::decode_from(include_bytes!("../../artifacts/salus.scale")).ok());

impl core::fmt::Display for Call {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "{}.{}", self.pallet, self.name)
	}
}

impl Payload for Call {
	type CallData = Arguments;

	fn pallet_name(&self) -> &str {
		self.pallet
	}

	fn call_name(&self) -> &str {
		self.name
	}

	fn call_data(&self) -> &Arguments {
		&self.arguments
	}

	fn validation_details(&self) -> Option<ValidationDetails<'_>> {
		let pallet = METADATA.as_ref()?.pallet_by_name(self.pallet)?;
		let hash = pallet.call_hash(self.name)?;
		Some(ValidationDetails { pallet_name: self.pallet, call_name: self.name, hash })
	}
}

impl subxt::ext::scale_encode::EncodeAsFields for Arguments {
	fn encode_as_fields_to<R: subxt::ext::scale_type_resolver::TypeResolver>(
		&self,
		_: &mut dyn subxt::ext::scale_encode::FieldIter<'_, R::TypeId>,
		_: &R,
		out: &mut Vec<u8>,
	) -> Result<(), subxt::ext::scale_encode::Error> {
		out.extend_from_slice(&self.0);
		Ok(())
	}
}
