//! The access decision: one pure function for the runtime API, the vault, the key service and every
//! client.
//!
//! Order, first that applies:
//!
//! 1. the accessor may not act in this role for this organisation now: denied, with the reason;
//! 2. the record is unknown, it is erased, its opening does not open its leaf, or it is of no chart of
//!    that custodian: denied;
//! 3. the patient reads with the chart's key: permitted, basis *patient*; so does a guardian with the
//!    power to read, in every state of the chart and whatever directives say, basis *guardian*;
//! 4. the record is entered in error and the accessor is of another house: denied;
//! 5. an active directive's opening is missing or wrong, or claims another's right than who issued
//!    it: denied;
//! 6. the purpose is treatment and the role does not treat: denied;
//! 7. a specific directive denies: denied;
//! 8. a specific directive permits: permitted, basis that directive;
//! 9. the accessor is of the custodian, for treatment: permitted, basis *custodian*;
//! 10. a default directive denies: denied;
//! 11. a default directive permits: permitted, basis that directive;
//! 12. otherwise denied.
//!
//! Where rules 4 to 12 deny staff who show a break-glass, it is asked instead: permitted, basis
//! *break-glass*, for a clinician who opened it for this chart and custodian, while it is active and the
//! privilege is held, to see records for emergency treatment, as far as its scope reaches. Neither a
//! closed chart nor any deny holds it up but one: a specific deny that names emergency treatment.
//! While the opening of a directive is missing, which may be such a deny, the first scope opens and
//! nothing beyond. A record that is entered in error and a dead patient's chart stay shut.
//!
//! While finality stalls, nothing is decided by what may have changed since, but for one: a clinician's signed
//! statement, shown instead of a break-glass, opens the first scope and no more, in standing and with the
//! privilege as of the last finalised head, which is 24 h old at most. Rules 4 to 12 are not asked then. While
//! finality goes on, a statement opens nothing.
//!
//! Of a chart that the patient has closed, and of a dead patient's where the jurisdiction lets nothing
//! open, permits do not speak, so that rules 8 and 11 never apply; denies do. What a guardian permitted
//! does not speak once the guardianship is over, which one under a power of attorney is with the
//! patient's death.
//!
//! What came on paper ([`crate::paper`]) does not outweigh what was denied without it: while any deny of the
//! patient's or a guardian's speaks, also a default one, permits on paper do not.
//!
//! Whoever has a link of the patient ([`crate::link`]) is decided for by itself, after rule 2: as a permit for
//! exactly its record, unless a specific directive denies it to anyone.
//!
//! The house's own staff do not get past a deny of treatment by naming an emergency: rule 9 holds for
//! treatment and coordination of care alone.

mod bearer;
mod emergency;

use crate::{
	batch::Inclusion,
	break_glass::{is_stalled, Emergency, Seen},
	codes::{
		Action, BreakGlassScope, ChartState, GrantorBasis, Obligations, PosthumousRule, Power,
		Purpose, Purposes, RecordState, Role, Rule, StandingReason, StandingReasons, Strength,
	},
	directive::{DirectiveTerms, Grantee},
	guardian::{ActingGuardian, GuardianFault, ShownGuardian},
	ids::{
		AccountBytes, BreakGlassId, ChartId, DirectiveId, GuardRoot, OrganisationId,
		PractitionerId, RecordId, Seal,
	},
	paper::OnPaper,
	record::RecordTerms,
	seal::Opening,
	time::Moment,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Most directives that can be active on one chart.
pub const MAX_ACTIVE_DIRECTIVES: u32 = 64;

/// Who asks.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Accessor {
	/// The patient, by the key of the chart.
	#[codec(index = 0)]
	Patient {
		/// The key.
		#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
		#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
		account: AccountBytes,
	},
	/// A staff account acting in a role for an organisation.
	#[codec(index = 1)]
	Staff {
		/// The account.
		#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
		#[cfg_attr(feature = "schema", schemars(schema_with = "crate::ids::hex_schema::<32>"))]
		account: AccountBytes,
		/// For whom it acts.
		organisation: OrganisationId,
		/// In which role.
		role: Role,
	},
	/// A guardian of the patient, who shows that they are one in [`AccessQuery::guardian`].
	#[codec(index = 2)]
	Guardian {
		/// The seal over their terms: logs do not name their key.
		leaf: Seal,
	},
	/// Whoever has a link of the patient, who shows it by a signature.
	#[codec(index = 3)]
	Bearer {
		/// The hash over the link's keys: logs do not name these.
		link: Seal,
	},
}

