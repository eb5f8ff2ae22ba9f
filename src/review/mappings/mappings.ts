/**
 * Editing field mappings. A change is validated as a whole, shown in its effect (a plan of the sync with it), and only
 * then saved; the entities that it concerns are then read whole once.
 */
import { z } from 'zod';
import { knownWord, TielineError } from '../../platform/errors/index.ts';
import type { EntityType, PlanDocument } from '../../canonical/vocabulary/index.ts';
import { listRecordNames, presentField } from '../../canonical/record-fields/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import {
  checkMappings,
  compareMappings,
  compileMappings,
  entitiesOf,
  type FieldMapping,
  type MappingChanges,
  mappingKey,
  mappingRowOf,
  mappingTransform,
} from '../../canonical/mapping/index.ts';
import { isEntity } from '../../record/entities/index.ts';
import { replaceMappings, readAnew } from '../../ledger/external-systems/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import { type App, type Caller, withSystems } from '../../engine/run/index.ts';
import { fetchMappings, fetchSystem, moduleFor } from '../../engine/connections/index.ts';
import { planWithMappings } from '../plans/index.ts';

export { mappingName } from '../../canonical/mapping/index.ts';

export interface InstalledMapping {
  readonly mapping: FieldMapping;
  /** Whether the connector would have it otherwise, or not at all. */
  readonly differs: boolean;
}

interface SystemMappings {
  readonly systemId: number;
  readonly installed: readonly FieldMapping[];
  readonly defaults: readonly FieldMapping[];
}

async function ofSystem(app: App, name: string): Promise<SystemMappings> {
  const row = await fetchSystem(app, name);
  return {
    systemId: row.id,
    installed: await fetchMappings(app.db, row.id),
    defaults: moduleFor(app, row.system_type).declaration.mappings,
  };
}

/** Mappings may be of plugins too, which are not entities of their own elsewhere. */
const mappedEntity = (entity: string | undefined): string | undefined =>
  entity === undefined ? undefined : knownWord('entity', entity, listRecordNames(), 'entities');

/** @param entity of this entity only. @throws SYSTEM_UNKNOWN, USAGE. */
export async function findMappings(
  app: App,
  system: string,
  named: string | undefined,
): Promise<InstalledMapping[]> {
  const entity = mappedEntity(named);
  const { installed, defaults } = await ofSystem(app, system);
  const { added, changed } = compareMappings(defaults, installed);
  const other = new Set([...added, ...changed.map(({ after }) => after)].map(mappingKey));
  return installed
    .filter((mapping) => entity === undefined || mapping.entityType === entity)
    .map((mapping) => ({ mapping, differs: other.has(mappingKey(mapping)) }));
}

/** The file that `mappings export` writes and `mappings import` reads. */
export const mappingFile = z.array(
  z.strictObject({
    entity: z.string(),
    external: z.string().min(1),
    internal: z.string().min(1),
    direction: z.enum(['inbound', 'outbound', 'bidirectional']).default('inbound'),
    transforms: z.array(mappingTransform).default([]),
    required: z.boolean().default(false),
  }),
);

export function toFile(mappings: readonly FieldMapping[]): z.input<typeof mappingFile> {
  return mappings.map((mapping) => ({
    entity: mapping.entityType,
    external: mapping.externalField,
    internal: mapping.internalField,
    direction: mapping.direction,
    ...(mapping.transforms.length > 0 ? { transforms: [...mapping.transforms] } : {}),
    ...(mapping.required ? { required: true } : {}),
  }));
}

/** @throws TielineError MAPPING_INVALID naming each place that is wrong. */
export function fromFile(content: unknown): FieldMapping[] {
  const parsed = mappingFile.safeParse(content);
  if (!parsed.success)
    throw new TielineError('MAPPING_INVALID', 'The mappings cannot be used; nothing was changed.', {
      fields: parsed.error.issues.map((issue) => ({
        field: issue.path.join('.') || 'file',
        message: issue.message,
      })),
    });
  return parsed.data.map(({ entity, external, internal, ...rest }) => ({
    entityType: entity,
    externalField: external,
    internalField: presentField(entity, internal),
    ...rest,
  }));
}

export type MappingEdit =
  | { readonly do: 'set'; readonly mapping: FieldMapping }
  | {
      readonly do: 'remove';
      readonly entity: string;
      readonly external: string;
      readonly internal: string;
    }
  | { readonly do: 'reset'; readonly entity: string | undefined }
  | { readonly do: 'replace'; readonly mappings: readonly FieldMapping[] };

export interface MappingOutcome {
  readonly changes: MappingChanges;
  /** What a sync with the changed mappings would do; absent where they were saved, or nothing changes. */
  readonly plan: PlanDocument | undefined;
  readonly saved: boolean;
}

/**
 * Changes mappings of a system, or only shows what that would do.
 * @param given.save saves at once; without it nothing is written, and the effect is planned over all records of the entities.
 * @throws TielineError MAPPING_INVALID naming every fault; nothing was changed then.
 */
