/** Rows of notices. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { type Notice, type NoticeKind, noticeKinds, noticeSentences } from './notices.ts';

export interface NoticeRow extends Notice {
  readonly deviationId: number;
}

/** Makes the notices just these: what holds still keeps its time, what does not is removed. @returns how many are new. */
export async function saveNotices(
  db: Kysely<Database>,
  notices: readonly NoticeRow[],
  now: Date,
): Promise<number> {
  const rows = storableJson(notices.map(({ deviationId, kind, about }) => ({ deviationId, kind, about })));
  const given = sql`jsonb_to_recordset(${rows}::jsonb) as n("deviationId" int, kind text, about text)`;
  await sql`
    delete from deviation_notices k
     where not exists (select from ${given} where n."deviationId" = k.deviation_id and n.kind = k.kind)`.execute(
    db,
  );
  const { rows: added } = await sql<{ isNew: boolean }>`
    insert into deviation_notices as k (deviation_id, kind, about, noticed_at)
    select n."deviationId", n.kind, n.about, ${now}::timestamptz from ${given}
    on conflict (deviation_id, kind) do update set about = excluded.about where k.about is distinct from excluded.about
    returning (xmax = 0) as "isNew"`.execute(db);
  return added.filter(({ isNew }) => isNew).length;
}

export async function listNotices(
  db: Kysely<Database>,
  deviations: readonly number[],
): Promise<(NoticeRow & { readonly since: Date })[]> {
  const { rows } = await sql<NoticeRow & { since: Date }>`
    select deviation_id as "deviationId", kind, about, noticed_at as since from deviation_notices
     where deviation_id = any(${[...deviations]}::int[]) order by deviation_id, noticed_at, kind`.execute(db);
  return rows;
}

/** SQL of the sentence of a notice `n`. */
const sentence: RawBuilder<string> = sql`case n.kind ${sql.join(
  noticeKinds.map((kind: NoticeKind) => {
    const [before = '', after = ''] = noticeSentences[kind].split('{}');
    return sql`when ${sql.lit(kind)} then concat(${sql.lit(before)}, n.about, ${sql.lit(after)})`;
  }),
  sql` `,
)} end`;

/** What waits of deviations, for the inbox: one row each that has a notice. Columns: subject, since, system_id, what. */
export const waitingDeviations: RawBuilder<unknown> = sql`
  select d.id::text as subject, min(n.noticed_at) as since, d.system_id::text as system_id,
         concat_ws(' ', 'deviation', d.id, 'of', d.poam_id) || ': ' || string_agg(${sentence}, '; ' order by n.noticed_at, n.kind) as what
    from deviation_notices n join deviations d on d.id = n.deviation_id
   group by d.id`;

/** When the vendor of each living dependency was last asked. */
export async function listLastCheckIns(db: Kysely<Database>): Promise<ReadonlyMap<number, string>> {
  const { rows } = await sql<{ id: number; on: string }>`
    select c.deviation_id as id, to_char(max(c.checked_on), 'YYYY-MM-DD') as on
      from deviation_checkins c join deviations d on d.id = c.deviation_id and d.state = 'approved'
     group by c.deviation_id`.execute(db);
  return new Map(rows.map((row) => [row.id, row.on]));
}
