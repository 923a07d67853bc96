//! What the vault answers when it can not do what was asked: a status, a stable code and a sentence.

use crate::store::StoreError;
use axum::{
	http::{header::RETRY_AFTER, StatusCode},
	response::{IntoResponse, Response},
	Json,
};
use salus_client::{
	chain::ChainError,
	profile::ProfileError,
	vault_api::{codes, ErrorBody, TransferWordError},
};
use salus_primitives::{
	codes::{RequestState, StandingReason},
	decision::DenyReason,
	ids::OrganisationId,
};

/// Why a request is not answered with success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
	#[error("the request can not be read: {0}")]
	Malformed(String),
	#[error("this is meant for another chain or another organisation: check which vault you ask")]
	WrongChain,
	#[error("the bytes received do not have the digest announced: send the record again")]
	DigestMismatch,
	#[error("the opening does not open the seal on the chain: send the opening that was sealed")]
	SealMismatch,
	#[error("{0}: {help}", help = .0.help())]
	ProfileRefused(ProfileError),
	#[error("sign in first: no token was sent, or it has expired")]
	NotSignedIn,
	#[error(
		"the challenge was used before, has expired or is not this vault's: ask for a new one"
	)]
	ChallengeUsedOrUnknown,
	#[error("the signature is not this account's over what was to be signed")]
	SignatureWrong,
	#[error("the chain does not know this account: it must be enrolled first")]
	AccountNotEnrolled,
	#[error("{}", .0.sentence())]
	NotInStanding(StandingReason),
	#[error("{}", .0.sentence())]
	AccessDenied(DenyReason),
	#[error("only the chart's key may do this: sign in with the right wallet")]
	NotTheChartsKey,
	#[error(
		"what the guardian shows has expired, or is not signed by the key that signed in: sign a new \
		 word for reading"
	)]
	GuardiansWordRefused,
	#[error(
		"the reviewer's house has ties to the clinician who broke the glass: let another one review"
	)]
	ReviewerNotIndependent,
	#[error("the break-glass waits for no reviewer: it still opens, or it is settled")]
	NotUnderReview,
	#[error(
		"the patient does not want to be found in emergencies: neither a card nor particulars are kept \
		 unless they opt in"
	)]
	OptedOut,
	#[error("no such recall here: list them again, at the custodian that recalls")]
	RecallUnknown,
	#[error(
		"only the recipient, or an administrator or records officer of the recipient's house, may do this"
	)]
	NotTheRecipient,
	#[error("the recall is about {0} records now: look at them, and answer for all of them")]
	RecallGrew(u32),
	#[error("that the records were deleted was attested before, which is not taken back")]
	DeletionAttested,
	#[error("only the account that sent the request may do this")]
	NotTheRequester,
	#[error(
		"the practitioner is not on the staff of this organisation: its administrator must add them \
		 first"
	)]
	NotStaffHere,
	#[error(
		"only the practitioner, or an administrator or records officer of this organisation, may do \
		 this"
	)]
	NotThePractitioner,
	#[error("no such chart here: check its id and its custodian")]
	ChartUnknown,
	#[error(
		"no such card here: it was blocked, is over, or is at another vault; let the patient make a new one"
	)]
	CardUnknown,
	#[error("the PIN is wrong: {0} tries are left, then the card is locked")]
	PinWrong(u32),
	#[error(
		"the card is locked after wrong PINs: {}",
		if *for_good {
			"let the patient block it and make a new one"
		} else {
			"a records officer who saw the person unlocks it, or the patient makes a new one"
		}
	)]
	CardLocked { for_good: bool },
	#[error("who tried a wrong PIN does not unlock the card: let another records officer do it")]
	CardTried,
	#[error("the chart has {0} cards: block one first")]
	TooManyCards(usize),
	#[error(
		"no such upload of this account: it was completed or removed, or has expired; begin another"
	)]
	UploadUnknown,
	#[error("the vault keeps {0} bytes of this upload: send on from there")]
	OffsetWrong(u64),
	#[error("another request writes to this upload: wait until it has ended")]
	UploadBusy,
	#[error("this account has {0} uploads open: complete or remove one first")]
	TooManyUploads(usize),
	#[error("the reader stood still for too long: ask again for the rest")]
	Stalled,
	#[error("no such import of this account: begin it, or sign in with the account that began it")]
	ImportUnknown,
	#[error("the vault keeps {0} pages of this import, which come in order: go on with page {0}")]
	PageWrong(u32),
	#[error(
		"this account has {0} imports open: seal or remove one first; one that stands still for a week is \
		 removed"
	)]
	TooManyImports(usize),
	#[error("no such record here: check its id and its custodian")]
	RecordUnknown,
	#[error(
		"no such batch here, or its root is not on the finalised chain: ask for the chart again"
	)]
	BatchUnknown,
	#[error(
		"the record is being erased at the patient's wish: it is not handed out any more, unless the chain \
		 refuses the erasure; ask again in a minute"
	)]
	RecordBeingErased,
	#[error("no such petition about this record: list them and take its number")]
	PetitionUnknown,
	#[error(
		"a petition of this kind about this record is open: wait for its answer, or withdraw it first"
	)]
	PetitionOpen,
	#[error("the petition was answered or withdrawn: list the petitions to see how it ended")]
	PetitionNotOpen,
	#[error("no such ask of this chart: list them and take its id")]
	AskUnknown,
	#[error("the ask was answered or withdrawn: list the asks to see how it ended")]
	AskNotOpen,
	#[error("the answer was put off before, for another reason: it can be once, so answer now")]
	AlreadyExtended,
	#[error("the answer is overdue and can not be put off any more: answer now")]
	ExtensionTooLate,
	#[error("the chart has as many open asks as one can: wait for an answer, or withdraw one")]
	TooManyAsks,
	#[error(
		"a legal hold keeps the record from being erased: release the hold first, or refuse with the \
		 reason legal-hold"
	)]
	RecordHeld,
	#[error(
		"the record is still current: store the amended version, or mark the record entered in error, \
		 and then grant"
	)]
	StillCurrent,
	#[error("no such legal hold on this record: list them and take its seal")]
	HoldUnknown,
	#[error(
		"the finalised chain knows no such directive of this chart: issue it first, or wait \
		 until it is final"
	)]
	DirectiveUnknown,
	#[error("no such request: check its id, or wait until it is final")]
	RequestUnknown,
	#[error(
		"no such rendezvous here, or not by this code: scan the code again, or have another request sent"
	)]
	RendezvousUnknown,
	#[error(
		"the code was used before, or may have been: it is good for one wallet, so have another request \
		 sent"
	)]
	RendezvousUsed,
	#[error("the request is {0}: have another one sent")]
	RequestNotOpen(RequestState),
	#[error("the finalised chain knows no such practitioner: check the number")]
	PractitionerUnknown,
	#[error("this vault keeps no profile of that practitioner: ask where they work")]
	ProfileUnknown,
	#[error(
		"the practitioner has withdrawn the profile that this vault keeps, or published a newer one: \
		 ask where they work"
	)]
	ProfileGone,
	#[error("the patient has not answered the request yet: ask again later")]
	NotAnswered,
	#[error("no such route: check the address and this program's version")]
	RouteUnknown,
	#[error("this is read with GET alone: send a GET")]
	MethodNotAllowed,
	#[error(
		"the answer is not to be had in the form asked for: ask for application/fhir+json, a Binary \
		 also for application/vnd.salus.envelope"
	)]
	NotAcceptable,
	#[error(
		"the content has more than 16 MiB, too many for JSON: ask for the Binary in its own form, with \
		 _format=application/vnd.salus.envelope"
	)]
	TooLargeForJson,
	#[error("{0}")]
	AlreadyExists(&'static str),
	#[error(
		"the version to be replaced is not current: list the records and replace the current one"
	)]
	NotCurrent,
	#[error("the account has published no encryption key: publish one, then ask again")]
	RecipientKeyMissing,
	#[error(
		"the organisation has published no encryption key: its administrator must publish one"
	)]
	OrganisationKeyMissing,
	#[error(
		"what the order would replace has been replaced: ask for the chart's places and sign anew"
	)]
	PlaceMoved,
	#[error("this vault has no place for backups: its operator must start it with --backup")]
	NoPlaceForBackups,
	#[error("the chain refused: {0}")]
	ChainRefused(String),
	#[error(
		"more bytes than allowed here: a record may have 64 GiB of ciphertext, of which 16 MiB fit \
		 into one request; a profile 128 KiB, anything else 1 MiB"
	)]
	TooLarge,
	#[error(
		"organisation {0} keeps this record now: ask there, where the person has another chart"
	)]
	RecordMoved(OrganisationId),
	#[error(
		"all charts and records here are offered to organisation {0}, and nothing is written until that \
		 is accepted or withdrawn: write there afterwards, or here once the offer is withdrawn"
	)]
	HoldingOffered(OrganisationId),
	#[error(
		"the holding is offered neither to your organisation nor kept by it: have the giver's \
		 administrator offer it first, or wait until the offer is final"
	)]
	HoldingNotOffered,
	#[error(
		"all charts and records here are being taken over by another organisation, and nobody else is \
		 served meanwhile: try again in {seconds} s"
	)]
	HoldingClosed { seconds: u64 },
	#[error(
		"it came with all that another organisation kept, and is being taken into service here: try again \
		 in {seconds} s"
	)]
	HoldingArriving { seconds: u64 },
	#[error(
		"the time for the last pass ran out, and the giver serves everybody again: have the receiver's \
		 administrator make another last pass"
	)]
	HoldingOpened,
	#[error(
		"{0} transfers of single records are open at the giver: withdraw or finish them, then make the \
		 last pass"
	)]
	TransfersOpen(u64),
	#[error("organisation {0} keeps all charts and records that were here: ask there")]
	HoldingMoved(OrganisationId),
	#[error("the person's word for this transfer does not hold: {0}; ask the person for another")]
	TransferWordRefused(TransferWordError),
	#[error("no such transfer here: check its id, or whether it was withdrawn or has ended")]
	TransferUnknown,
	#[error("the stored record is damaged: tell the custodian, who must restore it")]
	StorageDamaged,
	#[error("a fault of the vault, which it has noted: try again, then tell its operator")]
	Internal(String),
	#[error(
		"the vault's node can not be reached: try again shortly, then tell the vault's operator"
	)]
	NodeUnavailable(String),
	#[error(
		"the vault's finalised head trails its clock by {seconds} s, too far to decide by: try again \
		 once the network finalises blocks"
	)]
	HeadStale { seconds: u64 },
	#[error("the vault's key service gives no answer: try again shortly, then tell its operator")]
	KeyServiceUnavailable(String),
	#[error(
		"the transaction was not final in time; it may become so later. Sending the same again does \
		 no harm"
	)]
	NotFinalInTime,
	#[error("the vault is busy: try again in a few seconds")]
	Busy,
	#[error("too many requests: send the next one in {seconds} s")]
	TooManyRequests { seconds: u64 },
	#[error("this program is being stopped: try again once it has started anew")]
	Stopping,
}

