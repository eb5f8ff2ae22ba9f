/**
 * Recast and accept rules (https://developer.tenable.com/reference, /v1/recast/rules; decision 0020): kept, searched,
 * and laid over the findings that they match after a while, as the real ones are.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FindingJson } from './finding-json.ts';

const severityWords = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
const exported = ['info', 'low', 'medium', 'high', 'critical'] as const;
/** The vendor's examples send numbers where the schema names words. */
const severityWord = z.union([
  z.enum(severityWords),
  z.enum(['0', '1', '2', '3', '4']).transform((digit) => severityWords[Number(digit)] ?? 'NONE'),
]);

const condition = z.object({
  property: z.enum([
    'definition.id',
    'definition.cve',
    'asset.id',
    'asset.name',
    'asset.fqdns',
    'asset.ipv4_addresses',
    'asset.tags',
    'port',
    'protocol',
    'network_id',
    'output',
  ]),
  operator: z.enum(['eq', 'neq', 'wc', 'match']),
  value: z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)]),
});
type Condition = z.output<typeof condition>;
const filter = z.union([
  z.strictObject({ and: z.array(condition).min(1) }),
  z.strictObject({ or: z.array(condition).min(1) }),
]);

export const ruleRequest = z
  .object({
    rule_name: z.string().max(1024).optional(),
    description: z.string().max(1024).optional(),
    resource_type: z.enum(['HOST', 'HOST_AUDIT', 'WEBAPP']),
    rule_value: z.object({
      action: z.enum(['RECAST', 'ACCEPT', 'CHANGE_RESULT', 'ACCEPT_RESULT']),
      severity: severityWord.optional(),
      original_severity: z.union([severityWord, z.literal('MIXED')]).optional(),
      comment: z.string().optional(),
      false_positive: z.boolean().optional(),
    }),
    filter,
    expires_at: z.iso.datetime().optional(),
    disabled_details: z
      .object({ disabled: z.boolean().optional(), disabled_reason: z.string().optional() })
      .optional(),
  })
  .refine(({ rule_value }) => rule_value.action !== 'RECAST' || rule_value.severity !== undefined, {
    path: ['rule_value', 'severity'],
    message: 'severity is required for RECAST',
  })
  .refine(({ expires_at }) => expires_at === undefined || Date.parse(expires_at) > 0, {
    path: ['expires_at'],
  });
type RuleRequest = z.output<typeof ruleRequest>;

export interface RecastRule extends RuleRequest {
  readonly rule_id: string;
  readonly container_id: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_by?: string;
  readonly updated_at?: string;
}

const containerId = 'a0abbae8-512f-4b9d-93f3-74d9809a1004';
const userId = 'f9975077-7f1e-4be4-b2e4-e1171d17af1a';

