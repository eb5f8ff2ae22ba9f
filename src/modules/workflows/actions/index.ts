import { endDeviation, requestDeviationAction } from './deviation-actions.ts';
import { makePoamAction } from './make-poam-action.ts';
import { tagAction } from './tag-action.ts';
import { alertAction } from './alert-action.ts';
import { notify, webhook } from './tell-actions.ts';
import { assign, launchScan, task } from './work-actions.ts';
import type { WorkflowAction } from './define-action.ts';

export type { ActionChange, ActionOutcome } from '../parts.ts';
export { defineAction, done, nothingToDo, refused, type WorkflowAction } from './define-action.ts';
export { dayIn, filled, picked, poamOf, template } from './inputs.ts';

/** Actions whose use cases lie in modules; those of higher rooms join them where the product is put together. */
export const moduleActions: readonly WorkflowAction[] = [
  assign,
  task,
  launchScan,
  makePoamAction,
  requestDeviationAction,
  endDeviation,
  tagAction,
  alertAction,
  notify,
  webhook,
];
