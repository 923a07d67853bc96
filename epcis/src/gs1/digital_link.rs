//! GS1 Digital Link URIs (Digital Link standard: URI syntax, release 1.2).
//!
//! The path ends in a key, its qualifiers from coarse to fine, and the query carries the other
//! element strings: `https://example.com/01/04012345111118/10/A7/21/XYZ?17=271231`. The words that
//! releases up to 1.2 allowed for numbers (`gtin`, `lot`, `ser`) are read and never printed.

use super::{
	ai::Ai,
	element_string::{DataError, Element},
	percent, ElementStrings, Gln, Gtin, Lgtin, PrefixLength, Sgtin, Sscc,
};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

/// Most bytes of a URI that [`DigitalLink::parse`] reads.
pub const MAX_LENGTH: usize = 4096;

/// Keys, the words for them, and their qualifiers from coarse to fine (URI syntax 1.2, section 4).
pub(crate) const KEYS: &[(&str, &str, &[&str])] = &[
	("00", "sscc", &[]),
	("01", "gtin", &["22", "10", "21", "235"]),
	("253", "gdti", &[]),
	("255", "gcn", &[]),
	("401", "ginc", &[]),
	("402", "gsin", &[]),
	("414", "gln", &["254", "7040"]),
	("415", "payTo", &["8020"]),
	("417", "party", &["7040"]),
	("8003", "grai", &[]),
	("8004", "giai", &["7040"]),
	("8006", "itip", &["22", "10", "21"]),
	("8010", "cpid", &["8011"]),
	("8013", "gmn", &[]),
	("8017", "gsrnp", &["8019"]),
	("8018", "gsrn", &["8019"]),
];

/// The words for qualifiers.
const QUALIFIERS: &[(&str, &str)] = &[
	("10", "lot"),
	("21", "ser"),
	("22", "cpv"),
	("235", "tpx"),
	("254", "glnx"),
	("7040", "uic-ext"),
	("8011", "cpsn"),
	("8019", "srin"),
	("8020", "refNo"),
];

/// Why a text is no GS1 Digital Link URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DigitalLinkError {
	/// It is longer than [`MAX_LENGTH`].
	Long {
		/// Bytes there are.
		found: usize,
	},
	/// It does not begin with `https://` or `http://`.
	NotHttp,
	/// There is no domain.
	NoDomain,
	/// No segment of the path is the application identifier of a key.
	NoKey,
	/// A key or qualifier has no value after it.
	NoValue {
		/// Its application identifier.
		ai: String,
	},
	/// This key is not qualified by that.
	Qualifier {
		/// The key's application identifier.
		key: String,
		/// The segment.
		found: String,
	},
	/// A qualifier comes twice, or a finer one before a coarser one.
	Order {
		/// The qualifier that comes too late.
		found: String,
	},
	/// `%` without two hexadecimal digits, or an escape of what is no UTF-8.
	Escape {
		/// The segment or query value.
		found: String,
	},
	/// The data of an application identifier are refused.
	Data {
		/// The application identifier.
		ai: Ai,
		/// Why.
		error: DataError,
	},
	/// An application identifier comes twice, with different data, in the query or in path and query.
	Repeated {
		/// The application identifier.
		ai: Ai,
	},
}

impl fmt::Display for DigitalLinkError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Long { found } => write!(f, "{found} bytes; at most {MAX_LENGTH} are read"),
			Self::NotHttp => f.write_str("a Digital Link URI begins with https:// or http://"),
			Self::NoDomain => f.write_str("no domain after the scheme"),
			Self::NoKey => f.write_str("no GS1 key in the path"),
			Self::NoValue { ai } => write!(f, "nothing after /{ai}/"),
			Self::Qualifier { key, found } => write!(f, "'{found}' does not qualify ({key})"),
			Self::Order { found } => {
				write!(f, "({found}) comes twice, or after a finer qualifier")
			},
			Self::Escape { found } => write!(f, "broken escape in '{found}'"),
			Self::Data { ai, error } => write!(f, "({ai}) {}: {error}", ai.title()),
			Self::Repeated { ai } => write!(f, "({ai}) comes twice, differently"),
		}
	}
}

