//! The vault itself: what its routes share.

use crate::{
	acts::Acts,
	backup::Backups,
	bulk::Bulk,
	custody::Custody,
	enrolments::Enrolments,
	errors::{Error, Result},
	holding::{self, Holdings},
	key_client::KeyService,
	node::Node,
	objects::Objects,
	ops::Ops,
	recalls::Recalls,
	relay::Relay,
	sign_in::SignIns,
	store::{ChartRow, RecordRow, Rows, Store, CHARTS, ERASED, MOVED, RECORDS, TAKEN_IN},
	uploads::Uploads,
	writes::Writes,
};
use salus_client::{
	chain::{At, Call, ChainError, Submitted},
	keys::Identity,
};
use salus_primitives::{
	codes::{Role, StandingReason},
	decision::DenyReason,
	ids::{AccountBytes, ChartId, OrganisationId, RecordId},
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Releases at once; each holds up to two segments of 8 MiB.
pub(crate) const MAX_DOWNLOADS: usize = 64;

/// Contents at once that are answered within JSON; each takes some 70 MiB while it is made.
const MAX_INLINED: usize = 4;

/// A custodian's vault.
pub(crate) struct Vault {
	pub(crate) organisation: OrganisationId,
	pub(crate) genesis: [u8; 32],
	pub(crate) node: Node,
	/// The system account that signs for the custodian.
	pub(crate) system: Identity,
	pub(crate) store: Store,
	pub(crate) objects: Objects,
	pub(crate) sign_ins: SignIns,
	pub(crate) key_service: KeyService,
	/// Records that wait to be anchored.
	pub(crate) writes: Writes,
	/// Charts that wait to be enrolled.
	pub(crate) enrolments: Enrolments,
	pub(crate) uploads: Uploads,
	pub(crate) downloads: Arc<Semaphore>,
	/// Contents that are being put into JSON.
	pub(crate) inlined: Semaphore,
	pub(crate) ops: Ops,
	pub(crate) relay: Relay,
	pub(crate) backups: Backups,
	/// What is done on chain about single records.
	pub(crate) acts: Acts,
	pub(crate) bulk: Bulk,
	pub(crate) custody: Custody,
	pub(crate) holdings: Holdings,
	/// Who is to be told that they may read no more.
	pub(crate) recalls: Recalls,
}

/// What a vault is made of.
pub(crate) struct Parts {
	pub(crate) organisation: OrganisationId,
	pub(crate) genesis: [u8; 32],
	pub(crate) node: Node,
	pub(crate) system: Identity,
	pub(crate) store: Store,
	pub(crate) objects: Objects,
	pub(crate) key_service: KeyService,
	pub(crate) writes: Writes,
	pub(crate) enrolments: Enrolments,
	pub(crate) ops: Ops,
	/// Charts of a cohort at most.
	pub(crate) cohort: u32,
}

impl Vault {
	pub(crate) fn new(parts: Parts) -> Result<Arc<Self>> {
		let Parts {
			organisation,
			genesis,
			node,
			system,
			store,
			objects,
			key_service,
			writes,
			enrolments,
			ops,
			cohort,
		} = parts;
		let sign_ins = SignIns::new(genesis, organisation)?;
		Ok(Arc::new(Self {
			organisation,
			genesis,
			node,
			system,
			store,
			objects,
			sign_ins,
			key_service,
			writes,
			enrolments,
			uploads: Uploads::default(),
			downloads: Arc::new(Semaphore::new(MAX_DOWNLOADS)),
			inlined: Semaphore::new(MAX_INLINED),
			ops,
			relay: Relay::new(cohort),
			backups: Backups::default(),
			acts: Acts::default(),
			bulk: Bulk::default(),
			custody: Custody::default(),
			holdings: Holdings::default(),
			recalls: Recalls::default(),
		}))
	}

	/// What its tasks log under.
	pub(crate) fn span(&self) -> tracing::Span {
		tracing::info_span!("vault", organisation = self.organisation)
	}

	/// Works on the database without holding up other requests.
	pub(crate) async fn stored<T: Send + 'static>(
		self: &Arc<Self>,
		work: impl FnOnce(&Store) -> Result<T> + Send + 'static,
	) -> Result<T> {
		let vault = Arc::clone(self);
		tokio::task::spawn_blocking(move || work(&vault.store))
			.await
			.map_err(|_| Error::Internal("work on the database was broken off".into()))?
	}

	/// The chart, if it is enrolled here.
	pub(crate) async fn chart(self: &Arc<Self>, chart: ChartId) -> Result<ChartRow> {
		let known = self
			.stored(move |store| {
				store.read(|rows| rows.get(&CHARTS, &chart))?.ok_or(Error::ChartUnknown)
			})
			.await;
		match known {
			Err(Error::ChartUnknown) if holding::arrives(self, chart).await? => {
				Err(Error::HoldingArriving { seconds: holding::ASK_AGAIN })
			},
			known => known,
		}
	}

	/// The chart, if `account` is its key. The chain says which key that is, at a fresh head, for others
	/// may have followed the first.
	pub(crate) async fn own_chart_now(
		self: &Arc<Self>,
		chart: ChartId,
		account: AccountBytes,
	) -> Result<ChartRow> {
		let row = self.chart(chart).await?;
		let facts = self.node.fresh().await?.chart(chart).await?;
		if facts.is_some_and(|facts| facts.key == account) {
			Ok(row)
		} else {
			Err(Error::NotTheChartsKey)
		}
	}

	/// The same for what may be read while our node is away: the log of who saw what must be. Then the
	/// last key that gave its word here counts, for those who signed in before, a quarter of an hour ago
	/// at most.
	pub(crate) async fn own_chart(
		self: &Arc<Self>,
		chart: ChartId,
		account: AccountBytes,
	) -> Result<ChartRow> {
		match self.own_chart_now(chart, account).await {
			Err(Error::NodeUnavailable(_)) => {
				let row = self.chart(chart).await?;
				let told = self
					.stored(move |store| Ok(store.read(|rows| rows.get(&TAKEN_IN, &chart))?))
					.await?;
				// One that a custodian before told, and the chain did not.
				let proves_nothing = told.is_some_and(|taken| taken.other_key == Some(account));
				if row.new.key == account && !proves_nothing {
					Ok(row)
				} else {
					Err(Error::NotTheChartsKey)
				}
			},
			known => known,
		}
	}

	/// The same for what tells the patient what became of their records, which can also be read while finality
	/// stalls: then the key at the last finalised head counts, however old that is.
	pub(crate) async fn own_chart_as_known(
		self: &Arc<Self>,
		chart: ChartId,
		account: AccountBytes,
	) -> Result<ChartRow> {
		match self.own_chart(chart, account).await {
			Err(Error::HeadStale { .. }) => {
				let row = self.chart(chart).await?;
				let facts = self.node.finalised().await?.chart(chart).await?;
				if facts.is_some_and(|facts| facts.key == account) {
					Ok(row)
				} else {
					Err(Error::NotTheChartsKey)
				}
			},
			known => known,
		}
	}

	/// The record, if it is anchored and here. One that was erased, or that another custodian took over,
	/// is told of.
	pub(crate) async fn record(self: &Arc<Self>, record: RecordId) -> Result<RecordRow> {
		let known = self.stored(move |store| {
			let (row, erased, moved) = store.read(|rows| {
				let erased = rows.get(&ERASED, &record)?.is_some();
				Ok((rows.get(&RECORDS, &record)?, erased, rows.get(&MOVED, &record)?))
			})?;
			row.ok_or(match (erased, moved) {
				(true, _) => Error::AccessDenied(DenyReason::RecordErased),
				(false, Some(moved)) => Error::RecordMoved(moved.to),
				(false, None) => Error::RecordUnknown,
			})
		});
		match known.await {
			Err(Error::RecordUnknown) if holding::record_arrives(self, record).await? => {
				Err(Error::HoldingArriving { seconds: holding::ASK_AGAIN })
			},
			known => known,
		}
	}

	/// Whether the account may act for this organisation in one of these roles. If not, tells the
	/// reason of the role that comes closest.
	pub(crate) async fn in_standing(
		&self,
		at: &At,
		account: AccountBytes,
		roles: &[Role],
	) -> Result<()> {
		let mut closest = StandingReason::NotStaff;
		for role in roles {
			let reasons = at.standing(account, self.organisation, *role).await?;
			let Some(reason) = reasons.iter().next() else { return Ok(()) };
			closest = closest.max(reason);
		}
		Err(Error::NotInStanding(closest))
	}

	/// Submits a call as the vault's system account and waits until it is final.
	pub(crate) async fn submit(&self, call: &Call) -> Result<Submitted, ChainError> {
		self.node.chain().await?.submit(self.system.keypair(), call).await
	}
}
