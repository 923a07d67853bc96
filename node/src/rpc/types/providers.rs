//! Organisations, staff, practitioners and their standing.

use super::{accounts, text, Account, EncryptionKey, Licence};
use salus_primitives::{
	codes::{
		Jurisdiction, OrganisationKind, OrganisationState, Roles, StandingFlag, StandingReason,
	},
	ids::{Digest, OrganisationId, PractitionerId},
	time::Moment,
	views,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An organisation of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
	/// Its number.
	pub id: OrganisationId,
	/// What it is.
	#[schemars(with = "String")]
	pub kind: OrganisationKind,
	/// Its public display name.
	pub name: String,
	/// Where it is, ISO 3166.
	#[schemars(with = "String")]
	pub jurisdiction: Jurisdiction,
	/// Its Global Location Number, 13 digits.
	pub gln: Option<String>,
	/// Its National Provider Identifier, 10 digits.
	pub npi: Option<String>,
	/// Its standing: applied, active, suspended or withdrawn.
	#[schemars(with = "String")]
	pub state: OrganisationState,
	/// When the council admitted it; while it has applied only, when it did.
	pub since: Moment,
	/// The member that put it forward, if it applied.
	pub sponsor: Option<OrganisationId>,
	/// The organisation at the head of the group that it belongs to.
	pub head: Option<OrganisationId>,
	/// Accounts of its administrators.
	pub administrators: Vec<Account>,
	/// The key to which its records are wrapped.
	pub encryption_key: Option<EncryptionKey>,
	/// Base URL of its vault.
	pub endpoint: Option<String>,
}

/// A member of an organisation's staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffMember {
	/// The account.
	pub account: Account,
	/// Its roles.
	#[schemars(with = "Vec<String>")]
	pub roles: Roles,
	/// The practitioner whose account it is.
	pub practitioner: Option<PractitionerId>,
	/// The practitioner under whose supervision they work there.
	pub supervisor: Option<PractitionerId>,
}

/// A practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Practitioner {
	/// Their number.
	pub id: PractitionerId,
	/// Their account.
	pub account: Account,
	/// Their National Provider Identifier, 10 digits.
	pub npi: Option<String>,
	/// The board that registered them.
	pub registrar: OrganisationId,
	/// Their signed profile, which is kept off chain.
	pub profile: Option<Profile>,
	/// Their licences that can still count, oldest first.
	pub licences: Vec<Licence>,
}

/// A commitment to a practitioner's signed profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Profile {
	/// Counts from 1 with each profile the practitioner publishes or withdraws.
	pub version: u32,
	/// blake2_256 over the profile as it was signed; `null` when it was withdrawn.
	#[schemars(with = "Option<String>")]
	pub digest: Option<Digest>,
}

/// A practitioner, by number or by account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a practitioner's number or account")]
pub enum PractitionerRef {
	/// By number.
	Number(PractitionerId),
	/// By account.
	Account(Account),
}

/// Whether an account may act in a role for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Standing {
	/// Whether it may.
	pub good: bool,
	/// Every reason why not.
	pub reasons: Vec<Reason>,
	/// What should be known. Stops nobody.
	pub flags: Vec<Flag>,
	/// The moment that the answer is about.
	pub moment: Moment,
}

/// Why an account may not act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
	/// The stable number, 1 to 19 and 40 to 59.
	pub code: u8,
	/// The reason.
	#[schemars(with = "String")]
	pub reason: StandingReason,
	/// What is wrong and what to do.
	pub message: String,
}

/// What should be known although it stops nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Flag {
	/// The stable number, from 0. Flags and reasons are numbered apart.
	pub code: u8,
	/// The flag.
	#[schemars(with = "String")]
	pub flag: StandingFlag,
	/// What is the matter and what to do.
	pub message: String,
}

impl From<views::OrganisationView> for Organisation {
	fn from(view: views::OrganisationView) -> Self {
		Self {
			id: view.id,
			kind: view.kind,
			name: text(&view.name),
			jurisdiction: view.jurisdiction,
			gln: view.gln.map(|gln| format!("{:013}", gln.0)),
			npi: view.npi.map(|npi| npi.0.to_string()),
			state: view.state,
			since: view.since,
			sponsor: view.sponsor,
			head: view.head,
			administrators: accounts(view.administrators),
			encryption_key: view.encryption_key.map(Into::into),
			endpoint: Some(text(&view.endpoint)).filter(|url| !url.is_empty()),
		}
	}
}

impl From<views::StaffView> for StaffMember {
	fn from(view: views::StaffView) -> Self {
		let views::StaffView { account, roles, practitioner, supervisor } = view;
		Self { account: account.into(), roles, practitioner, supervisor }
	}
}

impl From<views::PractitionerView> for Practitioner {
	fn from(view: views::PractitionerView) -> Self {
		Self {
			id: view.id,
			account: view.account.into(),
			npi: view.npi.map(|npi| npi.0.to_string()),
			registrar: view.registrar,
			profile: view.profile.map(Into::into),
			licences: view.licences.into_iter().map(Into::into).collect(),
		}
	}
}

impl From<views::ProfileCommitment> for Profile {
	fn from(views::ProfileCommitment { version, digest }: views::ProfileCommitment) -> Self {
		Self { version, digest }
	}
}

