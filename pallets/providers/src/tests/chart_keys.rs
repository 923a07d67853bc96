//! The key of a chart is on nobody's list: no call that names an account takes it.

use super::*;

#[test]
fn no_call_takes_them() {
	let admin = || signed(HOSPITAL_ADMIN);
	let (kind, there) = (OrganisationKind::Clinic, place("US-CA"));
	let called = || name("Newcomer");
	build_and_execute(|| {
		let refused = [
			Providers::admit_organisation(council(), kind, called(), there, None, None, CHART_KEY),
			Providers::apply(admin(), HOSPITAL, kind, called(), there, None, None, CHART_KEY),
			set_staff(CHART_KEY, LOGISTICS),
			Providers::offer_administration(admin(), HOSPITAL, CHART_KEY),
			Providers::replace_administrators(council(), HOSPITAL, CHART_KEY),
			Providers::register_practitioner(signed(BOARD_ADMIN), BOARD, CHART_KEY, None),
			Providers::change_practitioner_account(signed(SURGEON), PRACTITIONER, CHART_KEY),
		];
		let error = Err(Error::<Test>::AccountIsAChartsKey.into());
		assert_eq!(refused, [error; 7]);
		assert!(!Gate::is_enrolled(&CHART_KEY));
		assert_eq!(events(), []);
	});
}
