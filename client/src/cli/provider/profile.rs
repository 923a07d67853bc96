//! `salus provider profile`.

use crate::cli::{
	render::{self, Fields, Report},
	usage, Context,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{Call, Submitted},
	profile::{
		next_version, salt, Photograph, Profile, ProfileError, SignedProfile, MAX_FILE,
		MAX_PHOTOGRAPH,
	},
	sealed_file::write_new,
	vault_api::Head,
	Error, Result,
};
use salus_primitives::{
	codes::{Role, StandingReason},
	ids::{AccountBytes, Digest, OrganisationId, PractitionerId},
	views::{PractitionerView, ProfileCommitment},
};
use serde::Serialize;
use std::{
	fs::File,
	io::{Read, Write},
	path::{Path, PathBuf},
};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make the practitioner's next profile and sign it.
	Make(Make),
	/// Commit to a profile on the chain, and give it to a vault to hand out.
	Publish {
		/// Key file of the practitioner; of an administrator or records officer when the profile is on
		/// the chain already.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Organisation whose vault shall hand it out.
		#[arg(long, value_name = "N")]
		organisation: Option<OrganisationId>,
		/// The profile file.
		profile: PathBuf,
	},
	/// Show a profile, once it is found to be what the practitioner published.
	Show {
		/// A profile file.
		#[arg(
			value_name = "FILE",
			required_unless_present = "practitioner",
			conflicts_with_all = ["practitioner", "organisation"]
		)]
		file: Option<PathBuf>,
		/// The practitioner.
		#[arg(long, value_name = "N", requires = "organisation")]
		practitioner: Option<PractitionerId>,
		/// Organisation whose vault hands it out.
		#[arg(long, value_name = "N", requires = "practitioner")]
		organisation: Option<OrganisationId>,
		/// Write the photograph to this file.
		#[arg(long, value_name = "FILE")]
		photograph: Option<PathBuf>,
	},
	/// Withdraw the profile on the chain. Vaults that have it forget it with `profile remove`.
	Withdraw {
		/// Key file of the practitioner.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
	},
	/// Have a vault forget a profile. The chain keeps its digest until it is withdrawn there.
	Remove {
		/// Key file of the practitioner, or of an administrator or records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Organisation whose vault it is.
		#[arg(long, value_name = "N")]
		organisation: OrganisationId,
		/// Whose profile; that of the key's account unless told otherwise.
		#[arg(long, value_name = "N")]
		practitioner: Option<PractitionerId>,
	},
}

#[derive(Debug, Args)]
struct Make {
	/// Key file of the practitioner.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The name by which patients know them.
	#[arg(long)]
	name: String,
	/// JPEG or PNG without metadata, at most 64 KiB.
	#[arg(long, value_name = "FILE")]
	photograph: Option<PathBuf>,
	/// Languages spoken with patients, such as en,pt-BR.
	#[arg(long, value_name = "TAG", value_delimiter = ',')]
	language: Vec<String>,
	/// A line on qualifications; can be given again.
	#[arg(long, value_name = "TEXT")]
	qualification: Vec<String>,
	/// An https:, mailto: or tel: address; can be given again.
	#[arg(long, value_name = "ADDRESS")]
	contact: Vec<String>,
	/// Where to write the profile.
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::Make(options) => make(options, context, out).await,
		Command::Publish { key, organisation, profile } => {
			publish(&key, organisation, &profile, context, out).await
		},
		Command::Show { file, practitioner, organisation, photograph } => {
			let found = match (file, practitioner.zip(organisation)) {
				(Some(path), _) => read(&path)?,
				(None, Some((id, house))) => fetch(context, id, house).await?,
				(None, None) => return Err(usage("no profile is named", "name a profile file")),
			};
			show(found, photograph.as_deref(), context, out).await
		},
		Command::Withdraw { key } => withdraw(&key, context, out).await,
		Command::Remove { key, organisation, practitioner } => {
			let identity = context.open_key(&key)?;
			let id = match practitioner {
				Some(id) => id,
				None => context
					.finalised()
					.await?
					.practitioner_of(identity.account())
					.await?
					.ok_or_else(|| {
						usage(
							"the key's account is no practitioner's",
							"name the practitioner with --practitioner",
						)
					})?,
			};
			context.session(organisation, &identity).await?.remove_profile(id).await?;
			context.print(&Removed { practitioner: id, organisation }, out)
		},
	}
}

