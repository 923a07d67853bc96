//! Arguments that several commands share.

use super::{days, keeper::keeper, render, usage, Context};
use clap::{builder::TypedValueParser, Args};
use salus_client::{
	chain::Chain,
	content::parse_date,
	emergency::GlassFile,
	guardians::GuardianCard,
	keys::Identity,
	transfer::Session,
	vault_api::StaffCapacity,
	vault_client::VaultClient,
	wallet::{Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	bounded_collections::BoundedVec,
	codes::{
		Action, Category, Confidentiality, GrantorBasis, Obligation, Purpose, Role, Rule,
		Sensitivity, Strength,
	},
	directive::{DirectiveTerms, Grantee, Scope, MAX_LISTED_RECORDS},
	ids::{AccountBytes, ChartId, EncounterId, OrganisationId, PractitionerId, RecordId},
	time::{Moment, Period},
};
use std::{
	path::{Path, PathBuf},
	str::FromStr,
};

/// Reads a code of a value set, and tells the shell which there are.
macro_rules! code_of {
	($set:ty) => {
		clap::builder::PossibleValuesParser::new(
			<$set>::ALL.iter().map(|code| clap::builder::PossibleValue::new(code.code())),
		)
		.try_map(|text| text.parse::<$set>())
	};
}
pub(super) use code_of;

/// Reads one of some codes of a value set, where the others make no sense.
macro_rules! code_among {
	($set:ty: $($code:ident),+) => {
		clap::builder::PossibleValuesParser::new(
			[$(<$set>::$code),+].map(|code| clap::builder::PossibleValue::new(code.code())),
		)
		.try_map(|text| text.parse::<$set>())
	};
}
pub(super) use code_among;

/// Reads a date like `2026-11-23` or `2026-11-23T16:05:00Z`.
pub(super) fn date(text: &str) -> Result<Moment, String> {
	parse_date(text).ok_or_else(|| "expected a date like 2026-11-23 or 2026-11-23T16:05:00Z".into())
}

/// An account: `0x` and 64 hexadecimal digits, or an SS58 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account(pub(super) AccountBytes);

impl FromStr for Account {
	type Err = String;
	fn from_str(text: &str) -> Result<Self, String> {
		if let Ok(id) = text.parse::<ChartId>() {
			return Ok(Self(id.0));
		}
		text.parse::<subxt::utils::AccountId32>()
			.map(|account| Self(account.0))
			.map_err(|_| {
				"expected an account: 0x and 64 hexadecimal digits, or an SS58 address".into()
			})
	}
}

/// Who asks a vault: staff by a key file, the patient by the wallet, or a guardian by card and key.
#[derive(Debug, Args)]
pub(super) struct Asker {
	/// Key file, for staff and guardians.
	#[arg(
		long,
		value_name = "FILE",
		required_unless_present = "wallet",
		conflicts_with = "wallet"
	)]
	key: Option<PathBuf>,
	/// Wallet, for the patient.
	#[arg(long, value_name = "FILE")]
	wallet: Option<PathBuf>,
	/// A guardian's card, from the patient; with the guardian's key.
	#[arg(long, value_name = "FILE", requires = "key", conflicts_with_all = ["wallet", "organisation", "role"])]
	card: Option<PathBuf>,
	/// For whom staff acts [default: the custodian].
	#[arg(long, value_name = "N", conflicts_with = "wallet")]
	organisation: Option<OrganisationId>,
	/// In which role staff acts.
	#[arg(long, value_parser = code_of!(Role), default_value = "clinician", conflicts_with = "wallet")]
	role: Role,
	/// What for [default: TREAT for staff, PATRQT for the patient and guardians].
	#[arg(long, value_parser = code_of!(Purpose))]
	purpose: Option<Purpose>,
	/// A guardian whose card is open already, so that none of the files above is named.
	#[arg(skip)]
	guardian: Option<Box<(Identity, GuardianCard)>>,
}

