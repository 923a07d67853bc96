//! Elements of a resource and where they stand.

use super::ConsentError;
use crate::content::shown;
use salus_primitives::codes::UnknownCode;
use serde_json::Value;
use std::str::FromStr;

pub(super) type Result<T, E = ConsentError> = core::result::Result<T, E>;

/// An element and its way from the resource, as FHIRPath writes it.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
	path: String,
	value: &'a Value,
}

impl<'a> Place<'a> {
	pub(super) fn root(name: &str, value: &'a Value) -> Self {
		Self { path: name.into(), value }
	}

	/// The member of this name.
	pub(super) fn to(&self, name: &str) -> Option<Self> {
		let value = self.value.get(name)?;
		Some(Self { path: format!("{}.{name}", self.path), value })
	}

	pub(super) fn has(&self, name: &str) -> bool {
		self.value.get(name).is_some()
	}

	/// The member of this name, which has to be there.
	pub(super) fn must(&self, name: &str, what: &str) -> Result<Self> {
		self.to(name).map_or_else(|| self.refuse_at(name, what), Ok)
	}

	/// The items of the member of this name.
	pub(super) fn items(&self, name: &str) -> Vec<Self> {
		let items = self.value.get(name).and_then(Value::as_array);
		items
			.into_iter()
			.flatten()
			.enumerate()
			.map(|(at, value)| Self { path: format!("{}.{name}[{at}]", self.path), value })
			.collect()
	}

	/// The text of the member of this name.
	pub(super) fn text(&self, name: &str) -> Option<&'a str> {
		self.value.get(name)?.as_str()
	}

	/// The text that this is.
	pub(super) fn as_text(&self) -> &'a str {
		self.value.as_str().unwrap_or_default()
	}

	pub(super) fn refuse<T>(&self, what: impl Into<String>) -> Result<T> {
		Err(ConsentError::Refused { path: self.path.clone(), what: what.into() })
	}

	pub(super) fn refuse_at<T>(&self, name: &str, what: impl Into<String>) -> Result<T> {
		let path = format!("{}.{}", self.path, shown(name));
		Err(ConsentError::Refused { path, what: what.into() })
	}

	/// Refuses members of other names, a primitive's ids and extensions too; `id` may stand everywhere.
	pub(super) fn only(&self, names: &[&str]) -> Result<()> {
		let members = self.value.as_object().into_iter().flatten();
		for (name, _) in members {
			if name != "id" && !names.contains(&name.as_str()) {
				return self.refuse_at(
					name,
					"no directive says this: take it out if it is not meant to limit anything",
				);
			}
		}
		Ok(())
	}

	/// The only Coding of a CodeableConcept.
	pub(super) fn coding(&self) -> Result<Self> {
		self.only(&["coding", "text"])?;
		let mut codings = self.items("coding");
		match (codings.pop(), codings.is_empty()) {
			(Some(coding), true) => Ok(coding),
			_ => self.refuse_at("coding", "must be there, and one alone: words decide nothing"),
		}
	}

	/// System and code of a Coding.
	pub(super) fn system_and_code(&self) -> Result<(&'a str, &'a str)> {
		self.only(&["system", "version", "code", "display", "userSelected"])?;
		match (self.text("system"), self.text("code")) {
			(None, _) => self.refuse_at("system", "is missing: a code means nothing without it"),
			(_, None) => self.refuse_at("code", "is missing: words decide nothing"),
			(Some(system), Some(code)) => Ok((system, code)),
		}
	}

	/// The code of a Coding in this system.
	pub(super) fn code<T: FromStr<Err = UnknownCode>>(&self, system: &str) -> Result<T> {
		let (said, code) = self.system_and_code()?;
		if said != system {
			return self
				.refuse_at("system", format!("must be {system}: no directive knows others"));
		}
		self.parse_code("code", code)
	}

	/// One of a value set, which the member of this name says.
	pub(super) fn parse_code<T>(&self, name: &str, code: &str) -> Result<T>
	where
		T: FromStr<Err = UnknownCode>,
	{
		code.parse().or_else(|unknown: UnknownCode| {
			let known = unknown.known.join(" ");
			let code = shown(code);
			self.refuse_at(name, format!("no directive knows '{code}': known are {known}"))
		})
	}
}
