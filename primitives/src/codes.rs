//! Value sets: FHIR's, HL7's and ISO's own codes where they have them, and our state names.
//!
//! Indices are part of what is sealed and stored: they are never reused or reordered.

use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A text that is no code of the value set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
	/// Name of the value set.
	pub value_set: &'static str,
	/// The text.
	pub text: String,
	/// The codes there are.
	pub known: Vec<&'static str>,
}

impl core::fmt::Display for UnknownCode {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "'{}' is no {}; known are", self.text, self.value_set)?;
		self.known.iter().try_for_each(|code| write!(f, " {code}"))
	}
}

impl core::error::Error for UnknownCode {}

/// Declares a value set: an enum with explicit indices and the codes of its standard.
macro_rules! codes {
	($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $index:tt, $code:literal;)+ }) => {
		$(#[$meta])*
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
			Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
		)]
		pub enum $name {
			$($(#[$doc])* #[codec(index = $index)] $variant = $index,)+
		}

		impl $name {
			/// Every code, in order of index.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The code as its standard writes it.
			pub const fn code(self) -> &'static str {
				match self { $(Self::$variant => $code,)+ }
			}

			/// The index by which it is encoded.
			pub const fn index(self) -> u8 {
				match self { $(Self::$variant => $index,)+ }
			}
		}

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				f.pad(self.code())
			}
		}

		impl core::str::FromStr for $name {
			type Err = UnknownCode;
			fn from_str(text: &str) -> Result<Self, UnknownCode> {
				Self::ALL.iter().copied().find(|code| code.code() == text).ok_or_else(|| UnknownCode {
					value_set: stringify!($name),
					text: text.into(),
					known: Self::ALL.iter().map(|code| code.code()).collect(),
				})
			}
		}

		#[cfg(feature = "serde")]
		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
				to.serialize_str(self.code())
			}
		}

		#[cfg(feature = "serde")]
		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
				String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
			}
		}
	};
}

/// Declares a set over a value set: one bit per index. Unknown bits do not decode.
macro_rules! code_set {
	($(#[$meta:meta])* $set:ident of $name:ident) => {
		$(#[$meta])*
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, Default, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
		)]
		pub struct $set(u32);

		impl $set {
			/// The set without members.
			pub const EMPTY: Self = Self(0);

			/// The set of every code.
			pub const fn all() -> Self {
				let (mut bits, mut at) = (0, 0);
				while at < $name::ALL.len() {
					bits |= 1 << $name::ALL[at].index();
					at += 1;
				}
				Self(bits)
			}

			/// The set of these codes.
			pub const fn of(codes: &[$name]) -> Self {
				let (mut bits, mut at) = (0, 0);
				while at < codes.len() {
					bits |= 1 << codes[at].index();
					at += 1;
				}
				Self(bits)
			}

			/// Whether `code` is a member.
			pub const fn contains(self, code: $name) -> bool {
				self.0 & (1 << code.index()) != 0
			}

			/// Whether the two have a member in common.
			pub const fn intersects(self, other: Self) -> bool {
				self.0 & other.0 != 0
			}

			/// Members of either.
			pub const fn union(self, other: Self) -> Self {
				Self(self.0 | other.0)
			}

			/// The set with `code` added.
			pub const fn with(self, code: $name) -> Self {
				Self(self.0 | 1 << code.index())
			}

			/// The set with `code` taken out.
			pub const fn without(self, code: $name) -> Self {
				Self(self.0 & !(1 << code.index()))
			}

			/// Whether it has no member.
			pub const fn is_empty(self) -> bool {
				self.0 == 0
			}

			/// Number of members.
			pub const fn len(self) -> u32 {
				self.0.count_ones()
			}

			/// Members in order of index.
			pub fn iter(self) -> impl Iterator<Item = $name> {
				$name::ALL.iter().copied().filter(move |code| self.contains(*code))
			}
		}

		impl Decode for $set {
			fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
				let bits = u32::decode(input)?;
				if bits & !Self::all().0 != 0 {
					return Err(concat!("unknown code in ", stringify!($set)).into());
				}
				Ok(Self(bits))
			}
		}

		impl FromIterator<$name> for $set {
			fn from_iter<I: IntoIterator<Item = $name>>(codes: I) -> Self {
				codes.into_iter().fold(Self::EMPTY, |set, code| set.with(code))
			}
		}

		#[cfg(feature = "serde")]
		impl serde::Serialize for $set {
			fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
				to.collect_seq(self.iter())
			}
		}

		#[cfg(feature = "serde")]
		impl<'de> serde::Deserialize<'de> for $set {
			fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
				Ok(Vec::<$name>::deserialize(from)?.into_iter().collect())
			}
		}
	};
}

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
	Roles of Role
}

