//! Contents: XChaCha20-Poly1305 in chunks, by STREAM.

use super::{ContentKey, EnvelopeError, RecordVersion, CONTENT_DOMAIN, CONTENT_SUITE};
use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use blake2::{Blake2b256, Digest as _};
use chacha20poly1305::XChaCha20Poly1305;
use codec::Encode;
use salus_primitives::ids::Digest;
use std::io::{Read, Write};
use zeroize::Zeroizing;

/// The first bytes of every envelope.
pub const MAGIC: [u8; 6] = *b"SALUS\0";
/// Bytes of the header: magic, suite, nonce prefix.
pub const HEADER: usize = MAGIC.len() + 1 + NONCE_PREFIX;
/// Bytes of plaintext in every chunk but the last.
pub const CHUNK: usize = 64 * 1024;
/// Bytes by which a chunk grows: its Poly1305 tag.
pub const TAG: usize = 16;

/// Bytes of a nonce that all chunks of an envelope share.
pub(crate) const NONCE_PREFIX: usize = 19;

/// Bytes of the envelope around `size` bytes of content. Sizes that no envelope can have give
/// `u64::MAX`.
pub const fn envelope_size(size: u64) -> u64 {
	let chunks = if size == 0 { 1 } else { size.div_ceil(CHUNK as u64) };
	size.saturating_add(HEADER as u64 + TAG as u64 * chunks)
}

/// blake2_256 over bytes that come piece by piece.
#[derive(Clone, Default)]
pub struct ContentHasher(Blake2b256);

impl ContentHasher {
	/// Takes the next bytes.
	pub fn update(&mut self, bytes: &[u8]) {
		self.0.update(bytes);
	}

	/// The digest over all of them.
	pub fn finish(self) -> Digest {
		Digest(self.0.finalize().into())
	}
}

/// STREAM with its position.
struct Stream {
	aead: StreamBE32<XChaCha20Poly1305>,
	position: u32,
	associated_data: Vec<u8>,
}

impl Stream {
	fn new(key: &ContentKey, of: &RecordVersion, nonce_prefix: &[u8; NONCE_PREFIX]) -> Self {
		Self {
			aead: StreamBE32::new(key.bytes().into(), nonce_prefix.into()),
			position: 0,
			associated_data: (CONTENT_DOMAIN, of).encode(),
		}
	}

	fn encrypt(&mut self, chunk: &mut Vec<u8>, last: bool) -> Result<(), EnvelopeError> {
		self.aead
			.encrypt_in_place(self.position, last, &self.associated_data, chunk)
			.map_err(|_| EnvelopeError::TooLong)?;
		self.advance(last)
	}

	fn decrypt(&mut self, chunk: &mut Vec<u8>, last: bool) -> Result<(), EnvelopeError> {
		self.aead
			.decrypt_in_place(self.position, last, &self.associated_data, chunk)
			.map_err(|_| EnvelopeError::Tampered)?;
		self.advance(last)
	}

	fn advance(&mut self, last: bool) -> Result<(), EnvelopeError> {
		if !last {
			self.position = self.position.checked_add(1).ok_or(EnvelopeError::TooLong)?;
		}
		Ok(())
	}
}

/// Encrypts content that comes piece by piece: [`Encryptor::update`] for each piece, then
/// [`Encryptor::finish`]. Holds one chunk at a time.
pub struct Encryptor {
	stream: Stream,
	/// Until it is written.
	header: Option<[u8; HEADER]>,
	/// Plaintext of the chunk begun. Room for the tag, so that it never moves and leaves a copy.
	chunk: Zeroizing<Vec<u8>>,
}

impl Encryptor {
	/// Begins an envelope for `of` under its key, with a fresh nonce.
	pub fn new(key: &ContentKey, of: &RecordVersion) -> Result<Self, EnvelopeError> {
		let mut nonce_prefix = [0; NONCE_PREFIX];
		getrandom::fill(&mut nonce_prefix).map_err(|_| EnvelopeError::Random)?;
		Ok(Self::with_nonce_prefix(key, of, nonce_prefix))
	}

