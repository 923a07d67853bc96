//! Files encrypted under a passphrase: the container of key files and wallets.
//!
//! JSON, so that a person sees what it is. The key is Argon2id (version 0x13) of the passphrase with
//! the salt and costs that stand in the file; the contents are under XChaCha20-Poly1305 with every
//! other field as associated data. A file is readable by its owner alone and replaced in one step:
//! whoever reads it sees the old contents or the new.

use crate::{
	error::{Error, Result},
	vault_api::hex_bytes,
};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
	aead::{Aead, KeyInit, Payload},
	XChaCha20Poly1305,
};
use codec::Encode;
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File, OpenOptions},
	io::Write,
	path::{Path, PathBuf},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A passphrase. Wiped when dropped; never printed.
#[derive(ZeroizeOnDrop)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
	/// Takes a passphrase, which must have a character.
	pub fn new(text: String) -> Result<Self> {
		let text = Zeroizing::new(text);
		if text.is_empty() {
			return Err(Error::EmptyPassphrase);
		}
		Ok(Self(text))
	}

	/// Reads the passphrase from a file, whose last line ending does not count.
	pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
		let path = path.as_ref();
		let mut text = fs::read_to_string(path).map_err(Error::io(path))?;
		let end = text.strip_suffix('\n').map(|rest| rest.strip_suffix('\r').unwrap_or(rest));
		let passphrase = Self::new(end.unwrap_or(&text).to_owned());
		text.zeroize();
		passphrase
	}

	pub(crate) fn expose(&self) -> &str {
		&self.0
	}
}

impl core::fmt::Debug for Passphrase {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Passphrase(…)")
	}
}

/// Costs of Argon2id: RFC 9106's second recommendation, 64 MiB and three passes.
const COSTS: Kdf = Kdf { memory_kib: 64 * 1024, passes: 3, lanes: 4, salt: [0; 16] };
/// Most that a file may ask of the reader: 1 GiB, 16 passes, 16 lanes.
const MAX_COSTS: Kdf = Kdf { memory_kib: 1024 * 1024, passes: 16, lanes: 16, salt: [0; 16] };

const CIPHER: &str = "xchacha20-poly1305";
const KDF: &str = "argon2id";

#[derive(Clone, Copy, Encode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kdf {
	memory_kib: u32,
	passes: u32,
	lanes: u32,
	#[serde(with = "hex_bytes")]
	salt: [u8; 16],
}

impl Kdf {
	fn key(&self, passphrase: &Passphrase) -> Result<Zeroizing<[u8; 32]>, String> {
		self.stretch(passphrase.0.as_bytes())
	}

	fn stretch(&self, secret: &[u8]) -> Result<Zeroizing<[u8; 32]>, String> {
		if self.memory_kib > MAX_COSTS.memory_kib
			|| self.passes > MAX_COSTS.passes
			|| self.lanes > MAX_COSTS.lanes
		{
			return Err("it asks for more memory or time than a file may".into());
		}
		let params = Params::new(self.memory_kib, self.passes, self.lanes, None)
			.map_err(|error| error.to_string())?;
		let mut key = Zeroizing::new([0; 32]);
		Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
			.hash_password_into(secret, &self.salt, &mut *key)
			.map_err(|error| error.to_string())?;
		Ok(key)
	}
}

