/** The work on findings: planned for one or many, and shown of a finding and a POA&M. */
import { z } from 'zod';
import { saidStatuses } from '../../../canonical/vocabulary/index.ts';
import {
  assignees,
  poamRemediation,
  remediationChanged,
  remediationDetail,
  remediationTried,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

/** All findings of a filter, or those named; what is absent of the change stays, null empties it. */
const asked = z.strictObject({
  filter: z.record(z.string(), z.string()).optional(),
  keys: z.array(z.string().max(64)).min(1).max(1000).optional(),
  change: z.strictObject({
    /** A person or a team, by name. */
    to: z.string().min(1).max(100).nullable().optional(),
    status: z.enum(saidStatuses).optional(),
    due: z.iso.date().nullable().optional(),
    plan: z.string().max(10_000).nullable().optional(),
    note: z.string().max(10_000).nullable().optional(),
    effortHours: z.number().int().min(0).max(100_000).nullable().optional(),
    cost: z.number().min(0).max(99_999_999).nullable().optional(),
  }),
  reason: z.string().max(2000).optional(),
});

export const remediationRoutes = {
  ...defineRoutes({
    listAssignees: {
      method: 'GET',
      path: '/remediation/assignees',
      tag: 'remediation',
      summary: 'People and teams who can be given work',
      permission: 'remediation:write',
      scope: 'boundaries',
      answer: { status: 200, shape: assignees },
    },
    tryRemediation: {
      method: 'POST',
      path: '/remediation/try',
      tag: 'remediation',
      summary: 'What a change of the work on findings would do',
      permission: 'remediation:write',
      scope: 'boundaries',
      body: asked,
      answer: { status: 200, shape: remediationTried },
      audit: { nothing: 'tried, and nothing changed' },
    },
    changeRemediation: {
      method: 'POST',
      path: '/remediation/change',
      tag: 'remediation',
      summary: 'Assign, plan or report fixed, as it was tried',
      permission: 'remediation:write',
      scope: 'boundaries',
      body: asked.extend({ token: z.string().min(1).max(200) }),
      idempotent: true,
      answer: { status: 200, shape: remediationChanged },
      audit: { event: 'record_changed' },
    },
    getRemediation: {
      method: 'GET',
      path: '/findings/:key/remediation',
      tag: 'remediation',
      summary: 'The work on a finding, with its history',
      permission: 'finding:read',
      scope: 'boundaries',
      params: z.strictObject({ key: z.string().min(1).max(64) }),
      answer: { status: 200, shape: remediationDetail },
    },
    getPoamRemediation: {
      method: 'GET',
      path: '/poams/:poamId/remediation',
      tag: 'remediation',
      summary: 'The work on the findings of a POA&M, added up',
      permission: 'poam:read',
      scope: 'boundaries',
      params: z.strictObject({ poamId: z.string().min(1).max(255) }),
      answer: { status: 200, shape: poamRemediation },
    },
  }),
} as const;
