//! Finding a patient's chart in an emergency: the code on a card, and the particulars that are compared.
//!
//! # The code
//!
//! A card's code is 16 random bytes. It is written `SALUS-<custodian>-` and then, in Crockford's Base32 in
//! groups of four signs, the code and four bytes of a check over chain, custodian and code. Small letters,
//! spaces and missing hyphens do not matter, and I, L and O are read as 1, 1 and 0.
//!
//! # Particulars
//!
//! Family name, first given name, date of birth and gender of a FHIR R4 `Patient`. Of several names the
//! `official` one counts, else the `usual` one, else the first that says no use. Two people are the same if
//! family, given name and date are equal in the form that [`normalised`] gives, and their genders do not
//! differ where both are known. Nothing that is merely similar counts.

mod card;

pub use card::{page, CardPage};

use crate::{
	content::check_fhir,
	error::Result,
	sealed_file::random,
	vault_api::{Gender, Particulars},
};
use salus_primitives::{
	ids::{Digest, OrganisationId},
	search::{code_digest, CODE},
};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes of the check behind a code.
const CHECK: usize = 4;
/// Longest text that is read as a code, in bytes.
pub const MAX_CODE_TEXT: usize = 256;
/// Longest name before it is normalised, and after, in bytes.
pub const MAX_NAME: usize = 512;
/// Largest file that is read as a `Patient`, in bytes.
pub const MAX_PATIENT: u64 = 1024 * 1024;

/// Names the check behind a code, and its version.
const CHECK_DOMAIN: &[u8; 16] = b"salus/find/chck1";
/// How every code begins.
const PREFIX: &str = "SALUS-";
/// Crockford's alphabet.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs in a group.
const GROUP: usize = 4;

/// Why a code or particulars can not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindingError {
	/// The text is no code of a card, or was read wrong.
	#[error("no code of a card: {0}")]
	Code(&'static str),
	/// These are no particulars by which somebody can be found.
	#[error("nobody can be found by this: {0}")]
	Particulars(&'static str),
	/// The file is no FHIR R4 `Patient`.
	#[error("no Patient of FHIR R4")]
	NotAPatient,
}

/// The code on a card.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CardCode {
	/// Whose chart it finds.
	#[zeroize(skip)]
	custodian: OrganisationId,
	code: [u8; CODE],
}

impl core::fmt::Debug for CardCode {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "CardCode({}, …)", self.custodian)
	}
}

impl CardCode {
	/// A new code for a chart at this custodian.
	///
	/// # Errors
	///
	/// [`Error::Random`](crate::Error::Random) where the operating system gives no random bytes.
	pub fn new(custodian: OrganisationId) -> Result<Self> {
		let mut code = [0; CODE];
		random(&mut code)?;
		Ok(Self { custodian, code })
	}

	/// Whose chart it finds.
	pub const fn custodian(&self) -> OrganisationId {
		self.custodian
	}

	/// The code itself.
	pub const fn code(&self) -> &[u8; CODE] {
		&self.code
	}

	/// What the vault is told of it.
	pub fn digest(&self) -> Digest {
		code_digest(&self.code)
	}

	/// The text on the card of a chart of the chain with this genesis hash.
	pub fn text(&self, genesis: &[u8; 32]) -> Zeroizing<String> {
		let mut bytes = Zeroizing::new([0; CODE + CHECK]);
		let (code, check) = bytes.split_at_mut(CODE);
		code.copy_from_slice(&self.code);
		check.copy_from_slice(&self.check(genesis));
		let mut text = Zeroizing::new(String::with_capacity(MAX_CODE_TEXT));
		text.push_str(PREFIX);
		text.push_str(&self.custodian.to_string());
		for (place, sign) in signs(bytes.as_slice()).enumerate() {
			if place % GROUP == 0 {
				text.push('-');
			}
			text.push(sign);
		}
		text
	}

