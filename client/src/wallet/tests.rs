//! What a wallet keeps and gives.

use super::*;
use crate::vault_api::ChartKey;
use salus_primitives::{
	codes::{
		Action, Actions, Categories, GrantorBasis, Obligations, Purpose, Purposes, Rule, Strength,
	},
	directive::{Grantee, Scope},
	time::Period,
};

const GENESIS: [u8; 32] = [3; 32];

fn passphrase() -> Passphrase {
	Passphrase::new("p".into()).unwrap()
}

fn wallet() -> (tempfile::TempDir, Wallet) {
	let folder = tempfile::tempdir().unwrap();
	let wallet = Wallet::create(folder.path().join("wallet.json"), &passphrase()).unwrap();
	(folder, wallet)
}

fn terms() -> DirectiveTerms {
	DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(2, 2),
		scope: Scope::default(),
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		period: Period { from: 0, until: Some(10) },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	}
}

#[test]
fn charts_share_nothing() {
	let (_folder, mut wallet) = wallet();
	let first = wallet.new_chart(GENESIS, 1, 1_000).unwrap();
	let second = wallet.new_chart(GENESIS, 2, 1_000).unwrap();
	let elsewhere = wallet.new_chart([4; 32], 1, 1_000).unwrap();
	assert_eq!(wallet.charts().len(), 3);
	for (one, other) in [(&first, &second), (&first, &elsewhere), (&second, &elsewhere)] {
		assert_ne!(one.statement.key, other.statement.key);
		assert_ne!(one.statement.chart, other.statement.chart);
		assert_ne!(one.encryption_key.key, other.encryption_key.key);
	}
}

#[test]
fn statements_are_signed_by_the_charts_key() {
	let (_folder, mut wallet) = wallet();
	let enrol = wallet.new_chart(GENESIS, 1, 1_000).unwrap();
	let statement = &enrol.statement;
	assert_eq!((statement.genesis, statement.custodian), (GENESIS, 1));
	assert_eq!(statement.expires, 1_000);
	assert!(enrol.signature.verify_any(&statement.signable(), &statement.key));
	let chart = wallet.chart_at(&GENESIS, 1).unwrap();
	assert_eq!(chart.chart, statement.chart);
	let parties = (GENESIS, 1u32, statement.key);
	assert_eq!(derive_id(IdDomain::Chart, &parties, &chart.salt), statement.chart.0);
	let word = enrol.encryption_key;
	assert_eq!(wallet.identity(chart).unwrap().encryption().public(), word.key);
	assert!(word.is_vouched_for(&GENESIS, &statement.chart, &statement.key));
	assert!(!word.is_vouched_for(&[4; 32], &statement.chart, &statement.key));
	let swapped = ChartKey { key: [9; 32], ..word };
	assert!(!swapped.is_vouched_for(&GENESIS, &statement.chart, &statement.key));
}

#[test]
fn a_second_statement_is_for_the_same_chart() {
	let (_folder, mut wallet) = wallet();
	let first = wallet.new_chart(GENESIS, 1, 1_000).unwrap();
	let second = wallet.new_chart(GENESIS, 1, 2_000).unwrap();
	assert_eq!(first.statement.chart, second.statement.chart);
	assert_eq!(second.statement.expires, 2_000);
	assert_eq!(wallet.charts().len(), 1);
}

#[test]
fn the_phrase_brings_the_charts_back() {
	let (folder, mut wallet) = wallet();
	let enrol = wallet.new_chart(GENESIS, 1, 1_000).unwrap();
	let phrase = wallet.phrase();
	assert_eq!(phrase.split(' ').count(), 24);
	let path = folder.path().join("restored.json");
	let mut restored = Wallet::restore(path, &passphrase(), &phrase).unwrap();
	let again = restored.new_chart(GENESIS, 1, 1_000).unwrap();
	assert_eq!(again.statement, enrol.statement);
	assert_eq!(again.encryption_key.key, enrol.encryption_key.key);
}

#[test]
fn wrong_phrases_are_refused() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("wallet.json");
	for phrase in ["", "not words", &"abandon ".repeat(24), subxt_signer::DEV_PHRASE] {
		let error = Wallet::restore(&path, &passphrase(), phrase).unwrap_err();
		assert_eq!(error.code(), "bad-phrase", "{phrase}");
	}
	assert!(!path.exists());
}

