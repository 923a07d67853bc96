//! `set_staff` and `remove_staff`.

use super::*;
use proptest::prelude::*;

const ADMINISTRATOR: Roles = Roles::of(&[Role::Administrator]);
const LOGISTICS: Roles = Roles::of(&[Role::Logistics]);

fn set(account: AccountId32, roles: Roles) -> DispatchResult {
	Providers::set_staff(signed(HOSPITAL_ADMIN), HOSPITAL, account, roles)
}

fn remove(account: AccountId32) -> DispatchResult {
	Providers::remove_staff(signed(HOSPITAL_ADMIN), HOSPITAL, account)
}

#[test]
fn setting_works() {
	build_and_execute(|| {
		assert_ok!(set(STRANGER, LOGISTICS));

		assert_eq!(Staff::<Test>::get(HOSPITAL, STRANGER), Some(LOGISTICS));
		assert!(Gate::is_enrolled(&STRANGER));
		assert_eq!(
			events(),
			[Event::StaffSet { organisation: HOSPITAL, account: STRANGER, roles: LOGISTICS }]
		);
	});
}

#[test]
fn setting_replaces_all_roles() {
	build_and_execute(|| {
		assert_ok!(set(RECORDS, LOGISTICS));

		assert_eq!(
			Providers::standing(&RECORDS, HOSPITAL, Role::RecordsOfficer, NOW),
			StandingReasons::of(&[StandingReason::RoleNotHeld])
		);
	});
}

#[test]
fn setting_passes_administration_on() {
	build_and_execute(|| {
		assert_ok!(set(STRANGER, ADMINISTRATOR));
		assert_ok!(set(HOSPITAL_ADMIN, LOGISTICS));

		assert_noop!(set(RECORDS, LOGISTICS), Error::<Test>::NotAdministrator);
		assert_eq!(AdministratorCount::<Test>::get(HOSPITAL), 1);
	});
}

#[test]
fn setting_fails_without_roles() {
	build_and_execute(|| {
		assert_noop!(set(STRANGER, Roles::EMPTY), Error::<Test>::RolesMissing);
	});
}

#[test]
fn setting_fails_when_the_last_administrator_would_lose_the_role() {
	build_and_execute(|| {
		assert_noop!(set(HOSPITAL_ADMIN, LOGISTICS), Error::<Test>::LastAdministrator);
		assert_ok!(set(HOSPITAL_ADMIN, LOGISTICS.union(ADMINISTRATOR)));
	});
}

#[test]
fn removing_works() {
	build_and_execute(|| {
		assert_ok!(remove(RECORDS));

		assert_eq!(
			Providers::standing(&RECORDS, HOSPITAL, Role::RecordsOfficer, NOW),
			StandingReasons::of(&[StandingReason::NotStaff])
		);
		assert!(Gate::is_enrolled(&RECORDS), "enrolment is never undone");
		assert_eq!(events(), [Event::StaffRemoved { organisation: HOSPITAL, account: RECORDS }]);
	});
}

#[test]
fn removing_fails_when_it_is_no_staff() {
	build_and_execute(|| {
		assert_noop!(remove(STRANGER), Error::<Test>::StaffUnknown);
		assert_noop!(remove(BOARD_ADMIN), Error::<Test>::StaffUnknown);
	});
}

#[test]
fn removing_fails_when_it_is_the_last_administrator() {
	build_and_execute(|| {
		assert_noop!(remove(HOSPITAL_ADMIN), Error::<Test>::LastAdministrator);
	});
}

proptest! {
	/// Whatever administrators do, there is one, and they are counted right (invariant 4).
	#[test]
	fn there_is_always_an_administrator(
		steps in prop::collection::vec((0..5u8, 0..5u8, 0..4u32), 1..60),
	) {
		build_and_execute(|| {
			let someone = |n: u8| AccountId32::new([n + 100; 32]);
			assert_ok!(set(someone(0), ADMINISTRATOR));
			assert_ok!(remove(HOSPITAL_ADMIN));
			for (by, account, bits) in steps {
				let (by, account) = (signed(someone(by)), someone(account));
				let roles: Roles =
					[Role::Administrator, Role::System].into_iter()
						.filter(|role| bits >> role.index().min(1) & 1 == 1)
						.collect();
				let _ = if roles.is_empty() {
					Providers::remove_staff(by, HOSPITAL, account)
				} else {
					Providers::set_staff(by, HOSPITAL, account, roles)
				};
				assert_ok!(Providers::do_try_state());
			}
		});
	}
}
