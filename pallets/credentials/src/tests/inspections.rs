//! `record_inspection`, `close_follow_up` and `mark_inspection_entered_in_error`.

use super::*;
use InspectionOutcome::*;

const FIRST: InspectionId = 1;

fn close(signer: AccountId32, id: InspectionId) -> DispatchResult {
	Credentials::close_follow_up(signed(signer), id, EVIDENCE)
}

fn mark(signer: AccountId32, id: InspectionId) -> DispatchResult {
	Credentials::mark_inspection_entered_in_error(signed(signer), id)
}

/// Both calls that end a follow-up.
const ENDINGS: [fn(AccountId32, InspectionId) -> DispatchResult; 2] = [close, mark];

fn build(test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(inspect_with_follow_up());
		test()
	});
}

mod record_inspection {
	use super::*;

	#[test]
	fn works() {
		build_and_execute(|| {
			assert_ok!(inspect(|visit| {
				visit.outcome = OfficialAction;
				visit.conducted = NOW - 1;
				visit.follow_up_due = Some(NOW + 1);
			}));

			let inspection = Inspection {
				organisation: HOSPITAL,
				inspector: BODY,
				outcome: OfficialAction,
				conducted: NOW - 1,
				report: EVIDENCE,
				state: InspectionState::FollowUpDue,
				follow_up_due: Some(NOW + 1),
				follow_up: None,
			};
			assert_eq!(Inspections::<Test>::get(FIRST), Some(inspection));
			assert_eq!(InspectionsOf::<Test>::get(HOSPITAL, 0), Some(FIRST));
			assert_eq!(OpenFollowUps::<Test>::get(HOSPITAL), vec![FIRST]);
			assert_eq!(
				events(),
				[Event::InspectionRecorded {
					inspection: FIRST,
					inspector: BODY,
					organisation: HOSPITAL,
					outcome: OfficialAction
				}]
			);
		});
	}

	#[test]
	fn is_closed_at_once_without_a_due_date() {
		for outcome in [NoAction, VoluntaryAction] {
			build_and_execute(|| {
				assert_ok!(inspect(|visit| visit.outcome = outcome));
				assert_eq!(inspection_of(FIRST).state, InspectionState::Closed);
				assert!(!OpenFollowUps::<Test>::contains_key(HOSPITAL));
			});
		}
	}

	#[test]
	fn works_for_administrators_and_quality_officers_of_boards_and_bodies() {
		build_and_execute(|| {
			for (signer, inspector) in
				[(BODY_ADMIN, BODY), (BODY_INSPECTOR, BODY), (BOARD_ADMIN, BOARD)]
			{
				assert_ok!(inspect(|visit| {
					visit.signer = signer;
					visit.inspector = inspector;
				}));
			}
		});
	}

	#[test]
	fn fails_when_somebody_is_unknown() {
		build_and_execute(|| {
			assert_noop!(inspect(|visit| visit.inspector = UNKNOWN), Error::OrganisationUnknown);
			assert_noop!(inspect(|visit| visit.organisation = UNKNOWN), Error::OrganisationUnknown);
		});
	}

	#[test]
	fn fails_when_the_signer_does_not_inspect_for_it() {
		build_and_execute(|| {
			for signer in [OTHER_BODY_ADMIN, BOARD_ADMIN, HOSPITAL_ADMIN, SURGEON, COUNCIL] {
				assert_noop!(inspect(|visit| visit.signer = signer), Error::NotAdministrator);
			}
		});
	}

	#[test]
	fn fails_when_the_authority_is_not_active() {
		build_and_execute(|| {
			suspend(BODY);
			for signer in [BODY_ADMIN, BODY_INSPECTOR] {
				assert_noop!(inspect(|visit| visit.signer = signer), Error::OrganisationNotActive);
			}
		});
	}

	#[test]
	fn fails_for_the_authority_itself_and_its_group() {
		build_and_execute(|| {
			assert_noop!(inspect(|visit| visit.organisation = BODY), Error::ConflictOfInterest);
			affiliate(BODY, HOSPITAL);
			for organisation in [HOSPITAL, CLINIC] {
				assert_noop!(
					inspect(|visit| visit.organisation = organisation),
					Error::ConflictOfInterest
				);
			}
		});
	}

	#[test]
	fn fails_when_the_authority_has_none_there() {
		build_and_execute(|| {
			for (signer, inspector) in [
				(OTHER_BODY_ADMIN, OTHER_BODY),
				(OTHER_BOARD_ADMIN, OTHER_BOARD),
				(REGULATOR_ADMIN, REGULATOR),
			] {
				assert_noop!(
					inspect(|visit| {
						visit.signer = signer;
						visit.inspector = inspector;
					}),
					Error::InspectorNotAuthorised
				);
			}
			// A country's covers its subdivisions.
			assert_ok!(authorise(REGULATOR, "US"));
			assert_ok!(inspect(|visit| {
				visit.signer = REGULATOR_ADMIN;
				visit.inspector = REGULATOR;
			}));
		});
	}

