//! Break-glass: what its calls do, and what is told of it.

use crate::*;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
	break_glass::{
		BreakGlass, BreakGlassStatement, Confirmation, EmergencyPrivilege, OwnAccount, Review,
		Reviews, ShownBreakGlass, ShownStatement, MAX_POSTING, MAX_RENEWALS, MAX_STALE_HEAD,
		RATE_PERIOD, SECOND_CLINICIAN_FROM, VALIDITY,
	},
	codes::{BreakGlassReason, BreakGlassScope, ReviewOutcome, Role, StandingReason},
	decision::{BreakGlassFacts, StatementFacts},
	directory::ProviderDirectory,
	ids::{BreakGlassId, OrganisationId, PractitionerId, Seal},
	time::Moment,
	views::{BreakGlassView, Page},
};
use sp_core::sr25519;
use sp_runtime::{
	traits::{SaturatedConversion, Saturating, Verify, Zero},
	AccountId32, DispatchError, MultiSignature,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_open_break_glass(
		who: T::AccountId,
		id: BreakGlassId,
		organisation: OrganisationId,
		reason: BreakGlassReason,
		seal: Seal,
	) -> DispatchResult {
		let now = T::Time::now();
		let practitioner = Self::ensure_clinician(&who, organisation, now)?;
		let account = who.into();
		// They are for what is posted alone, which else could be kept off the chain.
		ensure!(!id.is_of_statement(), Error::<T>::IdOfStatement);
		if let Some(known) = BreakGlasses::<T>::get(id) {
			let same = known.account == account
				&& known.organisation == organisation
				&& known.reason == reason
				&& known.seal == seal;
			ensure!(same, Error::<T>::AlreadyExists);
			return Ok(());
		}
		Self::ensure_privileged(practitioner, now)?;
		let active = UnaccountedBreakGlasses::<T>::get(practitioner)
			.iter()
			.filter_map(BreakGlasses::<T>::get)
			.filter(|glass| glass.is_active(now))
			.count();
		ensure!(active < MAX_ACTIVE_BREAK_GLASSES, Error::<T>::TooManyBreakGlasses);
		let mut recent = RecentBreakGlasses::<T>::get(practitioner);
		recent.retain(|opened| opened.saturating_add(RATE_PERIOD) > now);
		let second_asked = recent.is_full();
		if second_asked {
			recent.remove(0);
		}
		recent.try_push(now).map_err(|_| Error::<T>::TooManyBreakGlasses)?;

		let glass = BreakGlass {
			account,
			practitioner,
			organisation,
			reason,
			seal,
			scope: BreakGlassScope::First,
			opened: now,
			until: now.saturating_add(VALIDITY),
			renewals: 0,
			closed: None,
			posted: None,
			second_asked,
			confirmation: None,
			own_account: None,
			reviews: Reviews::default(),
		};
		Self::enter(id, glass)?;
		RecentBreakGlasses::<T>::insert(practitioner, recent);
		Self::deposit_event(Event::BreakGlassOpened {
			break_glass: id,
			practitioner,
			organisation,
			reason,
		});
		if second_asked {
			Self::deposit_event(Event::SecondClinicianAsked { break_glass: id, practitioner });
		}
		Ok(())
	}

	pub(crate) fn do_widen_break_glass(who: T::AccountId, id: BreakGlassId) -> DispatchResult {
		let glass = Self::ensure_going_on(&who, id)?;
		if glass.scope == BreakGlassScope::Widened {
			return Ok(());
		}

		BreakGlasses::<T>::insert(id, BreakGlass { scope: BreakGlassScope::Widened, ..glass });
		Self::deposit_event(Event::BreakGlassWidened { break_glass: id });
		Ok(())
	}

	pub(crate) fn do_renew_break_glass(who: T::AccountId, id: BreakGlassId) -> DispatchResult {
		let glass = Self::ensure_going_on(&who, id)?;
		ensure!(glass.renewals < MAX_RENEWALS, Error::<T>::TooManyRenewals);
		let renewals = glass.renewals.saturating_add(1);
		let until = T::Time::now().saturating_add(VALIDITY);

		BreakGlasses::<T>::insert(id, BreakGlass { renewals, until, ..glass });
		Self::deposit_event(Event::BreakGlassRenewed { break_glass: id, until });
		Ok(())
	}

	pub(crate) fn do_close_break_glass(who: T::AccountId, id: BreakGlassId) -> DispatchResult {
		let (now, glass) = (T::Time::now(), Self::ensure_own(&who, id)?);
		ensure!(glass.is_active(now), Error::<T>::BreakGlassOver);

		BreakGlasses::<T>::insert(id, BreakGlass { closed: Some(now), ..glass });
		Self::deposit_event(Event::BreakGlassClosed { break_glass: id });
		Ok(())
	}

	pub(crate) fn do_confirm_break_glass(
		who: T::AccountId,
		id: BreakGlassId,
		organisation: OrganisationId,
	) -> DispatchResult {
		let at = T::Time::now();
		let practitioner = Self::ensure_clinician(&who, organisation, at)?;
		let glass = BreakGlasses::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(practitioner != glass.practitioner, Error::<T>::SamePractitioner);
		if let Some(known) = glass.confirmation {
			ensure!(known.practitioner == practitioner, Error::<T>::AlreadyConfirmed);
			return Ok(());
		}
		ensure!(glass.is_active(at), Error::<T>::BreakGlassOver);

		let confirmation = Some(Confirmation { practitioner, organisation, at });
		BreakGlasses::<T>::insert(id, BreakGlass { confirmation, ..glass });
		Self::deposit_event(Event::BreakGlassConfirmed {
			break_glass: id,
			practitioner,
			organisation,
		});
		Ok(())
	}

	pub(crate) fn do_account_for_break_glass(
		who: T::AccountId,
		id: BreakGlassId,
		seal: Seal,
	) -> DispatchResult {
		let (at, glass) = (T::Time::now(), Self::ensure_own(&who, id)?);
		if let Some(known) = glass.own_account {
			ensure!(known.seal == seal, Error::<T>::AlreadyAccounted);
			return Ok(());
		}
		ensure!(!glass.is_active(at), Error::<T>::StillOpen);

		if glass.posted.is_some() {
			Self::take_off_posted(glass.practitioner, id);
		} else {
			UnaccountedBreakGlasses::<T>::mutate_exists(glass.practitioner, |list| {
				let mut owed = list.take().unwrap_or_default();
				owed.retain(|listed| *listed != id);
				*list = Some(owed).filter(|owed| !owed.is_empty());
			});
		}
		let own_account = Some(OwnAccount { seal, at });
		BreakGlasses::<T>::insert(id, BreakGlass { own_account, ..glass });
		Self::deposit_event(Event::BreakGlassAccounted { break_glass: id });
		Ok(())
	}

	pub(crate) fn do_review_break_glass(
		who: T::AccountId,
		id: BreakGlassId,
		organisation: OrganisationId,
		outcome: ReviewOutcome,
		findings: Seal,
	) -> DispatchResult {
		let at = T::Time::now();
		let reasons = T::Providers::standing(&who, organisation, Role::QualityOfficer, at);
		ensure!(reasons.is_empty(), Error::<T>::NotAuthorised);
		let mut glass = BreakGlasses::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let practitioner = glass.practitioner;
		Self::ensure_independent(&who, organisation, &glass)?;
		ensure!(glass.is_reviewable(at), Error::<T>::NotUnderReview);
		let review = Review { organisation, outcome, findings, at };
		glass.reviews.try_push(review).map_err(|_| Error::<T>::NotUnderReview)?;

		if glass.is_settled() {
			Self::settle(id);
		}
		BreakGlasses::<T>::insert(id, glass);
		Self::deposit_event(Event::BreakGlassReviewed { break_glass: id, organisation, outcome });
		if outcome == ReviewOutcome::Unjustified {
			WithdrawnPrivileges::<T>::insert(practitioner, (id, at));
			Self::deposit_event(Event::EmergencyPrivilegeWithdrawn {
				practitioner,
				break_glass: id,
			});
		}
		Ok(())
	}

	pub(crate) fn do_restore_emergency_privilege(
		practitioner: PractitionerId,
		break_glass: BreakGlassId,
	) -> DispatchResult {
		let by = WithdrawnPrivileges::<T>::get(practitioner).map(|(by, _)| by);
		ensure!(by == Some(break_glass), Error::<T>::PrivilegeNotWithdrawn);

		WithdrawnPrivileges::<T>::remove(practitioner);
		Self::deposit_event(Event::EmergencyPrivilegeRestored { practitioner });
		Ok(())
	}

	pub(crate) fn do_post_break_glass(
		who: T::AccountId,
		poster: OrganisationId,
		statement: BreakGlassStatement,
		signature: MultiSignature,
	) -> DispatchResult {
		let now = T::Time::now();
		let BreakGlassStatement { account, organisation, reason, seal, at, .. } = statement;
		let clinician = AccountId32::new(account);
		Self::ensure_may_post(&who, poster, &clinician, organisation)?;
		ensure!(Self::is_here(&statement), Error::<T>::OtherChain);
		ensure!(is_signed(&statement, &signature), Error::<T>::InvalidSignature);
		let id = statement.id();
		if BreakGlasses::<T>::contains_key(id) {
			// The id is over all that it says.
			return Ok(());
		}
		let practitioner =
			T::Providers::practitioner_then(&clinician, at).ok_or(Error::<T>::NotAPractitioner)?;
		// Nobody else waits for what a clinician posts alone: it must not fill the list.
		let waiting = UnaccountedPosted::<T>::decode_len(practitioner).unwrap_or_default();
		let alone = T::Providers::practitioner_ever(&who) == Some(practitioner);
		let room = u32::try_from(waiting).is_ok_and(|waiting| waiting < MAX_UNACCOUNTED);
		ensure!(!alone || room, Error::<T>::TooManyUnaccounted);
		ensure!(at <= now, Error::<T>::StatementInFuture);
		ensure!(at.saturating_add(MAX_POSTING) >= now, Error::<T>::PostedTooLate);
		Self::ensure_head(&statement, now)?;

		let until = at.saturating_add(VALIDITY);
		let glass = BreakGlass {
			account,
			practitioner,
			organisation,
			reason,
			seal,
			scope: BreakGlassScope::First,
			opened: at,
			until,
			renewals: 0,
			// It opens nothing on chain: who still needs it opens one.
			closed: (now < until).then_some(now),
			posted: Some(now),
			second_asked: false,
			confirmation: None,
			own_account: None,
			reviews: Reviews::default(),
		};
		Self::enter(id, glass)?;
		Self::deposit_event(Event::BreakGlassPosted {
			break_glass: id,
			practitioner,
			organisation,
			reason,
			opened: at,
		});
		Ok(())
	}

	/// The practitioner, if the account may act as a clinician for the organisation.
	fn ensure_clinician(
		who: &T::AccountId,
		organisation: OrganisationId,
		at: Moment,
	) -> Result<PractitionerId, Error<T>> {
		let reasons = T::Providers::standing(who, organisation, Role::Clinician, at);
		ensure!(reasons.is_empty(), Error::<T>::NotAuthorised);
		T::Providers::practitioner(who).ok_or(Error::<T>::NotAPractitioner)
	}

	fn ensure_privileged(practitioner: PractitionerId, at: Moment) -> Result<(), Error<T>> {
		match Self::privilege_at(practitioner, at) {
			EmergencyPrivilege::Held => Ok(()),
			EmergencyPrivilege::Withdrawn { .. } => Err(Error::<T>::PrivilegeWithdrawn),
			EmergencyPrivilege::AccountOverdue { .. } => Err(Error::<T>::AccountOverdue),
		}
	}

	/// The break-glass, if it is the sender's. Whoever lost account or standing since can still close it
	/// and account for it.
	fn ensure_own(who: &T::AccountId, id: BreakGlassId) -> Result<BreakGlass, Error<T>> {
		let glass = BreakGlasses::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let own = T::Providers::practitioner(who) == Some(glass.practitioner);
		ensure!(own, Error::<T>::NotTheOpener);
		Ok(glass)
	}

	/// The break-glass, if the account that opened it may still use it.
	fn ensure_going_on(who: &T::AccountId, id: BreakGlassId) -> Result<BreakGlass, Error<T>> {
		let now = T::Time::now();
		let glass = Self::ensure_own(who, id)?;
		ensure!(*who == AccountId32::new(glass.account), Error::<T>::NotTheOpener);
		Self::ensure_clinician(who, glass.organisation, now)?;
		ensure!(glass.is_active(now), Error::<T>::BreakGlassOver);
		Self::ensure_privileged(glass.practitioner, now)?;
		Ok(glass)
	}

	/// That the reviewer had no part in it, nor its house with the clinician or an earlier review.
	fn ensure_independent(
		who: &T::AccountId,
		organisation: OrganisationId,
		glass: &BreakGlass,
	) -> Result<(), Error<T>> {
		let anew = glass.reviews.iter().all(|review| review.organisation != organisation);
		let independent = anew && Self::had_no_part(who, organisation, glass);
		ensure!(independent, Error::<T>::ReviewerNotIndependent);
		Ok(())
	}

	/// Whether neither the reviewer nor their house had a part in it.
	fn had_no_part(who: &T::AccountId, organisation: OrganisationId, glass: &BreakGlass) -> bool {
		let opener = AccountId32::new(glass.account);
		let second = glass.confirmation.map(|by| by.practitioner);
		let by_house = T::Providers::is_independent(
			glass.practitioner,
			&opener,
			glass.organisation,
			(who, organisation),
		);
		by_house
			&& *who != opener
			&& (second.is_none() || T::Providers::practitioner(who) != second)
	}

	/// That the sender is the clinician, for the house that the statement names, or a machine of any house: it
	/// is the custodian that released by it, which the statement does not name, and the clinician's
	/// signature that counts. An account that its practitioner has changed, maybe because the key was stolen,
	/// posts nothing for itself. Evidence is owed also while the house is suspended or a licence is gone.
	fn ensure_may_post(
		who: &T::AccountId,
		poster: OrganisationId,
		clinician: &T::AccountId,
		organisation: OrganisationId,
	) -> Result<(), Error<T>> {
		let own = who == clinician;
		ensure!(!own || T::Providers::practitioner(who).is_some(), Error::<T>::NotAuthorised);
		let role = if own && poster == organisation { Role::Clinician } else { Role::System };
		let reasons = T::Providers::membership(who, poster, role)
			.without(StandingReason::OrganisationSuspended);
		ensure!(reasons.is_empty(), Error::<T>::NotAuthorised);
		Ok(())
	}

	/// Whether the statement is meant for this chain.
	fn is_here(statement: &BreakGlassStatement) -> bool {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		<[u8; 32]>::try_from(genesis.as_ref()).is_ok_and(|genesis| statement.is_for(&genesis))
	}

	/// That the statement's head can have been the last finalised one when it was made. Where the chain
	/// still knows the head's hash, it is that. Where it does not, the number alone says how old the
	/// head was at least, since no slot has two blocks. How young it was, the vault that released by it
	/// has checked, which keeps head and statement for the reviewer.
	fn ensure_head(statement: &BreakGlassStatement, now: Moment) -> Result<(), Error<T>> {
		let number = BlockNumberFor::<T>::from(statement.number);
		let current = frame_system::Pallet::<T>::block_number();
		ensure!(number < current, Error::<T>::WrongHead);
		let known = frame_system::Pallet::<T>::block_hash(number);
		let forgotten = known == T::Hash::default();
		ensure!(forgotten || known.as_ref() == statement.head, Error::<T>::WrongHead);
		let blocks: u64 = current.saturating_sub(number).saturated_into();
		let age_now =
			blocks.saturating_mul(<T::SlotDuration as frame_support::traits::Get<_>>::get());
		let age = age_now.saturating_sub(now.saturating_sub(statement.at));
		ensure!(age <= MAX_STALE_HEAD, Error::<T>::HeadTooOld);
		Ok(())
	}

	/// Stores a new one, which is without own account and unsettled. What is posted comes in also where as many
	/// are owed as can be listed, or its clinician could keep it off the chain.
	fn enter(id: BreakGlassId, glass: BreakGlass) -> Result<(), DispatchError> {
		let practitioner = glass.practitioner;
		let place = UnsettledCount::<T>::get();
		let count = place.checked_add(1).ok_or(Error::<T>::SequenceFull)?;
		if glass.posted.is_some() {
			if UnaccountedPosted::<T>::try_append(practitioner, id).is_err() {
				FurtherPosted::<T>::insert(practitioner, id, ());
			}
		} else {
			UnaccountedBreakGlasses::<T>::try_append(practitioner, id)
				.map_err(|()| Error::<T>::TooManyUnaccounted)?;
		}

		UnsettledBreakGlasses::<T>::insert(place, id);
		UnsettledPlaces::<T>::insert(id, place);
		UnsettledCount::<T>::put(count);
		BreakGlasses::<T>::insert(id, glass);
		Ok(())
	}

	/// Takes a posted one off what is unaccounted; a further one gets its place.
	fn take_off_posted(practitioner: PractitionerId, id: BreakGlassId) {
		if FurtherPosted::<T>::take(practitioner, id).is_some() {
			return;
		}
		UnaccountedPosted::<T>::mutate_exists(practitioner, |list| {
			let mut owed = list.take().unwrap_or_default();
			owed.retain(|listed| *listed != id);
			let further = FurtherPosted::<T>::iter_key_prefix(practitioner).next();
			if let Some(further) = further.filter(|further| owed.try_push(*further).is_ok()) {
				FurtherPosted::<T>::remove(practitioner, further);
			}
			*list = Some(owed).filter(|owed| !owed.is_empty());
		});
	}

	/// Takes it out of the list of what is unsettled; the last one gets its place.
	fn settle(id: BreakGlassId) {
		let Some(place) = UnsettledPlaces::<T>::take(id) else { return };
		let last = UnsettledCount::<T>::get().saturating_sub(1);
		UnsettledCount::<T>::put(last);
		let moved = UnsettledBreakGlasses::<T>::take(last);
		if let Some(moved) = moved.filter(|moved| *moved != id) {
			UnsettledBreakGlasses::<T>::insert(place, moved);
			UnsettledPlaces::<T>::insert(moved, place);
		}
	}

	/// Whether the practitioner may break the glass at `at`.
	fn privilege_at(practitioner: PractitionerId, at: Moment) -> EmergencyPrivilege {
		if let Some((break_glass, at)) = WithdrawnPrivileges::<T>::get(practitioner) {
			return EmergencyPrivilege::Withdrawn { break_glass, at };
		}
		UnaccountedBreakGlasses::<T>::get(practitioner)
			.into_iter()
			.chain(UnaccountedPosted::<T>::get(practitioner))
			.find_map(|break_glass| {
				let glass = BreakGlasses::<T>::get(break_glass)?;
				let since = glass.account_due();
				glass
					.is_account_overdue(at)
					.then_some(EmergencyPrivilege::AccountOverdue { break_glass, since })
			})
			.unwrap_or(EmergencyPrivilege::Held)
	}

	/// What a decision reads of the break-glass that is shown.
	pub(crate) fn break_glass_facts(
		shown: &ShownBreakGlass,
		at: Moment,
	) -> Option<BreakGlassFacts> {
		let glass = BreakGlasses::<T>::get(shown.id)?;
		Some(BreakGlassFacts {
			id: shown.id,
			account: glass.account,
			practitioner: glass.practitioner,
			organisation: glass.organisation,
			seal: glass.seal,
			scope: glass.scope,
			active: glass.is_active(at),
			privileged: Self::privilege_at(glass.practitioner, at) == EmergencyPrivilege::Held,
		})
	}

	/// What a decision reads of the statement that is shown.
	pub(crate) fn statement_facts(
		shown: &ShownStatement,
		practitioner: Option<PractitionerId>,
		at: Moment,
	) -> StatementFacts {
		let ShownStatement { statement, signature, .. } = shown;
		let signature = MultiSignature::Sr25519(sr25519::Signature::from_raw(*signature));
		let named = BlockNumberFor::<T>::from(statement.number);
		let known = frame_system::Pallet::<T>::block_hash(named);
		let known = Some(known).filter(|hash| *hash != T::Hash::default());
		StatementFacts {
			signed: Self::is_here(statement) && is_signed(statement, &signature),
			number: frame_system::Pallet::<T>::block_number().saturated_into(),
			ancestor: known.and_then(|hash| hash.as_ref().try_into().ok()),
			privileged: practitioner
				.is_some_and(|of| Self::privilege_at(of, at) == EmergencyPrivilege::Held),
		}
	}

	/// The break-glass, with its state at the block's time.
	pub fn break_glass_view(id: BreakGlassId) -> Option<BreakGlassView> {
		BreakGlasses::<T>::get(id).map(|glass| BreakGlassView::of(id, glass, T::Time::now()))
	}

	/// Whether neither the account nor the organisation that it reviews for had a part in the break-glass.
	pub fn is_independent_reviewer(
		id: BreakGlassId,
		who: &T::AccountId,
		organisation: OrganisationId,
	) -> bool {
		BreakGlasses::<T>::get(id).is_some_and(|glass| Self::had_no_part(who, organisation, &glass))
	}

	/// A page of those that wait for a reviewer, from this place of the list of what is unsettled on.
	/// Those that are not over yet leave gaps.
	pub fn break_glasses_pending(from: u32) -> Page<BreakGlassView> {
		let now = T::Time::now();
		Page::of(from, UnsettledCount::<T>::get(), |place| {
			let id = UnsettledBreakGlasses::<T>::get(place)?;
			let glass = BreakGlasses::<T>::get(id).filter(|glass| glass.is_reviewable(now))?;
			Some(BreakGlassView::of(id, glass, now))
		})
	}

	/// Whether the practitioner may break the glass at the block's time.
	pub fn emergency_privilege(practitioner: PractitionerId) -> EmergencyPrivilege {
		Self::privilege_at(practitioner, T::Time::now())
	}
}

/// Whether the account that the statement names has signed it.
fn is_signed(statement: &BreakGlassStatement, signature: &MultiSignature) -> bool {
	let account = AccountId32::new(statement.account);
	statement
		.signable()
		.iter()
		.any(|bytes| signature.verify(bytes.as_slice(), &account))
}

/// Openings that [`RecentBreakGlasses`] keeps: with one more a second clinician is asked.
pub(crate) const RECENT: u32 = SECOND_CLINICIAN_FROM.saturating_sub(1);