	/// Reads the text on a card.
	///
	/// # Errors
	///
	/// [`FindingError::Code`] for what is no code, was read or typed wrong, or is of another chain.
	pub fn parse(text: &str, genesis: &[u8; 32]) -> Result<Self, FindingError> {
		let bad = FindingError::Code;
		let text = text.trim();
		if text.len() > MAX_CODE_TEXT {
			return Err(bad("it is too long"));
		}
		let prefix = text.get(..PREFIX.len()).filter(|begin| begin.eq_ignore_ascii_case(PREFIX));
		let rest = prefix.and_then(|_| text.get(PREFIX.len()..));
		let rest = rest.ok_or(bad("it does not begin with SALUS-"))?;
		let (custodian, signs) = rest.split_once('-').ok_or(bad("it breaks off"))?;
		let custodian = custodian.trim().parse();
		let custodian = custodian.map_err(|_| bad("behind SALUS- stands no number"))?;
		let bytes = bytes(signs)?;
		let (code, check) = bytes.split_at(CODE);
		let mut read = Self { custodian, code: [0; CODE] };
		read.code.copy_from_slice(code);
		if !bool::from(read.check(genesis).ct_eq(check)) {
			return Err(bad("a sign in it is wrong, or it is of another chain"));
		}
		Ok(read)
	}

	fn check(&self, genesis: &[u8; 32]) -> [u8; CHECK] {
		let custodian = self.custodian.to_be_bytes();
		let whole = [CHECK_DOMAIN.as_slice(), genesis, &custodian, &self.code].concat();
		let whole = Zeroizing::new(whole);
		let mut check = [0; CHECK];
		check.copy_from_slice(Digest::of(&whole).0.split_at(CHECK).0);
		check
	}
}

/// The signs of these bytes, five bytes in eight.
fn signs(bytes: &[u8]) -> impl Iterator<Item = char> + '_ {
	bytes.chunks_exact(5).flat_map(|chunk| {
		let bits = chunk.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
		(0..8u32).rev().map(move |place| {
			let index = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
			SIGNS.get(index).copied().map_or('0', char::from)
		})
	})
}

/// The bytes of these signs, which must be exactly those of a code and its check.
fn bytes(text: &str) -> Result<Zeroizing<[u8; CODE + CHECK]>, FindingError> {
	let mut bytes = Zeroizing::new([0; CODE + CHECK]);
	let mut signs = text.chars().filter(|sign| *sign != '-' && !sign.is_whitespace());
	for chunk in bytes.chunks_exact_mut(5) {
		let mut bits = 0u64;
		for _ in 0..8 {
			let sign = signs.next().ok_or(FindingError::Code("it breaks off"))?;
			bits = bits << 5 | value(sign)?;
		}
		let [_, _, _, rest @ ..] = bits.to_be_bytes();
		chunk.copy_from_slice(&rest);
	}
	match signs.next() {
		None => Ok(bytes),
		Some(_) => Err(FindingError::Code("it is too long")),
	}
}

fn value(sign: char) -> Result<u64, FindingError> {
	let sign = match sign.to_ascii_uppercase() {
		'I' | 'L' => '1',
		'O' => '0',
		other => other,
	};
	let place = SIGNS.iter().position(|known| char::from(*known) == sign);
	let place = place.and_then(|place| u64::try_from(place).ok());
	place.ok_or(FindingError::Code("a sign in it does not occur in codes"))
}

/// A name in the form in which names are compared: compatibility decomposition (NFKD), case folded, and of that
/// the letters and the marks that count as letters alone. Accents, hyphens, spaces and digits go.
pub fn normalised(name: &str) -> String {
	let mut text: String = name.nfkd().collect();
	// What is folded may have to be decomposed once more, and the other way round.
	for _ in 0..4 {
		let folded: String =
			text.nfkd().flat_map(fold).filter(|sign| sign.is_alphabetic()).collect();
		let next: String = folded.nfkd().filter(|sign| sign.is_alphabetic()).collect();
		if next == text {
			break;
		}
		text.zeroize();
		text = next;
	}
	text
}

