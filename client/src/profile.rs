//! A practitioner's signed profile: the name and photograph by which patients know them, kept off the
//! chain so that it can be taken back. The chain holds a commitment to it, see `docs/did.md`.
//!
//! What is signed is [`Profile::signable`]; what the chain holds is the digest of its first form.
//! Neither depends on how the file is spelled.

use crate::{
	keys::Identity,
	sealed_file::random,
	vault_api::{hex_bytes, Signature},
};
use codec::Encode;
use picture::PictureFault;
use salus_primitives::{
	ids::{Digest, PractitionerId},
	views::{PractitionerView, ProfileCommitment},
};
use serde::{Deserialize, Serialize};

mod picture;
#[cfg(test)]
mod tests;

/// Format of profile files.
pub const FORMAT: &str = "salus-profile-1";
/// Names the statement that is signed, and its version.
pub const PROFILE_DOMAIN: [u8; 16] = *b"salus/profile/1 ";

/// Most bytes of a profile file.
pub const MAX_FILE: usize = 128 * 1024;
/// Most bytes of a photograph.
pub const MAX_PHOTOGRAPH: usize = 64 * 1024;
/// Most bytes of a name.
pub const MAX_NAME: usize = 128;
/// Most bytes of another line.
pub const MAX_LINE: usize = 200;
/// Most languages, and most qualifications.
pub const MAX_LINES: usize = 16;
/// Most ways of contact.
pub const MAX_CONTACTS: usize = 4;
/// Most characters of a language tag, as RFC 5646 recommends to keep room for.
const MAX_TAG: usize = 35;

/// What is wrong with a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
	/// More bytes than a file may have.
	#[error("the profile has more than {MAX_FILE} bytes")]
	FileTooLarge,
	/// Not the JSON expected.
	#[error("this is no profile: {0}")]
	NotAProfile(String),
	/// Another format.
	#[error("this is no {FORMAT} file: its format is '{0}'")]
	OtherFormat(String),
	/// A line is empty or too long.
	#[error("{what} must have from 1 to {most} bytes")]
	Length {
		/// Which line.
		what: &'static str,
		/// Most bytes of it.
		most: usize,
	},
	/// A line has characters that do not print or that reorder text.
	#[error("{0} has characters that do not print, or blanks at its ends")]
	Characters(&'static str),
	/// Too many lines.
	#[error("there are more than {most} {what}")]
	TooMany {
		/// Of which.
		what: &'static str,
		/// How many there may be.
		most: usize,
	},
	/// Not a language tag.
	#[error("'{0}' is no language tag")]
	Language(String),
	/// Not an address.
	#[error("'{0}' is no address that can be reached")]
	Contact(String),
	/// The photograph has too many bytes.
	#[error("the photograph has {0} bytes, more than {MAX_PHOTOGRAPH}")]
	PhotographTooLarge(usize),
	/// The photograph is neither JPEG nor PNG.
	#[error("the photograph is neither JPEG nor PNG, or is damaged")]
	NotAPhotograph,
	/// The photograph is not of the type it says.
	#[error("the photograph is not of the type {}", .0.media_type())]
	OtherMediaType(PictureType),
	/// The photograph tells more than it shows.
	#[error("the photograph carries metadata, which may tell where and when it was taken")]
	Metadata,
	/// It is for another chain.
	#[error("the profile is for another chain")]
	OtherChain,
	/// It is another practitioner's.
	#[error("the profile is practitioner {found}'s, not practitioner {expected}'s")]
	OtherPractitioner {
		/// Whose it says it is.
		found: PractitionerId,
		/// Whose it should be.
		expected: PractitionerId,
	},
	/// The signature is not the practitioner's.
	#[error("the profile is not signed by the account that is practitioner {0}'s now")]
	SignatureWrong(PractitionerId),
	/// Nothing is published.
	#[error("practitioner {0} has published no profile on the chain")]
	NotPublished(PractitionerId),
	/// A newer one is published.
	#[error("the profile has version {found}, and version {published} is published")]
	Outdated {
		/// Its version.
		found: u32,
		/// The version on the chain.
		published: u32,
	},
	/// It is newer than what is published.
	#[error("the profile has version {found}, and the chain knows only version {published}")]
	NotYetPublished {
		/// Its version.
		found: u32,
		/// The version on the chain.
		published: u32,
	},
	/// It was taken back.
	#[error("practitioner {0} has withdrawn their profile")]
	Withdrawn(PractitionerId),
	/// Another profile of this version is published.
	#[error("the chain holds another digest for version {0} of the profile")]
	OtherDigest(u32),
}

