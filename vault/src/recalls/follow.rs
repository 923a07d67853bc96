//! The task that finds directives that have ended, and makes recalls of what was released under them.

use super::{left_under, put_under};
use crate::{
	errors::{Error, Result},
	own_entry::inclusion,
	release::directives,
	store::{
		PendingRecord, RecallRow, RecalledRecord, RecallsOf, Rows, Store, StoreError,
		WatchedDirective, Writing, DIRECTIVES, DISCLOSURES, RECALLED, RECALLED_PLACES, RECALLS,
		RECALLS_OF, RECALLS_OF_COUNT, RECORDS, UNDER, WATCHED,
	},
	vault::Vault,
};
use codec::Encode;
use salus_client::{
	chain::At,
	vault_api::{RecallId, Recipient},
};
use salus_primitives::{
	codes::Rule,
	decision::{AccessQuery, Accessor, ActiveDirective, Basis, Decision, DenyReason},
	directive::DirectiveTerms,
	disclosure::{DisclosureEntry, Subject},
	ids::{ChartId, DirectiveId, OrganisationId, PractitionerId},
	seal::Opening,
	time::Moment,
};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::time::{interval, MissedTickBehavior};

/// How long it is from one page of charts to the next.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// Charts looked at in one go: one question each while nothing ended.
const CHARTS: usize = 128;
/// Lines of the log that become recalls in one transaction.
const LINES: u32 = 64;

/// The task that follows the finalised head, until told to end.
pub(crate) async fn follow_forever(vault: Arc<Vault>) {
	let mut after = None;
	let mut ticks = interval(LOOK_AGAIN);
	ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
	loop {
		let done = tokio::select! {
			biased;
			() = vault.ops.farewell.closing() => return,
			_ = ticks.tick() => turn(&vault, &mut after).await,
			() = vault.recalls.wake.notified() => all(&vault, vault.recalls.take_hurried()).await,
		};
		match done {
			// It goes on at the next start.
			Err(Error::Stopping) => return,
			Err(error) => tracing::warn!(%error, "what is to be recalled can not be seen yet"),
			Ok(()) => {},
		}
	}
}

/// Looks at the next page of charts; `after` says behind which it begins.
async fn turn(vault: &Arc<Vault>, after: &mut Option<Vec<u8>>) -> Result<()> {
	let from = after.take();
	let page = vault
		.stored(move |store| Ok(store.page(&WATCHED, from.as_deref(), CHARTS)?))
		.await?;
	*after = page.last().map(|(place, _)| place.clone()).filter(|_| page.len() == CHARTS);
	all(vault, page.into_iter().map(|(_, watched)| watched.chart)).await
}

/// Looks at these charts. What is wrong with one does not hold up the others.
async fn all(vault: &Arc<Vault>, charts: impl IntoIterator<Item = ChartId>) -> Result<()> {
	for chart in charts {
		if vault.ops.farewell.is_closing() {
			return Err(Error::Stopping);
		}
		match look(vault, chart).await {
			Err(
				error @ (Error::Stopping | Error::NodeUnavailable(_) | Error::HeadStale { .. }),
			) => {
				return Err(error);
			},
			Err(error) => tracing::warn!(%error, "a chart's recalls can not be seen yet"),
			Ok(()) => {},
		}
	}
	Ok(())
}

/// Makes recalls of what was released under directives of this chart that have ended.
pub(super) async fn look(vault: &Arc<Vault>, chart: ChartId) -> Result<()> {
	let watched = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let Some(watched) = rows.get(&WATCHED, &chart)? else { return Ok(Vec::new()) };
				let with_terms = watched
					.directives
					.into_iter()
					.map(|known| Ok((known, rows.get(&DIRECTIVES, &(chart, known.directive))?)));
				with_terms.collect::<Result<Vec<_>, StoreError>>()
			})?)
		})
		.await?;
	if watched.is_empty() {
		return Ok(());
	}
	let at = vault.node.fresh().await?;
	let facts = at.chart(chart).await?;
	// Who takes a holding over answers for it from then on.
	let Some(facts) = facts.filter(|facts| facts.custodian == vault.organisation) else {
		return Ok(());
	};
	let (active, now) = (&facts.directives, at.head().at);
	for (known, terms) in watched {
		let (directive, terms) = (known.directive, terms.map(|opening| opening.terms));
		if has_ended(active, directive, terms.as_ref(), now) {
			let held = directives(vault, &at, chart).await?;
			let heir = terms.and_then(|terms| heir(active, &held, (directive, &terms), now));
			while settle(vault, &at, (chart, directive), &held, heir).await? {
				if vault.ops.farewell.is_closing() {
					return Err(Error::Stopping);
				}
			}
		}
	}
	Ok(())
}

