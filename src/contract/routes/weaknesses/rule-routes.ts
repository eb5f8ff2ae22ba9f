/** Weakness rules of the boundaries, and what is excluded from them. */
import { z } from 'zod';
import { exclusionScope, weaknessRule } from '../../../canonical/weakness-rule/index.ts';
import {
  exclusion,
  exclusionList,
  exclusionShown,
  ruleList,
  rulePreview,
  ruleVersion,
  ruleVersions,
} from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

const boundary = z.string().min(1).max(50).nullable().meta({
  description: 'The boundary. Null: the rule of every boundary that has none of its own.',
});
const reason = z.string().trim().min(1).max(2000);
const params = z.strictObject({
  exclusionId: z.coerce.number().int().positive().max(2_147_483_647),
});
const ofRules = { tag: 'rules', scope: 'boundaries' } as const;
const edit = z.strictObject({
  systemId: boundary,
  rule: weaknessRule.nullable().meta({ description: 'Null: the boundary inherits the rule of all again.' }),
});

export const ruleRoutes = defineRoutes({
  listRules: {
    method: 'GET',
    path: '/weakness-rules',
    ...ofRules,
    summary: 'The weakness rule of each boundary, and the inherited one',
    permission: 'rule:read',
    answer: { status: 200, shape: ruleList },
  },
  listRuleVersions: {
    method: 'GET',
    path: '/weakness-rules/versions',
    ...ofRules,
    summary: 'Versions of a weakness rule, the latest first',
    permission: 'rule:read',
    query: z.strictObject({ systemId: z.string().min(1).max(50).optional() }),
    answer: { status: 200, shape: z.strictObject({ items: ruleVersions }) },
  },
  previewRule: {
    method: 'POST',
    path: '/weakness-rules/preview',
    ...ofRules,
    summary: 'What a weakness rule would make of what is open now',
    permission: 'rule:write',
    body: edit,
    answer: { status: 200, shape: rulePreview },
    audit: { nothing: 'tried, and nothing changed' },
  },
  setRule: {
    method: 'POST',
    path: '/weakness-rules',
    ...ofRules,
    summary: 'Add a version of a weakness rule',
    permission: 'rule:write',
    body: edit.extend({
      reason,
      replaces: z
        .number()
        .int()
        .optional()
        .meta({ description: 'The id of the version that was seen in force; another one is refused.' }),
    }),
    idempotent: true,
    answer: { status: 201, shape: ruleVersion },
    audit: { event: 'rule_changed' },
  },
  listExclusions: {
    method: 'GET',
    path: '/weakness-exclusions',
    ...ofRules,
    summary: 'Exclusions with how many findings each leaves out',
    permission: 'rule:read',
    query: z.strictObject({ all: z.stringbool().default(false) }),
    answer: { status: 200, shape: z.strictObject({ items: exclusionList }) },
  },
  getExclusion: {
    method: 'GET',
    path: '/weakness-exclusions/:exclusionId',
    ...ofRules,
    summary: 'An exclusion with the findings that it leaves out',
    permission: 'rule:read',
    params,
    answer: { status: 200, shape: exclusionShown },
  },
  addExclusion: {
    method: 'POST',
    path: '/weakness-exclusions',
    ...ofRules,
    summary: 'Exclude findings from weaknesses until a day',
    permission: 'rule:write',
    body: z.strictObject({
      systemId: boundary,
      scope: exclusionScope,
      reason,
      expiresAt: z.iso.datetime(),
    }),
    idempotent: true,
    answer: { status: 201, shape: exclusion },
    audit: { event: 'rule_changed' },
  },
  endExclusion: {
    method: 'POST',
    path: '/weakness-exclusions/:exclusionId/end',
    ...ofRules,
    summary: 'End an exclusion before its day',
    permission: 'rule:write',
    params,
    body: z.strictObject({ reason }),
    idempotent: true,
    answer: { status: 200, shape: exclusion },
    audit: { event: 'rule_changed' },
  },
});
