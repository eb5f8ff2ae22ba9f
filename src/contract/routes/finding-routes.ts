import { z } from 'zod';
import {
  assetList,
  findingGroups,
  findingList,
  findingPoamStates,
  findingStates,
} from '../../canonical/lists/index.ts';
import { remediationStatuses, severities } from '../../canonical/vocabulary/index.ts';
import { instant } from '../json/index.ts';
import { assetDetail, findingDetail, findingGroupRows, pluginDetail } from '../lists/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes, pageShape } from './list-routes.ts';

/** A finding in a list; docs/lists.md says what its columns mean. */
export const findingRow = z
  .strictObject({
    key: z.string(),
    severity: z.enum(severities),
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
    dueOn: z.string().nullable(),
    poamId: z.string().nullable(),
    poamStatus: z.string().nullable(),
    poamState: z.enum(findingPoamStates).nullable(),
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
    plannedFor: z.string().nullable(),
  })
  .meta({ id: 'Finding' });

/** An asset in a list. */
export const assetRow = z
  .strictObject({
    assetUuid: z.string(),
    name: z.string().nullable(),
    ips: z.array(z.string()),
    fqdns: z.array(z.string()),
    operatingSystem: z.string().nullable(),
    systemIds: z.array(z.string()),
    componentId: z.string().nullable(),
    state: z.enum(['reported', 'unreported', 'terminated', 'deleted']),
    firstSeen: instant.nullable(),
    lastSeen: instant.nullable(),
    hasAgent: z.boolean().nullable(),
    acr: z.number().nullable(),
    criticality: z.string().nullable(),
    environment: z.string().nullable(),
    tags: z.array(z.string()),
    sources: z.array(z.string()),
    openCritical: z.number(),
    openHigh: z.number(),
    openMedium: z.number(),
    openLow: z.number(),
    openInfo: z.number(),
    accepted: z.number(),
  })
  .meta({ id: 'Asset' });

const key = z.strictObject({ key: z.string().min(1).max(64) });

export const findingRoutes = {
  ...listRoutes('Findings', findingList, { row: findingRow, permission: 'finding:read' }),
  ...listRoutes('Assets', assetList, { row: assetRow, permission: 'asset:read' }),
  ...defineRoutes({
    groupFindings: {
      method: 'GET',
      path: '/findings/groups',
      tag: 'findings',
      summary: 'Findings by plugin, asset, system, CVE or solution',
      permission: 'finding:read',
      scope: 'boundaries',
      query: z
        .object({
          by: z.enum(findingGroups),
          cursor: z.string().max(2000).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        })
        .catchall(z.string()),
      answer: { status: 200, shape: pageShape(findingGroupRows.shape.items.element) },
    },
    getFinding: {
      method: 'GET',
      path: '/findings/:key',
      tag: 'findings',
      summary: 'One finding with its life and its sources',
      permission: 'finding:read',
      scope: 'boundaries',
      params: key,
      answer: { status: 200, shape: findingDetail },
      audit: { access: 'read', resource: 'finding' },
    },
    getPlugin: {
      method: 'GET',
      path: '/plugins/:pluginId',
      tag: 'findings',
      summary: 'A plugin with how many findings it has',
      permission: 'finding:read',
      scope: 'boundaries',
      params: z.strictObject({ pluginId: z.string().min(1).max(64) }),
      answer: { status: 200, shape: pluginDetail },
    },
    getAsset: {
      method: 'GET',
      path: '/assets/:assetUuid',
      tag: 'assets',
      summary: 'One asset',
      permission: 'asset:read',
      scope: 'boundaries',
      params: z.strictObject({ assetUuid: z.guid() }),
      answer: { status: 200, shape: assetDetail },
      audit: { access: 'read', resource: 'asset' },
    },
  }),
} as const;
