//! What `salus paper` prints.

use crate::cli::{
	chart::Untold,
	render::{self, Fields, Report},
};
use salus_client::{
	chain::Submitted,
	papers::{Desk, PaperFile, PaperOpenings, SheetDocument},
	sheet::Summary,
};
use salus_primitives::{
	codes::{DirectiveState, Interpreter},
	directive::DirectiveTerms,
	ids::{ChartId, DirectiveId, OrganisationId},
	paper::{OnPaper, PaperAct, PaperTerms},
};
use serde::Serialize;
use std::{
	io::{Result, Write},
	path::PathBuf,
};

#[derive(Serialize)]
pub(super) struct Kept {
	pub(super) path: PathBuf,
	#[serde(flatten)]
	pub(super) desk: Desk,
}

impl Report for Kept {
	fn human(&self, out: &mut dyn Write) -> Result<()> {
		Fields::default()
			.add("file", self.path.display())
			.add("organisation", self.desk.custodian)
			.add("vault", &self.desk.vault)
			.write(out)
	}
}

/// Everything that both stand for.
pub(super) fn all(paper: &PaperFile) -> Fields {
	let fields = Fields::default()
		.add("chart", paper.act.chart())
		.add("at", format!("organisation {}", paper.place.custodian))
		.add(
			match paper.act {
				PaperAct::Issue(_) => "issues",
				PaperAct::Revoke { .. } => "revokes",
			},
			format!("directive {}", paper.directive()),
		);
	let fields = match &paper.act {
		PaperAct::Issue(issued) => fields.maybe("replaces", issued.replaces),
		PaperAct::Revoke { .. } => fields,
	};
	let fields = match &paper.openings {
		Some(PaperOpenings { directive, paper }) => {
			said(whole(fields, &directive.terms), &paper.terms)
		},
		None => fields,
	};
	let fields = match &paper.document {
		Some(document) => shown(fields, document),
		None => fields,
	};
	fields
		.add("submitted by", render::hex(&paper.place.submitter))
		.add("witnessed by", render::hex(&paper.place.witness))
		.add("to be submitted", format!("before {}", render::moment(paper.place.expires)))
}

/// What the document of a sheet says, in the words that are printed.
fn shown(fields: Fields, document: &SheetDocument) -> Fields {
	let size = document.content.len();
	let fields = fields.add("document", format!("record {} ({size} bytes)", document.record));
	match Summary::of_document(document.content.clone()) {
		Ok(summary) => summary.sections().into_iter().fold(
			fields.maybe("Patient", summary.patient()),
			|fields, (title, lines)| {
				lines.iter().fold(fields, |fields, line| fields.add(title, line))
			},
		),
		Err(fault) => fields.add("document", fault),
	}
}

/// The terms, with every record and the whole link: somebody signs for them.
fn whole(fields: Fields, terms: &DirectiveTerms) -> Fields {
	let mut fields = render::terms(fields, terms);
	if let Some(link) = terms.link() {
		fields = fields.add("link", link);
	}
	for record in terms.scope.records.iter().flatten() {
		fields = fields.add("record", record);
	}
	fields
}

fn said(fields: Fields, terms: &PaperTerms) -> Fields {
	fields
		.add("language", &terms.language)
		.add("interpreter", interpreter(terms.interpreter))
		.add("patient signed", render::moment(terms.signed_on))
		.maybe("scanned sheet", terms.scan)
}

const fn interpreter(who: Interpreter) -> &'static str {
	match who {
		Interpreter::None => "none",
		Interpreter::InPerson => "in person",
		Interpreter::Remote => "by telephone or video",
		Interpreter::Relative => "a relative",
	}
}

#[derive(Serialize)]
pub(super) struct Prepared {
	pub(super) path: PathBuf,
	pub(super) paper: PaperFile,
}

impl Report for Prepared {
	fn human(&self, out: &mut dyn Write) -> Result<()> {
		all(&self.paper)
			.add("file", self.path.display())
			.add(
				"next",
				"the second one reads and signs it: `salus paper show`, `salus paper witness`",
			)
			.write(out)
	}
}

#[derive(Serialize)]
pub(super) struct Shown {
	pub(super) path: PathBuf,
	pub(super) paper: PaperFile,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> Result<()> {
		let signed = if self.paper.signature.is_some() { "by the second one" } else { "not yet" };
		all(&self.paper)
			.add("file", self.path.display())
			.add("signed", signed)
			.write(out)
	}
}

#[derive(Serialize)]
pub(super) struct Signed {
	pub(super) path: PathBuf,
	pub(super) paper: PaperFile,
}

impl Report for Signed {
	fn human(&self, out: &mut dyn Write) -> Result<()> {
		all(&self.paper)
			.add("signed in", self.path.display())
			.add("next", "who prepared it submits it: `salus paper issue`")
			.write(out)
	}
}

#[derive(Serialize)]
pub(super) struct Done {
	pub(super) directive: DirectiveId,
	pub(super) chart: ChartId,
	pub(super) act: PaperAct,
	/// None when the chain had it already.
	pub(super) submitted: Option<Submitted>,
	/// Why the vault did not get what opens it; none if it did, or needs nothing.
	pub(super) vault: Option<Untold>,
}

impl Report for Done {
	fn human(&self, out: &mut dyn Write) -> Result<()> {
		Fields::default()
			.add("directive", self.directive)
			.add("chart", self.chart)
			.add(
				match self.act {
					PaperAct::Issue(_) => "issued",
					PaperAct::Revoke { .. } => "revoked",
				},
				match &self.submitted {
					Some(submitted) => render::submitted(submitted),
					None => "known to the chain before".into(),
				},
			)
			.add("vault", Untold::line(self.vault.as_ref(), "has what it needs"))
			.write(out)
	}
}

/// A directive that came on paper.
#[derive(Serialize)]
pub(in crate::cli) struct Listed {
	pub(super) directive: DirectiveId,
	pub(super) chart: ChartId,
	pub(super) custodian: OrganisationId,
	pub(super) state: DirectiveState,
	/// Who stands for it.
	pub(super) paper: OnPaper,
	/// What it says; none while the vault has not shown it.
	pub(super) terms: Option<DirectiveTerms>,
	/// What the paper was.
	pub(super) said: Option<PaperTerms>,
}

/// Writes each that came on paper.
pub(in crate::cli) fn write(papers: &[Listed], out: &mut dyn Write) -> Result<()> {
	papers.iter().try_for_each(|listed| {
		writeln!(out)?;
		let fields = Fields::default()
			.add("on paper", listed.directive)
			.add("at", format!("organisation {}", listed.custodian))
			.add("state", listed.state)
			.add("submitted by", render::hex(&listed.paper.submitter))
			.add("witnessed by", render::hex(&listed.paper.witness));
		match (&listed.terms, &listed.said) {
			(Some(terms), Some(paper)) => said(render::terms(fields, terms), paper),
			_ => fields.add("terms", "the vault has not shown them"),
		}
		.write(out)
	})
}

#[derive(Serialize)]
pub(super) struct List {
	pub(super) papers: Vec<Listed>,
}

impl Report for List {
	fn human(&self, out: &mut dyn Write) -> Result<()> {
		if self.papers.is_empty() {
			return writeln!(out, "nothing came on paper");
		}
		write(&self.papers, out)
	}
}
