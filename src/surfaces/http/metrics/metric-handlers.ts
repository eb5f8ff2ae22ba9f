/** Metrics over HTTP. */
import { Readable } from 'node:stream';
import type { metricRoutes } from '../../../contract/index.ts';
import {
  defineOwnMetric,
  listMetrics,
  metricRecords,
  metricSeries,
  recordsBody,
  removeOwnMetric,
  seriesBody,
  seriesRows,
  setTarget,
  tryOwnMetric,
} from '../../../modules/metrics/index.ts';
import { fetchJob, requestJob } from '../../../operate/jobs/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { csvLine } from '../../../platform/lists/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { Handlers } from '../kit/call.ts';
import { accountLeaving } from '../privacy/leaving.ts';

/** A page of records ends with a record and its boundary; a tilde is in no id of a boundary. */
const afterOf = (text: string | undefined): { record: string; systemId: string } | undefined => {
  if (text === undefined) return undefined;
  const at = text.indexOf('~');
  return { systemId: text.slice(0, Math.max(at, 0)), record: text.slice(at + 1) };
};

export const metricHandlers: Handlers<typeof metricRoutes> = {
  listMetrics: async ({ app, scope }) => ({ body: { items: await listMetrics(app, scope) } }),
  listMetricValues: async ({ app, scope, params, query }) => {
    const { againstFrom, againstTo, ...rest } = query;
    if ((againstFrom === undefined) !== (againstTo === undefined))
      throw new TielineError('REQUEST_INVALID', 'The query of the request is not what it must be.', {
        fields: [{ field: 'againstFrom', message: 'againstFrom and againstTo go together' }],
      });
    const against =
      againstFrom === undefined || againstTo === undefined ? undefined : { from: againstFrom, to: againstTo };
    const found = await metricSeries(app, scope, { ...rest, metric: params.metricName, against });
    return { body: seriesBody(found) };
  },
  exportMetricValues: async ({ app, by, scope, params, query }) => {
    const { measure, from, to, by: part, system } = query;
    const asked = { metric: params.metricName, ...defined({ measure, from, to, by: part, system }) };
    const found = await metricSeries(app, scope, asked);
    await accountLeaving(app, by.actor, query, { what: `metric ${found.metric.name}`, scope });
    const lines = seriesRows(found).map(({ day, of, value, computed }) =>
      csvLine([day, of, value, computed]),
    );
    return {
      stream: Readable.from([csvLine(['day', 'of', found.measure.key, 'computed']), ...lines]),
      type: 'text/csv; charset=utf-8',
      fileName: `${found.metric.name}-${found.to}.csv`,
    };
  },
  listMetricRecords: async ({ app, by, scope, params, query }) => {
    const { after, ...rest } = query;
    const asked = { ...rest, metric: params.metricName, after: afterOf(after) };
    const found = await metricRecords(app, scope, asked, by.actor);
    const last = found.items.length === query.limit ? found.items.at(-1) : undefined;
    return { body: recordsBody(found, last ? `${last.systemId ?? ''}~${last.record}` : null) };
  },
  takeMetrics: async ({ app, by, body }) => {
    const id = await requestJob(app, by.actor, 'take_metrics', { payload: defined(body) });
    return { body: await fetchJob(app, id), location: `/api/v1/jobs/${id}` };
  },
  tryMetric: async ({ app, body }) => ({ body: await tryOwnMetric(app, body) }),
  defineMetric: async ({ app, by, body }) => ({ body: await defineOwnMetric(app, by.actor, body) }),
  removeMetric: async ({ app, params }) => {
    await removeOwnMetric(app, params.metricName);
    return { body: undefined };
  },
  setMetricTarget: async ({ app, by, params, body }) => {
    await setTarget(app, by.actor, { metric: params.metricName, ...body });
    return { body: undefined };
  },
};
