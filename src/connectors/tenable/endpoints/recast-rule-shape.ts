/** A rule of Tenable and the words of an acceptance: one as the other. Pure. */
import { isJsonObject, type Json, type JsonObject } from '../../../platform/values/index.ts';
import type { FieldMapping, Transform } from '../../../canonical/mapping/index.ts';

export interface RuleFault {
  readonly field: string;
  readonly message: string;
}

const severityWords = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
const ours = ['Info', 'Low', 'Medium', 'High', 'Critical'] as const;

interface Condition {
  readonly property: string;
  readonly operator: string;
  readonly value: Json;
}

const wordOf = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The conditions of a rule that all must hold; undefined where it is of another form. */
function conditionsOf(filter: Json | undefined): readonly Condition[] | undefined {
  const all = isJsonObject(filter) ? filter['and'] : undefined;
  if (!Array.isArray(all)) return undefined;
  return all.map((each) =>
    isJsonObject(each)
      ? {
          property: wordOf(each['property']),
          operator: wordOf(each['operator']),
          value: each['value'] ?? null,
        }
      : { property: '', operator: '', value: null },
  );
}

/** What a condition asks to be equal to one value; values come as text, number, or a list of one. */
function oneValue({ operator, value }: Condition): string | undefined {
  const one = Array.isArray(value) ? (value.length === 1 ? value[0] : undefined) : value;
  return operator === 'eq' && wordOf(one) !== '' ? wordOf(one) : undefined;
}

const plain: Readonly<Record<string, string>> = {
  'definition.id': 'plugin_id',
  'definition.cve': 'cve_id',
  'asset.id': 'asset',
  port: 'port',
  protocol: 'protocol',
};

/** The filter as fields, or undefined where it says more than the fields can. */
function plainFilter(filter: Json | undefined): Record<string, string> | undefined {
  const fields: Record<string, string> = {};
  for (const condition of conditionsOf(filter) ?? [{ property: '', operator: '', value: null }]) {
    const name = plain[condition.property];
    const value = oneValue(condition);
    if (name === undefined || value === undefined || name in fields) return undefined;
    fields[name] = value;
  }
  return fields;
}

const stable = (value: Json | undefined): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** What a rule says in the words of an acceptance. A filter of a form that has no fields is given whole, as text. */
export function ruleReading(rule: JsonObject): JsonObject {
  const value = isJsonObject(rule['rule_value']) ? rule['rule_value'] : {};
  const disabled = isJsonObject(rule['disabled_details']) && rule['disabled_details']['disabled'] === true;
  const fields = plainFilter(rule['filter']);
  const severity = wordOf(value['severity']);
  const level = /^[0-4]$/.test(severity)
    ? Number(severity)
    : severityWords.findIndex((word) => word === severity);
  return {
    kind:
      value['action'] === 'RECAST'
        ? 'recast'
        : value['false_positive'] === true
          ? 'false_positive'
          : 'accepted',
    severity: value['action'] === 'RECAST' ? (ours[level] ?? null) : null,
    plugin_id: fields?.['plugin_id'] ?? null,
    cve_id: fields?.['cve_id']?.toUpperCase() ?? null,
    scope: !fields
      ? `filter ${stable(rule['filter'])}`
      : fields['asset'] === undefined
        ? 'all'
        : `asset ${fields['asset'].toLowerCase()}`,
    port: fields?.['port'] === undefined ? null : Number(fields['port']),
    protocol: fields?.['protocol']?.toLowerCase() ?? null,
    comment: wordOf(value['comment']) === '' ? null : wordOf(value['comment']),
    status: disabled ? 'withdrawn' : 'active',
  };
}

const text: Transform = { kind: 'text' };
const trim: Transform = { kind: 'trim' };
const row = (
  externalField: string,
  internalField: string,
  transforms: readonly Transform[] = [text],
  more: Partial<FieldMapping> = {},
): FieldMapping => ({
  entityType: 'acceptance',
  externalField,
  internalField,
  direction: 'bidirectional',
  transforms,
  required: false,
  ...more,
});

