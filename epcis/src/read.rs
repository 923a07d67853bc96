//! Reads the members of JSON objects and notes what is wrong, with its path.

use crate::{
	canonical::trim,
	fault::{Fault, FaultKind, MAX_FAULTS},
	time::Timestamp,
	vocabulary::Vocabulary,
};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

pub(crate) struct Reader {
	path: String,
	pub(crate) faults: Vec<Fault>,
}

impl Reader {
	pub(crate) fn new(path: String) -> Self {
		Self { path, faults: Vec::new() }
	}

	/// Notes a fault at the path where this is.
	pub(crate) fn note(&mut self, kind: FaultKind) {
		if self.faults.len() < MAX_FAULTS {
			self.faults.push(Fault { path: self.path.clone(), kind });
		}
	}

	/// Notes a fault in place of what could not be read.
	pub(crate) fn fault<T>(&mut self, kind: FaultKind) -> Option<T> {
		self.note(kind);
		None
	}

	/// Goes into a member.
	pub(crate) fn at_key<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
		let length = self.path.len();
		push_key(&mut self.path, key);
		let value = read(self);
		self.path.truncate(length);
		value
	}

	/// Goes into a member of an array.
	pub(crate) fn at_index<T>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> T) -> T {
		let length = self.path.len();
		self.path.push_str(&format!("[{index}]"));
		let value = read(self);
		self.path.truncate(length);
		value
	}

	/// A member; none for null, which JSON-LD takes for absent.
	fn get<'a>(object: &'a Object, key: &str) -> Option<&'a Value> {
		object.get(key).filter(|value| !value.is_null())
	}

	fn text_of(&mut self, value: &Value) -> Option<String> {
		match value.as_str() {
			Some(text) if trim(text).is_empty() => self.fault(FaultKind::Empty),
			Some(text) => Some(text.into()),
			None => self.fault(FaultKind::JsonType { expected: "a string" }),
		}
	}

	fn uri_of(&mut self, value: &Value) -> Option<String> {
		let text = self.text_of(value)?;
		if is_uri(trim(&text)) {
			Some(text)
		} else {
			self.fault(FaultKind::NotUri)
		}
	}

	fn word_of(&mut self, value: &Value, vocabulary: Vocabulary) -> Option<String> {
		let text = self.text_of(value)?;
		if vocabulary.has(&text) || is_uri(trim(&text)) {
			Some(text)
		} else {
			self.fault(FaultKind::NotInVocabulary(vocabulary))
		}
	}

	/// A member that is text and not empty.
	pub(crate) fn text(&mut self, object: &Object, key: &str) -> Option<String> {
		let value = Self::get(object, key)?;
		self.at_key(key, |r| r.text_of(value))
	}

	/// The same, which has to be there.
	pub(crate) fn required_text(&mut self, object: &Object, key: &str) -> Option<String> {
		match Self::get(object, key) {
			Some(value) => self.at_key(key, |r| r.text_of(value)),
			None => self.at_key(key, |r| r.fault(FaultKind::Missing)),
		}
	}

	pub(crate) fn time(&mut self, object: &Object, key: &str) -> Option<Timestamp> {
		let text = self.text(object, key)?;
		match Timestamp::parse(trim(&text)) {
			Ok(time) => Some(time),
			Err(error) => self.at_key(key, |r| r.fault(FaultKind::Time(error))),
		}
	}

	pub(crate) fn required_time(&mut self, object: &Object, key: &str) -> Option<Timestamp> {
		match Self::get(object, key) {
			Some(_) => self.time(object, key),
			None => self.at_key(key, |r| r.fault(FaultKind::Missing)),
		}
	}

	pub(crate) fn uri(&mut self, object: &Object, key: &str) -> Option<String> {
		let value = Self::get(object, key)?;
		self.at_key(key, |r| r.uri_of(value))
	}

	/// A bare word of a vocabulary, or a URI, as written.
	pub(crate) fn word(
		&mut self,
		object: &Object,
		key: &str,
		vocabulary: Vocabulary,
	) -> Option<String> {
		let value = Self::get(object, key)?;
		self.at_key(key, |r| r.word_of(value, vocabulary))
	}

	pub(crate) fn number(&mut self, object: &Object, key: &str) -> Option<f64> {
		let value = Self::get(object, key)?;
		let number = value.as_f64();
		number
			.or_else(|| self.at_key(key, |r| r.fault(FaultKind::JsonType { expected: "a number" })))
	}

	pub(crate) fn boolean(&mut self, object: &Object, key: &str) -> Option<bool> {
		let value = Self::get(object, key)?;
		let expected = "true or false";
		value
			.as_bool()
			.or_else(|| self.at_key(key, |r| r.fault(FaultKind::JsonType { expected })))
	}

	/// The members of an array, or the one that stands without it (`@container: @set` of JSON-LD).
	fn each<T>(
		&mut self,
		object: &Object,
		key: &str,
		mut read: impl FnMut(&mut Self, &Value) -> Option<T>,
	) -> Vec<T> {
		match Self::get(object, key) {
			Some(Value::Array(values)) => self.at_key(key, |r| {
				let read = |(at, value)| r.at_index(at, |r| read(r, value));
				values.iter().enumerate().filter_map(read).collect()
			}),
			Some(value) => self.at_key(key, |r| read(r, value)).into_iter().collect(),
			None => Vec::new(),
		}
	}

	/// Reads an array of URIs.
	pub(crate) fn uris(&mut self, object: &Object, key: &str) -> Vec<String> {
		// Members that are no URIs keep their place, so that later faults name the right one.
		self.each(object, key, |r, value| Some(r.uri_of(value).unwrap_or_default()))
	}

	/// Reads an array of words of a vocabulary.
	pub(crate) fn words(
		&mut self,
		object: &Object,
		key: &str,
		vocabulary: Vocabulary,
	) -> Vec<String> {
		self.each(object, key, |r, value| r.word_of(value, vocabulary))
	}

	/// Reads a member that is an object.
	pub(crate) fn object<T>(
		&mut self,
		object: &Object,
		key: &str,
		read: impl FnOnce(&mut Self, &Object) -> T,
	) -> Option<T> {
		let value = Self::get(object, key)?;
		self.at_key(key, |r| match value.as_object() {
			Some(member) => Some(read(r, member)),
			None => r.fault(FaultKind::JsonType { expected: "an object" }),
		})
	}

	/// Reads a member that is an array of objects.
	pub(crate) fn members<T>(
		&mut self,
		object: &Object,
		key: &str,
		mut read: impl FnMut(&mut Self, &Object) -> T,
	) -> Vec<T> {
		match Self::get(object, key) {
			Some(Value::Array(_)) => self.each(object, key, |r, value| match value.as_object() {
				Some(member) => Some(read(r, member)),
				None => r.fault(FaultKind::JsonType { expected: "an object" }),
			}),
			Some(_) => self.at_key(key, |r| {
				r.note(FaultKind::JsonType { expected: "an array" });
				Vec::new()
			}),
			None => Vec::new(),
		}
	}
}

