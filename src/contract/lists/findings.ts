import { z } from 'zod';
import { findingPoamStates, findingStates } from '../../canonical/lists/index.ts';
import { remediationStatuses, severities } from '../../canonical/vocabulary/index.ts';
import { instant } from '../json/index.ts';
import { listOf } from './list-shapes.ts';

const day = z.iso.date();
const severity = z.enum(severities);
const poamState = z.enum(findingPoamStates).exclude(['none']).nullable();

/** A finding as a row: of a list, and of an export. */
export const finding = z.strictObject({
  key: z.guid(),
  severity,
  pluginId: z.string(),
  name: z.string(),
  family: z.string().nullable(),
  assetUuid: z.string(),
  assetName: z.string().nullable(),
  ip: z.string().nullable(),
  fqdn: z.string().nullable(),
  systemIds: z.array(z.string()),
  port: z.number().nullable(),
  protocol: z.string().nullable(),
  service: z.string().nullable(),
  state: z.enum(findingStates),
  isAccepted: z.boolean(),
  firstFound: instant.nullable(),
  lastSeen: instant.nullable(),
  lastFixed: instant.nullable(),
  timesCameBack: z.number(),
  dueOn: day.nullable(),
  poamId: z.string().nullable(),
  poamStatus: z.string().nullable(),
  poamState,
  vpr: z.number().nullable(),
  epss: z.number().nullable(),
  cvss: z.number().nullable(),
  hasExploit: z.boolean().nullable(),
  cves: z.array(z.string()),
  solution: z.string().nullable(),
  patchPublishedAt: instant.nullable(),
  sources: z.array(z.string()),
  acr: z.number().nullable(),
  criticality: z.string().nullable(),
  controls: z.array(z.string()),
  assignedTo: z.string().nullable(),
  remediationStatus: z.enum(remediationStatuses).nullable(),
  plannedFor: day.nullable(),
});

/** `findings list`. */
export const findingRows = listOf(finding);

/** `findings groups`. */
export const findingGroupRows = z.strictObject({
  items: z.array(
    z.strictObject({
      key: z.string().nullable(),
      title: z.string().nullable(),
      critical: z.number(),
      high: z.number(),
      medium: z.number(),
      low: z.number(),
      info: z.number(),
      findings: z.number(),
      assets: z.number(),
      systems: z.number(),
      /** Risk score, 0 to 100, of the worst of it; null where none was scored, and for CVEs and solutions. */
      risk: z.number().nullable(),
      firstFound: instant.nullable(),
      poamState: z.enum(findingPoamStates),
    }),
  ),
  hasMore: z.boolean(),
});

const pluginText = {
  pluginId: z.string(),
  synopsis: z.string().nullable(),
  description: z.string().nullable(),
  solution: z.string().nullable(),
  riskFactor: z.string().nullable(),
  cvss3Vector: z.string().nullable(),
  cvss2: z.number().nullable(),
  cvss2Vector: z.string().nullable(),
  crossReferences: z.array(z.string()),
  seeAlso: z.array(z.string()),
  publishedAt: instant.nullable(),
  modifiedAt: instant.nullable(),
};

const findingEvent = z.strictObject({
  event: z.enum(['found', 'seen', 'fixed', 'came back']),
  at: instant,
  isConcluded: z.boolean(),
  source: z.string().nullable(),
  operationId: z.string().nullable(),
});

/** `findings show`. */
export const findingDetail = finding.extend({
  output: z.string().nullable(),
  resurfacedAt: instant.nullable(),
  views: z.array(
    z.strictObject({
      source: z.string(),
      type: z.string(),
      modification: z.string().nullable(),
      severity: severity.nullable(),
      saidAt: z.string().nullable(),
      isLatest: z.boolean(),
      state: z.string().nullable(),
      stateAt: instant.nullable(),
    }),
  ),
  plugin: z.strictObject(pluginText).nullable(),
  weaknesses: z.array(
    z.strictObject({
      systemId: z.string(),
      systemName: z.string().nullable(),
      severity: z.string(),
      detectedOn: day,
      dueOn: day,
      dueReason: z.string(),
      controls: z.array(z.string()),
      controlReason: z.string(),
      poamId: z.string().nullable(),
      poamStatus: z.string().nullable(),
      poamState,
      poamDueOn: instant.nullable(),
    }),
  ),
  rules: z.array(
    z.strictObject({
      source: z.string(),
      kind: z.string(),
      name: z.string().nullable(),
      scope: z.string(),
      severity: z.string().nullable(),
      comment: z.string().nullable(),
      expiresAt: instant.nullable(),
      requestedBy: z.string().nullable(),
    }),
  ),
  references: z.array(z.string()),
  otherAssets: z.number(),
  history: z.array(findingEvent),
});

/** `plugins show`. */
export const pluginDetail = z.strictObject({
  ...pluginText,
  name: z.string(),
  family: z.string().nullable(),
  severities: z.array(severity),
  vpr: z.number().nullable(),
  epss: z.number().nullable(),
  cvss: z.number().nullable(),
  cves: z.array(z.string()),
  hasExploit: z.boolean().nullable(),
  hasPatch: z.boolean().nullable(),
  patchPublishedAt: instant.nullable(),
  open: z.number(),
  fixed: z.number(),
  assets: z.number(),
  firstFound: instant.nullable(),
  lastSeen: instant.nullable(),
});
