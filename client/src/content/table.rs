//! The one table that says what becomes of a file: by its type, by the codes in it, by its labels.
//!
//! `docs/content.md` shows it; a test compares the two (`UPDATE_CONTENT=1` writes the document anew).

use salus_primitives::codes::{
	Category, Confidentiality,
	Sensitivity::{self, *},
};
use Category::*;

/// What a resource has to do with a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
	/// Tells of a patient.
	Patient,
	/// Tells of a patient, but in a Bundle it is there for the sake of the other resources.
	Context,
	/// A person, place or thing that records refer to.
	Supporting,
	/// The same for all patients.
	Definition,
	/// Of many or of none.
	Catalogue,
	/// Passes between systems.
	Message,
}

impl Standing {
	#[cfg(test)]
	pub(super) const ALL: [Self; 6] = [
		Self::Patient,
		Self::Context,
		Self::Supporting,
		Self::Definition,
		Self::Catalogue,
		Self::Message,
	];

	/// Whether a resource of this standing is stored by itself.
	pub(super) const fn is_stored(self) -> bool {
		matches!(self, Self::Patient | Self::Context | Self::Supporting)
	}

	/// What it is, after "is".
	pub(super) const fn describe(self) -> &'static str {
		match self {
			Self::Patient => "about a patient",
			Self::Context => "about a patient, and in a Bundle context of the other resources",
			Self::Supporting => "a person, place or thing that a patient's records refer to",
			Self::Definition => "a definition, the same for all patients",
			Self::Catalogue => "an entry of a catalogue, a register or a calendar, or a group",
			Self::Message => "a message between systems",
		}
	}
}

/// Resource types and what becomes of them; `Bundle` goes by what is in it.
pub(super) const TYPES: &[(Standing, Category, &[&str])] = &[
	(Standing::Patient, Laboratory, &["DiagnosticReport", "MolecularSequence", "Observation"]),
	(Standing::Context, Laboratory, &["Specimen"]),
	(Standing::Patient, Imaging, &["ImagingStudy", "Media"]),
	(
		Standing::Patient,
		Medication,
		&[
			"MedicationAdministration",
			"MedicationDispense",
			"MedicationRequest",
			"MedicationStatement",
		],
	),
	(Standing::Supporting, Medication, &["Medication"]),
	(Standing::Patient, Encounter, &["Appointment", "AppointmentResponse"]),
	(Standing::Context, Encounter, &["Encounter", "EpisodeOfCare"]),
	(Standing::Patient, Procedure, &["Procedure"]),
	(
		Standing::Patient,
		Immunisation,
		&["Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation"],
	),
	(Standing::Patient, Allergy, &["AllergyIntolerance"]),
	(Standing::Patient, Problem, &["Condition"]),
	(
		Standing::Patient,
		CarePlan,
		&[
			"CarePlan",
			"DeviceRequest",
			"Goal",
			"NutritionOrder",
			"RequestGroup",
			"SupplyRequest",
			"VisionPrescription",
		],
	),
	(Standing::Context, CarePlan, &["CareTeam", "ServiceRequest"]),
	(
		Standing::Patient,
		Document,
		&[
			"Account",
			"AdverseEvent",
			"Basic",
			"Binary",
			"BodyStructure",
			"ChargeItem",
			"Claim",
			"ClaimResponse",
			"ClinicalImpression",
			"Communication",
			"CommunicationRequest",
			"Composition",
			"Consent",
			"Contract",
			"CoverageEligibilityRequest",
			"CoverageEligibilityResponse",
			"DetectedIssue",
			"DeviceUseStatement",
			"DocumentManifest",
			"DocumentReference",
			"EnrollmentRequest",
			"ExplanationOfBenefit",
			"FamilyMemberHistory",
			"Flag",
			"GuidanceResponse",
			"Invoice",
			"List",
			"MeasureReport",
			"QuestionnaireResponse",
			"ResearchSubject",
			"RiskAssessment",
			"SupplyDelivery",
			"Task",
		],
	),
	(
		Standing::Context,
		Document,
		&["AuditEvent", "Coverage", "Patient", "Person", "Provenance", "RelatedPerson"],
	),
	(
		Standing::Supporting,
		Document,
		&[
			"BiologicallyDerivedProduct",
			"Device",
			"DeviceMetric",
			"Endpoint",
			"HealthcareService",
			"Location",
			"Organization",
			"OrganizationAffiliation",
			"Practitioner",
			"PractitionerRole",
			"Substance",
		],
	),
	(
		Standing::Definition,
		Document,
		&[
			"ActivityDefinition",
			"CapabilityStatement",
			"ChargeItemDefinition",
			"CodeSystem",
			"CompartmentDefinition",
			"ConceptMap",
			"DeviceDefinition",
			"EffectEvidenceSynthesis",
			"EventDefinition",
			"Evidence",
			"EvidenceVariable",
			"ExampleScenario",
			"GraphDefinition",
			"ImplementationGuide",
			"Library",
			"Measure",
			"MessageDefinition",
			"NamingSystem",
			"ObservationDefinition",
			"OperationDefinition",
			"PlanDefinition",
			"Questionnaire",
			"ResearchDefinition",
			"ResearchElementDefinition",
			"RiskEvidenceSynthesis",
			"SearchParameter",
			"SpecimenDefinition",
			"StructureDefinition",
			"StructureMap",
			"TerminologyCapabilities",
			"TestScript",
			"ValueSet",
		],
	),
	(
		Standing::Catalogue,
		Document,
		&[
			"CatalogEntry",
			"Group",
			"InsurancePlan",
			"MedicationKnowledge",
			"MedicinalProduct",
			"MedicinalProductAuthorization",
			"MedicinalProductContraindication",
			"MedicinalProductIndication",
			"MedicinalProductIngredient",
			"MedicinalProductInteraction",
			"MedicinalProductManufactured",
			"MedicinalProductPackaged",
			"MedicinalProductPharmaceutical",
			"MedicinalProductUndesirableEffect",
			"ResearchStudy",
			"Schedule",
			"Slot",
			"SubstanceNucleicAcid",
			"SubstancePolymer",
			"SubstanceProtein",
			"SubstanceReferenceInformation",
			"SubstanceSourceMaterial",
			"SubstanceSpecification",
			"VerificationResult",
		],
	),
	(
		Standing::Message,
		Document,
		&[
			"EnrollmentResponse",
			"Linkage",
			"MessageHeader",
			"OperationOutcome",
			"Parameters",
			"PaymentNotice",
			"PaymentReconciliation",
			"Subscription",
			"TestReport",
		],
	),
];

