//! Directives as FHIR R4 Consent, and back. `docs/consent.md` shows the mapping, what is refused and what
//! is not kept.
//!
//! A Consent is a list of [`DirectiveTerms`](salus_primitives::directive::DirectiveTerms): its `policyRule`,
//! limited by the root provision's conditions, is a default directive, each provision nested in the root a
//! specific one. What none of our terms says is refused with its path: nobody may believe in a limit that
//! nothing keeps.

mod period;
mod place;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::ConsentReader;
pub use write::{consent, consents};

/// v3-ActCode, where labels of sensitivity are too.
use super::document::SENSITIVITY as ACT_CODE;
use crate::content::ContentError;
use salus_primitives::time::Period;

const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const CONSENT_SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";

/// Code in `names::POLICY`: in general the Consent says nothing, its nested provisions say all.
const AS_OTHERWISE: &str = "as-otherwise";

/// Every moment.
const ALWAYS: Period = Period { from: 0, until: None };

/// Why a Consent is not taken, or a directive not written as one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
	/// Not FHIR R4 in JSON.
	#[error(transparent)]
	Content(#[from] ContentError),
	/// FHIR R4, but no directive says this.
	#[error("{path}: {what}")]
	Refused {
		/// FHIRPath of the element.
		path: String,
		/// What is wrong with it, and what to do.
		what: String,
	},
	/// No Consent says what these terms do.
	#[error("no Consent can say this: the directive {0}")]
	Unsayable(&'static str),
}

impl ConsentError {
	/// The stable code.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::Content(fault) => fault.code(),
			Self::Refused { .. } => "consent-refused",
			Self::Unsayable(_) => "consent-unsayable",
		}
	}

	/// What to do.
	pub const fn help(&self) -> &'static str {
		match self {
			Self::Content(_) => "give a Consent of FHIR R4 in JSON, or a Bundle of them",
			Self::Refused { .. } => {
				"nothing was issued: change the element named, or issue directives with `salus directive issue`"
			},
			Self::Unsayable(_) => "leave this directive out",
		}
	}
}
