//! FHIR's primitive types, as JSON has them.

use super::{date, json::Json};

/// Longest string, in bytes.
const MAX_STRING: usize = 1024 * 1024;

/// A primitive type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Primitive {
	Base64Binary,
	Boolean,
	Code,
	Date,
	DateTime,
	Decimal,
	Id,
	Instant,
	Integer,
	Oid,
	PositiveInt,
	String,
	Time,
	UnsignedInt,
	/// And `url` and `canonical`.
	Uri,
	Uuid,
	Xhtml,
}

impl Primitive {
	pub(super) fn named(name: &str) -> Option<Self> {
		Some(match name {
			"base64Binary" => Self::Base64Binary,
			"boolean" => Self::Boolean,
			"canonical" | "uri" | "url" => Self::Uri,
			"code" => Self::Code,
			"date" => Self::Date,
			"dateTime" => Self::DateTime,
			"decimal" => Self::Decimal,
			"id" => Self::Id,
			"instant" => Self::Instant,
			"integer" => Self::Integer,
			"markdown" | "string" => Self::String,
			"oid" => Self::Oid,
			"positiveInt" => Self::PositiveInt,
			"time" => Self::Time,
			"unsignedInt" => Self::UnsignedInt,
			"uuid" => Self::Uuid,
			"xhtml" => Self::Xhtml,
			_ => return None,
		})
	}

