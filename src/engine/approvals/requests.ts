/**
 * Requests: something a person wants for one record, which others decide by their role: a deviation, an extension, a completion. A request is a
 * row of approvals like a plan that waits, with its own levels (`levels.ts`), taken from the rules of who decides when it is asked for.
 *
 * What a decision does is not known here: the room of its kind says so (modules/requests).
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type Actor, everywhere, rolesWithin, roles, type Scope } from '../../canonical/access/index.ts';
import {
  byPerson,
  byRule,
  type ReasonCode,
  type RequestEnd,
  requestTitles,
  type Severity,
  severityNamed,
} from '../../canonical/vocabulary/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import { followStanding } from '../../record/poam-life/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { canonical } from '../merge/index.ts';
import { findDeciderRule } from './deciders.sql.ts';
import { type Level, openLevel, type OpenLevel, standingOf } from './levels.ts';
import {
  closeRequest,
  insertAnswer,
  insertRequest,
  lockPendingRequest,
  lockRequests,
  type AskedLine,
  type RequestClose,
  type RequestRow,
  type RequestSubject,
} from './requests.sql.ts';

export interface RequestToMake {
  readonly subject: RequestSubject;
  /** The authorization boundary of what it is about; null where it is in none. */
  readonly boundary: string | null;
  /** Of the weakness; null where nobody said: it counts as High then. */
  readonly severity: string | null;
  /** What happens on a yes, in plain words: `extend POAM-7 to 2027-01-31`. */
  readonly action: string;
  readonly rationale: string;
  readonly lines: readonly AskedLine[];
  readonly by: Pick<Actor, 'name' | 'principalId'>;
  readonly now: Date;
  /** Who decides and until when, where whatever asks says so itself; absent: as the rules of who decides say. */
  readonly asks?: {
    readonly levels: readonly Level[];
    readonly expiresAt: Date;
    /** The run of a workflow that waits for it. */
    readonly executionId: string;
    /** Names or keys of others who have a part in asking: none of them decides. */
    readonly barred: readonly string[];
  };
}

export type MadeRequest =
  | {
      readonly kind: 'asked';
      readonly approvalId: string;
      readonly levels: readonly Level[];
      readonly expiresAt: Date | null;
    }
  /** The rules ask nobody: it may happen at once. */
  | { readonly kind: 'free' }
  /** The same is asked for already. */
  | { readonly kind: 'pending'; readonly approvalId: string }
  /** The rules do not take such a request. */
  | { readonly kind: 'refused'; readonly why: string };

const dayMs = 86_400_000;

const ranked = (severity: string | null): Severity => severityNamed(severity) ?? 'High';

/** What the rules of who decides say of a request before it is made: whether it is taken, and how long what it asks for may hold. */
export async function rulesOf(
  db: Kysely<Database>,
  asked: Pick<RequestToMake, 'boundary' | 'severity'> & Pick<RequestSubject, 'kind'>,
): Promise<{ readonly refusal: string | null; readonly longestDays: number | null }> {
  const rule = await findDeciderRule(db, { ...asked, severity: ranked(asked.severity) });
  const refusal = rule?.isRefused === true ? (rule.note ?? 'The rules do not take it.') : null;
  return { refusal, longestDays: rule?.longestDays ?? null };
}

const checksum = (content: Pick<RequestToMake, 'subject' | 'action' | 'rationale' | 'lines'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        canonical({
          ...content.subject,
          action: content.action,
          rationale: content.rationale,
          lines: content.lines.map(({ field, before, after }) => ({ field, before: before ?? null, after })),
        }),
      ),
    )
    .digest('hex');

