//! `salus record`.

mod beside;
mod history;
mod hold;
mod import;
mod petition;
mod transfer;

pub(crate) use transfer::Transfers;

pub(super) use beside::{erased_on_chain, missing_beside, write_disputes};
pub(super) use petition::statement;

use super::{
	now, render,
	render::{Fields, Report, Table},
	terms::{code_of, date, Asker},
	usage, Context,
};
use beside::{disputes_are_on_chain, withheld_disputes};
use clap::{builder::TypedValueParser, Args, Subcommand};
use futures::StreamExt;
use salus_client::{
	batched::facts as facts_of,
	chain::At,
	content::{inspect_file, ContentInfo},
	envelope::envelope_size,
	records::{Place, Written},
	transfer::{read_file, store_file, Known, Outgoing, Session, Wanted as WantedRecord, Watcher},
	vault_api::{
		ChartKeys, DisputeStatement, ErasedRecord, Head, ListedRecord, MovingRecord, MovingState,
		PublishedKey, Release, ReleaseRequest, StoredRecord,
	},
	vault_client::VaultClient,
	Error, Result,
};
use salus_primitives::{
	codes::{
		Action, Category, Confidentiality, ErrorReason, Obligations, RecordState, Sensitivity,
	},
	decision::Basis,
	ids::{ChartId, Digest, EncounterId, OrganisationId, PractitionerId, RecordId},
	record::RecordTerms,
	seal::Opening,
	time::Moment,
	views::RecordView,
};
use serde::Serialize;
use std::{
	collections::{BTreeMap, BTreeSet},
	io::Write,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};

/// How long our node may trail the vault's.
const CATCH_UP: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Encrypt files, store them in the custodian's vault and anchor them on the chain.
	Store {
		#[command(flatten)]
		writer: Writer,
		#[command(flatten)]
		about: About,
		/// FHIR R4 resources in JSON, or DICOM files.
		#[arg(required = true, value_name = "FILE")]
		files: Vec<PathBuf>,
		/// How many files to store at the same time; above 1 their order in the chart may differ.
		#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
		jobs: u8,
	},
	/// Import many resources at once: FHIR in NDJSON (one resource per line), files of FHIR JSON or DICOM,
	/// and folders of them. What can not be imported is listed, the rest goes on.
	Import(import::Options),
	/// Store a new version of a record.
	Amend {
		#[command(flatten)]
		writer: Writer,
		#[command(flatten)]
		about: About,
		/// The current version.
		#[arg(long, value_name = "ID")]
		replaces: RecordId,
		/// The new version's file.
		file: PathBuf,
	},
	/// Mark a record entered in error; it is kept, with the reason.
	EnterInError {
		/// Key file of the custodian's staff.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The record.
		record: RecordId,
		/// Why.
		#[arg(long, value_parser = code_of!(ErrorReason))]
		reason: ErrorReason,
	},
	/// Records on their way to another custodian, as their patient wants.
	Transfer(transfer::Options),
	/// List the records of a chart that you may see.
	List {
		#[command(flatten)]
		asker: Asker,
		/// In an emergency: the file that `salus emergency open` wrote.
		#[arg(long, value_name = "FILE", requires = "key", conflicts_with = "card")]
		emergency: Option<PathBuf>,
		#[command(flatten)]
		place: Chart,
	},
	/// Ask that a record be erased or amended, and answer.
	#[command(subcommand, arg_required_else_help = true)]
	Petition(petition::Command),
	/// Legal holds, which keep a record from being erased.
	#[command(subcommand, arg_required_else_help = true)]
	Hold(hold::Command),
	/// Show a record's versions with their states, holds and petitions, as the chain knows them.
	History {
		/// The record; versions before it are shown too.
		record: RecordId,
	},
	/// Fetch a record and decrypt it.
	Read {
		#[command(flatten)]
		asker: Asker,
		/// In an emergency: the file that `salus emergency open` wrote.
		#[arg(long, value_name = "FILE", requires = "key", conflicts_with = "card")]
		emergency: Option<PathBuf>,
		/// The organisation that keeps the record [default: as the chain knows].
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
		/// The chart to which the record must belong.
		#[arg(long, value_name = "ID")]
		chart: Option<ChartId>,
		/// What is done with it.
		#[arg(long, value_parser = code_of!(Action), default_value = "access")]
		action: Action,
		/// File for the content.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// The record.
		record: RecordId,
	},
}

