//! That the log says what happened and never to whom.

use super::*;
use crate::store::{RelayBatch, RELAYING};
use base64::Engine;
use std::sync::{LazyLock, Mutex, PoisonError};
use tracing::{subscriber::DefaultGuard, Dispatch};
use tracing_subscriber::{fmt::MakeWriter, EnvFilter};

/// A second one that lives for ever: with one alone, a line that another test's thread comes to first is
/// asked for of that thread, which listens to nothing, and is silent from then on.
static OTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));

/// Has this thread's lines go there.
pub(crate) fn listen(subscriber: impl Into<Dispatch>) -> DefaultGuard {
	LazyLock::force(&OTHER);
	tracing::dispatcher::set_default(&subscriber.into())
}

/// A log that can be read.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
	fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> std::io::Result<()> {
		Ok(())
	}
}

impl MakeWriter<'_> for Log {
	type Writer = Self;

	fn make_writer(&self) -> Self {
		self.clone()
	}
}

impl Log {
	pub(crate) fn text(&self) -> String {
		String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
	}
}

/// Sends to every route ids, names and tokens that can be recognised. Gives all of them.
async fn drive(harness: &Harness) -> Vec<String> {
	let patient = person("//Patient");
	let token = harness.token("//Patient");
	let named = base64::engine::general_purpose::STANDARD.encode(b"{\"who\":\"Ana Brooks\"}");
	for route in table() {
		for body in ["{\"name\":\"Ana Brooks\"}", "{}", ""] {
			for token in [Some(&token), None] {
				let mut request = HttpRequest::builder()
					.method(&route.method)
					.uri(format!(
						"{}?purpose=PATRQT&organisation=777123&role=Brooks",
						at_chart(route.path)
					))
					.header("x-forwarded-for", "203.0.113.77")
					.header("x-request-id", "ana-brooks")
					.header(api::RECORD_HEADER, &named)
					.header("user-agent", "ana-brooks");
				if let Some(token) = token {
					request = request.header("authorization", format!("Bearer {token}"));
				}
				let request = request.body(HttpBody::from(body)).unwrap();
				router(harness.vault.clone()).oneshot(request).await.unwrap();
			}
		}
	}
	let whole = at_chart("/charts/{chart}/nowhere?name=Brooks");
	harness.refusal("BROOKS", &whole, Some(&token), "Ana Brooks").await;
	let challenge = harness.vault.sign_ins.challenge(patient.account()).unwrap();
	let signature = patient.sign(&challenge.encode());
	let said = serde_json::to_string(&api::SignIn { challenge, signature }).unwrap();
	harness.refusal("POST", api::SIGN_IN, None, said).await;
	vec![
		hex::encode(CHART.0),
		hex::encode([5; 32]),
		hex::encode([6; 32]),
		hex::encode([7; 32]),
		hex::encode(patient.account()),
		token,
		named,
		"brooks".into(),
		"777123".into(),
		"203.0.113.77".into(),
		"patrqt".into(),
	]
}

async fn logged(json: bool) -> (String, Vec<String>) {
	let log = Log::default();
	let subscriber = tracing_subscriber::fmt()
		.with_env_filter(EnvFilter::new("salus_vault=trace,salus_client=trace"))
		.with_writer(log.clone());
	let _guard = if json {
		listen(subscriber.json().flatten_event(true).finish())
	} else {
		listen(subscriber.with_ansi(false).finish())
	};
	let secrets = drive(&Harness::new()).await;
	(log.text(), secrets)
}

#[tokio::test]
async fn nobody_is_named() {
	for json in [false, true] {
		let (log, secrets) = logged(json).await;
		let lower = log.to_ascii_lowercase();
		for secret in secrets {
			let secret = secret.to_ascii_lowercase();
			// Abbreviated ids are ids.
			let beginning = secret.get(..16).unwrap_or(&secret);
			assert!(!lower.contains(beginning), "{beginning} in {log}");
		}
		for route in table() {
			assert!(log.contains(route.path), "{} is not in {log}", route.path);
		}
	}
}

#[tokio::test]
async fn a_request_is_found_by_its_number() {
	let log = Log::default();
	let subscriber = tracing_subscriber::fmt()
		.with_env_filter(EnvFilter::new("salus_vault=info"))
		.with_writer(log.clone());
	let _guard = listen(subscriber.json().flatten_event(true).finish());
	let harness = Harness::new();
	let request = HttpRequest::get(api::HEALTH).body(HttpBody::empty()).unwrap();
	let response = router(harness.vault.clone()).oneshot(request).await.unwrap();
	let id = response.headers()[api::REQUEST_ID_HEADER].to_str().unwrap().to_owned();
	let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
	let line = log.text();
	let line: Value = line
		.lines()
		.map(|line| serde_json::from_str(line).unwrap())
		.find(|line: &Value| line["message"] == "answered")
		.unwrap();
	assert_eq!(line["span"]["id"], id);
	assert_eq!((&line["method"], &line["route"]), (&json!("GET"), &json!("/health")));
	assert_eq!((&line["status"], &line["bytes"]), (&json!(200), &json!(body.len())));
	assert!(line["ms"].is_u64());
}

#[tokio::test]
async fn what_orders_do_names_their_organisation() {
	let log = Log::default();
	let subscriber = tracing_subscriber::fmt()
		.with_env_filter(EnvFilter::new("salus_vault=info"))
		.with_writer(log.clone());
	let _guard = listen(subscriber.with_ansi(false).finish());
	let harness = Harness::new();
	let batch = RelayBatch { cohort: 0, orders: Vec::new() };
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| rows.push(&RELAYING, &batch))
		.unwrap();
	crate::relay::resume(&harness.vault).await.unwrap();
	// Our node is away.
	for _ in 0..1_000 {
		if log.text().contains("orders wait") {
			break;
		}
		tokio::time::sleep(std::time::Duration::from_millis(5)).await;
	}
	let text = log.text();
	let line = text.lines().find(|line| line.contains("orders wait to be submitted")).unwrap();
	assert!(line.contains("vault{organisation=1}"), "{line}");
}
