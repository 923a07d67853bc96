//! A development network of real processes that plays the main journey and stays up.

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use salus_tests::{
	block_on, devnet, interrupted,
	journey::{self, Approval, Journey, Report, STEPS},
	process, Devnet, Result,
};
use serde_json::{json, Value};
use std::{
	fs,
	io::Write,
	path::{Path, PathBuf},
	process::ExitCode,
	sync::atomic::{AtomicBool, Ordering},
	time::Duration,
};

/// Starts a development network with three custodians, plays the main journey on real FHIR and DICOM
/// files, and stays up until interrupted.
#[derive(Debug, Parser)]
#[command(name = "salus-devnet", version)]
struct Options {
	/// Validators: 1 or 4 [default: as before in this folder, or 1].
	#[arg(long, value_name = "N", value_parser = ["1", "4"])]
	validators: Option<String>,
	/// Folder for everything that is kept.
	#[arg(long, value_name = "DIR", default_value = ".salus")]
	data: PathBuf,
	/// Delete what is kept first.
	#[arg(long)]
	reset: bool,
	/// Start the network and the vaults only.
	#[arg(long)]
	no_journey: bool,
	/// Measure so many times how long it takes from approval to plaintext.
	#[arg(long, value_name = "N", default_value_t = 0)]
	rounds: u32,
	/// Print what happened as one JSON document.
	#[arg(long)]
	json: bool,
	/// Stop once everything was done, instead of staying up.
	#[arg(long)]
	once: bool,
}

/// Seconds between two disclosure roots: short, so that proofs come while one looks on.
const DISCLOSURE_INTERVAL: u32 = 2;

fn main() -> ExitCode {
	let options = Options::parse();
	match run(&options, watch_signals()) {
		Ok(()) => ExitCode::SUCCESS,
		Err(fault) => {
			eprintln!("error: {fault}");
			ExitCode::FAILURE
		},
	}
}

/// Signals: while nobody waits for one, it ends all programs and this one at once.
struct Signals {
	arrived: tokio::sync::watch::Receiver<bool>,
	waits: &'static AtomicBool,
}

fn watch_signals() -> Signals {
	static WAITS: AtomicBool = AtomicBool::new(false);
	let (tell, arrived) = tokio::sync::watch::channel(false);
	std::thread::spawn(move || {
		loop {
			if let Err(fault) = block_on(interrupted()) {
				return eprintln!("signals can not be waited for: {fault}");
			}
			// A second one while the programs stop does not wait for them.
			if !WAITS.swap(false, Ordering::SeqCst) {
				eprintln!("interrupted");
				process::end_all();
				std::process::exit(130);
			}
			tell.send_replace(true);
		}
	});
	Signals { arrived, waits: &WAITS }
}

impl Signals {
	fn wait(mut self) {
		self.waits.store(true, Ordering::SeqCst);
		// The sender lives as long as the program.
		let _ = block_on(self.arrived.wait_for(|arrived| *arrived));
	}
}

fn run(options: &Options, signals: Signals) -> Result<()> {
	let screen = Screen::new(options.json);
	if options.reset {
		devnet::reset(&options.data)?;
	}
	let validators = options.validators.as_deref().map(str::parse).transpose()?;
	let settings = devnet::Settings {
		folder: options.data.clone(),
		validators,
		disclosure_interval: DISCLOSURE_INTERVAL,
	};
	let devnet = Devnet::start(&settings, &|stage| screen.stage(stage))?;
	screen.line(&format!(
		"{} validator{} and an archive node run; first new final block after {:.1} s, everything up after {:.1} s",
		devnet.validators,
		if devnet.validators == 1 { "" } else { "s" },
		devnet.first_block.as_secs_f64(),
		devnet.ready.as_secs_f64(),
	));

	let kept = devnet.folder.join("journey.json");
	let (report, is_new) = if kept.exists() {
		(Some(serde_json::from_slice::<Report>(&fs::read(&kept)?)?), false)
	} else if options.no_journey {
		(None, false)
	} else {
		let report = play(&devnet, &screen)?;
		// Whole or not at all: half a report would stop the next start.
		let draft = kept.with_extension("part");
		fs::write(&draft, serde_json::to_vec_pretty(&report)?)?;
		fs::rename(&draft, &kept)?;
		(Some(report), true)
	};
	if let (Some(report), false) = (&report, is_new) {
		screen.line(&format!(
			"The journey was played before: {} steps, {} records, {} ms from approval to plaintext. \
			 Play it anew with --reset.",
			report.steps.len(),
			report.records.len(),
			report.approval.plaintext,
		));
	}

	let mut measured = Vec::new();
	if options.rounds > 0 {
		let report = report.as_ref().ok_or("--rounds needs a journey: leave out --no-journey")?;
		screen.begin(options.rounds.into(), "from approval to plaintext");
		measured = journey::measure(&devnet, report, options.rounds, &|round, approval| {
			screen.advance(&format!("round {round}: {}", described(&approval)));
		})?;
		screen.end();
		screen.line(&format!("Approval → plaintext: {}", summary(&measured)));
	}

	if options.json {
		let document = document(&devnet, report.as_ref(), is_new, &measured);
		println!("{}", serde_json::to_string_pretty(&document)?);
	} else {
		where_to_look(&devnet, report.as_ref(), &screen);
	}
	if !options.once {
		screen.line("\nRunning. Stop with Ctrl-C.");
		signals.wait();
	}
	screen.stage("stopping vaults, key services, nodes");
	devnet.stop()?;
	screen.line("Stopped. The next start goes on from here.");
	Ok(())
}

