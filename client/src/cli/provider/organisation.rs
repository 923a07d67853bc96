//! `salus provider organisation`.

use super::{called, Administrator, Done, Entry};
use crate::cli::{
	every_page,
	render::{self, Fields, Report, Table},
	terms::code_of,
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{chain::Call, vault_api::PublishedKey, vault_client::VaultClient, Result};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, OrganisationKind, OrganisationState},
	ids::{Digest, OrganisationId},
	time::Moment,
	views::OrganisationView,
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
	/// List organisations.
	List {
		/// Only those in this country or subdivision, such as US-CA or DE.
		#[arg(long = "in", value_name = "PLACE")]
		place: Option<Jurisdiction>,
		/// Only those of this kind.
		#[arg(long, value_parser = code_of!(OrganisationKind))]
		kind: Option<OrganisationKind>,
		/// Only those in this state.
		#[arg(long, value_parser = code_of!(OrganisationState))]
		state: Option<OrganisationState>,
	},
	/// Show an organisation.
	Show {
		/// Its number.
		#[arg(value_name = "N")]
		organisation: OrganisationId,
	},
	/// Put an organisation forward for admission by the council, as the member that sponsors it.
	Apply {
		#[command(flatten)]
		by: Administrator,
		#[command(flatten)]
		entry: Entry,
	},
	/// Withdraw an application, as the applicant; final.
	WithdrawApplication {
		#[command(flatten)]
		by: Administrator,
	},
	/// Set the base URL of the organisation's vault.
	SetEndpoint {
		#[command(flatten)]
		by: Administrator,
		/// The URL.
		url: String,
	},
	/// Publish the key to which the organisation's records are wrapped.
	PublishKey {
		#[command(flatten)]
		by: Administrator,
		/// The key, as the key service prints it: 0x and 64 hexadecimal digits.
		encryption_key: Digest,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut numbered = None;
	let (key, call): (PathBuf, Call) = match options.command {
		Command::List { place, kind, state } => {
			let organisations = list(context, place, kind, state).await?;
			return context.print(&Organisations { organisations }, out);
		},
		Command::Show { organisation } => {
			let view = context.organisation(organisation).await?;
			let at = context.finalised().await?;
			let mut shown = Organisation::from(view);
			if let Some(head) = shown.head {
				shown.group = Some(called(&at, head).await?);
			}
			return context.print(&shown, out);
		},
		Command::Apply { by, entry } => {
			numbered = Some(("Providers", "OrganisationApplied", "organisation"));
			(by.key, Call::apply(by.organisation, &entry.admission()))
		},
		Command::WithdrawApplication { by } => {
			(by.key, Call::withdraw_application(by.organisation))
		},
		Command::SetEndpoint { by, url } => {
			// What no client could use is refused before it costs a transaction.
			let url = VaultClient::new(&url)?.endpoint().to_owned();
			(by.key, Call::set_endpoint(by.organisation, &url))
		},
		Command::PublishKey { by, encryption_key } => {
			(by.key, Call::publish_organisation_key(by.organisation, encryption_key.0))
		},
	};
	Done::submit(context, &key, &call, numbered, out).await
}

async fn list(
	context: &Context,
	place: Option<Jurisdiction>,
	kind: Option<OrganisationKind>,
	state: Option<OrganisationState>,
) -> Result<Vec<Organisation>> {
	let at = context.finalised().await?;
	let found = match place {
		Some(place) => every_page(0, |from| at.organisations_in(place, from)).await?,
		None => every_page(1, |from| at.organisations(from)).await?,
	};
	let wanted = |view: &OrganisationView| {
		kind.is_none_or(|kind| view.kind == kind) && state.is_none_or(|state| view.state == state)
	};
	Ok(found.into_iter().filter(wanted).map(Organisation::from).collect())
}

#[derive(Serialize)]
struct Organisations {
	organisations: Vec<Organisation>,
}

#[derive(Serialize)]
struct Organisation {
	id: OrganisationId,
	kind: OrganisationKind,
	name: String,
	jurisdiction: Jurisdiction,
	gln: Option<Gln>,
	npi: Option<Npi>,
	state: OrganisationState,
	since: Moment,
	sponsor: Option<OrganisationId>,
	head: Option<OrganisationId>,
	administrators: Vec<String>,
	encryption_key: Option<PublishedKey>,
	endpoint: Option<String>,
	#[serde(skip)]
	group: Option<String>,
}

impl From<OrganisationView> for Organisation {
	fn from(view: OrganisationView) -> Self {
		let endpoint = String::from_utf8_lossy(&view.endpoint).into_owned();
		Self {
			id: view.id,
			kind: view.kind,
			name: String::from_utf8_lossy(&view.name).into_owned(),
			jurisdiction: view.jurisdiction,
			gln: view.gln,
			npi: view.npi,
			state: view.state,
			since: view.since,
			sponsor: view.sponsor,
			head: view.head,
			administrators: view.administrators.iter().map(render::hex).collect(),
			encryption_key: view.encryption_key.map(PublishedKey::from),
			endpoint: Some(endpoint).filter(|endpoint| !endpoint.is_empty()),
			group: None,
		}
	}
}

impl Report for Organisation {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let since = match self.state {
			OrganisationState::Applied => "applied",
			_ => "member since",
		};
		let group = self.group.clone().or_else(|| self.head.map(|head| head.to_string()));
		let mut fields = Fields::default()
			.add("organisation", self.id)
			.add("name", &self.name)
			.add("kind", self.kind)
			.add("jurisdiction", self.jurisdiction)
			.maybe("GLN", self.gln.map(|gln| format!("{:013}", gln.0)))
			.maybe("NPI", self.npi.map(|npi| npi.0))
			.add("state", self.state)
			.add(since, render::moment(self.since))
			.maybe("put forward by", self.sponsor)
			.maybe("in the group of", group)
			.add("vault", self.endpoint.as_deref().unwrap_or("none published"))
			.add(
				"encryption key",
				match &self.encryption_key {
					Some(key) => format!("{} (version {})", render::hex(&key.key), key.version),
					None => "none published".into(),
				},
			);
		for administrator in &self.administrators {
			fields = fields.add("administrator", administrator);
		}
		fields.write(out)
	}
}

impl Report for Organisations {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["N", "NAME", "KIND", "JURISDICTION", "STATE", "VAULT"]);
		for organisation in &self.organisations {
			table.row(vec![
				organisation.id.to_string(),
				organisation.name.clone(),
				organisation.kind.to_string(),
				organisation.jurisdiction.to_string(),
				organisation.state.to_string(),
				organisation.endpoint.clone().unwrap_or("-".into()),
			]);
		}
		table.write(out, "no organisations")
	}
}
