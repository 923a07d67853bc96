//! GS1 keys and the three ways in which they are written down.
//!
//! | module | what lives there | source |
//! |---|---|---|
//! | [`mod@check_digit`] | the check digit of numeric keys | General Specifications 7.9.1 |
//! | [`charset82`] | the character sets, serials and lots | General Specifications 7.11 |
//! | [`gtin`], [`gln`], [`sscc`] | the numeric keys | General Specifications 2 |
//! | [`sgtin`], [`lgtin`] | one unit, one lot | Tag Data Standard 2 |
//! | [`ai`], [`element_string`] | barcodes | General Specifications 3, 7.8 |
//! | [`digital_link`] | web addresses | Digital Link URI syntax 1.2 |
//! | [`urn`] | EPC URNs | Tag Data Standard 2, section 6 |
//!
//! Everything here is `no_std` (with `alloc`) and total: no input makes it panic, and each way of
//! being wrong has an error of its own.

pub mod ai;
pub mod charset82;
pub mod check_digit;
pub mod digital_link;
pub mod element_string;
pub mod gln;
pub mod gtin;
pub mod lgtin;
pub(crate) mod percent;
pub mod sgtin;
pub mod sscc;
pub mod urn;

pub use ai::Ai;
pub use charset82::Text20;
pub use check_digit::{check_digit, KeyError};
pub use digital_link::DigitalLink;
pub use element_string::ElementStrings;
pub use gln::Gln;
pub use gtin::{Gtin, GtinFormat};
pub use lgtin::Lgtin;
pub use sgtin::Sgtin;
pub use sscc::Sscc;
pub use urn::{EpcUrn, PrefixLength};
