/**
 * Each filter of the list of findings in SQL. The row is `v` (ingestion_vulnerabilities). What a filter says of the plugin (`p`) or the asset is
 * a set of plugins or assets that the row's is in: they are few beside the findings, so the set is made once. A row whose plugin or asset is
 * not known stays in the list where nothing is asked of that, and where what is asked for is a lack.
 */
import { isUuid } from '../../platform/values/index.ts';
import { type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { identifierKinds, normalizeIdentifier } from '../../canonical/identity/index.ts';
import type { FilterOf, findingList } from '../../canonical/lists/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import {
  every,
  type Filter,
  type FilterTerm,
  flagOf,
  instantOf,
  networksOf,
  numberOf,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import { storableJson } from '../../platform/postgres/index.ts';
import { tagsOfAssets } from '../assets/index.ts';
import { assignedTo } from '../assignments/index.ts';
import { isAcceptedFinding } from '../findings/index.ts';
import { isAssetIn, isUnassigned, membershipsIn } from '../systems/index.ts';
import { dueCondition, poamCondition, type Sight } from './finding-poam.sql.ts';

export type FindingFilterName = FilterOf<typeof findingList>;
export type FindingFilter = Filter<FindingFilterName>;

type Condition = RawBuilder<boolean>;
type ToCondition = (term: FilterTerm) => Condition;

/**
 * A finding of the record: identified, with a state and a severity. A row from before Tieline that has no key yet (its asset, port or severity
 * is not known, or it repeats another row) is none; it becomes one by `db backfill` or its next report. Spelled as the partial indexes are.
 */
export const isShown = sql<boolean>`v.finding_key is not null and v.severity_rank is not null and v.lifecycle_state is not null`;

/** The plugin of a row: a text in one variant of the table, a number in another (decision 0006). */
export const pluginOf = sql`v.plugin_id::text`;

/** SQL of the highest score of the groups `g` that `of` names, in scope. */
export const groupRisk = (scope: Scope, of: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  (select max(g.risk_score) from group_risks g where ${of} and ${inScope(scope, sql`nullif(g.system_id, '')`)})`;

/** Whether a term asks for what is missing, which also a plugin or asset that is not known lacks. */
const asksForLack = (term: FilterTerm): boolean =>
  (term.is === 'presence' && !term.present) ||
  (term.is === 'flag' && !term.value) ||
  ((term.is === 'in' || term.is === 'networks') && term.negated);

function opposite(term: FilterTerm): FilterTerm {
  switch (term.is) {
    case 'presence':
      return { is: 'presence', present: true };
    case 'flag':
      return { is: 'flag', value: true };
    case 'in':
    case 'networks':
      return { ...term, negated: false };
    case 'text':
    case 'numbers':
    case 'instants':
      return term;
  }
}

/**
 * A condition on what belongs to `column`: those of `relation` (an uncorrelated query of one column) or, of what is asked to lack it, all others.
 * `is true` keeps the planner from joining the relation, of whose size it knows nothing: it is made once, and each row is looked up in it.
 */
export const inSet =
  (column: RawBuilder<unknown>, relation: (condition: Condition) => RawBuilder<unknown>) =>
  (of: ToCondition): ToCondition =>
  (term) =>
    asksForLack(term)
      ? sql`(${column} in (${relation(of(opposite(term)))})) is not true`
      : sql`(${column} in (${relation(of(term))})) is true`;

const ofPlugin =
  (condition: ToCondition): Placed =>
  () => ({ of: 'plugin', condition });
const ofAsset =
  (table: RawBuilder<unknown>, condition: ToCondition): Placed =>
  () => ({
    of: 'asset',
    condition: inSet(
      sql`v.asset_ref`,
      (such) => sql`select t.asset_uuid from ${table} where t.asset_uuid is not null and ${such}`,
    )(condition),
  });
const severityRanks: ToCondition = (term) =>
  wordsOf(
    sql`v.severity_rank`,
    sql`smallint`,
  )(
    term.is === 'in'
      ? { ...term, values: term.values.map((word) => String(severities.findIndex((each) => each === word))) }
      : term,
  );

const lowered = (words: readonly string[]): string[] => words.map((word) => word.toLowerCase());
const wordsIn = (term: FilterTerm): readonly string[] => (term.is === 'in' ? term.values : []);

/** Assets by uuid, name, address or whatever else one is known by. */
export const assetsNamedSo: ToCondition = (term) => {
  const names = wordsIn(term);
  const uuids = names.filter((name) => isUuid(name));
  const known = names.flatMap((name) =>
    identifierKinds
      .flatMap((kind) => normalizeIdentifier(kind, name) ?? [])
      .filter(({ kind }) => kind !== 'hostname' || !name.includes('.')),
  );
  return sql`(t.asset_uuid = any(${uuids}::uuid[]) or lower(t.hostname) = any(${lowered(names)}::text[]) or lower(t.netbios_name) = any(${lowered(names)}::text[])
              or t.asset_uuid in (select i.asset_uuid from asset_identifiers i join jsonb_to_recordset(${storableJson(known)}::jsonb) k(kind text, value text)
                                     on k.kind = i.kind and k.value = i.value))`;
};

/** Assets with an address in the networks. */
export const addressedSo: ToCondition = (term) =>
  sql`(${networksOf(sql`t.ipv4_address`, 4)(term)} or ${networksOf(sql`t.ipv6_address`, 6)(term)})`;

/** Tags as `category:value`, or all values of a `category`; compared in any case. */
export const taggedSo: ToCondition = (term) =>
  sql`(lower(t.tag_key) = any(${lowered(wordsIn(term))}::text[]) or lower(t.tag_key || ':' || t.tag_value) = any(${lowered(wordsIn(term))}::text[]))`;

/** Systems of a relation `m(asset_uuid, system_id)` by id or name. */
export const systemsNamedSo: ToCondition = (term) => {
  if (term.is === 'presence') return sql`true`;
  const names = wordsIn(term);
  return sql`m.system_id = any(array(select named.system_id::text from ingestion_systems named where lower(named.name) = any(${lowered(names)}::text[])) || ${[...names]}::text[])`;
};

/** Of an asset, in which systems of the scope it is; `none`: in no system at all. @param asset an expression. */
export const systemCondition =
  (scope: Scope, asset: RawBuilder<unknown>): ToCondition =>
  (term) =>
    term.is === 'presence' && !term.present
      ? isUnassigned(asset)
      : inSet(
          asset,
          (condition) => sql`select m.asset_uuid from (${membershipsIn(scope)}) m where ${condition}`,
        )(systemsNamedSo)(term);

const systemsByName = (term: FilterTerm): RawBuilder<unknown> =>
  sql`select s.id from external_systems s where lower(s.system_name) = any(${lowered(wordsIn(term))}::text[])`;

const solutionCondition: ToCondition = (term) => sql`md5(p.solution) = any(${[...wordsIn(term)]}::text[])`;

const reportedBy: ToCondition = (term) => {
  const among = sql<boolean>`v.reported_by && array(${systemsByName(term)})`;
  return term.is === 'in' && term.negated ? sql`(${among}) is not true` : among;
};

const controlCondition =
  (scope: Scope): ToCondition =>
  (term) => {
    const within = inScope(scope, sql`c.system_id`);
    const owned = sql<boolean>`v.control_id in (select c.id from ingestion_controls c where ${within}
                                  ${term.is === 'in' ? sql`and upper(c.control_id) = any(${term.values.map((word) => word.toUpperCase())}::text[])` : sql``})`;
    return asksForLack(term) ? sql`(${owned}) is not true` : owned;
  };

/** Whole days since it was first found, at this moment. */
const ageCondition =
  ({ now }: Sight): ToCondition =>
  (term) => {
    if (term.is !== 'numbers') return sql`true`;
    const daysAgo = (days: number): RawBuilder<unknown> =>
      sql`(${now.toISOString().slice(0, -1)}::timestamp - ${days} * interval '1 day')`;
    return every([
      ...(term.from === undefined ? [] : [sql<boolean>`v.first_found <= ${daysAgo(term.from)}`]),
      ...(term.to === undefined ? [] : [sql<boolean>`v.first_found > ${daysAgo(term.to + 1)}`]),
    ]);
  };

/** The operation that made or changed the row last: of an import, what it brought, changed and found fixed. */
const changedBy: ToCondition = (term) => {
  const ids = wordsIn(term).filter((word) => isUuid(word));
  const among = sql<boolean>`v.batch_id = any(${ids}::uuid[])`;
  return term.is === 'in' && term.negated ? sql`(${among}) is not true` : among;
};

/** What filters ask of the work on findings, of `r`. */
const ofWork = {
  assigned: assignedTo('r'),
  remediation: (term: FilterTerm) =>
    term.is === 'presence' ? sql<boolean>`true` : wordsOf(sql`r.remediation_status`)(term),
  planned: instantOf(sql`r.due_date`),
} as const satisfies Partial<Record<FindingFilterName, ToCondition>>;

const workFilter = (name: keyof typeof ofWork): Placed =>
  plain(
    inSet(
      sql`v.id`,
      (such) =>
        sql`select r.vulnerability_id from vulnerability_remediation r where r.vulnerability_id is not null and r.updated_at is not null and ${such}`,
    )(ofWork[name]),
  );

/**
 * The findings that are worked on as the filter asks: ids, found by the work and not by the findings, which are a thousand times as many.
 * @returns undefined where the filter asks nothing of it but a lack.
 */
export function workedOnIds(filter: FindingFilter): RawBuilder<unknown> | undefined {
  const asked = (Object.keys(ofWork) as (keyof typeof ofWork)[]).flatMap((name) => {
    // its own keys
    const term = filter[name];
    return term === undefined || asksForLack(term) ? [] : [ofWork[name](term)];
  });
  return asked.length === 0
    ? undefined
    : sql`select r.vulnerability_id as id from vulnerability_remediation r where r.vulnerability_id is not null and r.updated_at is not null and ${every(asked)}`;
}

/** The name is searched where it is stored once: over the plugins. */
const pluginText = sql`concat_ws(' ', p.plugin_id, p.name, array_to_string(p.cves, ' '))`;

const cveCondition: ToCondition = (term) =>
  term.is === 'presence'
    ? sql`p.cves <> '{}'`
    : sql`p.cves && ${wordsIn(term).map((word) => word.toUpperCase())}::text[]`;

/** What a filter is about. A condition on the plugin names `p`, all others `v`. */
type Placed = (sight: Sight) => {
  readonly of: 'plugin' | 'asset' | 'finding';
  readonly condition: ToCondition;
};
const scoped =
  (of: 'asset' | 'finding', condition: (sight: Sight) => ToCondition): Placed =>
  (sight) => ({ of, condition: condition(sight) });
const plain =
  (condition: ToCondition): Placed =>
  () => ({ of: 'finding', condition });

const filters: Readonly<Record<FindingFilterName, Placed>> = {
  severity: plain(severityRanks),
  state: plain(wordsOf(sql`v.lifecycle_state`)),
  system: scoped('asset', ({ scope }) => systemCondition(scope, sql`v.asset_ref`)),
  asset: ofAsset(sql`ingestion_assets t`, assetsNamedSo),
  ip: ofAsset(sql`ingestion_asset_network t`, addressedSo),
  tag: ofAsset(sql`${tagsOfAssets} t`, taggedSo),
  criticality: ofAsset(sql`assets_extended t`, wordsOf(sql`t.business_criticality`)),
  plugin: plain(wordsOf(pluginOf)),
  family: ofPlugin(wordsOf(sql`p.family`)),
  cve: ofPlugin(cveCondition),
  risk: ({ scope }) => ({
    of: 'plugin',
    condition: numberOf(groupRisk(scope, sql`g.plugin_id = p.plugin_id`)),
  }),
  vpr: ofPlugin(numberOf(sql`p.vpr_score`)),
  epss: ofPlugin(numberOf(sql`p.epss_score`)),
  cvss: ofPlugin(numberOf(sql`p.cvss3_base_score`)),
  exploit: ofPlugin(flagOf(sql`p.exploit_available`)),
  solution: ofPlugin(solutionCondition),
  first: plain(instantOf(sql`v.first_found`)),
  age: scoped('finding', ageCondition),
  seen: plain(instantOf(sql`v.last_found`)),
  fixed: plain(instantOf(sql`v.last_fixed`)),
  due: scoped('finding', dueCondition),
  poam: scoped('finding', poamCondition),
  control: scoped('finding', ({ scope }) => controlCondition(scope)),
  assigned: workFilter('assigned'),
  remediation: workFilter('remediation'),
  planned: workFilter('planned'),
  accepted: plain(flagOf(sql.raw(isAcceptedFinding('v')))),
  port: plain(numberOf(sql`v.port`)),
  source: plain(reportedBy),
  operation: plain(changedBy),
  q: ofPlugin(textOf(pluginText)),
};

/** What is asked of the rows, by what it is about. */
export interface Asked {
  /** Of `p`: what the plugin must have. */
  readonly plugin: readonly Condition[];
  /** Of `v.plugin_id`: what it must not have. */
  readonly otherPlugin: readonly Condition[];
  /** Of `v.asset_ref`: whether it is in the scope. */
  readonly scope: readonly Condition[];
  /** Of `v.asset_ref`: what the filter says. */
  readonly asset: readonly Condition[];
  /** Whether both leave only assets that are known. */
  readonly isOfKnownAssets: boolean;
  /** Of `v` alone. */
  readonly finding: readonly Condition[];
}

export function askedOf(sight: Sight, filter: FindingFilter): Asked {
  const { scope } = sight;
  const asked = {
    plugin: [] as Condition[],
    otherPlugin: [] as Condition[],
    scope: scope.kind === 'everywhere' ? [] : [isAssetIn(scope, sql`v.asset_ref`)],
    asset: [] as Condition[],
    finding: [] as Condition[],
  };
  let isOfKnownAssets = scope.kind === 'boundaries' && !scope.unassigned;
  for (const [name, term] of Object.entries(filter) as [FindingFilterName, FilterTerm][]) {
    // its own keys
    const { of, condition } = filters[name](sight);
    // Assets in no system are few, and known.
    if (of === 'asset' && (!asksForLack(term) || (name === 'system' && term.is === 'presence')))
      isOfKnownAssets = true;
    if (of !== 'plugin') asked[of].push(condition(term));
    else if (asksForLack(term)) asked.otherPlugin.push(pluginSet(condition)(term));
    else asked.plugin.push(condition(term));
  }
  return { ...asked, isOfKnownAssets };
}

const pluginSet = inSet(
  pluginOf,
  (condition) => sql`select p.plugin_id::text from scan_plugins p where ${condition}`,
);
