use crate as pallet_consent;
use crate::*;
use frame_support::{derive_impl, traits::ConstU64};
use frame_system::EnsureRoot;
#[cfg(feature = "runtime-benchmarks")]
use salus_primitives::break_glass::BreakGlassStatement;
use salus_primitives::{
	batch::{BatchTree, Inclusion},
	codes::{
		Category, ChartState, Confidentiality, Power, Powers, RecordState, Relation, Role,
		Sensitivities, StandingReason, StandingReasons,
	},
	decision::{ChartFacts, RecordFacts},
	directory::{
		ChartDirectory, GuardianDirectory, OrderDirectory, ProviderDirectory, RecordDirectory,
	},
	guardian::{ActingGuardian, Guard, GuardianAct, GuardianFault, GuardianTerms},
	ids::{
		BatchId, ChartId, Digest, DirectiveId, GuardRoot, OrganisationId, PractitionerId, RecordId,
		Salt, Seal,
	},
	order::ChartAct,
	paper::{PaperAct, PaperWord},
	record::RecordTerms,
	seal::Opening,
	time::Moment,
};
use sp_core::{ed25519, sr25519, Pair};
use sp_runtime::{
	traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, MultiSignature,
};

type Block = frame_system::mocking::MockBlock<Test>;

pub(crate) const HOUSE: OrganisationId = 1;
pub(crate) const OTHER: OrganisationId = 2;
pub(crate) const SUSPENDED: OrganisationId = 3;
/// Has nothing to do with anybody.
pub(crate) const THIRD: OrganisationId = 4;
/// Employs [`SURGEON`] too.
pub(crate) const FOURTH: OrganisationId = 5;

pub(crate) const PATIENT: AccountId32 = AccountId32::new([91; 32]);
pub(crate) const OTHER_PATIENT: AccountId32 = AccountId32::new([92; 32]);
pub(crate) const SYSTEM: AccountId32 = AccountId32::new([101; 32]);
pub(crate) const RECORDS: AccountId32 = AccountId32::new([102; 32]);
pub(crate) const CLINICIAN: AccountId32 = AccountId32::new([103; 32]);
pub(crate) const PHARMACIST: AccountId32 = AccountId32::new([104; 32]);
pub(crate) const UNREGISTERED: AccountId32 = AccountId32::new([105; 32]);
pub(crate) const SURGEON: AccountId32 = AccountId32::new([106; 32]);
pub(crate) const STRANGER: AccountId32 = AccountId32::new([107; 32]);
/// Quality officer of [`HOUSE`], [`OTHER`] and [`FOURTH`].
pub(crate) const REVIEWER: AccountId32 = AccountId32::new([108; 32]);
/// Quality officer of [`THIRD`].
pub(crate) const AUDITOR: AccountId32 = AccountId32::new([109; 32]);
/// Machine of [`OTHER`].
pub(crate) const MACHINE: AccountId32 = AccountId32::new([110; 32]);

/// Number of the practitioner at [`SURGEON`].
pub(crate) const THE_SURGEON: PractitionerId = 3;

/// At [`HOUSE`], of [`PATIENT`].
pub(crate) const CHART: ChartId = ChartId([1; 32]);
/// At [`HOUSE`], of [`OTHER_PATIENT`].
pub(crate) const OTHER_CHART: ChartId = ChartId([2; 32]);
/// In [`CHART`].
pub(crate) const RECORD: RecordId = RecordId([1; 32]);

const STAFF: [(AccountId32, OrganisationId, Role); 16] = [
	(SYSTEM, HOUSE, Role::System),
	(RECORDS, HOUSE, Role::RecordsOfficer),
	(CLINICIAN, HOUSE, Role::Clinician),
	(PHARMACIST, HOUSE, Role::Pharmacist),
	(UNREGISTERED, HOUSE, Role::Clinician),
	(SURGEON, OTHER, Role::Clinician),
	(SYSTEM, SUSPENDED, Role::System),
	(CLINICIAN, SUSPENDED, Role::Clinician),
	(REVIEWER, HOUSE, Role::QualityOfficer),
	(REVIEWER, OTHER, Role::QualityOfficer),
	(REVIEWER, FOURTH, Role::QualityOfficer),
	(CLINICIAN, THIRD, Role::QualityOfficer),
	(AUDITOR, THIRD, Role::QualityOfficer),
	(SURGEON, FOURTH, Role::Clinician),
	(MACHINE, OTHER, Role::System),
	(MACHINE, SUSPENDED, Role::System),
];

