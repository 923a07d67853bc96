//! The test vectors that every implementation shares: `docs/vectors/envelope.json`.
//!
//! Each is checked both ways: what we make of its inputs is what stands there, and what stands there
//! opens. `UPDATE_VECTORS=1` writes ours anew; those of RFC 9180 are never written.

use super::*;
use crate::keys::derive_secret;
use codec::{DecodeAll, Encode};
use hpke::{
	aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::X25519HkdfSha256, rand_core, Deserializable, Kem,
	OpModeR, OpModeS, Serializable,
};
use salus_primitives::{
	codes::{
		Action, Category, Confidentiality, Powers, Purpose, Relation, Sensitivities, Sensitivity,
	},
	decision::{Accessor, Basis},
	disclosure::{DisclosureEntry, Outcome, Subject},
	guardian::GuardianTerms,
	ids::{derive_id, ChartId, Digest, DirectiveId, IdDomain, Salt, Seal},
	record::RecordTerms,
	seal::{Opening, Sealable},
};
use serde_json::{json, Value};
use std::{convert::Infallible, fs, path::PathBuf};

const GENESIS: [u8; 32] = [0x11; 32];
const RECORD: RecordId = RecordId([0x22; 32]);
const OF: RecordVersion = RecordVersion { genesis: GENESIS, record: RECORD, version: 3 };
const CHUNKS: usize = 3;
const SIZES: [usize; 6] = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, CHUNKS * CHUNK];
/// Envelopes up to this size stand there in full.
const IN_FULL: usize = 64;

type Receiver = hpke::aead::AeadCtxR<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>;

fn path() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors/envelope.json")
}

fn read() -> Value {
	serde_json::from_slice(&fs::read(path()).unwrap()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
	hex::decode(value.as_str().unwrap()).unwrap()
}

fn fixed<const N: usize>(value: &Value) -> [u8; N] {
	bytes(value).try_into().unwrap()
}

fn number(value: &Value) -> usize {
	usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn list(value: &Value) -> &[Value] {
	value.as_array().unwrap()
}

/// Plaintext of every size: the byte at `i` is `i` modulo 251.
fn content(size: usize) -> Vec<u8> {
	(0..size).map(|at| (at % 251) as u8).collect()
}

fn of(value: &Value) -> RecordVersion {
	RecordVersion {
		genesis: fixed(&value["genesis"]),
		record: RecordId(fixed(&value["record"])),
		version: u32::try_from(number(&value["version"])).unwrap(),
	}
}

fn envelope(size: usize, key: &ContentKey, nonce_prefix: [u8; 19], of: &RecordVersion) -> Vec<u8> {
	let mut encryptor = Encryptor::with_nonce_prefix(key, of, nonce_prefix);
	let mut envelope = Vec::new();
	encryptor.update(&content(size), &mut envelope).unwrap();
	encryptor.finish(&mut envelope).unwrap();
	envelope
}

/// Gives an ephemeral key its keying material, as RFC 9180's vectors do.
struct Fixed([u8; 32]);

impl rand_core::TryRng for Fixed {
	type Error = Infallible;

	fn try_next_u32(&mut self) -> Result<u32, Infallible> {
		unreachable!("keying material is taken in one piece")
	}

	fn try_next_u64(&mut self) -> Result<u64, Infallible> {
		unreachable!("keying material is taken in one piece")
	}

	fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
		to.copy_from_slice(&self.0);
		Ok(())
	}
}

impl rand_core::TryCryptoRng for Fixed {}

fn wrap(
	key: &[u8],
	of: &RecordVersion,
	context: WrapContext,
	recipient: &[u8],
	ikm_e: [u8; 32],
) -> Wrap {
	let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(recipient).unwrap();
	let info = (WRAP_DOMAIN, of, &context).encode();
	let (encapsulated, ciphertext) =
		hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
			&OpModeS::Base,
			&recipient,
			&info,
			key,
			&[],
			&mut Fixed(ikm_e),
		)
		.unwrap();
	Wrap {
		suite: WRAP_SUITE,
		encapsulated_key: encapsulated.to_bytes().into(),
		ciphertext: ciphertext.try_into().unwrap(),
		context,
	}
}

