//! The JSON of a vault's HTTP interface and of its key service. Both sides use these types.
//!
//! Routes are relative to the organisation's endpoint. A signed-in caller sends
//! `authorization: Bearer <token>`. Every answer that is no success has an [`ErrorBody`].
//! Byte strings are `0x` and hexadecimal digits; moments are milliseconds since 1970.
//!
//! A guardian with the power to read sends the header [`GUARDIAN_HEADER`] with a [`GuardianReading`] when
//! signing in, for they need no account, and with whatever they read.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | GET [`HEALTH`] | anyone | [`Health`], or 503 with [`codes::STOPPING`] |
//! | GET [`OPENAPI`] | anyone | this table as an OpenAPI document |
//! | POST [`CHALLENGE`] | anyone | [`ChallengeRequest`] → [`Challenge`] |
//! | POST [`SIGN_IN`] | anyone | [`SignIn`] → [`SignedIn`] |
//! | POST [`CHARTS`] | records officer | [`EnrolChart`] → [`ChartEnrolled`], or 202 [`Enrolment`] |
//! | POST [`CHART_KEY`] | the chart's key | [`ChartKey`] → 204 |
//! | GET [`CHART_KEYS`] | records officer, clinician | [`ChartKeys`] |
//! | POST [`CHART_RECORDS`] | records officer, clinician, system | ciphertext of up to [`MAX_AT_ONCE`] bytes, header [`RECORD_HEADER`]: [`NewRecord`] → [`StoredRecord`], or 202 [`RecordStatus`] |
//! | POST [`ENTERED_IN_ERROR`] | records officer, clinician, system | [`MarkEnteredInError`] → [`MarkedEnteredInError`] |
//! | GET [`CHART_RECORDS`] | anyone signed in | query [`ListQuery`] and `from` → [`RecordList`] |
//! | POST [`RELEASE`] | anyone signed in | [`ReleaseRequest`], header [`ATTEMPT_HEADER`] → ciphertext, from `offset` on, header [`RELEASE_HEADER`]: [`Release`] |
//! | POST [`CHART_DIRECTIVES`] | anyone signed in, whose opening fits the chain | [`PostedDirective`] → 204 |
//! | GET [`CHART_DIRECTIVES`] | the chart's key | [`DirectiveList`] |
//! | POST [`CHART_CALLS`] | the chart's key | [`PostedCall`] → [`CallDone`], once it is final |
//! | POST [`CHART_ORDERS`] | the chart's key | [`PostedOrder`] → [`OrderDone`], once it is final |
//! | GET [`CHART_COVER`] | the chart's key | [`CoverState`] |
//! | PUT [`CHART_COVER`] | the chart's key | [`Cover`] → [`CoverState`] |
//! | GET [`CHART_DISCLOSURES`] | the chart's key, a guardian who may read | query [`DisclosureQuery`] → [`DisclosurePage`] |
//! | POST [`CHART_REQUESTS`] | the requester | [`PostedRequest`] → 204 |
//! | GET [`CHART_REQUESTS`] | the chart's key | [`RequestList`] |
//! | POST [`CHART_REQUEST_ANSWER`] | the chart's key | [`RequestAnswer`] → 204 |
//! | GET [`REQUEST_ANSWER`] | the requester | [`RequestAnswer`], or 404 with [`codes::NOT_ANSWERED`] |
//! | PUT [`PRACTITIONER_PROFILE`] | the practitioner, administrator, records officer | a profile file, see [`crate::profile`] → 204 |
//! | GET [`PRACTITIONER_PROFILE`] | anyone | the profile file while the chain says it is current, with an `etag`; 304 where `if-none-match` names it |
//! | POST [`BACKUPS`] | administrator | [`BackupStatus`]: begins a backup, or tells of the one that runs |
//! | GET [`LATEST_BACKUP`] | administrator | [`BackupStatus`] |
//! | POST [`CHART_TRANSFERS`] | records officer | [`OfferTransfer`] → [`Transfer`] |
//! | GET [`CHART_TRANSFERS`] | records officer, the chart's key | [`TransferList`] |
//! | POST [`TRANSFER_WITHDRAWAL`] | records officer | [`Transfer`] |
//! | GET [`TRANSFERS`] | the receiver's system account | query [`ReceiverQuery`] → [`Offers`] |
//! | GET [`TRANSFER_RECORDS`] | the receiver's system account | query [`ReceiverQuery`] → [`HandedPage`] |
//! | GET [`TRANSFER_CONTENT`] | the receiver's system account | query [`ReceiverQuery`] → ciphertext, from byte `from` on |
//! | POST [`RECEIPTS`] | records officer | [`ReceiveTransfers`] → [`ReceiptList`] |
//! | GET [`RECEIPTS`] | records officer | [`ReceiptList`] |
//! | DELETE [`PRACTITIONER_PROFILE`] | the practitioner, administrator, records officer | 204 |
//! | GET [`FHIR`] and what follows | anyone signed in; `metadata` anyone | FHIR R4, refusals as OperationOutcome: see [`crate::fhir`] |
//!
//! Large records come in several requests, and what is written may wait for its batch: see the routes
//! from [`UPLOADS`] on. Petitions and legal holds: from [`CHART_PETITIONS`] on. A backlog of many records
//! comes as an import: from [`BULK`] on. A whole holding goes to a successor: from [`HOLDINGS`] on.
//! What patients ask of the house: from [`CHART_ASKS`] on. Break-glass: [`CHART_EMERGENCIES`] and
//! [`EMERGENCY_DISCLOSURES`]. Finding a chart: from [`CHART_EMERGENCY_CARD`] on. Who has a link needs no sign-in:
//! [`RECORD_LINK`]; nor who has the code of a request: [`RENDEZVOUS_OPENING`]. What is recalled from those who read: from [`CHART_RECALLS`] on.

