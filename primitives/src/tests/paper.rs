//! Directives on paper: their words, and what they weigh against what the patient signed.

use super::*;
use crate::{codes::Interpreter, link::LinkKeys, paper::*};
use codec::{Decode, Encode};

fn on_paper() -> Option<OnPaper> {
	Some(OnPaper { submitter: [1; 32], witness: [2; 32], seal: Seal([3; 32]) })
}

/// Facts and query under directives, of which those marked came on paper, and say so.
fn papered(directives: &[(DirectiveTerms, bool)]) -> (Facts, AccessQuery) {
	let said: Vec<_> = directives
		.iter()
		.map(|(terms, paper)| DirectiveTerms {
			basis: if *paper { GrantorBasis::WitnessedPaper } else { GrantorBasis::Own },
			..terms.clone()
		})
		.collect();
	let (mut facts, query) = case(&said);
	let known = &mut facts.chart.as_mut().unwrap().directives;
	for (directive, (_, paper)) in known.iter_mut().zip(directives) {
		directive.paper = paper.then(on_paper).flatten();
	}
	(facts, query)
}

fn answer(directives: &[(DirectiveTerms, bool)]) -> Decision {
	let (facts, query) = papered(directives);
	decide(&facts, &query)
}

#[test]
fn what_is_on_paper_says_so_and_nothing_else_does() {
	for basis in GrantorBasis::ALL {
		for paper in [on_paper(), None] {
			let terms =
				DirectiveTerms { basis: *basis, ..directive(Rule::Permit, Strength::Specific) };
			let (mut facts, query) = case(&[terms]);
			facts.chart.as_mut().unwrap().directives[0].paper = paper;
			let fits = match paper {
				Some(_) => *basis == GrantorBasis::WitnessedPaper,
				None => *basis == GrantorBasis::Own,
			};
			let expected =
				if fits { by_directive(0) } else { denied(DenyReason::DirectiveBasisWrong) };
			assert_eq!(decide(&facts, &query), expected, "{basis} {paper:?}");
		}
	}
}

#[test]
fn no_paper_outweighs_what_was_denied_without_it() {
	let (specific, default) = (Strength::Specific, Strength::Default);
	let denies = denied(DenyReason::DirectiveDenies);
	for paper in [specific, default] {
		let permit = (directive(Rule::Permit, paper), true);
		assert_eq!(answer(std::slice::from_ref(&permit)), by_directive(0));
		for deny in [specific, default] {
			let deny = (directive(Rule::Deny, deny), false);
			assert_eq!(answer(&[permit.clone(), deny.clone()]), denies);
			assert_eq!(answer(&[deny, permit.clone()]), denies);
		}
	}
	// On the same footing they weigh as everything does.
	let permit = |paper| (directive(Rule::Permit, specific), paper);
	assert_eq!(answer(&[(directive(Rule::Deny, default), true), permit(true)]), by_directive(1));
	assert_eq!(answer(&[(directive(Rule::Deny, default), false), permit(false)]), by_directive(1));
	assert_eq!(answer(&[(directive(Rule::Deny, default), true), permit(false)]), by_directive(1));
	// What is denied on paper is denied.
	assert_eq!(answer(&[(directive(Rule::Deny, specific), true), permit(false)]), denies);
	// A deny that does not speak of this access holds up nothing.
	let mut elsewhere = directive(Rule::Deny, default);
	elsewhere.purposes = Purposes::of(&[Purpose::PatientRequested]);
	assert_eq!(answer(&[(elsewhere, false), permit(true)]), by_directive(1));
	// Nor does one that is over.
	let mut over = directive(Rule::Deny, default);
	over.period = Period { from: 100, until: Some(150) };
	assert_eq!(answer(&[(over, false), permit(true)]), by_directive(1));
}

#[test]
fn a_guardians_default_deny_outweighs_paper_too() {
	let deny = DirectiveTerms {
		basis: GrantorBasis::Guardian,
		..directive(Rule::Deny, Strength::Default)
	};
	let permit = DirectiveTerms {
		basis: GrantorBasis::WitnessedPaper,
		..directive(Rule::Permit, Strength::Specific)
	};
	let (mut facts, query) = case(&[deny, permit]);
	let known = &mut facts.chart.as_mut().unwrap().directives;
	known[0].guardian = Some(crate::guardian::ActingGuardian {
		key: [1; 32],
		leaf: Seal([1; 32]),
		relation: Relation::Parent,
		powers: Powers::all(),
		until: None,
	});
	known[1].paper = on_paper();
	assert_eq!(decide(&facts, &query), denied(DenyReason::DirectiveDenies));
}

#[test]
fn the_house_goes_on_treating_beside_paper() {
	// The patient's general deny stops other houses, and their paper, and not the own house.
	let deny =
		DirectiveTerms { grantee: Grantee::Anyone, ..directive(Rule::Deny, Strength::Default) };
	let permit =
		DirectiveTerms { grantee: Grantee::Anyone, ..directive(Rule::Permit, Strength::Specific) };
	let (facts, mut query) = papered(&[(deny, false), (permit, true)]);
	query.accessor =
		Accessor::Staff { account: [5; 32], organisation: HOUSE, role: Role::Clinician };
	let house = Decision::Permit { basis: Basis::Custodian, obligations: Obligations::EMPTY };
	assert_eq!(decide(&facts, &query), house);
}

