//! Sealed terms: the chain holds `blake2_256(domain ‖ salt ‖ SCALE(terms))`, those concerned hold
//! the opening.
//!
//! Domains are 16 bytes each, so no two of them are a prefix of each other, and the salt has 32
//! random bytes, so equal terms never give equal seals.

use crate::ids::{Salt, Seal};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Terms that can be sealed. The domain keeps seals over different terms apart.
pub trait Sealable: Encode {
	/// Names the terms and their version in 16 bytes.
	const DOMAIN: &'static [u8; 16];
}

/// Terms and salt: what opens a seal.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opening<Terms> {
	/// What was sealed.
	pub terms: Terms,
	/// The salt it was sealed with.
	pub salt: Salt,
}

impl<Terms: Sealable> Opening<Terms> {
	/// The seal that this opens.
	pub fn seal(&self) -> Seal {
		let mut bytes = Terms::DOMAIN.to_vec();
		bytes.extend_from_slice(&self.salt.0);
		self.terms.encode_to(&mut bytes);
		Seal(sp_crypto_hashing::blake2_256(&bytes))
	}

	/// Whether this opens `seal`.
	pub fn opens(&self, seal: &Seal) -> bool {
		self.seal() == *seal
	}
}
