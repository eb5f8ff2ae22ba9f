/** What the columns of POA&Ms are in SQL, in whichever variant of the table this database has (`platform/migrations`). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { otherSeverities, severities } from '../../canonical/vocabulary/index.ts';
import { besideName, olderNames } from '../../platform/migrations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { canonicalStatusOf, isOpenStatus } from '../poam-status/index.ts';

/** SQL of a day, `YYYY-MM-DD`. */
export const dayOf = (column: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql`to_char(${column}, 'YYYY-MM-DD')`;

/** SQL of the rank (0 info to 4 critical) of a severity, in any spelling that is known; else null. */
function severityRankOf(column: RawBuilder<unknown>): RawBuilder<number | null> {
  const spellings = [
    ...severities.map((word) => [word.toLowerCase(), word] as const),
    ...Object.entries(otherSeverities),
  ].map(([spelling, word]) => sql`when ${sql.lit(spelling)} then ${sql.lit(severities.indexOf(word))}`);
  const ours = severities.map((word, rank) => sql`when ${sql.lit(word)} then ${sql.lit(rank)}`);
  return sql`(case ${column}::text ${sql.join(ours, sql` `)}
              else case lower(regexp_replace(btrim(${column}::text), '[\\s_-]+', ' ', 'g')) ${sql.join(spellings, sql` `)} end end)`;
}

/** SQL of the word of a rank. */
const severityOfRank = (rank: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql`(${severities}::text[])[${rank} + 1]`;

/** SQL over a row `p` of ingestion_poams. */
export interface PoamColumns {
  readonly of: (name: string) => RawBuilder<unknown>;
  readonly status: RawBuilder<string | null>;
  /** Neither completed nor ended in another way; a word that is not known, or none, is open. */
  readonly isOpen: RawBuilder<boolean>;
  /** Of what the POA&M says of its weakness, else of the gravest weakness that it answers. */
  readonly severityRank: RawBuilder<number | null>;
  readonly severity: RawBuilder<string | null>;
  readonly due: RawBuilder<unknown>;
}

export async function fetchPoamColumns(db: Kysely<Database>): Promise<PoamColumns> {
  const { rows } = await sql<{ name: string }>`
    select attname::text as name from pg_attribute
     where attrelid = 'ingestion_poams'::regclass and attnum > 0 and not attisdropped`.execute(db);
  const there = new Set(rows.map((row) => row.name));
  const of = (name: string): RawBuilder<unknown> => {
    const older = olderNames['ingestion_poams']?.[name];
    const own = there.has(besideName(name)) ? besideName(name) : there.has(name) ? name : undefined;
    const names = [own, older !== undefined && there.has(older) ? older : undefined].flatMap(
      (each) => each ?? [],
    );
    if (names.length === 0) return sql`null::text`;
    const columns = names.map((each) => sql`p.${sql.ref(each)}`);
    return columns.length === 1 ? sql`${columns[0]}` : sql`coalesce(${sql.join(columns)})`;
  };
  const status = canonicalStatusOf(of('status'));
  const said = sql`coalesce(${of('weakness_risk_level')}, ${of('risk_rating')})`;
  const severityRank = sql<number | null>`coalesce(${severityRankOf(said)},
    (select max(${severityRankOf(sql`w.severity`)}) from weaknesses w where w.poam_id = p.id))`;
  return {
    of,
    status,
    isOpen: isOpenStatus(of('status')),
    severityRank,
    severity: severityOfRank(severityRank),
    due: sql`p.scheduled_completion`,
  };
}
