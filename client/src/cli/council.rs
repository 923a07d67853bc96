//! `salus council`: motions before the council, and votes on them.

mod acts;
#[cfg(test)]
mod tests;

use super::{
	render::{self, Fields, Report},
	usage, Context,
};
use acts::Act;
use clap::{Args, Subcommand};
use salus_client::{
	chain::{At, Call, Fault, Motion, ReadCall, Receipt, Submitted},
	vault_api::Head,
	Error, Result,
};
use salus_primitives::{
	ids::{AccountBytes, OrganisationId},
	views::MotionView,
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
	/// Show the council's members and the motions before it.
	Show,
	/// Put an act before the council and vote aye. More than half of the members must agree.
	Propose {
		#[command(subcommand)]
		act: Act,
	},
	/// Vote on a motion. Who gives the deciding vote closes it, and its act takes effect.
	Vote {
		/// Key file of a member.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Number of the motion.
		#[arg(long, value_name = "N")]
		motion: u32,
		/// Agree.
		#[arg(long, required_unless_present = "nay", conflicts_with = "nay")]
		aye: bool,
		/// Disagree.
		#[arg(long)]
		nay: bool,
		/// Do not close the motion when it is decided.
		#[arg(long)]
		no_close: bool,
	},
	/// Close a motion that is decided, or whose time is over; if it has the ayes its act takes effect.
	Close {
		/// Key file of any account of the consortium.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Number of the motion.
		#[arg(long, value_name = "N")]
		motion: u32,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Show => {
			let shown = Shown::read(&context.finalised().await?).await?;
			context.print(&shown, out)
		},
		Command::Propose { act } => {
			let (key, act) = act.into_call()?;
			propose(context, &key, &act, out).await
		},
		Command::Vote { key, motion, aye, nay: _, no_close } => {
			vote(context, &key, motion, aye, no_close, out).await
		},
		Command::Close { key, motion } => {
			let identity = context.open_key(&key)?;
			let view = find(context, motion).await?;
			let call = Call::close(&Motion::new(view.index, &view.call))?;
			let receipt = context.submit_for_events(&identity, &call).await?;
			tell(context, Told::new(&view, &receipt, None), out)
		},
	}
}

/// Prints what became of a motion. An act that failed is an error although the motion was closed:
/// who waits for the act must not take it for done.
fn tell(context: &Context, told: Told, out: &mut impl Write) -> Result<()> {
	context.print(&told, out)?;
	match told.outcome {
		Outcome::Failed(Fault { error, help }) => Err(Error::ActFailed { error, docs: help }),
		_ => Ok(()),
	}
}

/// How many ayes are more than half of this many members.
pub(super) const fn majority(members: usize) -> u32 {
	// A council has no more members than its pallet's bound, which is a number of 32 bits.
	(members / 2 + 1) as u32
}

async fn propose(
	context: &Context,
	key: &std::path::Path,
	act: &Call,
	out: &mut impl Write,
) -> Result<()> {
	let at = context.finalised().await?;
	let threshold = majority(at.council().await?.len());
	let proposal = Call::propose(threshold, act)?;
	let identity = context.open_key(key)?;
	let receipt = context.submit_for_events(&identity, &proposal).await?;
	let bytes = act.encoded()?;
	let index = receipt
		.event("Council", "Proposed")
		.and_then(|said| said.number("proposal_index"));
	let Some(index) = index else {
		// A council of one decides by proposing.
		let told = Told {
			motion: None,
			hash: render::hex(&Motion::new(0, &bytes).hash),
			threshold,
			ayes: 1,
			nays: 0,
			outcome: Outcome::of(&receipt),
			act: Some(act.to_string()),
			organisation: admitted(&receipt),
			submitted: receipt.submitted,
		};
		return tell(context, told, out);
	};
	let motion = Motion::new(index, &bytes);
	// A motion begins without votes, its proposer's included.
	let voted = context.submit_for_events(&identity, &Call::vote(&motion, true)).await?;
	let told = Told {
		motion: Some(index),
		hash: render::hex(&motion.hash),
		threshold,
		ayes: 1,
		nays: 0,
		outcome: Outcome::Open,
		act: Some(act.to_string()),
		organisation: None,
		submitted: voted.submitted,
	};
	context.print(&told, out)
}

