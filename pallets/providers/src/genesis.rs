//! Providers at genesis.

use crate::{Config, GenesisConfig, Pallet};
use alloc::{string::String, vec::Vec};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, LicenceClass, OrganisationKind, Roles},
	ids::OrganisationId,
	time::Period,
};
use serde::{Deserialize, Serialize};
use sp_runtime::DispatchError;

/// An organisation at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisOrganisation<AccountId> {
	/// What it is.
	pub kind: OrganisationKind,
	/// Its public display name.
	pub name: String,
	/// Where it is.
	pub jurisdiction: Jurisdiction,
	/// Its Global Location Number.
	#[serde(default)]
	pub gln: Option<Gln>,
	/// Its first administrator.
	pub administrator: AccountId,
	/// Its other staff.
	#[serde(default = "Vec::new")]
	pub staff: Vec<(AccountId, Roles)>,
	/// Where it may license, for a licensing board.
	#[serde(default)]
	pub board_authorities: Vec<Jurisdiction>,
	/// Its encryption key.
	#[serde(default)]
	pub encryption_key: Option<[u8; 32]>,
	/// Base URL of its vault; empty when it has none.
	#[serde(default)]
	pub endpoint: String,
}

/// A practitioner at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisPractitioner<AccountId> {
	/// Their account.
	pub account: AccountId,
	/// Their National Provider Identifier.
	#[serde(default)]
	pub npi: Option<Npi>,
	/// Their licences.
	#[serde(default)]
	pub licences: Vec<GenesisLicence>,
}

/// A licence at genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisLicence {
	/// The board that issued it.
	pub board: OrganisationId,
	/// What it allows.
	pub class: LicenceClass,
	/// Where it is valid.
	pub jurisdictions: Vec<Jurisdiction>,
	/// When it is valid.
	pub valid: Period,
}

pub(crate) fn build<T: Config>(genesis: &GenesisConfig<T>) {
	for organisation in &genesis.organisations {
		admit::<T>(organisation)
			.unwrap_or_else(|error| panic!("genesis organisation {organisation:?}: {error:?}"));
	}
	for practitioner in &genesis.practitioners {
		register::<T>(practitioner)
			.unwrap_or_else(|error| panic!("genesis practitioner {practitioner:?}: {error:?}"));
	}
	for (account, key) in &genesis.account_keys {
		Pallet::<T>::do_publish_account_key(account.clone(), *key)
			.unwrap_or_else(|error| panic!("genesis key of {account:?}: {error:?}"));
	}
}

fn admit<T: Config>(genesis: &GenesisOrganisation<T::AccountId>) -> Result<(), DispatchError> {
	let id = Pallet::<T>::do_admit_organisation(
		genesis.kind,
		bounded(genesis.name.as_bytes())?,
		genesis.jurisdiction,
		genesis.gln,
		genesis.administrator.clone(),
	)?;
	for (account, roles) in &genesis.staff {
		Pallet::<T>::do_set_staff(id, account.clone(), *roles)?;
	}
	for jurisdiction in &genesis.board_authorities {
		Pallet::<T>::do_authorise_board(id, *jurisdiction)?;
	}
	if let Some(key) = genesis.encryption_key {
		Pallet::<T>::do_publish_organisation_key(id, key)?;
	}
	Pallet::<T>::do_set_endpoint(id, bounded(genesis.endpoint.as_bytes())?)
}

fn register<T: Config>(genesis: &GenesisPractitioner<T::AccountId>) -> Result<(), DispatchError> {
	let id = Pallet::<T>::do_register_practitioner(genesis.account.clone(), genesis.npi)?;
	for licence in &genesis.licences {
		Pallet::<T>::do_issue_licence(
			licence.board,
			id,
			licence.class,
			bounded(&licence.jurisdictions)?,
			licence.valid,
		)?;
	}
	Ok(())
}

/// A bounded copy.
fn bounded<Item: Clone, Bounded: TryFrom<Vec<Item>>>(
	items: &[Item],
) -> Result<Bounded, DispatchError> {
	items.to_vec().try_into().map_err(|_| "longer than its bound".into())
}
