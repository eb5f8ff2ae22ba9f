export {
  countDisclosures,
  type DisclosureRow,
  forgetDisclosures,
  listDisclosures,
  recordDisclosure,
} from './disclosures.sql.ts';
export { discloseExport, discloseList, discloseReport, type Leaving } from './disclose.ts';
export { makePrivacyCopy, openPrivacyCopy } from './copy/make-copy.ts';
export {
  countPrivacyRequests,
  facetPrivacyRequests,
  listPrivacyRequests,
  type PrivacyRequestRow,
} from './request-list.sql.ts';
export {
  acknowledgePrivacyRequest,
  appealPrivacyRequest,
  askForIdentity,
  closePrivacyRequest,
  fetchPrivacyRequest,
  grantPrivacyRequest,
  identifySubject,
  noteStep,
  type PrivacyRequest,
  receivePrivacyRequest,
  refusePrivacyRequest,
  reviewPrivacyRequest,
} from './requests.ts';
export { runPrivacySearch } from './search/run-search.ts';
export { endSearch, forgetHits, setSearchJob } from './search/searches.sql.ts';
export {
  findPrivacySearch,
  leaveOutHits,
  listPrivacyHits,
  type SearchView,
  startPrivacySearch,
} from './search/start-search.ts';
export { listStatementsWith, lockRequest, type StatementRow } from './write-request.sql.ts';
export {
  annotateRecord,
  disagreeWithRefusal,
  requireOpenForAmendment,
  type StatedRecord,
} from './statements.ts';
