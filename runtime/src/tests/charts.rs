//! What befalls a chart, on the whole runtime.

use super::{
	chain::{council, next_block, now, pair, run, send, send_as, GENESIS},
	journey::{
		decide, decide_on_guardian, denied, issue, permit, staff, store, Charts, Consents, CHART,
		LAKESIDE, MERCY,
	},
};
use crate::{genesis_presets::account, Runtime};
use codec::Encode;
use frame_support::{assert_err, assert_ok};
use pallet_patient_identity::{Error, NewKeyOf, WordOf};
use salus_primitives::{
	codes::{
		ChartState, GrantorBasis, Jurisdiction, PosthumousRule, Power, Powers, Relation, Role,
		Roles, Rule,
	},
	decision::{Accessor, Basis, Decision, DenyReason},
	directive::DirectiveTerms,
	enrolment::{KeyStatement, REKEYING_DOMAIN, ROTATION_DOMAIN},
	guardian::{Guard, GuardianAct, GuardianStatement, GuardianTerms, ShownGuardian},
	ids::{DirectiveId, Salt, Seal},
	seal::Opening,
	views::Contest,
};
use salus_runtime_api::runtime_decl_for_charts_api::ChartsApiV1;
use sp_core::Pair;
use sp_runtime::DispatchError;

const DIRECTIVE: DirectiveId = DirectiveId([0xe1; 32]);

/// The word of the key `//name` to follow.
fn follow(domain: [u8; 16], name: &str) -> NewKeyOf {
	let key = pair(name);
	let expires = now() + 60_000;
	let statement = KeyStatement {
		domain,
		genesis: GENESIS.0,
		custodian: MERCY,
		chart: CHART,
		key: key.public().0,
		expires,
	};
	let signature = key.sign(&statement.encode()).into();
	NewKeyOf { key: key.public().0, expires, signature }
}

fn guardian(name: &str, relation: Relation, until: Option<u64>) -> Opening<GuardianTerms> {
	let key = pair(name).public().0;
	let powers = Powers::of(&[Power::Consent, Power::Revoke, Power::DisputeDeath]);
	let terms = GuardianTerms { chart: CHART, key, relation, powers, until };
	Opening { terms, salt: Salt([key[0]; 32]) }
}

fn guard(guardians: &[Opening<GuardianTerms>]) -> Guard {
	Guard::new(guardians, &core::array::from_fn(|n| Seal([n as u8; 32]))).unwrap()
}

/// The word for this act of the guardian `//name`.
fn word(guard: &Guard, name: &str, guardian: &Opening<GuardianTerms>, act: GuardianAct) -> WordOf {
	let expires = now() + 60_000;
	let statement = GuardianStatement::new(GENESIS.0, CHART, act, expires);
	WordOf {
		terms: guardian.terms,
		salt: guardian.salt,
		proof: guard.prove(guardian).unwrap(),
		expires,
		signature: pair(name).sign(&statement.encode()).into(),
	}
}

fn permitted(decision: Decision) -> bool {
	matches!(decision, Decision::Permit { .. })
}

#[test]
fn directives_stay_when_the_key_is_rotated() {
	run(|| {
		store();
		let opening = permit();
		issue(DIRECTIVE, &opening);
		let new = follow(ROTATION_DOMAIN, "Patient2");
		assert_ok!(send_as(&pair("Patient"), Charts::rotate_key { chart: CHART, new }));
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		assert!(permitted(decide(surgeon, &[(DIRECTIVE, opening)])));

		let patient = |name| decide(Accessor::Patient { account: account(name).into() }, &[]);
		assert_eq!(patient("Patient"), denied(DenyReason::NotTheChartsKey));
		assert!(permitted(patient("Patient2")));
		let revoke = || Consents::revoke_directive { id: DIRECTIVE };
		let refused = pallet_consent::Error::<Runtime>::NotTheChartsKey;
		assert_err!(send_as(&pair("Patient"), revoke()), refused);
		assert_ok!(send_as(&pair("Patient2"), revoke()));
	});
}