/// Elements that name whom a resource tells of.
pub(super) const SUBJECTS: &[&str] =
	&["subject", "patient", "beneficiary", "for", "individual", "candidate"];

/// Elements with people among whom there may be patients.
pub(super) const PEOPLE: &[(&str, &str)] = &[("participant", "actor"), ("member", "entity")];

pub(super) const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";
const ICD_10: &str = "http://hl7.org/fhir/sid/icd-10";
const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const V2_0074: &str = "http://terminology.hl7.org/CodeSystem/v2-0074";
const MEDIA_TYPE: &str = "http://terminology.hl7.org/CodeSystem/media-type";
pub(super) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
pub(super) const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const OBSERVATION_VALUE: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

/// Other names of the code systems above, under which older software knows them.
pub(super) const ALIASES: &[(&str, &str)] = &[
	("http://hl7.org/fhir/v3/Confidentiality", CONFIDENTIALITY),
	("urn:oid:2.16.840.1.113883.5.25", CONFIDENTIALITY),
	("http://hl7.org/fhir/v3/ActCode", ACT_CODE),
	("urn:oid:2.16.840.1.113883.5.4", ACT_CODE),
	("http://hl7.org/fhir/v3/ActReason", ACT_REASON),
	("urn:oid:2.16.840.1.113883.5.8", ACT_REASON),
	("http://hl7.org/fhir/v3/ObservationValue", OBSERVATION_VALUE),
	("urn:oid:2.16.840.1.113883.5.1063", OBSERVATION_VALUE),
	("http://hl7.org/fhir/observation-category", OBSERVATION_CATEGORY),
	("http://hl7.org/fhir/v2/0074", V2_0074),
	("urn:oid:2.16.840.1.113883.6.1", LOINC),
	("urn:oid:2.16.840.1.113883.6.96", SNOMED),
	("urn:oid:2.16.840.1.113883.6.3", ICD_10),
	("urn:oid:2.16.840.1.113883.6.90", ICD_10_CM),
];

