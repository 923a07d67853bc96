use super::*;
use salus_primitives::{
	codes::{Powers, Relation},
	guardian::ActingGuardian,
	paper::OnPaper,
};

/// Issues a directive, one that replaces it, one more and one that is revoked; posts two roots;
/// then corrupts the state and expects this finding.
fn finds(finding: &'static str, corrupt: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		assert_ok!(issue(1, None));
		assert_ok!(issue(2, Some(1)));
		assert_ok!(issue(3, None));
		assert_ok!(issue(4, None));
		assert_ok!(revoke(4));
		for leaves in [8, 16] {
			let origin = RuntimeOrigin::signed(SYSTEM);
			assert_ok!(Consent::post_disclosure_root(origin, HOUSE, [1; 32], leaves));
		}
		assert_ok!(Consent::do_try_state());
		corrupt();
		assert_eq!(Consent::do_try_state(), Err(DispatchError::Other(finding)));
	});
}

fn change(n: u8, change: impl FnOnce(&mut DirectiveDetails)) {
	Directives::<Test>::mutate(directive(n), |details| change(details.as_mut().unwrap()));
}

fn list(active: &[u8]) {
	let active: Vec<_> = active.iter().map(|n| directive(*n)).collect();
	ActiveDirectives::<Test>::insert(CHART, ActiveList::try_from(active).unwrap());
}

#[test]
fn finds_gaps_and_strays_among_numbers() {
	let gap = "1: a chart's numbers have a gap";
	finds(gap, || DirectiveSequence::<Test>::remove(CHART, 1));
	finds(gap, || DirectiveCounts::<Test>::insert(CHART, 5));
	let beyond = "1: a number lies beyond its chart's count";
	finds(beyond, || DirectiveCounts::<Test>::insert(CHART, 3));
}

#[test]
fn finds_numbers_and_directives_that_do_not_match() {
	let unnamed = "2: a number names no directive of its chart";
	finds(unnamed, || DirectiveSequence::<Test>::insert(CHART, 0, directive(9)));
	finds(unnamed, || change(3, |details| details.chart = OTHER_CHART));
	let twice = "2: a directive has two numbers";
	finds(twice, || DirectiveSequence::<Test>::insert(CHART, 0, directive(3)));
	finds("2: a directive has no number", || {
		let details = Directives::<Test>::get(directive(3)).unwrap();
		Directives::<Test>::insert(directive(9), details);
	});
}

#[test]
fn finds_wrong_active_lists() {
	let wrong = "3: the active list is not the chart's active directives in order";
	for active in [&[][..], &[2], &[3, 2], &[2, 3, 4], &[2, 2, 3]] {
		finds(wrong, || list(active));
	}
	finds(wrong, || change(3, |details| details.state = DirectiveState::Revoked));
	finds("3: an empty active list is stored", || {
		ActiveDirectives::<Test>::insert(OTHER_CHART, ActiveList::default())
	});
	finds("3: an active list belongs to a chart without directives", || {
		let active = ActiveList::try_from(vec![directive(3)]).unwrap();
		ActiveDirectives::<Test>::insert(OTHER_CHART, active);
	});
}

#[test]
fn finds_broken_replacements() {
	let broken = "4: a replaced directive is unknown, on another chart or not superseded";
	finds(broken, || change(3, |details| details.replaces = Some(directive(9))));
	finds(broken, || change(1, |details| details.state = DirectiveState::Revoked));
	let twice = "4: a directive is replaced twice";
	finds(twice, || change(3, |details| details.replaces = Some(directive(1))));
	let by_none = "4: a superseded directive is replaced by none";
	finds(by_none, || change(4, |details| details.state = DirectiveState::Superseded));
}

#[test]
fn finds_directives_on_unknown_charts() {
	finds("5: a directive's chart is unknown", || {
		let chart = ChartId([9; 32]);
		let details = Directives::<Test>::get(directive(4)).unwrap();
		Directives::<Test>::insert(directive(9), DirectiveDetails { chart, ..details });
		DirectiveSequence::<Test>::insert(chart, 0, directive(9));
		DirectiveCounts::<Test>::insert(chart, 1);
	});
}

#[test]
fn finds_broken_roots() {
	let gap = "6: a custodian's roots have a gap";
	finds(gap, || DisclosureRoots::<Test>::remove(HOUSE, 0));
	finds(gap, || DisclosureRootCounts::<Test>::insert(OTHER, 1));
	let beyond = "6: a root lies beyond its custodian's count";
	finds(beyond, || DisclosureRootCounts::<Test>::insert(HOUSE, 1));
	finds("6: a root has an impossible number of leaves", || {
		DisclosureRoots::<Test>::mutate(HOUSE, 1, |root| root.as_mut().unwrap().leaves = 3);
	});
}

#[test]
fn finds_guardians_with_more_than_their_share() {
	let finding = "7: guardians have more active directives than their share";
	let of = |key: u8| {
		let relation = Relation::Proxy;
		let (leaf, powers) = (seal(key), Powers::all());
		Some(ActingGuardian { key: [key; 32], leaf, relation, powers, until: None })
	};
	let given = |count: u8, key: fn(u8) -> u8| {
		for n in 10..10 + count {
			assert_ok!(issue(n, None));
			change(n, |details| details.guardian = of(key(n)));
		}
	};
	finds(finding, || given(9, |_| 1));
	finds(finding, || given(49, |n| n));
	// Paper takes of the same places.
	finds(finding, || {
		given(40, |n| n);
		on_paper(9);
	});
}

fn paper() -> OnPaper {
	OnPaper { submitter: RECORDS.into(), witness: CLINICIAN.into(), seal: seal(7) }
}

/// So many more that came on paper.
fn on_paper(count: u8) {
	for n in 200..200 + count {
		assert_ok!(issue(n, None));
		change(n, |details| details.paper = Some(paper()));
	}
}

#[test]
fn finds_paper_that_nobody_stands_for() {
	finds("14: a chart has more active directives on paper than it can", || on_paper(17));
	let finding = "14: not two witnesses alone stand for paper";
	finds(finding, || {
		let twice = OnPaper { witness: RECORDS.into(), ..paper() };
		change(3, |details| details.paper = Some(twice));
	});
	finds(finding, || {
		let (leaf, powers, relation) = (seal(1), Powers::all(), Relation::Proxy);
		let guardian = ActingGuardian { key: [1; 32], leaf, relation, powers, until: None };
		change(3, |details| {
			(details.paper, details.guardian) = (Some(paper()), Some(guardian));
		});
	});
	finds("14: paper replaced what did not come on paper", || {
		change(2, |details| details.paper = Some(paper()));
	});
}
