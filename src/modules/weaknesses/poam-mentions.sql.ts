/** What POA&Ms name, kept beside them (`poam_mentions`): read from their text by `modules/weaknesses/poam-mentions.ts`. */
import { sql, type Kysely } from 'kysely';
import { mentionsEdition, mentionsIn } from './poam-mentions.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

/** Columns in which people say what a POA&M is about; older variants of the table have some under other names. */
const textColumns = [
  'source_of_discovery',
  'source',
  'weakness_detection_source',
  'weakness_description',
  'raw_weakness_description',
];
const pageSize = 1000;

/**
 * Brings `poam_mentions` up to date with every POA&M, whoever wrote it: read again is only one whose text differs from what was read (to
 * find these among 100,000 takes the digests of their texts, some 0.3 s, and no regular expression). @returns how many were read.
 */
export async function renewMentions(db: Kysely<Database>): Promise<number> {
  const { rows: present } = await sql<{ name: string }>`
    select attname::text as name from pg_attribute
     where attrelid = 'ingestion_poams'::regclass and attnum > 0 and not attisdropped
       and attname::text = any(${textColumns}::text[]) order by attnum`.execute(db);
  const texts = sql`array[${sql.join(present.map(({ name }) => sql`coalesce(k.${sql.ref(name)}::text, '')`))}]`;
  const digest = sql`md5(${String(mentionsEdition)} || array_to_string(${texts}, chr(10)))::uuid`;
  let read = 0;
  for (let after = 0; ;) {
    const { rows } = await sql<{ id: number; digest: string; texts: string[] }>`
      select k.id, ${digest} as digest, ${texts} as texts
        from ingestion_poams k left join poam_mentions m on m.poam_id = k.id
       where k.id > ${after} and m.text_digest is distinct from ${digest}
       order by k.id limit ${pageSize}`.execute(db);
    const last = rows.at(-1);
    if (!last) {
      // Those who ask next, in this transaction, are to know how many there are.
      if (read >= pageSize) await sql`analyze poam_mentions`.execute(db);
      return read;
    }
    after = last.id;
    read += rows.length;
    await saveMentions(
      db,
      rows.map((row) => ({ id: row.id, digest: row.digest, ...mentionsIn(row.texts) })),
    );
  }
}

async function saveMentions(
  db: Kysely<Database>,
  mentions: readonly {
    readonly id: number;
    readonly digest: string;
    readonly plugins: readonly string[];
    readonly cves: readonly string[];
  }[],
): Promise<void> {
  await sql`
    insert into poam_mentions (poam_id, text_digest, plugin_ids, cve_ids)
    select m.id, m.digest, m.plugins, m.cves
      from jsonb_to_recordset(${storableJson(mentions)}::jsonb) as m(id integer, digest uuid, plugins text[], cves text[])
    on conflict (poam_id) do update
      set text_digest = excluded.text_digest, plugin_ids = excluded.plugin_ids, cve_ids = excluded.cve_ids, read_at = tieline_now()`.execute(
    db,
  );
}
