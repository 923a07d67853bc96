//! What is found and what is not, without a node.

use super::{
	rows::{
		begin, fitting, note_among, place_card, register, revoke_card, set_opted_out, state,
		unregister, MAX_ENDED,
	},
	*,
};
use crate::{
	routes::tests::{Harness, CHART},
	store::{
		unvouched, ChartRow, EmergencyRow, NewChart, Store, TakenIn, CHARTS, DISCLOSURES,
		EMERGENCIES, EMERGENCY_CARDS, MISS_PLACES, TAKEN_IN,
	},
};
use salus_client::{
	finding::CardCode,
	vault_api::{
		encode_header, Gender, Head, SearchKind, CHART_EMERGENCY_CARD, CHART_FINDABLE,
		CHART_PARTICULARS, SEARCHES, SEARCH_DISCLOSURES,
	},
};
use salus_primitives::{ids::Salt, seal::Opening, search::SearchTerms};

const OTHER: ChartId = ChartId([0xc5; 32]);
const SEARCH: BreakGlassId = BreakGlassId([6; 32]);

fn who(given: &str, born: &str, gender: Option<Gender>) -> Particulars {
	Particulars::new("Heuvel", given, born, gender).unwrap()
}

fn pieter(gender: Option<Gender>) -> Particulars {
	who("Pieter", "1944-11-17", gender)
}

fn person(particulars: Particulars) -> Question {
	Question::Person { particulars }
}

fn asked(store: &Store, question: &Question) -> Option<ChartId> {
	match store.read(|rows| fitting(rows, question)).unwrap().as_slice() {
		[one] => Some(*one),
		_ => None,
	}
}

fn registered(store: &Store, chart: ChartId, particulars: &Particulars) -> Result<()> {
	store.write(|rows| register(rows, chart, particulars))
}

fn with_card(store: &Store, chart: ChartId) -> (CardCode, Question) {
	let code = CardCode::new(1).unwrap();
	store.write(|rows| place_card(rows, chart, code.digest())).unwrap();
	let question = Question::Code { code: *code.code() };
	(code, question)
}

#[test]
fn a_card_finds_its_chart_until_another_is_made_or_it_is_revoked() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let (code, first) = with_card(store, CHART);
	assert_eq!(asked(store, &first), Some(CHART));
	assert_eq!(asked(store, &Question::Code { code: [1; 16] }), None);
	let (_, second) = with_card(store, CHART);
	assert_eq!((asked(store, &first), asked(store, &second)), (None, Some(CHART)));
	store.write(|rows| revoke_card(rows, CHART)).unwrap();
	assert_eq!(asked(store, &second), None);
	// Who has the card that ended does not make it lead to their own chart; who made it may use it again.
	let taken = store.write(|rows| place_card(rows, OTHER, code.digest()));
	assert!(matches!(taken, Err(Error::AlreadyExists(_))));
	assert_eq!(asked(store, &first), None);
	store.write(|rows| place_card(rows, CHART, code.digest())).unwrap();
	assert_eq!((asked(store, &first), asked(store, &second)), (Some(CHART), None));
	// Who found somebody's card does not make it their own.
	let (code, question) = with_card(store, CHART);
	let taken = store.write(|rows| place_card(rows, OTHER, code.digest()));
	assert!(matches!(taken, Err(Error::AlreadyExists(_))));
	assert_eq!(asked(store, &question), Some(CHART));
}

#[test]
fn of_many_cards_that_ended_the_newest_are_kept_from_others() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let codes: Vec<_> = (0..MAX_ENDED + 2).map(|_| with_card(store, CHART).0).collect();
	let mut taken = codes
		.iter()
		.map(|code| store.write(|rows| place_card(rows, OTHER, code.digest())).is_err());
	assert_eq!(taken.next(), Some(false));
	assert!(taken.all(|taken| taken));
	let ended = store.read(|rows| state(rows, CHART)).unwrap().ended;
	assert_eq!(ended.len(), MAX_ENDED);
}

#[test]
fn the_vault_keeps_what_it_was_told_after_a_kill() {
	let harness = Harness::new();
	let (_, question) = with_card(&harness.vault.store, CHART);
	registered(&harness.vault.store, CHART, &pieter(None)).unwrap();
	let harness = harness.killed();
	assert_eq!(asked(&harness.vault.store, &question), Some(CHART));
	assert_eq!(asked(&harness.vault.store, &person(pieter(None))), Some(CHART));
}

