//! A stolen disk: the vault's whole folder, without the key service. What it gives away is nothing.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, LABORATORY, OFFICER, SURGEON},
	vaults,
	world::{identity, World},
};
use blake2::{
	digest::{consts::U32, FixedOutput, Update},
	Blake2bMac,
};
use chacha20poly1305::{
	aead::{Aead, Payload},
	KeyInit, XChaCha20Poly1305, XNonce,
};
use codec::Encode;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};
use salus_client::{keys::KeyFile, sealed_file::Passphrase, vault_api::DATABASE_KEY};
use salus_primitives::{codes::Purpose, ids::Digest};
use salus_tests::{
	args, block_on,
	people::text,
	process::{free_port, program, Process},
	Result,
};
use std::{
	collections::HashMap,
	fs,
	net::TcpStream,
	path::{Path, PathBuf},
	process::Command,
};

/// Bytes before and after every sealed value: its nonce and its tag.
const NONCE: usize = 24;
const TAG: usize = 16;
/// Sealed values are filled up to multiples of this.
const PADDING: usize = 128;
/// Bytes of a content's header: magic, suite, nonce prefix.
const HEADER: usize = 26;
/// Most windows of the disk that are tried as keys.
const MOST_WINDOWS: usize = 20_000;

pub(crate) fn opens_nothing(world: &mut World) -> Result<()> {
	let case = lived(world)?;
	let known = known(world, &case)?;
	let genuine = database_key(world)?;
	let copy = steal(world, &case)?;
	let files = files(&copy)?;
	assert!(files.len() > case.records.len(), "database and objects were copied");

	// That the search finds what is there.
	let planted = [b"before ".as_slice(), &case.record_id(0)?.0, b" after"].concat();
	assert!(found(&planted, &known).iter().any(|name| name == "record 0"));
	for Stolen { name, bytes } in &files {
		let found = [found(name.as_bytes(), &known), found(bytes, &known)].concat();
		assert!(found.is_empty(), "{name} holds {found:?}");
	}

	let rows = rows(&copy.join("vault.redb"))?;
	assert!(rows.len() > 10, "the database has rows");
	for row in &rows {
		let filling = row.value.len().checked_sub(NONCE + TAG).ok_or("a row that is not sealed")?;
		assert_eq!(filling % PADDING, 0, "a row's size tells the value's");
	}
	let content = Content::find(world, &case, &files)?;
	nothing_is_its_own_key(&genuine, &content, &files, &rows)?;
	another_key_service_is_refused(world, &case, &copy)
}

/// Records, an amendment, directives, a request, a refusal, releases: all of them on the disk.
fn lived(world: &mut World) -> Result<Case> {
	let case = Case::new(world, "theft")?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	case.issue(world, &["--rule", "deny", "--practitioner", "3"])?;
	case.denied(world, LABORATORY, SURGEON, 32)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;
	case.reads(world, DOCUMENT, DOCTOR)?;
	let doctor = world.devnet.people.key(DOCTOR)?;
	world.devnet.cli.run(args![
		"request",
		"send",
		"--key",
		doctor,
		"--organisation",
		"1",
		"--chart",
		case.chart,
		"--custodian",
		"2",
		"--purpose",
		"TREAT",
		"--days",
		"7"
	])?;
	let officer = world.devnet.people.key(OFFICER)?;
	world.devnet.cli.run(args![
		"record",
		"amend",
		"--key",
		officer,
		"--custodian",
		"1",
		"--chart",
		case.chart,
		"--replaces",
		case.records[LABORATORY],
		case.files[LABORATORY]
	])?;
	Ok(case)
}

/// What must not be found, each with its name.
struct Known(HashMap<[u8; 4], Vec<(String, Vec<u8>)>>);

impl Known {
	/// Bytes that must not be found as they are, nor written in hexadecimal digits.
	fn add(&mut self, name: &str, bytes: &[u8]) {
		let digits = hex::encode(bytes);
		self.text(name, bytes);
		self.text(name, digits.to_uppercase());
		self.text(name, digits);
	}

