/** Rules that tie weaknesses to controls. */
import { z } from 'zod';
import { controlRule, controlRules, controlsExplained } from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

const ruleGiven = z.strictObject({
  priority: z.number().int().min(1).max(100_000),
  matchField: controlRule.shape.matchField,
  pattern: z.string().min(1).max(500),
  controls: z.array(z.string().min(1).max(20)).min(1).max(20),
  source: z.string().min(1).max(500),
});

export const controlRuleRoutes = {
  ...defineRoutes({
    listControlRules: {
      method: 'GET',
      path: '/control-rules',
      tag: 'controls',
      summary: 'Rules that tie weaknesses to controls, in order',
      permission: 'mapping:read',
      scope: 'installation',
      answer: { status: 200, shape: controlRules },
    },
    addControlRule: {
      method: 'POST',
      path: '/control-rules',
      tag: 'controls',
      summary: 'Add a rule that ties weaknesses to controls',
      permission: 'mapping:write',
      scope: 'installation',
      body: ruleGiven,
      idempotent: true,
      answer: { status: 201, shape: controlRule },
      audit: { event: 'mapping_changed' },
    },
    changeControlRule: {
      method: 'POST',
      path: '/control-rules/:controlRuleId/change',
      tag: 'controls',
      summary: 'Change a rule that ties weaknesses to controls',
      permission: 'mapping:write',
      scope: 'installation',
      params: z.strictObject({ controlRuleId: z.string().min(1).max(64) }),
      body: ruleGiven,
      idempotent: true,
      answer: { status: 200, shape: controlRule },
      audit: { event: 'mapping_changed' },
    },
    removeControlRule: {
      method: 'POST',
      path: '/control-rules/:controlRuleId/remove',
      tag: 'controls',
      summary: 'Remove a rule of controls',
      permission: 'mapping:write',
      scope: 'installation',
      params: z.strictObject({ controlRuleId: z.string().min(1).max(64) }),
      idempotent: true,
      answer: { status: 200, shape: controlRule },
      audit: { event: 'mapping_changed' },
    },
    explainControls: {
      method: 'GET',
      path: '/control-rules/explain/:pluginId',
      tag: 'controls',
      summary: 'Which controls a plugin concerns, and why',
      permission: 'mapping:read',
      scope: 'installation',
      params: z.strictObject({ pluginId: z.string().min(1).max(64) }),
      answer: { status: 200, shape: controlsExplained },
    },
  }),
} as const;
