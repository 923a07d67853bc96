use crate as pallet_patient_identity;
use crate::*;
use codec::Encode;
use frame_support::{derive_impl, traits::ConstU64};
use frame_system::EnsureRoot;
use salus_primitives::{
	codes::{
		Jurisdiction, OrganisationKind, OrganisationState, Power, Powers, Relation, Role,
		StandingReason, StandingReasons,
	},
	credential::House,
	directory::{Enrolment, HoldingDirectory, OrganisationDirectory, ProviderDirectory},
	enrolment::{
		EnrolmentStatement, KeyStatement, ENROLMENT_DOMAIN, MAX_ENROLMENT_VALIDITY,
		REKEYING_DOMAIN, ROTATION_DOMAIN,
	},
	guardian::{Guard, GuardianAct, GuardianStatement, GuardianTerms},
	ids::{ChartId, OrganisationId, PractitionerId, Salt, Seal},
	seal::Opening,
	time::Moment,
};
use sp_core::{sr25519, Pair};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, MultiSignature};

type Block = frame_system::mocking::MockBlock<Test>;

pub(crate) const HOUSE: OrganisationId = 1;
pub(crate) const OTHER: OrganisationId = 2;
pub(crate) const SUSPENDED: OrganisationId = 3;
/// Takes on nothing new.
pub(crate) const RESTRICTED: OrganisationId = 4;

pub(crate) const RECORDS: AccountId32 = AccountId32::new([101; 32]);
pub(crate) const SYSTEM: AccountId32 = AccountId32::new([102; 32]);
pub(crate) const CLINICIAN: AccountId32 = AccountId32::new([103; 32]);
pub(crate) const ADMINISTRATOR: AccountId32 = AccountId32::new([104; 32]);
pub(crate) const OTHERS_RECORDS: AccountId32 = AccountId32::new([105; 32]);
pub(crate) const STRANGER: AccountId32 = AccountId32::new([106; 32]);
/// A clinician without a practitioner's number.
pub(crate) const NURSE: AccountId32 = AccountId32::new([107; 32]);

const STAFF: [(AccountId32, OrganisationId, Role); 8] = [
	(RECORDS, HOUSE, Role::RecordsOfficer),
	(SYSTEM, HOUSE, Role::System),
	(CLINICIAN, HOUSE, Role::Clinician),
	(NURSE, HOUSE, Role::Clinician),
	(ADMINISTRATOR, HOUSE, Role::Administrator),
	(OTHERS_RECORDS, OTHER, Role::RecordsOfficer),
	(RECORDS, SUSPENDED, Role::RecordsOfficer),
	(RECORDS, RESTRICTED, Role::RecordsOfficer),
];

/// Number of the practitioner at [`CLINICIAN`].
pub(crate) const THE_CLINICIAN: PractitionerId = 4;

/// Where [`HOUSE`] is, and its country.
pub(crate) const CALIFORNIA: Jurisdiction = Jurisdiction(*b"US-CA\0");
pub(crate) const UNITED_STATES: Jurisdiction = Jurisdiction(*b"US\0\0\0\0");

/// The block's time in every test.
pub(crate) const NOW: Moment = 1_000_000;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;

	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp::Pallet<Test>;

	#[runtime::pallet_index(2)]
	pub type PatientIdentity = pallet_patient_identity::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type AccountId = AccountId32;
	type Block = Block;
	type Lookup = IdentityLookup<AccountId32>;
}

impl pallet_timestamp::Config for Test {
	type Moment = Moment;
	type OnTimestampSet = ();
	type MinimumPeriod = ConstU64<1>;
	type WeightInfo = ();
}

impl Config for Test {
	type CouncilOrigin = EnsureRoot<AccountId32>;
	type Organisations = Directory;
	type Providers = Directory;
	type Enrolment = Gate;
	type Holdings = Directory;
	type Time = Timestamp;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Directory;
}

/// [`STAFF`], one organisation that is suspended and one that takes on nothing new.
pub struct Directory;

