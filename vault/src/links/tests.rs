//! Uses of links, and what is refused before the chain is asked.

use super::*;
use crate::{
	clock::now,
	routes::tests::{person, Harness, CHART},
	store::{unvouched, ChartRow, NewChart, CHARTS, DISCLOSURES},
};
use salus_client::{
	keys::Identity,
	vault_api::{Head, Signature, CHALLENGE, RECORD_LINK},
};
use salus_primitives::{
	codes::{Actions, GrantorBasis, Obligations, Purpose, Purposes, Rule, Strength},
	decision::Accessor,
	directive::{Grantee, Scope},
	disclosure::Subject,
	ids::DirectiveId,
	time::Period,
};

const RECORD: RecordId = RecordId([5; 32]);
const BASIS: Basis = Basis::Directive(DirectiveId([6; 32]));
const OTHER: ChartId = ChartId([0xc5; 32]);

fn keys(who: &Identity) -> LinkKeys {
	let public = who.public();
	LinkKeys { account: public.account, encryption_key: public.encryption_key }
}

fn shown(uri: &str, attempt: u8) -> Shown {
	Shown { keys: keys(&person(uri)), attempt: Digest::of(&[attempt; 32]) }
}

fn terms(link: Seal) -> DirectiveTerms {
	DirectiveTerms {
		rule: Rule::Permit,
		strength: Strength::Specific,
		grantee: Grantee::Bearer(link),
		scope: Scope { records: vec![RECORD].try_into().ok(), ..Scope::default() },
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::PatientRequested]),
		period: Period { from: 0, until: Some(Moment::MAX) },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	}
}

/// A vault to which a directive with the link of `//Link` came.
fn harness() -> Harness {
	let harness = Harness::new();
	let new = NewChart { chart: OTHER, key: [3; 32], encryption_key: unvouched([4; 32]) };
	let link = keys(&person("//Link")).seal();
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| {
			rows.put(&CHARTS, &OTHER, &ChartRow::empty(new))?;
			note(rows, &CHART, &terms(link))?;
			// Somebody else who names it does not take it over.
			note(rows, &OTHER, &terms(link))?;
			note(rows, &CHART, &DirectiveTerms::cover())
		})
		.unwrap();
	harness
}

fn access(shown: Shown, at: Moment) -> Access {
	Access {
		account: shown.keys.account,
		chart: CHART,
		accessor: Accessor::Bearer { link: shown.keys.seal() },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::PatientRequested,
		subject: Subject::Record(RECORD),
		head: Head { number: 1, hash: [7; 32], at },
	}
}

async fn used(harness: &Harness, shown: Shown, at: Moment) -> Result<Use, &'static str> {
	let logged = log(&harness.vault, access(shown, at), BASIS, shown).await;
	logged.map(|(_, begun)| begun).map_err(|error| match error {
		Error::AccessDenied(DenyReason::LinkUsed) => "used",
		Error::AccessDenied(DenyReason::LinkUnknown) => "unknown",
		error => panic!("{error}"),
	})
}

/// What the chart's log says was answered.
fn outcomes(harness: &Harness) -> Vec<Outcome> {
	harness
		.vault
		.store
		.read(|rows| {
			let mut found = Vec::new();
			while let Some(row) =
				rows.get(&DISCLOSURES, &(CHART, u32::try_from(found.len()).unwrap()))?
			{
				found.push(row.opening.terms.outcome);
			}
			Ok(found)
		})
		.unwrap()
}

#[tokio::test]
async fn one_use_goes_on_for_a_quarter_of_an_hour() {
	let harness = harness();
	let (first, second) = (shown("//Link", 1), shown("//Link", 2));
	assert_eq!(used(&harness, first, 1_000).await, Ok(Use::Begun));
	assert_eq!(used(&harness, first, 1_000 + LINK_RESUMPTION - 1).await, Ok(Use::GoesOn));
	assert_eq!(used(&harness, second, 1_001).await, Err("used"));
	// A kill does not give it a second use.
	let harness = harness.killed();
	assert_eq!(used(&harness, first, 1_001).await, Ok(Use::GoesOn));
	assert_eq!(used(&harness, second, 1_001).await, Err("used"));
	assert_eq!(used(&harness, first, 1_000 + LINK_RESUMPTION).await, Err("used"));
	let (released, refused) =
		(Outcome::Released(BASIS), Outcome::Refused(DenyReason::LinkUsed.code()));
	assert_eq!(outcomes(&harness), [released, released, refused, released, refused, refused]);
}

