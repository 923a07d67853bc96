//! What an encoded call says, for people: the council votes on calls, not on bytes.
//!
//! A call is read by the metadata of the runtime that is to execute it, so that it is shown as it will
//! be understood. The types of `salus-primitives` among its arguments are shown by their codes.

use codec::{Decode, Encode};
use salus_primitives::{
	codes::{DrugSchedules, Jurisdiction, LicenceClasses, Programmes, Roles},
	time::Moment,
};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};
use serde::Serialize;
use std::fmt::Display;
use subxt::{
	ext::scale_value::{
		scale::decode_as_type, Composite, Primitive, Value as Scale, ValueDef, Variant,
	},
	Metadata,
};

/// A call that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadCall {
	/// The call, `Pallet.call`.
	pub call: String,
	/// Its arguments by name, in order.
	#[serde(serialize_with = "as_map")]
	pub arguments: Vec<(String, Said)>,
}

/// A value that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Said {
	/// Nothing was given.
	Nothing,
	/// Yes or no.
	Bool(bool),
	/// A number.
	Number(u64),
	/// A moment.
	Moment(Moment),
	/// A text, a code, or bytes as `0x…`.
	Text(String),
	/// Several of one kind.
	List(Vec<Said>),
	/// Several by name.
	#[serde(serialize_with = "as_map")]
	Fields(Vec<(String, Said)>),
}

fn as_map<S: serde::Serializer>(fields: &[(String, Said)], to: S) -> Result<S::Ok, S::Error> {
	to.collect_map(fields.iter().map(|(name, said)| (name, said)))
}

impl Said {
	/// The value on one line, with moments as `moment` writes them.
	pub fn line(&self, moment: &dyn Fn(Moment) -> String) -> String {
		let join = |parts: Vec<String>| {
			if parts.is_empty() {
				"-".into()
			} else {
				parts.join(", ")
			}
		};
		match self {
			Self::Nothing => "-".into(),
			Self::Bool(true) => "yes".into(),
			Self::Bool(false) => "no".into(),
			Self::Number(number) => number.to_string(),
			Self::Moment(at) => moment(*at),
			Self::Text(text) => text.clone(),
			Self::List(list) => join(list.iter().map(|said| said.line(moment)).collect()),
			Self::Fields(fields) => {
				let line = |(name, said): &(String, Self)| format!("{name} {}", said.line(moment));
				join(fields.iter().map(line).collect())
			},
		}
	}
}

/// Reads a call; `None` if the metadata knows no such call or something is left over.
pub(super) fn read_call(call: &[u8], metadata: &Metadata) -> Option<ReadCall> {
	let [pallet, index, rest @ ..] = call else { return None };
	let pallet = metadata.pallet_by_call_index(*pallet)?;
	let variant = pallet.call_variant_by_index(*index)?;
	let types = metadata.types();
	let mut rest = rest;
	let mut arguments = Vec::new();
	for field in &variant.fields {
		let value = decode_as_type(&mut rest, field.ty.id, types).ok()?;
		let name = field.name.as_deref().unwrap_or_default();
		arguments.push((words(name), said(&value, is_moment(field), types)));
	}
	let call = format!("{}.{}", pallet.name(), variant.name);
	rest.is_empty().then_some(ReadCall { call, arguments })
}

/// Whether a field is declared as a moment, which is a number like any other when encoded.
fn is_moment(field: &Field<PortableForm>) -> bool {
	field.type_name.as_deref().is_some_and(|name| name.contains("Moment"))
}

fn words(name: &str) -> String {
	name.replace('_', " ")
}

fn said(value: &Scale<u32>, moment: bool, types: &PortableRegistry) -> Said {
	let Some(known) = types.resolve(value.context) else {
		return Said::Text("?".into());
	};
	let named = known.path.ident().unwrap_or_default();
	if let Some(codes) = codes_of(&named, value) {
		return codes;
	}
	match &value.value {
		ValueDef::Primitive(primitive) => plain(primitive, moment),
		ValueDef::BitSequence(bits) => Said::Number(bits.len() as u64),
		ValueDef::Variant(Variant { name, values }) => match (name.as_str(), values.len()) {
			("None", 0) => Said::Nothing,
			(_, 0) => Said::Text(kebab(name)),
			("Some", 1) => match values.values().next() {
				Some(inner) => said(inner, moment, types),
				None => Said::Nothing,
			},
			_ => Said::Fields(vec![(kebab(name), composite(values, moment, value.context, types))]),
		},
		ValueDef::Composite(values) if holds_bytes(&known.type_def, types) => bytes(&named, values),
		ValueDef::Composite(values) => composite(values, moment, value.context, types),
	}
}