async fn make(options: Make, context: &Context, out: &mut impl Write) -> Result<()> {
	let photograph = match &options.photograph {
		Some(path) => Some(Photograph::new(bounded(path, MAX_PHOTOGRAPH)?)?),
		None => None,
	};
	let account = salus_client::keys::KeyFile::show(&options.key)?.account;
	let view = own(context, account).await?;
	let profile = Profile {
		genesis: context.chain().await?.genesis(),
		practitioner: view.id,
		version: next_version(&view),
		salt: salt()?,
		name: options.name,
		photograph,
		languages: options.language,
		qualifications: options.qualification,
		contact: options.contact,
	};
	// What is out of bounds is told before the passphrase is asked for.
	profile.check()?;
	let signed = profile.sign(&context.open_key(&options.key)?)?;
	write_new(&options.out, &signed.to_json())?;
	let made = Made {
		file: options.out,
		practitioner: view.id,
		version: signed.profile.version,
		digest: signed.profile.digest(),
	};
	context.print(&made, out)
}

async fn publish(
	key: &Path,
	organisation: Option<OrganisationId>,
	path: &Path,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let signed = read(path)?;
	let id = signed.profile.practitioner;
	let genesis = context.chain().await?.genesis();
	let view = practitioner(context, id).await?;
	signed.verify_author(&genesis, &view)?;
	let is_published = view.profile.is_some_and(|known| known.version >= signed.profile.version);
	if is_published {
		signed.verify(&genesis, &view)?;
	} else if signed.profile.version != next_version(&view) {
		return Err(usage(
			format!(
				"the profile has version {}, and the next on the chain is {}",
				signed.profile.version,
				next_version(&view)
			),
			"make it again with `salus provider profile make`",
		));
	}
	let identity = context.open_key(key)?;
	if !is_published && identity.account() != view.account {
		return Err(usage(
			format!("only practitioner {id} commits to their profile"),
			"sign with the practitioner's own key file; others can give a published profile to a vault",
		));
	}
	// What would keep the profile from the vault is told before anything is on the chain.
	let vault = match organisation {
		Some(house) => {
			let at = context.finalised().await?;
			let reasons = at.standing(view.account, house, Role::Clinician).await?;
			if reasons.contains(StandingReason::NotStaff) {
				return Err(usage(
					format!("practitioner {id} is not on the staff of organisation {house}"),
					"its administrator adds them with `salus provider staff set`",
				));
			}
			Some(context.session(house, &identity).await?)
		},
		None => None,
	};
	let digest = signed.profile.digest();
	let submitted = match is_published {
		true => None,
		false => Some(context.submit(&identity, &Call::publish_profile(Some(digest))).await?),
	};
	// Another one may have come between.
	signed.verify(&genesis, &practitioner(context, id).await?)?;
	if let Some(vault) = vault {
		vault.put_profile(&signed).await?;
	}
	let version = signed.profile.version;
	context.print(&Published { practitioner: id, version, digest, submitted, organisation }, out)
}

async fn withdraw(key: &Path, context: &Context, out: &mut impl Write) -> Result<()> {
	let view = own(context, salus_client::keys::KeyFile::show(key)?.account).await?;
	match view.profile {
		None => return Err(ProfileError::NotPublished(view.id).into()),
		Some(ProfileCommitment { digest: None, .. }) => {
			return Err(ProfileError::Withdrawn(view.id).into())
		},
		Some(_) => {},
	}
	let identity = context.open_key(key)?;
	let submitted = context.submit(&identity, &Call::publish_profile(None)).await?;
	context.print(&Withdrawn { practitioner: view.id, submitted }, out)
}