/// Alters an envelope as a case says.
fn altered(envelope: &[u8], edits: &Value) -> Vec<u8> {
	let mut altered = envelope.to_vec();
	for edit in list(edits) {
		if let Some(flip) = edit.get("flip") {
			altered[number(&flip["byte"])] ^= 1 << number(&flip["bit"]);
		} else if let Some(length) = edit.get("cut") {
			altered.truncate(number(length));
		} else if let Some(more) = edit.get("append") {
			altered.extend(bytes(more));
		} else if let Some(order) = edit.get("chunks") {
			let (header, body) = altered.split_at(HEADER);
			let chunks: Vec<_> = body.chunks(CHUNK + TAG).collect();
			let body = list(order).iter().flat_map(|place| chunks[number(place)].to_vec());
			altered = header.iter().copied().chain(body).collect();
		} else {
			panic!("no such edit: {edit}");
		}
	}
	altered
}

mod make {
	use super::*;

	pub(super) fn contents() -> Value {
		let key = ContentKey([0x33; 32]);
		let prefix: [u8; 19] = core::array::from_fn(|at| 0x40 + at as u8);
		let vectors = SIZES.map(|size| {
			let made = envelope(size, &key, prefix, &OF);
			json!({
				"name": format!("{size} bytes"),
				"key": hex::encode(key.0),
				"nonce_prefix": hex::encode(prefix),
				"of": of_json(&OF),
				"associated_data": hex::encode((CONTENT_DOMAIN, &OF).encode()),
				"size": size,
				"content_digest": hex::encode(Digest::of(&content(size)).0),
				"envelope_size": made.len(),
				"envelope_digest": hex::encode(Digest::of(&made).0),
				"envelope": (made.len() <= IN_FULL).then(|| hex::encode(&made)),
			})
		});
		json!(vectors)
	}

	pub(super) fn of_json(of: &RecordVersion) -> Value {
		json!({
			"genesis": hex::encode(of.genesis),
			"record": hex::encode(of.record.0),
			"version": of.version,
		})
	}

	/// What is refused of the contents: what is done to which, and the error's name.
	pub(super) fn altered_contents() -> Value {
		let whole = format!("{} bytes", CHUNKS * CHUNK);
		let flip = |byte: usize, bit: u8| json!([{ "flip": { "byte": byte, "bit": bit } }]);
		let (one, chunk) = ("1 bytes", CHUNK + TAG);
		let last = HEADER + CHUNKS * chunk - 1;
		let tampered = "content-tampered";
		let edits = [
			("magic", one, flip(0, 0), "not-an-envelope"),
			("end of the magic", one, flip(5, 7), "not-an-envelope"),
			("another suite", one, flip(6, 1), "wrong-suite"),
			(
				"suite 2",
				one,
				json!([
					{ "flip": { "byte": 6, "bit": 0 } },
					{ "flip": { "byte": 6, "bit": 1 } },
				]),
				"wrong-suite",
			),
			("nonce prefix, first bit", one, flip(7, 7), tampered),
			("nonce prefix, last bit", one, flip(25, 0), tampered),
			("ciphertext", one, flip(26, 3), tampered),
			("tag", one, flip(42, 0), tampered),
			("first chunk", &whole, flip(HEADER, 0), tampered),
			("first chunk's tag", &whole, flip(HEADER + CHUNK, 0), tampered),
			("middle chunk", &whole, flip(HEADER + chunk + 9, 5), tampered),
			("last chunk's tag", &whole, flip(last, 7), tampered),
			("chunks swapped", &whole, json!([{ "chunks": [1, 0, 2] }]), tampered),
			("chunk missing", &whole, json!([{ "chunks": [0, 2] }]), tampered),
			("first chunk missing", &whole, json!([{ "chunks": [1, 2] }]), tampered),
			("chunk doubled", &whole, json!([{ "chunks": [0, 1, 1, 2] }]), tampered),
			("last chunk doubled", &whole, json!([{ "chunks": [0, 1, 2, 2] }]), tampered),
			("last chunk missing", &whole, json!([{ "chunks": [0, 1] }]), "envelope-truncated"),
			("last chunk alone", &whole, json!([{ "chunks": [2] }]), tampered),
			("end cut by a byte", &whole, json!([{ "cut": last }]), tampered),
			("header alone", one, json!([{ "cut": HEADER }]), "envelope-truncated"),
			("header cut", one, json!([{ "cut": 20 }]), "envelope-truncated"),
			("nothing", one, json!([{ "cut": 0 }]), "envelope-truncated"),
			("a tag cut", one, json!([{ "cut": HEADER + 15 }]), "envelope-truncated"),
			("a byte more", one, json!([{ "append": "00" }]), tampered),
		];
		let mut cases: Vec<_> = edits
			.into_iter()
			.map(|(name, content, edits, error)| {
				json!({ "name": name, "content": content, "edits": edits, "error": error })
			})
			.collect();
		let others = [
			(
				"of another chain",
				json!({ "of": of_json(&RecordVersion { genesis: [9; 32], ..OF }) }),
			),
			(
				"of another record",
				json!({
					"of": of_json(&RecordVersion { record: RecordId([9; 32]), ..OF })
				}),
			),
			("of an older version", json!({ "of": of_json(&RecordVersion { version: 2, ..OF }) })),
			("under another key", json!({ "key": "09".repeat(32) })),
		];
		for (name, mut case) in others {
			case["name"] = name.into();
			case["content"] = one.into();
			case["edits"] = json!([]);
			case["error"] = tampered.into();
			cases.push(case);
		}
		json!(cases)
	}

