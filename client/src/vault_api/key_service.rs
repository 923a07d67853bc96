//! What a vault asks its key service.

use super::{hex_any, hex_bytes, hex_scale, Head, Signature};
use crate::envelope::Wrap;
use salus_primitives::{
	guardian::ReadWord,
	ids::{hex_schema, OrganisationId},
	views::Decided,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Asks a key service for a [`DatabaseKey`], and says whose: a token that was mixed up shows at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseKeyRequest {
	/// The organisation.
	pub organisation: OrganisationId,
}

/// The key under which a vault seals its database, derived from the key service's secret.
#[derive(Serialize, Deserialize, JsonSchema, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct DatabaseKey {
	/// The key.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub key: [u8; 32],
}

/// Asks the key service to decide and, on a permit, to wrap the content key to the recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rewrap {
	/// The access, with every opening the vault holds.
	#[serde(with = "hex_scale")]
	#[schemars(schema_with = "hex_any")]
	pub query: salus_primitives::decision::AccessQuery,
	/// The custodian's stored wrap.
	pub wrap: Wrap,
	/// Version of the record, to which the wrap is bound.
	pub version: u32,
	/// A guardian's word for the key to which it is wrapped; none for staff.
	#[serde(default)]
	pub word: Option<ReadWord<Signature>>,
	/// The keys of a link, to one of which it is wrapped; none for others than who has it.
	#[serde(default)]
	pub link: Option<salus_primitives::link::LinkKeys>,
}

/// What the key service decided and, on a permit to staff, a guardian or who has a link, the wrap it made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rewrapped {
	/// To the recipient's published key, or the one that the guardian's word or the link names; none when the decision is no.
	pub wrap: Option<Wrap>,
	/// The key service's own decision.
	#[serde(with = "hex_scale")]
	#[schemars(schema_with = "hex_any")]
	pub decided: Decided,
	/// The finalised head at which it decided.
	pub head: Head,
}