impl core::error::Error for DigitalLinkError {}

/// A key, what qualifies it, and what else the URI tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigitalLink {
	key: Element,
	qualifiers: Vec<Element>,
	attributes: Vec<Element>,
}

impl DigitalLink {
	/// Reads a URI of any domain. Query parameters that are no application identifiers, and the
	/// fragment, are left out.
	///
	/// ```
	/// use epcis::gs1::DigitalLink;
	/// let uri = "https://example.com/shop/gtin/4012345111118/lot/A7/ser/X%2F1?17=271231&lang=en";
	/// let link = DigitalLink::parse(uri).unwrap();
	/// let canonical = "https://id.gs1.org/01/04012345111118/10/A7/21/X%2F1?17=271231";
	/// assert_eq!(link.to_canonical(), canonical);
	/// ```
	///
	/// Errors: [`DigitalLinkError`].
	pub fn parse(text: &str) -> Result<Self, DigitalLinkError> {
		if text.len() > MAX_LENGTH {
			return Err(DigitalLinkError::Long { found: text.len() });
		}
		let rest = text
			.strip_prefix("https://")
			.or_else(|| text.strip_prefix("http://"))
			.ok_or(DigitalLinkError::NotHttp)?;
		let rest = rest.split('#').next().unwrap_or_default();
		let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
		let mut segments = path.split('/');
		if segments.next().is_none_or(str::is_empty) {
			return Err(DigitalLinkError::NoDomain);
		}
		let segments: Vec<&str> = segments.collect();
		// The path of the domain itself may have a segment that looks like a key, so the last one
		// that reads wins; if none does, the first tells why.
		let mut fault = DigitalLinkError::NoKey;
		for at in (0..segments.len()).rev() {
			let found = segments.get(at).copied().unwrap_or_default();
			let Some((key, _, allowed)) = KEYS.iter().find(|k| k.0 == found || k.1 == found) else {
				continue;
			};
			match read_path(key, allowed, segments.get(at + 1..).unwrap_or_default()) {
				Ok((key, qualifiers)) => {
					let path: Vec<&Element> = core::iter::once(&key).chain(&qualifiers).collect();
					let attributes = read_query(query, &path)?;
					return Ok(Self { key, qualifiers, attributes });
				},
				Err(error) => fault = error,
			}
		}
		Err(fault)
	}

	/// The key.
	pub fn key(&self) -> &Element {
		&self.key
	}

	/// What qualifies the key, from coarse to fine.
	pub fn qualifiers(&self) -> &[Element] {
		&self.qualifiers
	}

	/// The element strings of the query.
	pub fn attributes(&self) -> &[Element] {
		&self.attributes
	}

	/// A URI for this key, these qualifiers from coarse to fine and these attributes.
	///
	/// Errors: [`DigitalLinkError`] as [`Self::parse`].
	pub fn from_element_strings(strings: &ElementStrings) -> Result<Self, DigitalLinkError> {
		let position =
			|element: &&Element| KEYS.iter().position(|k| k.0 == format!("{}", element.ai()));
		let key = strings
			.elements()
			.iter()
			.find(|element| position(element).is_some())
			.ok_or(DigitalLinkError::NoKey)?;
		let allowed = position(&key).and_then(|at| KEYS.get(at)).map_or(&[][..], |k| k.2);
		let rank = |element: &Element| {
			let ai = format!("{}", element.ai());
			allowed.iter().position(|qualifier| *qualifier == ai)
		};
		let others = || strings.elements().iter().filter(|element| *element != key);
		let mut qualifiers: Vec<Element> =
			others().filter(|e| rank(e).is_some()).cloned().collect();
		qualifiers.sort_by_key(rank);
		let attributes = others().filter(|element| rank(element).is_none()).cloned().collect();
		Ok(Self { key: key.clone(), qualifiers, attributes })
	}

