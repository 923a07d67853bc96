//! Licences, accreditations and inspections, and what follows from them: pure rules, read by pallets,
//! runtime APIs and clients alike.
//!
//! Nothing here is swept: expired, lapsed and overdue are read from dates.

use crate::{
	codes::{
		AccreditationState, DrugSchedule, DrugSchedules, InspectionOutcome, InspectionState,
		Jurisdiction, LicenceClass, LicenceClasses, LicenceState, OrganisationKind, Programme,
		Programmes, StandingFlag, StandingFlags, StandingReason, StandingReasons,
	},
	ids::{Digest, OrganisationId, PractitionerId},
	time::{Moment, Period},
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A day in milliseconds.
const DAY: Moment = 24 * 60 * 60 * 1000;
/// How long after its end a licence can be renewed; then it has lapsed.
pub const RENEWAL_WINDOW: Moment = 90 * DAY;
/// How long after a preliminary denial the organisation can appeal.
pub const APPEAL_WINDOW: Moment = 30 * DAY;
/// How long before its end people are told that something ends.
pub const ENDS_SOON: Moment = 30 * DAY;
/// How far ahead something can be due at most: 5 years, of which two can be leap years.
pub const MAX_DUE: Moment = (5 * 365 + 2) * DAY;
/// Most jurisdictions in which one licence is valid.
pub const MAX_JURISDICTIONS: u32 = 16;
/// Most organisations to which one licence can be limited.
pub const MAX_SITES: u32 = 8;

/// Where a licence is valid.
pub type Jurisdictions = BoundedVec<Jurisdiction, ConstU32<MAX_JURISDICTIONS>>;
/// To which organisations a licence is limited.
pub type Sites = BoundedVec<OrganisationId, ConstU32<MAX_SITES>>;

/// Who holds a licence.
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
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Holder {
	/// A practitioner.
	#[codec(index = 0)]
	Practitioner(PractitionerId),
	/// An organisation.
	#[codec(index = 1)]
	Organisation(OrganisationId),
}

/// What a licence does not extend to, readable by machines.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, rename_all = "camelCase", deny_unknown_fields))]
pub struct Limits {
	/// The schedules of controlled drugs it extends to; none without any.
	pub schedules: DrugSchedules,
	/// Whether its holder must work under a supervisor.
	pub supervised: bool,
	/// The only organisations for which it is good; all of them when empty.
	pub sites: Sites,
}

impl Limits {
	/// Whether they leave no more than `others` do.
	pub fn are_within(&self, others: &Self) -> bool {
		let sites_within = others.sites.is_empty()
			|| !self.sites.is_empty() && self.sites.iter().all(|site| others.sites.contains(site));
		self.schedules.union(others.schedules) == others.schedules
			&& (self.supervised || !others.supervised)
			&& sites_within
	}
}

/// That a board looked at the primary source: whoever schooled, examined or insured the holder.
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
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", deny_unknown_fields))]
pub struct Verification {
	/// Commitment to what was seen, which the board keeps.
	pub evidence: Digest,
	/// When it is to be looked at again.
	pub next_due: Moment,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Licence {
	/// Its holder.
	pub holder: Holder,
	/// The board that issued it.
	pub board: OrganisationId,
	/// What it allows.
	pub class: LicenceClass,
	/// Where it is valid.
	pub jurisdictions: Jurisdictions,
	/// When it was issued.
	pub issued: Moment,
	/// When it is valid.
	pub valid: Period,
	/// As its board or holder set it: never expired or lapsed.
	pub state: LicenceState,
	/// What it does not extend to.
	pub limits: Limits,
	/// When its board last looked at the primary source; never while it is pending.
	pub verified: Option<Moment>,
	/// What was seen then, and when to look again.
	pub verification: Option<Verification>,
}

/// What a licence is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
	/// Where.
	pub place: Jurisdiction,
	/// For which organisation a practitioner acts; none for an organisation's own licence.
	pub site: Option<OrganisationId>,
	/// Controlled drugs of this schedule.
	pub schedule: Option<DrugSchedule>,
	/// When.
	pub at: Moment,
}

impl Licence {
	/// Its state at a moment, its dates taken into account.
	pub fn state_at(&self, at: Moment) -> LicenceState {
		match (self.state, self.valid.until) {
			(
				LicenceState::Active | LicenceState::Suspended | LicenceState::Pending,
				Some(until),
			) if until.saturating_add(RENEWAL_WINDOW) <= at => LicenceState::Lapsed,
			// What was never verified was never in force, and does not expire.
			(LicenceState::Active, Some(until)) if until <= at => LicenceState::Expired,
			(state, _) => state,
		}
	}

	/// Whether it can never count again.
	pub fn is_over(&self, at: Moment) -> bool {
		matches!(
			self.state_at(at),
			LicenceState::Revoked
				| LicenceState::Surrendered
				| LicenceState::IssuedInError
				| LicenceState::Lapsed
		)
	}

	/// Whether it is valid there.
	fn covers(&self, place: &Jurisdiction) -> bool {
		self.jurisdictions.iter().any(|jurisdiction| jurisdiction.covers(place))
	}

	/// Whether its board or the council suspended or revoked it. Lapsing does not lift a suspension.
	fn discipline(&self) -> Option<StandingReason> {
		match self.state {
			LicenceState::Suspended => Some(StandingReason::LicenceSuspended),
			LicenceState::Revoked => Some(StandingReason::LicenceRevoked),
			_ => None,
		}
	}

	/// The first thing that keeps it from being good for `need`: its jurisdictions, its sites, its
	/// state, its dates or its schedules, in this order. Whether it needs a supervisor is not asked
	/// here.
	pub fn shortfall(&self, need: &Need) -> Option<StandingReason> {
		if !self.covers(&need.place) {
			return Some(StandingReason::LicenceOutOfJurisdiction);
		}
		let sites = &self.limits.sites;
		if !sites.is_empty() && !need.site.is_some_and(|site| sites.contains(&site)) {
			return Some(StandingReason::LicenceLimitedToOtherSites);
		}
		match self.state_at(need.at) {
			LicenceState::Active if need.at < self.valid.from => {
				Some(StandingReason::LicenceNotYetValid)
			},
			LicenceState::Active => need
				.schedule
				.filter(|schedule| !self.limits.schedules.contains(*schedule))
				.map(|_| StandingReason::ScheduleNotLicensed),
			LicenceState::Suspended => Some(StandingReason::LicenceSuspended),
			LicenceState::Revoked => Some(StandingReason::LicenceRevoked),
			LicenceState::Pending => Some(StandingReason::LicencePending),
			LicenceState::Surrendered => Some(StandingReason::LicenceSurrendered),
			LicenceState::IssuedInError => Some(StandingReason::LicenceIssuedInError),
			LicenceState::Expired => Some(StandingReason::LicenceExpired),
			LicenceState::Lapsed => Some(StandingReason::LicenceLapsed),
		}
	}

	/// Whether its board should have looked at the primary source again.
	pub fn verification_is_overdue(&self, at: Moment) -> bool {
		self.verification.is_some_and(|seen| seen.next_due <= at)
	}

	/// Whether it is in force and ends soon.
	pub fn ends_soon(&self, at: Moment) -> bool {
		self.state == LicenceState::Active
			&& self.valid.contains(at)
			&& self.valid.until.is_some_and(|until| until <= at.saturating_add(ENDS_SOON))
	}
}

/// How near a licence with this shortfall is to a good one: more is nearer.
const fn nearness(shortfall: StandingReason) -> u8 {
	match shortfall {
		StandingReason::ScheduleNotLicensed => 5,
		StandingReason::LicencePending
		| StandingReason::LicenceExpired
		| StandingReason::LicenceNotYetValid => 4,
		StandingReason::LicenceSuspended => 3,
		StandingReason::LicenceRevoked
		| StandingReason::LicenceSurrendered
		| StandingReason::LicenceIssuedInError
		| StandingReason::LicenceLapsed => 2,
		StandingReason::LicenceLimitedToOtherSites => 1,
		_ => 0,
	}
}

/// The best of the licences of one of these classes for `need`: one without a supervisor before one
/// that needs one. If none is good, what is wrong with those that come nearest, so that the answer
/// names the shortest way to a good one; and that others there are suspended or revoked, in any case.
pub fn best<'a>(
	licences: impl Iterator<Item = &'a Licence>,
	classes: LicenceClasses,
	need: &Need,
) -> Result<&'a Licence, StandingReasons> {
	let mut good: Option<&Licence> = None;
	let mut shortfalls = Vec::new();
	let mut disciplined = StandingReasons::EMPTY;
	for licence in licences.filter(|licence| classes.contains(licence.class)) {
		if licence.covers(&need.place) {
			disciplined = disciplined.union(licence.discipline().into_iter().collect());
		}
		match licence.shortfall(need) {
			Some(reason) => shortfalls.push(reason),
			None if good.is_none_or(|good| good.limits.supervised) => good = Some(licence),
			None => {},
		}
	}
	if let Some(good) = good {
		return Ok(good);
	}
	let Some(nearest) = shortfalls.iter().copied().map(nearness).max() else {
		return Err(StandingReasons::of(&[StandingReason::LicenceMissing]));
	};
	let nearest: StandingReasons =
		shortfalls.into_iter().filter(|reason| nearness(*reason) == nearest).collect();
	Err(nearest.union(disciplined))
}