/// Appends a step of a JSON path: `.bizStep`, or `['example:field']`.
pub(crate) fn push_key(path: &mut String, key: &str) {
	let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
	if !key.is_empty() && key.chars().all(plain) {
		path.push('.');
		path.push_str(key);
	} else {
		// A path is for people to read, so a key of any length is cut.
		let key: String = key.chars().take(64).flat_map(char::escape_default).collect();
		path.push_str(&format!("['{key}']"));
	}
}

/// Whether a text has the scheme of a URI (RFC 3986, section 3.1) and no white space.
fn is_uri(text: &str) -> bool {
	let Some((scheme, rest)) = text.split_once(':') else { return false };
	let in_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
	scheme.starts_with(|c: char| c.is_ascii_alphabetic())
		&& scheme.chars().all(in_scheme)
		&& !rest.is_empty()
		&& !rest.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn uris_have_a_scheme() {
		for text in ["urn:epc:id:sscc:1.2", "https://x.org", "geo:1,2", "cbv:Disp-active", "a+b:c"]
		{
			assert!(is_uri(text), "{text}");
		}
		for text in ["shipping", "", ":", "a:", "1a:b", "a b:c", "a:b c", "ä:b"] {
			assert!(!is_uri(text), "{text}");
		}
	}

	#[test]
	fn paths_quote_what_is_no_plain_name() {
		let mut path = String::from("$");
		push_key(&mut path, "bizStep");
		push_key(&mut path, "ext:it's");
		push_key(&mut path, "");
		assert_eq!(path, "$.bizStep['ext:it\\'s']['']");
	}
}
