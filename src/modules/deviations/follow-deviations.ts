/**
 * What a sync does about deviations: those whose last day is past end, on both sides; those whose findings have all been fixed, or whose POA&M is over, lapse; those that
 * hold get their rules at the scanner of this step; and what a person is to know is a notice, which is a row of the inbox.
 *
 * A deviation about which nothing is known any more (no finding under it, or one that no source shows) neither lapses nor is made.
 */
import { compileMappings } from '../../canonical/mapping/index.ts';
import { readMayChange } from '../../record/policy-facts/index.ts';
import type { App, RunContext } from '../../engine/run/index.ts';
import { canRead, type ConnectedSystem, canWrite } from '../../engine/connections/index.ts';
import { noCounts, recordCounts } from '../../ledger/operations/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import type { DeviationKind, PoamStanding } from '../../canonical/vocabulary/index.ts';
import { carriedKinds, makeRules } from './carry.ts';
import { followFoundRules } from './elsewhere/found-rules.ts';
import { listFoundNotices } from './elsewhere/found-rules.sql.ts';
import { importSlots } from './elsewhere/follow-slots.ts';
import type { Elsewhere } from './elsewhere/following.ts';
import { showSlots } from './elsewhere/show-slots.ts';
import { type DeviationRow, lockLivingDeviations } from './deviations.sql.ts';
import { endDeviation } from './grant-deviation.ts';
import { listLastCheckIns, type NoticeRow, saveNotices } from './notices.sql.ts';
import { noticesOf } from './notices.ts';
import {
  countNotSent,
  countScopedFindings,
  listChangedPlugins,
  listRulesToMake,
  listStandings,
} from './scope.sql.ts';

/** Why a living deviation ends. */
export interface Over {
  readonly event: 'expire' | 'lapse';
  /** What lapsed it, in the words of the record. */
  readonly reason?: 'fixed' | 'its POA&M is over';
}

interface EndFacts {
  readonly today: string;
  /** Findings that it is about; undefined: none is known. */
  readonly findings: { readonly unfixed: number; readonly all: number } | undefined;
  /** Of its POA&M; undefined: it is not there any more. */
  readonly standing: PoamStanding | undefined;
}

/** A POA&M that ended holds nothing back; but one is completed because of a false positive, and accepted because of an acceptance. */
const isHeldBy = (kind: DeviationKind, standing: PoamStanding | undefined): boolean =>
  standing === 'live' || standing === 'deviation' || (standing === 'completed' && kind === 'false_positive');

/** Whether a living deviation ends now; undefined: it stays. Pure. */
export function endOf(
  deviation: Pick<DeviationRow, 'state' | 'expiresOn' | 'kind'>,
  { today, findings, standing }: EndFacts,
): Over | undefined {
  const isPast = deviation.expiresOn !== null && deviation.expiresOn < today;
  if (isPast) return { event: deviation.state === 'approved' ? 'expire' : 'lapse' };
  if (!isHeldBy(deviation.kind, standing)) return { event: 'lapse', reason: 'its POA&M is over' };
  return findings !== undefined && findings.all > 0 && findings.unfixed === 0
    ? { event: 'lapse', reason: 'fixed' }
    : undefined;
}

