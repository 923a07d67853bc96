//! The calls that clients and vaults make.
//!
//! Arguments are encoded from the types of `salus-primitives`, which are the pallets' own. A test
//! decodes every call here against the committed metadata, `client/artifacts/salus.scale`; and when a
//! transaction is built, the call must have the same shape in the metadata of the node's runtime.

mod clinical;
mod council;
mod credentials;
mod providers;
mod records;

use super::ChainError;
use codec::Encode;
pub use council::Motion;
use salus_primitives::{
	batch::Inclusion,
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, LicenceClass, OrganisationKind},
	credential::{Holder, Jurisdictions, Limits, Verification},
	ids::{AccountBytes, RecordId, Seal},
	time::Period,
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

/// A record of a batch that is to be a record of its own.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct UnfoldRecord {
	/// Its id.
	pub record: RecordId,
	/// The seal over its terms.
	pub leaf: Seal,
	/// Where it lies.
	pub inclusion: Inclusion,
}

/// A record to take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct TakeRecord {
	/// Its id.
	pub record: RecordId,
	/// The seal over its terms in the person's chart at the new custodian.
	pub leaf: Seal,
}

/// An organisation that is to enter.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Admission {
	/// What it is.
	pub kind: OrganisationKind,
	/// Its public display name, at most 64 bytes.
	pub name: String,
	/// Where it is.
	pub jurisdiction: Jurisdiction,
	/// Its Global Location Number.
	pub gln: Option<Gln>,
	/// Its National Provider Identifier.
	pub npi: Option<Npi>,
	/// Account of its first administrator.
	pub administrator: AccountBytes,
}

/// A licence that is to be issued.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct NewLicence {
	/// Its holder.
	pub holder: Holder,
	/// What it allows.
	pub class: LicenceClass,
	/// Where it is valid.
	pub jurisdictions: Jurisdictions,
	/// When it is valid.
	pub valid: Period,
	/// What it does not extend to.
	pub limits: Limits,
	/// What was seen at the primary source; without it the licence is pending.
	pub verification: Option<Verification>,
}

impl Call {
	fn new(pallet: &'static str, name: &'static str, arguments: impl Encode) -> Self {
		Self { pallet, name, arguments: Arguments(arguments.encode()) }
	}

	/// The call as the runtime reads it: index of the pallet, index of the call, arguments. The
	/// indices are those of the metadata that this program was made for.
	pub fn encoded(&self) -> Result<Vec<u8>, ChainError> {
		let indices = || {
			let pallet = METADATA.as_ref()?.pallet_by_name(self.pallet)?;
			Some([pallet.call_index(), pallet.call_variant_by_name(self.name)?.index])
		};
		let indices =
			indices().ok_or_else(|| ChainError::UnknownCall { call: self.to_string() })?;
		Ok([&indices, self.arguments.0.as_slice()].concat())
	}
}

/// The metadata that this program was made for.
pub(super) static METADATA: LazyLock<Option<Metadata>> =
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
