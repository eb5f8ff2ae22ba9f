/** Privacy requests, their searches, and the accounting of disclosures. */
import { z } from 'zod';
import {
  allDisclosureNatures,
  allPrivacyReasons,
  allPrivacyRequestTypes,
  allPrivacyStatuses,
  allPrivacySteps,
  type NotSearchedReason,
  notSearchedReasons,
} from '../../canonical/vocabulary/index.ts';
import { instant, jsonObject } from '../json/index.ts';
import { poamDetail } from '../records/index.ts';

const day = z.iso.date();
const reasonCode = z.enum(allPrivacyReasons);
const notSearched = z.enum(Object.keys(notSearchedReasons) as NotSearchedReason[]); // its own keys

/** A privacy request as a row of its list. */
export const privacyRequestRow = z.strictObject({
  id: z.number(),
  requestId: z.string(),
  type: z.enum(allPrivacyRequestTypes),
  status: z.enum(allPrivacyStatuses),
  subjectId: z.string(),
  name: z.string().nullable(),
  mail: z.string().nullable(),
  replyTo: z.string().nullable(),
  asked: z.string().nullable(),
  isNonUs: z.boolean(),
  receivedOn: day,
  /** The day that holds now. */
  due: day.nullable(),
  isLate: z.boolean(),
  acknowledgeBy: day.nullable(),
  answerBy: day.nullable(),
  acknowledgedAt: instant.nullable(),
  identityHow: z.string().nullable(),
  identityNote: z.string().nullable(),
  identityBy: z.string().nullable(),
  identityAt: instant.nullable(),
  consent: z.string().nullable(),
  /** decision, reason, exemption, appealTo, appeal: what the answer says. */
  response: jsonObject,
  readableSha256: z.string().nullable(),
  jsonSha256: z.string().nullable(),
  processedBy: z.string().nullable(),
  createdAt: instant,
  closedAt: instant.nullable(),
});

/** `privacy list`. */
export const privacyRequestRows = z.strictObject({ items: z.array(privacyRequestRow), total: z.number() });

/** A statement that stays with a record. */
export const recordStatement = z.strictObject({
  id: z.number(),
  request: z.number(),
  kind: z.enum(['disagreement', 'annotation']),
  entity: z.string(),
  recordId: z.string(),
  statement: z.string(),
  at: instant,
  by: z.string(),
});

/** `poams show --json`: the POA&M with the statements of persons that stay with it. */
export const poamShown = poamDetail.extend({ statements: z.array(recordStatement) });

/** A privacy request with what was done about it. */
export const privacyRequest = privacyRequestRow.extend({
  steps: z.array(
    z.strictObject({
      step: z.string(),
      from: z.string().nullable(),
      to: z.string(),
      details: jsonObject,
      at: instant,
      by: z.string(),
    }),
  ),
  statements: z.array(recordStatement),
  /** What may be done now. */
  next: z.array(z.enum(allPrivacySteps)),
});

/** The latest search of a request, table by table. */
export const privacySearch = z.strictObject({
  id: z.number(),
  request: z.number(),
  terms: z.array(z.string()),
  jobId: z.string().nullable(),
  askedAt: instant,
  askedBy: z.string(),
  listedAt: instant.nullable(),
  endedAt: instant.nullable(),
  problem: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  tables: z.array(
    z.strictObject({
      id: z.number(),
      schema: z.string(),
      table: z.string(),
      searchedColumns: z.array(z.string()),
      /** Columns of bytes, which were not searched. */
      leftOutColumns: z.array(z.string()),
      rowsRead: z.number(),
      rowsFound: z.number(),
      notSearchedBecause: notSearched.nullable(),
      isDone: z.boolean(),
      /** Of the copy for the person. */
      leftOut: z.array(z.strictObject({ because: reasonCode, rows: z.number() })),
    }),
  ),
});

/** Rows that a search found, as they are now. */
export const privacyHits = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      table: z.string(),
      key: jsonObject,
      row: jsonObject.nullable(),
      leftOutBecause: reasonCode.nullable(),
      leftOutNote: z.string().nullable(),
    }),
  ),
});

/** How many rows were left out of the copy, or taken into it again. */
export const privacyLeftOut = z.strictObject({ rows: z.number() });

/** A search was started; its job, where a worker does it. */
export const privacySearchStarted = z.strictObject({
  searchId: z.number(),
  jobId: z.string().nullable(),
  request: privacyRequest,
});

/** One entry of the accounting of disclosures. */
export const disclosure = z.strictObject({
  id: z.string(),
  at: instant,
  nature: z.enum(allDisclosureNatures),
  what: z.string(),
  item: z.strictObject({ type: z.string(), id: z.string() }).nullable(),
  purpose: z.string(),
  recipient: z.string(),
  address: z.string().nullable(),
  authority: z.string(),
  /** Null: nobody looked whose records left, so that anybody's may have. */
  subjects: z.array(z.string()).nullable(),
  fileSha256: z.string().nullable(),
  by: z.string(),
  keepUntil: day,
});

/** `privacy disclosures`. */
export const disclosures = z.strictObject({ items: z.array(disclosure), total: z.number() });