impl From<views::StandingView> for Standing {
	fn from(views::StandingView { reasons, flags, at }: views::StandingView) -> Self {
		let explain = |reason: StandingReason| Reason {
			code: reason.index(),
			reason,
			message: reason.sentence().to_owned(),
		};
		let point_out = |flag: StandingFlag| Flag {
			code: flag.index(),
			flag,
			message: flag.sentence().to_owned(),
		};
		Self {
			good: reasons.is_empty(),
			reasons: reasons.iter().map(explain).collect(),
			flags: flags.iter().map(point_out).collect(),
			moment: at,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{
		super::tests::{alice, ADDRESS},
		*,
	};
	use salus_primitives::{
		check_digit::{Gln, Npi},
		codes::{Role, StandingFlags, StandingReasons},
	};
	use serde_json::json;

	#[test]
	fn an_organisation_reads_as_documented() {
		let view = views::OrganisationView {
			id: 1,
			kind: OrganisationKind::Hospital,
			name: b"Mercy General Hospital".to_vec(),
			jurisdiction: "US-CA".parse().unwrap(),
			gln: Some(Gln(614_141_000_012)),
			npi: Some(Npi(1_234_567_893)),
			state: OrganisationState::Active,
			since: 1_735_689_600_000,
			sponsor: Some(4),
			head: None,
			administrators: vec![alice()],
			encryption_key: Some(views::EncryptionKey { version: 2, key: [7; 32] }),
			endpoint: vec![],
		};
		assert_eq!(
			serde_json::to_value(Organisation::from(view)).unwrap(),
			json!({
				"id": 1,
				"kind": "hospital",
				"name": "Mercy General Hospital",
				"jurisdiction": "US-CA",
				"gln": "0614141000012",
				"npi": "1234567893",
				"state": "active",
				"since": 1_735_689_600_000_u64,
				"sponsor": 4,
				"head": null,
				"administrators": [ADDRESS],
				"encryptionKey": { "version": 2, "key": format!("0x{}", "07".repeat(32)) },
				"endpoint": null,
			})
		);
	}

	#[test]
	fn a_staff_member_reads_as_documented() {
		let view = views::StaffView {
			account: alice(),
			roles: Roles::of(&[Role::Clinician, Role::RecordsOfficer]),
			practitioner: Some(3),
			supervisor: None,
		};
		assert_eq!(
			serde_json::to_value(StaffMember::from(view)).unwrap(),
			json!({
				"account": ADDRESS,
				"roles": ["clinician", "records-officer"],
				"practitioner": 3,
				"supervisor": null,
			})
		);
	}

	#[test]
	fn a_practitioner_reads_as_documented() {
		let view = views::PractitionerView {
			id: 3,
			account: alice(),
			npi: None,
			registrar: 4,
			profile: Some(views::ProfileCommitment { version: 1, digest: Some(Digest([9; 32])) }),
			licences: vec![],
		};
		assert_eq!(
			serde_json::to_value(Practitioner::from(view)).unwrap(),
			json!({
				"id": 3,
				"account": ADDRESS,
				"npi": null,
				"registrar": 4,
				"profile": { "version": 1, "digest": format!("0x{}", "09".repeat(32)) },
				"licences": [],
			})
		);
		let withdrawn = views::ProfileCommitment { version: 2, digest: None };
		assert_eq!(
			serde_json::to_value(Profile::from(withdrawn)).unwrap(),
			json!({ "version": 2, "digest": null })
		);
	}

	#[test]
	fn standing_names_every_reason_and_flag() {
		let view = views::StandingView {
			reasons: StandingReasons::of(&[
				StandingReason::LicenceExpired,
				StandingReason::ScheduleNotLicensed,
			]),
			flags: StandingFlags::of(&[StandingFlag::AccreditationLapsed]),
			at: 7,
		};
		assert_eq!(
			serde_json::to_value(Standing::from(view)).unwrap(),
			json!({
				"good": false,
				"reasons": [
					{
						"code": 10,
						"reason": "licence-expired",
						"message": StandingReason::LicenceExpired.sentence(),
					},
					{
						"code": 48,
						"reason": "schedule-not-licensed",
						"message": StandingReason::ScheduleNotLicensed.sentence(),
					},
				],
				"flags": [{
					"code": 0,
					"flag": "accreditation-lapsed",
					"message": StandingFlag::AccreditationLapsed.sentence(),
				}],
				"moment": 7,
			})
		);
	}

	#[test]
	fn flags_leave_standing_good() {
		let view = views::StandingView {
			reasons: StandingReasons::EMPTY,
			flags: StandingFlags::of(&[StandingFlag::LicenceEndsSoon]),
			at: 7,
		};
		let standing = Standing::from(view);
		assert!(standing.good);
		assert_eq!(standing.flags.len(), 1);
	}

	#[test]
	fn practitioners_are_named_by_number_or_account() {
		let read = |value| serde_json::from_value::<PractitionerRef>(value);
		assert_eq!(read(json!(3)).unwrap(), PractitionerRef::Number(3));
		assert!(matches!(read(json!(ADDRESS)).unwrap(), PractitionerRef::Account(_)));
		let error = read(json!("nobody")).unwrap_err().to_string();
		assert_eq!(error, "expected a practitioner's number or account");
	}
}
