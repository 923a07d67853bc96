//! Reading a vault's FHIR routes.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{error::Result, fhir::FHIR_JSON, vault_api::FHIR};
use reqwest::Method;

/// What a vault answered on a FHIR route, refusals included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FhirAnswer {
	/// HTTP status.
	pub status: u16,
	/// A resource in JSON.
	pub body: Vec<u8>,
}

impl VaultClient {
	/// Reads a FHIR route, such as `DocumentReference` with its parameters; the answer must fit into 16 MiB.
	/// The route must hold no more than types, ids and operations.
	pub async fn fhir(&self, route: &str, query: &[(String, String)]) -> Result<FhirAnswer> {
		if !is_route(route) {
			return Err(self.nonsense("no route of FHIR can be called that".into()));
		}
		let mut url = self.url(&format!("{FHIR}/{route}"), &[]);
		if !query.is_empty() {
			url.query_pairs_mut().extend_pairs(query);
		}
		let request = self.at(Method::GET, url)?.header("accept", FHIR_JSON);
		let request = request.timeout(ANSWER_TIMEOUT);
		let response = request.send().await.map_err(|error| self.failed(error))?;
		let status = response.status().as_u16();
		Ok(FhirAnswer { status, body: self.read(response).await? })
	}
}

/// Whether this is a type, an id, an operation, so that it leads to no other route of the vault.
pub(crate) fn is_route(route: &str) -> bool {
	let is_step = |step: &str| {
		let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'$');
		!step.is_empty()
			&& step.len() <= 64
			&& step.bytes().all(known)
			&& step.bytes().any(|byte| byte != b'.')
	};
	route.split('/').count() <= 3 && route.split('/').all(is_step)
}

#[cfg(test)]
mod tests {
	use super::is_route;

	#[test]
	fn routes_lead_nowhere_else() {
		let id = "ab".repeat(32);
		for good in ["metadata", "DocumentReference", &format!("Patient/{id}/$everything")] {
			assert!(is_route(good), "{good}");
		}
		for wrong in ["", "..", "../charts", "Binary/..", "Binary/%2e%2e", "a//b", "a/b/c/d", "a?b"]
		{
			assert!(!is_route(wrong), "{wrong}");
		}
	}
}
