//! Break-glass.

use super::{
	super::types::{At, BreakGlass, EmergencyPrivilege, List, Page},
	Salus,
};
use crate::service::Hash;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use salus_primitives::ids::{BreakGlassId, PractitionerId};
use salus_runtime_api::ConsentApi;

/// Break-glass.
#[rpc(server, namespace = "salus")]
pub(super) trait BreakGlassRpc {
	/// One break-glass, with its state.
	#[method(name = "breakGlass", blocking)]
	fn break_glass(
		&self,
		#[argument(rename = "breakGlass")] break_glass: BreakGlassId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<BreakGlass>>>;

	/// The break-glasses that wait for a reviewer.
	#[method(name = "breakGlassesPending", blocking)]
	fn break_glasses_pending(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<BreakGlass>>>;

	/// Whether a practitioner may break the glass.
	#[method(name = "emergencyPrivilege", blocking)]
	fn emergency_privilege(
		&self,
		practitioner: PractitionerId,
		at: Option<Hash>,
	) -> RpcResult<At<EmergencyPrivilege>>;
}

impl BreakGlassRpcServer for Salus {
	fn break_glass(
		&self,
		break_glass: BreakGlassId,
		at: Option<Hash>,
	) -> RpcResult<At<Option<BreakGlass>>> {
		Ok(self.ask(at, |api, block| Ok(api.break_glass(block, break_glass)?.map(Into::into)))?)
	}

	fn break_glasses_pending(
		&self,
		cursor: Option<String>,
		at: Option<Hash>,
	) -> RpcResult<At<Page<BreakGlass>>> {
		Ok(self.page(List::BreakGlassesPending, cursor, at, |api, block, from| {
			api.break_glasses_pending(block, from)
		})?)
	}

	fn emergency_privilege(
		&self,
		practitioner: PractitionerId,
		at: Option<Hash>,
	) -> RpcResult<At<EmergencyPrivilege>> {
		Ok(self.ask(at, |api, block| Ok(api.emergency_privilege(block, practitioner)?.into()))?)
	}
}
