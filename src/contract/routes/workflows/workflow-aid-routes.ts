/** What helps to write a workflow and to trust it. */
import { z } from 'zod';
import { workflowAids, workflowReplay } from '../../workflows/index.ts';
import { defineRoutes } from '../define-route.ts';

export const workflowAidRoutes = defineRoutes({
  getWorkflowAids: {
    method: 'GET',
    path: '/workflow-aids',
    tag: 'workflows',
    summary: 'What workflows are built of, and those that ship',
    permission: 'workflow:read',
    scope: 'boundaries',
    answer: { status: 200, shape: workflowAids },
  },
  replayWorkflow: {
    method: 'POST',
    path: '/workflow-replays',
    tag: 'workflows',
    summary: 'What a workflow would have done in the last days',
    permission: 'workflow:read',
    scope: 'boundaries',
    body: z.strictObject({
      /** YAML, or the workflow as an object. */
      source: z.union([z.string().min(1).max(200_000), z.record(z.string(), z.unknown())]),
      days: z.number().int().min(1).max(400).default(90),
    }),
    answer: { status: 200, shape: workflowReplay },
    audit: { nothing: 'looked at, and nothing saved' },
  },
});
