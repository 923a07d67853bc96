//! Which pallets are benchmarked, and how the benchmarking tool runs them.

use crate::{Consent, Consortium, PatientIdentity, Providers, RecordAnchor, Runtime, System};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList, Benchmarking};

frame_benchmarking::define_benchmarks!(
	[pallet_consent, Consent]
	[pallet_consortium, Consortium]
	[pallet_patient_identity, PatientIdentity]
	[pallet_providers, Providers]
	[pallet_record_anchor, RecordAnchor]
);

/// Lists the benchmarks.
pub fn list(extra: bool) -> Vec<BenchmarkList> {
	let mut list = Vec::new();
	list_benchmarks!(list, extra);
	list
}

/// Runs one benchmark.
pub fn run(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	use frame_support::traits::WhitelistedStorageKeys;
	let whitelist = crate::AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}