/// What the vault's functions answer.
pub(crate) type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
	/// The status and code by which it is told.
	pub(crate) fn status_and_code(&self) -> (StatusCode, &'static str) {
		use StatusCode as S;
		match self {
			Self::Malformed(_) => (S::BAD_REQUEST, codes::MALFORMED),
			Self::WrongChain => (S::BAD_REQUEST, codes::WRONG_CHAIN),
			Self::DigestMismatch => (S::BAD_REQUEST, codes::DIGEST_MISMATCH),
			Self::SealMismatch => (S::BAD_REQUEST, codes::SEAL_MISMATCH),
			Self::ProfileRefused(_) => (S::BAD_REQUEST, codes::PROFILE_REFUSED),
			Self::NotSignedIn => (S::UNAUTHORIZED, codes::NOT_SIGNED_IN),
			Self::ChallengeUsedOrUnknown => (S::UNAUTHORIZED, codes::CHALLENGE_USED_OR_UNKNOWN),
			Self::SignatureWrong => (S::UNAUTHORIZED, codes::SIGNATURE_WRONG),
			Self::AccountNotEnrolled => (S::FORBIDDEN, codes::ACCOUNT_NOT_ENROLLED),
			Self::NotInStanding(_) => (S::FORBIDDEN, codes::NOT_IN_STANDING),
			Self::AccessDenied(DenyReason::RecordErased) => (S::GONE, codes::RECORD_ERASED),
			Self::AccessDenied(_) => (S::FORBIDDEN, codes::ACCESS_DENIED),
			Self::NotTheChartsKey => (S::FORBIDDEN, codes::NOT_THE_CHARTS_KEY),
			Self::GuardiansWordRefused => (S::FORBIDDEN, codes::GUARDIANS_WORD_REFUSED),
			Self::ReviewerNotIndependent => (S::FORBIDDEN, codes::REVIEWER_NOT_INDEPENDENT),
			Self::NotUnderReview => (S::CONFLICT, codes::NOT_UNDER_REVIEW),
			Self::OptedOut => (S::CONFLICT, codes::OPTED_OUT),
			Self::RecallUnknown => (S::NOT_FOUND, codes::RECALL_UNKNOWN),
			Self::NotTheRecipient => (S::FORBIDDEN, codes::NOT_THE_RECIPIENT),
			Self::RecallGrew(_) => (S::CONFLICT, codes::RECALL_GREW),
			Self::DeletionAttested => (S::CONFLICT, codes::DELETION_ATTESTED),
			Self::NotTheRequester => (S::FORBIDDEN, codes::NOT_THE_REQUESTER),
			Self::NotStaffHere => (S::FORBIDDEN, codes::NOT_STAFF_HERE),
			Self::NotThePractitioner => (S::FORBIDDEN, codes::NOT_THE_PRACTITIONER),
			Self::ChartUnknown => (S::NOT_FOUND, codes::CHART_UNKNOWN),
			Self::CardUnknown => (S::NOT_FOUND, codes::CARD_UNKNOWN),
			Self::PinWrong(_) => (S::FORBIDDEN, codes::PIN_WRONG),
			Self::CardLocked { .. } => (S::FORBIDDEN, codes::CARD_LOCKED),
			Self::CardTried => (S::FORBIDDEN, codes::CARD_TRIED),
			Self::TooManyCards(_) => (S::CONFLICT, codes::TOO_MANY_CARDS),
			Self::UploadUnknown => (S::NOT_FOUND, codes::UPLOAD_UNKNOWN),
			Self::OffsetWrong(_) => (S::CONFLICT, codes::OFFSET_WRONG),
			Self::UploadBusy => (S::CONFLICT, codes::UPLOAD_BUSY),
			Self::TooManyUploads(_) => (S::CONFLICT, codes::TOO_MANY_UPLOADS),
			Self::Stalled => (S::REQUEST_TIMEOUT, codes::MALFORMED),
			Self::ImportUnknown => (S::NOT_FOUND, codes::IMPORT_UNKNOWN),
			Self::PageWrong(_) => (S::CONFLICT, codes::PAGE_WRONG),
			Self::TooManyImports(_) => (S::CONFLICT, codes::TOO_MANY_IMPORTS),
			Self::RecordUnknown => (S::NOT_FOUND, codes::RECORD_UNKNOWN),
			Self::BatchUnknown => (S::NOT_FOUND, codes::BATCH_UNKNOWN),
			Self::RecordBeingErased => (S::CONFLICT, codes::RECORD_BEING_ERASED),
			Self::PetitionUnknown => (S::NOT_FOUND, codes::PETITION_UNKNOWN),
			Self::PetitionOpen => (S::CONFLICT, codes::PETITION_OPEN),
			Self::PetitionNotOpen => (S::CONFLICT, codes::PETITION_NOT_OPEN),
			Self::AskUnknown => (S::NOT_FOUND, codes::ASK_UNKNOWN),
			Self::AskNotOpen => (S::CONFLICT, codes::ASK_NOT_OPEN),
			Self::AlreadyExtended => (S::CONFLICT, codes::ALREADY_EXTENDED),
			Self::ExtensionTooLate => (S::CONFLICT, codes::EXTENSION_TOO_LATE),
			Self::TooManyAsks => (S::CONFLICT, codes::TOO_MANY_ASKS),
			Self::RecordHeld => (S::CONFLICT, codes::RECORD_HELD),
			Self::StillCurrent => (S::CONFLICT, codes::STILL_CURRENT),
			Self::HoldUnknown => (S::NOT_FOUND, codes::HOLD_UNKNOWN),
			Self::DirectiveUnknown => (S::NOT_FOUND, codes::DIRECTIVE_UNKNOWN),
			Self::RequestUnknown => (S::NOT_FOUND, codes::REQUEST_UNKNOWN),
			Self::RendezvousUnknown => (S::NOT_FOUND, codes::RENDEZVOUS_UNKNOWN),
			Self::RendezvousUsed => (S::GONE, codes::RENDEZVOUS_USED),
			Self::RequestNotOpen(_) => (S::CONFLICT, codes::REQUEST_NOT_OPEN),
			Self::PractitionerUnknown => (S::NOT_FOUND, codes::PRACTITIONER_UNKNOWN),
			Self::ProfileUnknown => (S::NOT_FOUND, codes::PROFILE_UNKNOWN),
			Self::ProfileGone => (S::GONE, codes::PROFILE_GONE),
			Self::NotAnswered => (S::NOT_FOUND, codes::NOT_ANSWERED),
			Self::RouteUnknown => (S::NOT_FOUND, codes::ROUTE_UNKNOWN),
			Self::MethodNotAllowed => (S::METHOD_NOT_ALLOWED, codes::METHOD_NOT_ALLOWED),
			Self::NotAcceptable => (S::NOT_ACCEPTABLE, codes::NOT_ACCEPTABLE),
			Self::TooLargeForJson => (S::PAYLOAD_TOO_LARGE, codes::TOO_LARGE),
			Self::AlreadyExists(_) => (S::CONFLICT, codes::ALREADY_EXISTS),
			Self::NotCurrent => (S::CONFLICT, codes::NOT_CURRENT),
			Self::RecipientKeyMissing => (S::CONFLICT, codes::RECIPIENT_KEY_MISSING),
			Self::OrganisationKeyMissing => (S::CONFLICT, codes::ORGANISATION_KEY_MISSING),
			Self::PlaceMoved => (S::CONFLICT, codes::PLACE_MOVED),
			Self::NoPlaceForBackups => (S::CONFLICT, codes::NO_PLACE_FOR_BACKUPS),
			Self::ChainRefused(_) => (S::CONFLICT, codes::CHAIN_REFUSED),
			Self::TooLarge => (S::PAYLOAD_TOO_LARGE, codes::TOO_LARGE),
			Self::RecordMoved(_) => (S::GONE, codes::RECORD_MOVED),
			Self::TransferWordRefused(_) => (S::BAD_REQUEST, codes::TRANSFER_WORD_REFUSED),
			Self::HoldingOffered(_) => (S::CONFLICT, codes::HOLDING_OFFERED),
			Self::HoldingNotOffered => (S::CONFLICT, codes::HOLDING_NOT_OFFERED),
			Self::HoldingOpened => (S::CONFLICT, codes::HOLDING_OPENED),
			Self::TransfersOpen(_) => (S::CONFLICT, codes::TRANSFERS_OPEN),
			Self::HoldingClosed { .. } => (S::SERVICE_UNAVAILABLE, codes::HOLDING_CLOSED),
			Self::HoldingArriving { .. } => (S::SERVICE_UNAVAILABLE, codes::HOLDING_ARRIVING),
			Self::HoldingMoved(_) => (S::GONE, codes::HOLDING_MOVED),
			Self::TransferUnknown => (S::NOT_FOUND, codes::TRANSFER_UNKNOWN),
			Self::StorageDamaged => (S::INTERNAL_SERVER_ERROR, codes::STORAGE_DAMAGED),
			Self::Internal(_) => (S::INTERNAL_SERVER_ERROR, codes::INTERNAL),
			Self::NodeUnavailable(_) => (S::SERVICE_UNAVAILABLE, codes::NODE_UNAVAILABLE),
			Self::HeadStale { .. } => (S::SERVICE_UNAVAILABLE, codes::HEAD_STALE),
			Self::KeyServiceUnavailable(_) => {
				(S::SERVICE_UNAVAILABLE, codes::KEY_SERVICE_UNAVAILABLE)
			},
			Self::NotFinalInTime => (S::GATEWAY_TIMEOUT, codes::NOT_FINAL_IN_TIME),
			Self::TooManyRequests { .. } => (S::TOO_MANY_REQUESTS, codes::TOO_MANY_REQUESTS),
			Self::Stopping => (S::SERVICE_UNAVAILABLE, codes::STOPPING),
			Self::Busy => (S::SERVICE_UNAVAILABLE, codes::BUSY),
		}
	}

	fn reason(&self) -> Option<u8> {
		match self {
			Self::NotInStanding(reason) => Some(reason.index()),
			Self::AccessDenied(reason) => Some(reason.code()),
			_ => None,
		}
	}

	/// What the caller is told.
	pub(crate) fn body(&self) -> ErrorBody {
		let (_, code) = self.status_and_code();
		ErrorBody { code: code.into(), message: self.to_string(), reason: self.reason() }
	}

	/// What the operator must know beyond what the caller is told. Names nobody and no record.
	fn note(&self) -> Option<&str> {
		match self {
			Self::Internal(detail)
			| Self::NodeUnavailable(detail)
			| Self::KeyServiceUnavailable(detail) => Some(detail),
			_ => None,
		}
	}
}

