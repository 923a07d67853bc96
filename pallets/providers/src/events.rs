//! What the pallet tells.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A member put an organisation forward.
		OrganisationApplied {
			/// Its number.
			organisation: OrganisationId,
			/// The member.
			sponsor: OrganisationId,
			/// Its first administrator.
			administrator: T::AccountId,
		},
		/// The council admitted an organisation that had not applied.
		OrganisationAdmitted {
			/// Its number.
			organisation: OrganisationId,
			/// Its first administrator.
			administrator: T::AccountId,
		},
		/// An organisation's standing changed: by the council, or because its application was
		/// withdrawn.
		OrganisationStateChanged {
			/// The organisation.
			organisation: OrganisationId,
			/// Its standing from now on.
			state: OrganisationState,
		},
		/// The council set an organisation's name and identifiers.
		OrganisationProfileSet {
			/// The organisation.
			organisation: OrganisationId,
		},
		/// An account's roles for an organisation were set.
		StaffSet {
			/// The organisation.
			organisation: OrganisationId,
			/// The account.
			account: T::AccountId,
			/// All its roles from now on.
			roles: Roles,
		},
		/// An account left an organisation's staff.
		StaffRemoved {
			/// The organisation.
			organisation: OrganisationId,
			/// The account.
			account: T::AccountId,
		},
		/// A board registered a practitioner.
		PractitionerRegistered {
			/// Their number.
			practitioner: PractitionerId,
			/// Their account.
			account: T::AccountId,
		},
		/// A practitioner has another account from now on.
		PractitionerAccountChanged {
			/// The practitioner.
			practitioner: PractitionerId,
			/// Their account before.
			from: T::AccountId,
			/// Their account from now on.
			to: T::AccountId,
		},
		/// A practitioner published the digest of a profile, or withdrew the last.
		ProfilePublished {
			/// The practitioner.
			practitioner: PractitionerId,
			/// The version of what holds now.
			version: u32,
		},
		/// An organisation said under whom a practitioner works there.
		SupervisorAssigned {
			/// The organisation.
			organisation: OrganisationId,
			/// The practitioner.
			practitioner: PractitionerId,
			/// The supervisor; none from now on without.
			supervisor: Option<PractitionerId>,
		},
		/// An administrator offered to hand over.
		AdministrationOffered {
			/// The organisation.
			organisation: OrganisationId,
			/// Who hands over.
			from: T::AccountId,
			/// Who is to take over.
			to: T::AccountId,
		},
		/// An offer to hand over was taken back, or ended because who made it is no administrator any
		/// more or who was to take over is one already.
		AdministrationOfferWithdrawn {
			/// The organisation.
			organisation: OrganisationId,
		},
		/// An administrator handed over.
		AdministrationTransferred {
			/// The organisation.
			organisation: OrganisationId,
			/// Who was administrator.
			from: T::AccountId,
			/// Who is.
			to: T::AccountId,
		},
		/// The council named an organisation's only administrator.
		AdministratorsReplaced {
			/// The organisation.
			organisation: OrganisationId,
			/// Who is administrator.
			administrator: T::AccountId,
		},
		/// An organisation belongs to a group from now on.
		AffiliationDeclared {
			/// The organisation.
			organisation: OrganisationId,
			/// The head of the group.
			head: OrganisationId,
		},
		/// An organisation has left its group.
		AffiliationEnded {
			/// The organisation.
			organisation: OrganisationId,
			/// The head of the group.
			head: OrganisationId,
		},
		/// An organisation published an encryption key.
		OrganisationKeyPublished {
			/// The organisation.
			organisation: OrganisationId,
			/// The key's version.
			version: u32,
		},
		/// An organisation said where its vault is.
		EndpointSet {
			/// The organisation.
			organisation: OrganisationId,
		},
		/// An account published an encryption key.
		AccountKeyPublished {
			/// The account.
			account: T::AccountId,
			/// The key's version.
			version: u32,
		},
	}
}
