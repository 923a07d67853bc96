//! Charts, and who comes in.

use crate::{
	cases::{Case, LABORATORY, OFFICER},
	vaults::{post, rpc},
	world::{identity, World},
};
use codec::Encode;
use salus_client::{
	chain::Call,
	keys::Identity,
	vault_api::{
		Challenge, ChallengeRequest, EnrolChart, ErrorBody, SignIn, SignedIn, CHALLENGE, SIGN_IN,
	},
};
use salus_primitives::{
	enrolment::EnrolmentStatement,
	ids::{derive_id, IdDomain, Salt},
};
use salus_tests::{args, block_on, people::text, Result};
use serde_json::{json, Value};

/// Every key and value of the chain's state, code apart.
fn state(world: &World) -> Result<Vec<(String, String)>> {
	let node = world.devnet.network.nodes.last().ok_or("no node")?.http_url();
	let head = rpc(&node, "chain_getFinalizedHead", json!([]))?;
	let mut keys: Vec<String> = Vec::new();
	loop {
		let page = rpc(&node, "state_getKeysPaged", json!(["0x", 500, keys.last(), head]))?;
		let page: Vec<String> = serde_json::from_value(page)?;
		if page.is_empty() {
			break;
		}
		keys.extend(page);
	}
	let code = format!("0x{}", hex::encode(":code"));
	keys.into_iter()
		.filter(|key| *key != code)
		.map(|key| {
			let value = rpc(&node, "state_getStorage", json!([key, head]))?;
			Ok((key, value.as_str().unwrap_or_default().to_owned()))
		})
		.collect()
}

pub(crate) fn nothing_joins(world: &mut World) -> Result<()> {
	let case = Case::new(world, "nothing-joins")?;
	let officer = world.devnet.people.key("//Lakeside//Records")?;
	let second = text(&case.patient.enrol(2, &officer)?, "chart")?;
	assert_ne!(case.chart, second);
	case.permit(world)?;
	let surgeon = world.devnet.people.key("//Lakeside//DrBrooks")?;
	let request = world.devnet.cli.run(args![
		"request",
		"send",
		"--key",
		surgeon,
		"--organisation",
		"2",
		"--chart",
		second,
		"--custodian",
		"1"
	])?;
	let approved = world.devnet.cli.run(args![
		"request",
		"approve",
		"--wallet",
		case.patient.wallet,
		text(&request, "request")?
	])?;
	world.devnet.cli.run(args![
		"directive",
		"issue",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"2",
		"--rule",
		"deny",
		"--category",
		"imaging"
	])?;

	// Another key, guardians and a closing at each: the second's are not the first's.
	for (custodian, name) in [("1", "first"), ("2", "second")] {
		let key = case.patient.folder.join(format!("{name}.key"));
		let guardian = world.devnet.cli.run(args!["key", "generate", "--key", key])?;
		let named = format!("{},proxy,consent+revoke", text(&guardian, "account")?);
		let own = args!["--wallet", case.patient.wallet, "--custodian", custodian];
		let guard =
			args!["chart", "guard", "set", "--guardian", named, "--cards", case.patient.folder];
		let set = world.devnet.cli.run([guard.as_slice(), own.as_slice()].concat())?;
		let order = case.patient.folder.join(format!("{name}.order.json"));
		world.devnet.cli.run(args![
			"chart",
			"guardian",
			"issue-directive",
			"--card",
			text(&set, "cards.0")?,
			"--key",
			key,
			"--rule",
			"deny",
			"--category",
			"imaging",
			"--out",
			order
		])?;
		let submitter = if custodian == "1" { OFFICER } else { "//Lakeside//Records" };
		let submitter = world.devnet.people.key(submitter)?;
		world
			.devnet
			.cli
			.run(args!["chart", "guardian", "submit", "--key", submitter, "--order", order])?;
		for command in ["rotate-key", "deactivate", "reactivate"] {
			let command = args!["chart", command];
			world.devnet.cli.run([command.as_slice(), own.as_slice()].concat())?;
		}
	}

	// All that the chain knows of each chart, and all that the wallet knows belongs to it.
	let wallet = world.wallet(&case.patient)?;
	let mut marks = [Vec::new(), Vec::new()];
	for (marks, chart) in marks.iter_mut().zip(wallet.charts()) {
		marks.push(chart.chart.0);
		marks.push(wallet.identity(chart)?.account());
		marks.push(wallet.identity(chart)?.public().encryption_key);
		let view = block_on(world.now()?.chart_view(chart.chart))?.ok_or("no chart")?;
		marks.push(view.guard.ok_or("no guard")?.0);
		let acting = view.facts.directives.iter().filter_map(|directive| directive.guardian);
		marks.extend(acting.flat_map(|guardian| [guardian.key, guardian.leaf.0]));
		marks.extend(chart.guards.iter().flat_map(|guard| guard.keys()));
		for issued in wallet.directives().iter().filter(|issued| issued.chart == chart.chart) {
			marks.push(issued.id.0);
			marks.push(issued.opening.seal().0);
		}
	}
	for record in &case.records {
		let id: salus_primitives::ids::RecordId = record.parse().map_err(|_| "no id")?;
		let facts = block_on(world.now()?.record(id))?.ok_or("no record")?;
		marks[0].extend([id.0, facts.leaf.0]);
	}
	// The request lies in the mailbox of the chart at Lakeside; its answer is about the one at Mercy.
	let request: salus_primitives::ids::RequestId =
		text(&request, "request")?.parse().map_err(|_| "no id")?;
	let asked = block_on(world.now()?.request(request))?.ok_or("no request")?;
	marks[1].extend([request.0, asked.seal.0]);
	assert_eq!(text(&approved, "directives.0.chart")?, case.chart);
	let [first, second] = marks.map(|marks| marks.map_hex());
	assert!(first.iter().all(|mark| !second.contains(mark)));

	let mut seen = [0, 0];
	for (key, value) in state(world)? {
		let entry = format!("{key} {value}");
		let holds = |marks: &[String]| marks.iter().any(|mark| entry.contains(mark.as_str()));
		let (of_first, of_second) = (holds(&first), holds(&second));
		assert!(!(of_first && of_second), "joins the charts: {entry}");
		seen[0] += usize::from(of_first);
		seen[1] += usize::from(of_second);
	}
	assert!(seen[0] > 0 && seen[1] > 0, "the search finds nothing at all: {seen:?}");
	println!(
		"  {} entries tell of the first chart, {} of the second, none of both",
		seen[0], seen[1]
	);
	Ok(())
}