async fn vote(
	context: &Context,
	key: &std::path::Path,
	motion: u32,
	aye: bool,
	no_close: bool,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(key)?;
	let view = find(context, motion).await?;
	let named = Motion::new(view.index, &view.call);
	let voted = context.submit_for_events(&identity, &Call::vote(&named, aye)).await?;
	// Others may have voted, and closed it, meanwhile.
	let at = context.chain().await?.at(voted.submitted.block.hash).await?;
	let seats = at.council().await?.len();
	let Some(view) = at.motions().await?.into_iter().find(|known| known.index == motion) else {
		let closed = Told::new(&view, &voted, Some(Outcome::ClosedByAnother));
		return context.print(&closed, out);
	};
	if no_close || !is_decided(&view, seats) {
		return context.print(&Told::new(&view, &voted, Some(Outcome::Open)), out);
	}
	match context.submit_for_events(&identity, &Call::close(&named)?).await {
		Ok(receipt) => tell(context, Told::new(&view, &receipt, None), out),
		Err(Error::Chain(fault)) if fault.is("Council", "ProposalMissing") => {
			let closed = Told::new(&view, &voted, Some(Outcome::ClosedByAnother));
			context.print(&closed, out)
		},
		Err(fault) => Err(fault),
	}
}

/// Whether a motion can be closed before its time is over.
pub(super) fn is_decided(motion: &MotionView, seats: usize) -> bool {
	let threshold = usize::try_from(motion.threshold).unwrap_or(usize::MAX);
	motion.ayes.len() >= threshold || seats.saturating_sub(motion.nays.len()) < threshold
}

async fn find(context: &Context, motion: u32) -> Result<MotionView> {
	let at = context.finalised().await?;
	let found = at.motions().await?.into_iter().find(|known| known.index == motion);
	found.ok_or_else(|| {
		usage(
			format!("motion {motion} is not before the council"),
			"it is closed, or never was: see those there are with `salus council show`",
		)
	})
}

/// What has become of a motion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub(super) enum Outcome {
	/// It waits for votes, or to be closed.
	Open,
	/// It was carried, and its act took effect.
	Executed,
	/// It was carried, and its act failed.
	Failed(Fault),
	/// It was not carried.
	Rejected,
	/// Somebody else closed it at the same time.
	ClosedByAnother,
}

impl Outcome {
	fn of(receipt: &Receipt) -> Self {
		match receipt
			.event("Council", "Executed")
			.or(receipt.event("Council", "MemberExecuted"))
		{
			Some(executed) => match executed.outcome() {
				Some(Err(fault)) => Self::Failed(fault.clone()),
				_ => Self::Executed,
			},
			None if receipt.event("Council", "Disapproved").is_some() => Self::Rejected,
			None => Self::Open,
		}
	}
}

/// Number of the organisation that an act admitted.
fn admitted(receipt: &Receipt) -> Option<OrganisationId> {
	receipt.event("Providers", "OrganisationAdmitted")?.number("organisation")
}

/// What a command did to a motion.
#[derive(Serialize)]
pub(super) struct Told {
	pub(super) motion: Option<u32>,
	pub(super) hash: String,
	pub(super) threshold: u32,
	pub(super) ayes: usize,
	pub(super) nays: usize,
	#[serde(flatten)]
	pub(super) outcome: Outcome,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(super) act: Option<String>,
	/// Number of the organisation that the act admitted.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(super) organisation: Option<OrganisationId>,
	#[serde(flatten)]
	pub(super) submitted: Submitted,
}

