//! Licences: who may do what to one in which state, at every moment.

use super::*;
use LicenceState::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
	Verify,
	Renew,
	Suspend,
	Reinstate,
	Revoke,
	MarkInError,
	Surrender,
}

const ACTS: [Act; 7] = [
	Act::Verify,
	Act::Renew,
	Act::Suspend,
	Act::Reinstate,
	Act::Revoke,
	Act::MarkInError,
	Act::Surrender,
];

type Row = [Option<LicenceState>; 7];
const NEVER: Row = [None; 7];

/// The stored state, what follows by each of [`ACTS`] until it lapses, and what after.
const TABLE: [(LicenceState, Row, Row); 6] = [
	(
		Pending,
		[Some(Active), None, None, None, None, Some(IssuedInError), Some(Surrendered)],
		[None, None, None, None, None, Some(IssuedInError), None],
	),
	(
		Active,
		[
			Some(Active),
			Some(Active),
			Some(Suspended),
			None,
			Some(Revoked),
			Some(IssuedInError),
			Some(Surrendered),
		],
		[None, None, None, None, Some(Revoked), Some(IssuedInError), None],
	),
	(
		Suspended,
		[
			Some(Suspended),
			Some(Suspended),
			None,
			Some(Active),
			Some(Revoked),
			Some(IssuedInError),
			None,
		],
		[None, None, None, None, Some(Revoked), Some(IssuedInError), None],
	),
	(Revoked, NEVER, NEVER),
	(Surrendered, NEVER, NEVER),
	(IssuedInError, NEVER, NEVER),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
	Nobody,
	Root,
	Council,
	Hospital,
	Board,
	OtherBoard,
	Regulator,
	Surgeon,
	Stranger,
}

const EVERYBODY: [Who; 9] = [
	Who::Nobody,
	Who::Root,
	Who::Council,
	Who::Hospital,
	Who::Board,
	Who::OtherBoard,
	Who::Regulator,
	Who::Surgeon,
	Who::Stranger,
];

impl Who {
	fn origin(self) -> RuntimeOrigin {
		match self {
			Self::Nobody => RuntimeOrigin::none(),
			Self::Root => RuntimeOrigin::root(),
			Self::Council => council(),
			Self::Hospital => signed(HOSPITAL_ADMIN),
			Self::Board => signed(BOARD_ADMIN),
			Self::OtherBoard => signed(OTHER_BOARD_ADMIN),
			Self::Regulator => signed(REGULATOR_ADMIN),
			Self::Surgeon => signed(SURGEON),
			Self::Stranger => signed(STRANGER),
		}
	}
}

/// Some time, or up to an edge of a licence's dates.
#[derive(Clone, Copy, Debug)]
enum Wait {
	For(Moment),
	BeforeEnd,
	End,
	BeforeLapse,
	Lapse,
}

#[derive(Clone, Copy, Debug)]
enum Step {
	Wait(Wait, usize),
	Act(Who, Act, usize, Option<Moment>),
	Issue(Who, bool),
	/// Of the regulator, or else the board: gives or takes authority; suspends or lifts.
	Authority(bool),
	Suspension(bool),
	Succession,
}

fn step() -> impl Strategy<Value = Step> {
	let who = || prop::sample::select(EVERYBODY.to_vec());
	let capable = || prop::sample::select(vec![Who::Board, Who::Board, Who::Regulator]);
	let act = || prop::sample::select(ACTS.to_vec());
	let until = || prop::sample::select(vec![None, Some(0), Some(1), Some(30 * DAY), Some(DAY)]);
	let wait = prop_oneof![
		prop::sample::select(vec![1, 300, DAY, 45 * DAY]).prop_map(Wait::For),
		prop::sample::select(vec![Wait::BeforeEnd, Wait::End, Wait::BeforeLapse, Wait::Lapse]),
	];
	prop_oneof![
		4 => (wait, 0..9usize).prop_map(|(wait, which)| Step::Wait(wait, which)),
		4 => (who(), act(), 0..9usize, until())
			.prop_map(|(who, act, which, until)| Step::Act(who, act, which, until)),
		8 => (capable(), act(), 0..9usize, until())
			.prop_map(|(who, act, which, until)| Step::Act(who, act, which, until)),
		1 => (who(), any::<bool>()).prop_map(|(who, own)| Step::Issue(who, own)),
		2 => (capable(), any::<bool>()).prop_map(|(who, own)| Step::Issue(who, own)),
		1 => any::<bool>().prop_map(Step::Authority),
		1 => any::<bool>().prop_map(Step::Suspension),
		1 => Just(Step::Succession),
	]
}

#[derive(Clone, Copy)]
struct Office {
	who: Who,
	active: bool,
	authorised: bool,
}

impl Office {
	/// Whether this origin acts for the office at all.
	fn hears(self, who: Who) -> DispatchResult {
		match who {
			Who::Nobody | Who::Root => Err(DispatchError::BadOrigin),
			_ if who != self.who => no(Error::NotAdministrator),
			_ if !self.active => no(Error::OrganisationNotActive),
			_ => Ok(()),
		}
	}