/// What a practitioner's licences say of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Licensed {
	/// Whether it takes a supervisor.
	pub supervised: bool,
	/// The classes of all licences that are good for it. Who supervises holds one of them, too.
	pub classes: LicenceClasses,
	/// What people should know.
	pub flags: StandingFlags,
}

/// Whether a practitioner with these licences may do what takes one of `classes`.
pub fn practitioner_licensed(
	licences: &[Licence],
	classes: LicenceClasses,
	need: &Need,
) -> Result<Licensed, StandingReasons> {
	let licence = best(licences.iter(), classes, need)?;
	let asked = || licences.iter().filter(|licence| classes.contains(licence.class));
	let is_disciplined = |held: &Licence| held.covers(&need.place) && held.discipline().is_some();
	let flags = [
		(asked().any(is_disciplined), StandingFlag::LicenceDisciplined),
		(licence.verification_is_overdue(need.at), StandingFlag::LicenceVerificationOverdue),
		(licence.ends_soon(need.at), StandingFlag::LicenceEndsSoon),
	];
	let good = asked().filter(|held| held.shortfall(need).is_none());
	Ok(Licensed {
		supervised: licence.limits.supervised,
		classes: good.map(|held| held.class).collect(),
		flags: raised(&flags),
	})
}

fn raised(flags: &[(bool, StandingFlag)]) -> StandingFlags {
	flags.iter().filter(|(up, _)| *up).map(|(_, flag)| *flag).collect()
}

