//! `salus disclosure`.

mod accounting;

use super::{
	render,
	render::{Report, Table},
	terms::{charts, read_card},
	usage, Context,
};
use clap::{Args, Subcommand};
use futures::future::try_join_all;
use salus_client::{
	chain::At,
	guardians::GuardianCard,
	keys::Identity,
	vault_api::{Disclosure, DisclosureProof, EmergencyNotice, PostedDirective, Recall},
	vault_client::VaultClient,
	wallet::WalletChart,
	Error, Result,
};
use salus_primitives::{
	decision::{Accessor, DenyReason},
	disclosure::{verify, DisclosureEntry, LeafProof, Outcome, Subject, NOT_HANDED_OUT},
	ids::{ChartId, OrganisationId},
	seal::Opening,
	views::DisclosureRoot,
};
use serde::Serialize;
use std::{
	collections::{hash_map::Entry as Slot, HashMap},
	io::Write,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// List who asked for what and what was answered, with proofs checked against the chain.
	List(Whose),
	/// Account for the disclosures of six years: each line with whether it belongs in an accounting under HIPAA
	/// (45 CFR 164.528) and why not, and to whom by name.
	Accounting(accounting::Options),
}

/// Whose logs are read.
#[derive(Debug, Args)]
pub(super) struct Whose {
	/// The wallet, for the patient.
	#[arg(long, value_name = "FILE", required_unless_present = "card", conflicts_with = "card")]
	wallet: Option<PathBuf>,
	/// A guardian's card, from the patient; with the guardian's key.
	#[arg(long, value_name = "FILE", requires = "key")]
	card: Option<PathBuf>,
	/// The guardian's key file.
	#[arg(long, value_name = "FILE", requires = "card")]
	key: Option<PathBuf>,
	/// Only at this organisation.
	#[arg(long, value_name = "N")]
	custodian: Option<OrganisationId>,
	/// Wait up to this many seconds until every entry is proven.
	#[arg(long, value_name = "SECONDS", default_value_t = 0)]
	wait: u64,
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	match options.command {
		Command::List(whose) => {
			let logs = whose.logs(context).await?;
			let faults = faults(&logs);
			context.print(&Logs { logs }, out)?;
			faults
		},
		Command::Accounting(options) => accounting::run(options, context, out).await,
	}
}

/// Whether something is wrong with these logs.
fn faults(logs: &[Log]) -> Result<()> {
	match logs.iter().map(|log| log.faults.len()).sum() {
		0 => Ok(()),
		faults => Err(Error::LogFaulty(faults)),
	}
}

impl Whose {
	/// The logs, checked against the chain; waits for proofs as long as it may.
	async fn logs(self, context: &Context) -> Result<Vec<Log>> {
		let (sessions, wait) = self.sessions(context).await?;
		read_until_proven(&sessions, wait, context).await
	}

	/// The same, each with the notices of break-glass in the chart's mailbox.
	pub(super) async fn logs_with_notices(
		self,
		context: &Context,
	) -> Result<Vec<(Log, Vec<EmergencyNotice>)>> {
		let (sessions, wait) = self.sessions(context).await?;
		let logs = read_until_proven(&sessions, wait, context).await?;
		// After the logs: no entry can be without its notice.
		let told = sessions.iter().map(|(chart, vault)| vault.emergencies(&chart.chart));
		let told = try_join_all(told).await?;
		Ok(logs.into_iter().zip(told).collect())
	}

	/// The same, each with what its custodian says to have recalled, and to the patient the openings of the
	/// chart's directives.
	pub(super) async fn logs_with_recalls(
		self,
		context: &Context,
	) -> Result<Vec<(Log, Vec<Recall>, Vec<PostedDirective>)>> {
		let (sessions, wait) = self.sessions(context).await?;
		// Before the logs: no recall can be without its entry.
		let told = sessions.iter().map(|(chart, vault)| async move {
			let recalls = vault.chart_recalls(&chart.chart).await?;
			let openings = if chart.own {
				vault.directives(&chart.chart).await?.directives
			} else {
				Vec::new()
			};
			Ok::<_, Error>((recalls, openings))
		});
		let told = try_join_all(told).await?;
		let logs = read_until_proven(&sessions, wait, context).await?;
		let all = logs.into_iter().zip(told);
		Ok(all.map(|(log, (recalls, openings))| (log, recalls, openings)).collect())
	}

