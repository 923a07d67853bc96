//! How often somebody may ask. Who asks more is told when to ask again.
//!
//! Each limit is a bucket that fills evenly and holds what may be asked at once (GCRA). Buckets are
//! kept for a bounded number of callers; beyond it those go first that are nearest to full, so a
//! caller who floods the table does not free one who is waiting.

use crate::errors::{Error, Result};
use clap::Args;
use governor::{
	clock::{Clock, MonotonicClock},
	middleware::NoOpMiddleware,
	nanos::Nanos,
	state::StateStore,
	Quota, RateLimiter,
};
use salus_primitives::ids::{AccountBytes, BreakGlassId, ChartId, Digest, Seal};
use serde::Deserialize;
use std::{
	collections::HashMap,
	hash::Hash,
	net::{IpAddr, Ipv6Addr, SocketAddr},
	num::NonZeroU32,
	sync::{Mutex, PoisonError},
};

/// Most callers that a limit remembers.
const MAX_KEYS: usize = 65_536;
/// Attempts per hour to open one link: enough to go on after many breaks.
const LINK_OPENINGS: NonZeroU32 = per(60);
/// Attempts per hour to open one rendezvous, answers among them.
const RENDEZVOUS_OPENINGS: NonZeroU32 = per(60);
/// Attempts per hour to open one card: more than a desk needs for one person.
const CARD_OPENINGS: NonZeroU32 = per(60);
/// Questions per hour that one account asks by searches: each search is one, and may be asked again.
const SEARCHES: NonZeroU32 = per(60);
/// Times per hour that one search is asked.
const SEARCH_QUESTIONS: NonZeroU32 = per(20);
/// What is forgotten at a time when there are more: one in so many.
const FORGET: usize = 8;
/// Bits of an IPv6 address that name a subscriber; the rest they choose themselves.
const SUBSCRIBER: u32 = 64;

/// How often somebody may ask the vault of one organisation: options, and keys of its entry in the
/// file.
#[derive(Clone, Debug, Args, Deserialize)]
#[command(next_help_heading = "Limits")]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct LimitOptions {
	/// Requests per minute from one address without a sign-in: challenges, sign-ins, profiles.
	#[arg(long, value_name = "N", default_value_t = per(3_000))]
	pub(crate) limit_address: NonZeroU32,
	/// Requests per minute of one account.
	#[arg(long, value_name = "N", default_value_t = per(6_000))]
	pub(crate) limit_account: NonZeroU32,
	/// Of these, requests that append to a chart's log or a mailbox.
	#[arg(long, value_name = "N", default_value_t = per(1_200))]
	pub(crate) limit_appends: NonZeroU32,
	/// Refusals per hour of one account at one chart that are logged; more are only refused.
	#[arg(long, value_name = "N", default_value_t = per(120))]
	pub(crate) limit_refusals: NonZeroU32,
	/// Changes per hour of one chart that are hidden among those of others; more go by the patient's
	/// own transactions.
	#[arg(long, value_name = "N", default_value_t = per(60))]
	pub(crate) limit_changes: NonZeroU32,
	/// Address of a proxy whose `x-forwarded-for` is believed, as far as its last entry.
	// Of the process: in the file it stands before the entries.
	#[arg(long, value_name = "ADDRESS")]
	#[serde(skip)]
	pub(crate) trusted_proxy: Vec<IpAddr>,
}

impl Default for LimitOptions {
	fn default() -> Self {
		Self {
			limit_address: per(3_000),
			limit_account: per(6_000),
			limit_appends: per(1_200),
			limit_refusals: per(120),
			limit_changes: per(60),
			trusted_proxy: Vec::new(),
		}
	}
}

const fn per(number: u32) -> NonZeroU32 {
	match NonZeroU32::new(number) {
		Some(number) => number,
		None => NonZeroU32::MIN,
	}
}

/// Which limit a route is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
	/// None: it is for load balancers.
	Free,
	/// Anyone, by address.
	Address,
	/// An account.
	Account,
	/// An account, which leaves a trace in a chart's log or a mailbox.
	Append,
}

/// A vault's limits.
pub(crate) struct Limits {
	address: Limit<IpAddr>,
	account: Limit<AccountBytes>,
	appends: Limit<AccountBytes>,
	refusals: Limit<(AccountBytes, ChartId)>,
	changes: Limit<ChartId>,
	links: Limit<Seal>,
	rendezvous: Limit<ChartId>,
	cards: Limit<Digest>,
	searchers: Limit<AccountBytes>,
	searches: Limit<BreakGlassId>,
	trusted_proxies: Vec<IpAddr>,
}

impl Limits {
	pub(crate) fn new(options: &LimitOptions) -> Self {
		Self {
			address: Limit::new(Quota::per_minute(options.limit_address)),
			account: Limit::new(Quota::per_minute(options.limit_account)),
			appends: Limit::new(Quota::per_minute(options.limit_appends)),
			refusals: Limit::new(Quota::per_hour(options.limit_refusals)),
			changes: Limit::new(Quota::per_hour(options.limit_changes)),
			links: Limit::new(Quota::per_hour(LINK_OPENINGS)),
			rendezvous: Limit::new(Quota::per_hour(RENDEZVOUS_OPENINGS)),
			cards: Limit::new(Quota::per_hour(CARD_OPENINGS)),
			searchers: Limit::new(Quota::per_hour(SEARCHES)),
			searches: Limit::new(Quota::per_hour(SEARCH_QUESTIONS)),
			trusted_proxies: options.trusted_proxy.iter().map(IpAddr::to_canonical).collect(),
		}
	}

