//! The main journey on chain: chart, record, request, directive, decision, disclosure.

use super::chain::{next_block, now, pair, run, send, send_as, GENESIS};
use crate::{genesis_presets::account, Runtime};
use codec::Encode;
use frame_support::assert_ok;
use salus_primitives::{
	batch::Inclusion,
	codes::{
		Action, Actions, Category, Confidentiality, DirectiveState, ErrorReason, GrantorBasis,
		Obligations, Purpose, Purposes, RequestState, Role, Rule, Sensitivities, StandingReason,
		Strength,
	},
	decision::{AccessQuery, Accessor, ActiveDirective, Basis, Decision, DenyReason},
	directive::{DirectiveTerms, Grantee, Scope},
	enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN},
	guardian::ShownGuardian,
	ids::{ChartId, Digest, DirectiveId, RecordId, RequestId, Salt, Seal},
	record::RecordTerms,
	seal::Opening,
	time::Period,
	views::Decided,
};
use salus_runtime_api::{
	runtime_decl_for_charts_api::ChartsApiV1, runtime_decl_for_consent_api::ConsentApiV1,
	runtime_decl_for_providers_api::ProvidersApiV1, runtime_decl_for_records_api::RecordsApiV1,
};
use sp_core::Pair;
use sp_runtime::MultiSignature;

pub(super) const MERCY: u32 = 1;
pub(super) const LAKESIDE: u32 = 2;
const DR_BROOKS: u32 = 2;
pub(super) const CHART: ChartId = ChartId([0xc1; 32]);
pub(super) const RECORD: RecordId = RecordId([0xd1; 32]).anchored_at(MERCY);

pub(super) type Charts = pallet_patient_identity::Call<Runtime>;
pub(super) type Records = pallet_record_anchor::Call<Runtime>;
pub(super) type Consents = pallet_consent::Call<Runtime>;

pub(super) fn enrolment(expires: u64) -> Charts {
	let key = pair("Patient");
	let statement = EnrolmentStatement {
		domain: ENROLMENT_DOMAIN,
		genesis: GENESIS.0,
		custodian: MERCY,
		chart: CHART,
		key: key.public().0,
		expires,
		guard: None,
	};
	let signature = MultiSignature::Sr25519(key.sign(&statement.encode()));
	let entries = vec![(statement, signature)].try_into().unwrap();
	Charts::enrol_charts { organisation: MERCY, entries }
}

pub(super) fn record() -> Opening<RecordTerms> {
	let terms = RecordTerms {
		chart: CHART,
		sequence: 0,
		previous_leaf: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Sensitivities::EMPTY,
		author: Some(1),
		encounter: None,
		clinical_date: 1_790_000_000_000,
		size: 3,
		content_digest: Digest::of(b"abc"),
		ciphertext_digest: Digest::of(b"xyz"),
	};
	Opening { terms, salt: Salt([1; 32]) }
}

pub(super) fn permit() -> Opening<DirectiveTerms> {
	let terms = DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(DR_BROOKS, LAKESIDE),
		scope: Scope::default(),
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		period: Period { from: now(), until: Some(now() + 3_600_000) },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	};
	Opening { terms, salt: Salt([2; 32]) }
}

pub(super) fn staff(name: &str, organisation: u32) -> Accessor {
	Accessor::Staff { account: account(name).into(), organisation, role: Role::Clinician }
}

pub(super) fn decide(
	accessor: Accessor,
	directives: &[(DirectiveId, Opening<DirectiveTerms>)],
) -> Decision {
	decide_on(accessor, RECORD, directives, None)
}

/// The same of any record with those terms.
pub(super) fn decide_on(
	accessor: Accessor,
	record: RecordId,
	directives: &[(DirectiveId, Opening<DirectiveTerms>)],
	inclusion: Option<Inclusion>,
) -> Decision {
	answer(accessor, record, directives, inclusion, None).decision
}

