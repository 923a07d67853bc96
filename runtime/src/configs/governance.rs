//! The council and its tools. Nothing here is open to one person.

use crate::{
	constants::{MaxGovernanceWeight, DAYS, MAX_COUNCIL_MEMBERS},
	AccountId, Council, OriginCaller, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
};
use frame_support::traits::{ConstU32, EitherOfDiverse, EqualPrivilegeOnly};
use frame_system::EnsureRoot;
use pallet_collective::{EnsureProportionAtLeast, EnsureProportionMoreThan};

type CouncilInstance = pallet_collective::Instance1;

/// More than half of the council: the origin of every privileged call of this house.
pub type CouncilMajority = EnsureProportionMoreThan<AccountId, CouncilInstance, 1, 2>;

/// At least two thirds of the council: who may whitelist a call for Root, and who sits in the
/// council. A majority must not be able to widen itself to two thirds.
pub type CouncilTwoThirds = EnsureProportionAtLeast<AccountId, CouncilInstance, 2, 3>;

type CouncilTwoThirdsOrRoot = EitherOfDiverse<EnsureRoot<AccountId>, CouncilTwoThirds>;

impl pallet_collective::Config<CouncilInstance> for Runtime {
	type Consideration = ();
	// Who does not vote does not count as a yes.
	type DefaultVote = NoByDefault;
	type DisapproveOrigin = EnsureRoot<AccountId>;
	type KillOrigin = EnsureRoot<AccountId>;
	type MaxMembers = ConstU32<MAX_COUNCIL_MEMBERS>;
	type MaxProposalWeight = MaxGovernanceWeight;
	type MaxProposals = ConstU32<50>;
	type MotionDuration = ConstU32<{ 7 * DAYS }>;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}

/// Counts absent members as against.
pub struct NoByDefault;

impl pallet_collective::DefaultVote for NoByDefault {
	fn default_vote(_: Option<bool>, _: u32, _: u32, _: u32) -> bool {
		false
	}
}

impl pallet_membership::Config<pallet_membership::Instance1> for Runtime {
	type AddOrigin = CouncilTwoThirdsOrRoot;
	type MaxMembers = ConstU32<MAX_COUNCIL_MEMBERS>;
	type MembershipChanged = Council;
	type MembershipInitialized = Council;
	type PrimeOrigin = CouncilTwoThirdsOrRoot;
	type RemoveOrigin = CouncilTwoThirdsOrRoot;
	type ResetOrigin = CouncilTwoThirdsOrRoot;
	type RuntimeEvent = RuntimeEvent;
	type SwapOrigin = CouncilTwoThirdsOrRoot;
	type WeightInfo = pallet_membership::weights::SubstrateWeight<Runtime>;
}

impl pallet_scheduler::Config for Runtime {
	type BlockNumberProvider = System;
	type MaxScheduledPerBlock = ConstU32<20>;
	type MaximumWeight = MaxGovernanceWeight;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type PalletsOrigin = OriginCaller;
	// Scheduled calls are stored whole, up to 128 bytes: `authorize_upgrade` is shorter.
	type Preimages = ();
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type ScheduleOrigin = EnsureRoot<AccountId>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
}

impl pallet_whitelist::Config for Runtime {
	type BlockNumberProvider = System;
	type DeferredDispatchExpiration = ConstU32<{ 7 * DAYS }>;
	type DispatchWhitelistedOrigin = CouncilTwoThirds;
	type Preimages = ();
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
	type WhitelistOrigin = CouncilTwoThirds;
}
