//! Who keeps a wallet's charts now: not always who enrolled them, since a whole holding can go to a
//! successor.
//!
//! Keys, salt and id of a chart follow from who enrolled it, for ever. Where it is read, and what its
//! keys sign a word for, follows from who keeps it, which the finalised chain alone says.

use super::*;

impl WalletChart {
	/// Whose chart it was when the wallet made it: its keys, salt and id follow from that.
	pub fn origin(&self) -> OrganisationId {
		self.origin.unwrap_or(self.custodian)
	}
}

impl Wallet {
	/// Remembers who keeps a chart, as the finalised chain says. Tells whether that is news.
	pub fn follow_keeper(&mut self, chart: &ChartId, keeper: OrganisationId) -> Result<bool> {
		if self.chart(chart)?.custodian == keeper {
			return Ok(false);
		}
		self.change_chart(chart, |known| {
			known.origin = Some(known.origin());
			known.custodian = keeper;
			// That of who kept it before.
			known.endpoint = None;
		})?;
		Ok(true)
	}

	/// The charts of this chain that this organisation enrolled or keeps: of those that came from one
	/// organisation the newest.
	pub fn charts_at(&self, genesis: &[u8; 32], organisation: OrganisationId) -> Vec<&WalletChart> {
		let here = |chart: &&WalletChart| {
			chart.genesis == *genesis && [chart.origin(), chart.custodian].contains(&organisation)
		};
		let mut origins: Vec<_> =
			self.contents.charts.iter().filter(here).map(WalletChart::origin).collect();
		origins.sort_unstable();
		origins.dedup();
		origins
			.into_iter()
			.filter_map(|origin| newest(&self.contents, genesis, origin))
			.filter(here)
			.collect()
	}

	/// The newest chart that this organisation enrolled, or, where there is none, the one that it keeps
	/// for another.
	pub fn chart_at(
		&self,
		genesis: &[u8; 32],
		organisation: OrganisationId,
	) -> Result<&WalletChart> {
		let there = self.charts_at(genesis, organisation);
		if let Some(own) = there.iter().find(|chart| chart.origin() == organisation) {
			return Ok(own);
		}
		match there.as_slice() {
			[] => Err(Error::NotFound {
				what: "chart in this wallet at organisation",
				id: organisation.to_string(),
			}),
			[only] => Ok(only),
			several => Err(Error::SeveralCharts {
				keeper: organisation,
				origins: several.iter().map(|chart| chart.origin()).collect(),
			}),
		}
	}

