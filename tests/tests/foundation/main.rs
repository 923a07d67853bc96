//! End-to-end tests on four validators, an archive node and three custodians, all as processes of
//! their own. They share one network, each with a patient of its own, and run one after another.

mod asks;
mod backup;
mod bulk;
mod card;
mod cases;
mod charts;
mod consent;
mod consents;
mod custody;
mod emergency;
mod exactly_once;
mod faults;
mod fhir;
mod finding;
mod guardians;
mod holders;
mod holding;
mod keys;
mod links;
mod meet;
mod paper;
mod petitions;
mod providers;
mod records;
mod recovery;
mod relay;
mod revocation;
mod stalled;
mod tenants;
mod theft;
mod transfers;
mod vaults;
mod world;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use world::{test, test_anew};

fn main() -> ExitCode {
	let mut arguments = Arguments::from_args();
	arguments.test_threads = Some(1);
	world::end_with_signals();
	let done = libtest_mimic::run(&arguments, trials());
	world::tear_down();
	done.exit_code()
}

fn trials() -> Vec<Trial> {
	vec![
		test(
			"journey_01_dentist_is_licensed_and_hospital_accredited",
			providers::licensed_and_accredited,
		),
		test("journey_01_fails_when_another_authority_decides", providers::wrong_authorities),
		test("journey_01_profile_is_signed_and_verified", providers::profiles_and_documents),
		test(
			"journey_01_nothing_clinical_works_without_a_licence",
			providers::nothing_clinical_without_licence,
		),
		test(
			"journey_01_lapsed_accreditation_stops_only_what_is_new",
			providers::accreditation_stops_what_is_new,
		),
		test("journey_05_surgeon_reads_after_one_approval", consent::main_journey),
		test("journey_02_nothing_on_chain_joins_two_charts", charts::nothing_joins),
		test("journey_02_lost_wallet_is_recovered_from_shares", recovery::lost_wallet),
		test("journey_02_key_is_rotated_and_reading_goes_on", keys::rotated),
		test("journey_02_lost_key_is_followed_unless_it_cancels", keys::rekeyed),
		test("journey_02_closed_chart_is_open_to_its_house_alone", keys::closed),
		test("journey_02_death_is_reported_and_disputed", keys::death),
		test("journey_02_guardians_consent_disagree_and_revoke", guardians::consent_and_revoke),
		test("journey_02_guardianship_ends_by_date", guardians::come_of_age),
		test("journey_02_guardian_reads_until_taken_out", guardians::read),
		test("journey_02_newborn_is_enrolled_with_a_guardian", guardians::newborn),
		test("journey_02_enrolments_are_batched", transfers::batched_enrolments),
		test("journey_02_fails_when_enrolment_is_replayed", charts::replayed_enrolment),
		test("journey_02_fails_when_account_is_not_enrolled", charts::unenrolled_account),
		test("journey_02_fails_when_sign_in_is_replayed", charts::replayed_sign_in),
		test("journey_03_records_are_amended_and_retracted", records::corrections),
		test("journey_03_record_is_erased_with_a_receipt", petitions::erased),
		test("journey_03_erasure_is_refused_with_reason_and_date", petitions::refused),
		test("journey_03_held_record_is_not_erased", petitions::held),
		test("journey_03_disputed_record_carries_the_statement", petitions::disputed),
		test("journey_03_fails_when_ciphertext_is_tampered_with", records::tampered_ciphertext),
		test("journey_03_fails_when_stored_wrap_is_tampered_with", records::tampered_stored_wrap),
		test(
			"journey_05_fails_when_wrap_is_tampered_with_or_stale",
			records::tampered_or_stale_wrap,
		),
		test("journey_03_stolen_disk_opens_nothing", theft::opens_nothing),
		test(
			"journey_03_nothing_is_half_written_when_vault_is_killed",
			faults::killed_while_storing,
		),
		test(
			"journey_03_large_study_resumes_after_kills",
			transfers::large_study_resumes_after_kills,
		),
		test("journey_03_backlog_is_imported_and_single_records_are_used", bulk::imported),
		test(
			"journey_03_records_move_to_another_custodian_and_stops_midway_lose_nothing",
			custody::records_move,
		),
		test("journey_03_fhir_facade_enforces_the_decision", fhir::facade),
		test("journey_03_two_clinics_in_one_vault_cannot_read_each_other", tenants::two_clinics),
		test("operations_vault_is_backed_up_and_restored", backup::backed_up_and_restored),
		test("journey_04_consent_resources_are_issued_and_exported", consents::resources),
		test("journey_04_office_answers_the_patients_request", asks::answered),
		test("journey_05_approval_is_narrowed_and_goes_on_after_a_break", asks::narrowed),
		test("journey_05_patient_without_a_chart_there_scans_a_code", meet::scans_a_code),
		test("journey_05_deny_by_category_wins", consent::deny_by_category),
		test("journey_05_fails_when_opening_of_a_deny_is_missing", consent::missing_opening),
		test("journey_04_link_opens_one_document_once", links::opens_one_document_once),
		test("journey_04_card_and_pin_permit_at_the_desk", card::permits_at_the_desk),
		test("journey_04_proxy_at_the_desk_ends_by_date", card::proxy_at_the_desk),
		test("journey_04_who_never_had_a_phone_has_card_and_kit", card::never_had_a_phone),
		test("journey_04_paper_consent_needs_two", paper::needs_two),
		test("journey_04_offline_sheet_opens_once", paper::sheet_opens_once),
		test(
			"journey_04_standing_grant_opens_new_records_with_the_patient_offline",
			revocation::standing_grant,
		),
		test(
			"journey_05_nothing_is_released_after_a_final_revocation",
			revocation::no_release_after_revocation,
		),
		test("journey_04_disclosures_are_exactly_once_under_kills", exactly_once::under_kills),
		test(
			"journey_05_attempts_end_with_the_permission",
			exactly_once::attempts_end_with_the_permission,
		),
		test("journey_05_revoked_in_the_same_block", exactly_once::revoked_in_the_same_block),
		test("journey_04_revocation_reaches_who_has_read", holders::revocation_reaches_readers),
		test("journey_05_changes_are_hidden_among_others", relay::hidden_among_others),
		test("journey_02_calls_of_a_chart_go_by_its_vault", relay::calls),
		test("journey_05_requests_are_declined_withdrawn_and_lapse", consent::ends_of_requests),
		test("journey_05_fails_when_requester_is_unlicensed", consent::unlicensed),
		test("journey_05_fails_when_licence_has_expired", consent::expired_licence),
		test("journey_05_fails_when_vault_is_down", faults::vault_down),
		test("journey_05_fails_when_key_service_is_down", faults::key_service_down),
		test("journey_05_log_survives_a_kill_after_the_release", faults::killed_before_root),
		test("journey_05_fails_when_node_is_down", faults::node_down),
		test("journey_05_fails_when_finality_stalls", faults::finality_stalls),
		test("journey_06_glass_is_broken_told_and_reviewed", emergency::unconscious_patient),
		test("journey_06_dissent_of_the_patient_wins", emergency::dissent_wins),
		test("journey_06_patient_is_found_by_card", finding::by_a_card),
		test("journey_06_near_match_is_not_found", finding::near_matches),
		// Last of these: the clinician loses the privilege.
		test("journey_06_unjustified_takes_the_privilege_away", emergency::unjustified),
		test("journey_10_chain_goes_on_while_a_validator_is_down", faults::validator_down),
		// A house keeps nothing afterwards, and a record that another test tampered with could not move.
		test_anew(
			"journey_06_emergency_while_finality_stalls",
			stalled::emergency_while_finality_stalls,
		),
		test_anew("journey_03_holding_moves_to_its_successor", holding::moves),
	]
}