#[test]
fn only_who_is_the_same_in_everything_is_found() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	registered(store, CHART, &pieter(Some(Gender::Male))).unwrap();
	for (fits, question) in [
		(true, pieter(Some(Gender::Male))),
		(true, pieter(None)),
		(false, pieter(Some(Gender::Female))),
		(false, pieter(Some(Gender::Other))),
		(false, who("Pieter", "1944-11-18", Some(Gender::Male))),
		(false, who("Piet", "1944-11-17", Some(Gender::Male))),
		(false, Particulars::new("Heuvels", "Pieter", "1944-11-17", None).unwrap()),
	] {
		assert_eq!(asked(store, &person(question)), fits.then_some(CHART));
	}
	// One whose gender is not known fits every one.
	registered(store, CHART, &pieter(None)).unwrap();
	for gender in [None, Some(Gender::Male), Some(Gender::Female)] {
		assert_eq!(asked(store, &person(pieter(gender))), Some(CHART));
	}
	// What was registered before does not count any more.
	registered(store, CHART, &who("Piet", "1944-11-17", None)).unwrap();
	assert_eq!(asked(store, &person(pieter(None))), None);
	store.write(|rows| unregister(rows, CHART)).unwrap();
	assert_eq!(asked(store, &person(who("Piet", "1944-11-17", None))), None);
}

#[test]
fn of_two_who_are_alike_neither_is_found() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	registered(store, CHART, &pieter(Some(Gender::Male))).unwrap();
	registered(store, OTHER, &pieter(None)).unwrap();
	assert_eq!(asked(store, &person(pieter(None))), None);
	assert_eq!(asked(store, &person(pieter(Some(Gender::Male)))), None);
	// The other one alone fits that.
	assert_eq!(asked(store, &person(pieter(Some(Gender::Female)))), Some(OTHER));
	store.write(|rows| set_opted_out(rows, OTHER, true)).unwrap();
	assert_eq!(asked(store, &person(pieter(None))), Some(CHART));
}

#[test]
fn who_opted_out_is_not_found_and_not_registered() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let (code, card) = with_card(store, CHART);
	registered(store, CHART, &pieter(None)).unwrap();
	let all = Findable { card: true, registered: true, opted_out: false };
	assert_eq!(store.read(|rows| state(rows, CHART)).unwrap().told(), all);
	let none = Findable { card: false, registered: false, opted_out: true };
	assert_eq!(store.write(|rows| set_opted_out(rows, CHART, true)).unwrap(), none);
	assert_eq!((asked(store, &card), asked(store, &person(pieter(None)))), (None, None));
	let left = store.read(|rows| {
		let mark = crate::store::PersonMark::of(rows, &pieter(None));
		Ok((rows.get(&EMERGENCY_CARDS, &code.digest())?, rows.get(&crate::store::PERSONS, &mark)?))
	});
	// The code is kept from others, and finds nothing.
	assert_eq!(left.unwrap(), (Some(CHART), None));
	let again = registered(store, CHART, &pieter(None));
	assert!(matches!(again, Err(Error::OptedOut)));
	let placed = store.write(|rows| place_card(rows, CHART, code.digest()));
	assert!(matches!(placed, Err(Error::OptedOut)));
	// In again, they begin anew.
	let again = store.write(|rows| set_opted_out(rows, CHART, false)).unwrap();
	assert_eq!(again, Findable { card: false, registered: false, opted_out: false });
	registered(store, CHART, &pieter(None)).unwrap();
	assert_eq!(asked(store, &person(pieter(None))), Some(CHART));
}

#[test]
fn a_chart_that_came_with_a_holding_waits_for_its_patient() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let taken = TakenIn { from: 2, other_key: None };
	store
		.write::<_, StoreError>(|rows| rows.put(&TAKEN_IN, &CHART, &taken))
		.unwrap();
	assert!(matches!(registered(store, CHART, &pieter(None)), Err(Error::OptedOut)));
	store.write(|rows| set_opted_out(rows, CHART, false)).unwrap();
	registered(store, CHART, &pieter(None)).unwrap();
	assert_eq!(asked(store, &person(pieter(None))), Some(CHART));
}

#[test]
fn a_restored_vault_finds_nobody_until_they_opt_in() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	let (_, card) = with_card(store, CHART);
	registered(store, CHART, &pieter(None)).unwrap();
	registered(store, OTHER, &pieter(None)).unwrap();
	let restored = |at| store.write(|rows| after_restore(rows, at)).unwrap();
	restored(9);
	// They may have opted out, or ended the card, since the backup.
	let none = Findable { card: false, registered: false, opted_out: true };
	let told = |chart| store.read(|rows| state(rows, chart)).unwrap().told();
	assert_eq!((asked(store, &card), asked(store, &person(pieter(None)))), (None, None));
	for chart in [CHART, OTHER, ChartId([1; 32])] {
		assert_eq!(told(chart), none);
		assert!(matches!(registered(store, chart, &pieter(None)), Err(Error::OptedOut)));
	}
	// An officer brings nothing back.
	store.write(|rows| unregister(rows, OTHER)).unwrap();
	assert_eq!(told(OTHER), none);
	// Opted in, they begin anew.
	let again = store.write(|rows| set_opted_out(rows, CHART, false)).unwrap();
	assert_eq!(again, Findable { opted_out: false, ..none });
	assert_eq!((asked(store, &card), asked(store, &person(pieter(None)))), (None, None));
	registered(store, CHART, &pieter(None)).unwrap();
	assert_eq!(asked(store, &person(pieter(None))), Some(CHART));
	// One that was not there before has nothing to opt into.
	store.write(|rows| begin(rows, ChartId([1; 32]))).unwrap();
	assert_eq!(told(ChartId([1; 32])), Findable { opted_out: false, ..none });
	// One that is known is not new.
	store.write(|rows| begin(rows, OTHER)).unwrap();
	assert_eq!(told(OTHER), none);
	// Restored once more, it holds again.
	restored(10);
	assert_eq!((told(CHART), asked(store, &person(pieter(None)))), (none, None));
}

