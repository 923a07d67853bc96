//! What a dishonest vault can not make a wallet believe, and what it can not keep from it.

use super::{
	ending::{acts, Ending},
	*,
};
use crate::cli::{tests::parse, Context};
use axum::{extract::Path, routing::post, Json, Router};
use salus_client::{sealed_file::Passphrase, vault_api::OrderDone};
use salus_primitives::{
	codes::{Action, Actions, ChartState, DirectiveState, Purpose, Purposes},
	decision::ChartFacts,
	directive::DirectiveTerms,
	ids::{ChartId, GuardRoot},
	order::MAX_ORDERS,
	time::Moment,
	views::{ChartView, Rekeying},
};

const GENESIS: [u8; 32] = [3; 32];
const AT: Moment = 1_800_000_000_000;
const HEAD: Head = Head { number: 7, hash: [1; 32], at: AT };

fn wallet() -> (tempfile::TempDir, Wallet, WalletChart) {
	let folder = tempfile::tempdir().unwrap();
	let passphrase = Passphrase::new("p".into()).unwrap();
	let mut wallet = Wallet::create(folder.path().join("wallet.json"), &passphrase).unwrap();
	let chart = wallet.new_chart(GENESIS, 1, 1_000).unwrap().statement.chart;
	let chart = wallet.chart(&chart).unwrap().clone();
	(folder, wallet, chart)
}

fn permit() -> DirectiveTerms {
	DirectiveTerms {
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		..DirectiveTerms::cover()
	}
}

fn on_chain(issued: &IssuedDirective) -> DirectiveView {
	DirectiveView {
		id: issued.id,
		chart: issued.chart,
		seal: issued.opening.seal(),
		state: DirectiveState::Active,
		replaces: issued.replaces,
		guardian: None,
		paper: None,
	}
}

/// A vault that says of each order that it is final, and submits none.
async fn liar() -> VaultClient {
	let says = |Path(chart): Path<ChartId>, Json(posted): Json<PostedOrder>| async move {
		assert_eq!(posted.order.chart, chart);
		let directive = posted.order.act.directive();
		Json(OrderDone { directive, block: HEAD, charts: 32 })
	};
	let routes = Router::new().route(salus_client::vault_api::CHART_ORDERS, post(says));
	let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
	VaultClient::new(&format!("http://{address}")).unwrap()
}

#[tokio::test]
async fn a_vaults_word_alone_leads_to_the_direct_way() {
	let (_folder, mut wallet, chart) = wallet();
	let grant = wallet.issue(&chart.chart, permit(), None, None).unwrap();
	let replaces = Some(grant.id);
	let cover = wallet.issue(&chart.chart, DirectiveTerms::cover(), replaces, None).unwrap();
	let act = ChartAct::IssueDirective { id: cover.id, seal: cover.opening.seal(), replaces };
	let order = wallet.order(&chart.chart, act, order_expiry(AT)).unwrap();
	let opening = Some(cover.opening.clone());
	let posted = PostedOrder { order, opening, stock: Vec::new() };
	let vault = liar().await;
	let context = Context::new(parse("salus directive cover --wallet w").unwrap().global);
	let revoking = Instead::Of(grant.id);
	let ask = |known: Option<DirectiveView>, active: Vec<DirectiveId>| {
		let relayed = async {
			let done = vault.post_order(&chart.chart, &posted).await.unwrap();
			assert_eq!((done.directive, done.charts), (cover.id, 32));
			let (known, active) = (known, active);
			ensure_landed(&wallet, &cover, revoking, known.as_ref(), &active)
		};
		let (context, way) = (&context, Way { direct: false });
		async move { tried(way, relayed, context).await }
	};
	// Nothing came to the chain.
	assert_eq!(ask(None, vec![grant.id]).await, None);
	assert_eq!(ask(None, Vec::new()).await, None);
	// It did, and the grant goes on.
	assert_eq!(ask(Some(on_chain(&cover)), vec![cover.id, grant.id]).await, None);
	// Something else came under its id.
	let other = DirectiveView { seal: grant.opening.seal(), ..on_chain(&cover) };
	assert_eq!(ask(Some(other), vec![cover.id]).await, None);
	assert_eq!(ask(Some(on_chain(&cover)), vec![cover.id]).await, Some(()));
}

