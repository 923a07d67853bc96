use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{
	codes::{
		AccreditationState, DrugSchedules, InspectionOutcome, InspectionState, Jurisdiction,
		LicenceClass, LicenceClasses, LicenceState, OrganisationKind, OrganisationState, Programme,
		Programmes, Role, Roles, StandingFlag, StandingReason, StandingReasons,
	},
	credential::{
		Accreditation, Appeal, Holder, Inspection, Jurisdictions, Licence, Limits, Need,
		Requirement, Requirements, Verification, APPEAL_WINDOW, MAX_DUE, RENEWAL_WINDOW,
	},
	directory::{CredentialDirectory, OrganisationDirectory},
	ids::{AccreditationId, Digest, InspectionId, LicenceId, OrganisationId},
	time::{Moment, Period},
};
use sp_runtime::{traits::Dispatchable, AccountId32, BoundedVec, DispatchError};

mod accredit;
mod appeals;
mod appoint_successor;
mod authorities;
mod decide_accreditation;
mod genesis;
mod inspections;
mod invariants;
mod issue_licence;
mod origins;
mod renew_accreditation;
mod renew_licence;
mod set_licence_limits;
mod set_licence_state;
mod set_requirement;
mod standing;
mod surrender_licence;
mod transitions;
mod verify_licence;
mod views;

type Error = crate::Error<Test>;
type Event = crate::Event<Test>;

/// The end of [`VALID`].
const END: Moment = 2_000;
const UNKNOWN: u32 = 99;

fn signed(who: AccountId32) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn council() -> RuntimeOrigin {
	signed(COUNCIL)
}

fn now() -> Moment {
	pallet_timestamp::Now::<Test>::get()
}

/// Goes to a later moment.
fn at(moment: Moment) {
	Timestamp::set_timestamp(moment);
}

fn set_organisation(organisation: OrganisationId, state: OrganisationState) {
	assert_ok!(Providers::set_organisation_state(council(), organisation, state));
}

fn suspend(organisation: OrganisationId) {
	set_organisation(organisation, OrganisationState::Suspended);
}

fn affiliate(organisation: OrganisationId, head: OrganisationId) {
	assert_ok!(Providers::declare_affiliation(council(), organisation, head));
}

/// A signer joins the staff of a house, as its system.
fn hire(organisation: OrganisationId, account: AccountId32) {
	let administrator = match organisation {
		HOSPITAL => HOSPITAL_ADMIN,
		_ => CLINIC_ADMIN,
	};
	let roles = Roles::of(&[Role::System]);
	assert_ok!(Providers::set_staff(signed(administrator), organisation, account, roles));
}

/// Lets one more organisation in.
fn admit(kind: OrganisationKind, code: &str, administrator: AccountId32) -> OrganisationId {
	let name = b"One more".to_vec().try_into().unwrap();
	let place = place(code);
	let added =
		Providers::admit_organisation(council(), kind, name, place, None, None, administrator);
	assert_ok!(added);
	pallet_providers::OrganisationCount::<Test>::get()
}

fn revoke_authority() {
	assert_ok!(Credentials::revoke_board_authority(council(), BOARD, place("US-CA")));
}

fn authorise(organisation: OrganisationId, code: &str) -> DispatchResult {
	Credentials::authorise_board(council(), organisation, place(code), LicenceClasses::all())
}

fn succeed(authority: OrganisationId, successor: OrganisationId) -> DispatchResult {
	Credentials::appoint_successor(council(), authority, successor)
}

/// From now on, an organisation of this kind in California lacks what it needs.
fn demand_a_licence(kind: OrganisationKind) {
	let requirement = Requirement {
		licences: LicenceClasses::of(&[LicenceClass::Facility]),
		accreditation: Programmes::EMPTY,
		grace: 0,
		from: now(),
	};
	assert_ok!(Credentials::set_requirement(council(), kind, place("US-CA"), requirement));
}