impl ProfileError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::FileTooLarge => "profile-too-large",
			Self::NotAProfile(_) => "profile-malformed",
			Self::OtherFormat(_) => "profile-other-format",
			Self::Length { .. } => "profile-length",
			Self::Characters(_) => "profile-characters",
			Self::TooMany { .. } => "profile-too-many",
			Self::Language(_) => "profile-language",
			Self::Contact(_) => "profile-contact",
			Self::PhotographTooLarge(_) => "photograph-too-large",
			Self::NotAPhotograph => "photograph-unreadable",
			Self::OtherMediaType(_) => "photograph-other-type",
			Self::Metadata => "photograph-metadata",
			Self::OtherChain => "profile-other-chain",
			Self::OtherPractitioner { .. } => "profile-other-practitioner",
			Self::SignatureWrong(_) => "profile-signature-wrong",
			Self::NotPublished(_) => "profile-not-published",
			Self::Outdated { .. } => "profile-outdated",
			Self::NotYetPublished { .. } => "profile-not-yet-published",
			Self::Withdrawn(_) => "profile-withdrawn",
			Self::OtherDigest(_) => "profile-other-digest",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::FileTooLarge => "make it with a smaller photograph",
			Self::NotAProfile(_) | Self::OtherFormat(_) => {
				"take the file that `salus provider profile make` wrote"
			},
			Self::Length { .. } => "shorten it, or leave it out where it may be missing",
			Self::Characters(_) => {
				"write it on one line, without control characters or blanks at its ends"
			},
			Self::TooMany { .. } => "leave some out",
			Self::Language(_) => "write it as BCP 47 does: en, pt-BR, zh-Hant",
			Self::Contact(_) => "write an https:, mailto: or tel: address",
			Self::PhotographTooLarge(_) => "make it smaller: 512 by 512 pixels are plenty",
			Self::NotAPhotograph => "save it again as JPEG or PNG",
			Self::OtherMediaType(_) => "make the profile again from the photograph",
			Self::Metadata => "export it without metadata (Exif, comments) and try again",
			Self::OtherChain => "ask a node of the chain that the profile was made for",
			Self::OtherPractitioner { .. } => "ask for that practitioner's profile",
			Self::SignatureWrong(_) => {
				"do not use it; if the account has changed, the practitioner makes the profile again"
			},
			Self::NotPublished(_) => "the practitioner does so with `salus provider profile publish`",
			Self::Outdated { .. } => "ask where the newer one is kept, such as at another organisation",
			Self::NotYetPublished { .. } => {
				"wait until it is final, or publish it with `salus provider profile publish`"
			},
			Self::Withdrawn(_) => {
				"do not show or keep it; the practitioner can make and publish another"
			},
			Self::OtherDigest(_) => {
				"do not use it; the practitioner can publish it as the next version"
			},
		}
	}
}

impl From<PictureFault> for ProfileError {
	fn from(fault: PictureFault) -> Self {
		match fault {
			PictureFault::Unreadable => Self::NotAPhotograph,
			PictureFault::Metadata => Self::Metadata,
		}
	}
}

/// What a photograph is encoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub enum PictureType {
	/// JPEG.
	#[codec(index = 0)]
	#[serde(rename = "image/jpeg")]
	Jpeg,
	/// PNG.
	#[codec(index = 1)]
	#[serde(rename = "image/png")]
	Png,
}

impl PictureType {
	/// Its media type.
	pub const fn media_type(self) -> &'static str {
		match self {
			Self::Jpeg => "image/jpeg",
			Self::Png => "image/png",
		}
	}
}

/// A photograph.
#[derive(Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photograph {
	/// What it is encoded as.
	pub media_type: PictureType,
	/// Its bytes.
	#[serde(with = "base64_bytes")]
	pub data: Vec<u8>,
}

impl Photograph {
	/// Takes a JPEG or PNG file.
	pub fn new(data: Vec<u8>) -> Result<Self, ProfileError> {
		let media_type = picture::type_of(&data).ok_or(ProfileError::NotAPhotograph)?;
		let photograph = Self { media_type, data };
		photograph.check()?;
		Ok(photograph)
	}

