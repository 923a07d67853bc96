//! EPCIS documents in JSON-LD (EPCIS 2.0, section 10): `EPCISDocument`, `EPCISQueryDocument` and
//! single events.

use crate::{
	context::Context,
	event::{Event, EventType},
	fault::Fault,
	time::{TimeError, Timestamp},
};
use core::fmt;
use serde_json::{Map, Value};
use std::sync::Arc;

/// How much of a document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Most bytes.
	pub bytes: usize,
	/// Most levels of objects and arrays in each other; at most 127 count.
	pub depth: usize,
	/// Most events.
	pub events: usize,
}

impl Default for Limits {
	/// 8 MiB, 32 levels, 10,000 events.
	fn default() -> Self {
		Self { bytes: 8 << 20, depth: 32, events: 10_000 }
	}
}

/// Why a text is no EPCIS document, whatever its events are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
	/// It is longer than [`Limits::bytes`].
	TooLong {
		/// Most bytes.
		max: usize,
		/// Bytes there are.
		found: usize,
	},
	/// It is no JSON, or nested more than 127 levels deep.
	Json {
		/// Line, from 1.
		line: usize,
		/// Column, from 1.
		column: usize,
		/// What the parser says.
		message: String,
	},
	/// Objects and arrays are nested deeper than [`Limits::depth`].
	TooDeep {
		/// Most levels.
		max: usize,
	},
	/// It is JSON, but no object.
	NotAnObject,
	/// `type` is missing, or is neither a document's nor an event's.
	Type {
		/// What it is.
		found: Option<String>,
	},
	/// `schemaVersion` is missing or not 2.x.
	SchemaVersion {
		/// What it is.
		found: Option<String>,
	},
	/// `creationDate` is missing.
	NoCreationDate,
	/// `creationDate` is no time.
	CreationDate(TimeError),
	/// `@context` is missing: without it the document is no JSON-LD.
	NoContext,
	/// `epcisBody` is missing or no object.
	NoBody,
	/// The body has no array `eventList`.
	NoEventList {
		/// Where it belongs.
		path: &'static str,
	},
	/// There are more events than [`Limits::events`].
	TooManyEvents {
		/// Most events.
		max: usize,
		/// Events there are.
		found: usize,
	},
}

impl fmt::Display for DocumentError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let found = |found: &Option<String>| found.clone().unwrap_or_else(|| "nothing".into());
		match self {
			Self::TooLong { max, found } => {
				write!(f, "$: {found} bytes; split the document, at most {max} are read")
			},
			Self::Json { line, column, message } => {
				write!(f, "$: no JSON at line {line}, column {column}: {message}")
			},
			Self::TooDeep { max } => write!(f, "$: nested deeper than {max} levels; flatten it"),
			Self::NotAnObject => f.write_str("$: no object; write an EPCISDocument"),
			Self::Type { found: kind } => write!(
				f,
				"$.type: {}; write EPCISDocument, EPCISQueryDocument or the type of an event",
				found(kind)
			),
			Self::SchemaVersion { found: version } => {
				write!(f, "$.schemaVersion: {}; write \"2.0\"", found(version))
			},
			Self::NoCreationDate => f.write_str("$.creationDate: missing; add it"),
			Self::CreationDate(error) => {
				write!(f, "$.creationDate: {error}; write it as 2026-03-04T11:00:30.000+01:00")
			},
			Self::NoContext => f.write_str("$['@context']: missing; add that of EPCIS 2.0"),
			Self::NoBody => f.write_str("$.epcisBody: no object; add it, with the events"),
			Self::NoEventList { path } => write!(f, "{path}: no array; put the events there"),
			Self::TooManyEvents { max, found } => {
				write!(f, "$.epcisBody: {found} events; split the document, at most {max} are read")
			},
		}
	}
}

impl core::error::Error for DocumentError {}

/// A document: its events, each read or with what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
	/// When it was made; none for a single event.
	pub creation_date: Option<Timestamp>,
	/// The events, in order.
	pub events: Vec<Result<Event, Vec<Fault>>>,
	json: Map<String, Value>,
}

