//! How each pallet is configured, by domain.

mod clinical;
mod consensus;
mod governance;
mod system;

pub use governance::{CouncilMajority, CouncilTwoThirds};
