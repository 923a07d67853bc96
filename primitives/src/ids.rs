//! Identifiers.
//!
//! Ids of 32 bytes are derived on the client from a domain, the parties and a salt, so they are
//! known before anything is encrypted and make every submission idempotent. They say nothing of
//! what they name. Organisations and practitioners, public by nature, count from 1.

use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Number of an organisation, given by the chain in order of admission.
pub type OrganisationId = u32;
/// Number of a practitioner, given by the chain in order of registration.
pub type PractitionerId = u32;
/// Number of a licence, given by the chain in order of issue.
pub type LicenceId = u32;
/// Number of an accreditation, given by the chain in order of first decision.
pub type AccreditationId = u32;
/// Number of an inspection, given by the chain in order of recording.
pub type InspectionId = u32;
/// The 32 bytes of an account, which is an sr25519 or ed25519 public key.
pub type AccountBytes = [u8; 32];

/// A text that is not an id of 32 bytes in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl core::fmt::Display for NotAnId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("not an id: expected 0x and 64 hexadecimal digits")
	}
}

impl core::error::Error for NotAnId {}

/// Byte arrays in JSON as `0x…`, for `#[serde(with = "hex_bytes")]`.
#[cfg(feature = "serde")]
pub mod hex_bytes {
	use alloc::string::String;
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	/// Writes the bytes.
	pub fn serialize<S: Serializer, const N: usize>(
		bytes: &[u8; N],
		to: S,
	) -> Result<S::Ok, S::Error> {
		to.collect_str(&format_args!("0x{}", hex::encode(bytes)))
	}

	/// Reads the bytes; refuses another number of them.
	pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
		from: D,
	) -> Result<[u8; N], D::Error> {
		let text = String::deserialize(from)?;
		let mut bytes = [0; N];
		text.strip_prefix("0x")
			.and_then(|digits| hex::decode_to_slice(digits, &mut bytes).ok())
			.map(|()| bytes)
			.ok_or_else(|| {
				D::Error::custom(format_args!("expected 0x and {} hexadecimal digits", 2 * N))
			})
	}
}

/// Lists of 32 bytes in JSON as `0x…`, for `#[serde(with = "hex_list")]`.
#[cfg(feature = "serde")]
pub mod hex_list {
	use super::Digest;
	use alloc::vec::Vec;
	use serde::{Deserialize, Deserializer, Serializer};

	/// Writes the list.
	pub fn serialize<S: Serializer>(list: &[[u8; 32]], to: S) -> Result<S::Ok, S::Error> {
		to.collect_seq(list.iter().copied().map(Digest))
	}

	/// Reads the list; refuses an entry with another number of bytes.
	pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<[u8; 32]>, D::Error> {
		Ok(Vec::<Digest>::deserialize(from)?
			.into_iter()
			.map(|Digest(bytes)| bytes)
			.collect())
	}
}

/// The JSON schema of `N` bytes as `0x…`.
#[cfg(feature = "schema")]
pub fn hex_schema<const N: usize>(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
	let pattern = alloc::format!("^0x[0-9a-fA-F]{{{}}}$", 2 * N);
	schemars::json_schema!({ "type": "string", "pattern": pattern })
}

fn parse_hex(text: &str) -> Result<[u8; 32], NotAnId> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	let mut bytes = [0; 32];
	hex::decode_to_slice(digits, &mut bytes).map_err(|_| NotAnId)?;
	Ok(bytes)
}

/// Declares a newtype over 32 bytes that reads and prints as `0x…`.
macro_rules! bytes32 {
	($(#[$meta:meta])* $name:ident) => {
		$(#[$meta])*
		#[derive(
			Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default,
			Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
		)]
		pub struct $name(pub [u8; 32]);

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				f.write_str("0x")?;
				self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
			}
		}

		impl core::fmt::Debug for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				core::fmt::Display::fmt(self, f)
			}
		}

		impl core::str::FromStr for $name {
			type Err = NotAnId;
			fn from_str(text: &str) -> Result<Self, NotAnId> {
				parse_hex(text).map(Self)
			}
		}

		impl From<[u8; 32]> for $name {
			fn from(bytes: [u8; 32]) -> Self {
				Self(bytes)
			}
		}

		impl AsRef<[u8]> for $name {
			fn as_ref(&self) -> &[u8] {
				&self.0
			}
		}

		#[cfg(feature = "serde")]
		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
				to.collect_str(self)
			}
		}

		#[cfg(feature = "serde")]
		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
				let text = String::deserialize(from)?;
				text.parse().map_err(serde::de::Error::custom)
			}
		}

		#[cfg(feature = "schema")]
		impl schemars::JsonSchema for $name {
			fn schema_name() -> alloc::borrow::Cow<'static, str> {
				stringify!($name).into()
			}

			fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
				$crate::ids::hex_schema::<32>(generator)
			}
		}
	};
}

