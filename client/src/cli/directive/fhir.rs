//! `salus directive export` and `salus directive import`: directives as FHIR R4 Consents.

use super::super::{
	relay::{Instead, Way},
	render,
	render::{Fields, Report, Table},
	request::{grant, Timings},
	usage, Context,
};
use clap::Args;
use salus_client::{
	content::MAX_FHIR,
	fhir::{consent, consents, ConsentError, ConsentReader, House},
	sealed_file,
	wallet::{Holding, Wallet, WalletChart},
	Error, Result,
};
use salus_primitives::{
	codes::{GrantorBasis, Rule},
	decision::MAX_ACTIVE_DIRECTIVES,
	did::Subject,
	directive::DirectiveTerms,
	ids::{ChartId, DirectiveId, OrganisationId},
};
use serde::Serialize;
use serde_json::Value;
use std::{
	collections::BTreeMap,
	fs::File,
	io::{Read, Write},
	path::{Path, PathBuf},
	str::FromStr,
	sync::Mutex,
};

#[derive(Debug, Args)]
pub(super) struct Export {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Whose records the directives are about.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// Where the Bundle is written; a file that is there stays [default: to standard output].
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Import {
	/// The wallet.
	#[arg(long, value_name = "FILE")]
	wallet: PathBuf,
	/// Whose records the directives are to be about.
	#[arg(long, value_name = "N")]
	custodian: OrganisationId,
	/// The reference or DID by which the Consent names the wallet's patient, where it is not the chart's.
	#[arg(long, value_name = "REFERENCE")]
	patient: Option<String>,
	/// The reference or DID by which the Consent names the custodian, where it is not the custodian's own.
	#[arg(long, value_name = "REFERENCE")]
	custodian_as: Option<String>,
	/// Whom a reference that is no DID means, as in Organization/f001=2 or
	/// Practitioner/f204=practitioner:7; once for each.
	#[arg(long, value_name = "REFERENCE=N")]
	actor: Vec<Actor>,
	/// Only say what would be issued.
	#[arg(long)]
	check: bool,
	#[command(flatten)]
	way: Way,
	/// The Consent, or a Bundle of Consents, FHIR R4 in JSON.
	file: PathBuf,
}

/// Whom a reference means.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Actor {
	reference: String,
	subject: Subject,
}

impl FromStr for Actor {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let expected = || {
			"expected a reference and a number, as in Organization/f001=2 or Practitioner/f204=practitioner:7".to_owned()
		};
		let (reference, named) = text.rsplit_once('=').ok_or_else(expected)?;
		let (kind, number) = named.split_once(':').unwrap_or(("organisation", named));
		let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(expected)?;
		let (subject, resource) = match kind {
			"organisation" => (Subject::Organisation(number), "Organization"),
			"practitioner" => (Subject::Practitioner(number), "Practitioner"),
			_ => return Err(expected()),
		};
		// `Practitioner/f204=7` is not meant to be organisation 7.
		let said = reference.rsplit('/').nth(1).unwrap_or(resource);
		if reference.is_empty() || said != resource {
			return Err(format!("{reference} is no {resource}: {}", expected()));
		}
		Ok(Self { reference: reference.into(), subject })
	}
}

/// Writes the chart's active directives, a Consent for each.
pub(super) async fn export(options: Export, context: &Context, out: &mut impl Write) -> Result<()> {
	let Export { wallet, custodian, out: file, .. } = options;
	let wallet = context.current_wallet(&wallet).await?;
	let genesis = context.chain().await?.genesis();
	let chart = wallet.chart_at(&genesis, custodian)?.clone();
	let custodian = chart.custodian;
	let house = House { genesis, custodian, base: String::new() };
	let active = active(&chart, context).await?;
	let mut exported = Exported {
		file: file.clone(),
		chart: chart.chart,
		custodian,
		directives: Vec::new(),
		left_out: Vec::new(),
		unknown: Vec::new(),
	};
	let mut written = Vec::new();
	for id in active {
		let issued = match wallet.holding(&chart.chart, &id)? {
			Holding::Cover => continue,
			Holding::Issued(issued) => wallet.directive(&issued)?,
			Holding::Unknown => {
				exported.unknown.push(id);
				continue;
			},
		};
		match consent(&house, chart.chart, Some(&issued.id), &issued.opening.terms) {
			Ok(resource) => {
				written.push(resource);
				exported.directives.push(issued.id);
			},
			Err(ConsentError::Unsayable(_)) => exported.left_out.push(issued.id),
			Err(fault) => return Err(fault.into()),
		}
	}
	if written.is_empty() {
		return Err(usage(
			"there is no active directive that a Consent can say",
			"see the directives with `salus directive list`",
		));
	}
	write(&consents(written), file.as_deref(), out)?;
	if file.is_some() {
		return context.print(&exported, out);
	}
	// Standard output has the Bundle alone.
	exported.lacking().for_each(|said| eprintln!("note: {said}"));
	Ok(())
}

