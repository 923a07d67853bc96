//! `salus paper`.

mod sheet;
mod show;

pub(super) use show::{write, Listed};

use super::{
	chart::{read_json, Untold},
	now, render,
	terms::{code_of, date, Account, Terms},
	until_known, usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{
	keys::{Identity, KeyFile},
	papers::{Desk, PaperFile, PaperPlace},
	sealed_file::{replace, write_new},
	vault_api::{codes, PostedPaper},
	Error, Result,
};
use salus_primitives::{
	codes::Interpreter,
	ids::{ChartId, DirectiveId, OrganisationId, RecordId},
	paper::{Language, PaperTerms, MAX_PAPER_VALIDITY},
	time::Moment,
};
use show::{Done, Kept, List, Prepared, Shown, Signed};
use std::{
	io::{IsTerminal, Write},
	path::PathBuf,
};

/// A day in milliseconds.
const DAY: Moment = super::days(1);

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Keep what it takes to prepare paper where there is no connection.
	Desk {
		/// The house.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// File for it.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// Write down what a patient permits or denies on paper, for a second one of the staff to read and sign.
	Prepare(Box<Prepare>),
	/// Write down that a patient takes back what came on paper, for a second one of the staff to sign.
	Revoke(Revoke),
	/// Show all that a paper file says, and sign nothing. Needs no connection.
	Show {
		/// What was prepared.
		#[arg(value_name = "FILE")]
		paper: PathBuf,
	},
	/// Read what another prepared, and then sign it. Needs no connection.
	Witness {
		/// Key file of the second one.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// You have read all of it, with `salus paper show`: sign without asking again.
		#[arg(long)]
		read: bool,
		/// What was prepared. The signature is written into it.
		#[arg(value_name = "FILE")]
		paper: PathBuf,
	},
	/// Submit what both stand for, and bring it to the vault. Can be repeated.
	Issue {
		/// Key file of who prepared it.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// What the second one signed.
		#[arg(value_name = "FILE")]
		paper: PathBuf,
	},
	/// Print a patient summary with the code of a link that opens it once, and queue both until there is a
	/// connection. A second one of the staff signs the queued file: `salus paper witness`.
	Sheet(Box<sheet::Sheet>),
	/// Send what `sheet` queued and the second one signed: the document, and the link's directive. Can be
	/// repeated.
	Send {
		/// Key file of who made the sheet: a records officer or clinician.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// What was queued.
		#[arg(value_name = "FILE")]
		queue: PathBuf,
	},
	/// List what came on paper about a chart of the house.
	List {
		/// Key file of staff.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Who keeps the chart.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// The chart.
		#[arg(long, value_name = "ID")]
		chart: ChartId,
	},
}

/// Who stands for the paper, where and how long.
#[derive(Debug, Args)]
struct By {
	/// Key file of who is to submit it; it is not opened.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Account of the second one, who reads and signs.
	#[arg(long, value_name = "ACCOUNT")]
	second: Account,
	/// Who keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: ChartId,
	/// Hours within which it must be submitted.
	#[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u64).range(1..=168))]
	hours: u64,
	/// Do without a connection, by the file that `salus paper desk` wrote and this machine's clock.
	#[arg(long, value_name = "FILE")]
	offline: Option<PathBuf>,
	/// File for it, for the two alone. A file that is there stays.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

#[derive(Debug, Args)]
struct Prepare {
	#[command(flatten)]
	by: By,
	/// The active directive on paper that this one replaces.
	#[arg(long, value_name = "ID")]
	replaces: Option<DirectiveId>,
	#[command(flatten)]
	paper: Paper,
	#[command(flatten)]
	terms: Terms,
}

#[derive(Debug, Args)]
struct Revoke {
	#[command(flatten)]
	by: By,
	/// The directive.
	directive: DirectiveId,
}

/// What the paper was.
#[derive(Debug, Args)]
struct Paper {
	/// Language in which it was explained to the patient, as BCP 47 writes it: es, zh-Hant.
	#[arg(long, value_name = "TAG")]
	language: Language,
	/// Who interpreted.
	#[arg(long, value_parser = code_of!(Interpreter), default_value = "none")]
	interpreter: Interpreter,
	/// Day on which the patient signed [default: today].
	#[arg(long, value_name = "DATE", value_parser = date)]
	signed_on: Option<Moment>,
	/// The record that holds the scanned sheet.
	#[arg(long, value_name = "ID")]
	scan: Option<RecordId>,
}

impl Paper {
	fn read(self, at: Moment) -> Result<PaperTerms> {
		let signed = self.signed_on.unwrap_or(at);
		// A day begins earlier in the east than in UTC.
		if signed > at.saturating_add(DAY) {
			return Err(usage(
				format!("{} has not come yet", render::moment(signed)),
				"give the day on which the patient signed",
			));
		}
		let signed_on = signed / DAY * DAY;
		let Self { language, interpreter, scan, .. } = self;
		Ok(PaperTerms { language, interpreter, signed_on, scan })
	}
}

impl By {
	/// Where and by whom, and the time by which the terms are read.
	async fn place(&self, context: &Context) -> Result<(PaperPlace, Moment)> {
		let submitter = KeyFile::show(&self.key)?.account;
		let witness = self.second.0;
		if submitter == witness {
			return Err(usage(
				"both accounts are one",
				"it takes two people: name a colleague's account with --second",
			));
		}
		let custodian = self.custodian;
		let (genesis, at) = match &self.offline {
			Some(desk) => {
				let desk: Desk = read_json(desk, "desk file")?;
				if desk.custodian != custodian {
					return Err(usage(
						format!("the desk file is of organisation {}", desk.custodian),
						"make one of this house with `salus paper desk`",
					));
				}
				(desk.genesis, now())
			},
			None => {
				let facts = context.finalised().await?.chart(self.chart).await?;
				if facts.is_none_or(|facts| facts.custodian != custodian) {
					return Err(usage(
						format!("organisation {custodian} keeps no chart {}", self.chart),
						"paper counts at the chart's own house alone: check chart and custodian",
					));
				}
				let chain = context.chain().await?;
				(chain.genesis(), chain.head().await?.at)
			},
		};
		let hours = self.hours.saturating_mul(60 * 60 * 1000).min(MAX_PAPER_VALIDITY);
		let expires = at.saturating_add(hours);
		Ok((PaperPlace { genesis, custodian, submitter, witness, expires }, at))
	}

	fn write(&self, file: PaperFile, context: &Context, out: &mut impl Write) -> Result<()> {
		write_new(&self.out, &json(&file)?)?;
		context.print(&Prepared { path: self.out.clone(), paper: file }, out)
	}
}

fn json(file: &impl serde::Serialize) -> Result<Vec<u8>> {
	serde_json::to_vec_pretty(file).map_err(|fault| Error::io("paper file")(fault.into()))
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Desk { custodian, out: path } => {
			let genesis = context.chain().await?.genesis();
			let vault = context.vault(custodian).await?.endpoint().to_owned();
			let desk = Desk { genesis, custodian, vault };
			replace(&path, &json(&desk)?)?;
			context.print(&Kept { path, desk }, out)
		},
		Command::Prepare(asked) => {
			let Prepare { by, replaces, paper, terms } = *asked;
			let (place, at) = by.place(context).await?;
			let (terms, paper) = (terms.read(at)?, paper.read(at)?);
			let file = PaperFile::issue(place, by.chart, terms, paper, replaces)?;
			by.write(file, context, out)
		},
		Command::Revoke(Revoke { by, directive }) => {
			let (place, _) = by.place(context).await?;
			by.write(PaperFile::revoke(place, by.chart, directive), context, out)
		},
		Command::Show { paper: path } => {
			let file: PaperFile = read_json(&path, "paper file")?;
			file.readable()?;
			context.print(&Shown { path, paper: file }, out)
		},
		Command::Witness { key, read, paper: path } => {
			let mut file: PaperFile = read_json(&path, "paper file")?;
			file.readable()?;
			if !read {
				ensure_read(&file)?;
			}
			file.sign(&context.open_key(&key)?)?;
			replace(&path, &json(&file)?)?;
			context.print(&Signed { path, paper: file }, out)
		},
		Command::Issue { key, paper: path } => {
			let file: PaperFile = read_json(&path, "paper file")?;
			issue(&file, &context.open_key(&key)?, context, out).await
		},
		Command::Sheet(asked) => sheet::make(*asked, context, out).await,
		Command::Send { key, queue } => {
			let file: PaperFile = read_json(&queue, "queue file")?;
			let identity = context.open_key(&key)?;
			ensure_chain(&file, context).await?;
			file.call(&identity)?;
			sheet::store(&file, &identity, context).await?;
			issue(&file, &identity, context, out).await
		},
		Command::List { key, custodian, chart } => {
			let identity = context.open_key(&key)?;
			let vault = context.session(custodian, &identity).await?;
			let kept = vault.papers(&chart).await?;
			let at = context.finalised().await?;
			let facts = at.chart(chart).await?.map(|facts| facts.directives).unwrap_or_default();
			let active = facts.into_iter().filter(|active| active.paper.is_some());
			let active: Vec<_> = active.map(|active| active.id).collect();
			let ids = with_ended(&active, &kept);
			let papers = listed((chart, custodian), &ids, kept, context).await?;
			context.print(&List { papers }, out)
		},
	}
}

/// Shows all of it and asks, for what the second one signs they must have read.
fn ensure_read(file: &PaperFile) -> Result<()> {
	if !std::io::stdin().is_terminal() {
		return Err(usage(
			"nobody has read the paper: there is no terminal to show it at",
			"read it with `salus paper show`, then sign with --read",
		));
	}
	let terminal = Error::io("terminal");
	let mut shown = std::io::stderr();
	let asked = show::all(file)
		.write(&mut shown)
		.and_then(|()| write!(shown, "Does the signed sheet say exactly this? Type yes to sign: "));
	let mut said = String::new();
	asked.and_then(|()| std::io::stdin().read_line(&mut said)).map_err(terminal)?;
	if said.trim() == "yes" {
		Ok(())
	} else {
		Err(usage("it was not signed", "let who prepared it write down what the sheet says"))
	}
}

async fn ensure_chain(file: &PaperFile, context: &Context) -> Result<()> {
	if context.chain().await?.genesis() == file.place.genesis {
		ensure_house(file, context).await
	} else {
		Err(usage("the paper is for another chain", "name a node of its chain"))
	}
}

/// What opens a directive goes to the house that keeps the chart alone, whichever the file names.
async fn ensure_house(file: &PaperFile, context: &Context) -> Result<()> {
	let facts = context.finalised().await?.chart(file.act.chart()).await?;
	let (named, Some(facts)) = (file.place.custodian, facts) else { return Ok(()) };
	if facts.custodian == named || facts.custodian == context.keeper(named).await? {
		return Ok(());
	}
	Err(usage(
		format!("organisation {named} keeps no chart {}", file.act.chart()),
		"paper counts at the chart's own house alone: prepare it anew",
	))
}

/// Submits it, unless the chain has it, and brings the openings to the vault.
async fn issue(
	file: &PaperFile,
	identity: &Identity,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	ensure_chain(file, context).await?;
	let custodian = file.place.custodian;
	let call = file.call(identity)?;
	let known = context.finalised().await?.directive(file.directive()).await?;
	let submitted = if known.is_some_and(|known| file.is_done(&known)) {
		None
	} else {
		Some(context.submit(identity, &call).await?)
	};
	let chart = file.act.chart();
	let told = async {
		let Some(posted) = file.to_post() else { return Ok(()) };
		let keeper = context.keeper(custodian).await?;
		let vault = context.session(keeper, identity).await?;
		let post = || vault.post_paper(&chart, &posted);
		until_known(codes::DIRECTIVE_UNKNOWN, post).await
	};
	let told = context.wait("bringing the paper to the vault", told).await;
	let done = Done {
		directive: file.directive(),
		chart,
		act: file.act,
		submitted,
		vault: told.err().map(Untold::from),
	};
	context.print(&done, out)
}

/// These directives of a chart that came on paper, and those that its vault has of which nothing is left, as
/// its key or the house's staff see them. While the vault does not answer, what the chain says of these.
pub(super) async fn of_chart(
	place: (ChartId, OrganisationId),
	ids: &[DirectiveId],
	identity: &Identity,
	context: &Context,
) -> Result<Vec<Listed>> {
	let kept = async { context.session(place.1, identity).await?.papers(&place.0).await };
	let kept = kept.await.unwrap_or_default();
	listed(place, &with_ended(ids, &kept), kept, context).await
}

/// All ids once: those that are active, and those of which the vault has what opens them.
fn with_ended(active: &[DirectiveId], kept: &[PostedPaper]) -> Vec<DirectiveId> {
	let ended = kept.iter().map(|posted| posted.id).filter(|id| !active.contains(id));
	active.iter().copied().chain(ended).collect()
}

async fn listed(
	(chart, custodian): (ChartId, OrganisationId),
	ids: &[DirectiveId],
	mut kept: Vec<PostedPaper>,
	context: &Context,
) -> Result<Vec<Listed>> {
	let at = context.finalised().await?;
	let mut all = Vec::with_capacity(ids.len());
	for id in ids {
		let Some(view) = at.directive(*id).await? else { continue };
		let Some(paper) = view.paper.filter(|_| view.chart == chart) else { continue };
		let found = kept.iter().position(|posted| posted.id == *id);
		// What does not fit the chain was not said by the two.
		let opened = found
			.map(|place| kept.swap_remove(place))
			.filter(|posted| posted.opening.opens(&view.seal) && posted.paper.opens(&paper.seal));
		let (terms, said) =
			opened.map_or((None, None), |it| (Some(it.opening.terms), Some(it.paper.terms)));
		let state = view.state;
		all.push(Listed { directive: *id, chart, custodian, state, paper, terms, said });
	}
	Ok(all)
}