async fn show(
	signed: SignedProfile,
	photograph: Option<&Path>,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let genesis = context.chain().await?.genesis();
	let at = context.finalised().await?;
	let id = signed.profile.practitioner;
	let view = at.practitioner(id).await?;
	let view = view.ok_or_else(|| Error::NotFound { what: "practitioner", id: id.to_string() })?;
	signed.verify(&genesis, &view)?;
	if let Some(path) = photograph {
		let Some(picture) = &signed.profile.photograph else {
			return Err(usage("the profile has no photograph", "leave out --photograph"));
		};
		write_new(path, &picture.data)?;
	}
	let digest = signed.profile.digest();
	context.print(&Shown { profile: signed.profile, digest, at: at.head() }, out)
}

/// The profile that an organisation's vault hands out, unchecked.
pub(super) async fn fetch(
	context: &Context,
	practitioner: PractitionerId,
	house: OrganisationId,
) -> Result<SignedProfile> {
	let found = context.vault(house).await?.profile(practitioner).await?;
	let Some(found) = found else {
		return Err(usage(
			format!("the vault of organisation {house} has no profile of that practitioner"),
			"ask another organisation where they work, or the practitioner for the file",
		));
	};
	if found.profile.practitioner != practitioner {
		return Err(ProfileError::OtherPractitioner {
			found: found.profile.practitioner,
			expected: practitioner,
		}
		.into());
	}
	Ok(found)
}

async fn practitioner(context: &Context, id: PractitionerId) -> Result<PractitionerView> {
	let found = context.finalised().await?.practitioner(id).await?;
	found.ok_or_else(|| Error::NotFound { what: "practitioner", id: id.to_string() })
}

/// The practitioner whose account it is.
async fn own(context: &Context, account: AccountBytes) -> Result<PractitionerView> {
	let id = context.finalised().await?.practitioner_of(account).await?;
	let id = id.ok_or_else(|| {
		usage(
			"the key's account is no registered practitioner's",
			"a licensing board registers it with `salus provider practitioner register`",
		)
	})?;
	practitioner(context, id).await
}

fn read(path: &Path) -> Result<SignedProfile> {
	Ok(SignedProfile::from_json(&bounded(path, MAX_FILE)?)?)
}

/// A file of at most `most` bytes, and one more to see that there are more.
fn bounded(path: &Path, most: usize) -> Result<Vec<u8>> {
	let mut bytes = Vec::new();
	let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
	let file = File::open(path).map_err(Error::io(path))?;
	file.take(most).read_to_end(&mut bytes).map_err(Error::io(path))?;
	Ok(bytes)
}

#[derive(Serialize)]
struct Made {
	file: PathBuf,
	practitioner: PractitionerId,
	version: u32,
	digest: Digest,
}

impl Report for Made {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("file", self.file.display())
			.add("practitioner", self.practitioner)
			.add("version", self.version)
			.add("digest", self.digest)
			.write(out)
	}
}

#[derive(Serialize)]
struct Published {
	practitioner: PractitionerId,
	version: u32,
	digest: Digest,
	/// None when it was published before.
	submitted: Option<Submitted>,
	/// Whose vault hands it out from now on.
	organisation: Option<OrganisationId>,
}

impl Report for Published {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("practitioner", self.practitioner)
			.add("version", self.version)
			.add("digest", self.digest)
			.add(
				"published",
				match &self.submitted {
					Some(done) => render::submitted(done),
					None => "before".into(),
				},
			)
			.maybe("at the vault of", self.organisation.map(|id| format!("organisation {id}")))
			.write(out)
	}
}

#[derive(Serialize)]
struct Withdrawn {
	practitioner: PractitionerId,
	submitted: Submitted,
}

impl Report for Withdrawn {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("practitioner", self.practitioner)
			.add("withdrawn", render::submitted(&self.submitted))
			.add("next", "each vault that has it forgets it with `salus provider profile remove`")
			.write(out)
	}
}

#[derive(Serialize)]
struct Removed {
	practitioner: PractitionerId,
	organisation: OrganisationId,
}

