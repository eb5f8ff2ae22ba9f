/** What people do to a deviation that is there: take it back, add evidence, say that they asked the vendor again. */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import { isWithin, scopeFor } from '../../canonical/access/index.ts';
import { byPerson } from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import {
  type DeviationRow,
  insertCheckIn,
  insertEvidence,
  listEvidence,
  lockDeviation,
} from './deviations.sql.ts';
import { requireUsable } from './evidence.ts';
import { endDeviation } from './grant-deviation.ts';

type Changing = Pick<App, 'store' | 'now'>;

/** Whose change, and how far they may change. */
interface By {
  readonly actor: Actor;
  readonly scope: Scope;
}

const unknown = (id: number): TielineError =>
  new TielineError('RECORD_UNKNOWN', `There is no deviation ${id}.`, {
    remedy: 'List them with `tieline deviations list`.',
  });

async function locked(tx: Tx, scope: Scope, id: number): Promise<DeviationRow> {
  const deviation = await lockDeviation(tx.db, id);
  if (deviation && isWithin(scope, deviation.boundary)) return deviation;
  throw unknown(id);
}

const over = ({ id, state }: DeviationRow): TielineError =>
  new TielineError('DEVIATION_OVER', `Deviation ${id} is ${state} already.`);

/** What was granted is taken back by those who may grant; what waits, or was only recorded, also by who asked for it. */
function refuseOthers(deviation: DeviationRow, actor: Actor, now: Date): void {
  const decides = scopeFor(actor, 'deviation:approve', now);
  if (decides !== undefined && isWithin(decides, deviation.boundary)) return;
  const wasGranted =
    deviation.state === 'approved' && (deviation.approvalId !== null || deviation.decidedIn !== null);
  if (!wasGranted && actor.principalId === deviation.requestedByPrincipal) return;
  throw new TielineError(
    'NOT_ALLOWED',
    wasGranted
      ? `Deviation ${deviation.id} was granted by ${deviation.decidedBy ?? 'others'}: who may grant takes it back.`
      : `Deviation ${deviation.id} was asked for by ${deviation.requestedBy}: they, or who may grant it, take it back.`,
  );
}

/** Takes a deviation back, whether it waits or holds. @throws TielineError RECORD_UNKNOWN, NOT_ALLOWED, DEVIATION_OVER. */
export function withdrawDeviation(
  { store, now }: Changing,
  { actor, scope }: By,
  { id, reason }: { readonly id: number; readonly reason: string },
): Promise<{ readonly operationId: string }> {
  return store.transaction(async (tx) => {
    const deviation = await locked(tx, scope, id);
    if (isEndable(deviation)) refuseOthers(deviation, actor, now());
    return withDecision(tx.db, { system: 'tieline', step: 'withdraw a deviation' }, async (operationId) => {
      const decision = { operationId, by: actor.name, reason, now: now() };
      if (!(await endDeviation(tx, deviation, 'withdraw', decision))) throw over(deviation);
      return { operationId };
    });
  });
}

const isLiving = ({ state }: DeviationRow): boolean => state === 'requested' || state === 'approved';
/** What may be ended by a person. */
const isEndable = (deviation: DeviationRow): boolean => deviation.state === 'found' || isLiving(deviation);

/** Adds a file that is kept already. @throws TielineError RECORD_UNKNOWN, DEVIATION_OVER, FILE_UNKNOWN. */
export function addEvidence(
  { store, now }: Changing,
  { actor, scope }: By,
  { id, sha256, name }: { readonly id: number; readonly sha256: string; readonly name: string },
): Promise<{ readonly operationId: string }> {
  return store.transaction(async (tx) => {
    const deviation = await locked(tx, scope, id);
    if (!isLiving(deviation)) throw over(deviation);
    await requireUsable(tx, { actor, scope }, sha256);
    return withDecision(tx.db, { system: 'tieline', step: 'add evidence' }, async (operationId) => {
      await insertEvidence(tx.db, id, [{ sha256, name }], { by: actor.name, at: now() });
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'deviation',
          entityId: String(id),
          field: 'evidence',
          after: { name, sha256 },
          direction: 'internal',
          decidedBy: byPerson(actor.name),
        },
      ]);
      return { operationId };
    });
  });
}

/** Records that the vendor was asked. @throws TielineError RECORD_UNKNOWN, DEVIATION_OVER; DEVIATION_INCOMPLETE by field. */
export function checkInVendor(
  { store, now }: Changing,
  { actor, scope }: By,
  { id, on, note }: { readonly id: number; readonly on: string; readonly note: string },
): Promise<{ readonly operationId: string }> {
  return store.transaction(async (tx) => {
    const deviation = await locked(tx, scope, id);
    if (!isLiving(deviation)) throw over(deviation);
    const faults = [
      ...(deviation.kind === 'vendor_dependency'
        ? []
        : [{ field: 'deviation', message: 'waits for no vendor: only a vendor dependency has check-ins' }]),
      ...(on > now().toISOString().slice(0, 10) ? [{ field: 'on', message: `${on} lies ahead` }] : []),
    ];
    if (faults.length > 0)
      throw new TielineError('DEVIATION_INCOMPLETE', 'The check-in was not recorded.', { fields: faults });
    const step = 'record a check-in with a vendor';
    return withDecision(tx.db, { system: 'tieline', step }, async (operationId) => {
      await insertCheckIn(tx.db, id, { on, note, by: actor.name, at: now() });
      await recordChanges(tx.db, { systemId: null, operationId }, [
        {
          entity: 'deviation',
          entityId: String(id),
          field: 'check_in',
          after: on,
          direction: 'internal',
          decidedBy: byPerson(actor.name),
          reason: note,
        },
      ]);
      return { operationId };
    });
  });
}

/** A file of a deviation within the scope. @throws TielineError RECORD_UNKNOWN, also where it is of another deviation. */
export async function fetchEvidence(
  { store }: Pick<App, 'store'>,
  scope: Scope,
  { id, sha256 }: { readonly id: number; readonly sha256: string },
): Promise<{ readonly name: string; readonly sha256: string }> {
  return store.transaction(async (tx) => {
    await locked(tx, scope, id);
    const file = (await listEvidence(tx.db, id)).find((each) => each.sha256 === sha256);
    if (!file) throw new TielineError('RECORD_UNKNOWN', `Deviation ${id} has no such file.`);
    return file;
  });
}
