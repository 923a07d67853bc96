//! How a change of a chart's directives reaches the chain: by the custodian's vault, which hides it
//! among those of others, or, where that does not work, by a transaction of one's own, which everybody
//! sees. An order does the same thing twice as once, so trying both does no harm.
//!
//! A vault's word that something is done counts for nothing: one's own node says what is.

mod act;
mod ending;

#[cfg(test)]
mod tests;

pub(super) use act::Act;
pub(super) use ending::{end, withdraw, Ending};

use super::{request::Timings, until_known, Context};
use clap::Args;
use salus_client::{
	chain::{At, Call, ChainError, Signed, Submitted},
	cover::one_of,
	keys::Identity,
	recovery::{adopt_openings, Change},
	vault_api::{codes, CoverState, Head, PostedCall, PostedOrder},
	vault_client::VaultClient,
	wallet::{Holding, IssuedDirective, Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	ids::DirectiveId,
	order::{order_expiry, ChartAct},
	views::DirectiveView,
};
use serde::Serialize;
use std::{
	future::Future,
	sync::{Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};

/// How long the vault has before a transaction of one's own is tried.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often an order is signed anew because its place moved meanwhile.
const ATTEMPTS: u32 = 5;

/// How a change is to reach the chain.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Way {
	/// Send a transaction of one's own at once, which shows whose chart changes, and when.
	#[arg(long)]
	pub(super) direct: bool,
}

/// Which way a change went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Via {
	/// By the custodian's vault.
	Relay,
	/// By a transaction of one's own.
	Direct,
}

/// A change on the finalised chain.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Carried {
	#[serde(flatten)]
	pub(super) submitted: Submitted,
	/// Which way it went.
	pub(super) via: Via,
	/// How many charts changed in that transaction, this one included.
	pub(super) charts: u32,
}

impl Carried {
	/// A transaction of one's own.
	pub(super) const fn direct(submitted: Submitted) -> Self {
		Self { submitted, via: Via::Direct, charts: 1 }
	}

	/// Which way, as people read it.
	pub(super) fn way(&self) -> String {
		match (self.via, self.charts) {
			(Via::Relay, 1) => "the vault, alone".into(),
			(Via::Relay, charts) => format!("the vault, among {charts} charts"),
			(Via::Direct, _) => "a transaction of its own, which shows".into(),
		}
	}
}

/// A wallet that several tasks change in turn.
pub(super) type Shared<'a> = Mutex<&'a mut Wallet>;

pub(super) fn lock<'a, 'b>(wallet: &'a Shared<'b>) -> MutexGuard<'a, &'b mut Wallet> {
	wallet.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The chart's active directives that its own key issued.
async fn active(at: &At, chart: &WalletChart) -> Result<Vec<DirectiveId>> {
	let facts = at.chart(chart.chart).await?.map(|facts| facts.directives).unwrap_or_default();
	Ok(facts
		.into_iter()
		.filter(|one| one.guardian.is_none() && one.paper.is_none())
		.map(|one| one.id)
		.collect())
}

/// Sees to it that the vault has stock for the chart. Answers what it knows of its places.
pub(super) async fn prepare(
	wallet: &Shared<'_>,
	chart: &WalletChart,
	vault: &VaultClient,
	at: &At,
) -> Result<CoverState> {
	for _ in 0..ATTEMPTS {
		let state = vault.cover(&chart.chart).await?;
		let active = active(at, chart).await?;
		let known = |id: &DirectiveId| lock(wallet).holding(&chart.chart, id);
		let mut unknown = false;
		for id in active.iter().chain(state.places.iter().map(|place| &place.current)) {
			unknown |= known(id)? == Holding::Unknown;
		}
		if unknown {
			let openings = vault.directives(&chart.chart).await?.directives;
			let mut apply = |change: Box<Change<'_>>| change(&mut lock(wallet));
			adopt_openings(at, &mut apply, chart, openings).await?;
		}
		let cover = lock(wallet).cover(&chart.chart, &state, &active, at.head().at)?;
		let Some(cover) = cover else { return Ok(state) };
		match vault.put_cover(&chart.chart, &cover).await {
			Ok(state) => {
				let mut all = active;
				for place in &state.places {
					all.extend([Some(place.current), place.previous].into_iter().flatten());
				}
				lock(wallet).forget_places(&chart.chart, &all)?;
				return Ok(state);
			},
			Err(Error::Vault { code, .. }) if code == codes::PLACE_MOVED => {},
			Err(fault) => return Err(fault),
		}
	}
	vault.cover(&chart.chart).await
}

/// What a new directive takes the place of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instead {
	/// Of cover, if there is some.
	OfCover,
	/// Of this directive, or what has its content now.
	Of(DirectiveId),
}

