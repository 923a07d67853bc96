//! What the key service hands to another custodian.

use super::*;
use crate::node::Node;
use salus_client::{
	envelope::EncryptionSecret,
	keys::{Identity, KeyFile},
	vault_api::{TransferStatement, TransferWord, TRANSFER_DOMAIN},
};
use salus_primitives::{
	codes::{Category, Confidentiality, RecordState},
	decision::RecordFacts,
	ids::{ChartId, Digest, RecordId, Salt},
	record::RecordTerms,
	seal::Opening,
};
use zeroize::Zeroizing;

const GENESIS: [u8; 32] = [1; 32];
const AT: Moment = 100;

fn person(uri: &str) -> Identity {
	KeyFile::from_dev_uri(uri).unwrap().into_identity()
}

fn service(organisation: OrganisationId) -> Service {
	Service {
		organisation,
		genesis: GENESIS,
		node: Node::new("ws://127.0.0.1:1"),
		secret: EncryptionSecret::from_bytes([organisation as u8; 32]),
		token: Zeroizing::default(),
	}
}

/// A record of organisation 1 that is offered to organisation 2, and all that belongs to it.
struct Case {
	asked: HandOver,
	view: RecordView,
	keys: [Identity; 2],
}

fn case() -> Case {
	let keys = [person("//Here"), person("//There")];
	let (record, to_chart) = (RecordId([3; 32]), ChartId([5; 32]));
	let terms = RecordTerms {
		chart: ChartId([4; 32]),
		sequence: 0,
		previous_leaf: None,
		version: 2,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 0,
		size: 0,
		content_digest: Digest([0; 32]),
		ciphertext_digest: Digest([0; 32]),
	};
	let opening = Opening { terms, salt: Salt([6; 32]) };
	let statement = TransferStatement {
		domain: TRANSFER_DOMAIN,
		genesis: GENESIS,
		from: 1,
		from_chart: ChartId([4; 32]),
		to: 2,
		to_chart,
		to_key: keys[1].vouch(&GENESIS, &to_chart),
		expires: AT + 1,
	};
	let [message, _] = statement.signable();
	let word = TransferWord {
		statement,
		from_signature: keys[0].sign(&message),
		to_signature: keys[1].sign(&message),
	};
	let key = ContentKey::generate().unwrap();
	let of = RecordVersion { genesis: GENESIS, record, version: 2 };
	let context = WrapContext::Custodian { organisation: 1, key_version: 1 };
	let wrap = Wrap::seal(&key, &of, context, &service(1).secret.public()).unwrap();
	let facts = RecordFacts {
		custodian: 1,
		leaf: opening.seal(),
		state: RecordState::Current,
		replaces: None,
	};
	let view = RecordView {
		id: record,
		number: 0,
		facts,
		offered: Some(2),
		holds: Vec::new(),
		petitions: Vec::new(),
	};
	Case { asked: HandOver { record, opening, wrap, word }, view, keys }
}

impl Case {
	fn may(&self) -> bool {
		let [here, there] = &self.keys;
		let keys = [&here.account(), &there.account()];
		service(1).may_hand_over(&self.asked, &self.view, keys, AT)
	}
}

#[test]
fn what_is_offered_by_a_persons_word_may_go() {
	assert!(case().may());
}

#[test]
fn nothing_goes_without_an_offer_on_the_chain() {
	for offered in [None, Some(1), Some(3)] {
		let mut case = case();
		case.view.offered = offered;
		assert!(!case.may(), "{offered:?}");
	}
	let mut moved = case();
	moved.view.facts.custodian = 2;
	assert!(!moved.may());
}

#[test]
fn nothing_goes_that_the_word_does_not_name() {
	let mut other_chart = case();
	other_chart.asked.opening.terms.chart = ChartId([9; 32]);
	other_chart.view.facts.leaf = other_chart.asked.opening.seal();
	assert!(!other_chart.may());
	let mut other_leaf = case();
	other_leaf.asked.opening.salt = Salt([9; 32]);
	assert!(!other_leaf.may());
	let mut other_record = case();
	other_record.asked.record = RecordId([9; 32]);
	assert!(!other_record.may());
	let mut other_key = case();
	other_key.keys = [person("//Here"), person("//Elsewhere")];
	assert!(!other_key.may());
	let mut other_receiver = case();
	other_receiver.asked.word.statement.to = 3;
	other_receiver.view.offered = Some(3);
	assert!(!other_receiver.may());
	// Of another giver's chart, whose key service this is not.
	let of_another = case();
	let keys = of_another.keys.each_ref().map(Identity::account);
	assert!(!service(7).may_hand_over(
		&of_another.asked,
		&of_another.view,
		[&keys[0], &keys[1]],
		AT
	));
}

#[test]
fn the_receiver_and_the_chart_there_open_what_was_wrapped_and_nobody_else() {
	let case = case();
	let receiver = service(2);
	let published = EncryptionKey { version: 4, key: receiver.secret.public() };
	let wraps = service(1).wrap_for_receiver(&case.asked, published).unwrap();
	assert_eq!(wraps.custodian.context, WrapContext::Custodian { organisation: 2, key_version: 4 });
	let of = RecordVersion { genesis: GENESIS, record: case.asked.record, version: 2 };
	assert!(wraps.chart.open(case.keys[1].encryption(), &of, 0).is_ok());
	let check =
		|wrap: &Wrap, version| WrapCheck { record: case.asked.record, version, wrap: wrap.clone() };
	assert!(receiver.is_its_own(&check(&wraps.custodian, 2)));
	assert!(!receiver.is_its_own(&check(&wraps.custodian, 3)));
	assert!(!receiver.is_its_own(&check(&wraps.chart, 2)));
	assert!(!service(1).is_its_own(&check(&wraps.custodian, 2)));
	assert!(wraps.chart.open(case.keys[0].encryption(), &of, 0).is_err());
}

#[test]
fn a_stored_wrap_for_another_is_told_as_damage() {
	let mut case = case();
	let published = EncryptionKey { version: 1, key: service(2).secret.public() };
	case.asked.wrap.context = WrapContext::Custodian { organisation: 2, key_version: 1 };
	let refused = service(1).wrap_for_receiver(&case.asked, published);
	assert!(matches!(refused, Err(Error::StorageDamaged)));
	let unusable = EncryptionKey { version: 1, key: [0; 32] };
	let refused = service(1).wrap_for_receiver(&self::case().asked, unusable);
	assert!(matches!(refused, Err(Error::RecipientKeyMissing)));
}
