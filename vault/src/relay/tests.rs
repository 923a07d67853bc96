//! The relay on its database: what a kill at any point leaves.

use super::{
	orders::{form, settle, submit, take},
	restored::follow,
	stock::{drop_ended, leave, write_put, Follow, MOST_PLACES},
	MOST_WAITING,
};
use crate::{
	errors::Error,
	storage::Storage,
	store::{
		unvouched, ChartRow, Identity, NewChart, RelayBatch, Rows, Store, StoreError, CHARTS,
		CHART_DIRECTIVES, COVER, DIRECTIVES, RELAYING, WAITING_ORDERS,
	},
	tenants::tests::{enrol, vault},
	vault::Vault,
};
use futures::FutureExt;
use salus_client::{
	cover::{sign, Place},
	keys::{self, KeyFile},
	vault_api::{Cover, DatabaseKey, PostedOrder, StockOrder},
};
use salus_primitives::{
	codes::{Action, Actions},
	directive::DirectiveTerms,
	ids::{ChartId, DirectiveId, Salt},
	order::{order_expiry, ChartAct, COVER_SLOTS, ORDER_PERIOD},
	seal::Opening,
};
use std::{collections::HashSet, sync::Arc, time::Duration};

const GENESIS: [u8; 32] = [3; 32];
const AT: u64 = 1_000;
const EXPIRES: u64 = order_expiry(AT);

struct Case {
	_folder: tempfile::TempDir,
	store: Store,
}

fn key() -> keys::Identity {
	KeyFile::from_dev_uri("//Alice").unwrap().into_identity()
}

fn chart(n: u8) -> ChartId {
	ChartId([n; 32])
}

fn stock(chart: ChartId, base: Option<DirectiveId>) -> Vec<StockOrder> {
	let place = Place::new(chart, base, None, EXPIRES, 0).unwrap();
	place.stock(&GENESIS, &key(), &DirectiveTerms::cover())
}

fn id(order: &StockOrder) -> DirectiveId {
	order.order.act.directive()
}

/// An order that gives a place a directive that speaks.
fn asked(chart: ChartId, n: u8, replaces: Option<DirectiveId>) -> PostedOrder {
	let actions = Actions::of(&[Action::Access]);
	let terms = DirectiveTerms { actions, ..DirectiveTerms::cover() };
	let opening = Opening { terms, salt: Salt([n; 32]) };
	let id = DirectiveId([n; 32]);
	let act = ChartAct::IssueDirective { id, seal: opening.seal(), replaces };
	let order = sign(&key(), &GENESIS, chart, act, EXPIRES);
	PostedOrder { order, opening: Some(opening), stock: stock(chart, Some(id)) }
}

impl Case {
	/// Four charts, of which the first three are a cohort, with one place each.
	fn new() -> (Self, Vec<Vec<StockOrder>>) {
		let folder = tempfile::tempdir().unwrap();
		let database = DatabaseKey { key: [5; 32] };
		let path = folder.path().join("vault.redb");
		let store = Store::open(&path, &database, Identity::new(GENESIS, 1)).unwrap();
		let case = Self { _folder: folder, store };
		let mut stocks = Vec::new();
		for n in 0..4 {
			let chart = chart(n);
			let new = NewChart { chart, key: key().account(), encryption_key: unvouched([3; 32]) };
			case.store
				.write::<_, StoreError>(|rows| rows.put(&CHARTS, &chart, &ChartRow::empty(new)))
				.unwrap();
			let left = stock(chart, None);
			let cover = Cover { places: vec![left.clone()] };
			let (row, begins) = write_put(&case.store, 3, chart, cover, &[]).unwrap();
			assert!(begins);
			assert_eq!(row.cohort, u32::from(n / 3));
			stocks.push(left);
		}
		(case, stocks)
	}

	fn sent(&self) -> Vec<(u64, RelayBatch)> {
		self.store.read(|rows| rows.first(&RELAYING, 100)).unwrap()
	}

	fn settle_all(&self) {
		for (number, batch) in self.sent() {
			settle(&self.store, number, &batch, &HashSet::new()).unwrap();
		}
	}

	fn form(&self, cohort: u32) -> Option<(u64, RelayBatch)> {
		form(&self.store, cohort, 128, AT, |_| Ok(0)).unwrap()
	}

	fn knows(&self, chart: ChartId, id: DirectiveId) -> bool {
		self.store.read(|rows| rows.get(&DIRECTIVES, &(chart, id))).unwrap().is_some()
	}
}

