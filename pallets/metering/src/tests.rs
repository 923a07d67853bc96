use crate::MeterUsage;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, dispatch::GetDispatchInfo, pallet_prelude::TransactionSource, weights::Weight,
};
use sp_runtime::{
	traits::{DispatchTransaction, TransactionExtension, TxBaseImplication},
	BuildStorage,
};

type Block = frame_system::mocking::MockBlock<Test>;
type Extension = MeterUsage<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

fn new_test_ext() -> sp_io::TestExternalities {
	frame_system::GenesisConfig::<Test>::default().build_storage().unwrap().into()
}

fn remark() -> RuntimeCall {
	frame_system::Call::remark { remark: vec![1; 100] }.into()
}

#[test]
fn is_zero_sized_on_the_wire() {
	type Implicit = <Extension as TransactionExtension<RuntimeCall>>::Implicit;
	assert!(Extension::new().encode().is_empty());
	assert_eq!(Extension::decode(&mut &[][..]), Ok(Extension::default()));
	assert_eq!(Implicit::max_encoded_len(), 0);
}

#[test]
fn the_metadata_name_stands() {
	let metadata = <Extension as TransactionExtension<RuntimeCall>>::metadata();
	assert_eq!(metadata.len(), 1);
	assert_eq!(metadata[0].identifier, "MeterUsage");
	assert_eq!(format!("{:?}", Extension::new()), "MeterUsage");
}

#[test]
fn admits_signed_unsigned_and_root_origins() {
	new_test_ext().execute_with(|| {
		let call = remark();
		let info = call.get_dispatch_info();
		for origin in [RuntimeOrigin::signed(1), RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let (validity, _, _) = Extension::new()
				.validate(
					origin,
					&call,
					&info,
					100,
					(),
					&TxBaseImplication(&call),
					TransactionSource::External,
				)
				.unwrap();
			assert_eq!(validity, Default::default());
		}
	});
}

#[test]
fn dispatches_what_it_admits_and_weighs_nothing() {
	new_test_ext().execute_with(|| {
		let call = remark();
		let info = call.get_dispatch_info();
		assert_eq!(Extension::new().weight(&call), Weight::zero());
		Extension::new()
			.dispatch_transaction(RuntimeOrigin::signed(1), call, &info, 100, 0)
			.unwrap()
			.unwrap();
	});
}
