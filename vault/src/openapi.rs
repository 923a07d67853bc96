//! The vault's routes as data, from which both its router and its OpenAPI document are made, so that
//! neither has what the other lacks.

use crate::{
	errors::Error,
	holding::{served, Served},
	limits::Class,
	vault::Vault,
	web::MAX_JSON,
};
use axum::{
	extract::DefaultBodyLimit,
	handler::Handler,
	http::Method,
	routing::{on, MethodFilter, MethodRouter},
};
use salus_client::vault_api::{
	ErrorBody, ATTEMPT_HEADER, BREAK_GLASS_HEADER, GUARDIAN_HEADER, PREFER_HEADER,
	REQUEST_ID_HEADER,
};
use salus_primitives::ids::{hex_schema, ChartId};
use schemars::{generate::SchemaSettings, json_schema, JsonSchema, Schema, SchemaGenerator};
use serde_json::{json, Map, Value};
use std::{collections::BTreeMap, sync::Arc};

/// The standard by which the document is written.
const OPENAPI_VERSION: &str = "3.1.0";

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A body.
struct Content {
	media_type: &'static str,
	schema: SchemaOf,
}

/// A header or a parameter of the query.
struct Named {
	name: &'static str,
	schema: SchemaOf,
	required: bool,
}

/// A route: its handler, and what is to be known to call it.
pub(crate) struct Route {
	pub(crate) method: Method,
	pub(crate) path: &'static str,
	pub(crate) class: Class,
	pub(crate) handler: MethodRouter<Arc<Vault>>,
	about: &'static str,
	/// Who may call it; anyone, without a sign-in, if none is named.
	who: Option<&'static str>,
	/// Names in the path that are numbers; the others are ids.
	numbers: &'static [&'static str],
	/// The object whose fields the query has.
	query: Option<SchemaOf>,
	asks_headers: Vec<Named>,
	asks: Option<Content>,
	/// Status of its success.
	status: u16,
	answers: Option<Content>,
	answers_header: Option<Named>,
	/// Other statuses of success, and what they say.
	also: &'static [(u16, &'static str)],
	/// The other success, 202: what it says, and its body.
	waits: Option<(&'static str, SchemaOf)>,
	failures: Vec<Error>,
}

impl Route {
	fn new<H, T>(method: Method, filter: MethodFilter, path: &'static str, handler: H) -> Self
	where
		H: Handler<T, Arc<Vault>>,
		T: 'static,
	{
		Self {
			method,
			path,
			class: Class::Address,
			handler: on(filter, handler),
			about: "",
			who: None,
			numbers: &[],
			query: None,
			asks_headers: Vec::new(),
			asks: None,
			status: 204,
			answers: None,
			answers_header: None,
			also: &[],
			waits: None,
			failures: Vec::new(),
		}
	}

	/// A GET.
	pub(crate) fn get<H: Handler<T, Arc<Vault>>, T: 'static>(path: &'static str, to: H) -> Self {
		Self::new(Method::GET, MethodFilter::GET, path, to)
	}