	/// Bytes that must not be found as they are.
	fn text(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
		let bytes = bytes.into();
		if let Some(begin) = bytes.first_chunk::<4>() {
			self.0.entry(*begin).or_default().push((name.into(), bytes));
		}
	}
}

/// Everything that the people in this story and their programs know.
fn known(world: &mut World, case: &Case) -> Result<Known> {
	let mut known = Known(HashMap::new());
	let chart = case.chart_id()?;
	known.add("the chart", &chart.0);
	for place in 0..case.records.len() {
		known.add(&format!("record {place}"), &case.record_id(place)?.0);
	}

	// Contents: pieces of each, and what it says in words.
	for file in &case.files {
		let content = fs::read(file)?;
		for piece in content.chunks(512).filter_map(|piece| piece.get(..32)) {
			// Runs of one byte, as between an image's parts, are no content.
			if piece.iter().any(|byte| *byte != piece[0]) {
				known.text("content", piece);
			}
		}
	}
	let words = [
		"resourceType",
		"Observation",
		"Heuvel",
		"Glucose",
		"application/fhir+json",
		"application/dicom",
		"Mercy General",
		"laboratory",
		"PATRQT",
	];
	words.iter().for_each(|word| known.text("a word", *word));

	// The patient's wallet, and what the vault hands to the patient.
	let wallet = world.wallet(&case.patient)?;
	let own = wallet.chart(&chart)?;
	let patient = wallet.identity(own)?;
	known.add("the chart's key", &patient.account());
	known.add("the chart's salt", &own.salt.0);
	known.add("the chart's encryption key", &patient.encryption().public());
	known.add("the chart's secret", patient.encryption().expose());
	for directive in wallet.directives() {
		known.add("a directive", &directive.id.0);
		known.add("a directive's salt", &directive.opening.salt.0);
		known.add("a directive's terms", &directive.opening.terms.encode());
		known.add("a directive's seal", &directive.opening.seal().0);
	}
	let vault = world.session(1, &patient)?;
	for record in block_on(vault.records(&chart, None, Purpose::PatientRequested))? {
		let terms = &record.opening.terms;
		known.add("a record", &record.id.0);
		known.add("a record's salt", &record.opening.salt.0);
		known.add("a record's leaf", &record.opening.seal().0);
		known.add("a record's terms", &terms.encode());
		known.add("a content's digest", &terms.content_digest.0);
		known.add("a ciphertext's digest", &terms.ciphertext_digest.0);
	}
	for entry in block_on(vault.disclosures(&chart, 0))? {
		known.add("a disclosure's salt", &entry.opening.salt.0);
		known.add("a disclosure's head", &entry.opening.terms.head);
		known.add("a disclosure", &entry.opening.terms.encode());
	}
	for request in block_on(vault.requests(&chart))?.requests {
		known.add("a request", &request.id.0);
		known.add("a request's salt", &request.opening.salt.0);
		known.add("a request's terms", &request.opening.terms.encode());
	}

	// Those who asked, and the custodian's own secrets.
	for uri in [SURGEON, DOCTOR, OFFICER, "//Mercy//Vault"] {
		let who = identity(uri)?;
		known.add(uri, &who.account());
		known.add(uri, &who.encryption().public());
	}
	let passphrase = Passphrase::from_file(world.devnet.cli.passphrase())?;
	let custodian = world.devnet.custodian(1)?;
	let key = KeyFile::load(custodian.key("organisation"), &passphrase)?;
	known.add("the organisation's secret", key.identity().encryption().expose());
	known.add("the organisation's key", &key.identity().encryption().public());
	let token = fs::read_to_string(custodian.folder.join("key-service.token"))?;
	known.text("the token", token.trim());
	known.add("the database's key", &database_key(world)?);
	known.add("the chain", &world.chain.genesis());
	assert!(known.0.len() > 50, "there is much to look for");
	Ok(known)
}

/// Names of what is found in these bytes.
fn found(bytes: &[u8], known: &Known) -> Vec<String> {
	let mut names = Vec::new();
	for at in 0..bytes.len() {
		let rest = &bytes[at..];
		let Some(begin) = rest.first_chunk::<4>() else { break };
		for (name, needle) in known.0.get(begin).into_iter().flatten() {
			if rest.starts_with(needle) {
				names.push(name.clone());
			}
		}
	}
	names
}