	/// Whether it also gives something.
	fn gives(self, who: Who) -> DispatchResult {
		self.hears(who)?;
		if self.authorised {
			Ok(())
		} else {
			no(Error::BoardNotAuthorised)
		}
	}
}

#[derive(Clone, Copy)]
struct Held {
	by_regulator: bool,
	state: LicenceState,
	from: Moment,
	until: Option<Moment>,
	verified: Option<Moment>,
}

impl Held {
	fn has_lapsed(self, now: Moment) -> bool {
		self.until.is_some_and(|until| now >= until + 90 * DAY)
	}

	fn follows(self, act: Act, now: Moment) -> Option<LicenceState> {
		let (_, before, after) = TABLE.iter().find(|(state, ..)| *state == self.state).unwrap();
		let row = if self.has_lapsed(now) { after } else { before };
		row[ACTS.iter().position(|other| *other == act).unwrap()]
	}

	/// What people read.
	fn standing(self, now: Moment) -> LicenceState {
		let ended = self.until.is_some_and(|until| now >= until);
		match self.state {
			Pending | Active | Suspended if self.has_lapsed(now) => Lapsed,
			Active if ended => Expired,
			state => state,
		}
	}
}

struct Model {
	now: Moment,
	board: Office,
	regulator: Office,
	handed_on: bool,
	held: Vec<Held>,
}

impl Model {
	fn responsible(&self, held: &Held) -> Office {
		if held.by_regulator || self.handed_on {
			self.regulator
		} else {
			self.board
		}
	}

	fn wait(&mut self, wait: Wait, which: usize) {
		let until = self.held[which % self.held.len()].until.unwrap_or(0);
		let moment = match wait {
			Wait::For(time) => self.now + time,
			Wait::BeforeEnd => until.saturating_sub(1),
			Wait::End => until,
			Wait::BeforeLapse => until + 90 * DAY - 1,
			Wait::Lapse => until + 90 * DAY,
		};
		self.now = self.now.max(moment);
	}

	/// Whether this origin may do so now, whatever the state.
	fn allows(&self, who: Who, act: Act, held: &Held) -> DispatchResult {
		let office = self.responsible(held);
		match act {
			Act::Suspend if who == Who::Council => Ok(()),
			Act::Revoke if who == Who::Council => match office.active && office.authorised {
				true => no(Error::BoardResponsible),
				false => Ok(()),
			},
			Act::Reinstate | Act::MarkInError if who == Who::Council => {
				no(Error::InvalidTransition)
			},
			Act::Suspend | Act::Revoke | Act::MarkInError => office.hears(who),
			Act::Verify | Act::Renew | Act::Reinstate => office.gives(who),
			Act::Surrender => match who {
				Who::Nobody | Who::Root => Err(DispatchError::BadOrigin),
				Who::Surgeon => Ok(()),
				_ => no(Error::NotHolder),
			},
		}
	}

	fn act(&mut self, who: Who, act: Act, which: usize, until: Option<Moment>) -> DispatchResult {
		let now = self.now;
		let held = self.held[which];
		self.allows(who, act, &held)?;
		let refused = match act {
			Act::Renew => Error::NotRenewable,
			_ => Error::InvalidTransition,
		};
		let Some(state) = held.follows(act, now) else {
			return no(refused);
		};
		let mut after = Held { state, ..held };
		if act == Act::Verify {
			after.verified = Some(now);
		}
		if act == Act::Renew {
			let Some(end) = held.until else {
				return no(Error::NotRenewable);
			};
			if until.is_some_and(|until| until <= end || until <= now) {
				return no(Error::PeriodNotLonger);
			}
			after.from = if now < end { held.from } else { now };
			after.until = until;
		}
		self.held[which] = after;
		Ok(())
	}

	fn issue(&mut self, who: Who, by_regulator: bool) -> DispatchResult {
		let office = if by_regulator { self.regulator } else { self.board };
		office.gives(who)?;
		if !by_regulator && self.handed_on {
			return no(Error::HandedOn);
		}
		let until = Some(self.now + 30 * DAY);
		let held = Held { by_regulator, state: Pending, from: self.now, until, verified: None };
		self.held.push(held);
		Ok(())
	}
}

fn act(who: Who, act: Act, licence: LicenceId, until: Option<Moment>) -> DispatchResult {
	let set = |state| Credentials::set_licence_state(who.origin(), licence, state);
	match act {
		Act::Verify => Credentials::verify_licence(who.origin(), licence, seen(now() + 1)),
		Act::Renew => Credentials::renew_licence(who.origin(), licence, until, None),
		Act::Suspend => set(Suspended),
		Act::Reinstate => set(Active),
		Act::Revoke => set(Revoked),
		Act::MarkInError => set(IssuedInError),
		Act::Surrender => Credentials::surrender_licence(who.origin(), licence),
	}
}

