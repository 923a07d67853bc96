//! The one question: who may act, and what goes with the answer. Each reason why not is in
//! `standing_reasons`, supervision in `supervision`.

use super::*;
use salus_primitives::{
	codes::{LicenceClasses, Programme, Programmes, StandingFlag, StandingFlags},
	credential::Requirement,
	time::{Moment, Period},
	views::StandingView,
};
use StandingReason::*;

fn of(account: &AccountId32, role: Role, at: Moment) -> Vec<StandingReason> {
	<Providers as ProviderDirectory<_>>::standing(account, HOSPITAL, role, at)
		.iter()
		.collect()
}

fn surgeon() -> Vec<StandingReason> {
	of(&SURGEON, Role::Clinician, NOW)
}

fn view(at: Option<Moment>) -> StandingView {
	Providers::standing_view(&SURGEON, HOSPITAL, Role::Clinician, None, at)
}

#[test]
fn is_good_for_staff_in_its_roles() {
	build_and_execute(|| {
		assert_eq!(of(&HOSPITAL_ADMIN, Role::Administrator, NOW), []);
		assert_eq!(of(&RECORDS, Role::RecordsOfficer, NOW), []);
		assert_eq!(surgeon(), []);
	});
}

#[test]
fn does_not_carry_over_to_another_organisation() {
	build_and_execute(|| {
		assert_eq!(
			<Providers as ProviderDirectory<_>>::standing(
				&HOSPITAL_ADMIN,
				BOARD,
				Role::Administrator,
				NOW
			),
			StandingReasons::of(&[NotStaff])
		);
	});
}

#[test]
fn follows_the_dates() {
	build_and_execute(|| {
		let both = [LicenceExpired, AuthorisationExpired];
		assert_eq!(
			of(&SURGEON, Role::Clinician, 999),
			[LicenceNotYetValid, AuthorisationNotYetValid]
		);
		assert_eq!(of(&SURGEON, Role::Clinician, 1_000), []);
		assert_eq!(of(&SURGEON, Role::Clinician, 1_999), []);
		assert_eq!(of(&SURGEON, Role::Clinician, 2_000), both);
	});
}

/// The house's licences are asked of those who practise: the others get them back.
#[test]
fn of_administrators_and_quality_officers_outlasts_the_houses_licence() {
	build_and_execute(|| {
		assert_ok!(set_staff(STRANGER, Roles::all()));
		for role in Role::ALL {
			let keeps = matches!(role, Role::Administrator | Role::QualityOfficer);
			let reasons = of(&STRANGER, *role, 2_000);
			assert_eq!(!reasons.contains(&AuthorisationExpired), keeps, "{role}");
			assert_eq!(reasons.is_empty(), keeps, "{role}");
		}
	});
}

#[test]
fn takes_a_countrys_licence_in_its_parts() {
	build_and_execute(|| {
		let classes = LicenceClasses::all();
		assert_ok!(Credentials::authorise_board(council(), BOARD, place("US"), classes));
		let colleague = colleague(STRANGER);
		issue(GenesisLicence {
			jurisdictions: vec![place("US")],
			..licence(Holder::Practitioner(colleague), LicenceClass::Nurse)
		});
		assert_eq!(of(&STRANGER, Role::Clinician, NOW), []);
	});
}

#[test]
fn is_that_of_the_best_licence() {
	build_and_execute(|| {
		let state = LicenceState::Revoked;
		assert_ok!(Credentials::set_licence_state(signed(BOARD_ADMIN), LICENCE, state));
		let later = || of(&SURGEON, Role::Clinician, NOW + 1);
		assert_eq!(later(), [LicenceRevoked]);
		let ending = Period { from: 0, until: Some(NOW + 1) };
		let another = || licence(Holder::Practitioner(PRACTITIONER), LicenceClass::Dentist);
		issue(GenesisLicence { valid: ending, ..another() });
		assert_eq!(later(), [LicenceExpired, LicenceRevoked]);
		issue(another());
		assert_eq!(later(), []);
	});
}

#[test]
fn any_of_several_roles_is_enough() {
	build_and_execute(|| {
		let may_act = |roles: &[Role]| {
			<Providers as ProviderDirectory<_>>::may_act(&SURGEON, HOSPITAL, roles, NOW)
		};
		assert!(may_act(&[Role::Pharmacist, Role::Clinician]));
		assert!(!may_act(&[Role::Pharmacist, Role::System]));
		assert!(!may_act(&[]));
	});
}

