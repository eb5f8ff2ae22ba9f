/** Parts of SQL that several metrics share. */

/** Every finding of a relation, as records. @param more what differs: `amount`, `counted`, `base`, `band`, as SQL over `f`. */
export function findings(
  from: string,
  more: { amount?: string; counted?: string; base?: string; band?: string } = {},
): string {
  return `select f.id::text as record, f.system_id, f.main, f.severity, ${more.band ?? 'null::text'} as band,
       ${more.counted ?? 'true'} as counted, ${more.base ?? 'true'} as base, ${more.amount ?? 'null::numeric'} as amount
  from ${from}`;
}

/**
 * Unique weaknesses: each plugin that has an open finding, once in every boundary and once for the organization. Its severity is the worst of its
 * findings. @param where which findings count, over `f`.
 */
export const uniqueWeaknesses = (where: string): string => `select g.plugin_id as record, g.system_id,
       row_number() over (partition by g.plugin_id order by g.system_id) = 1 as main,
       ('{Info,Low,Medium,High,Critical}'::text[])[max(g.rank) over (partition by g.plugin_id) + 1] as severity,
       null::text as band, true as counted, true as base, null::numeric as amount
  from (select f.plugin_id, f.system_id, max(f.rank) as rank from metric_open f where ${where} group by 1, 2) g`;

/** Days between two times. */
export const days = (from: string, to: string): string => `extract(epoch from ${to} - ${from}) / 86400`;

/** POA&Ms, as records. */
export function poams(
  where: string,
  more: { amount?: string; counted?: string; band?: string } = {},
): string {
  return `select p.poam_id as record, p.system_id, true as main, p.severity, ${more.band ?? 'null::text'} as band,
       ${more.counted ?? 'true'} as counted, true as base, ${more.amount ?? 'null::numeric'} as amount
  from metric_poam p where ${where}`;
}

/** Deviations, as records. @param more `amount` and `counted` as SQL over `d`. */
export function deviations(where: string, more: { amount?: string; counted?: string } = {}): string {
  return `select d.id::text as record, d.system_id::text as system_id, true as main, null::text as severity, d.kind as band,
       ${more.counted ?? 'true'} as counted, true as base, ${more.amount ?? 'null::numeric'} as amount
  from deviations d where ${where}`;
}

/** Machines, as records. @param more as SQL over `a`. */
export function assets(where: string, more: { amount?: string; counted?: string } = {}): string {
  return `select a.asset_uuid::text as record, a.system_id, a.main, null::text as severity, null::text as band,
       ${more.counted ?? 'true'} as counted, true as base, ${more.amount ?? 'null::numeric'} as amount
  from metric_asset a where ${where}`;
}
