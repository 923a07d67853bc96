//! Directives on paper: what they say, and in which language, with whose help and when the patient signed.
//!
//! The chart's key sees all of it, which is how the patient learns that staff acted on paper; so do the staff
//! who may stand for paper, and nobody else.

use crate::{
	directives,
	errors::{Error, Result},
	store::{ChartRow, Rows, StoreError, CHART_DIRECTIVES, DIRECTIVES, PAPERS},
	vault::Vault,
};
use salus_client::vault_api::{PaperList, PostedPaper, PAPERS_PER_PAGE};
use salus_primitives::{
	ids::{AccountBytes, ChartId},
	paper::WITNESS_ROLES,
};
use std::sync::Arc;

/// Takes both openings from whoever has them. That they open what is on chain is the proof.
pub(crate) async fn take(vault: &Arc<Vault>, chart: ChartId, posted: PostedPaper) -> Result<()> {
	vault.chart(chart).await?;
	let PostedPaper { id, opening, paper } = posted;
	let view = vault
		.node
		.await_at_head(|at| async move { at.directive(id).await })
		.await?
		.filter(|view| view.chart == chart)
		.ok_or(Error::DirectiveUnknown)?;
	let is_it = view.paper.is_some_and(|shown| paper.opens(&shown.seal));
	if !is_it || !opening.opens(&view.seal) {
		return Err(Error::SealMismatch);
	}
	vault
		.stored(move |store| {
			store.write(|rows| {
				directives::keep(rows, chart, id, &opening)?;
				Ok(rows.put(&PAPERS, &(chart, id), &paper)?)
			})
		})
		.await?;
	// It may take the place of another.
	vault.recalls.hurry(chart);
	Ok(())
}

/// What came on paper, from this place among the chart's directives on.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
	from: u32,
) -> Result<PaperList> {
	let row = ensure_may_see(vault, account, chart).await?;
	let until = from.saturating_add(PAPERS_PER_PAGE).min(row.directives);
	vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let mut papers = Vec::new();
				for place in from..until {
					let id =
						rows.get(&CHART_DIRECTIVES, &(chart, place))?.ok_or(StoreError::Damaged)?;
					let Some(paper) = rows.get(&PAPERS, &(chart, id))? else { continue };
					let opening = rows.get(&DIRECTIVES, &(chart, id))?;
					let opening = opening.ok_or(StoreError::Damaged)?;
					papers.push(PostedPaper { id, opening, paper });
				}
				let next = (until < row.directives).then_some(until);
				Ok(PaperList { papers, next })
			})?)
		})
		.await
}

/// The chart, for its key and the house's staff.
async fn ensure_may_see(
	vault: &Arc<Vault>,
	account: AccountBytes,
	chart: ChartId,
) -> Result<ChartRow> {
	match vault.own_chart(chart, account).await {
		Err(Error::NotTheChartsKey) => {
			let at = vault.node.fresh().await?;
			vault.in_standing(&at, account, &WITNESS_ROLES).await?;
			vault.chart(chart).await
		},
		known => known,
	}
}
