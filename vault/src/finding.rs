//! Finding a patient's chart in an emergency: by the code on a card, or by name and date of birth.
//!
//! A clinician asks by a search, which is final on the chain before anybody is asked and whose seal fixes what
//! is asked. The answer is that one chart is here, or nothing. Whoever is not here, opted out, is not told apart
//! from others, or was found by this search with another chart before gets the same nothing, after the same
//! looks into the database and at the chain. A hit is in the chart's log before it is answered; a miss is
//! remembered without what was looked for.

mod rows;

use crate::{
	disclosures::{self, Access},
	emergency,
	errors::{Error, Result},
	sign_in::Session,
	store::{MissRow, Rows, StoreError, Writing, FINDABLE_SINCE, MISSES, SEARCH_HITS},
	vault::Vault,
};
use axum::http::HeaderMap;
use futures::future::try_join_all;
use salus_client::{
	chain::At,
	vault_api::{
		decode_header, AskSearch, DisclosurePage, Findable, MissedSearch, Particulars, PutCard,
		Question, ReviewQuery, SearchAnswer, SearchList, SetFindable, ShownInSearch,
		SEARCHES_PER_PAGE, SEARCH_HEADER,
	},
};
use salus_primitives::{
	break_glass::{BreakGlass, EmergencyPrivilege},
	codes::{Action, ChartState, Purpose, Role},
	decision::{Accessor, Basis, ChartFacts, DenyReason},
	disclosure::{Outcome, Subject},
	ids::{AccountBytes, BreakGlassId, ChartId, OrganisationId},
	search::ShownSearch,
	time::Moment,
};
use std::sync::Arc;

/// Most charts with the same particulars that are told apart by the chain; of more none is found.
const MAX_ALIKE: usize = 16;

/// Takes the code of a new card from the chart's key.
pub(crate) async fn put_card(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	card: PutCard,
) -> Result<()> {
	vault.own_chart_now(chart, account).await?;
	vault
		.stored(move |store| store.write(|rows| rows::place_card(rows, chart, card.code)))
		.await
}

/// Ends the chart's card.
pub(crate) async fn revoke_card(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<()> {
	vault.own_chart_now(chart, account).await?;
	vault
		.stored(move |store| store.write(|rows| rows::revoke_card(rows, chart)))
		.await
}

/// Whether and how the chart can be found, for its key.
pub(crate) async fn findable(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<Findable> {
	vault.own_chart(chart, account).await?;
	vault
		.stored(move |store| Ok(store.read(|rows| rows::state(rows, chart))?.told()))
		.await
}

/// Opts the chart out of being found, or in again.
pub(crate) async fn set_findable(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	said: SetFindable,
) -> Result<Findable> {
	vault.own_chart_now(chart, account).await?;
	vault
		.stored(move |store| store.write(|rows| rows::set_opted_out(rows, chart, said.opted_out)))
		.await
}

/// Registers the particulars by which a chart is found, for records officers.
pub(crate) async fn register(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	particulars: Particulars,
) -> Result<()> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	ensure_normal(&particulars)?;
	vault.chart(chart).await?;
	vault
		.stored(move |store| store.write(|rows| rows::register(rows, chart, &particulars)))
		.await
}

/// Forgets the particulars of a chart, for records officers.
pub(crate) async fn unregister(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<()> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::RecordsOfficer]).await?;
	vault.chart(chart).await?;
	vault
		.stored(move |store| store.write(|rows| rows::unregister(rows, chart)))
		.await
}

fn ensure_normal(particulars: &Particulars) -> Result<()> {
	if particulars.is_normal() {
		return Ok(());
	}
	Err(Error::Malformed(
		"particulars come in the form in which they are compared: letters alone, case folded, with a \
		 whole date of birth"
			.into(),
	))
}

/// After a restore: who opted out or ended a card since the backup is not known, so every chart counts as opted
/// out until its patient opts in.
pub(crate) fn after_restore(rows: &Writing<'_>, at: Moment) -> Result<(), StoreError> {
	rows.put(&FINDABLE_SINCE, &(), &at)
}

/// Takes in a chart that the chain does not know yet: nobody can have opted out of it before a restore.
pub(crate) fn begin(rows: &Writing<'_>, chart: ChartId) -> Result<(), StoreError> {
	rows::begin(rows, chart)
}

/// Notes that a line of the chart's log tells what a search found; the first one counts.
pub(crate) fn note(
	rows: &Writing<'_>,
	chart: &ChartId,
	id: BreakGlassId,
) -> Result<(), StoreError> {
	match rows.get(&SEARCH_HITS, &id)? {
		Some(_) => Ok(()),
		None => rows.put(&SEARCH_HITS, &id, chart),
	}
}

