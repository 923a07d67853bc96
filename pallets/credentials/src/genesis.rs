//! Credentials at genesis.

use crate::{accreditation::Decision, licences::Issue, Config, GenesisConfig, Pallet};
use alloc::vec::Vec;
use salus_primitives::{
	codes::{AccreditationState, Jurisdiction, LicenceClass, Programme},
	credential::{Holder, Limits, Verification},
	ids::{Digest, OrganisationId},
	time::{Moment, Period},
};
use serde::{Deserialize, Serialize};
use sp_runtime::DispatchError;

/// A licence at genesis, issued on the first day of its validity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisLicence {
	/// The board that issued it.
	pub board: OrganisationId,
	/// Its holder.
	pub holder: Holder,
	/// What it allows.
	pub class: LicenceClass,
	/// Where it is valid.
	pub jurisdictions: Vec<Jurisdiction>,
	/// When it is valid.
	pub valid: Period,
	/// What it does not extend to.
	#[serde(default)]
	pub limits: Limits,
	/// What was seen at the primary source, and when to look again; pending without.
	#[serde(default)]
	pub verification: Option<Verification>,
}

/// An accreditation at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisAccreditation {
	/// The body that gave it.
	pub body: OrganisationId,
	/// Who is accredited.
	pub organisation: OrganisationId,
	/// For what.
	pub programme: Programme,
	/// Its state.
	pub state: AccreditationState,
	/// When it is valid.
	pub valid: Period,
	/// By when faults are to be mended.
	#[serde(default)]
	pub follow_up_due: Option<Moment>,
	/// Commitment to the survey's report.
	pub evidence: Digest,
}

pub(crate) fn build<T: Config>(genesis: &GenesisConfig<T>) {
	for (board, place, classes) in &genesis.boards {
		Pallet::<T>::do_authorise_board(*board, *place, *classes)
			.unwrap_or_else(|error| panic!("genesis board {board} in {place}: {error:?}"));
	}
	for (body, programmes) in &genesis.bodies {
		Pallet::<T>::do_authorise_body(*body, *programmes)
			.unwrap_or_else(|error| panic!("genesis body {body}: {error:?}"));
	}
	for (kind, place, requirement) in &genesis.requirements {
		Pallet::<T>::do_set_requirement(*kind, *place, *requirement)
			.unwrap_or_else(|error| panic!("genesis requirement of {kind} in {place}: {error:?}"));
	}
	for licence in &genesis.licences {
		issue::<T>(licence)
			.unwrap_or_else(|error| panic!("genesis licence {licence:?}: {error:?}"));
	}
	for accreditation in &genesis.accreditations {
		let GenesisAccreditation { body, organisation, programme, valid, .. } = *accreditation;
		let decision = Decision {
			state: accreditation.state,
			follow_up_due: accreditation.follow_up_due,
			evidence: accreditation.evidence,
		};
		Pallet::<T>::do_accredit(body, organisation, programme, valid, decision)
			.unwrap_or_else(|error| panic!("genesis accreditation {accreditation:?}: {error:?}"));
	}
}

fn issue<T: Config>(genesis: &GenesisLicence) -> Result<(), DispatchError> {
	let jurisdictions = genesis.jurisdictions.clone();
	let issue = Issue {
		holder: genesis.holder,
		class: genesis.class,
		jurisdictions: jurisdictions.try_into().map_err(|_| "too many jurisdictions")?,
		valid: genesis.valid,
		limits: genesis.limits.clone(),
		verification: genesis.verification,
	};
	Pallet::<T>::do_issue_licence(genesis.board, issue, genesis.valid.from)?;
	Ok(())
}
