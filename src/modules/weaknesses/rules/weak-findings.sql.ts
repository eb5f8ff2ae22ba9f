/**
 * Which findings make weaknesses under the rules in force, how grave each is by its rule, and to what it belongs: one statement over all
 * boundaries of a GRC system, into a table of the transaction. What reads that table afterwards (the weaknesses with their POA&Ms, the
 * table weakness × finding, what a change of a rule would do) so speaks of the same findings.
 *
 * Parts that no rule in force uses (networks, tags, exclusions, audits, …) are left out of the statement: with the rule that ships it reads
 * the narrow index over open and severe findings only.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { WeaknessKind, WeaknessRule } from '../../../canonical/weakness-rule/index.ts';
import { severities } from '../../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../../platform/postgres/index.ts';
import { standsForPoamFiles } from '../../../ledger/external-systems/index.ts';
import { boundariesOf } from '../../../record/systems/index.ts';
import {
  hasNamedFindings,
  isExcluding,
  isNamedByHand,
  recordKey,
  type RuleInForce,
} from '../../../record/weaknesses/index.ts';
import { checkKey, checkRank, groupKey, rankBySource } from './grouping.sql.ts';
import { isOnNetwork, isTagged } from './asset-conditions.sql.ts';

/** own: systems of this GRC system that take part in sync, with who answers for each. @param boundary that one alone; undefined: all. */
export const ownSystems = (externalSystemId: number, boundary?: string) => sql`
  select l.system_id, l.external_id, coalesce(s.information_system_security_officer, s.system_owner) as poc
    from (select entity_id as system_id, min(external_id) as external_id from sync_links
           where external_system_id = ${externalSystemId} and entity_type = 'system' and retired_at is null and missing_since is null
             and ${boundary === undefined ? sql`true` : sql`entity_id = ${boundary}`}
           group by entity_id) l
    join lateral (select * from ingestion_systems every where every.system_id = l.system_id order by every.id limit 1) s
      on coalesce(s.sync_enabled, true)`;

const rankOf = (severity: string): number => (severities as readonly string[]).indexOf(severity);

/** given: the rules in force as rows; of all boundaries without one of their own that with system_id null. */
const given = (rules: readonly RuleInForce[]): RawBuilder<unknown> => {
  const rows = rules.map(({ id, systemId, rule }) => ({
    rule_id: id,
    system_id: systemId,
    grouping: rule.grouping,
    compliance: rule.compliance,
    check_rank: rankOf(rule.checkSeverity),
    source: rule.severitySource,
    floor: rankOf(rule.floor),
    tags: rule.filters.tags,
    networks: rule.filters.networks,
    ports: rule.filters.ports,
    families: rule.filters.families.map((family) => family.toLowerCase()),
    exploit: rule.filters.exploitAvailable,
    min_age: rule.filters.minAgeDays,
  }));
  return sql`
    select * from jsonb_to_recordset(${storableJson(rows)}::jsonb)
      as g(rule_id int, system_id text, "grouping" text, compliance text, check_rank int, source text, floor int,
           tags text[], networks text[], ports int[], families text[], exploit boolean, min_age int)`;
};

/** in_force: the rule of each system. */
const inForce = sql`
  select own.system_id as boundary, r.*
    from own
   cross join lateral (select * from given g where g.system_id = own.system_id or g.system_id is null
                        order by g.system_id nulls last limit 1) r`;

interface Parts {
  readonly now: Date;
  readonly rules: readonly WeaknessRule[];
  /** Whether a person named any finding by hand. */
  readonly hasNamed?: boolean;
}

