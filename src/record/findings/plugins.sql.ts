/**
 * What is known of plugins, once each: put together field by field from all that reports say. Of a field the report with the later
 * modification date stands, if it fills the field; one without a date never replaces a dated one. Of one date the source that was
 * added first, so that two do not take turns, and of its reports the later. CVEs and references are united among reports of one
 * date, for a file may list them row by row. So the order of reports does not matter where dates decide.
 */
import type { PluginRecord } from '../../canonical/record-fields/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { copyInto, storableJson, type Tx } from '../../platform/postgres/index.ts';
import type { FindingColumns } from './finding-columns.sql.ts';

const singles = [
  'name',
  'family',
  'synopsis',
  'description',
  'solution',
  'risk_factor',
  'cvss_vector',
  'cvss3_vector',
  'cvss_base_score',
  'cvss3_base_score',
  'vpr_score',
  'epss_score',
  'exploit_available',
  'has_patch',
  'published_at',
  'modified_at',
  'patch_published_at',
];
const lists = ['cves', 'cross_references', 'see_also'];
const columns = [...singles, ...lists];

/** SQL of the fields of a record with their types. */
const fieldTypes = `
  name text, family text, synopsis text, description text, solution text, risk_factor text, cvss_vector text, cvss3_vector text,
  cvss_base_score numeric(4,2), cvss3_base_score numeric(4,2), vpr_score numeric(4,2), epss_score numeric(7,6),
  exploit_available boolean, has_patch boolean, published_at timestamptz, modified_at timestamptz, patch_published_at timestamptz,
  cves text[], cross_references text[], see_also text[]`;

export interface StagedPlugin {
  readonly record: PluginRecord;
  readonly raw: JsonObject;
}

/** SQL that orders reports, the one that counts first. */
const standing = 'modified desc nulls last, system nulls last, observed desc nulls last';

/**
 * SQL (of system $1, and of the plugins $2, or all that are staged) of what plugins are now, in `drawn`, beside what is stored. A
 * report that is word for word the latest one is left out at once, unless others of the same delivery say otherwise: which of them
 * stands is drawn among all of them, each time the same.
 */
