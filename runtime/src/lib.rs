//! The Salus runtime: which pallets the chain is made of and in which order.
//!
//! | module | what lives there |
//! |---|---|
//! | [`constants`] | speed and size of the chain, and why |
//! | [`configs`] | how each pallet is configured, by domain |
//! | [`apis`] | what nodes and clients ask the runtime |
//! | [`genesis_presets`] | chains to start from |
//!
//! There is no token: no balances, no fees, no deposits. An account transacts once it is enrolled,
//! which `CheckNonce` sees as an account with a reference. There is no sudo: privileged calls take a
//! majority of the council, and Root only acts through `pallet_whitelist` at two thirds of it.
//!
//! Indices of pallets and the tuple of transaction extensions are final. `interface.txt` holds them,
//! the calls, events and errors; a test fails when they change.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]
#![cfg_attr(
	not(test),
	deny(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]
// The runtime macros declare public items that cannot carry documentation.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
pub mod configs;
pub mod constants;
pub mod genesis_presets;
pub mod governance;
mod no_currency;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
#[cfg(test)]
mod tests;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

/// Signature of a transaction.
pub type Signature = MultiSignature;
/// Account: the public key behind a signature.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How a transaction names an account.
pub type Address = MultiAddress<AccountId, ()>;
/// Number of a block.
pub type BlockNumber = u32;
/// How many transactions an account has sent.
pub type Nonce = u32;
/// Hash of blocks and tries.
pub type Hash = sp_core::H256;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A transaction as it arrives.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What the signer of a transaction signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// What a transaction passes before it is dispatched. Final: signers encode this tuple, so a later
/// addition would break every one of them.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	pallet_metering::MeterUsage<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// Runs blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

impl_opaque_keys! {
	/// The keys with which a validator works.
	pub struct SessionKeys {
		pub aura: Aura,
		pub grandpa: Grandpa,
	}
}

/// The version of this runtime. `spec_version` rises with each release, `transaction_version` when a
/// call or an extension changes.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("salus"),
	impl_name: Cow::Borrowed("salus-node"),
	authoring_version: 1,
	spec_version: 2,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 2,
	system_version: 1,
};

#[frame_support::runtime]
mod runtime {
	/// The runtime.
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// What every chain has.
	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;

	// Who makes and finalises blocks.
	#[runtime::pallet_index(2)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(3)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(4)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(5)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(6)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(7)]
	pub type Offences = pallet_offences;

	// Who governs, and with which tools.
	#[runtime::pallet_index(8)]
	pub type Council = pallet_collective<Instance1>;
	#[runtime::pallet_index(9)]
	pub type CouncilMembership = pallet_membership<Instance1>;
	#[runtime::pallet_index(10)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(11)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(12)]
	pub type Whitelist = pallet_whitelist;
	#[runtime::pallet_index(13)]
	pub type MultiBlockMigrations = pallet_migrations;

	// What the chain is for.
	#[runtime::pallet_index(20)]
	pub type Consortium = pallet_consortium;
	#[runtime::pallet_index(21)]
	pub type Providers = pallet_providers;
	#[runtime::pallet_index(25)]
	pub type Credentials = pallet_credentials;
	#[runtime::pallet_index(22)]
	pub type PatientIdentity = pallet_patient_identity;
	#[runtime::pallet_index(23)]
	pub type RecordAnchor = pallet_record_anchor;
	#[runtime::pallet_index(24)]
	pub type Consent = pallet_consent;
}
