//! The log and its way to the chain, killed at every step.

use super::*;
use crate::store::{unvouched, ChartRow, EmergencyRow, Identity, NewChart, EMERGENCIES};
use proptest::prelude::*;
use salus_client::vault_api::DatabaseKey;
use salus_primitives::{decision::Basis, ids::BreakGlassId};
use tempfile::TempDir;

const CHART: ChartId = ChartId([1; 32]);
const OTHER: ChartId = ChartId([2; 32]);
const ORGANISATION: OrganisationId = 1;

/// A store that can be closed and opened again, as a kill does.
struct Vault {
	folder: TempDir,
	store: Option<Store>,
}

impl Vault {
	fn new() -> Self {
		let folder = tempfile::tempdir().unwrap();
		let mut vault = Self { folder, store: None };
		vault.reopen();
		vault
			.store()
			.write::<_, StoreError>(|rows| {
				for chart in [CHART, OTHER] {
					let new = NewChart { chart, key: [3; 32], encryption_key: unvouched([4; 32]) };
					rows.put(&CHARTS, &chart, &ChartRow::empty(new))?;
				}
				Ok(())
			})
			.unwrap();
		vault
	}

	fn reopen(&mut self) {
		self.store = None;
		let key = DatabaseKey { key: [5; 32] };
		let path = self.folder.path().join("vault.redb");
		self.store = Some(Store::open(&path, &key, Identity::new([0; 32], ORGANISATION)).unwrap());
	}

	fn store(&self) -> &Store {
		self.store.as_ref().unwrap()
	}

	fn append(&self, chart: ChartId) -> u32 {
		append(self.store(), ORGANISATION, &access(chart), Outcome::Released(Basis::Custodian))
			.unwrap()
	}

	fn page(&self, chart: ChartId, from: u32) -> DisclosurePage {
		self.store().read(|rows| read_page(rows, ORGANISATION, chart, from)).unwrap()
	}

	fn postings(&self) -> Vec<(u64, Posting)> {
		self.store().read(|rows| rows.first(&POSTING, usize::MAX)).unwrap()
	}
}

fn access(chart: ChartId) -> Access {
	Access {
		account: [3; 32],
		chart,
		accessor: Accessor::Patient { account: [3; 32] },
		practitioner: None,
		action: Action::Access,
		purpose: Purpose::PatientRequested,
		subject: Subject::Listing,
		head: Head { number: 1, hash: [6; 32], at: 7 },
	}
}

fn is_a_chain(page: &DisclosurePage) -> bool {
	let mut previous = None;
	page.entries.iter().zip(0u32..).all(|(entry, sequence)| {
		let terms = &entry.opening.terms;
		let follows = terms.sequence == sequence && terms.previous == previous;
		previous = Some(entry.opening.seal());
		follows
	})
}

#[test]
fn a_release_by_break_glass_is_noted_with_its_entry() {
	let mut vault = Vault::new();
	let id = BreakGlassId([9; 32]);
	vault.append(CHART);
	for outcome in [Outcome::Released(Basis::BreakGlass(id)), Outcome::Refused(65)] {
		append(vault.store(), ORGANISATION, &access(CHART), outcome).unwrap();
	}
	append(vault.store(), ORGANISATION, &access(CHART), Outcome::Released(Basis::BreakGlass(id)))
		.unwrap();
	vault.reopen();
	let known = vault.store().read(|rows| rows.get(&EMERGENCIES, &CHART)).unwrap();
	assert_eq!(known, Some(vec![EmergencyRow { id, first: 1, last: 3, releases: 2 }]));
	let other = vault.store().read(|rows| rows.get(&EMERGENCIES, &OTHER)).unwrap();
	assert_eq!(other, None);
}

#[test]
fn entries_of_a_chart_form_a_chain_without_gaps() {
	let mut vault = Vault::new();
	for sequence in 0..3 {
		assert_eq!(vault.append(CHART), sequence);
		assert_eq!(vault.append(OTHER), sequence);
		vault.reopen();
	}
	for chart in [CHART, OTHER] {
		let page = vault.page(chart, 0);
		assert_eq!(page.entries.len(), 3);
		assert!(is_a_chain(&page) && page.next.is_none());
		assert!(page.entries.iter().all(|entry| entry.proof.is_none()));
	}
}