#[test]
fn a_lost_key_is_followed_after_the_delay_unless_it_cancels() {
	run(|| {
		store();
		issue(DIRECTIVE, &permit());
		let new = follow(REKEYING_DOMAIN, "Patient2");
		let start = |new| Charts::start_rekeying { chart: CHART, new };
		assert!(send("Lakeside//Records", start(new.clone())).is_err());
		assert_ok!(send("Mercy//Records", start(new)));
		assert_ok!(send_as(&pair("Patient"), Charts::cancel_rekeying { chart: CHART }));

		assert_ok!(send("Mercy//Records", start(follow(REKEYING_DOMAIN, "Patient3"))));
		let ready = Runtime::chart_view(CHART).unwrap().rekeying.unwrap().ready;
		let complete = Charts::complete_rekeying { chart: CHART };
		while now() < ready {
			assert_err!(send("Mercy//Vault", complete.clone()), Error::<Runtime>::TooEarly);
			next_block();
		}
		assert_ok!(send("Mercy//Vault", complete));
		let facts = Runtime::chart(CHART).unwrap();
		assert_eq!(facts.key, pair("Patient3").public().0);
		assert_eq!(facts.directives.len(), 1);
		// The key that came in through its custodian transacts.
		assert_ok!(send_as(&pair("Patient3"), Consents::revoke_directive { id: DIRECTIVE }));
	});
}

#[test]
fn the_council_lets_a_rekeying_pass_that_a_thief_cancels() {
	run(|| {
		store();
		let start = |name| {
			let new = follow(REKEYING_DOMAIN, name);
			send("Mercy//Records", Charts::start_rekeying { chart: CHART, new })
		};
		let cancel = || Charts::cancel_rekeying { chart: CHART };
		let uphold = |upheld| council(3, Charts::uphold_rekeying { chart: CHART, upheld });
		assert_err!(uphold(true), Error::<Runtime>::NotContested);
		assert_ok!(start("Patient2"));
		assert_ok!(send_as(&pair("Patient"), cancel()));
		assert_ok!(uphold(true));
		let view = || Runtime::chart_view(CHART).unwrap();
		assert_eq!(view().contest, Some(Contest { cancellations: 1, upheld: true }));

		assert_ok!(start("Patient3"));
		assert_err!(send_as(&pair("Patient"), cancel()), Error::<Runtime>::RekeyingUpheld);
		// It was not the patient who stood there: the custodian takes it back.
		assert_ok!(send("Mercy//Records", cancel()));
		assert_ok!(start("Patient4"));
		let ready = view().rekeying.unwrap().ready;
		while now() < ready {
			next_block();
		}
		assert_ok!(send("Mercy//Vault", Charts::complete_rekeying { chart: CHART }));
		assert_eq!(view().facts.key, pair("Patient4").public().0);
		assert_eq!(view().contest, None);
		for name in ["Patient", "Patient2", "Patient3", "Patient4"] {
			assert_eq!(Runtime::chart_of_key(pair(name).public().0), Some(CHART));
		}
		assert_eq!(Runtime::chart_of_key(pair("Patient5").public().0), None);
	});
}

#[test]
fn a_key_is_a_charts_or_staffs_and_never_both() {
	type Houses = pallet_providers::Call<Runtime>;
	run(|| {
		store();
		let roles = Roles::of(&[Role::Logistics]);
		let hire = |name| {
			let account = account(name);
			send("Lakeside", Houses::set_staff { organisation: LAKESIDE, account, roles })
		};
		// The chart's key, one that waits for it, and a former one.
		let charts = DispatchError::from(pallet_providers::Error::<Runtime>::AccountIsAChartsKey);
		assert_err!(hire("Patient"), charts);
		let new = follow(REKEYING_DOMAIN, "Patient2");
		assert_ok!(send("Mercy//Records", Charts::start_rekeying { chart: CHART, new }));
		assert_err!(hire("Patient2"), charts);
		assert_ok!(send("Mercy//Records", Charts::cancel_rekeying { chart: CHART }));
		let new = follow(ROTATION_DOMAIN, "Patient3");
		assert_ok!(send_as(&pair("Patient"), Charts::rotate_key { chart: CHART, new }));
		assert_err!(hire("Patient"), charts);
		// The other way round.
		assert_ok!(hire("Newcomer"));
		let new = follow(ROTATION_DOMAIN, "Newcomer");
		let rotate = Charts::rotate_key { chart: CHART, new };
		assert_err!(send_as(&pair("Patient3"), rotate), Error::<Runtime>::KeyAlreadyEnrolled);
	});
}

