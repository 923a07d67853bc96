//! Links: one record, once, for somebody outside the consortium.
//!
//! A link is a text, `salus:link?…#…`. Before `#` stands where the record is; behind it the code and a check
//! over all that is before. Who has the text opens the record, without account and chain; what the vault
//! learns of the code are the public keys that follow from it.
//!
//! | what | how |
//! |---|---|
//! | code | 32 random bytes |
//! | key that signs | sr25519 of the seed BLAKE2b(code, `salus/link/sign `) |
//! | key that opens | X25519 secret BLAKE2b(code, `salus/link/wrap `) |
//! | check | 8 bytes of BLAKE2b(code, `salus/link/text `, text before `#`) |
//! | behind `#` | code and check in Base64 for URLs, without padding |

use crate::{
	envelope::EncryptionSecret,
	error::{Error, Result},
	keys::{derive_secret, Identity},
	sealed_file::{open_owner_only, random, sibling},
};
use salus_primitives::{
	codes::{Action, Actions, GrantorBasis, Obligations, Purpose, Purposes, Rule, Strength},
	directive::{DirectiveTerms, Grantee, Scope},
	ids::{OrganisationId, RecordId},
	link::LinkKeys,
	time::{Moment, Period},
};
use std::{
	fs,
	io::{Read, Write},
	path::{Path, PathBuf},
};
use text::{Form, Parts};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub(crate) mod text;

pub use text::MAX_LINK;

/// The form of links.
const FORM: Form = Form {
	scheme: "salus:link",
	begins_otherwise: "it does not begin with salus:link?",
	domain: b"salus/link/text ",
};

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlace {
	/// Endpoint of the custodian's vault.
	pub vault: String,
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// Who keeps the record.
	pub custodian: OrganisationId,
	/// The record.
	pub record: RecordId,
	/// What for.
	pub purpose: Purpose,
	/// First moment at which it is over.
	pub until: Moment,
}

/// A link: a place and the code.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Link {
	#[zeroize(skip)]
	place: LinkPlace,
	code: [u8; 32],
}

impl core::fmt::Debug for Link {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Link(…)")
	}
}

impl Link {
	/// A new link to this place.
	///
	/// # Errors
	///
	/// [`Error::Random`] where the operating system gives no random bytes.
	pub fn new(place: LinkPlace) -> Result<Self> {
		let mut code = [0; 32];
		random(&mut code)?;
		Ok(Self { place, code })
	}

	/// Where it leads.
	pub const fn place(&self) -> &LinkPlace {
		&self.place
	}

	/// Who has it: keys that follow from the code.
	pub fn identity(&self) -> Result<Identity> {
		let seed = derive_secret(&self.code, b"salus/link/sign ", &[]);
		let secret = derive_secret(&self.code, b"salus/link/wrap ", &[]);
		Identity::new(&seed, EncryptionSecret::from_bytes(*secret))
	}

	/// What others may know of it.
	pub fn keys(&self) -> Result<LinkKeys> {
		let public = self.identity()?.public();
		Ok(LinkKeys { account: public.account, encryption_key: public.encryption_key })
	}

	/// The directive that makes it good from `from` on.
	pub fn terms(&self, from: Moment, obligations: Obligations) -> Result<DirectiveTerms> {
		let listed = vec![self.place.record];
		Ok(DirectiveTerms {
			rule: Rule::Permit,
			strength: Strength::Specific,
			grantee: Grantee::Bearer(self.keys()?.seal()),
			scope: Scope { records: listed.try_into().ok(), ..Scope::default() },
			actions: Actions::of(&[Action::Access]),
			purposes: Purposes::of(&[self.place.purpose]),
			period: Period { from, until: Some(self.place.until) },
			obligations,
			basis: GrantorBasis::Own,
		})
	}

	/// The text: who has it has the record.
	pub fn text(&self) -> Zeroizing<String> {
		FORM.text(&self.place.text(), &self.code)
	}