	/// A request that shows no sign-in.
	pub(crate) fn address(&self, from: IpAddr) -> Result<()> {
		self.address.take(&subscriber(from))
	}

	/// A request of this account.
	pub(crate) fn account(&self, class: Class, account: AccountBytes) -> Result<()> {
		self.account.take(&account)?;
		match class {
			Class::Append => self.appends.take(&account),
			Class::Free | Class::Address | Class::Account => Ok(()),
		}
	}

	/// A refusal that would be logged in this chart's log.
	pub(crate) fn refusal(&self, account: AccountBytes, chart: ChartId) -> Result<()> {
		self.refusals.take(&(account, chart))
	}

	/// A change of this chart's directives, for which others of its cohort change too.
	pub(crate) fn change(&self, chart: ChartId) -> Result<()> {
		self.changes.take(&chart)
	}

	/// An attempt to open this link.
	pub(crate) fn link(&self, link: Seal) -> Result<()> {
		self.links.take(&link)
	}

	/// An attempt to open this rendezvous, or an answer by it.
	pub(crate) fn rendezvous(&self, rendezvous: ChartId) -> Result<()> {
		self.rendezvous.take(&rendezvous)
	}

	/// An attempt to open this card.
	pub(crate) fn card(&self, card: Digest) -> Result<()> {
		self.cards.take(&card)
	}

	/// A question of this account by a search.
	pub(crate) fn searcher(&self, account: AccountBytes) -> Result<()> {
		self.searchers.take(&account)
	}

	/// A question by this search.
	pub(crate) fn search(&self, search: BreakGlassId) -> Result<()> {
		self.searches.take(&search)
	}

	/// Who sent it: the peer, or whom a proxy of ours names. `forwarded` is the last `x-forwarded-for`.
	pub(crate) fn sender(&self, peer: SocketAddr, forwarded: Option<&str>) -> IpAddr {
		let peer = peer.ip().to_canonical();
		if !self.trusted_proxies.contains(&peer) {
			return peer;
		}
		let named = forwarded.and_then(|list| list.rsplit(',').next()).map(str::trim);
		let read = named.and_then(|text| {
			let address = text.parse::<IpAddr>().ok();
			address.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
		});
		read.map_or(peer, |address| address.to_canonical())
	}
}

/// What stands for everything that one subscriber can call from.
fn subscriber(address: IpAddr) -> IpAddr {
	match address.to_canonical() {
		IpAddr::V4(address) => address.into(),
		IpAddr::V6(address) => {
			let host = u128::MAX.checked_shr(SUBSCRIBER).unwrap_or(0);
			Ipv6Addr::from_bits(address.to_bits() & !host).into()
		},
	}
}

/// A limit, with a bucket for each key.
pub(crate) struct Limit<K: Hash + Eq + Clone, C: Clock = MonotonicClock>(
	RateLimiter<K, Buckets<K>, C, NoOpMiddleware<C::Instant>>,
);

impl<K: Hash + Eq + Clone> Limit<K> {
	pub(crate) fn new(quota: Quota) -> Self {
		Self::with(quota, MAX_KEYS, MonotonicClock)
	}
}

impl<K: Hash + Eq + Clone, C: Clock> Limit<K, C> {
	fn with(quota: Quota, most: usize, clock: C) -> Self {
		Self(RateLimiter::new(quota, Buckets { most, buckets: Mutex::default() }, clock))
	}

	/// Takes one from the bucket, if there is one.
	pub(crate) fn take(&self, key: &K) -> Result<()> {
		self.0.check_key(key).map_err(|until| {
			let wait = until.wait_time_from(self.0.clock().now());
			let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
			Error::TooManyRequests { seconds: seconds.max(1) }
		})
	}
}

/// When each bucket is full again.
struct Buckets<K> {
	most: usize,
	buckets: Mutex<HashMap<K, Nanos>>,
}

impl<K: Hash + Eq + Clone> StateStore for Buckets<K> {
	type Key = K;

	fn measure_and_replace<T, F, E>(&self, key: &K, take: F) -> Result<T, E>
	where
		F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
	{
		let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
		let known = buckets.get(key).copied();
		let (answer, full_at) = take(known)?;
		if known.is_none() && buckets.len() >= self.most {
			let mut full: Vec<_> = buckets.values().copied().collect();
			let place = full.len().div_ceil(FORGET).saturating_sub(1);
			let (_, until, _) = full.select_nth_unstable(place);
			let until = *until;
			buckets.retain(|_, full_at| *full_at > until);
		}
		buckets.insert(key.clone(), full_at);
		Ok(answer)
	}
}

#[cfg(test)]
mod tests;