/// An opened [`Asker`], at one custodian.
pub(super) struct Asking {
	/// Who signs in and opens wraps.
	pub(super) identity: Identity,
	/// The guardian's card, if it is one.
	pub(super) card: Option<GuardianCard>,
	/// In which capacity; none for the patient and guardians.
	pub(super) capacity: Option<StaffCapacity>,
	/// What for.
	pub(super) purpose: Purpose,
	/// Who keeps what is asked for, whose vault is asked.
	pub(super) custodian: OrganisationId,
	/// The chart asked about, where it is named; the patient's is the one at the custodian, a guardian's
	/// the one on the card.
	pub(super) chart: Option<ChartId>,
}

/// An opened [`Asker`], for any custodian.
pub(super) struct Unlocked {
	who: Who,
	purpose: Purpose,
}

enum Who {
	Staff { identity: Box<Identity>, organisation: Option<OrganisationId>, role: Role },
	Patient(Box<Wallet>),
	Guardian { identity: Box<Identity>, card: Box<GuardianCard> },
}

impl Asker {
	/// A guardian whose card is open.
	pub(super) fn of_guardian(identity: Identity, card: GuardianCard) -> Self {
		Self {
			key: None,
			wallet: None,
			card: None,
			organisation: None,
			role: Role::Clinician,
			purpose: None,
			guardian: Some(Box::new((identity, card))),
		}
	}

	/// Reads the file of a broken glass, which tells for whom and what for the asker acts where that is not
	/// said.
	pub(super) fn in_emergency(&mut self, file: Option<&Path>) -> Result<Option<GlassFile>> {
		let Some(file) = file else { return Ok(None) };
		let glass = GlassFile::read(file)?;
		self.organisation.get_or_insert(glass.organisation);
		self.purpose.get_or_insert(Purpose::EmergencyTreatment);
		Ok(Some(glass))
	}

	/// Opens the key or the wallet. The patient needs not name the chart.
	pub(super) async fn open(
		&self,
		context: &Context,
		custodian: OrganisationId,
		chart: Option<ChartId>,
	) -> Result<Asking> {
		let unlocked = self.unlock(context).await?;
		let asking = unlocked.at(context.chain().await?, custodian, chart).await?;
		if unlocked.is_staff() && asking.custodian != custodian {
			eprintln!(
				"note: organisation {} keeps what organisation {custodian} had, and is asked",
				asking.custodian
			);
		}
		Ok(asking)
	}

	/// [`Asker::open`] for a record that `keeper` has. The patient's chart is the one in which it is.
	pub(super) async fn open_for(
		&self,
		context: &Context,
		keeper: OrganisationId,
		record: RecordId,
	) -> Result<Asking> {
		let unlocked = self.unlock(context).await?;
		let chain = context.chain().await?;
		let chart = match &unlocked.who {
			Who::Patient(wallet) => {
				let chart = wallet.chart_of(&chain.genesis(), keeper, record.anchored_by())?;
				Some(chart.chart)
			},
			_ => None,
		};
		unlocked.at(chain, keeper, chart).await
	}

	/// Opens the key or the wallet.
	pub(super) async fn unlock(&self, context: &Context) -> Result<Unlocked> {
		if let Some((identity, card)) = self.guardian.as_deref().cloned() {
			let who = Who::Guardian { identity: Box::new(identity), card: Box::new(card) };
			return Ok(Unlocked { who, purpose: Purpose::PatientRequested });
		}
		if let Some(path) = &self.wallet {
			let who = Who::Patient(Box::new(context.current_wallet(path).await?));
			return Ok(Unlocked {
				who,
				purpose: self.purpose.unwrap_or(Purpose::PatientRequested),
			});
		}
		let path = self.key.as_deref().unwrap_or(std::path::Path::new(""));
		if let Some(card) = &self.card {
			let card = Box::new(read_card(card, context).await?);
			let who = Who::Guardian { identity: Box::new(context.open_key(path)?), card };
			let purpose = self.purpose.unwrap_or(Purpose::PatientRequested);
			return Ok(Unlocked { who, purpose });
		}
		let identity = Box::new(context.open_key(path)?);
		let who = Who::Staff { identity, organisation: self.organisation, role: self.role };
		Ok(Unlocked { who, purpose: self.purpose.unwrap_or(Purpose::Treatment) })
	}
}

