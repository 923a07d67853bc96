//! Value sets of providers: organisations, staff, licences, accreditation and standing.

use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use super::UnknownCode;

codes! {
	/// What kind of body an organisation is.
	OrganisationKind {
		/// Hospital.
		Hospital = 0, "hospital";
		/// Clinic, dental or medical practice.
		Clinic = 1, "clinic";
		/// Laboratory.
		Laboratory = 2, "laboratory";
		/// Imaging centre.
		ImagingCentre = 3, "imaging-centre";
		/// Pharmacy.
		Pharmacy = 4, "pharmacy";
		/// Manufacturer of drugs or supplies.
		Manufacturer = 5, "manufacturer";
		/// Wholesaler.
		Wholesaler = 6, "wholesaler";
		/// Carrier.
		Carrier = 7, "carrier";
		/// Payer.
		Payer = 8, "payer";
		/// Research institute.
		ResearchInstitute = 9, "research-institute";
		/// Ethics board.
		EthicsBoard = 10, "ethics-board";
		/// Licensing board.
		LicensingBoard = 11, "licensing-board";
		/// Accreditation body.
		AccreditationBody = 12, "accreditation-body";
		/// Regulator.
		Regulator = 13, "regulator";
	}
}

codes! {
	/// Standing of an organisation in the consortium.
	OrganisationState {
		/// A member put it forward; the council has not decided.
		Applied = 0, "applied";
		/// Admitted and able to act.
		Active = 1, "active";
		/// Stopped by the council for now.
		Suspended = 2, "suspended";
		/// Gone for good.
		Withdrawn = 3, "withdrawn";
	}
}

codes! {
	/// What a staff account may do for its organisation.
	Role {
		/// Manages staff, keys and endpoint.
		Administrator = 0, "administrator";
		/// Treats patients; needs a practitioner's licence.
		Clinician = 1, "clinician";
		/// Dispenses; needs a pharmacist's licence.
		Pharmacist = 2, "pharmacist";
		/// Ships and receives.
		Logistics = 3, "logistics";
		/// Enrols charts, stores and corrects records.
		RecordsOfficer = 4, "records-officer";
		/// Inspects and releases.
		QualityOfficer = 5, "quality-officer";
		/// A machine of the organisation: vault, gateway, device.
		System = 6, "system";
	}
}
code_set! {
	/// A set of [`Role`].
	Roles(u32) of Role
}

codes! {
	/// What a licence allows. Codes from 16 on are held by organisations, the others by
	/// practitioners.
	LicenceClass {
		/// Physician or surgeon.
		Physician = 0, "physician";
		/// Dentist.
		Dentist = 1, "dentist";
		/// Nurse.
		Nurse = 2, "nurse";
		/// Pharmacist.
		Pharmacist = 3, "pharmacist";
		/// To run a hospital, clinic or imaging centre.
		Facility = 16, "facility";
		/// To run a pharmacy.
		PharmacyPermit = 17, "pharmacy-permit";
		/// To distribute drugs wholesale.
		Wholesaler = 18, "wholesaler";
		/// To make drugs.
		Manufacturer = 19, "manufacturer";
		/// To run a clinical laboratory.
		LaboratoryCertificate = 20, "laboratory-certificate";
		/// To handle controlled drugs as a house.
		ControlledDrugs = 21, "controlled-drugs";
	}
}
code_set! {
	/// A set of [`LicenceClass`].
	LicenceClasses(u32) of LicenceClass
}

impl LicenceClass {
	/// Whether organisations hold it, not practitioners.
	pub const fn is_for_organisations(self) -> bool {
		self.index() >= 16
	}
}

codes! {
	/// State of a licence. Expired and lapsed are read from its dates and never stored.
	LicenceState {
		/// In force within its dates.
		Active = 1, "active";
		/// Stopped for now.
		Suspended = 2, "suspended";
		/// Taken away for good.
		Revoked = 3, "revoked";
		/// Issued, not yet verified at the primary source.
		Pending = 4, "pending";
		/// Given back by its holder.
		Surrendered = 5, "surrendered";
		/// Never should have been.
		IssuedInError = 6, "issued-in-error";
		/// Its dates are over; it can still be renewed.
		Expired = 7, "expired";
		/// Its dates and the time to renew it are over.
		Lapsed = 8, "lapsed";
	}
}

