//! Guardians: who may act for a patient, sealed until one does.
//!
//! The chart holds one root over sixteen leaves. Some are the seals of guardians' terms, the others
//! are fillers that nothing opens, and all lie in the order of their bytes: a guardian who acts shows
//! one leaf and its way up, which tells neither who the other guardians are nor how many.
//!
//! A guardian needs no account. They sign what is to be done, and any account submits it.

mod reading;

pub use reading::*;

use crate::{
	codes::{ChartState, GrantorBasis, Power, Powers, Relation},
	disclosure::Blake2,
	enrolment::{signable, MAX_ENROLMENT_VALIDITY},
	ids::{AccountBytes, ChartId, DirectiveId, GuardRoot, Salt, Seal},
	seal::{Opening, Sealable},
	time::{is_start_of_year, Moment},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Leaves under every guard, fillers included: most guardians that a chart can have.
pub const GUARD_LEAVES: u32 = 16;

/// Siblings on the way from a leaf to the root.
const DEPTH: usize = GUARD_LEAVES.ilog2() as usize;

/// Names a guardian's act and its version.
pub const GUARDIAN_ACT_DOMAIN: [u8; 16] = *b"salus/guard-act1";

/// Longest that a guardian's word may be good: 7 days, in milliseconds.
pub const MAX_WORD_VALIDITY: Moment = MAX_ENROLMENT_VALIDITY;

/// The sealed terms of a guardianship.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GuardianTerms {
	/// The chart.
	pub chart: ChartId,
	/// The guardian's key, which need not be an account of the chain.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: AccountBytes,
	/// What they are to the patient.
	pub relation: Relation,
	/// What they may do.
	pub powers: Powers,
	/// First moment at which they are guardian no more: a minor comes of age by date.
	pub until: Option<Moment>,
}

impl Sealable for GuardianTerms {
	const DOMAIN: &'static [u8; 16] = b"salus/guardian/1";
}

impl GuardianTerms {
	/// Whether the guardianship is over at `at`.
	pub fn has_ended(&self, at: Moment) -> bool {
		self.until.is_some_and(|until| until <= at)
	}

	/// Whether the end tells no birthday. It shows on chain once the guardian acts, and a parent's is
	/// the day on which the child comes of age: it must be the first moment of a calendar year, UTC.
	pub fn has_rounded_end(&self) -> bool {
		self.relation != Relation::Parent || self.until.is_none_or(is_start_of_year)
	}
}

impl Relation {
	/// In whose right a directive of such a guardian is.
	pub const fn basis(self) -> GrantorBasis {
		match self {
			Self::Parent | Self::Proxy => GrantorBasis::Guardian,
			Self::PowerOfAttorney => GrantorBasis::PowerOfAttorney,
		}
	}
}

/// What shows when a guardian acts: enough to judge what they did later.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ActingGuardian {
	/// Their key, which tells two guardians apart: a change of the guard gives everybody another leaf.
	#[cfg_attr(feature = "serde", serde(with = "crate::ids::hex_bytes"))]
	pub key: AccountBytes,
	/// The seal over their terms as they were when the guardian acted.
	pub leaf: Seal,
	/// What they are to the patient.
	pub relation: Relation,
	/// What they may do.
	pub powers: Powers,
	/// Until when.
	pub until: Option<Moment>,
}

impl ActingGuardian {
	/// Whether they may end a directive that this guardian issued, or the patient if none did. Their
	/// own with [`Power::Revoke`]; another's only with [`Power::Overrule`], for otherwise one
	/// guardian could take back what another, or the patient, denied.
	pub fn may_end(&self, issuer: Option<&Self>) -> bool {
		let own = issuer.is_some_and(|issuer| self.is(issuer));
		self.powers.contains(if own { Power::Revoke } else { Power::Overrule })
	}

	/// Whether the guardianship is over at `at`: by its date, or by the death of who gave a power of
	/// attorney.
	pub fn is_over(&self, at: Moment, chart: ChartState) -> bool {
		let by_death = chart == ChartState::Deceased && self.relation == Relation::PowerOfAttorney;
		by_death || self.until.is_some_and(|until| until <= at)
	}