/// Elements whose codes can say more about the category than the type does; the first code found in
/// [`CODES`] decides.
pub(super) const DECIDING: &[(&str, &[&str])] = &[
	("Observation", &["category", "code"]),
	("DiagnosticReport", &["category", "code"]),
	("Composition", &["type", "category"]),
	("DocumentReference", &["type", "category"]),
	("DocumentManifest", &["type"]),
	("List", &["code"]),
	("Procedure", &["category"]),
	("Media", &["type"]),
];

/// Codes that decide on the category.
pub(super) const CODES: &[(&str, Category, &[&str])] = &[
	(OBSERVATION_CATEGORY, Laboratory, &["laboratory"]),
	(OBSERVATION_CATEGORY, Imaging, &["imaging"]),
	(OBSERVATION_CATEGORY, VitalSigns, &["vital-signs"]),
	(OBSERVATION_CATEGORY, Procedure, &["procedure"]),
	(OBSERVATION_CATEGORY, Document, &["activity", "exam", "social-history", "survey", "therapy"]),
	(
		V2_0074,
		Laboratory,
		&[
			"BG", "BLB", "CG", "CH", "CP", "GE", "HM", "IMM", "LAB", "MB", "MCB", "MYC", "OSL",
			"PAR", "PAT", "SP", "SR", "TX", "URN", "VR",
		],
	),
	(
		V2_0074,
		Imaging,
		&["CT", "CUS", "IMG", "NMR", "NMS", "OUS", "RAD", "RUS", "RX", "VUS", "XRC"],
	),
	(V2_0074, VitalSigns, &["ICU", "NRS"]),
	(V2_0074, Medication, &["PHR"]),
	(V2_0074, Procedure, &["CTH", "EC", "EN", "PF", "RC", "RT"]),
	(V2_0074, Document, &["AU", "OT", "OTH", "PHY", "PT"]),
	(MEDIA_TYPE, Imaging, &["image", "video"]),
	(MEDIA_TYPE, Document, &["audio"]),
	(
		LOINC,
		Laboratory,
		&["11502-2", "26436-6", "30954-2", "18725-2", "18723-7", "18719-5", "18718-7", "11526-1"],
	),
	(
		LOINC,
		Imaging,
		&["18748-4", "18726-0", "18782-3", "68604-8", "24627-2", "36643-5", "38269-7", "24701-5"],
	),
	(
		LOINC,
		VitalSigns,
		&[
			"8716-3", "85353-1", "85354-9", "8480-6", "8462-4", "8478-0", "9279-1", "8867-4",
			"2708-6", "59408-5", "8310-5", "8302-2", "8306-3", "9843-4", "29463-7", "3141-9",
			"39156-5",
		],
	),
	(LOINC, Medication, &["10160-0", "57833-6", "60593-1", "56445-0", "57828-6", "29549-3"]),
	(LOINC, Encounter, &["18842-5", "34117-2", "11506-3", "46240-8", "34878-9", "34111-5"]),
	(LOINC, Procedure, &["28570-0", "11504-8", "47519-4", "29554-3"]),
	(LOINC, Immunisation, &["11369-6"]),
	(LOINC, Allergy, &["48765-2"]),
	(LOINC, Problem, &["11450-4", "11348-0"]),
	(LOINC, CarePlan, &["18776-5", "57133-1", "52521-2", "61146-7"]),
	(LOINC, Document, &["9269-2", "45708-5", "72166-2", "29762-2", "10157-6"]),
	(SNOMED, Laboratory, &["15220000", "108252007", "363779003", "4241000179101"]),
	(SNOMED, Imaging, &["394914008", "363679005", "4201000179104"]),
	(SNOMED, Procedure, &["103693007", "387713003", "277132007"]),
];

/// What security labels say.
pub(super) struct Label {
	pub(super) system: &'static str,
	/// None for all of the system.
	pub(super) codes: &'static [&'static str],
	pub(super) confidentiality: Option<Confidentiality>,
	pub(super) sensitivity: &'static [Sensitivity],
}

