//! `salus custody`.

mod report;
mod watch;

use super::{usage, Context};
use clap::{Args, Subcommand};
use report::{Accepted, Changed, Received, Stands, VaultSays};
use salus_client::{
	chain::Call,
	keys::Identity,
	vault_api::{ReceivedHolding, ReceivingState},
	Error, Result,
};
use salus_primitives::{
	ids::OrganisationId,
	time::Moment,
	views::{HoldingView, OrganisationView},
};
use std::{io::Write, path::PathBuf, time::Duration};
use watch::Watch;

/// How long before the giver opens again an acceptance is not sent any more: it may need that long to be
/// final.
const MARGIN: Moment = 60 * 1000;

/// How long to wait before the last pass is asked for once more.
const AGAIN: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Offer all charts and records of the organisation to another. Until that accepts, or the offer is
	/// withdrawn, its vault writes nothing new.
	Offer {
		#[command(flatten)]
		by: Administrator,
		/// The organisation that is to keep them.
		#[arg(long, value_name = "N")]
		to: OrganisationId,
	},
	/// Withdraw the offer: the vault writes again.
	Withdraw(Administrator),
	/// Have the vault copy what another organisation offers.
	Receive {
		#[command(flatten)]
		by: Administrator,
		/// The organisation that offers.
		#[arg(long, value_name = "N")]
		from: OrganisationId,
		/// Wait until all of it was copied once.
		#[arg(long)]
		wait: bool,
	},
	/// Show who keeps what the organisation had and, to its administrator, how far its vault is.
	Status {
		/// The organisation.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
		/// Key file of an administrator of the organisation; without it only the chain is asked.
		#[arg(long, value_name = "FILE")]
		key: Option<PathBuf>,
	},
	/// Have the vault copy what changed since, then accept on the chain, then wait until the vault serves.
	/// Nothing is accepted that the vault has not whole.
	Accept {
		#[command(flatten)]
		by: Administrator,
		/// The organisation that offers.
		#[arg(long, value_name = "N")]
		from: OrganisationId,
	},
}

/// Whose administrator.
#[derive(Debug, Args)]
struct Administrator {
	/// Key file of an administrator of the organisation.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Offer { by, to } => {
			fit(&context.organisation(to).await?)?;
			let identity = context.open_key(&by.key)?;
			let call = Call::offer_holding(by.custodian, to);
			change(&by, &identity, &call, context, out).await
		},
		Command::Withdraw(by) => {
			let identity = context.open_key(&by.key)?;
			let call = Call::withdraw_holding(by.custodian);
			change(&by, &identity, &call, context, out).await
		},
		Command::Receive { by, from, wait } => {
			ensure_offered(&holding(from, context).await?, by.custodian)?;
			let identity = context.open_key(&by.key)?;
			let mut watch = Watch::begin(by.custodian, &identity, context).await?;
			let mut received = watch.receive(from).await?;
			if wait {
				received = watch.until(from, "copying", is_copied).await?;
			}
			context.print(&Received { by: by.custodian, received }, out)
		},
		Command::Status { custodian, key } => {
			let holding = holding(custodian, context).await?;
			let vault = match key {
				Some(key) => Some(VaultSays::from(asked(&key, custodian, context).await)),
				None => None,
			};
			context.print(&Stands { holding, vault }, out)
		},
		Command::Accept { by, from } => accept(&by, from, context, out).await,
	}
}

async fn holding(organisation: OrganisationId, context: &Context) -> Result<HoldingView> {
	Ok(context.finalised().await?.holding(organisation).await?)
}

/// Refuses to offer to one whose vault could not take anything over.
fn fit(to: &OrganisationView) -> Result<()> {
	let lacks = match (to.endpoint.is_empty(), to.encryption_key.is_none()) {
		(false, false) => return Ok(()),
		(true, _) => "vault",
		(_, true) => "encryption key",
	};
	Err(usage(
		format!("organisation {} has published no {lacks}", to.id),
		"its administrator does so first: `salus provider organisation set-endpoint` and `publish-key`",
	))
}

async fn change(
	by: &Administrator,
	identity: &Identity,
	call: &Call,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let submitted = context.submit(identity, call).await?;
	let at = context.chain().await?.at(submitted.block.hash).await?;
	let holding = at.holding(by.custodian).await?;
	context.print(&Changed { holding, submitted }, out)
}

async fn asked(
	key: &std::path::Path,
	custodian: OrganisationId,
	context: &Context,
) -> Result<salus_client::vault_api::HoldingList> {
	let identity = context.open_key(key)?;
	context.session_of_house(custodian, &identity).await?.holdings().await
}

/// That this holding is this organisation's to take over, or to have.
fn ensure_offered(holding: &HoldingView, to: OrganisationId) -> Result<()> {
	if holding.offered == Some(to) || holding.given == Some(to) {
		return Ok(());
	}
	let from = holding.organisation;
	Err(usage(
		match holding.offered {
			Some(other) => format!("organisation {from} offers what it keeps to {other}, not {to}"),
			None if holding.keeper != from => {
				format!("organisation {} keeps what {from} had", holding.keeper)
			},
			None => format!("organisation {from} offers nothing"),
		},
		format!("an administrator of organisation {from} offers it with `salus custody offer`"),
	))
}

/// Whether all of it was copied once.
fn is_copied(received: &ReceivedHolding) -> bool {
	!matches!(received.state, ReceivingState::Copying | ReceivingState::Withdrawn)
}

async fn accept(
	by: &Administrator,
	from: OrganisationId,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(&by.key)?;
	let mut watch = Watch::begin(by.custodian, &identity, context).await?;
	// What broke off after the acceptance goes on from there.
	let mut submitted = None;
	while holding(from, context).await?.given != Some(by.custodian) {
		ensure_offered(&holding(from, context).await?, by.custodian)?;
		let here = watch.list().await?;
		let here = here.received.iter().find(|received| received.from == from);
		if !here.is_some_and(is_copied) {
			return Err(usage(
				format!("the vault has not copied what organisation {from} offers"),
				"have it do so first, while the other still serves: `salus custody receive --wait`",
			));
		}
		let ready = watch.ready(from).await?;
		let now = context.finalised().await?.head().at;
		if ready.ready_until.is_none_or(|until| until < now.saturating_add(MARGIN)) {
			// It would open again before the acceptance is final: once more, when it has.
			tokio::time::sleep(AGAIN).await;
			continue;
		}
		let call = Call::accept_holding(by.custodian, from);
		match context.submit(&identity, &call).await {
			Ok(done) => submitted = Some(done),
			// It may have come in all the same.
			Err(fault) if holding(from, context).await?.given != Some(by.custodian) => {
				return Err(fault);
			},
			Err(_) => {},
		}
	}
	let is_kept = |received: &ReceivedHolding| received.state == ReceivingState::Kept;
	let received = watch.until(from, "taking into service", is_kept).await?;
	let holding = holding(from, context).await?;
	context.print(&Accepted { holding, submitted, received }, out)
}

/// A vault that knows nothing of a holding that it was told to copy.
fn unknown(from: OrganisationId) -> Error {
	Error::NotFound {
		what: "holding that the vault copies, from organisation",
		id: from.to_string(),
	}
}

#[cfg(test)]
mod tests;