impl Told {
	fn new(motion: &MotionView, receipt: &Receipt, outcome: Option<Outcome>) -> Self {
		Self {
			motion: Some(motion.index),
			hash: render::hex(&motion.hash),
			threshold: motion.threshold,
			ayes: motion.ayes.len(),
			nays: motion.nays.len(),
			outcome: outcome.unwrap_or_else(|| Outcome::of(receipt)),
			act: None,
			organisation: admitted(receipt),
			submitted: receipt.submitted,
		}
	}
}

impl Report for Told {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let outcome = match &self.outcome {
			Outcome::Open => "open".into(),
			Outcome::Executed => "carried: the act took effect".into(),
			Outcome::Failed(fault) => format!("carried, but the act failed: {}", fault.error),
			Outcome::Rejected => "not carried".into(),
			Outcome::ClosedByAnother => {
				"closed by another member: see what it did on the chain".into()
			},
		};
		let help = match &self.outcome {
			Outcome::Failed(fault) => Some(&fault.help).filter(|help| !help.is_empty()),
			_ => None,
		};
		Fields::default()
			.maybe("act", self.act.as_ref())
			.maybe("motion", self.motion)
			.add("hash", &self.hash)
			.add("ayes", format!("{} of {} needed", self.ayes, self.threshold))
			.add("nays", self.nays)
			.add("outcome", outcome)
			.maybe("organisation", self.organisation)
			.maybe("what to do", help)
			.add("done", render::submitted(&self.submitted))
			.write(out)
	}
}

#[derive(Serialize)]
pub(super) struct Shown {
	pub(super) members: Vec<String>,
	pub(super) motions: Vec<ShownMotion>,
	pub(super) at: Head,
}

#[derive(Serialize)]
pub(super) struct ShownMotion {
	motion: u32,
	hash: String,
	threshold: u32,
	ayes: Vec<String>,
	nays: Vec<String>,
	/// The block by which the vote ends.
	end: u32,
	/// What the call says; none if the node's own runtime can not read it.
	act: Option<ReadCall>,
	/// The call, encoded.
	call: String,
}

impl ShownMotion {
	pub(super) fn new(motion: &MotionView, act: Option<ReadCall>) -> Self {
		let accounts = |said: &[AccountBytes]| said.iter().map(render::hex).collect();
		Self {
			motion: motion.index,
			hash: render::hex(&motion.hash),
			threshold: motion.threshold,
			ayes: accounts(&motion.ayes),
			nays: accounts(&motion.nays),
			end: motion.end,
			act,
			call: format!("0x{}", hex::encode(&motion.call)),
		}
	}
}

impl Shown {
	async fn read(at: &At) -> Result<Self> {
		let mut members: Vec<_> = at.council().await?.iter().map(render::hex).collect();
		members.sort();
		let mut motions = Vec::new();
		for motion in at.motions().await? {
			let act = at.read_call(&motion.call).await.ok();
			motions.push(ShownMotion::new(&motion, act));
		}
		Ok(Self { members, motions, at: at.head() })
	}
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut fields = Fields::default();
		for member in &self.members {
			fields = fields.add("member", member);
		}
		fields.add("as of", format!("block {}", render::block(&self.at))).write(out)?;
		for ShownMotion { motion, hash, threshold, ayes, nays, end, act, call } in &self.motions {
			writeln!(out)?;
			let named = match act {
				Some(act) => act.call.clone(),
				None => format!("one that can not be read: {call}"),
			};
			let mut fields = Fields::default().add("motion", motion).add("act", named);
			for (name, said) in act.iter().flat_map(|act| &act.arguments) {
				fields = fields.add("", format!("{name}: {}", said.line(&render::moment)));
			}
			fields = fields.add("hash", hash);
			fields = fields.add("ayes", format!("{} of {threshold} needed", ayes.len()));
			fields = ayes.iter().fold(fields, |fields, account| fields.add("", account));
			fields = fields.add("nays", nays.len());
			fields = nays.iter().fold(fields, |fields, account| fields.add("", account));
			fields.add("vote ends", format!("with block {end}")).write(out)?;
		}
		if self.motions.is_empty() {
			writeln!(out, "\nno motions")?;
		}
		Ok(())
	}
}
