//! Which resource belongs to which chart.

use super::make::Refusal;
use crate::error::{Error, Result};
use salus_primitives::ids::{ChartId, Digest};
use std::{
	collections::{BTreeSet, HashMap},
	path::Path,
};

/// Which resource belongs to which chart: all to one, or by what names the patient.
#[derive(Clone, Debug)]
pub struct Charts {
	all: Option<ChartId>,
	by_name: HashMap<String, ChartId>,
	digest: Digest,
}

impl Charts {
	/// Everything to this chart.
	pub fn one(chart: ChartId) -> Self {
		Self { all: Some(chart), by_name: HashMap::new(), digest: Digest::of(&chart.0) }
	}

	/// As a file has it: lines of a patient's reference or identifier, a comma and a chart. The first line
	/// may be a heading.
	pub fn read(path: &Path) -> Result<Self> {
		let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
		Self::parse(&text).map_err(|(line, detail)| Error::Usage {
			message: format!("{}, line {line}: {detail}", path.display()),
			help: "write lines like Patient/4711,0x… with the patient's reference or identifier"
				.into(),
		})
	}

	/// The mapping in this text, or the line that is none.
	fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
		let mut by_name = HashMap::new();
		for (at, line) in (1..).zip(text.lines()) {
			let line = line.trim_start_matches('\u{feff}').trim();
			if line.is_empty() {
				continue;
			}
			// An identifier may have a comma, a chart has none.
			let (name, chart) = line.rsplit_once(',').ok_or((at, "there is no comma"))?;
			let name = unquoted(name.trim()).ok_or((at, "a quotation mark is missing"))?;
			let chart = match (unquoted(chart.trim()).and_then(|chart| chart.parse().ok()), at) {
				(Some(chart), _) => chart,
				(None, 1) => continue,
				(None, _) => return Err((at, "the second field is no chart")),
			};
			if name.is_empty() {
				return Err((at, "the patient is missing"));
			}
			match by_name.insert(name, chart) {
				Some(other) if other != chart => {
					return Err((at, "the patient has another chart in a line before"));
				},
				_ => {},
			}
		}
		if by_name.is_empty() {
			return Err((1, "no line names a patient and a chart"));
		}
		Ok(Self { all: None, by_name, digest: Digest::of(text.as_bytes()) })
	}

	/// All charts that are named.
	pub fn ids(&self) -> BTreeSet<ChartId> {
		self.all.iter().chain(self.by_name.values()).copied().collect()
	}

	pub(super) fn digest(&self) -> Digest {
		self.digest
	}

	/// The chart of what has these names.
	pub(super) fn of(&self, names: &[String]) -> Result<ChartId, Refusal> {
		if let Some(chart) = self.all {
			return Ok(chart);
		}
		let found: BTreeSet<_> = names.iter().filter_map(|name| self.by_name.get(name)).collect();
		let mut found = found.into_iter();
		match (found.next(), found.next()) {
			(Some(chart), None) => Ok(*chart),
			(Some(_), Some(_)) => Err(Refusal::new(
				"import-two-charts",
				"what names the patient leads to two charts in the mapping",
			)),
			(None, _) if names.is_empty() => {
				Err(Refusal::new("import-unmapped", "nothing in it names the patient"))
			},
			(None, _) => {
				Err(Refusal::new("import-unmapped", "what names the patient is not in the mapping"))
			},
		}
	}
}

/// A field without the quotation marks around it, in which two stand for one.
fn unquoted(field: &str) -> Option<String> {
	match field.strip_prefix('"') {
		None => Some(field.to_owned()),
		Some(rest) => Some(rest.strip_suffix('"')?.replace("\"\"", "\"")),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn chart(byte: u8) -> ChartId {
		ChartId([byte; 32])
	}

	#[test]
	fn mappings_are_read() {
		let text = format!(
			"\u{feff}patient,chart\r\nPatient/1,{}\n\n\"urn:mrn|a,\"\"b\",{}\n",
			chart(1),
			chart(2)
		);
		let charts = Charts::parse(&text).unwrap();
		assert_eq!(charts.ids().len(), 2);
		assert_eq!(charts.of(&["Patient/1".into(), "x".into()]).unwrap(), chart(1));
		assert_eq!(charts.of(&["urn:mrn|a,\"b".into()]).unwrap(), chart(2));
		let code = |names: &[&str]| {
			let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
			charts.of(&names).unwrap_err().code
		};
		assert_eq!(code(&[]), "import-unmapped");
		assert_eq!(code(&["Patient/2"]), "import-unmapped");
		assert_eq!(code(&["Patient/1", "urn:mrn|a,\"b"]), "import-two-charts");
	}

	#[test]
	fn what_is_no_mapping_is_refused_with_its_line() {
		let good = format!("Patient/1,{}\n", chart(1));
		for (text, line) in [
			(String::new(), 1),
			("patient,chart\n".into(), 1),
			(format!("{good}Patient/2,chart"), 2),
			(format!("{good}Patient/2"), 2),
			(format!("{good},{}", chart(2)), 2),
			(format!("{good}\"Patient/2,{}", chart(2)), 2),
			(format!("{good}Patient/1,{}", chart(2)), 2),
		] {
			assert_eq!(Charts::parse(&text).unwrap_err().0, line, "{text}");
		}
	}
}