mod asks;
mod attempts;
mod backups;
mod bulk;
mod cards;
mod custody;
mod emergency;
mod finding;
mod holding;
mod key_service;
mod links;
mod orders;
mod papers;
mod petitions;
mod recalls;
mod rendezvous;
mod sign_in;
mod transfer;

pub use asks::*;
pub use attempts::*;
pub use backups::*;
pub use bulk::*;
pub use cards::*;
pub use custody::*;
pub use emergency::*;
pub use finding::*;
pub use holding::*;
pub use key_service::*;
pub use links::*;
pub use orders::*;
pub use papers::*;
pub use petitions::*;
pub use recalls::*;
pub use rendezvous::*;
pub use sign_in::*;
pub use transfer::*;

use crate::envelope::Wrap;
use base64::Engine;
use codec::{Decode, Encode};
use salus_primitives::{
	batch::Inclusion,
	codes::{
		Action, Category, Confidentiality, ErrorReason, Obligations, Purpose, RecordState, Role,
		Sensitivities,
	},
	decision::{Accessor, Basis},
	directive::{DirectiveTerms, RequestTerms},
	disclosure::{DisclosureEntry, LeafProof},
	enrolment::EnrolmentStatement,
	ids::{
		hex_schema, AccountBytes, ChartId, Digest, DirectiveId, EncounterId, OrganisationId,
		PractitionerId, RecordId, RequestId, Seal,
	},
	record::RecordTerms,
	seal::Opening,
	time::Moment,
	views::EncryptionKey,
};
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{de::DeserializeOwned, Deserialize, Serialize};

/// Route of [`Health`].
pub const HEALTH: &str = "/health";
/// Route of the OpenAPI document.
pub const OPENAPI: &str = "/openapi.json";
/// Route of [`ChallengeRequest`].
pub const CHALLENGE: &str = "/sign-in/challenge";
/// Route of [`SignIn`].
pub const SIGN_IN: &str = "/sign-in";
/// Route of [`EnrolChart`].
pub const CHARTS: &str = "/charts";
/// Route of a [`ChartKey`] after another signing key followed on the chart.
pub const CHART_KEY: &str = "/charts/{chart}/key";
/// Route of [`ChartKeys`].
pub const CHART_KEYS: &str = "/charts/{chart}/keys";
/// Route of a chart's records.
pub const CHART_RECORDS: &str = "/charts/{chart}/records";
/// Route of [`MarkEnteredInError`].
pub const ENTERED_IN_ERROR: &str = "/records/{record}/entered-in-error";
/// Route of [`ReleaseRequest`].
pub const RELEASE: &str = "/records/{record}/release";
/// Route of a chart's directives.
pub const CHART_DIRECTIVES: &str = "/charts/{chart}/directives";
/// Route of a [`PostedCall`].
pub const CHART_CALLS: &str = "/charts/{chart}/calls";
/// Route of a [`PostedOrder`].
pub const CHART_ORDERS: &str = "/charts/{chart}/orders";
/// Route of a chart's [`Cover`].
pub const CHART_COVER: &str = "/charts/{chart}/cover";
/// Route of a chart's disclosures.
pub const CHART_DISCLOSURES: &str = "/charts/{chart}/disclosures";
/// Route of a chart's mailbox.
pub const CHART_REQUESTS: &str = "/charts/{chart}/requests";
/// Route by which a patient answers a request.
pub const CHART_REQUEST_ANSWER: &str = "/charts/{chart}/requests/{request}/answer";
/// Route by which a requester reads the answer.
pub const REQUEST_ANSWER: &str = "/requests/{request}/answer";
/// Route of a practitioner's signed profile.
pub const PRACTITIONER_PROFILE: &str = "/practitioners/{practitioner}/profile";
/// Where the routes of FHIR R4 begin, see [`crate::fhir`].
pub const FHIR: &str = "/fhir";
/// Route of a key service's [`DatabaseKey`].
pub const DATABASE_KEY: &str = "/database-key";
/// Route by which a vault learns that its key service answers.
pub const KEY_SERVICE_ALIVE: &str = "/alive";
/// Route of a key service's [`Rewrap`].
pub const REWRAP: &str = "/rewrap";

