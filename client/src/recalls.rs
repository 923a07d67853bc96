//! Who has what although they may read it no more: a chart's log compared with what its custodian says to
//! have recalled.
//!
//! The log says who got what under which directive; the chain says which directives are in force. So a
//! recipient whom the custodian did not tell shows, and so does an answer that the recipient did not sign.

use crate::vault_api::{
	Recall, RecallAnswer, RecallGround, RecallId, RecallState, Recipient, RECALL_DUE,
};
use salus_primitives::{
	codes::{Action, Purpose, Rule},
	decision::{Accessor, Basis},
	directive::{DirectiveTerms, Grantee},
	disclosure::{DisclosureEntry, Outcome, Subject},
	ids::{AccountBytes, ChartId, DirectiveId, OrganisationId, PractitionerId, RecordId},
	time::Moment,
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// How a holder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderState {
	/// The custodian has told them nothing, or not yet.
	NotTold,
	/// The same, and another directive of the patient may permit it still.
	MayBePermitted,
	/// It is on their list at the custodian's vault.
	Notified,
	/// The same, and the date for an answer has passed.
	Overdue,
	/// They know of it, and keep it.
	Acknowledged,
	/// They say that they deleted it.
	DeletionAttested,
	/// The patient permitted it again.
	PermittedAgain,
}

impl HolderState {
	/// In words.
	pub const fn words(self) -> &'static str {
		match self {
			Self::NotTold => "NOT TOLD",
			Self::MayBePermitted => "another directive may permit it",
			Self::Notified => "notified",
			Self::Overdue => "OVERDUE",
			Self::Acknowledged => "acknowledged",
			Self::DeletionAttested => "deletion attested",
			Self::PermittedAgain => "permitted again",
		}
	}
}

impl From<RecallState> for HolderState {
	fn from(state: RecallState) -> Self {
		match state {
			RecallState::Notified => Self::Notified,
			RecallState::Overdue => Self::Overdue,
			RecallState::Acknowledged => Self::Acknowledged,
			RecallState::DeletionAttested => Self::DeletionAttested,
			RecallState::PermittedAgain => Self::PermittedAgain,
		}
	}
}

/// Who got records under a directive that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
	/// Who.
	#[serde(flatten)]
	pub recipient: Recipient,
	/// Their practitioner number, if they have one.
	pub practitioner: Option<PractitionerId>,
	/// The directive under which they got it.
	pub directive: DirectiveId,
	/// The name that their recall has, or would have.
	pub recall: RecallId,
	/// What left, by the log.
	pub records: Vec<RecordId>,
	/// How often something left.
	pub releases: u32,
	/// When something left last.
	pub last: Moment,
	/// How they stand.
	pub state: HolderState,
	/// When the custodian told them.
	pub since: Option<Moment>,
	/// By when an answer is due.
	pub due: Option<Moment>,
	/// Why they keep it, if they said so.
	pub ground: Option<RecallGround>,
	/// When they answered, by their own clock.
	pub answered: Option<Moment>,
	/// Who signed the answer: the recipient's account, or one that spoke for their house.
	#[serde(serialize_with = "hex")]
	pub answered_by: Option<AccountBytes>,
	/// What was asked for, in the way it was last.
	#[serde(skip)]
	asked: (Action, Purpose),
}

fn hex<S: serde::Serializer>(account: &Option<AccountBytes>, to: S) -> Result<S::Ok, S::Error> {
	account.map(|bytes| format!("0x{}", hex::encode(bytes))).serialize(to)
}

/// What a wallet compares.
pub struct Compared<'a> {
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// The chart.
	pub chart: ChartId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Directives that are active on chain, with their terms where these are known.
	pub active: &'a [(DirectiveId, Option<DirectiveTerms>)],
	/// What the custodian says to have recalled.
	pub recalls: &'a [Recall],
	/// Records that the chain says are erased: their receipts tell who has them.
	pub erased: &'a HashSet<RecordId>,
	/// The moment at which it is looked.
	pub now: Moment,
}

