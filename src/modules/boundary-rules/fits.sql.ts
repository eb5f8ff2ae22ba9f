/** Which rules fit which assets: one statement over all rules of a GRC system's boundaries and all assets. */
import { sql, type Kysely } from 'kysely';
import type { AssetRole, ConditionKind, RuleEvidence } from '../../canonical/boundary-rules/index.ts';
import { addressOf } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { livingAssets, tagsOfAssets } from '../../record/assets/index.ts';
import { isRuledBy } from '../../record/systems/index.ts';

export interface Fit {
  readonly assetUuid: string;
  readonly ruleId: number;
  readonly systemId: string;
  readonly priority: number;
  readonly role: AssetRole;
  readonly evidence: readonly RuleEvidence[];
}

/**
 * Addresses in networks: each address is cut to the few lengths that networks have, and looked up; comparing every address with every
 * network takes their product.
 */
const inNetworks = sql`
  select t.id, t.place, t.kind, t.value, i.asset_uuid, i.value as found
    from (select distinct masklen(net) as length, family(net) as family from network) m
    join address i on family(i.address) = m.family
    join network t on t.net = case when family(i.address) = m.family then network(set_masklen(i.address, m.length)) end`;

/** * and ? as LIKE has them; what LIKE takes for signs stands for itself. */
const asLike = sql`translate(replace(replace(replace(lower(t.value), '\\', '\\\\'), '%', '\\%'), '_', '\\_'), '*?', '%_')`;

/** By kind: rows of a term that fits, and what of the asset it fits. The compiler asks for each kind. */
const arms: Readonly<Record<ConditionKind, ReturnType<typeof sql>>> = {
  network: inNetworks,
  tag: sql`select t.id, t.place, t.kind, t.value, g.asset_uuid, g.found from term t join tagged g on g.form = lower(t.value) where t.kind = 'tag'`,
  repository: sql`select t.id, t.place, t.kind, t.value, p.asset_uuid, p.found from term t join kept p on p.form = lower(t.value) where t.kind = 'repository'`,
  name: sql`select t.id, t.place, t.kind, t.value, n.asset_uuid, n.name from term t join named n on n.name like ${asLike} where t.kind = 'name'`,
  asset: sql`
    select t.id, t.place, t.kind, t.value, n.asset_uuid, n.name from term t join named n on n.name = lower(t.value) where t.kind = 'asset'
    union all
    select t.id, t.place, t.kind, t.value, l.asset_uuid, l.asset_uuid::text from term t join living l on l.asset_uuid::text = lower(t.value) where t.kind = 'asset'`,
  compliance_scope: sql`
    select t.id, t.place, t.kind, t.value, x.asset_uuid, s.word from term t
      join (assets_extended x cross join lateral unnest(x.compliance_scope) s(word)) on lower(s.word) = lower(t.value) where t.kind = 'compliance_scope'`,
  data_classification: sql`
    select t.id, t.place, t.kind, t.value, x.asset_uuid, x.data_classification from term t
      join assets_extended x on lower(x.data_classification) = lower(t.value) where t.kind = 'data_classification'`,
  cost_center: sql`
    select t.id, t.place, t.kind, t.value, x.asset_uuid, x.cost_center from term t
      join assets_extended x on lower(x.cost_center) = lower(t.value) where t.kind = 'cost_center'`,
};

/** What assets are known by, and carry, as the arms read it. */
const known = sql`
  living as (${livingAssets}),
  address as (select i.asset_uuid, i.value, ${addressOf(sql`i.value`)} as address from asset_identifiers i where i.kind = 'ip'),
  named as (
    select i.asset_uuid, i.value as name from asset_identifiers i where i.kind in ('hostname', 'fqdn', 'netbios')
    union select a.asset_uuid, lower(a.hostname) from ingestion_assets a where a.hostname is not null
  ),
  tagged as (
    select g.asset_uuid, g.tag_key || ':' || g.tag_value as found, lower(f.form) as form
      from ${tagsOfAssets} g cross join lateral (values (g.tag_key || ':' || g.tag_value), (g.tag_key)) f(form)
  ),
  kept as (
    select x.asset_uuid, s.system_name || '/' || w.word as found, lower(f.form) as form
      from asset_sources x join external_systems s on s.id = x.external_system_id
     cross join lateral (values (x.raw_json #>> '{repository,id}'), (x.raw_json #>> '{repository,name}'),
                                (case when jsonb_typeof(x.raw_json -> 'repository') in ('string', 'number') then x.raw_json ->> 'repository' end)) w(word)
     cross join lateral (values (w.word), (s.system_name || '/' || w.word)) f(form)
     where w.word is not null
  )`;

/** Every pair of a living asset and a rule in force, of a boundary of this GRC system, all of whose conditions fit it; with what fits. */
export async function listFits(db: Kysely<Database>, externalSystemId: number): Promise<Fit[]> {
  const { rows } = await sql<Fit>`
    with rule as (
      select r.* from boundary_rules r where r.ended_at is null and ${isRuledBy(externalSystemId, sql`r.system_id`)}
    ), term as materialized (
      select rule.id, c.place, c.condition ->> 'kind' as kind, v.value
        from rule
       cross join lateral jsonb_array_elements(rule.conditions) with ordinality c(condition, place)
       cross join lateral jsonb_array_elements_text(c.condition -> 'values') v(value)
    ), network as materialized (
      select t.*, network(t.value::inet) as net from term t where t.kind = 'network'
    ), ${known}, fit as (
      ${sql.join(Object.values(arms), sql` union all `)}
    )
    select fit.asset_uuid::text as "assetUuid", rule.id as "ruleId", rule.system_id as "systemId", rule.priority, rule.asset_role as role,
           jsonb_agg(distinct jsonb_build_object('kind', fit.kind, 'value', fit.value, 'found', fit.found)) as evidence
      from fit join rule on rule.id = fit.id join living on living.asset_uuid = fit.asset_uuid
     group by fit.asset_uuid, rule.id, rule.system_id, rule.priority, rule.asset_role, rule.conditions
    having count(distinct fit.place) = jsonb_array_length(rule.conditions)
     order by fit.asset_uuid, rule.priority, rule.id`.execute(db);
  return rows;
}
