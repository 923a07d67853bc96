//! Attempts: one name for all requests by which somebody tries to get one record.
//!
//! Whoever asks again, because the connection broke or the vault was restarted, sends the name of the first
//! request in the header [`ATTEMPT_HEADER`]. Each request is decided anew; where it is permitted in the same right,
//! to the same account and for the same record, action and purpose, the chart's log has one line for all of them.

use crate::{error::Result, sealed_file::random};
use core::{fmt, str::FromStr};
use salus_primitives::time::Moment;

/// Header that carries an [`Attempt`]: 32 hexadecimal digits.
pub const ATTEMPT_HEADER: &str = "salus-attempt";

/// How long a vault remembers an attempt's line, from its first release on: 24 hours.
pub const ATTEMPT_VALIDITY: Moment = 24 * 60 * 60 * 1000;

/// The random name of an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Attempt([u8; 16]);

impl Attempt {
	/// A new name.
	///
	/// # Errors
	///
	/// When the operating system gives no random bytes.
	pub fn random() -> Result<Self> {
		let mut bytes = [0; 16];
		random(&mut bytes)?;
		Ok(Self(bytes))
	}

	/// Its bytes.
	pub const fn as_bytes(&self) -> &[u8] {
		&self.0
	}
}

impl fmt::Display for Attempt {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&hex::encode(self.0))
	}
}

impl fmt::Debug for Attempt {
	/// Whoever knows the name can not do anything with it, but need not know it either.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Attempt")
	}
}

/// Why a text is no attempt's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an attempt's name has 32 hexadecimal digits")]
pub struct NotAnAttempt;

impl FromStr for Attempt {
	type Err = NotAnAttempt;

	fn from_str(text: &str) -> core::result::Result<Self, NotAnAttempt> {
		let mut bytes = [0; 16];
		hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAnAttempt)?;
		Ok(Self(bytes))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_name_is_read_as_it_was_written() {
		let name = Attempt::random().unwrap();
		assert_eq!(name.to_string().parse::<Attempt>().unwrap(), name);
		assert_ne!(Attempt::random().unwrap(), name);
		for wrong in ["", "00", &"0".repeat(31), &"0".repeat(34), &"zz".repeat(16)] {
			assert!(wrong.parse::<Attempt>().is_err(), "{wrong}");
		}
		assert!(!format!("{name:?}").contains(&name.to_string()));
	}
}
