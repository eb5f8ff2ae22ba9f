import { z } from 'zod';
import { allPermissions, allRoles } from '../../canonical/access/index.ts';
import { instant } from '../json/index.ts';

const reach = {
  reach: z.enum(['everywhere', 'boundaries']),
  systemIds: z.array(z.string()),
  unassigned: z.boolean(),
};

const account = z.strictObject({
  id: z.string(),
  kind: z.enum(['person', 'service']),
  name: z.string(),
  displayName: z.string().nullable(),
  email: z.string().nullable(),
  status: z.enum(['active', 'locked', 'disabled']),
  statusReason: z.string().nullable(),
  statusSince: instant.nullable(),
  lockedUntil: instant.nullable(),
  failuresCountedFrom: instant.nullable(),
  userId: z.number().nullable(),
  mustChangePassword: z.boolean(),
  createdAt: instant,
  createdBy: z.string(),
  lastSignInAt: instant.nullable(),
  lastSignInAddress: z.string().nullable(),
});

const grant = z.strictObject({
  id: z.string(),
  principalId: z.string(),
  principal: z.string(),
  role: z.string().nullable(),
  permission: z.string().nullable(),
  ...reach,
  until: instant.nullable(),
  source: z.enum(['person', 'machine', 'demo']),
  grantedAt: instant,
  grantedBy: z.string(),
  reason: z.string().nullable(),
  revokedAt: instant.nullable(),
  revokedBy: z.string().nullable(),
  revokedReason: z.string().nullable(),
});

const session = z.strictObject({
  id: z.string(),
  principalId: z.string(),
  principal: z.string(),
  way: z.enum(['local', 'oidc', 'cac', 'demo']),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  createdAt: instant,
  lastActivityAt: instant,
  steppedUpAt: instant,
  bannerAcknowledgedAt: instant.nullable(),
  endedAt: instant.nullable(),
  endedWhy: z.string().nullable(),
});

const token = z.strictObject({
  id: z.string(),
  principalId: z.string(),
  principal: z.string(),
  name: z.string(),
  permissions: z.array(z.string()),
  ...reach,
  addresses: z.array(z.string()),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
  lastUsedAddress: z.string().nullable(),
  revokedAt: instant.nullable(),
  revokedBy: z.string().nullable(),
  revokedReason: z.string().nullable(),
});

const permissionNames = z.array(z.enum(allPermissions));

/** A row of the list of users over HTTP. */
export const userRow = account.extend({ roles: z.array(z.string()), sessions: z.number() });
export const grantRow = grant;
export const tokenRow = token;
/** `users list`. */
export const accountList = z.array(account);
/** `users show`. */
export const accountDetail = account.extend({
  identities: z.array(
    z.strictObject({
      way: z.enum(['local', 'oidc', 'cac']),
      issuer: z.string(),
      subject: z.string(),
      lastUsedAt: instant.nullable(),
    }),
  ),
  grants: z.array(grant),
  sessions: z.array(session),
});
/** `users lock|unlock|disable|enable|set-password`. */
export const accountChanged = account;
/** `users link`. `path` holds a secret: it lets its reader set the password, once. */
export const oneTimeLink = z.strictObject({ path: z.string(), account: z.string(), expiresAt: instant });
/** `users add`. */
export const accountAdded = z.strictObject({
  account,
  role: z.enum(allRoles).nullable(),
  link: oneTimeLink.nullable(),
});
/** `grants list`. */
export const grantList = z.array(grant);
/** `grants give|revoke`: with what it changed for the account. */
export const grantChanged = z.strictObject({
  grant,
  effect: z.strictObject({
    gained: permissionNames,
    widened: permissionNames,
    lowered: permissionNames,
    removed: permissionNames,
    unaffected: permissionNames,
  }),
});
/** `tokens list`. */
export const tokenList = z.array(token);
/** `tokens make`. `token` is a secret, and shown only here. */
export const tokenMade = z.strictObject({ token: z.string(), row: token });
/** `tokens revoke`. */
export const tokenRevoked = token;