codes! {
	/// What a licence allows.
	LicenceClass {
		/// Physician or surgeon.
		Physician = 0, "physician";
		/// Dentist.
		Dentist = 1, "dentist";
		/// Nurse.
		Nurse = 2, "nurse";
		/// Pharmacist.
		Pharmacist = 3, "pharmacist";
	}
}

codes! {
	/// State of a licence as its board set it; expiry is read from its dates.
	LicenceState {
		/// In force within its dates.
		Active = 1, "active";
		/// Stopped for now.
		Suspended = 2, "suspended";
		/// Taken away for good.
		Revoked = 3, "revoked";
	}
}

codes! {
	/// Kind of clinical record.
	Category {
		/// Laboratory result.
		Laboratory = 0, "laboratory";
		/// Imaging study or report.
		Imaging = 1, "imaging";
		/// Medication.
		Medication = 2, "medication";
		/// Encounter.
		Encounter = 3, "encounter";
		/// Procedure.
		Procedure = 4, "procedure";
		/// Immunisation.
		Immunisation = 5, "immunisation";
		/// Allergy or intolerance.
		Allergy = 6, "allergy";
		/// Problem or condition.
		Problem = 7, "problem";
		/// Care plan.
		CarePlan = 8, "care-plan";
		/// Vital signs.
		VitalSigns = 9, "vital-signs";
		/// Any other document.
		Document = 10, "document";
	}
}
code_set! {
	/// A set of [`Category`].
	Categories of Category
}

codes! {
	/// HL7 v3-Confidentiality, from open to closed.
	Confidentiality {
		/// Unrestricted.
		Unrestricted = 0, "U";
		/// Low.
		Low = 1, "L";
		/// Moderate.
		Moderate = 2, "M";
		/// Normal: what clinical records are unless marked.
		Normal = 3, "N";
		/// Restricted.
		Restricted = 4, "R";
		/// Very restricted.
		VeryRestricted = 5, "V";
	}
}

codes! {
	/// HL7 v3-ActSensitivity labels.
	Sensitivity {
		/// Substance use.
		SubstanceUse = 0, "ETH";
		/// Genetic disease.
		Genetic = 1, "GDIS";
		/// HIV or AIDS.
		Hiv = 2, "HIV";
		/// Sickle cell.
		SickleCell = 3, "SCA";
		/// Sexual health.
		SexualHealth = 4, "SEX";
		/// Sexually transmitted disease.
		SexuallyTransmitted = 5, "STD";
		/// Psychiatry.
		Psychiatry = 6, "PSY";
		/// Sexual assault, abuse or domestic violence.
		Violence = 7, "SDV";
		/// Reproductive health.
		Reproductive = 8, "REPRODUCTIVE";
	}
}
code_set! {
	/// A set of [`Sensitivity`].
	Sensitivities of Sensitivity
}

codes! {
	/// FHIR consentaction.
	Action {
		/// See it.
		Access = 0, "access";
		/// Gather it.
		Collect = 1, "collect";
		/// Use it.
		Use = 2, "use";
		/// Pass it on.
		Disclose = 3, "disclose";
		/// Amend it.
		Correct = 4, "correct";
	}
}
code_set! {
	/// A set of [`Action`].
	Actions of Action
}

codes! {
	/// HL7 v3-PurposeOfUse.
	Purpose {
		/// Treatment.
		Treatment = 0, "TREAT";
		/// Emergency treatment.
		EmergencyTreatment = 1, "ETREAT";
		/// Coordination of care.
		CoordinationOfCare = 2, "COC";
		/// Payment.
		Payment = 3, "HPAYMT";
		/// Operations.
		Operations = 4, "HOPERAT";
		/// Research.
		Research = 5, "HRESCH";
		/// The patient asked.
		PatientRequested = 6, "PATRQT";
		/// Public health.
		PublicHealth = 7, "PUBHLTH";
	}
}
code_set! {
	/// A set of [`Purpose`].
	Purposes of Purpose
}

