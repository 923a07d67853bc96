//! Keeps `docs/content.md` in step with the table.

use super::table::{self, Label, Sop, Standing};
use std::{fmt::Write, fs, path::Path};

fn list<'a>(items: impl IntoIterator<Item = &'a &'a str>) -> String {
	items.into_iter().copied().collect::<Vec<_>>().join(", ")
}

fn coded<'a>(items: impl IntoIterator<Item = &'a &'a str>) -> String {
	items.into_iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}

fn types() -> String {
	let mut text = String::new();
	for standing in Standing::ALL {
		let done = if standing.is_stored() { "stored" } else { "refused" };
		writeln!(text, "\n**{done}: {}**\n", standing.describe()).unwrap();
		let rows = table::TYPES.iter().filter(|(known, ..)| *known == standing);
		if standing.is_stored() {
			text.push_str("| category | resource types |\n|---|---|\n");
			for (_, category, names) in rows {
				writeln!(text, "| {category} | {} |", list(*names)).unwrap();
			}
		} else {
			rows.for_each(|(_, _, names)| writeln!(text, "{}", list(*names)).unwrap());
		}
	}
	text
}

fn codes() -> String {
	let mut text = "\n| resource | codes of |\n|---|---|\n".to_owned();
	for (kind, elements) in table::DECIDING {
		writeln!(text, "| {kind} | {} |", list(*elements).replace(", ", ", then ")).unwrap();
	}
	text.push_str("\n| code system | codes | category |\n|---|---|---|\n");
	for (system, category, codes) in table::CODES {
		writeln!(text, "| {system} | {} | {category} |", coded(*codes)).unwrap();
	}
	text
}

fn labels() -> String {
	let mut text =
		"\n| code system | codes | confidentiality | sensitivity |\n|---|---|---|---|\n".to_owned();
	for Label { system, codes, confidentiality, sensitivity } in table::LABELS {
		let codes = if codes.is_empty() { "all".into() } else { coded(*codes) };
		let level = confidentiality.map_or("–".to_owned(), |level| level.to_string());
		let labels: Vec<_> = sensitivity.iter().map(|label| label.code()).collect();
		let labels = if labels.is_empty() { "–".into() } else { list(&labels) };
		writeln!(text, "| {system} | {codes} | {level} | {labels} |").unwrap();
	}
	text.push_str("\n| is taken for | also written |\n|---|---|\n");
	for (alias, system) in table::ALIASES {
		writeln!(text, "| {system} | {alias} |").unwrap();
	}
	text
}

fn speaking() -> String {
	let mut text = "\n| what | sensitivity |\n|---|---|\n".to_owned();
	for (kind, label) in table::SPEAKING_TYPES {
		writeln!(text, "| {kind} | {label} |").unwrap();
	}
	for (system, label, codes) in table::SPEAKING {
		writeln!(text, "| {system}: {} | {label} |", coded(*codes)).unwrap();
	}
	text
}

fn dates() -> String {
	let names: Vec<_> = table::DATES.iter().map(|steps| steps.join(".")).collect();
	let names: Vec<_> = names.iter().map(String::as_str).collect();
	format!("\n{}\n", coded(&names))
}

fn dicom() -> String {
	let mut text = format!(
		"\n`.` stands for `{}.`\n\n| SOP classes that begin with | what | category | modality |\n\
		 |---|---|---|---|\n",
		table::STORAGE
	);
	for (uid, name, sop) in table::SOP_CLASSES {
		let (category, modality) = match sop {
			Sop::Is(category, "") => (category.to_string(), "any"),
			Sop::Is(category, modality) => (category.to_string(), *modality),
			Sop::ByModality(otherwise) => (format!("by modality, without one {otherwise}"), "any"),
			Sop::NoPatient => ("refused: no record of a patient".into(), "–"),
		};
		writeln!(text, "| {uid} | {name} | {category} | {modality} |").unwrap();
	}
	text.push_str("\n| modality | category |\n|---|---|\n");
	for (category, modalities) in table::MODALITIES {
		writeln!(text, "| {} | {category} |", list(*modalities)).unwrap();
	}
	text.push_str("| any other | imaging |\n");
	text
}

/// The document with each part between its marks as the table has it.
fn rendered(document: &str) -> String {
	let parts = [
		("types", types()),
		("codes", codes()),
		("labels", labels()),
		("speaking", speaking()),
		("dates", dates()),
		("dicom", dicom()),
	];
	parts.into_iter().fold(document.to_owned(), |document, (name, part)| {
		let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
		let (before, rest) = document.split_once(&open).expect("the mark is there");
		let (_, after) = rest.split_once(&close).expect("the mark is there");
		format!("{before}{open}{part}\n{close}{after}")
	})
}

#[test]
fn shows_the_table() {
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/content.md");
	let document = fs::read_to_string(&path).unwrap();
	let rendered = rendered(&document);
	if std::env::var_os("UPDATE_CONTENT").is_some() {
		fs::write(&path, rendered).unwrap();
		return;
	}
	assert!(
		document == rendered,
		"docs/content.md differs from the table; write it anew with \
		 UPDATE_CONTENT=1 scripts/test content::document"
	);
}
