//! Petitions: what patients ask about records, and the house's answers. [`crate::acts`] brings both to the
//! chain.

use crate::{
	acts::{undertake, undertake_answer, Done, OFFERED},
	clock::{now, random},
	erasure::{receipt, Elsewhere},
	errors::{Error, Result},
	store::{
		InboxRow, PetitionRow, RecordAct, Rows, StoreError, Writing, CHART_PETITIONS, ERASED,
		PETITIONS, PETITION_INBOX, RECORDS, RECORD_ACTS,
	},
	vault::Vault,
};
use salus_client::{
	chain::At,
	vault_api::{
		AnswerPetition, DisputeStatement, ListedPetition, PetitionAnswered, PetitionDone,
		PetitionList, PostedPetition, PETITIONS_PER_PAGE,
	},
};
use salus_primitives::{
	codes::{PetitionKind, PetitionState, RecordState, Role, StandingReason},
	decision::DenyReason,
	ids::{AccountBytes, ChartId, OrganisationId, RecordId, Salt},
	petition::{AnswerTerms, Statement},
	seal::Opening,
	time::Moment,
	views::PetitionView,
};
use std::{cmp::Reverse, sync::Arc};

/// What keeps a records officer from duty; everything else is about the house, whose patients ask all the
/// same. The chain has the same rule.
pub(crate) const OFF_DUTY: [StandingReason; 5] = [
	StandingReason::OrganisationUnknown,
	StandingReason::OrganisationWithdrawn,
	StandingReason::OrganisationNotAdmitted,
	StandingReason::NotStaff,
	StandingReason::RoleNotHeld,
];

/// Whether the account is a records officer of this house, which may be suspended or lack a licence.
pub(crate) async fn on_duty(vault: &Vault, at: &At, account: AccountBytes) -> Result<()> {
	let reasons = at.standing(account, vault.organisation, Role::RecordsOfficer).await?;
	match reasons.iter().filter(|reason| OFF_DUTY.contains(reason)).max() {
		Some(reason) => Err(Error::NotInStanding(reason)),
		None => Ok(()),
	}
}

/// Refuses a text that would steer a terminal or a page.
pub(crate) fn plain(statement: &Statement) -> Result<()> {
	let steers = |character: char| character.is_control() && character != '\n';
	if statement.as_str().chars().any(steers) {
		return Err(Error::Malformed("a statement has no control characters but line ends".into()));
	}
	Ok(())
}

/// Files what the patient asks. Sent again, answers the same.
pub(crate) async fn file(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	posted: PostedPetition,
) -> Result<PetitionDone> {
	vault.own_chart_now(chart, account).await?;
	let terms = &posted.opening.terms;
	if terms.chart != chart {
		return Err(Error::Malformed("the petition is about another chart".into()));
	}
	if !posted.is_signed_by(&vault.genesis, &account) {
		return Err(Error::SignatureWrong);
	}
	plain(&terms.statement)?;
	let asked = posted.clone();
	let known = vault
		.stored(move |store| {
			let record = asked.opening.terms.record;
			let (rows, kept) = store.read(|rows| {
				let kept = match rows.get(&RECORDS, &record)? {
					Some(row) => Some((row.record.opening.terms.chart, false)),
					None => rows.get(&ERASED, &record)?.map(|row| (row.chart, true)),
				};
				Ok((rows.get(&PETITIONS, &record)?.unwrap_or_default(), kept))
			})?;
			let (of, erased) = kept.ok_or(Error::RecordUnknown)?;
			if of != chart {
				return Err(Error::RecordUnknown);
			}
			if let Some(row) = rows.iter().find(|row| row.posted.opening == asked.opening) {
				return Ok(Some(row.clone()));
			}
			if erased {
				return Err(Error::AccessDenied(DenyReason::RecordErased));
			}
			let kind = asked.opening.terms.kind;
			let noted = store.read(|rows| rows.first(&RECORD_ACTS, usize::MAX))?;
			let on_its_way = noted.iter().any(|(_, act)| match act {
				RecordAct::File { posted, .. } => {
					let terms = &posted.opening.terms;
					(terms.record, terms.kind) == (record, kind) && posted.opening != asked.opening
				},
				_ => false,
			});
			let open = |row: &PetitionRow| {
				row.state == PetitionState::Open && row.posted.opening.terms.kind == kind
			};
			if on_its_way || rows.iter().any(open) {
				return Err(Error::PetitionOpen);
			}
			Ok(None)
		})
		.await?;
	if let Some(row) = known {
		let block = vault.node.finalised().await?.head();
		return Ok(PetitionDone {
			record: terms.record,
			number: row.number,
			due: row.due(),
			block,
		});
	}
	let record = terms.record;
	ensure_not_offered(&vault.node.fresh().await?, record).await?;
	petition_done(record, undertake(vault, RecordAct::File { posted, account }).await?)
}

