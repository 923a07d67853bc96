//! Runs HL7's own FHIR R4 examples through all that a record goes through, and writes down what became
//! of each type. `scripts/fhir-examples` fetches the examples and calls this.
//!
//! What is expected does not come from the table in `client`: HL7's definition of the patient
//! compartment, which lies among the examples, says which types tell of a patient.

use clap::Parser;
use indicatif::ProgressBar;
use salus_client::{
	chain::Chain,
	content::{inspect_file, ContentInfo},
	envelope::EncryptionSecret,
	keys::KeyFile,
	records::{open, prepare, Place, Prepared, Written},
	sealed_file::Passphrase,
	vault_api::{
		ChartKey, ChartKeys, Head, PublishedKey, Release, ReleaseRequest, Signature, StoredRecord,
	},
	vault_client::{no_progress, VaultClient},
	wallet::Wallet,
	Error,
};
use salus_primitives::{
	codes::{Action, Category, Obligations, Purpose},
	decision::Basis,
	ids::{ChartId, Digest, Salt},
	record::RecordTerms,
	seal::Opening,
};
use salus_tests::{block_on, devnet, interrupted, people::text, process, Devnet, Patient, Result};
use serde::Deserialize;
use std::{
	collections::{BTreeMap, BTreeSet},
	fmt::Write,
	fs,
	path::{Path, PathBuf},
	process::ExitCode,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};

/// Runs the files of a folder through store, anchor, read and verify, and writes the result.
#[derive(Debug, Parser)]
#[command(name = "salus-fhir-examples", version)]
struct Options {
	/// The unpacked package.
	#[arg(value_name = "FOLDER")]
	examples: PathBuf,
	/// Without a network: classify, check, encrypt, decrypt.
	#[arg(long)]
	offline: bool,
	/// Folder for the network, which is deleted first.
	#[arg(long, value_name = "DIR", default_value = ".salus-fhir-examples")]
	data: PathBuf,
	/// Validators: 1 or 4.
	#[arg(long, value_name = "N", default_value_t = 4)]
	validators: u32,
	/// Records on their way at the same time; a vault takes 32 uploads at once.
	#[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u8).range(1..=32))]
	jobs: u8,
	/// Where to write the result [default: standard output].
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// Of the patient compartment, and yet not of one patient: a calendar, and a list of people.
const NOT_STORED: [&str; 2] = ["Group", "Schedule"];

/// Not of the patient compartment, and yet stored: by what they hold, and the people, places and things
/// that records refer to.
const STORED: [&str; 16] = [
	"Binary",
	"BiologicallyDerivedProduct",
	"Contract",
	"Device",
	"DeviceMetric",
	"Endpoint",
	"GuidanceResponse",
	"HealthcareService",
	"Location",
	"Medication",
	"Organization",
	"OrganizationAffiliation",
	"Practitioner",
	"PractitionerRole",
	"Substance",
	"Task",
];

const MERCY: u32 = 1;
const OFFICER: &str = "//Mercy//Records";
/// How long our node may trail the vault's.
const CATCH_UP: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
	std::thread::spawn(|| {
		if let Err(fault) = block_on(interrupted()) {
			return eprintln!("signals can not be waited for: {fault}");
		}
		process::end_all();
		std::process::exit(130);
	});
	match run(&Options::parse()) {
		Ok(()) => ExitCode::SUCCESS,
		Err(fault) => {
			eprintln!("error: {fault}");
			ExitCode::FAILURE
		},
	}
}

/// A file and what the client says of it.
struct Example {
	path: PathBuf,
	kind: String,
	outcome: std::result::Result<ContentInfo, Refusal>,
}

struct Refusal {
	code: String,
	why: String,
}

impl Example {
	fn name(&self) -> String {
		self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
	}
}

