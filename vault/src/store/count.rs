//! How many rows wait in a queue, which needs no key.

use super::{table, Queue, Reading, StoreError};
use redb::ReadableTableMetadata;

impl Reading<'_> {
	/// Rows in the queue.
	pub(crate) fn count<V>(&self, queue: &Queue<V>) -> Result<u64, StoreError> {
		Ok(self.transaction.open_table(table(queue.name))?.len()?)
	}
}
