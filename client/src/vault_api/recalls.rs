//! Recalls: what a custodian tells those who read records that a directive permitted, once that has ended.
//! `docs/recalls.md` tells the whole.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | GET [`CHART_RECALLS`] | the chart's key, a guardian who may read | query `from` → [`RecallPage`] |
//! | GET [`RECALLS`] | anyone signed in; for a whole house its administrators and records officers | query [`RecallQuery`] → [`RecallPage`] |
//! | GET [`RECALL`] | the recipient, an administrator or records officer of the recipient's house | [`Recall`] |
//! | GET [`RECALLED_RECORDS`] | the same | query `from` → [`RecalledRecords`] |
//! | POST [`RECALL_ANSWER`] | the same | [`RecallWord`] → [`Recall`] |

use super::{hex_bytes, Signature};
use crate::keys::Identity;
use codec::{Decode, Encode};
use salus_primitives::{
	ids::{
		hex_schema, AccountBytes, ChartId, Digest, DirectiveId, OrganisationId, PractitionerId,
		RecordId,
	},
	time::Moment,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route of a chart's [`RecallPage`].
pub const CHART_RECALLS: &str = "/charts/{chart}/recalls";
/// Route of the [`RecallPage`] of a recipient or of a house.
pub const RECALLS: &str = "/recalls";
/// Route of a [`Recall`].
pub const RECALL: &str = "/recalls/{recall}";
/// Route of [`RecalledRecords`].
pub const RECALLED_RECORDS: &str = "/recalls/{recall}/records";
/// Route of a [`RecallWord`].
pub const RECALL_ANSWER: &str = "/recalls/{recall}/answer";

/// How long a recipient has for an answer: 14 days from when the custodian found that they may read no
/// more.
pub const RECALL_DUE: Moment = 14 * 24 * 60 * 60 * 1000;
/// Most recalls on one page.
pub const RECALLS_PER_PAGE: u32 = 32;
/// Most records on one page.
pub const RECALLED_PER_PAGE: u32 = 256;
/// By how much the moment of an answer may lie before the vault's clock: a day.
pub const RECALL_WORD_AGE: Moment = 24 * 60 * 60 * 1000;
/// By how much it may lie after: five minutes.
pub const RECALL_WORD_AHEAD: Moment = 5 * 60 * 1000;

/// Names the answer to a recall, and its version.
pub const RECALL_DOMAIN: [u8; 16] = *b"salus/recall/1  ";
/// Names the parties over which the id of a recall is made, and their version.
const RECALL_ID_DOMAIN: [u8; 16] = *b"salus/recall-id1";

/// Names a recall. It follows from who is told what by whom, so whoever reads the chart's log can say which
/// there must be, and no kill makes two of one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RecallId(
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub [u8; 32],
);

impl RecallId {
	/// The recall by this custodian of what this account got for this organisation under this directive.
	pub fn of(
		genesis: &[u8; 32],
		custodian: OrganisationId,
		chart: &ChartId,
		directive: &DirectiveId,
		recipient: &Recipient,
	) -> Self {
		let parties = (RECALL_ID_DOMAIN, genesis, custodian, chart, directive, recipient);
		Self(Digest::of(&parties.encode()).0)
	}
}

impl core::fmt::Display for RecallId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl core::fmt::Debug for RecallId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		core::fmt::Display::fmt(self, f)
	}
}

impl core::str::FromStr for RecallId {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let wrong = "a recall is named by 0x and 64 hexadecimal digits";
		let mut bytes = [0; 32];
		let digits = text.strip_prefix("0x").ok_or(wrong)?;
		hex::decode_to_slice(digits, &mut bytes).map_err(|_| wrong)?;
		Ok(Self(bytes))
	}
}

/// Who got something.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
pub struct Recipient {
	/// The account.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// For whom it acted.
	pub organisation: OrganisationId,
}

/// Why a recipient keeps what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecallGround {
	/// A law says for how long it must be kept.
	#[codec(index = 0)]
	Retention,
	/// It is needed for a legal claim, or a court has ordered it kept.
	#[codec(index = 1)]
	Legal,
	/// It became part of the recipient's own record of a treatment.
	#[codec(index = 2)]
	TreatmentRecord,
}

impl RecallGround {
	/// All of them.
	pub const ALL: [Self; 3] = [Self::Retention, Self::Legal, Self::TreatmentRecord];

	/// The code.
	pub const fn code(self) -> &'static str {
		match self {
			Self::Retention => "retention",
			Self::Legal => "legal",
			Self::TreatmentRecord => "treatment-record",
		}
	}
}

impl core::str::FromStr for RecallGround {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let known = Self::ALL.into_iter().find(|ground| ground.code() == text);
		known.ok_or("a ground is retention, legal or treatment-record")
	}
}

/// What a recipient says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecallAnswer {
	/// They know of it, and keep what they read on this ground.
	#[codec(index = 0)]
	Acknowledged(RecallGround),
	/// They have deleted every copy that they had.
	#[codec(index = 1)]
	Deleted,
}

