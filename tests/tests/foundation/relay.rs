//! Changes that custodians' vaults submit among others.

use crate::{
	cases::{Case, DOCTOR, LABORATORY, SURGEON},
	world::World,
};
use salus_client::wallet::Holding;
use salus_primitives::ids::{ChartId, DirectiveId};
use salus_tests::{args, block_on, people::text, Result};
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// The active directives of a chart.
fn active(world: &World, chart: &str) -> Result<Vec<DirectiveId>> {
	let chart: ChartId = chart.parse().map_err(|_| "no id")?;
	let facts = block_on(world.now()?.chart(chart))?.ok_or("no chart")?;
	Ok(facts.directives.into_iter().map(|directive| directive.id).collect())
}

/// Waits until all places of a chart hold something.
fn covered(world: &World, chart: &str) -> Result<()> {
	let began = Instant::now();
	while active(world, chart)?.len() < 4 {
		if began.elapsed() > Duration::from_secs(60) {
			return Err("the chart's first cover did not come to the chain".into());
		}
		std::thread::sleep(Duration::from_millis(200));
	}
	Ok(())
}

fn directive(world: &World, case: &Case, arguments: &[&str]) -> Result<Value> {
	let mut all = args!["directive", arguments[0], "--wallet", case.patient.wallet].to_vec();
	all.extend(arguments[1..].iter().map(Into::into));
	world.devnet.cli.run(all)
}

/// One change is a change of everybody's, and everything goes on as before.
pub(crate) fn hidden_among_others(world: &mut World) -> Result<()> {
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	// Of five charts in cohorts of four, at least two are of one cohort with another.
	let cases: Vec<_> = (0..5)
		.map(|n| Case::new(world, &format!("hidden-{n}")))
		.collect::<Result<_>>()?;
	for case in &cases {
		let said = directive(world, case, &["cover"])?;
		assert_eq!(said["charts"][0]["places"], 4, "{said}");
		// What the places begin with is on its way to the chain.
		covered(world, &case.chart)?;
		// Cover is for nobody to see, and permits nothing.
		assert_eq!(directive(world, case, &["list"])?["directives"], json!([]));
		case.denied(world, LABORATORY, SURGEON, 32)?;
		case.reads(world, LABORATORY, DOCTOR)?;
	}
	let all = || cases.iter().map(|case| active(world, &case.chart)).collect::<Result<Vec<_>>>();
	let permit = ["issue", "--custodian", "1", "--rule", "permit"];
	let before = all()?;
	let said = directive(world, &cases[3], &permit)?;
	let first = text(&said, "directive")?;
	assert_eq!(said["via"], "relay", "{said}");
	let charts = said["charts"].as_u64().ok_or("no number")?;
	assert!((2..=4).contains(&charts), "{said}");
	let after = all()?;
	for (before, after) in before.iter().zip(&after) {
		// Nobody has more than before; of whoever changed, one directive was replaced.
		assert_eq!(after.len(), 4);
		let new = after.iter().filter(|id| !before.contains(id)).count();
		assert!(new <= 1, "{new} changes at one chart, where one was meant: {before:?}, {after:?}");
	}
	assert_eq!(after[3].iter().filter(|id| !before[3].contains(id)).count(), 1);
	case_reads(world, &cases[3])?;

	// Another's change lets something else take its place, sooner or later; what was permitted stays so,
	// and ends as one.
	let wallet = world.wallet(&cases[3].patient)?;
	let id: DirectiveId = first.parse().map_err(|_| "no id")?;
	let chart: ChartId = cases[3].chart.parse().map_err(|_| "no id")?;
	let mut moved = false;
	for round in 0..40 {
		let neighbour = &cases[[2, 4][round % 2]];
		let given = text(&directive(world, neighbour, &permit)?, "directive")?;
		directive(world, neighbour, &["revoke", &given])?;
		let now = active(world, &cases[3].chart)?;
		moved = !now.contains(&id);
		let still = now.iter().filter(
			|now| matches!(wallet.holding(&chart, now), Ok(Holding::Issued(issued)) if issued == id),
		);
		assert_eq!(still.count(), 1, "the wallet lost sight of its directive");
		if moved {
			break;
		}
	}
	assert!(moved, "nothing ever took the place of a directive that speaks");
	case_reads(world, &cases[3])?;
	let listed = directive(world, &cases[3], &["list"])?;
	assert_eq!(listed["directives"][0]["state"], "active", "{listed}");
	assert_eq!(listed["unknown"], json!([]));
	let said = directive(world, &cases[3], &["revoke", &first])?;
	assert_eq!(said["submitted"]["via"], "relay", "{said}");
	cases[3].denied(world, LABORATORY, SURGEON, 32)?;
	assert_eq!(active(world, &cases[3].chart)?.len(), 4);

	// Without the vault, or without wanting it, the wallet does it alone, and it shows.
	let said = directive(world, &cases[0], &[&permit[..], &["--direct"]].concat())?;
	assert_eq!(said["via"], "direct", "{said}");
	world.devnet.custodian(1)?.kill_vault()?;
	let given = text(&said, "directive")?;
	let said = directive(world, &cases[0], &["revoke", &given])?;
	assert_eq!(said["submitted"]["via"], "direct", "{said}");
	world.devnet.custodian(1)?.start_vault()?;
	cases[0].denied(world, LABORATORY, SURGEON, 32)?;
	let said = directive(world, &cases[0], &permit)?;
	assert_eq!(said["via"], "relay", "{said}");
	case_reads(world, &cases[0])
}

fn case_reads(world: &World, case: &Case) -> Result<()> {
	case.reads(world, LABORATORY, SURGEON).map(drop)
}

/// Calls of a chart go by its vault too.
pub(crate) fn calls(world: &mut World) -> Result<()> {
	let case = Case::new(world, "relayed-calls")?;
	let call = |name: &str, more: &[&str]| {
		let mut all =
			args!["chart", name, "--wallet", case.patient.wallet, "--custodian", "1"].to_vec();
		all.extend(more.iter().map(Into::into));
		world.devnet.cli.run(all)
	};
	let said = call("deactivate", &[])?;
	assert_eq!(
		(&said["state"], &said["submitted"]["via"]),
		(&json!("deactivated"), &json!("relay"))
	);
	let said = call("reactivate", &["--direct"])?;
	assert_eq!((&said["state"], &said["submitted"]["via"]), (&json!("active"), &json!("direct")));
	let said = call("rotate-key", &[])?;
	assert_eq!(said["submitted"]["via"], "relay", "{said}");
	assert_eq!(said["vault"], Value::Null, "{said}");
	Ok(())
}