	/// The charts whose logs are asked for, signed in for each, and how long to wait for proofs.
	async fn sessions(self, context: &Context) -> Result<(Vec<(Logged, VaultClient)>, u64)> {
		let Self { wallet, card, key, custodian, wait } = self;
		let sessions = match (wallet, card, key) {
			(Some(wallet), ..) => own_logs(&wallet, custodian, context).await?,
			(None, Some(card), Some(key)) => {
				vec![guarded_log(&card, &key, custodian, context).await?]
			},
			// The arguments' rules let nothing else through.
			_ => return Err(usage("nobody asks", "name a wallet, or a card and a key")),
		};
		Ok((sessions, wait))
	}
}

/// Reads the logs until every entry is proven, or that takes too long.
async fn read_until_proven(
	sessions: &[(Logged, VaultClient)],
	wait: u64,
	context: &Context,
) -> Result<Vec<Log>> {
	let began = Instant::now();
	loop {
		let logs = read(sessions, context).await?;
		let pending = logs.iter().any(|log| log.has(Status::Pending));
		if !pending || began.elapsed().as_secs() >= wait {
			return Ok(logs);
		}
		context
			.wait("waiting for proofs", tokio::time::sleep(Duration::from_millis(500)))
			.await;
	}
}

/// A chart whose log is read.
#[derive(Clone, Copy)]
struct Logged {
	chart: ChartId,
	custodian: OrganisationId,
	/// Whether the patient reads it.
	own: bool,
}

/// The charts of a wallet, signed in for each.
async fn own_logs(
	wallet: &Path,
	custodian: Option<OrganisationId>,
	context: &Context,
) -> Result<Vec<(Logged, VaultClient)>> {
	let wallet = context.current_wallet(wallet).await?;
	let genesis = context.chain().await?.genesis();
	let sessions = charts(&wallet, &genesis, custodian)?.into_iter().map(|chart| {
		let wallet = &wallet;
		async move {
			let vault = context.session(chart.custodian, &wallet.identity(&chart)?).await?;
			let WalletChart { chart, custodian, .. } = chart;
			Ok::<_, Error>((Logged { chart, custodian, own: true }, vault))
		}
	});
	try_join_all(sessions).await
}

/// The chart of a guardian's card, signed in.
async fn guarded_log(
	card: &Path,
	key: &Path,
	custodian: Option<OrganisationId>,
	context: &Context,
) -> Result<(Logged, VaultClient)> {
	let card = read_card(card, context).await?;
	let named = match custodian {
		Some(named) => Some(context.keeper(named).await?),
		None => None,
	};
	if named.is_some_and(|named| named != card.custodian) {
		return Err(usage(
			format!("the card is for a chart at organisation {}", card.custodian),
			"leave out --custodian, or take the card of the other chart",
		));
	}
	guarded(&card, &context.open_key(key)?, context).await
}

/// The chart of an opened card of a guardian, signed in.
async fn guarded(
	card: &GuardianCard,
	identity: &Identity,
	context: &Context,
) -> Result<(Logged, VaultClient)> {
	let vault = context.session_of_guardian(card, identity).await?;
	let (chart, custodian) = (card.guardian.terms.chart, card.custodian);
	Ok((Logged { chart, custodian, own: false }, vault))
}

/// [`Command::List`] for a guardian whose card is open.
pub(super) async fn list_as(
	card: &GuardianCard,
	identity: &Identity,
	wait: u64,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let session = guarded(card, identity, context).await?;
	let logs = read_until_proven(&[session], wait, context).await?;
	let faults = faults(&logs);
	context.print(&Logs { logs }, out)?;
	faults
}

