//! That the numbers are told, and that the documentation has all of them.

use super::*;
use salus_primitives::decision::Basis;
use std::collections::BTreeSet;

/// Names of what is told, after each has something to tell.
fn told(text: &[u8]) -> BTreeSet<String> {
	let text = std::str::from_utf8(text).unwrap();
	let names = text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next());
	names.map(str::to_owned).collect()
}

#[test]
fn the_table_has_all_and_nothing_else() {
	let numbers = Numbers::new().unwrap();
	let vault = Metrics::new(&numbers, 1).unwrap();
	vault.requests.count("GET", "/health", 200, Duration::from_millis(3));
	vault.disclosure(&Outcome::Released(Basis::Patient));
	vault.disclosure(&Outcome::Refused(24));
	vault.limited("address");
	vault.key_service(true);
	vault.search("code", "hit");
	let (key_service, requests) = plain("salus_key_service").unwrap();
	requests.count("POST", "/rewrap", 200, Duration::from_millis(3));
	let mut names = told(&numbers.text().unwrap());
	names.extend(told(&key_service.text().unwrap()));

	let written: BTreeSet<_> = include_str!("../../../docs/vault.md")
		.lines()
		.filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
		.map(|(name, _)| name.to_owned())
		.filter(|name| name.starts_with("salus_") || name.starts_with("process_"))
		.collect();
	assert_eq!(names, written);
}

#[test]
fn refusals_are_told_by_organisation_and_reason() {
	let numbers = Numbers::new().unwrap();
	let [one, two] = [1, 2].map(|organisation| Metrics::new(&numbers, organisation).unwrap());
	one.disclosure(&Outcome::Refused(24));
	one.disclosure(&Outcome::Refused(24));
	two.disclosure(&Outcome::Refused(24));
	let text = String::from_utf8(numbers.text().unwrap()).unwrap();
	for (organisation, count) in [(1, 2), (2, 1)] {
		let line = format!(
			"salus_vault_disclosures_total\
			 {{organisation=\"{organisation}\",outcome=\"refused\",reason=\"24\"}} {count}"
		);
		assert!(text.lines().any(|told| told == line), "{text}");
	}
	// One process has its numbers once.
	assert_eq!(text.matches("\nprocess_start_time_seconds ").count(), 1);
	assert_eq!(text.matches("# TYPE salus_vault_outbox_entries ").count(), 1);
}

#[test]
fn only_this_machine_is_told() {
	assert!(loopback("127.0.0.1:9100").is_ok() && loopback("[::1]:9100").is_ok());
	assert!(loopback("0.0.0.0:9100").is_err() && loopback("localhost").is_err());
}

#[tokio::test]
async fn the_numbers_are_served() {
	use tokio::io::{AsyncReadExt, AsyncWriteExt};
	let (numbers, _) = plain("salus_key_service").unwrap();
	let address = serve(([127, 0, 0, 1], 0).into(), move || std::future::ready(numbers.text()));
	let mut stream = tokio::net::TcpStream::connect(address.await.unwrap()).await.unwrap();
	let request = b"GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
	stream.write_all(request).await.unwrap();
	let mut answer = String::new();
	stream.read_to_string(&mut answer).await.unwrap();
	assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
	assert!(answer.contains("process_start_time_seconds"), "{answer}");
}
