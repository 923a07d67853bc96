//! What the vault keeps of transfers.

use crate::store::{PendingRecord, WaitingRecord};
use codec::{Decode, Encode};
use salus_client::vault_api::{MovingRecord, MovingState, Transfer, TransferId, TransferWord};
use salus_primitives::ids::{ChartId, OrganisationId, RecordId};

/// A transfer of records to another custodian.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TransferRow {
	/// The person's word.
	pub(crate) word: TransferWord,
	/// The records, in the order of their chart.
	pub(crate) records: Vec<Moving>,
	/// Whether what was not taken over stays.
	pub(crate) withdrawn: bool,
}

/// A record of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Moving {
	pub(crate) record: RecordId,
	/// Its place in the chart.
	pub(crate) sequence: u32,
	pub(crate) state: MovingState,
	/// Whether the chart's log tells that the receiver got it.
	pub(crate) logged: bool,
}

impl TransferRow {
	/// Its name.
	pub(crate) fn id(&self) -> TransferId {
		self.word.statement.id()
	}

	/// Whether something more becomes of it.
	pub(crate) fn is_open(&self) -> bool {
		self.records.iter().any(|moving| !moving.state.is_final())
	}

	/// The record's part of it.
	pub(crate) fn moving(&self, record: &RecordId) -> Option<&Moving> {
		self.records.iter().find(|moving| moving.record == *record)
	}

	/// The same, to be changed.
	pub(crate) fn moving_mut(&mut self, record: &RecordId) -> Option<&mut Moving> {
		self.records.iter_mut().find(|moving| moving.record == *record)
	}

	/// What is told of it.
	pub(crate) fn told(&self) -> Transfer {
		let record = |moving: &Moving| MovingRecord {
			record: moving.record,
			sequence: moving.sequence,
			state: moving.state.clone(),
		};
		Transfer {
			id: self.id(),
			to: self.word.statement.to,
			withdrawn: self.withdrawn,
			records: self.records.iter().map(record).collect(),
		}
	}
}

/// What is left of a record that another custodian took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct MovedRow {
	/// The chart that it left.
	pub(crate) chart: ChartId,
	/// Who keeps it.
	pub(crate) to: OrganisationId,
	/// The finalised block at which this vault saw that.
	pub(crate) block: u32,
}

/// A custodian from whom records are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SourceRow {
	pub(crate) from: OrganisationId,
	/// Whether it still offers something, as far as is known.
	pub(crate) running: bool,
	/// Records taken over.
	pub(crate) received: u32,
}

/// A record of another custodian whose ciphertext is here, whole and checked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ArrivedRecord {
	pub(crate) from: OrganisationId,
	/// The record, in the person's chart here.
	pub(crate) record: WaitingRecord,
}

/// The same with its place in the chart, while it is taken over on chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TakenRecord {
	pub(crate) from: OrganisationId,
	pub(crate) record: PendingRecord,
}