/// Argon2id of what a person remembers, at the costs of new files. What no file tells the costs of follows
/// from it too: those of cards must stay as they are.
pub(crate) fn stretched(secret: &[u8], salt: [u8; 16]) -> Result<Zeroizing<[u8; 32]>, String> {
	Kdf { salt, ..COSTS }.stretch(secret)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Container {
	/// What the file is and its version.
	format: String,
	kdf_name: String,
	kdf: Kdf,
	cipher: String,
	/// What may be read without the passphrase.
	public: serde_json::Value,
	#[serde(with = "hex_bytes")]
	nonce: [u8; 24],
	#[serde(with = "hex_bytes")]
	ciphertext: Vec<u8>,
}

impl Container {
	fn read(path: &Path, format: &'static str) -> Result<Self> {
		let text = fs::read(path).map_err(Error::io(path))?;
		let wrong = |detail: String| Error::WrongFormat { path: path.to_owned(), format, detail };
		let container: Self =
			serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
		if container.format != format {
			return Err(wrong(format!("its format is '{}'", container.format)));
		}
		if container.kdf_name != KDF || container.cipher != CIPHER {
			return Err(wrong(format!("it uses {} and {}", container.kdf_name, container.cipher)));
		}
		Ok(container)
	}

	fn associated_data(&self) -> Vec<u8> {
		(&self.format, &self.kdf_name, &self.kdf, &self.cipher, self.public.to_string()).encode()
	}
}

/// An opened file: its path and key, so that it can be written again.
pub struct SealedFile {
	path: PathBuf,
	format: &'static str,
	kdf: Kdf,
	key: Zeroizing<[u8; 32]>,
	public: serde_json::Value,
}

impl SealedFile {
	/// Creates a file with these contents. One that is there is never overwritten.
	pub fn create(
		path: impl AsRef<Path>,
		format: &'static str,
		passphrase: &Passphrase,
		public: serde_json::Value,
		contents: &[u8],
	) -> Result<Self> {
		let path = path.as_ref().to_owned();
		let mut kdf = COSTS;
		random(&mut kdf.salt)?;
		let key = kdf.key(passphrase).map_err(|detail| Error::WrongFormat {
			path: path.clone(),
			format,
			detail,
		})?;
		let file = Self { path, format, kdf, key, public };
		write_new(&file.path, &file.seal(contents)?)?;
		Ok(file)
	}

	/// Opens a file and gives its contents.
	pub fn open(
		path: impl AsRef<Path>,
		format: &'static str,
		passphrase: &Passphrase,
	) -> Result<(Self, Zeroizing<Vec<u8>>)> {
		let path = path.as_ref().to_owned();
		let container = Container::read(&path, format)?;
		let key = container.kdf.key(passphrase).map_err(|detail| Error::WrongFormat {
			path: path.clone(),
			format,
			detail,
		})?;
		let file = Self { path, format, kdf: container.kdf, key, public: container.public.clone() };
		let contents = file.unseal(&container)?;
		Ok((file, contents))
	}

	/// What a file tells without its passphrase. Nothing vouches for it until the file is opened.
	pub fn public(path: impl AsRef<Path>, format: &'static str) -> Result<serde_json::Value> {
		Ok(Container::read(path.as_ref(), format)?.public)
	}

	/// Where it lies.
	pub fn path(&self) -> &Path {
		&self.path
	}

	/// Reads the contents as they are now, lets `change` make new ones of them, and writes those.
	/// Others that do the same wait meanwhile, so no change is lost.
	pub fn update<T>(
		&self,
		change: impl FnOnce(&[u8]) -> Result<(Zeroizing<Vec<u8>>, T)>,
	) -> Result<T> {
		let lock_path = sibling(&self.path, ".lock");
		let lock = owner_only(OpenOptions::new().create(true).truncate(false).write(true))
			.open(&lock_path)
			.map_err(Error::io(&lock_path))?;
		lock.lock().map_err(Error::io(&lock_path))?;
		let container = Container::read(&self.path, self.format)?;
		let (contents, answer) = change(&self.unseal(&container)?)?;
		replace(&self.path, &self.seal(&contents)?)?;
		Ok(answer)
	}

	fn cipher(&self) -> XChaCha20Poly1305 {
		XChaCha20Poly1305::new((&*self.key).into())
	}

	fn seal(&self, contents: &[u8]) -> Result<Vec<u8>> {
		let mut container = Container {
			format: self.format.into(),
			kdf_name: KDF.into(),
			kdf: self.kdf,
			cipher: CIPHER.into(),
			public: self.public.clone(),
			nonce: [0; 24],
			ciphertext: Vec::new(),
		};
		random(&mut container.nonce)?;
		let aad = container.associated_data();
		container.ciphertext = self
			.cipher()
			.encrypt((&container.nonce).into(), Payload { msg: contents, aad: &aad })
			.map_err(|_| self.wrong("it is too long"))?;
		let mut text =
			serde_json::to_vec_pretty(&container).map_err(|error| self.wrong(error.to_string()))?;
		text.push(b'\n');
		Ok(text)
	}

	fn unseal(&self, container: &Container) -> Result<Zeroizing<Vec<u8>>> {
		let aad = container.associated_data();
		self.cipher()
			.decrypt((&container.nonce).into(), Payload { msg: &container.ciphertext, aad: &aad })
			.map(Zeroizing::new)
			.map_err(|_| Error::WrongPassphrase(self.path.clone()))
	}

	/// The contents are not what the format says.
	pub fn wrong(&self, detail: impl Into<String>) -> Error {
		Error::WrongFormat { path: self.path.clone(), format: self.format, detail: detail.into() }
	}
}

/// Fills `bytes` with random ones.
pub(crate) fn random(bytes: &mut [u8]) -> Result<()> {
	getrandom::fill(bytes).map_err(|_| Error::Random)
}

/// Writes a file that must not be there yet, in one step.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
	let temporary = write_temporary(path, bytes)?;
	// Unlike a rename, a link never replaces what is there.
	let linked = fs::hard_link(&temporary, path);
	let _ = fs::remove_file(&temporary);
	linked.map_err(|error| match error.kind() {
		std::io::ErrorKind::AlreadyExists => Error::FileExists(path.to_owned()),
		_ => Error::Io { path: path.to_owned(), source: error },
	})?;
	sync_folder(path)
}

