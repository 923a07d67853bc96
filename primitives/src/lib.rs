//! Ids, seals, codes, the access decision and the traits between pallets.
//!
//! This crate is the vocabulary of Salus. Pallets, runtime, vault, client and portal all speak it,
//! so it is `no_std` and carries no part of the SDK but its codec and its Merkle tree.
//!
//! | module | what lives there, and only there |
//! |---|---|
//! | [`ids`] | 32-byte ids and how a client derives them |
//! | [`seal`] | `seal = blake2_256(domain ‖ salt ‖ SCALE(terms))` and its opening |
//! | [`codes`] | value sets of FHIR, HL7, ISO and our own state names |
//! | [`check_digit`] | GS1 and Luhn check digits |
//! | [`time`] | milliseconds and half-open periods |
//! | [`enrolment`] | the statements by which a chart's keys enter the chain |
//! | [`guardian`] | who may act for a patient, sealed until one does |
//! | [`credential`] | licences, accreditations, inspections and what follows from them |
//! | [`record`] | the sealed terms of a record's leaf |
//! | [`batch`] | up to 2^20 records under one root, and the proof that one is among them |
//! | [`petition`] | what patients ask custodians about a record, and the sealed answers |
//! | [`ask`] | what patients ask of custodians about a chart, and the sealed answers |
//! | [`link`] | expiring codes for people outside the consortium |
//! | [`paper`] | directives on paper, issued by two of the house's staff |
//! | [`hold`] | the sealed matter of a legal hold |
//! | [`did`] | decentralised identifiers of organisations, practitioners and charts |
//! | [`directive`] | the sealed terms of a consent directive and of an access request |
//! | [`break_glass`] | a chart opened in an emergency, and who answers for it |
//! | [`search`] | finding a chart in an emergency by a card or by name |
//! | [`decision`] | [`decision::decide`]: may this accessor do this now? |
//! | [`order`] | what a chart's key signs for others to submit |
//! | [`disclosure`] | the entry that says who saw what, and its Merkle tree |
//! | [`directory`] | how pallets ask each other |
//! | [`views`] | what runtime APIs answer |

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod ask;
pub mod batch;
pub mod break_glass;
pub mod check_digit;
pub mod codes;
pub mod credential;
pub mod decision;
pub mod did;
pub mod directive;
pub mod directory;
pub mod disclosure;
pub mod enrolment;
pub mod guardian;
pub mod hold;
pub mod ids;
pub mod link;
pub mod order;
pub mod paper;
pub mod petition;
pub mod record;
pub mod seal;
pub mod search;
pub mod time;
pub mod views;

pub use bounded_collections;

#[cfg(test)]
mod tests;
