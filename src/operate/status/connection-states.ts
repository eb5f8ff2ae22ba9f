/** How each connection is, in one word that says whether somebody has to look. */
import type { App } from '../../engine/run/index.ts';
import { type ConnectionFacts, listConnectionFacts } from './connection-states.sql.ts';

export const connectionStates = ['running', 'failing', 'late', 'paused', 'off', 'on time'] as const;
export type ConnectionState = (typeof connectionStates)[number];

export interface ConnectionOverview extends Omit<ConnectionFacts, 'failedInARow' | 'jitterSeconds'> {
  readonly state: ConnectionState;
  /** Why it is so, where the word alone does not say it. */
  readonly why: string | null;
  /** `open`: the latest calls all failed, so that processes call it no more for a while. */
  readonly circuit: 'closed' | 'open';
}

/** A worker looks every few seconds; a run may wait for another one that is at the same connection. */
const graceMs = 10 * 60_000;
const unsentLateMs = 60 * 60_000;
const failuresThatOpen = 5;

/** The first that holds. */
export function stateOf(
  facts: ConnectionFacts,
  now: Date,
): { readonly state: ConnectionState; readonly why: string | null } {
  const by = (who: string | null, reason: string | null): string =>
    [who === null ? '' : `by ${who}`, reason ?? ''].filter(Boolean).join(': ');
  if (facts.pausedAt !== null) return { state: 'paused', why: by(facts.pausedBy, facts.pausedReason) };
  if (!facts.isEnabled) return { state: 'off', why: null };
  if (facts.runningOperation !== null) return { state: 'running', why: null };
  const [unhealthy] = facts.unhealthy;
  if (unhealthy) return { state: 'failing', why: unhealthy.detail ?? unhealthy.check };
  if (facts.sendingPausedAt !== null)
    return { state: 'paused', why: by(facts.sendingPausedBy, facts.sendingPausedReason) };
  const dueMs =
    facts.nextRun === null ? undefined : facts.nextRun.getTime() + (facts.jitterSeconds ?? 0) * 1000;
  if (dueMs !== undefined && now.getTime() - dueMs > graceMs)
    return { state: 'late', why: 'no worker did what was due' };
  if (facts.unsentSince !== null && now.getTime() - facts.unsentSince.getTime() > unsentLateMs)
    return { state: 'late', why: 'changes wait to be sent' };
  return { state: 'on time', why: null };
}

/** Every connection with how it is. */
export async function listConnectionStates({
  db,
  now,
}: Pick<App, 'db' | 'now'>): Promise<ConnectionOverview[]> {
  const at = now();
  return (await listConnectionFacts(db)).map((row) => {
    const { failedInARow, jitterSeconds: _jitter, ...facts } = row;
    const circuit = failedInARow >= failuresThatOpen ? 'open' : 'closed';
    return { ...facts, ...stateOf(row, at), circuit };
  });
}
