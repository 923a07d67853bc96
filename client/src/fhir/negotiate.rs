//! In which form an answer is wanted: `_format` or, without it, the header `accept`.

/// Names of FHIR's JSON.
const JSON: [&str; 4] = ["application/fhir+json", "application/json", "text/json", "json"];

/// A form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
	/// No matter.
	Any,
	/// As a resource in JSON.
	Resource,
	/// As the bytes are.
	Native,
}

/// The form wanted; `None` if it is none that there is. `native` is the media type of the bytes as they
/// are, where it is known; where it is not, every type may be theirs.
pub fn form(format: Option<&str>, accept: Option<&str>, native: Option<&str>) -> Option<Form> {
	if let Some(format) = format {
		// Written as it is into an address, + is a space.
		return one(&format.trim().replace(' ', "+"), native);
	}
	let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
		return Some(Form::Any);
	};
	let mut wanted: Vec<_> = accept.split(',').filter_map(weighed).collect();
	wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
	wanted.into_iter().find_map(|(media, _)| one(media, native))
}

/// One part of `accept` and its weight in thousandths; none if it is not wanted at all.
fn weighed(part: &str) -> Option<(&str, u32)> {
	let mut parameters = part.split(';').map(str::trim);
	let media = parameters.next()?;
	let weight = parameters.find_map(|parameter| parameter.strip_prefix("q=")).unwrap_or("1");
	let weight = weight.parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
	// Between 0 and 1000 by now.
	let weight = (weight * 1000.0) as u32;
	(weight > 0).then_some((media, weight))
}

fn one(media: &str, native: Option<&str>) -> Option<Form> {
	let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
	match media.as_str() {
		"*/*" | "application/*" => Some(Form::Any),
		json if JSON.contains(&json) => Some(Form::Resource),
		other if native.is_none_or(|native| native == other) => Some(Form::Native),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_format_outweighs_the_header() {
		let of = |format| form(Some(format), Some("text/html"), Some("a/b"));
		assert_eq!(of("json"), Some(Form::Resource));
		assert_eq!(of("application/fhir json"), Some(Form::Resource));
		assert_eq!(of("application/fhir+json; fhirVersion=4.0"), Some(Form::Resource));
		assert_eq!(of("a/b"), Some(Form::Native));
		assert_eq!(of("xml"), None);
	}

	#[test]
	fn headers_are_weighed() {
		let of = |accept| form(None, Some(accept), Some("a/b"));
		assert_eq!(form(None, None, None), Some(Form::Any));
		assert_eq!(of(""), Some(Form::Any));
		assert_eq!(of("*/*"), Some(Form::Any));
		assert_eq!(of("text/html, application/fhir+json"), Some(Form::Resource));
		assert_eq!(of("application/json;q=0.2, a/b;q=0.9"), Some(Form::Native));
		assert_eq!(of("a/b;q=0, application/json;q=0.001"), Some(Form::Resource));
		assert_eq!(of("text/html"), None);
		assert_eq!(of("a/b;q=many"), None);
		assert_eq!(form(None, Some("image/png"), None), Some(Form::Native));
	}
}
