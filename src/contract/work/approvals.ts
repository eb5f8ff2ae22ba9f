import { z } from 'zod';
import { allRoles } from '../../canonical/access/index.ts';
import { requestKinds, ruledRequestKinds, severities } from '../../canonical/vocabulary/index.ts';
import { instant, json, jsonObject } from '../json/index.ts';

/** A change in words: what a person reads before deciding. */
export const describedChange = z.strictObject({
  title: z.string(),
  boundary: z.string().nullable(),
  lines: z.array(z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string() })),
});

const change = z.strictObject({
  key: z.string(),
  entity: z.string(),
  record: z.string(),
  entityId: z.string().optional(),
  kind: z.enum(['create', 'update']),
  before: json,
  after: jsonObject,
  reason: z.string(),
});

const role = z.enum(allRoles as [(typeof allRoles)[number], ...(typeof allRoles)[number][]]);

/** Roles that decide in one turn: one person of any of them, or one of each. */
export const deciderLevel = z.strictObject({ roles: z.array(role), needs: z.enum(['one', 'all']) });

/** What a person asks for, and who decides it. */
export const approvalRequest = z.strictObject({
  subject: z.strictObject({ kind: z.enum(requestKinds), id: z.string() }),
  severity: z.string().nullable(),
  rationale: z.string(),
  lines: z.array(z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string() })),
  /** In turn. */
  levels: z.array(deciderLevel),
  answers: z.array(
    z.strictObject({
      /** Place of the level, from 1. */
      level: z.number(),
      role,
      approved: z.boolean(),
      by: z.string(),
      at: instant,
      reason: z.string().nullable(),
      /** Who delegated it to them; null: they decided by their own role. */
      inPlaceOf: z.string().nullable(),
    }),
  ),
  /** Deciders who let another person decide in their place. */
  delegations: z.array(z.strictObject({ level: z.number(), role, by: z.string(), to: z.string() })),
  /** Roles whose turn it is; empty where it does not wait. */
  turn: z.array(role),
  /** The run of a workflow that waits for it; null where a person asks. */
  executionId: z.string().nullable(),
  /** When it falls back if nobody has decided it. */
  expiresAt: instant.nullable(),
});

const approval = z.strictObject({
  number: z.number(),
  approvalId: z.string(),
  /** Null, like `systemId` and `system`, where a person asks for something: `request` says what. */
  planId: z.string().nullable(),
  systemId: z.number().nullable(),
  system: z.string().nullable(),
  request: approvalRequest.nullable(),
  action: z.string(),
  requestedBy: z.string(),
  requestedAt: instant,
  status: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  reason: z.string().nullable(),
  content: z.array(change),
  contentSha256: z.string(),
  boundary: z.string().nullable(),
  boundaryName: z.string().nullable(),
  isByBoundary: z.boolean(),
});

/** `approvals list`. */
export const approvalList = z.array(approval);

/** `approvals show`: each change also in words. */
export const approvalDetail = approval.extend({
  content: z.array(change.extend({ described: describedChange.optional() })),
});

/** `approvals approve|reject`. */
export const approvalDecided = z.strictObject({
  operationId: z.string(),
  changes: z.number(),
  waiting: z.number(),
  system: z.string(),
});

/** `approvals approve|reject` of a request. */
export const requestDecided = z.strictObject({
  operationId: z.string(),
  approvalId: z.string(),
  action: z.string(),
  /** `pending`: the yes counts, and others are asked next. */
  status: z.enum(['approved', 'rejected', 'pending']),
  next: z.strictObject({ number: z.number(), level: deciderLevel, left: z.array(role) }).nullable(),
});

/** `approvals delegate`. */
export const requestDelegated = z.strictObject({
  operationId: z.string(),
  approvalId: z.string(),
  action: z.string(),
  /** Place of the level, from 1, and the role of it that they answer for. */
  level: z.number(),
  role,
  to: z.string(),
});

/** `deciders list`: who decides requests; the nearest rule holds. */
export const deciderList = z.array(
  z.strictObject({
    id: z.number(),
    /** Null: every boundary that has no rule of its own. */
    boundary: z.string().nullable(),
    boundaryName: z.string().nullable(),
    kind: z.enum(ruledRequestKinds),
    /** Null: any severity that has no rule of its own. */
    severity: z.enum(severities).nullable(),
    /** Such a request is not taken; the note says why. */
    isRefused: z.boolean(),
    levels: z.array(deciderLevel),
    answerWithinDays: z.number().nullable(),
    /** What is granted holds at most so many days. */
    longestDays: z.number().nullable(),
    note: z.string().nullable(),
    setBy: z.string().nullable(),
    setAt: instant.nullable(),
  }),
);

/** `deciders set|reset`. */
export const deciderSet = z.strictObject({ operationId: z.string() });
