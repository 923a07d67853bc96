//! A typed client of a vault.

mod asks;
mod backups;
mod bulk;
mod cards;
mod custody;
mod emergency;
mod fhir;
mod finding;
mod holding;
mod links;
mod papers;
mod petitions;
mod recalls;
mod rendezvous;
mod transfers;
mod transport;

pub use fhir::FhirAnswer;

use crate::{
	error::{Error, Result},
	guardians::GuardianCard,
	keys::Identity,
	profile::SignedProfile,
	vault_api::{self as api, encode_header, ErrorBody},
};
use codec::Encode;
use futures::StreamExt;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use salus_primitives::{
	codes::{ErrorReason, Purpose},
	ids::{ChartId, OrganisationId, PractitionerId, RecordId, RequestId},
	time::Moment,
};
use serde::{de::DeserializeOwned, Serialize};
use std::time::Duration;
use transport::{pause, MAX_PAUSES};
use zeroize::Zeroizing;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may take that does not wait for finality.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an answer may take that waits for finality.
const FINALITY_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a transfer may stand still.
pub(crate) const STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Most bytes of an answer that is not a record.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A client of one vault, for one account once it has signed in.
#[derive(Clone)]
pub struct VaultClient {
	http: reqwest::Client,
	endpoint: Url,
	token: Option<Zeroizing<String>>,
	/// What a guardian shows, with every request.
	guardian: Option<String>,
	/// What shows a broken glass, with every request.
	break_glass: Option<String>,
	/// Who opens a link, and has no account.
	link: Option<std::sync::Arc<crate::link::Bearer>>,
}

impl core::fmt::Debug for VaultClient {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "VaultClient({}, signed in: {})", self.endpoint, self.token.is_some())
	}
}

/// How far a transfer is: bytes done, bytes in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Whether the URL's host is this machine, by its own word.
fn is_loopback(url: &Url) -> bool {
	match url.host_str().map(|host| host.trim_matches(['[', ']'])) {
		Some("localhost") => true,
		Some(host) => host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback()),
		None => false,
	}
}

/// For those who do not watch a transfer.
pub fn no_progress(_done: u64, _all: u64) {}