/// This pallet's events so far, oldest first.
fn events() -> Vec<Event> {
	let ours = |event| match event {
		RuntimeEvent::Credentials(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| ours(record.event)).collect()
}

fn licence_of(id: LicenceId) -> Licence {
	Licences::<Test>::get(id).unwrap()
}

fn accreditation_of(id: AccreditationId) -> Accreditation {
	Accreditations::<Test>::get(id).unwrap()
}

fn inspection_of(id: InspectionId) -> Inspection {
	Inspections::<Test>::get(id).unwrap()
}

const fn seen(next_due: Moment) -> Verification {
	Verification { evidence: EVIDENCE, next_due }
}

const fn surgeon() -> Holder {
	Holder::Practitioner(PRACTITIONER)
}

const fn house(id: OrganisationId) -> Holder {
	Holder::Organisation(id)
}

/// What a board issues unless a test changes it.
struct NewLicence {
	signer: AccountId32,
	board: OrganisationId,
	holder: Holder,
	class: LicenceClass,
	jurisdictions: Jurisdictions,
	valid: Period,
	limits: Limits,
	verification: Option<Verification>,
}

/// Issues the surgeon a pending licence as a dentist, with this change.
fn issue(change: impl FnOnce(&mut NewLicence)) -> DispatchResult {
	let mut new = NewLicence {
		signer: BOARD_ADMIN,
		board: BOARD,
		holder: surgeon(),
		class: LicenceClass::Dentist,
		jurisdictions: places(&["US-CA"]),
		valid: VALID,
		limits: Limits::default(),
		verification: None,
	};
	change(&mut new);
	let NewLicence { signer, board, holder, class, jurisdictions, valid, limits, verification } =
		new;
	Credentials::issue_licence(
		signed(signer),
		board,
		holder,
		class,
		jurisdictions,
		valid,
		limits,
		verification,
	)
}

fn set_state(signer: AccountId32, licence: LicenceId, state: LicenceState) -> DispatchResult {
	Credentials::set_licence_state(signed(signer), licence, state)
}

/// What a body decides first unless a test changes it.
struct Survey {
	signer: AccountId32,
	body: OrganisationId,
	organisation: OrganisationId,
	programme: Programme,
	state: AccreditationState,
	valid: Period,
	follow_up_due: Option<Moment>,
}

/// Accredits the hospital within [`VALID`], with this change.
fn accredit(change: impl FnOnce(&mut Survey)) -> DispatchResult {
	let mut survey = Survey {
		signer: BODY_ADMIN,
		body: BODY,
		organisation: HOSPITAL,
		programme: Programme::Hospital,
		state: AccreditationState::Accredited,
		valid: VALID,
		follow_up_due: None,
	};
	change(&mut survey);
	let Survey { signer, body, organisation, programme, state, valid, follow_up_due } = survey;
	Credentials::accredit(
		signed(signer),
		body,
		organisation,
		programme,
		state,
		valid,
		follow_up_due,
		EVIDENCE,
	)
}

fn decide(id: AccreditationId, state: AccreditationState, due: Option<Moment>) -> DispatchResult {
	Credentials::decide_accreditation(signed(BODY_ADMIN), id, state, due, EVIDENCE)
}

/// The hospital withdraws from an accreditation.
fn withdraw(id: AccreditationId) -> DispatchResult {
	Credentials::withdraw_accreditation(signed(HOSPITAL_ADMIN), id)
}

/// What an authority records unless a test changes it.
struct Visit {
	signer: AccountId32,
	inspector: OrganisationId,
	organisation: OrganisationId,
	outcome: InspectionOutcome,
	conducted: Moment,
	follow_up_due: Option<Moment>,
}

/// The body inspects the hospital and asks for nothing, with this change.
fn inspect(change: impl FnOnce(&mut Visit)) -> DispatchResult {
	let mut visit = Visit {
		signer: BODY_INSPECTOR,
		inspector: BODY,
		organisation: HOSPITAL,
		outcome: InspectionOutcome::NoAction,
		conducted: NOW,
		follow_up_due: None,
	};
	change(&mut visit);
	let Visit { signer, inspector, organisation, outcome, conducted, follow_up_due } = visit;
	Credentials::record_inspection(
		signed(signer),
		inspector,
		organisation,
		outcome,
		conducted,
		EVIDENCE,
		follow_up_due,
	)
}

/// The body asks the hospital to mend something by the end of [`VALID`].
fn inspect_with_follow_up() -> DispatchResult {
	inspect(|visit| {
		visit.outcome = InspectionOutcome::OfficialAction;
		visit.follow_up_due = Some(END);
	})
}