/// What a vault asks: who, what for, and every opening it holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AccessQuery {
	/// Who asks.
	pub accessor: Accessor,
	/// To do what.
	pub action: Action,
	/// What for.
	pub purpose: Purpose,
	/// Of which record.
	pub record: RecordId,
	/// The record's opening.
	pub opening: Opening<RecordTerms>,
	/// The openings of the chart's directives; more than the active ones do no harm.
	pub directives: Vec<(DirectiveId, Opening<DirectiveTerms>)>,
	/// Where the record lies in a batch, if it was anchored in one. Counts only while the chain has no
	/// record of its own by that id.
	#[cfg_attr(feature = "serde", serde(default))]
	pub inclusion: Option<Inclusion>,
	/// What shows that the accessor is a guardian, if it is one.
	#[cfg_attr(feature = "serde", serde(default))]
	pub guardian: Option<ShownGuardian>,
	/// What shows that the accessor broke the glass, if they did. A break-glass counts only where nothing else
	/// permits, a statement only while finality stalls, where nothing else counts.
	#[cfg_attr(feature = "serde", serde(default))]
	pub emergency: Option<Emergency>,
}

impl AccessQuery {
	/// As it is asked by somebody who sees this, whatever was seen by whoever handed it on.
	#[must_use]
	pub fn seen(mut self, seen: Seen) -> Self {
		if let Some(Emergency::Statement(shown)) = &mut self.emergency {
			shown.seen = seen;
		}
		self
	}
}

/// What the chain knows at one block of the accessor, the record and the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
	/// The block's time.
	pub at: Moment,
	/// Why the staff accessor may not act; empty when it may, or when the patient asks.
	pub standing: StandingReasons,
	/// The accessor's practitioner number.
	pub practitioner: Option<PractitionerId>,
	/// The record, if the chain knows it.
	pub record: Option<RecordFacts>,
	/// The chart named in the record's opening, if the chain knows it.
	pub chart: Option<ChartFacts>,
	/// Its guard, if it has one.
	pub guard: Option<GuardRoot>,
	/// The break-glass that is shown, if the chain knows it.
	pub break_glass: Option<BreakGlassFacts>,
	/// What the chain says of the statement that is shown, if one is.
	pub statement: Option<StatementFacts>,
}

/// What the chain says of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementFacts {
	/// Whether it is meant for this chain and its account has signed it.
	pub signed: bool,
	/// The block's number.
	pub number: u32,
	/// The hash of the ancestor with the number that the statement names, while the chain knows it: of the last
	/// 4,096 blocks, without this one.
	pub ancestor: Option<[u8; 32]>,
	/// Whether the accessor's practitioner holds the privilege at the block's time.
	pub privileged: bool,
}

/// What the chain knows of a break-glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakGlassFacts {
	/// Its id.
	pub id: BreakGlassId,
	/// The account that opened it.
	pub account: AccountBytes,
	/// Its practitioner number.
	pub practitioner: PractitionerId,
	/// The organisation it acted for.
	pub organisation: OrganisationId,
	/// The seal over its terms.
	pub seal: Seal,
	/// How far it reaches.
	pub scope: BreakGlassScope,
	/// Whether it is active at the block's time.
	pub active: bool,
	/// Whether the practitioner holds the privilege at the block's time.
	pub privileged: bool,
}

/// What the chain knows of a record.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecordFacts {
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its sealed leaf.
	pub leaf: Seal,
	/// Its state.
	pub state: RecordState,
	/// The version it replaces.
	pub replaces: Option<RecordId>,
}

