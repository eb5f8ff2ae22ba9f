/** Files of POA&Ms as people read of them at a terminal. */
import type { PoamChange, PoamImport, PoamImportRow } from '../../../modules/poam-files/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';

const shownMost = 50;
const valueText = (value: unknown): string =>
  value === null
    ? 'nothing'
    : shownText(typeof value === 'string' ? value : JSON.stringify(value))
        .replaceAll('\n', ' ')
        .slice(0, 60);

const kinds: Readonly<Record<PoamChange['kind'], string>> = {
  create: 'new',
  link: 'known here',
  update: 'update',
  missing: 'gone from the file',
  conflict: 'conflict',
};

const what = ({ kind, field, before, after, title }: PoamChange): string =>
  kind === 'update' || kind === 'conflict'
    ? `${field ?? 'the record'}: ${valueText(before)} → ${valueText(after)}`
    : shownText(title ?? '');

const heads: Readonly<Record<PoamImport['state'], string>> = {
  planned: 'would change',
  imported: 'imported',
  unchanged: 'nothing to change',
  discarded: 'discarded; nothing was imported',
  refused: 'refused; nothing was imported',
};

export function poamImportLines(done: PoamImport, width: number | undefined): string[] {
  const { plan, heldRows, file, boundary, source, layout, state, id } = done;
  const { created = 0, updated = 0, unchanged = 0, conflicts = 0, missing = 0 } = plan?.counts ?? {};
  const lines = [
    `${shownText(file)} (${layout ?? 'not recognized'})${boundary === null ? '' : ` for ${boundary}, as ${source ?? ''}`}: ${heads[state]}`,
    ...(plan
      ? [
          `${counted(created, 'new record')}, ${updated} updated, ${unchanged} unchanged, ${counted(conflicts, 'conflict')}, ${missing} gone from the file, ${counted(heldRows.length, 'row')} held`,
        ]
      : [done.problem ?? '']),
  ];
  if (plan && plan.items.length > 0) {
    const shown = plan.items.slice(0, shownMost);
    lines.push(
      '',
      fittedTable(
        ['', 'RECORD', 'WHAT'],
        shown.map((item) => [
          kinds[item.kind],
          `${item.entity === 'poam' ? '' : 'milestone '}${shownText(item.record)}`,
          what(item),
        ]),
        width,
      ),
      ...(plan.items.length > shownMost
        ? [`… and ${plan.items.length - shownMost} more: tieline poams imports show ${id} --json`]
        : []),
    );
  }
  if (heldRows.length > 0)
    lines.push(
      '',
      'Held, until they are corrected:',
      ...heldRows
        .slice(0, shownMost)
        .map((row) => `  ${shownText(`${row.sheet}!${row.cell}`)}  ${shownText(row.rule)}. ${row.remedy}`),
      ...(heldRows.length > shownMost ? [`  … and ${heldRows.length - shownMost} more`] : []),
    );
  for (const note of plan?.notes ?? []) lines.push('', shownText(note));
  if (state === 'planned')
    lines.push(
      '',
      `Nothing was imported yet. To import it: tieline poams imports approve ${id}`,
      `To end it: tieline poams imports discard ${id}`,
    );
  return lines;
}

export function importLines(rows: readonly PoamImportRow[], width: number | undefined): string[] {
  if (rows.length === 0) return ['No files of POA&Ms. Bring one: tieline poams import FILE'];
  return [
    fittedTable(
      ['FILE', 'BOUNDARY', 'BROUGHT (UTC)', 'BY', 'STATE', 'NEW', 'UPDATED', 'HELD', '', 'ID'],
      rows.map((row) => [
        shownText(row.file),
        row.boundary ?? '–',
        minuteText(row.broughtAt),
        row.by,
        row.state,
        String(row.counts?.created ?? 0),
        String(row.counts?.updated ?? 0),
        String(row.held),
        shownText(row.problem ?? ''),
        row.id,
      ]),
      width,
    ),
  ];
}
