//! How asks and their answers look.

use crate::cli::{
	render,
	render::{Fields, Report, Table},
};
use salus_client::vault_api::{AskAnswered, AskDone, Head, ListedAsk};
use salus_primitives::{
	ask::{AskAnswerTerms, Wish},
	codes::AskState,
	ids::{AskId, ChartId, DirectiveId, OrganisationId},
	time::Moment,
};
use serde::Serialize;
use std::io::Write;

/// What is asked, in one line.
fn wish(wish: &Wish) -> String {
	match wish {
		Wish::MakeAvailable { scope, form } => format!("have {} ({form})", render::scope(scope)),
		Wish::ShareWith { grantee, scope, .. } => {
			format!("share {} with {}", render::scope(scope), render::grantee(grantee))
		},
		Wish::Transfer { to } => format!("transfer to organisation {to}"),
	}
}

#[derive(Serialize)]
pub(super) struct Asked {
	pub(super) ask: AskId,
	pub(super) chart: ChartId,
	pub(super) custodian: OrganisationId,
	pub(super) wish: Wish,
	pub(super) due: Moment,
	pub(super) block: Head,
	/// The directive that permits what is to be shared.
	pub(super) directive: Option<DirectiveId>,
}

impl Report for Asked {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("ask", self.ask)
			.add("of", format!("organisation {}", self.custodian))
			.add("to", wish(&self.wish))
			.maybe("permitted by directive", self.directive)
			.add("answer due", render::due(Some(self.due), false))
			.add("final in block", self.block.number)
			.write(out)
	}
}

#[derive(Default, Serialize)]
pub(super) struct Asks {
	pub(super) asks: Vec<Compared>,
	/// Those that are on the chain, and of which the vault says nothing.
	pub(super) withheld: Vec<Withheld>,
}

#[derive(Serialize)]
pub(super) struct Withheld {
	pub(super) ask: AskId,
	pub(super) due: Moment,
}

#[derive(Serialize)]
pub(super) struct Compared {
	#[serde(flatten)]
	pub(super) ask: ListedAsk,
	/// Whether ask and answer are what the chain has.
	pub(super) verified: bool,
	/// Whether the chain keeps it no more.
	pub(super) forgotten: bool,
}

impl Report for Asks {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["ASK", "TO", "STATE", "ANSWER DUE", "CHAIN"]);
		for Compared { ask, verified, forgotten } in &self.asks {
			let open = ask.state == AskState::Open;
			table.row(vec![
				ask.ask.to_string(),
				wish(&ask.terms().wish),
				ask.state.to_string(),
				render::due(open.then_some(ask.due), ask.overdue),
				match (verified, forgotten) {
					(true, _) => "verified",
					(false, true) => "kept no more",
					(false, false) => "DOES NOT MATCH",
				}
				.into(),
			]);
		}
		table.write(out, "no asks")?;
		for Withheld { ask, due } in &self.withheld {
			writeln!(out, "{ask}: the vault does not tell of it; due {}", render::moment(*due))?;
		}
		for Compared { ask, .. } in &self.asks {
			let id = render::short(&ask.ask);
			let said = |words: &salus_primitives::petition::Statement| {
				Some(render::printable(words)).filter(|words| !words.is_empty())
			};
			if let Some(words) = said(&ask.terms().statement) {
				writeln!(out, "{id}, asked {}: {words}", render::moment(ask.terms().at))?;
			}
			if let Some(words) =
				ask.extension.as_ref().and_then(|opening| said(&opening.terms.statement))
			{
				writeln!(out, "{id}, put off: {words}")?;
			}
			if let Some(answer) = &ask.answer {
				writeln!(out, "{id}, answer: {}", answer_line(&answer.terms))?;
			}
		}
		Ok(())
	}
}

/// An answer in one line.
fn answer_line(terms: &AskAnswerTerms) -> String {
	let mut line = match terms.ground {
		Some(ground) if ground.is_reviewable() => {
			format!("refused: {ground}, which you can have reviewed")
		},
		Some(ground) => format!("refused: {ground}"),
		None => "granted".into(),
	};
	if !terms.statement.as_str().is_empty() {
		line.push_str(&format!(". {}", render::printable(&terms.statement)));
	}
	line
}

#[derive(Serialize)]
pub(super) struct Withdrawn {
	pub(super) ask: AskId,
	pub(super) block: Head,
}

impl Report for Withdrawn {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("ask", self.ask)
			.add("state", "withdrawn")
			.add("final in block", self.block.number)
			.write(out)
	}
}

#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Extended(pub(super) AskDone);

impl Report for Extended {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("ask", self.0.ask)
			.add("answer due", render::due(Some(self.0.due), false))
			.add("final in block", self.0.block.number)
			.write(out)
	}
}

#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Answered(pub(super) AskAnswered);

impl Report for Answered {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("ask", self.0.ask)
			.add("answer", answer_line(&self.0.answer.terms))
			.add("final in block", self.0.block.number)
			.write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::codes::DenialGround;

	#[test]
	fn answers_are_told_in_words() {
		let refused = |ground| AskAnswerTerms {
			chart: ChartId([1; 32]),
			ask: AskId([2; 32]),
			granted: false,
			ground: Some(ground),
			statement: "ask Dr Lee\u{1b}[2J".parse().unwrap(),
		};
		let line = answer_line(&refused(DenialGround::EndangersLife));
		assert!(
			line.starts_with("refused: endangers-life, which you can have reviewed. "),
			"{line}"
		);
		assert!(!line.contains('\u{1b}'));
		let line = answer_line(&refused(DenialGround::Inmate));
		assert!(line.starts_with("refused: inmate. "), "{line}");
		let granted =
			AskAnswerTerms { granted: true, ground: None, ..refused(DenialGround::Inmate) };
		assert!(answer_line(&granted).starts_with("granted. "));
	}
}
