//! `salus recall`.

mod holders;

use super::{
	disclosure::Whose,
	every_page, now,
	render::{self, Fields, Report, Table},
	Context,
};
use clap::{builder::TypedValueParser, Args, Subcommand};
use futures::{stream, StreamExt};
use salus_client::{
	keys::Identity,
	vault_api::{Recall, RecallAnswer, RecallGround, RecallId, RecallState, RecallWord},
	Result,
};
use salus_primitives::ids::{OrganisationId, RecordId};
use serde::Serialize;
use std::{io::Write, path::PathBuf};

/// Vaults that are asked at once.
const AT_ONCE: usize = 8;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// List what you may read no more although you have read it, at all custodians that have a vault.
	List {
		/// Your key file.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// Only what you read for this organisation.
		#[arg(long, value_name = "N")]
		organisation: Option<OrganisationId>,
		/// What everybody read for that organisation, for its administrators and records officers.
		#[arg(long, requires = "organisation")]
		house: bool,
		/// Only at this custodian.
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
	},
	/// Show a recall and the records that it is about.
	Show(Which),
	/// Say that you know of it and keep what you read, on a ground.
	Acknowledge {
		#[command(flatten)]
		which: Which,
		/// Why.
		#[arg(long, value_name = "GROUND", value_parser = grounds())]
		ground: RecallGround,
	},
	/// Attest that every copy of it is deleted. That is not taken back.
	AttestDeletion(Which),
	/// List who has what although they may read it no more, compared with the log: for the patient and
	/// guardians who may read.
	Holders(Whose),
}

#[derive(Debug, Args)]
struct Which {
	/// Key file: the recipient's, or one of an administrator or records officer of their organisation.
	#[arg(long, value_name = "FILE")]
	key: PathBuf,
	/// The custodian that recalls.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The recall.
	recall: RecallId,
}

fn grounds() -> impl TypedValueParser<Value = RecallGround> {
	let codes = RecallGround::ALL.map(|ground| clap::builder::PossibleValue::new(ground.code()));
	clap::builder::PossibleValuesParser::new(codes).try_map(|text| text.parse::<RecallGround>())
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::List { key, organisation, house, custodian } => {
			let identity = context.open_key(&key)?;
			let whose = Readers { organisation, house };
			let listed = match custodian {
				Some(custodian) => {
					let recalls = whose.at(custodian, &identity, context).await?;
					Listed { recalls, unread: Vec::new() }
				},
				None => everywhere(&whose, &identity, context).await?,
			};
			context.print(&listed, out)
		},
		Command::Show(which) => {
			let identity = context.open_key(&which.key)?;
			let vault = context.session(which.custodian, &identity).await?;
			let recall = vault.recall(&which.recall).await?;
			let records = vault.recalled_records(&which.recall).await?;
			let told = Told::of(which.custodian, recall);
			context.print(&Shown { told, records }, out)
		},
		Command::Acknowledge { which, ground } => {
			answer(&which, RecallAnswer::Acknowledged(ground), context, out).await
		},
		Command::AttestDeletion(which) => answer(&which, RecallAnswer::Deleted, context, out).await,
		Command::Holders(whose) => holders::run(whose, context, out).await,
	}
}

/// Signs an answer and brings it to the custodian's vault.
async fn answer(
	which: &Which,
	answer: RecallAnswer,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let identity = context.open_key(&which.key)?;
	let genesis = context.chain().await?.genesis();
	let vault = context.session(which.custodian, &identity).await?;
	let recall = vault.recall(&which.recall).await?;
	// What is signed is what was asked for, whatever the vault shows.
	let recall = Recall { id: which.recall, ..recall };
	let word = RecallWord::sign(&identity, genesis, which.custodian, &recall, answer, now());
	let recall = vault.answer_recall(&word).await?;
	context.print(&Told::of(which.custodian, recall), out)
}

/// Whose recalls are listed.
struct Readers {
	organisation: Option<OrganisationId>,
	house: bool,
}

impl Readers {
	/// Those at this custodian.
	async fn at(
		&self,
		custodian: OrganisationId,
		identity: &Identity,
		context: &Context,
	) -> Result<Vec<Told>> {
		let vault = context.session(custodian, identity).await?;
		let house = self.organisation.filter(|_| self.house);
		let recalls = vault.recalls(house).await?.into_iter();
		let wanted = recalls.filter(|recall| {
			self.organisation.is_none_or(|only| recall.recipient.organisation == only)
		});
		Ok(wanted.map(|recall| Told::of(custodian, recall)).collect())
	}
}

