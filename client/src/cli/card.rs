//! `salus card`: cards with a PIN, and proxies at the desk.

mod change;
mod desk;
mod keep;
mod make;
#[cfg(test)]
mod tests;

use super::{
	ask_or,
	chart::Own,
	days,
	terms::{date, Account, Extent},
	usage, Context,
};
use clap::{Args, Subcommand};
use desk::Desk;
use salus_client::{
	card::{CardCode, MAX_SHEET},
	Error, Result,
};
use salus_primitives::{
	codes::{Power, Powers, Rule},
	ids::{Digest, DirectiveId, OrganisationId, RecordId},
	time::Moment,
};
use std::{
	fs::File,
	io::{Read, Write},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Longest that a card is good, in days.
const CARD_DAYS: u32 = 730;
/// Longest that a proxy at the desk is one, in days.
const PROXY_DAYS: u32 = 30;
/// What a card or a proxy at the desk may do. Neither ends what the patient denied, nor disputes a death.
const POWERS: [Power; 3] = [Power::Consent, Power::Revoke, Power::Read];

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make a card that acts for the patient at the custodian's desk, with a PIN.
	Make(Make),
	/// List the cards of a chart, with the wrong PINs that were tried.
	List(Own),
	/// Show every use of the chart's cards, and every wrong PIN.
	Uses(Own),
	/// Block a card: it guards the chart no more, and the vault forgets its half.
	Block {
		#[command(flatten)]
		own: Own,
		/// Folder for the new cards of the other guardians, where there are some.
		#[arg(long, value_name = "FOLDER")]
		cards: Option<PathBuf>,
		/// The card; how its id begins is enough.
		card: String,
	},
	/// Bring the vault what its cards need after a change of the guard that it was not told of.
	Deliver {
		#[command(flatten)]
		own: Own,
		/// Folder for the cards of guardians with keys of their own, which are written once more.
		#[arg(long, value_name = "FOLDER")]
		cards: Option<PathBuf>,
	},
	/// Name an account of the clinic, which acts for the patient at the desk for some days.
	Proxy(Proxy),
	/// Take an account of the clinic out of the guard before its time.
	EndProxy {
		#[command(flatten)]
		own: Own,
		/// The account.
		#[arg(long, value_name = "ACCOUNT")]
		account: Account,
		/// Folder for the new cards of the other guardians, where there are some.
		#[arg(long, value_name = "FOLDER")]
		cards: Option<PathBuf>,
	},
	/// A records officer unlocks a card, after seeing the person.
	Unlock {
		/// Key file of the records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// File with the card's text, or its page; - is standard input.
		#[arg(long, value_name = "FILE", required_unless_present = "card")]
		code: Option<PathBuf>,
		/// The card's id, where the patient reads it out of their list.
		#[arg(long, value_name = "ID", requires = "custodian", conflicts_with = "code")]
		card: Option<Digest>,
		/// The organisation whose vault has the card.
		#[arg(long, value_name = "N", requires = "card")]
		custodian: Option<OrganisationId>,
	},
	/// At the desk: issue a permit.
	Permit(Issue),
	/// At the desk: issue a deny.
	Deny(Issue),
	/// At the desk: revoke a directive that this card issued.
	Revoke {
		#[command(flatten)]
		desk: Desk,
		/// The directive.
		directive: DirectiveId,
	},
	/// At the desk: list the chart's records.
	Records(Desk),
	/// At the desk: read a record for the patient.
	Read {
		#[command(flatten)]
		desk: Desk,
		/// File for the content.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// The record.
		record: RecordId,
	},
	/// At the desk: show who saw what.
	Log {
		#[command(flatten)]
		desk: Desk,
		/// Wait up to this many seconds until every entry is proven.
		#[arg(long, value_name = "SECONDS", default_value_t = 0)]
		wait: u64,
	},
}

/// A card to be made.
#[derive(Debug, Args)]
struct Make {
	#[command(flatten)]
	own: Own,
	/// What it may do: consent, revoke and read, joined by +.
	#[arg(long, value_name = "POWERS", value_parser = powers)]
	powers: Powers,
	#[command(flatten)]
	end: End,
	/// File with the PIN, 6 to 12 digits; - is standard input [default: you type it].
	#[arg(long, value_name = "FILE")]
	pin_file: Option<PathBuf>,
	/// File for the card: a page to print in .html, or its text alone in .txt. A file that is there stays.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// Folder for the new cards of the other guardians, where there are some.
	#[arg(long, value_name = "FOLDER")]
	cards: Option<PathBuf>,
}