#[test]
fn a_mother_without_an_account_consents_until_her_child_is_of_age() {
	run(|| {
		store();
		let of_age = now() + 5_000;
		// As a proxy: a parent's guardianship ends with a year only.
		let mother = guardian("Mother", Relation::Proxy, Some(of_age));
		let father = guardian("Father", Relation::Parent, None);
		let guard = guard(&[mother.clone(), father.clone()]);
		let set = Charts::set_guard { chart: CHART, guard: Some(guard.root()) };
		assert_ok!(send_as(&pair("Patient"), set));

		let mut opening = permit();
		opening.terms.basis = GrantorBasis::Guardian;
		let (id, seal) = (DIRECTIVE, opening.seal());
		let act = GuardianAct::IssueDirective { id, seal, replaces: None };
		let word_of = |name, guardian, act| word(&guard, name, guardian, act);
		let issue = |word| Consents::issue_directive_as_guardian {
			chart: CHART,
			id,
			seal,
			replaces: None,
			word,
		};
		// Another's signature is not hers, and neither is a word for something else.
		let bad = Error::<Runtime>::BadSignature;
		assert_err!(send("Mercy//Records", issue(word_of("Father", &mother, act))), bad);
		let other = GuardianAct::RevokeDirective { id };
		let bad = Error::<Runtime>::BadSignature;
		assert_err!(send("Mercy//Records", issue(word_of("Mother", &mother, other))), bad);
		assert_ok!(send("Mercy//Records", issue(word_of("Mother", &mother, act))));

		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		let permits = [(id, opening.clone())];
		assert_eq!(
			decide(surgeon, &permits),
			Decision::Permit { basis: Basis::Directive(id), obligations: Default::default() }
		);

		// The father disagrees: his deny wins, and she cannot take it back.
		let terms = DirectiveTerms { rule: Rule::Deny, ..opening.terms.clone() };
		let deny = Opening { terms, salt: Salt([3; 32]) };
		let (against, seal) = (DirectiveId([0xe2; 32]), deny.seal());
		let act = GuardianAct::IssueDirective { id: against, seal, replaces: None };
		let word = word_of("Father", &father, act);
		assert_ok!(send(
			"Mercy//Vault",
			Consents::issue_directive_as_guardian {
				chart: CHART,
				id: against,
				seal,
				replaces: None,
				word
			}
		));
		let both = [(id, opening), (against, deny)];
		assert_eq!(decide(surgeon, &both), denied(DenyReason::DirectiveDenies));
		let act = GuardianAct::RevokeDirective { id: against };
		let revoke = |name, guardian| Consents::revoke_directive_as_guardian {
			id: against,
			word: word_of(name, guardian, act),
		};
		assert_err!(
			send("Mercy//Vault", revoke("Mother", &mother)),
			pallet_consent::Error::<Runtime>::NotTheGuardiansToEnd
		);
		assert_ok!(send("Mercy//Vault", revoke("Father", &father)));
		assert!(permitted(decide(surgeon, &permits)));

		while now() < of_age {
			next_block();
		}
		assert_eq!(decide(surgeon, &permits), denied(DenyReason::NothingPermits));
		let act = GuardianAct::RevokeDirective { id };
		let word = word_of("Mother", &mother, act);
		assert_err!(
			send("Mercy//Vault", Consents::revoke_directive_as_guardian { id, word }),
			Error::<Runtime>::GuardianshipOver
		);
	});
}

