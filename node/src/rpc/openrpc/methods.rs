//! The table of the `salus_` methods. Parameters stand in the order in which they are given.

use super::super::types::{
	holder, Account, Accreditation, At, Authority, Batch, BreakGlass, Chart, Directive,
	DisclosureRoot, EmergencyPrivilege, Finality, Holding, Inspection, Licence, Motion,
	Organisation, Page, Practitioner, Record, Request, Requirements, StaffMember, Standing,
};
use salus_primitives::{
	codes::{DrugSchedule, LicenceClass, OrganisationKind, Role},
	time::Moment,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

pub(super) type Describe = fn(&mut SchemaGenerator) -> Schema;

/// A method as the document describes it.
pub(super) struct Method {
	pub(super) name: &'static str,
	pub(super) summary: &'static str,
	pub(super) params: &'static [Param],
	pub(super) result: Describe,
}

/// A parameter as the document describes it.
#[derive(Clone, Copy)]
pub(super) struct Param {
	pub(super) name: &'static str,
	pub(super) summary: &'static str,
	pub(super) required: bool,
	pub(super) schema: Describe,
}

const fn required(name: &'static str, summary: &'static str, schema: Describe) -> Param {
	Param { name, summary, required: true, schema }
}

const fn optional(name: &'static str, summary: &'static str, schema: Describe) -> Param {
	Param { name, summary, required: false, schema }
}

fn number(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
}

fn text(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "string" })
}

fn bytes32(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "string", "pattern": "^0x[0-9a-f]{64}$" })
}

fn number_or_text(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": ["integer", "string"] })
}

fn place(_: &mut SchemaGenerator) -> Schema {
	schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$" })
}

fn one_of<Code: Copy>(all: &[Code], code: fn(Code) -> &'static str) -> Schema {
	let codes: Vec<_> = all.iter().copied().map(code).collect();
	schemars::json_schema!({ "type": "string", "enum": codes })
}

fn role(_: &mut SchemaGenerator) -> Schema {
	one_of(Role::ALL, Role::code)
}

fn class(_: &mut SchemaGenerator) -> Schema {
	one_of(LicenceClass::ALL, LicenceClass::code)
}

fn schedule(_: &mut SchemaGenerator) -> Schema {
	one_of(DrugSchedule::ALL, DrugSchedule::code)
}

fn kind(_: &mut SchemaGenerator) -> Schema {
	one_of(OrganisationKind::ALL, OrganisationKind::code)
}

fn answer<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
	generator.subschema_for::<T>()
}

const AT: Param =
	optional("at", "Hash of the block asked about; the finalised head without", bytes32);
const CURSOR: Param = optional("cursor", "Where the page before ended; its block counts", text);
const ORGANISATION: Param = required("organisation", "The organisation's number", number);
const PLACE: Param = required("place", "A country or subdivision, ISO 3166, such as US-CA", place);