/// Refuses what binds a record while it is offered to another custodian, whose vault would not have it.
pub(crate) async fn ensure_not_offered(at: &At, record: RecordId) -> Result<()> {
	match at.record_view(record).await?.and_then(|view| view.offered) {
		Some(_) => Err(OFFERED),
		None => Ok(()),
	}
}

fn petition_done(record: RecordId, done: Done) -> Result<PetitionDone> {
	let view = done.petition.ok_or(Error::PetitionUnknown)?;
	Ok(PetitionDone { record, number: view.number, due: view.due, block: done.block })
}

impl PetitionRow {
	/// First moment at which its answer is overdue.
	const fn due(&self) -> u64 {
		self.posted.opening.terms.kind.due(self.filed)
	}

	fn listed(self, at: u64) -> ListedPetition {
		let due = self.due();
		ListedPetition {
			number: self.number,
			posted: self.posted,
			account: self.account,
			state: self.state,
			filed: self.filed,
			due,
			overdue: self.state == PetitionState::Open && due <= at,
			answer: self.answer,
		}
	}
}

/// A page of a chart's petitions, for the chart's key.
pub(crate) async fn of_chart(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	from: u32,
) -> Result<PetitionList> {
	vault.own_chart(chart, account).await?;
	let at = now();
	vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let records = rows.get(&CHART_PETITIONS, &chart)?.unwrap_or_default();
				let (page, next) = page(&records, from);
				let mut petitions = Vec::new();
				for record in page {
					let rows = rows.get(&PETITIONS, record)?.ok_or(StoreError::Damaged)?;
					petitions.extend(rows.into_iter().map(|row| row.listed(at)));
				}
				Ok(PetitionList { petitions, next })
			})?)
		})
		.await
}

/// The part of a list from this place on, and where the next one begins.
fn page<T>(list: &[T], from: u32) -> (&[T], Option<u32>) {
	let begin = usize::try_from(from).unwrap_or(usize::MAX).min(list.len());
	let end = from.saturating_add(PETITIONS_PER_PAGE);
	let until = usize::try_from(end).unwrap_or(usize::MAX).min(list.len());
	(list.get(begin..until).unwrap_or_default(), (until < list.len()).then_some(end))
}

/// A page of all petitions, for records officers.
pub(crate) async fn inbox(
	vault: &Arc<Vault>,
	account: AccountBytes,
	from: u32,
) -> Result<PetitionList> {
	on_duty(vault, &vault.node.fresh().await?, account).await?;
	let at = now();
	vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let mut all = rows.first(&PETITION_INBOX, usize::MAX)?;
				all.sort_by_key(|(number, row)| {
					let newest_first = Reverse(if row.open { 0 } else { *number });
					(!row.open, if row.open { row.due } else { 0 }, newest_first)
				});
				let (page, next) = page(&all, from);
				let mut petitions = Vec::with_capacity(page.len());
				for (_, InboxRow { record, number, .. }) in page {
					let found = rows.get(&PETITIONS, record)?.unwrap_or_default();
					let row = found.into_iter().find(|row| row.number == *number);
					petitions.push(row.ok_or(StoreError::Damaged)?.listed(at));
				}
				Ok(PetitionList { petitions, next })
			})?)
		})
		.await
}

async fn row(vault: &Arc<Vault>, record: RecordId, number: u32) -> Result<PetitionRow> {
	vault
		.stored(move |store| {
			let rows = store.read(|rows| rows.get(&PETITIONS, &record))?.unwrap_or_default();
			rows.into_iter().find(|row| row.number == number).ok_or(Error::PetitionUnknown)
		})
		.await
}

