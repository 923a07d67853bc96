//! Letting records out.
//!
//! Always in this order: the decision at the finalised head, the entry in the disclosure log on disk,
//! the key service, which decides for itself and wraps the content key to the recipient, the bytes.
//! Bytes may be asked for from an offset on, by whoever has those before; that is an access of its own.
//! So the log may say *released* of something that a crash kept from leaving, and never the reverse.
//! Where the vault itself learns that nothing leaves, because the key service fails or says no, it
//! takes the entry back by a second one.

use crate::{
	custody,
	disclosures::{log_refusal, Access},
	emergency,
	errors::{Error, Result},
	guardians::{self, Reader},
	node::Sight,
	own_entry::{self, inclusion},
	petitions, stalled,
	store::{RecordRow, Rows, StoreError, CHART_RECORDS, COVER, DIRECTIVES, ERASED, RECORDS},
	vault::Vault,
};
use bytes::Bytes;
use futures::Stream;
use salus_client::{
	chain::At,
	vault_api::{
		ErasedRecord, ListQuery, ListedRecord, RecordList, Release, ReleaseRequest, Rewrap,
		StaffCapacity,
	},
};
use salus_primitives::{
	break_glass::Emergency,
	codes::{Action, RecordState, Role},
	decision::{AccessQuery, Accessor, ActiveDirective, Basis, Decision, DenyReason},
	directive::DirectiveTerms,
	disclosure::{Subject, NOT_HANDED_OUT},
	guardian::ShownGuardian,
	ids::{ChartId, DirectiveId, RecordId},
	seal::Opening,
};
use std::{
	collections::HashSet,
	sync::Arc,
	time::{Duration, Instant},
};
use tracing::Instrument;

mod line;

/// Most records on one page of a list.
pub(crate) const RECORDS_PER_PAGE: u32 = 50;
/// How long the key service's node may trail the vault's.
const CATCH_UP: Duration = Duration::from_secs(5);
/// How often to ask the key service meanwhile.
const ASK_AGAIN: Duration = Duration::from_millis(100);

type Directives = Vec<(DirectiveId, Opening<DirectiveTerms>)>;

/// What is sent: what comes in the header, then so many bytes of ciphertext.
pub(crate) type Released<S> = (Release, u64, S);

/// Releases a record, if the chain permits. A content of more than `most` bytes is not handed out.
pub(crate) async fn release(
	vault: &Arc<Vault>,
	reader: Reader,
	record: RecordId,
	asked: ReleaseRequest,
	most: u64,
) -> Result<Released<impl Stream<Item = Result<Bytes>>>> {
	// Goes on when the caller hangs up, so that the log is brought to its end.
	let vault = Arc::clone(vault);
	tokio::spawn(
		async move { decide_log_release(&vault, reader, record, asked, most).await }
			.in_current_span(),
	)
	.await
	.map_err(|_| Error::Internal("a release was broken off".into()))?
}

