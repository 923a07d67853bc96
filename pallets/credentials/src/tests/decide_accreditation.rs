use super::*;
use AccreditationState::*;

/// The hospital's accreditation, the first.
const HELD: AccreditationId = 1;

fn build(state: AccreditationState, test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(accredit(|survey| {
			survey.state = state;
			survey.follow_up_due = (state == AccreditedWithFollowUp).then_some(9_000);
			survey.valid.until = Some(NOW + 2 * APPEAL_WINDOW);
		}));
		test()
	});
}

fn appeal() {
	assert_ok!(Credentials::appeal_denial(signed(HOSPITAL_ADMIN), HELD, EVIDENCE));
}

#[test]
fn works() {
	build(Accredited, || {
		at(1_600);
		assert_ok!(decide(HELD, AccreditedWithFollowUp, Some(1_601)));

		let found = accreditation_of(HELD);
		assert_eq!((found.state, found.decided), (AccreditedWithFollowUp, 1_600));
		assert_eq!((found.follow_up_due, found.granted), (Some(1_601), Some(NOW)));
		assert_eq!(
			events()[1..],
			[Event::AccreditationDecided {
				accreditation: HELD,
				body: BODY,
				organisation: HOSPITAL,
				state: AccreditedWithFollowUp
			}]
		);
		assert_ok!(decide(HELD, Accredited, None));
		assert_eq!(accreditation_of(HELD).follow_up_due, None);
	});
}

#[test]
fn grants_what_was_denied_first() {
	build(PreliminaryDenial, || {
		appeal();
		at(1_600);
		assert_ok!(decide(HELD, Accredited, None));

		let found = accreditation_of(HELD);
		assert_eq!((found.granted, found.appeal), (Some(1_600), None));
		assert!(found.is_in_force(1_600));
	});
}

#[test]
fn keeps_the_appeal_with_the_denial_it_is_about() {
	build(Accredited, || {
		assert_ok!(decide(HELD, PreliminaryDenial, None));
		appeal();
		assert_ok!(decide(HELD, Denied, None));
		let appeal = Some(Appeal { filed: NOW, grounds: EVIDENCE });
		assert_eq!(accreditation_of(HELD).appeal, appeal);
	});
}

#[test]
fn a_second_denial_needs_an_appeal_of_its_own() {
	build(PreliminaryDenial, || {
		appeal();
		assert_ok!(decide(HELD, Accredited, None));
		assert_ok!(decide(HELD, PreliminaryDenial, None));
		assert_noop!(decide(HELD, Denied, None), Error::AppealWindowOpen);
	});
}

#[test]
fn fails_when_it_is_unknown() {
	build(Accredited, || {
		assert_noop!(decide(UNKNOWN, Withdrawn, None), Error::AccreditationUnknown);
	});
}

#[test]
fn fails_when_the_signer_is_no_administrator_of_the_body() {
	build(Accredited, || {
		for signer in [BODY_INSPECTOR, OTHER_BODY_ADMIN, HOSPITAL_ADMIN] {
			let signer = signed(signer);
			assert_noop!(
				Credentials::decide_accreditation(signer, HELD, Withdrawn, None, EVIDENCE),
				Error::NotAdministrator
			);
		}
	});
}

