//! Which pallets are benchmarked, how the benchmarking tool runs them, and what the benchmarks of one
//! pallet need of the others. They run on the preset `development`, the tool's own choice.

use crate::{
	configs::CouncilMajority,
	genesis_presets::{account, YEAR_2025},
	AccountId, Consent, Consortium, Credentials, PatientIdentity, Providers, RecordAnchor, Runtime,
};
use alloc::{format, string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{EnsureOrigin, UnfilteredDispatchable};
use pallet_patient_identity::ChartDetails;
use salus_primitives::{
	break_glass::BreakGlassStatement,
	codes::{ChartState, Jurisdiction, OrganisationKind, Powers, Relation, Role, Roles},
	directory::Enrolment,
	guardian::{
		Guard, GuardianAct, GuardianStatement, GuardianTerms, GuardianWord, GUARD_LEAVES,
		MAX_WORD_VALIDITY,
	},
	ids::{AccountBytes, ChartId, OrganisationId, PractitionerId, Salt, Seal},
	order::{order_expiry, ChartAct, ChartOrder, OrderStatement},
	paper::{PaperAct, PaperWord, MAX_PAPER_VALIDITY},
	seal::Opening,
};
use sp_core::{crypto::KeyTypeId, sr25519};
use sp_runtime::MultiSignature;

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"bnch");
const MERCY: OrganisationId = 1;
const LAKESIDE: OrganisationId = 2;
const ACCREDITOR: OrganisationId = 6;
const DR_ADAMS: PractitionerId = 1;

frame_benchmarking::define_benchmarks!(
	[pallet_consent, Consent]
	[pallet_consortium, Consortium]
	[pallet_credentials, Credentials]
	[pallet_patient_identity, PatientIdentity]
	[pallet_providers, Providers]
	[pallet_record_anchor, RecordAnchor]
);

/// Lists the benchmarks.
pub fn list(extra: bool) -> Vec<BenchmarkList> {
	use frame_benchmarking::Benchmarking;

	let mut list = Vec::new();
	list_benchmarks!(list, extra);
	list
}

