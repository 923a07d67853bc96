//! Pages of lists, and the cursors between them.

use crate::service::Hash;
use codec::{Decode, Encode};
use salus_primitives::{
	codes::{Jurisdiction, LicenceClass},
	ids::OrganisationId,
	views,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::str::FromStr;

/// Some entries of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
	/// The entries. There can be none although more follow: what was removed leaves a gap.
	pub entries: Vec<T>,
	/// Give it to the same method for what follows; null at the end.
	pub cursor: Option<String>,
}

impl<T> Page<T> {
	/// What the runtime answered at that block.
	pub fn new<View: Into<T>>(block: Hash, list: List, page: views::Page<View>) -> Self {
		Self {
			entries: page.entries.into_iter().map(Into::into).collect(),
			cursor: page.next.map(|next| Cursor { block, list, next }.to_string()),
		}
	}
}

/// A list that is read in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum List {
	/// All organisations.
	Organisations,
	/// Those in a country or subdivision.
	OrganisationsIn(Jurisdiction),
	/// An organisation's staff.
	Staff(OrganisationId),
	/// All practitioners.
	Practitioners,
	/// The licences of a class in a country or subdivision.
	LicencesIn(Jurisdiction, LicenceClass),
	/// The licences of a board.
	LicencesBy(OrganisationId),
	/// An organisation's inspections.
	Inspections(OrganisationId),
	/// The records that an organisation took in.
	Records(OrganisationId),
	/// The break-glasses that wait for a reviewer.
	BreakGlassesPending,
}

/// Where a page ended, of which list, and at which block, so that all pages tell of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Cursor {
	/// The block.
	pub block: Hash,
	/// The list. A place in one means nothing in another.
	pub list: List,
	/// The first place of the next page.
	pub next: u32,
}

/// A text that is no cursor of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACursor;

impl Cursor {
	/// Reads a cursor that was given for this list.
	pub fn of(list: List, text: &str) -> Result<Self, NotACursor> {
		let cursor = text.parse().ok().filter(|cursor: &Self| cursor.list == list);
		cursor.ok_or(NotACursor)
	}
}

impl std::fmt::Display for Cursor {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(&sp_core::bytes::to_hex(&self.encode(), false))
	}
}

impl FromStr for Cursor {
	type Err = NotACursor;
	fn from_str(text: &str) -> Result<Self, NotACursor> {
		let bytes = sp_core::bytes::from_hex(text).map_err(|_| NotACursor)?;
		codec::DecodeAll::decode_all(&mut &*bytes).map_err(|_| NotACursor)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	const STAFF: List = List::Staff(2);

	fn cursor(list: List) -> Cursor {
		Cursor { block: [3; 32].into(), list, next: 101 }
	}

	#[test]
	fn cursors_come_back_as_they_were_given() {
		let place: Jurisdiction = "US-CA".parse().unwrap();
		let lists = [
			List::Organisations,
			List::OrganisationsIn(place),
			STAFF,
			List::Practitioners,
			List::LicencesIn(place, LicenceClass::Nurse),
			List::LicencesBy(2),
			List::Inspections(2),
			List::Records(2),
			List::BreakGlassesPending,
		];
		for list in lists {
			let cursor = cursor(list);
			assert_eq!(Cursor::of(list, &cursor.to_string()), Ok(cursor));
		}
	}

	#[test]
	fn other_texts_are_refused() {
		for text in ["", "0x00", "101", &format!("{}00", cursor(STAFF))] {
			assert_eq!(Cursor::of(STAFF, text), Err(NotACursor), "{text}");
		}
	}

	#[test]
	fn cursors_of_other_lists_are_refused() {
		for list in [List::Staff(3), List::Inspections(2), List::Organisations] {
			assert_eq!(Cursor::of(STAFF, &cursor(list).to_string()), Err(NotACursor), "{list:?}");
		}
	}

	#[test]
	fn a_gap_is_an_empty_page_with_a_cursor() {
		let view = views::Page::<u32> { entries: vec![], next: Some(101) };
		let page = Page::<u32>::new([3; 32].into(), STAFF, view);
		assert_eq!(
			serde_json::to_value(page).unwrap(),
			json!({ "entries": [], "cursor": cursor(STAFF).to_string() })
		);
	}

	#[test]
	fn the_last_page_has_no_cursor() {
		let view = views::Page { entries: vec![1_u32], next: None };
		let page = Page::<u32>::new([3; 32].into(), STAFF, view);
		assert_eq!(serde_json::to_value(page).unwrap(), json!({ "entries": [1], "cursor": null }));
	}
}