/// Asks all custodians that have a vault and keep their own charts. Who does not answer is told.
async fn everywhere(whose: &Readers, identity: &Identity, context: &Context) -> Result<Listed> {
	let at = context.finalised().await?;
	let houses = every_page(0, |from| at.organisations(from)).await?;
	let mut asked = Vec::new();
	for house in houses.into_iter().filter(|house| !house.endpoint.is_empty()) {
		if at.holding(house.id).await?.keeper == house.id {
			asked.push(house.id);
		}
	}
	let answers = stream::iter(asked)
		.map(|custodian| async move { (custodian, whose.at(custodian, identity, context).await) })
		.buffered(AT_ONCE)
		.collect::<Vec<_>>()
		.await;
	let mut listed = Listed { recalls: Vec::new(), unread: Vec::new() };
	for (custodian, answer) in answers {
		match answer {
			Ok(recalls) => listed.recalls.extend(recalls),
			Err(fault) => listed.unread.push(Unread { custodian, fault: fault.to_string() }),
		}
	}
	Ok(listed)
}

#[derive(Serialize)]
struct Listed {
	recalls: Vec<Told>,
	/// Vaults that could not be asked.
	unread: Vec<Unread>,
}

#[derive(Serialize)]
struct Unread {
	custodian: OrganisationId,
	fault: String,
}

/// A recall, and how it stands now.
#[derive(Serialize)]
struct Told {
	custodian: OrganisationId,
	state: RecallState,
	#[serde(flatten)]
	recall: Recall,
}

impl Told {
	fn of(custodian: OrganisationId, recall: Recall) -> Self {
		Self { custodian, state: recall.state(now()), recall }
	}

	/// How it stands, in words.
	fn words(&self) -> String {
		let answer = self.recall.answer.map(|word| word.statement.answer);
		match (self.state, answer) {
			(RecallState::Notified, _) => "to be answered".into(),
			(RecallState::Overdue, _) => "OVERDUE".into(),
			(RecallState::Acknowledged, Some(RecallAnswer::Acknowledged(ground))) => {
				format!("kept: {}", ground.code())
			},
			(RecallState::Acknowledged, _) => "kept".into(),
			(RecallState::DeletionAttested, _) => "deletion attested".into(),
			(RecallState::PermittedAgain, _) => "permitted again".into(),
		}
	}

	fn fields(&self) -> Fields {
		let Recall { id, chart, directive, recipient, practitioner, since, due, records, .. } =
			self.recall;
		Fields::default()
			.add("recall", id)
			.add("custodian", self.custodian)
			.add("chart", chart)
			.add("read under", format!("directive {directive}"))
			.add("by", render::hex(&recipient.account))
			.maybe("practitioner", practitioner)
			.add("for organisation", recipient.organisation)
			.add("records", records)
			.add("since", render::moment(since))
			.add("due", render::moment(due))
			.add("state", self.words())
	}
}

impl Report for Told {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		self.fields().write(out)
	}
}

#[derive(Serialize)]
struct Shown {
	#[serde(flatten)]
	told: Told,
	/// The records themselves; how many, their recall says.
	#[serde(rename = "recalled")]
	records: Vec<RecordId>,
}

impl Report for Shown {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		self.told.fields().write(out)?;
		self.records.iter().try_for_each(|record| writeln!(out, "{record}"))
	}
}

impl Report for Listed {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let mut table = Table::new(&["RECALL", "AT", "READ BY", "FOR", "RECORDS", "DUE", "STATE"]);
		for told in &self.recalls {
			let Recall { id, recipient, practitioner, due, records, .. } = told.recall;
			table.row(vec![
				id.to_string(),
				told.custodian.to_string(),
				match practitioner {
					Some(practitioner) => format!("practitioner {practitioner}"),
					None => render::short(&render::hex(&recipient.account)),
				},
				recipient.organisation.to_string(),
				records.to_string(),
				render::moment(due),
				told.words(),
			]);
		}
		table.write(out, "nothing is recalled")?;
		self.unread.iter().try_for_each(|Unread { custodian, fault }| {
			writeln!(out, "not asked: organisation {custodian}: {}", render::printable(fault))
		})
	}
}
