//! What runtime APIs answer and clients show. Public facts only.

use crate::{
	ask::Ask,
	break_glass::BreakGlass,
	check_digit::{Gln, Npi},
	codes::{
		AccreditationState, BreakGlassState, ChartState, DirectiveState, Jurisdiction,
		LicenceClasses, LicenceState, OrganisationKind, OrganisationState, Programmes,
		RequestState, Roles, StandingFlags, StandingReasons,
	},
	credential::{Accreditation, Inspection, Licence},
	decision::{ChartFacts, Decision, RecordFacts},
	guardian::ActingGuardian,
	ids::{
		AccountBytes, AccreditationId, BreakGlassId, ChartId, Digest, DirectiveId, GuardRoot,
		InspectionId, LicenceId, OrganisationId, PractitionerId, RecordId, RequestId, Seal,
	},
	paper::OnPaper,
	petition::Petition,
	time::Moment,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A public encryption key (X25519) and which one it is.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EncryptionKey {
	/// Counts from 1 with each key its owner publishes.
	pub version: u32,
	/// The key.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: [u8; 32],
}

/// An organisation of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OrganisationView {
	/// Its number.
	pub id: OrganisationId,
	/// What it is.
	pub kind: OrganisationKind,
	/// Its public display name, UTF-8.
	pub name: Vec<u8>,
	/// Where it is.
	pub jurisdiction: Jurisdiction,
	/// Its Global Location Number.
	pub gln: Option<Gln>,
	/// Its National Provider Identifier.
	pub npi: Option<Npi>,
	/// Its standing.
	pub state: OrganisationState,
	/// When the council admitted it; while it has applied only, when it did.
	pub since: Moment,
	/// The member that put it forward, if it applied.
	pub sponsor: Option<OrganisationId>,
	/// The organisation at the head of the group that it belongs to.
	pub head: Option<OrganisationId>,
	/// Accounts of its administrators.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_list"))]
	pub administrators: Vec<AccountBytes>,
	/// The key to which its records are wrapped.
	pub encryption_key: Option<EncryptionKey>,
	/// Base URL of its vault, UTF-8; empty while it has none.
	pub endpoint: Vec<u8>,
}

/// A practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PractitionerView {
	/// Their number.
	pub id: PractitionerId,
	/// Their account.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub account: AccountBytes,
	/// Their National Provider Identifier.
	pub npi: Option<Npi>,
	/// The board that registered them.
	pub registrar: OrganisationId,
	/// Their signed profile, which is kept off chain.
	pub profile: Option<ProfileCommitment>,
	/// Their licences that can still count, oldest first.
	pub licences: Vec<LicenceView>,
}

/// A practitioner's commitment to a signed profile.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProfileCommitment {
	/// Counts from 1 with each profile the practitioner publishes or withdraws.
	pub version: u32,
	/// blake2_256 over the profile as it was signed; none when it was withdrawn.
	pub digest: Option<Digest>,
}

/// A member of an organisation's staff.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StaffView {
	/// The account.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub account: AccountBytes,
	/// Its roles.
	pub roles: Roles,
	/// The practitioner whose account it is.
	pub practitioner: Option<PractitionerId>,
	/// Under whose supervision the practitioner works there.
	pub supervisor: Option<PractitionerId>,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LicenceView {
	/// Its number.
	pub id: LicenceId,
	/// The licence as it is stored.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub licence: Licence,
	/// Its state at the block's time, its dates taken into account.
	pub standing: LicenceState,
	/// The board that is responsible for it now: the one that issued it, or its successor.
	pub authority: OrganisationId,
}

/// An accreditation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AccreditationView {
	/// Its number.
	pub id: AccreditationId,
	/// The accreditation as it is stored.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub accreditation: Accreditation,
	/// Its state at the block's time, its dates taken into account.
	pub standing: AccreditationState,
	/// The body that is responsible for it now: the one that gave it, or its successor.
	pub authority: OrganisationId,
	/// Whether what it asked for is overdue at the block's time.
	pub overdue: bool,
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct InspectionView {
	/// Its number.
	pub id: InspectionId,
	/// The inspection.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub inspection: Inspection,
	/// Whether what it asked for is overdue at the block's time.
	pub overdue: bool,
}

