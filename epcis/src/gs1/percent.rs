//! Percent-encoding as Digital Link URIs and EPC URNs use it.

use alloc::{string::String, vec::Vec};

/// The text behind the escapes of `text`; or where the first broken escape, or the first escape of
/// what is no UTF-8, is (in bytes).
pub(crate) fn decode(text: &str) -> Result<String, usize> {
	let bytes = text.as_bytes();
	let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
	let mut first_escape = 0;
	while let Some(byte) = bytes.get(at) {
		if *byte == b'%' {
			let value = text.get(at + 1..at + 3).and_then(escaped).ok_or(at)?;
			if out.is_ascii() && !value.is_ascii() {
				first_escape = at;
			}
			out.push(value);
			at += 3;
		} else {
			out.push(*byte);
			at += 1;
		}
	}
	String::from_utf8(out).map_err(|_| first_escape)
}

/// The byte that two hexadecimal digits write.
pub(crate) fn escaped(digits: &str) -> Option<u8> {
	// `from_str_radix` would take a sign.
	if digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
		u8::from_str_radix(digits, 16).ok()
	} else {
		None
	}
}

/// Appends `text` with every byte escaped that `plain` does not let through.
pub(crate) fn encode(out: &mut String, text: &str, plain: fn(u8) -> bool) {
	const HEX: &[u8; 16] = b"0123456789ABCDEF";
	for byte in text.bytes() {
		if byte.is_ascii() && plain(byte) {
			out.push(char::from(byte));
		} else {
			out.push('%');
			out.push(char::from(HEX[usize::from(byte >> 4)]));
			out.push(char::from(HEX[usize::from(byte & 15)]));
		}
	}
}

/// What stands for itself in a Digital Link path (URI syntax 1.2, table 7-1).
pub(crate) fn plain_in_digital_link(byte: u8) -> bool {
	byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'\'' | b';' | b'=')
}

/// What stands for itself in an EPC URN (Tag Data Standard 2, appendix A).
pub(crate) fn plain_in_urn(byte: u8) -> bool {
	byte.is_ascii_graphic()
		&& !matches!(byte, b'"' | b'#' | b'%' | b'&' | b'/' | b'<' | b'>' | b'?')
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decode_finds_the_broken_escape() {
		assert_eq!(decode("a%2Fb%2f"), Ok("a/b/".into()));
		assert_eq!(decode("a%2"), Err(1));
		assert_eq!(decode("%41%+1"), Err(3));
		assert_eq!(decode("%"), Err(0));
		assert_eq!(decode("A%FF"), Err(1));
		assert_eq!(decode("%é1"), Err(0));
	}

	#[test]
	fn encode_keeps_what_is_plain() {
		let mut out = String::new();
		encode(&mut out, "a/b!'é", plain_in_digital_link);
		assert_eq!(out, "a%2Fb%21'%C3%A9");
	}
}