/// Answers a search.
pub(crate) async fn search(
	vault: &Arc<Vault>,
	account: AccountBytes,
	asked: AskSearch,
) -> Result<SearchAnswer> {
	let kind = asked.question.kind();
	let answer = answer(vault, account, asked).await;
	let came = match &answer {
		Ok(SearchAnswer { chart: Some(_) }) => "hit",
		Ok(SearchAnswer { chart: None }) => "miss",
		Err(_) => "refused",
	};
	vault.ops.metrics.search(kind.word(), came);
	answer
}

async fn answer(
	vault: &Arc<Vault>,
	account: AccountBytes,
	asked: AskSearch,
) -> Result<SearchAnswer> {
	let AskSearch { shown: ShownInSearch { shown, head }, question } = asked;
	let limited = vault.ops.limits.searcher(account);
	limited.inspect_err(|_| vault.ops.metrics.limited("searches"))?;
	if let Question::Person { particulars } = &question {
		ensure_normal(particulars)?;
	}
	emergency::catch_up(vault, head).await?;
	let at = vault.node.fresh().await?;
	let glass = own_search(&at, account, &shown).await?;
	// What was sealed is what is asked, or the search would try one after another.
	if question.terms(&shown.opening.salt) != shown.opening.terms {
		return Err(Error::AccessDenied(DenyReason::BreakGlassOpeningWrong));
	}
	let limited = vault.ops.limits.search(shown.id);
	limited.inspect_err(|_| vault.ops.metrics.limited("searches"))?;
	let fitting = look(vault, &question).await?;
	let chart = in_use(vault, &at, shown.id, &fitting).await?;
	let answered = match chart {
		Some(chart) => {
			let asked = (question.clone(), fitting);
			tell(vault, &at, &glass, shown.id, asked, chart).await?
		},
		None => None,
	};
	if answered.is_none() {
		miss(vault, &at, &glass, shown.id, &question).await?;
	}
	Ok(SearchAnswer { chart: answered })
}

/// The search, if this account may ask by it now: a licensed clinician's own, which is active.
async fn own_search(at: &At, account: AccountBytes, shown: &ShownSearch) -> Result<BreakGlass> {
	let denied = Error::AccessDenied;
	let known = at.break_glass(shown.id).await?.map(|view| view.glass);
	let glass = known.ok_or(denied(DenyReason::BreakGlassUnknown))?;
	if glass.account != account || at.practitioner_of(account).await? != Some(glass.practitioner) {
		return Err(denied(DenyReason::BreakGlassOfAnother));
	}
	if !shown.opening.opens(&glass.seal) {
		return Err(denied(DenyReason::BreakGlassOpeningWrong));
	}
	if glass.posted.is_some() || !glass.is_active(at.head().at) {
		return Err(denied(DenyReason::BreakGlassOver));
	}
	let reasons = at.standing(account, glass.organisation, Role::Clinician).await?;
	if let Some(reason) = reasons.iter().next() {
		return Err(Error::NotInStanding(reason));
	}
	match at.emergency_privilege(glass.practitioner).await? {
		EmergencyPrivilege::Held => Ok(glass),
		_ => Err(denied(DenyReason::EmergencyPrivilegeLost)),
	}
}

/// The charts that answer, by what is known here.
async fn look(vault: &Arc<Vault>, question: &Question) -> Result<Vec<ChartId>> {
	let question = question.clone();
	vault
		.stored(move |store| Ok(store.read(|rows| rows::fitting(rows, &question))?))
		.await
}

/// The one of them that the chain says is in use and kept here, if exactly one is. Who closed a chart, and has
/// another, is found.
async fn in_use(
	vault: &Arc<Vault>,
	at: &At,
	id: BreakGlassId,
	fitting: &[ChartId],
) -> Result<Option<ChartId>> {
	// Where there is none, the chain is asked for one that it can not know, so that this takes as long. Of very
	// many none is told.
	let unknown = [ChartId(id.0)];
	let asked: &[ChartId] = match fitting.len() {
		1..=MAX_ALIKE => fitting,
		_ => &unknown,
	};
	let facts = try_join_all(asked.iter().map(|chart| at.chart(*chart))).await?;
	Ok(only(facts.into_iter().flatten(), vault.organisation))
}

/// The one chart that is in use and kept by this house, if exactly one is.
fn only(
	facts: impl IntoIterator<Item = ChartFacts>,
	organisation: OrganisationId,
) -> Option<ChartId> {
	let mut kept = facts
		.into_iter()
		.filter(|facts| facts.custodian == organisation && facts.state == ChartState::Active);
	let first = kept.next()?;
	kept.next().is_none().then_some(first.chart)
}

