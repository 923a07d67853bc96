//! Charts, records, and consent.

use super::Account;
use crate::service::Hash;
use salus_primitives::{
	codes::{ChartState, DirectiveState, Powers, RecordState, Relation, RequestState},
	decision::{ActiveDirective, ChartFacts, RecordFacts},
	guardian::ActingGuardian,
	ids::{ChartId, DirectiveId, OrganisationId, PractitionerId, RecordId, RequestId, Seal},
	time::Moment,
	views,
};
use schemars::JsonSchema;
use serde::Serialize;

/// A chart: a patient's pseudonymous file at one custodian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Chart {
	/// Its id.
	#[schemars(with = "String")]
	pub id: ChartId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its current signing key.
	pub key: Account,
	/// Its state: active, deactivated or deceased.
	#[schemars(with = "String")]
	pub state: ChartState,
	/// Its active directives, oldest first.
	pub directives: Vec<SealedDirective>,
}

/// A directive's id and seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SealedDirective {
	/// Its id.
	#[schemars(with = "String")]
	pub id: DirectiveId,
	/// What it says, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// The guardian who issued it; none if the chart's key did.
	pub guardian: Option<Guardian>,
}

/// What shows of a guardian who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Guardian {
	/// Their key.
	pub key: Account,
	/// The seal over the terms of the guardianship.
	#[schemars(with = "String")]
	pub leaf: Seal,
	/// What they are to the patient: parent, proxy or power-of-attorney.
	#[schemars(with = "String")]
	pub relation: Relation,
	/// What they may do: consent, revoke, overrule, read, dispute-death.
	#[schemars(with = "Vec<String>")]
	pub powers: Powers,
	/// First moment at which they are guardian no more.
	pub until: Option<Moment>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Record {
	/// Its id.
	#[schemars(with = "String")]
	pub id: RecordId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its sealed leaf.
	#[schemars(with = "String")]
	pub leaf: Seal,
	/// Its state: current, superseded or entered-in-error.
	#[schemars(with = "String")]
	pub state: RecordState,
	/// The version it replaces.
	#[schemars(with = "Option<String>")]
	pub replaces: Option<RecordId>,
}

/// A consent directive, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Directive {
	/// Its id.
	#[schemars(with = "String")]
	pub id: DirectiveId,
	/// The chart it is about.
	#[schemars(with = "String")]
	pub chart: ChartId,
	/// What it says, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// Its state: active, revoked, superseded or entered-in-error.
	#[schemars(with = "String")]
	pub state: DirectiveState,
	/// The directive it replaces.
	#[schemars(with = "Option<String>")]
	pub replaces: Option<DirectiveId>,
	/// The guardian who issued it; none if the chart's key did.
	pub guardian: Option<Guardian>,
}

/// An access request, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Request {
	/// Its id.
	#[schemars(with = "String")]
	pub id: RequestId,
	/// The account that asks.
	pub requester: Account,
	/// Its practitioner number when it asked.
	pub practitioner: PractitionerId,
	/// The organisation it acts for.
	pub organisation: OrganisationId,
	/// What is asked, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// First moment at which the request is no longer open.
	pub lapses: Moment,
	/// Its state at the block's time: requested, withdrawn or lapsed.
	#[schemars(with = "String")]
	pub state: RequestState,
}

/// A Merkle root over a custodian's disclosures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisclosureRoot {
	/// Its number among the custodian's, from 0.
	pub number: u32,
	/// The root.
	#[schemars(with = "String")]
	pub root: Hash,
	/// Number of leaves, padding included.
	pub leaves: u32,
	/// When it was posted.
	pub posted_at: Moment,
}

impl From<ChartFacts> for Chart {
	fn from(facts: ChartFacts) -> Self {
		let sealed = |directive| {
			let ActiveDirective { id, seal, guardian } = directive;
			SealedDirective { id, seal, guardian: guardian.map(Guardian::from) }
		};
		Self {
			id: facts.chart,
			custodian: facts.custodian,
			key: facts.key.into(),
			state: facts.state,
			directives: facts.directives.into_iter().map(sealed).collect(),
		}
	}
}

impl From<ActingGuardian> for Guardian {
	fn from(guardian: ActingGuardian) -> Self {
		let ActingGuardian { key, leaf, relation, powers, until } = guardian;
		Self { key: key.into(), leaf, relation, powers, until }
	}
}

impl From<(RecordId, RecordFacts)> for Record {
	fn from((id, facts): (RecordId, RecordFacts)) -> Self {
		let RecordFacts { custodian, leaf, state, replaces } = facts;
		Self { id, custodian, leaf, state, replaces }
	}
}

impl From<views::DirectiveView> for Directive {
	fn from(view: views::DirectiveView) -> Self {
		let views::DirectiveView { id, chart, seal, state, replaces, guardian } = view;
		Self { id, chart, seal, state, replaces, guardian: guardian.map(Guardian::from) }
	}
}

impl From<views::RequestView> for Request {
	fn from(view: views::RequestView) -> Self {
		Self {
			id: view.id,
			requester: view.requester.into(),
			practitioner: view.practitioner,
			organisation: view.organisation,
			seal: view.seal,
			lapses: view.lapses,
			state: view.state,
		}
	}
}

impl From<(u32, views::DisclosureRoot)> for DisclosureRoot {
	fn from((number, root): (u32, views::DisclosureRoot)) -> Self {
		Self { number, root: root.root.into(), leaves: root.leaves, posted_at: root.at }
	}
}