bytes32! {
	/// A patient's pseudonymous file at one custodian.
	ChartId
}
bytes32! {
	/// One version of one clinical record. Names the organisation that anchors it, which is public, so
	/// that nobody else can anchor it first; says nothing of the chart it belongs to.
	RecordId
}
bytes32! {
	/// Many records under one root, see [`crate::batch`].
	BatchId
}
bytes32! {
	/// One consent directive.
	DirectiveId
}
bytes32! {
	/// One access request.
	RequestId
}
bytes32! {
	/// One ask, see [`crate::ask`].
	AskId
}
bytes32! {
	/// One break-glass, see [`crate::break_glass`].
	BreakGlassId
}
bytes32! {
	/// One encounter, as the custodian numbers them; appears inside sealed terms only.
	EncounterId
}
bytes32! {
	/// A sealed commitment, see [`crate::seal`].
	Seal
}
bytes32! {
	/// The root over a chart's guardians, see [`crate::guardian`].
	GuardRoot
}
bytes32! {
	/// A digest by blake2_256 over stored bytes.
	Digest
}
bytes32! {
	/// A random salt. Whoever holds it and the terms can open the seal.
	Salt
}

/// What an id is for; separates ids with equal parties and salts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdDomain {
	/// [`ChartId`], derived from genesis hash, custodian and first key.
	Chart,
	/// [`RecordId`], derived from genesis hash and custodian.
	Record,
	/// [`DirectiveId`], derived from genesis hash and chart.
	Directive,
	/// [`RequestId`], derived from genesis hash, organisation and practitioner.
	Request,
	/// [`BatchId`], derived from genesis hash and custodian.
	Batch,
	/// [`BreakGlassId`], derived from genesis hash, organisation and practitioner.
	BreakGlass,
	/// [`BreakGlassId`] of a statement made while finality stalled, derived from all that it says.
	BreakGlassStatement,
	/// [`AskId`], derived from genesis hash and chart.
	Ask,
}

impl IdDomain {
	const fn tag(self) -> &'static [u8; 16] {
		match self {
			Self::Chart => b"salus/id/chart  ",
			Self::Record => b"salus/id/record ",
			Self::Directive => b"salus/id/direct ",
			Self::Request => b"salus/id/request",
			Self::Batch => b"salus/id/batch  ",
			Self::BreakGlass => b"salus/id/brkglas",
			Self::BreakGlassStatement => b"salus/id/brkstmt",
			Self::Ask => b"salus/id/ask    ",
		}
	}
}

/// `blake2_256(domain ‖ SCALE(parties) ‖ salt)`.
pub fn derive_id(domain: IdDomain, parties: &impl Encode, salt: &Salt) -> [u8; 32] {
	let mut bytes = domain.tag().to_vec();
	parties.encode_to(&mut bytes);
	bytes.extend_from_slice(&salt.0);
	sp_crypto_hashing::blake2_256(&bytes)
}

impl RecordId {
	/// A record that this organisation anchors: the first 28 bytes of [`derive_id`], then its number in
	/// four bytes, big endian. So what people see of an id, its beginning, tells records apart.
	pub fn derive(genesis: &[u8; 32], organisation: OrganisationId, salt: &Salt) -> Self {
		let derived = derive_id(IdDomain::Record, &(genesis, organisation), salt);
		Self(derived).anchored_at(organisation)
	}

	/// This id, with this organisation in its last four bytes.
	#[must_use]
	pub const fn anchored_at(mut self, organisation: OrganisationId) -> Self {
		[self.0[28], self.0[29], self.0[30], self.0[31]] = organisation.to_be_bytes();
		self
	}

	/// The organisation that anchors it, by itself or in a batch. Who keeps it may be another by now.
	pub fn anchored_by(&self) -> OrganisationId {
		let [.., a, b, c, d] = self.0;
		OrganisationId::from_be_bytes([a, b, c, d])
	}
}

impl Digest {
	/// The digest of these bytes.
	pub fn of(bytes: &[u8]) -> Self {
		Self(sp_crypto_hashing::blake2_256(bytes))
	}
}