	/// Its element strings: key, qualifiers, attributes.
	pub fn element_strings(&self) -> ElementStrings {
		let mut strings = ElementStrings::default();
		let all = core::iter::once(&self.key).chain(&self.qualifiers).chain(&self.attributes);
		for element in all {
			// No application identifier is there twice, so none is refused.
			let _ = strings.push(element.clone());
		}
		strings
	}

	/// The canonical URI: on `id.gs1.org`, numbers for words, attributes in order of their
	/// application identifiers (URI syntax 1.2, section 4.11).
	pub fn to_canonical(&self) -> String {
		self.to_uri("id.gs1.org")
	}

	/// The URI on `domain`, which may have a path of its own.
	pub fn to_uri(&self, domain: &str) -> String {
		let mut out = format!("https://{domain}");
		for element in core::iter::once(&self.key).chain(&self.qualifiers) {
			out.push_str(&format!("/{}/", element.ai()));
			percent::encode(&mut out, element.value(), percent::plain_in_digital_link);
		}
		let mut attributes: Vec<&Element> = self.attributes.iter().collect();
		attributes.sort_by_key(|element| format!("{}", element.ai()));
		for (at, element) in attributes.into_iter().enumerate() {
			out.push(if at == 0 { '?' } else { '&' });
			out.push_str(&format!("{}=", element.ai()));
			percent::encode(&mut out, element.value(), |byte| {
				percent::plain_in_digital_link(byte) && !matches!(byte, b';' | b'=')
			});
		}
		out
	}

	/// The EPC URN of a unit, a lot, a trade item, a logistic unit, a place or a party; none for
	/// other keys. `prefix` is the length of the GS1 company prefix, which no Digital Link tells.
	pub fn to_urn(&self, prefix: PrefixLength) -> Option<String> {
		let strings = self.element_strings();
		if let Some(sscc) = strings.sscc() {
			return Some(sscc.to_urn(prefix));
		}
		if let Some(unit) = strings.sgtin() {
			return Some(unit.to_urn(prefix));
		}
		if let Some(lot) = strings.lgtin() {
			return Some(lot.to_urn(prefix));
		}
		if let (Some(gtin), true) = (strings.gtin(), self.qualifiers.is_empty()) {
			return Some(gtin.to_urn(prefix));
		}
		let gln = Gln::parse(self.key.value()).ok()?;
		match (self.key.ai(), self.qualifiers.is_empty()) {
			(Ai::GLN, true) => Some(gln.to_sgln_urn(prefix)),
			(Ai::PARTY, true) => Some(gln.to_pgln_urn(prefix)),
			_ => None,
		}
	}
}

impl fmt::Display for DigitalLink {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&self.to_canonical())
	}
}

impl core::str::FromStr for DigitalLink {
	type Err = DigitalLinkError;
	fn from_str(text: &str) -> Result<Self, DigitalLinkError> {
		Self::parse(text)
	}
}

impl Gtin {
	/// The canonical Digital Link URI of the trade item.
	pub fn to_digital_link(self) -> String {
		format!("https://id.gs1.org/01/{self}")
	}
}

impl Sgtin {
	/// The canonical Digital Link URI of the unit.
	pub fn to_digital_link(&self) -> String {
		let mut out = format!("{}/21/", self.gtin.to_digital_link());
		percent::encode(&mut out, self.serial.as_str(), percent::plain_in_digital_link);
		out
	}
}

impl Lgtin {
	/// The canonical Digital Link URI of the lot.
	pub fn to_digital_link(&self) -> String {
		let mut out = format!("{}/10/", self.gtin.to_digital_link());
		percent::encode(&mut out, self.lot.as_str(), percent::plain_in_digital_link);
		out
	}
}

