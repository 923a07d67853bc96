//! What runtime APIs answer and clients show. Public facts only.

use crate::{
	check_digit::{Gln, Npi},
	codes::{
		DirectiveState, Jurisdiction, LicenceClass, LicenceState, OrganisationKind,
		OrganisationState, RequestState,
	},
	decision::Decision,
	ids::{
		AccountBytes, ChartId, DirectiveId, LicenceId, OrganisationId, PractitionerId, RequestId,
		Seal,
	},
	time::{Moment, Period},
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A public encryption key (X25519) and which one it is.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EncryptionKey {
	/// Counts from 1 with each key its owner publishes.
	pub version: u32,
	/// The key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: [u8; 32],
}

/// An organisation of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OrganisationView {
	/// Its number.
	pub id: OrganisationId,
	/// What it is.
	pub kind: OrganisationKind,
	/// Its public display name, UTF-8.
	pub name: Vec<u8>,
	/// Where it is.
	pub jurisdiction: Jurisdiction,
	/// Its Global Location Number.
	pub gln: Option<Gln>,
	/// Its standing.
	pub state: OrganisationState,
	/// The key to which its records are wrapped.
	pub encryption_key: Option<EncryptionKey>,
	/// Base URL of its vault, UTF-8; empty while it has none.
	pub endpoint: Vec<u8>,
}

/// A practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PractitionerView {
	/// Their number.
	pub id: PractitionerId,
	/// Their account.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub account: AccountBytes,
	/// Their National Provider Identifier.
	pub npi: Option<Npi>,
	/// Their licences, oldest first.
	pub licences: Vec<LicenceView>,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LicenceView {
	/// Its number.
	pub id: LicenceId,
	/// The board that issued it.
	pub board: OrganisationId,
	/// What it allows.
	pub class: LicenceClass,
	/// Where it is valid.
	pub jurisdictions: Vec<Jurisdiction>,
	/// When it is valid.
	pub valid: Period,
	/// As its board set it.
	pub state: LicenceState,
}

/// A directive, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DirectiveView {
	/// Its id.
	pub id: DirectiveId,
	/// The chart it is about.
	pub chart: ChartId,
	/// What it says, sealed.
	pub seal: Seal,
	/// Its state.
	pub state: DirectiveState,
	/// The directive it replaces.
	pub replaces: Option<DirectiveId>,
}

/// An access request, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestView {
	/// Its id.
	pub id: RequestId,
	/// The account that asks.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub requester: AccountBytes,
	/// Its practitioner number when it asked.
	pub practitioner: PractitionerId,
	/// The organisation it acts for.
	pub organisation: OrganisationId,
	/// What is asked, sealed.
	pub seal: Seal,
	/// First moment at which the request is no longer open.
	pub lapses: Moment,
	/// Its state at the block's time.
	pub state: RequestState,
}

/// A Merkle root over a custodian's disclosures.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DisclosureRoot {
	/// The root, see [`crate::disclosure::root`].
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub root: [u8; 32],
	/// Number of leaves, padding included.
	pub leaves: u32,
	/// When it was posted.
	pub at: Moment,
}

/// A decision with the facts that its asker needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Decided {
	/// The answer.
	pub decision: Decision,
	/// The block's time.
	pub at: Moment,
	/// The accessor's practitioner number.
	pub practitioner: Option<PractitionerId>,
	/// The accessor's published encryption key, to which a release is wrapped.
	pub recipient_key: Option<EncryptionKey>,
}
