use super::*;
use codec::{Decode, Encode};
use frame_support::weights::constants::WEIGHT_REF_TIME_PER_SECOND;
use salus_primitives::{
	codes::ChartState,
	directory::{ChartDirectory, ChartKeys, Enrolment},
	enrolment::{EnrolmentStatement, MAX_ENROLMENT_VALIDITY},
	ids::ChartId,
};
use sp_core::{ed25519, Pair};
use sp_runtime::MultiSignature;

fn enrol(entries: EnrolmentBatch) -> DispatchResult {
	PatientIdentity::enrol_charts(RuntimeOrigin::signed(RECORDS), HOUSE, entries)
}

fn one(entry: (EnrolmentStatement, MultiSignature)) -> EnrolmentBatch {
	vec![entry].try_into().unwrap()
}

/// Enrols the first chart by its statement after this change.
fn changed(change: impl FnOnce(&mut EnrolmentStatement)) -> EnrolmentBatch {
	let mut statement = statement(1);
	change(&mut statement);
	one(signed(1, statement))
}

#[test]
fn works() {
	run(|| {
		assert_ok!(enrol(entries([1, 2])));

		let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
		let enrolled = events
			.into_iter()
			.filter(|event| matches!(event, RuntimeEvent::PatientIdentity(_)))
			.collect::<Vec<_>>();
		let expected = [1, 2]
			.map(|n| Event::ChartEnrolled { custodian: HOUSE, chart: ChartId([n; 32]) }.into());
		assert_eq!(enrolled, expected);

		let key: [u8; 32] = key(1).public().0;
		let facts = PatientIdentity::chart(&ChartId([1; 32])).unwrap();
		assert_eq!((facts.chart, facts.custodian), (ChartId([1; 32]), HOUSE));
		assert_eq!((facts.key, facts.state), (key, ChartState::Active));
		assert!(facts.directives.is_empty());
		assert!(Gate::is_enrolled(&key.into()));
		assert_eq!(PatientIdentity::chart_of_key(key), Some(ChartId([1; 32])));
		assert!(PatientIdentity::is_chart_key(&key.into()));
		assert!(!PatientIdentity::is_chart_key(&RECORDS));
		assert_eq!(PatientIdentity::chart(&ChartId([3; 32])), None);
	});
}

#[test]
fn works_with_what_browser_wallets_sign() {
	run(|| {
		let statement = statement(1);
		let wrapped = [b"<Bytes>".as_slice(), &statement.encode(), b"</Bytes>"].concat();
		let signature = MultiSignature::Sr25519(key(1).sign(&wrapped));
		assert_ok!(enrol(one((statement, signature))));
	});
}

#[test]
fn works_with_ed25519_keys() {
	run(|| {
		let pair = ed25519::Pair::from_seed(&[1; 32]);
		let mut statement = statement(1);
		statement.key = pair.public().0;
		let signature = MultiSignature::Ed25519(pair.sign(&statement.encode()));
		assert_ok!(enrol(one((statement, signature))));
	});
}

#[test]
fn works_with_a_guard_from_the_start() {
	run(|| {
		let root = guard().root();
		assert_ok!(enrol(changed(|statement| statement.guard = Some(root))));
		assert_eq!(Guards::<Test>::get(ChartId([1; 32])), Some(root));
		System::assert_last_event(Event::GuardSet { chart: ChartId([1; 32]) }.into());
	});
}

#[test]
fn takes_a_full_batch_and_no_more() {
	run(|| {
		let most = MAX_ENROLMENTS as u8;
		assert_ok!(enrol(entries(1..=most)));
		assert_eq!(Charts::<Test>::iter().count(), 64);

		let over: Vec<_> = (1..=most + 1).map(|n| signed(n, statement(n))).collect();
		assert!(EnrolmentBatch::decode(&mut &over.encode()[..]).is_err());
	});
}

#[test]
fn weighs_more_the_more_it_enrols() {
	let weight = |entries| <() as WeightInfo>::enrol_charts(entries);
	assert!(weight(2).ref_time() > weight(1).ref_time());
	// A full batch fits into a block of one second with half of it left.
	assert!(weight(MAX_ENROLMENTS).ref_time() < WEIGHT_REF_TIME_PER_SECOND / 2);
}

