//! What a wallet made again finds out by itself: its charts from the chain, and from each custodian's
//! vault the openings of the directives it once issued.
//!
//! A chart's id follows from root secret, custodian and a number, so the wallet needs no list: it
//! asks the chain of each id that it could have at each organisation. A node that is asked learns
//! which charts belong together; ask one of your own.

use crate::{
	chain::{At, Chain},
	error::{Error, Result},
	vault_api::PostedDirective,
	vault_client::VaultClient,
	wallet::{Holding, IssuedDirective, Wallet, WalletChart},
};
use salus_primitives::{
	codes::{ChartState, DirectiveState},
	decision::ChartFacts,
	ids::{ChartId, DirectiveId, OrganisationId},
	views::Page,
};
use serde::Serialize;

/// So many numbers in a row that the chain does not know end the search at an organisation: a chart
/// may have been stated and never enrolled.
const LOOK_AHEAD: u32 = 2;

/// How far the search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
	/// This many organisations of the chain were asked about, of which so many keep a chart.
	Charts {
		/// Organisations asked about.
		organisations: usize,
		/// Charts found.
		charts: usize,
	},
	/// The vault of this organisation is asked for openings.
	Vault(OrganisationId),
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
	/// How many organisations were asked about.
	pub organisations: usize,
	/// The wallet's charts on this chain.
	pub charts: Vec<FoundChart>,
}

/// A chart of the wallet.
#[derive(Clone, Debug, Serialize)]
pub struct FoundChart {
	/// Its id.
	pub chart: ChartId,
	/// Who keeps it.
	pub custodian: OrganisationId,
	/// Its state.
	pub state: ChartState,
	/// Whether the wallet did not know it.
	pub new: bool,
	/// Whether the wallet's key is the one that acts for it.
	pub key_is_current: bool,
	/// Directives whose openings came from the vault.
	pub directives: Vec<DirectiveId>,
	/// Active directives whose openings are nowhere to be had. They can be revoked by their id.
	pub unopened: Vec<DirectiveId>,
	/// Why the vault gave no openings, if it did not.
	pub skipped: Option<SkippedVault>,
}

/// Why a vault gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedVault {
	/// Stable code.
	pub code: String,
	/// What is wrong.
	pub message: String,
	/// What to do.
	pub help: String,
}

impl From<Error> for SkippedVault {
	fn from(fault: Error) -> Self {
		Self { code: fault.code().into(), message: fault.to_string(), help: fault.help() }
	}
}

/// Finds the wallet's charts on this chain, and its directives in the custodians' vaults. A vault that
/// does not answer is told, and does not keep the others from being asked.
pub async fn find(
	chain: &Chain,
	wallet: &mut Wallet,
	mut progress: impl FnMut(Finding),
) -> Result<Found> {
	let genesis = chain.genesis();
	let at = chain.finalised().await?;
	let (mut organisations, mut from, mut charts) = (Vec::new(), Some(0), Vec::new());
	while let Some(page) = from {
		let Page { entries, next } = at.organisations(page).await?;
		organisations.extend(entries);
		// A list that leads back would never end.
		from = next.filter(|next| *next > page);
	}
	for (place, organisation) in organisations.iter().enumerate() {
		progress(Finding::Charts { organisations: place, charts: charts.len() });
		for (chart, facts) in charts_at(&at, wallet, &genesis, organisation.id).await? {
			let new = wallet.adopt_chart(&chart)?;
			wallet.follow_keeper(&chart.chart, facts.custodian)?;
			wallet.follow_key(&chart.chart, &facts.key)?;
			let chart = wallet.chart(&chart.chart)?.clone();
			// That of who keeps it now, who need not be who enrolled it.
			let keeper = organisations.iter().find(|known| known.id == chart.custodian);
			let endpoint = keeper.map(|keeper| String::from_utf8_lossy(&keeper.endpoint));
			charts.push((chart, facts, new, endpoint.unwrap_or_default().into_owned()));
		}
	}
	let mut found = Vec::with_capacity(charts.len());
	for (chart, facts, new, endpoint) in charts {
		progress(Finding::Vault(chart.custodian));
		let (directives, skipped) = match directives(&at, wallet, &chart, &endpoint).await {
			Ok(directives) => (directives, None),
			Err(fault) => (Vec::new(), Some(fault.into())),
		};
		let unopened = facts.directives.iter().map(|directive| directive.id);
		found.push(FoundChart {
			chart: chart.chart,
			custodian: chart.custodian,
			state: facts.state,
			new,
			key_is_current: wallet.identity(&chart)?.account() == facts.key,
			directives,
			unopened: unopened
				.filter(|id| {
					let held = wallet.holding(&chart.chart, id);
					!matches!(held, Ok(Holding::Issued(_) | Holding::Cover))
				})
				.collect(),
			skipped,
		});
	}
	Ok(Found { organisations: organisations.len(), charts: found })
}

