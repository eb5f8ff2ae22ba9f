/**
 * Digests: a mail to a person of what waits for them, cut to what their own grants let them see at that moment. Usually it holds counts and no
 * text of any record. It goes through the ledger of deliveries like an alert, so that it is neither lost nor sent twice.
 */
import { randomUUID } from 'node:crypto';
import { type Actor, everywhere } from '../../canonical/access/index.ts';
import { inboxList } from '../../canonical/lists/index.ts';
import { byPerson, type DigestRhythm } from '../../canonical/vocabulary/index.ts';
import type { App } from '../../engine/run/index.ts';
import { recordChanges, withDecision } from '../../ledger/operations/index.ts';
import { findMailChannel, insertDeliveries } from '../../modules/alerts/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { countInbox, listInbox } from '../../review/inbox/index.ts';
import { actorOf } from '../accounts/index.ts';
import {
  deleteDigest,
  type DigestRow,
  findPersonId,
  listDigestRows,
  moveDigest,
  saveDigest,
  takeDueDigest,
} from './digests.sql.ts';

export type Digest = Omit<DigestRow, 'principalId'>;

const hourMs = 3_600_000;
const named = 20;

/** Pure: the first time after `after`. Days and hours are in UTC. */
export function nextDigest(
  { rhythm, hour }: { readonly rhythm: DigestRhythm; readonly hour: number },
  after: Date,
): Date {
  const first = new Date(after);
  first.setUTCHours(hour, 0, 0, 0);
  for (let day = 0; day <= 8; day += 1) {
    const at = new Date(first.getTime() + day * 24 * hourMs);
    const weekday = at.getUTCDay();
    const fits = rhythm === 'daily' || (rhythm === 'weekly' ? weekday === 1 : weekday >= 1 && weekday <= 5);
    if (at > after && fits) return at;
  }
  throw new Error('a week has a day for each rhythm');
}

const shown = ({ principalId: _id, ...digest }: DigestRow): Digest => digest;

export const listDigests = async ({ db }: Pick<App, 'db'>): Promise<Digest[]> =>
  (await listDigestRows(db)).map(shown);

/** @returns undefined where the person gets none. */
export async function fetchDigest({ db }: Pick<App, 'db'>, principalId: string): Promise<Digest | undefined> {
  const [row] = await listDigestRows(db, principalId);
  return row && shown(row);
}

type Working = Pick<App, 'db' | 'store' | 'now'>;

async function requirePerson(
  { db }: Pick<App, 'db'>,
  whose: { readonly name: string } | { readonly principalId: string },
): Promise<string> {
  const id = 'principalId' in whose ? whose.principalId : await findPersonId(db, whose.name);
  if (id === undefined || !/^[0-9a-f-]{36}$/i.test(id))
    throw new TielineError(
      'ACCOUNT_UNKNOWN',
      `There is no person ${'name' in whose ? whose.name : 'of that account'}.`,
    );
  return id;
}

/** Says that a person gets a digest, and when. @throws TielineError ACCOUNT_UNKNOWN. */
export async function setDigest(
  app: Working,
  whose: { readonly name: string } | { readonly principalId: string },
  wish: { readonly rhythm: DigestRhythm; readonly hour: number; readonly namesRecords: boolean },
  by: string,
): Promise<Digest> {
  const principalId = await requirePerson(app, whose);
  return app.store.transaction(async ({ db }) =>
    withDecision(db, { system: 'tieline', step: 'set a digest' }, async (operationId) => {
      const at = app.now();
      const [before] = await listDigestRows(db, principalId);
      await saveDigest(db, { ...wish, principalId, nextAt: nextDigest(wish, at), by, at });
      const [row] = await listDigestRows(db, principalId);
      if (!row) throw new TielineError('ACCOUNT_UNKNOWN', 'There is no person of that account.');
      await recordChanges(db, { systemId: null, operationId }, [
        {
          entity: 'digest',
          entityId: row.person,
          field: 'digest',
          before: before ? `${before.rhythm} at ${before.hour}` : null,
          after: `${row.rhythm} at ${row.hour}`,
          direction: 'internal',
          decidedBy: byPerson(by),
        },
      ]);
      return shown(row);
    }),
  );
}

