//! Journey 1 on chain: a board licenses a dentist, a hospital is inspected and accredited, and
//! anyone can see both, and why someone may not practise.

use super::chain::{council, now, run, send};
use crate::{genesis_presets::account, Runtime, RuntimeCall};
use frame_support::{assert_ok, view_functions::ViewFunction};
use salus_primitives::{
	codes::{
		AccreditationState, InspectionOutcome, Jurisdiction, LicenceClass, LicenceState,
		OrganisationKind, OrganisationState, Programme, Role, Roles, StandingFlag, StandingFlags,
		StandingReason, StandingReasons,
	},
	credential::{Holder, Limits, Verification},
	ids::Digest,
	time::Period,
	views::{OrganisationView, Page},
};
use salus_runtime_api::{
	runtime_decl_for_credentials_api::CredentialsApiV1,
	runtime_decl_for_governance_api::GovernanceApiV1,
	runtime_decl_for_providers_api::ProvidersApiV1,
};

type Providers = pallet_providers::Call<Runtime>;
type Credentials = pallet_credentials::Call<Runtime>;

const MERCY: u32 = 1;
const BOARD: u32 = 4;
const ACCREDITOR: u32 = 6;
/// The seventh organisation and the fifth practitioner are the test's own.
const HARBOUR: u32 = 7;
const DENTIST: u32 = 5;
const DAY: u64 = 24 * 60 * 60 * 1000;

fn california() -> Jurisdiction {
	"US-CA".parse().unwrap()
}

fn issue(holder: Holder, class: LicenceClass) -> Credentials {
	Credentials::issue_licence {
		board: BOARD,
		holder,
		class,
		jurisdictions: vec![california()].try_into().unwrap(),
		valid: Period { from: now() - DAY, until: Some(now() + 365 * DAY) },
		limits: Limits::default(),
		verification: Some(Verification { evidence: Digest([1; 32]), next_due: now() + 180 * DAY }),
	}
}

/// Mercy sponsors a hospital, the council admits it, the board registers a dentist who joins it.
fn admit_and_register() {
	assert_ok!(send(
		"Mercy",
		Providers::apply {
			sponsor: MERCY,
			kind: OrganisationKind::Hospital,
			name: b"Harbour Hospital".to_vec().try_into().unwrap(),
			jurisdiction: california(),
			gln: None,
			npi: None,
			administrator: account("Harbour"),
		}
	));
	let state = OrganisationState::Active;
	assert_ok!(council(3, Providers::set_organisation_state { organisation: HARBOUR, state }));
	assert_ok!(send(
		"BoardCA",
		Providers::register_practitioner { board: BOARD, account: account("DrDiaz"), npi: None }
	));
	assert_ok!(send(
		"Harbour",
		Providers::set_staff {
			organisation: HARBOUR,
			account: account("DrDiaz"),
			roles: Roles::of(&[Role::Clinician]),
		}
	));
}

fn reasons() -> StandingReasons {
	Runtime::standing(account("DrDiaz").into(), HARBOUR, Role::Clinician)
}

fn flags() -> StandingFlags {
	Runtime::standing_at(account("DrDiaz").into(), HARBOUR, Role::Clinician, None, None).flags
}

#[test]
fn nobody_practises_without_what_it_takes() {
	run(|| {
		admit_and_register();
		assert_eq!(
			reasons(),
			StandingReasons::of(&[
				StandingReason::LicenceMissing,
				StandingReason::AuthorisationMissing
			])
		);
		assert_ok!(send("BoardCA", issue(Holder::Practitioner(DENTIST), LicenceClass::Dentist)));
		assert_ok!(send("BoardCA", issue(Holder::Organisation(HARBOUR), LicenceClass::Facility)));
		assert_eq!(reasons(), StandingReasons::EMPTY);
		// Not accredited yet: people know, and the grace runs.
		assert_eq!(flags(), StandingFlags::of(&[StandingFlag::AccreditationLapsed]));

		assert_ok!(send(
			"Accreditor//Inspector",
			Credentials::record_inspection {
				inspector: ACCREDITOR,
				organisation: HARBOUR,
				outcome: InspectionOutcome::NoAction,
				conducted: now(),
				report: Digest([2; 32]),
				follow_up_due: None,
			}
		));
		assert_ok!(send(
			"Accreditor",
			Credentials::accredit {
				body: ACCREDITOR,
				organisation: HARBOUR,
				programme: Programme::Hospital,
				state: AccreditationState::Accredited,
				valid: Period { from: now(), until: Some(now() + 3 * 365 * DAY) },
				follow_up_due: None,
				evidence: Digest([3; 32]),
			}
		));
		assert_eq!(flags(), StandingFlags::EMPTY);
		assert_eq!(Runtime::inspections(HARBOUR, 0).entries.len(), 1);
		let [held] = Runtime::accreditations(HARBOUR).try_into().unwrap();
		assert_eq!(held.standing, AccreditationState::Accredited);
		let [licence] = Runtime::practitioner(DENTIST).unwrap().licences.try_into().unwrap();
		assert_eq!((licence.standing, licence.authority), (LicenceState::Active, BOARD));
		let dentists = Runtime::licences_in(california(), LicenceClass::Dentist, 0);
		assert!(dentists.entries.iter().any(|found| found.id == licence.id));

		// Suspended in its block, with the reason.
		let state = LicenceState::Suspended;
		assert_ok!(send("BoardCA", Credentials::set_licence_state { licence: licence.id, state }));
		assert_eq!(reasons(), StandingReasons::of(&[StandingReason::LicenceSuspended]));
	});
}

/// The council's own motions, as its members see them.
#[test]
fn motions_are_shown_with_their_votes() {
	run(|| {
		let members = ["Council1", "Council2", "Council3", "Council4"].map(account);
		let mut council: Vec<_> = Runtime::council();
		council.sort_unstable();
		let mut expected = members.map(Into::<[u8; 32]>::into);
		expected.sort_unstable();
		assert_eq!(council, expected);
		let call: RuntimeCall = Providers::set_organisation_state {
			organisation: MERCY,
			state: OrganisationState::Suspended,
		}
		.into();
		let propose = pallet_collective::Call::<Runtime, pallet_collective::Instance1>::propose {
			threshold: 3,
			proposal: Box::new(call.clone()),
			length_bound: 100,
		};
		assert_ok!(send("Council1", propose));
		let [motion] = Runtime::motions().try_into().unwrap();
		assert_eq!(
			(motion.index, motion.threshold, motion.call),
			(0, 3, codec::Encode::encode(&call))
		);
		let vote = pallet_collective::Call::<Runtime, pallet_collective::Instance1>::vote {
			proposal: motion.hash.into(),
			index: 0,
			approve: true,
		};
		assert_ok!(send("Council2", vote));
		let [motion] = Runtime::motions().try_into().unwrap();
		assert_eq!(motion.ayes, [Into::<[u8; 32]>::into(account("Council2"))]);
	});
}

/// Other programs read pages by view functions, which take only the metadata.
#[test]
fn pages_are_view_functions() {
	run(|| {
		type In = pallet_providers::OrganisationsInViewFunction<Runtime>;
		let arguments = codec::Encode::encode(&(california(), 0u32));
		let answer = Runtime::execute_view_function(In::id(), arguments).unwrap();
		let page: Page<OrganisationView> = codec::Decode::decode(&mut answer.as_slice()).unwrap();
		assert_eq!(page, Runtime::organisations_in(california(), 0));
		assert_eq!(page.entries.len(), 4);
	});
}
