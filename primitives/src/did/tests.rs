use super::*;
use alloc::string::{String, ToString};
use proptest::prelude::*;

const NETWORK: &str = "91b171bb158e2d3848fa23a9f1c25182";

fn parsed(text: &str) -> Result<Did, DidError> {
	text.replace("NET", NETWORK).parse()
}

fn parsed_url(text: &str) -> Result<DidUrl, DidError> {
	text.replace("NET", NETWORK).parse()
}

#[test]
fn each_subject_has_its_identifier() {
	let mut genesis = [0xff; 32];
	hex::decode_to_slice(NETWORK, &mut genesis[..16]).unwrap();
	let chart = ChartId([0xc4; 32]);
	for (subject, text) in [
		(Subject::Organisation(7), "did:salus:NET:organisation:7".to_string()),
		(Subject::Practitioner(u32::MAX), "did:salus:NET:practitioner:4294967295".to_string()),
		(Subject::Chart(chart), ["did:salus:NET:chart:", &"c4".repeat(32)].concat()),
	] {
		let did = Did::new(&genesis, subject);
		assert_eq!(did.to_string(), text.replace("NET", NETWORK));
		assert_eq!(parsed(&text), Ok(did));
	}
}

#[test]
fn the_network_is_the_first_half_of_the_genesis_hash() {
	let mut genesis = [0; 32];
	genesis.iter_mut().zip(0..).for_each(|(byte, place)| *byte = place);
	assert_eq!(Network::of(&genesis).0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
}

#[test]
fn each_fault_is_told() {
	use DidError::*;
	let long_chart = ["did:salus:NET:chart:0x", &"c4".repeat(32)].concat();
	let upper_chart = ["did:salus:NET:chart:", &"C4".repeat(32)].concat();
	let upper_network = ["did:salus:", &NETWORK.to_uppercase(), ":organisation:1"].concat();
	for (text, fault) in [
		("", NotADid),
		("did", NotADid),
		("did:", NotADid),
		("did:salus", NotADid),
		("DID:salus:NET:organisation:1", NotADid),
		("did:Salus:NET:organisation:1", NotADid),
		(" did:salus:NET:organisation:1", NotADid),
		("did:web:", NotADid),
		("did:web:a:", NotADid),
		("did:web:a b", NotADid),
		("did::a", NotADid),
		("did:web:example.com", OtherMethod),
		("did:web:example.com#key", OtherMethod),
		("did:salus2:NET:organisation:1", OtherMethod),
		("did:salus:", Parts),
		("did:salus:NET", Parts),
		("did:salus:NET:organisation", Parts),
		("did:salus:NET:organisation:1:2", Parts),
		("did:salus::organisation:1", Network),
		("did:salus:91b1:organisation:1", Network),
		(&upper_network, Network),
		("did:salus:NET00:organisation:1", Network),
		("did:salus:NET:hospital:1", Kind),
		("did:salus:NET:Organisation:1", Kind),
		("did:salus:NET:organisation:", Number),
		("did:salus:NET:organisation:0", Number),
		("did:salus:NET:organisation:01", Number),
		("did:salus:NET:organisation:+1", Number),
		("did:salus:NET:organisation:-1", Number),
		("did:salus:NET:practitioner:4294967296", Number),
		("did:salus:NET:practitioner:one", Number),
		("did:salus:NET:chart:1", Chart),
		(&long_chart, Chart),
		(&upper_chart, Chart),
		("did:salus:NET:organisation:1/path", PathOrQuery),
		("did:salus:NET:organisation:1?versionId=1", PathOrQuery),
		("did:salus:NET:organisation:1#vault", UnexpectedFragment),
		("did:salus:NET:organisation:1#", UnexpectedFragment),
	] {
		assert_eq!(parsed(text), Err(fault), "{text}");
		assert!(fault.to_string().contains([':', ' ']));
	}
	for (text, fault) in [
		("did:salus:NET:organisation:1", MissingFragment),
		("did:salus:NET:organisation:0", Number),
		("did:salus:NET:organisation:1#", Fragment),
		("did:salus:NET:organisation:1#Vault", Fragment),
		("did:salus:NET:organisation:1#account-1", Fragment),
		("did:salus:NET:organisation:1#encryption-0", Fragment),
		("did:salus:NET:organisation:1#encryption-01", Fragment),
		("did:salus:NET:organisation:1#vault#vault", Fragment),
		("did:salus:NET:organisation:1?a#vault", PathOrQuery),
	] {
		assert_eq!(parsed_url(text), Err(fault), "{text}");
	}
}

#[test]
fn they_are_texts_in_json() {
	let did = parsed("did:salus:NET:organisation:1").unwrap();
	let json = serde_json::to_string(&did.url(Fragment::Vault)).unwrap();
	assert_eq!(json, "\"did:salus:NET:organisation:1#vault\"".replace("NET", NETWORK));
	assert_eq!(serde_json::from_str::<DidUrl>(&json).unwrap().did, did);
	assert!(serde_json::from_str::<Did>(&json).is_err());
}

fn dids() -> impl Strategy<Value = Did> {
	let subject = prop_oneof![
		(1..=u32::MAX).prop_map(Subject::Organisation),
		(1..=u32::MAX).prop_map(Subject::Practitioner),
		any::<[u8; 32]>().prop_map(|id| Subject::Chart(ChartId(id))),
	];
	(any::<[u8; 16]>(), subject)
		.prop_map(|(network, subject)| Did { network: super::Network(network), subject })
}

fn fragments() -> impl Strategy<Value = Fragment> {
	prop_oneof![
		any::<[u8; 32]>().prop_map(Fragment::Account),
		(1..=u32::MAX).prop_map(Fragment::Encryption),
		Just(Fragment::Vault),
		Just(Fragment::Profile),
	]
}

proptest! {
	#[test]
	fn what_is_written_reads_back(did in dids(), fragment in fragments()) {
		prop_assert_eq!(did.to_string().parse(), Ok(did));
		let url = did.url(fragment);
		prop_assert_eq!(url.to_string().parse(), Ok(url));
	}

	#[test]
	fn each_subject_has_one_spelling(did in dids(), place in 0usize..200, other in ".") {
		let text = did.to_string();
		let altered: String = text
			.char_indices()
			.flat_map(|(at, was)| if at == place { other.clone() } else { was.to_string() }.chars()
				.collect::<alloc::vec::Vec<_>>())
			.collect();
		match altered.parse::<Did>() {
			Ok(read) => prop_assert_eq!(read.to_string(), altered),
			Err(_) => prop_assert_ne!(altered, text),
		}
	}

	#[test]
	fn no_text_makes_it_panic(text in "(did:(salus|web)?:?)?.{0,80}") {
		for altered in [text.clone(), ["did:salus:", NETWORK, ":", &text].concat()] {
			if let Ok(read) = altered.parse::<Did>() {
				prop_assert_eq!(read.to_string(), altered.clone());
			}
			if let Ok(read) = altered.parse::<DidUrl>() {
				prop_assert_eq!(read.to_string(), altered);
			}
		}
	}
}