#[test]
fn first_contact_submits_what_places_begin_with() {
	let (case, stocks) = Case::new();
	let sent = case.sent();
	assert_eq!(sent.len(), 4);
	for ((_, batch), stock) in sent.iter().zip(&stocks) {
		assert_eq!(batch.orders, [stock[0].order]);
		assert!(case.knows(batch.orders[0].chart, id(&stock[0])));
	}
}

#[test]
fn one_change_takes_one_order_of_each_other_chart_along() {
	let (case, stocks) = Case::new();
	case.settle_all();
	assert!(case.form(0).is_none(), "nobody asked for anything");
	let posted = asked(chart(1), 9, Some(id(&stocks[1][0])));
	assert_eq!(take(&case.store, chart(1), posted.clone()).unwrap(), 0);
	// Asked again, it is the same.
	assert_eq!(take(&case.store, chart(1), posted.clone()).unwrap(), 0);
	let (number, batch) = case.form(0).unwrap();
	let mut orders = batch.orders.clone();
	orders.sort_by_key(|order| order.chart);
	assert_eq!(orders, [stocks[0][1].order, posted.order, stocks[2][1].order]);

	// Whoever decides now knows both what was active and what is about to be.
	assert!(case.knows(chart(0), id(&stocks[0][0])) && case.knows(chart(0), id(&stocks[0][1])));
	assert!(case.knows(chart(1), DirectiveId([9; 32])));
	let listed = case.store.read(|rows| rows.get(&CHART_DIRECTIVES, &(chart(1), 0))).unwrap();
	assert_eq!(listed, Some(DirectiveId([9; 32])));

	// Killed before or after it was sent: it is sent again, the same.
	assert_eq!(case.sent(), [(number, batch.clone())]);
	assert!(case.store.read(|rows| rows.first(&WAITING_ORDERS, 9)).unwrap().is_empty());
	settle(&case.store, number, &batch, &HashSet::new()).unwrap();
	assert!(case.sent().is_empty() && case.form(0).is_none());

	// The next one goes on where this one ended: the place has the stock that came with the order.
	let next = asked(chart(0), 8, Some(id(&stocks[0][1])));
	take(&case.store, chart(0), next.clone()).unwrap();
	let (_, batch) = case.form(0).unwrap();
	let mut orders = batch.orders;
	orders.sort_by_key(|order| order.chart);
	assert_eq!(orders, [next.order, posted.stock[0].order, stocks[2][2].order]);
	// What was two before is not kept.
	assert!(!case.knows(chart(2), id(&stocks[2][0])));
}

#[test]
fn orders_that_arrive_together_go_together() {
	let (case, stocks) = Case::new();
	case.settle_all();
	for n in [0u8, 2] {
		let replaces = Some(id(&stocks[usize::from(n)][0]));
		take(&case.store, chart(n), asked(chart(n), 20 + n, replaces)).unwrap();
	}
	let further = asked(chart(0), 30, None);
	take(&case.store, chart(0), further.clone()).unwrap();
	let (_, batch) = case.form(0).unwrap();
	assert_eq!(batch.orders.len(), 3);
	assert!(!batch.orders.contains(&further.order), "two changes of one chart would show");
	case.settle_all();
	assert!(case.form(0).unwrap().1.orders.contains(&further.order));
	let row = case.store.read(|rows| rows.get(&COVER, &chart(0))).unwrap().unwrap();
	assert_eq!(row.places.len(), 2);
}

#[test]
fn an_order_for_what_has_moved_is_not_taken() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let first = asked(chart(0), 9, Some(id(&stocks[0][0])));
	take(&case.store, chart(0), first).unwrap();
	// One waits for that place already.
	let second = asked(chart(0), 10, Some(id(&stocks[0][0])));
	assert!(matches!(take(&case.store, chart(0), second.clone()), Err(Error::PlaceMoved)));
	case.form(0).unwrap();
	assert!(matches!(take(&case.store, chart(0), second), Err(Error::PlaceMoved)));
	// What moved in the same transaction as cover has moved as well.
	let late = asked(chart(1), 11, Some(id(&stocks[1][0])));
	assert!(matches!(take(&case.store, chart(1), late), Err(Error::PlaceMoved)));
	// Without first contact there is no place at all.
	let stranger = asked(chart(9), 12, None);
	assert!(matches!(take(&case.store, chart(9), stranger), Err(Error::PlaceMoved)));
}

