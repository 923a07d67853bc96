//! `salus request`.

use super::{
	emergency::Broken,
	now,
	relay::{self, Carried, Instead, Shared, Way},
	render,
	render::{Fields, Report, Table},
	terms::{charts, code_of, meant, When},
	until_known, usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use futures::future::{join_all, try_join, try_join_all};
use salus_client::{
	chain::{At, Call, Submitted},
	rendezvous::Rendezvous,
	vault_api::{
		codes, Answer, AnswerRendezvous, MailboxRequest, OpenRendezvous, PostedRequest,
		RequestAnswer,
	},
	vault_client::VaultClient,
	wallet::{SeenRequest, Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	codes::{
		Action, Actions, Categories, Category, GrantorBasis, Obligation, Obligations, Purpose,
		Purposes, RequestState, Rule, Strength,
	},
	directive::{DirectiveTerms, Grantee, RequestTerms, Scope},
	ids::{derive_id, ChartId, DirectiveId, IdDomain, OrganisationId, RequestId, Salt},
	seal::Opening,
	time::Moment,
	views::RequestView,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
	sync::Mutex,
	time::{Duration, Instant},
};

mod meet;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Ask a patient for access.
	Send(Send),
	/// Take a request back.
	Withdraw {
		/// Key file of the requester.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The request.
		request: RequestId,
	},
	/// See what the patient answered.
	Answer {
		/// Key file of the requester.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Seconds to wait for an answer.
		#[arg(long, value_name = "SECONDS", default_value_t = 0)]
		wait: u64,
		/// The request.
		request: RequestId,
	},
	/// Fetch the request of a code that the requester shows, which is good for one wallet.
	Scan {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// File with the code; - is standard input.
		#[arg(long, value_name = "FILE")]
		code: PathBuf,
	},
	/// List the requests in the mailboxes of a wallet's charts, and those whose codes it scanned.
	Inbox {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
	},
	/// Permit what a request asks, or less.
	Approve(Approve),
	/// Decline a request.
	Decline {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// The request, or how its id begins.
		request: String,
	},
}

#[derive(Debug, Args)]
struct Send {
	/// Key file of the clinician or pharmacist who asks.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation for which they act.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The patient's chart at that organisation, whose mailbox carries the request.
	#[arg(long, value_name = "ID", required_unless_present = "rendezvous")]
	chart: Option<ChartId>,
	/// Instead, a code that the patient scans, who has no chart there.
	#[arg(long, conflicts_with = "chart", requires = "out")]
	rendezvous: bool,
	/// File for the code: who scans it first gets the request. A file that is there stays.
	#[arg(long, value_name = "FILE", requires = "rendezvous", conflicts_with = "chart")]
	out: Option<PathBuf>,
	/// File for the code as a QR code, in SVG. A file that is there stays.
	#[arg(long, value_name = "FILE", requires = "rendezvous", conflicts_with = "chart")]
	qr: Option<PathBuf>,
	/// Whose records are asked for [default: every custodian's].
	#[arg(long, value_name = "N")]
	custodian: Option<OrganisationId>,
	/// Which categories [default: all].
	#[arg(long, value_parser = code_of!(Category), value_delimiter = ',')]
	category: Vec<Category>,
	/// To do what.
	#[arg(long, value_parser = code_of!(Action), value_delimiter = ',', default_value = "access")]
	action: Vec<Action>,
	/// What for.
	#[arg(long, value_parser = code_of!(Purpose), default_value = "TREAT")]
	purpose: Purpose,
	#[command(flatten)]
	when: When,
	/// Days for which the request stays open.
	#[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=30))]
	open_days: u32,
}

#[derive(Debug, Args)]
struct Approve {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Permit only these of the categories asked for.
	#[arg(long, value_parser = code_of!(Category), value_delimiter = ',')]
	category: Vec<Category>,
	/// Permit for no more than this many days.
	#[arg(long)]
	days: Option<u32>,
	/// Under which obligations.
	#[arg(long, value_parser = code_of!(Obligation), value_delimiter = ',')]
	obligation: Vec<Obligation>,
	#[command(flatten)]
	way: Way,
	/// The request, or how its id begins.
	request: String,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Send(options) => send(options, context, out).await,
		Command::Withdraw { key, request } => {
			let identity = context.open_key(&key)?;
			let submitted = context.submit(&identity, &Call::withdraw_request(request)).await?;
			context.print(&Withdrawn { request, submitted }, out)
		},
		Command::Answer { key, wait, request } => answer(&key, wait, request, context, out).await,
		Command::Scan { wallet, code } => meet::scan(&wallet, &code, context, out).await,
		Command::Inbox { wallet } => inbox(&wallet, context, out).await,
		Command::Approve(options) => approve(options, context, out).await,
		Command::Decline { wallet, request } => decline(&wallet, &request, context, out).await,
	}
}

