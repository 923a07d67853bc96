//! How pallets ask each other. The runtime wires them; no pallet names another's crate.

use crate::{
	batch::Inclusion,
	codes::{DrugSchedule, LicenceClasses, OrganisationState, Role, StandingReasons},
	credential::{Authorisation, House, Licensed, Need},
	decision::{ChartFacts, RecordFacts},
	guardian::{ActingGuardian, GuardianAct, GuardianWord},
	ids::{ChartId, GuardRoot, OrganisationId, PractitionerId, RecordId, Seal},
	order::ChartOrder,
	time::Moment,
	views::LicenceView,
};
use alloc::vec::Vec;

/// Storage reads behind one question of standing and one of intake, at worst: organisation, staff,
/// requirements, the house's 32 licences, 8 accreditations and 32 follow-ups, the practitioner's 32
/// licences and the supervisor's. For a second role most of it comes from the overlay.
pub const STANDING_READS: u64 = 175;

/// The gate through which accounts enter the chain.
pub trait Enrolment<AccountId> {
	/// Lets the account transact. Idempotent; never undone.
	fn enrol(account: &AccountId);
	/// Whether the account was let in.
	fn is_enrolled(account: &AccountId) -> bool;
}

/// Who may act for whom: organisations, their staff and practitioners, with their credentials taken
/// into account.
pub trait ProviderDirectory<AccountId> {
	/// Why `account` may not act in `role` for `organisation` at `at`; empty when it may.
	fn standing(
		account: &AccountId,
		organisation: OrganisationId,
		role: Role,
		at: Moment,
	) -> StandingReasons;
	/// Why `account` does not hold `role` for `organisation`, as a member of the consortium, whatever
	/// has become of its licences and the house's; empty when it does. For duties that a house has
	/// also when it may not practise.
	fn membership(account: &AccountId, organisation: OrganisationId, role: Role)
		-> StandingReasons;
	/// Why the organisation may not take on what is new at `at`: patients, referrals, studies,
	/// orders; empty when it may.
	fn intake(organisation: OrganisationId, at: Moment) -> StandingReasons;
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
	/// The practitioner whose account this is, or last was: the person behind it.
	fn practitioner_ever(account: &AccountId) -> Option<PractitionerId> {
		Self::practitioner(account)
	}
	/// The practitioner who answers for what the account signed at `at`: whose it was until they changed it,
	/// or whose it is. What a former account signs after the change is nobody's.
	fn practitioner_then(account: &AccountId, at: Moment) -> Option<PractitionerId> {
		let _ = at;
		Self::practitioner(account)
	}
	/// Whether `reviewer`, who acts for the organisation beside it, can judge what the practitioner did by
	/// `account` for `house`: their organisation is neither that house nor of its group, neither that account
	/// nor the practitioner's of now is on its staff, and the reviewer is not on the house's.
	fn is_independent(
		practitioner: PractitionerId,
		account: &AccountId,
		house: OrganisationId,
		reviewer: (&AccountId, OrganisationId),
	) -> bool;
}

/// What credentials ask of organisations and practitioners.
pub trait OrganisationDirectory<AccountId> {
	/// The organisation and its state.
	fn organisation(organisation: OrganisationId) -> Option<(House, OrganisationState)>;
	/// Why `account` does not hold `role` for `organisation`; empty when it does.
	fn membership(account: &AccountId, organisation: OrganisationId, role: Role)
		-> StandingReasons;
	/// Whether the two are one, or belong to one group.
	fn are_affiliated(one: OrganisationId, other: OrganisationId) -> bool;
	/// Whether there is such a practitioner.
	fn is_practitioner(practitioner: PractitionerId) -> bool;
	/// The practitioner whose account this is.
	fn practitioner(account: &AccountId) -> Option<PractitionerId>;
}

/// What organisations and practitioners ask of credentials.
pub trait CredentialDirectory {
	/// Whether a practitioner's licences are good for `need`, and what is wrong if not.
	fn practitioner_licensed(
		practitioner: PractitionerId,
		classes: LicenceClasses,
		need: &Need,
	) -> Result<Licensed, StandingReasons>;
	/// What the house's licences, accreditations and inspections say of it at `at`.
	fn authorisation(house: &House, schedule: Option<DrugSchedule>, at: Moment) -> Authorisation;
	/// Whether the organisation may license anywhere today, in standing and without having handed on:
	/// who does may register practitioners.
	fn is_board(organisation: OrganisationId) -> bool;
	/// Who is responsible now for what the organisation issued: itself, or its successor.
	fn authority(organisation: OrganisationId) -> OrganisationId;
	/// The practitioner's licences that can still count, oldest first.
	fn licences_of(practitioner: PractitionerId) -> Vec<LicenceView>;
}

/// The keys of charts, which are nobody's on the staff of anyone: a pseudonymous chart must not be
/// joined to a name.
pub trait ChartKeys<AccountId> {
	/// Whether the account was ever named for a chart: as its key, a former one, or one that waits.
	fn is_chart_key(account: &AccountId) -> bool;
}

/// Where there are no charts.
impl<AccountId> ChartKeys<AccountId> for () {
	fn is_chart_key(_: &AccountId) -> bool {
		false
	}
}

/// Charts.
pub trait ChartDirectory {
	/// The chart without its directives, which are another pallet's.
	fn chart(chart: &ChartId) -> Option<ChartFacts>;
}

/// Who may act for a patient beside the chart's key.
pub trait GuardianDirectory {
	/// A guardian's signature.
	type Signature;
	/// Why a word is not taken.
	type Error;
	/// The guardian whose word this is, if it is good for this act on this chart now.
	fn admit(
		chart: &ChartId,
		act: &GuardianAct,
		word: &GuardianWord<Self::Signature>,
	) -> Result<ActingGuardian, Self::Error>;
	/// The chart's guard, if it has one.
	fn guard(chart: &ChartId) -> Option<GuardRoot>;
}

/// What charts' keys have others submit.
pub trait OrderDirectory {
	/// The signature of a chart's key.
	type Signature;
	/// Why an order is not taken.
	type Error;
	/// Whether the order is good now and signed by the key that is the chart's now.
	fn admit(order: &ChartOrder<Self::Signature>) -> Result<(), Self::Error>;
}

/// Records.
pub trait RecordDirectory {
	/// The record, if the chain has one of its own by that id.
	fn record(record: &RecordId) -> Option<RecordFacts>;
	/// The record with this leaf that a batch holds, if that is proven. Asked only where
	/// [`Self::record`] knows none.
	fn batched(record: &RecordId, leaf: &Seal, inclusion: &Inclusion) -> Option<RecordFacts>;
}

/// How often a holding can be handed on: most steps from a house to who keeps what it had.
pub const MAX_HANDOVERS: u32 = 8;

/// Who keeps what a house had: organisations can hand all their charts and records to another at once.
pub trait HoldingDirectory {
	/// Who keeps the charts and records of this organisation now: itself, unless it gave its holding
	/// away. Reads [`MAX_HANDOVERS`] entries at most.
	fn keeper(organisation: OrganisationId) -> OrganisationId;
}