const fn confidentiality(codes: &'static [&'static str], level: Confidentiality) -> Label {
	Label { system: CONFIDENTIALITY, codes, confidentiality: Some(level), sensitivity: &[] }
}

/// Codes of the code system that R4 still lists as retired.
const fn retired(codes: &'static [&'static str], label: &'static [Sensitivity]) -> Label {
	let level = Some(Confidentiality::Restricted);
	Label { system: CONFIDENTIALITY, codes, confidentiality: level, sensitivity: label }
}

const fn sensitive(codes: &'static [&'static str], labels: &'static [Sensitivity]) -> Label {
	Label { system: ACT_CODE, codes, confidentiality: None, sensitivity: labels }
}

/// Security labels that are understood.
pub(super) const LABELS: &[Label] = &[
	confidentiality(&["U"], Confidentiality::Unrestricted),
	confidentiality(&["L"], Confidentiality::Low),
	confidentiality(&["M"], Confidentiality::Moderate),
	confidentiality(&["N"], Confidentiality::Normal),
	confidentiality(&["R"], Confidentiality::Restricted),
	confidentiality(&["V"], Confidentiality::VeryRestricted),
	retired(&["ETH"], &[SubstanceUse]),
	retired(&["HIV"], &[Hiv]),
	retired(&["PSY"], &[Psychiatry]),
	retired(&["SDV"], &[Violence]),
	sensitive(&["ETH", "SUD", "ETHUD", "OPIOIDUD"], &[SubstanceUse]),
	sensitive(&["GDIS"], &[Genetic]),
	sensitive(&["HIV"], &[Hiv]),
	sensitive(&["SCA", "SICKLE"], &[SickleCell]),
	// HL7's text: sexuality and reproductive health.
	sensitive(&["SEX"], &[SexualHealth, Reproductive]),
	sensitive(&["STD"], &[SexuallyTransmitted]),
	sensitive(&["PSY", "BH", "MH", "COGN", "DVD", "EMOTDIS", "PSYTHPN"], &[Psychiatry]),
	sensitive(&["SDV", "MST", "VIO"], &[Violence]),
	sensitive(&["REPRODUCTIVE"], &[Reproductive]),
	Label { system: ACT_REASON, codes: &["HTEST"], confidentiality: None, sensitivity: &[] },
	// Integrity and trust of what is said, not who may see it.
	Label { system: OBSERVATION_VALUE, codes: &[], confidentiality: None, sensitivity: &[] },
];

/// Elements in which [`SPEAKING`] codes count.
pub(super) const SPEAKING_IN: &[&str] = &["code", "type", "category", "reasonCode"];

/// Resource types that are sensitive by what they are.
pub(super) const SPEAKING_TYPES: &[(&str, Sensitivity)] = &[("MolecularSequence", Genetic)];

/// Codes that are sensitive by what they say, whoever forgot the label. Those of ICD-10 stand for all
/// that begin with them.
pub(super) const SPEAKING: &[(&str, Sensitivity, &[&str])] = &[
	(
		ICD_10,
		SubstanceUse,
		&["F10", "F11", "F12", "F13", "F14", "F15", "F16", "F18", "F19", "Z71.4", "Z71.5"],
	),
	(ICD_10, Hiv, &["B20", "B21", "B22", "B23", "B24", "R75", "Z21", "Z71.7"]),
	(ICD_10, SickleCell, &["D57"]),
	(
		ICD_10,
		SexuallyTransmitted,
		&[
			"A50", "A51", "A52", "A53", "A54", "A55", "A56", "A57", "A58", "A59", "A60", "A63",
			"A64",
		],
	),
	(ICD_10, Psychiatry, &["F2", "F3", "F4", "F5", "F6", "F9"]),
	(ICD_10, Violence, &["T74", "T76", "Y05", "Y06", "Y07"]),
	(ICD_10, Reproductive, &["O04", "O07", "Z30", "Z31", "Z33.2"]),
	(V2_0074, Genetic, &["CG", "GE"]),
	(LOINC, Genetic, &["51969-4", "55233-1", "59041-4", "79716-7"]),
	(LOINC, Hiv, &["56888-1", "75622-1", "20447-9"]),
	(LOINC, SexuallyTransmitted, &["20507-0", "5292-8", "21613-5", "24111-7"]),
	(LOINC, Psychiatry, &["34788-0"]),
	(SNOMED, SubstanceUse, &["7200002", "75544000"]),
	(SNOMED, Genetic, &["363779003", "405824009"]),
	(SNOMED, Hiv, &["86406008", "62479008"]),
	(SNOMED, SickleCell, &["417357006", "127040003"]),
	(SNOMED, SexuallyTransmitted, &["8098009", "76272004", "15628003", "240589008"]),
	(SNOMED, Psychiatry, &["58214004", "13746004", "35489007"]),
];

