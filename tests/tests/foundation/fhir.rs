//! FHIR: the facade of the vault, and the gateway at the reader.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, FILES_STORED, IMAGE, LABORATORY, SURGEON},
	world::{identity, World},
};
use codec::Encode;
use salus_client::{
	content::check_fhir,
	fhir::{id, names, ENVELOPE, FHIR_JSON},
	vault_api::{self as api, Challenge, ChallengeRequest, SignIn},
};
use salus_tests::{
	args, block_on,
	process::{program, Process},
	Result,
};
use serde_json::Value;
use std::{fs, process::Command};

/// A response: status, media type, body.
struct Said {
	status: u16,
	media_type: String,
	body: Vec<u8>,
}

impl Said {
	/// The body, which must be FHIR R4 and come with this status.
	fn resource(&self, status: u16) -> Result<Value> {
		let text = String::from_utf8_lossy(&self.body);
		assert_eq!((self.status, self.media_type.as_str()), (status, FHIR_JSON), "{text}");
		check_fhir(&self.body).map_err(|fault| format!("{fault}: {text}"))?;
		Ok(serde_json::from_slice(&self.body)?)
	}
}

fn get(url: &str, token: &str, accept: &str) -> Result<Said> {
	let http = reqwest::Client::new();
	block_on(async {
		let request = http.get(url).bearer_auth(token).header("accept", accept);
		let response = request.send().await?;
		let status = response.status().as_u16();
		let media_type = response.headers().get("content-type");
		let media_type =
			media_type.and_then(|value| value.to_str().ok()).unwrap_or_default().into();
		Ok(Said { status, media_type, body: response.bytes().await?.to_vec() })
	})
}

/// Signs in by hand, for the token.
fn token(endpoint: &str, uri: &str) -> Result<String> {
	let who = identity(uri)?;
	let asked = ChallengeRequest { account: who.account() };
	let challenge = crate::vaults::post(endpoint, api::CHALLENGE, &asked, 200)?;
	let challenge: Challenge = serde_json::from_value(challenge)?;
	let signature = who.sign(&challenge.encode());
	let signed =
		crate::vaults::post(endpoint, api::SIGN_IN, &SignIn { challenge, signature }, 200)?;
	Ok(signed["token"].as_str().ok_or("no token")?.to_owned())
}

/// A gateway and the token for it.
struct Gateway {
	process: Process,
	base: String,
	token: String,
}

impl Gateway {
	fn start(world: &World, case: &Case, name: &str, who: &[std::ffi::OsString]) -> Result<Self> {
		let port = salus_tests::process::free_port()?;
		let token_file = case.patient.folder.join(format!("{name}.token"));
		let mut command = Command::new(program("salus")?);
		command
			.args(["--node", world.devnet.cli.node(), "--passphrase-file"])
			.arg(world.devnet.cli.passphrase())
			.args(["fhir", "serve", "--listen", &format!("127.0.0.1:{port}"), "--token"])
			.arg(&token_file)
			.args(who);
		let mut process =
			Process::start(name, command, &case.patient.folder.join(format!("{name}.log")))?;
		process.wait_until(|| {
			// The port is taken before the token is written.
			token_file.exists() && std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
		})?;
		let token = fs::read_to_string(&token_file)?;
		let mode =
			std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&token_file)?.permissions());
		assert_eq!(mode & 0o777, 0o600, "others can read the token");
		Ok(Self { process, base: format!("http://127.0.0.1:{port}/custodians/1/fhir"), token })
	}

	fn get(&self, route: &str, accept: &str) -> Result<Said> {
		get(&format!("{}/{route}", self.base), &self.token, accept)
	}
}