impl VaultClient {
	/// A client of the vault at this base URL.
	pub fn new(endpoint: &str) -> Result<Self> {
		let bad = || Error::BadEndpoint(endpoint.into());
		let mut url = Url::parse(endpoint).map_err(|_| bad())?;
		if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
			return Err(bad());
		}
		// Token and openings must not cross a network in the clear.
		if url.scheme() == "http" && !is_loopback(&url) {
			return Err(Error::PlainEndpoint(endpoint.into()));
		}
		// Routes are appended to the path.
		let path = url.path().trim_end_matches('/').to_owned();
		url.set_path(&path);
		url.set_query(None);
		url.set_fragment(None);
		install_tls_provider();
		let http = reqwest::Client::builder()
			.connect_timeout(CONNECT_TIMEOUT)
			.read_timeout(FINALITY_TIMEOUT)
			.redirect(reqwest::redirect::Policy::none())
			.user_agent(concat!("salus/", env!("CARGO_PKG_VERSION")))
			.build()
			.map_err(|error| unreachable_vault(&url, error))?;
		Ok(Self { http, endpoint: url, token: None, guardian: None, break_glass: None, link: None })
	}

	/// From now on for a guardian, who shows this.
	pub fn show(&mut self, reading: &api::GuardianReading) -> Result<()> {
		let header = encode_header(reading).map_err(|error| self.nonsense(error.to_string()))?;
		self.guardian = Some(header);
		Ok(())
	}

	/// The vault's base URL.
	pub fn endpoint(&self) -> &str {
		self.endpoint.as_str().trim_end_matches('/')
	}

	/// How the vault is.
	pub async fn health(&self) -> Result<api::Health> {
		self.get(api::HEALTH, &[]).await
	}

	/// Signs in. Signs nothing but a challenge for this account at this organisation on this chain.
	pub async fn sign_in(
		&mut self,
		who: &Identity,
		genesis: &[u8; 32],
		organisation: OrganisationId,
	) -> Result<()> {
		let account = who.account();
		let challenge: api::Challenge =
			self.post(api::CHALLENGE, &[], &api::ChallengeRequest { account }).await?;
		if challenge.domain != api::CHALLENGE_DOMAIN
			|| challenge.genesis != *genesis
			|| challenge.organisation != organisation
			|| challenge.account != account
		{
			return Err(self.nonsense(format!(
				"its sign-in challenge is not for this account at organisation {organisation} on this chain"
			)));
		}
		let signature = who.sign(&challenge.encode());
		let signed: api::SignedIn =
			self.post(api::SIGN_IN, &[], &api::SignIn { challenge, signature }).await?;
		self.token = Some(Zeroizing::new(signed.token));
		Ok(())
	}

	/// Signs in as the guardian whose card this is. What is shown is good from `at` on for as long as the
	/// sign-in.
	pub async fn sign_in_as_guardian(
		&mut self,
		who: &Identity,
		card: &GuardianCard,
		at: Moment,
	) -> Result<()> {
		self.show(&card.reading(who, at.saturating_add(api::SIGN_IN_VALIDITY))?)?;
		self.sign_in(who, &card.genesis, card.custodian).await
	}

	/// The keys to which a chart's new records are wrapped.
	pub async fn chart_keys(&self, chart: &ChartId) -> Result<api::ChartKeys> {
		self.get(api::CHART_KEYS, &[("chart", &chart)]).await
	}

	/// Marks a record entered in error.
	pub async fn mark_entered_in_error(
		&self,
		record: &RecordId,
		reason: ErrorReason,
	) -> Result<api::MarkedEnteredInError> {
		let body = api::MarkEnteredInError { reason };
		self.post(api::ENTERED_IN_ERROR, &[("record", &record)], &body).await
	}

	/// The records of a chart that the account may see in this capacity; none for the patient. Each
	/// page is a disclosure of its own.
	pub async fn records(
		&self,
		chart: &ChartId,
		capacity: Option<api::StaffCapacity>,
		purpose: Purpose,
	) -> Result<Vec<api::ListedRecord>> {
		Ok(self.record_list(chart, capacity, purpose).await?.records)
	}

	/// The same, with the records in between that were erased, which the patient is told.
	pub async fn record_list(
		&self,
		chart: &ChartId,
		capacity: Option<api::StaffCapacity>,
		purpose: Purpose,
	) -> Result<api::RecordList> {
		let empty = api::RecordList { records: Vec::new(), erased: Vec::new(), next: None };
		let (mut all, mut from) = (empty, 0u32);
		loop {
			let mut url = self.url(api::CHART_RECORDS, &[("chart", &chart)]);
			let mut query = url.query_pairs_mut();
			if let Some(capacity) = capacity {
				query.append_pair("organisation", &capacity.organisation.to_string());
				query.append_pair("role", capacity.role.code());
			}
			query.append_pair("purpose", purpose.code());
			query.append_pair("from", &from.to_string());
			drop(query);
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: api::RecordList = match self.answer(request).await {
				// Nothing of the last page may be seen; of those before, something.
				Err(Error::Vault { code, .. })
					if code == api::codes::ACCESS_DENIED && !all.records.is_empty() =>
				{
					return Ok(all);
				},
				other => other?,
			};
			all.records.extend(page.records);
			all.erased.extend(page.erased);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// Gives the vault the word of the chart's key for its encryption key.
	pub async fn post_chart_key(&self, chart: &ChartId, key: &api::ChartKey) -> Result<()> {
		self.tell(api::CHART_KEY, &[("chart", &chart)], key).await
	}

	/// Gives the vault a directive's opening.
	pub async fn post_directive(
		&self,
		chart: &ChartId,
		directive: &api::PostedDirective,
	) -> Result<()> {
		self.tell(api::CHART_DIRECTIVES, &[("chart", &chart)], directive).await
	}

	/// The directives whose openings the vault holds.
	pub async fn directives(&self, chart: &ChartId) -> Result<api::DirectiveList> {
		self.get(api::CHART_DIRECTIVES, &[("chart", &chart)]).await
	}

	/// What the vault knows of a chart's places, see [`crate::cover`].
	pub async fn cover(&self, chart: &ChartId) -> Result<api::CoverState> {
		self.get(api::CHART_COVER, &[("chart", &chart)]).await
	}

	/// Leaves the orders that the vault may submit when others of the cohort change.
	pub async fn put_cover(&self, chart: &ChartId, cover: &api::Cover) -> Result<api::CoverState> {
		let request = self.request(Method::PUT, api::CHART_COVER, &[("chart", &chart)])?;
		self.answer(request.timeout(ANSWER_TIMEOUT).json(cover)).await
	}

	/// Has a transaction submitted that the chart's key signed, and waits until it is final.
	pub async fn post_call(
		&self,
		chart: &ChartId,
		call: &api::PostedCall,
	) -> Result<api::CallDone> {
		self.post(api::CHART_CALLS, &[("chart", &chart)], call).await
	}

	/// Has an order submitted among those of others, and waits until it is final.
	pub async fn post_order(
		&self,
		chart: &ChartId,
		order: &api::PostedOrder,
	) -> Result<api::OrderDone> {
		self.post(api::CHART_ORDERS, &[("chart", &chart)], order).await
	}

	/// All disclosures of a chart from this sequence on.
	pub async fn disclosures(
		&self,
		chart: &ChartId,
		mut from: u32,
	) -> Result<Vec<api::Disclosure>> {
		let mut all = Vec::new();
		loop {
			let mut url = self.url(api::CHART_DISCLOSURES, &[("chart", &chart)]);
			url.query_pairs_mut().append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: api::DisclosurePage = self.answer(request).await?;
			all.extend(page.entries);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}

	/// Puts an access request's opening into a chart's mailbox.
	pub async fn post_request(&self, chart: &ChartId, request: &api::PostedRequest) -> Result<()> {
		self.tell(api::CHART_REQUESTS, &[("chart", &chart)], request).await
	}

	/// The requests in a chart's mailbox.
	pub async fn requests(&self, chart: &ChartId) -> Result<api::RequestList> {
		self.get(api::CHART_REQUESTS, &[("chart", &chart)]).await
	}

	/// Answers a request.
	pub async fn answer_request(
		&self,
		chart: &ChartId,
		request: &RequestId,
		answer: &api::RequestAnswer,
	) -> Result<()> {
		let names: Names<'_> = &[("chart", &chart), ("request", &request)];
		self.tell(api::CHART_REQUEST_ANSWER, names, answer).await
	}

	/// The patient's answer to a request, if there is one yet.
	pub async fn request_answer(&self, request: &RequestId) -> Result<Option<api::RequestAnswer>> {
		match self.get(api::REQUEST_ANSWER, &[("request", &request)]).await {
			Ok(answer) => Ok(Some(answer)),
			Err(Error::Vault { code, .. }) if code == api::codes::NOT_ANSWERED => Ok(None),
			Err(error) => Err(error),
		}
	}

	/// Gives the vault a practitioner's profile to hand out.
	pub async fn put_profile(&self, profile: &SignedProfile) -> Result<()> {
		let practitioner = profile.profile.practitioner;
		let names: Names<'_> = &[("practitioner", &practitioner)];
		let request = self
			.request(Method::PUT, api::PRACTITIONER_PROFILE, names)?
			.timeout(ANSWER_TIMEOUT)
			.header("content-type", "application/json")
			.body(profile.to_json());
		self.send(request).await.map(drop)
	}

	/// A practitioner's profile, if the vault has it. Check it with [`SignedProfile::verify`].
	pub async fn profile(&self, practitioner: PractitionerId) -> Result<Option<SignedProfile>> {
		let names: Names<'_> = &[("practitioner", &practitioner)];
		let request = self
			.request(Method::GET, api::PRACTITIONER_PROFILE, names)?
			.timeout(ANSWER_TIMEOUT);
		match self.send(request).await {
			Ok(response) => Ok(Some(SignedProfile::from_json(&self.read(response).await?)?)),
			Err(Error::Vault { code, .. }) if code == api::codes::PROFILE_UNKNOWN => Ok(None),
			Err(error) => Err(error),
		}
	}

	/// Has the vault forget a practitioner's profile.
	pub async fn remove_profile(&self, practitioner: PractitionerId) -> Result<()> {
		let names: Names<'_> = &[("practitioner", &practitioner)];
		let request = self
			.request(Method::DELETE, api::PRACTITIONER_PROFILE, names)?
			.timeout(ANSWER_TIMEOUT);
		self.send(request).await.map(drop)
	}

	async fn get<T: DeserializeOwned>(&self, route: &str, names: Names<'_>) -> Result<T> {
		self.answer(self.request(Method::GET, route, names)?.timeout(ANSWER_TIMEOUT))
			.await
	}

	async fn post<T: DeserializeOwned>(
		&self,
		route: &str,
		names: Names<'_>,
		body: &(impl Serialize + Sync),
	) -> Result<T> {
		let request = self.request(Method::POST, route, names)?;
		self.answer(request.timeout(FINALITY_TIMEOUT).json(body)).await
	}

	/// Posts what is answered by success alone.
	async fn tell(
		&self,
		route: &str,
		names: Names<'_>,
		body: &(impl Serialize + Sync),
	) -> Result<()> {
		let request = self.request(Method::POST, route, names)?;
		self.send(request.timeout(FINALITY_TIMEOUT).json(body)).await?;
		Ok(())
	}

	fn request(&self, method: Method, route: &str, names: Names<'_>) -> Result<RequestBuilder> {
		self.at(method, self.url(route, names))
	}

	fn url(&self, route: &str, names: Names<'_>) -> Url {
		let mut path = format!("{}{route}", self.endpoint.path().trim_end_matches('/'));
		for (name, value) in names {
			path = path.replace(&format!("{{{name}}}"), &value.to_string());
		}
		let mut url = self.endpoint.clone();
		url.set_path(&path);
		url
	}

	fn at(&self, method: Method, url: Url) -> Result<RequestBuilder> {
		let mut request = self.http.request(method, url);
		if let Some(shown) = &self.guardian {
			request = request.header(api::GUARDIAN_HEADER, shown);
		}
		if let Some(shown) = &self.break_glass {
			request = request.header(api::BREAK_GLASS_HEADER, shown);
		}
		Ok(match &self.token {
			Some(token) => request.bearer_auth(token.as_str()),
			None => request,
		})
	}

	/// Where the next page begins, which must lie behind this one.
	fn advance(&self, from: u32, next: u32) -> Result<u32> {
		if next > from {
			Ok(next)
		} else {
			Err(self.nonsense("its pages do not advance".into()))
		}
	}

	async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
		let response = self.send(request).await?;
		self.read_json(response).await
	}

	async fn read_json<T: DeserializeOwned>(&self, response: Response) -> Result<T> {
		let body = self.read(response).await?;
		serde_json::from_slice(&body).map_err(|error| self.nonsense(error.to_string()))
	}

	/// Sends a request; an answer that is no success is an error.
	async fn send(&self, request: RequestBuilder) -> Result<Response> {
		let mut next = Some(request);
		self.send_made(|| {
			let request = next.take()?;
			next = request.try_clone();
			Some(request)
		})
		.await
	}

	/// Sends what `make` makes, and again after a pause where the vault asks for one, a bounded number
	/// of times and as long as there is something to send.
	async fn send_made(
		&self,
		mut make: impl FnMut() -> Option<RequestBuilder>,
	) -> Result<Response> {
		let nothing = || self.nonsense("there is nothing to ask it".into());
		let mut request = make().ok_or_else(nothing)?;
		let mut pauses = 0u32;
		loop {
			let response = request.send().await.map_err(|error| self.failed(error))?;
			let status = response.status();
			if status.is_success() {
				return Ok(response);
			}
			if let Some(pause) = pause(&response).filter(|_| pauses < MAX_PAUSES) {
				if let Some(again) = make() {
					tracing::info!(seconds = pause.as_secs(), "the vault asks to wait");
					tokio::time::sleep(pause).await;
					pauses = pauses.saturating_add(1);
					request = again;
					continue;
				}
			}
			let body = self.read(response).await?;
			return Err(match serde_json::from_slice::<ErrorBody>(&body) {
				Ok(said) => Error::Vault {
					status: status.as_u16(),
					code: said.code,
					message: said.message,
					reason: said.reason,
				},
				Err(_) => self.nonsense(format!("status {}", described(status))),
			});
		}
	}

	/// Reads a body that must fit into memory.
	async fn read(&self, response: Response) -> Result<Vec<u8>> {
		let mut body = Vec::new();
		let mut pieces = response.bytes_stream();
		while let Some(piece) = pieces.next().await {
			let piece = piece.map_err(|error| self.failed(error))?;
			if body.len().saturating_add(piece.len()) > MAX_ANSWER {
				return Err(self.nonsense(format!("it has more than {MAX_ANSWER} bytes")));
			}
			body.extend_from_slice(&piece);
		}
		Ok(body)
	}

	fn failed(&self, error: reqwest::Error) -> Error {
		if error.is_timeout() && !error.is_connect() {
			Error::VaultTimedOut { endpoint: self.endpoint().into() }
		} else {
			unreachable_vault(&self.endpoint, error)
		}
	}

	fn nonsense(&self, detail: String) -> Error {
		Error::VaultAnswer { endpoint: self.endpoint().into(), detail }
	}
}

/// Values of a route's names.
type Names<'a> = &'a [(&'a str, &'a (dyn core::fmt::Display + Sync))];

fn described(status: StatusCode) -> String {
	status
		.canonical_reason()
		.map_or(status.as_u16().to_string(), |reason| format!("{} {reason}", status.as_u16()))
}

fn unreachable_vault(endpoint: &Url, error: reqwest::Error) -> Error {
	// The last cause says what the network said; the others repeat the URL.
	let error = error.without_url();
	let mut cause: &dyn std::error::Error = &error;
	while let Some(deeper) = cause.source() {
		cause = deeper;
	}
	Error::VaultUnreachable {
		endpoint: endpoint.as_str().trim_end_matches('/').into(),
		detail: cause.to_string(),
	}
}

/// Room for a transfer at 256 KiB/s after finality was waited for.
const fn transfer_timeout(bytes: u64) -> Duration {
	Duration::from_secs(FINALITY_TIMEOUT.as_secs() + bytes / (256 * 1024))
}

/// Makes ring the process's TLS provider, unless it has one.
fn install_tls_provider() {
	// An error says that another one is installed already, which serves as well.
	let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests;
