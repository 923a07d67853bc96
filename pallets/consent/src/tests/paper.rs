//! Directives on paper, which two of the house's staff stand for.

use super::*;
use salus_primitives::{
	codes::{ChartState, GrantorBasis},
	paper::{OnPaper, PaperAct, PaperDirective, PaperStatement, MAX_PAPER_VALIDITY, PAPER_DOMAIN},
};
use sp_core::ed25519;

/// The `n`th directive on paper, which replaces that one.
fn paper(n: u8, replaces: Option<u8>) -> PaperDirective {
	PaperDirective {
		chart: CHART,
		id: directive(n),
		seal: seal(n),
		replaces: replaces.map(directive),
		paper: seal(0xbb),
	}
}

fn issue_with(submitter: AccountId32, paper: PaperDirective, word: PaperWordOf) -> DispatchResult {
	Consent::issue_directive_on_paper(RuntimeOrigin::signed(submitter), paper, word)
}

/// A clinician issues it, a records officer has signed it.
fn two_issue(n: u8, replaces: Option<u8>) -> DispatchResult {
	let paper = paper(n, replaces);
	issue_with(CLINICIAN, paper, paper_word(&clerk(), PaperAct::Issue(paper), &CLINICIAN))
}

fn two_end(n: u8) -> DispatchResult {
	let act = PaperAct::Revoke { chart: CHART, id: directive(n) };
	let word = paper_word(&clerk(), act, &CLINICIAN);
	Consent::end_directive_on_paper(RuntimeOrigin::signed(CLINICIAN), directive(n), word)
}

#[test]
fn two_of_the_house_issue() {
	run(|| {
		assert_ok!(two_issue(1, None));
		let witness = account_of(&clerk());
		let on_paper = OnPaper {
			submitter: CLINICIAN.into(),
			witness: witness.clone().into(),
			seal: seal(0xbb),
		};
		let id = directive(1);
		assert_eq!(
			events(),
			[
				Event::DirectiveIssued { chart: CHART, number: 0, directive: id },
				Event::DirectiveWitnessed {
					chart: CHART,
					directive: id,
					submitter: CLINICIAN,
					witness
				},
			]
		);
		let view = Consent::directive_view(id).unwrap();
		assert_eq!((view.paper, view.guardian), (Some(on_paper), None));
		let listed = Consent::active_directives(&CHART)[0];
		assert_eq!(listed.paper, Some(on_paper));
		assert_eq!(listed.basis(), GrantorBasis::WitnessedPaper);
	});
}

#[test]
fn every_role_that_may_can() {
	run(|| {
		let submitters = [CLINICIAN, PHARMACIST, RECORDS, REVIEWER, account_of(&head())];
		for (n, submitter) in (1..).zip(submitters) {
			let paper = paper(n, None);
			let word = paper_word(&nurse(), PaperAct::Issue(paper), &submitter);
			assert_ok!(issue_with(submitter, paper, word));
		}
		assert_eq!(active().len(), 5);
		// Raw or as browser wallets wrap it.
		let paper = paper(9, None);
		let good = paper_word(&clerk(), PaperAct::Issue(paper), &CLINICIAN);
		let genesis = System::block_hash(0).0;
		let statement = good.statement(genesis, PaperAct::Issue(paper), CLINICIAN.into());
		let signature = clerk().sign(&statement.signable()[1]).into();
		assert_ok!(issue_with(CLINICIAN, paper, PaperWordOf { signature, ..good }));
	});
}

#[test]
fn a_submission_can_be_repeated() {
	run(|| {
		assert_ok!(two_issue(1, None));
		let before = events();
		assert_ok!(two_issue(1, None));
		assert_eq!(events(), before);
		assert_ok!(two_end(1));
		// Nor does it bring back what was revoked.
		assert_ok!(two_issue(1, None));
		assert_eq!(state(1), Some(DirectiveState::Revoked));
		assert_noop!(two_end(1), Error::<Test>::NotActive);
	});
}

