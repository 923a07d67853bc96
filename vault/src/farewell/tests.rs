//! Stopping a server that really listens.

use super::*;
use crate::web::serve_quietly;
use axum::{routing::get, Router};
use std::sync::Arc;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	sync::Notify,
	time::timeout,
};

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(60);

struct Served {
	address: SocketAddr,
	farewell: Farewell,
	/// Told when the slow request has begun.
	begun: Arc<Notify>,
	/// Lets the slow request end.
	go_on: Arc<Notify>,
	ended: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// A server with one slow route, and one that tells whether it is being stopped.
async fn served(patience: Duration) -> Served {
	let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	let farewell = Farewell::new();
	let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
	let slow = {
		let (farewell, begun, go_on) = (farewell.clone(), begun.clone(), go_on.clone());
		move || async move {
			let _in_progress = farewell.request();
			begun.notify_one();
			go_on.notified().await;
			"done"
		}
	};
	let health = {
		let farewell = farewell.clone();
		move || async move {
			if farewell.is_stopping() {
				"stopping"
			} else {
				"well"
			}
		}
	};
	let router = Router::new().route("/slow", get(slow)).route("/health", get(health));
	let ended = tokio::spawn({
		let farewell = farewell.clone();
		async move { serve_quietly(listener, router, &farewell, patience).await }
	});
	Served { address, farewell, begun, go_on, ended }
}

/// Asks on this connection, which is kept.
async fn ask(stream: &mut TcpStream, route: &str) {
	let request = format!("GET {route} HTTP/1.1\r\nhost: here\r\n\r\n");
	stream.write_all(request.as_bytes()).await.unwrap();
}

/// Reads until the answer ends in `expected`.
async fn hear(stream: &mut TcpStream, expected: &str) {
	let mut heard = String::new();
	while !heard.ends_with(expected) {
		let mut bytes = [0; 256];
		let count = timeout(LONG, stream.read(&mut bytes)).await.unwrap().unwrap();
		assert!(count > 0, "hung up after {heard:?}");
		heard.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
	}
}

#[tokio::test]
async fn what_has_begun_is_brought_to_its_end() {
	let served = served(LONG).await;
	let mut slow = TcpStream::connect(served.address).await.unwrap();
	ask(&mut slow, "/slow").await;
	served.begun.notified().await;
	let mut balancer = TcpStream::connect(served.address).await.unwrap();
	ask(&mut balancer, "/health").await;
	hear(&mut balancer, "well").await;

	served.farewell.begin();
	// Whoever was connected hears it.
	ask(&mut balancer, "/health").await;
	hear(&mut balancer, "stopping").await;
	// Nobody else is let in, once the listener has heard it too.
	while TcpStream::connect(served.address).await.is_ok() {
		tokio::task::yield_now().await;
	}
	assert!(!served.ended.is_finished());
	served.go_on.notify_one();
	hear(&mut slow, "done").await;
	timeout(LONG, served.ended).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_told() {
	let served = served(Duration::from_millis(50)).await;
	let mut slow = TcpStream::connect(served.address).await.unwrap();
	ask(&mut slow, "/slow").await;
	served.begun.notified().await;
	served.farewell.begin();
	timeout(LONG, served.ended).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn the_second_signal_ends_it_at_once() {
	let served = served(LONG * 10).await;
	let mut slow = TcpStream::connect(served.address).await.unwrap();
	ask(&mut slow, "/slow").await;
	served.begun.notified().await;
	served.farewell.begin();
	served.farewell.begin();
	timeout(LONG, served.ended).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn tasks_end_their_step() {
	let farewell = Farewell::new();
	let mut tasks = Tasks::default();
	let (told, heard) = tokio::sync::oneshot::channel();
	tasks.begin({
		let farewell = farewell.clone();
		async move {
			farewell.closing().await;
			let _ = told.send(());
		}
	});
	assert!(tasks.end(&farewell, LONG).await);
	heard.await.unwrap();

	let mut tasks = Tasks::default();
	tasks.begin(std::future::pending());
	assert!(!tasks.end(&farewell, Duration::from_millis(10)).await);
	let mut tasks = Tasks::default();
	tasks.begin(std::future::pending());
	farewell.begin();
	farewell.begin();
	assert!(!tasks.end(&farewell, LONG).await);
}
