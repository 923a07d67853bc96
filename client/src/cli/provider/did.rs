//! `salus provider did`.

use crate::cli::{render::Report, usage, Context};
use clap::{Args, Subcommand};
use salus_client::{
	did::{resolve, Document, Resolution, ResolutionError},
	Error, Result,
};
use salus_primitives::{
	did::{Did, Subject},
	ids::{ChartId, OrganisationId, PractitionerId},
};
use serde::Serialize;
use std::io::Write;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show the DID document of an organisation, a practitioner or a chart.
	Show {
		#[command(flatten)]
		subject: Named,
		/// Organisation whose vault hands out the practitioner's profile.
		#[arg(long, value_name = "N", conflicts_with_all = ["did", "organisation", "chart"])]
		profile_at: Option<OrganisationId>,
		/// Show the whole result of resolving, with its metadata.
		#[arg(long)]
		resolution: bool,
	},
}

/// Whose document.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Named {
	/// The DID.
	did: Option<String>,
	/// The organisation.
	#[arg(long, value_name = "N")]
	organisation: Option<OrganisationId>,
	/// The practitioner.
	#[arg(long, value_name = "N")]
	practitioner: Option<PractitionerId>,
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: Option<ChartId>,
}

impl Named {
	/// The DID, as it was given or as the chain with this genesis hash has it.
	fn did(self, genesis: &[u8; 32]) -> String {
		let subject = match (self.organisation, self.practitioner, self.chart) {
			(Some(id), _, _) => Subject::Organisation(id),
			(_, Some(id), _) => Subject::Practitioner(id),
			(_, _, Some(id)) => Subject::Chart(id),
			(None, None, None) => return self.did.unwrap_or_default(),
		};
		Did::new(genesis, subject).to_string()
	}
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Command::Show { subject, profile_at, resolution: whole } = options.command;
	let chain = context.chain().await?;
	let practitioner = subject.practitioner;
	let did = subject.did(&chain.genesis());
	let resolution = match practitioner.zip(profile_at) {
		Some((practitioner, house)) => with_profile(context, practitioner, house).await?,
		None => resolve(chain, &did).await?,
	};
	if whole {
		return context.print(&resolution, out);
	}
	match resolution {
		Resolution { did_document: Some(document), .. } => context.print(&document, out),
		Resolution { did_resolution_metadata: fault, .. } => Err(match fault.error {
			Some(ResolutionError::NotFound) => Error::NotFound { what: "DID", id: did },
			_ => usage(
				format!("'{did}' can not be resolved"),
				fault.message.unwrap_or("check the DID".into()),
			),
		}),
	}
}

/// A practitioner's document with the service that hands out their profile, once the vault has shown
/// that it does.
async fn with_profile(
	context: &Context,
	practitioner: PractitionerId,
	house: OrganisationId,
) -> Result<Resolution> {
	let profile = super::profile::fetch(context, practitioner, house).await?;
	let at = context.finalised().await?;
	let genesis = context.chain().await?.genesis();
	let not_found = |what, id: u32| Error::NotFound { what, id: id.to_string() };
	let view = at.practitioner(practitioner).await?;
	let view = view.ok_or_else(|| not_found("practitioner", practitioner))?;
	profile.verify(&genesis, &view)?;
	let house_view = at.organisation(house).await?;
	let house_view = house_view.ok_or_else(|| not_found("organisation", house))?;
	let key = at.account_key(view.account).await?;
	Ok(Resolution::of_practitioner(&genesis, &at.head(), &view, key, Some(&house_view)))
}

/// JSON is what documents are, for people too.
fn pretty(value: &impl Serialize, out: &mut dyn Write) -> std::io::Result<()> {
	serde_json::to_writer_pretty(&mut *out, value)?;
	writeln!(out)
}

impl Report for Document {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		pretty(self, out)
	}
}

impl Report for Resolution {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		pretty(self, out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		options: Options,
	}

	fn did(line: &str) -> Option<String> {
		let Command::Show { subject, .. } =
			Line::try_parse_from(line.split(' ')).ok()?.options.command;
		Some(subject.did(&[0xab; 32]))
	}

	#[test]
	fn one_subject_is_named() {
		let network = "ab".repeat(16);
		let id = "0x".to_owned() + &"c4".repeat(32);
		for (line, expected) in [
			("did show --organisation 1", format!("did:salus:{network}:organisation:1")),
			(
				"did show --practitioner 2 --profile-at 1 --resolution",
				format!("did:salus:{network}:practitioner:2"),
			),
			(&format!("did show --chart {id}"), format!("did:salus:{network}:chart:{}", &id[2..])),
			("did show did:web:a", "did:web:a".into()),
		] {
			assert_eq!(did(line), Some(expected), "{line}");
		}
		for line in [
			"did show",
			"did show --organisation 1 --practitioner 2",
			"did show --organisation 1 did:web:a",
			"did show --organisation 1 --profile-at 1",
			"did show --chart 1",
		] {
			assert_eq!(did(line), None, "{line}");
		}
	}

	#[test]
	fn people_see_json_too() {
		let resolution = Resolution::failed(ResolutionError::NotFound, "not there");
		let mut out = Vec::new();
		resolution.human(&mut out).unwrap();
		assert_eq!(serde_json::from_slice::<Resolution>(&out).unwrap(), resolution);
		assert!(out.ends_with(b"}\n"));
	}
}
