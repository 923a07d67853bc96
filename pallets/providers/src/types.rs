//! What is stored, and the rules that need no storage.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{
		Jurisdiction, LicenceClass, LicenceState, OrganisationKind, OrganisationState,
		StandingReason,
	},
	ids::{LicenceId, OrganisationId, PractitionerId},
	time::{Moment, Period},
};
use scale_info::TypeInfo;

/// Most bytes in an organisation's name.
pub const MAX_NAME: u32 = 64;
/// Most bytes in an endpoint's URL.
pub const MAX_ENDPOINT: u32 = 128;
/// Most jurisdictions in which one licence is valid.
pub const MAX_JURISDICTIONS: u32 = 16;
/// Most jurisdictions in which one board may license.
pub const MAX_AUTHORITIES: u32 = 64;
/// Most licences of one practitioner, those that are over included: what a question of standing
/// reads at worst.
pub const MAX_LICENCES: u32 = 32;
/// Most organisations that [`crate::Pallet::organisations_from`] answers at once.
pub const PAGE: u32 = 100;

/// An organisation's public display name, UTF-8.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME>>;
/// Base URL of an organisation's vault.
pub type Endpoint = BoundedVec<u8, ConstU32<MAX_ENDPOINT>>;
/// Where a licence is valid.
pub type Jurisdictions = BoundedVec<Jurisdiction, ConstU32<MAX_JURISDICTIONS>>;
/// Where a board may license.
pub type Authorities = BoundedVec<Jurisdiction, ConstU32<MAX_AUTHORITIES>>;
/// A practitioner's licences.
pub type LicenceIds = BoundedVec<LicenceId, ConstU32<MAX_LICENCES>>;

/// What standing needs to know of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Organisation {
	/// What it is.
	pub kind: OrganisationKind,
	/// Where it is.
	pub jurisdiction: Jurisdiction,
	/// Its standing in the consortium.
	pub state: OrganisationState,
}

/// What people read of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Profile {
	/// Its public display name.
	pub name: Name,
	/// Its Global Location Number.
	pub gln: Option<Gln>,
}

/// A registered practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Practitioner<AccountId> {
	/// Their account.
	pub account: AccountId,
	/// Their National Provider Identifier.
	pub npi: Option<Npi>,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Licence {
	/// Its holder.
	pub practitioner: PractitionerId,
	/// The board that issued it.
	pub board: OrganisationId,
	/// What it allows.
	pub class: LicenceClass,
	/// Where it is valid.
	pub jurisdictions: Jurisdictions,
	/// When it is valid.
	pub valid: Period,
	/// As its board set it.
	pub state: LicenceState,
}

impl Licence {
	/// The first thing that keeps it from being good in `place` at `at`: its jurisdictions, its
	/// state or its dates, in this order.
	pub fn shortfall(&self, place: &Jurisdiction, at: Moment) -> Option<StandingReason> {
		if !self.jurisdictions.iter().any(|jurisdiction| jurisdiction.covers(place)) {
			return Some(StandingReason::LicenceOutOfJurisdiction);
		}
		match self.state {
			LicenceState::Revoked => return Some(StandingReason::LicenceRevoked),
			LicenceState::Suspended => return Some(StandingReason::LicenceSuspended),
			LicenceState::Active => {},
		}
		if self.valid.contains(at) {
			None
		} else if self.valid.has_ended(at) {
			Some(StandingReason::LicenceExpired)
		} else {
			Some(StandingReason::LicenceNotYetValid)
		}
	}
}

/// How many of a licence's checks passed before it fell short: more is closer.
pub(crate) const fn closeness(shortfall: StandingReason) -> u8 {
	match shortfall {
		StandingReason::LicenceExpired | StandingReason::LicenceNotYetValid => 2,
		StandingReason::LicenceSuspended | StandingReason::LicenceRevoked => 1,
		_ => 0,
	}
}

/// Whether an organisation's standing may change so: Active ↔ Suspended, either → Withdrawn.
pub(crate) const fn organisation_may_become(
	from: OrganisationState,
	to: OrganisationState,
) -> bool {
	use OrganisationState::*;
	matches!((from, to), (Active, Suspended | Withdrawn) | (Suspended, Active | Withdrawn))
}

/// Whether a licence's state may change so: Active ↔ Suspended, either → Revoked.
pub(crate) const fn licence_may_become(from: LicenceState, to: LicenceState) -> bool {
	use LicenceState::*;
	matches!((from, to), (Active, Suspended | Revoked) | (Suspended, Active | Revoked))
}

/// Whether it is a name people can read: UTF-8, no control characters, not blank.
pub(crate) fn is_name(bytes: &[u8]) -> bool {
	core::str::from_utf8(bytes)
		.is_ok_and(|name| !name.trim().is_empty() && !name.chars().any(char::is_control))
}

/// Whether it is empty or an HTTP URL in ASCII with a host.
pub(crate) fn is_endpoint(bytes: &[u8]) -> bool {
	let host = bytes.strip_prefix(b"https://").or_else(|| bytes.strip_prefix(b"http://"));
	bytes.is_empty()
		|| host.is_some_and(|rest| {
			rest.first().is_some_and(|byte| *byte != b'/') && rest.iter().all(u8::is_ascii_graphic)
		})
}
