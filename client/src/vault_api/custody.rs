//! Records on their way from one custodian to another: what the person signs, what records officers ask
//! their vaults, and what one vault asks the other. `docs/custody.md` tells the whole.

use super::{hex_bytes, ChartKey, RecordWraps, Signature, Wrap};
use crate::keys::Identity;
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{hex_schema, AccountBytes, ChartId, OrganisationId, RecordId},
	record::RecordTerms,
	seal::Opening,
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route of [`OfferTransfer`] and of a chart's [`TransferList`].
pub const CHART_TRANSFERS: &str = "/charts/{chart}/transfers";
/// Route by which what was not taken over of a transfer is withdrawn.
pub const TRANSFER_WITHDRAWAL: &str = "/charts/{chart}/transfers/{transfer}/withdrawal";
/// Route of [`Offers`], for the receiver's vault.
pub const TRANSFERS: &str = "/transfers";
/// Route of a [`HandedPage`], for the receiver's vault.
pub const TRANSFER_RECORDS: &str = "/transfers/{transfer}/records";
/// Route of a ciphertext, for the receiver's vault.
pub const TRANSFER_CONTENT: &str = "/transfers/{transfer}/records/{record}";
/// Route of [`ReceiveTransfers`] and [`ReceiptList`].
pub const RECEIPTS: &str = "/receipts";
/// Route of a key service's [`HandOver`].
pub const HAND_OVER: &str = "/hand-over";
/// Route of a key service's [`WrapCheck`].
pub const WRAP_CHECK: &str = "/wrap-check";

/// How long a transfer word is good at most: 30 days.
pub const TRANSFER_VALIDITY: Moment = 30 * 24 * 60 * 60 * 1000;
/// Most records of one transfer.
pub const MAX_TRANSFER: usize = 4096;
/// Most records on a [`HandedPage`].
pub const HANDED_PER_PAGE: u32 = 32;

/// Names the word of a person for a transfer, and its version.
pub const TRANSFER_DOMAIN: [u8; 16] = *b"salus/transfer/1";

/// Names a transfer: the digest of what the person signed, so that the same word makes one transfer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TransferId(
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub [u8; 32],
);

impl core::fmt::Display for TransferId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl core::fmt::Debug for TransferId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		core::fmt::Display::fmt(self, f)
	}
}

impl core::str::FromStr for TransferId {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let wrong = "a transfer is named by 0x and 64 hexadecimal digits";
		let mut bytes = [0; 32];
		let digits = text.strip_prefix("0x").ok_or(wrong)?;
		hex::decode_to_slice(digits, &mut bytes).map_err(|_| wrong)?;
		Ok(Self(bytes))
	}
}

/// What a person says of two charts of theirs: records of the one may go to the other. It joins the two
/// charts, so it is shown to the two custodians alone and never goes on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct TransferStatement {
	/// [`TRANSFER_DOMAIN`].
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<16>")]
	pub domain: [u8; 16],
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub genesis: [u8; 32],
	/// Who keeps the records.
	pub from: OrganisationId,
	/// The person's chart there.
	pub from_chart: ChartId,
	/// Who is to keep them.
	pub to: OrganisationId,
	/// The person's chart there.
	pub to_chart: ChartId,
	/// Encryption key of the chart there, with the word of its signing key.
	pub to_key: ChartKey,
	/// First moment at which it is worth nothing.
	pub expires: Moment,
}

/// A transfer word: the statement, signed by the keys of both charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct TransferWord {
	/// What is said.
	pub statement: TransferStatement,
	/// By the key of the chart that is left, over one of [`TransferStatement::signable`].
	pub from_signature: Signature,
	/// By the key of the chart that is gone to, over the same.
	pub to_signature: Signature,
}

/// Why a transfer word does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferWordError {
	/// Of another chain, or from a custodian to itself.
	#[error("it is for another chain, or names one custodian twice")]
	OtherPlace,
	/// It is out of time, or would last for too long.
	#[error("it has expired, or lasts for more than 30 days")]
	OutOfTime,
	/// A signature is not by the chart's key of now.
	#[error("it is not signed by the present keys of both charts")]
	NotSigned,
}

impl TransferStatement {
	/// The name of the transfer.
	pub fn id(&self) -> TransferId {
		TransferId(salus_primitives::ids::Digest::of(&self.encode()).0)
	}

	/// The two byte strings a wallet may sign: the encoded statement, or what browser wallets sign, which
	/// is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		let raw = self.encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}
}

impl TransferWord {
	/// The word of the person whose charts these are, by the keys that act for them: the chart that is left,
	/// the one that is gone to, and the custodian of each.
	pub fn sign(
		genesis: [u8; 32],
		[(here, from, from_chart), (there, to, to_chart)]: [(&Identity, OrganisationId, ChartId);
			2],
		expires: Moment,
	) -> Self {
		let to_key = there.vouch(&genesis, &to_chart);
		let statement = TransferStatement {
			domain: TRANSFER_DOMAIN,
			genesis,
			from,
			from_chart,
			to,
			to_chart,
			to_key,
			expires,
		};
		let message = statement.encode();
		Self { statement, from_signature: here.sign(&message), to_signature: there.sign(&message) }
	}

