/** Tasks, and reviews of POA&Ms. */
import { z } from 'zod';
import { taskList } from '../../../canonical/lists/index.ts';
import { taskSubjects } from '../../../canonical/vocabulary/index.ts';
import {
  poamsReviewed,
  reviewIntervals,
  reviewIntervalSet,
  reviewsTried,
  task,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';
import { listRoutes } from '../list-routes.ts';

const taskId = z.strictObject({ taskId: z.string().min(1).max(50) });
const note = z.string().max(10_000).nullable().optional();
/** All POA&Ms of a filter, or those named. */
const poams = z.strictObject({
  filter: z.record(z.string(), z.string()).optional(),
  ids: z.array(z.string().max(255)).min(1).max(1000).optional(),
});

export const taskRoutes = {
  ...listRoutes('Tasks', taskList, { row: task, permission: 'task:read' }),
  ...defineRoutes({
    addTask: {
      method: 'POST',
      path: '/tasks',
      tag: 'tasks',
      summary: 'Give somebody a task about a record',
      permission: 'task:write',
      scope: 'boundaries',
      body: z.strictObject({
        what: z.string().min(1).max(500),
        about: z.enum(taskSubjects),
        recordId: z.string().min(1).max(255),
        to: z.string().min(1).max(100).nullable().optional(),
        due: z.iso.date().nullable().optional(),
        note,
      }),
      idempotent: true,
      answer: { status: 201, shape: task },
      audit: { event: 'record_changed' },
    },
    getTask: {
      method: 'GET',
      path: '/tasks/:taskId',
      tag: 'tasks',
      summary: 'One task',
      permission: 'task:read',
      scope: 'boundaries',
      params: taskId,
      answer: { status: 200, shape: task },
    },
    changeTask: {
      method: 'POST',
      path: '/tasks/:taskId/change',
      tag: 'tasks',
      summary: 'Give a task to another, or change its day or words',
      permission: 'task:write',
      scope: 'boundaries',
      params: taskId,
      body: z.strictObject({
        what: z.string().min(1).max(500).optional(),
        /** A person or team by name; null: whoever sees it. */
        to: z.string().min(1).max(100).nullable().optional(),
        due: z.iso.date().nullable().optional(),
        note,
      }),
      idempotent: true,
      answer: { status: 200, shape: task },
      audit: { event: 'record_changed' },
    },
    finishTask: {
      method: 'POST',
      path: '/tasks/:taskId/done',
      tag: 'tasks',
      summary: 'Say that a task is done',
      permission: 'task:write',
      scope: 'boundaries',
      params: taskId,
      body: z.strictObject({ note }),
      idempotent: true,
      answer: { status: 200, shape: task },
      audit: { event: 'record_changed' },
    },
    reopenTask: {
      method: 'POST',
      path: '/tasks/:taskId/reopen',
      tag: 'tasks',
      summary: 'Open a task again that was done',
      permission: 'task:write',
      scope: 'boundaries',
      params: taskId,
      body: z.strictObject({ note }),
      idempotent: true,
      answer: { status: 200, shape: task },
      audit: { event: 'record_changed' },
    },
    tryPoamReviews: {
      method: 'POST',
      path: '/poams/reviews/try',
      tag: 'poams',
      summary: 'How many POA&Ms would be marked as reviewed',
      permission: 'poam:write',
      scope: 'boundaries',
      body: poams,
      answer: { status: 200, shape: reviewsTried },
      audit: { nothing: 'tried, and nothing changed' },
    },
    reviewPoams: {
      method: 'POST',
      path: '/poams/reviews',
      tag: 'poams',
      summary: 'Mark POA&Ms as reviewed, nothing to change',
      permission: 'poam:write',
      scope: 'boundaries',
      body: poams.extend({ note, token: z.string().min(1).max(200) }),
      idempotent: true,
      answer: { status: 200, shape: poamsReviewed },
      audit: { event: 'record_changed' },
    },
    listReviewIntervals: {
      method: 'GET',
      path: '/review-intervals',
      tag: 'poams',
      summary: 'How often POA&Ms are to be reviewed',
      permission: 'poam:read',
      scope: 'boundaries',
      answer: { status: 200, shape: reviewIntervals },
    },
    setReviewInterval: {
      method: 'PUT',
      path: '/review-intervals',
      tag: 'poams',
      summary: 'Set how often POA&Ms are to be reviewed',
      permission: 'policy:write',
      scope: 'installation',
      body: z.strictObject({
        /** Null: every boundary that has none of its own. */
        boundary: z.string().max(50).nullable(),
        /** Null: no reviews are asked for. */
        days: z.number().int().min(1).max(3650).nullable(),
      }),
      answer: { status: 200, shape: reviewIntervalSet },
      audit: { event: 'policy_changed' },
    },
  }),
} as const;
