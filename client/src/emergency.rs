//! Break-glass on the side of those who break it and those who look at it afterwards: the files that stay
//! off the chain.

mod search;

pub use search::SearchFile;

use crate::{
	error::{Error, Result},
	sealed_file::{random, write_new},
	vault_api::{ShownInEmergency, SignedStatement},
};
use salus_primitives::{
	break_glass::{
		AccountTerms, BreakGlassStatement, BreakGlassTerms, FindingsTerms, ShownBreakGlass,
	},
	ids::{BreakGlassId, OrganisationId, PractitionerId, Salt, Seal},
	seal::{Opening, Sealable},
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::path::Path;

/// What a file that cannot be read should have been.
const FORMAT: &str = "break-glass file";

/// What opens a break-glass: which one, and the chart that its seal hides. Whoever has it knows whose
/// chart was opened, so it lies in a file for its owner alone; but for the clinician who broke the glass it
/// opens no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlassFile {
	/// Genesis hash of the chain.
	#[serde(with = "crate::vault_api::hex_bytes")]
	pub genesis: [u8; 32],
	/// For whom the clinician acts.
	pub organisation: OrganisationId,
	/// What vaults are shown.
	#[serde(flatten)]
	pub shown: ShownBreakGlass,
	/// What the clinician signed, if finality stalled, so that the chain was not told.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub statement: Option<SignedStatement>,
}

impl GlassFile {
	/// A new one, under a fresh id and seal.
	pub fn new(
		genesis: [u8; 32],
		organisation: OrganisationId,
		practitioner: PractitionerId,
		terms: BreakGlassTerms,
	) -> Result<Self> {
		let id = BreakGlassId::derive(&genesis, organisation, practitioner, &fresh()?);
		let opening = Opening { terms, salt: fresh()? };
		let shown = ShownBreakGlass { id, opening };
		Ok(Self { genesis, organisation, shown, statement: None })
	}