#[test]
fn fails_when_the_body_is_not_active() {
	build(Accredited, || {
		suspend(BODY);
		assert_noop!(decide(HELD, Withdrawn, None), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_in_favour_of_who_has_joined_the_bodys_group() {
	build(PreliminaryDenial, || {
		affiliate(BODY, HOSPITAL);
		assert_noop!(decide(HELD, Accredited, None), Error::ConflictOfInterest);
		let due = Some(9_000);
		assert_noop!(decide(HELD, AccreditedWithFollowUp, due), Error::ConflictOfInterest);
	});
}

/// Nobody escapes a denial by joining the body's group.
#[test]
fn denies_who_has_joined_the_bodys_group() {
	build(Accredited, || {
		assert_ok!(Providers::end_affiliation(council(), CLINIC));
		assert_ok!(Providers::declare_affiliation(council(), HOSPITAL, BODY));
		assert_ok!(decide(HELD, PreliminaryDenial, None));
		appeal();
		assert_ok!(decide(HELD, Denied, None));
	});
}

#[test]
fn fails_when_the_body_is_not_authorised_any_more() {
	build(Accredited, || {
		let imaging = Programmes::of(&[Programme::Imaging]);
		assert_ok!(Credentials::authorise_body(council(), BODY, imaging));
		let due = Some(9_000);
		assert_noop!(decide(HELD, AccreditedWithFollowUp, due), Error::BodyNotAuthorised);
	});
}

#[test]
fn fails_when_the_body_lacks_what_it_needs_itself() {
	build(Accredited, || {
		demand_a_licence(OrganisationKind::AccreditationBody);
		let due = Some(9_000);
		assert_noop!(decide(HELD, AccreditedWithFollowUp, due), Error::AuthorityNotInStanding);
	});
}

#[test]
fn denies_without_authority_or_standing() {
	build(Accredited, || {
		assert_ok!(Credentials::authorise_body(council(), BODY, Programmes::EMPTY));
		demand_a_licence(OrganisationKind::AccreditationBody);
		assert_ok!(decide(HELD, PreliminaryDenial, None));
		appeal();
		assert_noop!(decide(HELD, Accredited, None), Error::BodyNotAuthorised);
		assert_ok!(decide(HELD, Denied, None));
	});
}

#[test]
fn fails_in_favour_of_who_has_the_signer_on_its_staff() {
	build(PreliminaryDenial, || {
		hire(HOSPITAL, BODY_ADMIN);
		appeal();
		assert_noop!(decide(HELD, Accredited, None), Error::ConflictOfInterest);
		let due = Some(9_000);
		assert_noop!(decide(HELD, AccreditedWithFollowUp, due), Error::ConflictOfInterest);
		assert_ok!(decide(HELD, Denied, None));
	});
}

#[test]
fn fails_when_the_follow_up_is_due_over_5_years_ahead() {
	build(Accredited, || {
		let ask = |due| decide(HELD, AccreditedWithFollowUp, Some(due));
		assert_noop!(ask(NOW + MAX_DUE + 1), Error::DueTooLate);
		assert_ok!(ask(NOW + MAX_DUE));
	});
}

#[test]
fn fails_when_the_state_cannot_follow() {
	for (from, never) in [
		(Accredited, &[Accredited, LimitedTemporary, Denied, Expired][..]),
		(AccreditedWithFollowUp, &[LimitedTemporary, Denied, Expired]),
		(LimitedTemporary, &[LimitedTemporary, Denied, Expired]),
		(PreliminaryDenial, &[PreliminaryDenial, LimitedTemporary, Expired]),
	] {
		build(from, || {
			for state in never {
				assert_noop!(decide(HELD, *state, None), Error::InvalidTransition);
			}
		});
	}
}

#[test]
fn fails_when_it_is_over() {
	for last in [Withdrawn, Denied] {
		build(PreliminaryDenial, || {
			appeal();
			let ended = match last {
				Withdrawn => withdraw(HELD),
				denied => decide(HELD, denied, None),
			};
			assert_ok!(ended);
			for state in AccreditationState::ALL {
				assert_noop!(decide(HELD, *state, None), Error::InvalidTransition);
			}
		});
	}
	build(Accredited, || {
		at(NOW + 2 * APPEAL_WINDOW);
		for state in AccreditationState::ALL {
			assert_noop!(decide(HELD, *state, None), Error::InvalidTransition);
		}
	});
}

#[test]
fn denying_fails_while_the_organisation_can_appeal() {
	build(PreliminaryDenial, || {
		assert_noop!(decide(HELD, Denied, None), Error::AppealWindowOpen);
		at(NOW + APPEAL_WINDOW - 1);
		assert_noop!(decide(HELD, Denied, None), Error::AppealWindowOpen);
		at(NOW + APPEAL_WINDOW);
		assert_ok!(decide(HELD, Denied, None));
	});
}

/// Else a denial shortly before the end would give a grace.
#[test]
fn a_denial_becomes_final_also_when_the_dates_are_over() {
	build(Accredited, || {
		let end = NOW + 2 * APPEAL_WINDOW;
		at(end - 1);
		assert_ok!(decide(HELD, PreliminaryDenial, None));
		at(end);
		assert_noop!(decide(HELD, Accredited, None), Error::InvalidTransition);
		assert_noop!(decide(HELD, Denied, None), Error::AppealWindowOpen);
		appeal();
		assert_ok!(decide(HELD, Denied, None));
	});
}

#[test]
fn fails_when_the_follow_up_does_not_fit() {
	build(LimitedTemporary, || {
		for (state, due) in [
			(Accredited, Some(9_000)),
			(AccreditedWithFollowUp, None),
			(AccreditedWithFollowUp, Some(NOW)),
			(PreliminaryDenial, Some(9_000)),
		] {
			assert_noop!(decide(HELD, state, due), Error::InvalidFollowUp);
		}
	});
}
