//! Guardians off chain: who guards a chart, as its wallet keeps it; the card that a guardian gets; and
//! the order that a guardian signs and anyone submits.
//!
//! A guardian needs neither account nor connection. The card tells them what they may do, and shows,
//! when they act, that they may: nothing in it is of any other guardian.

use crate::{
	chain::Call,
	error::{Error, Result},
	keys::Identity,
	sealed_file::random,
	vault_api::{hex_bytes, GuardianReading, PostedDirective, Signature},
};
use codec::Encode;
use salus_primitives::{
	directive::DirectiveTerms,
	guardian::{
		Guard, GuardProof, GuardianAct, GuardianStatement, GuardianTerms, GuardianWord,
		ReadStatement, ReadWord, ShownGuardian, GUARD_LEAVES,
	},
	ids::{
		derive_id, AccountBytes, ChartId, DirectiveId, GuardRoot, IdDomain, OrganisationId, Salt,
		Seal,
	},
	seal::Opening,
	time::Moment,
};
use serde::{Deserialize, Serialize};

/// Who guards a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletGuard {
	/// The guardians.
	pub guardians: Vec<Opening<GuardianTerms>>,
	/// Leaves that nobody can tell from guardians.
	fillers: [Seal; GUARD_LEAVES as usize],
}

/// What a guardian gets from the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianCard {
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// Who keeps the chart.
	pub custodian: OrganisationId,
	/// The terms of the guardianship.
	pub guardian: Opening<GuardianTerms>,
	/// The way to the chart's guard.
	pub proof: GuardProof,
}

/// What a guardian signed, ready to be submitted by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianOrder {
	/// Who keeps the chart.
	pub custodian: OrganisationId,
	/// The chart.
	pub chart: ChartId,
	/// What is to be done.
	pub act: GuardianAct,
	/// The guardian's word for it.
	pub word: GuardianWord<Signature>,
	/// Opens the directive that is issued; goes to the custodian's vault.
	#[serde(default)]
	pub opening: Option<Opening<DirectiveTerms>>,
}

impl WalletGuard {
	/// A guard of these guardians. Refuses a parent whose guardianship ends otherwise than with a year,
	/// for the chain would refuse what they sign.
	pub fn new(terms: &[GuardianTerms]) -> Result<Self> {
		let mut keys: Vec<_> = terms.iter().map(|terms| terms.key).collect();
		keys.sort_unstable();
		keys.dedup();
		if keys.len() < terms.len() {
			return Err(Error::GuardianNamedTwice);
		}
		if !terms.iter().all(GuardianTerms::has_rounded_end) {
			return Err(Error::GuardianEndNotRounded);
		}
		let mut guardians = Vec::with_capacity(terms.len());
		for terms in terms {
			let mut salt = Salt::default();
			random(&mut salt.0)?;
			guardians.push(Opening { terms: *terms, salt });
		}
		let mut fillers = [Seal::default(); GUARD_LEAVES as usize];
		for filler in &mut fillers {
			random(&mut filler.0)?;
		}
		let new = Self { guardians, fillers };
		new.guard()?;
		Ok(new)
	}

	fn guard(&self) -> Result<Guard> {
		Guard::new(&self.guardians, &self.fillers)
			.ok_or(Error::TooManyGuardians { most: GUARD_LEAVES })
	}

	/// The guardians' keys.
	pub fn keys(&self) -> impl Iterator<Item = AccountBytes> + '_ {
		self.guardians.iter().map(|guardian| guardian.terms.key)
	}

	/// What the chain holds of it.
	pub fn root(&self) -> Result<GuardRoot> {
		Ok(self.guard()?.root())
	}

	/// A card for each guardian, in their order.
	pub fn cards(&self, genesis: [u8; 32], custodian: OrganisationId) -> Result<Vec<GuardianCard>> {
		let guard = self.guard()?;
		let card = |guardian: &Opening<GuardianTerms>| {
			let proof = guard.prove(guardian)?;
			Some(GuardianCard { genesis, custodian, guardian: guardian.clone(), proof })
		};
		Ok(self.guardians.iter().filter_map(card).collect())
	}
}

impl GuardianCard {
	/// An order to issue a directive of these terms, whose basis becomes that of the guardianship.
	pub fn issue(
		&self,
		identity: &Identity,
		terms: DirectiveTerms,
		replaces: Option<DirectiveId>,
		expires: Moment,
	) -> Result<GuardianOrder> {
		let GuardianTerms { chart, relation, .. } = self.guardian.terms;
		let (mut id_salt, mut salt) = (Salt::default(), Salt::default());
		random(&mut id_salt.0)?;
		random(&mut salt.0)?;
		let terms = DirectiveTerms { basis: relation.basis(), ..terms };
		let opening = Opening { terms, salt };
		let id = derive_id(IdDomain::Directive, &(self.genesis, chart), &id_salt).into();
		let act = GuardianAct::IssueDirective { id, seal: opening.seal(), replaces };
		Ok(GuardianOrder { opening: Some(opening), ..self.order(identity, act, expires)? })
	}

