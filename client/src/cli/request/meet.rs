//! Requests by a code: the requester shows it, and the patient scans it.

use super::{Inbox, Reached, Received, Waiting};
use crate::cli::{link, usage, Context};
use salus_client::{
	chain::At,
	rendezvous::Rendezvous,
	vault_api::MailboxRequest,
	wallet::{SeenRequest, Wallet},
	Error, Result,
};
use salus_primitives::{codes::RequestState, ids::RequestId, views::RequestView};
use std::{io::Write, path::Path};

/// Writes the code, and the drawing where one is wanted: both or none.
pub(super) fn write(code: &Rendezvous, file: &Path, qr: Option<&Path>) -> Result<()> {
	link::write(code.text(), || code.drawing(), file, qr)
}

/// The requests whose codes this wallet scanned, with what the chain says of them. One that it has forgotten is
/// over.
pub(super) async fn scanned(wallet: &Wallet, at: &At, genesis: &[u8; 32]) -> Result<Vec<Received>> {
	let mut found = Vec::new();
	for seen in wallet.requests() {
		let Some(code) = seen.code.as_ref().filter(|code| code.id(genesis) == seen.chart) else {
			continue;
		};
		let Some(known) = at.request(seen.id).await? else { continue };
		let request = MailboxRequest {
			id: seen.id,
			opening: seen.opening.clone(),
			answered: seen.approved.is_some(),
		};
		let by = Reached::Code(wallet.at_rendezvous(genesis, code));
		found.push(Received::checked(seen.chart, by, request, Some(known)));
	}
	Ok(found)
}

/// Fetches the request of a code.
pub(super) async fn scan(
	wallet: &Path,
	code: &Path,
	context: &Context,
	out: &mut impl Write,
) -> Result<()> {
	let text = link::read_text(code, Error::BadRendezvous)?;
	let code = Rendezvous::parse(&text)?;
	let mut wallet = context.open_wallet(wallet)?;
	let genesis = context.chain().await?.genesis();
	if code.genesis != genesis {
		return Err(usage("the code is of another chain", "name a node of its chain with --node"));
	}
	// What is over, or was made up, costs nothing and tells no vault of this wallet.
	let known = open_on_chain(&code.request, context).await?;
	let vault = context.vault(known.organisation).await?;
	if vault.endpoint() != code.vault {
		return Err(usage(
			format!(
				"the code names another vault than the chain has for organisation {}",
				known.organisation
			),
			"let who asks send another request; if it stays so, do not trust the code",
		));
	}
	let rendezvous = code.id();
	let shown = wallet.at_rendezvous(&genesis, &code.code);
	let posted = vault.open_rendezvous(&rendezvous, &shown).await?;
	let request = MailboxRequest { id: posted.id, opening: posted.opening, answered: false };
	let known = Some(known).filter(|known| known.id == request.id);
	let received = Received::checked(rendezvous, Reached::Code(shown), request, known);
	if received.state.is_none() {
		return Err(Error::RequestNotOpen("not what the chain knows of it".into()));
	}
	wallet.remember_request(SeenRequest {
		id: received.request.id,
		chart: rendezvous,
		opening: received.request.opening.clone(),
		approved: None,
		code: Some(code.code),
	})?;
	let requests = vec![Waiting::of(received, &wallet)];
	context.print(&Inbox { requests, broken: Vec::new(), unread: Vec::new() }, out)
}

/// The request, which must be open.
async fn open_on_chain(request: &RequestId, context: &Context) -> Result<RequestView> {
	let known = context.finalised().await?.request(*request).await?;
	let known = known.ok_or(Error::NotFound { what: "request", id: request.to_string() })?;
	match known.state {
		RequestState::Requested => Ok(known),
		over => Err(Error::RequestNotOpen(over.to_string())),
	}
}
