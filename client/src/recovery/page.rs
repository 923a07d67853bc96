//! A page to print: the same as text and as HTML that needs nothing from elsewhere.

use super::{sheet::Kind, Fingerprint};
use core::fmt::Write;
use qrcode::{render::svg, EcLevel, QrCode};
use zeroize::Zeroizing;

/// A page with the words of a share or a wallet.
pub struct Page {
	pub(super) kind: Kind,
	pub(super) title: String,
	pub(super) lead: String,
	pub(super) facts: Vec<(&'static str, String)>,
	pub(super) fingerprint: Fingerprint,
	pub(super) passphrase: bool,
	pub(super) words: Zeroizing<String>,
	pub(super) sections: Vec<Section>,
}

/// What to do, step by step.
pub(super) struct Section {
	pub(super) title: &'static str,
	pub(super) steps: Vec<String>,
}

/// Room for everything on a page but its code, so that no copies are left behind while it grows.
const ROOM: usize = 32 * 1024;
/// Signs on a line of text.
const WIDTH: usize = 78;
/// Words on a line of text.
const COLUMNS: usize = 4;

const STYLE: &str = "\
@page{margin:12mm}\
*{box-sizing:border-box}\
body{font:10pt/1.3 Georgia,'Liberation Serif',serif;color:#000;background:#fff;max-width:182mm;margin:8mm auto;padding:0 4mm}\
h1{font-size:20pt;margin:0 0 2mm}\
h2{font-size:11pt;margin:3mm 0 1mm}\
p{margin:0 0 2mm}\
dl{display:flex;flex-wrap:wrap;gap:1mm 8mm;margin:0 0 3mm;padding:2mm 0;border-top:1pt solid #000;border-bottom:1pt solid #000}\
dl div{display:flex;gap:2mm;white-space:nowrap}\
dt{color:#444}\
dd{margin:0;font-weight:bold}\
.words{display:flex;gap:6mm;align-items:flex-start}\
ol.list{flex:1;columns:3;column-gap:5mm;margin:0;padding:0;list-style:none;counter-reset:n;font:15pt/1.55 'DejaVu Sans Mono','Courier New',monospace}\
ol.list li{counter-increment:n;break-inside:avoid;white-space:nowrap}\
ol.list li::before{content:counter(n);display:inline-block;width:2.2em;padding-right:.5em;text-align:right;font-size:9pt;color:#444}\
.code{width:38mm;text-align:center;font-size:8pt}\
.code svg{width:38mm;height:38mm}\
ol.steps{margin:0;padding-left:6mm}\
section{break-inside:avoid}\
@media print{body{margin:0;max-width:none;padding:0}}";

impl Page {
	/// As text.
	pub fn text(&self) -> Zeroizing<String> {
		let mut out = Zeroizing::new(String::with_capacity(ROOM));
		let (begin, end) = self.kind.marks();
		put(&mut out, format_args!("{}\n\n", self.title.to_uppercase()));
		wrap(&mut out, "", &self.lead);
		out.push('\n');
		for (label, value) in &self.facts {
			put(&mut out, format_args!("{label:12} {value}\n"));
		}
		put(&mut out, format_args!("\n{begin}\n{}words\n", self.head()));
		for (place, word) in self.words.split(' ').enumerate() {
			let number = place.saturating_add(1);
			if number % COLUMNS == 0 {
				put(&mut out, format_args!("{number:4} {word}\n"));
			} else {
				put(&mut out, format_args!("{number:4} {word:9}"));
			}
		}
		put(&mut out, format_args!("\n{end}\n"));
		for section in &self.sections {
			put(&mut out, format_args!("\n{}\n", section.title));
			section.steps.iter().for_each(|step| wrap(&mut out, "- ", step));
		}
		out
	}

	/// As HTML. What programs read stands in a comment; people read the list, cameras the code.
	pub fn html(&self) -> Zeroizing<String> {
		let code = self.code();
		let size = code.as_ref().map_or(0, |code| code.len());
		let mut out = Zeroizing::new(String::with_capacity(size.saturating_add(ROOM)));
		let (begin, end) = self.kind.marks();
		let title = Escaped(&self.title);
		put(
			&mut out,
			format_args!(
				"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
				 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
				 <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
				 style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
				 <body>\n<h1>{title}</h1>\n<p>{}</p>\n<dl>\n",
				Escaped(&self.lead)
			),
		);
		for (label, value) in &self.facts {
			let value = Escaped(value);
			put(&mut out, format_args!("<div><dt>{label}</dt><dd>{value}</dd></div>\n"));
		}
		out.push_str("</dl>\n<div class=\"words\">\n<ol class=\"list\">\n");
		for word in self.words.split(' ') {
			put(&mut out, format_args!("<li>{word}</li>\n"));
		}
		out.push_str("</ol>\n");
		if let Some(code) = code {
			let code = code.as_str();
			put(&mut out, format_args!("<div class=\"code\">{code}<br>the words again</div>\n"));
		}
		out.push_str("</div>\n");
		for section in &self.sections {
			let title = section.title;
			put(&mut out, format_args!("<section>\n<h2>{title}</h2>\n<ol class=\"steps\">\n"));
			for step in &section.steps {
				put(&mut out, format_args!("<li>{}</li>\n", Escaped(step)));
			}
			out.push_str("</ol>\n</section>\n");
		}
		put(
			&mut out,
			format_args!(
				"<!--\n{begin}\n{}words {}\n{end}\n-->\n</body>\n</html>\n",
				self.head(),
				self.words.as_str()
			),
		);
		out
	}

	/// What programs are told before the words.
	fn head(&self) -> String {
		let passphrase = if self.passphrase { "yes" } else { "no" };
		format!("wallet {}\npassphrase {passphrase}\n", self.fingerprint)
	}

	/// The words as a QR code. Without it a page is complete too.
	fn code(&self) -> Option<Zeroizing<String>> {
		let code = QrCode::with_error_correction_level(self.words.as_bytes(), EcLevel::M).ok()?;
		let drawn = Zeroizing::new(code.render::<svg::Color<'_>>().build());
		// Inside a page the drawing has no declaration of its own.
		let start = drawn.find("<svg")?;
		Some(Zeroizing::new(drawn.get(start..)?.to_owned()))
	}
}

impl core::fmt::Debug for Page {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Page({}, {}, …)", self.kind, self.fingerprint)
	}
}

fn put(out: &mut String, what: core::fmt::Arguments<'_>) {
	// Writing to a string does not fail.
	let _ = out.write_fmt(what);
}

/// Breaks a paragraph into lines, the later ones as far in as the first.
fn wrap(out: &mut String, mark: &str, text: &str) {
	let mut line = mark.len();
	out.push_str(mark);
	for (place, word) in text.split(' ').enumerate() {
		let long = word.chars().count().saturating_add(1);
		if place > 0 && line.saturating_add(long) > WIDTH {
			put(out, format_args!("\n{:1$}", "", mark.len()));
			line = mark.len();
		} else if place > 0 {
			out.push(' ');
		}
		out.push_str(word);
		line = line.saturating_add(long);
	}
	out.push('\n');
}

/// Text that is no markup.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl core::fmt::Display for Escaped<'_> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		self.0.chars().try_for_each(|sign| match sign {
			'&' => f.write_str("&amp;"),
			'<' => f.write_str("&lt;"),
			'>' => f.write_str("&gt;"),
			'"' => f.write_str("&quot;"),
			other => f.write_char(other),
		})
	}
}
