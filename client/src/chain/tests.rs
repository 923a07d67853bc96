use super::{
	submit::{sentence, Refusal},
	*,
};
use crate::vault_api::Signature;
use salus_primitives::{
	check_digit::Npi,
	codes::{ErrorReason, LicenceClass, LicenceState, Role, Roles},
	enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN},
	ids::{ChartId, DirectiveId, RecordId, RequestId, Seal},
	time::Period,
};
use subxt::{
	config::substrate::SpecVersionForRange, rpcs::UserError, transactions::Payload, Metadata,
	OfflineClient,
};

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
	};
	let record = |replaces| AnchorRecord { id: RecordId([1; 32]), leaf: Seal([2; 32]), replaces };
	let us = "US-CA".parse().unwrap();
	vec![
		Call::enrol_charts(7, &[(statement, Signature::Sr25519([9; 64]))]),
		Call::anchor_records(7, &[record(None), record(Some(RecordId([3; 32])))]),
		Call::mark_entered_in_error(RecordId([1; 32]), ErrorReason::WrongContent),
		Call::issue_directive(
			ChartId([1; 32]),
			DirectiveId([2; 32]),
			Seal([3; 32]),
			Some(DirectiveId([4; 32])),
		),
		Call::revoke_directive(DirectiveId([2; 32])),
		Call::mark_directive_entered_in_error(DirectiveId([2; 32])),
		Call::request_access(2, RequestId([1; 32]), Seal([2; 32]), 9),
		Call::withdraw_request(RequestId([1; 32])),
		Call::post_disclosure_root(1, [2; 32], 8),
		Call::publish_account_key([1; 32]),
		Call::publish_organisation_key(1, [2; 32]),
		Call::set_endpoint(1, "http://127.0.0.1:1"),
		Call::set_staff(1, [2; 32], Roles::of(&[Role::Clinician, Role::System])),
		Call::remove_staff(1, [2; 32]),
		Call::register_practitioner(4, [2; 32], Some(Npi(1_234_567_893))),
		Call::issue_licence(4, 1, LicenceClass::Dentist, &[us], Period { from: 1, until: Some(2) }),
		Call::set_licence_state(1, LicenceState::Revoked),
	]
}

#[test]
fn every_call_is_the_committed_metadatas() {
	let metadata = Metadata::decode_from(include_bytes!("../../artifacts/salus.scale")).unwrap();
	let versions =
		SpecVersionForRange { block_range: 0..1, spec_version: 1, transaction_version: 1 };
	let config = SubstrateConfig::builder()
		.set_metadata_for_spec_versions([(1, Arc::new(metadata))])
		.set_spec_version_for_block_ranges([versions])
		.build();
	let client = OfflineClient::new_with_config(config).at_block(0u64).unwrap();
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
