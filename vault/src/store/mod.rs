//! The vault's database: redb, with every value sealed and every key blinded under keys that come
//! from the key service, so that the file alone tells nothing.
//!
//! Two shapes of table: a [`Map`], whose rows lie under blinded keys, and a [`Queue`], whose rows lie
//! under running numbers that say nothing. A change is one transaction ([`Store::write`]), durable
//! when it returns.

mod asks;
mod attempts;
pub(crate) mod bulk;
mod cards;
mod count;
mod emergencies;
mod finding;
mod holding;
mod keeping;
mod links;
mod papers;
mod raw;
mod recalls;
mod rendezvous;
mod scrub;
pub(crate) mod sealing;
mod tables;
#[cfg(test)]
mod tests;

pub(crate) use asks::*;
pub(crate) use attempts::*;
pub(crate) use cards::*;
pub(crate) use emergencies::*;
pub(crate) use finding::*;
pub(crate) use holding::*;
pub(crate) use keeping::*;
pub(crate) use links::*;
pub(crate) use papers::*;
pub(crate) use raw::{SealedRow, Unopened};
pub(crate) use recalls::*;
pub(crate) use rendezvous::*;
pub(crate) use tables::*;

pub(crate) use sealing::mac;

use codec::{Decode, Encode};
use redb::{
	Database, Durability, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
	WriteTransaction,
};
use salus_client::vault_api::DatabaseKey;
use salus_primitives::ids::OrganisationId;
use sealing::Sealing;
use std::{
	marker::PhantomData,
	path::{Path, PathBuf},
};

/// The form of the rows; another one is not read.
const FORMAT: u32 = 2;

/// Why the store does not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
	/// The database failed.
	#[error("the database failed: {0}")]
	Database(#[from] Box<redb::Error>),
	/// A row does not open or does not decode.
	#[error("a row of the database is damaged")]
	Damaged,
	/// No row opens: the key is another one.
	#[error(
		"the database was made with another key: start the key service with the key file that it \
		 was made with"
	)]
	WrongKey,
	/// Another process has it open.
	#[error("the database is open in another process: stop that one first")]
	InUse,
	/// It was made by another version.
	#[error("the database has format {0}; this program reads format 2")]
	WrongFormat(u32),
	/// It was made for another chain.
	#[error(
		"the database belongs to another chain: choose the node of that chain or another --data"
	)]
	WrongChain,
	/// It was made for another organisation.
	#[error("the database belongs to organisation {0}: choose another --data")]
	WrongOrganisation(OrganisationId),
	/// The operating system gave no random bytes.
	#[error("the operating system gave no random bytes")]
	Random,
}

/// redb has one error type per step; a row's reader does not care which.
macro_rules! from_redb {
	($($error:ident),+) => {
		$(impl From<redb::$error> for StoreError {
			fn from(error: redb::$error) -> Self {
				Self::Database(Box::new(error.into()))
			}
		})+
	};
}
from_redb!(StorageError, TableError, TransactionError, CommitError, SetDurabilityError);

impl From<redb::DatabaseError> for StoreError {
	fn from(error: redb::DatabaseError) -> Self {
		match error {
			redb::DatabaseError::DatabaseAlreadyOpen => Self::InUse,
			error => Self::Database(Box::new(error.into())),
		}
	}
}

/// A table whose rows lie under blinded keys.
pub(crate) struct Map<K, V> {
	name: &'static str,
	types: PhantomData<fn(K) -> V>,
}

impl<K, V> Map<K, V> {
	/// The table of this name.
	pub(crate) const fn named(name: &'static str) -> Self {
		Self { name, types: PhantomData }
	}
}

/// A table whose rows lie under running numbers.
pub(crate) struct Queue<V> {
	name: &'static str,
	types: PhantomData<fn() -> V>,
}

impl<V> Queue<V> {
	/// The queue of this name.
	pub(crate) const fn named(name: &'static str) -> Self {
		Self { name, types: PhantomData }
	}
}

const fn table(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
	TableDefinition::new(name)
}

/// Whose database this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Identity {
	/// The form of its rows.
	format: u32,
	/// Genesis hash of the chain.
	pub(crate) genesis: [u8; 32],
	/// The organisation.
	pub(crate) organisation: OrganisationId,
}

