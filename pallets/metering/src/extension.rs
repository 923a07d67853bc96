use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::DefaultNoBound;
use frame_system::Config;
use scale_info::TypeInfo;
use sp_runtime::{impl_tx_ext_default, traits::TransactionExtension};

/// The meter's place. Zero-sized on the wire; admits everything that the other extensions admit.
#[derive(Encode, Decode, DecodeWithMemTracking, DefaultNoBound, Clone, Eq, PartialEq, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct MeterUsage<T>(PhantomData<T>);

impl<T> MeterUsage<T> {
	/// The extension.
	pub const fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T> core::fmt::Debug for MeterUsage<T> {
	fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
		f.write_str("MeterUsage")
	}
}

impl<T: Config + Send + Sync> TransactionExtension<T::RuntimeCall> for MeterUsage<T> {
	const IDENTIFIER: &'static str = "MeterUsage";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	impl_tx_ext_default!(T::RuntimeCall; weight validate prepare);
}
