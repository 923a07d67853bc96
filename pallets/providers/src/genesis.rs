//! Providers at genesis.

use crate::{functions::Entry, Config, GenesisConfig, Pallet};
use alloc::{string::String, vec::Vec};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, OrganisationKind, Roles},
	ids::OrganisationId,
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
	/// Its National Provider Identifier.
	#[serde(default)]
	pub npi: Option<Npi>,
	/// Its first administrator.
	pub administrator: AccountId,
	/// Its other staff.
	#[serde(default = "Vec::new")]
	pub staff: Vec<(AccountId, Roles)>,
	/// The organisation at the head of the group that it belongs to.
	#[serde(default)]
	pub head: Option<OrganisationId>,
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
	/// The board that registered them. Whether it may license is not asked at genesis.
	pub registrar: OrganisationId,
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
	let entry = Entry {
		kind: genesis.kind,
		name: bounded(genesis.name.as_bytes())?,
		jurisdiction: genesis.jurisdiction,
		gln: genesis.gln,
		npi: genesis.npi,
		administrator: genesis.administrator.clone(),
	};
	let id = Pallet::<T>::do_enter(entry, None)?;
	for (account, roles) in &genesis.staff {
		Pallet::<T>::do_set_staff(id, account.clone(), *roles)?;
	}
	if let Some(key) = genesis.encryption_key {
		Pallet::<T>::do_publish_organisation_key(id, key)?;
	}
	if let Some(head) = genesis.head {
		Pallet::<T>::do_declare_affiliation(id, head)?;
	}
	Pallet::<T>::do_set_endpoint(id, bounded(genesis.endpoint.as_bytes())?)
}

fn register<T: Config>(genesis: &GenesisPractitioner<T::AccountId>) -> Result<(), DispatchError> {
	Pallet::<T>::stored(genesis.registrar)?;
	Pallet::<T>::do_register_practitioner(genesis.registrar, genesis.account.clone(), genesis.npi)?;
	Ok(())
}

/// A bounded copy.
fn bounded<Item: Clone, Bounded: TryFrom<Vec<Item>>>(
	items: &[Item],
) -> Result<Bounded, DispatchError> {
	items.to_vec().try_into().map_err(|_| "longer than its bound".into())
}