	/// With this nonce, which must never come twice under one key.
	pub(super) fn with_nonce_prefix(
		key: &ContentKey,
		of: &RecordVersion,
		nonce_prefix: [u8; NONCE_PREFIX],
	) -> Self {
		Self {
			stream: Stream::new(key, of, &nonce_prefix),
			header: Some(header(&nonce_prefix)),
			chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)),
		}
	}

	/// Takes the next plaintext and appends what is ready to `out`.
	pub fn update(&mut self, mut plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
		self.write_header(out);
		while !plaintext.is_empty() {
			// More follows, so a full chunk is not the last.
			if self.chunk.len() == CHUNK {
				self.emit(false, out)?;
			}
			let (now, later) = plaintext.split_at(plaintext.len().min(CHUNK - self.chunk.len()));
			self.chunk.extend_from_slice(now);
			plaintext = later;
		}
		Ok(())
	}

	/// Appends the last chunk to `out`.
	pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
		self.write_header(out);
		self.emit(true, out)
	}

	fn write_header(&mut self, out: &mut Vec<u8>) {
		if let Some(header) = self.header.take() {
			out.extend_from_slice(&header);
		}
	}

	fn emit(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
		self.stream.encrypt(&mut self.chunk, last)?;
		out.extend_from_slice(&self.chunk);
		self.chunk.clear();
		Ok(())
	}
}

/// Encrypts the chunks of one envelope by their place, in any order and as often as needed: for an
/// upload that goes on where it stood. Whoever uses it makes sure that a place only ever gets the same
/// plaintext.
pub(crate) struct Chunks {
	aead: StreamBE32<XChaCha20Poly1305>,
	nonce_prefix: [u8; NONCE_PREFIX],
	associated_data: Vec<u8>,
}

impl Chunks {
	/// Chunks of the envelope of `of` under its key, with this nonce prefix.
	pub(crate) fn new(
		key: &ContentKey,
		of: &RecordVersion,
		nonce_prefix: [u8; NONCE_PREFIX],
	) -> Self {
		let Stream { aead, associated_data, .. } = Stream::new(key, of, &nonce_prefix);
		Self { aead, nonce_prefix, associated_data }
	}

	/// The envelope's first bytes.
	pub(crate) fn header(&self) -> [u8; HEADER] {
		header(&self.nonce_prefix)
	}

	/// Appends the chunk of this place to `out`.
	pub(crate) fn seal(
		&self,
		place: u32,
		last: bool,
		plaintext: &[u8],
		out: &mut Vec<u8>,
	) -> Result<(), EnvelopeError> {
		let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK + TAG));
		chunk.extend_from_slice(plaintext);
		self.aead
			.encrypt_in_place(place, last, &self.associated_data, &mut *chunk)
			.map_err(|_| EnvelopeError::TooLong)?;
		out.extend_from_slice(&chunk);
		Ok(())
	}
}

fn header(nonce_prefix: &[u8; NONCE_PREFIX]) -> [u8; HEADER] {
	let mut header = [0; HEADER];
	let (magic, rest) = header.split_at_mut(MAGIC.len());
	magic.copy_from_slice(&MAGIC);
	let (suite, nonce) = rest.split_at_mut(1);
	suite.copy_from_slice(&[CONTENT_SUITE]);
	nonce.copy_from_slice(nonce_prefix);
	header
}

/// Decrypts an envelope that comes piece by piece: [`Decryptor::update`] for each piece, then
/// [`Decryptor::finish`], without which the end is not proven. Holds one chunk at a time.
pub struct Decryptor {
	key: ContentKey,
	of: RecordVersion,
	/// Once the header is read.
	stream: Option<Stream>,
	/// The header or chunk begun.
	chunk: Zeroizing<Vec<u8>>,
}

impl Decryptor {
	/// Begins to read the envelope of `of` under its key.
	pub fn new(key: &ContentKey, of: &RecordVersion) -> Self {
		Self {
			key: key.clone(),
			of: *of,
			stream: None,
			chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)),
		}
	}

	/// Takes the next bytes of the envelope and appends the plaintext that is authentic to `out`.
	pub fn update(
		&mut self,
		mut ciphertext: &[u8],
		out: &mut Vec<u8>,
	) -> Result<(), EnvelopeError> {
		while !ciphertext.is_empty() {
			let full = if self.stream.is_some() { CHUNK + TAG } else { HEADER };
			if self.chunk.len() == full {
				// More follows, so a full chunk is not the last.
				match &mut self.stream {
					Some(stream) => {
						stream.decrypt(&mut self.chunk, false)?;
						out.extend_from_slice(&self.chunk);
					},
					None => self.stream = Some(read_header(&self.chunk, &self.key, &self.of)?),
				}
				self.chunk.clear();
				continue;
			}
			let (now, later) = ciphertext.split_at(ciphertext.len().min(full - self.chunk.len()));
			self.chunk.extend_from_slice(now);
			ciphertext = later;
		}
		Ok(())
	}

	/// Appends the last plaintext to `out`. Without an error from here, every byte was seen.
	pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
		let Some(stream) = &mut self.stream else {
			read_header(&self.chunk, &self.key, &self.of)?;
			return Err(EnvelopeError::Truncated);
		};
		if self.chunk.len() < TAG {
			return Err(EnvelopeError::Truncated);
		}
		let mut last = self.chunk.clone();
		match stream.decrypt(&mut last, true) {
			Ok(()) => out.extend_from_slice(&last),
			// A good chunk that is not the last tells that the rest is missing.
			Err(_) if stream.decrypt(&mut self.chunk, false).is_ok() => {
				return Err(EnvelopeError::Truncated)
			},
			Err(error) => return Err(error),
		}
		Ok(())
	}
}

