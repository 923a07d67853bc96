//! Requests by a code: the patient has no chart at the surgeon's house, and scans what the surgeon shows.

use crate::{
	cases::{Case, DOCTOR, IMAGE, LABORATORY, SURGEON},
	world::{identity, World},
};
use salus_client::{
	rendezvous::Rendezvous, vault_api::AnswerRendezvous, vault_client::VaultClient,
};
use salus_primitives::ids::ChartId;
use salus_tests::{
	args, block_on,
	people::{number, text},
	Failure, Result,
};
use serde_json::Value;
use std::{
	fs,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};

/// A request that the surgeon sent, and its code.
struct Sent {
	request: String,
	file: PathBuf,
	code: Rendezvous,
}

/// The surgeon asks for the clinic's records, and shows a code.
fn send(world: &World, case: &Case, name: &str) -> Result<Sent> {
	let surgeon = world.devnet.people.reader(SURGEON)?;
	let folder = &case.patient.folder;
	let (file, qr) = (folder.join(name), folder.join(format!("{name}.svg")));
	let said = world.devnet.cli.run(args![
		"request",
		"send",
		"--key",
		surgeon,
		"--organisation",
		"2",
		"--rendezvous",
		"--out",
		file,
		"--qr",
		qr,
		"--custodian",
		"1",
		"--days",
		"5"
	])?;
	let written = fs::read_to_string(&file)?;
	let (_, secret) = written.trim().split_once('#').ok_or("no code")?;
	assert!(!said.to_string().contains(secret), "the code is told");
	assert!(fs::read_to_string(&qr)?.contains("<svg"));
	for path in [&file, &qr] {
		assert_eq!(fs::metadata(path)?.permissions().mode() & 0o777, 0o600);
	}
	let code = Rendezvous::parse(&written)?;
	assert_eq!(text(&said, "terms.chart")?, code.id().to_string());
	Ok(Sent { request: text(&said, "request")?, file, code })
}

fn scan(world: &World, wallet: &Path, code: &Path) -> Result<Value> {
	world
		.devnet
		.cli
		.run(args!["request", "scan", "--wallet", wallet, "--code", code])
}

fn not_scanned(world: &World, wallet: &Path, code: &Path) -> Result<Failure> {
	let arguments = args!["request", "scan", "--wallet", wallet, "--code", code];
	let failure = world.devnet.cli.fail(arguments)?;
	assert!(!failure.message.is_empty() && !failure.help.is_empty(), "{failure:?}");
	Ok(failure)
}

