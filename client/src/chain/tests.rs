use super::{
	read,
	submit::{sentence, Refusal},
	*,
};
use crate::vault_api::Signature;
use codec::Compact;
use salus_primitives::{
	batch::{BatchProof, Inclusion},
	break_glass::{BreakGlassStatement, BREAK_GLASS_DOMAIN},
	check_digit::{Gln, Npi},
	codes::{
		AccreditationState, BreakGlassReason, DrugSchedule, DrugSchedules, ErrorReason,
		InspectionOutcome, Jurisdiction, LicenceClass, LicenceClasses, LicenceState,
		OrganisationKind, OrganisationState, PetitionKind, PosthumousRule, Powers, Programme,
		Programmes, Relation, ReviewOutcome, Role, Roles,
	},
	credential::{Holder, Limits, Requirement, Verification},
	enrolment::{EnrolmentStatement, NewKey, ENROLMENT_DOMAIN},
	guardian::{GuardProof, GuardianTerms, GuardianWord},
	ids::{
		AskId, BatchId, BreakGlassId, ChartId, Digest, DirectiveId, GuardRoot, RecordId, RequestId,
		Salt, Seal,
	},
	order::{ChartAct, ChartOrder},
	paper::{PaperDirective, PaperWord},
	time::Period,
};
use subxt::{
	config::substrate::SpecVersionForRange, rpcs::UserError, transactions::Payload, Metadata,
	OfflineClient,
};

fn paper() -> PaperDirective {
	PaperDirective {
		chart: ChartId([1; 32]),
		id: DirectiveId([2; 32]),
		seal: Seal([3; 32]),
		replaces: Some(DirectiveId([4; 32])),
		paper: Seal([5; 32]),
	}
}

fn paper_word() -> PaperWord<Signature> {
	PaperWord { witness: [6; 32], expires: 7, signature: Signature::Sr25519([8; 64]) }
}

fn said(code: i32, data: &str) -> UserError {
	let data = serde_json::value::to_raw_value(data).unwrap();
	UserError { code, message: "Invalid Transaction".into(), data: Some(data) }
}

#[test]
fn an_account_that_was_not_let_in_is_told_so() {
	let refusal =
		Refusal::new(&said(1010, "Inability to pay some fees (e.g. account balance too low)"));
	assert!(!refusal.is_about_nonce());
	let error = refusal.into_error(&Call::publish_account_key([1; 32]), "0xabc".into());
	assert_eq!(error, ChainError::NotEnrolled { account: "0xabc".into() });
	assert!(error.to_string().contains("this account is not enrolled"));
}

#[test]
fn a_nonce_that_others_used_is_tried_again() {
	assert!(Refusal::new(&said(1010, "Transaction is outdated")).is_about_nonce());
	assert!(Refusal::new(&said(1014, "The transaction has too low priority to replace"))
		.is_about_nonce());
	assert!(Refusal::new(&said(1013, "")).is_about_nonce());
	assert!(!Refusal::new(&said(1010, "Transaction has a bad signature")).is_about_nonce());
	assert!(!Refusal::new(&said(1016, "Immediately Dropped")).is_about_nonce());
}

#[test]
fn other_refusals_keep_what_the_pool_said() {
	let refusal = Refusal::new(&said(1010, "Transaction has a bad signature"));
	let error = refusal.into_error(&Call::withdraw_request(Default::default()), String::new());
	assert_eq!(error.code(), "pool-refused");
	assert_eq!(
		error.to_string(),
		"the transaction pool refused Consent.withdraw_request: Transaction has a bad signature"
	);
	assert!(error.help().contains("version"));
	let bare = UserError { code: 1016, message: "Immediately Dropped".into(), data: None };
	assert!(Refusal::new(&bare)
		.into_error(&Call::withdraw_request(Default::default()), String::new())
		.to_string()
		.ends_with("Immediately Dropped"));
}