impl Unlocked {
	/// Whether it is a guardian.
	pub(super) const fn is_guardian(&self) -> bool {
		matches!(self.who, Who::Guardian { .. })
	}

	/// Whether it is a member of staff.
	const fn is_staff(&self) -> bool {
		matches!(self.who, Who::Staff { .. })
	}

	/// Who asks this custodian, or who keeps what it had.
	pub(super) async fn at(
		&self,
		chain: &Chain,
		custodian: OrganisationId,
		chart: Option<ChartId>,
	) -> Result<Asking> {
		let purpose = self.purpose;
		Ok(match &self.who {
			Who::Patient(wallet) => {
				let known = match chart {
					Some(chart) => wallet.chart(&chart)?,
					None => chart_at(wallet, chain, custodian).await?,
				};
				let identity = wallet.identity(known)?;
				let custodian = keeper(chain, known.custodian).await?;
				let chart = Some(known.chart);
				Asking { identity, card: None, capacity: None, purpose, custodian, chart }
			},
			Who::Guardian { identity, card } => {
				let on_card = card.guardian.terms.chart;
				let custodian = keeper(chain, custodian).await?;
				if card.custodian != custodian || chart.is_some_and(|chart| chart != on_card) {
					return Err(usage(
						format!(
							"the card is for chart {on_card} at organisation {}",
							card.custodian
						),
						"name these, or take the card of the other chart",
					));
				}
				Asking {
					identity: (**identity).clone(),
					card: Some((**card).clone()),
					capacity: None,
					purpose,
					custodian,
					chart: Some(on_card),
				}
			},
			Who::Staff { identity, organisation, role } => {
				let organisation = organisation.unwrap_or(custodian);
				let capacity = Some(StaffCapacity { organisation, role: *role });
				let custodian = keeper(chain, custodian).await?;
				let identity = (**identity).clone();
				Asking { identity, card: None, capacity, purpose, custodian, chart }
			},
		})
	}
}

impl Asking {
	/// Who reads at the custodian, and signs in again where that takes long.
	pub(super) const fn reader(&self, genesis: [u8; 32]) -> Session<'_> {
		let (who, card) = (&self.identity, self.card.as_ref());
		Session { who, card, genesis, organisation: self.custodian }
	}

	/// Signs in to the custodian's vault, and shows it a broken glass if there is one.
	pub(super) async fn session_by(
		&self,
		glass: Option<&GlassFile>,
		context: &Context,
	) -> Result<VaultClient> {
		let mut vault = self.session(context).await?;
		if let Some(glass) = glass {
			let at = context.finalised().await?;
			if glass.genesis != context.chain().await?.genesis() {
				return Err(usage(
					"the glass was broken on another chain",
					"name a node of its chain",
				));
			}
			vault.show_break_glass(&glass.at(at.head().number))?;
		}
		Ok(vault)
	}

	/// Signs in to the custodian's vault.
	pub(super) async fn session(&self, context: &Context) -> Result<VaultClient> {
		match &self.card {
			Some(card) => context.session_of_guardian(card, &self.identity).await,
			None => context.session(self.custodian, &self.identity).await,
		}
	}
}

