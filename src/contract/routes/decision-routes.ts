import { z } from 'zod';
import {
  approvalList,
  conflictList,
  inboxKinds,
  inboxList,
  operationList,
  outboxList,
} from '../../canonical/lists/index.ts';
import { conflictChoices } from '../../canonical/vocabulary/index.ts';
import { approvalDecided, approvalDetail, requestDecided, requestDelegated } from '../work/index.ts';
import {
  conflictDetail,
  conflictList as conflicts,
  conflictsResolved,
  conflictsSettled,
  conflictsTried,
} from '../work/index.ts';
import { job, operationChanges, operationDetail, operationList as operations } from '../work/index.ts';
import { outboxEntry } from '../work/index.ts';
import { inbox } from '../work/index.ts';
import { instant, json, tally } from '../json/index.ts';
import { system } from '../records/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes, pageShape } from './list-routes.ts';

const id = z.string().min(1).max(64);
const reason = z.string().max(2000).optional();
const number = z.coerce.number().int().positive();

export const approvalRow = approvalDetail
  .omit({ content: true, isByBoundary: true })
  .extend({ changes: z.number(), dangers: tally });

const describedLine = z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string() });
/** One value of one record that is to be sent, or a record as a whole (`field` null). */
const approvalItem = z.strictObject({
  number: z.number(),
  entity: z.string(),
  entityId: z.string(),
  record: z.string(),
  title: z.string(),
  kind: z.enum(['create', 'update']),
  field: z.string().nullable(),
  before: json,
  after: json,
  lines: z.array(describedLine),
  reason: z.string(),
  /** Where a person edited it here: who, and what was written. */
  edit: z.strictObject({ by: z.string(), at: instant, reason: z.string().nullable() }).nullable(),
  danger: z.string(),
});

export const conflictRow = conflicts.element.extend({ title: z.string().nullable() });

/** Either a filter or the numbers of conflicts. */
const waySettled = {
  filter: z.record(z.string(), z.string()).optional(),
  ids: z.array(z.number().int().positive()).max(1000).optional(),
  keep: z.enum(conflictChoices),
  value: json.optional(),
};

export const conflictRoutes = {
  ...listRoutes('Conflicts', conflictList, { row: conflictRow, permission: 'conflict:read' }),
  ...defineRoutes({
    getConflict: {
      method: 'GET',
      path: '/conflicts/:conflictId',
      tag: 'conflicts',
      summary: 'One conflict: three values, both histories, choices',
      permission: 'conflict:read',
      scope: 'boundaries',
      params: z.strictObject({ conflictId: number }),
      answer: { status: 200, shape: conflictDetail },
      audit: { access: 'read', resource: 'conflict' },
    },
    resolveConflict: {
      method: 'POST',
      path: '/conflicts/:conflictId/resolution',
      tag: 'conflicts',
      summary: 'Settle a conflict',
      permission: 'conflict:resolve',
      scope: 'boundaries',
      params: z.strictObject({ conflictId: number }),
      body: z.strictObject({ keep: z.enum(conflictChoices), value: json.optional(), reason }),
      idempotent: true,
      answer: { status: 200, shape: conflictsResolved },
      audit: { event: 'conflict_decided' },
    },
    tryResolvingConflicts: {
      method: 'POST',
      path: '/conflicts/bulk/try',
      tag: 'conflicts',
      summary: 'What settling many conflicts in one way would do',
      permission: 'conflict:resolve',
      scope: 'boundaries',
      body: z.strictObject(waySettled),
      answer: { status: 200, shape: conflictsTried },
      audit: { nothing: 'tried, and nothing changed' },
    },
    resolveConflicts: {
      method: 'POST',
      path: '/conflicts/bulk/resolution',
      tag: 'conflicts',
      summary: 'Settle many conflicts, as they were tried',
      permission: 'conflict:resolve',
      scope: 'boundaries',
      body: z.strictObject({ ...waySettled, reason, token: z.string().min(1).max(200) }),
      idempotent: true,
      answer: { status: 200, shape: conflictsSettled },
      audit: { event: 'conflict_decided' },
    },
  }),
} as const;