	/// What is wrong with the value, if anything.
	pub(super) fn fault(self, value: &Json<'_>) -> Option<&'static str> {
		let good = match (self, value) {
			(Self::Boolean, value) => matches!(value, Json::Bool(_)),
			(Self::Decimal, value) => matches!(value, Json::Number(_)),
			(Self::Integer, Json::Number(text)) => text.parse::<i32>().is_ok(),
			(Self::UnsignedInt, Json::Number(text)) => {
				text.parse().is_ok_and(|number: i32| number >= 0)
			},
			(Self::PositiveInt, Json::Number(text)) => {
				text.parse().is_ok_and(|number: i32| number > 0)
			},
			(_, Json::String(text)) => self.is_text(text),
			_ => false,
		};
		(!good).then_some(match self {
			Self::Base64Binary => "must be base64 in a string",
			Self::Boolean => "must be true or false",
			Self::Code => "must be a code: a string without spaces at its ends or two in a row",
			Self::Date => "must be a date like 2024, 2024-05 or 2024-05-31",
			Self::DateTime => "must be a date like 2024-05-31 or 2024-05-31T09:30:00Z",
			Self::Decimal => "must be a number",
			Self::Id => "must be an id: up to 64 letters, digits, - and .",
			Self::Instant => "must be a moment like 2024-05-31T09:30:00Z",
			Self::Integer => "must be a whole number of 32 bits",
			Self::Oid => "must be an OID like urn:oid:1.2.3",
			Self::PositiveInt => "must be a whole number from 1 to 2147483647",
			Self::String => "must be a string with at least one character and at most 1 MiB",
			Self::Time => "must be a time like 09:30:00",
			Self::UnsignedInt => "must be a whole number from 0 to 2147483647",
			Self::Uri => "must be a URI, without spaces",
			Self::Uuid => "must be a UUID like urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
			Self::Xhtml => "must be XHTML in a div",
		})
	}

	fn is_text(self, text: &str) -> bool {
		match self {
			Self::Base64Binary => base64(text),
			Self::Code => text.split(' ').all(|word| !word.is_empty() && !word.contains(is_space)),
			Self::Date => !text.contains('T') && date::parse(text).is_some(),
			Self::DateTime => date::parse(text).is_some() && (!text.contains('T') || timed(text)),
			Self::Id => {
				(1..=64).contains(&text.len())
					&& text
						.bytes()
						.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
			},
			Self::Instant => date::parse(text).is_some() && timed(text),
			Self::Oid => oid(text),
			Self::String => string(text),
			Self::Time => time(text),
			Self::Uri => !text.is_empty() && !text.contains(is_space),
			Self::Uuid => uuid(text),
			Self::Xhtml => xhtml(text),
			Self::Boolean
			| Self::Decimal
			| Self::Integer
			| Self::PositiveInt
			| Self::UnsignedInt => false,
		}
	}
}

/// White space as the regular expressions of FHIR, which are XML Schema's, have it.
fn is_space(read: char) -> bool {
	matches!(read, ' ' | '\t' | '\r' | '\n')
}

/// A date and a time with seconds and a zone, given that it is a date.
fn timed(text: &str) -> bool {
	let Some((_, time)) = text.split_once('T') else { return false };
	let clock = time.find(['Z', '+', '-']).and_then(|zone| time.get(..zone));
	clock.is_some_and(|clock| clock.bytes().filter(|byte| *byte == b':').count() == 2)
}

fn time(text: &str) -> bool {
	!text.contains(['Z', '+', '-'])
		&& text.bytes().filter(|byte| *byte == b':').count() == 2
		&& date::parse(&format!("2000-01-01T{text}Z")).is_some()
}

fn string(text: &str) -> bool {
	(1..=MAX_STRING).contains(&text.len())
		&& !text.contains(|read: char| read < ' ' && !matches!(read, '\t' | '\r' | '\n'))
}

fn base64(text: &str) -> bool {
	let (mut count, mut padding) = (0u64, 0u64);
	for byte in text.bytes() {
		match byte {
			b'=' => padding += 1,
			b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {},
			b' ' | b'\t' | b'\r' | b'\n' => continue,
			_ => return false,
		}
		count += 1;
	}
	count > 0 && count.is_multiple_of(4) && padding <= 2
}

fn oid(text: &str) -> bool {
	let Some(arcs) = text.strip_prefix("urn:oid:") else { return false };
	let number = |arc: &str| {
		!arc.is_empty()
			&& arc.bytes().all(|byte| byte.is_ascii_digit())
			&& (arc == "0" || !arc.starts_with('0'))
	};
	let mut arcs = arcs.split('.');
	arcs.next().is_some_and(|first| ["0", "1", "2"].contains(&first))
		&& arcs.clone().next().is_some()
		&& arcs.all(number)
}

fn uuid(text: &str) -> bool {
	let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
	let mut lengths = [8, 4, 4, 4, 12].iter();
	let hexadecimal = |byte: u8| byte.is_ascii_hexdigit();
	uuid.split('-')
		.all(|part| lengths.next() == Some(&part.len()) && part.bytes().all(hexadecimal))
		&& lengths.next().is_none()
}

fn xhtml(text: &str) -> bool {
	let text = text.trim();
	let open = text.strip_prefix("<div").and_then(|rest| rest.chars().next());
	open.is_some_and(|next| next.is_whitespace() || matches!(next, '>' | '/'))
		&& (text.ends_with("</div>") || text.ends_with("/>"))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn forms() {
		let long = "a".repeat(65);
		for (name, good, bad) in [
			(
				"base64Binary",
				&["YWI=", "YW Jj\nYWJj", "////"][..],
				&["", "YWI", "Y===", "Y=Jj", "YWJ_"][..],
			),
			("code", &["a", "a b"], &["", " a", "a ", "a  b", "a\tb"]),
			(
				"date",
				&["2024", "2024-05", "2024-05-31"],
				&["24", "2024-05-32", "2024-05-31T09:30:00Z"],
			),
			(
				"dateTime",
				&[
					"2024",
					"2024-05-31T09:30:00Z",
					"2024-05-31T09:30:00.5+02:00",
					"2024-05-31T09:30:00-14:00",
				],
				&["", "2024-05-31T09:30:00", "2024-05-31T09:30Z", "2024-05-31T24:00:00Z", "now"],
			),
			("id", &["a", "A-1.b"], &["", "a_b", "a/b", &long]),
			("instant", &["2024-05-31T09:30:00.123Z"], &["2024-05-31", "2024-05-31T09:30:00"]),
			(
				"oid",
				&["urn:oid:1.2.0", "urn:oid:2.16"],
				&["1.2", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1."],
			),
			("string", &["a", " ", "a\nb"], &["", "\u{0}"]),
			("time", &["09:30:00", "23:59:59.9"], &["09:30", "24:00:00", "09:30:00Z"]),
			("uri", &["urn:x", "a"], &["", "a b"]),
			(
				"uuid",
				&["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
				&[
					"c757873d-ec9a-4326-a141-556f43239520",
					"urn:uuid:c757873d-ec9a-4326-a141",
					"urn:uuid:c757873d-ec9a-4326-a141-556f43239520-0",
				],
			),
			(
				"xhtml",
				&["<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>", "<div/>"],
				&["", "a", "<divan></div>", "<div>"],
			),
		] {
			let kind = Primitive::named(name).unwrap();
			for text in good {
				assert_eq!(kind.fault(&Json::String((*text).into())), None, "{name} {text}");
			}
			for text in bad {
				assert!(kind.fault(&Json::String((*text).into())).is_some(), "{name} {text}");
			}
			assert!(kind.fault(&Json::Number("1")).is_some() && kind.fault(&Json::Null).is_some());
		}
	}

	#[test]
	fn numbers() {
		for (name, good, bad) in [
			("decimal", &["0", "-1.50", "1e400"][..], &[][..]),
			("integer", &["0", "-2147483648"], &["1.0", "2147483648", "1e2"]),
			("positiveInt", &["1", "2147483647"], &["0", "-1"]),
			("unsignedInt", &["0"], &["-1", "4294967295"]),
		] {
			let kind = Primitive::named(name).unwrap();
			for text in good {
				assert_eq!(kind.fault(&Json::Number(text)), None, "{name} {text}");
			}
			for text in bad {
				assert!(kind.fault(&Json::Number(text)).is_some(), "{name} {text}");
			}
			assert!(kind.fault(&Json::String("1".into())).is_some(), "{name}");
		}
		let boolean = Primitive::named("boolean").unwrap();
		assert_eq!(boolean.fault(&Json::Bool(false)), None);
		assert!(boolean.fault(&Json::String("false".into())).is_some());
	}
}