/// Writes a file in one step, whether or not it is there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
	let temporary = write_temporary(path, bytes)?;
	fs::rename(&temporary, path).map_err(|source| {
		let _ = fs::remove_file(&temporary);
		Error::Io { path: path.to_owned(), source }
	})?;
	sync_folder(path)
}

fn write_temporary(path: &Path, bytes: &[u8]) -> Result<PathBuf> {
	let temporary = temporary_beside(path)?;
	let written = create_owner_only(&temporary).and_then(|mut file| {
		file.write_all(bytes)
			.and_then(|()| file.sync_all())
			.map_err(Error::io(&temporary))
	});
	if let Err(error) = written {
		let _ = fs::remove_file(&temporary);
		return Err(error);
	}
	Ok(temporary)
}

/// A fresh name in the folder of `path`.
pub(crate) fn temporary_beside(path: &Path) -> Result<PathBuf> {
	let mut tag = [0; 8];
	random(&mut tag)?;
	Ok(sibling(path, &format!(".{}.part", hex::encode(tag))))
}

/// Creates a file that only its owner can read and that was not there.
pub(crate) fn create_owner_only(path: &Path) -> Result<File> {
	owner_only(OpenOptions::new().create_new(true).read(true).write(true))
		.open(path)
		.map_err(Error::io(path))
}

/// Opens a file that only its owner can read, at its end; makes it if it is not there.
pub(crate) fn open_owner_only(path: &Path) -> Result<File> {
	owner_only(OpenOptions::new().create(true).read(true).append(true))
		.open(path)
		.map_err(Error::io(path))
}

fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
	options
}

pub(crate) fn sibling(path: &Path, ending: &str) -> PathBuf {
	let mut name = path.as_os_str().to_owned();
	name.push(ending);
	name.into()
}