/// Every `salus_` method.
pub(super) const METHODS: &[Method] = &[
	Method {
		name: "salus_finality",
		summary: "Finalised head and best block",
		params: &[],
		result: answer::<Finality>,
	},
	Method {
		name: "salus_organisation",
		summary: "One organisation",
		params: &[ORGANISATION, AT],
		result: answer::<At<Option<Organisation>>>,
	},
	Method {
		name: "salus_organisations",
		summary: "All organisations, in order of their entry",
		params: &[CURSOR, AT],
		result: answer::<At<Page<Organisation>>>,
	},
	Method {
		name: "salus_organisationsIn",
		summary: "The organisations in this very country or subdivision",
		params: &[PLACE, CURSOR, AT],
		result: answer::<At<Page<Organisation>>>,
	},
	Method {
		name: "salus_staff",
		summary: "An organisation's staff",
		params: &[ORGANISATION, CURSOR, AT],
		result: answer::<At<Page<StaffMember>>>,
	},
	Method {
		name: "salus_practitioner",
		summary: "One practitioner with their licences that can still count",
		params: &[
			required("practitioner", "The practitioner's number or account", number_or_text),
			AT,
		],
		result: answer::<At<Option<Practitioner>>>,
	},
	Method {
		name: "salus_practitioners",
		summary: "All practitioners, in order of registration",
		params: &[CURSOR, AT],
		result: answer::<At<Page<Practitioner>>>,
	},
	Method {
		name: "salus_standing",
		summary:
			"Whether an account may act in a role for an organisation, every reason why not, and \
			 what should be known",
		params: &[
			required("account", "SS58 address, or 0x and 64 hexadecimal digits", text),
			ORGANISATION,
			required("role", "Code of the role", role),
			optional("schedule", "The schedule of the controlled drugs it is about", schedule),
			optional(
				"moment",
				"The moment asked about, if it is after the block's time",
				answer::<Moment>,
			),
			AT,
		],
		result: answer::<At<Standing>>,
	},
	Method {
		name: "salus_licence",
		summary: "One licence",
		params: &[required("licence", "The licence's number", number), AT],
		result: answer::<At<Option<Licence>>>,
	},
	Method {
		name: "salus_licences",
		summary: "A holder's licences that can still count, oldest first",
		params: &[required("holder", "The practitioner or organisation", holder), AT],
		result: answer::<At<Vec<Licence>>>,
	},
	Method {
		name: "salus_licencesIn",
		summary: "The licences of a class that name this very country or subdivision",
		params: &[PLACE, required("class", "Code of the class", class), CURSOR, AT],
		result: answer::<At<Page<Licence>>>,
	},
	Method {
		name: "salus_licencesBy",
		summary: "The licences that a board issued",
		params: &[required("board", "The board's number", number), CURSOR, AT],
		result: answer::<At<Page<Licence>>>,
	},
	Method {
		name: "salus_accreditations",
		summary: "An organisation's accreditations that can still count, and those after them",
		params: &[ORGANISATION, AT],
		result: answer::<At<Vec<Accreditation>>>,
	},
	Method {
		name: "salus_inspections",
		summary: "An organisation's inspections",
		params: &[ORGANISATION, CURSOR, AT],
		result: answer::<At<Page<Inspection>>>,
	},
	Method {
		name: "salus_requirements",
		summary: "What organisations of a kind need in this very country or subdivision",
		params: &[required("kind", "Code of the kind", kind), PLACE, AT],
		result: answer::<At<Option<Requirements>>>,
	},
	Method {
		name: "salus_authority",
		summary: "What the council let an organisation decide",
		params: &[ORGANISATION, AT],
		result: answer::<At<Authority>>,
	},
	Method {
		name: "salus_council",
		summary: "The accounts of the council's members",
		params: &[AT],
		result: answer::<At<Vec<Account>>>,
	},
	Method {
		name: "salus_motions",
		summary: "The motions before the council, in order of their proposal",
		params: &[AT],
		result: answer::<At<Vec<Motion>>>,
	},
	Method {
		name: "salus_chart",
		summary: "One chart with its active directives",
		params: &[required("chart", "The chart's id", bytes32), AT],
		result: answer::<At<Option<Chart>>>,
	},
	Method {
		name: "salus_record",
		summary: "One record",
		params: &[required("record", "The record's id", bytes32), AT],
		result: answer::<At<Option<Record>>>,
	},
	Method {
		name: "salus_records",
		summary: "The records that an organisation took in, in order of their numbers",
		params: &[ORGANISATION, CURSOR, AT],
		result: answer::<At<Page<Record>>>,
	},
	Method {
		name: "salus_batch",
		summary: "One batch of records",
		params: &[required("batch", "The batch's id", bytes32), AT],
		result: answer::<At<Option<Batch>>>,
	},
	Method {
		name: "salus_holding",
		summary: "Who keeps the charts and records of an organisation",
		params: &[ORGANISATION, AT],
		result: answer::<At<Holding>>,
	},
	Method {
		name: "salus_directive",
		summary: "One consent directive",
		params: &[required("directive", "The directive's id", bytes32), AT],
		result: answer::<At<Option<Directive>>>,
	},
	Method {
		name: "salus_request",
		summary: "One access request",
		params: &[required("request", "The request's id", bytes32), AT],
		result: answer::<At<Option<Request>>>,
	},
	Method {
		name: "salus_disclosureRoot",
		summary: "One disclosure root of a custodian",
		params: &[
			ORGANISATION,
			optional("number", "The root's number, from 0; the newest without", number),
			AT,
		],
		result: answer::<At<Option<DisclosureRoot>>>,
	},
	Method {
		name: "salus_breakGlass",
		summary: "One break-glass, with its state",
		params: &[required("breakGlass", "The break-glass's id", bytes32), AT],
		result: answer::<At<Option<BreakGlass>>>,
	},
	Method {
		name: "salus_breakGlassesPending",
		summary: "The break-glasses that wait for a reviewer, escalated ones included",
		params: &[CURSOR, AT],
		result: answer::<At<Page<BreakGlass>>>,
	},
	Method {
		name: "salus_emergencyPrivilege",
		summary: "Whether a practitioner may break the glass",
		params: &[required("practitioner", "The practitioner's number", number), AT],
		result: answer::<At<EmergencyPrivilege>>,
	},
];
