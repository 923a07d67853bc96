//! Requests by a rendezvous.

use super::VaultClient;
use crate::{
	error::Result,
	vault_api::{
		AnswerRendezvous, OpenRendezvous, PostedRequest, RENDEZVOUS, RENDEZVOUS_ANSWER,
		RENDEZVOUS_OPENING,
	},
};
use salus_primitives::ids::ChartId;

impl VaultClient {
	/// Gives the vault a request for whoever has the code, which its terms name.
	pub async fn post_rendezvous(&self, request: &PostedRequest) -> Result<()> {
		self.tell(RENDEZVOUS, &[], request).await
	}

	/// The request of a rendezvous. Needs no sign-in.
	pub async fn open_rendezvous(
		&self,
		rendezvous: &ChartId,
		shown: &OpenRendezvous,
	) -> Result<PostedRequest> {
		self.post(RENDEZVOUS_OPENING, &[("rendezvous", &rendezvous)], shown).await
	}

	/// Answers the request of a rendezvous. Needs no sign-in.
	pub async fn answer_rendezvous(
		&self,
		rendezvous: &ChartId,
		answer: &AnswerRendezvous,
	) -> Result<()> {
		self.tell(RENDEZVOUS_ANSWER, &[("rendezvous", &rendezvous)], answer).await
	}
}