/** Filters on the finding `f`, its asset `a` and its plugin `p`, by the rule `r`; only those that some rule has. */
function filtersOf({ rules, now }: Parts): RawBuilder<unknown> {
  const uses = (name: keyof WeaknessRule['filters']): boolean =>
    rules.some(({ filters }) => {
      const value = filters[name];
      return Array.isArray(value) ? value.length > 0 : Boolean(value);
    });
  const conditions = [
    uses('tags') && sql`(cardinality(r.tags) = 0 or ${isTagged(sql`a.asset_uuid`, sql`r.tags`)})`,
    uses('networks') &&
      sql`(cardinality(r.networks) = 0 or ${isOnNetwork(sql`a.asset_uuid`, sql`r.networks`)})`,
    uses('ports') && sql`(cardinality(r.ports) = 0 or f.port = any(r.ports))`,
    uses('families') && sql`(cardinality(r.families) = 0 or lower(p.family) = any(r.families))`,
    uses('exploitAvailable') && sql`(not r.exploit or p.exploit_available is true)`,
    uses('minAgeDays') &&
      sql`(r.min_age = 0 or coalesce(f.first_found, f.created_at) <= ${now}::timestamptz at time zone 'UTC' - r.min_age * interval '1 day')`,
  ].filter((each) => each !== false);
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** The least severity of the scanner that can matter under these rules; its index serves where that is high. */
function leastRank(rules: readonly WeaknessRule[]): number {
  const floors = rules.map((rule) => (rule.severitySource === 'plugin' ? rankOf(rule.floor) : 1));
  return Math.min(...floors, rankOf('Critical'));
}

/** A rule of the scanner's server accepts or dismisses it, and findings were not read since. Of the finding `f` on the asset `a`. */
const isAccepted = (now: Date): RawBuilder<boolean> => sql<boolean>`
  case when f.plugin_id::text in (select plugin_id from acceptances where plugin_id is not null and status = 'active')
       then exists (select from acceptances r
                     where r.plugin_id = f.plugin_id::text and r.kind in ('accepted', 'false_positive') and r.status = 'active'
                       and r.acceptance_id is not null and coalesce(r.expires_at > ${now}::timestamptz, true)
                       and coalesce(r.port = f.port, true) and coalesce(r.protocol = lower(f.protocol), true)
                       and (r.scope = 'all' or r.scope = 'asset ' || a.tenable_asset_uuid))
       else false end`;

/** Whether some rule writes the names of machines into texts. */
const namesMachines = (rules: readonly WeaknessRule[]): boolean =>
  rules.some(({ templates: { description, plan, milestones } }) =>
    [description, plan, ...(milestones ?? []).map(({ text }) => text)].some((text) =>
      text?.includes('{machines}'),
    ),
  );

/** What people call the asset `a`, where a text says it: its names, else an address, else what its scanner calls it. */
const machineName = ({ rules }: Parts): RawBuilder<unknown> =>
  namesMachines(rules)
    ? sql`coalesce(nullif(a.hostname, ''),
                   (select min(n.fqdn) from ingestion_asset_network n where n.asset_uuid = a.asset_uuid and n.fqdn <> ''), nullif(a.netbios_name, ''),
                   (select min(coalesce(n.ipv4_address, n.ipv6_address)::text) from ingestion_asset_network n where n.asset_uuid = a.asset_uuid),
                   a.tenable_asset_uuid, a.asset_uuid::text)`
    : sql`null::text`;

/** Since when the finding `f` is open. */
const openSince = sql`
  case when f.lifecycle_state = 'reopened' then coalesce(f.resurfaced_at, f.last_fixed, f.first_found, f.created_at)
       else coalesce(f.first_found, f.created_at) end`;

/**
 * Of vulnerabilities. @param kind `named`: those that a person wants a POA&M for and that the rule does not name; few, so that they are
 * looked up one by one beside those that it names.
 */
const weakVulnerabilities = (
  externalSystemId: number,
  parts: Parts,
  kind: 'ruled' | 'named',
): RawBuilder<unknown> => sql`
  select graded.* from (
    select f.id as finding_id, null::bigint as result_id, f.external_system_id as server, b.system_id::text as system_id, r.rule_id,
           r."grouping", ${groupKey} as identifier, f.plugin_id::text as plugin_id,
           ${rankBySource(parts.rules)} as severity_rank, r.floor, a.asset_uuid, coalesce(a.tenable_asset_uuid, a.asset_uuid::text) as asset,
           ${machineName(parts)} as machine, coalesce(f.first_found, f.created_at) as first_found, coalesce(f.last_found, f.created_at) as last_seen,
           ${openSince} as since,
           case when f.lifecycle_state = 'reopened' then f.resurfaced_at end as found_again, f.poam_id,
           (f.severity_modification is not distinct from 'accepted' or ${isAccepted(parts.now)}) as is_accepted, f.port, ${kind === 'ruled' ? sql`true` : filtersOf(parts)} as is_filtered
      from ingestion_vulnerabilities f
      join ingestion_assets a on a.asset_uuid = f.asset_ref
      join (${boundariesOf(externalSystemId)}) b on b.asset_uuid = a.asset_uuid
      join in_force r on r.boundary = b.system_id
      join scan_plugins p on p.plugin_id = f.plugin_id::text
     where f.lifecycle_state in ('open', 'reopened') and f.external_system_id is not null
       and a.deleted_at is null and a.terminated_at is null
       and ${
         kind === 'ruled'
           ? sql`f.severity_rank >= ${sql.lit(leastRank(parts.rules))} and ${filtersOf(parts)}`
           : sql`f.id in (select finding_id from weakness_named_findings) and ${isNamedByHand(sql`b.system_id`, openSince)}`
       }) graded
   where ${kind === 'ruled' ? sql`graded.severity_rank >= graded.floor` : sql`not (graded.is_filtered and graded.severity_rank >= greatest(graded.floor, ${sql.lit(leastRank(parts.rules))}))`}`;

/** Of failed checks of audits. Filters by port, family and exploit say nothing of a check. */
const weakChecks = (externalSystemId: number, { rules, now }: Parts): RawBuilder<unknown> => {
  const parts = {
    now,
    rules: rules.map((rule) => ({
      ...rule,
      filters: { ...rule.filters, ports: [], families: [], exploitAvailable: false },
    })),
  };
  return sql`
  select graded.* from (
    select null::int as finding_id, f.id as result_id, f.reported_by[1] as server, b.system_id::text as system_id, r.rule_id,
           'check' as "grouping", ${checkKey} as identifier, f.plugin_id::text as plugin_id,
           ${checkRank} as severity_rank, r.floor, a.asset_uuid, coalesce(a.tenable_asset_uuid, a.asset_uuid::text) as asset,
           ${machineName(parts)} as machine, f.first_found, coalesce(f.last_seen, f.created_at) as last_seen, f.first_found as since, null::timestamp as found_again, null::int as poam_id,
           false as is_accepted, null::int as port, true as is_filtered
      from (select id, asset_uuid, audit_file, check_id, plugin_id, control_references, last_seen, reported_by, created_at at time zone 'UTC' as created_at,
                   coalesce(first_seen, created_at at time zone 'UTC') as first_found
              from compliance_results where status = 'failed' and lifecycle_state is distinct from 'fixed') f
      join ingestion_assets a on a.asset_uuid = f.asset_uuid
      join (${boundariesOf(externalSystemId)}) b on b.asset_uuid = a.asset_uuid
      join in_force r on r.boundary = b.system_id and r.compliance = 'check'
     where a.deleted_at is null and a.terminated_at is null and ${filtersOf(parts)}) graded
   where graded.severity_rank >= graded.floor`;
};

/** excluded: of the findings of `weak` those that an exclusion names, with the one that ends last. */
const excluded = ({ now }: Parts): RawBuilder<unknown> => {
  const names = sql`
    (e.system_id is null or e.system_id = w.system_id)
    and (e.asset_uuid is null or e.asset_uuid = w.asset_uuid)
    and (e.cve is null or exists (select from scan_plugins p where p.plugin_id = w.plugin_id and e.cve = any(p.cves)))
    and (e.network is null or ${isOnNetwork(sql`w.asset_uuid`, sql`array[e.network]`)})
    and (e.tag is null or ${isTagged(sql`w.asset_uuid`, sql`array[e.tag]`)})`;
  return sql`
  select distinct on (named.finding_id, named.result_id, named.system_id) named.finding_id, named.result_id, named.system_id, named.exclusion_id
    from (
      select w.finding_id, w.result_id, w.system_id, e.id as exclusion_id, e.expires_at
        from weak w join weakness_exclusions e on e.plugin_id = w.plugin_id and ${isExcluding(now)} and ${names}
      union all
      select w.finding_id, w.result_id, w.system_id, e.id, e.expires_at
        from weak w join weakness_exclusions e on e.plugin_id is null and ${isExcluding(now)} and ${names}) named
   order by named.finding_id, named.result_id, named.system_id, named.expires_at desc, named.exclusion_id`;
};

const columns = sql.raw(
  'finding_id, result_id, server, system_id, rule_id, "grouping", identifier, plugin_id, severity_rank, asset_uuid, asset, machine, first_found, last_seen, since, found_again, poam_id, is_accepted, port',
);

/**
 * Fills the table `weak_findings` of the transaction with the findings of a GRC system that its rules name.
 * @param asked.now what acceptances and exclusions end by, and what the age of a finding is counted to.
 * @param asked.boundary of that one alone; undefined: of all.
 */
export async function gatherWeakFindings(
  db: Kysely<Database>,
  externalSystemId: number,
  {
    rules,
    now,
    boundary,
  }: { readonly rules: readonly RuleInForce[]; readonly now: Date; readonly boundary?: string },
): Promise<void> {
  await sql`
    create temporary table if not exists weak_findings (
      finding_id integer, result_id bigint, server integer, system_id text not null, rule_id integer not null, "grouping" text not null,
      identifier text not null, plugin_id text, severity_rank integer not null, asset_uuid uuid not null, asset text not null, machine text, first_found timestamp not null,
      last_seen timestamp not null, since timestamp not null, found_again timestamp, poam_id integer, is_accepted boolean not null, port integer,
      exclusion_id integer
    ) on commit delete rows`.execute(db);
  await sql`truncate weak_findings`.execute(db);
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from weakness_exclusions e where ${isExcluding(now)}) as any`.execute(db);
  const hasExclusions = rows[0]?.any === true;
  const parts: Parts = { now, rules: rules.map(({ rule }) => rule), hasNamed: await hasNamedFindings(db) };
  const withChecks = parts.rules.some(({ compliance }) => compliance !== 'none');
  await sql`
    insert into weak_findings (${columns}, exclusion_id)
    with own as materialized (${ownSystems(externalSystemId, boundary)}
    ), given as materialized (${given(rules)}
    ), in_force as materialized (${inForce}
    ), weak as ${sql.raw(hasExclusions ? 'materialized' : '')} (
      ${weakVulnerabilities(externalSystemId, parts, 'ruled')}
      ${parts.hasNamed ? sql`union all ${weakVulnerabilities(externalSystemId, parts, 'named')}` : sql``}
      ${withChecks ? sql`union all ${weakChecks(externalSystemId, parts)}` : sql``}
    )
    ${
      hasExclusions
        ? sql`, excluded as (${excluded(parts)})
              select ${sql.raw('w.*')}, x.exclusion_id from (select ${columns} from weak) w
                left join excluded x on ${recordKey('x')} = ${recordKey('w')} and x.system_id = w.system_id`
        : sql`select ${columns}, null from weak`
    }`.execute(db);
  await sql`analyze weak_findings`.execute(db);
}

/** What was gathered knows where findings point now, after pointers were moved. */
export async function followPointers(db: Kysely<Database>): Promise<void> {
  await sql`
    update weak_findings t set poam_id = f.poam_id from ingestion_vulnerabilities f
     where f.id = t.finding_id and f.poam_id is distinct from t.poam_id`.execute(db);
}

/** A finding that was gathered: its weakness, and whether it is left out of it. */
export interface GatheredFinding {
  readonly grouping: WeaknessKind;
  readonly identifier: string;
  readonly isAccepted: boolean;
  readonly isExcluded: boolean;
}

/** Those of the findings that were gathered for the boundary. */
export async function listGathered(
  db: Kysely<Database>,
  systemId: string,
  findingIds: readonly number[],
): Promise<GatheredFinding[]> {
  const { rows } = await sql<GatheredFinding>`
    select "grouping", identifier, is_accepted as "isAccepted", exclusion_id is not null as "isExcluded"
      from weak_findings where system_id = ${systemId} and finding_id = any(${[...findingIds]}::int[]) order by finding_id`.execute(
    db,
  );
  return rows;
}

/** Systems from which authorization boundaries come (external_systems.id); files of POA&Ms only where no server has their boundary. */
export async function listGrcSystems(db: Kysely<Database>): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct l.external_system_id as id from sync_links l
     where l.entity_type = 'system' and l.retired_at is null
       and (not ${standsForPoamFiles(sql`l.external_system_id`)}
            or not exists (select from sync_links other
                            where other.entity_type = 'system' and other.entity_id = l.entity_id and other.retired_at is null
                              and other.external_system_id <> l.external_system_id))
     order by 1`.execute(db);
  return rows.map(({ id }) => id);
}

