//! What does not fit the chain is refused.

use super::*;
use salus_client::vault_api::{HandedEnd, Signature};
use salus_primitives::{
	ask::{Ask, AskTerms, Wish},
	codes::{AskState, ChartState, DirectiveState, Interpreter, RecordState, RequestState},
	decision::{ChartFacts, RecordFacts},
	ids::AskId,
	paper::{OnPaper, PaperTerms},
	petition::Petition,
	views::{AskView, DirectiveView, PetitionView, RecordView, RequestView},
};

/// Whether rows of which this was done to are refused.
fn refused(change: impl FnOnce(&mut Vec<HandedRow>)) -> &'static str {
	let folder = tempfile::tempdir().unwrap();
	let mut all = as_they_come(&giver(&folder));
	change(&mut all);
	check::shape(PARTIES, &handed(CHART, &all), &all).unwrap_err()
}

fn first(all: &mut [HandedRow], is: impl Fn(&HandedRow) -> bool) -> &mut HandedRow {
	all.iter_mut().find(|row| is(row)).unwrap()
}

#[test]
fn a_chart_is_whole_or_refused() {
	let folder = tempfile::tempdir().unwrap();
	let all = as_they_come(&giver(&folder));
	let of = handed(CHART, &all);
	assert_eq!(check::shape(PARTIES, &of, &all), Ok(()));
	assert!(check::shape(PARTIES, &of, &all[1..]).is_err());
	let other = HandedChart { digest: Digest([0; 32]), ..of };
	assert!(check::shape(PARTIES, &other, &all).is_err());
	let elsewhere = HandedChart { chart: ChartId([9; 32]), ..of };
	assert!(check::shape(PARTIES, &elsewhere, &all).is_err());
	let genesis = Parties { genesis: [3; 32], ..PARTIES };
	assert!(check::shape(genesis, &of, &all).is_err());
}

#[test]
fn lists_have_neither_gaps_nor_doubles() {
	let is_line = |row: &HandedRow| matches!(row, HandedRow::Disclosure { .. });
	let is_record = |row: &HandedRow| matches!(row, HandedRow::Record { .. });
	let missing = refused(|all| {
		let place = all.iter().position(is_line).unwrap();
		all.remove(place);
	});
	assert!(missing.contains("gap"));
	let short = refused(|all| {
		let place = all.iter().rposition(is_line).unwrap();
		all.remove(place);
	});
	assert!(short.contains("ends elsewhere"));
	let twice = refused(|all| {
		let record = all.iter().find(|row| is_record(row)).unwrap().clone();
		all.push(record);
	});
	assert!(twice.contains("place of its own"));
	let beyond = refused(|all| {
		if let HandedRow::Chart { records, .. } = &mut all[0] {
			*records = HandedEnd { next: 1, last: None };
		}
	});
	assert!(beyond.contains("last record"));
	assert!(refused(|all| all.push(all[0].clone())).contains("two charts"));
}

#[test]
fn rows_of_other_charts_are_refused() {
	let elsewhere = ChartId([9; 32]);
	let request = refused(|all| {
		let row = first(all, |row| matches!(row, HandedRow::Request { .. }));
		if let HandedRow::Request { opening, .. } = row {
			opening.terms.chart = elsewhere;
		}
	});
	assert!(request.contains("not of its chart"));
	let answer = refused(|all| {
		let row = first(all, |row| matches!(row, HandedRow::Request { .. }));
		if let HandedRow::Request { answer, .. } = row {
			*answer = Some("{".into());
		}
	});
	assert!(answer.contains("answer"));
	let hold = refused(|all| {
		let row = first(all, |row| matches!(row, HandedRow::Hold { .. }));
		if let HandedRow::Hold { opening, .. } = row {
			opening.terms.record = id(2);
		}
	});
	assert!(hold.contains("not of its chart"));
	let key = refused(|all| {
		if let HandedRow::Chart { encryption_key, .. } = &mut all[0] {
			encryption_key.signature = Signature::Sr25519([0; 64]);
		}
	});
	assert!(key.contains("signing key"));
}