/** Ends what is over. @returns those that stay. */
async function endWhatIsOver(tx: Tx, operationId: string, now: Date): Promise<readonly DeviationRow[]> {
  const living = await lockLivingDeviations(tx.db);
  if (living.length === 0) return [];
  const findings = await countScopedFindings(tx.db);
  const standings = await listStandings(tx.db);
  const today = now.toISOString().slice(0, 10);
  const stay: DeviationRow[] = [];
  for (const deviation of living) {
    const standing = standings.get(deviation.poamId);
    const over = endOf(deviation, { today, findings: findings.get(deviation.id), standing });
    if (over === undefined) stay.push(deviation);
    else
      await endDeviation(tx, deviation, over.event, {
        operationId,
        by: undefined,
        reason: over.reason,
        now,
      });
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
  if (!scopeOf || holding.length === 0) return 0;
  const byId = new Map(holding.map((deviation) => [deviation.id, deviation]));
  const wanted = (await listRulesToMake(tx.db, system.id, carriedKinds)).flatMap((rule) => {
    const deviation = byId.get(rule.deviationId);
    return deviation ? [{ deviation, rule }] : [];
  });
  return makeRules(tx, { id: system.id, scopeOf }, operationId, wanted);
}

/** Rules that somebody made at the scanner of this step. @returns how many are new. */
async function findRules(
  tx: Tx,
  { id, name, module }: Pick<ConnectedSystem, 'id' | 'name' | 'module'>,
  at: { readonly operationId: string; readonly now: Date },
): Promise<number> {
  const scopeOf = module.declaration.acceptanceScope;
  return scopeOf ? followFoundRules(tx, { id, name, scopeOf }, at) : 0;
}

/** What a person is to know of deviations that live. */
async function noticesOfLiving(
  tx: Tx,
  living: readonly DeviationRow[],
  now: Date,
): Promise<readonly NoticeRow[]> {
  // To plan what is asked for them costs more than the rest of the step.
  if (living.length === 0) return [];
  const today = now.toISOString().slice(0, 10);
  const checkIns = await listLastCheckIns(tx.db);
  const plugins = await listChangedPlugins(tx.db);
  const notSent = await countNotSent(tx.db, carriedKinds);
  const adjusted = new Set(
    living
      .filter(({ kind, state }) => kind === 'risk_adjustment' && state === 'approved')
      .map(({ poamId }) => poamId),
  );
  return living.flatMap((deviation) =>
    noticesOf(deviation, {
      today,
      lastCheckIn: checkIns.get(deviation.id),
      changedPlugin: plugins.get(deviation.id),
      notSent: notSent.get(deviation.id) ?? 0,
      isAdjusted: adjusted.has(deviation.poamId),
    }).map((each): NoticeRow => ({ deviationId: deviation.id, ...each })),
  );
}

/** @returns how many notices are new. */
async function notice(tx: Tx, living: readonly DeviationRow[], now: Date): Promise<number> {
  const notices = await noticesOfLiving(tx, living, now);
  const found = (await listFoundNotices(tx.db)).map(({ id, ...each }) => ({ deviationId: id, ...each }));
  return saveNotices(tx.db, [...notices, ...found], now);
}

/** The system of a step: rules are made at a scanner, and decisions go to and from a GRC system. */
export interface FollowedSystems {
  readonly scanner?: Pick<ConnectedSystem, 'id' | 'name' | 'module'>;
  readonly grc?: Elsewhere;
}

/** The same outside of a run, for what looks at all of them. */
export function followDeviations(
  { store, now }: Pick<App, 'store' | 'now'>,
  operationId: string,
  at: FollowedSystems = {},
): Promise<number> {
  const { scanner, grc } = at;
  return store.transaction(async (tx) => {
    const moment = now();
    // Before what is over ends: a last day that was moved in the GRC system counts already.
    const following = grc ? { system: grc, operationId, now: moment } : undefined;
    const imported = following ? await importSlots(tx, following) : undefined;
    const living = await endWhatIsOver(tx, operationId, moment);
    const made = scanner ? await makeMissingRules(tx, scanner, operationId, living) : 0;
    const found = scanner ? await findRules(tx, scanner, { operationId, now: moment }) : 0;
    if (following) await showSlots(tx, imported?.settled ?? [], following);
    await notice(tx, living, moment);
    return made + found + (imported?.decisions ?? 0);
  });
}

const status = 'deviation_status';

function elsewhereOf({ db }: RunContext, { id, name, mappings, policies }: ConnectedSystem): Elsewhere {
  const isMapped = compileMappings(mappings, 'poam').sendable.has(status);
  return {
    id,
    name,
    readShown: async (poamIds) => {
      const mayLeave = await readMayChange(db, policies, { entity: 'poam', fields: [status] }, poamIds);
      return (poamId) => isMapped && mayLeave(poamId);
    },
  };
}

/** As a step of a run for one system. */
export async function followInRun(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
): Promise<void> {
  const made = await followDeviations(context, operationId, {
    ...(canWrite(system, 'acceptance') ? { scanner: system } : {}),
    ...(canRead(system, 'poam') ? { grc: elsewhereOf(context, system) } : {}),
  });
  if (made > 0) await recordCounts(context.db, operationId, { ...noCounts, read: made, created: made });
}