	fn check(&self) -> Result<(), ProfileError> {
		if self.data.len() > MAX_PHOTOGRAPH {
			return Err(ProfileError::PhotographTooLarge(self.data.len()));
		}
		match picture::type_of(&self.data) {
			None => Err(ProfileError::NotAPhotograph),
			Some(found) if found != self.media_type => {
				Err(ProfileError::OtherMediaType(self.media_type))
			},
			Some(found) => Ok(picture::check(found, &self.data)?),
		}
	}
}

impl core::fmt::Debug for Photograph {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Photograph({}, {} bytes)", self.media_type.media_type(), self.data.len())
	}
}

/// What a practitioner says of themselves in public.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// Whose it is.
	pub practitioner: PractitionerId,
	/// Counts from 1, as the chain counts what the practitioner publishes and withdraws.
	pub version: u32,
	/// Random, so that nobody finds the profile behind its digest by guessing. See [`salt`].
	#[serde(with = "hex_bytes")]
	pub salt: [u8; 32],
	/// The name by which patients know them.
	pub name: String,
	/// What they look like.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub photograph: Option<Photograph>,
	/// Languages they speak with patients, by BCP 47.
	#[serde(default)]
	pub languages: Vec<String>,
	/// Qualifications in their own words. Nobody but themselves vouches for them.
	#[serde(default)]
	pub qualifications: Vec<String>,
	/// How to reach them: `https:`, `mailto:` or `tel:`.
	#[serde(default)]
	pub contact: Vec<String>,
}

impl Profile {
	/// The two byte strings a wallet may sign: domain and encoded profile, or what browser wallets
	/// sign, which is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		let raw = (PROFILE_DOMAIN, self).encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}

	/// The digest that the practitioner commits to. The signature is no part of it, so that a profile
	/// can be signed again with another account of the same practitioner.
	pub fn digest(&self) -> Digest {
		let [raw, _] = self.signable();
		Digest::of(&raw)
	}

	/// Whether everything in it is within its bounds and can be shown.
	pub fn check(&self) -> Result<(), ProfileError> {
		line("the name", &self.name, MAX_NAME)?;
		few("languages", &self.languages, MAX_LINES)?;
		few("qualifications", &self.qualifications, MAX_LINES)?;
		few("ways of contact", &self.contact, MAX_CONTACTS)?;
		if let Some(tag) = self.languages.iter().find(|tag| !is_language(tag)) {
			return Err(ProfileError::Language(shortened(tag)));
		}
		self.qualifications
			.iter()
			.try_for_each(|text| line("a qualification", text, MAX_LINE))?;
		for address in &self.contact {
			line("a way of contact", address, MAX_LINE)?;
			if !is_address(address) {
				return Err(ProfileError::Contact(shortened(address)));
			}
		}
		self.photograph.as_ref().map_or(Ok(()), Photograph::check)
	}

	/// Signs it, if it is within its bounds.
	pub fn sign(self, identity: &Identity) -> Result<SignedProfile, ProfileError> {
		self.check()?;
		let [raw, _] = self.signable();
		let signed = SignedProfile { signature: identity.sign(&raw), profile: self };
		// What others would refuse for its size is not signed either.
		match signed.to_json().len() {
			size if size > MAX_FILE => Err(ProfileError::FileTooLarge),
			_ => Ok(signed),
		}
	}
}

/// A profile with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedProfile {
	/// What is signed.
	pub profile: Profile,
	/// Over one of [`Profile::signable`].
	pub signature: Signature,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<P> {
	format: String,
	profile: P,
	signature: Signature,
}

impl SignedProfile {
	/// Reads a profile file and checks its bounds. Whose it is, [`SignedProfile::verify`] tells.
	pub fn from_json(bytes: &[u8]) -> Result<Self, ProfileError> {
		#[derive(Deserialize)]
		struct Format {
			format: String,
		}
		if bytes.len() > MAX_FILE {
			return Err(ProfileError::FileTooLarge);
		}
		let malformed = |fault: serde_json::Error| ProfileError::NotAProfile(fault.to_string());
		// First, so that a later format is told as such.
		let Format { format } = serde_json::from_slice(bytes).map_err(malformed)?;
		if format != FORMAT {
			return Err(ProfileError::OtherFormat(shortened(&format)));
		}
		let File { profile, signature, .. }: File<Profile> =
			serde_json::from_slice(bytes).map_err(malformed)?;
		profile.check()?;
		Ok(Self { profile, signature })
	}

