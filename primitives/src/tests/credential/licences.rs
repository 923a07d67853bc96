use super::*;
use LicenceState::*;
use StandingReason::*;

#[test]
fn read_their_dates() {
	let end = NOW + 100 * DAY;
	let lapse = end + 90 * DAY;
	for (stored, before, after, late) in [
		(Active, Active, Expired, Lapsed),
		(Pending, Pending, Pending, Lapsed),
		(Suspended, Suspended, Suspended, Lapsed),
		(Revoked, Revoked, Revoked, Revoked),
		(Surrendered, Surrendered, Surrendered, Surrendered),
		(IssuedInError, IssuedInError, IssuedInError, IssuedInError),
	] {
		let held = nurse(|held| held.state = stored);
		let seen = [end - 1, end, lapse - 1, lapse].map(|at| held.state_at(at));
		assert_eq!(seen, [before, after, after, late], "{stored}");
		let over = matches!(stored, Revoked | Surrendered | IssuedInError);
		assert_eq!([end, lapse - 1].map(|at| held.is_over(at)), [over; 2]);
		assert!(held.is_over(lapse));
		let endless = nurse(|held| {
			held.state = stored;
			held.valid.until = None;
		});
		assert_eq!(endless.state_at(Moment::MAX), stored);
	}
}

#[test]
fn do_not_overflow_at_the_end_of_time() {
	let held = nurse(|held| held.valid.until = Some(Moment::MAX));
	assert_eq!(held.state_at(Moment::MAX - 1), Active);
	assert_eq!(held.state_at(Moment::MAX), Lapsed);
	assert!(!held.ends_soon(NOW) && held.ends_soon(Moment::MAX - 1));
}

#[test]
fn fall_short_of_a_need() {
	assert_eq!(nurse(|_| ()).shortfall(&need()), None);
	type Change = fn(&mut Licence, &mut Need);
	let cases: [(Change, Option<StandingReason>); 14] = [
		(|_, need| need.place = place("US-NY"), Some(LicenceOutOfJurisdiction)),
		(|held, _| held.jurisdictions = vec![place("US")].try_into().unwrap(), None),
		(|_, need| need.place = place("US"), Some(LicenceOutOfJurisdiction)),
		(|held, _| held.limits.sites.force_push(SITE), None),
		(|held, _| held.limits.sites.force_push(2), Some(LicenceLimitedToOtherSites)),
		(
			|held, need| {
				held.limits.sites.force_push(SITE);
				need.site = None;
			},
			Some(LicenceLimitedToOtherSites),
		),
		(|held, _| held.state = Suspended, Some(LicenceSuspended)),
		(|held, _| held.state = Pending, Some(LicencePending)),
		(|held, _| held.valid.from = NOW + 1, Some(LicenceNotYetValid)),
		(|held, _| held.valid.from = NOW, None),
		(|held, _| held.valid.until = Some(NOW), Some(LicenceExpired)),
		(|_, need| need.schedule = Some(DrugSchedule::II), Some(ScheduleNotLicensed)),
		(
			|held, need| {
				held.limits.schedules = DrugSchedules::of(&[DrugSchedule::II]);
				need.schedule = Some(DrugSchedule::II);
			},
			None,
		),
		(|held, _| held.limits.supervised = true, None),
	];
	for (number, (change, expected)) in cases.into_iter().enumerate() {
		let (mut held, mut need) = (nurse(|_| ()), need());
		change(&mut held, &mut need);
		assert_eq!(held.shortfall(&need), expected, "{number}");
	}
}

#[test]
fn name_the_first_shortfall_only() {
	let mut held = nurse(|held| {
		held.state = Revoked;
		held.limits.sites.force_push(2);
	});
	let mut need = Need { schedule: Some(DrugSchedule::I), ..need() };
	need.place = place("DE");
	assert_eq!(held.shortfall(&need), Some(LicenceOutOfJurisdiction));
	need.place = place("US-CA");
	assert_eq!(held.shortfall(&need), Some(LicenceLimitedToOtherSites));
	held.limits.sites = Sites::default();
	assert_eq!(held.shortfall(&need), Some(LicenceRevoked));
	held.state = Active;
	assert_eq!(held.shortfall(&need), Some(ScheduleNotLicensed));
}

#[test]
fn say_when_they_end_soon_only_while_they_are_in_force() {
	let soon = |until, change: fn(&mut Licence)| {
		let mut held = nurse(|held| held.valid.until = until);
		change(&mut held);
		held.ends_soon(NOW)
	};
	assert!(soon(Some(NOW + 30 * DAY), |_| ()));
	assert!(!soon(Some(NOW + 30 * DAY + 1), |_| ()));
	assert!(soon(Some(NOW + 1), |_| ()));
	assert!(!soon(Some(NOW), |_| ()));
	assert!(!soon(None, |_| ()));
	assert!(!soon(Some(NOW + DAY), |held| held.state = Suspended));
	assert!(!soon(Some(NOW + DAY), |held| held.valid.from = NOW + 1));
}

#[test]
fn say_when_they_are_to_be_looked_at_again() {
	assert!(!nurse(|_| ()).verification_is_overdue(NOW + DAY - 1));
	assert!(nurse(|_| ()).verification_is_overdue(NOW + DAY));
	assert!(!nurse(|held| held.verification = None).verification_is_overdue(Moment::MAX));
}