	#[test]
	fn fails_when_the_authority_has_handed_on() {
		build_and_execute(|| {
			assert_ok!(succeed(BODY, OTHER_BODY));
			assert_noop!(inspect(|_| ()), Error::HandedOn);
		});
	}

	#[test]
	fn fails_when_the_authority_lacks_what_it_needs_itself() {
		build_and_execute(|| {
			demand_a_licence(OrganisationKind::AccreditationBody);
			assert_noop!(inspect(|_| ()), Error::AuthorityNotInStanding);
		});
	}

	#[test]
	fn fails_when_it_is_yet_to_be_done() {
		build_and_execute(|| {
			assert_noop!(inspect(|visit| visit.conducted = NOW + 1), Error::InspectionInFuture);
		});
	}

	#[test]
	fn fails_when_the_follow_up_does_not_fit() {
		build_and_execute(|| {
			for (outcome, due) in [
				(NoAction, Some(9_000)),
				(VoluntaryAction, Some(NOW)),
				(OfficialAction, Some(NOW)),
				(OfficialAction, None),
			] {
				assert_noop!(
					inspect(|visit| {
						visit.outcome = outcome;
						visit.follow_up_due = due;
					}),
					Error::InvalidFollowUp
				);
			}
		});
	}

	#[test]
	fn fails_over_8_follow_ups_by_one() {
		build_and_execute(|| {
			for _ in 0..MAX_FOLLOW_UPS_BY_ONE {
				assert_ok!(inspect_with_follow_up());
			}
			assert_noop!(inspect_with_follow_up(), Error::TooManyFollowUps);
			assert_ok!(inspect(|_| ()));
			// It keeps no other out.
			assert_ok!(inspect(|visit| {
				visit.signer = BOARD_ADMIN;
				visit.inspector = BOARD;
				visit.outcome = OfficialAction;
				visit.follow_up_due = Some(END);
			}));
			assert_ok!(close(BODY_INSPECTOR, 3));
			assert_ok!(inspect_with_follow_up());
		});
	}

	#[test]
	fn fails_over_32_follow_ups() {
		build_and_execute(|| {
			for _ in 0..MAX_FOLLOW_UPS_BY_ONE {
				assert_ok!(inspect_with_follow_up());
			}
			assert_ok!(Credentials::authorise_body(council(), OTHER_BODY, Programmes::all()));
			assert_ok!(authorise(REGULATOR, "US-CA"));
			assert_ok!(authorise(OTHER_BOARD, "US-CA"));
			let others = [
				(OTHER_BODY_ADMIN, OTHER_BODY),
				(REGULATOR_ADMIN, REGULATOR),
				(OTHER_BOARD_ADMIN, OTHER_BOARD),
			];
			let ask = |signer, inspector| {
				inspect(|visit| {
					visit.signer = signer;
					visit.inspector = inspector;
					visit.outcome = OfficialAction;
					visit.follow_up_due = Some(END);
				})
			};
			for (signer, inspector) in others {
				for _ in 0..MAX_FOLLOW_UPS_BY_ONE {
					assert_ok!(ask(signer.clone(), inspector));
				}
			}
			assert_eq!(OpenFollowUps::<Test>::get(HOSPITAL).len() as u32, MAX_FOLLOW_UPS);
			assert_noop!(ask(BOARD_ADMIN, BOARD), Error::TooManyFollowUps);
		});
	}

	#[test]
	fn fails_when_it_is_due_over_5_years_ahead() {
		build_and_execute(|| {
			let ask = |due| {
				inspect(|visit| {
					visit.outcome = OfficialAction;
					visit.follow_up_due = Some(due);
				})
			};
			assert_noop!(ask(NOW + MAX_DUE + 1), Error::DueTooLate);
			assert_ok!(ask(NOW + MAX_DUE));
		});
	}

	/// But faults are found by whoever finds them.
	#[test]
	fn fails_to_find_nothing_for_who_is_on_the_houses_staff() {
		build_and_execute(|| {
			hire(HOSPITAL, BODY_INSPECTOR);
			assert_noop!(inspect(|_| ()), Error::ConflictOfInterest);
			assert_ok!(inspect(|visit| visit.signer = BODY_ADMIN));
			assert_ok!(inspect_with_follow_up());
		});
	}
}

mod close_follow_up {
	use super::*;

