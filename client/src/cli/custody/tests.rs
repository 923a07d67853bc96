use super::*;

fn view(given: Option<OrganisationId>, offered: Option<OrganisationId>) -> HoldingView {
	let keeper = given.unwrap_or(1);
	HoldingView { organisation: 1, keeper, given, offered, records: 3, batches: 1 }
}

fn received(state: ReceivingState) -> ReceivedHolding {
	ReceivedHolding {
		from: 1,
		state,
		ready_until: None,
		charts: 1,
		charts_of: 2,
		records: 3,
		records_of: 4,
		fault: None,
		faults: Vec::new(),
		unasked: false,
	}
}

#[test]
fn only_what_is_offered_to_the_house_is_received() {
	assert!(ensure_offered(&view(None, Some(2)), 2).is_ok());
	// What broke off after the acceptance goes on.
	assert!(ensure_offered(&view(Some(2), None), 2).is_ok());
	for (view, says) in [
		(view(None, None), "offers nothing"),
		(view(None, Some(3)), "to 3, not 2"),
		(view(Some(3), None), "organisation 3 keeps"),
	] {
		let fault = ensure_offered(&view, 2).unwrap_err();
		assert_eq!(fault.code(), "usage");
		assert!(fault.to_string().contains(says), "{fault}");
	}
}

#[test]
fn nothing_is_accepted_before_it_was_copied() {
	for state in [ReceivingState::Copying, ReceivingState::Withdrawn] {
		assert!(!is_copied(&received(state)));
	}
	for state in [ReceivingState::Copied, ReceivingState::Closing, ReceivingState::Ready] {
		assert!(is_copied(&received(state)));
	}
}

#[test]
fn what_a_vault_says_is_told_and_what_keeps_it_from_it() {
	let told = |stands: &Stands| {
		let mut out = Vec::new();
		super::super::render::Report::human(stands, &mut out).unwrap();
		String::from_utf8(out).unwrap()
	};
	let away = Err(Error::VaultTimedOut { endpoint: "http://127.0.0.1:1".into() });
	let stands = Stands { holding: view(Some(2), None), vault: Some(away.into()) };
	let said = told(&stands);
	assert!(said.contains("kept by") && said.contains("did not answer in time"), "{said}");
	let json = serde_json::to_value(&stands).unwrap();
	assert_eq!(json["vault"]["fault"]["code"], "vault-timed-out");
	let own = salus_client::vault_api::OwnHolding {
		organisation: 2,
		state: salus_client::vault_api::HoldingState::Kept,
		to: None,
		closed_until: None,
		waiting: 0,
		charts_handed: 0,
		fault: None,
	};
	let ready = ReceivedHolding { ready_until: Some(1), ..received(ReceivingState::Ready) };
	let list = salus_client::vault_api::HoldingList { own, received: vec![ready] };
	let said = told(&Stands { holding: view(None, None), vault: Some(Ok(list).into()) });
	assert!(said.contains("3 of 4") && said.contains("can be accepted until"), "{said}");
}

#[test]
fn a_last_pass_that_came_to_nothing_is_not_begun_again_by_itself() {
	for state in [ReceivingState::Ready, ReceivingState::Activating, ReceivingState::Kept] {
		assert!(watch::made(received(state)).is_ok());
	}
	let fault = Some("a log with a gap".into());
	let copied = ReceivedHolding { fault, ..received(ReceivingState::Copied) };
	let refused = watch::made(copied).unwrap_err();
	assert!(refused.to_string().contains("a log with a gap"), "{refused}");
	assert!(watch::made(received(ReceivingState::Withdrawn)).is_err());
}

#[test]
fn what_keeps_charts_out_of_service_is_told() {
	let faults = vec![salus_client::vault_api::HoldingFault { fault: "a gap".into(), charts: 7 }];
	let some = ReceivedHolding { faults, unasked: true, ..received(ReceivingState::Activating) };
	let mut out = Vec::new();
	let some = Received { by: 2, received: some };
	super::super::render::Report::human(&some, &mut out).unwrap();
	let said = String::from_utf8(out).unwrap();
	assert!(said.contains("charts that wait: 7, a gap") && said.contains("could not be asked"));
}