/// What the chain knows of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ChartFacts {
	/// Its id.
	pub chart: ChartId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its signing key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: AccountBytes,
	/// Its state.
	pub state: ChartState,
	/// What its custodian's jurisdiction lets open; none while the patient lives.
	#[cfg_attr(feature = "serde", serde(default))]
	pub posthumous: Option<PosthumousRule>,
	/// Its active directives, oldest first.
	pub directives: Vec<ActiveDirective>,
}

/// What the chain knows of an active directive.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ActiveDirective {
	/// Its id.
	pub id: DirectiveId,
	/// What it says, sealed.
	pub seal: Seal,
	/// The guardian who issued it; none if the chart's key did, or two witnesses.
	#[cfg_attr(feature = "serde", serde(default))]
	pub guardian: Option<ActingGuardian>,
	/// What shows of the paper, if it came on paper.
	#[cfg_attr(feature = "serde", serde(default))]
	pub paper: Option<OnPaper>,
}

impl ActiveDirective {
	/// In whose right it was issued, which its terms must say too.
	pub const fn basis(&self) -> GrantorBasis {
		match (&self.paper, &self.guardian) {
			(Some(_), _) => GrantorBasis::WitnessedPaper,
			(None, Some(guardian)) => guardian.relation.basis(),
			(None, None) => GrantorBasis::Own,
		}
	}
}

/// The answer.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Decision {
	/// Yes.
	Permit {
		/// In whose right.
		basis: Basis,
		/// Under which obligations.
		obligations: Obligations,
	},
	/// No.
	Deny {
		/// Why not.
		reason: DenyReason,
	},
}

/// In whose right access is permitted.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Basis {
	/// It is the patient's own.
	#[codec(index = 0)]
	Patient,
	/// Treating staff of the house that keeps it.
	#[codec(index = 1)]
	Custodian,
	/// A directive.
	#[codec(index = 2)]
	Directive(DirectiveId),
	/// A guardian of the patient reads.
	#[codec(index = 3)]
	Guardian,
	/// A clinician broke the glass.
	#[codec(index = 4)]
	BreakGlass(BreakGlassId),
}

/// Why access is denied. Stable codes: 1–19 and 40–59 standing, 20–29 what was asked for, 30–39 directives
/// and guardians, 60–69 and 75–79 break-glass, 70–74 links.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum DenyReason {
	/// The accessor may not act; codes 1–19 and 40–59 are those of [`StandingReason`].
	#[codec(index = 1)]
	Standing(StandingReason),
	/// The chain knows no such record.
	#[codec(index = 20)]
	RecordUnknown,
	/// What was given as the record's terms does not open its leaf.
	#[codec(index = 21)]
	RecordOpeningWrong,
	/// The chain knows no such chart at the record's custodian.
	#[codec(index = 22)]
	ChartUnknown,
	/// The record was entered in error.
	#[codec(index = 23)]
	RecordEnteredInError,
	/// The key is not the chart's.
	#[codec(index = 24)]
	NotTheChartsKey,
	/// The purpose is treatment and the role does not treat.
	#[codec(index = 25)]
	RoleDoesNotTreat,
	/// The patient has closed the chart.
	#[codec(index = 26)]
	ChartDeactivated,
	/// The patient is dead, and the custodian's jurisdiction lets nothing open.
	#[codec(index = 27)]
	ChartDeceased,
	/// The record was erased.
	#[codec(index = 28)]
	RecordErased,
	/// The opening of an active directive is missing or does not open its seal.
	#[codec(index = 30)]
	DirectiveOpeningMissing,
	/// A directive of the patient denies.
	#[codec(index = 31)]
	DirectiveDenies,
	/// No directive of the patient permits.
	#[codec(index = 32)]
	NothingPermits,
	/// An active directive claims to be in another's right than who issued it.
	#[codec(index = 33)]
	DirectiveBasisWrong,
	/// What is shown does not make the accessor a guardian of this chart.
	#[codec(index = 34)]
	NotAGuardian,
	/// The guardianship is over.
	#[codec(index = 35)]
	GuardianshipOver,
	/// The guardian may not read, or not do what was asked.
	#[codec(index = 36)]
	GuardianPowerMissing,
	/// The chain knows no such break-glass.
	#[codec(index = 60)]
	BreakGlassUnknown,
	/// The break-glass is closed or its time ran out.
	#[codec(index = 61)]
	BreakGlassOver,
	/// Somebody else opened it, or for another organisation.
	#[codec(index = 62)]
	BreakGlassOfAnother,
	/// What was given as its terms does not open its seal.
	#[codec(index = 63)]
	BreakGlassOpeningWrong,
	/// It is about another chart.
	#[codec(index = 64)]
	BreakGlassOfOtherChart,
	/// The record lies beyond its first scope.
	#[codec(index = 65)]
	BeyondFirstScope,
	/// The patient has denied access in an emergency too.
	#[codec(index = 66)]
	EmergencyDenied,
	/// It opens for emergency treatment and to see records alone.
	#[codec(index = 67)]
	NotEmergencyTreatment,
	/// The practitioner has lost the privilege.
	#[codec(index = 68)]
	EmergencyPrivilegeLost,
	/// Only clinicians break the glass.
	#[codec(index = 69)]
	NotAClinician,
	/// No active directive is of this link.
	#[codec(index = 70)]
	LinkUnknown,
	/// The link has expired, or is not good yet.
	#[codec(index = 71)]
	LinkOver,
	/// The link is for another record, action or purpose.
	#[codec(index = 72)]
	LinkOfAnother,
	/// The link was used. Vaults, which count uses, say so; the decision does not.
	#[codec(index = 73)]
	LinkUsed,
	/// The directive of the link says more or less than a link may.
	#[codec(index = 74)]
	LinkUnfit,
	/// Finality does not stall, so that a statement is not what it takes.
	#[codec(index = 75)]
	FinalityIsBack,
	/// The statement is not the accessor's word for this chain.
	#[codec(index = 76)]
	StatementNotSigned,
	/// The statement is not of now, or names another head, or the last finalised head is too old.
	#[codec(index = 77)]
	StatementNotOfNow,
}

