use super::*;
use salus_primitives::{codes::PetitionKind::Erasure, views::PetitionView};

const DAY: u64 = 86_400_000;

#[test]
fn a_record_shows_what_binds_it_and_what_is_asked() {
	run(|| {
		assert_ok!(anchor([record(1, None), record(2, Some(1))]));
		assert_ok!(hold(2, 7));
		assert_ok!(file(2, Erasure, 8));
		assert_ok!(offer([2]));
		let due = 1_000_000 + 30 * DAY;
		let view = |at| RecordAnchor::record_view(&id(2), at).unwrap();
		let early = view(due - 1);
		assert_eq!((early.id, early.number, early.offered), (id(2), 1, Some(OTHER)));
		assert_eq!((early.facts.replaces, early.holds.as_slice()), (Some(id(1)), &[seal(7)][..]));
		let petition = Petitions::<Test>::get(id(2))[0];
		let shown = PetitionView { number: 0, petition, due, overdue: false };
		assert_eq!(early.petitions, [shown]);
		assert!(view(due).petitions[0].overdue);
		assert_eq!(RecordAnchor::record_view(&id(9), 0), None);
	});
}

#[test]
fn pages_have_gaps_where_records_moved_on() {
	run(|| {
		assert_ok!(anchor((0..120).map(|n| record(n, None))));
		assert_ok!(offer([0, 50]));
		assert_ok!(accept([0, 50]));
		let page = RecordAnchor::records_page(HOUSE, 0, 0);
		assert_eq!((page.entries.len(), page.next), (98, Some(100)));
		assert_eq!(page.entries[0].id, id(1));
		let page = RecordAnchor::records_page(HOUSE, 100, 0);
		assert_eq!((page.entries.len(), page.next), (20, None));
		let page = RecordAnchor::records_page(OTHER, 0, 0);
		let ids: Vec<_> = page.entries.iter().map(|view| view.id).collect();
		assert_eq!(ids, [id(0), id(50)]);
		// Of a holding that was given away, who keeps it is in each.
		hand_over();
		let page = RecordAnchor::records_page(HOUSE, 100, 0);
		assert!(page.entries.iter().all(|view| view.facts.custodian == OTHER));
	});
}
