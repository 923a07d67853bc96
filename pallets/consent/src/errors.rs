//! Why the pallet refuses.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The sender may not do this for the organisation: see the sender's standing for the
		/// reasons.
		NotAuthorised,
		/// The chain knows no such chart: check its id, or enrol it first.
		ChartUnknown,
		/// The sender's key is not the chart's: sign with the wallet's key for this chart.
		NotTheChartsKey,
		/// Something else has this id: derive the id from a new salt.
		AlreadyExists,
		/// The chain knows nothing by this id: check it.
		NotFound,
		/// The chart has as many active directives as it can: revoke or replace one.
		TooManyDirectives,
		/// The directive to replace is unknown, on another chart or not active: name an active one.
		ReplacedNotActive,
		/// The directive is not active: nothing is left to end.
		NotActive,
		/// The sender is no registered practitioner: ask the licensing board.
		NotAPractitioner,
		/// The request would lapse at once: choose a later moment.
		LapsesTooEarly,
		/// The request would stay open for more than 30 days: choose an earlier moment.
		LapsesTooLate,
		/// The sender is not the requester: sign with the account that asked.
		NotTheRequester,
		/// The request is withdrawn or has lapsed: nothing is left to withdraw.
		NotOpen,
		/// The number of leaves is no power of two or out of bounds: pad the batch, or split it.
		InvalidLeafCount,
		/// The sequence has as many entries as can be numbered.
		SequenceFull,
		/// The chart is closed or its patient is reported dead: open it again, or dispute the report,
		/// before issuing directives or overruling what others issued.
		ChartNotActive,
		/// The guardian may end their own directives only, and those with the power to revoke: issue a
		/// deny, which wins, or ask whoever issued it.
		NotTheGuardiansToEnd,
		/// The guardian has as many active directives on this chart as one can: revoke or replace one.
		TooManyOfGuardian,
		/// The guardians have as many active directives on this chart as they can together: one of them
		/// or the chart's key revokes one.
		TooManyOfGuardians,
		/// A reviewer found a break-glass of this clinician unjustified: ask the council for the privilege.
		PrivilegeWithdrawn,
		/// The clinician's own account of an earlier break-glass is overdue: give it first.
		AccountOverdue,
		/// The clinician has as many active break-glasses as one can: close one.
		TooManyBreakGlasses,
		/// The clinician has as many break-glasses without own account as one can, of those that were opened
		/// or of those that were posted: give an account.
		TooManyUnaccounted,
		/// The sender is not the clinician who broke the glass: sign with the account that did.
		NotTheOpener,
		/// The break-glass is closed or its time ran out: open another.
		BreakGlassOver,
		/// The break-glass was renewed as often as it can be: open another.
		TooManyRenewals,
		/// The second clinician has to be another: ask a colleague.
		SamePractitioner,
		/// Another clinician has looked already: nothing is left to confirm.
		AlreadyConfirmed,
		/// The break-glass is still open: close it before the account of it.
		StillOpen,
		/// Another account of it was given before: what was said stays.
		AlreadyAccounted,
		/// The reviewer's house is the clinician's, of its group, employs them or has reviewed before, or the
		/// reviewer looked as second clinician: leave it to another house.
		ReviewerNotIndependent,
		/// The break-glass is settled, or not over, or the clinician still has time for an own account: wait,
		/// or look for another in the list of those that are pending.
		NotUnderReview,
		/// The practitioner's privilege is not withdrawn by a review: nothing is left to restore.
		PrivilegeNotWithdrawn,
		/// The statement is not of this form or not for this chain: check to which chain it belongs.
		OtherChain,
		/// The signature does not fit the statement: give both as they were made, to this chain.
		InvalidSignature,
		/// The statement's head is no earlier block of this chain: check number and hash.
		WrongHead,
		/// The statement's head was more than 24 hours old when it was made: it was not to be relied on.
		HeadTooOld,
		/// The statement is of a later moment than this block: check the clock it was made by.
		StatementInFuture,
		/// The statement is more than 7 days old: tell the council, it can not be posted.
		PostedTooLate,
		/// The id is one of those that are for statements: derive it as the wallet does.
		IdOfStatement,
		/// The chart has as many open asks as one can: wait for an answer, or withdraw
		/// one.
		TooManyAsks,
		/// The ask is answered or withdrawn: file another.
		AskNotOpen,
		/// The answer was put off before: it can be once.
		AlreadyExtended,
		/// The answer is overdue: it could have been put off before, now it has to be given.
		ExtensionTooLate,
		/// The second witness may not act for the chart's custodian: see their standing for the reasons.
		WitnessNotAuthorised,
		/// It takes two people to stand for paper: ask a colleague to sign.
		SameWitness,
		/// The second witness's word has expired: have it signed anew.
		PaperExpired,
		/// The second witness's word would be good for more than 7 days: choose an earlier moment.
		PaperValidTooLong,
		/// The directive did not come on paper: only the patient or a guardian ends it.
		NotOnPaper,
		/// The chart has as many directives on paper as it can, beside those of guardians: end one.
		TooManyOnPaper,
		/// Neither of the two may act as clinician or pharmacist for the chart's custodian: have one who may
		/// submit it or sign it.
		NoneLicensed,
	}
}
