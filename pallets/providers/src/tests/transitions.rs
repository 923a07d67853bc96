//! The life cycle of organisations against a table written down apart from the code.

use super::*;
use proptest::prelude::*;
use OrganisationState::{Active, Applied, Suspended, Withdrawn};

const STATES: [OrganisationState; 4] = [Applied, Active, Suspended, Withdrawn];

/// Rows: from Applied, Active, Suspended, Withdrawn. Columns: whether the council may say so.
const ALLOWED: [[bool; 4]; 4] = [
	[false, true, false, true],
	[false, false, true, true],
	[false, true, false, true],
	[false, false, false, false],
];

/// Who signs: the first two do not.
const SIGNERS: [Option<AccountId32>; 9] = [
	None,
	None,
	Some(COUNCIL),
	Some(HOSPITAL_ADMIN),
	Some(BOARD_ADMIN),
	Some(OTHER_BOARD_ADMIN),
	Some(APPLICANT_ADMIN),
	Some(RECORDS),
	Some(STRANGER),
];

fn origin(by: usize) -> RuntimeOrigin {
	match (by, &SIGNERS[by]) {
		(_, Some(signer)) => signed(signer.clone()),
		(0, None) => RuntimeOrigin::none(),
		(_, None) => RuntimeOrigin::root(),
	}
}

#[derive(Clone, Copy, Debug)]
enum Step {
	Admit { by: usize },
	Apply { by: usize, sponsor: u32 },
	Withdraw { by: usize, organisation: u32 },
	Decide { by: usize, organisation: u32, to: usize },
}

/// Numbers past the last are asked for, too.
fn step() -> impl Strategy<Value = Step> {
	let by = || 0..SIGNERS.len();
	prop_oneof![
		1 => by().prop_map(|by| Step::Admit { by }),
		// Mostly the three that are members from the start, by those who may.
		6 => (3..6usize).prop_map(|by| Step::Apply { by, sponsor: by as u32 - 2 }),
		2 => (by(), 0..12u32).prop_map(|(by, sponsor)| Step::Apply { by, sponsor }),
		2 => (by(), 0..12u32).prop_map(|(by, organisation)| Step::Withdraw { by, organisation }),
		1 => (4..12u32).prop_map(|organisation| Step::Withdraw { by: 6, organisation }),
		1 => (by(), 0..12u32, 0..4usize)
			.prop_map(|(by, organisation, to)| Step::Decide { by, organisation, to }),
		3 => (4..12u32, 0..4usize)
			.prop_map(|(organisation, to)| Step::Decide { by: 2, organisation, to }),
		1 => (1..4u32, 0..3usize)
			.prop_map(|(organisation, to)| Step::Decide { by: 2, organisation, to }),
	]
}

/// An organisation as far as its life cycle goes.
#[derive(Clone, Debug)]
struct House {
	administrator: AccountId32,
	/// Index into [`STATES`].
	state: usize,
	sponsor: Option<u32>,
}

/// The organisations, from number 1 on.
struct Model(Vec<House>);

impl Model {
	fn new() -> Self {
		let house = |administrator| House { administrator, state: 1, sponsor: None };
		Self(
			[HOSPITAL_ADMIN, BOARD_ADMIN, OTHER_BOARD_ADMIN]
				.into_iter()
				.map(house)
				.collect(),
		)
	}

	fn find(&mut self, number: u32) -> Result<&mut House, DispatchError> {
		let unknown = Error::<Test>::OrganisationUnknown;
		let index = (number as usize).checked_sub(1).ok_or(unknown)?;
		self.0.get_mut(index).ok_or(Error::<Test>::OrganisationUnknown.into())
	}

	fn open(&self, sponsor: u32) -> usize {
		self.0
			.iter()
			.filter(|house| house.state == 0 && house.sponsor == Some(sponsor))
			.count()
	}

	fn enter(&mut self, sponsor: Option<u32>) {
		let state = if sponsor.is_some() { 0 } else { 1 };
		self.0.push(House { administrator: APPLICANT_ADMIN, state, sponsor });
	}

	fn council(by: usize) -> DispatchResult {
		if by == 2 {
			Ok(())
		} else {
			Err(DispatchError::BadOrigin)
		}
	}

	/// What the step leads to; changes nothing when that is an error.
	fn take(&mut self, step: Step) -> DispatchResult {
		match step {
			Step::Admit { by } => {
				Self::council(by)?;
				self.enter(None);
			},
			Step::Apply { by, sponsor } => {
				let signer = SIGNERS[by].clone().ok_or(DispatchError::BadOrigin)?;
				let house = self.find(sponsor)?;
				if house.administrator != signer {
					return Err(Error::<Test>::NotAdministrator.into());
				}
				if house.state != 1 {
					return Err(Error::<Test>::OrganisationNotActive.into());
				}
				if self.open(sponsor) == 8 {
					return Err(Error::<Test>::TooManyApplications.into());
				}
				self.enter(Some(sponsor));
			},
			Step::Withdraw { by, organisation } => {
				let signer = SIGNERS[by].clone().ok_or(DispatchError::BadOrigin)?;
				let house = self.find(organisation)?;
				if house.administrator != signer {
					return Err(Error::<Test>::NotAdministrator.into());
				}
				if house.state != 0 {
					return Err(Error::<Test>::InvalidTransition.into());
				}
				house.state = 3;
			},
			Step::Decide { by, organisation, to } => {
				Self::council(by)?;
				let house = self.find(organisation)?;
				if !ALLOWED[house.state][to] {
					return Err(Error::<Test>::InvalidTransition.into());
				}
				house.state = to;
			},
		}
		Ok(())
	}

	fn check(&self) {
		assert_eq!(OrganisationCount::<Test>::get() as usize, self.0.len());
		for (house, number) in self.0.iter().zip(1u32..) {
			let state = Organisations::<Test>::get(number).unwrap().state;
			assert_eq!(state, STATES[house.state], "{number}");
			assert_eq!(Sponsors::<Test>::get(number), house.sponsor);
			assert_eq!(OpenApplications::<Test>::get(number) as usize, self.open(number));
			let expected = [
				Some(StandingReason::OrganisationNotAdmitted),
				None,
				Some(StandingReason::OrganisationSuspended),
				Some(StandingReason::OrganisationWithdrawn),
			][house.state];
			assert_eq!(
				<Providers as ProviderDirectory<_>>::membership(
					&house.administrator,
					number,
					Role::Administrator
				),
				expected.into_iter().collect()
			);
		}
	}
}

fn take(step: Step) -> DispatchResult {
	let kind = OrganisationKind::Clinic;
	let (jurisdiction, gln, npi) = (place("US-CA"), None, None);
	let (name, administrator) = (name("Clinic"), APPLICANT_ADMIN);
	let (call, by) = match step {
		Step::Admit { by } => {
			(Call::admit_organisation { kind, name, jurisdiction, gln, npi, administrator }, by)
		},
		Step::Apply { by, sponsor } => {
			(Call::apply { sponsor, kind, name, jurisdiction, gln, npi, administrator }, by)
		},
		Step::Withdraw { by, organisation } => (Call::withdraw_application { organisation }, by),
		Step::Decide { by, organisation, to } => {
			(Call::set_organisation_state { organisation, state: STATES[to] }, by)
		},
	};
	dispatch(&call, origin(by))
}

proptest! {
	#[test]
	fn organisations_follow_the_table(steps in prop::collection::vec(step(), 1..80)) {
		build_and_execute(|| {
			let mut model = Model::new();
			for step in steps {
				assert_eq!(take(step), model.take(step), "{step:?}");
				model.check();
			}
		});
	}
}
