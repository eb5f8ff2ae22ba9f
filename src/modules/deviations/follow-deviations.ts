/**
 * What a sync does about deviations: those whose last day is past end, on both sides; those whose findings have all been fixed lapse; those that
 * hold get their rules at the scanner of this step; and what a person is to know is a notice, which is a row of the inbox.
 *
 * A deviation about which nothing is known any more (no finding under it, or one that no source shows) neither lapses nor is made.
 */
import type { App, RunContext } from '../../engine/run/index.ts';
import { type ConnectedSystem, canWrite } from '../../engine/connections/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { carriedKinds, makeRules } from './carry.ts';
import { type DeviationRow, lockLivingDeviations } from './deviations.sql.ts';
import { endDeviation } from './grant-deviation.ts';
import { listLastCheckIns, type NoticeRow, saveNotices } from './notices.sql.ts';
import { noticesOf } from './notices.ts';
import { countNotSent, countScopedFindings, listChangedPlugins, listRulesToMake } from './scope.sql.ts';

/** Why a living deviation ends now; undefined where it stays. Pure. */
export function endOf(
  deviation: Pick<DeviationRow, 'state' | 'expiresOn'>,
  facts: {
    readonly today: string;
    readonly findings: { readonly unfixed: number; readonly all: number } | undefined;
  },
): 'expire' | 'lapse' | undefined {
  const { today, findings } = facts;
  const isPast = deviation.expiresOn !== null && deviation.expiresOn < today;
  if (isPast) return deviation.state === 'approved' ? 'expire' : 'lapse';
  return findings !== undefined && findings.all > 0 && findings.unfixed === 0 ? 'lapse' : undefined;
}

/** Ends what is over. @returns those that stay. */
async function endWhatIsOver(tx: Tx, operationId: string, now: Date): Promise<readonly DeviationRow[]> {
  const living = await lockLivingDeviations(tx.db);
  if (living.length === 0) return [];
  const findings = await countScopedFindings(tx.db);
  const today = now.toISOString().slice(0, 10);
  const stay: DeviationRow[] = [];
  for (const deviation of living) {
    const event = endOf(deviation, { today, findings: findings.get(deviation.id) });
    if (event === undefined) stay.push(deviation);
    else await endDeviation(tx, deviation, event, { operationId, by: undefined, reason: undefined, now });
  }
  return stay;
}

/** Rules at the scanner of this step that deviations want and that are not there yet. */
async function makeMissingRules(
  tx: Tx,
  system: Pick<ConnectedSystem, 'id' | 'module'>,
  operationId: string,
  holding: readonly DeviationRow[],
): Promise<number> {
  const scopeOf = system.module.declaration.acceptanceScope;
  if (!scopeOf) return 0;
  const byId = new Map(holding.map((deviation) => [deviation.id, deviation]));
  const wanted = (await listRulesToMake(tx.db, system.id, carriedKinds)).flatMap((rule) => {
    const deviation = byId.get(rule.deviationId);
    return deviation ? [{ deviation, rule }] : [];
  });
  return makeRules(tx, { id: system.id, scopeOf }, operationId, wanted);
}

/** @returns how many notices are new. */
async function notice(tx: Tx, living: readonly DeviationRow[], now: Date): Promise<number> {
  const today = now.toISOString().slice(0, 10);
  const checkIns = await listLastCheckIns(tx.db);
  const plugins = await listChangedPlugins(tx.db);
  const notSent = await countNotSent(tx.db, carriedKinds);
  const adjusted = new Set(
    living
      .filter(({ kind, state }) => kind === 'risk_adjustment' && state === 'approved')
      .map(({ poamId }) => poamId),
  );
  const notices = living.flatMap((deviation) =>
    noticesOf(deviation, {
      today,
      lastCheckIn: checkIns.get(deviation.id),
      changedPlugin: plugins.get(deviation.id),
      notSent: notSent.get(deviation.id) ?? 0,
      isAdjusted: adjusted.has(deviation.poamId),
    }).map((each): NoticeRow => ({ deviationId: deviation.id, ...each })),
  );
  return saveNotices(tx.db, notices, now);
}

/** The same outside of a run, for what looks at all of them. */
export function followDeviations(
  { store, now }: Pick<App, 'store' | 'now'>,
  operationId: string,
  system?: Pick<ConnectedSystem, 'id' | 'module'>,
): Promise<number> {
  return store.transaction(async (tx) => {
    const at = now();
    const living = await endWhatIsOver(tx, operationId, at);
    const made = system ? await makeMissingRules(tx, system, operationId, living) : 0;
    await notice(tx, living, at);
    return made;
  });
}

/** As a step of a run for one system. */
export async function followInRun(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const made = await followDeviations(
    context,
    operationId,
    canWrite(system, 'acceptance') ? system : undefined,
  );
  if (made > 0) await recordCounts(context.db, operationId, { ...noCounts, read: made, created: made });
}
