//! A patient's wallet: one root secret, and from it the keys of one chart per custodian.
//!
//! Nothing on chain joins two charts, since each chart's keys, salt and so its id are derived for
//! that custodian alone. The root secret is 24 words of BIP 39; from it alone the charts come back.
//! What can not be derived is kept beside it: directives that were issued, with their openings, and
//! requests that were answered. [`crate::recovery`] divides the secret, and brings back the rest.
//!
//! Every change is written to the encrypted file before the function returns, so that what goes on
//! chain afterwards is never without its opening.

use crate::{
	cover::Place,
	envelope::EncryptionSecret,
	error::{Error, Result},
	guardians::WalletGuard,
	keys::{derive_secret, Identity},
	recovery::{Backup, Fingerprint, Kept, RecoveryError},
	sealed_file::{random, Passphrase, SealedFile},
	vault_api::{
		hex_bytes, EnrolChart, OpenRendezvous, PostedDirective, RendezvousCode, Signature,
	},
};
use codec::Encode;
use salus_primitives::{
	directive::{DirectiveTerms, RequestTerms},
	enrolment::{
		EnrolmentStatement, KeyStatement, NewKey, ENROLMENT_DOMAIN, REKEYING_DOMAIN,
		ROTATION_DOMAIN,
	},
	guardian::ActingGuardian,
	ids::{
		derive_id, AccountBytes, ChartId, DirectiveId, GuardRoot, IdDomain, OrganisationId,
		RequestId, Salt,
	},
	seal::Opening,
	time::Moment,
};
use serde::{Deserialize, Serialize};
use std::path::Path;
use subxt_signer::bip39::Mnemonic;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How many keys beyond those it knows of a wallet tries, to find the one that acts for a chart. Each is
/// named on chain at most once, so this is how many rotations a wallet made again can catch up with.
const KEYS_AHEAD: u32 = 1024;

/// Most guards that are kept of one chart: the one that holds and those last named.
const MAX_GUARDS: usize = 4;

/// Format of wallet files.
const FORMAT: &str = "salus-wallet-1";

/// The secret from which all keys of a wallet follow. Wiped when dropped; never printed.
#[derive(Clone, Serialize, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct RootSecret(#[serde(with = "hex_bytes")] [u8; 32]);

impl RootSecret {
	/// A fresh random one.
	pub fn generate() -> Result<Self> {
		let mut root = Self([0; 32]);
		random(&mut root.0)?;
		Ok(root)
	}

	/// The secret that these 24 words are; numbers and signs beside them do not count.
	pub fn from_phrase(phrase: &str) -> Result<Self> {
		let mut plain = Zeroizing::new(String::with_capacity(phrase.len().saturating_mul(2)));
		for word in crate::recovery::tokens(phrase) {
			if !plain.is_empty() {
				plain.push(' ');
			}
			plain.extend(word.chars().flat_map(char::to_lowercase));
		}
		let words =
			Mnemonic::parse(plain.as_str()).map_err(|error| Error::BadPhrase(error.to_string()))?;
		let (mut entropy, length) = words.to_entropy_array();
		let root = entropy.get(..length).and_then(|bytes| bytes.try_into().ok()).map(Self);
		entropy.zeroize();
		root.ok_or_else(|| Error::BadPhrase(format!("it has {} words", words.word_count())))
	}

	/// The 24 words.
	pub fn phrase(&self) -> Zeroizing<String> {
		let words = Mnemonic::from_entropy(&self.0)
			.unwrap_or_else(|_| unreachable!("32 bytes are 24 words"));
		Zeroizing::new(words.to_string())
	}

	/// Tells this wallet from any other, and nothing else.
	pub fn fingerprint(&self) -> Fingerprint {
		let [a, b, c, d, ..] = *derive_secret(&self.0, b"salus/wallet/fpr", &[]);
		Fingerprint::new([a, b, c, d])
	}

