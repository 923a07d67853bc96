//! Break-glass.

use super::Account;
use salus_primitives::{
	break_glass,
	codes::{BreakGlassReason, BreakGlassScope, BreakGlassState, ReviewOutcome},
	ids::{BreakGlassId, OrganisationId, PractitionerId, Seal},
	time::Moment,
	views,
};
use schemars::JsonSchema;
use serde::Serialize;

/// A break-glass. Which chart it is about is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BreakGlass {
	/// Its id.
	#[schemars(with = "String")]
	pub id: BreakGlassId,
	/// The account that opened it.
	pub account: Account,
	/// Its practitioner number.
	pub practitioner: PractitionerId,
	/// The organisation it acted for.
	pub organisation: OrganisationId,
	/// Why: OVRER, OVRINCOMP or OVRPJ of HL7 v3-ActReason.
	#[schemars(with = "String")]
	pub reason: BreakGlassReason,
	/// Chart and custodian, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// How far it reaches: first or widened.
	#[schemars(with = "String")]
	pub scope: BreakGlassScope,
	/// When it was opened.
	pub opened: Moment,
	/// First moment at which its time is over.
	pub until: Moment,
	/// How often it was renewed.
	pub renewals: u32,
	/// When the clinician closed it.
	pub closed: Option<Moment>,
	/// When it was posted, if it was opened by a statement while finality stalled.
	pub posted: Option<Moment>,
	/// Whether a second clinician was asked to look.
	pub second_asked: bool,
	/// The second clinician who looked.
	pub confirmation: Option<SecondClinician>,
	/// The clinician's own account.
	pub own_account: Option<OwnAccount>,
	/// Its reviews, the first one first.
	pub reviews: Vec<BreakGlassReview>,
	/// Its state at the block's time.
	#[schemars(with = "String")]
	pub state: BreakGlassState,
	/// First moment at which the own account is overdue.
	pub account_due: Moment,
	/// Whether it is overdue at the block's time.
	pub account_overdue: bool,
	/// First moment at which the review is overdue.
	pub review_due: Moment,
	/// Whether a second clinician was asked and none looked in time.
	pub confirmation_overdue: bool,
}

/// A second clinician who looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SecondClinician {
	/// Their practitioner number.
	pub practitioner: PractitionerId,
	/// The organisation they acted for.
	pub organisation: OrganisationId,
	/// When.
	pub at: Moment,
}

/// A clinician's own account of a break-glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnAccount {
	/// The words, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// When it was given.
	pub at: Moment,
}

/// A review of a break-glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BreakGlassReview {
	/// Whose quality officer reviewed.
	pub organisation: OrganisationId,
	/// What came of it: justified, unjustified or inconclusive.
	#[schemars(with = "String")]
	pub outcome: ReviewOutcome,
	/// What the reviewer found, sealed.
	#[schemars(with = "String")]
	pub findings: Seal,
	/// When.
	pub at: Moment,
}

/// Whether a practitioner may break the glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmergencyPrivilege {
	/// Whether they may.
	pub held: bool,
	/// Held, withdrawn by a review, or lost until an overdue account is given.
	pub state: &'static str,
	/// The break-glass by which it is lost.
	#[schemars(with = "Option<String>")]
	pub break_glass: Option<BreakGlassId>,
	/// Since when it is lost.
	pub since: Option<Moment>,
}

impl From<views::BreakGlassView> for BreakGlass {
	fn from(view: views::BreakGlassView) -> Self {
		let glass = view.glass;
		Self {
			id: view.id,
			account: glass.account.into(),
			practitioner: glass.practitioner,
			organisation: glass.organisation,
			reason: glass.reason,
			seal: glass.seal,
			scope: glass.scope,
			opened: glass.opened,
			until: glass.until,
			renewals: glass.renewals,
			closed: glass.closed,
			posted: glass.posted,
			second_asked: glass.second_asked,
			confirmation: glass.confirmation.map(Into::into),
			own_account: glass.own_account.map(Into::into),
			reviews: glass.reviews.into_iter().map(Into::into).collect(),
			state: view.state,
			account_due: view.account_due,
			account_overdue: view.account_overdue,
			review_due: view.review_due,
			confirmation_overdue: view.confirmation_overdue,
		}
	}
}

impl From<break_glass::Confirmation> for SecondClinician {
	fn from(by: break_glass::Confirmation) -> Self {
		let break_glass::Confirmation { practitioner, organisation, at } = by;
		Self { practitioner, organisation, at }
	}
}

impl From<break_glass::OwnAccount> for OwnAccount {
	fn from(break_glass::OwnAccount { seal, at }: break_glass::OwnAccount) -> Self {
		Self { seal, at }
	}
}

impl From<break_glass::Review> for BreakGlassReview {
	fn from(review: break_glass::Review) -> Self {
		let break_glass::Review { organisation, outcome, findings, at } = review;
		Self { organisation, outcome, findings, at }
	}
}

impl From<break_glass::EmergencyPrivilege> for EmergencyPrivilege {
	fn from(privilege: break_glass::EmergencyPrivilege) -> Self {
		use break_glass::EmergencyPrivilege::{AccountOverdue, Held, Withdrawn};
		let (state, break_glass, since) = match privilege {
			Held => ("held", None, None),
			Withdrawn { break_glass, at } => ("withdrawn", Some(break_glass), Some(at)),
			AccountOverdue { break_glass, since } => {
				("account-overdue", Some(break_glass), Some(since))
			},
		};
		Self { held: privilege == Held, state, break_glass, since }
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn a_lost_privilege_names_its_cause() {
		let break_glass = BreakGlassId([1; 32]);
		let lost = |lost| serde_json::to_value(EmergencyPrivilege::from(lost)).unwrap();
		let withdrawn = break_glass::EmergencyPrivilege::Withdrawn { break_glass, at: 5 };
		assert_eq!(
			lost(withdrawn),
			json!({ "held": false, "state": "withdrawn", "breakGlass": break_glass, "since": 5 })
		);
		let overdue = break_glass::EmergencyPrivilege::AccountOverdue { break_glass, since: 6 };
		assert_eq!(lost(overdue)["state"], "account-overdue");
	}
}
