/**
 * What is known of a CVE, put together from what the feeds said of it (`cve_reports`):
 * - KEV from the catalogue; from NVD's copy of it only while no catalogue was ever loaded.
 * - CVSS by version, NVD's rating before that of the CVE record. SSVC points from whichever feed assessed last.
 * - An exploit is known where KEV, SSVC or a marked reference says so, and known not to be only where SSVC says `none`.
 * - A rejected CVE keeps its row and loses its ratings.
 * EPSS is not touched here (epss-scores.sql.ts).
 */
import type { Tx } from '../../platform/postgres/index.ts';

/** Columns that are put together, with their SQL in terms of `k` (kev), `n` (nvd), `c` (cve), `s` (ssvc points), `x` (CVSS). */
const columns: Readonly<Record<string, string>> = {
  kev_added: `(kev.entry ->> 'added')::date`,
  kev_due: `(kev.entry ->> 'due')::date`,
  kev_ransomware: `(kev.entry ->> 'ransomware')::boolean`,
  kev_name: `kev.entry ->> 'name'`,
  kev_action: `kev.entry ->> 'action'`,
  kev_withdrawn_on: `(k.withdrawn_at at time zone 'UTC')::date`,
  automatable: `ssvc.points ->> 'automatable'`,
  technical_impact: `ssvc.points ->> 'technical_impact'`,
  exploitation: `ssvc.points ->> 'exploitation'`,
  ssvc_at: `(ssvc.points ->> 'at')::timestamptz`,
  ssvc_source: `ssvc.feed`,
  cvss: `x.cvss`,
  attack_vector: `coalesce(x.cvss #>> '{4.0,attack_vector}', x.cvss #>> '{3.1,attack_vector}', x.cvss #>> '{3.0,attack_vector}', x.cvss #>> '{2.0,attack_vector}')`,
  exploitability_score: `coalesce(x.cvss #>> '{3.1,exploitability}', x.cvss #>> '{3.0,exploitability}', x.cvss #>> '{2.0,exploitability}')::numeric(3,1)`,
  exploit_known: `case when kev.entry is not null or ssvc.points ->> 'exploitation' in ('poc', 'active')
                         or n.facts ? 'exploit' or c.facts ? 'exploit' then true
                       when ssvc.points ->> 'exploitation' = 'none' then false end`,
  patch_available: `case when n.facts ? 'patch' or c.facts ? 'patch' then true end`,
  nvd_status: `n.facts ->> 'status'`,
  is_rejected: `r.is_rejected`,
  description: `coalesce(n.facts ->> 'description', c.facts ->> 'description')`,
  cwes: `coalesce((select array_agg(distinct w order by w) from (
           select jsonb_array_elements_text(n.facts -> 'cwes') union select jsonb_array_elements_text(c.facts -> 'cwes')) u(w)), '{}')`,
  published_at: `coalesce(n.facts ->> 'published', c.facts ->> 'published')::timestamptz`,
  modified_at: `coalesce(n.reported_at, c.reported_at)`,
};
const names = Object.keys(columns);

/** What is kept when it changes: what a due date or a score can hang on. Of the KEV catalogue for every CVE. */
const followed = [
  'kev_added',
  'kev_due',
  'kev_ransomware',
  'exploitation',
  'automatable',
  'technical_impact',
  'cvss',
  'exploit_known',
  'is_rejected',
];

const putTogether = `
  select t.cve, ${names.map((name) => `${columns[name] ?? ''} as ${name}`).join(',\n         ')}
    from touched_cves t
    left join cve_reports k on k.cve = t.cve and k.feed = 'kev'
    left join cve_reports n on n.cve = t.cve and n.feed = 'nvd'
    left join cve_reports c on c.cve = t.cve and c.feed = 'cve'
    left join cve_reports v on v.cve = t.cve and v.feed = 'ssvc'
   cross join lateral (select coalesce((n.facts ->> 'rejected')::boolean, (c.facts ->> 'rejected')::boolean, false) as is_rejected) r
   cross join lateral (
     select case when k.cve is not null then case when k.withdrawn_at is null then k.facts -> 'kev' end
                 when not exists (select from intelligence_loads l where l.feed = 'kev') then n.facts -> 'kev' end as entry) kev
    left join lateral (
     select f.feed, f.points
       from (values ('ssvc', v.facts -> 'ssvc', 1), ('cve', c.facts -> 'ssvc', 2), ('nvd', n.facts -> 'ssvc', 3)) f(feed, points, place)
      where f.points is not null and not r.is_rejected
      order by (f.points ->> 'at')::timestamptz desc nulls last, f.place limit 1) ssvc on true
   cross join lateral (
     select case when r.is_rejected then '{}'
                 else coalesce(c.facts -> 'cvss', '{}') || coalesce(n.facts -> 'cvss', '{}') end as cvss) x`;

export interface Derivation {
  readonly loadId: number;
  readonly now: Date;
  /** Whether changes are kept; not for the first load of a feed, which is all news. */
  readonly keepsChanges: boolean;
}

/** Puts together anew what is known of `touched_cves`. A row that stays as it was is not rewritten. @returns how many changed. */
export async function deriveCves(tx: Tx, { loadId, now, keepsChanges }: Derivation): Promise<number> {
  await tx.client.query('analyze touched_cves');
  const { rows } = await tx.client.query<{ changed: number }>(
    `with known as materialized (${putTogether}
     ), journal as (
       insert into cve_changes (cve, field_name, before_value, after_value, load_id, changed_at)
       select known.cve, f.name, f.before, f.after, $1, $2::timestamptz
         from known
         left join cve_intelligence old on old.cve = known.cve
        cross join lateral (values ${followed.map((name) => `('${name}', to_jsonb(old.${name}), to_jsonb(known.${name}))`).join(', ')})
                as f(name, before, after)
        where $3 and f.before is distinct from f.after and not (f.before is null and f.after in ('false', '{}'))
          and (f.name like 'kev%' or known.cve in (select p.cve from plugin_cves p))
     ), written as (
       insert into cve_intelligence as old (cve, loaded_at, ${names.join(', ')})
       select cve, $2::timestamptz, ${names.join(', ')} from known
       on conflict (cve) do update set loaded_at = excluded.loaded_at, ${names.map((name) => `${name} = excluded.${name}`).join(', ')}
         where (${names.map((name) => `old.${name}`).join(', ')}) is distinct from (${names.map((name) => `excluded.${name}`).join(', ')})
       returning 1
     )
     select count(*)::int as changed from written`,
    [loadId, now, keepsChanges],
  );
  return rows[0]?.changed ?? 0;
}
