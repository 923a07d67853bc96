use super::*;
use AccreditationState::*;

#[test]
fn works() {
	build_and_execute(|| {
		assert_ok!(accredit(|_| ()));

		let accreditation = Accreditation {
			organisation: HOSPITAL,
			body: BODY,
			programme: Programme::Hospital,
			state: Accredited,
			valid: VALID,
			decided: NOW,
			follow_up_due: None,
			granted: Some(NOW),
			appeal: None,
			evidence: EVIDENCE,
		};
		assert_eq!(Accreditations::<Test>::get(1), Some(accreditation));
		assert_eq!(AccreditationsOf::<Test>::get(HOSPITAL), vec![1]);
		assert_eq!(
			events(),
			[Event::AccreditationDecided {
				accreditation: 1,
				body: BODY,
				organisation: HOSPITAL,
				state: Accredited
			}]
		);
	});
}

#[test]
fn works_with_each_first_decision() {
	for (state, due, granted) in [
		(AccreditedWithFollowUp, Some(NOW + 1), Some(NOW)),
		(LimitedTemporary, None, Some(NOW)),
		(LimitedTemporary, Some(9_000), Some(NOW)),
		(PreliminaryDenial, None, None),
	] {
		build_and_execute(|| {
			assert_ok!(accredit(|survey| {
				survey.state = state;
				survey.follow_up_due = due;
			}));
			let found = accreditation_of(1);
			assert_eq!((found.state, found.follow_up_due, found.granted), (state, due, granted));
			assert_eq!(found.is_in_force(NOW), granted.is_some());
		});
	}
}

#[test]
fn fails_when_somebody_is_unknown() {
	build_and_execute(|| {
		assert_noop!(accredit(|survey| survey.body = UNKNOWN), Error::OrganisationUnknown);
		assert_noop!(accredit(|survey| survey.organisation = UNKNOWN), Error::OrganisationUnknown);
	});
}

#[test]
fn fails_when_the_signer_is_no_administrator_of_the_body() {
	build_and_execute(|| {
		for signer in [BODY_INSPECTOR, OTHER_BODY_ADMIN] {
			assert_noop!(accredit(|survey| survey.signer = signer), Error::NotAdministrator);
		}
	});
}