#[test]
fn everything_is_kept() {
	let (folder, mut wallet) = wallet();
	let chart = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	wallet.set_endpoint(&chart, "http://127.0.0.1:1").unwrap();
	let issued = wallet.issue(&chart, terms(), None, None).unwrap();
	let other = wallet.issue(&chart, terms(), Some(issued.id), None).unwrap();
	assert_ne!(issued.id, other.id);
	assert_ne!(issued.opening.seal(), other.opening.seal());
	wallet.mark_delivered(&issued.id).unwrap();
	let opening = Opening {
		terms: RequestTerms {
			chart,
			practitioner: 2,
			organisation: 2,
			custodian: None,
			categories: Categories::all(),
			actions: Actions::of(&[Action::Access]),
			purpose: Purpose::Treatment,
			period: Period { from: 0, until: None },
		},
		salt: Salt([1; 32]),
	};
	let code = Some(RendezvousCode([9; 16]));
	let seen = SeenRequest { id: RequestId([8; 32]), chart, opening, approved: Some(true), code };
	wallet.remember_request(seen.clone()).unwrap();
	// Neither an answer nor a code is forgotten.
	let anew = SeenRequest { approved: None, code: None, ..seen.clone() };
	wallet.remember_request(anew).unwrap();

	let read = Wallet::open(folder.path().join("wallet.json"), &passphrase()).unwrap();
	assert_eq!(read.charts(), wallet.charts());
	assert_eq!(read.chart(&chart).unwrap().endpoint.as_deref(), Some("http://127.0.0.1:1"));
	assert_eq!(read.directives(), [IssuedDirective { delivered: true, ..issued }, other]);
	assert_eq!(read.requests(), [seen]);
	// A wallet opens a rendezvous the same way each time, and another wallet otherwise.
	let code = RendezvousCode([9; 16]);
	let shown = wallet.at_rendezvous(&[1; 32], &code);
	assert_eq!(read.at_rendezvous(&[1; 32], &code), shown);
	assert_ne!(read.at_rendezvous(&[2; 32], &code).attempt, shown.attempt);
	let other = Wallet::create(folder.path().join("other.json"), &passphrase()).unwrap();
	assert_ne!(other.at_rendezvous(&[1; 32], &code).attempt, shown.attempt);
	assert_eq!(read.phrase(), wallet.phrase());
}

#[test]
fn two_programs_lose_nothing_of_each_other() {
	let (folder, mut one) = wallet();
	let mut other = Wallet::open(folder.path().join("wallet.json"), &passphrase()).unwrap();
	let chart = one.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	assert_eq!(other.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart, chart);
	other.new_chart(GENESIS, 2, 1_000).unwrap();
	one.issue(&chart, terms(), None, None).unwrap();
	assert_eq!((one.charts().len(), one.directives().len()), (2, 1));
}

#[test]
fn keys_follow_each_other_and_none_comes_twice() {
	let (folder, mut wallet) = wallet();
	let chart = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	let first = wallet.identity(wallet.chart(&chart).unwrap()).unwrap().public();
	let second = wallet.rotation(&chart, 5).unwrap();
	let third = wallet.rotation(&chart, 5).unwrap();
	assert!(first.account != second.key && second.key != third.key);
	let statement = KeyStatement {
		domain: ROTATION_DOMAIN,
		genesis: GENESIS,
		custodian: 1,
		chart,
		key: third.key,
		expires: 5,
	};
	assert!(third.signature.verify_any(&statement.signable(), &third.key));
	// What is on chain decides; the encryption key stays.
	assert!(wallet.follow_key(&chart, &third.key).unwrap());
	let now = wallet.identity(wallet.chart(&chart).unwrap()).unwrap().public();
	assert_eq!((now.account, now.encryption_key), (third.key, first.encryption_key));
	assert!(!wallet.follow_key(&chart, &[9; 32]).unwrap());

	// The phrase alone finds the key again.
	let path = folder.path().join("restored.json");
	let mut restored = Wallet::restore(path, &passphrase(), &wallet.phrase()).unwrap();
	restored.new_chart(GENESIS, 1, 1_000).unwrap();
	assert!(restored.follow_key(&chart, &third.key).unwrap());
	assert_ne!(restored.rotation(&chart, 5).unwrap().key, third.key);
}

