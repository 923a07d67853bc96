//! What the pallet tells.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A record was anchored, or made a record of its own out of a batch.
		RecordAnchored {
			/// Who keeps it.
			custodian: OrganisationId,
			/// Its number among the custodian's records.
			number: u32,
			/// The record.
			record: RecordId,
		},
		/// A record was replaced by a newer version.
		RecordSuperseded {
			/// The replaced record.
			record: RecordId,
			/// The version that holds.
			by: RecordId,
		},
		/// A record was marked entered in error.
		RecordEnteredInError {
			/// The record.
			record: RecordId,
			/// Why.
			reason: ErrorReason,
		},
		/// Many records were anchored under one root.
		BatchAnchored {
			/// Who keeps them.
			custodian: OrganisationId,
			/// The batch's number among the custodian's.
			number: u32,
			/// The batch.
			batch: BatchId,
		},
		/// A legal hold was placed on a record.
		HoldPlaced {
			/// The record.
			record: RecordId,
			/// The sealed matter.
			seal: Seal,
		},
		/// A legal hold on a record was released.
		HoldReleased {
			/// The record.
			record: RecordId,
			/// The sealed matter.
			seal: Seal,
		},
		/// A patient's petition about a record was filed.
		PetitionFiled {
			/// The record.
			record: RecordId,
			/// Its number among the record's petitions.
			number: u32,
			/// What is asked.
			kind: PetitionKind,
		},
		/// The patient took a petition back.
		PetitionWithdrawn {
			/// The record.
			record: RecordId,
			/// Its number among the record's petitions.
			number: u32,
		},
		/// A petition was refused.
		PetitionRefused {
			/// The record.
			record: RecordId,
			/// Its number among the record's petitions.
			number: u32,
		},
		/// A petition was granted.
		PetitionGranted {
			/// The record.
			record: RecordId,
			/// Its number among the record's petitions.
			number: u32,
		},
		/// A record was erased.
		RecordErased {
			/// The record.
			record: RecordId,
		},
		/// A record's custody was offered.
		CustodyOffered {
			/// The record.
			record: RecordId,
			/// Who keeps it.
			from: OrganisationId,
			/// Who may take it over.
			to: OrganisationId,
		},
		/// The offer of a record's custody was withdrawn.
		CustodyOfferWithdrawn {
			/// The record.
			record: RecordId,
		},
		/// A record has another custodian.
		CustodyAccepted {
			/// The record.
			record: RecordId,
			/// Who kept it.
			from: OrganisationId,
			/// Who keeps it now.
			to: OrganisationId,
			/// Its number among the new custodian's records.
			number: u32,
		},
		/// An organisation offered all its charts and records.
		HoldingOffered {
			/// Whose they are.
			from: OrganisationId,
			/// Who may take them over.
			to: OrganisationId,
		},
		/// An organisation withdrew the offer of its charts and records.
		HoldingOfferWithdrawn {
			/// Whose they are.
			from: OrganisationId,
		},
		/// An organisation keeps all that another kept.
		HoldingAccepted {
			/// Who kept it.
			from: OrganisationId,
			/// Who keeps it now.
			to: OrganisationId,
		},
	}
}
