//! Sealed commitments to clinical records.
#![cfg_attr(not(feature = "std"), no_std)]