/// An appeal against a preliminary denial.
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
pub struct Appeal {
	/// When it was filed.
	pub filed: Moment,
	/// Commitment to its grounds, which the organisation keeps.
	pub grounds: Digest,
}

/// An accreditation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Accreditation {
	/// Who is accredited.
	pub organisation: OrganisationId,
	/// By whom.
	pub body: OrganisationId,
	/// For what.
	pub programme: Programme,
	/// As its body or the organisation set it: never expired.
	pub state: AccreditationState,
	/// When it is valid.
	pub valid: Period,
	/// When the state was decided.
	pub decided: Moment,
	/// By when faults are to be mended.
	pub follow_up_due: Option<Moment>,
	/// When the organisation was first accredited by it; none while it never was.
	pub granted: Option<Moment>,
	/// The organisation's appeal against the preliminary denial.
	pub appeal: Option<Appeal>,
	/// Commitment to the survey's report or the decision, which the body keeps.
	pub evidence: Digest,
}

impl Accreditation {
	/// Its state at a moment, its dates taken into account.
	pub fn state_at(&self, at: Moment) -> AccreditationState {
		if self.state.is_in_force() && self.valid.has_ended(at) {
			AccreditationState::Expired
		} else {
			self.state
		}
	}

	/// Whether the organisation is accredited at a moment.
	pub fn is_in_force(&self, at: Moment) -> bool {
		self.granted.is_some() && self.state_at(at).is_in_force() && self.valid.contains(at)
	}

	/// Whether the faults should have been mended by now.
	pub fn follow_up_is_overdue(&self, at: Moment) -> bool {
		self.is_in_force(at) && self.follow_up_due.is_some_and(|due| due <= at)
	}

	/// Since when it counts no longer, if so; also if it was never granted.
	pub fn over_since(&self, at: Moment) -> Option<Moment> {
		if !self.state.is_in_force() {
			return Some(self.decided);
		}
		self.valid.until.filter(|until| *until <= at)
	}