const drawnSql = `
  told as (
    select s.plugin_id, s.ordinal, s.record, s.raw, (s.record ->> 'modified_at')::timestamptz as modified, $1::int as system,
           (s.record ->> 'observed_at')::timestamptz as observed, count(*) over (partition by s.plugin_id) as reports
      from staging_plugins s where $2::text[] is null or s.plugin_id = any($2)
  ), news as materialized (
    select told.* from told left join scan_plugins p using (plugin_id)
     where p.plugin_id is null or told.reports > 1 or p.raw_json is distinct from told.raw
        or (coalesce(told.modified, '-infinity'), -told.system, coalesce(told.observed, '-infinity'))
           > (coalesce(p.modified_at, '-infinity'), -coalesce(p.external_system_id, told.system), coalesce(p.observed_at, '-infinity'))
  ), stored as materialized (
    -- A plugin that was only just entered says nothing yet.
    select p.* from scan_plugins p where p.plugin_id in (select plugin_id from news) and p.raw_json <> '{}'
  ), heads as (
    select distinct on (plugin_id) plugin_id, modified, system, observed
      from (select plugin_id, modified, system, observed from news
            union all select plugin_id, modified_at, external_system_id, observed_at from stored) reports
     order by plugin_id, ${standing}
  ), filled as materialized (
    select * from (
      select n.plugin_id, f.key, f.value, n.modified, n.system, n.observed, 1 as told, n.ordinal
        from news n cross join lateral jsonb_each(n.record) f
       where f.key in (${columns.map((column) => `'${column}'`).join(', ')})
      union all
      select p.plugin_id, f.key, f.value,
             case when p.field_reports ? f.key then (p.field_reports -> f.key ->> 0)::timestamptz else p.modified_at end,
             case when p.field_reports ? f.key then (p.field_reports -> f.key ->> 1)::int else p.external_system_id end,
             case when p.field_reports ? f.key then (p.field_reports -> f.key ->> 2)::timestamptz else p.observed_at end, 0, 0
        from stored p
       cross join lateral jsonb_each(jsonb_build_object(${columns.map((column) => `'${column}', p.${column}`).join(', ')})) f
    ) every where value not in ('null', '""', '[]')
  ), single as (
    select distinct on (plugin_id, key) plugin_id, key, value, modified, system, observed
      from filled where key not in (${lists.map((column) => `'${column}'`).join(', ')})
     order by plugin_id, key, ${standing}, told desc, ordinal desc
  ), listed as (
    select plugin_id, key, jsonb_agg(item order by place) as value, modified, null::int as system, null::timestamptz as observed
      from (
        select f.plugin_id, f.key, f.modified, e.item, min(array[f.told, f.ordinal, e.place]) as place
          from filled f
          join (select plugin_id, key, max(coalesce(modified, '-infinity')) as latest from filled group by plugin_id, key) l
            on l.plugin_id = f.plugin_id and l.key = f.key and l.latest = coalesce(f.modified, '-infinity')
         cross join lateral jsonb_array_elements_text(f.value) with ordinality e(item, place)
         where f.key in (${lists.map((column) => `'${column}'`).join(', ')})
         group by f.plugin_id, f.key, f.modified, e.item
      ) items group by plugin_id, key, modified
  ), raws as (
    select plugin_id, jsonb_object_agg(key, value) as raw
      from (
        select distinct on (plugin_id, key) plugin_id, key, value
          from (
            select n.plugin_id, f.key, f.value, n.modified, n.system, n.observed, 1 as told, n.ordinal
              from news n cross join lateral jsonb_each(n.raw) f
            union all
            select p.plugin_id, f.key, f.value, p.modified_at, p.external_system_id, p.observed_at, 0, 0
              from stored p cross join lateral jsonb_each(p.raw_json) f
          ) keys
         order by plugin_id, key, value in ('null', '""', '[]'), ${standing}, told desc, ordinal desc
      ) latest group by plugin_id
  ), drawn as (
    select h.plugin_id, h.system, h.observed, raws.raw, v.reports, now.*
      from heads h
      join raws using (plugin_id)
      join (
        select plugin_id, jsonb_object_agg(key, value) as record,
               coalesce(jsonb_object_agg(key, jsonb_build_array(modified, system, observed)) filter (where is_other), '{}') as reports
          from (
            select single.*, (single.modified, single.system, single.observed) is distinct from (h.modified, h.system, h.observed) as is_other
              from single join heads h using (plugin_id)
            union all
            select listed.*, listed.modified is distinct from h.modified from listed join heads h using (plugin_id)
          ) fields group by plugin_id
      ) v using (plugin_id)
     cross join lateral jsonb_to_record(v.record) now(${fieldTypes})
  ), differing as (
    select d.* from drawn d join scan_plugins p using (plugin_id)
     where (p.raw_json, p.field_reports, p.observed_at, p.external_system_id, ${columns.map((column) => `p.${column}`).join(', ')})
           is distinct from (d.raw, d.reports, d.observed, d.system, ${columns.map((column) => valueOf(column)).join(', ')})
  )`;

/** SQL of a column in `d`: what no report fills is empty. */
function valueOf(column: string): string {
  if (column === 'name') return "coalesce(d.name, '')";
  return lists.includes(column) ? `coalesce(d.${column}, '{}')` : `d.${column}`;
}

/**
 * Stores plugins, once each. A plugin whose text, score or CVEs changed also renews the columns that the findings of
 * it repeat for their present readers; a new VPR or EPSS score alone touches no finding.
 */
