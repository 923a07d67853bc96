//! Finding a patient's chart by a search.

use super::{clinician, known, submit_with};
use crate::cli::{
	every_page,
	render::{self, Fields, Report},
	terms::code_of,
	usage, Context,
};
use clap::{builder::TypedValueParser, Args};
use futures::future::join_all;
use salus_client::{
	chain::{Call, Submitted},
	emergency::SearchFile,
	finding::{CardCode, FindingError, MAX_CODE_TEXT, MAX_PATIENT},
	keys::Identity,
	vault_api::{AskSearch, Particulars, Question},
	Error, Result,
};
use salus_primitives::{
	codes::{BreakGlassReason, ChartState, OrganisationKind, OrganisationState},
	decision::ChartFacts,
	ids::{ChartId, OrganisationId},
	views::BreakGlassView,
};
use serde::Serialize;
use std::{
	collections::BTreeSet,
	fs::File,
	io::{Read, Write},
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// How long one of several houses is waited for: none holds up what the others found.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Args)]
pub(super) struct Find {
	/// Key file of the clinician.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation for which they act.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	#[command(flatten)]
	what: What,
	/// Why: emergency treatment, a patient who can not decide, or professional judgment.
	#[arg(long, value_parser = code_of!(BreakGlassReason))]
	reason: BreakGlassReason,
	/// File that shows the search to vaults, and later to a reviewer.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Again {
	/// Key file of the clinician.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	#[command(flatten)]
	what: What,
	/// The search's file.
	file: PathBuf,
}

/// What is looked for. Never in arguments themselves, which others see.
#[derive(Debug, Args)]
struct What {
	/// File with the code on the patient's card; - is standard input.
	#[arg(
		long,
		value_name = "FILE",
		required_unless_present = "patient",
		conflicts_with_all = ["patient", "custodian"]
	)]
	code: Option<PathBuf>,
	/// File with who the patient is: a Patient of FHIR R4 in JSON with name and whole date of birth.
	#[arg(long, value_name = "FILE")]
	patient: Option<PathBuf>,
	/// Ask this organisation alone; may be given several times. Without it every hospital, clinic, laboratory,
	/// imaging centre and pharmacy with a vault is asked.
	#[arg(long, value_name = "N")]
	custodian: Vec<OrganisationId>,
}

impl What {
	/// The question, and who keeps the card's chart, if it is about a card.
	fn question(&self, genesis: &[u8; 32]) -> Result<(Question, Option<OrganisationId>)> {
		match (&self.code, &self.patient) {
			(Some(path), _) => {
				let code = read_code(path, genesis)?;
				Ok((Question::Code { code: *code.code() }, Some(code.custodian())))
			},
			(None, Some(path)) => Ok((Question::Person { particulars: read_patient(path)? }, None)),
			// The arguments' rules let nothing else through.
			(None, None) => Err(usage("nobody is looked for", "name a card or a patient's file")),
		}
	}
}

/// The code in a file, or from standard input.
fn read_code(path: &Path, genesis: &[u8; 32]) -> Result<CardCode> {
	let most = u64::try_from(MAX_CODE_TEXT).unwrap_or(u64::MAX).saturating_add(1);
	let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_CODE_TEXT.saturating_add(1)));
	let read = if path == Path::new("-") {
		std::io::stdin().take(most).read_to_end(&mut bytes)
	} else {
		File::open(path).map_err(Error::io(path))?.take(most).read_to_end(&mut bytes)
	};
	read.map_err(Error::io(path))?;
	let text = std::str::from_utf8(&bytes).unwrap_or_default();
	CardCode::parse(text, genesis).map_err(|fault| wrong(path, "emergency code", fault))
}

/// The particulars in a patient's file.
pub(super) fn read_patient(path: &Path) -> Result<Particulars> {
	let file = File::open(path).map_err(Error::io(path))?;
	let mut json = Zeroizing::new(Vec::new());
	let most = MAX_PATIENT.saturating_add(1);
	file.take(most).read_to_end(&mut json).map_err(Error::io(path))?;
	Particulars::of_patient(&json).map_err(|fault| wrong(path, "Patient", fault))
}

fn wrong(path: &Path, format: &'static str, fault: FindingError) -> Error {
	Error::WrongFormat { path: path.into(), format, detail: fault.to_string() }
}