	/// When it ended, if it has, and whether it was denied or taken back. Of a first survey that led
	/// to nothing, nothing ended.
	fn end(&self, at: Moment) -> Option<(Moment, bool)> {
		let is_decided = !self.state.is_in_force();
		let end = self.over_since(at).filter(|_| is_decided || self.granted.is_some())?;
		Some((end, is_decided))
	}

	/// Whether the organisation can appeal at a moment. It can when the dates are over, too: the
	/// denial can still become final.
	pub fn can_be_appealed(&self, at: Moment) -> bool {
		self.state == AccreditationState::PreliminaryDenial
			&& self.appeal.is_none()
			&& at < self.decided.saturating_add(APPEAL_WINDOW)
	}
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Inspection {
	/// Who was inspected.
	pub organisation: OrganisationId,
	/// By whom.
	pub inspector: OrganisationId,
	/// What it led to.
	pub outcome: InspectionOutcome,
	/// When it was done.
	pub conducted: Moment,
	/// Commitment to the report, which the inspector keeps.
	pub report: Digest,
	/// What is left of it.
	pub state: InspectionState,
	/// By when faults are to be mended.
	pub follow_up_due: Option<Moment>,
	/// Commitment to the proof that they were.
	pub follow_up: Option<Digest>,
}

impl Inspection {
	/// Whether the faults should have been mended by now.
	pub fn follow_up_is_overdue(&self, at: Moment) -> bool {
		self.state == InspectionState::FollowUpDue
			&& self.follow_up_due.is_some_and(|due| due <= at)
	}
}

/// What an organisation of a kind needs in a jurisdiction to practise.
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
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", deny_unknown_fields))]
pub struct Requirement {
	/// A licence of each of these classes.
	pub licences: LicenceClasses,
	/// An accreditation in one of these programmes; none is needed when empty.
	pub accreditation: Programmes,
	/// For how long after its accreditation ended an organisation still takes on what is new, in
	/// milliseconds.
	pub grace: Moment,
	/// From when on this holds.
	pub from: Moment,
}

/// A requirement that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
	/// What is needed.
	pub requirement: Requirement,
	/// Since when an accreditation is asked for without a break, earlier versions included: a new
	/// version gives no new grace. Without meaning where none is asked for.
	pub accreditation_asked_since: Moment,
}

/// The requirement in force and the one that takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Requirements {
	/// Counts what the council ever said of this kind and jurisdiction, from 1.
	pub version: u32,
	/// What holds before `next` does; none before the first.
	pub current: Option<Requirement>,
	/// What the council said last.
	pub next: Requirement,
}

impl Requirements {
	/// What holds at a moment.
	pub fn at(&self, at: Moment) -> Option<&Requirement> {
		if self.next.from <= at {
			return Some(&self.next);
		}
		self.current.as_ref().filter(|current| current.from <= at)
	}
}

/// An organisation as far as its authorisations go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct House {
	/// Its number.
	pub id: OrganisationId,
	/// What it is.
	pub kind: OrganisationKind,
	/// Where it is.
	pub place: Jurisdiction,
	/// Since when it is a member.
	pub since: Moment,
}

/// What an organisation's licences, accreditations and inspections say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Authorisation {
	/// Why it may not practise; empty when it may.
	pub practice: StandingReasons,
	/// Why it may take on nothing new; empty when it may. Who may not practise may not either.
	pub intake: StandingReasons,
	/// What people should know.
	pub flags: StandingFlags,
}

