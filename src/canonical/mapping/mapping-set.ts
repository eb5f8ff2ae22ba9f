/** The mappings of a system as a whole: what must hold between them, and how two sets differ. */
import { distance, type FieldFault } from '../../platform/errors/index.ts';
import { recordSchemaOf } from '../record-fields/index.ts';
import { isJsonObject } from '../../platform/values/index.ts';
import type { FieldMapping } from './mapping.ts';
import { checkMapping } from './mapping-row.ts';

/** What distinguishes a mapping from another: no two of one set have it in common. */
export const mappingKey = (mapping: FieldMapping): string =>
  JSON.stringify([
    mapping.entityType,
    mapping.externalField,
    mapping.internalField,
    mapping.direction === 'outbound',
  ]);

export const mappingName = ({ entityType, externalField, internalField, direction }: FieldMapping): string =>
  `${entityType}: ${externalField} ${direction === 'outbound' ? '←' : direction === 'inbound' ? '→' : '↔'} ${internalField}`;

/**
 * What is wrong with a set of mappings: each by itself, and between them.
 * @param defaults those of the connector: what they require must stay readable.
 */
export function checkMappings(
  mappings: readonly FieldMapping[],
  defaults: readonly FieldMapping[],
): FieldFault[] {
  const faults = mappings.flatMap((mapping) => nearestNamed(mapping, checkMapping(mapping)));
  for (const [, same] of Map.groupBy(mappings, mappingKey))
    if (same[0] && same.length > 1)
      faults.push({ field: mappingName(same[0]), message: 'is there more than once' });
  const outbound = mappings.filter((mapping) => mapping.direction !== 'inbound');
  for (const [, same] of Map.groupBy(outbound, (each) => `${each.entityType} ${each.externalField}`))
    if (same[0] && same.length > 1)
      faults.push({
        field: same.map(mappingName).join(', '),
        message: 'write the same field of the remote; make all but one inbound',
      });
  // Only one place is compared with what was last agreed: the other would be left behind.
  const ofAssets = outbound.filter((each) => each.entityType === 'asset_context');
  for (const [, same] of Map.groupBy(ofAssets, (each) => each.internalField))
    if (same[0] && same.length > 1)
      faults.push({
        field: same.map(mappingName).join(', '),
        message: 'send one field to several places; remove all but one, or make the others inbound',
      });
  for (const needed of defaults.filter((each) => each.required && each.direction !== 'outbound'))
    if (
      !mappings.some(
        (each) =>
          each.entityType === needed.entityType &&
          each.internalField === needed.internalField &&
          each.direction !== 'outbound',
      )
    )
      faults.push({
        field: `${needed.entityType}: ${needed.internalField}`,
        message: `a record cannot be imported without it: map a field of the remote to it (by default ${needed.externalField})`,
      });
  return faults;
}

/** Adds, to a field that is not known, the known one that is spelled most alike. */
function nearestNamed(mapping: FieldMapping, faults: readonly FieldFault[]): FieldFault[] {
  const schema = recordSchemaOf(mapping.entityType);
  if (!schema || mapping.internalField in schema.shape) return [...faults];
  const [nearest] = Object.keys(schema.shape).toSorted(
    (a, b) => distance(a, mapping.internalField) - distance(b, mapping.internalField),
  );
  return faults.map((fault) =>
    fault.message.startsWith(`${mapping.internalField} is not a field`)
      ? { ...fault, message: `${fault.message}; did you mean ${nearest ?? ''}?` }
      : fault,
  );
}

export interface MappingChanges {
  readonly added: readonly FieldMapping[];
  readonly removed: readonly FieldMapping[];
  readonly changed: readonly { readonly before: FieldMapping; readonly after: FieldMapping }[];
}

/** The order of keys says nothing: jsonb keeps one of its own. The order of transforms does. */
const content = (mapping: FieldMapping): string =>
  JSON.stringify([mapping.direction, mapping.transforms, mapping.required], (_key, value: unknown) =>
    isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** How a set of mappings came to be another. */
export function compareMappings(
  before: readonly FieldMapping[],
  after: readonly FieldMapping[],
): MappingChanges {
  const old = new Map(before.map((mapping) => [mappingKey(mapping), mapping]));
  const keys = new Set(after.map(mappingKey));
  return {
    added: after.filter((mapping) => !old.has(mappingKey(mapping))),
    removed: before.filter((mapping) => !keys.has(mappingKey(mapping))),
    changed: after.flatMap((mapping) => {
      const was = old.get(mappingKey(mapping));
      return was && content(was) !== content(mapping) ? [{ before: was, after: mapping }] : [];
    }),
  };
}

export function entitiesOf({ added, removed, changed }: MappingChanges): string[] {
  const all = [...added, ...removed, ...changed.map(({ after }) => after)];
  return [...new Set(all.map((mapping) => mapping.entityType))];
}
