//! Events (EPCIS 2.0, section 7.4): what happened to which objects, when, where and why.

use crate::{
	canonical,
	context::Context,
	fault::{Fault, FaultKind},
	gs1::{
		digital_link::DigitalLinkError, element_string::DataError, urn::UrnError, DigitalLink,
		EpcUrn, KeyError,
	},
	hash::{self, EventHash},
	read::Reader,
	time::{is_zone_offset, Timestamp},
	vocabulary::Vocabulary,
};
use core::fmt;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Most bytes of an event's pre-hash string, namespaces written out.
pub const MAX_PRE_HASH: usize = 16 << 20;

/// The five types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
	/// Something happened to objects, each for itself (section 7.4.2).
	Object,
	/// Objects were packed into a parent, or unpacked (section 7.4.3).
	Aggregation,
	/// Objects were tied to a business transaction (section 7.4.4).
	Transaction,
	/// Inputs were used up to make outputs (section 7.4.5).
	Transformation,
	/// Objects were attached to a place or an asset for good (section 7.4.6).
	Association,
}

impl EventType {
	/// Every type.
	pub const ALL: &'static [Self] = &[
		Self::Object,
		Self::Aggregation,
		Self::Transaction,
		Self::Transformation,
		Self::Association,
	];

	/// Its name in `type`.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Object => "ObjectEvent",
			Self::Aggregation => "AggregationEvent",
			Self::Transaction => "TransactionEvent",
			Self::Transformation => "TransformationEvent",
			Self::Association => "AssociationEvent",
		}
	}

	/// The type of this name.
	pub fn parse(name: &str) -> Option<Self> {
		Self::ALL.iter().copied().find(|kind| kind.name() == name)
	}

	/// The fields that it has beyond those of every event.
	const fn fields(self) -> &'static [&'static str] {
		match self {
			Self::Object => &["action", "epcList", "quantityList", "ilmd"],
			Self::Aggregation | Self::Association => {
				&["action", "parentID", "childEPCs", "childQuantityList"]
			},
			Self::Transaction => &["action", "parentID", "epcList", "quantityList"],
			Self::Transformation => &[
				"inputEPCList",
				"inputQuantityList",
				"outputEPCList",
				"outputQuantityList",
				"transformationID",
				"ilmd",
			],
		}
	}
}

impl fmt::Display for EventType {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.name())
	}
}

/// How an event relates to the life of its objects (section 7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
	/// They were seen.
	Observe,
	/// They, or their ties, began to be.
	Add,
	/// They, or their ties, ended.
	Delete,
}

/// How many of a class (section 7.3).
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
	/// URI of the class: a trade item or lot.
	pub epc_class: String,
	/// How many, or how much in `uom`; none if that is not known.
	pub quantity: Option<f64>,
	/// UN/CEFACT code of the unit of measure; none if objects are counted.
	pub uom: Option<String>,
}

/// A business transaction, source or destination: an identifier and its type (section 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
	/// The type as written: a bare word or a URI.
	pub kind: Option<String>,
	/// The identifier.
	pub id: String,
}

/// Dispositions that begin or end to hold, whatever comes after (section 7.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersistentDisposition {
	/// Those that begin, as written.
	pub set: Vec<String>,
	/// Those that end, as written.
	pub unset: Vec<String>,
}

/// That an earlier event was in error (section 7.4.1.4). The event hash leaves it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDeclaration {
	/// When it was declared.
	pub declaration_time: Timestamp,
	/// The URI of why.
	pub reason: Option<String>,
	/// The events that say what is right.
	pub corrective_event_ids: Vec<String>,
}

impl ErrorDeclaration {
	/// Its one form: time in UTC, corrective events sorted. No standard has one; this is in the manner
	/// of the pre-hash string.
	pub fn canonical(&self) -> String {
		let mut out = format!("errorDeclarationdeclarationTime={}", self.declaration_time);
		if let Some(reason) = &self.reason {
			out.push_str(&format!("reason={reason}"));
		}
		let mut ids: Vec<&str> = self.corrective_event_ids.iter().map(String::as_str).collect();
		ids.sort_unstable();
		ids.iter().for_each(|id| out.push_str(&format!("correctiveEventIDs={id}")));
		out
	}
}

