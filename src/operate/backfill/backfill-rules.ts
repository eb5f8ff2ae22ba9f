/**
 * How the new columns are filled from what the existing application had stored: one rule a table, pure. Raw records are
 * read with the connectors' own default mappings, so that a record means the same here as when it comes over the wire.
 * Every source is named in docs/adopting.md, "What the backfill fills".
 */
import type { z } from 'zod';
import type { FieldFault } from '../../platform/errors/index.ts';
import { findingKey } from '../../canonical/identity/index.ts';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { compileMappings, type FieldMapping } from '../../canonical/mapping/index.ts';
import {
  assetRecord,
  controlRecord,
  findingRecord,
  poamRecord,
  systemRecord,
} from '../../canonical/record-fields/index.ts';
import { severities } from '../../canonical/vocabulary/index.ts';
import type { BackfillSource, BackfillTable } from './backfill.sql.ts';

export interface Filling {
  /** Column to value; only those that could be read. */
  readonly values: JsonObject;
  /** What was there and could not be read. */
  readonly faults: readonly FieldFault[];
}

export type BackfillRule = (source: BackfillSource) => Filling;

const uuidText = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/;
/** Whatever case, with dashes or without (Tenable writes agent ids so). */
const asUuid = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? uuidText.exec(value.trim().toLowerCase())?.slice(1).join('-') : undefined;
const asText = (value: Json | undefined, length: number): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length <= length ? value.trim() : undefined;

/** Drops what was not found, so that what is left is to be written. */
const found = (values: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null,
    ),
  );

/** A raw record in canonical fields; a value that the schema refuses is a fault. */
type RawReader = (raw: Json | undefined) => { readonly fields: JsonObject; readonly faults: FieldFault[] };

/** @param mappings the default mappings of all connectors. */
export function backfillRules(
  mappings: readonly FieldMapping[],
): Readonly<Record<BackfillTable, BackfillRule>> {
  const readSystem = rawReader(mappings, 'system', systemRecord);
  const readAsset = rawReader(mappings, 'asset', assetRecord);
  const readFinding = rawReader(mappings, 'finding', findingRecord);
  const readControl = rawReader(mappings, 'control', controlRecord);
  const readPoam = rawReader(mappings, 'poam', poamRecord);
  return {
    ingestion_systems: (source) => fillSystem(source, readSystem),
    ingestion_assets: (source) => fillAsset(source, readAsset),
    ingestion_vulnerabilities: (source) => fillFinding(source, readFinding),
    ingestion_controls: (source) => fillControl(source, readControl),
    ingestion_poams: (source) => fillPoam(source, readPoam),
  };
}

function rawReader(mappings: readonly FieldMapping[], entity: string, schema: z.ZodObject): RawReader {
  const compiled = compileMappings(mappings, entity);
  return (raw) => {
    if (raw === undefined || raw === null) return { fields: {}, faults: [] };
    if (!isJsonObject(raw))
      return { fields: {}, faults: [{ field: 'raw record', message: 'is not a JSON object' }] };
    const { record, faults } = compiled.readable(raw);
    const fields: JsonObject = {};
    const refused: FieldFault[] = [...faults];
    for (const [field, value] of Object.entries(record)) {
      const rule: z.ZodType | undefined = schema.shape[field];
      const parsed = rule?.safeParse(value);
      if (parsed?.success) fields[field] = value;
      else if (parsed)
        refused.push({ field, message: parsed.error.issues.map((issue) => issue.message).join('; ') });
    }
    return { fields, faults: refused };
  };
}

/** Those of the faults of a whole record that matter to the columns that are filled. */
const only = (faults: readonly FieldFault[], ...fields: string[]): FieldFault[] =>
  faults.filter(
    (fault) => fault.field === 'raw record' || fields.some((field) => fault.field.includes(field)),
  );

function fillSystem({ row, raw }: BackfillSource, read: RawReader): Filling {
  const { fields, faults } = read(raw);
  const id = fields['remote_id'];
  return {
    values: found({
      xacta_system_id: id,
      external_system_mappings: id === undefined ? undefined : { xacta: { system_id: id } },
      last_xacta_sync: id === undefined ? undefined : row['updated_at'],
    }),
    faults: only(faults, 'id'),
  };
}

function fillAsset({ row, raw, more }: BackfillSource, read: RawReader): Filling {
  const { fields, faults } = read(raw);
  const rawObject = isJsonObject(raw) ? raw : {};
  const fromTenable = /tenable|nessus|acas/i.test(scalarText(row['ingestion_source']));
  const tenable =
    asUuid(fields['asset_uuid']) ??
    asUuid(rawObject['uuid']) ??
    (fromTenable ? asUuid(row['asset_uuid']) : undefined);
  return {
    values: found({
      tenable_asset_uuid: tenable,
      external_system_mappings: tenable === undefined ? undefined : { tenable: { asset_uuid: tenable } },
      business_owner: asText(rawObject['business_owner'] ?? more['business_owner'], 255),
      technical_owner: asText(rawObject['technical_owner'] ?? more['technical_owner'], 255),
      terminated_at: fields['terminated_at'],
      deleted_at: fields['deleted_at'],
      system_id: more['only_system'],
    }),
    faults: only(faults, 'id', 'terminated_at', 'deleted_at'),
  };
}

