//! `salus provider standing`.

use crate::cli::{
	render::{self, Fields, Report},
	terms::{code_of, date, Account},
	usage, Context,
};
use clap::{builder::TypedValueParser, Args};
use salus_client::{keys::KeyFile, vault_api::Head, Result};
use salus_primitives::{
	codes::{DrugSchedule, Role, StandingFlag, StandingReason},
	ids::OrganisationId,
	time::Moment,
	views::StandingView,
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Options {
	/// The account.
	#[arg(long, required_unless_present = "key", conflicts_with = "key")]
	account: Option<Account>,
	/// The account of this key file.
	#[arg(long, value_name = "FILE")]
	key: Option<PathBuf>,
	/// The organisation.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
	/// The role.
	#[arg(long, value_parser = code_of!(Role))]
	role: Role,
	/// With controlled drugs of this schedule.
	#[arg(long, value_parser = code_of!(DrugSchedule))]
	schedule: Option<DrugSchedule>,
	/// On this day, which is not past, if nothing is decided until then [default: now].
	#[arg(long, value_name = "DATE", value_parser = date)]
	at: Option<Moment>,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { account, key, organisation, role, schedule, at: asked } = options;
	let account = match (account, key) {
		(Some(account), _) => account.0,
		(None, Some(key)) => KeyFile::show(&key)?.account,
		(None, None) => [0; 32],
	};
	let at = context.finalised().await?;
	let now = at.head().at;
	if let Some(past) = asked.filter(|asked| *asked < now) {
		return Err(usage(
			format!("{} is past: the chain says what holds now or later", render::moment(past)),
			"leave out --at for now; for what held then, ask a node that keeps that block",
		));
	}
	let view = at.standing_at(account, organisation, role, schedule, asked).await?;
	let account = render::hex(&account);
	context.print(&Standing::new(account, organisation, role, schedule, view, at.head()), out)
}

#[derive(Serialize)]
pub(in crate::cli) struct Standing {
	account: String,
	organisation: OrganisationId,
	role: Role,
	#[serde(skip_serializing_if = "Option::is_none")]
	schedule: Option<DrugSchedule>,
	may_act: bool,
	reasons: Vec<Reason>,
	flags: Vec<Flag>,
	/// The moment asked about.
	asked: Moment,
	at: Head,
}

#[derive(Serialize)]
struct Reason {
	code: u8,
	reason: StandingReason,
	sentence: &'static str,
}

#[derive(Serialize)]
struct Flag {
	flag: StandingFlag,
	sentence: &'static str,
}

impl Standing {
	pub(in crate::cli) fn new(
		account: String,
		organisation: OrganisationId,
		role: Role,
		schedule: Option<DrugSchedule>,
		view: StandingView,
		at: Head,
	) -> Self {
		let StandingView { reasons, flags, at: asked } = view;
		let reason = |reason: StandingReason| Reason {
			code: reason.index(),
			reason,
			sentence: reason.sentence(),
		};
		let flag = |flag: StandingFlag| Flag { flag, sentence: flag.sentence() };
		let may_act = reasons.is_empty();
		let reasons = reasons.iter().map(reason).collect();
		let flags = flags.iter().map(flag).collect();
		Self { account, organisation, role, schedule, may_act, reasons, flags, asked, at }
	}
}

impl Report for Standing {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let with = self.schedule.map(|schedule| format!("controlled drugs of schedule {schedule}"));
		Fields::default()
			.add("account", &self.account)
			.add("for", format!("organisation {} as {}", self.organisation, self.role))
			.maybe("with", with)
			.add("may act", if self.may_act { "yes" } else { "no" })
			.add("at", render::moment(self.asked))
			.add("as of", format!("block {}", render::block(&self.at)))
			.write(out)?;
		for reason in &self.reasons {
			writeln!(out, "- {}", reason.sentence)?;
		}
		if !self.flags.is_empty() {
			writeln!(out, "to know:")?;
		}
		self.flags.iter().try_for_each(|flag| writeln!(out, "- {}", flag.sentence))
	}
}