/** Asks for consent, as the rules of who decides say. One subject has one request at a time. */
export async function requestApproval(db: Kysely<Database>, wanted: RequestToMake): Promise<MadeRequest> {
  const { subject, boundary, now, by, asks } = wanted;
  const rule = asks
    ? undefined
    : await findDeciderRule(db, { kind: subject.kind, boundary, severity: ranked(wanted.severity) });
  if (rule?.isRefused === true)
    return {
      kind: 'refused',
      why: rule.note ?? `The rules do not take ${requestTitles[subject.kind]} for this.`,
    };
  const pending = await lockPendingRequest(db, subject);
  if (pending) return { kind: 'pending', approvalId: pending.approvalId };
  // Without a rule nobody is left out of the question: the authorizing official decides.
  const levels = asks?.levels ?? rule?.levels ?? [{ roles: ['ao'], needs: 'one' } as const];
  if (levels.length === 0) return { kind: 'free' };
  const days = rule?.answerWithinDays ?? null;
  const expiresAt = asks?.expiresAt ?? (days === null ? null : new Date(now.getTime() + days * dayMs));
  const approvalId = await insertRequest(db, {
    ...wanted,
    requestedBy: by.name,
    requestedByPrincipal: by.principalId,
    requestedAt: now,
    contentSha256: checksum(wanted),
    levels,
    expiresAt,
    executionId: asks?.executionId ?? null,
    barred: asks?.barred ?? [],
  });
  if (approvalId !== undefined) {
    await followStanding(db, { request: subject });
    return { kind: 'asked', approvalId, levels, expiresAt };
  }
  const other = await lockPendingRequest(db, subject);
  if (other) return { kind: 'pending', approvalId: other.approvalId };
  // It was asked for and decided between two looks.
  return requestApproval(db, wanted);
}

/** An answer to a request. */
export interface RequestAnswer {
  readonly approved: boolean;
  readonly actor: Actor;
  readonly reason: string | undefined;
  /** The content that the person read; absent: what is asked for now. */
  readonly sha256?: string | undefined;
  readonly now: Date;
}

export type Answered =
  /** Decided: a no, or the last yes. */
  | { readonly kind: 'decided'; readonly approved: boolean }
  /** A yes that counts; others are asked next. */
  | { readonly kind: 'waits'; readonly next: OpenLevel };

/**
 * Records what a decider says about a request; the caller makes happen what was decided, in the same transaction.
 * @param request locked. @throws TielineError APPROVAL_MOVED if it is over, or not what they read; APPROVAL_OWN if they asked for it or answered
 *   already; APPROVAL_ROLE if others are asked.
 */
export async function answerRequest(
  db: Kysely<Database>,
  request: RequestRow,
  answer: RequestAnswer,
): Promise<Answered> {
  const { actor, approved, reason, sha256, now } = answer;
  refuseOver(request, now);
  if (sha256 !== undefined && sha256 !== request.contentSha256)
    throw new TielineError('APPROVAL_MOVED', `The request ${shortId(request)} is not what you read.`);
  const standing = standingOf(request, {
    name: actor.name,
    principalId: actor.principalId,
    roles: rolesWithin(actor, request.boundary, now),
  });
  if (standing.kind !== 'counts') throw refusalOf(standing, request, actor.name);
  const given = {
    level: standing.level,
    role: standing.role,
    approved,
    by: actor.name,
    principalId: actor.principalId,
    at: now,
    reason: reason ?? null,
  };
  await insertAnswer(db, request.approvalId, given);
  const next = approved ? openLevel(request.levels, [...request.answers, given]) : undefined;
  if (next) return { kind: 'waits', next };
  await endOf(db, request, {
    how: approved ? 'approved' : 'rejected',
    at: now,
    by: actor.name,
    reason,
  });
  return { kind: 'decided', approved };
}

const shortId = ({ approvalId }: Pick<RequestRow, 'approvalId'>): string => approvalId.slice(0, 8);

/** @throws TielineError APPROVAL_MOVED if nothing is to be decided any more. */
function refuseOver(request: RequestRow, now: Date): void {
  if (request.status !== 'pending')
    throw new TielineError(
      'APPROVAL_MOVED',
      `The request ${shortId(request)} was ${request.status} already${request.decidedBy === null ? '' : ` by ${request.decidedBy}`}.`,
    );
  if (request.expiresAt !== null && request.expiresAt <= now)
    throw new TielineError(
      'APPROVAL_MOVED',
      `The request ${shortId(request)} fell back on ${request.expiresAt.toISOString().slice(0, 10)}: nobody decided it in time.`,
      { remedy: 'Ask for it again.' },
    );
}

/** `the ISSO`, `the ISSO or the AO`, `the ISSO and the ISSM`. */
export const rolesText = ({ level, left }: Pick<OpenLevel, 'level' | 'left'>): string =>
  left.map((role) => `the ${roles[role].title}`).join(level.needs === 'one' ? ' or ' : ' and ');

