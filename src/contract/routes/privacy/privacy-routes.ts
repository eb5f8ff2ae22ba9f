/** Privacy requests from receipt to closing, and the accounting of disclosures. */
import { z } from 'zod';
import { privacyList } from '../../../canonical/lists/index.ts';
import {
  allConsentWays,
  allDisclosureNatures,
  allIdentityWays,
  allPrivacyReasons,
  allPrivacyRequestTypes,
} from '../../../canonical/vocabulary/index.ts';
import {
  disclosure,
  disclosures,
  privacyHits,
  privacyLeftOut,
  privacyRequest,
  privacyRequestRow,
  privacySearch,
  privacySearchStarted,
  recordStatement,
} from '../../work/index.ts';
import { defineRoutes } from '../define-route.ts';
import { listRoutes } from '../list-routes.ts';

const params = z.strictObject({ privacyId: z.string().min(1).max(100) });
const note = z.string().max(10_000).nullable().optional();
const text = (most: number) => z.string().trim().min(1).max(most);
const reasonCode = z.enum(allPrivacyReasons);

const statements = z.strictObject({ items: z.array(recordStatement) });

/** What every step of a request has in common. */
const step = {
  method: 'POST',
  tag: 'privacy',
  permission: 'privacy:write',
  scope: 'installation',
  params,
  idempotent: true,
  answer: { status: 200, shape: privacyRequest },
  audit: { event: 'privacy' },
} as const;

