//! Rows as they lie, sealed, for backups; nothing here needs the key of a row.

use super::{decode, table, tables, Map, Store, StoreError};
use codec::Decode;
use redb::{Database, Durability, ReadableDatabase, ReadableTable};
use std::{ops::Bound, path::Path};

/// A place and the sealed value there.
pub(crate) type SealedRow = (Vec<u8>, Vec<u8>);

/// Longest name of a table that is taken from outside.
const MAX_NAME: usize = 64;

impl Store {
	/// Shows every row of one moment as it lies: table by table, in order of places.
	pub(crate) fn export<E: From<StoreError>>(
		&self,
		mut each: impl FnMut(&'static str, SealedRow) -> Result<(), E>,
	) -> Result<(), E> {
		let transaction = self.database.begin_read().map_err(StoreError::from)?;
		for name in tables::NAMES {
			let rows = transaction.open_table(table(name)).map_err(StoreError::from)?;
			for row in rows.iter().map_err(StoreError::from)? {
				let (place, value) = row.map_err(StoreError::from)?;
				each(name, (place.value().to_vec(), value.value().to_vec()))?;
			}
		}
		Ok(())
	}

	/// Some rows of a map in order of their places, which come with them, behind the place `after`.
	pub(crate) fn page<K, V: Decode>(
		&self,
		map: &Map<K, V>,
		after: Option<&[u8]>,
		most: usize,
	) -> Result<Vec<(Vec<u8>, V)>, StoreError> {
		let transaction = self.database.begin_read()?;
		let rows = transaction.open_table(table(map.name))?;
		let from = after.map_or(Bound::Unbounded, Bound::Excluded);
		let mut found = Vec::new();
		for row in rows.range::<&[u8]>((from, Bound::Unbounded))?.take(most) {
			let (place, value) = row?;
			let opened = self.sealing.open(map.name, place.value(), value.value())?;
			found.push((place.value().to_vec(), decode(&opened)?));
		}
		Ok(found)
	}

	/// Proof that whoever holds this database's key wrote these bytes.
	pub(crate) fn vouch(&self, bytes: &[u8]) -> [u8; 32] {
		// No table has this name, so it is no row's place.
		self.sealing.blind("salus/backup", bytes)
	}
}

/// A database that is filled with rows as they lie.
pub(crate) struct Unopened(Database);

impl Unopened {
	/// Makes the file, which must not be there.
	pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
		Ok(Self(Database::create(path)?))
	}

	/// Writes rows of a table, durable when this returns.
	pub(crate) fn fill(&self, name: &str, rows: &[SealedRow]) -> Result<(), StoreError> {
		if name.is_empty() || name.len() > MAX_NAME {
			return Err(StoreError::Damaged);
		}
		let mut transaction = self.0.begin_write()?;
		transaction.set_durability(Durability::Immediate)?;
		let mut filled = transaction.open_table(table(name))?;
		for (place, value) in rows {
			filled.insert(place.as_slice(), value.as_slice())?;
		}
		drop(filled);
		transaction.commit()?;
		Ok(())
	}

	/// How many rows the table has.
	pub(crate) fn rows(&self, name: &str) -> Result<u64, StoreError> {
		use redb::ReadableTableMetadata;
		Ok(self.0.begin_read()?.open_table(table(name))?.len()?)
	}
}
