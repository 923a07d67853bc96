use super::*;
use AccreditationState::*;

#[test]
fn read_their_dates() {
	for state in [Accredited, AccreditedWithFollowUp, LimitedTemporary, PreliminaryDenial] {
		let held = held(state, 0, Some(NOW));
		assert_eq!(held.state_at(NOW - 1), state);
		assert_eq!(held.state_at(NOW), Expired);
		assert!(held.is_in_force(NOW - 1) && !held.is_in_force(NOW));
	}
	for state in [Denied, Withdrawn] {
		assert_eq!(held(state, 0, Some(NOW)).state_at(NOW), state);
		assert!(!held(state, 0, None).is_in_force(NOW));
	}
}

#[test]
fn are_in_force_only_when_granted_and_begun() {
	let mut first = held(PreliminaryDenial, 0, None);
	first.granted = None;
	assert!(!first.is_in_force(NOW));
	let mut later = held(Accredited, 0, None);
	later.valid.from = NOW + 1;
	assert!(!later.is_in_force(NOW) && later.is_in_force(NOW + 1));
}

#[test]
fn follow_ups_are_overdue_while_in_force() {
	let mut held = held(AccreditedWithFollowUp, 0, Some(NOW + DAY));
	held.follow_up_due = Some(NOW);
	assert!(!held.follow_up_is_overdue(NOW - 1));
	assert!(held.follow_up_is_overdue(NOW));
	assert!(!held.follow_up_is_overdue(NOW + DAY));
}

#[test]
fn preliminary_denials_are_appealed_once_within_30_days() {
	let denial = held(PreliminaryDenial, NOW, Some(NOW + DAY));
	assert!(denial.can_be_appealed(NOW + 30 * DAY - 1));
	assert!(!denial.can_be_appealed(NOW + 30 * DAY));
	let appeal = Some(Appeal { filed: NOW, grounds: Digest([1; 32]) });
	assert!(!Accreditation { appeal, ..denial }.can_be_appealed(NOW));
	for state in AccreditationState::ALL.iter().filter(|state| **state != PreliminaryDenial) {
		assert!(!held(*state, NOW, None).can_be_appealed(NOW));
	}
}

#[test]
fn inspections_are_overdue_until_they_are_followed_up() {
	let mut inspection = Inspection {
		organisation: SITE,
		inspector: BODY,
		outcome: InspectionOutcome::OfficialAction,
		conducted: 0,
		report: Digest([1; 32]),
		state: InspectionState::FollowUpDue,
		follow_up_due: Some(NOW),
		follow_up: None,
	};
	assert!(!inspection.follow_up_is_overdue(NOW - 1));
	assert!(inspection.follow_up_is_overdue(NOW));
	for state in [InspectionState::Closed, InspectionState::EnteredInError] {
		inspection.state = state;
		assert!(!inspection.follow_up_is_overdue(NOW));
	}
}
