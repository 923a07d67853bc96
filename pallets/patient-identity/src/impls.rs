use crate::*;
use alloc::vec::Vec;
use salus_primitives::{decision::ChartFacts, directory::ChartDirectory, ids::ChartId};

impl<T: Config> ChartDirectory for Pallet<T> {
	fn chart(chart: &ChartId) -> Option<ChartFacts> {
		let ChartDetails { custodian, key, state } = Charts::<T>::get(chart)?;
		Some(ChartFacts { chart: *chart, custodian, key, state, directives: Vec::new() })
	}
}