codes! {
	/// Schedules of controlled drugs, 21 U.S.C. 812.
	DrugSchedule {
		/// Schedule I.
		I = 1, "CI";
		/// Schedule II.
		II = 2, "CII";
		/// Schedule III.
		III = 3, "CIII";
		/// Schedule IV.
		IV = 4, "CIV";
		/// Schedule V.
		V = 5, "CV";
	}
}
code_set! {
	/// A set of [`DrugSchedule`].
	DrugSchedules(u32) of DrugSchedule
}

codes! {
	/// What an accreditation is about.
	Programme {
		/// Hospitals.
		Hospital = 0, "hospital";
		/// Ambulatory care, dental and office practice.
		AmbulatoryCare = 1, "ambulatory-care";
		/// Clinical laboratories.
		Laboratory = 2, "laboratory";
		/// Imaging.
		Imaging = 3, "imaging";
		/// Pharmacies.
		Pharmacy = 4, "pharmacy";
		/// Behavioural health care.
		BehaviouralHealth = 5, "behavioural-health";
		/// Nursing care centres.
		NursingCare = 6, "nursing-care";
		/// Distribution of drugs and supplies.
		Distribution = 7, "distribution";
	}
}
code_set! {
	/// A set of [`Programme`].
	Programmes(u32) of Programme
}

codes! {
	/// State of an accreditation. Expired is read from its dates and never stored.
	AccreditationState {
		/// In force.
		Accredited = 1, "accredited";
		/// In force; faults are to be mended by a due date.
		AccreditedWithFollowUp = 2, "accredited-with-follow-up";
		/// In force for a short time, after a first survey.
		LimitedTemporary = 3, "limited-temporary";
		/// Still in force; the body means to deny, the organisation can appeal.
		PreliminaryDenial = 4, "preliminary-denial";
		/// Denied for good.
		Denied = 5, "denied";
		/// Taken back by the organisation or its body.
		Withdrawn = 6, "withdrawn";
		/// Its dates are over.
		Expired = 7, "expired";
	}
}

impl AccreditationState {
	/// Whether the organisation is accredited in this state.
	pub const fn is_in_force(self) -> bool {
		matches!(
			self,
			Self::Accredited
				| Self::AccreditedWithFollowUp
				| Self::LimitedTemporary
				| Self::PreliminaryDenial
		)
	}
}

codes! {
	/// What an inspection led to: classes of the United States' FDA.
	InspectionOutcome {
		/// No action indicated.
		NoAction = 0, "NAI";
		/// Voluntary action indicated.
		VoluntaryAction = 1, "VAI";
		/// Official action indicated.
		OfficialAction = 2, "OAI";
	}
}

codes! {
	/// State of an inspection.
	InspectionState {
		/// Nothing is left to follow up.
		Closed = 0, "closed";
		/// Something is to be mended by a due date.
		FollowUpDue = 1, "follow-up-due";
		/// Never should have been.
		EnteredInError = 2, "entered-in-error";
	}
}