async fn decide_log_release(
	vault: &Arc<Vault>,
	reader: Reader,
	record: RecordId,
	asked: ReleaseRequest,
	most: u64,
) -> Result<Released<impl Stream<Item = Result<Bytes>>>> {
	let row = vault.record(record).await?.record;
	let terms = &row.opening.terms;
	if asked.offset > row.body.size() {
		return Err(Error::Malformed(format!(
			"the record ends at byte {}: ask for an offset up to that",
			row.body.size()
		)));
	}
	let inclusion = inclusion(vault, &row).await?;
	let emergency = reader.emergency().map(emergency::Shown::asked);
	let sight = sight_for(vault, &reader, emergency.as_ref()).await?;
	let at = sight.at();
	// Whoever waited for a head kept no place from others meanwhile.
	let place = Arc::clone(&vault.downloads).try_acquire_owned().map_err(|_| Error::Busy)?;
	let query = AccessQuery {
		accessor: reader.accessor(asked.capacity)?,
		action: asked.action,
		purpose: asked.purpose,
		record,
		opening: row.opening.clone(),
		directives: directives(vault, at, terms.chart).await?,
		inclusion: inclusion.clone(),
		guardian: reader.guardian(),
		emergency,
	};
	let decided = sight.decide(&query).await?;
	let access = Access {
		account: reader.account(),
		chart: terms.chart,
		accessor: query.accessor,
		practitioner: decided.practitioner,
		action: asked.action,
		purpose: asked.purpose,
		subject: Subject::Record(record),
		head: at.head(),
	};
	let (basis, obligations) = match decided.decision {
		Decision::Permit { basis, obligations } => (basis, obligations),
		Decision::Deny { reason } => {
			line::refuse(vault, &reader, access, record, reason.code()).await?;
			// Taken over a moment ago: that is why the opening fits no more.
			return Err(match custody::keeper_elsewhere(vault, at, &row).await? {
				Some(keeper) => Error::RecordMoved(keeper),
				None => Error::AccessDenied(reason),
			});
		},
	};
	let staff = matches!(query.accessor, Accessor::Staff { .. });
	let ready = if staff && decided.recipient_key.is_none() {
		Err(Error::RecipientKeyMissing)
	} else if terms.size > most {
		Err(Error::TooLargeForJson)
	} else {
		own_entry::look(vault, &row, asked.offset).await
	};
	// What goes with it must be there before it is logged as released.
	let statements = vault
		.stored(move |store| Ok(store.read(|rows| petitions::statements(rows, &record))?))
		.await;
	let ready = ready.and_then(|ready| Ok((ready, statements?)));
	let (ready, statements) = match ready {
		Ok(ready) => ready,
		Err(error) => {
			line::refuse(vault, &reader, access, record, NOT_HANDED_OUT).await?;
			return Err(error);
		},
	};

	let (disclosure, written) = match line::write(vault, &reader, access, record, basis).await {
		// The other case is an attempt's name that was used for something else.
		Err(error @ (Error::RecordBeingErased | Error::AlreadyExists(_))) => {
			line::refuse(vault, &reader, access, record, NOT_HANDED_OUT).await?;
			return Err(error);
		},
		logged => logged?,
	};
	let link = reader.link();
	let handed = async {
		// What is stored for the chart opens for the patient alone.
		if staff || reader.reading().is_some() || link.is_some() {
			let version = terms.version;
			let wrap = row.wraps.custodian.clone();
			let word = reader.reading().map(|reading| reading.word);
			let link = link.map(|shown| shown.keys);
			rewrap(vault, Rewrap { query, wrap, version, word, link }, at).await
		} else {
			Ok(row.wraps.chart.clone())
		}
	};
	match handed.await {
		Ok(wrap) => {
			let (opening, media_type) = (row.opening, row.media_type);
			let head = at.head();
			let release = Release {
				opening,
				media_type,
				wrap,
				basis,
				obligations,
				disclosure,
				head,
				statements,
				inclusion,
			};
			let length = ready.length();
			Ok((release, length, ready.stream(Arc::clone(vault), place)))
		},
		Err(error) => {
			let code = match &error {
				Error::AccessDenied(reason) => reason.code(),
				_ => NOT_HANDED_OUT,
			};
			written.take_back(vault, access, code).await?;
			Err(error)
		},
	}
}

/// What to decide by. Who shows a break-glass that was opened a moment ago is waited for.
async fn sight_for(vault: &Vault, reader: &Reader, emergency: Option<&Emergency>) -> Result<Sight> {
	if let Some(shown) = reader.emergency() {
		shown.catch_up(vault).await?;
	}
	vault.node.sight(emergency).await
}