async fn send(options: Send, context: &Context, out: &mut impl Write) -> Result<()> {
	let identity = context.open_key(&options.key)?;
	let at = context.finalised().await?;
	let time = at.head().at;
	let Some(practitioner) = at.practitioner_of(identity.account()).await? else {
		return Err(usage(
			"only registered practitioners can ask for access, and this account is none's",
			"use the key of a clinician or pharmacist, or ask the licensing board to register this one",
		));
	};
	let organisation = options.organisation;
	let (mut id_salt, mut salt) = (Salt::default(), Salt::default());
	random(&mut id_salt)?;
	random(&mut salt)?;
	let genesis = context.chain().await?.genesis();
	let parties = (genesis, organisation, practitioner);
	let request = RequestId(derive_id(IdDomain::Request, &parties, &id_salt));
	// Signed in to first, so that a vault that is away costs no request.
	let vault = context.session(organisation, &identity).await?;
	let code = match &options.out {
		Some(file) => Some((Rendezvous::new(vault.endpoint(), genesis, request)?, file.as_path())),
		None => None,
	};
	let chart = code.as_ref().map(|(code, _)| code.id()).or(options.chart).ok_or_else(|| {
		usage("the request has no way to the patient", "name --chart, or --rendezvous and --out")
	})?;
	let terms = RequestTerms {
		chart,
		practitioner,
		organisation,
		custodian: options.custodian,
		categories: some_or_all(&options.category),
		actions: options.action.iter().copied().collect(),
		purpose: options.purpose,
		period: options.when.period(time)?,
	};
	let opening = Opening { terms, salt };
	let lapses = time.saturating_add(super::days(options.open_days));
	let call = Call::request_access(organisation, request, opening.seal(), lapses);
	let posted = PostedRequest { id: request, opening };
	let qr = options.qr;
	if let Some((code, file)) = &code {
		meet::write(code, file, qr.as_deref())?;
	}
	let (vault, by_code, letter) = (&vault, code.is_some(), &posted);
	let sending = async {
		let submitted = context.submit(&identity, &call).await?;
		until_known(codes::REQUEST_UNKNOWN, || async move {
			if by_code {
				vault.post_rendezvous(letter).await
			} else {
				vault.post_request(&chart, letter).await
			}
		})
		.await?;
		Ok::<_, Error>(submitted)
	};
	let submitted = match sending.await {
		Ok(submitted) => submitted,
		Err(fault) => {
			// Nobody else has the opening, so the code leads nowhere.
			for file in options.out.iter().chain(&qr) {
				let _ = std::fs::remove_file(file);
			}
			return Err(fault);
		},
	};
	let terms = posted.opening.terms;
	context.print(&Sent { request, lapses, terms, submitted, file: options.out, qr }, out)
}

fn random(salt: &mut Salt) -> Result<()> {
	getrandom::fill(&mut salt.0).map_err(|_| Error::Random)
}

fn some_or_all(categories: &[Category]) -> Categories {
	match categories {
		[] => Categories::all(),
		some => some.iter().copied().collect(),
	}
}