#[test]
fn a_chart_comes_to_another_wallet_by_rekeying() {
	let (_folder, mut lost) = wallet();
	let chart = lost.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	let (_other, mut new) = wallet();
	let first = new.rekeying(GENESIS, 1, &chart, 5).unwrap();
	let second = new.rekeying(GENESIS, 1, &chart, 5).unwrap();
	assert_ne!(first.key, second.key);
	assert!(new.follow_key(&chart, &second.key).unwrap());
	assert_eq!(new.chart_at(&GENESIS, 1).unwrap().chart, chart);
	// Its backup brings it back, though its id does not follow from the words.
	let backup = new.backup().unwrap();
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("again.json");
	let mut again = Wallet::restore(path, &passphrase(), &new.phrase()).unwrap();
	again.absorb(&backup).unwrap();
	assert_eq!(again.chart(&chart).unwrap(), new.chart(&chart).unwrap());
}

#[test]
fn a_word_takes_no_chart_over_before_its_key_acts() {
	let (_folder, mut wallet) = wallet();
	let own = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	let other = ChartId([7; 32]);
	let word = wallet.rekeying(GENESIS, 1, &other, 5).unwrap();
	assert_eq!(wallet.chart_at(&GENESIS, 1).unwrap().chart, own);
	// Another key acts for it still.
	assert!(!wallet.follow_key(&other, &[9; 32]).unwrap());
	assert!(wallet.chart(&other).unwrap().pending);
	assert!(wallet.follow_key(&other, &word.key).unwrap());
	assert_eq!(wallet.chart_at(&GENESIS, 1).unwrap().chart, other);
	// A further chart shares nothing with the two.
	let third = wallet.make_another_chart(GENESIS, 1).unwrap();
	assert_eq!(third.index, 2);
	assert_eq!(wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart, third.chart);
}

#[test]
fn the_phrase_finds_a_key_after_many_rotations() {
	let (folder, mut wallet) = wallet();
	let chart = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	let keys: Vec<_> = (0..17).map(|_| wallet.rotation(&chart, 5).unwrap().key).collect();
	let path = folder.path().join("restored.json");
	let mut restored = Wallet::restore(path, &passphrase(), &wallet.phrase()).unwrap();
	restored.new_chart(GENESIS, 1, 1_000).unwrap();
	assert!(restored.follow_key(&chart, keys.last().unwrap()).unwrap());
}

#[test]
fn the_guard_that_holds_is_kept_until_another_does() {
	use salus_primitives::{
		codes::{Powers, Relation},
		guardian::GuardianTerms,
	};
	let (_folder, mut wallet) = wallet();
	let chart = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	let elsewhere = wallet.new_chart(GENESIS, 2, 1_000).unwrap().statement.chart;
	let guard = |chart, key| {
		let relation = Relation::Proxy;
		let powers = Powers::all();
		let terms = GuardianTerms { chart, key: [key; 32], relation, powers, until: None };
		WalletGuard::new(&[terms]).unwrap()
	};
	let holds = guard(chart, 1);
	let root = holds.root().unwrap();
	wallet.add_guard(&chart, holds.clone()).unwrap();
	wallet.settle_guard(&chart, Some(&root)).unwrap();
	// One that never came to the chain takes nothing away.
	wallet.add_guard(&chart, guard(chart, 2)).unwrap();
	assert!(wallet.chart(&chart).unwrap().guards.contains(&holds));
	wallet.settle_guard(&chart, Some(&root)).unwrap();
	assert_eq!(wallet.chart(&chart).unwrap().guards, [holds]);
	// The same guardian's key on another chart would join the two.
	let error = wallet.add_guard(&elsewhere, guard(elsewhere, 1)).unwrap_err();
	assert_eq!(error.code(), "guardian-of-another-chart");
	wallet.settle_guard(&chart, None).unwrap();
	assert!(wallet.chart(&chart).unwrap().guards.is_empty());
}

#[test]
fn strangers_are_not_found() {
	let (_folder, mut wallet) = wallet();
	assert_eq!(wallet.chart_at(&GENESIS, 1).unwrap_err().code(), "not-found");
	let error = wallet.issue(&ChartId([9; 32]), terms(), None, None).unwrap_err();
	assert_eq!(error.code(), "not-found");
	let error = wallet.mark_delivered(&DirectiveId([9; 32])).unwrap_err();
	assert_eq!(error.code(), "not-found");
}
