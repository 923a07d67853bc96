//! # Metering
//!
//! Quotas of weight and length per organisation, in place of fees.
//!
//! ## Overview
//!
//! This release holds the transaction extension [`MeterUsage`] and nothing else. It admits
//! whatever the other extensions admit: an account transacts only because it was enrolled, and the
//! weight and length limits of the block bound what it can do. Quotas are a later part.
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