/// Logs a hit, once for a search, unless the chart stopped answering meanwhile. What may be told.
async fn tell(
	vault: &Arc<Vault>,
	at: &At,
	glass: &BreakGlass,
	id: BreakGlassId,
	(question, fitting): (Question, Vec<ChartId>),
	chart: ChartId,
) -> Result<Option<ChartId>> {
	let told = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&SEARCH_HITS, &id))?))
		.await?;
	if let Some(told) = told {
		return Ok((told == chart).then_some(chart));
	}
	let accessor = Accessor::Staff {
		account: glass.account,
		organisation: glass.organisation,
		role: Role::Clinician,
	};
	let access = Access {
		account: glass.account,
		chart,
		accessor,
		practitioner: Some(glass.practitioner),
		action: Action::Access,
		purpose: Purpose::EmergencyTreatment,
		subject: Subject::Presence,
		head: at.head(),
	};
	let outcome = Outcome::Released(Basis::BreakGlass(id));
	let logged = disclosures::log_with(vault, access, outcome, move |rows| {
		if rows.get(&SEARCH_HITS, &id)?.is_some() {
			// Asked twice at once: the other one is logging it.
			return Err(Error::Busy);
		}
		if rows::fitting(rows, &question)? == fitting {
			Ok(())
		} else {
			Err(Error::ChartUnknown)
		}
	});
	match logged.await {
		Ok(_) => Ok(Some(chart)),
		Err(Error::ChartUnknown) => Ok(None),
		Err(error) => Err(error),
	}
}

async fn miss(
	vault: &Arc<Vault>,
	at: &At,
	glass: &BreakGlass,
	search: BreakGlassId,
	question: &Question,
) -> Result<()> {
	let now = at.head().at;
	let miss = MissRow {
		search,
		account: glass.account,
		practitioner: glass.practitioner,
		organisation: glass.organisation,
		kind: question.kind(),
		first: now,
		last: now,
		times: 1,
	};
	vault
		.stored(move |store| store.write(|rows| Ok(rows::note_miss(rows, miss)?)))
		.await
}

/// A page of the searches that found nothing, for quality officers of the house.
pub(crate) async fn misses(
	vault: &Arc<Vault>,
	account: AccountBytes,
	from: u32,
) -> Result<SearchList> {
	let at = vault.node.fresh().await?;
	vault.in_standing(&at, account, &[Role::QualityOfficer]).await?;
	vault.stored(move |store| Ok(store.read(|rows| missed(rows, from))?)).await
}

fn missed(rows: &impl Rows, from: u32) -> Result<SearchList, StoreError> {
	let page = usize::try_from(SEARCHES_PER_PAGE).unwrap_or(usize::MAX);
	// By their places, for the oldest go between one page and the next.
	let mut rest = rows
		.first(&MISSES, rows::MAX_MISSES)?
		.into_iter()
		.skip_while(|(place, _)| *place < u64::from(from));
	let searches = rest.by_ref().take(page).map(|(_, row)| {
		let MissRow { search, account, practitioner, organisation, kind, first, last, times } = row;
		MissedSearch { search, account, practitioner, organisation, kind, first, last, times }
	});
	let searches = searches.collect();
	let next = rest.next().and_then(|(place, _)| u32::try_from(place).ok());
	Ok(SearchList { searches, next })
}

/// What the header shows.
pub(crate) fn shown(headers: &HeaderMap) -> Result<ShownInSearch> {
	let unreadable = |fault: &str| Error::Malformed(format!("{SEARCH_HEADER}: {fault}"));
	let header = headers.get(SEARCH_HEADER).ok_or_else(|| unreadable("is missing: send it"))?;
	let text = header.to_str().map_err(|_| unreadable("not Base64"))?;
	decode_header(text).map_err(|fault| unreadable(&fault.to_string()))
}

/// The log's lines of a search and no others, for a quality officer who may review it and shows what opens its
/// seal. There are none where it found nothing.
pub(crate) async fn lines(
	vault: &Arc<Vault>,
	session: Session,
	shown: ShownInSearch,
	id: BreakGlassId,
	asked: ReviewQuery,
) -> Result<DisclosurePage> {
	let ShownInSearch { shown, head } = shown;
	if shown.id != id {
		return Err(Error::Malformed("the header shows another search".into()));
	}
	emergency::catch_up(vault, head).await?;
	let at = vault.node.fresh().await?;
	let opens = |seal: &_| shown.opening.opens(seal);
	emergency::ensure_reviews(&at, session.account, asked.organisation, id, opens).await?;
	let chart = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&SEARCH_HITS, &id))?))
		.await?;
	let nothing = DisclosurePage { entries: Vec::new(), next: None };
	let Some(chart) = chart else { return Ok(nothing) };
	emergency::lines_of(vault, session, &at, chart, id, asked)
		.await
		.map(|page| page.unwrap_or(nothing))
}

#[cfg(test)]
mod tests;
