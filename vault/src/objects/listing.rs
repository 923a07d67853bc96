//! The objects as a whole, for backups.

use super::{place, storage, Name, Objects};
use crate::errors::Result;
use futures::{stream::BoxStream, StreamExt, TryStreamExt};
use object_store::{path::Path as Place, ObjectStore};
use salus_primitives::time::Moment;

impl Objects {
	/// Names of all objects that are there, how many bytes they have and when they were written, in no
	/// order.
	pub(crate) fn list(&self) -> BoxStream<'static, Result<(Name, u64, Moment)>> {
		self.files
			.list(None)
			.map_err(storage)
			.try_filter_map(|found| async move {
				let written = found.last_modified.timestamp_millis().try_into().unwrap_or(0);
				Ok(named(&found.location).map(|name| (name, found.size, written)))
			})
			.boxed()
	}

	/// Where they lie.
	pub(crate) fn files(&self) -> &dyn ObjectStore {
		&*self.files
	}

	/// Where in [`Self::files`] the object lies.
	pub(crate) fn place(name: &Name) -> Place {
		place(name)
	}
}

/// The name of the object at this place; none if it is no object's.
fn named(place: &Place) -> Option<Name> {
	let digits = place.as_ref().replacen('/', "", 1);
	let mut name = Name::default();
	hex::decode_to_slice(digits, &mut name).ok()?;
	Some(name)
}
