/** Privacy requests from receipt to closing: each step checks the state and what it needs, and is kept with who took it and when. */
import type { Kysely } from 'kysely';
import type {
  ConsentWay,
  IdentityWay,
  PrivacyReason,
  PrivacyRequestType,
  PrivacyStatus,
  PrivacyStep,
} from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { fetchWorkingDays } from '../due-dates/index.ts';
import { recordDisclosure } from './disclosures.sql.ts';
import { dueIn, workingDaysOf, workingDaysOfAppeal } from './due.ts';
import { findPrivacyRequest, type PrivacyRequestRow } from './request-list.sql.ts';
import { findSearchOf } from './search/searches.sql.ts';
import { nextStatus, stepsFrom } from './states.ts';
import {
  insertRequest,
  listStatementsOf,
  listSteps,
  lockRequest,
  setIdentity,
  type StatementRow,
  type StepRow,
  takeStepRow,
} from './write-request.sql.ts';

export type Handling = Pick<App, 'db' | 'store' | 'now' | 'acceptsNonUsPrivacy'>;
export type By = { readonly name: string; readonly principalId?: string };

export const refused = (field: string, message: string): TielineError =>
  new TielineError('USAGE', 'Nothing was done about the privacy request.', { fields: [{ field, message }] });

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const orNull = (text: string | null | undefined): string | null => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
};
/** @throws TielineError USAGE. */
export function required(field: string, text: string | null | undefined, message: string): string {
  const given = orNull(text);
  if (given === null) throw refused(field, message);
  return given;
}

export interface Receipt {
  readonly type: PrivacyRequestType;
  /** User id, or another name that the organization uses. */
  readonly subjectId: string;
  readonly name?: string | null | undefined;
  readonly mail?: string | null | undefined;
  readonly replyTo?: string | null | undefined;
  readonly asked?: string | null | undefined;
  /** Neither a citizen nor a permanent resident. */
  readonly isNonUs?: boolean | undefined;
  /** Default: today. */
  readonly receivedOn?: string | undefined;
}

export interface PrivacyRequest extends PrivacyRequestRow {
  readonly steps: readonly StepRow[];
  readonly statements: readonly StatementRow[];
  /** What may be done now. */
  readonly next: readonly PrivacyStep[];
}

/** @throws TielineError RECORD_UNKNOWN. */
export async function fetchPrivacyRequest(
  db: Kysely<Database>,
  id: number,
  now: Date,
): Promise<PrivacyRequest> {
  const row = await findPrivacyRequest(db, id, now);
  if (!row) throw new TielineError('RECORD_UNKNOWN', `There is no privacy request ${id}.`);
  return {
    ...row,
    steps: await listSteps(db, id),
    statements: await listStatementsOf(db, id),
    next: stepsFrom(row),
  };
}

function refuseType(app: Handling, { type, isNonUs = false }: Receipt): void {
  if (type !== 'erasure' && type !== 'portability') return;
  if (app.acceptsNonUsPrivacy !== true)
    throw refused(
      'type',
      `${type} is not a right under the Privacy Act; for persons outside of it, set TIELINE_PRIVACY_NON_US=yes`,
    );
  if (!isNonUs)
    throw refused(
      'isNonUs',
      `${type} is only for a person who is neither a citizen nor a permanent resident`,
    );
}

/** Receives a request; the days that hold are counted in federal working days. @throws TielineError USAGE. */
export async function receivePrivacyRequest(
  app: Handling,
  receipt: Receipt,
  by: By,
): Promise<PrivacyRequest> {
  const now = app.now();
  refuseType(app, receipt);
  const subjectId = required('subjectId', receipt.subjectId, 'say whose record it is: a user id or name');
  const receivedOn = receipt.receivedOn ?? dayOf(now);
  if (receivedOn > dayOf(now)) throw refused('receivedOn', 'it cannot have come after today');
  if (receipt.type === 'amendment') required('asked', receipt.asked, 'say what is to be corrected, and how');
  return app.store.transaction(async ({ db }) => {
    const later = await fetchWorkingDays(db);
    const days = workingDaysOf[receipt.type];
    const acknowledgeBy = later(receivedOn, days.acknowledge);
    const id = await insertRequest(db, {
      type: receipt.type,
      subjectId: subjectId.slice(0, 255),
      name: orNull(receipt.name),
      mail: orNull(receipt.mail),
      replyTo: orNull(receipt.replyTo),
      asked: orNull(receipt.asked),
      isNonUs: receipt.isNonUs ?? false,
      receivedOn,
      acknowledgeBy,
      answerBy: later(receivedOn, days.answer),
      by: by.name,
      now,
    });
    const step = { id, from: null, to: 'received', due: acknowledgeBy, by: by.name, now } as const;
    await takeStepRow(db, { ...step, step: 'receive', details: { type: receipt.type, receivedOn } });
    return fetchPrivacyRequest(db, id, now);
  });
}

