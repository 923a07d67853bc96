//! Lines of versions: a record and what replaces it stay together, whatever becomes of them.

use crate::store::{Rows, StoreError, RECORDS};
use salus_primitives::ids::RecordId;
use std::collections::{HashMap, HashSet};

/// The line of each of these records: the first version that this vault knows of.
pub(super) fn lines(
	rows: &impl Rows,
	records: impl IntoIterator<Item = RecordId>,
) -> Result<HashMap<RecordId, RecordId>, StoreError> {
	let mut lines: HashMap<RecordId, RecordId> = HashMap::new();
	for record in records {
		let (mut way, mut first) = (HashSet::new(), record);
		let line = loop {
			if let Some(line) = lines.get(&first) {
				break *line;
			}
			// The chain has no ring of versions; neither does this loop.
			if !way.insert(first) {
				break first;
			}
			let before = rows.get(&RECORDS, &first)?.and_then(|row| row.record.replaces);
			match before {
				Some(before) => first = before,
				None => break first,
			}
		};
		lines.extend(way.into_iter().map(|version| (version, line)));
	}
	Ok(lines)
}

/// Brings what is of one line together, each line where its first came, and cuts that into pages of at most
/// `most`, no line across two unless it is longer than a page.
pub(super) fn pages<T>(things: Vec<T>, line: impl Fn(&T) -> RecordId, most: usize) -> Vec<Vec<T>> {
	let (mut places, mut groups) = (HashMap::new(), Vec::<Vec<T>>::new());
	for thing in things {
		let place = *places.entry(line(&thing)).or_insert(groups.len());
		match groups.get_mut(place) {
			Some(group) => group.push(thing),
			None => groups.push(vec![thing]),
		}
	}
	let mut pages = Vec::<Vec<T>>::new();
	for mut group in groups {
		match pages.last_mut() {
			Some(page) if page.len().saturating_add(group.len()) <= most => page.append(&mut group),
			_ => {
				while group.len() > most {
					let rest = group.split_off(most);
					pages.push(std::mem::replace(&mut group, rest));
				}
				pages.push(group);
			},
		}
	}
	pages
}