	/// Refuses any other wallet than the one that is expected, if one is.
	pub fn expect(&self, expected: Option<Fingerprint>) -> Result<(), RecoveryError> {
		let this = self.fingerprint();
		match expected {
			Some(expected) if expected != this => {
				Err(RecoveryError::OtherWallet { this, expected })
			},
			_ => Ok(()),
		}
	}

	pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}

	pub(crate) const fn expose(&self) -> &[u8; 32] {
		&self.0
	}

	/// The key of the wallet's backups.
	pub(crate) fn backup_key(&self) -> Zeroizing<[u8; 32]> {
		derive_secret(&self.0, b"salus/wallet/bak", &[])
	}
}

impl core::fmt::Debug for RootSecret {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("RootSecret(…)")
	}
}

/// What the file holds.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
	root: RootSecret,
	charts: Vec<WalletChart>,
	directives: Vec<IssuedDirective>,
	requests: Vec<SeenRequest>,
	#[serde(default)]
	places: Vec<Place>,
}

/// A chart of the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletChart {
	/// Its id.
	pub chart: ChartId,
	/// Genesis hash of its chain.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// Who keeps it, as the chain last said.
	pub custodian: OrganisationId,
	/// Whose it was when the wallet made it, where another keeps it now, see [`WalletChart::origin`].
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub origin: Option<OrganisationId>,
	/// Which of the wallet's charts of this origin, from 0.
	pub index: u32,
	/// Salt of its id.
	pub salt: Salt,
	/// Base URL of the custodian's vault, as last seen.
	#[serde(default)]
	pub endpoint: Option<String>,
	/// Which of the keys made for it is the one that acts for it, from 0.
	#[serde(default)]
	pub key: u32,
	/// How many keys were made for it after the first. One that was named on chain is never named
	/// again, whatever became of it.
	#[serde(default)]
	pub keys_made: u32,
	/// Whether it came to this wallet by a re-keying, so that its id does not follow from the root
	/// secret.
	#[serde(default)]
	pub rekeyed: bool,
	/// Whether this wallet has only given a key's word for it: its own once that key acts for it.
	#[serde(default)]
	pub pending: bool,
	/// Who guards it, or is to: those last named come last, and the chain says whose root holds.
	#[serde(default)]
	pub guards: Vec<WalletGuard>,
	/// The cards with a PIN that were made for it.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub cards: Vec<WalletCard>,
}

/// A directive that this wallet issued, or of which it has the opening from its custodian's vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedDirective {
	/// Its id.
	pub id: DirectiveId,
	/// The chart it is about.
	pub chart: ChartId,
	/// Opens its seal.
	pub opening: Opening<DirectiveTerms>,
	/// The directive it replaces.
	#[serde(default)]
	pub replaces: Option<DirectiveId>,
	/// The request it answers.
	#[serde(default)]
	pub answers: Option<RequestId>,
	/// Whether the custodian's vault has its opening.
	#[serde(default)]
	pub delivered: bool,
	/// The guardian who issued it, where the wallet did not.
	#[serde(default)]
	pub guardian: Option<ActingGuardian>,
	/// Whether the patient has ended it, which may show as nothing but another one in its place.
	#[serde(default)]
	pub ended: bool,
}

/// A request that the patient has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRequest {
	/// Its id.
	pub id: RequestId,
	/// The chart in whose mailbox it came, or its rendezvous.
	pub chart: ChartId,
	/// Opens its seal.
	pub opening: Opening<RequestTerms>,
	/// What the patient answered; none while open.
	#[serde(default)]
	pub approved: Option<bool>,
	/// The code by which it came, if it did not come in a mailbox.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub code: Option<RendezvousCode>,
}

/// An opened wallet.
pub struct Wallet {
	file: SealedFile,
	contents: Contents,
}

impl Wallet {
	/// Makes a new wallet. One that is there is never overwritten. Let the patient write down
	/// [`Wallet::phrase`].
	pub fn create(path: impl AsRef<Path>, passphrase: &Passphrase) -> Result<Self> {
		Self::from_secret(path, passphrase, RootSecret::generate()?)
	}

