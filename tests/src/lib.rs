//! A Salus network of real processes on loopback: for the end-to-end tests, and for `salus-devnet`.
//!
//! Nothing here stands in for a part of Salus: nodes, key services, vaults and the command line are
//! the programs of this workspace, started as a person would start them.

pub mod cli;
pub mod custodian;
pub mod devnet;
pub mod journey;
pub mod network;
pub mod process;

pub use cli::{Cli, Failure};
pub use custodian::Custodian;
pub use devnet::Devnet;
pub use network::{Network, Node};

/// What goes wrong in the harness itself, as a sentence.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// A result of the harness.
pub type Result<T> = std::result::Result<T, Error>;