impl ProviderDirectory<AccountId32> for Directory {
	fn standing(
		account: &AccountId32,
		organisation: OrganisationId,
		role: Role,
		_: Moment,
	) -> StandingReasons {
		<Self as ProviderDirectory<_>>::membership(account, organisation, role)
	}

	fn membership(
		account: &AccountId32,
		organisation: OrganisationId,
		role: Role,
	) -> StandingReasons {
		let mut reasons = StandingReasons::EMPTY;
		if organisation == SUSPENDED {
			reasons = reasons.with(StandingReason::OrganisationSuspended);
		}
		if !STAFF.contains(&(account.clone(), organisation, role)) {
			reasons = reasons.with(StandingReason::NotStaff);
		}
		reasons
	}

	fn intake(organisation: OrganisationId, _: Moment) -> StandingReasons {
		match organisation {
			RESTRICTED => StandingReasons::of(&[StandingReason::AccreditationMissing]),
			_ => StandingReasons::EMPTY,
		}
	}

	fn practitioner(account: &AccountId32) -> Option<PractitionerId> {
		(*account == CLINICIAN).then_some(THE_CLINICIAN)
	}

	fn is_independent(
		_: PractitionerId,
		_: &AccountId32,
		house: OrganisationId,
		(_, reviewer): (&AccountId32, OrganisationId),
	) -> bool {
		house != reviewer
	}
}

impl OrganisationDirectory<AccountId32> for Directory {
	fn organisation(organisation: OrganisationId) -> Option<(House, OrganisationState)> {
		let house = House {
			id: organisation,
			kind: OrganisationKind::Hospital,
			place: CALIFORNIA,
			since: 0,
		};
		(organisation == HOUSE).then_some((house, OrganisationState::Active))
	}

	fn membership(
		account: &AccountId32,
		organisation: OrganisationId,
		role: Role,
	) -> StandingReasons {
		<Self as ProviderDirectory<_>>::membership(account, organisation, role)
	}

	fn are_affiliated(_: OrganisationId, _: OrganisationId) -> bool {
		false
	}

	fn is_practitioner(practitioner: PractitionerId) -> bool {
		practitioner == THE_CLINICIAN
	}

	fn practitioner(account: &AccountId32) -> Option<PractitionerId> {
		<Self as ProviderDirectory<_>>::practitioner(account)
	}
}

/// Where the mock keeps to whom [`HOUSE`] gave its holding.
const KEEPER: &[u8] = b":keeper";

/// Gives all that [`HOUSE`] has to this organisation.
pub(crate) fn give_holding(to: OrganisationId) {
	frame_support::storage::unhashed::put(KEEPER, &to);
}

