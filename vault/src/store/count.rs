//! How many rows there are, which needs no key.

use super::{table, Map, Queue, Reading, StoreError};
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
