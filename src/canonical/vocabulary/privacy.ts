/**
 * Words of the Privacy Act (5 U.S.C. 552a) as requests, searches and the accounting of disclosures store them. Erasure and portability are
 * not rights of that act: only for persons outside of it, and only where the installation allows it.
 */
const keysOf = <T extends string>(texts: Readonly<Record<T, unknown>>): readonly T[] =>
  Object.keys(texts) as T[]; // a record has its keys

export const privacyRequestTypes = {
  access: 'access to the record',
  amendment: 'amendment of the record',
  accounting_of_disclosures: 'accounting of disclosures',
  statement_of_disagreement: 'statement of disagreement',
  erasure: 'erasure (outside of the Privacy Act)',
  portability: 'portability (outside of the Privacy Act)',
} as const;
export type PrivacyRequestType = keyof typeof privacyRequestTypes;
export const allPrivacyRequestTypes = keysOf(privacyRequestTypes);

export const privacyStatuses = {
  received: 'received',
  acknowledged: 'acknowledged',
  identity_pending: 'identity pending',
  identity_verified: 'identity verified',
  searching: 'searching',
  review: 'in review',
  granted: 'granted',
  partly_granted: 'partly granted',
  refused: 'refused',
  appealed: 'appealed',
  closed: 'closed',
} as const;
export type PrivacyStatus = keyof typeof privacyStatuses;
export const allPrivacyStatuses = keysOf(privacyStatuses);

export const privacySteps = {
  acknowledge: 'acknowledged',
  ask_identity: 'proof of identity asked for',
  identify: 'identity verified',
  search: 'search started',
  review: 'review begun',
  grant: 'granted',
  grant_partly: 'granted in part',
  refuse: 'refused',
  appeal: 'appeal received',
  disagree: 'statement of disagreement filed',
  withdraw: 'withdrawn by the person',
  close: 'closed',
} as const;
export type PrivacyStep = keyof typeof privacySteps;
export const allPrivacySteps = keysOf(privacySteps);

/** How a person proved who they are. Digital forms count (OMB M-21-04). */
export const identityWays = {
  smart_card: 'smart card (PIV or CAC)',
  signed_in: 'signed in to an account of the agency',
  identity_provider: 'identity proofing service',
  notarized: 'notarized statement',
  declaration: 'declaration under penalty of perjury (28 U.S.C. 1746)',
  in_person: 'identity document shown in person',
} as const;
export type IdentityWay = keyof typeof identityWays;

/** Whether the person agreed that the record is disclosed to whoever asks. */
export const consentWays = {
  the_person: 'the person asks for their own record',
  written: 'written consent of the person',
  digital: 'digital consent of the person',
  guardian: 'parent or legal guardian (552a(h))',
} as const;
export type ConsentWay = keyof typeof consentWays;

/** Why a request, or a part of a record, is refused. */
export const privacyReasons = {
  j2: 'exempt: criminal law enforcement (552a(j)(2))',
  k1: 'exempt: classified (552a(k)(1))',
  k2: 'exempt: investigatory material (552a(k)(2))',
  k4: 'exempt: statistical records (552a(k)(4))',
  k5: 'exempt: source of a suitability investigation (552a(k)(5))',
  k6: 'exempt: examination material (552a(k)(6))',
  d5: 'compiled for a civil action (552a(d)(5))',
  another_person: 'about another person (552a(b))',
  not_of_person: 'only looks alike: not about the person',
  secret: 'a password, key or token',
  record_is_accurate: 'the record is accurate, relevant, timely and complete',
  identity_not_proved: 'the identity was not proved',
  not_a_right: 'not a right of this person under the Privacy Act',
} as const;
export type PrivacyReason = keyof typeof privacyReasons;
export const allPrivacyReasons = keysOf(privacyReasons);

/** Why a table was not searched. */
export const notSearchedReasons = {
  no_text: 'no column of it holds text',
  no_permission: 'this account may not read it',
  another_database: 'its rows lie in another database',
  own_search: 'it holds this search itself',
  gone: 'it was removed while the search ran',
  file_store: 'the contents of files are not searched: their names and rows are',
} as const;
export type NotSearchedReason = keyof typeof notSearchedReasons;

export const disclosureNatures = {
  report: 'report',
  export: 'export of a list',
  privacy_copy: 'copy for the person',
  other: 'other',
} as const;
export type DisclosureNature = keyof typeof disclosureNatures;

export const allIdentityWays = keysOf(identityWays);
export const allConsentWays = keysOf(consentWays);
export const allDisclosureNatures = keysOf(disclosureNatures);