/// Reads the logs and checks them.
async fn read(sessions: &[(Logged, VaultClient)], context: &Context) -> Result<Vec<Log>> {
	let logs = sessions.iter().map(|(chart, vault)| async move {
		let entries = vault.disclosures(&chart.chart, 0).await?;
		check(&context.finalised().await?, chart, entries).await
	});
	try_join_all(logs).await
}

/// Checks a chart's log against itself and the chain.
async fn check(at: &At, chart: &Logged, entries: Vec<Disclosure>) -> Result<Log> {
	let mut roots = HashMap::new();
	// Roots that came before the chart's holding went to who keeps it now are those of who had it then.
	let mut keepers = HashMap::from([(chart.custodian, chart.custodian)]);
	for proof in entries.iter().filter_map(|entry| entry.proof.as_ref()) {
		let organisation = proof.organisation;
		if let Slot::Vacant(slot) = keepers.entry(organisation) {
			slot.insert(at.holding(organisation).await?.keeper);
		}
		if let Slot::Vacant(slot) = roots.entry((organisation, proof.number)) {
			slot.insert(at.disclosure_root(organisation, proof.number).await?);
		}
	}
	let counts = |organisation| keepers.get(&organisation) == Some(&chart.custodian);
	let given = way(at, keepers.keys().copied().collect()).await?;
	let mut faults = gaps(chart.chart, &entries);
	let posters = entries.iter().filter_map(|Disclosure { opening, proof }| {
		proof.as_ref().map(|proof| (opening.terms.sequence, proof.organisation))
	});
	faults.extend(astray(posters, &given));
	let entries: Vec<_> = entries
		.into_iter()
		.map(|Disclosure { opening, proof }| {
			let status = status(counts, &proof, |root, proven| {
				let root: &DisclosureRoot = roots.get(&root)?.as_ref()?;
				Some(root.leaves == proven.leaves && verify(&root.root, proven, &opening))
			});
			if status == Status::Wrong {
				let sequence = opening.terms.sequence;
				faults.push(format!("the proof of entry {sequence} does not lead to the chain"));
			}
			Entry {
				status,
				root: proof.as_ref().map(|proof| proof.number),
				posted_by: proof.as_ref().map(|proof| proof.organisation),
				entry: opening.terms.clone(),
				whole: Disclosure { opening, proof },
			}
		})
		.collect();
	let &Logged { chart, custodian, own } = chart;
	Ok(Log { chart, custodian, own, entries, faults })
}

/// To whom each of these organisations gave its holding, and those to whom that went on.
async fn way(
	at: &At,
	mut ask: Vec<OrganisationId>,
) -> Result<HashMap<OrganisationId, Option<OrganisationId>>> {
	let mut given = HashMap::new();
	while let Some(organisation) = ask.pop() {
		if let Slot::Vacant(slot) = given.entry(organisation) {
			ask.extend(*slot.insert(at.holding(organisation).await?.given));
		}
	}
	Ok(given)
}

/// Entries under roots of an organisation that did not have the chart then: from one entry to the next it
/// stays, or goes on to whom its keeper gave it.
fn astray(
	posters: impl IntoIterator<Item = (u32, OrganisationId)>,
	given: &HashMap<OrganisationId, Option<OrganisationId>>,
) -> Vec<String> {
	let (mut faults, mut keeper) = (Vec::new(), None);
	for (sequence, poster) in posters {
		let mut on_the_way = std::iter::successors(keeper, |at| given.get(at).copied().flatten());
		if keeper.is_some() && on_the_way.all(|passed| passed != poster) {
			faults.push(format!(
				"entry {sequence} is under a root of organisation {poster}, which did not keep the chart then"
			));
		} else {
			keeper = Some(poster);
		}
	}
	faults
}

