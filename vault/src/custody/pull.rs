//! The receiver's side: bringing records of another custodian here. What comes is believed as far as the
//! finalised chain and this house's key service say the same.

use super::{check_word, rows::ArrivedRecord};
use crate::{
	bodies::{self, Cutter, STALL},
	clock::random,
	errors::{Error, Result},
	records::{discard, MAX_MEDIA_TYPE},
	store::{Body, Rows, Segment, StoreError, WaitingRecord, ARRIVED, INCOMING, RECORDS, TAKING},
	vault::Vault,
};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use salus_client::{
	chain::At,
	envelope::{envelope_size, ContentHasher, WrapContext},
	vault_api::{HandedRecord, NewRecord, TransferWord, WrapCheck, MAX_CIPHERTEXT, SEGMENT},
	vault_client::VaultClient,
};
use salus_primitives::{
	ids::{Digest, OrganisationId, RecordId},
	views::RecordView,
};
use std::{collections::HashSet, future::Future, sync::Arc};

/// How often a ciphertext is asked for again where it broke off, without anything new coming.
const TRIES: u32 = 3;

/// Why it does not go on, as told to records officers: what the other side said, or what is wrong with what
/// it sent. Names no record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PullError {
	#[error("{0}")]
	Here(#[from] Error),
	#[error("the other custodian's vault: {0}")]
	There(#[from] salus_client::Error),
	#[error("the other custodian's vault sent what does not fit the chain: {0}")]
	Wrong(&'static str),
}

impl From<salus_client::chain::ChainError> for PullError {
	fn from(error: salus_client::chain::ChainError) -> Self {
		Self::Here(error.into())
	}
}

/// Brings the next page of what this custodian offers here. Whether it still offers something, and whether
/// something came.
pub(super) async fn pull(vault: &Arc<Vault>, from: OrganisationId) -> Result<Pulled, PullError> {
	let at = vault.node.fresh().await?;
	let unknown = || Error::Malformed("the chain knows no vault of that organisation".into());
	let giver = at.organisation(from).await?.ok_or_else(unknown)?;
	let endpoint = String::from_utf8(giver.endpoint).map_err(|_| unknown())?;
	let mut client = VaultClient::new(&endpoint)?;
	client.sign_in(&vault.system, &vault.genesis, from).await?;
	let offers = client.offers(vault.organisation).await?;
	let mut pulled = Pulled { open: !offers.words.is_empty(), arrived: 0 };
	let mut fault = None;
	for word in offers.words {
		// What is wrong with one transfer does not hold up the others.
		match pull_transfer(vault, &client, &at, from, &word).await {
			Ok(arrived) => pulled.arrived = pulled.arrived.saturating_add(arrived),
			Err(error) => fault = Some(error),
		}
		// What is here goes to the chain before more comes.
		if pulled.arrived > 0 || vault.ops.farewell.is_closing() {
			return Ok(pulled);
		}
	}
	fault.map_or(Ok(pulled), Err)
}

/// Brings the next page of one transfer here. How many records came.
async fn pull_transfer(
	vault: &Arc<Vault>,
	client: &VaultClient,
	at: &At,
	from: OrganisationId,
	word: &TransferWord,
) -> Result<u32, PullError> {
	let said = word.statement;
	if said.to != vault.organisation || said.from != from {
		return Err(PullError::Wrong("a word for another receiver"));
	}
	vault.chart(said.to_chart).await?;
	check_word(at, &vault.genesis, word, at.head().at).await?;
	let (mut place, mut arrived, mut fault) = (0, 0u32, None);
	loop {
		let page = client.handed(&said.id(), vault.organisation, place).await?;
		for record in page.records {
			if vault.ops.farewell.is_closing() {
				return Ok(arrived);
			}
			match bring(vault, client, word, record).await {
				Ok(true) => arrived = arrived.saturating_add(1),
				Ok(false) => {},
				Err(error @ PullError::Wrong(_)) => fault = Some(error),
				Err(error) if arrived == 0 => return Err(error),
				Err(_) => return Ok(arrived),
			}
		}
		if arrived > 0 {
			return Ok(arrived);
		}
		match page.next {
			Some(next) if next > place => place = next,
			Some(_) => return Err(PullError::Wrong("pages that do not advance")),
			None => return fault.map_or(Ok(0), Err),
		}
	}
}

/// What a look at the other side brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pulled {
	/// Whether it still offers something.
	pub(super) open: bool,
	/// Records that came.
	pub(super) arrived: u32,
}

/// Brings one record here, unless it is. Whether it came.
async fn bring(
	vault: &Arc<Vault>,
	client: &VaultClient,
	word: &TransferWord,
	handed: HandedRecord,
) -> Result<bool, PullError> {
	let id = handed.record;
	if vault.stored(move |store| Ok(store.read(|rows| is_here(rows, &id))?)).await? {
		return Ok(false);
	}
	let at: At = vault.node.fresh().await?;
	let view = at.record_view(id).await?;
	let new = admit(vault.organisation, word, handed, view.as_ref()).map_err(PullError::Wrong)?;
	// The giver forgets the key once we have the record: a wrap that we can not open loses it.
	let wrap = new.wraps.custodian.clone();
	let check = WrapCheck { record: id, version: new.version, wrap };
	if !vault.key_service.opens(&check).await? {
		return Err(PullError::Wrong("a key that our key service can not open"));
	}
	let said = word.statement;
	let segments = envelope_size(new.size).div_ceil(SEGMENT);
	let names = (0..segments).map(|_| random()).collect::<Result<Vec<_>>>()?;
	let noted = names.clone();
	let incoming = vault
		.stored(move |store| Ok(store.write::<_, StoreError>(|rows| rows.push(&INCOMING, &noted))?))
		.await?;
	let (transfer, size) = (said.id(), envelope_size(new.size));
	let ask = |from| client.handed_content(&transfer, &new.id, vault.organisation, from, size);
	match fetch(vault, ask, (size, new.ciphertext_digest), &names).await {
		Ok(body) => {
			let record = WaitingRecord { chart: said.to_chart, new, body };
			let arrived = ArrivedRecord { from: said.from, record };
			vault
				.stored(move |store| {
					Ok(store.write::<_, StoreError>(|rows| {
						rows.drop_at(&INCOMING, incoming)?;
						rows.push(&ARRIVED, &arrived).map(drop)
					})?)
				})
				.await?;
			Ok(true)
		},
		Err(error) => {
			discard(vault, incoming, &names).await?;
			Err(error)
		},
	}
}

/// Whether the record is here, or on its way to be.
pub(super) fn is_here(rows: &impl Rows, id: &RecordId) -> Result<bool, StoreError> {
	if rows.get(&RECORDS, id)?.is_some() {
		return Ok(true);
	}
	let mut on_its_way = HashSet::new();
	on_its_way.extend(
		rows.first(&ARRIVED, usize::MAX)?
			.into_iter()
			.map(|(_, arrived)| arrived.record.new.id),
	);
	on_its_way
		.extend(rows.first(&TAKING, usize::MAX)?.into_iter().map(|(_, taken)| taken.record.id));
	Ok(on_its_way.contains(id))
}

/// The record as it is to be stored here, if what was handed is what the chain says and the word names.
pub(super) fn admit(
	here: OrganisationId,
	word: &TransferWord,
	handed: HandedRecord,
	view: Option<&RecordView>,
) -> Result<NewRecord, &'static str> {
	let HandedRecord { record, opening, media_type, replaces, wraps } = handed;
	let said = &word.statement;
	let view = view.ok_or("a record that the chain does not know")?;
	if view.facts.custodian != said.from || view.offered != Some(here) {
		return Err("a record that is not offered to us");
	}
	if !opening.opens(&view.facts.leaf) {
		return Err("an opening of another leaf");
	}
	if view.facts.replaces != replaces {
		return Err("another predecessor");
	}
	let terms = opening.terms;
	if terms.chart != said.from_chart {
		return Err("a record of another chart");
	}
	let printable = media_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
	if media_type.len() > MAX_MEDIA_TYPE || !printable {
		return Err("a media type that is none");
	}
	if envelope_size(terms.size) > MAX_CIPHERTEXT {
		return Err("a record that is too large");
	}
	let ours = matches!(
		wraps.custodian.context,
		WrapContext::Custodian { organisation, .. } if organisation == here
	);
	let theirs =
		matches!(wraps.chart.context, WrapContext::Chart { chart } if chart == said.to_chart);
	if !ours || !theirs {
		return Err("keys that are wrapped to others");
	}
	Ok(NewRecord {
		id: record,
		replaces,
		version: terms.version,
		category: terms.category,
		confidentiality: terms.confidentiality,
		sensitivity: terms.sensitivity,
		author: terms.author,
		encounter: terms.encounter,
		clinical_date: terms.clinical_date,
		media_type,
		size: terms.size,
		content_digest: terms.content_digest,
		ciphertext_digest: terms.ciphertext_digest,
		wraps,
	})
}