/// Who writes, and where.
#[derive(Debug, Args)]
struct Writer {
	/// Key file of the custodian's staff: records officer, clinician or system.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation that keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: ChartId,
}

/// Which chart.
#[derive(Debug, Args)]
struct Chart {
	/// The organisation that keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The chart; patients and guardians need not name it.
	#[arg(long, value_name = "ID")]
	chart: Option<ChartId>,
}

/// What a file does not say of itself, or says wrongly.
#[derive(Debug, Args)]
struct About {
	/// Kind of record [default: as the file says].
	#[arg(long, value_parser = code_of!(Category))]
	category: Option<Category>,
	/// Confidentiality [default: as the file says].
	#[arg(long, value_parser = code_of!(Confidentiality))]
	confidentiality: Option<Confidentiality>,
	/// Labels beside those in the file.
	#[arg(long, value_parser = code_of!(Sensitivity), value_delimiter = ',')]
	sensitivity: Vec<Sensitivity>,
	/// Who wrote it [default: the practitioner whose key this is].
	#[arg(long, value_name = "N")]
	author: Option<PractitionerId>,
	/// The encounter it was written in.
	#[arg(long, value_name = "ID")]
	encounter: Option<EncounterId>,
	/// When what it tells of took place [default: as the file says, or now].
	#[arg(long, value_name = "DATE", value_parser = date)]
	clinical_date: Option<Moment>,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Store { writer, about, files, jobs } => {
			store(writer, about, &files, None, jobs, context, out).await
		},
		Command::Import(options) => import::run(options, context, out).await,
		Command::Amend { writer, about, replaces, file } => {
			store(writer, about, &[file], Some(replaces), 1, context, out).await
		},
		Command::EnterInError { key, record, reason } => {
			enter_in_error(&key, record, reason, context, out).await
		},
		Command::Transfer(options) => transfer::run(options, context, out).await,
		Command::List { asker, emergency, place } => {
			list(asker, emergency, place, context, out).await
		},
		Command::Petition(command) => petition::run(command, context, out).await,
		Command::Hold(command) => hold::run(command, context, out).await,
		Command::History { record } => history::run(record, context, out).await,
		Command::Read { asker, emergency, custodian, chart, action, out: file, record } => {
			let wanted = Wanted { emergency, custodian, chart, action, file, record };
			read(asker, wanted, context, out).await
		},
	}
}

