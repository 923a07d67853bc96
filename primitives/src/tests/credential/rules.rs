//! [`authorisation`] and [`practitioner_licensed`] against a second reading of the design, written
//! plainly: one sentence after the other, and no sharing with the code.

use crate::{codes::*, credential::*, ids::*, time::*};
use proptest::{option, prelude::*, sample::select};

/// Moments, close together, so that they often meet. A licence lapses 90 days after its end.
const DAY: Moment = 24 * 60 * 60 * 1000;

fn moment() -> impl Strategy<Value = Moment> {
	(0..200u64).prop_map(|day| day / 10 * 10 * DAY)
}

fn period() -> impl Strategy<Value = Period> {
	(moment(), option::weighted(0.8, moment())).prop_map(|(from, until)| Period { from, until })
}

fn place() -> impl Strategy<Value = Jurisdiction> {
	select(vec!["US", "US-CA", "US-CA", "US-CA", "US-NY"]).prop_map(|code| code.parse().unwrap())
}

fn schedule() -> impl Strategy<Value = Option<DrugSchedule>> {
	option::of(select(vec![DrugSchedule::II, DrugSchedule::V]))
}

prop_compose! {
	fn licence()(
		class in select(vec![
			LicenceClass::Nurse,
			LicenceClass::Facility,
			LicenceClass::PharmacyPermit,
			LicenceClass::ControlledDrugs,
		]),
		places in prop::collection::vec(place(), 1..3),
		valid in period(),
		state in select(vec![
			LicenceState::Active,
			LicenceState::Active,
			LicenceState::Active,
			LicenceState::Pending,
			LicenceState::Suspended,
			LicenceState::Revoked,
			LicenceState::Surrendered,
			LicenceState::IssuedInError,
		]),
		schedules in prop::collection::vec(select(vec![DrugSchedule::II, DrugSchedule::V]), 0..3),
		supervised in any::<bool>(),
		sites in prop::collection::vec(1..4u32, 0..2),
		due in option::of(moment()),
	) -> Licence {
		Licence {
			holder: Holder::Practitioner(1),
			board: 2,
			class,
			jurisdictions: places.try_into().unwrap(),
			issued: 0,
			valid,
			state,
			limits: Limits {
				schedules: schedules.into_iter().collect(),
				supervised,
				sites: sites.try_into().unwrap(),
			},
			verified: None,
			verification: due.map(|next_due| Verification { evidence: Digest([1; 32]), next_due }),
		}
	}
}

prop_compose! {
	fn accreditation()(
		programme in select(vec![Programme::Hospital, Programme::Hospital, Programme::Imaging]),
		state in select(vec![
			AccreditationState::Accredited,
			AccreditationState::Accredited,
			AccreditationState::AccreditedWithFollowUp,
			AccreditationState::PreliminaryDenial,
			AccreditationState::Denied,
			AccreditationState::Withdrawn,
		]),
		valid in period(),
		decided in moment(),
		due in option::of(moment()),
		granted in any::<bool>(),
	) -> Accreditation {
		Accreditation {
			organisation: 1,
			body: 9,
			programme,
			state,
			valid,
			decided,
			follow_up_due: due,
			granted: granted.then_some(0),
			appeal: None,
			evidence: Digest([1; 32]),
		}
	}
}

prop_compose! {
	fn requirement()(
		licences in prop::collection::vec(
			select(vec![LicenceClass::Facility, LicenceClass::PharmacyPermit]),
			0..3,
		),
		asks in any::<bool>(),
		grace in moment(),
		from in moment(),
	) -> Requirement {
		Requirement {
			licences: licences.into_iter().collect(),
			accreditation: if asks { Programmes::of(&[Programme::Hospital]) } else { Programmes::EMPTY },
			grace,
			from,
		}
	}
}

/// In force: its board let it stand, its first day has come and its last has not passed.
fn is_in_force(held: &Licence, at: Moment) -> bool {
	held.state == LicenceState::Active
		&& at >= held.valid.from
		&& held.valid.until.is_none_or(|until| at < until)
}

fn is_good(
	held: &Licence,
	place: &str,
	site: Option<u32>,
	schedule: Option<DrugSchedule>,
	at: Moment,
) -> bool {
	let there = held
		.jurisdictions
		.iter()
		.map(ToString::to_string)
		.any(|named| named == place || (named.len() == 2 && place.starts_with(&named)));
	let for_the_site = match (held.limits.sites.len(), site) {
		(0, _) => true,
		(_, None) => false,
		(_, Some(site)) => held.limits.sites.contains(&site),
	};
	let for_the_drug = schedule.is_none_or(|schedule| held.limits.schedules.contains(schedule));
	is_in_force(held, at) && there && for_the_site && for_the_drug
}

/// An accreditation as the organisation lives it: until when it had it, and how that ended.
enum Story {
	InForce,
	/// It never had it, or not yet.
	None,
	Ended {
		when: Moment,
		by_decision: bool,
	},
}

