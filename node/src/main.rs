//! The Salus node.

use std::process::ExitCode;

fn main() -> ExitCode {
	match salus_node::command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("error: {error}");
			ExitCode::FAILURE
		},
	}
}
