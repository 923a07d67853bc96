//! Sign-in by signed challenge.
//!
//! A challenge costs the vault no memory: half of its nonce authenticates the other half, the account
//! and the expiry under a key that lives as long as the process. Used ones are remembered until they
//! expire. Tokens are kept as digests only; a restart ends all sign-ins.

use crate::{
	clock::{now, random},
	errors::{Error, Result},
	store::mac,
};
use codec::Encode;
use salus_client::vault_api::{
	Challenge, OpenLink, SignIn, SignedIn, CHALLENGE_DOMAIN, CHALLENGE_VALIDITY, SIGN_IN_VALIDITY,
};
use salus_primitives::{
	ids::{AccountBytes, Digest, OrganisationId, RecordId},
	time::Moment,
};
use std::{
	collections::{HashMap, HashSet},
	sync::{Mutex, MutexGuard, PoisonError},
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Most sign-ins at once, and most challenges used within their validity.
const MAX_SIGN_INS: usize = 65_536;
/// Most sign-ins of one account at once; a further one ends the oldest.
const MAX_PER_ACCOUNT: usize = 32;

/// Bytes of a nonce that are random; the other half authenticates.
const SEED: usize = 16;

/// Challenges and sign-ins.
pub(crate) struct SignIns {
	genesis: [u8; 32],
	organisation: OrganisationId,
	key: Zeroizing<[u8; 32]>,
	state: Mutex<State>,
	/// Held by who looks for the first time, until that is logged.
	looking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
	/// Used challenges that have not expired: nonce and expiry.
	used: HashMap<[u8; 32], Moment>,
	/// Sign-ins by digest of their token.
	signed_in: HashMap<Digest, (AccountBytes, Moment)>,
	/// What a sign-in has looked at that is logged once for each.
	looked: HashSet<(Digest, Digest)>,
}

/// A sign-in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
	pub(crate) account: AccountBytes,
	/// Digest of its token.
	token: Digest,
}

impl core::fmt::Debug for Session {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("Session")
	}
}

impl SignIns {
	pub(crate) fn new(genesis: [u8; 32], organisation: OrganisationId) -> Result<Self> {
		let key = Zeroizing::new(random()?);
		Ok(Self {
			genesis,
			organisation,
			key,
			state: Mutex::default(),
			looking: tokio::sync::Mutex::default(),
		})
	}

	/// A challenge for this account.
	pub(crate) fn challenge(&self, account: AccountBytes) -> Result<Challenge> {
		let expires = now().saturating_add(CHALLENGE_VALIDITY);
		let mut nonce = random()?;
		let (seed, tag) = nonce.split_at_mut(SEED);
		tag.copy_from_slice(self.tag(seed, &account, expires).split_at(SEED).0);
		Ok(Challenge {
			domain: CHALLENGE_DOMAIN,
			genesis: self.genesis,
			organisation: self.organisation,
			account,
			nonce,
			expires,
		})
	}

	/// Whether the challenge is this vault's, not expired and signed by its account. It still has to
	/// be used, by [`Self::sign_in`].
	pub(crate) fn verify(&self, said: &SignIn) -> Result<()> {
		let challenge = &said.challenge;
		self.known(challenge)?;
		if !said.signature.verify_any(&challenge.signable(), &challenge.account) {
			return Err(Error::SignatureWrong);
		}
		Ok(())
	}

	/// Whether the link's key signed what is asked of this record over a challenge of this vault.
	pub(crate) fn verify_link(&self, said: &OpenLink, record: &RecordId) -> Result<()> {
		let challenge = &said.challenge;
		self.known(challenge)?;
		if challenge.account != said.keys.account
			|| !said.signature.verify_any(&[said.signable(record)], &said.keys.account)
		{
			return Err(Error::SignatureWrong);
		}
		Ok(())
	}

	/// Uses the challenge up by which a link was shown. For links that are known here only: whoever makes keys
	/// up must not fill the list of used ones.
	pub(crate) fn use_link(&self, said: &OpenLink) -> Result<()> {
		let now = now();
		let mut state = self.state();
		state.used.retain(|_, until| *until > now);
		state.use_up(&said.challenge)
	}

