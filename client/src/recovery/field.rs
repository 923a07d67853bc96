//! GF(256) with the polynomial x⁸ + x⁴ + x³ + x + 1, without tables or branches that would tell of
//! the secret.

use zeroize::Zeroizing;

/// The product.
pub(super) const fn multiply(mut a: u8, b: u8) -> u8 {
	let (mut product, mut bit) = (0, 0);
	while bit < 8 {
		product ^= a & 0u8.wrapping_sub((b >> bit) & 1);
		a = (a << 1) ^ (0x1b & 0u8.wrapping_sub(a >> 7));
		bit += 1;
	}
	product
}

/// One divided by `a`; of zero, zero.
pub(super) const fn invert(a: u8) -> u8 {
	// a²⁵⁴ = a² · a⁴ · … · a¹²⁸
	let (mut power, mut inverse, mut step) = (a, 1, 0);
	while step < 7 {
		power = multiply(power, power);
		inverse = multiply(inverse, power);
		step += 1;
	}
	inverse
}

/// The value at `x` of the polynomials that go through these points, one per byte. No two points
/// have the same place, and all have as many bytes.
pub(super) fn interpolate(points: &[(u8, &[u8])], x: u8) -> Zeroizing<Vec<u8>> {
	let length = points.first().map_or(0, |(_, value)| value.len());
	let mut sum = Zeroizing::new(vec![0; length]);
	for (place, value) in points {
		// Places are public; values are not.
		let others = points.iter().filter(|(other, _)| other != place);
		let weight = others.fold(1, |weight, (other, _)| {
			multiply(weight, multiply(x ^ other, invert(place ^ other)))
		});
		for (sum, byte) in sum.iter_mut().zip(value.iter()) {
			*sum ^= multiply(weight, *byte);
		}
	}
	sum
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_number_but_zero_has_an_inverse() {
		for a in 1..=255 {
			assert_eq!(multiply(a, invert(a)), 1, "{a}");
		}
		assert_eq!(invert(0), 0);
		// FIPS 197, 4.2.
		assert_eq!(multiply(0x57, 0x83), 0xc1);
		assert_eq!(multiply(0x57, 0x13), 0xfe);
	}

	#[test]
	fn lines_go_through_their_points() {
		let points: [(u8, &[u8]); 3] = [(0, &[1, 2]), (7, &[3, 4]), (255, &[5, 6])];
		for (x, value) in points {
			assert_eq!(interpolate(&points, x).as_slice(), value);
		}
	}
}