function fillControl({ row, raw }: BackfillSource, read: RawReader): Filling {
  const { fields, faults } = read(raw);
  const rawObject = isJsonObject(raw) ? raw : {};
  const months = fields['assessment_frequency_months'];
  const evidence = rawObject['evidence_required'];
  return {
    values: found({
      xacta_control_id: fields['remote_id'],
      assessment_frequency_months: months,
      next_assessment_date:
        fields['next_assessment_date'] ??
        day(row['next_assessment_due']) ??
        (typeof months === 'number'
          ? monthsAfter(fields['last_assessed'] ?? row['last_assessed'], months)
          : undefined),
      evidence_required:
        Array.isArray(evidence) && evidence.every((each) => typeof each === 'string') ? evidence : undefined,
      automation_level: asText(rawObject['automation_level'], 50),
    }),
    faults: only(faults, 'id', 'frequency', 'next_assessment'),
  };
}

function fillPoam({ row, raw, more }: BackfillSource, read: RawReader): Filling {
  const { fields, faults } = read(raw);
  const rawObject = isJsonObject(raw) ? raw : {};
  return {
    values: found({
      xacta_poam_id: fields['remote_id'],
      ...Object.fromEntries(poamColumns.map((column) => [column, fields[column]])),
      // Where the name is taken by a column of another type.
      tieline_cost_estimate: fields['cost_estimate'],
      original_detection_date: fields['original_detection_date'] ?? day(row['original_detection_date']),
      milestone_schedule: more['milestones'],
      workflow_status: asText(rawObject['workflow_status'], 50),
      approval_status: asText(rawObject['approval_status'], 50),
    }),
    faults: only(faults, 'id', ...poamColumns),
  };
}

const poamColumns = [
  'external_uid',
  'security_control',
  'poc',
  'actual_completion',
  'deviation_rationale',
  'threat_relevance',
  'cost_estimate',
] as const;

const tenableStates: Readonly<Record<string, string>> = {
  Open: 'open',
  Fixed: 'fixed',
  Accepted: 'open',
  'False Positive': 'open',
};

function fillFinding({ row, raw, more }: BackfillSource, read: RawReader): Filling {
  const { fields, faults } = read(raw);
  const rawObject = isJsonObject(raw) ? raw : {};
  const refused: FieldFault[] = [];
  if (raw !== null && raw !== undefined && !isJsonObject(raw)) refused.push(...faults);

  const asset = asUuid(more['asset_uuid']) ?? asUuid(row['asset_uuid']);
  if (asset === undefined)
    refused.push({
      field: 'asset_uuid',
      message: `${JSON.stringify(row['asset_uuid'] ?? null)} is not a UUID`,
    });

  const port = typeof fields['port'] === 'number' ? fields['port'] : portOf(rawObject['port']);
  if (port === undefined && rawObject['port'] !== undefined && rawObject['port'] !== null)
    refused.push({
      field: 'port',
      message: `${JSON.stringify(rawObject['port']).slice(0, 80)} names no port`,
    });
  const protocol = asText(fields['protocol'] ?? rawObject['protocol'], 20)?.toLowerCase();
  const pluginId = scalarText(row['plugin_id']);
  const rank = rankOf(row['severity']);
  if (rank === undefined)
    refused.push({
      field: 'severity',
      message: `${JSON.stringify(row['severity'] ?? null)} is not a known severity`,
    });

  const references = found({
    cve: more['cves'],
    xref: more['xrefs'],
    see_also: more['see_also'],
  });
  return {
    values: found({
      asset_ref: asset,
      severity_rank: rank,
      port,
      protocol,
      service: fields['service'] ?? asText(rawObject['svc_name'], 100),
      finding_key:
        asset !== undefined && port !== undefined && protocol !== undefined && pluginId !== ''
          ? findingKey({ asset_uuid: asset, plugin_id: pluginId, port, protocol })
          : undefined,
      tenable_vuln_id: fields['finding_id'],
      lifecycle_state: fields['lifecycle_state'] ?? tenableStates[scalarText(row['state'])],
      severity_modification: fields['severity_modification'],
      last_fixed: fields['last_fixed'],
      resurfaced_at: fields['resurfaced_at'],
      last_tenable_update: isJsonObject(raw) ? row['last_found'] : undefined,
      external_references: Object.keys(references).length > 0 ? references : undefined,
    }),
    faults: refused,
  };
}

function portOf(value: Json | undefined): number | undefined {
  const inner = isJsonObject(value) ? value['port'] : value;
  const number =
    typeof inner === 'number'
      ? inner
      : typeof inner === 'string' && /^\d{1,5}$/.test(inner)
        ? Number(inner)
        : NaN;
  return Number.isInteger(number) && number >= 0 && number <= 65_535 ? number : undefined;
}

/** A word in one variant of the table, 0 to 4 in the other. */
function rankOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value <= 4 ? value : undefined;
  const at = severities.findIndex((word) => word.toLowerCase() === scalarText(value).trim().toLowerCase());
  return at < 0 ? undefined : at;
}

/** The calendar day (UTC) of a timestamp without zone, which holds UTC. */
function day(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] : undefined;
}

/** The same day of the month so many months later; the last day of a shorter month. */
function monthsAfter(value: Json | undefined, months: number): string | undefined {
  const [year, month, date] = day(value)?.split('-').map(Number) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