/// Plays the journey of a new patient. One that broke off is left as it is.
fn play(devnet: &Devnet, screen: &Screen) -> Result<Report> {
	let journeys = devnet.folder.join("journeys");
	let folder = (1..)
		.map(|number| journeys.join(number.to_string()))
		.find(|folder| !folder.exists())
		.ok_or("no room for another journey")?;
	screen.line("\nThe main journey:");
	screen.begin(STEPS.len() as u64, "the main journey");
	let report = Journey::new(devnet, &folder)?.play(
		&|step| screen.stage(&format!("{} {}", step.who, step.what)),
		&|played| {
			let finality =
				played.finalised_ms.map_or(String::new(), |ms| format!(", final after {ms} ms"));
			let mut text = format!(
				"  {} {}\n      → {} [{} ms{finality}]",
				played.who, played.what, played.summary, played.ms
			);
			for detail in &played.details {
				text.push_str("\n        ");
				text.push_str(detail);
			}
			screen.advance(&text);
		},
	)?;
	screen.end();
	Ok(report)
}

fn described(approval: &Approval) -> String {
	format!(
		"{} ms to plaintext (directive final {} ms after it was sent, approved {}, answer {}, list {})",
		approval.plaintext, approval.finality, approval.approved, approval.answered, approval.listed
	)
}

fn summary(measured: &[Approval]) -> String {
	let times: Vec<_> = measured.iter().map(|approval| approval.plaintext).collect();
	let of = |share| journey::percentile(&times, share).unwrap_or_default();
	format!("median {} ms, p95 {} ms over {} rounds", of(0.5), of(0.95), times.len())
}

fn polkadot_js(devnet: &Devnet) -> String {
	let url = devnet.network.url().replace(':', "%3A").replace('/', "%2F");
	format!("https://polkadot.js.org/apps/?rpc={url}")
}

fn example(devnet: &Devnet, report: Option<&Report>) -> String {
	let program = process::program("salus").unwrap_or_else(|_| Path::new("salus").into());
	let global = format!(
		"{} --node {} --passphrase-file {}",
		program.display(),
		devnet.network.url(),
		devnet.cli.passphrase().display()
	);
	match report {
		Some(report) => {
			format!("{global} disclosure list --wallet {}", report.wallet.display())
		},
		None => format!("{global} provider organisation"),
	}
}

fn where_to_look(devnet: &Devnet, report: Option<&Report>, screen: &Screen) {
	screen.line("\nWhere to look:");
	for node in &devnet.network.nodes {
		screen.line(&format!("  {:<14} {}", node.name, node.url()));
	}
	for custodian in &devnet.custodians {
		screen.line(&format!("  {:<14} {}/health", custodian.profile.folder, custodian.endpoint()));
	}
	screen.line(&format!("  {:<14} {}", "polkadot.js", polkadot_js(devnet)));
	screen.line(&format!("  {:<14} {}", "data and logs", devnet.folder.display()));
	screen.line(&format!("  {:<14} {}", "for example", example(devnet, report)));
}

fn document(
	devnet: &Devnet,
	report: Option<&Report>,
	is_new: bool,
	measured: &[Approval],
) -> Value {
	let nodes: Vec<_> = devnet
		.network
		.nodes
		.iter()
		.map(|node| json!({ "name": node.name, "url": node.url() }))
		.collect();
	let vaults: Vec<_> = devnet
		.custodians
		.iter()
		.map(|custodian| {
			json!({ "organisation": custodian.profile.organisation, "url": custodian.endpoint() })
		})
		.collect();
	json!({
		"validators": devnet.validators,
		"first_block_ms": devnet.first_block.as_millis() as u64,
		"ready_ms": devnet.ready.as_millis() as u64,
		"nodes": nodes,
		"vaults": vaults,
		"polkadot_js": polkadot_js(devnet),
		"data": devnet.folder,
		"example": example(devnet, report),
		"journey_is_new": is_new,
		"journey": report,
		"rounds": measured,
	})
}

/// Where progress goes: bars to a terminal on standard error, lines to standard output, or to
/// standard error when that is for JSON.
struct Screen {
	bar: ProgressBar,
	json: bool,
}

impl Screen {
	fn new(json: bool) -> Self {
		let bar = ProgressBar::no_length();
		if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
			bar.set_style(style);
		}
		bar.enable_steady_tick(Duration::from_millis(100));
		Self { bar, json }
	}

	fn stage(&self, text: &str) {
		self.bar.set_message(text.to_owned());
	}

	fn begin(&self, steps: u64, text: &str) {
		self.bar.set_position(0);
		self.bar.set_length(steps);
		let template = "{spinner} {bar:20} {pos}/{len} {wide_msg}";
		if let Ok(style) = ProgressStyle::with_template(template) {
			self.bar.set_style(style);
		}
		self.stage(text);
	}

	fn advance(&self, text: &str) {
		self.bar.inc(1);
		self.line(text);
	}

	fn end(&self) {
		self.bar.finish_and_clear();
	}

	fn line(&self, text: &str) {
		self.bar.suspend(|| {
			if self.json {
				eprintln!("{text}");
			} else {
				// Whoever reads may have gone; the network stays up.
				let _ = writeln!(std::io::stdout(), "{text}");
			}
		});
	}
}
