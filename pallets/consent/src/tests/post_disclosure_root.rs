use super::*;
use salus_primitives::{
	disclosure::MAX_DISCLOSURE_LEAVES, ids::OrganisationId, views::DisclosureRoot,
};

fn post(organisation: OrganisationId, leaves: u32) -> DispatchResult {
	let origin = RuntimeOrigin::signed(SYSTEM);
	Consent::post_disclosure_root(origin, organisation, [7; 32], leaves)
}

#[test]
fn works() {
	run(|| {
		assert_ok!(post(HOUSE, 8));
		Timestamp::set_timestamp(NOW + 1);
		assert_ok!(post(HOUSE, 16));

		let posted = |number| Event::DisclosureRootPosted { organisation: HOUSE, number };
		assert_eq!(events(), [posted(0), posted(1)]);
		assert_eq!(Consent::disclosure_root_count(HOUSE), 2);
		assert_eq!(Consent::disclosure_root_count(OTHER), 0);
		let second = DisclosureRoot { root: [7; 32], leaves: 16, at: NOW + 1 };
		assert_eq!(Consent::disclosure_root(HOUSE, 1), Some(second));
		assert_eq!(Consent::disclosure_root(HOUSE, 2), None);
	});
}

#[test]
fn takes_powers_of_two_within_bounds_only() {
	run(|| {
		for good in [1, 2, MAX_DISCLOSURE_LEAVES] {
			assert_ok!(post(HOUSE, good));
		}
		for bad in [0, 3, MAX_DISCLOSURE_LEAVES + 1, MAX_DISCLOSURE_LEAVES * 2, u32::MAX] {
			assert_noop!(post(HOUSE, bad), Error::<Test>::InvalidLeafCount);
		}
	});
}

#[test]
fn works_for_a_suspended_organisation_and_fails_for_anothers() {
	run(|| {
		assert_ok!(post(SUSPENDED, 8));
		assert_noop!(post(OTHER, 8), Error::<Test>::NotAuthorised);
	});
}

#[test]
fn fails_when_numbers_run_out() {
	new_test_ext().execute_with(|| {
		DisclosureRootCounts::<Test>::insert(HOUSE, u32::MAX);
		assert_noop!(post(HOUSE, 8), Error::<Test>::SequenceFull);
	});
}
