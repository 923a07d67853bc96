//! `salus provider`: organisations, their people, and what they may do.

mod accreditation;
mod authority;
mod did;
mod evidence;
mod inspection;
mod licence;
mod organisation;
mod practitioner;
mod profile;
mod requirement;
mod staff;
mod standing;
#[cfg(test)]
mod tests;

use super::{
	render::{self, Fields, Report},
	terms::{date, Account},
	usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{
	chain::{Admission, Call, Submitted},
	evidence::commit,
	Result,
};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, OrganisationKind},
	credential::Verification,
	ids::{Digest, OrganisationId},
	time::Moment,
};
use serde::Serialize;
use std::{collections::BTreeMap, io::Write, path::PathBuf};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// May this account act in this role for this organisation, and why not?
	Standing(standing::Options),
	/// The consortium's organisations.
	Organisation(organisation::Options),
	/// An organisation's staff and its administration.
	Staff(staff::Options),
	/// People whom boards license.
	Practitioner(practitioner::Options),
	/// Signed profiles: practitioners' names and faces, kept off the chain.
	Profile(profile::Options),
	/// DID documents of organisations, practitioners and charts.
	Did(did::Options),
	/// Licences of practitioners and organisations.
	Licence(licence::Options),
	/// Accreditations of organisations.
	Accreditation(accreditation::Options),
	/// Inspections of organisations.
	Inspection(inspection::Options),
	/// Files to which the chain holds commitments.
	Evidence(evidence::Options),
	/// What organisations need to practise.
	Requirement(requirement::Options),
	/// What the council let an organisation decide.
	Authority(authority::Options),
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Standing(options) => standing::run(options, context, out).await,
		Command::Organisation(options) => organisation::run(options, context, out).await,
		Command::Staff(options) => staff::run(options, context, out).await,
		Command::Practitioner(options) => practitioner::run(options, context, out).await,
		Command::Profile(options) => profile::run(options, context, out).await,
		Command::Did(options) => did::run(options, context, out).await,
		Command::Licence(options) => licence::run(options, context, out).await,
		Command::Accreditation(options) => accreditation::run(options, context, out).await,
		Command::Inspection(options) => inspection::run(options, context, out).await,
		Command::Evidence(options) => evidence::run(options, context, out),
		Command::Requirement(options) => requirement::run(options, context, out).await,
		Command::Authority(options) => authority::run(options, context, out).await,
	}
}

/// Who signs for an organisation.
#[derive(Debug, Args)]
struct Administrator {
	/// Key file of an administrator.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation for which they act.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
}

/// An organisation that is to enter.
#[derive(Debug, Args)]
pub(super) struct Entry {
	/// What it is.
	#[arg(long, value_parser = super::terms::code_of!(OrganisationKind))]
	kind: OrganisationKind,
	#[command(flatten)]
	profile: Profile,
	/// The country or subdivision where it is, such as US-CA or DE.
	#[arg(long = "in", value_name = "PLACE")]
	place: Jurisdiction,
	/// Account of its first administrator.
	#[arg(long)]
	administrator: Account,
}

/// Name and identifiers of an organisation.
#[derive(Debug, Args)]
pub(super) struct Profile {
	/// Its public display name, at most 64 bytes.
	#[arg(long, value_parser = name)]
	pub(super) name: String,
	/// Its Global Location Number.
	#[arg(long, value_parser = gln)]
	pub(super) gln: Option<Gln>,
	/// Its National Provider Identifier.
	#[arg(long, value_parser = npi)]
	pub(super) npi: Option<Npi>,
}

impl Entry {
	pub(super) fn admission(self) -> Admission {
		let Profile { name, gln, npi } = self.profile;
		let (kind, jurisdiction) = (self.kind, self.place);
		Admission { kind, name, jurisdiction, gln, npi, administrator: self.administrator.0 }
	}
}

/// Reads a display name. A longer one does not reach its call, which could say what is wrong with it: the
/// runtime can not decode the transaction.
fn name(text: &str) -> Result<String, String> {
	const MOST: usize = 64;
	match text.len() {
		1..=MOST => Ok(text.into()),
		length => Err(format!("a name has 1 to {MOST} bytes, and this one {length}")),
	}
}

/// Reads a Global Location Number and proves its check digit.
pub(super) fn gln(text: &str) -> Result<Gln, String> {
	let read = text.parse().ok().map(Gln).filter(Gln::is_valid);
	read.ok_or_else(|| "the check digit is wrong: compare it with the number that GS1 gave".into())
}

