//! Stopping: the first signal lets what has begun come to its end, the second does not.
//!
//! No connection is taken any more and no request begun; those in progress get a bounded time. Only
//! then end the tasks that they wait for. What is not done by then is durable, and goes on at the next
//! start, as after a crash.

use axum::{
	extract::connect_info::Connected,
	serve::{IncomingStream, Listener},
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
	net::{TcpListener, TcpStream},
	signal::unix::{signal, SignalKind},
	sync::watch,
};

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
	/// It has not begun.
	Serving,
	/// Nothing new is begun.
	Stopping,
	/// Requests have ended; tasks end their step.
	Closing,
	/// Everything is left as it is.
	AtOnce,
}

/// How a program is told to stop, and learns when it can.
#[derive(Clone)]
pub(crate) struct Farewell {
	stage: watch::Sender<Stage>,
	/// Requests in progress.
	requests: watch::Sender<usize>,
}

impl Farewell {
	pub(crate) fn new() -> Self {
		Self { stage: watch::Sender::new(Stage::Serving), requests: watch::Sender::new(0) }
	}

	/// Heeds SIGTERM and SIGINT from now on.
	pub(crate) fn heed_signals(&self) -> std::io::Result<()> {
		let mut terminate = signal(SignalKind::terminate())?;
		let mut interrupt = signal(SignalKind::interrupt())?;
		let farewell = self.clone();
		tokio::spawn(async move {
			loop {
				tokio::select! {
					_ = terminate.recv() => {},
					_ = interrupt.recv() => {},
				}
				farewell.begin();
			}
		});
		Ok(())
	}

	/// Told to stop; told again, to stop at once.
	pub(crate) fn begin(&self) {
		let again = self.is_stopping();
		tracing::info!(at_once = again, "stopping");
		self.reach(if again { Stage::AtOnce } else { Stage::Stopping });
	}

	/// Has tasks end their step: nobody waits for them any more.
	pub(crate) fn close(&self) {
		self.reach(Stage::Closing);
	}

	/// Whether nothing new is to be begun.
	pub(crate) fn is_stopping(&self) -> bool {
		*self.stage.borrow() >= Stage::Stopping
	}

	/// Whether tasks are to end their step.
	pub(crate) fn is_closing(&self) -> bool {
		*self.stage.borrow() >= Stage::Closing
	}

	/// Until nothing new is to be begun.
	pub(crate) async fn stopping(&self) {
		self.reached(Stage::Stopping).await;
	}

	/// Until tasks are to end their step.
	pub(crate) async fn closing(&self) {
		self.reached(Stage::Closing).await;
	}

	/// Until everything is to be left as it is.
	pub(crate) async fn at_once(&self) {
		self.reached(Stage::AtOnce).await;
	}

	/// A request begins; it ends when this is dropped.
	pub(crate) fn request(&self) -> InProgress {
		self.requests.send_modify(|count| *count = count.saturating_add(1));
		InProgress(self.requests.clone())
	}

	/// Until no request is in progress.
	pub(crate) async fn idle(&self) {
		// The sender is ours, so this can not fail.
		let _ = self.requests.subscribe().wait_for(|count| *count == 0).await;
	}

	fn reach(&self, stage: Stage) {
		self.stage.send_modify(|now| *now = stage.max(*now));
	}

	async fn reached(&self, stage: Stage) {
		// As above.
		let _ = self.stage.subscribe().wait_for(|now| *now >= stage).await;
	}
}

/// A request in progress.
pub(crate) struct InProgress(watch::Sender<usize>);

impl Drop for InProgress {
	fn drop(&mut self) {
		self.0.send_modify(|count| *count = count.saturating_sub(1));
	}
}

/// A listener that is closed when the farewell begins; connections that it has given stay.
pub(crate) struct Door {
	listener: Option<TcpListener>,
	address: SocketAddr,
	farewell: Farewell,
}

impl Door {
	pub(crate) fn new(listener: TcpListener, farewell: &Farewell) -> std::io::Result<Self> {
		let address = listener.local_addr()?;
		Ok(Self { listener: Some(listener), address, farewell: farewell.clone() })
	}
}

impl Listener for Door {
	type Io = TcpStream;
	type Addr = SocketAddr;

	async fn accept(&mut self) -> (TcpStream, SocketAddr) {
		if let Some(listener) = &mut self.listener {
			tokio::select! {
				biased;
				() = self.farewell.stopping() => {},
				(stream, address) = Listener::accept(listener) => {
					// Answers are small and come in several writes: they must not wait for the
					// caller's acknowledgment.
					if let Err(error) = stream.set_nodelay(true) {
						tracing::debug!(%error, "TCP_NODELAY is not to be had");
					}
					return (stream, address);
				},
			}
		}
		self.listener = None;
		std::future::pending().await
	}

	fn local_addr(&self) -> std::io::Result<SocketAddr> {
		Ok(self.address)
	}
}

/// Who a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Connected<IncomingStream<'_, Door>> for Peer {
	fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
		Self(*stream.remote_addr())
	}
}

/// Tasks that are to end their step when requests have ended.
#[derive(Default)]
pub(crate) struct Tasks(Vec<tokio::task::JoinHandle<()>>);

impl Tasks {
	/// Begins a task that ends once `closing`.
	pub(crate) fn begin(&mut self, task: impl std::future::Future<Output = ()> + Send + 'static) {
		self.0.push(tokio::spawn(task));
	}

	/// Has them end; whether all did within `patience`.
	pub(crate) async fn end(self, farewell: &Farewell, patience: Duration) -> bool {
		farewell.close();
		let ended = async {
			for task in self.0 {
				// One that was broken off has ended as well.
				let _ = task.await;
			}
		};
		tokio::select! {
			ended = tokio::time::timeout(patience, ended) => ended.is_ok(),
			() = farewell.at_once() => false,
		}
	}
}

#[cfg(test)]
mod tests;
