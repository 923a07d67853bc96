//! The one error type: what is wrong, a stable code, and what to do.

use crate::{
	chain::ChainError, content::ContentError, envelope::EnvelopeError, evidence::EvidenceError,
	fhir::ConsentError, profile::ProfileError, recovery::RecoveryError, vault_api::codes,
};
use salus_primitives::{
	codes::StandingReason,
	decision::DenyReason,
	ids::{DirectiveId, OrganisationId},
};
use std::path::{Path, PathBuf};

/// What the SDK's functions answer.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Everything that can go wrong in the SDK and its command line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// Encrypting, decrypting, wrapping or opening failed.
	#[error(transparent)]
	Envelope(#[from] EnvelopeError),
	/// A file is no content that can be stored.
	#[error("{}: {fault}", path.display())]
	Content {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		fault: ContentError,
	},
	/// A Consent is not taken, or a directive not written as one.
	#[error(transparent)]
	Consent(#[from] ConsentError),
	/// A practitioner's profile is not usable, or not theirs.
	#[error(transparent)]
	Profile(#[from] ProfileError),
	/// Evidence does not match its opening, or that the chain.
	#[error(transparent)]
	Evidence(#[from] EvidenceError),
	/// A file is larger than a record may be.
	#[error("{} has {size} bytes, more than a record may have", path.display())]
	TooLarge {
		/// The file.
		path: PathBuf,
		/// Its size.
		size: u64,
	},
	/// A file changed while it was uploaded.
	#[error("{} changed since its upload began", .0.display())]
	FileChanged(PathBuf),
	/// Another process works on the same file.
	#[error("another process works on {}", .0.display())]
	FileBusy(PathBuf),
	/// A vault said no.
	#[error("the vault refused: {message}")]
	Vault {
		/// HTTP status.
		status: u16,
		/// One of [`crate::vault_api::codes`].
		code: String,
		/// What is wrong and what to do.
		message: String,
		/// Code of the chain's deny reason, where one stands behind the refusal.
		reason: Option<u8>,
	},
	/// A directive is on the chain, and the vault could not be given its opening.
	#[error("the directive {directive} is on the chain, but not at the vault: {fault}")]
	NotDelivered {
		/// Which one.
		directive: DirectiveId,
		/// What kept it from the vault.
		fault: Box<Error>,
	},
	/// The ask has ended.
	#[error("the ask is {0}")]
	AskNotOpen(salus_primitives::codes::AskState),
	/// What a patient asks to share is permitted, and the custodian was not asked.
	#[error("the directive {directive} permits it, but the custodian was not asked: {fault}")]
	AskNotFiled {
		/// By which directive.
		directive: DirectiveId,
		/// What kept the ask from being filed.
		fault: Box<Error>,
	},
	/// A vault can not be reached.
	#[error("the vault at {endpoint} can not be reached: {detail}")]
	VaultUnreachable {
		/// Its endpoint.
		endpoint: String,
		/// What the network said.
		detail: String,
	},
	/// A vault did not answer in time.
	#[error("the vault at {endpoint} did not answer in time")]
	VaultTimedOut {
		/// Its endpoint.
		endpoint: String,
	},
	/// A vault's answer makes no sense.
	#[error("the vault at {endpoint} gave an answer that can not be used: {detail}")]
	VaultAnswer {
		/// Its endpoint.
		endpoint: String,
		/// What is wrong with it.
		detail: String,
	},
	/// An endpoint is no URL of a vault.
	#[error("'{0}' is no endpoint of a vault")]
	BadEndpoint(String),
	/// A vault elsewhere without TLS.
	#[error("{0} is another machine and would be spoken to in the clear")]
	PlainEndpoint(String),
	/// A text is no link, or one that was altered.
	#[error("this is no whole link: {0}")]
	BadLink(&'static str),
	/// A text is no code of a request, or one that was altered.
	#[error("this is no whole code of a request: {0}")]
	BadRendezvous(&'static str),
	/// A text is no card, one that was altered, or not for what the vault has.
	#[error("this is no whole card: {0}")]
	BadCard(&'static str),
	/// A PIN is none, or too weak for a new card.
	#[error("the PIN can not be used: {0}")]
	BadPin(&'static str),
	/// A released record does not match what the chain or its opening says.
	#[error("what the vault released does not match: {0}")]
	ReleaseMismatch(String),
	/// The chain did not do or tell what was asked.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// Something asked for is not there.
	#[error("no such {what}: {id}")]
	NotFound {
		/// Kind of thing.
		what: &'static str,
		/// Which one.
		id: String,
	},
	/// The patient has not answered a request in the time given.
	#[error("the patient has not answered within {0} seconds")]
	NotAnswered(u64),
	/// A request can not be answered any more, or never could.
	#[error("the request is {0}")]
	RequestNotOpen(String),
	/// More guardians than a chart's guard holds.
	#[error("a chart has room for {most} guardians")]
	TooManyGuardians {
		/// How many it holds.
		most: u32,
	},
	/// Two guardians of a chart have one key.
	#[error("a guardian is named twice")]
	GuardianNamedTwice,
	/// A guardian's key is one of another chart's guardians.
	#[error(
		"this key guards another chart of the wallet: it would join the two for everyone to see"
	)]
	GuardianOfAnotherChart,
	/// The end of a parent's guardianship would tell a birthday.
	#[error("a parent's guardianship must end with a calendar year: its end shows on chain once they act, and the day of coming of age tells the date of birth")]
	GuardianEndNotRounded,
	/// A card is used with another key than its guardian's.
	#[error("the card is for another guardian's key")]
	NotTheGuardiansKey,
	/// A file about paper says another thing than what was sealed or signed.
	#[error("the file about the paper can not be relied on: {0}")]
	PaperUnfit(&'static str),
	/// A file about paper is for another account to sign or submit.
	#[error("the file about the paper names account {0} for this")]
	PaperOfAnother(String),
	/// Nobody has signed a file about paper beside its submitter.
	#[error("no second witness has signed the file about the paper")]
	PaperNotWitnessed,
	/// What does not make the sheet of an offline clinic.
	#[error("this makes no sheet: {0}")]
	SheetUnfit(&'static str),
	/// A wallet has not the key that acts for a chart.
	#[error("the wallet has not the key that acts for chart {0}")]
	KeyElsewhere(String),
	/// An organisation named by the caller gave its holding to another, as the chain says.
	#[error("organisation {organisation} keeps nothing any more: what it had, organisation {keeper} keeps")]
	HoldingMoved {
		/// The one that was named.
		organisation: OrganisationId,
		/// Who keeps its charts and records now.
		keeper: OrganisationId,
	},
	/// A wallet has several charts that one organisation keeps for others.
	#[error("organisation {keeper} keeps several charts of this wallet, which organisations {} enrolled", list(origins))]
	SeveralCharts {
		/// Who keeps them.
		keeper: OrganisationId,
		/// Who enrolled them.
		origins: Vec<OrganisationId>,
	},
	/// A log of disclosures has gaps, or entries that do not match the chain.
	#[error("{0} faults in the log: entries are missing, or do not match the chain")]
	LogFaulty(usize),
	/// A list of records has gaps, or records that do not match the chain.
	#[error("{0} records are withheld, or do not match the chain")]
	ListFaulty(usize),
	/// Petitions, or answers to them, are withheld or do not match the chain.
	#[error("{0} petitions or answers are withheld, or do not match the chain")]
	PetitionsFaulty(usize),
	/// Asks, or answers to them, are withheld or do not match the chain.
	#[error("{0} asks or answers are withheld, or do not match the chain")]
	AsksFaulty(usize),
	/// An import left something out.
	#[error("{refused} of the resources were not imported: {} says why", report.display())]
	ImportIncomplete {
		/// How many.
		refused: u64,
		/// Where they are listed.
		report: PathBuf,
	},
	/// An import can not go on from its journal.
	#[error("the import can not go on from {}: {detail}", journal.display())]
	JournalUnusable {
		/// The journal.
		journal: PathBuf,
		/// Why not.
		detail: String,
	},
	/// The council carried a motion, and its act failed.
	#[error("the council agreed, but the act failed: {error}")]
	ActFailed {
		/// The error, `Pallet.Error` where a pallet gave it.
		error: String,
		/// What the error's documentation says.
		docs: String,
	},
	/// The passphrase is wrong or the file was altered.
	#[error("the passphrase is wrong, or {} was altered", .0.display())]
	WrongPassphrase(PathBuf),
	/// A passphrase has no characters.
	#[error("the passphrase is empty")]
	EmptyPassphrase,
	/// A file is not of the format expected.
	#[error("{} is no {format} file: {detail}", path.display())]
	WrongFormat {
		/// The file.
		path: PathBuf,
		/// What it should be.
		format: &'static str,
		/// What is wrong.
		detail: String,
	},
	/// A file that must not be overwritten is there.
	#[error("{} exists already", .0.display())]
	FileExists(PathBuf),
	/// Reading or writing a file failed.
	#[error("{}: {source}", path.display())]
	Io {
		/// The file.
		path: PathBuf,
		/// What the operating system said.
		source: std::io::Error,
	},
	/// A development key's name is not usable.
	#[error("'{uri}' names no development key: {detail}")]
	BadDevUri {
		/// The name.
		uri: String,
		/// What is wrong.
		detail: &'static str,
	},
	/// A recovery phrase is wrong.
	#[error("this is no recovery phrase of 24 words: {0}")]
	BadPhrase(String),
	/// Shares, sheets or backups of a wallet are wrong, or not enough.
	#[error(transparent)]
	Recovery(#[from] RecoveryError),
	/// Something is wrong with one sheet among several.
	#[error("{place}: {fault}")]
	Sheet {
		/// Which one.
		place: String,
		/// What is wrong with it.
		fault: Box<Error>,
	},
	/// The operating system gave no random bytes.
	#[error("the operating system gave no random bytes")]
	Random,
	/// A command was used in a way that can not work.
	#[error("{message}")]
	Usage {
		/// What is wrong.
		message: String,
		/// What to do.
		help: String,
	},
}

impl Error {
	/// A failure to read or write `path`.
	pub fn io(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
		let path = path.as_ref().to_owned();
		move |source| Self::Io { path, source }
	}

	/// The stable code. A vault's refusal keeps the vault's code.
	pub fn code(&self) -> &str {
		match self {
			Self::Envelope(error) => error.code(),
			Self::Content { fault, .. } => fault.code(),
			Self::Consent(fault) => fault.code(),
			Self::Profile(error) => error.code(),
			Self::Evidence(error) => error.code(),
			Self::TooLarge { .. } => "too-large",
			Self::FileChanged(_) => "file-changed",
			Self::FileBusy(_) => "file-busy",
			Self::Vault { code, .. } => code,
			Self::NotDelivered { .. } => "not-delivered",
			Self::AskNotOpen(_) => "ask-not-open",
			Self::AskNotFiled { .. } => "ask-not-filed",
			Self::VaultUnreachable { .. } => "vault-unreachable",
			Self::VaultTimedOut { .. } => "vault-timed-out",
			Self::VaultAnswer { .. } => "vault-answer",
			Self::BadEndpoint(_) => "bad-endpoint",
			Self::PlainEndpoint(_) => "plain-endpoint",
			Self::BadLink(_) => "bad-link",
			Self::BadRendezvous(_) => "bad-rendezvous",
			Self::BadCard(_) => "bad-card",
			Self::BadPin(_) => "bad-pin",
			Self::ReleaseMismatch(_) => "release-mismatch",
			Self::Chain(error) => error.code(),
			Self::NotFound { .. } => "not-found",
			Self::NotAnswered(_) => "not-answered",
			Self::RequestNotOpen(_) => "request-not-open",
			Self::TooManyGuardians { .. } => "too-many-guardians",
			Self::GuardianNamedTwice => "guardian-named-twice",
			Self::GuardianOfAnotherChart => "guardian-of-another-chart",
			Self::GuardianEndNotRounded => "guardian-end-not-rounded",
			Self::NotTheGuardiansKey => "not-the-guardians-key",
			Self::PaperUnfit(_) => "paper-unfit",
			Self::PaperOfAnother(_) => "paper-of-another",
			Self::PaperNotWitnessed => "paper-not-witnessed",
			Self::SheetUnfit(_) => "sheet-unfit",
			Self::KeyElsewhere(_) => "key-elsewhere",
			Self::HoldingMoved { .. } => codes::HOLDING_MOVED,
			Self::SeveralCharts { .. } => "several-charts",
			Self::LogFaulty(_) => "log-faulty",
			Self::ListFaulty(_) => "list-faulty",
			Self::PetitionsFaulty(_) => "petitions-faulty",
			Self::AsksFaulty(_) => "asks-faulty",
			Self::ImportIncomplete { .. } => "import-incomplete",
			Self::JournalUnusable { .. } => "journal-unusable",
			Self::ActFailed { .. } => "act-failed",
			Self::WrongPassphrase(_) => "wrong-passphrase",
			Self::EmptyPassphrase => "empty-passphrase",
			Self::WrongFormat { .. } => "wrong-format",
			Self::FileExists(_) => "file-exists",
			Self::Io { .. } => "io",
			Self::BadDevUri { .. } => "bad-dev-uri",
			Self::BadPhrase(_) => "bad-phrase",
			Self::Recovery(fault) => fault.code(),
			Self::Sheet { fault, .. } => fault.code(),
			Self::Random => "no-randomness",
			Self::Usage { .. } => "usage",
		}
	}

	/// What to do.
	pub fn help(&self) -> String {
		match self {
			Self::Envelope(error) => error.help(),
			Self::Content { fault, .. } => fault.help(),
			Self::Consent(fault) => fault.help(),
			Self::Profile(error) => error.help(),
			Self::Evidence(error) => error.help(),
			Self::Chain(error) => return error.help(),
			Self::Sheet { fault, .. } => return fault.help(),
			Self::Recovery(fault) => fault.help(),
			Self::TooLarge { .. } => "store it as several records of less than 64 GiB",
			Self::FileChanged(_) => "run the command again: it begins a new upload of the file as it is now",
			Self::FileBusy(_) => "wait until that one has ended",
			Self::Vault { status, code, reason, .. } => vault_help(*status, code, *reason),
			Self::NotDelivered { .. } =>
				"until the vault has it, it refuses everyone: bring it with `salus directive deliver`",
			Self::AskNotOpen(_) => "ask once more, if the answer is not what you need",
			Self::AskNotFiled { .. } =>
				"ask again and name that directive with --directive, or revoke it",
			Self::VaultUnreachable { .. } => {
				"check that the vault runs and that the organisation's endpoint on chain is right"
			},
			Self::VaultTimedOut { .. } => {
				"try again; if the request changed something, look first whether it took effect"
			},
			Self::VaultAnswer { .. } => "check that the endpoint is a vault of this version",
			Self::BadEndpoint(_) => "an endpoint looks like https://vault.example.org",
			Self::PlainEndpoint(_) => {
				"ask the custodian to put its vault behind TLS and to publish an https endpoint"
			},
			Self::BadLink(_) => "copy the whole text, from salus:link to its last sign, or ask for it again",
			Self::BadRendezvous(_) =>
				"scan it again, or copy the whole text, from salus:meet to its last sign",
			Self::BadCard(_) => "scan the card again, or copy its whole text; if it stays so, let the patient make a new one",
			Self::BadPin(_) => "take 6 to 12 digits that are no row, no birthday and no single digit",
			Self::ReleaseMismatch(_) => {
				"do not use it; fetch the record again, and if this persists tell the custodian"
			},
			Self::NotFound { .. } => "check the id, and that it is on this chain",
			Self::NotAnswered(_) => "ask again later; the request stays open until it lapses",
			Self::RequestNotOpen(_) =>
				"the requester can send another; what was permitted ends with `salus directive revoke`",
			Self::TooManyGuardians { .. } => "name fewer guardians",
			Self::GuardianNamedTwice => "give all powers of a guardian at once, as in `consent+revoke`",
			Self::GuardianOfAnotherChart =>
				"let the guardian make a key for this chart alone: `salus key generate`",
			Self::GuardianEndNotRounded => "give the year alone, as in 2040: it ends as that year begins",
			Self::NotTheGuardiansKey => "use the key file whose account the patient named as guardian",
			Self::PaperUnfit(_) => "prepare it anew with `salus paper prepare`, and have it signed",
			Self::PaperOfAnother(_) => "use that account's key, or prepare it anew for this one",
			Self::PaperNotWitnessed => "let the second one sign it: `salus paper witness`",
			Self::SheetUnfit(_) => "give what the patient needs elsewhere alone, one resource in each file",
			Self::KeyElsewhere(_) =>
				"use the wallet in which it was rotated; if that is lost, go to the custodian with the file that `salus chart rekey word` writes",
			Self::HoldingMoved { keeper, .. } => {
				return format!("name organisation {keeper} instead");
			},
			Self::SeveralCharts { .. } => "name with --custodian who enrolled the one that is meant",
			Self::LogFaulty(_) | Self::ListFaulty(_) | Self::PetitionsFaulty(_) | Self::AsksFaulty(_) =>
				"keep this output, and ask the custodian and a regulator to explain",
			Self::ImportIncomplete { .. } =>
				"correct what the report lists, and import that alone, with another --journal",
			Self::JournalUnusable { .. } =>
				"name the files as in the first call, or begin another import with another --journal",
			Self::ActFailed { docs, .. } if !docs.is_empty() => docs,
			Self::ActFailed { .. } => "correct what the error names and propose the act again",
			Self::WrongPassphrase(_) => "try again; restore the file from a copy if it was altered",
			Self::EmptyPassphrase => "choose a passphrase with at least one character",
			Self::WrongFormat { .. } => "check that this is the right file",
			Self::FileExists(_) => "name another file, or move this one away first",
			Self::Io { .. } => "check the path, its permissions and the disk",
			Self::BadDevUri { .. } => "a development key's name looks like //Mercy//Records",
			Self::BadPhrase(_) => "check the words and their order",
			Self::Random => "check the operating system's random number source",
			Self::Usage { help, .. } => help,
		}
		.into()
	}
}

/// Numbers in a row, as people read them.
fn list(numbers: &[OrganisationId]) -> String {
	let numbers: Vec<_> = numbers.iter().map(OrganisationId::to_string).collect();
	numbers.join(", ")
}

/// What to do after a vault's refusal, whose message already says what is wrong.
fn vault_help(status: u16, code: &str, reason: Option<u8>) -> &'static str {
	let is = |denied: DenyReason| reason == Some(denied.code());
	let standing = StandingReason::ALL.iter().any(|known| Some(known.index()) == reason);
	match code {
		codes::NOT_SIGNED_IN | codes::CHALLENGE_USED_OR_UNKNOWN => "sign in again",
		codes::HEAD_STALE => "finality has stalled; try again once the network finalises blocks",
		codes::NODE_UNAVAILABLE | codes::KEY_SERVICE_UNAVAILABLE => {
			"try again shortly; if this persists, tell the vault's operator"
		},
		codes::NOT_IN_STANDING => "see why with `salus provider standing`",
		codes::ACCESS_DENIED if standing => "see why with `salus provider standing`",
		codes::ACCESS_DENIED if is(DenyReason::DirectiveOpeningMissing) => {
			"the patient's wallet brings it with `salus directive deliver`"
		},
		codes::ACCESS_DENIED
			if is(DenyReason::NothingPermits) || is(DenyReason::DirectiveDenies) =>
		{
			"the patient's directives decide; send an access request"
		},
		codes::ACCESS_DENIED if is(DenyReason::BeyondFirstScope) => {
			"if the patient needs more, widen it with `salus emergency widen`; that is reviewed"
		},
		codes::ACCESS_DENIED if is(DenyReason::BreakGlassOver) => {
			"open another one with `salus emergency open`"
		},
		codes::RENDEZVOUS_UNKNOWN | codes::RENDEZVOUS_USED | codes::REQUEST_NOT_OPEN => {
			"let who asks send another: `salus request send --rendezvous`"
		},
		codes::REVIEWER_NOT_INDEPENDENT => "let a house review that has no ties to the clinician",
		codes::OPTED_OUT => "have the patient opt in first: `salus emergency opt-in`",
		codes::RECALL_UNKNOWN => "list them with `salus recall list`",
		codes::NOT_THE_RECIPIENT => {
			"answer with the key by which it was read, or let an administrator of that house answer"
		},
		codes::RECALL_GREW => "look at it with `salus recall show`, and answer again",
		codes::DELETION_ATTESTED => "nothing is to be done",
		codes::NOT_UNDER_REVIEW => "see how it stands with `salus emergency show`",
		codes::ACCESS_DENIED
			if [DenyReason::LinkUnknown, DenyReason::LinkOver, DenyReason::LinkUsed]
				.into_iter()
				.any(is) =>
		{
			"the patient makes another with `salus link make`"
		},
		codes::PIN_WRONG => "let the patient type it again; after five wrong ones the card is locked",
		codes::CARD_LOCKED | codes::CARD_TRIED => {
			"a records officer who tried no PIN unlocks it, after seeing the person"
		},
		codes::CARD_UNKNOWN => "let the patient see which cards there are",
		codes::TOO_MANY_CARDS => "block a card first",
		codes::RECORD_ERASED => "its patient has the receipt: `salus record petition list`",
		codes::PETITION_OPEN | codes::PETITION_NOT_OPEN | codes::PETITION_UNKNOWN => {
			"see how it stands: the patient with `salus record petition list`, the house with `salus record petition inbox`"
		},
		codes::RECORD_HELD => "see the matters with `salus record hold list`",
		codes::STILL_CURRENT => "store the amended version with `salus record amend`",
		codes::HOLDING_MOVED => {
			"run the command again: it asks whom the chain names; if this comes again, the vault says what the chain does not: tell the custodian"
		},
		codes::HOLDING_OFFERED => "write it once the successor keeps it: `salus custody status` tells",
		codes::HOLDING_OPENED => "make the last pass again, and accept right after it",
		codes::TRANSFERS_OPEN => "withdraw or finish the transfers of single records, then ask again",
		codes::HOLDING_ARRIVING => "try again in some minutes: `salus custody status` tells an administrator how far it is",
		codes::HOLDING_CLOSED => "try again in some minutes: the charts are handed to a successor",
		codes::HOLDING_NOT_OFFERED => "see how it stands with `salus custody status`",
		codes::PROFILE_GONE => "ask another organisation where they work, or the practitioner",
		codes::NOT_ANSWERED => "the patient has not answered yet; ask again later",
		codes::RECIPIENT_KEY_MISSING => "publish an encryption key with `salus key publish`",
		codes::ORGANISATION_KEY_MISSING => {
			"its administrator publishes one with `salus provider organisation publish-key`"
		},
		codes::TOO_MANY_REQUESTS => "ask less often; the message says when to go on",
		codes::STOPPING => "try again in a minute; if this persists, tell the vault's operator",
		codes::NOT_FINAL_IN_TIME => {
			"it may still become final: look whether it took effect before trying again"
		},
		_ if status >= 500 => "try again; if this persists, tell the vault's operator",
		_ => "correct what the message names and try again",
	}
}
