//! Ciphertexts as segments: objects of at most [`SEGMENT`] bytes with random names, whose sizes and
//! digests stand in the record's sealed row.
//!
//! A segment is whole before it counts, and is checked before a byte of it leaves. So a vault holds one
//! segment of a transfer in memory, whatever the record's size.

use crate::{
	errors::{Error, Result},
	objects::{Name, Objects},
	store::{Body, Packed, Segment},
	vault::Vault,
};
use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt};
use salus_client::{envelope::ContentHasher, vault_api};
use salus_primitives::ids::Digest;
use std::{collections::VecDeque, pin::Pin, sync::Arc, time::Duration};
use tokio::{
	sync::{mpsc, OwnedSemaphorePermit},
	time::timeout,
};
use tracing::Instrument;

/// Most bytes of a segment.
pub(crate) const SEGMENT: usize = vault_api::SEGMENT as usize;
/// How long a transfer may stand still, as it holds one of few places.
pub(crate) const STALL: Duration = Duration::from_secs(30);
/// Objects looked at at once.
const LOOKS: usize = 16;
/// Bytes handed out at once.
const PIECE: usize = 64 * 1024;

/// Cuts a request's body into segments.
pub(crate) struct Cutter<S> {
	pieces: Pin<Box<S>>,
	/// What came beyond the segment before.
	rest: Bytes,
	/// Why no more comes, told after what came before.
	fault: Option<Error>,
	ended: bool,
	/// Bytes that may still come.
	room: u64,
	patience: Duration,
}

impl<S: Stream<Item = Result<Bytes>>> Cutter<S> {
	/// Cuts this body, of which at most `room` bytes are taken.
	pub(crate) fn new(body: S, room: u64, patience: Duration) -> Self {
		let pieces = Box::pin(body);
		Self { pieces, rest: Bytes::new(), fault: None, ended: false, room, patience }
	}

	/// The next segment: full, or what came before the end or before the body broke off. The fault that
	/// broke it off comes after that.
	pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
		let mut segment = BytesMut::new();
		loop {
			let now = self.rest.split_to(self.rest.len().min(SEGMENT - segment.len()));
			segment.extend_from_slice(&now);
			if segment.len() == SEGMENT {
				return Ok(Some(segment.freeze()));
			}
			if self.ended || self.fault.is_some() {
				break;
			}
			match timeout(self.patience, self.pieces.try_next()).await {
				Ok(Ok(Some(piece))) => match self.room.checked_sub(piece.len() as u64) {
					Some(room) => (self.room, self.rest) = (room, piece),
					None => self.fault = Some(Error::TooLarge),
				},
				Ok(Ok(None)) => self.ended = true,
				Ok(Err(fault)) => self.fault = Some(fault),
				Err(_) => {
					let stalled = "the body stood still: send the rest again".into();
					self.fault = Some(Error::Malformed(stalled));
				},
			}
		}
		if !segment.is_empty() {
			return Ok(Some(segment.freeze()));
		}
		self.fault.take().map_or(Ok(None), Err)
	}
}

/// Takes the next bytes into the digest over all, and gives their own. Not where other requests wait
/// for it.
pub(crate) async fn hash(
	mut whole: ContentHasher,
	bytes: Bytes,
) -> Result<(ContentHasher, Digest)> {
	tokio::task::spawn_blocking(move || {
		whole.update(&bytes);
		(whole, Digest::of(&bytes))
	})
	.await
	.map_err(|_| Error::Internal("hashing was broken off".into()))
}

/// Stores a segment under this name.
pub(crate) async fn put(
	objects: &Objects,
	name: Name,
	bytes: Bytes,
	digest: Digest,
) -> Result<Segment> {
	let size = u32::try_from(bytes.len()).map_err(|_| Error::TooLarge)?;
	objects.put(&name, bytes).await?;
	Ok(Segment { name, size, digest })
}

/// The segment's bytes, if they are as they were stored.
pub(crate) async fn get(objects: &Objects, segment: &Segment) -> Result<Bytes> {
	let bytes = objects.get(&segment.name, segment.size.into()).await?;
	let (_, digest) = hash(ContentHasher::default(), bytes.clone()).await?;
	if digest == segment.digest {
		Ok(bytes)
	} else {
		Err(Error::StorageDamaged)
	}
}

/// A ciphertext that lies among others, if it is as it was stored.
pub(crate) async fn unpack(objects: &Objects, packed: &Packed) -> Result<Bytes> {
	let bytes = objects.part(&packed.part.name, packed.offset, packed.part.size).await?;
	let (_, digest) = hash(ContentHasher::default(), bytes.clone()).await?;
	if digest == packed.part.digest {
		Ok(bytes)
	} else {
		Err(Error::StorageDamaged)
	}
}

