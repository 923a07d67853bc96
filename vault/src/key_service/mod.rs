//! The key service: the one process that holds an organisation's secret key.
//!
//! It trusts the vault with nothing but the key of the vault's database. Before it wraps a content key
//! to anyone it asks its own node to decide, at a finalised head of its own, and it wraps to the key
//! that this answer names. To another custodian it wraps what the chain says is offered to that one. What it hands out opens for five minutes.

mod custody;
mod holding;
mod options;
mod service;

pub use options::{run, KeyServiceOptions};
