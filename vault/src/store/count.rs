//! How many rows there are, and removing all of them; neither needs a key.

use super::{table, Map, Queue, Reading, StoreError, Writing};
use redb::ReadableTableMetadata;

impl Reading<'_> {
	/// Rows in the queue.
	pub(crate) fn count<V>(&self, queue: &Queue<V>) -> Result<u64, StoreError> {
		Ok(self.transaction.open_table(table(queue.name))?.len()?)
	}

	/// Rows in the map.
	pub(crate) fn count_map<K, V>(&self, map: &Map<K, V>) -> Result<u64, StoreError> {
		Ok(self.transaction.open_table(table(map.name))?.len()?)
	}
}

impl Writing<'_> {
	/// Removes all rows of the map.
	pub(crate) fn clear<K, V>(&self, map: &Map<K, V>) -> Result<(), StoreError> {
		self.transaction.delete_table(table(map.name))?;
		// Every table exists.
		self.transaction.open_table(table(map.name))?;
		Ok(())
	}
}
