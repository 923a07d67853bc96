//! Break-glass: what a clinician shows who broke it, what the patient is told, and what a reviewer sees.
//!
//! Whether it opens anything, the decision says, here and again at the key service. Who broke it, why and
//! how far is on the chain; the vault keeps which lines of the log are due to it, so that patient and reviewer
//! find them.

use crate::{
	disclosures::{
		looks::{read_once, Wanted},
		Access,
	},
	errors::{Error, Result},
	guardians::Reader,
	node::CATCH_UP,
	sign_in::Session,
	store::{EmergencyRow, Rows, StoreError, Writing, EMERGENCIES},
	vault::Vault,
};
use axum::http::{request::Parts, HeaderMap};
use salus_client::{
	chain::At,
	vault_api::{
		decode_header, DisclosurePage, EmergencyList, EmergencyNotice, ReviewQuery,
		ShownInEmergency, Signature, SignedStatement, BREAK_GLASS_HEADER,
	},
};
use salus_primitives::{
	break_glass::{BreakGlassTerms, Emergency, Seen, ShownBreakGlass, ShownStatement},
	codes::{Action, Purpose, Role},
	decision::{Accessor, Basis, DenyReason},
	disclosure::Subject,
	ids::{AccountBytes, BreakGlassId, ChartId, OrganisationId, Salt, Seal},
	seal::Opening,
};
use std::sync::Arc;
use tokio::time::{sleep, Duration, Instant};

/// How often to look whether our node is where the caller's was.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Blocks by which a caller's node can be ahead of ours.
const FARTHEST: u32 = 16;

/// What somebody shows in the header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
	id: BreakGlassId,
	terms: BreakGlassTerms,
	salt: Salt,
	/// Where the caller saw it.
	head: u32,
	/// What the clinician signed, if finality stalls.
	statement: Option<SignedStatement>,
}

impl Shown {
	/// As a decision asks for it. What is seen, [`Sight::decide`](crate::node::Sight::decide) says.
	pub(crate) fn asked(&self) -> Emergency {
		let ShownBreakGlass { id, opening } = self.glass();
		match self.statement {
			None => Emergency::Glass(ShownBreakGlass { id, opening }),
			Some(SignedStatement { statement, signature: Signature::Sr25519(signature) }) => {
				let seen = Seen::default();
				let shown = ShownStatement { statement, signature, opening, seen };
				Emergency::Statement(Box::new(shown))
			},
		}
	}

	/// The statement, if what was permitted on this basis was so by it.
	pub(crate) fn statement_of(&self, basis: Basis) -> Option<SignedStatement> {
		self.statement.filter(|_| basis == Basis::BreakGlass(self.id))
	}

	/// The break-glass, and what opens its seal.
	pub(crate) const fn glass(&self) -> ShownBreakGlass {
		ShownBreakGlass { id: self.id, opening: Opening { terms: self.terms, salt: self.salt } }
	}

	/// Waits until our node is where the caller's was, for as long as it may trail that.
	pub(crate) async fn catch_up(&self, vault: &Vault) -> Result<()> {
		catch_up(vault, self.head).await
	}
}

/// Waits until our node is at this head of the caller's, for as long as it may trail that.
pub(crate) async fn catch_up(vault: &Vault, head: u32) -> Result<()> {
	let began = Instant::now();
	// No node in order is ahead of ours by more than what is waited for.
	let ours = vault.node.finalised().await?.head().number;
	if head > ours.saturating_add(FARTHEST) {
		return Ok(());
	}
	while vault.node.finalised().await?.head().number < head {
		if began.elapsed() > CATCH_UP {
			break;
		}
		sleep(LOOK_AGAIN).await;
	}
	Ok(())
}

impl axum::extract::FromRequestParts<Arc<Vault>> for Shown {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, _: &Arc<Vault>) -> Result<Self> {
		shown(&parts.headers)?.ok_or_else(|| {
			Error::Malformed(format!("the header {BREAK_GLASS_HEADER} is missing: send it"))
		})
	}
}

/// What the header shows, if there is one. It is believed as far as it opens a seal on the chain.
pub(crate) fn shown(headers: &HeaderMap) -> Result<Option<Shown>> {
	let Some(header) = headers.get(BREAK_GLASS_HEADER) else { return Ok(None) };
	let unreadable = |fault: &str| Error::Malformed(format!("{BREAK_GLASS_HEADER}: {fault}"));
	let text = header.to_str().map_err(|_| unreadable("not Base64"))?;
	let ShownInEmergency { shown, head, statement } =
		decode_header(text).map_err(|fault| unreadable(&fault.to_string()))?;
	let ShownBreakGlass { id, opening: Opening { terms, salt } } = shown;
	if statement.is_some_and(|said| said.statement.id() != id) {
		return Err(unreadable("the id is not the statement's: send the file as it was written"));
	}
	Ok(Some(Shown { id, terms, salt, head, statement }))
}

