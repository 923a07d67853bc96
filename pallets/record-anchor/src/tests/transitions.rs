//! The state machines against models written apart from the code: states of a record by a table, and
//! records with all that befalls them by a plain model.

use super::*;
use proptest::prelude::*;
use PetitionKind::*;
use RecordState::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
	Replace,
	Mark,
	Erase,
}

/// From a state by a step to a state, or not at all.
const TABLE: [(RecordState, Step, Option<RecordState>); 12] = [
	(Current, Step::Replace, Some(Superseded)),
	(Current, Step::Mark, Some(EnteredInError)),
	(Current, Step::Erase, Some(Erased)),
	(Superseded, Step::Replace, None),
	(Superseded, Step::Mark, Some(EnteredInError)),
	(Superseded, Step::Erase, Some(Erased)),
	(EnteredInError, Step::Replace, None),
	(EnteredInError, Step::Mark, None),
	(EnteredInError, Step::Erase, Some(Erased)),
	(Erased, Step::Replace, None),
	(Erased, Step::Mark, None),
	(Erased, Step::Erase, None),
];

fn next(from: RecordState, by: Step) -> Option<RecordState> {
	TABLE.iter().find(|(state, step, _)| *state == from && *step == by).unwrap().2
}

#[test]
fn the_table_is_complete() {
	for state in RecordState::ALL {
		for step in [Step::Replace, Step::Mark, Step::Erase] {
			let lines = TABLE.iter().filter(|line| (line.0, line.1) == (*state, step));
			assert_eq!(lines.count(), 1);
		}
	}
}

/// What can befall a record.
#[derive(Clone, Copy, Debug)]
enum Act {
	Replace,
	Mark,
	Hold(u8),
	Release(u8),
	File(PetitionKind),
	Withdraw(u8),
	Refuse(u8),
	Grant(u8),
	Offer,
	TakeBack,
	Accept,
}

fn act() -> impl Strategy<Value = Act> {
	let few = 0u8..3;
	prop_oneof![
		3 => Just(Act::Replace),
		1 => Just(Act::Mark),
		1 => few.clone().prop_map(Act::Hold),
		1 => few.clone().prop_map(Act::Release),
		3 => prop::sample::select(PetitionKind::ALL).prop_map(Act::File),
		1 => few.clone().prop_map(Act::Withdraw),
		1 => few.clone().prop_map(Act::Refuse),
		3 => few.prop_map(Act::Grant),
		2 => Just(Act::Offer),
		1 => Just(Act::TakeBack),
		2 => Just(Act::Accept),
	]
}

/// A record as the model has it.
#[derive(Clone, Debug, PartialEq)]
struct Model {
	/// Whether the other house keeps it.
	moved: bool,
	state: RecordState,
	offered: bool,
	holds: Vec<u8>,
	petitions: Vec<(PetitionKind, PetitionState)>,
}

const NEW: Model =
	Model { moved: false, state: Current, offered: false, holds: vec![], petitions: vec![] };

impl Model {
	/// Whether its house may do this, and the record then.
	fn act(&mut self, act: Act) -> bool {
		let step = |by| next(self.state, by).filter(|_| !self.offered);
		match act {
			Act::Replace => match step(Step::Replace) {
				Some(state) => self.state = state,
				None => return false,
			},
			Act::Mark => match step(Step::Mark) {
				Some(state) => self.state = state,
				None => return false,
			},
			Act::Hold(by) if self.holds.contains(&by) => {},
			Act::Hold(_) if self.state == Erased => return false,
			Act::Hold(by) => self.holds.push(by),
			Act::Release(by) if self.holds.contains(&by) => self.holds.retain(|held| *held != by),
			Act::Release(_) => return false,
			Act::File(kind) => {
				let open = self.petitions.contains(&(kind, PetitionState::Open));
				if open || self.state == Erased || self.petitions.len() == 16 {
					return false;
				}
				self.petitions.push((kind, PetitionState::Open));
			},
			Act::Withdraw(number) => return self.end(number, PetitionState::Withdrawn),
			Act::Refuse(number) => return self.end(number, PetitionState::Refused),
			Act::Grant(number) => return self.end(number, PetitionState::Granted),
			Act::Offer if self.offered => {},
			Act::Offer if self.state == Erased => return false,
			Act::Offer => self.offered = true,
			Act::TakeBack => self.offered = false,
			Act::Accept if self.offered => {
				(self.moved, self.offered) = (!self.moved, false);
			},
			Act::Accept => return false,
		}
		true
	}

