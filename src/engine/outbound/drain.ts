/**
 * Sends what the outbox holds. Rows of one record go out in order, different records side by side. One process drains a
 * system at a time: a sync run, or a worker that is notified of new rows.
 */
import { parentOf } from './outbound-change.ts';
import type { TielineError } from '../../platform/errors/index.ts';
import { askApprovals } from '../approvals/index.ts';
import { listOpenRows, type OutboxRow } from '../outbox/index.ts';
import { type SyncLock, takeDrainLock, isSendingPaused } from '../../ledger/external-systems/index.ts';
import type { ConnectedSystem } from '../connections/index.ts';
import { holding, type RunContext } from '../run/index.ts';
import type { SendOutcome, Sending } from './apply-outcome.ts';
import { createSender } from './send-row.ts';

const pageSize = 1000;
/** Changes on their way at once. Not more: what is claimed has its consent, and may wait for its turn at the gate of the remote. */
const parallel = 16;

export interface Draining {
  readonly wanted: (row: OutboxRow) => boolean;
  /**
   * Whether rows that are backing off are left alone, those that a sync is to plan again first, and a system that another process
   * drains. A person who runs a sync waits for none of them.
   */
  readonly patient: boolean;
}

/**
 * Finds out what became of changes whose answer was never seen, before anything is read: what arrived is confirmed; what did
 * not is pending again, and goes out later unless it is planned otherwise meanwhile.
 * @throws TielineError when the remote cannot be reached.
 */
export async function settleInFlight(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  wanted: (row: OutboxRow) => boolean,
): Promise<void> {
  const lock = await waitForLock(context, system, false);
  if (!lock) return;
  await holding(context, lock, async (held) => {
    const sender = createSender({ context: held, system, operationId });
    for await (const page of openPages(held, system)) {
      const inFlight = page.filter((row) => row.state === 'sent' && wanted(row));
      await eachOf(inFlight, parallel, (row) => sender.settle(row));
    }
  });
}

/**
 * Sends every open row of a system that is wanted; nothing while a person has paused sending to it.
 * @throws TielineError when the remote cannot be reached or an outcome stays unclear; the rows stay for the next run.
 */
export async function drainOutbox(
  context: RunContext,
  system: ConnectedSystem,
  operationId: string,
  draining: Draining,
): Promise<void> {
  if (await isSendingPaused(context.db, system.id)) {
    context.report({ system: system.name, step: 'send', state: 'skipped', note: 'sending is paused' });
    return;
  }
  const lock = await waitForLock(context, system, draining.patient);
  if (!lock) return;
  await holding(context, lock, (held) => sendAll({ context: held, system, operationId }, draining));
}

/** Open rows of a system, oldest first, as they are when their page is asked for. */
async function* openPages(
  { db }: Pick<RunContext, 'db'>,
  system: Pick<ConnectedSystem, 'id'>,
): AsyncGenerator<readonly OutboxRow[]> {
  let afterId = 0;
  for (;;) {
    const page = await listOpenRows(db, system.id, afterId, pageSize);
    if (page.length === 0) return;
    afterId = page.at(-1)?.id ?? afterId;
    yield page;
  }
}

/** Takes the lock on sending to a system, waiting for it unless `patient`. @returns undefined if another process holds it. */
export async function waitForLock(
  context: Pick<RunContext, 'store' | 'sleep' | 'signal'>,
  system: Pick<ConnectedSystem, 'id'>,
  patient: boolean,
): Promise<SyncLock | undefined> {
  for (;;) {
    const lock = await takeDrainLock(context.store, system.id);
    if (lock || patient) return lock;
    await context.sleep(200, context.signal);
  }
}

/** How often what was merged again is sent within one run; a record that moves on faster waits for the next. */
const roundsPerRun = 5;

async function sendAll(sending: Sending, draining: Draining): Promise<void> {
  const { context, system, operationId } = sending;
  const pass: Pass = { blocked: new Set(), open: [], planned: false, held: false, paused: false };
  for (let round = 1; round <= roundsPerRun; round += 1) {
    pass.planned = false;
    await sendOnce(sending, draining, pass);
    if (!pass.planned || pass.paused) break;
  }
  if (pass.held) await context.store.transaction((tx) => askApprovals(tx.db, system, operationId));
  if (pass.open[0]) throw pass.open[0];
}

interface Pass {
  /** Records whose earlier change is still open: a later one must not overtake it. */
  readonly blocked: Set<string>;
  /** Why changes are still open. */
  readonly open: TielineError[];
  /** Whether anything was planned again. */
  planned: boolean;
  /** Whether a policy that was changed meanwhile wants a person's consent to some of it. */
  held: boolean;
  /** Whether a person stopped sending meanwhile. */
  paused: boolean;
}

async function sendOnce(sending: Sending, draining: Draining, pass: Pass): Promise<void> {
  const { context, system } = sending;
  const sender = createSender(sending);
  for await (const page of openPages(context, system)) {
    const rows = page.filter(draining.wanted);
    let done = 0;
    await eachOf([...Map.groupBy(rows, rootOf)], parallel, ([root, ofOneRoot]) =>
      sendInOrder(ofOneRoot, async (row) => {
        context.signal.throwIfAborted();
        if (draining.patient && (!row.is_due || row.must_replan)) pass.blocked.add(root);
        if (pass.paused || pass.blocked.has(root)) return undefined;
        const outcome = await sender.send(row);
        keepNote(pass, root, outcome);
        if (!outcome.settled) return undefined;
        done += 1;
        const progress = { counts: outcome.counts, done, total: rows.length };
        context.report({ system: system.name, step: 'send', state: 'working', ...progress });
        return outcome;
      }),
    );
  }
}

type Settled = Extract<SendOutcome, { settled: true }>;

/** Sends rows of one root one after the other, until one of them stays open (`send` yields undefined). */
async function sendInOrder(
  rows: readonly OutboxRow[],
  send: (row: OutboxRow) => Promise<Settled | undefined>,
): Promise<void> {
  const versions = new Map<string, { readonly from: string | null; readonly to: string }>();
  for (const row of rows) {
    const record = `${row.entity_type} ${row.entity_id}`;
    // A change of ours that went out just now moved the version, and nobody else did.
    const moved = versions.get(record);
    const outcome = await send(
      moved && row.base_version === moved.from ? { ...row, base_version: moved.to } : row,
    );
    if (!outcome) return;
    if (outcome.version !== undefined) versions.set(record, { from: row.base_version, to: outcome.version });
  }
}

/** What the outcome of one change means for the rest of the drain. */
function keepNote(pass: Pass, root: string, outcome: SendOutcome): void {
  if (!outcome.settled) {
    pass.blocked.add(root);
    pass.open.push(outcome.because);
    return;
  }
  pass.planned ||= outcome.planned ?? false;
  pass.held ||= outcome.unsent === 'held';
  pass.paused ||= outcome.unsent === 'paused';
  // A later change of the record must not overtake one that waits.
  if (outcome.unsent === 'held') pass.blocked.add(root);
}

/** Changes of one record go out one after the other, and with them those of what is inside it and moves its version. */
function rootOf(row: OutboxRow): string {
  const parent = parentOf(row);
  return parent
    ? `${parent} ${row.parent_external_id ?? row.entity_id}`
    : `${row.entity_type} ${row.external_id ?? row.entity_id}`;
}

/**
 * Works on all items, a few at a time; after a failure no further item is begun, and the first failure is thrown when what was begun is
 * over. Rejected: p-map, which throws at once, while others still send: the lock would be released under them.
 */
async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  let failed = false;
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of left) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  });
  const outcomes = await Promise.allSettled(lanes);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}
