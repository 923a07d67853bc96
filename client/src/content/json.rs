//! JSON as it is written: names in order, twice where they stand twice, numbers as text.
//!
//! `serde_json::Value` keeps one of two members of the same name, so that two readers of one file could
//! see two resources; and the form in which it hands on numbers depends on what other crates ask of it.

use std::borrow::Cow;

/// How deep lists and objects may lie in each other.
pub(super) const MAX_DEPTH: usize = 100;

/// How many values there may be: each takes more memory than the two bytes that it can be written in.
const MAX_VALUES: usize = 5_000_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
	Null,
	Bool(bool),
	Number(&'a str),
	String(Cow<'a, str>),
	List(Vec<Json<'a>>),
	Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
	/// The first member of this name.
	pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
		self.members().iter().find(|(known, _)| known == name).map(|(_, value)| value)
	}

	/// The members of an object; of anything else none.
	pub(super) fn members(&self) -> &[(Cow<'a, str>, Json<'a>)] {
		match self {
			Self::Object(members) => members,
			_ => &[],
		}
	}

	/// The items of a list; anything else is the only one.
	pub(super) fn items(&self) -> &[Json<'a>] {
		match self {
			Self::List(items) => items,
			one => std::slice::from_ref(one),
		}
	}

	pub(super) fn as_str(&self) -> Option<&str> {
		match self {
			Self::String(text) => Some(text),
			_ => None,
		}
	}

	/// The text of the member of this name.
	pub(super) fn text(&self, name: &str) -> Option<&str> {
		self.get(name)?.as_str()
	}
}

/// Where and why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
	at: usize,
	what: &'static str,
}

impl Fault {
	/// The fault in words; `text` is what was parsed.
	pub(super) fn describe(&self, text: &str) -> String {
		let before = text.as_bytes().get(..self.at).unwrap_or(text.as_bytes());
		let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
		let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
		format!("line {line}, column {}: {}", self.at - start.min(self.at) + 1, self.what)
	}
}

/// Reads one value and nothing after it.
pub(super) fn parse(text: &str) -> Result<Json<'_>, Fault> {
	let mut parser = Parser { text, at: 0, values: 0 };
	let value = parser.value(0)?;
	parser.space();
	match parser.peek() {
		None => Ok(value),
		Some(_) => parser.fault("the text goes on after the value"),
	}
}

struct Parser<'a> {
	text: &'a str,
	at: usize,
	values: usize,
}

impl<'a> Parser<'a> {
	fn fault<T>(&self, what: &'static str) -> Result<T, Fault> {
		Err(Fault { at: self.at, what })
	}

	fn peek(&self) -> Option<u8> {
		self.text.as_bytes().get(self.at).copied()
	}

	fn eat(&mut self, byte: u8) -> bool {
		let there = self.peek() == Some(byte);
		self.at += usize::from(there);
		there
	}