/// Whether the directive speaks no more, and never will again: it is not active, or its period is over.
pub(super) fn has_ended(
	active: &[ActiveDirective],
	directive: DirectiveId,
	terms: Option<&DirectiveTerms>,
	now: Moment,
) -> bool {
	let is_over = |terms: &DirectiveTerms| terms.period.until.is_some_and(|until| until <= now);
	active.iter().all(|known| known.id != directive) || terms.is_some_and(is_over)
}

/// The active directive that says the same as this one, which has ended, and so permits what it did: that of a
/// patient's stock, at each change of the cohort. None where another may deny it.
pub(super) fn heir(
	active: &[ActiveDirective],
	held: &[(DirectiveId, Opening<DirectiveTerms>)],
	(directive, terms): (DirectiveId, &DirectiveTerms),
	now: Moment,
) -> Option<DirectiveId> {
	let opened = |wanted: DirectiveId| {
		held.iter().find(|(id, _)| *id == wanted).map(|(_, opening)| &opening.terms)
	};
	let may_deny =
		|known: &ActiveDirective| opened(known.id).is_none_or(|terms| terms.rule == Rule::Deny);
	if active.iter().any(may_deny) {
		return None;
	}
	let says_the_same = |id: DirectiveId| {
		id != directive && opened(id) == Some(terms) && !has_ended(active, id, Some(terms), now)
	};
	active.iter().map(|known| known.id).find(|id| says_the_same(*id))
}

/// A line that is looked at, with its record if that is still here.
struct Line {
	sequence: u32,
	entry: DisclosureEntry,
	record: Option<PendingRecord>,
}

/// Looks at the next lines under a directive that has ended: they are told, or go under the directive that permits
/// them now. Whether there may be more.
async fn settle(
	vault: &Arc<Vault>,
	at: &At,
	(chart, directive): (ChartId, DirectiveId),
	held: &[(DirectiveId, Opening<DirectiveTerms>)],
	heir: Option<DirectiveId>,
) -> Result<bool> {
	let Some((known, lines)) =
		vault.stored(move |store| Ok(read(store, chart, directive)?)).await?
	else {
		return Ok(false);
	};
	let until = known.from.saturating_add(LINES).min(known.end);
	let mut decided: HashMap<Vec<u8>, MayRead> = HashMap::new();
	let mut settled = Settled::default();
	for Line { sequence, entry, record } in lines {
		// What was erased left a receipt, and what moved is another custodian's to speak of.
		let Some(record) = record else { continue };
		let Some(told) = to_tell(vault.organisation, &entry) else { continue };
		let Told { recipient, recalled, .. } = told;
		let key = (recipient, recalled).encode();
		let now = match (heir, decided.get(&key).copied()) {
			(Some(heir), _) => MayRead::Yes(Some(heir)),
			(None, Some(known)) => known,
			(None, None) => {
				let now = may_read(vault, at, recipient, recalled, record, held).await?;
				decided.insert(key, now);
				now
			},
		};
		match now {
			// What takes the place of a directive may say the same: it is waited for.
			MayRead::NotSaid => return Ok(false),
			// It permits still: it has not ended after all.
			MayRead::Yes(Some(by)) if by == directive => return Ok(false),
			now => settled.note(now, told, sequence),
		}
	}
	let genesis = vault.genesis;
	let parties = Parties { genesis, custodian: vault.organisation, chart, directive };
	let now = at.head().at;
	let count = vault
		.stored(move |store| Ok(write(store, &parties, (known.from, until), &settled, now)?))
		.await?;
	if count > 0 {
		tracing::info!(count, "recipients were told that they may read no more");
	}
	Ok(true)
}

