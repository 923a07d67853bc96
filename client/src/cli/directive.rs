//! `salus directive`.

use super::{
	render,
	render::{Fields, Report, Table},
	request::{grant, Timings},
	terms::{charts, meant, Terms},
	until_known, usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{Call, Submitted},
	vault_api::codes,
	wallet::Wallet,
	Error, Result,
};
use salus_primitives::{
	codes::DirectiveState,
	directive::DirectiveTerms,
	guardian::ActingGuardian,
	ids::{ChartId, DirectiveId, OrganisationId},
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Permit or deny.
	Issue {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// Whose records it is about.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// The active directive that this one replaces, or how its id begins.
		#[arg(long, value_name = "ID")]
		replaces: Option<String>,
		#[command(flatten)]
		terms: Box<Terms>,
	},
	/// List the directives of a wallet's charts.
	List {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		/// Only about this organisation's records.
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
	},
	/// End a directive.
	Revoke(End),
	/// Mark a directive entered in error.
	EnterInError(End),
	/// Bring to the vaults the openings that they do not have yet of the wallet's active directives.
	Deliver {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
	},
}

#[derive(Debug, Args)]
struct End {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The directive, or how its id begins.
	directive: String,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Issue { wallet, custodian, replaces, terms } => {
			let terms = terms.read(context.chain().await?.head().await?.at)?;
			let mut wallet = context.current_wallet(&wallet).await?;
			let replaces = replaces.map(|begins| pick(&wallet, &begins)).transpose()?;
			let genesis = context.chain().await?.genesis();
			let chart = wallet.chart_at(&genesis, custodian)?.clone();
			let replaced = replaces.map(|(id, _)| id);
			let issued = wallet.issue(&chart.chart, terms, replaced, None)?;
			let granting = grant(&wallet, &chart, &issued, context);
			let (_, timings) = context.wait("issuing the directive", granting).await?;
			wallet.mark_delivered(&issued.id)?;
			let issued = Issued {
				directive: issued.id,
				chart: chart.chart,
				custodian,
				terms: issued.opening.terms,
				timings,
			};
			context.print(&issued, out)
		},
		Command::List { wallet, custodian } => {
			let wallet = context.current_wallet(&wallet).await?;
			let genesis = context.chain().await?.genesis();
			let list = list(&wallet, &charts(&wallet, &genesis, custodian)?, context).await?;
			context.print(&list, out)
		},
		Command::Revoke(end) => {
			let (directive, submitted) = finish(end, Call::revoke_directive, context).await?;
			let state = DirectiveState::Revoked;
			context.print(&Ended { directive, state, submitted }, out)
		},
		Command::EnterInError(end) => {
			let ended = finish(end, Call::mark_directive_entered_in_error, context).await?;
			let (directive, submitted) = ended;
			let state = DirectiveState::EnteredInError;
			context.print(&Ended { directive, state, submitted }, out)
		},
		Command::Deliver { wallet } => {
			let mut wallet = context.current_wallet(&wallet).await?;
			let genesis = context.chain().await?.genesis();
			let at = context.finalised().await?;
			let mut delivered = Vec::new();
			for issued in wallet.directives().to_vec() {
				let chart = wallet.chart(&issued.chart)?.clone();
				if issued.delivered || chart.genesis != genesis {
					continue;
				}
				// What never came to the chain is not issued now: the patient may have thought again.
				let known = at.directive(issued.id).await?;
				if known.is_none_or(|known| known.state != DirectiveState::Active) {
					continue;
				}
				let identity = wallet.identity(&chart)?;
				let posted = issued.to_post();
				let delivering = async {
					let vault = context.session(chart.custodian, &identity).await?;
					let post = || vault.post_directive(&chart.chart, &posted);
					until_known(codes::DIRECTIVE_UNKNOWN, post).await
				};
				context.wait("delivering a directive", delivering).await?;
				wallet.mark_delivered(&issued.id)?;
				delivered.push(issued.id);
			}
			context.print(&Delivered { delivered }, out)
		},
	}
}

/// The directive of the wallet whose id begins so, and its chart.
fn pick(wallet: &Wallet, begins: &str) -> Result<(DirectiveId, ChartId)> {
	let is_meant = meant(begins)?;
	let mut fitting = wallet.directives().iter().filter(|issued| is_meant(&issued.id.to_string()));
	let found = fitting
		.next()
		.ok_or_else(|| Error::NotFound { what: "directive in this wallet", id: begins.into() })?;
	if fitting.next().is_some() {
		return Err(usage(
			format!("several directives begin with {begins}"),
			"give more of the id; `salus directive list` shows it",
		));
	}
	Ok((found.id, found.chart))
}

