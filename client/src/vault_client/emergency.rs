//! Break-glass.

use super::{VaultClient, ANSWER_TIMEOUT};
use crate::{
	error::Result,
	vault_api::{
		encode_header, Disclosure, DisclosurePage, EmergencyNotice, ShownInEmergency,
		CHART_EMERGENCIES, EMERGENCY_DISCLOSURES,
	},
};
use reqwest::Method;
use salus_primitives::ids::{BreakGlassId, ChartId, OrganisationId};

impl VaultClient {
	/// From now on by a broken glass, which is shown with every request.
	pub fn show_break_glass(&mut self, shown: &ShownInEmergency) -> Result<()> {
		let header = encode_header(shown).map_err(|error| self.nonsense(error.to_string()))?;
		self.break_glass = Some(header);
		Ok(())
	}

	/// The break-glasses by which something of a chart was released.
	pub async fn emergencies(&self, chart: &ChartId) -> Result<Vec<EmergencyNotice>> {
		let list: crate::vault_api::EmergencyList =
			self.get(CHART_EMERGENCIES, &[("chart", &chart)]).await?;
		Ok(list.emergencies)
	}

	/// The log's lines of a break-glass that is [shown](Self::show_break_glass), for a quality officer of
	/// this house.
	pub async fn emergency_disclosures(
		&self,
		break_glass: &BreakGlassId,
		organisation: OrganisationId,
	) -> Result<Vec<Disclosure>> {
		let (mut all, mut from) = (Vec::new(), 0u32);
		loop {
			let mut url = self.url(EMERGENCY_DISCLOSURES, &[("emergency", &break_glass)]);
			url.query_pairs_mut()
				.append_pair("organisation", &organisation.to_string())
				.append_pair("from", &from.to_string());
			let request = self.at(Method::GET, url)?.timeout(ANSWER_TIMEOUT);
			let page: DisclosurePage = self.answer(request).await?;
			all.extend(page.entries);
			match page.next {
				None => return Ok(all),
				Some(next) => from = self.advance(from, next)?,
			}
		}
	}
}