/// Duties of a house do not end with its licences, nor a person's with theirs.
#[test]
fn membership_asks_for_no_credentials() {
	build_and_execute(|| {
		let membership = |account: &AccountId32, organisation, role| {
			let of_providers =
				<Providers as ProviderDirectory<_>>::membership(account, organisation, role);
			let of_organisations =
				<Providers as OrganisationDirectory<_>>::membership(account, organisation, role);
			assert_eq!(of_providers, of_organisations);
			of_providers.iter().collect::<Vec<_>>()
		};
		let (role, other) = (Role::Clinician, Role::System);
		for licence in [LICENCE, FACILITY] {
			let state = LicenceState::Revoked;
			assert_ok!(Credentials::set_licence_state(signed(BOARD_ADMIN), licence, state));
		}
		assert!(!surgeon().is_empty());

		assert_eq!(membership(&SURGEON, HOSPITAL, role), []);
		assert_eq!(membership(&SURGEON, HOSPITAL, other), [RoleNotHeld]);
		assert_eq!(membership(&SURGEON, BOARD, role), [NotStaff]);
		assert_eq!(membership(&SURGEON, NEWCOMER, role), [OrganisationUnknown]);
		let applicant = applicant();
		assert_eq!(membership(&SURGEON, applicant, role), [NotStaff, OrganisationNotAdmitted]);
		suspend(HOSPITAL);
		assert_eq!(membership(&SURGEON, HOSPITAL, role), [OrganisationSuspended]);
		assert_eq!(membership(&SURGEON, HOSPITAL, other), [OrganisationSuspended, RoleNotHeld]);
		set_state(HOSPITAL, OrganisationState::Withdrawn);
		assert_eq!(membership(&SURGEON, HOSPITAL, role), [OrganisationWithdrawn]);
	});
}

/// From now on a hospital in California is accredited, or loses what is new after 100 milliseconds.
fn require_accreditation() {
	assert_ok!(Credentials::set_requirement(
		council(),
		OrganisationKind::Hospital,
		place("US-CA"),
		Requirement {
			licences: LicenceClasses::of(&[LicenceClass::Facility]),
			accreditation: Programmes::of(&[Programme::Hospital]),
			grace: 100,
			from: NOW,
		}
	));
}

fn intake(organisation: OrganisationId, at: Moment) -> Vec<StandingReason> {
	<Providers as ProviderDirectory<AccountId32>>::intake(organisation, at)
		.iter()
		.collect()
}

#[test]
fn intake_ends_with_the_grace_after_the_accreditation() {
	build_and_execute(|| {
		require_accreditation();
		assert_eq!(intake(HOSPITAL, NOW), []);
		assert_eq!(intake(HOSPITAL, NOW + 99), []);
		assert_eq!(intake(HOSPITAL, NOW + 100), [AccreditationMissing]);
		// Those in the house are treated.
		assert_eq!(of(&SURGEON, Role::Clinician, NOW + 100), []);
	});
}

#[test]
fn intake_ends_with_the_houses_licence() {
	build_and_execute(|| {
		assert_eq!(intake(HOSPITAL, 1_999), []);
		assert_eq!(intake(HOSPITAL, 2_000), [AuthorisationExpired]);
	});
}

#[test]
fn intake_takes_a_member() {
	build_and_execute(|| {
		assert_eq!(intake(HOSPITAL, NOW), []);
		assert_eq!(intake(NEWCOMER, NOW), [OrganisationUnknown]);
		let applicant = applicant();
		assert_eq!(intake(applicant, NOW), [OrganisationNotAdmitted, RequirementsUnknown]);
		require_accreditation();
		suspend(HOSPITAL);
		assert_eq!(intake(HOSPITAL, NOW + 100), [OrganisationSuspended, AccreditationMissing]);
		set_state(HOSPITAL, OrganisationState::Withdrawn);
		assert_eq!(intake(HOSPITAL, NOW), [OrganisationWithdrawn]);
	});
}

