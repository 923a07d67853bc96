//! A file on its way to a vault, encrypted piece by piece, from any offset on.

use crate::{
	envelope::{
		envelope_size, Chunks, ContentHasher, ContentKey, RecordVersion, Sealed, CHUNK, HEADER,
		NONCE_PREFIX, TAG,
	},
	error::{Error, Result},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use salus_primitives::ids::Digest;
use std::{
	fs::File,
	io::{Read, Seek, SeekFrom},
	path::{Path, PathBuf},
	sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// Bytes of content that are read, checked and encrypted at once.
pub(super) const BLOCK: u64 = BLOCK_CHUNKS as u64 * CHUNK as u64;
const BLOCK_CHUNKS: usize = 128;
/// Bytes of envelope that a block becomes.
const SEALED_BLOCK: u64 = BLOCK_CHUNKS as u64 * (CHUNK + TAG) as u64;
/// Bytes that are given to the network at once.
const PIECE: usize = 256 * 1024;

/// What a file's envelope is made with. Each block is only ever encrypted with the content whose digest
/// was taken first, so no nonce meets another content, whatever becomes of the file.
pub(super) struct Source {
	path: PathBuf,
	size: u64,
	/// Digest of each block.
	blocks: Vec<Digest>,
	chunks: Chunks,
	/// What kept the stream from going on.
	fault: Mutex<Option<Error>>,
}

impl Source {
	/// The source of an envelope whose blocks are known.
	pub(super) fn new(
		path: &Path,
		size: u64,
		blocks: Vec<Digest>,
		key: &ContentKey,
		of: &RecordVersion,
		nonce_prefix: [u8; NONCE_PREFIX],
	) -> Self {
		let chunks = Chunks::new(key, of, nonce_prefix);
		Self { path: path.to_owned(), size, blocks, chunks, fault: Mutex::new(None) }
	}

	/// Reads the whole file once: its blocks' digests, and what its envelope will be.
	pub(super) fn measure(
		path: &Path,
		key: &ContentKey,
		of: &RecordVersion,
		nonce_prefix: [u8; NONCE_PREFIX],
		watch: &dyn Fn(u64, u64),
	) -> Result<(Self, Sealed)> {
		let mut file = File::open(path).map_err(Error::io(path))?;
		let size = file.metadata().map_err(Error::io(path))?.len();
		let mut source = Self::new(path, size, Vec::new(), key, of, nonce_prefix);
		let (mut plain, mut sealed) = (ContentHasher::default(), ContentHasher::default());
		for block in 0..source.count() {
			let content = source.read(&mut file, block)?;
			plain.update(&content);
			source.blocks.push(Digest::of(&content));
			sealed.update(&source.seal(block, &content)?);
			watch(block.saturating_add(1).saturating_mul(BLOCK).min(size), size);
		}
		if file.read(&mut [0]).map_err(Error::io(path))? > 0 {
			return Err(Error::FileChanged(path.to_owned()));
		}
		let sealed =
			Sealed { size, content_digest: plain.finish(), ciphertext_digest: sealed.finish() };
		Ok((source, sealed))
	}

	/// Digests of its blocks.
	pub(super) fn blocks(&self) -> &[Digest] {
		&self.blocks
	}

	/// Bytes of the envelope.
	pub(super) fn envelope_size(&self) -> u64 {
		envelope_size(self.size)
	}

	/// What kept the stream from going on, if it was the file.
	pub(super) fn take_fault(&self) -> Option<Error> {
		self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
	}

	/// The envelope from byte `from` until before `until`.
	pub(super) fn envelope(
		self: &Arc<Self>,
		from: u64,
		until: u64,
	) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
		let first = from.saturating_sub(HEADER as u64) / SEALED_BLOCK;
		let source = Arc::clone(self);
		let blocks = futures::stream::try_unfold(first, move |block| {
			let source = Arc::clone(&source);
			async move {
				// The header comes with the first block.
				let begins =
					if block == 0 { 0 } else { HEADER as u64 + block.saturating_mul(SEALED_BLOCK) };
				if begins >= until || block >= source.count() {
					return Ok(None);
				}
				let made = tokio::task::spawn_blocking(move || source.sealed_block(block));
				let bytes = made.await.map_err(std::io::Error::from)??;
				let within = |place: u64| {
					let place = usize::try_from(place.saturating_sub(begins)).unwrap_or(usize::MAX);
					place.min(bytes.len())
				};
				let wanted = bytes.slice(within(from)..within(until));
				Ok::<_, std::io::Error>(Some((wanted, block.saturating_add(1))))
			}
		});
		blocks
			.map_ok(|mut bytes| {
				let pieces = std::iter::from_fn(move || {
					let piece = bytes.split_to(bytes.len().min(PIECE));
					(!piece.is_empty()).then_some(Ok::<_, std::io::Error>(piece))
				});
				futures::stream::iter(pieces)
			})
			.try_flatten()
			.boxed()
	}

	fn count(&self) -> u64 {
		self.size.div_ceil(BLOCK).max(1)
	}

	fn sealed_block(&self, block: u64) -> std::io::Result<Bytes> {
		let make = || {
			let mut file = File::open(&self.path).map_err(Error::io(&self.path))?;
			let start = SeekFrom::Start(block.saturating_mul(BLOCK));
			file.seek(start).map_err(Error::io(&self.path))?;
			let content = self.read(&mut file, block)?;
			let known = usize::try_from(block).ok().and_then(|block| self.blocks.get(block));
			if known != Some(&Digest::of(&content)) {
				return Err(Error::FileChanged(self.path.clone()));
			}
			self.seal(block, &content)
		};
		make().map(Bytes::from).map_err(|fault| {
			let said = std::io::Error::other(fault.to_string());
			*self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
			said
		})
	}

	/// The block's content, from where the file stands.
	fn read(&self, file: &mut File, block: u64) -> Result<Zeroizing<Vec<u8>>> {
		let left = self.size.saturating_sub(block.saturating_mul(BLOCK));
		let length = usize::try_from(left.min(BLOCK)).unwrap_or_default();
		let mut content = Zeroizing::new(vec![0; length]);
		file.read_exact(&mut content).map_err(|fault| match fault.kind() {
			std::io::ErrorKind::UnexpectedEof => Error::FileChanged(self.path.clone()),
			_ => Error::io(&self.path)(fault),
		})?;
		Ok(content)
	}

	/// The block's part of the envelope; the first has the header.
	fn seal(&self, block: u64, content: &[u8]) -> Result<Vec<u8>> {
		let mut out = Vec::with_capacity(content.len() + BLOCK_CHUNKS * TAG + HEADER);
		if block == 0 {
			out.extend_from_slice(&self.chunks.header());
		}
		let too_long = || Error::TooLarge { path: self.path.clone(), size: self.size };
		let last = self.size.div_ceil(CHUNK as u64).max(1).saturating_sub(1);
		let mut place = block.saturating_mul(BLOCK_CHUNKS as u64);
		let mut chunks = content.chunks(CHUNK);
		// Empty content is one empty chunk.
		let empty: &[u8] = &[];
		let mut next = chunks.next().or((self.size == 0).then_some(empty));
		while let Some(chunk) = next {
			let number = u32::try_from(place).map_err(|_| too_long())?;
			self.chunks.seal(number, place == last, chunk, &mut out)?;
			place = place.saturating_add(1);
			next = chunks.next();
		}
		Ok(out)
	}
}