#[test]
fn a_line_lies_where_it_says() {
	let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
	let (giver, store) = (giver(&folders[0]), receiver(&folders[1]));
	let mut all = as_they_come(&giver);
	let row = first(&mut all, |row| matches!(row, HandedRow::Disclosure { .. }));
	if let HandedRow::Disclosure { batch: Some(place), .. } = row {
		place.index = 1;
	}
	assert!(store.read(|rows| check::places(rows, 1, &all)).unwrap().is_err());
}

fn view(custodian: u32, leaf: Seal) -> RecordView {
	let facts = RecordFacts { custodian, leaf, state: RecordState::Current, replaces: None };
	RecordView {
		id: id(1),
		number: 0,
		facts,
		offered: None,
		holds: Vec::new(),
		petitions: Vec::new(),
	}
}

fn record_row(n: u8) -> HandedRow {
	let folder = tempfile::tempdir().unwrap();
	let all = as_they_come(&giver(&folder));
	let is_it =
		|row: &HandedRow| matches!(row, HandedRow::Record { record, .. } if *record == id(n));
	all.into_iter().find(is_it).unwrap()
}

#[test]
fn a_record_is_what_its_entry_says() {
	let row = record_row(1);
	let good = view(1, opening(1, 0).seal());
	assert_eq!(check::record(PARTIES, &row, Some(&good), None), Ok(()));
	// Accepted already: the chain names this house.
	let ours = Parties { keeper: 2, ..PARTIES };
	let accepted = view(2, good.facts.leaf);
	assert_eq!(check::record(ours, &row, Some(&accepted), None), Ok(()));

	let refused = |row: &HandedRow, view: &RecordView| {
		check::record(PARTIES, row, Some(view), None).unwrap_err()
	};
	assert!(check::record(PARTIES, &row, None, None).unwrap_err().contains("does not know"));
	assert!(refused(&row, &view(3, good.facts.leaf)).contains("not of the holding"));
	assert!(refused(&row, &view(1, Seal([0; 32]))).contains("another leaf"));
	let mut erased = good.clone();
	erased.facts.state = RecordState::Erased;
	assert!(refused(&row, &erased).contains("erased"));
	let mut follows = good.clone();
	follows.facts.replaces = Some(id(9));
	assert!(refused(&row, &follows).contains("predecessor"));
	let change = |change: fn(&mut RecordWraps, &mut String)| {
		let mut row = record_row(1);
		if let HandedRow::Record { wraps, media_type, .. } = &mut row {
			change(wraps, media_type);
		}
		row
	};
	let to_giver = change(|of, _| *of = wraps(1));
	assert!(refused(&to_giver, &good).contains("others"));
	let to_another = change(|of, _| {
		of.chart.context = WrapContext::Chart { chart: ChartId([9; 32]) };
	});
	assert!(refused(&to_another, &good).contains("others"));
	let unprintable = change(|_, media_type| *media_type = "a\nb".into());
	assert!(refused(&unprintable, &good).contains("media type"));
}

#[test]
fn a_record_of_a_batch_is_proven() {
	let row = record_row(2);
	let facts = BatchFacts { custodian: 1, root: tree().root(), leaves: 3, at: 0 };
	let proof = tree().prove(1).unwrap();
	assert_eq!(check::record(PARTIES, &row, None, Some((&facts, &proof))), Ok(()));
	let refused = |facts: &BatchFacts, proof: &BatchProof| {
		check::record(PARTIES, &row, None, Some((facts, proof))).unwrap_err()
	};
	assert!(refused(&facts, &tree().prove(0).unwrap()).contains("not in its batch"));
	let elsewhere = BatchFacts { custodian: 3, ..facts };
	assert_eq!(check::batch(PARTIES, 3, Some(facts)), Ok(facts));
	// One of this house, or of a third, before anything of it is asked for.
	for custodian in [2, 3] {
		let of = BatchFacts { custodian, ..facts };
		assert!(check::batch(PARTIES, 3, Some(of)).unwrap_err().contains("not of the holding"));
	}
	assert!(check::batch(PARTIES, 4, Some(facts)).is_err());
	assert!(check::batch(PARTIES, 3, None).is_err());
	// Its proof counts also beside an entry of its own.
	let own = view(1, opening(2, 1).seal());
	assert_eq!(check::record(PARTIES, &row, Some(&own), Some((&facts, &proof))), Ok(()));
	let wrong = tree().prove(0).unwrap();
	assert!(check::record(PARTIES, &row, Some(&own), Some((&facts, &wrong))).is_err());
	assert!(refused(&elsewhere, &proof).contains("not in its batch"));
	let other = BatchFacts { root: [0; 32], ..facts };
	assert!(refused(&other, &proof).contains("not in its batch"));
	let HandedRow::Record { place, .. } = &row else { panic!("no record") };
	assert_eq!(*place, Some(RecordPlace { batch: TREE, leaves: 3, index: 1 }));
}