/// What a log itself gives away: other charts' entries, gaps, broken links.
fn gaps(chart: ChartId, entries: &[Disclosure]) -> Vec<String> {
	let mut faults = Vec::new();
	let mut previous = None;
	let mut expected = 0;
	for Disclosure { opening, .. } in entries {
		let entry = &opening.terms;
		if entry.chart != chart {
			faults.push(format!("entry {} is of another chart", entry.sequence));
		}
		if entry.sequence != expected {
			faults.push(format!("entry {} stands where {expected} should", entry.sequence));
		} else if entry.previous != previous {
			faults.push(format!("entry {} does not follow from the one before it", entry.sequence));
		}
		previous = Some(opening.seal());
		expected = entry.sequence.saturating_add(1);
	}
	faults
}

/// How an entry stands. Only roots of those count who had the chart; `holds` knows nothing of a root that is
/// not on the chain.
fn status(
	counts: impl Fn(OrganisationId) -> bool,
	proof: &Option<DisclosureProof>,
	holds: impl Fn((OrganisationId, u32), &LeafProof) -> Option<bool>,
) -> Status {
	match proof {
		None => Status::Pending,
		Some(DisclosureProof { organisation, .. }) if !counts(*organisation) => Status::Wrong,
		Some(DisclosureProof { organisation, number, proof }) => {
			match holds((*organisation, *number), proof) {
				Some(true) => Status::Verified,
				Some(false) => Status::Wrong,
				// The vault's node may be ahead of ours.
				None => Status::Pending,
			}
		},
	}
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
	/// Its root is on the chain.
	Verified,
	/// Its root is not on the chain yet.
	Pending,
	/// Its proof does not lead to the chain.
	Wrong,
}

impl Status {
	/// In a table.
	pub(super) const fn word(self) -> &'static str {
		match self {
			Self::Verified => "verified",
			Self::Pending => "pending",
			Self::Wrong => "WRONG",
		}
	}
}

/// Checks single entries of a custodian's log against the chain.
pub(super) struct Proven {
	at: At,
	custodian: OrganisationId,
	keepers: HashMap<OrganisationId, OrganisationId>,
	roots: HashMap<(OrganisationId, u32), Option<DisclosureRoot>>,
}

impl Proven {
	pub(super) fn new(at: At, custodian: OrganisationId) -> Self {
		Self { at, custodian, keepers: HashMap::new(), roots: HashMap::new() }
	}

	/// How the entry stands.
	pub(super) async fn status(
		&mut self,
		opening: &Opening<DisclosureEntry>,
		proof: &Option<DisclosureProof>,
	) -> Result<Status> {
		if let Some(DisclosureProof { organisation, number, .. }) = proof {
			if let Slot::Vacant(slot) = self.keepers.entry(*organisation) {
				slot.insert(self.at.holding(*organisation).await?.keeper);
			}
			if let Slot::Vacant(slot) = self.roots.entry((*organisation, *number)) {
				slot.insert(self.at.disclosure_root(*organisation, *number).await?);
			}
		}
		let counts = |organisation| self.keepers.get(&organisation) == Some(&self.custodian);
		Ok(status(counts, proof, |root, proven| {
			let root = self.roots.get(&root)?.as_ref()?;
			Some(root.leaves == proven.leaves && verify(&root.root, proven, opening))
		}))
	}
}

#[derive(Serialize)]
struct Logs {
	logs: Vec<Log>,
}

#[derive(Serialize)]
pub(super) struct Log {
	pub(super) chart: ChartId,
	pub(super) custodian: OrganisationId,
	/// Whether the patient reads it.
	#[serde(skip)]
	own: bool,
	entries: Vec<Entry>,
	pub(super) faults: Vec<String>,
}

impl Log {
	/// What was asked and answered, in order.
	pub(super) fn entries(&self) -> impl Iterator<Item = &DisclosureEntry> {
		self.entries.iter().map(|entry| &entry.entry)
	}

	fn has(&self, status: Status) -> bool {
		self.entries.iter().any(|entry| entry.status == status)
	}
}

