//! Organisations, staff, practitioners and licences.
#![cfg_attr(not(feature = "std"), no_std)]
