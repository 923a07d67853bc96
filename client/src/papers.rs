//! Directives on paper, off chain: the file that one of the staff prepares, a second one reads and signs,
//! and the first one submits.
//!
//! Neither of the first two steps needs a connection. The file holds what the paper says, so it is for the
//! two of them alone.

use crate::{
	chain::Call,
	error::{Error, Result},
	keys::{derive_secret, Identity},
	sealed_file::random,
	sheet::Summary,
	vault_api::{hex_bytes, PostedPaper, Signature},
};
use salus_primitives::{
	codes::GrantorBasis,
	directive::DirectiveTerms,
	ids::{
		derive_id, AccountBytes, ChartId, DirectiveId, IdDomain, OrganisationId, RecordId, Salt,
	},
	paper::{OnPaper, PaperAct, PaperDirective, PaperTerms, PaperWord},
	seal::Opening,
	time::Moment,
	views::DirectiveView,
};
use serde::{Deserialize, Serialize};

/// What it takes to prepare paper where there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// The house.
	pub custodian: OrganisationId,
	/// Endpoint of its vault.
	pub vault: String,
}

/// Who is to do it, where and by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPlace {
	/// Genesis hash of the chain.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// Who keeps the chart.
	pub custodian: OrganisationId,
	/// The account that submits.
	#[serde(with = "hex_bytes")]
	pub submitter: AccountBytes,
	/// The account that signs beside it.
	#[serde(with = "hex_bytes")]
	pub witness: AccountBytes,
	/// First moment at which the witness's signature is worth nothing.
	pub expires: Moment,
}

/// What opens a directive on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperOpenings {
	/// Opens what it says.
	pub directive: Opening<DirectiveTerms>,
	/// Opens what the paper was.
	pub paper: Opening<PaperTerms>,
}

/// The document behind the link of a sheet, until it is stored. Who signs for the record's id signs for the
/// content, from which it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetDocument {
	/// The record it becomes.
	pub record: RecordId,
	/// Random, so that nobody finds out the content by its record's id.
	pub nonce: Salt,
	/// FHIR R4 in JSON.
	pub content: String,
}

impl SheetDocument {
	/// The document of a sheet, with the id of the record that it becomes at this custodian.
	///
	/// # Errors
	///
	/// [`Error::Random`] where the operating system gives no random bytes.
	pub fn new(genesis: &[u8; 32], custodian: OrganisationId, content: String) -> Result<Self> {
		let mut nonce = Salt::default();
		random(&mut nonce.0)?;
		let record = bound(genesis, custodian, &nonce, &content);
		Ok(Self { record, nonce, content })
	}

	fn is_bound(&self, place: &PaperPlace) -> bool {
		self.record == bound(&place.genesis, place.custodian, &self.nonce, &self.content)
	}
}

/// The id of a record with this content.
fn bound(genesis: &[u8; 32], custodian: OrganisationId, nonce: &Salt, content: &str) -> RecordId {
	let salt = Salt(*derive_secret(&nonce.0, b"salus/paper/doc ", content.as_bytes()));
	RecordId::derive(genesis, custodian, &salt)
}

/// What two of the staff do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperFile {
	/// Who, where and by when.
	#[serde(flatten)]
	pub place: PaperPlace,
	/// What.
	pub act: PaperAct,
	/// Of a directive that is issued, what opens it.
	#[serde(default)]
	pub openings: Option<PaperOpenings>,
	/// Of a sheet's link, the document that it opens.
	#[serde(default)]
	pub document: Option<SheetDocument>,
	/// The witness's signature, once they have signed.
	#[serde(default)]
	pub signature: Option<Signature>,
}

fn salted<Terms>(terms: Terms) -> Result<Opening<Terms>> {
	let mut salt = Salt::default();
	random(&mut salt.0)?;
	Ok(Opening { terms, salt })
}

impl PaperFile {
	/// To issue a directive of these terms, whose basis becomes the paper.
	///
	/// # Errors
	///
	/// [`Error::Random`] where the operating system gives no random bytes.
	pub fn issue(
		place: PaperPlace,
		chart: ChartId,
		terms: DirectiveTerms,
		paper: PaperTerms,
		replaces: Option<DirectiveId>,
	) -> Result<Self> {
		let terms = DirectiveTerms { basis: GrantorBasis::WitnessedPaper, ..terms };
		let openings = PaperOpenings { directive: salted(terms)?, paper: salted(paper)? };
		let mut id_salt = Salt::default();
		random(&mut id_salt.0)?;
		let id = derive_id(IdDomain::Directive, &(place.genesis, chart), &id_salt).into();
		let act = PaperAct::Issue(PaperDirective {
			chart,
			id,
			seal: openings.directive.seal(),
			replaces,
			paper: openings.paper.seal(),
		});
		Ok(Self { place, act, openings: Some(openings), document: None, signature: None })
	}

	/// To revoke a directive that came on paper.
	pub const fn revoke(place: PaperPlace, chart: ChartId, id: DirectiveId) -> Self {
		let act = PaperAct::Revoke { chart, id };
		Self { place, act, openings: None, document: None, signature: None }
	}