export async function mergePlugins(
  tx: Tx,
  systemId: number,
  plugins: Iterable<StagedPlugin>,
  findings: FindingColumns,
): Promise<void> {
  const staged = await stage(tx, plugins);
  if (staged === 0) return;
  // How many rows the parts of the statement have is not known to the planner, which takes them for few.
  const isMany = staged > 200;
  if (isMany) await tx.client.query('set local enable_nestloop = off');
  const entered = await enterNew(tx, systemId);
  await noteSameAgain(tx, systemId);
  const ids = [...entered.toFill, ...(await lockDiffering(tx, systemId, entered.all))];
  const rows = ids.length === 0 ? [] : await writeDiffering(tx, systemId, ids);
  if (isMany) await tx.client.query('set local enable_nestloop to default');
  const isNew = new Set(entered.all);
  const renewed = rows.map((row) => row.plugin_id).filter((id) => !isNew.has(id));
  if (renewed.length > 0) await renewFindingsOf(tx, renewed, findings);
}

/**
 * Enters plugins that are not known yet: whole, where there is one report of them; else only the row, to be filled from all of them. Two
 * that store the same new plugin at once: one of them enters it, and the other puts together what both say.
 */
async function enterNew(
  tx: Tx,
  systemId: number,
): Promise<{ readonly all: readonly string[]; readonly toFill: readonly string[] }> {
  const { rows } = await tx.client.query<{ plugin_id: string; filled: boolean }>(
    `insert into scan_plugins (plugin_id, external_system_id, observed_at, raw_json, ${columns.join(', ')})
     select s.plugin_id, case when s.reports = 1 then $1::int end,
            case when s.reports = 1 then (s.record ->> 'observed_at')::timestamptz end,
            case when s.reports = 1 then s.raw else '{}' end, ${columns.map((column) => valueOf(column)).join(', ')}
       from (select plugin_id, ordinal, record, raw, count(*) over (partition by plugin_id) as reports,
                    row_number() over (partition by plugin_id order by ordinal) as place from staging_plugins) s
      cross join lateral (
        select coalesce(jsonb_object_agg(f.key, f.value), '{}') as said
          from jsonb_each(s.record) f where s.reports = 1 and f.value not in ('null', '""', '[]')) f
      cross join lateral jsonb_to_record(f.said) d(${fieldTypes})
      where s.place = 1 and not exists (select from scan_plugins p where p.plugin_id = s.plugin_id)
      order by s.plugin_id
     on conflict (plugin_id) do nothing returning plugin_id, raw_json <> '{}' as filled`,
    [systemId],
  );
  const idOf = (row: { readonly plugin_id: string }): string => row.plugin_id;
  return { all: rows.map(idOf), toFill: rows.filter((row) => !row.filled).map(idOf) };
}

/** A report that is word for word the latest one, reported later, says only that it still holds. */
async function noteSameAgain(tx: Tx, systemId: number): Promise<void> {
  await tx.client.query(
    `update scan_plugins p set observed_at = (s.record ->> 'observed_at')::timestamptz
       from staging_plugins s
      where s.plugin_id = p.plugin_id and p.external_system_id = $1
        and (s.record ->> 'modified_at')::timestamptz is not distinct from p.modified_at
        and (s.record ->> 'observed_at')::timestamptz > coalesce(p.observed_at, '-infinity')
        and s.raw = p.raw_json`,
    [systemId],
  );
}

/**
 * Plugins, but those just entered, with something that changes. They are locked by a statement of its own: the next one sees what others
 * have stored until then.
 */
async function lockDiffering(tx: Tx, systemId: number, entered: readonly string[]): Promise<string[]> {
  const { rows: known } = await tx.client.query<{ plugin_id: string }>(
    'select distinct plugin_id from staging_plugins where plugin_id <> all ($1)',
    [entered],
  );
  if (known.length === 0) return [];
  const { rows } = await tx.client.query<{ plugin_id: string }>(
    `with ${drawnSql} select plugin_id from differing`,
    [systemId, known.map((row) => row.plugin_id)],
  );
  const ids = rows.map((row) => row.plugin_id);
  if (ids.length === 0) return [];
  await tx.client.query(
    `select count(*) from (
       select from scan_plugins where plugin_id = any($1) order by plugin_id for no key update) locked`,
    [ids],
  );
  return ids;
}