export interface Taking {
  readonly id: number;
  readonly step: PrivacyStep;
  readonly by: By;
  readonly details?: JsonObject;
  readonly response?: JsonObject;
  /** What else it needs and does, in the same transaction. Throws where it may not be done. */
  readonly also?: (
    db: Kysely<Database>,
    request: PrivacyRequest,
    to: PrivacyStatus,
  ) => Promise<JsonObject | undefined>;
}

/** By when something is due after a step. What is searched again during an appeal keeps the day of the appeal. */
async function dueAfter(
  db: Kysely<Database>,
  request: PrivacyRequest,
  to: PrivacyStatus,
  now: Date,
): Promise<string | null> {
  if (to !== 'appealed') return dueIn(to, { ...request, appealBy: null });
  if (request.status === 'appealed') return request.due;
  const later = await fetchWorkingDays(db);
  return dueIn(to, { ...request, appealBy: later(dayOf(now), workingDaysOfAppeal) });
}

/** Takes a step, if its state allows it. @throws TielineError RECORD_UNKNOWN; USAGE naming the field. */
export async function takeStep(app: Handling, taking: Taking): Promise<PrivacyRequest> {
  const { id, step, by, details = {}, response } = taking;
  const now = app.now();
  return app.store.transaction(async ({ db }) => {
    await lockRequest(db, id);
    const request = await fetchPrivacyRequest(db, id, now);
    const next = nextStatus(request, step);
    if ('refused' in next) throw refused('status', next.refused);
    const more = (await taking.also?.(db, request, next.to)) ?? {};
    await takeStepRow(db, {
      id,
      step,
      from: request.status,
      to: next.to,
      due: await dueAfter(db, request, next.to, now),
      details: { ...details, ...more },
      ...(response ? { response } : {}),
      by: by.name,
      now,
    });
    return fetchPrivacyRequest(db, id, now);
  });
}

export const acknowledgePrivacyRequest = (
  app: Handling,
  id: number,
  { note, by }: { readonly note?: string | null | undefined; readonly by: By },
): Promise<PrivacyRequest> => takeStep(app, { id, step: 'acknowledge', by, details: { note: orNull(note) } });

/** Asks the person to prove who they are. */
export const askForIdentity = (
  app: Handling,
  id: number,
  { note, by }: { readonly note?: string | null | undefined; readonly by: By },
): Promise<PrivacyRequest> =>
  takeStep(app, { id, step: 'ask_identity', by, details: { note: orNull(note) } });

/** The identity was proved, and the person consents. */
export const identifySubject = (
  app: Handling,
  id: number,
  identity: {
    readonly how: IdentityWay;
    readonly consent: ConsentWay;
    readonly note?: string | null | undefined;
    readonly by: By;
  },
): Promise<PrivacyRequest> => {
  const { how, consent, by } = identity;
  const note = orNull(identity.note);
  return takeStep(app, {
    id,
    step: 'identify',
    by,
    details: { how, consent, note },
    async also(db) {
      await setIdentity(db, id, { how, consent, note, by: by.name, now: app.now() });
      return undefined;
    },
  });
};

/** Whether what the copy holds can be handed out. */
const needsCopy = (type: PrivacyRequestType): boolean => type === 'access' || type === 'portability';

/** @throws TielineError USAGE where the latest search has not ended, or failed. */
export async function requireSearched(db: Kysely<Database>, id: number): Promise<void> {
  const search = await findSearchOf(db, id);
  if (!search) throw refused('search', 'search first: `tieline privacy search`');
  if (search.problem !== null)
    throw refused('search', `the search failed (${search.problem.message}): search again`);
  if (search.endedAt === null) throw refused('search', 'the search is still running');
}

/**
 * An appeal is decided on what the records say, as the first decision is. Whoever was refused because nobody knew who they are may be refused
 * again for the same reason: nothing can be searched for them. @throws TielineError USAGE.
 */
async function requireAppealSearched(
  db: Kysely<Database>,
  { id, status, identityAt }: PrivacyRequest,
): Promise<void> {
  if (status === 'appealed' && identityAt !== null) await requireSearched(db, id);
}

/** What was found is being reviewed. @throws TielineError USAGE where the search has not ended. */
export const reviewPrivacyRequest = (
  app: Handling,
  id: number,
  { note, by }: { readonly note?: string | null | undefined; readonly by: By },
): Promise<PrivacyRequest> =>
  takeStep(app, {
    id,
    step: 'review',
    by,
    details: { note: orNull(note) },
    async also(db) {
      await requireSearched(db, id);
      return undefined;
    },
  });

