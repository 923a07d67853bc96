use super::*;

fn end(organisation: OrganisationId) -> DispatchResult {
	Providers::end_affiliation(council(), organisation)
}

fn affiliate(organisation: OrganisationId, head: OrganisationId) {
	assert_ok!(Providers::declare_affiliation(council(), organisation, head));
}

#[test]
fn works() {
	build_and_execute(|| {
		affiliate(HOSPITAL, BOARD);
		affiliate(OTHER_BOARD, BOARD);
		forget_events();

		assert_ok!(end(HOSPITAL));

		assert_eq!(Heads::<Test>::get(HOSPITAL), None);
		assert_eq!(GroupSizes::<Test>::get(BOARD), 1);
		assert!(!<Providers as OrganisationDirectory<_>>::are_affiliated(HOSPITAL, BOARD));
		assert_eq!(events(), [Event::AffiliationEnded { organisation: HOSPITAL, head: BOARD }]);
	});
}

#[test]
fn lets_a_head_without_members_join_another_group() {
	build_and_execute(|| {
		affiliate(HOSPITAL, BOARD);
		assert_ok!(end(HOSPITAL));
		assert!(!GroupSizes::<Test>::contains_key(BOARD));
		affiliate(BOARD, HOSPITAL);
	});
}

#[test]
fn fails_when_it_belongs_to_no_group() {
	build_and_execute(|| {
		affiliate(HOSPITAL, BOARD);
		for organisation in [BOARD, OTHER_BOARD, NEWCOMER] {
			assert_noop!(end(organisation), Error::<Test>::NotAffiliated);
		}
	});
}

#[test]
fn fails_when_the_council_does_not_ask() {
	build_and_execute(|| {
		affiliate(HOSPITAL, BOARD);
		assert_council_only(Call::end_affiliation { organisation: HOSPITAL });
	});
}
