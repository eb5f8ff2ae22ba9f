/** The parts of an asset's page: what it is known by, who says what of it, how exposed it was, what the business says. */
import { z } from 'zod';
import {
  assetComponents,
  assetCompliance,
  assetContextDetail,
  assetExposure,
  assetHistory,
  assetIdentity,
  assetsMerged,
  assetSources,
  assetSplit,
  recordEdited,
} from '../records/index.ts';
import { json } from '../json/index.ts';
import { assetStigs } from '../work/index.ts';
import { defineRoutes } from './define-route.ts';

const params = z.strictObject({ assetUuid: z.guid() });
const day = z.iso.date().optional();
const reason = z.string().min(1).max(2000);
const limit = z.coerce.number().int().min(1).max(500).default(200);
const ofAsset = { tag: 'assets', scope: 'boundaries', params } as const;

export const assetRoutes = defineRoutes({
  listAssetChecklists: {
    method: 'GET',
    path: '/assets/:assetUuid/checklists',
    ...ofAsset,
    summary: 'STIGs of an asset: rules with a result, open ones',
    permission: 'finding:read',
    answer: { status: 200, shape: z.strictObject({ items: assetStigs }) },
  },
  exportAssetChecklist: {
    method: 'GET',
    path: '/assets/:assetUuid/checklist',
    ...ofAsset,
    summary: 'Results of a STIG on an asset, as CKLB or CKL',
    permission: 'finding:export',
    query: z.strictObject({
      stig: z.string().max(255).optional(),
      format: z.enum(['cklb', 'ckl']).default('cklb'),
    }),
    answer: { status: 200, stream: 'application/octet-stream' },
    audit: { access: 'export', resource: 'checklist' },
  },
  getAssetSources: {
    method: 'GET',
    path: '/assets/:assetUuid/sources',
    ...ofAsset,
    summary: 'What each source says of an asset, and what counts',
    permission: 'asset:read',
    answer: { status: 200, shape: assetSources },
  },
  getAssetIdentity: {
    method: 'GET',
    path: '/assets/:assetUuid/identity',
    ...ofAsset,
    summary: 'What an asset is known by, and who decided that',
    permission: 'asset:read',
    answer: { status: 200, shape: assetIdentity },
  },
  listAssetComponents: {
    method: 'GET',
    path: '/assets/:assetUuid/components',
    ...ofAsset,
    summary: 'Components that an asset may be',
    permission: 'link:read',
    answer: { status: 200, shape: assetComponents },
  },
  getAssetExposure: {
    method: 'GET',
    path: '/assets/:assetUuid/exposure',
    ...ofAsset,
    summary: 'Open findings of an asset by day; time to fix',
    permission: 'finding:read',
    query: z.strictObject({ from: day, to: day }),
    answer: { status: 200, shape: assetExposure },
  },
  getAssetContext: {
    method: 'GET',
    path: '/assets/:assetUuid/context',
    ...ofAsset,
    summary: 'What the business says of an asset, on both sides',
    permission: 'asset:read',
    answer: { status: 200, shape: assetContextDetail },
  },
  editAssetContext: {
    method: 'PATCH',
    path: '/assets/:assetUuid/context',
    ...ofAsset,
    summary: 'Edit what the business says; the next sync sends it',
    permission: 'asset:write',
    body: z.strictObject({
      changes: z.record(z.string().max(100), json),
      reason: z.string().max(2000).optional(),
    }),
    versioned: true,
    answer: { status: 200, shape: recordEdited },
    audit: { event: 'record_changed' },
  },
  mergeAsset: {
    method: 'POST',
    path: '/assets/:assetUuid/merge',
    ...ofAsset,
    summary: 'Say that an asset is another one, which stays',
    permission: 'asset:identify',
    body: z.strictObject({ into: z.guid(), reason }),
    idempotent: true,
    answer: { status: 200, shape: assetsMerged },
    audit: { event: 'link_decided' },
  },
  splitAsset: {
    method: 'POST',
    path: '/assets/:assetUuid/split',
    ...ofAsset,
    summary: 'Say that what a source reports is another machine',
    permission: 'asset:identify',
    body: z.strictObject({
      source: z.string().min(1).max(50),
      externalId: z.string().min(1).max(500),
      reason,
    }),
    idempotent: true,
    answer: { status: 200, shape: assetSplit },
    audit: { event: 'link_decided' },
  },
  listAssetHistory: {
    method: 'GET',
    path: '/assets/:assetUuid/history',
    ...ofAsset,
    summary: 'What happened to an asset, the latest first',
    permission: 'asset:read',
    query: z.strictObject({ limit }),
    answer: { status: 200, shape: assetHistory },
  },
  listAssetCompliance: {
    method: 'GET',
    path: '/assets/:assetUuid/compliance',
    ...ofAsset,
    summary: 'Checks of audit files on an asset, failed ones first',
    permission: 'finding:read',
    query: z.strictObject({ limit }),
    answer: { status: 200, shape: assetCompliance },
  },
});
