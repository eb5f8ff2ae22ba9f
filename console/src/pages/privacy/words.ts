/** Words of the Privacy Act as people read them. Their keys are those of src/canonical/vocabulary/privacy.ts, which the compiler holds. */
import type {
  Disclosure,
  PrivacyHit,
  PrivacyRequest,
  PrivacyRow,
  SearchedTable,
} from '../../api/work/privacy.ts';

export const words = {
  title: 'Privacy',
  many: 'privacy requests',
  nothingYet: 'Enter one when a person asks to see or correct their record, or who received it.',
};

export const typeWords: Readonly<Record<PrivacyRow['type'], string>> = {
  access: 'Access to the record',
  amendment: 'Amendment of the record',
  accounting_of_disclosures: 'Accounting of disclosures',
  statement_of_disagreement: 'Statement of disagreement',
  erasure: 'Erasure (outside the Privacy Act)',
  portability: 'Portability (outside the Privacy Act)',
};

export const statusWords: Readonly<Record<PrivacyRow['status'], string>> = {
  received: 'Received',
  acknowledged: 'Acknowledged',
  identity_pending: 'Identity pending',
  identity_verified: 'Identity verified',
  searching: 'Searching',
  review: 'In review',
  granted: 'Granted',
  partly_granted: 'Partly granted',
  refused: 'Refused',
  appealed: 'Appealed',
  closed: 'Closed',
};

export const stepWords: Readonly<Record<string, string>> = {
  receive: 'Received',
  acknowledge: 'Acknowledged',
  ask_identity: 'Proof of identity asked for',
  identify: 'Identity verified',
  search: 'Search started',
  review: 'Review begun',
  copy: 'Copy made',
  amend: 'Record corrected',
  annotate: 'Record annotated',
  grant: 'Granted',
  grant_partly: 'Granted in part',
  refuse: 'Refused',
  appeal: 'Appeal received',
  disagree: 'Statement of disagreement filed',
  withdraw: 'Withdrawn by the person',
  close: 'Closed',
};

export const identityWords = {
  smart_card: 'Smart card (PIV or CAC)',
  signed_in: 'Signed in to an account of the agency',
  identity_provider: 'Identity proofing service',
  notarized: 'Notarized statement',
  declaration: 'Declaration under penalty of perjury (28 U.S.C. 1746)',
  in_person: 'Identity document shown in person',
} as const;

export const consentWords = {
  the_person: 'The person asks for their own record',
  written: 'Written consent',
  digital: 'Digital consent',
  guardian: 'Parent or legal guardian (552a(h))',
} as const;

export const reasonWords: Readonly<Record<NonNullable<PrivacyHit['leftOutBecause']>, string>> = {
  not_of_person: 'Similar, but not about this person',
  another_person: 'About another person (552a(b))',
  record_is_accurate: 'The record is accurate and complete',
  identity_not_proved: 'The identity was not verified',
  not_a_right: 'Not a right of this person',
  secret: 'A password, key or token',
  j2: 'Criminal law enforcement (552a(j)(2))',
  k1: 'Classified (552a(k)(1))',
  k2: 'Investigatory material (552a(k)(2))',
  k4: 'Statistical records (552a(k)(4))',
  k5: 'Source of a suitability investigation (552a(k)(5))',
  k6: 'Examination material (552a(k)(6))',
  d5: 'Compiled for a civil action (552a(d)(5))',
};

export const notSearchedWords: Readonly<Record<NonNullable<SearchedTable['notSearchedBecause']>, string>> = {
  no_text: 'It has no text columns',
  no_permission: 'The service may not read it',
  another_database: 'Its rows are in another database',
  own_search: 'It holds the results of this search',
  gone: 'It was removed while the search ran',
  file_store: 'Contents of files are not searched; their names and rows are',
};

export const natureWords: Readonly<Record<Disclosure['nature'], string>> = {
  report: 'Report',
  export: 'Export of a list',
  privacy_copy: 'Copy for the person',
  other: 'Other',
};

export const personOf = ({ name, subjectId }: PrivacyRow): string => name ?? subjectId;

export const tableName = ({ schema, table }: SearchedTable): string =>
  schema === '' || schema === 'public' ? table : `${schema}.${table}`;

export const mayTake = (of: PrivacyRequest, step: PrivacyRequest['next'][number]): boolean =>
  of.next.includes(step);