codes! {
	/// Why an account may not act in a role for an organisation now. Codes 1–19
	/// and 40–59 of the deny reasons.
	StandingReason {
		/// No such organisation.
		OrganisationUnknown = 1, "organisation-unknown";
		/// The organisation is suspended.
		OrganisationSuspended = 2, "organisation-suspended";
		/// The organisation has withdrawn.
		OrganisationWithdrawn = 3, "organisation-withdrawn";
		/// The account is not on the organisation's staff.
		NotStaff = 4, "not-staff";
		/// The account is on the staff without this role.
		RoleNotHeld = 5, "role-not-held";
		/// The role needs a licence and the account is no registered practitioner's.
		NotAPractitioner = 6, "not-a-practitioner";
		/// The practitioner holds no licence of a class that the role needs.
		LicenceMissing = 7, "licence-missing";
		/// The licence is not valid in the organisation's jurisdiction.
		LicenceOutOfJurisdiction = 8, "licence-out-of-jurisdiction";
		/// The licence has not begun.
		LicenceNotYetValid = 9, "licence-not-yet-valid";
		/// The licence has expired.
		LicenceExpired = 10, "licence-expired";
		/// The licence is suspended.
		LicenceSuspended = 11, "licence-suspended";
		/// The licence is revoked.
		LicenceRevoked = 12, "licence-revoked";
		/// The council has not admitted the organisation yet.
		OrganisationNotAdmitted = 13, "organisation-not-admitted";
		/// The licence has not been verified yet.
		LicencePending = 14, "licence-pending";
		/// The licence has expired and can no longer be renewed.
		LicenceLapsed = 15, "licence-lapsed";
		/// The licence was given back.
		LicenceSurrendered = 16, "licence-surrendered";
		/// The licence was issued in error.
		LicenceIssuedInError = 17, "licence-issued-in-error";
		/// The licence is limited to other organisations.
		LicenceLimitedToOtherSites = 18, "licence-limited-to-other-sites";
		/// The licence needs a supervisor, and the organisation has none in good standing for it.
		SupervisorMissing = 19, "supervisor-missing";
		/// The organisation lacks a licence that its kind needs.
		AuthorisationMissing = 40, "authorisation-missing";
		/// The organisation's licence has not begun.
		AuthorisationNotYetValid = 41, "authorisation-not-yet-valid";
		/// The organisation's licence has expired or lapsed.
		AuthorisationExpired = 42, "authorisation-expired";
		/// The organisation's licence is suspended.
		AuthorisationSuspended = 43, "authorisation-suspended";
		/// The organisation's licence was revoked, surrendered or issued in error.
		AuthorisationEnded = 44, "authorisation-ended";
		/// The organisation's licence has not been verified yet.
		AuthorisationPending = 45, "authorisation-pending";
		/// The council has not said what such an organisation needs there.
		RequirementsUnknown = 46, "requirements-unknown";
		/// The accreditation that the organisation needs is over, and so is the grace.
		AccreditationMissing = 47, "accreditation-missing";
		/// The practitioner's licence does not extend to controlled drugs of that schedule.
		ScheduleNotLicensed = 48, "schedule-not-licensed";
		/// The organisation has no licence for controlled drugs of that schedule.
		ScheduleNotAuthorised = 49, "schedule-not-authorised";
	}
}
code_set! {
	/// Every reason why not; without members, the account may act.
	StandingReasons(u64) of StandingReason
}

impl StandingReason {
	/// A sentence that tells a person what is wrong and what to do.
	pub const fn sentence(self) -> &'static str {
		match self {
			Self::OrganisationUnknown =>
				"no such organisation: check its number in the directory",
			Self::OrganisationSuspended =>
				"the organisation is suspended: its administrator must ask the council",
			Self::OrganisationWithdrawn => "the organisation has left the consortium",
			Self::NotStaff =>
				"this account is not on the organisation's staff: ask its administrator to add it",
			Self::RoleNotHeld =>
				"this account does not hold the role: ask the organisation's administrator",
			Self::NotAPractitioner =>
				"the role needs a licence and this account is no registered practitioner's: ask the licensing board",
			Self::LicenceMissing =>
				"the practitioner holds no licence of the class this role needs: ask the licensing board",
			Self::LicenceOutOfJurisdiction =>
				"the licence is not valid where the organisation is: ask the licensing board there",
			Self::LicenceNotYetValid => "the licence is not valid yet: wait for its first day",
			Self::LicenceExpired => "the licence has expired: renew it with the licensing board",
			Self::LicenceSuspended => "the licence is suspended: ask the licensing board",
			Self::LicenceRevoked => "the licence is revoked",
			Self::OrganisationNotAdmitted =>
				"the council has not admitted the organisation yet: wait for its vote",
			Self::LicencePending =>
				"the licence is not verified yet: ask the licensing board",
			Self::LicenceLapsed =>
				"the licence has lapsed and can no longer be renewed: apply to the licensing board for a new one",
			Self::LicenceSurrendered => "the licence was given back: apply to the licensing board for a new one",
			Self::LicenceIssuedInError =>
				"the licence was issued in error: ask the licensing board",
			Self::LicenceLimitedToOtherSites =>
				"the licence is limited to other organisations: ask the licensing board to add this one",
			Self::SupervisorMissing =>
				"the licence is valid under supervision only: the organisation's administrator must assign a supervisor in good standing",
			Self::AuthorisationMissing =>
				"the organisation lacks a licence that its kind needs: its administrator must apply to the board or regulator there",
			Self::AuthorisationNotYetValid =>
				"the organisation's licence is not valid yet: wait for its first day",
			Self::AuthorisationExpired =>
				"the organisation's licence has expired: its administrator must have it renewed",
			Self::AuthorisationSuspended =>
				"the organisation's licence is suspended: its administrator must ask the board or regulator",
			Self::AuthorisationEnded =>
				"the organisation's licence was revoked or given back: it needs a new one",
			Self::AuthorisationPending =>
				"the organisation's licence is not verified yet: ask the board or regulator",
			Self::RequirementsUnknown =>
				"the council has not said what such an organisation needs here: ask the council",
			Self::AccreditationMissing =>
				"the organisation's accreditation has ended and so has its grace: it takes on nothing new until it is accredited",
			Self::ScheduleNotLicensed =>
				"the licence does not extend to controlled drugs of this schedule: ask the licensing board",
			Self::ScheduleNotAuthorised =>
				"the organisation has no licence for controlled drugs of this schedule: ask the regulator",
		}
	}
}

