//! `salus emergency`.

mod find;
mod findable;
mod lines;
mod notices;
mod stalled;

pub(super) use notices::Broken;

use super::{
	disclosure::Whose,
	every_page,
	record::statement,
	render,
	render::{Fields, Report, Table},
	terms::code_of,
	usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{
	chain::{At, Call, ChainError, Submitted},
	emergency::{id_in, seal_account, seal_findings, GlassFile},
	keys::Identity,
	Error, Result,
};
use salus_primitives::{
	break_glass::{AccountTerms, BreakGlassTerms, EmergencyPrivilege, FindingsTerms},
	codes::{BreakGlassReason, ReviewOutcome},
	ids::{BreakGlassId, ChartId, OrganisationId, PractitionerId},
	views::BreakGlassView,
};
use serde::Serialize;
use std::{
	convert::Infallible,
	io::Write,
	path::{Path, PathBuf},
	str::FromStr,
};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Break the glass: open a chart for 3 hours, as far as allergies, medications and problems. You answer
	/// for it afterwards.
	Open(Open),
	/// Post what was opened with --stalled, if no vault has: the chain finalises again.
	Post {
		/// Key file of the clinician.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The file that `open --stalled` wrote.
		file: PathBuf,
	},
	/// Let a break-glass reach every record of the chart.
	Widen(Own),
	/// Let a break-glass go on for 3 hours from now.
	Renew(Own),
	/// Close a break-glass that is not needed any more.
	Close(Own),
	/// Say that you looked at another clinician's break-glass, where a second one was asked.
	Confirm {
		/// Key file of the second clinician.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The organisation for which they act.
		#[arg(long, value_name = "N")]
		organisation: OrganisationId,
		/// Its id, or its file.
		break_glass: Which,
	},
	/// Give your own account of a break-glass that is over, within 24 hours. The chain gets its seal alone.
	Account {
		/// Key file of the clinician.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// File with the account in words; at most 4,096 bytes.
		#[arg(long, value_name = "FILE")]
		text_file: PathBuf,
		/// File for what opens the seal, for the reviewer.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// Its id, or its file.
		break_glass: Which,
	},
	/// Review a break-glass of another house. The chain gets the outcome, and the seal of what was found.
	Review {
		/// Key file of the quality officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The organisation for which they act.
		#[arg(long, value_name = "N")]
		organisation: OrganisationId,
		/// What came of it.
		#[arg(long, value_parser = code_of!(ReviewOutcome))]
		outcome: ReviewOutcome,
		/// File with what was found, in words; at most 4,096 bytes.
		#[arg(long, value_name = "FILE")]
		text_file: PathBuf,
		/// File for what opens the seal, for the parties.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// Its id, or its file.
		break_glass: Which,
	},
	/// Show what the chain knows of a break-glass.
	Show {
		/// Its id, or its file.
		break_glass: Which,
	},
	/// List the break-glasses that wait for a reviewer.
	Pending,
	/// Show whether a practitioner may break the glass.
	Privilege {
		/// The practitioner's number.
		#[arg(value_name = "N")]
		practitioner: PractitionerId,
	},
	/// List who broke the glass of your charts, why, what they saw and how the review stands.
	Notices(Whose),
	/// List what was released by a break-glass, or found by a search, for its reviewer.
	Lines(lines::Options),
	/// Find an unconscious patient's chart by their card, or by name and date of birth. A search is a break-glass:
	/// you answer for it afterwards.
	Find(find::Find),
	/// Ask by a search once more, while it is open.
	FindAgain(find::Again),
	/// List the searches that found nothing at a house, for its quality officer.
	Searches(findable::House),
	/// Make a card by which clinicians find your chart in an emergency. The card before ends.
	Card(findable::Card),
	/// Show whether and how your charts can be found in an emergency.
	Findable(findable::Shown),
	/// Have no search find your chart: neither by a card nor by name.
	OptOut(findable::Own),
	/// Let searches find your chart again, once there is a card or the custodian registered you.
	OptIn(findable::Own),
	/// Register by which particulars a patient's chart is found. The vault keeps a keyed hash of them.
	Register(findable::Register),
	/// Forget the particulars of a patient's chart.
	Unregister(findable::Charted),
}

