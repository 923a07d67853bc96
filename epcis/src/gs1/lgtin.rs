//! GTIN with batch or lot (Tag Data Standard 2, section 6.4.1).

use super::{Gtin, Text20};
use core::fmt;

/// Which lot: a trade item and its batch or lot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lgtin {
	/// The trade item.
	pub gtin: Gtin,
	/// The batch or lot, unique within the trade item.
	pub lot: Text20,
}

impl fmt::Display for Lgtin {
	/// As its human readable element strings: `(01)…(10)…`.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "(01){}(10){}", self.gtin, self.lot)
	}
}
