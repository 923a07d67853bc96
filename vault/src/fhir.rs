//! FHIR R4: the same decisions and the same log as the vault's own routes, in FHIR's words.
//!
//! `salus_client::fhir` makes the resources; here are the routes. Everything that is not served is refused,
//! parameters included, for one that is passed over could have narrowed what leaves.

mod parameters;

#[cfg(test)]
mod tests;

use crate::{
	disclosures,
	errors::{Error, Result},
	guardians::Reader,
	release::{self, is_for_all},
	routes::{with_release, V},
	vault::Vault,
};
use axum::{
	extract::{Path, State},
	handler::Handler,
	http::{
		header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
		HeaderMap, HeaderValue, StatusCode, Uri,
	},
	response::{IntoResponse, Response},
	routing::{get, MethodRouter},
	Router,
};
use bytes::BytesMut;
use futures::TryStreamExt;
use parameters::{Filter, Parameters};
use salus_client::{
	fhir::{
		audit_event, binary, capability_statement, document_reference, operation_outcome, parse_id,
		patient, searchset, Form, Found, House, CAPACITY, ENVELOPE, FHIR_JSON, MAX_INLINE,
	},
	vault_api::{encode_header, RecordList, DISCLOSURES_PER_PAGE, FHIR},
};
use salus_primitives::ids::{ChartId, RecordId};
use serde_json::Value;
use std::sync::Arc;

/// The FHIR routes, below [`FHIR`].
pub(crate) fn router() -> Router<Arc<Vault>> {
	Router::new()
		// Without a body there is nothing to be secret about, nor to be logged.
		.route("/metadata", get(metadata).fallback(not_allowed))
		.route("/Patient/{id}", reading(read_patient))
		.route("/Patient/{id}/$everything", reading(everything))
		.route("/DocumentReference", reading(search_documents))
		.route("/DocumentReference/{id}", reading(read_document))
		.route("/Binary/{id}", reading(read_binary))
		.route("/AuditEvent", reading(search_audit))
		.fallback(unknown)
}

/// A route for GET alone. HEAD would be logged as a disclosure of what does not leave.
fn reading<H, T>(handler: H) -> MethodRouter<Arc<Vault>>
where
	H: Handler<T, Arc<Vault>>,
	T: 'static,
{
	get(handler).head(not_allowed).fallback(not_allowed)
}

/// An [`Error`] in FHIR's form.
struct Refusal(Error);

impl From<Error> for Refusal {
	fn from(error: Error) -> Self {
		Self(error)
	}
}

impl IntoResponse for Refusal {
	fn into_response(self) -> Response {
		let (status, body) = self.0.tell();
		let mut response = resource(status, &operation_outcome(status.as_u16(), &body));
		let headers = response.headers_mut();
		if status == StatusCode::UNAUTHORIZED {
			headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
		}
		if status == StatusCode::METHOD_NOT_ALLOWED {
			headers.insert(ALLOW, HeaderValue::from_static("GET"));
		}
		response
	}
}

type Answer = Result<Response, Refusal>;

async fn unknown() -> Refusal {
	Refusal(Error::RouteUnknown)
}

async fn not_allowed() -> Refusal {
	Refusal(Error::MethodNotAllowed)
}

/// A resource as answer; nobody on the way may keep it.
fn resource(status: StatusCode, resource: &Value) -> Response {
	let mut response = (status, resource.to_string()).into_response();
	let headers = response.headers_mut();
	headers.insert(CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON));
	headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
	response
}

fn ok(json: &Value) -> Response {
	resource(StatusCode::OK, json)
}