/// What tells an event from others: its hash, and its error declaration, which that hash leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventIdentity {
	/// The event hash.
	pub hash: EventHash,
	/// The error declaration in its one form.
	pub error_declaration: Option<String>,
}

/// What sensors measured together (section 7.3).
#[derive(Clone, Debug, PartialEq)]
pub struct SensorElement {
	/// What holds for all reports.
	pub metadata: SensorMetadata,
	/// The reports.
	pub reports: Vec<SensorReport>,
}

/// When and how sensors measured (section 7.3). Identifiers are URIs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SensorMetadata {
	/// When, if at one instant.
	pub time: Option<Timestamp>,
	/// From when.
	pub start_time: Option<Timestamp>,
	/// Until when.
	pub end_time: Option<Timestamp>,
	/// The device.
	pub device_id: Option<String>,
	/// What is known of the device.
	pub device_metadata: Option<String>,
	/// The data before processing.
	pub raw_data: Option<String>,
	/// How they were processed.
	pub data_processing_method: Option<String>,
	/// Under which rules the sensors measured.
	pub biz_rules: Option<String>,
}

/// One measured property (section 7.3). Numbers are in `uom`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SensorReport {
	/// What was measured, as written.
	pub kind: Option<String>,
	/// An alarm or error condition, as written.
	pub exception: Option<String>,
	/// The device.
	pub device_id: Option<String>,
	/// When.
	pub time: Option<Timestamp>,
	/// The value.
	pub value: Option<f64>,
	/// The lowest value.
	pub min_value: Option<f64>,
	/// The highest value.
	pub max_value: Option<f64>,
	/// The mean value.
	pub mean_value: Option<f64>,
	/// The standard deviation.
	pub s_dev: Option<f64>,
	/// The share of values, in percent, that `perc_value` is above.
	pub perc_rank: Option<f64>,
	/// The value of that rank.
	pub perc_value: Option<f64>,
	/// UN/CEFACT code of the unit of measure.
	pub uom: Option<String>,
	/// A value that is text.
	pub string_value: Option<String>,
	/// A value that is true or false.
	pub boolean_value: Option<bool>,
}

/// One event: what it says as values, and its JSON, with extensions, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
	/// Its type.
	pub kind: EventType,
	/// When it happened.
	pub event_time: Timestamp,
	/// The zone where it happened.
	pub event_time_zone_offset: String,
	/// When a repository took it.
	pub record_time: Option<Timestamp>,
	/// The name that its capturer gave it.
	pub event_id: Option<String>,
	/// That it is in error.
	pub error_declaration: Option<ErrorDeclaration>,
	/// Certificates.
	pub certification_info: Vec<String>,
	/// None for transformations only.
	pub action: Option<Action>,
	/// The business step, as written; see [`Self::biz_step_uri`].
	pub biz_step: Option<String>,
	/// The disposition, as written; see [`Self::disposition_uri`].
	pub disposition: Option<String>,
	/// Dispositions that begin or end to hold.
	pub persistent_disposition: PersistentDisposition,
	/// Where it happened.
	pub read_point: Option<String>,
	/// Where the objects are after it.
	pub biz_location: Option<String>,
	/// Business transactions.
	pub biz_transactions: Vec<Typed>,
	/// Where a transfer began: parties and places.
	pub sources: Vec<Typed>,
	/// Where it ends.
	pub destinations: Vec<Typed>,
	/// What objects were packed into or attached to.
	pub parent_id: Option<String>,
	/// The objects.
	pub epcs: Vec<String>,
	/// The objects by class.
	pub quantities: Vec<Quantity>,
	/// What was packed or attached.
	pub child_epcs: Vec<String>,
	/// The same by class.
	pub child_quantities: Vec<Quantity>,
	/// What was used up.
	pub input_epcs: Vec<String>,
	/// The same by class.
	pub input_quantities: Vec<Quantity>,
	/// What was made.
	pub output_epcs: Vec<String>,
	/// The same by class.
	pub output_quantities: Vec<Quantity>,
	/// What joins the events of one long transformation.
	pub transformation_id: Option<String>,
	/// What sensors measured.
	pub sensor_elements: Vec<SensorElement>,
	json: Map<String, Value>,
	context: Arc<Context>,
}