	fn space(&mut self) {
		while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
			self.at += 1;
		}
	}

	fn digits(&mut self) -> bool {
		let start = self.at;
		while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
			self.at += 1;
		}
		self.at > start
	}

	fn from(&self, start: usize) -> &'a str {
		self.text.get(start..self.at).unwrap_or_default()
	}

	fn value(&mut self, depth: usize) -> Result<Json<'a>, Fault> {
		self.space();
		self.values += 1;
		if self.values > MAX_VALUES {
			return self.fault("there are too many values");
		}
		match self.peek() {
			Some(b'{' | b'[') if depth >= MAX_DEPTH => self.fault("nested too deeply"),
			Some(b'{') => self.object(depth),
			Some(b'[') => self.list(depth),
			Some(b'"') => self.string().map(Json::String),
			Some(b'-' | b'0'..=b'9') => self.number(),
			Some(_) => {
				for (word, value) in
					[("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)]
				{
					if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
						self.at += word.len();
						return Ok(value);
					}
				}
				self.fault("a value is expected")
			},
			None => self.fault("the text ends where a value is expected"),
		}
	}

	fn object(&mut self, depth: usize) -> Result<Json<'a>, Fault> {
		self.at += 1;
		let mut members = Vec::new();
		self.space();
		if self.eat(b'}') {
			return Ok(Json::Object(members));
		}
		loop {
			self.space();
			if self.peek() != Some(b'"') {
				return self.fault("a name in quotes is expected");
			}
			let name = self.string()?;
			self.space();
			if !self.eat(b':') {
				return self.fault("a colon is expected");
			}
			members.push((name, self.value(depth + 1)?));
			self.space();
			if self.eat(b'}') {
				return Ok(Json::Object(members));
			}
			if !self.eat(b',') {
				return self.fault("a comma or the end of the object is expected");
			}
		}
	}

	fn list(&mut self, depth: usize) -> Result<Json<'a>, Fault> {
		self.at += 1;
		let mut items = Vec::new();
		self.space();
		if self.eat(b']') {
			return Ok(Json::List(items));
		}
		loop {
			items.push(self.value(depth + 1)?);
			self.space();
			if self.eat(b']') {
				return Ok(Json::List(items));
			}
			if !self.eat(b',') {
				return self.fault("a comma or the end of the list is expected");
			}
		}
	}

	fn number(&mut self) -> Result<Json<'a>, Fault> {
		let start = self.at;
		self.eat(b'-');
		if !self.eat(b'0') && !self.digits() {
			return self.fault("a digit is expected");
		}
		if self.eat(b'.') && !self.digits() {
			return self.fault("a digit is expected");
		}
		if self.eat(b'e') || self.eat(b'E') {
			let _ = self.eat(b'+') || self.eat(b'-');
			if !self.digits() {
				return self.fault("a digit is expected");
			}
		}
		Ok(Json::Number(self.from(start)))
	}

	fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
		self.at += 1;
		let mut start = self.at;
		let mut built = None::<String>;
		loop {
			let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
			let Some(plain) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31))
			else {
				self.at = self.text.len();
				return self.fault("the text ends inside a string");
			};
			self.at += plain;
			let run = self.from(start);
			match self.peek() {
				Some(b'"') => {
					self.at += 1;
					return Ok(match built {
						None => Cow::Borrowed(run),
						Some(built) => Cow::Owned(built + run),
					});
				},
				Some(b'\\') => {
					let built = built.get_or_insert_default();
					built.push_str(run);
					built.push(self.escape()?);
					start = self.at;
				},
				_ => return self.fault("a control character stands in a string"),
			}
		}
	}

	fn escape(&mut self) -> Result<char, Fault> {
		let escape = self.at;
		self.at += 1;
		let letter = self.peek();
		self.at += 1;
		Ok(match letter {
			Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
			Some(b'b') => '\u{8}',
			Some(b'f') => '\u{c}',
			Some(b'n') => '\n',
			Some(b'r') => '\r',
			Some(b't') => '\t',
			Some(b'u') => {
				let first = self.unit()?;
				let code = if (0xd800..0xdc00).contains(&first) && self.eat(b'\\') && self.eat(b'u')
				{
					let second = self.unit()?;
					if !(0xdc00..0xe000).contains(&second) {
						return Err(Fault { at: escape, what: "half a character" });
					}
					0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
				} else {
					first
				};
				match char::from_u32(code) {
					Some(read) => read,
					None => return Err(Fault { at: escape, what: "half a character" }),
				}
			},
			_ => return Err(Fault { at: escape, what: "no escape of JSON" }),
		})
	}

	/// Four hexadecimal digits.
	fn unit(&mut self) -> Result<u32, Fault> {
		let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
		if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
			return self.fault("four hexadecimal digits are expected");
		}
		self.at += 4;
		u32::from_str_radix(digits, 16)
			.or_else(|_| self.fault("four hexadecimal digits are expected"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn fault(text: &str) -> String {
		parse(text).unwrap_err().describe(text)
	}

	#[test]
	fn keeps_names_in_order_and_numbers_as_text() {
		let Json::Object(members) = parse(r#" {"b": 1.50, "a": [true, null], "b": "x"} "#).unwrap()
		else {
			panic!("no object");
		};
		let names: Vec<_> = members.iter().map(|(name, _)| name.as_ref()).collect();
		assert_eq!(names, ["b", "a", "b"]);
		assert_eq!(members[0].1, Json::Number("1.50"));
	}

	#[test]
	fn reads_escapes() {
		let text = r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z""#;
		assert_eq!(parse(text).unwrap().as_str(), Some("a\"\\/\u{8}\u{c}\n\r\té😀z"));
		for text in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\n""#, r#""\ud83dA""#] {
			assert!(fault(text).ends_with("half a character"), "{text}");
		}
		for text in [r#""\x""#, r#""\u12g4""#, r#""\u+123""#, "\"\\", "\"\\u12"] {
			assert!(parse(text).is_err(), "{text}");
		}
	}

	#[test]
	fn faults_name_line_and_column() {
		assert_eq!(fault(""), "line 1, column 1: the text ends where a value is expected");
		assert_eq!(fault("{\n \"a\" 1}"), "line 2, column 6: a colon is expected");
		assert_eq!(fault("[1,]"), "line 1, column 4: a value is expected");
		assert_eq!(fault("1 2"), "line 1, column 3: the text goes on after the value");
		assert_eq!(fault("\"\n\""), "line 1, column 2: a control character stands in a string");
	}

	#[test]
	fn is_bounded_in_depth() {
		let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
		assert!(parse(&nested(MAX_DEPTH)).is_ok());
		assert!(fault(&nested(MAX_DEPTH + 1)).ends_with("nested too deeply"));
		assert!(fault(&"{\"a\":".repeat(1_000_000)).ends_with("nested too deeply"));
	}

	#[test]
	fn is_bounded_in_number() {
		let values = |count: usize| format!("[{}1]", "1,".repeat(count - 2));
		assert!(parse(&values(MAX_VALUES)).is_ok());
		assert!(fault(&values(MAX_VALUES + 1)).ends_with("there are too many values"));
	}

	proptest! {
		/// Takes what `serde_json` takes, and nothing else.
		#[test]
		fn agrees_with_serde_json(
			text in r#"([\[\]{}:, 019.eE+\-]|"|\\|"a"|"b":|true|null|\\u00e9|é|[ -~]){0,40}"#,
		) {
			let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
			prop_assert_eq!(parse(&text).is_ok(), theirs, "{}", text);
		}

		#[test]
		fn takes_whatever_json_there_is(value in json()) {
			let text = value.to_string();
			let read = parse(&text);
			prop_assert!(read.is_ok());
		}

		#[test]
		fn never_panics(text in any::<String>()) {
			let _ = parse(&text).map_err(|fault| fault.describe(&text));
		}
	}

	fn json() -> impl Strategy<Value = serde_json::Value> {
		use serde_json::Value;
		let leaf = prop_oneof![
			Just(Value::Null),
			any::<bool>().prop_map(Value::from),
			any::<i64>().prop_map(Value::from),
			any::<f64>().prop_map(Value::from),
			any::<String>().prop_map(Value::from),
		];
		leaf.prop_recursive(5, 50, 8, |inner| {
			prop_oneof![
				prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
				prop::collection::hash_map(any::<String>(), inner, 0..8)
					.prop_map(|members| Value::Object(members.into_iter().collect())),
			]
		})
	}
}