/// The key of Mercy's database, as its vault gets it from the key service. The thief has no token.
fn database_key(world: &mut World) -> Result<[u8; 32]> {
	let custodian = world.devnet.custodian(1)?;
	let token = fs::read_to_string(custodian.folder.join("key-service.token"))?;
	let said = vaults::post_as(&custodian.key_service(), DATABASE_KEY, token.trim(), &(), 200)?;
	let key = text(&said, "key")?;
	let digits = key.strip_prefix("0x").ok_or("no key")?;
	hex::decode(digits)?.try_into().map_err(|_| "no key".into())
}

/// Copies the vault's folder as a power cut leaves it.
fn steal(world: &mut World, case: &Case) -> Result<PathBuf> {
	let copy = case.patient.folder.join("stolen");
	let custodian = world.devnet.custodian(1)?;
	custodian.kill_vault()?;
	let copied = copy_folder(&custodian.vault_data(), &copy);
	custodian.start_vault()?;
	copied?;
	Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
	fs::create_dir_all(to)?;
	for entry in fs::read_dir(from)? {
		let path = entry?.path();
		let target = to.join(path.file_name().ok_or("no name")?);
		if path.is_dir() {
			copy_folder(&path, &target)?;
		} else {
			fs::copy(&path, &target)?;
		}
	}
	Ok(())
}

/// A file that was stolen.
struct Stolen {
	name: String,
	bytes: Vec<u8>,
}

/// Every file in this folder and below.
fn files(folder: &Path) -> Result<Vec<Stolen>> {
	let mut all = Vec::new();
	for entry in fs::read_dir(folder)? {
		let path = entry?.path();
		if path.is_dir() {
			all.append(&mut files(&path)?);
		} else {
			let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
			all.push(Stolen { name, bytes: fs::read(&path)? });
		}
	}
	Ok(all)
}

/// A row as it lies in the database.
struct Row {
	table: String,
	key: Vec<u8>,
	value: Vec<u8>,
}

/// Every row of the stolen database.
fn rows(path: &Path) -> Result<Vec<Row>> {
	let database = Database::open(path)?;
	let reading = database.begin_read()?;
	let mut rows = Vec::new();
	for table in reading.list_tables()? {
		let name = table.name().to_owned();
		let table = reading.open_table(TableDefinition::<&[u8], &[u8]>::new(&name))?;
		for row in table.iter()? {
			let (key, value) = row?;
			rows.push(Row {
				table: name.clone(),
				key: key.value().to_vec(),
				value: value.value().to_vec(),
			});
		}
	}
	Ok(rows)
}

/// Whether this key opens that.
fn opens(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], msg: &[u8]) -> bool {
	let cipher = XChaCha20Poly1305::new(&(*key).into());
	cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad }).is_ok()
}

/// Whether this opens the row, as the key of the database or as the one that seals rows.
fn opens_row(key: &[u8; 32], row: &Row) -> Result<bool> {
	let Some((nonce, sealed)) = row.value.split_first_chunk::<NONCE>() else { return Ok(false) };
	let aad = [row.table.as_str().encode(), row.key.clone()].concat();
	// As the vault derives the one from the other.
	let mut mac = Blake2bMac::<U32>::new_from_slice(key)?;
	mac.update(b"salus/vault/seal");
	let derived: [u8; 32] = mac.finalize_fixed().into();
	Ok([*key, derived].iter().any(|key| opens(key, nonce, &aad, sealed)))
}

/// The patient's smallest content on the disk, without its header, with nonce and associated data of
/// its only chunk.
struct Content {
	nonce: [u8; NONCE],
	aad: Vec<u8>,
	chunk: Vec<u8>,
}

