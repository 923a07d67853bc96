//! The table of the vault's routes. A route that is not here is not served; one that is here is in
//! the OpenAPI document and under a limit.

use super::*;
use crate::openapi::Route;
use salus_client::{profile::ProfileError, vault_api::TransferWordError};
use salus_primitives::{
	codes::{RequestState, StandingReason},
	decision::DenyReason,
};

/// Who gets what moves with a holding.
const SUCCESSORS: &str =
	"system accounts of the organisation to which the chain says that the holding is offered, or \
	which took it over";

/// One entry per route, in the order of [`salus_client::vault_api`].
pub(crate) fn table() -> Vec<Route> {
	let not_in_standing = || Error::NotInStanding(StandingReason::NotStaff);
	let access_denied = || Error::AccessDenied(DenyReason::NothingPermits);
	let wrong_chart = || [Error::ChartUnknown, Error::NotTheChartsKey];
	let request_not_open = || Error::RequestNotOpen(RequestState::Withdrawn);
	let rendezvous_refused = || {
		[
			Error::RendezvousUnknown,
			Error::RendezvousUsed,
			Error::RequestUnknown,
			Error::StorageDamaged,
		]
	};
	let malformed = || Error::Malformed(String::new());
	let erased = || Error::AccessDenied(DenyReason::RecordErased);
	let word_refused = || Error::TransferWordRefused(TransferWordError::NotSigned);
	let mut routes = vec![
		Route::get(api::HEALTH, health)
			.about("How the vault is.")
			.limited(Class::Free)
			.answers::<api::Health>(),
		Route::get(api::OPENAPI, openapi)
			.about("This document.")
			.answers::<serde_json::Map<String, serde_json::Value>>(),
		Route::post(api::CHALLENGE, challenge)
			.about("Gives a challenge to sign.")
			.asks::<api::ChallengeRequest>()
			.answers::<api::Challenge>(),
		Route::post(api::SIGN_IN, sign_in)
			.about("Signs in by a signed challenge.")
			.asks::<api::SignIn>()
			.shown_by_guardians()
			.answers::<api::SignedIn>()
			.asks_chain()
			.fails([
				Error::WrongChain,
				Error::ChallengeUsedOrUnknown,
				Error::SignatureWrong,
				Error::AccountNotEnrolled,
				Error::ChartUnknown,
				access_denied(),
				Error::GuardiansWordRefused,
				Error::Busy,
			]),
		Route::post(api::CHARTS, enrol_chart)
			.about("Has a chart enrolled.")
			.by("records officers")
			.asks::<api::EnrolChart>()
			.answers::<api::ChartEnrolled>()
			.may_wait::<api::Enrolment>()
			.waits()
			.fails([
				not_in_standing(),
				Error::WrongChain,
				Error::SignatureWrong,
				Error::AlreadyExists(""),
				Error::Busy,
			]),
		Route::post(api::CHART_KEY, post_chart_key)
			.about("Takes the word of the chart's key for another encryption key.")
			.by("the chart's key")
			.asks::<api::ChartKey>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::SignatureWrong]),
		Route::get(api::CHART_KEYS, chart_keys)
			.about("The keys to which a chart's new records are wrapped.")
			.by("records officers and clinicians")
			.answers::<api::ChartKeys>()
			.asks_chain()
			.fails([not_in_standing(), Error::ChartUnknown, Error::OrganisationKeyMissing]),
		Route::post(api::CHART_RECORDS, transfers::store_record)
			.about("Stores and anchors a record; the body is its ciphertext.")
			.by("records officers, clinicians and system accounts")
			.asks_header::<api::NewRecord>(api::RECORD_HEADER)
			.asks_bytes()
			.answers::<api::StoredRecord>()
			.may_wait::<api::RecordStatus>()
			.waits()
			.fails([
				not_in_standing(),
				Error::ChartUnknown,
				Error::DigestMismatch,
				Error::AlreadyExists(""),
				Error::NotCurrent,
				Error::RecordUnknown,
				Error::Busy,
			]),
		Route::post(api::ENTERED_IN_ERROR, enter_in_error)
			.about("Marks a record entered in error.")
			.by("records officers, clinicians and system accounts")
			.asks::<api::MarkEnteredInError>()
			.answers::<api::MarkedEnteredInError>()
			.waits()
			.fails([not_in_standing(), Error::RecordUnknown, erased(), Error::RecordMoved(0)]),
		Route::get(api::CHART_RECORDS, list_records)
			.about("A page of a chart's records that the caller may see. Itself a disclosure.")
			.by("anyone signed in, as the chain decides")
			.limited(Class::Append)
			.query::<Listing>()
			.shown_by_guardians()
			.shown_in_emergencies(false)
			.answers::<api::RecordList>()
			.asks_chain()
			.fails([
				access_denied(),
				Error::GuardiansWordRefused,
				Error::ChartUnknown,
				Error::RecordUnknown,
				Error::StorageDamaged,
			]),
		Route::post(api::RELEASE, release_record)
			.about("Releases a record: its ciphertext, and in a header what opens it.")
			.by("anyone signed in, as the chain decides")
			.limited(Class::Append)
			.asks::<api::ReleaseRequest>()
			.names_attempts()
			.shown_by_guardians()
			.shown_in_emergencies(false)
			.answers_bytes()
			.answers_header::<api::Release>(api::RELEASE_HEADER)
			.asks_chain()
			.fails([
				access_denied(),
				Error::GuardiansWordRefused,
				Error::RecordUnknown,
				erased(),
				Error::RecordBeingErased,
				Error::RecordMoved(0),
				Error::RecipientKeyMissing,
				Error::KeyServiceUnavailable(String::new()),
				Error::Busy,
				Error::StorageDamaged,
			]),
		Route::post(api::RECORD_LINK, links::open)
			.about("Releases a record to whoever has a link to it, once. Not to be signed in to.")
			.asks::<api::OpenLink>()
			.answers_bytes()
			.answers_header::<api::Release>(api::RELEASE_HEADER)
			.asks_chain()
			.fails([
				Error::WrongChain,
				Error::ChallengeUsedOrUnknown,
				Error::SignatureWrong,
				access_denied(),
				Error::RecordUnknown,
				erased(),
				Error::RecordBeingErased,
				Error::RecordMoved(0),
				Error::KeyServiceUnavailable(String::new()),
				Error::Busy,
				Error::StorageDamaged,
			]),
		Route::post(api::CHART_DIRECTIVES, post_directive)
			.about("Takes a directive's opening.")
			.by("anyone signed in whose opening fits the chain")
			.limited(Class::Append)
			.asks::<api::PostedDirective>()
			.asks_chain()
			.fails([Error::ChartUnknown, Error::DirectiveUnknown, Error::SealMismatch]),
		Route::get(api::CHART_DIRECTIVES, list_directives)
			.about("The newest directives whose openings the vault holds.")
			.by("the chart's key")
			.answers::<api::DirectiveList>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::StorageDamaged]),
		Route::post(api::CHART_PAPERS, papers::take)
			.about("Takes what opens a directive that came on paper.")
			.by("anyone signed in whose openings fit the chain")
			.limited(Class::Append)
			.asks::<api::PostedPaper>()
			.asks_chain()
			.fails([Error::ChartUnknown, Error::DirectiveUnknown, Error::SealMismatch]),
		Route::get(api::CHART_PAPERS, papers::list)
			.about("A page of what came on paper about a chart.")
			.by("the chart's key, and staff who may stand for paper")
			.query::<From>()
			.answers::<api::PaperList>()
			.asks_chain()
			.fails([not_in_standing(), Error::ChartUnknown, Error::StorageDamaged]),
		Route::post(api::CHART_CALLS, post_call)
			.about("Submits a transaction about the chart that its key signed.")
			.by("the chart's key")
			.asks::<api::PostedCall>()
			.answers::<api::CallDone>()
			.waits()
			.fails(wrong_chart())
			.fails([malformed(), Error::Busy]),
		Route::post(api::CHART_ORDERS, post_order)
			.about("Has an order of the chart's key done, hidden among those of its cohort.")
			.by("the chart's key")
			.limited(Class::Append)
			.asks::<api::PostedOrder>()
			.answers::<api::OrderDone>()
			.waits()
			.fails(wrong_chart())
			.fails([Error::SignatureWrong, Error::SealMismatch, Error::PlaceMoved, Error::Busy]),
		Route::get(api::CHART_COVER, read_cover)
			.about("What the vault knows of the chart's places, and how many orders are left.")
			.by("the chart's key")
			.answers::<api::CoverState>()
			.asks_chain()
			.fails(wrong_chart()),
		Route::put(api::CHART_COVER, put_cover)
			.about("Takes orders to submit when others of the cohort change.")
			.by("the chart's key")
			.limited(Class::Append)
			.asks::<api::Cover>()
			.answers::<api::CoverState>()
			.waits()
			.fails(wrong_chart())
			.fails([Error::SignatureWrong, Error::SealMismatch, Error::PlaceMoved, Error::Busy]),
		Route::get(api::CHART_DISCLOSURES, list_disclosures)
			.about("A page of the log of who saw what. Itself an entry, once per sign-in.")
			.by("the chart's key, and guardians who may read")
			.limited(Class::Append)
			.query::<api::DisclosureQuery>()
			.shown_by_guardians()
			.answers::<api::DisclosurePage>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([access_denied(), Error::StorageDamaged]),
		Route::get(api::CHART_EMERGENCIES, emergency::list)
			.about("The break-glasses by which something of the chart was released.")
			.by("the chart's key, and guardians who may read")
			.shown_by_guardians()
			.answers::<api::EmergencyList>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([access_denied(), Error::StorageDamaged]),
		Route::get(api::EMERGENCY_DISCLOSURES, emergency::lines)
			.about(
				"A page of the log's lines that are due to a break-glass. Itself an entry, once per sign-in.",
			)
			.by("quality officers of a house without ties to the clinician")
			.limited(Class::Append)
			.query::<api::ReviewQuery>()
			.shown_in_emergencies(true)
			.answers::<api::DisclosurePage>()
			.asks_chain()
			.fails([
				not_in_standing(),
				access_denied(),
				Error::ReviewerNotIndependent,
				Error::NotUnderReview,
				Error::StorageDamaged,
			]),
		Route::put(api::CHART_CARD, cards::put)
			.about("Takes a card with a PIN, or the same card sealed anew.")
			.by("the chart's key")
			.limited(Class::Append)
			.asks::<api::PostedCard>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::AlreadyExists(""), Error::CardUnknown, Error::TooManyCards(0)]),
		Route::delete(api::CHART_CARD, cards::block)
			.about("Blocks a card.")
			.by("the chart's key")
			.limited(Class::Append)
			.asks_chain()
			.fails(wrong_chart()),
		Route::get(api::CHART_CARDS, cards::list)
			.about("The cards of a chart, with the wrong PINs that were tried.")
			.by("the chart's key")
			.answers::<api::CardList>()
			.asks_chain()
			.fails(wrong_chart()),
		Route::get(api::CHART_CARD_USES, cards::uses)
			.about("A page of what happened with the chart's cards.")
			.by("the chart's key")
			.query::<From>()
			.answers::<api::CardUsePage>()
			.asks_chain()
			.fails(wrong_chart()),
		Route::post(api::CARD_OPENING, cards::open)
			.about("Gives the vault's half of a card against the right PIN. Written down, right or wrong.")
			.by("records officers and clinicians")
			.limited(Class::Append)
			.asks::<api::OpenCard>()
			.answers::<api::OpenedCard>()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::CardUnknown,
				Error::PinWrong(0),
				Error::CardLocked { for_good: false },
			]),
		Route::post(api::CARD_UNLOCKING, cards::unlock)
			.about("Unlocks a card, for a records officer who has seen the person.")
			.by("records officers who did not try a wrong PIN")
			.limited(Class::Append)
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::CardUnknown,
				Error::CardLocked { for_good: false },
				Error::CardTried,
			]),
		Route::post(api::CHART_REQUESTS, post_request)
			.about("Puts an access request's opening into the chart's mailbox.")
			.by("the requester")
			.limited(Class::Append)
			.asks::<api::PostedRequest>()
			.asks_chain()
			.fails([
				Error::ChartUnknown,
				Error::RequestUnknown,
				Error::NotTheRequester,
				Error::SealMismatch,
			]),
		Route::get(api::CHART_REQUESTS, list_requests)
			.about("The newest requests in the chart's mailbox.")
			.by("the chart's key")
			.answers::<api::RequestList>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::StorageDamaged]),
		Route::post(api::CHART_REQUEST_ANSWER, answer_request)
			.about("Takes the patient's answer to a request.")
			.by("the chart's key")
			.asks::<api::RequestAnswer>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::RequestUnknown]),
		Route::get(api::REQUEST_ANSWER, read_answer)
			.about("The patient's answer to a request.")
			.by("the requester")
			.answers::<api::RequestAnswer>()
			.fails([
				Error::RequestUnknown,
				Error::NotTheRequester,
				Error::NotAnswered,
				Error::StorageDamaged,
			]),
		Route::post(api::RENDEZVOUS, rendezvous::take)
			.about("Takes an access request's opening for whoever has the code that its terms name.")
			.by("the requester")
			.limited(Class::Append)
			.asks::<api::PostedRequest>()
			.asks_chain()
			.fails([
				Error::RequestUnknown,
				Error::NotTheRequester,
				Error::SealMismatch,
				Error::AlreadyExists(""),
				request_not_open(),
			]),
		Route::post(api::RENDEZVOUS_OPENING, rendezvous::open)
			.about("Gives an access request to whoever has its code, once. Not to be signed in to.")
			.asks::<api::OpenRendezvous>()
			.answers::<api::PostedRequest>()
			.asks_chain()
			.fails(rendezvous_refused())
			.fails([request_not_open()]),
		Route::post(api::RENDEZVOUS_ANSWER, rendezvous::answer)
			.about("Takes the answer of who opened it. Not to be signed in to.")
			.asks::<api::AnswerRendezvous>()
			.asks_chain()
			.fails(rendezvous_refused())
			.fails([request_not_open()]),
		Route::put(api::PRACTITIONER_PROFILE, put_profile)
			.about("Takes a practitioner's signed profile.")
			.by("the practitioner, administrators and records officers")
			.numbers(&["practitioner"])
			.asks_file(MAX_FILE)
			.asks_chain()
			.fails([
				Error::ProfileRefused(ProfileError::NotAPhotograph),
				Error::PractitionerUnknown,
				Error::NotStaffHere,
				Error::NotThePractitioner,
				not_in_standing(),
				Error::AlreadyExists(""),
			]),
		Route::get(api::PRACTITIONER_PROFILE, read_profile)
			.about("A practitioner's signed profile, while the chain says that it is current.")
			.numbers(&["practitioner"])
			.answers::<serde_json::Map<String, serde_json::Value>>()
			.also(&[(304, "`if-none-match` names it.")])
			.asks_chain()
			.fails([
				malformed(),
				Error::PractitionerUnknown,
				Error::ProfileUnknown,
				Error::ProfileGone,
				Error::StorageDamaged,
			]),
		Route::delete(api::PRACTITIONER_PROFILE, remove_profile)
			.about("Forgets a practitioner's profile.")
			.by("the practitioner, administrators and records officers")
			.numbers(&["practitioner"])
			.asks_chain()
			.fails([
				Error::PractitionerUnknown,
				Error::NotThePractitioner,
				not_in_standing(),
				Error::ProfileUnknown,
			]),
		Route::post(api::UPLOADS, transfers::begin)
			.about("Begins an upload of a record in several requests.")
			.by("records officers, clinicians and system accounts")
			.asks_header::<api::NewRecord>(api::RECORD_HEADER)
			.makes::<api::Upload>()
			.asks_chain()
			.fails([
				malformed(),
				not_in_standing(),
				Error::ChartUnknown,
				Error::AlreadyExists(""),
				Error::NotCurrent,
				Error::RecordUnknown,
				Error::TooLarge,
				Error::TooManyUploads(0),
				Error::Busy,
			]),
		Route::get(api::UPLOAD, transfers::look)
			.about("How far an upload is.")
			.by("the account that began it")
			.answers::<api::Upload>()
			.fails([Error::UploadUnknown]),
		Route::patch(api::UPLOAD, transfers::append)
			.about("Takes the next bytes of an upload. What came before a break is kept.")
			.by("the account that began it")
			.asks_number(api::OFFSET_HEADER)
			.asks_bytes()
			.answers::<api::Upload>()
			.fails([Error::UploadUnknown, Error::OffsetWrong(0), Error::UploadBusy, Error::Busy]),
		Route::post(api::UPLOAD_COMPLETE, transfers::complete)
			.about("Ends an upload: what came is stored and anchored as a record.")
			.by("the account that began it")
			.asks::<api::CompleteUpload>()
			.answers::<api::StoredRecord>()
			.may_wait::<api::RecordStatus>()
			.waits()
			.fails([
				not_in_standing(),
				Error::UploadUnknown,
				Error::OffsetWrong(0),
				Error::UploadBusy,
				Error::ChartUnknown,
				Error::DigestMismatch,
				Error::AlreadyExists(""),
				Error::NotCurrent,
				Error::RecordUnknown,
				Error::Busy,
			]),
		Route::delete(api::UPLOAD, transfers::abandon)
			.about("Removes an upload.")
			.by("the account that began it")
			.fails([Error::UploadUnknown, Error::UploadBusy]),
		Route::get(api::RECORD_STATUS, transfers::record_status)
			.about("What became of a record that was sent.")
			.by("records officers, clinicians and system accounts")
			.answers::<api::RecordStatus>()
			.asks_chain()
			.fails([not_in_standing(), Error::RecordUnknown, erased(), Error::RecordMoved(0)]),
		Route::get(api::CHART_ENROLMENT, transfers::chart_enrolment)
			.about("What became of a chart that is to be enrolled.")
			.by("records officers")
			.answers::<api::Enrolment>()
			.asks_chain()
			.fails([not_in_standing(), Error::ChartUnknown]),
		Route::post(api::CHART_PETITIONS, petitions::file)
			.about("Files what the patient asks about a record: erasure or amendment.")
			.by("the chart's key")
			.limited(Class::Append)
			.asks::<api::PostedPetition>()
			.answers::<api::PetitionDone>()
			.waits()
			.fails(wrong_chart())
			.fails([
				Error::SignatureWrong,
				Error::RecordUnknown,
				erased(),
				Error::PetitionOpen,
				Error::AlreadyExists(""),
				Error::StorageDamaged,
			]),
		Route::get(api::CHART_PETITIONS, petitions::of_chart)
			.about("A page of what the patient asked, and the answers.")
			.by("the chart's key")
			.query::<From>()
			.answers::<api::PetitionList>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::StorageDamaged]),
		Route::get(api::PETITIONS, petitions::inbox)
			.about("A page of all petitions: open ones first, by due date.")
			.by("records officers")
			.query::<From>()
			.answers::<api::PetitionList>()
			.asks_chain()
			.fails([not_in_standing(), Error::StorageDamaged]),
		Route::delete(api::PETITION, petitions::withdraw)
			.about("Withdraws a petition.")
			.by("the chart's key")
			.numbers(&["number"])
			.answers::<api::PetitionDone>()
			.waits()
			.fails(wrong_chart())
			.fails([
				Error::RecordUnknown,
				Error::PetitionUnknown,
				Error::PetitionNotOpen,
				Error::StorageDamaged,
			]),
		Route::post(api::PETITION_ANSWER, petitions::answer)
			.about("Grants or refuses a petition. A granted erasure is carried out.")
			.by("records officers")
			.numbers(&["number"])
			.asks::<api::AnswerPetition>()
			.answers::<api::PetitionAnswered>()
			.waits()
			.fails([
				not_in_standing(),
				Error::RecordUnknown,
				Error::PetitionUnknown,
				Error::PetitionNotOpen,
				Error::RecordHeld,
				Error::StillCurrent,
				Error::StorageDamaged,
			]),
		Route::post(api::CHART_ASKS, asks::file)
			.about("Files what the patient asks of the custodian, by the transaction that comes with it.")
			.by("the chart's key")
			.limited(Class::Append)
			.asks::<api::PostedAsk>()
			.answers::<api::AskDone>()
			.waits()
			.fails(wrong_chart())
			.fails([Error::SealMismatch, Error::TooManyAsks, Error::StorageDamaged]),
		Route::get(api::CHART_ASKS, asks::of_chart)
			.about("A page of what the patient asked, and the answers: the newest first.")
			.by("the chart's key")
			.query::<From>()
			.answers::<api::AskList>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([Error::StorageDamaged]),
		Route::get(api::ASKS, asks::inbox)
			.about("A page of what all patients asked: open ones first, by due date.")
			.by("records officers")
			.query::<From>()
			.answers::<api::AskList>()
			.asks_chain()
			.fails([not_in_standing(), Error::StorageDamaged]),
		Route::post(api::ASK_EXTENSION, asks::extend)
			.about("Puts an answer off by 30 days, once.")
			.by("records officers")
			.asks::<api::ExtendAsk>()
			.answers::<api::AskDone>()
			.waits()
			.fails([
				not_in_standing(),
				Error::ChartUnknown,
				Error::AskUnknown,
				Error::AskNotOpen,
				Error::AlreadyExtended,
				Error::ExtensionTooLate,
				Error::StorageDamaged,
				Error::Busy,
			]),
		Route::post(api::ASK_ANSWER, asks::answer)
			.about("Grants or refuses an ask.")
			.by("records officers")
			.asks::<api::AnswerAsk>()
			.answers::<api::AskAnswered>()
			.waits()
			.fails([
				not_in_standing(),
				Error::ChartUnknown,
				Error::AskUnknown,
				Error::AskNotOpen,
				Error::StorageDamaged,
				Error::Busy,
			]),
		Route::post(api::RECORD_HOLDS, petitions::place_hold)
			.about("Places a legal hold on a record.")
			.by("records officers")
			.asks::<api::PostedHold>()
			.answers::<api::HoldDone>()
			.waits()
			.fails([not_in_standing(), Error::RecordUnknown, erased(), Error::AlreadyExists("")])
			.fails([Error::StorageDamaged]),
		Route::get(api::RECORD_HOLDS, petitions::list_holds)
			.about("The legal holds on a record, with their matters.")
			.by("records officers")
			.answers::<api::HoldList>()
			.asks_chain()
			.fails([not_in_standing(), Error::RecordUnknown, erased(), Error::StorageDamaged]),
		Route::delete(api::RECORD_HOLD, petitions::release_hold)
			.about("Releases a legal hold.")
			.by("records officers")
			.answers::<api::HoldDone>()
			.waits()
			.fails([
				not_in_standing(),
				Error::RecordUnknown,
				erased(),
				Error::HoldUnknown,
				Error::StorageDamaged,
			]),
		Route::post(api::BULK, bulk::begin)
			.about("Begins an import of many records. Begun again under its name, it is the same.")
			.by("records officers and system accounts")
			.asks::<api::BeginImport>()
			.answers::<api::Import>()
			.asks_chain()
			.fails([not_in_standing(), Error::AlreadyExists(""), Error::TooManyImports(0)]),
		Route::get(api::BULK_IMPORT, bulk::look)
			.about("How far an import is.")
			.by("the account that began it")
			.answers::<api::Import>()
			.fails([Error::ImportUnknown]),
		Route::put(api::BULK_PAGE, bulk::put_page)
			.about("Takes a page of an import: SCALE of its records, up to 16 MiB.")
			.by("the account that began it")
			.numbers(&["page"])
			.asks_bytes()
			.answers::<api::Import>()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::ImportUnknown,
				Error::PageWrong(0),
				Error::AlreadyExists(""),
				Error::ChartUnknown,
				Error::DigestMismatch,
				Error::Busy,
			]),
		Route::post(api::BULK_SEAL, bulk::seal)
			.about("Says that no page follows: the import's records are anchored.")
			.by("the account that began it")
			.asks::<api::SealImport>()
			.answers::<api::Import>()
			.asks_chain()
			.fails([not_in_standing(), Error::ImportUnknown, Error::PageWrong(0)]),
		Route::delete(api::BULK_IMPORT, bulk::abandon)
			.about("Removes an import that is not sealed, with all that came.")
			.by("the account that began it")
			.fails([Error::ImportUnknown, Error::AlreadyExists("")]),
		Route::post(api::BACKUPS, begin_backup)
			.about("Begins a backup, unless one is being made.")
			.by("administrators")
			.answers::<api::BackupStatus>()
			.begins()
			.asks_chain()
			.fails([not_in_standing(), Error::NoPlaceForBackups]),
		Route::get(api::LATEST_BACKUP, latest_backup)
			.about("How it stands with the vault's backups.")
			.by("administrators")
			.answers::<api::BackupStatus>()
			.asks_chain()
			.fails([not_in_standing(), Error::NoPlaceForBackups]),
		Route::post(api::CHART_TRANSFERS, custody::offer)
			.about("Offers records of a chart to another custodian, as the person's word says.")
			.by("records officers")
			.asks::<api::OfferTransfer>()
			.answers::<api::Transfer>()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::WrongChain,
				word_refused(),
				Error::ChartUnknown,
				Error::RecordUnknown,
				Error::RecordMoved(0),
				Error::OrganisationKeyMissing,
				Error::AlreadyExists(""),
			]),
		Route::get(api::CHART_TRANSFERS, custody::list)
			.about("The transfers from a chart, and where their records are.")
			.by("records officers, the chart's key, and guardians who may read")
			.shown_by_guardians()
			.answers::<api::TransferList>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([access_denied()]),
		Route::post(api::TRANSFER_WITHDRAWAL, custody::withdraw)
			.about("Withdraws what was not taken over of a transfer.")
			.by("records officers and the chart's key")
			.answers::<api::Transfer>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([malformed(), Error::TransferUnknown]),
		Route::get(api::TRANSFERS, custody::offers)
			.about("What waits for another custodian.")
			.by("system accounts of that custodian")
			.query::<api::ReceiverQuery>()
			.answers::<api::Offers>()
			.asks_chain()
			.fails([not_in_standing()]),
		Route::get(api::TRANSFER_RECORDS, custody::page)
			.about(
				"A page of the records of a transfer: openings and keys, wrapped to the receiver.",
			)
			.by("system accounts of the custodian to whom the chain says that they are offered")
			.limited(Class::Append)
			.query::<api::ReceiverQuery>()
			.answers::<api::HandedPage>()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::TransferUnknown,
				word_refused(),
				Error::ChartUnknown,
				Error::RecipientKeyMissing,
				Error::KeyServiceUnavailable(String::new()),
			]),
		Route::get(api::TRANSFER_CONTENT, custody::content)
			.about("The ciphertext of a record of a transfer, from a byte on.")
			.by("system accounts of the custodian to whom the chain says that it is offered")
			.query::<api::ReceiverQuery>()
			.answers_bytes()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::TransferUnknown,
				Error::RecordUnknown,
				Error::RecordMoved(0),
				Error::Busy,
			]),
		Route::post(api::RECEIPTS, custody::receive)
			.about("Has the vault take over what another custodian offers.")
			.by("records officers")
			.asks::<api::ReceiveTransfers>()
			.answers::<api::ReceiptList>()
			.asks_chain()
			.fails([not_in_standing()]),
		Route::get(api::RECEIPTS, custody::receipts)
			.about("How far the vault is with what others offer.")
			.by("records officers")
			.answers::<api::ReceiptList>()
			.asks_chain()
			.fails([not_in_standing()]),
		Route::get(api::HOLDINGS, holding::list)
			.about("Where this organisation's holding is, and how far those of others are.")
			.by("administrators")
			.answers::<api::HoldingList>()
			.asks_chain()
			.fails([not_in_standing()]),
		Route::post(api::HOLDING_RECEIPT, holding::receive)
			.about("Has the vault copy the holding that another organisation offers.")
			.by("administrators")
			.asks::<api::ReceiveHolding>()
			.answers::<api::HoldingList>()
			.begins()
			.asks_chain()
			.fails([not_in_standing(), Error::HoldingNotOffered]),
		Route::post(api::HOLDING_READINESS, holding::ready)
			.about(
				"Has the vault make the last pass, after which the holding is accepted on chain.",
			)
			.by("administrators")
			.asks::<api::ReceiveHolding>()
			.answers::<api::HoldingList>()
			.begins()
			.asks_chain()
			.fails([not_in_standing(), Error::HoldingNotOffered, Error::AlreadyExists("")]),
		Route::get(api::HANDED_CHARTS, holding::charts)
			.about("A page of the charts of the holding, with what tells whether they changed.")
			.by(SUCCESSORS)
			.query::<api::HoldingQuery>()
			.answers::<api::HandedCharts>()
			.asks_chain()
			.fails([not_in_standing(), Error::HoldingNotOffered]),
		Route::get(api::HANDED_CHART, holding::rows)
			.about("A page of what there is of a chart, with keys wrapped to the receiver.")
			.by(SUCCESSORS)
			.query::<api::HoldingQuery>()
			.answers::<api::HandedRows>()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::HoldingNotOffered,
				Error::ChartUnknown,
				Error::RecipientKeyMissing,
				Error::KeyServiceUnavailable(String::new()),
			]),
		Route::get(api::HANDED_DISCLOSURES, holding::leaves)
			.about("The leaves of a batch of disclosures, by this vault's number of it.")
			.by(SUCCESSORS)
			.numbers(&["number"])
			.query::<api::HoldingQuery>()
			.answers::<api::HandedLeaves>()
			.asks_chain()
			.fails([not_in_standing(), Error::HoldingNotOffered, Error::BatchUnknown]),
		Route::get(api::HANDED_BATCH, holding::nodes)
			.about("Some nodes of the tree of a batch of records.")
			.by(SUCCESSORS)
			.query::<api::HoldingQuery>()
			.answers::<api::HandedNodes>()
			.asks_chain()
			.fails([not_in_standing(), Error::HoldingNotOffered, Error::BatchUnknown]),
		Route::get(api::HANDED_CONTENT, holding::content)
			.about("The ciphertext of a record of the holding, from a byte on.")
			.by(SUCCESSORS)
			.query::<api::HoldingQuery>()
			.answers_bytes()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::HoldingNotOffered,
				Error::RecordUnknown,
				Error::RecordMoved(0),
				erased(),
				Error::Busy,
			]),
		Route::post(api::HOLDING_CLOSURE, holding::close)
			.about("Has the vault serve nobody but the receiver of its holding, for a while.")
			.by(SUCCESSORS)
			.query::<api::HoldingQuery>()
			.answers::<api::HoldingClosed>()
			.asks_chain()
			.fails([
				not_in_standing(),
				Error::HoldingNotOffered,
				Error::HoldingOpened,
				Error::TransfersOpen(0),
			]),
		Route::get(api::CHART_RECALLS, recalls::of_chart)
			.about(
				"A page of who was told that they may read no more of a chart, and their answers.",
			)
			.by("the chart's key and guardians who may read")
			.query::<From>()
			.shown_by_guardians()
			.answers::<api::RecallPage>()
			.asks_chain()
			.fails(wrong_chart())
			.fails([access_denied()]),
		Route::get(api::RECALLS, recalls::list)
			.about("A page of what is recalled from the caller, or from a house.")
			.by("anyone signed in; for a house its administrators and records officers")
			.query::<api::RecallQuery>()
			.answers::<api::RecallPage>()
			.asks_chain()
			.fails([not_in_standing()]),
		Route::get(api::RECALL, recalls::one)
			.about("A recall.")
			.by("the recipient, and administrators and records officers of the recipient's house")
			.answers::<api::Recall>()
			.asks_chain()
			.fails([Error::RecallUnknown, Error::NotTheRecipient]),
		Route::get(api::RECALLED_RECORDS, recalls::records)
			.about("A page of the records of a recall.")
			.by("the recipient, and administrators and records officers of the recipient's house")
			.query::<From>()
			.answers::<api::RecalledRecords>()
			.asks_chain()
			.fails([Error::RecallUnknown, Error::NotTheRecipient]),
		Route::post(api::RECALL_ANSWER, recalls::answer)
			.about("Answers a recall: acknowledges it with a ground, or attests deletion.")
			.by("the recipient, and administrators and records officers of the recipient's house")
			.limited(Class::Append)
			.asks::<api::RecallWord>()
			.answers::<api::Recall>()
			.asks_chain()
			.fails([
				Error::WrongChain,
				Error::SignatureWrong,
				Error::RecallUnknown,
				Error::NotTheRecipient,
				Error::RecallGrew(0),
				Error::DeletionAttested,
			]),
	];
	routes.extend(finding::table());
	routes
}
