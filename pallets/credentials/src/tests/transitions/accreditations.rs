//! Accreditations: first decisions, decisions, appeals, renewals, withdrawal and expiry.

use super::*;
use AccreditationState::*;

/// Decisions of a body, in the order of the columns below.
const DECISIONS: [AccreditationState; 7] = [
	Accredited,
	AccreditedWithFollowUp,
	LimitedTemporary,
	PreliminaryDenial,
	Denied,
	Withdrawn,
	Expired,
];

const YES: bool = true;
const NO: bool = false;

/// From each state as people read it, whether a body may decide so.
const TABLE: [(AccreditationState, [bool; 7]); 7] = [
	(Accredited, [NO, YES, NO, YES, NO, NO, NO]),
	(AccreditedWithFollowUp, [YES, YES, NO, YES, NO, NO, NO]),
	(LimitedTemporary, [YES, YES, NO, YES, NO, NO, NO]),
	(PreliminaryDenial, [YES, YES, NO, NO, YES, NO, NO]),
	(Denied, [NO; 7]),
	(Withdrawn, [NO; 7]),
	// But a preliminary denial still becomes final.
	(Expired, [NO; 7]),
];

/// Which first decisions there are.
const FIRST: [bool; 7] = [YES, YES, YES, YES, NO, NO, NO];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
	Nobody,
	Council,
	Hospital,
	Board,
	Body,
	Inspector,
	OtherBody,
}

const EVERYBODY: [Who; 7] = [
	Who::Nobody,
	Who::Council,
	Who::Hospital,
	Who::Board,
	Who::Body,
	Who::Inspector,
	Who::OtherBody,
];

impl Who {
	fn origin(self) -> RuntimeOrigin {
		signed(match self {
			Self::Nobody => return RuntimeOrigin::root(),
			Self::Council => COUNCIL,
			Self::Hospital => HOSPITAL_ADMIN,
			Self::Board => BOARD_ADMIN,
			Self::Body => BODY_ADMIN,
			Self::Inspector => BODY_INSPECTOR,
			Self::OtherBody => OTHER_BODY_ADMIN,
		})
	}
}

#[derive(Clone, Copy, Debug)]
enum Step {
	Wait(Moment),
	/// Of the first body, or else of the other.
	Accredit(Who, bool, usize, bool),
	Decide(Who, usize, usize, bool),
	Renew(Who, usize, Option<Moment>),
	Appeal(Who, usize),
	Withdraw(Who, usize),
	/// Of the first body, or else of the other; given or lifted, or else taken or imposed.
	Authority(bool, bool),
	Activity(bool, bool),
	Succession,
}

fn step() -> impl Strategy<Value = Step> {
	let who = || {
		let capable =
			prop::sample::select(vec![Who::Body, Who::Body, Who::Hospital, Who::OtherBody]);
		prop_oneof![1 => prop::sample::select(EVERYBODY.to_vec()), 6 => capable]
	};
	let which = || 0..3usize;
	let odd = || prop::bool::weighted(0.15);
	let on = || prop::bool::weighted(0.7);
	let waits = vec![1, DAY, 10 * DAY, 30 * DAY - 1, 30 * DAY, 50 * DAY];
	let untils = vec![None, Some(0), Some(DAY), Some(80 * DAY)];
	prop_oneof![
		3 => prop::sample::select(waits).prop_map(Step::Wait),
		3 => (who(), any::<bool>(), 0..7usize, odd())
			.prop_map(|(who, first, state, odd)| Step::Accredit(who, first, state, odd)),
		8 => (who(), which(), 0..7usize, odd())
			.prop_map(|(who, which, state, odd)| Step::Decide(who, which, state, odd)),
		2 => (who(), which(), prop::sample::select(untils))
			.prop_map(|(who, which, until)| Step::Renew(who, which, until)),
		3 => (who(), which()).prop_map(|(who, which)| Step::Appeal(who, which)),
		1 => (who(), which()).prop_map(|(who, which)| Step::Withdraw(who, which)),
		1 => (any::<bool>(), on()).prop_map(|(first, on)| Step::Authority(first, on)),
		1 => (any::<bool>(), on()).prop_map(|(first, on)| Step::Activity(first, on)),
		1 => Just(Step::Succession),
	]
}

#[derive(Clone, Copy)]
struct Office {
	who: Who,
	id: OrganisationId,
	active: bool,
	authorised: bool,
}

impl Office {
	fn hears(self, who: Who) -> DispatchResult {
		match who {
			Who::Nobody => Err(DispatchError::BadOrigin),
			_ if who != self.who => no(Error::NotAdministrator),
			_ if !self.active => no(Error::OrganisationNotActive),
			_ => Ok(()),
		}
	}

	fn decides(self, who: Who) -> DispatchResult {
		self.hears(who)?;
		if self.authorised {
			Ok(())
		} else {
			no(Error::BodyNotAuthorised)
		}
	}
}

