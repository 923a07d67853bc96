//! Errors of the `salus_` methods. Codes are part of the interface: never reused, never renumbered.

use jsonrpsee::types::ErrorObjectOwned;
use std::fmt::Display;

/// Why a `salus_` method could not answer. What the chain does not know is no error but `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Code {
	/// The block is unknown.
	UnknownBlock = 20_000,
	/// The block's state is no longer kept.
	StatePruned = 20_001,
	/// The runtime failed.
	RuntimeFailed = 20_002,
	/// The cursor is none of ours.
	InvalidCursor = 20_003,
	/// The database failed.
	DatabaseFailed = 20_004,
	/// The moment is before the block's time.
	MomentPast = 20_005,
}

impl Code {
	/// Every code.
	pub const ALL: [Self; 6] = [
		Self::UnknownBlock,
		Self::StatePruned,
		Self::RuntimeFailed,
		Self::InvalidCursor,
		Self::DatabaseFailed,
		Self::MomentPast,
	];

	/// The number.
	pub const fn number(self) -> i32 {
		self as i32
	}

	/// A sentence that tells a person what is wrong and what to do.
	pub const fn sentence(self) -> &'static str {
		match self {
			Self::UnknownBlock => {
				"this node knows no such block: check the hash, or wait until the node has it"
			},
			Self::StatePruned => {
				"this node no longer keeps the state of that block: ask one that runs with \
				 --state-pruning archive"
			},
			Self::RuntimeFailed => "the runtime could not answer: the data says why",
			Self::InvalidCursor => {
				"the cursor is not one that this method gave: start again without a cursor"
			},
			Self::MomentPast => {
				"the moment is past at that block: leave it out, or ask a node that keeps the block of \
				 then"
			},
			Self::DatabaseFailed => "the node could not read its database: the data says why",
		}
	}
}

/// A code with what is known of its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
	/// The code.
	pub code: Code,
	/// Its cause, for those who look after the node.
	pub cause: Option<String>,
}

impl Error {
	/// An error whose cause is known.
	pub fn because(code: Code, cause: impl Display) -> Self {
		Self { code, cause: Some(cause.to_string()) }
	}
}

impl From<Code> for Error {
	fn from(code: Code) -> Self {
		Self { code, cause: None }
	}
}

impl From<Error> for ErrorObjectOwned {
	fn from(Error { code, cause }: Error) -> Self {
		Self::owned(code.number(), code.sentence(), cause)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_never_change() {
		let codes = Code::ALL.map(|code| (code.number(), format!("{code:?}")));
		let expected = [
			(20_000, "UnknownBlock"),
			(20_001, "StatePruned"),
			(20_002, "RuntimeFailed"),
			(20_003, "InvalidCursor"),
			(20_004, "DatabaseFailed"),
			(20_005, "MomentPast"),
		];
		assert_eq!(codes, expected.map(|(number, name)| (number, name.to_owned())));
	}

	#[test]
	fn errors_carry_code_sentence_and_cause() {
		let plain = ErrorObjectOwned::from(Error::from(Code::UnknownBlock));
		assert_eq!((plain.code(), plain.message()), (20_000, Code::UnknownBlock.sentence()));
		assert!(plain.data().is_none());
		let caused = ErrorObjectOwned::from(Error::because(Code::RuntimeFailed, "it trapped"));
		assert_eq!(caused.data().unwrap().get(), "\"it trapped\"");
	}
}