#[test]
fn directives_and_requests_open_what_is_on_the_chain() {
	let folder = tempfile::tempdir().unwrap();
	let mut all = as_they_come(&giver(&folder));
	let row = first(&mut all, |row| matches!(row, HandedRow::Directive { .. })).clone();
	let HandedRow::Directive { id: directive, opening, .. } = row.clone() else { panic!("none") };
	let good = DirectiveView {
		id: directive,
		chart: CHART,
		seal: opening.seal(),
		state: DirectiveState::Active,
		replaces: None,
		guardian: None,
		paper: None,
	};
	let looked = |row: &HandedRow, view| check::is_directive(CHART, row, view);
	assert_eq!(looked(&row, Some(&good)), Ok(()));
	let other = DirectiveView { seal: Seal([0; 32]), ..good.clone() };
	let of_another = DirectiveView { chart: ChartId([9; 32]), ..good.clone() };
	assert!(looked(&row, None).is_err());
	assert!(looked(&row, Some(&other)).is_err() && looked(&row, Some(&of_another)).is_err());
	// What the paper was goes with the directive that came on it, and with no other.
	let terms = PaperTerms {
		language: "es".parse().unwrap(),
		interpreter: Interpreter::Relative,
		signed_on: 0,
		scan: None,
	};
	let paper = Opening { terms, salt: Salt([5; 32]) };
	let shown = OnPaper { submitter: [1; 32], witness: [2; 32], seal: paper.seal() };
	let came = |paper: Option<OnPaper>| DirectiveView { paper, ..good.clone() };
	let with = HandedRow::Directive {
		id: directive,
		opening: opening.clone(),
		listed: true,
		paper: Some(paper),
	};
	let another = OnPaper { seal: Seal([0; 32]), ..shown };
	let views = [came(Some(shown)), came(Some(another)), came(None)];
	let found = views
		.each_ref()
		.map(|view| check::is_directive(CHART, &with, Some(view)).is_ok());
	assert_eq!(found, [true, false, false]);
	assert!(check::is_directive(CHART, &with, None).is_err());
	// The next of a place may not be on the chain yet.
	let next = HandedRow::Directive { id: directive, opening, listed: false, paper: None };
	assert_eq!(looked(&next, None), Ok(()));
	assert!(looked(&next, Some(&other)).is_err());

	let row = first(&mut all, |row| matches!(row, HandedRow::Request { .. })).clone();
	let HandedRow::Request { id, requester, opening, .. } = row.clone() else { panic!("none") };
	let good = RequestView {
		id,
		requester,
		practitioner: 1,
		organisation: 1,
		seal: opening.seal(),
		lapses: 9,
		state: RequestState::Requested,
	};
	assert_eq!(check::request(&row, Some(&good)), Ok(()));
	assert!(check::request(&row, None).is_err());
	let other = RequestView { requester: [0; 32], ..good.clone() };
	assert!(check::request(&row, Some(&other)).is_err());
	let other = RequestView { seal: Seal([0; 32]), ..good };
	assert!(check::request(&row, Some(&other)).is_err());
}

