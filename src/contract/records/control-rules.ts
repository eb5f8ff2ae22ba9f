import { z } from 'zod';
import { instant } from '../json/index.ts';
import { fieldView, recordEdited, remoteRecord } from './poams.ts';

/** A rule that ties weaknesses to controls. */
export const controlRule = z.strictObject({
  id: z.number(),
  priority: z.number(),
  matchField: z.enum(['cci', 'plugin_id', 'family', 'cwe', 'cve', 'name', 'any']),
  pattern: z.string(),
  controls: z.array(z.string()),
  source: z.string(),
});

/** `controls rules list`, in the order in which they are asked. */
export const controlRules = z.array(controlRule);

/** `controls rules explain`: the first of `matching` counts, unless the plugin names its controls itself. */
export const controlsExplained = z.strictObject({
  pluginId: z.string(),
  name: z.string(),
  controls: z.array(z.string()),
  reason: z.string(),
  titles: z.array(
    z.strictObject({
      controlId: z.string(),
      title: z.string(),
      isWithdrawn: z.boolean(),
      movedTo: z.string().nullable(),
    }),
  ),
  matching: controlRules,
});

const proposal = z.strictObject({
  id: z.number(),
  controlRef: z.number(),
  controlId: z.string(),
  controlTitle: z.string().nullable(),
  systemId: z.string(),
  present: z.string().nullable(),
  proposed: z.string(),
  code: z.enum(['weaknesses_open', 'weaknesses_closed']),
  worst: z.number().nullable(),
  facts: z.strictObject({
    /** POA&Ms, and weaknesses without one, that are open under the control. */
    open: z.array(z.string()),
    closed: z.array(z.string()),
    scans: z.array(
      z.strictObject({
        source: z.string(),
        at: z.string(),
        operationId: z.string().nullable(),
        findings: z.number(),
      }),
    ),
  }),
  openedAt: instant,
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
  settlement: z.enum(['accepted', 'refused', 'lapsed']).nullable(),
  reason: z.string().nullable(),
});

/** `controls proposals`. */
export const controlProposals = z.array(proposal);

/** `controls propose`. */
export const controlProposed = z.strictObject({
  looked: z.number(),
  opened: z.number(),
  lapsed: z.number(),
});

/** `controls accept|refuse`; `edit` is null where it was refused. */
export const proposalDecided = z.strictObject({ proposal, edit: recordEdited.nullable() });

/** `controls show`. */
export const controlDetail = z.strictObject({
  systemId: z.string(),
  controlId: z.string(),
  version: z.string(),
  fields: z.array(fieldView),
  remotes: z.array(remoteRecord),
  under: z.array(
    z.strictObject({
      id: z.string(),
      isPoam: z.boolean(),
      title: z.string().nullable(),
      severity: z.string().nullable(),
      status: z.string().nullable(),
      isOpen: z.boolean(),
      due: z.string().nullable(),
      openFindings: z.number(),
      lastSeen: instant.nullable(),
    }),
  ),
  proposals: controlProposals,
});