#[test]
fn view_takes_the_past_for_now_and_reads_the_future() {
	build_and_execute(|| {
		for at in [None, Some(0), Some(999), Some(NOW)] {
			assert_eq!(view(at).at, NOW);
			assert!(view(at).reasons.is_empty());
		}
		assert_eq!(view(Some(1_999)).at, 1_999);
		assert!(view(Some(1_999)).reasons.is_empty());
		let ended = StandingReasons::of(&[LicenceExpired, AuthorisationExpired]);
		assert_eq!(view(Some(2_000)).at, 2_000);
		assert_eq!(view(Some(2_000)).reasons, ended);

		Timestamp::set_timestamp(3_000);
		assert_eq!(view(None).at, 3_000);
		assert_eq!(view(Some(NOW)), view(None));
		assert_eq!(view(None).reasons, ended);
		assert_eq!(
			Providers::standing_at(SURGEON, HOSPITAL, Role::Clinician, None, Some(NOW)),
			view(None)
		);
	});
}

/// Both licences end within 30 days; when their verification is due is said besides.
#[test]
fn view_passes_the_flags_on() {
	use StandingFlag::*;
	build_and_execute(|| {
		let flags = |account: &AccountId32, role, at| {
			Providers::standing_view(account, HOSPITAL, role, None, Some(at)).flags
		};
		let soon = StandingFlags::of(&[LicenceEndsSoon, AuthorisationEndsSoon]);
		assert_eq!(flags(&SURGEON, Role::Clinician, NOW), soon);
		// Who needs no licence is told of the house's only.
		let of_house = StandingFlags::of(&[AuthorisationEndsSoon]);
		assert_eq!(flags(&RECORDS, Role::RecordsOfficer, NOW), of_house);
		assert_eq!(flags(&HOSPITAL_ADMIN, Role::Administrator, NOW), of_house);

		require_accreditation();
		assert_eq!(flags(&SURGEON, Role::Clinician, NOW), soon.with(AccreditationLapsed));
		assert_eq!(flags(&SURGEON, Role::Clinician, NOW + 100), soon.with(TakesOnNothingNew));
		assert!(view(Some(NOW + 100)).reasons.is_empty(), "flags stop nobody");
		// No licence is left of which something could be said.
		assert_eq!(
			flags(&SURGEON, Role::Clinician, 2_000),
			StandingFlags::of(&[TakesOnNothingNew])
		);
		let unknown =
			Providers::standing_view(&SURGEON, NEWCOMER, Role::Clinician, None, None).flags;
		assert_eq!(unknown, StandingFlags::EMPTY);
	});
}

#[test]
fn view_says_when_a_verification_is_overdue() {
	build_and_execute(|| {
		let verification = salus_primitives::credential::Verification {
			evidence: Digest([4; 32]),
			next_due: NOW + 1,
		};
		for licence in [LICENCE, FACILITY] {
			assert_ok!(Credentials::verify_licence(signed(BOARD_ADMIN), licence, verification));
		}
		let overdue = StandingFlags::of(&[
			StandingFlag::LicenceVerificationOverdue,
			StandingFlag::AuthorisationVerificationOverdue,
		]);
		let soon = StandingFlags::of(&[
			StandingFlag::LicenceEndsSoon,
			StandingFlag::AuthorisationEndsSoon,
		]);
		assert_eq!(view(None).flags, soon);
		assert_eq!(view(Some(NOW + 1)).flags, soon.union(overdue));
	});
}

#[test]
fn of_organisations_is_what_credentials_ask() {
	use salus_primitives::credential::House;
	build_and_execute(|| {
		let house = House {
			id: HOSPITAL,
			kind: OrganisationKind::Hospital,
			place: place("US-CA"),
			since: 0,
		};
		type Directory = Providers;
		let organisation = <Directory as OrganisationDirectory<AccountId32>>::organisation;
		assert_eq!(organisation(HOSPITAL), Some((house, OrganisationState::Active)));
		suspend(HOSPITAL);
		assert_eq!(organisation(HOSPITAL), Some((house, OrganisationState::Suspended)));
		assert_eq!(organisation(NEWCOMER), None);

		let is_practitioner = <Directory as OrganisationDirectory<AccountId32>>::is_practitioner;
		assert!(is_practitioner(PRACTITIONER));
		assert!(!is_practitioner(0) && !is_practitioner(2));

		for (account, expected) in [(SURGEON, Some(PRACTITIONER)), (PHARMACIST, None)] {
			assert_eq!(<Directory as OrganisationDirectory<_>>::practitioner(&account), expected);
			assert_eq!(<Directory as ProviderDirectory<_>>::practitioner(&account), expected);
		}
	});
}
