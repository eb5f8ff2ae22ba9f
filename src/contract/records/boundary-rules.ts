/** Rules that put assets into authorization boundaries, what a change of one would move, and why an asset is where it is. */
import { z } from 'zod';
import { assetRoles, conditionKinds, type ConditionKind } from '../../canonical/boundary-rules/index.ts';
import { decisionCodes, instant } from '../json/index.ts';
import { assetExplanation } from './assets.ts';

export const assetRole = z.enum(assetRoles);
const kind = z.enum(Object.keys(conditionKinds) as [ConditionKind, ...ConditionKind[]]); // its own keys, of which there are some
export const ruleConditions = z
  .array(z.strictObject({ kind, values: z.array(z.string().min(1).max(255)).min(1).max(1000) }))
  .min(1)
  .max(20);

const boundaryRule = z.strictObject({
  id: z.number(),
  systemId: z.string(),
  systemName: z.string().nullable(),
  /** 1 comes first. */
  priority: z.number(),
  role: assetRole,
  /** All of them must fit, each by one of its values. */
  conditions: ruleConditions,
  note: z.string().nullable(),
  madeBy: z.string(),
  madeAt: instant,
  endedBy: z.string().nullable(),
  endedAt: instant.nullable(),
  /** Assets by what was decided of them by this rule. */
  linked: z.number(),
  review: z.number(),
  rejected: z.number(),
});

/** `systems rules list`. */
export const boundaryRules = z.strictObject({ items: z.array(boundaryRule) });

const places = z.array(z.strictObject({ systemId: z.string(), role: assetRole }));
const asset = { assetUuid: z.string(), hostname: z.string().nullable() };

/** `systems rules preview`: the lists are cut, the numbers are whole. */
export const ruleEffect = z.strictObject({
  moved: z.number(),
  moves: z.array(z.strictObject({ ...asset, before: places, after: places })),
  /** Assets that a person would newly be asked about. */
  asked: z.number(),
  questions: z.array(z.strictObject({ ...asset, systemIds: z.array(z.string()) })),
  settled: z.number(),
  /** Sent with the change, it does just this or nothing. */
  sha256: z.string(),
});

/** `systems rules add|remove`. */
export const ruleChanged = z.strictObject({
  ruleId: z.number(),
  operationId: z.string(),
  effect: ruleEffect,
});

export const boundaryExplanation = z.strictObject({
  memberships: z.array(
    z.strictObject({
      systemId: z.string(),
      name: z.string().nullable(),
      role: assetRole,
      isMain: z.boolean(),
      by: z.enum(['component', 'rule', 'owner']),
    }),
  ),
  decisions: z.array(
    z.strictObject({
      systemId: z.string(),
      name: z.string().nullable(),
      decision: z.enum(['linked', 'review', 'rejected']),
      role: assetRole,
      ruleId: z.number().nullable(),
      evidence: z.array(z.strictObject({ kind, value: z.string(), found: z.string() })),
      decidedBy: z.string(),
      ...decisionCodes,
      reason: z.string().nullable(),
      decidedAt: instant,
    }),
  ),
});

/** `matches explain`. */
export const matchExplanation = boundaryExplanation.extend({
  asset: assetExplanation.shape.asset,
  components: assetExplanation.shape.components,
});
