//! What is done with a card at the desk. Its key is made in memory from both halves, and nothing of it is
//! written; what follows is what every guardian does.

use super::{keep::words, pin_text, read_code, Issue};
use crate::cli::{
	chart::{carry_out, in_hours},
	disclosure, record,
	render::{self, Fields, Report},
	terms::Asker,
	usage, Context,
};
use clap::Args;
use salus_client::{
	card::Pin,
	guardians::GuardianCard,
	keys::Identity,
	sealed_file::write_new,
	vault_api::{CardBefore, CardEvent, CardOpening, CardTask, OpenCard},
	Error, Result,
};
use salus_primitives::{
	codes::Rule,
	guardian::GuardianAct,
	ids::{Digest, DirectiveId, OrganisationId, RecordId},
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

/// Hours within which an order must be submitted, which the desk does at once.
const HOURS: u64 = 1;

/// A card, its PIN, and who sits at the desk.
#[derive(Debug, Args)]
pub(super) struct Desk {
	/// File with the card's text, or its page; - is standard input.
	#[arg(long, value_name = "FILE")]
	code: PathBuf,
	/// File with the PIN; - is standard input [default: the patient types it].
	#[arg(long, value_name = "FILE")]
	pin_file: Option<PathBuf>,
	/// Key file of the custodian's staff at the desk: records officer or clinician.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
}

/// A card that is open.
struct Opened {
	/// As its guardian has it.
	card: GuardianCard,
	guardian: Identity,
	/// Who sits at the desk.
	desk: Identity,
}

impl Desk {
	/// Opens the card for a task, of which the vault writes a line.
	async fn open(&self, task: CardTask, context: &Context) -> Result<Opened> {
		let stdin = Path::new("-");
		if self.code == stdin && self.pin_file.as_deref() == Some(stdin) {
			return Err(usage(
				"card and PIN can not both come from standard input",
				"name a file for one of them",
			));
		}
		let code = read_code(&self.code)?;
		if !code.is_of(&context.chain().await?.genesis()) {
			return Err(usage("the card is of another chain", "name a node of its chain"));
		}
		let pin = Pin::new(&pin_text(self.pin_file.as_deref())?)?;
		let desk = context.open_key(&self.key)?;
		let keeper = context.keeper(code.custodian()).await?;
		let vault = context.session(keeper, &desk).await?;
		let stretched = code.with_pin(&pin)?;
		drop(pin);
		let asked = OpenCard { proof: *stretched.proof(), task };
		let opened = vault.open_card(&code.id(), &asked).await?;
		// The person sits there, and has no other way to learn it.
		eprintln!("note: {}", since(&opened.before));
		let (mut card, guardian) = code.open(&stretched, &opened.sealed, &opened.pinned)?;
		if card.genesis != context.chain().await?.genesis() {
			return Err(Error::BadCard("what the vault has is of another chain"));
		}
		card.custodian = keeper;
		Ok(Opened { card, guardian, desk })
	}

	pub(super) async fn revoke(
		&self,
		id: DirectiveId,
		context: &Context,
		out: &mut impl Write,
	) -> Result<()> {
		let Opened { card, guardian, desk } = self.open(CardTask::Revoke, context).await?;
		let act = GuardianAct::RevokeDirective { id };
		let order = card.order(&guardian, act, in_hours(HOURS, context).await?)?;
		context.print(&carry_out(&order, &desk, context).await?, out)
	}

	pub(super) async fn records(&self, context: &Context, out: &mut impl Write) -> Result<()> {
		let Opened { card, guardian, .. } = self.open(CardTask::Records, context).await?;
		let custodian = card.custodian;
		record::list_as(Asker::of_guardian(guardian, card), custodian, context, out).await
	}

	pub(super) async fn read(
		&self,
		record: RecordId,
		file: PathBuf,
		context: &Context,
		out: &mut impl Write,
	) -> Result<()> {
		let Opened { card, guardian, .. } = self.open(CardTask::Read, context).await?;
		record::read_as(Asker::of_guardian(guardian, card), record, file, context, out).await
	}

	pub(super) async fn log(
		&self,
		wait: u64,
		context: &Context,
		out: &mut impl Write,
	) -> Result<()> {
		let Opened { card, guardian, .. } = self.open(CardTask::Log, context).await?;
		disclosure::list_as(&card, &guardian, wait, context, out).await
	}
}

/// What happened with the card since the last right PIN, as the person at the desk reads it.
fn since(before: &CardBefore) -> String {
	let CardBefore { wrong, unlockings, opened } = before;
	let last = match opened {
		None => "the card was not used before".into(),
		Some(CardOpening { at, account, task }) => {
			let (what, at) = (words(CardEvent::Opened(*task)), render::moment(*at));
			let by = render::short(&render::hex(account));
			format!("the card was last {what} on {at}, by {by}")
		},
	};
	format!("{last}; since then {wrong} wrong PINs, and unlocked {unlockings} times")
}

/// Issues a directive. What was signed is kept until it is done: without its opening a directive denies all.
pub(super) async fn issue(
	asked: Issue,
	rule: Rule,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let Issue { desk, order: file, extent } = asked;
	if file.exists() {
		return Err(Error::FileExists(file));
	}
	let terms = extent.read(rule, context.chain().await?.head().await?.at)?;
	let task = if rule == Rule::Permit { CardTask::Permit } else { CardTask::Deny };
	let Opened { card, guardian, desk } = desk.open(task, context).await?;
	let order = card.issue(&guardian, terms, None, in_hours(HOURS, context).await?)?;
	drop(guardian);
	let json = serde_json::to_vec_pretty(&order).map_err(|fault| Error::io(&file)(fault.into()))?;
	write_new(&file, &json)?;
	let done = match carry_out(&order, &desk, context).await {
		Ok(done) => done,
		Err(fault) => {
			// What the chain refused will not be done; what it did not tell of in time may be.
			if fault.code() == "chain-refused" {
				let _ = std::fs::remove_file(&file);
			}
			return Err(fault);
		},
	};
	if done.is_delivered() {
		std::fs::remove_file(&file).map_err(Error::io(&file))?;
	} else {
		eprintln!("note: go on with `salus chart guardian submit --order {}`", file.display());
	}
	context.print(&done, out)
}

/// Unlocks a card.
pub(super) async fn unlock(
	key: &Path,
	card: Digest,
	custodian: OrganisationId,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let officer = context.open_key(key)?;
	let keeper = context.keeper(custodian).await?;
	context.session(keeper, &officer).await?.unlock_card(&card).await?;
	context.print(&Unlocked { card, custodian: keeper }, out)
}

#[derive(Serialize)]
struct Unlocked {
	card: Digest,
	custodian: OrganisationId,
}

impl Report for Unlocked {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("unlocked", self.card)
			.add("at", format!("organisation {}", self.custodian))
			.write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_person_reads_what_happened_since_the_last_time() {
		let first = since(&CardBefore::default());
		assert!(first.starts_with("the card was not used before; since then 0 wrong PINs"));
		let opened = Some(CardOpening { at: 0, account: [0xab; 32], task: CardTask::Read });
		let later = since(&CardBefore { wrong: 4, unlockings: 1, opened });
		for words in ["opened to read a record on 1970-01-01", "by 0xab", "4 wrong PINs", "1 times"]
		{
			assert!(later.contains(words), "{later}");
		}
	}
}
