//! Quotas in place of fees.
#![cfg_attr(not(feature = "std"), no_std)]
