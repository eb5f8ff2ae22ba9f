import { z } from 'zod';
import { complianceStatuses, lifecycleStates } from '../vocabulary/index.ts';
import { instant, text, words, maybe, uuid } from './field-types.ts';

/**
 * The result of one check of an audit file on one asset. Its identity is asset, audit file and check id: one plugin stands for
 * hundreds of checks.
 */
export const complianceRecord = z.object({
  asset_uuid: uuid,
  audit_file: text.min(1),
  check_id: text.min(1),
  check_name: text.min(1),
  status: z.enum(complianceStatuses),
  lifecycle_state: maybe(z.enum(lifecycleStates)),
  plugin_id: maybe(text),
  check_info: maybe(text),
  actual_value: maybe(text),
  expected_value: maybe(text),
  solution: maybe(text),
  see_also: maybe(text),
  benchmark: maybe(text),
  profile: maybe(text),
  /** `FRAMEWORK|ID`, as `800-53|AC-3`. */
  control_references: maybe(words),
  first_seen: maybe(instant),
  last_seen: maybe(instant),
  last_fixed: maybe(instant),
});
