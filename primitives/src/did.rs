//! Decentralised identifiers of the method `salus`: how organisations, practitioners and charts are
//! named outside the chain. `docs/did.md` is the method's specification.
//!
//! ```text
//! did:salus:91b171bb158e2d3848fa23a9f1c25182:organisation:7
//! did:salus:91b171bb158e2d3848fa23a9f1c25182:practitioner:12#encryption-2
//! ```
//!
//! Each subject has exactly one identifier: what is written another way is refused, so that two
//! identifiers are of one subject only if they are the same text.

use crate::ids::{AccountBytes, ChartId, OrganisationId, PractitionerId};
use core::fmt::{self, Display, Formatter};

#[cfg(test)]
mod tests;

/// How every identifier of the method begins.
const PREFIX: &str = "did:salus:";

/// The chain that knows the subject: the first 16 bytes of its genesis hash, as in CAIP-2's
/// namespace `polkadot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(pub [u8; 16]);

impl Network {
	/// The network of the chain with this genesis hash.
	pub fn of(genesis: &[u8; 32]) -> Self {
		let mut first = [0; 16];
		first.iter_mut().zip(genesis).for_each(|(to, from)| *to = *from);
		Self(first)
	}
}

/// Whom an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
	/// An organisation of the consortium.
	Organisation(OrganisationId),
	/// A practitioner.
	Practitioner(PractitionerId),
	/// A patient's chart at one custodian.
	Chart(ChartId),
}

/// A decentralised identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did {
	/// The chain that knows the subject.
	pub network: Network,
	/// Whom it names.
	pub subject: Subject,
}

impl Did {
	/// The identifier of a subject on the chain with this genesis hash.
	pub fn new(genesis: &[u8; 32], subject: Subject) -> Self {
		Self { network: Network::of(genesis), subject }
	}

	/// The URL of a part of this identifier's document.
	pub const fn url(self, fragment: Fragment) -> DidUrl {
		DidUrl { did: self, fragment }
	}
}

/// A part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fragment {
	/// The key of an account, which signs.
	Account(AccountBytes),
	/// The encryption key of this version.
	Encryption(u32),
	/// The service that is an organisation's vault.
	Vault,
	/// The service that hands out a practitioner's profile.
	Profile,
}

/// An identifier with a fragment: what names a key or a service of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DidUrl {
	/// Whose document.
	pub did: Did,
	/// Which part of it.
	pub fragment: Fragment,
}

/// Why a text is no identifier of this method, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DidError {
	/// Not a DID at all.
	NotADid,
	/// A DID of another method.
	OtherMethod,
	/// Too few or too many parts.
	Parts,
	/// The network is not 32 hexadecimal digits.
	Network,
	/// No such kind of subject.
	Kind,
	/// The number of an organisation or practitioner is none.
	Number,
	/// The id of a chart is not 64 hexadecimal digits.
	Chart,
	/// A path or a query follows.
	PathOrQuery,
	/// A fragment follows where none may be.
	UnexpectedFragment,
	/// A fragment is missing.
	MissingFragment,
	/// No such fragment.
	Fragment,
}

impl Display for DidError {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NotADid => "not a DID: write did:salus:<network>:<kind>:<id>",
			Self::OtherMethod => "a DID of another method: only did:salus is known here",
			Self::Parts => {
				"a DID of this method has five parts: write did:salus:<network>:<kind>:<id>"
			},
			Self::Network => {
				"the network is not the first 32 hexadecimal digits of a genesis hash: write them in \
				 lower case without 0x"
			},
			Self::Kind => "unknown kind of subject: write organisation, practitioner or chart",
			Self::Number => {
				"not a number from 1 to 4294967295: write it in digits without sign or leading zeros"
			},
			Self::Chart => {
				"the chart's id is not 64 hexadecimal digits: write them in lower case without 0x"
			},
			Self::PathOrQuery => "DIDs of this method have no path and no query: leave it out",
			Self::UnexpectedFragment => "the whole document is named here: leave out # and what follows",
			Self::MissingFragment => "a key or service is named here: add its fragment, such as #vault",
			Self::Fragment => {
				"unknown fragment: write account-<64 hexadecimal digits>, encryption-<version>, vault or \
				 profile"
			},
		})
	}
}

impl core::error::Error for DidError {}