impl Report for Removed {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("practitioner", self.practitioner)
			.add("removed from", format!("the vault of organisation {}", self.organisation))
			.write(out)
	}
}

#[derive(Serialize)]
struct Shown {
	profile: Profile,
	digest: Digest,
	at: Head,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let Self { profile, digest, at } = self;
		let photograph = profile.photograph.as_ref().map(|picture| {
			format!("{}, {} bytes", picture.media_type.media_type(), picture.data.len())
		});
		let mut fields = Fields::default()
			.add("practitioner", profile.practitioner)
			.add("name", &profile.name)
			.add("photograph", photograph.unwrap_or("none".into()));
		if !profile.languages.is_empty() {
			fields = fields.add("languages", profile.languages.join(", "));
		}
		for text in &profile.qualifications {
			fields = fields.add("in their own words", text);
		}
		for address in &profile.contact {
			fields = fields.add("contact", address);
		}
		fields
			.add("version", profile.version)
			.add("digest", digest)
			.add("as published at", format!("block {}", render::block(at)))
			.write(out)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Debug, Parser)]
	struct Line {
		#[command(flatten)]
		options: Options,
	}

	fn parse(line: &str) -> Option<Command> {
		Line::try_parse_from(line.split(' ')).ok().map(|line| line.options.command)
	}

	#[test]
	fn the_grammar_is_as_documented() {
		let made = parse(
			"profile make --key k --name Ana --photograph p.jpg --language en,pt-BR \
			 --qualification a --qualification b --contact tel:1 --out f",
		);
		let Some(Command::Make(made)) = made else { panic!("{made:?}") };
		assert_eq!(made.language, ["en", "pt-BR"]);
		assert_eq!(made.qualification, ["a", "b"]);
		for line in [
			"profile publish --key k f",
			"profile publish --key k --organisation 2 f",
			"profile show f --photograph p",
			"profile show --practitioner 1 --organisation 2",
			"profile withdraw --key k",
			"profile remove --key k --organisation 2",
			"profile remove --key k --organisation 2 --practitioner 1",
		] {
			assert!(parse(line).is_some(), "{line}");
		}
		for line in [
			"profile make --key k --out f",
			"profile publish f",
			"profile show",
			"profile show --practitioner 1",
			"profile show --organisation 1",
			"profile show f --practitioner 1 --organisation 2",
			"profile withdraw",
			"profile remove --key k",
		] {
			assert!(parse(line).is_none(), "{line}");
		}
	}

	#[test]
	fn files_are_read_up_to_their_bound() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("profile");
		std::fs::write(&path, vec![b' '; MAX_FILE * 2]).unwrap();
		assert_eq!(bounded(&path, MAX_FILE).unwrap().len(), MAX_FILE + 1);
		assert_eq!(read(&path).unwrap_err().code(), "profile-too-large");
		std::fs::write(&path, "{}").unwrap();
		assert_eq!(read(&path).unwrap_err().code(), "profile-malformed");
		assert_eq!(read(&folder.path().join("none")).unwrap_err().code(), "io");
	}

	#[test]
	fn what_is_shown_to_people_tells_who_vouches() {
		let profile = Profile {
			genesis: [1; 32],
			practitioner: 12,
			version: 3,
			salt: [9; 32],
			name: "Dr Ana Brooks".into(),
			photograph: None,
			languages: vec!["en".into(), "pt-BR".into()],
			qualifications: vec!["Surgery".into()],
			contact: vec!["tel:+15550100".into()],
		};
		let digest = profile.digest();
		let at = Head { number: 7, hash: [2; 32], at: 9 };
		let mut out = Vec::new();
		Shown { profile, digest, at }.human(&mut out).unwrap();
		let text = String::from_utf8(out).unwrap();
		for line in [
			"practitioner        12",
			"name                Dr Ana Brooks",
			"photograph          none",
			"languages           en, pt-BR",
			"in their own words  Surgery",
			"contact             tel:+15550100",
			"version             3",
			"as published at     block 7 0x02020202…0202",
		] {
			assert!(text.lines().any(|shown| shown == line), "{line}:\n{text}");
		}
	}
}
