//! Grants, revocations and reads at once, and the whole history looked through afterwards.

use crate::{
	cases::{Case, DOCUMENT, FILES_STORED, IMAGE, LABORATORY, OFFICER, SURGEON},
	world::{identity, World},
};
use salus_client::{
	chain::Chain,
	vault_api::{codes, ReleaseRequest, StaffCapacity},
	vault_client::no_progress,
};
use salus_primitives::{
	codes::{Action, Purpose, Role},
	decision::{Basis, DenyReason},
	disclosure::Outcome,
	ids::{ChartId, DirectiveId, RecordId},
};
use salus_tests::{args, block_on, people::text, until, Result};
use std::{
	fs,
	path::Path,
	sync::atomic::{AtomicBool, AtomicUsize, Ordering},
	thread,
	time::Duration,
};

/// How often each patient permits and revokes.
const ROUNDS: usize = 3;
/// Readers of each patient's records, each with a session from before the first permission.
const READERS: usize = 2;
/// Between two reads of one reader.
const PAUSE: Duration = Duration::from_millis(300);

/// A record that was released.
struct Read {
	/// Number of the last final block that the vault's node knew before it was asked.
	before: u32,
	/// The block at which it was decided.
	head: salus_client::vault_api::Head,
	directive: DirectiveId,
}

/// What the readers of a chart count.
#[derive(Default)]
struct Counts {
	released: AtomicUsize,
	refused: AtomicUsize,
}

fn asked(offset: u64) -> ReleaseRequest {
	let capacity = Some(StaffCapacity { organisation: 2, role: Role::Clinician });
	ReleaseRequest { capacity, action: Action::Access, purpose: Purpose::Treatment, offset }
}

pub(crate) fn no_release_after_revocation(world: &mut World) -> Result<()> {
	world.devnet.people.reader(SURGEON)?;
	let node = world.devnet.custodian(1)?.settings.node.clone();
	let world = &*world;
	let cases = [Case::new(world, "revocation-1")?, Case::new(world, "revocation-2")?];
	let stop = AtomicBool::new(false);
	let counts: Vec<_> = cases.iter().map(|_| Counts::default()).collect();

	let histories = thread::scope(|scope| {
		let (node, stop) = (node.as_str(), &stop);
		let mut readers = Vec::new();
		let mut changers = Vec::new();
		for (case, count) in cases.iter().zip(&counts) {
			let mut of_case = Vec::new();
			for reader in 0..READERS {
				of_case.push(scope.spawn(move || {
					let read = reads(world, case, reader, node, stop, count);
					// Whoever fails ends the others, too.
					stop.fetch_or(read.is_err(), Ordering::SeqCst);
					read.map_err(|fault| fault.to_string())
				}));
			}
			readers.push(of_case);
			changers.push(scope.spawn(move || {
				changes(world, case, stop, count).map_err(|fault| fault.to_string())
			}));
		}
		let changed: Vec<_> = changers.into_iter().map(thread::ScopedJoinHandle::join).collect();
		stop.store(true, Ordering::SeqCst);
		let mut histories = Vec::new();
		for of_case in readers {
			let mut history = Vec::new();
			for reader in of_case {
				history.extend(reader.join().map_err(|_| "a reader panicked")??);
			}
			histories.push(history);
		}
		for changed in changed {
			changed.map_err(|_| "a patient panicked")??;
		}
		Ok::<_, salus_tests::Error>(histories)
	})?;

	for ((case, history), count) in cases.iter().zip(histories).zip(&counts) {
		assert!(history.len() >= ROUNDS, "{} reads say little", history.len());
		assert!(count.refused.load(Ordering::SeqCst) >= ROUNDS);
		let chart = case.chart_id()?;
		for Read { before, head, directive } in &history {
			assert!(head.number >= *before, "decided at {} after {before} was final", head.number);
			assert!(is_active(world, chart, head.hash, *directive)?, "released at {}", head.number);
		}
		// The patient's log tells of each release once, and of none that was not permitted then.
		let mut logged = 0;
		for entry in case.log(world)? {
			let outcome: Outcome = serde_json::from_value(entry["outcome"].clone())?;
			let Outcome::Released(Basis::Directive(directive)) = outcome else { continue };
			let head = text(&entry, "head")?.parse::<ChartId>().map_err(|_| "no hash")?.0;
			assert!(is_active(world, chart, head, directive)?, "{entry}");
			logged += 1;
		}
		assert_eq!(logged, history.len(), "releases and their entries");
		// What began before goes on no more, from whatever byte.
		let session = world.session(1, &identity(SURGEON)?)?;
		for offset in [0, 1] {
			let record = case.record_id(DOCUMENT)?;
			let into = case.patient.folder.as_path();
			let ended = block_on(session.release(&record, &asked(offset), into, &no_progress));
			let ended = ended.map(drop).map_err(|error| error.code().to_owned());
			assert_eq!(ended, Err("access-denied".into()));
		}
	}
	Ok(())
}

