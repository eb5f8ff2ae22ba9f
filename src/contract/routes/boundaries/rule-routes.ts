/** Rules that put assets into authorization boundaries. They reach over all assets, so who changes them sees all of them. */
import { z } from 'zod';
import {
  assetRole,
  boundaryExplanation,
  boundaryMembers,
  boundaryRules,
  ruleChanged,
  ruleConditions,
  ruleEffect,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

const ofSystem = z.strictObject({ systemId: z.string().min(1).max(255) });
const ofRule = z.strictObject({
  ruleId: z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1),
});
const rule = z.strictObject({
  priority: z.number().int().min(1).max(1000).default(100),
  role: assetRole.default('responsible'),
  conditions: ruleConditions,
  note: z.string().max(500).nullable().default(null),
});
const shown = {
  /** Of the preview; another effect is refused. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  reason: z.string().max(2000).optional(),
};
const changing = { tag: 'systems', permission: 'policy:write', scope: 'installation' } as const;

export const boundaryRuleRoutes = defineRoutes({
  listBoundaryRules: {
    method: 'GET',
    path: '/systems/:systemId/rules',
    tag: 'systems',
    scope: 'boundaries',
    params: ofSystem,
    summary: 'Rules that put assets into a system',
    permission: 'link:read',
    answer: { status: 200, shape: boundaryRules },
  },
  listSystemMembers: {
    method: 'GET',
    path: '/systems/:systemId/members',
    tag: 'systems',
    scope: 'boundaries',
    params: ofSystem,
    query: z.strictObject({
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    summary: 'Assets of a system, each in which role and why',
    permission: 'asset:read',
    answer: { status: 200, shape: boundaryMembers },
  },
  previewBoundaryRule: {
    method: 'POST',
    path: '/systems/:systemId/rules/preview',
    ...changing,
    params: ofSystem,
    summary: 'What a new rule would move',
    body: rule,
    answer: { status: 200, shape: ruleEffect },
    audit: { nothing: 'tried, and nothing changed' },
  },
  addBoundaryRule: {
    method: 'POST',
    path: '/systems/:systemId/rules',
    ...changing,
    params: ofSystem,
    summary: 'Make a rule that puts assets into a system',
    body: rule.extend(shown),
    idempotent: true,
    answer: { status: 201, shape: ruleChanged },
    audit: { event: 'command' },
  },
  previewBoundaryRuleEnd: {
    method: 'GET',
    path: '/boundary-rules/:ruleId/end',
    ...changing,
    params: ofRule,
    summary: 'What ending a rule would move',
    answer: { status: 200, shape: ruleEffect },
  },
  endBoundaryRule: {
    method: 'POST',
    path: '/boundary-rules/:ruleId/end',
    ...changing,
    params: ofRule,
    summary: 'End a rule that puts assets into a system',
    body: z.strictObject(shown),
    idempotent: true,
    answer: { status: 200, shape: ruleChanged },
    audit: { event: 'command' },
  },
  explainAssetBoundaries: {
    method: 'GET',
    path: '/assets/:assetUuid/boundaries',
    tag: 'assets',
    scope: 'boundaries',
    params: z.strictObject({ assetUuid: z.guid() }),
    summary: 'In which systems an asset is, in which role, and why',
    permission: 'link:read',
    answer: { status: 200, shape: boundaryExplanation },
  },
});
