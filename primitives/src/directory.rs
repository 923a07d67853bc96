//! How pallets ask each other. The runtime wires them; no pallet names another's crate.

use crate::{
	codes::{Role, StandingReasons},
	decision::{ChartFacts, RecordFacts},
	ids::{ChartId, OrganisationId, PractitionerId, RecordId},
	time::Moment,
};

/// The gate through which accounts enter the chain.
pub trait Enrolment<AccountId> {
	/// Lets the account transact. Idempotent; never undone.
	fn enrol(account: &AccountId);
	/// Whether the account was let in.
	fn is_enrolled(account: &AccountId) -> bool;
}

/// Organisations, their staff, practitioners and licences.
pub trait ProviderDirectory<AccountId> {
	/// Why `account` may not act in `role` for `organisation` at `at`; empty when it may.
	fn standing(
		account: &AccountId,
		organisation: OrganisationId,
		role: Role,
		at: Moment,
	) -> StandingReasons;
	/// Whether `account` may act for `organisation` at `at` in at least one of these roles.
	fn may_act(
		account: &AccountId,
		organisation: OrganisationId,
		roles: &[Role],
		at: Moment,
	) -> bool {
		roles
			.iter()
			.any(|role| Self::standing(account, organisation, *role, at).is_empty())
	}
	/// The practitioner whose account this is.
	fn practitioner(account: &AccountId) -> Option<PractitionerId>;
}

/// Charts.
pub trait ChartDirectory {
	/// The chart without its directives, which are another pallet's.
	fn chart(chart: &ChartId) -> Option<ChartFacts>;
}

/// Records.
pub trait RecordDirectory {
	/// The record.
	fn record(record: &RecordId) -> Option<RecordFacts>;
}
