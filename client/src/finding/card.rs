//! A card to print: for each chart its code, for people and for cameras. It names nobody.

use super::CardCode;
use crate::recovery::Escaped;
use core::fmt::Write;
use qrcode::{render::svg, EcLevel, QrCode};
use zeroize::Zeroizing;

/// Room for everything on a page but its drawings, so that no copies are left behind while it grows.
const ROOM: usize = 32 * 1024;

const STYLE: &str = "\
@page{margin:12mm}\
*{box-sizing:border-box}\
body{font:10pt/1.3 Georgia,'Liberation Serif',serif;color:#000;background:#fff;max-width:182mm;margin:8mm auto;padding:0 4mm}\
h1{font-size:16pt;margin:0 0 2mm}\
p{margin:0 0 2mm}\
.card{width:86mm;border:1pt solid #000;padding:3mm;margin:0 0 6mm;break-inside:avoid}\
.card h2{font-size:11pt;margin:0 0 1mm}\
.card .row{display:flex;gap:3mm;align-items:flex-start}\
.card .code svg{width:30mm;height:30mm}\
.card code{font:10pt/1.4 'DejaVu Sans Mono','Courier New',monospace;word-break:break-all}\
.line{border-bottom:.5pt solid #000;height:6mm;font-size:8pt;color:#444}\
@media print{body{margin:0;max-width:none;padding:0}}";

/// What stands on one card.
#[derive(Debug)]
pub struct CardPage<'a> {
	/// The code.
	pub code: &'a CardCode,
	/// Genesis hash of the chain.
	pub genesis: &'a [u8; 32],
	/// Base URL of the custodian's vault, for people: programs ask the chain for it.
	pub endpoint: &'a str,
}

impl CardPage<'_> {
	/// The code as a drawing for cameras, in SVG; none if there is no room for it.
	pub fn drawing(&self) -> Option<Zeroizing<String>> {
		let text = self.code.text(self.genesis);
		let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::Q).ok()?;
		Some(Zeroizing::new(code.render::<svg::Color<'_>>().build()))
	}

	fn write(&self, out: &mut String) {
		let drawing = self.drawing();
		// Inside a page the drawing has no declaration of its own.
		let drawn = drawing.as_ref().and_then(|drawing| drawing.get(drawing.find("<svg")?..));
		let text = self.code.text(self.genesis);
		put(
			out,
			format_args!(
				"<section class=\"card\">\n<h2>In an emergency: medical records</h2>\n<div class=\"row\">\n\
				 <div class=\"code\">{}</div>\n<div>\n<p><code>{}</code></p>\n<p>Kept by organisation {}<br>{}</p>\n\
				 <p>salus emergency find --code …</p>\n</div>\n</div>\n\
				 <div class=\"line\">what else should be known:</div>\n</section>\n",
				drawn.unwrap_or_default(),
				text.as_str(),
				self.code.custodian(),
				Escaped(self.endpoint)
			),
		);
	}
}

/// A page with these cards, as HTML that needs nothing from elsewhere.
pub fn page(cards: &[CardPage<'_>]) -> Zeroizing<String> {
	let drawings: usize = cards
		.iter()
		.filter_map(|card| card.drawing())
		.map(|drawing| drawing.len())
		.sum();
	let mut out = Zeroizing::new(String::with_capacity(drawings.saturating_add(ROOM)));
	put(
		&mut out,
		format_args!(
			"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
			 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
			 <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
			 style-src 'unsafe-inline'\">\n<title>Emergency card</title>\n<style>{STYLE}</style>\n</head>\n\
			 <body>\n<h1>Emergency card</h1>\n<p>Cut out and carry it, or show it on the lock screen. A clinician in \
			 an emergency finds your chart by it. It opens nothing by itself: who asks by it says so on the chain \
			 first and answers for it, and you see it in your log. Add by hand what you want others to read. If it is \
			 lost, make another: that ends this one.</p>\n"
		),
	);
	cards.iter().for_each(|card| card.write(&mut out));
	out.push_str("</body>\n</html>\n");
	out
}

fn put(out: &mut String, what: core::fmt::Arguments<'_>) {
	// Writing to a string does not fail.
	let _ = out.write_fmt(what);
}
