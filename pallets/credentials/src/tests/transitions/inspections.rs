//! Inspections and what is to be followed up.

use super::*;
use InspectionState::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
	Close,
	Mark,
}

/// From a state by an act to a state, or not at all.
const TABLE: [(InspectionState, Act, Option<InspectionState>); 6] = [
	(FollowUpDue, Act::Close, Some(Closed)),
	(FollowUpDue, Act::Mark, Some(EnteredInError)),
	(Closed, Act::Close, None),
	(Closed, Act::Mark, Some(EnteredInError)),
	(EnteredInError, Act::Close, None),
	(EnteredInError, Act::Mark, None),
];

/// Who signs, and for which authority it inspects.
const SIGNERS: [(AccountId32, Option<OrganisationId>); 7] = [
	(BODY_ADMIN, Some(BODY)),
	(BODY_INSPECTOR, Some(BODY)),
	(BOARD_ADMIN, Some(BOARD)),
	(OTHER_BODY_ADMIN, Some(OTHER_BODY)),
	(HOSPITAL_ADMIN, Some(HOSPITAL)),
	(SURGEON, None),
	(COUNCIL, None),
];

const HOUSES: [OrganisationId; 2] = [HOSPITAL, CLINIC];

#[derive(Clone, Copy, Debug)]
enum Step {
	Wait(Moment),
	Record(usize, usize, usize, bool),
	Act(usize, Act, usize),
	/// Suspends the body, or lifts it.
	Suspension,
	/// Hands on what the body recorded.
	Succession,
}

fn step() -> impl Strategy<Value = Step> {
	let signer = || prop_oneof![1 => 0..SIGNERS.len(), 2 => 0..4usize];
	let act = prop::sample::select(vec![Act::Close, Act::Mark]);
	prop_oneof![
		1 => prop::sample::select(vec![1, DAY]).prop_map(Step::Wait),
		6 => (signer(), 0..2usize, 0..3usize, any::<bool>())
			.prop_map(|(signer, of, outcome, due)| Step::Record(signer, of, outcome, due)),
		4 => (signer(), act, 0..20usize).prop_map(|(signer, act, which)| Step::Act(signer, act, which)),
		1 => Just(Step::Suspension),
		1 => prop_oneof![3 => Just(Step::Wait(1)), 1 => Just(Step::Succession)],
	]
}

struct Held {
	inspector: OrganisationId,
	organisation: OrganisationId,
	state: InspectionState,
	due: Option<Moment>,
}

struct Model {
	now: Moment,
	body_active: bool,
	handed_on: bool,
	held: Vec<Held>,
}

impl Model {
	fn hears(&self, signer: usize, inspector: OrganisationId) -> DispatchResult {
		if SIGNERS[signer].1 != Some(inspector) {
			return no(Error::NotAdministrator);
		}
		if inspector == BODY && !self.body_active {
			return no(Error::OrganisationNotActive);
		}
		Ok(())
	}

	fn open(&self, organisation: OrganisationId) -> impl Iterator<Item = &Held> {
		self.held
			.iter()
			.filter(move |held| held.organisation == organisation && held.state == FollowUpDue)
	}

	fn record(
		&mut self,
		signer: usize,
		inspector: OrganisationId,
		organisation: OrganisationId,
		outcome: usize,
		due: Option<Moment>,
	) -> DispatchResult {
		self.hears(signer, inspector)?;
		if inspector == HOSPITAL {
			return no(Error::ConflictOfInterest);
		}
		if inspector == OTHER_BODY {
			return no(Error::InspectorNotAuthorised);
		}
		if inspector == BODY && self.handed_on {
			return no(Error::HandedOn);
		}
		// No action never, voluntary action maybe, official action always.
		if matches!((outcome, due), (0, Some(_)) | (2, None)) {
			return no(Error::InvalidFollowUp);
		}
		let by_this = self.open(organisation).filter(|held| held.inspector == inspector).count();
		if due.is_some() && by_this == 8 {
			return no(Error::TooManyFollowUps);
		}
		let state = if due.is_some() { FollowUpDue } else { Closed };
		self.held.push(Held { inspector, organisation, state, due });
		Ok(())
	}