/// The next lines under the directive, from where it was looked up to; none if there are none.
fn read(
	store: &Store,
	chart: ChartId,
	directive: DirectiveId,
) -> Result<Option<(WatchedDirective, Vec<Line>)>, StoreError> {
	store.read(|rows| {
		let watched = rows.get(&WATCHED, &chart)?.map_or(Vec::new(), |watched| watched.directives);
		let Some(known) = watched.into_iter().find(|known| known.directive == directive) else {
			return Ok(None);
		};
		let until = known.from.saturating_add(LINES).min(known.end);
		let mut lines = Vec::new();
		for place in known.from..until {
			let sequence =
				rows.get(&UNDER, &(chart, directive, place))?.ok_or(StoreError::Damaged)?;
			let row = rows.get(&DISCLOSURES, &(chart, sequence))?.ok_or(StoreError::Damaged)?;
			let entry = row.opening.terms;
			let record = if let Subject::Record(record) = entry.subject {
				rows.get(&RECORDS, &record)?.map(|row| row.record)
			} else {
				None
			};
			lines.push(Line { sequence, entry, record });
		}
		Ok(Some((known, lines)))
	})
}

/// Who got what by this line, and under which directive.
pub(super) fn to_tell(here: OrganisationId, entry: &DisclosureEntry) -> Option<Told> {
	let under = left_under(entry, here)?;
	let Accessor::Staff { account, organisation, role } = entry.accessor else { return None };
	let Subject::Record(record) = entry.subject else { return None };
	let (action, purpose) = (entry.action, entry.purpose);
	let recalled = RecalledRecord { record, role, action, purpose };
	let recipient = Recipient { account, organisation };
	Some(Told { under, recipient, practitioner: entry.practitioner, recalled })
}

/// What becomes of lines that were looked at.
#[derive(Default)]
pub(super) struct Settled {
	told: Vec<Told>,
	/// Sequences of the lines that another directive permits, by that.
	moved: Vec<(DirectiveId, u32)>,
	/// What those say, each of which is enough to be looked at once.
	seen: HashSet<Vec<u8>>,
}

impl Settled {
	/// Notes what the line of this sequence comes to.
	pub(super) fn note(&mut self, now: MayRead, told: Told, sequence: u32) {
		match now {
			MayRead::No => self.told.push(told),
			MayRead::Yes(Some(by)) => {
				let said = (by, told.under, told.recipient, told.recalled).encode();
				if self.seen.insert(said) {
					self.moved.push((by, sequence));
				}
			},
			MayRead::Yes(None) | MayRead::Erased | MayRead::NotSaid => {},
		}
	}
}

/// Whether somebody may read a record, in the way in which they did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MayRead {
	/// By this directive, or in another right.
	Yes(Option<DirectiveId>),
	No,
	/// Nobody may, and its receipt tells who has it.
	Erased,
	/// The vault has not received every directive of the chart, or one that nobody can judge by.
	NotSaid,
}

impl From<Decision> for MayRead {
	fn from(decision: Decision) -> Self {
		match decision {
			Decision::Permit { basis: Basis::Directive(by), .. } => Self::Yes(Some(by)),
			Decision::Permit { .. } => Self::Yes(None),
			Decision::Deny { reason: DenyReason::RecordErased } => Self::Erased,
			Decision::Deny {
				reason: DenyReason::DirectiveOpeningMissing | DenyReason::DirectiveBasisWrong,
			} => Self::NotSaid,
			Decision::Deny { .. } => Self::No,
		}
	}
}

