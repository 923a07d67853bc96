//! Programs that are down, and programs that are killed at the worst moment.

use crate::{
	cases::{Case, DOCUMENT, IMAGE, LABORATORY, OFFICER, SURGEON},
	world::{World, DISCLOSURE_INTERVAL},
};
use salus_client::chain::Chain;
use salus_primitives::disclosure::Outcome;
use salus_tests::{args, block_on, journey, until, Result};
use std::{collections::BTreeSet, fs, path::Path, time::SystemTime};

/// The validator whose node Mercy's vault asks.
const MERCYS_NODE: usize = 0;

/// Waits until the surgeon reads again; only these faults are looked past.
fn recovers(world: &World, case: &Case, record: usize, faults: &[&str]) -> Result<()> {
	until("the vault has recovered", || {
		match world.devnet.cli.run(case.reading(world, record, SURGEON)?) {
			Ok(_) => Ok(Some(())),
			Err(fault) if faults.iter().any(|code| fault.to_string().contains(code)) => Ok(None),
			Err(fault) => Err(fault),
		}
	})?;
	case.reads(world, record, SURGEON)?;
	Ok(())
}

fn permitted(world: &World, test: &str) -> Result<Case> {
	let case = Case::new(world, test)?;
	world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	Ok(case)
}

pub(crate) fn vault_down(world: &mut World) -> Result<()> {
	let case = permitted(world, "vault-down")?;
	world.devnet.custodian(1)?.kill_vault()?;
	let read = case.fails(world, DOCUMENT, SURGEON)?;
	assert_eq!(read.code, "vault-unreachable", "{read}");
	let officer = world.devnet.people.key(OFFICER)?;
	let store = args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		case.files[LABORATORY]
	];
	assert_eq!(world.devnet.cli.fail(store.clone())?.code, "vault-unreachable");
	// The other custodians are not concerned, and the patient can act without this one's vault: a
	// revocation needs the chain alone.
	let revoked =
		world
			.devnet
			.cli
			.run(args!["directive", "list", "--wallet", case.patient.wallet])?;
	let directive = salus_tests::people::text(&revoked, "directives.0.directive")?;
	world.devnet.cli.run(args![
		"directive",
		"revoke",
		"--wallet",
		case.patient.wallet,
		directive
	])?;

	world.devnet.custodian(1)?.start_vault()?;
	case.denied(world, DOCUMENT, SURGEON, 32)?;
	case.permit(world)?;
	case.reads(world, DOCUMENT, SURGEON)?;
	world.devnet.cli.run(store)?;
	// Nothing was lost: the log goes back to before.
	let outcomes = case.outcomes(world, LABORATORY)?;
	assert!(matches!(outcomes.as_slice(), [Outcome::Released(_)]), "{outcomes:?}");
	let outcomes = case.outcomes(world, DOCUMENT)?;
	assert!(
		matches!(outcomes.as_slice(), [Outcome::Refused(32), Outcome::Released(_)]),
		"{outcomes:?}"
	);
	Ok(())
}

pub(crate) fn key_service_down(world: &mut World) -> Result<()> {
	let case = permitted(world, "key-service-down")?;
	world.devnet.custodian(1)?.kill_key_service()?;
	let failure = case.fails(world, IMAGE, SURGEON)?;
	assert_eq!(failure.code, "key-service-unavailable", "{failure}");
	world.devnet.custodian(1)?.start_key_service()?;
	case.reads(world, IMAGE, SURGEON)?;
	// It was logged as released, since the entry comes first, and taken back.
	let outcomes = case.outcomes(world, IMAGE)?;
	assert!(
		matches!(
			outcomes.as_slice(),
			[Outcome::Released(_), Outcome::Refused(_), Outcome::Released(_)]
		),
		"{outcomes:?}"
	);
	Ok(())
}

/// Starts Mercy's vault again, with this many seconds between two roots.
fn restart_vault(world: &mut World, interval: u32) -> Result<()> {
	let custodian = world.devnet.custodian(1)?;
	custodian.settings.disclosure_interval = interval;
	custodian.kill_vault()?;
	custodian.start_vault()
}

