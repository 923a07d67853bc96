//! A chain in memory: real blocks through `Executive`, without a node.

use crate::{
	constants::SLOT_DURATION, genesis_presets, AccountId, Executive, Hash, Header, Nonce, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, SignedPayload, System, TxExtension,
	UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::dispatch::GetDispatchInfo;
use pallet_collective::Instance1 as CouncilInstance;
use sp_consensus_aura::AURA_ENGINE_ID;
use sp_core::{sr25519, Pair};
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET};
use sp_io::TestExternalities;
use sp_runtime::{
	generic::{Digest, DigestItem, Era},
	traits::{BlakeTwo256, Hash as _, Header as _},
	transaction_validity::{TransactionSource, TransactionValidity},
	BuildStorage, DispatchResult, MultiSignature,
};

/// 2027-01-15T08:00:00Z: after the presets' licences start and before they end.
const FIRST_SLOT: u64 = 1_800_000_000;

/// The council of the presets.
pub(crate) const COUNCIL: [&str; 4] = ["Council1", "Council2", "Council3", "Council4"];

/// What the tests take for the hash of the genesis block.
pub(crate) const GENESIS: Hash = Hash::repeat_byte(0x5a);

/// Merges `patch` into `base` as RFC 7396 has it.
pub(crate) fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
	match (base, patch) {
		(serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(serde_json::Value::Null), value);
			}
		},
		(base, patch) => *base = patch,
	}
}

/// The configuration of a preset.
pub(crate) fn config(preset: &str) -> RuntimeGenesisConfig {
	let patch = genesis_presets::preset(&PresetId::from(preset)).unwrap();
	let mut whole = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	merge(&mut whole, serde_json::from_slice(&patch).unwrap());
	serde_json::from_value(whole).unwrap()
}

/// Runs `test` in block 1 of a chain with this configuration; every test ends in `try_state`.
pub(crate) fn run_on(config: RuntimeGenesisConfig, test: impl FnOnce()) {
	TestExternalities::new(config.build_storage().unwrap()).execute_with(|| {
		start_block(1, GENESIS);
		test();
		super::try_state();
	});
}

/// Runs `test` on the preset `development`.
pub(crate) fn run(test: impl FnOnce()) {
	run_on(config(DEV_RUNTIME_PRESET), test);
}

fn start_block(number: u32, parent: Hash) {
	let slot = FIRST_SLOT + u64::from(number);
	let digest = Digest { logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())] };
	Executive::initialize_block(&Header::new(number, Hash::zero(), Hash::zero(), parent, digest));
	let now = slot * SLOT_DURATION;
	let time = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
	Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(time)).unwrap().unwrap();
}

/// Ends the block and starts the next one.
pub(crate) fn next_block() {
	let header = Executive::finalize_block();
	start_block(header.number + 1, header.hash());
}

/// Milliseconds of the block.
pub(crate) fn now() -> u64 {
	crate::Timestamp::get()
}

/// The well-known key `//name`.
pub(crate) fn pair(name: &str) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//{name}"), None).unwrap()
}

fn extension(nonce: Nonce) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckMortality::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		pallet_metering::MeterUsage::new(),
		frame_system::WeightReclaim::new(),
	)
}

/// A transaction with this call, signed by `signer`.
pub(crate) fn signed(signer: &sr25519::Pair, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
	let who = AccountId::from(signer.public());
	let payload = SignedPayload::new(call.into(), extension(System::account_nonce(&who))).unwrap();
	let signature = payload.using_encoded(|bytes| signer.sign(bytes));
	let (call, extension, _) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(call, who.into(), MultiSignature::Sr25519(signature), extension)
}

/// What the transaction pool says to this call, signed by `signer`.
pub(crate) fn validate(
	signer: &sr25519::Pair,
	call: impl Into<RuntimeCall>,
) -> TransactionValidity {
	Executive::validate_transaction(TransactionSource::External, signed(signer, call), GENESIS)
}

/// Sends this call through the whole pipeline, signed by `//name`.
pub(crate) fn send(name: &str, call: impl Into<RuntimeCall>) -> DispatchResult {
	send_as(&pair(name), call)
}

/// Sends this call through the whole pipeline, signed by `signer`.
pub(crate) fn send_as(signer: &sr25519::Pair, call: impl Into<RuntimeCall>) -> DispatchResult {
	Executive::apply_extrinsic(signed(signer, call)).expect("the transaction is valid")
}

/// Has as many council members propose, vote for and close the call. Returns what the call returned.
pub(crate) fn council(ayes: usize, call: impl Into<RuntimeCall>) -> DispatchResult {
	type Council = pallet_collective::Call<Runtime, CouncilInstance>;
	assert!((2..=COUNCIL.len()).contains(&ayes), "a single member's proposal is executed at once");

	let proposal: RuntimeCall = call.into();
	let proposal_hash = BlakeTwo256::hash_of(&proposal);
	let length_bound = proposal.encoded_size() as u32;
	let proposal_weight_bound = proposal.get_dispatch_info().call_weight;
	let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();
	let threshold = ayes as u32;
	let propose = Council::propose { threshold, proposal: Box::new(proposal), length_bound };
	send(COUNCIL[0], propose).unwrap();
	for member in &COUNCIL[..ayes] {
		let vote = Council::vote { proposal: proposal_hash, index, approve: true };
		send(member, vote).unwrap();
	}
	let close = Council::close { proposal_hash, index, proposal_weight_bound, length_bound };
	send(COUNCIL[0], close).unwrap();
	events()
		.into_iter()
		.find_map(|event| match event {
			RuntimeEvent::Council(pallet_collective::Event::Executed {
				proposal_hash: hash,
				result,
			}) if hash == proposal_hash => Some(result),
			_ => None,
		})
		.expect("the proposal was executed")
}

/// The last events, newest first.
pub(crate) fn events() -> Vec<RuntimeEvent> {
	System::events().into_iter().rev().map(|record| record.event).collect()
}
