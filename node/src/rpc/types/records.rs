//! Charts, records, and consent.

use super::Account;
use crate::service::Hash;
use salus_primitives::{
	batch::BatchFacts,
	codes::{
		ChartState, DirectiveState, PetitionKind, PetitionState, Powers, RecordState, Relation,
		RequestState,
	},
	decision::{ActiveDirective, ChartFacts, RecordFacts},
	guardian::ActingGuardian,
	ids::{
		BatchId, ChartId, DirectiveId, OrganisationId, PractitionerId, RecordId, RequestId, Seal,
	},
	paper::OnPaper,
	petition::Petition as Filed,
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
	/// The guardian who issued it; none if the chart's key did, or two witnesses.
	pub guardian: Option<Guardian>,
	/// What shows of the paper, if it came on paper.
	pub paper: Option<Paper>,
}

/// What shows of a directive that came on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Paper {
	/// The account that submitted it.
	pub submitter: Account,
	/// The second one, which had signed the same.
	pub witness: Account,
	/// The seal over what the paper was.
	#[schemars(with = "String")]
	pub seal: Seal,
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
#[serde(rename_all = "camelCase")]
pub struct Record {
	/// Its id.
	#[schemars(with = "String")]
	pub id: RecordId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its sealed leaf.
	#[schemars(with = "String")]
	pub leaf: Seal,
	/// Its state: current, superseded, entered-in-error or erased.
	#[schemars(with = "String")]
	pub state: RecordState,
	/// The version it replaces.
	#[schemars(with = "Option<String>")]
	pub replaces: Option<RecordId>,
	/// Its number among the records of the organisation that took it in, from 0.
	pub number: u32,
	/// The organisation to which its custody is offered.
	pub offered_to: Option<OrganisationId>,
	/// Whether it is under a legal hold, so that it cannot be erased.
	pub held: bool,
	/// The legal holds on it, each a sealed matter.
	#[schemars(with = "Vec<String>")]
	pub holds: Vec<Seal>,
	/// What its patient asked about it, in order of filing.
	pub petitions: Vec<Petition>,
}

/// What a patient asked of a custodian about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Petition {
	/// Its number among the record's, from 0.
	pub number: u32,
	/// What is asked: erasure or amendment.
	#[schemars(with = "String")]
	pub kind: PetitionKind,
	/// What is asked and why, sealed.
	#[schemars(with = "String")]
	pub seal: Seal,
	/// Its state: open, withdrawn, refused or granted.
	#[schemars(with = "String")]
	pub state: PetitionState,
	/// When it was filed.
	pub filed: Moment,
	/// First moment at which the answer is overdue.
	pub due: Moment,
	/// Whether it is overdue at the block's time.
	pub overdue: bool,
	/// The answer, sealed.
	#[schemars(with = "Option<String>")]
	pub answer: Option<Seal>,
	/// When it was refused or granted.
	pub answered: Option<Moment>,
}

/// Many records under one root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
	/// Its id.
	#[schemars(with = "String")]
	pub id: BatchId,
	/// Who keeps its records.
	pub custodian: OrganisationId,
	/// The root over its leaves.
	#[schemars(with = "String")]
	pub root: Hash,
	/// Number of leaves.
	pub leaves: u32,
	/// When it was anchored.
	pub anchored_at: Moment,
}

/// The charts and records of an organisation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Holding {
	/// The organisation.
	pub organisation: OrganisationId,
	/// Who keeps what it had: itself, unless it gave its holding away.
	pub keeper: OrganisationId,
	/// To whom it gave its holding, which may have given it on.
	pub given_to: Option<OrganisationId>,
	/// To whom its holding is offered.
	pub offered_to: Option<OrganisationId>,
	/// How many numbers its records have had.
	pub records: u32,
	/// How many batches it anchored.
	pub batches: u32,
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
	/// The guardian who issued it; none if the chart's key did, or two witnesses.
	pub guardian: Option<Guardian>,
	/// What shows of the paper, if it came on paper.
	pub paper: Option<Paper>,
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
			let ActiveDirective { id, seal, guardian, paper } = directive;
			let guardian = guardian.map(Guardian::from);
			SealedDirective { id, seal, guardian, paper: paper.map(Paper::from) }
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

impl From<OnPaper> for Paper {
	fn from(paper: OnPaper) -> Self {
		let OnPaper { submitter, witness, seal } = paper;
		Self { submitter: submitter.into(), witness: witness.into(), seal }
	}
}

impl From<views::RecordView> for Record {
	fn from(view: views::RecordView) -> Self {
		let RecordFacts { custodian, leaf, state, replaces } = view.facts;
		Self {
			id: view.id,
			custodian,
			leaf,
			state,
			replaces,
			number: view.number,
			offered_to: view.offered,
			held: !view.holds.is_empty(),
			holds: view.holds,
			petitions: view.petitions.into_iter().map(Into::into).collect(),
		}
	}
}

impl From<views::PetitionView> for Petition {
	fn from(view: views::PetitionView) -> Self {
		let views::PetitionView { number, petition, due, overdue } = view;
		let Filed { kind, seal, state, filed, answer, answered } = petition;
		Self { number, kind, seal, state, filed, due, overdue, answer, answered }
	}
}

impl From<(BatchId, BatchFacts)> for Batch {
	fn from((id, facts): (BatchId, BatchFacts)) -> Self {
		let BatchFacts { custodian, root, leaves, at } = facts;
		Self { id, custodian, root: root.into(), leaves, anchored_at: at }
	}
}

impl From<views::HoldingView> for Holding {
	fn from(view: views::HoldingView) -> Self {
		let views::HoldingView { organisation, keeper, given, offered, records, batches } = view;
		Self { organisation, keeper, given_to: given, offered_to: offered, records, batches }
	}
}

impl From<views::DirectiveView> for Directive {
	fn from(view: views::DirectiveView) -> Self {
		let views::DirectiveView { id, chart, seal, state, replaces, guardian, paper } = view;
		let (guardian, paper) = (guardian.map(Guardian::from), paper.map(Paper::from));
		Self { id, chart, seal, state, replaces, guardian, paper }
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
