//! What writes that go to the chain in batches share: when the next batch goes, in which order, what
//! became of those that nobody waited for, and for how long a caller wants to wait.

use crate::{
	clock::now,
	errors::{Error, Result},
};
use axum::http::HeaderMap;
use salus_client::vault_api::{ErrorBody, PREFER_HEADER};
use salus_primitives::time::Moment;
use std::{
	collections::{HashMap, HashSet, VecDeque},
	hash::Hash,
	sync::{Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::time::Instant;

/// How long more is waited for where batches go at once.
const GATHER: Duration = Duration::from_millis(10);
/// Refusals that are remembered for whoever asks.
const REMEMBERED: usize = 4096;

/// When batches go.
#[derive(Clone, Copy)]
pub(crate) struct Rhythm {
	interval: Duration,
	begun: Instant,
	begun_at: Moment,
}

impl Rhythm {
	/// A batch every `interval` from now on; with an interval of zero, at once.
	pub(crate) fn every(interval: Duration) -> Self {
		Self { interval, begun: Instant::now(), begun_at: now() }
	}

	/// Time between two batches.
	pub(crate) fn interval(&self) -> Duration {
		self.interval
	}

	/// From the beginning to the next batch.
	fn until_next(&self) -> Duration {
		let elapsed = self.begun.elapsed();
		match elapsed.as_millis().checked_div(self.interval.as_millis()) {
			None => elapsed,
			Some(gone) => {
				let ticks = u32::try_from(gone).unwrap_or(u32::MAX).saturating_add(1);
				self.interval.saturating_mul(ticks)
			},
		}
	}

	/// When the next batch goes, by the vault's clock.
	pub(crate) fn next(&self) -> Moment {
		let ahead = self.until_next().as_millis().try_into().unwrap_or(Moment::MAX);
		self.begun_at.saturating_add(ahead)
	}

	/// Waits until a batch goes.
	pub(crate) async fn tick(&self) {
		if self.interval.is_zero() {
			tokio::time::sleep(GATHER).await;
		} else {
			tokio::time::sleep_until(self.begun + self.until_next()).await;
		}
	}
}

/// What became of things that were taken.
pub(crate) struct Fates<K> {
	inner: Mutex<Known<K>>,
}

struct Known<K> {
	waiting: HashSet<K>,
	refused: HashMap<K, ErrorBody>,
	/// Oldest refusal first.
	order: VecDeque<K>,
}

impl<K> Default for Fates<K> {
	fn default() -> Self {
		let known =
			Known { waiting: HashSet::new(), refused: HashMap::new(), order: VecDeque::new() };
		Self { inner: Mutex::new(known) }
	}
}

impl<K: Copy + Eq + Hash> Fates<K> {
	fn known(&self) -> MutexGuard<'_, Known<K>> {
		self.inner.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// It was taken and waits.
	pub(crate) fn wait(&self, key: K) {
		let mut known = self.known();
		known.refused.remove(&key);
		known.waiting.insert(key);
	}

	/// It waits no more, and can be found where it belongs.
	pub(crate) fn settle(&self, key: K) {
		self.known().waiting.remove(&key);
	}

	/// It was refused. The newest refusals are remembered, until the vault ends.
	pub(crate) fn refuse(&self, key: K, why: ErrorBody) {
		let mut known = self.known();
		known.waiting.remove(&key);
		if known.refused.insert(key, why).is_none() {
			known.order.push_back(key);
		}
		while known.order.len() > REMEMBERED {
			if let Some(oldest) = known.order.pop_front() {
				known.refused.remove(&oldest);
			}
		}
	}

	/// Whether it waits.
	pub(crate) fn waits(&self, key: &K) -> bool {
		self.known().waiting.contains(key)
	}

	/// Why it was refused, if it was.
	pub(crate) fn refusal(&self, key: &K) -> Option<ErrorBody> {
		self.known().refused.get(key).cloned()
	}
}

/// What a caller is answered.
pub(crate) enum Answer<T> {
	/// It is done.
	Done(T),
	/// It waits for the batch of this moment.
	Waits(Moment),
}

/// For how long a caller waits: `prefer: respond-async, wait=60` (RFC 7240).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preference {
	/// Whether the caller takes the answer that it waits.
	pub(crate) respond_async: bool,
	/// For how long to wait before that.
	pub(crate) wait: Option<Duration>,
}

impl Preference {
	/// Reads the header; what is unknown in it is left out, as the standard has it.
	pub(crate) fn of(headers: &HeaderMap) -> Self {
		let mut preference = Self::default();
		let values = headers.get_all(PREFER_HEADER).iter().filter_map(|value| value.to_str().ok());
		for token in values.flat_map(|value| value.split(',')).map(str::trim) {
			if token.eq_ignore_ascii_case("respond-async") {
				preference.respond_async = true;
			} else if let Some(seconds) = token.strip_prefix("wait=") {
				preference.wait = seconds.parse().ok().map(Duration::from_secs);
			}
		}
		preference
	}
}

/// Puts things into a random order, in which what is equal under `group` keeps its own: it follows from
/// the order of arrival, and leaves say nothing of their group. Without random bytes nothing changes.
pub(crate) fn shuffle<T, G: Eq + Hash>(things: &mut Vec<T>, group: impl Fn(&T) -> G) -> Result<()> {
	let mut order: Vec<usize> = (0..things.len()).collect();
	for last in (1..order.len()).rev() {
		let mut bytes = [0; 8];
		getrandom::fill(&mut bytes)
			.map_err(|_| Error::Internal("the operating system gave no random bytes".into()))?;
		let among = last as u64 + 1;
		// The bias of a remainder of 64 bits is beyond notice.
		let other = usize::try_from(u64::from_le_bytes(bytes) % among).unwrap_or(last);
		order.swap(last, other);
	}
	let groups: Vec<G> = things.iter().map(&group).collect();
	let mut queues: HashMap<&G, VecDeque<T>> = HashMap::new();
	for (thing, group) in things.drain(..).zip(&groups) {
		queues.entry(group).or_default().push_back(thing);
	}
	let places = order.iter().filter_map(|place| groups.get(*place));
	things.extend(places.filter_map(|group| queues.get_mut(group).and_then(VecDeque::pop_front)));
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn batches_go_at_their_ticks() {
		let interval = Duration::from_millis(200);
		let rhythm = Rhythm::every(interval);
		let first = rhythm.next();
		assert!(first <= rhythm.begun_at + 200);
		rhythm.tick().await;
		assert!(rhythm.begun.elapsed() >= interval);
		assert!(rhythm.next() >= first + 200);
		// Ticks do not drift with what is done between them.
		tokio::time::sleep(Duration::from_millis(30)).await;
		assert_eq!((rhythm.next() - rhythm.begun_at) % 200, 0);
		let at_once = Rhythm::every(Duration::ZERO);
		let began = Instant::now();
		at_once.tick().await;
		assert!(began.elapsed() < interval);
	}

	#[test]
	fn fates_are_told_once_they_are_known() {
		let why = |code: &str| ErrorBody { code: code.into(), message: "no".into(), reason: None };
		let fates = Fates::default();
		fates.wait(1u32);
		assert!(fates.waits(&1) && fates.refusal(&1).is_none());
		fates.refuse(1, why("chain-refused"));
		assert!(!fates.waits(&1));
		assert_eq!(fates.refusal(&1).unwrap().code, "chain-refused");
		// Sent again, it waits again.
		fates.wait(1);
		assert!(fates.refusal(&1).is_none());
		fates.settle(1);
		assert!(!fates.waits(&1));
		for key in 0..=REMEMBERED as u32 {
			fates.refuse(key, why("chain-refused"));
		}
		assert!(fates.known().refused.len() <= REMEMBERED + 1);
	}

	#[test]
	fn callers_say_how_long_they_wait() {
		let of = |values: &[&str]| {
			let mut headers = HeaderMap::new();
			for value in values {
				headers.append(PREFER_HEADER, value.parse().unwrap());
			}
			Preference::of(&headers)
		};
		let wait = Some(Duration::from_secs(60));
		assert_eq!(of(&[]), Preference { respond_async: false, wait: None });
		assert_eq!(of(&["respond-async"]), Preference { respond_async: true, wait: None });
		assert_eq!(of(&["Respond-Async, wait=60"]), Preference { respond_async: true, wait });
		assert_eq!(of(&["wait=60", "other; a=b"]), Preference { respond_async: false, wait });
		assert_eq!(of(&["wait=soon"]), Preference::default());
	}

	#[test]
	fn shuffling_keeps_the_order_within_a_group() {
		let things: Vec<(u32, u32)> = (0..90).map(|n| (n % 3, n)).collect();
		let mut seen = HashSet::new();
		for _ in 0..8 {
			let mut shuffled = things.clone();
			shuffle(&mut shuffled, |thing| thing.0).unwrap();
			for group in 0..3 {
				let of: Vec<_> = shuffled.iter().filter(|thing| thing.0 == group).collect();
				assert_eq!(of.len(), 30);
				assert!(of.is_sorted());
			}
			seen.insert(shuffled.iter().map(|thing| thing.0).collect::<Vec<_>>());
		}
		assert_eq!(seen.len(), 8, "the order is another each time");
	}
}
