//! Imports: many records at once, anchored in batches.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`BULK`] | records officer, system | [`BeginImport`] → [`Import`] |
//! | GET [`BULK_IMPORT`] | the account that began it | [`Import`] |
//! | PUT [`BULK_PAGE`] | the account that began it | SCALE of a list of [`PageRecord`], up to [`MAX_PAGE`] bytes → [`Import`] |
//! | POST [`BULK_SEAL`] | the account that began it | [`SealImport`] → [`Import`] |
//! | DELETE [`BULK_IMPORT`] | the account that began it, until it is sealed | 204 |
//!
//! Pages come in order. Whoever was cut off asks how many the vault keeps and goes on with the next one;
//! what is sent again does no harm. Nothing of an import is a record before its batch is on the finalised
//! chain.

use super::{hex_bytes, ErrorBody, NewRecord};
use codec::{Decode, Encode};
use salus_primitives::ids::{hex_schema, ChartId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route by which an import begins.
pub const BULK: &str = "/bulk";
/// Route of an import.
pub const BULK_IMPORT: &str = "/bulk/{import}";
/// Route of a page of an import, counted from 0.
pub const BULK_PAGE: &str = "/bulk/{import}/pages/{page}";
/// Route by which an import is sealed: no page follows, and its records are anchored.
pub const BULK_SEAL: &str = "/bulk/{import}/seal";

/// Most records of a page.
pub const MAX_PAGE_RECORDS: usize = 1_024;
/// Most bytes of a page: 16 MiB.
pub const MAX_PAGE: usize = 16 * 1024 * 1024;
/// Most pages of an import: 2^20 × 16 records.
pub const MAX_PAGES: u32 = 16_384;

/// Names an import; random, given by whoever begins it, so that beginning it twice is once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ImportId(
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub [u8; 32],
);

impl core::fmt::Display for ImportId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl core::fmt::Debug for ImportId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		core::fmt::Display::fmt(self, f)
	}
}

/// Begins an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BeginImport {
	/// Its name.
	pub import: ImportId,
}

/// A record of a page.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PageRecord {
	/// The chart.
	pub chart: ChartId,
	/// What comes with its ciphertext. It replaces nothing: its version is 1.
	pub new: NewRecord,
	/// Its ciphertext.
	pub ciphertext: Vec<u8>,
}

/// Says that no page follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SealImport {
	/// Pages in all.
	pub pages: u32,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
	/// Pages may come.
	Open,
	/// It is being anchored.
	Sealed,
	/// All of it is on the finalised chain.
	Done,
}

/// How it stands with an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Import {
	/// Its name.
	pub import: ImportId,
	/// How far it is.
	pub state: ImportState,
	/// Pages that the vault keeps, which is the number of the next one.
	pub pages: u32,
	/// Records in them.
	pub records: u64,
	/// Bytes of ciphertext in them.
	pub bytes: u64,
	/// Records of them that are on the finalised chain.
	pub anchored: u64,
	/// Records that were left out, for their ids were stored already.
	pub known: u64,
	/// Batches that are on the finalised chain.
	pub batches: u32,
	/// Why the chain refused the last batch, which is tried again.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub fault: Option<ErrorBody>,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn states_are_told_by_name() {
		let import = Import {
			import: ImportId([0xab; 32]),
			state: ImportState::Sealed,
			pages: 1,
			records: 2,
			bytes: 3,
			anchored: 0,
			known: 0,
			batches: 0,
			fault: None,
		};
		let json = serde_json::to_value(&import).unwrap();
		assert_eq!((&json["state"], json.get("fault")), (&"sealed".into(), None));
		assert_eq!(json["import"], format!("0x{}", "ab".repeat(32)));
		assert_eq!(serde_json::from_value::<Import>(json).unwrap(), import);
	}
}