trait MapHex {
	fn map_hex(self) -> Vec<String>;
}

impl MapHex for Vec<[u8; 32]> {
	fn map_hex(self) -> Vec<String> {
		self.into_iter().map(hex::encode).collect()
	}
}

/// A statement for this chart, signed with this key.
pub(crate) fn signed(identity: &Identity, statement: EnrolmentStatement) -> EnrolChart {
	let signature = identity.sign(&statement.encode());
	let encryption_key = identity.vouch(&statement.genesis, &statement.chart);
	EnrolChart { statement, signature, encryption_key }
}

pub(crate) fn replayed_enrolment(world: &mut World) -> Result<()> {
	let patient = world.patient("replayed-enrolment")?;
	let officer = world.devnet.people.key(OFFICER)?;
	let enrolled = patient.enrol(1, &officer)?;
	let chart = text(&enrolled, "chart")?;
	let id: salus_primitives::ids::ChartId = chart.parse().map_err(|_| "no id")?;
	let before = block_on(world.now()?.chart(id))?.ok_or("no chart")?;

	// The custodian sends the same statement again: the same chart, nothing new.
	let file = patient.folder.join("statement-1.json");
	let again = world.devnet.cli.run(args![
		"chart",
		"enrol",
		"--key",
		officer,
		"--custodian",
		"1",
		"--statement",
		file
	])?;
	assert_eq!(text(&again, "chart")?, chart);

	// Another custodian can do nothing with it.
	let enrolment: EnrolChart = serde_json::from_slice(&std::fs::read(&file)?)?;
	let vault = world.session(2, &identity("//Lakeside//Records")?)?;
	let refused = block_on(vault.enrol_chart(&enrolment)).expect_err("was enrolled");
	assert_eq!(refused.code(), "wrong-chain");

	// An encryption key that the chart's key did not vouch for is not taken.
	let mut swapped = enrolment.clone();
	swapped.encryption_key.key = [9; 32];
	let vault = world.session(1, &identity(OFFICER)?)?;
	let refused = block_on(vault.enrol_chart(&swapped)).expect_err("was enrolled");
	assert_eq!(refused.code(), "signature-wrong");

	// Nor can it be sent past the vault.
	let submit = |uri: &str, organisation: u32, enrolment: &EnrolChart| -> Result<_> {
		let signer = identity(uri)?;
		let entries = [(enrolment.statement.clone(), enrolment.signature)];
		let call = Call::enrol_charts(organisation, &entries);
		Ok(block_on(world.chain.submit(signer.keypair(), &call)).expect_err("was enrolled"))
	};
	let error = submit(OFFICER, 1, &enrolment)?;
	assert!(error.is("PatientIdentity", "AlreadyExists"), "{error}");
	let error = submit("//Lakeside//Records", 2, &enrolment)?;
	assert!(error.is("PatientIdentity", "WrongCustodian"), "{error}");

	// The key enrols once, ever: not for another chart, not at another house.
	let wallet = world.wallet(&patient)?;
	let key = wallet.identity(wallet.chart(&id)?)?;
	let other = derive_id(IdDomain::Chart, &(world.chain.genesis(), 1u32), &Salt([9; 32])).into();
	let second = signed(&key, EnrolmentStatement { chart: other, ..enrolment.statement.clone() });
	let error = submit(OFFICER, 1, &second)?;
	assert!(error.is("PatientIdentity", "KeyAlreadyEnrolled"), "{error}");
	let third = signed(
		&key,
		EnrolmentStatement { chart: other, custodian: 2, ..enrolment.statement.clone() },
	);
	let error = submit("//Lakeside//Records", 2, &third)?;
	assert!(error.is("PatientIdentity", "KeyAlreadyEnrolled"), "{error}");

	assert_eq!(block_on(world.now()?.chart(id))?, Some(before));
	assert_eq!(block_on(world.now()?.chart(other))?, None);
	Ok(())
}

