//! `salus chart export`.

use super::{
	super::{now, record, render, Context},
	Own,
};
use render::{Fields, Report};
use salus_client::{
	envelope::envelope_size,
	fhir::{Export, House, Inlined},
	records::Temporary,
	transfer::{Known, Session, Watcher},
	vault_api::{ReleaseRequest, FHIR},
	Error, Result,
};
use salus_primitives::{
	codes::{Action, Purpose},
	ids::{ChartId, OrganisationId},
};
use serde::Serialize;
use std::{
	io::{BufWriter, Write},
	path::PathBuf,
	sync::Arc,
};

/// Writes all records of the chart, each compared with the chain, with their contents into one Bundle.
pub(super) async fn run(
	own: &Own,
	file: PathBuf,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	if file.exists() {
		return Err(Error::FileExists(file));
	}
	let (_, known, identity) = own.open(context).await?;
	let (chart, custodian) = (known.chart, known.custodian);
	let vault = context.session(custodian, &identity).await?;
	let purpose = Purpose::PatientRequested;
	let list = vault.record_list(&chart, None, purpose).await?;
	let listed = record::against_chain(context, custodian, chart, list.records).await?;
	let erased = record::erased_on_chain(context, custodian, list.erased).await?;
	let missing =
		record::missing_beside(listed.iter().map(|listed| &listed.record.opening), &erased);
	let missing =
		record::without(missing, &record::moved(context, &vault, custodian, &chart).await?);
	let genesis = context.chain().await?.genesis();
	let house = House { genesis, custodian, base: format!("{}{FHIR}", vault.endpoint()) };
	let reading = record::Reading {
		vault: &vault,
		session: Session { who: &identity, card: None, genesis, organisation: custodian },
		request: ReleaseRequest { capacity: None, action: Action::Access, purpose, offset: 0 },
		chart: Some(chart),
		resumable: false,
	};

	let (whole, writer) = Temporary::beside(&file)?;
	let mut export = Export::begin(BufWriter::new(writer), &file, &house, chart, now())?;
	let mut exported = Exported {
		file: file.clone(),
		chart,
		custodian,
		records: 0,
		resources: 0,
		binaries: 0,
		entries: 0,
		missing,
	};
	let mut wrong = 0usize;
	let sizes = listed.iter().map(|listed| envelope_size(listed.record.opening.terms.size));
	let bar = context.transfer_bar(sizes.fold(0, u64::saturating_add));
	let mut done = 0u64;
	for listed in &listed {
		let (begins, watched) = (done, bar.clone());
		done = done.saturating_add(envelope_size(listed.record.opening.terms.size));
		// What is not as the chain says is not the patient's record.
		if !listed.verified {
			wrong = wrong.saturating_add(1);
			continue;
		}
		let id = listed.record.id;
		// It was found to be the leaf on the chain.
		let known = Known::Leaf(listed.record.opening.seal());
		let (content, _) = Temporary::beside(&file)?;
		let watch: Watcher =
			Arc::new(move |came, _| watched.set_position(begins.saturating_add(came)));
		reading.fetch(id, known, content.path(), watch).await?;
		match export.record(&house, &listed.record, content.path())? {
			Inlined::Resource => exported.resources = exported.resources.saturating_add(1),
			Inlined::Binary => exported.binaries = exported.binaries.saturating_add(1),
		}
		exported.records = exported.records.saturating_add(1);
	}
	bar.finish_and_clear();
	let (writer, entries) = export.finish()?;
	exported.entries = entries;
	let written = writer.into_inner().map_err(|fault| Error::io(&file)(fault.into_error()))?;
	written.sync_all().map_err(Error::io(&file))?;
	whole.keep_as(&file)?;
	let faults = wrong.saturating_add(exported.missing.len());
	context.print(&exported, out)?;
	if faults > 0 {
		return Err(Error::ListFaulty(faults));
	}
	Ok(())
}

#[derive(Serialize)]
struct Exported {
	file: PathBuf,
	chart: ChartId,
	custodian: OrganisationId,
	records: u32,
	/// Contents that stand as the resources they are.
	resources: u32,
	/// Contents that stand as Binary.
	binaries: u32,
	entries: u32,
	/// Sequences that the vault withholds from the patient.
	missing: Vec<u32>,
}

impl Report for Exported {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let withheld = Some(&self.missing).filter(|missing| !missing.is_empty());
		Fields::default()
			.add("file", self.file.display())
			.add("chart", self.chart)
			.add("custodian", self.custodian)
			.add("records", self.records)
			.add("contents", format!("{} FHIR, {} other", self.resources, self.binaries))
			.add("entries", self.entries)
			.maybe("withheld", withheld.map(|missing| render::codes(missing.iter())))
			.write(out)
	}
}