async fn answer(
	key: &Path,
	wait: u64,
	request: RequestId,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(key)?;
	let known = context.finalised().await?.request(request).await?;
	let known = known.ok_or(Error::NotFound { what: "request", id: request.to_string() })?;
	// Its mailbox goes with the charts of its house.
	let keeper = context.keeper(known.organisation).await?;
	let vault = context.session(keeper, &identity).await?;
	let began = Instant::now();
	let polled = async {
		loop {
			if let Some(answer) = vault.request_answer(&request).await? {
				return Ok::<_, Error>(Some(answer));
			}
			if began.elapsed() >= Duration::from_secs(wait) {
				return Ok(None);
			}
			tokio::time::sleep(Duration::from_millis(100)).await;
		}
	};
	let answer = context.wait("waiting for the patient's answer", polled).await?;
	let state = known.state;
	let Some(answer) = answer else {
		if state == RequestState::Requested && wait > 0 {
			return Err(Error::NotAnswered(wait));
		}
		let waited = Answered { request, state, answered: false, declined: false, answers: vec![] };
		return context.print(&waited, out);
	};
	let RequestAnswer { answers, declined } = answer;
	context.print(&Answered { request, state, answered: true, declined, answers }, out)
}

/// How a request came, and how its answer goes.
enum Reached {
	/// By the mailbox of a chart, in a vault that its key has signed in to.
	Mailbox(VaultClient),
	/// By a code, which is shown so.
	Code(OpenRendezvous),
}

/// A request that came, checked against the chain.
struct Received {
	/// The chart of the mailbox, or what the terms have in its place.
	chart: ChartId,
	by: Reached,
	request: MailboxRequest,
	/// None when what the mailbox holds is not what is on the chain.
	state: Option<RequestState>,
	lapses: Moment,
}

impl Received {
	/// What is not as the chain has it has no state.
	fn checked(
		chart: ChartId,
		by: Reached,
		request: MailboxRequest,
		known: Option<RequestView>,
	) -> Self {
		let terms = &request.opening.terms;
		let known = known.filter(|known| {
			request.opening.opens(&known.seal)
				&& terms.chart == chart
				&& terms.practitioner == known.practitioner
				&& terms.organisation == known.organisation
		});
		Self {
			chart,
			by,
			state: known.as_ref().map(|known| known.state),
			lapses: known.map_or(0, |known| known.lapses),
			request,
		}
	}

	/// Brings the answer to where the request came from.
	async fn answer(&self, answer: RequestAnswer, context: &Context) -> Result<()> {
		match &self.by {
			Reached::Mailbox(vault) => {
				vault.answer_request(&self.chart, &self.request.id, &answer).await
			},
			Reached::Code(by) => {
				let vault = context.vault(self.request.opening.terms.organisation).await?;
				let answer = AnswerRendezvous { by: by.clone(), answer };
				vault.answer_rendezvous(&self.chart, &answer).await
			},
		}
	}

	/// What the wallet remembers of it.
	fn seen(&self, approved: Option<bool>) -> SeenRequest {
		let MailboxRequest { id, opening, .. } = &self.request;
		SeenRequest { id: *id, chart: self.chart, opening: opening.clone(), approved, code: None }
	}
}

/// What lies in the mailboxes of a wallet's charts.
#[derive(Default)]
struct Mailboxes {
	received: Vec<Received>,
	/// Charts of which the glass was broken.
	broken: Vec<Broken>,
	/// A vault that is away hides no other's mailbox.
	faults: Vec<(OrganisationId, Error)>,
}

async fn received(wallet: &Wallet, context: &Context) -> Result<Mailboxes> {
	let at = context.finalised().await?;
	let genesis = context.chain().await?.genesis();
	let mailboxes = charts(wallet, &genesis, None)?.into_iter().map(|chart| {
		let at = &at;
		async move {
			let custodian = chart.custodian;
			let read = async {
				let vault = context.session(custodian, &wallet.identity(&chart)?).await?;
				let (found, broken) =
					try_join(vault.requests(&chart.chart), vault.emergencies(&chart.chart)).await?;
				let found = found.requests.into_iter();
				let found = found.map(|request| check(at, &chart, &vault, request));
				let count = broken.len();
				let broken = Broken { chart: chart.chart, custodian, count };
				Ok((try_join_all(found).await?, (count > 0).then_some(broken)))
			};
			read.await.map_err(|fault| (custodian, fault))
		}
	});
	let mut all =
		Mailboxes { received: meet::scanned(wallet, &at, &genesis).await?, ..Mailboxes::default() };
	for mailbox in join_all(mailboxes).await {
		match mailbox {
			Ok((some, broken)) => {
				all.received.extend(some);
				all.broken.extend(broken);
			},
			Err(fault) => all.faults.push(fault),
		}
	}
	Ok(all)
}