	/// Whether it is the same guardian, under whichever terms.
	pub fn is(&self, other: &Self) -> bool {
		self.key == other.key
	}
}

/// The way from a guardian's leaf to the root.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GuardProof {
	/// Siblings from the leaf up.
	pub siblings: [Seal; DEPTH],
	/// Place of the leaf, from 0.
	pub index: u8,
}

impl GuardProof {
	/// Whether `leaf` lies under `root` where this says.
	pub fn verify(&self, root: &GuardRoot, leaf: &Seal) -> bool {
		let index = u32::from(self.index);
		index < GUARD_LEAVES
			&& binary_merkle_tree::verify_proof::<Blake2, _, _>(
				&root.0,
				self.siblings.iter().map(|seal| seal.0),
				GUARD_LEAVES,
				index,
				&leaf.0,
			)
	}
}

/// Everyone who guards a chart, as the patient's wallet keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
	leaves: Vec<Seal>,
}

impl Guard {
	/// The guard of these guardians. Takes sixteen random fillers, of which it uses what it needs;
	/// none if there are more guardians than leaves.
	pub fn new(
		guardians: &[Opening<GuardianTerms>],
		fillers: &[Seal; GUARD_LEAVES as usize],
	) -> Option<Self> {
		let needed = fillers.len().checked_sub(guardians.len())?;
		let mut leaves: Vec<_> = guardians.iter().map(Opening::seal).collect();
		leaves.extend(fillers.iter().take(needed));
		// Seals are random, so this order says nothing.
		leaves.sort_unstable();
		Some(Self { leaves })
	}

	/// What the chart holds.
	pub fn root(&self) -> GuardRoot {
		GuardRoot(binary_merkle_tree::merkle_root::<Blake2, _>(&self.leaves))
	}

	/// The way of this guardian's leaf to the root; none if they are not of this guard.
	pub fn prove(&self, guardian: &Opening<GuardianTerms>) -> Option<GuardProof> {
		let leaf = guardian.seal();
		let place = self.leaves.iter().position(|known| *known == leaf)?;
		let index = u8::try_from(place).ok()?;
		let leaves = self.leaves.iter().copied();
		let proof = binary_merkle_tree::merkle_proof::<Blake2, _, _>(leaves, index.into()).proof;
		let siblings: Vec<_> = proof.into_iter().map(Seal).collect();
		Some(GuardProof { siblings: siblings.try_into().ok()?, index })
	}
}

/// What a guardian has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum GuardianAct {
	/// Issue a directive.
	#[codec(index = 0)]
	IssueDirective {
		/// Its id.
		id: DirectiveId,
		/// The seal over its terms.
		seal: Seal,
		/// The directive that it replaces.
		replaces: Option<DirectiveId>,
	},
	/// Revoke a directive.
	#[codec(index = 1)]
	RevokeDirective {
		/// Its id.
		id: DirectiveId,
	},
	/// Mark a directive entered in error.
	#[codec(index = 2)]
	EnterDirectiveInError {
		/// Its id.
		id: DirectiveId,
	},
	/// Dispute that the patient is dead.
	#[codec(index = 3)]
	DisputeDeath {
		/// When the death was reported: the word is good for reports of that very moment alone.
		reported: Moment,
	},
}

impl GuardianAct {
	/// The power that it takes, whoever issued what it is about; see also
	/// [`ActingGuardian::may_end`].
	pub const fn needs(&self) -> Option<Power> {
		match self {
			Self::IssueDirective { .. } => Some(Power::Consent),
			Self::DisputeDeath { .. } => Some(Power::DisputeDeath),
			Self::RevokeDirective { .. } | Self::EnterDirectiveInError { .. } => None,
		}
	}
}

/// What a guardian signs. Each act names what it is about, which can be done once, so a word that is
/// submitted twice does nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GuardianStatement {
	/// [`GUARDIAN_ACT_DOMAIN`].
	pub domain: [u8; 16],
	/// Genesis hash of the chain it is meant for.
	pub genesis: [u8; 32],
	/// The chart.
	pub chart: ChartId,
	/// What is to be done.
	pub act: GuardianAct,
	/// First moment at which the word is worth nothing.
	pub expires: Moment,
}

