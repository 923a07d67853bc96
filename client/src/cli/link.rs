//! `salus link`.

use super::{
	directive::{self, End},
	record::write_disputes,
	relay::{Instead, Way},
	render,
	render::{Fields, Report, Table},
	request::{grant, Timings},
	terms::{charts, code_of, meant},
	usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{
	link::{Attempt, Bearer, Link, LinkPlace, MAX_LINK},
	sealed_file::write_new,
	transfer::{read_file, Known, Session, Wanted, Watcher},
	vault_api::{codes, DisputeStatement, Release, ReleaseRequest},
	vault_client::VaultClient,
	Error, Result,
};
use salus_primitives::{
	codes::{Action, Category, DirectiveState, Obligation, Obligations, Purpose, RecordState},
	ids::{ChartId, Digest, DirectiveId, OrganisationId, RecordId, Seal},
	link::MAX_LINK_VALIDITY,
	time::Moment,
};
use serde::Serialize;
use std::{
	fs::File,
	io::{Read, Write},
	path::{Path, PathBuf},
	sync::{Arc, Mutex},
};
use zeroize::Zeroizing;

/// Hour in milliseconds.
const HOUR: Moment = 60 * 60 * 1000;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make a link that opens one record once, for whoever has it.
	Make(Box<Make>),
	/// List the links of a wallet's charts.
	List {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// Only to this organisation's records.
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
	},
	/// End a link before its time.
	Revoke {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		#[command(flatten)]
		way: Way,
		/// The link as lists and logs show it, or its directive; how either begins is enough.
		link: String,
	},
	/// Fetch what a link opens, and decrypt it. Needs neither an account nor a node.
	Open(Open),
}

#[derive(Debug, Args)]
struct Make {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Who keeps the record.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The record: this version of it.
	#[arg(long, value_name = "ID")]
	record: RecordId,
	/// For how many hours, 720 at most.
	#[arg(long, value_name = "H", value_parser = clap::value_parser!(u32).range(1..=720))]
	hours: u32,
	/// What for.
	#[arg(long, value_parser = code_of!(Purpose), default_value = "PATRQT")]
	purpose: Purpose,
	/// Under which obligations.
	#[arg(long, value_parser = code_of!(Obligation), value_delimiter = ',')]
	obligation: Vec<Obligation>,
	/// File for the link: who gets it gets the record. A file that is there stays.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// File for the link as a QR code, in SVG. A file that is there stays.
	#[arg(long, value_name = "FILE")]
	qr: Option<PathBuf>,
	#[command(flatten)]
	way: Way,
}

#[derive(Debug, Args)]
struct Open {
	/// File with the link; - is standard input.
	#[arg(long, value_name = "FILE")]
	link: PathBuf,
	/// File for the content.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// Compare with the chain too, by the node that --node names. Without it the vault's own description of
	/// the record is all that the content is compared with.
	#[arg(long)]
	on_chain: bool,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Make(asked) => make(*asked, context, out).await,
		Command::List { wallet, custodian } => {
			let wallet = context.current_wallet(&wallet).await?;
			let chain = context.chain().await?;
			let (genesis, now) = (chain.genesis(), chain.head().await?.at);
			let charts = charts(&wallet, &genesis, custodian)?;
			let listed = directive::list(&wallet, &charts, false, context).await?;
			let links = listed.directives.into_iter().filter_map(|one| Listed::of(one, now));
			context.print(&List { links: links.collect() }, out)
		},
		Command::Revoke { wallet, way, link } => {
			let opened = context.open_wallet(&wallet)?;
			let is_meant = meant(&link)?;
			let mut named = opened.directives().iter().filter(|issued| {
				let link = issued.opening.terms.link();
				link.is_some_and(|link| is_meant(&link.to_string()))
			});
			let directive = match (named.next(), named.next()) {
				(Some(issued), None) => issued.id.to_string(),
				(Some(_), Some(_)) => {
					return Err(usage(
						format!("several links begin with {link}"),
						"give more of it; `salus link list` shows it",
					));
				},
				(None, _) => link,
			};
			directive::revoke(&End { wallet, directive }, way, context, out).await
		},
		Command::Open(asked) => open(asked, context, out).await,
	}
}