/// Runs one benchmark.
pub fn run(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	use frame_benchmarking::Benchmarking;
	use frame_support::traits::WhitelistedStorageKeys;

	let whitelist = crate::AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

/// A guardian of the chart of consent's benchmarks, who may do everything.
fn guardian() -> Opening<GuardianTerms> {
	let terms = GuardianTerms {
		chart: ChartId([1; 32]),
		key: <Helper as pallet_patient_identity::BenchmarkHelper>::key(7),
		relation: Relation::PowerOfAttorney,
		powers: Powers::all(),
		until: None,
	};
	Opening { terms, salt: Salt([7; 32]) }
}

fn guard() -> Guard {
	Guard::new(&[guardian()], &[Seal([8; 32]); GUARD_LEAVES as usize]).expect("one guardian fits")
}

/// Staff of Mercy General Hospital, and keys that come from nowhere.
pub struct Helper;

fn staff(role: Role) -> (AccountId, OrganisationId) {
	// Benchmarks start at time zero, when nobody's licence is valid yet.
	pallet_timestamp::Now::<Runtime>::put(YEAR_2025);
	let name = match role {
		Role::Clinician => "Mercy//DrAdams",
		Role::RecordsOfficer => "Mercy//Records",
		Role::System => "Mercy//Vault",
		_ => "Mercy",
	};
	(account(name), MERCY)
}

impl pallet_credentials::BenchmarkHelper<AccountId> for Helper {
	fn organisation(kind: OrganisationKind, place: Jurisdiction) -> (AccountId, OrganisationId) {
		let number = pallet_providers::OrganisationCount::<Runtime>::get().saturating_add(1);
		let administrator = account(&format!("Administrator{number}"));
		let call = pallet_providers::Call::<Runtime>::admit_organisation {
			kind,
			name: b"Benchmark".to_vec().try_into().expect("nine bytes are a name"),
			jurisdiction: place,
			gln: None,
			npi: None,
			administrator: administrator.clone(),
		};
		let council = CouncilMajority::try_successful_origin().expect("there is a council");
		call.dispatch_bypass_filter(council).expect("the council admits");
		(administrator, number)
	}

	fn practitioner() -> (AccountId, PractitionerId) {
		(account("Mercy//DrAdams"), DR_ADAMS)
	}
}

impl pallet_record_anchor::BenchmarkHelper<AccountId> for Helper {
	fn staff(role: Role) -> (AccountId, OrganisationId) {
		staff(role)
	}

	fn receiver(role: Role) -> (AccountId, OrganisationId) {
		pallet_timestamp::Now::<Runtime>::put(YEAR_2025);
		let name = if role == Role::Administrator { "Lakeside" } else { "Lakeside//Records" };
		(account(name), LAKESIDE)
	}
}

impl pallet_patient_identity::BenchmarkHelper for Helper {
	fn staff(role: Role) -> (AccountId, OrganisationId) {
		staff(role)
	}

	fn key(n: u32) -> AccountBytes {
		let seed = format!("//Patient//{n}").into_bytes();
		sp_io::crypto::sr25519_generate(KEY_TYPE, Some(seed)).0
	}

	fn sign(key: &AccountBytes, bytes: &[u8]) -> MultiSignature {
		let key = sr25519::Public::from_raw(*key);
		sp_io::crypto::sr25519_sign(KEY_TYPE, &key, bytes)
			.expect("the keystore holds what `key` generated")
			.into()
	}
}

impl pallet_consent::BenchmarkHelper for Helper {
	fn staff(role: Role) -> (AccountId, OrganisationId) {
		staff(role)
	}

	fn chart() -> (AccountId, ChartId) {
		let (key, chart) = (account("Patient"), ChartId([1; 32]));
		Consortium::enrol(&key);
		let state = ChartState::Active;
		let details = ChartDetails { custodian: MERCY, key: key.clone().into(), state };
		pallet_patient_identity::Charts::<Runtime>::insert(chart, details);
		pallet_patient_identity::EnrolledKeys::<Runtime>::insert(&key, chart);
		pallet_patient_identity::Guards::<Runtime>::insert(chart, guard().root());
		(key, chart)
	}

	fn word(act: GuardianAct) -> pallet_consent::WordOf {
		let guardian = guardian();
		let now = pallet_timestamp::Now::<Runtime>::get();
		let expires = now.saturating_add(MAX_WORD_VALIDITY);
		let genesis = crate::System::block_hash(0).0;
		let statement = GuardianStatement::new(genesis, guardian.terms.chart, act, expires);
		let [_, wrapped] = statement.signable();
		let signature =
			<Self as pallet_patient_identity::BenchmarkHelper>::sign(&guardian.terms.key, &wrapped);
		let proof = guard().prove(&guardian).expect("the guardian is of this guard");
		GuardianWord { terms: guardian.terms, salt: guardian.salt, proof, expires, signature }
	}

	fn order(act: ChartAct) -> pallet_consent::OrderOf {
		// A key of which the keystore has the secret; the benchmark's chart has another.
		let key = <Self as pallet_patient_identity::BenchmarkHelper>::key(8);
		let chart = ChartId([1; 32]);
		pallet_patient_identity::Charts::<Runtime>::mutate(chart, |details| {
			if let Some(details) = details {
				details.key = key;
			}
		});
		let expires = order_expiry(pallet_timestamp::Now::<Runtime>::get());
		let statement = OrderStatement::new(crate::System::block_hash(0).0, chart, act, expires);
		let [_, wrapped] = statement.signable();
		let signature = <Self as pallet_patient_identity::BenchmarkHelper>::sign(&key, &wrapped);
		ChartOrder { chart, act, expires, signature }
	}

	fn other_staff(role: Role) -> (AccountId, OrganisationId) {
		if role == Role::Clinician {
			(account("Lakeside//DrBrooks"), LAKESIDE)
		} else {
			(account("Accreditor//Inspector"), ACCREDITOR)
		}
	}

	fn statement(statement: BreakGlassStatement) -> (BreakGlassStatement, MultiSignature) {
		// A key of which the keystore has the secret stands for the practitioner's.
		let key = <Self as pallet_patient_identity::BenchmarkHelper>::key(9);
		pallet_providers::PractitionerOf::<Runtime>::insert(AccountId::from(key), DR_ADAMS);
		let statement = BreakGlassStatement { account: key, ..statement };
		let [_, wrapped] = statement.signable();
		let signature = <Self as pallet_patient_identity::BenchmarkHelper>::sign(&key, &wrapped);
		(statement, signature)
	}

	fn paper_word(act: PaperAct, submitter: &AccountId) -> pallet_consent::PaperWordOf {
		// A key of which the keystore has the secret stands for another of Mercy's staff.
		let witness = <Self as pallet_patient_identity::BenchmarkHelper>::key(10);
		let roles = Roles::of(&[Role::RecordsOfficer]);
		let member = pallet_providers::StaffMember { roles, number: u32::MAX };
		pallet_providers::Staff::<Runtime>::insert(MERCY, AccountId::from(witness), member);
		let now = pallet_timestamp::Now::<Runtime>::get();
		let expires = now.saturating_add(MAX_PAPER_VALIDITY);
		let unsigned = PaperWord { witness, expires, signature: () };
		let genesis = crate::System::block_hash(0).0;
		let statement = unsigned.statement(genesis, act, submitter.clone().into());
		let [_, wrapped] = statement.signable();
		let signature =
			<Self as pallet_patient_identity::BenchmarkHelper>::sign(&witness, &wrapped);
		PaperWord { witness, expires, signature }
	}
}
