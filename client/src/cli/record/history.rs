//! `salus record history`: what the chain knows of a record, which is open to everybody.

use crate::cli::{
	render,
	render::{Report, Table},
	Context,
};
use salus_client::{Error, Result};
use salus_primitives::{codes::PetitionState, ids::RecordId, views::RecordView};
use serde::Serialize;
use std::io::Write;

/// Most versions that are shown.
const MOST: usize = 1024;

/// Runs the command.
pub(super) async fn run(record: RecordId, context: &Context, out: &mut impl Write) -> Result<()> {
	let at = context.finalised().await?;
	let (mut versions, mut next) = (Vec::new(), Some(record));
	while let Some(id) = next {
		let view = at.record_view(id).await?;
		let view = view.ok_or(Error::NotFound { what: "record", id: id.to_string() })?;
		next = view.facts.replaces.filter(|_| versions.len() < MOST);
		versions.push(view);
	}
	versions.reverse();
	context.print(&History { versions }, out)
}

#[derive(Serialize)]
struct History {
	/// The oldest first, up to the one that was asked about.
	versions: Vec<RecordView>,
}

impl Report for History {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["RECORD", "CUSTODIAN", "STATE", "HOLDS", "PETITIONS"]);
		for version in &self.versions {
			table.row(vec![
				version.id.to_string(),
				version.facts.custodian.to_string(),
				version.facts.state.to_string(),
				version.holds.len().to_string(),
				version.petitions.len().to_string(),
			]);
		}
		table.write(out, "no such record")?;
		for version in &self.versions {
			let of = render::short(&version.id);
			if let Some(to) = version.offered {
				writeln!(out, "{of}: offered to organisation {to}")?;
			}
			for seal in &version.holds {
				writeln!(out, "{of}: hold {seal}")?;
			}
			for found in &version.petitions {
				let petition = &found.petition;
				let open = petition.state == PetitionState::Open;
				let ended = match petition.answered {
					Some(at) => format!(", answered {}", render::moment(at)),
					None if open => {
						format!(", answer due {}", render::due(Some(found.due), found.overdue))
					},
					None => String::new(),
				};
				writeln!(
					out,
					"{of}: petition {}, {}, filed {}, {}{ended}",
					found.number,
					petition.kind,
					render::moment(petition.filed),
					petition.state
				)?;
			}
		}
		Ok(())
	}
}
