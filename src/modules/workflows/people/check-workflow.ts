/** What keeps a workflow from being saved, beyond its shape: conditions that mean nothing, actions that there are not, circles. */
import { everyStep, findCircle, type Problem, readDefinition, readYaml } from '../definition/index.ts';
import type { WorkflowDefinition, WorkflowStep } from '../../../canonical/workflow/index.ts';
import { closest } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { WorkflowParts } from '../parts.ts';
import { scheduleProblem } from '../triggers/schedule.ts';
import { lineOfPath } from '../definition/index.ts';

export type Checked =
  | { readonly definition: WorkflowDefinition; readonly source: string; readonly problems: readonly [] }
  | { readonly definition?: undefined; readonly problems: readonly Problem[] };

const at = (path: readonly (string | number)[]): string => path.join('.');

/** @param source YAML, or JSON. @param others definitions that run, or wait to be approved. */
export function checkWorkflow(
  parts: WorkflowParts,
  source: string | Readonly<Record<string, unknown>>,
  others: readonly WorkflowDefinition[],
): Checked {
  const read = typeof source === 'string' ? readYaml(source) : readDefinition(source);
  if (!read.definition) return { problems: read.problems };
  const { definition } = read;
  const problems = [
    ...conditionProblems(parts, definition),
    ...everyStep(definition.steps).flatMap(({ step, path }) => actionProblems(parts, definition, step, path)),
    ...triggerProblems(definition),
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
    const near = closest(step.action, parts.actionNames);
    return [
      {
        path: at([...path, 'action']),
        message: `there is no action "${step.action}"${near === undefined ? '' : `; did you mean "${near}"?`} There are ${parts.actionNames.join(', ')}.`,
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

function triggerProblems({ trigger }: WorkflowDefinition): Problem[] {
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
