//! Reads JPEG and PNG files as far as it takes to see that they are whole and carry no metadata: no
//! Exif, which may tell where a photograph was taken, and no text.

use super::PictureType;

const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// What is wrong with a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureFault {
	/// It is damaged, or goes on after its end.
	Unreadable,
	/// It carries metadata.
	Metadata,
}

/// What the file is by its first bytes.
pub(super) fn type_of(data: &[u8]) -> Option<PictureType> {
	if data.starts_with(&PNG) {
		Some(PictureType::Png)
	} else if data.starts_with(&JPEG) {
		Some(PictureType::Jpeg)
	} else {
		None
	}
}

/// Looks through the whole file.
pub(super) fn check(media_type: PictureType, data: &[u8]) -> Result<(), PictureFault> {
	match media_type {
		PictureType::Png => png(data),
		PictureType::Jpeg => jpeg(data),
	}
}

/// Chunks of length, name, data and checksum from IHDR to IEND.
fn png(data: &[u8]) -> Result<(), PictureFault> {
	let mut rest = data.strip_prefix(&PNG).ok_or(PictureFault::Unreadable)?;
	let mut is_first = true;
	loop {
		let (length, after) = rest.split_first_chunk().ok_or(PictureFault::Unreadable)?;
		let (name, after) = after.split_first_chunk::<4>().ok_or(PictureFault::Unreadable)?;
		let with_checksum = usize::try_from(u32::from_be_bytes(*length))
			.ok()
			.and_then(|length| length.checked_add(4))
			.ok_or(PictureFault::Unreadable)?;
		rest = after.get(with_checksum..).ok_or(PictureFault::Unreadable)?;
		match name {
			b"IHDR" if is_first => {},
			_ if is_first => return Err(PictureFault::Unreadable),
			b"IEND" if rest.is_empty() => return Ok(()),
			b"IHDR" | b"IEND" => return Err(PictureFault::Unreadable),
			// Pixels, and what it takes to show them in their size and colours.
			b"PLTE" | b"IDAT" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"iCCP" | b"sBIT"
			| b"pHYs" => {},
			_ => return Err(PictureFault::Metadata),
		}
		is_first = false;
	}
}

/// Segments from SOI to EOI, with entropy-coded data after each SOS.
fn jpeg(data: &[u8]) -> Result<(), PictureFault> {
	const SOI: u8 = 0xd8;
	const EOI: u8 = 0xd9;
	const SOS: u8 = 0xda;
	let mut rest = data.strip_prefix(&[0xff, SOI]).ok_or(PictureFault::Unreadable)?;
	loop {
		// Any number of fill bytes may stand before the marker's own.
		let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
		let (marker, after) = rest
			.get(fill..)
			.filter(|_| fill > 0)
			.and_then(<[u8]>::split_first)
			.ok_or(PictureFault::Unreadable)?;
		rest = after;
		match *marker {
			EOI if rest.is_empty() => return Ok(()),
			EOI => return Err(PictureFault::Unreadable),
			// What has no length stands in coded data only.
			0x00 | 0x01 | 0xd0..=SOI => return Err(PictureFault::Unreadable),
			_ => {},
		}
		let (length, _) = rest.split_first_chunk().ok_or(PictureFault::Unreadable)?;
		let length = usize::from(u16::from_be_bytes(*length));
		if length < 2 {
			return Err(PictureFault::Unreadable);
		}
		let segment = rest.get(2..length).ok_or(PictureFault::Unreadable)?;
		let is_harmless = match *marker {
			0xe0 => segment.starts_with(b"JFIF\0"),
			0xe2 => segment.starts_with(b"ICC_PROFILE\0"),
			0xee => segment.starts_with(b"Adobe"),
			// Frames, tables, scans, and how to put them together.
			0xc0..=0xcf | SOS..=0xdf => true,
			// Exif, XMP and IPTC, what makers like, and text.
			_ => false,
		};
		if !is_harmless {
			return Err(PictureFault::Metadata);
		}
		rest = rest.get(length..).ok_or(PictureFault::Unreadable)?;
		if *marker == SOS {
			// In coded data 0xff is followed by 0, by a restart marker, or it begins the next segment.
			let end = rest
				.windows(2)
				.position(
					|pair| matches!(pair, [0xff, next] if !matches!(*next, 0x00 | 0xd0..=0xd7 | 0xff)),
				)
				.ok_or(PictureFault::Unreadable)?;
			rest = rest.get(end..).ok_or(PictureFault::Unreadable)?;
		}
	}
}
