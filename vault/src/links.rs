//! Links: one record, once, for whoever has the link.
//!
//! There is no sign-in. The link's key signs a challenge together with what is asked; the directive on the
//! chain names the hash over its keys, and the key service wraps to the other one of them. A link is good
//! for one use, which is on disk, with its line in the log, before bytes leave. Who named the use may go on
//! with it for a quarter of an hour, for the rest or for all; anybody else who has the link is refused, and
//! that is logged.
//!
//! Attempts with a link that no directive here has ever named are not logged: anybody can make such a one. Nor are
//! those with a link that was refused often enough for the patient to know, or that ended a month ago: whoever once
//! had a link would have a pen in the patient's log.

use crate::{
	clock::now,
	disclosures::{self, append_to, Access},
	errors::{Error, Result},
	guardians::Reader,
	release::{self, Released},
	store::{LinkRow, LinkUse, Rows, StoreError, Writing, LINKS, LINKS_SINCE},
	vault::Vault,
};
use bytes::Bytes;
use futures::Stream;
use salus_client::vault_api::{OpenLink, ReleaseRequest, LINK_RESUMPTION};
use salus_primitives::{
	codes::Action,
	decision::{Basis, DenyReason},
	directive::DirectiveTerms,
	disclosure::{Outcome, NOT_HANDED_OUT},
	ids::{ChartId, Digest, RecordId, Seal},
	link::LinkKeys,
	time::{Moment, Period},
};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Refused attempts with one link that are logged. It was used, revoked or is over by then.
const REFUSALS_LOGGED: u8 = 16;
/// How long after its end a link is told apart from one that nobody made: 30 days.
const KNOWN_AFTER: Moment = 30 * 24 * 60 * 60 * 1000;

/// Who shows a link: its keys, and the digest of the name of its use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
	pub(crate) keys: LinkKeys,
	attempt: Digest,
}

/// Releases a record to whoever has a link to it.
pub(crate) async fn open(
	vault: &Arc<Vault>,
	record: RecordId,
	asked: OpenLink,
) -> Result<Released<impl Stream<Item = Result<Bytes>>>> {
	vault.sign_ins.verify_link(&asked, &record)?;
	let link = asked.keys.seal();
	let unknown = || Error::AccessDenied(DenyReason::LinkUnknown);
	let row = vault
		.stored(move |store| Ok(store.read(|rows| rows.get(&LINKS, &link))?))
		.await?
		.filter(|row| !row.is_forgotten(now()))
		.ok_or_else(unknown)?;
	let limited = vault.ops.limits.link(link);
	limited.inspect_err(|_| vault.ops.metrics.limited("links"))?;
	vault.sign_ins.use_link(&asked)?;
	// The log of a chart tells of the links of its own patient alone.
	if vault.record(record).await?.record.opening.terms.chart != row.chart {
		return Err(unknown());
	}
	let attempt = Digest::of(&asked.attempt);
	let reader = Reader::with_link(Shown { keys: asked.keys, attempt });
	let asked = ReleaseRequest {
		capacity: None,
		action: Action::Access,
		purpose: asked.purpose,
		offset: asked.offset,
	};
	release::release(vault, reader, record, asked, u64::MAX).await
}

/// Remembers the link of a directive whose opening came.
pub(crate) fn note(
	rows: &Writing<'_>,
	chart: &ChartId,
	terms: &DirectiveTerms,
) -> Result<(), StoreError> {
	let Some(link) = terms.link() else { return Ok(()) };
	// Of two directives of one link the second gives no second use.
	if rows.get(&LINKS, &link)?.is_some() {
		return Ok(());
	}
	let Period { from, until } = terms.period;
	let row = LinkRow { chart: *chart, from, used: None, refused: 0, until };
	rows.put(&LINKS, &link, &row)
}

/// After a restore: a backup knows nothing of the uses since it was made, so what was a link before is one no
/// more.
pub(crate) fn after_restore(rows: &Writing<'_>, at: Moment) -> Result<(), StoreError> {
	rows.put(&LINKS_SINCE, &(), &at)
}

impl LinkRow {
	/// Whether it ended so long ago that it is refused like one that nobody made. The row stays, so that its
	/// directive gives no second use.
	fn is_forgotten(&self, at: Moment) -> bool {
		self.until.is_some_and(|until| until.saturating_add(KNOWN_AFTER) <= at)
	}
}

