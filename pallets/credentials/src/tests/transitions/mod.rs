//! State machines against tables and models written down apart from the code.

use super::*;
use proptest::prelude::*;

mod accreditations;
mod inspections;
mod licences;
mod successions;

const DAY: Moment = 24 * 60 * 60 * 1000;

fn no(error: Error) -> DispatchResult {
	Err(error.into())
}
