//! Every reading is in the log once: through retries, kills of vault and key service, and revocations.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, FILES_STORED, LABORATORY, SURGEON},
	world::{identity, World},
};
use salus_client::{
	chain::Call,
	vault_api::{codes, Attempt, PostedDirective, ReleaseRequest, StaffCapacity},
	vault_client::VaultClient,
};
use salus_primitives::{
	codes::{Action, Actions, GrantorBasis, Obligations, Purpose, Purposes, Role, Rule, Strength},
	decision::DenyReason,
	directive::{DirectiveTerms, Grantee, Scope},
	disclosure::{Outcome, NOT_HANDED_OUT},
	ids::RecordId,
	time::Period,
};
use salus_tests::{
	args, block_on,
	cli::Cli,
	people::{number, text},
	until, Result,
};
use serde_json::{json, Value};
use std::{
	collections::BTreeSet,
	ffi::OsString,
	fs,
	path::PathBuf,
	sync::atomic::{AtomicBool, Ordering},
	thread,
	time::Duration,
};

/// How often each reader reads.
const READS: usize = 12;
/// Kills of the vault meanwhile; after one of them the key service is killed.
const KILLS: u64 = 5;
/// Where the random moments come from: the same ones each time.
const SEED: u64 = 0x5a1u64;
/// What passes: a vault or a key service that is away for a moment.
const PASSES: [&str; 5] = [
	"vault-unreachable",
	"vault-timed-out",
	"key-service-unavailable",
	"not-signed-in",
	"node-unavailable",
];

/// Random enough for moments of kills, and the same each time.
struct Moments(u64);

impl Moments {
	/// Milliseconds, this many at most.
	fn next(&mut self, most: u64) -> Duration {
		self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
		Duration::from_millis((self.0 >> 33) % most)
	}
}

/// One who reads the records again and again.
struct Reader {
	/// What the log says of who it is.
	is: fn(&Value) -> bool,
	/// The command for each record, and where it writes.
	commands: Vec<(Vec<OsString>, PathBuf)>,
}

fn by_staff(entry: &Value, organisation: u64) -> bool {
	entry["accessor"]["staff"]["organisation"] == organisation
}

fn readers(world: &World, case: &Case) -> Result<Vec<Reader>> {
	let staff = |who: &str| {
		(0..FILES_STORED)
			.map(|record| -> Result<_> {
				Ok((case.reading(world, record, who)?, case.copy(record, who)))
			})
			.collect::<Result<Vec<_>>>()
	};
	let patient = |record: usize| {
		let out = case.copy(record, "patient");
		let wallet = &case.patient.wallet;
		let id = &case.records[record];
		let command =
			args!["record", "read", "--wallet", wallet, "--custodian", "1", "--out", out, id];
		(command.to_vec(), out)
	};
	Ok(vec![
		Reader { is: |entry| by_staff(entry, 2), commands: staff(SURGEON)? },
		Reader { is: |entry| by_staff(entry, 1), commands: staff(DOCTOR)? },
		Reader {
			is: |entry| !entry["accessor"]["patient"].is_null(),
			commands: (0..FILES_STORED).map(patient).collect(),
		},
	])
}

/// Reads, asking again with the same command while something is away. Gives what the vault said was the line of
/// each reading, with the record.
fn reads(cli: &Cli, case: &Case, reader: &Reader) -> Result<Vec<(u64, String)>> {
	let mut lines = Vec::new();
	for turn in 0..READS {
		let record = turn % FILES_STORED;
		let (command, out) = &reader.commands[record];
		let said = until("the record is read", || match cli.run(command) {
			Ok(said) => Ok(Some(said)),
			Err(fault) if PASSES.iter().any(|code| fault.to_string().contains(code)) => Ok(None),
			Err(fault) => Err(fault),
		})?;
		assert_eq!(fs::read(out)?, fs::read(&case.files[record])?, "not what was stored");
		fs::remove_file(out)?;
		lines.push((number(&said, "disclosure")?, case.records[record].clone()));
	}
	Ok(lines)
}

/// Kills vault and key service at random moments while the others read.
fn kill(world: &mut World) -> Result<()> {
	let mut moments = Moments(SEED);
	for turn in 0..KILLS {
		thread::sleep(Duration::from_millis(500) + moments.next(3_000));
		let custodian = world.devnet.custodian(1)?;
		if turn == KILLS / 2 {
			custodian.kill_key_service()?;
			thread::sleep(moments.next(1_500));
			custodian.start_key_service()?;
		}
		let custodian = world.devnet.custodian(1)?;
		custodian.kill_vault()?;
		thread::sleep(moments.next(1_000));
		custodian.start_vault()?;
	}
	Ok(())
}

