//! A thousand people with charts at three hospitals, who visit one of them and, while they are there,
//! share what the two others have.
//!
//! What wallets sign is signed by the client library, what vaults put together by the vault's own
//! `compose`, what the chain does by its runtime. Only the wire between them is left out.

use crate::{
	chain::{Block, Chain, GENESIS},
	draw::Draw,
};
use codec::{Decode, Encode};
use pallet_patient_identity::MAX_ENROLMENTS;
use salus_client::{
	cover::{sign, Place, PLACES},
	keys::{Identity, KeyFile},
	vault_api::Signature,
};
use salus_primitives::{
	codes::{Action, Actions, GrantorBasis, Obligations, Purpose, Purposes, Rule, Strength},
	directive::{DirectiveTerms, Grantee, Scope},
	enrolment::{EnrolmentStatement, ENROLMENT_DOMAIN},
	ids::{derive_id, ChartId, DirectiveId, IdDomain, RecordId, Salt},
	order::{order_expiry, ChartAct, ChartOrder, MAX_ORDERS},
	seal::Opening,
	time::Period,
};
use salus_runtime::Runtime;
use salus_vault::relay::compose::{compose, Member, Pick};
use sp_runtime::MultiSignature;
use std::collections::BTreeMap;

/// The hospital whose records are shared, the one that is visited, and a third.
pub(crate) const HOUSES: [(&str, u32); 3] =
	[("//Mercy", 1), ("//Lakeside", 2), ("//BrightSmile", 3)];
/// Place of the hospital that is visited.
const VISITED: usize = 1;
/// The practitioner there who asks.
const ASKING: &str = "//Lakeside//DrBrooks";
const ASKING_NUMBER: u32 = 2;
/// Days that are played.
const DAYS: usize = 40;
/// Blocks that a visit lasts.
pub(crate) const VISIT: u32 = 4;
/// First contacts in one block.
const CONTACTS: usize = 25;
/// Transactions of whole cohorts for which a block has room.
const BATCHES: usize = 4;

/// What goes wrong in a world, on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Leak {
	/// Nothing.
	#[default]
	None,
	/// Wallets send transactions of their own instead of orders.
	Bypass,
	/// Wallets use one salt for all charts of a person.
	SameSalt,
	/// People are enrolled at all hospitals in one order, and nobody visits.
	SameOrder,
}

/// What the attacker is given of a visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
	/// Whose chart at the visited hospital.
	pub(crate) chart: ChartId,
	/// The block in which it began.
	pub(crate) block: u32,
}

/// What everybody can see, what the attacker is given, and what they look for.
pub(crate) struct World {
	pub(crate) blocks: Vec<Block>,
	pub(crate) state: Vec<(Vec<u8>, Vec<u8>)>,
	pub(crate) visits: Vec<Visit>,
	/// The charts of each person at the visited hospital and at the other.
	pub(crate) truth: Vec<(ChartId, ChartId)>,
}

/// A place as wallet and vault keep it together.
struct Spot {
	place: Place,
	used: u32,
	current: DirectiveId,
	speaks: Option<DirectiveTerms>,
}

struct Chart {
	id: ChartId,
	identity: Identity,
	spots: Vec<Spot>,
}

struct House {
	organisation: u32,
	records: Identity,
	vault: Identity,
	/// By number of the person.
	charts: Vec<Chart>,
	/// Numbers of the people in order of first contact.
	contacts: Vec<usize>,
}

/// What somebody does in the block that is being made.
enum Wish {
	/// Gives a place of cover these terms.
	Share(DirectiveTerms),
	/// Gives one that speaks cover instead.
	End,
}

fn key(uri: &str) -> Identity {
	KeyFile::from_dev_uri(uri).expect("a development key").into_identity()
}

fn to_runtime(order: &ChartOrder<Signature>) -> ChartOrder<MultiSignature> {
	Decode::decode(&mut order.encode().as_slice()).expect("one encoding")
}

/// A place of which the orders are signed when they are used, for the same bytes as beforehand.
fn spot(
	chart: ChartId,
	base: Option<DirectiveId>,
	speaks: Option<DirectiveTerms>,
	draw: &mut Draw,
) -> Spot {
	let holds = base.filter(|_| speaks.is_some());
	let seed = Salt(draw.bytes());
	let place = Place { chart, seed, base, holds, count: 64, expires: 0, key: 0 };
	Spot { place, used: 0, current: base.unwrap_or_default(), speaks }
}

