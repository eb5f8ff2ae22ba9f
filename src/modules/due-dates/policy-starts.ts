/**
 * Policies that begin: a version whose first day lies ahead dates what was open before it only through a plan that people see and approve. Each sync
 * looks 30 days ahead and asks those who decide (a request of kind `policy_start`, one a version and boundary) with the POA&Ms that it would date
 * earlier. Until they agree the version says nothing of what was open (`not_approved`); what is found from its first day on follows it anyway.
 *
 * Where a person sets a policy that is in force already, they see what it moves before they save it: that is their plan.
 */
import { isWithin, type Scope } from '../../canonical/access/index.ts';
import type { PolicyVersion } from '../../canonical/due-dates/index.ts';
import {
  withdrawRequest,
  listRequests,
  requestApproval,
  type RequestRow,
} from '../../engine/approvals/index.ts';
import type { Database, Tx } from '../../platform/postgres/index.ts';
import type { Kysely } from 'kysely';
import { listTiedBoundaries, listTiedWeaknesses, type TiedWeakness } from './dated-weaknesses.sql.ts';
import { addDays } from './calendar/days.ts';
import { dueDatesFrom, gatherInputs } from './due-dates.ts';
import { tieline } from './follow-obligations.ts';
import { listBoundariesOf, type ObligationSource } from './obligations.sql.ts';
import { fetchRuleParts, type RuleParts, rulesFrom, startKey } from './policies.sql.ts';

const daysAhead = 30;
const requestsAtMost = 10_000;
/** So many POA&Ms are named in a plan; its sentence counts all. */
const namedAtMost = 500;

/** A version that begins within the next days, or began, and whose plan nobody has approved, in a boundary. */
interface Start {
  readonly systemId: string;
  readonly version: PolicyVersion;
}

/** Pure. @param today YYYY-MM-DD. */
export function startsOf(parts: RuleParts, systemIds: readonly string[], today: string): Start[] {
  const rulesOf = rulesFrom(parts);
  const soon = addDays(today, daysAhead);
  return systemIds.flatMap((systemId) =>
    rulesOf(systemId)
      .policies.filter(({ coversOpen }) => coversOpen)
      .flatMap(({ versions, unapproved }) =>
        versions.filter(
          ({ version, effectiveFrom, effectiveUntil }) =>
            unapproved?.includes(version) === true &&
            (effectiveFrom ?? '') <= soon &&
            (effectiveUntil === null || effectiveUntil > today),
        ),
      )
      .map((version) => ({ systemId, version })),
  );
}

/** A POA&M that the version would date earlier. */
interface Moved {
  readonly poamId: string;
  readonly dueOn: string;
  readonly wouldBe: string;
  readonly isLate: boolean;
}

const keyOf = ({ version, systemId }: Start): string => startKey(version.policyId, version.version, systemId);

/** What a version would move in its boundary, beside what is due now; the earliest day of each POA&M. Pure. */
function movedBy(
  start: Start,
  parts: RuleParts,
  weaknesses: readonly TiedWeakness[],
  inputsOf: Awaited<ReturnType<typeof gatherInputs>>,
): Moved[] {
  const approved = new Map(parts.approvedStarts);
  approved.set(keyOf(start), new Date(8.64e15));
  const dueDatesOf = dueDatesFrom({ ...parts, approvedStarts: approved }, inputsOf);
  const moved = weaknesses.flatMap((weakness) => {
    const { on } = dueDatesOf(weakness);
    if (on >= weakness.dueOn) return [];
    const isLate = weakness.promised !== null && weakness.promised > on;
    return [{ poamId: weakness.poamId, dueOn: weakness.dueOn, wouldBe: on, isLate }];
  });
  const earliest = new Map(
    moved.toSorted((a, b) => (a.wouldBe < b.wouldBe ? 1 : -1)).map((each) => [each.poamId, each]),
  );
  return [...earliest.values()].toSorted((a, b) => (a.poamId < b.poamId ? -1 : 1));
}

const linesOf = (moved: readonly Moved[]) =>
  moved
    .slice(0, namedAtMost)
    .map(({ poamId, dueOn, wouldBe }) => ({ field: poamId, before: dueOn, after: wouldBe }));

const poams = (n: number): string => `${n} POA&M${n === 1 ? '' : 's'}`;

function rationaleOf({ version }: Start, moved: readonly Moved[]): string {
  const late = moved.filter(({ isLate }) => isLate).length;
  const named = moved.length > namedAtMost ? ` The first ${namedAtMost} are named.` : '';
  return `${version.title} begins on ${version.effectiveFrom ?? ''}: it would date ${poams(moved.length)} earlier that were open before, ${late} of them earlier than promised.${named}`;
}

/**
 * Asks those who decide about versions that begin, and lets requests lapse whose plan is another one by now, or over.
 * @param externalSystemId the GRC system whose run it is: only the boundaries that it concludes about are looked at; absent: all.
 */
