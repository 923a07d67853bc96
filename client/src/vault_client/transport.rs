//! Bodies on their way to a vault, and the pauses that it asks for.

use reqwest::{Response, StatusCode};
use std::{sync::Arc, time::Duration};
use tokio::io::AsyncReadExt;

/// How often a vault that asks for a pause gets one, for one request.
pub(super) const MAX_PAUSES: u32 = 5;
/// Longest pause; who is told to wait longer hears it instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pause that an answer asks for, if it is one to be kept.
pub(super) fn pause(response: &Response) -> Option<Duration> {
	if response.status() != StatusCode::TOO_MANY_REQUESTS {
		return None;
	}
	let told = response.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
	Some(Duration::from_secs(told)).filter(|pause| *pause <= LONGEST_PAUSE)
}

/// A file as a body.
pub(super) fn upload(
	file: std::fs::File,
	size: u64,
	progress: Arc<impl Fn(u64, u64) + Send + Sync + 'static>,
) -> reqwest::Body {
	let file = tokio::fs::File::from_std(file);
	let pieces = futures::stream::try_unfold((file, 0u64), move |(mut file, mut done)| {
		let progress = progress.clone();
		async move {
			let mut piece = bytes::BytesMut::with_capacity(crate::envelope::CHUNK);
			let read = file.read_buf(&mut piece).await?;
			done = done.saturating_add(read as u64);
			progress(done, size);
			Ok::<_, std::io::Error>((read > 0).then_some((piece.freeze(), (file, done))))
		}
	});
	reqwest::Body::wrap_stream(pieces)
}
