import { keptText } from '../../canonical/weakness-rule/index.ts';
import { z } from 'zod';
import { agreements } from '../../canonical/lists/index.ts';
import { deviationKinds, severities } from '../../canonical/vocabulary/index.ts';
import { decisionCodes, fieldFault, instant, json } from '../json/index.ts';

const openOfAll = z.strictObject({ open: z.number(), all: z.number() });

/** A row of the list. Days are `YYYY-MM-DD`. */
export const poam = z.strictObject({
  poamId: z.string(),
  remoteId: z.string().nullable(),
  systemId: z.string().nullable(),
  systemName: z.string().nullable(),
  weakness: z.string().nullable(),
  severity: z.enum(severities).nullable(),
  /** Risk score, 0 to 100, of the worst group of findings under it; null where none was scored. */
  risk: z.number().nullable(),
  residualRisk: z.string().nullable(),
  status: z.string().nullable(),
  isOpen: z.boolean(),
  isOverdue: z.boolean(),
  due: z.string().nullable(),
  /** By which day policies oblige it. */
  obligedBy: z.string().nullable(),
  /** `past`: that day is over; `promised`: it lies ahead, and a later one is promised. */
  late: z.enum(['past', 'promised']).nullable(),
  completed: z.string().nullable(),
  milestones: z.strictObject({ done: z.number(), all: z.number(), next: z.string().nullable() }),
  findings: openOfAll,
  assets: z.number(),
  control: z.string().nullable(),
  owner: z.string().nullable(),
  /** `approval_status`: the newest request about it. `workflow_status`: the state of its life. */
  approval: z.string().nullable(),
  workflow: z.string().nullable(),
  agreement: z.enum(agreements),
  updatedAt: instant.nullable(),
  reviewedOn: instant.nullable(),
  reviewedBy: z.string().nullable(),
  changed: z.strictObject({ at: instant, by: z.string(), where: z.enum(['here', 'there']) }).nullable(),
});

/** `poams list`. */
export const poamRows = z.strictObject({ items: z.array(poam), total: z.number() });

export const milestone = z.strictObject({
  id: z.string(),
  remoteId: z.string().nullable(),
  poamId: z.string(),
  weakness: z.string().nullable(),
  systemId: z.string().nullable(),
  description: z.string().nullable(),
  due: z.string().nullable(),
  completed: z.string().nullable(),
  status: z.string().nullable(),
  isOpen: z.boolean(),
  isOverdue: z.boolean(),
  isBeyond: z.boolean(),
  comments: z.string().nullable(),
  owner: z.string().nullable(),
});

/** `poams milestones`. */
export const milestoneRows = z.strictObject({ items: z.array(milestone), total: z.number() });

/** A field of a record on both sides. */
export const fieldView = z.strictObject({
  field: z.string(),
  here: json,
  sides: z.array(
    z.strictObject({
      connection: z.string(),
      there: json,
      base: json,
      differs: z.boolean(),
      conflictId: z.number().nullable(),
      policy: z.string(),
    }),
  ),
  changed: z
    .strictObject({
      at: instant,
      by: z.string(),
      where: z.enum(['here', 'there']),
      reason: z.string().nullable(),
    })
    .nullable(),
  isEditable: z.boolean(),
  whyNot: z.string().nullable(),
});

export const remoteRecord = z.strictObject({
  connection: z.string(),
  externalId: z.string(),
  version: z.string().nullable(),
  confirmedAt: instant,
  missingSince: instant.nullable(),
});

