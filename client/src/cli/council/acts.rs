//! What the council can be asked to do.

use crate::cli::{
	days,
	provider::{Entry, Profile},
	terms::{code_among, code_of, date, Account},
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use salus_client::{chain::Call, Result};
use salus_primitives::{
	codes::{
		Jurisdiction, LicenceClass, LicenceState, OrganisationKind, OrganisationState,
		PosthumousRule, Programme,
	},
	credential::Requirement,
	ids::{ChartId, LicenceId, OrganisationId},
	time::Moment,
};
use std::path::PathBuf;

/// An act of the council.
#[derive(Debug, Subcommand)]
pub(super) enum Act {
	/// Admit an organisation that no member put forward.
	AdmitOrganisation(By<Entry>),
	/// Admit an applicant, suspend a member, lift its suspension, or record that it has withdrawn.
	SetOrganisationState(By<StateOf>),
	/// Set an organisation's name and identifiers.
	SetOrganisationProfile(By<ProfileOf>),
	/// Name the only administrator of an organisation whose administrators' keys are lost or stolen.
	ReplaceAdministrators(By<AdministratorOf>),
	/// Declare that an organisation belongs to a group.
	DeclareAffiliation(By<Affiliation>),
	/// Record that an organisation has left its group.
	EndAffiliation(By<Organisation>),
	/// Say what a board or regulator may license in a place; replaces what was said before.
	AuthoriseBoard(By<BoardAuthority>),
	/// Take a board's authority for a place away.
	RevokeBoardAuthority(By<BoardPlace>),
	/// Say for what a body may accredit; replaces what was said before.
	AuthoriseBody(By<BodyAuthority>),
	/// Hand what an authority issued to another.
	AppointSuccessor(By<Succession>),
	/// Say what organisations of a kind need in a place to practise.
	SetRequirement(By<Need>),
	/// Suspend or revoke a licence; the council does not reinstate.
	SetLicenceState(By<LicenceStateOf>),
	/// Say what opens of the charts of the dead in a place; without a rule, what directives say.
	SetPosthumousRule(By<Posthumous>),
	/// Say that a contested chart's key can not cancel its next re-keying.
	UpholdRekeying(By<Contested>),
	/// Let a member's technical operator transact and register session keys.
	EnrolOperator(By<Whom>),
	/// Add a validator, whose session keys are registered.
	AddValidator(By<Whom>),
	/// Remove a validator.
	RemoveValidator(By<Whom>),
}

/// Who proposes what.
#[derive(Debug, Args)]
pub(super) struct By<What: Args> {
	/// Key file of a member of the council.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	#[command(flatten)]
	what: What,
}

#[derive(Debug, Args)]
pub(super) struct Organisation {
	/// The organisation.
	#[arg(long, value_name = "N")]
	organisation: OrganisationId,
}

#[derive(Debug, Args)]
pub(super) struct StateOf {
	#[command(flatten)]
	of: Organisation,
	/// Its state.
	#[arg(long, value_parser = code_of!(OrganisationState))]
	state: OrganisationState,
}

#[derive(Debug, Args)]
pub(super) struct ProfileOf {
	#[command(flatten)]
	of: Organisation,
	#[command(flatten)]
	profile: Profile,
}

#[derive(Debug, Args)]
pub(super) struct AdministratorOf {
	#[command(flatten)]
	of: Organisation,
	/// Account of its administrator from now on.
	#[arg(long)]
	account: Account,
}

#[derive(Debug, Args)]
pub(super) struct Affiliation {
	#[command(flatten)]
	of: Organisation,
	/// Number of the organisation at the head of the group.
	#[arg(long, value_name = "N")]
	head: OrganisationId,
}

#[derive(Debug, Args)]
pub(super) struct BoardPlace {
	#[command(flatten)]
	of: Organisation,
	/// The country or subdivision, such as US-CA or DE.
	#[arg(long = "in", value_name = "PLACE")]
	place: Jurisdiction,
}

#[derive(Debug, Args)]
pub(super) struct BoardAuthority {
	#[command(flatten)]
	board: BoardPlace,
	/// All classes that it may license there.
	#[arg(long, required = true, value_parser = code_of!(LicenceClass), value_delimiter = ',')]
	class: Vec<LicenceClass>,
}

#[derive(Debug, Args)]
pub(super) struct BodyAuthority {
	#[command(flatten)]
	of: Organisation,
	/// All programmes for which it may accredit.
	#[arg(
		long,
		value_parser = code_of!(Programme),
		value_delimiter = ',',
		required_unless_present = "none",
		conflicts_with = "none"
	)]
	programme: Vec<Programme>,
	/// Take its authority away.
	#[arg(long)]
	none: bool,
}

#[derive(Debug, Args)]
pub(super) struct Succession {
	#[command(flatten)]
	of: Organisation,
	/// Number of the organisation that takes over.
	#[arg(long, value_name = "N")]
	successor: OrganisationId,
}

