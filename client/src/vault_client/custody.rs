//! Records on their way between custodians.

use super::{transfer_timeout, Names, VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::{Error, Result},
	vault_api::{self as api, TransferId},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use reqwest::{Method, RequestBuilder};
use salus_primitives::ids::{ChartId, OrganisationId, RecordId};

impl VaultClient {
	/// Offers records of a chart to another custodian.
	pub async fn offer_transfer(
		&self,
		chart: &ChartId,
		offer: &api::OfferTransfer,
	) -> Result<api::Transfer> {
		self.post(api::CHART_TRANSFERS, &[("chart", &chart)], offer).await
	}

	/// The transfers from a chart.
	pub async fn transfers(&self, chart: &ChartId) -> Result<api::TransferList> {
		self.get(api::CHART_TRANSFERS, &[("chart", &chart)]).await
	}

	/// Withdraws what was not taken over of a transfer.
	pub async fn withdraw_transfer(
		&self,
		chart: &ChartId,
		transfer: &TransferId,
	) -> Result<api::Transfer> {
		let names: Names<'_> = &[("chart", &chart), ("transfer", &transfer)];
		self.post(api::TRANSFER_WITHDRAWAL, names, &()).await
	}

	/// Has the vault take over what another custodian offers.
	pub async fn receive_transfers(&self, from: OrganisationId) -> Result<api::ReceiptList> {
		self.post(api::RECEIPTS, &[], &api::ReceiveTransfers { from }).await
	}

	/// How far the vault is with what others offer.
	pub async fn receipts(&self) -> Result<api::ReceiptList> {
		self.get(api::RECEIPTS, &[]).await
	}

	/// What waits at this vault for `organisation`, whose system account is signed in.
	pub async fn offers(&self, organisation: OrganisationId) -> Result<api::Offers> {
		let request = self.as_receiver(api::TRANSFERS, &[], organisation, 0)?;
		self.answer(request.timeout(ANSWER_TIMEOUT)).await
	}

	/// A page of the records of a transfer, for its receiver.
	pub async fn handed(
		&self,
		transfer: &TransferId,
		organisation: OrganisationId,
		from: u64,
	) -> Result<api::HandedPage> {
		let names: Names<'_> = &[("transfer", &transfer)];
		let request = self.as_receiver(api::TRANSFER_RECORDS, names, organisation, from)?;
		self.answer(request.timeout(ANSWER_TIMEOUT)).await
	}

	/// The ciphertext of a record of a transfer from byte `from` on, for its receiver; `size` is that of
	/// all of it, by which it is given time.
	pub async fn handed_content(
		&self,
		transfer: &TransferId,
		record: &RecordId,
		organisation: OrganisationId,
		from: u64,
		size: u64,
	) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
		let names: Names<'_> = &[("transfer", &transfer), ("record", &record)];
		let request = self.as_receiver(api::TRANSFER_CONTENT, names, organisation, from)?;
		let response = self.send(request.timeout(transfer_timeout(size))).await?;
		let endpoint = self.endpoint().to_owned();
		Ok(response.bytes_stream().map(move |piece| {
			piece.map_err(|error| Error::VaultAnswer {
				endpoint: endpoint.clone(),
				detail: error.without_url().to_string(),
			})
		}))
	}

	fn as_receiver(
		&self,
		route: &str,
		names: Names<'_>,
		organisation: OrganisationId,
		from: u64,
	) -> Result<RequestBuilder> {
		let mut url = self.url(route, names);
		url.query_pairs_mut()
			.append_pair("organisation", &organisation.to_string())
			.append_pair("from", &from.to_string());
		self.at(Method::GET, url)
	}
}
