//! EPC URNs: pure identities, classes and the patterns that EPCIS takes for classes (EPC Tag Data
//! Standard 2, sections 6.3 and 6.4; CBV 2.0, section 8).
//!
//! A URN splits its key after the GS1 company prefix. Nothing in the key itself says how long that
//! prefix is, so printing a URN needs a [`PrefixLength`]; reading one does not.

use super::{
	charset82::{is_charset39, is_charset82},
	check_digit::check_digit,
	percent, Gln, Gtin, Lgtin, Sgtin, Sscc, Text20,
};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

/// Most bytes of a URN that [`EpcUrn::parse`] reads: every component escaped is shorter.
pub const MAX_LENGTH: usize = 256;

/// How many digits the GS1 company prefix of a key has: 6 to 12. GS1 assigned it with the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrefixLength(u8);

impl PrefixLength {
	/// A company prefix of `digits` digits.
	///
	/// Errors: [`UrnError::PrefixLength`] outside 6 to 12.
	pub fn new(digits: usize) -> Result<Self, UrnError> {
		match digits {
			6..=12 => Ok(Self(digits as u8)),
			found => Err(UrnError::PrefixLength { found }),
		}
	}

	/// The number of digits.
	pub const fn digits(self) -> usize {
		self.0 as usize
	}
}

/// Why a text is no EPC URN, or not the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrnError {
	/// It does not begin with `urn:epc:`.
	NotEpc,
	/// It is longer than [`MAX_LENGTH`].
	Long {
		/// Bytes there are.
		found: usize,
	},
	/// Its scheme is none of [`Scheme`].
	UnknownScheme {
		/// What stands between `urn:epc:` and the company prefix.
		found: String,
	},
	/// The company prefix has no 6 to 12 digits.
	PrefixLength {
		/// How many characters it has.
		found: usize,
	},
	/// A component that is digits has another character.
	NotDigit {
		/// Name of the component.
		component: &'static str,
		/// The character.
		found: char,
	},
	/// A component has not as many characters as its place.
	ComponentLength {
		/// Name of the component.
		component: &'static str,
		/// Fewest characters; an escape is one.
		min: usize,
		/// Most characters.
		max: usize,
		/// How many there are.
		found: usize,
	},
	/// A character is outside the component's set, or has to be escaped.
	Character {
		/// Name of the component.
		component: &'static str,
		/// The character.
		found: char,
	},
	/// `%` without two hexadecimal digits, or an escape of a character outside the set.
	Escape {
		/// Name of the component.
		component: &'static str,
	},
	/// A pattern's last component is not `*`.
	NotPattern {
		/// What it is.
		found: String,
	},
	/// There are more or fewer components.
	Components {
		/// How many the scheme has.
		expected: usize,
		/// How many there are.
		found: usize,
	},
	/// It is a URN of another scheme.
	OtherScheme {
		/// Its scheme.
		found: Scheme,
	},
	/// The GLN has an extension, so it is no bare GLN.
	Extension {
		/// The extension.
		found: String,
	},
}

impl fmt::Display for UrnError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::NotEpc => f.write_str("no EPC URN: it begins with urn:epc:"),
			Self::Long { found } => write!(f, "{found} bytes; at most {MAX_LENGTH} are read"),
			Self::UnknownScheme { found } => write!(f, "no EPC scheme '{found}'"),
			Self::PrefixLength { found } => {
				write!(f, "company prefix of {found} characters; it has 6 to 12 digits")
			},
			Self::NotDigit { component, found } => {
				write!(f, "{component} has {found:?}; it has digits only")
			},
			Self::ComponentLength { component, min, max, found } if min == max => {
				write!(f, "{component} of {found} characters; after this prefix it has {max}")
			},
			Self::ComponentLength { component, min, max, found } => {
				write!(f, "{component} of {found} characters; it has {min} to {max}")
			},
			Self::Character { component, found } => {
				write!(f, "{component} has {found:?}, which is outside its set or to be escaped")
			},
			Self::Escape { component } => write!(f, "{component} has a broken escape"),
			Self::NotPattern { found } => write!(f, "'{found}' where a pattern has *"),
			Self::Components { expected, found } => {
				write!(f, "{found} components between dots; the scheme has {expected}")
			},
			Self::OtherScheme { found } => write!(f, "a URN of scheme {}", found.prefix()),
			Self::Extension { found } => write!(f, "a GLN with extension '{found}'"),
		}
	}
}

