//! `appeal_denial` and `withdraw_accreditation`.

use super::*;
use AccreditationState::*;

const HELD: AccreditationId = 1;

fn build(state: AccreditationState, test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(accredit(|survey| {
			survey.state = state;
			survey.follow_up_due = (state == AccreditedWithFollowUp).then_some(9_000);
		}));
		test()
	});
}

mod appeal_denial {
	use super::*;

	fn appeal(signer: AccountId32, id: AccreditationId) -> DispatchResult {
		Credentials::appeal_denial(signed(signer), id, EVIDENCE)
	}

	#[test]
	fn works() {
		build(PreliminaryDenial, || {
			at(1_600);
			assert_ok!(appeal(HOSPITAL_ADMIN, HELD));

			let found = accreditation_of(HELD);
			assert_eq!(found.appeal, Some(Appeal { filed: 1_600, grounds: EVIDENCE }));
			assert_eq!(found.state, PreliminaryDenial);
			assert_eq!(events()[1..], [Event::DenialAppealed { accreditation: HELD }]);
		});
	}

	#[test]
	fn works_for_who_may_not_practise_and_after_the_dates() {
		build(PreliminaryDenial, || {
			assert_ok!(set_state(BOARD_ADMIN, FACILITY, LicenceState::Revoked));
			at(NOW + APPEAL_WINDOW - 1);
			assert_ok!(appeal(HOSPITAL_ADMIN, HELD));
		});
	}

	#[test]
	fn fails_when_it_is_unknown() {
		build(PreliminaryDenial, || {
			assert_noop!(appeal(HOSPITAL_ADMIN, UNKNOWN), Error::AccreditationUnknown);
		});
	}

	#[test]
	fn fails_when_the_signer_is_no_administrator_of_the_organisation() {
		build(PreliminaryDenial, || {
			for signer in [SURGEON, CLINIC_ADMIN, BODY_ADMIN, COUNCIL] {
				assert_noop!(appeal(signer, HELD), Error::NotAdministrator);
			}
		});
	}

	#[test]
	fn fails_when_the_organisation_is_not_active() {
		build(PreliminaryDenial, || {
			set_organisation(HOSPITAL, OrganisationState::Withdrawn);
			assert_noop!(appeal(HOSPITAL_ADMIN, HELD), Error::OrganisationNotActive);
		});
	}

	/// The time to appeal runs on.
	#[test]
	fn works_for_who_is_suspended() {
		build(PreliminaryDenial, || {
			suspend(HOSPITAL);
			for signer in [SURGEON, CLINIC_ADMIN, BODY_ADMIN] {
				assert_noop!(appeal(signer, HELD), Error::NotAdministrator);
			}
			assert_ok!(appeal(HOSPITAL_ADMIN, HELD));
		});
	}

	#[test]
	fn fails_when_there_is_no_denial() {
		for state in [Accredited, AccreditedWithFollowUp, LimitedTemporary] {
			build(state, || {
				assert_noop!(appeal(HOSPITAL_ADMIN, HELD), Error::NotAppealable);
			});
		}
	}

	#[test]
	fn fails_a_second_time() {
		build(PreliminaryDenial, || {
			assert_ok!(appeal(HOSPITAL_ADMIN, HELD));
			assert_noop!(appeal(HOSPITAL_ADMIN, HELD), Error::NotAppealable);
			assert_ok!(decide(HELD, Denied, None));
			assert_noop!(appeal(HOSPITAL_ADMIN, HELD), Error::NotAppealable);
		});
	}

	#[test]
	fn fails_after_30_days() {
		build(PreliminaryDenial, || {
			at(NOW + APPEAL_WINDOW);
			assert_noop!(appeal(HOSPITAL_ADMIN, HELD), Error::NotAppealable);
		});
	}
}

mod withdraw_accreditation {
	use super::*;

	fn withdraw(signer: AccountId32, id: AccreditationId) -> DispatchResult {
		Credentials::withdraw_accreditation(signed(signer), id)
	}

	#[test]
	fn works_in_every_state_in_force() {
		for state in [Accredited, AccreditedWithFollowUp, LimitedTemporary, PreliminaryDenial] {
			build(state, || {
				at(1_600);
				assert_ok!(withdraw(HOSPITAL_ADMIN, HELD));

				let found = accreditation_of(HELD);
				assert_eq!((found.state, found.decided), (Withdrawn, 1_600));
				assert_eq!(found.follow_up_due, None);
				assert_eq!(
					events()[1..],
					[Event::AccreditationDecided {
						accreditation: HELD,
						body: BODY,
						organisation: HOSPITAL,
						state: Withdrawn
					}]
				);
			});
		}
	}

	#[test]
	fn names_the_responsible_body_and_works_without_it() {
		build(PreliminaryDenial, || {
			assert_ok!(Credentials::appeal_denial(signed(HOSPITAL_ADMIN), HELD, EVIDENCE));
			assert_ok!(succeed(BODY, OTHER_BODY));
			suspend(OTHER_BODY);
			assert_ok!(withdraw(HOSPITAL_ADMIN, HELD));
			assert!(matches!(
				events().last(),
				Some(Event::AccreditationDecided { body: OTHER_BODY, .. })
			));
		});
	}

	#[test]
	fn fails_when_it_is_unknown() {
		build(Accredited, || {
			assert_noop!(withdraw(HOSPITAL_ADMIN, UNKNOWN), Error::AccreditationUnknown);
		});
	}

	#[test]
	fn fails_when_the_signer_is_no_administrator_of_the_organisation() {
		build(Accredited, || {
			for signer in [SURGEON, CLINIC_ADMIN, BODY_ADMIN, COUNCIL] {
				assert_noop!(withdraw(signer, HELD), Error::NotAdministrator);
			}
		});
	}

	#[test]
	fn fails_when_the_organisation_is_not_active() {
		build(Accredited, || {
			suspend(HOSPITAL);
			assert_noop!(withdraw(HOSPITAL_ADMIN, HELD), Error::OrganisationNotActive);
		});
	}

	#[test]
	fn fails_when_it_is_over() {
		build(Accredited, || {
			assert_ok!(withdraw(HOSPITAL_ADMIN, HELD));
			assert_noop!(withdraw(HOSPITAL_ADMIN, HELD), Error::InvalidTransition);
		});
		build(PreliminaryDenial, || {
			assert_ok!(Credentials::appeal_denial(signed(HOSPITAL_ADMIN), HELD, EVIDENCE));
			assert_ok!(decide(HELD, Denied, None));
			assert_noop!(withdraw(HOSPITAL_ADMIN, HELD), Error::InvalidTransition);
		});
		build(Accredited, || {
			at(END);
			assert_noop!(withdraw(HOSPITAL_ADMIN, HELD), Error::InvalidTransition);
		});
	}
}
