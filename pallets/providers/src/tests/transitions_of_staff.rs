//! Staff, administrators and offers to hand over against a model written apart from the code.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const MOST_ADMINISTRATORS: usize = 16;
/// So many accounts take part that not all of them can be administrators.
const ACCOUNTS: u8 = 20;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
	Nobody,
	Root,
	Council,
	Account(u8),
}

#[derive(Clone, Copy, Debug)]
enum Step {
	Set(By, u8, Roles),
	Remove(By, u8),
	Offer(By, u8),
	Withdraw(By),
	Accept(By),
	/// By whoever the offer is to.
	AcceptOffered,
	Replace(By, u8),
	/// The council suspends the hospital, or lifts its suspension.
	Toggle,
}

fn by() -> impl Strategy<Value = By> {
	prop_oneof![
		1 => Just(By::Nobody),
		1 => Just(By::Root),
		1 => Just(By::Council),
		20 => (0..ACCOUNTS).prop_map(By::Account),
	]
}

fn given_roles() -> impl Strategy<Value = Roles> {
	prop_oneof![
		1 => Just(Roles::EMPTY),
		6 => Just(ADMINISTRATOR),
		4 => Just(LOGISTICS),
		3 => Just(ADMINISTRATOR.union(LOGISTICS)),
	]
}

fn step() -> impl Strategy<Value = Step> {
	let account = || 0..ACCOUNTS;
	prop_oneof![
		10 => (by(), account(), given_roles()).prop_map(|(by, who, roles)| Step::Set(by, who, roles)),
		5 => (by(), account()).prop_map(|(by, who)| Step::Remove(by, who)),
		8 => (by(), account()).prop_map(|(by, to)| Step::Offer(by, to)),
		1 => by().prop_map(Step::Withdraw),
		2 => by().prop_map(Step::Accept),
		4 => Just(Step::AcceptOffered),
		1 => (by(), account()).prop_map(|(by, who)| Step::Replace(by, who)),
		1 => account().prop_map(|who| Step::Replace(By::Council, who)),
		1 => Just(Step::Toggle),
	]
}

/// The hospital's staff.
#[derive(Clone)]
struct Model {
	staff: BTreeMap<u8, Roles>,
	offer: Option<(u8, u8)>,
	suspended: bool,
}

type Refused = Result<(), DispatchError>;

fn refuse(error: Error<Test>) -> Refused {
	Err(error.into())
}

impl Model {
	fn administrates(&self, who: u8) -> bool {
		self.staff.get(&who).is_some_and(|roles| roles.contains(Role::Administrator))
	}

	fn administrators(&self) -> BTreeSet<u8> {
		self.staff.keys().copied().filter(|who| self.administrates(*who)).collect()
	}

	/// Who signs as an administrator of the active hospital.
	fn administrator(&self, by: By) -> Result<u8, DispatchError> {
		match by {
			By::Nobody | By::Root => Err(DispatchError::BadOrigin),
			By::Account(who) if self.administrates(who) && !self.suspended => Ok(who),
			By::Account(who) if self.administrates(who) => {
				Err(Error::<Test>::OrganisationNotActive.into())
			},
			_ => Err(Error::<Test>::NotAdministrator.into()),
		}
	}

	fn lose(&mut self, who: u8) {
		if let Some(roles) = self.staff.remove(&who) {
			let left = roles.without(Role::Administrator);
			if !left.is_empty() {
				self.staff.insert(who, left);
			}
		}
	}

	fn gain(&mut self, who: u8) {
		let roles = self.staff.entry(who).or_default();
		*roles = roles.with(Role::Administrator);
	}

	/// An offer lasts while its maker is administrator and its taker is none.
	fn settle(&mut self) {
		self.offer = self
			.offer
			.filter(|(from, to)| self.administrates(*from) && !self.administrates(*to));
	}

	/// What the step leads to; changes nothing when that is an error.
	fn take(&mut self, step: Step) -> Refused {
		match step {
			Step::Set(by, who, roles) => {
				self.administrator(by)?;
				if roles.is_empty() {
					return refuse(Error::RolesMissing);
				}
				let mut after = self.clone();
				after.staff.insert(who, roles);
				if after.administrators().is_empty() {
					return refuse(Error::LastAdministrator);
				}
				if after.administrators().len() > MOST_ADMINISTRATORS {
					return refuse(Error::TooManyAdministrators);
				}
				*self = after;
			},
			Step::Remove(by, who) => {
				self.administrator(by)?;
				let mut after = self.clone();
				if after.staff.remove(&who).is_none() {
					return refuse(Error::StaffUnknown);
				}
				if after.administrators().is_empty() {
					return refuse(Error::LastAdministrator);
				}
				*self = after;
			},
			Step::Offer(by, to) => {
				let from = self.administrator(by)?;
				if self.administrates(to) {
					return refuse(Error::AlreadyExists);
				}
				self.offer = Some((from, to));
			},
			Step::Withdraw(by) => {
				self.administrator(by)?;
				if self.offer.take().is_none() {
					return refuse(Error::OfferUnknown);
				}
			},
			Step::Accept(by) => self.accept(by)?,
			Step::AcceptOffered => self.accept(self.offered())?,
			Step::Replace(by, who) => {
				if by != By::Council {
					return Err(DispatchError::BadOrigin);
				}
				for former in self.administrators() {
					self.lose(former);
				}
				self.gain(who);
				self.offer = None;
			},
			Step::Toggle => self.suspended = !self.suspended,
		}
		self.settle();
		Ok(())
	}