/// Has the key service wrap to the recipient. Asks again where its node trails ours, and therefore says
/// no, or is away for a moment.
async fn rewrap(vault: &Vault, asked: Rewrap, at: &At) -> Result<salus_client::envelope::Wrap> {
	let began = Instant::now();
	loop {
		let patient = began.elapsed() < CATCH_UP;
		let answer = vault.key_service.rewrap(&asked).await;
		vault.ops.metrics.key_service(answer.is_ok());
		match answer {
			Err(Error::NodeUnavailable(_)) if patient => {},
			Err(Error::NodeUnavailable(detail)) => {
				return Err(Error::KeyServiceUnavailable(detail));
			},
			Err(error) => return Err(error),
			Ok(answer) => match (answer.decided.decision, answer.wrap) {
				(Decision::Permit { .. }, Some(wrap)) => return Ok(wrap),
				_ if patient && answer.head.number < at.head().number => {},
				(Decision::Permit { .. }, None) => return Err(Error::RecipientKeyMissing),
				(Decision::Deny { reason }, _) => return Err(Error::AccessDenied(reason)),
			},
		}
		tokio::time::sleep(ASK_AGAIN).await;
	}
}

/// The openings that the vault holds of the chart's active directives.
pub(crate) async fn directives(vault: &Arc<Vault>, at: &At, chart: ChartId) -> Result<Directives> {
	let active = at.chart(chart).await?.map_or(Vec::new(), |facts| facts.directives);
	vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let mut held = Vec::with_capacity(active.len());
				let active = active.into_iter().map(|ActiveDirective { id, .. }| id);
				// Those on their way too: the key service's node may know them final already.
				let places = rows.get(&COVER, &chart)?.map_or(Vec::new(), |row| row.places);
				let ids: HashSet<_> =
					active.chain(places.into_iter().map(|place| place.current)).collect();
				for id in ids {
					held.extend(rows.get(&DIRECTIVES, &(chart, id))?.map(|opening| (id, opening)));
				}
				Ok(held)
			})?)
		})
		.await
}

/// Which part of a chart's records to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
	/// The first sequence.
	pub(crate) from: u32,
	/// How many records, [`RECORDS_PER_PAGE`] at most.
	pub(crate) count: u32,
}

impl Window {
	/// A whole page.
	pub(crate) const fn page(from: u32) -> Self {
		Self { from, count: RECORDS_PER_PAGE }
	}
}

/// The records of a chart that the account may see: those of which the chain permits access. The
/// list is a disclosure itself.
pub(crate) async fn list(
	vault: &Arc<Vault>,
	reader: Reader,
	chart: ChartId,
	asked: ListQuery,
	window: Window,
) -> Result<RecordList> {
	let (list, refusal) = look(vault, reader, chart, asked, window).await?;
	match refusal {
		// A page before the last one may be followed by one with more to see.
		Some(reason) if list.next.is_none() || is_for_all(reason) => {
			Err(Error::AccessDenied(reason))
		},
		_ => Ok(list),
	}
}

/// What the list of the record's chart says of this record, which is decided and logged as that list is.
pub(crate) async fn describe(
	vault: &Arc<Vault>,
	reader: Reader,
	record: RecordId,
	asked: ListQuery,
) -> Result<ListedRecord> {
	let row = vault.record(record).await?.record;
	let terms = &row.opening.terms;
	let window = Window { from: terms.sequence, count: 1 };
	let (list, refusal) = look(vault, reader, terms.chart, asked, window).await?;
	match (list.records.into_iter().next(), refusal) {
		(Some(listed), _) => Ok(listed),
		(None, reason) => Err(Error::AccessDenied(reason.unwrap_or(DenyReason::NothingPermits))),
	}
}

