/**
 * What becomes of promised dates when an obligation gives an earlier one, where its policy does not leave that to a person: the date follows by
 * itself, or those who decide are asked first (a request of kind `due_date`). The journal keeps the date before; the next step sends the edit, and
 * asks for approval where the connection's policy does.
 */
import { byRule } from '../../canonical/vocabulary/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import {
  withdrawRequest,
  listRequests,
  requestApproval,
  type RequestRow,
} from '../../engine/approvals/index.ts';
import { markRecordsEdited } from '../../ledger/links/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import { updateRows } from '../../record/entities/index.ts';
import { addDays, laterOf } from './calendar/days.ts';
import {
  type FollowingPoam,
  listBoundariesOf,
  listFollowing,
  listToAsk,
  type ObligationSource,
  type PoamToAsk,
} from './obligations.sql.ts';
import { usualDays } from './promised-date.ts';

/** A POA&M with the earlier day that it is to promise. */
export type PulledIn<P extends FollowingPoam = FollowingPoam> = P & { readonly on: string };

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** Those that can promise an earlier day. A day that is past cannot be promised: as many days from now as the policy gives. Pure. */
export const pulledIn = <P extends FollowingPoam>(poams: readonly P[], today: string): PulledIn<P>[] =>
  poams.flatMap((poam) => {
    const { obligedBy, days, promised } = poam;
    const anew = addDays(today, days === null || days === 0 ? usualDays : Math.ceil(days));
    const on = obligedBy < today ? laterOf(obligedBy, anew) : obligedBy;
    return on < promised ? [{ ...poam, on }] : [];
  });

/** The GRC system whose POA&Ms are looked at, and of which of them its policies let a promised date out. */
export interface GrcSide {
  readonly systemId: number;
  readonly readMayMove: (poamIds: readonly string[]) => Promise<(poamId: string) => boolean>;
}

/** Those of which a date may move. */
async function movable<P extends { readonly poamId: string }>(
  grc: GrcSide | undefined,
  poams: readonly P[],
): Promise<readonly P[]> {
  if (grc === undefined || poams.length === 0) return poams;
  const mayMove = await grc.readMayMove(poams.map(({ poamId }) => poamId));
  return poams.filter(({ poamId }) => mayMove(poamId));
}

/**
 * @param grc absent: the POA&Ms of every system. Where its policies do not let a date out, nothing moves and nobody is asked: the POA&M stays late, a
 * row of the inbox (decision 0029).
 * @returns how many promised dates were pulled in.
 */
export async function followObligations(tx: Tx, source: ObligationSource, grc?: GrcSide): Promise<number> {
  const today = dayOf(source.now);
  const own = grc === undefined ? undefined : await listBoundariesOf(tx.db, grc.systemId);
  const isOwn = (boundary: string | null): boolean =>
    own === undefined || (boundary !== null && own.has(boundary));
  const free = await askForConsent(tx, source, { today, isOwn, grc });
  const following = (await listFollowing(tx.db, source.operationId)).filter(({ boundary }) =>
    isOwn(boundary),
  );
  const moved = [...(await movable(grc, pulledIn(following, today))), ...free];
  await updateRows(
    tx.db,
    'poam',
    moved.map(({ poamId, on }) => ({ entityId: poamId, columns: { scheduled_completion: on } })),
  );
  await recordChanges(
    tx.db,
    { systemId: null, operationId: source.operationId },
    moved.map(({ poamId, on, promised, reason }) => ({
      entity: 'poam',
      entityId: poamId,
      field: 'scheduled_completion',
      before: promised,
      after: on,
      direction: 'internal',
      decidedBy: byRule('obligation'),
      reason,
    })),
  );
  await markRecordsEdited(tx.db, { entity: 'poam', entityIds: moved.map(({ poamId }) => poamId) });
  return moved.length;
}

/** What is to be asked, and which requests that wait no longer fit the dates. */
export interface ConsentPlan {
  readonly ask: readonly PulledIn<PoamToAsk>[];
  readonly overtaken: readonly RequestRow[];
}

const lineOf = ({ lines }: RequestRow) => lines.find(({ field }) => field === 'scheduled_completion');

/** One request a POA&M: one that waits stays as long as it is about its promise and its obligation, and its day can still be promised. Pure. */
export function planConsent(
  late: readonly PoamToAsk[],
  waiting: readonly RequestRow[],
  today: string,
): ConsentPlan {
  const wanted = new Map(pulledIn(late, today).map((poam) => [poam.poamId, poam]));
  const stands = (request: RequestRow): boolean => {
    const poam = wanted.get(request.subject.id);
    const line = lineOf(request);
    return (
      poam !== undefined &&
      line?.before === poam.promised &&
      line.after >= today &&
      request.requestedAt >= poam.since
    );
  };
  const standing = new Set(waiting.filter(stands).map(({ subject }) => subject.id));
  return {
    ask: [...wanted.values()].filter(({ poamId }) => !standing.has(poamId)),
    overtaken: waiting.filter((request) => !stands(request)),
  };
}

/** Who asks: never one of those who decide. */
export const tieline = { name: 'Tieline', principalId: 'tieline' };
/** So many a run: the others stay rows of the inbox (`late_obligation`) until the next one. */
const askedAtMost = 1_000;
const waitingAtMost = 100_000;

/** Asks those who decide. @returns the POA&Ms about which the rules ask nobody. */
async function askForConsent(
  tx: Tx,
  { operationId, now }: ObligationSource,
  given: {
    readonly today: string;
    readonly isOwn: (boundary: string | null) => boolean;
    readonly grc: GrcSide | undefined;
  },
): Promise<PulledIn[]> {
  const { today, isOwn, grc } = given;
  const all = await listRequests(tx.db, { status: 'pending', kind: 'due_date' }, waitingAtMost);
  const waiting = all.filter(({ boundary }) => isOwn(boundary));
  const late = await movable(
    grc,
    (await listToAsk(tx.db)).filter(({ boundary }) => isOwn(boundary)),
  );
  const { ask, overtaken } = planConsent(late, waiting, today);
  const code = 'request_overtaken';
  for (const request of overtaken) {
    await withdrawRequest(tx.db, operationId, request.subject, { how: 'lapsed', at: now, code });
  }
  const free: PulledIn[] = [];
  for (const poam of ask.slice(0, askedAtMost)) {
    const made = await requestApproval(tx.db, {
      subject: { kind: 'due_date', id: poam.poamId },
      boundary: poam.boundary,
      severity: poam.severity,
      action: `pull in ${poam.poamId} to ${poam.on}`,
      rationale: `obliged by ${poam.obligedBy}: ${poam.reason}`,
      lines: [{ field: 'scheduled_completion', before: poam.promised, after: poam.on }],
      by: tieline,
      now,
    });
    // Refused by the rules: it stays late, a row of the inbox, and a person decides.
    if (made.kind === 'free') free.push(poam);
  }
  return free;
}
