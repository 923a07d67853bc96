//! Submitting a call and following it until it is final.

use super::{event::Receipt, hex_hash, innermost, Call, Chain, ChainError, Event, Link, Signed};
use crate::vault_api::Head;
use salus_primitives::ids::AccountBytes;
use serde::Serialize;
use std::{
	fmt::Display,
	sync::{Arc, PoisonError},
	time::{Duration, Instant},
};
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::{substrate::SubstrateConfig, DefaultExtrinsicParamsBuilder},
	error::{BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError},
	rpcs::{Error as ClientError, UserError},
	transactions::{TransactionInBlock, TransactionProgress, TransactionStatus},
};
use subxt_signer::sr25519::Keypair;

/// Blocks for which a transaction can be included: what is not in by then never will be.
const LIFETIME: u64 = 128;
/// How often a transaction is signed again because another process used its nonce first.
const ATTEMPTS: u32 = 5;

type Progress = TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;
type InBlock = TransactionInBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// How far a transaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
	/// The pool took it.
	Sent,
	/// It is in a block.
	InBlock,
}

/// A call that took effect in a finalised block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Submitted {
	/// The block.
	pub block: Head,
	/// Milliseconds from the submission to the first block that held it.
	pub in_block_ms: u64,
	/// Milliseconds from the submission to finality.
	pub finalised_ms: u64,
}

impl Chain {
	/// Signs and submits a call, and waits until it took effect in a finalised block.
	///
	/// Submissions by one account may run at the same time: they get one nonce after another. A
	/// transaction that is not in a block within 128 blocks never will be.
	pub async fn submit(&self, signer: &Keypair, call: &Call) -> Result<Submitted, ChainError> {
		self.submit_watched(signer, call, |_| ()).await
	}

	/// [`Chain::submit`] that tells how far the transaction has come.
	pub async fn submit_watched(
		&self,
		signer: &Keypair,
		call: &Call,
		watch: impl FnMut(Stage) + Send,
	) -> Result<Submitted, ChainError> {
		Ok(self.submit_for_events(signer, call, watch).await?.submitted)
	}

	/// [`Chain::submit_watched`] that also gives the events of the call: the numbers that the chain
	/// gave, and what became of a call within the call.
	pub async fn submit_for_events(
		&self,
		signer: &Keypair,
		call: &Call,
		mut watch: impl FnMut(Stage) + Send,
	) -> Result<Receipt, ChainError> {
		let began = Instant::now();
		let progress = self.send(signer, call).await?;
		watch(Stage::Sent);
		self.follow(progress, &call.to_string(), began, watch).await
	}

	/// Signs a call with the account's next nonce, for somebody else to submit: the transaction as bytes.
	/// Like any, it is good for 128 blocks.
	pub async fn signed(&self, signer: &Keypair, call: &Call) -> Result<Vec<u8>, ChainError> {
		let nonce = self.next_nonce(signer.public_key().0).await?;
		let link = self.link().await?;
		let here = match link.client.at_current_block().await {
			Ok(here) => here,
			Err(fault) => return Err(self.blame(innermost(&fault)).await),
		};
		let params = DefaultExtrinsicParamsBuilder::new()
			.nonce(nonce)
			.mortal_from_unchecked(LIFETIME, here.block_number(), here.block_hash())
			.build();
		let signed = here
			.transactions()
			.create_signable_offline(call, params)
			.and_then(|mut signable| signable.sign(signer));
		match signed {
			Ok(signed) => Ok(signed.into_encoded()),
			Err(fault) => Err(self.blame(innermost(&fault)).await),
		}
	}