	/// Whether the challenge is this vault's, not expired and not used.
	fn known(&self, challenge: &Challenge) -> Result<()> {
		if challenge.domain != CHALLENGE_DOMAIN
			|| challenge.genesis != self.genesis
			|| challenge.organisation != self.organisation
		{
			return Err(Error::WrongChain);
		}
		let (seed, tag) = challenge.nonce.split_at(SEED);
		let expected = self.tag(seed, &challenge.account, challenge.expires);
		if !bool::from(expected.split_at(SEED).0.ct_eq(tag)) || challenge.expires <= now() {
			return Err(Error::ChallengeUsedOrUnknown);
		}
		// Told before the signature is checked, so that a replay is told apart from a forgery.
		if self.state().used.contains_key(&challenge.nonce) {
			return Err(Error::ChallengeUsedOrUnknown);
		}
		Ok(())
	}

	/// Uses a verified challenge, once, and gives a token.
	pub(crate) fn sign_in(&self, challenge: &Challenge) -> Result<SignedIn> {
		let now = now();
		let token = Zeroizing::new(random()?);
		let expires = now.saturating_add(SIGN_IN_VALIDITY);
		let mut state = self.state();
		state.used.retain(|_, until| *until > now);
		state.signed_in.retain(|_, (_, until)| *until > now);
		if state.signed_in.len() >= MAX_SIGN_INS {
			return Err(Error::Busy);
		}
		state.use_up(challenge)?;
		state.end_oldest(&challenge.account);
		state.signed_in.insert(Digest::of(&*token), (challenge.account, expires));
		Ok(SignedIn { token: hex::encode(token.as_slice()), expires })
	}

	/// Whose token this is.
	pub(crate) fn account(&self, token: &str) -> Result<AccountBytes> {
		self.session(token).map(|session| session.account)
	}

	/// The sign-in whose token this is.
	pub(crate) fn session(&self, token: &str) -> Result<Session> {
		let mut bytes = Zeroizing::new([0; 32]);
		hex::decode_to_slice(token, &mut *bytes).map_err(|_| Error::NotSignedIn)?;
		let token = Digest::of(&*bytes);
		match self.state().signed_in.get(&token) {
			Some((account, expires)) if *expires > now() => {
				Ok(Session { account: *account, token })
			},
			_ => Err(Error::NotSignedIn),
		}
	}

