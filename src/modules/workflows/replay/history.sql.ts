/** What is known of the past of some records: the changes that a replay takes back, each list in the order of time. */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import { isJsonObject, type Json } from '../../../platform/values/index.ts';
import type { Snapshot } from '../conditions/index.ts';
import { written } from './written.ts';

interface At {
  /** In milliseconds. */
  readonly at: number;
}

export interface History {
  /** By ingestion_vulnerabilities.id. */
  readonly states: ReadonlyMap<number, readonly (At & { readonly state: string })[]>;
  /** By entity and our id: `poam POAM-1`. */
  readonly journal: ReadonlyMap<string, readonly (At & { readonly field: string; readonly before: Json })[]>;
  /** By weakness. */
  readonly obligations: ReadonlyMap<number, readonly (At & { readonly due: string })[]>;
  /** By CVE. */
  readonly feeds: ReadonlyMap<
    string,
    readonly (At & { readonly field: string; readonly before: Json; readonly after: Json })[]
  >;
}

/** What a page of records names: whose past is asked for. */
function namedIn(snapshots: readonly Snapshot[]) {
  const findings = new Set<number>();
  const weaknesses = new Set<number>();
  const cves = new Set<string>();
  const records = new Set<string>();
  const look = (value: Json | undefined, name: string): void => {
    if (Array.isArray(value)) {
      if (name === 'cves') for (const cve of value) cves.add(written(cve));
      for (const each of value) look(each, name);
      return;
    }
    if (!isJsonObject(value)) return;
    const { id, row, weakness } = value;
    if (name === 'findings') findings.add(Number(id));
    if (name === 'finding') findings.add(Number(row));
    if (name === 'weakness') weaknesses.add(Number(id));
    if (typeof weakness === 'number') weaknesses.add(weakness);
    if (name === 'poam' && typeof id === 'string') records.add(`poam ${id}`);
    if (name === 'milestones') records.add(`milestone ${written(id)}`);
    if (name === 'deviation') records.add(`deviation ${written(id)}`);
    for (const [inner, each] of Object.entries(value)) look(each, inner);
  };
  for (const { plain } of snapshots) look(plain, '');
  return { findings: [...findings], weaknesses: [...weaknesses], cves: [...cves], records: [...records] };
}

const grouped = <K, T>(rows: readonly (T & { readonly key: K })[]): Map<K, T[]> =>
  Map.groupBy(rows, ({ key }) => key);

const ms = sql.raw('(extract(epoch from at) * 1000)::float8 as at');

/** Four statements for a page. @param since nothing older is asked for, but of what the present does not say by itself. */
export async function readHistory(
  db: Kysely<Database>,
  snapshots: readonly Snapshot[],
  since: Date,
): Promise<History> {
  const { findings, weaknesses, cves, records } = namedIn(snapshots);
  const states = await sql<{ key: number; at: number; state: string }>`
    select key, state, ${ms} from (select c.vulnerability_id as key, c.state, c.occurred_at at time zone 'UTC' as at from finding_state_changes c
                                    where c.vulnerability_id = any(${findings}::int[])) told order by key, at`.execute(
    db,
  );
  const journal = await sql<{ key: string; at: number; field: string; before: Json }>`
    select key, field, before, ${ms}
      from (select c.entity_type || ' ' || c.entity_id as key, c.field_name as field, c.before_value as before, c.changed_at as at, c.id
              from unnest(${records}::text[]) named(one)
              join sync_changes c on c.entity_type = split_part(named.one, ' ', 1) and c.entity_id = substr(named.one, strpos(named.one, ' ') + 1)
             where c.changed_at > ${since}::timestamptz and c.field_name is not null and c.direction <> 'outbound') told
     order by key, told.at, id`.execute(db);
  const obligations = await sql<{ key: number; at: number; due: string }>`
    select key, due, ${ms} from (select o.weakness_id as key, to_char(o.obliged_by, 'YYYY-MM-DD') as due, o.since as at from poam_obligations o
                                  where o.weakness_id = any(${weaknesses}::int[])) told order by key, told.at`.execute(
    db,
  );
  const feeds = await sql<{ key: string; at: number; field: string; before: Json; after: Json }>`
    select key, field, before, after, ${ms}
      from (select h.cve as key, h.field_name as field, h.before_value as before, h.after_value as after, h.changed_at as at from cve_changes h
             where h.cve = any(${cves}::text[]) and h.field_name like 'kev%') told order by key, told.at`.execute(
    db,
  );
  return {
    states: grouped(states.rows),
    journal: grouped(journal.rows),
    obligations: grouped(obligations.rows),
    feeds: grouped(feeds.rows),
  };
}
