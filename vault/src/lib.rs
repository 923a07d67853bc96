//! A custodian's vault and its key service: two programs, so that no one of them can read a record.
//!
//! The vault keeps ciphertexts (`objects`), openings, mailboxes and the disclosure log (`store`); it
//! asks its own node for decisions and never decides itself. The key service holds the organisation's
//! secret key; it asks its own node once more before it wraps a content key to anyone.
//!
//! | module | what lives there |
//! |---|---|
//! | [`config`], `config_file` | the vault's command line and file; what must be right before it serves |
//! | [`key_service`] | the key service |
//! | [`start`] | what both programs need to start |
//! | `routes`, `web`, `errors` | HTTP |
//! | `openapi` | the routes as data, and the document made of them |
//! | `limits`, `observe`, `metrics`, `farewell`, `ops` | operation: limits, log, numbers, stopping, health |
//! | `tenants` | several organisations in one process |
//! | `vault`, `node`, `key_client`, `clock` | what the routes share |
//! | `sign_in` | challenges and tokens |
//! | `charts`, `records`, `writes`, `uploads`, `directives`, `papers`, `mailbox` | taking things in |
//! | `petitions`, `holds`, `erasure`, `acts` | what is asked about a record, and what becomes of it |
//! | `bulk`, `own_entry` | imports anchored in batches, and single records out of them |
//! | `enrolments`, `batches` | what waits for its batch |
//! | `cards` | cards with a PIN: tries, locks and uses |
//! | `calls` | submitting transactions that charts' keys signed |
//! | [`relay`] | submitting what charts' keys signed, hidden among the like |
//! | `profiles` | profiles of practitioners, which are for anybody |
//! | `rendezvous` | access requests for whoever scans a code |
//! | `release`, `disclosures` | letting things out, and the log of it |
//! | `emergency` | break-glass: what is shown, told and reviewed |
//! | `stalled` | what is released by a clinician's statement while finality stalls, and its posting |
//! | `asks` | what patients ask of the house, and its answers |
//! | `recalls` | telling those who read that they may no more, and their answers |
//! | `custody` | records on their way to another custodian, and from one |
//! | `holding` | the same of all that an organisation keeps |
//! | `fhir` | the same as FHIR R4 |
//! | `tidy` | what is removed because its time is over |
//! | `store`, `objects`, `bodies`, `storage` | what lies on disk or in a bucket |
//! | `backup` | backing up and restoring |
//!
//! `docs/vault.md` tells how to run them and what a crash can do.

pub mod config;
pub mod key_service;
pub mod start;

mod acts;
mod asks;
mod attempts;
mod backup;
mod batches;
mod bodies;
mod bulk;
mod cached;
mod calls;
mod cards;
mod charts;
mod clock;
mod config_file;
mod custody;
mod directives;
mod disclosures;
mod emergency;
mod enrolments;
mod erasure;
mod errors;
mod farewell;
mod fhir;
mod finding;
mod guardians;
mod holding;
mod holds;
mod key_client;
mod limits;
mod links;
mod mailbox;
mod metrics;
mod node;
mod objects;
mod observe;
mod openapi;
mod ops;
mod own_entry;
mod papers;
mod petitions;
mod profiles;
mod recalls;
mod records;
pub mod relay;
mod release;
mod rendezvous;
mod routes;
#[cfg(test)]
mod secrets;
mod sign_in;
mod stalled;
mod storage;
mod store;
mod tenants;
mod tidy;
mod uploads;
mod vault;
mod web;
mod writes;