#[derive(Debug, Args)]
struct Open {
	/// Key file of the clinician.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation for which they act.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The organisation that keeps the chart.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: ChartId,
	/// Why: emergency treatment, a patient who can not decide, or professional judgment.
	#[arg(long, value_parser = code_of!(BreakGlassReason))]
	reason: BreakGlassReason,
	/// The chain finalises no blocks: sign a statement instead, by which vaults release allergies, medications
	/// and problems for 3 hours.
	#[arg(long)]
	stalled: bool,
	/// File that shows the break-glass to vaults, and later to a reviewer.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// One's own break-glass.
#[derive(Debug, Args)]
struct Own {
	/// Key file of the clinician.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Its id, or its file.
	break_glass: Which,
}

/// A break-glass, by its id or by the file that shows it.
#[derive(Clone, Debug)]
enum Which {
	Id(BreakGlassId),
	File(PathBuf),
}

impl FromStr for Which {
	type Err = Infallible;
	fn from_str(text: &str) -> Result<Self, Infallible> {
		Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Id))
	}
}

impl Which {
	fn id(&self) -> Result<BreakGlassId> {
		match self {
			Self::Id(id) => Ok(*id),
			Self::File(path) => id_in(path),
		}
	}
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Open(options) => open(options, context, out).await,
		Command::Post { key, file } => stalled::post(&key, &file, context, out).await,
		Command::Widen(Own { key, break_glass }) => {
			act(&key, &break_glass, Call::widen_break_glass, context, out).await
		},
		Command::Renew(Own { key, break_glass }) => {
			act(&key, &break_glass, Call::renew_break_glass, context, out).await
		},
		Command::Close(Own { key, break_glass }) => {
			act(&key, &break_glass, Call::close_break_glass, context, out).await
		},
		Command::Confirm { key, organisation, break_glass } => {
			let call = |id| Call::confirm_break_glass(id, organisation);
			act(&key, &break_glass, call, context, out).await
		},
		Command::Account { key, text_file, out: file, break_glass } => {
			let break_glass = break_glass.id()?;
			let terms = AccountTerms { break_glass, statement: statement(&text_file)? };
			let seal = seal_account(&file, terms)?.seal();
			let call = |id| Call::account_for_break_glass(id, seal);
			act(&key, &Which::Id(break_glass), call, context, out).await
		},
		Command::Review { key, organisation, outcome, text_file, out: file, break_glass } => {
			let break_glass = break_glass.id()?;
			let statement = statement(&text_file)?;
			let findings = seal_findings(&file, FindingsTerms { break_glass, outcome, statement })?;
			let seal = findings.seal();
			let call = |id| Call::review_break_glass(id, organisation, outcome, seal);
			act(&key, &Which::Id(break_glass), call, context, out).await
		},
		Command::Show { break_glass } => {
			let id = break_glass.id()?;
			match (context.finalised().await?.break_glass(id).await?, &break_glass) {
				(Some(view), _) => context.print(&Shown { view, submitted: None, file: None }, out),
				(None, Which::File(path)) => stalled::show(path, context, out),
				(None, Which::Id(id)) => {
					Err(Error::NotFound { what: "break-glass", id: id.to_string() })
				},
			}
		},
		Command::Pending => {
			let at = context.finalised().await?;
			let pending = every_page(0, |from| at.break_glasses_pending(from)).await?;
			context.print(&Pending { pending }, out)
		},
		Command::Privilege { practitioner } => {
			let at = context.finalised().await?;
			if at.practitioner(practitioner).await?.is_none() {
				let id = practitioner.to_string();
				return Err(Error::NotFound { what: "practitioner", id });
			}
			let privilege = at.emergency_privilege(practitioner).await?;
			context.print(&Privilege { practitioner, privilege }, out)
		},
		Command::Notices(whose) => notices::run(whose, context, out).await,
		Command::Lines(options) => lines::run(options, context, out).await,
		Command::Find(options) => find::run(options, context, out).await,
		Command::FindAgain(options) => find::again(options, context, out).await,
		Command::Searches(options) => findable::searches(options, context, out).await,
		Command::Card(options) => findable::card(options, context, out).await,
		Command::Findable(options) => findable::show(options, context, out).await,
		Command::OptOut(options) => findable::set(options, true, context, out).await,
		Command::OptIn(options) => findable::set(options, false, context, out).await,
		Command::Register(options) => findable::register(options, context, out).await,
		Command::Unregister(options) => findable::unregister(options, context, out).await,
	}
}

