use super::*;
use codec::{Decode, Encode};
use hpke::{
	aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256, Deserializable, Kem, OpModeR,
};
use proptest::prelude::*;
use salus_primitives::{
	decision::Basis,
	ids::{ChartId, Digest, DirectiveId},
};

const OF: RecordVersion = RecordVersion { genesis: [1; 32], record: RecordId([2; 32]), version: 3 };

fn content(size: usize) -> Vec<u8> {
	(0..size).map(|at| (at % 251) as u8).collect()
}

fn sealed(content: &[u8], key: &ContentKey) -> Vec<u8> {
	let mut envelope = Vec::new();
	let told = encrypt(&mut &content[..], &mut envelope, key, &OF).unwrap();
	assert_eq!(told.size, content.len() as u64);
	assert_eq!(told.content_digest, Digest::of(content));
	assert_eq!(told.ciphertext_digest, Digest::of(&envelope));
	assert_eq!(envelope.len() as u64, envelope_size(told.size));
	envelope
}

fn opened(envelope: &[u8], key: &ContentKey, of: &RecordVersion) -> Result<Vec<u8>, EnvelopeError> {
	let mut content = Vec::new();
	let told = decrypt(&mut &envelope[..], &mut content, key, of)?;
	assert_eq!(told.size, content.len() as u64);
	assert_eq!(told.content_digest, Digest::of(&content));
	Ok(content)
}

#[test]
fn round_trips_at_every_edge() {
	let key = ContentKey::generate().unwrap();
	for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 17] {
		let content = content(size);
		let envelope = sealed(&content, &key);
		assert!(opened(&envelope, &key, &OF).unwrap() == content, "size {size}");
	}
}

#[test]
fn pieces_of_any_size_give_the_same() {
	let key = ContentKey::generate().unwrap();
	let content = content(2 * CHUNK + 5);
	for piece in [1usize, 25, 26, 27, 4099, CHUNK, CHUNK + TAG] {
		let mut encryptor = Encryptor::new(&key, &OF).unwrap();
		let mut envelope = Vec::new();
		content
			.chunks(piece)
			.for_each(|part| encryptor.update(part, &mut envelope).unwrap());
		encryptor.finish(&mut envelope).unwrap();

		let mut decryptor = Decryptor::new(&key, &OF);
		let mut read = Vec::new();
		envelope
			.chunks(piece)
			.for_each(|part| decryptor.update(part, &mut read).unwrap());
		decryptor.finish(&mut read).unwrap();
		assert!(read == content, "pieces of {piece}");
	}
}

#[test]
fn nothing_is_ever_encrypted_twice_alike() {
	let key = ContentKey::generate().unwrap();
	assert_ne!(sealed(b"same", &key), sealed(b"same", &key));
}

#[test]
fn every_flipped_bit_of_a_small_envelope_is_refused() {
	let key = ContentKey::generate().unwrap();
	let envelope = sealed(&content(40), &key);
	for bit in 0..envelope.len() * 8 {
		let mut altered = envelope.clone();
		altered[bit / 8] ^= 1 << (bit % 8);
		let error = opened(&altered, &key, &OF).unwrap_err();
		let expected = match bit / 8 {
			0..6 => "not-an-envelope",
			6 => "wrong-suite",
			_ => "content-tampered",
		};
		assert_eq!(error.code(), expected, "bit {bit}");
	}
}

#[test]
fn chunks_can_not_be_moved_left_out_or_added() {
	let key = ContentKey::generate().unwrap();
	let envelope = sealed(&content(3 * CHUNK + 9), &key);
	let (header, body) = envelope.split_at(HEADER);
	let chunks: Vec<_> = body.chunks(CHUNK + TAG).collect();
	let with = |order: &[usize]| {
		let mut altered = header.to_vec();
		order.iter().for_each(|at| altered.extend_from_slice(chunks[*at]));
		opened(&altered, &key, &OF).map_err(|error| error.code())
	};
	assert!(with(&[0, 1, 2, 3]).is_ok());
	assert_eq!(with(&[1, 0, 2, 3]), Err("content-tampered"));
	assert_eq!(with(&[0, 2, 3]), Err("content-tampered"));
	assert_eq!(with(&[0, 0, 1, 2, 3]), Err("content-tampered"));
	assert_eq!(with(&[0, 1, 2]), Err("envelope-truncated"));
	assert_eq!(with(&[]), Err("envelope-truncated"));
	assert_eq!(with(&[0, 1, 2, 3, 3]), Err("content-tampered"));
	assert_eq!(with(&[3]), Err("content-tampered"));
}