	/// The chart in which `keeper` has a record that `anchored_by` anchored: the one that came from there
	/// with its whole holding, if there is one.
	pub fn chart_of(
		&self,
		genesis: &[u8; 32],
		keeper: OrganisationId,
		anchored_by: OrganisationId,
	) -> Result<&WalletChart> {
		match newest(&self.contents, genesis, anchored_by) {
			Some(chart) if chart.custodian == keeper => Ok(chart),
			_ => self.chart_at(genesis, keeper),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const GENESIS: [u8; 32] = [3; 32];
	const A: OrganisationId = 1;
	const B: OrganisationId = 2;
	const C: OrganisationId = 3;

	fn passphrase() -> Passphrase {
		Passphrase::new("p".into()).unwrap()
	}

	fn wallet() -> (tempfile::TempDir, Wallet) {
		let folder = tempfile::tempdir().unwrap();
		let wallet = Wallet::create(folder.path().join("wallet.json"), &passphrase()).unwrap();
		(folder, wallet)
	}

	#[test]
	fn a_chart_that_moved_keeps_its_keys() {
		let (folder, mut wallet) = wallet();
		let chart = wallet.make_chart(GENESIS, A).unwrap();
		let account = wallet.identity(&chart).unwrap().account();
		wallet.set_endpoint(&chart.chart, "http://127.0.0.1:1").unwrap();
		assert!(!wallet.follow_keeper(&chart.chart, A).unwrap());
		assert!(wallet.follow_keeper(&chart.chart, B).unwrap());
		assert!(!wallet.follow_keeper(&chart.chart, B).unwrap());
		let moved = wallet.chart(&chart.chart).unwrap().clone();
		assert_eq!((moved.custodian, moved.origin(), &moved.endpoint), (B, A, &None));
		assert_eq!(wallet.identity(&moved).unwrap().account(), account);
		// It goes on to a third, and is read again from its file.
		wallet.follow_keeper(&chart.chart, C).unwrap();
		let read = Wallet::open(folder.path().join("wallet.json"), &passphrase()).unwrap();
		let moved = read.chart(&chart.chart).unwrap();
		assert_eq!((moved.custodian, moved.origin()), (C, A));
		assert!(wallet.follow_key(&chart.chart, &account).unwrap());
		// The key that follows is named for who keeps the chart now.
		let next = wallet.rotation(&chart.chart, 5).unwrap();
		let statement = |custodian| KeyStatement {
			domain: ROTATION_DOMAIN,
			genesis: GENESIS,
			custodian,
			chart: chart.chart,
			key: next.key,
			expires: 5,
		};
		assert!(next.signature.verify_any(&statement(C).signable(), &next.key));
		assert!(!next.signature.verify_any(&statement(A).signable(), &next.key));
		assert!(wallet.follow_key(&chart.chart, &next.key).unwrap());
	}

	#[test]
	fn a_chart_is_found_by_who_enrolled_and_by_who_keeps_it() {
		let (_folder, mut wallet) = wallet();
		let of_a = wallet.make_chart(GENESIS, A).unwrap().chart;
		wallet.follow_keeper(&of_a, B).unwrap();
		let at = |wallet: &Wallet, organisation| {
			wallet.chart_at(&GENESIS, organisation).map(|chart| chart.chart)
		};
		assert_eq!(at(&wallet, A).unwrap(), of_a);
		assert_eq!(at(&wallet, B).unwrap(), of_a);
		assert_eq!(at(&wallet, C).unwrap_err().code(), "not-found");
		// One of another house that came there too: the keeper's name tells them apart no more.
		let of_c = wallet.make_chart(GENESIS, C).unwrap().chart;
		wallet.follow_keeper(&of_c, B).unwrap();
		assert_eq!(at(&wallet, B).unwrap_err().code(), "several-charts");
		assert_eq!((at(&wallet, A).unwrap(), at(&wallet, C).unwrap()), (of_a, of_c));
		// One that B enrolled itself is meant by its name.
		let of_b = wallet.make_chart(GENESIS, B).unwrap();
		assert_eq!((of_b.origin(), of_b.custodian), (B, B));
		assert_eq!(at(&wallet, B).unwrap(), of_b.chart);
		let all: Vec<_> = wallet.charts_at(&GENESIS, B).iter().map(|chart| chart.chart).collect();
		assert_eq!(all, [of_a, of_b.chart, of_c]);
		assert_eq!(wallet.charts_at(&GENESIS, A).len(), 1);
		assert!(wallet.charts_at(&[4; 32], A).is_empty());
		let of = |keeper, by| wallet.chart_of(&GENESIS, keeper, by).unwrap().chart;
		assert_eq!((of(B, A), of(B, B), of(B, C), of(B, 9)), (of_a, of_b.chart, of_c, of_b.chart));
	}

	#[test]
	fn a_backup_brings_back_a_chart_that_moved() {
		let (folder, mut wallet) = wallet();
		let chart = wallet.make_chart(GENESIS, A).unwrap().chart;
		wallet.follow_keeper(&chart, B).unwrap();
		let backup = wallet.backup().unwrap();
		let path = folder.path().join("again.json");
		let mut again = Wallet::restore(path, &passphrase(), &wallet.phrase()).unwrap();
		again.absorb(&backup).unwrap();
		assert_eq!(again.chart(&chart).unwrap(), wallet.chart(&chart).unwrap());
		// A statement to enrol is for a chart of its own, and shares nothing with the one that came.
		let enrol = again.new_chart(GENESIS, B, 1_000).unwrap();
		assert_ne!(enrol.statement.chart, chart);
		assert_eq!(enrol.statement.custodian, B);
		assert_eq!(again.make_another_chart(GENESIS, A).unwrap().index, 1);
	}
}