#[test]
fn fails_when_it_takes_another_to_submit() {
	run(|| {
		let paper = paper(1, None);
		for submitter in [STRANGER, PATIENT, SYSTEM, SURGEON, AUDITOR, doctors_account()] {
			let word = paper_word(&clerk(), PaperAct::Issue(paper), &submitter);
			assert_noop!(issue_with(submitter, paper, word), Error::<Test>::NotAuthorised);
		}
		let word = paper_word(&clerk(), PaperAct::Issue(paper), &CLINICIAN);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let issue = Consent::issue_directive_on_paper(origin.clone(), paper, word.clone());
			assert_eq!(issue, Err(DispatchError::BadOrigin));
			let end = Consent::end_directive_on_paper(origin, directive(1), word.clone());
			assert_eq!(end, Err(DispatchError::BadOrigin));
		}
		strike(CLINICIAN);
		assert_noop!(issue_with(CLINICIAN, paper, word), Error::<Test>::NotAuthorised);
	});
}

#[test]
fn fails_when_it_takes_another_to_witness() {
	run(|| {
		let paper = paper(1, None);
		let issue = |witness: &ed25519::Pair| {
			let word = paper_word(witness, PaperAct::Issue(paper), &CLINICIAN);
			issue_with(CLINICIAN, paper, word)
		};
		let refused = DispatchError::from(Error::<Test>::WitnessNotAuthorised);
		assert_noop!(issue(&visitor()), refused);
		assert_noop!(issue(&ed25519::Pair::from_seed(&[99; 32])), refused);
		// A machine stands for nothing.
		assert_noop!(issue(&machine()), refused);
		strike(account_of(&clerk()));
		assert_noop!(issue(&clerk()), refused);
	});
}

#[test]
fn fails_when_both_are_one_person() {
	run(|| {
		let paper = paper(1, None);
		let same = DispatchError::from(Error::<Test>::SameWitness);
		let by = account_of(&clerk());
		let word = paper_word(&clerk(), PaperAct::Issue(paper), &by);
		assert_noop!(issue_with(by, paper, word), same);
		// Another account of the same practitioner, or one that they have changed.
		for other in [alias(), retired()] {
			let word = paper_word(&other, PaperAct::Issue(paper), &CLINICIAN);
			assert_noop!(issue_with(CLINICIAN, paper, word), same);
		}
		let word = paper_word(&alias(), PaperAct::Issue(paper), &PHARMACIST);
		assert_ok!(issue_with(PHARMACIST, paper, word));
	});
}

/// An administrator makes accounts with roles, but no clinician.
#[test]
fn one_of_the_two_is_licensed_to_issue() {
	run(|| {
		let unlicensed = DispatchError::from(Error::<Test>::NoneLicensed);
		let paper = paper(1, None);
		for submitter in [RECORDS, REVIEWER, account_of(&head())] {
			let word = paper_word(&clerk(), PaperAct::Issue(paper), &submitter);
			assert_noop!(issue_with(submitter, paper, word), unlicensed);
		}
		let word = paper_word(&clerk(), PaperAct::Issue(paper), &PHARMACIST);
		assert_ok!(issue_with(PHARMACIST, paper, word));
		// To take it back needs none.
		let act = PaperAct::Revoke { chart: CHART, id: directive(1) };
		let word = paper_word(&clerk(), act, &RECORDS);
		let by = RuntimeOrigin::signed(RECORDS);
		assert_ok!(Consent::end_directive_on_paper(by, directive(1), word));
	});
}

/// A patient without a phone takes back what they signed also while the house may not practise.
#[test]
fn ends_while_the_house_is_suspended() {
	run(|| {
		assert_ok!(two_issue(1, None));
		suspend_houses();
		strike(CLINICIAN);
		assert_noop!(two_issue(2, None), Error::<Test>::NotAuthorised);
		assert_ok!(two_end(1));
		assert_eq!(state(1), Some(DirectiveState::Revoked));
	});
}

