//! What nodes and clients ask the runtime.

use crate::{
	genesis_presets, AccountId, Aura, Block, Consent, Credentials, Executive, Grandpa, Historical,
	InherentDataExt, Nonce, PatientIdentity, Providers, RecordAnchor, Runtime,
	RuntimeGenesisConfig, SessionKeys, System, Timestamp, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::Time,
};
use salus_primitives::{
	batch::BatchFacts,
	break_glass::EmergencyPrivilege,
	codes::{DrugSchedule, Jurisdiction, LicenceClass, OrganisationKind, Role, StandingReasons},
	credential::{Holder, Requirements},
	decision::{AccessQuery, Accessor, ChartFacts, RecordFacts},
	directory::{ProviderDirectory, RecordDirectory},
	ids::{
		AccountBytes, BatchId, BreakGlassId, ChartId, DirectiveId, LicenceId, OrganisationId,
		PractitionerId, RecordId, RequestId,
	},
	time::Moment,
	views::{
		AccreditationView, AskView, AuthorityView, BreakGlassView, ChartView, Decided,
		DirectiveView, DisclosureRoot, EncryptionKey, HoldingView, InspectionView, LicenceView,
		MotionView, OrganisationView, Page, PractitionerView, RecordView, RequestView, StaffView,
		StandingView,
	},
};
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}

		fn initialize_block(
			header: &<Block as BlockT>::Header,
		) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(
			data: sp_inherents::InherentData,
		) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			transaction: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, transaction, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
		fn slot_duration() -> sp_consensus_aura::SlotDuration {
			sp_consensus_aura::SlotDuration::from_millis(Aura::slot_duration())
		}

		fn authorities() -> Vec<AuraId> {
			pallet_aura::Authorities::<Runtime>::get().into_inner()
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_grandpa::EquivocationProof<
				<Block as BlockT>::Hash,
				NumberFor<Block>,
			>,
			key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(
				equivocation_proof,
				key_owner_proof.decode()?,
			)
		}

		fn generate_key_ownership_proof(
			_: sp_consensus_grandpa::SetId,
			authority: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			use frame_support::traits::KeyOwnerProofSystem;
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority))
				.map(|proof| proof.encode())
				.map(sp_consensus_grandpa::OpaqueKeyOwnershipProof::new)
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(
			owner: Vec<u8>,
			seed: Option<Vec<u8>>,
		) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis_presets::preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis_presets::names()
		}
	}

	impl salus_runtime_api::ProvidersApi<Block> for Runtime {
		fn organisation(organisation: OrganisationId) -> Option<OrganisationView> {
			Providers::organisation_view(organisation)
		}

		fn organisations(from: OrganisationId) -> Page<OrganisationView> {
			Providers::organisations_page(from)
		}

		fn organisations_in(place: Jurisdiction, from: u32) -> Page<OrganisationView> {
			Providers::organisations_in_page(place, from)
		}

		fn staff(organisation: OrganisationId, from: u32) -> Page<StaffView> {
			Providers::staff_page(organisation, from)
		}

		fn practitioner(practitioner: PractitionerId) -> Option<PractitionerView> {
			Providers::practitioner_view(practitioner)
		}

		fn practitioners(from: PractitionerId) -> Page<PractitionerView> {
			Providers::practitioners_page(from)
		}

		fn practitioner_of(account: AccountBytes) -> Option<PractitionerId> {
			<Providers as ProviderDirectory<AccountId>>::practitioner(&account.into())
		}

		fn account_key(account: AccountBytes) -> Option<EncryptionKey> {
			Providers::account_key(&account.into())
		}

		fn standing(
			account: AccountBytes,
			organisation: OrganisationId,
			role: Role,
		) -> StandingReasons {
			<Providers as ProviderDirectory<AccountId>>::standing(
				&account.into(),
				organisation,
				role,
				Timestamp::now(),
			)
		}

		fn standing_at(
			account: AccountBytes,
			organisation: OrganisationId,
			role: Role,
			schedule: Option<DrugSchedule>,
			at: Option<Moment>,
		) -> StandingView {
			Providers::standing_view(&account.into(), organisation, role, schedule, at)
		}
	}

	impl salus_runtime_api::CredentialsApi<Block> for Runtime {
		fn licence(licence: LicenceId) -> Option<LicenceView> {
			Credentials::licence_view(licence)
		}

		fn licences(holder: Holder) -> Vec<LicenceView> {
			Credentials::licence_views(holder)
		}

		fn licences_in(place: Jurisdiction, class: LicenceClass, from: u32) -> Page<LicenceView> {
			Credentials::licences_in_page(place, class, from)
		}

		fn licences_by(board: OrganisationId, from: u32) -> Page<LicenceView> {
			Credentials::licences_by_page(board, from)
		}

		fn accreditations(organisation: OrganisationId) -> Vec<AccreditationView> {
			Credentials::accreditation_views(organisation)
		}

		fn inspections(organisation: OrganisationId, from: u32) -> Page<InspectionView> {
			Credentials::inspections_page(organisation, from)
		}

		fn requirements(kind: OrganisationKind, place: Jurisdiction) -> Option<Requirements> {
			pallet_credentials::RequirementsOf::<Runtime>::get(kind, place)
		}

		fn authority(organisation: OrganisationId) -> AuthorityView {
			Credentials::authority_view(organisation)
		}
	}

	impl salus_runtime_api::GovernanceApi<Block> for Runtime {
		fn council() -> Vec<AccountBytes> {
			crate::governance::council()
		}

		fn motions() -> Vec<MotionView> {
			crate::governance::motions()
		}
	}

	impl salus_runtime_api::ChartsApi<Block> for Runtime {
		fn chart(chart: ChartId) -> Option<ChartFacts> {
			Consent::chart(&chart)
		}

		fn chart_view(chart: ChartId) -> Option<ChartView> {
			let view = PatientIdentity::chart_view(&chart)?;
			Some(ChartView { facts: Consent::chart(&chart)?, ..view })
		}

		fn chart_of_key(key: AccountBytes) -> Option<ChartId> {
			PatientIdentity::chart_of_key(key)
		}
	}

	impl salus_runtime_api::RecordsApi<Block> for Runtime {
		fn record(record: RecordId) -> Option<RecordFacts> {
			<RecordAnchor as RecordDirectory>::record(&record)
		}

		fn record_view(record: RecordId) -> Option<RecordView> {
			RecordAnchor::record_view(&record, Timestamp::now())
		}

		fn records(organisation: OrganisationId, from: u32) -> Page<RecordView> {
			RecordAnchor::records_page(organisation, from, Timestamp::now())
		}

		fn batch(batch: BatchId) -> Option<BatchFacts> {
			RecordAnchor::batch(&batch)
		}

		fn holding(organisation: OrganisationId) -> HoldingView {
			RecordAnchor::holding(organisation)
		}
	}

	impl salus_runtime_api::ConsentApi<Block> for Runtime {
		fn decide(query: AccessQuery) -> Decided {
			let (decision, at, practitioner) = Consent::decide(&query);
			let recipient_key = match query.accessor {
				Accessor::Patient { account } | Accessor::Staff { account, .. } => {
					Providers::account_key(&account.into())
				},
				// Guardians have no account: their word names the key. A link names its own.
				Accessor::Guardian { .. } | Accessor::Bearer { .. } => None,
			};
			Decided { decision, at, practitioner, recipient_key }
		}

		fn directive(directive: DirectiveId) -> Option<DirectiveView> {
			Consent::directive_view(directive)
		}

		fn request(request: RequestId) -> Option<RequestView> {
			Consent::request_view(request)
		}

		fn asks(chart: ChartId) -> Vec<AskView> {
			Consent::asks(chart)
		}

		fn disclosure_root(organisation: OrganisationId, number: u32) -> Option<DisclosureRoot> {
			Consent::disclosure_root(organisation, number)
		}

		fn disclosure_root_count(organisation: OrganisationId) -> u32 {
			Consent::disclosure_root_count(organisation)
		}

		fn break_glass(break_glass: BreakGlassId) -> Option<BreakGlassView> {
			Consent::break_glass_view(break_glass)
		}

		fn break_glasses_pending(from: u32) -> Page<BreakGlassView> {
			Consent::break_glasses_pending(from)
		}

		fn is_independent_reviewer(
			break_glass: BreakGlassId,
			account: AccountBytes,
			organisation: OrganisationId,
		) -> bool {
			Consent::is_independent_reviewer(break_glass, &account.into(), organisation)
		}

		fn emergency_privilege(practitioner: PractitionerId) -> EmergencyPrivilege {
			Consent::emergency_privilege(practitioner)
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
			use frame_support::traits::StorageInfoTrait;
			(crate::benchmarks::list(extra), crate::AllPalletsWithSystem::storage_info())
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			crate::benchmarks::run(config)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(
			checks: frame_try_runtime::UpgradeCheckSelect,
		) -> (frame_support::weights::Weight, frame_support::weights::Weight) {
			let weight = Executive::try_runtime_upgrade(checks)
				.expect("a failed check ends the dry run with its reason");
			(weight, crate::constants::BlockWeights::get().max_block)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> frame_support::weights::Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("a failed check ends the dry run with its reason")
		}
	}
}