impl Chart {
	/// The next order of a place's stock.
	fn advance(&mut self, place: usize, now: u64) -> ChartOrder<Signature> {
		let Self { id: chart, identity, spots } = self;
		let spot = &mut spots[place];
		let (id, salt) = spot
			.place
			.chain(&GENESIS.0)
			.nth(spot.used as usize)
			.expect("more than is ever used");
		let terms = spot.speaks.clone().unwrap_or(DirectiveTerms::cover());
		let seal = Opening { terms, salt }.seal();
		let replaces = Some(spot.current).filter(|_| spot.used > 0 || spot.place.base.is_some());
		spot.used += 1;
		spot.current = id;
		let act = ChartAct::IssueDirective { id, seal, replaces };
		sign(identity, &GENESIS.0, *chart, act, order_expiry(now))
	}

	/// A place's directive is replaced by another with these terms, or by cover.
	fn change(
		&mut self,
		place: usize,
		speaks: Option<DirectiveTerms>,
		draw: &mut Draw,
		now: u64,
	) -> ChartOrder<Signature> {
		let id_salt = Salt(draw.bytes());
		let id = derive_id(IdDomain::Directive, &(GENESIS.0, self.id), &id_salt).into();
		let terms = speaks.clone().unwrap_or(DirectiveTerms::cover());
		let opening = Opening { terms, salt: Salt(draw.bytes()) };
		let replaces = Some(self.spots[place].current);
		let act = ChartAct::IssueDirective { id, seal: opening.seal(), replaces };
		self.spots[place] = spot(self.id, Some(id), speaks, draw);
		sign(&self.identity, &GENESIS.0, self.id, act, order_expiry(now))
	}

	/// A place for this wish, drawn as the wallet draws it.
	fn place_for(&self, wish: &Wish, draw: &mut Draw) -> Option<usize> {
		let fits = |spot: &&(usize, &Spot)| match wish {
			Wish::Share(_) => spot.1.speaks.is_none(),
			Wish::End => spot.1.speaks.is_some(),
		};
		let places: Vec<_> = self.spots.iter().enumerate().collect();
		let places: Vec<_> = places.iter().filter(fits).map(|(place, _)| *place).collect();
		(!places.is_empty()).then(|| places[draw.below(places.len())])
	}
}

fn permit(draw: &mut Draw, now: u64) -> DirectiveTerms {
	DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::PractitionerAt(ASKING_NUMBER, HOUSES[VISITED].1),
		scope: Scope::default(),
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		period: Period { from: now, until: Some(now + 1 + draw.next() % 1_000_000) },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	}
}

/// Plays a world of so many people.
pub(crate) fn play(people: usize, seed: u64, leak: Leak) -> World {
	let mut draw = Draw::new(seed);
	let mut chain = Chain::start();
	let orders: Vec<Vec<usize>> = if leak == Leak::SameOrder {
		vec![draw.order(people); HOUSES.len()]
	} else {
		HOUSES.iter().map(|_| draw.order(people)).collect()
	};
	let mut houses: Vec<_> = HOUSES
		.iter()
		.map(|(uri, organisation)| House {
			organisation: *organisation,
			records: key(&format!("{uri}//Records")),
			vault: key(&format!("{uri}//Vault")),
			charts: (0..people)
				.map(|person| chart(person, *organisation, seed, &mut draw))
				.collect(),
			contacts: Vec::new(),
		})
		.collect();
	for (house, order) in houses.iter().zip(&orders) {
		enrol(&mut chain, house, order);
	}
	for house in &mut houses {
		house.contacts = draw.order(people);
	}
	first_contacts(&mut chain, &mut houses, leak, people, &mut draw);

	let mut visits = Vec::new();
	if matches!(leak, Leak::None | Leak::Bypass) {
		visits = live(&mut chain, &mut houses, leak, people, &mut draw);
	}
	chain.next();
	let truth = (0..people)
		.map(|person| (houses[VISITED].charts[person].id, houses[0].charts[person].id))
		.collect();
	World { state: chain.export(), blocks: chain.blocks, visits, truth }
}

fn chart(person: usize, organisation: u32, seed: u64, draw: &mut Draw) -> Chart {
	let identity = key(&format!("//{seed}//{organisation}//{person}"));
	let parties = (GENESIS.0, organisation, identity.account());
	let id: ChartId = derive_id(IdDomain::Chart, &parties, &Salt(draw.bytes())).into();
	let spots = (0..PLACES).map(|_| spot(id, None, None, draw)).collect();
	Chart { id, identity, spots }
}