async fn store(
	writer: Writer,
	about: About,
	files: &[PathBuf],
	replaces: Option<RecordId>,
	jobs: u8,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	// A file that can not be stored is told of before any is.
	let described = files
		.iter()
		.map(|file| Ok((file.as_path(), about.describe(inspect_file(file)?))))
		.collect::<Result<Vec<_>>>()?;
	let identity = context.open_key(&writer.key)?;
	let at = context.finalised().await?;
	let author = match about.author {
		Some(author) => Some(author),
		None => at.practitioner_of(identity.account()).await?,
	};
	let replaces = match replaces {
		Some(record) => Some((record, version(&at, record).await?)),
		None => None,
	};
	let genesis = context.chain().await?.genesis();
	let place = Place { genesis, custodian: writer.custodian, chart: writer.chart, replaces };
	let vault = context.session(writer.custodian, &identity).await?;
	let published = context.organisation(writer.custodian).await?.encryption_key;
	let published = published.map(PublishedKey::from);
	let keys = trusted_keys(&vault, &at, &genesis, published, &writer.chart).await?;
	let sizes = files.iter().filter_map(|file| Some(envelope_size(file.metadata().ok()?.len())));
	let bar = context.transfer_bar(sizes.fold(0, u64::saturating_add));
	let session = Session { who: &identity, card: None, genesis, organisation: writer.custodian };
	let storing = described.into_iter().map(|(file, info)| {
		let date = about.clinical_date.or(info.clinical_date);
		let written =
			Written { author, encounter: about.encounter, clinical_date: date.unwrap_or_else(now) };
		let (vault, bar, session, place, keys) = (&vault, &bar, &session, &place, &keys);
		async move {
			bar.set_message(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
			let (watched, seen) = (bar.clone(), AtomicU64::new(0));
			let watch: Watcher = Arc::new(move |done, _| {
				// What came all again after a break does not count twice.
				let before = seen.fetch_max(done, Ordering::Relaxed);
				watched.inc(done.saturating_sub(before));
			});
			let (written, dated) = (&written, date.is_some());
			let outgoing = Outgoing { file, info: &info, written, dated, place, keys };
			let stored = store_one(vault, session, outgoing, watch).await;
			stored.map_err(|fault| (file, fault))
		}
	});
	let mut stored = Vec::new();
	let mut failed = None;
	let mut results = futures::stream::iter(storing).buffered(jobs.into());
	while let Some(result) = results.next().await {
		match result {
			Ok(record) => stored.push(record),
			Err(fault) => failed = failed.or(Some(fault)),
		}
		if failed.is_some() && jobs == 1 {
			break;
		}
	}
	drop(results);
	bar.finish_and_clear();
	if !stored.is_empty() {
		context.print(&Stores { chart: writer.chart, custodian: writer.custodian, stored }, out)?;
	}
	match failed {
		None => Ok(()),
		Some((file, fault)) => {
			if files.len() > 1 && !context.global.json {
				eprintln!("not stored: {}", file.display());
			}
			Err(fault)
		},
	}
}

/// The keys to which a chart's records are wrapped, as the vault gives them. It must not get to open what
/// it keeps: the custodian's key is the one published on the chain, and the chart's is the one that the
/// chart's signing key, which is on the chain, gave its word for.
pub(super) async fn trusted_keys(
	vault: &VaultClient,
	at: &At,
	genesis: &[u8; 32],
	published: Option<PublishedKey>,
	chart: &ChartId,
) -> Result<ChartKeys> {
	let wrong = |detail: &str| Error::VaultAnswer {
		endpoint: vault.endpoint().into(),
		detail: detail.into(),
	};
	let keys = vault.chart_keys(chart).await?;
	if published != Some(keys.organisation_key) {
		return Err(wrong("its key is not the one that the organisation published on the chain"));
	}
	let vouched = at
		.chart(*chart)
		.await?
		.is_some_and(|known| keys.chart_key.is_vouched_for(genesis, chart, &known.key));
	if !vouched {
		return Err(wrong("the chart's signing key did not sign the encryption key that it names"));
	}
	Ok(keys)
}

async fn store_one(
	vault: &VaultClient,
	session: &Session<'_>,
	outgoing: Outgoing<'_>,
	watch: Watcher,
) -> Result<Stored> {
	let began = Instant::now();
	let (sent, record) = store_file(vault, session, outgoing, watch).await?;
	Ok(Stored {
		file: outgoing.file.into(),
		kind: outgoing.info.kind.clone(),
		category: sent.category,
		clinical_date: sent.clinical_date,
		size: sent.size,
		content_digest: sent.content_digest,
		remarks: outgoing.info.remarks.clone(),
		record,
		ms: began.elapsed().as_millis(),
	})
}

impl About {
	fn describe(&self, mut info: ContentInfo) -> ContentInfo {
		info.category = self.category.unwrap_or(info.category);
		info.confidentiality = self.confidentiality.unwrap_or(info.confidentiality);
		info.sensitivity =
			self.sensitivity.iter().fold(info.sensitivity, |set, label| set.with(*label));
		info
	}
}

/// Version of a record: one more than how many came before it.
async fn version(at: &At, record: RecordId) -> Result<u32> {
	let (mut version, mut next) = (0u32, Some(record));
	while let Some(id) = next {
		// One of a batch has no entry yet, and replaces nothing; whether there is one, the vault says.
		let replaces = at.record(id).await?.and_then(|facts| facts.replaces);
		(version, next) = (version.saturating_add(1), replaces);
	}
	Ok(version)
}

async fn enter_in_error(
	key: &Path,
	record: RecordId,
	reason: ErrorReason,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(key)?;
	let facts = context.finalised().await?.record(record).await?;
	let custodian = match facts {
		Some(facts) => facts.custodian,
		// One of a batch is at whoever keeps what the one had who anchored it, as its id says.
		None => context.keeper(record.anchored_by()).await?,
	};
	let vault = context.session(custodian, &identity).await?;
	let marking = vault.mark_entered_in_error(&record, reason);
	let marked = context.wait("marking the record", marking).await?;
	context.print(&Marked { record: marked.record, reason, block: marked.block }, out)
}

async fn list(
	mut asker: Asker,
	emergency: Option<PathBuf>,
	place: Chart,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let glass = asker.in_emergency(emergency.as_deref())?;
	let named = place.chart.or(glass.as_ref().map(|glass| glass.shown.opening.terms.chart));
	let asking = asker.open(context, place.custodian, named).await?;
	let vault = asking.session_by(glass.as_ref(), context).await?;
	let custodian = asking.custodian;
	let chart = asking.chart.ok_or_else(|| {
		usage(
			"staff must name the chart",
			"name it with --chart; the patient or an answer tells it",
		)
	})?;
	let listed = vault.record_list(&chart, asking.capacity, asking.purpose).await?;
	let records = against_chain(context, custodian, chart, listed.records).await?;
	let erased = erased_on_chain(context, custodian, listed.erased).await?;
	// Only the patient and guardians see every record, so only they can miss one.
	let (missing, moved) = match asking.capacity {
		None => {
			let moved = moved(context, &vault, custodian, &chart).await?;
			let openings = records.iter().map(|listed| &listed.record.opening);
			(without(missing_beside(openings, &erased), &moved), moved)
		},
		Some(_) => (Vec::new(), Vec::new()),
	};
	let wrong = records.iter().filter(|listed| !listed.verified).count();
	let faults = wrong.saturating_add(missing.len());
	let erased = erased.into_iter().map(|(erased, _)| erased).collect();
	let list = List { chart, custodian, records, erased, moved, missing };
	context.print(&list, out)?;
	if faults > 0 {
		return Err(Error::ListFaulty(faults));
	}
	Ok(())
}

/// [`Command::List`] for a guardian whose card is open.
pub(super) async fn list_as(
	asker: Asker,
	custodian: OrganisationId,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	list(asker, None, Chart { custodian, chart: None }, context, out).await
}

/// [`Command::Read`] for a guardian whose card is open.
pub(super) async fn read_as(
	asker: Asker,
	record: RecordId,
	file: PathBuf,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let action = Action::Access;
	let wanted = Wanted { emergency: None, custodian: None, chart: None, action, file, record };
	read(asker, wanted, context, out).await
}

/// Compares what a vault lists with the chain.
pub(super) async fn against_chain(
	context: &Context,
	custodian: OrganisationId,
	chart: ChartId,
	listed: Vec<ListedRecord>,
) -> Result<Vec<Listed>> {
	let (mut at, began) = (context.finalised().await?, Instant::now());
	let mut records = Vec::with_capacity(listed.len());
	for mut record in listed {
		let (id, inclusion) = (record.id, record.inclusion.clone());
		let mut facts = facts_of(&at, id, &record.opening, inclusion.as_ref()).await?;
		// The vault's node may be ahead of ours.
		while facts.is_none() && began.elapsed() < CATCH_UP {
			tokio::time::sleep(Duration::from_millis(100)).await;
			at = context.finalised().await?;
			facts = facts_of(&at, id, &record.opening, inclusion.as_ref()).await?;
		}
		let verified = facts.is_some_and(|facts| {
			facts.custodian == custodian
				&& record.opening.terms.chart == chart
				&& record.opening.opens(&facts.leaf)
		});
		let verified = verified && disputes_are_on_chain(context, &record).await?;
		// State and predecessor are the chain's to tell, not the vault's.
		record.state = facts.map_or(record.state, |facts| facts.state);
		record.replaces = facts.map_or(record.replaces, |facts| facts.replaces);
		let by = record.id.anchored_by();
		records.push(Listed { record, verified, from: (by != custodian).then_some(by) });
	}
	Ok(records)
}

/// The records that left the chart for another custodian, as far as the chain says that another one keeps
/// them.
pub(super) async fn moved(
	context: &Context,
	vault: &VaultClient,
	custodian: OrganisationId,
	chart: &ChartId,
) -> Result<Vec<MovedAway>> {
	let at = context.finalised().await?;
	let told = vault.transfers(chart).await?;
	let is_moved = |state: &MovingState| matches!(state, MovingState::Moved { .. });
	let of_transfers = told.transfers.into_iter().flat_map(|transfer| transfer.records);
	let of_transfers = of_transfers
		.filter(|moving| is_moved(&moving.state))
		.map(|MovingRecord { record, sequence, .. }| (record, sequence));
	let before = told.left_before.into_iter().map(|left| (left.record, left.sequence));
	let mut moved = Vec::new();
	for (record, sequence) in of_transfers.chain(before) {
		let Some(view) = at.record_view(record).await? else { continue };
		let to = view.facts.custodian;
		if to != custodian || came_alone(&at, custodian, &view).await? {
			moved.push(MovedAway { record, sequence, to });
		}
	}
	Ok(moved)
}

/// Whether a record came to its keeper by itself, from one who gave it all else later: then it is in
/// another chart there.
async fn came_alone(at: &At, keeper: OrganisationId, view: &RecordView) -> Result<bool> {
	let giver = view.id.anchored_by();
	if giver == keeper || at.holding(giver).await?.keeper != keeper {
		return Ok(false);
	}
	let taken_in = at.records(keeper, view.number).await?.entries;
	Ok(taken_in.first().is_some_and(|taken| taken.id == view.id))
}

/// The sequences that are missing for another reason than that their record moved.
pub(super) fn without(mut missing: Vec<u32>, moved: &[MovedAway]) -> Vec<u32> {
	missing.retain(|sequence| moved.iter().all(|moved| moved.sequence != *sequence));
	missing
}

/// Sequences of records that are not listed although a later one is, or although a listed one
/// follows from them.
fn missing<'a>(listed: impl Iterator<Item = &'a Opening<RecordTerms>> + Clone) -> Vec<u32> {
	let there: BTreeSet<_> = listed.clone().map(|opening| opening.terms.sequence).collect();
	let leaves: BTreeSet<_> = listed.clone().map(|opening| opening.seal().0).collect();
	let end = there.last().copied().unwrap_or_default();
	let gaps = (0..end).filter(|sequence| !there.contains(sequence));
	// Another record may stand in the place of one that is withheld.
	let replaced = listed.filter_map(|opening| {
		let leaf = opening.terms.previous_leaf.filter(|leaf| !leaves.contains(&leaf.0));
		leaf.map(|_| opening.terms.sequence.saturating_sub(1))
	});
	gaps.chain(replaced).collect::<BTreeSet<_>>().into_iter().collect()
}

