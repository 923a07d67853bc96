//! What the vault keeps of attempts to get a record.

use super::{Map, Queue};
use codec::{Decode, Encode};
use salus_primitives::{
	codes::{Action, Purpose},
	decision::{Accessor, Basis},
	ids::{AccountBytes, Digest, RecordId},
	time::Moment,
};

/// Attempts that were released something, by the digest of their random name.
pub(crate) const ATTEMPTS: Map<Digest, AttemptRow> = Map::named("attempts");
/// The same names in the order in which they came.
pub(crate) const ATTEMPT_NAMES: Queue<AttemptName> = Queue::named("attempt-names");

/// An attempt, and its line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AttemptRow {
	pub(crate) account: AccountBytes,
	pub(crate) accessor: Accessor,
	pub(crate) record: RecordId,
	pub(crate) action: Action,
	pub(crate) purpose: Purpose,
	/// In whose right it was released; none once it was refused, or the line was taken back.
	pub(crate) basis: Option<Basis>,
	/// Sequence of the line.
	pub(crate) sequence: u32,
	/// Whether another request went on with that line.
	pub(crate) went_on: bool,
	/// First moment at which the name is nothing any more.
	pub(crate) until: Moment,
}

/// When an attempt's row goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct AttemptName {
	pub(crate) name: Digest,
	pub(crate) until: Moment,
}
