//! The standard's own vectors, shares of another program, and what must hold for every secret.

use super::{
	cipher::Cipher,
	share::{Set, MAX_IDENTIFIER},
	*,
};
use crate::{error::Error, sealed_file::Passphrase, wallet::Wallet};
use proptest::prelude::*;
use zeroize::Zeroizing;

const DATE: &str = "2026-11-25";

fn root(byte: u8) -> RootSecret {
	RootSecret::from_bytes([byte; 32])
}

/// Quick to encrypt under.
const QUICK: Cipher = Cipher { identifier: 7, extendable: true, exponent: 0 };

fn divided(secret: &[u8], scheme: &Scheme) -> Vec<Vec<Share>> {
	scheme.divide(secret, &QUICK, &SheetPassphrase::none()).unwrap()
}

fn combined<'a>(
	shares: impl IntoIterator<Item = &'a Share>,
	passphrase: &SheetPassphrase,
) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
	let mut collection = Collection::default();
	for share in shares {
		collection.add(share.clone())?;
	}
	collection.combine(passphrase)
}

fn read_all(phrases: &[String], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, RecoveryError> {
	let shares = phrases
		.iter()
		.map(|phrase| Share::read(phrase))
		.collect::<Result<Vec<_>, _>>()?;
	combined(&shares, &SheetPassphrase::new(passphrase)?)
}

#[test]
fn the_standards_vectors_hold() {
	let vectors: Vec<(String, Vec<String>, String)> =
		serde_json::from_str(include_str!("data/vectors.json")).unwrap();
	assert_eq!(vectors.len(), 45);
	for (what, phrases, secret) in vectors {
		let said = read_all(&phrases, "TREZOR");
		if secret.is_empty() {
			let fault = said.unwrap_err();
			println!("{what}: {} ({fault})", fault.code());
			continue;
		}
		assert_eq!(hex::encode(&*said.unwrap()), secret, "{what}");
		// And the shares are written as they were read.
		for phrase in phrases {
			assert_eq!(*Share::read(&phrase).unwrap().phrase(), phrase, "{what}");
		}
	}
}

/// What another program made. See `scripts/slip39-reference.py`.
#[derive(serde::Deserialize)]
struct Reference {
	secret: String,
	passphrase: String,
	group_threshold: u8,
	groups: Vec<(u8, u8)>,
	shares: Vec<Vec<String>>,
}

#[test]
fn shares_of_the_reference_combine_here() {
	let all: Vec<Reference> = serde_json::from_str(include_str!("data/reference.json")).unwrap();
	assert!(all.len() >= 8);
	for made in all {
		let groups = made.groups.iter().zip(&made.shares).take(made.group_threshold.into());
		let enough: Vec<String> = groups
			.flat_map(|((threshold, _), shares)| {
				shares.iter().rev().take((*threshold).into()).cloned()
			})
			.collect();
		let secret = read_all(&enough, &made.passphrase).unwrap();
		assert_eq!(hex::encode(&*secret), made.secret);
		let all: Vec<String> = made.shares.concat();
		assert_eq!(hex::encode(&*read_all(&all, &made.passphrase).unwrap()), made.secret);
		let fewer = &enough[1..];
		if !fewer.is_empty() {
			assert_eq!(read_all(fewer, &made.passphrase).unwrap_err().code(), "too-few-shares");
		}
	}
}

/// Shares for the reference to combine, when `SALUS_SLIP39_OUT` names a file for them.
#[test]
fn shares_for_the_reference() {
	let Some(file) = std::env::var_os("SALUS_SLIP39_OUT") else { return };
	let mut all = Vec::new();
	for (place, (threshold, groups)) in [
		(1, vec![(1, 1)]),
		(1, vec![(2, 3)]),
		(1, vec![(3, 5)]),
		(1, vec![(16, 16)]),
		(2, vec![(2, 3), (1, 1), (3, 5)]),
		(3, vec![(2, 2), (2, 4), (5, 7)]),
	]
	.into_iter()
	.enumerate()
	{
		for passphrase in ["", "correct horse ~"] {
			for secret in [root(place as u8).expose().to_vec(), (0..16).collect()] {
				let groups = groups.iter().map(|(m, n)| Group::new(*m, *n).unwrap()).collect();
				let scheme = Scheme::new(threshold, groups).unwrap();
				let cipher = Cipher {
					identifier: 0x1234 + place as u16,
					extendable: place % 2 == 0,
					exponent: place as u8 % 3,
				};
				let word = SheetPassphrase::new(passphrase).unwrap();
				let shares = scheme.divide(&secret, &cipher, &word).unwrap();
				let shares: Vec<Vec<String>> = shares
					.iter()
					.map(|group| group.iter().map(|share| share.phrase().to_string()).collect())
					.collect();
				all.push(serde_json::json!({
					"secret": hex::encode(secret),
					"passphrase": passphrase,
					"group_threshold": threshold,
					"groups": scheme
						.groups()
						.iter()
						.map(|group| (group.threshold(), group.members()))
						.collect::<Vec<_>>(),
					"shares": shares,
				}));
			}
		}
	}
	std::fs::write(file, serde_json::to_vec_pretty(&all).unwrap()).unwrap();
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn any_enough_restore_and_any_fewer_do_not(
		secret in any::<[u8; 32]>(),
		(threshold, members) in (1u8..=6).prop_flat_map(|threshold| {
			(Just(threshold), if threshold == 1 { 1..=1u8 } else { threshold..=9 })
		}),
		seed in any::<u64>(),
	) {
		let scheme = Scheme::simple(threshold, members).unwrap();
		let mut shares = divided(&secret, &scheme).concat();
		// Some order that the seed tells.
		shares.sort_by_key(|share| seed.rotate_left(u32::from(share.member) * 7) % 61);
		let none = SheetPassphrase::none();
		for start in 0..shares.len() {
			let chosen: Vec<_> =
				shares.iter().cycle().skip(start).take(threshold.into()).collect();
			let restored = combined(chosen.iter().copied(), &none).unwrap();
			prop_assert_eq!(restored.as_slice(), secret.as_slice());
			let fewer = combined(chosen[1..].iter().copied(), &none).unwrap_err();
			let RecoveryError::TooFew(missing) = fewer else { panic!("{fewer}") };
			prop_assert_eq!(missing.groups_missing(), 1);
		}
		let all = combined(&shares, &none).unwrap();
		prop_assert_eq!(all.as_slice(), secret.as_slice());
	}

	#[test]
	fn shares_are_written_and_read(
		value in proptest::collection::vec(any::<u8>(), 8..=20).prop_map(|half| [half.clone(), half].concat()),
		identifier in 0..=MAX_IDENTIFIER,
		extendable: bool,
		exponent in 0u8..16,
		(group_threshold, groups) in (1u8..=16).prop_flat_map(|count| (1..=count, Just(count))),
		(member, threshold) in (0u8..16, 1u8..=16),
	) {
		let share = Share {
			set: Set { cipher: Cipher { identifier, extendable, exponent }, group_threshold, groups },
			group: groups - 1,
			member,
			threshold,
			value: Zeroizing::new(value),
		};
		let read = Share::read(&share.phrase()).unwrap();
		prop_assert_eq!(read.set, share.set);
		prop_assert_eq!((read.group, read.member, read.threshold), (share.group, member, threshold));
		prop_assert!(read.same_value(&share));
	}

	#[test]
	fn changed_words_are_refused(
		secret in any::<[u8; 32]>(),
		places in proptest::collection::btree_set(0usize..WALLET_WORDS, 1..=3),
		change in 1u16..1024,
	) {
		let shares = divided(&secret, &Scheme::simple(2, 2).unwrap()).concat();
		let phrase = shares[0].phrase();
		let mut found: Vec<&str> = phrase.split(' ').collect();
		for place in places {
			let number = words::number(found[place]).unwrap();
			found[place] = words::word((number + change) % 1024);
		}
		prop_assert_eq!(Share::read(&found.join(" ")).unwrap_err(), RecoveryError::WrongChecksum);
	}

	#[test]
	fn flipped_bits_are_refused(secret in any::<[u8; 32]>(), place in 0usize..32, bit in 0u8..8) {
		// Even behind a right checksum.
		let mut shares = divided(&secret, &Scheme::simple(2, 3).unwrap()).concat();
		shares[1].value[place] ^= 1 << bit;
		let none = SheetPassphrase::none();
		let refused = combined(&shares[..2], &none).unwrap_err();
		prop_assert_eq!(refused.code(), "shares-disagree");
		let refused = combined(&shares, &none).unwrap_err();
		prop_assert_eq!(refused.code(), "shares-disagree");
		prop_assert!(combined([&shares[0], &shares[2]], &none).is_ok());
	}

	#[test]
	fn no_text_is_too_strange(text in "\\PC{0,400}") {
		let _ = Share::read(&text);
		let _ = Share::read_of_wallet(&text);
		for kind in [Kind::Share, Kind::Kit] {
			let _ = Sheet::read(&text, kind);
			let (begin, end) = kind.marks();
			let _ = Sheet::read(&format!("{begin}\n{text}\n{end}"), kind);
			let _ = Sheet::read(&format!("{begin}\nwords {text}\n{end}"), kind);
		}
		let _ = text.parse::<Fingerprint>();
		let _ = SheetPassphrase::new(&text);
	}

	#[test]
	fn no_row_of_words_is_too_strange(numbers in proptest::collection::vec(0u16..1024, 0..60)) {
		let text: Vec<_> = numbers.iter().map(|number| words::word(*number)).collect();
		prop_assert!(Share::read(&text.join(" ")).is_err());
	}
}

#[test]
fn groups_are_needed_as_the_scheme_says() {
	let scheme = Scheme::new(
		2,
		vec![Group::new(2, 3).unwrap(), Group::new(1, 1).unwrap(), Group::new(3, 5).unwrap()],
	)
	.unwrap();
	let secret = [9; 32];
	let shares = divided(&secret, &scheme);
	let none = SheetPassphrase::none();
	let pick = |places: &[(usize, usize)]| {
		combined(places.iter().map(|(group, member)| &shares[*group][*member]), &none)
	};
	for enough in [
		&[(0, 0), (0, 2), (1, 0)][..],
		&[(1, 0), (2, 4), (2, 0), (2, 2)],
		&[(0, 1), (0, 2), (2, 1), (2, 3), (2, 4)],
		// A group that was only begun does not matter.
		&[(2, 0), (0, 0), (0, 2), (1, 0)],
	] {
		assert_eq!(pick(enough).unwrap().as_slice(), secret, "{enough:?}");
	}
	for (few, told) in [
		(&[][..], "no share is given"),
		(&[(1, 0)], "1 more group is missing, of 2 needed"),
		(&[(0, 0), (1, 0)], "1 more group is missing, of 2 needed; group 1 lacks 1 of 2"),
		(
			&[(2, 0), (0, 0)],
			"2 more groups are missing, of 2 needed; group 1 lacks 1 of 2; group 3 lacks 2 of 3",
		),
	] {
		assert_eq!(pick(few).unwrap_err().to_string(), told);
	}
	let simple = divided(&secret, &Scheme::simple(3, 5).unwrap()).concat();
	let fault = combined(&simple[..1], &none).unwrap_err();
	assert_eq!(fault.to_string(), "2 more shares are missing: 1 of 3");
	let fault = combined(&simple[..2], &none).unwrap_err();
	assert_eq!(fault.to_string(), "1 more share is missing: 2 of 3");
}

#[test]
fn shares_that_do_not_belong_together_are_refused() {
	let scheme = Scheme::simple(2, 3).unwrap();
	let shares = divided(&[1; 32], &scheme).concat();
	let none = SheetPassphrase::none();
	let code = |share: Share| {
		let fault = combined([&shares[0], &share], &none).unwrap_err();
		assert!(!fault.help().is_empty());
		fault.code()
	};
	assert_eq!(code(shares[0].clone()), "share-twice");

	let other = Cipher { identifier: 8, ..QUICK };
	let strange = scheme.divide(&[1; 32], &other, &none).unwrap().concat();
	assert_eq!(code(strange[1].clone()), "share-of-another-set");

	let altered = |alter: fn(&mut Share)| {
		let mut share = shares[1].clone();
		alter(&mut share);
		// Right as far as a checksum can tell.
		Share::read(&share.phrase()).unwrap()
	};
	assert_eq!(code(altered(|share| share.threshold = 3)), "share-contradicts");
	assert_eq!(code(altered(|share| share.set.groups = 2)), "share-contradicts");
	assert_eq!(code(altered(|share| share.set.cipher.exponent = 1)), "share-contradicts");
	assert_eq!(code(altered(|share| share.value.truncate(16))), "share-contradicts");
	assert_eq!(code(altered(|share| share.member = 0)), "share-number-taken");
	// Another splitting that has the same number by chance.
	let alike = divided(&[1; 32], &scheme).concat();
	assert_eq!(code(alike[1].clone()), "shares-disagree");

	let fault = Share::read(&{
		let mut share = shares[0].clone();
		share.set.group_threshold = 3;
		share.phrase()
	})
	.unwrap_err();
	assert_eq!(fault, RecoveryError::Impossible);
}

#[test]
fn words_left_out_are_counted() {
	let shares = divided(&[1; 32], &Scheme::simple(2, 3).unwrap()).concat();
	let phrase = shares[0].phrase();
	let found: Vec<_> = phrase.split(' ').collect();
	for count in (0..WALLET_WORDS).chain([WALLET_WORDS + 2]) {
		let text = found.iter().cycle().take(count).copied().collect::<Vec<_>>().join(" ");
		let fault = Share::read_of_wallet(&text).unwrap_err();
		assert_eq!(fault, RecoveryError::WrongLength { words: count });
	}
	let mut swapped = found.clone();
	swapped.swap(8, 9);
	assert_eq!(
		Share::read_of_wallet(&swapped.join(" ")).unwrap_err().code(),
		"share-wrong-checksum"
	);
	let mut wrong = found;
	wrong[20] = "keybaord";
	assert!(matches!(
		Share::read_of_wallet(&wrong[..30].join(" ")).unwrap_err(),
		RecoveryError::UnknownWord { position: 21, nearest: "keyboard", .. }
	));
}

#[test]
fn a_wrong_passphrase_is_told_by_the_fingerprint() {
	let root = root(3);
	let right = SheetPassphrase::new("the right one").unwrap();
	let shares = split(&root, &Scheme::simple(2, 3).unwrap(), &right).unwrap().concat();
	let mut collection = Collection::default();
	for share in &shares[..2] {
		collection.add(share.clone()).unwrap();
	}
	let expected = Some(root.fingerprint());
	assert_eq!(collection.secret(&right, expected).unwrap().phrase(), root.phrase());
	let wrong = SheetPassphrase::new("the wrong one").unwrap();
	for wrong in [&wrong, &SheetPassphrase::none()] {
		let fault = collection.secret(wrong, expected).unwrap_err();
		assert_eq!(fault.code(), "other-wallet");
		// The standard itself notices nothing.
		assert!(collection.secret(wrong, None).is_ok());
	}
	assert_eq!(
		SheetPassphrase::new("naïve").unwrap_err(),
		RecoveryError::BadSheetPassphrase { place: 3 }
	);
}

#[test]
fn short_secrets_are_no_wallets() {
	let shares = divided(&[1; 16], &Scheme::simple(2, 2).unwrap()).concat();
	let mut collection = Collection::default();
	shares.into_iter().for_each(|share| collection.add(share).unwrap());
	let fault = collection.secret(&SheetPassphrase::none(), None).unwrap_err();
	assert_eq!(fault, RecoveryError::NoWallet { bytes: 16 });
}

#[test]
fn schemes_that_make_no_sense_are_refused() {
	for (threshold, members, told) in [
		(0, 0, "at least one"),
		(0, 3, "at least one"),
		(4, 3, "4 are needed of 3"),
		(2, 17, "at most 16"),
		(1, 2, "each of 2"),
	] {
		let fault = Group::new(threshold, members).unwrap_err();
		assert_eq!(fault.code(), "bad-scheme");
		assert!(fault.to_string().contains(told), "{fault}");
	}
	let group = Group::new(2, 2).unwrap();
	assert!(Scheme::new(1, Vec::new()).is_err());
	assert!(Scheme::new(2, vec![group]).is_err());
	assert!(Scheme::new(1, vec![group; 17]).is_err());
	assert!(Scheme::new(16, vec![group; 16]).is_ok());
}

#[test]
fn fingerprints_read_as_they_are_printed() {
	let fingerprint = root(1).fingerprint();
	let text = fingerprint.to_string();
	assert_eq!(text.len(), 9);
	for said in [text.clone(), text.to_lowercase(), text.replace('-', ""), text.replace('-', " ")] {
		assert_eq!(said.parse(), Ok(fingerprint), "{said}");
	}
	for wrong in ["", "3F2A", "3F2A-9C0", "3F2A-9C01-22", "3G2A-9C01", "ÄÖÜä-9C01"] {
		assert_eq!(wrong.parse::<Fingerprint>().unwrap_err().code(), "bad-fingerprint", "{wrong}");
	}
	assert_ne!(root(2).fingerprint(), fingerprint);
	let json = serde_json::to_string(&fingerprint).unwrap();
	assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
}

#[test]
fn secrets_are_not_printed() {
	let root = root(1);
	let share = divided(root.expose(), &Scheme::simple(1, 1).unwrap()).concat().remove(0);
	let first = share.phrase().split(' ').nth(5).unwrap().to_owned();
	let page = kit(&root, DATE);
	let said = format!("{root:?} {share:?} {page:?} {:?}", SheetPassphrase::new("pass").unwrap());
	assert!(
		!said.contains(&first) && !said.contains("pass\"") && !said.contains("[1, 1"),
		"{said}"
	);
	for word in root.phrase().split(' ') {
		assert!(!said.contains(word), "{said}");
	}
}

#[test]
fn sheets_are_read_from_text_and_html() {
	let root = root(5);
	let fingerprint = root.fingerprint();
	let shares = divided(root.expose(), &Scheme::simple(2, 3).unwrap()).concat();
	let page = share_sheet(&shares[1], fingerprint, Some("<b>--family"), 3, true, DATE);
	for text in [page.text(), page.html()] {
		let sheet = Sheet::read(&text, Kind::Share).unwrap();
		assert_eq!((sheet.fingerprint, sheet.passphrase), (Some(fingerprint), Some(true)));
		let SheetOf::Share(share) = sheet.of else { panic!("a kit") };
		assert!(share.same_value(&shares[1]) && share.member() == 2);
		assert_eq!(Sheet::kind_of(&text), Kind::Share);
		let fault = Sheet::read(&text, Kind::Kit).unwrap_err();
		assert_eq!(fault.code(), "wrong-kind-of-sheet");
		let told = text.split_whitespace().collect::<Vec<_>>().join(" ");
		assert!(told.contains("Any 2 of the 3") && told.contains(DATE));
	}
	let html = page.html();
	assert!(!html.contains("<b>") && html.contains("&lt;b&gt;--family"));
	assert_eq!(html.matches("<svg").count(), 1);
	for outside in ["http://www.w3.org/2000/svg", "src=", "href=", "<script", "url(", "@import"] {
		let allowed = usize::from(outside.ends_with("/svg"));
		assert_eq!(html.matches(outside).count(), allowed, "{outside}");
	}

	let page = kit(&root, DATE);
	for text in [page.text(), page.html()] {
		let sheet = Sheet::read(&text, Kind::Kit).unwrap();
		assert_eq!(sheet.fingerprint, Some(fingerprint));
		let SheetOf::Kit(read) = sheet.of else { panic!("a share") };
		assert_eq!(read.phrase(), root.phrase());
		assert_eq!(Sheet::kind_of(&text), Kind::Kit);
	}
}

#[test]
fn sheets_are_read_as_people_copy_them() {
	let root = root(5);
	let fingerprint = root.fingerprint();
	let share = divided(root.expose(), &Scheme::simple(1, 1).unwrap()).concat().remove(0);
	let numbered: Vec<_> = share
		.phrase()
		.split(' ')
		.enumerate()
		.map(|(n, word)| format!("{}. {word}", n + 1))
		.collect();
	for (text, named) in [
		(share.phrase().to_uppercase(), None),
		(numbered.join("\n"), None),
		(format!("Wallet: {fingerprint}\n{}", numbered.join(", ")), Some(fingerprint)),
	] {
		let sheet = Sheet::read(&text, Kind::Share).unwrap();
		assert_eq!((sheet.fingerprint, sheet.passphrase), (named, None));
	}
	let text = format!("wallet {fingerprint}\n{}", *root.phrase());
	assert_eq!(Sheet::kind_of(&text), Kind::Share, "the name of the wallet counts as a word");
	assert!(Sheet::read(&text, Kind::Kit).is_ok());
	assert_eq!(Sheet::kind_of(&root.phrase()), Kind::Kit);
}

#[test]
fn torn_and_altered_sheets_are_refused() {
	let root = root(5);
	let text = kit(&root, DATE).text();
	let code = |text: &str| Sheet::read(text, Kind::Kit).unwrap_err().code().to_owned();
	let other = super::tests::root(6).fingerprint().to_string();
	let fingerprint = root.fingerprint().to_string();
	assert_eq!(code(&text.replace(&fingerprint, &other)), "other-wallet");
	assert_eq!(
		code(&text.replace(&format!("wallet {fingerprint}"), "wallet 12")),
		"bad-fingerprint"
	);
	assert_eq!(code(text.split("END SALUS").next().unwrap()), "bad-sheet");
	assert_eq!(code(&text.replace("passphrase no", "passphrase perhaps")), "bad-sheet");
	assert_eq!(code(&text.replace("passphrase no", "colour red")), "bad-sheet");
	assert_eq!(code("BEGIN SALUS KIT\nwallet 3F2A-9C01\nEND SALUS KIT"), "bad-sheet");
	let first = root.phrase().split(' ').next().unwrap().to_owned();
	assert_eq!(code(&text.replacen(&format!(" {first} "), " zebra ", 1)), "bad-phrase");
}

fn passphrase() -> Passphrase {
	Passphrase::new("p".into()).unwrap()
}

#[test]
fn backups_bring_back_what_the_secret_does_not() {
	let folder = tempfile::tempdir().unwrap();
	let file = |name: &str| folder.path().join(name);
	let mut wallet = Wallet::create(file("wallet"), &passphrase()).unwrap();
	let first = wallet.new_chart([1; 32], 1, 10).unwrap().statement.chart;
	wallet.new_chart([1; 32], 2, 10).unwrap();
	wallet.set_endpoint(&first, "http://127.0.0.1:1").unwrap();
	let backup = wallet.backup().unwrap();
	backup.save(&file("backup")).unwrap();
	wallet.new_chart([1; 32], 3, 10).unwrap();

	let mut restored = Wallet::restore(file("new"), &passphrase(), &wallet.phrase()).unwrap();
	assert!(restored.charts().is_empty());
	let read = Backup::load(&file("backup")).unwrap();
	assert_eq!(read.fingerprint(), wallet.fingerprint());
	restored.absorb(&read).unwrap();
	restored.absorb(&read).unwrap();
	assert_eq!(restored.charts(), &wallet.charts()[..2]);
	// An old backup takes nothing away.
	wallet.absorb(&read).unwrap();
	assert_eq!(wallet.charts().len(), 3);

	let mut other = Wallet::create(file("other"), &passphrase()).unwrap();
	assert_eq!(other.absorb(&read).unwrap_err().code(), "backup-refused");
	let text = std::fs::read_to_string(file("backup")).unwrap();
	assert!(!text.contains(&first.to_string()) && !text.contains(":1\""));
	// How much it holds its size hardly tells.
	let empty = serde_json::to_vec_pretty(&other.backup().unwrap()).unwrap();
	assert_eq!(empty.len() + 1, text.len());
	for (from, to, code) in [
		("salus-wallet-backup-1", "salus-wallet-backup-2", "bad-backup"),
		("xchacha20", "aes", "bad-backup"),
		("{", "[", "bad-backup"),
		(&wallet.fingerprint().to_string(), "0000-0000", "backup-refused"),
	] {
		std::fs::write(file("altered"), text.replace(from, to)).unwrap();
		let altered = Backup::load(&file("altered")).and_then(|read| restored.absorb(&read));
		assert_eq!(altered.unwrap_err().code(), code, "{from}");
	}
	let missing = Backup::load(&file("none")).unwrap_err();
	assert!(matches!(missing, Error::Io { .. }));
}

#[test]
fn charts_of_another_wallet_are_not_taken() {
	let folder = tempfile::tempdir().unwrap();
	let mut one = Wallet::create(folder.path().join("one"), &passphrase()).unwrap();
	let mut other = Wallet::create(folder.path().join("other"), &passphrase()).unwrap();
	let chart = one.candidate([1; 32], 7, 0).unwrap();
	assert_eq!(other.adopt_chart(&chart).unwrap_err().code(), "not-found");
	assert!(one.adopt_chart(&chart).unwrap());
	assert!(!one.adopt_chart(&chart).unwrap());
	// It is the chart that the wallet would have stated to the custodian.
	let stated = one.new_chart([1; 32], 7, 10).unwrap().statement;
	assert_eq!((stated.chart, one.charts().len()), (chart.chart, 1));
}