#[test]
fn a_chart_that_is_not_in_use_keeps_no_other_from_being_found() {
	let facts = |chart: ChartId, custodian, state| ChartFacts {
		chart,
		custodian,
		key: [1; 32],
		state,
		posthumous: None,
		directives: Vec::new(),
	};
	let known = facts(CHART, 1, ChartState::Active);
	assert_eq!(only([], 1), None);
	assert_eq!(only([known.clone()], 1), Some(CHART));
	assert_eq!(only([known.clone()], 2), None);
	assert_eq!(only([facts(OTHER, 1, ChartState::Deactivated), known.clone()], 1), Some(CHART));
	assert_eq!(only([facts(OTHER, 2, ChartState::Active), known.clone()], 1), Some(CHART));
	assert_eq!(only([facts(OTHER, 1, ChartState::Active), known], 1), None);
}

fn miss_of(id: u8, at: Moment) -> MissRow {
	MissRow {
		search: BreakGlassId([id; 32]),
		account: [1; 32],
		practitioner: 2,
		organisation: 2,
		kind: SearchKind::Person,
		first: at,
		last: at,
		times: 1,
	}
}

#[test]
fn misses_are_remembered_once_each_and_a_bounded_number_of_them() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	for (id, at) in [(1, 10), (2, 11), (1, 12), (3, 13), (4, 14)] {
		store
			.write::<_, StoreError>(|rows| note_among(rows, miss_of(id, at), 3))
			.unwrap();
	}
	let list = store.read(|rows| missed(rows, 0)).unwrap();
	let kept: Vec<_> = list.searches.iter().map(|miss| miss.search.0[0]).collect();
	assert_eq!((kept, list.next), (vec![2, 3, 4], None));
	let place = store.read(|rows| rows.get(&MISS_PLACES, &BreakGlassId([1; 32]))).unwrap();
	assert_eq!(place, None);
	// Asked again, it is no second one.
	store
		.write::<_, StoreError>(|rows| note_among(rows, miss_of(3, 20), 3))
		.unwrap();
	let list = store.read(|rows| missed(rows, 2)).unwrap();
	let again = list.searches.first().unwrap();
	assert_eq!((list.searches.len(), again.first, again.last, again.times), (2, 13, 20, 2));
	assert!(store.read(|rows| missed(rows, 9)).unwrap().searches.is_empty());
}

#[tokio::test]
async fn a_hit_is_in_the_log_and_the_mailbox_and_known_by_its_search() {
	let harness = Harness::new();
	let access = Access {
		account: [1; 32],
		chart: CHART,
		accessor: Accessor::Staff { account: [1; 32], organisation: 2, role: Role::Clinician },
		practitioner: Some(2),
		action: Action::Access,
		purpose: Purpose::EmergencyTreatment,
		subject: Subject::Presence,
		head: Head { number: 1, hash: [7; 32], at: 5 },
	};
	let outcome = Outcome::Released(Basis::BreakGlass(SEARCH));
	disclosures::log(&harness.vault, access, outcome).await.unwrap();
	let (line, notices, hit) = harness
		.vault
		.store
		.read(|rows| {
			let line = rows.get(&DISCLOSURES, &(CHART, 0))?;
			Ok((line, rows.get(&EMERGENCIES, &CHART)?, rows.get(&SEARCH_HITS, &SEARCH)?))
		})
		.unwrap();
	let line = line.unwrap().opening.terms;
	assert_eq!((line.subject, line.outcome), (Subject::Presence, outcome));
	let notice = EmergencyRow { id: SEARCH, first: 0, last: 0, releases: 1 };
	assert_eq!((notices, hit), (Some(vec![notice]), Some(CHART)));
	// The first one counts.
	harness.vault.store.write(|rows| note(rows, &OTHER, SEARCH)).unwrap();
	let hit = harness.vault.store.read(|rows| rows.get(&SEARCH_HITS, &SEARCH)).unwrap();
	assert_eq!(hit, Some(CHART));
}