	/// The directive that it is about.
	pub const fn directive(&self) -> DirectiveId {
		match self.act {
			PaperAct::Issue(paper) => paper.id,
			PaperAct::Revoke { id, .. } => id,
		}
	}

	/// What opens the directive, if what is readable in the file is what was sealed.
	///
	/// # Errors
	///
	/// [`Error::PaperUnfit`] where it is another thing, so that nobody signs what they do not see.
	pub fn readable(&self) -> Result<Option<&PaperOpenings>> {
		let unfit = |what| Err(Error::PaperUnfit(what));
		match (&self.act, &self.openings) {
			(PaperAct::Revoke { .. }, None) => Ok(None),
			(PaperAct::Issue(paper), Some(openings)) => {
				if !openings.directive.opens(&paper.seal) || !openings.paper.opens(&paper.paper) {
					return unfit("what it shows is not what was sealed");
				}
				if openings.directive.terms.basis != GrantorBasis::WitnessedPaper {
					return unfit("the directive does not say that it is on paper");
				}
				let listed = &openings.directive.terms.scope.records;
				let is_listed = |record| listed.as_ref().is_some_and(|all| all.contains(record));
				if self.document.as_ref().is_some_and(|it| !is_listed(&it.record)) {
					return unfit("the link is not to its document");
				}
				if let Some(document) = &self.document {
					if !document.is_bound(&self.place) {
						return unfit("its document is not the one that was prepared");
					}
					if Summary::of_document(document.content.clone()).is_err() {
						return unfit("its document is no summary that could be shown");
					}
				}
				Ok(Some(openings))
			},
			(PaperAct::Issue(_), None) => unfit("it does not show what is issued"),
			(PaperAct::Revoke { .. }, Some(_)) => unfit("it shows terms, and revokes"),
		}
	}

	/// Signs it as the witness.
	///
	/// # Errors
	///
	/// Those of [`Self::readable`]; [`Error::PaperOfAnother`] with another key than the witness's.
	pub fn sign(&mut self, identity: &Identity) -> Result<()> {
		self.readable()?;
		ensure_account(identity, &self.place.witness)?;
		let PaperPlace { genesis, witness, expires, submitter, .. } = self.place;
		let unsigned = PaperWord { witness, expires, signature: () };
		let [raw, _] = unsigned.statement(genesis, self.act, submitter).signable();
		self.signature = Some(identity.sign(&raw));
		Ok(())
	}

	/// What the submitter signs as a transaction.
	///
	/// # Errors
	///
	/// Those of [`Self::readable`]; [`Error::PaperOfAnother`] with another key than the submitter's;
	/// [`Error::PaperNotWitnessed`].
	pub fn call(&self, identity: &Identity) -> Result<Call> {
		self.readable()?;
		ensure_account(identity, &self.place.submitter)?;
		let signature = self.signature.ok_or(Error::PaperNotWitnessed)?;
		let PaperPlace { witness, expires, .. } = self.place;
		let word = PaperWord { witness, expires, signature };
		Ok(match &self.act {
			PaperAct::Issue(paper) => Call::issue_directive_on_paper(paper, &word),
			PaperAct::Revoke { id, .. } => Call::end_directive_on_paper(*id, &word),
		})
	}

	/// Whether the chain has it already, by what it knows of the directive.
	pub fn is_done(&self, known: &DirectiveView) -> bool {
		match &self.act {
			PaperAct::Issue(paper) => {
				let PaperPlace { submitter, witness, .. } = self.place;
				known.chart == paper.chart
					&& known.seal == paper.seal
					&& known.paper == Some(OnPaper { submitter, witness, seal: paper.paper })
			},
			PaperAct::Revoke { .. } => {
				known.paper.is_some()
					&& known.state == salus_primitives::codes::DirectiveState::Revoked
			},
		}
	}

	/// What goes to the custodian's vault.
	pub fn to_post(&self) -> Option<PostedPaper> {
		let PaperOpenings { directive, paper } = self.openings.clone()?;
		Some(PostedPaper { id: self.directive(), opening: directive, paper })
	}
}