/// The records of the window that the account may see, and why it sees none if it sees none.
async fn look(
	vault: &Arc<Vault>,
	reader: Reader,
	chart: ChartId,
	asked: ListQuery,
	Window { from, count }: Window,
) -> Result<(RecordList, Option<DenyReason>)> {
	let capacity = StaffCapacity::of(asked.organisation, asked.role)
		.ok_or_else(|| Error::Malformed(StaffCapacity::HALF.into()))?;
	let chart_row = vault.chart(chart).await?;
	let end = chart_row.records.next;
	let until = end.min(from.saturating_add(count.min(RECORDS_PER_PAGE)));
	let (rows, mut erased): (Vec<_>, Vec<_>) = vault
		.stored(move |store| {
			Ok(store.read(|rows| {
				let (mut there, mut erased) = (Vec::new(), Vec::new());
				for sequence in from..until {
					// Of a pending one that a restore found erased, not even the place is known.
					let Some(id) = rows.get(&CHART_RECORDS, &(chart, sequence))? else { continue };
					if let Some(row) = rows.get(&RECORDS, &id)? {
						there.push((row, petitions::statements(rows, &id)?));
					} else {
						let row = rows.get(&ERASED, &id)?.ok_or(StoreError::Damaged)?;
						erased.push(ErasedRecord { id, sequence, petition: row.petition });
					}
				}
				Ok((there, erased))
			})?)
		})
		.await?;
	let emergency = reader.emergency().map(emergency::Shown::asked);
	let sight = sight_for(vault, &reader, emergency.as_ref()).await?;
	let at = sight.at();
	let accessor = reader.accessor(capacity)?;
	let held = directives(vault, at, chart).await?;
	let mut practitioner = None;
	let (mut basis, mut refusal) = (None, None);
	let mut records = Vec::new();
	if rows.is_empty() && sight.is_stalled() {
		// Nothing that a statement could open.
		refusal = Some(DenyReason::BeyondFirstScope);
	} else if rows.is_empty() {
		match of_nothing(vault, at, accessor, reader.guardian(), chart).await? {
			Ok(of) => basis = Some(of),
			Err(reason) => refusal = Some(reason),
		}
		if let Accessor::Staff { account, .. } = accessor {
			practitioner = at.practitioner_of(account).await?;
		}
	}
	// One question after the other: the node's answers to several at once wait for acknowledgments,
	// some 40 ms each.
	for (RecordRow { record, .. }, statements) in rows {
		let inclusion = inclusion(vault, &record).await?;
		let query = AccessQuery {
			accessor,
			action: Action::Access,
			purpose: asked.purpose,
			record: record.id,
			opening: record.opening.clone(),
			directives: held.clone(),
			inclusion: inclusion.clone(),
			guardian: reader.guardian(),
			emergency: emergency.clone(),
		};
		let decided = sight.decide(&query).await?;
		practitioner = decided.practitioner;
		match decided.decision {
			Decision::Permit { basis: of, .. } => {
				basis = Some(leading(basis, of));
				let facts = at.record(record.id).await?;
				if facts.is_none() && inclusion.is_none() {
					return Err(Error::RecordUnknown);
				}
				records.push(ListedRecord {
					id: record.id,
					opening: record.opening,
					media_type: record.media_type,
					// What has no entry of its own is as it came.
					state: facts.map_or(RecordState::Current, |facts| facts.state),
					replaces: facts.and_then(|facts| facts.replaces),
					statements,
					inclusion,
				});
			},
			Decision::Deny { reason } => {
				refusal.get_or_insert(reason);
				if reason == DenyReason::RecordErased {
					// On the chain already, and about to be here.
					let sequence = record.opening.terms.sequence;
					erased.push(ErasedRecord { id: record.id, sequence, petition: None });
				}
				if is_for_all(reason) {
					break;
				}
			},
		}
	}
	let reason = refusal.unwrap_or(DenyReason::NothingPermits);
	let access = Access {
		account: reader.account(),
		chart,
		accessor,
		practitioner,
		action: Action::Access,
		purpose: asked.purpose,
		subject: Subject::Listing,
		head: at.head(),
	};
	match basis {
		Some(basis) => drop(stalled::log_released(vault, access, basis, &reader).await?),
		None => drop(log_refusal(vault, access, reason.code()).await?),
	}
	let next = (until < end).then_some(until);
	// Others have no use for them, and no right to know of them.
	let erased = if basis == Some(Basis::Patient) { erased } else { Vec::new() };
	Ok((RecordList { records, erased, next }, basis.is_none().then_some(reason)))
}

