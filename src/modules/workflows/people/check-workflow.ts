/** What keeps a workflow from being saved, beyond its shape: conditions that mean nothing, actions that there are not, circles. */
import type { App } from '../../../engine/run/index.ts';
import { everyStep, findCircle, lineOfPath, type Problem, readSource } from '../definition/index.ts';
import type { WorkflowDefinition, WorkflowStep } from '../../../canonical/workflow/index.ts';
import { closest } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { WorkflowParts } from '../parts.ts';
import { listRunningDefinitions } from '../rows/workflows.sql.ts';
import { scheduleProblem } from '../triggers/schedule.ts';
import { listMetricNames } from '../../metrics/index.ts';

export type Checked =
  | { readonly definition: WorkflowDefinition; readonly source: string; readonly problems: readonly [] }
  | { readonly definition?: undefined; readonly problems: readonly Problem[] };

const meant = (word: string, known: readonly string[]): string => {
  const near = closest(word, known);
  return near === undefined ? '' : `; did you mean "${near}"?`;
};

const at = (path: readonly (string | number)[]): string => path.join('.');

/** What a workflow is checked against, beside itself. */
interface Known {
  /** Definitions that run, or wait to be approved. */
  readonly others: readonly WorkflowDefinition[];
  readonly metrics: readonly string[];
}

/** What keeps a workflow from being saved, as things stand now. @param source YAML, or the workflow as an object. */
export async function checkSource(
  { db }: Pick<App, 'db'>,
  parts: WorkflowParts,
  source: string | Readonly<Record<string, unknown>>,
): Promise<Checked> {
  const read = readSource(source);
  if (!read.definition) return { problems: read.problems };
  const known = {
    others: await listRunningDefinitions(db, read.definition.name),
    metrics: await listMetricNames({ db }),
  };
  return checkDefinition(parts, source, read.definition, known);
}

function checkDefinition(
  parts: WorkflowParts,
  source: string | Readonly<Record<string, unknown>>,
  definition: WorkflowDefinition,
  { others, metrics }: Known,
): Checked {
  const problems = [
    ...conditionProblems(parts, definition),
    ...everyStep(definition.steps).flatMap(({ step, path }) => actionProblems(parts, definition, step, path)),
    ...triggerProblems(definition, metrics),
    ...circleProblems(parts, definition, others),
  ];
  const text = typeof source === 'string' ? source : JSON.stringify(source, null, 2);
  if (problems.length === 0) return { definition, source: text, problems: [] };
  return {
    problems: problems
      .map((problem) => ({
        ...problem,
        ...(typeof source === 'string' ? defined(lineOfPath(source, problem.path)) : {}),
      }))
      .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)),
  };
}

/** Conditions of a workflow, each with its place and what it has to come to. */
function conditionsOf({ when, steps }: WorkflowDefinition) {
  const found: { readonly path: string; readonly text: string; readonly gives: 'yes' | 'yes_or_time' }[] = [
    { path: 'when', text: when, gives: 'yes' },
  ];
  for (const { step, path } of everyStep(steps)) {
    if ('when' in step && step.when !== undefined)
      found.push({ path: at([...path, 'when']), text: step.when, gives: 'yes' });
    if ('waitUntil' in step && typeof step.waitUntil === 'string')
      found.push({ path: at([...path, 'waitUntil']), text: step.waitUntil, gives: 'yes_or_time' });
    if ('branch' in step)
      for (const [number, branch] of step.branch.entries())
        found.push({ path: at([...path, 'branch', number, 'when']), text: branch.when, gives: 'yes' });
  }
  return found;
}

const conditionProblems = (parts: WorkflowParts, definition: WorkflowDefinition): Problem[] =>
  conditionsOf(definition).flatMap(({ path, text, gives }) =>
    (parts.compile(definition.record, text, gives).problems ?? []).map(({ message, remedy }) => ({
      path,
      message: `${message} ${remedy}`.trim(),
    })),
  );

function actionProblems(
  parts: WorkflowParts,
  { record }: WorkflowDefinition,
  step: WorkflowStep,
  path: readonly (string | number)[],
): Problem[] {
  if (!('action' in step)) return [];
  const action = parts.action(step.action);
  if (!action) {
    return [
      {
        path: at([...path, 'action']),
        message: `there is no action "${step.action}"${meant(step.action, parts.actionNames)}. There are ${parts.actionNames.join(', ')}.`,
      },
    ];
  }
  const wrongRecord = action.appliesTo.includes(record)
    ? []
    : [
        {
          path: at([...path, 'action']),
          message: `"${step.action}" acts on ${action.appliesTo.join(', ')}, and this workflow is about a ${record}`,
        },
      ];
  return [
    ...wrongRecord,
    ...action.problems(step.with, record).map((problem) => ({
      path: at([...path, 'with', ...(problem.path === '' ? [] : [problem.path])]),
      message: problem.message,
    })),
  ];
}

function triggerProblems({ trigger }: WorkflowDefinition, metrics: readonly string[]): Problem[] {
  if ('metric' in trigger && !metrics.includes(trigger.metric))
    return [
      {
        path: 'trigger.metric',
        message: `there is no metric "${trigger.metric}"${meant(trigger.metric, metrics)}; see \`tieline metrics list\``,
      },
    ];
  const problem = 'schedule' in trigger ? scheduleProblem(trigger.schedule) : undefined;
  return problem === undefined ? [] : [{ path: 'trigger.schedule', message: problem }];
}

function circleProblems(
  parts: WorkflowParts,
  definition: WorkflowDefinition,
  others: readonly WorkflowDefinition[],
): Problem[] {
  const circle = findCircle(definition, others, (name) => parts.action(name)?.raises ?? []);
  if (!circle) return [];
  return [
    {
      path: 'trigger',
      message: `workflows would start each other in a circle: ${circle.join(' → ')}. Change what starts one of them, or an action.`,
    },
  ];
}