/// Who keeps the records, and where by its own word on the chain. Where our node does not say, addresses
/// are relative.
async fn house(vault: &Vault) -> House {
	let asked = async {
		let view = vault.node.finalised().await?.organisation(vault.organisation).await?;
		Ok::<_, Error>(view.map_or(Vec::new(), |view| view.endpoint))
	};
	let endpoint = asked.await.unwrap_or_default();
	let endpoint = String::from_utf8(endpoint).unwrap_or_default();
	let endpoint = endpoint.trim_end_matches('/');
	let base = if endpoint.is_empty() { String::new() } else { format!("{endpoint}{FHIR}") };
	House { genesis: vault.genesis, custodian: vault.organisation, base }
}

async fn metadata(State(vault): V, uri: Uri, headers: HeaderMap) -> Answer {
	Parameters::of(&uri, &[])?.json(&headers)?;
	let house = house(&vault).await;
	Ok(ok(&capability_statement(&house, env!("CARGO_PKG_VERSION"))))
}

/// The chain tells as much of a chart to everybody, so nothing is decided and nothing is logged.
async fn read_patient(
	State(vault): V,
	signed_in: Result<Reader>,
	Path(id): Path<String>,
	uri: Uri,
	headers: HeaderMap,
) -> Answer {
	signed_in?;
	Parameters::of(&uri, &[])?.json(&headers)?;
	let chart = named(&id, Error::ChartUnknown)?;
	vault.chart(chart).await?;
	Ok(ok(&patient(&house(&vault).await, chart)))
}

async fn everything(
	State(vault): V,
	signed_in: Result<Reader>,
	Path(id): Path<String>,
	uri: Uri,
	headers: HeaderMap,
) -> Answer {
	let reader = signed_in?;
	let asked = Parameters::of(&uri, &[&CAPACITY[..], &["_count", "_page"]].concat())?;
	asked.json(&headers)?;
	let chart: ChartId = named(&id, Error::ChartUnknown)?;
	let window = asked.window(release::RECORDS_PER_PAGE)?;
	let house = house(&vault).await;
	let listed = release::list(&vault, reader, chart, asked.capacity()?, window).await;
	let (list, outcome) = page(listed, window.from)?;
	let first = (window.from == 0).then(|| patient(&house, chart));
	let documents = list.records.iter().map(|record| document_reference(&house, record));
	let route = format!("Patient/{id}/$everything");
	let found = Found {
		resources: first.into_iter().chain(documents).collect(),
		outcome,
		this: asked.link(&house, &route, window.from),
		next: list.next.map(|next| asked.link(&house, &route, next)),
	};
	Ok(ok(&searchset(&house, found)))
}

async fn search_documents(
	State(vault): V,
	signed_in: Result<Reader>,
	uri: Uri,
	headers: HeaderMap,
) -> Answer {
	let reader = signed_in?;
	let own = ["patient", "category", "date", "status", "_count", "_page"];
	let asked = Parameters::of(&uri, &[&CAPACITY[..], &own].concat())?;
	asked.json(&headers)?;
	let chart = asked.patient()?;
	let filter = Filter::of(&asked)?;
	let window = asked.window(release::RECORDS_PER_PAGE)?;
	let house = house(&vault).await;
	let listed = release::list(&vault, reader, chart, asked.capacity()?, window).await;
	let (list, outcome) = page(listed, window.from)?;
	// What the filter leaves out was decided on and is logged: it may as well have been shown.
	let kept = list.records.iter().filter(|record| filter.keeps(record));
	let found = Found {
		resources: kept.map(|record| document_reference(&house, record)).collect(),
		outcome,
		this: asked.link(&house, "DocumentReference", window.from),
		next: list.next.map(|next| asked.link(&house, "DocumentReference", next)),
	};
	Ok(ok(&searchset(&house, found)))
}

/// A page of the list. Where only an earlier page had something to see, the search has ended and not
/// failed: the refusal stands in the page.
fn page(listed: Result<RecordList>, from: u32) -> Result<(RecordList, Option<Value>)> {
	match listed {
		Err(error @ Error::AccessDenied(reason)) if from > 0 && !is_for_all(reason) => {
			let (status, body) = error.tell();
			let empty = RecordList { records: Vec::new(), erased: Vec::new(), next: None };
			Ok((empty, Some(operation_outcome(status.as_u16(), &body))))
		},
		listed => Ok((listed?, None)),
	}
}