impl Event {
	/// The event as it came.
	pub fn json(&self) -> &Map<String, Value> {
		&self.json
	}

	/// Its instance and lot master data (section 7.3), as they came.
	pub fn ilmd(&self) -> Option<&Map<String, Value>> {
		self.json.get("ilmd")?.as_object()
	}

	/// Its extensions, as they came: name and value.
	pub fn extensions(&self) -> impl Iterator<Item = (&str, &Value)> {
		let known = |key: &str| COMMON.contains(&key) || self.kind.fields().contains(&key);
		self.json
			.iter()
			.filter(move |(key, _)| !known(key))
			.map(|(key, value)| (key.as_str(), value))
	}

	/// The URI of the business step.
	pub fn biz_step_uri(&self) -> Option<String> {
		self.biz_step.as_ref().map(|word| self.uri_of(Vocabulary::BizStep, word))
	}

	/// The URI of the disposition.
	pub fn disposition_uri(&self) -> Option<String> {
		self.disposition.as_ref().map(|word| self.uri_of(Vocabulary::Disposition, word))
	}

	/// The pre-hash string (Core Business Vocabulary 2.0, section 8.9).
	pub fn pre_hash(&self) -> String {
		hash::pre_hash(&self.json, &self.context)
	}

	/// The event hash.
	pub fn hash(&self) -> EventHash {
		EventHash::of(&self.pre_hash())
	}

	/// What tells it from other events.
	pub fn identity(&self) -> EventIdentity {
		EventIdentity {
			hash: self.hash(),
			error_declaration: self.error_declaration.as_ref().map(ErrorDeclaration::canonical),
		}
	}

	fn uri_of(&self, vocabulary: Vocabulary, text: &str) -> String {
		uri_of(vocabulary, &self.context.value(text))
	}

	/// Reads one event; `path` is where it is in its document.
	pub(crate) fn read(
		json: &Value,
		path: String,
		context: &Arc<Context>,
	) -> Result<Self, Vec<Fault>> {
		let mut reader = Reader::new(path);
		let Some(object) = json.as_object() else {
			reader.note(FaultKind::JsonType { expected: "an object" });
			return Err(reader.faults);
		};
		let context = match object.get("@context") {
			Some(own) => Arc::new(context.within(own)),
			None => context.clone(),
		};
		let mut left = MAX_PRE_HASH;
		if hash::exceeds(json, &context, &mut left) {
			reader.note(FaultKind::TooLong);
			return Err(reader.faults);
		}
		let event = read_event(&mut reader, object, &context);
		match event {
			Some(event) if reader.faults.is_empty() => Ok(event),
			_ => Err(reader.faults),
		}
	}
}

/// The URI of a vocabulary element that is written as bare word, web URI or URN.
fn uri_of(vocabulary: Vocabulary, text: &str) -> String {
	vocabulary.uri(text).unwrap_or_else(|| canonical::value(text))
}

/// The fields of every event.
const COMMON: &[&str] = &[
	"@context",
	"type",
	"eventTime",
	"recordTime",
	"eventTimeZoneOffset",
	"eventID",
	"errorDeclaration",
	"certificationInfo",
	"bizStep",
	"disposition",
	"persistentDisposition",
	"readPoint",
	"bizLocation",
	"bizTransactionList",
	"sourceList",
	"destinationList",
	"sensorElementList",
	"comment",
	"rdfs:comment",
];

