//! `salus record petition`.

mod report;

use super::{beside::await_at_head, Chart};
use crate::cli::{
	now,
	terms::{code_of, date},
	usage, Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use report::{Answered, Asked, Compared, Petitions, Withdrawn, Withheld};
use salus_client::{
	chain::At,
	keys::Identity,
	petitions::{is_as_on_chain, petition},
	vault_api::{AnswerPetition, ListedPetition, ListedRecord},
	vault_client::VaultClient,
	wallet::WalletChart,
	Error, Result,
};
use salus_primitives::{
	codes::{PetitionKind, PetitionState, Purpose, RefusalReason},
	decision::RecordFacts,
	ids::{ChartId, OrganisationId, RecordId},
	petition::{PetitionTerms, Statement},
	time::Moment,
	views::{PetitionView, RecordView},
};
use std::{
	collections::BTreeSet,
	io::Write,
	path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
	/// Ask that a record be erased.
	Erase {
		#[command(flatten)]
		patient: Patient,
		#[command(flatten)]
		words: Words,
		/// Ask it for each version of the record.
		#[arg(long)]
		all_versions: bool,
		/// The record.
		record: RecordId,
	},
	/// Ask that a record be amended; until it is, what you say goes out with it.
	Amend {
		#[command(flatten)]
		patient: Patient,
		#[command(flatten)]
		words: Words,
		/// The record.
		record: RecordId,
	},
	/// List what was asked about a chart's records, and the answers, compared with the chain.
	List {
		/// The wallet.
		#[arg(long, value_name = "FILE")]
		wallet: PathBuf,
		#[command(flatten)]
		place: Chart,
	},
	/// Take a petition back.
	Withdraw {
		#[command(flatten)]
		patient: Patient,
		#[command(flatten)]
		which: Which,
	},
	/// List all petitions at a house: the open ones first, by due date.
	Inbox {
		/// Key file of a records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The organisation.
		#[arg(long, value_name = "N")]
		custodian: OrganisationId,
	},
	/// Grant a petition. An erasure is carried out at once; an amendment must have been made.
	Grant {
		/// Key file of a records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		#[command(flatten)]
		words: Words,
		/// From when on no backup of the vault holds an erased record; needed where it makes backups.
		#[arg(long, value_name = "DATE", value_parser = date)]
		backups_until: Option<Moment>,
		/// An erased record stays in the house's own record system.
		#[arg(long)]
		source_system: bool,
		#[command(flatten)]
		which: Which,
	},
	/// Refuse a petition.
	Refuse {
		/// Key file of a records officer.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		#[command(flatten)]
		words: Words,
		/// Why.
		#[arg(long, value_parser = code_of!(RefusalReason))]
		reason: RefusalReason,
		/// From when on the reason holds no more, where that is known: the end of retention.
		#[arg(long, value_name = "DATE", value_parser = date)]
		until: Option<Moment>,
		#[command(flatten)]
		which: Which,
	},
}

/// The patient who asks.
#[derive(Debug, Args)]
pub(crate) struct Patient {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The organisation that keeps the record [default: as the chain knows].
	#[arg(long, value_name = "N")]
	custodian: Option<OrganisationId>,
}

/// What is said in words.
#[derive(Debug, Args)]
pub(crate) struct Words {
	/// File with what is said, in words; at most 4,096 bytes.
	#[arg(long, value_name = "FILE")]
	statement_file: Option<PathBuf>,
	/// The same on the command line, where others on this machine may see it.
	#[arg(long, value_name = "TEXT", conflicts_with = "statement_file")]
	statement: Option<Statement>,
}

/// Which petition.
#[derive(Debug, Args)]
pub(crate) struct Which {
	/// The petition's number among the record's [default: the only one that is open].
	#[arg(long, value_name = "N")]
	number: Option<u32>,
	/// The record.
	record: RecordId,
}

/// Reads a statement from a file.
pub(in crate::cli) fn statement(path: &Path) -> Result<Statement> {
	let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
	text.trim_end()
		.parse()
		.map_err(|fault| usage(format!("{}: {fault}", path.display()), "shorten it"))
}

impl Words {
	fn read(self) -> Result<Statement> {
		match (self.statement_file, self.statement) {
			(Some(path), _) => statement(&path),
			(None, said) => Ok(said.unwrap_or_default()),
		}
	}
}

/// Runs the command.
pub(super) async fn run(command: Command, context: &Context, out: &mut impl Write) -> Result<()> {
	match command {
		Command::Erase { patient, words, all_versions, record } => {
			ask(&patient, PetitionKind::Erasure, words, record, all_versions, context, out).await
		},
		Command::Amend { patient, words, record } => {
			ask(&patient, PetitionKind::Amendment, words, record, false, context, out).await
		},
		Command::List { wallet, place } => list(&wallet, &place, context, out).await,
		Command::Withdraw { patient, which } => withdraw(&patient, &which, context, out).await,
		Command::Inbox { key, custodian } => inbox(&key, custodian, context, out).await,
		Command::Grant { key, words, backups_until, source_system, which } => {
			let answer = AnswerPetition {
				granted: true,
				reason: None,
				until: None,
				statement: words.read()?,
				backups_until,
				source_system,
			};
			give(&key, &which, answer, context, out).await
		},
		Command::Refuse { key, words, reason, until, which } => {
			let answer = AnswerPetition {
				granted: false,
				reason: Some(reason),
				until,
				statement: words.read()?,
				backups_until: None,
				source_system: false,
			};
			give(&key, &which, answer, context, out).await
		},
	}
}

/// What the chain knows of a record, which it must.
pub(super) async fn facts(at: &At, record: RecordId) -> Result<RecordFacts> {
	let facts = at.record(record).await?;
	facts.ok_or(Error::NotFound { what: "record", id: record.to_string() })
}

impl Patient {
	/// The patient's chart where the record is kept, its key, and its vault.
	async fn open(
		&self,
		record: RecordId,
		context: &Context,
	) -> Result<(WalletChart, Identity, VaultClient)> {
		let wallet = context.current_wallet(&self.wallet).await?;
		let genesis = context.chain().await?.genesis();
		let chart = match self.custodian {
			Some(custodian) => wallet.chart_at(&genesis, custodian)?,
			None => {
				let facts = facts(&context.finalised().await?, record).await?;
				wallet.chart_of(&genesis, facts.custodian, record.anchored_by())?
			},
		};
		let identity = wallet.identity(chart)?;
		let vault = context.session(chart.custodian, &identity).await?;
		Ok((chart.clone(), identity, vault))
	}
}

async fn ask(
	patient: &Patient,
	kind: PetitionKind,
	words: Words,
	record: RecordId,
	all_versions: bool,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let said = words.read()?;
	if kind == PetitionKind::Amendment && said.as_str().trim().is_empty() {
		return Err(usage(
			"an amendment says what is wrong",
			"say it with --statement-file or --statement",
		));
	}
	let (chart, identity, vault) = patient.open(record, context).await?;
	let records = if all_versions {
		let listed = vault.records(&chart.chart, None, Purpose::PatientRequested).await?;
		versions(record, &listed)
	} else {
		vec![record]
	};
	let mut asked = Vec::new();
	for record in records {
		let terms =
			PetitionTerms { chart: chart.chart, record, kind, at: now(), statement: said.clone() };
		let posted = petition(&identity, &chart.genesis, terms)?;
		let asking = vault.petition(&chart.chart, &posted);
		match context.wait("filing the petition", asking).await {
			Ok(done) => asked.push(done),
			// What was asked before it stays asked, and is told.
			Err(fault) if !asked.is_empty() => {
				context.print(&Asked { kind, custodian: chart.custodian, asked }, out)?;
				return Err(fault);
			},
			Err(fault) => return Err(fault),
		}
	}
	context.print(&Asked { kind, custodian: chart.custodian, asked }, out)
}

/// All versions of a record among those listed, which replace each other.
fn versions(record: RecordId, listed: &[ListedRecord]) -> Vec<RecordId> {
	let mut found = vec![record];
	loop {
		let more = listed.iter().find_map(|one| {
			let replaces = one.replaces?;
			match (found.contains(&one.id), found.contains(&replaces)) {
				(true, false) if listed.iter().any(|other| other.id == replaces) => Some(replaces),
				(false, true) => Some(one.id),
				_ => None,
			}
		});
		match more {
			Some(id) => found.push(id),
			None => return found,
		}
	}
}

async fn list(wallet: &Path, place: &Chart, context: &Context, out: &mut impl Write) -> Result<()> {
	let wallet = context.current_wallet(wallet).await?;
	let genesis = context.chain().await?.genesis();
	let chart = match place.chart {
		Some(chart) => wallet.chart(&chart)?,
		None => wallet.chart_at(&genesis, place.custodian)?,
	};
	let vault = context.session(chart.custodian, &wallet.identity(chart)?).await?;
	let listed = vault.chart_petitions(&chart.chart).await?;
	let (petitions, withheld) = compared(context, listed, Some(chart.chart)).await?;
	let wrong = petitions.iter().filter(|petition| !petition.verified).count();
	let faults = wrong.saturating_add(withheld.len());
	let (chart, custodian) = (Some(chart.chart), chart.custodian);
	context.print(&Petitions { chart, custodian, petitions, withheld }, out)?;
	if faults > 0 {
		return Err(Error::PetitionsFaulty(faults));
	}
	Ok(())
}

/// Compares what a vault says of petitions with the chain. Gives also those about the same records that the
/// chain has and the vault does not tell of.
async fn compared(
	context: &Context,
	listed: Vec<ListedPetition>,
	chart: Option<ChartId>,
) -> Result<(Vec<Compared>, Vec<Withheld>)> {
	let time = now();
	let genesis = context.chain().await?.genesis();
	let told: BTreeSet<_> = listed
		.iter()
		.map(|petition| (petition.terms().record, petition.number))
		.collect();
	let mut withheld = BTreeSet::new();
	let mut petitions = Vec::with_capacity(listed.len());
	for mut petition in listed {
		let record = petition.terms().record;
		let chart = chart.unwrap_or(petition.terms().chart);
		let untold = await_at_head(context, async |at| {
			let view = at.record_view(record).await?;
			let fits = |view: &RecordView| is_as_on_chain(&petition, &genesis, &chart, view);
			Ok(view.filter(fits).map(|view| {
				let numbers = view.petitions.into_iter().map(|found| (record, found.number));
				numbers.filter(|known| !told.contains(known)).collect::<Vec<_>>()
			}))
		});
		let untold = untold.await?;
		let verified = untold.is_some();
		withheld.extend(untold.into_iter().flatten());
		petition.overdue = petition.state == PetitionState::Open && petition.due <= time;
		petitions.push(Compared { petition, verified });
	}
	let withheld = withheld.into_iter().map(|(record, number)| Withheld { record, number });
	Ok((petitions, withheld.collect()))
}

async fn withdraw(
	patient: &Patient,
	which: &Which,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let number = which.number(context).await?;
	let (_, _, vault) = patient.open(which.record, context).await?;
	let withdrawing = vault.withdraw_petition(&which.record, number);
	let done = context.wait("withdrawing the petition", withdrawing).await?;
	context.print(&Withdrawn(done), out)
}

impl Which {
	/// The number, or that of the only one that is open.
	async fn number(&self, context: &Context) -> Result<u32> {
		if let Some(number) = self.number {
			return Ok(number);
		}
		let open = await_at_head(context, async |at| {
			let view = at.record_view(self.record).await?;
			let petitions = view.map_or(Vec::new(), |view| view.petitions);
			let open = |found: &PetitionView| found.petition.state == PetitionState::Open;
			let open: Vec<_> = petitions.into_iter().filter(open).collect();
			Ok(Some(open).filter(|open| !open.is_empty()))
		});
		let mut open = open.await?.unwrap_or_default().into_iter();
		match (open.next(), open.next()) {
			(Some(only), None) => Ok(only.number),
			(None, _) => Err(usage(
				"no petition about this record is open",
				"name the one that is meant with --number",
			)),
			(Some(_), Some(_)) => Err(usage(
				"several petitions about this record are open",
				"name the one that is meant with --number",
			)),
		}
	}
}

async fn inbox(
	key: &Path,
	custodian: OrganisationId,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(key)?;
	let vault = context.session(custodian, &identity).await?;
	let (petitions, withheld) = compared(context, vault.petitions().await?, None).await?;
	context.print(&Petitions { chart: None, custodian, petitions, withheld }, out)
}

async fn give(
	key: &Path,
	which: &Which,
	answer: AnswerPetition,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(key)?;
	let facts = facts(&context.finalised().await?, which.record).await?;
	let number = which.number(context).await?;
	let vault = context.session(facts.custodian, &identity).await?;
	let answering = vault.answer_petition(&which.record, number, &answer);
	let answered = context.wait("answering the petition", answering).await?;
	context.print(&Answered(answered), out)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{
		codes::{Category, Confidentiality, RecordState},
		ids::{Digest, Salt},
		record::RecordTerms,
		seal::Opening,
	};

	fn listed(id: u8, replaces: Option<u8>) -> ListedRecord {
		let terms = RecordTerms {
			chart: ChartId([4; 32]),
			sequence: id.into(),
			previous_leaf: None,
			version: 1,
			category: Category::Document,
			confidentiality: Confidentiality::Normal,
			sensitivity: Default::default(),
			author: None,
			encounter: None,
			clinical_date: 0,
			size: 0,
			content_digest: Digest([0; 32]),
			ciphertext_digest: Digest([0; 32]),
		};
		ListedRecord {
			id: RecordId([id; 32]),
			opening: Opening { terms, salt: Salt([0; 32]) },
			media_type: String::new(),
			state: RecordState::Current,
			replaces: replaces.map(|id| RecordId([id; 32])),
			statements: Vec::new(),
			inclusion: None,
		}
	}

	#[test]
	fn all_versions_are_those_that_replace_each_other() {
		let list = [listed(1, None), listed(2, Some(1)), listed(3, None), listed(4, Some(2))];
		let of = |id: u8| {
			let mut ids: Vec<_> =
				versions(RecordId([id; 32]), &list).iter().map(|id| id.0[0]).collect();
			ids.sort_unstable();
			ids
		};
		assert_eq!([of(1), of(2), of(4)], [[1, 2, 4], [1, 2, 4], [1, 2, 4]]);
		assert_eq!(of(3), [3]);
		// A version that was erased is not asked about again.
		let list = [listed(2, Some(1))];
		assert_eq!(versions(RecordId([2; 32]), &list), [RecordId([2; 32])]);
	}
}
