//! What a call did, as the chain's events tell it.

use super::{submit::describe, Submitted};
use serde::Serialize;
use subxt::{
	error::DispatchError,
	ext::scale_value::{scale::encode_as_type, At, Composite, Primitive, Value, ValueDef},
	metadata::ArcMetadata,
};

/// A call that took effect, with what the chain said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
	/// Where and how fast.
	pub submitted: Submitted,
	/// The call's events, in order.
	pub events: Vec<Event>,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
	pallet: String,
	name: String,
	fields: Composite<()>,
	outcome: Option<Result<(), Fault>>,
	fault: Option<Fault>,
}

/// Why a call within a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
	/// The error, `Pallet.Error` where a pallet gave it.
	pub error: String,
	/// What the error's documentation says: why, and how to avoid it.
	pub help: String,
}

impl Receipt {
	/// The first event of this pallet and name.
	pub fn event(&self, pallet: &str, name: &str) -> Option<&Event> {
		self.events.iter().find(|event| event.is(pallet, name))
	}
}

impl Event {
	pub(super) fn new(
		pallet: &str,
		name: &str,
		fields: Composite<()>,
		metadata: &ArcMetadata,
	) -> Self {
		let outcome = fields.at("result").and_then(|result| outcome(result, metadata));
		let fault = fields.at("error").map(|error| fault(error, metadata));
		Self { pallet: pallet.into(), name: name.into(), fields, outcome, fault }
	}

	/// Whether it is of this pallet and name.
	pub fn is(&self, pallet: &str, name: &str) -> bool {
		self.pallet == pallet && self.name == name
	}

	/// The 32 bytes in this field: an id, a seal.
	pub fn bytes(&self, field: &str) -> Option<[u8; 32]> {
		let mut found = Vec::new();
		gather(self.fields.at(field)?, &mut found);
		found.try_into().ok()
	}

	/// The error that this event gives as the reason.
	pub const fn fault(&self) -> Option<&Fault> {
		self.fault.as_ref()
	}

	/// The number in this field.
	pub fn number(&self, field: &str) -> Option<u32> {
		match &self.fields.at(field)?.value {
			ValueDef::Primitive(Primitive::U128(number)) => u32::try_from(*number).ok(),
			_ => None,
		}
	}

	/// What became of the call that this event is about, if it says so.
	pub fn outcome(&self) -> Option<&Result<(), Fault>> {
		self.outcome.as_ref()
	}
}

fn outcome(result: &Value<()>, metadata: &ArcMetadata) -> Option<Result<(), Fault>> {
	let ValueDef::Variant(variant) = &result.value else { return None };
	if variant.name == "Ok" {
		return Some(Ok(()));
	}
	Some(Err(match variant.values.at(0) {
		Some(error) => fault(error, metadata),
		None => Fault::unknown(),
	}))
}

impl Fault {
	fn unknown() -> Self {
		Self { error: "an error that this program does not know".into(), help: String::new() }
	}
}

fn fault(error: &Value<()>, metadata: &ArcMetadata) -> Fault {
	let read = || {
		let mut bytes = Vec::new();
		encode_as_type(error, metadata.dispatch_error_ty()?, metadata.types(), &mut bytes).ok()?;
		DispatchError::decode_from(bytes, metadata.clone()).ok()
	};
	match read() {
		Some(fault) => {
			let (error, help) = describe(&fault);
			Fault { error, help }
		},
		None => Fault::unknown(),
	}
}

/// The bytes in a value, however wrapped.
fn gather(value: &Value<()>, to: &mut Vec<u8>) {
	match &value.value {
		ValueDef::Primitive(Primitive::U128(byte)) => to.extend(u8::try_from(*byte).ok()),
		ValueDef::Composite(values) => values.values().for_each(|inner| gather(inner, to)),
		_ => {},
	}
}
