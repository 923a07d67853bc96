//! What `salus_` methods take and answer, as JSON. Ids and hashes are `0x` and 64 hexadecimal
//! digits, accounts SS58 addresses, moments milliseconds since 1970, codes those of
//! `salus-primitives`.

mod break_glass;
mod credentials;
mod governance;
mod page;
mod providers;
mod records;

pub use self::{
	break_glass::{BreakGlass, BreakGlassReview, EmergencyPrivilege, OwnAccount, SecondClinician},
	credentials::{holder, Accreditation, Appeal, Inspection, Licence, Limits, Verification},
	governance::{Authority, AuthorityIn, Motion, Requirement, Requirements},
	page::{Cursor, List, NotACursor, Page},
	providers::{
		Flag, Organisation, Practitioner, PractitionerRef, Profile, Reason, StaffMember, Standing,
	},
	records::{Batch, Chart, Directive, DisclosureRoot, Holding, Record, Request, SealedDirective},
};

use crate::service::Hash;
use salus_primitives::{ids::AccountBytes, time::Moment, views};
use salus_runtime::AccountId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// An answer and the block it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct At<T> {
	/// The block.
	pub block: BlockRef,
	/// What the chain says at that block; null when it knows no such thing.
	pub value: T,
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockRef {
	/// Its number.
	pub number: u32,
	/// Its hash.
	#[schemars(with = "String")]
	pub hash: Hash,
}

/// How far the chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finality {
	/// Number of the finalised head.
	pub number: u32,
	/// Hash of the finalised head.
	#[schemars(with = "String")]
	pub hash: Hash,
	/// The finalised head's time; 0 for genesis, which has none.
	pub timestamp: Moment,
	/// The best block.
	pub best: BlockRef,
}

/// An account, as SS58 address or as `0x` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Account(#[schemars(with = "String")] pub AccountId);

impl<'de> Deserialize<'de> for Account {
	fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let text = String::deserialize(from)?;
		AccountId::from_str(&text).map(Self).map_err(|_| {
			serde::de::Error::custom(format!(
				"'{text}' is no account: expected an SS58 address or 0x and 64 hexadecimal digits"
			))
		})
	}
}

impl From<AccountBytes> for Account {
	fn from(bytes: AccountBytes) -> Self {
		Self(bytes.into())
	}
}

/// Accounts as they are answered.
fn accounts(bytes: Vec<AccountBytes>) -> Vec<Account> {
	bytes.into_iter().map(Into::into).collect()
}

/// A public encryption key (X25519).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EncryptionKey {
	/// Counts from 1 with each key its owner publishes.
	pub version: u32,
	/// The key.
	#[schemars(with = "String")]
	pub key: Hash,
}

impl From<views::EncryptionKey> for EncryptionKey {
	fn from(key: views::EncryptionKey) -> Self {
		Self { version: key.version, key: key.key.into() }
	}
}

/// Text as the chain stores it; it checked the UTF-8 when it came.
fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	pub(super) const ADDRESS: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	/// The bytes of [`ADDRESS`].
	pub(super) fn alice() -> AccountBytes {
		AccountId::from_str(ADDRESS).unwrap().into()
	}

	#[test]
	fn accounts_are_read_in_both_forms() {
		let address: Account = serde_json::from_value(json!(ADDRESS)).unwrap();
		let bytes = sp_core::bytes::to_hex(address.0.as_ref(), false);
		assert_eq!(serde_json::from_value::<Account>(json!(bytes)).unwrap(), address);
		assert!(serde_json::from_value::<Account>(json!("nobody")).is_err());
	}

	#[test]
	fn accounts_are_answered_as_addresses() {
		assert_eq!(serde_json::to_value(accounts(vec![alice()])).unwrap(), json!([ADDRESS]));
	}
}