async fn make(asked: Make, context: &Context, out: &mut impl Write) -> Result<()> {
	let Make { wallet, custodian, record, hours, purpose, obligation, out: file, qr, way } = asked;
	let mut wallet = context.current_wallet(&wallet).await?;
	let chain = context.chain().await?;
	let (genesis, from) = (chain.genesis(), chain.head().await?.at);
	let chart = wallet.chart_at(&genesis, custodian)?.clone();
	// One of a batch has no entry of its own; the vault knows whether it is there.
	if let Some(facts) = context.finalised().await?.record(record).await? {
		if facts.custodian != custodian {
			return Err(usage(
				format!("organisation {} keeps this record, not {custodian}", facts.custodian),
				"name the right one with --custodian",
			));
		}
		if matches!(facts.state, RecordState::Erased | RecordState::EnteredInError) {
			return Err(usage(
				format!("the record is {}: no link opens it", facts.state),
				"list the records, and name a current one",
			));
		}
	}
	let until = from.saturating_add(HOUR.saturating_mul(hours.into()).min(MAX_LINK_VALIDITY));
	let vault = context.vault(custodian).await?.endpoint().to_owned();
	let link = Link::new(LinkPlace { vault, genesis, custodian, record, purpose, until })?;
	let terms = link.terms(from, obligation.into_iter().collect::<Obligations>())?;
	let written = write(link.text(), || link.drawing(), &file, qr.as_deref());
	let granted = async {
		written?;
		let issued = wallet.issue(&chart.chart, terms, None, None)?;
		let shared = Mutex::new(&mut wallet);
		let granting = grant(&shared, &chart, &issued.id, Instead::OfCover, way, context);
		Ok((issued.id, context.wait("making the link", granting).await?.1))
	};
	let (directive, timings) = match granted.await {
		Ok(granted) => granted,
		Err(fault) => {
			// What is on the chain will open once the vault has the opening, and what may come to be there.
			let is_there = matches!(fault, Error::NotDelivered { .. } | Error::FileExists(_));
			if !is_there && fault.code() != codes::NOT_FINAL_IN_TIME {
				let _ = std::fs::remove_file(&file);
				let _ = qr.as_ref().map(std::fs::remove_file);
			}
			return Err(fault);
		},
	};
	let link = link.keys()?.seal();
	context
		.print(&Made { link, directive, record, custodian, purpose, until, file, qr, timings }, out)
}

/// Writes a secret text, and its drawing where one is wanted, for their owner alone: both or none.
pub(super) fn write(
	mut text: Zeroizing<String>,
	drawing: impl FnOnce() -> Option<Zeroizing<String>>,
	file: &Path,
	qr: Option<&Path>,
) -> Result<()> {
	text.push('\n');
	write_new(file, text.as_bytes())?;
	let Some(qr) = qr else { return Ok(()) };
	let drawing = drawing().ok_or_else(|| {
		usage("the text is too long for a QR code", "leave out --qr, and send the text")
	});
	let drawn = drawing.and_then(|drawing| write_new(qr, drawing.as_bytes()));
	drawn.inspect_err(|_| drop(std::fs::remove_file(file)))
}

/// A secret text in a file, or from standard input; what is no text is bad.
pub(super) fn read_text(
	path: &Path,
	bad: impl FnOnce(&'static str) -> Error,
) -> Result<Zeroizing<String>> {
	let most = u64::try_from(MAX_LINK).unwrap_or(u64::MAX).saturating_add(1);
	let mut text = Zeroizing::new(String::with_capacity(MAX_LINK.saturating_add(1)));
	let read = if path == Path::new("-") {
		std::io::stdin().take(most).read_to_string(&mut text)
	} else {
		let file = File::open(path).map_err(Error::io(path))?;
		file.take(most).read_to_string(&mut text)
	};
	match read {
		Err(fault) if fault.kind() == std::io::ErrorKind::InvalidData => Err(bad("it is no text")),
		Err(fault) => Err(Error::io(path)(fault)),
		Ok(_) => Ok(text),
	}
}

async fn open(asked: Open, context: &Context, out: &mut impl Write) -> Result<()> {
	let Open { link, out: file, on_chain } = asked;
	let link = Link::parse(&read_text(&link, Error::BadLink)?)?;
	let LinkPlace { vault, genesis, custodian, record, purpose, .. } = link.place().clone();
	let known = if on_chain { on_chain_known(&link, context).await? } else { Known::Nothing };
	let identity = link.identity()?;
	let attempt = Attempt::beside(&file, &record)?;
	let mut client = VaultClient::new(&vault)?;
	client.bear(Bearer::new(&link, attempt.name())?);
	let bar = context.transfer_bar(0);
	let watched = bar.clone();
	let watch: Watcher = Arc::new(move |done, all| {
		watched.set_length(all);
		watched.set_position(done);
	});
	let session = Session { who: &identity, card: None, genesis, organisation: custodian };
	let request = ReleaseRequest { capacity: None, action: Action::Access, purpose, offset: 0 };
	let wanted = Wanted { record, request, known, chart: None, out: &file, resumable: true };
	let fetched = read_file(&client, &session, wanted, watch).await;
	bar.finish_and_clear();
	let release = match fetched {
		Ok(release) => release,
		Err(fault) => {
			// After a refusal there is nothing to go on with.
			if matches!(fault, Error::Vault { status: 403 | 404 | 410, .. }) {
				attempt.end()?;
			}
			return Err(fault);
		},
	};
	attempt.end()?;
	context.print(&Opened::new(record, custodian, file, on_chain, &release), out)
}

/// What the chain says of the link's record.
async fn on_chain_known(link: &Link, context: &Context) -> Result<Known> {
	let LinkPlace { genesis, custodian, record, .. } = link.place();
	if context.chain().await?.genesis() != *genesis {
		return Err(usage("the link is of another chain", "name a node of its chain with --node"));
	}
	let at = context.finalised().await?;
	Ok(match at.record(*record).await? {
		Some(facts) => Known::Leaf(facts.leaf),
		None => Known::Batched(at, *custodian),
	})
}

#[derive(Serialize)]
struct Made {
	/// What lists and logs call it.
	link: Seal,
	directive: DirectiveId,
	record: RecordId,
	custodian: OrganisationId,
	purpose: Purpose,
	until: Moment,
	file: PathBuf,
	qr: Option<PathBuf>,
	#[serde(flatten)]
	timings: Timings,
}

impl Report for Made {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = Fields::default()
			.add("link", self.file.display())
			.add("called", self.link)
			.add("opens", format!("record {} once, for {}", self.record, self.purpose))
			.add("until", render::moment(self.until))
			.add("directive", self.directive)
			.add("issued", render::submitted(&self.timings.carried.submitted))
			.add("by", self.timings.carried.way());
		match &self.qr {
			Some(qr) => fields.add("as QR code", qr.display()),
			None => fields,
		}
		.write(out)?;
		writeln!(out, "Whoever has the link can read the record: give it to whom it is for alone.")
	}
}