#[derive(Serialize)]
struct Entry {
	status: Status,
	/// Number of the root under which it lies.
	root: Option<u32>,
	/// Who posted that: who kept the chart then.
	posted_by: Option<OrganisationId>,
	#[serde(flatten)]
	entry: DisclosureEntry,
	/// As the vault gave it.
	#[serde(skip)]
	whole: Disclosure,
}

impl Report for Logs {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		for (place, log) in self.logs.iter().enumerate() {
			if place > 0 {
				writeln!(out)?;
			}
			writeln!(out, "Chart {} at organisation {}", render::short(&log.chart), log.custodian)?;
			let mut table =
				Table::new(&["SEQ", "WHEN", "WHO", "WHAT", "ACTION", "PURPOSE", "ANSWER", "PROOF"]);
			for Entry { status, root, posted_by, entry, .. } in &log.entries {
				table.row(vec![
					entry.sequence.to_string(),
					render::moment(entry.at),
					who(entry, log.own),
					what(&entry.subject),
					entry.action.to_string(),
					entry.purpose.to_string(),
					match &entry.outcome {
						Outcome::Released(basis) => format!("released: {}", render::basis(basis)),
						Outcome::Refused(code) => format!("refused: {}", reason(*code, log.own)),
					},
					match (status, root, posted_by.filter(|by| *by != log.custodian)) {
						(Status::Verified, Some(root), None) => {
							format!("verified under root {root}")
						},
						(Status::Verified, Some(root), Some(by)) => {
							format!("verified under root {root} of organisation {by}")
						},
						(Status::Pending, ..) => "pending".into(),
						_ => "WRONG".into(),
					},
				]);
			}
			table.write(out, "nobody asked")?;
			log.faults.iter().try_for_each(|fault| writeln!(out, "FAULT: {fault}"))?;
		}
		if self.logs.is_empty() {
			writeln!(out, "no charts")?;
		}
		Ok(())
	}
}

/// What was asked for.
pub(super) fn what(subject: &Subject) -> String {
	match subject {
		Subject::Record(record) => render::short(record),
		Subject::Listing => "list of records".into(),
		Subject::Log => "this log".into(),
		Subject::Presence => "that the chart is here".into(),
	}
}

fn who(entry: &DisclosureEntry, own: bool) -> String {
	match &entry.accessor {
		Accessor::Patient { .. } if own => "you".into(),
		Accessor::Patient { .. } => "the patient".into(),
		Accessor::Guardian { leaf } => format!("guardian {}", render::short(leaf)),
		Accessor::Bearer { link } => format!("whoever had the link {}", render::short(link)),
		Accessor::Staff { account, organisation, role } => match entry.practitioner {
			Some(practitioner) => format!("practitioner {practitioner} ({role}, {organisation})"),
			None => format!("{} ({role}, {organisation})", render::short(&render::hex(account))),
		},
	}
}

