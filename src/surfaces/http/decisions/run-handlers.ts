/** How the sync is: connections, schedules, calls to the other sides. */
import { Readable } from 'node:stream';
import {
  fetchPerformance,
  fetchPrometheusText,
  type ProcessFacts,
} from '../../../operate/performance/index.ts';
import { callList } from '../../../canonical/lists/index.ts';
import { apiCall, type runRoutes } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { fetchSyncOverview } from '../../../operate/status/index.ts';
import {
  addSchedule,
  fetchSchedule,
  listScheduleViews,
  previewCron,
  removeSchedule,
  type ScheduleView,
  scheduleVersion,
  setSchedule,
} from '../../../operate/worker/index.ts';
import { knownWord } from '../../../platform/errors/index.ts';
import type { Json } from '../../../platform/values/index.ts';
import { listEntities } from '../../../record/entities/index.ts';
import { type Call, countCallsBy, countFittingCalls, listCalls } from '../../../review/operations/index.ts';
import type { Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { Refusal } from '../kit/problem.ts';
import { withFieldsOf } from '../kit/renamed-fields.ts';

const places = { '--cron': '/cron', '--entity': '/entities', name: '/name' };
const inBody = <T>(work: Promise<T>): Promise<T> =>
  withFieldsOf(work, places, 'Correct what is named; the schedule is as it was.');

const entitiesOf = (names: readonly string[]) => {
  const known = listEntities().map(({ name }) => name);
  return names.map((text) => knownWord('entity', text, known, 'entities', 'REQUEST_INVALID'));
};

/** @throws Refusal RECORD_MOVED with the schedule as it is. */
async function unmoved(
  app: App,
  { connection: system, schedule: name }: { readonly connection: string; readonly schedule: string },
  version: string,
): Promise<ScheduleView> {
  const present = await fetchSchedule(app, { system, name });
  if (scheduleVersion(present) === version) return present;
  throw new Refusal(
    { present: JSON.parse(JSON.stringify(present)) as Json as never }, // as it would be sent
    'RECORD_MOVED',
    `The schedule ${name} of ${system} was changed meanwhile.`,
  );
}

type Lists = Pick<Handlers<typeof runRoutes>, 'listApiCalls' | 'countApiCalls' | 'facetApiCalls'>;

const lists = (parts: ListParts): Lists =>
  listHandlers('ApiCalls', callList, {
    parts,
    source: {
      page: ({ db }, _scope, request) => listCalls(db, request),
      count: ({ db }, _scope, filter, { exact }) => countFittingCalls(db, filter, most(exact)),
      facet: async ({ db }, _scope, filter, by) => byValue(await countCallsBy(db, filter, by)),
      stream: ({ db }, _scope, { filter, sort }) =>
        everyPage((after, limit) => listCalls(db, { filter, sort, limit, ...(after ? { after } : {}) })),
      columns: columnsOf<Call>(apiCall),
    },
  });

const processFacts = (version: string, now: Date): ProcessFacts => {
  const { user, system } = process.cpuUsage();
  return {
    version,
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    startedAt: new Date(now.getTime() - process.uptime() * 1000),
  };
};

/** @param version of Tieline. */
export const runHandlers = (parts: ListParts, version: string): Handlers<typeof runRoutes> => ({
  ...lists(parts),
  getPerformance: async ({ app, query }) => ({ body: await fetchPerformance(app, query) }),
  getPrometheus: async ({ app, now }) => ({
    stream: Readable.from([await fetchPrometheusText(app, processFacts(version, now))]),
    type: 'text/plain; version=0.0.4; charset=utf-8',
  }),
  getSyncStatus: async ({ app }) => ({ body: await fetchSyncOverview(app) }),
  listSchedules: async ({ app }) => ({ body: { items: await listScheduleViews(app) } }),
  previewSchedule: async ({ query, now }) => ({
    body: await withFieldsOf(
      Promise.resolve().then(() => previewCron(query.cron, now)),
      { '--cron': 'cron' },
      'Correct the expression.',
    ),
  }),
  addSchedule: async ({ app, body }) => {
    const { connection: system, entities, ...rest } = body;
    const schedule = { ...rest, system, entities: entitiesOf(entities) };
    const added = await inBody(addSchedule(app, schedule));
    return { body: added, version: scheduleVersion(added) };
  },
  getSchedule: async ({ app, params }) => {
    const found = await fetchSchedule(app, { system: params.connection, name: params.schedule });
    return { body: found, version: scheduleVersion(found) };
  },
  changeSchedule: async ({ app, params, body, version }) => {
    const { system, name } = await unmoved(app, params, version);
    await inBody(setSchedule(app, { ...body, system, name, entities: entitiesOf(body.entities) }));
    const changed = await fetchSchedule(app, { system, name });
    return { body: changed, version: scheduleVersion(changed) };
  },
  removeSchedule: async ({ app, params, version }) => {
    const { system, name } = await unmoved(app, params, version);
    await removeSchedule(app, system, name);
    return { body: undefined };
  },
});