/// ICD-10's codes are grown from their beginnings; ICD-10-CM shares those.
pub(super) fn speaks(row: &(&str, Sensitivity, &[&str]), system: &str, code: &str) -> bool {
	let (known, _, codes) = row;
	match *known {
		ICD_10 => {
			[ICD_10, ICD_10_CM].contains(&system)
				&& codes.iter().any(|start| code.starts_with(start))
		},
		known => known == system && codes.contains(&code),
	}
}

/// Elements that say when, most telling first.
pub(super) const DATES: &[&[&str]] = &[
	&["effectiveDateTime"],
	&["effectiveInstant"],
	&["effectivePeriod", "start"],
	&["performedDateTime"],
	&["performedPeriod", "start"],
	&["occurrenceDateTime"],
	&["occurrencePeriod", "start"],
	&["onsetDateTime"],
	&["onsetPeriod", "start"],
	&["period", "start"],
	&["started"],
	&["collection", "collectedDateTime"],
	&["createdDateTime"],
	&["createdPeriod", "start"],
	&["whenHandedOver"],
	&["whenPrepared"],
	&["servicedDate"],
	&["billablePeriod", "start"],
	&["authoredOn"],
	&["authored"],
	&["dateWritten"],
	&["recordedDate"],
	&["dateAsserted"],
	&["dateTime"],
	&["sent"],
	&["recorded"],
	&["start"],
	&["issued"],
	&["timestamp"],
	&["created"],
	&["date"],
];

/// What a DICOM SOP class says of the category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sop {
	/// This category; the instance's modality must be this one, if one is named.
	Is(Category, &'static str),
	/// That of its modality; this one if it has none.
	ByModality(Category),
	/// It is about no patient.
	NoPatient,
}

/// Root of DICOM's storage SOP classes.
pub(super) const STORAGE: &str = "1.2.840.10008.5.1.4.1.1";