/// A proxy to be named.
#[derive(Debug, Args)]
struct Proxy {
	#[command(flatten)]
	own: Own,
	/// The account of the desk.
	#[arg(long, value_name = "ACCOUNT")]
	account: Account,
	/// What it may do: consent, revoke and read, joined by +.
	#[arg(long, value_name = "POWERS", value_parser = powers)]
	powers: Powers,
	#[command(flatten)]
	end: End,
	/// Folder for its guardian's card, and for the new ones of other guardians.
	#[arg(long, value_name = "FOLDER")]
	out: PathBuf,
}

/// A directive to be issued at the desk.
#[derive(Debug, Args)]
struct Issue {
	#[command(flatten)]
	desk: Desk,
	/// File for the order until it is done; if it stays, `salus chart guardian submit` goes on with it.
	#[arg(long, value_name = "FILE", default_value = "card-order.json")]
	order: PathBuf,
	#[command(flatten)]
	extent: Box<Extent>,
}

/// When it ends.
#[derive(Debug, Args)]
struct End {
	/// For how many days: 730 at most for a card, 30 for a proxy.
	#[arg(long, required_unless_present = "until", conflicts_with = "until")]
	days: Option<u32>,
	/// Until when.
	#[arg(long, value_name = "DATE", value_parser = date)]
	until: Option<Moment>,
}

impl End {
	/// The first moment at which it is over, as seen at the chain's time.
	fn at(&self, now: Moment, most: u32) -> Result<Moment> {
		let until = match self.days {
			Some(count) => now.saturating_add(days(count)),
			None => self.until.unwrap_or_default(),
		};
		if until <= now || until > now.saturating_add(days(most)) {
			return Err(usage(
				format!("it must end within {most} days from now"),
				"give fewer with --days, or another date with --until",
			));
		}
		Ok(until)
	}
}

/// Powers that a card or a proxy at the desk may have.
fn powers(text: &str) -> Result<Powers, String> {
	let mut named = Vec::new();
	for part in text.split('+') {
		let power: Power = part.parse().map_err(|fault| format!("{fault}"))?;
		if !POWERS.contains(&power) {
			return Err(format!(
				"no card and no desk may {power}: consent, revoke and read are left"
			));
		}
		named.push(power);
	}
	Ok(named.into_iter().collect())
}

/// A text from a file or, named -, from standard input.
fn text_of(path: &Path, most: usize) -> Result<Zeroizing<String>> {
	let most = u64::try_from(most).unwrap_or(u64::MAX);
	let mut text = Zeroizing::new(String::with_capacity(4096));
	let read = if path == Path::new("-") {
		std::io::stdin().take(most).read_to_string(&mut text)
	} else {
		File::open(path).map_err(Error::io(path))?.take(most).read_to_string(&mut text)
	};
	read.map_err(Error::io(path))?;
	Ok(text)
}

/// The PIN from a file, from standard input, or from whoever sits there.
fn pin_text(file: Option<&Path>) -> Result<Zeroizing<String>> {
	match file {
		Some(file) => text_of(file, 64),
		None => ask_or("PIN of the card: ", || {
			usage("no PIN given and no terminal to ask at", "name a file with --pin-file")
		})
		.map(Zeroizing::new),
	}
}

fn read_code(path: &Path) -> Result<CardCode> {
	CardCode::parse(&text_of(path, MAX_SHEET)?)
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Make(asked) => make::make(asked, context, out).await,
		Command::List(own) => keep::list(&own, context, out).await,
		Command::Uses(own) => keep::uses(&own, context, out).await,
		Command::Block { own, cards, card } => {
			keep::block(&own, cards.as_deref(), &card, context, out).await
		},
		Command::Deliver { own, cards } => {
			keep::deliver(&own, cards.as_deref(), context, out).await
		},
		Command::Proxy(asked) => make::proxy(asked, context, out).await,
		Command::EndProxy { own, account, cards } => {
			make::end_proxy(&own, account.0, cards.as_deref(), context, out).await
		},
		Command::Unlock { key, code, card, custodian } => {
			let code = code.as_deref().map(read_code).transpose()?;
			let named = card.zip(custodian);
			let meant = code.map(|code| (code.id(), code.custodian())).or(named);
			let (card, custodian) = meant.ok_or_else(|| {
				usage("no card is named", "give --code, or --card with --custodian")
			})?;
			desk::unlock(&key, card, custodian, context, out).await
		},
		Command::Permit(asked) => desk::issue(asked, Rule::Permit, context, out).await,
		Command::Deny(asked) => desk::issue(asked, Rule::Deny, context, out).await,
		Command::Revoke { desk, directive } => desk.revoke(directive, context, out).await,
		Command::Records(desk) => desk.records(context, out).await,
		Command::Read { desk, out: file, record } => desk.read(record, file, context, out).await,
		Command::Log { desk, wait } => desk.log(wait, context, out).await,
	}
}
