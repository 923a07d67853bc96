//! The main journey, and what directives and requests do.

use crate::{
	cases::{Case, DOCTOR, DOCUMENT, IMAGE, LABORATORY, SURGEON},
	world::{identity, World},
};
use salus_client::{
	chain::Call,
	vault_api::{PostedDirective, PostedRequest},
};
use salus_primitives::{
	codes::{
		Action, Actions, Categories, Category, GrantorBasis, Obligations, Purpose, Purposes,
		RequestState, Role, Rule, StandingReason, Strength,
	},
	decision::{Basis, DenyReason},
	directive::{DirectiveTerms, Grantee, RequestTerms, Scope},
	disclosure::Outcome,
	ids::{derive_id, IdDomain, RequestId, Salt},
	seal::Opening,
	time::Period,
};
use salus_tests::{
	args, block_on, journey,
	journey::{Journey, STEPS},
	people::text,
	until, Result,
};

pub(crate) fn main_journey(world: &mut World) -> Result<()> {
	let folder = world.folder("main-journey");
	let report = Journey::new(&world.devnet, &folder)?.play(&|_| (), &|played| {
		let finality =
			played.finalised_ms.map_or(String::new(), |ms| format!(", final after {ms} ms"));
		println!("  {} {} [{} ms{finality}]", played.who, played.summary, played.ms);
	})?;
	println!("  approval → plaintext: {} ms", report.approval.plaintext);
	assert_eq!(report.steps.len(), STEPS.len());

	// Every file, FHIR and DICOM, arrived byte for byte.
	assert!(report.records.len() >= 13);
	for stored in &report.records {
		assert_eq!(std::fs::read(&stored.copy)?, std::fs::read(&stored.file)?);
	}
	assert!(report
		.records
		.iter()
		.any(|stored| stored.file.extension() == Some("dcm".as_ref())));

	// The patient saw exactly what happened, refusals first and last included.
	let log = report.log["entries"].as_array().ok_or("no log")?;
	// Waiting for the proofs, the patient read the log itself.
	let entries: Vec<_> = log.iter().filter(|entry| entry["subject"] != "log").collect();
	let directive = report.directive.as_str();
	let outcome = |entry: &serde_json::Value| {
		Ok::<Outcome, salus_tests::Error>(serde_json::from_value(entry["outcome"].clone())?)
	};
	let refused = Outcome::Refused(DenyReason::NothingPermits.code());
	let permitted = Outcome::Released(Basis::Directive(directive.parse().map_err(|_| "no id")?));
	let (first, rest) = entries.split_first().ok_or("an empty log")?;
	let (last, released) = rest.split_last().ok_or("a log of one entry")?;
	assert_eq!(outcome(first)?, refused);
	assert_eq!(outcome(last)?, refused);
	assert_eq!(released.len(), report.records.len() + 1, "each record once, and the list");
	for entry in released {
		assert_eq!(outcome(entry)?, permitted);
		assert_eq!(entry["practitioner"], 2);
	}
	for entry in log {
		assert_eq!(entry["status"], "verified");
	}

	// It goes for another round, which is how the time is measured.
	let measured = journey::measure(&world.devnet, &report, 1, &|_, _| ())?;
	assert_eq!(measured.len(), 1);

	// And the patient reads the own record.
	let own = folder.join("own");
	let said = world.devnet.cli.run(args![
		"record",
		"read",
		"--wallet",
		report.wallet,
		"--custodian",
		"1",
		"--out",
		own,
		report.records[0].record
	])?;
	assert_eq!(said["basis"], "patient");
	assert_eq!(std::fs::read(own)?, std::fs::read(&report.records[0].file)?);
	accounted(world, &report, &folder)
}

