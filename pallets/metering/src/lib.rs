//! # Metering
//!
//! The meter's place among the transaction extensions.
//!
//! ## Overview
//!
//! The crate holds the transaction extension [`MeterUsage`] and nothing else. It admits whatever
//! the other extensions admit: an account transacts only because it was enrolled, and the weight
//! and length limits of the block bound what all accounts together can do. Nothing bounds what one
//! of them takes of it.
//!
//! The extension has its place in the runtime's tuple from the first release, because a tuple that
//! grows changes what every wallet signs. It is zero-sized, explicitly and implicitly, because
//! polkadot.js encodes nothing for an extension that it does not know.
//!
//! ## Privacy
//!
//! Nothing is stored.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::as_conversions
	)
)]

mod extension;
#[cfg(test)]
mod tests;

pub use extension::MeterUsage;
