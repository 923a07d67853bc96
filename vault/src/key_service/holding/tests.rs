//! What the key service hands to a successor.

use super::*;
use crate::node::Node;
use salus_client::envelope::{ContentKey, EncryptionSecret};
use salus_primitives::{
	batch::{BatchTree, Inclusion},
	codes::{Category, Confidentiality},
	ids::{BatchId, ChartId, Digest, RecordId, Salt},
	record::RecordTerms,
	seal::Opening,
};
use zeroize::Zeroizing;

const GENESIS: [u8; 32] = [1; 32];
const RECORD: RecordId = RecordId([3; 32]);

fn service(organisation: OrganisationId) -> Service {
	Service {
		organisation,
		genesis: GENESIS,
		node: Node::new("ws://127.0.0.1:1"),
		secret: EncryptionSecret::from_bytes([organisation as u8; 32]),
		token: Zeroizing::default(),
	}
}

fn holding(offered: Option<u32>, given: Option<u32>) -> HoldingView {
	let keeper = given.unwrap_or(1);
	HoldingView { organisation: 1, keeper, given, offered, records: 1, batches: 1 }
}

fn asked() -> HandOverRecord {
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
	let of = RecordVersion { genesis: GENESIS, record: RECORD, version: 2 };
	let context = WrapContext::Custodian { organisation: 1, key_version: 1 };
	let key = ContentKey::generate().unwrap();
	let wrap = Wrap::seal(&key, &of, context, &service(1).secret.public()).unwrap();
	let opening = Opening { terms, salt: Salt([6; 32]) };
	HandOverRecord { record: RECORD, opening, wrap, inclusion: None }
}

fn facts(asked: &HandOverRecord, custodian: u32) -> RecordFacts {
	let leaf = asked.opening.seal();
	RecordFacts { custodian, leaf, state: RecordState::Current, replaces: None }
}

#[test]
fn a_holding_goes_to_whom_it_is_offered_and_to_who_took_it_over() {
	assert!(service(1).gives_to(&holding(Some(2), None), 2));
	assert!(service(1).gives_to(&holding(None, Some(2)), 2));
}

#[test]
fn nothing_goes_that_is_not_offered_or_to_another() {
	for view in [holding(None, None), holding(Some(3), None), holding(None, Some(3))] {
		assert!(!service(1).gives_to(&view, 2), "{view:?}");
	}
	assert!(!service(1).gives_to(&holding(Some(1), None), 1));
	// Of a holding that is another's.
	assert!(!service(7).gives_to(&holding(Some(2), None), 2));
}

#[test]
fn a_record_of_the_holding_opens_the_leaf_on_the_chain() {
	let asked = asked();
	let offered = holding(Some(2), None);
	assert!(is_of_holding(&offered, &asked, Some(&facts(&asked, 1)), None));
	// The chain names who keeps it now.
	assert!(is_of_holding(&holding(None, Some(2)), &asked, Some(&facts(&asked, 2)), None));

	assert!(!is_of_holding(&offered, &asked, None, None));
	assert!(!is_of_holding(&offered, &asked, Some(&facts(&asked, 3)), None));
	let erased = RecordFacts { state: RecordState::Erased, ..facts(&asked, 1) };
	assert!(!is_of_holding(&offered, &asked, Some(&erased), None));
	let mut other = asked.clone();
	other.opening.salt = Salt([9; 32]);
	assert!(!is_of_holding(&offered, &other, Some(&facts(&asked, 1)), None));
}

#[test]
fn a_record_of_a_batch_is_proven() {
	let mut asked = asked();
	let leaf = asked.opening.seal();
	let tree = BatchTree::new([(RECORD, leaf), (RecordId([9; 32]), leaf)]).unwrap();
	let batch = BatchFacts { custodian: 1, root: tree.root(), leaves: 2, at: 0 };
	let offered = holding(Some(2), None);
	assert!(!is_of_holding(&offered, &asked, None, Some(&batch)));
	let included = |index| Inclusion { batch: BatchId([8; 32]), proof: tree.prove(index).unwrap() };
	asked.inclusion = Some(included(0));
	assert!(is_of_holding(&offered, &asked, None, Some(&batch)));
	let elsewhere = BatchFacts { custodian: 3, ..batch };
	assert!(!is_of_holding(&offered, &asked, None, Some(&elsewhere)));
	// What has an entry of its own is what that says, whatever the batch proves.
	assert!(!is_of_holding(&offered, &asked, Some(&facts(&asked, 3)), Some(&batch)));
	asked.inclusion = Some(included(1));
	assert!(!is_of_holding(&offered, &asked, None, Some(&batch)));
}

#[test]
fn the_successor_opens_what_was_wrapped_and_nobody_else() {
	let asked = asked();
	let successor = service(2);
	let published = EncryptionKey { version: 4, key: successor.secret.public() };
	let wrap = service(1).wrap_to_successor(&asked, 2, published).unwrap();
	assert_eq!(wrap.context, WrapContext::Custodian { organisation: 2, key_version: 4 });
	let of = RecordVersion { genesis: GENESIS, record: RECORD, version: 2 };
	assert!(successor.open_own(&wrap, &of).is_ok());
	assert!(service(1).open_own(&wrap, &of).is_err());
	let mut of_another = asked;
	of_another.wrap.context = WrapContext::Custodian { organisation: 2, key_version: 1 };
	let refused = service(1).wrap_to_successor(&of_another, 2, published);
	assert!(matches!(refused, Err(Error::StorageDamaged)));
}
