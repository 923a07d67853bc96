//! Anchoring and marking, and what every other act is built of.

use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{ErrorReason, RecordState, Role, StandingReason},
	directory::{HoldingDirectory, ProviderDirectory},
	ids::{OrganisationId, RecordId, Seal},
};
use sp_runtime::DispatchError;

/// Who may anchor and mark records, offer them and take them over.
pub(crate) const WRITING_ROLES: [Role; 3] = [Role::System, Role::RecordsOfficer, Role::Clinician];

/// Who may place holds and answer petitions.
pub(crate) const KEEPING_ROLES: [Role; 2] = [Role::System, Role::RecordsOfficer];

impl<T: Config> Pallet<T> {
	pub(crate) fn do_anchor_records(
		who: T::AccountId,
		organisation: OrganisationId,
		records: RecordBatch,
	) -> DispatchResult {
		Self::ensure_may_write(&who, organisation)?;
		ensure!(!records.is_empty(), Error::<T>::EmptyBatch);

		let mut draft = Draft::<T>::new(organisation);
		for record in records {
			draft.anchor(record)?;
		}
		draft.commit();
		Ok(())
	}

	pub(crate) fn do_mark_entered_in_error(
		who: T::AccountId,
		record: RecordId,
		reason: ErrorReason,
	) -> DispatchResult {
		let mut details = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
		let keeper = Self::keeper(details.custodian);
		Self::ensure_may_write(&who, keeper)?;
		match details.state {
			RecordState::Current | RecordState::Superseded => {},
			RecordState::EnteredInError => return Err(Error::<T>::AlreadyEnteredInError.into()),
			RecordState::Erased => return Err(Error::<T>::RecordErased.into()),
		}
		ensure!(details.offered_by(keeper).is_none(), Error::<T>::RecordOffered);

		details.state = RecordState::EnteredInError;
		Records::<T>::insert(record, details);
		ErrorReasons::<T>::insert(record, reason);
		Self::deposit_event(Event::RecordEnteredInError { record, reason });
		Ok(())
	}

	/// That the account writes for this organisation today, and the organisation for itself.
	pub(crate) fn ensure_may_write(
		who: &T::AccountId,
		organisation: OrganisationId,
	) -> DispatchResult {
		ensure!(
			T::Providers::may_act(who, organisation, &WRITING_ROLES, T::Time::now()),
			Error::<T>::NotAuthorised
		);
		Self::ensure_keeps_its_own(organisation)
	}

	/// That the account has one of these roles. What a custodian owes it owes also while it is suspended
	/// or has lost its licence: holds, answers to patients, handing on what it may no longer keep.
	pub(crate) fn ensure_on_duty(
		who: &T::AccountId,
		organisation: OrganisationId,
		roles: &[Role],
	) -> DispatchResult {
		let has = |role: &Role| {
			T::Providers::membership(who, organisation, *role)
				.without(StandingReason::OrganisationSuspended)
				.is_empty()
		};
		ensure!(roles.iter().any(has), Error::<T>::NotAuthorised);
		Ok(())
	}

	pub(crate) fn ensure_keeps_its_own(organisation: OrganisationId) -> DispatchResult {
		ensure!(!Keepers::<T>::contains_key(organisation), Error::<T>::HoldingGivenAway);
		Ok(())
	}

	/// The record, if this is staff on duty of whoever keeps it.
	pub(crate) fn record_on_duty(
		who: &T::AccountId,
		record: &RecordId,
	) -> Result<RecordDetails, DispatchError> {
		let details = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
		Self::ensure_on_duty(who, Self::keeper(details.custodian), &KEEPING_ROLES)?;
		Ok(details)
	}
}

/// What a call on many records will write once all of it is checked.
pub(crate) struct Draft<T: Config> {
	custodian: OrganisationId,
	next: u32,
	/// Records as they will be; read before storage.
	changed: BTreeMap<RecordId, RecordDetails>,
	/// Records with new numbers.
	numbered: Vec<(u32, RecordId)>,
	/// Numbers that are records' no more.
	left: Vec<(OrganisationId, u32)>,
	/// What there is to tell, in order.
	events: Vec<Event<T>>,
}