#[derive(Clone, Copy)]
struct Held {
	by_first: bool,
	state: AccreditationState,
	until: Option<Moment>,
	decided: Moment,
	due: Option<Moment>,
	appealed: bool,
	granted: bool,
}

impl Held {
	fn is_alive(self, now: Moment) -> bool {
		!matches!(self.standing(now), Denied | Withdrawn | Expired)
	}

	fn standing(self, now: Moment) -> AccreditationState {
		match self.state {
			Denied | Withdrawn => self.state,
			_ if self.until.is_some_and(|until| now >= until) => Expired,
			_ => self.state,
		}
	}
}

struct Model {
	now: Moment,
	first: Office,
	other: Office,
	handed_on: bool,
	held: Vec<Held>,
}

/// A date ahead goes with follow-up always, with a temporary one maybe, else never.
fn due_fits(state: AccreditationState, due: Option<Moment>) -> bool {
	match state {
		AccreditedWithFollowUp => due.is_some(),
		LimitedTemporary => true,
		_ => due.is_none(),
	}
}

impl Model {
	fn responsible(&self, held: &Held) -> Office {
		if held.by_first && !self.handed_on {
			self.first
		} else {
			self.other
		}
	}

	fn accredit(
		&mut self,
		who: Who,
		by_first: bool,
		state: usize,
		due: Option<Moment>,
	) -> DispatchResult {
		let office = if by_first { self.first } else { self.other };
		office.decides(who)?;
		if by_first && self.handed_on {
			return no(Error::HandedOn);
		}
		if !FIRST[state] {
			return no(Error::InvalidTransition);
		}
		if !due_fits(DECISIONS[state], due) {
			return no(Error::InvalidFollowUp);
		}
		let of_this = |held: &Held| self.responsible(held).id == office.id;
		if self.held.iter().any(|held| held.is_alive(self.now) && of_this(held)) {
			return no(Error::AlreadyExists);
		}
		self.held.push(Held {
			by_first,
			state: DECISIONS[state],
			until: Some(self.now + 40 * DAY),
			decided: self.now,
			due,
			appealed: false,
			granted: DECISIONS[state] != PreliminaryDenial,
		});
		Ok(())
	}

	fn decide(
		&mut self,
		who: Who,
		which: usize,
		state: usize,
		due: Option<Moment>,
	) -> DispatchResult {
		let (now, held) = (self.now, self.held[which]);
		let to = DECISIONS[state];
		match to {
			Accredited | AccreditedWithFollowUp => self.responsible(&held).decides(who)?,
			_ => self.responsible(&held).hears(who)?,
		}
		let (_, row) = TABLE.iter().find(|(from, _)| *from == held.standing(now)).unwrap();
		let too_late = held.state == PreliminaryDenial && to == Denied;
		if !row[state] && !too_late {
			return no(Error::InvalidTransition);
		}
		if to == Denied && !held.appealed && now < held.decided + 30 * DAY {
			return no(Error::AppealWindowOpen);
		}
		if !due_fits(to, due) {
			return no(Error::InvalidFollowUp);
		}
		let grants = matches!(to, Accredited | AccreditedWithFollowUp);
		self.held[which] = Held {
			state: to,
			decided: now,
			due,
			appealed: held.appealed && to == Denied,
			granted: held.granted || grants,
			..held
		};
		Ok(())
	}

	fn renew(&mut self, who: Who, which: usize, until: Option<Moment>) -> DispatchResult {
		let held = self.held[which];
		self.responsible(&held).decides(who)?;
		let renewable = matches!(held.standing(self.now), Accredited | AccreditedWithFollowUp);
		let Some(end) = held.until.filter(|_| renewable) else {
			return no(Error::NotRenewable);
		};
		if until.is_some_and(|until| until <= end) {
			return no(Error::PeriodNotLonger);
		}
		self.held[which].until = until;
		Ok(())
	}

	fn of_hospital(who: Who) -> DispatchResult {
		match who {
			Who::Nobody => Err(DispatchError::BadOrigin),
			Who::Hospital => Ok(()),
			_ => no(Error::NotAdministrator),
		}
	}

	fn appeal(&mut self, who: Who, which: usize) -> DispatchResult {
		Self::of_hospital(who)?;
		let held = &mut self.held[which];
		let open = held.state == PreliminaryDenial && self.now < held.decided + 30 * DAY;
		if !open || held.appealed {
			return no(Error::NotAppealable);
		}
		held.appealed = true;
		Ok(())
	}

	fn withdraw(&mut self, who: Who, which: usize) -> DispatchResult {
		Self::of_hospital(who)?;
		let held = &mut self.held[which];
		if !held.is_alive(self.now) {
			return no(Error::InvalidTransition);
		}
		*held = Held { state: Withdrawn, decided: self.now, due: None, ..*held };
		Ok(())
	}
}