/// Header that carries the random number of a request, by which its operator finds it in the log.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// Header that carries a [`NewRecord`], see [`encode_header`].
pub const RECORD_HEADER: &str = "salus-record";
/// Header that carries a [`Release`], see [`encode_header`].
pub const RELEASE_HEADER: &str = "salus-release";

/// Header that carries a [`GuardianReading`], see [`encode_header`].
pub const GUARDIAN_HEADER: &str = "salus-guardian";

/// Most entries in a [`DisclosurePage`].
pub const DISCLOSURES_PER_PAGE: u32 = 256;
/// How long a sign-in lasts: 15 minutes.
pub const SIGN_IN_VALIDITY: Moment = 15 * 60 * 1000;
/// How long a challenge may wait for its signature: 1 minute.
pub const CHALLENGE_VALIDITY: Moment = 60 * 1000;
/// How far a vault's finalised head may trail its clock before it refuses: 10 seconds.
pub const MAX_HEAD_AGE: Moment = salus_primitives::break_glass::STALLED_AFTER;
/// How long a wrap made for a release can be opened: 5 minutes.
pub const RELEASE_VALIDITY: Moment = 5 * 60 * 1000;

/// Byte strings as `0x` and hexadecimal digits, for `#[serde(with = "hex_bytes")]`. What is written
/// and read in between is wiped, since secrets pass here too.
pub mod hex_bytes {
	use serde::{de::Error, Deserialize, Deserializer, Serializer};
	use zeroize::Zeroizing;

	/// Writes the bytes.
	pub fn serialize<S: Serializer>(bytes: &impl AsRef<[u8]>, to: S) -> Result<S::Ok, S::Error> {
		let bytes = bytes.as_ref();
		let mut text = Zeroizing::new(vec![0; 2 + 2 * bytes.len()]);
		let (prefix, digits) = text.split_at_mut(2);
		prefix.copy_from_slice(b"0x");
		hex::encode_to_slice(bytes, digits).map_err(serde::ser::Error::custom)?;
		to.serialize_str(core::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
	}

	/// Reads the bytes; refuses another length than the type has.
	pub fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
	where
		T: for<'a> TryFrom<&'a [u8]>,
		D: Deserializer<'de>,
	{
		let text = Zeroizing::new(String::deserialize(from)?);
		let digits = text
			.strip_prefix("0x")
			.ok_or_else(|| D::Error::custom("expected hexadecimal digits after 0x"))?;
		let bytes = Zeroizing::new(hex::decode(digits).map_err(D::Error::custom)?);
		T::try_from(&bytes)
			.map_err(|_| D::Error::custom(format!("{} bytes do not fit here", bytes.len())))
	}
}

/// SCALE-encoded values as `0x` and hexadecimal digits, for `#[serde(with = "hex_scale")]`.
pub mod hex_scale {
	use codec::{DecodeAll, Encode};
	use serde::{de::Error, Deserializer, Serializer};

	/// Writes the encoding.
	pub fn serialize<S: Serializer>(value: &impl Encode, to: S) -> Result<S::Ok, S::Error> {
		super::hex_bytes::serialize(&value.encode(), to)
	}

	/// Reads the encoding; nothing may follow it.
	pub fn deserialize<'de, T: DecodeAll, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
		let bytes: Vec<u8> = super::hex_bytes::deserialize(from)?;
		T::decode_all(&mut bytes.as_slice()).map_err(D::Error::custom)
	}
}

/// The JSON schema of bytes as `0x…`, however many.
fn hex_any(_: &mut SchemaGenerator) -> Schema {
	json_schema!({ "type": "string", "pattern": "^0x([0-9a-fA-F]{2})*$" })
}

/// Why a header of ours cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
	/// Not Base64.
	#[error("not Base64: {0}")]
	Base64(#[from] base64::DecodeError),
	/// Not the JSON expected.
	#[error("not the JSON expected: {0}")]
	Json(#[from] serde_json::Error),
}

/// A value as HTTP header: Base64 (standard alphabet, padded) of its JSON.
pub fn encode_header(value: &impl Serialize) -> Result<String, serde_json::Error> {
	Ok(base64::engine::general_purpose::STANDARD.encode(serde_json::to_vec(value)?))
}

/// Reads what [`encode_header`] wrote.
pub fn decode_header<T: DeserializeOwned>(text: &str) -> Result<T, HeaderError> {
	Ok(serde_json::from_slice(&base64::engine::general_purpose::STANDARD.decode(text)?)?)
}

/// What every answer that is no success says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
	/// One of [`codes`].
	pub code: String,
	/// What is wrong and what to do.
	pub message: String,
	/// Code of the chain's deny reason, where one stands behind the refusal.
	#[serde(default)]
	pub reason: Option<u8>,
}

