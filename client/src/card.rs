//! Cards with a PIN: a guardian of the patient's own making, whose key nobody holds whole.
//!
//! The printed card has a code of 32 bytes, the custodian's vault a share of 32 bytes under a key that follows
//! from code and PIN, and the guardian's card under one that follows from the code. So neither the vault nor
//! the card opens anything alone: the vault gives what it has against the right PIN. Who has both can try
//! PINs; each try takes the stretching.
//!
//! | what | how |
//! |---|---|
//! | code, share | 32 bytes each, which follow from the wallet's root secret and a random label |
//! | id | BLAKE2b(code, `salus/card/name `) |
//! | guardian's key | of the seed BLAKE2b(code, `salus/card/key  `, share) |
//! | sealed | nonce of 24 bytes, then XChaCha20-Poly1305 of the card as JSON under BLAKE2b(code, `salus/card/seal `), with the id |
//! | stretched | Argon2id(PIN), 64 MiB, three passes, four lanes, with 16 bytes of BLAKE2b(code, `salus/card/salt `) |
//! | proof | BLAKE2b(stretched, `salus/card/proof`) |
//! | pinned | nonce of 24 bytes, then XChaCha20-Poly1305 of the share under BLAKE2b(stretched, `salus/card/pin  `, code), with the id |
//! | text | `salus:card/1/custodian/chain/until#`, then code and check in Base64 for URLs, without padding |
//! | check | 8 bytes of BLAKE2b(code, `salus/card/text `, text before `#`) |

mod pin;
mod sheet;

pub use pin::Pin;

use crate::{
	error::{Error, Result},
	guardians::GuardianCard,
	keys::{derive_secret, Identity, KeyFile},
	sealed_file::{random, stretched},
	vault_api::{CardPin, PostedCard, PINNED_SHARE},
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305,
};
use salus_primitives::{
	ids::{AccountBytes, Digest, OrganisationId},
	time::Moment,
};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How the text of every card begins.
const SCHEME: &str = "salus:card/1/";
/// Bytes of the check.
const CHECK: usize = 8;
/// Bytes of the genesis hash that the text has.
const CHAIN: usize = 8;
/// Bytes of the nonce.
const NONCE: usize = 24;
/// Domain of the key under which the guardian's card is.
const SEAL: &[u8; 16] = b"salus/card/seal ";
/// Domain of the key under which the share is.
const PIN: &[u8; 16] = b"salus/card/pin  ";
/// Longest text that is read as a card.
const MAX_TEXT: usize = 256;
/// Most bytes of a file in which a card's text is looked for.
pub const MAX_SHEET: usize = 1024 * 1024;

/// What is printed on a card.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct CardCode {
	custodian: OrganisationId,
	chain: [u8; CHAIN],
	until: Moment,
	code: [u8; 32],
}

impl core::fmt::Debug for CardCode {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("CardCode(…)")
	}
}

impl CardCode {
	/// The custodian whose vault has the other half.
	pub const fn custodian(&self) -> OrganisationId {
		self.custodian
	}

	/// First moment at which the card is good no more.
	pub const fn until(&self) -> Moment {
		self.until
	}

	/// Whether it is for the chain with this genesis hash.
	pub fn is_of(&self, genesis: &[u8; 32]) -> bool {
		genesis.starts_with(&self.chain)
	}

	/// Names the card to its vault and in lists, and tells nothing of the code.
	pub fn id(&self) -> Digest {
		Digest(*derive_secret(&self.code, b"salus/card/name ", &[]))
	}

	/// The PIN, stretched for this card. It takes 64 MiB, and about a second.
	///
	/// # Errors
	///
	/// [`Error::BadCard`] where there is not as much memory.
	pub fn with_pin(&self, pin: &Pin) -> Result<StretchedPin> {
		let whole = derive_secret(&self.code, b"salus/card/salt ", &[]);
		let mut salt = [0; 16];
		salt.copy_from_slice(whole.split_at(16).0);
		stretched(pin.expose().as_bytes(), salt)
			.map(StretchedPin)
			.map_err(|_| Error::BadCard("its PIN can not be used"))
	}

