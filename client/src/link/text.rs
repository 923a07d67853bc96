//! The form of texts that carry a secret: what anybody may know, `#`, and the code with a check over the whole.
//!
//! The check is [`CHECK`] bytes of BLAKE2b(code, domain, text before `#`), where a code of fewer than 32 bytes
//! is filled up with zeros; behind `#` stand code and check in Base64 for URLs, without padding.

use crate::keys::derive_secret;
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use qrcode::{render::svg, EcLevel, QrCode};
use reqwest::Url;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of the check.
const CHECK: usize = 8;
/// Longest text that is read.
pub const MAX_LINK: usize = 2048;

/// What is wrong with a text.
pub(crate) type Bad = &'static str;

/// What a text is for.
pub(crate) struct Form {
	/// How it begins.
	pub(crate) scheme: &'static str,
	/// Said of one that begins otherwise.
	pub(crate) begins_otherwise: Bad,
	/// Separates its check from others.
	pub(crate) domain: &'static [u8; 16],
}

impl Form {
	/// What stands before the code.
	pub(crate) fn head(&self, parts: &[(&str, &str)]) -> String {
		// Which is an address for sure.
		let Ok(mut url) = Url::parse(self.scheme) else { return String::new() };
		url.query_pairs_mut().extend_pairs(parts);
		url.into()
	}

	/// The whole text.
	pub(crate) fn text<const N: usize>(&self, head: &str, code: &[u8; N]) -> Zeroizing<String> {
		let mut tail = Zeroizing::new(Vec::with_capacity(N.saturating_add(CHECK)));
		tail.extend_from_slice(code);
		tail.extend_from_slice(&self.check(head, code));
		let tail = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*tail));
		let mut text = Zeroizing::new(String::with_capacity(MAX_LINK));
		text.push_str(head);
		text.push('#');
		text.push_str(&tail);
		text
	}

	/// What stands before the code, and the code. White space around the text does not count.
	pub(crate) fn read<const N: usize>(
		&self,
		text: &str,
	) -> Result<(Parts, Zeroizing<[u8; N]>), Bad> {
		let text = text.trim();
		if text.len() > MAX_LINK {
			return Err("it is too long");
		}
		let (head, tail) = text.split_once('#').ok_or("it has no code behind #")?;
		let parts = self.parts(head)?;
		let bytes =
			Zeroizing::new(URL_SAFE_NO_PAD.decode(tail).map_err(|_| "its code is no code")?);
		let (code, check) = bytes
			.split_first_chunk::<N>()
			.filter(|(_, check)| check.len() == CHECK)
			.ok_or("its code is cut short")?;
		if !bool::from(self.check(head, code).ct_eq(check)) {
			return Err("something in it was changed");
		}
		Ok((parts, Zeroizing::new(*code)))
	}

	/// The check over what stands before the code.
	fn check<const N: usize>(&self, head: &str, code: &[u8; N]) -> [u8; CHECK] {
		let mut key = Zeroizing::new([0; 32]);
		key.iter_mut().zip(code).for_each(|(key, code)| *key = *code);
		let whole = derive_secret(&key, self.domain, head.as_bytes());
		let mut check = [0; CHECK];
		check.copy_from_slice(whole.split_at(CHECK).0);
		check
	}

	fn parts(&self, head: &str) -> Result<Parts, Bad> {
		if head.split_once('?').is_none_or(|(scheme, _)| scheme != self.scheme) {
			return Err(self.begins_otherwise);
		}
		let url = Url::parse(head).map_err(|_| "it is no address")?;
		Ok(Parts(url.query_pairs().into_owned().collect()))
	}
}

/// The parts of what stands before the code.
pub(crate) struct Parts(Vec<(String, String)>);

impl Parts {
	/// The part of this name, which is there once.
	pub(crate) fn value(&self, name: &str) -> Result<&str, Bad> {
		let mut named = self.0.iter().filter(|(key, _)| key == name);
		let found = named.next().filter(|_| named.next().is_none());
		found.map(|(_, value)| value.as_str()).ok_or("a part is missing")
	}
}

/// A text as a drawing for cameras, in SVG; none if it is too long for one.
pub(crate) fn drawing(text: &str) -> Option<Zeroizing<String>> {
	let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
	Some(Zeroizing::new(code.render::<svg::Color<'_>>().build()))
}