/// A surgeon of [`OTHER`] whose key the tests hold.
pub(crate) fn doctor() -> sr25519::Pair {
	sr25519::Pair::from_seed(&[6; 32])
}

/// A key that [`THE_DOCTOR`] has changed at [`FORMER_UNTIL`], still on the staff.
pub(crate) fn former() -> sr25519::Pair {
	sr25519::Pair::from_seed(&[7; 32])
}

/// Ten days after every test begins.
pub(crate) const FORMER_UNTIL: Moment = NOW + 10 * 24 * 3_600_000;

/// The account of [`doctor`].
pub(crate) fn doctors_account() -> AccountId32 {
	AccountId32::new(doctor().public().0)
}

/// Number of the practitioner who is [`doctor`].
pub(crate) const THE_DOCTOR: PractitionerId = 4;

/// Staff of [`HOUSE`] whose keys the tests hold: the records officer.
pub(crate) fn clerk() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[11; 32])
}

/// The administrator.
pub(crate) fn head() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[12; 32])
}

/// Another account of the practitioner who is [`CLINICIAN`], as quality officer.
pub(crate) fn alias() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[13; 32])
}

/// A machine.
pub(crate) fn machine() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[14; 32])
}

/// A clinician of [`OTHER`].
pub(crate) fn visitor() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[15; 32])
}

/// A clinician of [`HOUSE`].
pub(crate) fn nurse() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[16; 32])
}

/// A key that the practitioner who is [`CLINICIAN`] has changed, still on the staff as quality officer.
pub(crate) fn retired() -> ed25519::Pair {
	ed25519::Pair::from_seed(&[17; 32])
}

/// The account of this key.
pub(crate) fn account_of(key: &ed25519::Pair) -> AccountId32 {
	AccountId32::new(key.public().0)
}

/// Whether it is one of those keys' accounts, in its role at its house.
fn is_keyed_staff(asked: &(AccountId32, OrganisationId, Role)) -> bool {
	[
		(clerk(), HOUSE, Role::RecordsOfficer),
		(head(), HOUSE, Role::Administrator),
		(alias(), HOUSE, Role::QualityOfficer),
		(machine(), HOUSE, Role::System),
		(visitor(), OTHER, Role::Clinician),
		(nurse(), HOUSE, Role::Clinician),
		(retired(), HOUSE, Role::QualityOfficer),
	]
	.iter()
	.any(|(key, house, role)| *asked == (account_of(key), *house, *role))
}

/// What the second witness signs for this submitter, good until then.
pub(crate) fn paper_word_until(
	witness: &ed25519::Pair,
	act: PaperAct,
	submitter: &AccountId32,
	expires: Moment,
) -> PaperWordOf {
	let (key, genesis) = (witness.public().0, System::block_hash(0).0);
	let unsigned = PaperWord { witness: key, expires, signature: () };
	let statement = unsigned.statement(genesis, act, submitter.clone().into());
	let signature = witness.sign(&statement.signable()[0]).into();
	PaperWord { witness: key, expires, signature }
}

/// The same, good for a moment.
pub(crate) fn paper_word(
	witness: &ed25519::Pair,
	act: PaperAct,
	submitter: &AccountId32,
) -> PaperWordOf {
	paper_word_until(witness, act, submitter, Timestamp::get() + 1)
}

/// Where the mock keeps whose licence is suspended.
const STRUCK: &[u8] = b":struck";

/// Suspends this account's licences.
pub(crate) fn strike(account: AccountId32) {
	frame_support::storage::unhashed::put(STRUCK, &account);
}

/// Where the mock keeps whether every house is suspended.
const CLOSED: &[u8] = b":closed";

/// Suspends all houses.
pub(crate) fn suspend_houses() {
	frame_support::storage::unhashed::put(CLOSED, &());
}

/// Time between two blocks.
pub(crate) const SLOT: Moment = 1_000;

