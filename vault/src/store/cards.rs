//! What the vault keeps of cards with a PIN.

use super::Map;
use codec::{Decode, Encode};
use salus_client::vault_api::{CardOpening, CardUse, PINNED_SHARE};
use salus_primitives::{
	ids::{AccountBytes, ChartId, Digest},
	time::Moment,
};

/// Cards, by their id.
pub(crate) const CARDS: Map<Digest, CardRow> = Map::named("cards");
/// The cards of each chart, and how many lines tell of them.
pub(crate) const CHART_CARDS: Map<ChartId, ChartCards> = Map::named("chart-cards");
/// What happened with the cards of a chart, in order.
pub(crate) const CARD_USES: Map<(ChartId, u32), CardUse> = Map::named("card-uses");

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct CardRow {
	pub(crate) chart: ChartId,
	/// Opens with the printed half alone.
	pub(crate) sealed: Vec<u8>,
	/// Hash over the proof that the right PIN gives.
	pub(crate) proof: Digest,
	/// The share. Opens with printed half and PIN.
	pub(crate) pinned: [u8; PINNED_SHARE],
	pub(crate) made: Moment,
	/// First moment at which it is good no more.
	pub(crate) until: Moment,
	/// Who tried a wrong PIN, for each try since the last right one or since it was unlocked.
	pub(crate) wrong: Vec<AccountBytes>,
	/// Wrong PINs since it was made, which nothing gives back.
	pub(crate) wrong_ever: u32,
	/// How many of them there were at the last right PIN.
	pub(crate) wrong_before: u32,
	/// How often it was unlocked since the last right PIN.
	pub(crate) unlockings: u32,
	/// When it was last opened, by whom and what for.
	pub(crate) used: Option<CardOpening>,
}

/// The cards of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ChartCards {
	/// In the order in which they were made.
	pub(crate) cards: Vec<Digest>,
	/// Number of the next line.
	pub(crate) uses: u32,
}