/// The wallet's chart at this custodian, also in a wallet that was opened before it came there.
async fn chart_at<'a>(
	wallet: &'a Wallet,
	chain: &Chain,
	custodian: OrganisationId,
) -> Result<&'a WalletChart> {
	let known = wallet.chart_at(&chain.genesis(), custodian);
	if !matches!(known, Err(Error::NotFound { .. })) {
		return known;
	}
	for chart in charts(wallet, &chain.genesis(), None)? {
		if keeper(chain, chart.custodian).await? == custodian {
			return wallet.chart_of(&chain.genesis(), chart.custodian, chart.origin());
		}
	}
	known
}

/// A guardian's card, which must be of this chain, with who keeps the chart now.
pub(super) async fn read_card(path: &Path, context: &Context) -> Result<GuardianCard> {
	let mut card: GuardianCard = super::chart::read_json(path, "guardian's card")?;
	if card.genesis != context.chain().await?.genesis() {
		return Err(usage("the card is of another chain", "name a node of its chain"));
	}
	card.custodian = context.keeper(card.custodian).await?;
	Ok(card)
}

/// The terms of a directive.
#[derive(Debug, Args)]
pub(super) struct Terms {
	/// Permit or deny.
	#[arg(long, value_parser = code_of!(Rule))]
	rule: Rule,
	#[command(flatten)]
	extent: Extent,
}

/// The terms of a directive but for its rule.
#[derive(Debug, Args)]
pub(super) struct Extent {
	/// Weaker than every directive without this.
	#[arg(long)]
	default: bool,
	/// To this practitioner; with --organisation only while acting for it [default: to anyone].
	#[arg(long, value_name = "N")]
	practitioner: Option<PractitionerId>,
	/// To whoever acts for this organisation.
	#[arg(long, value_name = "N")]
	organisation: Option<OrganisationId>,
	/// Only these categories.
	#[arg(long, value_parser = code_of!(Category), value_delimiter = ',')]
	category: Vec<Category>,
	/// Only records with one of these labels.
	#[arg(long, value_parser = code_of!(Sensitivity), value_delimiter = ',')]
	sensitivity: Vec<Sensitivity>,
	/// Only records at or below this confidentiality.
	#[arg(long, value_parser = code_of!(Confidentiality))]
	ceiling: Option<Confidentiality>,
	/// Only what this practitioner wrote.
	#[arg(long, value_name = "N")]
	author: Option<PractitionerId>,
	/// Only what was written in this encounter.
	#[arg(long, value_name = "ID")]
	encounter: Option<EncounterId>,
	/// Only these records.
	#[arg(long, value_name = "ID", value_delimiter = ',')]
	record: Vec<RecordId>,
	/// Only records dated from then on.
	#[arg(long, value_name = "DATE", value_parser = date)]
	dated_from: Option<Moment>,
	/// Only records dated before then.
	#[arg(long, value_name = "DATE", value_parser = date)]
	dated_until: Option<Moment>,
	/// What may be done.
	#[arg(long, value_parser = code_of!(Action), value_delimiter = ',', default_value = "access")]
	action: Vec<Action>,
	/// What for.
	#[arg(long, value_parser = code_of!(Purpose), value_delimiter = ',', default_value = "TREAT")]
	purpose: Vec<Purpose>,
	#[command(flatten)]
	when: When,
	/// Under which obligations (permits only).
	#[arg(long, value_parser = code_of!(Obligation), value_delimiter = ',')]
	obligation: Vec<Obligation>,
}

/// A period.
#[derive(Debug, Args)]
pub(super) struct When {
	/// From when on [default: now].
	#[arg(long, value_name = "DATE", value_parser = date)]
	from: Option<Moment>,
	/// Until when [default: without end].
	#[arg(long, value_name = "DATE", value_parser = date, conflicts_with = "days")]
	until: Option<Moment>,
	/// For how many days.
	#[arg(long)]
	days: Option<u32>,
}

impl When {
	/// The period, as seen at the chain's time.
	pub(super) fn period(&self, at: Moment) -> Result<Period> {
		let from = self.from.unwrap_or(at);
		let until = self.days.map(|count| from.saturating_add(days(count))).or(self.until);
		let period = Period { from, until };
		if period.is_empty() {
			return Err(usage(
				format!("the period {} holds no moment", render::period(&period)),
				"let --until come after --from",
			));
		}
		Ok(period)
	}
}

