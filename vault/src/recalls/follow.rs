//! The task that finds directives that have ended, and makes recalls of what was released under them.

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
	decision::{AccessQuery, Accessor, ActiveDirective, Decision, DenyReason},
	directive::DirectiveTerms,
	disclosure::{DisclosureEntry, Subject},
	ids::{ChartId, DirectiveId, OrganisationId, PractitionerId},
	seal::Opening,
	time::Moment,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
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
	for (known, terms) in watched {
		let terms = terms.map(|opening| opening.terms);
		if has_ended(&facts.directives, known.directive, terms.as_ref(), at.head().at) {
			while settle(vault, &at, chart, known.directive).await? {
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

/// A line that is looked at, with its record if that is still here.
type Line = (DisclosureEntry, Option<PendingRecord>);

/// Looks at the next lines under a directive that has ended. Whether there may be more.
async fn settle(
	vault: &Arc<Vault>,
	at: &At,
	chart: ChartId,
	directive: DirectiveId,
) -> Result<bool> {
	let Some((known, lines)) =
		vault.stored(move |store| Ok(read(store, chart, directive)?)).await?
	else {
		return Ok(false);
	};
	let until = known.from.saturating_add(LINES).min(known.end);
	let held = directives(vault, at, chart).await?;
	let mut decided: HashMap<Vec<u8>, bool> = HashMap::new();
	let mut told = Vec::new();
	for (entry, record) in lines {
		// What was erased left a receipt, and what moved is another custodian's to speak of.
		let Some(record) = record else { continue };
		let Some((recipient, recalled)) = to_tell(&entry) else { continue };
		let key = (recipient, recalled).encode();
		let may_not = match decided.get(&key) {
			Some(known) => *known,
			None => {
				let now = may_read(vault, at, recipient, recalled, record, &held).await?;
				let may_not = match now {
					MayRead::Yes | MayRead::Erased => false,
					MayRead::No => true,
					// What takes the place of a directive may say the same: it is waited for.
					MayRead::NotSaid => return Ok(false),
				};
				decided.insert(key, may_not);
				may_not
			},
		};
		if may_not {
			told.push(Told { recipient, practitioner: entry.practitioner, recalled });
		}
	}
	let genesis = vault.genesis;
	let parties = Parties { genesis, custodian: vault.organisation, chart, directive };
	let now = at.head().at;
	let count = vault
		.stored(move |store| Ok(write(store, &parties, (known.from, until), &told, now)?))
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
			lines.push((entry, record));
		}
		Ok(Some((known, lines)))
	})
}

/// Who got what by this line.
fn to_tell(entry: &DisclosureEntry) -> Option<(Recipient, RecalledRecord)> {
	match (entry.accessor, entry.subject) {
		(Accessor::Staff { account, organisation, role }, Subject::Record(record)) => {
			let (action, purpose) = (entry.action, entry.purpose);
			let recalled = RecalledRecord { record, role, action, purpose };
			Some((Recipient { account, organisation }, recalled))
		},
		_ => None,
	}
}

/// Whether somebody may read a record, in the way in which they did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MayRead {
	Yes,
	No,
	/// Nobody may, and its receipt tells who has it.
	Erased,
	/// The vault has not received every directive of the chart, or one that nobody can judge by.
	NotSaid,
}

impl From<Decision> for MayRead {
	fn from(decision: Decision) -> Self {
		match decision {
			Decision::Permit { .. } => Self::Yes,
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

/// Whose recalls are written.
pub(super) struct Parties {
	pub(super) genesis: [u8; 32],
	pub(super) custodian: OrganisationId,
	pub(super) chart: ChartId,
	pub(super) directive: DirectiveId,
}

/// Who is to be told of a record.
#[derive(Clone, Copy)]
pub(super) struct Told {
	pub(super) recipient: Recipient,
	pub(super) practitioner: Option<PractitionerId>,
	pub(super) recalled: RecalledRecord,
}

/// Writes recalls of the lines in these places, which are looked at no more. How many recalls are new; none
/// if others were quicker.
pub(super) fn write(
	store: &Store,
	parties: &Parties,
	(from, until): (u32, u32),
	told: &[Told],
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
		if watched.directives.is_empty() {
			rows.remove(&WATCHED, &chart)?;
		} else {
			rows.put(&WATCHED, &chart, &watched)?;
		}
		let mut new = 0u32;
		for told in told {
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
	let Parties { genesis, custodian, chart, directive } = *parties;
	let Told { recipient, practitioner, recalled } = *told;
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
