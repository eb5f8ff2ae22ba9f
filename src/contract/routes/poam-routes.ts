import { z } from 'zod';
import { milestoneList, poamList, systemList } from '../../canonical/lists/index.ts';
import {
  milestone,
  milestoneAdded,
  poam,
  poamComments,
  poamDetail,
  recordEdited,
  recordHistory,
  recordsTried,
} from '../records/index.ts';
import { json } from '../json/index.ts';
import { job } from '../work/index.ts';
import { system, systemDetail } from '../records/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes } from './list-routes.ts';

const poamId = z.strictObject({ poamId: z.string().min(1).max(255) });
const reason = z.string().max(2000).optional();
const day = z.iso.date();

/** New values by field; null empties one. */
const edit = z.strictObject({ changes: z.record(z.string().max(100), json), reason });

export const poamRoutes = {
  ...listRoutes('Poams', poamList, { row: poam, permission: 'poam:read' }),
  ...listRoutes('Milestones', milestoneList, { row: milestone, permission: 'poam:read' }),
  ...listRoutes('Systems', systemList, { row: system, permission: 'system:read' }),
  ...defineRoutes({
    countPoamBoard: {
      method: 'GET',
      path: '/poams/board',
      tag: 'poams',
      summary: 'Open POA&Ms by when they are due',
      permission: 'poam:read',
      scope: 'boundaries',
      query: z.object({}).catchall(z.string()),
      answer: {
        status: 200,
        shape: z.strictObject({
          buckets: z.array(
            z.strictObject({
              bucket: z.string(),
              filter: z.record(z.string(), z.string()),
              count: z.number(),
            }),
          ),
        }),
      },
    },
    getPoam: {
      method: 'GET',
      path: '/poams/:poamId',
      tag: 'poams',
      summary: 'One POA&M with both sides',
      permission: 'poam:read',
      scope: 'boundaries',
      params: poamId,
      answer: { status: 200, shape: poamDetail },
      audit: { access: 'read', resource: 'poam' },
    },
    editPoam: {
      method: 'PATCH',
      path: '/poams/:poamId',
      tag: 'poams',
      summary: 'Edit a POA&M; the next sync sends it',
      permission: 'poam:write',
      scope: 'boundaries',
      params: poamId,
      body: edit,
      versioned: true,
      answer: { status: 200, shape: recordEdited },
      audit: { event: 'record_changed' },
    },
    listPoamHistory: {
      method: 'GET',
      path: '/poams/:poamId/history',
      tag: 'poams',
      summary: 'What happened to a POA&M, the latest first',
      permission: 'poam:read',
      scope: 'boundaries',
      params: poamId,
      query: z.strictObject({
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      answer: { status: 200, shape: z.strictObject({ items: recordHistory }) },
    },
    listPoamComments: {
      method: 'GET',
      path: '/poams/:poamId/comments',
      tag: 'poams',
      summary: 'Comments on a POA&M, which are never sent',
      permission: 'poam:read',
      scope: 'boundaries',
      params: poamId,
      answer: { status: 200, shape: z.strictObject({ items: poamComments }) },
    },
    commentPoam: {
      method: 'POST',
      path: '/poams/:poamId/comments',
      tag: 'poams',
      summary: 'Comment on a POA&M',
      permission: 'poam:write',
      scope: 'boundaries',
      params: poamId,
      body: z.strictObject({ body: z.string().min(1).max(10_000) }),
      idempotent: true,
      answer: { status: 201, shape: poamComments.element },
      audit: { event: 'record_changed' },
    },
    addMilestone: {
      method: 'POST',
      path: '/poams/:poamId/milestones',
      tag: 'poams',
      summary: 'Add a milestone',
      permission: 'poam:write',
      scope: 'boundaries',
      params: poamId,
      body: z.strictObject({ description: z.string().min(1).max(2000), due: day, reason }),
      idempotent: true,
      answer: { status: 201, shape: milestoneAdded },
      audit: { event: 'record_changed' },
    },
    editMilestone: {
      method: 'PATCH',
      path: '/milestones/:milestoneId',
      tag: 'milestones',
      summary: 'Edit, move or complete a milestone',
      permission: 'poam:write',
      scope: 'boundaries',
      params: z.strictObject({ milestoneId: z.string().min(1).max(50) }),
      body: edit,
      versioned: true,
      answer: { status: 200, shape: recordEdited },
      audit: { event: 'record_changed' },
    },
    tryPoamEdits: {
      method: 'POST',
      path: '/poams/bulk/try',
      tag: 'poams',
      summary: 'What an edit of many POA&Ms would do',
      permission: 'poam:write',
      scope: 'boundaries',
      body: z.strictObject({
        filter: z.record(z.string(), z.string()).optional(),
        ids: z.array(z.string()).max(1000).optional(),
        changes: z.record(z.string(), json).default({}),
        shiftDays: z.number().int().min(-3650).max(3650).optional(),
        reason,
      }),
      answer: { status: 200, shape: recordsTried },
    },
    editPoams: {
      method: 'POST',
      path: '/poams/bulk/edit',
      tag: 'poams',
      summary: 'Edit many POA&Ms, as they were tried',
      permission: 'poam:write',
      scope: 'boundaries',
      body: z.strictObject({
        filter: z.record(z.string(), z.string()).optional(),
        ids: z.array(z.string()).max(1000).optional(),
        changes: z.record(z.string(), json).default({}),
        shiftDays: z.number().int().min(-3650).max(3650).optional(),
        reason,
        token: z.string().min(1).max(200),
      }),
      idempotent: true,
      answer: { status: 202, shape: job },
      audit: { event: 'record_changed' },
    },
    getSystem: {
      method: 'GET',
      path: '/systems/:systemId',
      tag: 'systems',
      summary: 'One authorization boundary',
      permission: 'system:read',
      scope: 'boundaries',
      params: z.strictObject({ systemId: z.string().min(1).max(255) }),
      answer: { status: 200, shape: systemDetail },
      audit: { access: 'read', resource: 'system' },
    },
  }),
} as const;