#[test]
fn petitions_are_those_on_the_chain_and_signed() {
	let folder = tempfile::tempdir().unwrap();
	let mut all = as_they_come(&giver(&folder));
	let row = first(&mut all, |row| matches!(row, HandedRow::Petition { .. })).clone();
	let HandedRow::Petition { posted, .. } = row.clone() else { panic!("none") };
	let petition = Petition {
		kind: PetitionKind::Amendment,
		seal: posted.opening.seal(),
		state: PetitionState::Open,
		filed: 10,
		answer: None,
		answered: None,
	};
	let found = PetitionView { number: 0, petition, due: 90, overdue: false };
	let mut good = view(1, opening(1, 0).seal());
	good.petitions = vec![found];
	let looked = |row: &HandedRow, view| check::petition(&GENESIS, row, view);
	assert_eq!(looked(&row, Some(&good)), Ok(()));
	assert!(looked(&row, None).is_err());
	let mut answered = good.clone();
	answered.petitions[0].petition.state = PetitionState::Withdrawn;
	assert!(looked(&row, Some(&answered)).is_err());
	let mut another = good.clone();
	another.petitions[0].petition.seal = Seal([0; 32]);
	assert!(looked(&row, Some(&another)).is_err());
	let mut unsigned = row;
	if let HandedRow::Petition { account, .. } = &mut unsigned {
		*account = [0; 32];
	}
	assert!(looked(&unsigned, Some(&good)).unwrap_err().contains("signed"));
}

#[test]
fn asks_are_those_on_the_chain_or_over() {
	let terms = AskTerms {
		chart: CHART,
		wish: Wish::Transfer { to: 3 },
		at: 5,
		statement: Default::default(),
	};
	let opening = Opening { terms, salt: Salt([5; 32]) };
	let known = Ask::filed(AskId([6; 32]), opening.seal(), 10);
	let row =
		|known| HandedRow::Ask { known, opening: opening.clone(), extension: None, answer: None };
	let view = |ask: Ask| [AskView { chart: CHART, ask, due: ask.due(), overdue: false }];
	assert_eq!(check::ask(&row(known), &view(known)), Ok(()));
	let other = Ask { seal: Seal([0; 32]), ..known };
	assert!(check::ask(&row(known), &view(other)).is_err());
	// The chain forgets only what has ended, whether or not the giver saw that.
	assert_eq!(check::ask(&row(known), &[]), Ok(()));
	let over = Ask { state: AskState::Withdrawn, ended: Some(20), ..known };
	assert_eq!(check::ask(&row(over), &[]), Ok(()));
}

#[test]
fn notes_of_records_that_are_gone_say_what_the_chain_says() {
	let erased = HandedRow::Erased { record: id(3), sequence: 2, petition: None };
	let moved = HandedRow::Moved { record: id(4), sequence: 3, to: 3, block: 4 };
	let there = view(1, Seal([1; 32]));
	let mut gone = there.clone();
	gone.facts.state = RecordState::Erased;
	let elsewhere = view(3, Seal([1; 32]));
	assert_eq!(check::gone(PARTIES, &erased, Some(&gone), None), Ok(()));
	assert_eq!(check::gone(PARTIES, &moved, Some(&elsewhere), Some(3)), Ok(()));
	for (row, view) in [(&erased, &there), (&moved, &there)] {
		assert!(check::gone(PARTIES, row, Some(view), Some(3)).is_err());
		assert!(check::gone(PARTIES, row, None, Some(3)).is_err());
	}

	// Accepted: the chain names this house for each record of the holding, also for one that the giver says
	// has moved.
	let ours = Parties { keeper: 2, ..PARTIES };
	let here = view(2, Seal([1; 32]));
	assert!(check::gone(ours, &moved, Some(&here), Some(3)).is_err());
	assert_eq!(check::gone(ours, &moved, Some(&elsewhere), Some(3)), Ok(()));
	// One that came here by itself before is here, or the giver left it out.
	assert_eq!(check::gone(ours, &moved, Some(&here), Some(2)), Ok(()));
	let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
	let (with, without) = (giver(&folders[0]), receiver(&folders[1]));
	let views = |record| [(record, here.clone())].into_iter().collect();
	let note = |record| [HandedRow::Moved { record, sequence: 0, to: 2, block: 4 }];
	let looked = |store: &Store, n| {
		let (note, views) = (note(id(n)), views(id(n)));
		store.read(|rows| check::came_before(rows, ours, &note, &views)).unwrap()
	};
	assert_eq!(looked(&with, 1), Ok(()));
	assert_eq!(looked(&with, 3), Ok(()), "erased since");
	assert!(looked(&without, 1).is_err());
}