export const approvalRoutes = {
  ...listRoutes('Approvals', approvalList, { row: approvalRow, permission: 'plan:read' }),
  ...defineRoutes({
    getApproval: {
      method: 'GET',
      path: '/approvals/:approvalId',
      tag: 'approvals',
      summary: 'One approval, its changes grouped by danger',
      permission: 'plan:read',
      scope: 'boundaries',
      params: z.strictObject({ approvalId: id }),
      answer: {
        status: 200,
        shape: approvalRow.extend({
          authors: z.array(z.string()),
          groups: z.array(
            z.strictObject({
              danger: z.string(),
              sha256: z.string(),
              count: z.number(),
              sample: z.array(approvalItem),
              items: z.array(z.number()),
              /** When the reader marked it as viewed. */
              viewedAt: instant.nullable(),
            }),
          ),
        }),
      },
      audit: { access: 'read', resource: 'approval' },
    },
    listApprovalItems: {
      method: 'GET',
      path: '/approvals/:approvalId/items',
      tag: 'approvals',
      summary: 'The changes of an approval, one by one',
      permission: 'plan:read',
      scope: 'boundaries',
      params: z.strictObject({ approvalId: id }),
      query: z.strictObject({
        after: z.coerce.number().int().min(0).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        numbers: z.string().max(10_000).optional().meta({ description: 'Only these numbers, by commas.' }),
      }),
      answer: {
        status: 200,
        shape: z.strictObject({ items: z.array(approvalItem), next: z.number().nullable() }),
      },
    },
    viewApprovalGroup: {
      method: 'PUT',
      path: '/approvals/:approvalId/groups/:sha256/viewed',
      tag: 'approvals',
      summary: 'Mark equal changes of an approval as viewed, for oneself',
      permission: 'plan:read',
      scope: 'boundaries',
      params: z.strictObject({ approvalId: id, sha256: id }),
      body: z.strictObject({ viewed: z.boolean() }),
      answer: { status: 204 },
      audit: { nothing: 'a mark in the list of the reader' },
    },
    decideApproval: {
      method: 'POST',
      path: '/approvals/:approvalId/decision',
      tag: 'approvals',
      summary: 'Approve or reject, whole or some records',
      permission: 'approval:decide',
      scope: 'boundaries',
      params: z.strictObject({ approvalId: id }),
      body: z.strictObject({
        decision: z.enum(['approve', 'reject']),
        records: z.array(z.string()).max(10_000).optional(),
        reason,
        sha256: z.string().length(64),
      }),
      idempotent: true,
      stepUp: true,
      answer: { status: 200, shape: approvalDecided },
      audit: { event: 'approval_decided' },
    },
    decideRequest: {
      method: 'POST',
      path: '/approvals/:approvalId/answer',
      tag: 'approvals',
      summary: 'Agree to a request, or reject it, as a role of it',
      permission: 'deviation:approve',
      scope: 'boundaries',
      params: z.strictObject({ approvalId: id }),
      body: z.strictObject({
        decision: z.enum(['approve', 'reject']),
        reason,
        sha256: z.string().length(64),
      }),
      idempotent: true,
      stepUp: true,
      answer: { status: 200, shape: requestDecided },
      audit: { event: 'approval_decided' },
    },
    delegateRequest: {
      method: 'POST',
      path: '/approvals/:approvalId/delegate',
      tag: 'approvals',
      summary: 'Delegate a question of a workflow to another person',
      permission: 'deviation:approve',
      scope: 'boundaries',
      params: z.strictObject({ approvalId: id }),
      body: z.strictObject({
        /** The name of an account that may decide requests there. */
        to: z.string().min(1).max(255),
        reason,
      }),
      idempotent: true,
      stepUp: true,
      answer: { status: 200, shape: requestDelegated },
      audit: { event: 'approval_delegated' },
    },
  }),
} as const;

export const operationRow = operations.element;

/** A number with the list, and the filter of it, that it counts. */
const homeNumber = z.strictObject({
  what: z.string(),
  list: z.string(),
  filter: z.record(z.string(), z.string()),
  count: z.number(),
});