/// The accounting of disclosures marks every line.
fn accounted(world: &World, report: &journey::Report, folder: &std::path::Path) -> Result<()> {
	let file = folder.join("accounting.json");
	let said = world.devnet.cli.run(args![
		"disclosure",
		"accounting",
		"--wallet",
		report.wallet,
		"--custodian",
		"1",
		"--wait",
		"90",
		"--out",
		file
	])?;
	let lines = said["lines"].as_array().ok_or("no lines")?;
	let marked = |code: &str| lines.iter().filter(|line| line["accounted"] == code).count();
	assert_eq!(said["faults"], serde_json::json!([]));
	// What the surgeon read for treatment is out; what the patient read, and what was refused, too.
	assert!(marked("out-operations") > report.records.len());
	assert!(marked("out-refused") >= 2);
	// Reading the log, at the journey's end, is the patient's too.
	let looks = lines.iter().filter(|line| line["subject"] == "log").count();
	assert!(looks >= 1);
	assert_eq!(marked("out-individual"), 1 + looks);
	assert_eq!(marked("in"), 0);
	let bundle: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
	let events = bundle["entry"].as_array().ok_or("no entries")?;
	assert_eq!(events.len(), lines.len());
	for (event, line) in events.iter().zip(lines) {
		assert_eq!(event["resource"]["resourceType"], "AuditEvent");
		assert_eq!(event["resource"]["meta"]["tag"][0]["code"], line["accounted"]);
		assert_eq!(line["status"], "verified", "{line}");
	}
	Ok(())
}

pub(crate) fn deny_by_category(world: &mut World) -> Result<()> {
	let case = Case::new(world, "deny-by-category")?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	case.denied(world, LABORATORY, SURGEON, 32)?;
	assert_eq!(case.reads(world, IMAGE, DOCTOR)?["basis"], "custodian");

	case.permit(world)?;
	let deny = case.issue(world, &["--rule", "deny", "--category", "imaging"])?;
	case.reads(world, LABORATORY, SURGEON)?;
	case.reads(world, DOCUMENT, SURGEON)?;
	// Of two specific directives the deny wins, and it binds the custodian's own staff too.
	case.denied(world, IMAGE, SURGEON, 31)?;
	case.denied(world, IMAGE, DOCTOR, 31)?;
	case.reads(world, LABORATORY, DOCTOR)?;

	// A list shows what may be seen and hides the rest.
	let key = world.devnet.people.key(SURGEON)?;
	let said = world.devnet.cli.run(args![
		"record",
		"list",
		"--key",
		key,
		"--organisation",
		"2",
		"--custodian",
		"1",
		"--chart",
		case.chart
	])?;
	let listed: Vec<_> = said["records"]
		.as_array()
		.ok_or("no list")?
		.iter()
		.map(|record| record["id"].as_str().unwrap_or_default())
		.collect();
	assert!(listed.contains(&case.records[LABORATORY].as_str()));
	assert!(!listed.contains(&case.records[IMAGE].as_str()));

	// Another purpose than the one permitted is another question.
	let mut research = case.reading(world, LABORATORY, SURGEON)?;
	research.extend(args!["--purpose", "HRESCH"]);
	assert_eq!(world.devnet.cli.fail(research)?.reason, Some(32));

	world
		.devnet
		.cli
		.run(args!["directive", "revoke", "--wallet", case.patient.wallet, deny])?;
	case.reads(world, IMAGE, SURGEON)?;
	// What was ended can not be ended again.
	let again = world.devnet.cli.fail(args![
		"directive",
		"revoke",
		"--wallet",
		case.patient.wallet,
		deny
	])?;
	assert_eq!(again.code, "chain-refused");
	assert!(again.message.contains("Consent.NotActive"), "{again}");
	Ok(())
}

/// The terms of a deny of all imaging.
fn deny_imaging() -> DirectiveTerms {
	DirectiveTerms {
		rule: Rule::Deny,
		strength: Strength::Specific,
		grantee: Grantee::Anyone,
		scope: Scope { categories: Some(Categories::of(&[Category::Imaging])), ..Scope::default() },
		actions: Actions::of(&[Action::Access]),
		purposes: Purposes::of(&[Purpose::Treatment]),
		period: Period { from: 0, until: None },
		obligations: Obligations::EMPTY,
		basis: GrantorBasis::Own,
	}
}

