//! The Salus node.

use std::{process::ExitCode, thread, time::Duration};

fn main() -> ExitCode {
	let Err(error) = salus_node::command::run() else { return ExitCode::SUCCESS };
	// The SDK writes its log up to 50 ms late; what went wrong is to be the last line.
	thread::sleep(Duration::from_millis(100));
	eprintln!("error: {}", salus_node::command::explain(&error));
	ExitCode::FAILURE
}