/// Notes in the chart's mailbox that this line of the log is due to a break-glass.
pub(crate) fn note(
	rows: &Writing<'_>,
	chart: &ChartId,
	id: BreakGlassId,
	sequence: u32,
) -> Result<(), StoreError> {
	let mut known = rows.get(&EMERGENCIES, chart)?.unwrap_or_default();
	match known.iter_mut().find(|row| row.id == id) {
		Some(row) => {
			row.last = sequence;
			row.releases = row.releases.saturating_add(1);
		},
		None => known.push(EmergencyRow { id, first: sequence, last: sequence, releases: 1 }),
	}
	rows.put(&EMERGENCIES, chart, &known)
}

/// The chart's notices, for its key and guardians who may read.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	reader: Reader,
	chart: ChartId,
) -> Result<EmergencyList> {
	reader.chart_as_known(vault, chart).await?;
	let known = rows_of(vault, chart).await?;
	let emergencies = known
		.into_iter()
		.map(|row| EmergencyNotice {
			break_glass: row.id,
			first: row.first,
			last: row.last,
			releases: row.releases,
		})
		.collect();
	Ok(EmergencyList { emergencies })
}

async fn rows_of(vault: &Arc<Vault>, chart: ChartId) -> Result<Vec<EmergencyRow>> {
	vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&EMERGENCIES, &chart))?))
		.await
		.map(Option::unwrap_or_default)
}

/// The log's lines that are due to a break-glass and no others, for a quality officer who may review it and
/// shows what opens its seal: so the vault tells nobody whose chart it was who was not told by the parties.
pub(crate) async fn lines(
	vault: &Arc<Vault>,
	session: Session,
	shown: Shown,
	id: BreakGlassId,
	asked: ReviewQuery,
) -> Result<DisclosurePage> {
	if shown.id != id {
		return Err(Error::Malformed("the header shows another break-glass".into()));
	}
	shown.catch_up(vault).await?;
	let at = vault.node.fresh().await?;
	let opens = |seal: &Seal| shown.glass().opening.opens(seal);
	ensure_reviews(&at, session.account, asked.organisation, id, opens).await?;
	match lines_of(vault, session, &at, shown.terms.chart, id, asked).await? {
		Some(page) => Ok(page),
		None if shown.terms.custodian == vault.organisation => {
			Ok(DisclosurePage { entries: Vec::new(), next: None })
		},
		// Nor did it come here with its custodian's holding.
		None => Err(Error::AccessDenied(DenyReason::BreakGlassOfOtherChart)),
	}
}

/// That the account reviews or reviewed this break-glass for the organisation, and shows what opens its seal.
pub(crate) async fn ensure_reviews(
	at: &At,
	account: AccountBytes,
	organisation: OrganisationId,
	id: BreakGlassId,
	opens: impl FnOnce(&Seal) -> bool,
) -> Result<()> {
	let reasons = at.standing(account, organisation, Role::QualityOfficer).await?;
	if let Some(reason) = reasons.iter().next() {
		return Err(Error::NotInStanding(reason));
	}
	let known = at.break_glass(id).await?.map(|view| view.glass);
	let known = known.ok_or(Error::AccessDenied(DenyReason::BreakGlassUnknown))?;
	if !opens(&known.seal) {
		return Err(Error::AccessDenied(DenyReason::BreakGlassOpeningWrong));
	}
	if !at.is_independent_reviewer(id, account, organisation).await? {
		return Err(Error::ReviewerNotIndependent);
	}
	let reviewed = known.reviews.iter().any(|review| review.organisation == organisation);
	if !reviewed && !known.is_reviewable(at.head().at) {
		return Err(Error::NotUnderReview);
	}
	Ok(())
}

/// A page of the lines of the chart's log that are due to this break-glass, if any is, for who
/// [reviews](ensure_reviews) it.
pub(crate) async fn lines_of(
	vault: &Arc<Vault>,
	session: Session,
	at: &At,
	chart: ChartId,
	id: BreakGlassId,
	asked: ReviewQuery,
) -> Result<Option<DisclosurePage>> {
	let known = rows_of(vault, chart).await?.into_iter().find(|row| row.id == id);
	let Some(row) = known else { return Ok(None) };
	let organisation = asked.organisation;
	let access = Access {
		account: session.account,
		chart,
		accessor: Accessor::Staff {
			account: session.account,
			organisation,
			role: Role::QualityOfficer,
		},
		practitioner: at.practitioner_of(session.account).await?,
		action: Action::Access,
		purpose: Purpose::Operations,
		subject: Subject::Log,
		head: at.head(),
	};
	let wanted = Wanted { chart, from: asked.from.max(row.first), of: Some((id, row.last)) };
	let basis = Basis::BreakGlass(id);
	read_once(vault, Some(session), access, basis, wanted).await.map(Some)
}

#[cfg(test)]
mod tests;