#[test]
fn a_guardian_without_an_account_reads_until_taken_out() {
	run(|| {
		store();
		let mut mother = guardian("Mother", Relation::Parent, None);
		mother.terms.powers = Powers::of(&[Power::Read]);
		let father = guardian("Father", Relation::Parent, None);
		let both = guard(&[mother.clone(), father.clone()]);
		let set = |root| Charts::set_guard { chart: CHART, guard: Some(root) };
		let shown = |guardian: &Opening<GuardianTerms>| {
			let Opening { terms, salt } = guardian.clone();
			ShownGuardian { terms, salt, proof: both.prove(guardian).unwrap() }
		};
		let reads = |guardian| decide_on_guardian(shown(guardian));
		assert_eq!(reads(&mother), denied(DenyReason::NotAGuardian));
		assert_ok!(send_as(&pair("Patient"), set(both.root())));
		assert!(matches!(reads(&mother), Decision::Permit { basis: Basis::Guardian, .. }));
		assert_eq!(reads(&father), denied(DenyReason::GuardianPowerMissing));
		// The chart is closed to others, not to those who may read as the patient does.
		assert_ok!(send_as(&pair("Patient"), Charts::deactivate { chart: CHART }));
		assert!(matches!(reads(&mother), Decision::Permit { basis: Basis::Guardian, .. }));
		assert_ok!(send_as(&pair("Patient"), set(guard(std::slice::from_ref(&father)).root())));
		assert_eq!(reads(&mother), denied(DenyReason::NotAGuardian));
	});
}

#[test]
fn a_closed_chart_is_open_to_its_house_alone() {
	run(|| {
		store();
		let opening = permit();
		issue(DIRECTIVE, &opening);
		let openings = [(DIRECTIVE, opening)];
		assert_ok!(send_as(&pair("Patient"), Charts::deactivate { chart: CHART }));
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		assert_eq!(decide(surgeon, &openings), denied(DenyReason::ChartDeactivated));
		assert!(permitted(decide(staff("Mercy//DrAdams", MERCY), &openings)));
		let more = Consents::issue_directive {
			chart: CHART,
			id: DirectiveId([0xe2; 32]),
			seal: Seal([1; 32]),
			replaces: None,
		};
		let refused = pallet_consent::Error::<Runtime>::ChartNotActive;
		assert_err!(send_as(&pair("Patient"), more), refused);
		assert_ok!(send_as(&pair("Patient"), Charts::reactivate { chart: CHART }));
		assert!(permitted(decide(surgeon, &openings)));
	});
}

#[test]
fn what_opens_of_the_dead_is_for_the_custodians_jurisdiction() {
	run(|| {
		store();
		let opening = permit();
		issue(DIRECTIVE, &opening);
		let openings = [(DIRECTIVE, opening)];
		let surgeon = staff("Lakeside//DrBrooks", LAKESIDE);
		let report = Charts::report_death { chart: CHART };
		for name in ["Lakeside//DrBrooks", "Mercy//Records", "Mercy//Vault"] {
			assert_err!(send(name, report.clone()), Error::<Runtime>::NotAuthorised);
		}
		assert_ok!(send("Mercy//DrAdams", report));
		assert_eq!(Runtime::chart(CHART).unwrap().state, ChartState::Deceased);
		assert!(permitted(decide(surgeon, &openings)));

		let california = "US-CA".parse::<Jurisdiction>().unwrap();
		let rule = Some(PosthumousRule::Nothing);
		assert_ok!(council(3, Charts::set_posthumous_rule { jurisdiction: california, rule }));
		assert_eq!(decide(surgeon, &openings), denied(DenyReason::ChartDeceased));
		assert!(permitted(decide(staff("Mercy//DrAdams", MERCY), &openings)));

		// Another house disputes nothing; the patient does, and so does a clinician who sees the mistake.
		let dispute = || Charts::dispute_death { chart: CHART };
		assert_err!(send("Lakeside//DrBrooks", dispute()), Error::<Runtime>::NotTheChartsKey);
		assert_ok!(send_as(&pair("Patient"), dispute()));
		assert!(permitted(decide(surgeon, &openings)));
		assert_ok!(send("Mercy//DrAdams", Charts::report_death { chart: CHART }));
		assert_ok!(send("Mercy//DrAdams", dispute()));
		assert!(permitted(decide(surgeon, &openings)));
	});
}
