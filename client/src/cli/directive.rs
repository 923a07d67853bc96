//! `salus directive`.

mod compact;
mod fhir;

use super::{
	paper,
	relay::{self, Carried, Ending, Instead, Way},
	render,
	render::{Fields, Report, Table},
	request::{grant, Timings},
	terms::{charts, meant, Terms},
	until_known, usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	vault_api::{codes, CoverState},
	wallet::{Holding, Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	codes::DirectiveState,
	directive::DirectiveTerms,
	guardian::ActingGuardian,
	ids::{ChartId, DirectiveId, OrganisationId},
};
use serde::Serialize;
use std::{io::Write, path::PathBuf, sync::Mutex};

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
		way: Way,
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
		/// Also those that speak of nothing and hide the others.
		#[arg(long)]
		all: bool,
	},
	/// Leave with the vaults what hides later changes: directives that speak of nothing, and their
	/// successors.
	Cover {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
	},
	/// End a directive.
	Revoke {
		#[command(flatten)]
		end: End,
		#[command(flatten)]
		way: Way,
	},
	/// End directives that say nothing any more, or nothing that another does not say, so that there is room for
	/// new ones.
	Compact(compact::Options),
	/// Mark a directive entered in error.
	EnterInError(End),
	/// Write the active directives on one chart as FHIR R4 Consents.
	Export(fhir::Export),
	/// Issue what a FHIR R4 Consent says; nothing if there is something in it that no directive says.
	Import(fhir::Import),
	/// Bring to the vaults the openings that they do not have yet of the wallet's active directives.
	Deliver {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
	},
}