/// Stable codes of [`ErrorBody`], with the HTTP status each comes with.
pub mod codes {
	/// 400: the request cannot be read.
	pub const MALFORMED: &str = "malformed";
	/// 400: the statement or challenge is for another chain or another organisation.
	pub const WRONG_CHAIN: &str = "wrong-chain";
	/// 400: the bytes received do not have the ciphertext digest that was announced.
	pub const DIGEST_MISMATCH: &str = "digest-mismatch";
	/// 400: the opening does not open the seal that the chain holds.
	pub const SEAL_MISMATCH: &str = "seal-mismatch";
	/// 400: the profile is malformed, or not what the practitioner signed and published.
	pub const PROFILE_REFUSED: &str = "profile-refused";
	/// 401: no token, or one that the vault does not know or that has expired.
	pub const NOT_SIGNED_IN: &str = "not-signed-in";
	/// 401: the challenge was used before, has expired or was never given.
	pub const CHALLENGE_USED_OR_UNKNOWN: &str = "challenge-used-or-unknown";
	/// 401: the signature is not the account's over the challenge.
	pub const SIGNATURE_WRONG: &str = "signature-wrong";
	/// 403: the chain does not know the account.
	pub const ACCOUNT_NOT_ENROLLED: &str = "account-not-enrolled";
	/// 403: the account may not act in the role this needs; `reason` says why.
	pub const NOT_IN_STANDING: &str = "not-in-standing";
	/// 403: the access decision is no; `reason` says why.
	pub const ACCESS_DENIED: &str = "access-denied";
	/// 403: only the chart's key may do this.
	pub const NOT_THE_CHARTS_KEY: &str = "not-the-charts-key";
	/// 403: what a guardian shows has expired, or is not signed by the key that signed in.
	pub const GUARDIANS_WORD_REFUSED: &str = "guardians-word-refused";
	/// 403: the reviewer's house has ties to the clinician who broke the glass.
	pub const REVIEWER_NOT_INDEPENDENT: &str = "reviewer-not-independent";
	/// 409: the break-glass waits for no reviewer.
	pub const NOT_UNDER_REVIEW: &str = "not-under-review";
	/// 409: the patient does not want to be found.
	pub const OPTED_OUT: &str = "opted-out";
	/// 404: no such recall here.
	pub const RECALL_UNKNOWN: &str = "recall-unknown";
	/// 403: only the recipient, or an administrator or records officer of their house, may do this.
	pub const NOT_THE_RECIPIENT: &str = "not-the-recipient";
	/// 409: the recall has more records than the answer is about.
	pub const RECALL_GREW: &str = "recall-grew";
	/// 409: that the records were deleted was attested before, which is not taken back.
	pub const DELETION_ATTESTED: &str = "deletion-attested";
	/// 403: only the requester may do this.
	pub const NOT_THE_REQUESTER: &str = "not-the-requester";
	/// 403: the practitioner is not on the staff of this organisation.
	pub const NOT_STAFF_HERE: &str = "not-staff-here";
	/// 403: only the practitioner, an administrator or a records officer may do this.
	pub const NOT_THE_PRACTITIONER: &str = "not-the-practitioner";
	/// 404: no such chart here.
	pub const CHART_UNKNOWN: &str = "chart-unknown";
	/// 404: no such card here: it was blocked, is over, or is at another vault.
	pub const CARD_UNKNOWN: &str = "card-unknown";
	/// 403: the PIN is wrong; the message says how many tries are left.
	pub const PIN_WRONG: &str = "pin-wrong";
	/// 403: the card is locked after wrong PINs.
	pub const CARD_LOCKED: &str = "card-locked";
	/// 403: who tried a wrong PIN does not unlock the card.
	pub const CARD_TRIED: &str = "card-tried";
	/// 409: the chart has as many cards as it may have.
	pub const TOO_MANY_CARDS: &str = "too-many-cards";
	/// 404: no such upload of this account, or it has expired.
	pub const UPLOAD_UNKNOWN: &str = "upload-unknown";
	/// 409: the bytes do not begin where those that the vault keeps end.
	pub const OFFSET_WRONG: &str = "offset-wrong";
	/// 409: another request writes to this upload.
	pub const UPLOAD_BUSY: &str = "upload-busy";
	/// 409: the account has as many uploads open as it may have.
	pub const TOO_MANY_UPLOADS: &str = "too-many-uploads";
	/// 404: no such import of this account.
	pub const IMPORT_UNKNOWN: &str = "import-unknown";
	/// 409: the import's pages come in order, and the vault keeps another number of them.
	pub const PAGE_WRONG: &str = "page-wrong";
	/// 409: the account has as many imports open as it may have.
	pub const TOO_MANY_IMPORTS: &str = "too-many-imports";
	/// 404: no such record here.
	pub const RECORD_UNKNOWN: &str = "record-unknown";
	/// 404: the chain knows no such directive of this chart.
	pub const DIRECTIVE_UNKNOWN: &str = "directive-unknown";
	/// 404: the chain or this vault knows no such request.
	pub const REQUEST_UNKNOWN: &str = "request-unknown";
	/// 404: no such rendezvous, or not by this code.
	pub const RENDEZVOUS_UNKNOWN: &str = "rendezvous-unknown";
	/// 410: somebody else opened the rendezvous, or may have, before the vault was restored.
	pub const RENDEZVOUS_USED: &str = "rendezvous-used";
	/// 409: the request was withdrawn, or has lapsed.
	pub const REQUEST_NOT_OPEN: &str = "request-not-open";
	/// 404: the chain knows no such practitioner.
	pub const PRACTITIONER_UNKNOWN: &str = "practitioner-unknown";
	/// 404: the practitioner's profile is not kept here.
	pub const PROFILE_UNKNOWN: &str = "profile-unknown";
	/// 410: the practitioner has withdrawn the profile that is kept here, or replaced it.
	pub const PROFILE_GONE: &str = "profile-gone";
	/// 404: the patient has not answered the request.
	pub const NOT_ANSWERED: &str = "not-answered";
	/// 404: no such route.
	pub const ROUTE_UNKNOWN: &str = "route-unknown";
	/// 410: the record was erased at the patient's wish; `reason` is the chain's.
	pub const RECORD_ERASED: &str = "record-erased";
	/// 409: the record is being erased at the patient's wish; reading goes on if the chain refuses that.
	pub const RECORD_BEING_ERASED: &str = "record-being-erased";
	/// 404: no such petition about this record.
	pub const PETITION_UNKNOWN: &str = "petition-unknown";
	/// 409: a petition of the same kind about this record is open.
	pub const PETITION_OPEN: &str = "petition-open";
	/// 409: the petition was answered or withdrawn.
	pub const PETITION_NOT_OPEN: &str = "petition-not-open";
	/// 404: the vault knows of no such ask.
	pub const ASK_UNKNOWN: &str = "ask-unknown";
	/// 409: the ask was answered or withdrawn.
	pub const ASK_NOT_OPEN: &str = "ask-not-open";
	/// 409: the answer was put off before.
	pub const ALREADY_EXTENDED: &str = "already-extended";
	/// 409: the answer is overdue, and can not be put off any more.
	pub const EXTENSION_TOO_LATE: &str = "extension-too-late";
	/// 409: the chart has as many open asks as one can.
	pub const TOO_MANY_ASKS: &str = "too-many-asks";
	/// 409: a legal hold keeps the record from being erased.
	pub const RECORD_HELD: &str = "record-held";
	/// 409: an amendment is granted once an amended version is stored, or the record is marked.
	pub const STILL_CURRENT: &str = "still-current";
	/// 404: no such legal hold on this record.
	pub const HOLD_UNKNOWN: &str = "hold-unknown";
	/// 409: something else is stored under this id.
	pub const ALREADY_EXISTS: &str = "already-exists";
	/// 409: the version that would be replaced is not current.
	pub const NOT_CURRENT: &str = "not-current";
	/// 409: the recipient has published no encryption key.
	pub const RECIPIENT_KEY_MISSING: &str = "recipient-key-missing";
	/// 409: what the order would replace has been replaced: ask for the chart's places and sign anew.
	pub const PLACE_MOVED: &str = "place-moved";
	/// 409: the organisation has published no encryption key.
	pub const ORGANISATION_KEY_MISSING: &str = "organisation-key-missing";
	/// 410: another custodian keeps the record now; the message names it.
	pub const RECORD_MOVED: &str = "record-moved";
	/// 400: the person's word for a transfer does not hold.
	pub const TRANSFER_WORD_REFUSED: &str = "transfer-word-refused";
	/// 404: no such transfer of this chart, or to this receiver.
	pub const TRANSFER_UNKNOWN: &str = "transfer-unknown";
	/// 409: the holding is offered to another organisation, and nothing is written meanwhile.
	pub const HOLDING_OFFERED: &str = "holding-offered";
	/// 409: the holding is not offered to whoever asks, nor theirs.
	pub const HOLDING_NOT_OFFERED: &str = "holding-not-offered";
	/// 404: no such batch of records or disclosures.
	pub const BATCH_UNKNOWN: &str = "batch-unknown";
	/// 410: another organisation keeps all that this vault had; the message names it.
	pub const HOLDING_MOVED: &str = "holding-moved";
	/// 503: the holding is being taken over, and nobody else is served for some minutes; the header
	/// `retry-after` says how many seconds to wait.
	pub const HOLDING_CLOSED: &str = "holding-closed";
	/// 503: the chart or record came with a holding that was taken over, and is not in service yet; the header
	/// `retry-after` says how many seconds to wait.
	pub const HOLDING_ARRIVING: &str = "holding-arriving";
	/// 409: the time for the last pass ran out; another one begins when the receiver's administrator asks.
	pub const HOLDING_OPENED: &str = "holding-opened";
	/// 409: transfers of single records are open, so that no last pass is made.
	pub const TRANSFERS_OPEN: &str = "transfers-open";
	/// 409: the vault was started without a place for backups.
	pub const NO_PLACE_FOR_BACKUPS: &str = "no-place-for-backups";
	/// 409: the chain refused the transaction.
	pub const CHAIN_REFUSED: &str = "chain-refused";
	/// 405: the route is read with GET alone.
	pub const METHOD_NOT_ALLOWED: &str = "method-not-allowed";
	/// 406: the answer is not to be had in the form asked for.
	pub const NOT_ACCEPTABLE: &str = "not-acceptable";
	/// 413: more bytes than a record may have.
	pub const TOO_LARGE: &str = "too-large";
	/// 429: too many requests, or too many of them were refused; the header `retry-after` says how
	/// many seconds to wait.
	pub const TOO_MANY_REQUESTS: &str = "too-many-requests";
	/// 500: what is stored does not match its digest or cannot be read.
	pub const STORAGE_DAMAGED: &str = "storage-damaged";
	/// 500: a fault of the vault.
	pub const INTERNAL: &str = "internal";
	/// 503: too much is going on at once.
	pub const BUSY: &str = "busy";
	/// 503: the vault is being stopped.
	pub const STOPPING: &str = "stopping";
	/// 503: the vault's node cannot be reached.
	pub const NODE_UNAVAILABLE: &str = "node-unavailable";
	/// 503: the vault's finalised head trails its clock too far to decide by.
	pub const HEAD_STALE: &str = "head-stale";
	/// 503: the key service cannot be reached.
	pub const KEY_SERVICE_UNAVAILABLE: &str = "key-service-unavailable";
	/// 504: the transaction was not final in time; it may become so later.
	pub const NOT_FINAL_IN_TIME: &str = "not-final-in-time";
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct Head {
	/// Its number.
	pub number: u32,
	/// Its hash.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub hash: [u8; 32],
	/// Its time.
	pub at: Moment,
}

/// How a vault is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
	/// Version of the program.
	#[serde(default)]
	pub version: String,
	/// Whose vault it is.
	pub organisation: OrganisationId,
	/// Genesis hash of the chain it follows.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub genesis: [u8; 32],
	/// Its finalised head, if its node answers.
	pub head: Option<Head>,
	/// By how many milliseconds the head trails the vault's clock.
	#[serde(default)]
	pub head_age: Option<Moment>,
	/// Whether the head trails the clock too far to decide by.
	pub stale: bool,
	/// Whether the key service answers, as seen at most 5 s ago.
	#[serde(default)]
	pub key_service: bool,
}

