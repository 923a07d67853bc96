//! The Salus SDK: everything that the `salus` command line, the vault and other programs share.
//!
//! | module | what lives there |
//! |---|---|
//! | [`chain`] | the chain: submitting calls, reading runtime APIs, waiting for finality |
//! | [`vault_api`] | the JSON that vaults and key services speak |
//! | [`vault_client`] | a typed client of a vault |
//! | [`did`] | DID documents of organisations, practitioners and charts |
//! | [`envelope`] | encryption of records and the wraps of their content keys |
//! | [`records`] | from a file to an envelope with its wraps, and back |
//! | [`transfer`] | storing and reading files of any size, going on after a break |
//! | [`bulk`], [`batched`] | importing many records, and reading them by their batch |
//! | [`accounting`] | which lines of a log an accounting of disclosures must have |
//! | [`profile`] | signed profiles of practitioners |
//! | [`evidence`] | commitments to evidence, and their openings |
//! | [`keys`] | encrypted key files |
//! | [`card`] | cards with a PIN, for people without a phone |
//! | [`link`] | expiring links for people outside the consortium |
//! | [`wallet`] | a patient's wallet: one root secret, one key per chart |
//! | [`emergency`] | the files of a break-glass |
//! | [`finding`] | finding a chart in an emergency: cards, and how people are told apart |
//! | [`asks`] | what a patient asks of a custodian, and whether the answer is the chain's |
//! | [`petitions`] | what a patient asks about a record, and whether the answer is the chain's |
//! | [`recalls`] | who has what although they may read it no more |
//! | [`cover`] | directives that hide those that speak |
//! | [`recovery`] | loss of a wallet: shares, sheets to print, backups, finding charts again |
//! | [`sealed_file`] | the container of key files and wallets: JSON under a passphrase |
//! | [`content`] | what a FHIR resource or a DICOM file says about itself |
//! | [`fhir`] | what vaults and the chain say, as FHIR R4 resources |
//! | [`error`] | the one error type |

pub mod accounting;
pub mod asks;
pub mod batched;
pub mod bulk;
pub mod card;
pub mod chain;
pub mod content;
pub mod cover;
pub mod did;
pub mod emergency;
pub mod envelope;
pub mod error;
pub mod evidence;
pub mod fhir;
pub mod finding;
pub mod guardians;
pub mod keys;
pub mod link;
pub mod papers;
pub mod petitions;
pub mod profile;
pub mod recalls;
pub mod records;
pub mod recovery;
pub mod rendezvous;
pub mod sealed_file;
#[cfg(test)]
mod secrets;
pub mod sheet;
pub mod transfer;
pub mod vault_api;
pub mod vault_client;
pub mod wallet;

pub use error::{Error, Result};