/// A sign without its case: through capitals, so that ß is ss and both small sigmas are one.
fn fold(sign: char) -> impl Iterator<Item = char> {
	sign.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

impl Particulars {
	/// The particulars in the form in which they are compared.
	///
	/// # Errors
	///
	/// [`FindingError::Particulars`] for a name without letters or of more than [`MAX_NAME`] bytes, and for a
	/// date that is not a whole one.
	pub fn new(
		family: &str,
		given: &str,
		birth_date: &str,
		gender: Option<Gender>,
	) -> Result<Self, FindingError> {
		let bad = FindingError::Particulars;
		let name = |text: &str, missing| {
			if text.len() > MAX_NAME {
				return Err(bad("a name is too long"));
			}
			let name = normalised(text);
			match name.len() {
				0 => Err(bad(missing)),
				1..=MAX_NAME => Ok(name),
				_ => Err(bad("a name is too long")),
			}
		};
		let family = name(family, "there is no family name in letters")?;
		let given = name(given, "there is no given name in letters")?;
		if !is_date(birth_date) {
			return Err(bad("the date of birth is not a whole one"));
		}
		Ok(Self { family, given, birth_date: birth_date.into(), gender })
	}

	/// The same person's, as far as they are told by name and date of birth, with this gender.
	#[must_use]
	pub fn with_gender(&self, gender: Option<Gender>) -> Self {
		let mut same = self.clone();
		same.gender = gender;
		same
	}

	/// Whether they are in the form in which they are compared.
	pub fn is_normal(&self) -> bool {
		let Self { family, given, birth_date, gender } = self;
		Self::new(family, given, birth_date, *gender).is_ok_and(|normal| normal == *self)
	}

	/// The particulars of a FHIR R4 `Patient` in JSON.
	///
	/// # Errors
	///
	/// [`FindingError::NotAPatient`] for what is no such resource, [`FindingError::Particulars`] for one that lacks
	/// a name or a whole date of birth.
	pub fn of_patient(json: &[u8]) -> Result<Self, FindingError> {
		if check_fhir(json).ok().as_deref() != Some("Patient") {
			return Err(FindingError::NotAPatient);
		}
		let patient: Patient =
			serde_json::from_slice(json).map_err(|_| FindingError::NotAPatient)?;
		let of_use =
			|wanted: Option<&str>| patient.name.iter().find(|name| name.usage.as_deref() == wanted);
		let name = of_use(Some("official")).or(of_use(Some("usual"))).or(of_use(None));
		let name = name.ok_or(FindingError::Particulars("there is no official or usual name"))?;
		let gender = match patient.gender.as_deref() {
			Some("male") => Some(Gender::Male),
			Some("female") => Some(Gender::Female),
			Some("other") => Some(Gender::Other),
			_ => None,
		};
		let family = name.family.as_deref().unwrap_or_default();
		let given = name.given.iter().flatten().next().map_or("", String::as_str);
		Self::new(family, given, patient.birth_date.as_deref().unwrap_or_default(), gender)
	}
}

/// Whether this is a whole date, `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
	let digits = |from: usize, to: usize| {
		let part = text.get(from..to)?;
		let is_number = part.bytes().all(|sign| sign.is_ascii_digit());
		is_number.then(|| part.parse::<u32>().ok()).flatten()
	};
	let hyphens = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
	let parts = (digits(0, 4), digits(5, 7), digits(8, 10));
	let (Some(year), Some(month @ 1..=12), Some(day @ 1..=31)) = parts else { return false };
	let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	let most = match month {
		2 if leap => 29,
		2 => 28,
		4 | 6 | 9 | 11 => 30,
		_ => 31,
	};
	text.len() == 10 && hyphens && day <= most
}

/// What is read of a `Patient`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Patient {
	#[serde(default)]
	name: Vec<HumanName>,
	gender: Option<String>,
	birth_date: Option<String>,
}

#[derive(Deserialize)]
struct HumanName {
	#[serde(rename = "use")]
	usage: Option<String>,
	family: Option<String>,
	/// One that is not told but extended is `null`.
	#[serde(default)]
	given: Vec<Option<String>>,
}

#[cfg(test)]
mod tests;