#[derive(Serialize)]
struct List {
	links: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
	/// What logs call it.
	link: Seal,
	directive: DirectiveId,
	chart: ChartId,
	custodian: OrganisationId,
	/// None while the chain does not know its directive.
	state: Option<DirectiveState>,
	delivered: bool,
	/// Whether its time is over.
	over: bool,
	record: Option<RecordId>,
	until: Option<Moment>,
}

impl Listed {
	fn of(listed: directive::Listed, now: Moment) -> Option<Self> {
		let terms = &listed.terms;
		Some(Self {
			link: terms.link()?,
			directive: listed.directive,
			chart: listed.chart,
			custodian: listed.custodian,
			state: listed.state,
			delivered: listed.delivered,
			over: terms.period.until.is_some_and(|until| until <= now),
			record: terms.scope.records.as_ref().and_then(|listed| listed.first().copied()),
			until: terms.period.until,
		})
	}

	fn status(&self) -> String {
		match self.state {
			None => "not on the chain".into(),
			Some(DirectiveState::Active) if self.over => "expired".into(),
			Some(DirectiveState::Active) if !self.delivered => "active, not at vault".into(),
			Some(state) => state.to_string(),
		}
	}
}

impl Report for List {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["LINK", "AT", "STATE", "RECORD", "UNTIL", "DIRECTIVE"]);
		for listed in &self.links {
			table.row(vec![
				render::short(&listed.link),
				listed.custodian.to_string(),
				listed.status(),
				listed.record.map_or("-".into(), |record| render::short(&record)),
				listed.until.map_or("-".into(), render::moment),
				render::short(&listed.directive),
			]);
		}
		table.write(out, "no links")?;
		if !self.links.is_empty() {
			writeln!(out, "whether one was used, `salus disclosure list` shows")?;
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Opened {
	record: RecordId,
	custodian: OrganisationId,
	file: PathBuf,
	media_type: String,
	category: Category,
	clinical_date: Moment,
	size: u64,
	content_digest: Digest,
	obligations: Obligations,
	/// Whether the chain was asked too.
	on_chain: bool,
	/// What the patient says against it.
	statements: Vec<DisputeStatement>,
}

impl Opened {
	fn new(
		record: RecordId,
		custodian: OrganisationId,
		file: PathBuf,
		on_chain: bool,
		release: &Release,
	) -> Self {
		let terms = &release.opening.terms;
		Self {
			record,
			custodian,
			file,
			media_type: release.media_type.clone(),
			category: terms.category,
			clinical_date: terms.clinical_date,
			size: terms.size,
			content_digest: terms.content_digest,
			obligations: release.obligations,
			on_chain,
			statements: release.statements.clone(),
		}
	}
}

impl Report for Opened {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("file", self.file.display())
			.add("content", format!("{}, {}", self.media_type, render::size(self.size)))
			.add("category", self.category)
			.add("clinical date", render::moment(self.clinical_date))
			.add("digest", self.content_digest)
			.add("obligations", render::codes(self.obligations.iter()))
			.add("kept by", format!("organisation {}", self.custodian))
			.write(out)?;
		write_disputes(&self.record, &self.statements, out)?;
		let checked = if self.on_chain {
			"It is as the custodian anchored it on the chain."
		} else {
			"It is as the vault describes it; the chain was not asked (--on-chain does)."
		};
		writeln!(out, "{checked} The link opens nothing any more.")
	}
}
