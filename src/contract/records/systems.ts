/** Authorization boundaries; external servers are connections. */
import { z } from 'zod';
import { agreements } from '../../canonical/lists/index.ts';
import { fieldView, remoteRecord } from './poams.ts';
import { instant, tally } from '../json/index.ts';

export const system = z.strictObject({
  systemId: z.string(),
  remoteId: z.string().nullable(),
  name: z.string(),
  impact: z.strictObject({
    confidentiality: z.string().nullable(),
    integrity: z.string().nullable(),
    availability: z.string().nullable(),
    overall: z.string().nullable(),
  }),
  status: z.string().nullable(),
  isso: z.string().nullable(),
  authorizingOfficial: z.string().nullable(),
  components: z.strictObject({ linked: z.number(), all: z.number() }),
  assets: z.number(),
  open: z.strictObject({ critical: z.number(), high: z.number(), medium: z.number(), low: z.number() }),
  poams: z.strictObject({ open: z.number(), overdue: z.number() }),
  severeSince: instant.nullable(),
  authorizationEnds: z.string().nullable(),
  lastScan: instant.nullable(),
  lastSync: instant.nullable(),
  sync: z.strictObject({
    isOn: z.boolean(),
    why: z.enum(['excluded', 'not_linked', 'connection_paused']).nullable(),
  }),
});

/** `systems list`. */
export const systemRows = z.strictObject({ items: z.array(system), total: z.number() });

/** `systems show`. */
export const systemDetail = z.strictObject({
  system,
  version: z.string(),
  fields: z.array(fieldView),
  remotes: z.array(remoteRecord),
  /** Open POA&Ms by when they are due, each with the filter that lists them. */
  board: z.array(
    z.strictObject({ bucket: z.string(), filter: z.record(z.string(), z.string()), count: z.number() }),
  ),
  agreement: z.array(z.strictObject({ value: z.enum(agreements).nullable(), count: z.number() })),
  components: tally,
  topWeaknesses: z.array(
    z.strictObject({
      pluginId: z.string(),
      name: z.string().nullable(),
      severity: z.number(),
      assets: z.number(),
    }),
  ),
});