pub(crate) fn unenrolled_account(world: &mut World) -> Result<()> {
	let case = Case::new(world, "unenrolled")?;
	let key = case.patient.folder.join("stranger.key");
	let cli = &world.devnet.cli;
	cli.run(args!["key", "generate", "--key", key])?;
	// The chain does not take its transactions ...
	let refused = cli.fail(args!["key", "publish", "--key", key])?;
	assert_eq!(refused.code, "account-not-enrolled", "{refused}");
	// ... and the vault does not let it in.
	let out = case.patient.folder.join("out");
	let refused = cli.fail(args![
		"record",
		"read",
		"--key",
		key,
		"--organisation",
		"1",
		"--out",
		out,
		case.records[LABORATORY]
	])?;
	assert_eq!(refused.code, "account-not-enrolled", "{refused}");
	assert!(!out.exists());
	assert!(case.log(world)?.is_empty(), "nobody who is known asked");
	Ok(())
}

pub(crate) fn replayed_sign_in(world: &mut World) -> Result<()> {
	let vault = world.endpoint(1)?;
	let officer = identity(OFFICER)?;
	let ask = ChallengeRequest { account: officer.account() };
	let challenge = |status| -> Result<Challenge> {
		Ok(serde_json::from_value(post(&vault, CHALLENGE, &ask, status)?)?)
	};
	let signed = |challenge: &Challenge, by: &Identity| SignIn {
		signature: by.sign(&challenge.encode()),
		challenge: challenge.clone(),
	};
	let code =
		|answer: Value| -> Result<String> { Ok(serde_json::from_value::<ErrorBody>(answer)?.code) };

	let first = challenge(200)?;
	let sign_in = signed(&first, &officer);
	let _: SignedIn = serde_json::from_value(post(&vault, SIGN_IN, &sign_in, 200)?)?;
	assert_eq!(code(post(&vault, SIGN_IN, &sign_in, 401)?)?, "challenge-used-or-unknown");

	// Nor does one that the vault never gave, or that someone else signed, or for another vault.
	let mut made_up = challenge(200)?;
	made_up.nonce[0] ^= 1;
	let answer = post(&vault, SIGN_IN, &signed(&made_up, &officer), 401)?;
	assert_eq!(code(answer)?, "challenge-used-or-unknown");
	let stranger = identity("//Lakeside//Records")?;
	let answer = post(&vault, SIGN_IN, &signed(&challenge(200)?, &stranger), 401)?;
	assert_eq!(code(answer)?, "signature-wrong");
	let elsewhere = world.endpoint(2)?;
	let answer = post(&elsewhere, SIGN_IN, &signed(&challenge(200)?, &officer), 400)?;
	assert_eq!(code(answer)?, "wrong-chain");
	Ok(())
}