#[test]
fn fails_when_the_body_is_not_active() {
	build_and_execute(|| {
		suspend(BODY);
		assert_noop!(accredit(|_| ()), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_for_the_body_itself_and_its_group() {
	build_and_execute(|| {
		assert_noop!(accredit(|survey| survey.organisation = BODY), Error::ConflictOfInterest);
		affiliate(BODY, HOSPITAL);
		for organisation in [HOSPITAL, CLINIC] {
			assert_noop!(
				accredit(|survey| survey.organisation = organisation),
				Error::ConflictOfInterest
			);
		}
	});
}

#[test]
fn fails_when_the_body_is_not_authorised() {
	build_and_execute(|| {
		let imaging = Programme::Imaging;
		assert_noop!(accredit(|survey| survey.programme = imaging), Error::BodyNotAuthorised);
		assert_noop!(
			accredit(|survey| {
				survey.signer = OTHER_BODY_ADMIN;
				survey.body = OTHER_BODY;
			}),
			Error::BodyNotAuthorised
		);
	});
}

#[test]
fn fails_when_the_body_has_handed_on() {
	build_and_execute(|| {
		assert_ok!(succeed(BODY, OTHER_BODY));
		assert_noop!(accredit(|_| ()), Error::HandedOn);
	});
}

#[test]
fn fails_when_the_body_lacks_what_it_needs_itself() {
	build_and_execute(|| {
		demand_a_licence(OrganisationKind::AccreditationBody);
		assert_noop!(accredit(|_| ()), Error::AuthorityNotInStanding);
	});
}

#[test]
fn fails_when_the_state_is_no_first_decision() {
	build_and_execute(|| {
		for state in [Denied, Withdrawn, Expired] {
			assert_noop!(accredit(|survey| survey.state = state), Error::InvalidTransition);
		}
	});
}

#[test]
fn fails_when_the_period_is_empty_over_or_ahead() {
	build_and_execute(|| {
		for (from, until) in
			[(1_000, Some(1_000)), (1_000, Some(NOW)), (NOW + 1, Some(9_000)), (NOW + 1, None)]
		{
			assert_noop!(
				accredit(|survey| survey.valid = Period { from, until }),
				Error::EmptyPeriod
			);
		}
		assert_ok!(accredit(|survey| survey.valid = Period { from: NOW, until: Some(NOW + 1) }));
	});
}

#[test]
fn fails_when_a_temporary_one_has_no_end() {
	build_and_execute(|| {
		assert_noop!(
			accredit(|survey| {
				survey.state = LimitedTemporary;
				survey.valid.until = None;
			}),
			Error::EndMissing
		);
		assert_ok!(accredit(|survey| survey.valid.until = None));
	});
}

#[test]
fn fails_when_the_follow_up_does_not_fit() {
	build_and_execute(|| {
		for (state, due) in [
			(Accredited, Some(9_000)),
			(PreliminaryDenial, Some(9_000)),
			(AccreditedWithFollowUp, None),
			(AccreditedWithFollowUp, Some(NOW)),
			(LimitedTemporary, Some(NOW)),
		] {
			assert_noop!(
				accredit(|survey| {
					survey.state = state;
					survey.follow_up_due = due;
				}),
				Error::InvalidFollowUp
			);
		}
	});
}

#[test]
fn fails_while_another_of_the_body_in_the_programme_is_alive() {
	build_and_execute(|| {
		assert_ok!(accredit(|survey| survey.state = PreliminaryDenial));
		assert_noop!(accredit(|_| ()), Error::AlreadyExists);
		assert_ok!(withdraw(1));
		assert_ok!(accredit(|_| ()));
		at(END - 1);
		assert_noop!(accredit(|survey| survey.valid.until = None), Error::AlreadyExists);
		at(END);
		assert_ok!(accredit(|survey| survey.valid.until = None));
		assert_eq!(AccreditationsOf::<Test>::get(HOSPITAL), vec![1, 2, 3]);
	});
}

#[test]
fn what_a_predecessor_gave_counts_as_the_bodys_own() {
	build_and_execute(|| {
		assert_ok!(accredit(|_| ()));
		let hospital = Programmes::of(&[Programme::Hospital]);
		assert_ok!(Credentials::authorise_body(council(), OTHER_BODY, hospital));
		let by_other = || {
			accredit(|survey| {
				survey.signer = OTHER_BODY_ADMIN;
				survey.body = OTHER_BODY;
			})
		};
		assert_ok!(by_other());
		assert_ok!(succeed(BODY, OTHER_BODY));
		set_second_withdrawn();
		assert_noop!(by_other(), Error::AlreadyExists);
	});
}

fn set_second_withdrawn() {
	assert_ok!(Credentials::withdraw_accreditation(signed(HOSPITAL_ADMIN), 2));
}

#[test]
fn fails_over_8_that_can_count() {
	build_and_execute(|| {
		assert_ok!(Credentials::authorise_body(council(), BODY, Programmes::all()));
		assert_ok!(Credentials::authorise_body(council(), OTHER_BODY, Programmes::all()));
		for programme in Programme::ALL {
			assert_ok!(accredit(|survey| survey.programme = *programme));
		}
		assert_eq!(AccreditationsOf::<Test>::get(HOSPITAL).len(), 8);
		let ninth = || {
			accredit(|survey| {
				survey.signer = OTHER_BODY_ADMIN;
				survey.body = OTHER_BODY;
				survey.valid.until = None;
			})
		};
		assert_noop!(ninth(), Error::TooManyAccreditations);

		// Only the one that ended first makes room, whatever its number.
		for id in [6, 4] {
			at(now() + 1);
			assert_ok!(Credentials::withdraw_accreditation(signed(HOSPITAL_ADMIN), id));
		}
		assert_ok!(ninth());
		assert_eq!(AccreditationsOf::<Test>::get(HOSPITAL), vec![1, 2, 3, 4, 5, 7, 8, 9]);
	});
}

#[test]
fn fails_for_who_has_the_signer_on_its_staff() {
	build_and_execute(|| {
		hire(HOSPITAL, BODY_ADMIN);
		assert_noop!(accredit(|_| ()), Error::ConflictOfInterest);
	});
}

#[test]
fn fails_when_the_follow_up_is_due_over_5_years_ahead() {
	build_and_execute(|| {
		let ask = |due| {
			accredit(|survey| {
				survey.state = AccreditedWithFollowUp;
				survey.follow_up_due = Some(due);
			})
		};
		assert_noop!(ask(NOW + MAX_DUE + 1), Error::DueTooLate);
		assert_ok!(ask(NOW + MAX_DUE));
	});
}