export const privacyRoutes = {
  ...listRoutes('PrivacyRequests', privacyList, {
    row: privacyRequestRow,
    permission: 'privacy:read',
    scope: 'installation',
  }),
  ...defineRoutes({
    receivePrivacyRequest: {
      ...step,
      path: '/privacy',
      summary: 'Receive a privacy request',
      params: z.strictObject({}),
      body: z.strictObject({
        type: z.enum(allPrivacyRequestTypes),
        /** User id, or another name that the organization uses. */
        subjectId: text(255),
        name: z.string().max(255).nullable().optional(),
        mail: z.string().max(255).nullable().optional(),
        replyTo: z.string().max(1000).nullable().optional(),
        asked: note,
        /** Neither a citizen nor a permanent resident. */
        isNonUs: z.boolean().optional(),
        receivedOn: z.iso.date().optional(),
      }),
      answer: { status: 201, shape: privacyRequest },
    },
    getPrivacyRequest: {
      method: 'GET',
      path: '/privacy/:privacyId',
      tag: 'privacy',
      summary: 'One privacy request, step by step',
      permission: 'privacy:read',
      scope: 'installation',
      params,
      answer: { status: 200, shape: privacyRequest },
    },
    acknowledgePrivacyRequest: {
      ...step,
      path: '/privacy/:privacyId/acknowledge',
      summary: 'Say that the receipt was acknowledged',
      body: z.strictObject({ note }),
    },
    askForPrivacyIdentity: {
      ...step,
      path: '/privacy/:privacyId/ask-identity',
      summary: 'Say that proof of identity was asked for',
      body: z.strictObject({ note }),
    },
    identifyPrivacySubject: {
      ...step,
      path: '/privacy/:privacyId/identify',
      summary: 'Record how identity and consent were proved',
      body: z.strictObject({ how: z.enum(allIdentityWays), consent: z.enum(allConsentWays), note }),
    },
    startPrivacySearch: {
      ...step,
      path: '/privacy/:privacyId/search',
      summary: 'Search for the person; a worker does it',
      body: z.strictObject({
        /** Beside the user id, the mail address and the name. */
        terms: z.array(text(255)).max(50).default([]),
      }),
      answer: { status: 202, shape: privacySearchStarted },
    },
    getPrivacySearch: {
      method: 'GET',
      path: '/privacy/:privacyId/search',
      tag: 'privacy',
      summary: 'What the latest search looked through and found',
      permission: 'privacy:read',
      scope: 'installation',
      params,
      answer: { status: 200, shape: z.strictObject({ search: privacySearch.nullable() }) },
      passive: true,
    },
    listPrivacyHits: {
      method: 'GET',
      path: '/privacy/:privacyId/hits',
      tag: 'privacy',
      summary: 'Rows of one table that name the person',
      permission: 'privacy:write',
      scope: 'installation',
      params,
      query: z.strictObject({
        table: text(255),
        after: z
          .string()
          .regex(/^\d{1,18}$/)
          .optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: { status: 200, shape: privacyHits },
      audit: { access: 'read', resource: 'privacy_request' },
    },
    leaveOutPrivacyHits: {
      ...step,
      path: '/privacy/:privacyId/hits/left-out',
      summary: 'Leave rows out of the copy, or take them in again',
      body: z.strictObject({
        table: text(255).optional(),
        hits: z
          .array(z.string().regex(/^\d{1,18}$/))
          .min(1)
          .max(1000)
          .optional(),
        /** Null: they are in the copy again. */
        because: reasonCode.nullable(),
        note,
      }),
      answer: { status: 200, shape: privacyLeftOut },
    },
    reviewPrivacyRequest: {
      ...step,
      path: '/privacy/:privacyId/review',
      summary: 'Begin the review of what was found',
      body: z.strictObject({ note }),
    },
    makePrivacyCopy: {
      ...step,
      path: '/privacy/:privacyId/copy',
      summary: 'Make the copy of the record, readable and as JSON',
      body: z.strictObject({}),
    },
    getPrivacyCopy: {
      method: 'GET',
      path: '/privacy/:privacyId/copy',
      tag: 'privacy',
      summary: 'The copy of the record',
      permission: 'privacy:write',
      scope: 'installation',
      params,
      query: z.strictObject({ form: z.enum(['html', 'json']).default('html') }),
      answer: { status: 200, stream: 'text/html, application/json' },
      audit: { access: 'export', resource: 'privacy_request' },
    },
    amendForPrivacy: {
      ...step,
      path: '/privacy/:privacyId/amend',
      summary: 'Correct a record; it goes to the system that owns it',
      body: z.strictObject({
        entity: z.enum(['poam', 'milestone', 'asset_context', 'system', 'control']),
        recordId: text(255),
        changes: z.record(text(100), z.json()),
      }),
    },
    annotateForPrivacy: {
      ...step,
      path: '/privacy/:privacyId/annotate',
      summary: 'Annotate what is never changed: journal, logs',
      body: z.strictObject({ table: text(50), recordId: text(255), note: text(10_000) }),
    },
    grantPrivacyRequest: {
      ...step,
      path: '/privacy/:privacyId/grant',
      summary: 'Grant a privacy request, wholly or in part',
      stepUp: true,
      body: z.strictObject({
        partly: z.boolean().default(false),
        reason: note,
        exemption: reasonCode.optional(),
        appealTo: z.string().max(2000).nullable().optional(),
      }),
    },
    refusePrivacyRequest: {
      ...step,
      path: '/privacy/:privacyId/refuse',
      summary: 'Refuse a privacy request, or uphold it on appeal',
      stepUp: true,
      body: z.strictObject({ exemption: reasonCode, reason: text(10_000), appealTo: text(2000) }),
    },
    appealPrivacyRequest: {
      ...step,
      path: '/privacy/:privacyId/appeal',
      summary: 'Record the appeal of the person',
      body: z.strictObject({ grounds: text(10_000) }),
    },
    disagreeForPrivacy: {
      ...step,
      path: '/privacy/:privacyId/disagree',
      summary: 'File the statement of disagreement with records',
      body: z.strictObject({
        statement: text(10_000),
        records: z
          .array(z.strictObject({ entity: z.enum(['poam', 'asset', 'system']), id: text(255) }))
          .min(1)
          .max(100),
      }),
    },
    closePrivacyRequest: {
      ...step,
      path: '/privacy/:privacyId/close',
      summary: 'Close a privacy request',
      body: z.strictObject({ withdrawn: z.boolean().default(false), note }),
    },
    listPoamStatements: {
      method: 'GET',
      path: '/poams/:poamId/statements',
      tag: 'poams',
      summary: 'Statements of persons that stay with a POA&M',
      permission: 'poam:read',
      scope: 'boundaries',
      params: z.strictObject({ poamId: text(255) }),
      answer: { status: 200, shape: statements },
    },
    listAssetStatements: {
      method: 'GET',
      path: '/assets/:assetUuid/statements',
      tag: 'assets',
      summary: 'Statements of persons that stay with an asset',
      permission: 'asset:read',
      scope: 'boundaries',
      params: z.strictObject({ assetUuid: z.guid() }),
      answer: { status: 200, shape: statements },
    },
    listSystemStatements: {
      method: 'GET',
      path: '/systems/:systemId/statements',
      tag: 'systems',
      summary: 'Statements of persons that stay with a system',
      permission: 'system:read',
      scope: 'boundaries',
      params: z.strictObject({ systemId: text(255) }),
      answer: { status: 200, shape: statements },
    },
    listDisclosures: {
      method: 'GET',
      path: '/disclosures',
      tag: 'privacy',
      summary: 'The accounting of disclosures, the latest first',
      permission: 'privacy:read',
      scope: 'installation',
      query: z.strictObject({
        /** Names, mail addresses or user ids of a person, by commas; without it: all. */
        of: z.string().max(1000).optional(),
        after: z.string().max(64).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      answer: { status: 200, shape: disclosures },
    },
    recordDisclosure: {
      ...step,
      path: '/disclosures',
      summary: 'Record a disclosure that was made by other means',
      params: z.strictObject({}),
      body: z.strictObject({
        nature: z.enum(allDisclosureNatures),
        what: text(500),
        purpose: text(1000),
        recipient: text(500),
        address: z.string().max(500).optional(),
        authority: text(500),
        /** Whose records left; absent: nobody looked. */
        subjects: z.array(text(255)).max(1000).optional(),
      }),
      answer: { status: 201, shape: disclosure.pick({ id: true }) },
    },
  }),
} as const;
