//! What a record's leaf seals.

use crate::{
	codes::{Category, Confidentiality, Sensitivities},
	ids::{ChartId, Digest, EncounterId, PractitionerId, Seal},
	seal::Sealable,
	time::Moment,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The sealed terms of one version of one record.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordTerms {
	/// The chart it belongs to.
	pub chart: ChartId,
	/// Place among the chart's records, from 0. A gap tells the patient that one is withheld.
	pub sequence: u32,
	/// Leaf of the chart's record before this one.
	pub previous_leaf: Option<Seal>,
	/// Version of the record, from 1.
	pub version: u32,
	/// Kind of record.
	pub category: Category,
	/// HL7 v3-Confidentiality.
	pub confidentiality: Confidentiality,
	/// HL7 v3-ActSensitivity labels.
	pub sensitivity: Sensitivities,
	/// Who wrote it, if a registered practitioner did.
	pub author: Option<PractitionerId>,
	/// The encounter it was written in.
	pub encounter: Option<EncounterId>,
	/// When what it tells of took place.
	pub clinical_date: Moment,
	/// Bytes of the content before encryption.
	pub size: u64,
	/// blake2_256 of the content.
	pub content_digest: Digest,
	/// blake2_256 of the stored ciphertext.
	pub ciphertext_digest: Digest,
}

impl Sealable for RecordTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/record/1  ";
}