/// What the chain knows of a break-glass, which it must.
async fn known(at: &At, id: BreakGlassId) -> Result<BreakGlassView> {
	let view = at.break_glass(id).await?;
	view.ok_or(Error::NotFound { what: "break-glass", id: id.to_string() })
}

async fn open(options: Open, context: &Context, out: &mut impl Write) -> Result<()> {
	let identity = context.open_key(&options.key)?;
	let at = stalled::ensure(options.stalled, context).await?;
	let practitioner = clinician(&at, &identity).await?;
	// It would open nothing, and have to be answered for.
	if at.account_key(identity.account()).await?.is_none() {
		return Err(usage(
			"this account has published no encryption key, so nothing can be released to it",
			"publish one with `salus key publish`, then open again",
		));
	}
	context.organisation(options.custodian).await?;
	let custodian = context.keeper(options.custodian).await?;
	let terms = BreakGlassTerms { chart: options.chart, custodian };
	if options.stalled {
		return stalled::state(&options, terms, &identity, &at, context, out).await;
	}
	let genesis = context.chain().await?.genesis();
	let Open { organisation, reason, out: file, .. } = options;
	let glass = GlassFile::new(genesis, organisation, practitioner, terms)?;
	// Before the chain has it: without the file it would open nothing, and could not be reviewed.
	glass.write(&file)?;
	let id = glass.shown.id;
	let call = Call::open_break_glass(id, organisation, reason, glass.shown.opening.seal());
	let submitted = submit_with(&identity, &call, &file, context).await?;
	let view = known(&context.finalised().await?, id).await?;
	context.print(&Shown { view, submitted: Some(submitted), file: Some(file) }, out)
}

/// Number of the practitioner who breaks the glass.
async fn clinician(at: &At, identity: &Identity) -> Result<PractitionerId> {
	at.practitioner_of(identity.account()).await?.ok_or_else(|| {
		usage(
			"only licensed clinicians break the glass, and this account is no practitioner's",
			"use the key of a clinician, or ask the licensing board to register this one",
		)
	})
}

/// Submits what opens a break-glass. Where the chain refuses, its file is of no use.
async fn submit_with(
	identity: &Identity,
	call: &Call,
	file: &Path,
	context: &Context,
) -> Result<Submitted> {
	let submitted = context.submit(identity, call).await;
	submitted.inspect_err(|fault| {
		if is_refused(fault) {
			let _ = std::fs::remove_file(file);
		}
	})
}

/// Whether the chain surely did not take the call.
const fn is_refused(fault: &Error) -> bool {
	use ChainError::{NotEnrolled, PoolRefused, Refused};
	matches!(fault, Error::Chain(Refused { .. } | PoolRefused { .. } | NotEnrolled { .. }))
}

/// Submits a call about a break-glass, and shows how it stands then.
async fn act(
	key: &Path,
	break_glass: &Which,
	call: impl FnOnce(BreakGlassId) -> Call,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let id = break_glass.id()?;
	let identity = context.open_key(key)?;
	let submitted = context.submit(&identity, &call(id)).await?;
	let view = known(&context.finalised().await?, id).await?;
	context.print(&Shown { view, submitted: Some(submitted), file: None }, out)
}

