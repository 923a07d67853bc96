use super::*;

/// A part 10 file in explicit little endian with these elements of the data set.
fn file(media_class: &str, syntax: &str, elements: &[(u16, u16, &str, &str)]) -> Vec<u8> {
	let mut bytes = [&[0; 128][..], b"DICM"].concat();
	let head = [(2, 2, "UI", media_class), (2, 0x10, "UI", syntax)];
	for (group, element, vr, value) in head.iter().chain(elements) {
		if value.is_empty() {
			continue;
		}
		let padded = format!("{value}{}", if value.len() % 2 == 1 { "\0" } else { "" });
		bytes.extend(group.to_le_bytes());
		bytes.extend(element.to_le_bytes());
		bytes.extend(vr.bytes());
		bytes.extend((padded.len() as u16).to_le_bytes());
		bytes.extend(padded.bytes());
	}
	bytes
}

const EXPLICIT: &str = "1.2.840.10008.1.2.1";

fn class(class: &str, modality: &str) -> Result<ContentInfo, ContentError> {
	inspect(&file(
		class,
		EXPLICIT,
		&[(8, 0x16, "UI", class), (8, 0x20, "DA", "20240531"), (8, 0x60, "CS", modality)],
	))
}

#[test]
fn go_by_sop_class_and_modality() {
	let storage = |rest: &str| format!("{}.{rest}", table::STORAGE);
	for (rest, modality, category) in [
		("2", "CT", Category::Imaging),
		("2.1", "CT", Category::Imaging),
		("4", "MR", Category::Imaging),
		("6.1", "US", Category::Imaging),
		("9.1.1", "ECG", Category::Procedure),
		("9.5.1", "HD", Category::VitalSigns),
		("88.11", "SR", Category::Imaging),
		("88.40", "ECG", Category::Procedure),
		("104.1", "DOC", Category::Document),
		("104.1", "OPT", Category::Imaging),
		("481.5", "RTPLAN", Category::Procedure),
		("200.2", "CT", Category::Imaging),
		("7", "OT", Category::Imaging),
	] {
		let info = class(&storage(rest), modality).unwrap();
		assert_eq!((info.category, info.kind.as_str()), (category, "DICOM"), "{rest}");
		assert_eq!(info.clinical_date, parse_date("2024-05-31"));
	}
	// One that DICOM does not have goes by its modality.
	assert_eq!(class("1.3.6.1.4.1.1", "SM").unwrap().category, Category::Laboratory);
}

#[test]
fn that_are_implausible_are_refused_with_the_cause() {
	let fault = |found: Result<ContentInfo, ContentError>| {
		let fault = found.unwrap_err();
		assert_eq!(fault.code(), "content-not-dicom");
		fault.to_string().replace("no DICOM file that can be stored: ", "")
	};
	let ct = "1.2.840.10008.5.1.4.1.1.2";
	assert_eq!(fault(class(ct, "US")), "(0008,0060) must be CT in this SOP class");
	assert_eq!(
		fault(class("1.2.840.10008.5.1.4.38.1", "OT")),
		"(0002,0002) is no record of a patient: hanging protocol"
	);
	assert_eq!(
		fault(class("1.2.840.10008.1.3.10", "")),
		"(0002,0002) is no record of a patient: directory of a medium"
	);
	assert_eq!(fault(class("", "CT")), "(0002,0002) the SOP class is missing");
	assert_eq!(fault(class("1.02", "CT")), "(0002,0002) is no UID");
	assert_eq!(fault(class("1.3.6", "")), "(0008,0060) the modality is missing");
	let with = |elements: &[_]| fault(inspect(&file(ct, EXPLICIT, elements)));
	assert_eq!(with(&[]), "(0008,0016) the SOP class is missing");
	assert_eq!(
		with(&[(8, 0x16, "UI", "1.2.3")]),
		"(0008,0016) is another SOP class than in the file's header"
	);
	let good = (8, 0x16, "UI", ct);
	assert_eq!(
		with(&[good, (8, 0x20, "DA", "20241301")]),
		"(0008,0020) must be a date like 20240531"
	);
	assert_eq!(with(&[good, (8, 0x05, "CS", "A")]), "(0008,0005) must not come after (0008,0016)");
	assert_eq!(with(&[good, (8, 0x60, "??", "CT")]), "(0008,0060) has no value representation");
	assert_eq!(fault(inspect(&file(ct, "", &[]))), "(0002,0010) the transfer syntax is missing");
}

#[test]
fn that_are_cut_off_are_refused() {
	let whole = fs::read(data("dicom/CT_small.dcm")).unwrap();
	for cut in [140, 400, 2000, whole.len() / 2, whole.len() - 1] {
		let fault = inspect(&whole[..cut]).unwrap_err();
		assert_eq!(fault.code(), "content-not-dicom", "{cut}: {fault}");
	}
}

#[test]
fn with_a_constraint_in_words_are_restricted() {
	let ct = "1.2.840.10008.5.1.4.1.1.2";
	let info = inspect(&file(ct, EXPLICIT, &[(8, 0x16, "UI", ct), (0x40, 0x1008, "LO", "secret")]))
		.unwrap();
	assert_eq!(info.confidentiality, Confidentiality::Restricted);
	assert_eq!(info.remarks.len(), 1);
}

#[test]
fn are_read_in_other_transfer_syntaxes() {
	let ct = "1.2.840.10008.5.1.4.1.1.2";
	// Compressed as a whole: nothing follows that could be read.
	let mut bytes = file(ct, "1.2.840.10008.1.2.1.99", &[]);
	bytes.extend([1, 2, 3]);
	let info = inspect(&bytes).unwrap();
	assert_eq!((info.category, info.clinical_date), (Category::Imaging, None));
	assert_eq!(info.remarks.len(), 1);
	// Implicit little endian: no types, lengths of four bytes, a sequence of undefined length.
	let mut bytes = file(ct, "1.2.840.10008.1.2", &[]);
	let mut put = |group: u16, element: u16, value: &[u8], length: Option<u32>| {
		bytes.extend(group.to_le_bytes());
		bytes.extend(element.to_le_bytes());
		bytes.extend(length.unwrap_or(value.len() as u32).to_le_bytes());
		bytes.extend(value);
	};
	put(8, 0x16, format!("{ct}\0").as_bytes(), None);
	put(8, 0x20, b"20240531", None);
	put(8, 0x51, b"", Some(u32::MAX));
	put(0xfffe, 0xe000, b"", Some(u32::MAX));
	put(0x40, 0x31, b"ab", None);
	put(0xfffe, 0xe00d, b"", None);
	put(0xfffe, 0xe0dd, b"", None);
	put(8, 0x60, b"CT", None);
	let info = inspect(&bytes).unwrap();
	assert_eq!(info.clinical_date, parse_date("2024-05-31"));
}