	/// Makes a wallet again from its 24 words.
	pub fn restore(path: impl AsRef<Path>, passphrase: &Passphrase, phrase: &str) -> Result<Self> {
		Self::from_secret(path, passphrase, RootSecret::from_phrase(phrase)?)
	}

	/// Makes a wallet again from its root secret.
	pub fn from_secret(
		path: impl AsRef<Path>,
		passphrase: &Passphrase,
		root: RootSecret,
	) -> Result<Self> {
		let contents = Contents {
			root,
			charts: Vec::new(),
			directives: Vec::new(),
			requests: Vec::new(),
			places: Vec::new(),
		};
		let public = serde_json::Value::Null;
		let file = SealedFile::create(path, FORMAT, passphrase, public, &encode(&contents))?;
		Ok(Self { file, contents })
	}

	/// Opens a wallet.
	pub fn open(path: impl AsRef<Path>, passphrase: &Passphrase) -> Result<Self> {
		let (file, bytes) = SealedFile::open(path, FORMAT, passphrase)?;
		let contents = decode(&file, &bytes)?;
		Ok(Self { file, contents })
	}

	/// The 24 words from which the wallet's keys can be made again.
	pub fn phrase(&self) -> Zeroizing<String> {
		self.contents.root.phrase()
	}

	/// The secret from which the wallet's keys follow.
	pub const fn secret(&self) -> &RootSecret {
		&self.contents.root
	}

	/// Tells this wallet from any other, and nothing else.
	pub fn fingerprint(&self) -> Fingerprint {
		self.contents.root.fingerprint()
	}

	/// All that the wallet holds beside its root secret, which alone opens it.
	pub fn backup(&self) -> Result<Backup> {
		let Contents { root, charts, directives, requests, places } = &self.contents;
		let kept = Kept {
			charts: charts.clone(),
			directives: directives.clone(),
			requests: requests.clone(),
			places: places.clone(),
		};
		Backup::seal(root, &kept)
	}

	/// Adds what a backup of this wallet holds. What the wallet knows already stays as it is.
	pub fn absorb(&mut self, backup: &Backup) -> Result<()> {
		let Kept { charts, directives, requests, places } = backup.open(&self.contents.root)?;
		self.change(|contents| {
			for chart in charts {
				add_chart(contents, &chart)?;
			}
			for directive in directives {
				add_directive(contents, directive);
			}
			for request in requests {
				add_request(contents, request);
			}
			// Older ones before those that are here: the newest tell what is active.
			let known = std::mem::take(&mut contents.places);
			contents.places = places.into_iter().filter(|place| !known.contains(place)).collect();
			contents.places.extend(known);
			Ok(())
		})
	}

	/// The charts, in the order in which they were made; also those of which it has only given a key's
	/// word.
	pub fn charts(&self) -> &[WalletChart] {
		&self.contents.charts
	}

	/// The chart with this id.
	pub fn chart(&self, chart: &ChartId) -> Result<&WalletChart> {
		self.contents
			.charts
			.iter()
			.find(|known| known.chart == *chart)
			.ok_or_else(|| Error::NotFound { what: "chart in this wallet", id: chart.to_string() })
	}

	/// The keys of a chart.
	pub fn identity(&self, chart: &WalletChart) -> Result<Identity> {
		self.numbered(chart, chart.key)
	}

	fn numbered(&self, chart: &WalletChart, key: u32) -> Result<Identity> {
		identity(&self.contents.root, &chart.genesis, chart.origin(), chart.index, key)
	}

	/// Finds among the chart's keys the one that acts for it on chain, and goes on with that; tells
	/// whether the wallet has it.
	pub fn follow_key(&mut self, chart: &ChartId, current: &AccountBytes) -> Result<bool> {
		let known = self.chart(chart)?.clone();
		if !known.pending && self.identity(&known)?.account() == *current {
			return Ok(true);
		}
		for key in 0..=known.keys_made.saturating_add(KEYS_AHEAD) {
			if self.numbered(&known, key)?.account() == *current {
				self.change_chart(chart, |known| {
					known.key = key;
					known.keys_made = known.keys_made.max(key);
					known.pending = false;
				})?;
				return Ok(true);
			}
		}
		Ok(false)
	}