fn read_header(
	bytes: &[u8],
	key: &ContentKey,
	of: &RecordVersion,
) -> Result<Stream, EnvelopeError> {
	let (magic, rest) = bytes.split_at(bytes.len().min(MAGIC.len()));
	if !MAGIC.starts_with(magic) {
		return Err(EnvelopeError::NotAnEnvelope);
	}
	let (suite, nonce) = rest.split_first().ok_or(EnvelopeError::Truncated)?;
	if *suite != CONTENT_SUITE {
		return Err(EnvelopeError::WrongSuite(*suite));
	}
	let nonce = nonce.try_into().map_err(|_| EnvelopeError::Truncated)?;
	Ok(Stream::new(key, of, nonce))
}

/// What [`encrypt`] has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
	/// Bytes of the content.
	pub size: u64,
	/// Digest of the content.
	pub content_digest: Digest,
	/// Digest of the envelope.
	pub ciphertext_digest: Digest,
}

/// Encrypts all of `content` into `envelope`.
pub fn encrypt(
	content: &mut impl Read,
	envelope: &mut impl Write,
	key: &ContentKey,
	of: &RecordVersion,
) -> Result<Sealed, EnvelopeError> {
	let mut encryptor = Encryptor::new(key, of)?;
	let (mut plain, mut sealed) = (ContentHasher::default(), ContentHasher::default());
	let mut size = 0u64;
	let mut out = Vec::with_capacity(HEADER + 2 * (CHUNK + TAG));
	pieces(content, |piece| {
		plain.update(piece);
		size = size.saturating_add(piece.len() as u64);
		encryptor.update(piece, &mut out)?;
		sealed.update(&out);
		envelope.write_all(&out)?;
		out.clear();
		Ok(())
	})?;
	encryptor.finish(&mut out)?;
	sealed.update(&out);
	envelope.write_all(&out)?;
	envelope.flush()?;
	Ok(Sealed { size, content_digest: plain.finish(), ciphertext_digest: sealed.finish() })
}

/// What [`decrypt`] has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
	/// Bytes of the content.
	pub size: u64,
	/// Digest of the content.
	pub content_digest: Digest,
}

/// Decrypts all of `envelope` into `content`. On an error, throw away what was written.
pub fn decrypt(
	envelope: &mut impl Read,
	content: &mut impl Write,
	key: &ContentKey,
	of: &RecordVersion,
) -> Result<Opened, EnvelopeError> {
	let mut decryptor = Decryptor::new(key, of);
	let mut plain = ContentHasher::default();
	let mut size = 0u64;
	let mut out = Zeroizing::new(Vec::with_capacity(2 * (CHUNK + TAG)));
	let mut hand_out = |out: &mut Vec<u8>| {
		plain.update(out);
		size = size.saturating_add(out.len() as u64);
		content.write_all(out)?;
		out.clear();
		Ok::<_, EnvelopeError>(())
	};
	pieces(envelope, |piece| {
		decryptor.update(piece, &mut out)?;
		hand_out(&mut out)
	})?;
	decryptor.finish(&mut out)?;
	hand_out(&mut out)?;
	content.flush()?;
	Ok(Opened { size, content_digest: plain.finish() })
}

/// Reads to the end, piece by piece.
fn pieces(
	from: &mut impl Read,
	mut take: impl FnMut(&[u8]) -> Result<(), EnvelopeError>,
) -> Result<(), EnvelopeError> {
	let mut buffer = Zeroizing::new(vec![0; CHUNK]);
	loop {
		match from.read(&mut buffer) {
			Ok(0) => return Ok(()),
			Ok(length) => take(buffer.get(..length).unwrap_or_default())?,
			Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {},
			Err(error) => return Err(error.into()),
		}
	}
}
