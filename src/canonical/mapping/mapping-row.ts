/** Field mappings as rows of data_field_mappings, and the rules a mapping must satisfy before it is kept. */
import { z } from 'zod';
import { type FieldFault, TielineError } from '../../platform/errors/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { dateWords, type FieldMapping, type Transform } from './mapping.ts';
import { recordSchemaOf, listRecordNames, sentOnlyFields } from '../record-fields/index.ts';
import { faultOfForm } from './date-forms.ts';
import { waysOf } from './transforms.ts';

const json = z.json();
const form = z.string().superRefine((text, context) => {
  const fault = faultOfForm(text);
  if (fault !== undefined)
    context.addIssue({ code: 'custom', message: `${fault}; or one of ${dateWords.join(', ')}` });
});
/** One step of a mapping's translation. */
export const mappingTransform: z.ZodType<Transform> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('trim') }),
  z.strictObject({ kind: z.literal('case'), to: z.enum(['upper', 'lower', 'title']) }),
  z.strictObject({
    kind: z.literal('values'),
    map: z.record(z.string(), json),
    otherwise: z.enum(['keep', 'fail', 'null']).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('date'),
    external: z.union([z.enum(dateWords), form]),
    internal: z.enum(['instant', 'date']),
    also: z.array(form).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('number'),
    scale: z.number().positive().exactOptional(),
    integer: z.boolean().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('boolean') }),
  z.strictObject({ kind: z.literal('text') }),
  z.strictObject({ kind: z.literal('list') }),
  z.strictObject({ kind: z.literal('split'), separator: z.string().min(1) }),
  z.strictObject({ kind: z.literal('first') }),
  z.strictObject({ kind: z.literal('last') }),
  z.strictObject({ kind: z.literal('template'), text: z.string() }),
  z.strictObject({ kind: z.literal('constant'), value: json }),
  z.strictObject({ kind: z.literal('default'), value: json }),
  z.strictObject({ kind: z.literal('lookup'), table: z.string() }),
  z.strictObject({ kind: z.literal('uuid'), derive: z.boolean().exactOptional() }),
]);

/** What transformation_rule holds. The plan's table has no column for the direction, so it is here. */
const rule = z.strictObject({
  direction: z.enum(['inbound', 'outbound', 'bidirectional']),
  transforms: z.array(mappingTransform),
});

export interface MappingRow {
  readonly entity_type: string;
  readonly external_field_name: string;
  readonly internal_field_name: string;
  readonly transformation_rule: unknown;
  readonly is_required: boolean | null;
}

/** What is wrong with a mapping: unknown entity or field, or a direction that a transform cannot go. */
export function checkMapping(mapping: FieldMapping): FieldFault[] {
  const name = `${mapping.entityType}: ${mapping.externalField} → ${mapping.internalField}`;
  const faults: FieldFault[] = [];
  const schema = recordSchemaOf(mapping.entityType);
  if (!schema)
    faults.push({
      field: name,
      message: `${mapping.entityType} is not an entity; they are ${listRecordNames().join(', ')}`,
    });
  else if (!(mapping.internalField in schema.shape))
    faults.push({
      field: name,
      message: `${mapping.internalField} is not a field of it; they are ${Object.keys(schema.shape).join(', ')}`,
    });
  if (mapping.direction !== 'outbound' && sentOnlyFields(mapping.entityType).includes(mapping.internalField))
    faults.push({
      field: name,
      message: `${mapping.internalField} is decided here and only goes out; make the mapping outbound`,
    });
  if (mapping.direction === 'inbound') return faults;
  if (mapping.externalField.includes('|'))
    faults.push({
      field: name,
      message: 'alternatives can only be read; make it inbound, with an outbound row beside it',
    });
  for (const each of mapping.transforms)
    if (!waysOf(each, {}).out)
      faults.push({ field: name, message: `${each.kind} cannot be reversed here; make the mapping inbound` });
  return faults;
}

/** @throws TielineError MAPPING_INVALID naming the mapping and the rule. */
export function parseMappingRow(row: MappingRow): FieldMapping {
  const parsed = rule.safeParse(row.transformation_rule ?? { direction: 'inbound', transforms: [] });
  const name = `${row.entity_type}: ${row.external_field_name} → ${row.internal_field_name}`;
  if (!parsed.success)
    throw new TielineError('MAPPING_INVALID', `The field mapping ${name} cannot be used.`, {
      fields: parsed.error.issues.map((issue) => ({
        field: ['transformation_rule', ...issue.path].join('.'),
        message: issue.message,
      })),
    });
  const mapping: FieldMapping = {
    entityType: row.entity_type,
    externalField: row.external_field_name,
    internalField: row.internal_field_name,
    direction: parsed.data.direction,
    transforms: parsed.data.transforms,
    required: row.is_required ?? false,
  };
  const faults = checkMapping(mapping);
  if (faults.length > 0)
    throw new TielineError('MAPPING_INVALID', `The field mapping ${name} cannot be used.`, {
      fields: faults,
    });
  return mapping;
}

/** The row that keeps a mapping. */
export function mappingRowOf(
  mapping: FieldMapping,
): Omit<MappingRow, 'transformation_rule'> & { transformation_rule: JsonObject } {
  return {
    entity_type: mapping.entityType,
    external_field_name: mapping.externalField,
    internal_field_name: mapping.internalField,
    transformation_rule: {
      direction: mapping.direction,
      transforms: mapping.transforms.map((each): JsonObject => ({ ...each })),
    },
    is_required: mapping.required,
  };
}
