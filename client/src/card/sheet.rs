//! The printed page of a card.

use super::CardCode;
use core::fmt::Write;
use qrcode::{render::svg, EcLevel, QrCode};
use zeroize::Zeroizing;

/// Bytes beyond the drawing for which there is room from the start, so that no copy is left behind.
const ROOM: usize = 8 * 1024;

const STYLE: &str =
	"body{font:12pt/1.5 sans-serif;max-width:180mm;margin:10mm auto;padding:0 5mm;color:#000}\
.code{width:60mm}.code svg{width:60mm;height:60mm}\
.text{font:10pt/1.4 monospace;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none;padding:0}}";

const STEPS: [&str; 5] = [
	"Show this card at the desk of the clinic, and type the PIN yourself. Nobody there needs to know it.",
	"Keep the PIN apart from the card. It is not written here, and nobody can tell it to you.",
	"After five wrong PINs the card is locked. The records office unlocks it once they have seen you. Fifty in all lock it for good.",
	"Every use is written down. Each time you use it, the desk's screen says who used it last, and how many wrong PINs there were since: read that.",
	"If the card is lost, or somebody may know the PIN, have it blocked and take a new one.",
];

impl CardCode {
	/// The card as a page to print, in HTML. `until` and `may` are said as they are; both must be plain
	/// text without markup.
	pub fn page(&self, until: &str, may: &str) -> Zeroizing<String> {
		let text = self.text();
		let drawing = drawing(&text);
		let size = drawing.as_ref().map_or(0, |drawing| drawing.len());
		let mut out = Zeroizing::new(String::with_capacity(size.saturating_add(ROOM)));
		out.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
		out.push_str(
			"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
			 'unsafe-inline'\">\n<title>Salus card</title>\n<style>",
		);
		out.push_str(STYLE);
		out.push_str("</style>\n</head>\n<body>\n<h1>Salus card</h1>\n");
		let custodian = self.custodian;
		// Writing to a string does not fail.
		let _ = writeln!(
			out,
			"<p>With its PIN this card acts for its owner at the desk of organisation {custodian}, \
			 until {until}: {may}.</p>"
		);
		if let Some(drawing) = drawing {
			out.push_str("<div class=\"code\">");
			out.push_str(&drawing);
			out.push_str("</div>\n");
		}
		out.push_str("<p class=\"text\">");
		out.push_str(&text);
		out.push_str("</p>\n<ol>\n");
		for step in STEPS {
			out.push_str("<li>");
			out.push_str(step);
			out.push_str("</li>\n");
		}
		out.push_str("</ol>\n</body>\n</html>\n");
		out
	}
}

/// The text for cameras. Without it a page is complete too.
fn drawing(text: &str) -> Option<Zeroizing<String>> {
	let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
	let drawn = Zeroizing::new(code.render::<svg::Color<'_>>().build());
	// Inside a page the drawing has no declaration of its own.
	let start = drawn.find("<svg")?;
	Some(Zeroizing::new(drawn.get(start..)?.to_owned()))
}