	/// A new one under a fresh seal, by what `sign` makes of it while finality stalls.
	pub fn stated(
		terms: BreakGlassTerms,
		sign: impl FnOnce(Seal) -> SignedStatement,
	) -> Result<Self> {
		let opening = Opening { terms, salt: fresh()? };
		let said = sign(opening.seal());
		let BreakGlassStatement { genesis, organisation, .. } = said.statement;
		let shown = ShownBreakGlass { id: said.statement.id(), opening };
		Ok(Self { genesis, organisation, shown, statement: Some(said) })
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
	pub fn at(&self, head: u32) -> ShownInEmergency {
		ShownInEmergency { shown: self.shown.clone(), head, statement: self.statement }
	}
}

/// The id in the file of a break-glass, whether it is about a chart or a search.
pub fn id_in(path: &Path) -> Result<BreakGlassId> {
	#[derive(Deserialize)]
	struct Named {
		id: BreakGlassId,
	}
	Ok(read::<Named>(path)?.id)
}

/// Seals an own account. The file is for the reviewers, and must not be there yet.
pub fn seal_account(path: &Path, terms: AccountTerms) -> Result<Opening<AccountTerms>> {
	seal(path, terms)
}

/// Seals what a reviewer found. The file is for the parties, and must not be there yet.
pub fn seal_findings(path: &Path, terms: FindingsTerms) -> Result<Opening<FindingsTerms>> {
	seal(path, terms)
}

/// Seals and writes before anything is on the chain: what the chain's seal hides is never lost. Where an
/// earlier attempt wrote the same already, that counts, so that it can be gone on with.
fn seal<T>(path: &Path, terms: T) -> Result<Opening<T>>
where
	T: Sealable + PartialEq + Serialize + DeserializeOwned,
{
	let opening = Opening { terms, salt: fresh()? };
	match write(path, &opening) {
		Err(Error::FileExists(taken)) => {
			let before: Opening<T> = read(path)?;
			if before.terms == opening.terms {
				Ok(before)
			} else {
				Err(Error::FileExists(taken))
			}
		},
		written => written.map(|()| opening),
	}
}

fn fresh() -> Result<Salt> {
	let mut salt = Salt::default();
	random(&mut salt.0)?;
	Ok(salt)
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
	let json = std::fs::read(path).map_err(Error::io(path))?;
	serde_json::from_slice(&json).map_err(|fault| Error::WrongFormat {
		path: path.into(),
		format: FORMAT,
		detail: fault.to_string(),
	})
}

fn write(path: &Path, content: &impl Serialize) -> Result<()> {
	let json = serde_json::to_vec_pretty(content).map_err(|fault| Error::io(path)(fault.into()))?;
	write_new(path, &json)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{codes::ReviewOutcome, ids::ChartId, search::SearchTerms};

	fn glass() -> GlassFile {
		let terms = BreakGlassTerms { chart: ChartId([4; 32]), custodian: 1 };
		GlassFile::new([1; 32], 2, 3, terms).unwrap()
	}

	#[test]
	fn no_two_are_alike() {
		let (one, other) = (glass(), glass());
		assert_ne!(one.shown.id, other.shown.id);
		assert_ne!(one.shown.opening.seal(), other.shown.opening.seal());
	}

	#[test]
	fn what_was_stated_is_shown_under_the_statements_id() {
		let terms = BreakGlassTerms { chart: ChartId([4; 32]), custodian: 1 };
		let by = crate::keys::KeyFile::from_dev_uri("//A").unwrap().into_identity();
		let stated = GlassFile::stated(terms, |seal| {
			let statement = BreakGlassStatement {
				domain: salus_primitives::break_glass::BREAK_GLASS_DOMAIN,
				genesis: [1; 32],
				number: 7,
				head: [2; 32],
				account: by.account(),
				organisation: 2,
				reason: salus_primitives::codes::BreakGlassReason::Emergency,
				seal,
				at: 9,
			};
			SignedStatement { statement, signature: by.sign(&statement.signable()[0]) }
		})
		.unwrap();
		let said = stated.statement.unwrap();
		assert_eq!((stated.genesis, stated.organisation), ([1; 32], 2));
		assert_eq!(stated.shown.id, said.statement.id());
		assert_eq!(stated.shown.opening.seal(), said.statement.seal);
		assert!(said.signature.verify_any(&said.statement.signable(), &by.account()));
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("glass.json");
		stated.write(&path).unwrap();
		assert_eq!(GlassFile::read(&path).unwrap(), stated);
		assert_eq!(stated.at(8).statement, Some(said));
	}

	#[test]
	fn the_file_is_its_owners_and_never_written_over() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("glass.json");
		let glass = glass();
		glass.write(&path).unwrap();
		assert_eq!(GlassFile::read(&path).unwrap(), glass);
		assert!(matches!(glass.write(&path), Err(Error::FileExists(_))));
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
		}
		std::fs::write(&path, "{}").unwrap();
		assert!(matches!(GlassFile::read(&path), Err(Error::WrongFormat { .. })));
	}

	#[test]
	fn a_search_is_no_break_glass_about_a_chart() {
		let folder = tempfile::tempdir().unwrap();
		let (glass_file, search_file) = (folder.path().join("glass"), folder.path().join("search"));
		let glass = glass();
		glass.write(&glass_file).unwrap();
		let terms = |salt: &Salt| SearchTerms::person(&"who", salt);
		let search = SearchFile::new([1; 32], 2, 3, vec![1], terms).unwrap();
		search.write(&search_file).unwrap();
		assert_eq!(SearchFile::read(&search_file).unwrap(), search);
		assert_eq!(search.shown.opening.terms, terms(&search.shown.opening.salt));
		assert_eq!(id_in(&search_file).unwrap(), search.shown.id);
		assert_eq!(id_in(&glass_file).unwrap(), glass.shown.id);
		assert!(matches!(GlassFile::read(&search_file), Err(Error::WrongFormat { .. })));
		assert!(matches!(SearchFile::read(&glass_file), Err(Error::WrongFormat { .. })));
	}

	#[test]
	fn what_was_said_is_sealed_once() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("own.json");
		let said = |text: &str| AccountTerms {
			break_glass: BreakGlassId([1; 32]),
			statement: text.parse().unwrap(),
		};
		let opening = seal_account(&path, said("he was unconscious")).unwrap();
		// An attempt that broke off goes on with what it wrote.
		assert_eq!(seal_account(&path, said("he was unconscious")).unwrap(), opening);
		assert!(matches!(seal_account(&path, said("other")), Err(Error::FileExists(_))));
		let findings = FindingsTerms {
			break_glass: BreakGlassId([1; 32]),
			outcome: ReviewOutcome::Justified,
			statement: Default::default(),
		};
		assert!(seal_findings(&path, findings).is_err());
	}
}
