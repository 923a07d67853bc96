//! Who makes and finalises blocks, and what happens to those who do it wrongly.

use super::CouncilMajority;
use crate::{
	constants::{MAX_VALIDATORS, SLOT_DURATION},
	no_currency::NoCurrency,
	AccountId, Aura, Consortium, Historical, Offences, Runtime, RuntimeCall, RuntimeEvent, Session,
	SessionKeys, UncheckedExtrinsic,
};
use alloc::vec::Vec;
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU128, ConstU32, ConstU64},
	weights::Weight,
};
use sp_runtime::{
	traits::{Convert, ConvertInto, OpaqueKeys},
	Perbill,
};
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

/// How many sessions back an equivocation can be reported: more than a day at 600 blocks each.
const REPORTABLE_SESSIONS: SessionIndex = 168;

parameter_types! {
	/// Blocks for which a report of an equivocation stays in the pool.
	pub const ReportLongevity: u64 = 24 * 60 * 60;
}

impl pallet_authorship::Config for Runtime {
	type EventHandler = ();
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
}

impl pallet_aura::Config for Runtime {
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type AuthorityId = sp_consensus_aura::sr25519::AuthorityId;
	type DisabledValidators = Session;
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
	type SlotDuration = ConstU64<SLOT_DURATION>;
}

impl pallet_grandpa::Config for Runtime {
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<{ REPORTABLE_SESSIONS as u64 }>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
}

impl pallet_session::Config for Runtime {
	type Currency = NoCurrency;
	type DisablingStrategy = pallet_session::disabling::UpToLimitDisablingStrategy;
	type KeyDeposit = ConstU128<0>;
	type Keys = SessionKeys;
	type NextSessionRotation = Consortium;
	type RuntimeEvent = RuntimeEvent;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type SessionManager = BoundedHistory;
	type ShouldEndSession = Consortium;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

type NotedHistory = pallet_session::historical::NoteHistoricalRoot<Runtime, Consortium>;

/// Notes the root of each session, and forgets those past which nothing can be reported.
pub struct BoundedHistory;

impl BoundedHistory {
	/// Whether an operator set, changed or purged session keys since the last set was planned. No
	/// keys at all are no change: GRANDPA would go on with nobody to vote.
	fn keys_changed() -> bool {
		let keys: Vec<_> = pallet_consortium::Validators::<Runtime>::get()
			.into_iter()
			.filter_map(|validator| Some((validator.clone(), Session::load_keys(&validator)?)))
			.collect();
		!keys.is_empty() && keys != pallet_session::QueuedKeys::<Runtime>::get()
	}
}

impl pallet_session::SessionManager<AccountId> for BoundedHistory {
	fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
		// New keys count as new validators. Otherwise the session pallet would go on without whoever
		// purged keys and set others, and history would go on with a root over the old keys, against
		// which nobody's key can be proven.
		if Self::keys_changed() {
			pallet_consortium::ValidatorsChanged::<Runtime>::put(true);
		}
		<NotedHistory as pallet_session::SessionManager<_>>::new_session(index)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<AccountId>> {
		<NotedHistory as pallet_session::SessionManager<_>>::new_session_genesis(index)
	}

	fn start_session(index: SessionIndex) {
		<NotedHistory as pallet_session::SessionManager<_>>::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		<NotedHistory as pallet_session::SessionManager<_>>::end_session(index);
		if let Some(first_kept) = index.checked_sub(REPORTABLE_SESSIONS) {
			Historical::prune_up_to(first_kept);
		}
	}
}

/// A validator is identified by its account alone.
pub struct NoFurtherIdentification;

impl Convert<AccountId, Option<()>> for NoFurtherIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_session::historical::Config for Runtime {
	type FullIdentification = ();
	type FullIdentificationOf = NoFurtherIdentification;
	type RuntimeEvent = RuntimeEvent;
}

/// Stops offenders from making blocks until the validators or their keys change. There is no stake
/// to take; whether the validator goes for good is the council's to decide.
pub struct DisableOffenders;

impl OnOffenceHandler<AccountId, (AccountId, ()), Weight> for DisableOffenders {
	fn on_offence(
		offenders: &[OffenceDetails<AccountId, (AccountId, ())>],
		severities: &[Perbill],
		_: SessionIndex,
	) -> Weight {
		for (details, severity) in offenders.iter().zip(severities) {
			let (validator, ()) = &details.offender;
			Session::report_offence(validator.clone(), OffenceSeverity(*severity));
		}
		Weight::zero()
	}
}

impl pallet_offences::Config for Runtime {
	type IdentificationTuple = pallet_session::historical::IdentificationTuple<Self>;
	type OnOffenceHandler = DisableOffenders;
	type RuntimeEvent = RuntimeEvent;
}

// GRANDPA's reports of equivocations are transactions that nobody signs.
impl<Call> frame_system::offchain::CreateTransactionBase<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<Call> frame_system::offchain::CreateBare<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}

impl pallet_consortium::Config for Runtime {
	type CouncilOrigin = CouncilMajority;
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type SessionKeys = Session;
	type WeightInfo = pallet_consortium::weights::SubstrateWeight<Runtime>;
}
