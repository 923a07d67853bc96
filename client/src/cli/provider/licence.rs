//! `salus provider licence`.

use super::{called, Administrator, Done, End, Looked};
use crate::cli::{
	every_page,
	render::{self, Fields, Report, Table},
	terms::{code_among, code_of, date},
	usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{
	chain::{At, Call, NewLicence},
	vault_api::Head,
	Error, Result,
};
use salus_primitives::{
	bounded_collections::{BoundedVec, Get},
	codes::{DrugSchedule, Jurisdiction, LicenceClass, LicenceState},
	credential::{Holder, Limits},
	ids::{LicenceId, OrganisationId, PractitionerId},
	time::{Moment, Period},
	views::LicenceView,
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
	/// List licences: a holder's that can still count, a board's, or those of a class in a place.
	List(Which),
	/// Show a licence.
	Show {
		/// Its number.
		#[arg(value_name = "N")]
		licence: LicenceId,
	},
	/// Issue a licence, as a licensing board or regulator. Without evidence it is pending.
	Issue {
		#[command(flatten)]
		by: Administrator,
		#[command(flatten)]
		to: To,
		/// What it allows.
		#[arg(long, value_parser = code_of!(LicenceClass))]
		class: LicenceClass,
		/// The countries or subdivisions where it is valid, such as US-CA or DE.
		#[arg(long, required = true, value_name = "PLACE", value_delimiter = ',')]
		jurisdiction: Vec<Jurisdiction>,
		/// Its first day [default: now].
		#[arg(long, value_name = "DATE", value_parser = date)]
		from: Option<Moment>,
		/// The day after its last [default: without end].
		#[arg(long, value_name = "DATE", value_parser = date)]
		until: Option<Moment>,
		#[command(flatten)]
		limits: Limited,
		#[command(flatten)]
		looked: Looked,
	},
	/// Record a look at the primary source; a pending licence becomes active.
	Verify {
		#[command(flatten)]
		by: Board,
		#[command(flatten)]
		looked: Looked,
	},
	/// Renew a licence, without a gap when it has not expired.
	Renew {
		#[command(flatten)]
		by: Board,
		#[command(flatten)]
		end: End,
		#[command(flatten)]
		looked: Looked,
	},
	/// Suspend, reinstate or revoke a licence, or mark it issued in error. The council does so with
	/// `salus council propose set-licence-state`.
	SetState {
		#[command(flatten)]
		by: Board,
		/// Its state.
		#[arg(
			long,
			value_parser = code_among!(LicenceState: Active, Suspended, Revoked, IssuedInError)
		)]
		state: LicenceState,
	},
	/// Set all limits of a licence; what is not named is no limit any more, and no schedule is
	/// licensed that is not named.
	SetLimits {
		#[command(flatten)]
		by: Board,
		#[command(flatten)]
		limits: Limited,
	},
	/// Give a licence back, as its holder; final.
	Surrender {
		/// Key file of the practitioner who holds it, or of an administrator of the organisation that
		/// does.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Number of the licence.
		#[arg(long, value_name = "N")]
		licence: LicenceId,
	},
}

