//! Bytes as Binary.

use super::{id, names, reference};
use base64::{engine::general_purpose::STANDARD, Engine};
use salus_primitives::ids::RecordId;
use serde_json::{json, Value};

/// A record's bytes as Binary, with what came in the header `salus-release` where they are an envelope.
/// Binary has no extensions, its element `data` does.
pub fn binary(record: RecordId, media_type: &str, bytes: &[u8], release: Option<&str>) -> Value {
	let mut binary = json!({
		"resourceType": "Binary",
		"id": id(record),
		"contentType": media_type,
		"securityContext": reference("DocumentReference", record),
	});
	if let Some(binary) = binary.as_object_mut() {
		// An empty text is no value in FHIR.
		if !bytes.is_empty() {
			binary.insert("data".into(), STANDARD.encode(bytes).into());
		}
		if let Some(release) = release {
			let extension = json!({ "url": names::RELEASE, "valueBase64Binary": release });
			binary.insert("_data".into(), json!({ "extension": [extension] }));
		}
	}
	binary
}
