//! How a backup lies in its place.
//!
//! | where | what |
//! |---|---|
//! | `objects/…` | a ciphertext, under its digest |
//! | `pieces/…` | some rows of a table, or some lines of the list of objects, under their digest |
//! | `manifests/number.json` | what belongs to a backup; it is whole when this is there |

use super::Fault;
use crate::{objects::Name, store::SealedRow};
use codec::{Decode, DecodeAll, Encode};
use futures::TryStreamExt;
use object_store::{path::Path as Place, ObjectStore, ObjectStoreExt};
use salus_client::vault_api::{hex_bytes, BackupSummary};
use salus_primitives::{
	ids::{Digest, OrganisationId},
	time::Moment,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use subtle::ConstantTimeEq;

/// The form of a backup; another one is not read.
pub(super) const FORMAT: u32 = 1;

/// Most bytes of a piece or manifest that are read.
const MAX_PIECE: u64 = 64 * 1024 * 1024;

const OBJECTS: &str = "objects";
const PIECES: &str = "pieces";
const MANIFESTS: &str = "manifests";

/// What belongs to a backup.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub(super) struct Manifest {
	pub(super) format: u32,
	pub(super) number: u32,
	pub(super) at: Moment,
	#[serde(with = "hex_bytes")]
	pub(super) genesis: [u8; 32],
	pub(super) organisation: OrganisationId,
	pub(super) tables: Vec<TableRows>,
	/// Pieces of the list of objects, each of [`ListedObject`]s.
	pub(super) object_lists: Vec<Digest>,
	pub(super) objects: u64,
	pub(super) object_bytes: u64,
	/// Of the objects, those that no backup before had.
	pub(super) new_objects: u64,
	pub(super) new_bytes: u64,
}

/// The rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub(super) struct TableRows {
	pub(super) name: String,
	pub(super) rows: u64,
	/// Pieces, each of [`SealedRow`]s.
	pub(super) pieces: Vec<Digest>,
}

/// An object of a backup: its name, its digest, how many bytes it has.
pub(super) type ListedObject = (Name, Digest, u64);

/// A manifest with the proof that the vault wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signed {
	pub(super) manifest: Manifest,
	#[serde(with = "hex_bytes")]
	pub(super) seal: [u8; 32],
}

impl Manifest {
	pub(super) fn summary(&self) -> BackupSummary {
		BackupSummary {
			number: self.number,
			at: self.at,
			rows: self.rows(),
			objects: self.objects,
			bytes: self.object_bytes,
			new_objects: self.new_objects,
			new_bytes: self.new_bytes,
		}
	}

	pub(super) fn rows(&self) -> u64 {
		self.tables.iter().fold(0, |sum, table| sum.saturating_add(table.rows))
	}

	/// Digests of all its pieces.
	pub(super) fn pieces(&self) -> impl Iterator<Item = &Digest> {
		self.tables.iter().flat_map(|table| &table.pieces).chain(&self.object_lists)
	}
}

impl Signed {
	/// Whether the vault that has this proof for the manifest wrote it.
	pub(super) fn is_sealed(&self, expected: &[u8; 32]) -> bool {
		self.seal.ct_eq(expected).into()
	}
}

pub(super) fn manifest_place(number: u32) -> Place {
	Place::from(format!("{MANIFESTS}/{number:010}.json"))
}

pub(super) fn piece_place(digest: &Digest) -> Place {
	under(PIECES, digest)
}

pub(super) fn object_place(digest: &Digest) -> Place {
	under(OBJECTS, digest)
}

fn under(folder: &str, digest: &Digest) -> Place {
	let digits = hex::encode(digest.0);
	let (first, rest) = digits.split_at(2);
	Place::from(format!("{folder}/{first}/{rest}"))
}