/// The wallet's charts that an organisation enrolled and that the chain knows.
async fn charts_at(
	at: &At,
	wallet: &Wallet,
	genesis: &[u8; 32],
	custodian: OrganisationId,
) -> Result<Vec<(WalletChart, ChartFacts)>> {
	let mut charts = Vec::new();
	let (mut index, mut unknown) = (0u32, 0);
	while unknown < LOOK_AHEAD {
		let chart = wallet.candidate(*genesis, custodian, index)?;
		match at.chart(chart.chart).await? {
			Some(facts) => {
				charts.push((chart, facts));
				unknown = 0;
			},
			None => unknown = unknown.saturating_add(1),
		}
		index = index.saturating_add(1);
	}
	Ok(charts)
}

/// Takes from the custodian's vault the openings that fit what the chain knows of this chart.
async fn directives(
	at: &At,
	wallet: &mut Wallet,
	chart: &WalletChart,
	endpoint: &str,
) -> Result<Vec<DirectiveId>> {
	if endpoint.is_empty() {
		return Err(Error::NotFound {
			what: "vault of organisation",
			id: chart.custodian.to_string(),
		});
	}
	let identity = wallet.identity(chart)?;
	let mut vault = VaultClient::new(endpoint)?;
	vault.sign_in(&identity, &chart.genesis, chart.custodian).await?;
	let openings = vault.directives(&chart.chart).await?.directives;
	let found =
		adopt_openings(at, &mut |change: Box<Change<'_>>| change(wallet), chart, openings).await?;
	wallet.set_endpoint(&chart.chart, endpoint)?;
	Ok(found)
}

/// A change of the wallet, made whenever it may be.
pub type Change<'a> = dyn FnOnce(&mut Wallet) -> Result<bool> + 'a;

/// Takes those openings that fit what the chain knows of this chart into the wallet, by `apply`. Answers
/// the directives that speak and were not known.
pub async fn adopt_openings(
	at: &At,
	apply: &mut dyn FnMut(Box<Change<'_>>) -> Result<bool>,
	chart: &WalletChart,
	openings: Vec<PostedDirective>,
) -> Result<Vec<DirectiveId>> {
	let mut found = Vec::new();
	for posted in openings {
		let known = at.directive(posted.id).await?;
		// A vault could make up others.
		let Some(known) =
			known.filter(|known| known.chart == chart.chart && posted.opening.opens(&known.seal))
		else {
			continue;
		};
		// The house's staff stand for what came on paper; the vault shows it beside the wallet's own.
		if known.paper.is_some() {
			continue;
		}
		let active = known.state == DirectiveState::Active;
		let id = posted.id;
		let adopt = move |wallet: &mut Wallet| {
			let PostedDirective { id, opening } = posted;
			if wallet.holding(&chart.chart, &id)? != Holding::Unknown {
				return Ok(false);
			}
			if opening.terms.is_cover() {
				wallet.adopt_place(&chart.chart, id, None)?;
				return Ok(false);
			}
			// Another with the content of one that the patient issued has taken its place.
			let same = |issued: &&IssuedDirective| {
				issued.chart == chart.chart
					&& issued.opening.terms == opening.terms
					&& !issued.ended
			};
			if let (true, Some(issued)) = (active, wallet.directives().iter().rev().find(same)) {
				let holds = Some(issued.id);
				wallet.adopt_place(&chart.chart, id, holds)?;
				return Ok(false);
			}
			wallet.adopt_directive(IssuedDirective {
				id,
				chart: chart.chart,
				opening,
				replaces: known.replaces,
				answers: None,
				delivered: true,
				ended: false,
				guardian: known.guardian,
			})
		};
		if apply(Box::new(adopt))? {
			found.push(id);
		}
	}
	Ok(found)
}