/// How a process is that serves several organisations, each under `/organisations/N`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedHealth {
	/// Version of the program.
	pub version: String,
	/// How each organisation's vault is.
	pub organisations: Vec<Health>,
}

/// Names the word of a chart's key for its encryption key, and its version.
pub const CHART_KEY_DOMAIN: [u8; 16] = *b"salus/chart-key1";

/// A chart's X25519 key with the word of the chart's signing key for it. The vault keeps it for those
/// who write; the word keeps the vault, or whoever enrols, from putting a key of their own in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct ChartKey {
	/// The X25519 key, to which the chart's records are wrapped.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub key: [u8; 32],
	/// The chart's signature over one of [`ChartKey::signable`].
	pub signature: Signature,
}

impl ChartKey {
	/// The two byte strings a wallet may sign: the encoded domain, genesis hash, chart and key, or what
	/// browser wallets sign, which is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(genesis: &[u8; 32], chart: &ChartId, key: &[u8; 32]) -> [Vec<u8>; 2] {
		let raw = (CHART_KEY_DOMAIN, genesis, chart, key).encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}

	/// Whether `account`, which must be the chart's signing key, gave its word for this key.
	pub fn is_vouched_for(
		&self,
		genesis: &[u8; 32],
		chart: &ChartId,
		account: &AccountBytes,
	) -> bool {
		self.signature.verify_any(&Self::signable(genesis, chart, &self.key), account)
	}
}

