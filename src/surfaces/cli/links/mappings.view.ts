/** Mappings as a table, what a change of them would do, and a record that was translated with them. */
import {
  type findMappings,
  mappingName,
  type MappingOutcome,
  type tryMappings,
} from '../../../review/mappings/index.ts';
import type { FieldMapping } from '../../../canonical/mapping/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { shortValue } from '../kit/short-value.ts';
import { planLines } from '../plans/plan.view.ts';

type MappingRow = Awaited<ReturnType<typeof findMappings>>[number];
type MappingTrial = Awaited<ReturnType<typeof tryMappings>>;

const shortTransforms = (mapping: FieldMapping): string =>
  mapping.transforms
    .map(({ kind, ...rest }) => (Object.keys(rest).length === 0 ? kind : `${kind} ${shortValue(rest)}`))
    .join(', ');

/** The steps of a translation by name: `text, values (5)`. What each does is in `mappings export`. */
const transformKinds = (mapping: FieldMapping): string =>
  mapping.transforms
    .map((each) => (each.kind === 'values' ? `values (${Object.keys(each.map).length})` : each.kind))
    .join(', ');

/** By entity and remote field; * marks what differs from the default. @param width of the terminal. */
export function mappingsTable(rows: readonly MappingRow[], width: number | undefined): string {
  return fittedTable(
    ['', 'ENTITY', 'REMOTE', 'WAY', 'TIELINE', 'REQUIRED', 'TRANSFORMS'],
    rows.map(({ mapping, differs }) => [
      differs ? '*' : '',
      mapping.entityType,
      mapping.externalField,
      mapping.direction,
      mapping.internalField,
      mapping.required ? 'yes' : '',
      transformKinds(mapping),
    ]),
    width,
  );
}

/** One record, in and out again, field by field. */
export function trialTable({ fields }: MappingTrial, width: number | undefined): string {
  return fittedTable(
    ['REMOTE', 'VALUE', 'TIELINE', 'VALUE', 'OUT AGAIN'],
    fields.map((field) => [
      field.external,
      shortValue(field.raw),
      field.internal,
      field.fault === undefined ? shortValue(field.mapped) : `! ${field.fault}`,
      field.out === undefined ? '' : `${shortValue(field.out)}${field.outDiffers ? ' (differs)' : ''}`,
    ]),
    width,
  );
}

export function outcomeLines({ changes, plan, saved }: MappingOutcome): string[] {
  const { added, removed, changed } = changes;
  if (added.length + removed.length + changed.length === 0)
    return ['No changes: the mappings are already so.'];
  const lines = [
    ...added.map((mapping) => `+ ${mappingName(mapping)}  ${shortTransforms(mapping)}`),
    ...removed.map((mapping) => `- ${mappingName(mapping)}`),
    ...changed.map(
      ({ before, after }) =>
        `~ ${mappingName(after)}  ${before.direction} ${shortTransforms(before)} → ${after.direction} ${shortTransforms(after)}`,
    ),
  ];
  if (saved)
    return [...lines, '', 'Saved. The next sync reads these entities whole. Next: tieline sync plan'];
  const effect = plan ? planLines(plan, 20, undefined).slice(0, -1) : [];
  return [...lines, '', 'With this, a sync would do:', '', ...effect, 'Nothing was saved. To save it: --yes'];
}