fn read_event(r: &mut Reader, o: &Map<String, Value>, context: &Arc<Context>) -> Option<Event> {
	let kind = match r.required_text(o, "type") {
		Some(name) => match EventType::parse(&name) {
			Some(kind) => kind,
			None => return r.at_key("type", |r| r.fault(FaultKind::EventType)),
		},
		None => return None,
	};
	let event_time = r.required_time(o, "eventTime");
	let event_time_zone_offset = r.required_text(o, "eventTimeZoneOffset");
	if event_time_zone_offset.as_deref().is_some_and(|zone| !is_zone_offset(zone)) {
		r.at_key("eventTimeZoneOffset", |r| r.note(FaultKind::ZoneOffset));
	}
	let action = if kind.fields().contains(&"action") {
		r.required_text(o, "action").and_then(|action| match action.as_str() {
			"OBSERVE" => Some(Action::Observe),
			"ADD" => Some(Action::Add),
			"DELETE" => Some(Action::Delete),
			_ => r.at_key("action", |r| r.fault(FaultKind::Action)),
		})
	} else {
		None
	};
	let event = Event {
		kind,
		// A fault was told where these are missing, and then there is no event.
		event_time: event_time.unwrap_or(Timestamp::EPOCH),
		event_time_zone_offset: event_time_zone_offset.unwrap_or_default(),
		record_time: r.time(o, "recordTime"),
		event_id: r.uri(o, "eventID"),
		error_declaration: r
			.object(o, "errorDeclaration", |r, o| read_error_declaration(r, o, context))
			.flatten(),
		certification_info: r.uris(o, "certificationInfo"),
		action,
		biz_step: r.word(o, "bizStep", Vocabulary::BizStep),
		disposition: r.word(o, "disposition", Vocabulary::Disposition),
		persistent_disposition: r
			.object(o, "persistentDisposition", |r, o| {
				if o.is_empty() {
					r.note(FaultKind::Nothing);
				}
				PersistentDisposition {
					set: r.words(o, "set", Vocabulary::Disposition),
					unset: r.words(o, "unset", Vocabulary::Disposition),
				}
			})
			.unwrap_or_default(),
		read_point: read_place(r, o, "readPoint"),
		biz_location: read_place(r, o, "bizLocation"),
		biz_transactions: read_typed(
			r,
			o,
			("bizTransactionList", "bizTransaction"),
			Vocabulary::BizTransactionType,
			false,
		),
		sources: read_typed(
			r,
			o,
			("sourceList", "source"),
			Vocabulary::SourceDestinationType,
			true,
		),
		destinations: read_typed(
			r,
			o,
			("destinationList", "destination"),
			Vocabulary::SourceDestinationType,
			true,
		),
		parent_id: read_identifier(r, o, "parentID"),
		epcs: read_identifiers(r, o, "epcList"),
		quantities: read_quantities(r, o, "quantityList"),
		child_epcs: read_identifiers(r, o, "childEPCs"),
		child_quantities: read_quantities(r, o, "childQuantityList"),
		input_epcs: read_identifiers(r, o, "inputEPCList"),
		input_quantities: read_quantities(r, o, "inputQuantityList"),
		output_epcs: read_identifiers(r, o, "outputEPCList"),
		output_quantities: read_quantities(r, o, "outputQuantityList"),
		transformation_id: r.uri(o, "transformationID"),
		sensor_elements: r.members(o, "sensorElementList", read_sensor_element),
		json: o.clone(),
		context: context.clone(),
	};
	r.object(o, "ilmd", |_, _| ());
	check_keys(r, o, context, kind);
	check_objects(r, &event);
	Some(event)
}

/// Extensions have a declared prefix, and everything else is a field.
fn check_keys(r: &mut Reader, o: &Map<String, Value>, context: &Context, kind: EventType) {
	for key in o.keys() {
		let known = COMMON.contains(&key.as_str()) || kind.fields().contains(&key.as_str());
		if known || context.is_open() || context.declares(key) {
			continue;
		}
		match key.split_once(':') {
			// A whole URI needs no prefix.
			Some((_, local)) if local.starts_with("//") => {},
			Some((prefix, _)) if !context.declares(prefix) => {
				let prefix = prefix.chars().take(64).collect();
				r.at_key(key, |r| r.note(FaultKind::UndeclaredPrefix { prefix }));
			},
			Some(_) => {},
			None => r.at_key(key, |r| {
				r.note(FaultKind::UnknownField);
			}),
		}
	}
}

