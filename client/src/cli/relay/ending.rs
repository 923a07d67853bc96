//! Ending a directive so that it stays ended, whatever orders its custodian's vault has in hand.

use super::{active, by_vault, lock, tried, Carried, Instead, Shared, Way};
use crate::cli::{usage, Context};
use salus_client::{
	chain::{At, Call, ChainError, Receipt, Submitted},
	cover::sign,
	wallet::{Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	directive::DirectiveTerms,
	ids::DirectiveId,
	order::{order_expiry, ChartAct, MAX_ORDERS, MAX_STOCK},
};
use std::sync::Mutex;

/// How often what the vault submitted meanwhile is ended too.
const ROUNDS: u32 = 8;

/// How a directive ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Ending {
	/// The patient takes it back.
	Revoked,
	/// It should never have been.
	EnteredInError,
}

impl Ending {
	const fn act(self, id: DirectiveId) -> ChartAct {
		match self {
			Self::Revoked => ChartAct::RevokeDirective { id },
			Self::EnteredInError => ChartAct::EnterDirectiveInError { id },
		}
	}

	fn call(self, id: DirectiveId) -> Call {
		match self {
			Self::Revoked => Call::revoke_directive(id),
			Self::EnteredInError => Call::mark_directive_entered_in_error(id),
		}
	}
}

/// Ends a directive of a chart: by the vault as cover that takes its place, or by a transaction of
/// one's own.
pub(in crate::cli) async fn end(
	wallet: &mut Wallet,
	chart: &WalletChart,
	directive: DirectiveId,
	way: Way,
	context: &Context,
) -> Result<Carried> {
	let at = context.finalised().await?;
	let active = active(&at, chart).await?;
	let was_active = active_now(wallet, directive, &active)?.is_some();
	let shared = Mutex::new(wallet);
	let mut relayed = None;
	if was_active && !way.direct {
		let cover = lock(&shared).issue(&chart.chart, DirectiveTerms::cover(), None, None)?;
		let identity = lock(&shared).identity(chart)?;
		let by_vault = async {
			let vault = context.session(chart.custodian, &identity).await?;
			by_vault(&shared, chart, &cover.id, Instead::Of(directive), &vault, context).await
		};
		relayed = tried(way, by_vault, context).await;
	}
	let carried = match relayed {
		Some((_, timings)) => timings.carried,
		None => {
			let ending = withdraw(&shared, chart, directive, Ending::Revoked, context);
			match ending.await {
				// The vault's order came in after all.
				Err(Error::Chain(fault)) if was_active && fault.is("Consent", "NotActive") => {
					let block = context.finalised().await?.head();
					Carried::direct(Submitted { block, in_block_ms: 0, finalised_ms: 0 })
				},
				other => Carried::direct(other?),
			}
		},
	};
	let mut wallet = lock(&shared);
	if wallet.directive(&directive).is_ok() {
		wallet.mark_ended(&directive)?;
	}
	Ok(carried)
}

