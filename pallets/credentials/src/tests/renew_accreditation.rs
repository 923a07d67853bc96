use super::*;

const HELD: AccreditationId = 1;
const AGAIN: Digest = Digest([4; 32]);

fn renew(until: Option<Moment>) -> DispatchResult {
	Credentials::renew_accreditation(signed(BODY_ADMIN), HELD, until, AGAIN)
}

fn build(test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(accredit(|_| ()));
		test()
	});
}

#[test]
fn works() {
	build(|| {
		let before = accreditation_of(HELD);
		at(END - 1);
		assert_ok!(renew(Some(END + 1)));

		let valid = Period { until: Some(END + 1), ..VALID };
		assert_eq!(accreditation_of(HELD), Accreditation { valid, evidence: AGAIN, ..before });
		assert_eq!(events()[1..], [Event::AccreditationRenewed { accreditation: HELD, valid }]);
	});
}

#[test]
fn works_without_end() {
	build(|| {
		assert_ok!(renew(None));
		assert_eq!(accreditation_of(HELD).valid.until, None);
	});
}

#[test]
fn fails_when_it_is_unknown() {
	build(|| {
		assert_noop!(
			Credentials::renew_accreditation(signed(BODY_ADMIN), UNKNOWN, None, AGAIN),
			Error::AccreditationUnknown
		);
	});
}

#[test]
fn fails_when_the_signer_is_no_administrator_of_the_body() {
	build(|| {
		for signer in [BODY_INSPECTOR, OTHER_BODY_ADMIN, HOSPITAL_ADMIN] {
			assert_noop!(
				Credentials::renew_accreditation(signed(signer), HELD, None, AGAIN),
				Error::NotAdministrator
			);
		}
	});
}

#[test]
fn fails_when_the_body_is_not_active() {
	build(|| {
		suspend(BODY);
		assert_noop!(renew(None), Error::OrganisationNotActive);
	});
}

#[test]
fn fails_when_the_organisation_has_joined_the_bodys_group() {
	build(|| {
		affiliate(BODY, HOSPITAL);
		assert_noop!(renew(None), Error::ConflictOfInterest);
	});
}

#[test]
fn fails_when_the_body_is_not_authorised_any_more() {
	build(|| {
		assert_ok!(Credentials::authorise_body(council(), BODY, Programmes::EMPTY));
		assert_noop!(renew(None), Error::BodyNotAuthorised);
	});
}

#[test]
fn fails_when_the_body_lacks_what_it_needs_itself() {
	build(|| {
		demand_a_licence(OrganisationKind::AccreditationBody);
		assert_noop!(renew(None), Error::AuthorityNotInStanding);
	});
}

#[test]
fn fails_when_it_has_expired_or_has_no_end() {
	build(|| {
		at(END);
		assert_noop!(renew(None), Error::NotRenewable);
	});
	build(|| {
		assert_ok!(renew(None));
		assert_noop!(renew(None), Error::NotRenewable);
	});
}

#[test]
fn fails_when_it_is_denied_withdrawn_or_temporary() {
	build(|| {
		assert_ok!(decide(HELD, AccreditationState::PreliminaryDenial, None));
		assert_noop!(renew(None), Error::NotRenewable);
	});
	build(|| {
		assert_ok!(withdraw(HELD));
		assert_noop!(renew(None), Error::NotRenewable);
	});
	build_and_execute(|| {
		assert_ok!(accredit(|survey| survey.state = AccreditationState::LimitedTemporary));
		assert_noop!(renew(Some(9_000)), Error::NotRenewable);
	});
}

#[test]
fn fails_when_it_ends_no_later() {
	build(|| {
		for until in [END - 1, END] {
			assert_noop!(renew(Some(until)), Error::PeriodNotLonger);
		}
	});
}

#[test]
fn fails_for_who_has_the_signer_on_its_staff() {
	build_and_execute(|| {
		assert_ok!(accredit(|_| ()));
		hire(HOSPITAL, BODY_ADMIN);
		assert_noop!(
			Credentials::renew_accreditation(signed(BODY_ADMIN), 1, Some(9_000), EVIDENCE),
			Error::ConflictOfInterest
		);
	});
}
