//! The words of SLIP-0039: 1,024 of them, each told by its first four letters.

use super::error::RecoveryError;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// Letters that tell a word.
const TELLING: usize = 4;

static WORDS: LazyLock<Vec<&'static str>> =
	LazyLock::new(|| include_str!("data/slip39-english.txt").lines().collect());

/// The word with this number.
pub(super) fn word(number: u16) -> &'static str {
	WORDS.get(usize::from(number)).copied().unwrap_or_default()
}

/// The number of a word, which may be cut after its first four letters.
pub(super) fn number(text: &str) -> Option<u16> {
	let found = match WORDS.binary_search(&text) {
		Ok(found) => found,
		// A cut word stands right before those that go on from it.
		Err(next) if text.len() >= TELLING && WORDS.get(next)?.starts_with(text) => next,
		Err(_) => return None,
	};
	found.try_into().ok()
}

/// The number of the word at this place of a share, or an error that names the nearest.
pub(super) fn numbered(text: &str, position: usize) -> Result<u16, RecoveryError> {
	let lower = Zeroizing::new(text.to_lowercase());
	number(&lower).ok_or_else(|| RecoveryError::UnknownWord {
		position,
		word: text.chars().take(32).collect(),
		nearest: nearest(&lower),
	})
}

/// Whether the word at this place of a share is one of the list, before the share is whole.
pub fn check_word(text: &str, position: usize) -> Result<(), RecoveryError> {
	numbered(text, position).map(drop)
}

/// The words of a text, without the numbers and signs that people write beside them.
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
	text.split_whitespace()
		.map(|token| token.trim_matches(|sign: char| !sign.is_alphabetic()))
		.filter(|token| !token.is_empty())
}

/// The word that takes the fewest changes; the first in the list among equals.
fn nearest(text: &str) -> &'static str {
	// What is longer than any word is far from all of them, however long it is.
	let text: Vec<char> = text.chars().take(16).collect();
	WORDS
		.iter()
		.copied()
		.min_by_key(|word| {
			let alike = word.chars().zip(&text).take_while(|(one, other)| one == *other).count();
			(distance(word, &text), core::cmp::Reverse(alike))
		})
		.unwrap_or_default()
}

/// How many letters must be put in, left out or changed.
fn distance(word: &str, text: &[char]) -> usize {
	let mut row: Vec<usize> = (0..=text.len()).collect();
	for (line, letter) in word.chars().enumerate() {
		let mut diagonal = line;
		let mut left = line.saturating_add(1);
		for (cell, other) in row.iter_mut().skip(1).zip(text) {
			let changed = diagonal.saturating_add(usize::from(letter != *other));
			let moved = left.min(*cell).saturating_add(1);
			diagonal = *cell;
			left = changed.min(moved);
			*cell = left;
		}
		if let Some(first) = row.first_mut() {
			*first = line.saturating_add(1);
		}
	}
	row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;
	use sha2::{Digest, Sha256};

	#[test]
	fn the_list_is_the_standards() {
		let digest = Sha256::digest(include_bytes!("data/slip39-english.txt"));
		assert_eq!(
			hex::encode(digest),
			"bcc4555340332d169718aed8bf31dd9d5248cb7da6e5d355140ef4f1e601eec3"
		);
		assert_eq!(WORDS.len(), 1024);
		assert!(WORDS.is_sorted());
	}

	#[test]
	fn words_are_told_by_their_first_letters() {
		for (place, text) in WORDS.iter().enumerate() {
			let place = u16::try_from(place).unwrap();
			assert_eq!(number(text), Some(place));
			assert_eq!(word(place), *text);
			for end in TELLING..text.len() {
				assert_eq!(number(&text[..end]), Some(place), "{text} cut at {end}");
			}
			assert_eq!(number(&text[..3]), None, "{text}");
		}
		for strange in ["", "a", "academicx", "acadx", "zzzz", "ümlaut"] {
			assert_eq!(number(strange), None, "{strange}");
		}
	}

	#[test]
	fn the_nearest_word_is_named() {
		for (text, word) in [
			("acdemic", "academic"),
			("acidd", "acid"),
			("duckking", "duckling"),
			("keybaord", "keyboard"),
			("", "acid"),
		] {
			assert_eq!(nearest(text), word, "{text}");
		}
		let fault = numbered("Acdemic", 7).unwrap_err();
		assert_eq!(
			fault.to_string(),
			"word 7 is 'Acdemic', which is not in the list; the nearest is 'academic'"
		);
		assert_eq!(numbered("ACADEMIC", 1), Ok(0));
	}

	#[test]
	fn numbers_and_signs_do_not_count() {
		let text = " 1. academic\t2) acid, 3: acne\n(4) acquire 12.acrobat - 33 ";
		let found: Vec<_> = tokens(text).collect();
		assert_eq!(found, ["academic", "acid", "acne", "acquire", "acrobat"]);
	}
}
