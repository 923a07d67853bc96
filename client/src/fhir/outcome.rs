//! A vault's refusal as OperationOutcome.

use super::{coding, names};
use crate::vault_api::ErrorBody;
use serde_json::{json, Value};

/// FHIR's kind of issue for an HTTP status.
const fn issue(status: u16) -> &'static str {
	match status {
		401 => "login",
		403 => "forbidden",
		404 => "not-found",
		405 | 406 => "not-supported",
		409 => "conflict",
		410 => "deleted",
		413 => "too-long",
		429 => "throttled",
		500 => "exception",
		503 => "transient",
		504 => "timeout",
		_ => "invalid",
	}
}

/// A refusal with its stable code, the chain's deny reason where one stands behind it, and the sentence.
pub fn operation_outcome(status: u16, body: &ErrorBody) -> Value {
	let mut codings = vec![coding(names::ERROR, &body.code)];
	codings.extend(body.reason.map(|reason| coding(names::DENY_REASON, &reason.to_string())));
	json!({
		"resourceType": "OperationOutcome",
		"issue": [{
			"severity": "error",
			"code": issue(status),
			"details": { "coding": codings },
			"diagnostics": body.message,
		}],
	})
}
