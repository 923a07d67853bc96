//! What becomes of asks.

use super::UnknownCode;
use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

codes! {
	/// State of an ask. That its answer is overdue is read from its dates.
	AskState {
		/// The custodian has not answered.
		Open = 0, "open";
		/// Taken back by the patient.
		Withdrawn = 1, "withdrawn";
		/// Refused, with an answer that says why.
		Refused = 2, "refused";
		/// Granted: the custodian says that it is done.
		Granted = 3, "granted";
	}
}

codes! {
	/// How a patient wants to have records.
	AccessForm {
		/// In the custodian's vault, where wallets read.
		Vault = 0, "vault";
		/// As an electronic copy by another way.
		ElectronicCopy = 1, "electronic-copy";
		/// On paper.
		Paper = 2, "paper";
	}
}

codes! {
	/// Why an ask is refused.
	DenialGround {
		/// Psychotherapy notes: 45 CFR 164.524(a)(1)(i).
		PsychotherapyNotes = 0, "psychotherapy-notes";
		/// Compiled for a legal proceeding: 45 CFR 164.524(a)(1)(ii).
		LegalProceeding = 1, "legal-proceeding";
		/// An inmate's copy would endanger somebody: 45 CFR 164.524(a)(2)(ii).
		Inmate = 2, "inmate";
		/// Of research in progress, as the patient agreed: 45 CFR 164.524(a)(2)(iii).
		ResearchInProgress = 3, "research-in-progress";
		/// The Privacy Act denies it: 45 CFR 164.524(a)(2)(iv).
		PrivacyAct = 4, "privacy-act";
		/// Told by another under a promise of confidentiality: 45 CFR 164.524(a)(2)(v).
		PromisedConfidentiality = 5, "promised-confidentiality";
		/// It is likely to endanger somebody's life or safety: 45 CFR 164.524(a)(3)(i).
		EndangersLife = 6, "endangers-life";
		/// It names another person, whom it is likely to harm: 45 CFR 164.524(a)(3)(ii).
		HarmsAnother = 7, "harms-another";
		/// A representative asks, and it is likely to harm somebody: 45 CFR 164.524(a)(3)(iii).
		HarmByRepresentative = 8, "harm-by-representative";
		/// The custodian does not keep it: 45 CFR 164.524(d)(3).
		NotMaintained = 9, "not-maintained";
		/// Not to be had in this form; another is offered: 45 CFR 164.524(c)(2)(i).
		NotReadilyProducible = 10, "not-readily-producible";
	}
}
