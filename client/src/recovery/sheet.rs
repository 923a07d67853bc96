//! Sheets of paper and files: what is printed on them, and reading them again.

use super::{
	error::RecoveryError,
	page::{Page, Section},
	share::Share,
	words::tokens,
	Fingerprint,
};
use crate::{error::Result, wallet::RootSecret};
use zeroize::Zeroizing;

/// Words of a kit.
pub(super) const KIT_WORDS: usize = 24;

/// What a sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kind {
	/// One share of a wallet.
	#[error("share")]
	Share,
	/// The whole wallet.
	#[error("kit")]
	Kit,
}

impl Kind {
	/// First and last line of the part of a sheet that programs read.
	pub(super) const fn marks(self) -> (&'static str, &'static str) {
		match self {
			Self::Share => ("BEGIN SALUS SHARE", "END SALUS SHARE"),
			Self::Kit => ("BEGIN SALUS KIT", "END SALUS KIT"),
		}
	}
}

/// What stands on a sheet.
#[derive(Clone, Debug)]
pub enum SheetOf {
	/// One share of a wallet.
	Share(Share),
	/// The whole wallet.
	Kit(RootSecret),
}

/// A sheet that was read.
#[derive(Clone, Debug)]
pub struct Sheet {
	/// Which wallet it says that it is of.
	pub fingerprint: Option<Fingerprint>,
	/// Whether it says that a passphrase is needed beside it.
	pub passphrase: Option<bool>,
	/// What stands on it.
	pub of: SheetOf,
}

impl Sheet {
	/// Reads a printed sheet's file, or a file with the words and nothing else, which is then of the
	/// kind that is wanted.
	pub fn read(text: &str, wanted: Kind) -> Result<Self> {
		for kind in [Kind::Share, Kind::Kit] {
			let (begin, end) = kind.marks();
			if let Some((_, rest)) = text.split_once(begin) {
				if kind != wanted {
					return Err(RecoveryError::WrongKind { found: kind, wanted }.into());
				}
				let whole = rest.split_once(end);
				let (block, _) = whole.ok_or(RecoveryError::BadSheet("it breaks off"))?;
				return Self::read_block(block, kind);
			}
		}
		let mut fingerprint = None;
		let mut words = Zeroizing::new(String::with_capacity(text.len()));
		for line in text.lines() {
			match named(line, "wallet").map(str::parse) {
				Some(Ok(said)) => fingerprint = Some(said),
				_ => {
					words.push_str(line);
					words.push(' ');
				},
			}
		}
		Self::of(&words, wanted, fingerprint, None)
	}

	/// What kind of sheet a text is, as far as can be seen without reading it.
	pub fn kind_of(text: &str) -> Kind {
		let says = |kind: Kind| text.contains(kind.marks().0);
		let is_kit = says(Kind::Kit) || (!says(Kind::Share) && tokens(text).count() == KIT_WORDS);
		if is_kit {
			Kind::Kit
		} else {
			Kind::Share
		}
	}

	fn read_block(block: &str, kind: Kind) -> Result<Self> {
		let (mut fingerprint, mut passphrase) = (None, None);
		let mut rest = block;
		while let Some((line, after)) = rest.split_once('\n') {
			if let Some(said) = named(line, "wallet") {
				fingerprint = Some(said.parse()?);
			} else if let Some(said) = named(line, "passphrase") {
				passphrase = Some(match said {
					"yes" => true,
					"no" => false,
					_ => return Err(RecoveryError::BadSheet("it does not say yes or no").into()),
				});
			} else if let Some(first) = line.trim().strip_prefix("words") {
				// The list goes on over the lines that follow.
				let mut words = Zeroizing::new(String::with_capacity(block.len()));
				words.push_str(first);
				words.push(' ');
				words.push_str(after);
				return Self::of(&words, kind, fingerprint, passphrase);
			} else if !line.trim().is_empty() {
				return Err(RecoveryError::BadSheet("a line in it means nothing").into());
			}
			rest = after;
		}
		Err(RecoveryError::BadSheet("it has no words").into())
	}

	fn of(
		words: &str,
		kind: Kind,
		fingerprint: Option<Fingerprint>,
		passphrase: Option<bool>,
	) -> Result<Self> {
		let of = match kind {
			Kind::Share => SheetOf::Share(Share::read_of_wallet(words)?),
			Kind::Kit => {
				let root = RootSecret::from_phrase(words)?;
				root.expect(fingerprint)?;
				SheetOf::Kit(root)
			},
		};
		Ok(Self { fingerprint, passphrase, of })
	}
}

/// What follows this name on a line, if it begins so.
fn named<'a>(line: &'a str, name: &str) -> Option<&'a str> {
	let line = line.trim();
	let (first, rest) = line.split_at_checked(name.len())?;
	let rest = first.eq_ignore_ascii_case(name).then_some(rest)?;
	Some(rest.trim_start_matches([' ', ':', '\t'])).filter(|said| said.len() < rest.len())
}