	fn end(&mut self, number: u8, to: PetitionState) -> bool {
		let Some((kind, state)) = self.petitions.get(usize::from(number)).copied() else {
			return false;
		};
		if state != PetitionState::Open {
			// Repeated, or ended in another way.
			return state == to;
		}
		if to == PetitionState::Granted {
			match kind {
				Erasure if self.offered || !self.holds.is_empty() || self.state == Erased => {
					return false
				},
				Erasure => self.state = Erased,
				Amendment if self.state == Current => return false,
				Amendment => {},
			}
		}
		self.petitions[usize::from(number)].1 = to;
		true
	}
}

/// The system accounts of the two houses: whoever keeps the record, then the other.
fn houses(moved: bool) -> [(u64, OrganisationId); 2] {
	let mut houses = [(SYSTEM, HOUSE), (OTHERS_SYSTEM, OTHER)];
	if moved {
		houses.reverse();
	}
	houses
}

/// Does it to the `n`th record; `new` is a number that nothing has.
fn perform(act: Act, n: u8, new: u8, moved: bool) -> DispatchResult {
	let [(who, house), (receiver, to)] = houses(moved);
	let (by, record) = (signed(who), id(n));
	match act {
		Act::Replace => {
			RecordAnchor::anchor_records(by, house, batch([super::record(new, Some(n))]))
		},
		Act::Mark => RecordAnchor::mark_entered_in_error(by, record, ErrorReason::WrongContent),
		Act::Hold(seal_of) => RecordAnchor::place_hold(by, record, seal(seal_of)),
		Act::Release(seal_of) => RecordAnchor::release_hold(by, record, seal(seal_of)),
		Act::File(kind) => RecordAnchor::file_petition(by, record, kind, seal(new)),
		Act::Withdraw(number) => RecordAnchor::withdraw_petition(by, record, number.into()),
		Act::Refuse(number) => RecordAnchor::refuse_petition(by, record, number.into(), seal(1)),
		Act::Grant(number) => RecordAnchor::grant_petition(by, record, number.into(), seal(1)),
		Act::Offer => RecordAnchor::offer_custody(by, house, to, list([n])),
		Act::TakeBack => RecordAnchor::withdraw_offer(by, house, list([n])),
		Act::Accept => {
			let taken = vec![Taken { record, leaf: seal(new) }].try_into().unwrap();
			RecordAnchor::accept_custody(signed(receiver), to, taken)
		},
	}
}

fn observed(n: u8) -> Model {
	let details = details(n);
	Model {
		moved: details.custodian == OTHER,
		state: details.state,
		offered: details.offered.is_some(),
		holds: Holds::<Test>::get(id(n)).iter().map(|seal| seal.0[0]).collect(),
		petitions: Petitions::<Test>::get(id(n))
			.iter()
			.map(|petition| (petition.kind, petition.state))
			.collect(),
	}
}

proptest! {
	#[test]
	fn records_are_as_the_model_says(
		acts in prop::collection::vec((act(), any::<prop::sample::Index>()), 1..60),
	) {
		run(|| {
			let mut expected = vec![NEW; 2];
			// The records' numbers, in order: an id tells who anchored it.
			let mut numbers = vec![0, 1];
			assert_ok!(anchor((0..2).map(|n| record(n, None))));
			for (turn, (act, which)) in acts.into_iter().enumerate() {
				let which = which.index(expected.len());
				let before = expected[which].clone();
				let new = 100 + turn as u8;
				let next = match act {
					Act::Replace if before.moved => 190 + expected.len() as u8,
					Act::Replace => expected.len() as u8,
					_ => new,
				};
				let result = perform(act, numbers[which], next, before.moved);
				let may = expected[which].act(act);
				assert_eq!(result.is_ok(), may, "{act:?} of {before:?}: {result:?}");
				if let (Act::Replace, true) = (act, may) {
					expected.push(Model { moved: before.moved, ..NEW });
					numbers.push(next);
				}
				let found: Vec<_> = numbers.iter().map(|n| observed(*n)).collect();
				assert_eq!(found, expected, "after {act:?} of {which}");
			}
			RecordAnchor::do_try_state().unwrap();
		});
	}
}