export interface Grant {
  readonly partly: boolean;
  /** In part: what is withheld, by which reason, and how to appeal. */
  readonly reason?: string | null | undefined;
  readonly exemption?: PrivacyReason | undefined;
  readonly appealTo?: string | null | undefined;
  readonly by: By;
}

/** The copy goes to the person: a disclosure like any other. */
async function discloseCopy(
  db: Kysely<Database>,
  app: Handling,
  request: PrivacyRequest,
  by: By,
): Promise<JsonObject | undefined> {
  if (!needsCopy(request.type)) return undefined;
  const { readableSha256: fileSha256, name, subjectId, mail } = request;
  if (fileSha256 === null)
    throw refused('copy', 'make the copy of the record first: `tieline privacy review --copy`');
  const disclosure = await recordDisclosure(db, {
    nature: 'privacy_copy',
    what: 'Copy of the record',
    item: { type: 'data_subject_request', id: String(request.id) },
    purpose: 'Request of the person for their own record',
    recipient: name ?? subjectId,
    address: request.replyTo ?? undefined,
    authority: request.isNonUs ? 'consent of the person' : '5 U.S.C. 552a(d)(1)',
    subjects: [subjectId, ...(name === null ? [] : [name]), ...(mail === null ? [] : [mail])],
    scope: { kind: 'everywhere' },
    fileSha256,
    at: app.now(),
    by,
  });
  return { disclosure };
}

/** Grants a request, wholly or in part; on appeal too. @throws TielineError USAGE naming what is missing. */
export async function grantPrivacyRequest(app: Handling, id: number, grant: Grant): Promise<PrivacyRequest> {
  const { partly, exemption, by } = grant;
  const reason = partly
    ? required('reason', grant.reason, 'say what is withheld, and why')
    : orNull(grant.reason);
  const appealTo = partly
    ? required('appealTo', grant.appealTo, 'say to whom the person may appeal, and how')
    : null;
  if (partly && exemption === undefined)
    throw refused('exemption', 'name the reason code of what is withheld');
  const response = {
    decision: partly ? 'partly_granted' : 'granted',
    reason,
    exemption: exemption ?? null,
    appealTo,
  };
  return takeStep(app, {
    id,
    step: partly ? 'grant_partly' : 'grant',
    by,
    details: response,
    response,
    async also(db, request) {
      await requireAppealSearched(db, request);
      return discloseCopy(db, app, request, by);
    },
  });
}

export interface Refusal {
  readonly exemption: PrivacyReason;
  readonly reason: string;
  /** How the person may appeal: to whom, where. */
  readonly appealTo: string;
  readonly by: By;
}

/** Refuses a request, or upholds a refusal on appeal. @throws TielineError USAGE naming what is missing. */
export async function refusePrivacyRequest(
  app: Handling,
  id: number,
  refusal: Refusal,
): Promise<PrivacyRequest> {
  const reason = required('reason', refusal.reason, 'say why it is refused');
  const appealTo = required('appealTo', refusal.appealTo, 'say to whom the person may appeal, and how');
  const response = { decision: 'refused', reason, exemption: refusal.exemption, appealTo };
  return takeStep(app, {
    id,
    step: 'refuse',
    by: refusal.by,
    details: response,
    response,
    async also(db, request) {
      await requireAppealSearched(db, request);
      return undefined;
    },
  });
}

/** The person appeals: it is to be decided within 30 working days. */
export async function appealPrivacyRequest(
  app: Handling,
  id: number,
  { grounds, by }: { readonly grounds: string; readonly by: By },
): Promise<PrivacyRequest> {
  const appeal = required('grounds', grounds, 'give the grounds of the appeal');
  return takeStep(app, { id, step: 'appeal', by, details: { grounds: appeal }, response: { appeal } });
}

/** Closes what was decided; withdrawn: at the person's wish, whatever its state. */
export function closePrivacyRequest(
  app: Handling,
  id: number,
  {
    withdrawn,
    note,
    by,
  }: { readonly withdrawn: boolean; readonly note?: string | null | undefined; readonly by: By },
): Promise<PrivacyRequest> {
  const response = withdrawn ? { response: { decision: 'withdrawn' } } : {};
  return takeStep(app, {
    id,
    step: withdrawn ? 'withdraw' : 'close',
    by,
    details: { note: orNull(note) },
    ...response,
  });
}

/** Keeps what was done that moves nothing. To be called in the transaction that did it. */
export const noteStep = (
  db: Kysely<Database>,
  request: Pick<PrivacyRequestRow, 'id' | 'status' | 'due'>,
  done: {
    readonly step: 'copy' | 'amend' | 'annotate';
    readonly details: JsonObject;
    readonly by: By;
    readonly now: Date;
  },
): Promise<void> =>
  takeStepRow(db, {
    id: request.id,
    from: request.status,
    to: request.status,
    due: request.due,
    step: done.step,
    details: done.details,
    by: done.by.name,
    now: done.now,
  });
