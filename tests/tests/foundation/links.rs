//! Links: one document, once, for somebody whom nobody knows.

use crate::{
	cases::{Case, DOCUMENT, IMAGE, LABORATORY},
	world::World,
};
use salus_client::{
	chain::Call,
	link::{Bearer, Link},
	vault_api::ReleaseRequest,
	vault_client::VaultClient,
};
use salus_primitives::{
	codes::{Action, Obligations, Purpose},
	decision::{Basis, DenyReason},
	disclosure::Outcome,
};
use salus_tests::{args, block_on, cli::Cli, people::text, until, Result};
use serde_json::Value;
use std::{
	fs,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};

/// Where nobody answers: who opens a link needs no chain.
const NO_NODE: &str = "ws://127.0.0.1:1";

/// Milliseconds for which the link is good that is to expire.
const SHORT: u64 = 12_000;

/// A link of the patient.
struct Made {
	file: PathBuf,
	/// What the log calls it.
	name: String,
	link: Link,
}

fn make(world: &World, case: &Case, record: usize, name: &str) -> Result<Made> {
	let (file, qr) =
		(case.patient.folder.join(name), case.patient.folder.join(format!("{name}.svg")));
	let said = world.devnet.cli.run(args![
		"link",
		"make",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1",
		"--record",
		case.records[record],
		"--hours",
		"2",
		"--out",
		file,
		"--qr",
		qr
	])?;
	let written = fs::read_to_string(&file)?;
	let (_, secret) = written.trim().split_once('#').ok_or("no link")?;
	assert!(!said.to_string().contains(secret), "the code is told");
	assert!(fs::read_to_string(&qr)?.contains("<svg"));
	for path in [&file, &qr] {
		assert_eq!(fs::metadata(path)?.permissions().mode() & 0o777, 0o600);
	}
	Ok(Made { file, name: text(&said, "link")?, link: Link::parse(&written)? })
}

/// Opens a link with nothing but its text, in a folder of somebody else.
fn open(somebody: &Cli, folder: &Path, link: &Path) -> Result<(PathBuf, Value)> {
	fs::create_dir_all(folder)?;
	let out = folder.join("content");
	let said = somebody.run(args!["link", "open", "--link", link, "--out", out])?;
	assert_eq!(fs::read_dir(folder)?.count(), 1, "something else is left");
	Ok((out, said))
}

/// The link is refused for this reason, and nothing is left of the attempt.
fn refused(somebody: &Cli, folder: &Path, link: &Path, reason: DenyReason) -> Result<()> {
	let _ = fs::remove_dir_all(folder);
	fs::create_dir_all(folder)?;
	let out = folder.join("content");
	let failure = somebody.fail(args!["link", "open", "--link", link, "--out", out])?;
	let expected = ("access-denied", Some(u64::from(reason.code())));
	assert_eq!((failure.code.as_str(), failure.reason), expected, "{failure}");
	assert_eq!(fs::read_dir(folder)?.count(), 0, "something is left");
	Ok(())
}

/// A client that has the link, beginning a use of this name.
fn client(link: &Link, attempt: u8) -> Result<VaultClient> {
	let mut client = VaultClient::new(&link.place().vault)?;
	client.bear(Bearer::new(link, &[attempt; 32])?);
	Ok(client)
}

/// Bytes that come from this offset on, or the reason of the refusal.
fn asked(
	client: &VaultClient,
	case: &Case,
	record: usize,
	offset: u64,
) -> Result<std::result::Result<u64, Option<u8>>> {
	let request = ReleaseRequest {
		capacity: None,
		action: Action::Access,
		purpose: Purpose::PatientRequested,
		offset,
	};
	match block_on(client.ask_release(&case.record_id(record)?, &request)) {
		Ok((_, response)) => Ok(Ok(response.content_length().ok_or("no length")?)),
		Err(salus_client::Error::Vault { reason, .. }) => Ok(Err(reason)),
		Err(fault) => Err(fault.into()),
	}
}

