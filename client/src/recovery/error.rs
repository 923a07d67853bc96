//! What can be wrong with shares and sheets, each with its code and what to do.

use super::{collection::Missing, share::WALLET_WORDS, Fingerprint};

/// What is wrong with shares, sheets, or the wish to make some.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
	/// A word is not in the list.
	#[error("word {position} is '{word}', which is not in the list; the nearest is '{nearest}'")]
	UnknownWord {
		/// Which word, from 1.
		position: usize,
		/// As it was given.
		word: String,
		/// The word of the list that is most like it.
		nearest: &'static str,
	},
	/// There are too few or too many words.
	#[error("there are {words} words; a share of a wallet has {WALLET_WORDS}")]
	WrongLength {
		/// How many there are.
		words: usize,
	},
	/// Every word is in the list, but not all are right.
	#[error("the words do not fit their checksum: some are wrong, or in the wrong order")]
	WrongChecksum,
	/// The checksum is right and the words can not be a share all the same.
	#[error("the words are no share: the bits before its value are not zero")]
	BadPadding,
	/// A share of more groups than there are.
	#[error("the words are no share: they ask for more groups than they say there are")]
	Impossible,
	/// A share of another splitting.
	#[error("this share is of splitting {this}, and those before it are of splitting {others}")]
	OtherSet {
		/// Identifier of this share's.
		this: u16,
		/// Identifier of the others'.
		others: u16,
	},
	/// Shares of one splitting that contradict each other.
	#[error("this share says otherwise than those before it {what}")]
	MixedThresholds {
		/// What they disagree about.
		what: MixedOver,
	},
	/// A share was given before.
	#[error("share {member} of group {group} was given already")]
	Twice {
		/// Its group, from 1.
		group: u8,
		/// Its number, from 1.
		member: u8,
	},
	/// Another share with the same number was given before.
	#[error("another share says that it is share {member} of group {group}")]
	NumberTaken {
		/// The group, from 1.
		group: u8,
		/// The number, from 1.
		member: u8,
	},
	/// Shares are missing.
	#[error("{0}")]
	TooFew(Missing),
	/// Shares have right checksums and do not fit together.
	#[error("the shares {of} do not fit together: one of them at least is false")]
	Disagree {
		/// Which.
		of: DisagreeOf,
	},
	/// The shares give a secret that is no wallet's.
	#[error("the shares give a secret of {bytes} bytes, and a wallet's has 32")]
	NoWallet {
		/// How long it is.
		bytes: usize,
	},
	/// What came back is not the wallet that was named.
	#[error("this gives the wallet {this}, and the wallet wanted is {expected}")]
	OtherWallet {
		/// What came back.
		this: Fingerprint,
		/// What the sheets say.
		expected: Fingerprint,
	},
	/// Sheets of different wallets.
	#[error("this sheet is of the wallet {this}, and those before it are of {others}")]
	OtherSheet {
		/// What this sheet says.
		this: Fingerprint,
		/// What the others say.
		others: Fingerprint,
	},
	/// No sheet names the wallet.
	#[error("nothing says which wallet this is")]
	NoFingerprint,
	/// A fingerprint is not well formed.
	#[error("'{0}' is no fingerprint of a wallet")]
	BadFingerprint(String),
	/// A passphrase for sheets has other signs than printable ASCII.
	#[error("sign {place} of the sheets' passphrase is none of an English keyboard")]
	BadSheetPassphrase {
		/// Which sign, from 1.
		place: usize,
	},
	/// A sheet breaks off or has lines that mean nothing.
	#[error("this is no sheet of a wallet: {0}")]
	BadSheet(&'static str),
	/// A sheet of another kind.
	#[error("this is a {found} and not a {wanted}")]
	WrongKind {
		/// What it is.
		found: super::Kind,
		/// What it should be.
		wanted: super::Kind,
	},
	/// A wallet can not be divided so.
	#[error("a wallet can not be divided so: {0}")]
	BadScheme(SchemeFault),
	/// A backup can not be opened by this wallet.
	#[error("the backup is of another wallet, or was altered")]
	BackupRefused,
	/// A backup is not well formed.
	#[error("this is no backup of a wallet: {0}")]
	BadBackup(String),
}

/// What shares of one splitting disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixedOver {
	/// The number of groups, or of groups needed.
	#[error("how many groups there are and are needed")]
	Groups,
	/// The number of shares needed of a group.
	#[error("how many shares of group {0} are needed")]
	Members(u8),
	/// The length of the secret.
	#[error("how long the secret is")]
	Length,
	/// How the secret is encrypted.
	#[error("how the secret is encrypted")]
	Cipher,
}