export const syncRoutes = {
  ...listRoutes('Outbox', outboxList, { row: outboxEntry, permission: 'sync:read' }),
  ...listRoutes('Operations', operationList, { row: operationRow, permission: 'sync:read' }),
  ...defineRoutes({
    getOutboxChange: {
      method: 'GET',
      path: '/outbox/:changeId',
      tag: 'outbox',
      summary: 'One change on its way out, in words',
      permission: 'sync:read',
      scope: 'boundaries',
      params: z.strictObject({ changeId: number }),
      answer: { status: 200, shape: outboxEntry },
    },
    getOperation: {
      method: 'GET',
      path: '/operations/:operationId',
      tag: 'operations',
      summary: 'One operation with its steps',
      permission: 'sync:read',
      scope: 'installation',
      params: z.strictObject({ operationId: id }),
      answer: { status: 200, shape: operationDetail },
    },
    listOperationChanges: {
      method: 'GET',
      path: '/operations/:operationId/changes',
      tag: 'operations',
      summary: 'What an operation changed, field by field',
      permission: 'sync:read',
      scope: 'boundaries',
      params: z.strictObject({ operationId: id }),
      query: z
        .object({
          cursor: z.string().max(2000).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        })
        .catchall(z.string()),
      answer: { status: 200, shape: pageShape(operationChanges.shape.changes.element) },
    },
    requestSync: {
      method: 'POST',
      path: '/operations/sync',
      tag: 'operations',
      summary: 'Start a sync; a worker does it',
      permission: 'sync:run',
      scope: 'installation',
      body: z.strictObject({
        systems: z.array(z.string()).max(100).default([]),
        entities: z.array(z.string()).max(50).default([]),
        full: z.boolean().default(false),
      }),
      idempotent: true,
      answer: { status: 202, shape: job },
      audit: { event: 'command' },
    },
    cancelOperation: {
      method: 'POST',
      path: '/operations/:operationId/cancel',
      tag: 'operations',
      summary: 'Stop a run; it continues when it is run again',
      permission: 'sync:operate',
      scope: 'installation',
      params: z.strictObject({ operationId: id }),
      idempotent: true,
      answer: { status: 202, shape: z.strictObject({ operationId: z.string() }) },
      audit: { event: 'command' },
    },
    getJob: {
      method: 'GET',
      path: '/jobs/:jobId',
      tag: 'jobs',
      summary: 'How far work that was asked for is',
      permission: 'signed-in',
      scope: 'own',
      params: z.strictObject({ jobId: id }),
      passive: true,
      answer: { status: 200, shape: job },
    },
    countWaiting: {
      method: 'GET',
      path: '/me/badges',
      tag: 'me',
      summary: 'How much waits for you, by kind',
      permission: 'signed-in',
      scope: 'own',
      query: z.strictObject({
        system: z.string().max(4000).optional().meta({ description: 'Filter: authorization boundary.' }),
      }),
      passive: true,
      answer: {
        status: 200,
        shape: z.strictObject({
          /** Of the kinds about which you can do something. */
          kinds: z.partialRecord(z.enum(inboxKinds), z.number()),
          /** All of these. */
          inbox: z.number(),
          /** Critical alerts that you see and nobody acknowledged. */
          criticalAlerts: z.number(),
        }),
      },
    },
    listInbox: {
      method: 'GET',
      path: '/me/inbox',
      tag: 'me',
      summary: 'Everything that waits for a person',
      permission: 'signed-in',
      scope: 'own',
      query: z
        .object({
          ...Object.fromEntries(
            Object.entries(inboxList.filters).map(([name, field]) => [
              name,
              z
                .string()
                .optional()
                .meta({ description: `Filter: ${field.title}.` }),
            ]),
          ),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        })
        .catchall(z.string()),
      passive: true,
      answer: { status: 200, shape: inbox },
    },
    getHome: {
      method: 'GET',
      path: '/me/home',
      tag: 'me',
      summary: 'What is yours to do today, in numbers',
      permission: 'signed-in',
      scope: 'own',
      passive: true,
      answer: {
        status: 200,
        shape: z.strictObject({
          poams: z.array(homeNumber),
          milestones: z.array(homeNumber),
          systems: z.array(system),
        }),
      },
    },
    followEvents: {
      method: 'GET',
      path: '/events',
      tag: 'me',
      summary: 'What changes, as it changes (Server-Sent Events)',
      permission: 'signed-in',
      scope: 'own',
      passive: true,
      answer: { status: 200, stream: 'text/event-stream' },
    },
  }),
} as const;
