//! The line that reading a log leaves in it.

use super::*;
use crate::{
	disclosures::log,
	routes::tests::{person, Harness, CHART},
};
use salus_client::vault_api::CHART_DISCLOSURES;
use salus_primitives::codes::Role;

fn head(at: u64) -> Head {
	Head { number: 0, hash: [6; 32], at }
}

/// A line of somebody else.
async fn refused(harness: &Harness, at: u64) {
	let account = person("//Lakeside//DrBrooks").account();
	let access = Access {
		account,
		chart: CHART,
		accessor: Accessor::Staff { account, organisation: 2, role: Role::Clinician },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Treatment,
		subject: Subject::Listing,
		head: head(at),
	};
	log(&harness.vault, access, Outcome::Refused(32)).await.unwrap();
}

async fn lines(harness: &Harness, token: &str) -> Vec<Subject> {
	let route = CHART_DISCLOSURES.replace("{chart}", &CHART.to_string());
	let (status, page): (_, DisclosurePage) = harness.send("GET", &route, Some(token), "").await;
	assert_eq!(status, 200);
	page.entries.iter().map(|entry| entry.opening.terms.subject).collect()
}

#[tokio::test]
async fn a_reader_has_one_line_per_sign_in_and_sees_it_in_the_next_page() {
	let harness = Harness::new();
	let token = harness.token("//Patient");
	// Nothing is there to be read, nor a head to name while our node is away.
	assert!(lines(&harness, &token).await.is_empty());
	refused(&harness, 7).await;
	assert_eq!(lines(&harness, &token).await, [Subject::Listing]);
	for _ in 0..3 {
		assert_eq!(lines(&harness, &token).await, [Subject::Listing, Subject::Log]);
	}
	// A second sign-in is another reading; it names the last head that is known.
	let other = harness.token("//Patient");
	assert_eq!(lines(&harness, &other).await, [Subject::Listing, Subject::Log]);
	assert_eq!(lines(&harness, &token).await, [Subject::Listing, Subject::Log, Subject::Log]);
	let wanted = Wanted { chart: CHART, from: 0, of: None };
	let page = read(&harness.vault, wanted).await.unwrap();
	let terms = &page.entries[2].opening.terms;
	assert_eq!((terms.head, terms.at), ([6; 32], 7));
	assert_eq!(terms.accessor, Accessor::Patient { account: person("//Patient").account() });
	assert_eq!(terms.outcome, Outcome::Released(Basis::Patient));
	// One who may not is not told of, nor is anything handed out.
	let route = CHART_DISCLOSURES.replace("{chart}", &CHART.to_string());
	let stranger = harness.token("//Lakeside//DrBrooks");
	let said = harness.refusal("GET", &route, Some(&stranger), "").await;
	assert_eq!(said, (403, "not-the-charts-key".into()));
	assert_eq!(lines(&harness, &token).await.len(), 3);
}

#[tokio::test]
async fn two_first_looks_at_once_leave_one_line() {
	let harness = Harness::new();
	refused(&harness, 7).await;
	let token = harness.token("//Patient");
	let (one, two, three) =
		tokio::join!(lines(&harness, &token), lines(&harness, &token), lines(&harness, &token));
	// One of them saw the log without its line, and the others waited for that.
	let mut seen = [one.len(), two.len(), three.len()];
	seen.sort_unstable();
	assert_eq!(seen, [1, 2, 2]);
	assert_eq!(lines(&harness, &token).await.len(), 2);
}

#[tokio::test]
async fn lines_of_a_break_glass_are_read_by_their_reviewer_and_not_due_to_it() {
	let harness = Harness::new();
	let vault = &harness.vault;
	let id = BreakGlassId([9; 32]);
	let account = person("//Reviewer").account();
	let basis = Basis::BreakGlass(id);
	let access = |subject, role| Access {
		account,
		chart: CHART,
		accessor: Accessor::Staff { account, organisation: 3, role },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::Operations,
		subject,
		head: head(7),
	};
	let clinician = access(Subject::Listing, Role::Clinician);
	log(vault, clinician, Outcome::Released(basis)).await.unwrap();
	let token = harness.token("//Reviewer");
	let session = vault.sign_ins.session(&token).unwrap();
	let look = access(Subject::Log, Role::QualityOfficer);
	let wanted = Wanted { chart: CHART, from: 0, of: Some((id, 0)) };
	for _ in 0..2 {
		let page = read_once(vault, Some(session), look, basis, wanted).await.unwrap();
		assert_eq!(page.entries.len(), 1);
	}
	// Another break-glass of the chart is another reading.
	let other = Basis::BreakGlass(BreakGlassId([8; 32]));
	let wanted = Wanted { of: Some((BreakGlassId([8; 32]), 0)), ..wanted };
	let page = read_once(vault, Some(session), look, other, wanted).await.unwrap();
	assert!(page.entries.is_empty());
	let patient = harness.token("//Patient");
	let subjects = [Subject::Listing, Subject::Log, Subject::Log];
	assert_eq!(lines(&harness, &patient).await, subjects);
	let known = vault.store.read(|rows| rows.get(&crate::store::EMERGENCIES, &CHART)).unwrap();
	let known: Vec<_> = known.unwrap().iter().map(|row| (row.id, row.releases)).collect();
	assert_eq!(known, [(id, 1)]);
}