	/// The file. Equal profiles with equal signatures give equal bytes.
	pub fn to_json(&self) -> Vec<u8> {
		let file =
			File { format: FORMAT.into(), profile: &self.profile, signature: self.signature };
		let mut text = serde_json::to_vec_pretty(&file)
			.unwrap_or_else(|_| unreachable!("texts and numbers are JSON"));
		text.push(b'\n');
		text
	}

	/// Whether it is what `practitioner`, read from the chain with this genesis hash, has published.
	pub fn verify(
		&self,
		genesis: &[u8; 32],
		practitioner: &PractitionerView,
	) -> Result<(), ProfileError> {
		self.verify_author(genesis, practitioner)?;
		let found = self.profile.version;
		match practitioner.profile {
			None => Err(ProfileError::NotPublished(practitioner.id)),
			Some(ProfileCommitment { version: published, .. }) if published < found => {
				Err(ProfileError::NotYetPublished { found, published })
			},
			Some(ProfileCommitment { digest: None, .. }) => {
				Err(ProfileError::Withdrawn(practitioner.id))
			},
			Some(ProfileCommitment { version: published, .. }) if published > found => {
				Err(ProfileError::Outdated { found, published })
			},
			Some(ProfileCommitment { digest: Some(digest), .. })
				if digest != self.profile.digest() =>
			{
				Err(ProfileError::OtherDigest(found))
			},
			Some(_) => Ok(()),
		}
	}

	/// Whether the practitioner made it for this chain, published or not.
	pub fn verify_author(
		&self,
		genesis: &[u8; 32],
		practitioner: &PractitionerView,
	) -> Result<(), ProfileError> {
		self.profile.check()?;
		if self.profile.genesis != *genesis {
			return Err(ProfileError::OtherChain);
		}
		if self.profile.practitioner != practitioner.id {
			return Err(ProfileError::OtherPractitioner {
				found: self.profile.practitioner,
				expected: practitioner.id,
			});
		}
		if !self.signature.verify_any(&self.profile.signable(), &practitioner.account) {
			return Err(ProfileError::SignatureWrong(practitioner.id));
		}
		Ok(())
	}
}

/// A new salt.
pub fn salt() -> crate::Result<[u8; 32]> {
	let mut salt = [0; 32];
	random(&mut salt)?;
	Ok(salt)
}

/// The version that the practitioner's next profile has.
pub fn next_version(practitioner: &PractitionerView) -> u32 {
	practitioner.profile.map_or(1, |published| published.version.saturating_add(1))
}

fn line(what: &'static str, text: &str, most: usize) -> Result<(), ProfileError> {
	if text.is_empty() || text.len() > most {
		return Err(ProfileError::Length { what, most });
	}
	// What reorders the text around it could make one name look like another.
	let unprintable = |character: char| match character {
		'\u{61c}' | '\u{200e}' | '\u{200f}' => true,
		'\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
		'\u{2028}' | '\u{2029}' => true,
		other => other.is_control(),
	};
	if text.trim() != text || text.contains(unprintable) {
		return Err(ProfileError::Characters(what));
	}
	Ok(())
}

fn few(what: &'static str, lines: &[String], most: usize) -> Result<(), ProfileError> {
	if lines.len() > most {
		return Err(ProfileError::TooMany { what, most });
	}
	Ok(())
}

/// Whether it has the shape of RFC 5646's `langtag`; whether its subtags are registered is not asked.
fn is_language(tag: &str) -> bool {
	let mut subtags = tag.split('-');
	let is_primary = |subtag: &str| {
		(2..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
	};
	tag.len() <= MAX_TAG
		&& subtags.next().is_some_and(is_primary)
		&& subtags.all(|subtag| {
			(1..=8).contains(&subtag.len())
				&& subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
		})
}

/// Whether it can be reached without running anything.
fn is_address(text: &str) -> bool {
	let graphic = text.bytes().all(|byte| byte.is_ascii_graphic());
	graphic
		&& reqwest::Url::parse(text).is_ok_and(|url| match url.scheme() {
			"https" => url.has_host(),
			"mailto" => url.path().contains('@'),
			"tel" => url.path().bytes().any(|byte| byte.is_ascii_digit()),
			_ => false,
		})
}

/// What an error repeats of a text.
fn shortened(text: &str) -> String {
	text.chars().take(40).collect()
}

/// Byte strings as Base64 (standard alphabet, padded), for `#[serde(with = "base64_bytes")]`.
mod base64_bytes {
	use base64::{engine::general_purpose::STANDARD, Engine};
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
		to.serialize_str(&STANDARD.encode(bytes))
	}

	pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
		STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
	}
}
