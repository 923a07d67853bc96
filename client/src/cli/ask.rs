//! `salus ask`.

mod report;

use super::{
	now,
	relay::{Instead, Way},
	request::grant,
	terms::{charts, code_of, meant, When},
	usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use report::{Answered, Asked, Asks, Compared, Extended, Withdrawn, Withheld};
use salus_client::{
	asks::{ask, is_as_on_chain},
	chain::Call,
	keys::Identity,
	vault_api::{AnswerAsk, ExtendAsk, ListedAsk, PostedAsk, PostedCall},
	vault_client::VaultClient,
	wallet::{Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	ask::{AskTerms, Wish, MAX_ASKS},
	bounded_collections::BoundedVec,
	codes::{
		AccessForm, Action, AskState, Category, DenialGround, GrantorBasis, Obligation, Purpose,
		Rule, Strength,
	},
	directive::{DirectiveTerms, Grantee, Scope, MAX_LISTED_RECORDS},
	ids::{AskId, ChartId, DirectiveId, OrganisationId, PractitionerId, RecordId},
	petition::Statement,
	views::AskView,
};
use std::{
	io::Write,
	path::{Path, PathBuf},
	sync::Mutex,
	time::{Duration, Instant},
};

/// How long our node may trail the vault's.
const CATCH_UP: Duration = Duration::from_secs(5);
/// How often to look at the head meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Ask to have records of yours.
	Available {
		#[command(flatten)]
		patient: Patient,
		#[command(flatten)]
		which: Which,
		/// How you want to have them.
		#[arg(long, value_parser = code_of!(AccessForm), default_value = "vault")]
		form: AccessForm,
		#[command(flatten)]
		words: Words,
	},
	/// Permit somebody to read records of yours, and ask the office to see to it.
	Share(Box<Share>),
	/// Ask to hand your records to another custodian.
	Transfer {
		#[command(flatten)]
		patient: Patient,
		/// To this organisation.
		#[arg(long, value_name = "N")]
		to: OrganisationId,
		#[command(flatten)]
		words: Words,
	},
	/// List what you asked, with due dates and answers, compared with the chain.
	List {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// Only of this organisation.
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
	},
	/// Take an ask back.
	Withdraw {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// The ask, or how its id begins.
		ask: String,
	},
	/// List what patients asked of a house: the open ones first, by due date.
	Inbox(Officer),
	/// Put an answer off by 30 days, once.
	Extend {
		#[command(flatten)]
		officer: Officer,
		#[command(flatten)]
		words: Words,
		/// The ask, or how its id begins.
		ask: String,
	},
	/// Grant an ask: say that it is done.
	Grant {
		#[command(flatten)]
		officer: Officer,
		#[command(flatten)]
		words: Words,
		/// The ask, or how its id begins.
		ask: String,
	},
	/// Refuse an ask, with words that say why and what the patient can do.
	Refuse {
		#[command(flatten)]
		officer: Officer,
		/// Why.
		#[arg(long, value_parser = code_of!(DenialGround))]
		ground: DenialGround,
		#[command(flatten)]
		words: Words,
		/// The ask, or how its id begins.
		ask: String,
	},
}

/// The patient who asks.
#[derive(Debug, Args)]
struct Patient {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The organisation that is asked, where you have a chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

/// Which records.
#[derive(Debug, Args)]
struct Which {
	/// Only these categories [default: all].
	#[arg(long, value_parser = code_of!(Category), value_delimiter = ',')]
	category: Vec<Category>,
	/// Only these records.
	#[arg(long, value_name = "ID", value_delimiter = ',')]
	record: Vec<RecordId>,
}

#[derive(Debug, Args)]
struct Share {
	#[command(flatten)]
	patient: Patient,
	/// With this practitioner; with --organisation only while acting for it.
	#[arg(long, value_name = "N", required_unless_present_any = ["organisation", "directive"])]
	practitioner: Option<PractitionerId>,
	/// With whoever acts for this organisation.
	#[arg(long, value_name = "N")]
	organisation: Option<OrganisationId>,
	#[command(flatten)]
	which: Which,
	/// What may be done.
	#[arg(long, value_parser = code_of!(Action), value_delimiter = ',', default_value = "access")]
	action: Vec<Action>,
	/// What for.
	#[arg(long, value_parser = code_of!(Purpose), value_delimiter = ',', default_value = "TREAT")]
	purpose: Vec<Purpose>,
	#[command(flatten)]
	when: When,
	/// Under which obligations.
	#[arg(long, value_parser = code_of!(Obligation), value_delimiter = ',')]
	obligation: Vec<Obligation>,
	/// A directive of yours that permits it already, or how its id begins: no other is issued.
	#[arg(long, value_name = "ID", conflicts_with_all = ["practitioner", "organisation", "category", "record", "from", "until", "days", "obligation"])]
	directive: Option<String>,
	#[command(flatten)]
	way: Way,
	#[command(flatten)]
	words: Words,
}

/// Who answers for a house.
#[derive(Debug, Args)]
struct Officer {
	/// Key file of a records officer.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

/// What is said in words.
#[derive(Debug, Args)]
struct Words {
	/// File with what is said, in words; at most 4,096 bytes.
	#[arg(long, value_name = "FILE")]
	text_file: Option<PathBuf>,
	/// The same on the command line, where others on this machine may see it.
	#[arg(long, value_name = "TEXT", conflicts_with = "text_file")]
	text: Option<Statement>,
}

impl Words {
	fn read(self) -> Result<Statement> {
		match (self.text_file, self.text) {
			(Some(path), _) => super::record::statement(&path),
			(None, said) => Ok(said.unwrap_or_default()),
		}
	}
}

impl Which {
	fn scope(self) -> Result<Scope> {
		let count = self.record.len();
		let records = BoundedVec::try_from(self.record).map_err(|_| {
			usage(
				format!("{count} records are more than can be listed"),
				format!("list at most {MAX_LISTED_RECORDS}, or ask more than once"),
			)
		})?;
		Ok(Scope {
			categories: (!self.category.is_empty()).then(|| self.category.into_iter().collect()),
			records: Some(records).filter(|records| !records.is_empty()),
			..Scope::default()
		})
	}
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Available { patient, which, form, words } => {
			let wish = Wish::MakeAvailable { scope: which.scope()?, form };
			let said = words.read()?;
			let asking = patient.open(context).await?;
			let asked = file(&asking, wish, said, context).await?;
			context.print(&asked, out)
		},
		Command::Transfer { patient, to, words } => {
			if to == patient.custodian {
				return Err(usage(
					"that organisation keeps the records already",
					"name the one to which they are to go with --to",
				));
			}
			let said = words.read()?;
			let asking = patient.open(context).await?;
			let asked = file(&asking, Wish::Transfer { to }, said, context).await?;
			context.print(&asked, out)
		},
		Command::Share(options) => share(*options, context, out).await,
		Command::List { wallet, custodian } => list(&wallet, custodian, context, out).await,
		Command::Withdraw { wallet, ask } => withdraw(&wallet, &ask, context, out).await,
		Command::Inbox(officer) => {
			let vault = officer.session(context).await?;
			let list = compared(vault.asks().await?, None, context).await?;
			context.print(&list, out)
		},
		Command::Extend { officer, words, ask } => {
			let statement = words.read()?;
			let vault = officer.session(context).await?;
			let found = pick(vault.asks().await?, &ask)?;
			let why = ExtendAsk { statement };
			let extending = vault.extend_ask(&found.opening.terms.chart, &found.ask, &why);
			let done = context.wait("putting the answer off", extending).await?;
			context.print(&Extended(done), out)
		},
		Command::Grant { officer, words, ask } => {
			let statement = words.read()?;
			let answer = AnswerAsk { granted: true, ground: None, statement };
			give(&officer, &ask, answer, context, out).await
		},
		Command::Refuse { officer, ground, words, ask } => {
			let statement = words.read()?;
			let answer = AnswerAsk { granted: false, ground: Some(ground), statement };
			give(&officer, &ask, answer, context, out).await
		},
	}
}

/// A patient at the vault of a custodian.
struct Asking {
	wallet: Wallet,
	chart: WalletChart,
	identity: Identity,
	vault: VaultClient,
}

impl Patient {
	async fn open(&self, context: &Context) -> Result<Asking> {
		let wallet = context.current_wallet(&self.wallet).await?;
		let genesis = context.chain().await?.genesis();
		let chart = wallet.chart_at(&genesis, self.custodian)?.clone();
		let identity = wallet.identity(&chart)?;
		let vault = context.session(chart.custodian, &identity).await?;
		Ok(Asking { wallet, chart, identity, vault })
	}
}

impl Officer {
	async fn session(&self, context: &Context) -> Result<VaultClient> {
		let identity = context.open_key(&self.key)?;
		context.session(self.custodian, &identity).await
	}
}

/// Files what is asked, and looks whether the chain has it.
async fn file(asking: &Asking, wish: Wish, said: Statement, context: &Context) -> Result<Asked> {
	let Asking { chart, identity, vault, .. } = asking;
	let terms = AskTerms { chart: chart.chart, wish, at: now(), statement: said };
	let (id, opening) = ask(&chart.genesis, terms)?;
	let seal = opening.seal();
	let call = Call::file_ask(chart.chart, id, seal);
	let filing = async {
		let transaction = context.chain().await?.signed(identity.keypair(), &call).await?;
		let posted = PostedAsk { id, opening, call: PostedCall { transaction } };
		let done = vault.ask(&chart.chart, &posted).await?;
		Ok::<_, Error>((posted.opening.terms.wish, done))
	};
	let (wish, done) = context.wait("filing the ask", filing).await?;
	let view = look(chart.chart, context, |view| view.ask.id == id && view.ask.seal == seal);
	let view = view.await?.ok_or_else(|| untrue(id))?;
	Ok(Asked {
		ask: id,
		chart: chart.chart,
		custodian: chart.custodian,
		wish,
		due: view.due,
		block: done.block,
		directive: None,
	})
}

/// What a vault says that is final, and our node does not know.
fn untrue(id: AskId) -> Error {
	Error::NotFound {
		what: "ask on chain, of which the vault said that it is final",
		id: id.to_string(),
	}
}

/// Looks at the finalised head until the chain has an ask of the chart like this, for as long as our node
/// may trail the vault's.
async fn look(
	chart: ChartId,
	context: &Context,
	is_it: impl Fn(&AskView) -> bool,
) -> Result<Option<AskView>> {
	let began = Instant::now();
	loop {
		let found = context.finalised().await?.asks(chart).await?.into_iter().find(&is_it);
		if found.is_some() || began.elapsed() > CATCH_UP {
			return Ok(found);
		}
		tokio::time::sleep(LOOK_AGAIN).await;
	}
}

async fn share(options: Share, context: &Context, out: &mut impl Write) -> Result<()> {
	let Share { patient, practitioner, organisation, which, action, purpose, .. } = options;
	let said = options.words.read()?;
	let scope = which.scope()?;
	// Signed in to first, so that a vault that is away costs no directive.
	let mut asking = patient.open(context).await?;
	let chart = asking.chart.clone();
	let (id, terms) = match &options.directive {
		Some(begins) => permitted(&asking.wallet, &chart, begins)?,
		None => {
			let at = context.chain().await?.head().await?.at;
			let terms = DirectiveTerms {
				rule: Rule::Permit,
				strength: Strength::Specific,
				grantee: match (practitioner, organisation) {
					(Some(practitioner), Some(at)) => Grantee::PractitionerAt(practitioner, at),
					(Some(practitioner), None) => Grantee::Practitioner(practitioner),
					(None, Some(organisation)) => Grantee::Organisation(organisation),
					(None, None) => {
						return Err(usage(
							"nobody is named with whom to share",
							"name them with --practitioner or --organisation",
						));
					},
				},
				scope,
				actions: action.into_iter().collect(),
				purposes: purpose.into_iter().collect(),
				period: options.when.period(at)?,
				obligations: options.obligation.into_iter().collect(),
				basis: GrantorBasis::Own,
			};
			let issued = asking.wallet.issue(&chart.chart, terms, None, None)?;
			let shared = Mutex::new(&mut asking.wallet);
			let granting =
				grant(&shared, &chart, &issued.id, Instead::OfCover, options.way, context);
			let (answer, _) = context.wait("issuing the directive", granting).await?;
			(answer.directive, answer.opening.terms)
		},
	};
	let wish = Wish::ShareWith { grantee: terms.grantee, scope: terms.scope, directive: id };
	let asked = file(&asking, wish, said, context).await.map_err(|fault| {
		// What was permitted stays so, and is not permitted twice.
		tracing::info!(%fault, "the directive is issued, and the ask is not filed");
		Error::AskNotFiled { directive: id, fault: Box::new(fault) }
	})?;
	context.print(&Asked { directive: Some(id), ..asked }, out)
}

/// The patient's own permit on this chart whose id begins so.
fn permitted(
	wallet: &Wallet,
	chart: &WalletChart,
	begins: &str,
) -> Result<(DirectiveId, DirectiveTerms)> {
	let is_meant = meant(begins)?;
	let mut fitting = wallet.directives().iter().filter(|issued| {
		issued.chart == chart.chart && !issued.ended && is_meant(&issued.id.to_string())
	});
	let missing = || Error::NotFound { what: "directive on this chart", id: begins.into() };
	let found = fitting.next().ok_or_else(missing)?;
	if fitting.next().is_some() {
		return Err(usage(
			format!("several directives begin with {begins}"),
			"give more of the id; `salus directive list` shows it",
		));
	}
	let terms = found.opening.terms.clone();
	if terms.rule != Rule::Permit || terms.is_cover() {
		return Err(usage("that directive permits nothing", "name one that permits"));
	}
	Ok((found.id, terms))
}

async fn list(
	wallet: &Path,
	custodian: Option<OrganisationId>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let wallet = context.current_wallet(wallet).await?;
	let genesis = context.chain().await?.genesis();
	let mut all = Asks::default();
	for chart in charts(&wallet, &genesis, custodian)? {
		let vault = context.session(chart.custodian, &wallet.identity(&chart)?).await?;
		let listed = vault.chart_asks(&chart.chart).await?;
		let Asks { asks, withheld } = compared(listed, Some(chart.chart), context).await?;
		all.asks.extend(asks);
		all.withheld.extend(withheld);
	}
	let wrong = all.asks.iter().filter(|ask| !ask.verified && !ask.forgotten).count();
	let faults = wrong.saturating_add(all.withheld.len());
	context.print(&all, out)?;
	if faults > 0 {
		return Err(Error::AsksFaulty(faults));
	}
	Ok(())
}

/// Compares what a vault lists with the chain. Of a chart, gives also what the chain has and the vault does
/// not tell of.
async fn compared(
	listed: Vec<ListedAsk>,
	chart: Option<ChartId>,
	context: &Context,
) -> Result<Asks> {
	let began = Instant::now();
	loop {
		let at = context.finalised().await?;
		let mut all = Asks::default();
		for ask in &listed {
			let chart = chart.unwrap_or(ask.chart());
			let views = at.asks(chart).await?;
			all.asks.push(compare(ask, &chart, &views, at.head().at));
		}
		if let Some(chart) = chart {
			let views = at.asks(chart).await?.into_iter();
			let untold = views.filter(|view| listed.iter().all(|told| told.ask != view.ask.id));
			all.withheld =
				untold.map(|view| Withheld { ask: view.ask.id, due: view.due }).collect();
		}
		let fits = all.asks.iter().all(|ask| ask.verified || ask.forgotten);
		if (fits && all.withheld.is_empty()) || began.elapsed() > CATCH_UP {
			return Ok(all);
		}
		tokio::time::sleep(LOOK_AGAIN).await;
	}
}

fn compare(listed: &ListedAsk, chart: &ChartId, views: &[AskView], at: u64) -> Compared {
	let view = views.iter().find(|view| view.ask.id == listed.ask);
	let mut ask = listed.clone();
	ask.overdue = ask.state == AskState::Open && ask.due <= at;
	Compared {
		verified: view.is_some_and(|view| is_as_on_chain(listed, chart, view)),
		// A full list has lost the oldest of those that ended.
		forgotten: view.is_none()
			&& listed.state != AskState::Open
			&& views.len() == MAX_ASKS as usize,
		ask,
	}
}

/// The listed ask whose id begins so.
fn pick(listed: Vec<ListedAsk>, begins: &str) -> Result<ListedAsk> {
	let is_meant = meant(begins)?;
	let mut fitting = listed.into_iter().filter(|listed| is_meant(&listed.ask.to_string()));
	let missing = || Error::NotFound { what: "ask at this organisation", id: begins.into() };
	let found = fitting.next().ok_or_else(missing)?;
	if fitting.next().is_some() {
		return Err(usage(
			format!("several asks begin with {begins}"),
			"give more of the id; `salus ask list` or `salus ask inbox` shows it",
		));
	}
	Ok(found)
}

async fn withdraw(
	wallet: &Path,
	begins: &str,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let wallet = context.current_wallet(wallet).await?;
	let genesis = context.chain().await?.genesis();
	let at = context.finalised().await?;
	let is_meant = meant(begins)?;
	// Which of one's own it is the chain says, whatever the vaults do.
	let mut fitting = Vec::new();
	for chart in charts(&wallet, &genesis, None)? {
		let views = at.asks(chart.chart).await?.into_iter();
		let meant = views.filter(|view| is_meant(&view.ask.id.to_string()));
		fitting.extend(meant.map(|view| (chart.clone(), view.ask)));
	}
	let (chart, known) = match fitting.as_slice() {
		[one] => one.clone(),
		[] => return Err(Error::NotFound { what: "ask of this wallet", id: begins.into() }),
		_ => {
			return Err(usage(
				format!("several asks begin with {begins}"),
				"give more of the id; `salus ask list` shows it",
			));
		},
	};
	let id = known.id;
	match known.state {
		AskState::Open => {},
		AskState::Withdrawn => {
			return context.print(&Withdrawn { ask: id, block: at.head() }, out);
		},
		ended => return Err(Error::AskNotOpen(ended)),
	}
	let identity = wallet.identity(&chart)?;
	let call = Call::withdraw_ask(chart.chart, id);
	let is_done = |view: &AskView| view.ask.id == id && view.ask.state == AskState::Withdrawn;
	let relayed = async {
		let vault = context.session(chart.custodian, &identity).await?;
		let transaction = context.chain().await?.signed(identity.keypair(), &call).await?;
		let done = vault.post_call(&chart.chart, &PostedCall { transaction }).await?;
		look(chart.chart, context, is_done).await?.ok_or_else(|| untrue(id))?;
		Ok::<_, Error>(done.block)
	};
	let block = match context.wait("withdrawing the ask", relayed).await {
		Ok(block) => block,
		// Withdrawn twice it is withdrawn once.
		Err(fault) => {
			tracing::info!(%fault, "the vault did not submit it");
			context.submit(&identity, &call).await?.block
		},
	};
	context.print(&Withdrawn { ask: id, block }, out)
}

async fn give(
	officer: &Officer,
	begins: &str,
	answer: AnswerAsk,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let vault = officer.session(context).await?;
	let found = pick(vault.asks().await?, begins)?;
	let answering = vault.answer_ask(&found.opening.terms.chart, &found.ask, &answer);
	let answered = context.wait("answering the ask", answering).await?;
	context.print(&Answered(answered), out)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::ask::Ask;

	fn listed(at: u64) -> (ListedAsk, AskView) {
		let chart = ChartId([1; 32]);
		let (wish, statement) = (Wish::Transfer { to: 2 }, Statement::default());
		let (id, opening) = ask(&[9; 32], AskTerms { chart, wish, at, statement }).unwrap();
		let filed = Ask::filed(id, opening.seal(), at);
		let listed = ListedAsk {
			ask: id,
			opening,
			state: AskState::Open,
			filed: at,
			due: filed.due(),
			overdue: false,
			extended: false,
			extension: None,
			answer: None,
		};
		(listed, AskView { chart, ask: filed, due: filed.due(), overdue: false })
	}

	#[test]
	fn what_is_overdue_our_own_node_says() {
		let (one, view) = listed(5);
		let chart = one.chart();
		let told = compare(&one, &chart, &[view], one.due);
		assert!(told.verified && told.ask.overdue);
		assert!(!compare(&one, &chart, &[view], one.due - 1).ask.overdue);
	}

	#[test]
	fn only_a_full_list_has_forgotten_what_ended() {
		let (mut one, _) = listed(5);
		let chart = one.chart();
		let others: Vec<_> = (0..MAX_ASKS).map(|n| listed(n.into()).1).collect();
		assert!(!compare(&one, &chart, &others, 0).forgotten, "an open one is not forgotten");
		one.state = AskState::Withdrawn;
		assert!(compare(&one, &chart, &others, 0).forgotten);
		assert!(!compare(&one, &chart, &others[1..], 0).forgotten);
	}

	#[test]
	fn an_ask_is_named_by_how_its_id_begins() {
		let all: Vec<_> = (0..3).map(|n| listed(n).0).collect();
		let begins = all[1].ask.to_string()[..14].to_string();
		assert_eq!(pick(all.clone(), &begins).unwrap().ask, all[1].ask);
		assert!(pick(all.clone(), "0x").is_err());
		let twice = vec![all[0].clone(), all[0].clone()];
		assert!(pick(twice, &all[0].ask.to_string()).is_err());
		assert!(matches!(pick(Vec::new(), &begins), Err(Error::NotFound { .. })));
	}
}