pub(crate) fn killed_before_root(world: &mut World) -> Result<()> {
	let case = permitted(world, "killed-before-root")?;
	let before = case.log(world)?.len();
	// That the log was read is under a root before that too.
	std::thread::sleep(std::time::Duration::from_secs((3 * DISCLOSURE_INTERVAL).into()));
	// With a minute to the next root there is time to kill the vault before it.
	restart_vault(world, 60)?;
	let roots =
		|world: &World| -> Result<u32> { Ok(block_on(world.now()?.disclosure_root_count(1))?) };
	let root = roots(world)?;
	case.reads(world, IMAGE, SURGEON)?;
	world.devnet.custodian(1)?.kill_vault()?;
	assert_eq!(roots(world)?, root, "the root came too soon for this test");

	world.devnet.custodian(1)?.settings.disclosure_interval = DISCLOSURE_INTERVAL;
	world.devnet.custodian(1)?.start_vault()?;
	// The entry is there, once, and proven under the next root.
	let log = case.log(world)?;
	assert_eq!(log.len(), before + 1);
	assert_eq!(log[before]["subject"]["record"], case.records[IMAGE].as_str());
	assert_eq!(log[before]["root"], root);
	assert!(matches!(case.outcomes(world, IMAGE)?.as_slice(), [Outcome::Released(_)]));

	// Killed once more: each number has lines of this log, so nothing was posted twice.
	restart_vault(world, DISCLOSURE_INTERVAL)?;
	case.reads(world, DOCUMENT, SURGEON)?;
	let log = case.log(world)?;
	assert_eq!(log.len(), before + 2);
	assert_eq!(log[before + 1]["subject"]["record"], case.records[DOCUMENT].as_str());
	let upto = roots(world)?;
	let whole = case.whole_log(world)?;
	let posted: BTreeSet<u64> = (root..upto).map(u64::from).collect();
	let numbers = whole.iter().filter_map(|entry| entry["root"].as_u64());
	let held: BTreeSet<u64> = numbers.filter(|number| posted.contains(number)).collect();
	assert_eq!(held, posted);
	Ok(())
}

pub(crate) fn node_down(world: &mut World) -> Result<()> {
	let case = permitted(world, "node-down")?;
	world.devnet.network.kill(MERCYS_NODE)?;
	let failure = case.fails(world, DOCUMENT, SURGEON)?;
	assert_eq!(failure.code, "node-unavailable", "{failure}");
	let officer = world.devnet.people.key(OFFICER)?;
	let failure = world.devnet.cli.fail(args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		case.files[LABORATORY]
	])?;
	assert_eq!(failure.code, "node-unavailable", "{failure}");
	// Who names that node is told so.
	let own = world.devnet.cli.against(&world.devnet.network.nodes[MERCYS_NODE].url());
	assert_eq!(own.fail(args!["provider", "organisation", "list"])?.code, "node-unreachable");

	world.devnet.network.restart(MERCYS_NODE)?;
	recovers(world, &case, DOCUMENT, &["node-unavailable", "head-stale"])?;
	// Nothing half-written: three records as before, and no gap in the log.
	let said = world.devnet.cli.run(args![
		"record",
		"list",
		"--wallet",
		case.patient.wallet,
		"--custodian",
		"1"
	])?;
	assert_eq!(said["records"].as_array().map(Vec::len), Some(3));
	assert_eq!(said["missing"], serde_json::json!([]));
	let outcomes = case.outcomes(world, DOCUMENT)?;
	assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Released(_))), "{outcomes:?}");
	Ok(())
}

pub(crate) fn validator_down(world: &mut World) -> Result<()> {
	// One that no vault asks.
	const IDLE: usize = 3;
	let before = world.now()?.head().number;
	world.devnet.network.kill(IDLE)?;
	until("the other three finalise", || {
		Ok((world.now()?.head().number > before + 4).then_some(()))
	})?;
	// Not only blocks: transactions become final, records are stored and read.
	permitted(world, "validator-down")?;

	let since = SystemTime::now();
	world.devnet.network.restart(IDLE)?;
	let caught_up = world.devnet.network.wait_for_finality(IDLE, since)?;
	let theirs = block_on(async {
		Chain::connect(&world.devnet.network.nodes[IDLE].url())
			.await?
			.at(caught_up.hash)
			.await
	})?;
	let ours = until("the archive node has that block", || {
		Ok(block_on(world.chain.at(caught_up.hash)).ok())
	})?;
	assert_eq!(theirs.head(), ours.head(), "it came back to the same chain");
	Ok(())
}