async fn check(
	at: &At,
	chart: &WalletChart,
	vault: &VaultClient,
	request: MailboxRequest,
) -> Result<Received> {
	let known = at.request(request.id).await?;
	Ok(Received::checked(chart.chart, Reached::Mailbox(vault.clone()), request, known))
}

/// The received request whose id begins so.
fn pick(received: Vec<Received>, begins: &str) -> Result<Received> {
	let missing =
		|| Error::NotFound { what: "request in this wallet's mailboxes", id: begins.into() };
	let is_meant = meant(begins)?;
	let mut fitting = received
		.into_iter()
		.filter(|received| is_meant(&received.request.id.to_string()));
	let found = fitting.next().ok_or_else(missing)?;
	if fitting.next().is_some() {
		return Err(usage(
			format!("several requests begin with {begins}"),
			"give more of the id; `salus request inbox` shows it",
		));
	}
	Ok(found)
}

/// The request, if it is open and what it says to be.
async fn open_request(begins: &str, wallet: &Wallet, context: &Context) -> Result<Received> {
	let Mailboxes { received, mut faults, .. } = received(wallet, context).await?;
	let found = match pick(received, begins) {
		Err(Error::NotFound { .. }) if !faults.is_empty() => return Err(faults.remove(0).1),
		other => other?,
	};
	match found.state {
		Some(RequestState::Requested) => Ok(found),
		Some(state) => Err(Error::RequestNotOpen(state.to_string())),
		None => Err(Error::RequestNotOpen("not what the chain knows of it".into())),
	}
}

async fn inbox(wallet: &Path, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut wallet = context.current_wallet(wallet).await?;
	let Mailboxes { received: all, broken, faults } = received(&wallet, context).await?;
	for received in &all {
		if wallet.requests().iter().all(|seen| seen.id != received.request.id) {
			wallet.remember_request(received.seen(None))?;
		}
	}
	// The wallet is here: vaults get what they need to hide its changes later. Those that are away are
	// told of as unread already.
	let genesis = context.chain().await?.genesis();
	let own = charts(&wallet, &genesis, None)?;
	relay::refill(&mut wallet, &own, context).await?;
	let requests = all.into_iter().map(|received| Waiting::of(received, &wallet)).collect();
	let unread = faults
		.iter()
		.map(|(custodian, fault)| Unread { custodian: *custodian, fault: fault.to_string() })
		.collect();
	context.print(&Inbox { requests, broken, unread }, out)
}

async fn approve(options: Approve, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut wallet = context.current_wallet(&options.wallet).await?;
	let began = Instant::now();
	let received = open_request(&options.request, &wallet, context).await?;
	let request = &received.request;
	let genesis = context.chain().await?.genesis();
	let custodians = charts(&wallet, &genesis, request.opening.terms.custodian)?;
	if custodians.is_empty() {
		return Err(usage(
			"this wallet has no chart on this chain that it could permit to read",
			"name the wallet that has the charts",
		));
	}
	let terms = permit(&request.opening.terms, &options)?;
	// With days counted from now, one that broke off ends when it said at first.
	let begun = wallet.directives().iter().rev().find(|directive| {
		directive.answers == Some(request.id)
			&& !directive.ended
			&& goes_on(&directive.opening.terms, &terms)
	});
	let terms = begun.map_or(terms, |directive| directive.opening.terms.clone());
	let found_ms = began.elapsed().as_millis();

	// An approval that broke off goes on with the directives it issued.
	let mut issued = Vec::new();
	for chart in custodians {
		let before = wallet.directives().iter().rev().find(|directive| {
			directive.chart == chart.chart
				&& directive.answers == Some(request.id)
				&& directive.opening.terms == terms
				&& !directive.ended
		});
		let directive = match before {
			Some(directive) => directive.id,
			None => wallet.issue(&chart.chart, terms.clone(), None, Some(request.id))?.id,
		};
		issued.push((chart, directive));
	}
	let working = Instant::now();
	let shared = Mutex::new(&mut wallet);
	let permitted = issued.iter().map(|(chart, directive)| async {
		let granted =
			grant(&shared, chart, directive, Instead::OfCover, options.way, context).await?;
		Ok::<_, Error>((chart.chart, granted))
	});
	// One vault that is away holds up no other's.
	let permitted = context.wait("permitting", join_all(permitted)).await;
	let permitted = permitted.into_iter().collect::<Result<Vec<_>>>()?;
	let permitted_ms = working.elapsed().as_millis();
	let answers = permitted.iter().map(|(_, (answer, _))| answer.clone()).collect();
	let answer = RequestAnswer { answers, declined: false };
	received.answer(answer, context).await?;
	wallet.remember_request(received.seen(Some(true)))?;
	let approved = Approved {
		request: request.id,
		terms,
		directives: permitted
			.into_iter()
			.map(|(_, (answer, directive))| Granted {
				custodian: answer.custodian,
				chart: answer.chart,
				directive: answer.directive,
				timings: directive,
			})
			.collect(),
		found_ms,
		permitted_ms,
		total_ms: began.elapsed().as_millis(),
	};
	context.print(&approved, out)
}

