/** What becomes of a deviation: it is granted or refused by those who decide, and ends by a person, by its last day, or with what it is about. */
import { everywhere } from '../../canonical/access/index.ts';
import { byPerson, byRule, type ReasonCode } from '../../canonical/vocabulary/index.ts';
import { withdrawRequest } from '../../engine/approvals/index.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import { recordChanges } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { lockRows } from '../../record/entities/index.ts';
import { endFoundRule, endRules, tellPoam } from './carry.ts';
import { type EndEvent, endedText, grantedText } from './describe.ts';
import { type DeviationEvent, deviationTransitions } from './deviation-states.ts';
import { type DeviationRow, lockDeviation, moveDeviation, noteRatingBefore } from './deviations.sql.ts';
import { showDecided } from './elsewhere/show-slots.ts';
import { findDeviatedPoam, namesOf } from './scope.sql.ts';

export interface Decision {
  readonly operationId: string;
  /** Undefined where it happens by itself. */
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly now: Date;
  /** The connection of the GRC system that decided; undefined: it was decided here. */
  readonly decidedIn?: string | undefined;
}

/** Moves it, with a row of the journal; false where it is in a state in which that cannot happen. */
export async function moveRecorded(
  tx: Tx,
  deviation: DeviationRow,
  event: DeviationEvent,
  { operationId, by, reason, now, decidedIn }: Decision,
): Promise<boolean> {
  if (!(await moveDeviation(tx.db, deviation.id, event, { by, at: now, reason, decidedIn }))) return false;
  await recordChanges(tx.db, { systemId: null, operationId }, [
    {
      entity: 'deviation',
      entityId: String(deviation.id),
      field: 'state',
      before: deviation.state,
      after: deviationTransitions[deviation.state][event],
      direction: 'internal',
      decidedBy: by === undefined ? byRule('deviation_ended') : byPerson(by),
      ...(reason === undefined ? {} : { reason }),
    },
  ]);
  await showDecided(tx, deviation.poamId, { operationId, now });
  await recordEvents(tx.db, [
    { kind: 'inbox.changed', subject: String(deviation.id), boundary: deviation.boundary },
  ]);
  return true;
}

/** @throws TielineError APPROVAL_MOVED if its last day is past: nothing holds beyond it, not even for a moment. */
function refusePast({ id, expiresOn }: DeviationRow, now: Date): void {
  if (expiresOn === null || expiresOn >= now.toISOString().slice(0, 10)) return;
  throw new TielineError(
    'APPROVAL_MOVED',
    `Deviation ${id} was asked for until ${expiresOn}, which is past.`,
    {
      remedy: 'Reject it; whoever wants it asks again with another last day.',
    },
  );
}

/** Grants it: from now on it holds, the POA&M says so, and the next sync makes its rules at the scanners. */
export async function grantDeviation(tx: Tx, id: number, decision: Decision): Promise<void> {
  const deviation = await lockDeviation(tx.db, id);
  if (!deviation) return;
  refusePast(deviation, decision.now);
  // What is said in a POA&M follows from what it says: two who decide about one take turns.
  await lockRows(tx.db, 'poam', [deviation.poamId]);
  const poam = await findDeviatedPoam(tx.db, everywhere, deviation.poamId);
  // The authorizing official may have said both in the GRC system: that the risk is accepted, and that the POA&M is.
  if (!poam || !(poam.isOpen || (poam.isDeviating && decision.decidedIn !== undefined)))
    throw new TielineError(
      'APPROVAL_MOVED',
      `${deviation.poamId} is over: there is nothing to deviate from.`,
      {
        remedy: 'Reject it; the next sync lets it lapse otherwise.',
      },
    );
  if (!(await moveRecorded(tx, deviation, 'approve', decision))) return;
  const by = decision.by ?? deviation.requestedBy;
  const line = grantedText(deviation, { at: decision.now, by, names: await namesOf(tx.db, deviation) });
  // A rating is of the whole POA&M: what is adjusted for some machines only is recast at the scanner and stays as it is here.
  const adjusts = deviation.isWholePoam && deviation.adjustedSeverity !== null;
  if (adjusts) await noteRatingBefore(tx.db, id, poam.rating);
  await tellPoam(
    tx,
    {
      poamId: poam.poamId,
      before: poam.deviationRationale,
      line: decision.decidedIn === undefined ? line : undefined,
      ...(adjusts ? { rating: { before: poam.rating, after: deviation.adjustedSeverity } } : {}),
    },
    decision,
  );
}

/** Those who decide said no: it never held, and nothing else changes. */
export async function refuseDeviation(tx: Tx, id: number, decision: Decision): Promise<void> {
  const deviation = await lockDeviation(tx.db, id);
  if (deviation) await moveRecorded(tx, deviation, 'reject', decision);
}

const requestCode: Readonly<Record<EndEvent, ReasonCode>> = {
  expire: 'request_expired',
  lapse: 'request_fixed',
  withdraw: 'request_over',
};

/**
 * Ends it on both sides: the request that waits, the rules at the scanners, what the POA&M says, and its rating.
 * @param deviation locked. @returns false where it had ended already.
 */
export async function endDeviation(
  tx: Tx,
  deviation: DeviationRow,
  event: EndEvent,
  decision: Decision,
): Promise<boolean> {
  if (!(await moveRecorded(tx, deviation, event, decision))) return false;
  const { operationId, by, reason, now } = decision;
  if (deviation.state === 'found') {
    await endFoundRule(tx, deviation, { operationId, by, reason });
    return true;
  }
  if (deviation.state === 'requested') {
    const subject = { kind: deviation.kind, id: String(deviation.id) };
    const how = event === 'withdraw' ? 'withdrawn' : 'lapsed';
    const code = reason === 'its POA&M is over' ? 'request_over' : requestCode[event];
    const why = by === undefined ? { code } : { by, reason };
    await withdrawRequest(tx.db, operationId, subject, { how, at: now, ...why });
    return true;
  }
  const line = endedText(deviation, { event, at: now, by, reason });
  const decidedBy = by === undefined ? byRule('deviation_ended') : byPerson(by);
  await endRules(tx, deviation, { operationId, decidedBy, reason: line });
  await lockRows(tx.db, 'poam', [deviation.poamId]);
  const poam = await findDeviatedPoam(tx.db, everywhere, deviation.poamId);
  if (!poam) return true;
  // Where somebody rated it anew meanwhile, theirs stays.
  const returns =
    deviation.isWholePoam &&
    deviation.adjustedSeverity !== null &&
    poam.rating === deviation.adjustedSeverity;
  await tellPoam(
    tx,
    {
      poamId: poam.poamId,
      before: poam.deviationRationale,
      line: decision.decidedIn === undefined ? line : undefined,
      ...(returns ? { rating: { before: poam.rating, after: deviation.ratingBefore } } : {}),
    },
    decision,
  );
  return true;
}

/** The request of a deviation ended without a yes: so does the deviation, which stays as if it had never been asked for. */
export async function dropDeviation(
  tx: Tx,
  id: number,
  decision: Decision & { readonly how: 'rejected' | 'withdrawn' | 'expired' | 'lapsed' },
): Promise<void> {
  if (decision.how === 'rejected') {
    await refuseDeviation(tx, id, decision);
    return;
  }
  const deviation = await lockDeviation(tx.db, id);
  if (deviation)
    await moveRecorded(tx, deviation, decision.how === 'withdrawn' ? 'withdraw' : 'lapse', decision);
}
