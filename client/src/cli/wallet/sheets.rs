//! Sheets: how a wallet is divided, writing them, and what is told of them.

use crate::cli::{
	now,
	render::{self, Fields, Report, Table},
	usage,
};
use salus_client::{
	recovery::{share_sheet, Fingerprint, Group, Kind, Page, Scheme, Share, Sheet, SheetOf},
	sealed_file::write_new,
	Error, Result,
};
use serde::Serialize;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

/// Form of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
	/// To print from a browser.
	Html,
	/// Plain text.
	Txt,
}

impl Format {
	/// As a file's name ends.
	pub(super) fn of(file: &Path) -> Result<Self> {
		match file.extension().and_then(|ending| ending.to_str()) {
			Some("html" | "htm") => Ok(Self::Html),
			Some("txt") => Ok(Self::Txt),
			_ => Err(usage(
				format!("{} names no form of a page", file.display()),
				"let it end in .html or .txt",
			)),
		}
	}

	const fn ending(self) -> &'static str {
		match self {
			Self::Html => "html",
			Self::Txt => "txt",
		}
	}
}

/// A group as it is said: family:2-of-3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GroupOption {
	name: String,
	group: Group,
}

impl core::str::FromStr for GroupOption {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let form = || format!("'{text}' is not like family:2-of-3");
		let (name, rule) = text.rsplit_once(':').ok_or_else(form)?;
		let (threshold, members) = rule.split_once("-of-").ok_or_else(form)?;
		let number = |digits: &str| digits.parse().map_err(|_| form());
		let is_plain = |sign: char| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_');
		if name.trim().is_empty() || name.chars().count() > 32 || !name.chars().all(is_plain) {
			return Err("a group's name has 1 to 32 letters, digits, blanks or dashes".into());
		}
		let group = Group::new(number(threshold)?, number(members)?)
			.map_err(|fault| format!("{fault}: {}", fault.help()))?;
		Ok(Self { name: name.trim().into(), group })
	}
}

/// How a wallet is divided, and what the groups are called.
#[derive(Debug)]
pub(super) struct Divided {
	pub(super) scheme: Scheme,
	names: Vec<Option<String>>,
}

impl Divided {
	pub(super) fn new(threshold: u8, shares: Option<u8>, groups: Vec<GroupOption>) -> Result<Self> {
		if let Some(shares) = shares {
			return Ok(Self { scheme: Scheme::simple(threshold, shares)?, names: vec![None] });
		}
		let mut files: Vec<_> = groups.iter().map(|group| file_name(&group.name)).collect();
		files.sort_unstable();
		if files.windows(2).any(|pair| pair.first() == pair.last()) {
			return Err(usage("two groups have the same name", "give each group its own name"));
		}
		let scheme = Scheme::new(threshold, groups.iter().map(|group| group.group).collect())?;
		Ok(Self { scheme, names: groups.into_iter().map(|group| Some(group.name)).collect() })
	}

	/// Writes a sheet for each share. Nothing is written if one of the files is there; nothing is left
	/// if one can not be written.
	pub(super) fn write(
		&self,
		shares: &[Vec<Share>],
		fingerprint: Fingerprint,
		passphrase: bool,
		folder: &Path,
		format: Format,
	) -> Result<Shared> {
		let date = today();
		let mut pages = Vec::new();
		let groups = self.names.iter().zip(self.scheme.groups()).zip(shares);
		for ((name, group), shares) in groups {
			for share in shares {
				let stem = name.as_deref().map_or("share".into(), file_name);
				let (member, members) = (share.member(), group.members());
				let file = folder.join(format!("{stem}-{member}-of-{members}.{}", format.ending()));
				if file.exists() {
					return Err(Error::FileExists(file));
				}
				let name = name.as_deref();
				let page = share_sheet(share, fingerprint, name, members, passphrase, &date);
				let written = Written {
					file,
					group: share.group(),
					group_name: name.map(Into::into),
					share: member,
					needed: group.threshold(),
					of: members,
				};
				pages.push((written, page));
			}
		}
		std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
		for (place, (sheet, page)) in pages.iter().enumerate() {
			if let Err(fault) = write(&sheet.file, page, format) {
				for (sheet, _) in pages.iter().take(place) {
					let _ = std::fs::remove_file(&sheet.file);
				}
				return Err(fault);
			}
		}
		Ok(Shared {
			fingerprint,
			groups_needed: self.scheme.threshold(),
			groups: self.scheme.groups().len(),
			passphrase,
			sheets: pages.into_iter().map(|(sheet, _)| sheet).collect(),
		})
	}
}