impl Identity {
	/// The database of `organisation` on the chain with this genesis.
	pub(crate) const fn new(genesis: [u8; 32], organisation: OrganisationId) -> Self {
		Self { format: FORMAT, genesis, organisation }
	}
}

/// The database.
pub(crate) struct Store {
	/// The file.
	path: PathBuf,
	database: Database,
	sealing: Sealing,
}

impl Store {
	/// Opens the database at `path`, or makes it.
	pub(crate) fn open(
		path: &Path,
		key: &DatabaseKey,
		identity: Identity,
	) -> Result<Self, StoreError> {
		let store = Self {
			path: path.into(),
			database: Database::create(path)?,
			sealing: Sealing::new(key),
		};
		let begun = store.database.begin_write()?;
		for name in tables::NAMES {
			begun.open_table(table(name))?;
		}
		begun.commit()?;
		store.write(|rows| {
			let first = Store::rows(&rows.transaction, IDENTITY.name)?;
			let known = match rows.get(&IDENTITY, &()) {
				Err(StoreError::Damaged) => return Err(StoreError::WrongKey),
				known => known?,
			};
			match known {
				Some(Identity { format, .. }) if format != FORMAT => {
					Err(StoreError::WrongFormat(format))
				},
				Some(Identity { genesis, .. }) if genesis != identity.genesis => {
					Err(StoreError::WrongChain)
				},
				Some(Identity { organisation, .. }) if organisation != identity.organisation => {
					Err(StoreError::WrongOrganisation(organisation))
				},
				Some(_) => Ok(()),
				// A row is there, under a key blinded by another database key.
				None if first > 0 => Err(StoreError::WrongKey),
				None => rows.put(&IDENTITY, &(), &identity),
			}
		})?;
		Ok(store)
	}

	fn rows(transaction: &WriteTransaction, name: &str) -> Result<u64, StoreError> {
		use redb::ReadableTableMetadata;
		Ok(transaction.open_table(table(name))?.len()?)
	}

	/// Reads in one transaction.
	pub(crate) fn read<T>(
		&self,
		read: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>,
	) -> Result<T, StoreError> {
		read(&Reading { transaction: self.database.begin_read()?, sealing: &self.sealing })
	}

	/// Changes in one transaction: all or nothing, and on disk when this returns.
	pub(crate) fn write<T, E: From<StoreError>>(
		&self,
		write: impl FnOnce(&Writing<'_>) -> Result<T, E>,
	) -> Result<T, E> {
		let mut transaction = self.database.begin_write().map_err(StoreError::from)?;
		transaction.set_durability(Durability::Immediate).map_err(StoreError::from)?;
		let writing = Writing { transaction, sealing: &self.sealing };
		let done = write(&writing)?;
		writing.transaction.commit().map_err(StoreError::from)?;
		Ok(done)
	}
}

/// A place and the sealed value there.
type Sealed = (Vec<u8>, Vec<u8>);

/// Reading rows, in either kind of transaction.
pub(crate) trait Rows {
	/// The sealed value at this place.
	fn sealed(&self, table: &str, place: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
	/// The first places and sealed values.
	fn sealed_first(&self, table: &str, most: usize) -> Result<Vec<Sealed>, StoreError>;
	/// The keys.
	fn sealing(&self) -> &Sealing;

	/// The row with this key.
	fn get<K: Encode, V: Decode>(&self, map: &Map<K, V>, key: &K) -> Result<Option<V>, StoreError> {
		let place = self.sealing().blind(map.name, &key.encode());
		self.value(map.name, &place)
	}

	/// The row with this number.
	fn at<V: Decode>(&self, queue: &Queue<V>, number: u64) -> Result<Option<V>, StoreError> {
		self.value(queue.name, &number.to_be_bytes())
	}

	/// The first rows of the queue, in order of number.
	fn first<V: Decode>(&self, queue: &Queue<V>, most: usize) -> Result<Vec<(u64, V)>, StoreError> {
		self.sealed_first(queue.name, most)?
			.into_iter()
			.map(|(place, sealed)| {
				let opened = self.sealing().open(queue.name, &place, &sealed)?;
				let number = place.try_into().map_err(|_| StoreError::Damaged)?;
				Ok((u64::from_be_bytes(number), decode(&opened)?))
			})
			.collect()
	}

	/// The value at this place.
	fn value<V: Decode>(&self, table: &str, place: &[u8]) -> Result<Option<V>, StoreError> {
		self.sealed(table, place)?
			.map(|sealed| decode(&self.sealing().open(table, place, &sealed)?))
			.transpose()
	}
}

/// Padding may follow, so this does not ask that every byte was read.
fn decode<V: Decode>(mut bytes: &[u8]) -> Result<V, StoreError> {
	V::decode(&mut bytes).map_err(|_| StoreError::Damaged)
}

/// A read transaction.
pub(crate) struct Reading<'a> {
	transaction: ReadTransaction,
	sealing: &'a Sealing,
}

/// A write transaction.
pub(crate) struct Writing<'a> {
	transaction: WriteTransaction,
	sealing: &'a Sealing,
}

