/** A rule as flags and files say it, over the rule that is in force. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Severity } from '../../../canonical/vocabulary/index.ts';
import {
  type CompliancePart,
  type Grouping,
  inheritedRule,
  type SeveritySource,
  type WeaknessRule,
  weaknessRule,
} from '../../../canonical/weakness-rule/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { GlobalFlags } from '../kit/command-context.ts';

export interface RuleFlags extends GlobalFlags {
  readonly grouping?: Grouping;
  readonly compliance?: CompliancePart;
  readonly checkSeverity?: Severity;
  readonly severityFrom?: SeveritySource;
  readonly floor?: Severity;
  readonly tag?: readonly string[];
  readonly network?: readonly string[];
  readonly port?: readonly number[];
  readonly family?: readonly string[];
  readonly exploitAvailable?: boolean;
  readonly minAge?: number;
  /** False: `--no-filters`. */
  readonly filters: boolean;
  readonly description?: string;
  readonly plan?: string;
  readonly milestone?: readonly string[];
  /** False: `--no-templates`. */
  readonly templates: boolean;
  readonly inherit?: boolean;
  readonly file?: string;
}

/** @throws TielineError USAGE that names each field that is not as it must be. */
export function parsedRule(given: unknown): WeaknessRule {
  const { success, data, error } = weaknessRule.safeParse(given);
  if (success) return data;
  throw new TielineError('USAGE', 'The rule is not as it must be; nothing was saved.', {
    fields: error.issues.map(({ path, message }) => ({ field: path.join('.') || 'rule', message })),
  });
}

function milestoneOf(text: string): { readonly at: number; readonly text: string } {
  const [, at, words] = /^(\d{1,3}):(.+)$/s.exec(text) ?? [];
  if (at === undefined || words === undefined)
    throw new TielineError(
      'USAGE',
      `--milestone takes percent:template, as "50:Patch {machines}", not "${text}".`,
    );
  return { at: Number(at), text: words };
}

async function readRule(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TielineError(
      'USAGE',
      `${path} could not be read: ${messageOf(cause).split('\n', 1)[0] ?? ''}`,
      { cause },
    );
  }
}

/** The rule that the flags ask for. @returns null: none of its own any more. */
export async function ruleFrom(flags: RuleFlags, before: WeaknessRule): Promise<WeaknessRule | null> {
  const { inherit, file, ...more } = flags;
  if (inherit) return null;
  if (file !== undefined) return parsedRule(await readRule(file));
  const filters = more.filters ? before.filters : inheritedRule.filters;
  const templates = more.templates ? before.templates : inheritedRule.templates;
  return parsedRule({
    ...before,
    ...defined({
      grouping: more.grouping,
      compliance: more.compliance,
      checkSeverity: more.checkSeverity,
      severitySource: more.severityFrom,
      floor: more.floor,
    }),
    filters: {
      ...filters,
      ...defined({
        tags: more.tag,
        networks: more.network,
        ports: more.port,
        families: more.family,
        exploitAvailable: more.exploitAvailable,
        minAgeDays: more.minAge,
      }),
    },
    templates: {
      ...templates,
      ...defined({
        description: more.description,
        plan: more.plan,
        milestones: more.milestone?.map(milestoneOf),
      }),
    },
  });
}
