//! The line of a release, as whoever reads has it: with the use of a link, within an attempt, or by itself.

use crate::{
	attempts,
	disclosures::{log, log_refusal, Access},
	errors::Result,
	guardians::Reader,
	links, stalled,
	vault::Vault,
};
use salus_primitives::{decision::Basis, disclosure::Outcome, ids::RecordId};
use std::sync::Arc;

/// How the line of a release came into the log, which says how it is taken back.
#[derive(Clone, Copy)]
pub(super) enum Written {
	/// With the use of a link.
	ByLink(links::Use, links::Shown),
	/// Within an attempt.
	InAttempt(attempts::Line, attempts::Named),
	/// By itself.
	Alone,
}

/// Logs a release as who reads does it. Answers the line's sequence.
pub(super) async fn write(
	vault: &Arc<Vault>,
	reader: &Reader,
	access: Access,
	record: RecordId,
	basis: Basis,
) -> Result<(u32, Written)> {
	if let Some(shown) = reader.link() {
		let (sequence, begun) = links::log(vault, access, basis, shown).await?;
		return Ok((sequence, Written::ByLink(begun, shown)));
	}
	if let Some(named) = reader.attempt() {
		let kept = stalled::kept_with(reader, basis);
		let line = attempts::log(vault, access, record, basis, named, kept).await?;
		return Ok((line.sequence, Written::InAttempt(line, named)));
	}
	let sequence = stalled::log_released(vault, access, basis, reader).await?;
	Ok((sequence, Written::Alone))
}

/// Logs a refusal as who reads does it.
pub(super) async fn refuse(
	vault: &Arc<Vault>,
	reader: &Reader,
	access: Access,
	record: RecordId,
	code: u8,
) -> Result<()> {
	if let Some(shown) = reader.link() {
		return links::refused(vault, access, code, shown).await;
	}
	if let Some(named) = reader.attempt() {
		attempts::end(vault, access, record, named).await?;
	}
	log_refusal(vault, access, code).await.map(drop)
}

impl Written {
	/// Logs that nothing left after all, for this reason.
	pub(super) async fn take_back(
		self,
		vault: &Arc<Vault>,
		access: Access,
		code: u8,
	) -> Result<()> {
		match self {
			Self::ByLink(begun, shown) => {
				links::log_failure(vault, access, code, begun, shown).await
			},
			Self::InAttempt(line, named) => {
				attempts::log_failure(vault, access, code, line, named).await
			},
			Self::Alone => log(vault, access, Outcome::Refused(code)).await.map(drop),
		}
	}
}
