/** Circles: workflows whose actions raise what starts another, and so on, back to the first. Pure. */
import type { TriggerEvent, WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import { everyStep } from './steps.ts';

const startedBy = ({ trigger }: WorkflowDefinition): TriggerEvent | undefined =>
  'event' in trigger ? trigger.event : undefined;

function raisedBy(
  definition: WorkflowDefinition,
  raises: (action: string) => readonly TriggerEvent[],
): ReadonlySet<TriggerEvent> {
  return new Set(
    everyStep(definition.steps).flatMap(({ step }) => ('action' in step ? raises(step.action) : [])),
  );
}

/**
 * The shortest circle that this workflow closes, by names, itself first and last; undefined: none.
 * @param others those that run, or wait to be approved. @param raises the events that an action raises.
 */
export function findCircle(
  workflow: WorkflowDefinition,
  others: readonly WorkflowDefinition[],
  raises: (action: string) => readonly TriggerEvent[],
): readonly string[] | undefined {
  const all = [workflow, ...others.filter(({ name }) => name !== workflow.name)];
  const raised = new Map(all.map((each) => [each.name, raisedBy(each, raises)]));
  const next = (from: string): WorkflowDefinition[] =>
    all.filter((each) => {
      const event = startedBy(each);
      return event !== undefined && raised.get(from)?.has(event) === true;
    });
  const paths: (readonly string[])[] = [[workflow.name]];
  const seen = new Set<string>();
  for (let path = paths.shift(); path; path = paths.shift())
    for (const { name } of next(path.at(-1) ?? '')) {
      if (name === workflow.name) return [...path, name];
      if (!seen.has(name)) paths.push([...path, name]);
      seen.add(name);
    }
  return undefined;
}