/// What each type has to say of objects (sections 7.4.2 to 7.4.6).
fn check_objects(r: &mut Reader, event: &Event) {
	let deletes = event.action == Some(Action::Delete);
	let mut need = |there: bool, fields: &'static [&'static str]| {
		if !there {
			r.note(FaultKind::NoObjects { fields });
		}
	};
	let objects = !event.epcs.is_empty() || !event.quantities.is_empty();
	let children = !event.child_epcs.is_empty() || !event.child_quantities.is_empty();
	let inputs = !event.input_epcs.is_empty() || !event.input_quantities.is_empty();
	let outputs = !event.output_epcs.is_empty() || !event.output_quantities.is_empty();
	let sensed = !event.sensor_elements.is_empty();
	match event.kind {
		EventType::Object => {
			need(objects || sensed, &["epcList", "quantityList", "sensorElementList"]);
		},
		EventType::Aggregation => {
			need(event.parent_id.is_some() || event.action == Some(Action::Observe), &["parentID"]);
			need(children || deletes || sensed, &["childEPCs", "childQuantityList"]);
		},
		EventType::Association => {
			need(event.parent_id.is_some(), &["parentID"]);
			need(children || deletes, &["childEPCs", "childQuantityList"]);
		},
		EventType::Transaction => {
			need(!event.biz_transactions.is_empty(), &["bizTransactionList"]);
			need(objects || deletes || sensed, &["epcList", "quantityList", "sensorElementList"]);
		},
		EventType::Transformation if event.transformation_id.is_some() => need(
			inputs || outputs,
			&["inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList"],
		),
		EventType::Transformation => {
			need(inputs, &["inputEPCList", "inputQuantityList"]);
			need(outputs, &["outputEPCList", "outputQuantityList"]);
		},
	}
	let begins = matches!(event.action, None | Some(Action::Add));
	if event.ilmd().is_some() && !begins {
		r.at_key("ilmd", |r| r.note(FaultKind::MasterDataWithoutAdd));
	}
}

fn read_error_declaration(
	r: &mut Reader,
	o: &Map<String, Value>,
	context: &Context,
) -> Option<ErrorDeclaration> {
	let declaration_time = r.required_time(o, "declarationTime");
	let reason = r.word(o, "reason", Vocabulary::ErrorReason);
	let reason = reason.map(|word| uri_of(Vocabulary::ErrorReason, &context.value(&word)));
	let corrective_event_ids = r.uris(o, "correctiveEventIDs");
	Some(ErrorDeclaration { declaration_time: declaration_time?, reason, corrective_event_ids })
}

fn read_place(r: &mut Reader, o: &Map<String, Value>, key: &str) -> Option<String> {
	r.object(o, key, |r, o| {
		if o.get("id").is_none() {
			r.at_key("id", |r| r.note(FaultKind::Missing));
		}
		read_identifier(r, o, "id")
	})
	.flatten()
}

fn read_typed(
	r: &mut Reader,
	o: &Map<String, Value>,
	(list, member): (&str, &str),
	vocabulary: Vocabulary,
	type_required: bool,
) -> Vec<Typed> {
	let read = r.members(o, list, |r, o| {
		let kind = if type_required && o.get("type").is_none() {
			r.at_key("type", |r| r.fault(FaultKind::Missing))
		} else {
			r.word(o, "type", vocabulary)
		};
		let id = match o.get(member) {
			Some(_) => read_identifier(r, o, member),
			None => r.at_key(member, |r| r.fault(FaultKind::Missing)),
		};
		Some(Typed { kind, id: id? })
	});
	read.into_iter().flatten().collect()
}

fn read_quantities(r: &mut Reader, o: &Map<String, Value>, key: &str) -> Vec<Quantity> {
	let read = r.members(o, key, |r, o| {
		let epc_class = match o.get("epcClass") {
			Some(_) => read_identifier(r, o, "epcClass"),
			None => r.at_key("epcClass", |r| r.fault(FaultKind::Missing)),
		};
		let quantity = r.number(o, "quantity");
		if quantity.is_some_and(|quantity| quantity < 0.0) {
			r.at_key("quantity", |r| r.note(FaultKind::NegativeQuantity));
		}
		let uom = read_uom(r, o);
		if uom.is_some() && o.get("quantity").is_none() {
			r.at_key("uom", |r| r.note(FaultKind::UnitWithoutQuantity));
		}
		Some(Quantity { epc_class: epc_class?, quantity, uom })
	});
	read.into_iter().flatten().collect()
}

