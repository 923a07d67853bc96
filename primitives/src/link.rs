//! Links: expiring codes by which one record opens, once, for somebody outside the consortium.
//!
//! The patient makes a code of 32 random bytes. A key that signs and a key to which content is wrapped
//! follow from it; their public halves, hashed, are the grantee of a directive. So neither the chain nor a
//! vault learns the code, and what a vault has wrapped opens for its holder alone.

use crate::{
	codes::{Action, Actions, GrantorBasis, Rule, Strength},
	directive::{DirectiveTerms, Grantee},
	ids::{AccountBytes, Seal},
	time::Moment,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Longest time from the first to the last moment of a link: 30 days.
pub const MAX_LINK_VALIDITY: Moment = 30 * 24 * 60 * 60 * 1000;

/// Names the hash over a link's keys, and its version.
const DOMAIN: &[u8; 16] = b"salus/link/keys1";

/// The public halves of the keys that follow from a link's code.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LinkKeys {
	/// The key that signs.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub account: AccountBytes,
	/// The X25519 key to which content keys are wrapped.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
	pub encryption_key: [u8; 32],
}

impl LinkKeys {
	/// What the patient's directive names: `blake2_256(domain ‖ SCALE(keys))`. It needs no salt, since the
	/// keys come from 32 random bytes.
	pub fn seal(&self) -> Seal {
		Seal(sp_crypto_hashing::blake2_256(&(DOMAIN, self).encode()))
	}
}

impl DirectiveTerms {
	/// The link to which the directive speaks, if it speaks to one.
	pub const fn link(&self) -> Option<Seal> {
		match self.grantee {
			Grantee::Bearer(link) => Some(link),
			_ => None,
		}
	}

	/// Whether it is a link as it may be: the patient's specific permit, their own or on paper, to see exactly
	/// one record, for [`MAX_LINK_VALIDITY`] at most.
	pub fn is_fit_link(&self) -> bool {
		let is_short = self
			.period
			.until
			.is_some_and(|until| until.saturating_sub(self.period.from) <= MAX_LINK_VALIDITY);
		self.link().is_some()
			&& self.rule == Rule::Permit
			&& self.strength == Strength::Specific
			&& matches!(self.basis, GrantorBasis::Own | GrantorBasis::WitnessedPaper)
			&& self.actions == Actions::of(&[Action::Access])
			&& self.scope.records.as_ref().is_some_and(|listed| listed.len() == 1)
			&& is_short
	}
}
