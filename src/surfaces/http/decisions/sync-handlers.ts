/** The outbox, operations, work that is asked for, the inbox, and events. */
import { everywhere } from '../../../canonical/access/index.ts';
import { changeList, inboxList, operationList, outboxList } from '../../../canonical/lists/index.ts';
import { operationRow, outboxEntry, type syncRoutes } from '../../../contract/index.ts';
import { fetchJob, requestSync } from '../../../operate/jobs/index.ts';
import { homeOf } from '../../../review/home/index.ts';
import { countCriticalAlerts } from '../../../modules/alerts/index.ts';
import { countInbox, listInbox } from '../../../review/inbox/index.ts';
import {
  cancelOperation,
  countOperations,
  countOperationsBy,
  fetchOperation,
  listChanges,
  listOperations,
  type OperationFacts,
} from '../../../review/operations/index.ts';
import {
  countOutboxBy,
  countOutboxChanges,
  fetchOutboxChange,
  type ListedChange,
  listOutbox,
} from '../../../review/outbox/index.ts';
import { knownWord } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { listEntities } from '../../../record/entities/index.ts';
import type { Handlers } from '../kit/call.ts';
import type { EventFeed } from '../kit/event-feed.ts';
import { byValue, filterOf, most, pageBody, pageRequest } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { eventStream } from './event-stream.ts';

type ListHandlers = Pick<
  Handlers<typeof syncRoutes>,
  'listOutbox' | 'countOutbox' | 'facetOutbox' | 'listOperations' | 'countOperations' | 'facetOperations'
>;

const lists = (parts: ListParts): ListHandlers => ({
  ...listHandlers('Outbox', outboxList, {
    parts,
    source: {
      page: (app, scope, request) => listOutbox(app, scope, request),
      count: ({ db }, scope, filter, { exact }) => countOutboxChanges(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await countOutboxBy(db, scope, filter, by)),
      stream: (app, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listOutbox(app, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<ListedChange>(outboxEntry),
    },
  }),
  ...listHandlers('Operations', operationList, {
    parts,
    source: {
      page: (app, _scope, request) => listOperations(app, request),
      count: ({ db }, _scope, filter, { exact }) => countOperations(db, filter, most(exact)),
      facet: async ({ db }, _scope, filter, by) => byValue(await countOperationsBy(db, filter, by)),
      stream: (app, _scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listOperations(app, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<OperationFacts>(operationRow),
    },
  }),
});

const countWaiting: Handlers<typeof syncRoutes>['countWaiting'] = async ({ app, by, query, now }) => {
  const filter = filterOf(inboxList, defined(query), now);
  const counts = await countInbox(app.db, everywhere, { actor: by.actor, now }, filter);
  // What one only sees is in the inbox, and no reason to come.
  const mine = counts.filter(({ mayAct, count }) => mayAct && count > 0);
  return {
    body: {
      kinds: Object.fromEntries(mine.map(({ kind, count }) => [kind, count])),
      inbox: mine.reduce((sum, { count }) => sum + count, 0),
      criticalAlerts: await countCriticalAlerts(app.db, by.actor, now),
    },
  };
};

export const syncHandlers = (
  parts: ListParts & { readonly feed: EventFeed },
): Handlers<typeof syncRoutes> => ({
  ...lists(parts),
  getOutboxChange: async ({ app, scope, params }) => ({
    body: await fetchOutboxChange(app, scope, params.changeId),
  }),
  getOperation: async ({ app, params }) => ({
    body: await fetchOperation(app, params.operationId, { limit: 100 }),
  }),
  listOperationChanges: async ({ app, scope, params, query, now }) => {
    const { cursors } = parts;
    const list = { ...changeList, noun: `changes of ${params.operationId}` };
    const page = await listChanges(
      app,
      scope,
      params.operationId,
      pageRequest(list, query, { cursors, now }),
    );
    return { body: pageBody(list, page, { query, cursors }) };
  },
  requestSync: async ({ app, by, body }) => {
    const names = listEntities().map(({ name }) => name);
    const entities = body.entities.map((text) =>
      knownWord('entity', text, names, 'entities', 'REQUEST_INVALID'),
    );
    const id = await requestSync(app, by.actor, { ...body, entities });
    return { body: await fetchJob(app, id), location: `/api/v1/jobs/${id}` };
  },
  cancelOperation: async ({ app, by, params }) => ({
    body: { operationId: await cancelOperation(app, by.actor, params.operationId) },
  }),
  getJob: async ({ app, by, params }) => ({ body: await fetchJob(app, params.jobId, by.actor) }),
  countWaiting,
  listInbox: async ({ app, by, query, now }) => {
    const reader = { actor: by.actor, now };
    const filter = filterOf(inboxList, query, now);
    const [page, counts] = await Promise.all([
      listInbox(app.db, everywhere, reader, {
        filter,
        sort: { by: 'since', descending: false },
        limit: Number(query['limit']),
      }),
      countInbox(app.db, everywhere, reader, filter),
    ]);
    return { body: { items: page.items, counts } };
  },
  getHome: async ({ app, by, now }) => {
    const { poams = [], milestones = [], systems = [] } = await homeOf(app.db, everywhere, by.actor, now);
    return { body: { poams, milestones, systems } };
  },
  followEvents: (call) =>
    Promise.resolve({ stream: eventStream(call, parts.feed), type: 'text/event-stream; charset=utf-8' }),
});