codes! {
	/// What people should know of a standing although it is good. Stops nobody.
	StandingFlag {
		/// The accreditation that the organisation needs is over; the grace runs.
		AccreditationLapsed = 0, "accreditation-lapsed";
		/// The accreditation body means to deny.
		AccreditationDenialPreliminary = 1, "accreditation-denial-preliminary";
		/// What an accreditation asked for is overdue.
		AccreditationFollowUpOverdue = 2, "accreditation-follow-up-overdue";
		/// What an inspection asked for is overdue.
		InspectionFollowUpOverdue = 3, "inspection-follow-up-overdue";
		/// The practitioner's licence is due for verification.
		LicenceVerificationOverdue = 4, "licence-verification-overdue";
		/// The practitioner's licence ends within 30 days.
		LicenceEndsSoon = 5, "licence-ends-soon";
		/// An organisation's licence is due for verification.
		AuthorisationVerificationOverdue = 6, "authorisation-verification-overdue";
		/// An organisation's licence ends within 30 days.
		AuthorisationEndsSoon = 7, "authorisation-ends-soon";
		/// The organisation takes on nothing new: the accreditation it needs is over and so is the
		/// grace. Those in the house are treated.
		TakesOnNothingNew = 8, "takes-on-nothing-new";
		/// Another licence of the practitioner there is suspended or revoked.
		LicenceDisciplined = 9, "licence-disciplined";
	}
}
code_set! {
	/// Everything people should know.
	StandingFlags(u32) of StandingFlag
}

impl StandingFlag {
	/// A sentence that tells a person what to do.
	pub const fn sentence(self) -> &'static str {
		match self {
			Self::AccreditationLapsed =>
				"the organisation's accreditation is over and its grace runs: it must be surveyed anew",
			Self::AccreditationDenialPreliminary =>
				"the accreditation body means to deny: the organisation can appeal",
			Self::AccreditationFollowUpOverdue =>
				"what the accreditation body asked the organisation to mend is overdue",
			Self::InspectionFollowUpOverdue =>
				"what an inspection asked the organisation to mend is overdue",
			Self::LicenceVerificationOverdue =>
				"the licence is due for verification by its board",
			Self::LicenceEndsSoon => "the licence ends within 30 days: renew it",
			Self::AuthorisationVerificationOverdue =>
				"the organisation's licence is due for verification by its board or regulator",
			Self::AuthorisationEndsSoon =>
				"the organisation's licence ends within 30 days: renew it",
			Self::TakesOnNothingNew =>
				"the organisation takes on no new patients, referrals, studies or orders until it is accredited; treatment of those in the house goes on",
			Self::LicenceDisciplined =>
				"another licence of this practitioner is suspended or revoked: ask the licensing board",
		}
	}
}

impl Role {
	/// Classes of licence of which the role needs one; none for roles that need no licence.
	pub const fn licence_classes(self) -> LicenceClasses {
		match self {
			Self::Clinician => LicenceClasses::of(&[
				LicenceClass::Physician,
				LicenceClass::Dentist,
				LicenceClass::Nurse,
			]),
			Self::Pharmacist => LicenceClasses::of(&[LicenceClass::Pharmacist]),
			Self::Administrator
			| Self::Logistics
			| Self::RecordsOfficer
			| Self::QualityOfficer
			| Self::System => LicenceClasses::EMPTY,
		}
	}