	/// The guardian's keys, with the vault's share.
	fn identity(&self, share: &[u8; 32]) -> Result<Identity> {
		let seed = derive_secret(&self.code, b"salus/card/key  ", share);
		Ok(KeyFile::from_seed(seed)?.into_identity())
	}

	/// The key of the guardian's card.
	fn seal_key(&self) -> Zeroizing<[u8; 32]> {
		derive_secret(&self.code, SEAL, &[])
	}

	/// The key of the share, which takes both code and PIN.
	fn pin_key(&self, pin: &StretchedPin) -> Zeroizing<[u8; 32]> {
		derive_secret(&pin.0, PIN, &self.code)
	}

	fn encrypt(&self, key: &[u8; 32], plain: &[u8]) -> Result<Vec<u8>> {
		let mut nonce = [0; NONCE];
		random(&mut nonce)?;
		let payload = Payload { msg: plain, aad: &self.id().0 };
		let ciphertext = XChaCha20Poly1305::new(key.into())
			.encrypt((&nonce).into(), payload)
			.map_err(|_| Error::BadCard("it can not be sealed"))?;
		Ok([nonce.as_slice(), &ciphertext].concat())
	}

	fn decrypt(&self, key: &[u8; 32], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
		let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
		let payload = Payload { msg: ciphertext, aad: &self.id().0 };
		let cipher = XChaCha20Poly1305::new(key.into());
		cipher.decrypt(nonce.into(), payload).map(Zeroizing::new).ok()
	}

	/// Opens what the vault has: the guardian's card and keys.
	///
	/// # Errors
	///
	/// [`Error::BadCard`] if it was sealed for another card or PIN, or altered.
	pub fn open(
		&self,
		pin: &StretchedPin,
		sealed: &[u8],
		pinned: &[u8],
	) -> Result<(GuardianCard, Identity)> {
		let bad = || Error::BadCard("what the vault has does not open with it");
		let json = self.decrypt(&self.seal_key(), sealed).ok_or_else(bad)?;
		let card: GuardianCard = serde_json::from_slice(&json).map_err(|_| bad())?;
		let share = self.decrypt(&self.pin_key(pin), pinned).ok_or_else(bad)?;
		let share: &[u8; 32] = share.as_slice().try_into().map_err(|_| bad())?;
		let identity = self.identity(share)?;
		if identity.account() != card.guardian.terms.key || !self.is_of(&card.genesis) {
			return Err(bad());
		}
		Ok((card, identity))
	}

	/// The text before the code.
	fn head(&self) -> String {
		let Self { custodian, chain, until, .. } = self;
		format!("{SCHEME}{custodian}/{}/{until}", hex::encode(chain))
	}

	/// The text: who has it and the PIN acts for the patient at the custodian's desk.
	pub fn text(&self) -> Zeroizing<String> {
		let head = self.head();
		let mut tail = Zeroizing::new([0; 32 + CHECK]);
		let (code, check) = tail.split_at_mut(32);
		code.copy_from_slice(&self.code);
		check.copy_from_slice(&check_of(&self.code, &head));
		let tail = Zeroizing::new(URL_SAFE_NO_PAD.encode(*tail));
		let mut text = Zeroizing::new(String::with_capacity(MAX_TEXT));
		text.push_str(&head);
		text.push('#');
		text.push_str(&tail);
		text
	}