pub(crate) fn under_kills(world: &mut World) -> Result<()> {
	let case = Case::new(world, "exactly-once")?;
	for who in [SURGEON, DOCTOR] {
		world.devnet.people.reader(who)?;
	}
	case.permit(world)?;
	let (cli, readers) = (world.devnet.cli.clone(), readers(world, &case)?);
	let told = thread::scope(|scope| {
		let (cli, case) = (&cli, &case);
		let reading: Vec<_> = readers
			.iter()
			.map(|reader| scope.spawn(move || reads(cli, case, reader)))
			.collect();
		let killed = kill(world);
		let mut told = Vec::new();
		for reader in reading {
			told.push(reader.join().map_err(|_| "a reader panicked")?);
		}
		killed?;
		told.into_iter().collect::<Result<Vec<_>>>()
	})?;

	// Without a gap, each line following from the one before and proven under a root of the chain.
	let log = case.log(world)?;
	for (reader, told) in readers.iter().zip(told) {
		assert_eq!(told.len(), READS);
		let mut standing: Vec<(u64, String)> = Vec::new();
		for entry in log.iter().filter(|entry| (reader.is)(entry)) {
			let record = text(entry, "subject.record")?;
			match serde_json::from_value(entry["outcome"].clone())? {
				Outcome::Released(_) => standing.push((number(entry, "sequence")?, record)),
				// Nothing left by the line before, while the key service was away.
				Outcome::Refused(NOT_HANDED_OUT) => {
					let back = standing.pop().ok_or("nothing to take back")?;
					assert_eq!(back.1, record, "{entry}");
				},
				Outcome::Refused(code) => return Err(format!("refused: {code}").into()),
			}
		}
		// No bytes without a line, no line twice, none missing.
		assert_eq!(standing, told);
	}
	// No root was posted twice.
	let now = world.now()?;
	let count = block_on(now.disclosure_root_count(1))?;
	let mut roots = BTreeSet::new();
	for number in 0..count {
		let posted = block_on(now.disclosure_root(1, number))?.ok_or("a root is missing")?;
		assert!(roots.insert(posted.root), "root {number} was posted before");
	}
	looked_at(world, &case)
}

/// Reading the log is in the log: once per sign-in, and from the next page on.
fn looked_at(world: &World, case: &Case) -> Result<()> {
	let looks = |log: &[Value]| log.iter().filter(|entry| entry["subject"] == "log").count();
	let before = case.whole_log(world)?;
	assert!(looks(&before) > 0);
	// Who waits for proofs may see their own line as well; the line of the next sign-in is seen by the one after.
	case.whole_log(world)?;
	let after = case.whole_log(world)?;
	assert!(looks(&after) > looks(&before));
	for entry in after.iter().filter(|entry| entry["subject"] == "log") {
		assert!(!entry["accessor"]["patient"].is_null(), "{entry}");
		assert_eq!(entry["outcome"], json!({ "released": "patient" }));
	}
	// By one sign-in, however often.
	let wallet = world.wallet(&case.patient)?;
	let chart = case.wallet_chart(world)?;
	let session = world.session(1, &wallet.identity(&chart)?)?;
	let lengths: Vec<_> = (0..4)
		.map(|_| -> Result<_> { Ok(block_on(session.disclosures(&chart.chart, 0))?.len()) })
		.collect::<Result<_>>()?;
	assert_eq!(lengths, [lengths[0], lengths[0] + 1, lengths[0] + 1, lengths[0] + 1]);
	Ok(())
}

fn asked() -> ReleaseRequest {
	let capacity = Some(StaffCapacity { organisation: 2, role: Role::Clinician });
	ReleaseRequest { capacity, action: Action::Access, purpose: Purpose::Treatment, offset: 0 }
}

/// The line of a release by this name, or code and reason of the refusal.
fn released(
	session: &VaultClient,
	record: RecordId,
	request: &ReleaseRequest,
	attempt: &Attempt,
) -> Result<std::result::Result<u32, (String, Option<u8>)>> {
	match block_on(session.ask_release_in(&record, request, Some(attempt))) {
		Ok((release, _)) => Ok(Ok(release.disclosure)),
		Err(salus_client::Error::Vault { code, reason, .. }) => Ok(Err((code, reason))),
		Err(fault) => Err(fault.into()),
	}
}

fn refused() -> (String, Option<u8>) {
	(codes::ACCESS_DENIED.into(), Some(DenyReason::NothingPermits.code()))
}