	/// Whether the role does what the organisation needs its own licences for. Administrators and
	/// quality officers act also for a house that has lost them, or it could not get them back.
	pub const fn practises(self) -> bool {
		matches!(
			self,
			Self::Clinician
				| Self::Pharmacist
				| Self::Logistics
				| Self::RecordsOfficer
				| Self::System
		)
	}

	/// Whether the role treats patients, so that its holders read their own house's records.
	pub const fn treats(self) -> bool {
		matches!(self, Self::Clinician | Self::Pharmacist)
	}
}

impl OrganisationKind {
	/// Whether it practises, so that the council must have said what it needs. The others do
	/// nothing to patients or drugs.
	pub const fn practises(self) -> bool {
		matches!(
			self,
			Self::Hospital
				| Self::Clinic
				| Self::Laboratory
				| Self::ImagingCentre
				| Self::Pharmacy
				| Self::Manufacturer
				| Self::Wholesaler
		)
	}

	/// Whether the council can give it authority to license.
	pub const fn can_license(self) -> bool {
		matches!(self, Self::LicensingBoard | Self::Regulator)
	}
}

/// ISO 3166-1 alpha-2 codes, in order, without anything between.
const COUNTRIES: &[u8] = b"\
	ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCD\
	CFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGF\
	GGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKN\
	KPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNA\
	NCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSI\
	SJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVI\
	VNVUWFWSYEYTZAZMZW";

/// A country or its subdivision, ISO 3166-1 alpha-2 or ISO 3166-2, such as `US-CA` or `DE`.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Jurisdiction(
	/// ASCII, filled up with zeros.
	pub [u8; 6],
);

impl Jurisdiction {
	/// Whether it is a country of ISO 3166-1, alone or with what has the form of a subdivision of
	/// ISO 3166-2: a hyphen and one to three letters or digits. Subdivisions are not looked up: their
	/// 5,000 codes change several times a year.
	pub fn is_valid(&self) -> bool {
		let text = self.text();
		let (country, subdivision) = text.split_at(text.len().min(2));
		self.0.iter().skip(text.len()).all(|byte| *byte == 0)
			&& COUNTRIES.chunks_exact(2).any(|known| known == country)
			&& match subdivision {
				[] => true,
				[b'-', rest @ ..] => {
					!rest.is_empty()
						&& rest.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
				},
				_ => false,
			}
	}

	/// Whether a licence for `self` is good in `place`: the same, or the country it lies in.
	pub fn covers(&self, place: &Self) -> bool {
		self == place || self.text().len() == 2 && place.text().starts_with(self.text())
	}

	/// The country in which a subdivision lies; none of a country.
	pub fn country(&self) -> Option<Self> {
		let mut country = [0; 6];
		let (code, rest) = self.text().split_at_checked(2)?;
		if rest.is_empty() {
			return None;
		}
		country.get_mut(..2)?.copy_from_slice(code);
		Some(Self(country))
	}

	fn text(&self) -> &[u8] {
		self.0.split(|byte| *byte == 0).next().unwrap_or_default()
	}
}

impl core::str::FromStr for Jurisdiction {
	type Err = &'static str;
	fn from_str(text: &str) -> Result<Self, Self::Err> {
		const FORM: &str = "not an ISO 3166 code: expected a form like US-CA or DE";
		let mut bytes = [0; 6];
		bytes.get_mut(..text.len()).ok_or(FORM)?.copy_from_slice(text.as_bytes());
		Some(Self(bytes)).filter(Self::is_valid).ok_or(FORM)
	}
}

impl core::fmt::Display for Jurisdiction {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.pad(core::str::from_utf8(self.text()).unwrap_or("?"))
	}
}

impl core::fmt::Debug for Jurisdiction {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		core::fmt::Display::fmt(self, f)
	}
}

#[cfg(feature = "serde")]
impl serde::Serialize for Jurisdiction {
	fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
		to.collect_str(self)
	}
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Jurisdiction {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
	}
}