#[test]
fn an_errors_documentation_is_its_help() {
	let docs = ["", " The directive is not active.", " Name an active one."].map(String::from);
	let docs = sentence(&docs);
	assert_eq!(docs, "The directive is not active. Name an active one.");
	let block = Head { number: 1, hash: [0; 32], at: 0 };
	let error = ChainError::Refused {
		call: "Consent.revoke_directive".into(),
		error: "Consent.NotActive".into(),
		docs: docs.clone(),
		block,
	};
	assert_eq!(error.help(), docs);
	assert!(error.is("Consent", "NotActive") && !error.is("Consent", "NotFound"));
}

#[test]
fn waiting_in_vain_says_whether_a_block_holds_it() {
	let late = |in_block| ChainError::NotFinalInTime { call: "A.b".into(), seconds: 60, in_block };
	assert_eq!(late(true).to_string(), "A.b was not final within 60 seconds (it is in a block)");
	assert_eq!(late(false).to_string(), "A.b was not final within 60 seconds");
}

#[test]
fn arguments_are_encoded_in_the_order_of_the_call() {
	let call = Call::issue_directive(ChartId([1; 32]), DirectiveId([2; 32]), Seal([3; 32]), None);
	assert_eq!((call.pallet_name(), call.call_name()), ("Consent", "issue_directive"));
	assert_eq!(call.to_string(), "Consent.issue_directive");
	let expected = [[1; 32].as_slice(), &[2; 32], &[3; 32], &[0]].concat();
	assert_eq!(call.arguments.0, expected);
	let record = AnchorRecord { id: RecordId([1; 32]), leaf: Seal([2; 32]), replaces: None };
	let anchored = Call::anchor_records(7, &[record]).arguments.0;
	assert_eq!(anchored, [[7, 0, 0, 0, 4].as_slice(), &[1; 32], &[2; 32], &[0]].concat());
}

