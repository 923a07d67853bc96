//! Why the pallet refuses.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The sender has not the role that this takes at the custodian, or no good standing: ask its
		/// administrator, and see the sender's standing for the reasons.
		NotAuthorised,
		/// The batch is empty: submit at least one record.
		EmptyBatch,
		/// Another record or batch has this id, or another custodian took it over: derive the id from a
		/// new salt.
		AlreadyExists,
		/// The chain knows no record with this id: check it, wait until it is anchored, or unfold it if a
		/// batch holds it.
		NotFound,
		/// The record to replace is unknown, or another custodian's: name one's own, unfolded if it is of
		/// a batch.
		ReplacedUnknown,
		/// The record to replace is not current: replace the latest version.
		ReplacedNotCurrent,
		/// The record was entered in error before: nothing is left to do.
		AlreadyEnteredInError,
		/// The custodian has anchored as many records or batches as can be numbered.
		TooManyRecords,
		/// A batch has 1 to 2^20 leaves: split it.
		InvalidLeafCount,
		/// The chain knows no batch with this id: check it, or wait until it is anchored.
		BatchUnknown,
		/// The proof does not lead from the record to the batch's root: prove it anew from the batch.
		WrongProof,
		/// The record or batch is another custodian's: name one's own.
		NotTheCustodian,
		/// The record is erased: nothing can be changed any more.
		RecordErased,
		/// The record's custody is offered: wait until it is accepted, or withdraw the offer.
		RecordOffered,
		/// The record is under a legal hold: release every hold before erasing it.
		RecordHeld,
		/// The record has as many legal holds as it can: release one.
		TooManyHolds,
		/// The record is under no hold with this seal: check it.
		HoldUnknown,
		/// A petition of this kind about the record is open: answer it, or have it withdrawn.
		PetitionOpen,
		/// The record has had as many petitions as it can.
		TooManyPetitions,
		/// The record has no petition with this number: check it.
		PetitionUnknown,
		/// The petition is withdrawn or answered: file a new one.
		PetitionNotOpen,
		/// The record is still current: anchor the amended version, or mark this one entered in error,
		/// and grant the petition then.
		StillCurrent,
		/// The receiver is the giver, is no active organisation or has given its own holding away: name
		/// another.
		ReceiverUnfit,
		/// The record's custody is not offered to this organisation: ask its custodian to offer it.
		NotOffered,
		/// The organisation has given its holding away: who keeps it now acts for it, and it takes on
		/// nothing.
		HoldingGivenAway,
		/// The holding is offered to another: withdraw that offer first.
		HoldingOffered,
		/// The holding is not offered, or not to this organisation: ask its administrators to offer it.
		HoldingNotOffered,
		/// The holding has been handed on as often as can be: offer its parts record by record.
		TooManyHandovers,
		/// The accreditation that the receiver needs is over and so is its grace: it takes on no new
		/// charts until it is accredited.
		TakesOnNothingNew,
		/// The id ends with the number of another organisation: derive it for the one that anchors it.
		NotItsId,
	}
}