	/// Whether it holds at `now` on the chain with this genesis, where these are the keys of the chart that
	/// is left and of the one that is gone to.
	pub fn verify(
		&self,
		genesis: &[u8; 32],
		keys: [&AccountBytes; 2],
		now: Moment,
	) -> Result<(), TransferWordError> {
		let said = &self.statement;
		if said.domain != TRANSFER_DOMAIN || said.genesis != *genesis || said.from == said.to {
			return Err(TransferWordError::OtherPlace);
		}
		if said.expires <= now || said.expires.saturating_sub(now) > TRANSFER_VALIDITY {
			return Err(TransferWordError::OutOfTime);
		}
		let messages = said.signable();
		let [from, to] = keys;
		let signed = self.from_signature.verify_any(&messages, from)
			&& self.to_signature.verify_any(&messages, to)
			&& said.to_key.is_vouched_for(genesis, &said.to_chart, to);
		if signed {
			Ok(())
		} else {
			Err(TransferWordError::NotSigned)
		}
	}
}

/// Offers records of a chart to another custodian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfferTransfer {
	/// The person's word.
	pub word: TransferWord,
	/// Which records, with all their versions; all of the chart if none is named.
	#[serde(default)]
	pub records: Vec<RecordId>,
}

/// Where a record of a transfer is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum MovingState {
	/// It waits to be offered on chain.
	#[codec(index = 0)]
	Noted,
	/// It is offered, or a transaction with the offer is on its way.
	#[codec(index = 1)]
	Offered,
	/// The other custodian keeps it, and this vault has nothing of it any more.
	#[codec(index = 2)]
	Moved {
		/// The finalised block at which this vault saw that.
		block: u32,
	},
	/// It stays: the offer was withdrawn, or the record was erased.
	#[codec(index = 3)]
	Stays,
	/// It stays, for the chain refused the offer.
	#[codec(index = 4)]
	Refused {
		/// Why.
		why: String,
	},
}

impl MovingState {
	/// Whether nothing more becomes of it.
	pub const fn is_final(&self) -> bool {
		matches!(self, Self::Moved { .. } | Self::Stays | Self::Refused { .. })
	}
}

/// A record of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MovingRecord {
	/// Its id.
	pub record: RecordId,
	/// Its place among the records of the chart that it leaves; one that moved leaves it empty.
	pub sequence: u32,
	/// Where it is.
	#[serde(flatten)]
	pub state: MovingState,
}

/// A transfer as the giver's vault knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
	/// Its name.
	pub id: TransferId,
	/// Who is to keep the records.
	pub to: OrganisationId,
	/// Whether it is withdrawn.
	pub withdrawn: bool,
	/// Its records.
	pub records: Vec<MovingRecord>,
}

/// The transfers from a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TransferList {
	/// Oldest first.
	pub transfers: Vec<Transfer>,
	/// Records that had left the chart before this house took it over.
	#[serde(default)]
	pub left_before: Vec<LeftBefore>,
}

/// A record that left a chart before it came to this house with its whole holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct LeftBefore {
	/// Its id.
	pub record: RecordId,
	/// The place among the chart's records that it left empty.
	pub sequence: u32,
}

/// For whom a vault asks another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceiverQuery {
	/// The receiver, whose system account asks.
	pub organisation: OrganisationId,
	/// Where a page of records, or the bytes of a record, begin.
	#[serde(default)]
	pub from: u64,
}

/// Transfers that wait for their receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offers {
	/// The persons' words.
	pub words: Vec<TransferWord>,
}

/// Some of the records of a transfer that are offered on the finalised chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedPage {
	/// In the order of the chart that they leave.
	pub records: Vec<HandedRecord>,
	/// Where the next page begins, if there is one.
	#[serde(default)]
	pub next: Option<u64>,
}

/// A record in another custodian's hands, but for its ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedRecord {
	/// Its id.
	pub record: RecordId,
	/// Opens its leaf on the chain.
	pub opening: Opening<RecordTerms>,
	/// Media type of the content.
	pub media_type: String,
	/// The version that it replaces.
	#[serde(default)]
	pub replaces: Option<RecordId>,
	/// The content key, wrapped to the receiver and to the person's chart there.
	pub wraps: RecordWraps,
}

/// Has a vault take over what another custodian offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceiveTransfers {
	/// Who offers.
	pub from: OrganisationId,
}

/// How far a vault is with what one custodian offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
	/// Who offers.
	pub from: OrganisationId,
	/// Whether the vault is at it.
	pub running: bool,
	/// Records whose ciphertext is here, and that are not taken over on chain yet.
	pub waiting: u32,
	/// Records taken over since the first were.
	pub received: u32,
	/// Why it does not go on at present; it is tried again.
	#[serde(default)]
	pub fault: Option<String>,
}