/// The directive that a change ends, of those at the places that are known.
fn ended(
	wallet: &Wallet,
	chart: &WalletChart,
	instead: Instead,
	places: &[DirectiveId],
) -> Result<Option<DirectiveId>> {
	match instead {
		Instead::OfCover => one_of(wallet.cover_among(&chart.chart, places)?),
		Instead::Of(id) => match wallet.directive(&id) {
			Ok(issued) => wallet.active_as(issued, places),
			Err(_) => Ok(Some(id).filter(|id| places.contains(id))),
		},
	}
}

/// Brings a directive to the chain and its opening to the vault.
pub(super) async fn issue(
	wallet: &Shared<'_>,
	chart: &WalletChart,
	directive: &DirectiveId,
	instead: Instead,
	way: Way,
	context: &Context,
) -> Result<(IssuedDirective, Timings)> {
	let relayed = async {
		let identity = lock(wallet).identity(chart)?;
		let vault = context.session(chart.custodian, &identity).await?;
		by_vault(wallet, chart, directive, instead, &vault, context).await
	};
	if let Some(done) = tried(way, relayed, context).await {
		return Ok(done);
	}
	directly(wallet, chart, directive, instead, context).await
}

/// What the vault did in time; nothing if it is not to be asked, away or refuses.
async fn tried<T>(
	way: Way,
	relayed: impl Future<Output = Result<T>>,
	context: &Context,
) -> Option<T> {
	if way.direct {
		return None;
	}
	let patience = PATIENCE.min(Duration::from_secs(context.global.finality_timeout));
	match tokio::time::timeout(patience, relayed).await {
		Ok(Ok(done)) => Some(done),
		Ok(Err(fault)) => {
			tracing::info!(%fault, "the vault did not submit it");
			None
		},
		Err(_) => None,
	}
}

async fn by_vault(
	wallet: &Shared<'_>,
	chart: &WalletChart,
	directive: &DirectiveId,
	instead: Instead,
	vault: &VaultClient,
	context: &Context,
) -> Result<(IssuedDirective, Timings)> {
	let began = Instant::now();
	let mut attempt = 0;
	loop {
		attempt += 1;
		let at = context.finalised().await?;
		let now = at.head().at;
		let state = prepare(wallet, chart, vault, &at).await?;
		let places: Vec<_> = state.places.iter().map(|place| place.current).collect();
		let (issued, posted) = {
			let mut wallet = lock(wallet);
			let replaces = ended(&wallet, chart, instead, &places)?;
			if let (None, Instead::Of(id)) = (replaces, instead) {
				let id = id.to_string();
				return Err(Error::NotFound { what: "directive at the vault", id });
			}
			let issued = wallet.replace_instead(directive, replaces)?;
			let (id, opening) = (issued.id, issued.opening.clone());
			let act = ChartAct::IssueDirective { id, seal: opening.seal(), replaces };
			let order = wallet.order(&chart.chart, act, order_expiry(now))?;
			let holds = Some(id).filter(|_| !opening.terms.is_cover());
			let stock = wallet.stock(&chart.chart, Some(id), holds, now)?;
			(issued, PostedOrder { order, opening: Some(opening), stock })
		};
		match vault.post_order(&chart.chart, &posted).await {
			Ok(done) => {
				let at = catch_up(done.block.number, context).await?;
				let known = at.directive(issued.id).await?;
				let active = active(&at, chart).await?;
				{
					let mut wallet = lock(wallet);
					ensure_landed(&wallet, &issued, instead, known.as_ref(), &active)?;
					wallet.mark_delivered(directive)?;
				}
				let block = seen(done.block, &at, context).await?;
				let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
				let submitted = Submitted { block, in_block_ms: ms, finalised_ms: ms };
				let carried = Carried { submitted, via: Via::Relay, charts: done.charts };
				return Ok((issued, Timings { carried, posted_ms: 0 }));
			},
			Err(Error::Vault { code, .. }) if code == codes::PLACE_MOVED && attempt < ATTEMPTS => {
				tokio::time::sleep(Duration::from_millis(50)).await;
			},
			Err(fault) => return Err(fault),
		}
	}
}