/** The same after every reset. */
function idOf(ordinal: number): string {
  const hex = createHash('sha256').update(`rule ${ordinal}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Two rules are duplicates if they do the same to the same findings, whatever they are called. */
const sameness = ({ resource_type, rule_value, filter: over }: RuleRequest): string =>
  JSON.stringify([resource_type, rule_value.action, rule_value.severity ?? null, over]);

const textsOf = (value: Condition['value']): string[] =>
  (Array.isArray(value) ? value : [value]).map((each) => String(each).toLowerCase());

function valuesOf(finding: FindingJson, property: Condition['property']): string[] {
  const port = finding['port'] as { port?: unknown; protocol?: unknown }; // the simulator's own
  const texts: Record<Condition['property'], unknown> = {
    'definition.id': finding.plugin.id,
    'definition.cve': finding.plugin['cve'],
    'asset.id': finding.asset.uuid,
    'asset.name': finding.asset['hostname'],
    'asset.fqdns': finding.asset['fqdn'],
    'asset.ipv4_addresses': finding.asset['ipv4'],
    'asset.tags': undefined,
    port: port.port,
    protocol: port.protocol,
    network_id: finding.asset['network_id'],
    output: finding['output'],
  };
  const value = texts[property];
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((each) =>
    String(each).toLowerCase(),
  );
}

function holds(finding: FindingJson, { property, operator, value }: Condition): boolean {
  const present = valuesOf(finding, property);
  const wanted = textsOf(value);
  const equal = present.some((each) => wanted.includes(each));
  switch (operator) {
    case 'eq':
      return equal;
    case 'neq':
      return !equal;
    case 'wc':
    case 'match':
      return present.some((each) => wanted.some((part) => each.includes(part.replaceAll('*', ''))));
  }
}

const matches = (finding: FindingJson, over: RuleRequest['filter']): boolean =>
  'and' in over
    ? over.and.every((each) => holds(finding, each))
    : over.or.some((each) => holds(finding, each));

/** Since when a rule shows, or no longer shows, in findings. */
interface Applied {
  readonly rule: RecastRule;
  readonly at: Date;
}

export class RecastRules {
  readonly #rules = new Map<string, RecastRule>();
  /** Rules that were taken back: their findings were indexed anew. */
  #ended: Applied[] = [];
  #made = 0;
  readonly #applyMs: number;
  readonly #now: () => Date;

  /** @param applyMs how long after a change of a rule findings show it */
  constructor(applyMs: number, now: () => Date) {
    this.#applyMs = applyMs;
    this.#now = now;
  }

  list(): RecastRule[] {
    return [...this.#rules.values()].toSorted((a, b) =>
      a.created_at + a.rule_id < b.created_at + b.rule_id ? -1 : 1,
    );
  }

  find(id: string): RecastRule | undefined {
    return this.#rules.get(id);
  }

  /** @returns undefined if there is such a rule already. */
  create(request: RuleRequest, now: Date): RecastRule | undefined {
    if (this.list().some((rule) => sameness(rule) === sameness(request))) return undefined;
    const rule: RecastRule = {
      ...request,
      rule_name:
        request.rule_name ?? `${request.rule_value.action} - Created: ${now.toISOString().slice(0, 10)}`,
      disabled_details: { disabled: false, ...request.disabled_details },
      rule_id: idOf((this.#made += 1)),
      container_id: containerId,
      created_by: userId,
      created_at: now.toISOString(),
    };
    this.#rules.set(rule.rule_id, rule);
    return rule;
  }

  replace(rule: RecastRule, request: RuleRequest, now: Date): RecastRule {
    this.#ended.push({ rule, at: now });
    const next: RecastRule = {
      ...request,
      rule_name: request.rule_name ?? rule.rule_name,
      disabled_details: { disabled: false, ...request.disabled_details },
      rule_id: rule.rule_id,
      container_id: rule.container_id,
      created_by: rule.created_by,
      created_at: rule.created_at,
      updated_by: userId,
      updated_at: now.toISOString(),
    };
    this.#rules.set(rule.rule_id, next);
    return next;
  }

  remove(rule: RecastRule, now: Date): void {
    this.#ended.push({ rule, at: now });
    this.#rules.delete(rule.rule_id);
  }

  reset(): void {
    this.#rules.clear();
    this.#ended = [];
    this.#made = 0;
  }

  /** The finding as an export shows it now. */
  over(finding: FindingJson): FindingJson {
    if (this.#rules.size === 0 && this.#ended.length === 0) return finding;
    const now = this.#now();
    const isDue = (at: string | Date): boolean => new Date(at).getTime() + this.#applyMs <= now.getTime();
    const inForce = this.list().find(
      (rule) =>
        rule.resource_type === 'HOST' &&
        rule.disabled_details?.disabled !== true &&
        (rule.expires_at === undefined || Date.parse(rule.expires_at) > now.getTime()) &&
        isDue(rule.updated_at ?? rule.created_at) &&
        matches(finding, rule.filter),
    );
    if (inForce) return recast(finding, inForce, this.#applyMs);
    const ended = this.#ended.findLast(({ rule, at }) => isDue(at) && matches(finding, rule.filter));
    return ended
      ? { ...finding, indexed: new Date(ended.at.getTime() + this.#applyMs).toISOString() }
      : finding;
  }
}

function recast(finding: FindingJson, rule: RecastRule, applyMs: number): FindingJson {
  const { action, severity, comment } = rule.rule_value;
  const level = severity === undefined ? -1 : severityWords.indexOf(severity);
  return {
    ...finding,
    severity_modification_type: action === 'ACCEPT' ? 'ACCEPTED' : 'RECASTED',
    ...(action === 'RECAST' && level >= 0 ? { severity: exported[level], severity_id: level } : {}),
    ...(comment === undefined ? {} : { recast_reason: comment }),
    recast_rule_uuid: rule.rule_id,
    indexed: new Date(Date.parse(rule.updated_at ?? rule.created_at) + applyMs).toISOString(),
  };
}