impl Content {
	fn find(world: &World, case: &Case, files: &[Stolen]) -> Result<Self> {
		let patient = world.wallet(&case.patient)?.identity(&case.wallet_chart(world)?)?;
		let vault = world.session(1, &patient)?;
		let listed = block_on(vault.records(&case.chart_id()?, None, Purpose::PatientRequested))?;
		let smallest = listed.iter().min_by_key(|record| record.opening.terms.size);
		let smallest = smallest.ok_or("no records")?;
		let terms = &smallest.opening.terms;
		let file = files
			.iter()
			.find(|file| Digest::of(&file.bytes) == terms.ciphertext_digest)
			.ok_or("the ciphertext was not stolen")?;
		let of = (world.chain.genesis(), smallest.id, terms.version);
		let (header, chunk) = file.bytes.split_at(HEADER);
		let nonce = [&header[7..], &[0, 0, 0, 0, 1]].concat();
		assert!(terms.size < 65_536, "it has one chunk");
		Ok(Self {
			nonce: nonce.try_into().map_err(|_| "no nonce")?,
			aad: (b"salus/content/1 ", of).encode(),
			chunk: chunk.to_vec(),
		})
	}
}

/// Tries what lies on the disk as keys for what lies there. All of it would take days, so: every row's
/// key and value where they begin, and windows evenly over every file.
fn nothing_is_its_own_key(
	genuine: &[u8; 32],
	content: &Content,
	files: &[Stolen],
	rows: &[Row],
) -> Result<()> {
	let row = rows.iter().min_by_key(|row| row.value.len()).ok_or("no rows")?;
	// That the trial opens what it should.
	assert!(opens_row(genuine, row)?, "the genuine key does not open it");
	let all: usize = files.iter().map(|file| file.bytes.len()).sum();
	let stride = all.div_ceil(MOST_WINDOWS).max(1);
	let windows = files.iter().flat_map(|file| file.bytes.windows(32).step_by(stride));
	let begins = rows.iter().flat_map(|row| [row.key.as_slice(), row.value.as_slice()]);
	let begins = begins.filter_map(|bytes| bytes.get(..32));
	let mut tried = 0usize;
	for window in windows.chain(begins) {
		let key: &[u8; 32] = window.try_into()?;
		assert!(!opens_row(key, row)?, "a row's key lies on the disk");
		let opened = opens(key, &content.nonce, &content.aad, &content.chunk);
		assert!(!opened, "a content's key lies on the disk");
		tried += 1;
	}
	assert!(tried > 1_000, "only {tried} windows were tried");
	Ok(())
}

/// With a key service of their own the thief gets no further.
fn another_key_service_is_refused(world: &mut World, case: &Case, copy: &Path) -> Result<()> {
	let folder = case.patient.folder.join("thief");
	fs::create_dir_all(&folder)?;
	let (key, token) = (folder.join("organisation.key"), folder.join("token"));
	let node = world.devnet.custodian(1)?.settings.node.clone();
	let passphrase = world.devnet.cli.passphrase().to_owned();
	let made = Command::new(program("salus-key-service")?)
		.args(args!["generate", "--key", key, "--token", token, "--passphrase-file", passphrase])
		.output()?;
	assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
	let port = free_port()?;
	let mut command = Command::new(program("salus-key-service")?);
	command.args(args![
		"--organisation",
		"1",
		"--node",
		node,
		"--listen",
		format!("127.0.0.1:{port}"),
		"--key",
		key,
		"--passphrase-file",
		passphrase,
		"--token",
		token
	]);
	let mut thief = Process::start("the thief's key service", command, &folder.join("log"))?;
	thief.wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok())?;
	// Even with the account that signs for the vault.
	let account = world.devnet.custodian(1)?.key("vault");
	let started = Command::new(program("salus-vault")?)
		.args(args![
			"--organisation",
			"1",
			"--node",
			node,
			"--listen",
			"127.0.0.1:0",
			"--data",
			copy,
			"--key",
			account,
			"--passphrase-file",
			passphrase,
			"--key-service",
			format!("http://127.0.0.1:{port}"),
			"--key-service-token",
			token
		])
		.output()?;
	thief.stop()?;
	let said = String::from_utf8_lossy(&started.stderr);
	assert!(!started.status.success(), "it started: {said}");
	assert!(said.contains("was made with another key"), "{said}");
	Ok(())
}
