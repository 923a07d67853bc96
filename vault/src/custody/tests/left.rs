//! What a giver has left of records and transfers, and what stays together.

use super::*;
use crate::{
	acts::tests::noted,
	custody::{
		give::sort,
		lines::{lines, pages},
	},
	petitions,
	store::{
		HoldRow, PetitionRow, RecordAct, CHART_PETITIONS, HOLDS, PETITIONS, PETITION_INBOX,
		SCRUBBING,
	},
};
use salus_client::{
	petitions::{hold, petition},
	vault_api::PostedPetition,
};
use salus_primitives::{petition::PetitionTerms, views::PetitionView};
use std::collections::HashMap;

fn asked(n: u8) -> PostedPetition {
	let statement = "that was somebody else".parse().unwrap();
	let kind = PetitionKind::Erasure;
	let terms = PetitionTerms { chart: HERE, record: id(n), kind, at: 5, statement };
	petition(&crate::routes::tests::person("//Patient"), &[0; 32], terms).unwrap()
}

/// A petition about this record that was withdrawn.
fn withdrawn(store: &Store, n: u8) {
	let posted = asked(n);
	let (kind, seal) = (PetitionKind::Erasure, posted.opening.seal());
	let mut petition =
		Petition { kind, seal, state: PetitionState::Open, filed: 5, answer: None, answered: None };
	let view = |petition| PetitionView { number: 0, petition, due: 9, overdue: false };
	store
		.write::<_, StoreError>(|rows| {
			petitions::filed(rows, &posted, [3; 32], &view(petition))?;
			petition.state = PetitionState::Withdrawn;
			petitions::ended(rows, &id(n), &view(petition), None)
		})
		.unwrap();
}

#[test]
fn texts_and_matters_go_with_the_record() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None)]);
	for n in [1, 2] {
		withdrawn(&store, n);
		let matter = hold(id(n), 1, "a claim".parse().unwrap()).unwrap();
		let row = HoldRow { opening: matter.opening, account: [1; 32] };
		store
			.write::<_, StoreError>(|rows| rows.put(&HOLDS, &id(n), &vec![row]))
			.unwrap();
	}
	let releasing = RecordAct::Release { record: id(1), seal: Seal([7; 32]) };
	noted(&store, &releasing).unwrap();
	let moved = MovedRow { chart: HERE, to: 2, block: 5 };
	forget(&store, id(1), moved, None).unwrap();
	let kept = |n: u8| {
		store
			.read(|rows| {
				let petitions: Vec<PetitionRow> = rows.get(&PETITIONS, &id(n))?.unwrap_or_default();
				Ok((petitions.len(), rows.get(&HOLDS, &id(n))?.map_or(0, |holds| holds.len())))
			})
			.unwrap()
	};
	assert_eq!((kept(1), kept(2)), ((0, 0), (1, 1)));
	let (of_chart, inbox, marks) = store
		.read(|rows| {
			let of_chart = rows.get(&CHART_PETITIONS, &HERE)?.unwrap();
			let inbox = rows.first(&PETITION_INBOX, 9)?;
			Ok((of_chart, inbox, rows.first(&SCRUBBING, 9)?.len()))
		})
		.unwrap();
	assert_eq!(of_chart, [id(2)]);
	assert_eq!(inbox.iter().map(|(_, row)| row.record).collect::<Vec<_>>(), [id(2)]);
	assert_eq!(marks, 3, "the record, its petitions and its holds leave the file");
}

#[test]
fn transfers_are_told_of_for_a_year() {
	let folder = tempfile::tempdir().unwrap();
	let store = with_records(&folder, HERE, &[(1, None), (2, None)]);
	note(&store, word(), &[id(1)]).unwrap();
	let mut later = word();
	later.statement.expires += 1;
	note(&store, later, &[id(2)]).unwrap();
	let over = word().statement.expires + KEPT;
	assert_eq!(forget_ended(&store, over).unwrap(), 0, "something becomes of it still");
	for number in [0, 1] {
		let which = [(number, id(number as u8 + 1))];
		change(&store, &which, &MovingState::Noted, &MovingState::Stays).unwrap();
	}
	assert_eq!(forget_ended(&store, over - 1).unwrap(), 0);
	assert_eq!(forget_ended(&store, over).unwrap(), 1);
	assert_eq!(transfer(&store).word, later);
	let marks = store.read(|rows| rows.first(&SCRUBBING, 9)).unwrap();
	assert_eq!(marks.len(), 1, "the word leaves the file");
}

#[test]
fn a_line_of_versions_goes_or_stays_as_a_whole() {
	let folder = tempfile::tempdir().unwrap();
	let versions = [(1, None), (2, None), (3, Some(1)), (4, Some(3)), (5, Some(9)), (6, Some(9))];
	let store = with_records(&folder, HERE, &versions);
	let of = store.read(|rows| lines(rows, (1..=6).map(id))).unwrap();
	for (n, line) in [(1, 1), (2, 2), (3, 1), (4, 1), (5, 9), (6, 9)] {
		assert_eq!(of[&id(n)], id(line), "{n}");
	}
	// One of three is held: none of them goes.
	let all: Vec<_> = (1..=4).map(|n| (0, id(n))).collect();
	let (free, stay) = sort(&all, &of, &HashMap::from([(id(3), "a hold".to_owned())]));
	assert_eq!(free, [(0, id(2))]);
	let why: Vec<_> = stay.iter().map(|(_, record, why)| (*record, why.as_str())).collect();
	let other = "another version of it stays: a hold";
	assert_eq!(why, [(id(1), other), (id(3), "a hold"), (id(4), other)]);

	// What is about to bind one of them keeps the others from being offered.
	note(&store, word(), &all.iter().map(|(_, record)| *record).collect::<Vec<_>>()).unwrap();
	noted(&store, &RecordAct::File { posted: asked(4), account: [3; 32] }).unwrap();
	let offered = change(&store, &all, &MovingState::Noted, &MovingState::Offered).unwrap();
	assert_eq!(offered, [(0, id(2))]);
}

#[test]
fn a_line_is_in_one_page() {
	let line = |n: &u8| id(n % 3);
	let all = pages((0..9).collect(), line, 4);
	assert_eq!(all, [[0, 3, 6], [1, 4, 7], [2, 5, 8]]);
	assert_eq!(pages((0..9).collect(), line, 6), [vec![0, 3, 6, 1, 4, 7], vec![2, 5, 8]]);
	// One that is longer than a page is cut.
	assert_eq!(pages(vec![0, 3, 6], line, 2), [vec![0, 3], vec![6]]);
	assert!(pages(Vec::<u8>::new(), line, 4).is_empty());
}