	/// Lets one at a time look for the first time.
	pub(crate) async fn looking(&self) -> tokio::sync::MutexGuard<'_, ()> {
		self.looking.lock().await
	}

	/// Whether the sign-in looked at this before.
	pub(crate) fn has_looked(&self, session: &Session, at: Digest) -> bool {
		self.state().looked.contains(&(session.token, at))
	}

	/// That the sign-in looked at this, which is logged. Forgotten when the sign-in ends.
	pub(crate) fn looked(&self, session: &Session, at: Digest) {
		let mut state = self.state();
		let State { looked, signed_in, .. } = &mut *state;
		if looked.len() >= MAX_SIGN_INS {
			looked.retain(|(token, _)| signed_in.contains_key(token));
		}
		// Where there are too many all the same, the next look is logged once more.
		if looked.len() < MAX_SIGN_INS {
			looked.insert((session.token, at));
		}
	}

	fn tag(&self, seed: &[u8], account: &AccountBytes, expires: Moment) -> [u8; 32] {
		mac(&self.key, &[seed, account, &expires.encode()])
	}

	fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl State {
	fn use_up(&mut self, challenge: &Challenge) -> Result<()> {
		if self.used.len() >= MAX_SIGN_INS {
			return Err(Error::Busy);
		}
		match self.used.insert(challenge.nonce, challenge.expires) {
			None => Ok(()),
			Some(_) => Err(Error::ChallengeUsedOrUnknown),
		}
	}

	fn end_oldest(&mut self, account: &AccountBytes) {
		let mut theirs: Vec<_> = self
			.signed_in
			.iter()
			.filter(|(_, (whose, _))| whose == account)
			.map(|(digest, (_, until))| (*until, *digest))
			.collect();
		if theirs.len() >= MAX_PER_ACCOUNT {
			theirs.sort_unstable();
			let keep = MAX_PER_ACCOUNT.saturating_sub(1);
			let ended: HashSet<_> =
				theirs.iter().rev().skip(keep).map(|(_, digest)| *digest).collect();
			self.signed_in.retain(|digest, _| !ended.contains(digest));
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::keys::{Identity, KeyFile};

	fn person(uri: &str) -> Identity {
		KeyFile::from_dev_uri(uri).unwrap().into_identity()
	}

	fn signed(sign_ins: &SignIns, who: &Identity) -> SignIn {
		let challenge = sign_ins.challenge(who.account()).unwrap();
		let signature = who.sign(&challenge.encode());
		SignIn { challenge, signature }
	}

	#[test]
	fn works_raw_and_wrapped() {
		let sign_ins = SignIns::new([1; 32], 1).unwrap();
		let who = person("//Mercy//Records");
		let mut said = signed(&sign_ins, &who);
		for message in said.challenge.signable() {
			said.challenge = sign_ins.challenge(who.account()).unwrap();
			let [raw, wrapped] = said.challenge.signable();
			said.signature =
				who.sign(if message.starts_with(b"<Bytes>") { &wrapped } else { &raw });
			sign_ins.verify(&said).unwrap();
			let token = sign_ins.sign_in(&said.challenge).unwrap().token;
			assert_eq!(sign_ins.account(&token).unwrap(), who.account());
		}
	}

	#[test]
	fn a_challenge_is_used_once() {
		let sign_ins = SignIns::new([1; 32], 1).unwrap();
		let said = signed(&sign_ins, &person("//Alice"));
		sign_ins.verify(&said).unwrap();
		sign_ins.sign_in(&said.challenge).unwrap();
		assert!(matches!(sign_ins.verify(&said), Err(Error::ChallengeUsedOrUnknown)));
		// Two that were verified at the same time: one of them signs in.
		assert!(matches!(sign_ins.sign_in(&said.challenge), Err(Error::ChallengeUsedOrUnknown)));
	}

	#[test]
	fn challenges_of_others_are_refused() {
		let sign_ins = SignIns::new([1; 32], 1).unwrap();
		let alice = person("//Alice");
		for other in [SignIns::new([2; 32], 1).unwrap(), SignIns::new([1; 32], 2).unwrap()] {
			let said = signed(&other, &alice);
			assert!(matches!(sign_ins.verify(&said), Err(Error::WrongChain)));
		}
		let restarted = SignIns::new([1; 32], 1).unwrap();
		let said = signed(&restarted, &alice);
		assert!(matches!(sign_ins.verify(&said), Err(Error::ChallengeUsedOrUnknown)));

		let mut said = signed(&sign_ins, &alice);
		said.challenge.expires += 1;
		assert!(matches!(sign_ins.verify(&said), Err(Error::ChallengeUsedOrUnknown)));
		let mut said = signed(&sign_ins, &alice);
		said.challenge.account = person("//Bob").account();
		assert!(matches!(sign_ins.verify(&said), Err(Error::ChallengeUsedOrUnknown)));
		let mut said = signed(&sign_ins, &alice);
		said.signature = person("//Bob").sign(&said.challenge.encode());
		assert!(matches!(sign_ins.verify(&said), Err(Error::SignatureWrong)));
	}

	#[test]
	fn a_look_is_the_first_once_per_sign_in() {
		let sign_ins = SignIns::new([1; 32], 1).unwrap();
		let session = || {
			let challenge = sign_ins.challenge([5; 32]).unwrap();
			sign_ins.session(&sign_ins.sign_in(&challenge).unwrap().token).unwrap()
		};
		let (one, other) = (session(), session());
		let charts = [Digest([1; 32]), Digest([2; 32])];
		assert!(!sign_ins.has_looked(&one, charts[0]));
		sign_ins.looked(&one, charts[0]);
		assert!(sign_ins.has_looked(&one, charts[0]));
		assert!(!sign_ins.has_looked(&one, charts[1]));
		assert!(!sign_ins.has_looked(&other, charts[0]));
	}

	#[test]
	fn unknown_tokens_are_refused() {
		let sign_ins = SignIns::new([1; 32], 1).unwrap();
		for token in ["", "00", &"0".repeat(64), &"zz".repeat(32)] {
			assert!(matches!(sign_ins.account(token), Err(Error::NotSignedIn)));
		}
	}

	#[test]
	fn one_account_holds_a_bounded_number_of_sign_ins() {
		let sign_ins = SignIns::new([1; 32], 1).unwrap();
		for _ in 0..MAX_PER_ACCOUNT + 3 {
			let challenge = sign_ins.challenge([5; 32]).unwrap();
			sign_ins.sign_in(&challenge).unwrap();
		}
		assert_eq!(sign_ins.state().signed_in.len(), MAX_PER_ACCOUNT);
	}
}