/// A name of a group as a file can have it.
fn file_name(name: &str) -> String {
	name.to_lowercase().replace(' ', "-")
}

/// The day, as sheets say it.
pub(super) fn today() -> String {
	const DAY: u64 = 24 * 60 * 60 * 1000;
	render::moment(now() / DAY * DAY)
}

/// Writes a page that only its owner can read, and that was not there.
pub(super) fn write(file: &Path, page: &Page, format: Format) -> Result<()> {
	let text = match format {
		Format::Html => page.html(),
		Format::Txt => page.text(),
	};
	write_new(file, text.as_bytes())
}

#[derive(Serialize)]
pub(super) struct KitWritten {
	pub(super) wallet: PathBuf,
	pub(super) fingerprint: Fingerprint,
	pub(super) file: PathBuf,
}

impl Report for KitWritten {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("kit", self.file.display())
			.add("of wallet", self.fingerprint)
			.write(out)?;
		writeln!(out, "Print it, then delete the file: it brings the wallet back, for anyone.")
	}
}

#[derive(Serialize)]
pub(super) struct Shared {
	fingerprint: Fingerprint,
	groups_needed: u8,
	groups: usize,
	passphrase: bool,
	sheets: Vec<Written>,
}

#[derive(Serialize)]
struct Written {
	file: PathBuf,
	group: u8,
	group_name: Option<String>,
	share: u8,
	needed: u8,
	of: u8,
}

impl Report for Shared {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("of wallet", self.fingerprint)
			.add("passphrase", if self.passphrase { "needed" } else { "none" })
			.write(out)?;
		writeln!(out)?;
		let mut table = Table::new(&["SHEET", "GROUP", "SHARE", "NEEDED"]);
		for sheet in &self.sheets {
			table.row(vec![
				sheet.file.display().to_string(),
				sheet.group_name.clone().unwrap_or_else(|| sheet.group.to_string()),
				format!("{} of {}", sheet.share, sheet.of),
				sheet.needed.to_string(),
			]);
		}
		table.write(out, "no sheets")?;
		if self.groups > 1 {
			writeln!(out, "{} of {} groups are needed.", self.groups_needed, self.groups)?;
		}
		writeln!(out, "Print each, give them to different people, then delete the files.")
	}
}

/// A sheet that is right in itself.
#[derive(Serialize)]
pub(super) struct Checked {
	/// None when it was typed.
	file: Option<PathBuf>,
	kind: String,
	fingerprint: Option<Fingerprint>,
	passphrase: Option<bool>,
	#[serde(flatten)]
	share: Option<CheckedShare>,
}

#[derive(Serialize)]
struct CheckedShare {
	set: u16,
	group: u8,
	groups: u8,
	groups_needed: u8,
	share: u8,
	needed: u8,
}

impl Checked {
	pub(super) fn new(file: Option<PathBuf>, sheet: &Sheet) -> Self {
		let Sheet { fingerprint, passphrase, of } = sheet;
		match of {
			SheetOf::Share(share) => Self {
				file,
				kind: Kind::Share.to_string(),
				fingerprint: *fingerprint,
				passphrase: *passphrase,
				share: Some(CheckedShare {
					set: share.identifier(),
					group: share.group(),
					groups: share.groups(),
					groups_needed: share.group_threshold(),
					share: share.member(),
					needed: share.threshold(),
				}),
			},
			SheetOf::Kit(root) => Self {
				file,
				kind: Kind::Kit.to_string(),
				fingerprint: Some(root.fingerprint()),
				passphrase: Some(false),
				share: None,
			},
		}
	}
}

#[derive(Serialize)]
pub(super) struct Verified {
	pub(super) sheets: Vec<Checked>,
}

impl Report for Verified {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		for (place, sheet) in self.sheets.iter().enumerate() {
			if place > 0 {
				writeln!(out)?;
			}
			let mut fields = Fields::default()
				.maybe("file", sheet.file.as_ref().map(|file| file.display()))
				.add("words", format!("right: a {}", sheet.kind))
				.add(
					"of wallet",
					match sheet.fingerprint {
						Some(fingerprint) => fingerprint.to_string(),
						None => "it does not say".into(),
					},
				);
			if let Some(share) = &sheet.share {
				fields = fields
					.add("set", share.set)
					.add(
						"group",
						format!(
							"{} of {}, {} needed",
							share.group, share.groups, share.groups_needed
						),
					)
					.add(
						"share",
						format!("number {}, {} of its group needed", share.share, share.needed),
					);
			}
			fields
				.maybe("passphrase", sheet.passphrase.map(|is| if is { "needed" } else { "none" }))
				.write(out)?;
		}
		Ok(())
	}
}
