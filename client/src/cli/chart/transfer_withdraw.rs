//! `salus chart transfer-withdraw`.

use crate::cli::{record::Transfers, usage, Context};
use clap::Args;
use salus_client::{vault_api::TransferId, Result};
use salus_primitives::ids::{ChartId, OrganisationId};
use std::{io::Write, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Options {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// The organisation that the records leave.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// Which chart there, where the wallet has several [default: the newest].
	#[arg(long, value_name = "ID")]
	chart: Option<ChartId>,
	/// The transfer, as `salus chart transfer-word` named it; without it all that are open.
	transfer: Option<TransferId>,
}

/// Withdraws what was not taken over, with the chart's key.
pub(super) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Options { wallet, custodian, chart, transfer } = options;
	let wallet = context.current_wallet(&wallet).await?;
	let genesis = context.chain().await?.genesis();
	let known = match chart {
		Some(chart) => wallet.chart(&chart)?,
		None => wallet.chart_at(&genesis, custodian)?,
	};
	if known.custodian != custodian {
		return Err(usage(
			format!("chart {} is not at organisation {custodian}", known.chart),
			"name a chart of that organisation; `salus chart show --wallet` lists them",
		));
	}
	let identity = wallet.identity(known)?;
	let vault = context.session(custodian, &identity).await?;
	let which = match transfer {
		Some(transfer) => vec![transfer],
		None => {
			let known = Transfers { transfers: vault.transfers(&known.chart).await?.transfers };
			known.open()
		},
	};
	let mut transfers = Vec::with_capacity(which.len());
	for transfer in which {
		transfers.push(vault.withdraw_transfer(&known.chart, &transfer).await?);
	}
	context.print(&Transfers { transfers }, out)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use salus_client::vault_api::{MovingRecord, MovingState, Transfer};
	use salus_primitives::ids::RecordId;

	#[derive(Parser)]
	struct Whole {
		#[command(flatten)]
		options: Options,
	}

	#[test]
	fn a_transfer_is_named_or_all_open_ones_are_meant() {
		let id = TransferId([7; 32]);
		let line = ["transfer-withdraw", "--wallet", "w", "--custodian", "1"];
		let parsed = |more: &[&str]| {
			Whole::try_parse_from(line.iter().chain(more)).map(|whole| whole.options.transfer)
		};
		assert_eq!(parsed(&[]).unwrap(), None);
		assert_eq!(parsed(&[&id.to_string()]).unwrap(), Some(id));
		assert!(parsed(&["7"]).is_err());
		let of = |id: u8, withdrawn, states: &[MovingState]| Transfer {
			id: TransferId([id; 32]),
			to: 2,
			withdrawn,
			records: states
				.iter()
				.map(|state| MovingRecord {
					record: RecordId([1; 32]),
					sequence: 0,
					state: state.clone(),
				})
				.collect(),
		};
		let moved = MovingState::Moved { block: 3 };
		let transfers = vec![
			of(1, false, &[moved.clone(), MovingState::Offered]),
			of(2, false, &[moved, MovingState::Stays]),
			of(3, true, &[MovingState::Offered]),
			of(4, false, &[MovingState::Noted]),
		];
		let open = Transfers { transfers }.open();
		assert_eq!(open, [TransferId([1; 32]), TransferId([4; 32])]);
	}
}
