//! What is stored, and the rules that need no storage.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	check_digit::{Gln, Npi},
	codes::{Jurisdiction, OrganisationKind, OrganisationState, Roles},
	credential::House,
	ids::OrganisationId,
	time::Moment,
};
use scale_info::TypeInfo;

/// Most bytes in an organisation's name.
pub const MAX_NAME: u32 = 64;
/// Most bytes in an endpoint's URL.
pub const MAX_ENDPOINT: u32 = 128;
/// Most administrators of one organisation.
pub const MAX_ADMINISTRATORS: u32 = 16;
/// Most applications that one member sponsors at a time.
pub const MAX_OPEN_APPLICATIONS: u32 = 8;

/// An organisation's public display name, UTF-8.
pub type Name = BoundedVec<u8, ConstU32<MAX_NAME>>;
/// Base URL of an organisation's vault.
pub type Endpoint = BoundedVec<u8, ConstU32<MAX_ENDPOINT>>;
/// An organisation's administrators, in order of their naming.
pub type AdministratorsOf<T> =
	BoundedVec<<T as frame_system::Config>::AccountId, ConstU32<MAX_ADMINISTRATORS>>;

/// What standing needs to know of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Organisation {
	/// What it is.
	pub kind: OrganisationKind,
	/// Where it is.
	pub jurisdiction: Jurisdiction,
	/// Its standing in the consortium.
	pub state: OrganisationState,
	/// When it was admitted; while it has applied only, when it did.
	pub since: Moment,
}

impl Organisation {
	/// The organisation as its credentials see it.
	pub const fn house(&self, id: OrganisationId) -> House {
		House { id, kind: self.kind, place: self.jurisdiction, since: self.since }
	}
}

/// What people read of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Profile {
	/// Its public display name.
	pub name: Name,
	/// Its Global Location Number.
	pub gln: Option<Gln>,
	/// Its National Provider Identifier.
	pub npi: Option<Npi>,
}

/// An account on an organisation's staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StaffMember {
	/// Its roles; never none.
	pub roles: Roles,
	/// Its place in the organisation's list, from 0.
	pub number: u32,
}

/// An administrator's offer to hand over to another account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offer<AccountId> {
	/// Who hands over.
	pub from: AccountId,
	/// Who takes over.
	pub to: AccountId,
}

/// A registered practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Practitioner<AccountId> {
	/// Their account.
	pub account: AccountId,
	/// Their National Provider Identifier.
	pub npi: Option<Npi>,
	/// The board that registered them.
	pub registrar: OrganisationId,
}

/// Whether the council may change an organisation's standing so: Applied → Active or Withdrawn,
/// Active ↔ Suspended, both → Withdrawn.
pub(crate) const fn organisation_may_become(
	from: OrganisationState,
	to: OrganisationState,
) -> bool {
	use OrganisationState::*;
	matches!(
		(from, to),
		(Applied, Active | Withdrawn)
			| (Active, Suspended | Withdrawn)
			| (Suspended, Active | Withdrawn)
	)
}

/// Whether it is a name people can read: UTF-8, without characters that mislead,
/// not blank.
pub(crate) fn is_name(bytes: &[u8]) -> bool {
	core::str::from_utf8(bytes)
		.is_ok_and(|name| !name.trim().is_empty() && !name.chars().any(misleads))
}

/// Whether a character is not seen, or changes how others are: control characters, and those that set
/// the direction of writing (Unicode Standard Annex 9), by which one name can look like another.
const fn misleads(character: char) -> bool {
	matches!(
		character,
		'\0'..='\u{1f}'
			| '\u{7f}'..='\u{9f}'
			| '\u{61c}' | '\u{200b}'..='\u{200f}'
			| '\u{2028}'..='\u{202e}'
			| '\u{2060}'..='\u{206f}'
			| '\u{feff}'
	)
}

/// Whether it is empty or an HTTP URL in ASCII with a host.
pub(crate) fn is_endpoint(bytes: &[u8]) -> bool {
	let host = bytes.strip_prefix(b"https://").or_else(|| bytes.strip_prefix(b"http://"));
	bytes.is_empty()
		|| host.is_some_and(|rest| {
			rest.first().is_some_and(|byte| *byte != b'/') && rest.iter().all(u8::is_ascii_graphic)
		})
}
