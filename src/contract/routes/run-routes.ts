/** How the sync is: connections, schedules, calls, plans. */
import { z } from 'zod';
import { callList } from '../../canonical/lists/index.ts';
import {
  apiCall,
  cronPreview,
  job,
  planGroup,
  planItemRow,
  planRow,
  scheduleView,
  syncOverview,
} from '../work/index.ts';
import { performance } from '../numbers/index.ts';
import { timingKinds } from '../../platform/timings/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes } from './list-routes.ts';

const name = z.string().min(1).max(100);
const cron = z.string().min(1).max(100);
/** What of a schedule can be set. */
const setting = {
  cron,
  entities: z.array(z.string().max(50)).max(50).default([]),
  full: z.boolean().default(false),
  jitterSeconds: z.number().int().min(0).max(86_400).default(60),
  enabled: z.boolean().default(true),
};
const ofSchedule = z.strictObject({ connection: name, schedule: name });

export const runRoutes = {
  ...listRoutes('ApiCalls', callList, { row: apiCall, permission: 'sync:read', scope: 'installation' }),
  ...defineRoutes({
    getSyncStatus: {
      method: 'GET',
      path: '/sync/status',
      tag: 'sync',
      summary: 'How each connection is, and what runs now',
      permission: 'sync:read',
      scope: 'installation',
      passive: true,
      answer: { status: 200, shape: syncOverview },
    },
    getPerformance: {
      method: 'GET',
      path: '/performance',
      tag: 'sync',
      summary: "What Tieline's own work took, by operation",
      permission: 'sync:read',
      scope: 'installation',
      query: z.strictObject({
        /** How far back. */
        hours: z.coerce.number().int().min(1).max(720).default(24),
        kind: z.enum(timingKinds).optional(),
      }),
      answer: { status: 200, shape: performance },
    },
    getPrometheus: {
      method: 'GET',
      path: '/performance/prometheus',
      tag: 'sync',
      summary: 'State and counters in the text format of Prometheus',
      permission: 'sync:read',
      scope: 'installation',
      passive: true,
      answer: { status: 200, stream: 'text/plain' },
    },
    listSchedules: {
      method: 'GET',
      path: '/schedules',
      tag: 'schedules',
      summary: 'Schedules, in words and with their next times',
      permission: 'sync:read',
      scope: 'installation',
      answer: { status: 200, shape: z.strictObject({ items: z.array(scheduleView) }) },
    },
    previewSchedule: {
      method: 'GET',
      path: '/schedules/preview',
      tag: 'schedules',
      summary: 'What a cron expression means, and its next times',
      permission: 'sync:read',
      scope: 'installation',
      query: z.strictObject({ cron }),
      passive: true,
      answer: { status: 200, shape: cronPreview },
    },
    addSchedule: {
      method: 'POST',
      path: '/schedules',
      tag: 'schedules',
      summary: 'Add a schedule',
      permission: 'sync:operate',
      scope: 'installation',
      body: z.strictObject({ connection: name, name, ...setting }),
      idempotent: true,
      answer: { status: 201, shape: scheduleView },
      audit: { event: 'setting_changed' },
    },
    getSchedule: {
      method: 'GET',
      path: '/schedules/:connection/:schedule',
      tag: 'schedules',
      summary: 'One schedule',
      permission: 'sync:read',
      scope: 'installation',
      params: ofSchedule,
      answer: { status: 200, shape: scheduleView },
    },
    changeSchedule: {
      method: 'PUT',
      path: '/schedules/:connection/:schedule',
      tag: 'schedules',
      summary: 'Change a schedule',
      permission: 'sync:operate',
      scope: 'installation',
      params: ofSchedule,
      body: z.strictObject(setting),
      versioned: true,
      answer: { status: 200, shape: scheduleView },
      audit: { event: 'setting_changed' },
    },
    removeSchedule: {
      method: 'DELETE',
      path: '/schedules/:connection/:schedule',
      tag: 'schedules',
      summary: 'Remove a schedule',
      permission: 'sync:operate',
      scope: 'installation',
      params: ofSchedule,
      versioned: true,
      answer: { status: 204 },
      audit: { event: 'setting_changed' },
    },
  }),
} as const;

const ofPlan = z.strictObject({ planId: z.string().min(1).max(64) });
const page = {
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

export const planRoutes = defineRoutes({
  listPlans: {
    method: 'GET',
    path: '/plans',
    tag: 'plans',
    summary: 'Plans that are kept, the latest first',
    permission: 'plan:read',
    scope: 'boundaries',
    query: z.strictObject({ before: z.iso.datetime().optional(), limit: page.limit }),
    answer: {
      status: 200,
      shape: z.strictObject({ items: z.array(planRow), next: z.string().nullable() }),
    },
  },
  makePlan: {
    method: 'POST',
    path: '/plans',
    tag: 'plans',
    summary: 'Plan a sync; a worker reads both sides',
    permission: 'sync:run',
    scope: 'installation',
    body: z.strictObject({
      systems: z.array(z.string()).max(100).default([]),
      entities: z.array(z.string()).max(50).default([]),
      full: z.boolean().default(false),
    }),
    idempotent: true,
    answer: { status: 202, shape: job },
    audit: { event: 'plan_decided' },
  },
  getPlan: {
    method: 'GET',
    path: '/plans/:planId',
    tag: 'plans',
    summary: 'One plan: its changes counted by danger',
    permission: 'plan:read',
    scope: 'boundaries',
    params: ofPlan,
    answer: { status: 200, shape: planRow },
    audit: { access: 'read', resource: 'plan' },
  },
  listPlanGroups: {
    method: 'GET',
    path: '/plans/:planId/groups',
    tag: 'plans',
    summary: 'Equal changes of a plan, the most dangerous first',
    permission: 'plan:read',
    scope: 'boundaries',
    params: ofPlan,
    query: z.strictObject(page),
    answer: {
      status: 200,
      shape: z.strictObject({ items: z.array(planGroup), next: z.number().nullable() }),
    },
  },
  listPlanItems: {
    method: 'GET',
    path: '/plans/:planId/items',
    tag: 'plans',
    summary: 'The changes of a plan, one by one',
    permission: 'plan:read',
    scope: 'boundaries',
    params: ofPlan,
    query: z.strictObject({
      ...page,
      group: z.coerce.number().int().positive().max(2_147_483_647).optional(),
    }),
    answer: {
      status: 200,
      shape: z.strictObject({ items: z.array(planItemRow), next: z.number().nullable() }),
    },
  },
  viewPlanGroup: {
    method: 'PUT',
    path: '/plans/:planId/groups/:number/viewed',
    tag: 'plans',
    summary: 'Mark equal changes of a plan as viewed, for oneself',
    permission: 'plan:read',
    scope: 'boundaries',
    params: ofPlan.extend({ number: z.coerce.number().int().positive().max(2_147_483_647) }),
    body: z.strictObject({ viewed: z.boolean() }),
    answer: { status: 204 },
    audit: { nothing: 'a mark in the list of the reader' },
  },
  applyPlan: {
    method: 'POST',
    path: '/plans/:planId/apply',
    tag: 'plans',
    summary: 'Do exactly what a plan shows, or nothing',
    permission: 'plan:apply',
    scope: 'boundaries',
    params: ofPlan,
    body: z.strictObject({ sha256: z.string().length(64) }),
    idempotent: true,
    stepUp: true,
    answer: { status: 202, shape: job },
    audit: { event: 'plan_decided' },
  },
});