/// Whether what was permitted before is what is permitted now, but for an end that was counted from a moment
/// of the same day.
fn goes_on(before: &DirectiveTerms, now: &DirectiveTerms) -> bool {
	let same = match (before.period.until, now.period.until) {
		(Some(before), Some(now)) => before <= now && now - before < super::days(1),
		(before, now) => before == now,
	};
	let period = now.period;
	same && DirectiveTerms { period, ..before.clone() } == *now && before.period.from == period.from
}

/// The terms of the directive that permits what was asked, or the part of it that the patient
/// chose.
fn permit(asked: &RequestTerms, options: &Approve) -> Result<DirectiveTerms> {
	let chosen = some_or_all(&options.category);
	let categories: Categories =
		asked.categories.iter().filter(|asked| chosen.contains(*asked)).collect();
	if categories.is_empty() {
		return Err(usage(
			"none of these categories was asked for",
			format!("asked for: {}", render::codes(asked.categories.iter())),
		));
	}
	let mut period = asked.period;
	if let Some(days) = options.days {
		let until = period.from.max(now()).saturating_add(super::days(days));
		period.until = Some(period.until.map_or(until, |asked| asked.min(until)));
	}
	Ok(DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(asked.practitioner, asked.organisation),
		scope: Scope {
			// All categories together need no filter.
			categories: Some(categories).filter(|some| *some != Categories::all()),
			..Scope::default()
		},
		actions: asked.actions,
		purposes: Purposes::of(&[asked.purpose]),
		period,
		obligations: options.obligation.iter().copied().collect::<Obligations>(),
		basis: GrantorBasis::Own,
	})
}

/// Issues a directive on the chain and brings its opening to the custodian's vault.
pub(super) async fn grant(
	wallet: &Shared<'_>,
	chart: &WalletChart,
	directive: &DirectiveId,
	instead: Instead,
	way: Way,
	context: &Context,
) -> Result<(Answer, Timings)> {
	let (issued, timings) = relay::issue(wallet, chart, directive, instead, way, context).await?;
	let endpoint = context.vault(chart.custodian).await?.endpoint().into();
	let answer = Answer {
		custodian: chart.custodian,
		chart: chart.chart,
		endpoint,
		directive: issued.id,
		opening: issued.opening,
	};
	Ok((answer, timings))
}

async fn decline(
	wallet: &Path,
	begins: &str,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let mut wallet = context.current_wallet(wallet).await?;
	let received = open_request(begins, &wallet, context).await?;
	if received.request.answered {
		return Err(Error::RequestNotOpen("answered already".into()));
	}
	let answer = RequestAnswer { answers: Vec::new(), declined: true };
	received.answer(answer, context).await?;
	wallet.remember_request(received.seen(Some(false)))?;
	context.print(&Declined { request: received.request.id }, out)
}

fn terms(fields: Fields, terms: &RequestTerms) -> Fields {
	fields
		.add(
			"asked by",
			format!("practitioner {} at organisation {}", terms.practitioner, terms.organisation),
		)
		.add(
			"records of",
			match terms.custodian {
				Some(custodian) => format!("organisation {custodian}"),
				None => "every custodian".into(),
			},
		)
		.add("categories", categories(terms.categories))
		.add("actions", render::codes(Actions::iter(terms.actions)))
		.add("purpose", terms.purpose)
		.add("period", render::period(&terms.period))
}