fn write(bundle: &Value, file: Option<&Path>, out: &mut impl Write) -> Result<()> {
	let json = format!("{bundle:#}\n");
	match file {
		Some(file) => sealed_file::write_new(file, json.as_bytes()),
		None => out.write_all(json.as_bytes()).map_err(Error::io("standard output")),
	}
}

/// The chart's active directives.
async fn active(chart: &WalletChart, context: &Context) -> Result<Vec<DirectiveId>> {
	let facts = context.finalised().await?.chart(chart.chart).await?;
	let directives = facts.map(|facts| facts.directives).unwrap_or_default();
	Ok(directives.into_iter().map(|active| active.id).collect())
}

/// Issues what a Consent says, once all of it is understood and has room.
pub(super) async fn import(options: Import, context: &Context, out: &mut impl Write) -> Result<()> {
	let Import { wallet, custodian, patient, custodian_as, actor, check, way, file } = options;
	let mut wallet = context.current_wallet(&wallet).await?;
	let genesis = context.chain().await?.genesis();
	let chart = wallet.chart_at(&genesis, custodian)?.clone();
	let custodian = chart.custodian;
	let house = House { genesis, custodian, base: String::new() };
	let mut actors = BTreeMap::new();
	for Actor { reference, subject } in actor {
		if actors
			.insert(reference.clone(), subject)
			.is_some_and(|before| before != subject)
		{
			return Err(usage(
				format!("{reference} is said to mean two"),
				"give --actor once for each reference",
			));
		}
	}
	let reader =
		ConsentReader { house, chart: chart.chart, patient, custodian: custodian_as, actors };
	let mut terms = reader.read(&read(&file)?)?;
	if terms.iter().any(|terms| terms.basis != GrantorBasis::Own) {
		return Err(usage(
			"the Consent was given in another's right than the patient's",
			"let them issue it; a wallet issues in the patient's own right alone",
		));
	}
	// Denies come first, so that at no time more is permitted than in the end.
	terms.sort_by_key(|terms| terms.rule == Rule::Permit);
	let active = active(&chart, context).await?;
	let planned = plan(&wallet, &chart, terms, &active, context).await?;
	let new = planned.iter().filter(|plan| !plan.is_active).count();
	let stays = active.len().saturating_sub(wallet.cover_among(&chart.chart, &active)?.len());
	if stays.saturating_add(new) > MAX_ACTIVE_DIRECTIVES as usize {
		return Err(usage(
			format!("the chart has room for {MAX_ACTIVE_DIRECTIVES} directives, has {stays} and would get {new} more"),
			"end some with `salus directive revoke`, or import fewer",
		));
	}
	let mut imported =
		Imported { chart: chart.chart, custodian, issued: !check, directives: Vec::new() };
	for Planned { terms, before, is_active } in planned {
		let (mut directive, mut timings) = (before, None);
		if !is_active && !check {
			let id = match before {
				Some(id) => id,
				None => wallet.issue(&chart.chart, terms.clone(), None, None)?.id,
			};
			let shared = Mutex::new(&mut wallet);
			let granting = grant(&shared, &chart, &id, Instead::OfCover, way, context);
			timings = Some(context.wait("issuing a directive", granting).await?.1);
			directive = Some(id);
		}
		imported.directives.push(One { directive, active: is_active, terms, timings });
	}
	context.print(&imported, out)
}

fn read(file: &Path) -> Result<Vec<u8>> {
	let mut bytes = Vec::new();
	let opened = File::open(file).map_err(Error::io(file))?;
	// One byte more than is taken, so that it is refused for its size and not for its end.
	opened.take(MAX_FHIR + 1).read_to_end(&mut bytes).map_err(Error::io(file))?;
	Ok(bytes)
}

/// What is to be done of one directive.
struct Planned {
	terms: DirectiveTerms,
	/// The wallet's directive of the same terms, if it is active or never came to the chain.
	before: Option<DirectiveId>,
	is_active: bool,
}

