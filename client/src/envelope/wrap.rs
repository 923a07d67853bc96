//! Wraps of content keys: HPKE, RFC 9180, base mode.

use super::{ContentKey, EnvelopeError, RecordVersion, HYBRID_SUITE, WRAP_DOMAIN, WRAP_SUITE};
use crate::vault_api::hex_bytes;
use codec::{Decode, Encode, Input};
use hpke::{
	aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256, Deserializable, Kem, OpModeR,
	OpModeS, Serializable,
};
use salus_primitives::{
	decision::Basis,
	ids::{hex_schema, ChartId, OrganisationId},
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// An X25519 secret to which content keys are wrapped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct EncryptionSecret([u8; 32]);

impl EncryptionSecret {
	/// A fresh random secret.
	pub fn generate() -> Result<Self, EnvelopeError> {
		let mut secret = Self([0; 32]);
		getrandom::fill(&mut secret.0).map_err(|_| EnvelopeError::Random)?;
		Ok(secret)
	}

	/// The secret with these bytes.
	pub const fn from_bytes(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}

	/// Its bytes, for storing them encrypted.
	pub const fn expose(&self) -> &[u8; 32] {
		&self.0
	}

	/// The public key.
	pub fn public(&self) -> [u8; 32] {
		X25519HkdfSha256::sk_to_pk(&self.private()).to_bytes().into()
	}

	fn private(&self) -> Private {
		// Only another length than 32 bytes is refused.
		Private::from_bytes(&self.0).unwrap_or_else(|_| unreachable!("32 bytes"))
	}
}

impl core::fmt::Debug for EncryptionSecret {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("EncryptionSecret(…)")
	}
}

/// For whom and in whose right a content key is wrapped. Bound into the wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WrapContext {
	/// The custodian's key service; stored with the record.
	#[codec(index = 0)]
	Custodian {
		/// The custodian.
		organisation: OrganisationId,
		/// Which of its published keys.
		key_version: u32,
	},
	/// The patient, by the chart's key; stored with the record.
	#[codec(index = 1)]
	Chart {
		/// The chart.
		chart: ChartId,
	},
	/// Someone whom the decision permits; made at release.
	#[codec(index = 2)]
	Recipient {
		/// In whose right.
		basis: Basis,
		/// Which of the recipient's published keys.
		key_version: u32,
		/// First moment at which it may not be opened any more.
		expires: Moment,
	},
}

/// A content key, wrapped to one recipient. Reading one of another suite fails by its name, since the
/// parts of another suite have other lengths.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Received")]
pub struct Wrap {
	/// [`WRAP_SUITE`].
	pub suite: u8,
	/// HPKE's encapsulated key.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub encapsulated_key: [u8; 32],
	/// The content key with its tag.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<48>")]
	pub ciphertext: [u8; 48],
	/// For whom and in whose right.
	pub context: WrapContext,
}

impl Decode for Wrap {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		match u8::decode(input)? {
			WRAP_SUITE => {},
			HYBRID_SUITE => {
				return Err(
					"the wrap's suite 2 (hybrid post-quantum) is not known to this program".into(),
				);
			},
			_ => return Err("the wrap's suite is not known to this program".into()),
		}
		let (encapsulated_key, ciphertext, context) = Decode::decode(input)?;
		Ok(Self { suite: WRAP_SUITE, encapsulated_key, ciphertext, context })
	}
}

/// A wrap as it comes in JSON, of whatever suite.
#[derive(Deserialize, JsonSchema)]
struct Received {
	suite: u8,
	/// HPKE's encapsulated key: of suite 1, 32 bytes.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	encapsulated_key: Vec<u8>,
	/// The content key with its tag: of suite 1, 48 bytes.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<48>")]
	ciphertext: Vec<u8>,
	/// For whom and in whose right.
	context: WrapContext,
}

impl TryFrom<Received> for Wrap {
	type Error = String;

	fn try_from(received: Received) -> Result<Self, String> {
		let Received { suite, encapsulated_key, ciphertext, context } = received;
		if suite != WRAP_SUITE {
			return Err(EnvelopeError::WrongSuite(suite).to_string());
		}
		let other = |length| format!("{length} bytes do not fit here");
		Ok(Self {
			suite,
			encapsulated_key: encapsulated_key
				.try_into()
				.map_err(|bytes: Vec<u8>| other(bytes.len()))?,
			ciphertext: ciphertext.try_into().map_err(|bytes: Vec<u8>| other(bytes.len()))?,
			context,
		})
	}
}

/// HPKE's `info`: what the wrap is bound to.
fn info(of: &RecordVersion, context: &WrapContext) -> Vec<u8> {
	(WRAP_DOMAIN, of, context).encode()
}

impl Wrap {
	/// Wraps `key`, the content key of `of`, to the X25519 key `recipient`.
	pub fn seal(
		key: &ContentKey,
		of: &RecordVersion,
		context: WrapContext,
		recipient: &[u8; 32],
	) -> Result<Self, EnvelopeError> {
		let recipient =
			Public::from_bytes(recipient).map_err(|_| EnvelopeError::BadRecipientKey)?;
		// Encapsulation fails only for a public key of low order, where all senders would agree on
		// the same secret.
		let (encapsulated, ciphertext) =
			hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
				&OpModeS::Base,
				&recipient,
				&info(of, &context),
				key.bytes(),
				&[],
			)
			.map_err(|_| EnvelopeError::BadRecipientKey)?;
		Ok(Self {
			suite: WRAP_SUITE,
			encapsulated_key: encapsulated.to_bytes().into(),
			ciphertext: ciphertext.try_into().map_err(|_| EnvelopeError::BadRecipientKey)?,
			context,
		})
	}

	/// Opens the wrap as one of the content key of `of`, at `now`.
	pub fn open(
		&self,
		secret: &EncryptionSecret,
		of: &RecordVersion,
		now: Moment,
	) -> Result<ContentKey, EnvelopeError> {
		if self.suite != WRAP_SUITE {
			return Err(EnvelopeError::WrongSuite(self.suite));
		}
		if let WrapContext::Recipient { expires, .. } = self.context {
			if now >= expires {
				return Err(EnvelopeError::Expired(expires));
			}
		}
		let encapsulated = Encapsulated::from_bytes(&self.encapsulated_key)
			.map_err(|_| EnvelopeError::WrapRefused)?;
		let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
			&OpModeR::Base,
			&secret.private(),
			&encapsulated,
			&info(of, &self.context),
			&self.ciphertext,
			&[],
		)
		.map(Zeroizing::new)
		.map_err(|_| EnvelopeError::WrapRefused)?;
		let mut key = ContentKey([0; 32]);
		if opened.len() != key.0.len() {
			return Err(EnvelopeError::WrapRefused);
		}
		key.0.copy_from_slice(&opened);
		Ok(key)
	}
}
