//! Groups against a model written apart from the code.

use super::*;
use proptest::prelude::*;

/// The hospital, both boards, and three newcomers.
const HOUSES: u32 = 6;

/// Who asks.
#[derive(Clone, Copy, Debug)]
enum By {
	Nobody,
	Root,
	Council,
	/// The administrator of this organisation.
	Administrator(u32),
	Stranger,
}

#[derive(Clone, Copy, Debug)]
enum Step {
	Declare(By, u32, u32),
	End(By, u32),
	/// The council suspends an organisation, or lifts its suspension.
	Toggle(u32),
}

fn by() -> impl Strategy<Value = By> {
	prop_oneof![
		1 => Just(By::Nobody),
		1 => Just(By::Root),
		6 => Just(By::Council),
		6 => (1..=HOUSES).prop_map(By::Administrator),
		1 => Just(By::Stranger),
	]
}

/// Numbers before the first and past the last are asked for, too.
fn step() -> impl Strategy<Value = Step> {
	let house = || 0..=HOUSES + 1;
	prop_oneof![
		6 => (by(), house(), house()).prop_map(|(by, one, head)| Step::Declare(by, one, head)),
		4 => (1..=HOUSES, house())
			.prop_map(|(one, head)| Step::Declare(By::Council, one, head)),
		2 => (by(), house()).prop_map(|(by, one)| Step::End(by, one)),
		4 => house().prop_map(|one| Step::End(By::Council, one)),
		1 => (1..=HOUSES).prop_map(Step::Toggle),
	]
}

/// Groups as lists: the head first.
struct Model {
	groups: Vec<Vec<u32>>,
	suspended: Vec<u32>,
}

impl Model {
	fn group(&self, one: u32) -> usize {
		self.groups.iter().position(|group| group.contains(&one)).unwrap()
	}

	fn is_member(&self, one: u32) -> bool {
		self.groups[self.group(one)][0] != one
	}

	/// Whether it belongs to a group with others.
	fn has_company(&self, one: u32) -> bool {
		self.groups[self.group(one)].len() > 1
	}

	/// What the step leads to; changes nothing when that is an error.
	fn take(&mut self, step: Step) -> DispatchResult {
		let is_known = |one: u32| (1..=HOUSES).contains(&one);
		match step {
			Step::Declare(by, one, head) => {
				if !matches!(by, By::Council) {
					return Err(DispatchError::BadOrigin);
				}
				if !is_known(one) {
					return Err(Error::<Test>::OrganisationUnknown.into());
				}
				if !is_known(head) {
					return Err(Error::<Test>::OrganisationUnknown.into());
				}
				if one == head {
					return Err(Error::<Test>::OwnHead.into());
				}
				if self.is_member(one) {
					return Err(Error::<Test>::AlreadyExists.into());
				}
				if self.is_member(head) || self.has_company(one) {
					return Err(Error::<Test>::GroupsNested.into());
				}
				let alone = self.group(one);
				self.groups.remove(alone);
				let group = self.group(head);
				self.groups[group].push(one);
			},
			Step::End(by, one) => {
				if !matches!(by, By::Council) {
					return Err(DispatchError::BadOrigin);
				}
				if !is_known(one) || !self.is_member(one) {
					return Err(Error::<Test>::NotAffiliated.into());
				}
				let group = self.group(one);
				self.groups[group].retain(|member| *member != one);
				self.groups.push(vec![one]);
			},
			Step::Toggle(one) => {
				if self.suspended.contains(&one) {
					self.suspended.retain(|suspended| *suspended != one);
				} else {
					self.suspended.push(one);
				}
			},
		}
		Ok(())
	}

	fn check(&self) {
		for group in &self.groups {
			assert_eq!(GroupSizes::<Test>::get(group[0]) as usize, group.len() - 1);
			assert_eq!(Heads::<Test>::get(group[0]), None);
			for member in &group[1..] {
				assert_eq!(Heads::<Test>::get(member), Some(group[0]));
				assert_eq!(GroupSizes::<Test>::get(member), 0);
			}
		}
		for one in 1..=HOUSES {
			for other in 1..=HOUSES {
				assert_eq!(
					<Providers as OrganisationDirectory<_>>::are_affiliated(one, other),
					self.group(one) == self.group(other),
					"{one} and {other}"
				);
			}
		}
	}
}

fn take(step: Step, model: &Model) -> DispatchResult {
	let (call, by) = match step {
		Step::Declare(by, organisation, head) => {
			(Call::declare_affiliation { organisation, head }, by)
		},
		Step::End(by, organisation) => (Call::end_affiliation { organisation }, by),
		Step::Toggle(organisation) => {
			let state = if model.suspended.contains(&organisation) {
				OrganisationState::Active
			} else {
				OrganisationState::Suspended
			};
			(Call::set_organisation_state { organisation, state }, By::Council)
		},
	};
	let origin = match by {
		By::Nobody => RuntimeOrigin::none(),
		By::Root => RuntimeOrigin::root(),
		By::Council => council(),
		By::Administrator(of) => signed(administrators_of(of)),
		By::Stranger => signed(STRANGER),
	};
	dispatch(&call, origin)
}

fn administrators_of(organisation: u32) -> AccountId32 {
	match organisation {
		HOSPITAL => HOSPITAL_ADMIN,
		BOARD => BOARD_ADMIN,
		OTHER_BOARD => OTHER_BOARD_ADMIN,
		newcomer => someone(newcomer as u8),
	}
}

proptest! {
	#[test]
	fn groups_follow_the_model(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			for newcomer in NEWCOMER..=HOUSES {
				admit(OrganisationKind::Clinic, "US-CA", administrators_of(newcomer));
			}
			let groups = (1..=HOUSES).map(|one| vec![one]).collect();
			let mut model = Model { groups, suspended: Vec::new() };
			for step in steps {
				assert_eq!(take(step, &model), model.take(step), "{step:?}");
				model.check();
			}
		});
	}
}