#[test]
fn every_shorter_and_longer_envelope_is_refused() {
	let key = ContentKey::generate().unwrap();
	let envelope = sealed(&content(20), &key);
	for length in 0..envelope.len() {
		let error = opened(&envelope[..length], &key, &OF).unwrap_err();
		let expected =
			if length < HEADER + TAG { "envelope-truncated" } else { "content-tampered" };
		assert_eq!(error.code(), expected, "length {length}");
	}
	let longer = [&envelope[..], &[0]].concat();
	assert_eq!(opened(&longer, &key, &OF).unwrap_err().code(), "content-tampered");
	assert_eq!(opened(b"{\"resourceType\":1}", &key, &OF).unwrap_err().code(), "not-an-envelope");
}

#[test]
fn content_of_another_record_version_chain_or_key_is_refused() {
	let key = ContentKey::generate().unwrap();
	let envelope = sealed(b"content", &key);
	for of in [
		RecordVersion { genesis: [9; 32], ..OF },
		RecordVersion { record: RecordId([9; 32]), ..OF },
		RecordVersion { version: 4, ..OF },
	] {
		assert_eq!(opened(&envelope, &key, &of).unwrap_err().code(), "content-tampered");
	}
	let other = ContentKey::generate().unwrap();
	assert_eq!(opened(&envelope, &other, &OF).unwrap_err().code(), "content-tampered");
}

const CONTEXT: WrapContext = WrapContext::Recipient {
	basis: Basis::Directive(DirectiveId([7; 32])),
	key_version: 1,
	expires: 1_000,
};

fn wrapped(context: WrapContext) -> (Wrap, EncryptionSecret, ContentKey) {
	let secret = EncryptionSecret::generate().unwrap();
	let key = ContentKey::generate().unwrap();
	let wrap = Wrap::seal(&key, &OF, context, &secret.public()).unwrap();
	(wrap, secret, key)
}

#[test]
fn wraps_open_for_their_recipient_alone() {
	for context in [
		WrapContext::Custodian { organisation: 1, key_version: 2 },
		WrapContext::Chart { chart: ChartId([5; 32]) },
		CONTEXT,
	] {
		let (wrap, secret, key) = wrapped(context);
		assert_eq!(wrap.open(&secret, &OF, 999).unwrap().bytes(), key.bytes());
		assert_eq!(Wrap::decode(&mut &wrap.encode()[..]).unwrap(), wrap);
		let json = serde_json::to_string(&wrap).unwrap();
		assert_eq!(serde_json::from_str::<Wrap>(&json).unwrap(), wrap);
		let other = EncryptionSecret::generate().unwrap();
		assert_eq!(wrap.open(&other, &OF, 999).unwrap_err().code(), "wrap-refused");
	}
}

#[test]
fn wraps_of_another_record_version_or_chain_are_refused() {
	let (wrap, secret, _) = wrapped(CONTEXT);
	for of in [
		RecordVersion { genesis: [9; 32], ..OF },
		RecordVersion { record: RecordId([9; 32]), ..OF },
		RecordVersion { version: 2, ..OF },
	] {
		assert_eq!(wrap.open(&secret, &of, 0).unwrap_err().code(), "wrap-refused");
	}
}

#[test]
fn wraps_are_refused_from_their_expiry_on_and_can_not_be_prolonged() {
	let (wrap, secret, _) = wrapped(CONTEXT);
	assert!(wrap.open(&secret, &OF, 999).is_ok());
	assert_eq!(wrap.open(&secret, &OF, 1_000).unwrap_err().code(), "wrap-expired");
	let WrapContext::Recipient { basis, key_version, expires } = CONTEXT else { unreachable!() };
	for context in [
		WrapContext::Recipient { basis, key_version, expires: expires + 1 },
		WrapContext::Recipient { basis: Basis::Custodian, key_version, expires },
		WrapContext::Recipient { basis, key_version: 2, expires },
		WrapContext::Custodian { organisation: 1, key_version },
		WrapContext::Chart { chart: ChartId([7; 32]) },
	] {
		let altered = Wrap { context, ..wrap.clone() };
		assert_eq!(altered.open(&secret, &OF, 0).unwrap_err().code(), "wrap-refused");
	}
}