impl Sscc {
	/// The canonical Digital Link URI of the logistic unit.
	pub fn to_digital_link(self) -> String {
		format!("https://id.gs1.org/00/{self}")
	}
}

impl Gln {
	/// The canonical Digital Link URI of the place.
	pub fn to_digital_link(self) -> String {
		format!("https://id.gs1.org/414/{self}")
	}
}

/// The application identifier of a qualifier or a word for it.
pub(crate) fn qualifier(segment: &str) -> &str {
	QUALIFIERS.iter().find(|q| q.1 == segment).map_or(segment, |q| q.0)
}

fn read_path(
	key: &str,
	allowed: &[&str],
	rest: &[&str],
) -> Result<(Element, Vec<Element>), DigitalLinkError> {
	let (value, rest) = rest
		.split_first()
		.filter(|(value, _)| !value.is_empty())
		.ok_or_else(|| DigitalLinkError::NoValue { ai: key.into() })?;
	let key_element = if key == "01" {
		// A GTIN may stand there with as many digits as its pack has.
		let digits = decode(value)?;
		let padded = if digits.len() < 14 {
			Gtin::parse(&digits).map(|g| format!("{g}"))
		} else {
			Ok(digits)
		};
		let error = |error| DigitalLinkError::Data { ai: Ai::GTIN, error: DataError::Key(error) };
		element("01", &padded.map_err(error)?)?
	} else {
		element(key, &decode(value)?)?
	};
	let (mut qualifiers, mut next) = (Vec::new(), 0);
	for pair in rest.chunks(2) {
		let found = pair.first().copied().unwrap_or_default();
		let ai = qualifier(found);
		let rank = allowed
			.iter()
			.position(|allowed| *allowed == ai)
			.ok_or_else(|| DigitalLinkError::Qualifier { key: key.into(), found: found.into() })?;
		if rank < next {
			return Err(DigitalLinkError::Order { found: ai.into() });
		}
		next = rank + 1;
		let value = pair
			.get(1)
			.filter(|value| !value.is_empty())
			.ok_or_else(|| DigitalLinkError::NoValue { ai: ai.into() })?;
		qualifiers.push(element(ai, &decode(value)?)?);
	}
	Ok((key_element, qualifiers))
}

/// The element strings of the query that the path does not have already.
fn read_query(query: &str, path: &[&Element]) -> Result<Vec<Element>, DigitalLinkError> {
	let mut attributes: Vec<Element> = Vec::new();
	for (name, value) in query.split(['&', ';']).filter_map(|pair| pair.split_once('=')) {
		if Ai::parse(name).is_none() {
			continue;
		}
		let read = element(name, &decode(value)?)?;
		let mut there = path.iter().copied().chain(&attributes);
		match there.find(|element| element.ai() == read.ai()) {
			Some(there) if *there == read => {},
			Some(_) => return Err(DigitalLinkError::Repeated { ai: read.ai() }),
			None => attributes.push(read),
		}
	}
	Ok(attributes)
}

fn decode(text: &str) -> Result<String, DigitalLinkError> {
	percent::decode(text).map_err(|_| DigitalLinkError::Escape { found: text.into() })
}

