/** The steps that can be added, and what each begins with. Pure. */
import type { z } from 'zod';
import type { workflowAids } from '../../../../../src/contract/index.ts';
import { isPlain } from './document.ts';
import { inputsOf } from './inputs.ts';

// Of the contract, and not by way of the client: the test of it runs outside of a browser.
type WorkflowAids = z.input<typeof workflowAids>;

export type StepKind = 'action' | 'approve' | 'waitUntil' | 'branch';
const allKinds: readonly StepKind[] = ['action', 'approve', 'waitUntil', 'branch'];

/** The kind of a step, by its key; undefined: it has none of the keys, or several. */
export function stepKindOf(step: unknown): StepKind | undefined {
  if (!isPlain(step)) return undefined;
  const [kind, ...more] = allKinds.filter((each) => each in step);
  return more.length > 0 ? undefined : kind;
}

/** Every id of the steps, at any depth. */
export const idsOf = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.flatMap(idsOf)
    : isPlain(value)
      ? Object.entries(value).flatMap(([key, inner]) =>
          key === 'id' && typeof inner === 'string' ? [inner] : key === 'with' ? [] : idsOf(inner),
        )
      : [];

/** An id that no step has yet: `notify`, `notify-2`. */
export function freeId(begin: string, taken: readonly string[]): string {
  const stem = begin
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, 36);
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.includes(id)) return id;
  }
}

const begins: Readonly<Record<Exclude<StepKind, 'action'>, { readonly id: string; readonly of: object }>> = {
  approve: { id: 'ask', of: { approve: { ask: '', levels: [{ who: ['isso'] }] } } },
  waitUntil: { id: 'wait', of: { waitUntil: { days: 3 } } },
  branch: { id: 'branch', of: { branch: [{ when: '', steps: [] }] } },
};

/** @param chosen the kind of a step, or `action:NAME`. */
export function newStep(
  chosen: string,
  actions: WorkflowAids['actions'],
  taken: readonly string[],
): { readonly id: string; readonly [key: string]: unknown } {
  if (chosen === 'approve' || chosen === 'waitUntil' || chosen === 'branch')
    return { id: freeId(begins[chosen].id, taken), ...begins[chosen].of };
  const name = chosen.replace(/^action:/, '');
  const inputs = inputsOf(actions.find((action) => action.name === name)?.inputs ?? {});
  // What has to be said stands there, empty, so that its field comes first.
  const needed = inputs.filter(({ isRequired, shape }) => isRequired && shape.is === 'text');
  return {
    id: freeId(name, taken),
    action: name,
    ...(needed.length === 0 ? {} : { with: Object.fromEntries(needed.map((each) => [each.name, ''])) }),
  };
}