/** @returns those with a change in what findings repeat. */
async function writeDiffering(
  tx: Tx,
  systemId: number,
  ids: readonly string[],
): Promise<{ plugin_id: string }[]> {
  const { rows } = await tx.client.query<{ plugin_id: string }>(
    `with ${drawnSql}, written as (
       update scan_plugins p
          set raw_json = d.raw, field_reports = d.reports, observed_at = d.observed, external_system_id = d.system, updated_at = tieline_now(),
              ${columns.map((column) => `${column} = ${valueOf(column)}`).join(', ')}
         from differing d where d.plugin_id = p.plugin_id
       returning p.*
     )
     select written.plugin_id
       from written join scan_plugins before using (plugin_id)
      where (written.name, written.description, written.solution, written.cves, written.cross_references, written.see_also,
             coalesce(written.cvss3_base_score, written.cvss_base_score))
            is distinct from
            (before.name, before.description, before.solution, before.cves, before.cross_references, before.see_also,
             coalesce(before.cvss3_base_score, before.cvss_base_score))`,
    [systemId, ids],
  );
  return rows;
}

/** @returns how many were staged. */
async function stage(tx: Tx, plugins: Iterable<StagedPlugin>): Promise<number> {
  await tx.client.query(`
    create temp table if not exists staging_plugins (
      ordinal integer not null, plugin_id text not null, record jsonb not null, raw jsonb not null
    ) on commit delete rows`);
  await tx.client.query('truncate staging_plugins');
  const copy = copyInto(tx.client, 'staging_plugins (ordinal, plugin_id, record, raw)');
  let staged = 0;
  try {
    for (const { record, raw } of plugins) {
      staged += 1;
      await copy.write([staged, record.plugin_id, storableJson(record), storableJson(raw)]);
    }
    await copy.end();
  } catch (error) {
    await copy.abort(error as Error);
    throw error;
  }
  if (staged > 0) await tx.client.query('analyze staging_plugins');
  return staged;
}
/** Renews findings that a source has shown; rows from before Tieline that none has shown stay as they are. */
async function renewFindingsOf(
  tx: Tx,
  pluginIds: readonly string[],
  findings: FindingColumns,
): Promise<void> {
  const assignments = findings.repeated.map(([column, value]) => `${column} = ${value}`);
  const ofPlugin = `finding.plugin_id = ${findings.pluginId('p.plugin_id')} and finding.external_system_id is not null`;
  await tx.client.query(
    `update ingestion_vulnerabilities finding
        set ${assignments.join(', ')}, updated_at = tieline_now()
       from scan_plugins p
      where p.plugin_id = any($1) and ${ofPlugin}`,
    [pluginIds],
  );
  // CVEs that another application noted are not ours to take away.
  await tx.client.query(
    `delete from ingestion_vulnerability_cves cve
      using ingestion_vulnerabilities finding, scan_plugins p, ingestion_batches batch
      where p.plugin_id = any($1) and ${ofPlugin} and batch.batch_id = cve.batch_id and batch.operation_type is not null
        and cve.vulnerability_id = finding.id and cve.cve_id <> all (p.cves)`,
    [pluginIds],
  );
  await tx.client.query(
    `insert into ingestion_vulnerability_cves (vulnerability_id, cve_id, batch_id)
     select finding.id, cve.id, finding.batch_id
       from scan_plugins p
       join ingestion_vulnerabilities finding on ${ofPlugin}
      cross join lateral unnest(p.cves) cve(id)
      where p.plugin_id = any($1) and length(cve.id) <= 20
        and not exists (select from ingestion_vulnerability_cves known
                         where known.vulnerability_id = finding.id and known.cve_id = cve.id)`,
    [pluginIds],
  );
}
