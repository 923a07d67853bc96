//! Random histories of one clinician against a plain account of what should come of them, kept without
//! the rules of `salus_primitives::break_glass`.

use super::*;
use proptest::prelude::*;
use BreakGlassState::*;

const HOUR: Moment = 3_600_000;

#[derive(Clone, Copy, Debug)]
enum Step {
	Open,
	Widen(u8),
	Renew(u8),
	Close(u8),
	Confirm(u8),
	Account(u8),
	Review(u8, bool, u8),
	Restore,
	Wait(u8),
}

/// What the account keeps of one.
#[derive(Clone, Debug, Default)]
struct Known {
	opened: Moment,
	ends: Moment,
	closed: bool,
	renewed: u32,
	widened: bool,
	confirmed: bool,
	asked: bool,
	accounted: bool,
	reviews: Vec<(OrganisationId, u8)>,
}

impl Known {
	fn open(&self, now: Moment) -> bool {
		!self.closed && now < self.ends
	}

	fn overdue(&self, now: Moment) -> bool {
		!self.accounted && now >= self.ends + 24 * HOUR
	}

	fn done(&self) -> bool {
		self.reviews.len() == 2 || self.reviews.iter().any(|(_, outcome)| *outcome != 2)
	}

	fn state(&self, now: Moment) -> BreakGlassState {
		match self.reviews.last() {
			Some((_, 0)) => return Justified,
			Some((_, 1)) => return Unjustified,
			Some(_) => return Inconclusive,
			None => {},
		}
		if self.open(now) {
			return Active;
		}
		let since = now - self.ends;
		if since >= 72 * HOUR {
			Escalated
		} else if self.accounted || since >= 24 * HOUR {
			PendingReview
		} else if self.closed {
			Closed
		} else {
			Expired
		}
	}

	fn waits(&self, now: Moment) -> bool {
		!self.done() && [PendingReview, Escalated, Inconclusive].contains(&self.state(now))
	}
}

#[derive(Default)]
struct Account {
	now: Moment,
	glasses: Vec<Known>,
	struck: bool,
}

impl Account {
	fn privileged(&self) -> bool {
		!self.struck && !self.glasses.iter().any(|glass| glass.overdue(self.now))
	}

	/// Whether the step is taken, with what it changes.
	fn takes(&mut self, step: Step) -> bool {
		let (now, privileged) = (self.now, self.privileged());
		let of = |n: u8, count: usize| (usize::from(n) < count).then_some(usize::from(n));
		let count = self.glasses.len();
		match step {
			Step::Wait(_) => true,
			Step::Open => {
				let active = self.glasses.iter().filter(|glass| glass.open(now)).count();
				let owed = self.glasses.iter().filter(|glass| !glass.accounted).count();
				if !privileged || active >= 16 || owed >= 32 {
					return false;
				}
				let today =
					self.glasses.iter().filter(|glass| glass.opened + 24 * HOUR > now).count();
				let (ends, asked) = (now + 3 * HOUR, today >= 2);
				self.glasses.push(Known { opened: now, ends, asked, ..Known::default() });
				true
			},
			Step::Restore => std::mem::take(&mut self.struck),
			Step::Widen(n) => {
				let Some(n) = of(n, count) else { return false };
				let may = privileged && self.glasses[n].open(now);
				self.glasses[n].widened |= may;
				may
			},
			Step::Renew(n) => {
				let Some(n) = of(n, count) else { return false };
				let glass = &mut self.glasses[n];
				let may = privileged && glass.open(now) && glass.renewed < 7;
				if may {
					glass.renewed += 1;
					glass.ends = now + 3 * HOUR;
				}
				may
			},
			Step::Close(n) => {
				let Some(n) = of(n, count) else { return false };
				let glass = &mut self.glasses[n];
				let may = glass.open(now);
				if may {
					glass.closed = true;
					glass.ends = now;
				}
				may
			},
			Step::Confirm(n) => {
				let Some(n) = of(n, count) else { return false };
				let glass = &mut self.glasses[n];
				let may = glass.confirmed || glass.open(now);
				glass.confirmed |= may;
				may
			},
			Step::Account(n) => {
				let Some(n) = of(n, count) else { return false };
				let glass = &mut self.glasses[n];
				let may = glass.accounted || !glass.open(now);
				glass.accounted |= may;
				may
			},
			Step::Review(n, first, outcome) => {
				let Some(n) = of(n, count) else { return false };
				let house = if first { HOUSE } else { THIRD };
				let glass = &mut self.glasses[n];
				let anew = glass.reviews.iter().all(|(by, _)| *by != house);
				if !anew || !glass.waits(now) {
					return false;
				}
				glass.reviews.push((house, outcome));
				self.struck |= outcome == 1;
				true
			},
		}
	}
}

