//! The life of a chart against a model written apart from the code.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
	/// By a key of the chart, current or former.
	Rotate(prop::sample::Index),
	Cancel(prop::sample::Index),
	Deactivate(prop::sample::Index),
	Reactivate(prop::sample::Index),
	Dispute(prop::sample::Index),
	Unguard(prop::sample::Index),
	/// By staff.
	Start,
	TakeBack,
	Complete,
	Report,
	Correct,
	/// By the council.
	Uphold(bool),
	/// By the guardian.
	GuardianDisputes,
	/// Time goes by: as much as this part of the delay.
	Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
	let which = any::<prop::sample::Index>;
	prop_oneof![
		which().prop_map(Step::Rotate),
		which().prop_map(Step::Cancel),
		which().prop_map(Step::Deactivate),
		which().prop_map(Step::Reactivate),
		which().prop_map(Step::Dispute),
		which().prop_map(Step::Unguard),
		Just(Step::Start),
		Just(Step::TakeBack),
		Just(Step::Complete),
		Just(Step::Report),
		Just(Step::Correct),
		any::<bool>().prop_map(Step::Uphold),
		Just(Step::GuardianDisputes),
		(1u64..5).prop_map(Step::Wait),
	]
}

const DELAY: Moment = 1_000;

/// What a chart should be.
struct Model {
	/// Keys that were ever named, by number; one of them is the chart's.
	named: Vec<u8>,
	key: u8,
	closed: bool,
	dead: Option<Moment>,
	guarded: bool,
	/// Key and moment of completion.
	rekeying: Option<(u8, Moment)>,
	/// How often the key cancelled since the last that was completed, and whether the council upholds.
	cancelled: u32,
	upheld: bool,
	now: Moment,
}

impl Model {
	fn state(&self) -> ChartState {
		match (self.dead, self.closed) {
			(Some(_), _) => ChartState::Deceased,
			(None, true) => ChartState::Deactivated,
			(None, false) => ChartState::Active,
		}
	}

	/// Whether the step takes effect; changes the model then.
	fn take(&mut self, step: Step) -> bool {
		let is_key =
			|which: prop::sample::Index| self.named[which.index(self.named.len())] == self.key;
		let fresh = 10 + self.named.len() as u8;
		let settled = self.dead.is_none() && self.rekeying.is_none();
		match step {
			Step::Rotate(by) if is_key(by) && settled => {
				self.named.push(fresh);
				self.key = fresh;
			},
			Step::Cancel(by) if is_key(by) && self.rekeying.is_some() && !self.upheld => {
				self.rekeying = None;
				self.cancelled += 1;
			},
			Step::TakeBack if self.rekeying.is_some() => self.rekeying = None,
			Step::Uphold(upheld) if self.cancelled > 0 && self.upheld != upheld => {
				self.upheld = upheld;
			},
			Step::Deactivate(by) if is_key(by) && self.dead.is_none() && !self.closed => {
				self.closed = true;
			},
			Step::Reactivate(by) if is_key(by) && self.dead.is_none() && self.closed => {
				self.closed = false;
			},
			Step::Dispute(by) if is_key(by) && self.dead.is_some() => self.dead = None,
			Step::Correct if self.dead.is_some() => self.dead = None,
			Step::Unguard(by) if is_key(by) && settled => self.guarded = false,
			Step::Start if self.rekeying.is_none() => {
				self.named.push(fresh);
				self.rekeying = Some((fresh, self.now + DELAY));
			},
			Step::Complete => match self.rekeying {
				Some((key, ready)) if ready <= self.now => {
					self.key = key;
					self.rekeying = None;
					(self.cancelled, self.upheld) = (0, false);
				},
				_ => return false,
			},
			Step::Report if self.dead.is_none() => self.dead = Some(self.now),
			Step::GuardianDisputes if self.dead.is_some() && self.guarded => self.dead = None,
			Step::Wait(part) => self.now += DELAY * part / 4,
			_ => return false,
		}
		true
	}
}

/// Does the step on chain.
fn take(model: &Model, step: Step) -> bool {
	let signer = |which: prop::sample::Index| by(model.named[which.index(model.named.len())]);
	let fresh = 10 + model.named.len() as u8;
	let reported = model.dead.unwrap_or_default();
	let done = match step {
		Step::Rotate(by) => PatientIdentity::rotate_key(signer(by), CHART, rotation(fresh, 1)),
		Step::Cancel(by) => PatientIdentity::cancel_rekeying(signer(by), CHART),
		Step::Deactivate(by) => PatientIdentity::deactivate(signer(by), CHART),
		Step::Reactivate(by) => PatientIdentity::reactivate(signer(by), CHART),
		Step::Dispute(by) => PatientIdentity::dispute_death(signer(by), CHART),
		Step::Unguard(by) => PatientIdentity::set_guard(signer(by), CHART, None),
		Step::Start => start_rekeying(fresh),
		Step::TakeBack => PatientIdentity::cancel_rekeying(signed_by(RECORDS), CHART),
		Step::Complete => PatientIdentity::complete_rekeying(signed_by(SYSTEM), CHART),
		Step::Correct => PatientIdentity::dispute_death(signed_by(NURSE), CHART),
		Step::Uphold(upheld) => {
			PatientIdentity::uphold_rekeying(RuntimeOrigin::root(), CHART, upheld)
		},
		Step::Report => report(),
		Step::GuardianDisputes => {
			let word = word(GuardianAct::DisputeDeath { reported });
			PatientIdentity::dispute_death_as_guardian(signed_by(STRANGER), CHART, word)
		},
		Step::Wait(part) => {
			wait(DELAY * part / 4);
			Ok(())
		},
	};
	done.is_ok()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn charts_follow_the_model(steps in prop::collection::vec(step(), 1..40)) {
		run(|| {
			RekeyingDelay::<Test>::put(DELAY);
			enrolled();
			let mut model = Model {
				named: vec![1],
				key: 1,
				closed: false,
				dead: None,
				guarded: true,
				rekeying: None,
				cancelled: 0,
				upheld: false,
				now: NOW,
			};
			for step in steps {
				let done = take(&model, step);
				assert_eq!(done, model.take(step), "{step:?}");
				let view = PatientIdentity::chart_view(&CHART).unwrap();
				assert_eq!(view.facts.key, <[u8; 32]>::from(account(model.key)));
				assert_eq!(view.facts.state, model.state());
				assert_eq!(view.guard.is_some(), model.guarded);
				assert_eq!(
					view.rekeying.map(|open| (open.key, open.ready)),
					model.rekeying.map(|(key, ready)| (account(key).into(), ready))
				);
				assert_eq!(
					view.contest.map_or((0, false), |it| (it.cancellations, it.upheld)),
					(model.cancelled, model.upheld)
				);
				// The other chart is never touched.
				assert_eq!(key_of(ChartId([2; 32])), account(2));
				PatientIdentity::do_try_state().unwrap();
			}
		});
	}
}