#[tokio::test]
async fn a_use_of_which_nothing_left_is_given_back() {
	let harness = harness();
	let (first, second) = (shown("//Link", 1), shown("//Link", 2));
	let begun = used(&harness, first, 1_000).await.unwrap();
	let failed = log_failure(&harness.vault, access(first, 1_000), NOT_HANDED_OUT, begun, first);
	failed.await.unwrap();
	assert_eq!(used(&harness, second, 1_001).await, Ok(Use::Begun));
	// What goes on does not undo what was handed out before.
	let goes_on = used(&harness, second, 1_002).await.unwrap();
	let failed =
		log_failure(&harness.vault, access(second, 1_002), NOT_HANDED_OUT, goes_on, second);
	failed.await.unwrap();
	assert_eq!(used(&harness, first, 1_003).await, Err("used"));
	assert_eq!(outcomes(&harness)[1], Outcome::Refused(NOT_HANDED_OUT));
}

#[tokio::test]
async fn a_beginning_that_fails_takes_nothing_back_with_which_another_request_went_on() {
	let harness = harness();
	let (first, second) = (shown("//Link", 1), shown("//Link", 2));
	let begun = used(&harness, first, 1_000).await.unwrap();
	assert_eq!(used(&harness, first, 1_001).await, Ok(Use::GoesOn));
	let failed = log_failure(&harness.vault, access(first, 1_000), NOT_HANDED_OUT, begun, first);
	failed.await.unwrap();
	assert_eq!(used(&harness, second, 1_002).await, Err("used"));
}

#[tokio::test]
async fn a_restored_vault_opens_no_link_of_before() {
	let harness = harness();
	let (before, since) = (keys(&person("//Before")).seal(), keys(&person("//Since")).seal());
	harness
		.vault
		.store
		.write::<_, StoreError>(|rows| {
			after_restore(rows, 50)?;
			// Their openings come once more, or for the first time.
			note(rows, &CHART, &terms(before))?;
			let period = Period { from: 51, until: Some(100) };
			note(rows, &CHART, &DirectiveTerms { period, ..terms(since) })
		})
		.unwrap();
	assert_eq!(used(&harness, shown("//Link", 1), 60).await, Err("used"));
	assert_eq!(used(&harness, shown("//Before", 1), 60).await, Err("used"));
	assert_eq!(used(&harness, shown("//Since", 1), 60).await, Ok(Use::Begun));
}

#[tokio::test]
async fn few_refused_attempts_with_one_link_are_logged() {
	let harness = harness();
	let shown = shown("//Link", 1);
	let code = DenyReason::LinkOver.code();
	for _ in 0..REFUSALS_LOGGED {
		refused(&harness.vault, access(shown, 1_000), code, shown).await.unwrap();
	}
	// A kill does not give it more.
	let harness = harness.killed();
	refused(&harness.vault, access(shown, 1_001), code, shown).await.unwrap();
	assert_eq!(outcomes(&harness), vec![Outcome::Refused(code); REFUSALS_LOGGED.into()]);
	// What is released has its line all the same.
	assert_eq!(used(&harness, shown, 1_002).await, Ok(Use::Begun));
	assert_eq!(outcomes(&harness).last(), Some(&Outcome::Released(BASIS)));
}

#[tokio::test]
async fn a_link_that_ended_long_ago_is_one_that_nobody_made() {
	let harness = harness();
	let link = keys(&person("//Link")).seal();
	let row = |until| {
		let store = &harness.vault.store;
		store
			.write::<_, StoreError>(|rows| {
				let row = rows.get(&LINKS, &link)?.unwrap();
				rows.put(&LINKS, &link, &LinkRow { until: Some(until), ..row })
			})
			.unwrap();
	};
	// No such record here: it was looked for.
	row(now() - KNOWN_AFTER + 60_000);
	let said = asked(&harness, "//Link", |_| ()).await;
	assert_eq!(refusal(&harness, &said).await.0, 404);
	row(now() - KNOWN_AFTER);
	let said = asked(&harness, "//Link", |_| ()).await;
	let unknown = (403, "access-denied".to_owned(), Some(DenyReason::LinkUnknown.code()));
	assert_eq!(refusal(&harness, &said).await, unknown);
	// Its directive gives it no second life.
	let store = &harness.vault.store;
	store.write::<_, StoreError>(|rows| note(rows, &CHART, &terms(link))).unwrap();
	let said = asked(&harness, "//Link", |_| ()).await;
	assert_eq!(refusal(&harness, &said).await, unknown);
	assert!(outcomes(&harness).is_empty());
}

