/** Workflows and their runs over HTTP. */
import { workflowRunList } from '../../../canonical/lists/index.ts';
import { workflowRun, type workflowRoutes } from '../../../contract/index.ts';
import {
  cancelRun,
  checkSource,
  countRuns,
  decideWorkflow,
  facetRuns,
  fetchRun,
  fetchWorkflow,
  listRuns,
  listWorkflows,
  releaseRuns,
  removeWorkflow,
  resumeWorkflow,
  retryRun,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  shownRun,
  takeOverWorkflow,
} from '../../../modules/workflows/index.ts';
import { workflowPartsOf } from '../../../operate/workflows/index.ts';
import { ensureQueue } from '../../../platform/queue/index.ts';
import type { Call, Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

type App = Call<typeof workflowRoutes.listWorkflows>['app'];
type RequestOf = Parameters<typeof listRuns>[2];

const pageOfRuns = async (
  app: Pick<App, 'db'>,
  scope: Parameters<typeof listRuns>[1],
  request: RequestOf,
) => {
  const { items, ...page } = await listRuns(app.db, scope, request);
  return { items: items.map(shownRun), ...page };
};

const ownHandlers = {
  listWorkflows: async ({ app, scope }) => ({ body: await listWorkflows(app, scope) }),
  checkWorkflow: async ({ app, body: { source } }) => ({
    body: { problems: [...(await checkSource(app, workflowPartsOf(app), source)).problems] },
  }),
  saveWorkflow: async ({ app, by, body }) => ({
    body: await saveWorkflow(app, workflowPartsOf(app), by.actor, body),
  }),
  getWorkflow: async ({ app, scope, params, query }) => ({
    body: await fetchWorkflow(app, scope, { name: params.name, version: query.version }),
  }),
  decideWorkflow: async ({ app, by, scope, params, body }) => {
    await decideWorkflow(app, workflowPartsOf(app), by.actor, { name: params.name, ...body });
    return { body: await fetchWorkflow(app, scope, params) };
  },
  setWorkflowMode: async ({ app, by, scope, params, body }) => {
    await setWorkflowMode(app, by.actor, { name: params.name, ...body });
    return { body: await fetchWorkflow(app, scope, params) };
  },
  takeOverWorkflow: async ({ app, by, scope, params }) => {
    await takeOverWorkflow(app, by.actor, params.name);
    return { body: await fetchWorkflow(app, scope, params) };
  },
  resumeWorkflow: async ({ app, by, scope, params, body }) => {
    await ensureQueue(app.queue);
    await resumeWorkflow(app, by.actor, { name: params.name, ...body });
    return { body: await fetchWorkflow(app, scope, params) };
  },
  releaseWorkflowRuns: async ({ app, by, params }) => {
    await ensureQueue(app.queue);
    return { body: await releaseRuns(app, by.actor, params.name) };
  },
  removeWorkflow: async ({ app, by, params, body }) => ({
    body: await removeWorkflow(app, by.actor, { name: params.name, ...body }),
  }),
  runWorkflow: async ({ app, by, scope, params, body }) => {
    await ensureQueue(app.queue);
    const started = await runByHand(
      app,
      workflowPartsOf(app),
      { actor: by.actor, scope },
      { name: params.name, ...body },
    );
    return { body: { ...started, runs: [...started.runs], left: [...started.left] } };
  },
  getWorkflowRun: async ({ app, scope, params }) => ({ body: await fetchRun(app, scope, params.runId) }),
  cancelWorkflowRun: async ({ app, by, scope, params }) => ({
    body: await cancelRun(app, { actor: by.actor, scope }, params.runId),
  }),
  retryWorkflowRun: async ({ app, by, scope, params }) => {
    await ensureQueue(app.queue);
    return { body: await retryRun(app, { actor: by.actor, scope }, params.runId) };
  },
} satisfies Partial<Handlers<typeof workflowRoutes>>;

export const workflowHandlers = (parts: ListParts): Handlers<typeof workflowRoutes> => ({
  ...listHandlers('WorkflowRuns', workflowRunList, {
    parts,
    source: {
      page: (app, scope, request) => pageOfRuns(app, scope, request),
      count: ({ db }, scope, filter, { exact }) => countRuns(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await facetRuns(db, scope, filter, by)),
      stream: (app, scope, { filter, sort }) =>
        everyPage((after, limit) => pageOfRuns(app, scope, { filter, sort, after, limit })),
      columns: columnsOf<ReturnType<typeof shownRun>>(workflowRun),
    },
  }),
  ...ownHandlers,
});