pub(super) async fn run(options: Find, context: &Context, out: &mut impl Write) -> Result<()> {
	let Find { key, organisation, what, reason, out: file } = options;
	let identity = context.open_key(&key)?;
	let practitioner = clinician(&context.finalised().await?, &identity).await?;
	let genesis = context.chain().await?.genesis();
	let (question, keeper) = what.question(&genesis)?;
	let custodians = custodians(keeper, &what.custodian, context).await?;
	let terms = |salt: &_| question.terms(salt);
	let search = SearchFile::new(genesis, organisation, practitioner, custodians, terms)?;
	// Before the chain has it: without the file it would ask nothing, and could not be reviewed.
	search.write(&file)?;
	let (id, seal) = (search.shown.id, search.shown.opening.seal());
	let call = Call::open_break_glass(id, organisation, reason, seal);
	let submitted = submit_with(&identity, &call, &file, context).await?;
	finish(&search, &question, &search.custodians, &identity, Some((submitted, file)), context, out)
		.await
}

pub(super) async fn again(options: Again, context: &Context, out: &mut impl Write) -> Result<()> {
	let Again { key, what, file } = options;
	let search = SearchFile::read(&file)?;
	let genesis = context.chain().await?.genesis();
	if search.genesis != genesis {
		return Err(usage("the search is of another chain", "name a node of its chain"));
	}
	let identity = context.open_key(&key)?;
	let (question, _) = what.question(&genesis)?;
	if question.terms(&search.shown.opening.salt) != search.shown.opening.terms {
		return Err(usage(
			"the search asks for somebody else",
			"a search asks one question: open another with `salus emergency find`",
		));
	}
	let known = custodians(None, &search.custodians, context).await?;
	let asked = match what.custodian.as_slice() {
		[] => known,
		named => {
			let asked = custodians(None, named, context).await?;
			ensure_in_file(&asked, &known)?;
			asked
		},
	};
	finish(&search, &question, &asked, &identity, None, context, out).await
}

/// Whom a reviewer sees in the file is who was asked.
fn ensure_in_file(asked: &[OrganisationId], known: &[OrganisationId]) -> Result<()> {
	match asked.iter().find(|custodian| !known.contains(custodian)) {
		None => Ok(()),
		Some(other) => Err(usage(
			format!("the search's file does not name organisation {other}"),
			"open a search of its own there with `salus emergency find`",
		)),
	}
}

/// Whether houses of this kind keep charts of patients. No other gets to know whom a search is for, unless it is
/// named.
const fn keeps_charts(kind: OrganisationKind) -> bool {
	use OrganisationKind as Kind;
	matches!(
		kind,
		Kind::Hospital | Kind::Clinic | Kind::Laboratory | Kind::ImagingCentre | Kind::Pharmacy
	)
}

/// Everybody who keeps charts in a vault.
pub(super) async fn keepers(context: &Context) -> Result<BTreeSet<OrganisationId>> {
	let mut keepers = BTreeSet::new();
	let at = context.finalised().await?;
	for house in every_page(1, |from| at.organisations(from)).await? {
		let serves = house.state == OrganisationState::Active && !house.endpoint.is_empty();
		let keeps = serves && keeps_charts(house.kind);
		if keeps && context.keeper(house.id).await? == house.id {
			keepers.insert(house.id);
		}
	}
	Ok(keepers)
}

/// Who is asked: who keeps the card's chart, those who are named, or everybody who keeps charts.
async fn custodians(
	card: Option<OrganisationId>,
	named: &[OrganisationId],
	context: &Context,
) -> Result<Vec<OrganisationId>> {
	let named: Vec<_> = card.into_iter().chain(named.iter().copied()).collect();
	let mut asked = if named.is_empty() { keepers(context).await? } else { BTreeSet::new() };
	for custodian in named {
		context.organisation(custodian).await?;
		asked.insert(context.keeper(custodian).await?);
	}
	if asked.is_empty() {
		return Err(usage(
			"no house that keeps charts has a vault that could be asked",
			"name a custodian",
		));
	}
	Ok(asked.into_iter().collect())
}

/// What one vault answers. A chart that the chain does not know there is not told.
async fn ask(
	custodian: OrganisationId,
	asked: &AskSearch,
	identity: &Identity,
	context: &Context,
) -> Result<Option<ChartId>> {
	let vault = context.session(custodian, identity).await?;
	let Some(chart) = vault.search(asked).await?.chart else { return Ok(None) };
	if is_there(context.finalised().await?.chart(chart).await?.as_ref(), custodian) {
		return Ok(Some(chart));
	}
	Err(Error::VaultAnswer {
		endpoint: vault.endpoint().into(),
		detail: format!("chart {chart} is not in use at organisation {custodian}"),
	})
}

/// Whether the chart is in use, and kept by this custodian.
fn is_there(facts: Option<&ChartFacts>, custodian: OrganisationId) -> bool {
	facts.is_some_and(|facts| facts.custodian == custodian && facts.state == ChartState::Active)
}

