/** Tasks and reviews of POA&Ms over HTTP. */
import { poamList, taskList } from '../../../canonical/lists/index.ts';
import { task, type taskRoutes } from '../../../contract/index.ts';
import {
  listReviewIntervals,
  type PoamSelection,
  reviewPoams,
  setReviewInterval,
  tryReviews,
} from '../../../modules/poam-reviews/index.ts';
import {
  addTask,
  changeTask,
  countTasks,
  facetTasks,
  fetchTask,
  listTasks,
  settleTask,
  type TaskRow,
} from '../../../modules/tasks/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { Call, Handlers } from '../kit/call.ts';
import { byValue, filterOf, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

/** Tasks are numbered; what is no number of one is none. */
function numberOf(id: string): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new TielineError('RECORD_UNKNOWN', `There is no task ${id}.`);
}

type Body = Call<typeof taskRoutes.tryPoamReviews>['body'];

function selectionOf({ filter, ids }: Body, now: Date): PoamSelection {
  if ((filter === undefined) === (ids === undefined))
    throw new TielineError('USAGE', 'Nothing was marked as reviewed.', {
      fields: [{ field: 'filter', message: 'give either a filter or ids of POA&Ms' }],
    });
  return ids === undefined ? { filter: filterOf(poamList, filter ?? {}, now) } : { ids };
}

const reviewHandlers = {
  tryPoamReviews: async ({ app, scope, body, now }) => ({
    body: await tryReviews(app, scope, selectionOf(body, now)),
  }),
  reviewPoams: async ({ app, by, scope, body, now }) => ({
    body: await reviewPoams(
      app,
      scope,
      { selection: selectionOf(body, now), note: body.note, token: body.token },
      by.actor,
    ),
  }),
  listReviewIntervals: async ({ app, scope }) => ({ body: await listReviewIntervals(app.db, scope) }),
  setReviewInterval: async ({ app, by, body }) => ({ body: await setReviewInterval(app, body, by.actor) }),
} satisfies Partial<Handlers<typeof taskRoutes>>;

export const taskHandlers = (parts: ListParts): Handlers<typeof taskRoutes> => ({
  ...listHandlers('Tasks', taskList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listTasks(db, scope, request),
      count: ({ db }, scope, filter, { exact }) => countTasks(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await facetTasks(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) => listTasks(db, scope, { filter, sort, after, limit })),
      columns: columnsOf<TaskRow>(task),
    },
  }),
  addTask: async ({ app, by, scope, body: { about, recordId, ...wish } }) => ({
    body: await addTask(
      app,
      scope,
      { ...defined(wish), what: wish.what, about: { kind: about, id: recordId } },
      by.actor,
    ),
  }),
  getTask: async ({ app, scope, params }) => ({
    body: await fetchTask(app.db, scope, numberOf(params.taskId)),
  }),
  changeTask: async ({ app, by, scope, params, body }) => ({
    body: await changeTask(app, scope, { id: numberOf(params.taskId), ...body }, by.actor),
  }),
  finishTask: async ({ app, by, scope, params, body }) => ({
    body: await settleTask(
      app,
      scope,
      { id: numberOf(params.taskId), done: true, note: body.note },
      by.actor,
    ),
  }),
  reopenTask: async ({ app, by, scope, params, body }) => ({
    body: await settleTask(
      app,
      scope,
      { id: numberOf(params.taskId), done: false, note: body.note },
      by.actor,
    ),
  }),
  ...reviewHandlers,
});
