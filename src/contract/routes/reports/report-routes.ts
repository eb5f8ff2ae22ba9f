/** Reports: templates, runs, their files, schedules. */
import { z } from 'zod';
import { keptFile } from '../../records/index.ts';
import {
  outsideRecipient,
  reportAsked,
  reportRow,
  reportRows,
  reportScheduled,
  reportTemplates,
  reportVerified,
} from '../../work/index.ts';
import { disclosureQuery } from '../disclosure-query.ts';
import { defineRoutes } from '../define-route.ts';

const params = z.strictObject({ reportId: z.string().min(1).max(64) });
const name = z.string().trim().min(1).max(255);
const parameters = z.record(z.string().max(50), z.string().max(2000)).default({});
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const reportRoutes = defineRoutes({
  listReportTemplates: {
    method: 'GET',
    path: '/report-templates',
    tag: 'reports',
    summary: 'Report templates and schedules',
    permission: 'report:read',
    scope: 'boundaries',
    answer: { status: 200, shape: z.strictObject({ items: reportTemplates }) },
  },
  scheduleReport: {
    method: 'POST',
    path: '/report-schedules',
    tag: 'reports',
    summary: 'Have a report made by itself, with your rights',
    permission: 'report:create',
    scope: 'boundaries',
    body: z.strictObject({
      name,
      of: name,
      cron: z.string().max(100),
      parameters,
      /** Names of accounts. */
      recipients: z.array(name).max(100).default([]),
      /** Whoever has no account, in domains that a setting names. */
      outside: z.array(outsideRecipient).max(50).default([]),
    }),
    idempotent: true,
    answer: { status: 200, shape: reportScheduled },
    audit: { event: 'command' },
  },
  endReportSchedule: {
    method: 'POST',
    path: '/report-schedules/end',
    tag: 'reports',
    summary: 'End a schedule; its reports stay',
    permission: 'report:create',
    scope: 'boundaries',
    body: z.strictObject({ name }),
    idempotent: true,
    answer: { status: 200, shape: z.strictObject({ name: z.string() }) },
    audit: { event: 'command' },
  },
  keepReportInput: {
    method: 'POST',
    path: '/report-inputs',
    tag: 'reports',
    summary: 'Send a workbook that a report is to fill',
    permission: 'report:create',
    scope: 'boundaries',
    file: true,
    idempotent: true,
    answer: { status: 201, shape: keptFile },
    audit: { event: 'command' },
  },
  makeReport: {
    method: 'POST',
    path: '/reports',
    tag: 'reports',
    summary: 'Ask for a report; a worker makes it',
    permission: 'report:create',
    scope: 'boundaries',
    body: z.strictObject({
      template: name,
      /** By name; `boundary`, `from` and `to` among them. */
      parameters,
      /** The same rows as an earlier report. */
      snapshot: z.string().max(64).optional(),
      /** A workbook that was sent to `/report-inputs`. */
      input: sha256.optional(),
    }),
    idempotent: true,
    answer: { status: 202, shape: reportAsked },
    audit: { event: 'command' },
  },
  listReports: {
    method: 'GET',
    path: '/reports',
    tag: 'reports',
    summary: 'Reports that were made, the newest first',
    permission: 'report:read',
    scope: 'boundaries',
    query: z.strictObject({
      template: z.string().max(255).optional(),
      boundary: z.string().max(50).optional(),
      /** The last report of the page before. */
      after: z.string().max(64).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    answer: { status: 200, shape: z.strictObject({ items: reportRows }) },
    passive: true,
  },
  verifyReport: {
    method: 'GET',
    path: '/reports/verification',
    tag: 'reports',
    summary: 'Whether a file is a report that was made here',
    permission: 'report:read',
    scope: 'boundaries',
    query: z.strictObject({ sha256: z.string().max(100) }),
    answer: { status: 200, shape: reportVerified },
  },
  getReport: {
    method: 'GET',
    path: '/reports/:reportId',
    tag: 'reports',
    summary: 'One report: what it is of, its hash, its notes',
    permission: 'report:read',
    scope: 'boundaries',
    params,
    answer: { status: 200, shape: reportRow },
    passive: true,
  },
  readReport: {
    method: 'POST',
    path: '/reports/:reportId/read',
    tag: 'reports',
    summary: 'Say that you have read a report: it leaves your inbox',
    permission: 'report:read',
    scope: 'boundaries',
    params,
    body: z.strictObject({}),
    idempotent: true,
    answer: { status: 200, shape: reportRow },
    audit: { event: 'command' },
  },
  getReportFile: {
    method: 'GET',
    path: '/reports/:reportId/file',
    tag: 'reports',
    summary: 'The file of a report, compared with its hash',
    permission: 'report:read',
    scope: 'boundaries',
    params,
    query: z.strictObject(disclosureQuery),
    answer: { status: 200, stream: 'application/octet-stream' },
    audit: { access: 'export', resource: 'report' },
  },
});
