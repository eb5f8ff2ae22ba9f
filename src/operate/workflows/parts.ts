/** What runs of workflows are made of: the language of conditions, the actions of the modules and of this room, and accounts as they are now. */
import { localOperator } from '../../canonical/access/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  compileCondition,
  listCandidates,
  snapshotOf,
  type WorkflowParts,
} from '../../modules/workflows/index.ts';
import { actorOf } from '../accounts/index.ts';
import { workflowAction, workflowActions } from '../workflow-actions/index.ts';

const localPrefix = 'local:';
const actionNames = workflowActions.map(({ name }) => name);

const made = new WeakMap<object, WorkflowParts>();

/** One for each product, so that what is compiled is kept. */
export function workflowPartsOf(app: Pick<App, 'db' | 'store' | 'now' | 'access'>): WorkflowParts {
  const known = made.get(app);
  if (known) return known;
  const parts: WorkflowParts = {
    compile: compileCondition,
    snapshots: snapshotOf,
    candidates: listCandidates,
    action: workflowAction,
    actionNames,
    // The operator at the machine has the rights of the machine, as where they save it.
    ownerOf: async (principalId, name) =>
      principalId.startsWith(localPrefix) ? localOperator(name) : actorOf(app, principalId),
  };
  made.set(app, parts);
  return parts;
}
