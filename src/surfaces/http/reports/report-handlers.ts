/** Reports over the API: the same use cases as on the command line. */
import type { Readable } from 'node:stream';
import type { reportRoutes } from '../../../contract/index.ts';
import { keepEvidence, requireUsable } from '../../../modules/deviations/index.ts';
import {
  fetchReport,
  listReports,
  listTemplates,
  openReport,
  readReport,
  verifyHash,
} from '../../../modules/reports/index.ts';
import { requestReport } from '../../../operate/jobs/index.ts';
import { endReportSchedule, scheduleReport } from '../../../operate/worker/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { Handlers } from '../kit/call.ts';
import { discloseReport } from '../../../modules/privacy/index.ts';
import { leavingOf, leavingPlaces } from '../privacy/leaving.ts';
import { headerName } from '../header-name.ts';
import { withFieldsOf } from '../kit/renamed-fields.ts';

/** The file of a request, as it comes. */
function bodyOf(stream: Readable | undefined): Readable {
  if (stream) return stream;
  throw new TielineError('MEDIA_TYPE_UNKNOWN', 'The file is to be the body, as application/octet-stream.');
}

export const reportHandlers: Handlers<typeof reportRoutes> = {
  listReportTemplates: async ({ app, by, scope }) => ({
    body: { items: await listTemplates(app, { actor: by.actor, scope }) },
  }),
  scheduleReport: async ({ app, by, scope, body }) => {
    const next = await withFieldsOf(
      scheduleReport(app, { actor: by.actor, scope }, body),
      { '--cron': '/cron' },
      'Correct what is named; nothing was scheduled.',
    );
    return { body: { name: body.name, next } };
  },
  endReportSchedule: async ({ app, by, body }) => {
    await endReportSchedule(app, by.actor, body.name);
    return { body: { name: body.name } };
  },
  keepReportInput: async ({ app, by, stream }) => ({
    body: await keepEvidence(app, by.actor, bodyOf(stream)),
  }),
  makeReport: async ({ app, by, scope, body }) => {
    const { template, parameters, snapshot, input } = body;
    if (input !== undefined) await requireUsable(app, { actor: by.actor, scope }, input);
    const asked = await requestReport(
      app,
      { actor: by.actor, scope },
      { template, parameters, ...defined({ snapshot, input }) },
    );
    return { body: asked, location: `/api/v1/reports/${asked.reportId}` };
  },
  listReports: async ({ app, by, query }) => ({ body: { items: await listReports(app, by.actor, query) } }),
  verifyReport: async ({ app, by, query }) => ({ body: await verifyHash(app, by.actor, query.sha256) }),
  getReport: async ({ app, by, params }) => ({ body: await fetchReport(app, by.actor, params.reportId) }),
  readReport: async ({ app, by, params }) => ({ body: await readReport(app, by.actor, params.reportId) }),
  getReportFile: async ({ app, by, params, query }) => {
    const leaving = leavingOf(query);
    const { report, sha256, stream } = leaving
      ? await withFieldsOf(
          discloseReport(app, by.actor, { id: params.reportId, leaving }),
          leavingPlaces,
          'Give all of what is named; nothing was handed out.',
        )
      : await openReport(app, by.actor, params.reportId);
    return {
      stream,
      type: report.mediaType ?? 'application/octet-stream',
      fileName: headerName(report.fileName ?? `report-${report.id}`),
      headers: {
        // RFC 9530, so that who saves it can compare it.
        'content-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
        ...(report.bytes === null ? {} : { 'content-length': String(report.bytes) }),
      },
    };
  },
};
