//! How charts can be found: the patient's card and choice, the custodian's register, and who looked in vain.

use super::find::read_patient;
use crate::cli::{
	render::{self, Fields, Report, Table},
	terms::charts,
	usage, Context,
};
use clap::Args;
use salus_client::{
	finding::{page, CardCode, CardPage},
	sealed_file::write_new,
	vault_api::{Findable, MissedSearch},
	vault_client::VaultClient,
	wallet::WalletChart,
	Result,
};
use salus_primitives::ids::{ChartId, OrganisationId};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Debug, Args)]
pub(super) struct Card {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Whose chart it finds; may be given several times, for one page with several cards.
	#[arg(long, value_name = "N", required = true)]
	custodian: Vec<OrganisationId>,
	/// File for the page to print, in HTML. A file that is there stays.
	#[arg(long, value_name = "FILE", required_unless_present = "revoke")]
	out: Option<PathBuf>,
	/// File for the code alone as a QR code in SVG, for a lock screen; with one custodian only.
	#[arg(long, value_name = "FILE")]
	svg: Option<PathBuf>,
	/// End the card instead of making one.
	#[arg(long, conflicts_with_all = ["out", "svg"])]
	revoke: bool,
}

/// One's own chart at a custodian.
#[derive(Debug, Args)]
pub(super) struct Own {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Who keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

#[derive(Debug, Args)]
pub(super) struct Shown {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Only at this organisation.
	#[arg(long, value_name = "N")]
	custodian: Option<OrganisationId>,
}

/// A chart of the house.
#[derive(Debug, Args)]
pub(super) struct Charted {
	/// Key file of the records officer.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Who keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: ChartId,
}

#[derive(Debug, Args)]
pub(super) struct Register {
	#[command(flatten)]
	of: Charted,
	/// File with who the patient is: a Patient of FHIR R4 in JSON with name and whole date of birth.
	#[arg(long, value_name = "FILE")]
	patient: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct House {
	/// Key file of the quality officer.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Their house.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

/// A wallet's charts at these custodians, signed in for each.
async fn own(
	wallet: &Path,
	custodians: &[OrganisationId],
	context: &Context,
) -> Result<Vec<(WalletChart, VaultClient)>> {
	let wallet = context.current_wallet(wallet).await?;
	let genesis = context.chain().await?.genesis();
	let mut charts = Vec::with_capacity(custodians.len());
	for custodian in custodians {
		let chart = wallet.chart_at(&genesis, *custodian)?.clone();
		let vault = context.session(chart.custodian, &wallet.identity(&chart)?).await?;
		charts.push((chart, vault));
	}
	Ok(charts)
}

pub(super) async fn card(options: Card, context: &Context, out: &mut impl Write) -> Result<()> {
	let Card { wallet, custodian, out: file, svg, revoke } = options;
	if svg.is_some() && custodian.len() > 1 {
		return Err(usage("a drawing is of one code", "name one --custodian with --svg"));
	}
	let own = own(&wallet, &custodian, context).await?;
	let Some(file) = file.filter(|_| !revoke) else {
		for (chart, vault) in &own {
			vault.revoke_emergency_card(&chart.chart).await?;
		}
		return told(own, context, out).await;
	};
	let genesis = context.chain().await?.genesis();
	let codes = own.iter().map(|(chart, _)| CardCode::new(chart.custodian));
	let codes = codes.collect::<Result<Vec<_>>>()?;
	let cards: Vec<_> = codes
		.iter()
		.zip(&own)
		.map(|(code, (_, vault))| CardPage { code, genesis: &genesis, endpoint: vault.endpoint() })
		.collect();
	// Before the vault knows the code: none is made that nobody has.
	write(&cards, &file, svg.as_deref())?;
	let mut placed = false;
	for (code, (chart, vault)) in codes.iter().zip(&own) {
		if let Err(fault) = vault.put_emergency_card(&chart.chart, code.digest()).await {
			// What a vault may have taken is of use.
			if !placed && fault.code() != "vault-timed-out" {
				let _ = std::fs::remove_file(&file);
				let _ = svg.as_ref().map(std::fs::remove_file);
			}
			return Err(fault);
		}
		placed = true;
	}
	let custodians = own.iter().map(|(chart, _)| chart.custodian).collect();
	context.print(&Made { file, svg, custodians }, out)
}

/// Writes the page, and the drawing where one is wanted, for their owner alone: both or none.
fn write(cards: &[CardPage<'_>], file: &Path, svg: Option<&Path>) -> Result<()> {
	write_new(file, page(cards).as_bytes())?;
	let Some(svg) = svg else { return Ok(()) };
	let drawing = cards.first().and_then(CardPage::drawing);
	let drawing = drawing.ok_or_else(|| usage("there is no drawing", "leave out --svg"));
	let drawn = drawing.and_then(|drawing| write_new(svg, drawing.as_bytes()));
	drawn.inspect_err(|_| drop(std::fs::remove_file(file)))
}

/// Tells how these charts can be found.
async fn told(
	own: Vec<(WalletChart, VaultClient)>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let mut charts = Vec::with_capacity(own.len());
	for (chart, vault) in own {
		let findable = vault.findable(&chart.chart).await?;
		charts.push(One { chart: chart.chart, custodian: chart.custodian, findable });
	}
	context.print(&All { charts }, out)
}

pub(super) async fn show(options: Shown, context: &Context, out: &mut impl Write) -> Result<()> {
	let Shown { wallet, custodian } = options;
	let opened = context.current_wallet(&wallet).await?;
	let genesis = context.chain().await?.genesis();
	let mut own = Vec::new();
	for chart in charts(&opened, &genesis, custodian)? {
		let vault = context.session(chart.custodian, &opened.identity(&chart)?).await?;
		own.push((chart, vault));
	}
	told(own, context, out).await
}

pub(super) async fn set(
	options: Own,
	opted_out: bool,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let Own { wallet, custodian } = options;
	let own = own(&wallet, &[custodian], context).await?;
	for (chart, vault) in &own {
		vault.set_findable(&chart.chart, opted_out).await?;
	}
	told(own, context, out).await
}

pub(super) async fn register(
	options: Register,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let Register { of: Charted { key, custodian, chart }, patient } = options;
	let particulars = read_patient(&patient)?;
	let vault = session(&key, custodian, context).await?;
	vault.put_particulars(&chart, &particulars).await?;
	context.print(&Registered { chart, registered: true }, out)
}

pub(super) async fn unregister(
	options: Charted,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let Charted { key, custodian, chart } = options;
	let vault = session(&key, custodian, context).await?;
	vault.remove_particulars(&chart).await?;
	context.print(&Registered { chart, registered: false }, out)
}

pub(super) async fn searches(
	options: House,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let House { key, custodian } = options;
	let searches = session(&key, custodian, context).await?.searches().await?;
	context.print(&Searches { searches }, out)
}

/// Signs in to the vault of who keeps this house's charts now.
async fn session(key: &Path, house: OrganisationId, context: &Context) -> Result<VaultClient> {
	let identity = context.open_key(key)?;
	context.session(context.keeper(house).await?, &identity).await
}

#[derive(Serialize)]
struct Made {
	file: PathBuf,
	#[serde(skip_serializing_if = "Option::is_none")]
	svg: Option<PathBuf>,
	custodians: Vec<OrganisationId>,
}

impl Report for Made {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("card", self.file.display())
			.maybe("drawing", self.svg.as_ref().map(|svg| svg.display()))
			.add("finds your chart at", render::codes(self.custodians.iter()))
			.write(out)?;
		writeln!(out, "Print it and carry it. The card before finds nothing any more.")
	}
}

#[derive(Serialize)]
struct All {
	charts: Vec<One>,
}

#[derive(Serialize)]
struct One {
	chart: ChartId,
	custodian: OrganisationId,
	#[serde(flatten)]
	findable: Findable,
}

impl Report for All {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let word = |yes| if yes { "yes" } else { "no" };
		let mut table = Table::new(&["CHART", "AT", "CARD", "BY NAME", "OPTED OUT"]);
		for One { chart, custodian, findable } in &self.charts {
			table.row(vec![
				render::short(chart),
				custodian.to_string(),
				word(findable.card).into(),
				word(findable.registered).into(),
				word(findable.opted_out).into(),
			]);
		}
		table.write(out, "no charts")
	}
}

#[derive(Serialize)]
struct Registered {
	chart: ChartId,
	registered: bool,
}

impl Report for Registered {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let said = if self.registered { "yes" } else { "not any more" };
		Fields::default().add("chart", self.chart).add("found by name", said).write(out)
	}
}

#[derive(Serialize)]
struct Searches {
	searches: Vec<MissedSearch>,
}

impl Report for Searches {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["SEARCH", "BY", "ASKED BY", "FIRST", "LAST", "TIMES"]);
		for miss in &self.searches {
			table.row(vec![
				miss.search.to_string(),
				format!("{} at {}", miss.practitioner, miss.organisation),
				miss.kind.word().into(),
				render::moment(miss.first),
				render::moment(miss.last),
				miss.times.to_string(),
			]);
		}
		table.write(out, "no search found nothing")
	}
}
