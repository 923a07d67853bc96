//! `salus paper sheet`: the sheet of a clinic without a connection, and what is sent once there is one.

use super::{json, By, Paper};
use crate::cli::{
	chart::read_json,
	now,
	record::trusted_keys,
	render::{self, Fields, Report},
	terms::code_of,
	usage, Context,
};
use clap::{builder::TypedValueParser, Args};
use salus_client::{
	content,
	keys::Identity,
	link::{Link, LinkPlace},
	papers::{Desk, PaperFile, SheetDocument},
	records::{prepare_as, Place, Temporary, Written},
	sealed_file::write_new,
	sheet::Summary,
	vault_api::{codes, PublishedKey, RecordStatus},
	Error, Result,
};
use salus_primitives::{
	codes::{Obligation, Purpose},
	ids::{DirectiveId, RecordId, Seal},
	time::Moment,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Debug, Args)]
pub(super) struct Sheet {
	#[command(flatten)]
	by: By,
	#[command(flatten)]
	paper: Paper,
	/// FHIR R4 resources, one in each file: AllergyIntolerance, MedicationStatement, MedicationRequest,
	/// Condition and the Patient.
	#[arg(long, required = true, num_args = 1.., value_name = "FILE")]
	summary: Vec<PathBuf>,
	/// For how many hours the link is good, 720 at most.
	#[arg(long, value_name = "H", value_parser = clap::value_parser!(u32).range(1..=720))]
	link_hours: u32,
	/// What the link is for.
	#[arg(long, value_parser = code_of!(Purpose), default_value = "PATRQT")]
	purpose: Purpose,
	/// Under which obligations.
	#[arg(long, value_parser = code_of!(Obligation), value_delimiter = ',')]
	obligation: Vec<Obligation>,
	/// File for the sheet, in HTML: who gets it gets the summary. A file that is there stays.
	#[arg(long, value_name = "FILE")]
	sheet: PathBuf,
	/// File for the text of the link, for somebody who can not read the code. A file that is there stays.
	#[arg(long, value_name = "FILE")]
	link: Option<PathBuf>,
}

/// Makes the sheet, and queues what is behind it.
pub(super) async fn make(asked: Sheet, context: &Context, out: &mut impl Write) -> Result<()> {
	let Sheet { by, paper, summary, link_hours, purpose, obligation, sheet, link: text } = asked;
	let summary = Summary::read(&summary)?;
	let (place, at) = by.place(context).await?;
	let vault = match &by.offline {
		Some(desk) => read_json::<Desk>(desk, "desk file")?.vault,
		None => context.vault(place.custodian).await?.endpoint().to_owned(),
	};
	let (genesis, custodian) = (place.genesis, place.custodian);
	let document = SheetDocument::new(&genesis, custodian, summary.document.clone())?;
	let record = document.record;
	let until = at.saturating_add(Moment::from(link_hours).saturating_mul(60 * 60 * 1000));
	let link = Link::new(LinkPlace { vault, genesis, custodian, record, purpose, until })?;
	let terms = link.terms(at, obligation.into_iter().collect())?;
	let html = summary.html(&link, at)?;
	let mut file = PaperFile::issue(place, by.chart, terms, paper.read(at)?, None)?;
	file.document = Some(document);
	write_new(&by.out, &json(&file)?)?;
	let written = write_new(&sheet, html.as_bytes()).and_then(|()| match &text {
		Some(text) => write_new(text, link.text().as_bytes())
			.inspect_err(|_| drop(std::fs::remove_file(&sheet))),
		None => Ok(()),
	});
	// All of them or none: what is queued would be behind a code that nobody has.
	written.inspect_err(|_| drop(std::fs::remove_file(&by.out)))?;
	let made = Made {
		sheet,
		queue: by.out,
		record,
		directive: file.directive(),
		link: link.keys()?.seal(),
		until,
		send_before: file.place.expires,
	};
	context.print(&made, out)
}

/// Stores the document of a sheet under the id that its link names, unless it is there.
pub(super) async fn store(file: &PaperFile, identity: &Identity, context: &Context) -> Result<()> {
	let Some(SheetDocument { record, content, .. }) = &file.document else {
		return Err(usage("no sheet is queued in this file", "submit it with `salus paper issue`"));
	};
	let (genesis, custodian, chart) = (file.place.genesis, file.place.custodian, file.act.chart());
	let vault = context.session(custodian, identity).await?;
	match vault.record_status(record).await {
		Ok(RecordStatus::Refused(_)) => {},
		Ok(_) => {
			let waiting = vault.await_record(record);
			return context.wait("waiting for the document", waiting).await.map(drop);
		},
		Err(fault) if fault.code() == codes::RECORD_UNKNOWN => {},
		Err(fault) => return Err(fault),
	}
	let info = content::inspect(content.as_bytes())
		.map_err(|fault| Error::Content { path: "the queued document".into(), fault })?;
	let at = context.finalised().await?;
	let author = at.practitioner_of(identity.account()).await?;
	let published = context.organisation(custodian).await?.encryption_key.map(PublishedKey::from);
	let keys = trusted_keys(&vault, &at, &genesis, published, &chart).await?;
	let written =
		Written { author, encounter: None, clinical_date: info.clinical_date.unwrap_or_else(now) };
	let place = Place { genesis, custodian, chart, replaces: None };
	let folder = std::env::temp_dir();
	let (plain, mut open) = Temporary::beside(&folder.join("sheet"))?;
	open.write_all(content.as_bytes()).map_err(Error::io(plain.path()))?;
	let prepared = prepare_as(*record, plain.path(), &info, &written, &place, &keys, &folder)?;
	drop(plain);
	let storing = vault.store(&chart, &prepared, |_, _| ());
	context.wait("storing the document", storing).await.map(drop)
}

#[derive(Serialize)]
struct Made {
	sheet: PathBuf,
	queue: PathBuf,
	record: RecordId,
	directive: DirectiveId,
	/// What lists and logs call the link.
	link: Seal,
	until: Moment,
	/// When the second one's signature ends.
	send_before: Moment,
}

impl Report for Made {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let show = |path: &Path| path.display().to_string();
		Fields::default()
			.add("sheet", show(&self.sheet))
			.add("queued in", show(&self.queue))
			.add("record", self.record)
			.add("link", self.link)
			.add("good until", render::moment(self.until))
			.add("to be sent", format!("before {}", render::moment(self.send_before)))
			.add("next", "the second one signs it: `salus paper witness`; then `salus paper send`")
			.write(out)?;
		writeln!(
			out,
			"Whoever has the sheet can read the summary: give it to whom it is for alone."
		)
	}
}
