//! The one form of a value that the event hash takes (Core Business Vocabulary 2.0, section 8.9).

use crate::gs1::{digital_link::qualifier, percent::escaped, EpcUrn};

/// URN-based vocabularies and the web vocabularies that replaced them.
const WEB_VOCABULARIES: &[(&str, &str)] = &[
	("urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"),
	("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
	("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
	("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
	("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
];

/// Cuts white space at both ends, the separators of ASCII included.
pub(crate) fn trim(text: &str) -> &str {
	text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

/// The canonical form of a trimmed value: vocabularies as web URIs, numbers without needless
/// characters, GS1 keys as constrained canonical Digital Link URIs.
pub fn value(text: &str) -> String {
	let mut text = String::from(text);
	for (urn, web) in WEB_VOCABULARIES {
		if text.contains(urn) {
			text = text.replace(urn, web);
		}
	}
	if let Some(number) = number(&text) {
		return number;
	}
	identifier(&text).unwrap_or(text)
}

/// A number without leading and trailing zeros; none for a text that is no finite number.
///
/// Whatever reads as a number counts as one, as in the reference implementation: the lot `0012` and
/// the lot `12` are one in the hash.
pub fn number(text: &str) -> Option<String> {
	let plain = without_underscores(text)?;
	let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
	// Excludes the words for infinity and not-a-number.
	if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
		return None;
	}
	let number: f64 = plain.parse().ok()?;
	if !number.is_finite() {
		return None;
	}
	Some(if number == 0.0 {
		"0".into()
	} else if number.fract() == 0.0 {
		// Every digit, also beyond those that tell doubles apart.
		format!("{number:.0}")
	} else if number.abs() < 1e-4 {
		let scientific = format!("{number:e}");
		match scientific.split_once("e-") {
			Some((digits, exponent)) => format!("{digits}e-{exponent:0>2}"),
			None => scientific,
		}
	} else {
		format!("{number}")
	})
}

/// The text without underscores between digits; none if one stands elsewhere.
fn without_underscores(text: &str) -> Option<String> {
	let bytes = text.as_bytes();
	let is_digit =
		|at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
	let stray = bytes.iter().enumerate().any(|(at, byte)| {
		*byte == b'_' && !(is_digit(at.checked_sub(1)) && is_digit(at.checked_add(1)))
	});
	(!stray).then(|| text.replace('_', ""))
}

/// The constrained canonical Digital Link URI of a GS1 key: on `id.gs1.org`, without query, with the
/// finest qualifier only. None for what is no EPC URN and no Digital Link URI.
///
/// Check digits are not looked at: a hash says what was written.
pub fn identifier(text: &str) -> Option<String> {
	if text.starts_with("urn:epc:") {
		return EpcUrn::parse(text).ok().map(|urn| urn.to_digital_link());
	}
	let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
	let rest = rest.split(['?', '#']).next().unwrap_or_default();
	let segments: Vec<&str> = rest.split('/').skip(1).collect();
	(0..segments.len()).find_map(|at| constrained(segments.get(at..)?))
}

/// How the value of a key looks: so many digits, then at most so many characters.
struct Shape {
	ai: &'static str,
	word: &'static str,
	digits: usize,
	more: usize,
	set: Set,
	/// The qualifiers that may follow, coarse to fine, and whether the hash keeps them.
	qualifiers: &'static [(&'static str, bool)],
}

#[derive(Clone, Copy)]
enum Set {
	Digits,
	/// What a Digital Link path may have of set 82, escaped or not.
	Text,
	/// The same of set 39.
	Part,
}

const fn shape(
	ai: &'static str,
	word: &'static str,
	digits: usize,
	more: usize,
	set: Set,
	qualifiers: &'static [(&'static str, bool)],
) -> Shape {
	Shape { ai, word, digits, more, set, qualifiers }
}

/// The keys and qualifiers that section 8.9 lets into a constrained URI. Keys that begin with a
/// company prefix have four digits at least.
const SHAPES: &[Shape] = &[
	shape("00", "sscc", 18, 0, Set::Digits, &[]),
	shape(
		"01",
		"gtin",
		14,
		0,
		Set::Digits,
		&[("22", false), ("10", true), ("21", true), ("235", true)],
	),
	shape("253", "gdti", 13, 17, Set::Text, &[]),
	shape("255", "gcn", 13, 12, Set::Digits, &[]),
	shape("401", "ginc", 4, 26, Set::Text, &[]),
	shape("402", "gsin", 17, 0, Set::Digits, &[]),
	shape("414", "gln", 13, 0, Set::Digits, &[("254", true)]),
	shape("417", "party", 13, 0, Set::Digits, &[]),
	shape("8003", "grai", 14, 16, Set::Text, &[]),
	shape("8004", "giai", 4, 26, Set::Text, &[]),
	shape("8006", "itip", 18, 0, Set::Digits, &[("22", false), ("10", true), ("21", true)]),
	shape("8010", "cpid", 4, 26, Set::Part, &[("8011", true)]),
	shape("8017", "gsrnp", 18, 0, Set::Digits, &[("8019", false)]),
	shape("8018", "gsrn", 18, 0, Set::Digits, &[("8019", false)]),
];