/// The block's time at which every test begins.
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
	pub type Consent = pallet_consent::Pallet<Test>;
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
	type SlotDuration = ConstU64<SLOT>;
	type Providers = Directory;
	type Charts = Directory;
	type Guardians = Directory;
	type Orders = Directory;
	type Records = Directory;
	type Time = Timestamp;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Directory;
}

/// [`STAFF`], one organisation that is suspended, two charts and a record.
pub struct Directory;

impl ProviderDirectory<AccountId32> for Directory {
	fn standing(
		account: &AccountId32,
		organisation: OrganisationId,
		role: Role,
		_: Moment,
	) -> StandingReasons {
		let reasons = Self::membership(account, organisation, role);
		match frame_support::storage::unhashed::get::<AccountId32>(STRUCK) {
			Some(struck) if struck == *account => reasons.with(StandingReason::LicenceSuspended),
			_ => reasons,
		}
	}

	fn membership(
		account: &AccountId32,
		organisation: OrganisationId,
		role: Role,
	) -> StandingReasons {
		let mut reasons = StandingReasons::EMPTY;
		if organisation == SUSPENDED || frame_support::storage::unhashed::exists(CLOSED) {
			reasons = reasons.with(StandingReason::OrganisationSuspended);
		}
		let doctors = [doctors_account(), former().public().into()];
		let asked = (account.clone(), organisation, role);
		let doctor = doctors.map(|account| (account, OTHER, Role::Clinician)).contains(&asked);
		if !STAFF.contains(&asked) && !doctor && !is_keyed_staff(&asked) {
			reasons = reasons.with(StandingReason::NotStaff);
		}
		reasons
	}

	fn intake(_: OrganisationId, _: Moment) -> StandingReasons {
		StandingReasons::EMPTY
	}

	fn practitioner_ever(account: &AccountId32) -> Option<PractitionerId> {
		if *account == account_of(&retired()) {
			return Self::practitioner(&CLINICIAN);
		}
		Self::practitioner(account).or((*account == former().public().into()).then_some(THE_DOCTOR))
	}

	fn practitioner_then(account: &AccountId32, at: Moment) -> Option<PractitionerId> {
		if at <= FORMER_UNTIL {
			return Self::practitioner_ever(account);
		}
		Self::practitioner(account)
	}

	fn practitioner(account: &AccountId32) -> Option<PractitionerId> {
		if *account == account_of(&alias()) {
			return Self::practitioner(&CLINICIAN);
		}
		let registered = [CLINICIAN, PHARMACIST, SURGEON, doctors_account(), account_of(&nurse())];
		registered.iter().position(|known| known == account).map(|n| n as u32 + 1)
	}

	fn is_independent(
		practitioner: PractitionerId,
		opener: &AccountId32,
		house: OrganisationId,
		(_, reviewer): (&AccountId32, OrganisationId),
	) -> bool {
		let on_staff = STAFF.iter().any(|(account, at, _)| {
			let clinicians = account == opener || Self::practitioner(account) == Some(practitioner);
			*at == reviewer && clinicians
		});
		house != reviewer && !on_staff
	}
}

impl ChartDirectory for Directory {
	fn chart(chart: &ChartId) -> Option<ChartFacts> {
		let key = match *chart {
			CHART => PATIENT,
			OTHER_CHART => OTHER_PATIENT,
			_ => return None,
		};
		Some(ChartFacts {
			chart: *chart,
			custodian: HOUSE,
			key: key.into(),
			state: frame_support::storage::unhashed::get(STATE).unwrap_or(ChartState::Active),
			posthumous: None,
			directives: Vec::new(),
		})
	}
}

/// Where the mock keeps the state of all charts.
const STATE: &[u8] = b":chart-state";

/// Puts the charts into this state.
pub(crate) fn set_chart_state(state: ChartState) {
	frame_support::storage::unhashed::put(STATE, &state);
}

impl GuardianDirectory for Directory {
	type Signature = MultiSignature;
	type Error = DispatchError;

