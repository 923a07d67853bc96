//! Cards with a PIN: guardians of the patient's own making, whose key nobody holds whole.
//!
//! The printed card has one half of the key, the custodian's vault the other, sealed under a key that
//! follows from the printed one and the PIN. The vault gives its half against the right PIN alone, to staff
//! of its house, and writes down every use and every wrong try before it answers. See [`crate::card`].
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | PUT [`CHART_CARD`] | the chart's key | [`PostedCard`] → 204 |
//! | DELETE [`CHART_CARD`] | the chart's key | 204: blocks it |
//! | GET [`CHART_CARDS`] | the chart's key | [`CardList`] |
//! | GET [`CHART_CARD_USES`] | the chart's key | query `from` → [`CardUsePage`] |
//! | POST [`CARD_OPENING`] | records officer, clinician | [`OpenCard`] → [`OpenedCard`] |
//! | POST [`CARD_UNLOCKING`] | records officer who did not try a wrong PIN | 204 |

use super::{hex_any, hex_bytes};
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{hex_schema, AccountBytes, Digest},
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Route of a chart's [`CardList`].
pub const CHART_CARDS: &str = "/charts/{chart}/cards";
/// Route of one card of a chart, for its patient.
pub const CHART_CARD: &str = "/charts/{chart}/cards/{card}";
/// Route of a [`CardUsePage`].
pub const CHART_CARD_USES: &str = "/charts/{chart}/card-uses";
/// Route of an [`OpenCard`].
pub const CARD_OPENING: &str = "/cards/{card}/opening";
/// Route by which a locked card is unlocked.
pub const CARD_UNLOCKING: &str = "/cards/{card}/unlocking";

/// Most bytes of [`PostedCard::sealed`].
pub const MAX_SEALED_CARD: usize = 4096;
/// Most cards of a chart at its vault.
pub const MAX_CARDS: usize = 16;
/// Wrong PINs in a row after which a card is locked.
pub const CARD_TRIES: u32 = 5;
/// Wrong PINs since a card was made after which it is locked for good, right ones between them or not.
pub const CARD_TRIES_EVER: u32 = 50;
/// Bytes of [`CardPin::pinned`]: nonce, share and tag.
pub const PINNED_SHARE: usize = 24 + 32 + 16;
/// How often a card is unlocked between two right PINs; then it stays locked.
pub const CARD_UNLOCKINGS: u32 = 3;
/// Longest that a card may be good: 731 days, in milliseconds.
pub const MAX_CARD_VALIDITY: Moment = 731 * 24 * 60 * 60 * 1000;
/// Most entries in a [`CardUsePage`].
pub const CARD_USES_PER_PAGE: u32 = 256;

/// A card as its patient leaves it at the vault, which can not open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostedCard {
	/// The guardian's card, under a key that follows from the printed half: at most [`MAX_SEALED_CARD`]
	/// bytes.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_any")]
	pub sealed: Vec<u8>,
	/// What follows from the PIN. None for a card that the vault has, which is only sealed anew; another
	/// PIN is refused then.
	#[serde(default)]
	pub pin: Option<CardPin>,
	/// First moment at which it is good no more, at most [`MAX_CARD_VALIDITY`] ahead.
	pub until: Moment,
}

/// What the PIN of a new card guards. It stays as it is as long as the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardPin {
	/// The hash over the proof that the right PIN gives.
	pub proof: Digest,
	/// The vault's half of the key, under a key that follows from the printed half and the PIN:
	/// [`PINNED_SHARE`] bytes.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<PINNED_SHARE>")]
	pub pinned: [u8; PINNED_SHARE],
}

/// The cards of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardList {
	/// In the order in which they were made.
	pub cards: Vec<ListedCard>,
}

/// A card in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListedCard {
	/// Its id.
	pub card: Digest,
	/// When the vault got it.
	pub made: Moment,
	/// First moment at which it is good no more.
	pub until: Moment,
	/// Wrong PINs since the last right one, or since it was unlocked.
	pub wrong: u32,
	/// Wrong PINs since it was made: [`CARD_TRIES_EVER`] lock it for good.
	pub wrong_ever: u32,
	/// Whether it is locked.
	pub locked: bool,
	/// How often it was unlocked since the last right PIN.
	pub unlockings: u32,
	/// When it was last opened.
	#[serde(default)]
	pub used: Option<Moment>,
}

/// What is done with an opened card. The desk says so; what was done shows on chain and in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardTask {
	/// Issue a permit.
	#[codec(index = 0)]
	Permit,
	/// Issue a deny.
	#[codec(index = 1)]
	Deny,
	/// Revoke what was issued by the card.
	#[codec(index = 2)]
	Revoke,
	/// List records.
	#[codec(index = 3)]
	Records,
	/// Read a record.
	#[codec(index = 4)]
	Read,
	/// Read the log.
	#[codec(index = 5)]
	Log,
}

/// What happened with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardEvent {
	/// Its patient left it at the vault.
	#[codec(index = 0)]
	Made,
	/// It was opened, with the right PIN.
	#[codec(index = 1)]
	Opened(CardTask),
	/// A wrong PIN was tried.
	#[codec(index = 2)]
	WrongPin,
	/// It was unlocked.
	#[codec(index = 3)]
	Unlocked,
	/// Its patient blocked it.
	#[codec(index = 4)]
	Blocked,
}

/// A line of what happened with a chart's cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct CardUse {
	/// Which card.
	pub card: Digest,
	/// When, by the finalised head.
	pub at: Moment,
	/// Who did it: a member of staff, or the chart's key.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// What.
	pub event: CardEvent,
}

/// What happened with the cards of a chart, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardUsePage {
	/// At most [`CARD_USES_PER_PAGE`].
	pub uses: Vec<CardUse>,
	/// Where the next page begins, if there is one; asked for by `from`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub next: Option<u32>,
}

/// Asks for the vault's half. Wiped when dropped; never printed.
#[derive(Clone, Serialize, Deserialize, JsonSchema, Zeroize, ZeroizeOnDrop)]
pub struct OpenCard {
	/// What follows from PIN and printed half.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub proof: [u8; 32],
	/// What it is opened for.
	#[zeroize(skip)]
	pub task: CardTask,
}

/// What printed half and PIN open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenedCard {
	/// [`PostedCard::sealed`].
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_any")]
	pub sealed: Vec<u8>,
	/// [`CardPin::pinned`].
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<PINNED_SHARE>")]
	pub pinned: [u8; PINNED_SHARE],
	/// What happened since the last right PIN, for the person to see.
	pub before: CardBefore,
}

/// What happened with a card before it was opened, since it was opened the time before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CardBefore {
	/// Wrong PINs.
	pub wrong: u32,
	/// How often it was unlocked.
	pub unlockings: u32,
	/// The time before; none the first time.
	#[serde(default)]
	pub opened: Option<CardOpening>,
}

/// An opening of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct CardOpening {
	/// When, by the finalised head.
	pub at: Moment,
	/// The member of staff.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// What for, by the desk's word.
	pub task: CardTask,
}