pub(crate) fn scans_a_code(world: &mut World) -> Result<()> {
	// The patient has a chart at the clinic, and none at the surgeon's hospital.
	let case = Case::new(world, "rendezvous")?;
	let cli = world.devnet.cli.clone();
	let wallet = case.patient.wallet.clone();
	let surgeon = world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	case.denied(world, LABORATORY, SURGEON, 32)?;
	let sent = send(world, &case, "code.txt")?;

	// A text of which something was changed is none, and a code that nobody made opens nothing.
	let whole = fs::read_to_string(&sent.file)?;
	let tampered = case.patient.folder.join("tampered.txt");
	let other = format!("request={}", hex::encode([7; 32]));
	let request = format!("request={}", &sent.request[2..]);
	for changed in [whole.replace(&request, &other), whole.trim()[..whole.trim().len() - 1].into()]
	{
		assert_ne!(changed, whole);
		fs::write(&tampered, changed)?;
		assert_eq!(not_scanned(world, &wallet, &tampered)?.code, "bad-rendezvous");
	}
	let Rendezvous { vault, genesis, request, .. } = sent.code.clone();
	let forged = Rendezvous::new(&vault, genesis, request)?;
	fs::write(&tampered, forged.text().as_bytes())?;
	assert_eq!(not_scanned(world, &wallet, &tampered)?.code, "rendezvous-unknown");
	// Nor does the right one lead to another vault than the chain has.
	let elsewhere = Rendezvous { vault: world.endpoint(1)?, ..sent.code.clone() };
	fs::write(&tampered, elsewhere.text().as_bytes())?;
	assert_eq!(not_scanned(world, &wallet, &tampered)?.code, "usage");

	// Scanned, it is in the inbox; scanned again it is the same, also after the vault was killed.
	let scanned = scan(world, &wallet, &sent.file)?;
	world.devnet.custodian(2)?.kill_vault()?;
	world.devnet.custodian(2)?.start_vault()?;
	let again = scan(world, &wallet, &sent.file)?;
	let inbox = cli.run(args!["request", "inbox", "--wallet", wallet])?;
	for said in [&scanned, &again, &inbox] {
		let all = said["requests"].as_array().ok_or("no requests")?;
		assert_eq!(all.len(), 1, "{said}");
		assert_eq!(text(&all[0], "request")?, sent.request);
		assert_eq!(
			(&all[0]["rendezvous"], &all[0]["state"], &all[0]["answered"]),
			(&true.into(), &"requested".into(), &false.into())
		);
		assert_eq!(number(&all[0], "terms.practitioner")?, 2);
	}

	// Who has the code after that gets nothing, in whichever way it is asked for.
	let second = world.patient("rendezvous-second")?;
	assert_eq!(not_scanned(world, &second.wallet, &sent.file)?.code, "rendezvous-used");
	let id = sent.code.id();
	let stranger = VaultClient::new(&world.endpoint(2)?)?;
	let shown = world.wallet(&second)?.at_rendezvous(&genesis, &sent.code.code);
	let refused = block_on(stranger.open_rendezvous(&id, &shown)).err().ok_or("opened")?;
	assert_eq!(refused.code(), "rendezvous-used");
	let declined = salus_client::vault_api::RequestAnswer { answers: Vec::new(), declined: true };
	let answer = AnswerRendezvous { by: shown.clone(), answer: declined };
	let refused = block_on(stranger.answer_rendezvous(&id, &answer)).err().ok_or("answered")?;
	assert_eq!(refused.code(), "rendezvous-used");
	let nowhere = block_on(stranger.open_rendezvous(&ChartId([9; 32]), &shown));
	assert_eq!(nowhere.err().ok_or("opened")?.code(), "rendezvous-unknown");

	// Approved like any other; the surgeon hears of it and reads what was permitted.
	let approve =
		args!["request", "approve", "--wallet", wallet, "--category", "laboratory", sent.request];
	cli.run(approve)?;
	let answer = cli.run(args!["request", "answer", "--key", surgeon, sent.request])?;
	assert_eq!((&answer["answered"], &answer["declined"]), (&true.into(), &false.into()));
	assert_eq!(number(&answer, "answers.0.custodian")?, 1);
	assert_eq!(text(&answer, "answers.0.chart")?, case.chart);
	case.reads(world, LABORATORY, SURGEON)?;
	case.denied(world, IMAGE, SURGEON, 32)?;

	// Another is declined.
	let unwanted = send(world, &case, "unwanted.txt")?;
	scan(world, &wallet, &unwanted.file)?;
	cli.run(args!["request", "decline", "--wallet", wallet, unwanted.request])?;
	let answer = cli.run(args!["request", "answer", "--key", surgeon, unwanted.request])?;
	assert_eq!((&answer["answered"], &answer["declined"]), (&true.into(), &true.into()));

	// One that was withdrawn is refused by wallet and vault.
	let withdrawn = send(world, &case, "withdrawn.txt")?;
	cli.run(args!["request", "withdraw", "--key", surgeon, withdrawn.request])?;
	assert_eq!(not_scanned(world, &wallet, &withdrawn.file)?.code, "request-not-open");
	let shown = world.wallet(&case.patient)?.at_rendezvous(&genesis, &withdrawn.code.code);
	let refused = block_on(stranger.open_rendezvous(&withdrawn.code.id(), &shown));
	assert_eq!(refused.err().ok_or("opened")?.code(), "request-not-open");

	// Nobody brings a request that is not theirs.
	let seen = world.wallet(&case.patient)?.requests()[0].clone();
	let posted = salus_client::vault_api::PostedRequest { id: seen.id, opening: seen.opening };
	let doctor = world.session(2, &identity(DOCTOR)?)?;
	let refused = block_on(doctor.post_rendezvous(&posted)).err().ok_or("taken")?;
	assert_eq!(refused.code(), "not-the-requester");
	Ok(())
}
