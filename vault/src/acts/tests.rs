//! What follows from acts, and what a kill in between leaves.

use super::*;
use crate::{
	routes::tests::{person, Harness},
	store::{
		Body, ErasedRow, PendingRecord, RecordRow, Segment, CHART_RECORDS, ERASED, ERASED_OBJECTS,
		PETITIONS, PETITION_INBOX, RECORDS, SCRUBBING,
	},
};
use bytes::Bytes;
use salus_client::{
	envelope::{Wrap, WrapContext},
	petitions::{hold, petition},
	vault_api::{PostedPetition, RecordWraps},
};
use salus_primitives::{
	codes::{Category, Confidentiality, PetitionKind, RecordState, RefusalReason},
	decision::RecordFacts,
	ids::{ChartId, Digest, Salt, Seal},
	petition::{AnswerTerms, ErasureReceipt, Petition, PetitionTerms},
	record::RecordTerms,
	seal::Opening,
};

pub(crate) const CHART: ChartId = ChartId([0xc4; 32]);
pub(crate) const RECORD: RecordId = RecordId([0x7e; 32]);
const BLOCK: Head = Head { number: 9, hash: [9; 32], at: 1_000 };
const OBJECT: [u8; 32] = [0x0b; 32];

/// Puts a record of the chart into the store.
pub(crate) fn stored(store: &Store) -> RecordRow {
	let wrap = |context| Wrap { suite: 1, encapsulated_key: [0; 32], ciphertext: [0; 48], context };
	let terms = RecordTerms {
		chart: CHART,
		sequence: 0,
		previous_leaf: None,
		version: 1,
		category: Category::Laboratory,
		confidentiality: Confidentiality::Normal,
		sensitivity: Default::default(),
		author: None,
		encounter: None,
		clinical_date: 0,
		size: 1,
		content_digest: Digest([0; 32]),
		ciphertext_digest: Digest([1; 32]),
	};
	let segment = Segment { name: OBJECT, size: 3, digest: Digest::of(b"one") };
	let record = PendingRecord {
		id: RECORD,
		opening: Opening { terms, salt: Salt([2; 32]) },
		replaces: None,
		media_type: "text/plain".into(),
		body: Body::Segments(vec![segment]),
		wraps: RecordWraps {
			custodian: wrap(WrapContext::Custodian { organisation: 1, key_version: 1 }),
			chart: wrap(WrapContext::Chart { chart: CHART }),
		},
	};
	let row = RecordRow { record, block: BLOCK.into() };
	store
		.write::<_, StoreError>(|rows| {
			rows.put(&CHART_RECORDS, &(CHART, 0), &RECORD)?;
			rows.put(&RECORDS, &RECORD, &row)
		})
		.unwrap();
	row
}

pub(crate) fn asked(kind: PetitionKind) -> PostedPetition {
	let statement = "that was somebody else".parse().unwrap();
	let terms = PetitionTerms { chart: CHART, record: RECORD, kind, at: 5, statement };
	petition(&person("//Patient"), &[2; 32], terms).unwrap()
}

fn view(posted: &PostedPetition, number: u32, state: PetitionState) -> PetitionView {
	let petition = Petition {
		kind: posted.opening.terms.kind,
		seal: posted.opening.seal(),
		state,
		filed: 10,
		answer: None,
		answered: None,
	};
	PetitionView { number, petition, due: petition.due(), overdue: false }
}

fn on_chain(petitions: Vec<PetitionView>, holds: Vec<Seal>) -> RecordView {
	RecordView {
		id: RECORD,
		number: 0,
		facts: RecordFacts {
			custodian: 1,
			leaf: Seal([0; 32]),
			state: RecordState::Current,
			replaces: None,
		},
		offered: None,
		holds,
		petitions,
	}
}

/// Notes an act.
pub(crate) fn noted(store: &Store, act: &RecordAct) -> Result<u64> {
	store.write(|rows| note(rows, act))
}

/// Notes an act and does what follows from it, as if the chain had it.
fn act(store: &Store, act: &RecordAct, petition: Option<PetitionView>) -> bool {
	let number = noted(store, act).unwrap();
	follow(store, number, act, &Done { block: BLOCK, petition }).unwrap()
}

/// Files a petition with this number.
pub(crate) fn file(store: &Store, kind: PetitionKind, number: u32) -> PostedPetition {
	let posted = asked(kind);
	let account = person("//Patient").account();
	let filing = RecordAct::File { posted: posted.clone(), account };
	assert!(!act(store, &filing, Some(view(&posted, number, PetitionState::Open))));
	posted
}

