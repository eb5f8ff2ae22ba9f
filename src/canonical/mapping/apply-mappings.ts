/**
 * Applies field mappings (rows of data_field_mappings) in both directions. Compiled once for an entity, then pure and
 * fast: it maps every finding of a bulk load. A value that breaks a rule becomes a fault that names the external field,
 * the rule and what came; never a wrong value, never an exception.
 */
import type { z } from 'zod';
import type { FieldFault } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../platform/values/index.ts';
import type { FieldMapping } from './mapping.ts';
import { Refused, waysOf, type Way } from './transforms.ts';

export type MappedInbound =
  | { readonly ok: true; readonly record: JsonObject }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };
export type MappedOutbound =
  | { readonly ok: true; readonly raw: JsonObject }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };

export interface CompiledMappings {
  /**
   * A remote record in canonical fields. A field that the remote left out is left out (not said); null stays null (said
   * to be empty).
   */
  inbound(raw: JsonObject): MappedInbound;
  /** As `inbound`, but what can be read is given even where something else cannot; nothing is required. */
  readable(raw: JsonObject): { readonly record: JsonObject; readonly faults: readonly FieldFault[] };
  /** Canonical fields in the remote's spelling. Fields without a way out are left out. */
  outbound(record: JsonObject): MappedOutbound;
  /** Canonical fields that have a way out. */
  readonly sendable: ReadonlySet<string>;
  /** Where in a remote record `inbound` looks. */
  readonly paths: readonly (readonly string[])[];
}

type Lookups = Readonly<Record<string, ReadonlyMap<string, Json>>>;

export interface CompileOptions {
  readonly lookups?: Lookups;
}

interface InboundField {
  readonly external: string;
  /** Alternatives, each a path; the first that is there is taken. */
  readonly paths: readonly (readonly string[])[];
  readonly internal: string;
  readonly ways: readonly Way[];
  /** Applied even where the remote says nothing (constant, default). */
  readonly always: boolean;
  readonly required: boolean;
}

interface OutboundField {
  readonly internal: string;
  readonly external: string;
  readonly path: readonly string[];
  readonly ways: readonly Way[];
}

/** The value at a path of a remote record. */
export function valueAt(raw: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = raw;
  for (const key of path) {
    if (!isJsonObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

function place(target: JsonObject, path: readonly string[], value: Json): void {
  let at = target;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    const inner: JsonObject = isJsonObject(next) ? next : {};
    at[key] = inner;
    at = inner;
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}

function applyAll(value: Json, ways: readonly Way[], skipNull: boolean): Json | Refused {
  let result: Json | Refused = value;
  for (const way of ways) {
    if (result instanceof Refused) return result;
    if (result === null && skipNull) return null;
    result = way(result);
  }
  return result;
}

const inboundField = (mapping: FieldMapping, lookups: Lookups): InboundField => ({
  external: mapping.externalField,
  paths: mapping.externalField.split('|').map((path) => path.trim().split('.')),
  internal: mapping.internalField,
  ways: mapping.transforms.map((transform) => waysOf(transform, lookups).in),
  always: mapping.transforms.some(
    (transform) => transform.kind === 'constant' || transform.kind === 'default',
  ),
  required: mapping.required,
});

const outboundField = (mapping: FieldMapping, lookups: Lookups): OutboundField => ({
  internal: mapping.internalField,
  external: mapping.externalField,
  path: mapping.externalField.split('.'),
  ways: mapping.transforms.toReversed().flatMap((transform) => waysOf(transform, lookups).out ?? []),
});

/** Compiles the mappings of one entity. Several rows may name one canonical field: the first that yields a value wins. */
export function compileMappings(
  mappings: readonly FieldMapping[],
  entity: string,
  options: CompileOptions = {},
): CompiledMappings {
  const own = mappings.filter((mapping) => mapping.entityType === entity);
  const lookups = options.lookups ?? {};
  const inward = own
    .filter((mapping) => mapping.direction !== 'outbound')
    .map((mapping) => inboundField(mapping, lookups));
  const outward = own
    .filter((mapping) => mapping.direction !== 'inbound')
    .map((mapping) => outboundField(mapping, lookups));
  return {
    sendable: new Set(outward.map((field) => field.internal)),
    paths: inward.flatMap((field) => field.paths),
    inbound(raw) {
      const { record, faults } = readFields(raw, inward);
      addMissing(inward, record, faults);
      return faults.length > 0 ? { ok: false, faults } : { ok: true, record };
    },
    readable: (raw) => readFields(raw, inward),
    outbound: (record) => writeFields(record, outward),
  };
}

function readFields(
  raw: JsonObject,
  inward: readonly InboundField[],
): { record: JsonObject; faults: FieldFault[] } {
  const record: JsonObject = {};
  const faults: FieldFault[] = [];
  for (const field of inward) {
    if (record[field.internal] !== undefined && record[field.internal] !== null) continue;
    let value: Json | undefined;
    for (const path of field.paths) {
      value = valueAt(raw, path);
      if (value !== undefined && value !== null) break;
    }
    if (value === undefined && field.always) value = null;
    if (value === undefined) continue;
    const mapped = applyAll(value, field.ways, !field.always);
    if (mapped instanceof Refused) faults.push({ field: field.external, message: mapped.rule });
    else record[field.internal] = mapped;
  }
  return { record, faults };
}

/** Adds a fault for each required field that is not there, unless it has one already. */
function addMissing(inward: readonly InboundField[], record: JsonObject, faults: FieldFault[]): void {
  for (const field of inward)
    if (
      field.required &&
      (record[field.internal] ?? null) === null &&
      !faults.some((fault) => fault.field === field.external)
    )
      faults.push({
        field: field.external,
        message: `is required and ${record[field.internal] === null ? 'empty' : 'missing'}`,
      });
}

function writeFields(record: JsonObject, outward: readonly OutboundField[]): MappedOutbound {
  const raw: JsonObject = {};
  const faults: FieldFault[] = [];
  for (const field of outward) {
    const value = record[field.internal];
    if (value === undefined) continue;
    const mapped = applyAll(value, field.ways, true);
    if (mapped instanceof Refused) faults.push({ field: field.internal, message: mapped.rule });
    else place(raw, field.path, mapped);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, raw };
}

/** Maps a remote record and holds the result to the entity's schema. */
export function mapRecord<T>(
  compiled: CompiledMappings,
  schema: z.ZodType<T>,
  raw: JsonObject,
):
  | { readonly ok: true; readonly record: T }
  | { readonly ok: false; readonly faults: readonly FieldFault[] } {
  const mapped = compiled.inbound(raw);
  if (!mapped.ok) return mapped;
  const parsed = schema.safeParse(mapped.record);
  if (parsed.success) return { ok: true, record: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
  };
}