pub(crate) fn missing_opening(world: &mut World) -> Result<()> {
	let case = Case::new(world, "missing-opening")?;
	world.devnet.people.reader(SURGEON)?;
	world.devnet.people.reader(DOCTOR)?;
	case.permit(world)?;
	case.reads(world, LABORATORY, SURGEON)?;

	// The deny is on the chain, but the vault has not got its opening.
	let mut wallet = world.wallet(&case.patient)?;
	let chart = case.wallet_chart(world)?;
	let key = wallet.identity(&chart)?;
	let issued = wallet.issue(&chart.chart, deny_imaging(), None, None)?;
	let call = Call::issue_directive(chart.chart, issued.id, issued.opening.seal(), None);
	block_on(world.chain.submit(key.keypair(), &call))?;

	// It might deny anything, so everything is denied, to the custodian's own staff as well.
	for record in [LABORATORY, IMAGE] {
		case.denied(world, record, SURGEON, 30)?;
		case.denied(world, record, DOCTOR, 30)?;
	}
	// Another opening than the sealed one is not taken.
	let vault = world.session(1, &key)?;
	let mut softer = issued.opening.clone();
	softer.terms.rule = Rule::Permit;
	let posted = PostedDirective { id: issued.id, opening: softer };
	let refused = block_on(vault.post_directive(&chart.chart, &posted));
	assert_eq!(refused.map_err(|error| error.code().to_owned()), Err("seal-mismatch".into()));
	case.denied(world, LABORATORY, SURGEON, 30)?;

	// The wallet's next visit brings it, and then it denies what it says.
	world
		.devnet
		.cli
		.run(args!["directive", "deliver", "--wallet", case.patient.wallet])?;
	case.reads(world, LABORATORY, SURGEON)?;
	case.denied(world, IMAGE, SURGEON, 31)
}

pub(crate) fn ends_of_requests(world: &mut World) -> Result<()> {
	let case = Case::new(world, "ends-of-requests")?;
	let officer = world.devnet.people.key("//Lakeside//Records")?;
	let lakeside = text(&case.patient.enrol(2, &officer)?, "chart")?;
	let surgeon = world.devnet.people.reader(SURGEON)?;
	let cli = &world.devnet.cli;
	let wallet = &case.patient.wallet;
	let send = || {
		let said = cli.run(args![
			"request",
			"send",
			"--key",
			surgeon,
			"--organisation",
			"2",
			"--chart",
			lakeside,
			"--custodian",
			"1",
			"--days",
			"1"
		])?;
		text(&said, "request")
	};

	// Declined: the requester learns it, and nothing is permitted.
	let declined = send()?;
	cli.run(args!["request", "decline", "--wallet", wallet, declined])?;
	let said = cli.run(args!["request", "answer", "--key", surgeon, declined])?;
	assert_eq!((&said["answered"], &said["declined"]), (&true.into(), &true.into()));
	case.denied(world, LABORATORY, SURGEON, 32)?;

	// Withdrawn: it can be neither approved nor withdrawn again.
	let withdrawn = send()?;
	cli.run(args!["request", "withdraw", "--key", surgeon, withdrawn])?;
	let refused = cli.fail(args!["request", "approve", "--wallet", wallet, withdrawn])?;
	assert_eq!(refused.message, "the request is withdrawn");
	let again = cli.fail(args!["request", "withdraw", "--key", surgeon, withdrawn])?;
	assert!(again.message.contains("Consent.NotOpen"), "{again}");

	// Lapsed: by its date alone.
	let asker = identity(SURGEON)?;
	let now = world.now()?.head().at;
	let terms = RequestTerms {
		chart: lakeside.parse().map_err(|_| "no id")?,
		practitioner: 2,
		organisation: 2,
		custodian: Some(1),
		categories: Categories::all(),
		actions: Actions::of(&[Action::Access]),
		purpose: Purpose::Treatment,
		period: Period { from: now, until: None },
	};
	let opening = Opening { terms, salt: Salt([7; 32]) };
	let parties = (world.chain.genesis(), 2u32, 2u32);
	let lapsed = RequestId(derive_id(IdDomain::Request, &parties, &Salt([8; 32])));
	let call = Call::request_access(2, lapsed, opening.seal(), now + 6_000);
	block_on(world.chain.submit(asker.keypair(), &call))?;
	let vault = world.session(2, &asker)?;
	let chart = opening.terms.chart;
	until("the vault knows the request", || {
		let posted = PostedRequest { id: lapsed, opening: opening.clone() };
		match block_on(vault.post_request(&chart, &posted)) {
			Ok(()) => Ok(Some(())),
			Err(error) if error.code() == "request-unknown" => Ok(None),
			Err(error) => Err(error.into()),
		}
	})?;
	until("the request lapses", || {
		let known = block_on(world.now()?.request(lapsed))?.ok_or("no request")?;
		Ok((known.state == RequestState::Lapsed).then_some(()))
	})?;
	let refused = cli.fail(args!["request", "approve", "--wallet", wallet, lapsed.to_string()])?;
	assert_eq!(refused.message, "the request is lapsed");
	case.denied(world, LABORATORY, SURGEON, 32)
}

