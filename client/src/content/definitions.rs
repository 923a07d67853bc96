//! What FHIR R4's resources and types may hold, read from `r4.txt`.
//!
//! ```text
//! set administrative-gender            a value set …
//! <tab>SYSTEM male female …            … and its codes
//! resource Observation DomainResource  a resource and what it is based on; `type` for a data type
//! <tab>status 1 code observation-status  element, cardinality, type, value set
//! <tab>component * =                   `=` is a BackboneElement, `-` an Element, with what lies below
//! <tab><tab>value[x] ? Quantity|string
//! <tab><tab>referenceRange * #Observation.referenceRange
//! ```
//!
//! Cardinality is `?` 0..1, `1` 1..1, `*` 0..*, `+` 1..*, or written out.

use super::primitive::Primitive;
use std::{
	collections::{HashMap, HashSet},
	sync::LazyLock,
};

/// The definitions of R4 4.0.1. Without them nothing would be taken.
pub(super) static R4: LazyLock<Definitions> =
	LazyLock::new(|| Definitions::read(include_str!("r4.txt")).unwrap_or_default());

/// A set of definitions.
#[derive(Debug, Default)]
pub(super) struct Definitions {
	shapes: HashMap<String, Shape>,
	sets: HashMap<&'static str, ValueSet>,
}

/// What a resource, a type or an element with elements of its own may hold.
#[derive(Debug)]
pub(super) struct Shape {
	/// As a fault names it: `Observation`, `Observation.component`, `Quantity`.
	pub(super) name: String,
	/// Whether it is a resource that can be written down: not `Resource`, not `DomainResource`.
	pub(super) resource: bool,
	pub(super) elements: Vec<Element>,
	/// Element and its type by the name that JSON has for it, such as `valueQuantity`.
	slots: HashMap<String, (usize, usize)>,
	base: &'static str,
}

/// An element.
#[derive(Clone, Debug)]
pub(super) struct Element {
	/// Without `[x]`.
	pub(super) name: &'static str,
	pub(super) choice: bool,
	pub(super) min: u32,
	pub(super) max: u32,
	pub(super) kinds: Vec<Kind>,
	/// Value set to which it is bound.
	pub(super) set: Option<&'static str>,
}

/// One of the types that an element may have.
#[derive(Clone, Debug)]
pub(super) struct Kind {
	name: &'static str,
	pub(super) of: Of,
}

/// What stands in an element.
#[derive(Clone, Debug)]
pub(super) enum Of {
	Primitive(Primitive),
	/// Name of the shape.
	Shape(String),
	/// To one of these types of resource, or to any if there is none.
	Reference(Vec<&'static str>),
	/// Any resource.
	Resource,
}

/// A value set.
#[derive(Debug, Default)]
pub(super) struct ValueSet {
	/// Codes by system, in order.
	pub(super) systems: Vec<(&'static str, HashSet<&'static str>)>,
	/// The first codes, for an error.
	pub(super) first: Vec<&'static str>,
}

impl ValueSet {
	/// Whether the code is one of it, of any system.
	pub(super) fn has(&self, code: &str) -> bool {
		self.systems.iter().any(|(_, codes)| codes.contains(code))
	}

	/// Whether the code of this system is one of it.
	pub(super) fn has_coding(&self, system: &str, code: &str) -> bool {
		self.systems
			.iter()
			.any(|(known, codes)| *known == system && codes.contains(code))
	}
}

impl Shape {
	/// Place of the element and of its type among those that it may have.
	pub(super) fn slot(&self, name: &str) -> Option<(usize, usize)> {
		self.slots.get(name).copied()
	}
}

impl Element {
	/// Its name in JSON when it is of this type.
	pub(super) fn json_name(&self, kind: &Kind) -> String {
		if !self.choice {
			return self.name.into();
		}
		let (first, rest) = kind.name.split_at_checked(1).unwrap_or(("", kind.name));
		format!("{}{}{rest}", self.name, first.to_ascii_uppercase())
	}
}

impl Definitions {
	pub(super) fn shape(&self, name: &str) -> Option<&Shape> {
		self.shapes.get(name)
	}

	/// A resource that can be written down.
	pub(super) fn resource(&self, name: &str) -> Option<&Shape> {
		self.shape(name).filter(|shape| shape.resource)
	}

	pub(super) fn set(&self, name: &str) -> Option<&ValueSet> {
		self.sets.get(name)
	}

	/// Names of all resources.
	#[cfg(test)]
	pub(super) fn resources(&self) -> std::collections::BTreeSet<&str> {
		let named = self.shapes.values().filter(|shape| shape.resource);
		named.map(|shape| shape.name.as_str()).collect()
	}