/// Asks the chain whether the recipient may read the record in the way in which they did.
pub(super) async fn may_read(
	vault: &Arc<Vault>,
	at: &At,
	recipient: Recipient,
	recalled: RecalledRecord,
	record: PendingRecord,
	held: &[(DirectiveId, Opening<DirectiveTerms>)],
) -> Result<MayRead> {
	let query = AccessQuery {
		accessor: Accessor::Staff {
			account: recipient.account,
			organisation: recipient.organisation,
			role: recalled.role,
		},
		action: recalled.action,
		purpose: recalled.purpose,
		record: recalled.record,
		inclusion: inclusion(vault, &record).await?,
		opening: record.opening,
		directives: held.to_vec(),
		guardian: None,
		emergency: None,
	};
	Ok(at.decide(&query).await?.decision.into())
}

/// Whose recalls are written, and under which directive their lines are.
pub(super) struct Parties {
	pub(super) genesis: [u8; 32],
	pub(super) custodian: OrganisationId,
	pub(super) chart: ChartId,
	pub(super) directive: DirectiveId,
}

/// Who is to be told of a record.
#[derive(Clone, Copy)]
pub(super) struct Told {
	/// The directive under which they got it.
	pub(super) under: DirectiveId,
	pub(super) recipient: Recipient,
	pub(super) practitioner: Option<PractitionerId>,
	pub(super) recalled: RecalledRecord,
}

/// Writes recalls of the lines in these places, and puts those that another directive permits under that. Here they
/// are looked at no more. How many recalls are new; none if others were quicker.
pub(super) fn write(
	store: &Store,
	parties: &Parties,
	(from, until): (u32, u32),
	settled: &Settled,
	now: Moment,
) -> Result<u32, StoreError> {
	store.write(|rows| {
		let (chart, directive) = (parties.chart, parties.directive);
		let Some(mut watched) = rows.get(&WATCHED, &chart)? else { return Ok(0) };
		let found = watched.directives.iter().position(|known| known.directive == directive);
		let Some(known) = found.and_then(|place| watched.directives.get_mut(place)) else {
			return Ok(0);
		};
		if known.from != from {
			return Ok(0);
		}
		known.from = until;
		for place in from..until {
			rows.remove(&UNDER, &(chart, directive, place))?;
		}
		// A release that was decided before the end may still be logged: that begins anew.
		watched.directives.retain(|known| known.from < known.end);
		for (by, sequence) in &settled.moved {
			put_under(rows, &mut watched, *by, *sequence)?;
		}
		if watched.directives.is_empty() {
			rows.remove(&WATCHED, &chart)?;
		} else {
			rows.put(&WATCHED, &chart, &watched)?;
		}
		let mut new = 0u32;
		for told in &settled.told {
			if tell(rows, parties, told, now)? {
				new = new.saturating_add(1);
			}
		}
		Ok(new)
	})
}

/// Puts a record into its recipient's recall. Whether that is new.
fn tell(
	rows: &Writing<'_>,
	parties: &Parties,
	told: &Told,
	now: Moment,
) -> Result<bool, StoreError> {
	let Parties { genesis, custodian, chart, .. } = *parties;
	// The line's own directive names the recall, whatever permitted it since: so does the patient's wallet.
	let Told { under: directive, recipient, practitioner, recalled } = *told;
	let id = RecallId::of(&genesis, custodian, &chart, &directive, &recipient);
	let known = rows.get(&RECALLS, &id)?;
	let mut row = known.unwrap_or(RecallRow {
		id,
		chart,
		directive,
		recipient,
		practitioner,
		since: now,
		records: 0,
		answer: None,
	});
	if rows.get(&RECALLED_PLACES, &(id, recalled.record))?.is_none() {
		rows.put(&RECALLED, &(id, row.records), &recalled)?;
		rows.put(&RECALLED_PLACES, &(id, recalled.record), &row.records)?;
		row.records = row.records.saturating_add(1);
		rows.put(&RECALLS, &id, &row)?;
	}
	if known.is_none() {
		for list in [
			RecallsOf::Chart(chart),
			RecallsOf::Account(recipient.account),
			RecallsOf::House(recipient.organisation),
		] {
			let count = rows.get(&RECALLS_OF_COUNT, &list)?.unwrap_or(0);
			rows.put(&RECALLS_OF, &(list, count), &id)?;
			rows.put(&RECALLS_OF_COUNT, &list, &count.saturating_add(1))?;
		}
	}
	Ok(known.is_none())
}
