//! Random numbers from a seed, so that every run is the same run.

/// SplitMix64.
pub(crate) struct Draw(u64);

impl Draw {
	pub(crate) const fn new(seed: u64) -> Self {
		Self(seed)
	}

	pub(crate) fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut mixed = self.0;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	pub(crate) fn below(&mut self, bound: usize) -> usize {
		(self.next() % bound.max(1) as u64) as usize
	}

	/// Whether something happens that happens so many times in a hundred.
	pub(crate) fn percent(&mut self, of_a_hundred: usize) -> bool {
		self.below(100) < of_a_hundred
	}

	pub(crate) fn bytes(&mut self) -> [u8; 32] {
		let mut bytes = [0; 32];
		for piece in bytes.chunks_mut(8) {
			piece.copy_from_slice(&self.next().to_le_bytes());
		}
		bytes
	}

	pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
		for last in (1..list.len()).rev() {
			let other = self.below(last + 1);
			list.swap(last, other);
		}
	}

	/// The numbers below this one, in some order.
	pub(crate) fn order(&mut self, count: usize) -> Vec<usize> {
		let mut order: Vec<_> = (0..count).collect();
		self.shuffle(&mut order);
		order
	}
}