/// Asks the custodian to enrol a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnrolChart {
	/// What the chart's key signed.
	pub statement: EnrolmentStatement,
	/// Over one of [`EnrolmentStatement::signable`].
	pub signature: Signature,
	/// The chart's X25519 key, to which its records are wrapped.
	pub encryption_key: ChartKey,
}

/// The chart is on the finalised chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChartEnrolled {
	/// Its id.
	pub chart: ChartId,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// A published X25519 key and which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedKey {
	/// Counts from 1 with each key its owner publishes.
	pub version: u32,
	/// The key.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub key: [u8; 32],
}

impl From<EncryptionKey> for PublishedKey {
	fn from(key: EncryptionKey) -> Self {
		Self { version: key.version, key: key.key }
	}
}

/// The two keys to which each record's content key is wrapped when it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChartKeys {
	/// The chart's. Writers check it against the chart's signing key on chain.
	pub chart_key: ChartKey,
	/// The custodian's.
	pub organisation_key: PublishedKey,
}

/// What comes with the ciphertext of a record. The vault completes it to
/// [`RecordTerms`]: sequence, previous leaf and salt are its to give.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct NewRecord {
	/// Its id, derived from genesis, custodian and a salt.
	pub id: RecordId,
	/// The current version that it replaces.
	#[serde(default)]
	pub replaces: Option<RecordId>,
	/// 1, or one more than what it replaces; envelope and wraps are bound to it.
	pub version: u32,
	/// Kind of record.
	pub category: Category,
	/// HL7 v3-Confidentiality.
	pub confidentiality: Confidentiality,
	/// HL7 v3-ActSensitivity labels.
	#[serde(default)]
	pub sensitivity: Sensitivities,
	/// Who wrote it, if a registered practitioner did.
	#[serde(default)]
	pub author: Option<PractitionerId>,
	/// The encounter it was written in.
	#[serde(default)]
	pub encounter: Option<EncounterId>,
	/// When what it tells of took place.
	pub clinical_date: Moment,
	/// Media type of the content.
	pub media_type: String,
	/// Bytes of the content before encryption.
	pub size: u64,
	/// blake2_256 of the content.
	pub content_digest: Digest,
	/// blake2_256 of the ciphertext sent.
	pub ciphertext_digest: Digest,
	/// The content key, wrapped.
	pub wraps: RecordWraps,
}