impl HoldingDirectory for Directory {
	fn keeper(organisation: OrganisationId) -> OrganisationId {
		match frame_support::storage::unhashed::get(KEEPER) {
			Some(keeper) if organisation == HOUSE => keeper,
			_ => organisation,
		}
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper for Directory {
	fn staff(_: Role) -> (AccountId32, OrganisationId) {
		(SYSTEM, HOUSE)
	}
	fn key(n: u32) -> [u8; 32] {
		key(n as u8).public().0
	}
	fn sign(public: &[u8; 32], bytes: &[u8]) -> MultiSignature {
		let pair = (0..=u8::MAX).map(key).find(|pair| pair.public().0 == *public).unwrap();
		MultiSignature::Sr25519(pair.sign(bytes))
	}
}

/// The gate as the consortium keeps it: by sufficients.
pub struct Gate;

impl Enrolment<AccountId32> for Gate {
	fn enrol(account: &AccountId32) {
		if !Self::is_enrolled(account) {
			System::inc_sufficients(account);
		}
	}
	fn is_enrolled(account: &AccountId32) -> bool {
		System::sufficients(account) > 0
	}
}

/// The `n`th chart key.
pub(crate) fn key(n: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[n; 32])
}

/// The statement by which the `n`th key asks for the `n`th chart at [`HOUSE`].
pub(crate) fn statement(n: u8) -> EnrolmentStatement {
	EnrolmentStatement {
		domain: ENROLMENT_DOMAIN,
		genesis: System::block_hash(0).0,
		custodian: HOUSE,
		chart: ChartId([n; 32]),
		key: key(n).public().0,
		expires: NOW + MAX_ENROLMENT_VALIDITY,
		guard: None,
	}
}

/// The account of the `n`th key.
pub(crate) fn account(n: u8) -> AccountId32 {
	AccountId32::new(key(n).public().0)
}

/// The word of the `n`th key to follow on a chart of [`HOUSE`], to whoever keeps it now.
fn follow(domain: [u8; 16], n: u8, chart: u8) -> NewKeyOf {
	let (key, expires) = (key(n), NOW + MAX_ENROLMENT_VALIDITY);
	let statement = KeyStatement {
		domain,
		genesis: System::block_hash(0).0,
		custodian: Directory::keeper(HOUSE),
		chart: ChartId([chart; 32]),
		key: key.public().0,
		expires,
	};
	let signature = key.sign(&statement.encode()).into();
	NewKeyOf { key: key.public().0, expires, signature }
}

/// The word of the `n`th key to follow by rotation.
pub(crate) fn rotation(n: u8, chart: u8) -> NewKeyOf {
	follow(ROTATION_DOMAIN, n, chart)
}

/// The word of the `n`th key to follow by re-keying.
pub(crate) fn rekeying(n: u8, chart: u8) -> NewKeyOf {
	follow(REKEYING_DOMAIN, n, chart)
}

/// When the guardianship of [`guardian`] ends: with the year 1970.
pub(crate) const OF_AGE: Moment = 365 * 24 * 60 * 60 * 1000;

/// The first chart's guardian, with the 200th key.
pub(crate) fn guardian() -> Opening<GuardianTerms> {
	let terms = GuardianTerms {
		chart: ChartId([1; 32]),
		key: key(200).public().0,
		relation: Relation::Parent,
		powers: Powers::of(&[Power::Consent, Power::DisputeDeath]),
		until: Some(OF_AGE),
	};
	Opening { terms, salt: Salt([7; 32]) }
}

/// Another guardian of the first chart, with the 201st key, who does no more than consent.
pub(crate) fn consenter() -> Opening<GuardianTerms> {
	let Opening { terms, salt } = guardian();
	let (key, powers) = (key(201).public().0, Powers::of(&[Power::Consent]));
	Opening { terms: GuardianTerms { key, powers, ..terms }, salt }
}

/// The first chart's guard.
pub(crate) fn guard() -> Guard {
	let fillers = core::array::from_fn(|n| Seal([n as u8; 32]));
	Guard::new(&[guardian(), consenter()], &fillers).unwrap()
}

/// The guardian's word for this act.
pub(crate) fn word(act: GuardianAct) -> WordOf {
	word_of(200, guardian(), act)
}

/// The word for this act of a guardian with the `n`th key.
pub(crate) fn word_of(n: u8, guardian: Opening<GuardianTerms>, act: GuardianAct) -> WordOf {
	let (proof, expires) = (guard().prove(&guardian).unwrap(), Timestamp::get() + 1_000);
	let Opening { terms, salt } = guardian;
	let statement = GuardianStatement::new(System::block_hash(0).0, terms.chart, act, expires);
	let signature = key(n).sign(&statement.encode()).into();
	WordOf { terms, salt, proof, expires, signature }
}

/// The statement with the `n`th key's signature.
pub(crate) fn signed(n: u8, statement: EnrolmentStatement) -> (EnrolmentStatement, MultiSignature) {
	let signature = MultiSignature::Sr25519(key(n).sign(&statement.encode()));
	(statement, signature)
}

/// Good entries for these charts.
pub(crate) fn entries(charts: impl IntoIterator<Item = u8>) -> EnrolmentBatch {
	let entries: Vec<_> = charts.into_iter().map(|n| signed(n, statement(n))).collect();
	entries.try_into().unwrap()
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
		STAFF.iter().for_each(|(account, ..)| Gate::enrol(account));
	});
	ext
}

/// Runs the test and checks every invariant after it.
pub(crate) fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		PatientIdentity::do_try_state().unwrap();
	});
}
