//! The vocabularies whose elements JSON writes as bare words (Core Business Vocabulary 2.0, section
//! 7, and the GS1 Web Vocabulary, as the EPCIS 2.0 JSON-LD context has them).
//!
//! A bare word stands for a web URI: `shipping` in `bizStep` is
//! `https://ref.gs1.org/cbv/BizStep-shipping`. What a word means depends on its field, so a word in
//! free text stays what it is.

/// A vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Vocabulary {
	/// Business steps (section 7.1).
	BizStep,
	/// Dispositions (section 7.2).
	Disposition,
	/// Business transaction types (section 7.3).
	BizTransactionType,
	/// Source and destination types (section 7.4).
	SourceDestinationType,
	/// Error reasons (section 7.5).
	ErrorReason,
	/// Measurement types of sensors (GS1 Web Vocabulary).
	MeasurementType,
	/// Exceptions of sensors (GS1 Web Vocabulary).
	SensorAlert,
	/// Components of a vector or position (section 7).
	Component,
}

impl Vocabulary {
	/// What the URIs of its elements begin with.
	pub const fn base(self) -> &'static str {
		match self {
			Self::BizStep => "https://ref.gs1.org/cbv/BizStep-",
			Self::Disposition => "https://ref.gs1.org/cbv/Disp-",
			Self::BizTransactionType => "https://ref.gs1.org/cbv/BTT-",
			Self::SourceDestinationType => "https://ref.gs1.org/cbv/SDT-",
			Self::ErrorReason => "https://ref.gs1.org/cbv/ER-",
			Self::MeasurementType => "https://gs1.org/voc/",
			Self::SensorAlert => "https://gs1.org/voc/",
			Self::Component => "https://ref.gs1.org/cbv/Comp-",
		}
	}

	/// Its bare words, sorted.
	pub const fn words(self) -> &'static [&'static str] {
		match self {
			Self::BizStep => BIZ_STEPS,
			Self::Disposition => DISPOSITIONS,
			Self::BizTransactionType => BIZ_TRANSACTION_TYPES,
			Self::SourceDestinationType => SOURCE_DESTINATION_TYPES,
			Self::ErrorReason => ERROR_REASONS,
			Self::MeasurementType => MEASUREMENT_TYPES,
			Self::SensorAlert => SENSOR_ALERTS,
			Self::Component => COMPONENTS,
		}
	}

	/// Whether it has this word.
	pub fn has(self, word: &str) -> bool {
		self.words().binary_search(&word).is_ok()
	}

	/// The URI that a bare word stands for; none for what is no word of this vocabulary.
	///
	/// ```
	/// use epcis::vocabulary::Vocabulary;
	/// let uri = Vocabulary::BizStep.uri("shipping").unwrap();
	/// assert_eq!(uri, "https://ref.gs1.org/cbv/BizStep-shipping");
	/// ```
	pub fn uri(self, word: &str) -> Option<String> {
		self.has(word).then(|| format!("{}{word}", self.base()))
	}
}

const BIZ_STEPS: &[&str] = &[
	"accepting",
	"arriving",
	"assembling",
	"collecting",
	"commissioning",
	"consigning",
	"creating_class_instance",
	"cycle_counting",
	"decommissioning",
	"departing",
	"destroying",
	"disassembling",
	"dispensing",
	"encoding",
	"entering_exiting",
	"holding",
	"inspecting",
	"installing",
	"killing",
	"loading",
	"other",
	"packing",
	"picking",
	"receiving",
	"removing",
	"repackaging",
	"repairing",
	"replacing",
	"reserving",
	"retail_selling",
	"sampling",
	"sensor_reporting",
	"shipping",
	"staging_outbound",
	"stock_taking",
	"stocking",
	"storing",
	"transporting",
	"unloading",
	"unpacking",
	"void_shipping",
];

