//! The file of a search.

use super::{fresh, read, write};
use crate::{error::Result, vault_api::ShownInSearch};
use salus_primitives::{
	ids::{BreakGlassId, OrganisationId, PractitionerId, Salt},
	seal::Opening,
	search::{SearchTerms, ShownSearch},
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What opens a search, and whom it asks. It names nobody and opens nothing; whoever has it and guesses whom a
/// search by name was for can see that the guess is right, so it lies in a file for its owner alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchFile {
	/// Genesis hash of the chain.
	#[serde(with = "crate::vault_api::hex_bytes")]
	pub genesis: [u8; 32],
	/// For whom the clinician acts.
	pub organisation: OrganisationId,
	/// Who is asked.
	pub custodians: Vec<OrganisationId>,
	/// What vaults are shown.
	#[serde(flatten)]
	pub shown: ShownSearch,
}

impl SearchFile {
	/// A new one, under a fresh id and seal; `terms` gives what it seals with this salt.
	pub fn new(
		genesis: [u8; 32],
		organisation: OrganisationId,
		practitioner: PractitionerId,
		custodians: Vec<OrganisationId>,
		terms: impl FnOnce(&Salt) -> SearchTerms,
	) -> Result<Self> {
		let id = BreakGlassId::derive(&genesis, organisation, practitioner, &fresh()?);
		let salt = fresh()?;
		let opening = Opening { terms: terms(&salt), salt };
		Ok(Self { genesis, organisation, custodians, shown: ShownSearch { id, opening } })
	}

	/// Reads it from a file.
	pub fn read(path: &Path) -> Result<Self> {
		read(path)
	}

	/// Writes it to a file that must not be there yet.
	pub fn write(&self, path: &Path) -> Result<()> {
		write(path, self)
	}

	/// What goes to a vault that must have seen this block of the finalised chain.
	pub fn at(&self, head: u32) -> ShownInSearch {
		ShownInSearch { shown: self.shown.clone(), head }
	}
}
