//! Value sets of consent on paper.

use super::UnknownCode;
use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

codes! {
	/// How the paper was put into words that the patient understands.
	Interpreter {
		/// Nobody interpreted: the patient speaks the language of the house.
		None = 0, "none";
		/// An interpreter was there.
		InPerson = 1, "in-person";
		/// An interpreter by telephone or video.
		Remote = 2, "remote";
		/// A relative of the patient.
		Relative = 3, "relative";
	}
}
