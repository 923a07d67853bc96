//! What its operator needs of a vault: limits, numbers, health, and stopping it.

use crate::{
	cached::Cached,
	clock::{now, too_old},
	errors::{Error, Result},
	farewell::Farewell,
	limits::{LimitOptions, Limits},
	metrics::{Metrics, Numbers, Requests},
	store::{OUTBOX, PENDING_CHARTS, PENDING_RECORDS, WAITING_RECORDS},
	vault::{Vault, MAX_DOWNLOADS},
};
use futures::future::{join_all, try_join_all};
use salus_client::vault_api::{Health, SharedHealth};
use salus_primitives::ids::OrganisationId;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// For how long an answer of the key service, or its lack, is believed.
const KEY_SERVICE_AGE: Duration = Duration::from_secs(5);
/// How long node and key service are waited for when only their health is asked.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the vaults of one process share: its numbers and its end.
#[derive(Clone)]
pub(crate) struct Process {
	pub(crate) numbers: Numbers,
	/// Requests that belong to no vault.
	pub(crate) nobodys: Requests,
	pub(crate) farewell: Farewell,
}

impl Process {
	pub(crate) fn new() -> Result<Self> {
		let numbers = Numbers::new().map_err(failed)?;
		let nobodys = Requests::of_vault(&numbers, None).map_err(failed)?;
		Ok(Self { numbers, nobodys, farewell: Farewell::new() })
	}
}

fn failed(error: prometheus::Error) -> Error {
	Error::Internal(error.to_string())
}

/// A vault's means of operation.
pub(crate) struct Ops {
	pub(crate) limits: Limits,
	pub(crate) metrics: Metrics,
	pub(crate) farewell: Farewell,
	key_service: Cached<bool>,
}

impl Ops {
	/// For the vault of this organisation.
	pub(crate) fn new(
		limits: &LimitOptions,
		organisation: OrganisationId,
		process: &Process,
	) -> Result<Self> {
		Ok(Self {
			limits: Limits::new(limits),
			metrics: Metrics::new(&process.numbers, organisation).map_err(failed)?,
			farewell: process.farewell.clone(),
			key_service: Cached::new(),
		})
	}
}

/// How the vault is.
pub(crate) async fn health(vault: &Vault) -> Result<Health> {
	if vault.ops.farewell.is_stopping() {
		return Err(Error::Stopping);
	}
	let head = timeout(PATIENCE, vault.node.finalised()).await;
	let head = head.ok().and_then(|at| Some(at.ok()?.head()));
	let now = now();
	let asked = async { timeout(PATIENCE, vault.key_service.is_alive()).await.unwrap_or(false) };
	Ok(Health {
		version: env!("CARGO_PKG_VERSION").into(),
		organisation: vault.organisation,
		genesis: vault.genesis,
		head,
		head_age: head.map(|head| now.saturating_sub(head.at)),
		stale: head.is_none_or(|head| too_old(&head, now).is_some()),
		key_service: vault.ops.key_service.get(KEY_SERVICE_AGE, asked).await,
	})
}

/// How the vaults of a process are.
pub(crate) async fn shared_health(vaults: &[Arc<Vault>]) -> Result<SharedHealth> {
	let organisations = try_join_all(vaults.iter().map(|vault| health(vault))).await?;
	Ok(SharedHealth { version: env!("CARGO_PKG_VERSION").into(), organisations })
}

/// The numbers of a process and its vaults, as they are now.
pub(crate) async fn numbers(
	process: Process,
	vaults: Arc<[Arc<Vault>]>,
) -> Result<Vec<u8>, prometheus::Error> {
	join_all(vaults.iter().map(look)).await;
	process.numbers.text()
}

/// Brings those of a vault's numbers up to date that nothing counts.
async fn look(vault: &Arc<Vault>) {
	let metrics = &vault.ops.metrics;
	let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
	let few = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
	let rows = vault
		.stored(|store| {
			Ok(store.read(|rows| {
				let records =
					rows.count(&WAITING_RECORDS)?.saturating_add(rows.count(&PENDING_RECORDS)?);
				Ok((records, rows.count(&PENDING_CHARTS)?, rows.count(&OUTBOX)?))
			})?)
		})
		.await;
	match rows {
		Ok((records, charts, outbox)) => {
			metrics.records_waiting.set(whole(records));
			metrics.enrolments_waiting.set(whole(charts));
			metrics.outbox.set(whole(outbox));
		},
		Err(error) => tracing::error!(%error, "waiting rows can not be counted"),
	}
	metrics.uploads.set(few(vault.uploads.in_progress()));
	metrics.uploads_open.set(few(vault.uploads.open()));
	let downloads = MAX_DOWNLOADS.saturating_sub(vault.downloads.available_permits());
	metrics.downloads.set(few(downloads));
	let head = timeout(PATIENCE, vault.node.finalised()).await;
	metrics.head_age.set(match head {
		Ok(Ok(at)) => Duration::from_millis(now().saturating_sub(at.head().at)).as_secs_f64(),
		_ => f64::INFINITY,
	});
}