impl GuardianStatement {
	/// The statement for this act.
	pub const fn new(genesis: [u8; 32], chart: ChartId, act: GuardianAct, expires: Moment) -> Self {
		Self { domain: GUARDIAN_ACT_DOMAIN, genesis, chart, act, expires }
	}

	/// The two byte strings a guardian may sign: raw, or as browser wallets wrap it.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		signable(self)
	}
}

/// A guardian's word for an act, with what shows that it is a guardian's.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GuardianWord<Signature> {
	/// The terms of the guardianship.
	pub terms: GuardianTerms,
	/// Their salt.
	pub salt: Salt,
	/// The way to the chart's guard.
	pub proof: GuardProof,
	/// First moment at which the word is worth nothing.
	pub expires: Moment,
	/// The guardian's, over one of [`GuardianStatement::signable`].
	pub signature: Signature,
}

/// Why a guardian's word is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardianFault {
	/// It has expired.
	Expired,
	/// It would be good for more than [`MAX_WORD_VALIDITY`].
	ValidityTooLong,
	/// The chart has no guard, or these terms are not under it.
	NotAGuardian,
	/// The guardianship is over.
	Over,
	/// The guardian has not the power.
	PowerMissing,
	/// The end of a parent's guardianship would tell a birthday, see
	/// [`GuardianTerms::has_rounded_end`].
	EndNotRounded,
}

/// What shows that somebody is a guardian.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShownGuardian {
	/// The terms of the guardianship.
	pub terms: GuardianTerms,
	/// Their salt.
	pub salt: Salt,
	/// The way to the chart's guard.
	pub proof: GuardProof,
}

impl ShownGuardian {
	/// The seal over their terms, by which logs name them.
	pub fn leaf(&self) -> Seal {
		Opening { terms: self.terms, salt: self.salt }.seal()
	}

	/// Who it is, if they are a guardian of this chart at `at` and have the power.
	pub fn admit(
		&self,
		chart: &ChartId,
		guard: Option<&GuardRoot>,
		power: Option<Power>,
		at: Moment,
	) -> Result<ActingGuardian, GuardianFault> {
		let (terms, leaf) = (self.terms, self.leaf());
		if terms.chart != *chart || !guard.is_some_and(|root| self.proof.verify(root, &leaf)) {
			return Err(GuardianFault::NotAGuardian);
		}
		if terms.has_ended(at) {
			return Err(GuardianFault::Over);
		}
		if power.is_some_and(|power| !terms.powers.contains(power)) {
			return Err(GuardianFault::PowerMissing);
		}
		let GuardianTerms { key, relation, powers, until, .. } = terms;
		Ok(ActingGuardian { key, leaf, relation, powers, until })
	}
}

/// Whether a word that expires then is good at `at`.
fn in_time(expires: Moment, at: Moment) -> Result<(), GuardianFault> {
	if expires <= at {
		return Err(GuardianFault::Expired);
	}
	if expires > at.saturating_add(MAX_WORD_VALIDITY) {
		return Err(GuardianFault::ValidityTooLong);
	}
	Ok(())
}

impl<Signature> GuardianWord<Signature> {
	/// Who acts, if the word is a guardian's of this chart and good for this act at `at`. The
	/// signature is not looked at.
	pub fn admit(
		&self,
		chart: &ChartId,
		guard: Option<&GuardRoot>,
		act: &GuardianAct,
		at: Moment,
	) -> Result<ActingGuardian, GuardianFault> {
		in_time(self.expires, at)?;
		let acting = self.shown().admit(chart, guard, act.needs(), at)?;
		// What is done shows the end of the guardianship; reading shows it to nobody.
		if !self.terms.has_rounded_end() {
			return Err(GuardianFault::EndNotRounded);
		}
		Ok(acting)
	}

	/// What shows that it is a guardian's.
	pub const fn shown(&self) -> ShownGuardian {
		ShownGuardian { terms: self.terms, salt: self.salt, proof: self.proof }
	}
}