#[test]
fn pages_are_bounded() {
	let vault = Vault::new();
	let over = DISCLOSURES_PER_PAGE + 1;
	vault
		.store()
		.write::<_, StoreError>(|rows| {
			let mut chart = rows.get(&CHARTS, &CHART)?.unwrap();
			for sequence in 0..over {
				let terms = DisclosureEntry {
					chart: CHART,
					sequence,
					previous: None,
					at: 0,
					head: [0; 32],
					accessor: access(CHART).accessor,
					practitioner: None,
					action: Action::Access,
					purpose: Purpose::Treatment,
					subject: Subject::Listing,
					outcome: Outcome::Refused(32),
				};
				let opening = Opening { terms, salt: Salt([0; 32]) };
				let row = DisclosureRow { opening, batch: None };
				rows.put(&DISCLOSURES, &(CHART, sequence), &row)?;
				chart.disclosures.next = sequence + 1;
			}
			rows.put(&CHARTS, &CHART, &chart)
		})
		.unwrap();
	let first = vault.page(CHART, 0);
	assert_eq!((first.entries.len(), first.next), (256, Some(256)));
	let rest = vault.page(CHART, 256);
	assert_eq!((rest.entries.len(), rest.next), (1, None));
	assert_eq!(vault.page(CHART, u32::MAX).entries.len(), 0);
}

#[test]
fn batches_are_padded_to_a_power_of_two() {
	for (entries, leaves) in [(1, 8), (8, 8), (9, 16), (33, 64)] {
		let vault = Vault::new();
		(0..entries).for_each(|_| {
			vault.append(CHART);
		});
		assert!(form_batch(vault.store(), 0).unwrap());
		assert!(!form_batch(vault.store(), 0).unwrap());
		assert_eq!(vault.postings()[0].1.leaves, leaves);
	}
}

#[test]
fn an_entry_gets_its_proof_once_its_root_is_final() {
	let mut vault = Vault::new();
	(0..3).for_each(|_| {
		vault.append(CHART);
	});
	form_batch(vault.store(), 0).unwrap();
	vault.reopen();
	let (batch, posting) = vault.postings()[0];
	assert!(vault.page(CHART, 0).entries.iter().all(|entry| entry.proof.is_none()));
	posted(vault.store(), batch, 4).unwrap();
	vault.reopen();
	assert!(vault.postings().is_empty());
	for entry in vault.page(CHART, 0).entries {
		let proof = entry.proof.unwrap();
		assert_eq!((proof.organisation, proof.number), (ORGANISATION, 4));
		assert!(disclosure::verify(&posting.root, &proof.proof, &entry.opening));
	}
}

#[test]
fn a_batch_that_may_be_on_its_way_is_not_sent_again() {
	let posting = Posting { root: [0; 32], leaves: 8, from: 0, in_flight_until: Some(10) };
	assert!(!may_send(&posting, 9) && !may_send(&posting, 10) && may_send(&posting, 11));
	assert!(may_send(&Posting { in_flight_until: None, ..posting }, 0));
}

/// A chain as the poster sees it: finalised roots, and transactions on their way that come in within
/// 128 blocks or never.
#[derive(Default)]
struct Chain {
	head: u32,
	roots: Vec<[u8; 32]>,
	on_the_way: Vec<([u8; 32], u32)>,
}

/// What happens to a transaction.
#[derive(Clone, Copy, Debug)]
enum Fate {
	/// Refused before it was sent, and known to be.
	Refused,
	/// Final at once, and known to be.
	Final,
	/// Sent; then the vault was killed or lost its node.
	Unknown,
}

#[derive(Clone, Copy, Debug)]
enum Step {
	Append(bool),
	Form,
	/// A round of the poster; killed after so many of its writes.
	Post(Fate, usize),
	Kill,
	/// Blocks pass.
	Blocks(u32),
	/// A transaction on its way comes in.
	Lands(usize),
}

