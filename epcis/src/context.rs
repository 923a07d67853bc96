//! The JSON-LD context: which namespace a prefix stands for.
//!
//! Contexts are not fetched: a document's own declarations and the prefixes of the EPCIS 2.0 context
//! are what counts, as in the reference implementation of the event hash.

use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// The prefixes of the EPCIS 2.0 context.
const STANDARD: &[(&str, &str)] = &[
	("cbv", "https://ref.gs1.org/cbv/"),
	("cbvmda", "urn:epcglobal:cbv:mda:"),
	("dcterms", "http://purl.org/dc/terms/"),
	("epcis", "https://ref.gs1.org/epcis/"),
	("gs1", "https://gs1.org/voc/"),
	("owl", "http://www.w3.org/2002/07/owl#"),
	("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
	("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The prefixes that CBV 2.0, section 8.9 expands in values too.
const IN_VALUES: &[&str] = &["cbv", "epcis", "gs1"];

/// Where GS1 publishes the EPCIS 2.0 context.
const PUBLISHED: &[&str] =
	&["https://ref.gs1.org/standards/epcis/", "https://gs1.github.io/EPCIS/"];

/// Most bytes of a namespace; a longer one is not declared.
const MAX_NAMESPACE: usize = 2048;

/// What a document or event declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
	prefixes: BTreeMap<String, String>,
	open: bool,
	/// What holds where this declares nothing else.
	outer: Option<Arc<Context>>,
}

impl Context {
	/// What `context`, a `@context` of any form, declares.
	pub(crate) fn of(context: &Value) -> Self {
		let mut read = Self::default();
		read.add(context);
		read
	}

	/// What `context` declares, and otherwise this.
	pub(crate) fn within(self: &Arc<Self>, context: &Value) -> Self {
		let inner = Self::of(context);
		Self { open: inner.open || self.open, outer: Some(self.clone()), ..inner }
	}

	fn add(&mut self, context: &Value) {
		match context {
			Value::String(address) => {
				// What others publish may declare anything.
				self.open |= !PUBLISHED.iter().any(|published| address.starts_with(published));
			},
			Value::Array(all) => all.iter().for_each(|one| self.add(one)),
			Value::Object(terms) => {
				for (term, definition) in terms {
					let namespace = definition.as_str().or_else(|| definition.get("@id")?.as_str());
					match (term.as_str(), namespace) {
						("@vocab", _) => self.open = true,
						(_, Some(namespace))
							if !term.starts_with('@') && namespace.len() <= MAX_NAMESPACE =>
						{
							self.prefixes.insert(term.clone(), namespace.into());
						},
						_ => {},
					}
				}
			},
			_ => {},
		}
	}

	/// Whether keys that nothing here declares may be declared elsewhere.
	pub(crate) fn is_open(&self) -> bool {
		self.open
	}

	/// Whether it declares a prefix or term.
	pub(crate) fn declares(&self, term: &str) -> bool {
		self.namespace(term).is_some()
	}

	/// The namespace that a document or event gives to a prefix.
	fn declared(&self, prefix: &str) -> Option<&str> {
		let outer = || self.outer.as_ref()?.declared(prefix);
		self.prefixes.get(prefix).map(String::as_str).or_else(outer)
	}

	fn namespace(&self, prefix: &str) -> Option<&str> {
		let standard = || STANDARD.iter().find(|(known, _)| *known == prefix).map(|known| known.1);
		self.declared(prefix).or_else(standard)
	}

	/// A key of JSON as the name that the hash takes: the full namespace in braces before the local
	/// name; as it stands if the prefix is unknown.
	pub(crate) fn name(&self, key: &str) -> String {
		match key.split_once(':') {
			Some((prefix, local)) => match self.namespace(prefix) {
				Some(namespace) => format!("{{{namespace}}}{local}"),
				None => key.into(),
			},
			None => key.into(),
		}
	}

	/// A value with its compact prefix written out.
	pub(crate) fn value(&self, text: &str) -> String {
		let expanded = text.split_once(':').and_then(|(prefix, local)| {
			let known = IN_VALUES.contains(&prefix) || self.declared(prefix).is_some();
			Some(format!("{}{local}", self.namespace(prefix).filter(|_| known)?))
		});
		expanded.unwrap_or_else(|| text.into())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn prefixes_are_written_out() {
		let context = Context::of(&json!([
			"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
			{ "ext": "https://ns.example.com/", "term": { "@id": "https://t.example.com/" } },
			{ "cbvmda": "urn:epcglobal:cbv:mda:", "@version": 1.1 },
			null,
		]));
		assert_eq!(context.name("ext:a:b"), "{https://ns.example.com/}a:b");
		assert_eq!(context.name("term:a"), "{https://t.example.com/}a");
		assert_eq!(context.name("cbvmda:lotNumber"), "{urn:epcglobal:cbv:mda:}lotNumber");
		assert_eq!(context.name("other:a"), "other:a");
		assert_eq!(context.value("ext:a"), "https://ns.example.com/a");
		assert_eq!(context.value("gs1:Mass"), "https://gs1.org/voc/Mass");
		assert_eq!(context.value("xsd:double"), "xsd:double");
		assert_eq!(context.value("urn:epc:id"), "urn:epc:id");
		assert!(!context.is_open());
		let outer = Arc::new(context);
		assert!(outer.within(&json!("https://example.com/context.jsonld")).is_open());
		assert!(outer.within(&json!({ "@vocab": "https://example.com/" })).is_open());
		let inner = outer.within(&json!({ "ext": "urn:x:", "long": "x".repeat(3000) }));
		assert_eq!(inner.name("ext:a"), "{urn:x:}a");
		assert_eq!(inner.name("term:a"), "{https://t.example.com/}a");
		assert!(!inner.declares("long"));
	}
}
