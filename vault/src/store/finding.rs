//! What the vault keeps of finding charts in emergencies.

use super::{Map, Queue, Rows};
use codec::{Decode, Encode};
use salus_client::vault_api::{Particulars, SearchKind};
use salus_primitives::{
	ids::{AccountBytes, BreakGlassId, ChartId, Digest, OrganisationId, PractitionerId},
	time::Moment,
};
use zeroize::Zeroizing;

/// Charts by the digests of their cards' codes. Those of cards that ended stay for a time, so that nobody makes
/// them their own.
pub(crate) const EMERGENCY_CARDS: Map<Digest, ChartId> = Map::named("emergency-cards");
/// Charts by who their patients are.
pub(crate) const PERSONS: Map<PersonMark, Vec<ChartId>> = Map::named("persons");
/// How a chart can be found, once anything was said about that.
pub(crate) const FINDABLE: Map<ChartId, FindableRow> = Map::named("findable");
/// When the vault was restored from a backup last, by the finalised head. What was said before does not count,
/// for it does not know who opted out or ended a card since.
pub(crate) const FINDABLE_SINCE: Map<(), Moment> = Map::named("findable-since");
/// The chart that a search found here, which its log tells.
pub(crate) const SEARCH_HITS: Map<BreakGlassId, ChartId> = Map::named("search-hits");
/// The newest searches that found nothing.
pub(crate) const MISSES: Queue<MissRow> = Queue::named("misses");
/// Their places in [`MISSES`].
pub(crate) const MISS_PLACES: Map<BreakGlassId, u64> = Map::named("miss-places");

/// A keyed hash over somebody's particulars: tells nothing without the database's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PersonMark([u8; 32]);

impl PersonMark {
	/// The mark of these particulars, which must be in the form in which they are compared.
	pub(crate) fn of(rows: &impl Rows, particulars: &Particulars) -> Self {
		let encoded = Zeroizing::new(particulars.encode());
		// No table has this name, so it is no row's place.
		Self(rows.sealing().blind("salus/person", &encoded))
	}
}

/// How a chart can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FindableRow {
	/// The code of its card.
	pub(crate) card: Option<Digest>,
	/// Under which mark it stands.
	pub(crate) person: Option<PersonMark>,
	/// Whether the patient has opted out.
	pub(crate) opted_out: bool,
	/// After which restore this was said, as [`FINDABLE_SINCE`] names it.
	pub(crate) since: Option<Moment>,
	/// The codes of its newest cards that ended, the oldest first.
	pub(crate) ended: Vec<Digest>,
}

/// A search that found nothing. What it looked for is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct MissRow {
	pub(crate) search: BreakGlassId,
	pub(crate) account: AccountBytes,
	pub(crate) practitioner: PractitionerId,
	pub(crate) organisation: OrganisationId,
	pub(crate) kind: SearchKind,
	pub(crate) first: Moment,
	pub(crate) last: Moment,
	pub(crate) times: u32,
}
