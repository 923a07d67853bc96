//! Scores, and how many links they name right.

use crate::draw::Draw;

/// How well each chart of the one hospital fits each of the other.
#[derive(Clone)]
pub(crate) struct Scores {
	rows: usize,
	columns: usize,
	values: Vec<f64>,
}

/// How many of the links were named right, as parts of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
	/// Each named for itself; where several fit equally well, the part that guessing among them gets.
	pub(crate) one_by_one: f64,
	/// Each given to one at most, the best first.
	pub(crate) assigned: f64,
}

/// How often ties are broken anew when charts are assigned.
const ROUNDS: u64 = 3;

impl Scores {
	pub(crate) fn new(rows: usize, columns: usize) -> Self {
		Self { rows, columns, values: vec![0.0; rows * columns] }
	}

	pub(crate) fn add(&mut self, row: usize, column: usize, score: f64) {
		self.values[row * self.columns + column] += score;
	}

	pub(crate) fn add_all(&mut self, others: &Self) {
		self.values
			.iter_mut()
			.zip(&others.values)
			.for_each(|(value, other)| *value += other);
	}

	fn row(&self, row: usize) -> &[f64] {
		&self.values[row * self.columns..(row + 1) * self.columns]
	}

	/// The same with mean 0 and deviation 1 in each row.
	pub(crate) fn normalised(mut self) -> Self {
		for row in self.values.chunks_mut(self.columns.max(1)) {
			let count = row.len() as f64;
			let mean = row.iter().sum::<f64>() / count;
			let deviation = (row.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
			let scale = if deviation > 1e-12 { 1.0 / deviation } else { 0.0 };
			row.iter_mut().for_each(|value| *value = (*value - mean) * scale);
		}
		self
	}

	/// How much of the truth, the column of each row, the scores name.
	pub(crate) fn found(&self, truth: &[usize]) -> Found {
		let mut one_by_one = 0.0;
		for (row, right) in truth.iter().enumerate() {
			let scores = self.row(row);
			let best = scores.iter().copied().fold(f64::MIN, f64::max);
			let ties = scores.iter().filter(|score| is_close(**score, best)).count();
			if is_close(scores[*right], best) {
				one_by_one += 1.0 / ties as f64;
			}
		}
		let assigned: f64 = (0..ROUNDS).map(|seed| self.assigned(truth, seed)).sum();
		let rows = self.rows.max(1) as f64;
		Found { one_by_one: one_by_one / rows, assigned: assigned / ROUNDS as f64 / rows }
	}

	/// How many are right when the best pair is taken first, then the best of what is left.
	fn assigned(&self, truth: &[usize], seed: u64) -> f64 {
		let mut draw = Draw::new(seed);
		let mut pairs: Vec<_> = (0..self.rows)
			.flat_map(|row| (0..self.columns).map(move |column| (row, column)))
			.map(|(row, column)| {
				let score = self.values[row * self.columns + column];
				(score as f32, draw.next() as u32, row as u32, column as u32)
			})
			.collect();
		pairs.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
		let (mut rows, mut columns) = (vec![false; self.rows], vec![false; self.columns]);
		let mut right = 0.0;
		for (_, _, row, column) in pairs {
			let (row, column) = (row as usize, column as usize);
			if rows[row] || columns[column] {
				continue;
			}
			(rows[row], columns[column]) = (true, true);
			right += f64::from(u8::from(truth[row] == column));
		}
		right
	}
}

fn is_close(one: f64, other: f64) -> bool {
	(one - other).abs() <= 1e-9 * (1.0 + other.abs())
}