#[test]
fn a_grant_that_goes_on_under_another_id_has_not_ended() {
	let (_folder, mut wallet, chart) = wallet();
	let grant = wallet.issue(&chart.chart, permit(), None, None).unwrap();
	let stock = wallet.stock(&chart.chart, Some(grant.id), Some(grant.id), AT).unwrap();
	let cover = wallet.issue(&chart.chart, DirectiveTerms::cover(), None, None).unwrap();
	let known = on_chain(&cover);
	let landed = |active: &[DirectiveId]| {
		ensure_landed(&wallet, &cover, Instead::Of(grant.id), Some(&known), active)
	};
	let later = stock[4].order.act.directive();
	assert!(matches!(landed(&[cover.id, later]), Err(Error::NotFound { .. })));
	assert!(landed(&[cover.id]).is_ok());
	// What only permits ends nothing.
	ensure_landed(&wallet, &cover, Instead::OfCover, Some(&known), &[later]).unwrap();
}

#[test]
fn a_direct_ending_names_all_that_could_be_active() {
	let (_folder, mut wallet, chart) = wallet();
	let grant = wallet.issue(&chart.chart, permit(), None, None).unwrap();
	let first = wallet.stock(&chart.chart, Some(grant.id), Some(grant.id), AT).unwrap();
	let now = first[2].order.act.directive();
	let second = wallet.stock(&chart.chart, Some(now), Some(grant.id), AT).unwrap();
	let cover = wallet.stock(&chart.chart, None, None, AT).unwrap();
	let end = |active: &[DirectiveId], how| acts(&wallet, grant.id, how, true, active).unwrap();
	let revoked = end(&[now], Ending::Revoked);
	assert!(revoked.len() <= MAX_ORDERS as usize);
	for order in first.iter().chain(&second) {
		let id = order.order.act.directive();
		assert!(revoked.contains(&ChartAct::RevokeDirective { id }));
	}
	assert!(revoked.contains(&ChartAct::RevokeDirective { id: grant.id }));
	assert_eq!(revoked.len(), 1 + first.len() + second.len());
	for order in &cover {
		let id = order.order.act.directive();
		assert!(!revoked.contains(&ChartAct::RevokeDirective { id }));
	}
	let in_error = end(&[now], Ending::EnteredInError);
	assert!(in_error.contains(&ChartAct::EnterDirectiveInError { id: now }));
	// Once none of them is active, none can become so.
	assert_eq!(end(&[cover[0].order.act.directive()], Ending::Revoked), []);
	// One that the wallet does not know ends alone.
	let unknown = DirectiveId([9; 32]);
	let alone = acts(&wallet, unknown, Ending::Revoked, true, &[unknown]).unwrap();
	assert_eq!(alone, [ChartAct::RevokeDirective { id: unknown }]);
	assert_eq!(acts(&wallet, unknown, Ending::Revoked, true, &[]).unwrap(), []);
}

#[test]
fn an_order_that_never_came_is_made_void() {
	let (_folder, mut wallet, chart) = wallet();
	let grant = wallet.issue(&chart.chart, permit(), None, None).unwrap();
	let stock = wallet.stock(&chart.chart, Some(grant.id), Some(grant.id), AT).unwrap();
	let acts = acts(&wallet, grant.id, Ending::Revoked, false, &[]).unwrap();
	let (id, seal) = (grant.id, grant.opening.seal());
	// The chain takes no other order with an id that it knows.
	assert_eq!(acts[0], ChartAct::IssueDirective { id, seal, replaces: None });
	assert_eq!(acts[1], ChartAct::RevokeDirective { id });
	assert_eq!(acts.len(), 2 + stock.len());
}

#[test]
fn a_call_is_done_when_the_chart_is_as_it_leaves_it() {
	let (_folder, mut wallet, chart) = wallet();
	let new = wallet.rotation(&chart.chart, AT).unwrap();
	let guard = GuardRoot([5; 32]);
	let view = ChartView {
		facts: ChartFacts {
			chart: chart.chart,
			custodian: 1,
			key: [1; 32],
			state: ChartState::Active,
			posthumous: None,
			directives: Vec::new(),
		},
		guard: None,
		rekeying: Some(Rekeying { key: [2; 32], ready: AT }),
		contest: None,
		death: None,
	};
	let undone =
		[Act::RotateKey(&new), Act::SetGuard(Some(guard)), Act::CancelRekeying, Act::Deactivate];
	for act in undone {
		assert!(!act.is_in_effect(&view), "{act:?}");
	}
	let mut after = view.clone();
	after.facts.key = new.key;
	after.facts.state = ChartState::Deactivated;
	(after.guard, after.rekeying) = (Some(guard), None);
	for act in undone {
		assert!(act.is_in_effect(&after), "{act:?}");
	}
	assert!(Act::Reactivate.is_in_effect(&view) && !Act::Reactivate.is_in_effect(&after));
	assert!(Act::DisputeDeath.is_in_effect(&view));
}
