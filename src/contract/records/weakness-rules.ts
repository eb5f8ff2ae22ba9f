/** Weakness rules and exclusions. */
import { z } from 'zod';
import { exclusionScope, keptText, weaknessRule } from '../../canonical/weakness-rule/index.ts';
import { instant } from '../json/index.ts';

/** One version of a rule; `rule` null: from it on the boundary has the rule of all again. */
export const ruleVersion = z.strictObject({
  id: z.number(),
  systemId: z.string().nullable(),
  version: z.number(),
  rule: weaknessRule.nullable(),
  reason: z.string(),
  changedBy: z.string(),
  changedAt: instant,
});
const ruleInForce = ruleVersion.extend({ rule: weaknessRule });

const boundaryRule = z.strictObject({
  systemId: z.string(),
  name: z.string(),
  isInherited: z.boolean(),
  rule: ruleInForce,
});

/** `rules list`. */
export const ruleList = z.strictObject({ inherited: ruleInForce, boundaries: z.array(boundaryRule) });

/** `rules show`; without a boundary the rule of all. */
export const ruleShown = z.strictObject({
  systemId: z.string().nullable(),
  isInherited: z.boolean(),
  rule: ruleInForce,
});

/** `rules history`, the latest first. */
export const ruleVersions = z.array(ruleVersion);

const gathered = z.strictObject({
  findings: z.number(),
  weaknesses: z.number(),
  bySeverity: z.record(z.string(), z.number()),
  excluded: z.number(),
  accepted: z.number(),
});

/** `rules preview`, and `rules set` without `--yes`. */
export const rulePreview = z.strictObject({
  systemId: z.string().nullable(),
  boundaries: z.array(z.string()),
  before: gathered,
  after: gathered,
  outcomes: z.strictObject({
    made: z.number(),
    split: z.number(),
    merged: z.number(),
    ended: z.number(),
    continued: z.number(),
    reworded: z.number(),
  }),
  poams: z.array(
    z.strictObject({
      poamId: z.string(),
      systemId: z.string().nullable(),
      title: z.string().nullable(),
      isSent: z.boolean(),
      outcome: z.enum(['made', 'split', 'merged', 'ended', 'continued', 'reworded']),
      other: z.string().nullable(),
      findings: z.number(),
      texts: z.array(z.strictObject({ field: z.string(), before: z.string(), after: z.string() })),
      kept: z.array(keptText),
    }),
  ),
});

export const exclusion = z.strictObject({
  id: z.number(),
  systemId: z.string().nullable(),
  scope: exclusionScope,
  reason: z.string(),
  expiresAt: instant,
  excludedBy: z.string(),
  excludedAt: instant,
  endedAt: instant.nullable(),
  endedBy: z.string().nullable(),
  findings: z.number(),
});

/** `rules exclusions`. */
export const exclusionList = z.array(exclusion);

/** `rules exclusions ID`: with the findings that it leaves out, at most 1,000. */
export const exclusionShown = z.strictObject({
  exclusion,
  findings: z.array(
    z.strictObject({
      systemId: z.string(),
      asset: z.string(),
      assetUuid: z.string(),
      plugin: z.string().nullable(),
      name: z.string(),
      severity: z.string().nullable(),
      firstFound: z.string().nullable(),
    }),
  ),
});