	fn read(text: &'static str) -> Option<Self> {
		let mut found = Self::default();
		let mut set = None;
		// Names of the shapes in which the line before stood.
		let mut within = Vec::<String>::new();
		for line in text.lines().filter(|line| !line.starts_with('#')) {
			let rest = line.trim_start_matches('\t');
			let depth = line.len() - rest.len();
			let mut words = rest.split(' ');
			let first = words.next()?;
			match (depth, first) {
				(0, "set") => set = Some(words.next()?),
				(0, kind) => {
					set = None;
					let name = words.next()?;
					let base = words.next().filter(|base| *base != "-").unwrap_or_default();
					let resource =
						kind == "resource" && !["Resource", "DomainResource"].contains(&name);
					found.add(name.into(), resource, base);
					within = vec![name.into()];
				},
				(_, system) if set.is_some() => {
					let set = found.sets.entry(set?).or_default();
					let codes: Vec<_> = words.collect();
					set.first.extend(codes.iter().take(12));
					set.systems.push((system, codes.into_iter().collect()));
				},
				(depth, name) => {
					within.truncate(depth);
					let (cardinality, kinds, set) = (words.next()?, words.next()?, words.next());
					let path = format!("{}.{name}", within.last()?);
					match kinds {
						"=" => found.add(path.clone(), false, "BackboneElement"),
						"-" => found.add(path.clone(), false, "Element"),
						_ => {},
					}
					let (min, max) = match cardinality {
						"?" => (0, 1),
						"1" => (1, 1),
						"*" => (0, u32::MAX),
						"+" => (1, u32::MAX),
						other => {
							let (min, max) = other.split_once("..")?;
							(min.parse().ok()?, max.parse().unwrap_or(u32::MAX))
						},
					};
					let kinds = kinds.split('|').map(|kind| Kind::read(kind, &path)).collect();
					let (name, choice) = match name.strip_suffix("[x]") {
						Some(name) => (name, true),
						None => (name, false),
					};
					let holder = found.shapes.get_mut(within.last()?)?;
					holder.elements.push(Element { name, choice, min, max, kinds, set });
					within.push(path);
				},
			}
		}
		found.inherit();
		Some(found)
	}

	fn add(&mut self, name: String, resource: bool, base: &'static str) {
		let shape = Shape {
			name: name.clone(),
			resource,
			base,
			elements: Vec::new(),
			slots: HashMap::new(),
		};
		self.shapes.insert(name, shape);
	}

	/// Gives each shape the elements of what it is based on, before its own.
	fn inherit(&mut self) {
		let mut inherited = HashMap::new();
		for (name, shape) in &self.shapes {
			let mut elements = Vec::new();
			let mut base = self.shapes.get(shape.base);
			while let Some(one) = base {
				elements.splice(0..0, one.elements.iter().cloned());
				base = self.shapes.get(one.base);
			}
			inherited.insert(name.clone(), elements);
		}
		for (name, shape) in &mut self.shapes {
			let own = std::mem::take(&mut shape.elements);
			shape.elements = inherited.remove(name).unwrap_or_default();
			shape.elements.extend(own);
			for (at, element) in shape.elements.iter().enumerate() {
				for (kind_at, kind) in element.kinds.iter().enumerate() {
					shape.slots.insert(element.json_name(kind), (at, kind_at));
				}
			}
		}
	}
}

impl Kind {
	fn read(text: &'static str, path: &str) -> Self {
		let (name, targets) = match text.split_once('(') {
			Some((name, targets)) => (name, targets.trim_end_matches(')').split(',').collect()),
			None => (text, Vec::new()),
		};
		let of = match (name, Primitive::named(name)) {
			("Reference", _) => Of::Reference(targets),
			("Resource", _) => Of::Resource,
			("=" | "-", _) => Of::Shape(path.into()),
			(_, Some(primitive)) => Of::Primitive(primitive),
			(name, None) => Of::Shape(name.trim_start_matches('#').into()),
		};
		Self { name, of }
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_type_and_value_set_named_is_there() {
		assert_eq!(R4.resources().len(), 146);
		for shape in R4.shapes.values() {
			assert!(shape.base.is_empty() || R4.shape(shape.base).is_some(), "{}", shape.name);
			for element in &shape.elements {
				let place = format!("{}.{}", shape.name, element.name);
				assert!(element.set.is_none_or(|set| R4.set(set).is_some()), "{place}");
				for kind in &element.kinds {
					match &kind.of {
						Of::Shape(name) => assert!(R4.shape(name).is_some(), "{place}: {name}"),
						Of::Reference(targets) => {
							assert!(targets.iter().all(|to| R4.resource(to).is_some()), "{place}");
						},
						Of::Primitive(_) | Of::Resource => {},
					}
				}
			}
		}
	}

	#[test]
	fn shapes_have_what_they_inherit() {
		let observation = R4.resource("Observation").unwrap();
		for name in ["id", "meta", "text", "contained", "status", "valueQuantity", "valueDateTime"]
		{
			assert!(observation.slot(name).is_some(), "{name}");
		}
		assert!(observation.slot("value").is_none() && observation.slot("resourceType").is_none());
		let component = R4.shape("Observation.component").unwrap();
		assert!(component.slot("modifierExtension").is_some());
		assert!(R4.shape("Age").unwrap().slot("comparator").is_some());
		assert!(R4.resource("DomainResource").is_none() && R4.resource("Quantity").is_none());
	}
}