	/// An order to do this, which the guardian signs.
	pub fn order(
		&self,
		identity: &Identity,
		act: GuardianAct,
		expires: Moment,
	) -> Result<GuardianOrder> {
		let Opening { terms, salt } = self.guardian;
		if identity.account() != terms.key {
			return Err(Error::NotTheGuardiansKey);
		}
		let statement = GuardianStatement::new(self.genesis, terms.chart, act, expires);
		let signature = identity.sign(&statement.encode());
		let word = GuardianWord { terms, salt, proof: self.proof, expires, signature };
		Ok(GuardianOrder {
			custodian: self.custodian,
			chart: terms.chart,
			act,
			word,
			opening: None,
		})
	}
}

impl GuardianCard {
	/// What the guardian shows to read until `expires`, at most 7 days ahead, with the encryption key of
	/// this identity.
	pub fn reading(&self, identity: &Identity, expires: Moment) -> Result<GuardianReading> {
		let Opening { terms, salt } = self.guardian;
		if identity.account() != terms.key {
			return Err(Error::NotTheGuardiansKey);
		}
		let encryption_key = identity.encryption().public();
		let statement = ReadStatement::new(self.genesis, terms.chart, encryption_key, expires);
		let word =
			ReadWord { encryption_key, expires, signature: identity.sign(&statement.encode()) };
		Ok(GuardianReading { guardian: ShownGuardian { terms, salt, proof: self.proof }, word })
	}
}

/// Whether the word for reading is in time at `at` and signed by the guardian who shows it. Whether
/// they are one is the chain's to say.
pub fn is_guardians_word(
	guardian: &ShownGuardian,
	word: &ReadWord<Signature>,
	genesis: [u8; 32],
	at: Moment,
) -> bool {
	word.statement(genesis, guardian.terms.chart, at).is_ok_and(|statement| {
		word.signature.verify_any(&statement.signable(), &guardian.terms.key)
	})
}

impl GuardianOrder {
	/// The call that it takes; anyone signs it.
	pub fn call(&self) -> Call {
		match self.act {
			GuardianAct::IssueDirective { id, seal, replaces } => {
				Call::issue_directive_as_guardian(self.chart, id, seal, replaces, &self.word)
			},
			GuardianAct::RevokeDirective { id } => {
				Call::revoke_directive_as_guardian(id, &self.word)
			},
			GuardianAct::EnterDirectiveInError { id } => {
				Call::mark_directive_entered_in_error_as_guardian(id, &self.word)
			},
			GuardianAct::DisputeDeath { .. } => {
				Call::dispute_death_as_guardian(self.chart, &self.word)
			},
		}
	}