	/// A key that is to follow on a chart by the word of the one before, until `expires`. Submit it,
	/// then [`Wallet::follow_key`].
	pub fn rotation(&mut self, chart: &ChartId, expires: Moment) -> Result<NewKey<Signature>> {
		self.next_key(chart, ROTATION_DOMAIN, expires)
	}

	/// A key that is to follow on a chart by the custodian's word, until `expires`. The chart may be one
	/// that this wallet never had: then it is this wallet's from here on.
	pub fn rekeying(
		&mut self,
		genesis: [u8; 32],
		custodian: OrganisationId,
		chart: &ChartId,
		expires: Moment,
	) -> Result<NewKey<Signature>> {
		if self.chart(chart).is_ok() {
			return self.next_key(chart, REKEYING_DOMAIN, expires);
		}
		let new = self.change(|contents| {
			let index = next_index(contents, &genesis, custodian);
			let derived = derive_chart(&contents.root, genesis, custodian, index)?;
			let new = WalletChart {
				chart: *chart,
				salt: Salt::default(),
				rekeyed: true,
				pending: true,
				..derived
			};
			contents.charts.push(new.clone());
			Ok(new)
		})?;
		self.sign_key(&new, 0, REKEYING_DOMAIN, expires)
	}

	fn next_key(
		&mut self,
		chart: &ChartId,
		domain: [u8; 16],
		expires: Moment,
	) -> Result<NewKey<Signature>> {
		// Kept before it is used: a key that is forgotten could be named twice.
		self.change_chart(chart, |known| known.keys_made = known.keys_made.saturating_add(1))?;
		let known = self.chart(chart)?;
		self.sign_key(known, known.keys_made, domain, expires)
	}

	fn sign_key(
		&self,
		chart: &WalletChart,
		number: u32,
		domain: [u8; 16],
		expires: Moment,
	) -> Result<NewKey<Signature>> {
		let identity = self.numbered(chart, number)?;
		let WalletChart { chart, genesis, custodian, .. } = *chart;
		let key = identity.account();
		let statement = KeyStatement { domain, genesis, custodian, chart, key, expires };
		Ok(NewKey { key, expires, signature: identity.sign(&statement.encode()) })
	}

	/// Keeps who is to guard a chart, beside those who do. Set the guard's root on chain next, then
	/// [`Wallet::settle_guard`].
	pub fn add_guard(&mut self, chart: &ChartId, guard: WalletGuard) -> Result<()> {
		let others = self.charts().iter().filter(|known| known.chart != *chart);
		let elsewhere: Vec<_> =
			others.flat_map(|known| &known.guards).flat_map(WalletGuard::keys).collect();
		if guard.keys().any(|named| elsewhere.contains(&named)) {
			return Err(Error::GuardianOfAnotherChart);
		}
		self.change_chart(chart, |known| {
			// What was named and never came to the chain is not kept for ever.
			let surplus = known.guards.len().saturating_sub(MAX_GUARDS.saturating_sub(1));
			known.guards.drain(..surplus);
			known.guards.push(guard);
		})
	}

	/// Forgets what does not guard the chart, now that the chain holds this root.
	pub fn settle_guard(&mut self, chart: &ChartId, on_chain: Option<&GuardRoot>) -> Result<()> {
		self.change_chart(chart, |known| {
			known.guards.retain(|guard| guard.root().ok().as_ref() == on_chain);
		})
	}

	fn change_chart(
		&mut self,
		chart: &ChartId,
		change: impl FnOnce(&mut WalletChart),
	) -> Result<()> {
		self.chart(chart)?;
		self.change(|contents| {
			contents.charts.iter_mut().find(|known| known.chart == *chart).map(change);
			Ok(())
		})
	}