impl From<StoreError> for Error {
	fn from(error: StoreError) -> Self {
		match error {
			StoreError::Damaged => Self::StorageDamaged,
			error => Self::Internal(error.to_string()),
		}
	}
}

impl From<ChainError> for Error {
	fn from(error: ChainError) -> Self {
		match error {
			ChainError::Refused { ref error, .. } => Self::ChainRefused(error.clone()),
			ChainError::PoolRefused { .. } | ChainError::NotEnrolled { .. } => {
				// The caller is told to tell the operator, who must find the cause.
				tracing::warn!(%error, "the transaction pool refused");
				Self::ChainRefused(
					"the transaction pool did not take the vault's transaction; tell its operator"
						.into(),
				)
			},
			ChainError::NotFinalInTime { .. } | ChainError::Lost { .. } => Self::NotFinalInTime,
			ChainError::NodeUnreachable { .. } => Self::NodeUnavailable(error.to_string()),
			error => Self::NodeUnavailable(error.to_string()),
		}
	}
}

impl Error {
	/// Notes what the operator must know, and gives what the caller is told.
	pub(crate) fn tell(&self) -> (StatusCode, ErrorBody) {
		let (status, code) = self.status_and_code();
		if let Some(note) = self.note() {
			tracing::warn!(code, note, "a request failed");
		}
		(status, self.body())
	}
}

impl IntoResponse for Error {
	fn into_response(self) -> Response {
		let (status, body) = self.tell();
		let mut response = (status, Json(body)).into_response();
		if let Self::TooManyRequests { seconds }
		| Self::HoldingClosed { seconds }
		| Self::HoldingArriving { seconds } = self
		{
			response.headers_mut().insert(RETRY_AFTER, seconds.into());
		}
		response
	}
}
