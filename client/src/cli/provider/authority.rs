//! `salus provider authority`.

use super::called;
use crate::cli::{
	render::{self, Fields, Report},
	Context,
};
use clap::{Args, Subcommand};
use salus_client::Result;
use salus_primitives::{ids::OrganisationId, views::AuthorityView};
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
	/// Show where an organisation may license, for what it may accredit, and who took over from it.
	Show {
		/// The organisation.
		#[arg(value_name = "N")]
		organisation: OrganisationId,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Command::Show { organisation } = options.command;
	context.organisation(organisation).await?;
	let at = context.finalised().await?;
	let authority = at.authority(organisation).await?;
	let name = called(&at, organisation).await?;
	let successor = match authority.successor {
		Some(id) => Some(called(&at, id).await?),
		None => None,
	};
	context.print(&Shown { organisation, authority, name, successor }, out)
}

#[derive(Serialize)]
struct Shown {
	organisation: OrganisationId,
	#[serde(flatten)]
	authority: AuthorityView,
	#[serde(skip)]
	name: String,
	#[serde(skip)]
	successor: Option<String>,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut fields = Fields::default().add("organisation", &self.name);
		for (place, classes) in &self.authority.licensing {
			fields =
				fields.add("licenses", format!("{} in {place}", render::codes(classes.iter())));
		}
		if self.authority.licensing.is_empty() {
			fields = fields.add("licenses", "nowhere");
		}
		fields
			.add("accredits", render::codes(self.authority.programmes.iter()))
			.maybe("handed on to", self.successor.as_ref())
			.write(out)
	}
}