	fn act(&mut self, signer: usize, act: Act, which: usize) -> DispatchResult {
		let held = &self.held[which];
		let responsible = match held.inspector {
			BODY if self.handed_on => OTHER_BODY,
			inspector => inspector,
		};
		self.hears(signer, responsible)?;
		// It has no authority of its own.
		if responsible == OTHER_BODY {
			return no(Error::InspectorNotAuthorised);
		}
		let line = TABLE.iter().find(|line| line.0 == held.state && line.1 == act).unwrap();
		match line.2 {
			None => no(Error::InvalidTransition),
			Some(state) => {
				self.held[which].state = state;
				Ok(())
			},
		}
	}
}

fn take(model: &mut Model, step: Step) {
	match step {
		Step::Wait(time) => {
			model.now += time;
			at(model.now);
		},
		Step::Record(signer, of, outcome, with) => {
			let (who, inspector) = SIGNERS[signer].clone();
			let (inspector, organisation) = (inspector.unwrap_or(BODY), HOUSES[of]);
			let follow_up_due = with.then_some(model.now + DAY);
			let result = inspect(|visit| {
				*visit = Visit {
					signer: who,
					inspector,
					organisation,
					outcome: InspectionOutcome::ALL[outcome],
					conducted: model.now,
					follow_up_due,
				}
			});
			let expected = model.record(signer, inspector, organisation, outcome, follow_up_due);
			assert_eq!(result, expected, "{step:?}");
		},
		Step::Act(signer, act, which) => {
			let Some(which) = which.checked_rem(model.held.len()) else { return };
			let (who, id) = (signed(SIGNERS[signer].0.clone()), which as InspectionId + 1);
			let result = match act {
				Act::Close => Credentials::close_follow_up(who, id, EVIDENCE),
				Act::Mark => Credentials::mark_inspection_entered_in_error(who, id),
			};
			assert_eq!(result, model.act(signer, act, which), "{step:?}");
		},
		Step::Suspension => {
			model.body_active = !model.body_active;
			let state = match model.body_active {
				true => OrganisationState::Active,
				false => OrganisationState::Suspended,
			};
			set_organisation(BODY, state);
		},
		Step::Succession => {
			let expected = if model.handed_on { no(Error::AlreadyExists) } else { Ok(()) };
			assert_eq!(succeed(BODY, OTHER_BODY), expected);
			model.handed_on = true;
		},
	}
}

fn compare(model: &Model) {
	for (id, held) in (1..).zip(&model.held) {
		let found = inspection_of(id);
		assert_eq!((found.state, found.follow_up_due), (held.state, held.due));
		let overdue = held.state == FollowUpDue && held.due.is_some_and(|due| model.now >= due);
		assert_eq!(found.follow_up_is_overdue(model.now), overdue);
	}
	for organisation in HOUSES {
		assert_eq!(
			OpenFollowUps::<Test>::get(organisation).len(),
			model.open(organisation).count()
		);
		let (house, _) =
			<Providers as OrganisationDirectory<_>>::organisation(organisation).unwrap();
		let found = Credentials::authorisation(&house, None, model.now);
		let overdue = model.held.iter().any(|held| {
			held.organisation == organisation
				&& held.state == FollowUpDue
				&& held.due.is_some_and(|due| model.now >= due)
		});
		assert_eq!(found.flags.contains(StandingFlag::InspectionFollowUpOverdue), overdue);
	}
}

proptest! {
	#[test]
	fn follow_the_table(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let mut model =
				Model { now: NOW, body_active: true, handed_on: false, held: Vec::new() };
			for step in steps {
				take(&mut model, step);
				compare(&model);
			}
		});
	}
}

#[test]
fn the_table_is_complete() {
	for state in InspectionState::ALL {
		for act in [Act::Close, Act::Mark] {
			let lines = TABLE.iter().filter(|line| (line.0, line.1) == (*state, act));
			assert_eq!(lines.count(), 1);
		}
	}
}