async fn read_document(
	State(vault): V,
	signed_in: Result<Reader>,
	Path(id): Path<String>,
	uri: Uri,
	headers: HeaderMap,
) -> Answer {
	let reader = signed_in?;
	let asked = Parameters::of(&uri, &CAPACITY)?;
	asked.json(&headers)?;
	let record: RecordId = named(&id, Error::RecordUnknown)?;
	let house = house(&vault).await;
	let listed = release::describe(&vault, reader, record, asked.capacity()?).await?;
	Ok(ok(&document_reference(&house, &listed)))
}

async fn read_binary(
	State(vault): V,
	signed_in: Result<Reader>,
	Path(id): Path<String>,
	uri: Uri,
	headers: HeaderMap,
) -> Answer {
	let reader = signed_in?;
	let asked = Parameters::of(&uri, &[&CAPACITY[..], &["action"]].concat())?;
	let as_resource = asked.form(&headers, Some(ENVELOPE))? == Form::Resource;
	let record: RecordId = named(&id, Error::RecordUnknown)?;
	let request = asked.release()?;
	let most = if as_resource { MAX_INLINE } else { u64::MAX };
	// Before anything is logged: what is in memory at once is bounded.
	let _place = as_resource
		.then(|| vault.inlined.try_acquire().map_err(|_| Error::Busy))
		.transpose()?;
	let (release, length, pieces) = release::release(&vault, reader, record, request, most).await?;
	let mut response = if as_resource {
		let gather = |mut all: BytesMut, piece: bytes::Bytes| async move {
			all.extend_from_slice(&piece);
			Ok(all)
		};
		let room = BytesMut::with_capacity(usize::try_from(length).unwrap_or_default());
		let bytes = pieces.try_fold(room, gather).await?;
		let header = encode_header(&release).map_err(|fault| Error::Internal(fault.to_string()))?;
		let json = binary(record, ENVELOPE, &bytes, Some(&header));
		drop(bytes);
		let json = json.to_string();
		let length = u64::try_from(json.len()).unwrap_or(u64::MAX);
		with_release(&release, FHIR_JSON, length, json.into())?
	} else {
		with_release(&release, ENVELOPE, length, axum::body::Body::from_stream(pieces))?
	};
	response
		.headers_mut()
		.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
	Ok(response)
}

/// The chart's log, for the chart's key and guardians who may read, who need no capacity for that.
async fn search_audit(
	State(vault): V,
	signed_in: Result<Reader>,
	uri: Uri,
	headers: HeaderMap,
) -> Answer {
	let reader = signed_in?;
	let asked = Parameters::of(&uri, &["patient", "_count", "_page"])?;
	asked.json(&headers)?;
	let chart = asked.patient()?;
	let window = asked.window(DISCLOSURES_PER_PAGE)?;
	let house = house(&vault).await;
	let mut page = disclosures::looks::page(&vault, reader, chart, window.from).await?;
	let count = usize::try_from(window.count).unwrap_or(usize::MAX);
	if page.entries.len() > count {
		page.entries.truncate(count);
		page.next = Some(window.from.saturating_add(window.count));
	}
	let found = Found {
		resources: page.entries.iter().map(|entry| audit_event(&house, entry)).collect(),
		outcome: None,
		this: asked.link(&house, "AuditEvent", window.from),
		next: page.next.map(|next| asked.link(&house, "AuditEvent", next)),
	};
	Ok(ok(&searchset(&house, found)))
}

/// What an id of FHIR names; what can not be one of ours names nothing.
fn named<T: From<[u8; 32]>>(id: &str, unknown: Error) -> Result<T> {
	parse_id(id).map(T::from).ok_or(unknown)
}
