//! Statements: breaking the glass while finality stalls.

use super::{is_refused, known, Open, Shown};
use crate::cli::{now, render, render::Fields, render::Report, usage, Context};
use salus_client::{
	chain::{At, Call},
	emergency::GlassFile,
	keys::Identity,
	vault_api::SignedStatement,
	Error, Result,
};
use salus_primitives::{
	break_glass::{
		is_stalled, BreakGlassStatement, BreakGlassTerms, BREAK_GLASS_DOMAIN, MAX_POSTING,
		MAX_STALE_HEAD, VALIDITY,
	},
	ids::BreakGlassId,
	time::Moment,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// How long a head may take to be fresh before finality counts as stalled: a node may trail a little.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to look meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// That the chain finalises, or does not, as the caller said.
pub(super) async fn ensure(stalled: bool, context: &Context) -> Result<At> {
	let began = Instant::now();
	loop {
		let at = context.finalised().await?;
		let head = at.head().at;
		match (stalled, is_stalled(head, now())) {
			(false, false) => return Ok(at),
			(false, true) if began.elapsed() < PATIENCE => tokio::time::sleep(LOOK_AGAIN).await,
			(false, true) => {
				return Err(usage(
					"the chain finalises no blocks now, so no break-glass can be opened on it",
					"add --stalled: vaults release allergies, medications and problems by your signed \
					 statement, which is posted later",
				));
			},
			(true, false) => {
				return Err(usage(
					"the chain finalises blocks, so vaults take no statement",
					"leave --stalled out and open the break-glass on chain",
				));
			},
			(true, true) if now() > head.saturating_add(MAX_STALE_HEAD) => {
				return Err(usage(
					"nothing was final for more than 24 hours, after which vaults take no statement",
					"ask the custodian directly",
				));
			},
			(true, true) => return Ok(at),
		}
	}
}

/// Signs a statement and writes it to the file.
pub(super) async fn state(
	options: &Open,
	terms: BreakGlassTerms,
	identity: &Identity,
	at: &At,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let genesis = context.chain().await?.genesis();
	let head = at.head();
	let glass = GlassFile::stated(terms, |seal| {
		let statement = BreakGlassStatement {
			domain: BREAK_GLASS_DOMAIN,
			genesis,
			number: head.number,
			head: head.hash,
			account: identity.account(),
			organisation: options.organisation,
			reason: options.reason,
			seal,
			at: now(),
		};
		let [raw, _] = statement.signable();
		SignedStatement { statement, signature: identity.sign(&raw) }
	})?;
	glass.write(&options.out)?;
	context.print(&Stated::of(&glass, Some(options.out.clone()))?, out)
}

/// Posts a statement that was made while finality stalled.
pub(super) async fn post(
	key: &Path,
	file: &Path,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let glass = GlassFile::read(file)?;
	let said = glass.statement.ok_or_else(|| {
		usage(
			"this break-glass was opened on chain, so there is nothing to post",
			"name the file that `salus emergency open --stalled` wrote",
		)
	})?;
	let identity = context.open_key(key)?;
	let SignedStatement { statement, signature } = said;
	let call = Call::post_break_glass(statement.organisation, &statement, &signature);
	let submitted = context.submit(&identity, &call).await.inspect_err(|fault| {
		if is_refused(fault) {
			eprintln!("note: a vault that released by it posts it too: `salus emergency show`");
		}
	})?;
	let view = known(&context.finalised().await?, statement.id()).await?;
	context.print(&Shown { view, submitted: Some(submitted), file: None }, out)
}

/// Shows a statement that the chain does not know yet.
pub(super) fn show(file: &Path, context: &Context, out: &mut impl Write) -> Result<()> {
	let glass = GlassFile::read(file)?;
	context.print(&Stated::of(&glass, None)?, out)
}

/// A statement that is not on chain.
#[derive(Serialize)]
struct Stated {
	id: BreakGlassId,
	#[serde(flatten)]
	statement: BreakGlassStatement,
	/// First moment at which no vault takes it any more.
	until: Moment,
	/// When it was posted: it is not.
	posted: Option<Moment>,
	/// Last moment at which it can be.
	post_by: Moment,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
}

impl Stated {
	fn of(glass: &GlassFile, file: Option<PathBuf>) -> Result<Self> {
		let id = glass.shown.id;
		let said = glass
			.statement
			.ok_or_else(|| Error::NotFound { what: "break-glass", id: id.to_string() })?;
		let statement = said.statement;
		let until = statement.at.saturating_add(VALIDITY);
		let post_by = statement.at.saturating_add(MAX_POSTING);
		Ok(Self { id, statement, until, posted: None, post_by, file })
	}
}

impl Report for Stated {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Self { id, statement, until, post_by, .. } = self;
		Fields::default()
			.add("break-glass", id)
			.add("state", "stated, not posted")
			.add("for", format!("organisation {}", statement.organisation))
			.add("reason", statement.reason)
			.add("scope", "first")
			.add("stated", render::moment(statement.at))
			.add("by block", statement.number)
			.add("opens until", format!("{}, while finality stalls", render::moment(*until)))
			.add("posted by", render::moment(*post_by))
			.maybe("file", self.file.as_ref().map(|file| file.display()))
			.write(out)?;
		if self.file.is_some() {
			writeln!(
				out,
				"a vault that releases by it posts it once the chain finalises again, or you"
			)?;
			writeln!(
				out,
				"do with `salus emergency post`. Then give your own account within 24 hours."
			)?;
		}
		Ok(())
	}
}