/// Withdraws a petition, for the chart's key. Asked again, answers the same.
pub(crate) async fn withdraw(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
	number: u32,
) -> Result<PetitionDone> {
	let row = row(vault, record, number).await?;
	vault.own_chart_now(row.posted.opening.terms.chart, account).await?;
	match row.state {
		PetitionState::Open => {
			let act = RecordAct::Withdraw { record, number };
			petition_done(record, undertake(vault, act).await?)
		},
		PetitionState::Withdrawn => {
			let block = vault.node.finalised().await?.head();
			Ok(PetitionDone { record, number, due: row.due(), block })
		},
		_ => Err(Error::PetitionNotOpen),
	}
}

/// Grants or refuses a petition, for records officers. Asked again, answers the same.
pub(crate) async fn answer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	record: RecordId,
	number: u32,
	asked: AnswerPetition,
) -> Result<PetitionAnswered> {
	let at = vault.node.fresh().await?;
	on_duty(vault, &at, account).await?;
	let row = row(vault, record, number).await?;
	let kind = row.posted.opening.terms.kind;
	check(&asked, kind, vault.backups.are_made())?;
	if let Some(answer) = row.answer {
		return if answer.terms.granted == asked.granted && answer.terms.reason == asked.reason {
			Ok(PetitionAnswered { record, number, answer, block: at.head() })
		} else {
			Err(Error::PetitionNotOpen)
		};
	}
	if row.state != PetitionState::Open {
		return Err(Error::PetitionNotOpen);
	}
	if asked.granted {
		let view = at.record_view(record).await?.ok_or(Error::RecordUnknown)?;
		match kind {
			PetitionKind::Erasure if !view.holds.is_empty() => return Err(Error::RecordHeld),
			PetitionKind::Amendment if view.facts.state == RecordState::Current => {
				return Err(Error::StillCurrent);
			},
			_ => {},
		}
	}
	let chart = row.posted.opening.terms.chart;
	let (time, salt, here) = (at.head().at, Salt(random()?), vault.organisation);
	let make =
		move |rows: &Writing<'_>| compose(rows, here, chart, (record, number), asked, (time, salt));
	let (opening, done) = undertake_answer(vault, record, make).await?;
	Ok(PetitionAnswered { record, number, answer: opening, block: done.block })
}

/// The answer to a petition about a record of the chart, at this time and with this salt. In the step that
/// notes it, so that its receipt misses nobody.
pub(crate) fn compose(
	rows: &impl Rows,
	here: OrganisationId,
	chart: ChartId,
	(record, number): (RecordId, u32),
	asked: AnswerPetition,
	(time, salt): (Moment, Salt),
) -> Result<Opening<AnswerTerms>> {
	// One that is on its way is the answer: another would be another seal.
	for (_, act) in rows.first(&RECORD_ACTS, usize::MAX)? {
		if let RecordAct::Answer { opening } = act {
			if (opening.terms.record, opening.terms.number) == (record, number) {
				return Ok(opening);
			}
		}
	}
	let petitions = rows.get(&PETITIONS, &record)?.unwrap_or_default();
	let row = petitions
		.iter()
		.find(|row| row.number == number)
		.ok_or(Error::PetitionUnknown)?;
	let erases = asked.granted && row.posted.opening.terms.kind == PetitionKind::Erasure;
	let elsewhere =
		Elsewhere { backups_until: asked.backups_until, source_system: asked.source_system };
	let receipt = erases
		.then(|| receipt(rows, here, chart, record, elsewhere, time))
		.transpose()?;
	let terms = AnswerTerms {
		record,
		number,
		granted: asked.granted,
		reason: asked.reason,
		until: asked.until,
		statement: asked.statement,
		receipt,
	};
	Ok(Opening { terms, salt })
}

/// Whether an answer says what answers of its kind must say, and nothing else.
fn check(asked: &AnswerPetition, kind: PetitionKind, backups: bool) -> Result<()> {
	plain(&asked.statement)?;
	let erases = asked.granted && kind == PetitionKind::Erasure;
	let fault = if asked.granted == asked.reason.is_some() {
		"a refusal says why, and nothing else does: give a reason, or none"
	} else if asked.granted && asked.until.is_some() {
		"only a refusal has an end: leave it out"
	} else if !erases && (asked.backups_until.is_some() || asked.source_system) {
		"only a granted erasure tells of copies: leave them out"
	} else if erases && backups && asked.backups_until.is_none() {
		"this vault makes backups: tell from when on none of them holds the record any more"
	} else {
		return Ok(());
	};
	Err(Error::Malformed(fault.into()))
}