impl Display for Did {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		f.write_str(PREFIX)?;
		digits(&self.network.0, f)?;
		match &self.subject {
			Subject::Organisation(id) => write!(f, ":organisation:{id}"),
			Subject::Practitioner(id) => write!(f, ":practitioner:{id}"),
			Subject::Chart(id) => {
				f.write_str(":chart:")?;
				digits(&id.0, f)
			},
		}
	}
}

impl Display for Fragment {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		match self {
			Self::Account(account) => {
				f.write_str("account-")?;
				digits(account, f)
			},
			Self::Encryption(version) => write!(f, "encryption-{version}"),
			Self::Vault => f.write_str("vault"),
			Self::Profile => f.write_str("profile"),
		}
	}
}

impl Display for DidUrl {
	fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
		write!(f, "{}#{}", self.did, self.fragment)
	}
}

impl core::str::FromStr for Did {
	type Err = DidError;

	fn from_str(text: &str) -> Result<Self, DidError> {
		let rest = specific(text)?;
		if rest.contains('#') {
			return Err(DidError::UnexpectedFragment);
		}
		if rest.contains(['/', '?']) {
			return Err(DidError::PathOrQuery);
		}
		let mut parts = rest.split(':');
		let (Some(network), Some(kind), Some(id), None) =
			(parts.next(), parts.next(), parts.next(), parts.next())
		else {
			return Err(DidError::Parts);
		};
		let network = Network(bytes(network).ok_or(DidError::Network)?);
		let subject = match kind {
			"organisation" => Subject::Organisation(number(id).ok_or(DidError::Number)?),
			"practitioner" => Subject::Practitioner(number(id).ok_or(DidError::Number)?),
			"chart" => Subject::Chart(ChartId(bytes(id).ok_or(DidError::Chart)?)),
			_ => return Err(DidError::Kind),
		};
		Ok(Self { network, subject })
	}
}

impl core::str::FromStr for Fragment {
	type Err = DidError;

	fn from_str(text: &str) -> Result<Self, DidError> {
		let parsed = match text {
			"vault" => Some(Self::Vault),
			"profile" => Some(Self::Profile),
			_ => text
				.strip_prefix("account-")
				.and_then(|key| bytes(key).map(Self::Account))
				.or_else(|| number(text.strip_prefix("encryption-")?).map(Self::Encryption)),
		};
		parsed.ok_or(DidError::Fragment)
	}
}

impl core::str::FromStr for DidUrl {
	type Err = DidError;

	fn from_str(text: &str) -> Result<Self, DidError> {
		match text.split_once('#') {
			Some((did, fragment)) => Ok(did.parse::<Did>()?.url(fragment.parse()?)),
			None => text.parse::<Did>().and(Err(DidError::MissingFragment)),
		}
	}
}

/// What follows the method's name. Tells another method's DID from what is none.
fn specific(text: &str) -> Result<&str, DidError> {
	if let Some(rest) = text.strip_prefix(PREFIX) {
		return Ok(rest);
	}
	let (method, rest) = text
		.strip_prefix("did:")
		.and_then(|rest| rest.split_once(':'))
		.ok_or(DidError::NotADid)?;
	let is_method = !method.is_empty()
		&& method.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
	// What comes before a path, query or fragment may not be empty.
	let is_id = |text: &str| {
		!text.is_empty()
			&& !text.ends_with(':')
			&& text
				.bytes()
				.all(|byte| byte.is_ascii_alphanumeric() || b"._-:%".contains(&byte))
	};
	let id = rest.split(['/', '?', '#']).next().unwrap_or_default();
	Err(if is_method && is_id(id) { DidError::OtherMethod } else { DidError::NotADid })
}

/// A number from 1 in its only spelling.
fn number(text: &str) -> Option<u32> {
	let first = *text.as_bytes().first()?;
	if !matches!(first, b'1'..=b'9') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
		return None;
	}
	text.parse().ok()
}

/// Bytes from lower-case hexadecimal digits.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
	if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
		return None;
	}
	let mut bytes = [0; N];
	hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

fn digits(bytes: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
	bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Declares that these are texts in JSON.
#[cfg(feature = "serde")]
macro_rules! as_text {
	($($name:ident),+) => {
		$(
			impl serde::Serialize for $name {
				fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
					to.collect_str(self)
				}
			}

			impl<'de> serde::Deserialize<'de> for $name {
				fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
					let text = alloc::string::String::deserialize(from)?;
					text.parse().map_err(serde::de::Error::custom)
				}
			}
		)+
	};
}

#[cfg(feature = "serde")]
as_text!(Did, DidUrl);
