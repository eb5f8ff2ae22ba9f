/** The bulk load of compliance results: staging, then one set-based merge, like findings. Files and servers, in any order. */
import type { z } from 'zod';
import { deriveUuid } from '../../platform/values/index.ts';
import type { complianceRecord } from '../../canonical/record-fields/index.ts';
import { copyInto, type Tx } from '../../platform/postgres/index.ts';
import type { Counts } from '../../ledger/operations/index.ts';

export type ComplianceRecord = z.infer<typeof complianceRecord>;

const said = [
  'check_name',
  'status',
  'lifecycle_state',
  'plugin_id',
  'check_info',
  'actual_value',
  'expected_value',
  'solution',
  'see_also',
  'benchmark',
  'profile',
] as const;

export interface ComplianceLoad {
  add(result: ComplianceRecord): Promise<void>;
  finish(): Promise<Pick<Counts, 'created' | 'updated' | 'unchanged'>>;
  abort(cause: Error): Promise<void>;
}

/** Begins a load in the caller's transaction, whose connection it keeps busy until `finish` or `abort`. */
export async function beginComplianceLoad(
  tx: Tx,
  source: { readonly systemId: number; readonly operationId: string },
): Promise<ComplianceLoad> {
  await tx.client.query(`
    create temp table if not exists staging_compliance (
      ordinal integer not null, result_key uuid not null, asset_uuid uuid not null, audit_file text not null, check_id text not null,
      ${said.map((column) => `${column} text`).join(', ')}, control_references text[] not null,
      first_seen timestamp, last_seen timestamp, last_fixed timestamp
    ) on commit delete rows`);
  await tx.client.query('truncate staging_compliance');
  const copy = copyInto(
    tx.client,
    `staging_compliance (ordinal, result_key, asset_uuid, audit_file, check_id, ${said.join(', ')}, control_references, first_seen, last_seen, last_fixed)`,
  );
  let added = 0;
  return {
    async add(result) {
      added += 1;
      await copy.write([
        added,
        deriveUuid('compliance', result.asset_uuid.toLowerCase(), result.audit_file, result.check_id),
        result.asset_uuid,
        result.audit_file,
        result.check_id,
        ...said.map((column) => result[column]),
        textArray(result.control_references ?? []),
        result.first_seen,
        result.last_seen,
        result.last_fixed,
      ]);
    },
    async finish() {
      await copy.end();
      const { rows } = await tx.client.query<{ created: number; updated: number }>(mergeSql, [
        source.operationId,
        source.systemId,
      ]);
      const { created, updated } = rows[0] ?? { created: 0, updated: 0 };
      return { created, updated, unchanged: added - created - updated };
    },
    abort: (cause) => copy.abort(cause),
  };
}

/** As PostgreSQL reads an array of texts. */
const textArray = (texts: readonly string[]): string =>
  `{${texts.map((each) => `"${each.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

/** SQL of how bad a status is, the worst least. */
const badness = (status: string): string =>
  `array_position('{failed,error,warning,unknown,skipped,passed}', ${status}::text)`;
/**
 * Checks without an id are distinguished by their name, by `checkIdOf` of connectors/kit: an audit may make one of them at several places,
 * and one that failed is not hidden by one that passed.
 */
const byName = (row: string): string =>
  `${row}.check_id = left(encode(sha256(convert_to(${row}.check_name, 'UTF8')), 'hex'), 40)`;
/** What was seen later counts; within one file or one moment the worse result of a name; for times the earliest and the latest. */
const newer = `case when ${byName('excluded')} and (excluded.operation_id = known.operation_id or excluded.last_seen = known.last_seen)
                    then ${badness('excluded.status')} <= ${badness('known.status')}
                    else coalesce(excluded.last_seen >= known.last_seen, true) end`;
const columns = [...said, 'control_references'];
const mergeSql = `
  with latest as (
    select distinct on (result_key) * from staging_compliance s
     order by result_key, last_seen desc nulls last, case when ${byName('s')} then ${badness('s.status')} end, ordinal desc
  ), spans as (
    select result_key, min(first_seen) as first_seen, max(last_seen) as last_seen, max(last_fixed) as last_fixed
      from staging_compliance group by result_key
  ), merged as (
    insert into compliance_results as known (result_key, asset_uuid, audit_file, check_id, ${columns.join(', ')}, first_seen, last_seen, last_fixed, reported_by, operation_id)
    select l.result_key, l.asset_uuid, l.audit_file, l.check_id, ${columns.map((column) => `l.${column}`).join(', ')}, s.first_seen, s.last_seen, s.last_fixed, array[$2::int], $1::uuid
      from latest l join spans s using (result_key)
    on conflict (result_key) do update
      set ${columns.map((column) => `${column} = case when ${newer} then excluded.${column} else known.${column} end`).join(', ')},
          first_seen = least(known.first_seen, excluded.first_seen), last_seen = greatest(known.last_seen, excluded.last_seen),
          last_fixed = greatest(known.last_fixed, excluded.last_fixed),
          reported_by = case when $2 = any (known.reported_by) then known.reported_by
                             else (select array_agg(distinct system order by system) from unnest(known.reported_by || $2::int) system) end,
          operation_id = excluded.operation_id, updated_at = tieline_now()
      where (${columns.map((column) => `known.${column}`).join(', ')}, known.first_seen, known.last_seen, known.last_fixed, $2 = any (known.reported_by))
            is distinct from
            (${columns.map((column) => `case when ${newer} then excluded.${column} else known.${column} end`).join(', ')},
             least(known.first_seen, excluded.first_seen), greatest(known.last_seen, excluded.last_seen),
             greatest(known.last_fixed, excluded.last_fixed), true)
    returning (xmax = 0) as is_new
  )
  select count(*) filter (where is_new)::int as created, count(*) filter (where not is_new)::int as updated from merged`;