/// SOP classes, those of [`STORAGE`] by what follows it. A row stands for all that begin with it; the longest
/// that fits counts.
pub(super) const SOP_CLASSES: &[(&str, &str, Sop)] = &[
	(".1", "computed radiography", Sop::Is(Imaging, "CR")),
	(".1.1", "digital X-ray", Sop::Is(Imaging, "")),
	(".1.2", "digital mammography", Sop::Is(Imaging, "MG")),
	(".1.3", "digital intra-oral X-ray", Sop::Is(Imaging, "")),
	(".2", "CT", Sop::Is(Imaging, "CT")),
	(".3", "ultrasound, multi-frame", Sop::Is(Imaging, "")),
	(".4", "MR", Sop::Is(Imaging, "MR")),
	(".5", "nuclear medicine (retired)", Sop::Is(Imaging, "")),
	(".6", "ultrasound", Sop::Is(Imaging, "")),
	(".7", "secondary capture", Sop::ByModality(Imaging)),
	(".9", "waveform", Sop::ByModality(Procedure)),
	(".9.1", "ECG waveform", Sop::Is(Procedure, "ECG")),
	(".9.2", "haemodynamic waveform", Sop::Is(Procedure, "")),
	(".9.3", "electrophysiology waveform", Sop::Is(Procedure, "")),
	(".9.4", "voice and audio", Sop::Is(Document, "")),
	(".9.5", "arterial pulse waveform", Sop::Is(VitalSigns, "")),
	(".9.6", "respiratory waveform", Sop::Is(VitalSigns, "")),
	(".9.7", "EEG, EMG, EOG and sleep waveform", Sop::Is(Procedure, "")),
	(".9.8", "body position waveform", Sop::Is(VitalSigns, "")),
	(".11", "presentation state", Sop::Is(Imaging, "")),
	(".12.1", "X-ray angiography", Sop::Is(Imaging, "")),
	(".12.2", "X-ray fluoroscopy", Sop::Is(Imaging, "")),
	(".12.3", "X-ray angiography, bi-plane (retired)", Sop::Is(Imaging, "")),
	(".13", "3D X-ray and breast tomosynthesis", Sop::Is(Imaging, "")),
	(".14", "intravascular optical coherence tomography", Sop::Is(Imaging, "")),
	(".20", "nuclear medicine", Sop::Is(Imaging, "NM")),
	(".30", "parametric map", Sop::Is(Imaging, "")),
	(".66", "raw data, registration, segmentation", Sop::Is(Imaging, "")),
	(".67", "real world value mapping", Sop::Is(Imaging, "")),
	(".68", "surface scan", Sop::Is(Imaging, "")),
	(".77", "visible light, microscopy, ophthalmology", Sop::Is(Imaging, "")),
	(".78", "ophthalmic measurement", Sop::Is(Procedure, "")),
	(".79", "macular grid report", Sop::Is(Procedure, "")),
	(".80", "visual field measurement", Sop::Is(Procedure, "")),
	(".81", "ophthalmic thickness map", Sop::Is(Imaging, "")),
	(".82", "corneal topography map", Sop::Is(Imaging, "")),
	(".88", "structured report", Sop::ByModality(Imaging)),
	(".90", "assessment of content", Sop::Is(Imaging, "")),
	(".91", "microscopy annotations", Sop::Is(Imaging, "")),
	(".104", "encapsulated PDF, CDA or model", Sop::ByModality(Document)),
	(".128", "PET", Sop::Is(Imaging, "PT")),
	(".130", "enhanced PET", Sop::Is(Imaging, "PT")),
	(".131", "structured display", Sop::Is(Imaging, "")),
	(".200", "protocol", Sop::NoPatient),
	(".200.2", "CT performed procedure protocol", Sop::Is(Imaging, "")),
	(".200.8", "XA performed procedure protocol", Sop::Is(Imaging, "")),
	(".201", "inventory", Sop::NoPatient),
	(".481", "radiotherapy image, dose, structures", Sop::Is(Imaging, "")),
	(".481.4", "radiotherapy beams treatment record", Sop::Is(Procedure, "")),
	(".481.5", "radiotherapy plan", Sop::Is(Procedure, "")),
	(".481.6", "radiotherapy brachy treatment record", Sop::Is(Procedure, "")),
	(".481.7", "radiotherapy treatment summary", Sop::Is(Procedure, "")),
	(".481.8", "radiotherapy ion plan", Sop::Is(Procedure, "")),
	(".481.9", "radiotherapy ion beams treatment record", Sop::Is(Procedure, "")),
	(".501", "security screening", Sop::NoPatient),
	(".601", "testing of materials", Sop::NoPatient),
	("1.2.840.10008.1.3.10", "directory of a medium", Sop::NoPatient),
	("1.2.840.10008.5.1.4.34", "radiotherapy delivery instruction", Sop::Is(Procedure, "")),
	("1.2.840.10008.5.1.4.38", "hanging protocol", Sop::NoPatient),
	("1.2.840.10008.5.1.4.39", "colour palette", Sop::NoPatient),
	("1.2.840.10008.5.1.4.43", "implant template", Sop::NoPatient),
	("1.2.840.10008.5.1.4.44", "implant assembly template", Sop::NoPatient),
	("1.2.840.10008.5.1.4.45", "implant template group", Sop::NoPatient),
];

/// What a modality says where the SOP class leaves it open; any other is imaging.
pub(super) const MODALITIES: &[(Category, &[&str])] = &[
	(Document, &["AU", "DOC", "PLAN"]),
	(Procedure, &["ECG", "EEG", "EMG", "EOG", "EPS", "HD", "RTPLAN", "RTRECORD"]),
	(VitalSigns, &["POS", "RESP"]),
	(Laboratory, &["SM"]),
];