	/// Submits a transaction that somebody else signed, and waits until it took effect in a finalised
	/// block.
	pub async fn submit_signed(&self, signed: &Signed) -> Result<Submitted, ChainError> {
		let began = Instant::now();
		let link = self.link().await?;
		let here = match link.client.at_current_block().await {
			Ok(here) => here,
			Err(fault) => return Err(self.blame(innermost(&fault)).await),
		};
		let sent = here.transactions().from_bytes(signed.bytes().to_vec()).submit_and_watch().await;
		let progress = match sent {
			Ok(progress) => progress,
			Err(ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(
				RpcError::ClientError(ClientError::User(said)),
			))) => {
				let account = hex_hash(&signed.signer());
				return Err(Refusal::new(&said).into_error(&signed.call(), account));
			},
			Err(fault) => return Err(self.blame(innermost(&fault)).await),
		};
		Ok(self.follow(progress, &signed.call(), began, |_| ()).await?.submitted)
	}

	async fn next_nonce(&self, account: AccountBytes) -> Result<u64, ChainError> {
		self.read(|link| async move { link.rpc.system_account_next_index(&account.into()).await })
			.await
	}

	/// Follows a transaction that was sent until it is final.
	async fn follow(
		&self,
		mut progress: Progress,
		call: &str,
		began: Instant,
		mut watch: impl FnMut(Stage) + Send,
	) -> Result<Receipt, ChainError> {
		let timeout = self.inner.finality_timeout;
		let mut in_block_ms = None;
		let followed = async {
			while let Some(status) = progress.next().await {
				match status {
					Ok(TransactionStatus::InBestBlock(_)) => {
						in_block_ms.get_or_insert_with(|| millis(began.elapsed()));
						watch(Stage::InBlock);
					},
					Ok(TransactionStatus::InFinalizedBlock(found)) => return Ok(found),
					Ok(
						TransactionStatus::Error { message }
						| TransactionStatus::Invalid { message }
						| TransactionStatus::Dropped { message },
					) => return Err(self.lost(call, message)),
					Ok(_) => {},
					Err(fault) => return Err(self.unreachable(innermost(&fault))),
				}
			}
			Err(self.unreachable("it went away while the transaction was on its way".into()))
		};
		let found = tokio::time::timeout(timeout, followed).await.unwrap_or_else(|_| {
			Err(ChainError::NotFinalInTime {
				call: call.to_string(),
				seconds: timeout.as_secs(),
				in_block: false,
			})
		});
		let found = found.map_err(|fault| match fault {
			ChainError::NotFinalInTime { call, seconds, .. } => {
				ChainError::NotFinalInTime { call, seconds, in_block: in_block_ms.is_some() }
			},
			other => other,
		})?;
		let finalised_ms = millis(began.elapsed());
		let block = self.at(found.block_hash().0).await?.head();
		let events = self.outcome(call, &found, block).await?;
		let in_block_ms = in_block_ms.unwrap_or(finalised_ms);
		Ok(Receipt { submitted: Submitted { block, in_block_ms, finalised_ms }, events })
	}

	/// Signs with the next nonce of the pool and hands over to the pool. The account's lock is held
	/// meanwhile, so that no two submissions of this process get one nonce; another process's may,
	/// and then this one signs again.
	async fn send(&self, signer: &Keypair, call: &Call) -> Result<Progress, ChainError> {
		let account = signer.public_key().0;
		let lock = {
			let mut locks = self.inner.signers.lock().unwrap_or_else(PoisonError::into_inner);
			Arc::clone(locks.entry(account).or_default())
		};
		let _held = lock.lock().await;
		let mut attempt = 1;
		loop {
			let nonce = self.next_nonce(account).await?;
			let link = self.link().await?;
			match self.sign_and_send(&link, signer, call, nonce).await? {
				Ok(progress) => return Ok(progress),
				Err(refusal) if refusal.is_about_nonce() && attempt < ATTEMPTS => attempt += 1,
				Err(refusal) => return Err(refusal.into_error(call, hex_hash(&account))),
			}
			tokio::time::sleep(Duration::from_millis(u64::from(attempt) * 50)).await;
		}
	}

	async fn sign_and_send(
		&self,
		link: &Link,
		signer: &Keypair,
		call: &Call,
		nonce: u64,
	) -> Result<Result<Progress, Refusal>, ChainError> {
		let here = match link.client.at_current_block().await {
			Ok(here) => here,
			Err(fault) => return Err(self.blame(innermost(&fault)).await),
		};
		let params = DefaultExtrinsicParamsBuilder::new()
			.nonce(nonce)
			.mortal_from_unchecked(LIFETIME, here.block_number(), here.block_hash())
			.build();
		let sent = async {
			let transactions = here.transactions();
			let signed = transactions.create_signable_offline(call, params)?.sign(signer)?;
			signed.submit_and_watch().await
		};
		match sent.await {
			Ok(progress) => Ok(Ok(progress)),
			Err(ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(
				RpcError::ClientError(ClientError::User(said)),
			))) => Ok(Err(Refusal::new(&said))),
			Err(fault) => Err(self.blame(innermost(&fault)).await),
		}
	}

	/// The events of the transaction in this block, whose call must have taken effect.
	async fn outcome(
		&self,
		call: &str,
		found: &InBlock,
		block: Head,
	) -> Result<Vec<Event>, ChainError> {
		let events = match found.wait_for_success().await {
			Ok(events) => events,
			Err(TransactionEventsError::ExtrinsicFailed(fault)) => {
				let (error, docs) = describe(&fault);
				return Err(ChainError::Refused { call: call.to_string(), error, docs, block });
			},
			Err(fault) => return Err(self.blame(innermost(&fault)).await),
		};
		let metadata = match found.at().await {
			Ok(here) => here.metadata(),
			Err(fault) => return Err(self.blame(innermost(&fault)).await),
		};
		let unreadable = |fault: subxt::error::EventsError| {
			self.bad_answer(format!("an event of {call}: {}", innermost(&fault)))
		};
		events
			.iter()
			.map(|event| {
				let event = event.map_err(unreadable)?;
				let fields = event.decode_fields_unchecked_as().map_err(unreadable)?;
				Ok(Event::new(event.pallet_name(), event.event_name(), fields, &metadata))
			})
			.collect()
	}

	/// Tells a node that is away from one that answers wrongly, for faults that do not say which.
	async fn blame(&self, detail: String) -> ChainError {
		match self.read(|link| async move { link.rpc.chain_get_finalized_head().await }).await {
			Ok(_) => self.bad_answer(detail),
			Err(away) => away,
		}
	}

	fn lost(&self, call: &str, detail: String) -> ChainError {
		ChainError::Lost { call: call.to_string(), detail }
	}
}

