//! Imports of many records.

use super::{transfer_timeout, VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{self as api, Import, ImportId},
};
use bytes::Bytes;
use reqwest::Method;

impl VaultClient {
	/// Begins an import; begun again, it is the same.
	pub async fn begin_import(&self, import: &ImportId) -> Result<Import> {
		self.post(api::BULK, &[], &api::BeginImport { import: *import }).await
	}

	/// How far an import is.
	pub async fn import(&self, import: &ImportId) -> Result<Import> {
		self.get(api::BULK_IMPORT, &[("import", &import)]).await
	}

	/// Sends a page: SCALE of a list of [`api::PageRecord`].
	pub async fn put_page(&self, import: &ImportId, page: u32, bytes: Bytes) -> Result<Import> {
		let names: super::Names<'_> = &[("import", &import), ("page", &page)];
		let request = self
			.request(Method::PUT, api::BULK_PAGE, names)?
			.timeout(transfer_timeout(bytes.len() as u64))
			.header("content-type", "application/octet-stream")
			.body(bytes);
		self.answer(request).await
	}

	/// Says that no page follows.
	pub async fn seal_import(&self, import: &ImportId, pages: u32) -> Result<Import> {
		self.post(api::BULK_SEAL, &[("import", &import)], &api::SealImport { pages })
			.await
	}

	/// Removes an import that is not sealed.
	pub async fn abandon_import(&self, import: &ImportId) -> Result<()> {
		let request = self.request(Method::DELETE, api::BULK_IMPORT, &[("import", &import)])?;
		self.send(request.timeout(ANSWER_TIMEOUT)).await.map(drop)
	}
}
