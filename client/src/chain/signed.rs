//! Transactions that a chart's key signed and somebody else submits: what they say, read from their bytes.
//!
//! The order of the transaction extensions is final (see the runtime's `TxExtension`), so that their
//! bytes can be read here.

use super::{call::METADATA, Call};
use codec::{Compact, Decode, Input};
use salus_primitives::ids::{AccountBytes, ChartId};

/// Calls about a chart that its key signs and that a vault submits for it, with their pallets.
const RELAYED: [(&str, &str); 8] = [
	("PatientIdentity", "rotate_key"),
	("PatientIdentity", "set_guard"),
	("PatientIdentity", "cancel_rekeying"),
	("PatientIdentity", "deactivate"),
	("PatientIdentity", "reactivate"),
	("PatientIdentity", "dispute_death"),
	("Consent", "file_ask"),
	("Consent", "withdraw_ask"),
];
/// First byte of a signed transaction of version 4.
const SIGNED: u8 = 0x84;
/// Longest such transaction: these calls are short.
const LONGEST: usize = 1024;

/// A transaction whose call is about one chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
	bytes: Vec<u8>,
	signer: AccountBytes,
	call: (&'static str, &'static str),
	/// The call with its arguments.
	encoded: Vec<u8>,
	chart: ChartId,
}

/// Why bytes are no such transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
	/// They are no signed transaction of this chain's form.
	#[error("these bytes are no signed transaction")]
	Unreadable,
	/// The call is another one.
	#[error(
		"the transaction's call is none that is submitted for charts: they are rotate_key, set_guard, \
		 cancel_rekeying, deactivate, reactivate, dispute_death, file_ask and withdraw_ask"
	)]
	AnotherCall,
}

impl Signed {
	/// Reads a transaction. Its signature is for the chain to check.
	pub fn read(bytes: Vec<u8>) -> Result<Self, Unsuitable> {
		if bytes.len() > LONGEST {
			return Err(Unsuitable::Unreadable);
		}
		let (signer, call, mut rest) = head(&bytes).ok_or(Unsuitable::Unreadable)?;
		let encoded = [call.as_slice(), rest].concat();
		let call = relayed(call).ok_or(Unsuitable::AnotherCall)?;
		// All of these calls name their chart first.
		let chart = ChartId::decode(&mut rest).map_err(|_| Unsuitable::Unreadable)?;
		Ok(Self { bytes, signer, call, encoded, chart })
	}

	/// The transaction.
	pub fn bytes(&self) -> &[u8] {
		&self.bytes
	}

	/// Who signed it, by its own word.
	pub const fn signer(&self) -> AccountBytes {
		self.signer
	}

	/// The chart that its call is about.
	pub const fn chart(&self) -> ChartId {
		self.chart
	}

	/// Its call.
	pub fn call(&self) -> String {
		let (pallet, name) = self.call;
		format!("{pallet}.{name}")
	}

	/// Whether its call is this one, arguments included.
	pub fn says(&self, call: &Call) -> bool {
		call.encoded().is_ok_and(|encoded| encoded == self.encoded)
	}
}

/// Signer, indices of pallet and call, and the call's arguments.
fn head(mut bytes: &[u8]) -> Option<(AccountBytes, [u8; 2], &[u8])> {
	let length = Compact::<u32>::decode(&mut bytes).ok()?.0;
	if usize::try_from(length) != Ok(bytes.len()) || bytes.read_byte().ok()? != SIGNED {
		return None;
	}
	// An address by id.
	if bytes.read_byte().ok()? != 0 {
		return None;
	}
	let signer = AccountBytes::decode(&mut bytes).ok()?;
	let signature = match bytes.read_byte().ok()? {
		0 | 1 => 64,
		2 => 65,
		_ => return None,
	};
	bytes = bytes.get(signature..)?;
	// Mortality: one byte for immortal ones, two for others.
	if bytes.read_byte().ok()? != 0 {
		bytes.read_byte().ok()?;
	}
	Compact::<u32>::decode(&mut bytes).ok()?;
	// Whether the metadata's hash is signed too.
	bytes.read_byte().ok()?;
	let call = <[u8; 2]>::decode(&mut bytes).ok()?;
	Some((signer, call, bytes))
}

fn relayed([pallet, call]: [u8; 2]) -> Option<(&'static str, &'static str)> {
	let pallet = METADATA.as_ref()?.pallet_by_call_index(pallet)?;
	let name = &pallet.call_variant_by_index(call)?.name;
	RELAYED.into_iter().find(|known| *known == (pallet.name(), name.as_str()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use salus_primitives::ids::{AskId, Seal};

	/// A transaction with this call, as clients make it.
	fn transaction(call: &Call, era: &[u8]) -> Vec<u8> {
		let mut body = vec![SIGNED, 0];
		body.extend([7; 32]);
		body.push(1);
		body.extend([9; 64]);
		body.extend(era);
		body.extend(Compact(70u32).encode());
		body.push(0);
		body.extend(call.encoded().unwrap());
		let mut bytes = Compact(body.len() as u32).encode();
		bytes.extend(body);
		bytes
	}

	#[test]
	fn calls_of_charts_are_read() {
		let chart = ChartId([3; 32]);
		for era in [&[0][..], &[0xe5, 0x02]] {
			let ask = AskId([4; 32]);
			let calls = [
				Call::deactivate(chart),
				Call::set_guard(chart, None),
				Call::file_ask(chart, ask, Seal([5; 32])),
				Call::withdraw_ask(chart, ask),
			];
			for call in calls {
				let read = Signed::read(transaction(&call, era)).unwrap();
				assert_eq!((read.signer(), read.chart()), ([7; 32], chart));
				assert_eq!(read.call(), call.to_string());
				assert!(read.says(&call));
				assert!(!read.says(&Call::file_ask(chart, ask, Seal([6; 32]))));
			}
		}
	}

	#[test]
	fn other_calls_are_refused() {
		let calls = [
			Call::complete_rekeying(ChartId([3; 32])),
			Call::revoke_directive([3; 32].into()),
			Call::publish_account_key([3; 32]),
			Call::grant_ask(ChartId([3; 32]), AskId([4; 32]), Seal([5; 32])),
		];
		for call in calls {
			let read = Signed::read(transaction(&call, &[0]));
			assert_eq!(read, Err(Unsuitable::AnotherCall), "{call}");
		}
	}

	#[test]
	fn what_is_no_transaction_is_refused() {
		let good = transaction(&Call::deactivate(ChartId([3; 32])), &[0]);
		for end in 0..good.len() {
			assert_eq!(Signed::read(good[..end].to_vec()), Err(Unsuitable::Unreadable));
		}
		let mut unsigned = good.clone();
		unsigned[2] = 0x04;
		assert_eq!(Signed::read(unsigned), Err(Unsuitable::Unreadable));
		assert_eq!(Signed::read(vec![0; 9000]), Err(Unsuitable::Unreadable));
	}
}
