//! Writes the runtime's metadata, in the newest version that the client's code generator reads, to
//! the file given as the only argument.

use std::process::ExitCode;

/// What subxt 0.51 reads best: it knows view functions and deprecations.
const VERSION: u32 = 16;

fn main() -> ExitCode {
	let mut arguments = std::env::args().skip(1);
	let (Some(path), None) = (arguments.next(), arguments.next()) else {
		eprintln!("usage: write-metadata FILE");
		return ExitCode::FAILURE;
	};
	let Some(metadata) = salus_runtime::Runtime::metadata_at_version(VERSION) else {
		eprintln!("error: the runtime has no metadata of version {VERSION}");
		return ExitCode::FAILURE;
	};
	if let Err(error) = std::fs::write(&path, &*metadata) {
		eprintln!("error: {path}: {error}");
		return ExitCode::FAILURE;
	}
	println!("{path}: {} bytes of metadata, version {VERSION}", metadata.len());
	ExitCode::SUCCESS
}