fn answer_of(number: u32, granted: bool, erases: bool) -> RecordAct {
	let receipt = erases.then(|| ErasureReceipt {
		erased_at: 7,
		not_reached: Default::default(),
		more: false,
	});
	let terms = AnswerTerms {
		record: RECORD,
		number,
		granted,
		reason: (!granted).then_some(RefusalReason::AccurateAndComplete),
		until: None,
		statement: Default::default(),
		receipt,
	};
	RecordAct::Answer { opening: Opening { terms, salt: Salt([6; 32]) } }
}

/// Answers a petition with this number.
pub(crate) fn answer(store: &Store, posted: &PostedPetition, number: u32, granted: bool) -> bool {
	let erases = granted && posted.opening.terms.kind == PetitionKind::Erasure;
	let state = if granted { PetitionState::Granted } else { PetitionState::Refused };
	act(store, &answer_of(number, granted, erases), Some(view(posted, number, state)))
}

#[tokio::test]
async fn an_erasure_leaves_a_trace_for_the_patient_and_nothing_else() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	stored(store);
	harness.vault.objects.put(&OBJECT, Bytes::from_static(b"one")).await.unwrap();
	let posted = file(store, PetitionKind::Erasure, 0);
	assert!(answer(store, &posted, 0, true));
	let (record, erased, objects) = store
		.read(|rows| {
			Ok((
				rows.get(&RECORDS, &RECORD)?,
				rows.get(&ERASED, &RECORD)?,
				rows.first(&ERASED_OBJECTS, 9)?,
			))
		})
		.unwrap();
	assert_eq!(record, None);
	assert_eq!(erased, Some(ErasedRow { chart: CHART, sequence: 0, petition: Some(0) }));
	assert_eq!(objects, [(0, vec![OBJECT])], "the ciphertext is noted");
	let told = harness.vault.record(RECORD).await.unwrap_err();
	let body = told.body();
	assert_eq!((told.status_and_code().0.as_u16(), body.code.as_str()), (410, "record-erased"));
	assert_eq!(body.reason, Some(28));

	// Killed here: the next start removes the ciphertext, and the row from the file.
	let harness = harness.killed();
	erasure::discard(&harness.vault).await.unwrap();
	assert_eq!(harness.vault.objects.size(&OBJECT).await.unwrap(), None);
	let marks = |harness: &Harness| {
		harness.vault.store.read(|rows| rows.first(&SCRUBBING, 9)).unwrap().len()
	};
	assert_eq!(marks(&harness), 1);
	erasure::scrub(&harness.vault).await.unwrap();
	assert_eq!(marks(&harness), 0);
}

#[test]
fn an_act_that_is_noted_is_not_noted_twice_and_followed_once() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	stored(store);
	let posted = asked(PetitionKind::Erasure);
	let account = person("//Patient").account();
	let filing = RecordAct::File { posted: posted.clone(), account };
	let number = noted(store, &filing).unwrap();
	assert_eq!(noted(store, &filing).unwrap(), number);

	// Killed between the transaction and what follows: the note is there, and the chain is looked at.
	let harness = harness.killed();
	let store = &harness.vault.store;
	let left = store.read(|rows| rows.first(&RECORD_ACTS, 9)).unwrap();
	assert_eq!(left, [(number, filing.clone())]);
	let chain = on_chain(vec![view(&posted, 3, PetitionState::Open)], Vec::new());
	let petition = filing.look(&chain).unwrap();
	let done = Done { block: BLOCK, petition };
	// Two may have worked at it.
	for _ in 0..2 {
		assert!(!follow(store, number, &filing, &done).unwrap());
	}
	let (rows, inbox, noted) = store
		.read(|rows| {
			Ok((
				rows.get(&PETITIONS, &RECORD)?.unwrap_or_default(),
				rows.first(&PETITION_INBOX, 9)?,
				rows.first(&RECORD_ACTS, 9)?,
			))
		})
		.unwrap();
	assert_eq!((rows.len(), inbox.len(), noted.len()), (1, 1, 0));
	assert_eq!((rows[0].number, rows[0].filed), (3, 10));
}

