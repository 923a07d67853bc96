//! `salus key`.

use super::{render, render::Fields, render::Report, Context};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{Call, Submitted},
	keys::{KeyFile, PublicKeys},
	Result,
};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make a key file with fresh random keys.
	Generate(File),
	/// Make a key file of a development account, whose keys everybody knows.
	ImportDev {
		/// Its path, such as //Mercy//Records.
		uri: String,
		#[command(flatten)]
		file: File,
	},
	/// Show what may be known of a key file.
	Show(File),
	/// Publish the encryption key, so that records can be released to this account.
	Publish(File),
}

#[derive(Debug, Args)]
struct File {
	/// The key file.
	#[arg(long = "key", value_name = "FILE")]
	key: PathBuf,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let make = |made: Result<KeyFile>, path: PathBuf| {
		let made = made?;
		made.save(&path, &context.new_passphrase(&path)?)?;
		Ok::<_, salus_client::Error>(Shown { file: path, keys: made.identity().public() })
	};
	match options.command {
		Command::Generate(File { key }) => context.print(&make(KeyFile::generate(), key)?, out),
		Command::ImportDev { uri, file } => {
			context.print(&make(KeyFile::from_dev_uri(&uri), file.key)?, out)
		},
		Command::Show(File { key }) => {
			let keys = KeyFile::show(&key)?;
			context.print(&Shown { file: key, keys }, out)
		},
		Command::Publish(File { key }) => {
			let identity = context.open_key(&key)?;
			let keys = identity.public();
			let at = context.finalised().await?;
			let known = at.account_key(keys.account).await?;
			if let Some(known) = known.filter(|known| known.key == keys.encryption_key) {
				let published = Published { keys, version: known.version, submitted: None };
				return context.print(&published, out);
			}
			let call = Call::publish_account_key(keys.encryption_key);
			let submitted = context.submit(&identity, &call).await?;
			let version = known.map_or(1, |known| known.version.saturating_add(1));
			context.print(&Published { keys, version, submitted: Some(submitted) }, out)
		},
	}
}

#[derive(Serialize)]
struct Shown {
	file: PathBuf,
	#[serde(flatten)]
	keys: PublicKeys,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		keys(Fields::default().add("file", self.file.display()), &self.keys).write(out)
	}
}

#[derive(Serialize)]
struct Published {
	#[serde(flatten)]
	keys: PublicKeys,
	version: u32,
	/// None when it was published before.
	submitted: Option<Submitted>,
}

impl Report for Published {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		keys(Fields::default(), &self.keys)
			.add("version", self.version)
			.add(
				"published",
				match &self.submitted {
					Some(done) => render::submitted(done),
					None => "before".into(),
				},
			)
			.write(out)
	}
}

fn keys(fields: Fields, keys: &PublicKeys) -> Fields {
	fields
		.add("account", render::hex(&keys.account))
		.add("encryption key", render::hex(&keys.encryption_key))
}