async fn finish(
	end: End,
	call: impl Fn(DirectiveId) -> Call,
	context: &Context,
) -> Result<(DirectiveId, Submitted)> {
	let wallet = context.current_wallet(&end.wallet).await?;
	let (directive, chart) = match (pick(&wallet, &end.directive), end.directive.parse()) {
		// A wallet made again may lack a directive's terms; its id is enough to end it.
		(Err(Error::NotFound { .. }), Ok(whole)) => on_own_chart(&wallet, whole, context).await?,
		(picked, _) => picked?,
	};
	let identity = wallet.identity(wallet.chart(&chart)?)?;
	Ok((directive, context.submit(&identity, &call(directive)).await?))
}

/// A directive that the wallet does not know, on one of its charts.
async fn on_own_chart(
	wallet: &Wallet,
	directive: DirectiveId,
	context: &Context,
) -> Result<(DirectiveId, ChartId)> {
	let known = context.finalised().await?.directive(directive).await?;
	let id = directive.to_string();
	let known = known.ok_or(Error::NotFound { what: "directive", id })?;
	Ok((directive, wallet.chart(&known.chart)?.chart))
}

async fn list(
	wallet: &Wallet,
	charts: &[salus_client::wallet::WalletChart],
	context: &Context,
) -> Result<List> {
	let at = context.finalised().await?;
	let mut directives = Vec::new();
	let mut unknown = Vec::new();
	for chart in charts {
		for issued in wallet.directives().iter().filter(|issued| issued.chart == chart.chart) {
			let known = at.directive(issued.id).await?;
			directives.push(Listed {
				directive: issued.id,
				chart: chart.chart,
				custodian: chart.custodian,
				state: known
					.filter(|known| issued.opening.opens(&known.seal))
					.map(|known| known.state),
				delivered: issued.delivered,
				guardian: issued.guardian,
				terms: issued.opening.terms.clone(),
			});
		}
		let active = at.chart(chart.chart).await?.map(|facts| facts.directives).unwrap_or_default();
		unknown.extend(
			active
				.into_iter()
				.map(|directive| directive.id)
				.filter(|id| wallet.directive(id).is_err()),
		);
	}
	Ok(List { directives, unknown })
}

#[derive(Serialize)]
struct Issued {
	directive: DirectiveId,
	chart: ChartId,
	custodian: OrganisationId,
	terms: DirectiveTerms,
	#[serde(flatten)]
	timings: Timings,
}

impl Report for Issued {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = Fields::default()
			.add("directive", self.directive)
			.add("about", format!("records of organisation {}", self.custodian));
		render::terms(fields, &self.terms)
			.add("issued", render::submitted(&self.timings.submitted))
			.add("at vault", format!("{} ms later", self.timings.posted_ms))
			.write(out)
	}
}

#[derive(Serialize)]
struct Ended {
	directive: DirectiveId,
	state: DirectiveState,
	submitted: Submitted,
}

impl Report for Ended {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("directive", self.directive)
			.add("state", self.state)
			.add("since", render::submitted(&self.submitted))
			.write(out)
	}
}

#[derive(Serialize)]
struct Delivered {
	delivered: Vec<DirectiveId>,
}

impl Report for Delivered {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		if self.delivered.is_empty() {
			return writeln!(out, "every vault has what it needs");
		}
		self.delivered.iter().try_for_each(|id| writeln!(out, "delivered {id}"))
	}
}

#[derive(Serialize)]
struct List {
	directives: Vec<Listed>,
	/// Active directives that this wallet did not issue.
	unknown: Vec<DirectiveId>,
}

#[derive(Serialize)]
struct Listed {
	directive: DirectiveId,
	chart: ChartId,
	custodian: OrganisationId,
	/// None while the chain does not know it.
	state: Option<DirectiveState>,
	delivered: bool,
	/// The guardian who issued it; none if the patient did.
	guardian: Option<ActingGuardian>,
	terms: DirectiveTerms,
}

impl Listed {
	fn status(&self) -> String {
		match self.state {
			None => "not on the chain".into(),
			Some(DirectiveState::Active) if !self.delivered => "active, not at vault".into(),
			Some(state) => state.to_string(),
		}
	}
}

impl Report for List {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&[
			"DIRECTIVE",
			"AT",
			"STATE",
			"BY",
			"RULE",
			"GRANTEE",
			"SCOPE",
			"PURPOSES",
			"PERIOD",
		]);
		for listed in &self.directives {
			let terms = &listed.terms;
			table.row(vec![
				render::short(&listed.directive),
				listed.custodian.to_string(),
				listed.status(),
				listed.guardian.map_or("patient".into(), |by| by.relation.to_string()),
				format!("{} ({})", terms.rule, terms.strength),
				render::grantee(&terms.grantee),
				render::scope(&terms.scope),
				render::codes(terms.purposes.iter()),
				render::period(&terms.period),
			]);
		}
		table.write(out, "no directives")?;
		self.unknown
			.iter()
			.try_for_each(|id| writeln!(out, "active, but not from this wallet: {id}"))
	}
}
