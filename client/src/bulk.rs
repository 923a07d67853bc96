//! Importing a backlog: many FHIR resources and DICOM files, encrypted on all cores and sent page by page.
//!
//! What can not be imported is refused before anything of it is written: it is listed in a report, and the
//! rest goes on. A journal says up to where in the files each page reaches; after a kill the import goes
//! on with the first page that the vault does not keep. The journal holds no content and no key: a content
//! key is random, and is gone once its page is made.
//!
//! | module | what lives there |
//! |---|---|
//! | `source` | the files, one resource after the other |
//! | `charts` | which resource belongs to which chart |
//! | `make` | from a resource to an encrypted record |
//! | `journal` | the journal and the report |

mod charts;
mod journal;
mod make;
mod source;
#[cfg(test)]
mod tests;

pub use charts::Charts;
pub use source::Sources;

use crate::{
	error::{Error, Result},
	transfer::{Persistent, Session},
	vault_api::{
		ChartKeys, Import, ImportId, ImportState, PageRecord, MAX_PAGE, MAX_PAGES, MAX_PAGE_RECORDS,
	},
	vault_client::VaultClient,
};
use bytes::Bytes;
use codec::{Compact, Encode};
use futures::{stream, StreamExt};
use journal::{Journal, Report};
use make::{Made, Maker};
use salus_primitives::ids::{ChartId, Digest};
use serde::Serialize;
use source::{Place, Read};
use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// Most bytes of a content that is imported: 8 MiB. Larger ones are stored one by one.
pub const MAX_CONTENT: u64 = 8 * 1024 * 1024;
/// Failures in a row that are borne: over a minute.
const FAILURES: u32 = 12;
/// How often to ask how far a sealed import is.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// What is to be imported, and how.
pub struct Job {
	/// The files.
	pub sources: Sources,
	/// Which resource belongs to which chart.
	pub charts: Charts,
	/// The keys of each of these charts. A chart without keys is not known at the vault.
	pub keys: HashMap<ChartId, ChartKeys>,
	/// The journal, which is gone on with if it is there.
	pub journal: PathBuf,
	/// Where what is refused is listed, one JSON object per line.
	pub report: PathBuf,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
	/// Records made.
	pub records: u64,
	/// Resources refused.
	pub refused: u64,
	/// Bytes of the files that were read.
	pub read: u64,
	/// Bytes of the files in all.
	pub all: u64,
	/// Pages that the vault keeps.
	pub pages: u32,
	/// Records on the finalised chain.
	pub anchored: u64,
}

/// What came of an import.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
	/// Its name.
	pub import: ImportId,
	/// Records on the finalised chain.
	pub records: u64,
	/// Batches in which they were anchored.
	pub batches: u32,
	/// Resources refused.
	pub refused: u64,
	/// Where those are listed.
	pub report: PathBuf,
}