fn ensure_account(identity: &Identity, named: &AccountBytes) -> Result<()> {
	if identity.account() == *named {
		Ok(())
	} else {
		Err(Error::PaperOfAnother(format!("0x{}", hex::encode(named))))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::keys::KeyFile;
	use salus_primitives::{
		codes::{DirectiveState, Interpreter},
		ids::Seal,
		paper::PAPER_DOMAIN,
	};

	fn key(name: &str) -> Identity {
		KeyFile::from_dev_uri(name).unwrap().into_identity()
	}

	fn file(submitter: &Identity, witness: &Identity) -> PaperFile {
		let place = PaperPlace {
			genesis: [1; 32],
			custodian: 1,
			submitter: submitter.account(),
			witness: witness.account(),
			expires: 100,
		};
		let paper = PaperTerms {
			language: "es".parse().unwrap(),
			interpreter: Interpreter::InPerson,
			signed_on: 0,
			scan: None,
		};
		PaperFile::issue(place, ChartId([2; 32]), DirectiveTerms::cover(), paper, None).unwrap()
	}

	#[test]
	fn one_prepares_another_signs_and_the_first_submits() {
		let (one, other) = (key("//One"), key("//Other"));
		let mut file = file(&one, &other);
		assert!(matches!(file.call(&one), Err(Error::PaperNotWitnessed)));
		assert!(matches!(file.sign(&one), Err(Error::PaperOfAnother(_))));
		file.sign(&other).unwrap();
		assert!(matches!(file.call(&other), Err(Error::PaperOfAnother(_))));
		file.call(&one).unwrap();
		let openings = file.readable().unwrap().unwrap();
		assert_eq!(openings.directive.terms.basis, GrantorBasis::WitnessedPaper);
		let json = serde_json::to_string(&file).unwrap();
		assert_eq!(serde_json::from_str::<PaperFile>(&json).unwrap(), file);
		assert!(!json.contains(core::str::from_utf8(&PAPER_DOMAIN).unwrap()));
	}

	#[test]
	fn nobody_signs_or_submits_what_they_do_not_see() {
		let (one, other) = (key("//One"), key("//Other"));
		let mut good = file(&one, &other);
		good.sign(&other).unwrap();
		let changes: [fn(&mut PaperFile); 6] = [
			|file| file.openings = None,
			|file| {
				let (content, nonce) = (String::new(), Salt::default());
				file.document = Some(SheetDocument { record: RecordId([1; 32]), nonce, content });
			},
			|file| file.openings.as_mut().unwrap().directive.terms.period.until = Some(7),
			|file| file.openings.as_mut().unwrap().paper.terms.signed_on = 7,
			|file| file.openings.as_mut().unwrap().directive.salt = Salt([7; 32]),
			|file| file.act = PaperAct::Revoke { chart: file.act.chart(), id: file.directive() },
		];
		for change in changes {
			let mut bad = good.clone();
			change(&mut bad);
			assert!(matches!(bad.call(&one), Err(Error::PaperUnfit(_))));
			assert!(matches!(bad.sign(&other), Err(Error::PaperUnfit(_))));
		}
		let mut own = good.clone();
		let openings = own.openings.as_mut().unwrap();
		openings.directive.terms.basis = GrantorBasis::Own;
		let seal = openings.directive.seal();
		if let PaperAct::Issue(paper) = &mut own.act {
			paper.seal = seal;
		}
		assert!(matches!(own.readable(), Err(Error::PaperUnfit(_))));
	}

	#[test]
	fn the_document_of_a_sheet_can_not_be_changed_after_the_signature() {
		let (one, other) = (key("//One"), key("//Other"));
		let with = file(&one, &other);
		let content = r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Condition","code":{"text":"Asthma"},"subject":{"reference":"Patient/1"}}}]}"#;
		let document = SheetDocument::new(&[1; 32], 1, content.into()).unwrap();
		let mut terms = DirectiveTerms::cover();
		terms.scope.records = Some(vec![document.record].try_into().unwrap());
		let paper = with.openings.unwrap().paper.terms;
		let mut good = PaperFile::issue(with.place, ChartId([2; 32]), terms, paper, None).unwrap();
		good.document = Some(document);
		good.sign(&other).unwrap();
		good.call(&one).unwrap();
		let changes: [fn(&mut PaperFile); 3] = [
			|file| {
				let document = file.document.as_mut().unwrap();
				document.content = document.content.replace("Asthma", "Gout");
			},
			|file| file.document.as_mut().unwrap().nonce = Salt([7; 32]),
			|file| file.place.custodian = 2,
		];
		for change in changes {
			let mut bad = good.clone();
			change(&mut bad);
			assert!(matches!(bad.call(&one), Err(Error::PaperUnfit(_))));
			assert!(matches!(bad.sign(&other), Err(Error::PaperUnfit(_))));
		}
	}

	#[test]
	fn what_the_chain_has_is_not_submitted_again() {
		let (one, other) = (key("//One"), key("//Other"));
		let file = file(&one, &other);
		let PaperAct::Issue(paper) = file.act else { panic!("it issues") };
		let known = DirectiveView {
			id: paper.id,
			chart: paper.chart,
			seal: paper.seal,
			state: DirectiveState::Active,
			replaces: None,
			guardian: None,
			paper: Some(OnPaper {
				submitter: one.account(),
				witness: other.account(),
				seal: paper.paper,
			}),
		};
		assert!(file.is_done(&known));
		assert!(!file.is_done(&DirectiveView { paper: None, ..known.clone() }));
		assert!(!file.is_done(&DirectiveView { seal: Seal([0; 32]), ..known.clone() }));
		let end = PaperFile::revoke(file.place, paper.chart, paper.id);
		assert!(!end.is_done(&known));
		assert!(end.is_done(&DirectiveView { state: DirectiveState::Revoked, ..known }));
		assert_eq!(end.to_post(), None);
	}
}
