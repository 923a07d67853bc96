//! `salus provider`.

use super::{
	render,
	render::{Fields, Report, Table},
	terms::{code_of, date, Account},
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{
	chain::{Call, Submitted},
	keys::KeyFile,
	vault_api::{Head, PublishedKey},
	Error, Result,
};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		Jurisdiction, LicenceClass, LicenceState, OrganisationKind, OrganisationState, Role, Roles,
		StandingReason,
	},
	ids::{LicenceId, OrganisationId, PractitionerId},
	time::{Moment, Period},
	views::{OrganisationView, PractitionerView},
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
	/// Show an organisation, or list all.
	Organisation {
		/// Its number.
		organisation: Option<OrganisationId>,
	},
	/// Show a practitioner with their licences.
	Practitioner {
		/// Their number.
		#[arg(required_unless_present = "account", conflicts_with = "account")]
		practitioner: Option<PractitionerId>,
		/// Their account.
		#[arg(long)]
		account: Option<Account>,
	},
	/// May this account act in this role for this organisation now, and why not?
	Standing {
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
		encryption_key: salus_primitives::ids::Digest,
	},
	/// Add a staff account, or change its roles.
	SetStaff {
		#[command(flatten)]
		by: Administrator,
		/// The account.
		#[arg(long)]
		account: Account,
		/// All its roles.
		#[arg(long, required = true, value_parser = code_of!(Role), value_delimiter = ',')]
		role: Vec<Role>,
	},
	/// Remove a staff account.
	RemoveStaff {
		#[command(flatten)]
		by: Administrator,
		/// The account.
		#[arg(long)]
		account: Account,
	},
	/// Register a practitioner, as a licensing board.
	RegisterPractitioner {
		#[command(flatten)]
		by: Administrator,
		/// Their account.
		#[arg(long)]
		account: Account,
		/// Their National Provider Identifier.
		#[arg(long)]
		npi: Option<u64>,
	},
	/// Issue a licence, as a licensing board.
	IssueLicence {
		#[command(flatten)]
		by: Administrator,
		/// Number of the practitioner.
		#[arg(long, value_name = "N")]
		practitioner: PractitionerId,
		/// What it allows.
		#[arg(long, value_parser = code_of!(LicenceClass))]
		class: LicenceClass,
		/// Where it is valid.
		#[arg(long, required = true, value_delimiter = ',')]
		jurisdiction: Vec<Jurisdiction>,
		/// Its first day.
		#[arg(long, value_name = "DATE", value_parser = date)]
		from: Moment,
		/// The day after its last.
		#[arg(long, value_name = "DATE", value_parser = date)]
		until: Option<Moment>,
	},
	/// Suspend, reinstate or revoke a licence, as the board that issued it.
	SetLicenceState {
		/// Key file of an administrator of the board.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Number of the licence.
		#[arg(long, value_name = "N")]
		licence: LicenceId,
		/// Its state.
		#[arg(long, value_parser = code_of!(LicenceState))]
		state: LicenceState,
	},
}

#[derive(Debug, Args)]
struct Administrator {
	/// Key file of an administrator.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The organisation.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let (key, call) = match options.command {
		Command::Organisation { organisation: Some(id) } => {
			return context.print(&Organisation::from(context.organisation(id).await?), out)
		},
		Command::Organisation { organisation: None } => {
			let at = context.finalised().await?;
			let mut organisations: Vec<Organisation> = Vec::new();
			loop {
				let from = organisations.last().map_or(1, |last| last.id.saturating_add(1));
				let page = at.organisations(from).await?;
				if page.is_empty() {
					break;
				}
				organisations.extend(page.into_iter().map(Organisation::from));
			}
			return context.print(&Organisations { organisations }, out);
		},
		Command::Practitioner { practitioner, account } => {
			let at = context.finalised().await?;
			let id = match (practitioner, account) {
				(Some(id), _) => Some(id),
				(None, Some(account)) => at.practitioner_of(account.0).await?,
				(None, None) => None,
			};
			let known = match id {
				Some(id) => at.practitioner(id).await?,
				None => None,
			};
			let practitioner = known.ok_or_else(|| Error::NotFound {
				what: "practitioner",
				id: match (id, account) {
					(Some(id), _) => id.to_string(),
					(None, account) => {
						account.map_or(String::new(), |account| render::hex(&account.0))
					},
				},
			})?;
			return context.print(&Practitioner { practitioner, at: at.head() }, out);
		},
		Command::Standing { account, key, organisation, role } => {
			let account = match (account, key) {
				(Some(account), _) => account.0,
				(None, Some(key)) => KeyFile::show(&key)?.account,
				(None, None) => [0; 32],
			};
			let at = context.finalised().await?;
			let reasons =
				at.standing(account, organisation, role).await?.iter().collect::<Vec<_>>();
			let standing = Standing {
				account: render::hex(&account),
				organisation,
				role,
				may_act: reasons.is_empty(),
				reasons: reasons.into_iter().map(Reason::from).collect(),
				at: at.head(),
			};
			return context.print(&standing, out);
		},
		Command::SetEndpoint { by, url } => {
			// What no client could use is refused before it costs a transaction.
			let url = salus_client::vault_client::VaultClient::new(&url)?.endpoint().to_owned();
			(by.key, Call::set_endpoint(by.organisation, &url))
		},
		Command::PublishKey { by, encryption_key } => {
			(by.key, Call::publish_organisation_key(by.organisation, encryption_key.0))
		},
		Command::SetStaff { by, account, role } => {
			let roles: Roles = role.into_iter().collect();
			(by.key, Call::set_staff(by.organisation, account.0, roles))
		},
		Command::RemoveStaff { by, account } => {
			(by.key, Call::remove_staff(by.organisation, account.0))
		},
		Command::RegisterPractitioner { by, account, npi } => {
			(by.key, Call::register_practitioner(by.organisation, account.0, npi.map(Npi)))
		},
		Command::IssueLicence { by, practitioner, class, jurisdiction, from, until } => {
			let valid = Period { from, until };
			let call =
				Call::issue_licence(by.organisation, practitioner, class, &jurisdiction, valid);
			(by.key, call)
		},
		Command::SetLicenceState { key, licence, state } => {
			(key, Call::set_licence_state(licence, state))
		},
	};
	let identity = context.open_key(&key)?;
	let submitted = context.submit(&identity, &call).await?;
	context.print(&Done { call: call.to_string(), submitted }, out)
}

