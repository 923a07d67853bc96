//! What the council said, and what is before it.

use super::{accounts, Account};
use crate::service::Hash;
use salus_primitives::{
	codes::{Jurisdiction, LicenceClasses, Programmes},
	credential,
	ids::OrganisationId,
	time::Moment,
	views,
};
use schemars::JsonSchema;
use serde::Serialize;

/// What organisations of a kind need in a country or subdivision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Requirements {
	/// Counts what the council ever said of this kind and place, from 1.
	pub version: u32,
	/// What holds before `next` does; null before the first.
	pub current: Option<Requirement>,
	/// What the council said last. It holds from its `from` on, which can be past.
	pub next: Requirement,
}

/// What an organisation needs to practise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Requirement {
	/// A licence of each of these classes.
	#[schemars(with = "Vec<String>")]
	pub licences: LicenceClasses,
	/// An accreditation in one of these programmes; none is needed when empty.
	#[schemars(with = "Vec<String>")]
	pub accreditation: Programmes,
	/// For how long after its accreditation ended an organisation still takes on what is new, in
	/// milliseconds.
	pub grace: Moment,
	/// From when on this holds.
	pub from: Moment,
}

/// What the council let an organisation decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Authority {
	/// Where it may license, and what.
	pub licensing: Vec<AuthorityIn>,
	/// For what it may accredit.
	#[schemars(with = "Vec<String>")]
	pub programmes: Programmes,
	/// Who took over what it had issued.
	pub successor: Option<OrganisationId>,
}

/// What an organisation may license in a country or subdivision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AuthorityIn {
	/// The place, ISO 3166.
	#[schemars(with = "String")]
	pub jurisdiction: Jurisdiction,
	/// The classes.
	#[schemars(with = "Vec<String>")]
	pub classes: LicenceClasses,
}

/// A motion before the council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Motion {
	/// Its number.
	pub index: u32,
	/// Hash of the call, by which it is voted on.
	#[schemars(with = "String")]
	pub hash: Hash,
	/// How many ayes it takes.
	pub threshold: u32,
	/// Who said aye.
	pub ayes: Vec<Account>,
	/// Who said nay.
	pub nays: Vec<Account>,
	/// Number of the block by which the vote ends.
	pub end: u32,
	/// The call, encoded, in hexadecimal.
	pub call: String,
}

impl From<credential::Requirements> for Requirements {
	fn from(requirements: credential::Requirements) -> Self {
		let credential::Requirements { version, current, next } = requirements;
		Self { version, current: current.map(Into::into), next: next.into() }
	}
}

impl From<credential::Requirement> for Requirement {
	fn from(requirement: credential::Requirement) -> Self {
		let credential::Requirement { licences, accreditation, grace, from } = requirement;
		Self { licences, accreditation, grace, from }
	}
}

impl From<views::AuthorityView> for Authority {
	fn from(view: views::AuthorityView) -> Self {
		let held = |(jurisdiction, classes)| AuthorityIn { jurisdiction, classes };
		Self {
			licensing: view.licensing.into_iter().map(held).collect(),
			programmes: view.programmes,
			successor: view.successor,
		}
	}
}

impl From<views::MotionView> for Motion {
	fn from(view: views::MotionView) -> Self {
		Self {
			index: view.index,
			hash: view.hash.into(),
			threshold: view.threshold,
			ayes: accounts(view.ayes),
			nays: accounts(view.nays),
			end: view.end,
			call: sp_core::bytes::to_hex(&view.call, false),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{
		super::tests::{alice, ADDRESS},
		*,
	};
	use salus_primitives::codes::{LicenceClass, Programme};
	use serde_json::json;

	#[test]
	fn requirements_read_as_documented() {
		let next = credential::Requirement {
			licences: LicenceClasses::of(&[LicenceClass::Facility]),
			accreditation: Programmes::of(&[Programme::Hospital]),
			grace: 90,
			from: 4,
		};
		let requirements = credential::Requirements { version: 1, current: None, next };
		assert_eq!(
			serde_json::to_value(Requirements::from(requirements)).unwrap(),
			json!({
				"version": 1,
				"current": null,
				"next": {
					"licences": ["facility"],
					"accreditation": ["hospital"],
					"grace": 90,
					"from": 4,
				},
			})
		);
	}

	#[test]
	fn an_authority_reads_as_documented() {
		let view = views::AuthorityView {
			licensing: vec![(
				"US-CA".parse().unwrap(),
				LicenceClasses::of(&[LicenceClass::Physician, LicenceClass::Dentist]),
			)],
			programmes: Programmes::EMPTY,
			successor: Some(5),
		};
		assert_eq!(
			serde_json::to_value(Authority::from(view)).unwrap(),
			json!({
				"licensing": [{ "jurisdiction": "US-CA", "classes": ["physician", "dentist"] }],
				"programmes": [],
				"successor": 5,
			})
		);
	}

	#[test]
	fn a_motion_reads_as_documented() {
		let view = views::MotionView {
			index: 5,
			hash: [7; 32],
			threshold: 3,
			ayes: vec![alice()],
			nays: vec![],
			end: 900,
			call: vec![0, 10, 255],
		};
		assert_eq!(
			serde_json::to_value(Motion::from(view)).unwrap(),
			json!({
				"index": 5,
				"hash": format!("0x{}", "07".repeat(32)),
				"threshold": 3,
				"ayes": [ADDRESS],
				"nays": [],
				"end": 900,
				"call": "0x000aff",
			})
		);
	}
}