#[test]
fn limits_are_compared() {
	let limits = |schedules: &[DrugSchedule], supervised, sites: &[OrganisationId]| Limits {
		schedules: DrugSchedules::of(schedules),
		supervised,
		sites: sites.to_vec().try_into().unwrap(),
	};
	let (one, five) = (DrugSchedule::I, DrugSchedule::V);
	let wide = limits(&[one, five], false, &[]);
	for narrow in [
		wide.clone(),
		limits(&[one], false, &[]),
		limits(&[], true, &[]),
		limits(&[one, five], false, &[1, 2]),
	] {
		assert!(narrow.are_within(&wide));
		assert_eq!(wide.are_within(&narrow), narrow == wide);
	}
	let (two_sites, another) = (limits(&[], false, &[1, 2]), limits(&[], false, &[3]));
	assert!(limits(&[], false, &[2]).are_within(&two_sites));
	assert!(!another.are_within(&two_sites) && !two_sites.are_within(&another));
	assert!(!limits(&[one], true, &[1]).are_within(&limits(&[five], false, &[])));
}

#[test]
fn the_best_needs_no_supervisor() {
	let supervised = nurse(|held| held.limits.supervised = true);
	let free = nurse(|_| ());
	for list in [[&supervised, &free], [&free, &supervised]] {
		assert_eq!(best(list.into_iter(), NURSES, &need()), Ok(&free));
	}
	let revoked = nurse(|held| held.state = Revoked);
	assert_eq!(best([&revoked, &supervised].into_iter(), NURSES, &need()), Ok(&supervised));
}

#[test]
fn what_is_nearest_to_a_good_one_is_told() {
	let told = |held: &[Licence]| best(held.iter(), NURSES, &need()).unwrap_err();
	assert_eq!(told(&[]), reasons(&[LicenceMissing]));
	assert_eq!(told(&[licence(LicenceClass::Dentist)]), reasons(&[LicenceMissing]));
	let other_site = nurse(|held| held.limits.sites.force_push(2));
	let elsewhere = nurse(|held| held.jurisdictions[0] = place("DE"));
	let suspended = nurse(|held| held.state = Suspended);
	let revoked = nurse(|held| held.state = Revoked);
	let pending = nurse(|held| held.state = Pending);
	let expired = nurse(|held| held.valid.until = Some(NOW));
	assert_eq!(
		told(&[pending, expired.clone(), suspended.clone(), revoked.clone()]),
		reasons(&[LicencePending, LicenceExpired, LicenceSuspended, LicenceRevoked])
	);
	let both = reasons(&[LicenceSuspended, LicenceRevoked]);
	assert_eq!(told(&[revoked.clone(), suspended.clone()]), both);
	assert_eq!(told(&[other_site.clone(), revoked]), reasons(&[LicenceRevoked]));
	// Elsewhere is another board's matter; that a suspension has lapsed lifts nothing.
	let mut away = suspended.clone();
	away.jurisdictions[0] = place("DE");
	assert_eq!(told(&[expired.clone(), away]), reasons(&[LicenceExpired]));
	let mut lapsed = suspended;
	lapsed.valid.until = Some(NOW - 90 * DAY);
	assert_eq!(told(&[lapsed]), reasons(&[LicenceLapsed, LicenceSuspended]));
	assert_eq!(told(&[elsewhere.clone(), other_site]), reasons(&[LicenceLimitedToOtherSites]));
	assert_eq!(told(&[elsewhere]), reasons(&[LicenceOutOfJurisdiction]));
	let scheduled = Need { schedule: Some(DrugSchedule::II), ..need() };
	let held = [nurse(|_| ()), expired];
	assert_eq!(best(held.iter(), NURSES, &scheduled), Err(reasons(&[ScheduleNotLicensed])));
}

#[test]
fn practitioners_are_told_what_to_know() {
	let ask = |held: Licence| practitioner_licensed(&[held], NURSES, &need()).unwrap();
	let nothing = Licensed { supervised: false, classes: NURSES, flags: StandingFlags::EMPTY };
	assert_eq!(ask(nurse(|_| ())), nothing);
	let late = nurse(|held| {
		held.limits.supervised = true;
		held.verification.as_mut().unwrap().next_due = NOW;
		held.valid.until = Some(NOW + DAY);
	});
	let flags = StandingFlags::of(&[
		StandingFlag::LicenceVerificationOverdue,
		StandingFlag::LicenceEndsSoon,
	]);
	assert_eq!(ask(late), Licensed { supervised: true, classes: NURSES, flags });
}

#[test]
fn discipline_is_flagged_beside_a_good_one() {
	let classes = LicenceClasses::of(&[LicenceClass::Nurse, LicenceClass::Physician]);
	let ask = |other: Licence| {
		let found = practitioner_licensed(&[nurse(|_| ()), other], classes, &need()).unwrap();
		assert!(!found.supervised);
		(found.classes, found.flags.contains(StandingFlag::LicenceDisciplined))
	};
	let physician = licence(LicenceClass::Physician);
	assert_eq!(ask(physician.clone()), (classes, false));
	for state in [Suspended, Revoked] {
		let other = Licence { state, ..physician.clone() };
		assert_eq!(ask(other.clone()), (NURSES, true));
		let mut limited = other.clone();
		limited.limits.sites.force_push(2);
		assert_eq!(ask(limited), (NURSES, true));
		let mut away = other.clone();
		away.jurisdictions[0] = place("DE");
		assert_eq!(ask(away), (NURSES, false));
		assert_eq!(ask(Licence { class: LicenceClass::Dentist, ..other }), (NURSES, false));
	}
	for state in [Surrendered, IssuedInError, Pending] {
		assert_eq!(ask(Licence { state, ..physician.clone() }), (NURSES, false));
	}
}