export async function changeMappings(
  app: App,
  system: string,
  edit: MappingEdit,
  given: Caller & { readonly save: boolean },
): Promise<MappingOutcome> {
  const { systemId, installed, defaults } = await ofSystem(app, system);
  const after = edited(installed, defaults, edit);
  const faults = checkMappings(after, defaults);
  if (faults.length > 0)
    throw new TielineError('MAPPING_INVALID', 'The mappings were not changed.', { fields: faults });
  const changes = compareMappings(installed, after);
  const entities = entitiesOf(changes);
  if (entities.length === 0) return { changes, plan: undefined, saved: false };
  if (!given.save) {
    const asked = entities.filter((name) => isEntity(name));
    // A plugin comes inside its findings.
    const planned: EntityType[] = entities.includes('plugin') ? [...asked, 'finding'] : asked;
    return {
      changes,
      plan: await planWithMappings(app, { system, entities: planned, mappings: after }, given),
      saved: false,
    };
  }
  await app.store.transaction(async (tx) => {
    await replaceMappings(tx.db, systemId, after.map(mappingRowOf));
    for (const entity of entities) await readAnew(tx.db, systemId, entity === 'plugin' ? 'finding' : entity);
  });
  return { changes, plan: undefined, saved: true };
}

function edited(
  installed: readonly FieldMapping[],
  defaults: readonly FieldMapping[],
  edit: MappingEdit,
): FieldMapping[] {
  switch (edit.do) {
    case 'set': {
      const { entityType, internalField } = edit.mapping;
      const given = { ...edit.mapping, internalField: presentField(entityType, internalField) };
      const key = mappingKey(given);
      const at = installed.findIndex((mapping) => mappingKey(mapping) === key);
      return at < 0 ? [...installed, given] : installed.with(at, given);
    }
    case 'remove': {
      const left = installed.filter(
        (mapping) =>
          mapping.entityType !== edit.entity ||
          mapping.externalField !== edit.external ||
          mapping.internalField !== presentField(edit.entity, edit.internal),
      );
      if (left.length === installed.length)
        throw new TielineError(
          'USAGE',
          `There is no mapping of ${edit.external} to ${edit.internal} for ${edit.entity}.`,
          {
            remedy: 'List them with `tieline mappings list SYSTEM`.',
          },
        );
      return left;
    }
    case 'reset': {
      const entity = mappedEntity(edit.entity);
      return [
        ...installed.filter((mapping) => entity !== undefined && mapping.entityType !== entity),
        ...defaults.filter((mapping) => entity === undefined || mapping.entityType === entity),
      ];
    }
    case 'replace':
      return [...edit.mappings];
  }
}

export interface MappingTrial {
  readonly fields: readonly {
    readonly external: string;
    readonly internal: string;
    readonly raw: Json;
    readonly mapped: Json;
    readonly fault: string | undefined;
    /** On the way out again: what the remote would be sent, and whether it is another value. */
    readonly out: Json | undefined;
    readonly outDiffers: boolean;
  }[];
  readonly faults: readonly { readonly field: string; readonly message: string }[];
}

/** A record of the remote by its id. @throws USAGE if it is not there. */
export async function fetchSample(
  app: App,
  system: string,
  entity: EntityType,
  key: { readonly externalId: string; readonly parentId?: string },
  caller: Caller,
): Promise<JsonObject> {
  const found = await withSystems(app, { systems: [system] }, caller, async ({ systems }) =>
    systems[0]?.connector.find(entity, { by: 'id', ...key }, caller.signal),
  );
  if (!found) throw new TielineError('USAGE', `${system} has no ${entity} ${key.externalId}.`);
  return found.raw;
}

/** Maps one record in and out again, field by field. @param mappings instead of the installed ones. */
export async function tryMappings(
  app: App,
  system: string,
  entity: string,
  sample: JsonObject,
  mappings: readonly FieldMapping[] | undefined,
): Promise<MappingTrial> {
  const own = (mappings ?? (await ofSystem(app, system)).installed).filter(
    (mapping) => mapping.entityType === entity,
  );
  const inbound = compileMappings(own, entity).inbound(sample);
  const fields = own
    .filter((mapping) => mapping.direction !== 'outbound')
    .map((mapping) => {
      const alone = compileMappings([{ ...mapping, required: false }], entity);
      const { record, faults } = alone.readable(sample);
      const mapped = record[mapping.internalField];
      const sent = alone.outbound(record);
      const out = sent.ok ? at(sent.raw, mapping.externalField) : undefined;
      const raw = at(sample, mapping.externalField);
      return {
        external: mapping.externalField,
        internal: mapping.internalField,
        raw: raw ?? null,
        mapped: mapped ?? null,
        fault: faults[0]?.message,
        out,
        outDiffers: out !== undefined && !sameValue(out, raw),
      };
    });
  return { fields, faults: inbound.ok ? [] : inbound.faults };
}

/** The value at the first alternative of a path that is there. */
function at(raw: JsonObject, paths: string): Json | undefined {
  for (const path of paths.split('|')) {
    let value: Json | undefined = raw;
    for (const key of path.trim().split('.'))
      value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}