/// What a recipient signs. It always has the same length for the same kind of answer, and is for one recall
/// at one custodian on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct RecallStatement {
	/// [`RECALL_DOMAIN`].
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<16>")]
	pub domain: [u8; 16],
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub genesis: [u8; 32],
	/// Who recalls.
	pub custodian: OrganisationId,
	/// Which recall.
	pub recall: RecallId,
	/// How many records it had when this was said: of more it says nothing.
	pub records: u32,
	/// What is said.
	pub answer: RecallAnswer,
	/// Who says it: the recipient, or somebody for their house.
	#[serde(with = "hex_bytes")]
	#[schemars(schema_with = "hex_schema::<32>")]
	pub account: AccountBytes,
	/// When, by the clock of who says it.
	pub at: Moment,
}

impl RecallStatement {
	/// The two byte strings a wallet may sign: the encoded statement, or what browser wallets sign, which
	/// is the same between `<Bytes>` and `</Bytes>`.
	pub fn signable(&self) -> [Vec<u8>; 2] {
		let raw = self.encode();
		let wrapped = [b"<Bytes>".as_slice(), &raw, b"</Bytes>"].concat();
		[raw, wrapped]
	}
}

/// An answer to a recall, signed by who gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct RecallWord {
	/// What is said.
	pub statement: RecallStatement,
	/// Over one of [`RecallStatement::signable`].
	pub signature: Signature,
}

impl RecallWord {
	/// The answer of `who` to this recall at this custodian.
	pub fn sign(
		who: &Identity,
		genesis: [u8; 32],
		custodian: OrganisationId,
		recall: &Recall,
		answer: RecallAnswer,
		at: Moment,
	) -> Self {
		let statement = RecallStatement {
			domain: RECALL_DOMAIN,
			genesis,
			custodian,
			recall: recall.id,
			records: recall.records,
			answer,
			account: who.account(),
			at,
		};
		Self { statement, signature: who.sign(&statement.encode()) }
	}

	/// Whether it is an answer to this recall at this custodian on this chain, signed by the account that it
	/// names. Whether that account may answer is another question.
	pub fn holds(&self, genesis: &[u8; 32], custodian: OrganisationId, recall: &RecallId) -> bool {
		let said = &self.statement;
		said.domain == RECALL_DOMAIN
			&& said.genesis == *genesis
			&& said.custodian == custodian
			&& said.recall == *recall
			&& self.signature.verify_any(&said.signable(), &said.account)
	}
}

/// That a recipient may no more read what they read under a directive that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recall {
	/// Its name.
	pub id: RecallId,
	/// Of which chart.
	pub chart: ChartId,
	/// The directive under which it was released.
	pub directive: DirectiveId,
	/// Who got it.
	#[serde(flatten)]
	pub recipient: Recipient,
	/// Their practitioner number, if they have one.
	pub practitioner: Option<PractitionerId>,
	/// When the custodian found that they may read no more, by the finalised head.
	pub since: Moment,
	/// By when an answer is due.
	pub due: Moment,
	/// How many records it is about.
	pub records: u32,
	/// Whether the patient has permitted all of it again since: then nothing is owed.
	pub permitted_again: bool,
	/// The last answer.
	pub answer: Option<RecallWord>,
}

/// How a recall stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecallState {
	/// It is on the recipient's list, and no answer has come.
	Notified,
	/// The same, and its date has passed.
	Overdue,
	/// The recipient knows of it, and keeps what they read.
	Acknowledged,
	/// The recipient says that they deleted it.
	DeletionAttested,
	/// The patient permitted it again, so nothing is owed.
	PermittedAgain,
}

impl Recall {
	/// How it stands at `now`. An answer that was given when there were fewer records counts no more; an
	/// attestation of deletion stays one, also where it is permitted again.
	pub fn state(&self, now: Moment) -> RecallState {
		let answer = self.answer.map(|word| word.statement);
		match answer.filter(|said| said.records == self.records).map(|said| said.answer) {
			Some(RecallAnswer::Deleted) => RecallState::DeletionAttested,
			_ if self.permitted_again => RecallState::PermittedAgain,
			Some(RecallAnswer::Acknowledged(_)) => RecallState::Acknowledged,
			None if now >= self.since.saturating_add(RECALL_DUE) => RecallState::Overdue,
			None => RecallState::Notified,
		}
	}
}

/// Recalls, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecallPage {
	/// Some of them.
	pub recalls: Vec<Recall>,
	/// Where the next page begins, if there is more.
	pub next: Option<u32>,
}

/// Whose recalls, and from where on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecallQuery {
	/// Those of everybody who acted for this organisation, for its administrators and records officers.
	/// Without it, those of the caller.
	#[serde(default)]
	pub house: Option<OrganisationId>,
	/// First place of the page.
	#[serde(default)]
	pub from: u32,
}