#[derive(Serialize)]
struct Shown {
	#[serde(flatten)]
	view: BreakGlassView,
	#[serde(skip_serializing_if = "Option::is_none")]
	submitted: Option<Submitted>,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let BreakGlassView { id, glass, state, account_due, account_overdue, review_due, .. } =
			&self.view;
		let of = |practitioner, organisation| {
			format!("practitioner {practitioner} at organisation {organisation}")
		};
		let mut fields = Fields::default()
			.add("break-glass", id)
			.add("state", state)
			.add("by", of(glass.practitioner, glass.organisation))
			.add("reason", glass.reason)
			.add("scope", glass.scope)
			.add("opened", render::moment(glass.opened))
			.add("opens until", render::moment(glass.end()))
			.add("renewals", glass.renewals);
		if let Some(posted) = glass.posted {
			fields = fields.add("posted", render::moment(posted));
		}
		fields = match (&glass.confirmation, glass.second_asked) {
			(Some(by), _) => fields.add("second clinician", of(by.practitioner, by.organisation)),
			(None, true) => fields.add("second clinician", "asked: `salus emergency confirm`"),
			(None, false) => fields,
		};
		fields = match &glass.own_account {
			Some(given) => fields.add("own account", render::moment(given.at)),
			None => fields.add("own account", render::due(Some(*account_due), *account_overdue)),
		};
		for review in &glass.reviews {
			let by = format!("{} by organisation {}", review.outcome, review.organisation);
			fields = fields.add("review", by);
		}
		if glass.reviews.is_empty() {
			fields = fields.add("review", format!("by {}", render::moment(*review_due)));
		}
		fields
			.maybe("final in", self.submitted.as_ref().map(render::submitted))
			.maybe("file", self.file.as_ref().map(|file| file.display()))
			.write(out)?;
		if self.file.is_some() {
			writeln!(out, "the patient is told. Close it when it is not needed any more,")?;
			writeln!(out, "and give your own account within 24 hours.")?;
		}
		Ok(())
	}
}

#[derive(Serialize)]
struct Pending {
	pending: Vec<BreakGlassView>,
}

impl Report for Pending {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&[
			"BREAK-GLASS",
			"STATE",
			"BY",
			"REASON",
			"SCOPE",
			"OPENED",
			"ACCOUNT",
			"REVIEW",
		]);
		for BreakGlassView { id, glass, state, review_due, .. } in &self.pending {
			table.row(vec![
				id.to_string(),
				state.to_string(),
				format!("{} at {}", glass.practitioner, glass.organisation),
				glass.reason.to_string(),
				glass.scope.to_string(),
				render::moment(glass.opened),
				if glass.own_account.is_some() { "given" } else { "missing" }.into(),
				format!("by {}", render::moment(*review_due)),
			]);
		}
		table.write(out, "none waits for a reviewer")
	}
}

#[derive(Serialize)]
struct Privilege {
	practitioner: PractitionerId,
	#[serde(flatten)]
	privilege: EmergencyPrivilege,
}

impl Report for Privilege {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let fields = Fields::default().add("practitioner", self.practitioner);
		match self.privilege {
			EmergencyPrivilege::Held => fields.add("privilege", "held"),
			EmergencyPrivilege::Withdrawn { break_glass, at } => fields
				.add("privilege", "withdrawn: one was found unjustified; the council gives it back")
				.add("break-glass", break_glass)
				.add("since", render::moment(at)),
			EmergencyPrivilege::AccountOverdue { break_glass, since } => fields
				.add("privilege", "lost until the overdue account is given")
				.add("break-glass", break_glass)
				.add("since", render::moment(since)),
		}
		.write(out)
	}
}