	fn contexts() -> [(&'static str, WrapContext); 6] {
		let to =
			|basis| WrapContext::Recipient { basis, key_version: 7, expires: 1_800_000_000_000 };
		[
			("custodian", WrapContext::Custodian { organisation: 5, key_version: 2 }),
			("chart", WrapContext::Chart { chart: ChartId([0x44; 32]) }),
			("recipient, patient", to(Basis::Patient)),
			("recipient, custodian", to(Basis::Custodian)),
			("recipient, directive", to(Basis::Directive(DirectiveId([0x55; 32])))),
			(
				"recipient, guardian",
				WrapContext::Recipient {
					basis: Basis::Guardian,
					key_version: 0,
					expires: 1_800_000_000_000,
				},
			),
		]
	}

	pub(super) fn wraps() -> Value {
		let key = [0x33; 32];
		let secret = EncryptionSecret::from_bytes([0x66; 32]);
		let made = contexts().into_iter().enumerate().map(|(place, (name, context))| {
			let ikm_e = [0x70 + place as u8; 32];
			let made = wrap(&key, &OF, context, &secret.public(), ikm_e);
			json!({
				"name": name,
				"content_key": hex::encode(key),
				"of": of_json(&OF),
				"context": made.context,
				"context_encoded": hex::encode(made.context.encode()),
				"info": hex::encode((WRAP_DOMAIN, &OF, &made.context).encode()),
				"recipient_secret": hex::encode(secret.expose()),
				"recipient_public": hex::encode(secret.public()),
				"ikm_e": hex::encode(ikm_e),
				"encapsulated_key": hex::encode(made.encapsulated_key),
				"ciphertext": hex::encode(made.ciphertext),
				"encoded": hex::encode(made.encode()),
			})
		});
		json!(made.collect::<Vec<_>>())
	}

	/// What is refused of the wraps. Flips are in the encoded wrap.
	pub(super) fn altered_wraps() -> Value {
		let (directive, refused) = ("recipient, directive", "wrap-refused");
		let flip = |byte: usize, bit: u8| json!([{ "flip": { "byte": byte, "bit": bit } }]);
		// Suite, encapsulated key, ciphertext, then the context: variant, basis, directive, key version,
		// expiry.
		let ciphertext = 1 + 32;
		let context = ciphertext + 48;
		let edits = [
			("another suite", flip(0, 7), "wrong-suite"),
			(
				"the reserved hybrid suite",
				json!([
					{ "flip": { "byte": 0, "bit": 0 } },
					{ "flip": { "byte": 0, "bit": 1 } },
				]),
				"wrong-suite",
			),
			("encapsulated key", flip(1, 0), refused),
			("encapsulated key, ignored bit", flip(32, 7), refused),
			("ciphertext", flip(ciphertext, 0), refused),
			("tag", flip(context - 1, 0), refused),
			("basis", flip(context + 2, 0), refused),
			("key version", flip(context + 34, 0), refused),
			("expiry prolonged", flip(context + 45, 7), refused),
		];
		let mut cases: Vec<_> = edits
			.into_iter()
			.map(|(name, edits, error)| {
				json!({ "name": name, "wrap": directive, "edits": edits, "at": 0, "error": error })
			})
			.collect();
		let others = [
			(
				"of another chain",
				json!({ "of": of_json(&RecordVersion { genesis: [9; 32], ..OF }) }),
				refused,
			),
			(
				"of another record",
				json!({
					"of": of_json(&RecordVersion { record: RecordId([9; 32]), ..OF })
				}),
				refused,
			),
			(
				"of an older version",
				json!({ "of": of_json(&RecordVersion { version: 2, ..OF }) }),
				refused,
			),
			("with another secret", json!({ "recipient_secret": "09".repeat(32) }), refused),
			("at its expiry", json!({ "at": 1_800_000_000_000u64 }), "wrap-expired"),
		];
		for (name, mut case, error) in others {
			case["name"] = name.into();
			case["wrap"] = directive.into();
			case["edits"] = json!([]);
			case["error"] = error.into();
			if case.get("at").is_none() {
				case["at"] = 0.into();
			}
			cases.push(case);
		}
		json!(cases)
	}

	fn seal<T: Sealable + serde::Serialize>(name: &str, terms: T) -> Value {
		let opening = Opening { terms, salt: Salt([0x88; 32]) };
		json!({
			"name": name,
			"domain": hex::encode(T::DOMAIN),
			"salt": hex::encode(opening.salt.0),
			"terms": opening.terms,
			"encoded": hex::encode(opening.terms.encode()),
			"seal": hex::encode(opening.seal().0),
		})
	}

	pub(super) fn seals() -> Value {
		let record = RecordTerms {
			chart: ChartId([0x44; 32]),
			sequence: 4,
			previous_leaf: Some(Seal([0x99; 32])),
			version: 3,
			category: Category::Laboratory,
			confidentiality: Confidentiality::Restricted,
			sensitivity: Sensitivities::of(&[Sensitivity::Hiv]),
			author: Some(2),
			encounter: None,
			clinical_date: 1_700_000_000_000,
			size: 1,
			content_digest: Digest::of(&content(1)),
			ciphertext_digest: Digest([0xaa; 32]),
		};
		let guardian = GuardianTerms {
			chart: ChartId([0x44; 32]),
			key: [0xbb; 32],
			relation: Relation::Parent,
			powers: Powers::all(),
			until: salus_primitives::time::start_of_year(2040),
		};
		let disclosure = DisclosureEntry {
			chart: ChartId([0x44; 32]),
			sequence: 6,
			previous: None,
			at: 1_700_000_000_000,
			head: [0xcc; 32],
			accessor: Accessor::Guardian { leaf: Seal([0xdd; 32]) },
			practitioner: None,
			action: Action::Access,
			purpose: Purpose::PatientRequested,
			subject: Subject::Record(RECORD),
			outcome: Outcome::Released(Basis::Guardian),
		};
		json!([seal("record", record), seal("guardian", guardian), seal("disclosure", disclosure)])
	}

	pub(super) fn ids() -> Value {
		let chart = ChartId([0x44; 32]);
		let made = [
			("chart", b"salus/id/chart  ", IdDomain::Chart, (GENESIS, 5u32, [0xbbu8; 32]).encode()),
			("record", b"salus/id/record ", IdDomain::Record, (GENESIS, 5u32).encode()),
			("directive", b"salus/id/direct ", IdDomain::Directive, (GENESIS, chart).encode()),
			("request", b"salus/id/request", IdDomain::Request, (GENESIS, 5u32, 2u32).encode()),
		];
		let made = made.map(|(name, domain, of, parties)| {
			let salt = Salt([0x88; 32]);
			json!({
				"name": name,
				"domain": hex::encode(domain),
				"parties": hex::encode(&parties),
				"salt": hex::encode(salt.0),
				"id": hex::encode(derive_id(of, &Encoded(parties), &salt)),
			})
		});
		json!(made)
	}

	/// Bytes that are encoded already.
	struct Encoded(Vec<u8>);

	impl Encode for Encoded {
		fn encode_to<T: codec::Output + ?Sized>(&self, to: &mut T) {
			to.write(&self.0);
		}
	}

	pub(super) fn keys() -> Value {
		let chart = (GENESIS, 5u32, 1u32).encode();
		let rotated = (GENESIS, 5u32, 1u32, 2u32).encode();
		let made: [(&str, &[u8; 16], Vec<u8>); 7] = [
			("chart, first signing key", b"salus/chart/sign", chart.clone()),
			("chart, second key after a rotation", b"salus/chart/sign", rotated),
			("chart, encryption key", b"salus/chart/wrap", chart.clone()),
			("chart, salt of its id", b"salus/chart/salt", chart),
			("wallet, fingerprint", b"salus/wallet/fpr", Vec::new()),
			("wallet, backups", b"salus/wallet/bak", Vec::new()),
			("development key, encryption", b"salus/key/x25519", Vec::new()),
		];
		let made = made.map(|(name, domain, parties)| {
			let secret = [0xee; 32];
			json!({
				"name": name,
				"secret": hex::encode(secret),
				"domain": hex::encode(domain),
				"parties": hex::encode(&parties),
				"gives": hex::encode(*derive_secret(&secret, domain, &parties)),
			})
		});
		json!(made)
	}
}

/// What stands in the file is what we make of the same inputs.
#[test]
fn ours_are_made_again() {
	let mut known = read();
	let made = [
		("contents", make::contents()),
		("altered_contents", make::altered_contents()),
		("wraps", make::wraps()),
		("altered_wraps", make::altered_wraps()),
		("seals", make::seals()),
		("ids", make::ids()),
		("keys", make::keys()),
	];
	if std::env::var_os("UPDATE_VECTORS").is_some() {
		made.into_iter().for_each(|(name, made)| known[name] = made);
		let mut text = serde_json::to_string_pretty(&known).unwrap();
		text.push('\n');
		fs::write(path(), text).unwrap();
		return;
	}
	for (name, made) in made {
		assert_eq!(known[name], made, "{name}: if it is meant, UPDATE_VECTORS=1 writes them anew");
	}
}

#[test]
fn contents_open() {
	for vector in list(&read()["contents"]) {
		let name = &vector["name"];
		let (key, of) = (ContentKey(fixed(&vector["key"])), of(&vector["of"]));
		assert_eq!(bytes(&vector["associated_data"]), (CONTENT_DOMAIN, &of).encode(), "{name}");
		let size = number(&vector["size"]);
		let made = envelope(size, &key, fixed(&vector["nonce_prefix"]), &of);
		assert_eq!(bytes(&vector["envelope_digest"]), Digest::of(&made).0, "{name}");
		assert_eq!(made.len() as u64, envelope_size(size as u64));
		let mut opened = Vec::new();
		let told = decrypt(&mut &made[..], &mut opened, &key, &of).unwrap();
		assert!(opened == content(size), "{name}");
		assert_eq!(bytes(&vector["content_digest"]), told.content_digest.0, "{name}");
	}
}

#[test]
fn altered_contents_are_refused() {
	let vectors = read();
	for case in list(&vectors["altered_contents"]) {
		let base = list(&vectors["contents"])
			.iter()
			.find(|vector| vector["name"] == case["content"])
			.unwrap();
		let whole = envelope(
			number(&base["size"]),
			&ContentKey(fixed(&base["key"])),
			fixed(&base["nonce_prefix"]),
			&of(&base["of"]),
		);
		let key = ContentKey(fixed(case.get("key").unwrap_or(&base["key"])));
		let of = of(case.get("of").unwrap_or(&base["of"]));
		let altered = altered(&whole, &case["edits"]);
		let error = decrypt(&mut &altered[..], &mut Vec::new(), &key, &of).unwrap_err();
		assert_eq!(case["error"], error.code(), "{}", case["name"]);
	}
}

#[test]
fn wraps_open() {
	for vector in list(&read()["wraps"]) {
		let name = &vector["name"];
		let wrap = Wrap::decode_all(&mut &bytes(&vector["encoded"])[..]).unwrap();
		assert_eq!(serde_json::to_value(wrap.context).unwrap(), vector["context"], "{name}");
		assert_eq!(bytes(&vector["context_encoded"]), wrap.context.encode(), "{name}");
		assert_eq!(bytes(&vector["encapsulated_key"]), wrap.encapsulated_key, "{name}");
		assert_eq!(bytes(&vector["ciphertext"]), wrap.ciphertext, "{name}");
		let of = of(&vector["of"]);
		assert_eq!(bytes(&vector["info"]), (WRAP_DOMAIN, &of, &wrap.context).encode(), "{name}");
		let secret = EncryptionSecret::from_bytes(fixed(&vector["recipient_secret"]));
		assert_eq!(bytes(&vector["recipient_public"]), secret.public(), "{name}");
		let opened = wrap.open(&secret, &of, 0).unwrap();
		assert_eq!(bytes(&vector["content_key"]), opened.0, "{name}");
	}
}

#[test]
fn altered_wraps_are_refused() {
	let vectors = read();
	for case in list(&vectors["altered_wraps"]) {
		let base = list(&vectors["wraps"])
			.iter()
			.find(|vector| vector["name"] == case["wrap"])
			.unwrap();
		let altered = altered(&bytes(&base["encoded"]), &case["edits"]);
		let secret = case.get("recipient_secret").unwrap_or(&base["recipient_secret"]);
		let secret = EncryptionSecret::from_bytes(fixed(secret));
		let of = of(case.get("of").unwrap_or(&base["of"]));
		let at = case["at"].as_u64().unwrap();
		let code = match Wrap::decode_all(&mut &altered[..]) {
			Ok(wrap) => wrap.open(&secret, &of, at).unwrap_err().code(),
			Err(error) => {
				assert!(error.to_string().contains("suite"), "{error}");
				"wrong-suite"
			},
		};
		assert_eq!(case["error"], code, "{}", case["name"]);
	}
}

/// Appendix A.2.1 in full: our suite of wraps is the RFC's.
#[test]
fn rfc_9180_holds() {
	type Suite = X25519HkdfSha256;
	let vectors = read();
	let vector = &vectors["rfc9180"];
	let (secret, public) = Suite::derive_keypair(&bytes(&vector["ikmR"]));
	assert_eq!(public.to_bytes().to_vec(), bytes(&vector["pkRm"]));
	let stated = EncryptionSecret::from_bytes(fixed(&vector["skRm"]));
	assert_eq!(stated.public().to_vec(), bytes(&vector["pkRm"]));
	let (_, ephemeral) = Suite::derive_keypair(&bytes(&vector["ikmE"]));
	assert_eq!(ephemeral.to_bytes().to_vec(), bytes(&vector["pkEm"]));
	let info = bytes(&vector["info"]);
	let stated = <Suite as Kem>::PrivateKey::from_bytes(&bytes(&vector["skRm"])).unwrap();
	let messages = list(&vector["encryptions"]);
	let last = number(&messages.last().unwrap()["sequence"]);
	for secret in [&secret, &stated] {
		let (enc, mut sender) = hpke::setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Suite>(
			&OpModeS::Base,
			&public,
			&info,
			&mut Fixed(fixed(&vector["ikmE"])),
		)
		.unwrap();
		assert_eq!(enc.to_bytes().to_vec(), bytes(&vector["enc"]));
		let mut receiver: Receiver =
			hpke::setup_receiver(&OpModeR::Base, secret, &enc, &info).unwrap();
		// The vectors leave out numbers in between, so we count through them.
		for sequence in 0..=last {
			let Some(message) =
				messages.iter().find(|message| number(&message["sequence"]) == sequence)
			else {
				let skipped = sender.seal(b"", b"").unwrap();
				receiver.open(&skipped, b"").unwrap();
				continue;
			};
			let (pt, aad) = (bytes(&message["pt"]), bytes(&message["aad"]));
			let ct = bytes(&message["ct"]);
			assert_eq!(sender.seal(&pt, &aad).unwrap(), ct, "{sequence}");
			assert_eq!(receiver.open(&ct, &aad).unwrap(), pt, "{sequence}");
		}
		for exported in list(&vector["exports"]) {
			let mut out = vec![0; number(&exported["L"])];
			receiver.export(&bytes(&exported["exporter_context"]), &mut out).unwrap();
			assert_eq!(out, bytes(&exported["exported_value"]));
		}
	}
}