fn run(options: &Options) -> Result<()> {
	let began = Instant::now();
	let examples = classify(&options.examples)?;
	let classified = began.elapsed();
	let bytes: u64 = examples
		.iter()
		.map(|example| fs::metadata(&example.path).map_or(0, |file| file.len()))
		.sum();
	let unexpected = unexpected(&options.examples, &examples)?;
	let stored: Vec<_> = examples
		.iter()
		.filter_map(|example| Some((example.path.clone(), example.outcome.as_ref().ok()?.clone())))
		.collect();
	let passed = match options.offline {
		true => offline(&stored)?,
		false => online(options, &stored)?,
	};
	let how = format!(
		"{} files of {:.0} MB looked at in {:.1} s. {passed}",
		examples.len(),
		bytes as f64 / 1e6,
		classified.as_secs_f64()
	);
	let report = report(&options.examples, &examples, &how)?;
	match &options.out {
		Some(file) => fs::write(file, report)?,
		None => print!("{report}"),
	}
	eprintln!("{how}");
	if unexpected.is_empty() {
		return Ok(());
	}
	Err(format!("not as expected: {}", unexpected.join("; ")).into())
}

/// Looks at every file, in order of their names.
fn classify(folder: &Path) -> Result<Vec<Example>> {
	#[derive(Deserialize)]
	struct Typed {
		#[serde(rename = "resourceType")]
		kind: Option<String>,
	}
	let mut files = fs::read_dir(folder)?
		.map(|entry| Ok(entry?.path()))
		.collect::<Result<Vec<_>>>()?;
	files.retain(|file| {
		file.extension().is_some_and(|end| end == "json") && !file.ends_with("package.json")
	});
	files.sort();
	let bar = ProgressBar::new(files.len() as u64);
	let mut examples = Vec::new();
	for path in files {
		let typed: Typed = serde_json::from_slice(&fs::read(&path)?)?;
		let outcome = match inspect_file(&path) {
			Ok(info) => Ok(info),
			Err(Error::Content { fault, .. }) => {
				Err(Refusal { code: fault.code().into(), why: fault.to_string() })
			},
			Err(other) => return Err(other.into()),
		};
		examples.push(Example { path, kind: typed.kind.unwrap_or_default(), outcome });
		bar.inc(1);
	}
	bar.finish_and_clear();
	if examples.is_empty() {
		return Err(format!("no examples in {}", folder.display()).into());
	}
	Ok(examples)
}

/// The types that are stored.
fn expected(folder: &Path) -> Result<BTreeSet<String>> {
	#[derive(Deserialize)]
	struct Compartment {
		resource: Vec<Member>,
	}
	#[derive(Deserialize)]
	struct Member {
		code: String,
		#[serde(default)]
		param: Vec<String>,
	}
	let file = fs::read(folder.join("CompartmentDefinition-patient.json"))?;
	let compartment: Compartment = serde_json::from_slice(&file)?;
	let members = compartment.resource.into_iter().filter(|member| !member.param.is_empty());
	let of_patients = members.map(|member| member.code);
	Ok(of_patients
		.filter(|kind| !NOT_STORED.contains(&kind.as_str()))
		.chain(STORED.map(str::to_owned))
		.collect())
}

/// Files of which something else became than their type says.
fn unexpected(folder: &Path, examples: &[Example]) -> Result<Vec<String>> {
	let stored = expected(folder)?;
	let mut found = Vec::new();
	for example in examples {
		let code = example.outcome.as_ref().err().map(|refusal| refusal.code.as_str());
		let good = match (example.kind.as_str(), stored.contains(&example.kind), code) {
			// Bundles go by what is in them; what is not valid is refused whatever it is.
			("Bundle", _, None | Some("content-not-about-patient" | "content-two-patients"))
			| (_, _, Some("content-not-fhir"))
			| (_, true, None)
			| (_, false, Some("content-not-about-patient")) => true,
			// By its subject.
			(_, true, Some("content-not-about-patient")) => example
				.outcome
				.as_ref()
				.is_err_and(|refusal| refusal.why.contains("its subject is a ")),
			_ => false,
		};
		if !good {
			found.push(format!("{} ({})", example.name(), code.unwrap_or("stored")));
		}
	}
	Ok(found)
}

