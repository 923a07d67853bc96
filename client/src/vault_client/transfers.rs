//! What a client sends and fetches of records and charts that may be large, or wait for their batch.

use super::{
	transfer_timeout, transport, Names, Progress, VaultClient, ANSWER_TIMEOUT, FINALITY_TIMEOUT,
	STALL_TIMEOUT,
};
use crate::{
	envelope::{envelope_size, ContentHasher},
	error::{Error, Result},
	records::{Prepared, Temporary},
	vault_api::{
		self as api, decode_header, encode_header, UploadId, RECORD_HEADER, RELEASE_HEADER,
	},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use reqwest::{Method, Response, StatusCode};
use salus_primitives::ids::{ChartId, RecordId};
use std::{
	path::Path,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::io::AsyncWriteExt;

/// Waits for a batch for a while, and says where to ask after that (RFC 7240).
const PATIENT: &str = "respond-async, wait=60";
/// How long a record may take from its acceptance to its anchoring: the longest interval between
/// batches, and time for finality.
const BATCH_PATIENCE: Duration = Duration::from_secs(600);
/// How often to ask meanwhile.
const ASK_AGAIN: Duration = Duration::from_secs(1);

impl VaultClient {
	/// Has a chart enrolled, at once or with the vault's next batch.
	pub async fn enrol_chart(&self, chart: &api::EnrolChart) -> Result<api::Enrolment> {
		let request = self.request(Method::POST, api::CHARTS, &[])?;
		let response = self.send(request.timeout(FINALITY_TIMEOUT).json(chart)).await?;
		let waits = response.status() == StatusCode::ACCEPTED;
		let body = self.read(response).await?;
		let answer = if waits {
			serde_json::from_slice(&body)
		} else {
			serde_json::from_slice(&body).map(api::Enrolment::Enrolled)
		};
		answer.map_err(|error| self.nonsense(error.to_string()))
	}

	/// What became of a chart that is to be enrolled.
	pub async fn enrolment(&self, chart: &ChartId) -> Result<api::Enrolment> {
		self.get(api::CHART_ENROLMENT, &[("chart", &chart)]).await
	}

	/// Stores a record whose envelope fits into one request, and waits until it is anchored.
	pub async fn store(
		&self,
		chart: &ChartId,
		prepared: &Prepared,
		progress: impl Fn(u64, u64) + Send + Sync + 'static,
	) -> Result<api::StoredRecord> {
		let path = prepared.envelope.path();
		let size = tokio::fs::metadata(path).await.map_err(Error::io(path))?.len();
		let header =
			encode_header(&prepared.record).map_err(|error| self.nonsense(error.to_string()))?;
		let progress = Arc::new(progress);
		let mut files = Some(std::fs::File::open(path).map_err(Error::io(path))?);
		let response = self.send_made(|| {
			// A stream is sent once: the file is opened anew for the next time.
			let file = files.take().or_else(|| std::fs::File::open(path).ok())?;
			let body = transport::upload(file, size, progress.clone());
			let request = self.request(Method::POST, api::CHART_RECORDS, &[("chart", &chart)]);
			Some(
				request
					.ok()?
					.timeout(transfer_timeout(size))
					.header(RECORD_HEADER, &header)
					.header(api::PREFER_HEADER, PATIENT)
					.header("content-type", "application/octet-stream")
					.header("content-length", size)
					.body(body),
			)
		});
		let response = response.await?;
		self.settled(response, &prepared.record.id).await
	}

	/// Begins an upload in several requests.
	pub async fn begin_upload(
		&self,
		chart: &ChartId,
		record: &api::NewRecord,
	) -> Result<api::Upload> {
		let header = encode_header(record).map_err(|error| self.nonsense(error.to_string()))?;
		let request = self
			.request(Method::POST, api::UPLOADS, &[("chart", &chart)])?
			.timeout(ANSWER_TIMEOUT)
			.header(RECORD_HEADER, header);
		self.answer(request).await
	}

	/// How far an upload is.
	pub async fn upload(&self, upload: &UploadId) -> Result<api::Upload> {
		self.get(api::UPLOAD, &[("upload", &upload)]).await
	}

	/// Sends so many bytes of an upload from `offset` on.
	pub async fn append_upload(
		&self,
		upload: &UploadId,
		offset: u64,
		length: u64,
		bytes: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
	) -> Result<api::Upload> {
		let request = self
			.request(Method::PATCH, api::UPLOAD, &[("upload", &upload)])?
			.timeout(transfer_timeout(length))
			.header(api::OFFSET_HEADER, offset)
			.header("content-type", "application/octet-stream")
			.header("content-length", length)
			.body(reqwest::Body::wrap_stream(bytes));
		self.answer(request).await
	}

	/// Ends an upload and waits until its record is anchored.
	pub async fn complete_upload(
		&self,
		upload: &UploadId,
		record: &RecordId,
		said: &api::CompleteUpload,
	) -> Result<api::StoredRecord> {
		let request = self
			.request(Method::POST, api::UPLOAD_COMPLETE, &[("upload", &upload)])?
			.timeout(FINALITY_TIMEOUT)
			.header(api::PREFER_HEADER, PATIENT)
			.json(said);
		let response = self.send(request).await?;
		self.settled(response, record).await
	}

	/// Has the vault forget an upload.
	pub async fn remove_upload(&self, upload: &UploadId) -> Result<()> {
		let request = self
			.request(Method::DELETE, api::UPLOAD, &[("upload", &upload)])?
			.timeout(ANSWER_TIMEOUT);
		self.send(request).await.map(drop)
	}

	/// What became of a record that was sent.
	pub async fn record_status(&self, record: &RecordId) -> Result<api::RecordStatus> {
		self.get(api::RECORD_STATUS, &[("record", &record)]).await
	}

	/// Waits until a record that the vault keeps is anchored.
	pub async fn await_record(&self, record: &RecordId) -> Result<api::StoredRecord> {
		let began = Instant::now();
		loop {
			match self.record_status(record).await? {
				api::RecordStatus::Stored(stored) => return Ok(stored),
				api::RecordStatus::Refused(said) => {
					return Err(Error::Vault {
						status: StatusCode::CONFLICT.as_u16(),
						code: said.code,
						message: said.message,
						reason: said.reason,
					});
				},
				api::RecordStatus::Waiting { .. } if began.elapsed() > BATCH_PATIENCE => {
					return Err(Error::VaultTimedOut { endpoint: self.endpoint().into() });
				},
				api::RecordStatus::Waiting { .. } => tokio::time::sleep(ASK_AGAIN).await,
			}
		}
	}

	async fn settled(&self, response: Response, record: &RecordId) -> Result<api::StoredRecord> {
		if response.status() == StatusCode::ACCEPTED {
			return self.await_record(record).await;
		}
		self.read_json(response).await
	}

	/// Asks for a record's envelope from the request's offset on: what the vault says with it, and the
	/// answer whose body is to be read with [`Self::pieces`].
	pub async fn ask_release(
		&self,
		record: &RecordId,
		request: &api::ReleaseRequest,
	) -> Result<(api::Release, Response)> {
		self.ask_release_in(record, request, None).await
	}

	/// [`Self::ask_release`] within an attempt: who asks again by its name has one line in the chart's log.
	/// Who has a link does not name one, for the link's use has a name.
	pub async fn ask_release_in(
		&self,
		record: &RecordId,
		request: &api::ReleaseRequest,
		attempt: Option<&api::Attempt>,
	) -> Result<(api::Release, Response)> {
		let names: Names<'_> = &[("record", &record)];
		let timeout = transfer_timeout(api::MAX_CIPHERTEXT);
		// Answering takes a while at most; the bytes have a time of their own, piece by piece.
		let request = match self.by_link(record, request).await? {
			Some(opened) => self.request(Method::POST, api::RECORD_LINK, names)?.json(&opened),
			None => {
				let asked = self.request(Method::POST, api::RELEASE, names)?.json(request);
				match attempt {
					Some(attempt) => asked.header(api::ATTEMPT_HEADER, attempt.to_string()),
					None => asked,
				}
			},
		};
		let response = self.send(request.timeout(timeout)).await?;
		let release: api::Release = response
			.headers()
			.get(RELEASE_HEADER)
			.and_then(|header| header.to_str().ok())
			.ok_or_else(|| self.nonsense(format!("it has no readable header {RELEASE_HEADER}")))
			.and_then(|header| {
				decode_header(header).map_err(|error| self.nonsense(error.to_string()))
			})?;
		let size = release.opening.terms.size;
		if envelope_size(size) > api::MAX_CIPHERTEXT {
			return Err(self.nonsense(format!("a record of {size} bytes")));
		}
		Ok((release, response))
	}

	/// The body of an answer, piece by piece. Ends in an error when it stands still.
	pub fn pieces(&self, response: Response) -> impl Stream<Item = Result<Bytes>> + Send + use<'_> {
		let pieces = Box::pin(response.bytes_stream());
		futures::stream::try_unfold(pieces, move |mut pieces| async move {
			let piece = tokio::time::timeout(STALL_TIMEOUT, pieces.next())
				.await
				.map_err(|_| Error::VaultTimedOut { endpoint: self.endpoint().into() })?;
			let piece = piece.transpose().map_err(|error| self.failed(error))?;
			Ok(piece.map(|piece| (piece, pieces)))
		})
	}

	/// Fetches a record's envelope, all of it, into a temporary file in `folder` and what the vault says
	/// with it. Refuses bytes that do not have the digest in the record's terms.
	/// [`crate::transfer::read_file`] goes on after a break.
	pub async fn release(
		&self,
		record: &RecordId,
		request: &api::ReleaseRequest,
		folder: &Path,
		progress: Progress<'_>,
	) -> Result<(api::Release, Temporary)> {
		let request = api::ReleaseRequest { offset: 0, ..*request };
		let (release, response) = self.ask_release(record, &request).await?;
		let expected = envelope_size(release.opening.terms.size);
		let (temporary, file) = Temporary::beside(&folder.join("record"))?;
		let mut file = tokio::fs::File::from_std(file);
		let (mut digest, mut done) = (ContentHasher::default(), 0u64);
		let mut pieces = std::pin::pin!(self.pieces(response));
		while let Some(piece) = pieces.next().await {
			let piece = piece?;
			done = done.saturating_add(piece.len() as u64);
			if done > expected {
				break;
			}
			digest.update(&piece);
			file.write_all(&piece).await.map_err(Error::io(temporary.path()))?;
			progress(done, expected);
		}
		file.flush().await.map_err(Error::io(temporary.path()))?;
		if done != expected || digest.finish() != release.opening.terms.ciphertext_digest {
			return Err(Error::ReleaseMismatch(
				"the bytes have another digest than the record's terms".into(),
			));
		}
		Ok((release, temporary))
	}
}
