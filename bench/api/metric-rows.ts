/** What metrics look at in the world of api-world.ts, beside what it has for lists: intelligence, scans with credentials, deviations, authorizations. */
import { uuidOf } from './draw.ts';

const now = `timestamp '2026-11-25 12:00'`;
const nowZ = `timestamptz '2026-11-25 12:00Z'`;

/** A number from 0 to below `below`, the same each time, of a text. */
const picked = (of: string, salt: number, below: number): string =>
  `(abs(hashtext((${of})::text || '${salt}')::bigint) % ${below})`;

export const metricRows: readonly string[] = [
  `insert into plugin_cves (cve, plugin_id) select distinct unnest(cves), plugin_id from scan_plugins on conflict do nothing`,
  `insert into cve_intelligence (cve, kev_added, kev_due, epss, automatable, technical_impact, loaded_at)
   select cve, case when ${picked('cve', 81, 40)} = 0 then date '2026-06-01' end, case when ${picked('cve', 81, 40)} = 0 then date '2026-07-01' end,
          ${picked('cve', 82, 1000)} / 1000.0, (array['yes','no'])[1 + ${picked('cve', 83, 2)}], (array['total','partial'])[1 + ${picked('cve', 84, 2)}], ${nowZ}
     from (select distinct cve from plugin_cves) each on conflict do nothing`,
  `update ingestion_systems set authorization_date = ${now} - (100 + length(name) * 7) * interval '1 day'`,
  `update asset_sources set record = record || jsonb_build_object('last_authenticated_at', to_char(${now} - (${picked('external_id', 85, 60)}) * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) where external_system_id = 1`,
  `insert into exposures (asset_uuid, exposed, set_at, set_by, set_by_principal)
   select asset_uuid, ${picked('asset_uuid', 86, 3)} = 0, ${nowZ} - interval '30 days', 'bench', 'bench' from ingestion_assets where ${picked('asset_uuid', 87, 4)} = 0`,
  `insert into boundary_due_facts (system_id, class, set_at, set_by, set_by_principal)
   select system_id, (array['A','B','C','D'])[1 + id % 4], ${nowZ}, 'bench', 'bench' from ingestion_systems on conflict do nothing`,
  `insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, expires_on, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
   select (array['false_positive','risk_adjustment','risk_acceptance','operational_requirement','vendor_dependency'])[1 + id % 5], poam_id, system_id::text, 'High', id % 2 = 0,
          (array['approved','approved','requested','rejected'])[1 + id % 4], 'because', date '2027-01-01' + id % 300, 'ISSO', 'bench', ${nowZ} - (${picked('id', 88, 300)} + 20) * interval '1 day',
          case when id % 4 <> 2 then 'AO' end, case when id % 4 <> 2 then ${nowZ} - ${picked('id', 88, 300)} * interval '1 day' end
     from ingestion_poams where id % 10 = 0`,
  `insert into deviation_assets (deviation_id, asset_uuid)
   select d.id, ${uuidOf('asset', '1 + (d.id * 7 + n) % 400')} from deviations d cross join generate_series(1, 3) n where not d.is_whole_poam on conflict do nothing`,
];