fn shown_search(question: &Question) -> ShownInSearch {
	let salt = Salt([3; 32]);
	let opening = Opening { terms: question.terms(&salt), salt };
	ShownInSearch { shown: ShownSearch { id: SEARCH, opening }, head: 1 }
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_before_the_chain_is_asked() {
	let harness = Harness::new();
	let token = harness.token("//Lakeside//DrBrooks");
	let ask = |question: Question| {
		let asked = AskSearch { shown: shown_search(&question), question };
		serde_json::to_string(&asked).unwrap()
	};
	let mut wrong = pieter(None);
	wrong.family = "van de Heuvel".into();
	let refused = harness.refusal("POST", SEARCHES, Some(&token), ask(person(wrong))).await;
	assert_eq!(refused, (400, "malformed".into()));
	// The rest is the chain's to say, and our node is away.
	for question in [person(pieter(None)), Question::Code { code: [1; 16] }] {
		let refused = harness.refusal("POST", SEARCHES, Some(&token), ask(question)).await;
		assert_eq!(refused, (503, "node-unavailable".into()));
	}
	let mut answers = Vec::new();
	for _ in 0..60 {
		let body = ask(person(pieter(None)));
		answers.push(harness.refusal("POST", SEARCHES, Some(&token), body).await.0);
	}
	assert_eq!(answers.last(), Some(&429));
}

#[tokio::test]
async fn a_reviewer_must_show_the_very_search() {
	let harness = Harness::new();
	let route = SEARCH_DISCLOSURES.replace("{emergency}", &SEARCH.to_string());
	let route = format!("{route}?organisation=3");
	let token = harness.token("//Reviewer");
	let refused = harness.refusal("GET", &route, Some(&token), "").await;
	assert_eq!(refused, (400, "malformed".into()));
	let mut headers = HeaderMap::new();
	assert!(matches!(shown(&headers), Err(Error::Malformed(_))));
	let sent = shown_search(&Question::Code { code: [1; 16] });
	headers.insert(SEARCH_HEADER, encode_header(&sent).unwrap().parse().unwrap());
	assert_eq!(shown(&headers).unwrap(), sent);
	let vault = &harness.vault;
	let query = ReviewQuery { organisation: 3, from: 0 };
	let session = vault.sign_ins.session(&token).unwrap();
	let other = lines(vault, session, sent.clone(), BreakGlassId([9; 32]), query).await;
	assert!(matches!(other, Err(Error::Malformed(_))));
	let own = lines(vault, session, sent, SEARCH, query).await;
	assert!(matches!(own, Err(Error::NodeUnavailable(_))));
}

#[tokio::test]
async fn the_patient_is_told_how_they_can_be_found_and_nobody_else() {
	let harness = Harness::new();
	let new = NewChart { chart: OTHER, key: [3; 32], encryption_key: unvouched([4; 32]) };
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| rows.put(&CHARTS, &OTHER, &ChartRow::empty(new)))
		.unwrap();
	with_card(&harness.vault.store, CHART);
	let at = |route: &str, chart: ChartId| route.replace("{chart}", &chart.to_string());
	let patient = harness.token("//Patient");
	let route = at(CHART_FINDABLE, CHART);
	let told: (_, Findable) = harness.send("GET", &route, Some(&patient), "").await;
	assert_eq!(told, (200, Findable { card: true, registered: false, opted_out: false }));
	let refused = harness.refusal("GET", &at(CHART_FINDABLE, OTHER), Some(&patient), "").await;
	assert_eq!(refused, (403, "not-the-charts-key".into()));
	// What changes something asks the chain who it is, and our node is away.
	let body = serde_json::to_string(&PutCard { code: salus_primitives::ids::Digest([1; 32]) });
	let route = at(CHART_EMERGENCY_CARD, CHART);
	let refused = harness.refusal("PUT", &route, Some(&patient), body.unwrap()).await;
	assert_eq!(refused, (503, "node-unavailable".into()));
	let body = serde_json::to_string(&pieter(None)).unwrap();
	let route = at(CHART_PARTICULARS, CHART);
	let refused = harness.refusal("PUT", &route, Some(&patient), body).await;
	assert_eq!(refused, (503, "node-unavailable".into()));
}

#[test]
fn what_is_asked_is_what_was_sealed() {
	let salt = Salt([3; 32]);
	let question = person(pieter(None));
	assert_eq!(question.terms(&salt), SearchTerms::person(&pieter(None), &salt));
	for other in [person(pieter(Some(Gender::Male))), Question::Code { code: [1; 16] }] {
		assert_ne!(other.terms(&salt), question.terms(&salt));
	}
	assert_ne!(question.terms(&Salt([4; 32])), question.terms(&salt));
	assert_eq!(format!("{question:?}"), "Question(Person)");
}
