//! Calls on records.

use super::{AnchorRecord, Call, TakeRecord, UnfoldRecord};
use salus_primitives::{
	codes::{ErrorReason, PetitionKind},
	ids::{BatchId, OrganisationId, RecordId, Seal},
};

impl Call {
	/// Anchors records; at most 128, all or none. Signed by staff of the custodian.
	pub fn anchor_records(organisation: OrganisationId, records: &[AnchorRecord]) -> Self {
		Self::new("RecordAnchor", "anchor_records", (organisation, records))
	}

	/// Marks a record entered in error. Signed by staff of its custodian.
	pub fn mark_entered_in_error(record: RecordId, reason: ErrorReason) -> Self {
		Self::new("RecordAnchor", "mark_entered_in_error", (record, reason))
	}

	/// Anchors many records under one root, 1 to 2^20. Signed by staff of the custodian.
	pub fn anchor_batch(
		organisation: OrganisationId,
		batch: BatchId,
		root: [u8; 32],
		leaves: u32,
	) -> Self {
		Self::new("RecordAnchor", "anchor_batch", (organisation, batch, root, leaves))
	}

	/// Makes records of batches records of their own; at most 32, all or none. Signed by staff of the
	/// custodian.
	pub fn unfold_records(organisation: OrganisationId, records: &[UnfoldRecord]) -> Self {
		Self::new("RecordAnchor", "unfold_records", (organisation, records))
	}

	/// Places a legal hold on a record; `seal` is over the matter. Signed by a records officer or system
	/// account of its custodian.
	pub fn place_hold(record: RecordId, seal: Seal) -> Self {
		Self::new("RecordAnchor", "place_hold", (record, seal))
	}

	/// Releases a legal hold on a record. Signed by a records officer or system account of its custodian.
	pub fn release_hold(record: RecordId, seal: Seal) -> Self {
		Self::new("RecordAnchor", "release_hold", (record, seal))
	}

	/// Files what a patient asks about a record; `seal` is over its terms. Signed by a records officer or
	/// system account of its custodian.
	pub fn file_petition(record: RecordId, kind: PetitionKind, seal: Seal) -> Self {
		Self::new("RecordAnchor", "file_petition", (record, kind, seal))
	}

	/// Withdraws a petition, as its patient asked. Signed by a records officer or system account of the
	/// record's custodian.
	pub fn withdraw_petition(record: RecordId, number: u32) -> Self {
		Self::new("RecordAnchor", "withdraw_petition", (record, number))
	}

	/// Refuses a petition; `answer` is the seal over why. Signed by a records officer or system account of
	/// the record's custodian.
	pub fn refuse_petition(record: RecordId, number: u32, answer: Seal) -> Self {
		Self::new("RecordAnchor", "refuse_petition", (record, number, answer))
	}

	/// Grants a petition; `answer` is the seal over the answer. Signed by a records officer or system
	/// account of the record's custodian.
	pub fn grant_petition(record: RecordId, number: u32, answer: Seal) -> Self {
		Self::new("RecordAnchor", "grant_petition", (record, number, answer))
	}

	/// Offers records to another custodian; at most 128, all or none. Signed by staff of theirs.
	pub fn offer_custody(
		organisation: OrganisationId,
		to: OrganisationId,
		records: &[RecordId],
	) -> Self {
		Self::new("RecordAnchor", "offer_custody", (organisation, to, records))
	}

	/// Withdraws the offer of records; at most 128, all or none. Signed by staff of their custodian.
	pub fn withdraw_offer(organisation: OrganisationId, records: &[RecordId]) -> Self {
		Self::new("RecordAnchor", "withdraw_offer", (organisation, records))
	}

	/// Takes over records that are offered; at most 128, all or none. Signed by staff of the receiver.
	pub fn accept_custody(organisation: OrganisationId, records: &[TakeRecord]) -> Self {
		Self::new("RecordAnchor", "accept_custody", (organisation, records))
	}

	/// Offers all charts and records to another organisation. Signed by an administrator.
	pub fn offer_holding(organisation: OrganisationId, to: OrganisationId) -> Self {
		Self::new("RecordAnchor", "offer_holding", (organisation, to))
	}

	/// Withdraws the offer of all charts and records. Signed by an administrator.
	pub fn withdraw_holding(organisation: OrganisationId) -> Self {
		Self::new("RecordAnchor", "withdraw_holding", organisation)
	}

	/// Takes over all charts and records of `from`. Signed by an administrator of the receiver.
	pub fn accept_holding(organisation: OrganisationId, from: OrganisationId) -> Self {
		Self::new("RecordAnchor", "accept_holding", (organisation, from))
	}
}