#[derive(Serialize)]
struct Done {
	call: String,
	#[serde(flatten)]
	submitted: Submitted,
}

impl Report for Done {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("call", &self.call)
			.add("done", render::submitted(&self.submitted))
			.write(out)
	}
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
	state: OrganisationState,
	encryption_key: Option<PublishedKey>,
	endpoint: Option<String>,
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
			state: view.state,
			encryption_key: view.encryption_key.map(PublishedKey::from),
			endpoint: Some(endpoint).filter(|endpoint| !endpoint.is_empty()),
		}
	}
}

impl Report for Organisation {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("organisation", self.id)
			.add("name", &self.name)
			.add("kind", self.kind)
			.add("jurisdiction", self.jurisdiction)
			.maybe("GLN", self.gln.map(|gln| format!("{:013}", gln.0)))
			.add("state", self.state)
			.add("vault", self.endpoint.as_deref().unwrap_or("none published"))
			.add(
				"encryption key",
				match &self.encryption_key {
					Some(key) => format!("{} (version {})", render::hex(&key.key), key.version),
					None => "none published".into(),
				},
			)
			.write(out)
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

#[derive(Serialize)]
struct Practitioner {
	practitioner: PractitionerView,
	at: Head,
}

impl Report for Practitioner {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Self { practitioner, at } = self;
		Fields::default()
			.add("practitioner", practitioner.id)
			.add("account", render::hex(&practitioner.account))
			.maybe("NPI", practitioner.npi.map(|npi| npi.0))
			.write(out)?;
		writeln!(out)?;
		let mut table = Table::new(&["LICENCE", "CLASS", "BOARD", "VALID IN", "PERIOD", "STATE"]);
		for licence in &practitioner.licences {
			table.row(vec![
				licence.id.to_string(),
				licence.class.to_string(),
				licence.board.to_string(),
				render::codes(licence.jurisdictions.iter()),
				render::period(&licence.valid),
				match licence.state {
					LicenceState::Active if licence.valid.has_ended(at.at) => "expired".into(),
					LicenceState::Active if !licence.valid.contains(at.at) => {
						"not yet valid".into()
					},
					state => state.to_string(),
				},
			]);
		}
		table.write(out, "no licences")
	}
}

#[derive(Serialize)]
struct Standing {
	account: String,
	organisation: OrganisationId,
	role: Role,
	may_act: bool,
	reasons: Vec<Reason>,
	at: Head,
}

#[derive(Serialize)]
struct Reason {
	code: u8,
	reason: StandingReason,
	sentence: &'static str,
}

impl From<StandingReason> for Reason {
	fn from(reason: StandingReason) -> Self {
		Self { code: reason.index(), reason, sentence: reason.sentence() }
	}
}

impl Report for Standing {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("account", &self.account)
			.add("for", format!("organisation {} as {}", self.organisation, self.role))
			.add("may act", if self.may_act { "yes" } else { "no" })
			.add("as of", format!("block {}", render::block(&self.at)))
			.write(out)?;
		self.reasons
			.iter()
			.try_for_each(|reason| writeln!(out, "- {}", reason.sentence))
	}
}
