use super::*;
use crate::keys::KeyFile;
use proptest::prelude::*;

const GENESIS: [u8; 32] = [6; 32];

fn person(uri: &str) -> Identity {
	KeyFile::from_dev_uri(uri).unwrap().into_identity()
}

/// A PNG of these chunks. Checksums are not looked at.
fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
	let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
	for (name, data) in chunks {
		file.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
		file.extend_from_slice(*name);
		file.extend_from_slice(data);
		file.extend_from_slice(&[0; 4]);
	}
	file
}

fn plain_png() -> Vec<u8> {
	png(&[(b"IHDR", &[0; 13]), (b"IDAT", &[1; 20]), (b"IEND", &[])])
}

/// A JPEG of these segments, coded data with a stuffed byte and a restart, and an end.
fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
	let mut file = vec![0xff, 0xd8];
	for (marker, data) in segments.iter().chain([&(0xda, [0; 4].as_slice())]) {
		file.extend_from_slice(&[0xff, *marker]);
		file.extend_from_slice(&u16::try_from(data.len() + 2).unwrap().to_be_bytes());
		file.extend_from_slice(data);
	}
	file.extend_from_slice(&[1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 0xff, 0xff, 0xd9]);
	file
}

fn profile() -> Profile {
	Profile {
		genesis: GENESIS,
		practitioner: 3,
		version: 2,
		salt: [9; 32],
		name: "Dr Ana Brooks".into(),
		photograph: Some(Photograph::new(plain_png()).unwrap()),
		languages: vec!["en".into(), "pt-BR".into(), "zh-Hant".into()],
		qualifications: vec!["Oral and maxillofacial surgery, since 2009".into()],
		contact: vec!["https://lakeside.example/brooks".into(), "tel:+1-555-0100".into()],
	}
}

fn view(who: &Identity, profile: Option<(u32, Digest)>) -> PractitionerView {
	PractitionerView {
		id: 3,
		account: who.account(),
		npi: None,
		registrar: 4,
		profile: profile
			.map(|(version, digest)| ProfileCommitment { version, digest: Some(digest) }),
		licences: Vec::new(),
	}
}

fn code(result: Result<(), ProfileError>) -> &'static str {
	match result {
		Ok(()) => "ok",
		Err(error) => {
			assert!(!error.help().is_empty() && !error.to_string().is_empty());
			error.code()
		},
	}
}

#[test]
fn what_is_signed_and_published_verifies() {
	let who = person("//Lakeside//DrBrooks");
	let signed = profile().sign(&who).unwrap();
	let read = SignedProfile::from_json(&signed.to_json()).unwrap();
	assert_eq!(read, signed);
	let published = view(&who, Some((2, signed.profile.digest())));
	read.verify(&GENESIS, &published).unwrap();
	assert_eq!(next_version(&published), 3);
	assert_eq!(next_version(&view(&who, None)), 1);
}

#[test]
fn browser_wallets_may_sign() {
	let who = person("//Lakeside//DrBrooks");
	let [raw, wrapped] = profile().signable();
	assert!(raw.starts_with(&PROFILE_DOMAIN));
	for message in [raw, wrapped] {
		let signed = SignedProfile { signature: who.sign(&message), profile: profile() };
		signed.verify_author(&GENESIS, &view(&who, None)).unwrap();
	}
}

#[test]
fn each_reason_not_to_trust_it_is_told() {
	let (who, other) = (person("//Lakeside//DrBrooks"), person("//Mercy//DrAdams"));
	let signed = profile().sign(&who).unwrap();
	let digest = signed.profile.digest();
	let verify = |genesis: [u8; 32], view: &PractitionerView| code(signed.verify(&genesis, view));
	assert_eq!(verify([7; 32], &view(&who, Some((2, digest)))), "profile-other-chain");
	let another = PractitionerView { id: 4, ..view(&who, Some((2, digest))) };
	assert_eq!(verify(GENESIS, &another), "profile-other-practitioner");
	assert_eq!(verify(GENESIS, &view(&other, Some((2, digest)))), "profile-signature-wrong");
	assert_eq!(verify(GENESIS, &view(&who, None)), "profile-not-published");
	assert_eq!(verify(GENESIS, &view(&who, Some((3, digest)))), "profile-outdated");
	assert_eq!(verify(GENESIS, &view(&who, Some((1, digest)))), "profile-not-yet-published");
	assert_eq!(verify(GENESIS, &view(&who, Some((2, Digest([1; 32]))))), "profile-other-digest");
	assert_eq!(verify(GENESIS, &view(&who, Some((2, digest)))), "ok");
	let withdrawn = |version| PractitionerView {
		profile: Some(ProfileCommitment { version, digest: None }),
		..view(&who, None)
	};
	assert_eq!(verify(GENESIS, &withdrawn(3)), "profile-withdrawn");
	assert_eq!(verify(GENESIS, &withdrawn(2)), "profile-withdrawn");
	// Made after that, and not yet published.
	assert_eq!(verify(GENESIS, &withdrawn(1)), "profile-not-yet-published");
	assert_eq!(next_version(&withdrawn(3)), 4);
}

