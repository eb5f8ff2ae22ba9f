/**
 * The rule by which findings of an authorization boundary become weaknesses: which of them, how grave each is, what belongs together, and
 * what a POA&M for it says. One schema for the database, the command line, the API and the console.
 */
import { z } from 'zod';
import { severities } from '../vocabulary/index.ts';

/** By what vulnerability findings belong together. */
export const groupings = ['plugin', 'cve', 'solution', 'plugin_asset'] as const;
export type Grouping = (typeof groupings)[number];

/** Whether failed checks of audits make weaknesses too, and by what they belong together. */
export const complianceParts = ['none', 'check'] as const;
export type CompliancePart = (typeof complianceParts)[number];

/** What a weakness can be grouped by (weaknesses.grouping). */
export type WeaknessKind = Grouping | 'check';

/**
 * Where the severity of a finding comes from. A score that a plugin does not have falls back, in the order of the docs, to another version of
 * it and at last to the severity that the scanner gives. `kev`: the scanner's, but critical where a CVE of it is known to be exploited.
 */
export const severitySources = ['plugin', 'cvss2', 'cvss3', 'cvss4', 'vpr', 'kev'] as const;
export type SeveritySource = (typeof severitySources)[number];

/** What a template may name between braces. */
export const templateFields = [
  'title',
  'synopsis',
  'solution',
  'severity',
  'plugin',
  'cves',
  'boundary',
  'findings',
  'assets',
  'machines',
  'detected',
  'due',
] as const;

const namesFields = (text: string): boolean =>
  [...text.matchAll(/\{(\w*)\}/g)].every(([, name]) =>
    (templateFields as readonly string[]).includes(name ?? ''),
  );
const template = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine(namesFields, {
      error: `names a field that there is not; there are ${templateFields.map((name) => `{${name}}`).join(', ')}`,
    });

const words = (longest: number) =>
  z
    .array(z.string().trim().min(1).max(longest))
    .max(200)
    .overwrite((list) => [...new Set(list)]);

const filters = z.strictObject({
  /** As category:value; one of them is enough. */
  tags: words(400).overwrite((tags) => tags.map((tag) => tag.toLowerCase())),
  networks: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(200),
  ports: z.array(z.number().int().min(0).max(65_535)).max(200),
  /** Families of plugins. */
  families: words(200),
  /** Only what an exploit is known for. */
  exploitAvailable: z.boolean(),
  /** Only what was first found at least so many days ago. */
  minAgeDays: z.number().int().min(0).max(3650),
});

const milestoneTemplate = z.strictObject({
  text: template(500),
  /** Percent of the days from today to the due date. */
  at: z.number().int().min(0).max(100),
});

/** A rule as it is stored, sent and edited. */
export const weaknessRule = z.strictObject({
  grouping: z.enum(groupings),
  compliance: z.enum(complianceParts),
  /** Of a failed check for which its audit names no category (CAT I to III). */
  checkSeverity: z.enum(severities).exclude(['Info']),
  severitySource: z.enum(severitySources),
  /** The least severity that makes a weakness. */
  floor: z.enum(severities).exclude(['Info']),
  filters,
  /** Null: Tieline's own words. */
  templates: z.strictObject({
    description: template(2000).nullable(),
    plan: template(2000).nullable(),
    milestones: z.array(milestoneTemplate).min(1).max(10).nullable(),
  }),
});
export type WeaknessRule = z.infer<typeof weaknessRule>;

/** What every boundary has that has no rule of its own, as it ships (migration 0063). */
export const inheritedRule: WeaknessRule = {
  grouping: 'plugin',
  compliance: 'none',
  checkSeverity: 'High',
  severitySource: 'plugin',
  floor: 'High',
  filters: { tags: [], networks: [], ports: [], families: [], exploitAvailable: false, minAgeDays: 0 },
  templates: { description: null, plan: null, milestones: null },
};