/// Whether what is refused for this reason is refused for every record of the chart.
pub(crate) const fn is_for_all(reason: DenyReason) -> bool {
	matches!(
		reason,
		DenyReason::Standing(_)
			| DenyReason::NotTheChartsKey
			| DenyReason::DirectiveOpeningMissing
			| DenyReason::DirectiveBasisWrong
			| DenyReason::NotAGuardian
			| DenyReason::GuardianshipOver
			| DenyReason::GuardianPowerMissing
	)
}

/// The basis by which a list is logged when one more record is listed: a broken glass if any record is listed
/// by that, so that patient and reviewer are told; else the first.
fn leading(before: Option<Basis>, of: Basis) -> Basis {
	match (before, of) {
		(Some(Basis::BreakGlass(id)), _) | (_, Basis::BreakGlass(id)) => Basis::BreakGlass(id),
		(before, of) => before.unwrap_or(of),
	}
}

/// Who may know that there is nothing to list: the patient, guardians who may read, and staff of this house who read or
/// write its records.
async fn of_nothing(
	vault: &Vault,
	at: &At,
	accessor: Accessor,
	guardian: Option<ShownGuardian>,
	chart: ChartId,
) -> Result<Result<Basis, DenyReason>> {
	let (account, organisation, role) = match accessor {
		Accessor::Patient { account } => {
			let own = at.chart(chart).await?.is_some_and(|facts| facts.key == account);
			return Ok(if own { Ok(Basis::Patient) } else { Err(DenyReason::NotTheChartsKey) });
		},
		Accessor::Guardian { .. } => {
			let Some(guardian) = guardian else { return Ok(Err(DenyReason::NotAGuardian)) };
			let admitted = guardians::admit(vault, chart, &guardian).await?;
			return Ok(admitted.map(|()| Basis::Guardian));
		},
		// A link is for one record, and lists nothing.
		Accessor::Bearer { .. } => return Ok(Err(DenyReason::LinkOfAnother)),
		Accessor::Staff { account, organisation, role } => (account, organisation, role),
	};
	let reasons = at.standing(account, organisation, role).await?;
	Ok(match reasons.iter().next() {
		Some(reason) => Err(DenyReason::Standing(reason)),
		None if organisation == vault.organisation
			&& (role.treats() || role == Role::RecordsOfficer) =>
		{
			Ok(Basis::Custodian)
		},
		None => Err(DenyReason::NothingPermits),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::ids::{BreakGlassId, DirectiveId};

	#[test]
	fn a_list_is_logged_by_the_broken_glass_wherever_it_stands() {
		let (permit, house) = (Basis::Directive(DirectiveId([1; 32])), Basis::Custodian);
		let glass = Basis::BreakGlass(BreakGlassId([2; 32]));
		let logged = |all: &[Basis]| all.iter().fold(None, |before, of| Some(leading(before, *of)));
		assert_eq!(logged(&[]), None);
		assert_eq!(logged(&[permit, house]), Some(permit));
		for all in [[glass, permit, house], [permit, glass, house], [house, permit, glass]] {
			assert_eq!(logged(&all), Some(glass));
		}
	}

	#[test]
	fn a_glass_that_does_not_open_hides_nothing_that_is_permitted() {
		for reason in [
			DenyReason::BreakGlassUnknown,
			DenyReason::BreakGlassOver,
			DenyReason::BreakGlassOfAnother,
			DenyReason::EmergencyPrivilegeLost,
			DenyReason::BeyondFirstScope,
			DenyReason::NotEmergencyTreatment,
		] {
			assert!(!is_for_all(reason), "{reason:?}");
		}
	}
}