struct Wanted {
	emergency: Option<PathBuf>,
	custodian: Option<OrganisationId>,
	chart: Option<ChartId>,
	action: Action,
	file: PathBuf,
	record: RecordId,
}

/// How a record is fetched and opened.
pub(super) struct Reading<'a> {
	pub(super) vault: &'a VaultClient,
	/// The reader, whose key opens the wrap.
	pub(super) session: Session<'a>,
	pub(super) request: ReleaseRequest,
	/// The chart that the record must belong to, where it is known.
	pub(super) chart: Option<ChartId>,
	/// Whether another call, with the same file, may go on where this one ends.
	pub(super) resumable: bool,
}

impl Reading<'_> {
	/// Fetches a record, of which the chain says what is `known`, and writes its content to `file`: whole and as
	/// the chain says, or not at all.
	pub(super) async fn fetch(
		&self,
		record: RecordId,
		known: Known,
		file: &Path,
		watch: Watcher,
	) -> Result<Release> {
		let &Self { vault, session, request, chart, resumable } = self;
		let wanted = WantedRecord { record, request, known, chart, out: file, resumable };
		read_file(vault, &session, wanted, watch).await
	}
}

async fn read(
	mut asker: Asker,
	wanted: Wanted,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let began = Instant::now();
	let glass = asker.in_emergency(wanted.emergency.as_deref())?;
	let record = wanted.record;
	let at = context.finalised().await?;
	let facts = at.record(record).await?;
	// One of a batch is at whoever anchored it, unless it was handed on.
	let named = match (wanted.custodian, facts) {
		(Some(named), _) => named,
		(None, Some(facts)) => facts.custodian,
		(None, None) => record.anchored_by(),
	};
	let custodian = context.keeper(named).await?;
	if let Some(facts) = facts.filter(|facts| facts.custodian != custodian) {
		return Err(usage(
			format!("organisation {} keeps this record, not {custodian}", facts.custodian),
			"name the right one with --custodian, or leave it out",
		));
	}
	let asking = match (wanted.custodian, wanted.chart) {
		(Some(named), chart) => asker.open(context, named, chart).await?,
		(None, Some(chart)) => asker.open(context, custodian, Some(chart)).await?,
		(None, None) => asker.open_for(context, custodian, record).await?,
	};
	let vault = asking.session_by(glass.as_ref(), context).await?;
	let request = ReleaseRequest {
		capacity: asking.capacity,
		action: wanted.action,
		purpose: asking.purpose,
		offset: 0,
	};
	let bar = context.transfer_bar(0);
	let watched = bar.clone();
	let watch: Watcher = Arc::new(move |done, all| {
		watched.set_length(all);
		watched.set_position(done);
	});
	let reading = Reading {
		vault: &vault,
		session: asking.reader(context.chain().await?.genesis()),
		request,
		chart: asking.chart,
		resumable: true,
	};
	let known = facts.map_or(Known::Batched(at, custodian), |facts| Known::Leaf(facts.leaf));
	let fetched = reading.fetch(record, known, &wanted.file, watch).await;
	bar.finish_and_clear();
	let release = fetched?;
	let withheld = withheld_disputes(context, record, &release).await.inspect_err(|_| {
		// What the vault says beside it is not to be believed, so it is not used.
		let _ = std::fs::remove_file(&wanted.file);
	})?;
	let state = facts.map_or(RecordState::Current, |facts| facts.state);
	let read = Read::new(record, custodian, state, wanted.file, &release, began);
	context.print(&Read { withheld_statements: withheld, ..read }, out)
}