#[derive(Debug, Args)]
pub(super) struct Need {
	/// The kind.
	#[arg(long, value_parser = code_of!(OrganisationKind))]
	kind: OrganisationKind,
	/// The country or subdivision, such as US-CA or DE.
	#[arg(long = "in", value_name = "PLACE")]
	place: Jurisdiction,
	/// A licence of each of these classes [default: none].
	#[arg(long, value_parser = code_of!(LicenceClass), value_delimiter = ',')]
	licence: Vec<LicenceClass>,
	/// An accreditation in one of these programmes [default: none is needed].
	#[arg(long, value_parser = code_of!(Programme), value_delimiter = ',')]
	accreditation: Vec<Programme>,
	/// For how many days after its accreditation ended an organisation still takes on what is new.
	#[arg(long, default_value_t = 0, value_name = "DAYS")]
	grace_days: u32,
	/// From when on this holds: not past when the council decides.
	#[arg(long, value_name = "DATE", value_parser = date)]
	from: Moment,
}

#[derive(Debug, Args)]
pub(super) struct Posthumous {
	/// The country or subdivision, such as US-CA or DE.
	#[arg(long = "in", value_name = "PLACE")]
	place: Jurisdiction,
	/// What opens [default: no rule of its own].
	#[arg(long, value_parser = code_of!(PosthumousRule))]
	rule: Option<PosthumousRule>,
}

#[derive(Debug, Args)]
pub(super) struct LicenceStateOf {
	/// Number of the licence.
	#[arg(long, value_name = "N")]
	licence: LicenceId,
	/// Its state.
	#[arg(long, value_parser = code_among!(LicenceState: Suspended, Revoked))]
	state: LicenceState,
}

#[derive(Debug, Args)]
pub(super) struct Contested {
	/// The chart.
	#[arg(long, value_name = "ID")]
	chart: ChartId,
	/// Take back that it is upheld.
	#[arg(long)]
	take_back: bool,
}

#[derive(Debug, Args)]
pub(super) struct Whom {
	/// The account.
	#[arg(long)]
	account: Account,
}

impl<What: Args> By<What> {
	fn asks(self, call: impl FnOnce(What) -> Call) -> (PathBuf, Call) {
		(self.key, call(self.what))
	}
}

impl Act {
	/// The key file with which it is proposed, and the call.
	pub(super) fn into_call(self) -> Result<(PathBuf, Call)> {
		Ok(match self {
			Self::AdmitOrganisation(by) => {
				by.asks(|entry| Call::admit_organisation(&entry.admission()))
			},
			Self::SetOrganisationState(by) => {
				by.asks(|what| Call::set_organisation_state(what.of.organisation, what.state))
			},
			Self::SetOrganisationProfile(by) => by.asks(|what| {
				let Profile { name, gln, npi } = what.profile;
				Call::set_organisation_profile(what.of.organisation, &name, gln, npi)
			}),
			Self::ReplaceAdministrators(by) => {
				by.asks(|what| Call::replace_administrators(what.of.organisation, what.account.0))
			},
			Self::DeclareAffiliation(by) => {
				by.asks(|what| Call::declare_affiliation(what.of.organisation, what.head))
			},
			Self::EndAffiliation(by) => by.asks(|what| Call::end_affiliation(what.organisation)),
			Self::AuthoriseBoard(by) => by.asks(|what| {
				let classes = what.class.into_iter().collect();
				Call::authorise_board(what.board.of.organisation, what.board.place, classes)
			}),
			Self::RevokeBoardAuthority(by) => {
				by.asks(|what| Call::revoke_board_authority(what.of.organisation, what.place))
			},
			Self::AuthoriseBody(by) => by.asks(|what| {
				let programmes = what.programme.into_iter().collect();
				Call::authorise_body(what.of.organisation, programmes)
			}),
			Self::AppointSuccessor(by) => {
				by.asks(|what| Call::appoint_successor(what.of.organisation, what.successor))
			},
			Self::SetRequirement(by) => by.asks(|what| {
				let requirement = Requirement {
					licences: what.licence.into_iter().collect(),
					accreditation: what.accreditation.into_iter().collect(),
					grace: days(what.grace_days),
					from: what.from,
				};
				Call::set_requirement(what.kind, what.place, &requirement)
			}),
			Self::SetLicenceState(by) => {
				by.asks(|what| Call::set_licence_state(what.licence, what.state))
			},
			Self::SetPosthumousRule(by) => {
				by.asks(|what| Call::set_posthumous_rule(what.place, what.rule))
			},
			Self::UpholdRekeying(by) => {
				by.asks(|what| Call::uphold_rekeying(what.chart, !what.take_back))
			},
			Self::EnrolOperator(by) => by.asks(|what| Call::enrol_operator(what.account.0)),
			Self::AddValidator(by) => by.asks(|what| Call::add_validator(what.account.0)),
			Self::RemoveValidator(by) => by.asks(|what| Call::remove_validator(what.account.0)),
		})
	}
}
