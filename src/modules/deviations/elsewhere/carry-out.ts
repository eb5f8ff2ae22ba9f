/** Carries out here what was decided about a deviation in the GRC system: granted, refused, ended, its last day changed, or made there. */
import { everywhere } from '../../../canonical/access/index.ts';
import { byPerson } from '../../../canonical/vocabulary/index.ts';
import { closeElsewhere, recordRequestEnd } from '../../../engine/approvals/index.ts';
import { recordChanges } from '../../../ledger/operations/index.ts';
import type { Tx } from '../../../platform/postgres/index.ts';
import { lockRows } from '../../../record/entities/index.ts';
import { moveRuleEnds } from '../carry.ts';
import { type DeviationRow, insertDeviation, lockDeviation, setTerms } from '../deviations.sql.ts';
import { type Decision, endDeviation, grantDeviation, refuseDeviation } from '../grant-deviation.ts';
import { findDeviatedPoam } from '../scope.sql.ts';
import type { SlotDecision } from './decide-slot.ts';
import type { Following } from './following.ts';
import type { Slot } from './slot.ts';

type Made = Exclude<SlotDecision, { do: 'nothing' | 'ask' }>;

interface Carried extends Following {
  readonly poamId: string;
  readonly there: Slot;
  readonly decision: Made;
}

/** When it was decided: on the day that the GRC system says, which has no time; today at this moment. */
function momentOf({ decided_on: on }: Slot, now: Date): Date {
  return on === null || on >= now.toISOString().slice(0, 10) ? now : new Date(`${on}T00:00:00Z`);
}

export async function carryOut(
  tx: Tx,
  { system, operationId, now, poamId, there, decision }: Carried,
): Promise<void> {
  const decided = {
    operationId,
    by: there.decided_by ?? system.name,
    reason: `decided in ${system.name}`,
    now: momentOf(there, now),
    decidedIn: system.name,
  };
  if (decision.do === 'adopt') {
    await adopt(tx, { poamId, decision, decided });
    return;
  }
  const deviation = await lockDeviation(tx.db, decision.id);
  if (!deviation) return;
  switch (decision.do) {
    case 'grant':
      await closeRequest(tx, deviation, { ...decided, approved: true });
      await setTerms(tx.db, deviation.id, {
        expiresOn: decision.expiresOn,
        adjustedSeverity: decision.rating,
      });
      await grantDeviation(tx, deviation.id, decided);
      return;
    case 'refuse':
      await closeRequest(tx, deviation, { ...decided, approved: false });
      await refuseDeviation(tx, deviation.id, decided);
      return;
    case 'end':
      await endDeviation(tx, deviation, decision.event, decided);
      return;
    case 'change':
      await changeEnd(tx, deviation, decision.expiresOn, decided);
  }
}

interface Decided extends Decision {
  readonly by: string;
}

async function closeRequest(
  tx: Tx,
  { id, kind }: DeviationRow,
  { operationId, approved, by, reason, now }: Decided & { readonly approved: boolean },
): Promise<void> {
  const subject = { kind, id: String(id) };
  const request = await closeElsewhere(tx.db, subject, { approved, at: now, by, reason });
  const status = approved ? 'approved' : 'rejected';
  if (request) await recordRequestEnd(tx.db, operationId, request, { status, by, reason });
}

/** Makes here what was approved there without a request of ours: for the whole POA&M, or for what the one that it names was for. */
async function adopt(
  tx: Tx,
  {
    poamId,
    decision: { kind, like, expiresOn, rating },
    decided,
  }: {
    readonly poamId: string;
    readonly decision: Extract<Made, { do: 'adopt' }>;
    readonly decided: Decided;
  },
): Promise<void> {
  await lockRows(tx.db, 'poam', [poamId]);
  const poam = await findDeviatedPoam(tx.db, everywhere, poamId);
  if (!poam) return;
  const model = like === undefined ? undefined : await lockDeviation(tx.db, like);
  const rationale = model?.rationale ?? poam.deviationRationale ?? decided.reason ?? '';
  const id = await insertDeviation(tx.db, {
    kind,
    poamId,
    boundary: poam.boundary,
    severity: poam.severity,
    isWholePoam: model?.isWholePoam ?? true,
    rationale,
    compensatingControls: model?.compensatingControls ?? null,
    details: {},
    adjustedSeverity: rating,
    expiresOn,
    reviewOn: null,
    requestedBy: decided.by,
    requestedByPrincipal: `at ${decided.decidedIn ?? ''}`,
    requestedAt: decided.now,
    assets: model?.assets ?? [],
  });
  await recordChanges(tx.db, { systemId: null, operationId: decided.operationId }, [
    {
      entity: 'deviation',
      entityId: String(id),
      after: { kind, poam_id: poamId, expires_on: expiresOn },
      direction: 'inbound',
      decidedBy: byPerson(decided.by),
      ...(decided.reason === undefined ? {} : { reason: decided.reason }),
    },
  ]);
  await grantDeviation(tx, id, decided);
}

/** Another last day: its rules at the scanners get it too. */
async function changeEnd(
  tx: Tx,
  deviation: DeviationRow,
  expiresOn: string | null,
  decided: Decided,
): Promise<void> {
  await setTerms(tx.db, deviation.id, { expiresOn, adjustedSeverity: deviation.adjustedSeverity });
  const decidedBy = byPerson(decided.by);
  await recordChanges(tx.db, { systemId: null, operationId: decided.operationId }, [
    {
      entity: 'deviation',
      entityId: String(deviation.id),
      field: 'expires_on',
      before: deviation.expiresOn,
      after: expiresOn,
      direction: 'inbound',
      decidedBy,
      ...(decided.reason === undefined ? {} : { reason: decided.reason }),
    },
  ]);
  await moveRuleEnds(tx, deviation, expiresOn, { operationId: decided.operationId, decidedBy });
}
