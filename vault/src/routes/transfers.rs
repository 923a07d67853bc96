//! Routes of large records, and of what waits for its batch.

use super::{drain, SignedIn, V};
use crate::{
	batches::{Answer, Preference},
	enrolments,
	errors::{Error, Result},
	records, uploads,
	vault::Vault,
	web::{Body, Named},
	writes,
};
use axum::{
	extract::{Request, State},
	http::{
		header::{CONTENT_LENGTH, LOCATION},
		HeaderMap, HeaderValue, StatusCode,
	},
	response::{IntoResponse, Response},
	Json,
};
use salus_client::vault_api::{self as api, decode_header, UploadId};
use salus_primitives::ids::{AccountBytes, ChartId, RecordId};
use serde::Serialize;
use std::sync::Arc;

pub(super) async fn store_record(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	request: Request,
) -> Result<Response> {
	let (parts, body) = request.into_parts();
	let body = writes::pieces(body);
	match admit(&vault, account, chart, &parts.headers, api::MAX_AT_ONCE).await {
		Ok(new) => {
			let record = new.id;
			let preference = Preference::of(&parts.headers);
			stored(record, writes::store(&vault, chart, new, preference, body).await?)
		},
		Err(error) => {
			drain(body).await;
			Err(error)
		},
	}
}

pub(super) async fn begin(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	headers: HeaderMap,
) -> Result<Response> {
	let new = admit(&vault, account, chart, &headers, 0).await?;
	let upload = uploads::begin(&vault, account, chart, new).await?;
	let place = api::UPLOAD.replace("{upload}", &upload.id.to_string());
	answered(StatusCode::CREATED, Some(place), &upload)
}

async fn admit(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	headers: &HeaderMap,
	most: u64,
) -> Result<api::NewRecord> {
	let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
	let length = header(CONTENT_LENGTH.as_str()).and_then(|length| length.parse::<u64>().ok());
	if length.is_some_and(|length| length > most) {
		return Err(Error::TooLarge);
	}
	let missing = || Error::Malformed(format!("the header {} is missing", api::RECORD_HEADER));
	let new: api::NewRecord = decode_header(header(api::RECORD_HEADER).ok_or_else(missing)?)
		.map_err(|fault| Error::Malformed(format!("{}: {fault}", api::RECORD_HEADER)))?;
	records::admit(vault, account, chart, &new).await?;
	Ok(new)
}

pub(super) async fn look(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(upload): Named<UploadId>,
) -> Result<Json<api::Upload>> {
	uploads::look(&vault, account, upload).map(Json)
}

pub(super) async fn append(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(upload): Named<UploadId>,
	request: Request,
) -> Result<Json<api::Upload>> {
	let (parts, body) = request.into_parts();
	let offset = parts
		.headers
		.get(api::OFFSET_HEADER)
		.and_then(|value| value.to_str().ok()?.parse().ok())
		.ok_or_else(|| {
			Error::Malformed(format!("the header {} must be a number", api::OFFSET_HEADER))
		});
	let body = writes::pieces(body);
	match offset.and_then(|offset| uploads::writer(&vault, account, upload, offset)) {
		Ok(writer) => uploads::append(&vault, writer, body).await.map(Json),
		Err(error) => {
			drain(body).await;
			Err(error)
		},
	}
}

pub(super) async fn abandon(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(upload): Named<UploadId>,
) -> Result<StatusCode> {
	uploads::abandon(&vault, account, upload).await?;
	Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn complete(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(upload): Named<UploadId>,
	headers: HeaderMap,
	Body(said): Body<api::CompleteUpload>,
) -> Result<Response> {
	let record = uploads::record(&vault, account, upload)?;
	let preference = Preference::of(&headers);
	stored(record, uploads::complete(&vault, account, upload, said, preference).await?)
}

pub(super) async fn record_status(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(record): Named<RecordId>,
) -> Result<Json<api::RecordStatus>> {
	writes::status(&vault, account, record).await.map(Json)
}

pub(super) async fn chart_enrolment(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::Enrolment>> {
	enrolments::status(&vault, account, chart).await.map(Json)
}

/// A stored record, or where to ask for it.
fn stored(record: RecordId, answer: Answer<api::StoredRecord>) -> Result<Response> {
	match answer {
		Answer::Done(stored) => answered(StatusCode::OK, None, &stored),
		Answer::Waits(batch) => {
			let place = api::RECORD_STATUS.replace("{record}", &record.to_string());
			answered(StatusCode::ACCEPTED, Some(place), &api::RecordStatus::Waiting { batch })
		},
	}
}

/// An enrolled chart, or where to ask for it.
pub(super) fn enrolment(chart: ChartId, answer: Answer<api::ChartEnrolled>) -> Result<Response> {
	match answer {
		Answer::Done(enrolled) => answered(StatusCode::OK, None, &enrolled),
		Answer::Waits(batch) => {
			let place = api::CHART_ENROLMENT.replace("{chart}", &chart.to_string());
			answered(StatusCode::ACCEPTED, Some(place), &api::Enrolment::Waiting { batch })
		},
	}
}

fn answered(status: StatusCode, place: Option<String>, body: &impl Serialize) -> Result<Response> {
	let mut response = (status, Json(body)).into_response();
	if let Some(place) = place {
		let place =
			HeaderValue::from_str(&place).map_err(|fault| Error::Internal(fault.to_string()))?;
		response.headers_mut().insert(LOCATION, place);
	}
	Ok(response)
}