fn enrol(chain: &mut Chain, house: &House, order: &[usize]) {
	for batch in order.chunks(MAX_ENROLMENTS as usize) {
		let entries: Vec<_> = batch
			.iter()
			.map(|person| {
				let chart = &house.charts[*person];
				let statement = EnrolmentStatement {
					domain: ENROLMENT_DOMAIN,
					genesis: GENESIS.0,
					custodian: house.organisation,
					chart: chart.id,
					key: chart.identity.account(),
					expires: chain.now() + 3_600_000,
					guard: None,
				};
				let signature = chart.identity.sign(&statement.encode()).encode();
				let signature = Decode::decode(&mut signature.as_slice()).expect("one encoding");
				(statement, signature)
			})
			.collect();
		let entries = entries.try_into().expect("no more than a batch holds");
		let organisation = house.organisation;
		let call = pallet_patient_identity::Call::<Runtime>::enrol_charts { organisation, entries };
		chain.send(&house.records, call);
		chain.next();
	}
}

/// Every wallet leaves cover, in an order that is another at each hospital.
fn first_contacts(
	chain: &mut Chain,
	houses: &mut [House],
	leak: Leak,
	people: usize,
	draw: &mut Draw,
) {
	if leak == Leak::SameSalt {
		for person in 0..people {
			let salt = Salt(draw.bytes());
			for house in houses.iter() {
				same_salt(chain, house, &house.charts[person], salt);
			}
			chain.next();
		}
		return;
	}
	for from in (0..people).step_by(CONTACTS) {
		for house in houses.iter_mut() {
			for place in from..people.min(from + CONTACTS) {
				let chart = &mut house.charts[house.contacts[place]];
				let orders = (0..chart.spots.len()).map(|place| chart.advance(place, chain.now()));
				let orders: Vec<_> = orders.collect();
				submit(chain, &house.vault, &orders);
			}
		}
		chain.next();
	}
}

/// A directive with a salt that other charts of the person have as well.
fn same_salt(chain: &mut Chain, house: &House, chart: &Chart, salt: Salt) {
	let id = derive_id(IdDomain::Directive, &(GENESIS.0, chart.id), &salt).into();
	let seal = Opening { terms: DirectiveTerms::cover(), salt }.seal();
	let act = ChartAct::IssueDirective { id, seal, replaces: None };
	let order = sign(&chart.identity, &GENESIS.0, chart.id, act, order_expiry(chain.now()));
	submit(chain, &house.vault, &[order]);
}

fn submit(chain: &mut Chain, vault: &Identity, orders: &[ChartOrder<Signature>]) {
	let orders: Vec<_> = orders.iter().map(to_runtime).collect();
	let orders = orders.try_into().expect("no more than a batch holds");
	chain.send(vault, pallet_consent::Call::<Runtime>::submit_orders { orders });
}

/// The days: visits one after the other and beside each other, records, requests, shares, and ends of
/// shares at other times.
fn live(
	chain: &mut Chain,
	houses: &mut [House],
	leak: Leak,
	people: usize,
	draw: &mut Draw,
) -> Vec<Visit> {
	let mut plan: Vec<Vec<usize>> = vec![Vec::new(); DAYS];
	for person in 0..people {
		for _ in 0..1 + draw.below(2) {
			plan[draw.below(DAYS)].push(person);
		}
	}
	let asking = key(ASKING);
	let mut visits = Vec::new();
	for mut today in plan {
		draw.shuffle(&mut today);
		let mut wishes: BTreeMap<u32, Vec<(usize, usize, Wish)>> = BTreeMap::new();
		let first = chain.number();
		for (n, person) in (0..).zip(&today) {
			let block = first + n;
			visits.push(Visit { chart: houses[VISITED].charts[*person].id, block });
			for (house, often) in [(0, 60), (2, 20)] {
				if draw.percent(often) {
					let wish = Wish::Share(permit(draw, chain.now()));
					let at = block + 1 + draw.below(2) as u32;
					wishes.entry(at).or_default().push((house, *person, wish));
				}
			}
			// Somebody somewhere ends what they shared before.
			if draw.percent(20) {
				let (house, person) = ([0, 2][draw.below(2)], draw.below(people));
				wishes.entry(block).or_default().push((house, person, Wish::End));
			}
		}
		let last = first + today.len() as u32 + VISIT;
		while chain.number() < last {
			let at = (chain.number() - first) as usize;
			if at < today.len() {
				arrive(chain, &houses[VISITED], &asking, draw);
			}
			// Those too of blocks that had no room.
			let to_come = wishes.split_off(&(chain.number() + 1));
			let now = std::mem::replace(&mut wishes, to_come).into_values().flatten().collect();
			let later = fulfil(chain, houses, leak, now, draw);
			chain.next();
			wishes.entry(chain.number()).or_default().extend(later);
		}
		chain.skip(20 * 3600);
		chain.next();
	}
	visits
}

