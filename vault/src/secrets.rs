//! Every type of the vault that holds a secret: wiped when it is dropped, and nothing prints it.

use crate::{
	key_client::KeyService,
	sign_in::SignIns,
	store::{sealing::Sealing, Store},
};
use core::{fmt::Debug, marker::PhantomData};
use salus_client::{keys::Identity, vault_api::DatabaseKey};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Whether a type prints: its own constant comes first where it has one.
struct Probe<T: ?Sized>(PhantomData<T>);

trait Silent {
	const DEBUGS: bool = false;
}

impl<T: ?Sized> Silent for Probe<T> {}

#[allow(dead_code)]
impl<T: Debug + ?Sized> Probe<T> {
	const DEBUGS: bool = true;
}

#[test]
fn secrets_are_wiped() {
	const fn wiped<T: ZeroizeOnDrop>() {}
	wiped::<Sealing>();
	wiped::<DatabaseKey>();
	wiped::<Identity>();
	// The sign-ins' key, both sides' token.
	wiped::<Zeroizing<[u8; 32]>>();
	wiped::<Zeroizing<String>>();
}

#[test]
fn secrets_have_nothing_that_prints_them() {
	const { assert!(!<Probe<Sealing>>::DEBUGS) };
	const { assert!(!<Probe<DatabaseKey>>::DEBUGS) };
	const { assert!(!<Probe<Store>>::DEBUGS) };
	const { assert!(!<Probe<SignIns>>::DEBUGS) };
	const { assert!(!<Probe<KeyService>>::DEBUGS) };
	// That the probe tells one from the other.
	const { assert!(<Probe<str>>::DEBUGS) };
}