/// Someone who may not act is refused everywhere, with the reason, and the patient sees it.
fn without_standing(
	world: &World,
	test: &str,
	uri: &str,
	reason: StandingReason,
	refusal: &str,
) -> Result<()> {
	let case = Case::new(world, test)?;
	world.devnet.people.reader(uri)?;
	// Even where the patient permits everyone.
	case.issue(world, &["--rule", "permit"])?;
	case.denied(world, LABORATORY, uri, reason.index().into())?;
	let outcomes = case.outcomes(world, LABORATORY)?;
	assert_eq!(outcomes, [Outcome::Refused(reason.index())]);

	let key = world.devnet.people.key(uri)?;
	let standing = world.devnet.cli.run(args![
		"provider",
		"standing",
		"--key",
		key,
		"--organisation",
		"2",
		"--role",
		"clinician"
	])?;
	assert_eq!(standing["may_act"], false);
	assert!(standing["reasons"].to_string().contains(reason.code()), "{standing}");

	// Nor can they ask: the chain refuses whatever client they use.
	let asker = identity(uri)?;
	let now = world.now()?.head().at;
	let id = RequestId(derive_id(IdDomain::Request, &test, &Salt::default()));
	let call = Call::request_access(2, id, Default::default(), now + 60_000);
	let error = block_on(world.chain.submit(asker.keypair(), &call)).expect_err("was taken");
	assert!(error.is("Consent", refusal), "{error}");
	assert!(block_on(world.now()?.request(id))?.is_none(), "something was written");
	let said = world.devnet.cli.fail(args![
		"request",
		"send",
		"--key",
		key,
		"--organisation",
		"2",
		"--chart",
		case.chart
	])?;
	assert!(!said.help.is_empty());
	let reasons = block_on(world.now()?.standing(asker.account(), 2, Role::Clinician))?;
	assert!(reasons.contains(reason));
	Ok(())
}

pub(crate) fn unlicensed(world: &mut World) -> Result<()> {
	let reason = StandingReason::NotAPractitioner;
	without_standing(world, "unlicensed", "//Lakeside//Unlicensed", reason, "NotAuthorised")
}

pub(crate) fn expired_licence(world: &mut World) -> Result<()> {
	let reason = StandingReason::LicenceLapsed;
	without_standing(world, "expired", "//Lakeside//DrExpired", reason, "NotAuthorised")
}
