/** Operations in words: as a list, one with its steps and changes, and what an undo takes back. */
import type {
  JournalEntryFacts,
  OperationDetail,
  OperationFacts,
  undoOperation,
} from '../../../review/operations/index.ts';
import { entityWord } from '../kit/entity-word.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { wrapped } from '../kit/fitted-text.ts';
import { runnable, type PlaceFlags } from '../kit/hint.ts';
import { minuteText } from '../kit/instants.ts';
import { stepTitle } from '../../../engine/run/index.ts';
import { shortValue } from '../kit/short-value.ts';
import { counted } from '../kit/table.ts';
import { ruleSentence } from '../../../canonical/vocabulary/index.ts';

const heading = ['ID', 'STARTED (UTC)', 'WHAT', 'SYSTEM', 'BY', 'RESULT'];

const idle = 'nothing to do';

/** `318 read, 297 new, 8 changed`; what is not zero, and how it ended where that was not well. */
function result(facts: OperationFacts): string {
  const { read, created, updated, held, failed } = facts.counts;
  const told = [
    [read, 'read'],
    [created, 'new'],
    [updated, 'changed'],
    [held, 'held'],
    [failed, 'failed'],
  ] as const;
  const counts = told
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n.toLocaleString('en-US')} ${word}`)
    .join(', ');
  const planned = facts.planned === null ? '' : counted(facts.planned, 'change');
  const ended =
    facts.status === 'completed' || facts.status === 'completed_with_issues'
      ? ''
      : facts.status.replaceAll('_', ' ');
  return [ended, planned, counts].filter(Boolean).join(': ') || idle;
}

const row = (facts: OperationFacts): string[] => [
  facts.operationId.slice(0, 8),
  minuteText(facts.startedAt),
  facts.what,
  facts.system === 'tieline' || facts.system === 'internal' ? '' : facts.system,
  facts.by ?? '',
  result(facts),
];

/** What a change did, in a few words. */
function changeText(entry: JournalEntryFacts): string {
  switch (entry.kind) {
    case 'changed':
      return `${entry.field ?? ''}: ${shortValue(entry.before)} → ${shortValue(entry.after)}`;
    case 'missing':
      return 'was missing at the remote, or is there again';
    case 'linked':
      return 'recognised';
    case 'created':
      return entry.direction === 'outbound' ? 'created at the remote' : 'created here';
  }
}

const arrows: Readonly<Record<string, string>> = { inbound: 'from', outbound: 'to', internal: '' };

/** Changes record by record: what changed, and why. @param width of the terminal. */
function journalLines(entries: readonly JournalEntryFacts[], width: number): string[] {
  const lines: string[] = [];
  let before = '';
  for (const entry of entries) {
    const way = arrows[entry.direction] ?? '';
    const title = titleOf(entry);
    const place = way === '' || entry.system === null ? '' : `  (${way} ${entry.system})`;
    const heading = `${entityWord(entry.entity).replaceAll('_', ' ')} ${title}${place}`;
    if (heading !== before) lines.push(...wrapped(heading, width - 2).map((line) => `  ${line}`));
    before = heading;
    const why = entry.reason ?? whoDecided(entry);
    lines.push(
      ...wrapped(changeText(entry), width - 6).map((line, at) => `${at === 0 ? '    ' : '      '}${line}`),
      ...wrapped(`why: ${why}`, width - 8).map((line) => `      ${line}`),
    );
  }
  return lines;
}

const whoDecided = ({ decidedByKind, decidedBy, ruleCode }: JournalEntryFacts): string =>
  ruleCode !== null
    ? ruleSentence(ruleCode)
    : decidedByKind === 'policy'
      ? decidedBy
      : `decided by ${decidedBy}`;

/** The title, with the id that people use where it has one; a scanner's id of a machine is none of these. */
function titleOf({ title, record, entity }: JournalEntryFacts): string {
  if (title === null) return record;
  return entity.startsWith('asset') || title.includes(record) ? title : `${record}: ${title}`;
}

/** What waits for a person, or could not be done, with the command that leads on. */
function openLines(operation: OperationDetail, page: OperationPage): string[] {
  const { width } = page;
  const lines = conflictLines(operation, page);
  for (const [title, list] of [
    ['Not imported:', 'held'],
    ['Refused by the remote:', 'refused'],
  ] as const) {
    const records = operation[list];
    if (records.length > 0)
      lines.push(
        '',
        title,
        fittedTable(
          ['RECORD', 'WHY'],
          records.map((each) => [each.identifier, each.reason]),
          width,
        ),
        ...cutLine(operation, list),
      );
  }
  return lines;
}

function conflictLines(operation: OperationDetail, { width, place }: OperationPage): string[] {
  if (operation.conflicts.length === 0) return [];
  const rows = operation.conflicts.map((each) => [
    String(each.id),
    each.title ?? `${entityWord(each.entity)} ${each.entityId}`,
    each.field ?? each.type.replaceAll('_', ' '),
    each.status === 'pending' ? runnable(`open: tieline conflicts show ${each.id}`, place) : each.status,
  ]);
  return [
    '',
    'Conflicts that it found:',
    fittedTable(['ID', 'RECORD', 'WHAT', 'NOW'], rows, width),
    ...cutLine(operation, 'conflicts'),
  ];
}

/** What is not shown must not look as if it were not there. */
const cutLine = (operation: OperationDetail, list: OperationDetail['cut'][number]): string[] =>
  operation.cut.includes(list)
    ? [
        `There are more: tieline ops show ${operation.operationId.slice(0, 8)} --limit ${operation[list].length * 10}`,
      ]
    : [];

/** The latest operations. @param width of the terminal. */
export const operationsTable = (operations: readonly OperationFacts[], width: number | undefined): string =>
  fittedTable(heading, operations.map(row), width);

/** Which changes of an operation are shown, and where. */
export interface OperationPage {
  readonly limit: number;
  readonly after: number;
  readonly record?: string;
  readonly entity?: string;
  readonly width: number | undefined;
  readonly place: PlaceFlags;
}

export function operationLines(operation: OperationDetail, page: OperationPage): string[] {
  const { width } = page;
  const { calls } = operation;
  const byStatus = calls.byStatus.map((each) => `${each.n} × ${each.status ?? 'no answer'}`).join(', ');
  return [
    `Operation ${operation.operationId}`,
    '',
    fittedTable(heading, [row(operation)], width),
    ...(operation.error ? ['', ...wrapped(`Error: ${operation.error}`, width ?? 1000)] : []),
    ...(operation.workflowRun === null
      ? []
      : ['', `Done by a run of a workflow: tieline workflows trace ${operation.workflowRun.slice(0, 8)}`]),
    ...stepLines(operation, width),
    ...openLines(operation, page),
    ...changesLines(operation, page),
    '',
    `Calls: ${calls.total}${calls.total > 0 ? ` (${byStatus})` : ''}`,
  ];
}

function stepLines(operation: OperationDetail, width: number | undefined): string[] {
  const didSomething = operation.steps.filter((step) => result(step) !== idle);
  const rows = didSomething.map((step) => [
    step.system,
    step.step === null || step.step === undefined ? step.what : stepTitle(step.step),
    result(step),
  ]);
  const idleSteps = operation.steps.length - didSomething.length;
  const addresses = [
    ...new Set(
      operation.steps.flatMap(({ system, address }) => (address === null ? [] : [`${system} at ${address}`])),
    ),
  ];
  return [
    ...(rows.length > 0 ? ['', fittedTable(['SYSTEM', 'STEP', 'RESULT'], rows, width)] : []),
    ...(addresses.length > 0 ? wrapped(`Worked with ${addresses.join(', ')}.`, width ?? 1000) : []),
    ...(idleSteps > 0 ? [`${counted(idleSteps, 'step')} found nothing to do.`] : []),
  ];
}

function changesLines(operation: OperationDetail, page: OperationPage): string[] {
  const { journal } = operation;
  const isPart = page.after > 0 || page.record !== undefined || page.entity !== undefined;
  if (journal.entries.length === 0) {
    const changed = [...new Set(operation.changes.map((each) => each.entity))].join(', ') || 'nothing';
    return isPart ? ['', `No changes match. It changed: ${changed}.`] : [];
  }
  const total = journal.total.toLocaleString('en-US');
  const shown = journal.entries.length === journal.total ? total : `${journal.entries.length} of ${total}`;
  return [
    '',
    `${isPart ? 'Changes (those asked for)' : 'Changes'}, ${shown}:`,
    ...journalLines(journal.entries, page.width ?? 1000),
    ...nextPageLines(operation, page),
  ];
}

function nextPageLines({ operationId, journal }: OperationDetail, page: OperationPage): string[] {
  if (journal.next === null) return [];
  const words = [
    `tieline ops show ${operationId.slice(0, 8)}`,
    ...(page.record === undefined ? [] : ['--record', page.record]),
    ...(page.entity === undefined ? [] : ['--entity', page.entity]),
    '--after',
    String(journal.next),
  ];
  const rest = journal.total - journal.entries.length;
  const more = page.after > 0 ? 'There are more' : `${rest.toLocaleString('en-US')} more`;
  return ['', `${more}: ${words.join(' ')} (or --limit ${journal.total})`];
}

type Undo = Awaited<ReturnType<typeof undoOperation>>;

/** What an undo takes back, or would, and what it cannot. @param width of the terminal. */
export function undoLines(undo: Undo, width: number | undefined): string[] {
  const n = undo.fields.length;
  return [
    ...(n > 0
      ? [
          fittedTable(
            ['RECORD', 'FIELD', 'NOW', 'AFTER', ''],
            undo.fields.map((each) => [
              `${each.entity} ${each.entityId}`,
              each.field,
              shortValue(each.before),
              shortValue(each.after),
              each.note ?? '',
            ]),
            width,
          ),
        ]
      : []),
    ...refusedLines(undo),
    '',
    undo.operationId === undefined
      ? `${counted(n, 'value')} ${n === 1 ? 'goes' : 'go'} back. Nothing was changed.`
      : `${counted(n, 'value')} went back (tieline ops show ${undo.operationId.slice(0, 8)}). Next: tieline sync plan`,
  ];
}

/** For each reason, the records that are named. */
const namedAtMost = 5;

function refusedLines({ refused }: Undo): string[] {
  if (refused.length === 0) return [];
  const byReason = [...Map.groupBy(refused, (each) => each.reason)].map(([reason, of]) => {
    const named = of
      .slice(0, namedAtMost)
      .map((each) => [each.entity, each.entityId, each.field].filter(Boolean).join(' '));
    const more = of.length > namedAtMost ? ` and ${of.length - namedAtMost} more` : '';
    return `  ${named.join(', ')}${more}: ${reason}`;
  });
  return ['', 'Not taken back:', ...byReason];
}