/// What the council let an organisation decide.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AuthorityView {
	/// Where it may license, and what.
	pub licensing: Vec<(Jurisdiction, LicenceClasses)>,
	/// For what it may accredit.
	pub programmes: Programmes,
	/// Who took over what it had issued.
	pub successor: Option<OrganisationId>,
}

/// Whether an account may act, with everything that speaks against it or should be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StandingView {
	/// Why it may not; empty when it may.
	pub reasons: StandingReasons,
	/// What should be known. Stops nobody.
	pub flags: StandingFlags,
	/// The moment asked about.
	pub at: Moment,
}

/// Up to [`PAGE`] entries of a list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Page<Entry> {
	/// The entries. A page can be empty and not the last: what was removed leaves a gap.
	pub entries: Vec<Entry>,
	/// Where the next page begins; none after the last.
	pub next: Option<u32>,
}

impl<Entry> Page<Entry> {
	/// The page that begins at place `from` of a list of `count` places, from 0.
	pub fn of(from: u32, count: u32, entry: impl Fn(u32) -> Option<Entry>) -> Self {
		let end = from.saturating_add(PAGE).min(count);
		Self {
			entries: (from..end).filter_map(entry).collect(),
			next: (end < count && from < end).then_some(end),
		}
	}

	/// The page that begins at `from` of things numbered from 1 to `count`.
	pub fn numbered(from: u32, count: u32, entry: impl Fn(u32) -> Option<Entry>) -> Self {
		Self::of(from.max(1), count.saturating_add(1), entry)
	}
}

/// Most places of a list that one page looks at.
pub const PAGE: u32 = 100;

/// A motion before the council.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MotionView {
	/// Its number.
	pub index: u32,
	/// Hash of the call, by which it is voted on.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub hash: [u8; 32],
	/// How many ayes it takes.
	pub threshold: u32,
	/// Who said aye.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_list"))]
	pub ayes: Vec<AccountBytes>,
	/// Who said nay.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_list"))]
	pub nays: Vec<AccountBytes>,
	/// The block by which the vote ends.
	pub end: u32,
	/// The call, encoded.
	pub call: Vec<u8>,
}

/// A directive, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DirectiveView {
	/// Its id.
	pub id: DirectiveId,
	/// The chart it is about.
	pub chart: ChartId,
	/// What it says, sealed.
	pub seal: Seal,
	/// Its state.
	pub state: DirectiveState,
	/// The directive it replaces.
	pub replaces: Option<DirectiveId>,
	/// The guardian who issued it; none if the chart's key did, or two witnesses.
	#[cfg_attr(feature = "serde", serde(default))]
	pub guardian: Option<ActingGuardian>,
	/// What shows of the paper, if it came on paper.
	#[cfg_attr(feature = "serde", serde(default))]
	pub paper: Option<OnPaper>,
}

/// A chart with what befalls it: what its patient and its custodian should know.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ChartView {
	/// The chart with its active directives.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub facts: ChartFacts,
	/// The root over its guardians, if it has any.
	pub guard: Option<GuardRoot>,
	/// The re-keying that its custodian has started.
	pub rekeying: Option<Rekeying>,
	/// What became of re-keyings that the chart's key cancelled; none if it cancelled none since the
	/// chart had its last one.
	#[cfg_attr(feature = "serde", serde(default))]
	pub contest: Option<Contest>,
	/// The report that its patient is dead.
	pub death: Option<DeathReport>,
}

/// A re-keying on its way: notice to whoever holds the chart's key, who can cancel it.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rekeying {
	/// The key that is to follow.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: AccountBytes,
	/// First moment at which the custodian can complete it.
	pub ready: Moment,
}

/// A chart over which its key and its custodian are at odds.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Contest {
	/// How many re-keyings the chart's key cancelled since the last that was completed.
	pub cancellations: u32,
	/// Whether the council upholds the next: the chart's key can not cancel it.
	pub upheld: bool,
}