/// Reads a National Provider Identifier and proves its check digit.
pub(super) fn npi(text: &str) -> Result<Npi, String> {
	let read = text.parse().ok().map(Npi).filter(Npi::is_valid);
	read.ok_or_else(|| {
		"the check digit is wrong: compare it with the number that the registry gave".into()
	})
}

/// What was seen, of which only a commitment goes on the chain.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Evidence {
	/// File that stays with you. What opens the commitment is written beside it, as
	/// <FILE>.opening.json; keep both.
	#[arg(long, value_name = "FILE")]
	evidence: Option<PathBuf>,
	/// The commitment itself, for who keeps its opening elsewhere: 0x and 64 hexadecimal digits.
	#[arg(long, value_name = "DIGEST")]
	evidence_digest: Option<Digest>,
}

impl Evidence {
	fn digest(&self) -> Result<Digest> {
		match (&self.evidence, self.evidence_digest) {
			(_, Some(digest)) => Ok(digest),
			(Some(path), None) => Ok(commit(path)?.commitment),
			(None, None) => Err(usage("no evidence is named", "name a file with --evidence")),
		}
	}
}

/// A look at the primary source, where there was one.
#[derive(Debug, Args)]
struct Looked {
	/// File with what was seen at the primary source, which stays with you. What opens the commitment is
	/// written beside it, as <FILE>.opening.json; keep both.
	#[arg(long, value_name = "FILE", conflicts_with = "evidence_digest", requires = "next_due")]
	evidence: Option<PathBuf>,
	/// The commitment itself, for who keeps its opening elsewhere: 0x and 64 hexadecimal digits.
	#[arg(long, value_name = "DIGEST", requires = "next_due")]
	evidence_digest: Option<Digest>,
	/// When to look at the primary source again.
	#[arg(long, value_name = "DATE", value_parser = date)]
	next_due: Option<Moment>,
}

impl Looked {
	fn verification(&self) -> Result<Option<Verification>> {
		let evidence = match (&self.evidence, self.evidence_digest) {
			(_, Some(digest)) => digest,
			(Some(path), None) => commit(path)?.commitment,
			(None, None) if self.next_due.is_none() => return Ok(None),
			(None, None) => {
				return Err(usage(
					"--next-due says when to look again, but not what was seen",
					"name a file with --evidence, or its digest with --evidence-digest",
				))
			},
		};
		Ok(self.next_due.map(|next_due| Verification { evidence, next_due }))
	}
}

/// An end.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct End {
	/// The day after its last.
	#[arg(long, value_name = "DATE", value_parser = date)]
	until: Option<Moment>,
	/// Without end.
	#[arg(long)]
	without_end: bool,
}

/// A call that took effect, with the numbers that the chain gave.
#[derive(Serialize)]
pub(super) struct Done {
	call: String,
	#[serde(flatten)]
	numbers: BTreeMap<&'static str, u32>,
	#[serde(flatten)]
	submitted: Submitted,
}

impl Done {
	/// Submits `call`, signed with the key in this file, and prints what came of it. `numbered` names
	/// the event with a number that the chain gave, and the number's field.
	async fn submit(
		context: &Context,
		key: &std::path::Path,
		call: &Call,
		numbered: Option<(&'static str, &'static str, &'static str)>,
		out: &mut impl Write,
	) -> Result<()> {
		let identity = context.open_key(key)?;
		let receipt = context.submit_for_events(&identity, call).await?;
		let number = numbered.and_then(|(pallet, event, field)| {
			Some((field, receipt.event(pallet, event)?.number(field)?))
		});
		let numbers = number.into_iter().collect();
		let done = Self { call: call.to_string(), numbers, submitted: receipt.submitted };
		context.print(&done, out)
	}
}

impl Report for Done {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut fields = Fields::default().add("call", &self.call);
		for (label, number) in &self.numbers {
			fields = fields.add(label, number);
		}
		fields.add("done", render::submitted(&self.submitted)).write(out)
	}
}

/// An organisation by its number and, where the chain knows it, its name.
async fn called(at: &salus_client::chain::At, id: OrganisationId) -> Result<String> {
	Ok(match at.organisation(id).await? {
		Some(known) => format!("{id} ({})", String::from_utf8_lossy(&known.name)),
		None => id.to_string(),
	})
}