/// Refuses what a vault says it has done, unless the chain has the directive and what it ends is active
/// no more.
fn ensure_landed(
	wallet: &Wallet,
	issued: &IssuedDirective,
	instead: Instead,
	known: Option<&DirectiveView>,
	active: &[DirectiveId],
) -> Result<()> {
	let seal = issued.opening.seal();
	let is_there = known.is_some_and(|known| known.chart == issued.chart && known.seal == seal);
	let goes_on = match instead {
		Instead::OfCover => None,
		Instead::Of(id) => ending::active_now(wallet, id, active)?,
	};
	if is_there && goes_on.is_none() {
		return Ok(());
	}
	let id = goes_on.unwrap_or(issued.id).to_string();
	Err(Error::NotFound { what: "change on chain, of which the vault said that it is final", id })
}

async fn directly(
	wallet: &Shared<'_>,
	chart: &WalletChart,
	directive: &DirectiveId,
	instead: Instead,
	context: &Context,
) -> Result<(IssuedDirective, Timings)> {
	let at = context.finalised().await?;
	let active = active(&at, chart).await?;
	let (issued, identity) = {
		let mut wallet = lock(wallet);
		let known = wallet.directive(directive)?.clone();
		// An order that the vault was given may still come: the same again is taken as the same.
		let stays = known.replaces.filter(|replaces| active.contains(replaces));
		let replaces = match (stays, instead) {
			(Some(stays), _) => Some(stays),
			(None, Instead::OfCover) => ended(&wallet, chart, instead, &active)?,
			// The chain says what is wrong with one that is not active.
			(None, Instead::Of(id)) => Some(ended(&wallet, chart, instead, &active)?.unwrap_or(id)),
		};
		let issued = wallet.replace_instead(directive, replaces)?;
		(issued, wallet.identity(chart)?)
	};
	let seal = issued.opening.seal();
	let call = Call::issue_directive(chart.chart, issued.id, seal, issued.replaces);
	let chain = context.chain().await?;
	// The vault is signed in to while the chain works.
	let signing_in = context.session(chart.custodian, &identity);
	let submitting = async {
		let submitted = match (chain.submit(identity.keypair(), &call).await, instead) {
			// The vault let another of its content take its place. All of them end, then.
			(Err(fault), Instead::Of(id)) if fault.is("Consent", "ReplacedNotActive") => {
				let at = context.finalised().await?;
				let active = self::active(&at, chart).await?;
				if ending::active_now(&lock(wallet), id, &active)?.is_none() {
					return Ok(Err(fault));
				}
				withdraw(wallet, chart, id, Ending::Revoked, context).await?;
				lock(wallet).replace_instead(directive, None)?;
				let call = Call::issue_directive(chart.chart, issued.id, seal, None);
				chain.submit(identity.keypair(), &call).await
			},
			(submitted, _) => submitted,
		};
		Ok::<_, Error>(submitted)
	};
	let (submitted, vault) = futures::join!(submitting, signing_in);
	let submitted = match submitted? {
		// It came in by the vault meanwhile.
		Err(fault @ ChainError::Refused { .. }) => {
			let known = context.finalised().await?.directive(issued.id).await?;
			let head = context.finalised().await?.head();
			match known.filter(|known| known.seal == seal) {
				Some(_) => Submitted { block: head, in_block_ms: 0, finalised_ms: 0 },
				None => return Err(fault.into()),
			}
		},
		other => other?,
	};
	let undelivered = |fault| Error::NotDelivered { directive: issued.id, fault: Box::new(fault) };
	let vault = vault.map_err(undelivered)?;
	let posting = Instant::now();
	let posted = issued.to_post();
	until_known(codes::DIRECTIVE_UNKNOWN, || vault.post_directive(&chart.chart, &posted))
		.await
		.map_err(undelivered)?;
	lock(wallet).mark_delivered(directive)?;
	let carried = Carried::direct(submitted);
	Ok((issued, Timings { carried, posted_ms: posting.elapsed().as_millis() }))
}

