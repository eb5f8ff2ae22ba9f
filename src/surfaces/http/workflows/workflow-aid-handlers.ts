import type { workflowAidRoutes } from '../../../contract/index.ts';
import { replaySource, workflowAidsOf } from '../../../operate/workflow-actions/index.ts';
import type { Handlers } from '../kit/call.ts';

export const workflowAidHandlers: Handlers<typeof workflowAidRoutes> = {
  getWorkflowAids: () => Promise.resolve({ body: workflowAidsOf() }),
  replayWorkflow: async ({ app, scope, body }) => ({ body: await replaySource(app, scope, body) }),
};
