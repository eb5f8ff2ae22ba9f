/** Rows of digest subscriptions. */
import { type Kysely, sql } from 'kysely';
import type { DigestRhythm } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface DigestRow {
  readonly principalId: string;
  readonly person: string;
  readonly address: string | null;
  readonly rhythm: DigestRhythm;
  readonly hour: number;
  readonly namesRecords: boolean;
  readonly nextAt: Date;
  readonly lastSentAt: Date | null;
  readonly lastOutcome: string | null;
}

const columns = sql`g.principal_id::text as "principalId", p.name::text as person, p.email as address, g.rhythm, g.hour, g.names_records as "namesRecords",
                    g.next_at as "nextAt", g.last_sent_at as "lastSentAt", g.last_outcome as "lastOutcome"`;
const joined = sql`digest_subscriptions g join principals p on p.id = g.principal_id`;

/** @param principalId undefined: of everybody. */
export async function listDigestRows(db: Kysely<Database>, principalId?: string): Promise<DigestRow[]> {
  const { rows } = await sql<DigestRow>`
    select ${columns} from ${joined} where ${principalId ?? null}::text is null or g.principal_id::text = ${principalId ?? null}
     order by lower(p.name)`.execute(db);
  return rows;
}

/** One that is due, so that two senders never have the same one. */
export async function takeDueDigest(db: Kysely<Database>, now: Date): Promise<DigestRow | undefined> {
  const { rows } = await sql<DigestRow>`
    select ${columns} from ${joined} where g.next_at <= ${now}::timestamptz order by g.next_at limit 1 for update of g skip locked`.execute(
    db,
  );
  return rows[0];
}

export async function moveDigest(
  db: Kysely<Database>,
  principalId: string,
  { next, outcome, sentAt }: { readonly next: Date; readonly outcome: string; readonly sentAt: Date | null },
): Promise<void> {
  await sql`
    update digest_subscriptions set next_at = ${next}::timestamptz, last_outcome = ${outcome}, last_sent_at = coalesce(${sentAt}::timestamptz, last_sent_at)
     where principal_id = ${principalId}::uuid`.execute(db);
}

export async function saveDigest(
  db: Kysely<Database>,
  digest: {
    readonly principalId: string;
    readonly rhythm: DigestRhythm;
    readonly hour: number;
    readonly namesRecords: boolean;
    readonly nextAt: Date;
    readonly by: string;
    readonly at: Date;
  },
): Promise<void> {
  await sql`
    insert into digest_subscriptions (principal_id, rhythm, hour, names_records, next_at, changed_by, changed_at)
    values (${digest.principalId}::uuid, ${digest.rhythm}, ${digest.hour}, ${digest.namesRecords}, ${digest.nextAt}::timestamptz, ${digest.by}, ${digest.at}::timestamptz)
    on conflict (principal_id) do update set rhythm = excluded.rhythm, hour = excluded.hour, names_records = excluded.names_records,
       next_at = excluded.next_at, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(
    db,
  );
}

export async function deleteDigest(db: Kysely<Database>, principalId: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from digest_subscriptions where principal_id = ${principalId}::uuid`.execute(db);
  return numAffectedRows > 0n;
}

export async function findPersonId(db: Kysely<Database>, name: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id::text as id from principals where kind = 'person' and lower(name) = lower(${name})`.execute(db);
  return rows[0]?.id;
}
