//! Rendezvous: an access request by a code that the patient scans, where the requester's house has no chart of
//! theirs.
//!
//! The requester shows a text, `salus:meet?…#…`. Before `#` stand vault, chain and request; behind it the code and
//! a check over all that is before, as in a [link](crate::link). On the chain the request is a seal like any
//! other; its terms have in the place of a chart what follows one-way from the code, so that who has the opening
//! can tell that this is the request of the code. The code itself goes to the vault alone, from the wallet.
//!
//! | what | how |
//! |---|---|
//! | code | 16 random bytes |
//! | rendezvous | [`RendezvousCode::id`] |
//! | behind `#` | code and check in Base64 for URLs, without padding |

use crate::{
	error::{Error, Result},
	link::text::{drawing, Bad, Form, Parts},
	sealed_file::random,
	vault_api::RendezvousCode,
};
use salus_primitives::ids::{ChartId, RequestId};
use zeroize::Zeroizing;

/// The form of the texts.
const FORM: Form = Form {
	scheme: "salus:meet",
	begins_otherwise: "it does not begin with salus:meet?",
	domain: b"salus/meet/text ",
};

/// A rendezvous as its text has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendezvous {
	/// Endpoint of the vault of the requester's house.
	pub vault: String,
	/// Genesis hash of the chain.
	pub genesis: [u8; 32],
	/// The request.
	pub request: RequestId,
	/// The code.
	pub code: RendezvousCode,
}

impl Rendezvous {
	/// A new one for this request.
	///
	/// # Errors
	///
	/// [`Error::Random`] where the operating system gives no random bytes.
	pub fn new(vault: &str, genesis: [u8; 32], request: RequestId) -> Result<Self> {
		let mut code = Zeroizing::new([0; 16]);
		random(&mut *code)?;
		Ok(Self { vault: vault.into(), genesis, request, code: (*code).into() })
	}

	/// What the request's terms name in the place of a chart.
	pub fn id(&self) -> ChartId {
		self.code.id(&self.genesis)
	}

	/// The text: who has it first has the request.
	pub fn text(&self) -> Zeroizing<String> {
		FORM.text(&self.head(), &self.code.0)
	}

	/// Reads the text. White space around it does not count.
	///
	/// # Errors
	///
	/// [`Error::BadRendezvous`] for a text that is none, and for one of which anything was changed or left out.
	pub fn parse(text: &str) -> Result<Self> {
		let (parts, code) = FORM.read::<16>(text).map_err(Error::BadRendezvous)?;
		Self::of(&parts, (*code).into()).map_err(Error::BadRendezvous)
	}

	/// The text as a drawing for cameras, in SVG; none if it is too long for one.
	pub fn drawing(&self) -> Option<Zeroizing<String>> {
		drawing(&self.text())
	}

	fn head(&self) -> String {
		let Self { vault, genesis, request, .. } = self;
		FORM.head(&[
			("vault", vault.as_str()),
			("chain", hex::encode(genesis).as_str()),
			("request", hex::encode(request.0).as_str()),
		])
	}

	fn of(parts: &Parts, code: RendezvousCode) -> Result<Self, Bad> {
		let hash = |text: &str| {
			text.parse::<RequestId>()
				.map_err(|_| "chain or request have not 64 hexadecimal digits")
		};
		Ok(Self {
			vault: parts.value("vault")?.to_owned(),
			genesis: hash(parts.value("chain")?)?.0,
			request: hash(parts.value("request")?)?,
			code,
		})
	}
}

#[cfg(test)]
mod tests;