#[test]
fn fails_when_anything_else_was_signed() {
	run(|| {
		let signed = paper(1, None);
		assert_ok!(two_issue(8, None));
		let word = || paper_word(&clerk(), PaperAct::Issue(signed), &CLINICIAN);
		let bad = DispatchError::from(Error::<Test>::InvalidSignature);
		let others = [
			PaperDirective { chart: OTHER_CHART, ..signed },
			PaperDirective { id: directive(2), ..signed },
			PaperDirective { seal: seal(2), ..signed },
			PaperDirective { replaces: Some(directive(8)), ..signed },
			PaperDirective { paper: seal(2), ..signed },
		];
		for other in others {
			assert_noop!(issue_with(CLINICIAN, other, word()), bad);
		}
		assert_noop!(issue_with(PHARMACIST, signed, word()), bad);
		let later = PaperWordOf { expires: word().expires + 1, ..word() };
		assert_noop!(issue_with(CLINICIAN, signed, later), bad);
		let by_another = PaperWordOf { witness: RECORDS.into(), ..word() };
		assert_noop!(issue_with(CLINICIAN, signed, by_another), bad);
		assert_noop!(
			issue_with(CLINICIAN, signed, PaperWordOf { signature: forged(), ..word() }),
			bad
		);
		// Who signed to issue did not sign to end.
		let end =
			Consent::end_directive_on_paper(RuntimeOrigin::signed(CLINICIAN), directive(8), word());
		assert_eq!(end, Err(bad));
		// Of another chain, or another form.
		let sign = |statement: PaperStatement| {
			let signature = clerk().sign(&statement.signable()[0]).into();
			issue_with(CLINICIAN, signed, PaperWordOf { signature, ..word() })
		};
		let genesis = System::block_hash(0).0;
		let good = word().statement(genesis, PaperAct::Issue(signed), CLINICIAN.into());
		assert_eq!(good.domain, PAPER_DOMAIN);
		assert_noop!(sign(PaperStatement { genesis: [9; 32], ..good }), bad);
		assert_noop!(sign(PaperStatement { domain: *b"salus/guard-act1", ..good }), bad);
		assert_ok!(sign(good));
	});
}

#[test]
fn fails_when_the_word_is_out_of_time() {
	run(|| {
		let paper = paper(1, None);
		let issue = |expires| {
			let word = paper_word_until(&clerk(), PaperAct::Issue(paper), &CLINICIAN, expires);
			issue_with(CLINICIAN, paper, word)
		};
		assert_noop!(issue(NOW), Error::<Test>::PaperExpired);
		let long = Error::<Test>::PaperValidTooLong;
		assert_noop!(issue(NOW + MAX_PAPER_VALIDITY + 1), long);
		assert_ok!(issue(NOW + MAX_PAPER_VALIDITY));
	});
}

#[test]
fn fails_on_charts_that_are_not_there_or_not_active() {
	run(|| {
		assert_ok!(two_issue(1, None));
		let unknown = PaperDirective { chart: ChartId([9; 32]), ..paper(2, None) };
		let word = paper_word(&clerk(), PaperAct::Issue(unknown), &CLINICIAN);
		assert_noop!(issue_with(CLINICIAN, unknown, word), Error::<Test>::ChartUnknown);
		assert_noop!(two_end(9), Error::<Test>::NotFound);
		for state in [ChartState::Deactivated, ChartState::Deceased] {
			set_chart_state(state);
			assert_noop!(two_issue(2, None), Error::<Test>::ChartNotActive);
			assert_noop!(two_end(1), Error::<Test>::ChartNotActive);
		}
		// The patient ends it in every state.
		assert_ok!(revoke(1));
	});
}

#[test]
fn an_id_is_of_whoever_issued_it() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(guard_issues(MOTHER, 2, None));
		assert_ok!(two_issue(3, None));
		let taken = DispatchError::from(Error::<Test>::AlreadyExists);
		assert_noop!(two_issue(1, None), taken);
		assert_noop!(two_issue(2, None), taken);
		assert_noop!(issue(3, None), taken);
		assert_noop!(guard_issues(MOTHER, 3, None), taken);
		// Nor do two others take the place of those who stood for it.
		let paper = paper(3, None);
		let word = paper_word(&clerk(), PaperAct::Issue(paper), &PHARMACIST);
		assert_noop!(issue_with(PHARMACIST, paper, word), taken);
	});
}

