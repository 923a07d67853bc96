//! Keys of people and machines: an sr25519 key that signs and an X25519 key to which records are
//! wrapped, kept in an encrypted file.

use crate::{
	envelope::EncryptionSecret,
	error::{Error, Result},
	sealed_file::{random, Passphrase, SealedFile},
	vault_api::{hex_bytes, ChartKey, Signature},
};
use blake2::{
	digest::{consts::U32, FixedOutput, KeyInit, Update},
	Blake2bMac,
};
use salus_primitives::ids::{AccountBytes, ChartId};
use schnorrkel::{derive::ChainCode, ExpansionMode, MiniSecretKey};
use serde::{Deserialize, Serialize};
use std::path::Path;
use subxt_signer::{sr25519::Keypair, DeriveJunction, SecretUri};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Format of key files.
const FORMAT: &str = "salus-key-1";

/// Seed of substrate's development phrase, `bottom drive obey lake curtain smoke basket hold race
/// lonely fit walk`, which everybody knows.
const DEV_SEED: [u8; 32] = [
	0xfa, 0xc7, 0x95, 0x9d, 0xbf, 0xe7, 0x2f, 0x05, 0x2e, 0x5a, 0x0c, 0x3c, 0x8d, 0x65, 0x30, 0xf2,
	0x02, 0xb0, 0x2f, 0xd8, 0xf9, 0xf5, 0xca, 0x35, 0x80, 0xec, 0x8d, 0xeb, 0x77, 0x97, 0x47, 0x9e,
];

/// BLAKE2b of 32 bytes, keyed with `secret`: what is derived from a secret for one use.
pub(crate) fn derive_secret(
	secret: &[u8; 32],
	domain: &[u8; 16],
	parties: &[u8],
) -> Zeroizing<[u8; 32]> {
	let mut hash = Blake2bMac::<U32>::new_from_slice(secret)
		.unwrap_or_else(|_| unreachable!("BLAKE2b takes keys of up to 64 bytes"));
	hash.update(domain);
	hash.update(parties);
	Zeroizing::new(hash.finalize_fixed().into())
}

/// Who acts: a key that signs and a key that opens wraps.
#[derive(Clone)]
pub struct Identity {
	keypair: Keypair,
	encryption: EncryptionSecret,
}

// Both secrets wipe themselves: schnorrkel's does so without saying it by this trait.
impl ZeroizeOnDrop for Identity {}

impl Identity {
	pub(crate) fn new(seed: &[u8; 32], encryption: EncryptionSecret) -> Result<Self> {
		let keypair = Keypair::from_secret_key(*seed).map_err(|_| Error::Random)?;
		Ok(Self { keypair, encryption })
	}

	/// The account.
	pub fn account(&self) -> AccountBytes {
		self.keypair.public_key().0
	}

	/// The key pair, as subxt takes it for signing transactions.
	pub fn keypair(&self) -> &Keypair {
		&self.keypair
	}

	/// The secret that opens wraps.
	pub fn encryption(&self) -> &EncryptionSecret {
		&self.encryption
	}

	/// Signs a message.
	pub fn sign(&self, message: &[u8]) -> Signature {
		Signature::Sr25519(self.keypair.sign(message).0)
	}

	/// The X25519 key of this identity, which is `chart`'s, with its own word for it.
	pub fn vouch(&self, genesis: &[u8; 32], chart: &ChartId) -> ChartKey {
		let key = self.encryption.public();
		let [raw, _] = ChartKey::signable(genesis, chart, &key);
		ChartKey { key, signature: self.sign(&raw) }
	}

	/// What everybody may know.
	pub fn public(&self) -> PublicKeys {
		PublicKeys { account: self.account(), encryption_key: self.encryption.public() }
	}
}

impl core::fmt::Debug for Identity {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Identity(0x{})", hex::encode(self.account()))
	}
}

/// The public halves of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
	/// The account, an sr25519 public key.
	#[serde(with = "hex_bytes")]
	pub account: AccountBytes,
	/// The X25519 key to which records are wrapped.
	#[serde(with = "hex_bytes")]
	pub encryption_key: [u8; 32],
}

/// The secrets of an identity, on their way to or from an encrypted file.
pub struct KeyFile {
	seed: Zeroizing<[u8; 32]>,
	identity: Identity,
}

// Seed and identity wipe themselves.
impl ZeroizeOnDrop for KeyFile {}

impl KeyFile {
	/// Fresh random keys.
	pub fn generate() -> Result<Self> {
		let mut seed = Zeroizing::new([0; 32]);
		random(&mut *seed)?;
		Self::new(seed, EncryptionSecret::generate()?)
	}

	/// The keys of a development account such as `//Mercy//Records`: the sr25519 key that substrate
	/// derives from its development phrase, and an X25519 key derived from its seed. Everybody knows
	/// them.
	pub fn from_dev_uri(uri: &str) -> Result<Self> {
		let bad = |detail| Error::BadDevUri { uri: uri.into(), detail };
		let parsed: SecretUri = uri.parse().map_err(|_| bad("it is no path"))?;
		if !uri.starts_with("//") || parsed.password.is_some() {
			return Err(bad("it must begin with // and have no password"));
		}
		let mut secret = MiniSecretKey::from_bytes(&DEV_SEED).map_err(|_| Error::Random)?;
		for junction in parsed.junctions {
			let DeriveJunction::Hard(code) = junction else {
				return Err(bad("each of its parts must follow //"));
			};
			let parent = secret.expand(ExpansionMode::Ed25519);
			secret = parent.hard_derive_mini_secret_key(Some(ChainCode(code)), b"").0;
		}
		Self::from_seed(Zeroizing::new(secret.to_bytes()))
	}