fn accredit(who: Who, body: OrganisationId, state: usize, due: Option<Moment>) -> DispatchResult {
	let now = now();
	Credentials::accredit(
		who.origin(),
		body,
		HOSPITAL,
		Programme::Hospital,
		DECISIONS[state],
		Period { from: now, until: Some(now + 40 * DAY) },
		due,
		EVIDENCE,
	)
}

fn take(model: &mut Model, step: Step) {
	// A date where one belongs, or oddly not.
	let due = |model: &Model, state: usize, odd: bool| {
		let with = (DECISIONS[state] == AccreditedWithFollowUp) != odd;
		with.then_some(model.now + DAY)
	};
	let pick = |model: &Model, which: usize| {
		let which = which.checked_rem(model.held.len())?;
		Some((which, which as AccreditationId + 1))
	};
	match step {
		Step::Wait(time) => {
			model.now += time;
			at(model.now);
		},
		Step::Accredit(who, by_first, state, odd) => {
			let due = due(model, state, odd);
			let result = accredit(who, if by_first { BODY } else { OTHER_BODY }, state, due);
			assert_eq!(result, model.accredit(who, by_first, state, due), "{step:?}");
		},
		Step::Decide(who, which, state, odd) => {
			let Some((which, id)) = pick(model, which) else { return };
			let (due, to) = (due(model, state, odd), DECISIONS[state]);
			let result = Credentials::decide_accreditation(who.origin(), id, to, due, EVIDENCE);
			assert_eq!(result, model.decide(who, which, state, due), "{step:?}");
		},
		Step::Renew(who, which, until) => {
			let Some((which, id)) = pick(model, which) else { return };
			let until = until.map(|time| model.now + time);
			let result = Credentials::renew_accreditation(who.origin(), id, until, EVIDENCE);
			assert_eq!(result, model.renew(who, which, until), "{step:?}");
		},
		Step::Appeal(who, which) => {
			let Some((which, id)) = pick(model, which) else { return };
			let result = Credentials::appeal_denial(who.origin(), id, EVIDENCE);
			assert_eq!(result, model.appeal(who, which), "{step:?}");
		},
		Step::Withdraw(who, which) => {
			let Some((which, id)) = pick(model, which) else { return };
			let result = Credentials::withdraw_accreditation(who.origin(), id);
			assert_eq!(result, model.withdraw(who, which), "{step:?}");
		},
		Step::Authority(first, on) => {
			let office = if first { &mut model.first } else { &mut model.other };
			let given = if on { Programmes::all() } else { Programmes::EMPTY };
			let expected = match (on, office.active) {
				(true, false) => no(Error::OrganisationNotActive),
				_ if on == office.authorised => no(Error::AlreadyExists),
				_ => Ok(()),
			};
			assert_eq!(Credentials::authorise_body(council(), office.id, given), expected);
			office.authorised = if expected.is_ok() { on } else { office.authorised };
		},
		Step::Activity(first, on) => {
			let office = if first { &mut model.first } else { &mut model.other };
			if on != office.active {
				let state =
					if on { OrganisationState::Active } else { OrganisationState::Suspended };
				set_organisation(office.id, state);
				office.active = on;
			}
		},
		Step::Succession => {
			let expected = match (model.other.active, model.handed_on) {
				(false, _) => no(Error::OrganisationNotActive),
				(_, true) => no(Error::AlreadyExists),
				_ => Ok(()),
			};
			assert_eq!(succeed(BODY, OTHER_BODY), expected);
			model.handed_on |= expected.is_ok();
		},
	}
}

fn compare(model: &Model) {
	for (id, held) in (1..).zip(&model.held) {
		let found = accreditation_of(id);
		assert_eq!(
			(found.state, found.state_at(model.now)),
			(held.state, held.standing(model.now))
		);
		assert_eq!((found.valid.until, found.decided), (held.until, held.decided));
		assert_eq!((found.follow_up_due, found.granted.is_some()), (held.due, held.granted));
		assert_eq!(found.is_in_force(model.now), held.granted && held.is_alive(model.now));
		// What the organisation appealed against stays with its withdrawal.
		assert!(held.state == Withdrawn || found.appeal.is_some() == held.appealed);
	}
}

proptest! {
	#[test]
	fn follow_the_table(steps in prop::collection::vec(step(), 1..120)) {
		build_and_execute(|| {
			for body in [BODY, OTHER_BODY] {
				let all = Programmes::all();
				assert_ok!(Credentials::authorise_body(council(), body, all));
			}
			let office = |who, id, authorised| Office { who, id, active: true, authorised };
			let mut model = Model {
				now: NOW,
				first: office(Who::Body, BODY, true),
				other: office(Who::OtherBody, OTHER_BODY, true),
				handed_on: false,
				held: Vec::new(),
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
	for state in AccreditationState::ALL {
		assert_eq!(TABLE.iter().filter(|(row, _)| row == state).count(), 1, "{state}");
		assert_eq!(DECISIONS.iter().filter(|column| *column == state).count(), 1, "{state}");
	}
}