/// What the visited hospital does for whoever comes.
fn arrive(chain: &mut Chain, house: &House, asking: &Identity, draw: &mut Draw) {
	let organisation = house.organisation;
	let new = |draw: &mut Draw| pallet_record_anchor::NewRecord {
		id: RecordId::from(draw.bytes()).anchored_at(organisation),
		leaf: draw.bytes().into(),
		replaces: None,
	};
	let records: Vec<_> = (0..=draw.below(2)).map(|_| new(draw)).collect();
	let records = records.try_into().expect("a few");
	let call = pallet_record_anchor::Call::<Runtime>::anchor_records { organisation, records };
	chain.send(&house.vault, call);
	let call = pallet_consent::Call::<Runtime>::request_access {
		organisation,
		id: draw.bytes().into(),
		seal: draw.bytes().into(),
		lapses: chain.now() + 3_600_000,
	};
	chain.send(asking, call);
}

/// People of a cohort who want something done, and the order by which it is.
type Asked = Vec<(usize, ChartOrder<Signature>)>;

/// Does what is wished for, each as its wallet and its vault do it.
fn fulfil(
	chain: &mut Chain,
	houses: &mut [House],
	leak: Leak,
	wishes: Vec<(usize, usize, Wish)>,
	draw: &mut Draw,
) -> Vec<(usize, usize, Wish)> {
	let mut later = Vec::new();
	let now = chain.now();
	// Of each house and cohort: whose order, and the order.
	let mut asked: BTreeMap<(usize, usize), Asked> = BTreeMap::new();
	for (house, person, wish) in wishes {
		let of = &mut houses[house];
		let contact = of.contacts.iter().position(|known| *known == person);
		let cohort = (house, contact.unwrap_or_default() / MAX_ORDERS as usize);
		let is_full = asked.len() >= BATCHES && !asked.contains_key(&cohort);
		let is_in = asked
			.get(&cohort)
			.is_some_and(|some| some.iter().any(|(who, _)| *who == person));
		if is_full || is_in {
			later.push((house, person, wish));
			continue;
		}
		let Some(place) = of.charts[person].place_for(&wish, draw) else { continue };
		let speaks = match wish {
			Wish::Share(terms) => Some(terms),
			Wish::End => None,
		};
		let order = of.charts[person].change(place, speaks, draw, now);
		if leak == Leak::Bypass {
			directly(chain, &of.charts[person], &order);
		} else {
			asked.entry(cohort).or_default().push((person, order));
		}
	}
	for ((house, cohort), asked) in asked {
		let of = &mut houses[house];
		let size = MAX_ORDERS as usize;
		let people: Vec<_> = of.contacts.iter().skip(cohort * size).take(size).copied().collect();
		let members: Vec<_> = people
			.iter()
			.map(|person| Member {
				chart: of.charts[*person].id,
				stocked: (0..of.charts[*person].spots.len() as u32).collect(),
			})
			.collect();
		let charts: Vec<_> = asked.iter().map(|(_, order)| order.chart).collect();
		let picks = compose(&charts, &members, size, |below| draw.below(below));
		let orders: Vec<_> = picks
			.into_iter()
			.map(|pick| match pick {
				Pick::Asked(at) => asked[at].1,
				Pick::Stock { member, place } => {
					of.charts[people[member]].advance(place as usize, now)
				},
			})
			.collect();
		submit(chain, &of.vault, &orders);
	}
	later
}

/// The same by a transaction of one's own.
fn directly(chain: &mut Chain, chart: &Chart, order: &ChartOrder<Signature>) {
	let ChartAct::IssueDirective { id, seal, replaces } = order.act else { return };
	let chart_id = chart.id;
	let call =
		pallet_consent::Call::<Runtime>::issue_directive { chart: chart_id, id, seal, replaces };
	chain.send(&chart.identity, call);
}