/// Finds what is there already: an import that broke off goes on with what it issued.
async fn plan(
	wallet: &Wallet,
	chart: &WalletChart,
	terms: Vec<DirectiveTerms>,
	active: &[DirectiveId],
	context: &Context,
) -> Result<Vec<Planned>> {
	let at = context.finalised().await?;
	let mut planned = Vec::new();
	for terms in terms {
		let (mut before, mut is_active) = (None, false);
		let same = wallet.directives().iter().filter(|issued| {
			issued.chart == chart.chart
				&& issued.guardian.is_none()
				&& !issued.ended
				&& issued.opening.terms == terms
		});
		for issued in same {
			if wallet.active_as(issued, active)?.is_some() {
				(before, is_active) = (Some(issued.id), true);
				break;
			}
			if at.directive(issued.id).await?.is_none() {
				before = Some(issued.id);
			}
		}
		planned.push(Planned { terms, before, is_active });
	}
	Ok(planned)
}

#[derive(Serialize)]
struct Exported {
	file: Option<PathBuf>,
	chart: ChartId,
	custodian: OrganisationId,
	directives: Vec<DirectiveId>,
	/// Those that no Consent can say.
	left_out: Vec<DirectiveId>,
	/// Active directives that this wallet did not issue.
	unknown: Vec<DirectiveId>,
}

impl Exported {
	/// What the Bundle has not.
	fn lacking(&self) -> impl Iterator<Item = String> + '_ {
		let left_out = self.left_out.iter().map(|id| format!("no Consent can say: {id}"));
		let unknown =
			self.unknown.iter().map(|id| format!("active, but not from this wallet: {id}"));
		left_out.chain(unknown)
	}
}

impl Report for Exported {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.maybe("file", self.file.as_ref().map(|file| file.display()))
			.add("chart", self.chart)
			.add("custodian", self.custodian)
			.add("directives", self.directives.len())
			.write(out)?;
		self.lacking().try_for_each(|said| writeln!(out, "{said}"))
	}
}

#[derive(Serialize)]
struct Imported {
	chart: ChartId,
	custodian: OrganisationId,
	/// Whether they were issued, or only looked at.
	issued: bool,
	directives: Vec<One>,
}

#[derive(Serialize)]
struct One {
	directive: Option<DirectiveId>,
	/// Whether it was active before.
	active: bool,
	terms: DirectiveTerms,
	#[serde(skip_serializing_if = "Option::is_none")]
	timings: Option<Timings>,
}

impl Report for Imported {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		let columns = [
			"DIRECTIVE",
			"STATE",
			"RULE",
			"GRANTEE",
			"SCOPE",
			"ACTIONS",
			"PURPOSES",
			"PERIOD",
			"OBLIGATIONS",
		];
		let mut table = Table::new(&columns);
		for one in &self.directives {
			let terms = &one.terms;
			table.row(vec![
				one.directive.map_or("-".into(), |id| render::short(&id)),
				match (one.active, self.issued) {
					(true, _) => "was active".into(),
					(false, true) => "issued".into(),
					(false, false) => "not issued".into(),
				},
				format!("{} ({})", terms.rule, terms.strength),
				render::grantee(&terms.grantee),
				render::scope(&terms.scope),
				render::codes(terms.actions.iter()),
				render::codes(terms.purposes.iter()),
				render::period(&terms.period),
				render::codes(terms.obligations.iter()),
			]);
		}
		table.write(out, "no directives")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn actors_are_told_by_kind_and_number() {
		for (text, reference, subject) in [
			("Organization/f001=2", "Organization/f001", Subject::Organisation(2)),
			("Organization/f001=organisation:2", "Organization/f001", Subject::Organisation(2)),
			("Practitioner/f204=practitioner:7", "Practitioner/f204", Subject::Practitioner(7)),
			("urn:uuid:a=b=practitioner:7", "urn:uuid:a=b", Subject::Practitioner(7)),
			("http://a/Organization/1=3", "http://a/Organization/1", Subject::Organisation(3)),
		] {
			assert_eq!(text.parse(), Ok(Actor { reference: reference.into(), subject }), "{text}");
		}
		for text in [
			"",
			"=2",
			"Organization/f001",
			"Organization/f001=0",
			"Organization/f001=-1",
			"Organization/f001=chart:1",
			"Organization/f001=practitioner:7",
			"Practitioner/f204=7",
			"Patient/f001=7",
		] {
			assert!(text.parse::<Actor>().is_err(), "{text}");
		}
	}
}
