//! A custodian's vault and its key service: two programs, so that no one of them can read a record.
//!
//! The vault keeps ciphertexts (`objects`), openings, mailboxes and the disclosure log (`store`); it
//! asks its own node for decisions and never decides itself. The key service holds the organisation's
//! secret key; it asks its own node once more before it wraps a content key to anyone.
//!
//! | module | what lives there |
//! |---|---|
//! | [`config`] | the vault's command line; what must be right before it serves |
//! | [`key_service`] | the key service |
//! | [`start`] | what both programs need to start |
//! | `routes`, `web`, `errors` | HTTP |
//! | `vault`, `node`, `key_client`, `clock` | what the routes share |
//! | `sign_in` | challenges and tokens |
//! | `charts`, `records`, `writes`, `uploads`, `directives`, `mailbox` | taking things in |
//! | `enrolments`, `batches` | what waits for its batch |
//! | `profiles` | profiles of practitioners, which are for anybody |
//! | `release`, `disclosures` | letting things out, and the log of it |
//! | `store`, `objects`, `bodies` | what lies on disk |
//!
//! `docs/vault.md` tells how to run them and what a crash can do.

pub mod config;
pub mod key_service;
pub mod start;

mod batches;
mod bodies;
mod charts;
mod clock;
mod directives;
mod disclosures;
mod enrolments;
mod errors;
mod key_client;
mod mailbox;
mod node;
mod objects;
mod profiles;
mod records;
mod release;
mod routes;
mod sign_in;
mod store;
mod uploads;
mod vault;
mod web;
mod writes;
