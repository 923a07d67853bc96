use super::*;
use salus_primitives::views::{AuthorityView, InspectionView, LicenceView, Page};

fn numbers(page: &Page<LicenceView>) -> Vec<u32> {
	page.entries.iter().map(|entry| entry.id).collect()
}

#[test]
fn licence_shows_its_standing_and_who_is_responsible() {
	build_and_execute(|| {
		assert_ok!(succeed(BOARD, REGULATOR));
		at(END);
		let view = LicenceView {
			id: LICENCE,
			licence: licence_of(LICENCE),
			standing: LicenceState::Expired,
			authority: REGULATOR,
		};
		assert_eq!(Credentials::licence_of(LICENCE), Some(view));
		for unknown in [0, 3, u32::MAX] {
			assert_eq!(Credentials::licence_of(unknown), None);
		}
	});
}

#[test]
fn licences_of_a_holder_come_oldest_first() {
	build_and_execute(|| {
		assert_ok!(issue(|_| ()));
		assert_ok!(issue(|new| {
			new.holder = house(HOSPITAL);
			new.class = LicenceClass::PharmacyPermit;
		}));
		let ids =
			|views: Vec<LicenceView>| -> Vec<_> { views.iter().map(|view| view.id).collect() };
		assert_eq!(ids(Credentials::licences(surgeon())), [LICENCE, 3]);
		assert_eq!(ids(Credentials::licences(house(HOSPITAL))), [FACILITY, 4]);
		assert_eq!(
			ids(<Credentials as CredentialDirectory>::licences_of(PRACTITIONER)),
			[LICENCE, 3]
		);
		assert!(Credentials::licences(house(PRACTITIONER + 40)).is_empty());
	});
}

#[test]
fn licences_in_a_place_come_in_pages() {
	build_and_execute(|| {
		assert_ok!(authorise(BOARD, "DE"));
		// Those that are over leave the holder's list, and stay here.
		for _ in 0..205 {
			assert_ok!(issue(|new| new.jurisdictions = places(&["US-CA", "DE"])));
			let last = LicenceCount::<Test>::get();
			assert_ok!(set_state(BOARD_ADMIN, last, LicenceState::IssuedInError));
		}
		let page = |code, from| Credentials::licences_in(place(code), LicenceClass::Dentist, from);
		for code in ["US-CA", "DE"] {
			let first = page(code, 0);
			assert_eq!(numbers(&first), (3..103).collect::<Vec<_>>());
			assert_eq!(first.next, Some(100));
			let second = page(code, 100);
			assert_eq!(numbers(&second), (103..203).collect::<Vec<_>>());
			assert_eq!(second.next, Some(200));
			let last = page(code, 200);
			assert_eq!((numbers(&last), last.next), ((203..208).collect(), None));
			for past in [205, u32::MAX] {
				assert_eq!((page(code, past).entries.len(), page(code, past).next), (0, None));
			}
		}
		// A place is listed as it was named.
		assert!(page("DE-BY", 0).entries.is_empty());
		let physicians = Credentials::licences_in(place("US-CA"), LicenceClass::Physician, 0);
		assert_eq!(numbers(&physicians), [LICENCE]);
	});
}

#[test]
fn licences_by_a_board_come_in_pages() {
	build_and_execute(|| {
		for _ in 0..101 {
			assert_ok!(issue(|_| ()));
			let last = LicenceCount::<Test>::get();
			assert_ok!(set_state(BOARD_ADMIN, last, LicenceState::IssuedInError));
		}
		let first = Credentials::licences_by(BOARD, 0);
		assert_eq!((numbers(&first), first.next), ((1..101).collect(), Some(100)));
		let second = Credentials::licences_by(BOARD, 100);
		assert_eq!((numbers(&second), second.next), (vec![101, 102, 103], None));
		assert!(Credentials::licences_by(OTHER_BOARD, 0).entries.is_empty());
		// A successor's own list is its own.
		assert_ok!(succeed(BOARD, OTHER_BOARD));
		assert!(Credentials::licences_by(OTHER_BOARD, 0).entries.is_empty());
		assert_eq!(Credentials::licences_by(BOARD, 103).entries.len(), 0);
	});
}

