/** What the security log says of itself, signed: where its chains begin, their heads of each day, months that retention took away. */
import { type Kysely, sql } from 'kysely';
import { TielineError } from '../../../platform/errors/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { allChainedLogs, type ChainedLog } from './chained-logs.ts';
import { type LogKey, presentLogKey, signed } from './log-keys.ts';

export type MarkKind = 'begun' | 'head' | 'dropped';

export interface Mark {
  readonly seq: number;
  readonly kind: MarkKind;
  readonly log: ChainedLog | null;
  readonly keyId: string;
  readonly markedAt: Date;
  /** As PostgreSQL writes it. */
  readonly content: string;
  readonly signature: Buffer;
}

/** What a mark signs, the signature of the one before it included. */
export const signatureOf = (
  key: LogKey,
  mark: Omit<Mark, 'signature' | 'keyId'>,
  before: Buffer | undefined,
): Buffer =>
  signed(
    key,
    'mark',
    String(mark.seq),
    mark.kind,
    mark.log ?? '',
    mark.markedAt.toISOString(),
    before?.toString('hex') ?? '',
    mark.content,
  );

export async function listMarks(db: Kysely<Database>): Promise<Mark[]> {
  const { rows } = await sql<Mark>`
    select m.seq::float8 as seq, m.kind, m.log, m.key_id as "keyId", m.marked_at as "markedAt", m.content::text as content, m.signature
      from security_log_marks m order by m.seq`.execute(db);
  return rows;
}

const tries = 50;

/** Adds a mark behind the last one; whoever was first at that place, it is tried at the next. */
export async function addMark(
  db: Kysely<Database>,
  mark: {
    readonly kind: MarkKind;
    readonly log?: ChainedLog;
    readonly at: Date;
    readonly content: JsonObject;
  },
): Promise<void> {
  const key = presentLogKey();
  for (let tried = 1; tried <= tries; tried += 1) {
    const { rows } = await sql<{ content: string; seq: number | null; signature: Buffer | null }>`
      select g.content::text as content, m.seq::float8 as seq, m.signature
        from (select ${storableJson(mark.content)}::jsonb as content) g
        left join (select seq, signature from security_log_marks order by seq desc limit 1) m on true`.execute(
      db,
    );
    const last = rows[0];
    const made = {
      seq: (last?.seq ?? 0) + 1,
      kind: mark.kind,
      log: mark.log ?? null,
      markedAt: mark.at,
      content: last?.content ?? '',
    };
    const signature = signatureOf(key, made, last?.signature ?? undefined);
    const { numAffectedRows } = await sql`
      insert into security_log_marks (seq, kind, log, key_id, marked_at, content, signature)
      values (${made.seq}, ${made.kind}, ${made.log}, ${key.id}, ${made.markedAt}, ${made.content}::jsonb, ${signature})
      on conflict do nothing`.execute(db);
    if (numAffectedRows === 1n) return;
    if (mark.kind === 'begun' && (await hasBegun(db, mark.log ?? null))) return;
  }
  throw new TielineError('INTERNAL', 'A mark of the security log could not be added.');
}

async function hasBegun(db: Kysely<Database>, log: ChainedLog | null): Promise<boolean> {
  const { rows } = await sql`select from security_log_marks where kind = 'begun' and log = ${log}`.execute(
    db,
  );
  return rows.length > 0;
}

/** Says, once for a log, up to which id its rows are older than its chains: they are shown, and nothing vouches for them. */
export async function markBeginning(db: Kysely<Database>, log: ChainedLog, at: Date): Promise<void> {
  if (await hasBegun(db, log)) return;
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(id), 0)::float8 as last from ${sql.table(log)} where chain_id is null`.execute(db);
  await addMark(db, { kind: 'begun', log, at, content: { lastIdBefore: rows[0]?.last ?? 0 } });
}

/** At the start of a process, outside of any transaction: one that stays open would have every other first writer wait for its mark. */
export async function beginSecurityLog(db: Kysely<Database>, at: Date): Promise<void> {
  for (const log of allChainedLogs) await markBeginning(db, log, at);
}