/// Which shares do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisagreeOf {
	/// The shares of a group, from 1.
	#[error("of group {0}")]
	Group(u8),
	/// The groups among themselves.
	#[error("of different groups")]
	Groups,
}

/// Why a wallet can not be divided so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeFault {
	/// No shares, or none needed.
	#[error("at least one share must be needed, and there must be one")]
	Nothing,
	/// More than the standard has numbers for.
	#[error("there can be at most 16 groups of at most 16 shares")]
	TooMany,
	/// More are needed than there are.
	#[error("{needed} are needed of {there} that there are")]
	Unreachable {
		/// How many are needed.
		needed: u8,
		/// How many there are.
		there: u8,
	},
	/// Several shares of which each alone is enough.
	#[error("each of {0} shares would be enough alone")]
	AllAlike(u8),
}

impl RecoveryError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::UnknownWord { .. } => "share-unknown-word",
			Self::WrongLength { .. } => "share-wrong-length",
			Self::WrongChecksum => "share-wrong-checksum",
			Self::BadPadding | Self::Impossible => "share-malformed",
			Self::OtherSet { .. } => "share-of-another-set",
			Self::MixedThresholds { .. } => "share-contradicts",
			Self::Twice { .. } => "share-twice",
			Self::NumberTaken { .. } => "share-number-taken",
			Self::TooFew(_) => "too-few-shares",
			Self::Disagree { .. } => "shares-disagree",
			Self::NoWallet { .. } => "not-a-wallet",
			Self::OtherWallet { .. } => "other-wallet",
			Self::OtherSheet { .. } => "sheet-of-another-wallet",
			Self::NoFingerprint => "no-fingerprint",
			Self::BadFingerprint(_) => "bad-fingerprint",
			Self::BadSheetPassphrase { .. } => "bad-sheet-passphrase",
			Self::BadSheet(_) => "bad-sheet",
			Self::WrongKind { .. } => "wrong-kind-of-sheet",
			Self::BadScheme(_) => "bad-scheme",
			Self::BackupRefused => "backup-refused",
			Self::BadBackup(_) => "bad-backup",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::UnknownWord { .. } => {
				"look at that word on the sheet again; the first four letters of a word are enough"
			},
			Self::WrongLength { .. } => "look for words left out or read twice; the sheet numbers them",
			Self::WrongChecksum => "compare each word with the sheet again",
			Self::BadPadding | Self::Impossible => {
				"it was made by another program, and wrongly; use another share"
			},
			Self::OtherSet { .. } => {
				"use sheets that were printed together: they show the same set number"
			},
			Self::MixedThresholds { .. } => {
				"one of them was not made with the others; try without this one, then without another"
			},
			Self::Twice { .. } => "take another sheet; each counts once",
			Self::NumberTaken { .. } => {
				"one of the two is false; try each of them with the other shares"
			},
			Self::TooFew(_) => "ask another person who keeps a sheet",
			Self::Disagree { .. } => "try other sheets in place of these, one after another",
			Self::NoWallet { .. } => "these shares are of something else than a Salus wallet",
			Self::OtherWallet { .. } => {
				"the sheets' passphrase is wrong or missing, or the fingerprint was read wrongly"
			},
			Self::OtherSheet { .. } => "use sheets with the same fingerprint",
			Self::NoFingerprint => {
				"give the fingerprint on the sheet with --fingerprint, or --unchecked if none is known"
			},
			Self::BadFingerprint(_) => "a fingerprint looks like 3F2A-9C01",
			Self::BadSheetPassphrase { .. } => {
				"use letters without accents, digits, blanks and the signs of an English keyboard"
			},
			Self::BadSheet(_) => "give the whole file, or a file with the words and nothing else",
			Self::WrongKind { .. } => {
				"a kit goes to `salus wallet restore`, shares go to `salus wallet recover`"
			},
			Self::BadScheme(SchemeFault::AllAlike(_)) => {
				"let 2 be needed; a sheet that is enough alone is made by `salus wallet kit`"
			},
			Self::BadScheme(_) => "for example 2 of 3, or 2 groups such as family:2-of-3 and self:1-of-1",
			Self::BackupRefused => "use a backup of the wallet with this fingerprint",
			Self::BadBackup(_) => "check that this is the right file",
		}
	}
}
