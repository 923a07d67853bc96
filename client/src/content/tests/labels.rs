use super::*;

fn level(codings: &[String]) -> (Confidentiality, Sensitivities, usize) {
	let info = taken(&labelled(codings));
	(info.confidentiality, info.sensitivity, info.remarks.len())
}

#[test]
fn are_read_by_the_table() {
	for label in table::LABELS {
		let codes = if label.codes.is_empty() { &["A1"] } else { label.codes };
		for code in codes {
			let (found, sensitivity, remarks) = level(&[coding(label.system, code)]);
			assert_eq!(sensitivity, Sensitivities::of(label.sensitivity), "{code}");
			assert_eq!(remarks, 0);
			let silent = match label.sensitivity {
				[] => Confidentiality::Normal,
				_ => Confidentiality::Restricted,
			};
			assert_eq!(found, label.confidentiality.unwrap_or(silent), "{code}");
		}
	}
	for known in Sensitivity::ALL {
		let named = table::LABELS.iter().any(|label| label.codes.contains(&known.code()));
		assert!(named, "{known}");
	}
}

#[test]
fn highest_counts() {
	let (found, ..) = level(&[coding(CONFIDENTIALITY, "L"), coding(CONFIDENTIALITY, "R")]);
	assert_eq!(found, Confidentiality::Restricted);
	let (found, sensitivity, _) = level(&[coding(CONFIDENTIALITY, "V"), coding(ACT_CODE, "HIV")]);
	assert_eq!(found, Confidentiality::VeryRestricted);
	assert_eq!(sensitivity, Sensitivities::of(&[Sensitivity::Hiv]));
	assert_eq!(level(&[coding(CONFIDENTIALITY, "U")]).0, Confidentiality::Unrestricted);
}

#[test]
fn unknown_ones_restrict_and_are_said() {
	for unknown in [
		coding(ACT_CODE, "TBOO"),
		coding("http://a", "secret"),
		r#"{"display":"secret"}"#.to_owned(),
		coding(ACT_CODE, "NORDSCLCD"),
	] {
		let (found, sensitivity, remarks) = level(&[coding(CONFIDENTIALITY, "N"), unknown]);
		assert_eq!(found, Confidentiality::Restricted);
		assert!(sensitivity.is_empty());
		assert_eq!(remarks, 1);
	}
	let info = taken(&labelled(&[coding(CONFIDENTIALITY, "X")]));
	assert_eq!(info.confidentiality, Confidentiality::VeryRestricted);
	assert_eq!(
		info.remarks,
		[format!(
			"Condition.meta.security[0]: the label 'X' of '{CONFIDENTIALITY}' is not known here, \
			 so the record is at least V"
		)]
	);
	let many = vec![coding("http://a", "secret"); 1000];
	assert_eq!(taken(&labelled(&many)).remarks.len(), 10);
}

#[test]
fn older_names_of_systems_are_known() {
	for (alias, system) in table::ALIASES.iter().filter(|(_, system)| *system == CONFIDENTIALITY) {
		assert_eq!(level(&[coding(alias, "V")]), level(&[coding(system, "V")]));
	}
}

#[test]
fn also_stand_elsewhere() {
	let typed = r#""confidentiality":"V","type":{"text":"a"}"#;
	let info = taken(&resource("Composition", typed));
	assert_eq!(info.confidentiality, Confidentiality::VeryRestricted);
	let reference = format!(
		r#"{{"resourceType":"DocumentReference","status":"current","content":[{{"attachment":{{"title":"a"}}}}],
		"securityLabel":[{{"coding":[{}]}}]}}"#,
		coding(CONFIDENTIALITY, "R")
	);
	assert_eq!(taken(&reference).confidentiality, Confidentiality::Restricted);
	let unread = reference
		.replace(&format!("\"coding\":[{}]", coding(CONFIDENTIALITY, "R")), "\"text\":\"a\"");
	assert_eq!(taken(&unread).confidentiality, Confidentiality::Restricted);
}