/// A deny reason's code in few words.
fn reason(code: u8, own: bool) -> String {
	use salus_primitives::codes::StandingReason;
	let reasons = [
		DenyReason::RecordUnknown,
		DenyReason::RecordOpeningWrong,
		DenyReason::ChartUnknown,
		DenyReason::RecordEnteredInError,
		DenyReason::NotTheChartsKey,
		DenyReason::RoleDoesNotTreat,
		DenyReason::ChartDeactivated,
		DenyReason::ChartDeceased,
		DenyReason::RecordErased,
		DenyReason::DirectiveOpeningMissing,
		DenyReason::DirectiveDenies,
		DenyReason::NothingPermits,
		DenyReason::DirectiveBasisWrong,
		DenyReason::NotAGuardian,
		DenyReason::GuardianshipOver,
		DenyReason::GuardianPowerMissing,
		DenyReason::BreakGlassUnknown,
		DenyReason::BreakGlassOver,
		DenyReason::BreakGlassOfAnother,
		DenyReason::BreakGlassOpeningWrong,
		DenyReason::BreakGlassOfOtherChart,
		DenyReason::BeyondFirstScope,
		DenyReason::EmergencyDenied,
		DenyReason::NotEmergencyTreatment,
		DenyReason::EmergencyPrivilegeLost,
		DenyReason::NotAClinician,
		DenyReason::LinkUnknown,
		DenyReason::LinkOver,
		DenyReason::LinkOfAnother,
		DenyReason::LinkUsed,
		DenyReason::LinkUnfit,
		DenyReason::FinalityIsBack,
		DenyReason::StatementNotSigned,
		DenyReason::StatementNotOfNow,
	];
	if let Some(standing) = StandingReason::ALL.iter().find(|reason| reason.index() == code) {
		return standing.code().replace('-', " ");
	}
	if code == NOT_HANDED_OUT {
		return "permitted, but nothing was handed out".into();
	}
	let words = |reason: &DenyReason| match reason {
		DenyReason::RecordUnknown => "record unknown",
		DenyReason::RecordOpeningWrong => "record does not match the chain",
		DenyReason::ChartUnknown => "chart unknown",
		DenyReason::RecordEnteredInError => "record entered in error",
		DenyReason::NotTheChartsKey => "not the chart's key",
		DenyReason::RoleDoesNotTreat => "the role does not treat",
		DenyReason::ChartDeactivated => "the chart is closed",
		DenyReason::ChartDeceased => "nothing opens of the dead",
		DenyReason::RecordErased => "record erased",
		DenyReason::DirectiveBasisWrong => "a directive claims another's right",
		DenyReason::DirectiveOpeningMissing => "a directive's opening is missing",
		DenyReason::NotAGuardian => "not a guardian",
		DenyReason::GuardianshipOver => "the guardianship is over",
		DenyReason::GuardianPowerMissing => "the guardian has not the power",
		DenyReason::BreakGlassUnknown => "break-glass unknown",
		DenyReason::BreakGlassOver => "the break-glass is over",
		DenyReason::BreakGlassOfAnother => "another's break-glass",
		DenyReason::BreakGlassOpeningWrong => "the break-glass does not match the chain",
		DenyReason::BreakGlassOfOtherChart => "a break-glass of another chart",
		DenyReason::BeyondFirstScope => "beyond the break-glass's first scope",
		DenyReason::EmergencyDenied if own => "you denied it for emergencies too",
		DenyReason::EmergencyDenied => "the patient denied it for emergencies too",
		DenyReason::NotEmergencyTreatment => "not for emergency treatment",
		DenyReason::EmergencyPrivilegeLost => "the privilege to break the glass is lost",
		DenyReason::NotAClinician => "not a clinician",
		DenyReason::DirectiveDenies if own => "you denied it",
		DenyReason::DirectiveDenies => "the patient denied it",
		DenyReason::NothingPermits => "nothing permits it",
		DenyReason::LinkUnknown => "the link was revoked",
		DenyReason::LinkOver => "the link has expired",
		DenyReason::LinkOfAnother => "the link is for something else",
		DenyReason::LinkUsed => "the link was used before",
		DenyReason::LinkUnfit => "the link is not as links may be",
		DenyReason::FinalityIsBack => "a statement, though the chain finalised",
		DenyReason::StatementNotSigned => "a statement that the account did not sign",
		DenyReason::StatementNotOfNow => "a statement not of then, or of another head",
		DenyReason::Standing(_) => "standing",
	};
	match reasons.iter().find(|reason| reason.code() == code) {
		Some(reason) => words(reason).into(),
		None => format!("code {code}"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{
		codes::{Action, Purpose},
		disclosure::{prove, root},
		ids::{Salt, Seal},
		seal::Opening,
	};

	const CHART: ChartId = ChartId([1; 32]);

	fn log(count: u32) -> Vec<Disclosure> {
		let mut previous: Option<Seal> = None;
		(0..count)
			.map(|sequence| {
				let terms = DisclosureEntry {
					chart: CHART,
					sequence,
					previous,
					at: 1,
					head: [0; 32],
					accessor: Accessor::Patient { account: [2; 32] },
					practitioner: None,
					action: Action::Access,
					purpose: Purpose::PatientRequested,
					subject: Subject::Listing,
					outcome: Outcome::Refused(32),
				};
				let opening = Opening { terms, salt: Salt([sequence as u8; 32]) };
				previous = Some(opening.seal());
				Disclosure { opening, proof: None }
			})
			.collect()
	}

	#[test]
	fn a_whole_log_has_no_faults() {
		assert!(gaps(CHART, &log(0)).is_empty());
		assert!(gaps(CHART, &log(5)).is_empty());
	}

	#[test]
	fn roots_follow_the_way_of_the_chart() {
		// 1 gave to 2, who gave to 3; so did 4.
		let given = HashMap::from([(1, Some(2)), (2, Some(3)), (3, None), (4, Some(3))]);
		let at = |posters: &[OrganisationId]| astray((0..).zip(posters.iter().copied()), &given);
		for whole in [&[][..], &[3, 3], &[1, 1, 2, 3], &[1, 3], &[4, 3]] {
			assert!(at(whole).is_empty(), "{whole:?}");
		}
		// Back to who gave it away, or over to one who never had it.
		for wrong in [&[1, 2, 1, 2][..], &[1, 3, 2, 3], &[1, 4, 3], &[4, 2, 3]] {
			assert_eq!(at(wrong).len(), 1, "{wrong:?}");
		}
		let told = at(&[2, 1]);
		assert!(told[0].starts_with("entry 1 is under a root of organisation 1"), "{told:?}");
	}

	#[test]
	fn what_is_left_out_or_altered_shows() {
		for left_out in 0..4 {
			let mut entries = log(5);
			entries.remove(left_out);
			assert_eq!(gaps(CHART, &entries).len(), 1, "without {left_out}");
		}
		let mut entries = log(3);
		entries[1].opening.salt = Salt([9; 32]);
		assert_eq!(gaps(CHART, &entries), ["entry 2 does not follow from the one before it"]);
		assert_eq!(gaps(ChartId([7; 32]), &log(2)).len(), 2);
	}

	#[test]
	fn proofs_count_for_the_custodian_alone() {
		let entries = log(4);
		let leaves: Vec<_> = entries.iter().map(|entry| entry.opening.seal()).collect();
		let top = root(&leaves);
		let proof = prove(&leaves, 2).unwrap();
		let holds =
			|root, proof: &_| (root == (1, 0)).then(|| verify(&top, proof, &entries[2].opening));
		let [one, two] = [1, 2].map(|keeper| move |organisation| organisation == keeper);
		let proven = |organisation, proof| Some(DisclosureProof { organisation, number: 0, proof });
		assert!(status(one, &proven(1, proof.clone()), holds) == Status::Verified);
		assert!(status(two, &proven(1, proof), holds) == Status::Wrong);
		assert!(status(one, &proven(1, prove(&leaves, 1).unwrap()), holds) == Status::Wrong);
		assert!(status(one, &None, holds) == Status::Pending);
		// Of a root that our node does not know yet.
		let proof = prove(&leaves, 2).unwrap();
		let ahead = Some(DisclosureProof { organisation: 1, number: 1, proof });
		assert!(status(one, &ahead, holds) == Status::Pending);
	}

	#[test]
	fn every_code_has_words() {
		assert_eq!(reason(32, true), "nothing permits it");
		assert_eq!(reason(10, true), "licence expired");
		assert_eq!(reason(31, true), "you denied it");
		assert_eq!(reason(31, false), "the patient denied it");
		assert_eq!(reason(36, false), "the guardian has not the power");
		assert_eq!(reason(NOT_HANDED_OUT, true), "permitted, but nothing was handed out");
		assert_eq!(reason(99, true), "code 99");
	}
}