fn read_uom(r: &mut Reader, o: &Map<String, Value>) -> Option<String> {
	let uom = r.text(o, "uom")?;
	let known = (2..=3).contains(&uom.len())
		&& uom.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
	if !known {
		return r.at_key("uom", |r| r.fault(FaultKind::UnitOfMeasure));
	}
	Some(uom)
}

fn read_sensor_element(r: &mut Reader, o: &Map<String, Value>) -> SensorElement {
	let metadata = r.object(o, "sensorMetadata", |r, o| SensorMetadata {
		time: r.time(o, "time"),
		start_time: r.time(o, "startTime"),
		end_time: r.time(o, "endTime"),
		device_id: r.uri(o, "deviceID"),
		device_metadata: r.uri(o, "deviceMetadata"),
		raw_data: r.uri(o, "rawData"),
		data_processing_method: r.uri(o, "dataProcessingMethod"),
		biz_rules: r.uri(o, "bizRules"),
	});
	let reports = r.members(o, "sensorReport", read_sensor_report);
	if o.get("sensorReport").is_none() {
		r.at_key("sensorReport", |r| r.note(FaultKind::Missing));
	}
	SensorElement { metadata: metadata.unwrap_or_default(), reports }
}

fn read_sensor_report(r: &mut Reader, o: &Map<String, Value>) -> SensorReport {
	if o.is_empty() {
		r.note(FaultKind::Nothing);
	}
	for key in [
		"deviceMetadata",
		"rawData",
		"dataProcessingMethod",
		"microorganism",
		"chemicalSubstance",
		"uriValue",
		"coordinateReferenceSystem",
	] {
		r.uri(o, key);
	}
	r.word(o, "component", Vocabulary::Component);
	let hex = r.text(o, "hexBinaryValue");
	if hex.is_some_and(|h| h.len() % 2 != 0 || !h.bytes().all(|b| b.is_ascii_hexdigit())) {
		r.at_key("hexBinaryValue", |r| r.note(FaultKind::HexBinary));
	}
	SensorReport {
		kind: r.word(o, "type", Vocabulary::MeasurementType),
		exception: r.word(o, "exception", Vocabulary::SensorAlert),
		device_id: r.uri(o, "deviceID"),
		time: r.time(o, "time"),
		value: r.number(o, "value"),
		min_value: r.number(o, "minValue"),
		max_value: r.number(o, "maxValue"),
		mean_value: r.number(o, "meanValue"),
		s_dev: r.number(o, "sDev"),
		perc_rank: r.number(o, "percRank"),
		perc_value: r.number(o, "percValue"),
		uom: read_uom(r, o),
		string_value: r.text(o, "stringValue"),
		boolean_value: r.boolean(o, "booleanValue"),
	}
}

fn read_identifier(r: &mut Reader, o: &Map<String, Value>, key: &str) -> Option<String> {
	let id = r.uri(o, key)?;
	if let Some(kind) = identifier_fault(&id) {
		r.at_key(key, |r| r.note(kind));
	}
	Some(id)
}

fn read_identifiers(r: &mut Reader, o: &Map<String, Value>, key: &str) -> Vec<String> {
	let ids = r.uris(o, key);
	for (at, id) in ids.iter().enumerate() {
		if let Some(kind) = identifier_fault(id) {
			r.at_key(key, |r| r.at_index(at, |r| r.note(kind)));
		}
	}
	ids
}

/// What is wrong with an identifier that is, or means to be, a GS1 key.
fn identifier_fault(id: &str) -> Option<FaultKind> {
	if id.starts_with("urn:epc:") {
		return match EpcUrn::parse(id) {
			// The Tag Data Standard has schemes that are no GS1 keys.
			Ok(_) | Err(UrnError::UnknownScheme { .. }) => None,
			Err(error) => Some(FaultKind::Urn(error)),
		};
	}
	match DigitalLink::parse(id).err()? {
		// Elsewhere a path may look like a key by chance; not with all of its digits.
		error @ DigitalLinkError::Data {
			error: DataError::Key(KeyError::CheckDigit { .. }),
			..
		} => Some(FaultKind::DigitalLink(error)),
		error @ DigitalLinkError::Data { .. } if id.starts_with("https://id.gs1.org/") => {
			Some(FaultKind::DigitalLink(error))
		},
		_ => None,
	}
}