impl NewRecord {
	/// Its terms at this place of its chart.
	pub fn terms(&self, chart: ChartId, sequence: u32, previous_leaf: Option<Seal>) -> RecordTerms {
		RecordTerms {
			chart,
			sequence,
			previous_leaf,
			version: self.version,
			category: self.category,
			confidentiality: self.confidentiality,
			sensitivity: self.sensitivity,
			author: self.author,
			encounter: self.encounter,
			clinical_date: self.clinical_date,
			size: self.size,
			content_digest: self.content_digest,
			ciphertext_digest: self.ciphertext_digest,
		}
	}
}

/// The two wraps that are stored with each record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct RecordWraps {
	/// To the custodian's key service.
	pub custodian: Wrap,
	/// To the chart.
	pub chart: Wrap,
}

/// The record is stored and anchored on the finalised chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredRecord {
	/// Its id.
	pub record: RecordId,
	/// Its place among the chart's records.
	pub sequence: u32,
	/// Its version.
	pub version: u32,
	/// Its sealed leaf.
	pub leaf: Seal,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// Marks a record entered in error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MarkEnteredInError {
	/// Why.
	pub reason: ErrorReason,
}

/// The mark is on the finalised chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MarkedEnteredInError {
	/// The record.
	pub record: RecordId,
	/// The finalised block at which the vault saw it.
	pub block: Head,
}

/// For whom and what for a chart's records are listed. The patient names neither organisation nor
/// role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListQuery {
	/// For whom the account acts.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub organisation: Option<OrganisationId>,
	/// In which role.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub role: Option<Role>,
	/// What for.
	pub purpose: Purpose,
}

/// In whose name a staff account acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StaffCapacity {
	/// For whom.
	pub organisation: OrganisationId,
	/// In which role.
	pub role: Role,
}

impl StaffCapacity {
	/// What is said of a capacity of which only one half is given.
	pub const HALF: &'static str = "give both organisation and role, or neither";

	/// The capacity given by these, none for the patient; `None` where one of the two is missing.
	pub const fn of(
		organisation: Option<OrganisationId>,
		role: Option<Role>,
	) -> Option<Option<Self>> {
		match (organisation, role) {
			(Some(organisation), Some(role)) => Some(Some(Self { organisation, role })),
			(None, None) => Some(None),
			_ => None,
		}
	}

	/// The accessor of a decision: staff in this capacity, or without one the patient.
	pub fn accessor(capacity: Option<Self>, account: AccountBytes) -> Accessor {
		match capacity {
			Some(Self { organisation, role }) => Accessor::Staff { account, organisation, role },
			None => Accessor::Patient { account },
		}
	}
}

/// Some of the records of a chart that the caller may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordList {
	/// In order of sequence.
	pub records: Vec<ListedRecord>,
	/// Records in between that were erased; told to the patient alone.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub erased: Vec<ErasedRecord>,
	/// Sequence at which the next page begins, if there is one; asked for by `from`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub next: Option<u32>,
}

