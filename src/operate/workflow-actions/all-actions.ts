/** Every action that a step of a workflow may carry out: those of modules, and those of rooms above them. */
import { moduleActions, type WorkflowAction } from '../../modules/workflows/index.ts';
import {
  comment,
  complete,
  reopen,
  requestExtension,
  setDueDate,
  updateAsset,
  updatePoam,
} from './poam-actions.ts';
import { makeReportAction } from './report-action.ts';

export const workflowActions: readonly WorkflowAction[] = [
  ...moduleActions,
  updatePoam,
  setDueDate,
  requestExtension,
  complete,
  reopen,
  comment,
  updateAsset,
  makeReportAction,
].toSorted((a, b) => a.name.localeCompare(b.name));

const byName = new Map(workflowActions.map((action) => [action.name, action]));

/** @returns undefined where this version of Tieline has none of that name. */
export const workflowAction = (name: string): WorkflowAction | undefined => byName.get(name);