/// Every call with some arguments, each of another length or value than its neighbours.
fn calls() -> Vec<Call> {
	let statement = EnrolmentStatement {
		domain: ENROLMENT_DOMAIN,
		genesis: [1; 32],
		custodian: 2,
		chart: ChartId([3; 32]),
		key: [4; 32],
		expires: 5,
		guard: Some(GuardRoot([6; 32])),
	};
	let (chart, signature) = (ChartId([1; 32]), Signature::Sr25519([9; 64]));
	let new = NewKey { key: [2; 32], expires: 3, signature };
	let word = GuardianWord {
		terms: GuardianTerms {
			chart,
			key: [2; 32],
			relation: Relation::PowerOfAttorney,
			powers: Powers::all(),
			until: Some(4),
		},
		salt: Salt([3; 32]),
		proof: GuardProof { siblings: [Seal([5; 32]); 4], index: 6 },
		expires: 7,
		signature,
	};
	let record = |replaces| AnchorRecord { id: RecordId([1; 32]), leaf: Seal([2; 32]), replaces };
	vec![
		Call::enrol_charts(7, &[(statement, Signature::Sr25519([9; 64]))]),
		Call::rotate_key(chart, &new),
		Call::set_guard(chart, Some(GuardRoot([2; 32]))),
		Call::start_rekeying(chart, &new),
		Call::cancel_rekeying(chart),
		Call::complete_rekeying(chart),
		Call::deactivate(chart),
		Call::reactivate(chart),
		Call::report_death(chart),
		Call::dispute_death(chart),
		Call::dispute_death_as_guardian(chart, &word),
		Call::set_posthumous_rule(Jurisdiction(*b"US-CA\0"), Some(PosthumousRule::Nothing)),
		Call::uphold_rekeying(chart, true),
		Call::issue_directive_as_guardian(
			chart,
			DirectiveId([2; 32]),
			Seal([3; 32]),
			Some(DirectiveId([4; 32])),
			&word,
		),
		Call::revoke_directive_as_guardian(DirectiveId([2; 32]), &word),
		Call::mark_directive_entered_in_error_as_guardian(DirectiveId([2; 32]), &word),
		Call::anchor_records(7, &[record(None), record(Some(RecordId([3; 32])))]),
		Call::mark_entered_in_error(RecordId([1; 32]), ErrorReason::WrongContent),
		Call::anchor_batch(7, BatchId([1; 32]), [2; 32], 3),
		Call::unfold_records(7, &[unfolded()]),
		Call::place_hold(RecordId([1; 32]), Seal([2; 32])),
		Call::release_hold(RecordId([1; 32]), Seal([2; 32])),
		Call::file_petition(RecordId([1; 32]), PetitionKind::Amendment, Seal([2; 32])),
		Call::withdraw_petition(RecordId([1; 32]), 3),
		Call::refuse_petition(RecordId([1; 32]), 3, Seal([2; 32])),
		Call::grant_petition(RecordId([1; 32]), 3, Seal([2; 32])),
		Call::offer_custody(7, 8, &[RecordId([1; 32]), RecordId([2; 32])]),
		Call::withdraw_offer(7, &[RecordId([1; 32])]),
		Call::accept_custody(8, &[TakeRecord { record: RecordId([1; 32]), leaf: Seal([2; 32]) }]),
		Call::offer_holding(7, 8),
		Call::withdraw_holding(7),
		Call::accept_holding(8, 7),
		Call::issue_directive(
			ChartId([1; 32]),
			DirectiveId([2; 32]),
			Seal([3; 32]),
			Some(DirectiveId([4; 32])),
		),
		Call::revoke_directive(DirectiveId([2; 32])),
		Call::mark_directive_entered_in_error(DirectiveId([2; 32])),
		Call::submit_orders(&[ChartOrder {
			chart,
			act: ChartAct::IssueDirective {
				id: DirectiveId([1; 32]),
				seal: Seal([2; 32]),
				replaces: Some(DirectiveId([3; 32])),
			},
			expires: 9,
			signature: Signature::Sr25519([9; 64]),
		}]),
		Call::request_access(2, RequestId([1; 32]), Seal([2; 32]), 9),
		Call::withdraw_request(RequestId([1; 32])),
		Call::post_disclosure_root(1, [2; 32], 8),
		Call::open_break_glass(
			BreakGlassId([1; 32]),
			2,
			BreakGlassReason::ProfessionalJudgment,
			Seal([3; 32]),
		),
		Call::widen_break_glass(BreakGlassId([1; 32])),
		Call::renew_break_glass(BreakGlassId([1; 32])),
		Call::close_break_glass(BreakGlassId([1; 32])),
		Call::confirm_break_glass(BreakGlassId([1; 32]), 2),
		Call::account_for_break_glass(BreakGlassId([1; 32]), Seal([2; 32])),
		Call::review_break_glass(
			BreakGlassId([1; 32]),
			2,
			ReviewOutcome::Inconclusive,
			Seal([3; 32]),
		),
		Call::restore_emergency_privilege(5, BreakGlassId([5; 32])),
		Call::issue_directive_on_paper(&paper(), &paper_word()),
		Call::end_directive_on_paper(DirectiveId([1; 32]), &paper_word()),
		Call::post_break_glass(
			1,
			&BreakGlassStatement {
				domain: BREAK_GLASS_DOMAIN,
				genesis: [1; 32],
				number: 3,
				head: [4; 32],
				account: [5; 32],
				organisation: 6,
				reason: BreakGlassReason::Incompetency,
				seal: Seal([7; 32]),
				at: 8,
			},
			&signature,
		),
		Call::file_ask(chart, AskId([2; 32]), Seal([3; 32])),
		Call::withdraw_ask(chart, AskId([2; 32])),
		Call::extend_ask(chart, AskId([2; 32]), Seal([3; 32])),
		Call::grant_ask(chart, AskId([2; 32]), Seal([3; 32])),
		Call::refuse_ask(chart, AskId([2; 32]), Seal([3; 32])),
		Call::publish_account_key([1; 32]),
		Call::publish_organisation_key(1, [2; 32]),
		Call::set_endpoint(1, "http://127.0.0.1:1"),
		Call::set_staff(1, [2; 32], Roles::of(&[Role::Clinician, Role::System])),
		Call::remove_staff(1, [2; 32]),
		Call::register_practitioner(4, [2; 32], Some(Npi(1_234_567_893))),
		Call::admit_organisation(&admission()),
		Call::apply(1, &admission()),
		Call::withdraw_application(7),
		Call::set_organisation_state(7, OrganisationState::Suspended),
		Call::set_organisation_profile(7, "Harbour", None, Some(Npi(1_234_567_893))),
		Call::replace_administrators(7, [2; 32]),
		Call::declare_affiliation(7, 1),
		Call::end_affiliation(7),
		Call::offer_administration(7, [2; 32]),
		Call::withdraw_administration_offer(7),
		Call::accept_administration(7),
		Call::change_practitioner_account(5, [2; 32]),
		Call::publish_profile(Some(Digest([5; 32]))),
		Call::publish_profile(None),
		Call::assign_supervisor(7, 5, Some(6)),
		Call::authorise_board(4, place(), LicenceClasses::of(&[LicenceClass::Facility])),
		Call::revoke_board_authority(4, place()),
		Call::authorise_body(6, Programmes::of(&[Programme::Hospital])),
		Call::appoint_successor(4, 5),
		Call::set_requirement(OrganisationKind::Hospital, place(), &requirement()),
		Call::issue_licence(4, &licence()),
		Call::verify_licence(1, verification()),
		Call::renew_licence(1, Some(9), Some(verification())),
		Call::set_licence_state(1, LicenceState::Revoked),
		Call::surrender_licence(1),
		Call::set_licence_limits(1, &licence().limits),
		Call::accredit(
			6,
			7,
			Programme::Hospital,
			AccreditationState::AccreditedWithFollowUp,
			Period { from: 1, until: Some(2) },
			Some(3),
			Digest([6; 32]),
		),
		Call::decide_accreditation(1, AccreditationState::Denied, None, Digest([6; 32])),
		Call::renew_accreditation(1, None, Digest([6; 32])),
		Call::appeal_denial(1, Digest([6; 32])),
		Call::withdraw_accreditation(1),
		Call::record_inspection(
			6,
			7,
			InspectionOutcome::OfficialAction,
			8,
			Digest([6; 32]),
			Some(9),
		),
		Call::close_follow_up(1, Digest([6; 32])),
		Call::mark_inspection_entered_in_error(1),
		Call::add_validator([2; 32]),
		Call::remove_validator([2; 32]),
		Call::enrol_operator([2; 32]),
		Call::propose(3, &Call::admit_organisation(&admission())).unwrap(),
		Call::vote(&motion(), true),
		Call::close(&motion()).unwrap(),
	]
}

