//! Openings of directives: without them every access that a directive might speak of is denied.

use crate::{
	errors::{Error, Result},
	links,
	store::{Rows, StoreError, Writing, CHARTS, CHART_DIRECTIVES, DIRECTIVES},
	vault::Vault,
};
use salus_client::{
	chain::ChainError,
	vault_api::{DirectiveList, PostedDirective},
};
use salus_primitives::{
	decision::ActiveDirective,
	directive::DirectiveTerms,
	ids::{AccountBytes, ChartId, DirectiveId},
	seal::Opening,
};
use std::sync::Arc;

/// Most directives in a list: the newest, of which at most 64 can be active.
const MOST: u32 = 256;

/// Takes a directive's opening from whoever has it: the chart's key, or whoever submitted a guardian's
/// word. That it opens what is on chain is the proof, and nobody else can have it.
pub(crate) async fn take(
	vault: &Arc<Vault>,
	chart: ChartId,
	posted: PostedDirective,
) -> Result<()> {
	vault.chart(chart).await?;
	let PostedDirective { id, opening } = posted;
	let view = vault
		.node
		.await_at_head(|at| async move { at.directive(id).await })
		.await?
		.filter(|view| view.chart == chart)
		.ok_or(Error::DirectiveUnknown)?;
	if !opening.opens(&view.seal) {
		return Err(Error::SealMismatch);
	}
	vault
		.stored(move |store| store.write(|rows| keep(rows, chart, id, &opening)))
		.await?;
	// It may have taken the place of another.
	vault.recalls.hurry(chart);
	Ok(())
}

/// Keeps an opening that fits the chain, unless it is here.
pub(crate) fn keep(
	rows: &Writing<'_>,
	chart: ChartId,
	id: DirectiveId,
	opening: &Opening<DirectiveTerms>,
) -> Result<()> {
	if rows.get(&DIRECTIVES, &(chart, id))?.is_some() {
		return Ok(());
	}
	let mut row = rows.get(&CHARTS, &chart)?.ok_or(Error::ChartUnknown)?;
	rows.put(&DIRECTIVES, &(chart, id), opening)?;
	links::note(rows, &chart, &opening.terms)?;
	rows.put(&CHART_DIRECTIVES, &(chart, row.directives), &id)?;
	row.directives = row.directives.saturating_add(1);
	Ok(rows.put(&CHARTS, &chart, &row)?)
}

/// The newest directives whose openings are here, for the chart's key.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<DirectiveList> {
	let end = vault.own_chart(chart, account).await?.directives;
	let asked = async { vault.node.finalised().await?.chart(chart).await };
	let active = match asked.await {
		Ok(facts) => facts.map_or(Vec::new(), |facts| facts.directives),
		// While our node is away there are those that arrived by themselves.
		Err(ChainError::NodeUnreachable { .. }) => Vec::new(),
		Err(fault) => return Err(fault.into()),
	};
	let directives: Vec<PostedDirective> = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let listed: Result<Vec<_>, StoreError> = (end.saturating_sub(MOST)..end)
					.map(|place| {
						let id = rows
							.get(&CHART_DIRECTIVES, &(chart, place))?
							.ok_or(StoreError::Damaged)?;
						let opening =
							rows.get(&DIRECTIVES, &(chart, id))?.ok_or(StoreError::Damaged)?;
						Ok(PostedDirective { id, opening })
					})
					.collect();
				// Others of the same content, and cover, have taken the place of some.
				let mut all = listed?;
				for ActiveDirective { id, .. } in active {
					if all.iter().all(|known| known.id != id) {
						let opening = rows.get(&DIRECTIVES, &(chart, id))?;
						all.extend(opening.map(|opening| PostedDirective { id, opening }));
					}
				}
				Ok(all)
			})?)
		})
		.await?;
	Ok(DirectiveList { directives })
}