pub(crate) fn attempts_end_with_the_permission(world: &mut World) -> Result<()> {
	let case = Case::new(world, "attempts")?;
	for who in [SURGEON, DOCTOR] {
		world.devnet.people.reader(who)?;
	}
	let directive = case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	let session = world.session(1, &identity(SURGEON)?)?;
	let record = case.record_id(DOCUMENT)?;
	let attempt = Attempt::random()?;
	let line = released(&session, record, &asked(), &attempt)?;
	assert!(line.is_ok(), "{line:?}");
	// Again, and once more from another sign-in: the same line.
	assert_eq!(released(&session, record, &asked(), &attempt)?, line);
	let other = world.session(1, &identity(SURGEON)?)?;
	assert_eq!(released(&other, record, &asked(), &attempt)?, line);
	// Neither for another record nor for somebody else.
	let taken = Err((codes::ALREADY_EXISTS.to_owned(), None));
	assert_eq!(released(&session, case.record_id(LABORATORY)?, &asked(), &attempt)?, taken);
	let doctor = world.session(1, &identity(DOCTOR)?)?;
	let own = Some(StaffCapacity { organisation: 1, role: Role::Clinician });
	let request = ReleaseRequest { capacity: own, ..asked() };
	assert_eq!(released(&doctor, record, &request, &attempt)?, taken);

	// What was begun before the revocation does not go on after it: not by its name, not by its sign-in.
	world.devnet.cli.run(args![
		"directive",
		"revoke",
		"--wallet",
		case.patient.wallet,
		directive
	])?;
	for session in [&session, &other] {
		assert_eq!(released(session, record, &asked(), &attempt)?, Err(refused()));
	}
	assert_eq!(released(&session, record, &asked(), &Attempt::random()?)?, Err(refused()));
	// Nor by a new one's right does it go on with the old line.
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	let anew = released(&session, record, &asked(), &attempt)?;
	assert!(anew.is_ok() && anew != line, "{anew:?} after {line:?}");

	let outcomes = case.outcomes(world, DOCUMENT)?;
	let is_released: Vec<_> =
		outcomes.iter().map(|outcome| matches!(outcome, Outcome::Released(_))).collect();
	// Released, refused to the doctor by its name, and refused three times after the revocation.
	assert_eq!(is_released, [true, false, false, false, false, true], "{outcomes:?}");
	Ok(())
}

pub(crate) fn revoked_in_the_same_block(world: &mut World) -> Result<()> {
	let case = Case::new(world, "same-block")?;
	world.devnet.people.reader(SURGEON)?;
	let surgeon = world.session(1, &identity(SURGEON)?)?;
	let record = case.record_id(DOCUMENT)?;
	// The vault knows the surgeon's house.
	until("the surgeon is refused for want of a permission", || {
		let said = released(&surgeon, record, &asked(), &Attempt::random()?)?;
		Ok((said == Err(refused())).then_some(()))
	})?;
	let chart = case.wallet_chart(world)?;
	let mut wallet = world.wallet(&case.patient)?;
	let patient = wallet.identity(&chart)?;
	let own = world.session(1, &patient)?;
	// The two are sent together, and nearly always come into one block.
	let mut together = false;
	for _ in 0..10 {
		let terms = DirectiveTerms {
			rule: Rule::Permit,
			strength: Strength::Specific,
			grantee: Grantee::PractitionerAt(2, 2),
			scope: Scope::default(),
			actions: Actions::of(&[Action::Access]),
			purposes: Purposes::of(&[Purpose::Treatment]),
			period: Period { from: world.now()?.head().at, until: None },
			obligations: Obligations::EMPTY,
			basis: GrantorBasis::Own,
		};
		let issued = wallet.issue(&chart.chart, terms, None, None)?;
		let issue = Call::issue_directive(chart.chart, issued.id, issued.opening.seal(), None);
		let revoke = Call::revoke_directive(issued.id);
		let stop = AtomicBool::new(false);
		let (blocks, seen) = thread::scope(|scope| {
			let (stop, surgeon) = (&stop, &surgeon);
			let asking = scope.spawn(move || {
				let mut seen = Vec::new();
				while !stop.load(Ordering::SeqCst) {
					seen.push(released(surgeon, record, &asked(), &Attempt::random()?)?);
					thread::sleep(Duration::from_millis(700));
				}
				Ok::<_, salus_tests::Error>(seen)
			});
			let sent = block_on(async {
				futures::join!(
					world.chain.submit(patient.keypair(), &issue),
					world.chain.submit(patient.keypair(), &revoke)
				)
			});
			stop.store(true, Ordering::SeqCst);
			let seen = asking.join().map_err(|_| "the surgeon panicked")??;
			Ok::<_, salus_tests::Error>(((sent.0?.block, sent.1?.block), seen))
		})?;
		// The opening is at hand, so nothing but the chain keeps the vault from it.
		let posted = PostedDirective { id: issued.id, opening: issued.opening };
		block_on(own.post_directive(&chart.chart, &posted))?;
		let (issued_in, revoked_in) = blocks;
		if issued_in.number == revoked_in.number {
			assert!(seen.iter().all(|seen| seen.is_err()), "released in between: {seen:?}");
			let said = released(&surgeon, record, &asked(), &Attempt::random()?)?;
			assert_eq!(said, Err(refused()));
			together = true;
			break;
		}
	}
	assert!(together, "the two never came into one block");
	drop(wallet);
	case.denied(world, DOCUMENT, SURGEON, DenyReason::NothingPermits.code().into())
}
