//! What is known for a while, so that nobody has it asked for at every request.

use std::{
	future::Future,
	sync::{PoisonError, RwLock},
	time::Duration,
};
use tokio::{sync::Mutex, time::Instant};

/// A value that is good for a while, for what must not be asked at every request.
pub(crate) struct Cached<T> {
	seen: RwLock<Option<(Instant, T)>>,
	asking: Mutex<()>,
}

impl<T: Copy> Cached<T> {
	pub(crate) fn new() -> Self {
		Self { seen: RwLock::new(None), asking: Mutex::new(()) }
	}

	/// The value, asked for if the last one is older than `age`. Of several who wait, one asks.
	pub(crate) async fn get(&self, age: Duration, ask: impl Future<Output = T>) -> T {
		if let Some(value) = self.fresh(age) {
			return value;
		}
		let _asking = self.asking.lock().await;
		if let Some(value) = self.fresh(age) {
			return value;
		}
		let value = ask.await;
		let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
		*seen = Some((Instant::now(), value));
		value
	}

	fn fresh(&self, age: Duration) -> Option<T> {
		let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
		seen.as_ref().filter(|(at, _)| at.elapsed() < age).map(|(_, value)| *value)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn is_asked_for_once_in_a_while() {
		let cached = Cached::new();
		let long = Duration::from_secs(3_600);
		assert_eq!(cached.get(long, async { 1 }).await, 1);
		assert_eq!(cached.get(long, async { 2 }).await, 1);
		assert_eq!(cached.get(Duration::ZERO, async { 2 }).await, 2);
	}
}
