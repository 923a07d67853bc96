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

		#[cfg(feature = "schema")]
		impl schemars::JsonSchema for $name {
			fn schema_name() -> alloc::borrow::Cow<'static, str> {
				stringify!($name).into()
			}

			fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
				let codes: Vec<_> = Self::ALL.iter().map(|code| code.code()).collect();
				schemars::json_schema!({ "type": "string", "enum": codes })
			}
		}
	};
}

/// Declares a set over a value set: one bit per index, in as many bits as that takes.
/// Unknown bits do not decode.
macro_rules! code_set {
	($(#[$meta:meta])* $set:ident($bits:ty) of $name:ident) => {
		$(#[$meta])*
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, Default, Encode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
		)]
		pub struct $set($bits);

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
				let bits = <$bits>::decode(input)?;
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

		#[cfg(feature = "schema")]
		impl schemars::JsonSchema for $set {
			fn schema_name() -> alloc::borrow::Cow<'static, str> {
				stringify!($set).into()
			}

			fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
				let code = generator.subschema_for::<$name>();
				schemars::json_schema!({ "type": "array", "items": code })
			}
		}
	};
}

mod ask;
mod emergency;
mod paper;
mod provider;
mod record;

pub use ask::*;
pub use emergency::*;
pub use paper::*;
pub use provider::*;
pub use record::*;

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
	Categories(u32) of Category
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
	Sensitivities(u32) of Sensitivity
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
	Actions(u32) of Action
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
	Purposes(u32) of Purpose
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
	Obligations(u32) of Obligation
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
	/// What a guardian is to the patient.
	Relation {
		/// A parent, or another with parental responsibility.
		Parent = 0, "parent";
		/// A proxy whom the patient or a court named.
		Proxy = 1, "proxy";
		/// A holder of the patient's power of attorney.
		PowerOfAttorney = 2, "power-of-attorney";
	}
}

codes! {
	/// What a guardian may do.
	Power {
		/// Issue directives.
		Consent = 0, "consent";
		/// End directives that they issued themselves.
		Revoke = 1, "revoke";
		/// End directives that the patient or another guardian issued.
		Overrule = 2, "overrule";
		/// Read as the patient does.
		Read = 3, "read";
		/// Dispute a report of the patient's death.
		DisputeDeath = 4, "dispute-death";
	}
}
code_set! {
	/// A set of [`Power`].
	Powers(u8) of Power
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
		/// The patient has closed it: nobody new is permitted anything.
		Deactivated = 1, "deactivated";
		/// The patient is reported dead.
		Deceased = 2, "deceased";
	}
}

codes! {
	/// What a jurisdiction lets open of the charts of the dead.
	PosthumousRule {
		/// What the patient's directives say.
		AsDirected = 0, "as-directed";
		/// Nothing to anyone outside the house.
		Nothing = 1, "nothing";
	}
}
