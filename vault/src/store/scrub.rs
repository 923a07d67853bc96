//! Removing rows so that the file does not hold them any more.
//!
//! redb writes a change to other pages and leaves what was there until it needs the room. So what is
//! erased is first removed, and then all room that holds no rows is written over: rows of one page each
//! go into a table of their own until the file has to grow for the next, and that table is dropped. How
//! the removed rows began is noted, and looked for in the file before the note goes.

use super::{table, Map, Queue, Rows, Store, StoreError, Writing, SCRUBBING};
use codec::Encode;
use redb::{Database, Durability, WriteTransaction};
use std::{fs::File, io::Read};

/// What room is filled with. Not in a backup.
const FILLER: &str = "filler";
/// Bytes of a row that fills a page of 4 KiB: two of them do not fit in one.
const ROW: usize = 3600;
/// Rows in one transaction, so that others get their turn.
const ROWS: u64 = 2048;
/// Transactions after which room that was given up can be taken.
const SETTLED: u64 = 3;
/// Bytes by which a removed row is known again: its random nonce.
const MARK: usize = 24;
/// Bytes of the file that are looked at in one go.
const WINDOW: usize = 1024 * 1024;

impl Writing<'_> {
	/// Removes the row with this key, and has [`Store::scrub`] see to it that the file does not hold it
	/// any more. Whether there was one.
	pub(crate) fn erase<K: Encode, V>(&self, map: &Map<K, V>, key: &K) -> Result<bool, StoreError> {
		let place = self.sealing.blind(map.name, &key.encode());
		if let Some(sealed) = self.sealed(map.name, &place)? {
			let mark = sealed.get(..MARK).ok_or(StoreError::Damaged)?.to_vec();
			self.push(&SCRUBBING, &mark)?;
		}
		self.remove(map, key)
	}
}

impl Writing<'_> {
	/// The same with the row of this number.
	pub(crate) fn erase_at<V>(&self, queue: &Queue<V>, number: u64) -> Result<(), StoreError> {
		if let Some(sealed) = self.sealed(queue.name, &number.to_be_bytes())? {
			let mark = sealed.get(..MARK).ok_or(StoreError::Damaged)?.to_vec();
			self.push(&SCRUBBING, &mark)?;
		}
		self.drop_at(queue, number)
	}
}

impl Store {
	/// Writes over what the file held of removed rows. Whether it holds none of those any more that were
	/// erased; if it does, somebody reads an older state: try again later.
	pub(crate) fn scrub(&self) -> Result<bool, StoreError> {
		let marks = self.read(|rows| rows.first(&SCRUBBING, usize::MAX))?;
		if marks.is_empty() {
			return Ok(true);
		}
		let filled = self.fill();
		// Also where a disk is full: nothing else could be written.
		let emptied = begin(&self.database)?;
		emptied.delete_table(table(FILLER))?;
		emptied.commit()?;
		filled?;
		let clean = self.holds_none(marks.iter().map(|(_, mark)| mark.as_slice()).collect())?;
		if clean {
			self.write::<_, StoreError>(|rows| {
				marks.iter().try_for_each(|(number, _)| rows.drop_at(&SCRUBBING, *number))
			})?;
		}
		Ok(clean)
	}

	/// Writes over all room that holds no rows.
	fn fill(&self) -> Result<(), StoreError> {
		for _ in 0..SETTLED {
			self.filled(0, 1)?;
		}
		let mut from = 0;
		while !self.filled(from, ROWS)? {
			from = from.saturating_add(ROWS);
		}
		Ok(())
	}

	/// Writes so many rows that fill a page. Whether the file had to grow for them.
	fn filled(&self, from: u64, rows: u64) -> Result<bool, StoreError> {
		let before = self.length()?;
		let transaction = begin(&self.database)?;
		let mut table = transaction.open_table(table(FILLER))?;
		let filler = [0; ROW];
		for number in from..from.saturating_add(rows) {
			table.insert(number.to_be_bytes().as_slice(), filler.as_slice())?;
		}
		drop(table);
		let grown = self.length()? > before;
		transaction.commit()?;
		Ok(grown)
	}

	fn length(&self) -> Result<u64, StoreError> {
		Ok(std::fs::metadata(&self.path).map_err(file)?.len())
	}