/// Numbers of the backups that are whole, in order.
pub(super) async fn numbers(store: &dyn ObjectStore) -> Result<Vec<u32>, Fault> {
	let found: Vec<_> = store.list(Some(&MANIFESTS.into())).try_collect().await?;
	let mut numbers: Vec<u32> = found
		.iter()
		.filter_map(|found| found.location.filename()?.strip_suffix(".json")?.parse().ok())
		.collect();
	numbers.sort_unstable();
	Ok(numbers)
}

/// Digests of the pieces that are there.
pub(super) async fn pieces(store: &dyn ObjectStore) -> Result<HashSet<Digest>, Fault> {
	Ok(there(store, PIECES).await?.into_keys().collect())
}

/// Digests of the objects that are there, and how many bytes they have.
pub(super) async fn objects(store: &dyn ObjectStore) -> Result<HashMap<Digest, u64>, Fault> {
	there(store, OBJECTS).await
}

async fn there(store: &dyn ObjectStore, folder: &str) -> Result<HashMap<Digest, u64>, Fault> {
	let mut found = HashMap::new();
	let mut listed = store.list(Some(&folder.into()));
	while let Some(one) = listed.try_next().await? {
		if let Some(digest) = digits(&one.location) {
			found.insert(Digest(digest), one.size);
		}
	}
	Ok(found)
}

/// The digits of a place's last two parts.
fn digits(place: &Place) -> Option<[u8; 32]> {
	let mut parts = place.as_ref().rsplit('/');
	let (file, folder) = (parts.next()?, parts.next()?);
	let mut bytes = [0; 32];
	hex::decode_to_slice(format!("{folder}{file}"), &mut bytes).ok()?;
	Some(bytes)
}

/// The newest whole backup, if there is one.
pub(super) async fn latest(store: &dyn ObjectStore) -> Result<Option<Signed>, Fault> {
	match numbers(store).await?.last() {
		Some(number) => manifest(store, *number).await.map(Some),
		None => Ok(None),
	}
}

/// The manifest of the backup with this number.
pub(super) async fn manifest(store: &dyn ObjectStore, number: u32) -> Result<Signed, Fault> {
	let place = manifest_place(number);
	let bytes = fetch(store, &place).await?;
	let signed: Signed =
		serde_json::from_slice(&bytes).map_err(|_| Fault::Damaged(place.clone()))?;
	if signed.manifest.format != FORMAT {
		return Err(Fault::Other(format!(
			"the backup has format {}; this program reads format {FORMAT}",
			signed.manifest.format
		)));
	}
	if signed.manifest.number != number {
		return Err(Fault::Damaged(place));
	}
	Ok(signed)
}

/// The rows in a piece.
pub(super) async fn rows(
	store: &dyn ObjectStore,
	digest: &Digest,
) -> Result<Vec<SealedRow>, Fault> {
	piece(store, digest).await
}

/// The objects in a piece of the list.
pub(super) async fn listed(
	store: &dyn ObjectStore,
	digest: &Digest,
) -> Result<Vec<ListedObject>, Fault> {
	piece(store, digest).await
}

async fn piece<T: Decode>(store: &dyn ObjectStore, digest: &Digest) -> Result<Vec<T>, Fault> {
	let place = piece_place(digest);
	let bytes = fetch(store, &place).await?;
	if Digest::of(&bytes) != *digest {
		return Err(Fault::Damaged(place));
	}
	Vec::decode_all(&mut bytes.as_ref()).map_err(|_| Fault::Damaged(place))
}

async fn fetch(store: &dyn ObjectStore, place: &Place) -> Result<bytes::Bytes, Fault> {
	let found = store.get(place).await.map_err(|error| missing(place, error))?;
	if found.meta.size > MAX_PIECE {
		return Err(Fault::Damaged(place.clone()));
	}
	found.bytes().await.map_err(|error| missing(place, error))
}

/// What an error of reading this place means.
pub(super) fn missing(place: &Place, error: object_store::Error) -> Fault {
	match error {
		object_store::Error::NotFound { .. } => Fault::Missing(place.clone()),
		error => Fault::Storage(error),
	}
}