#[derive(Debug, Args)]
struct Board {
	/// Key file of an administrator of the board that is responsible for it.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// Number of the licence.
	#[arg(long, value_name = "N")]
	licence: LicenceId,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct To {
	/// To the practitioner with this number.
	#[arg(long, value_name = "N")]
	practitioner: Option<PractitionerId>,
	/// To the organisation with this number.
	#[arg(long, value_name = "N")]
	to_organisation: Option<OrganisationId>,
}

#[derive(Debug, Args)]
struct Which {
	#[command(flatten)]
	of: Of,
	/// Of this class.
	#[arg(long, value_parser = code_of!(LicenceClass))]
	class: Option<LicenceClass>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Of {
	/// Those of the practitioner with this number.
	#[arg(long, value_name = "N")]
	practitioner: Option<PractitionerId>,
	/// Those of the organisation with this number.
	#[arg(long, value_name = "N")]
	organisation: Option<OrganisationId>,
	/// Those that the board with this number issued.
	#[arg(long, value_name = "N")]
	board: Option<OrganisationId>,
	/// Those of a class that name this country or subdivision, such as US-CA or DE. Licences valid in
	/// all of a country are listed under the country, so for US-CA the list of US is looked at, too.
	#[arg(long = "in", value_name = "PLACE", requires = "class")]
	place: Option<Jurisdiction>,
}

#[derive(Debug, Args)]
struct Limited {
	/// Schedules of controlled drugs it extends to [default: none].
	#[arg(long, value_parser = code_of!(DrugSchedule), value_delimiter = ',')]
	schedule: Vec<DrugSchedule>,
	/// Only under a supervisor.
	#[arg(long)]
	supervised: bool,
	/// Only for the organisations with these numbers [default: for all].
	#[arg(long, value_name = "N", value_delimiter = ',')]
	site: Vec<OrganisationId>,
}

impl Limited {
	fn limits(self) -> Result<Limits> {
		let sites = bounded(self.site, "organisations", "--site")?;
		let schedules = self.schedule.into_iter().collect();
		Ok(Limits { schedules, supervised: self.supervised, sites })
	}
}

/// The list, if it is no longer than the chain takes.
fn bounded<T, Most: Get<u32>>(
	list: Vec<T>,
	what: &str,
	option: &str,
) -> Result<BoundedVec<T, Most>> {
	let count = list.len();
	BoundedVec::try_from(list).map_err(|_| {
		let most = Most::get();
		usage(
			format!("{count} {what} are more than one licence can name"),
			format!("name at most {most} with {option}, or issue several licences"),
		)
	})
}

impl To {
	fn holder(&self) -> Result<Holder> {
		match (self.practitioner, self.to_organisation) {
			(Some(practitioner), _) => Ok(Holder::Practitioner(practitioner)),
			(None, Some(organisation)) => Ok(Holder::Organisation(organisation)),
			(None, None) => Err(usage(
				"no holder is named",
				"name one with --practitioner or --to-organisation",
			)),
		}
	}
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let mut numbered = None;
	let (key, call) = match options.command {
		Command::List(which) => {
			let licences = list(&context.finalised().await?, which).await?;
			return context.print(&Licences { licences }, out);
		},
		Command::Show { licence } => {
			let at = context.finalised().await?;
			let found = at.licence(licence).await?;
			let licence =
				found.ok_or(Error::NotFound { what: "licence", id: licence.to_string() })?;
			let board = called(&at, licence.licence.board).await?;
			let authority = called(&at, licence.authority).await?;
			return context.print(&Shown { licence, at: at.head(), board, authority }, out);
		},
		Command::Issue { by, to, class, jurisdiction, from, until, limits, looked } => {
			let jurisdictions = bounded(jurisdiction, "places", "--jurisdiction")?;
			let from = match from {
				Some(from) => from,
				None => context.finalised().await?.head().at,
			};
			let licence = NewLicence {
				holder: to.holder()?,
				class,
				jurisdictions,
				valid: Period { from, until },
				limits: limits.limits()?,
				verification: looked.verification()?,
			};
			numbered = Some(("Credentials", "LicenceIssued", "licence"));
			(by.key, Call::issue_licence(by.organisation, &licence))
		},
		Command::Verify { by, looked } => {
			let verification = looked.verification()?.ok_or_else(|| {
				usage(
					"a verification names what was seen and when to look again",
					"name a file with --evidence and a date with --next-due",
				)
			})?;
			(by.key, Call::verify_licence(by.licence, verification))
		},
		Command::Renew { by, end, looked } => {
			(by.key, Call::renew_licence(by.licence, end.until, looked.verification()?))
		},
		Command::SetState { by, state } => (by.key, Call::set_licence_state(by.licence, state)),
		Command::SetLimits { by, limits } => {
			(by.key, Call::set_licence_limits(by.licence, &limits.limits()?))
		},
		Command::Surrender { key, licence } => (key, Call::surrender_licence(licence)),
	};
	Done::submit(context, &key, &call, numbered, out).await
}

async fn list(at: &At, which: Which) -> Result<Vec<LicenceView>> {
	let Which { of: Of { practitioner, organisation, board, place }, class } = which;
	let mut found = Vec::new();
	if let Some(practitioner) = practitioner {
		found = at.licences(Holder::Practitioner(practitioner)).await?;
	} else if let Some(organisation) = organisation {
		found = at.licences(Holder::Organisation(organisation)).await?;
	} else if let Some(board) = board {
		found = every_page(0, |from| at.licences_by(board, from)).await?;
	} else if let (Some(place), Some(class)) = (place, class) {
		for place in std::iter::once(place).chain(place.country()) {
			found.extend(every_page(0, |from| at.licences_in(place, class, from)).await?);
		}
		// One that names both stands in both lists.
		found.sort_by_key(|view| view.id);
		found.dedup_by_key(|view| view.id);
	}
	found.retain(|view| class.is_none_or(|class| view.licence.class == class));
	Ok(found)
}

/// Licences in rows.
pub(super) fn table(licences: &[LicenceView]) -> Table {
	let mut table =
		Table::new(&["LICENCE", "CLASS", "HOLDER", "BOARD", "VALID IN", "PERIOD", "STATE"]);
	for LicenceView { id, licence, standing, authority } in licences {
		table.row(vec![
			id.to_string(),
			licence.class.to_string(),
			holder(&licence.holder),
			authority.to_string(),
			render::codes(licence.jurisdictions.iter()),
			render::period(&licence.valid),
			standing.to_string(),
		]);
	}
	table
}

fn holder(holder: &Holder) -> String {
	match holder {
		Holder::Practitioner(practitioner) => format!("practitioner {practitioner}"),
		Holder::Organisation(organisation) => format!("organisation {organisation}"),
	}
}

#[derive(Serialize)]
struct Licences {
	licences: Vec<LicenceView>,
}

impl Report for Licences {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		table(&self.licences).write(out, "no licences")
	}
}

#[derive(Serialize)]
pub(in crate::cli) struct Shown {
	pub(in crate::cli) licence: LicenceView,
	pub(in crate::cli) at: Head,
	#[serde(skip)]
	pub(in crate::cli) board: String,
	#[serde(skip)]
	pub(in crate::cli) authority: String,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let LicenceView { id, licence, standing, authority } = &self.licence;
		let limits = &licence.limits;
		let sites = match limits.sites.is_empty() {
			true => "all organisations".into(),
			false => format!("organisations {}", render::codes(limits.sites.iter())),
		};
		let handed_on = (*authority != licence.board).then_some(&self.authority);
		let fields = Fields::default()
			.add("licence", id)
			.add("class", licence.class)
			.add("holder", holder(&licence.holder))
			.add("issued by", &self.board)
			.maybe("handed on to", handed_on)
			.add("issued", render::moment(licence.issued))
			.add("valid in", render::codes(licence.jurisdictions.iter()))
			.add("valid", render::period(&licence.valid))
			.add("state", standing)
			.add("drug schedules", render::codes(limits.schedules.iter()))
			.add("supervised", if limits.supervised { "yes" } else { "no" })
			.add("good for", sites)
			.add("verified", licence.verified.map_or("never".into(), render::moment));
		match licence.verification {
			Some(seen) => fields
				.add("evidence", seen.evidence)
				.add("next verification", format!("by {}", render::moment(seen.next_due))),
			None => fields,
		}
		.add("as of", format!("block {}", render::block(&self.at)))
		.write(out)
	}
}