fn unfolded() -> UnfoldRecord {
	let siblings = vec![Seal([3; 32]), Seal([4; 32])].try_into().unwrap();
	let proof = BatchProof { siblings, index: 5 };
	let inclusion = Inclusion { batch: BatchId([6; 32]), proof };
	UnfoldRecord { record: RecordId([1; 32]), leaf: Seal([2; 32]), inclusion }
}

fn place() -> Jurisdiction {
	"US-CA".parse().unwrap()
}

fn admission() -> Admission {
	Admission {
		kind: OrganisationKind::ImagingCentre,
		name: "Harbour Imaging".into(),
		jurisdiction: place(),
		gln: Some(Gln(614_141_000_012)),
		npi: None,
		administrator: [7; 32],
	}
}

fn requirement() -> Requirement {
	Requirement {
		licences: LicenceClasses::of(&[LicenceClass::Facility, LicenceClass::ControlledDrugs]),
		accreditation: Programmes::of(&[Programme::Hospital]),
		grace: 86_400_000,
		from: 4_102_444_800_000,
	}
}

fn verification() -> Verification {
	Verification { evidence: Digest([5; 32]), next_due: 9 }
}

fn licence() -> NewLicence {
	NewLicence {
		holder: Holder::Practitioner(5),
		class: LicenceClass::Dentist,
		jurisdictions: vec![place(), "US-NY".parse().unwrap()].try_into().unwrap(),
		valid: Period { from: 1, until: Some(2) },
		limits: Limits {
			schedules: DrugSchedules::of(&[DrugSchedule::II]),
			supervised: true,
			sites: vec![7].try_into().unwrap(),
		},
		verification: Some(verification()),
	}
}

fn motion() -> Motion {
	Motion::new(3, b"a call")
}

fn metadata() -> Metadata {
	Metadata::decode_from(include_bytes!("../../artifacts/salus.scale")).unwrap()
}