#[test]
fn paper_ends_paper_alone() {
	run(|| {
		assert_ok!(issue(1, None));
		assert_ok!(guard_issues(MOTHER, 2, None));
		assert_ok!(two_issue(3, None));
		let not_paper = DispatchError::from(Error::<Test>::NotOnPaper);
		for another in [1, 2] {
			assert_noop!(two_end(another), not_paper);
			assert_noop!(two_issue(9, Some(another)), not_paper);
		}
		assert_noop!(two_issue(9, Some(8)), Error::<Test>::ReplacedNotActive);
		assert_ok!(two_issue(4, Some(3)));
		assert_eq!(state(3), Some(DirectiveState::Superseded));
		// Not by the two who issued it.
		let act = PaperAct::Revoke { chart: CHART, id: directive(4) };
		let word = paper_word(&head(), act, &PHARMACIST);
		let by = RuntimeOrigin::signed(PHARMACIST);
		assert_ok!(Consent::end_directive_on_paper(by, directive(4), word));
		System::assert_last_event(
			Event::DirectiveRevoked { chart: CHART, directive: directive(4) }.into(),
		);
		assert_eq!(active(), [1, 2]);
	});
}

#[test]
fn to_end_takes_two_as_well() {
	run(|| {
		assert_ok!(two_issue(1, None));
		let act = PaperAct::Revoke { chart: CHART, id: directive(1) };
		let end = |submitter: AccountId32, witness: &ed25519::Pair| {
			let word = paper_word(witness, act, &submitter);
			Consent::end_directive_on_paper(RuntimeOrigin::signed(submitter), directive(1), word)
		};
		assert_noop!(end(SURGEON, &clerk()), Error::<Test>::NotAuthorised);
		assert_noop!(end(CLINICIAN, &visitor()), Error::<Test>::WitnessNotAuthorised);
		assert_noop!(end(CLINICIAN, &alias()), Error::<Test>::SameWitness);
		assert_noop!(end(account_of(&clerk()), &clerk()), Error::<Test>::SameWitness);
		assert_ok!(end(CLINICIAN, &clerk()));
	});
}

#[test]
fn patient_and_overruling_guardian_end_paper() {
	run(|| {
		for n in 1..=6 {
			assert_ok!(two_issue(n, None));
		}
		assert_ok!(revoke(1));
		assert_ok!(mark(2));
		assert_ok!(issue(11, Some(3)));
		// It is the patient's word to a guardian.
		assert_noop!(guard_revokes(MOTHER, 4), Error::<Test>::NotTheGuardiansToEnd);
		assert_ok!(guard_revokes(ATTORNEY, 4));
		assert_ok!(guard_issues(ATTORNEY, 12, Some(5)));
		assert_eq!(active(), [6, 11, 12]);
	});
}

#[test]
fn paper_leaves_the_others_room() {
	run(|| {
		for n in 0..16 {
			assert_ok!(two_issue(n, None));
		}
		let full = DispatchError::from(Error::<Test>::TooManyOnPaper);
		assert_noop!(two_issue(16, None), full);
		// To replace one, or to end it, makes room.
		assert_ok!(two_issue(16, Some(0)));
		assert_ok!(two_end(16));
		assert_ok!(two_issue(17, None));
		// Guardians share the rest of 48 with it, and the patient has theirs.
		let four = [MOTHER, FATHER, PROXY, PROXY + 1];
		for n in 20..52 {
			assert_ok!(guard_issues(four[usize::from(n - 20) / 8], n, None));
		}
		assert_noop!(guard_issues(PROXY + 2, 52, None), Error::<Test>::TooManyOfGuardians);
		assert_ok!(two_end(1));
		assert_ok!(guard_issues(PROXY + 2, 52, None));
		assert_noop!(two_issue(53, None), full);
		for n in 60..76 {
			assert_ok!(issue(n, None));
		}
		assert_noop!(issue(76, None), Error::<Test>::TooManyDirectives);
	});
}

#[test]
fn the_bound_of_the_list_holds() {
	run(|| {
		for n in 0..64 {
			assert_ok!(issue(n, None));
		}
		assert_noop!(two_issue(64, None), Error::<Test>::TooManyDirectives);
	});
}

#[test]
fn fails_when_the_sequence_is_full() {
	new_test_ext().execute_with(|| {
		DirectiveCounts::<Test>::insert(CHART, u32::MAX);
		assert_noop!(two_issue(1, None), Error::<Test>::SequenceFull);
	});
}