pub(crate) fn facade(world: &mut World) -> Result<()> {
	// An error says that another provider is there already, which serves as well.
	let _ = rustls::crypto::ring::default_provider().install_default();
	let case = Case::new(world, "fhir")?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	let endpoint = world.endpoint(1)?;
	let chart = id(case.chart_id()?);
	let record = id(case.record_id(LABORATORY)?);
	let vault = format!("{endpoint}{}", api::FHIR);
	let surgeon = token(&endpoint, SURGEON)?;
	let capacity = "organisation=2&role=clinician&purpose=TREAT";

	// What is served is told to anybody.
	get(&format!("{vault}/metadata"), "", FHIR_JSON)?.resource(200)?;

	// Nothing permits the surgeon yet: every way in says so, with the code and the reason.
	for route in [
		format!("DocumentReference?patient={chart}&{capacity}"),
		format!("DocumentReference/{record}?{capacity}"),
		format!("Patient/{chart}/$everything?{capacity}"),
		format!("Binary/{record}?{capacity}"),
	] {
		let refused = get(&format!("{vault}/{route}"), &surgeon, "*/*")?.resource(403)?;
		let codings = &refused["issue"][0]["details"]["coding"];
		assert_eq!(codings[0]["code"], "access-denied", "{route}: {refused}");
		assert_eq!(codings[1]["code"], "32", "{route}: {refused}");
	}

	// Permitted: found, described, and handed out as an envelope.
	case.permit(world)?;
	let found = get(
		&format!("{vault}/DocumentReference?patient=Patient/{chart}&{capacity}"),
		&surgeon,
		FHIR_JSON,
	)?
	.resource(200)?;
	assert_eq!(found["entry"].as_array().map(Vec::len), Some(FILES_STORED), "{found}");
	let imaging = get(
		&format!("{vault}/DocumentReference?patient={chart}&category=imaging&{capacity}"),
		&surgeon,
		FHIR_JSON,
	)?
	.resource(200)?;
	assert_eq!(imaging["entry"].as_array().map(Vec::len), Some(1), "{imaging}");
	let raw = get(&format!("{vault}/Binary/{record}?{capacity}"), &surgeon, "*/*")?;
	assert_eq!((raw.status, raw.media_type.as_str()), (200, ENVELOPE));
	assert!(raw.body.starts_with(b"SALUS\0"), "no envelope");
	let whole = get(&format!("{vault}/Binary/{record}?{capacity}"), &surgeon, FHIR_JSON)?;
	let whole = whole.resource(200)?;
	assert_eq!(whole["contentType"], ENVELOPE);
	assert_eq!(whole["_data"]["extension"][0]["url"], names::RELEASE);

	// Paged: by links alone, one after the other.
	let mut page = Some(format!("{vault}/Patient/{chart}/$everything?{capacity}&_count=2"));
	let mut kinds = Vec::new();
	while let Some(url) = page {
		let bundle = get(&url, &surgeon, FHIR_JSON)?.resource(200)?;
		for entry in bundle["entry"].as_array().ok_or("no entries")? {
			kinds.push(entry["resource"]["resourceType"].as_str().unwrap_or_default().to_owned());
		}
		page = bundle["link"][1]["url"].as_str().map(str::to_owned);
	}
	assert_eq!(kinds, ["Patient", "DocumentReference", "DocumentReference", "DocumentReference"]);

	// Through the gateway the very file comes, at the address that the document names.
	let key = world.devnet.people.key(SURGEON)?;
	let gateway =
		Gateway::start(world, &case, "surgeon", &args!["--key", key, "--organisation", "2"])?;
	assert_eq!(get(&format!("{}/metadata", gateway.base), "wrong", "*/*")?.status, 401);
	for at in [LABORATORY, IMAGE, DOCUMENT] {
		let record = id(case.record_id(at)?);
		let document =
			gateway.get(&format!("DocumentReference/{record}"), FHIR_JSON)?.resource(200)?;
		let content = &document["content"][0];
		assert!(content.get("format").is_none(), "{content}");
		let url = content["attachment"]["url"].as_str().ok_or("no address")?;
		assert!(url.starts_with(&gateway.base), "{url}");
		let said = get(url, &gateway.token, "*/*")?;
		assert_eq!(said.status, 200, "{}", String::from_utf8_lossy(&said.body));
		assert_eq!(content["attachment"]["contentType"], said.media_type.as_str());
		assert_eq!(said.body, fs::read(&case.files[at])?, "not what was stored");
	}
	// The log is the patient's.
	let refused = gateway.get(&format!("AuditEvent?patient={chart}"), FHIR_JSON)?.resource(403)?;
	assert_eq!(refused["issue"][0]["details"]["coding"][0]["code"], "not-the-charts-key");
	gateway.process.stop()?;

	// The patient sees both, refusals and releases, each with its place on the chain.
	case.log(world)?;
	let gateway = Gateway::start(world, &case, "patient", &args!["--wallet", case.patient.wallet])?;
	let log = gateway.get(&format!("AuditEvent?patient={chart}"), FHIR_JSON)?.resource(200)?;
	let events = log["entry"].as_array().ok_or("no log")?;
	let outcomes: Vec<_> = events
		.iter()
		.map(|event| &event["resource"])
		.filter(|event| {
			let of = format!("DocumentReference/{record}");
			event["entity"].as_array().is_some_and(|entities| {
				entities.iter().any(|entity| entity["what"]["reference"] == of.as_str())
			})
		})
		.map(|event| event["outcome"].as_str().unwrap_or_default())
		.collect();
	assert_eq!(outcomes, ["4", "0", "0", "0"], "refused, twice from the vault, by the gateway");
	gateway.process.stop()?;

	exported(world, &case)
}

/// The patient's own copy holds every content.
fn exported(world: &World, case: &Case) -> Result<()> {
	let out = case.patient.folder.join("bundle.json");
	let said = world.devnet.cli.run(args![
		"chart",
		"export",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		out
	])?;
	assert_eq!(said["records"], FILES_STORED);
	let bytes = fs::read(&out)?;
	check_fhir(&bytes)?;
	let bundle: Value = serde_json::from_slice(&bytes)?;
	let entries = bundle["entry"].as_array().ok_or("no entries")?;
	assert_eq!(entries.len(), 1 + 2 * FILES_STORED);
	let stored: Value = serde_json::from_slice(&fs::read(&case.files[LABORATORY])?)?;
	assert!(entries.iter().any(|entry| entry["resource"] == stored), "the result is not there");
	assert!(entries.iter().any(|entry| entry["resource"]["resourceType"] == "Binary"));
	// It is never overwritten.
	let refused = world.devnet.cli.fail(args![
		"chart",
		"export",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--out",
		out
	])?;
	assert_eq!(refused.code, "file-exists");
	Ok(())
}