/// Imports, or goes on with an import. Returns once all of it is on the finalised chain.
pub async fn import(
	vault: &VaultClient,
	session: &Session<'_>,
	job: Job,
	watch: impl Fn(Progress) + Send + Sync,
) -> Result<Imported> {
	let Job { sources, charts, keys, journal, report } = job;
	let inputs = Digest::of(&(sources.digest(), charts.digest()).encode());
	let mut journal = Journal::open(&journal, session, inputs)?;
	let import = journal.import();
	let mut persistent = Persistent::new(vault, session, FAILURES);
	let known = loop {
		match persistent.vault.begin_import(&import).await {
			Ok(known) => break known,
			Err(fault) => persistent.bear(fault).await?,
		}
	};
	let begins = match known.state {
		ImportState::Open => journal.go_on_from(known.pages)?,
		_ => journal.end(),
	};
	let mut report = Report::open(&report, begins.report)?;
	let mut progress = Progress {
		records: begins.records,
		refused: begins.refused,
		read: sources.read_until(begins.place),
		all: sources.bytes(),
		pages: known.pages,
		anchored: known.anchored,
	};
	watch(progress);

	let mut pages = known.pages;
	if known.state == ImportState::Open {
		let maker = Arc::new(Maker {
			genesis: session.genesis,
			custodian: session.organisation,
			charts,
			keys,
		});
		let sources = Arc::new(sources);
		let (sender, ready) = mpsc::channel::<(u32, Bytes)>(1);
		let sending = async {
			// Here, so that whoever makes pages sees that none is sent any more.
			let mut ready = ready;
			while let Some((number, bytes)) = ready.recv().await {
				loop {
					let sent = persistent.vault.put_page(&import, number, bytes.clone()).await;
					match sent {
						Ok(_) => break persistent.succeeded(),
						Err(fault) => persistent.bear(fault).await?,
					}
				}
			}
			Ok::<_, Error>(())
		};
		let making = async {
			let mut page = Page::default();
			let mut made = made(&maker, &sources, begins.place);
			let mut place = begins.place;
			while let Some(chunk) = made.next().await {
				for (after, one) in chunk? {
					match one {
						Made::Record(record) => {
							if !page.has_room(&record) {
								let full = std::mem::take(&mut page);
								let ended = journal::Ended {
									place,
									records: progress.records,
									refused: progress.refused,
									report: report.length()?,
								};
								journal.note(pages, ended)?;
								if sender.send((pages, full.finish())).await.is_err() {
									// Whoever sends tells why.
									return Ok(());
								}
								pages = next_page(pages)?;
								progress.pages = pages;
							}
							page.take(&record);
							progress.records = progress.records.saturating_add(1);
						},
						Made::Refused(refusal) => {
							report.note(&refusal)?;
							progress.refused = progress.refused.saturating_add(1);
						},
						Made::Nothing => {},
					}
					place = after;
				}
				progress.read = sources.read_until(place);
				watch(progress);
			}
			let ended = journal::Ended {
				place,
				records: progress.records,
				refused: progress.refused,
				report: report.length()?,
			};
			if page.records > 0 {
				journal.note(pages, ended)?;
				let _ = sender.send((pages, page.finish())).await;
				pages = next_page(pages)?;
				progress.pages = pages;
			}
			// What was refused behind the last page counts too.
			journal.note(pages, ended)?;
			drop(sender);
			Ok::<_, Error>(())
		};
		let (sent, done) = futures::join!(sending, making);
		sent.and(done)?;
	}
	let mut left = loop {
		match persistent.vault.seal_import(&import, pages).await {
			Ok(sealed) => break sealed,
			Err(fault) => persistent.bear(fault).await?,
		}
	};
	while left.state != ImportState::Done {
		progress.anchored = left.anchored;
		watch(progress);
		if let Some(fault) = &left.fault {
			tracing::warn!(code = fault.code, "the chain refused a batch, which is tried again");
		}
		tokio::time::sleep(ASK_AGAIN).await;
		left = match persistent.vault.import(&import).await {
			Ok(left) => left,
			Err(fault) => {
				persistent.bear(fault).await?;
				continue;
			},
		};
		persistent.succeeded();
	}
	progress.anchored = left.anchored;
	watch(progress);
	let Import { anchored: records, batches, .. } = left;
	Ok(Imported { import, records, batches, refused: progress.refused, report: report.path() })
}

fn next_page(page: u32) -> Result<u32> {
	let next = page.saturating_add(1);
	if next < MAX_PAGES {
		Ok(next)
	} else {
		Err(Error::Usage {
			message: "an import has at most 16 million records".into(),
			help: "import some of the files first, the others with another --journal".into(),
		})
	}
}

/// What is made of the files from this place on, in order, on all cores. The place of each is where the
/// next one begins.
fn made<'a>(
	maker: &'a Arc<Maker>,
	sources: &'a Arc<Sources>,
	from: Place,
) -> impl stream::Stream<Item = Result<Vec<(Place, Made)>>> + 'a {
	let (sender, chunks) = mpsc::channel::<Result<Vec<Read>>>(2);
	let reading = sources.clone();
	tokio::task::spawn_blocking(move || {
		reading.read(from, |chunk| sender.blocking_send(chunk).is_ok())
	});
	let cores = std::thread::available_parallelism().map_or(1, usize::from);
	let chunks = stream::unfold(chunks, |mut chunks| async move {
		chunks.recv().await.map(|chunk| (chunk, chunks))
	});
	chunks
		.map(move |chunk| {
			let (maker, sources) = (maker.clone(), sources.clone());
			async move {
				let chunk = chunk?;
				tokio::task::spawn_blocking(move || {
					chunk.into_iter().map(|read| (read.after, maker.make(&sources, read))).collect()
				})
				.await
				.map_err(|fault| Error::Io { path: "a thread".into(), source: fault.into() })
			}
		})
		// Each holds a megabyte or one content of at most eight.
		.buffered(cores.saturating_mul(4))
		.boxed()
}

/// A page that is being filled: SCALE of its records, without their number.
#[derive(Default)]
struct Page {
	records: usize,
	bytes: Vec<u8>,
}

/// Room for the number of records.
const PREFIX: usize = 5;

impl Page {
	fn has_room(&self, record: &PageRecord) -> bool {
		let size = self.bytes.len().saturating_add(record.encoded_size());
		self.records < MAX_PAGE_RECORDS && size <= MAX_PAGE - PREFIX
	}

	fn take(&mut self, record: &PageRecord) {
		record.encode_to(&mut self.bytes);
		self.records = self.records.saturating_add(1);
	}

	fn finish(self) -> Bytes {
		let count = u32::try_from(self.records).unwrap_or(u32::MAX);
		let mut bytes = Compact(count).encode();
		bytes.extend_from_slice(&self.bytes);
		bytes.into()
	}
}
