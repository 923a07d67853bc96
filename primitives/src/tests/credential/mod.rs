//! Licences, accreditations and inspections: examples, and the rules against a plain second reading.

use crate::{codes::*, credential::*, ids::*, time::*};

mod accreditations;
mod houses;
mod licences;
mod rules;

const DAY: Moment = 24 * 60 * 60 * 1000;
const NOW: Moment = 1_000 * DAY;
const SITE: OrganisationId = 1;
const BODY: OrganisationId = 9;

fn place(code: &str) -> Jurisdiction {
	code.parse().unwrap()
}

fn licence(class: LicenceClass) -> Licence {
	Licence {
		holder: Holder::Practitioner(1),
		board: 2,
		class,
		jurisdictions: vec![place("US-CA")].try_into().unwrap(),
		issued: 0,
		valid: Period { from: NOW - 100 * DAY, until: Some(NOW + 100 * DAY) },
		state: LicenceState::Active,
		limits: Limits::default(),
		verified: Some(0),
		verification: Some(Verification { evidence: Digest([1; 32]), next_due: NOW + DAY }),
	}
}

fn need() -> Need {
	Need { place: place("US-CA"), site: Some(SITE), schedule: None, at: NOW }
}

fn nurse(change: impl FnOnce(&mut Licence)) -> Licence {
	let mut nurse = licence(LicenceClass::Nurse);
	change(&mut nurse);
	nurse
}

const NURSES: LicenceClasses = LicenceClasses::of(&[LicenceClass::Nurse]);

fn reasons(of: &[StandingReason]) -> StandingReasons {
	StandingReasons::of(of)
}

/// As its first version.
fn in_force(requirement: Requirement) -> InForce {
	InForce { requirement, accreditation_asked_since: requirement.from }
}

/// An accreditation for hospitals, granted at the beginning.
fn held(state: AccreditationState, decided: Moment, until: Option<Moment>) -> Accreditation {
	Accreditation {
		organisation: SITE,
		body: BODY,
		programme: Programme::Hospital,
		state,
		valid: Period { from: 0, until },
		decided,
		follow_up_due: None,
		granted: Some(0),
		appeal: None,
		evidence: Digest([1; 32]),
	}
}