/// Encrypts and decrypts; the bytes must be the same.
fn offline(stored: &[(PathBuf, ContentInfo)]) -> Result<String> {
	let began = Instant::now();
	let folder = std::env::temp_dir().join(format!("salus-fhir-examples-{}", std::process::id()));
	fs::create_dir_all(&folder)?;
	let (custodian, patient) = (EncryptionSecret::generate()?, EncryptionSecret::generate()?);
	let keys = ChartKeys {
		chart_key: ChartKey { key: patient.public(), signature: Signature::Sr25519([0; 64]) },
		organisation_key: PublishedKey { version: 1, key: custodian.public() },
	};
	let genesis = [0; 32];
	let chart = ChartId([1; 32]);
	let place = Place { genesis, custodian: MERCY, chart, replaces: None };
	let bar = ProgressBar::new(stored.len() as u64);
	for (path, info) in stored {
		let written = written(info);
		let prepared = prepare(path, info, &written, &place, &keys, &folder)?;
		let out = folder.join("out");
		let release = release(&prepared, chart);
		let envelope = prepared.envelope.path();
		open(prepared.record.id, &release, envelope, genesis, &patient, 0, &out)?;
		same(path, &out)?;
		bar.inc(1);
	}
	bar.finish_and_clear();
	fs::remove_dir_all(&folder)?;
	Ok(format!(
		"{} records encrypted, decrypted and compared in {:.1} s, without a network.",
		stored.len(),
		began.elapsed().as_secs_f64()
	))
}

fn written(info: &ContentInfo) -> Written {
	let clinical_date = info.clinical_date.unwrap_or_default();
	Written { author: None, encounter: None, clinical_date }
}

/// What a vault would release to the patient.
fn release(prepared: &Prepared, chart: ChartId) -> Release {
	let record = &prepared.record;
	let terms = RecordTerms {
		chart,
		sequence: 0,
		previous_leaf: None,
		version: record.version,
		category: record.category,
		confidentiality: record.confidentiality,
		sensitivity: record.sensitivity,
		author: record.author,
		encounter: record.encounter,
		clinical_date: record.clinical_date,
		size: record.size,
		content_digest: record.content_digest,
		ciphertext_digest: record.ciphertext_digest,
	};
	Release {
		opening: Opening { terms, salt: Salt([0; 32]) },
		media_type: record.media_type.clone(),
		wrap: record.wraps.chart.clone(),
		basis: Basis::Patient,
		obligations: Obligations::EMPTY,
		disclosure: 0,
		head: Head { number: 0, hash: [0; 32], at: 0 },
		statements: Vec::new(),
		inclusion: None,
	}
}

fn same(path: &Path, out: &Path) -> Result<()> {
	if fs::read(path)? != fs::read(out)? {
		return Err(format!("{} was read back with other bytes", path.display()).into());
	}
	fs::remove_file(out)?;
	Ok(())
}

/// Stores and anchors at Mercy, reads as the patient, compares with file and chain.
fn online(options: &Options, stored: &[(PathBuf, ContentInfo)]) -> Result<String> {
	devnet::reset(&options.data)?;
	let settings = devnet::Settings {
		folder: options.data.clone(),
		validators: Some(options.validators),
		disclosure_interval: 10,
	};
	let bar = ProgressBar::new(stored.len() as u64);
	let devnet = Devnet::start(&settings, &|stage| bar.suspend(|| eprintln!("{stage} ...")))?;
	let passed = block_on(travel(&devnet, options, stored, &bar));
	bar.finish_and_clear();
	devnet.stop()?;
	passed
}