/// The digest over all segments, each of which must be as it was stored.
pub(crate) async fn digest(objects: &Objects, segments: &[Segment]) -> Result<ContentHasher> {
	let mut whole = ContentHasher::default();
	for segment in segments {
		let bytes = objects.get(&segment.name, segment.size.into()).await?;
		let (more, digest) = hash(whole, bytes).await?;
		if digest != segment.digest {
			return Err(Error::StorageDamaged);
		}
		whole = more;
	}
	Ok(whole)
}

/// Whether the segment is there in its size.
async fn is_there(objects: &Objects, segment: Segment) -> Result<()> {
	if objects.size(&segment.name).await? == Some(segment.size.into()) {
		Ok(())
	} else {
		Err(Error::StorageDamaged)
	}
}

/// A ciphertext that can be handed out from some offset on: all its segments are there in their sizes,
/// and the first to be sent is as it was stored.
pub(crate) struct Ready {
	first: Bytes,
	later: VecDeque<Segment>,
	length: u64,
}

impl Ready {
	/// Looks whether the ciphertext can be handed out from `offset` on.
	pub(crate) async fn look(objects: &Objects, body: &Body, offset: u64) -> Result<Self> {
		let all = body.size();
		let length = all.checked_sub(offset).ok_or_else(|| {
			Error::Malformed(format!("the record ends at byte {all}: ask for an offset up to that"))
		})?;
		let segments = match body {
			Body::Segments(segments) => segments,
			Body::Packed(packed) => {
				let skip = usize::try_from(offset).unwrap_or(usize::MAX);
				let first = unpack(objects, packed).await?.slice(skip..);
				return Ok(Self { first, later: VecDeque::new(), length });
			},
		};
		let looks: Vec<_> = segments.iter().map(|segment| is_there(objects, *segment)).collect();
		let mut looks = futures::stream::iter(looks).buffer_unordered(LOOKS);
		while looks.try_next().await?.is_some() {}
		let mut later: VecDeque<_> = segments.iter().copied().collect();
		let mut skip = offset;
		while later.front().is_some_and(|segment| skip >= segment.size.into()) {
			skip -= later.pop_front().map_or(0, |segment| u64::from(segment.size));
		}
		let first = match later.pop_front() {
			Some(segment) => get(objects, &segment)
				.await?
				.slice(usize::try_from(skip).unwrap_or(usize::MAX)..),
			None => Bytes::new(),
		};
		Ok(Self { first, later, length })
	}

	/// How many bytes come.
	pub(crate) fn length(&self) -> u64 {
		self.length
	}

	/// The bytes. The stream ends in an error when something is damaged, or the reader stands still,
	/// so that a part never passes for the whole.
	pub(crate) fn stream(
		self,
		vault: Arc<Vault>,
		place: OwnedSemaphorePermit,
	) -> impl Stream<Item = Result<Bytes>> {
		let (out, pieces) = mpsc::channel(1);
		let Self { first, later, length } = self;
		let handing_out = async move {
			let _place = place;
			hand_out(&vault.objects, first, later, out).await;
		};
		tokio::spawn(handing_out.in_current_span());
		futures::stream::try_unfold((pieces, length), |(mut pieces, left)| async move {
			if left == 0 {
				return Ok(None);
			}
			let piece: Bytes = pieces.recv().await.unwrap_or(Err(Error::Stalled))?;
			let left = left.saturating_sub(piece.len() as u64);
			Ok(Some((piece, (pieces, left))))
		})
	}
}

/// Sends the segments piece by piece, each checked first, until the reader is gone or stands still.
async fn hand_out(
	objects: &Objects,
	first: Bytes,
	later: VecDeque<Segment>,
	out: mpsc::Sender<Result<Bytes>>,
) {
	let mut segment = Ok(first);
	let mut later = later.into_iter();
	loop {
		let mut bytes = match segment {
			Ok(bytes) => bytes,
			Err(fault) => {
				tracing::error!("a stored segment is damaged, so a release broke off");
				let _ = timeout(STALL, out.send(Err(fault))).await;
				return;
			},
		};
		while !bytes.is_empty() {
			let piece = bytes.split_to(bytes.len().min(PIECE));
			if !matches!(timeout(STALL, out.send(Ok(piece))).await, Ok(Ok(()))) {
				return;
			}
		}
		let Some(next) = later.next() else { return };
		segment = get(objects, &next).await;
	}
}

#[cfg(test)]
mod tests;
