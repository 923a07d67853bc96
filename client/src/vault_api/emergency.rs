//! Break-glass.
//!
//! A clinician who broke the glass sends the header [`BREAK_GLASS_HEADER`] with a [`ShownInEmergency`]
//! when listing and asking for records; while finality stalls, with a [`SignedStatement`] in it. What is released by it goes into the chart's log like the rest, and
//! the chart's mailbox gets a notice that names nobody.
//!
//! | method and route | who | asks → answers |
//! |---|---|---|
//! | GET [`CHART_EMERGENCIES`] | the chart's key, a guardian who may read | [`EmergencyList`] |
//! | GET [`EMERGENCY_DISCLOSURES`] | a quality officer of a house without ties to the clinician, with the header | query [`ReviewQuery`] → [`DisclosurePage`](super::DisclosurePage) |

use super::Signature;
use codec::{Decode, Encode};
use salus_primitives::{
	break_glass::{BreakGlassStatement, ShownBreakGlass},
	ids::{BreakGlassId, OrganisationId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Route of a chart's [`EmergencyList`].
pub const CHART_EMERGENCIES: &str = "/charts/{chart}/emergencies";
/// Route of the log's lines of one break-glass, for a reviewer.
pub const EMERGENCY_DISCLOSURES: &str = "/emergencies/{emergency}/disclosures";

/// Header that carries a [`ShownInEmergency`], see [`encode_header`](super::encode_header).
pub const BREAK_GLASS_HEADER: &str = "salus-break-glass";

/// What shows that the glass was broken, and where the caller saw that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownInEmergency {
	/// Which break-glass, and what opens its seal.
	#[serde(flatten)]
	pub shown: ShownBreakGlass,
	/// Number of the finalised block at which the caller looked. The vault waits some seconds until its own
	/// node is there, so that what was just opened or widened counts.
	#[serde(default)]
	pub head: u32,
	/// What the clinician signed while finality stalls, so that the chain knows of no break-glass. The id is
	/// the statement's then.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub statement: Option<SignedStatement>,
}

/// A statement with the signature of its account over one of [`BreakGlassStatement::signable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct SignedStatement {
	/// What was signed.
	pub statement: BreakGlassStatement,
	/// The signature.
	pub signature: Signature,
}

/// The break-glasses by which something of a chart was released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyList {
	/// In the order of their first release.
	pub emergencies: Vec<EmergencyNotice>,
}

/// That something was released by a break-glass. Who broke it and why is on the chain, what was released in
/// the chart's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyNotice {
	/// Which.
	pub break_glass: BreakGlassId,
	/// Sequence of the first release in the chart's log.
	pub first: u32,
	/// Sequence of the last one so far.
	pub last: u32,
	/// How many there were, lists among them.
	pub releases: u32,
}

/// For whom a reviewer looks, and from where on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewQuery {
	/// The reviewer's house.
	pub organisation: OrganisationId,
	/// First sequence of the page.
	#[serde(default)]
	pub from: u32,
}