async fn travel(
	devnet: &Devnet,
	options: &Options,
	files: &[(PathBuf, ContentInfo)],
	bar: &ProgressBar,
) -> Result<String> {
	let chain = Chain::connect(devnet.cli.node()).await?;
	let genesis = chain.genesis();
	let folder = devnet.folder.join("examples");
	let patient = Patient::new(&devnet.cli, &folder)?;
	let enrolled = patient.enrol(MERCY, &devnet.people.key(OFFICER)?)?;
	let chart: ChartId = text(&enrolled, "chart")?.parse().map_err(|_| "no chart id")?;
	let endpoint = devnet.custodians.first().ok_or("no custodian")?.endpoint();

	// Store and anchor: the vault answers when the leaf is final.
	let officer = KeyFile::from_dev_uri(OFFICER)?.into_identity();
	let mut vault = VaultClient::new(&endpoint)?;
	vault.sign_in(&officer, &genesis, MERCY).await?;
	let vault = Arc::new(vault);
	let keys = vault.chart_keys(&chart).await?;
	let place = Place { genesis, custodian: MERCY, chart, replaces: None };
	let began = Instant::now();
	let turns = Arc::new(Semaphore::new(options.jobs.into()));
	let mut storing = JoinSet::new();
	for (path, info) in files.iter().cloned() {
		let (vault, turns, folder, bar) =
			(vault.clone(), turns.clone(), folder.clone(), bar.clone());
		storing.spawn(async move {
			let _turn = turns.acquire().await?;
			let file = path.clone();
			let prepared = tokio::task::spawn_blocking(move || {
				prepare(&file, &info, &written(&info), &place, &keys, &folder)
			});
			let prepared = prepared.await??;
			let stored = vault.store(&chart, &prepared, no_progress).await?;
			bar.inc(1);
			Ok::<_, salus_tests::Error>((path, stored))
		});
	}
	let mut stored = Vec::<(PathBuf, StoredRecord)>::new();
	while let Some(done) = storing.join_next().await {
		stored.push(done??);
	}
	let storing = began.elapsed();

	// Read as the patient, who must see all of it, in an unbroken chain.
	let passphrase = Passphrase::from_file(devnet.cli.passphrase())?;
	let wallet = Wallet::open(&patient.wallet, &passphrase)?;
	let identity = Arc::new(wallet.identity(wallet.chart(&chart)?)?);
	let mut vault = VaultClient::new(&endpoint)?;
	vault.sign_in(&identity, &genesis, MERCY).await?;
	let vault = Arc::new(vault);
	let listed = vault.records(&chart, None, Purpose::PatientRequested).await?;
	let sequences: BTreeSet<_> =
		listed.iter().map(|record| record.opening.terms.sequence).collect();
	if listed.len() != stored.len() || !sequences.iter().copied().eq(0..listed.len() as u32) {
		return Err(format!("{} of {} records are listed", listed.len(), stored.len()).into());
	}
	let last = stored.iter().map(|(_, record)| record.block.number).max().unwrap_or_default();
	let waited = Instant::now();
	let mut at = chain.finalised().await?;
	while at.record(stored.last().ok_or("nothing was stored")?.1.record).await?.is_none() {
		if waited.elapsed() > CATCH_UP {
			return Err("the node asked does not catch up with the vault's".into());
		}
		tokio::time::sleep(Duration::from_millis(200)).await;
		at = chain.finalised().await?;
	}
	bar.set_position(0);
	let began = Instant::now();
	let mut reading = JoinSet::new();
	for (path, record) in stored {
		let facts = at.record(record.record).await?.ok_or("a record is not on the chain")?;
		let (vault, turns, folder, identity, bar) =
			(vault.clone(), turns.clone(), folder.clone(), identity.clone(), bar.clone());
		reading.spawn(async move {
			let _turn = turns.acquire().await?;
			let request = ReleaseRequest {
				capacity: None,
				action: Action::Access,
				purpose: Purpose::PatientRequested,
				offset: 0,
			};
			let id = record.record;
			let (release, envelope) = vault.release(&id, &request, &folder, &no_progress).await?;
			let opens = release.opening.opens(&facts.leaf)
				&& facts.custodian == MERCY
				&& release.opening.terms.chart == chart;
			if !opens {
				return Err(format!("{} is not what the chain has", path.display()).into());
			}
			tokio::task::spawn_blocking(move || {
				let out = folder.join(format!("{id}.out"));
				let secret = identity.encryption();
				open(id, &release, envelope.path(), genesis, secret, release.head.at, &out)?;
				if Digest::of(&fs::read(&path)?) != release.opening.terms.content_digest {
					return Err(format!("{} has another digest than sealed", path.display()).into());
				}
				same(&path, &out)
			})
			.await??;
			bar.inc(1);
			Ok::<_, salus_tests::Error>(())
		});
	}
	let mut read = 0u32;
	while let Some(done) = reading.join_next().await {
		done??;
		read += 1;
	}
	Ok(format!(
		"{read} records stored and anchored in {:.0} s (the last in block {last}, {} at a time), \
		 read by the patient, compared with the file byte for byte and with the leaf on the chain \
		 in {:.0} s; {} validator(s), all on one machine.",
		storing.as_secs_f64(),
		options.jobs,
		began.elapsed().as_secs_f64(),
		options.validators,
	))
}

