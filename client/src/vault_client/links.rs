//! Opening a link.

use super::VaultClient;
use crate::{
	error::Result,
	link::Bearer,
	vault_api::{
		Challenge, ChallengeRequest, OpenLink, ReleaseRequest, Signature, CHALLENGE,
		CHALLENGE_DOMAIN,
	},
};
use salus_primitives::{ids::RecordId, link::LinkKeys};

impl VaultClient {
	/// From now on for whoever has a link: releases are asked for by it, without a sign-in.
	pub fn bear(&mut self, bearer: Bearer) {
		self.link = Some(bearer.into());
	}

	/// What opens the record by the link, if this client has one: over a fresh challenge.
	pub(super) async fn by_link(
		&self,
		record: &RecordId,
		request: &ReleaseRequest,
	) -> Result<Option<OpenLink>> {
		let Some(bearer) = &self.link else { return Ok(None) };
		let public = bearer.identity.public();
		let keys = LinkKeys { account: public.account, encryption_key: public.encryption_key };
		let challenge: Challenge =
			self.post(CHALLENGE, &[], &ChallengeRequest { account: keys.account }).await?;
		if challenge.domain != CHALLENGE_DOMAIN
			|| challenge.genesis != bearer.genesis
			|| challenge.organisation != bearer.custodian
			|| challenge.account != keys.account
		{
			return Err(
				self.nonsense("its challenge is not for this link at its organisation".into())
			);
		}
		let mut opened = OpenLink {
			keys,
			challenge,
			signature: Signature::Sr25519([0; 64]),
			purpose: request.purpose,
			attempt: *bearer.attempt,
			offset: request.offset,
		};
		opened.signature = bearer.identity.sign(&opened.signable(record));
		Ok(Some(opened))
	}
}