impl Compared<'_> {
	fn is_over(&self, terms: &Option<DirectiveTerms>) -> bool {
		let until = terms.as_ref().and_then(|terms| terms.period.until);
		until.is_some_and(|until| until <= self.now)
	}

	/// Who got something of this log under a directive that has ended, in the order in which they first did;
	/// and what is wrong with what the custodian says.
	pub fn holders<'e>(
		&self,
		log: impl Iterator<Item = &'e DisclosureEntry>,
	) -> (Vec<Holder>, Vec<String>) {
		let in_force: HashSet<_> = self
			.active
			.iter()
			.filter(|(_, terms)| !self.is_over(terms))
			.map(|(id, _)| *id)
			.collect();
		let mut holders: Vec<Holder> = Vec::new();
		let mut places: HashMap<RecallId, usize> = HashMap::new();
		// Also of those in force here: the custodian's node may know better.
		let mut logged = HashSet::new();
		for entry in log {
			let Some((directive, recipient, record)) = self.left_under(entry) else { continue };
			let Self { genesis, custodian, chart, .. } = self;
			let recall = RecallId::of(genesis, *custodian, chart, &directive, &recipient);
			logged.insert(recall);
			if in_force.contains(&directive) {
				continue;
			}
			let place = *places.entry(recall).or_insert_with(|| {
				holders.push(Holder {
					recipient,
					practitioner: entry.practitioner,
					directive,
					recall,
					records: Vec::new(),
					releases: 0,
					last: entry.at,
					state: HolderState::NotTold,
					since: None,
					due: None,
					ground: None,
					answered: None,
					answered_by: None,
					asked: (entry.action, entry.purpose),
				});
				holders.len().saturating_sub(1)
			});
			let Some(holder) = holders.get_mut(place) else { continue };
			if !holder.records.contains(&record) {
				holder.records.push(record);
			}
			holder.releases = holder.releases.saturating_add(1);
			(holder.last, holder.asked) = (entry.at, (entry.action, entry.purpose));
		}
		let mut faults = Vec::new();
		for recall in self.recalls {
			if !logged.contains(&recall.id) {
				faults.push(format!("recall {} is of nothing that the log tells of", recall.id));
			}
		}
		for holder in &mut holders {
			let known = self.recalls.iter().find(|recall| recall.id == holder.recall);
			match known {
				Some(recall) => faults.extend(self.told(holder, recall)),
				None if self.active.iter().any(|(_, terms)| self.may_permit(terms, holder)) => {
					holder.state = HolderState::MayBePermitted;
				},
				None => {},
			}
		}
		holders.retain(|holder| {
			let told = holder.since.is_some();
			told || !holder.records.iter().all(|record| self.erased.contains(record))
		});
		(holders, faults)
	}

	/// What a line of the log says of a record that went to another house under a directive.
	fn left_under(&self, entry: &DisclosureEntry) -> Option<(DirectiveId, Recipient, RecordId)> {
		match (entry.accessor, entry.subject, entry.outcome) {
			(
				Accessor::Staff { account, organisation, .. },
				Subject::Record(record),
				Outcome::Released(Basis::Directive(directive)),
			) if organisation != self.custodian => {
				Some((directive, Recipient { account, organisation }, record))
			},
			_ => None,
		}
	}

	/// Puts what the custodian says of a holder beside what the log does. An answer that nobody signed counts
	/// for none, and is told.
	fn told(&self, holder: &mut Holder, recall: &Recall) -> Option<String> {
		let answer = recall.answer;
		let signed =
			answer.filter(|word| word.holds(&self.genesis, self.custodian, &holder.recall));
		let recall = Recall { answer: signed, ..*recall };
		holder.state = recall.state(self.now).into();
		holder.since = Some(recall.since);
		holder.due = Some(recall.since.saturating_add(RECALL_DUE));
		if let Some(said) = signed.map(|word| word.statement) {
			(holder.answered, holder.answered_by) = (Some(said.at), Some(said.account));
			holder.ground = match said.answer {
				RecallAnswer::Acknowledged(ground) => Some(ground),
				RecallAnswer::Deleted => None,
			};
		}
		(answer != signed).then(|| {
			format!(
				"the answer to recall {} is not signed by who is said to give it",
				holder.recall
			)
		})
	}

	/// Whether an active directive may permit the holder what they had. Which records it covers is known in part
	/// only: what is surely not covered is none.
	fn may_permit(&self, terms: &Option<DirectiveTerms>, holder: &Holder) -> bool {
		let Some(terms) = terms else { return false };
		let Recipient { organisation, .. } = holder.recipient;
		let (action, purpose) = holder.asked;
		let speaks_to = match terms.grantee {
			Grantee::Anyone => true,
			Grantee::Organisation(named) => named == organisation,
			Grantee::Practitioner(named) => holder.practitioner == Some(named),
			Grantee::PractitionerAt(named, at) => {
				holder.practitioner == Some(named) && at == organisation
			},
			Grantee::Bearer(_) => false,
		};
		let listed = terms.scope.records.as_ref();
		let covers =
			listed.is_none_or(|listed| holder.records.iter().all(|record| listed.contains(record)));
		terms.rule == Rule::Permit
			&& speaks_to
			&& covers && terms.actions.contains(action)
			&& terms.purposes.cover(purpose)
			&& terms.period.contains(self.now)
	}
}

#[cfg(test)]
mod tests;
