//! Plain HTTP, for what no well-behaved client does.

use salus_tests::{block_on, Result};
use serde::Serialize;
use serde_json::{json, Value};
use std::sync::LazyLock;

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
	// An error says that another provider is there already, which serves as well.
	let _ = rustls::crypto::ring::default_provider().install_default();
	reqwest::Client::new()
});

/// Posts JSON and returns the answer's, which must come with this status.
pub(crate) fn post(base: &str, route: &str, body: &impl Serialize, status: u16) -> Result<Value> {
	answer(HTTP.post(format!("{base}{route}")).json(body), status)
}

/// The same, with this token.
pub(crate) fn post_as(
	base: &str,
	route: &str,
	token: &str,
	body: &impl Serialize,
	status: u16,
) -> Result<Value> {
	answer(HTTP.post(format!("{base}{route}")).bearer_auth(token).json(body), status)
}

fn answer(request: reqwest::RequestBuilder, status: u16) -> Result<Value> {
	block_on(async {
		let response = request.send().await?;
		let found = response.status().as_u16();
		let answer: Value = response.json().await?;
		assert_eq!(found, status, "{answer}");
		Ok(answer)
	})
}

/// Gets JSON with a token; the answer must come with this status.
pub(crate) fn get(base: &str, route: &str, token: &str, status: u16) -> Result<Value> {
	let request = HTTP.get(format!("{base}{route}")).bearer_auth(token);
	block_on(async {
		let response = request.send().await?;
		let found = response.status().as_u16();
		let answer: Value = response.json().await?;
		assert_eq!(found, status, "{answer}");
		Ok(answer)
	})
}

/// Calls a method of a node's JSON-RPC.
pub(crate) fn rpc(node: &str, method: &str, params: Value) -> Result<Value> {
	let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
	let answer = post(node, "", &call, 200)?;
	match answer.get("result") {
		Some(result) => Ok(result.clone()),
		None => Err(format!("{method}: {answer}").into()),
	}
}
