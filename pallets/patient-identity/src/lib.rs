//! Charts: a patient's pseudonymous id at one custodian.
#![cfg_attr(not(feature = "std"), no_std)]