/// Permits and revokes, each time once the readers have noticed what was before.
fn changes(world: &World, case: &Case, stop: &AtomicBool, count: &Counts) -> Result<()> {
	let noticed = |counter: &AtomicUsize, what: &str| {
		let seen = counter.load(Ordering::SeqCst);
		until(what, || {
			if stop.load(Ordering::SeqCst) {
				return Err("a reader failed".into());
			}
			Ok((counter.load(Ordering::SeqCst) > seen).then_some(()))
		})
	};
	noticed(&count.refused, "readers are refused")?;
	for _ in 0..ROUNDS {
		let directive = case.permit(world)?;
		noticed(&count.released, "readers read")?;
		world.devnet.cli.run(args![
			"directive",
			"revoke",
			"--wallet",
			case.patient.wallet,
			directive
		])?;
		noticed(&count.refused, "readers are refused again")?;
	}
	Ok(())
}

/// Reads again and again by one session until told to stop.
fn reads(
	world: &World,
	case: &Case,
	reader: usize,
	node: &str,
	stop: &AtomicBool,
	count: &Counts,
) -> Result<Vec<Read>> {
	let session = world.session(1, &identity(SURGEON)?)?;
	let chain = block_on(Chain::connect(node))?;
	let folder = case.patient.folder.join(format!("reader-{reader}"));
	fs::create_dir_all(&folder)?;
	let mut history = Vec::new();
	let mut turn = reader;
	while !stop.load(Ordering::SeqCst) {
		turn += 1;
		let record = case.record_id(turn % FILES_STORED)?;
		let before = block_on(chain.finalised())?.head().number;
		match released(&session, record, &folder) {
			Ok((head, directive)) => {
				history.push(Read { before, head, directive });
				count.released.fetch_add(1, Ordering::SeqCst);
			},
			Err(salus_client::Error::Vault { reason: Some(reason), .. })
				if reason == DenyReason::NothingPermits.code() =>
			{
				count.refused.fetch_add(1, Ordering::SeqCst);
			},
			// Whoever is refused too often is told to wait, and gets nothing either.
			Err(error) if error.code() == codes::TOO_MANY_REQUESTS => {
				count.refused.fetch_add(1, Ordering::SeqCst);
			},
			Err(error) => return Err(error.into()),
		}
		thread::sleep(PAUSE);
	}
	Ok(history)
}

fn released(
	session: &salus_client::vault_client::VaultClient,
	record: RecordId,
	folder: &Path,
) -> salus_client::Result<(salus_client::vault_api::Head, DirectiveId)> {
	let (release, _) = block_on(session.release(&record, &asked(0), folder, &no_progress))?;
	match release.basis {
		Basis::Directive(directive) => Ok((release.head, directive)),
		other => panic!("released in the right of {other:?}"),
	}
}

/// Whether the directive was active on the chart at this block.
fn is_active(
	world: &World,
	chart: ChartId,
	block: [u8; 32],
	directive: DirectiveId,
) -> Result<bool> {
	let facts = block_on(async { world.chain.at(block).await?.chart(chart).await })?;
	let facts = facts.ok_or("no chart")?;
	Ok(facts.directives.iter().any(|active| active.id == directive))
}

pub(crate) fn standing_grant(world: &mut World) -> Result<()> {
	let case = Case::new(world, "standing-grant")?;
	let surgeon = world.devnet.people.reader(SURGEON)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;

	// The patient's phone is off, for good: the wallet is not there any more.
	let away = case.patient.folder.join("away");
	fs::rename(&case.patient.wallet, &away)?;
	let officer = world.devnet.people.key(OFFICER)?;
	let file = &case.files[IMAGE];
	let said = world.devnet.cli.run(args![
		"record",
		"store",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		file
	])?;
	let record = text(&said, "stored.0.record")?;
	assert!(!case.records.contains(&record));
	let copy = case.patient.folder.join("written-later");
	let said = world.devnet.cli.run(args![
		"record",
		"read",
		"--key",
		surgeon,
		"--organisation",
		"2",
		"--custodian",
		"1",
		"--out",
		copy,
		record
	])?;
	assert!(said["basis"].to_string().contains("directive"), "{said}");
	assert_eq!(fs::read(copy)?, fs::read(file)?);

	// Back again, the patient sees it.
	fs::rename(&away, &case.patient.wallet)?;
	let seen = case
		.log(world)?
		.into_iter()
		.filter(|entry| entry["subject"]["record"] == record.as_str());
	assert_eq!(seen.count(), 1);

	// A second grant of the same says nothing new: compacting ends one, and the surgeon reads on.
	case.permit(world)?;
	let compact = |more: &[&str]| {
		let mut arguments = args!["directive", "compact", "--wallet", case.patient.wallet].to_vec();
		arguments.extend(more.iter().map(Into::into));
		let said = world.devnet.cli.run(arguments)?;
		Ok::<_, salus_tests::Error>(said["charts"][0]["ended"].as_array().map(Vec::len))
	};
	assert_eq!(compact(&["--check"])?, Some(1));
	assert_eq!(compact(&[])?, Some(1));
	assert_eq!(compact(&[])?, Some(0));
	case.reads(world, LABORATORY, SURGEON).map(drop)
}
