//! What becomes of records.

use super::UnknownCode;
use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

codes! {
	/// State of a record.
	RecordState {
		/// The version that holds.
		Current = 0, "current";
		/// Replaced by a newer version.
		Superseded = 1, "superseded";
		/// Never should have been; kept, with its reason.
		EnteredInError = 2, "entered-in-error";
		/// Key and salt are destroyed: nobody reads it any more.
		Erased = 3, "erased";
	}
}

codes! {
	/// Why a record was marked entered in error.
	ErrorReason {
		/// It belongs to someone else's chart.
		WrongPatient = 0, "wrong-patient";
		/// It was written twice.
		Duplicate = 1, "duplicate";
		/// What it says is wrong and no corrected version replaces it.
		WrongContent = 2, "wrong-content";
	}
}

codes! {
	/// What a patient asks of a custodian about one record.
	PetitionKind {
		/// That it be erased: GDPR Art. 17.
		Erasure = 0, "erasure";
		/// That it be amended: 45 CFR 164.526, GDPR Art. 16.
		Amendment = 1, "amendment";
	}
}

codes! {
	/// State of a petition. That its answer is overdue is read from its date.
	PetitionState {
		/// The custodian has not answered.
		Open = 0, "open";
		/// Taken back by the patient.
		Withdrawn = 1, "withdrawn";
		/// Refused, with an answer that says why.
		Refused = 2, "refused";
		/// Done.
		Granted = 3, "granted";
	}
}

codes! {
	/// Why a petition is refused.
	RefusalReason {
		/// A law has the custodian keep the record: GDPR Art. 17(3)(b).
		RetentionLaw = 0, "retention-law";
		/// The record is under a legal hold: GDPR Art. 17(3)(e).
		LegalHold = 1, "legal-hold";
		/// What it says is accurate and complete: 45 CFR 164.526(a)(2)(iv).
		AccurateAndComplete = 2, "accurate-and-complete";
		/// Another wrote it, who can still be asked: 45 CFR 164.526(a)(2)(i).
		NotOurs = 3, "not-ours";
		/// It is not part of what decisions about the patient are made by: 45 CFR 164.526(a)(2)(ii).
		NotPartOfRecordSet = 4, "not-part-of-record-set";
	}
}
