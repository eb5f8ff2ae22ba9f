/** The relations of metrics, for many queries or for one. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { everywhere, type Scope } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { fetchPoamColumns } from '../../../record/poams/index.ts';
import { findingFacts } from './finding-facts.sql.ts';
import type { Moment } from './moment.ts';
import { recordFacts } from './record-facts.sql.ts';

type Facts = readonly (readonly [name: string, body: RawBuilder<unknown>])[];

async function factsOf(db: Kysely<Database>, moment: Moment, reach: Scope): Promise<Facts> {
  const { rows } = await sql<{ name: string }>`
    select attname::text as name from pg_attribute
     where attrelid = 'ingestion_vulnerabilities'::regclass and attname in ('raw_data', 'raw_json') and not attisdropped order by 1`.execute(
    db,
  );
  const poams = await fetchPoamColumns(db);
  return [
    ...findingFacts(moment, reach),
    ...recordFacts(moment, reach, { poams, outputColumn: rows[0]?.name ?? 'raw_data' }),
  ];
}

/** Those of the facts that a query names, also by way of others, in their order. */
function namedIn(db: Kysely<Database>, query: string, facts: Facts): Facts {
  const texts = new Map(facts.map(([name, body]) => [name, body.compile(db).sql]));
  const named = new Set<string>();
  const look = (text: string): void => {
    for (const [name, body] of texts)
      if (!named.has(name) && new RegExp(`\\b${name}\\b`).test(text)) {
        named.add(name);
        look(body);
      }
  };
  look(query);
  return facts.filter(([name]) => named.has(name));
}

/**
 * Makes the relations that the queries name, as temporary tables that go with the transaction.
 * @param db of a transaction.
 */
export async function prepareFacts(
  db: Kysely<Database>,
  moment: Moment,
  queries: readonly string[],
): Promise<void> {
  const facts = namedIn(db, queries.join('\n'), await factsOf(db, moment, everywhere));
  for (const [name, body] of facts) {
    await sql`create temp table ${sql.ref(name)} on commit drop as ${body}`.execute(db);
    await sql`analyze ${sql.ref(name)}`.execute(db);
  }
}

/** SQL that puts the relations which a query names before it, for a further one to follow. @param reach only what is in these boundaries. */
export async function factsBefore(
  db: Kysely<Database>,
  query: string,
  { moment, reach }: { readonly moment: Moment; readonly reach: Scope },
): Promise<RawBuilder<unknown>> {
  const facts = namedIn(db, query, await factsOf(db, moment, reach));
  return sql`with ${sql.join([...facts.map(([name, body]) => sql`${sql.ref(name)} as (${body})`), sql``], sql`, `)}`;
}
