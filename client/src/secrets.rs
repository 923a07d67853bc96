//! Every type that holds a secret: wiped when it is dropped, and told by nothing that prints.

use crate::{
	card::{Card, CardCode, Pin},
	envelope::{ContentKey, Decryptor, EncryptionSecret, Encryptor},
	keys::{Identity, KeyFile},
	recovery::{Share, SheetPassphrase},
	sealed_file::Passphrase,
	vault_api::{DatabaseKey, OpenCard, SignedIn},
	wallet::{RootSecret, Wallet},
};
use core::{
	fmt::{Debug, Display},
	marker::PhantomData,
};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Whether a type prints: its own constant comes first where it has one.
struct Probe<T: ?Sized>(PhantomData<T>);

trait Silent {
	const DEBUGS: bool = false;
	const DISPLAYS: bool = false;
}

impl<T: ?Sized> Silent for Probe<T> {}

#[allow(dead_code)]
impl<T: Debug + ?Sized> Probe<T> {
	const DEBUGS: bool = true;
}

#[allow(dead_code)]
impl<T: Display + ?Sized> Probe<T> {
	const DISPLAYS: bool = true;
}

#[test]
fn secrets_are_wiped() {
	const fn wiped<T: ZeroizeOnDrop>() {}
	wiped::<ContentKey>();
	wiped::<EncryptionSecret>();
	wiped::<Identity>();
	wiped::<KeyFile>();
	wiped::<Passphrase>();
	wiped::<RootSecret>();
	wiped::<Share>();
	wiped::<SheetPassphrase>();
	wiped::<DatabaseKey>();
	wiped::<Card>();
	wiped::<CardCode>();
	wiped::<Pin>();
	wiped::<OpenCard>();
	// What derivations give, words, tokens and plaintext in between.
	wiped::<Zeroizing<[u8; 32]>>();
	wiped::<Zeroizing<Vec<u8>>>();
	wiped::<Zeroizing<String>>();
}

#[test]
fn secrets_have_nothing_that_prints_them() {
	macro_rules! silent {
		($($secret:ty),+) => {
			$(
				assert!(!<Probe<$secret>>::DEBUGS, "{}", stringify!($secret));
				assert!(!<Probe<$secret>>::DISPLAYS, "{}", stringify!($secret));
			)+
		};
	}
	silent!(DatabaseKey, Encryptor, Decryptor, OpenCard, SignedIn);
	macro_rules! undisplayed {
		($($secret:ty),+) => {
			$(assert!(!<Probe<$secret>>::DISPLAYS, "{}", stringify!($secret));)+
		};
	}
	undisplayed!(
		Card,
		CardCode,
		Pin,
		ContentKey,
		EncryptionSecret,
		Identity,
		KeyFile,
		Passphrase,
		RootSecret,
		Share,
		SheetPassphrase,
		Wallet
	);
	// That the probe tells one from the other.
	const { assert!(<Probe<str>>::DEBUGS && <Probe<str>>::DISPLAYS) };
}

#[test]
fn what_prints_tells_no_secret() {
	let bytes = [0xa7; 32];
	let seed = Zeroizing::new(bytes);
	let secret = EncryptionSecret::from_bytes(bytes);
	let key = KeyFile::from_seed(seed).unwrap();
	let root: RootSecret = serde_json::from_str(&format!("\"0x{}\"", hex::encode(bytes))).unwrap();
	let word = root.phrase().split(' ').next().unwrap().to_owned();
	let printed = format!(
		"{secret:?} {:?} {key:?} {root:?} {:?} {:?} {:?}",
		ContentKey::generate().unwrap(),
		key.identity(),
		Passphrase::new("open sesame".into()).unwrap(),
		SheetPassphrase::new("open sesame").unwrap(),
	);
	for told in [&*hex::encode(&bytes[..4]), "167, 167", "sesame", &word] {
		assert!(!printed.contains(told), "{told} in {printed}");
	}
	let derived = key.identity().encryption().expose();
	assert!(!printed.contains(&hex::encode(&derived[..4])));
}
