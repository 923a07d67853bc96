//! What others encode against must not change by accident: indices of pallets, calls, events and
//! errors, the arguments of calls, the extensions and the versions.

use crate::{
	AllPalletsWithSystem, Runtime, RuntimeCall, RuntimeError, RuntimeEvent, TxExtension, VERSION,
};
use frame_support::traits::PalletsInfoAccess;
use scale_info::{form::MetaForm, Type, TypeDef, TypeInfo, Variant};
use sp_runtime::traits::TransactionExtension;
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/interface.txt");

fn variants(of: Type) -> Vec<Variant<MetaForm>> {
	match of.type_def {
		TypeDef::Variant(def) => def.variants,
		// An error without variants is a unit struct.
		_ => Vec::new(),
	}
}

/// Writes the variants of each pallet's enum inside the runtime's.
fn write_enum<Outer: TypeInfo>(text: &mut String, title: &str, with_fields: bool) {
	writeln!(text, "\n{title}").unwrap();
	for pallet in variants(Outer::type_info()) {
		for variant in variants(pallet.fields[0].ty.type_info()) {
			let place = format!("{}.{}", pallet.index, variant.index);
			write!(text, "{place} {}.{}", pallet.name, variant.name).unwrap();
			if with_fields {
				let fields: Vec<_> = variant
					.fields
					.iter()
					.map(|field| {
						let of = field.type_name.unwrap_or_default().replace('\n', " ");
						format!("{}: {of}", field.name.unwrap_or_default())
					})
					.collect();
				write!(text, "({})", fields.join(", ")).unwrap();
			}
			writeln!(text).unwrap();
		}
	}
}

fn interface() -> String {
	let mut text = String::new();
	writeln!(text, "spec_version {}", VERSION.spec_version).unwrap();
	writeln!(text, "transaction_version {}", VERSION.transaction_version).unwrap();

	writeln!(text, "\npallets").unwrap();
	for pallet in AllPalletsWithSystem::infos() {
		writeln!(text, "{} {}", pallet.index, pallet.name).unwrap();
	}

	writeln!(text, "\ntransaction extensions").unwrap();
	for extension in <TxExtension as TransactionExtension<RuntimeCall>>::metadata() {
		writeln!(text, "{}", extension.identifier).unwrap();
	}

	write_enum::<RuntimeCall>(&mut text, "calls", true);
	write_enum::<RuntimeEvent>(&mut text, "events", false);
	write_enum::<RuntimeError>(&mut text, "errors", false);
	text
}

#[test]
fn it_is_what_was_committed() {
	let found = interface();
	if std::env::var_os("UPDATE_INTERFACE").is_some() {
		std::fs::write(FILE, &found).unwrap();
	}
	let committed = std::fs::read_to_string(FILE).unwrap_or_default();
	for (number, (found, committed)) in found.lines().zip(committed.lines()).enumerate() {
		assert_eq!(found, committed, "line {} of interface.txt", number + 1);
	}
	assert_eq!(
		found.lines().count(),
		committed.lines().count(),
		"interface.txt is no longer complete: if the change is meant, raise the versions and run \
		 this test with UPDATE_INTERFACE=1"
	);
}

#[test]
fn the_clients_metadata_is_the_runtimes() {
	let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../client/artifacts/salus.scale");
	let committed = std::fs::read(committed).unwrap_or_default();
	let metadata = Runtime::metadata_at_version(16).unwrap();
	assert!(
		*metadata == committed,
		"run `cargo run -p salus-runtime --example write-metadata -- client/artifacts/salus.scale`"
	);
}
