//! Sheets from files or from whoever sits at the terminal.

use crate::cli::{ask_or, usage};
use clap::Args;
use indicatif::ProgressBar;
use salus_client::{
	recovery::{
		check_word, tokens, Collection, Fingerprint, Kind, RecoveryError, Share, Sheet, SheetOf,
		SheetPassphrase, WALLET_WORDS,
	},
	wallet::RootSecret,
	Error, Result,
};
use std::{
	io::Read,
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Most bytes of a sheet's file.
const MOST: u64 = 1024 * 1024;
/// Words of a kit.
const KIT_WORDS: usize = 24;
/// So many empty lines in a row mean that nobody is typing.
const EMPTY_LINES: usize = 3;
/// How often a fingerprint or a passphrase may be typed.
const ATTEMPTS: usize = 5;

/// The passphrase of the sheets, which is not the wallet file's.
#[derive(Debug, Args)]
pub(super) struct SheetPassphraseOption {
	/// Ask for a passphrase that is needed beside the sheets.
	#[arg(long, conflicts_with = "sheet_passphrase_file")]
	sheet_passphrase: bool,
	/// File with a passphrase that is needed beside the sheets.
	#[arg(long, value_name = "FILE")]
	sheet_passphrase_file: Option<PathBuf>,
}

impl SheetPassphraseOption {
	/// For new sheets, asked for twice; none without these options.
	pub(super) fn choose(&self) -> Result<Option<SheetPassphrase>> {
		if !self.sheet_passphrase {
			return self.named();
		}
		let first = ask("New passphrase of the sheets: ")?;
		if ask("The same again: ")? != first {
			return Err(usage("the two passphrases differ", "type the same passphrase twice"));
		}
		if first.is_empty() {
			return Err(Error::EmptyPassphrase);
		}
		Ok(Some(SheetPassphrase::new(&first)?))
	}

	fn named(&self) -> Result<Option<SheetPassphrase>> {
		self.sheet_passphrase_file.as_ref().map(SheetPassphrase::from_file).transpose()
	}
}

/// Sheets that are enough.
#[derive(Debug)]
pub(super) struct Gathered {
	/// Their shares.
	shares: Collection,
	/// Which wallet they say that they are of.
	fingerprint: Option<Fingerprint>,
	/// Whether they say that they need a passphrase.
	passphrase: Option<bool>,
	/// Whether somebody typed them, and can be asked more.
	typed: bool,
}

impl Gathered {
	/// The wallet's root secret. Whoever typed all those words is asked again for a fingerprint or a
	/// passphrase that was typed wrongly.
	pub(super) fn secret(
		&self,
		unchecked: bool,
		option: &SheetPassphraseOption,
		combining: impl Fn() -> ProgressBar,
	) -> Result<RootSecret> {
		let asks = self.typed
			&& ((self.fingerprint.is_none() && !unchecked)
				|| option.sheet_passphrase_file.is_none());
		let mut left = if asks { ATTEMPTS } else { 1 };
		loop {
			left = left.saturating_sub(1);
			let answer = self.expected(unchecked).and_then(|expected| {
				let passphrase = self.passphrase(option)?;
				let spinner = combining();
				let secret = self.shares.secret(&passphrase, expected);
				spinner.finish_and_clear();
				Ok(secret?)
			});
			match answer {
				Err(Error::Recovery(
					fault @ (RecoveryError::OtherWallet { .. }
					| RecoveryError::BadFingerprint(_)
					| RecoveryError::BadSheetPassphrase { .. }),
				)) if left > 0 => eprintln!("{fault}: {}", fault.help()),
				answer => return answer,
			}
		}
	}

	/// The wallet that must come back.
	fn expected(&self, unchecked: bool) -> Result<Option<Fingerprint>> {
		match self.fingerprint {
			None if unchecked => Ok(None),
			None if self.typed => Ok(Some(ask("Fingerprint on the sheets: ")?.trim().parse()?)),
			None => Err(RecoveryError::NoFingerprint.into()),
			said => Ok(said),
		}
	}

	/// The passphrase, from where the command was told, or asked for where it may be needed.
	fn passphrase(&self, option: &SheetPassphraseOption) -> Result<SheetPassphrase> {
		if let Some(given) = option.named()? {
			return Ok(given);
		}
		let prompt = match self.passphrase {
			_ if option.sheet_passphrase => "Passphrase of the sheets: ",
			Some(true) => "Passphrase of the sheets: ",
			None if self.typed => "Passphrase of the sheets, nothing if there is none: ",
			_ => return Ok(SheetPassphrase::none()),
		};
		let said = ask_or(prompt, || {
			usage(
				"these sheets need their passphrase, and there is no terminal to ask at",
				"name a file with --sheet-passphrase-file",
			)
		});
		Ok(SheetPassphrase::new(&Zeroizing::new(said?))?)
	}
}

/// Gathers sheets from these files, or without any from the terminal.
pub(super) fn gather(files: &[PathBuf], fingerprint: Option<Fingerprint>) -> Result<Gathered> {
	if files.is_empty() {
		let shares = type_shares(&mut ask, &mut |said| eprintln!("{said}"))?;
		return Ok(Gathered { shares, fingerprint, passphrase: None, typed: true });
	}
	let mut gathered =
		Gathered { shares: Collection::default(), fingerprint, passphrase: None, typed: false };
	for file in files {
		let sheet = read(file, Kind::Share)?;
		add(&mut gathered, sheet).map_err(|fault| of(file)(fault.into()))?;
	}
	Ok(gathered)
}

fn add(gathered: &mut Gathered, sheet: Sheet) -> Result<(), RecoveryError> {
	let SheetOf::Share(share) = sheet.of else {
		return Err(RecoveryError::WrongKind { found: Kind::Kit, wanted: Kind::Share });
	};
	match (sheet.fingerprint, gathered.fingerprint) {
		(Some(this), Some(others)) if this != others => {
			return Err(RecoveryError::OtherSheet { this, others });
		},
		(this, others) => gathered.fingerprint = others.or(this),
	}
	// One that needs a passphrase is enough to ask for it.
	gathered.passphrase = gathered.passphrase.max(sheet.passphrase);
	gathered.shares.add(share)
}

/// Reads a sheet's file.
pub(super) fn read(file: &Path, kind: Kind) -> Result<Sheet> {
	Sheet::read(&load(file)?, kind).map_err(of(file))
}

/// The text of a sheet's file.
pub(super) fn load(file: &Path) -> Result<Zeroizing<String>> {
	let opened = std::fs::File::open(file).map_err(Error::io(file))?;
	let size = opened.metadata().map_err(Error::io(file))?.len();
	if size > MOST {
		return Err(of(file)(RecoveryError::BadSheet("it is far too long").into()));
	}
	// Sized beforehand, since a buffer that grows leaves copies behind.
	let room = usize::try_from(size).unwrap_or_default().saturating_add(1);
	let mut text = Zeroizing::new(String::with_capacity(room));
	opened.take(MOST).read_to_string(&mut text).map_err(Error::io(file))?;
	Ok(text)
}

/// Says which file a fault is in.
pub(super) fn of(file: &Path) -> impl FnOnce(Error) -> Error {
	let place = file.display().to_string();
	|fault| Error::Sheet { place, fault: Box::new(fault) }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>> {
	let said = ask_or(prompt, || {
		usage("no sheet is named and there is no terminal to type one at", "name the sheets' files")
	});
	said.map(Zeroizing::new)
}

/// The words of a sheet, typed at the terminal.
pub(super) fn typed(kind: Kind, number: usize) -> Result<Zeroizing<String>> {
	type_words(kind, number, &mut ask, &mut |said| eprintln!("{said}"))
}

type Ask<'a> = &'a mut dyn FnMut(&str) -> Result<Zeroizing<String>>;
type Tell<'a> = &'a mut dyn FnMut(&str);

/// Has shares typed until there are enough. A share that is wrong is asked for again.
pub(super) fn type_shares(ask: Ask<'_>, tell: Tell<'_>) -> Result<Collection> {
	let mut shares = Collection::default();
	loop {
		let words = type_words(Kind::Share, shares.len().saturating_add(1), ask, tell)?;
		if let Err(fault) = Share::read_of_wallet(&words).and_then(|share| shares.add(share)) {
			tell(&format!("{fault}: {}", fault.help()));
			continue;
		}
		match shares.missing() {
			Some(missing) => tell(&format!("Right. {missing}.")),
			None => return Ok(shares),
		}
	}
}

/// Has the words of one sheet typed, as many in a line as one likes. A word that is not in the list is
/// told at once, and typing goes on from it.
fn type_words(
	kind: Kind,
	number: usize,
	ask: Ask<'_>,
	tell: Tell<'_>,
) -> Result<Zeroizing<String>> {
	let all = match kind {
		Kind::Share => WALLET_WORDS,
		Kind::Kit => KIT_WORDS,
	};
	// No word has more than sixteen letters that count.
	let mut words = Zeroizing::new(String::with_capacity(all * 17));
	let (mut count, mut empty) = (0usize, 0usize);
	while count < all {
		let next = count.saturating_add(1);
		let line = ask(&format!("Sheet {number}, from word {next} of {all}, not shown: "))?;
		empty = if line.trim().is_empty() { empty.saturating_add(1) } else { 0 };
		if empty >= EMPTY_LINES {
			return Err(usage("no words were typed", "type them, or name the sheets' files"));
		}
		for word in tokens(&line) {
			let place = count.saturating_add(1);
			if place > all {
				return Err(RecoveryError::WrongLength { words: place }.into());
			}
			if kind == Kind::Share {
				if let Err(fault) = check_word(word, place) {
					tell(&format!("{fault}. Go on from word {place}."));
					break;
				}
			}
			words.extend(word.chars().take(16));
			words.push(' ');
			count = place;
		}
	}
	Ok(words)
}