fn categories(categories: Categories) -> String {
	if categories == Categories::all() {
		return "all".into();
	}
	render::codes(categories.iter())
}

#[derive(Serialize)]
struct Sent {
	request: RequestId,
	lapses: Moment,
	terms: RequestTerms,
	submitted: Submitted,
	/// Where the code is, if the patient is to scan one.
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
	#[serde(skip_serializing_if = "Option::is_none")]
	qr: Option<PathBuf>,
}

impl Report for Sent {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		terms(Fields::default().add("request", self.request), &self.terms)
			.add("open until", render::moment(self.lapses))
			.add("sent", render::submitted(&self.submitted))
			.maybe("code", self.file.as_ref().map(|file| file.display()))
			.maybe("as QR code", self.qr.as_ref().map(|qr| qr.display()))
			.write(out)?;
		if self.file.is_some() {
			writeln!(
				out,
				"Whoever scans the code first gets the request: show it to the patient alone."
			)?;
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Withdrawn {
	request: RequestId,
	submitted: Submitted,
}

impl Report for Withdrawn {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("request", self.request)
			.add("withdrawn", render::submitted(&self.submitted))
			.write(out)
	}
}

#[derive(Serialize)]
struct Answered {
	request: RequestId,
	state: RequestState,
	answered: bool,
	declined: bool,
	answers: Vec<Answer>,
}

impl Report for Answered {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("request", self.request)
			.add(
				"answer",
				match (self.answered, self.declined) {
					(false, _) => format!("none yet; the request is {}", self.state),
					(true, true) => "declined".into(),
					(true, false) => "approved".into(),
				},
			)
			.write(out)?;
		for answer in &self.answers {
			writeln!(out)?;
			let fields = Fields::default()
				.add("custodian", answer.custodian)
				.add("chart", answer.chart)
				.add("vault", &answer.endpoint)
				.add("directive", answer.directive);
			render::terms(fields, &answer.opening.terms).write(out)?;
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Inbox {
	requests: Vec<Waiting>,
	/// Charts of which the glass was broken.
	broken: Vec<Broken>,
	/// Mailboxes that could not be read.
	unread: Vec<Unread>,
}

#[derive(Serialize)]
struct Waiting {
	request: RequestId,
	/// The chart in whose mailbox it came, or its rendezvous.
	chart: ChartId,
	/// Whether it came by a code.
	rendezvous: bool,
	/// None when what the mailbox holds is not what is on the chain.
	state: Option<RequestState>,
	lapses: Moment,
	answered: bool,
	approved: Option<bool>,
	terms: RequestTerms,
}

#[derive(Serialize)]
struct Unread {
	custodian: OrganisationId,
	fault: String,
}

impl Waiting {
	/// A request that came, and what the wallet knows of its answer.
	fn of(received: Received, wallet: &Wallet) -> Self {
		let Received { chart, by, request, state, lapses } = received;
		let seen = wallet.requests().iter().find(|seen| seen.id == request.id);
		Self {
			request: request.id,
			chart,
			rendezvous: matches!(by, Reached::Code(_)),
			state,
			lapses,
			answered: request.answered,
			approved: seen.and_then(|seen| seen.approved),
			terms: request.opening.terms,
		}
	}

	fn status(&self) -> String {
		match (self.state, self.approved) {
			(None, _) => "NOT AS ON THE CHAIN".into(),
			(_, Some(true)) => "approved".into(),
			(_, Some(false)) => "declined".into(),
			(Some(RequestState::Requested), None) if self.answered => "answered".into(),
			(Some(RequestState::Requested), None) => "open".into(),
			(Some(state), None) => state.to_string(),
		}
	}
}

impl Report for Inbox {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&[
			"REQUEST",
			"STATUS",
			"FROM",
			"RECORDS OF",
			"CATEGORIES",
			"PURPOSE",
			"PERIOD",
		]);
		for waiting in &self.requests {
			let terms = &waiting.terms;
			table.row(vec![
				waiting.request.to_string(),
				waiting.status(),
				format!("{} at {}", terms.practitioner, terms.organisation),
				terms.custodian.map_or("all".into(), |custodian| custodian.to_string()),
				categories(terms.categories),
				terms.purpose.to_string(),
				render::period(&terms.period),
			]);
		}
		table.write(out, "no requests")?;
		for Broken { custodian, count, .. } in &self.broken {
			let times = if *count == 1 { "once".into() } else { format!("{count} times") };
			writeln!(
				out,
				"the glass of your chart at organisation {custodian} was broken {times}: see \
				 `salus emergency notices`"
			)?;
		}
		self.unread.iter().try_for_each(|Unread { custodian, fault }| {
			writeln!(out, "mailbox at organisation {custodian} not read: {fault}")
		})
	}
}

/// How long the parts of a permission took.
#[derive(Serialize)]
pub(super) struct Timings {
	#[serde(flatten)]
	pub(super) carried: Carried,
	/// Until the vault had the opening.
	pub(super) posted_ms: u128,
}

#[derive(Serialize)]
struct Granted {
	custodian: OrganisationId,
	chart: ChartId,
	directive: DirectiveId,
	#[serde(flatten)]
	timings: Timings,
}

#[derive(Serialize)]
struct Approved {
	request: RequestId,
	terms: DirectiveTerms,
	directives: Vec<Granted>,
	/// Until the request was found and checked.
	found_ms: u128,
	/// Until every vault could release.
	permitted_ms: u128,
	total_ms: u128,
}

impl Report for Approved {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		render::terms(Fields::default().add("request", self.request), &self.terms).write(out)?;
		writeln!(out)?;
		let mut table = Table::new(&["CUSTODIAN", "DIRECTIVE", "BLOCK", "FINAL", "AT VAULT", "BY"]);
		for granted in &self.directives {
			let Timings { carried, posted_ms } = &granted.timings;
			let submitted = &carried.submitted;
			table.row(vec![
				granted.custodian.to_string(),
				render::short(&granted.directive),
				submitted.block.number.to_string(),
				format!("{} ms", submitted.finalised_ms),
				format!("+{posted_ms} ms"),
				carried.way(),
			]);
		}
		table.write(out, "no custodian")?;
		writeln!(
			out,
			"approved after {} ms: {} ms to find the request, {} ms to permit",
			self.total_ms, self.found_ms, self.permitted_ms
		)
	}
}

