//! Sealed directives, access requests and disclosure roots.
#![cfg_attr(not(feature = "std"), no_std)]
