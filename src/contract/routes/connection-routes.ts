import { z } from 'zod';
import { trustLevels } from '../../canonical/policy/index.ts';
import { instant, json } from '../json/index.ts';
import {
  connectionAdded,
  connectionChanged,
  connectionChecks,
  connectionDetail,
  connectionOverview,
  connectionPaused,
  connectionRemoved,
  connectionTrust,
} from '../work/index.ts';
import { defineRoutes } from './define-route.ts';

const name = z.string().min(1).max(50);
const params = z.strictObject({ connection: name });
const reason = z.string().max(2000).optional();
const text = z.string().min(1).max(10_000);
/** By their names. Written, never read. */
const secrets = z.record(z.string().max(100), text);
const settings = z.record(z.string().max(100), json);

const newConnection = z.strictObject({
  type: z.string().min(1).max(40),
  name,
  url: z.string().min(1).max(500),
  settings: settings.default({}),
  secrets: secrets.default({}),
});

const setting = z.strictObject({
  name: z.string(),
  description: z.string(),
  secret: z.boolean(),
  env: z.string().optional(),
  default: json.optional(),
  /** Set at the machine only, but for its default. */
  namesFile: z.literal(true).optional(),
  /** Whether it must be there with the settings as they are before anything is set. */
  isRequired: z.boolean(),
});

const changedFields = connectionChanged.omit({ name: true });

const ofInstallation = { tag: 'connections', scope: 'installation' } as const;
const administered = { ...ofInstallation, permission: 'connection:admin' } as const;

export const connectionRoutes = defineRoutes({
  listConnections: {
    ...ofInstallation,
    method: 'GET',
    path: '/connections',
    summary: 'The connections, each with how it is',
    permission: 'sync:read',
    answer: { status: 200, shape: z.strictObject({ items: z.array(connectionOverview) }) },
  },
  listConnectionTypes: {
    ...ofInstallation,
    method: 'GET',
    path: '/connection-types',
    summary: 'What can be connected, and what each needs',
    permission: 'sync:read',
    answer: {
      status: 200,
      shape: z.strictObject({
        items: z.array(
          z.strictObject({
            type: z.string(),
            title: z.string(),
            settings: z.array(setting),
            /** What is read from it, and what could be written to it. */
            entities: z.array(
              z.strictObject({ entity: z.string(), isRead: z.boolean(), isWritten: z.boolean() }),
            ),
          }),
        ),
        /** Of this installation, for all connections: host and port of the proxy, and whether authorities of its own are trusted. */
        proxy: z.string().nullable(),
        hasOwnAuthorities: z.boolean(),
      }),
    },
  },
  getConnection: {
    ...ofInstallation,
    method: 'GET',
    path: '/connections/:connection',
    summary: 'One connection: settings, health, trust, what hangs on it',
    permission: 'sync:read',
    params,
    answer: {
      status: 200,
      shape: connectionDetail.extend({
        overview: connectionOverview,
        health: z.array(
          z.strictObject({
            check: z.string(),
            status: z.string(),
            detail: z.string().nullable(),
            checkedAt: instant,
          }),
        ),
        trust: z.strictObject({ level: z.enum(trustLevels), exceptions: z.array(z.string()) }),
        entities: z.array(
          z.strictObject({ entity: z.string(), isRead: z.boolean(), isWritten: z.boolean() }),
        ),
      }),
    },
  },
  checkNewConnection: {
    ...administered,
    method: 'POST',
    path: '/connections/check',
    summary: 'Check a connection before it is added; stores nothing',
    body: newConnection,
    stepUp: true,
    answer: { status: 200, shape: z.strictObject({ checks: connectionChecks }) },
    audit: { event: 'command' },
  },
  addConnection: {
    ...administered,
    method: 'POST',
    path: '/connections',
    summary: 'Add a connection; it begins read only',
    body: newConnection.extend({ reason }),
    idempotent: true,
    stepUp: true,
    answer: { status: 201, shape: connectionAdded },
    audit: { event: 'secret_changed' },
  },
  editConnection: {
    ...administered,
    method: 'PATCH',
    path: '/connections/:connection',
    summary: 'Change address and settings; tried first',
    params,
    body: z.strictObject({
      url: z.string().min(1).max(500).optional(),
      settings: settings.default({}),
      /** Needed where the address is of another server: stored ones are not sent there. */
      secrets: secrets.default({}),
      /** Back to the default. */
      unset: z.array(z.string().max(100)).max(100).default([]),
      /** False: saved without trying it at the server. */
      check: z.boolean().default(true),
      /** A person says so: another address is of the same server. */
      isSameServer: z.boolean().default(false),
      reason,
    }),
    versioned: true,
    stepUp: true,
    answer: { status: 200, shape: changedFields },
    audit: { event: 'setting_changed' },
  },
  setConnectionSecrets: {
    ...administered,
    method: 'PUT',
    path: '/connections/:connection/secrets',
    summary: 'Enter secrets again; they can be written, never read',
    params,
    body: z.strictObject({ secrets, check: z.boolean().default(true), reason }),
    versioned: true,
    stepUp: true,
    answer: { status: 200, shape: changedFields },
    audit: { event: 'secret_changed' },
  },
  checkConnection: {
    ...administered,
    method: 'POST',
    path: '/connections/:connection/check',
    summary: 'Reach, sign-in, permissions, clock: a line each',
    params,
    idempotent: true,
    answer: { status: 200, shape: z.strictObject({ checks: connectionChecks }) },
    audit: { event: 'command' },
  },
  pauseConnection: {
    ...administered,
    method: 'POST',
    path: '/connections/:connection/pause',
    summary: 'Neither read from it nor send to it',
    params,
    body: z.strictObject({ reason: z.string().min(1).max(2000) }),
    idempotent: true,
    answer: { status: 200, shape: connectionPaused },
    audit: { event: 'setting_changed' },
  },
  resumeConnection: {
    ...administered,
    method: 'POST',
    path: '/connections/:connection/resume',
    summary: 'Let reading and sending continue',
    params,
    body: z.strictObject({ reason }),
    idempotent: true,
    answer: { status: 200, shape: connectionPaused },
    audit: { event: 'setting_changed' },
  },
  tryConnectionTrust: {
    ...ofInstallation,
    method: 'GET',
    path: '/connections/:connection/trust',
    summary: 'How far it is trusted, and what a step would do',
    permission: 'policy:write',
    params,
    query: z.strictObject({
      level: z
        .enum(trustLevels)
        .optional()
        .meta({ description: 'The step; nothing is changed. Default: where it is.' }),
    }),
    answer: { status: 200, shape: connectionTrust },
  },
  trustConnection: {
    ...ofInstallation,
    method: 'POST',
    path: '/connections/:connection/trust',
    summary: 'One step more trust, or any less',
    permission: 'policy:write',
    params,
    body: z.strictObject({ level: z.enum(trustLevels), reason }),
    idempotent: true,
    stepUp: true,
    answer: { status: 200, shape: connectionTrust },
    audit: { event: 'policy_changed' },
  },
  removeConnection: {
    ...administered,
    method: 'DELETE',
    path: '/connections/:connection',
    summary: 'End a connection; what it reported stays',
    params,
    query: z.strictObject({ reason }),
    versioned: true,
    stepUp: true,
    answer: { status: 200, shape: connectionRemoved },
    audit: { event: 'setting_changed' },
  },
});