	/// A POST.
	pub(crate) fn post<H: Handler<T, Arc<Vault>>, T: 'static>(path: &'static str, to: H) -> Self {
		Self::new(Method::POST, MethodFilter::POST, path, to)
	}

	/// A PUT.
	pub(crate) fn put<H: Handler<T, Arc<Vault>>, T: 'static>(path: &'static str, to: H) -> Self {
		Self::new(Method::PUT, MethodFilter::PUT, path, to)
	}

	/// A PATCH.
	pub(crate) fn patch<H: Handler<T, Arc<Vault>>, T: 'static>(path: &'static str, to: H) -> Self {
		Self::new(Method::PATCH, MethodFilter::PATCH, path, to)
	}

	/// A DELETE.
	pub(crate) fn delete<H: Handler<T, Arc<Vault>>, T: 'static>(path: &'static str, to: H) -> Self {
		Self::new(Method::DELETE, MethodFilter::DELETE, path, to)
	}

	/// What it does, in a sentence.
	pub(crate) fn about(self, about: &'static str) -> Self {
		Self { about, ..self }
	}

	/// Those who are signed in and may call it.
	pub(crate) fn by(self, who: &'static str) -> Self {
		Self { who: Some(who), class: Class::Account, ..self }
			.fails([Error::NotSignedIn, Error::StorageDamaged])
	}

	/// Under which limit it is, where that is not plain from who may call it.
	pub(crate) fn limited(self, class: Class) -> Self {
		Self { class, ..self }
	}

	/// These names in the path are numbers.
	pub(crate) fn numbers(self, numbers: &'static [&'static str]) -> Self {
		Self { numbers, ..self }
	}

	/// The query has the fields of `T`.
	pub(crate) fn query<T: JsonSchema>(self) -> Self {
		Self { query: Some(T::json_schema), ..self }.fails([Error::Malformed(String::new())])
	}

	/// The body is JSON.
	pub(crate) fn asks<T: JsonSchema>(self) -> Self {
		let asks = Content { media_type: "application/json", schema: schema_of::<T> };
		Self { asks: Some(asks), ..self }.fails([Error::Malformed(String::new()), Error::TooLarge])
	}

	/// The body is bytes.
	pub(crate) fn asks_bytes(self) -> Self {
		let asks = Content { media_type: "application/octet-stream", schema: bytes };
		Self { asks: Some(asks), ..self }.fails([Error::Malformed(String::new()), Error::TooLarge])
	}

	/// The body is JSON of at most `most` bytes, which is kept as it is.
	pub(crate) fn asks_file(self, most: usize) -> Self {
		let handler = self.handler.layer(DefaultBodyLimit::max(most));
		Self { handler, ..self }.asks::<Map<String, Value>>()
	}

	/// A header carries Base64 of JSON.
	pub(crate) fn asks_header<T: JsonSchema>(self, name: &'static str) -> Self {
		self.header(Named { name, schema: base64::<T>, required: true })
	}

	/// A header is a number.
	pub(crate) fn asks_number(self, name: &'static str) -> Self {
		self.header(Named { name, schema: schema_of::<u64>, required: true })
			.fails([Error::Malformed(String::new())])
	}

	/// Where it waits for a batch, it does so for as long as a header says, and then answers 202 with
	/// `T` and where to ask.
	pub(crate) fn may_wait<T: JsonSchema>(self) -> Self {
		let waits = ("It waits for its batch; `location` says where to ask.", schema_of::<T> as _);
		Self { waits: Some(waits), ..self }.header(Named {
			name: PREFER_HEADER,
			schema: schema_of::<String>,
			required: false,
		})
	}

	fn header(mut self, header: Named) -> Self {
		self.asks_headers.push(header);
		self
	}

	/// A guardian may call it too, who shows in a header that they may read.
	pub(crate) fn shown_by_guardians(self) -> Self {
		self.header(Named { name: GUARDIAN_HEADER, schema: base64_json, required: false })
			.fails([Error::GuardiansWordRefused, Error::Malformed(String::new())])
	}

	/// Who asks again for the same names it in a header.
	pub(crate) fn names_attempts(self) -> Self {
		self.header(Named { name: ATTEMPT_HEADER, schema: attempt, required: false })
			.fails([Error::Malformed(String::new()), Error::AlreadyExists("")])
	}

	/// Who broke the glass shows that in a header.
	pub(crate) fn shown_in_emergencies(self, required: bool) -> Self {
		self.header(Named { name: BREAK_GLASS_HEADER, schema: base64_json, required })
			.fails([Error::Malformed(String::new())])
	}

	/// The answer is JSON. Without this or the like it is 204.
	pub(crate) fn answers<T: JsonSchema>(self) -> Self {
		let answers = Content { media_type: "application/json", schema: schema_of::<T> };
		Self { answers: Some(answers), status: 200, ..self }
	}

	/// What it was asked for has begun when it answers.
	pub(crate) fn begins(self) -> Self {
		Self { status: 202, ..self }
	}

	/// The answer is JSON about something made, whose place `location` tells.
	pub(crate) fn makes<T: JsonSchema>(self) -> Self {
		Self { status: 201, ..self.answers::<T>() }
	}

	/// The answer is bytes.
	pub(crate) fn answers_bytes(self) -> Self {
		let answers = Content { media_type: "application/octet-stream", schema: bytes };
		Self { answers: Some(answers), status: 200, ..self }
	}

	/// A header of the answer carries Base64 of JSON.
	pub(crate) fn answers_header<T: JsonSchema>(self, name: &'static str) -> Self {
		let header = Named { name, schema: base64::<T>, required: true };
		Self { answers_header: Some(header), ..self }
	}

	/// It may also answer one of these, without a body.
	pub(crate) fn also(self, also: &'static [(u16, &'static str)]) -> Self {
		Self { also, ..self }
	}

	/// How it may fail, beyond what every route may.
	pub(crate) fn fails(mut self, failures: impl IntoIterator<Item = Error>) -> Self {
		self.failures.extend(failures);
		self
	}

	/// It asks the chain.
	pub(crate) fn asks_chain(self) -> Self {
		self.fails([Error::NodeUnavailable(String::new()), Error::HeadStale { seconds: 0 }])
	}

	/// It waits until a transaction is final.
	pub(crate) fn waits(self) -> Self {
		self.asks_chain()
			.fails([Error::ChainRefused(String::new()), Error::NotFinalInTime])
	}

	/// Whether it is only for those who are signed in.
	#[cfg(test)]
	pub(crate) const fn is_signed_in(&self) -> bool {
		self.who.is_some()
	}

	/// Names in the path, in order.
	pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
		self.path
			.split('/')
			.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
			.map(|name| name.trim_start_matches('*'))
	}

	/// Codes by status.
	fn codes(&self) -> BTreeMap<u16, Vec<&'static str>> {
		let malformed = self.names().next().map(|_| Error::Malformed(String::new()));
		let always = [
			Error::TooManyRequests { seconds: 0 },
			Error::Stopping,
			Error::Internal(String::new()),
		];
		let mut codes: BTreeMap<u16, Vec<_>> = BTreeMap::new();
		// As its holding is offered, or taken over by another.
		let elsewhere =
			[Error::HoldingClosed { seconds: 0 }, Error::HoldingMoved(0), Error::HoldingOffered(0)];
		let elsewhere = match served(&self.method, self.path) {
			Served::Always => &[],
			Served::WhileKept => &elsewhere[..2],
			Served::WhileNotOffered => &elsewhere[..],
		};
		// Of a holding that was taken over and is not in service yet.
		let unknown =
			|failure: &Error| matches!(failure, Error::ChartUnknown | Error::RecordUnknown);
		let arriving = [Error::HoldingArriving { seconds: 0 }];
		let arriving = if self.failures.iter().any(unknown) { &arriving[..] } else { &[] };
		let failures = self.failures.iter().chain(&always).chain(elsewhere).chain(arriving);
		for failure in failures.chain(&malformed) {
			let (status, code) = failure.status_and_code();
			codes.entry(status.as_u16()).or_default().push(code);
		}
		for codes in codes.values_mut() {
			codes.sort_unstable();
			codes.dedup();
		}
		codes
	}

	/// The operation's name: the method and the words of the path.
	fn operation(&self) -> String {
		let mut name = self.method.as_str().to_ascii_lowercase();
		for word in self.path.split(|sign: char| !sign.is_ascii_alphanumeric()) {
			let (first, rest) = word.split_at(word.len().min(1));
			name.push_str(&first.to_ascii_uppercase());
			name.push_str(rest);
		}
		name
	}

	fn described(&self, schemas: &mut SchemaGenerator) -> Value {
		let mut parameters = Vec::new();
		for name in self.names() {
			let schema = if self.numbers.contains(&name) {
				schemas.subschema_for::<u32>()
			} else {
				hex_schema::<32>(schemas)
			};
			parameters
				.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
		}
		if let Some(query) = self.query {
			let object = query(schemas).to_value();
			let required = object.get("required").and_then(Value::as_array).cloned();
			let fields = object.get("properties").and_then(Value::as_object).cloned();
			for (name, schema) in fields.unwrap_or_default() {
				let needed = required.iter().flatten().any(|needed| *needed == name);
				parameters.push(
					json!({ "name": name, "in": "query", "required": needed, "schema": schema }),
				);
			}
		}
		for header in &self.asks_headers {
			parameters.push(json!({
				"name": header.name,
				"in": "header",
				"required": header.required,
				"schema": (header.schema)(schemas),
			}));
		}
		let mut operation = json!({
			"operationId": self.operation(),
			"summary": self.about,
			"description": format!("Who: {}.", self.who.unwrap_or("anyone, without a sign-in")),
			"parameters": parameters,
			"security": if self.who.is_some() { json!([{ "token": [] }]) } else { json!([]) },
			"responses": self.responses(schemas),
		});
		if let (Some(asks), Some(operation)) = (&self.asks, operation.as_object_mut()) {
			let content = content(asks, schemas);
			operation.insert("requestBody".into(), json!({ "required": true, "content": content }));
		}
		operation
	}

	fn responses(&self, schemas: &mut SchemaGenerator) -> Value {
		let id = json!({ "$ref": format!("#/components/headers/{REQUEST_ID_HEADER}") });
		let mut responses = Map::new();
		let mut headers = json!({ REQUEST_ID_HEADER: id.clone() });
		if let (Some(header), Some(headers)) = (&self.answers_header, headers.as_object_mut()) {
			let schema = (header.schema)(schemas);
			headers.insert(
				header.name.into(),
				json!({ "required": header.required, "schema": schema }),
			);
		}
		let says = if self.status == 202 { "Begun." } else { "Done." };
		let mut success = json!({ "description": says, "headers": headers });
		if let (Some(answers), Some(success)) = (&self.answers, success.as_object_mut()) {
			success.insert("content".into(), content(answers, schemas));
		}
		responses.insert(self.status.to_string(), success);
		if let Some((says, schema)) = self.waits {
			let body = Content { media_type: "application/json", schema };
			responses.insert(
				"202".into(),
				json!({
					"description": says,
					"headers": { REQUEST_ID_HEADER: id.clone() },
					"content": content(&body, schemas),
				}),
			);
		}
		for (status, says) in self.also {
			responses.insert(
				status.to_string(),
				json!({ "description": says, "headers": { REQUEST_ID_HEADER: id.clone() } }),
			);
		}
		let body = schemas.subschema_for::<ErrorBody>();
		for (status, codes) in self.codes() {
			let mut headers = json!({ REQUEST_ID_HEADER: id.clone() });
			if let (429, Some(headers)) = (status, headers.as_object_mut()) {
				headers.insert(
					"retry-after".into(),
					json!({
						"description": "Seconds to wait.",
						"required": true,
						"schema": { "type": "integer", "minimum": 1 },
					}),
				);
			}
			responses.insert(
				status.to_string(),
				json!({
					"description": codes.join(", "),
					"headers": headers,
					"content": { "application/json": { "schema": {
						"allOf": [body.clone()],
						"properties": { "code": { "enum": codes } },
					} } },
				}),
			);
		}
		Value::Object(responses)
	}
}

