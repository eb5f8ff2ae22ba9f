/**
 * How far a connection is trusted to be written to, and the step from one rung to another: its policies, the pause of sending and the
 * journal change together.
 */
import {
  mayStep,
  policyOfTrust,
  type Trust,
  type TrustLevel,
  trustOf,
} from '../../canonical/policy/index.ts';
import { fetchSystem, recordConnectionDecision } from '../../engine/connections/index.ts';
import { demandReplan, type Reconsidered } from '../../engine/outbox/index.ts';
import {
  editPoliciesWithin,
  fetchPolicies,
  type PolicyEdit,
  tryPolicies,
} from '../../engine/policies/index.ts';
import type { App } from '../../engine/run/index.ts';
import { type ExternalSystemRow, setSendingPaused } from '../../ledger/external-systems/index.ts';
import type { Origin } from '../../ledger/security/index.ts';
import { TielineError } from '../../platform/errors/index.ts';

/** @throws TielineError SYSTEM_UNKNOWN. */
export async function fetchTrust(app: Pick<App, 'db'>, name: string): Promise<Trust> {
  const row = await fetchSystem(app, name);
  return trustOf(await fetchPolicies(app.db, row.id), row.sending_paused_at !== null);
}

export interface TrustStep {
  readonly before: TrustLevel;
  readonly after: TrustLevel;
  /** What becomes of changes that were queued before. */
  readonly waiting: Reconsidered;
  /** Absent where it was only tried, or was so already. */
  readonly operationId?: string;
}

const nothing: Reconsidered = { released: [], held: [], withdrawn: [] };
const editOf = (level: TrustLevel): PolicyEdit => ({
  do: 'change',
  change: { entity: '*', ...policyOfTrust[level] },
});

async function stepFrom(
  app: Pick<App, 'db'>,
  name: string,
  level: TrustLevel,
): Promise<{ readonly row: ExternalSystemRow; readonly before: TrustLevel }> {
  const row = await fetchSystem(app, name);
  const { level: before } = await fetchTrust(app, name);
  if (!mayStep(before, level))
    throw new TielineError('USAGE', `${name} is ${words(before)}: it is trusted more one step at a time.`, {
      remedy: 'Take the next step first, and look at what it plans. Nothing was changed.',
    });
  return { row, before };
}

const words = (level: TrustLevel): string => level.replace('_', ' ');

/** What a step would do to changes that wait; nothing is written. @throws TielineError SYSTEM_UNKNOWN, USAGE for more than one step up. */
export async function tryTrust(app: App, name: string, level: TrustLevel): Promise<TrustStep> {
  const { row, before } = await stepFrom(app, name, level);
  if (before === level) return { before, after: level, waiting: nothing };
  const { waiting } = await tryPolicies(app.store, { id: row.id, name }, editOf(level));
  return { before, after: level, waiting };
}

/** @throws TielineError as `tryTrust` does. */
export async function setTrust(
  app: App,
  name: string,
  level: TrustLevel,
  decided: { readonly by: string; readonly reason: string | undefined; readonly origin: Origin },
): Promise<TrustStep> {
  const { row, before } = await stepFrom(app, name, level);
  if (before === level) return { before, after: level, waiting: nothing };
  return app.store.transaction(async (tx) => {
    const { waiting } = await editPoliciesWithin(tx, { id: row.id, name }, editOf(level), decided.origin);
    const holdsBack = level === 'plan_only';
    await setSendingPaused(
      tx.db,
      row.id,
      holdsBack ? { by: decided.by, reason: decided.reason ?? 'plan only' } : undefined,
    );
    // As after every pause: what was planned meanwhile is planned again before it is sent.
    if (before === 'plan_only') await demandReplan(tx.db, row.id);
    const change = { field: 'trust', before, after: level };
    const operationId = await recordConnectionDecision(tx, row, 'trust connection', [change], decided);
    return { before, after: level, waiting, operationId };
  });
}
