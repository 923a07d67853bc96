//! Serialised GTIN: one unit of a trade item (Tag Data Standard 2, section 6.3.1).

use super::{Gtin, Text20};
use core::fmt;

/// Which unit: a trade item and its serial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sgtin {
	/// The trade item.
	pub gtin: Gtin,
	/// The serial, unique within the trade item.
	pub serial: Text20,
}

impl fmt::Display for Sgtin {
	/// As its human readable element strings: `(01)…(21)…`.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "(01){}(21){}", self.gtin, self.serial)
	}
}