/// A record in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListedRecord {
	/// Its id.
	pub id: RecordId,
	/// Opens its leaf.
	pub opening: Opening<RecordTerms>,
	/// Media type of the content.
	pub media_type: String,
	/// Its state on the finalised chain.
	pub state: RecordState,
	/// The version that it replaces.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub replaces: Option<RecordId>,
	/// What the patient says against it.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub statements: Vec<DisputeStatement>,
	/// Where it lies, if it was anchored in a batch. It may have an entry of its own since.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub inclusion: Option<Inclusion>,
}

/// Asks for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseRequest {
	/// In which capacity; none for the patient.
	#[serde(default)]
	pub capacity: Option<StaffCapacity>,
	/// To do what.
	pub action: Action,
	/// What for.
	pub purpose: Purpose,
	/// Where the bytes are to begin, for whoever has those before. Each request is decided anew, and logged
	/// anew unless it goes on with an [`Attempt`].
	#[serde(default)]
	pub offset: u64,
}

/// What comes with the ciphertext that a vault releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Release {
	/// Opens the record's leaf.
	pub opening: Opening<RecordTerms>,
	/// Media type of the content.
	pub media_type: String,
	/// The content key, wrapped to the account's published key, or for the patient as it was stored
	/// for the chart.
	pub wrap: Wrap,
	/// In whose right it is released.
	pub basis: Basis,
	/// Under which obligations.
	pub obligations: Obligations,
	/// Sequence of the disclosure in the chart's log.
	pub disclosure: u32,
	/// The finalised head at which it was decided.
	pub head: Head,
	/// What the patient says against the record; to be shown beside it.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub statements: Vec<DisputeStatement>,
	/// Where the record lies, if it was anchored in a batch. It may have an entry of its own since.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub inclusion: Option<Inclusion>,
}

/// A directive's opening on its way to the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedDirective {
	/// Its id on chain.
	pub id: DirectiveId,
	/// Opens its seal.
	pub opening: Opening<DirectiveTerms>,
}

/// The directives of a chart whose openings the vault holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectiveList {
	/// Oldest first.
	pub directives: Vec<PostedDirective>,
}

/// Which disclosures to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DisclosureQuery {
	/// First sequence of the page.
	#[serde(default)]
	pub from: u32,
}

/// Some of a chart's disclosures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DisclosurePage {
	/// In order of sequence, at most [`DISCLOSURES_PER_PAGE`].
	pub entries: Vec<Disclosure>,
	/// Where the next page begins, if there is one.
	pub next: Option<u32>,
}

/// One disclosure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disclosure {
	/// Opens its leaf.
	pub opening: Opening<DisclosureEntry>,
	/// Where it lies on chain, once its root is final.
	pub proof: Option<DisclosureProof>,
}

/// Where a disclosure lies on chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DisclosureProof {
	/// Whose root.
	pub organisation: OrganisationId,
	/// Its number among the organisation's roots.
	pub number: u32,
	/// From the entry's leaf to the root.
	pub proof: LeafProof,
}

/// A request's opening on its way to the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedRequest {
	/// Its id on chain.
	pub id: RequestId,
	/// Opens its seal.
	pub opening: Opening<RequestTerms>,
}

/// The requests in a chart's mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestList {
	/// Oldest first.
	pub requests: Vec<MailboxRequest>,
}

/// A request in the mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailboxRequest {
	/// Its id on chain.
	pub id: RequestId,
	/// Opens its seal.
	pub opening: Opening<RequestTerms>,
	/// Whether the patient has answered it.
	pub answered: bool,
}

/// What the patient answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestAnswer {
	/// One answer per custodian; none when declined.
	pub answers: Vec<Answer>,
	/// Whether the patient declined.
	pub declined: bool,
}

/// Where the requester may read now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
	/// Who keeps the records.
	pub custodian: OrganisationId,
	/// The patient's chart there.
	pub chart: ChartId,
	/// Base URL of the custodian's vault.
	pub endpoint: String,
	/// The directive that permits.
	pub directive: DirectiveId,
	/// Opens its seal.
	pub opening: Opening<DirectiveTerms>,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn headers_carry_json() {
		let query = ListQuery { organisation: None, role: None, purpose: Purpose::Treatment };
		let header = encode_header(&query).unwrap();
		assert!(header.bytes().all(|byte| byte.is_ascii_graphic()));
		assert_eq!(decode_header::<ListQuery>(&header).unwrap(), query);
		assert!(matches!(decode_header::<ListQuery>("?"), Err(HeaderError::Base64(_))));
		assert!(matches!(decode_header::<ListQuery>("e30="), Err(HeaderError::Json(_))));
	}
}