#[tokio::test]
async fn a_link_that_never_came_has_no_use() {
	let harness = harness();
	assert_eq!(used(&harness, shown("//Other", 1), 1_000).await, Err("unknown"));
	assert!(outcomes(&harness).is_empty());
}

/// What the holder of `//{uri}` sends, changed.
async fn asked(harness: &Harness, uri: &str, change: impl FnOnce(&mut OpenLink)) -> OpenLink {
	let who = person(uri);
	let body = serde_json::json!({ "account": format!("0x{}", hex::encode(who.account())) });
	let (status, challenge) = harness.send("POST", CHALLENGE, None, body.to_string()).await;
	assert_eq!(status, 200);
	let mut asked = OpenLink {
		keys: keys(&who),
		challenge,
		signature: Signature::Sr25519([0; 64]),
		purpose: Purpose::PatientRequested,
		attempt: [1; 32],
		offset: 0,
	};
	asked.signature = who.sign(&asked.signable(&RECORD));
	change(&mut asked);
	asked
}

async fn refusal(harness: &Harness, asked: &OpenLink) -> (u16, String, Option<u8>) {
	let route = RECORD_LINK.replace("{record}", &RECORD.to_string());
	let body = serde_json::to_string(asked).unwrap();
	let (status, said): (_, salus_client::vault_api::ErrorBody) =
		harness.send("POST", &route, None, body).await;
	(status, said.code, said.reason)
}

#[tokio::test]
async fn who_does_not_have_the_code_is_refused_and_not_logged() {
	let harness = harness();
	let wrong = |code: &str| (401, code.to_owned(), None);
	// A link that nobody made.
	let other = asked(&harness, "//Other", |_| ()).await;
	let unknown = (403, "access-denied".to_owned(), Some(DenyReason::LinkUnknown.code()));
	assert_eq!(refusal(&harness, &other).await, unknown);
	// The signature is over everything that is asked.
	let changes: [fn(&mut OpenLink); 5] = [
		|asked| asked.signature = Signature::Sr25519([1; 64]),
		|asked| asked.offset = 1,
		|asked| asked.attempt = [2; 32],
		|asked| asked.purpose = Purpose::Research,
		|asked| asked.keys.account = person("//Other").account(),
	];
	for change in changes {
		let changed = asked(&harness, "//Link", change).await;
		assert_eq!(refusal(&harness, &changed).await, wrong("signature-wrong"));
	}
	// Nor does one of the two keys do without the other.
	let half = asked(&harness, "//Link", |asked| asked.keys.encryption_key = [9; 32]).await;
	assert_eq!(refusal(&harness, &half).await, unknown);
	// Challenges of others, and expired ones.
	let late = asked(&harness, "//Link", |asked| asked.challenge.expires = now()).await;
	assert_eq!(refusal(&harness, &late).await, wrong("challenge-used-or-unknown"));
	let elsewhere = asked(&harness, "//Link", |asked| asked.challenge.organisation = 2).await;
	assert_eq!(refusal(&harness, &elsewhere).await, (400, "wrong-chain".into(), None));
	// Keys that are made up use no challenge up, or they could fill the list of used ones for everybody.
	assert_eq!(refusal(&harness, &other).await, unknown);
	assert!(outcomes(&harness).is_empty());
}

#[tokio::test]
async fn a_link_signs_nobody_in() {
	let harness = harness();
	let said = asked(&harness, "//Link", |_| ()).await;
	// What it signs is not what a sign-in is.
	let body = salus_client::vault_api::SignIn {
		challenge: said.challenge.clone(),
		signature: said.signature,
	};
	assert!(matches!(harness.vault.sign_ins.verify(&body), Err(Error::SignatureWrong)));
}

#[tokio::test]
async fn a_link_is_tried_a_bounded_number_of_times() {
	let harness = harness();
	let mut answers = Vec::new();
	for _ in 0..62 {
		let said = asked(&harness, "//Link", |_| ()).await;
		answers.push(refusal(&harness, &said).await.0);
	}
	// No such record here; the last ones are not even looked up.
	assert!(answers.iter().take(60).all(|status| *status == 404), "{answers:?}");
	assert_eq!(answers.last(), Some(&429));
}