fn story(held: &Accreditation, at: Moment) -> Story {
	use AccreditationState::*;
	match held.state {
		Denied | Withdrawn => Story::Ended { when: held.decided, by_decision: true },
		_ if held.granted.is_none() => Story::None,
		_ => match held.valid.until {
			Some(until) if until <= at => Story::Ended { when: until, by_decision: false },
			_ if held.valid.from <= at => Story::InForce,
			_ => Story::None,
		},
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn practitioners_act_with_a_good_licence_of_the_class_only(
		held in prop::collection::vec(licence(), 0..5),
		place in place(),
		site in option::of(1..4u32),
		schedule in schedule(),
		at in moment(),
	) {
		let classes = LicenceClasses::of(&[LicenceClass::Nurse]);
		let answer = practitioner_licensed(&held, classes, &Need { place, site, schedule, at });
		let place = place.to_string();
		let good: Vec<_> = held
			.iter()
			.filter(|held| held.class == LicenceClass::Nurse)
			.filter(|held| is_good(held, &place, site, schedule, at))
			.collect();
		match answer {
			Ok(licensed) => {
				prop_assert!(!good.is_empty());
				prop_assert_eq!(licensed.supervised, good.iter().all(|held| held.limits.supervised));
				let of_one = good.iter().any(|held| {
					let late = held.verification.is_some_and(|seen| seen.next_due <= at);
					let soon = held.valid.until.is_some_and(|until| until <= at + 30 * DAY);
					licensed.flags.contains(StandingFlag::LicenceVerificationOverdue) == late
						&& licensed.flags.contains(StandingFlag::LicenceEndsSoon) == soon
				});
				prop_assert!(of_one);
				let disciplined = held.iter().any(|held| {
					let there = held.jurisdictions.iter().map(ToString::to_string);
					held.class == LicenceClass::Nurse
						&& matches!(held.state, LicenceState::Suspended | LicenceState::Revoked)
						&& there.into_iter().any(|named| {
							named == place || (named.len() == 2 && place.starts_with(&named))
						})
				});
				prop_assert_eq!(
					licensed.flags.contains(StandingFlag::LicenceDisciplined),
					disciplined
				);
				prop_assert_eq!(licensed.classes, classes);
			},
			Err(reasons) => prop_assert!(good.is_empty() && !reasons.is_empty()),
		}
	}

	#[test]
	fn houses_practise_with_their_licences_and_take_on_with_their_accreditation(
		kind in select(vec![OrganisationKind::Hospital, OrganisationKind::Payer]),
		since in moment(),
		requirement in option::weighted(0.9, requirement()),
		licences in prop::collection::vec(licence(), 0..6),
		accreditations in prop::collection::vec(accreditation(), 0..4),
		schedule in schedule(),
		asked_since in moment(),
		at in moment(),
	) {
		let in_force = requirement.map(|requirement| InForce {
			requirement,
			accreditation_asked_since: asked_since,
		});
		let house = House { id: 1, kind, place: "US-CA".parse().unwrap(), since };
		let found = authorisation(
			&house, in_force.as_ref(), &licences, &accreditations, &[], schedule, at,
		);

		let has = |class: LicenceClass, schedule| {
			licences.iter().any(|held| held.class == class && is_good(held, "US-CA", None, schedule, at))
		};
		let licensed = match &requirement {
			None => kind == OrganisationKind::Payer,
			Some(asked) => asked.licences.iter().all(|class| has(class, None)),
		};
		let practises = licensed
			&& (schedule.is_none() || has(LicenceClass::ControlledDrugs, schedule));
		prop_assert_eq!(found.practice.is_empty(), practises);
		// An accreditation never stops treatment.
		prop_assert!(!found.practice.contains(StandingReason::AccreditationMissing));

		let asked = requirement.filter(|asked| !asked.accreditation.is_empty());
		let mut accredited = asked.is_none();
		let mut last: Option<(Moment, bool)> = None;
		for held in accreditations.iter().filter(|held| held.programme == Programme::Hospital) {
			match story(held, at) {
				Story::InForce => accredited = true,
				Story::None => {},
				Story::Ended { when, by_decision } => match last {
					Some((end, _)) if end > when => {},
					Some((end, true)) if end == when => {},
					_ => last = Some((when, by_decision)),
				},
			}
		}
		let in_grace = asked.is_some_and(|asked| {
			let from = match last {
				Some((_, true)) => return false,
				Some((when, false)) if when > asked_since && when > since => when,
				_ if asked_since > since => asked_since,
				_ => since,
			};
			at < from + asked.grace
		});
		let shows = |flag| found.flags.contains(flag);
		prop_assert_eq!(shows(StandingFlag::AccreditationLapsed), !accredited && in_grace);
		prop_assert_eq!(shows(StandingFlag::TakesOnNothingNew), !accredited && !in_grace);
		prop_assert_eq!(
			found.intake.contains(StandingReason::AccreditationMissing),
			!accredited && !in_grace
		);
		// Who may not practise takes on nothing new, and who may does so with an accreditation.
		prop_assert_eq!(found.intake.is_empty(), practises && (accredited || in_grace));
	}
}
