//! The vault's own clock and random numbers.

use crate::errors::{Error, Result};
use salus_client::vault_api::{Head, MAX_HEAD_AGE};
use salus_primitives::time::Moment;
use std::time::{SystemTime, UNIX_EPOCH};

/// A day in milliseconds.
pub(crate) const DAY: Moment = 24 * 60 * 60 * 1000;

/// Milliseconds since 1970.
pub(crate) fn now() -> Moment {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	since.as_millis().try_into().unwrap_or(Moment::MAX)
}

/// How far the head trails the clock, if that is too far to decide by.
pub(crate) fn too_old(head: &Head, now: Moment) -> Option<Moment> {
	Some(now.saturating_sub(head.at)).filter(|age| *age > MAX_HEAD_AGE)
}

/// Fresh random bytes.
pub(crate) fn random() -> Result<[u8; 32]> {
	let mut bytes = [0; 32];
	getrandom::fill(&mut bytes)
		.map_err(|_| Error::Internal("the operating system gave no random bytes".into()))?;
	Ok(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_head_may_be_ten_seconds_old() {
		let head = Head { number: 1, hash: [0; 32], at: 5_000 };
		assert_eq!(too_old(&head, 15_000), None);
		assert_eq!(too_old(&head, 15_001), Some(10_001));
		// A block's time may lie a little ahead of ours.
		assert_eq!(too_old(&head, 4_000), None);
	}
}
