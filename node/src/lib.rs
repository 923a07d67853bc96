//! The Salus node: Aura writes blocks, GRANDPA finalises them, ParityDB keeps them, JSON-RPC serves
//! them.
//!
//! | module | what lives there, and only there |
//! |---|---|
//! | [`cli`] | what can be asked for on the command line |
//! | [`command`] | what each sub-command does |
//! | [`chain_spec`] | the chains this node knows by name |
//! | [`session_keys`] | whether a validator's keystore holds what it needs |
//! | [`service`] | how client, pool, network and consensus are put together |
//! | [`rpc`] | JSON-RPC beyond what the SDK's service brings |

// The SDK's errors are large, and its traits ask for them.
#![allow(clippy::result_large_err)]

pub mod chain_spec;
pub mod cli;
pub mod command;
pub mod rpc;
pub mod service;
pub mod session_keys;