#[test]
fn the_chain_says_whether_an_act_is_done() {
	let posted = asked(PetitionKind::Erasure);
	let account = [1; 32];
	let filing = RecordAct::File { posted: posted.clone(), account };
	assert!(filing.look(&on_chain(Vec::new(), Vec::new())).is_none());
	let open = view(&posted, 0, PetitionState::Open);
	assert_eq!(filing.look(&on_chain(vec![open], Vec::new())).unwrap().unwrap().number, 0);
	// Of another seal, it is another's.
	let mut other = open;
	other.petition.seal = Seal([9; 32]);
	assert!(filing.look(&on_chain(vec![other], Vec::new())).is_none());

	let withdrawing = RecordAct::Withdraw { record: RECORD, number: 0 };
	assert!(withdrawing.look(&on_chain(vec![open], Vec::new())).is_none());
	let withdrawn = view(&posted, 0, PetitionState::Withdrawn);
	assert!(withdrawing.look(&on_chain(vec![withdrawn], Vec::new())).is_some());

	let granting = answer_of(0, true, true);
	let RecordAct::Answer { opening } = &granting else { panic!("no answer") };
	let mut granted = view(&posted, 0, PetitionState::Granted);
	granted.petition.answer = Some(Seal([9; 32]));
	assert!(granting.look(&on_chain(vec![granted], Vec::new())).is_none(), "another answer");
	granted.petition.answer = Some(opening.seal());
	assert!(granting.look(&on_chain(vec![granted], Vec::new())).is_some());

	let held = hold(RECORD, 1, "a claim".parse().unwrap()).unwrap();
	let seal = held.opening.seal();
	let placing = RecordAct::Hold { posted: held, account };
	let releasing = RecordAct::Release { record: RECORD, seal };
	let (without, with) = (on_chain(Vec::new(), Vec::new()), on_chain(Vec::new(), vec![seal]));
	assert!(placing.look(&without).is_none() && placing.look(&with).is_some());
	assert!(releasing.look(&with).is_none() && releasing.look(&without).is_some());
}

#[test]
fn a_matter_stays_known_after_its_hold_is_released() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	stored(store);
	let posted = hold(RECORD, 1, "a claim".parse().unwrap()).unwrap();
	let placing = RecordAct::Hold { posted: posted.clone(), account: [1; 32] };
	for _ in 0..2 {
		assert!(!act(store, &placing, None));
	}
	let seal = posted.opening.seal();
	assert!(!act(store, &RecordAct::Release { record: RECORD, seal }, None));
	let rows = store.read(|rows| rows.get(&HOLDS, &RECORD)).unwrap().unwrap();
	assert_eq!(rows.len(), 1);
	assert_eq!(rows[0].opening, posted.opening);
}

#[test]
fn a_hold_and_its_release_are_not_carried_out_in_the_wrong_order() {
	let harness = Harness::new();
	let store = &harness.vault.store;
	stored(store);
	let posted = hold(RECORD, 1, "a claim".parse().unwrap()).unwrap();
	let other = hold(RECORD, 1, "another claim".parse().unwrap()).unwrap();
	let seal = posted.opening.seal();
	let placing = RecordAct::Hold { posted, account: [1; 32] };
	let beside = RecordAct::Release { record: RECORD, seal: other.opening.seal() };
	let releasing = RecordAct::Release { record: RECORD, seal };
	let left = || {
		let noted = store.read(|rows| rows.first(&RECORD_ACTS, 9)).unwrap();
		noted.into_iter().map(|(_, act)| act).collect::<Vec<_>>()
	};
	noted(store, &beside).unwrap();
	let number = noted(store, &releasing).unwrap();
	// Its fate is open still, and the same hold is placed again.
	let again = noted(store, &placing).unwrap();
	assert_ne!(number, again, "whoever works at the first would end the second");
	assert_eq!(left(), [beside.clone(), placing.clone()]);
	// Who worked at the release ends nothing else.
	let done = Done { block: BLOCK, petition: None };
	assert!(!follow(store, number, &releasing, &done).unwrap());
	assert!(!store.write(|rows| unnote(rows, again, &releasing)).unwrap());
	noted(store, &releasing).unwrap();
	assert_eq!(left(), [beside, releasing]);
}

#[test]
fn the_chains_refusals_are_told_in_words() {
	let refused = |name: &str| ChainError::Refused {
		call: "RecordAnchor.grant_petition".into(),
		error: name.into(),
		docs: String::new(),
		block: BLOCK,
	};
	let code = |name: &str| told(refused(name)).body().code;
	assert_eq!(code("RecordAnchor.RecordHeld"), "record-held");
	assert_eq!(code("RecordAnchor.StillCurrent"), "still-current");
	assert_eq!(code("RecordAnchor.PetitionOpen"), "petition-open");
	assert_eq!(code("RecordAnchor.RecordOffered"), "chain-refused");
}