impl Terms {
	/// The terms, as seen at the chain's time.
	pub(super) fn read(self, at: Moment) -> Result<DirectiveTerms> {
		self.extent.read(self.rule, at)
	}
}

impl Extent {
	/// The terms with this rule, as seen at the chain's time.
	pub(super) fn read(self, rule: Rule, at: Moment) -> Result<DirectiveTerms> {
		if rule == Rule::Deny && !self.obligation.is_empty() {
			return Err(usage("a deny carries no obligations", "leave out --obligation"));
		}
		let count = self.record.len();
		let records = BoundedVec::try_from(self.record).map_err(|_| {
			usage(
				format!("{count} records are more than one directive can list"),
				format!("list at most {MAX_LISTED_RECORDS}, or issue several directives"),
			)
		})?;
		let dated = Period { from: self.dated_from.unwrap_or(0), until: self.dated_until };
		let is_dated = self.dated_from.is_some() || self.dated_until.is_some();
		Ok(DirectiveTerms {
			rule,
			strength: if self.default { Strength::Default } else { Strength::Specific },
			grantee: match (self.practitioner, self.organisation) {
				(None, None) => Grantee::Anyone,
				(None, Some(organisation)) => Grantee::Organisation(organisation),
				(Some(practitioner), None) => Grantee::Practitioner(practitioner),
				(Some(practitioner), Some(at)) => Grantee::PractitionerAt(practitioner, at),
			},
			scope: Scope {
				categories: some_set(self.category),
				sensitivity: some_set(self.sensitivity),
				confidentiality_ceiling: self.ceiling,
				author: self.author,
				encounter: self.encounter,
				records: Some(records).filter(|records| !records.is_empty()),
				record_period: is_dated.then_some(dated),
			},
			actions: self.action.into_iter().collect(),
			purposes: self.purpose.into_iter().collect(),
			period: self.when.period(at)?,
			obligations: self.obligation.into_iter().collect(),
			basis: GrantorBasis::Own,
		})
	}
}

/// Tells whether an id is the one that `said` means: the id, how it begins, or as lists show it.
pub(super) fn meant(said: &str) -> Result<impl Fn(&str) -> bool> {
	// One digit is soon given by mistake, and what is meant is consent.
	const FEWEST: usize = "0x".len() + 8;
	let said = said.to_lowercase();
	let (begin, end) = said.split_once('…').unwrap_or((&said, ""));
	if begin.len() < FEWEST {
		return Err(usage(
			format!("{said} is too short to tell which id is meant"),
			"give 0x and the first eight digits at least",
		));
	}
	let (begin, end) = (begin.to_owned(), end.to_owned());
	Ok(move |id: &str| id.starts_with(&begin) && id.ends_with(&end))
}

/// The set of these codes; `None` without any.
fn some_set<Code, Set: FromIterator<Code>>(codes: Vec<Code>) -> Option<Set> {
	(!codes.is_empty()).then(|| codes.into_iter().collect())
}

/// The charts of this chain in a wallet, or those that this custodian enrolled or keeps.
pub(super) fn charts(
	wallet: &Wallet,
	genesis: &[u8; 32],
	custodian: Option<OrganisationId>,
) -> Result<Vec<WalletChart>> {
	if let Some(custodian) = custodian {
		let there: Vec<_> = wallet.charts_at(genesis, custodian).into_iter().cloned().collect();
		// With none it says so.
		return if there.is_empty() {
			Ok(vec![wallet.chart_at(genesis, custodian)?.clone()])
		} else {
			Ok(there)
		};
	}
	Ok(wallet
		.charts()
		.iter()
		.filter(|chart| chart.genesis == *genesis && !chart.pending)
		.cloned()
		.collect())
}
