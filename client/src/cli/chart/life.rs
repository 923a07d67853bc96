//! Another key, closing, and death.

use super::{in_hours, OfStaff, Own, OwnOrStaff};
use crate::cli::{
	relay::{self, Act, Carried},
	render,
	render::Fields,
	render::Report,
	until_known, Context,
};
use salus_client::{
	chain::Call, keys::Identity, vault_api::codes, wallet::WalletChart, Error, Result,
};
use salus_primitives::{codes::ChartState, ids::ChartId};
use serde::Serialize;
use std::io::Write;

/// Hours for which a new key's word is good.
const HOURS: u64 = 1;

/// Gives the chart the wallet's next key, and the vault that key's word.
pub(super) async fn rotate(own: &Own, context: &Context, out: &mut impl Write) -> Result<()> {
	let (mut wallet, chart, identity) = own.open(context).await?;
	let new = wallet.rotation(&chart.chart, in_hours(HOURS, context).await?)?;
	let act = Act::RotateKey(&new);
	let submitted = relay::call(&chart, &identity, act, own.way, context).await?;
	wallet.follow_key(&chart.chart, &new.key)?;
	let chart = wallet.chart(&chart.chart)?.clone();
	let told = tell_vault(&chart, &wallet.identity(&chart)?, context).await;
	let rotated = Rotated {
		chart: chart.chart,
		key: render::hex(&new.key),
		submitted,
		vault: told.err().map(Untold::from),
	};
	context.print(&rotated, out)
}

/// Gives the custodian's vault the word of the chart's key for its encryption key, for whoever writes
/// records looks for it.
pub(super) async fn tell_vault(
	chart: &WalletChart,
	identity: &Identity,
	context: &Context,
) -> Result<()> {
	let word = identity.vouch(&chart.genesis, &chart.chart);
	let telling = async {
		// The vault's node may not know yet of the key that ours has let in.
		let sign_in = || context.session(chart.custodian, identity);
		let vault = until_known(codes::ACCOUNT_NOT_ENROLLED, sign_in).await?;
		let post = || vault.post_chart_key(&chart.chart, &word);
		until_known(codes::NOT_THE_CHARTS_KEY, post).await
	};
	context.wait("telling the vault", telling).await
}

/// A call that the chart's key signs and that has no more to say.
pub(super) async fn by_key(
	own: &Own,
	act: Act<'_>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let (_, chart, identity) = own.open(context).await?;
	let submitted = relay::call(&chart, &identity, act, own.way, context).await?;
	done(chart.chart, submitted, context, out).await
}

/// The same signed by staff.
pub(super) async fn by_staff(
	of: &OfStaff,
	call: impl Fn(ChartId) -> Call,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(&of.key)?;
	let submitted = context.submit(&identity, &call(of.chart)).await?;
	done(of.chart, Carried::direct(submitted), context, out).await
}

/// That the patient lives, said by themselves or by a clinician of the custodian.
pub(super) async fn dispute_death(
	who: OwnOrStaff,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let (chart, submitted) = who.submit(Act::DisputeDeath, context).await?;
	done(chart, submitted, context, out).await
}

async fn done(
	chart: ChartId,
	submitted: Carried,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let at = context.chain().await?.at(submitted.submitted.block.hash).await?;
	let facts = at.chart(chart).await?;
	let facts = facts.ok_or(Error::NotFound { what: "chart", id: chart.to_string() })?;
	context.print(&Done { chart, state: facts.state, submitted }, out)
}

/// Why something did not reach a vault.
#[derive(Serialize)]
pub(in crate::cli) struct Untold {
	code: String,
	message: String,
	help: String,
}

impl From<Error> for Untold {
	fn from(fault: Error) -> Self {
		Self { code: fault.code().into(), message: fault.to_string(), help: fault.help() }
	}
}

impl Untold {
	/// As people read it; `told` when nothing went wrong.
	pub(in crate::cli) fn line(fault: Option<&Self>, told: &str) -> String {
		match fault {
			None => told.into(),
			Some(Self { message, help, .. }) => format!("not told: {message}; {help}"),
		}
	}
}

#[derive(Serialize)]
struct Rotated {
	chart: ChartId,
	key: String,
	submitted: Carried,
	/// Why the vault was not told; none if it was.
	vault: Option<Untold>,
}

impl Report for Rotated {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("key", &self.key)
			.add("since", render::submitted(&self.submitted.submitted))
			.add("by", self.submitted.way())
			.add("vault", Untold::line(self.vault.as_ref(), "told"))
			.write(out)
	}
}

#[derive(Serialize)]
struct Done {
	chart: ChartId,
	state: ChartState,
	submitted: Carried,
}

impl Report for Done {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("state", self.state)
			.add("since", render::submitted(&self.submitted.submitted))
			.add("by", self.submitted.way())
			.write(out)
	}
}