impl DenyReason {
	/// The stable code.
	pub const fn code(self) -> u8 {
		match self {
			Self::Standing(reason) => reason.index(),
			Self::RecordUnknown => 20,
			Self::RecordOpeningWrong => 21,
			Self::ChartUnknown => 22,
			Self::RecordEnteredInError => 23,
			Self::NotTheChartsKey => 24,
			Self::RoleDoesNotTreat => 25,
			Self::ChartDeactivated => 26,
			Self::ChartDeceased => 27,
			Self::RecordErased => 28,
			Self::DirectiveOpeningMissing => 30,
			Self::DirectiveDenies => 31,
			Self::NothingPermits => 32,
			Self::DirectiveBasisWrong => 33,
			Self::NotAGuardian => 34,
			Self::GuardianshipOver => 35,
			Self::GuardianPowerMissing => 36,
			Self::BreakGlassUnknown => 60,
			Self::BreakGlassOver => 61,
			Self::BreakGlassOfAnother => 62,
			Self::BreakGlassOpeningWrong => 63,
			Self::BreakGlassOfOtherChart => 64,
			Self::BeyondFirstScope => 65,
			Self::EmergencyDenied => 66,
			Self::NotEmergencyTreatment => 67,
			Self::EmergencyPrivilegeLost => 68,
			Self::NotAClinician => 69,
			Self::LinkUnknown => 70,
			Self::LinkOver => 71,
			Self::LinkOfAnother => 72,
			Self::LinkUsed => 73,
			Self::LinkUnfit => 74,
			Self::FinalityIsBack => 75,
			Self::StatementNotSigned => 76,
			Self::StatementNotOfNow => 77,
		}
	}