	/// The rules with the guard of [`guardians`], or [`renewed`]; every signature is good but [`forged`].
	fn admit(
		chart: &ChartId,
		act: &GuardianAct,
		word: &WordOf,
	) -> Result<ActingGuardian, DispatchError> {
		if word.signature == forged() {
			return Err(BAD_SIGNATURE);
		}
		let root = frame_support::storage::unhashed::get(GUARD).unwrap_or(guard().root());
		word.admit(chart, Some(&root), act, Timestamp::get())
			.map_err(|fault| match fault {
				GuardianFault::PowerMissing => POWER_MISSING,
				GuardianFault::Over => GUARDIANSHIP_OVER,
				_ => NOT_A_GUARDIAN,
			})
	}

	fn guard(chart: &ChartId) -> Option<GuardRoot> {
		(*chart == CHART).then(|| guard().root())
	}
}

pub(crate) const BAD_SIGNATURE: DispatchError = DispatchError::Other("bad signature");
pub(crate) const POWER_MISSING: DispatchError = DispatchError::Other("power missing");
pub(crate) const GUARDIANSHIP_OVER: DispatchError = DispatchError::Other("guardianship over");
pub(crate) const NOT_A_GUARDIAN: DispatchError = DispatchError::Other("not a guardian");

/// When [`MOTHER`]'s guardianship ends: with the year 1970.
pub(crate) const OF_AGE: Moment = 365 * 24 * 60 * 60 * 1000;

/// Places in [`guardians`].
pub(crate) const MOTHER: usize = 0;
pub(crate) const FATHER: usize = 1;
pub(crate) const ATTORNEY: usize = 2;
pub(crate) const READER: usize = 3;
/// The first of four more proxies.
pub(crate) const PROXY: usize = 4;

/// The guardians of [`CHART`].
pub(crate) fn guardians() -> [Opening<GuardianTerms>; 8] {
	let parent = Powers::of(&[Power::Consent, Power::Revoke]);
	let guardian = |n, relation, powers, until| Opening {
		terms: GuardianTerms { chart: CHART, key: [n; 32], relation, powers, until },
		salt: Salt([n; 32]),
	};
	[
		guardian(201, Relation::Parent, parent, Some(OF_AGE)),
		guardian(202, Relation::Parent, parent, None),
		guardian(203, Relation::PowerOfAttorney, parent.with(Power::Overrule), None),
		guardian(204, Relation::Proxy, Powers::of(&[Power::Read]), None),
		guardian(205, Relation::Proxy, parent, None),
		guardian(206, Relation::Proxy, parent, None),
		guardian(207, Relation::Proxy, parent, None),
		guardian(208, Relation::Proxy, parent, None),
	]
}

pub(crate) fn guard() -> Guard {
	let fillers = core::array::from_fn(|n| Seal([n as u8; 32]));
	Guard::new(&guardians(), &fillers).unwrap()
}

/// Where the mock keeps the root of another guard, if there is one.
const GUARD: &[u8] = b":guard";

/// [`guardians`] with new salts, and without an end, as a change of the guard leaves them.
fn renewed() -> [Opening<GuardianTerms>; 8] {
	guardians().map(|Opening { terms, salt }| Opening {
		terms: GuardianTerms { until: None, ..terms },
		salt: Salt(salt.0.map(|byte| !byte)),
	})
}

fn renewed_guard() -> Guard {
	let fillers = core::array::from_fn(|n| Seal([n as u8; 32]));
	Guard::new(&renewed(), &fillers).unwrap()
}

/// Names the guardians anew.
pub(crate) fn renew_guard() {
	frame_support::storage::unhashed::put(GUARD, &renewed_guard().root());
}

/// Brings the first guard back.
pub(crate) fn restore_guard() {
	frame_support::storage::unhashed::kill(GUARD);
}

/// The word of a guardian with a new card.
pub(crate) fn renewed_word(guardian: usize) -> WordOf {
	let guardian = &renewed()[guardian];
	WordOf {
		terms: guardian.terms,
		salt: guardian.salt,
		proof: renewed_guard().prove(guardian).unwrap(),
		..word(MOTHER)
	}
}

/// A signature that is not good.
pub(crate) fn forged() -> MultiSignature {
	ed25519::Signature::from_raw([1; 64]).into()
}

/// The word of a guardian.
pub(crate) fn word(guardian: usize) -> WordOf {
	let guardian = &guardians()[guardian];
	WordOf {
		terms: guardian.terms,
		salt: guardian.salt,
		proof: guard().prove(guardian).unwrap(),
		expires: Timestamp::get() + 1,
		signature: ed25519::Signature::from_raw([0; 64]).into(),
	}
}