#[derive(Debug, Args)]
pub(super) struct End {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	pub(super) wallet: PathBuf,
	/// The directive, or how its id begins.
	pub(super) directive: String,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Issue { wallet, custodian, replaces, way, terms } => {
			let terms = terms.read(context.chain().await?.head().await?.at)?;
			let mut wallet = context.current_wallet(&wallet).await?;
			let replaces = replaces.map(|begins| pick(&wallet, &begins)).transpose()?;
			let genesis = context.chain().await?.genesis();
			let chart = wallet.chart_at(&genesis, custodian)?.clone();
			let replaced = replaces.map(|(id, _)| id);
			let instead = replaced.map_or(Instead::OfCover, Instead::Of);
			let issued = wallet.issue(&chart.chart, terms, replaced, None)?;
			let shared = Mutex::new(&mut wallet);
			let granting = grant(&shared, &chart, &issued.id, instead, way, context);
			let (_, timings) = context.wait("issuing the directive", granting).await?;
			if let Some(replaced) = replaced {
				wallet.mark_ended(&replaced)?;
			}
			let issued = Issued {
				directive: issued.id,
				chart: chart.chart,
				custodian: chart.custodian,
				terms: issued.opening.terms,
				timings,
			};
			context.print(&issued, out)
		},
		Command::List { wallet, custodian, all } => {
			let wallet = context.current_wallet(&wallet).await?;
			let genesis = context.chain().await?.genesis();
			let list = list(&wallet, &charts(&wallet, &genesis, custodian)?, all, context).await?;
			context.print(&list, out)
		},
		Command::Cover { wallet } => {
			let mut wallet = context.current_wallet(&wallet).await?;
			let genesis = context.chain().await?.genesis();
			let charts = charts(&wallet, &genesis, None)?;
			let refilling = relay::refill(&mut wallet, &charts, context);
			let states = context.wait("leaving cover with the vaults", refilling).await?;
			let mut covered = Vec::new();
			for (chart, state) in charts.iter().zip(states) {
				let CoverState { places } = state?;
				covered.push(Covered {
					chart: chart.chart,
					custodian: chart.custodian,
					places: places.len(),
					left: places.iter().map(|place| place.left).sum(),
				});
			}
			context.print(&Covers { charts: covered }, out)
		},
		Command::Revoke { end, way } => revoke(&end, way, context, out).await,
		Command::Compact(options) => compact::run(options, context, out).await,
		Command::EnterInError(end) => {
			let (mut wallet, chart, directive) = own(&end, context).await?;
			let shared = Mutex::new(&mut wallet);
			let how = Ending::EnteredInError;
			let ending = relay::withdraw(&shared, &chart, directive, how, context);
			let submitted = Carried::direct(context.wait("ending the directive", ending).await?);
			if wallet.directive(&directive).is_ok() {
				wallet.mark_ended(&directive)?;
			}
			let state = DirectiveState::EnteredInError;
			context.print(&Ended { directive, state, submitted }, out)
		},
		Command::Export(options) => fhir::export(options, context, out).await,
		Command::Import(options) => fhir::import(options, context, out).await,
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

/// Revokes a directive.
pub(super) async fn revoke(
	end: &End,
	way: Way,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let (mut wallet, chart, directive) = own(end, context).await?;
	let ending = relay::end(&mut wallet, &chart, directive, way, context);
	let carried = context.wait("ending the directive", ending).await?;
	let state = DirectiveState::Revoked;
	context.print(&Ended { directive, state, submitted: carried }, out)
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

/// The wallet, its chart and the directive that is to end.
async fn own(end: &End, context: &Context) -> Result<(Wallet, WalletChart, DirectiveId)> {
	let wallet = context.current_wallet(&end.wallet).await?;
	let (directive, chart) = match (pick(&wallet, &end.directive), end.directive.parse()) {
		// A wallet made again may lack a directive's terms; its id is enough to end it.
		(Err(Error::NotFound { .. }), Ok(whole)) => on_own_chart(&wallet, whole, context).await?,
		(picked, _) => picked?,
	};
	let chart = wallet.chart(&chart)?.clone();
	Ok((wallet, chart, directive))
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

pub(super) async fn list(
	wallet: &Wallet,
	charts: &[WalletChart],
	all: bool,
	context: &Context,
) -> Result<List> {
	let at = context.finalised().await?;
	let mut directives = Vec::new();
	let (mut papers, mut unknown) = (Vec::new(), Vec::new());
	for chart in charts {
		let facts = at.chart(chart.chart).await?;
		let is_enrolled = facts.is_some();
		let facts = facts.map(|facts| facts.directives).unwrap_or_default();
		let on_paper = facts.iter().filter(|active| active.paper.is_some()).map(|active| active.id);
		let on_paper: Vec<_> = on_paper.collect();
		let active: Vec<_> = facts.into_iter().map(|active| active.id).collect();
		for issued in wallet.directives().iter().filter(|issued| issued.chart == chart.chart) {
			let is_cover = issued.opening.terms.is_cover();
			if is_cover && !all {
				continue;
			}
			let known = at.directive(issued.id).await?;
			let state = match wallet.active_as(issued, &active)? {
				Some(_) => Some(DirectiveState::Active),
				None => known.filter(|known| issued.opening.opens(&known.seal)).map(|known| {
					// What ended it looks like any other that takes a place.
					if issued.ended && known.state == DirectiveState::Superseded {
						DirectiveState::Revoked
					} else {
						known.state
					}
				}),
			};
			directives.push(Listed {
				directive: issued.id,
				chart: chart.chart,
				custodian: chart.custodian,
				state,
				delivered: issued.delivered,
				guardian: issued.guardian,
				cover: is_cover,
				terms: issued.opening.terms.clone(),
			});
		}
		// What was on paper and has ended is shown too: the patient may never have heard of it.
		if is_enrolled {
			let identity = wallet.identity(chart)?;
			let place = (chart.chart, chart.custodian);
			papers.extend(paper::of_chart(place, &on_paper, &identity, context).await?);
		}
		for id in active {
			match wallet.holding(&chart.chart, &id)? {
				Holding::Unknown if on_paper.contains(&id) => {},
				Holding::Unknown => unknown.push(id),
				Holding::Cover if all && wallet.directive(&id).is_err() => {
					directives.push(Listed {
						directive: id,
						chart: chart.chart,
						custodian: chart.custodian,
						state: Some(DirectiveState::Active),
						delivered: true,
						guardian: None,
						cover: true,
						terms: DirectiveTerms::cover(),
					});
				},
				_ => {},
			}
		}
	}
	Ok(List { directives, papers, unknown })
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
			.add("issued", render::submitted(&self.timings.carried.submitted))
			.add("by", self.timings.carried.way())
			.add("at vault", format!("{} ms later", self.timings.posted_ms))
			.write(out)
	}
}

#[derive(Serialize)]
struct Ended {
	directive: DirectiveId,
	state: DirectiveState,
	submitted: Carried,
}

impl Report for Ended {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("directive", self.directive)
			.add("state", self.state)
			.add("since", render::submitted(&self.submitted.submitted))
			.add("by", self.submitted.way())
			.write(out)
	}
}

#[derive(Serialize)]
struct Covers {
	charts: Vec<Covered>,
}

/// What hides the changes of a chart.
#[derive(Serialize)]
struct Covered {
	chart: ChartId,
	custodian: OrganisationId,
	/// Directives that are replaced now and then.
	places: usize,
	/// Orders that are left for all of them.
	left: u32,
}

impl Report for Covers {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["CHART", "AT", "PLACES", "LEFT"]);
		for covered in &self.charts {
			table.row(vec![
				render::short(&covered.chart),
				covered.custodian.to_string(),
				covered.places.to_string(),
				covered.left.to_string(),
			]);
		}
		table.write(out, "no charts")
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
pub(super) struct List {
	pub(super) directives: Vec<Listed>,
	/// Active ones that came on paper.
	papers: Vec<paper::Listed>,
	/// Active directives that this wallet did not issue.
	unknown: Vec<DirectiveId>,
}

#[derive(Serialize)]
pub(super) struct Listed {
	pub(super) directive: DirectiveId,
	pub(super) chart: ChartId,
	pub(super) custodian: OrganisationId,
	/// None while the chain does not know it.
	pub(super) state: Option<DirectiveState>,
	pub(super) delivered: bool,
	/// The guardian who issued it; none if the patient did.
	guardian: Option<ActingGuardian>,
	/// Whether it speaks of nothing.
	cover: bool,
	pub(super) terms: DirectiveTerms,
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
				match listed.cover {
					true => "cover".into(),
					false => format!("{} ({})", terms.rule, terms.strength),
				},
				render::grantee(&terms.grantee),
				render::scope(&terms.scope),
				render::codes(terms.purposes.iter()),
				render::period(&terms.period),
			]);
		}
		table.write(out, "no directives")?;
		paper::write(&self.papers, out)?;
		self.unknown
			.iter()
			.try_for_each(|id| writeln!(out, "active, but not from this wallet: {id}"))
	}
}
