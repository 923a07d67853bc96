//! RS1024: a Reed–Solomon code over GF(1024). Any change of up to three words is found out, and of
//! more all but one in a thousand million.

/// Words of a checksum.
pub(super) const LENGTH: usize = 3;

const GENERATOR: [u32; 10] = [
	0x00e0_e040,
	0x01c1_c080,
	0x0383_8100,
	0x0707_0200,
	0x0e0e_0009,
	0x1c0c_2412,
	0x3808_6c24,
	0x3090_fc48,
	0x21b1_f890,
	0x03f3_f120,
];

/// What the checksum begins with, so that shares of one kind are none of the other.
const fn domain(extendable: bool) -> &'static [u8] {
	if extendable {
		b"shamir_extendable"
	} else {
		b"shamir"
	}
}

fn remainder(extendable: bool, words: impl Iterator<Item = u16>) -> u32 {
	let domain = domain(extendable).iter().map(|byte| u16::from(*byte));
	domain.chain(words).fold(1, |sum, word| {
		let top = sum >> 20;
		let shifted = ((sum & 0xf_ffff) << 10) ^ u32::from(word);
		GENERATOR
			.iter()
			.enumerate()
			.filter(|(bit, _)| (top >> bit) & 1 == 1)
			.fold(shifted, |sum, (_, term)| sum ^ term)
	})
}

/// The checksum of these words.
pub(super) fn make(extendable: bool, words: &[u16]) -> [u16; LENGTH] {
	let padded = words.iter().copied().chain([0; LENGTH]);
	let sum = remainder(extendable, padded) ^ 1;
	[20, 10, 0].map(|shift| ((sum >> shift) & 0x3ff) as u16)
}

/// Whether the checksum at the end of these words is right.
pub(super) fn is_right(extendable: bool, words: &[u16]) -> bool {
	remainder(extendable, words.iter().copied()) == 1
}