impl Chain {
	fn pass(&mut self, blocks: u32) {
		self.head += blocks;
		let head = self.head;
		self.on_the_way.retain(|(_, until)| *until >= head);
	}

	fn land(&mut self, which: usize) {
		if !self.on_the_way.is_empty() {
			let (root, _) = self.on_the_way.remove(which % self.on_the_way.len());
			self.roots.push(root);
		}
	}

	/// What [`advance`] does, against this chain; ends after `writes` writes as a kill does.
	fn advance(&mut self, store: &Store, batch: u64, posting: Posting, fate: Fate, writes: usize) {
		let from = posting.from as usize;
		let found = self
			.roots
			.iter()
			.skip(from)
			.position(|root| *root == posting.root)
			.map(|n| n + from);
		if let Some(number) = found {
			if writes > 0 {
				posted(store, batch, number as u32).unwrap();
			}
			return;
		}
		if !may_send(&posting, self.head) || writes == 0 {
			return;
		}
		set_in_flight(store, batch, Some(self.head + IN_FLIGHT)).unwrap();
		match fate {
			Fate::Refused => {
				if writes > 1 {
					set_in_flight(store, batch, None).unwrap();
				}
			},
			Fate::Final => {
				self.roots.push(posting.root);
				if writes > 1 {
					posted(store, batch, self.roots.len() as u32 - 1).unwrap();
				}
			},
			Fate::Unknown => self.on_the_way.push((posting.root, self.head + 128)),
		}
	}
}

fn step() -> impl Strategy<Value = Step> {
	let fate = prop_oneof![Just(Fate::Refused), Just(Fate::Final), Just(Fate::Unknown)];
	prop_oneof![
		any::<bool>().prop_map(Step::Append),
		Just(Step::Form),
		(fate, 0usize..3).prop_map(|(fate, writes)| Step::Post(fate, writes)),
		Just(Step::Kill),
		(1u32..260).prop_map(Step::Blocks),
		any::<usize>().prop_map(Step::Lands),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	/// However the vault is killed and its transactions fare: every root comes in at most once, and in
	/// the end every entry is proved under a root on the chain.
	#[test]
	fn every_entry_is_posted_exactly_once(steps in proptest::collection::vec(step(), 1..40)) {
		let mut vault = Vault::new();
		let mut chain = Chain::default();
		let mut appended = [0u32; 2];
		for step in steps {
			match step {
				Step::Append(other) => {
					let (chart, count) =
						if other { (OTHER, &mut appended[1]) } else { (CHART, &mut appended[0]) };
					prop_assert_eq!(vault.append(chart), *count);
					*count += 1;
				},
				Step::Form => {
					form_batch(vault.store(), chain.roots.len() as u32).unwrap();
				},
				Step::Post(fate, writes) => {
					for (batch, posting) in vault.postings() {
						chain.advance(vault.store(), batch, posting, fate, writes);
					}
				},
				Step::Kill => vault.reopen(),
				Step::Blocks(blocks) => chain.pass(blocks),
				Step::Lands(which) => chain.land(which),
			}
		}
		vault.reopen();
		chain.pass(IN_FLIGHT + 1);
		form_batch(vault.store(), chain.roots.len() as u32).unwrap();
		for _ in 0..2 {
			for (batch, posting) in vault.postings() {
				chain.advance(vault.store(), batch, posting, Fate::Final, 9);
			}
		}
		prop_assert!(vault.postings().is_empty());
		let mut roots = chain.roots.clone();
		roots.sort_unstable();
		roots.dedup();
		prop_assert_eq!(roots.len(), chain.roots.len(), "a root came in twice");
		for (chart, count) in [(CHART, appended[0]), (OTHER, appended[1])] {
			let page = vault.page(chart, 0);
			prop_assert!(is_a_chain(&page));
			prop_assert_eq!(page.entries.len() as u32, count);
			for entry in page.entries {
				let proof = entry.proof.unwrap();
				let root = &chain.roots[proof.number as usize];
				prop_assert!(disclosure::verify(root, &proof.proof, &entry.opening));
			}
		}
	}
}