	/// Reads a card from its text, or from a page on which that stands.
	///
	/// # Errors
	///
	/// [`Error::BadCard`] where there is none, and for one of which anything was changed or left out.
	pub fn parse(text: &str) -> Result<Self> {
		let bad = Error::BadCard;
		let begin = text.find(SCHEME).ok_or(bad("no text in it begins with salus:card/1/"))?;
		let text = text.get(begin..).unwrap_or_default();
		let ends = |sign: char| sign.is_whitespace() || matches!(sign, '<' | '"');
		let text = text.split(ends).next().unwrap_or_default();
		if text.len() > MAX_TEXT {
			return Err(bad("it is too long"));
		}
		let (head, tail) = text.split_once('#').ok_or(bad("it has no code behind #"))?;
		let mut parts = head.get(SCHEME.len()..).unwrap_or_default().split('/');
		let mut part = || parts.next().ok_or(bad("a part is missing"));
		let custodian = part()?.parse().map_err(|_| bad("a number is none"))?;
		let mut chain = [0; CHAIN];
		hex::decode_to_slice(part()?, &mut chain)
			.map_err(|_| bad("its chain has not 16 hexadecimal digits"))?;
		let until = part()?.parse().map_err(|_| bad("a number is none"))?;
		if part().is_ok() {
			return Err(bad("it has a part too many"));
		}
		let bytes =
			Zeroizing::new(URL_SAFE_NO_PAD.decode(tail).map_err(|_| bad("its code is no code"))?);
		let (code, check) = bytes
			.split_first_chunk::<32>()
			.filter(|(_, check)| check.len() == CHECK)
			.ok_or(bad("its code is cut short"))?;
		if !bool::from(check_of(code, head).ct_eq(check)) {
			return Err(bad("something in it was changed"));
		}
		Ok(Self { custodian, chain, until, code: *code })
	}
}

/// A PIN, stretched for one card. Wiped when dropped; never printed.
#[derive(ZeroizeOnDrop)]
pub struct StretchedPin(Zeroizing<[u8; 32]>);

impl StretchedPin {
	/// What shows the vault that the PIN is the right one. The key of the share does not follow from it.
	pub fn proof(&self) -> Zeroizing<[u8; 32]> {
		derive_secret(&self.0, b"salus/card/proof", &[])
	}
}

impl core::fmt::Debug for StretchedPin {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("StretchedPin(…)")
	}
}

/// The check over what stands before the code.
fn check_of(code: &[u8; 32], head: &str) -> [u8; CHECK] {
	let whole = derive_secret(code, b"salus/card/text ", head.as_bytes());
	let mut check = [0; CHECK];
	check.copy_from_slice(whole.split_at(CHECK).0);
	check
}

/// Both halves of a card, as the patient's wallet has them while it makes or seals one.
pub struct Card {
	code: CardCode,
	share: Zeroizing<[u8; 32]>,
}

impl Card {
	/// A card of these halves.
	pub(crate) fn new(
		genesis: &[u8; 32],
		custodian: OrganisationId,
		until: Moment,
		code: Zeroizing<[u8; 32]>,
		share: Zeroizing<[u8; 32]>,
	) -> Self {
		let mut chain = [0; CHAIN];
		chain.copy_from_slice(genesis.split_at(CHAIN).0);
		Self { code: CardCode { custodian, chain, until, code: *code }, share }
	}

	/// What is printed.
	pub const fn code(&self) -> &CardCode {
		&self.code
	}

	/// The guardian's account.
	pub fn account(&self) -> Result<AccountBytes> {
		Ok(self.code.identity(&self.share)?.account())
	}

	/// What the vault gets: with the PIN a new card, without it the one it has, sealed anew.
	pub fn posted(&self, card: &GuardianCard, pin: Option<&Pin>) -> Result<PostedCard> {
		let bad = || Error::BadCard("it can not be sealed");
		let json = serde_json::to_vec(card).map_err(|_| bad())?;
		let sealed = self.code.encrypt(&self.code.seal_key(), &json)?;
		let pin = pin.map(|pin| self.pinned(pin)).transpose()?;
		Ok(PostedCard { sealed, pin, until: self.code.until })
	}

	fn pinned(&self, pin: &Pin) -> Result<CardPin> {
		let pin = self.code.with_pin(pin)?;
		let pinned = self.code.encrypt(&self.code.pin_key(&pin), &*self.share)?;
		let pinned: [u8; PINNED_SHARE] =
			pinned.try_into().map_err(|_| Error::BadCard("it can not be sealed"))?;
		Ok(CardPin { proof: Digest::of(&*pin.proof()), pinned })
	}
}

impl core::fmt::Debug for Card {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Card(…)")
	}
}

// Both halves wipe themselves.
impl ZeroizeOnDrop for Card {}

#[cfg(test)]
mod tests;