fn composite(values: &Composite<u32>, moment: bool, id: u32, types: &PortableRegistry) -> Said {
	let declared = types.resolve(id).map(|known| &known.type_def);
	match values {
		Composite::Named(fields) => {
			let is_moment = |name: &str| match declared {
				Some(TypeDef::Composite(known)) => known
					.fields
					.iter()
					.any(|field| field.name.as_deref() == Some(name) && is_moment(field)),
				_ => moment,
			};
			let fields = fields
				.iter()
				.map(|(name, value)| (words(name), said(value, is_moment(name), types)));
			Said::Fields(fields.collect())
		},
		Composite::Unnamed(fields) => match (fields.as_slice(), declared) {
			// What wraps one value, or an enum's only field, is shown as that.
			([only], Some(TypeDef::Composite(_) | TypeDef::Variant(_))) => {
				said(only, moment, types)
			},
			_ => Said::List(fields.iter().map(|value| said(value, moment, types)).collect()),
		},
	}
}

/// Whether a type is bytes, or wraps them.
fn holds_bytes(def: &TypeDef<PortableForm>, types: &PortableRegistry) -> bool {
	let is_byte = |id: u32| {
		types
			.resolve(id)
			.is_some_and(|known| matches!(known.type_def, TypeDef::Primitive(TypeDefPrimitive::U8)))
	};
	match def {
		TypeDef::Array(array) => is_byte(array.type_param.id),
		TypeDef::Sequence(sequence) => is_byte(sequence.type_param.id),
		TypeDef::Composite(wrap) => match wrap.fields.as_slice() {
			[only] => types
				.resolve(only.ty.id)
				.is_some_and(|inner| holds_bytes(&inner.type_def, types)),
			_ => false,
		},
		_ => false,
	}
}

/// Bytes as the text that they are, or as `0x…`.
fn bytes(named: &str, values: &Composite<u32>) -> Said {
	let mut found = Vec::new();
	gather(values, &mut found);
	if named == "Jurisdiction" {
		if let Ok(place) = Jurisdiction::decode(&mut found.as_slice()) {
			return Said::Text(place.to_string());
		}
	}
	// What has 32 bytes is an account or a digest, whatever it happens to spell.
	match String::from_utf8(found) {
		Ok(text) if text.len() != 32 && !text.chars().any(char::is_control) => Said::Text(text),
		Ok(text) => Said::Text(format!("0x{}", hex::encode(text))),
		Err(fault) => Said::Text(format!("0x{}", hex::encode(fault.into_bytes()))),
	}
}

fn gather(values: &Composite<u32>, to: &mut Vec<u8>) {
	for value in values.values() {
		match &value.value {
			ValueDef::Primitive(Primitive::U128(byte)) => to.extend(u8::try_from(*byte).ok()),
			ValueDef::Composite(inner) => gather(inner, to),
			_ => {},
		}
	}
}

fn plain(primitive: &Primitive, moment: bool) -> Said {
	match primitive {
		Primitive::Bool(yes) => Said::Bool(*yes),
		Primitive::Char(character) => Said::Text(character.to_string()),
		Primitive::String(text) => Said::Text(text.clone()),
		Primitive::U128(number) => match u64::try_from(*number) {
			Ok(at) if moment => Said::Moment(at),
			Ok(number) => Said::Number(number),
			Err(_) => Said::Text(number.to_string()),
		},
		Primitive::I128(number) => Said::Text(number.to_string()),
		Primitive::U256(bytes) | Primitive::I256(bytes) => {
			Said::Text(format!("0x{}", hex::encode(bytes)))
		},
	}
}

/// The codes of a set of this name.
fn codes_of(named: &str, value: &Scale<u32>) -> Option<Said> {
	fn list<Set: Decode, Code: Display, Codes: Iterator<Item = Code>>(
		bits: u32,
		codes: impl FnOnce(Set) -> Codes,
	) -> Option<Said> {
		let set = Set::decode(&mut bits.encode().as_slice()).ok()?;
		Some(Said::List(codes(set).map(|code| Said::Text(code.to_string())).collect()))
	}
	let bits = || match &value.value {
		ValueDef::Composite(Composite::Unnamed(fields)) => match fields.as_slice() {
			[Scale { value: ValueDef::Primitive(Primitive::U128(bits)), .. }] => {
				u32::try_from(*bits).ok()
			},
			_ => None,
		},
		_ => None,
	};
	match named {
		"DrugSchedules" => list(bits()?, DrugSchedules::iter),
		"LicenceClasses" => list(bits()?, LicenceClasses::iter),
		"Programmes" => list(bits()?, Programmes::iter),
		"Roles" => list(bits()?, Roles::iter),
		_ => None,
	}
}

/// `ImagingCentre` as `imaging-centre`, which is how codes are written.
fn kebab(name: &str) -> String {
	let mut text = String::new();
	for character in name.chars() {
		if character.is_uppercase() && !text.is_empty() {
			text.push('-');
		}
		text.extend(character.to_lowercase());
	}
	text
}
