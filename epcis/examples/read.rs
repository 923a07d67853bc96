//! Reads what other programs wrote, for comparison: each line of standard input is a JSON array of a
//! kind and a text, each line of standard output a JSON object of what was read or why not.
//!
//! ```text
//! ["gtin", "4012345111118"]
//! ["element_strings", "010401234511111821XYZ"]
//! ["document", "{ \"type\": \"EPCISDocument\", … }"]
//! ```

use epcis::{
	gs1::{DigitalLink, ElementStrings, EpcUrn, Gln, Gtin, Sscc},
	Document,
};
use serde_json::{json, Value};
use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
	let mut out = std::io::BufWriter::new(std::io::stdout());
	for line in std::io::stdin().lock().lines() {
		let read = match serde_json::from_str::<(String, String)>(&line?) {
			Ok((kind, text)) => read(&kind, &text),
			Err(error) => fault(error),
		};
		writeln!(out, "{read}")?;
	}
	out.flush()
}

fn read(kind: &str, text: &str) -> Value {
	match kind {
		"gtin" => Gtin::parse(text).map_or_else(
			fault,
			|gtin| json!({ "value": gtin.to_string(), "digits": gtin.format() as usize }),
		),
		"gln" => Gln::parse(text).map_or_else(fault, |gln| json!({ "value": gln.to_string() })),
		"sscc" => Sscc::parse(text).map_or_else(fault, |sscc| json!({ "value": sscc.to_string() })),
		"element_strings" => ElementStrings::parse(text).map_or_else(fault, |read| elements(&read)),
		"digital_link" => DigitalLink::parse(text).map_or_else(fault, |link| {
			let mut read = elements(&link.element_strings());
			read["canonical"] = json!(link.to_canonical());
			read
		}),
		"urn" => EpcUrn::parse(text)
			.map_or_else(fault, |urn| json!({ "canonical": urn.to_digital_link() })),
		"identifier" => json!({ "canonical": epcis::canonical::identifier(text) }),
		"document" => Document::parse(text).map_or_else(fault, |document| {
			let events = document.events.iter().map(|event| match event {
				Ok(event) => {
					json!({ "pre_hash": event.pre_hash(), "hash": event.hash().to_string() })
				},
				Err(faults) => {
					json!({ "faults": faults.iter().map(ToString::to_string).collect::<Vec<_>>() })
				},
			});
			json!({ "events": events.collect::<Vec<_>>() })
		}),
		_ => fault("no such kind"),
	}
}

fn elements(read: &ElementStrings) -> Value {
	let elements = read.elements().iter().map(|e| json!([e.ai().to_string(), e.value()]));
	json!({
		"elements": elements.collect::<Vec<_>>(),
		"hri": read.to_string(),
		"fnc1": read.to_fnc1(),
	})
}

fn fault(error: impl ToString) -> Value {
	json!({ "error": error.to_string() })
}
