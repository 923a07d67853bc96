//! Who reads: guardians, and those who leave nothing to go on with.

use super::*;
use crate::{guardians::WalletGuard, vault_api::GuardianReading};
use salus_primitives::{
	codes::{Power, Powers, Relation},
	guardian::GuardianTerms,
};

/// What the header of a guardian's request holds.
fn shown(headers: &HeaderMap) -> GuardianReading {
	decode_header(headers[api::GUARDIAN_HEADER].to_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_guardian_who_signs_in_again_shows_a_word_that_is_good_as_long() {
	let folder = tempfile::tempdir().unwrap();
	let mother = identity("//Mother");
	let terms = GuardianTerms {
		chart: CHART,
		key: mother.account(),
		relation: Relation::Parent,
		powers: Powers::of(&[Power::Read]),
		until: None,
	};
	let card = WalletGuard::new(&[terms]).unwrap().cards(GENESIS, 1).unwrap().remove(0);
	for code in [api::codes::GUARDIANS_WORD_REFUSED, api::codes::NOT_SIGNED_IN] {
		let words = Arc::new(Mutex::new(Vec::new()));
		let (seen, account) = (words.clone(), mother.account());
		let challenge = api::Challenge {
			domain: api::CHALLENGE_DOMAIN,
			genesis: GENESIS,
			organisation: 1,
			account,
			nonce: [0; 32],
			expires: u64::MAX,
		};
		let signed = api::SignedIn { token: "token".into(), expires: u64::MAX };
		let release = move |headers: HeaderMap| async move {
			let expires = shown(&headers).word.expires;
			let mut seen = seen.lock().unwrap();
			seen.push((expires, headers.contains_key("authorization")));
			if seen.len() == 1 {
				refusal(StatusCode::UNAUTHORIZED, code)
			} else {
				refusal(StatusCode::FORBIDDEN, api::codes::ACCESS_DENIED)
			}
		};
		let sign_in = move |headers: HeaderMap| async move {
			assert_eq!(shown(&headers).guardian.terms.key, account);
			Json(signed)
		};
		let routes = Router::new()
			.route(api::CHALLENGE, post(move || async move { Json(challenge) }))
			.route(api::SIGN_IN, post(sign_in))
			.route(api::RELEASE, post(release));
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
		let address = listener.local_addr().unwrap();
		tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
		let mut vault = VaultClient::new(&format!("http://{address}")).unwrap();
		vault.show(&card.reading(&mother, 10).unwrap()).unwrap();
		let session =
			Session { who: &mother, card: Some(&card), genesis: GENESIS, organisation: 1 };
		let out = folder.path().join("out");
		let wanted = wanted(Seal([0; 32]), &out);
		let refused = read_file(&vault, &session, wanted, unwatched()).await.unwrap_err();
		assert_eq!(refused.code(), api::codes::ACCESS_DENIED, "{code}");
		let words = words.lock().unwrap();
		let [(before, _), (after, signed_in)] = words[..] else { panic!("{words:?}") };
		assert!(before == 10 && after > now() && signed_in, "{code}: {words:?}");
	}
}

#[tokio::test]
async fn who_can_not_go_on_leaves_nothing_to_go_on_with() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let (shared, leaf) = kept(&folder, &content(1_000_000), &who);
	let vault = vault(&shared).await;
	let out = folder.path().join("out");
	let session = Session { who: &who, card: None, genesis: GENESIS, organisation: 1 };
	let read = |resumable| {
		let wanted = Wanted { resumable, ..wanted(leaf, &out) };
		read_file(&vault, &session, wanted, unwatched())
	};
	of(&shared).breaks = (1..1000).collect();
	for (resumable, left) in [(true, true), (false, false)] {
		let came = tokio::time::timeout(Duration::from_millis(900), read(resumable)).await;
		assert!(came.is_err(), "it was broken off under way");
		assert_eq!(part(&out).exists(), left);
		let _ = fs::remove_file(part(&out));
	}
	of(&shared).breaks.clear();
	read(false).await.unwrap();
	assert!(out.exists() && !part(&out).exists());
}

/// Where the name of an attempt is kept.
pub(super) fn journal(out: &std::path::Path) -> std::path::PathBuf {
	crate::sealed_file::sibling(out, &format!(".{}.attempt", "05".repeat(8)))
}

#[tokio::test]
async fn one_reading_has_one_name_also_after_a_kill() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let (shared, leaf) = kept(&folder, &content(1_000_000), &who);
	let vault = vault(&shared).await;
	let out = folder.path().join("out");
	of(&shared).breaks = (1..1000).collect();
	let came =
		tokio::time::timeout(Duration::from_millis(900), fetch(&vault, &who, leaf, &out)).await;
	assert!(came.is_err(), "it was killed under way");
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		assert_eq!(fs::metadata(journal(&out)).unwrap().permissions().mode() & 0o777, 0o600);
	}
	of(&shared).breaks.clear();
	fetch(&vault, &who, leaf, &out).await.unwrap();
	let attempts = of(&shared).attempts.clone();
	assert!(attempts.len() > 2);
	assert!(attempts.iter().all(|attempt| *attempt == attempts[0]), "{attempts:?}");
	assert!(attempts[0].parse::<api::Attempt>().is_ok());
	// The next reading is another one.
	assert!(!journal(&out).exists() && !part(&out).exists());
	fs::remove_file(&out).unwrap();
	fetch(&vault, &who, leaf, &out).await.unwrap();
	assert_ne!(of(&shared).attempts.last(), Some(&attempts[0]));
}

#[tokio::test]
async fn a_name_that_was_used_for_something_else_is_left() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let (shared, leaf) = kept(&folder, &content(1000), &who);
	of(&shared).knows_first = true;
	let vault = vault(&shared).await;
	let out = folder.path().join("out");
	fs::write(journal(&out), "00".repeat(16)).unwrap();
	fetch(&vault, &who, leaf, &out).await.unwrap();
	let attempts = of(&shared).attempts.clone();
	let [first, second] = attempts.as_slice() else { panic!("{attempts:?}") };
	assert_eq!(*first, "00".repeat(16));
	assert_ne!(first, second);
	assert!(out.exists() && !journal(&out).exists());
}

#[tokio::test]
async fn who_is_away_keeps_the_name_for_the_next_call() {
	let folder = tempfile::tempdir().unwrap();
	let who = identity("//Patient");
	let (shared, leaf) = kept(&folder, &content(1000), &who);
	let out = folder.path().join("out");
	let away = VaultClient::new("http://127.0.0.1:1").unwrap();
	let fault = fetch(&away, &who, leaf, &out).await.unwrap_err();
	assert_eq!(fault.code(), "vault-unreachable");
	let name = fs::read_to_string(journal(&out)).unwrap();
	assert!(!part(&out).exists());
	fetch(&vault(&shared).await, &who, leaf, &out).await.unwrap();
	assert_eq!(of(&shared).attempts, [name]);
}
