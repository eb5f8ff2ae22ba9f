/**
 * What Tieline knows of the existing application's tables beyond their declaration in 0001: the names that older
 * variants give to columns, and what Tieline cannot do without (decision 0006).
 */

/**
 * Current name → the name that an older variant has in its place. Where a table has the older one only, Tieline reads
 * and writes that; where it has both, the current one.
 */
export const olderNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ingestion_vulnerabilities: {
    vulnerability_name: 'plugin_name',
    cvss_score: 'cvss3_base_score',
    raw_data: 'raw_json',
  },
  ingestion_poams: {
    source_of_discovery: 'source',
    resources_required: 'resources',
    weakness_risk_level: 'weakness_severity',
    residual_risk_level: 'residual_risk',
  },
};

/** Columns that an older variant declares with another type, and that Tieline copes with as they are. */
export const olderTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ingestion_vulnerabilities: { plugin_id: 'integer', severity: 'integer', asset_uuid: 'uuid' },
};

/** Tables in which a column of ours whose name is taken by one of another type goes beside it, under `besideName`. */
export const besideTables: ReadonlySet<string> = new Set(['ingestion_poams']);
export const besideName = (column: string): string => `tieline_${column}`;

/** Column sets that must be unique, because Tieline's statements count on it. */
export const neededUniques: Readonly<Record<string, readonly string[]>> = {
  ingestion_batches: ['batch_id'],
  ingestion_assets: ['asset_uuid'],
  ingestion_poams: ['poam_id'],
};

/** Tables whose rows Tieline names by `id` alone. */
export const namedById: ReadonlySet<string> = new Set([
  'ingestion_vulnerabilities',
  'ingestion_controls',
  'ingestion_poams',
  'ingestion_poam_milestones',
  'ingestion_systems',
]);

/** Tables that Tieline adds rows to. */
export const writtenTables: ReadonlySet<string> = new Set([
  'ingestion_batches',
  'ingestion_errors',
  'ingestion_systems',
  'ingestion_system_impact_levels',
  'ingestion_assets',
  'ingestion_asset_systems',
  'ingestion_asset_network',
  'ingestion_asset_tags',
  'ingestion_vulnerabilities',
  'ingestion_vulnerability_cves',
  'ingestion_controls',
  'ingestion_poams',
  'ingestion_poam_milestones',
  'ingestion_poam_assets',
  'ingestion_poam_cves',
  'ingestion_system_assets',
]);

/**
 * Indexes that a fresh database gets for the existing application's own readers. Tieline's statements do not count on
 * them, so in an adopted database they are the owner's to decide.
 */
export const ownersChoice: ReadonlySet<string> = new Set([
  'idx_ingestion_batches_status_started',
  'idx_ingestion_data_quality_batch',
  'idx_ingestion_vulnerabilities_batch',
  'idx_ingestion_vulnerabilities_asset',
  'idx_ingestion_vulnerabilities_state_severity',
  'idx_ingestion_vulnerabilities_poam',
  'idx_ingestion_vulnerabilities_control',
  'idx_ingestion_vulnerability_cves_cve',
  'idx_ingestion_vulnerability_cves_batch',
  'idx_ingestion_control_findings_control',
  'idx_ingestion_control_evidence_control',
  'idx_ingestion_job_executions_schedule',
  'idx_ingestion_job_executions_batch',
]);

const families: readonly (readonly [string, RegExp])[] = [
  ['text', /^(character varying|varchar|text|character|char|citext)\b/],
  ['timestamp', /^(timestamp|date)\b/],
  ['number', /^(smallint|integer|bigint|int\d?|numeric|decimal|real|double precision|serial|bigserial)\b/],
  ['boolean', /^(boolean|bool)\b/],
  ['json', /^jsonb?\b/],
  ['uuid', /^uuid\b/],
];

/** The family of a type in which values of one can be written as values of another; lists form families of their own. */
export function typeFamily(type: string): string {
  const plain = type.toLowerCase();
  const family = families.find(([, pattern]) => pattern.test(plain))?.[0] ?? plain;
  return plain.endsWith('[]') ? `${family} list` : family;
}

/** The length of a varchar type, or undefined where there is no limit. */
export function typeLength(type: string): number | undefined {
  const found = /^(?:character varying|varchar|character|char)\((\d+)\)/i.exec(type)?.[1];
  return found === undefined ? undefined : Number(found);
}
