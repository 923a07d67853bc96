//! Limits by a clock that the tests turn.

use super::*;
use governor::clock::FakeRelativeClock;
use std::time::Duration;

fn limit(per_minute: u32, most: usize) -> (Limit<u32, FakeRelativeClock>, FakeRelativeClock) {
	let clock = FakeRelativeClock::default();
	(Limit::with(Quota::per_minute(per(per_minute)), most, clock.clone()), clock)
}

fn wait(refused: Result<()>) -> u64 {
	match refused {
		Err(Error::TooManyRequests { seconds }) => seconds,
		other => panic!("{other:?}"),
	}
}

#[test]
fn who_asks_too_often_is_told_when_to_ask_again() {
	let (limit, clock) = limit(3, 10);
	for _ in 0..3 {
		limit.take(&1).unwrap();
	}
	assert_eq!(wait(limit.take(&1)), 20);
	limit.take(&2).unwrap();
	clock.advance(Duration::from_millis(19_500));
	assert_eq!(wait(limit.take(&1)), 1);
	clock.advance(Duration::from_millis(500));
	limit.take(&1).unwrap();
	assert_eq!(wait(limit.take(&1)), 20);
}

#[test]
fn few_are_remembered_and_those_longest_who_wait() {
	let (limit, clock) = limit(2, 16);
	limit.take(&0).unwrap();
	limit.take(&0).unwrap();
	for other in 1..1_000 {
		clock.advance(Duration::from_millis(1));
		limit.take(&other).unwrap();
		assert!(limit.0.check_key(&0).is_err(), "forgotten after {other}");
	}
	assert!(limit.0.into_state_store().buckets.into_inner().unwrap().len() <= 16);
}

#[test]
fn refusals_are_counted_by_account_and_chart() {
	let limits = Limits::new(&LimitOptions { limit_refusals: per(2), ..LimitOptions::default() });
	let (chart, other) = (ChartId([1; 32]), ChartId([2; 32]));
	for _ in 0..2 {
		limits.refusal([1; 32], chart).unwrap();
	}
	assert!(wait(limits.refusal([1; 32], chart)) > 1_700);
	limits.refusal([1; 32], other).unwrap();
	limits.refusal([2; 32], chart).unwrap();
}

#[test]
fn changes_are_counted_by_chart() {
	let limits = Limits::new(&LimitOptions { limit_changes: per(2), ..LimitOptions::default() });
	let (chart, other) = (ChartId([1; 32]), ChartId([2; 32]));
	for _ in 0..2 {
		limits.change(chart).unwrap();
	}
	assert!(wait(limits.change(chart)) > 1_700);
	limits.change(other).unwrap();
}

#[test]
fn what_is_appended_has_a_tighter_limit() {
	let options =
		LimitOptions { limit_account: per(5), limit_appends: per(2), ..LimitOptions::default() };
	let limits = Limits::new(&options);
	for _ in 0..2 {
		limits.account(Class::Append, [1; 32]).unwrap();
	}
	wait(limits.account(Class::Append, [1; 32]));
	for _ in 0..2 {
		limits.account(Class::Account, [1; 32]).unwrap();
	}
	wait(limits.account(Class::Account, [1; 32]));
}

#[test]
fn only_a_trusted_proxy_names_the_sender() {
	let limits = Limits::new(&LimitOptions {
		trusted_proxy: vec!["10.0.0.1".parse().unwrap()],
		..LimitOptions::default()
	});
	let sender =
		|peer: &str, forwarded| limits.sender(peer.parse().unwrap(), forwarded).to_string();
	assert_eq!(sender("10.0.0.2:9", Some("1.2.3.4")), "10.0.0.2");
	assert_eq!(sender("10.0.0.1:9", Some("6.6.6.6, 1.2.3.4")), "1.2.3.4");
	assert_eq!(sender("[::ffff:10.0.0.1]:9", Some("1.2.3.4:55")), "1.2.3.4");
	assert_eq!(sender("10.0.0.1:9", Some("[2001:db8::1]:55")), "2001:db8::1");
	for unreadable in [None, Some(""), Some("1.2.3.4,"), Some("unknown")] {
		assert_eq!(sender("10.0.0.1:9", unreadable), "10.0.0.1");
	}
}

#[test]
fn a_subscriber_has_one_bucket() {
	let of = |address: &str| subscriber(address.parse().unwrap()).to_string();
	assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
	assert_eq!(of("::ffff:1.2.3.4"), "1.2.3.4");
}
