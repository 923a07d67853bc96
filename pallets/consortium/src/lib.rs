//! Validators and enrolled accounts of the consortium.
#![cfg_attr(not(feature = "std"), no_std)]
