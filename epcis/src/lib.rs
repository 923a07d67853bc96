// The example in there needs both halves of the crate.
#![cfg_attr(feature = "json", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "json"), doc = "GS1 keys: read, checked and printed.")]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(missing_docs)]

extern crate alloc;

pub mod gs1;

#[cfg(feature = "json")]
pub mod canonical;
#[cfg(feature = "json")]
mod context;
#[cfg(feature = "json")]
pub mod document;
#[cfg(feature = "json")]
pub mod event;
#[cfg(feature = "json")]
pub mod fault;
#[cfg(feature = "json")]
pub mod hash;
#[cfg(feature = "json")]
mod read;
pub mod time;
#[cfg(feature = "json")]
pub mod vocabulary;

#[cfg(feature = "json")]
pub use {
	document::{Document, DocumentError, Limits},
	event::{Event, EventIdentity, EventType},
	fault::{Fault, FaultKind},
	hash::EventHash,
};