#[test]
fn links_can_be_on_paper() {
	let keys = LinkKeys { account: [1; 32], encryption_key: [2; 32] };
	let purposes = Purposes::of(&[Purpose::PatientRequested]);
	let link = DirectiveTerms {
		grantee: Grantee::Bearer(keys.seal()),
		scope: Scope {
			records: Some(vec![RecordId([6; 32])].try_into().unwrap()),
			..Scope::default()
		},
		purposes,
		..directive(Rule::Permit, Strength::Specific)
	};
	let opens = |directives: &[(DirectiveTerms, bool)]| {
		let (facts, mut query) = papered(directives);
		query.accessor = Accessor::Bearer { link: keys.seal() };
		query.purpose = Purpose::PatientRequested;
		decide(&facts, &query)
	};
	let anyone = |rule, strength| DirectiveTerms {
		grantee: Grantee::Anyone,
		purposes,
		..directive(rule, strength)
	};
	assert_eq!(opens(&[(link.clone(), true)]), by_directive(0));
	let denies = denied(DenyReason::DirectiveDenies);
	let default = anyone(Rule::Deny, Strength::Default);
	// The patient's general deny does not concern their own link, but one on paper.
	assert_eq!(opens(&[(default.clone(), false), (link.clone(), false)]), by_directive(1));
	assert_eq!(opens(&[(default.clone(), false), (link.clone(), true)]), denies);
	assert_eq!(opens(&[(default.clone(), true), (link.clone(), true)]), by_directive(1));
	let both = [(default.clone(), false), (link.clone(), true), (link.clone(), false)];
	assert_eq!(opens(&both), by_directive(2));
	for paper in [true, false] {
		let deny = (anyone(Rule::Deny, Strength::Specific), paper);
		assert_eq!(opens(&[deny, (link.clone(), true)]), denies);
	}
	// Bounds are those of every link.
	let mut unfit = link;
	unfit.period.until = None;
	assert_eq!(opens(&[(unfit, true)]), denied(DenyReason::LinkUnfit));
}

#[test]
fn language_tags_are_well_formed() {
	for good in ["es", "EN", "zh-Hant", "pt-BR", "sl-rozaj-biske-1994", "de-CH-1901", "x-whatever"]
	{
		let language: Language = good.parse().unwrap();
		assert_eq!(language.to_string(), good);
		assert_eq!(Language::decode(&mut language.encode().as_slice()), Ok(language));
	}
	let long = "es-".repeat(12) + "es";
	for bad in
		["", "e", "x", "x-", "1es", "es-", "-es", "es--MX", "es_MX", "español", "es-u", &long]
	{
		assert_eq!(bad.parse::<Language>(), Err(NotALanguage), "{bad}");
		assert!(
			Language::decode(&mut bad.as_bytes().to_vec().encode().as_slice()).is_err(),
			"{bad}"
		);
	}
	assert!(Language::decode(&mut vec![0xffu8, 0xfe].encode().as_slice()).is_err());
	let json = serde_json::to_string(&"es".parse::<Language>().unwrap()).unwrap();
	assert_eq!(json, "\"es\"");
	assert!(serde_json::from_str::<Language>("\"es_MX\"").is_err());
}

#[test]
fn every_part_of_the_paper_is_sealed() {
	let terms = PaperTerms {
		language: "es".parse().unwrap(),
		interpreter: Interpreter::InPerson,
		signed_on: 86_400_000,
		scan: None,
	};
	let seal = |terms: PaperTerms| Opening { terms, salt: Salt([1; 32]) }.seal();
	let changes: [fn(&mut PaperTerms); 4] = [
		|terms| terms.language = "en".parse().unwrap(),
		|terms| terms.interpreter = Interpreter::Relative,
		|terms| terms.signed_on = 0,
		|terms| terms.scan = Some(RecordId([1; 32])),
	];
	for change in changes {
		let mut other = terms.clone();
		change(&mut other);
		assert_ne!(seal(other), seal(terms.clone()));
	}
}

#[test]
fn every_part_of_the_statement_is_signed() {
	let paper = PaperDirective {
		chart: ChartId([1; 32]),
		id: DirectiveId([2; 32]),
		seal: Seal([3; 32]),
		replaces: None,
		paper: Seal([4; 32]),
	};
	let word = PaperWord { witness: [5; 32], expires: 6, signature: () };
	let of = |act| word.statement([7; 32], act, [8; 32]);
	let good = of(PaperAct::Issue(paper));
	let [raw, wrapped] = good.signable();
	assert_eq!(wrapped, [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat());
	let (chart, id) = (paper.chart, paper.id);
	let others = [
		of(PaperAct::Issue(PaperDirective { chart: ChartId([9; 32]), ..paper })),
		of(PaperAct::Issue(PaperDirective { id: DirectiveId([9; 32]), ..paper })),
		of(PaperAct::Issue(PaperDirective { seal: Seal([9; 32]), ..paper })),
		of(PaperAct::Issue(PaperDirective { replaces: Some(paper.id), ..paper })),
		of(PaperAct::Issue(PaperDirective { paper: Seal([9; 32]), ..paper })),
		of(PaperAct::Revoke { chart, id }),
		PaperStatement { genesis: [9; 32], ..good },
		PaperStatement { submitter: [9; 32], ..good },
		PaperStatement { witness: [9; 32], ..good },
		PaperStatement { expires: 9, ..good },
	];
	for other in others {
		assert_ne!(other.signable(), good.signable());
	}
	assert_eq!(good.act.chart(), chart);
}

#[test]
fn a_word_is_good_for_its_time() {
	let word = |expires| PaperWord { witness: [5; 32], expires, signature: () };
	assert_eq!(word(10).ensure_in_time(9), Ok(()));
	assert_eq!(word(10).ensure_in_time(10), Err(PaperFault::Expired));
	assert_eq!(word(MAX_PAPER_VALIDITY).ensure_in_time(0), Ok(()));
	let long = Err(PaperFault::ValidityTooLong);
	assert_eq!(word(MAX_PAPER_VALIDITY + 1).ensure_in_time(0), long);
}