	/// A sentence that tells a person what is wrong and what to do.
	pub const fn sentence(self) -> &'static str {
		match self {
			Self::Standing(reason) => reason.sentence(),
			Self::RecordUnknown =>
				"the chain knows no such record: check its id, or wait until it is anchored",
			Self::RecordOpeningWrong =>
				"the vault's description of the record does not match the chain: tell the custodian",
			Self::ChartUnknown => "the custodian keeps no such chart: check its id",
			Self::RecordEnteredInError =>
				"the record was entered in error: ask the custodian what replaces it",
			Self::NotTheChartsKey => "this key is not the chart's: choose the right wallet",
			Self::RoleDoesNotTreat => {
				"only clinicians and pharmacists read for treatment: name the purpose you read for"
			},
			Self::ChartDeactivated =>
				"the patient has closed this chart: only its own house goes on treating",
			Self::ChartDeceased =>
				"the patient is reported dead, and nothing of this chart is open outside its house there",
			Self::RecordErased =>
				"the record was erased at the patient's wish: nobody can read it any more",
			Self::DirectiveOpeningMissing =>
				"the vault has not received every directive of the chart: whoever issued the missing one must send it, or it must be revoked",
			Self::DirectiveDenies => "the patient has denied this access",
			Self::NothingPermits =>
				"the patient has not permitted this access: send an access request",
			Self::DirectiveBasisWrong =>
				"a directive claims another's right than who issued it: whoever issued it, or the patient, must revoke it",
			Self::NotAGuardian =>
				"the card is not one of this chart's guardians: ask the patient for a new one",
			Self::GuardianshipOver =>
				"the guardianship is over: the patient reads, or names the guardian anew",
			Self::GuardianPowerMissing =>
				"the guardian may not do this: ask the patient for a card with the power to read",
			Self::BreakGlassUnknown =>
				"the chain knows no such break-glass: open one, and wait until it is final",
			Self::BreakGlassOver =>
				"the break-glass is over: renew it in time, or open another",
			Self::BreakGlassOfAnother =>
				"another clinician opened this break-glass, or for another organisation: open your own",
			Self::BreakGlassOpeningWrong =>
				"what was sent with the break-glass does not open its seal: send its own terms and salt",
			Self::BreakGlassOfOtherChart =>
				"the break-glass is about another chart: open one for this chart",
			Self::BeyondFirstScope =>
				"the break-glass reaches allergies, medications and problems without labels: widen it if the patient needs more",
			Self::EmergencyDenied =>
				"the patient has denied this access for emergencies too: nothing opens it",
			Self::NotEmergencyTreatment =>
				"break-glass opens records to see them for emergency treatment alone: name the purpose ETREAT",
			Self::EmergencyPrivilegeLost =>
				"the clinician has lost the privilege to break the glass: give the overdue account, or ask the council",
			Self::NotAClinician => "only clinicians break the glass: act in that role, or ask one",
			Self::LinkUnknown =>
				"no such link here: it was revoked or never made; ask the patient for a new one",
			Self::LinkOver =>
				"the link has expired or is not good yet: ask the patient for a new one",
			Self::LinkOfAnother =>
				"the link is for another record or purpose: open it as it was given",
			Self::LinkUsed => "the link was used before: ask the patient for a new one",
			Self::LinkUnfit =>
				"the link is not for one record and 30 days at most: ask the patient for a new one",
			Self::FinalityIsBack =>
				"the chain finalises, so a statement opens nothing: open a break-glass on chain",
			Self::StatementNotSigned =>
				"the statement is not signed by this account for this chain: sign a new one",
			Self::StatementNotOfNow =>
				"the statement is not of now, or of another head, or nothing was final for 24 hours: sign a new one, which opens nothing after that",
		}
	}
}

impl From<GuardianFault> for DenyReason {
	fn from(fault: GuardianFault) -> Self {
		match fault {
			GuardianFault::Over => Self::GuardianshipOver,
			GuardianFault::PowerMissing => Self::GuardianPowerMissing,
			GuardianFault::NotAGuardian
			| GuardianFault::Expired
			| GuardianFault::ValidityTooLong
			| GuardianFault::EndNotRounded => Self::NotAGuardian,
		}
	}
}

impl core::fmt::Display for DenyReason {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "{} (code {})", self.sentence(), self.code())
	}
}

/// Decides one access. Fails closed: what is not found, not opened or not permitted is denied.
pub fn decide(facts: &Facts, query: &AccessQuery) -> Decision {
	match permit(facts, query) {
		Ok((basis, obligations)) => Decision::Permit { basis, obligations },
		Err(reason) => Decision::Deny { reason },
	}
}

