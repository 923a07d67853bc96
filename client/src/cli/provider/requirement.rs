//! `salus provider requirement`.

use crate::cli::{
	render::{self, Fields, Report},
	terms::code_of,
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{Error, Result};
use salus_primitives::{
	codes::{Jurisdiction, OrganisationKind},
	credential::{Requirement, Requirements},
	time::Moment,
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
	/// Show what organisations of a kind need in a place: what is said of the place itself, else what is
	/// said of its country.
	Show {
		/// The kind.
		#[arg(long, value_parser = code_of!(OrganisationKind))]
		kind: OrganisationKind,
		/// The country or subdivision, such as US-CA or DE.
		#[arg(long = "in", value_name = "PLACE")]
		place: Jurisdiction,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Command::Show { kind, place } = options.command;
	let at = context.finalised().await?;
	for said_of in std::iter::once(place).chain(place.country()) {
		if let Some(requirements) = at.requirements(kind, said_of).await? {
			let shown = Shown { kind, place, said_of, requirements, at: at.head().at };
			return context.print(&shown, out);
		}
	}
	Err(Error::NotFound { what: "requirement", id: format!("of a {kind} in {place}") })
}

#[derive(Serialize)]
struct Shown {
	kind: OrganisationKind,
	/// Where it was asked for.
	place: Jurisdiction,
	/// Of what the council said it: the place or its country.
	said_of: Jurisdiction,
	#[serde(flatten)]
	requirements: Requirements,
	#[serde(skip)]
	at: Moment,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("kind", self.kind)
			.add("in", self.place)
			.add("said of", self.said_of)
			.add("version", self.requirements.version)
			.write(out)?;
		let holds = self.requirements.at(self.at);
		match holds {
			Some(requirement) => one(requirement, "now", out)?,
			None => writeln!(out, "\nnothing holds yet")?,
		}
		let next = &self.requirements.next;
		match holds == Some(next) {
			true => Ok(()),
			false => one(next, "then", out),
		}
	}
}

fn one(requirement: &Requirement, when: &'static str, out: &mut dyn Write) -> std::io::Result<()> {
	writeln!(out)?;
	let accreditation = match requirement.accreditation.is_empty() {
		true => "none needed".into(),
		false => format!("one of {}", render::codes(requirement.accreditation.iter())),
	};
	Fields::default()
		.add(when, format!("from {}", render::moment(requirement.from)))
		.add("licences", render::codes(requirement.licences.iter()))
		.add("accreditation", accreditation)
		.add("grace", render::days(requirement.grace))
		.write(out)
}