	/// What the custodian's vault needs once the call is final.
	pub fn to_post(&self) -> Option<PostedDirective> {
		match (self.act, &self.opening) {
			(GuardianAct::IssueDirective { id, .. }, Some(opening)) => {
				Some(PostedDirective { id, opening: opening.clone() })
			},
			_ => None,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		keys::KeyFile,
		vault_api::{decode_header, encode_header},
	};
	use salus_primitives::{
		codes::{Power, Powers, Relation},
		guardian::MAX_WORD_VALIDITY,
		time::start_of_year,
	};

	fn guardian(uri: &str) -> (Identity, GuardianTerms) {
		let identity = KeyFile::from_dev_uri(uri).unwrap().into_identity();
		let terms = GuardianTerms {
			chart: ChartId([1; 32]),
			key: identity.account(),
			relation: Relation::Parent,
			powers: Powers::all(),
			until: start_of_year(2040),
		};
		(identity, terms)
	}

	#[test]
	fn a_card_makes_orders_that_the_rules_admit() {
		let (mother, terms) = guardian("//Mother");
		let (father, others) = guardian("//Father");
		let guard = WalletGuard::new(&[terms, others]).unwrap();
		let cards = guard.cards([3; 32], 1).unwrap();
		assert_eq!(cards.len(), 2);
		let act = GuardianAct::RevokeDirective { id: DirectiveId([4; 32]) };
		let order = cards[0].order(&mother, act, 10).unwrap();
		let root = guard.root().unwrap();
		let acting = order.word.admit(&order.chart, Some(&root), &act, 0).unwrap();
		assert_eq!(acting.leaf, guard.guardians[0].seal());
		let statement = GuardianStatement::new([3; 32], order.chart, act, 10);
		assert!(order.word.signature.verify_any(&statement.signable(), &mother.account()));
		let error = cards[0].order(&father, act, 10).unwrap_err();
		assert_eq!(error.code(), "not-the-guardians-key");
		// What is written down reads the same.
		let json = serde_json::to_string(&(&guard, &cards[0], &order)).unwrap();
		let read: (WalletGuard, GuardianCard, GuardianOrder) = serde_json::from_str(&json).unwrap();
		assert_eq!(read, (guard, cards[0].clone(), order));
	}

	#[test]
	fn a_card_tells_nothing_of_other_guardians() {
		let (_, terms) = guardian("//Mother");
		let (father, others) = guardian("//Father");
		let guard = WalletGuard::new(&[terms, others]).unwrap();
		let card = serde_json::to_string(&guard.cards([3; 32], 1).unwrap()[0]).unwrap();
		assert!(!card.contains(&hex::encode(father.account())));
		// Nor how many there are: every way to the guard is as long.
		let alone = WalletGuard::new(&[terms]).unwrap().cards([3; 32], 1).unwrap();
		assert_eq!(alone[0].proof.siblings.len(), 4);
	}

	#[test]
	fn a_guardian_signs_for_the_key_with_which_they_read() {
		let (mother, terms) = guardian("//Mother");
		let (father, _) = guardian("//Father");
		let guard = WalletGuard::new(&[terms]).unwrap();
		let card = &guard.cards([3; 32], 1).unwrap()[0];
		let reading = card.reading(&mother, 10).unwrap();
		assert_eq!(card.reading(&father, 10).unwrap_err().code(), "not-the-guardians-key");
		assert_eq!(reading.word.encryption_key, mother.encryption().public());
		let root = guard.root().unwrap();
		let shown = reading.guardian;
		assert!(shown.admit(&terms.chart, Some(&root), Some(Power::Read), 0).is_ok());
		let holds = |reading: &GuardianReading, genesis, at| {
			is_guardians_word(&reading.guardian, &reading.word, genesis, at)
		};
		assert!(holds(&reading, [3; 32], 9));
		assert!(!holds(&reading, [4; 32], 9) && !holds(&reading, [3; 32], 10));
		let long = card.reading(&mother, MAX_WORD_VALIDITY + 1).unwrap();
		assert!(holds(&long, [3; 32], 1) && !holds(&long, [3; 32], 0));
		let changes: [fn(&mut GuardianReading); 4] = [
			|reading| reading.word.encryption_key = [9; 32],
			|reading| reading.word.expires += 1,
			|reading| reading.guardian.terms.chart = ChartId([9; 32]),
			|reading| reading.guardian.terms.key = [9; 32],
		];
		for change in changes {
			let mut bad = reading;
			change(&mut bad);
			assert!(!holds(&bad, [3; 32], 9));
		}
		// As browser wallets sign.
		let statement = ReadStatement::new([3; 32], terms.chart, [5; 32], 10);
		let [_, wrapped] = statement.signable();
		let word =
			ReadWord { encryption_key: [5; 32], expires: 10, signature: mother.sign(&wrapped) };
		assert!(is_guardians_word(&shown, &word, [3; 32], 9));
		let header = encode_header(&reading).unwrap();
		assert_eq!(decode_header::<GuardianReading>(&header).unwrap(), reading);
	}

	#[test]
	fn a_parents_end_that_tells_a_birthday_is_refused() {
		let (_, mut terms) = guardian("//Mother");
		terms.until = terms.until.map(|until| until + 1);
		let error = WalletGuard::new(&[terms]).unwrap_err();
		assert_eq!(error.code(), "guardian-end-not-rounded");
		terms.relation = Relation::Proxy;
		assert!(WalletGuard::new(&[terms]).is_ok());
	}

	#[test]
	fn a_guard_has_no_room_for_seventeen() {
		let (_, terms) = guardian("//Mother");
		let many: Vec<_> =
			(0u8..17).map(|place| GuardianTerms { key: [place; 32], ..terms }).collect();
		assert!(WalletGuard::new(&many[..16]).is_ok());
		let error = WalletGuard::new(&many).unwrap_err();
		assert_eq!(error.code(), "too-many-guardians");
	}

	#[test]
	fn nobody_is_named_twice() {
		let (_, terms) = guardian("//Mother");
		let error = WalletGuard::new(&[terms, GuardianTerms { until: None, ..terms }]).unwrap_err();
		assert_eq!(error.code(), "guardian-named-twice");
	}
}