/// A call about a chart that its key signs: the custodian's vault submits it, or where that is away,
/// refuses or only says so, this program does.
pub(super) async fn call(
	chart: &WalletChart,
	identity: &Identity,
	act: Act<'_>,
	way: Way,
	context: &Context,
) -> Result<Carried> {
	let call = act.call(chart.chart);
	let mut handed = None;
	let relayed = async {
		let vault = context.session(chart.custodian, identity).await?;
		let began = Instant::now();
		let transaction = context.chain().await?.signed(identity.keypair(), &call).await?;
		let transaction = handed.insert(transaction).clone();
		let done = vault.post_call(&chart.chart, &PostedCall { transaction }).await?;
		let at = catch_up(done.block.number, context).await?;
		if !is_in_effect(act, chart, &at).await? {
			let id = chart.chart.to_string();
			return Err(Error::NotFound { what: "change of the chart on chain", id });
		}
		let block = seen(done.block, &at, context).await?;
		let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
		Ok(Submitted { block, in_block_ms: ms, finalised_ms: ms })
	};
	if !way.direct {
		match context.wait("submitting by the vault", relayed).await {
			Ok(submitted) => return Ok(Carried { submitted, via: Via::Relay, charts: 1 }),
			// It may be on its way, or never have been sent.
			Err(fault @ Error::Vault { .. }) if fault.code() == codes::NOT_FINAL_IN_TIME => {
				let submitted = again(handed, act, chart, context).await?;
				return submitted.map(Carried::direct).ok_or(fault);
			},
			Err(fault) => tracing::info!(%fault, "the vault did not submit it"),
		}
	}
	Ok(Carried::direct(context.submit(identity, &call).await?))
}

/// Submits the transaction that the vault was handed, which can come in once only, whoever sends it.
/// None if it did not take effect.
async fn again(
	handed: Option<Vec<u8>>,
	act: Act<'_>,
	chart: &WalletChart,
	context: &Context,
) -> Result<Option<Submitted>> {
	let Some(signed) = handed.and_then(|bytes| Signed::read(bytes).ok()) else { return Ok(None) };
	let sending = async { Ok::<_, Error>(context.chain().await?.submit_signed(&signed).await?) };
	match context.wait("submitting it", sending).await {
		Ok(submitted) => Ok(Some(submitted)),
		Err(fault) => {
			tracing::info!(%fault, "what the vault was handed did not come in again");
			let at = context.finalised().await?;
			let block = at.head();
			let here = Submitted { block, in_block_ms: 0, finalised_ms: 0 };
			Ok(is_in_effect(act, chart, &at).await?.then_some(here))
		},
	}
}

async fn is_in_effect(act: Act<'_>, chart: &WalletChart, at: &At) -> Result<bool> {
	Ok(at.chart_view(chart.chart).await?.is_some_and(|view| act.is_in_effect(&view)))
}

/// Waits until our node knows a block of this number final, as the vault says that its own does.
async fn catch_up(number: u32, context: &Context) -> Result<At> {
	for _ in 0..100 {
		let at = context.finalised().await?;
		if at.head().number >= number {
			return Ok(at);
		}
		tokio::time::sleep(Duration::from_millis(100)).await;
	}
	Err(Error::NotFound { what: "final block on this node", id: number.to_string() })
}

/// The block that the vault names, if our node has the same; else the one in which we saw what it did.
async fn seen(named: Head, at: &At, context: &Context) -> Result<Head> {
	let found = context.chain().await?.at(named.hash).await;
	Ok(found
		.map(|found| found.head())
		.ok()
		.filter(|found| *found == named)
		.unwrap_or(at.head()))
}

/// Leaves stock with the vaults of these charts that answer; tells what each has.
pub(super) async fn refill(
	wallet: &mut Wallet,
	charts: &[WalletChart],
	context: &Context,
) -> Result<Vec<Result<CoverState>>> {
	let at = context.finalised().await?;
	let mut states = Vec::new();
	let shared = Mutex::new(wallet);
	for chart in charts {
		let prepared = async {
			let identity = lock(&shared).identity(chart)?;
			let vault = context.session(chart.custodian, &identity).await?;
			prepare(&shared, chart, &vault, &at).await
		};
		states.push(prepared.await);
	}
	Ok(states)
}