fn issue(who: Who, board: OrganisationId) -> DispatchResult {
	let now = now();
	Credentials::issue_licence(
		who.origin(),
		board,
		surgeon(),
		LicenceClass::Physician,
		places(&["US-CA"]),
		Period { from: now, until: Some(now + 30 * DAY) },
		Limits::default(),
		None,
	)
}

fn take(model: &mut Model, step: Step) {
	match step {
		Step::Wait(wait, which) => {
			model.wait(wait, which);
			at(model.now);
		},
		Step::Act(who, what, which, until) => {
			let which = which % model.held.len();
			let until = until.map(|time| model.now + time);
			let result = act(who, what, which_id(which), until);
			assert_eq!(result, model.act(who, what, which, until), "{step:?}");
		},
		Step::Issue(who, by_regulator) => {
			let result = issue(who, if by_regulator { REGULATOR } else { BOARD });
			assert_eq!(result, model.issue(who, by_regulator), "{step:?}");
		},
		Step::Authority(of_regulator) => {
			let (office, id) = match of_regulator {
				true => (&mut model.regulator, REGULATOR),
				false => (&mut model.board, BOARD),
			};
			let result = match office.authorised {
				true => Credentials::revoke_board_authority(council(), id, place("US-CA")),
				false => authorise(id, "US-CA"),
			};
			// Only an active organisation is given authority.
			if office.authorised || office.active {
				assert_ok!(result);
				office.authorised = !office.authorised;
			} else {
				assert_eq!(result, no(Error::OrganisationNotActive));
			}
		},
		Step::Suspension(of_regulator) => {
			let (office, id) = match of_regulator {
				true => (&mut model.regulator, REGULATOR),
				false => (&mut model.board, BOARD),
			};
			office.active = !office.active;
			let state = match office.active {
				true => OrganisationState::Active,
				false => OrganisationState::Suspended,
			};
			set_organisation(id, state);
		},
		Step::Succession => {
			let expected = match (model.regulator.active, model.handed_on) {
				(false, _) => no(Error::OrganisationNotActive),
				(_, true) => no(Error::AlreadyExists),
				_ => Ok(()),
			};
			assert_eq!(succeed(BOARD, REGULATOR), expected);
			model.handed_on |= expected.is_ok();
		},
	}
}

/// The surgeon's licence was the first, the hospital's the second.
fn which_id(which: usize) -> LicenceId {
	if which == 0 {
		LICENCE
	} else {
		which as LicenceId + FACILITY
	}
}

fn compare(model: &Model) {
	for (which, held) in model.held.iter().enumerate() {
		let view = Credentials::licence_of(which_id(which)).unwrap();
		let found = &view.licence;
		assert_eq!((found.state, view.standing), (held.state, held.standing(model.now)));
		assert_eq!(found.valid, Period { from: held.from, until: held.until });
		assert_eq!(found.verified, held.verified);
		let responsible = match model.responsible(held).who {
			Who::Regulator => REGULATOR,
			_ => BOARD,
		};
		assert_eq!(view.authority, responsible);
	}
	let at = model.now;
	let good = |held: &Held| held.standing(at) == Active && held.from <= at;
	let need = Need { place: place("US-CA"), site: Some(HOSPITAL), schedule: None, at };
	let classes = LicenceClasses::of(&[LicenceClass::Physician]);
	let licensed = Credentials::practitioner_licensed(PRACTITIONER, classes, &need);
	assert_eq!(licensed.is_ok(), model.held.iter().any(good));
	// Discipline is seen in any case.
	let told = match licensed {
		Ok(found) => found.flags.contains(StandingFlag::LicenceDisciplined),
		Err(reasons) => {
			reasons.contains(StandingReason::LicenceSuspended)
				|| reasons.contains(StandingReason::LicenceRevoked)
		},
	};
	let listed = LicencesOf::<Test>::get(surgeon());
	let disciplined = model.held.iter().enumerate().any(|(which, held)| {
		matches!(held.state, Suspended | Revoked) && listed.contains(&which_id(which))
	});
	assert_eq!(told, disciplined);
}

proptest! {
	#[test]
	fn follow_the_table(steps in prop::collection::vec(step(), 1..60)) {
		build_and_execute(|| {
			let mut model = Model {
				now: NOW,
				board: Office { who: Who::Board, active: true, authorised: true },
				regulator: Office { who: Who::Regulator, active: true, authorised: false },
				handed_on: false,
				held: vec![Held {
					by_regulator: false,
					state: Active,
					from: VALID.from,
					until: VALID.until,
					verified: Some(VALID.from),
				}],
			};
			for step in steps {
				take(&mut model, step);
				compare(&model);
			}
		});
	}
}

#[test]
fn the_table_is_complete() {
	let stored = LicenceState::ALL.iter().filter(|state| !matches!(state, Expired | Lapsed));
	for state in stored {
		assert_eq!(TABLE.iter().filter(|(row, ..)| row == state).count(), 1, "{state}");
	}
}
