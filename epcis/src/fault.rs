//! What is wrong with an event: where, what, and what to do about it.

use crate::{
	gs1::{digital_link::DigitalLinkError, urn::UrnError},
	time::TimeError,
	vocabulary::Vocabulary,
};
use core::fmt;

/// Most faults that are told of one event.
pub const MAX_FAULTS: usize = 64;

/// One fault of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
	/// JSON path of what is at fault: `$.epcisBody.eventList[0].bizStep`.
	pub path: String,
	/// What is wrong there.
	pub kind: FaultKind,
}

impl fmt::Display for Fault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}: {}; {}", self.path, self.kind, self.kind.remedy())
	}
}

impl core::error::Error for Fault {}

/// What may be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
	/// It has to be there.
	Missing,
	/// Another JSON type belongs there.
	JsonType {
		/// Which.
		expected: &'static str,
	},
	/// The text is empty.
	Empty,
	/// It is no event type of EPCIS 2.0, section 7.4.
	EventType,
	/// Events of this type have no such field, and it has no prefix that would make it an extension.
	UnknownField,
	/// The prefix of an extension is not declared.
	UndeclaredPrefix {
		/// The prefix, 64 characters at most.
		prefix: String,
	},
	/// It is no `xsd:dateTimeStamp`.
	Time(TimeError),
	/// It is no zone offset.
	ZoneOffset,
	/// It is no action.
	Action,
	/// It is no URI.
	NotUri,
	/// It is neither a word of the vocabulary nor a URI.
	NotInVocabulary(Vocabulary),
	/// It is a malformed EPC URN.
	Urn(UrnError),
	/// It is a Digital Link URI of a malformed key.
	DigitalLink(DigitalLinkError),
	/// It is no unit of measure.
	UnitOfMeasure,
	/// There is a unit of measure and no quantity.
	UnitWithoutQuantity,
	/// A quantity is below zero.
	NegativeQuantity,
	/// It is no `xsd:hexBinary`.
	HexBinary,
	/// The event says of nothing that it happened to it.
	NoObjects {
		/// The fields of which one has to have a member.
		fields: &'static [&'static str],
	},
	/// Instance and lot master data come when objects begin to be: with action `ADD`.
	MasterDataWithoutAdd,
	/// An empty object says nothing.
	Nothing,
	/// The pre-hash string would exceed [`MAX_PRE_HASH`](crate::event::MAX_PRE_HASH).
	TooLong,
}

impl FaultKind {
	/// What to do about it.
	pub fn remedy(&self) -> String {
		match self {
			Self::Missing => "add it".into(),
			Self::JsonType { expected } => format!("write {expected}"),
			Self::Empty | Self::Nothing => "fill it in or leave it out".into(),
			Self::EventType => "take ObjectEvent, AggregationEvent, TransactionEvent, \
				TransformationEvent or AssociationEvent"
				.into(),
			Self::UnknownField => {
				"leave it out, or give it the prefix of a namespace that @context declares".into()
			},
			Self::UndeclaredPrefix { prefix } => format!("declare '{prefix}' in @context"),
			Self::Time(_) => "write it as 2026-03-04T11:00:30.000+01:00".into(),
			Self::ZoneOffset => "write +hh:mm or -hh:mm, at most 14:00".into(),
			Self::Action => "take OBSERVE, ADD or DELETE".into(),
			Self::NotUri => "write a URI, with its scheme".into(),
			Self::NotInVocabulary(vocabulary) => format!(
				"take a word of the standard ({}, …) or a URI of your own",
				vocabulary.words().first().unwrap_or(&"")
			),
			Self::Urn(_) => "check prefix, reference and serial against the key's owner".into(),
			Self::DigitalLink(_) => "scan or type the key again".into(),
			Self::UnitOfMeasure => "take a code of UN/CEFACT recommendation 20, such as KGM".into(),
			Self::UnitWithoutQuantity => "add the quantity or leave the unit out".into(),
			Self::NegativeQuantity => "write how many there are".into(),
			Self::HexBinary => "write pairs of hexadecimal digits".into(),
			Self::NoObjects { fields } => format!("fill in one of {}", fields.join(", ")),
			Self::TooLong => "split the event, or shorten namespaces".into(),
			Self::MasterDataWithoutAdd => "set action to ADD or leave ilmd out".into(),
		}
	}
}

impl fmt::Display for FaultKind {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Missing => f.write_str("missing"),
			Self::JsonType { expected } => write!(f, "not {expected}"),
			Self::Empty => f.write_str("empty"),
			Self::EventType => f.write_str("no event type"),
			Self::UnknownField => f.write_str("no field of this event"),
			Self::UndeclaredPrefix { prefix } => write!(f, "prefix '{prefix}' is not declared"),
			Self::Time(error) => error.fmt(f),
			Self::ZoneOffset => f.write_str("no zone offset"),
			Self::Action => f.write_str("no action"),
			Self::NotUri => f.write_str("no URI"),
			Self::NotInVocabulary(vocabulary) => write!(f, "no {vocabulary:?}"),
			Self::Urn(error) => error.fmt(f),
			Self::DigitalLink(error) => error.fmt(f),
			Self::UnitOfMeasure => f.write_str("no unit of measure"),
			Self::UnitWithoutQuantity => f.write_str("a unit of measure without quantity"),
			Self::NegativeQuantity => f.write_str("a quantity below zero"),
			Self::HexBinary => f.write_str("no hexadecimal data"),
			Self::NoObjects { .. } => f.write_str("an event without objects"),
			Self::MasterDataWithoutAdd => f.write_str("master data with another action than ADD"),
			Self::Nothing => f.write_str("an object without members"),
			Self::TooLong => f.write_str("more than 16 MiB to hash"),
		}
	}
}