pub(crate) fn finality_stalls(world: &mut World) -> Result<()> {
	// Without these two of four there are blocks, but none is final.
	const STOPPED: [usize; 2] = [2, 3];
	let case = permitted(world, "finality-stalls")?;
	for index in STOPPED {
		world.devnet.network.kill(index)?;
	}
	// While the head is young, decisions by it stand; then the vault says no.
	let failure = until("the vault finds its head too old", || {
		match world.devnet.cli.run(case.reading(world, DOCUMENT, SURGEON)?) {
			Ok(_) => Ok(None),
			Err(_) => Ok(Some(case.fails(world, IMAGE, SURGEON)?)),
		}
	})?;
	assert_eq!(failure.code, "head-stale", "{failure}");
	for index in STOPPED {
		world.devnet.network.restart(index)?;
	}
	recovers(world, &case, IMAGE, &["head-stale"])?;
	let outcomes = case.outcomes(world, IMAGE)?;
	assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Released(_))), "{outcomes:?}");
	Ok(())
}

/// How many files lie in this folder and below.
pub(crate) fn files(folder: &Path) -> Result<usize> {
	let mut count = 0;
	for entry in fs::read_dir(folder)? {
		let path = entry?.path();
		count += if path.is_dir() { files(&path)? } else { 1 };
	}
	Ok(count)
}

pub(crate) fn killed_while_storing(world: &mut World) -> Result<()> {
	let case = Case::new(world, "killed-while-storing")?;
	let objects = world.devnet.custodian(1)?.vault_data().join("objects");
	let before = files(&objects)?;
	let officer = world.devnet.people.key(OFFICER)?;
	let mut arguments = args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		"--jobs",
		"4"
	]
	.to_vec();
	arguments.extend(journey::inputs()?.iter().map(Into::into));
	let cli = world.devnet.cli.clone();
	let storing = std::thread::spawn(move || cli.fail(arguments));
	// Some are stored and on their way to the chain, some are not there yet.
	until("records arrive", || Ok((files(&objects)? >= before + 6).then_some(())))?;
	world.devnet.custodian(1)?.kill_vault()?;
	let failure = storing.join().map_err(|_| "storing panicked")??;
	assert_eq!(failure.code, "vault-unreachable", "{failure}");

	world.devnet.custodian(1)?.start_vault()?;
	let list = || -> Result<serde_json::Value> {
		world.devnet.cli.run(args![
			"record",
			"list",
			"--wallet",
			case.patient.wallet,
			"--custodian",
			"1"
		])
	};
	let count = |said: &serde_json::Value| said["records"].as_array().map_or(0, Vec::len);
	// What was on its way is brought to its end or removed: as many ciphertexts as records.
	let said = until("the vault has settled what was on its way", || {
		let said = list()?;
		Ok((files(&objects)? + case.records.len() == before + count(&said)).then_some(said))
	})?;
	assert_eq!(said["missing"], serde_json::json!([]));
	for record in said["records"].as_array().ok_or("no list")? {
		assert_eq!(record["verified"], true, "{record}");
		let out = case.patient.folder.join("settled");
		world.devnet.cli.run(args![
			"record",
			"read",
			"--wallet",
			case.patient.wallet,
			"--custodian",
			"1",
			"--out",
			out,
			record["id"].as_str().unwrap_or_default()
		])?;
	}
	// And it stores on where it stood.
	world.devnet.cli.run(args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		case.files[LABORATORY]
	])?;
	let more = list()?;
	assert_eq!(count(&more), count(&said) + 1);
	assert_eq!(more["missing"], serde_json::json!([]));
	Ok(())
}
