//! How petitions and their answers look.

use crate::cli::{
	render,
	render::{Fields, Report, Table},
};
use salus_client::vault_api::{ListedPetition, PetitionAnswered, PetitionDone};
use salus_primitives::{
	codes::{PetitionKind, PetitionState},
	ids::{ChartId, OrganisationId, RecordId},
	petition::{AnswerTerms, NotReached},
	seal::Opening,
};
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
pub(super) struct Asked {
	pub(super) kind: PetitionKind,
	pub(super) custodian: OrganisationId,
	pub(super) asked: Vec<PetitionDone>,
}

impl Report for Asked {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["RECORD", "PETITION", "ASKED", "ANSWER DUE", "BLOCK"]);
		for done in &self.asked {
			table.row(vec![
				done.record.to_string(),
				done.number.to_string(),
				self.kind.to_string(),
				render::due(Some(done.due), false),
				done.block.number.to_string(),
			]);
		}
		table.write(out, "nothing asked")
	}
}

#[derive(Serialize)]
pub(super) struct Petitions {
	pub(super) chart: Option<ChartId>,
	pub(super) custodian: OrganisationId,
	pub(super) petitions: Vec<Compared>,
	/// Those about the same records that are on the chain, and of which the vault says nothing.
	pub(super) withheld: Vec<Withheld>,
}

#[derive(Serialize)]
pub(super) struct Withheld {
	pub(super) record: RecordId,
	pub(super) number: u32,
}

#[derive(Serialize)]
pub(super) struct Compared {
	#[serde(flatten)]
	pub(super) petition: ListedPetition,
	/// Whether petition and answer are what the chain has.
	pub(super) verified: bool,
}

impl Report for Petitions {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["RECORD", "NO", "ASKED", "STATE", "ANSWER DUE", "CHAIN"]);
		for Compared { petition, verified } in &self.petitions {
			let open = petition.state == PetitionState::Open;
			table.row(vec![
				petition.terms().record.to_string(),
				petition.number.to_string(),
				petition.terms().kind.to_string(),
				petition.state.to_string(),
				render::due(open.then_some(petition.due), petition.overdue),
				if *verified { "verified" } else { "DOES NOT MATCH" }.into(),
			]);
		}
		table.write(out, "no petitions")?;
		for Withheld { record, number } in &self.withheld {
			writeln!(out, "{record}: the vault does not tell of petition {number}")?;
		}
		for Compared { petition, .. } in &self.petitions {
			let terms = petition.terms();
			let of = format!("{} {}", render::short(&terms.record), petition.number);
			if !terms.statement.as_str().is_empty() {
				let said = render::printable(&terms.statement);
				writeln!(out, "{of}, asked {}: {said}", render::moment(terms.at))?;
			}
			if let Some(answer) = &petition.answer {
				writeln!(out, "{of}, answer: {}", answer_line(&answer.terms))?;
				for copy in not_reached(&answer.terms) {
					writeln!(out, "{of}, not reached: {copy}")?;
				}
			}
		}
		Ok(())
	}
}

/// An answer in one line.
fn answer_line(terms: &AnswerTerms) -> String {
	let mut line = match (&terms.receipt, terms.reason) {
		(Some(receipt), _) => format!("erased {}", render::moment(receipt.erased_at)),
		(None, Some(reason)) => format!("refused: {reason}"),
		(None, None) => "granted".into(),
	};
	if let Some(until) = terms.until {
		line.push_str(&format!(", until {}", render::moment(until)));
	}
	if !terms.statement.as_str().is_empty() {
		line.push_str(&format!(". {}", render::printable(&terms.statement)));
	}
	line
}

/// What an erasure did not reach, for people.
fn not_reached(terms: &AnswerTerms) -> Vec<String> {
	let Some(receipt) = &terms.receipt else { return Vec::new() };
	let mut lines: Vec<_> = receipt
		.not_reached
		.iter()
		.map(|copy| match copy {
			NotReached::Recipient { organisation, practitioner, at } => {
				let who = practitioner
					.map_or("an account".into(), |number| format!("practitioner {number}"));
				format!("{who} of organisation {organisation} received it {}", render::moment(*at))
			},
			NotReached::Patient { at } => {
				format!("you or your guardian received it {}", render::moment(*at))
			},
			NotReached::Backup { until } => format!("backups until {}", render::moment(*until)),
			NotReached::SourceSystem => "the custodian's own record system".into(),
		})
		.collect();
	if receipt.more {
		lines.push("and others, more than a receipt can list: see the disclosure log".into());
	}
	lines
}

#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Withdrawn(pub(super) PetitionDone);

impl Report for Withdrawn {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("record", self.0.record)
			.add("petition", format!("{}, withdrawn", self.0.number))
			.add("final in block", self.0.block.number)
			.write(out)
	}
}

#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Answered(pub(super) PetitionAnswered);

impl Report for Answered {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Opening { terms, .. } = &self.0.answer;
		Fields::default()
			.add("record", self.0.record)
			.add("petition", self.0.number)
			.add("answer", answer_line(terms))
			.add("final in block", self.0.block.number)
			.write(out)?;
		for copy in not_reached(terms) {
			writeln!(out, "not reached: {copy}")?;
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{codes::RefusalReason, petition::ErasureReceipt};

	#[test]
	fn answers_are_told_in_words() {
		let terms = AnswerTerms {
			record: RecordId([1; 32]),
			number: 0,
			granted: false,
			reason: Some(RefusalReason::RetentionLaw),
			until: Some(86_400_000),
			statement: "ten years\u{1b}[2J".parse().unwrap(),
			receipt: None,
		};
		let line = answer_line(&terms);
		assert!(line.starts_with("refused: retention-law, until 1970-01-02. ten years"), "{line}");
		assert!(!line.contains('\u{1b}'));
		let receipt = ErasureReceipt {
			erased_at: 0,
			not_reached: vec![NotReached::SourceSystem].try_into().unwrap(),
			more: true,
		};
		let erased = AnswerTerms {
			granted: true,
			reason: None,
			until: None,
			receipt: Some(receipt),
			..terms
		};
		assert!(answer_line(&erased).starts_with("erased 1970-01-01"));
		assert_eq!(not_reached(&erased).len(), 2);
	}
}