/// Ends by transactions of one's own all that has a directive's content, or could have it by an order
/// that was signed. One transaction names all of them: a vault that submits stock meanwhile only chooses
/// which of them ends, and what is left of the stock replaces what is active no more.
pub(in crate::cli) async fn withdraw(
	wallet: &Shared<'_>,
	chart: &WalletChart,
	directive: DirectiveId,
	ending: Ending,
	context: &Context,
) -> Result<Submitted> {
	let mut done = None;
	let mut refused = None;
	let mut named = Vec::new();
	for _ in 0..ROUNDS {
		let at = context.finalised().await?;
		let is_known = at.directive(directive).await?.is_some();
		let active = active(&at, chart).await?;
		let (identity, mut acts, strange) = {
			let wallet = lock(wallet);
			let acts = acts(&wallet, directive, ending, is_known, &active)?;
			(wallet.identity(chart)?, acts, wallet.unknown_among(&chart.chart, &active)?)
		};
		// A wallet that was made again does not know the stock that the one before it left.
		for id in strange {
			if follows(&at, id, &named).await? {
				acts.push(ending.act(id));
			}
		}
		named.extend(acts.iter().map(ChartAct::directive));
		if acts.is_empty() {
			return match done {
				Some(done) => Ok(done),
				// The chain says what is wrong with one that is not active.
				None => context.submit(&identity, &ending.call(directive)).await,
			};
		}
		if let (false, Some(fault)) = (is_known, refused) {
			return Err(Error::Chain(fault));
		}
		refused = None;
		let expires = order_expiry(at.head().at);
		for acts in acts.chunks(MAX_ORDERS as usize) {
			let order =
				|act: &ChartAct| sign(&identity, &chart.genesis, chart.chart, *act, expires);
			let call = Call::submit_orders(&acts.iter().map(order).collect::<Vec<_>>());
			let receipt = context.submit_for_events(&identity, &call).await?;
			refused = refused.or_else(|| refusal(&call, &receipt, &directive));
			done = Some(receipt.submitted);
		}
	}
	Err(usage(
		"the directive came back each time that it was ended: the vault submits orders that it was left",
		"try again, or give the chart another key with `salus chart rotate-key --direct`, which makes \
		 every order of the key before void",
	))
}

/// Whether a directive took the place of one of these, at once or after others.
async fn follows(at: &At, id: DirectiveId, named: &[DirectiveId]) -> Result<bool> {
	let mut id = Some(id).filter(|_| !named.is_empty());
	for _ in 0..=MAX_STOCK {
		let Some(known) = id else { return Ok(false) };
		id = at.directive(known).await?.and_then(|known| known.replaces);
		if id.is_some_and(|id| named.contains(&id)) {
			return Ok(true);
		}
	}
	Ok(false)
}

/// Which of the active directives has the content of this one, whether the wallet knows it or not.
pub(super) fn active_now(
	wallet: &Wallet,
	directive: DirectiveId,
	active: &[DirectiveId],
) -> Result<Option<DirectiveId>> {
	match wallet.directive(&directive) {
		Ok(issued) => wallet.active_as(issued, active),
		Err(_) => Ok(Some(directive).filter(|id| active.contains(id))),
	}
}

/// What has to be done, in this order, so that a directive has ended and stays so; nothing once it has.
///
/// An order to issue it that never came to the chain can still come. It is void once the chain knows
/// the id, whatever the order replaces: so the directive is issued and ended in one.
pub(super) fn acts(
	wallet: &Wallet,
	directive: DirectiveId,
	ending: Ending,
	is_known: bool,
	active: &[DirectiveId],
) -> Result<Vec<ChartAct>> {
	let is_active = active_now(wallet, directive, active)?.is_some();
	let Ok(issued) = wallet.directive(&directive) else {
		return Ok(Vec::from_iter(is_active.then(|| ending.act(directive))));
	};
	let can_come = !is_known && issued.guardian.is_none();
	let mut acts = Vec::new();
	if can_come {
		let (id, seal) = (issued.id, issued.opening.seal());
		acts.push(ChartAct::IssueDirective { id, seal, replaces: None });
	}
	if can_come || is_active {
		acts.extend(wallet.same_content(issued)?.into_iter().map(|id| ending.act(id)));
	}
	Ok(acts)
}

/// Why the first order about this directive was refused, if one was.
fn refusal(call: &Call, receipt: &Receipt, directive: &DirectiveId) -> Option<ChainError> {
	let mut events = receipt.events.iter();
	let refused = events.find(|event| {
		event.is("Consent", "OrderRefused") && event.bytes("directive") == Some(directive.0)
	})?;
	let fault = refused.fault()?;
	Some(ChainError::Refused {
		call: call.to_string(),
		error: fault.error.clone(),
		docs: fault.help.clone(),
		block: receipt.submitted.block,
	})
}