fn content(content: &Content, schemas: &mut SchemaGenerator) -> Value {
	json!({ content.media_type: { "schema": (content.schema)(schemas) } })
}

fn schema_of<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
	schemas.subschema_for::<T>()
}

/// Bytes as they are, which have no schema.
fn bytes(_: &mut SchemaGenerator) -> Schema {
	json_schema!({})
}

fn base64<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
	let holds = schemas.subschema_for::<T>();
	json_schema!({
		"type": "string",
		"contentEncoding": "base64",
		"contentMediaType": "application/json",
		"contentSchema": holds,
	})
}

/// An attempt's name: salus_client::vault_api::Attempt.
fn attempt(_: &mut SchemaGenerator) -> Schema {
	json_schema!({ "type": "string", "pattern": "^[0-9a-fA-F]{32}$" })
}

/// What a guardian shows: salus_client::vault_api::GuardianReading.
fn base64_json(_: &mut SchemaGenerator) -> Schema {
	json_schema!({
		"type": "string",
		"contentEncoding": "base64",
		"contentMediaType": "application/json",
	})
}

/// The document of these routes.
pub(crate) fn document(routes: &[Route]) -> Value {
	let mut schemas = SchemaSettings::draft2020_12()
		.with(|settings| settings.definitions_path = "/components/schemas".into())
		.into_generator();
	// Named even where no body has one.
	schemas.subschema_for::<ChartId>();
	let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
	for route in routes {
		let method = route.method.as_str().to_ascii_lowercase();
		let described = route.described(&mut schemas);
		paths.entry(route.path).or_default().insert(method, described);
	}
	json!({
		"openapi": OPENAPI_VERSION,
		"info": {
			"title": "Salus vault",
			"version": env!("CARGO_PKG_VERSION"),
			"description": format!(
				"Byte strings are 0x and hexadecimal digits, moments milliseconds since 1970. JSON \
				 bodies have at most {MAX_JSON} bytes unless said otherwise. Every answer that is no \
				 success has an ErrorBody. Decisions are the chain's; docs/vault.md has the rest."
			),
			"license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
		},
		"servers": [{ "url": "/" }],
		"paths": paths,
		"components": {
			"schemas": schemas.take_definitions(true),
			"headers": { REQUEST_ID_HEADER: {
				"description": "Random; the operator finds the request in the log by it.",
				"required": true,
				"schema": { "type": "string", "pattern": "^[0-9a-f]{16}$" },
			} },
			"securitySchemes": { "token": {
				"type": "http",
				"scheme": "bearer",
				"description": "From a sign-in, for 15 minutes.",
			} },
		},
	})
}

#[cfg(test)]
mod tests;
