/** From elements of a compliance export, as export-records.ts shapes them. */
import { complianceStatuses } from '../../../canonical/vocabulary/index.ts';
import type { FieldMapping, Transform } from '../../../canonical/mapping/index.ts';

const text: Transform = { kind: 'text' };
const instant: Transform = { kind: 'date', external: 'iso', internal: 'instant' };

const inbound = (
  externalField: string,
  internalField: string,
  transforms: readonly Transform[] = [text],
  required = false,
): FieldMapping => ({
  entityType: 'compliance',
  externalField,
  internalField,
  direction: 'inbound',
  transforms,
  required,
});
const oneOf = (words: readonly string[]): Transform => ({
  kind: 'values',
  map: Object.fromEntries(words.map((word) => [word, word])),
  otherwise: 'fail',
});
const lower: Transform = { kind: 'case', to: 'lower' };

export const complianceMappings: readonly FieldMapping[] = [
  inbound('asset_uuid', 'asset_uuid', [text], true),
  inbound('audit_file', 'audit_file', [text], true),
  inbound('check_id', 'check_id', [text], true),
  inbound('check_name', 'check_name', [text], true),
  inbound('status', 'status', [lower, oneOf(complianceStatuses)], true),
  inbound('state', 'lifecycle_state', [
    lower,
    {
      kind: 'values',
      // Older exports say active and new for what is open.
      map: { open: 'open', active: 'open', new: 'open', reopened: 'reopened', fixed: 'fixed' },
      otherwise: 'fail',
    },
  ]),
  inbound('plugin_id', 'plugin_id'),
  inbound('check_info', 'check_info'),
  inbound('actual_value', 'actual_value'),
  inbound('expected_value', 'expected_value'),
  inbound('solution', 'solution'),
  inbound('see_also', 'see_also'),
  inbound('benchmark', 'benchmark'),
  inbound('profile_name', 'profile'),
  inbound('references', 'control_references', [{ kind: 'list' }]),
  inbound('first_seen', 'first_seen', [instant]),
  inbound('last_seen', 'last_seen', [instant]),
  inbound('last_fixed', 'last_fixed', [instant]),
];