	#[test]
	fn works() {
		build(|| {
			let before = inspection_of(FIRST);
			assert!(before.follow_up_is_overdue(END));
			at(END);
			assert_ok!(close(BODY_INSPECTOR, FIRST));

			let state = InspectionState::Closed;
			let after = Inspection { state, follow_up: Some(EVIDENCE), ..before };
			assert_eq!(inspection_of(FIRST), after);
			assert!(!after.follow_up_is_overdue(END));
			assert!(!OpenFollowUps::<Test>::contains_key(HOSPITAL));
			assert_eq!(events()[1..], [Event::InspectionStateChanged { inspection: FIRST, state }]);
		});
	}

	#[test]
	fn leaves_other_follow_ups_open() {
		build(|| {
			assert_ok!(inspect_with_follow_up());
			assert_ok!(close(BODY_ADMIN, FIRST));
			assert_eq!(OpenFollowUps::<Test>::get(HOSPITAL), vec![2]);
		});
	}

	#[test]
	fn fails_when_nothing_is_due() {
		build(|| {
			assert_ok!(close(BODY_ADMIN, FIRST));
			assert_noop!(close(BODY_ADMIN, FIRST), Error::InvalidTransition);
			assert_ok!(inspect_with_follow_up());
			assert_ok!(mark(BODY_ADMIN, 2));
			assert_noop!(close(BODY_ADMIN, 2), Error::InvalidTransition);
			assert_ok!(inspect(|_| ()));
			assert_noop!(close(BODY_ADMIN, 3), Error::InvalidTransition);
		});
	}
}

mod mark_inspection_entered_in_error {
	use super::*;

	#[test]
	fn works() {
		build(|| {
			let before = inspection_of(FIRST);
			assert_ok!(mark(BODY_INSPECTOR, FIRST));

			let state = InspectionState::EnteredInError;
			assert_eq!(inspection_of(FIRST), Inspection { state, ..before });
			assert_eq!(InspectionsOf::<Test>::get(HOSPITAL, 0), Some(FIRST));
			assert!(!OpenFollowUps::<Test>::contains_key(HOSPITAL));
			assert_eq!(events()[1..], [Event::InspectionStateChanged { inspection: FIRST, state }]);
		});
	}

	#[test]
	fn works_on_a_closed_one() {
		build(|| {
			assert_ok!(close(BODY_ADMIN, FIRST));
			assert_ok!(mark(BODY_ADMIN, FIRST));
			assert_eq!(inspection_of(FIRST).follow_up, Some(EVIDENCE));
		});
	}

	#[test]
	fn fails_when_it_is_so_marked() {
		build(|| {
			assert_ok!(mark(BODY_ADMIN, FIRST));
			assert_noop!(mark(BODY_ADMIN, FIRST), Error::InvalidTransition);
		});
	}
}

#[test]
fn both_endings_fail_when_the_inspection_is_unknown() {
	build(|| {
		for end in ENDINGS {
			assert_noop!(end(BODY_ADMIN, UNKNOWN), Error::InspectionUnknown);
		}
	});
}

#[test]
fn both_endings_fail_when_the_signer_does_not_inspect_for_the_authority() {
	build(|| {
		for end in ENDINGS {
			for signer in [HOSPITAL_ADMIN, BOARD_ADMIN, OTHER_BODY_ADMIN, COUNCIL] {
				assert_noop!(end(signer, FIRST), Error::NotAdministrator);
			}
		}
	});
}

#[test]
fn both_endings_fail_when_the_authority_is_not_active() {
	build(|| {
		suspend(BODY);
		for end in ENDINGS {
			assert_noop!(end(BODY_INSPECTOR, FIRST), Error::OrganisationNotActive);
		}
	});
}

#[test]
fn both_endings_fail_when_the_organisation_has_joined_the_authoritys_group() {
	build(|| {
		affiliate(BODY, HOSPITAL);
		for end in ENDINGS {
			assert_noop!(end(BODY_INSPECTOR, FIRST), Error::ConflictOfInterest);
		}
	});
}

#[test]
fn both_endings_fail_for_who_is_on_the_houses_staff() {
	build(|| {
		hire(HOSPITAL, BODY_INSPECTOR);
		for end in ENDINGS {
			assert_noop!(end(BODY_INSPECTOR, FIRST), Error::ConflictOfInterest);
		}
		assert_ok!(close(BODY_ADMIN, FIRST));
	});
}

/// To clear is to favour.
#[test]
fn both_endings_fail_without_authority_or_standing() {
	build(|| {
		demand_a_licence(OrganisationKind::AccreditationBody);
		for end in ENDINGS {
			assert_noop!(end(BODY_INSPECTOR, FIRST), Error::AuthorityNotInStanding);
		}
		assert_ok!(Credentials::authorise_body(council(), BODY, Programmes::EMPTY));
		for end in ENDINGS {
			assert_noop!(end(BODY_INSPECTOR, FIRST), Error::InspectorNotAuthorised);
		}
	});
}