/** `poams show`. */
export const poamDetail = z.strictObject({
  poam,
  version: z.string(),
  /** Deviations that hold, by kind: on how many of its assets, and until when the first of them does. */
  deviations: z.array(
    z.strictObject({ kind: z.enum(deviationKinds), assets: z.number(), until: z.string().nullable() }),
  ),
  obstacles: z.array(
    z.strictObject({
      agreement: z.enum(agreements),
      kind: z.enum(['conflict', 'outbox', 'edit']),
      id: z.number(),
      what: z.string(),
      entity: z.string(),
      entityId: z.string(),
      connection: z.string().nullable(),
      fields: z.array(z.string()),
      since: instant,
    }),
  ),
  fields: z.array(fieldView),
  remotes: z.array(remoteRecord),
  milestones: z.array(
    milestone.extend({ version: z.string(), fixedFields: z.record(z.string(), z.string()) }),
  ),
  milestoneTargets: z.array(
    z.strictObject({
      connection: z.string(),
      whyNot: z.string().nullable(),
      needsApproval: z.boolean(),
    }),
  ),
  /** Files that go to the GRC system, the latest first. */
  evidence: z.array(
    z.strictObject({
      sha256: z.string(),
      name: z.string(),
      bytes: z.number(),
      description: z.string().nullable(),
      purpose: z.enum(['closure', 'deviation']),
      deviationId: z.number().nullable(),
      addedBy: z.string(),
      addedAt: instant,
      /**
       * `waits`: it goes with the next sync, or with its POA&M; `unsent`: see unsentCode; `gone`, `changed`: the GRC system lost it, or has
       * another file in its place; `accepted`: somebody accepted that; `replaced`: somebody had it sent again, as another file of this list.
       */
      state: z.enum([
        'sent',
        'delivered',
        'refused',
        'waits',
        'unsent',
        'gone',
        'changed',
        'accepted',
        'replaced',
      ]),
      connection: z.string().nullable(),
      artifactId: z.string().nullable(),
      refusal: z.string().nullable(),
      unsentCode: z.enum(['no_endpoint', 'no_mapping', 'policy']).nullable(),
      deliveredBy: z.string().nullable(),
      deliveredAt: instant.nullable(),
      /** When a sync noticed that it is gone or changed there. */
      differsSince: instant.nullable(),
      /** The SHA-256 of what the GRC system has in its place; null: nothing, or what was sent. */
      otherSha256: z.string().nullable(),
      /** Who accepted that, or had it sent again. */
      decidedBy: z.string().nullable(),
      decidedAt: instant.nullable(),
    }),
  ),
  weaknesses: z.array(
    z.strictObject({
      grouping: z.string(),
      identifier: z.string(),
      name: z.string().nullable(),
      severity: z.enum(severities),
      detectedOn: z.string(),
      dueOn: z.string(),
      dueReason: z.string(),
      controls: z.array(z.string()),
      controlReason: z.string(),
      findings: openOfAll,
    }),
  ),
  madeUnder: z
    .strictObject({
      ruleId: z.number(),
      systemId: z.string().nullable(),
      version: z.number(),
      madeAt: instant,
      splitFrom: z.string().nullable(),
      endedAt: instant.nullable(),
      mergedInto: z.string().nullable(),
      reworded: z.strictObject({ version: z.number(), at: instant, kept: z.array(keptText) }).nullable(),
    })
    .nullable(),
  assets: z.array(
    z.strictObject({
      assetUuid: z.string(),
      hostname: z.string().nullable(),
      systemId: z.string().nullable(),
      lastSeen: instant.nullable(),
      findings: openOfAll,
    }),
  ),
  cves: z.array(z.string()),
  raw: json,
});

/** `poams edit` of one record; without `operationId` nothing changed. */
export const recordEdited = z.strictObject({
  entity: z.string(),
  id: z.string(),
  changes: z.array(z.strictObject({ field: z.string(), before: json, after: json })),
  version: z.string(),
  operationId: z.string().optional(),
});

/** `poams edit --filter`: tried, without `--yes`. */
export const recordsTried = z.strictObject({
  matched: z.number(),
  willChange: z.number(),
  refused: z.array(z.strictObject({ id: z.string(), code: z.string(), faults: z.array(fieldFault) })),
  token: z.string(),
});

/** `poams edit --filter --yes`. */
export const recordsEdited = z.strictObject({
  operationId: z.string(),
  matched: z.number(),
  changed: z.number(),
  refused: z.number(),
  outcomes: z.array(
    z.strictObject({
      id: z.string(),
      outcome: z.enum(['changed', 'unchanged', 'refused']),
      message: z.string().nullable(),
    }),
  ),
});

const comment = z.strictObject({
  id: z.string(),
  body: z.string(),
  principalId: z.string(),
  author: z.string(),
  createdAt: instant,
});
/** `poams comment`; without a text, the comments, the latest first. */
export const poamComments = z.array(comment);

/** `poams milestone fit`. */
export const milestonesFitted = z.strictObject({
  poamId: z.string(),
  promised: z.string(),
  moved: z.array(z.strictObject({ id: z.string(), from: z.string(), to: z.string() })),
});

/** `poams milestone add`. */
export const milestoneAdded = z.strictObject({ id: z.string(), operationId: z.string() });

/** `poams history`, the latest first. */
export const recordHistory = z.array(
  z.strictObject({
    id: z.number(),
    operationId: z.string(),
    systemId: z.number().nullable(),
    system: z.string().nullable(),
    entity: z.string(),
    entityId: z.string(),
    externalId: z.string().nullable(),
    field: z.string().nullable(),
    before: json,
    after: json,
    direction: z.enum(['inbound', 'outbound', 'internal']),
    decidedBy: z.string(),
    ...decisionCodes,
    reason: z.string().nullable(),
    at: instant,
  }),
);
