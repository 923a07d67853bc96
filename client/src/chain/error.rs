//! What can go wrong between us and the chain.

use crate::vault_api::Head;

/// Why the chain did not do or tell what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
	/// No connection to the node.
	#[error("the node at {url} can not be reached: {detail}")]
	NodeUnreachable {
		/// Its URL.
		url: String,
		/// What the network said.
		detail: String,
	},
	/// The node follows another chain than before, or than was asked for.
	#[error("the node at {url} follows another chain: its genesis is {found}, not {expected}")]
	OtherChain {
		/// Its URL.
		url: String,
		/// Genesis hash expected.
		expected: String,
		/// Genesis hash found.
		found: String,
	},
	/// The node answers, but not as a Salus node of this version does.
	#[error("the node at {url} gave an answer that can not be used: {detail}")]
	NodeAnswer {
		/// Its URL.
		url: String,
		/// What is wrong.
		detail: String,
	},
	/// The chain has not let the account in.
	#[error("this account is not enrolled: the chain does not know {account}")]
	NotEnrolled {
		/// The account, `0x…`.
		account: String,
	},
	/// This program does not know how a call is encoded.
	#[error("this program does not know the call {call}")]
	UnknownCall {
		/// The call, `Pallet.call`.
		call: String,
	},
	/// The pool did not take the transaction.
	#[error("the transaction pool refused {call}: {detail}")]
	PoolRefused {
		/// The call, `Pallet.call`.
		call: String,
		/// What the pool said.
		detail: String,
		/// What to do.
		help: &'static str,
	},
	/// The transaction left the pool before it was in a block.
	#[error("{call} left the transaction pool before it was in a block: {detail}")]
	Lost {
		/// The call, `Pallet.call`.
		call: String,
		/// What the pool said.
		detail: String,
	},
	/// The call was executed and failed.
	#[error("the chain refused {call}: {error}")]
	Refused {
		/// The call, `Pallet.call`.
		call: String,
		/// The error, `Pallet.Error` where a pallet gave it.
		error: String,
		/// What the error's documentation says: why, and how to avoid it.
		docs: String,
		/// The block in which it failed.
		block: Head,
	},
	/// The transaction was not final in time.
	#[error("{call} was not final within {seconds} seconds{}", if *.in_block { " (it is in a block)" } else { "" })]
	NotFinalInTime {
		/// The call, `Pallet.call`.
		call: String,
		/// How long was waited.
		seconds: u64,
		/// Whether it was in a block already.
		in_block: bool,
	},
}

impl ChainError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NodeUnreachable { .. } => "node-unreachable",
			Self::OtherChain { .. } => "other-chain",
			Self::NodeAnswer { .. } => "node-answer",
			Self::NotEnrolled { .. } => "account-not-enrolled",
			Self::UnknownCall { .. } => "call-unknown",
			Self::PoolRefused { .. } => "pool-refused",
			Self::Lost { .. } => "transaction-lost",
			Self::Refused { .. } => "chain-refused",
			Self::NotFinalInTime { .. } => "not-final-in-time",
		}
	}

	/// What to do.
	pub fn help(&self) -> String {
		match self {
			Self::NodeUnreachable { .. } =>
				"check that the node runs, or name another with --node (SALUS_NODE)",
			Self::OtherChain { .. } =>
				"name a node of the right chain with --node, or use the key files of this one",
			Self::NodeAnswer { .. } =>
				"check that this is a Salus node and that it and this program are of one version",
			Self::NotEnrolled { .. } =>
				"accounts enter the chain when an organisation adds them to its staff, when a board registers a practitioner, or when a custodian enrols a chart",
			Self::UnknownCall { .. } => "build this program from the sources of the chain's runtime",
			Self::PoolRefused { help, .. } => help,
			Self::Lost { .. } => "submit it again",
			Self::Refused { docs, .. } if !docs.is_empty() => docs,
			Self::Refused { .. } => "correct what the error names and try again",
			Self::NotFinalInTime { .. } =>
				"it may still become final: look whether it took effect before trying again, and whether more than two thirds of the validators are up",
		}
		.into()
	}

	/// Whether the chain's answer was this error of this pallet.
	pub fn is(&self, pallet: &str, name: &str) -> bool {
		matches!(self, Self::Refused { error, .. } if error.split_once('.') == Some((pallet, name)))
	}
}
