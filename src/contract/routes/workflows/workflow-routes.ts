/** Workflows and their runs. */
import { z } from 'zod';
import { workflowRunList } from '../../../canonical/lists/index.ts';
import { workflowModes } from '../../../canonical/workflow/index.ts';
import {
  workflowDetail,
  workflowProblems,
  workflowReleased,
  workflowRemoved,
  workflowRun,
  workflowRunDetail,
  workflowRunMoved,
  workflows,
  workflowSaved,
  workflowStarted,
} from '../../workflows/index.ts';
import { defineRoutes } from '../define-route.ts';
import { listRoutes } from '../list-routes.ts';

const params = z.strictObject({ name: z.string().min(1).max(255) });
const runParams = z.strictObject({ runId: z.string().min(4).max(36) });
const reason = z.string().max(10_000).optional();
/** YAML, or the workflow as an object. */
const source = z.union([z.string().min(1).max(200_000), z.record(z.string(), z.unknown())]);

const changed = {
  audit: { event: 'workflow_changed' },
  permission: 'workflow:write',
  scope: 'installation',
} as const;
const moved = { audit: { event: 'workflow_run' }, permission: 'workflow:run', scope: 'boundaries' } as const;

export const workflowRoutes = {
  ...listRoutes('WorkflowRuns', workflowRunList, { row: workflowRun, permission: 'workflow:read' }),
  ...defineRoutes({
    listWorkflows: {
      method: 'GET',
      path: '/workflows',
      tag: 'workflows',
      summary: 'Workflows, how they stand, and their runs by state',
      permission: 'workflow:read',
      scope: 'boundaries',
      answer: { status: 200, shape: workflows },
    },
    checkWorkflow: {
      method: 'POST',
      path: '/workflows/check',
      tag: 'workflows',
      summary: 'What keeps a workflow from being saved',
      permission: 'workflow:read',
      scope: 'boundaries',
      body: z.strictObject({ source }),
      answer: { status: 200, shape: workflowProblems },
      audit: { nothing: 'looked at, and nothing saved' },
    },
    saveWorkflow: {
      method: 'POST',
      path: '/workflows',
      tag: 'workflows',
      summary: 'Save a version of a workflow, for another person to approve',
      ...changed,
      body: z.strictObject({ source, note: z.string().max(1_000).optional() }),
      idempotent: true,
      answer: { status: 201, shape: workflowSaved },
    },
    getWorkflow: {
      method: 'GET',
      path: '/workflows/:name',
      tag: 'workflows',
      summary: 'One workflow, its versions and the definition that runs',
      permission: 'workflow:read',
      scope: 'boundaries',
      params,
      query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }),
      answer: { status: 200, shape: workflowDetail },
    },
    decideWorkflow: {
      method: 'POST',
      path: '/workflows/:name/decide',
      tag: 'workflows',
      summary: 'Approve or reject a version that another person saved',
      ...changed,
      params,
      body: z.strictObject({
        version: z.number().int().min(1),
        approved: z.boolean(),
        note: z.string().max(1_000).optional(),
      }),
      idempotent: true,
      answer: { status: 200, shape: workflowDetail },
    },
    setWorkflowMode: {
      method: 'POST',
      path: '/workflows/:name/mode',
      tag: 'workflows',
      summary: 'Switch a workflow off, to simulate, or live',
      ...changed,
      params,
      body: z.strictObject({ mode: z.enum(workflowModes), reason }),
      idempotent: true,
      answer: { status: 200, shape: workflowDetail },
    },
    takeOverWorkflow: {
      method: 'POST',
      path: '/workflows/:name/owner',
      tag: 'workflows',
      summary: 'Take a workflow over, so that it runs by your rights',
      ...changed,
      params,
      idempotent: true,
      answer: { status: 200, shape: workflowDetail },
    },
    resumeWorkflow: {
      method: 'POST',
      path: '/workflows/:name/resume',
      tag: 'workflows',
      summary: 'Let a workflow continue that stopped by itself',
      ...changed,
      params,
      body: z.strictObject({ reason }),
      idempotent: true,
      answer: { status: 200, shape: workflowDetail },
    },
    releaseWorkflowRuns: {
      method: 'POST',
      path: '/workflows/:name/release',
      tag: 'workflows',
      summary: 'Release runs that are held at the limit of their workflow',
      ...changed,
      params,
      idempotent: true,
      answer: { status: 200, shape: workflowReleased },
    },
    removeWorkflow: {
      method: 'POST',
      path: '/workflows/:name/remove',
      tag: 'workflows',
      summary: 'Remove a workflow and cancel its open runs',
      ...changed,
      params,
      body: z.strictObject({ reason }),
      idempotent: true,
      answer: { status: 200, shape: workflowRemoved },
    },
    runWorkflow: {
      method: 'POST',
      path: '/workflows/:name/runs',
      tag: 'workflows',
      summary: 'Start runs of a workflow for records by hand',
      ...moved,
      params,
      body: z.strictObject({ records: z.array(z.string().min(1).max(255)).min(1).max(1_000) }),
      idempotent: true,
      answer: { status: 201, shape: workflowStarted },
    },
    getWorkflowRun: {
      method: 'GET',
      path: '/workflow-runs/:runId',
      tag: 'workflows',
      summary: 'One run with its trace',
      permission: 'workflow:read',
      scope: 'boundaries',
      params: runParams,
      answer: { status: 200, shape: workflowRunDetail },
    },
    cancelWorkflowRun: {
      method: 'POST',
      path: '/workflow-runs/:runId/cancel',
      tag: 'workflows',
      summary: 'End a run that is not over; what it did stays done',
      ...moved,
      params: runParams,
      idempotent: true,
      answer: { status: 200, shape: workflowRunMoved },
    },
    retryWorkflowRun: {
      method: 'POST',
      path: '/workflow-runs/:runId/retry',
      tag: 'workflows',
      summary: 'Let a run that failed try its step again',
      ...moved,
      params: runParams,
      idempotent: true,
      answer: { status: 200, shape: workflowRunMoved },
    },
  }),
} as const;
