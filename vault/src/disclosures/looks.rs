//! Reading a log is an access like another, and has a line in it.
//!
//! Once for each sign-in: who waits for proofs reads again and again, and would make the log longer by that. The
//! line is written with the page that it tells of, before that leaves; so the page does not have it yet, and the
//! next one does.

use super::{log_refusal, log_with, read_page, Access};
use crate::{
	errors::{Error, Result},
	guardians::{self, Reader},
	sign_in::Session,
	store::{Rows, StoreError, CHARTS, DISCLOSURES},
	vault::Vault,
};
use codec::Encode;
use salus_client::vault_api::{DisclosurePage, Head};
use salus_primitives::{
	codes::{Action, Purpose},
	decision::{Accessor, Basis},
	disclosure::{Outcome, Subject},
	ids::{BreakGlassId, ChartId, Digest, OrganisationId},
};
use std::sync::Arc;

/// A page of a log that somebody asks for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
	pub(crate) chart: ChartId,
	/// The first line.
	pub(crate) from: u32,
	/// Of the lines only those that are due to this break-glass, and none behind this one.
	pub(crate) of: Option<(BreakGlassId, u32)>,
}

impl Wanted {
	fn read(
		&self,
		rows: &impl Rows,
		organisation: OrganisationId,
	) -> Result<DisclosurePage, StoreError> {
		let page = read_page(rows, organisation, self.chart, self.from)?;
		let Some((id, last)) = self.of else { return Ok(page) };
		let DisclosurePage { mut entries, next } = page;
		entries.retain(|entry| entry.opening.terms.broken_glass() == Some(id));
		Ok(DisclosurePage { entries, next: next.filter(|next| *next <= last) })
	}
}

/// A page of the chart's log, for the chart's key and guardians who may read. A guardian who may not is told of in
/// the log.
pub(crate) async fn page(
	vault: &Arc<Vault>,
	reader: Reader,
	chart: ChartId,
	from: u32,
) -> Result<DisclosurePage> {
	let basis = match reader.guardian() {
		Some(_) => Basis::Guardian,
		None => Basis::Patient,
	};
	let access = |accessor: Accessor, head: Head| Access {
		account: reader.account(),
		chart,
		accessor,
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::PatientRequested,
		subject: Subject::Log,
		head,
	};
	let accessor = reader.accessor(None)?;
	if let Some(guardian) = reader.guardian() {
		vault.chart(chart).await?;
		if let Err(reason) = guardians::admit(vault, chart, &guardian).await? {
			let head = vault.node.fresh().await?.head();
			log_refusal(vault, access(accessor, head), reason.code()).await?;
			return Err(Error::AccessDenied(reason));
		}
	} else {
		vault.own_chart_as_known(chart, reader.account()).await?;
	}
	let wanted = Wanted { chart, from, of: None };
	let head = match vault.node.fresh().await {
		Ok(at) => Some(at.head()),
		// The log is there for its patient while our node is away.
		Err(Error::NodeUnavailable(_)) => last_head(vault, chart).await?,
		// So it is while finality stalls: the last head is the one at which it is read.
		Err(Error::HeadStale { .. }) if reader.guardian().is_none() => {
			Some(vault.node.finalised().await?.head())
		},
		Err(error) => return Err(error),
	};
	match head {
		Some(head) => {
			read_once(vault, reader.session(), access(accessor, head), basis, wanted).await
		},
		// A log without a line tells nobody anything.
		None => read(vault, wanted).await,
	}
}

/// The head at which the last line of the chart's log was decided.
async fn last_head(vault: &Arc<Vault>, chart: ChartId) -> Result<Option<Head>> {
	vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let end = rows.get(&CHARTS, &chart)?.map_or(0, |row| row.disclosures.next);
				let Some(last) = end.checked_sub(1) else { return Ok(None) };
				let row = rows.get(&DISCLOSURES, &(chart, last))?.ok_or(StoreError::Damaged)?;
				let terms = row.opening.terms;
				// A line does not have the head's number.
				Ok(Some(Head { number: 0, hash: terms.head, at: terms.at }))
			})?)
		})
		.await
}

async fn read(vault: &Arc<Vault>, wanted: Wanted) -> Result<DisclosurePage> {
	let organisation = vault.organisation;
	vault
		.stored(move |store| Ok(store.read(|rows| wanted.read(rows, organisation))?))
		.await
}

/// Reads the page, and logs that; for a sign-in that did before, it reads only.
pub(crate) async fn read_once(
	vault: &Arc<Vault>,
	session: Option<Session>,
	access: Access,
	basis: Basis,
	wanted: Wanted,
) -> Result<DisclosurePage> {
	let look = Digest::of(&(access.chart, access.accessor, basis).encode());
	let has_looked = || session.is_some_and(|session| vault.sign_ins.has_looked(&session, look));
	if has_looked() {
		return read(vault, wanted).await;
	}
	// Of two first looks at once the second one waits for the line.
	let _alone = vault.sign_ins.looking().await;
	if has_looked() {
		return read(vault, wanted).await;
	}
	let organisation = vault.organisation;
	let logged = log_with(vault, access, Outcome::Released(basis), move |rows| {
		Ok(wanted.read(rows, organisation)?)
	});
	let (_, page) = logged.await?;
	if let Some(session) = session {
		vault.sign_ins.looked(&session, look);
	}
	Ok(page)
}

#[cfg(test)]
mod tests;