impl Purpose {
	/// Whether it is treatment of the patient, which takes a role that treats.
	pub const fn treats(self) -> bool {
		matches!(self, Self::Treatment | Self::EmergencyTreatment | Self::CoordinationOfCare)
	}
}

impl Purposes {
	/// Whether these purposes cover `asked`. Matched exactly, but for one published table: treatment
	/// covers coordination of care, its child in the HL7 value set. It does not cover emergency
	/// treatment, so that a patient can decide on the two apart.
	pub const fn cover(self, asked: Purpose) -> bool {
		self.contains(asked)
			|| matches!(asked, Purpose::CoordinationOfCare) && self.contains(Purpose::Treatment)
	}
}

codes! {
	/// HL7 v3-ObligationPolicy, as far as a permit can carry it.
	Obligation {
		/// No redisclosure without the subject's consent.
		NoRedisclosure = 0, "NORDSCLCD";
		/// De-identify.
		Deidentify = 1, "DEID";
		/// Delete after use.
		DeleteAfterUse = 2, "DELAU";
		/// Keep encrypted.
		Encrypt = 3, "ENCRYPT";
	}
}
code_set! {
	/// A set of [`Obligation`].
	Obligations of Obligation
}

codes! {
	/// FHIR consent-provision-type.
	Rule {
		/// Allow.
		Permit = 0, "permit";
		/// Forbid.
		Deny = 1, "deny";
	}
}

codes! {
	/// How strongly a directive speaks: any specific one outweighs every default one.
	Strength {
		/// Holds where nothing specific does.
		Default = 0, "default";
		/// Outweighs defaults.
		Specific = 1, "specific";
	}
}

codes! {
	/// In whose right a directive was given.
	GrantorBasis {
		/// The patient.
		Own = 0, "self";
		/// A guardian of the patient.
		Guardian = 1, "guardian";
		/// A holder of the patient's power of attorney.
		PowerOfAttorney = 2, "power-of-attorney";
		/// Paper, signed by two witnesses.
		WitnessedPaper = 3, "witnessed-paper";
	}
}

codes! {
	/// State of a directive; its expiry is inside the seal.
	DirectiveState {
		/// Counts in every decision.
		Active = 0, "active";
		/// Ended by the grantor.
		Revoked = 1, "revoked";
		/// Replaced by another directive.
		Superseded = 2, "superseded";
		/// Never should have been.
		EnteredInError = 3, "entered-in-error";
	}
}

codes! {
	/// State of a record.
	RecordState {
		/// The version that holds.
		Current = 0, "current";
		/// Replaced by a newer version.
		Superseded = 1, "superseded";
		/// Never should have been; kept, with its reason.
		EnteredInError = 2, "entered-in-error";
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
	/// State of an access request, lapse included, which is read from its date.
	RequestState {
		/// Open.
		Requested = 0, "requested";
		/// Taken back by the requester.
		Withdrawn = 1, "withdrawn";
		/// Its time ran out.
		Lapsed = 2, "lapsed";
	}
}

codes! {
	/// State of a chart.
	ChartState {
		/// In use.
		Active = 0, "active";
	}
}

codes! {
	/// Why an account may not act in a role for an organisation now. Codes 1–19 of the deny reasons.
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
	}
}
code_set! {
	/// Every reason why not; without members, the account may act.
	StandingReasons of StandingReason
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
		}
	}
}

impl Role {
	/// Classes of licence of which the role needs one; none for roles that need no licence.
	pub const fn licence_classes(self) -> &'static [LicenceClass] {
		match self {
			Self::Clinician => {
				&[LicenceClass::Physician, LicenceClass::Dentist, LicenceClass::Nurse]
			},
			Self::Pharmacist => &[LicenceClass::Pharmacist],
			Self::Administrator
			| Self::Logistics
			| Self::RecordsOfficer
			| Self::QualityOfficer
			| Self::System => &[],
		}
	}

	/// Whether the role treats patients, so that its holders read their own house's records.
	pub const fn treats(self) -> bool {
		matches!(self, Self::Clinician | Self::Pharmacist)
	}
}

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
	/// Whether it has the form of ISO 3166: two letters, or two letters, a hyphen and one to three
	/// letters or digits.
	pub fn is_valid(&self) -> bool {
		let text = self.text();
		let (country, subdivision) = text.split_at(text.len().min(2));
		self.0.iter().skip(text.len()).all(|byte| *byte == 0)
			&& country.len() == 2
			&& country.iter().all(u8::is_ascii_uppercase)
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