/// Name and documentation of the error of a call that failed.
pub(super) fn describe(fault: &DispatchError) -> (String, String) {
	let DispatchError::Module(module) = fault else {
		let docs = match fault {
			DispatchError::BadOrigin =>
				"this call is not for the account that signed it: what the council decides is proposed with `salus council propose`",
			_ => "",
		};
		return (fault.to_string().trim_end_matches('.').to_lowercase(), docs.into());
	};
	match module.details() {
		Ok(details) => {
			let error = format!("{}.{}", details.pallet.name(), details.variant.name);
			let docs = match next_step(&error) {
				Some(next) => next.into(),
				None => sentence(&details.variant.docs),
			};
			(error, docs)
		},
		Err(_) => (module.details_string(), String::new()),
	}
}

/// What to do about the council's errors, whose own documentation does not say.
fn next_step(error: &str) -> Option<&'static str> {
	Some(match error {
		"Council.NotMember" => {
			"only members of the council do this: `salus council show` lists their accounts"
		},
		"Council.DuplicateProposal" => {
			"this very act is before the council: find it with `salus council show` and vote on it"
		},
		"Council.DuplicateVote" => "this account has voted so already: nothing is left to do",
		"Council.ProposalMissing" | "Council.WrongIndex" => {
			"the motion is closed, or never was: see those there are with `salus council show`"
		},
		"Council.TooEarly" => {
			"the motion is not decided and its time is not over: wait for more votes"
		},
		"Council.TooManyProposals" => {
			"vote on the motions before the council first, and close those that are decided"
		},
		_ => return None,
	})
}

/// Lines of documentation as one line.
pub(super) fn sentence(docs: &[String]) -> String {
	docs.iter()
		.map(|line| line.trim())
		.filter(|line| !line.is_empty())
		.collect::<Vec<_>>()
		.join(" ")
}

fn millis(time: Duration) -> u64 {
	time.as_millis().try_into().unwrap_or(u64::MAX)
}

/// What the pool said when it did not take a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
	code: i32,
	detail: String,
}

impl Refusal {
	/// The pool's code for a transaction that the runtime finds invalid.
	const INVALID: i32 = 1010;
	/// The pool's code for a transaction it holds already.
	const ALREADY_IMPORTED: i32 = 1013;
	/// The pool's code for a transaction whose place is taken by one of no lower priority.
	const TOO_LOW_PRIORITY: i32 = 1014;

	pub(super) fn new(said: &UserError) -> Self {
		let data = said.data.as_ref().map(|data| {
			serde_json::from_str::<String>(data.get()).unwrap_or_else(|_| data.get().into())
		});
		Self { code: said.code, detail: data.unwrap_or_else(|| said.message.clone()) }
	}

	/// Whether another transaction of the account came first.
	pub(super) fn is_about_nonce(&self) -> bool {
		match self.code {
			Self::ALREADY_IMPORTED | Self::TOO_LOW_PRIORITY => true,
			Self::INVALID => self.detail.contains("outdated"),
			_ => false,
		}
	}

	pub(super) fn into_error(self, call: &impl Display, account: String) -> ChainError {
		// Without a token there is nothing to pay: `CheckNonce` says so of accounts that were not let in.
		if self.code == Self::INVALID && self.detail.contains("Inability to pay") {
			return ChainError::NotEnrolled { account };
		}
		let help = match self.code {
			Self::INVALID if self.detail.contains("bad signature") => {
				"check that the node and this program are of one version"
			},
			Self::INVALID if self.detail.contains("exhaust") => {
				"the block or the account's quota is full: try again in a few seconds"
			},
			Self::ALREADY_IMPORTED | Self::TOO_LOW_PRIORITY => {
				"other programs use this account at the same time: try again"
			},
			_ => "try again in a few seconds",
		};
		ChainError::PoolRefused { call: call.to_string(), detail: self.detail, help }
	}
}
