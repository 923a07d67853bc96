//! `salus chart enrol`.

use super::read_json;
use crate::cli::{
	render::{self, Fields, Report},
	usage, Context,
};
use salus_client::{
	vault_api::{codes, EnrolChart, Enrolment, Head},
	Error, Result,
};
use salus_primitives::{
	ids::{ChartId, OrganisationId},
	time::Moment,
};
use serde::Serialize;
use std::{
	io::Write,
	path::Path,
	time::{Duration, Instant},
};

/// How often to ask whether a batch has gone.
const ASK_AGAIN: Duration = Duration::from_secs(2);

pub(super) async fn run(
	key: &Path,
	custodian: OrganisationId,
	statement: &Path,
	wait: bool,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let statement: EnrolChart = read_json(statement, "enrolment statement")?;
	if statement.statement.custodian != custodian {
		return Err(usage(
			format!(
				"the statement is for organisation {}, not {custodian}",
				statement.statement.custodian
			),
			"let the patient sign one for this custodian",
		));
	}
	let chart = statement.statement.chart;
	let identity = context.open_key(key)?;
	let mut vault = context.session(custodian, &identity).await?;
	let genesis = context.chain().await?.genesis();
	let began = Instant::now();
	let enrolling = async {
		let mut enrolment = vault.enrol_chart(&statement).await?;
		while wait && matches!(enrolment, Enrolment::Waiting { .. }) {
			tokio::time::sleep(ASK_AGAIN).await;
			enrolment = match vault.enrolment(&chart).await {
				// The next batch may be further away than a sign-in lasts.
				Err(fault) if fault.code() == codes::NOT_SIGNED_IN => {
					vault.sign_in(&identity, &genesis, custodian).await?;
					continue;
				},
				other => other?,
			};
		}
		Ok::<_, Error>(enrolment)
	};
	let enrolment = context.wait("enrolling the chart", enrolling).await?;
	let ms = began.elapsed().as_millis();
	match enrolment {
		Enrolment::Enrolled(enrolled) => {
			context.print(&Enrolled { chart, custodian, block: enrolled.block, ms }, out)
		},
		Enrolment::Waiting { batch } => {
			context.print(&Waits { chart, custodian, waits_until: batch }, out)
		},
		Enrolment::Refused(said) => Err(Error::Vault {
			status: 409,
			code: said.code,
			message: said.message,
			reason: said.reason,
		}),
	}
}

#[derive(Serialize)]
struct Enrolled {
	chart: ChartId,
	custodian: OrganisationId,
	block: Head,
	ms: u128,
}

impl Report for Enrolled {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("custodian", self.custodian)
			.add("enrolled", format!("final in block {} after {} ms", self.block.number, self.ms))
			.write(out)
	}
}

#[derive(Serialize)]
struct Waits {
	chart: ChartId,
	custodian: OrganisationId,
	/// When the vault's next batch goes to the chain.
	waits_until: Moment,
}

impl Report for Waits {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("chart", self.chart)
			.add("custodian", self.custodian)
			.add(
				"enrolment",
				format!("waits for the next batch at {}", render::moment(self.waits_until)),
			)
			.write(out)
	}
}