/// Nothing that a pallet of this house can do is left out here.
#[test]
fn every_call_of_this_house_can_be_made() {
	let metadata = metadata();
	let calls = calls();
	let made: Vec<_> = calls.iter().map(ToString::to_string).collect();
	for pallet in ["PatientIdentity", "RecordAnchor", "Consent", "Providers", "Credentials"] {
		let known = metadata.pallet_by_name(pallet).unwrap();
		for call in known.call_variants().unwrap() {
			let name = format!("{pallet}.{}", call.name);
			assert!(made.contains(&name), "{name} has no constructor, or no sample in this test");
		}
	}
}

/// What the council votes on is the call as the runtime encodes it, index of pallet and call first.
#[test]
fn motions_hold_calls_as_the_runtime_reads_them() {
	let client = offline();
	for act in calls() {
		let expected = client.transactions().call_data(&act).unwrap();
		assert_eq!(act.encoded().unwrap(), expected, "{act}");
		let motion = Motion::new(0, &expected);
		assert_eq!(motion.hash, Digest::of(&expected).0);
		assert_eq!(usize::try_from(motion.length).unwrap(), expected.len());
	}
	let unknown = Call { pallet: "Nowhere", name: "nothing", arguments: Arguments(Vec::new()) };
	assert_eq!(unknown.encoded().unwrap_err().code(), "call-unknown");
	assert_eq!(Call::propose(3, &unknown).unwrap_err().code(), "call-unknown");
}

/// A close must leave room for other proofs beside the greatest weight of a motion.
#[test]
fn a_close_weighs_less_than_everything() {
	let bytes = Call::close(&motion()).unwrap().arguments.0;
	let (_, _, (Compact(time), Compact(proof)), _) =
		<([u8; 32], Compact<u32>, (Compact<u64>, Compact<u64>), Compact<u32>)>::decode(
			&mut bytes.as_slice(),
		)
		.unwrap();
	assert!(time > 0 && proof > 0 && proof < u64::MAX / 2);
}

fn read(call: &Call) -> ReadCall {
	read::read_call(&call.encoded().unwrap(), &metadata()).unwrap()
}

fn lines(call: &Call) -> Vec<String> {
	let line =
		|(name, said): &(String, Said)| format!("{name}: {}", said.line(&|at| format!("@{at}")));
	read(call).arguments.iter().map(line).collect()
}

#[test]
fn acts_are_read_by_their_words() {
	let seven = format!("0x{}", "07".repeat(32));
	assert_eq!(read(&Call::admit_organisation(&admission())).call, "Providers.admit_organisation");
	assert_eq!(
		lines(&Call::admit_organisation(&admission())),
		[
			"kind: imaging-centre",
			"name: Harbour Imaging",
			"jurisdiction: US-CA",
			"gln: 614141000012",
			"npi: -",
			&format!("administrator: {seven}"),
		]
	);
	assert_eq!(
		lines(&Call::set_requirement(OrganisationKind::Hospital, place(), &requirement())),
		[
			"kind: hospital",
			"jurisdiction: US-CA",
			"requirement: licences facility, controlled-drugs, accreditation hospital, \
			 grace @86400000, from @4102444800000",
		]
	);
	let classes = LicenceClasses::of(&[LicenceClass::Dentist, LicenceClass::Facility]);
	assert_eq!(
		lines(&Call::authorise_board(4, place(), classes)),
		["organisation: 4", "jurisdiction: US-CA", "classes: dentist, facility"]
	);
	let account = format!("who: 0x{}", "02".repeat(32));
	assert_eq!(lines(&Call::enrol_operator([2; 32])), [account]);
}

#[test]
fn acts_are_written_as_json_with_codes_and_numbers() {
	let act = read(&Call::set_licence_state(3, LicenceState::Suspended));
	let json = serde_json::to_value(&act).unwrap();
	assert_eq!(
		json,
		serde_json::json!({
			"call": "Credentials.set_licence_state",
			"arguments": { "licence": 3, "state": "suspended" }
		})
	);
}