/// The constrained URI of a path that begins with a key and has nothing but its qualifiers after.
fn constrained(path: &[&str]) -> Option<String> {
	let (key, rest) = path.split_first()?;
	let (value, rest) = rest.split_first()?;
	let shape = SHAPES.iter().find(|shape| shape.ai == *key || shape.word == *key)?;
	let padded;
	let value = match (shape.ai, value.len()) {
		("01", 8 | 12 | 13) => {
			padded = format!("{value:0>14}");
			&padded
		},
		_ => *value,
	};
	let digits = value.get(..shape.digits)?;
	let more = value.get(shape.digits..)?;
	let fits = digits.bytes().all(|byte| byte.is_ascii_digit())
		&& characters(more, shape.set).is_some_and(|count| count <= shape.more)
		&& (shape.digits != 4 || !more.is_empty());
	if !fits || rest.len() % 2 != 0 {
		return None;
	}
	let (mut finest, mut next) = (None, 0);
	for pair in rest.chunks_exact(2) {
		let &[name, value] = pair else { return None };
		let ai = qualifier(name);
		let rank = shape.qualifiers.iter().position(|(allowed, _)| *allowed == ai)?;
		let (max, set) = match ai {
			"235" => (28, Set::Text),
			"8011" => (12, Set::Digits),
			"8019" => (10, Set::Digits),
			_ => (20, Set::Text),
		};
		if rank < next || characters(value, set).is_none_or(|count| count > max) {
			return None;
		}
		next = rank + 1;
		if shape.qualifiers.get(rank).is_some_and(|(_, kept)| *kept) {
			finest = Some((ai, value));
		}
	}
	let mut out = format!("https://id.gs1.org/{}/{value}", shape.ai);
	if let Some((ai, value)) = finest {
		out.push_str(&format!("/{ai}/{value}"));
	}
	Some(out)
}

/// How many characters of a set `text` writes, an escape being one; none if another is among them.
fn characters(text: &str, set: Set) -> Option<usize> {
	let (mut rest, mut count) = (text, 0);
	while let Some(first) = rest.chars().next() {
		let length = match (first, set) {
			('0'..='9', _) => 1,
			(_, Set::Digits) => return None,
			('%', _) => {
				rest.get(1..3).and_then(escaped)?;
				3
			},
			('"' | '\'' | '-' | '.' | ';'..='?' | 'A'..='Z' | '_' | 'a'..='z', Set::Text) => 1,
			('-' | 'A'..='Z', Set::Part) => 1,
			_ => return None,
		};
		rest = rest.get(length..)?;
		count += 1;
	}
	Some(count)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_have_one_form() {
		for (text, expected) in [
			("1.0", "1"),
			("+007.50", "7.5"),
			("-0", "0"),
			(".5", "0.5"),
			("5.", "5"),
			("1e5", "100000"),
			("1_000", "1000"),
			("0.00001", "1e-05"),
			("0.0001", "0.0001"),
			("1.5e-7", "1.5e-07"),
			("-2.5E-101", "-2.5e-101"),
			("123456789012345678901", "123456789012345683968"),
			("1e22", "10000000000000000000000"),
			("1e23", "99999999999999991611392"),
			("0.1", "0.1"),
			("12.345678901234567", "12.345678901234567"),
		] {
			assert_eq!(number(text).as_deref(), Some(expected), "{text}");
		}
		for text in [
			"",
			"A",
			"1A",
			"0x10",
			"inf",
			"-Infinity",
			"nan",
			"1e999",
			"_1",
			"1__0",
			"1_.0",
			"+",
			".",
			"e5",
			"--1",
			"1 2",
		] {
			assert_eq!(number(text), None, "{text}");
		}
	}

	#[test]
	fn identifiers_have_one_form() {
		for (text, path) in [
			("https://id.gs1.org/gtin/09780345418913", "01/09780345418913"),
			("http://us-company.com/01/001122334455/ser/GHB", "01/00001122334455/21/GHB"),
			("http://example.de/gtin-8/01/97803111", "01/00000097803111"),
			(
				"https://x.org/gtin/9780345418913/cpv/344/lot/1223/ser/765tz?a=b",
				"01/09780345418913/21/765tz",
			),
			("https://x.org/01/09780345418913/22/344", "01/09780345418913"),
			("https://x.org/01/09780345418913/10/A%2FB", "01/09780345418913/10/A%2FB"),
			("https://x.org/a/8006/040123451234560102/10/XYZ", "8006/040123451234560102/10/XYZ"),
			("https://x.org/party/4226350800008", "417/4226350800008"),
			("https://x.org/414/4280000000002/254/12#top", "414/4280000000002/254/12"),
			("https://x.org/8010/0628165987/8011/9876", "8010/0628165987/8011/9876"),
			("https://x.org/8018/385888700111111111/8019/5", "8018/385888700111111111"),
			("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111"),
		] {
			assert_eq!(identifier(text), Some(format!("https://id.gs1.org/{path}")), "{text}");
		}
		for text in [
			"http://example.org/123/4012345ABC987/456/4711",
			"http://id.gs1.org/01/9780345418913/99/utfgf",
			"http://example.de/01/97803",
			"https://x.org/01/09780345418913/",
			"https://x.org/01/09780345418913/21/1/10/2",
			"https://x.org/01/09780345418913/21/a(b",
			"https://x.org/8004/4012",
			"https://x.org",
			"urn:epc:id:sgtin:1.2.3",
			"42",
			"",
		] {
			assert_eq!(identifier(text), None, "{text}");
		}
	}

	#[test]
	fn vocabularies_become_web_uris() {
		assert_eq!(
			value("urn:epcglobal:cbv:disp:in_transit"),
			"https://ref.gs1.org/cbv/Disp-in_transit"
		);
		assert_eq!(trim(" \u{1c}a\u{a0}"), "a");
	}
}