	/// The patient's chart at a custodian, made the first time.
	pub fn make_chart(
		&mut self,
		genesis: [u8; 32],
		custodian: OrganisationId,
	) -> Result<WalletChart> {
		match newest(&self.contents, &genesis, custodian) {
			Some(chart) => Ok(chart.clone()),
			None => self.change(|contents| match newest(contents, &genesis, custodian) {
				Some(chart) => Ok(chart.clone()),
				None => add_next(contents, genesis, custodian),
			}),
		}
	}

	/// Another chart at a custodian, beside those that there are: where the first is not the patient's
	/// alone any more, or was closed for good.
	pub fn make_another_chart(
		&mut self,
		genesis: [u8; 32],
		custodian: OrganisationId,
	) -> Result<WalletChart> {
		self.change(|contents| add_next(contents, genesis, custodian))
	}

	/// What the custodian needs to enrol the patient's chart there, until `expires`, with the guard that
	/// was set for it. Makes the chart the first time; afterwards signs a new statement for the same
	/// chart.
	pub fn new_chart(
		&mut self,
		genesis: [u8; 32],
		custodian: OrganisationId,
		expires: Moment,
	) -> Result<EnrolChart> {
		let chart = self.make_chart(genesis, custodian)?;
		let identity = self.identity(&chart)?;
		let statement = EnrolmentStatement {
			domain: ENROLMENT_DOMAIN,
			genesis,
			custodian,
			chart: chart.chart,
			key: identity.account(),
			expires,
			guard: chart.guards.last().map(WalletGuard::root).transpose()?,
		};
		let signature = identity.sign(&statement.encode());
		let encryption_key = identity.vouch(&genesis, &chart.chart);
		Ok(EnrolChart { statement, signature, encryption_key })
	}

	/// The chart with this number, from 0, that this wallet has or could have at a custodian.
	pub(crate) fn candidate(
		&self,
		genesis: [u8; 32],
		custodian: OrganisationId,
		index: u32,
	) -> Result<WalletChart> {
		derive_chart(&self.contents.root, genesis, custodian, index)
	}

	/// Remembers a chart of this wallet; tells whether it was not known.
	pub(crate) fn adopt_chart(&mut self, chart: &WalletChart) -> Result<bool> {
		if self.chart(&chart.chart).is_ok() {
			return Ok(false);
		}
		self.change(|contents| add_chart(contents, chart))
	}

	/// Remembers a directive that this wallet once issued; tells whether it was not known.
	pub(crate) fn adopt_directive(&mut self, directive: IssuedDirective) -> Result<bool> {
		self.chart(&directive.chart)?;
		self.change(|contents| Ok(add_directive(contents, directive)))
	}

	/// Remembers where the custodian's vault is.
	pub fn set_endpoint(&mut self, chart: &ChartId, endpoint: &str) -> Result<()> {
		if self.chart(chart)?.endpoint.as_deref() == Some(endpoint) {
			return Ok(());
		}
		self.change(|contents| {
			contents
				.charts
				.iter_mut()
				.filter(|known| known.chart == *chart)
				.for_each(|known| known.endpoint = Some(endpoint.into()));
			Ok(())
		})
	}

	/// Seals a directive's terms and keeps its opening. Submit it to the chain next, then post it to
	/// the custodian's vault and say so by [`Wallet::mark_delivered`].
	pub fn issue(
		&mut self,
		chart: &ChartId,
		terms: DirectiveTerms,
		replaces: Option<DirectiveId>,
		answers: Option<RequestId>,
	) -> Result<IssuedDirective> {
		let genesis = self.chart(chart)?.genesis;
		let (mut id_salt, mut salt) = (Salt::default(), Salt::default());
		random(&mut id_salt.0)?;
		random(&mut salt.0)?;
		let directive = IssuedDirective {
			id: derive_id(IdDomain::Directive, &(genesis, chart), &id_salt).into(),
			chart: *chart,
			opening: Opening { terms, salt },
			replaces,
			answers,
			delivered: false,
			guardian: None,
			ended: false,
		};
		self.change(|contents| {
			contents.directives.push(directive.clone());
			Ok(directive)
		})
	}