	/// To whom the offer is; anyone without one.
	fn offered(&self) -> By {
		By::Account(self.offer.map_or(0, |(_, to)| to))
	}

	fn accept(&mut self, by: By) -> Refused {
		let signer = match by {
			By::Nobody | By::Root => return Err(DispatchError::BadOrigin),
			By::Council => None,
			By::Account(who) => Some(who),
		};
		if self.suspended {
			return refuse(Error::OrganisationNotActive);
		}
		match self.offer {
			Some((from, to)) if Some(to) == signer => {
				self.lose(from);
				self.gain(to);
				self.offer = None;
				Ok(())
			},
			_ => refuse(Error::OfferUnknown),
		}
	}

	fn check(&self) {
		let staff: BTreeMap<_, _> = Staff::<Test>::iter_prefix(HOSPITAL)
			.map(|(account, member)| (account, member.roles))
			.collect();
		let expected = self.staff.iter().map(|(who, roles)| (someone(*who), *roles));
		assert_eq!(staff, expected.collect());
		let named = administrators();
		assert_eq!(named.len(), self.administrators().len());
		assert!(!named.is_empty() && named.len() <= MOST_ADMINISTRATORS);
		assert_eq!(
			named.into_iter().collect::<BTreeSet<_>>(),
			self.administrators().into_iter().map(someone).collect()
		);
		assert_eq!(
			AdministrationOffers::<Test>::get(HOSPITAL),
			self.offer.map(|(from, to)| Offer { from: someone(from), to: someone(to) })
		);
	}
}

fn take(step: Step, model: &Model) -> DispatchResult {
	let organisation = HOSPITAL;
	let state =
		if model.suspended { OrganisationState::Active } else { OrganisationState::Suspended };
	let (call, by) = match step {
		Step::Set(by, who, roles) => {
			(Call::set_staff { organisation, account: someone(who), roles }, by)
		},
		Step::Remove(by, who) => (Call::remove_staff { organisation, account: someone(who) }, by),
		Step::Offer(by, to) => (Call::offer_administration { organisation, to: someone(to) }, by),
		Step::Withdraw(by) => (Call::withdraw_administration_offer { organisation }, by),
		Step::Accept(by) => (Call::accept_administration { organisation }, by),
		Step::AcceptOffered => (Call::accept_administration { organisation }, model.offered()),
		Step::Replace(by, who) => {
			(Call::replace_administrators { organisation, account: someone(who) }, by)
		},
		Step::Toggle => (Call::set_organisation_state { organisation, state }, By::Council),
	};
	let origin = match by {
		By::Nobody => RuntimeOrigin::none(),
		By::Root => RuntimeOrigin::root(),
		By::Council => council(),
		By::Account(who) => signed(someone(who)),
	};
	dispatch(&call, origin)
}

/// The hospital with so many administrators and nobody else.
fn begin(administrators: u8) -> Model {
	for account in [RECORDS, SURGEON, PHARMACIST] {
		assert_ok!(Providers::remove_staff(signed(HOSPITAL_ADMIN), HOSPITAL, account));
	}
	assert_ok!(Providers::replace_administrators(council(), HOSPITAL, someone(0)));
	for n in 1..administrators {
		assert_ok!(Providers::set_staff(signed(someone(0)), HOSPITAL, someone(n), ADMINISTRATOR));
	}
	let staff = (0..administrators).map(|n| (n, ADMINISTRATOR)).collect();
	Model { staff, offer: None, suspended: false }
}

proptest! {
	#[test]
	fn staff_follows_the_model(
		administrators in prop_oneof![1..3u8, 1..=16u8, 14..=16u8],
		steps in prop::collection::vec(step(), 1..80),
	) {
		build_and_execute(|| {
			let mut model = begin(administrators);
			for step in steps {
				assert_eq!(take(step, &model), model.take(step), "{step:?}");
				model.check();
			}
		});
	}
}