/** `rule.*` is how `ruleReading` reports what is in several places of the rule. */
export const acceptanceMappings: readonly FieldMapping[] = [
  row('rule_id', 'acceptance_id', [text], { direction: 'inbound', required: true }),
  row('rule_name', 'name', [text, trim]),
  row('rule.kind', 'kind', [text], { required: true }),
  row('rule.plugin_id', 'plugin_id'),
  row('rule.cve_id', 'cve_id'),
  row('rule.scope', 'scope', [text], { required: true }),
  row('rule.port', 'port', [{ kind: 'number', integer: true }]),
  row('rule.protocol', 'protocol'),
  row('rule.severity', 'severity'),
  row('rule.comment', 'comment', [text, trim]),
  row('expires_at', 'expires_at', [{ kind: 'date', external: 'iso', internal: 'instant' }]),
  row('rule.status', 'status', [text], { required: true }),
];

export type ComposedRule =
  | { readonly ok: true; readonly request: JsonObject }
  | { readonly ok: false; readonly faults: readonly RuleFault[] };

/**
 * The request that makes a rule what the fields say. @param present the rule as it is; fields that are not named stay as there.
 */
export function composeRule(fields: JsonObject, present: JsonObject | undefined): ComposedRule {
  const changed = isJsonObject(fields['rule']) ? fields['rule'] : {};
  const wanted: JsonObject = { ...(present ? ruleReading(present) : {}), ...changed };
  const keepsFilter = !['plugin_id', 'cve_id', 'scope', 'port', 'protocol'].some((field) => field in changed);
  const filter =
    present && keepsFilter ? { ok: true as const, filter: present['filter'] ?? {} } : filterOf(wanted);
  if (!filter.ok) return filter;
  const value = isJsonObject(present?.['rule_value']) ? present['rule_value'] : {};
  const severity = severityWords[ours.findIndex((word) => word === wanted['severity'])];
  const isRecast = wanted['kind'] === 'recast';
  if (isRecast && severity === undefined)
    return { ok: false, faults: [{ field: 'severity', message: 'is required of a recast' }] };
  const name = fields['rule_name'] ?? present?.['rule_name'];
  const expires = 'expires_at' in fields ? fields['expires_at'] : present?.['expires_at'];
  return {
    ok: true,
    request: {
      ...(name === undefined || name === null ? {} : { rule_name: name }),
      ...(present?.['description'] === undefined ? {} : { description: present['description'] }),
      resource_type: 'HOST',
      rule_value: {
        action: isRecast ? 'RECAST' : 'ACCEPT',
        ...(isRecast && severity !== undefined ? { severity } : {}),
        ...(value['original_severity'] === undefined
          ? {}
          : { original_severity: value['original_severity'] }),
        ...(wordOf(wanted['comment']) === '' ? {} : { comment: wordOf(wanted['comment']) }),
        ...(isRecast ? {} : { false_positive: wanted['kind'] === 'false_positive' }),
      },
      filter: filter.filter,
      ...(expires === undefined || expires === null ? {} : { expires_at: expires }),
      disabled_details: {
        disabled: wanted['status'] === 'withdrawn',
        ...(wanted['status'] === 'withdrawn' ? { disabled_reason: 'Withdrawn in Tieline' } : {}),
      },
    },
  };
}

function filterOf(
  wanted: JsonObject,
):
  | { readonly ok: true; readonly filter: Json }
  | { readonly ok: false; readonly faults: readonly RuleFault[] } {
  const faults: RuleFault[] = [];
  const scope = wordOf(wanted['scope']);
  const asset = /^asset (\S+)$/.exec(scope)?.[1];
  if (scope !== 'all' && asset === undefined)
    faults.push({
      field: 'scope',
      message: 'must be `all` or `asset UUID`; a rule with another filter is changed in Tenable',
    });
  const named: [string, Json | undefined][] = [
    ['definition.id', wanted['plugin_id']],
    ['definition.cve', wanted['cve_id']],
    ['asset.id', asset],
    ['port', wanted['port']],
    ['protocol', wanted['protocol']],
  ];
  const and = named.flatMap(([property, value]) =>
    wordOf(value) === '' ? [] : [{ property, operator: 'eq', value: wordOf(value) }],
  );
  if (wordOf(wanted['plugin_id']) === '' && wordOf(wanted['cve_id']) === '')
    faults.push({
      field: 'plugin_id',
      message: 'a plugin or a CVE must be named; a rule for all findings is never made here',
    });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, filter: { and } };
}