/** Says that a person gets none any more. @returns whether they got one. @throws TielineError ACCOUNT_UNKNOWN. */
export async function stopDigest(
  app: Working,
  whose: { readonly name: string } | { readonly principalId: string },
  by: string,
): Promise<boolean> {
  const principalId = await requirePerson(app, whose);
  return app.store.transaction(async ({ db }) => {
    const [before] = await listDigestRows(db, principalId);
    if (!before || !(await deleteDigest(db, principalId))) return false;
    await withDecision(db, { system: 'tieline', step: 'stop a digest' }, (operationId) =>
      recordChanges(db, { systemId: null, operationId }, [
        {
          entity: 'digest',
          entityId: before.person,
          field: 'digest',
          before: `${before.rhythm} at ${before.hour}`,
          after: null,
          direction: 'internal',
          decidedBy: byPerson(by),
        },
      ]),
    );
    return true;
  });
}

const utcDay = (at: Date): string => at.toISOString().slice(0, 10);

/** What it says; undefined where nothing waits for them. */
async function contentFor(
  app: Pick<App, 'db'>,
  actor: Actor,
  row: DigestRow,
  now: Date,
): Promise<JsonObject | undefined> {
  const waiting = (await countInbox(app.db, everywhere, { actor, now })).filter(
    ({ count, mayAct }) => count > 0 && mayAct,
  );
  const total = waiting.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const counts = waiting.map(
    ({ count, words, since }) =>
      `${count} ${words}${since === null ? '' : `, the oldest since ${utcDay(since)}`}`,
  );
  return {
    line: `${total} ${total === 1 ? 'thing waits' : 'things wait'} for you`,
    lines: [...counts, ...(row.namesRecords ? ['', ...(await titlesFor(app, actor, now))] : [])],
  };
}

async function titlesFor({ db }: Pick<App, 'db'>, actor: Actor, now: Date): Promise<string[]> {
  const { items } = await listInbox(
    db,
    everywhere,
    { actor, now },
    {
      filter: parseFilter(inboxList.filters, [], now),
      sort: { by: 'since', descending: false },
      limit: named,
    },
  );
  return items.map(
    ({ title, boundary, since }) =>
      `- ${title}${boundary === null ? '' : ` (${boundary})`}, since ${utcDay(since)}`,
  );
}

/** Writes every digest that is due into the ledger; one that fails says so in its row, and the others go on. @returns how many mails were written. */
export async function sendDueDigests(app: App): Promise<number> {
  let mails = 0;
  const failed: string[] = [];
  for (let more = true; more;) {
    let taken: DigestRow | undefined;
    try {
      more = await app.store.transaction(async ({ db }) => {
        const now = app.now();
        const row = await takeDueDigest(db, now);
        if (!row) return false;
        taken = row;
        const outcome = await writeDigest({ ...app, db }, row, now);
        if (outcome === 'sent') mails += 1;
        await moveDigest(db, row.principalId, {
          next: nextDigest(row, now),
          outcome,
          sentAt: outcome === 'sent' ? now : null,
        });
        return true;
      });
    } catch (error) {
      // Without a row it is the database that failed.
      if (taken === undefined || failed.includes(taken.principalId)) throw error;
      failed.push(taken.principalId);
      app.log.warn({ err: error }, `the digest of ${taken.person} was not written: ${messageOf(error)}`);
      await moveDigest(app.db, taken.principalId, {
        next: nextDigest(taken, app.now()),
        outcome: 'failed',
        sentAt: null,
      });
    }
  }
  return mails;
}

async function writeDigest(
  app: App,
  row: DigestRow,
  now: Date,
): Promise<'sent' | 'nothing_waits' | 'no_address' | 'no_channel' | 'not_active'> {
  const actor = await actorOf(app, row.principalId);
  if (!actor) return 'not_active';
  if (row.address === null) return 'no_address';
  const channelId = await findMailChannel(app.db);
  if (channelId === undefined) return 'no_channel';
  const content = await contentFor(app, actor, row, now);
  if (!content) return 'nothing_waits';
  await insertDeliveries(app.db, [
    { id: randomUUID(), channelId, alertId: null, event: 'digest', content, recipient: row.address, at: now },
  ]);
  return 'sent';
}