/// What a house's credentials say of it at a moment.
///
/// An accreditation that is over flags; after the grace it stops what is new: new charts, referrals,
/// studies, orders. It never stops practice. The grace runs from the end, but not before the council
/// asked for an accreditation and the membership began; who never had one has it from the later of the
/// two. Denied or taken back, an accreditation counts as over without grace; of several, the one that
/// ended last counts.
pub fn authorisation(
	house: &House,
	asked: Option<&InForce>,
	licences: &[Licence],
	accreditations: &[Accreditation],
	inspections: &[Inspection],
	schedule: Option<DrugSchedule>,
	at: Moment,
) -> Authorisation {
	let mut found = Authorisation {
		flags: raised(&[(
			inspections.iter().any(|inspection| inspection.follow_up_is_overdue(at)),
			StandingFlag::InspectionFollowUpOverdue,
		)]),
		..Authorisation::default()
	};
	let need = Need { place: house.place, site: None, schedule: None, at };
	match asked {
		None if house.kind.practises() => {
			found.practice = found.practice.with(StandingReason::RequirementsUnknown);
		},
		None => {},
		Some(asked) => {
			for class in asked.requirement.licences.iter() {
				match best(licences.iter(), LicenceClasses::of(&[class]), &need) {
					Ok(licence) => {
						found.flags = found.flags.union(raised(&[
							(
								licence.verification_is_overdue(at),
								StandingFlag::AuthorisationVerificationOverdue,
							),
							(licence.ends_soon(at), StandingFlag::AuthorisationEndsSoon),
						]));
					},
					Err(shortfalls) => {
						found.practice =
							found.practice.union(shortfalls.iter().map(of_organisation).collect());
					},
				}
			}
			if !asked.requirement.accreditation.is_empty() {
				accredited(house, asked, accreditations, at, &mut found);
			}
		},
	}
	if schedule.is_some() {
		let controlled = LicenceClasses::of(&[LicenceClass::ControlledDrugs]);
		if let Err(shortfalls) = best(licences.iter(), controlled, &Need { schedule, ..need }) {
			found.practice = found.practice.union(shortfalls.iter().map(of_controlled).collect());
		}
	}
	found.intake = found.intake.union(found.practice);
	found
}

/// Reads the accreditations that the requirement asks for.
fn accredited(
	house: &House,
	asked: &InForce,
	accreditations: &[Accreditation],
	at: Moment,
	found: &mut Authorisation,
) {
	let InForce { requirement, accreditation_asked_since } = asked;
	let asked = || {
		accreditations
			.iter()
			.filter(|held| requirement.accreditation.contains(held.programme))
	};
	let in_force = || asked().filter(|held| held.is_in_force(at));
	if in_force().next().is_some() {
		let denying = |held: &Accreditation| held.state == AccreditationState::PreliminaryDenial;
		let overdue = |held: &Accreditation| held.follow_up_is_overdue(at);
		// One that is sound is enough.
		if in_force().all(|held| denying(held) || overdue(held)) {
			found.flags = found.flags.union(raised(&[
				(in_force().any(denying), StandingFlag::AccreditationDenialPreliminary),
				(in_force().any(overdue), StandingFlag::AccreditationFollowUpOverdue),
			]));
		}
		return;
	}
	// The moment from which the grace runs; none when the last that ended was denied or taken back.
	let first_asked = house.since.max(*accreditation_asked_since);
	let over_since = match asked().filter_map(|held| held.end(at)).max() {
		None => Some(first_asked),
		Some((until, false)) => Some(until.max(first_asked)),
		Some((_, true)) => None,
	};
	if over_since.is_some_and(|since| at < since.saturating_add(requirement.grace)) {
		found.flags = found.flags.with(StandingFlag::AccreditationLapsed);
	} else {
		found.flags = found.flags.with(StandingFlag::TakesOnNothingNew);
		found.intake = found.intake.with(StandingReason::AccreditationMissing);
	}
}

/// A shortfall of a practitioner's licence, said of an organisation's.
const fn of_organisation(shortfall: StandingReason) -> StandingReason {
	match shortfall {
		StandingReason::LicenceNotYetValid => StandingReason::AuthorisationNotYetValid,
		StandingReason::LicenceExpired | StandingReason::LicenceLapsed => {
			StandingReason::AuthorisationExpired
		},
		StandingReason::LicenceSuspended => StandingReason::AuthorisationSuspended,
		StandingReason::LicenceRevoked
		| StandingReason::LicenceSurrendered
		| StandingReason::LicenceIssuedInError => StandingReason::AuthorisationEnded,
		StandingReason::LicencePending => StandingReason::AuthorisationPending,
		_ => StandingReason::AuthorisationMissing,
	}
}

/// A shortfall of the licence for controlled drugs: there is none, or the schedule is not named, unless
/// one is there that is not good.
const fn of_controlled(shortfall: StandingReason) -> StandingReason {
	match of_organisation(shortfall) {
		StandingReason::AuthorisationMissing => StandingReason::ScheduleNotAuthorised,
		other => other,
	}
}