	/// Whether none of these marks is in the file.
	fn holds_none(&self, marks: Vec<&[u8]>) -> Result<bool, StoreError> {
		let mut opened = File::open(&self.path).map_err(file)?;
		let mut seen = Vec::with_capacity(WINDOW.saturating_add(MARK));
		loop {
			let read = (&mut opened).take(WINDOW as u64).read_to_end(&mut seen).map_err(file)?;
			if seen.windows(MARK).any(|bytes| marks.contains(&bytes)) {
				return Ok(false);
			}
			if read == 0 {
				return Ok(true);
			}
			// What lies across two windows is seen in the next.
			seen.drain(..seen.len().saturating_sub(MARK));
		}
	}
}

fn begin(database: &Database) -> Result<WriteTransaction, StoreError> {
	let mut transaction = database.begin_write()?;
	transaction.set_durability(Durability::Immediate)?;
	Ok(transaction)
}

fn file(error: std::io::Error) -> StoreError {
	StoreError::Database(Box::new(redb::Error::Io(error)))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::store::ProfileRow;
	use crate::store::{Identity, PROFILES};
	use salus_client::vault_api::DatabaseKey;

	#[test]
	fn what_was_erased_is_not_in_the_file_any_more() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("vault.redb");
		let key = DatabaseKey { key: [1; 32] };
		let store = Store::open(&path, &key, Identity::new([2; 32], 1)).unwrap();
		let row = |number: u32| ProfileRow { version: number, file: vec![7; 900] };
		store
			.write::<_, StoreError>(|rows| {
				(0..400).try_for_each(|number| rows.put(&PROFILES, &number, &row(number)))
			})
			.unwrap();
		let place = store.sealing.blind(PROFILES.name, &17u32.encode());
		let old = store.read(|rows| rows.sealed(PROFILES.name, &place)).unwrap().unwrap();
		// Written anew: the sealed row of before lies in the file still.
		store.write::<_, StoreError>(|rows| rows.put(&PROFILES, &17, &row(17))).unwrap();
		let sealed = store.read(|rows| rows.sealed(PROFILES.name, &place)).unwrap().unwrap();
		let lies_there = |sealed: &[u8]| {
			let file = std::fs::read(&path).unwrap();
			// Any part of it, beyond chance.
			sealed.chunks_exact(32).any(|part| file.windows(32).any(|bytes| bytes == part))
		};
		store.write(|rows| rows.erase(&PROFILES, &17)).unwrap();
		assert!(lies_there(&sealed), "removing alone leaves it there");
		assert!(store.scrub().unwrap());
		assert!(!lies_there(&sealed), "the row");
		assert!(!lies_there(&old), "what it was before");
		assert!(store.read(|rows| rows.first(&SCRUBBING, 1)).unwrap().is_empty());
		// The others are as they were, also after the next start.
		let there = |store: &Store| {
			(0..400)
				.filter(|number| {
					store.read(|rows| rows.get(&PROFILES, number)).unwrap() == Some(row(*number))
				})
				.count()
		};
		assert_eq!(there(&store), 399);
		drop(store);
		assert!(!lies_there(&sealed));
		let store = Store::open(&path, &key, Identity::new([2; 32], 1)).unwrap();
		assert_eq!(there(&store), 399);
	}

	#[test]
	fn a_row_of_a_queue_leaves_the_file_too() {
		const ROWS: Queue<Vec<u8>> = Queue::named("erased-objects");
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("vault.redb");
		let key = DatabaseKey { key: [1; 32] };
		let store = Store::open(&path, &key, Identity::new([2; 32], 1)).unwrap();
		let number = store.write::<_, StoreError>(|rows| rows.push(&ROWS, &vec![7; 900])).unwrap();
		store.write(|rows| rows.erase_at(&ROWS, number)).unwrap();
		let (left, marks) = store
			.read(|rows| Ok((rows.first(&ROWS, 9)?.len(), rows.first(&SCRUBBING, 9)?.len())))
			.unwrap();
		assert_eq!((left, marks), (0, 1));
		assert!(store.scrub().unwrap());
	}

	#[test]
	fn who_reads_an_older_state_is_waited_for() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("vault.redb");
		let key = DatabaseKey { key: [1; 32] };
		let store = Store::open(&path, &key, Identity::new([2; 32], 1)).unwrap();
		let row = ProfileRow { version: 1, file: vec![7; 900] };
		store.write::<_, StoreError>(|rows| rows.put(&PROFILES, &1, &row)).unwrap();
		store
			.read(|_| {
				store.write(|rows| rows.erase(&PROFILES, &1))?;
				assert!(!store.scrub()?);
				Ok(())
			})
			.unwrap();
		assert!(store.scrub().unwrap());
	}
}
