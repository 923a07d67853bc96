//! Tests of the runtime as a whole. Each ends in `try_state`.

mod asks;
mod break_glass;
mod chain;
mod charts;
mod consensus;
mod credentials;
mod extension;
mod genesis;
mod governance;
mod interface;
mod journey;
mod limits;
mod records;

/// Checks the invariants of every pallet of this house.
fn try_state() {
	use crate::{Consent, Consortium, Credentials, PatientIdentity, Providers, RecordAnchor};

	Consortium::do_try_state().unwrap();
	Providers::do_try_state().unwrap();
	Credentials::do_try_state().unwrap();
	PatientIdentity::do_try_state().unwrap();
	RecordAnchor::do_try_state().unwrap();
	Consent::do_try_state().unwrap();
}
