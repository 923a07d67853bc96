//! Calls about a chart that a vault may submit, and how they show once they took effect.

use salus_client::{chain::Call, vault_api::Signature};
use salus_primitives::{
	codes::ChartState,
	enrolment::NewKey,
	ids::{ChartId, GuardRoot},
	views::ChartView,
};

/// A call about a chart that its key signs.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Act<'a> {
	/// Give the chart this key.
	RotateKey(&'a NewKey<Signature>),
	/// Set who guards it.
	SetGuard(Option<GuardRoot>),
	/// Cancel a re-keying.
	CancelRekeying,
	/// Close it.
	Deactivate,
	/// Open it again.
	Reactivate,
	/// Say that the patient lives.
	DisputeDeath,
}

impl Act<'_> {
	/// The call.
	pub(in crate::cli) fn call(&self, chart: ChartId) -> Call {
		match self {
			Self::RotateKey(new) => Call::rotate_key(chart, new),
			Self::SetGuard(guard) => Call::set_guard(chart, *guard),
			Self::CancelRekeying => Call::cancel_rekeying(chart),
			Self::Deactivate => Call::deactivate(chart),
			Self::Reactivate => Call::reactivate(chart),
			Self::DisputeDeath => Call::dispute_death(chart),
		}
	}

	/// Whether the chart is as the call leaves it.
	pub(super) fn is_in_effect(&self, view: &ChartView) -> bool {
		match self {
			Self::RotateKey(new) => view.facts.key == new.key,
			Self::SetGuard(guard) => view.guard == *guard,
			Self::CancelRekeying => view.rekeying.is_none(),
			Self::Deactivate => view.facts.state == ChartState::Deactivated,
			Self::Reactivate => view.facts.state == ChartState::Active,
			Self::DisputeDeath => view.death.is_none(),
		}
	}
}