/// A petition is on chain.
pub(crate) fn filed(
	rows: &Writing<'_>,
	posted: &PostedPetition,
	account: AccountBytes,
	view: &PetitionView,
) -> Result<(), StoreError> {
	let terms = &posted.opening.terms;
	let mut petitions = rows.get(&PETITIONS, &terms.record)?.unwrap_or_default();
	if petitions.iter().any(|row| row.number == view.number) {
		return Ok(());
	}
	let open = view.petition.state == PetitionState::Open;
	let inbox = InboxRow { record: terms.record, number: view.number, due: view.due, open };
	petitions.push(PetitionRow {
		number: view.number,
		posted: posted.clone(),
		account,
		state: view.petition.state,
		filed: view.petition.filed,
		answer: None,
		inbox: rows.push(&PETITION_INBOX, &inbox)?,
	});
	petitions.sort_by_key(|row| row.number);
	rows.put(&PETITIONS, &terms.record, &petitions)?;
	let mut records = rows.get(&CHART_PETITIONS, &terms.chart)?.unwrap_or_default();
	if !records.contains(&terms.record) {
		records.push(terms.record);
		rows.put(&CHART_PETITIONS, &terms.chart, &records)?;
	}
	Ok(())
}

/// A petition is answered or withdrawn on chain.
pub(crate) fn ended(
	rows: &Writing<'_>,
	record: &RecordId,
	view: &PetitionView,
	answer: Option<Opening<AnswerTerms>>,
) -> Result<(), StoreError> {
	let mut petitions = rows.get(&PETITIONS, record)?.unwrap_or_default();
	let row = petitions.iter_mut().find(|row| row.number == view.number);
	let row = row.ok_or(StoreError::Damaged)?;
	row.state = view.petition.state;
	row.answer = answer;
	let place = row.inbox;
	rows.put(&PETITIONS, record, &petitions)?;
	if let Some(inbox) = rows.at(&PETITION_INBOX, place)? {
		rows.set(&PETITION_INBOX, place, &InboxRow { open: false, ..inbox })?;
	}
	Ok(())
}

/// Removes all that is kept of petitions about a record that another custodian took over.
pub(crate) fn forget(
	rows: &Writing<'_>,
	chart: &ChartId,
	record: &RecordId,
) -> Result<(), StoreError> {
	for row in rows.get(&PETITIONS, record)?.unwrap_or_default() {
		rows.drop_at(&PETITION_INBOX, row.inbox)?;
	}
	rows.erase(&PETITIONS, record)?;
	let mut records = rows.get(&CHART_PETITIONS, chart)?.unwrap_or_default();
	if records.contains(record) {
		records.retain(|known| known != record);
		rows.put(&CHART_PETITIONS, chart, &records)?;
	}
	Ok(())
}

/// Petitions that are open here, whose record and number these are.
pub(crate) fn open(rows: &impl Rows) -> Result<Vec<(RecordId, u32)>, StoreError> {
	let inbox = rows.first(&PETITION_INBOX, usize::MAX)?.into_iter();
	Ok(inbox
		.filter(|(_, row)| row.open)
		.map(|(_, row)| (row.record, row.number))
		.collect())
}

/// What the patient says against a record, which goes with it.
pub(crate) fn statements(
	rows: &impl Rows,
	record: &RecordId,
) -> Result<Vec<DisputeStatement>, StoreError> {
	let petitions = rows.get(&PETITIONS, record)?.unwrap_or_default();
	let stands = |row: &PetitionRow| {
		row.posted.opening.terms.kind == PetitionKind::Amendment
			&& matches!(row.state, PetitionState::Open | PetitionState::Refused)
	};
	Ok(petitions
		.into_iter()
		.filter(stands)
		.map(|row| DisputeStatement {
			number: row.number,
			state: row.state,
			opening: row.posted.opening,
		})
		.collect())
}

#[cfg(test)]
mod tests;
