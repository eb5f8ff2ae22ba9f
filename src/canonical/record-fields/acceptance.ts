import { z } from 'zod';
import { acceptanceKinds, acceptanceStatuses, severities } from '../vocabulary/index.ts';
import { instant, text, upTo, maybe } from './field-types.ts';

/**
 * An accept, false positive or recast rule of a scanner's server. `scope` says which hosts: `all`, `asset ID` (the server's id of
 * an asset), `KIND VALUE` for what else the server knows (`ip 10.0.0.1,10.0.0.2`), or `filter JSON` for a rule of a form that
 * Tieline only shows.
 */
export const acceptanceRecord = z.object({
  acceptance_id: text.min(1).max(255),
  name: maybe(upTo(255)),
  kind: z.enum(acceptanceKinds),
  plugin_id: maybe(upTo(50)),
  cve_id: maybe(upTo(50)),
  scope: text.min(1),
  /** Where a server keeps rules by repository (Security Center). */
  repository: maybe(upTo(50)),
  /** Null: any. */
  port: maybe(z.int().min(0).max(65535)),
  /** Lower case; null: any. */
  protocol: maybe(upTo(20)),
  /** For a recast: what the findings become. */
  severity: maybe(z.enum(severities)),
  comment: maybe(text),
  /** Null: never. */
  expires_at: maybe(instant),
  status: z.enum(acceptanceStatuses),
});
