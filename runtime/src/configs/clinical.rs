//! What the chain is for: who may treat, whose charts, which records, who may read them.
//!
//! Pallets know each other through the traits of `salus_primitives::directory` alone; this is where
//! they meet.

use super::CouncilMajority;
use crate::{
	constants::SLOT_DURATION, Consortium, Credentials, PatientIdentity, Providers, RecordAnchor,
	Runtime, Timestamp,
};
use frame_support::traits::ConstU64;

impl pallet_providers::Config for Runtime {
	type ChartKeys = PatientIdentity;
	type CouncilOrigin = CouncilMajority;
	type Credentials = Credentials;
	type Enrolment = Consortium;
	type Time = Timestamp;
	type WeightInfo = pallet_providers::weights::SubstrateWeight<Runtime>;
}

impl pallet_credentials::Config for Runtime {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
	type CouncilOrigin = CouncilMajority;
	type Organisations = Providers;
	type Time = Timestamp;
	type WeightInfo = pallet_credentials::weights::SubstrateWeight<Runtime>;
}

impl pallet_patient_identity::Config for Runtime {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
	type CouncilOrigin = CouncilMajority;
	type Enrolment = Consortium;
	type Holdings = RecordAnchor;
	type Organisations = Providers;
	type Providers = Providers;
	type Time = Timestamp;
	type WeightInfo = pallet_patient_identity::weights::SubstrateWeight<Runtime>;
}

impl pallet_record_anchor::Config for Runtime {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
	type Organisations = Providers;
	type Providers = Providers;
	type Time = Timestamp;
	type WeightInfo = pallet_record_anchor::weights::SubstrateWeight<Runtime>;
}

impl pallet_consent::Config for Runtime {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarks::Helper;
	type Charts = PatientIdentity;
	type CouncilOrigin = CouncilMajority;
	type Guardians = PatientIdentity;
	type Orders = PatientIdentity;
	type Providers = Providers;
	type Records = RecordAnchor;
	type SlotDuration = ConstU64<SLOT_DURATION>;
	type Time = Timestamp;
	type WeightInfo = pallet_consent::weights::SubstrateWeight<Runtime>;
}