/// Brings a ciphertext of this size and digest here under these names, asked for from a byte on; goes on
/// where it broke off.
pub(crate) async fn fetch<F, S>(
	vault: &Arc<Vault>,
	ask: impl Fn(u64) -> F,
	(size, expected): (u64, Digest),
	names: &[[u8; 32]],
) -> Result<Body, PullError>
where
	F: Future<Output = Result<S, salus_client::Error>>,
	S: Stream<Item = Result<Bytes, salus_client::Error>>,
{
	let mut whole = ContentHasher::default();
	let mut segments: Vec<Segment> = Vec::with_capacity(names.len());
	let mut tries = 0u32;
	loop {
		let offset: u64 = segments.iter().map(|segment| u64::from(segment.size)).sum();
		if offset >= size {
			break;
		}
		let before = segments.len();
		let body = ask(offset).await?.map_err(|error| Error::Malformed(error.to_string()));
		let mut cutter = Cutter::new(body, size.saturating_sub(offset), STALL);
		let broke = loop {
			let bytes = match cutter.next().await {
				Ok(Some(bytes)) => bytes,
				Ok(None) => break None,
				Err(error) => break Some(error),
			};
			let done: u64 = segments.iter().map(|segment| u64::from(segment.size)).sum();
			let due = size.saturating_sub(done).min(SEGMENT);
			// Half a segment is asked for again, so that their sizes are what they always are.
			if (bytes.len() as u64) < due {
				break Some(Error::Malformed("the ciphertext broke off".into()));
			}
			let Some(name) = names.get(segments.len()) else {
				return Err(PullError::Wrong("more bytes than announced"));
			};
			let (more, digest) = bodies::hash(whole, bytes.clone()).await?;
			whole = more;
			segments.push(bodies::put(&vault.objects, *name, bytes, digest).await?);
		};
		tries = if segments.len() > before { 0 } else { tries.saturating_add(1) };
		if tries >= TRIES {
			let broke = broke.unwrap_or(Error::Malformed("the ciphertext broke off".into()));
			return Err(broke.into());
		}
	}
	let body = Body::Segments(segments);
	if whole.finish() != expected || body.size() != size {
		return Err(PullError::Wrong("a ciphertext of another digest"));
	}
	Ok(body)
}