	/// Reads a link. White space around it does not count.
	///
	/// # Errors
	///
	/// [`Error::BadLink`] for a text that is none, and for one of which anything was changed or left out.
	pub fn parse(text: &str) -> Result<Self> {
		let (parts, code) = FORM.read::<32>(text).map_err(Error::BadLink)?;
		let place = LinkPlace::read(&parts).map_err(Error::BadLink)?;
		Ok(Self { place, code: *code })
	}

	/// The text as a drawing for cameras, in SVG; none if it is too long for one.
	pub fn drawing(&self) -> Option<Zeroizing<String>> {
		text::drawing(&self.text())
	}
}

impl LinkPlace {
	fn text(&self) -> String {
		let Self { vault, genesis, custodian, record, purpose, until } = self;
		FORM.head(&[
			("vault", vault.as_str()),
			("chain", hex::encode(genesis).as_str()),
			("custodian", custodian.to_string().as_str()),
			("record", hex::encode(record.0).as_str()),
			("purpose", purpose.code()),
			("until", until.to_string().as_str()),
		])
	}

	fn read(parts: &Parts) -> Result<Self, text::Bad> {
		let hash = |text: &str| {
			text.parse::<RecordId>()
				.map_err(|_| "chain or record have not 64 hexadecimal digits")
		};
		Ok(Self {
			vault: parts.value("vault")?.to_owned(),
			genesis: hash(parts.value("chain")?)?.0,
			custodian: parts.value("custodian")?.parse().map_err(|_| "a number is none")?,
			record: hash(parts.value("record")?)?,
			purpose: parts.value("purpose")?.parse().map_err(|_| "nobody knows its purpose")?,
			until: parts.value("until")?.parse().map_err(|_| "a number is none")?,
		})
	}
}

/// A use of a link, which another call of the program may go on with: its random name lies beside the file
/// wanted until that is whole.
#[derive(Debug)]
pub struct Attempt {
	path: PathBuf,
	name: Zeroizing<[u8; 32]>,
}

impl Attempt {
	/// The use that was begun for this file, or a new one.
	pub fn beside(out: &Path, record: &RecordId) -> Result<Self> {
		let digits = hex::encode(record.0);
		let path = sibling(out, &format!(".{}.use", digits.get(..16).unwrap_or_default()));
		let mut file = open_owner_only(&path)?;
		let mut name = Zeroizing::new([0; 32]);
		let mut known = Zeroizing::new(Vec::with_capacity(64));
		Read::take(&file, 33).read_to_end(&mut known).map_err(Error::io(&path))?;
		if known.len() == name.len() {
			name.copy_from_slice(&known);
		} else {
			// Empty, or cut short by a kill before anything was asked.
			random(&mut *name)?;
			file.set_len(0).map_err(Error::io(&path))?;
			file.write_all(&*name).map_err(Error::io(&path))?;
			file.sync_all().map_err(Error::io(&path))?;
		}
		Ok(Self { path, name })
	}

	/// Its name, which the vault is told.
	pub fn name(&self) -> &[u8; 32] {
		&self.name
	}

	/// It has ended: nothing goes on with it.
	pub fn end(self) -> Result<()> {
		fs::remove_file(&self.path).map_err(Error::io(&self.path))
	}
}

/// Who opens a link: what [`crate::vault_client::VaultClient::bear`] takes.
#[derive(Clone)]
pub struct Bearer {
	/// The keys of the link.
	pub(crate) identity: Identity,
	/// Genesis hash of the chain.
	pub(crate) genesis: [u8; 32],
	/// Who keeps the record.
	pub(crate) custodian: OrganisationId,
	/// Name of the use.
	pub(crate) attempt: Zeroizing<[u8; 32]>,
}

impl Bearer {
	/// Whoever has this link, in the use of this name.
	pub fn new(link: &Link, attempt: &[u8; 32]) -> Result<Self> {
		let LinkPlace { genesis, custodian, .. } = link.place;
		let attempt = Zeroizing::new(*attempt);
		Ok(Self { identity: link.identity()?, genesis, custodian, attempt })
	}
}

impl core::fmt::Debug for Bearer {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Bearer(…)")
	}
}

#[cfg(test)]
mod tests;