#[test]
fn what_stands_on_the_chain_comes_with_its_record() {
	let folder = tempfile::tempdir().unwrap();
	let all = as_they_come(&giver(&folder));
	let found = |number, kind, state| {
		let seal = Seal([number as u8; 32]);
		let petition = Petition { kind, seal, state, filed: 10, answer: None, answered: None };
		PetitionView { number, petition, due: 90, overdue: false }
	};
	let mut known = view(1, opening(1, 0).seal());
	known.holds = vec![matter().seal()];
	known.petitions = vec![
		found(0, PetitionKind::Amendment, PetitionState::Open),
		// Ended at a custodian before, who kept what was asked.
		found(1, PetitionKind::Erasure, PetitionState::Refused),
		found(2, PetitionKind::Amendment, PetitionState::Withdrawn),
	];
	let looked = |all: &[HandedRow], view: &RecordView| {
		check::accompanied(all, &[(id(1), view.clone())].into_iter().collect())
	};
	assert_eq!(looked(&all, &known), Ok(()));
	let without = |is: fn(&HandedRow) -> bool| {
		let mut less = all.clone();
		less.retain(|row| !is(row));
		looked(&less, &known).unwrap_err()
	};
	assert!(without(|row| matches!(row, HandedRow::Hold { .. })).contains("matter"));
	assert!(without(|row| matches!(row, HandedRow::Petition { .. })).contains("petition"));
	let mut held_again = known.clone();
	held_again.holds.push(Seal([0; 32]));
	assert!(looked(&all, &held_again).unwrap_err().contains("matter"));
	for state in [PetitionState::Open, PetitionState::Refused] {
		let mut disputed = known.clone();
		disputed.petitions.push(found(3, PetitionKind::Amendment, state));
		assert!(looked(&all, &disputed).unwrap_err().contains("petition"));
	}
}

#[test]
fn what_was_erased_since_becomes_a_note() {
	let folder = tempfile::tempdir().unwrap();
	let mut all = as_they_come(&giver(&folder));
	let mut erased = view(1, opening(1, 0).seal());
	erased.facts.state = RecordState::Erased;
	let petition = Petition {
		kind: PetitionKind::Erasure,
		seal: Seal([1; 32]),
		state: PetitionState::Granted,
		filed: 10,
		answer: None,
		answered: None,
	};
	erased.petitions = vec![PetitionView { number: 5, petition, due: 90, overdue: false }];
	let moved_on = view(7, Seal([1; 32]));
	let views = [(id(1), erased), (id(4), moved_on)].into_iter().collect();
	check::as_the_chain_says(PARTIES, &mut all, &views);
	let note = HandedRow::Erased { record: id(1), sequence: 0, petition: Some(5) };
	assert!(all.contains(&note));
	let is_one = |row: &HandedRow| matches!(row, HandedRow::Record { .. });
	assert_eq!(all.iter().filter(|row| is_one(row)).count(), 1);
	// Who keeps it now, not whom the giver gave it to.
	let moved = |row: &HandedRow| matches!(row, HandedRow::Moved { to: 7, .. });
	assert!(all.iter().any(moved));
}

#[test]
fn a_chart_is_of_the_holding() {
	let facts = |custodian| ChartFacts {
		chart: CHART,
		custodian,
		key: patient().account(),
		state: ChartState::Active,
		posthumous: None,
		directives: Vec::new(),
	};
	assert_eq!(check::chart(PARTIES, Some(&facts(1))), Ok(()));
	assert!(check::chart(PARTIES, Some(&facts(3))).is_err());
	assert!(check::chart(PARTIES, None).is_err());
}