#[test]
fn what_is_no_call_is_not_read() {
	let metadata = metadata();
	assert_eq!(read::read_call(&[], &metadata), None);
	assert_eq!(read::read_call(&[255, 255], &metadata), None);
	let mut longer = Call::end_affiliation(7).encoded().unwrap();
	longer.push(0);
	assert_eq!(read::read_call(&longer, &metadata), None);
}

/// The event that the runtime deposits, read back: numbers, and what became of a call within a call.
#[test]
fn events_tell_numbers_and_outcomes() {
	use subxt::ext::scale_value::{Composite, Value};
	let metadata = metadata().arc();
	let event = |fields: Vec<(&str, Value<()>)>| {
		let fields = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
		Event::new("Council", "Executed", Composite::Named(fields), &metadata)
	};
	let numbered = event(vec![("licence", Value::u128(7)), ("name", Value::string("seven"))]);
	assert_eq!((numbered.number("licence"), numbered.number("name")), (Some(7), None));
	assert_eq!((numbered.number("board"), numbered.outcome()), (None, None));
	let ended = |result| event(vec![("result", result)]).outcome().cloned().unwrap();
	let nothing = Value::unnamed_composite([]);
	assert_eq!(ended(Value::unnamed_variant("Ok", [nothing])), Ok(()));
	let failed = |fault| ended(Value::unnamed_variant("Err", [fault])).unwrap_err();
	let pallet = metadata.pallet_by_name("Providers").unwrap();
	let unknown = pallet.error_variants().unwrap().iter().find(|e| e.name == "OwnHead").unwrap();
	let bytes = [unknown.index, 0, 0, 0].map(|byte| Value::u128(byte.into()));
	let module = Value::named_composite([
		("index", Value::u128(pallet.error_index().into())),
		("error", Value::unnamed_composite(bytes)),
	]);
	let fault = failed(Value::unnamed_variant("Module", [module]));
	assert_eq!(fault.error, "Providers.OwnHead");
	assert!(fault.help.contains("heads their own group"), "{}", fault.help);
	let council = metadata.pallet_by_name("Council").unwrap();
	let stranger = council
		.error_variants()
		.unwrap()
		.iter()
		.find(|e| e.name == "NotMember")
		.unwrap();
	let bytes = [stranger.index, 0, 0, 0].map(|byte| Value::u128(byte.into()));
	let module = Value::named_composite([
		("index", Value::u128(council.error_index().into())),
		("error", Value::unnamed_composite(bytes)),
	]);
	let fault = failed(Value::unnamed_variant("Module", [module]));
	assert!(fault.help.contains("salus council show"), "{}", fault.help);
	let fault = failed(Value::unnamed_variant("BadOrigin", []));
	assert!(fault.help.contains("salus council propose"), "{fault:?}");
}

fn offline() -> subxt::client::OfflineClientAtBlock<SubstrateConfig> {
	let versions =
		SpecVersionForRange { block_range: 0..1, spec_version: 1, transaction_version: 1 };
	let config = SubstrateConfig::builder()
		.set_metadata_for_spec_versions([(1, Arc::new(metadata()))])
		.set_spec_version_for_block_ranges([versions])
		.build();
	OfflineClient::new_with_config(config).at_block(0u64).unwrap()
}

#[test]
fn every_call_is_the_committed_metadatas() {
	let client = offline();
	for call in calls() {
		let transactions = client.transactions();
		transactions.validate(&call).unwrap();
		assert!(call.validation_details().is_some(), "{call}");
		let bytes = transactions.call_data(&call).unwrap();
		// Refuses what is left over, and what no variant stands for.
		let read = transactions.from_call_data_bytes(&bytes).unwrap();
		assert_eq!(transactions.call_data(&read).unwrap(), bytes, "{call}");
	}
}

#[tokio::test]
async fn a_node_that_is_away_is_named() {
	let error = Chain::connect("ws://127.0.0.1:9").await.unwrap_err();
	assert_eq!(error.code(), "node-unreachable");
	assert!(error
		.to_string()
		.starts_with("the node at ws://127.0.0.1:9 can not be reached: Error"));
	assert!(error.help().contains("--node"));
	let error = Chain::connect("not a URL").await.unwrap_err();
	assert_eq!(error.code(), "node-unreachable");
}
