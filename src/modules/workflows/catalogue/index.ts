/**
 * The workflows that ship with Tieline: YAML beside this file, so that a person can read, copy and change them. They are off and approved by nobody
 * until somebody saves one as their own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { readYaml } from '../definition/index.ts';

export interface ShippedWorkflow {
  /** `W01`, as the documentation numbers them. */
  readonly number: string;
  readonly definition: WorkflowDefinition;
  /** As it is written, to be changed and saved. */
  readonly source: string;
}

const folder = new URL('./', import.meta.url);

function read(file: string): ShippedWorkflow {
  const source = readFileSync(new URL(file, folder), 'utf8');
  const { definition, problems } = readYaml(source);
  if (definition) return { number: file.slice(0, 3).toUpperCase(), definition, source };
  const [first] = problems;
  throw new TielineError(
    'INTERNAL',
    `The shipped workflow ${file} cannot be read: ${first?.path ?? ''} ${first?.message ?? ''}`,
  );
}

let known: readonly ShippedWorkflow[] | undefined;

/** Every workflow that ships, in the order of their numbers. */
export const shippedWorkflows = (): readonly ShippedWorkflow[] =>
  (known ??= readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map(read));