impl LinkUse {
	/// Whether this attempt made it, and no other request went on with it.
	fn is_only(&self, attempt: &Digest) -> bool {
		!self.went_on && self.attempt == *attempt
	}
}

/// Logs a release by a link, and with the same write begins its use or goes on with it. A use that is over,
/// or another's, is logged as a refusal instead.
pub(crate) async fn log(
	vault: &Arc<Vault>,
	access: Access,
	basis: Basis,
	shown: Shown,
) -> Result<(u32, Use)> {
	let at = access.head.at;
	let link = shown.keys.seal();
	let logged = disclosures::log_with(vault, access, Outcome::Released(basis), move |rows| {
		begin(rows, link, shown.attempt, at)
	});
	match logged.await {
		Err(Error::AccessDenied(DenyReason::LinkUsed)) => {
			refused(vault, access, DenyReason::LinkUsed.code(), shown).await?;
			Err(Error::AccessDenied(DenyReason::LinkUsed))
		},
		logged => logged,
	}
}

/// Logs a refused attempt, as long as there were few with this link.
pub(crate) async fn refused(
	vault: &Arc<Vault>,
	access: Access,
	code: u8,
	shown: Shown,
) -> Result<()> {
	disclosures::limit_refusals(vault, &access)?;
	let link = shown.keys.seal();
	let (here, outcome) = (vault.organisation, Outcome::Refused(code));
	disclosures::log_by(vault, move |rows| {
		let row = rows.get(&LINKS, &link)?.ok_or(Error::AccessDenied(DenyReason::LinkUnknown))?;
		if row.refused >= REFUSALS_LOGGED {
			return Ok(((), None));
		}
		let refused = row.refused.saturating_add(1);
		rows.put(&LINKS, &link, &LinkRow { refused, ..row })?;
		append_to(rows, here, &access, outcome)?;
		Ok(((), Some(outcome)))
	})
	.await
}

/// Logs that nothing left after all; a use that began with it did not begin.
pub(crate) async fn log_failure(
	vault: &Arc<Vault>,
	access: Access,
	code: u8,
	begun: Use,
	shown: Shown,
) -> Result<()> {
	let link = shown.keys.seal();
	// What a decision denied is no fault that passes.
	let gives_back = begun == Use::Begun && code == NOT_HANDED_OUT;
	let outcome = Outcome::Refused(code);
	disclosures::log_with(vault, access, outcome, move |rows| match rows.get(&LINKS, &link)? {
		// Another request may have gone on with this use, and got something.
		Some(row) if gives_back && row.used.is_some_and(|used| used.is_only(&shown.attempt)) => {
			Ok(rows.put(&LINKS, &link, &LinkRow { used: None, ..row })?)
		},
		_ => Ok(()),
	})
	.await
	.map(drop)
}

/// What a request does with the use of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
	/// It begins it.
	Begun,
	/// It goes on with it.
	GoesOn,
}

fn begin(rows: &Writing<'_>, link: Seal, attempt: Digest, at: Moment) -> Result<Use> {
	let row = rows.get(&LINKS, &link)?.ok_or(Error::AccessDenied(DenyReason::LinkUnknown))?;
	let since = rows.get(&LINKS_SINCE, &())?;
	match row.used {
		None if since.is_some_and(|since| row.from <= since) => {
			Err(Error::AccessDenied(DenyReason::LinkUsed))
		},
		None => {
			let used = Some(LinkUse { at, attempt, went_on: false });
			rows.put(&LINKS, &link, &LinkRow { used, ..row })?;
			Ok(Use::Begun)
		},
		Some(used)
			if bool::from(used.attempt.0.ct_eq(&attempt.0))
				&& at < used.at.saturating_add(LINK_RESUMPTION) =>
		{
			let used = Some(LinkUse { went_on: true, ..used });
			rows.put(&LINKS, &link, &LinkRow { used, ..row })?;
			Ok(Use::GoesOn)
		},
		Some(_) => Err(Error::AccessDenied(DenyReason::LinkUsed)),
	}
}

#[cfg(test)]
mod tests;
