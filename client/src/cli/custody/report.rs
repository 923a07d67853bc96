//! How `salus custody` tells what there is.

use crate::cli::{
	chart::Untold,
	render::{self, printable, Fields, Report, Table},
};
use salus_client::{
	chain::Submitted,
	vault_api::{HoldingFault, HoldingList, HoldingState, ReceivedHolding, ReceivingState},
	Result,
};
use salus_primitives::{ids::OrganisationId, views::HoldingView};
use serde::Serialize;
use std::io::Write;

/// An offer that was made or withdrawn.
#[derive(Serialize)]
pub(super) struct Changed {
	pub(super) holding: HoldingView,
	pub(super) submitted: Submitted,
}

/// How far a vault is with a holding that it copies.
#[derive(Serialize)]
pub(super) struct Received {
	/// Whose vault.
	pub(super) by: OrganisationId,
	pub(super) received: ReceivedHolding,
}

/// A holding that was accepted.
#[derive(Serialize)]
pub(super) struct Accepted {
	pub(super) holding: HoldingView,
	/// None where the chain had the acceptance before.
	pub(super) submitted: Option<Submitted>,
	pub(super) received: ReceivedHolding,
}

/// What chain and vault say.
#[derive(Serialize)]
pub(super) struct Stands {
	pub(super) holding: HoldingView,
	/// None where the vault was not asked.
	pub(super) vault: Option<VaultSays>,
}

/// What a vault says, or why it says nothing.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum VaultSays {
	/// This.
	Says(HoldingList),
	/// Nothing.
	Fault(Untold),
}

impl From<Result<HoldingList>> for VaultSays {
	fn from(asked: Result<HoldingList>) -> Self {
		match asked {
			Ok(list) => Self::Says(list),
			Err(fault) => Self::Fault(fault.into()),
		}
	}
}

fn on_chain(holding: &HoldingView) -> Fields {
	Fields::default()
		.add("organisation", holding.organisation)
		.add("kept by", holding.keeper)
		.maybe("given to", holding.given)
		.maybe("offered to", holding.offered)
}

impl Report for Changed {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		on_chain(&self.holding)
			.add("since", render::submitted(&self.submitted))
			.write(out)
	}
}

fn received(of: &ReceivedHolding) -> Vec<String> {
	vec![
		of.from.to_string(),
		words(of.state).into(),
		format!("{} of {}", of.charts, of.charts_of),
		format!("{} of {}", of.records, of.records_of),
	]
}

fn table<'a>(
	all: impl Iterator<Item = &'a ReceivedHolding> + Clone,
	out: &mut dyn Write,
) -> std::io::Result<()> {
	let mut table = Table::new(&["FROM", "STATE", "CHARTS", "RECORDS"]);
	all.clone().for_each(|one| table.row(received(one)));
	table.write(out, "nothing is received")?;
	for ReceivedHolding { from, state, ready_until, fault, faults, unasked, .. } in all {
		if let Some(fault) = fault {
			writeln!(out, "what organisation {from} offers waits: {}", printable(fault))?;
		}
		for HoldingFault { fault, charts } in faults {
			writeln!(out, "charts that wait: {charts}, {}", printable(fault))?;
		}
		if *unasked {
			writeln!(
				out,
				"organisation {from}'s vault was away and could not be asked once more whether that is all"
			)?;
		}
		if let (ReceivingState::Ready, Some(until)) = (state, ready_until) {
			let until = render::moment(*until);
			writeln!(
				out,
				"it can be accepted until {until}: `salus custody accept --from {from}`"
			)?;
		}
	}
	Ok(())
}

/// How far it is, in words.
const fn words(state: ReceivingState) -> &'static str {
	match state {
		ReceivingState::Copying => "copying",
		ReceivingState::Copied => "copied, not accepted",
		ReceivingState::Closing => "the last pass",
		ReceivingState::Ready => "ready to be accepted",
		ReceivingState::Activating => "accepted, being taken into service",
		ReceivingState::Kept => "kept",
		ReceivingState::Withdrawn => "withdrawn",
	}
}

impl Report for Received {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		table(std::iter::once(&self.received), out)
	}
}

impl Report for Accepted {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		on_chain(&self.holding)
			.add("charts", self.received.charts)
			.add("records", self.received.records)
			.add(
				"since",
				match &self.submitted {
					Some(submitted) => render::submitted(submitted),
					None => "accepted before".into(),
				},
			)
			.write(out)
	}
}

impl Report for Stands {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		on_chain(&self.holding)
			.add("records", self.holding.records)
			.add("batches", self.holding.batches)
			.write(out)?;
		let list = match &self.vault {
			None => return Ok(()),
			Some(VaultSays::Fault(fault)) => {
				return writeln!(out, "vault: {}", Untold::line(Some(fault), ""));
			},
			Some(VaultSays::Says(list)) => list,
		};
		let own = &list.own;
		let state = match (own.state, own.to) {
			(HoldingState::Kept, _) => "keeps what it has".into(),
			(HoldingState::Offered, _) => "offered: nothing new is written".into(),
			(HoldingState::Closed, _) => "closed for the last pass: nobody else is served".into(),
			(HoldingState::Moved, Some(to)) => {
				format!("hands over to organisation {to}, and serves nobody else")
			},
			(HoldingState::Moved, None) => "serves nobody any more".to_owned(),
		};
		Fields::default()
			.add("vault", state)
			.maybe("opens again", own.closed_until.map(render::moment))
			.add("on its way", own.waiting)
			.add("handed over", format!("{} charts", own.charts_handed))
			.maybe("to do", own.fault.as_ref())
			.write(out)?;
		table(list.received.iter(), out)
	}
}