pub(crate) fn opens_one_document_once(world: &mut World) -> Result<()> {
	let case = Case::new(world, "links")?;
	let folder = case.patient.folder.clone();
	let somebody = world.devnet.cli.against(NO_NODE);
	let elsewhere = folder.join("somebody");
	let no = |reason: DenyReason| Err(Some(reason.code()));

	// Opened byte for byte, by somebody without an account and without a node; and that once.
	let document = make(world, &case, DOCUMENT, "document.link")?;
	let (out, opened) = open(&somebody, &elsewhere, &document.file)?;
	assert_eq!(fs::read(out)?, fs::read(&case.files[DOCUMENT])?);
	assert_eq!(
		(&opened["on_chain"], &opened["record"]),
		(&false.into(), &case.records[DOCUMENT].as_str().into())
	);
	refused(&somebody, &elsewhere, &document.file, DenyReason::LinkUsed)?;

	// Another code than the patient's, one text of which something was changed, and the right code for
	// another record.
	let image = make(world, &case, IMAGE, "image.link")?;
	let forged = folder.join("forged.link");
	fs::write(&forged, Link::new(image.link.place().clone())?.text().as_bytes())?;
	refused(&somebody, &elsewhere, &forged, DenyReason::LinkUnknown)?;
	let tampered = folder.join("tampered.link");
	let whole = fs::read_to_string(&image.file)?;
	let (one, other) = (&case.records[IMAGE][2..], &case.records[LABORATORY][2..]);
	for changed in [whole.replace(one, other), whole.trim()[..whole.trim().len() - 1].to_owned()] {
		assert_ne!(changed, whole);
		fs::write(&tampered, changed)?;
		let out = elsewhere.join("content");
		let failure = somebody.fail(args!["link", "open", "--link", tampered, "--out", out])?;
		assert_eq!(failure.code, "bad-link");
	}
	assert_eq!(
		asked(&client(&image.link, 1)?, &case, LABORATORY, 0)?,
		no(DenyReason::LinkOfAnother)
	);

	// A deny to anyone beats it.
	let deny =
		case.issue(world, &["--rule", "deny", "--purpose", "PATRQT", "--category", "imaging"])?;
	refused(&somebody, &elsewhere, &image.file, DenyReason::DirectiveDenies)?;
	world
		.devnet
		.cli
		.run(args!["directive", "revoke", "--wallet", case.patient.wallet, deny])?;

	// Who began goes on from where it broke; nobody else does, not even with the code.
	let holder = client(&image.link, 2)?;
	let all = asked(&holder, &case, IMAGE, 0)?.map_err(|reason| format!("refused: {reason:?}"))?;
	assert_eq!(asked(&holder, &case, IMAGE, all - 10)?, Ok(10));
	assert_eq!(asked(&client(&image.link, 3)?, &case, IMAGE, 0)?, no(DenyReason::LinkUsed));

	// Revoked before anybody opened it.
	let revoked = make(world, &case, LABORATORY, "revoked.link")?;
	let listed = world.devnet.cli.run(args!["link", "list", "--wallet", case.patient.wallet])?;
	let links = listed["links"].as_array().ok_or("no links")?;
	assert_eq!(links.len(), 3);
	assert!(
		links.iter().all(|link| link["state"] == "active" && link["over"] == false),
		"{listed}"
	);
	world
		.devnet
		.cli
		.run(args!["link", "revoke", "--wallet", case.patient.wallet, revoked.name])?;
	refused(&somebody, &elsewhere, &revoked.file, DenyReason::LinkUnknown)?;

	// One that is over.
	let mut wallet = world.wallet(&case.patient)?;
	let chart = case.wallet_chart(world)?;
	let mut place = revoked.link.place().clone();
	let now = world.now()?.head().at;
	place.until = now + SHORT;
	let short = Link::new(place)?;
	let issued = wallet.issue(&chart.chart, short.terms(now, Obligations::EMPTY)?, None, None)?;
	let call = Call::issue_directive(chart.chart, issued.id, issued.opening.seal(), None);
	block_on(world.chain.submit(wallet.identity(&chart)?.keypair(), &call))?;
	drop(wallet);
	world
		.devnet
		.cli
		.run(args!["directive", "deliver", "--wallet", case.patient.wallet])?;
	until("the link is over", || Ok((world.now()?.head().at >= now + SHORT).then_some(())))?;
	let expired = folder.join("expired.link");
	fs::write(&expired, short.text().as_bytes())?;
	refused(&somebody, &elsewhere, &expired, DenyReason::LinkOver)?;

	// With a node, what comes is compared with the chain.
	let checked = make(world, &case, LABORATORY, "checked.link")?;
	let out = folder.join("checked.json");
	let arguments = args!["link", "open", "--link", checked.file, "--out", out, "--on-chain"];
	let opened = world.devnet.cli.run(arguments)?;
	assert_eq!(opened["on_chain"], true);
	assert_eq!(fs::read(out)?, fs::read(&case.files[LABORATORY])?);

	// The patient sees each, by the link's name; of a code that nobody made there is nothing.
	let short = short.keys()?.seal().to_string();
	let mut expected = Vec::new();
	let refusal = |reason: DenyReason| Outcome::Refused(reason.code());
	for (link, record, outcome) in [
		(&document.name, DOCUMENT, None),
		(&document.name, DOCUMENT, Some(DenyReason::LinkUsed)),
		(&image.name, LABORATORY, Some(DenyReason::LinkOfAnother)),
		(&image.name, IMAGE, Some(DenyReason::DirectiveDenies)),
		(&image.name, IMAGE, None),
		(&image.name, IMAGE, None),
		(&image.name, IMAGE, Some(DenyReason::LinkUsed)),
		(&revoked.name, LABORATORY, Some(DenyReason::LinkUnknown)),
		(&short, LABORATORY, Some(DenyReason::LinkOver)),
		(&checked.name, LABORATORY, None),
	] {
		expected.push((link.clone(), case.records[record].clone(), outcome.map(refusal)));
	}
	let mut seen = Vec::new();
	for entry in case.log(world)? {
		let outcome = match serde_json::from_value(entry["outcome"].clone())? {
			Outcome::Released(Basis::Directive(_)) => None,
			Outcome::Released(basis) => return Err(format!("released by {basis:?}").into()),
			refused => Some(refused),
		};
		let link = text(&entry, "accessor.bearer.link")?;
		seen.push((link, text(&entry, "subject.record")?, outcome));
	}
	assert_eq!(seen, expected);
	let accounted =
		world
			.devnet
			.cli
			.run(args!["disclosure", "accounting", "--wallet", case.patient.wallet])?;
	for line in accounted["lines"].as_array().ok_or("no lines")? {
		let released = line["outcome"].get("released").is_some();
		let expected = if released { "out-individual" } else { "out-refused" };
		assert_eq!(line["accounted"], expected, "{line}");
	}
	Ok(())
}
