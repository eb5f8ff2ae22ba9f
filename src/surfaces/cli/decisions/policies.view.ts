/** Policies as a table, and what a change of them does to what waits. */
import type { Reconsidered, ReconsideredKind } from '../../../engine/outbox/index.ts';
import type { DatedPolicy } from '../../../engine/policies/index.ts';
import { type ApprovalScope, policyFilterLine } from '../../../canonical/policy/index.ts';
import { entityWord } from '../kit/entity-word.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { shellWord } from '../kit/hint.ts';
import { minuteText } from '../kit/instants.ts';

export type PolicyRow = DatedPolicy & { readonly system: string };

const asAbove = '(as above)';

/** What is written for an entity, and for a field of it as `poam.status`. @param width of the terminal. */
export function policiesTable(rows: readonly PolicyRow[], width: number | undefined): string {
  // A column for what hardly anybody sets: 80 characters hold the others.
  const isLimited = rows.some(({ filter }) => filter !== undefined);
  const onlyFor = (cell: string): string[] => (isLimited ? [cell] : []);
  return fittedTable(
    ['SYSTEM', 'WHAT', ...onlyFor('ONLY FOR'), 'DIRECTION', 'STRATEGY', 'APPROVAL', 'CHANGED (UTC)'],
    rows.flatMap((row) => [
      [
        row.system,
        row.entity,
        ...onlyFor(policyFilterLine(row.filter)),
        row.direction ?? asAbove,
        row.strategy ?? (row.entity === '*' ? 'manual' : asAbove),
        approvalText(row.entity, row.approval),
        minuteText(row.changedAt, ''),
      ],
      ...Object.entries(row.fields).map(([field, policy]) => [
        row.system,
        `${row.entity}.${field}`,
        ...onlyFor(''),
        policy.direction ?? asAbove,
        policy.strategy ?? asAbove,
        '',
        '',
      ]),
    ]),
    width,
  );
}

function approvalText(entity: string, approval: ApprovalScope | null | undefined): string {
  if (approval === undefined) return entity === '*' ? 'never' : asAbove;
  if (approval === null) return 'never';
  const parts = [approval.fields?.join(', '), approval.severities?.join(', ')].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? 'always' : parts.join('; ');
}

export function releaseQuestion(name: string, released: readonly ReconsideredKind[]): string {
  const [waits, it] = sum(released) === 1 ? ['waits', 'it'] : ['wait', 'them'];
  return `${kindsText(released)} ${waits} for approval: this policy releases ${it}, and the next sync sends ${it} to ${name}.`;
}

const sum = (kinds: readonly ReconsideredKind[]): number => kinds.reduce((total, { n }) => total + n, 0);

function kindsText(kinds: readonly ReconsideredKind[]): string {
  return kinds
    .map(({ entity, kind, n }) => `${n} ${kind === 'create' ? 'new ' : ''}${entityWord(entity, n)}`)
    .join(', ');
}

export function waitingLines(waiting: Reconsidered, name: string): string[] {
  const line = (kinds: readonly ReconsideredKind[], end: string): string[] =>
    kinds.length === 0 ? [] : [`${kindsText(kinds)}: ${end}`];
  return [
    ...line(waiting.released, `released; sent to ${name} with the next sync`),
    ...line(waiting.held, 'held for approval; the next sync asks for it (tieline approvals list)'),
    ...line(
      waiting.withdrawn,
      `withdrawn; no policy lets ${sum(waiting.withdrawn) === 1 ? 'it' : 'them'} out any more`,
    ),
  ];
}

/** After the policies were saved. */
export const savedLine = (name: string): string =>
  `Saved, and in force from now on. See: tieline policies list ${shellWord(name)}`;