export async function planPolicyStarts(
  tx: Tx,
  { operationId, now }: ObligationSource,
  externalSystemId?: number,
): Promise<void> {
  const parts = await fetchRuleParts(tx.db);
  const own = externalSystemId === undefined ? undefined : await listBoundariesOf(tx.db, externalSystemId);
  const isOwn = (boundary: string | null): boolean =>
    own === undefined || (boundary !== null && own.has(boundary));
  const asked = await listRequests(tx.db, { status: 'pending', kind: 'policy_start' }, requestsAtMost);
  const waiting = asked.filter(({ boundary }) => isOwn(boundary));
  const mayBegin = parts.uses.some(({ applies, coversOpen }) => applies && coversOpen);
  if (!mayBegin && waiting.length === 0) return;
  const boundaries = mayBegin ? (await listTiedBoundaries(tx.db)).filter(isOwn) : [];
  const starts = startsOf(parts, boundaries, now.toISOString().slice(0, 10));
  if (starts.length === 0) {
    await endOvertaken(tx, { operationId, now }, waiting, new Map());
    return;
  }
  // Only of boundaries where something begins.
  const systemIds = [...new Set(starts.map(({ systemId }) => systemId))];
  const weaknesses = await listTiedWeaknesses(
    tx.db,
    { kind: 'boundaries', systemIds, unassigned: false },
    null,
  );
  const bySystem = Map.groupBy(weaknesses, ({ systemId }) => systemId);
  const inputsOf = await gatherInputs(tx.db, weaknesses);
  const refused = await rejectedSince(tx.db, parts);
  const plans = starts.flatMap((start) => {
    const moved = movedBy(start, parts, bySystem.get(start.systemId) ?? [], inputsOf);
    return moved.length === 0 || refused.has(keyOf(start)) ? [] : [{ start, moved }];
  });
  const standing = await endOvertaken(
    tx,
    { operationId, now },
    waiting,
    new Map(plans.map(({ start, moved }) => [keyOf(start), moved])),
  );
  for (const { start, moved } of plans.filter((each) => !standing.has(keyOf(each.start))))
    await requestApproval(tx.db, {
      subject: { kind: 'policy_start', id: keyOf(start) },
      boundary: start.systemId,
      severity: null,
      action: `date ${poams(moved.length)} of ${start.systemId} earlier by ${start.version.policyId} from ${start.version.effectiveFrom ?? ''}`,
      rationale: rationaleOf(start, moved),
      lines: linesOf(moved),
      by: tieline,
      now,
    });
}

/** Plans that were rejected since their policy was set: nobody is asked again. */
async function rejectedSince(db: Kysely<Database>, parts: RuleParts): Promise<ReadonlySet<string>> {
  const rejected = await listRequests(db, { status: 'rejected', kind: 'policy_start' }, requestsAtMost);
  return new Set(
    rejected.flatMap(({ subject, requestedAt, boundary }) => {
      const [policyId] = subject.id.split(' ', 1);
      const of = parts.uses.filter((use) => use.policyId === policyId);
      const use =
        of.find(({ systemId }) => systemId === boundary) ?? of.find(({ systemId }) => systemId === null);
      return use !== undefined && requestedAt >= use.setAt ? [subject.id] : [];
    }),
  );
}

/** @returns the keys of those that stay. */
async function endOvertaken(
  tx: Tx,
  { operationId, now }: ObligationSource,
  waiting: readonly RequestRow[],
  planned: ReadonlyMap<string, readonly Moved[]>,
): Promise<ReadonlySet<string>> {
  const same = ({ subject, lines }: RequestRow): boolean => {
    const moved = planned.get(subject.id);
    return (
      moved !== undefined &&
      JSON.stringify(lines.map(({ field, before, after }) => [field, before, after])) ===
        JSON.stringify(linesOf(moved).map(({ field, before, after }) => [field, before, after]))
    );
  };
  const code = 'request_overtaken';
  for (const request of waiting.filter((each) => !same(each))) {
    await withdrawRequest(tx.db, operationId, request.subject, { how: 'lapsed', at: now, code });
  }
  return new Set(waiting.filter(same).map(({ subject }) => subject.id));
}

/** A plan as it is shown beside its policy. */
export interface PolicyStart {
  readonly version: number;
  readonly systemId: string;
  readonly approvalId: string;
  readonly status: RequestRow['status'];
  /** How many POA&Ms it names. */
  readonly poams: number;
  /** What it would do, in a sentence. */
  readonly what: string;
  readonly askedAt: Date;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

/** The plans that were asked about, as far as the scope reaches, the newest first; of each version and boundary the newest. */
export async function listPolicyStarts(
  db: Kysely<Database>,
  scope: Scope,
): Promise<(PolicyStart & { readonly policyId: string })[]> {
  const asked = await listRequests(db, { kind: 'policy_start' }, requestsAtMost);
  const newest = new Map(asked.map((request) => [request.subject.id, request]));
  return asked.toReversed().flatMap((request) => {
    const [policyId = '', version = ''] = request.subject.id.split(' ', 2);
    const { boundary, approvalId, status, lines, rationale, requestedAt, decidedBy, reason } = request;
    if (boundary === null || !isWithin(scope, boundary) || newest.get(request.subject.id) !== request)
      return [];
    return [
      {
        policyId,
        version: Number(version),
        systemId: boundary,
        approvalId,
        status,
        poams: lines.length,
        what: rationale,
        askedAt: requestedAt,
        decidedBy,
        reason,
      },
    ];
  });
}