function refusalOf(
  standing: Exclude<ReturnType<typeof standingOf>, { kind: 'counts' }>,
  request: RequestRow,
  name: string,
): TielineError {
  const what = `the request ${shortId(request)}`;
  if (standing.kind === 'wrong_role')
    return new TielineError(
      'APPROVAL_ROLE',
      `It is the turn of ${rolesText(standing.open)}${request.boundary === null ? '' : ` of ${request.boundary}`} to decide ${what}, and ${name} is not.`,
    );
  return new TielineError(
    'APPROVAL_OWN',
    standing.kind === 'requester'
      ? `${name} asked for it, and cannot decide ${what}.`
      : `${name} has agreed to ${what} already; somebody else decides next.`,
    { remedy: 'Let somebody else who holds the role decide it.' },
  );
}

/** Ends a request, and lets what it is about say so. */
async function endOf(db: Kysely<Database>, request: RequestRow, end: RequestClose): Promise<void> {
  await closeRequest(db, request, end);
  await followStanding(db, { request: request.subject });
}

/** How a request ends about which nobody decided. */
export interface UndecidedEnd {
  readonly how: Exclude<RequestEnd, 'rejected'>;
  readonly at: Date;
  readonly by?: string;
  readonly reason?: string | undefined;
  readonly code?: ReasonCode;
}

/** Ends the request that waits about a subject, without a decision of its deciders. @returns it as it was; undefined where none waits. */
export async function endRequest(
  db: Kysely<Database>,
  subject: RequestSubject,
  end: UndecidedEnd,
): Promise<RequestRow | undefined> {
  const request = await lockPendingRequest(db, subject);
  if (request) await endOf(db, request, end);
  return request;
}

/** Ends it so, with the row of the journal that tells of it. */
export async function withdrawRequest(
  db: Kysely<Database>,
  operationId: string,
  subject: RequestSubject,
  end: UndecidedEnd,
): Promise<void> {
  const request = await endRequest(db, subject, end);
  const { by, reason, code } = end;
  if (request) await recordRequestEnd(db, operationId, request, { status: 'withdrawn', by, reason, code });
}

/** Those who decide in another system have: the request that waits here is over with their answer. @returns it; undefined where none waits. */
export async function closeElsewhere(
  db: Kysely<Database>,
  subject: RequestSubject,
  end: {
    readonly approved: boolean;
    readonly at: Date;
    readonly by: string;
    readonly reason: string | undefined;
  },
): Promise<RequestRow | undefined> {
  const request = await lockPendingRequest(db, subject);
  const { approved, ...signed } = end;
  if (request) await endOf(db, request, { how: approved ? 'approved' : 'rejected', ...signed });
  return request;
}

/** The journal row of a request's end. */
export async function recordRequestEnd(
  db: Kysely<Database>,
  operationId: string,
  request: Pick<RequestRow, 'approvalId'>,
  end: {
    readonly status: string;
    readonly by: string | undefined;
    readonly reason?: string | undefined;
    readonly code?: ReasonCode | undefined;
  },
): Promise<void> {
  const { status, by, reason, code } = end;
  const why = code === undefined ? reason : ({ code } as const);
  await recordChanges(db, { systemId: null, operationId }, [
    {
      entity: 'approval',
      entityId: request.approvalId,
      field: 'status',
      before: 'pending',
      after: status,
      direction: 'internal',
      decidedBy: by === undefined ? byRule('request_ended') : byPerson(by),
      ...(why === undefined ? {} : { reason: why }),
    },
  ]);
}

/** Ends a request that nobody decided in time. @param request locked. */
export async function endOverdueRequest(
  db: Kysely<Database>,
  operationId: string,
  request: RequestRow,
  at: Date,
): Promise<void> {
  const code = 'request_expired' satisfies ReasonCode;
  await endOf(db, request, { how: 'expired', at, code });
  await recordRequestEnd(db, operationId, request, { status: 'expired', by: undefined, code });
}

/** The request whose id begins so, locked; undefined where there is none within the scope. @throws TielineError APPROVAL_UNKNOWN if several begin so. */
export async function findRequest(
  db: Kysely<Database>,
  prefix: string,
  scope: Scope = everywhere,
): Promise<RequestRow | undefined> {
  if (!/^[0-9a-f-]{4,36}$/i.test(prefix)) return undefined;
  const [found, another] = await lockRequests(db, prefix, scope);
  if (another)
    throw new TielineError(
      'APPROVAL_UNKNOWN',
      `More than one approval starts with "${prefix}": give more of the id.`,
    );
  return found;
}

/** Whose turn it is; undefined where the request does not wait. */
export const turnOf = (request: RequestRow): OpenLevel | undefined =>
  request.status === 'pending' ? openLevel(request.levels, request.answers) : undefined;