#[test]
fn altered_wraps_and_unknown_suites_are_refused() {
	let (wrap, secret, _) = wrapped(CONTEXT);
	for bit in 0..48 * 8 {
		let mut altered = wrap.clone();
		altered.ciphertext[bit / 8] ^= 1 << (bit % 8);
		assert_eq!(altered.open(&secret, &OF, 0).unwrap_err().code(), "wrap-refused");
	}
	for bit in 0..32 * 8 {
		let mut altered = wrap.clone();
		altered.encapsulated_key[bit / 8] ^= 1 << (bit % 8);
		assert_eq!(altered.open(&secret, &OF, 0).unwrap_err().code(), "wrap-refused");
	}
	for suite in [0, 2, 255] {
		let altered = Wrap { suite, ..wrap.clone() };
		assert_eq!(altered.open(&secret, &OF, 0).unwrap_err().code(), "wrong-suite");
	}
}

#[test]
fn wraps_of_the_reserved_suite_are_refused_by_name() {
	let (wrap, ..) = wrapped(CONTEXT);
	// As long as X-Wing's encapsulated key makes it.
	let encoded = [&[HYBRID_SUITE][..], &[7; 1120], &[8; 48], &CONTEXT.encode()].concat();
	let error = Wrap::decode(&mut &encoded[..]).unwrap_err().to_string();
	assert!(error.contains("hybrid post-quantum"), "{error}");
	let error = Wrap::decode(&mut &[&[9][..], &encoded[1..]].concat()[..]).unwrap_err();
	assert!(error.to_string().contains("suite"), "{error}");
	let mut json = serde_json::to_value(&wrap).unwrap();
	json["suite"] = HYBRID_SUITE.into();
	json["encapsulated_key"] = format!("0x{}", "07".repeat(1120)).into();
	let error = serde_json::from_value::<Wrap>(json.clone()).unwrap_err().to_string();
	assert!(error.contains("suite 2 (hybrid post-quantum)"), "{error}");
	json["suite"] = WRAP_SUITE.into();
	assert!(serde_json::from_value::<Wrap>(json).is_err());
}

#[test]
fn keys_of_low_order_are_no_recipients() {
	let key = ContentKey::generate().unwrap();
	let error = Wrap::seal(&key, &OF, CONTEXT, &[0; 32]).unwrap_err();
	assert_eq!(error.code(), "bad-recipient-key");
}

#[test]
fn secrets_do_not_print() {
	let (_, secret, key) = wrapped(CONTEXT);
	assert_eq!(format!("{secret:?} {key:?}"), "EncryptionSecret(…) ContentKey(…)");
}

/// RFC 9180, appendix A.2.1: the suite of our wraps.
#[test]
fn suite_is_that_of_rfc_9180() {
	let bytes = |digits: &str| hex::decode(digits).unwrap();
	let (derived, public) = X25519HkdfSha256::derive_keypair(&bytes(
		"1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df",
	));
	let stated: [u8; 32] =
		bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
			.try_into()
			.unwrap();
	let secret = EncryptionSecret::from_bytes(stated);
	assert_eq!(
		secret.public().to_vec(),
		bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
	);
	assert_eq!(X25519HkdfSha256::sk_to_pk(&derived), public);
	let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&bytes(
		"1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
	))
	.unwrap();
	let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
		&OpModeR::Base,
		&derived,
		&encapsulated,
		&bytes("4f6465206f6e2061204772656369616e2055726e"),
		&bytes(
			"1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
		),
		&bytes("436f756e742d30"),
	)
	.unwrap();
	assert_eq!(opened, b"Beauty is truth, truth beauty");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	#[test]
	fn any_content_round_trips(content in proptest::collection::vec(any::<u8>(), 0..3 * CHUNK)) {
		let key = ContentKey::generate().unwrap();
		let envelope = sealed(&content, &key);
		prop_assert!(opened(&envelope, &key, &OF).unwrap() == content);
	}

	#[test]
	fn any_flipped_bit_of_a_long_envelope_is_refused(at in 0..envelope_size(3 * CHUNK as u64) * 8) {
		let key = ContentKey::generate().unwrap();
		let mut envelope = sealed(&content(3 * CHUNK), &key);
		envelope[(at / 8) as usize] ^= 1 << (at % 8);
		prop_assert!(opened(&envelope, &key, &OF).is_err());
	}

	#[test]
	fn any_cut_is_refused(length in 0..envelope_size(2 * CHUNK as u64)) {
		let key = ContentKey::generate().unwrap();
		let envelope = sealed(&content(2 * CHUNK), &key);
		prop_assert!(opened(&envelope[..length as usize], &key, &OF).is_err());
	}
}