/// Asks the vaults, and tells what they answered.
async fn finish(
	search: &SearchFile,
	question: &Question,
	custodians: &[OrganisationId],
	identity: &Identity,
	opened: Option<(Submitted, PathBuf)>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let at = context.finalised().await?;
	let asked = AskSearch { shown: search.at(at.head().number), question: question.clone() };
	let answers = custodians.iter().map(|custodian| {
		let asked = &asked;
		async move {
			let answer = ask(*custodian, asked, identity, context);
			if custodians.len() == 1 {
				return (*custodian, answer.await);
			}
			let late = || Error::VaultTimedOut { endpoint: format!("organisation {custodian}") };
			(*custodian, timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err(late())))
		}
	});
	let answers = context.wait("asking the custodians", join_all(answers)).await;
	let (mut found, mut faults, mut first) = (Vec::new(), Vec::new(), None);
	for (custodian, answer) in answers {
		match answer {
			Ok(Some(chart)) => found.push(Found { custodian, chart }),
			Ok(None) => {},
			Err(fault) => {
				faults.push(Fault::of(custodian, &fault));
				first.get_or_insert(fault);
			},
		}
	}
	let view = known(&context.finalised().await?, search.shown.id).await?;
	let nobody = faults.len() == custodians.len();
	let (submitted, file) = opened.unzip();
	let told = Searched { view, submitted, file, asked: custodians.to_vec(), found, faults };
	match first {
		// Nobody answered at all.
		Some(fault) if nobody => Err(fault),
		_ => context.print(&told, out),
	}
}

#[derive(Serialize)]
struct Searched {
	#[serde(flatten)]
	view: BreakGlassView,
	#[serde(skip_serializing_if = "Option::is_none")]
	submitted: Option<Submitted>,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
	asked: Vec<OrganisationId>,
	found: Vec<Found>,
	/// Who could not be asked, or gave no answer that can be used.
	faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Found {
	custodian: OrganisationId,
	chart: ChartId,
}

/// Why a house told nothing.
#[derive(Serialize)]
pub(super) struct Fault {
	custodian: OrganisationId,
	code: String,
	message: String,
}

impl Fault {
	pub(super) fn of(custodian: OrganisationId, fault: &Error) -> Self {
		Self { custodian, code: fault.code().to_owned(), message: fault.to_string() }
	}

	pub(super) fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let message = render::printable(&self.message);
		writeln!(out, "organisation {} told nothing: {message}", self.custodian)
	}
}

impl Report for Searched {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("search", self.view.id)
			.add("state", self.view.state)
			.add("open until", render::moment(self.view.glass.end()))
			.maybe("final in", self.submitted.as_ref().map(render::submitted))
			.maybe("file", self.file.as_ref().map(|file| file.display()))
			.add("asked", render::codes(self.asked.iter()))
			.write(out)?;
		for Found { custodian, chart } in &self.found {
			writeln!(out, "chart {chart} is at organisation {custodian}")?;
		}
		for fault in &self.faults {
			fault.human(out)?;
		}
		if self.found.is_empty() {
			writeln!(out, "nothing was found: not here, not told apart from others, or opted out")?;
		} else {
			if self.found.len() > 1 {
				writeln!(
					out,
					"these are separate charts, each by its house's word alone: compare what they say \
					 with the patient"
				)?;
			}
			writeln!(
				out,
				"open a chart with `salus emergency open`; the patient is told of both."
			)?;
		}
		writeln!(out, "Close the search when it is not needed any more, and give your own account.")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn no_other_houses_are_told_whom_a_search_is_for() {
		for (keeps, kind) in [
			(true, OrganisationKind::Hospital),
			(true, OrganisationKind::Clinic),
			(true, OrganisationKind::Laboratory),
			(true, OrganisationKind::ImagingCentre),
			(true, OrganisationKind::Pharmacy),
			(false, OrganisationKind::Manufacturer),
			(false, OrganisationKind::Carrier),
			(false, OrganisationKind::Payer),
			(false, OrganisationKind::ResearchInstitute),
			(false, OrganisationKind::Regulator),
		] {
			assert_eq!(keeps_charts(kind), keeps, "{kind:?}");
		}
	}

	#[test]
	fn what_a_house_answers_must_be_on_the_chain() {
		let facts = |custodian, state| ChartFacts {
			chart: ChartId([1; 32]),
			custodian,
			key: [1; 32],
			state,
			posthumous: None,
			directives: Vec::new(),
		};
		assert!(is_there(Some(&facts(3, ChartState::Active)), 3));
		assert!(!is_there(None, 3));
		assert!(!is_there(Some(&facts(4, ChartState::Active)), 3));
		assert!(!is_there(Some(&facts(3, ChartState::Deactivated)), 3));
	}

	#[test]
	fn a_search_is_not_taken_to_houses_that_its_file_does_not_name() {
		assert!(ensure_in_file(&[1, 3], &[1, 2, 3]).is_ok());
		let refused = ensure_in_file(&[1, 4], &[1, 2, 3]).unwrap_err();
		assert_eq!(refused.code(), "usage");
	}
}