impl Document {
	/// Reads a document within the default [`Limits`].
	///
	/// Errors: [`DocumentError`]; what is wrong with an event is told in its place.
	pub fn parse(text: &str) -> Result<Self, DocumentError> {
		Self::parse_within(text, Limits::default())
	}

	/// Reads a document within these limits.
	///
	/// Errors: as [`Self::parse`].
	pub fn parse_within(text: &str, limits: Limits) -> Result<Self, DocumentError> {
		if text.len() > limits.bytes {
			return Err(DocumentError::TooLong { max: limits.bytes, found: text.len() });
		}
		let json: Value = serde_json::from_str(text).map_err(|error| DocumentError::Json {
			line: error.line(),
			column: error.column(),
			message: error.to_string(),
		})?;
		Self::from_json(json, limits)
	}

	/// Reads a document that was parsed as JSON; [`Limits::bytes`] does not count here.
	///
	/// Errors: as [`Self::parse`].
	pub fn from_json(json: Value, limits: Limits) -> Result<Self, DocumentError> {
		if is_deeper(&json, limits.depth.min(127)) {
			return Err(DocumentError::TooDeep { max: limits.depth.min(127) });
		}
		let Value::Object(json) = json else { return Err(DocumentError::NotAnObject) };
		let kind = json.get("type").and_then(Value::as_str);
		let declared = json.get("@context");
		let context = Arc::new(Context::of(declared.unwrap_or(&Value::Null)));
		if kind.is_some_and(|kind| EventType::parse(kind).is_some()) {
			let event = Event::read(&Value::Object(json.clone()), "$".into(), &context);
			return Ok(Self { creation_date: None, events: vec![event], json });
		}
		let query = match kind {
			Some("EPCISDocument") => false,
			Some("EPCISQueryDocument") => true,
			found => return Err(DocumentError::Type { found: found.map(String::from) }),
		};
		if declared.is_none() {
			return Err(DocumentError::NoContext);
		}
		let version = json.get("schemaVersion");
		if !version.and_then(Value::as_str).is_some_and(|version| version.starts_with("2.")) {
			return Err(DocumentError::SchemaVersion { found: version.map(Value::to_string) });
		}
		let creation_date = json
			.get("creationDate")
			.and_then(Value::as_str)
			.ok_or(DocumentError::NoCreationDate)
			.and_then(|text| Timestamp::parse(text).map_err(DocumentError::CreationDate))?;
		let body = json.get("epcisBody").filter(|body| body.is_object());
		let body = body.ok_or(DocumentError::NoBody)?;
		let (list, path) = if query {
			let results = body.pointer("/queryResults/resultsBody/eventList");
			(results, "$.epcisBody.queryResults.resultsBody.eventList")
		} else {
			(body.get("eventList"), "$.epcisBody.eventList")
		};
		let list = list.and_then(Value::as_array).ok_or(DocumentError::NoEventList { path })?;
		if list.len() > limits.events {
			return Err(DocumentError::TooManyEvents { max: limits.events, found: list.len() });
		}
		let read = |(at, event)| Event::read(event, format!("{path}[{at}]"), &context);
		let events = list.iter().enumerate().map(read).collect();
		Ok(Self { creation_date: Some(creation_date), events, json })
	}

	/// The document as it came, header and extensions included.
	pub fn json(&self) -> &Map<String, Value> {
		&self.json
	}

	/// What is wrong with its events, in order.
	pub fn faults(&self) -> impl Iterator<Item = &Fault> {
		self.events.iter().filter_map(|event| event.as_ref().err()).flatten()
	}
}

/// Whether objects and arrays are nested deeper than `max` levels.
fn is_deeper(json: &Value, max: usize) -> bool {
	let mut inner: Box<dyn Iterator<Item = &Value>> = match json {
		Value::Array(values) => Box::new(values.iter()),
		Value::Object(members) => Box::new(members.values()),
		_ => return false,
	};
	max == 0 || inner.any(|value| is_deeper(value, max - 1))
}