impl OrderDirectory for Directory {
	type Signature = MultiSignature;
	type Error = DispatchError;

	/// Good for its time, whatever the signature, unless it is [`forged`].
	fn admit(order: &OrderOf) -> Result<(), DispatchError> {
		if order.signature == forged() {
			return Err(BAD_SIGNATURE);
		}
		order.ensure_in_time(Timestamp::get()).map_err(|_| NOT_IN_TIME)
	}
}

/// An order of [`CHART`]'s key.
pub(crate) fn order(act: ChartAct) -> OrderOf {
	let expires = Timestamp::get() + 1;
	let signature = ed25519::Signature::from_raw([0; 64]).into();
	OrderOf { chart: CHART, act, expires, signature }
}

pub(crate) const NOT_IN_TIME: DispatchError = DispatchError::Other("not in time");

impl RecordDirectory for Directory {
	fn record(record: &RecordId) -> Option<RecordFacts> {
		(*record == RECORD).then(|| RecordFacts {
			custodian: HOUSE,
			leaf: opening().seal(),
			state: RecordState::Current,
			replaces: None,
		})
	}

	fn batched(record: &RecordId, leaf: &Seal, inclusion: &Inclusion) -> Option<RecordFacts> {
		let tree = batch();
		let holds = inclusion.batch == BATCH
			&& inclusion.proof.verify(&tree.root(), tree.leaves(), record, leaf);
		holds.then_some(RecordFacts {
			custodian: HOUSE,
			leaf: *leaf,
			state: RecordState::Current,
			replaces: None,
		})
	}
}

/// At [`HOUSE`], with [`BATCHED`] as its second record.
pub(crate) const BATCH: BatchId = BatchId([1; 32]);
/// In [`CHART`], with the same opening as [`RECORD`].
pub(crate) const BATCHED: RecordId = RecordId([2; 32]);

/// The tree of [`BATCH`].
pub(crate) fn batch() -> BatchTree {
	let other = |n| (RecordId([n; 32]), seal(n));
	BatchTree::new([other(7), (BATCHED, opening().seal()), other(8)]).unwrap()
}

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper for Directory {
	fn staff(role: Role) -> (AccountId32, OrganisationId) {
		(if role == Role::System { SYSTEM } else { CLINICIAN }, HOUSE)
	}
	fn chart() -> (AccountId32, ChartId) {
		(PATIENT, CHART)
	}
	fn word(_: GuardianAct) -> WordOf {
		word(ATTORNEY)
	}
	fn order(act: ChartAct) -> OrderOf {
		order(act)
	}
	fn other_staff(role: Role) -> (AccountId32, OrganisationId) {
		if role == Role::Clinician {
			(SURGEON, OTHER)
		} else {
			(AUDITOR, THIRD)
		}
	}
	fn statement(statement: BreakGlassStatement) -> (BreakGlassStatement, MultiSignature) {
		let statement = BreakGlassStatement { account: doctor().public().0, ..statement };
		(statement, doctor().sign(&statement.signable()[1]).into())
	}
	fn paper_word(act: PaperAct, submitter: &AccountId32) -> PaperWordOf {
		paper_word(&clerk(), act, submitter)
	}
}

/// The opening of [`RECORD`].
pub(crate) fn opening() -> Opening<RecordTerms> {
	let terms = RecordTerms {
		chart: CHART,
		sequence: 0,
		previous_leaf: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Sensitivities::EMPTY,
		author: None,
		encounter: None,
		clinical_date: NOW,
		size: 1,
		content_digest: Digest([1; 32]),
		ciphertext_digest: Digest([2; 32]),
	};
	Opening { terms, salt: Salt([1; 32]) }
}

/// The `n`th directive's id.
pub(crate) fn directive(n: u8) -> DirectiveId {
	DirectiveId([n; 32])
}

/// The `n`th seal.
pub(crate) fn seal(n: u8) -> Seal {
	Seal([n; 32])
}

pub(crate) fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
	});
	ext
}

/// Runs the test and checks every invariant after it.
pub(crate) fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Consent::do_try_state().unwrap();
	});
}
