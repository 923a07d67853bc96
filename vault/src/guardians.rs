//! Guardians who read. They have no account on the chain: they show their card and their word in a
//! header with each request, the sign-in included. The word, which names the key to which content is
//! wrapped, is checked here and again by the key service; that they are a guardian, by the chain.

use crate::{
	attempts::{self, Named},
	clock::now,
	emergency,
	errors::{Error, Result},
	links::Shown,
	sign_in::Session,
	store::ChartRow,
	vault::Vault,
	web::bearer,
};
use axum::http::{request::Parts, HeaderMap};
use salus_client::{
	guardians::is_guardians_word,
	vault_api::{decode_header, GuardianReading, StaffCapacity, GUARDIAN_HEADER},
};
use salus_primitives::{
	codes::Power,
	decision::{Accessor, DenyReason},
	guardian::ShownGuardian,
	ids::{AccountBytes, ChartId},
};
use std::sync::Arc;

/// Who reads: an account that is signed in, and what it shows if it is a guardian's; or who has a link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
	account: AccountBytes,
	reading: Option<GuardianReading>,
	/// What a clinician shows who broke the glass.
	emergency: Option<emergency::Shown>,
	link: Option<Shown>,
	session: Option<Session>,
	/// Which attempt it is.
	attempt: Option<Named>,
}

impl From<AccountBytes> for Reader {
	fn from(account: AccountBytes) -> Self {
		Self { account, reading: None, emergency: None, link: None, session: None, attempt: None }
	}
}

impl axum::extract::FromRequestParts<Arc<Vault>> for Reader {
	type Rejection = Error;

	async fn from_request_parts(parts: &mut Parts, vault: &Arc<Vault>) -> Result<Self> {
		let session = vault.sign_ins.session(bearer(parts)?)?;
		let account = session.account;
		let reading = shown(&parts.headers, vault, &account)?;
		let emergency = emergency::shown(&parts.headers)?;
		let attempt = attempts::named(&parts.headers)?;
		Ok(Self { account, reading, emergency, link: None, session: Some(session), attempt })
	}
}

impl Reader {
	/// Whoever has this link, which signed what is asked.
	pub(crate) fn with_link(shown: Shown) -> Self {
		Self { link: Some(shown), ..Self::from(shown.keys.account) }
	}

	/// The sign-in, if there is one.
	pub(crate) const fn session(&self) -> Option<Session> {
		self.session
	}

	/// Which attempt it is, if that is named.
	pub(crate) const fn attempt(&self) -> Option<Named> {
		self.attempt
	}

	/// A clinician who shows this.
	#[cfg(test)]
	pub(crate) fn in_emergency(account: AccountBytes, emergency: Option<emergency::Shown>) -> Self {
		Self { emergency, ..Self::from(account) }
	}

	/// The link that is shown, if one is.
	pub(crate) const fn link(&self) -> Option<Shown> {
		self.link
	}

	/// The accessor of a decision. Guardians do not read in a staff's capacity.
	pub(crate) fn accessor(&self, capacity: Option<StaffCapacity>) -> Result<Accessor> {
		if let Some(shown) = &self.link {
			return Ok(Accessor::Bearer { link: shown.keys.seal() });
		}
		match (self.guardian(), capacity) {
			(Some(guardian), None) => Ok(Accessor::Guardian { leaf: guardian.leaf() }),
			(None, capacity) => Ok(StaffCapacity::accessor(capacity, self.account)),
			(Some(_), Some(_)) => Err(Error::Malformed(format!(
				"staff in its capacity does not send the header {GUARDIAN_HEADER}"
			))),
		}
	}

	/// The account that is signed in, or the link's.
	pub(crate) const fn account(&self) -> AccountBytes {
		self.account
	}

	/// What shows that the glass was broken.
	pub(crate) const fn emergency(&self) -> Option<&emergency::Shown> {
		self.emergency.as_ref()
	}

	/// What shows that it is a guardian.
	pub(crate) fn guardian(&self) -> Option<ShownGuardian> {
		self.reading.map(|reading| reading.guardian)
	}

	/// What a guardian shows.
	pub(crate) const fn reading(&self) -> Option<&GuardianReading> {
		self.reading.as_ref()
	}

	/// The chart, if its key or one of its guardians who may read asks for what became of its records. Its key can
	/// while finality stalls, too.
	pub(crate) async fn chart_as_known(
		&self,
		vault: &Arc<Vault>,
		chart: ChartId,
	) -> Result<ChartRow> {
		match self.guardian() {
			None => vault.own_chart_as_known(chart, self.account).await,
			Some(_) => self.chart(vault, chart).await,
		}
	}

	/// The chart, if its key or one of its guardians who may read asks.
	pub(crate) async fn chart(&self, vault: &Arc<Vault>, chart: ChartId) -> Result<ChartRow> {
		let Some(guardian) = self.guardian() else {
			return vault.own_chart(chart, self.account).await;
		};
		let row = vault.chart(chart).await?;
		admit(vault, chart, &guardian).await?.map_err(Error::AccessDenied)?;
		Ok(row)
	}
}

/// Whether it is a guardian of the chart who may read, as the chain's finalised head knows.
pub(crate) async fn admit(
	vault: &Vault,
	chart: ChartId,
	guardian: &ShownGuardian,
) -> Result<Result<(), DenyReason>> {
	let at = vault.node.fresh().await?;
	let guard = at.chart_view(chart).await?.and_then(|view| view.guard);
	let admitted = guardian.admit(&chart, guard.as_ref(), Some(Power::Read), at.head().at);
	Ok(admitted.map(drop).map_err(DenyReason::from))
}

/// What the account shows in the header, if there is one: its own, in time and signed.
fn shown(
	headers: &HeaderMap,
	vault: &Vault,
	account: &AccountBytes,
) -> Result<Option<GuardianReading>> {
	let Some(header) = headers.get(GUARDIAN_HEADER) else { return Ok(None) };
	let unreadable = |fault: &str| Error::Malformed(format!("{GUARDIAN_HEADER}: {fault}"));
	let text = header.to_str().map_err(|_| unreadable("not Base64"))?;
	let reading: GuardianReading =
		decode_header(text).map_err(|fault| unreadable(&fault.to_string()))?;
	let GuardianReading { guardian, word } = &reading;
	let is_good =
		guardian.terms.key == *account && is_guardians_word(guardian, word, vault.genesis, now());
	if is_good {
		Ok(Some(reading))
	} else {
		Err(Error::GuardiansWordRefused)
	}
}

/// That the account, which the chain does not know, may sign in: as a guardian of a chart here.
pub(crate) async fn sign_in(
	vault: &Arc<Vault>,
	account: &AccountBytes,
	headers: &HeaderMap,
) -> Result<()> {
	let reading = shown(headers, vault, account)?.ok_or(Error::AccountNotEnrolled)?;
	let chart = reading.guardian.terms.chart;
	vault.chart(chart).await?;
	admit(vault, chart, &reading.guardian).await?.map_err(Error::AccessDenied)
}
