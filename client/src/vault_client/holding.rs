//! A whole holding on its way to a successor.

use super::{transfer_timeout, Names, VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::{Error, Result},
	vault_api as api,
};
use bytes::Bytes;
use core::time::Duration;
use futures::{Stream, StreamExt};
use reqwest::{Method, RequestBuilder};
use salus_primitives::ids::{BatchId, ChartId, OrganisationId, RecordId};

/// How long an answer may take for which a whole holding is read.
const COUNT_TIMEOUT: Duration = Duration::from_secs(600);

impl VaultClient {
	/// Where the holding of the vault's organisation is, and how far the vault is with those of others.
	pub async fn holdings(&self) -> Result<api::HoldingList> {
		self.get(api::HOLDINGS, &[]).await
	}

	/// Has the vault copy the holding that `from` offers.
	pub async fn receive_holding(&self, from: OrganisationId) -> Result<api::HoldingList> {
		self.post(api::HOLDING_RECEIPT, &[], &api::ReceiveHolding { from }).await
	}

	/// Has the vault make the last pass, after which the holding may be accepted on chain.
	pub async fn ready_holding(&self, from: OrganisationId) -> Result<api::HoldingList> {
		self.post(api::HOLDING_READINESS, &[], &api::ReceiveHolding { from }).await
	}

	/// A page of the charts of the vault's holding, for its receiver, whose system account is signed in.
	pub async fn handed_charts(
		&self,
		organisation: OrganisationId,
		after: Option<&str>,
	) -> Result<api::HandedCharts> {
		let mut url = self.url(api::HANDED_CHARTS, &[]);
		url.query_pairs_mut().append_pair("organisation", &organisation.to_string());
		if let Some(after) = after {
			url.query_pairs_mut().append_pair("after", after);
		}
		self.answer(self.at(Method::GET, url)?.timeout(COUNT_TIMEOUT)).await
	}

	/// A page of the rows of a chart, for the holding's receiver; with `keys_known` no key is wrapped anew.
	pub async fn handed_rows(
		&self,
		chart: &ChartId,
		organisation: OrganisationId,
		from: u64,
		keys_known: bool,
	) -> Result<api::HandedRows> {
		let mut url = self.url(api::HANDED_CHART, &[("chart", &chart)]);
		url.query_pairs_mut()
			.append_pair("organisation", &organisation.to_string())
			.append_pair("from", &from.to_string())
			.append_pair("keys_known", &keys_known.to_string());
		self.answer(self.at(Method::GET, url)?.timeout(COUNT_TIMEOUT)).await
	}

	/// The leaves of a batch of disclosures, for the holding's receiver.
	pub async fn handed_leaves(
		&self,
		batch: u64,
		organisation: OrganisationId,
	) -> Result<api::HandedLeaves> {
		let names: Names<'_> = &[("number", &batch)];
		let route = api::HANDED_DISCLOSURES;
		let request = self.as_successor(Method::GET, route, names, organisation, 0)?;
		self.answer(request.timeout(ANSWER_TIMEOUT)).await
	}

	/// Some nodes of the tree of a batch of records, for the holding's receiver.
	pub async fn handed_nodes(
		&self,
		batch: &BatchId,
		organisation: OrganisationId,
		from: u64,
	) -> Result<api::HandedNodes> {
		let names: Names<'_> = &[("batch", &batch)];
		let request =
			self.as_successor(Method::GET, api::HANDED_BATCH, names, organisation, from)?;
		self.answer(request.timeout(ANSWER_TIMEOUT)).await
	}

	/// The ciphertext of a record from byte `from` on, for the holding's receiver; `size` is that of all of
	/// it, by which it is given time.
	pub async fn handed_ciphertext(
		&self,
		record: &RecordId,
		organisation: OrganisationId,
		from: u64,
		size: u64,
	) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
		let names: Names<'_> = &[("record", &record)];
		let route = api::HANDED_CONTENT;
		let request = self.as_successor(Method::GET, route, names, organisation, from)?;
		let response = self.send(request.timeout(transfer_timeout(size))).await?;
		let endpoint = self.endpoint().to_owned();
		Ok(response.bytes_stream().map(move |piece| {
			piece.map_err(|error| Error::VaultAnswer {
				endpoint: endpoint.clone(),
				detail: error.without_url().to_string(),
			})
		}))
	}

	/// Has the vault serve nobody but the holding's receiver; `again` also where it was closed for this offer
	/// before and the time ran out.
	pub async fn close_holding(
		&self,
		organisation: OrganisationId,
		again: bool,
	) -> Result<api::HoldingClosed> {
		let mut url = self.url(api::HOLDING_CLOSURE, &[]);
		url.query_pairs_mut()
			.append_pair("organisation", &organisation.to_string())
			.append_pair("again", &again.to_string());
		self.answer(self.at(Method::POST, url)?.timeout(COUNT_TIMEOUT)).await
	}

	fn as_successor(
		&self,
		method: Method,
		route: &str,
		names: Names<'_>,
		organisation: OrganisationId,
		from: u64,
	) -> Result<RequestBuilder> {
		let mut url = self.url(route, names);
		url.query_pairs_mut()
			.append_pair("organisation", &organisation.to_string())
			.append_pair("from", &from.to_string());
		self.at(method, url)
	}
}
