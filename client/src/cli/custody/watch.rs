//! A vault that copies a holding, asked how far it is for as long as that takes.

use super::{unknown, usage};
use crate::cli::{render::printable, until_known, Context};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use salus_client::{
	keys::Identity,
	vault_api::{codes, HoldingList, ReceivedHolding, ReceivingState},
	vault_client::VaultClient,
	Error, Result,
};
use salus_primitives::ids::OrganisationId;
use std::{future::Future, time::Duration};

/// How often the vault is asked.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How long to wait before a vault that is away is asked again, and how often that is done in a row: it
/// may be started anew meanwhile.
const AWAY: Duration = Duration::from_secs(2);
const ATTEMPTS: u32 = 60;

/// A session with the vault of the receiver.
pub(super) struct Watch<'a> {
	house: OrganisationId,
	identity: &'a Identity,
	context: &'a Context,
	vault: VaultClient,
	/// The fault that was told last.
	told: Option<String>,
}

impl<'a> Watch<'a> {
	pub(super) async fn begin(
		house: OrganisationId,
		identity: &'a Identity,
		context: &'a Context,
	) -> Result<Self> {
		let vault = context.session_of_house(house, identity).await?;
		Ok(Self { house, identity, context, vault, told: None })
	}

	/// Asks until there is an answer: what is copied for hours outlasts a sign-in, and maybe a process.
	async fn ask<T, F>(&mut self, question: impl Fn(VaultClient) -> F) -> Result<T>
	where
		F: Future<Output = Result<T>>,
	{
		let mut failures = 0;
		loop {
			let fault = match question(self.vault.clone()).await {
				Ok(answer) => return Ok(answer),
				Err(fault) => fault,
			};
			let signed_out = fault.code() == codes::NOT_SIGNED_IN;
			if !(signed_out || is_away(&fault)) || failures >= ATTEMPTS {
				return Err(fault);
			}
			failures += 1;
			if !signed_out || failures > 1 {
				tokio::time::sleep(AWAY).await;
			}
			match self.context.session_of_house(self.house, self.identity).await {
				Ok(vault) => self.vault = vault,
				Err(fault) if is_away(&fault) => {},
				Err(fault) => return Err(fault),
			}
		}
	}

	/// What the vault knows of its own holding and of others'.
	pub(super) async fn list(&mut self) -> Result<HoldingList> {
		self.ask(|vault| async move { vault.holdings().await }).await
	}

	/// Has the vault begin to copy.
	pub(super) async fn receive(&mut self, from: OrganisationId) -> Result<ReceivedHolding> {
		let begin = |vault: VaultClient| async move {
			// Its node may not know yet of the offer that ours has let in.
			until_known(codes::HOLDING_NOT_OFFERED, || vault.receive_holding(from)).await
		};
		let list = self.ask(begin).await?;
		of(list, from)
	}

	/// Waits until it stands with the holding of `from` as is wanted.
	pub(super) async fn until(
		&mut self,
		from: OrganisationId,
		doing: &'static str,
		wanted: impl Fn(&ReceivedHolding) -> bool,
	) -> Result<ReceivedHolding> {
		let bar = bar(self.context, doing);
		let done = async {
			loop {
				let received = of(self.list().await?, from)?;
				self.show(&bar, &received);
				if wanted(&received) {
					return Ok(received);
				}
				still_offered(&received)?;
				tokio::time::sleep(LOOK_AGAIN).await;
			}
		};
		let done = done.await;
		bar.finish_and_clear();
		done
	}

	/// Has the vault make the last pass, and waits until it is made.
	pub(super) async fn ready(&mut self, from: OrganisationId) -> Result<ReceivedHolding> {
		let bar = bar(self.context, "the last pass");
		let done = async {
			let list = self.ask(|vault| async move { vault.ready_holding(from).await }).await?;
			let mut received = of(list, from)?;
			while received.state == ReceivingState::Closing {
				self.show(&bar, &received);
				tokio::time::sleep(LOOK_AGAIN).await;
				received = of(self.list().await?, from)?;
			}
			self.show(&bar, &received);
			made(received)
		};
		let done = done.await;
		bar.finish_and_clear();
		done
	}

	/// Shows how far it is, and says once what it waits for.
	fn show(&mut self, bar: &ProgressBar, received: &ReceivedHolding) {
		bar.set_length(received.records_of);
		bar.set_position(received.records.min(received.records_of));
		if received.fault.is_some() && received.fault != self.told {
			self.told.clone_from(&received.fault);
			if let Some(fault) = &self.told {
				bar.suspend(|| eprintln!("note: it waits: {}", printable(fault)));
			}
		}
	}
}

/// What became of the last pass. One that was not done in time is not begun again by itself: the giver would
/// serve nobody for as long as this command runs.
pub(super) fn made(received: ReceivedHolding) -> Result<ReceivedHolding> {
	match received.state {
		ReceivingState::Ready | ReceivingState::Activating | ReceivingState::Kept => Ok(received),
		ReceivingState::Copying | ReceivingState::Copied | ReceivingState::Closing => {
			let fault = received.fault.as_deref().map(printable).unwrap_or_default();
			Err(usage(
				format!("the last pass was not made: {fault}"),
				"see to what it says, while the giver serves again, and then give the command again",
			))
		},
		ReceivingState::Withdrawn => still_offered(&received).map(|()| received),
	}
}

/// Whether a vault that is asked later may answer.
fn is_away(fault: &Error) -> bool {
	match fault {
		Error::VaultUnreachable { .. } | Error::VaultTimedOut { .. } => true,
		Error::Vault { status, .. } => *status >= 500,
		_ => false,
	}
}

fn still_offered(received: &ReceivedHolding) -> Result<()> {
	if received.state == ReceivingState::Withdrawn {
		return Err(usage(
			format!("organisation {} offers what it keeps no more", received.from),
			"ask its administrator; what was copied is removed",
		));
	}
	Ok(())
}

fn of(list: HoldingList, from: OrganisationId) -> Result<ReceivedHolding> {
	let found = list.received.into_iter().find(|received| received.from == from);
	found.ok_or_else(|| unknown(from))
}

/// A bar over records, on standard error; invisible when that is no terminal or JSON is asked for.
fn bar(context: &Context, doing: &'static str) -> ProgressBar {
	let target = if context.global.json {
		ProgressDrawTarget::hidden()
	} else {
		ProgressDrawTarget::stderr()
	};
	let bar = ProgressBar::with_draw_target(None, target).with_message(doing);
	if let Ok(style) =
		ProgressStyle::with_template("{bar:30} {pos}/{len} records {msg} ({elapsed})")
	{
		bar.set_style(style);
	}
	bar.enable_steady_tick(Duration::from_millis(100));
	bar
}
