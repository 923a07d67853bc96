//! `salus fhir`.

mod gateway;

use super::{
	render::{Fields, Report},
	terms::Asker,
	usage, Context,
};
use clap::{Args, Subcommand};
use gateway::Gateway;
use salus_client::{sealed_file::replace, Error, Result};
use salus_primitives::ids::OrganisationId;
use serde::Serialize;
use std::{io::Write, net::SocketAddr, path::PathBuf};
use tokio::{
	net::TcpListener,
	signal::unix::{signal, SignalKind},
};
use zeroize::Zeroizing;

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Serve the records that you may see to programs on this machine, as FHIR R4; contents are decrypted
	/// here.
	Serve {
		#[command(flatten)]
		asker: Asker,
		/// Where to listen, on this machine only; port 0 takes a free one.
		#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8095")]
		listen: SocketAddr,
		/// File for the token that programs must send; made anew, for its owner alone.
		#[arg(long, value_name = "FILE")]
		token: PathBuf,
		/// The organisation that is asked where the address names none.
		#[arg(long, value_name = "N")]
		custodian: Option<OrganisationId>,
	},
}

/// Runs the command.
pub(crate) async fn run(options: Options, context: &Context, out: &mut impl Write) -> Result<()> {
	let Command::Serve { asker, listen, token: token_file, custodian } = options.command;
	if !listen.ip().is_loopback() {
		return Err(usage(
			format!(
				"{listen} can be reached from other machines, and what is served is in the clear"
			),
			"listen on 127.0.0.1 or [::1]",
		));
	}
	let who = asker.unlock(context).await?;
	if who.is_guardian() {
		return Err(usage(
			"the gateway does not serve guardians",
			"read with `salus record list` and `salus record read`, with --card and --key",
		));
	}
	let chain = context.chain().await?.clone();
	let listener = TcpListener::bind(listen).await.map_err(Error::io(listen.to_string()))?;
	let address = listener.local_addr().map_err(Error::io(listen.to_string()))?;

	let mut secret = Zeroizing::new([0; 32]);
	getrandom::fill(secret.as_mut_slice()).map_err(|_| Error::Random)?;
	let token = Zeroizing::new(hex::encode(secret.as_slice()));
	replace(&token_file, token.as_bytes())?;

	let stop = stopped().map_err(Error::io("signals"))?;
	let base = format!("http://{address}");
	let gateway = Gateway::new(chain, who, token.clone(), base.clone(), custodian);
	context.print(&Serving { base, token: token_file.clone() }, out)?;
	let served = axum::serve(listener, gateway.router()).with_graceful_shutdown(stop).await;
	// The token is worth nothing any more; another gateway may have put its own there.
	if std::fs::read(&token_file).is_ok_and(|there| there == token.as_bytes()) {
		let _ = std::fs::remove_file(&token_file);
	}
	served.map_err(Error::io(listen.to_string()))
}

/// Waits for SIGTERM or SIGINT, which are caught from now on.
fn stopped() -> std::io::Result<impl std::future::Future<Output = ()>> {
	let mut terminate = signal(SignalKind::terminate())?;
	let mut interrupt = signal(SignalKind::interrupt())?;
	Ok(async move {
		tokio::select! {
			_ = terminate.recv() => {},
			_ = interrupt.recv() => {},
		}
	})
}

#[derive(Serialize)]
struct Serving {
	/// Its own address.
	base: String,
	/// File with the token.
	token: PathBuf,
}

impl Report for Serving {
	fn human(&self, out: &mut dyn Write) -> std::io::Result<()> {
		Fields::default()
			.add("FHIR at", format!("{}/custodians/<N>/fhir", self.base))
			.add("token in", self.token.display())
			.write(out)
	}
}