export interface Gathered {
  /** That make weaknesses. */
  readonly findings: number;
  readonly weaknesses: number;
  /** By the severity of the weakness. */
  readonly bySeverity: Readonly<Record<string, number>>;
  /** Left out by an exclusion. */
  readonly excluded: number;
  /** That a rule of the scanner's server accepts. */
  readonly accepted: number;
}

/** What was gathered, in numbers. @param systemIds the boundaries that count; null: all. */
export async function countGathered(
  db: Kysely<Database>,
  systemIds: readonly string[] | null,
): Promise<Gathered> {
  const { rows } = await sql<Gathered>`
    with weak as (select * from weak_findings where ${systemIds === null ? sql`true` : sql`system_id = any(${[...systemIds]}::text[])`}),
         grouped as (select count(*)::int as n, max(severity_rank) as rank from weak
                      where exclusion_id is null and not is_accepted group by system_id, "grouping", identifier)
    select coalesce((select sum(n)::int from grouped), 0) as findings, (select count(*)::int from grouped) as weaknesses,
           coalesce((select jsonb_object_agg(severity, n) from (select (${[...severities]}::text[])[rank + 1] as severity, count(*)::int as n from grouped group by 1) by_severity), '{}') as "bySeverity",
           (select count(*)::int from weak where exclusion_id is not null) as excluded,
           (select count(*)::int from weak where exclusion_id is null and is_accepted) as accepted`.execute(
    db,
  );
  const [row] = rows;
  return row ?? { findings: 0, weaknesses: 0, bySeverity: {}, excluded: 0, accepted: 0 };
}