	/// The directives, in the order in which they were issued.
	pub fn directives(&self) -> &[IssuedDirective] {
		&self.contents.directives
	}

	/// The directive with this id.
	pub fn directive(&self, id: &DirectiveId) -> Result<&IssuedDirective> {
		self.contents
			.directives
			.iter()
			.find(|issued| issued.id == *id)
			.ok_or_else(|| Error::NotFound { what: "directive in this wallet", id: id.to_string() })
	}

	/// Remembers that the custodian's vault has the directive's opening.
	pub fn mark_delivered(&mut self, id: &DirectiveId) -> Result<()> {
		self.directive(id)?;
		self.change(|contents| {
			contents
				.directives
				.iter_mut()
				.filter(|issued| issued.id == *id)
				.for_each(|issued| issued.delivered = true);
			Ok(())
		})
	}

	/// Remembers a request, or what was answered to it.
	pub fn remember_request(&mut self, request: SeenRequest) -> Result<()> {
		self.change(|contents| {
			add_request(contents, request);
			Ok(())
		})
	}

	/// The requests, in the order in which they were seen.
	pub fn requests(&self) -> &[SeenRequest] {
		&self.contents.requests
	}

	/// How this wallet opens the rendezvous of a code, and answers. The name of its use follows from the root
	/// secret, so that a scan that broke off is gone on with.
	pub fn at_rendezvous(&self, genesis: &[u8; 32], code: &RendezvousCode) -> OpenRendezvous {
		let rendezvous = code.id(genesis);
		let attempt = *derive_secret(&self.contents.root.0, b"salus/meet/use  ", &rendezvous.0);
		OpenRendezvous { code: code.clone(), attempt }
	}

	/// Applies a change to the file as it is now, which another program may have changed.
	fn change<T>(&mut self, change: impl FnOnce(&mut Contents) -> Result<T>) -> Result<T> {
		let (contents, answer) = self.file.update(|bytes| {
			let mut contents = decode(&self.file, bytes)?;
			let answer = change(&mut contents)?;
			Ok((encode(&contents), (contents, answer)))
		})?;
		self.contents = contents;
		Ok(answer)
	}
}

impl core::fmt::Debug for Wallet {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Wallet({})", self.file.path().display())
	}
}

impl IssuedDirective {
	/// As the custodian's vault takes it.
	pub fn to_post(&self) -> PostedDirective {
		PostedDirective { id: self.id, opening: self.opening.clone() }
	}
}

/// The newest chart of this origin.
fn newest<'a>(
	contents: &'a Contents,
	genesis: &[u8; 32],
	origin: OrganisationId,
) -> Option<&'a WalletChart> {
	contents
		.charts
		.iter()
		.filter(|chart| chart.genesis == *genesis && chart.origin() == origin)
		.filter(|chart| !chart.pending)
		.max_by_key(|chart| chart.index)
}

/// The first number that no chart of this origin has.
fn next_index(contents: &Contents, genesis: &[u8; 32], origin: OrganisationId) -> u32 {
	contents
		.charts
		.iter()
		.filter(|chart| chart.genesis == *genesis && chart.origin() == origin)
		.map(|chart| chart.index.saturating_add(1))
		.max()
		.unwrap_or(0)
}

/// Adds the next chart at a custodian.
fn add_next(
	contents: &mut Contents,
	genesis: [u8; 32],
	custodian: OrganisationId,
) -> Result<WalletChart> {
	let index = next_index(contents, &genesis, custodian);
	let chart = derive_chart(&contents.root, genesis, custodian, index)?;
	contents.charts.push(chart.clone());
	Ok(chart)
}