/// The records of a recall, in the order of their first release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecalledRecords {
	/// Some of them.
	pub records: Vec<RecordId>,
	/// Where the next page begins, if there is more.
	pub next: Option<u32>,
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::keys::KeyFile;

	const GENESIS: [u8; 32] = [1; 32];

	fn recall(account: AccountBytes) -> Recall {
		let (chart, directive) = (ChartId([2; 32]), DirectiveId([3; 32]));
		let recipient = Recipient { account, organisation: 2 };
		Recall {
			id: RecallId::of(&GENESIS, 1, &chart, &directive, &recipient),
			chart,
			directive,
			recipient,
			practitioner: Some(2),
			since: 1_000,
			due: 1_000 + RECALL_DUE,
			records: 3,
			permitted_again: false,
			answer: None,
		}
	}

	#[test]
	fn the_name_follows_from_everything_that_it_names() {
		let known = recall([4; 32]);
		let of = |custodian, chart: u8, directive: u8, account: u8, organisation| {
			let recipient = Recipient { account: [account; 32], organisation };
			let (chart, directive) = (ChartId([chart; 32]), DirectiveId([directive; 32]));
			RecallId::of(&GENESIS, custodian, &chart, &directive, &recipient)
		};
		assert_eq!(of(1, 2, 3, 4, 2), known.id);
		for other in [
			of(2, 2, 3, 4, 2),
			of(1, 9, 3, 4, 2),
			of(1, 2, 9, 4, 2),
			of(1, 2, 3, 9, 2),
			of(1, 2, 3, 4, 9),
		] {
			assert_ne!(other, known.id);
		}
		assert_eq!(known.id.to_string().parse(), Ok(known.id));
		assert!("0x12".parse::<RecallId>().is_err());
	}

	#[test]
	fn an_answer_is_good_for_its_own_recall_alone() {
		let who = KeyFile::from_dev_uri("//Lakeside//DrBrooks").unwrap().into_identity();
		let known = recall(who.account());
		let word = RecallWord::sign(&who, GENESIS, 1, &known, RecallAnswer::Deleted, 5);
		assert!(word.holds(&GENESIS, 1, &known.id));
		assert!(!word.holds(&[9; 32], 1, &known.id));
		assert!(!word.holds(&GENESIS, 2, &known.id));
		assert!(!word.holds(&GENESIS, 1, &RecallId([9; 32])));
		let browser = who.sign(&word.statement.signable()[1]);
		assert!(RecallWord { signature: browser, ..word }.holds(&GENESIS, 1, &known.id));
		let ground = RecallAnswer::Acknowledged(RecallGround::Legal);
		for changed in [
			RecallStatement { answer: ground, ..word.statement },
			RecallStatement { records: 2, ..word.statement },
			RecallStatement { account: [7; 32], ..word.statement },
			RecallStatement { at: 6, ..word.statement },
			RecallStatement { domain: *b"salus/sign-in/1 ", ..word.statement },
		] {
			let forged = RecallWord { statement: changed, ..word };
			assert!(!forged.holds(&GENESIS, 1, &known.id), "{changed:?}");
		}
	}

	#[test]
	fn the_state_follows_from_answer_and_date() {
		let who = KeyFile::from_dev_uri("//Lakeside//DrBrooks").unwrap().into_identity();
		let known = recall(who.account());
		assert_eq!(known.state(0), RecallState::Notified);
		assert_eq!(known.state(known.due - 1), RecallState::Notified);
		assert_eq!(known.state(known.due), RecallState::Overdue);
		let again = Recall { permitted_again: true, ..known };
		assert_eq!(again.state(known.due), RecallState::PermittedAgain);
		let kept = RecallAnswer::Acknowledged(RecallGround::Retention);
		for (answer, expected, permitted) in [
			(kept, RecallState::Acknowledged, RecallState::PermittedAgain),
			(RecallAnswer::Deleted, RecallState::DeletionAttested, RecallState::DeletionAttested),
		] {
			let answer = Some(RecallWord::sign(&who, GENESIS, 1, &known, answer, 5));
			let answered = Recall { answer, ..known };
			assert_eq!(answered.state(known.due), expected);
			assert_eq!(Recall { permitted_again: true, ..answered }.state(0), permitted);
			// Said of three, and now there are four.
			let more = Recall { records: 4, ..answered };
			assert_eq!(more.state(known.due), RecallState::Overdue);
		}
	}

	#[test]
	fn statements_keep_their_shape() {
		let who = KeyFile::from_dev_uri("//Lakeside//DrBrooks").unwrap().into_identity();
		let known = recall(who.account());
		let word = RecallWord::sign(&who, GENESIS, 1, &known, RecallAnswer::Deleted, 5);
		assert_eq!(word.statement.encode().len(), 16 + 32 + 4 + 32 + 4 + 1 + 32 + 8);
		for ground in RecallGround::ALL {
			assert_eq!(ground.code().parse(), Ok(ground));
			assert_eq!(serde_json::to_value(ground).unwrap(), ground.code());
		}
		let json = serde_json::to_string(&Recall { answer: Some(word), ..known }).unwrap();
		let read: Recall = serde_json::from_str(&json).unwrap();
		assert_eq!(read, Recall { answer: Some(word), ..known });
	}
}
