//! `salus chart guardian`: what a guardian does. The guardian signs an order, anyone submits it.

use super::{in_hours, life::Untold, read_json, write_json};
use crate::cli::{
	render,
	render::{Fields, Report},
	terms::{read_card, Terms},
	until_known, usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{Call, Submitted},
	guardians::{GuardianCard, GuardianOrder},
	keys::Identity,
	vault_api::codes,
	Result,
};
use salus_primitives::{
	guardian::GuardianAct,
	ids::{ChartId, DirectiveId},
	time::Moment,
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Sign that a directive is issued.
	IssueDirective {
		#[command(flatten)]
		by: By,
		/// The active directive that this one replaces.
		#[arg(long, value_name = "ID")]
		replaces: Option<DirectiveId>,
		#[command(flatten)]
		terms: Box<Terms>,
	},
	/// Sign that a directive is revoked.
	Revoke(End),
	/// Sign that a directive is marked entered in error.
	EnterInError(End),
	/// Sign that the patient lives.
	DisputeDeath(By),
	/// Submit what a guardian signed, and bring a directive's opening to the vault. Whoever submits it
	/// can read what the directive says.
	Submit {
		/// Key file of any account of the chain, the guardian's own or another's.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// What the guardian signed.
		#[arg(long, value_name = "FILE")]
		order: PathBuf,
	},
}

/// Who signs, and where to.
#[derive(Debug, Args)]
struct By {
	/// The guardian's card, from the patient.
	#[arg(long, value_name = "FILE")]
	card: PathBuf,
	/// The guardian's key file. Its account need not be on the chain.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Hours within which the order must be submitted.
	#[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=168))]
	hours: u64,
	/// File for the order.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

#[derive(Debug, Args)]
struct End {
	#[command(flatten)]
	by: By,
	/// The directive.
	directive: DirectiveId,
}

/// Runs the command.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::IssueDirective { by, replaces, terms } => {
			let terms = terms.read(context.chain().await?.head().await?.at)?;
			let card = by.card(context).await?;
			let identity = context.open_key(&by.key)?;
			let expires = in_hours(by.hours, context).await?;
			by.write(&card.issue(&identity, terms, replaces, expires)?, context, out)
		},
		Command::Revoke(End { by, directive: id }) => {
			sign(&by, GuardianAct::RevokeDirective { id }, context, out).await
		},
		Command::EnterInError(End { by, directive: id }) => {
			sign(&by, GuardianAct::EnterDirectiveInError { id }, context, out).await
		},
		Command::DisputeDeath(by) => {
			let chart = by.card(context).await?.guardian.terms.chart;
			let view = context.finalised().await?.chart_view(chart).await?;
			let Some(report) = view.and_then(|view| view.death) else {
				return Err(usage("nobody reported a death", "nothing is left to dispute"));
			};
			let act = GuardianAct::DisputeDeath { reported: report.at };
			sign(&by, act, context, out).await
		},
		Command::Submit { key, order } => {
			let order: GuardianOrder = read_json(&order, "guardian's order")?;
			let identity = context.open_key(&key)?;
			let done = carry_out(&order, &identity, context).await?;
			context.print(&done, out)
		},
	}
}

/// Submits what a guardian signed, as this account, and brings a directive's opening to the vault.
pub(in crate::cli) async fn carry_out(
	order: &GuardianOrder,
	identity: &Identity,
	context: &Context,
) -> Result<Done> {
	// Issued before, and not delivered: a directive without its opening denies everything.
	let is_issued = match order.act {
		GuardianAct::IssueDirective { id, seal, .. } => {
			let known = context.finalised().await?.directive(id).await?;
			known.is_some_and(|known| known.chart == order.chart && known.seal == seal)
		},
		_ => false,
	};
	let submitted = if is_issued {
		None
	} else {
		let call: Call = order.call();
		Some(context.submit(identity, &call).await?)
	};
	let told = async {
		let Some(posted) = order.to_post() else { return Ok(()) };
		let keeper = context.keeper(order.custodian).await?;
		let vault = context.session(keeper, identity).await?;
		let post = || vault.post_directive(&order.chart, &posted);
		until_known(codes::DIRECTIVE_UNKNOWN, post).await
	};
	let told = context.wait("delivering the directive", told).await;
	Ok(Done { chart: order.chart, act: order.act, submitted, vault: told.err().map(Untold::from) })
}

async fn sign(by: &By, act: GuardianAct, context: &Context, out: &mut impl Write) -> Result<()> {
	let card = by.card(context).await?;
	let identity = context.open_key(&by.key)?;
	let order = card.order(&identity, act, in_hours(by.hours, context).await?)?;
	by.write(&order, context, out)
}

impl By {
	/// The card, which must be of this chain.
	async fn card(&self, context: &Context) -> Result<GuardianCard> {
		read_card(&self.card, context).await
	}

	fn write(&self, order: &GuardianOrder, context: &Context, out: &mut impl Write) -> Result<()> {
		write_json(&self.out, order)?;
		let signed = Signed {
			file: self.out.clone(),
			chart: order.chart,
			act: order.act,
			expires: order.word.expires,
		};
		context.print(&signed, out)
	}
}

/// An act in words.
fn words(act: &GuardianAct) -> String {
	match act {
		GuardianAct::IssueDirective { id, .. } => format!("issue directive {id}"),
		GuardianAct::RevokeDirective { id } => format!("revoke directive {id}"),
		GuardianAct::EnterDirectiveInError { id } => {
			format!("mark directive {id} entered in error")
		},
		GuardianAct::DisputeDeath { reported } => {
			format!("dispute the death reported {}", render::moment(*reported))
		},
	}
}

#[derive(Serialize)]
struct Signed {
	file: PathBuf,
	chart: ChartId,
	act: GuardianAct,
	expires: Moment,
}

impl Report for Signed {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("order", self.file.display())
			.add("chart", self.chart)
			.add("to", words(&self.act))
			.add("expires", render::moment(self.expires))
			.add("next", "anyone submits it with `salus chart guardian submit`")
			.write(out)
	}
}

/// What became of a guardian's order.
#[derive(Serialize)]
pub(in crate::cli) struct Done {
	chart: ChartId,
	act: GuardianAct,
	/// None when the chain knew it already.
	submitted: Option<Submitted>,
	/// Why the vault did not get the directive's opening; none if it did, or needs none.
	vault: Option<Untold>,
}

impl Done {
	/// Whether the vault has what it needs.
	pub(in crate::cli) const fn is_delivered(&self) -> bool {
		self.vault.is_none()
	}
}

impl Report for Done {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("done", words(&self.act))
			.add(
				"since",
				match &self.submitted {
					Some(submitted) => render::submitted(submitted),
					None => "known to the chain before".into(),
				},
			)
			.add("vault", Untold::line(self.vault.as_ref(), "has what it needs"))
			.write(out)
	}
}
