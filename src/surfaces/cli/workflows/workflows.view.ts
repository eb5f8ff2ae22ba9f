/** Workflows and runs as a person at a terminal reads them. */
import type {
  ListedWorkflow,
  RunDetail,
  shownRun,
  WorkflowDetail,
} from '../../../modules/workflows/index.ts';
import { shownText } from '../../../platform/errors/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { counted } from '../kit/table.ts';

const minute = (at: Date | null): string =>
  at === null ? '–' : at.toISOString().slice(0, 16).replace('T', ' ');

/** What a person is to do about it, else how it stands. */
function standing({
  stopped,
  mode,
  approvedVersion,
  waitsForApproval,
  latestVersion,
}: ListedWorkflow): string {
  if (stopped) return 'STOPPED';
  const waits = waitsForApproval ? `, v${latestVersion} waits` : '';
  return approvedVersion === null ? `not approved` : `${mode}${waits}`;
}

export const workflowsTable = (rows: readonly ListedWorkflow[], width: number | undefined): string =>
  fittedTable(
    ['NAME', 'STANDS', 'STARTED BY', 'OWNER', 'LAST RUN', 'WAIT', 'FAILED', 'HELD'],
    rows.map((row) => [
      row.name,
      standing(row),
      row.triggerEvent ?? [row.triggerKind.replaceAll('_', ' '), row.trigger ?? ''].join(' ').trim(),
      shownText(row.owner),
      minute(row.lastStartedAt),
      String((row.runs.waiting ?? 0) + (row.runs.asking ?? 0)),
      String(row.runs.failed ?? 0),
      String((row.runs.held ?? 0) + (row.runs.halted ?? 0)),
    ]),
    width,
  );

export function workflowText(shown: WorkflowDetail): string {
  const { name, title, stopped, owner, limit, versions, condition, steps } = shown;
  const waiting = versions.find(({ state }) => state === 'waiting');
  return [
    `# ${shownText(title)}`,
    `# ${standing(shown)}; runs by the rights of ${shownText(owner)}; at most ${limit} records in 24 hours before it asks`,
    `# ${counted(steps, 'step')}${condition === null ? ', for every record' : ` where ${shownText(condition)}`}`,
    ...(stopped
      ? [
          `# stopped ${minute(stopped.at)}: ${shownText(stopped.why)}. Continue: tieline workflows resume ${name}`,
        ]
      : []),
    ...(waiting
      ? [
          `# version ${waiting.version}, saved by ${shownText(waiting.savedBy)}, waits for another person: tieline workflows approve ${name}`,
        ]
      : []),
    ...versions.map(
      ({ version, state, savedBy, savedAt, decidedBy, note }) =>
        `# v${version} ${state}${decidedBy === null ? '' : ` by ${shownText(decidedBy)}`}, saved ${minute(savedAt)} by ${shownText(savedBy)}${note === null ? '' : `: ${shownText(note)}`}`,
    ),
    `# version ${shown.shownVersion}:`,
    shown.source.trimEnd(),
  ].join('\n');
}

export const runsTable = (rows: readonly ReturnType<typeof shownRun>[], width: number | undefined): string =>
  fittedTable(
    ['RUN', 'WORKFLOW', 'STATE', 'ABOUT', 'STARTED', 'STEP', 'WHY'],
    rows.map((row) => [
      row.runId.slice(0, 8),
      row.workflow,
      `${row.state}${row.mode === 'simulate' ? ' (simulated)' : ''}`,
      `${row.recordKind} ${shownText(row.recordId)}`,
      minute(row.startedAt),
      row.step ?? '–',
      shownText(row.problem ?? ''),
    ]),
    width,
  );

export function traceText({ trace, ...run }: RunDetail): string {
  return [
    `Run ${run.runId} of ${run.workflow}, version ${run.version}${run.mode === 'simulate' ? ', simulated: it changes nothing' : ''}`,
    `About ${run.recordKind} ${shownText(run.recordId)}; started ${minute(run.startedAt)} by ${shownText(run.startedBy ?? run.trigger)}; ${run.state}`,
    ...(run.problem === null ? [] : [`Why: ${shownText(run.problem)}`]),
    '',
    ...trace.flatMap(({ number, stepId, outcome, why, at, changes, operationId }) => [
      `${String(number).padStart(3)}  ${minute(at)}  ${stepId ?? '(run)'}: ${outcome.replaceAll('_', ' ')}${why === '' ? '' : ` – ${shownText(why)}`}`,
      ...changes.map(
        ({ entity, id, field, before, after }) =>
          `       ${entity} ${shownText(id)}${field === null ? '' : ` ${field}`}: ${shownText(JSON.stringify(before))} → ${shownText(JSON.stringify(after))}`,
      ),
      ...(operationId === null ? [] : [`       tieline ops show ${operationId.slice(0, 8)}`]),
    ]),
  ].join('\n');
}