impl<T: Config> Draft<T> {
	pub(crate) fn new(custodian: OrganisationId) -> Self {
		Self {
			custodian,
			next: RecordCounts::<T>::get(custodian),
			changed: BTreeMap::new(),
			numbered: Vec::new(),
			left: Vec::new(),
			events: Vec::new(),
		}
	}

	pub(crate) fn get(&self, record: &RecordId) -> Option<RecordDetails> {
		self.changed.get(record).copied().or_else(|| Records::<T>::get(record))
	}

	pub(crate) fn change(&mut self, record: RecordId, details: RecordDetails, event: Event<T>) {
		self.changed.insert(record, details);
		self.events.push(event);
	}

	/// Whether the organisation keeps the record.
	pub(crate) fn keeps(&self, details: &RecordDetails) -> bool {
		Pallet::<T>::keeper(details.custodian) == self.custodian
	}

	/// The organisation's next number, for this record.
	pub(crate) fn number(&mut self, record: RecordId) -> Result<u32, Error<T>> {
		let number = self.next;
		self.next = number.checked_add(1).ok_or(Error::<T>::TooManyRecords)?;
		self.numbered.push((number, record));
		Ok(number)
	}

	/// Gives up the number that the record has.
	pub(crate) fn leave(&mut self, details: &RecordDetails) {
		self.left.push((details.custodian, details.number));
	}

	fn anchor(&mut self, NewRecord { id, leaf, replaces }: NewRecord) -> DispatchResult {
		if self.is_known(&id, &leaf, replaces)? {
			return Ok(());
		}
		let replaced = match replaces {
			Some(replaced) => {
				let mut details = self
					.get(&replaced)
					.filter(|details| self.keeps(details))
					.ok_or(Error::<T>::ReplacedUnknown)?;
				let current = details.state == RecordState::Current;
				ensure!(current, Error::<T>::ReplacedNotCurrent);
				let offered = details.offered_by(self.custodian);
				ensure!(offered.is_none(), Error::<T>::RecordOffered);
				details.state = RecordState::Superseded;
				Some((replaced, details))
			},
			None => None,
		};
		self.add(id, leaf, replaces, self.custodian)?;
		if let Some((replaced, details)) = replaced {
			self.change(replaced, details, Event::RecordSuperseded { record: replaced, by: id });
		}
		Ok(())
	}

	/// Whether the organisation keeps exactly this record already.
	pub(crate) fn is_known(
		&self,
		record: &RecordId,
		leaf: &Seal,
		replaces: Option<RecordId>,
	) -> Result<bool, Error<T>> {
		let Some(known) = self.get(record) else { return Ok(false) };
		let same = self.keeps(&known) && known.leaf == *leaf && known.replaces == replaces;
		ensure!(same, Error::<T>::AlreadyExists);
		Ok(true)
	}

	/// Adds a record, current and with the next number. Its id names who anchors it, `by`.
	pub(crate) fn add(
		&mut self,
		record: RecordId,
		leaf: Seal,
		replaces: Option<RecordId>,
		by: OrganisationId,
	) -> Result<(), Error<T>> {
		ensure!(record.anchored_by() == by, Error::<T>::NotItsId);
		let (custodian, number) = (self.custodian, self.number(record)?);
		let (state, offered) = (RecordState::Current, None);
		let details = RecordDetails { custodian, number, leaf, state, replaces, offered };
		self.change(record, details, Event::RecordAnchored { custodian, number, record });
		Ok(())
	}

	pub(crate) fn commit(self) {
		if !self.numbered.is_empty() {
			RecordCounts::<T>::insert(self.custodian, self.next);
		}
		for (record, details) in &self.changed {
			Records::<T>::insert(record, details);
		}
		for (custodian, number) in self.left {
			RecordSequence::<T>::remove(custodian, number);
		}
		for (number, record) in self.numbered {
			RecordSequence::<T>::insert(self.custodian, number, record);
		}
		self.events.into_iter().for_each(Pallet::<T>::deposit_event);
	}
}