fn element(ai: &str, value: &str) -> Result<Element, DigitalLinkError> {
	// Callers pass application identifiers of the table.
	let ai = Ai::parse(ai).ok_or(DigitalLinkError::NoKey)?;
	Element::new(ai, value).map_err(|error| DigitalLinkError::Data { ai, error })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::gs1::KeyError;

	#[test]
	fn every_key_and_qualifier_is_an_application_identifier() {
		for (key, _, qualifiers) in KEYS {
			assert!(Ai::parse(key).is_some(), "{key}");
			assert!(qualifiers.iter().all(|ai| Ai::parse(ai).is_some()));
		}
		assert!(QUALIFIERS.iter().all(|q| Ai::parse(q.0).is_some()));
	}

	#[test]
	fn key_of_the_shop_is_not_mistaken() {
		let link = DigitalLink::parse("https://example.com/01/shop/414/4012345000054").unwrap();
		assert_eq!(link.to_canonical(), "https://id.gs1.org/414/4012345000054");
		let link = DigitalLink::parse("http://example.com/01/95012346").unwrap();
		assert_eq!(link.to_uri("example.com/a"), "https://example.com/a/01/00000095012346");
	}

	#[test]
	fn urns_need_the_length_of_the_company_prefix() {
		for (uri, urn) in [
			("https://x.org/01/04012345111118/21/98%22", "urn:epc:id:sgtin:4012345.011111.98%22"),
			("https://x.org/01/04012345111118/10/A7", "urn:epc:class:lgtin:4012345.011111.A7"),
			("https://x.org/01/04012345111118", "urn:epc:idpat:sgtin:4012345.011111.*"),
			("https://x.org/00/340123451111111111", "urn:epc:id:sscc:4012345.3111111111"),
			("https://x.org/414/4012345000054", "urn:epc:id:sgln:4012345.00005.0"),
			("https://x.org/417/4012345000054", "urn:epc:id:pgln:4012345.00005"),
		] {
			let link = DigitalLink::parse(uri).unwrap();
			assert_eq!(link.to_urn(PrefixLength::new(7).unwrap()).unwrap(), urn);
		}
		let link = DigitalLink::parse("https://x.org/8004/4012345A").unwrap();
		assert_eq!(link.to_urn(PrefixLength::new(7).unwrap()), None);
	}

	#[test]
	fn each_fault_has_its_error() {
		let error = |text: &str| DigitalLink::parse(text).unwrap_err();
		assert_eq!(
			error(&format!("https://x.org/{}", "a".repeat(5000))),
			DigitalLinkError::Long { found: 5014 }
		);
		assert_eq!(error("ftp://x.org/00/1"), DigitalLinkError::NotHttp);
		assert_eq!(error("https:///01/04012345111118"), DigitalLinkError::NoDomain);
		assert_eq!(error("https://x.org/a/b"), DigitalLinkError::NoKey);
		assert_eq!(error("https://x.org/01/"), DigitalLinkError::NoValue { ai: "01".into() });
		assert_eq!(
			error("https://x.org/01/04012345111118/21"),
			DigitalLinkError::NoValue { ai: "21".into() }
		);
		assert_eq!(
			error("https://x.org/00/340123451111111111/21/1"),
			DigitalLinkError::Qualifier { key: "00".into(), found: "21".into() }
		);
		assert_eq!(
			error("https://x.org/01/04012345111118/21/1/10/1"),
			DigitalLinkError::Order { found: "10".into() }
		);
		assert_eq!(
			error("https://x.org/01/04012345111118/21/%4"),
			DigitalLinkError::Escape { found: "%4".into() }
		);
		assert_eq!(
			error("https://x.org/01/04012345111118?17=271231&17=281231"),
			DigitalLinkError::Repeated { ai: Ai::EXPIRY }
		);
		assert_eq!(
			error("https://x.org/01/04012345111118/10/A?10=B"),
			DigitalLinkError::Repeated { ai: Ai::LOT }
		);
		assert_eq!(
			error("https://x.org/01/04012345111118?17=271331"),
			DigitalLinkError::Data {
				ai: Ai::EXPIRY,
				error: DataError::Date { found: "271331".into() }
			}
		);
		assert!(matches!(
			error("https://x.org/01/4012345111119"),
			DigitalLinkError::Data { error: DataError::Key(KeyError::CheckDigit { .. }), .. }
		));
	}

	#[test]
	fn element_strings_round_trip() {
		let uri = "https://id.gs1.org/01/04012345111118/10/A7/21/X%2F1?11=260101&17=271231";
		let link = DigitalLink::parse(uri).unwrap();
		assert_eq!(DigitalLink::from_element_strings(&link.element_strings()), Ok(link.clone()));
		assert_eq!(link.to_string(), uri);
	}
}