/// A report that a patient is dead.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DeathReport {
	/// Who reported it.
	pub practitioner: PractitionerId,
	/// When.
	pub at: Moment,
	/// What the chart was before, and is again once the report is disputed.
	pub before: ChartState,
}

/// An access request, as far as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestView {
	/// Its id.
	pub id: RequestId,
	/// The account that asks.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub requester: AccountBytes,
	/// Its practitioner number when it asked.
	pub practitioner: PractitionerId,
	/// The organisation it acts for.
	pub organisation: OrganisationId,
	/// What is asked, sealed.
	pub seal: Seal,
	/// First moment at which the request is no longer open.
	pub lapses: Moment,
	/// Its state at the block's time.
	pub state: RequestState,
}

/// An ask, as far as the chain knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AskView {
	/// The chart.
	pub chart: ChartId,
	/// The ask.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub ask: Ask,
	/// First moment at which the answer is overdue.
	pub due: Moment,
	/// Whether it is overdue at the block's time.
	pub overdue: bool,
}

/// A Merkle root over a custodian's disclosures.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DisclosureRoot {
	/// The root, see [`crate::disclosure::root`].
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub root: [u8; 32],
	/// Number of leaves, padding included.
	pub leaves: u32,
	/// When it was posted.
	pub at: Moment,
}

/// A decision with the facts that its asker needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Decided {
	/// The answer.
	pub decision: Decision,
	/// The block's time.
	pub at: Moment,
	/// The accessor's practitioner number.
	pub practitioner: Option<PractitionerId>,
	/// The accessor's published encryption key, to which a release is wrapped.
	pub recipient_key: Option<EncryptionKey>,
}

/// A record with what is asked of it and what binds it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RecordView {
	/// Its id.
	pub id: RecordId,
	/// Its number among the records of the organisation that took it in, from 0.
	pub number: u32,
	/// What a decision reads of it.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub facts: RecordFacts,
	/// The organisation to which its custody is offered.
	pub offered: Option<OrganisationId>,
	/// The legal holds on it, each a sealed matter; while there is one it cannot be erased.
	pub holds: Vec<Seal>,
	/// The petitions about it, numbered from 0.
	pub petitions: Vec<PetitionView>,
}

/// A petition about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PetitionView {
	/// Its number among the record's, from 0.
	pub number: u32,
	/// The petition.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub petition: Petition,
	/// First moment at which the answer is overdue.
	pub due: Moment,
	/// Whether it is overdue at the block's time.
	pub overdue: bool,
}

/// The charts and records of an organisation as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HoldingView {
	/// The organisation.
	pub organisation: OrganisationId,
	/// Who keeps what it had: itself, unless it gave its holding away.
	pub keeper: OrganisationId,
	/// To whom it gave its holding, which may have given it on.
	pub given: Option<OrganisationId>,
	/// To whom its holding is offered.
	pub offered: Option<OrganisationId>,
	/// How many numbers its records have had. One that moved on left its number empty.
	pub records: u32,
	/// How many batches it anchored.
	pub batches: u32,
}

/// A break-glass, with what its dates say at the block's time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BreakGlassView {
	/// Its id.
	pub id: BreakGlassId,
	/// The break-glass as it is stored.
	#[cfg_attr(feature = "serde", serde(flatten))]
	pub glass: BreakGlass,
	/// Its state.
	pub state: BreakGlassState,
	/// First moment at which the clinician's own account is overdue; moves while it is renewed.
	pub account_due: Moment,
	/// Whether it is overdue.
	pub account_overdue: bool,
	/// First moment at which the review is overdue; moves while it is renewed.
	pub review_due: Moment,
	/// Whether a second clinician was asked and none looked in time.
	pub confirmation_overdue: bool,
}

impl BreakGlassView {
	/// The break-glass at this moment.
	pub fn of(id: BreakGlassId, glass: BreakGlass, at: Moment) -> Self {
		Self {
			id,
			state: glass.state(at),
			account_due: glass.account_due(),
			account_overdue: glass.is_account_overdue(at),
			review_due: glass.review_due(),
			confirmation_overdue: glass.is_confirmation_overdue(at),
			glass,
		}
	}
}
