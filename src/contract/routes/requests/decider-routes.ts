/** Who decides requests, as rules by boundary, kind and severity. */
import { z } from 'zod';
import { ruledRequestKinds, severities } from '../../../canonical/vocabulary/index.ts';
import { deciderLevel, deciderList, deciderSet } from '../../work/index.ts';
import { defineRoutes } from '../define-route.ts';

const kind = z.enum(ruledRequestKinds);
const severity = z.enum(severities).nullable();

export const deciderRoutes = {
  ...defineRoutes({
    listDeciders: {
      method: 'GET',
      path: '/deciders',
      tag: 'approvals',
      summary: 'Who decides requests',
      permission: 'plan:read',
      scope: 'boundaries',
      query: z.strictObject({ system: z.string().max(50).optional() }),
      answer: { status: 200, shape: deciderList },
    },
    setDecider: {
      method: 'PUT',
      path: '/deciders',
      tag: 'approvals',
      summary: 'Set who decides a kind of request',
      permission: 'policy:write',
      scope: 'installation',
      body: z.strictObject({
        kind,
        /** Null: every boundary that has no rule of its own. */
        boundary: z.string().max(50).nullable(),
        severity,
        levels: z.array(deciderLevel).max(5),
        isRefused: z.boolean().default(false),
        answerWithinDays: z.number().int().min(1).max(365).nullable().default(null),
        longestDays: z.number().int().min(1).max(3650).nullable().default(null),
        note: z.string().max(500).nullable().default(null),
      }),
      answer: { status: 200, shape: deciderSet },
      audit: { event: 'command' },
    },
    resetDecider: {
      method: 'POST',
      path: '/deciders/reset',
      tag: 'approvals',
      summary: 'Give a boundary back to the rules of all',
      permission: 'policy:write',
      scope: 'installation',
      body: z.strictObject({ kind, boundary: z.string().max(50), severity }),
      idempotent: true,
      answer: { status: 200, shape: deciderSet },
      audit: { event: 'command' },
    },
  }),
} as const;