#[test]
fn signed_again_by_a_new_account_it_is_the_same_profile() {
	let (old, new) = (person("//Lakeside//DrBrooks"), person("//Lakeside//DrBrooks//2"));
	let digest = profile().sign(&old).unwrap().profile.digest();
	let again = profile().sign(&new).unwrap();
	again.verify(&GENESIS, &view(&new, Some((2, digest)))).unwrap();
}

#[test]
fn who_knows_all_but_the_salt_can_not_prove_it() {
	assert_ne!(salt().unwrap(), salt().unwrap());
	let guessed = Profile { salt: [8; 32], ..profile() };
	assert_ne!(guessed.digest(), profile().digest());
	let file: serde_json::Value =
		serde_json::from_slice(&profile().sign(&person("//Alice")).unwrap().to_json()).unwrap();
	assert_eq!(file["profile"]["salt"], format!("0x{}", "09".repeat(32)));
}

#[test]
fn every_bound_holds() {
	let checked = |change: &dyn Fn(&mut Profile)| {
		let mut altered = profile();
		change(&mut altered);
		code(altered.check())
	};
	let x = |count: usize| "x".repeat(count);
	assert_eq!(checked(&|p| p.name = x(MAX_NAME)), "ok");
	assert_eq!(checked(&|p| p.name = x(MAX_NAME + 1)), "profile-length");
	assert_eq!(checked(&|p| p.name.clear()), "profile-length");
	for name in ["a\nb", "a\u{7}", " a", "a ", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b", "\u{a0}a"]
	{
		assert_eq!(checked(&|p| p.name = name.into()), "profile-characters", "{name:?}");
	}
	assert_eq!(checked(&|p| p.name = "Dr María-José O’Néill 李".into()), "ok");
	assert_eq!(checked(&|p| p.qualifications = vec![x(MAX_LINE); MAX_LINES]), "ok");
	assert_eq!(checked(&|p| p.qualifications = vec![x(1); MAX_LINES + 1]), "profile-too-many");
	assert_eq!(checked(&|p| p.qualifications = vec![x(MAX_LINE + 1)]), "profile-length");
	assert_eq!(checked(&|p| p.languages = vec!["en".into(); MAX_LINES + 1]), "profile-too-many");
	for tag in ["", "e", "english-", "en--GB", "en_GB", "12", "en-123456789", "en-é"] {
		assert_eq!(checked(&|p| p.languages = vec![tag.into()]), "profile-language", "{tag}");
	}
	for tag in ["en", "sgn", "de-CH-1996", "zh-Hant-TW", "es-419"] {
		assert_eq!(checked(&|p| p.languages = vec![tag.into()]), "ok", "{tag}");
	}
	for address in [
		"javascript:alert(1)",
		"http://a.example",
		"https://",
		"mailto:nobody",
		"tel:none",
		"data:text/html,a",
		"a.example",
		"https://a.example/ b",
	] {
		assert_eq!(checked(&|p| p.contact = vec![address.into()]), "profile-contact", "{address}");
	}
	for address in ["https://a.example/b?c", "mailto:a@b.example", "tel:+15550100"] {
		assert_eq!(checked(&|p| p.contact = vec![address.into(); MAX_CONTACTS]), "ok", "{address}");
	}
	let many = vec!["tel:1".into(); MAX_CONTACTS + 1];
	assert_eq!(checked(&|p| p.contact = many.clone()), "profile-too-many");
}

#[test]
fn the_largest_profile_fits_a_file() {
	let padding = vec![0; MAX_PHOTOGRAPH - plain_png().len() - 12];
	let largest =
		png(&[(b"IHDR", &[0; 13]), (b"IDAT", &[1; 20]), (b"IDAT", &padding), (b"IEND", &[])]);
	assert_eq!(largest.len(), MAX_PHOTOGRAPH);
	let full = Profile {
		name: "x".repeat(MAX_NAME),
		photograph: Some(Photograph::new(largest).unwrap()),
		languages: vec![["en-", &"12345678-".repeat(3), "1234"].concat(); MAX_LINES],
		// Each byte of these takes two in JSON.
		qualifications: vec!["\"".repeat(MAX_LINE); MAX_LINES],
		contact: vec![["https://a.example/", &"x".repeat(MAX_LINE - 18)].concat(); MAX_CONTACTS],
		..profile()
	};
	let signed = full.sign(&person("//Alice")).unwrap();
	assert_eq!(SignedProfile::from_json(&signed.to_json()).unwrap(), signed);
}

#[test]
fn photographs_are_whole_and_tell_nothing_else() {
	let code = |data: Vec<u8>| code(Photograph::new(data).map(drop));
	let jfif = (0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0".as_slice());
	assert_eq!(code(plain_png()), "ok");
	assert_eq!(code(jpeg(&[jfif, (0xdb, &[0; 65])])), "ok");
	assert_eq!(code(jpeg(&[jfif, (0xe1, b"Exif\0\0II")])), "photograph-metadata");
	assert_eq!(code(jpeg(&[(0xfe, b"at home")])), "photograph-metadata");
	let with_text = [(b"IHDR", [0; 13].as_slice()), (b"tEXt", b"Author\0me"), (b"IEND", &[])];
	assert_eq!(code(png(&with_text)), "photograph-metadata");
	let with_exif = [(b"IHDR", [0; 13].as_slice()), (b"eXIf", b"II"), (b"IEND", &[])];
	assert_eq!(code(png(&with_exif)), "photograph-metadata");
	let with = |name: &[u8; 4]| {
		code(png(&[(b"IHDR", &[0; 13]), (name, b"x"), (b"IDAT", &[1; 20]), (b"IEND", &[])]))
	};
	for name in [b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"] {
		assert_eq!(with(name), "ok");
	}
	// Not only those that are known to tell something.
	for name in [b"tIME", b"zTXt", b"iTXt", b"caBX", b"acTL", b"vpAg"] {
		assert_eq!(with(name), "photograph-metadata");
	}
	assert_eq!(with(b"IHDR"), "photograph-unreadable");
	for (marker, data) in [(0xe2, b"ICC_PROFILE\0\x01\x01".as_slice()), (0xee, b"Adobe\0d")] {
		assert_eq!(code(jpeg(&[jfif, (marker, data)])), "ok");
	}
	for (marker, data) in [
		(0xe0, b"JFXX\0\x10".as_slice()),
		(0xe2, b"MPF\0MM"),
		(0xee, b"Other"),
		(0xed, b"Photoshop 3.0\0"),
		(0xeb, b"JP\0\0"),
		(0xf0, b""),
	] {
		assert_eq!(code(jpeg(&[jfif, (marker, data)])), "photograph-metadata", "{marker:x}");
	}
	assert_eq!(code(png(&[(b"IDAT", &[]), (b"IEND", &[])])), "photograph-unreadable");
	for whole in [plain_png(), jpeg(&[jfif])] {
		for end in 0..whole.len() {
			assert_eq!(code(whole[..end].to_vec()), "photograph-unreadable", "{end}");
		}
		assert_eq!(code([whole, vec![0]].concat()), "photograph-unreadable");
	}
	assert_eq!(code(b"GIF89a".to_vec()), "photograph-unreadable");
	let large = png(&[(b"IHDR", &[0; MAX_PHOTOGRAPH]), (b"IEND", &[])]);
	assert_eq!(code(large), "photograph-too-large");
	let disguised = Profile {
		photograph: Some(Photograph { media_type: PictureType::Jpeg, data: plain_png() }),
		..profile()
	};
	assert_eq!(super::tests::code(disguised.check()), "photograph-other-type");
}

#[test]
fn other_files_are_told() {
	let code = |text: &[u8]| code(SignedProfile::from_json(text).map(drop));
	let signed = profile().sign(&person("//Alice")).unwrap();
	let whole: serde_json::Value = serde_json::from_slice(&signed.to_json()).unwrap();
	let with = |pointer: &str, value: serde_json::Value| {
		let mut altered = whole.clone();
		*altered.pointer_mut(pointer).unwrap() = value;
		altered.to_string()
	};
	assert_eq!(code(b""), "profile-malformed");
	assert_eq!(code(b"{}"), "profile-malformed");
	assert_eq!(code("[".repeat(100_000).as_bytes()), "profile-malformed");
	assert_eq!(code(&vec![b' '; MAX_FILE + 1]), "profile-too-large");
	assert_eq!(code(with("/format", "salus-profile-2".into()).as_bytes()), "profile-other-format");
	assert_eq!(code(with("/signature", "0x00".into()).as_bytes()), "profile-malformed");
	assert_eq!(code(with("/profile/genesis", "0x00".into()).as_bytes()), "profile-malformed");
	assert_eq!(code(with("/profile/salt", "0x00".into()).as_bytes()), "profile-malformed");
	assert_eq!(code(with("/profile/version", (-1).into()).as_bytes()), "profile-malformed");
	assert_eq!(code(with("/profile/name", "".into()).as_bytes()), "profile-length");
	assert_eq!(code(with("/profile/photograph/data", "?".into()).as_bytes()), "profile-malformed");
	let mut unknown = whole.clone();
	unknown["profile"]["nickname"] = "Ana".into();
	assert_eq!(code(unknown.to_string().as_bytes()), "profile-malformed");
	let mut bare = whole.clone();
	for optional in ["photograph", "languages", "qualifications", "contact"] {
		bare["profile"].as_object_mut().unwrap().remove(optional);
	}
	assert_eq!(code(bare.to_string().as_bytes()), "ok");
}

fn texts() -> impl Strategy<Value = String> {
	"[a-zA-Zäé李\"\\\\]{1,30}"
}

proptest! {
	#[test]
	fn profiles_survive_their_file(
		name in texts(),
		qualifications in proptest::collection::vec(texts(), 0..=MAX_LINES),
		practitioner: u32,
		version: u32,
	) {
		let made = Profile { name, qualifications, practitioner, version, ..profile() };
		let signed = made.sign(&person("//Alice")).unwrap();
		let read = SignedProfile::from_json(&signed.to_json()).unwrap();
		prop_assert_eq!(&read, &signed);
		prop_assert_eq!(read.profile.digest(), signed.profile.digest());
	}

	#[test]
	fn moving_text_between_fields_alters_the_digest(left in texts(), right in texts()) {
		let with = |qualifications: &[String]| {
			Profile { qualifications: qualifications.to_vec(), ..profile() }.digest()
		};
		let joined = [left.clone(), right.clone()].concat();
		prop_assert_ne!(with(&[left.clone(), right.clone()]), with(&[joined]));
		let named = Profile { name: left.clone(), qualifications: vec![right], ..profile() };
		let swapped = Profile { qualifications: vec![], ..named.clone() };
		prop_assert_ne!(named.digest(), swapped.digest());
	}

	#[test]
	fn no_file_makes_it_panic(
		bytes in proptest::collection::vec(any::<u8>(), 0..200),
		at in 0usize..600,
		other: u8,
	) {
		let _ = SignedProfile::from_json(&bytes);
		let mut whole = profile().sign(&person("//Alice")).unwrap().to_json();
		if let Some(byte) = whole.get_mut(at) {
			*byte = other;
		}
		if let Ok(read) = SignedProfile::from_json(&whole) {
			let _ = read.verify(&GENESIS, &view(&person("//Alice"), None));
		}
	}

	#[test]
	fn no_photograph_makes_it_panic(
		bytes in proptest::collection::vec(any::<u8>(), 0..200),
		at in 0usize..80,
		other: u8,
	) {
		for whole in [plain_png(), jpeg(&[(0xe0, b"JFIF\0")])] {
			let _ = Photograph::new([&whole[..8], &bytes].concat());
			let mut altered = whole;
			if let Some(byte) = altered.get_mut(at) {
				*byte = other;
			}
			let _ = Photograph::new(altered);
		}
	}
}