#[test]
fn accreditations_show_their_standing() {
	build_and_execute(|| {
		assert_ok!(accredit(|survey| {
			survey.state = AccreditationState::AccreditedWithFollowUp;
			survey.follow_up_due = Some(1_600);
		}));
		let shown = || {
			let views = Credentials::accreditations(HOSPITAL);
			let [view] = &views[..] else { panic!("{views:?}") };
			(view.id, view.standing, view.authority, view.overdue)
		};
		let state = AccreditationState::AccreditedWithFollowUp;
		at(1_599);
		assert_eq!(shown(), (1, state, BODY, false));
		at(1_600);
		assert_ok!(succeed(BODY, OTHER_BODY));
		assert_eq!(shown(), (1, state, OTHER_BODY, true));
		at(END);
		assert_eq!(shown(), (1, AccreditationState::Expired, OTHER_BODY, false));
		assert!(Credentials::accreditations(CLINIC).is_empty());
	});
}

#[test]
fn accreditations_come_oldest_first() {
	build_and_execute(|| {
		assert_ok!(accredit(|_| ()));
		assert_ok!(withdraw(1));
		assert_ok!(accredit(|_| ()));
		let ids: Vec<_> =
			Credentials::accreditations(HOSPITAL).iter().map(|view| view.id).collect();
		assert_eq!(ids, [1, 2]);
	});
}

#[test]
fn inspections_come_in_pages() {
	build_and_execute(|| {
		assert_ok!(inspect_with_follow_up());
		assert_ok!(inspect(|visit| visit.organisation = CLINIC));
		for _ in 0..104 {
			assert_ok!(inspect(|_| ()));
		}
		let numbers = |page: &Page<InspectionView>| -> Vec<u32> {
			page.entries.iter().map(|view| view.id).collect()
		};
		let first = Credentials::inspections(HOSPITAL, 0);
		let expected: Vec<_> = [1].into_iter().chain(3..102).collect();
		assert_eq!((numbers(&first), first.next), (expected, Some(100)));
		let last = Credentials::inspections(HOSPITAL, 100);
		assert_eq!((numbers(&last), last.next), ((102..107).collect(), None));
		assert_eq!(numbers(&Credentials::inspections(CLINIC, 0)), [2]);
		assert!(Credentials::inspections(BOARD, 0).entries.is_empty());

		assert!(!first.entries[0].overdue);
		at(END);
		let first = Credentials::inspections(HOSPITAL, 0);
		assert!(first.entries[0].overdue && !first.entries[1].overdue);
		assert_eq!(first.entries[0].inspection, inspection_of(1));
	});
}

#[test]
fn requirements_are_those_of_the_very_place() {
	build_and_execute(|| {
		let kind = OrganisationKind::Hospital;
		let found = Credentials::requirements(kind, place("US-CA")).unwrap();
		assert_eq!(found.version, 1);
		assert_eq!(Credentials::requirements(kind, place("US")), None);
		assert_eq!(Credentials::requirements(OrganisationKind::Clinic, place("US-CA")), None);
	});
}

#[test]
fn authority_works() {
	build_and_execute(|| {
		let all = LicenceClasses::all();
		assert_ok!(authorise(BOARD, "US-NV"));
		assert_ok!(succeed(BOARD, REGULATOR));
		assert_eq!(
			Credentials::authority_of(BOARD),
			AuthorityView {
				licensing: vec![(place("US-CA"), all), (place("US-NV"), all)],
				programmes: Programmes::EMPTY,
				successor: Some(REGULATOR),
			}
		);
		assert_eq!(
			Credentials::authority_of(BODY),
			AuthorityView {
				licensing: Vec::new(),
				programmes: Programmes::of(&[Programme::Hospital]),
				successor: None,
			}
		);
	});
}
