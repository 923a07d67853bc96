use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use salus_primitives::{
	codes::{ErrorReason, RecordState, Role},
	decision::RecordFacts,
	directory::ProviderDirectory,
	ids::{OrganisationId, RecordId},
};
use sp_runtime::DispatchError;

/// Who may anchor and mark records.
pub(crate) const WRITING_ROLES: [Role; 3] = [Role::System, Role::RecordsOfficer, Role::Clinician];

impl<T: Config> Pallet<T> {
	pub(crate) fn do_anchor_records(
		who: T::AccountId,
		organisation: OrganisationId,
		records: RecordBatch,
	) -> DispatchResult {
		Self::ensure_may_write(&who, organisation)?;
		ensure!(!records.is_empty(), Error::<T>::EmptyBatch);

		let mut batch = Batch::<T>::new(organisation);
		for record in records {
			batch.add(record)?;
		}

		RecordCounts::<T>::insert(organisation, batch.next);
		for (id, facts) in &batch.changed {
			Records::<T>::insert(id, facts);
		}
		for (number, NewRecord { id: record, replaces, .. }) in batch.anchored {
			RecordSequence::<T>::insert(organisation, number, record);
			Self::deposit_event(Event::RecordAnchored { custodian: organisation, number, record });
			if let Some(replaced) = replaces {
				Self::deposit_event(Event::RecordSuperseded { record: replaced, by: record });
			}
		}
		Ok(())
	}

	pub(crate) fn do_mark_entered_in_error(
		who: T::AccountId,
		record: RecordId,
		reason: ErrorReason,
	) -> DispatchResult {
		let mut facts = Records::<T>::get(record).ok_or(Error::<T>::NotFound)?;
		Self::ensure_may_write(&who, facts.custodian)?;
		ensure!(facts.state != RecordState::EnteredInError, Error::<T>::AlreadyEnteredInError);

		facts.state = RecordState::EnteredInError;
		Records::<T>::insert(record, facts);
		ErrorReasons::<T>::insert(record, reason);
		Self::deposit_event(Event::RecordEnteredInError { record, reason });
		Ok(())
	}

	fn ensure_may_write(who: &T::AccountId, organisation: OrganisationId) -> DispatchResult {
		ensure!(
			T::Providers::may_act(who, organisation, &WRITING_ROLES, T::Time::now()),
			Error::<T>::NotAuthorised
		);
		Ok(())
	}
}

/// What a batch will write once all of it is checked.
struct Batch<T: Config> {
	custodian: OrganisationId,
	next: u32,
	/// Records as they will be; read before storage.
	changed: BTreeMap<RecordId, RecordFacts>,
	/// New records with their numbers.
	anchored: Vec<(u32, NewRecord)>,
	_runtime: core::marker::PhantomData<T>,
}

impl<T: Config> Batch<T> {
	fn new(custodian: OrganisationId) -> Self {
		Self {
			custodian,
			next: RecordCounts::<T>::get(custodian),
			changed: BTreeMap::new(),
			anchored: Vec::new(),
			_runtime: core::marker::PhantomData,
		}
	}

	fn get(&self, record: &RecordId) -> Option<RecordFacts> {
		self.changed.get(record).copied().or_else(|| Records::<T>::get(record))
	}

	fn add(&mut self, new: NewRecord) -> Result<(), DispatchError> {
		let NewRecord { id, leaf, replaces } = new;
		let custodian = self.custodian;
		if let Some(known) = self.get(&id) {
			let same =
				known.custodian == custodian && known.leaf == leaf && known.replaces == replaces;
			ensure!(same, Error::<T>::AlreadyExists);
			return Ok(());
		}
		if let Some(replaced) = replaces {
			let mut facts = self
				.get(&replaced)
				.filter(|facts| facts.custodian == custodian)
				.ok_or(Error::<T>::ReplacedUnknown)?;
			ensure!(facts.state == RecordState::Current, Error::<T>::ReplacedNotCurrent);
			facts.state = RecordState::Superseded;
			self.changed.insert(replaced, facts);
		}
		let facts = RecordFacts { custodian, leaf, state: RecordState::Current, replaces };
		self.changed.insert(id, facts);
		self.anchored.push((self.next, new));
		self.next = self.next.checked_add(1).ok_or(Error::<T>::TooManyRecords)?;
		Ok(())
	}
}
