//! Why the pallet refuses.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// No organisation has this number. They count from 1 to `OrganisationCount`.
		OrganisationUnknown,
		/// The organisation is not admitted yet, is suspended or has withdrawn. The council admits
		/// it, or lifts the suspension.
		OrganisationNotActive,
		/// The signer is no administrator of the organisation. Ask one of them.
		NotAdministrator,
		/// The account is not on the organisation's staff. Read `Staff` for those who are.
		StaffUnknown,
		/// Staff needs a role. To take the last one away, remove the account from the staff.
		RolesMissing,
		/// Without its last administrator nobody could act for the organisation. Name another first.
		LastAdministrator,
		/// There are as many administrators as can be. Take the role from another first.
		TooManyAdministrators,
		/// Nobody offers to hand over to the signer, or who did is no administrator any more. Ask
		/// an administrator for a new offer.
		OfferUnknown,
		/// The member sponsors as many open applications as it can. Wait for the council to decide
		/// on one, or withdraw one.
		TooManyApplications,
		/// Nobody heads their own group: the head belongs to it without saying so.
		OwnHead,
		/// Groups have one level. Name the head of the other group, or end the affiliations of this
		/// one first.
		GroupsNested,
		/// The organisation belongs to no group as a member.
		NotAffiliated,
		/// The board has no authority to license anywhere, lacks what its own kind needs, or has handed
		/// on what it issued. The council gives authority.
		BoardNotAuthorised,
		/// No practitioner has this number or account. A board registers the person first.
		PractitionerUnknown,
		/// Nobody supervises themselves. Name another practitioner.
		OwnSupervisor,
		/// The practitioner has no supervisor at the organisation.
		NotSupervised,
		/// The state cannot follow the present one.
		InvalidTransition,
		/// It is there already: the account's practitioner, the administrator, the affiliation, the
		/// GLN or the NPI.
		AlreadyExists,
		/// A name is UTF-8, not blank, without control characters and such that change the direction of
		/// writing. Type it anew.
		InvalidName,
		/// Not an ISO 3166 code such as `US-CA` or `DE`. Write the country's two letters, alone or
		/// with a hyphen and its subdivision.
		InvalidJurisdiction,
		/// The check digit of the Global Location Number is wrong. Compare it with the number that
		/// GS1 gave.
		InvalidGln,
		/// The check digit of the National Provider Identifier is wrong. Compare it with the number
		/// that the registry gave.
		InvalidNpi,
		/// An endpoint is an `http://` or `https://` URL in ASCII, or empty.
		InvalidEndpoint,
		/// Nothing can be wrapped to this key. Publish the public half of an X25519 key pair.
		InvalidKey,
		/// The account is not enrolled. An organisation or custodian enrols it first.
		NotEnrolled,
		/// The account is the key of a chart, or was named for one. Name an account that is no
		/// patient's.
		AccountIsAChartsKey,
	}
}