#[derive(Serialize)]
struct Stores {
	chart: ChartId,
	custodian: OrganisationId,
	stored: Vec<Stored>,
}

#[derive(Serialize)]
struct Stored {
	file: PathBuf,
	kind: String,
	category: Category,
	clinical_date: Moment,
	size: u64,
	content_digest: Digest,
	/// What the writer should know, such as a label that was not understood.
	remarks: Vec<String>,
	#[serde(flatten)]
	record: StoredRecord,
	ms: u128,
}

impl Report for Stores {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table =
			Table::new(&["RECORD", "SEQ", "VER", "CATEGORY", "SIZE", "BLOCK", "MS", "FILE"]);
		for stored in &self.stored {
			let file = stored.file.file_name().unwrap_or_default().to_string_lossy();
			table.row(vec![
				stored.record.record.to_string(),
				stored.record.sequence.to_string(),
				stored.record.version.to_string(),
				stored.category.to_string(),
				render::size(stored.size),
				stored.record.block.number.to_string(),
				stored.ms.to_string(),
				file.into_owned(),
			]);
		}
		table.write(out, "nothing stored")?;
		for stored in &self.stored {
			let file = stored.file.file_name().unwrap_or_default().to_string_lossy();
			for remark in &stored.remarks {
				writeln!(out, "{file}: {remark}")?;
			}
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Marked {
	record: RecordId,
	reason: ErrorReason,
	block: Head,
}

impl Report for Marked {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("record", self.record)
			.add("entered in error", self.reason)
			.add("final in block", self.block.number)
			.write(out)
	}
}

#[derive(Serialize)]
struct List {
	chart: ChartId,
	custodian: OrganisationId,
	records: Vec<Listed>,
	/// Those that were erased, as the chain says too; for the patient alone.
	erased: Vec<ErasedRecord>,
	/// Records that another custodian keeps now.
	moved: Vec<MovedAway>,
	/// Sequences that the vault withholds from the patient.
	missing: Vec<u32>,
}

#[derive(Serialize)]
pub(super) struct Listed {
	#[serde(flatten)]
	pub(super) record: ListedRecord,
	/// Whether the terms open the record's leaf on the chain.
	pub(super) verified: bool,
	/// The organisation that anchored it, if it came from another one.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(super) from: Option<OrganisationId>,
}

/// A record that another custodian keeps now.
#[derive(Serialize)]
pub(super) struct MovedAway {
	record: RecordId,
	/// The place in the chart that it left empty.
	sequence: u32,
	/// Who keeps it.
	to: OrganisationId,
}

impl Report for List {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&[
			"RECORD", "SEQ", "VER", "CATEGORY", "DATE", "CONF", "SIZE", "STATE", "CHAIN",
		]);
		for Listed { record, verified, .. } in &self.records {
			let terms = &record.opening.terms;
			table.row(vec![
				record.id.to_string(),
				terms.sequence.to_string(),
				terms.version.to_string(),
				terms.category.to_string(),
				render::moment(terms.clinical_date),
				terms.confidentiality.to_string(),
				render::size(terms.size),
				record.state.to_string(),
				if *verified { "verified" } else { "DOES NOT MATCH" }.into(),
			]);
		}
		table.write(out, "no records that you may see")?;
		// A whole chart can have come from elsewhere.
		let mut came = BTreeMap::<_, Vec<_>>::new();
		for Listed { record, from, .. } in &self.records {
			write_disputes(&record.id, &record.statements, out)?;
			if let Some(from) = from {
				came.entry(from).or_default().push(record.opening.terms.sequence);
			}
		}
		for (from, sequences) in came {
			let sequences = render::codes(sequences.iter());
			writeln!(out, "came from organisation {from}: {sequences}")?;
		}
		for erased in &self.erased {
			writeln!(out, "{}, number {} of the chart, was erased", erased.id, erased.sequence)?;
		}
		for MovedAway { record, sequence, to } in &self.moved {
			writeln!(out, "record {sequence} moved to organisation {to}: {record}")?;
		}
		if !self.missing.is_empty() {
			writeln!(out, "withheld: {}", render::codes(self.missing.iter()))?;
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Read {
	record: RecordId,
	custodian: OrganisationId,
	/// On the chain: whether it was replaced or entered in error.
	state: RecordState,
	chart: ChartId,
	file: PathBuf,
	media_type: String,
	category: Category,
	clinical_date: Moment,
	size: u64,
	content_digest: Digest,
	basis: Basis,
	obligations: Obligations,
	disclosure: u32,
	head: Head,
	ms: u128,
	/// What the patient says against it.
	statements: Vec<DisputeStatement>,
	/// Petitions whose statements should have come with it.
	withheld_statements: Vec<u32>,
}

impl Read {
	fn new(
		record: RecordId,
		custodian: OrganisationId,
		state: RecordState,
		file: PathBuf,
		release: &Release,
		began: Instant,
	) -> Self {
		let terms = &release.opening.terms;
		Self {
			record,
			custodian,
			state,
			chart: terms.chart,
			file,
			media_type: release.media_type.clone(),
			category: terms.category,
			clinical_date: terms.clinical_date,
			size: terms.size,
			content_digest: terms.content_digest,
			basis: release.basis,
			obligations: release.obligations,
			disclosure: release.disclosure,
			head: release.head,
			ms: began.elapsed().as_millis(),
			statements: release.statements.clone(),
			withheld_statements: Vec::new(),
		}
	}
}

impl Report for Read {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("file", self.file.display())
			.add("content", format!("{}, {}", self.media_type, render::size(self.size)))
			.add("state", self.state)
			.add("category", self.category)
			.add("clinical date", render::moment(self.clinical_date))
			.add("digest", self.content_digest)
			.add("basis", render::basis(&self.basis))
			.add("obligations", render::codes(self.obligations.iter()))
			.add("logged as", format!("disclosure {} of the chart", self.disclosure))
			.add("decided at", format!("block {}", render::block(&self.head)))
			.add("time", format!("{} ms", self.ms))
			.write(out)?;
		write_disputes(&self.record, &self.statements, out)?;
		if !self.withheld_statements.is_empty() {
			let numbers = render::codes(self.withheld_statements.iter());
			writeln!(
				out,
				"the patient disputes it, and the vault withholds the statement: {numbers}"
			)?;
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::ids::{Salt, Seal};

	/// Records of a chart, each following from the one before.
	fn chart(count: u32) -> Vec<Opening<RecordTerms>> {
		let mut previous_leaf: Option<Seal> = None;
		(0..count)
			.map(|sequence| {
				let terms = RecordTerms {
					chart: ChartId([4; 32]),
					sequence,
					previous_leaf,
					version: 1,
					category: Category::Document,
					confidentiality: Confidentiality::Normal,
					sensitivity: Default::default(),
					author: None,
					encounter: None,
					clinical_date: 0,
					size: 0,
					content_digest: Digest::of(b""),
					ciphertext_digest: Digest::of(b""),
				};
				let opening = Opening { terms, salt: Salt([0; 32]) };
				previous_leaf = Some(opening.seal());
				opening
			})
			.collect()
	}

	#[test]
	fn gaps_are_seen() {
		assert!(missing(chart(0).iter()).is_empty());
		let whole = chart(4);
		assert!(missing(whole.iter()).is_empty());
		assert_eq!(missing([&whole[3], &whole[1]].into_iter()), [0, 2]);
	}

	#[test]
	fn an_erased_record_leaves_no_gap_if_the_chain_has_its_leaf() {
		let whole = chart(3);
		let left = [&whole[0], &whole[2]].into_iter();
		let erased = |sequence, leaf| {
			let record = ErasedRecord { id: RecordId([1; 32]), sequence, petition: Some(0) };
			[(record, leaf)]
		};
		assert_eq!(missing_beside(left.clone(), &[]), [1]);
		assert!(missing_beside(left.clone(), &erased(1, whole[1].seal())).is_empty());
		// Another that was erased does not stand for it.
		assert_eq!(missing_beside(left.clone(), &erased(1, Seal([9; 32]))), [1]);
		assert_eq!(missing_beside(left, &erased(0, whole[1].seal())), [1]);
	}

	#[test]
	fn what_moved_is_not_withheld() {
		let whole = chart(4);
		let moved = |sequence| MovedAway { record: RecordId([1; 32]), sequence, to: 2 };
		let missing = missing([&whole[3], &whole[1]].into_iter());
		assert_eq!(without(missing.clone(), &[moved(2)]), [0]);
		assert_eq!(without(missing.clone(), &[moved(0), moved(2)]), [0; 0]);
		assert_eq!(without(missing, &[]), [0, 2]);
	}

	#[test]
	fn a_record_put_in_the_place_of_another_is_seen() {
		let mut forked = chart(3);
		forked[1].salt = Salt([1; 32]);
		assert_eq!(missing(forked.iter()), [1]);
	}
}