/// What a vault takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceiptList {
	/// One per custodian that offers or offered.
	pub receipts: Vec<Receipt>,
}

/// Asks the giver's key service to wrap the content key of a record to its receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandOver {
	/// The record.
	pub record: RecordId,
	/// Opens its leaf.
	pub opening: Opening<RecordTerms>,
	/// The custodian's stored wrap.
	pub wrap: Wrap,
	/// The person's word.
	pub word: TransferWord,
}

/// What the key service made, after it saw for itself that the chain and the person say so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedOver {
	/// The wraps; none if the chain or the word says no.
	pub wraps: Option<RecordWraps>,
	/// Number of the finalised block at which it looked.
	pub block: u32,
}

/// Asks the receiver's key service whether a wrap is one for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WrapCheck {
	/// The record.
	pub record: RecordId,
	/// Its version.
	pub version: u32,
	/// The wrap.
	pub wrap: Wrap,
}

/// Whether it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WrapChecked {
	/// Whether the wrap opens.
	pub opens: bool,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::keys::KeyFile;

	const GENESIS: [u8; 32] = [1; 32];

	fn keys() -> [Identity; 2] {
		["//Here", "//There"].map(|uri| KeyFile::from_dev_uri(uri).unwrap().into_identity())
	}

	fn statement(there: &Identity) -> TransferStatement {
		let to_chart = ChartId([3; 32]);
		TransferStatement {
			domain: TRANSFER_DOMAIN,
			genesis: GENESIS,
			from: 1,
			from_chart: ChartId([2; 32]),
			to: 2,
			to_chart,
			to_key: there.vouch(&GENESIS, &to_chart),
			expires: 1_000,
		}
	}

	fn signed(statement: TransferStatement, [here, there]: &[Identity; 2]) -> TransferWord {
		let [message, _] = statement.signable();
		TransferWord {
			statement,
			from_signature: here.sign(&message),
			to_signature: there.sign(&message),
		}
	}

	#[test]
	fn a_word_holds_when_both_charts_keys_signed_it_in_time() {
		let keys = keys();
		let [here, there] = &keys;
		let accounts = [&here.account(), &there.account()];
		let word = signed(statement(there), &keys);
		let verify = |word: &TransferWord, now| word.verify(&GENESIS, accounts, now);
		assert_eq!(verify(&word, 999), Ok(()));
		assert_eq!(verify(&word, 1_000), Err(TransferWordError::OutOfTime));
		let late = TransferStatement { expires: TRANSFER_VALIDITY + 2, ..word.statement };
		assert_eq!(verify(&signed(late, &keys), 1), Err(TransferWordError::OutOfTime));
		assert_eq!(verify(&signed(late, &keys), 2), Ok(()));
	}

	#[test]
	fn a_word_does_not_hold_elsewhere_or_with_another_key() {
		let keys = keys();
		let [here, there] = &keys;
		let (a, b) = (here.account(), there.account());
		let word = signed(statement(there), &keys);
		assert_eq!(word.verify(&[9; 32], [&a, &b], 0), Err(TransferWordError::OtherPlace));
		assert_eq!(word.verify(&GENESIS, [&b, &a], 0), Err(TransferWordError::NotSigned));
		let other = TransferStatement { to_chart: ChartId([9; 32]), ..word.statement };
		// Signed all right, but the key's word is for another chart.
		let unvouched = signed(other, &keys);
		assert_eq!(unvouched.verify(&GENESIS, [&a, &b], 0), Err(TransferWordError::NotSigned));
		let altered = TransferWord { statement: other, ..word };
		assert_eq!(altered.verify(&GENESIS, [&a, &b], 0), Err(TransferWordError::NotSigned));
		let itself = TransferStatement { to: 1, ..word.statement };
		let itself = signed(itself, &keys);
		assert_eq!(itself.verify(&GENESIS, [&a, &b], 0), Err(TransferWordError::OtherPlace));
	}

	#[test]
	fn words_keep_their_shape_and_name() {
		let keys = keys();
		let statement = statement(&keys[1]);
		let TransferStatement { from_chart, to_chart, .. } = statement;
		let word = TransferWord::sign(
			GENESIS,
			[(&keys[0], 1, from_chart), (&keys[1], 2, to_chart)],
			statement.expires,
		);
		// Each word for the encryption key is signed anew.
		let to_key = word.statement.to_key;
		assert_eq!(word.statement, TransferStatement { to_key, ..statement });
		let accounts = [&keys[0].account(), &keys[1].account()];
		assert_eq!(word.verify(&GENESIS, accounts, 0), Ok(()));
		let json = serde_json::to_string(&word).unwrap();
		assert_eq!(serde_json::from_str::<TransferWord>(&json).unwrap(), word);
		let id = word.statement.id();
		assert_eq!(id.to_string().parse::<TransferId>(), Ok(id));
		assert!("0x12".parse::<TransferId>().is_err());
		let other = TransferStatement { expires: 7, ..word.statement };
		assert_ne!(other.id(), id);
	}
}