#[test]
fn a_refused_order_ends_the_stock_of_its_place_alone() {
	let (case, stocks) = Case::new();
	case.settle_all();
	take(&case.store, chart(0), asked(chart(0), 9, Some(id(&stocks[0][0])))).unwrap();
	let (number, batch) = case.form(0).unwrap();
	let dead = HashSet::from([(chart(1), id(&stocks[1][1]))]);
	settle(&case.store, number, &batch, &dead).unwrap();
	take(&case.store, chart(0), asked(chart(0), 10, Some(DirectiveId([9; 32])))).unwrap();
	let charts: Vec<_> = case.form(0).unwrap().1.orders.iter().map(|order| order.chart).collect();
	assert!(!charts.contains(&chart(1)) && charts.contains(&chart(2)));
}

#[test]
fn what_is_used_at_one_time_expires_at_one_time() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let next = AT + ORDER_PERIOD;
	let mut posted = asked(chart(0), 9, Some(id(&stocks[0][0])));
	posted.order.expires = order_expiry(next);
	take(&case.store, chart(0), posted).unwrap();
	let (_, batch) = form(&case.store, 0, 128, next, |_| Ok(0)).unwrap().unwrap();
	assert_eq!(batch.orders.len(), 3);
	assert!(batch.orders.iter().all(|order| order.expires == order_expiry(next)));
	// Two periods on, what was left is good no more, and its chart is not in.
	take(&case.store, chart(1), asked(chart(1), 10, Some(id(&stocks[1][1])))).unwrap();
	let (_, batch) = form(&case.store, 0, 128, next + ORDER_PERIOD, |_| Ok(0)).unwrap().unwrap();
	assert_eq!(batch.orders.len(), 1);
}

#[test]
fn a_place_whose_directive_ended_by_another_way_is_forgotten_with_its_stock() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let here = chart(0);
	let other = DirectiveId([7; 32]);
	let more = Cover { places: vec![stock(here, Some(other))] };
	write_put(&case.store, 3, here, more, &[other]).unwrap();
	let moved = DirectiveId([8; 32]);
	let row = drop_ended(&case.store, &here, &[id(&stocks[0][0]), moved]).unwrap();
	assert_eq!(row.places.iter().map(|place| place.current).collect::<Vec<_>>(), [other]);
	assert!(!case.knows(here, id(&stocks[0][0])));
	assert!(take(&case.store, here, asked(here, 9, Some(id(&stocks[0][0])))).is_err());
	take(&case.store, here, asked(here, 9, Some(other))).unwrap();
}

#[test]
fn stock_is_replaced_where_its_place_is() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let here = id(&stocks[0][0]);
	let again = stock(chart(0), Some(here));
	let cover = |places: Vec<Vec<StockOrder>>| Cover { places };
	let (row, begins) =
		write_put(&case.store, 3, chart(0), cover(vec![again.clone()]), &[here]).unwrap();
	assert!(!begins);
	assert_eq!(row.places.len(), 1);
	take(&case.store, chart(1), asked(chart(1), 9, Some(id(&stocks[1][0])))).unwrap();
	assert!(case.form(0).unwrap().1.orders.contains(&again[0].order));
	// From where the place has been, there is no way on.
	let late =
		write_put(&case.store, 3, chart(0), cover(vec![stock(chart(0), Some(here))]), &[here]);
	assert!(matches!(late, Err(Error::PlaceMoved)));
	// What came to the chain by another way becomes a place.
	let direct = DirectiveId([7; 32]);
	let more = cover(vec![stock(chart(0), Some(direct))]);
	let (row, _) = write_put(&case.store, 3, chart(0), more, &[direct]).unwrap();
	assert_eq!(row.places.len(), 2);
}

#[test]
fn stock_that_is_no_chain_of_the_charts_own_is_refused() {
	let follow = Follow { chart: chart(1), account: key().account(), genesis: GENESIS };
	let base = Some(DirectiveId([1; 32]));
	let good = stock(chart(1), base);
	follow.check(&good, base, AT).unwrap();
	let malformed = |stock: &[StockOrder], base, at| {
		assert!(matches!(follow.check(stock, base, at), Err(Error::Malformed(_))));
	};
	malformed(&good, None, AT);
	malformed(&good[1..], base, AT);
	malformed(&stock(chart(2), base), base, AT);
	malformed(&good, base, AT + ORDER_PERIOD);
	let mut softer = good.clone();
	softer[2].opening.salt = Salt([0; 32]);
	assert!(matches!(follow.check(&softer, base, AT), Err(Error::SealMismatch)));
	let mut hurried = good.clone();
	hurried[1].later = hurried[1].order.signature;
	assert!(matches!(follow.check(&hurried, base, AT), Err(Error::SignatureWrong)));
	let elsewhere = Follow { genesis: [9; 32], ..follow };
	assert!(matches!(elsewhere.check(&good, base, AT), Err(Error::SignatureWrong)));
	let revoking = ChartAct::RevokeDirective { id: DirectiveId([1; 32]) };
	let order = sign(&key(), &GENESIS, chart(1), revoking, EXPIRES);
	let other = StockOrder { order, ..good[0].clone() };
	assert!(matches!(elsewhere.check(&[other], base, AT), Err(Error::Malformed(_))));
}