/// The decision on a guardian, who shows this.
pub(super) fn decide_on_guardian(shown: ShownGuardian) -> Decision {
	let accessor = Accessor::Guardian { leaf: shown.leaf() };
	let decided = answer(accessor, RECORD, &[], None, Some(shown));
	// Their word names the key: the chain has none.
	assert_eq!((decided.recipient_key, decided.practitioner), (None, None));
	decided.decision
}

fn answer(
	accessor: Accessor,
	record: RecordId,
	directives: &[(DirectiveId, Opening<DirectiveTerms>)],
	inclusion: Option<Inclusion>,
	guardian: Option<ShownGuardian>,
) -> Decided {
	let query = AccessQuery {
		accessor,
		action: Action::Access,
		purpose: Purpose::Treatment,
		record,
		opening: self::record(),
		directives: directives.to_vec(),
		inclusion,
		guardian,
		emergency: None,
	};
	let decided = Runtime::decide(query);
	assert_eq!(decided.at, now());
	decided
}

pub(super) fn denied(reason: DenyReason) -> Decision {
	Decision::Deny { reason }
}

/// A chart at Mercy with one record.
pub(super) fn store() {
	assert_ok!(send("Mercy//Records", enrolment(now() + 60_000)));
	let new = pallet_record_anchor::NewRecord { id: RECORD, leaf: record().seal(), replaces: None };
	let records = vec![new].try_into().unwrap();
	assert_ok!(send("Mercy//Vault", Records::anchor_records { organisation: MERCY, records }));
}

pub(super) fn issue(id: DirectiveId, opening: &Opening<DirectiveTerms>) {
	let call = Consents::issue_directive { chart: CHART, id, seal: opening.seal(), replaces: None };
	assert_ok!(send_as(&pair("Patient"), call));
}

#[test]
fn a_surgeon_of_another_house_reads_by_the_patients_directive_alone() {
	run(|| {
		store();
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		assert_eq!(decide(surgeon, &[]), denied(DenyReason::NothingPermits));

		let request = RequestId([0xa1; 32]);
		let lapses = now() + 3_600_000;
		let ask = Consents::request_access {
			organisation: LAKESIDE,
			id: request,
			seal: Seal([3; 32]),
			lapses,
		};
		assert_ok!(send("Lakeside//DrBrooks", ask));
		let view = Runtime::request(request).unwrap();
		assert_eq!((view.state, view.practitioner), (RequestState::Requested, DR_BROOKS));

		next_block();
		let id = DirectiveId([0xe1; 32]);
		let opening = permit();
		issue(id, &opening);
		let active = ActiveDirective { id, seal: opening.seal(), guardian: None, paper: None };
		assert_eq!(Runtime::chart(CHART).unwrap().directives, [active]);
		assert_eq!(decide(surgeon, &[]), denied(DenyReason::DirectiveOpeningMissing));
		let permitted =
			Decision::Permit { basis: Basis::Directive(id), obligations: Obligations::EMPTY };
		let openings = [(id, opening)];
		assert_eq!(decide(surgeon, &openings), permitted);
		// It speaks to nobody else.
		let colleague = staff("BrightSmile//DrChen", 3);
		assert_eq!(decide(colleague, &openings), denied(DenyReason::NothingPermits));

		next_block();
		assert_ok!(send_as(&pair("Patient"), Consents::revoke_directive { id }));
		assert_eq!(Runtime::directive(id).unwrap().state, DirectiveState::Revoked);
		assert_eq!(decide(surgeon, &openings), denied(DenyReason::NothingPermits));
	});
}

#[test]
fn the_patient_and_the_treating_house_read_without_a_directive() {
	run(|| {
		store();
		let patient = Accessor::Patient { account: account("Patient").into() };
		assert!(matches!(decide(patient, &[]), Decision::Permit { basis: Basis::Patient, .. }));
		let own = staff("Mercy//DrAdams", MERCY);
		assert!(matches!(decide(own, &[]), Decision::Permit { basis: Basis::Custodian, .. }));
	});
}

