/** What the records behind a number are called, by their kind. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { MetricRecordKind } from '../../../canonical/metrics/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { fetchPoamColumns } from '../../../record/poams/index.ts';

export interface Described {
  /** As the pages of its kind have it: of a finding its key. */
  readonly key: string;
  readonly title: string;
}

type Titles = (poams: Awaited<ReturnType<typeof fetchPoamColumns>>) => RawBuilder<unknown>;

const nameOfAsset = (uuid: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`coalesce(a.hostname, ${uuid}::text)`;
const ofPlugin = sql`left join scan_plugins g on g.plugin_id = v.plugin_id::text`;

/** SQL of a relation (record, key, title) of the records in `asked(record)`. */
const titles: Readonly<Record<Exclude<MetricRecordKind, 'own'>, Titles>> = {
  finding: () => sql`
    select asked.record, coalesce(v.finding_key::text, v.id::text) as key, coalesce(g.name, 'plugin ' || v.plugin_id::text) || ' on ' || ${nameOfAsset(sql`v.asset_ref`)} as title
      from asked join ingestion_vulnerabilities v on v.id = split_part(asked.record, ' ', 1)::int
      left join ingestion_assets a on a.asset_uuid = v.asset_ref ${ofPlugin}`,
  plugin: () =>
    sql`select asked.record, asked.record as key, g.name as title from asked join scan_plugins g on g.plugin_id = asked.record`,
  asset: () => sql`
    select asked.record, asked.record as key, ${nameOfAsset(sql`a.asset_uuid`)} as title
      from asked join ingestion_assets a on a.asset_uuid = asked.record::uuid`,
  poam: (poams) => sql`
    select asked.record, p.poam_id as key, p.poam_id || ': ' || coalesce(split_part(${poams.of('weakness_description')}::text, E'\n', 1), '') as title
      from asked join ingestion_poams p on p.poam_id = asked.record`,
  milestone: () => sql`
    select asked.record, m.poam_id as key, m.poam_id || ': ' || coalesce(split_part(m.milestone_description, E'\n', 1), '') as title
      from asked join ingestion_poam_milestones m on m.id = asked.record::int`,
  deviation: () => sql`
    select asked.record, d.id::text as key, replace(d.kind, '_', ' ') || ' of ' || d.poam_id as title from asked join deviations d on d.id = asked.record::int`,
  weakness: () => sql`
    select asked.record, coalesce(p.poam_id, '') as key, coalesce(w.title, g.name, w.identifier) as title
      from asked join weaknesses w on w.id = asked.record::bigint
      left join ingestion_poams p on p.id = w.poam_id left join scan_plugins g on w.grouping = 'plugin' and g.plugin_id = w.identifier`,
  check: () => sql`
    select asked.record, r.asset_uuid::text as key, r.check_name || ' on ' || ${nameOfAsset(sql`r.asset_uuid`)} as title
      from asked join compliance_results r on r.id = asked.record::bigint left join ingestion_assets a on a.asset_uuid = r.asset_uuid`,
  link: () => sql`
    select asked.record, k.entity_type || ' ' || k.entity_id as key, replace(k.entity_type, '_', ' ') || ' ' || k.entity_id || ', there ' || k.external_id as title
      from asked join sync_links k on k.id = asked.record::bigint`,
};

/** @returns by record; one that is gone meanwhile is not among them. */
export async function describeRecords(
  db: Kysely<Database>,
  kind: MetricRecordKind,
  records: readonly string[],
): Promise<ReadonlyMap<string, Described>> {
  if (kind === 'own' || records.length === 0) return new Map();
  const { rows } = await sql<Described & { record: string }>`
    with asked as (select distinct unnest(${[...records]}::text[]) as record) ${titles[kind](await fetchPoamColumns(db))}`.execute(
    db,
  );
  return new Map(rows.map(({ record, key, title }) => [record, { key, title }]));
}