#[test]
fn an_order_that_is_on_its_way_is_the_same_when_it_is_signed_once_more() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let replaces = Some(id(&stocks[0][0]));
	let first = asked(chart(0), 9, replaces);
	// Signatures differ each time.
	let again = || asked(chart(0), 9, replaces);
	assert_ne!(first.order, again().order);
	take(&case.store, chart(0), first.clone()).unwrap();
	take(&case.store, chart(0), again()).unwrap();
	assert_eq!(case.store.read(|rows| rows.first(&WAITING_ORDERS, 9)).unwrap().len(), 1);
	// The same directive for another place must wait for what becomes of it.
	let elsewhere = || take(&case.store, chart(0), asked(chart(0), 9, None));
	assert!(matches!(elsewhere(), Err(Error::Busy)));
	case.form(0).unwrap();
	assert!(matches!(elsewhere(), Err(Error::Busy)));
	// To end it there is no need to wait.
	let ending = ChartAct::RevokeDirective { id: DirectiveId([9; 32]) };
	let order = sign(&key(), &GENESIS, chart(0), ending, EXPIRES);
	let ending = PostedOrder { order, opening: None, stock: Vec::new() };
	take(&case.store, chart(0), again()).unwrap();
	assert!(case.store.read(|rows| rows.first(&WAITING_ORDERS, 9)).unwrap().is_empty());
	take(&case.store, chart(0), ending).unwrap();
	case.settle_all();
	case.form(0).unwrap();
	case.settle_all();
	// Once it is done the chain is asked, before the database.
	assert!(matches!(take(&case.store, chart(0), again()), Err(Error::PlaceMoved)));
}

#[test]
fn one_chart_does_not_fill_the_queue() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let slots = u8::try_from(COVER_SLOTS).unwrap();
	for n in 0..slots {
		take(&case.store, chart(0), asked(chart(0), 20 + n, None)).unwrap();
	}
	let more = asked(chart(0), 50, None);
	assert!(matches!(take(&case.store, chart(0), more.clone()), Err(Error::Busy)));
	// Others have places of their own.
	take(&case.store, chart(1), asked(chart(1), 60, Some(id(&stocks[1][0])))).unwrap();
	case.form(0).unwrap();
	take(&case.store, chart(0), more).unwrap();
}

#[test]
fn places_of_a_chart_are_bounded_by_whichever_way_they_come() {
	let (case, _) = Case::new();
	case.settle_all();
	let places = || {
		case.store
			.read(|rows| rows.get(&COVER, &chart(0)))
			.unwrap()
			.unwrap()
			.places
			.len()
	};
	let mut n = 20;
	while places() < MOST_PLACES - 1 {
		take(&case.store, chart(0), asked(chart(0), n, None)).unwrap();
		case.form(0).unwrap();
		case.settle_all();
		n += 1;
	}
	// The sixteenth waits; there is no seventeenth.
	take(&case.store, chart(0), asked(chart(0), 50, None)).unwrap();
	let over = asked(chart(0), 51, None);
	assert!(matches!(take(&case.store, chart(0), over.clone()), Err(Error::Malformed(_))));
	let left = || Cover { places: vec![stock(chart(0), None)] };
	let put = write_put(&case.store, 3, chart(0), left(), &[]);
	assert!(matches!(put, Err(Error::Malformed(_))));
	case.form(0).unwrap();
	case.settle_all();
	assert_eq!(places(), MOST_PLACES);
	assert!(matches!(take(&case.store, chart(0), over), Err(Error::Malformed(_))));
	// What is there can be replaced.
	let replacing = asked(chart(0), 52, Some(DirectiveId([50; 32])));
	take(&case.store, chart(0), replacing).unwrap();
	let again = stock(chart(0), Some(DirectiveId([20; 32])));
	let put = write_put(&case.store, 3, chart(0), Cover { places: vec![again] }, &[]);
	assert_eq!(put.unwrap().0.places.len(), MOST_PLACES);
}

