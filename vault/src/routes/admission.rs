//! Who is let in to a route: nobody while the vault is being stopped, and nobody who asks too often.

use super::{drain, table::table};
use crate::{
	errors::{Error, Result},
	farewell::Peer,
	holding::{served, InProgress},
	limits::Class,
	tenants,
	vault::Vault,
	web::bearer_of,
	writes,
};
use axum::{
	extract::{ConnectInfo, MatchedPath, Request, State},
	http::{HeaderMap, Method},
	middleware::Next,
	response::{IntoResponse, Response},
};
use salus_client::vault_api::FHIR;
use std::{
	net::{IpAddr, Ipv4Addr, SocketAddr},
	sync::Arc,
};

/// The vault, and the limit that each route is under.
#[derive(Clone)]
pub(super) struct Gate {
	vault: Arc<Vault>,
	classes: Arc<[(Method, &'static str, Class)]>,
}

impl Gate {
	pub(super) fn new(vault: &Arc<Vault>) -> Self {
		let classes = table()
			.into_iter()
			.map(|route| (route.method, route.path, route.class))
			.collect();
		Self { vault: vault.clone(), classes }
	}

	/// What is no route is asked for by anyone.
	fn class(&self, request: &Request) -> Class {
		let Some(path) = request.extensions().get::<MatchedPath>() else { return Class::Address };
		let path = tenants::pattern(path);
		let method = match *request.method() {
			Method::HEAD => Method::GET,
			ref method => method.clone(),
		};
		// FHIR has its own form and tells its routes itself.
		if let Some(route) = path.strip_prefix(FHIR) {
			return if route == "/metadata" { Class::Address } else { Class::Append };
		}
		let found = self.classes.iter().find(|(of, route, _)| *of == method && *route == path);
		found.map_or(Class::Address, |(_, _, class)| *class)
	}

	/// Whether the vault's holding is where it can be asked for.
	fn hold(&self, request: &Request) -> Result<Option<InProgress>> {
		let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(None) };
		self.vault.holdings.admit(served(request.method(), tenants::pattern(path)))
	}

	fn check(&self, request: &Request) -> Result<()> {
		let ops = &self.vault.ops;
		let class = self.class(request);
		if class == Class::Free {
			return Ok(());
		}
		if ops.farewell.is_stopping() {
			return Err(Error::Stopping);
		}
		let limits = &ops.limits;
		// A token that is not known counts for the address, so that tokens can not be tried fast.
		let account =
			bearer_of(request.headers()).and_then(|token| self.vault.sign_ins.account(token));
		let (limit, taken) = match (class, account) {
			(Class::Account | Class::Append, Ok(account)) => {
				("account", limits.account(class, account))
			},
			_ => ("address", limits.address(sender(&self.vault, request))),
		};
		taken.inspect_err(|_| ops.metrics.limited(limit))?;
		// It would be logged as a disclosure of what does not leave. FHIR refuses it in its own form.
		if request.method() == Method::HEAD && class == Class::Append && !is_fhir(request) {
			return Err(Error::MethodNotAllowed);
		}
		Ok(())
	}
}

fn is_fhir(request: &Request) -> bool {
	let path = request.extensions().get::<MatchedPath>();
	path.is_some_and(|path| tenants::pattern(path).starts_with(FHIR))
}

fn sender(vault: &Vault, request: &Request) -> IpAddr {
	let peer = request.extensions().get::<ConnectInfo<Peer>>();
	// Only a router that serves no connection knows no peer.
	let peer = peer.map_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)), |peer| peer.0 .0);
	vault.ops.limits.sender(peer, forwarded(request.headers()))
}

/// What the nearest proxy wrote: it appends, or adds a header of its own.
fn forwarded(headers: &HeaderMap) -> Option<&str> {
	headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()
}

/// Lets a request in, or says why not.
pub(super) async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
	match gate.check(&request).and_then(|()| gate.hold(&request)) {
		Ok(_in_progress) => next.run(request).await,
		Err(error) => {
			// A caller who is still sending would not hear it.
			drain(writes::pieces(request.into_body())).await;
			error.into_response()
		},
	}
}