fn take(step: Step, next: u8) -> DispatchResult {
	match step {
		Step::Open => open(next),
		Step::Widen(n) => widen(n),
		Step::Renew(n) => renew(n),
		Step::Close(n) => close(n),
		Step::Confirm(n) => confirm(CLINICIAN, n, HOUSE),
		Step::Account(n) => account(n),
		Step::Review(n, first, outcome) => {
			let (who, house) = if first { (REVIEWER, HOUSE) } else { (AUDITOR, THIRD) };
			review_as(who, n, house, ReviewOutcome::ALL[usize::from(outcome)])
		},
		Step::Restore => {
			let by = WithdrawnPrivileges::<Test>::get(THE_SURGEON).map_or(glass(0), |(by, _)| by);
			Consent::restore_emergency_privilege(RuntimeOrigin::root(), THE_SURGEON, by)
		},
		Step::Wait(hours) => {
			pass(Moment::from(hours) * HOUR / 2);
			Ok(())
		},
	}
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let which = || 0..6u8;
	let step = prop_oneof![
		4 => Just(Step::Open),
		1 => which().prop_map(Step::Widen),
		2 => which().prop_map(Step::Renew),
		3 => which().prop_map(Step::Close),
		1 => which().prop_map(Step::Confirm),
		4 => which().prop_map(Step::Account),
		4 => (which(), any::<bool>(), 0..3u8).prop_map(|(n, first, of)| Step::Review(n, first, of)),
		1 => Just(Step::Restore),
		3 => (0..60u8).prop_map(Step::Wait),
	];
	prop::collection::vec(step, 1..60)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn the_chain_keeps_the_plain_account(steps in steps()) {
		run(|| {
			let mut plain = Account { now: NOW, ..Account::default() };
			for step in steps {
				let next = plain.glasses.len() as u8;
				let taken = take(step, next);
				plain.now = Timestamp::get();
				assert_eq!(taken.is_ok(), plain.takes(step), "{step:?}: {taken:?}, {:?}", plain.glasses);
				let held = privilege() == EmergencyPrivilege::Held;
				assert_eq!(held, plain.privileged());
				let mut waiting = Vec::new();
				for (n, known) in plain.glasses.iter().enumerate() {
					let view = Consent::break_glass_view(glass(n as u8)).unwrap();
					assert_eq!(view.state, known.state(plain.now), "{n}: {known:?}");
					assert_eq!(view.account_overdue, known.overdue(plain.now));
					assert_eq!(view.glass.second_asked, known.asked);
					let widened = view.glass.scope == BreakGlassScope::Widened;
					assert_eq!(widened, known.widened);
					if known.waits(plain.now) {
						waiting.push(glass(n as u8));
					}
				}
				let page = Consent::break_glasses_pending(0);
				let mut pending: Vec<_> = page.entries.iter().map(|view| view.id).collect();
				pending.sort();
				assert_eq!(pending, waiting);
				Consent::do_try_state().unwrap();
			}
		});
	}
}