/// A vault with two charts of one cohort, whose node is away.
async fn house() -> (tempfile::TempDir, Arc<Vault>, Vec<Vec<StockOrder>>) {
	let folder = tempfile::tempdir().unwrap();
	let storage = Storage::folder(&folder.path().join("objects")).unwrap();
	let vault = vault(folder.path(), 1, storage);
	let mut stocks = Vec::new();
	for n in 0..2 {
		enrol(&vault, chart(n));
		let left = stock(chart(n), None);
		let cover = Cover { places: vec![left.clone()] };
		write_put(&vault.store, 3, chart(n), cover, &[]).unwrap();
		stocks.push(left);
	}
	for (number, batch) in vault.store.read(|rows| rows.first(&RELAYING, 9)).unwrap() {
		settle(&vault.store, number, &batch, &HashSet::new()).unwrap();
	}
	(folder, vault, stocks)
}

/// Waits until it is so.
async fn until(mut so: impl FnMut() -> bool) {
	for _ in 0..1_000 {
		if so() {
			return;
		}
		tokio::time::sleep(Duration::from_millis(5)).await;
	}
	panic!("it never came");
}

#[tokio::test]
async fn a_caller_who_hangs_up_loses_nothing() {
	let (_folder, vault, stocks) = house().await;
	let posted = asked(chart(0), 9, Some(id(&stocks[0][0])));
	assert!(submit(&vault, chart(0), posted.clone()).now_or_never().is_none());
	until(|| vault.relay.state().working.contains(&0)).await;
	let waiting = vault.store.read(|rows| rows.first(&WAITING_ORDERS, MOST_WAITING)).unwrap();
	assert_eq!(waiting[0].1.order, posted.order);

	// Nobody is remembered as waiting for what was not taken.
	let moved = asked(chart(1), 10, Some(DirectiveId([7; 32])));
	assert!(submit(&vault, chart(1), moved).now_or_never().is_none());
	until(|| vault.relay.state().waiting.len() == 1).await;
	until(|| !vault.relay.state().waiting.contains_key(&(chart(1), DirectiveId([10; 32])))).await;
}

#[tokio::test]
async fn what_a_place_begins_with_goes_on_without_its_caller() {
	let (_folder, vault, _) = house().await;
	let cover = Cover { places: vec![stock(chart(0), None)] };
	assert!(leave(&vault, chart(0), cover, Vec::new()).now_or_never().is_none());
	until(|| vault.relay.state().working.contains(&0)).await;
	assert_eq!(vault.store.read(|rows| rows.first(&RELAYING, 9)).unwrap().len(), 1);
}

#[test]
fn a_restored_place_goes_on_where_the_chain_is() {
	let (case, stocks) = Case::new();
	case.settle_all();
	let here = chart(0);
	let direct = DirectiveId([7; 32]);
	let more = Cover { places: vec![stock(here, Some(direct))] };
	write_put(&case.store, 3, here, more, &[direct]).unwrap();
	// Since then the first place has gone on by five, and the other one's directive was ended.
	let now = id(&stocks[0][5]);
	follow(&case.store, &here, &[now]).unwrap();
	let row = case.store.read(|rows| rows.get(&COVER, &here)).unwrap().unwrap();
	assert_eq!(row.places.len(), 1);
	let place = &row.places[0];
	assert_eq!((place.current, place.previous, place.end - place.next), (now, None, 10));
	assert!(case.knows(here, now) && !case.knows(here, id(&stocks[0][0])));
	// The next of its stock follows what is active.
	take(&case.store, chart(1), asked(chart(1), 9, Some(id(&stocks[1][0])))).unwrap();
	assert!(case.form(0).unwrap().1.orders.contains(&stocks[0][6].order));
	// One whose last transaction may still come in stays, and so does one that did not move.
	for active in [now, id(&stocks[0][6])] {
		let before = case.store.read(|rows| rows.get(&COVER, &here)).unwrap();
		follow(&case.store, &here, &[active]).unwrap();
		assert_eq!(case.store.read(|rows| rows.get(&COVER, &here)).unwrap(), before);
	}
}

#[tokio::test]
async fn what_waited_at_the_backup_is_not_submitted_after_a_restore() {
	let (_folder, vault, stocks) = house().await;
	take(&vault.store, chart(0), asked(chart(0), 9, Some(id(&stocks[0][0])))).unwrap();
	let active = async |of| {
		let stock = if of == chart(0) { &stocks[0] } else { &stocks[1] };
		Ok(vec![id(&stock[2])])
	};
	super::after_restore(&vault, active).await.unwrap();
	assert!(vault.store.read(|rows| rows.first(&WAITING_ORDERS, 9)).unwrap().is_empty());
	for n in 0..2 {
		let row = vault.store.read(|rows| rows.get(&COVER, &chart(n))).unwrap().unwrap();
		assert_eq!(row.places[0].current, id(&stocks[usize::from(n)][2]));
	}
}