#[derive(Serialize)]
struct Declined {
	request: RequestId,
}

impl Report for Declined {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("request", self.request)
			.add("answer", "declined")
			.write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use salus_primitives::time::Period;

	#[derive(Debug, Parser)]
	struct Sending {
		#[command(flatten)]
		send: Send,
	}

	#[test]
	fn a_request_goes_to_a_chart_or_by_a_code() {
		let read = |way: &str| {
			let line = format!("send --key k --organisation 2 {way}");
			Sending::try_parse_from(line.split_whitespace()).map(|read| read.send)
		};
		let chart = format!("--chart {}", ChartId([1; 32]));
		assert_eq!(read(&chart).unwrap().chart, Some(ChartId([1; 32])));
		let send = read("--rendezvous --out code.txt --qr code.svg").unwrap();
		assert!(send.rendezvous && send.out.is_some() && send.qr.is_some());
		for wrong in ["", "--rendezvous", "--out code.txt", "--rendezvous --qr code.svg"] {
			assert!(read(wrong).is_err(), "{wrong}");
			assert!(read(&format!("{chart} {wrong}")).is_err() != wrong.is_empty(), "{wrong}");
		}
	}

	#[test]
	fn an_approval_that_broke_off_goes_on_with_its_own_end() {
		let ending = |until| DirectiveTerms {
			period: Period { from: 5, until: Some(until) },
			..DirectiveTerms::cover()
		};
		let day = crate::cli::days(1);
		let first = ending(3 * day);
		assert!(goes_on(&first, &first));
		assert!(goes_on(&first, &ending(3 * day + 7_000)));
		assert!(!goes_on(&first, &ending(3 * day - 1)), "less was chosen since");
		assert!(!goes_on(&first, &ending(4 * day)), "more was chosen since");
		let mut other = ending(3 * day + 7_000);
		other.scope.categories = Some(Categories::all());
		assert!(!goes_on(&first, &other));
		other = ending(3 * day + 7_000);
		other.period.from = 6;
		assert!(!goes_on(&first, &other));
	}
}
