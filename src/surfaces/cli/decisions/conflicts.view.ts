/** Conflicts as a list, and what resolving some of them came to. */
import type { ConflictRow, Resolution } from '../../../review/conflicts/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { entityWord } from '../kit/entity-word.ts';
import { fittedText } from '../kit/fitted-text.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted, table } from '../kit/table.ts';
import { boundaryText, choiceLines, outcomeText, plainValue, weaknessText } from './conflict.view.ts';
import type { ConflictChoice } from '../../../canonical/vocabulary/index.ts';

const header = ['ID', 'SYSTEM', 'BOUNDARY', 'RECORD', 'ABOUT', 'TIELINE', 'REMOTE', 'WEAKNESS'];

/** A table; two or three lines a conflict where the terminal is too narrow for it. */
export function listText(
  rows: readonly ConflictRow[],
  withStatus: boolean,
  width: number | undefined,
): string {
  const whole = table(
    [...header, ...(withStatus ? ['STATUS'] : [])],
    rows.map((row) => [...cellsOf(row), ...(withStatus ? [row.status] : [])]),
  );
  if (width === undefined || Math.max(...whole.split('\n').map((line) => line.length)) <= width) return whole;
  const idWidth = Math.max(...rows.map((row) => String(row.id).length));
  return rows.flatMap((row) => narrowLines(row, withStatus, idWidth, width)).join('\n');
}

const cellsOf = (row: ConflictRow): string[] => [
  String(row.id),
  row.system ?? '–',
  boundaryText({ ...row, boundaryName: null }) || '–',
  recordText(row),
  row.field ?? row.type,
  row.field === null ? '' : shortValue(plainValue(row.internal)),
  row.field === null ? '' : shortValue(plainValue(row.external)),
  shortValue(weaknessText(row) || '–'),
];

function narrowLines(row: ConflictRow, withStatus: boolean, idWidth: number, width: number): string[] {
  const place = [row.system, row.boundary].filter(Boolean).join(', ');
  const state = withStatus ? ` (${row.status})` : '';
  const weakness = weaknessText(row);
  const indent = ' '.repeat(idWidth + 2);
  return [
    `${String(row.id).padStart(idWidth)}  ${recordText(row)} [${place}]  ${row.field ?? row.type}${state}`,
    ...(row.field === null
      ? []
      : [
          `${indent}Tieline ${shortValue(plainValue(row.internal))}, remote ${shortValue(plainValue(row.external))}`,
        ]),
    ...(weakness === '' ? [] : [`${indent}${weakness}`]),
  ].map((line) => fittedText(shownText(line), width));
}

const recordText = (row: ConflictRow): string =>
  `${entityWord(row.entity)} ${row.externalId ?? row.entityId}`;

/** What was settled and what could not be, with the choices that there are. */
export function resolutionLines(outcome: Resolution, choice: ConflictChoice): string[] {
  const refused = outcome.refused.flatMap(({ id, reason, choices }) => {
    const end = choices.length > 0 ? ' Its choices:' : '';
    return [
      reason === undefined
        ? `Conflict ${id} cannot be settled with "${choice}". Its choices:`
        : `Conflict ${id} ${reason}.${end}`,
      ...(choices.length > 0 ? [choiceLines(choices, null).join('\n')] : []),
    ];
  });
  const { operationId, resolved } = outcome;
  return [
    ...refused,
    ...resolved.map(outcomeText),
    operationId === undefined
      ? 'Nothing was settled.'
      : `${counted(resolved.length, 'conflict')} settled (tieline ops show ${operationId.slice(0, 8)}). Next: tieline sync run`,
  ];
}