/// What the holder of a share is told.
pub fn share_sheet(
	share: &Share,
	fingerprint: Fingerprint,
	group: Option<&str>,
	members: u8,
	passphrase: bool,
	date: &str,
) -> Page {
	let (member, needed) = (share.member(), share.threshold());
	let (groups_needed, groups) = (share.group_threshold(), share.groups());
	let group_name = match group {
		Some(name) => format!("group {} ({name})", share.group()),
		None => format!("group {}", share.group()),
	};
	let enough = match (groups, needed) {
		(1, 1) => "It brings the wallet back alone.".into(),
		(1, _) => format!(
			"Any {needed} of the {members} shares bring the wallet back. Fewer than {needed} tell \
			 nothing about it."
		),
		(_, _) => format!(
			"Any {needed} of the {members} shares of {group_name} complete that group, and \
			 {groups_needed} of the {groups} groups bring the wallet back. Less tells nothing about it."
		),
	};
	let mut facts =
		vec![("Fingerprint", fingerprint.to_string()), ("Share", format!("{member} of {members}"))];
	if groups > 1 || group.is_some() {
		facts.push(("Group", group_name.replacen("group ", "", 1)));
	}
	facts.extend([
		("Set", share.identifier().to_string()),
		("Passphrase", if passphrase { "needed" } else { "none" }.into()),
		("Printed", date.into()),
	]);
	let mut lost = vec![
		"Gather as many sheets as are needed, from the people who keep them.".to_owned(),
		"On a computer that you trust, with Salus on it, run: salus wallet recover --wallet new.wallet"
			.to_owned(),
		"Type the words of each sheet, without their numbers. The first four letters of a word are \
		 enough."
			.to_owned(),
		format!("When it asks for the fingerprint, type {fingerprint}."),
	];
	if passphrase {
		lost.push("Type the passphrase that you chose when these sheets were printed.".into());
	}
	lost.push(
		"Then run: salus wallet find --wallet new.wallet. It finds your charts again.".into(),
	);
	Page {
		kind: Kind::Share,
		title: "One share of a Salus wallet".into(),
		lead: format!(
			"A Salus wallet opens a person's medical records. This sheet is share {member} of {members} \
			 of such a wallet. {enough}"
		),
		facts,
		fingerprint,
		passphrase,
		words: share.phrase(),
		sections: vec![
			Section {
				title: "If you keep this sheet for somebody",
				steps: vec![
					"Keep it dry, out of sight, and apart from the other sheets.".into(),
					"Do not copy it, photograph it, type it into anything or send it.".into(),
					"Give it to the owner of the wallet only, and face to face. Whoever gathers enough \
					 sheets can read and share everything that the wallet opens."
						.into(),
					"If it is lost, or somebody has seen it, tell the owner at once.".into(),
				],
			},
			Section { title: "If your wallet is lost", steps: lost },
			Section {
				title: "If a sheet is lost or was seen",
				steps: vec![
					"While enough sheets are left, print a new set (salus wallet share), give it out, and \
					 have every sheet of the old set destroyed: the old set goes on working. Sheets of \
					 different sets do not work together."
						.into(),
					"If somebody may have gathered enough sheets, take a new wallet, and go to the records \
					 office of each hospital where you have a chart."
						.into(),
				],
			},
		],
	}
}

/// The whole wallet on one page.
pub fn kit(root: &RootSecret, date: &str) -> Page {
	let fingerprint = root.fingerprint();
	Page {
		kind: Kind::Kit,
		title: "Salus wallet: recovery kit".into(),
		lead:
			"These 24 words are the wallet that opens your medical records. If your telephone or \
		       computer is lost, they bring it back. They do so for anyone: whoever reads this page can \
		       read and share your records."
				.into(),
		facts: vec![("Fingerprint", fingerprint.to_string()), ("Printed", date.into())],
		fingerprint,
		passphrase: false,
		words: root.phrase(),
		sections: vec![
			Section {
				title: "Keep it safe",
				steps: vec![
					"Keep it as you keep a passport: dry, locked away, and not beside the device.".into(),
					"Do not copy it, photograph it, or keep it on a computer. When it is printed, delete \
					 the file."
						.into(),
					"Nobody at a hospital, and nobody on the telephone, ever needs these words.".into(),
				],
			},
			Section {
				title: "If your wallet is lost",
				steps: vec![
					"On a computer that you trust, with Salus on it, run: salus wallet restore --wallet \
					 new.wallet"
						.into(),
					"Type the words in their order, without the numbers.".into(),
					format!("It shows a fingerprint. It must be {fingerprint}."),
					"Then run: salus wallet find --wallet new.wallet. It finds your charts again.".into(),
				],
			},
			Section {
				title: "If this page is lost or was seen",
				steps: vec![
					"Lost for certain, and unread: print another (salus wallet kit) while you have the \
					 wallet."
						.into(),
					"Perhaps seen: take a new wallet, and go to the records office of each hospital where \
					 you have a chart. Printing another page does not help, since these words go on \
					 working."
						.into(),
				],
			},
		],
	}
}