/// The document.
fn report(folder: &Path, examples: &[Example], how: &str) -> Result<String> {
	let stored_types = expected(folder)?;
	let stored = examples.iter().filter(|example| example.outcome.is_ok()).count();
	let refused = |code: &str| {
		let has = |refusal: &Refusal| refusal.code == code;
		examples.iter().filter(|one| one.outcome.as_ref().is_err_and(has)).count()
	};
	let mut text = format!(
		"# HL7's own examples\n\n\
		 What becomes of every file of the npm package `hl7.fhir.r4.examples` 4.0.1. Written by \
		 `scripts/fhir-examples`; [content.md](content.md) has the rules.\n\n{how}\n\n\
		 | files | stored, read back identical | not about a patient | about two patients | \
		 not valid R4 |\n|---|---|---|---|---|\n\
		 | {} | {stored} | {} | {} | {} |\n\n\
		 ## By type\n\n\
		 A type is expected to be stored if HL7's definition of the patient compartment has it, \
		 but for {}; and these as well: {}. The run fails if a file is not as expected. A Bundle \
		 goes by what is in it.\n\n\
		 | resource type | expected | files | stored as | refused |\n|---|---|---|---|---|\n",
		examples.len(),
		refused("content-not-about-patient"),
		refused("content-two-patients"),
		refused("content-not-fhir"),
		NOT_STORED.join(" and "),
		STORED.join(", "),
	);
	let mut types = BTreeMap::<&str, Vec<&Example>>::new();
	for example in examples {
		types.entry(&example.kind).or_default().push(example);
	}
	for (kind, files) in &types {
		let (mut kept, mut not) = (BTreeMap::<Category, u32>::new(), BTreeMap::<&str, u32>::new());
		for file in files {
			match &file.outcome {
				Ok(info) => *kept.entry(info.category).or_default() += 1,
				Err(refusal) => *not.entry(refusal.code.as_str()).or_default() += 1,
			}
		}
		let expected = match stored_types.contains(*kind) {
			_ if *kind == "Bundle" => "–",
			true => "stored",
			false => "refused",
		};
		writeln!(
			text,
			"| {kind} | {expected} | {} | {} | {} |",
			files.len(),
			counted(kept.iter().map(|(category, count)| (category.code(), *count))),
			counted(not.iter().map(|(code, count)| (*code, *count))),
		)?;
	}
	text.push_str(
		"\n## Refused one by one\n\nAll that is refused for another reason than its type.\n\n\
		 | file | why |\n|---|---|\n",
	);
	for example in examples {
		if let Err(Refusal { code, why }) = &example.outcome {
			if code != "content-not-about-patient" || why.contains("its ") {
				writeln!(text, "| {} | {why} |", example.name())?;
			}
		}
	}
	Ok(text)
}

fn counted<'a>(counts: impl Iterator<Item = (&'a str, u32)>) -> String {
	let counts: Vec<_> = counts.map(|(name, count)| format!("{name} {count}")).collect();
	if counts.is_empty() {
		"–".into()
	} else {
		counts.join(", ")
	}
}
