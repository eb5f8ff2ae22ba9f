/** Privacy requests and disclosures as the terminal shows them. */
import {
  notSearchedReasons,
  privacyReasons,
  privacyRequestTypes,
  privacyStatuses,
  privacySteps,
} from '../../../canonical/vocabulary/index.ts';
import type {
  DisclosureRow,
  PrivacyRequest,
  PrivacyRequestRow,
  SearchView,
} from '../../../modules/privacy/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const dueText = ({ due, isLate }: PrivacyRequestRow): string =>
  due === null ? '–' : isLate ? `${due} LATE` : due;

export const requestTable = (rows: readonly PrivacyRequestRow[], width: number | undefined): string =>
  fittedTable(
    ['ID', 'PERSON', 'ASKS FOR', 'STATUS', 'RECEIVED', 'DUE'],
    rows.map((row) => [
      String(row.id),
      shownText(row.name ?? row.subjectId),
      privacyRequestTypes[row.type],
      privacyStatuses[row.status],
      row.receivedOn,
      dueText(row),
    ]),
    width,
  );

const commands: Readonly<Record<string, string>> = {
  ask_identity: 'identify --pending',
  grant_partly: 'grant --partly',
  withdraw: 'close --withdrawn',
};
const stepNames: Readonly<Record<string, string>> = {
  ...privacySteps,
  receive: 'received',
  copy: 'copy made',
  amend: 'record corrected',
  annotate: 'record annotated',
};

const knownStep = (step: string): string => stepNames[step] ?? step;

/** One request: who, what, by when; what was done; what comes next. */
export function requestLines(request: PrivacyRequest): readonly string[] {
  const { response } = request;
  const said = ['decision', 'reason', 'exemption', 'appealTo', 'appeal'].flatMap((key) => {
    const value = response[key];
    return typeof value === 'string' && value !== '' ? [`  ${key.padEnd(12)} ${shownText(value)}`] : [];
  });
  return [
    `Privacy request ${request.id}: ${privacyRequestTypes[request.type]}, ${privacyStatuses[request.status]}`,
    `  person       ${shownText([request.name, request.subjectId, request.mail].filter((each) => each !== null).join(', '))}`,
    `  received     ${request.receivedOn}`,
    `  due          ${request.due === null ? 'nothing waits for a day' : dueText(request)}`,
    ...(request.asked === null ? [] : [`  asks         ${shownText(request.asked)}`]),
    ...(request.identityHow === null
      ? []
      : [
          `  identity     ${request.identityHow} (${request.consent ?? 'no consent'}), checked by ${shownText(request.identityBy ?? '')}`,
        ]),
    ...said,
    ...request.statements.map(
      (each) => `  ${each.kind}: ${each.entity} ${shownText(each.recordId)}: ${shownText(each.statement)}`,
    ),
    'Done so far:',
    ...request.steps.map((step) => `  ${dayOf(step.at)}  ${knownStep(step.step)}, by ${shownText(step.by)}`),
    ...(request.next.length === 0
      ? []
      : [
          'Next:',
          ...request.next.map((step) => {
            const [verb = '', flag] = (commands[step] ?? step).split(' ');
            return `  tieline privacy ${verb} ${request.id}${flag === undefined ? '' : ` ${flag}`}`;
          }),
        ]),
  ];
}

/** The latest search, table by table: those with something, then what was not searched, then how many had nothing. */
export function searchLines(search: SearchView, width: number | undefined): readonly string[] {
  const full = ({ schema, table }: { readonly schema: string; readonly table: string }): string =>
    schema === '' || schema === 'public' ? table : `${schema}.${table}`;
  const hits = search.tables.filter((table) => table.rowsFound > 0);
  const skipped = search.tables.filter((table) => table.notSearchedBecause !== null);
  const searched = search.tables.filter((table) => table.notSearchedBecause === null);
  const waiting = searched.filter((table) => !table.isDone).length;
  const read = searched.reduce((sum, table) => sum + table.rowsRead, 0);
  const end =
    search.problem !== null
      ? `It failed: ${shownText(search.problem.message)}`
      : search.endedAt === null
        ? `It is not over: ${waiting} of ${searched.length} tables are left.`
        : `It is complete: ${searched.length} tables, ${read} rows.`;
  return [
    `Searched for: ${search.terms.map(shownText).join(' | ')}`,
    end,
    ...(hits.length === 0
      ? ['Nothing was found.']
      : [
          fittedTable(
            ['TABLE', 'ROWS', 'FOUND', 'LEFT OUT'],
            hits.map((table) => [
              full(table),
              String(table.rowsRead),
              String(table.rowsFound),
              table.leftOut.map(({ because, rows }) => `${rows}: ${privacyReasons[because]}`).join('; ') ||
                '0',
            ]),
            width,
          ),
        ]),
    `Searched without a find: ${searched.filter((table) => table.isDone && table.rowsFound === 0).length} tables.`,
    ...(skipped.length === 0
      ? []
      : [
          'Not searched:',
          fittedTable(
            ['TABLE', 'WHY'],
            skipped.map((table) => [
              full(table),
              table.notSearchedBecause === null ? '' : notSearchedReasons[table.notSearchedBecause],
            ]),
            width,
          ),
        ]),
    ...search.tables
      .filter((table) => table.leftOutColumns.length > 0 && table.notSearchedBecause === null)
      .map((table) => `Columns of bytes, not searched: ${full(table)}: ${table.leftOutColumns.join(', ')}`),
  ];
}

export const disclosureTable = (rows: readonly DisclosureRow[], width: number | undefined): string =>
  fittedTable(
    ['DAY', 'WHAT', 'RECIPIENT', 'PURPOSE', 'AUTHORITY', 'OF'],
    rows.map((row) => [
      dayOf(row.at),
      shownText(row.what),
      shownText([row.recipient, row.address].filter((each) => each !== null).join(', ')),
      shownText(row.purpose),
      shownText(row.authority),
      row.subjects === null ? 'anybody?' : shownText(row.subjects.join(', ')),
    ]),
    width,
  );
