//! Organisations, staff, practitioners and their standing.

use super::{
	super::{
		error::{Code, Error},
		types::{
			Account, At, List, Organisation, Page, Practitioner, PractitionerRef, StaffMember,
			Standing,
		},
	},
	Salus,
};
use crate::service::Hash;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use salus_primitives::{
	codes::{DrugSchedule, Jurisdiction, Role},
	ids::OrganisationId,
	time::Moment,
};
use salus_runtime_api::ProvidersApi;

/// Organisations, staff and practitioners.
#[rpc(server, namespace = "salus")]
pub(super) trait ProvidersRpc {
	/// One organisation.
	#[method(name = "organisation", blocking)]
	fn organisation(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Organisation>>>;

	/// All organisations, in order of their entry.
	#[method(name = "organisations", blocking)]
	fn organisations(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Organisation>>>;

	/// The organisations in a country or subdivision.
	#[method(name = "organisationsIn", blocking)]
	fn organisations_in(
		&self,
		place: Jurisdiction,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Organisation>>>;

	/// An organisation's staff.
	#[method(name = "staff", blocking)]
	fn staff(
		&self,
		organisation: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<StaffMember>>>;

	/// One practitioner with their licences that can still count.
	#[method(name = "practitioner", blocking)]
	fn practitioner(
		&self,
		practitioner: PractitionerRef,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Practitioner>>>;

	/// All practitioners, in order of registration.
	#[method(name = "practitioners", blocking)]
	fn practitioners(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Practitioner>>>;

	/// Whether an account may act in a role for an organisation, every reason why not, and what
	/// should be known.
	#[method(name = "standing", blocking)]
	fn standing(
		&self,
		account: Account,
		organisation: OrganisationId,
		role: Role,
		schedule: Option<DrugSchedule>,
		moment: Option<Moment>,
		at: Option<Hash>,
	) -> RpcResult<At<Standing>>;
}

impl ProvidersRpcServer for Salus {
	fn organisation(
		&self,
		organisation: OrganisationId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Organisation>>> {
		Ok(self.ask(at, |api, block| Ok(api.organisation(block, organisation)?.map(Into::into)))?)
	}

	fn organisations(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Organisation>>> {
		Ok(self.page(List::Organisations, cursor, at, |api, block, from| {
			api.organisations(block, from)
		})?)
	}

	fn organisations_in(
		&self,
		place: Jurisdiction,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Organisation>>> {
		Ok(self.page(List::OrganisationsIn(place), cursor, at, |api, block, from| {
			api.organisations_in(block, place, from)
		})?)
	}

	fn staff(
		&self,
		organisation: OrganisationId,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<StaffMember>>> {
		Ok(self.page(List::Staff(organisation), cursor, at, |api, block, from| {
			api.staff(block, organisation, from)
		})?)
	}

	fn practitioner(
		&self,
		practitioner: PractitionerRef,
		at: Option<Hash>,
	) -> RpcResult<At<Option<Practitioner>>> {
		Ok(self.ask(at, |api, block| {
			let number = match practitioner {
				PractitionerRef::Number(number) => Some(number),
				PractitionerRef::Account(Account(account)) => {
					api.practitioner_of(block, account.into())?
				},
			};
			let Some(number) = number else { return Ok(None) };
			Ok(api.practitioner(block, number)?.map(Into::into))
		})?)
	}

	fn practitioners(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<Practitioner>>> {
		Ok(self.page(List::Practitioners, cursor, at, |api, block, from| {
			api.practitioners(block, from)
		})?)
	}

	fn standing(
		&self,
		Account(account): Account,
		organisation: OrganisationId,
		role: Role,
		schedule: Option<DrugSchedule>,
		moment: Option<Moment>,
		at: Option<Hash>,
	) -> RpcResult<At<Standing>> {
		let answer: At<Standing> = self.ask(at, |api, block| {
			api.standing_at(block, account.into(), organisation, role, schedule, moment)
				.map(Into::into)
		})?;
		check_moment(moment, answer.value.moment)?;
		Ok(answer)
	}
}

/// The runtime judges its block's time instead of one before; who asks about the past shall not take
/// that for an answer.
fn check_moment(asked: Option<Moment>, judged: Moment) -> Result<(), Error> {
	match asked {
		Some(asked) if asked < judged => Err(Code::MomentPast.into()),
		_ => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_past_is_refused() {
		assert_eq!(check_moment(Some(6), 7), Err(Code::MomentPast.into()));
		for asked in [None, Some(7), Some(8)] {
			assert_eq!(check_moment(asked, asked.unwrap_or(7)), Ok(()));
		}
	}
}
