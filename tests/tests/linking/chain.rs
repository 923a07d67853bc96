//! The runtime itself, driven block by block without a node: every transaction is signed and goes
//! through the whole pipeline, and everything that a node would show of it is written down.

use codec::Encode;
use salus_client::keys::Identity;
use salus_runtime::{
	constants::BlockWeights, genesis_presets, AccountId, Executive, Hash, Header, Nonce, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, SignedPayload, System, TxExtension,
	UncheckedExtrinsic,
};
use sp_consensus_aura::AURA_ENGINE_ID;
use sp_core::sr25519;
use sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET};
use sp_io::TestExternalities;
use sp_runtime::{
	generic::{Digest, DigestItem, Era},
	traits::Header as _,
	BuildStorage, MultiSignature,
};

/// 2027-01-15T08:00:00Z, in slots of a second.
const FIRST_SLOT: u64 = 1_800_000_000;
/// What is taken for the hash of the genesis block.
pub(crate) const GENESIS: Hash = Hash::repeat_byte(0x5a);

/// A transaction, as everybody sees it.
#[derive(Clone)]
pub(crate) struct Sent {
	pub(crate) signer: [u8; 32],
	pub(crate) nonce: u32,
	pub(crate) call: RuntimeCall,
}

/// A block, as everybody sees it.
#[derive(Default)]
pub(crate) struct Block {
	pub(crate) transactions: Vec<Sent>,
	pub(crate) events: Vec<RuntimeEvent>,
}

/// A running chain.
pub(crate) struct Chain {
	state: TestExternalities,
	parent: Hash,
	/// Finished blocks; the first has the number 1.
	pub(crate) blocks: Vec<Block>,
	open: Vec<Sent>,
	/// Seconds that were skipped.
	skipped: u64,
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
	match (base, patch) {
		(serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(serde_json::Value::Null), value);
			}
		},
		(base, patch) => *base = patch,
	}
}

impl Chain {
	pub(crate) fn start() -> Self {
		let preset =
			genesis_presets::preset(&PresetId::from(DEV_RUNTIME_PRESET)).expect("a preset");
		let mut whole = serde_json::to_value(RuntimeGenesisConfig::default()).expect("JSON");
		merge(&mut whole, serde_json::from_slice(&preset).expect("JSON"));
		let config: RuntimeGenesisConfig = serde_json::from_value(whole).expect("a configuration");
		let state = TestExternalities::new(config.build_storage().expect("a state"));
		let (blocks, open) = (Vec::new(), Vec::new());
		let mut chain = Self { state, parent: GENESIS, blocks, open, skipped: 0 };
		chain.begin();
		chain
	}

	/// Number of the block that is being made.
	pub(crate) fn number(&self) -> u32 {
		self.blocks.len() as u32 + 1
	}

	/// Its time.
	pub(crate) fn now(&self) -> u64 {
		(FIRST_SLOT + self.skipped + u64::from(self.number())) * 1000
	}

	/// Lets time pass after this block.
	pub(crate) fn skip(&mut self, seconds: u64) {
		self.skipped += seconds;
	}

	fn begin(&mut self) {
		let (number, parent, now) = (self.number(), self.parent, self.now());
		self.state.execute_with(|| {
			let slot = now / 1000;
			let logs = vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())];
			let digest = Digest { logs };
			let header = Header::new(number, Hash::zero(), Hash::zero(), parent, digest);
			Executive::initialize_block(&header);
			let time = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
			let set = Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(time));
			assert!(matches!(set, Ok(Ok(()))), "{set:?}");
		});
	}

	/// Ends the block and begins the next one that has room: one in which validators change has none.
	pub(crate) fn next(&mut self) {
		self.end();
		self.begin();
		while self.is_full() {
			self.end();
			self.begin();
		}
	}

	fn is_full(&mut self) -> bool {
		let most = BlockWeights::get().max_block.div(2);
		self.state.execute_with(|| System::block_weight().total().any_gt(most))
	}

	fn end(&mut self) {
		let (hash, events) = self.state.execute_with(|| {
			let events: Vec<_> =
				System::read_events_no_consensus().map(|record| record.event).collect();
			(Executive::finalize_block().hash(), events)
		});
		self.state.commit_all().expect("nothing is open");
		self.parent = hash;
		let transactions = std::mem::take(&mut self.open);
		self.blocks.push(Block { transactions, events });
	}

	/// Sends a call that must take effect.
	pub(crate) fn send(&mut self, signer: &Identity, call: impl Into<RuntimeCall>) {
		let (call, account) = (call.into(), signer.account());
		let who = AccountId::from(account);
		let sent = call.clone();
		let (done, nonce) = self.state.execute_with(|| {
			let nonce = System::account_nonce(&who);
			let payload = SignedPayload::new(call, extension(nonce)).expect("a payload");
			let signature = payload.using_encoded(|bytes| signer.keypair().sign(bytes).0);
			let (call, extension, _) = payload.deconstruct();
			let signature = MultiSignature::Sr25519(sr25519::Signature::from_raw(signature));
			let transaction =
				UncheckedExtrinsic::new_signed(call, who.into(), signature, extension);
			(Executive::apply_extrinsic(transaction), nonce)
		});
		assert!(matches!(done, Ok(Ok(()))), "{sent:?}: {done:?}");
		self.open.push(Sent { signer: account, nonce, call: sent });
	}

	/// Everything that is stored.
	pub(crate) fn export(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
		let mut all = Vec::new();
		self.state.execute_with(|| {
			let mut key = Vec::new();
			while let Some(next) = sp_io::storage::next_key(&key) {
				let value = sp_io::storage::get(&next).map(|value| value.to_vec());
				all.push((next.clone(), value.unwrap_or_default()));
				key = next;
			}
		});
		all
	}
}

fn extension(nonce: Nonce) -> TxExtension {
	(
		frame_system::AuthorizeCall::<Runtime>::new(),
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
