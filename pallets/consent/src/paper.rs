//! Directives on paper, by two of the house's staff.

use crate::*;
use frame_support::{ensure, pallet_prelude::DispatchResult, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
	codes::{ChartState, DirectiveState, Role, StandingReason},
	decision::ChartFacts,
	directory::{ChartDirectory, ProviderDirectory},
	ids::{DirectiveId, OrganisationId},
	paper::{OnPaper, PaperAct, PaperDirective, PaperFault, WITNESS_ROLES},
};
use sp_runtime::{
	traits::{Verify, Zero},
	AccountId32,
};

/// Of whom one stands for what is issued: boards register them, so no administrator makes them up.
const LICENSED_ROLES: [Role; 2] = [Role::Clinician, Role::Pharmacist];

impl<T: Config> Pallet<T> {
	pub(crate) fn do_issue_directive_on_paper(
		who: T::AccountId,
		paper: PaperDirective,
		word: &PaperWordOf,
	) -> DispatchResult {
		let PaperDirective { chart, id, seal, replaces, paper: terms } = paper;
		let facts = Self::ensure_both(&who, &PaperAct::Issue(paper), word)?;
		let on_paper = OnPaper { submitter: who.into(), witness: word.witness, seal: terms };
		if Self::enter_directive(&facts, id, seal, replaces, &Issuer::Paper(on_paper))? {
			let (submitter, witness) = (on_paper.submitter.into(), on_paper.witness.into());
			Self::deposit_event(Event::DirectiveWitnessed {
				chart,
				directive: id,
				submitter,
				witness,
			});
		}
		Ok(())
	}

	pub(crate) fn do_end_directive_on_paper(
		who: T::AccountId,
		id: DirectiveId,
		word: &PaperWordOf,
	) -> DispatchResult {
		let details = Directives::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let chart = details.chart;
		let facts = Self::ensure_both(&who, &PaperAct::Revoke { chart, id }, word)?;
		ensure!(details.paper.is_some(), Error::<T>::NotOnPaper);
		// Of a closed chart or a dead patient's nothing changes without the patient.
		ensure!(facts.state == ChartState::Active, Error::<T>::ChartNotActive);
		Self::end(id, details, DirectiveState::Revoked)?;
		Self::deposit_event(Event::DirectiveRevoked { chart, directive: id });
		Ok(())
	}

	/// That two of the staff of the chart's custodian want this: both may, they are two people, one of them
	/// is licensed where something is issued, and the second one has signed just this.
	fn ensure_both(
		who: &T::AccountId,
		act: &PaperAct,
		word: &PaperWordOf,
	) -> Result<ChartFacts, Error<T>> {
		let now = T::Time::now();
		let facts = T::Charts::chart(&act.chart()).ok_or(Error::<T>::ChartUnknown)?;
		let witness = AccountId32::new(word.witness);
		let custodian = facts.custodian;
		let acts =
			|who: &AccountId32, roles: &[Role]| T::Providers::may_act(who, custodian, roles, now);
		let issues = matches!(act, PaperAct::Issue(_));
		let may = |who: &AccountId32| {
			if issues {
				acts(who, &WITNESS_ROLES)
			} else {
				Self::is_on_the_staff(who, custodian)
			}
		};
		ensure!(may(who), Error::<T>::NotAuthorised);
		Self::ensure_two_people(who, &witness)?;
		ensure!(may(&witness), Error::<T>::WitnessNotAuthorised);
		let licensed = || acts(who, &LICENSED_ROLES) || acts(&witness, &LICENSED_ROLES);
		ensure!(!issues || licensed(), Error::<T>::NoneLicensed);
		word.ensure_in_time(now).map_err(|fault| match fault {
			PaperFault::Expired => Error::<T>::PaperExpired,
			PaperFault::ValidityTooLong => Error::<T>::PaperValidTooLong,
		})?;
		let genesis = Self::genesis().ok_or(Error::<T>::OtherChain)?;
		let signed = word
			.statement(genesis, *act, who.clone().into())
			.signable()
			.iter()
			.any(|bytes| word.signature.verify(bytes.as_slice(), &witness));
		ensure!(signed, Error::<T>::InvalidSignature);
		Ok(facts)
	}

	/// Whether the account has one of the roles for the house, which may be suspended or lack a licence: what
	/// a patient takes back must not wait for that.
	fn is_on_the_staff(who: &AccountId32, house: OrganisationId) -> bool {
		WITNESS_ROLES.iter().any(|role| {
			T::Providers::membership(who, house, *role)
				.without(StandingReason::OrganisationSuspended)
				.is_empty()
		})
	}

	/// A practitioner who has two accounts, or had one of them, is one person.
	fn ensure_two_people(one: &AccountId32, other: &AccountId32) -> Result<(), Error<T>> {
		ensure!(one != other, Error::<T>::SameWitness);
		let practitioner = T::Providers::practitioner_ever;
		let practitioners = practitioner(one).zip(practitioner(other));
		ensure!(practitioners.is_none_or(|(one, other)| one != other), Error::<T>::SameWitness);
		Ok(())
	}

	/// The chain's own name.
	fn genesis() -> Option<[u8; 32]> {
		let hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		hash.as_ref().try_into().ok()
	}

	/// That one more directive on paper leaves others their places in this list.
	pub(crate) fn ensure_room_for_paper(active: &ActiveList) -> DispatchResult {
		let (of_guardians, on_paper) = Self::shares(active);
		ensure!(on_paper < MAX_ACTIVE_ON_PAPER, Error::<T>::TooManyOnPaper);
		let both = of_guardians.saturating_add(on_paper);
		ensure!(both < MAX_ACTIVE_OF_GUARDIANS, Error::<T>::TooManyOnPaper);
		Ok(())
	}

	/// How many of these are of guardians, and how many on paper.
	pub(crate) fn shares(active: &ActiveList) -> (usize, usize) {
		active
			.iter()
			.filter_map(Directives::<T>::get)
			.fold((0usize, 0usize), |sum, details| {
				(
					sum.0.saturating_add(usize::from(details.guardian.is_some())),
					sum.1.saturating_add(usize::from(details.paper.is_some())),
				)
			})
	}
}