fn permit(facts: &Facts, query: &AccessQuery) -> Result<(Basis, Obligations), DenyReason> {
	if let Some(reason) = facts.standing.iter().next() {
		return Err(DenyReason::Standing(reason));
	}
	let record = facts.record.as_ref().ok_or(DenyReason::RecordUnknown)?;
	if record.state == RecordState::Erased {
		return Err(DenyReason::RecordErased);
	}
	if !query.opening.opens(&record.leaf) {
		return Err(DenyReason::RecordOpeningWrong);
	}
	let terms = &query.opening.terms;
	let chart = facts
		.chart
		.as_ref()
		.filter(|chart| chart.chart == terms.chart && chart.custodian == record.custodian)
		.ok_or(DenyReason::ChartUnknown)?;
	let (organisation, role) = match query.accessor {
		Accessor::Patient { account } => {
			return if account == chart.key && query.action == Action::Access {
				Ok((Basis::Patient, Obligations::EMPTY))
			} else {
				Err(DenyReason::NotTheChartsKey)
			}
		},
		Accessor::Guardian { leaf } => {
			let shown = query.guardian.filter(|shown| shown.leaf() == leaf);
			let shown = shown.ok_or(DenyReason::NotAGuardian)?;
			shown.admit(&chart.chart, facts.guard.as_ref(), Some(Power::Read), facts.at)?;
			return if query.action == Action::Access {
				Ok((Basis::Guardian, Obligations::EMPTY))
			} else {
				Err(DenyReason::GuardianPowerMissing)
			};
		},
		Accessor::Bearer { link } => return bearer::permit(facts, query, record, chart, link),
		Accessor::Staff { organisation, role, .. } => (organisation, role),
	};
	if let Some(Emergency::Statement(shown)) = &query.emergency {
		if is_stalled(facts.at, shown.seen.now) {
			// What is permitted may have been taken back since: nothing else counts.
			emergency::by_statement(facts, query, shown, record, chart)?;
			return Ok((Basis::BreakGlass(shown.statement.id()), Obligations::EMPTY));
		}
	}
	let ordinary = by_right(facts, query, record, chart, organisation, role);
	match &query.emergency {
		Some(Emergency::Glass(shown)) if ordinary.is_err() => {
			emergency::by_breaking_glass(facts, query, shown, record, chart)?;
			Ok((Basis::BreakGlass(shown.id), Obligations::EMPTY))
		},
		Some(Emergency::Statement(_)) if ordinary.is_err() => Err(DenyReason::FinalityIsBack),
		_ => ordinary,
	}
}

/// What directives and the house's own right permit to staff.
fn by_right(
	facts: &Facts,
	query: &AccessQuery,
	record: &RecordFacts,
	chart: &ChartFacts,
	organisation: OrganisationId,
	role: Role,
) -> Result<(Basis, Obligations), DenyReason> {
	let own_house = organisation == record.custodian;
	if record.state == RecordState::EnteredInError && !own_house {
		return Err(DenyReason::RecordEnteredInError);
	}

	let speaking = speaking(facts, query, chart, organisation)?;
	if query.purpose.treats() && !role.treats() {
		return Err(DenyReason::RoleDoesNotTreat);
	}
	let verdict = |strength: Strength| {
		let mut of_strength = speaking.iter().filter(|(_, said)| said.strength == strength);
		if of_strength.clone().any(|(_, said)| said.rule == Rule::Deny) {
			return Some(Err(DenyReason::DirectiveDenies));
		}
		// Where several permit, the obligations of all of them hold.
		let obligations = of_strength
			.clone()
			.fold(Obligations::EMPTY, |sum, (_, said)| sum.union(said.obligations));
		of_strength.next().map(|(id, _)| Ok((Basis::Directive(*id), obligations)))
	};

	if let Some(answer) = verdict(Strength::Specific) {
		return answer;
	}
	if own_house && Purposes::of(&[Purpose::Treatment]).cover(query.purpose) {
		return Ok((Basis::Custodian, Obligations::EMPTY));
	}
	// Of a closed chart only denies have spoken.
	verdict(Strength::Default).unwrap_or(Err(closed(chart).unwrap_or(DenyReason::NothingPermits)))
}