/// Makes the new name last through a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
	let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
	let folder = folder.unwrap_or(Path::new("."));
	#[cfg(unix)]
	File::open(folder)
		.and_then(|folder| folder.sync_all())
		.map_err(Error::io(folder))?;
	#[cfg(not(unix))]
	let _ = folder;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	const FORMAT: &str = "salus-test-1";

	fn passphrase(text: &str) -> Passphrase {
		Passphrase::new(text.into()).unwrap()
	}

	#[test]
	fn opens_with_its_passphrase_alone() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file.json");
		let public = serde_json::json!({ "account": "0x01" });
		SealedFile::create(&path, FORMAT, &passphrase("right"), public.clone(), b"secret").unwrap();
		let (_, contents) = SealedFile::open(&path, FORMAT, &passphrase("right")).unwrap();
		assert_eq!(contents.as_slice(), b"secret");
		assert_eq!(SealedFile::public(&path, FORMAT).unwrap(), public);
		assert!(!fs::read_to_string(&path).unwrap().contains("secret"));
		let error = SealedFile::open(&path, FORMAT, &passphrase("wrong")).err().unwrap();
		assert_eq!(error.code(), "wrong-passphrase");
		let error = SealedFile::open(&path, "salus-other-1", &passphrase("right")).err().unwrap();
		assert_eq!(error.code(), "wrong-format");
	}

	#[cfg(unix)]
	#[test]
	fn only_the_owner_reads_it() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file.json");
		write_new(&path, b"{}").unwrap();
		replace(&path, b"[]").unwrap();
		assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
	}

	#[test]
	fn never_overwrites() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file.json");
		write_new(&path, b"first").unwrap();
		assert_eq!(write_new(&path, b"second").unwrap_err().code(), "file-exists");
		assert_eq!(fs::read(&path).unwrap(), b"first");
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
	}

	#[test]
	fn every_altered_field_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file.json");
		let public = serde_json::json!({ "account": "0x01" });
		SealedFile::create(&path, FORMAT, &passphrase("p"), public, b"secret").unwrap();
		let whole: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
		let code_with = |pointer: &str, value: serde_json::Value| {
			let mut altered = whole.clone();
			*altered.pointer_mut(pointer).unwrap() = value;
			fs::write(&path, altered.to_string()).unwrap();
			SealedFile::open(&path, FORMAT, &passphrase("p"))
				.err()
				.map(|error| error.code().to_owned())
		};
		assert_eq!(code_with("/format", FORMAT.into()), None);
		for (pointer, value, code) in [
			("/public/account", "0x02".into(), "wrong-passphrase"),
			("/kdf/passes", 4.into(), "wrong-passphrase"),
			("/kdf/passes", 1_000.into(), "wrong-format"),
			("/kdf/memory_kib", u32::MAX.into(), "wrong-format"),
			("/nonce", format!("0x{}", "00".repeat(24)).into(), "wrong-passphrase"),
			("/nonce", "0x00".into(), "wrong-format"),
			("/ciphertext", "0x00".into(), "wrong-passphrase"),
			("/cipher", "none".into(), "wrong-format"),
			("/kdf_name", "scrypt".into(), "wrong-format"),
		] {
			assert_eq!(code_with(pointer, value).as_deref(), Some(code), "{pointer}");
		}
	}

	#[test]
	fn updates_from_many_hands_are_all_kept() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file.json");
		SealedFile::create(&path, FORMAT, &passphrase("p"), serde_json::Value::Null, b"").unwrap();
		std::thread::scope(|scope| {
			for hand in 0..4u8 {
				let path = &path;
				scope.spawn(move || {
					let (file, _) = SealedFile::open(path, FORMAT, &passphrase("p")).unwrap();
					for _ in 0..8 {
						file.update(|old| Ok((Zeroizing::new([old, &[hand]].concat()), ())))
							.unwrap();
					}
				});
			}
		});
		let (_, contents) = SealedFile::open(&path, FORMAT, &passphrase("p")).unwrap();
		assert_eq!(contents.len(), 32);
	}

	#[test]
	fn passphrases_lose_one_line_ending() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("passphrase");
		for (text, passphrase) in [("a b\n", "a b"), ("a\r\n", "a"), ("a", "a"), ("a\n\n", "a\n")] {
			fs::write(&path, text).unwrap();
			assert_eq!(*Passphrase::from_file(&path).unwrap().0, passphrase);
		}
		fs::write(&path, "\n").unwrap();
		assert_eq!(Passphrase::from_file(&path).unwrap_err().code(), "empty-passphrase");
	}
}