#[test]
fn who_may_not_practise_reads_nothing_and_is_told_why() {
	run(|| {
		store();
		let id = DirectiveId([0xe1; 32]);
		let mut opening = permit();
		opening.terms.grantee = Grantee::Anyone;
		issue(id, &opening);
		let openings = [(id, opening)];
		let cases = [
			("Lakeside//DrBrooks", LAKESIDE, None),
			("Lakeside//DrExpired", LAKESIDE, Some(StandingReason::LicenceLapsed)),
			("Lakeside//Unlicensed", LAKESIDE, Some(StandingReason::NotAPractitioner)),
			("Lakeside//Records", LAKESIDE, Some(StandingReason::RoleNotHeld)),
			("Lakeside//DrBrooks", MERCY, Some(StandingReason::NotStaff)),
			("Lakeside//DrBrooks", 99, Some(StandingReason::OrganisationUnknown)),
		];
		for (name, organisation, expected) in cases {
			let reasons = Runtime::standing(account(name).into(), organisation, Role::Clinician);
			assert_eq!(reasons.iter().next(), expected, "{name}");
			match (decide(staff(name, organisation), &openings), expected) {
				(Decision::Permit { .. }, None) => {},
				(decision, Some(reason)) => {
					assert_eq!(decision, denied(DenyReason::Standing(reason)), "{name}")
				},
				(decision, None) => panic!("{name}: {decision:?}"),
			}
		}
	});
}

#[test]
fn a_record_entered_in_error_stays_in_its_house() {
	run(|| {
		store();
		let id = DirectiveId([0xe1; 32]);
		let opening = permit();
		issue(id, &opening);
		let reason = ErrorReason::WrongPatient;
		assert_ok!(send(
			"Mercy//DrAdams",
			Records::mark_entered_in_error { record: RECORD, reason }
		));
		assert!(Runtime::record(RECORD).is_some());
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		assert_eq!(decide(surgeon, &[(id, opening)]), denied(DenyReason::RecordEnteredInError));
	});
}

#[test]
fn a_statement_enrols_once() {
	run(|| {
		let expires = now() + 60_000;
		assert_ok!(send("Mercy//Records", enrolment(expires)));
		assert!(send("Mercy//Records", enrolment(expires)).is_err());
		// Nor at another house, nor from one who is not its staff.
		assert!(send("Lakeside//Records", enrolment(expires)).is_err());
		assert!(send("Mercy//DrAdams", enrolment(expires)).is_err());
		// The patient's key transacts now, without ever having had anything.
		assert_ok!(send_as(&pair("Patient"), frame_system::Call::remark { remark: vec![] }));
	});
}

#[test]
fn disclosures_are_posted_by_the_houses_machine() {
	run(|| {
		let post = Consents::post_disclosure_root { organisation: MERCY, root: [9; 32], leaves: 8 };
		assert!(send("Mercy//Records", post.clone()).is_err());
		assert!(send("Lakeside//Vault", post.clone()).is_err());
		assert_ok!(send("Mercy//Vault", post));
		assert_eq!(Runtime::disclosure_root_count(MERCY), 1);
		let posted = Runtime::disclosure_root(MERCY, 0).unwrap();
		assert_eq!((posted.root, posted.leaves, posted.at), ([9; 32], 8, now()));
	});
}

#[test]
fn a_release_is_wrapped_to_the_published_key() {
	run(|| {
		store();
		let surgeon = account("Lakeside//DrBrooks");
		assert_eq!(Runtime::account_key(surgeon.clone().into()), None);
		let publish = pallet_providers::Call::<Runtime>::publish_account_key { key: [5; 32] };
		assert_ok!(send("Lakeside//DrBrooks", publish));
		let key = Runtime::account_key(surgeon.into()).unwrap();
		assert_eq!((key.version, key.key), (1, [5; 32]));
	});
}