#[test]
fn fails_when_batch_is_empty() {
	run(|| {
		assert_noop!(enrol(Default::default()), Error::<Test>::EmptyBatch);
	});
}

#[test]
fn fails_when_organisation_is_suspended() {
	run(|| {
		let origin = RuntimeOrigin::signed(RECORDS);
		let batch = changed(|statement| statement.custodian = SUSPENDED);
		assert_noop!(
			PatientIdentity::enrol_charts(origin, SUSPENDED, batch),
			Error::<Test>::NotAuthorised
		);
	});
}

#[test]
fn fails_when_organisation_takes_on_nothing_new() {
	run(|| {
		let origin = RuntimeOrigin::signed(RECORDS);
		let batch = changed(|statement| statement.custodian = RESTRICTED);
		assert_noop!(
			PatientIdentity::enrol_charts(origin, RESTRICTED, batch),
			Error::<Test>::TakesOnNothingNew
		);
	});
}

#[test]
fn fails_when_statement_says_something_else() {
	run(|| {
		let cases: [(EnrolmentBatch, Error<Test>); 3] = [
			(changed(|statement| statement.domain = *b"salus/enrolment1"), Error::WrongDomain),
			(changed(|statement| statement.genesis = [1; 32]), Error::WrongChain),
			(changed(|statement| statement.custodian = OTHER), Error::WrongCustodian),
		];
		for (batch, error) in cases {
			assert_noop!(enrol(batch), error);
		}
	});
}

#[test]
fn fails_when_expired_or_valid_for_too_long() {
	run(|| {
		let expiring = |expires| changed(|statement| statement.expires = expires);
		assert_noop!(enrol(expiring(NOW)), Error::<Test>::StatementExpired);
		let most = NOW + MAX_ENROLMENT_VALIDITY;
		assert_noop!(enrol(expiring(most + 1)), Error::<Test>::ValidityTooLong);
		assert_noop!(enrol(expiring(u64::MAX)), Error::<Test>::ValidityTooLong);
		assert_ok!(enrol(expiring(NOW + 1)));
	});
}

#[test]
fn fails_when_replayed() {
	run(|| {
		assert_ok!(enrol(entries([1])));
		assert_noop!(enrol(entries([1])), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_chart_is_known_or_named_twice() {
	run(|| {
		assert_ok!(enrol(entries([1])));
		let mut again = statement(2);
		again.chart = ChartId([1; 32]);
		assert_noop!(enrol(one(signed(2, again))), Error::<Test>::AlreadyExists);

		let mut same = statement(3);
		same.chart = ChartId([2; 32]);
		let batch = vec![signed(2, statement(2)), signed(3, same)].try_into().unwrap();
		assert_noop!(enrol(batch), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn fails_when_key_enrolled_before_or_twice() {
	run(|| {
		assert_ok!(enrol(entries([1])));
		let mut second = statement(1);
		second.chart = ChartId([2; 32]);
		assert_noop!(enrol(one(signed(1, second))), Error::<Test>::KeyAlreadyEnrolled);

		let mut same = statement(2);
		same.chart = ChartId([3; 32]);
		let batch = vec![signed(2, statement(2)), signed(2, same)].try_into().unwrap();
		assert_noop!(enrol(batch), Error::<Test>::KeyAlreadyEnrolled);
	});
}

#[test]
fn fails_when_key_belongs_to_staff() {
	run(|| {
		Gate::enrol(&AccountId32::new(key(1).public().0));
		assert_noop!(enrol(entries([1])), Error::<Test>::KeyAlreadyEnrolled);
	});
}

#[test]
fn fails_when_another_key_signed_or_something_else_was_signed() {
	run(|| {
		assert_noop!(enrol(one(signed(2, statement(1)))), Error::<Test>::BadSignature);
		let (_, signature) = signed(1, statement(1));
		let mut other = statement(1);
		other.expires -= 1;
		assert_noop!(enrol(one((other, signature))), Error::<Test>::BadSignature);
	});
}

#[test]
fn enrols_all_or_nothing() {
	run(|| {
		let batch = vec![signed(1, statement(1)), signed(3, statement(2))].try_into().unwrap();
		assert_noop!(enrol(batch), Error::<Test>::BadSignature);
		assert_eq!(Charts::<Test>::iter().count(), 0);
	});
}
