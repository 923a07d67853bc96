//! Finding a chart in an emergency.

use super::{From, SignedIn, V};
use crate::{
	errors::{Error, Result},
	finding,
	limits::Class,
	openapi::Route,
	sign_in::Session,
	web::{Asked, Body, Named},
};
use axum::{
	extract::State,
	http::{HeaderMap, StatusCode},
	Json,
};
use salus_client::vault_api as api;
use salus_primitives::{
	codes::StandingReason,
	decision::DenyReason,
	ids::{BreakGlassId, ChartId},
};

/// The routes, in the order of [`salus_client::vault_api`].
pub(super) fn table() -> Vec<Route> {
	let not_in_standing = || Error::NotInStanding(StandingReason::NotStaff);
	let access_denied = || Error::AccessDenied(DenyReason::BreakGlassOver);
	let wrong_chart = || [Error::ChartUnknown, Error::NotTheChartsKey];
	vec![
		Route::put(api::CHART_EMERGENCY_CARD, put_card)
			.about("Takes the digest of the code by which a chart is found; the one before ends.")
			.by("the chart's key")
			.asks::<api::PutCard>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::OptedOut, Error::AlreadyExists("")]),
		Route::delete(api::CHART_EMERGENCY_CARD, revoke_card)
			.about("Ends the code by which a chart is found.")
			.by("the chart's key")
			.asks_chain()
			.fails(wrong_chart()),
		Route::get(api::CHART_FINDABLE, findable)
			.about("Whether and how a chart can be found in an emergency.")
			.by("the chart's key")
			.answers::<api::Findable>()
			.asks_chain()
			.fails(wrong_chart()),
		Route::put(api::CHART_FINDABLE, set_findable)
			.about("Opts a chart out of being found, or in again.")
			.by("the chart's key")
			.asks::<api::SetFindable>()
			.answers::<api::Findable>()
			.asks_chain()
			.fails(wrong_chart()),
		Route::put(api::CHART_PARTICULARS, register)
			.about("Registers the particulars by which a chart is found; a keyed hash of them is kept.")
			.by("records officers")
			.asks::<api::Particulars>()
			.asks_chain()
			.fails([not_in_standing(), Error::ChartUnknown, Error::OptedOut]),
		Route::delete(api::CHART_PARTICULARS, unregister)
			.about("Forgets the particulars by which a chart is found.")
			.by("records officers")
			.asks_chain()
			.fails([not_in_standing(), Error::ChartUnknown]),
		Route::post(api::SEARCHES, search)
			.about("Says by a search that is final on the chain whether one chart is here. A hit is a disclosure.")
			.by("the clinician who opened the search")
			.limited(Class::Append)
			.asks::<api::AskSearch>()
			.answers::<api::SearchAnswer>()
			.asks_chain()
			.fails([not_in_standing(), access_denied(), Error::Busy]),
		Route::get(api::SEARCHES, misses)
			.about("A page of the searches that found nothing here.")
			.by("quality officers")
			.query::<From>()
			.answers::<api::SearchList>()
			.asks_chain()
			.fails([not_in_standing()]),
		Route::get(api::SEARCH_DISCLOSURES, lines)
			.about("A page of the log's lines of a search.")
			.by("quality officers of a house without ties to the clinician")
			.query::<api::ReviewQuery>()
			.asks_header::<api::ShownInSearch>(api::SEARCH_HEADER)
			.answers::<api::DisclosurePage>()
			.asks_chain()
			.fails([
				not_in_standing(),
				access_denied(),
				Error::ReviewerNotIndependent,
				Error::NotUnderReview,
			]),
	]
}

async fn put_card(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(card): Body<api::PutCard>,
) -> Result<StatusCode> {
	finding::put_card(&vault, account, chart, card).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn revoke_card(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<StatusCode> {
	finding::revoke_card(&vault, account, chart).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn findable(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<Json<api::Findable>> {
	finding::findable(&vault, account, chart).await.map(Json)
}

async fn set_findable(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(said): Body<api::SetFindable>,
) -> Result<Json<api::Findable>> {
	finding::set_findable(&vault, account, chart, said).await.map(Json)
}

async fn register(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
	Body(particulars): Body<api::Particulars>,
) -> Result<StatusCode> {
	finding::register(&vault, account, chart, particulars).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn unregister(
	State(vault): V,
	SignedIn(account): SignedIn,
	Named(chart): Named<ChartId>,
) -> Result<StatusCode> {
	finding::unregister(&vault, account, chart).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn search(
	State(vault): V,
	SignedIn(account): SignedIn,
	Body(asked): Body<api::AskSearch>,
) -> Result<Json<api::SearchAnswer>> {
	finding::search(&vault, account, asked).await.map(Json)
}

async fn misses(
	State(vault): V,
	SignedIn(account): SignedIn,
	Asked(From { from }): Asked<From>,
) -> Result<Json<api::SearchList>> {
	finding::misses(&vault, account, from).await.map(Json)
}

async fn lines(
	State(vault): V,
	session: Session,
	Named(id): Named<BreakGlassId>,
	Asked(asked): Asked<api::ReviewQuery>,
	headers: HeaderMap,
) -> Result<Json<api::DisclosurePage>> {
	let shown = finding::shown(&headers)?;
	finding::lines(&vault, session, shown, id, asked).await.map(Json)
}
