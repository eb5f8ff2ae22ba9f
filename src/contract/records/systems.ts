/** Authorization boundaries; external servers are connections. */
import { z } from 'zod';
import { agreements } from '../../canonical/lists/index.ts';
import { fieldView, remoteRecord } from './poams.ts';
import { instant, tally } from '../json/index.ts';

export const system = z.strictObject({
  systemId: z.string(),
  remoteId: z.string().nullable(),
  name: z.string(),
  externalIds: z.record(z.string(), z.string()),
  scannerTag: z.string().nullable(),
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

/** The controls of a boundary, by id; a page ends where `next` is null. */
export const systemControls = z.strictObject({
  items: z.array(
    z.strictObject({
      controlId: z.string(),
      title: z.string().nullable(),
      family: z.string().nullable(),
      implementation: z.string().nullable(),
      assessment: z.string().nullable(),
      nextAssessment: z.string().nullable(),
      lastAssessed: instant.nullable(),
      frequencyMonths: z.number().nullable(),
      evidenceRequired: z.array(z.string()).nullable(),
      automationLevel: z.string().nullable(),
      origination: z.string().nullable(),
      /** A status that is proposed and waits for a person. */
      proposed: z.string().nullable(),
      proposalId: z.number().nullable(),
      findings: z.number(),
      poams: z.strictObject({ open: z.number(), all: z.number() }),
    }),
  ),
  next: z.string().nullable(),
});

export const componentKind = z.enum(['linked', 'component_without_asset', 'asset_without_component']);

/** Components of a boundary and assets in it, of one kind. */
export const systemComponents = z.strictObject({
  items: z.array(
    z.strictObject({
      componentId: z.string().nullable(),
      componentName: z.string().nullable(),
      componentType: z.string().nullable(),
      assetUuid: z.string().nullable(),
      hostname: z.string().nullable(),
      lastSeen: instant.nullable(),
      openCritical: z.number(),
      openHigh: z.number(),
    }),
  ),
  total: z.number(),
});