/// Whether the terms speak of this access.
fn speaks(
	terms: &DirectiveTerms,
	facts: &Facts,
	query: &AccessQuery,
	organisation: OrganisationId,
) -> bool {
	terms.period.contains(facts.at)
		&& terms.grantee.includes(facts.practitioner, organisation)
		&& terms.actions.contains(query.action)
		&& terms.purposes.cover(query.purpose)
		&& terms.scope.covers(&query.record, &query.opening.terms)
}

/// Why no directive of this chart permits anything, if none does.
fn closed(chart: &ChartFacts) -> Option<DenyReason> {
	match (chart.state, chart.posthumous) {
		(ChartState::Active, _) | (ChartState::Deceased, Some(PosthumousRule::AsDirected)) => None,
		(ChartState::Deactivated, _) => Some(DenyReason::ChartDeactivated),
		(ChartState::Deceased, Some(PosthumousRule::Nothing) | None) => {
			Some(DenyReason::ChartDeceased)
		},
	}
}

/// The active directives with their terms. Each must be opened, whether or not it would speak: an unread
/// deny is still a deny.
fn opened<'a>(
	query: &'a AccessQuery,
	chart: &'a ChartFacts,
) -> Result<Vec<(&'a ActiveDirective, &'a DirectiveTerms)>, DenyReason> {
	let open = |directive: &'a ActiveDirective| {
		let ActiveDirective { id, seal, .. } = directive;
		let terms = query
			.directives
			.iter()
			.find(|(given, opening)| given == id && opening.opens(seal))
			.map(|(_, opening)| &opening.terms)
			.ok_or(DenyReason::DirectiveOpeningMissing)?;
		if terms.basis != directive.basis() {
			return Err(DenyReason::DirectiveBasisWrong);
		}
		Ok((directive, terms))
	};
	chart.directives.iter().map(open).collect()
}

/// The active directives that speak of this access, without the permits that count no more.
fn speaking<'a>(
	facts: &Facts,
	query: &'a AccessQuery,
	chart: &'a ChartFacts,
	organisation: OrganisationId,
) -> Result<Vec<(DirectiveId, &'a DirectiveTerms)>, DenyReason> {
	let closed = closed(chart).is_some();
	let mut speaking = Vec::new();
	for (directive, terms) in opened(query, chart)? {
		// What a guardian permitted ends with the guardianship; what they denied stays until the
		// patient, now of age, revokes it.
		let over = directive.guardian.is_some_and(|by| by.is_over(facts.at, chart.state));
		if terms.rule == Rule::Permit && (closed || over) {
			continue;
		}
		if speaks(terms, facts, query, organisation) {
			speaking.push((directive, terms));
		}
	}
	// Two of the staff stand for what is on paper. What the patient or a guardian denied with a key of
	// their own, however generally, stays denied until one of them ends it.
	let denied = speaking
		.iter()
		.any(|(directive, terms)| terms.rule == Rule::Deny && directive.paper.is_none());
	let counts = |directive: &ActiveDirective, terms: &DirectiveTerms| {
		terms.rule == Rule::Deny || directive.paper.is_none() || !denied
	};
	Ok(speaking
		.into_iter()
		.filter(|(directive, terms)| counts(directive, terms))
		.map(|(directive, terms)| (directive.id, terms))
		.collect())
}

impl Grantee {
	/// Whether the directive speaks to this practitioner, if any, acting for this organisation.
	pub fn includes(
		&self,
		practitioner: Option<PractitionerId>,
		organisation: OrganisationId,
	) -> bool {
		match *self {
			Self::Anyone => true,
			Self::Organisation(named) => named == organisation,
			Self::Practitioner(named) => practitioner == Some(named),
			Self::PractitionerAt(named, at) => practitioner == Some(named) && organisation == at,
			// Whoever has the link acts for nobody.
			Self::Bearer(_) => false,
		}
	}
}