/// The same reads for both kinds of transaction.
macro_rules! impl_rows {
	($kind:ident) => {
		impl Rows for $kind<'_> {
			fn sealed(&self, name: &str, place: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
				let rows = self.transaction.open_table(table(name))?;
				let found = rows.get(place)?.map(|value| value.value().to_vec());
				Ok(found)
			}

			fn sealed_first(&self, name: &str, most: usize) -> Result<Vec<Sealed>, StoreError> {
				let rows = self.transaction.open_table(table(name))?;
				let mut found = Vec::new();
				for row in rows.iter()?.take(most) {
					let (place, value) = row?;
					found.push((place.value().to_vec(), value.value().to_vec()));
				}
				Ok(found)
			}

			fn sealing(&self) -> &Sealing {
				self.sealing
			}
		}
	};
}
impl_rows!(Reading);
impl_rows!(Writing);

impl Writing<'_> {
	/// Writes the row with this key.
	pub(crate) fn put<K: Encode, V: Encode>(
		&self,
		map: &Map<K, V>,
		key: &K,
		value: &V,
	) -> Result<(), StoreError> {
		let place = self.sealing.blind(map.name, &key.encode());
		self.put_at(map.name, &place, &value.encode())
	}

	/// Appends to the queue; numbers start at 0 and are reused only when the queue runs empty.
	pub(crate) fn push<V: Encode>(&self, queue: &Queue<V>, value: &V) -> Result<u64, StoreError> {
		let last = {
			let rows = self.transaction.open_table(table(queue.name))?;
			let last = rows.last()?.map(|(place, _)| place.value().to_vec());
			last
		};
		let number = match last {
			None => 0,
			Some(place) => {
				let place = place.try_into().map_err(|_| StoreError::Damaged)?;
				u64::from_be_bytes(place).checked_add(1).ok_or(StoreError::Damaged)?
			},
		};
		self.set(queue, number, value)?;
		Ok(number)
	}

	/// Writes the row with this number.
	pub(crate) fn set<V: Encode>(
		&self,
		queue: &Queue<V>,
		number: u64,
		value: &V,
	) -> Result<(), StoreError> {
		self.put_at(queue.name, &number.to_be_bytes(), &value.encode())
	}

	/// Removes the row with this key. Whether there was one.
	pub(crate) fn remove<K: Encode, V>(
		&self,
		map: &Map<K, V>,
		key: &K,
	) -> Result<bool, StoreError> {
		let place = self.sealing.blind(map.name, &key.encode());
		let mut rows = self.transaction.open_table(table(map.name))?;
		let was_there = rows.remove(place.as_slice())?.is_some();
		Ok(was_there)
	}

	/// Removes the row with this number.
	pub(crate) fn drop_at<V>(&self, queue: &Queue<V>, number: u64) -> Result<(), StoreError> {
		self.transaction
			.open_table(table(queue.name))?
			.remove(number.to_be_bytes().as_slice())?;
		Ok(())
	}

	fn put_at(&self, name: &str, place: &[u8], value: &[u8]) -> Result<(), StoreError> {
		let sealed = self.sealing.seal(name, place, value)?;
		self.transaction.open_table(table(name))?.insert(place, sealed.as_slice())?;
		Ok(())
	}
}