/// Adds a chart that is this wallet's; tells whether it was not there.
fn add_chart(contents: &mut Contents, chart: &WalletChart) -> Result<bool> {
	let derived = derive_chart(&contents.root, chart.genesis, chart.origin(), chart.index)?;
	if !chart.rekeyed && (derived.chart, derived.salt) != (chart.chart, chart.salt) {
		return Err(Error::NotFound { what: "chart of this wallet", id: chart.chart.to_string() });
	}
	if contents.charts.iter().any(|known| known.chart == chart.chart) {
		return Ok(false);
	}
	contents.charts.push(chart.clone());
	Ok(true)
}

/// Adds a directive; tells whether it was not there.
fn add_directive(contents: &mut Contents, directive: IssuedDirective) -> bool {
	match contents.directives.iter_mut().find(|known| known.id == directive.id) {
		Some(known) => {
			known.delivered |= directive.delivered;
			false
		},
		None => {
			contents.directives.push(directive);
			true
		},
	}
}

/// Adds a request, or what was answered to it.
fn add_request(contents: &mut Contents, request: SeenRequest) {
	match contents.requests.iter_mut().find(|seen| seen.id == request.id) {
		// An answer is never forgotten.
		Some(seen) => {
			seen.approved = request.approved.or(seen.approved);
			seen.code = request.code.or(seen.code.take());
		},
		None => contents.requests.push(request),
	}
}

fn derive_chart(
	root: &RootSecret,
	genesis: [u8; 32],
	custodian: OrganisationId,
	index: u32,
) -> Result<WalletChart> {
	let key = identity(root, &genesis, custodian, index, 0)?.account();
	let salt =
		Salt(*derive_secret(&root.0, b"salus/chart/salt", &(genesis, custodian, index).encode()));
	let chart = derive_id(IdDomain::Chart, &(genesis, custodian, key), &salt).into();
	Ok(WalletChart {
		chart,
		genesis,
		custodian,
		origin: None,
		index,
		salt,
		endpoint: None,
		key: 0,
		keys_made: 0,
		rekeyed: false,
		pending: false,
		guards: Vec::new(),
		cards: Vec::new(),
	})
}

fn identity(
	root: &RootSecret,
	genesis: &[u8; 32],
	custodian: OrganisationId,
	index: u32,
	key: u32,
) -> Result<Identity> {
	let parties = (genesis, custodian, index).encode();
	// Keys after the first have a longer name, so no two of them are the same. The encryption key stays:
	// what is wrapped to it can not be wrapped anew.
	let seed = match key {
		0 => derive_secret(&root.0, b"salus/chart/sign", &parties),
		key => {
			let parties = (genesis, custodian, index, key).encode();
			derive_secret(&root.0, b"salus/chart/sign", &parties)
		},
	};
	let encryption = derive_secret(&root.0, b"salus/chart/wrap", &parties);
	Identity::new(&seed, EncryptionSecret::from_bytes(*encryption))
}

fn encode(contents: &Contents) -> Zeroizing<Vec<u8>> {
	// Sized beforehand, since a buffer that grows leaves copies behind.
	let mut size = Counter(0);
	let mut bytes = Zeroizing::new(Vec::new());
	serde_json::to_writer(&mut size, contents)
		.and_then(|()| {
			bytes.reserve_exact(size.0);
			serde_json::to_writer(&mut *bytes, contents)
		})
		.unwrap_or_else(|_| unreachable!("its keys are strings"));
	bytes
}

/// Counts what is written.
struct Counter(usize);

impl std::io::Write for Counter {
	fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
		self.0 = self.0.saturating_add(bytes.len());
		Ok(bytes.len())
	}

	fn flush(&mut self) -> std::io::Result<()> {
		Ok(())
	}
}

fn decode(file: &SealedFile, bytes: &[u8]) -> Result<Contents> {
	serde_json::from_slice(bytes).map_err(|error| file.wrong(error.to_string()))
}

mod cards;
mod keeper;
mod places;

pub use cards::WalletCard;
pub use places::Holding;

#[cfg(test)]
mod tests;