impl core::error::Error for UrnError {}

/// How the components after the company prefix look.
enum Part {
	/// Digits that fill up a key of so many, prefix included.
	Fill(&'static str, usize),
	/// Text of a set that fills up to so many characters, prefix included.
	FillText(&'static str, usize, fn(char) -> bool),
	/// Text of set 82.
	Text(&'static str, usize),
	/// Digits.
	Digits(&'static str, usize, usize),
	/// `*`.
	Any,
}

macro_rules! schemes {
	($($(#[$doc:meta])* $name:ident = $prefix:literal, [$($part:expr),+], $key:literal, $($qualifier:literal)?;)+) => {
		/// What an EPC URN identifies.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
		pub enum Scheme {
			$($(#[$doc])* $name,)+
		}

		impl Scheme {
			/// Every scheme.
			pub const ALL: &'static [Self] = &[$(Self::$name),+];

			/// What its URNs begin with.
			pub const fn prefix(self) -> &'static str {
				match self { $(Self::$name => $prefix,)+ }
			}

			const fn parts(self) -> &'static [Part] {
				match self { $(Self::$name => &[$($part),+],)+ }
			}

			/// Application identifiers of the key and of what qualifies it in a Digital Link.
			const fn path(self) -> (&'static str, Option<&'static str>) {
				match self { $(Self::$name => ($key, schemes!(@ $($qualifier)?)),)+ }
			}
		}
	};
	(@) => { None };
	(@ $qualifier:literal) => { Some($qualifier) };
}

use Part::{Any, Digits, Fill, FillText, Text};

schemes! {
	/// A unit of a trade item.
	Sgtin = "urn:epc:id:sgtin:", [Fill("item reference", 13), Text("serial", 20)], "01", "21";
	/// A logistic unit.
	Sscc = "urn:epc:id:sscc:", [Fill("serial reference", 17)], "00", ;
	/// A place, with or without extension.
	Sgln = "urn:epc:id:sgln:", [Fill("location reference", 12), Text("extension", 20)], "414", "254";
	/// A returnable asset.
	Grai = "urn:epc:id:grai:", [Fill("asset type", 12), Text("serial", 16)], "8003", ;
	/// An asset.
	Giai = "urn:epc:id:giai:", [FillText("asset reference", 30, is_charset82)], "8004", ;
	/// The recipient in a service relation.
	Gsrn = "urn:epc:id:gsrn:", [Fill("service reference", 17)], "8018", ;
	/// The provider in a service relation.
	Gsrnp = "urn:epc:id:gsrnp:", [Fill("service reference", 17)], "8017", ;
	/// A document.
	Gdti = "urn:epc:id:gdti:", [Fill("document type", 12), Text("serial", 17)], "253", ;
	/// A component or part.
	Cpi = "urn:epc:id:cpi:", [FillText("part reference", 30, is_charset39), Digits("serial", 1, 12)], "8010", "8011";
	/// A coupon.
	Sgcn = "urn:epc:id:sgcn:", [Fill("coupon reference", 12), Digits("serial", 1, 12)], "255", ;
	/// A consignment.
	Ginc = "urn:epc:id:ginc:", [FillText("consignment reference", 30, is_charset82)], "401", ;
	/// A shipment.
	Gsin = "urn:epc:id:gsin:", [Fill("shipper reference", 16)], "402", ;
	/// A piece of a trade item.
	Itip = "urn:epc:id:itip:", [Fill("item reference", 13), Digits("piece", 2, 2), Digits("total", 2, 2), Text("serial", 20)], "8006", "21";
	/// A pack of tobacco.
	Upui = "urn:epc:id:upui:", [Fill("item reference", 13), Text("third party serial", 28)], "01", "235";
	/// A party.
	Pgln = "urn:epc:id:pgln:", [Fill("party reference", 12)], "417", ;
	/// A lot of a trade item.
	Lgtin = "urn:epc:class:lgtin:", [Fill("item reference", 13), Text("lot", 20)], "01", "10";
	/// A trade item.
	SgtinPattern = "urn:epc:idpat:sgtin:", [Fill("item reference", 13), Any], "01", ;
	/// A type of returnable asset.
	GraiPattern = "urn:epc:idpat:grai:", [Fill("asset type", 12), Any], "8003", ;
	/// A type of document.
	GdtiPattern = "urn:epc:idpat:gdti:", [Fill("document type", 12), Any], "253", ;
	/// A coupon offer.
	SgcnPattern = "urn:epc:idpat:sgcn:", [Fill("coupon reference", 12), Any], "255", ;
	/// A type of component or part.
	CpiPattern = "urn:epc:idpat:cpi:", [FillText("part reference", 30, is_charset39), Any], "8010", ;
	/// A kind of piece of a trade item.
	ItipPattern = "urn:epc:idpat:itip:", [Fill("item reference", 13), Digits("piece", 2, 2), Digits("total", 2, 2), Any], "8006", ;
	/// A trade item of tobacco.
	UpuiPattern = "urn:epc:idpat:upui:", [Fill("item reference", 13), Any], "01", ;
}

/// An EPC URN, its components as written: an escape that was not needed stays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EpcUrn {
	scheme: Scheme,
	company_prefix: String,
	parts: Vec<String>,
}

impl EpcUrn {
	/// Reads a URN.
	///
	/// Errors: [`UrnError`].
	pub fn parse(text: &str) -> Result<Self, UrnError> {
		if text.len() > MAX_LENGTH {
			return Err(UrnError::Long { found: text.len() });
		}
		let rest = text.strip_prefix("urn:epc:").ok_or(UrnError::NotEpc)?;
		let scheme = *Scheme::ALL
			.iter()
			.find(|scheme| text.starts_with(scheme.prefix()))
			.ok_or_else(|| UrnError::UnknownScheme {
				found: rest.rsplit_once(':').map_or(rest, |(scheme, _)| scheme).into(),
			})?;
		let body = text.get(scheme.prefix().len()..).unwrap_or_default();
		let (company_prefix, rest) = body.split_once('.').unwrap_or((body, ""));
		digits("company prefix", company_prefix)?;
		let prefix = PrefixLength::new(company_prefix.len())?.digits();
		let expected = scheme.parts();
		// The last component takes the dots that are left: a serial may have some.
		let parts: Vec<&str> = rest.splitn(expected.len(), '.').collect();
		if parts.len() != expected.len() || !body.contains('.') {
			let found = body.split('.').count();
			return Err(UrnError::Components { expected: expected.len() + 1, found });
		}
		for (expected, part) in expected.iter().zip(&parts) {
			expected.check(prefix, part)?;
		}
		Ok(Self {
			scheme,
			company_prefix: company_prefix.into(),
			parts: parts.into_iter().map(String::from).collect(),
		})
	}

	/// What it identifies.
	pub fn scheme(&self) -> Scheme {
		self.scheme
	}

	/// The GS1 company prefix.
	pub fn company_prefix(&self) -> &str {
		&self.company_prefix
	}

	/// The components after the company prefix, as written.
	pub fn parts(&self) -> impl Iterator<Item = &str> {
		self.parts.iter().map(String::as_str)
	}

	/// The canonical Digital Link URI, on `id.gs1.org` (URI syntax 1.2, section 4.11), as CBV 2.0,
	/// section 8.9 takes it. Escapes stay as they are written.
	///
	/// ```
	/// use epcis::gs1::EpcUrn;
	/// let urn = EpcUrn::parse("urn:epc:id:sgtin:4012345.011111.98%22").unwrap();
	/// assert_eq!(urn.to_digital_link(), "https://id.gs1.org/01/04012345111118/21/98%22");
	/// ```
	pub fn to_digital_link(&self) -> String {
		let (key, qualifier) = self.scheme.path();
		let part = |at: usize| self.parts.get(at).map_or("", String::as_str);
		let mut out = format!("https://id.gs1.org/{key}/");
		match self.scheme {
			Scheme::Giai | Scheme::Ginc | Scheme::Cpi | Scheme::CpiPattern => {
				out.push_str(&self.company_prefix);
				escape_as_written(&mut out, part(0));
			},
			_ => out.push_str(&self.key_digits()),
		}
		match self.scheme {
			Scheme::Itip | Scheme::ItipPattern => {
				out.push_str(part(1));
				out.push_str(part(2));
			},
			Scheme::Grai | Scheme::Gdti | Scheme::Sgcn => escape_as_written(&mut out, part(1)),
			_ => {},
		}
		let last = self.parts.last().map_or("", String::as_str);
		// Extension 0 says that there is none.
		if let Some(qualifier) = qualifier.filter(|_| self.scheme != Scheme::Sgln || last != "0") {
			out.push_str(&format!("/{qualifier}/"));
			escape_as_written(&mut out, last);
		}
		out
	}

	/// The digits of a numeric key, check digit included.
	fn key_digits(&self) -> String {
		let (prefix, reference) = (&self.company_prefix, self.parts.first().map_or("", |p| p));
		let payload = match self.scheme {
			Scheme::Grai | Scheme::GraiPattern => format!("0{prefix}{reference}"),
			Scheme::Sgtin
			| Scheme::SgtinPattern
			| Scheme::Itip
			| Scheme::ItipPattern
			| Scheme::Upui
			| Scheme::UpuiPattern
			| Scheme::Lgtin
			| Scheme::Sscc => {
				let (first, rest) = reference.split_at_checked(1).unwrap_or_default();
				format!("{first}{prefix}{rest}")
			},
			_ => format!("{prefix}{reference}"),
		};
		let check = check_digit(number(&payload));
		format!("{payload}{check}")
	}

	/// The number that the digits of a numeric key write, check digit included.
	fn key_number(&self) -> u64 {
		number(&self.key_digits())
	}

	fn require(&self, schemes: &[Scheme]) -> Result<(), UrnError> {
		if schemes.contains(&self.scheme) {
			Ok(())
		} else {
			Err(UrnError::OtherScheme { found: self.scheme })
		}
	}

	/// The last component without escapes, as set 82 has it.
	fn last_text(&self) -> Result<Text20, UrnError> {
		let raw = self.parts.last().map_or("", |part| part);
		percent::decode(raw)
			.ok()
			.and_then(|text| Text20::new(&text).ok())
			.ok_or(UrnError::Escape { component: "serial" })
	}
}

impl fmt::Display for EpcUrn {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}{}", self.scheme.prefix(), self.company_prefix)?;
		self.parts.iter().try_for_each(|part| write!(f, ".{part}"))
	}
}

impl core::str::FromStr for EpcUrn {
	type Err = UrnError;
	fn from_str(text: &str) -> Result<Self, UrnError> {
		Self::parse(text)
	}
}

impl Gtin {
	/// The class of its units: `urn:epc:idpat:sgtin:….*`.
	pub fn to_urn(self, prefix: PrefixLength) -> String {
		format!("urn:epc:idpat:sgtin:{}.*", self.split(prefix))
	}

	/// Reads `urn:epc:idpat:sgtin:….*`.
	///
	/// Errors: [`UrnError`].
	pub fn from_urn(text: &str) -> Result<Self, UrnError> {
		let urn = EpcUrn::parse(text)?;
		urn.require(&[Scheme::SgtinPattern])?;
		Ok(Self::unchecked(urn.key_number()))
	}

	/// Company prefix, dot, item reference led by the first digit.
	fn split(self, prefix: PrefixLength) -> String {
		let digits = format!("{self}");
		let (first, rest) = digits.split_at_checked(1).unwrap_or_default();
		let (company, item) = rest.split_at_checked(prefix.digits()).unwrap_or_default();
		// Without the check digit.
		format!("{company}.{first}{}", item.get(..item.len().saturating_sub(1)).unwrap_or_default())
	}
}

impl Sgtin {
	/// `urn:epc:id:sgtin:…`.
	///
	/// ```
	/// use epcis::gs1::{PrefixLength, Sgtin};
	/// let unit = Sgtin::from_urn("urn:epc:id:sgtin:4012345.011111.98%22").unwrap();
	/// assert_eq!(unit.gtin.to_string(), "04012345111118");
	/// let seven = PrefixLength::new(7).unwrap();
	/// assert_eq!(unit.to_urn(seven), "urn:epc:id:sgtin:4012345.011111.98%22");
	/// ```
	pub fn to_urn(&self, prefix: PrefixLength) -> String {
		let mut out = format!("urn:epc:id:sgtin:{}.", self.gtin.split(prefix));
		percent::encode(&mut out, self.serial.as_str(), percent::plain_in_urn);
		out
	}

	/// Reads `urn:epc:id:sgtin:…`.
	///
	/// Errors: [`UrnError`].
	pub fn from_urn(text: &str) -> Result<Self, UrnError> {
		let urn = EpcUrn::parse(text)?;
		urn.require(&[Scheme::Sgtin])?;
		Ok(Self { gtin: Gtin::unchecked(urn.key_number()), serial: urn.last_text()? })
	}
}

impl Lgtin {
	/// `urn:epc:class:lgtin:…`.
	pub fn to_urn(&self, prefix: PrefixLength) -> String {
		let mut out = format!("urn:epc:class:lgtin:{}.", self.gtin.split(prefix));
		percent::encode(&mut out, self.lot.as_str(), percent::plain_in_urn);
		out
	}

	/// Reads `urn:epc:class:lgtin:…`.
	///
	/// Errors: [`UrnError`].
	pub fn from_urn(text: &str) -> Result<Self, UrnError> {
		let urn = EpcUrn::parse(text)?;
		urn.require(&[Scheme::Lgtin])?;
		Ok(Self { gtin: Gtin::unchecked(urn.key_number()), lot: urn.last_text()? })
	}
}

impl Sscc {
	/// `urn:epc:id:sscc:…`.
	pub fn to_urn(self, prefix: PrefixLength) -> String {
		let digits = format!("{self}");
		let (first, rest) = digits.split_at_checked(1).unwrap_or_default();
		let (company, serial) = rest.split_at_checked(prefix.digits()).unwrap_or_default();
		let serial = serial.get(..serial.len().saturating_sub(1)).unwrap_or_default();
		format!("urn:epc:id:sscc:{company}.{first}{serial}")
	}

	/// Reads `urn:epc:id:sscc:…`.
	///
	/// Errors: [`UrnError`].
	pub fn from_urn(text: &str) -> Result<Self, UrnError> {
		let urn = EpcUrn::parse(text)?;
		urn.require(&[Scheme::Sscc])?;
		Ok(Self::unchecked(urn.key_number()))
	}
}

impl Gln {
	/// The place: `urn:epc:id:sgln:….0`.
	pub fn to_sgln_urn(self, prefix: PrefixLength) -> String {
		format!("urn:epc:id:sgln:{}.0", self.split(prefix))
	}

	/// The party: `urn:epc:id:pgln:…`.
	pub fn to_pgln_urn(self, prefix: PrefixLength) -> String {
		format!("urn:epc:id:pgln:{}", self.split(prefix))
	}

	/// Reads `urn:epc:id:sgln:….0` or `urn:epc:id:pgln:…`.
	///
	/// Errors: [`UrnError`]; `Extension` if the place has one.
	pub fn from_urn(text: &str) -> Result<Self, UrnError> {
		let urn = EpcUrn::parse(text)?;
		urn.require(&[Scheme::Sgln, Scheme::Pgln])?;
		match urn.parts.get(1) {
			Some(extension) if extension != "0" => {
				Err(UrnError::Extension { found: extension.clone() })
			},
			_ => Ok(Self::unchecked(urn.key_number())),
		}
	}

	fn split(self, prefix: PrefixLength) -> String {
		let digits = format!("{self}");
		let (company, location) = digits.split_at_checked(prefix.digits()).unwrap_or_default();
		format!(
			"{company}.{}",
			location.get(..location.len().saturating_sub(1)).unwrap_or_default()
		)
	}
}

impl Part {
	fn check(&self, prefix: usize, part: &str) -> Result<(), UrnError> {
		match *self {
			Self::Fill(component, total) => {
				digits(component, part)?;
				let fill = total - prefix;
				length(component, fill, fill, part.len())
			},
			Self::FillText(component, total, set) => {
				length(component, 1, total - prefix, characters(component, part, set)?)
			},
			Self::Text(component, max) => {
				length(component, 1, max, characters(component, part, is_charset82)?)
			},
			Self::Digits(component, min, max) => {
				digits(component, part)?;
				length(component, min, max, part.len())
			},
			Self::Any if part == "*" => Ok(()),
			Self::Any => Err(UrnError::NotPattern { found: part.into() }),
		}
	}
}

/// The number of at most 18 digits, which the parser has checked.
fn number(digits: &str) -> u64 {
	digits.parse().unwrap_or_default()
}

fn digits(component: &'static str, text: &str) -> Result<(), UrnError> {
	match text.chars().find(|character| !character.is_ascii_digit()) {
		Some(found) => Err(UrnError::NotDigit { component, found }),
		None => Ok(()),
	}
}

fn length(component: &'static str, min: usize, max: usize, found: usize) -> Result<(), UrnError> {
	if (min..=max).contains(&found) {
		Ok(())
	} else {
		Err(UrnError::ComponentLength { component, min, max, found })
	}
}

/// How many characters `text` writes, an escape being one.
fn characters(
	component: &'static str,
	text: &str,
	set: fn(char) -> bool,
) -> Result<usize, UrnError> {
	let (mut rest, mut count) = (text, 0);
	while let Some(found) = rest.chars().next() {
		let length = if found == '%' {
			let escaped = rest.get(1..3).and_then(percent::escaped).map(char::from);
			if !escaped.is_some_and(set) {
				return Err(UrnError::Escape { component });
			}
			3
		} else if set(found) && u8::try_from(found).is_ok_and(percent::plain_in_urn) {
			1
		} else {
			return Err(UrnError::Character { component, found });
		};
		rest = rest.get(length..).unwrap_or_default();
		count += 1;
	}
	Ok(count)
}

/// Appends a component of a URN, escaping what a Digital Link path escapes besides.
fn escape_as_written(out: &mut String, part: &str) {
	for character in part.chars() {
		match character {
			'!' => out.push_str("%21"),
			'(' => out.push_str("%28"),
			')' => out.push_str("%29"),
			'*' => out.push_str("%2A"),
			'+' => out.push_str("%2B"),
			',' => out.push_str("%2C"),
			':' => out.push_str("%3A"),
			other => out.push(other),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn digital_links_have_key_and_qualifier() {
		for (urn, path) in [
			("urn:epc:id:sgtin:415056789012.0.987654", "01/04150567890128/21/987654"),
			("urn:epc:id:sgtin:0614141.812345.6%2F%26()!", "01/80614141123458/21/6%2F%26%28%29%21"),
			("urn:epc:id:sgtin:4012345.011111.1.2", "01/04012345111118/21/1.2"),
			("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111"),
			("urn:epc:id:sgln:4012345.00005.122", "414/4012345000054/254/122"),
			("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
			("urn:epc:id:sgln:401234500005..0", "414/4012345000054"),
			("urn:epc:id:pgln:999999999999.", "417/9999999999994"),
			("urn:epc:id:grai:4012345.00022.334455", "8003/04012345000221334455"),
			("urn:epc:id:grai:401234500022..334455", "8003/04012345000221334455"),
			("urn:epc:id:giai:4012345.ABC345", "8004/4012345ABC345"),
			("urn:epc:id:gsrn:4012345.0000006765", "8018/401234500000067657"),
			("urn:epc:id:gsrnp:4012345.0000000007", "8017/401234500000000074"),
			("urn:epc:id:gdti:4012345.00009.PO-4711", "253/4012345000092PO-4711"),
			("urn:epc:id:gdti:987659999999..9", "253/98765999999929"),
			("urn:epc:id:cpi:0614141.11-A%23%2F.1234", "8010/061414111-A%23%2F/8011/1234"),
			("urn:epc:id:sgcn:4012345.99999.44", "255/401234599999044"),
			("urn:epc:id:ginc:0614141.xyz47%2F11", "401/0614141xyz47%2F11"),
			("urn:epc:id:gsin:4012345.222333444", "402/40123452223334442"),
			("urn:epc:id:itip:4012345.011111.01.02.987", "8006/040123451111180102/21/987"),
			("urn:epc:id:upui:1234567.098765.51qIgY)%3C", "01/01234567987651/235/51qIgY%29%3C"),
			("urn:epc:class:lgtin:4012345.012345.Lot987", "01/04012345123456/10/Lot987"),
			("urn:epc:idpat:sgtin:4012345.012345.*", "01/04012345123456"),
			("urn:epc:idpat:grai:4012345.99999.*", "8003/04012345999990"),
			("urn:epc:idpat:gdti:4012345.11111.*", "253/4012345111118"),
			("urn:epc:idpat:sgcn:4012345.22222.*", "255/4012345222227"),
			("urn:epc:idpat:cpi:4012345.AB12.*", "8010/4012345AB12"),
			("urn:epc:idpat:itip:4012345.012345.01.02.*", "8006/040123451234560102"),
			("urn:epc:idpat:upui:4012345.012345.*", "01/04012345123456"),
		] {
			let parsed = EpcUrn::parse(urn).unwrap_or_else(|error| panic!("{urn}: {error}"));
			assert_eq!(parsed.to_digital_link(), format!("https://id.gs1.org/{path}"), "{urn}");
			assert_eq!(parsed.to_string(), urn);
		}
	}

	#[test]
	fn each_fault_has_its_error() {
		let error = |text: &str| EpcUrn::parse(text).unwrap_err();
		assert_eq!(error("urn:uuid:1"), UrnError::NotEpc);
		assert_eq!(
			error(&format!("urn:epc:id:{}", "9".repeat(300))),
			UrnError::Long { found: 311 }
		);
		assert_eq!(
			error("urn:epc:id:gid:1.2.3"),
			UrnError::UnknownScheme { found: "id:gid".into() }
		);
		assert_eq!(error("urn:epc:id:sgtin:40123.01111111.1"), UrnError::PrefixLength { found: 5 });
		assert_eq!(
			error("urn:epc:id:sgtin:401234x.011111.1"),
			UrnError::NotDigit { component: "company prefix", found: 'x' }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345.01111.1"),
			UrnError::ComponentLength { component: "item reference", min: 6, max: 6, found: 5 }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345.011111."),
			UrnError::ComponentLength { component: "serial", min: 1, max: 20, found: 0 }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345.011111"),
			UrnError::Components { expected: 3, found: 2 }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345"),
			UrnError::Components { expected: 3, found: 1 }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345.011111.a/b"),
			UrnError::Character { component: "serial", found: '/' }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345.011111.a%5B"),
			UrnError::Escape { component: "serial" }
		);
		assert_eq!(
			error("urn:epc:id:sgtin:4012345.011111.a%é"),
			UrnError::Escape { component: "serial" }
		);
		assert_eq!(
			error("urn:epc:idpat:sgtin:4012345.011111.1"),
			UrnError::NotPattern { found: "1".into() }
		);
		assert_eq!(
			Sscc::from_urn("urn:epc:idpat:sgtin:4012345.011111.*"),
			Err(UrnError::OtherScheme { found: Scheme::SgtinPattern })
		);
		assert_eq!(
			Gln::from_urn("urn:epc:id:sgln:4012345.00005.12"),
			Err(UrnError::Extension { found: "12".into() })
		);
		assert_eq!(PrefixLength::new(13), Err(UrnError::PrefixLength { found: 13 }));
	}

	#[test]
	fn every_prefix_length_round_trips() {
		for digits in 6..=12 {
			let prefix = PrefixLength::new(digits).unwrap();
			let gtin = Gtin::parse("04012345111118").unwrap();
			let text = Text20::new("a/b?c").unwrap();
			let unit = Sgtin { gtin, serial: text.clone() };
			let lot = Lgtin { gtin, lot: text };
			let sscc = Sscc::parse("340123451111111111").unwrap();
			let gln = Gln::parse("4012345000054").unwrap();
			assert_eq!(Gtin::from_urn(&gtin.to_urn(prefix)), Ok(gtin));
			assert_eq!(Sgtin::from_urn(&unit.to_urn(prefix)), Ok(unit));
			assert_eq!(Lgtin::from_urn(&lot.to_urn(prefix)), Ok(lot));
			assert_eq!(Sscc::from_urn(&sscc.to_urn(prefix)), Ok(sscc));
			assert_eq!(Gln::from_urn(&gln.to_sgln_urn(prefix)), Ok(gln));
			assert_eq!(Gln::from_urn(&gln.to_pgln_urn(prefix)), Ok(gln));
		}
	}
}