	/// The keys that follow from a seed: it is the sr25519 key's, and the X25519 key is derived from
	/// it.
	pub fn from_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self> {
		let encryption = derive_secret(&seed, b"salus/key/x25519", &[]);
		Self::new(seed, EncryptionSecret::from_bytes(*encryption))
	}

	fn new(seed: Zeroizing<[u8; 32]>, encryption: EncryptionSecret) -> Result<Self> {
		let identity = Identity::new(&seed, encryption)?;
		Ok(Self { seed, identity })
	}

	/// Writes the file. One that is there is never overwritten.
	pub fn save(&self, path: impl AsRef<Path>, passphrase: &Passphrase) -> Result<()> {
		let mut contents = Zeroizing::new(Vec::with_capacity(64));
		contents.extend_from_slice(&*self.seed);
		contents.extend_from_slice(self.identity.encryption.expose());
		let public = serde_json::to_value(self.identity.public())
			.unwrap_or_else(|_| unreachable!("hexadecimal digits are JSON"));
		SealedFile::create(path, FORMAT, passphrase, public, &contents)?;
		Ok(())
	}

	/// Opens the file.
	pub fn load(path: impl AsRef<Path>, passphrase: &Passphrase) -> Result<Self> {
		let (file, contents) = SealedFile::open(path, FORMAT, passphrase)?;
		let (seed, encryption) = contents
			.split_first_chunk::<32>()
			.and_then(|(seed, rest)| Some((seed, <&[u8; 32]>::try_from(rest).ok()?)))
			.ok_or_else(|| file.wrong("it does not hold two keys"))?;
		Self::new(Zeroizing::new(*seed), EncryptionSecret::from_bytes(*encryption))
	}

	/// What the file says of itself, without its passphrase.
	pub fn show(path: impl AsRef<Path>) -> Result<PublicKeys> {
		let path = path.as_ref();
		serde_json::from_value(SealedFile::public(path, FORMAT)?).map_err(|error| {
			Error::WrongFormat { path: path.to_owned(), format: FORMAT, detail: error.to_string() }
		})
	}

	/// Who acts with these keys.
	pub fn identity(&self) -> &Identity {
		&self.identity
	}

	/// Who acts with these keys, without the seed.
	pub fn into_identity(self) -> Identity {
		self.identity
	}
}

impl core::fmt::Debug for KeyFile {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "KeyFile({:?})", self.identity)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn saved_keys_load_again() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key.json");
		let passphrase = Passphrase::new("p".into()).unwrap();
		let key = KeyFile::generate().unwrap();
		key.save(&path, &passphrase).unwrap();
		assert_eq!(KeyFile::show(&path).unwrap(), key.identity().public());
		let loaded = KeyFile::load(&path, &passphrase).unwrap();
		assert_eq!(loaded.identity().public(), key.identity().public());
		assert_eq!(key.save(&path, &passphrase).unwrap_err().code(), "file-exists");
		assert_ne!(KeyFile::generate().unwrap().identity().public(), key.identity().public());
	}

	#[test]
	fn development_keys_are_substrates() {
		for uri in
			["//Alice", "//Mercy//Records", "//1//2", "//a-name-of-more-than-thirty-two-bytes"]
		{
			let ours = KeyFile::from_dev_uri(uri).unwrap();
			let theirs = Keypair::from_uri(&uri.parse().unwrap()).unwrap();
			assert_eq!(ours.identity().account(), theirs.public_key().0, "{uri}");
		}
		// As `subkey inspect //Alice` has it.
		assert_eq!(
			hex::encode(KeyFile::from_dev_uri("//Alice").unwrap().identity().account()),
			"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
		);
	}

	#[test]
	fn only_hard_paths_name_development_keys() {
		for uri in
			["", "Alice", "/Alice", "//Alice/soft", "//Alice///password", "some words//Alice"]
		{
			assert_eq!(KeyFile::from_dev_uri(uri).unwrap_err().code(), "bad-dev-uri", "{uri}");
		}
	}

	#[test]
	fn keys_of_different_uses_differ() {
		let seed = Zeroizing::new([7; 32]);
		let key = KeyFile::from_seed(seed.clone()).unwrap();
		assert_ne!(key.identity().encryption().expose(), &*seed);
		assert_ne!(
			derive_secret(&seed, b"salus/key/x25519", &[]),
			derive_secret(&seed, b"salus/key/other ", &[])
		);
	}

	#[test]
	fn signatures_verify() {
		let key = KeyFile::from_dev_uri("//Alice").unwrap();
		let signature = key.identity().sign(b"message");
		let account = key.identity().account();
		assert!(signature.verify_any(&[b"other".to_vec(), b"message".to_vec()], &account));
		assert!(!signature.verify_any(&[b"other".to_vec()], &account));
	}
}