const DISPOSITIONS: &[&str] = &[
	"active",
	"available",
	"completeness_inferred",
	"completeness_verified",
	"conformant",
	"container_closed",
	"container_open",
	"damaged",
	"destroyed",
	"dispensed",
	"disposed",
	"encoded",
	"expired",
	"in_progress",
	"in_transit",
	"inactive",
	"mismatch_class",
	"mismatch_instance",
	"mismatch_quantity",
	"needs_replacement",
	"no_pedigree_match",
	"non_conformant",
	"non_sellable_other",
	"partially_dispensed",
	"recalled",
	"reserved",
	"retail_sold",
	"returned",
	"sellable_accessible",
	"sellable_not_accessible",
	"stolen",
	"unavailable",
	"unknown",
];

const BIZ_TRANSACTION_TYPES: &[&str] = &[
	"bol",
	"cert",
	"desadv",
	"inv",
	"pedigree",
	"po",
	"poc",
	"prodorder",
	"recadv",
	"rma",
	"testprd",
	"testres",
	"upevt",
];

const SOURCE_DESTINATION_TYPES: &[&str] = &["location", "owning_party", "possessing_party"];

const ERROR_REASONS: &[&str] = &["did_not_occur", "incorrect_data"];

const MEASUREMENT_TYPES: &[&str] = &[
	"AbsoluteHumidity",
	"AbsorbedDose",
	"AbsorbedDoseRate",
	"Acceleration",
	"Altitude",
	"AmountOfSubstance",
	"AmountOfSubstancePerUnitVolume",
	"Angle",
	"AngularAcceleration",
	"AngularMomentum",
	"AngularVelocity",
	"Area",
	"Capacitance",
	"Conductance",
	"Conductivity",
	"Count",
	"Density",
	"Dimensionless",
	"DoseEquivalent",
	"DoseEquivalentRate",
	"DynamicViscosity",
	"ElectricCharge",
	"ElectricCurrent",
	"ElectricCurrentDensity",
	"ElectricFieldStrength",
	"Energy",
	"Exposure",
	"Force",
	"Frequency",
	"Illuminance",
	"Inductance",
	"Irradiance",
	"KinematicViscosity",
	"Length",
	"LinearMomentum",
	"Luminance",
	"LuminousFlux",
	"LuminousIntensity",
	"MagneticFlux",
	"MagneticFluxDensity",
	"MagneticVectorPotential",
	"Mass",
	"MassConcentration",
	"MassFlowRate",
	"MassPerAreaTime",
	"MemoryCapacity",
	"MolalityOfSolute",
	"MolarEnergy",
	"MolarMass",
	"MolarVolume",
	"Power",
	"Pressure",
	"RadiantFlux",
	"RadiantIntensity",
	"Radioactivity",
	"RelativeHumidity",
	"Resistance",
	"Resistivity",
	"SolidAngle",
	"SpecificVolume",
	"Speed",
	"SurfaceDensity",
	"SurfaceTension",
	"Temperature",
	"Time",
	"Torque",
	"Voltage",
	"Volume",
	"VolumeFlowRate",
	"VolumeFraction",
	"VolumetricFlux",
	"Wavenumber",
];

const SENSOR_ALERTS: &[&str] = &["ALARM_CONDITION", "ERROR_CONDITION"];

const COMPONENTS: &[&str] = &[
	"altitude",
	"axial_distance",
	"azimuth",
	"easting",
	"elevation_angle",
	"height",
	"latitude",
	"longitude",
	"northing",
	"polar_angle",
	"spherical_radius",
	"x",
	"y",
	"z",
];

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn words_are_sorted() {
		for vocabulary in [
			Vocabulary::BizStep,
			Vocabulary::Disposition,
			Vocabulary::BizTransactionType,
			Vocabulary::SourceDestinationType,
			Vocabulary::ErrorReason,
			Vocabulary::MeasurementType,
			Vocabulary::SensorAlert,
			Vocabulary::Component,
		] {
			assert!(vocabulary.words().is_sorted(), "{vocabulary:?}");
			assert!(vocabulary.words().iter().all(|word| vocabulary.has(word)));
		}
		assert!(!Vocabulary::BizStep.has("in_transit"));
	}
}
