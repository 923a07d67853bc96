//! Large records, and writes that wait for their batch.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | POST [`UPLOADS`] | records officer, clinician, system | header [`RECORD_HEADER`](super::RECORD_HEADER): [`NewRecord`](super::NewRecord), whose digests [`CompleteUpload`] replaces → 201 [`Upload`] |
//! | GET [`UPLOAD`] | the account that began it | [`Upload`] |
//! | PATCH [`UPLOAD`] | the account that began it | ciphertext from [`OFFSET_HEADER`] on → [`Upload`] |
//! | POST [`UPLOAD_COMPLETE`] | the account that began it | [`CompleteUpload`] → [`StoredRecord`], or 202 [`RecordStatus`] |
//! | DELETE [`UPLOAD`] | the account that began it | 204 |
//! | GET [`RECORD_STATUS`] | records officer, clinician, system | [`RecordStatus`] |
//! | GET [`CHART_ENROLMENT`] | records officer | [`Enrolment`] |
//!
//! What stores or enrols takes `prefer: respond-async` (RFC 7240): the answer is then 202 and where to
//! ask. `prefer: respond-async, wait=60` waits for that many seconds first.

use super::{hex_bytes, ChartEnrolled, ErrorBody, StoredRecord};
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{hex_schema, Digest},
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route by which an upload begins.
pub const UPLOADS: &str = "/charts/{chart}/uploads";
/// Route of an upload.
pub const UPLOAD: &str = "/uploads/{upload}";
/// Route by which an upload ends.
pub const UPLOAD_COMPLETE: &str = "/uploads/{upload}/complete";
/// Route of [`RecordStatus`].
pub const RECORD_STATUS: &str = "/records/{record}/status";
/// Route of [`Enrolment`].
pub const CHART_ENROLMENT: &str = "/charts/{chart}/enrolment";

/// Header that says where the bytes of a PATCH begin.
pub const OFFSET_HEADER: &str = "upload-offset";
/// Header by which a caller says for how long to wait (RFC 7240).
pub const PREFER_HEADER: &str = "prefer";

/// Most bytes of ciphertext of one record: 64 GiB.
pub const MAX_CIPHERTEXT: u64 = 64 * 1024 * 1024 * 1024;
/// Most bytes of ciphertext that are taken in one request: 16 MiB.
pub const MAX_AT_ONCE: u64 = 16 * 1024 * 1024;
/// Bytes in which a vault cuts and checks a ciphertext: 8 MiB. Requests of multiples of it leave no
/// small pieces.
pub const SEGMENT: u64 = 8 * 1024 * 1024;
/// How long an upload may take: 24 hours.
pub const UPLOAD_VALIDITY: Moment = 24 * 60 * 60 * 1000;

/// Names an upload.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct UploadId(
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub [u8; 32],
);

impl core::fmt::Display for UploadId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl core::fmt::Debug for UploadId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		core::fmt::Display::fmt(self, f)
	}
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Upload {
	/// Its name.
	pub id: UploadId,
	/// Bytes that the vault keeps; the next ones begin here.
	pub offset: u64,
	/// Bytes in all.
	pub size: u64,
	/// First moment at which what came is thrown away.
	pub expires: Moment,
}

/// Ends an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompleteUpload {
	/// Bytes of ciphertext in all.
	pub size: u64,
	/// blake2_256 of the content.
	pub content_digest: Digest,
	/// blake2_256 of the ciphertext.
	pub ciphertext_digest: Digest,
}

/// What became of a record that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum RecordStatus {
	/// It is kept and waits to be anchored.
	Waiting {
		/// When the next batch goes to the chain.
		batch: Moment,
	},
	/// It is anchored on the finalised chain.
	Stored(StoredRecord),
	/// It was not anchored, and is gone.
	Refused(ErrorBody),
}

/// What became of a chart that is to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Enrolment {
	/// It waits for the next batch.
	Waiting {
		/// When that goes to the chain.
		batch: Moment,
	},
	/// It is on the finalised chain.
	Enrolled(ChartEnrolled),
	/// It was refused, and is forgotten.
	Refused(ErrorBody),
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn states_are_told_by_name() {
		let waiting = serde_json::to_value(RecordStatus::Waiting { batch: 7 }).unwrap();
		assert_eq!(waiting, serde_json::json!({ "state": "waiting", "batch": 7 }));
		let refused =
			ErrorBody { code: "chain-refused".into(), message: "no".into(), reason: None };
		let status = Enrolment::Refused(refused);
		let json = serde_json::to_value(&status).unwrap();
		assert_eq!((&json["state"], &json["code"]), (&"refused".into(), &"chain-refused".into()));
		assert_eq!(serde_json::from_value::<Enrolment>(json).unwrap(), status);
	}

	#[test]
	fn uploads_are_named_in_hexadecimal_digits() {
		let id = UploadId([0xab; 32]);
		assert_eq!(id.to_string(), format!("0x{}", "ab".repeat(32)));
		let json = serde_json::to_string(&id).unwrap();
		assert_eq!(json, format!("\"{id}\""));
		assert_eq!(serde_json::from_str::<UploadId>(&json).unwrap(), id);
	}
}
