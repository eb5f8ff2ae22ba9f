import { z } from 'zod';
import { allPermissions, allRoles, namedInFields } from '../../canonical/access/index.ts';
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
  /** By which field of boundaries it is given: `systemIds` are those that name the account now. */
  namedIn: z.enum(namedInFields).nullable(),
  /** Boundaries whose field says a name that others bear too: it gives nothing there. */
  unclear: z.array(z.string()),
  until: instant.nullable(),
  source: z.enum(['person', 'machine', 'demo', 'group']),
  /** Of source group: the grant of the group that it follows from. */
  groupGrantId: z.string().nullable(),
  grantedAt: instant,
  grantedBy: z.string(),
  reason: z.string().nullable(),
  revokedAt: instant.nullable(),
  revokedBy: z.string().nullable(),
  revokedReason: z.string().nullable(),
});

/** Why who comes from outside is not signed in: `refused` in the address of the sign-in page. */
export const outsideRefusals = [
  'unknown',
  'name_taken',
  'disabled',
  'locked',
  'service',
  'banner',
  'cancelled',
  'expired',
  'other_person',
  'too_weak',
  'proof',
  'unreachable',
  'settings',
  'late',
  'too_often',
  'no_card',
  'card_unreadable',
  'card_expired',
  'card_revoked',
  'card_not_for_sign_in',
  'card_not_trusted',
  'card_not_checked',
  'card_nobody',
] as const;
export type OutsideRefusal = (typeof outsideRefusals)[number];

/** What the outside says of a person; nobody is found by it. */
export const presented = z.strictObject({
  name: z.string().optional(),
  displayName: z.string().optional(),
  email: z.string().optional(),
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
  identityId: z.string().nullable(),
  previousSignInAt: instant.nullable(),
  previousSignInAddress: z.string().nullable(),
  failuresBefore: z.number().nullable(),
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
  certificateSha256: z.string().nullable(),
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
/** What a person proves beside the password. */
export const secondFactor = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['totp', 'webauthn']),
    name: z.string(),
    /** Of a key: its maker copies it to other devices of the person. */
    isSynced: z.boolean(),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'SecondFactor' });
export const secondFactors = {
  factors: z.array(secondFactor),
  /** Null: none were ever made. */
  recoveryCodes: z.strictObject({ left: z.number().int(), madeAt: instant }).nullable(),
};

/** `users rules`: how people sign in here, by which settings, and who lacks a second factor. */
export const signInRules = z.strictObject({
  ways: z.array(z.strictObject({ way: z.enum(['local', 'oidc', 'cac']), title: z.string() })),
  rules: z.array(
    z.strictObject({
      /** In the settings file, and in the environment. */
      key: z.string(),
      env: z.string(),
      value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
      isDefault: z.boolean(),
      means: z.string(),
    }),
  ),
  /** People with a password who may approve or administer, and have none. */
  withoutFactor: z.array(z.string()),
});
/** `users show`. */
export const accountDetail = account.extend({
  identities: z.array(
    z.strictObject({
      id: z.string(),
      way: z.enum(['local', 'oidc', 'cac']),
      issuer: z.string(),
      subject: z.string(),
      presented: presented.nullable(),
      createdAt: instant,
      createdBy: z.string().nullable(),
      lastUsedAt: instant.nullable(),
    }),
  ),
  /** As the identity provider gave them at the last sign-in; what they give rests from `until` on. */
  groups: z.array(z.strictObject({ issuer: z.string(), name: z.string(), since: instant, until: instant })),
  grants: z.array(grant),
  sessions: z.array(session),
  secondFactor: z.strictObject(secondFactors),
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

const groupGrant = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  group: z.string(),
  role: z.string().nullable(),
  permission: z.string().nullable(),
  ...reach,
  until: instant.nullable(),
  source: z.enum(['person', 'machine']),
  grantedAt: instant,
  grantedBy: z.string(),
  reason: z.string().nullable(),
  /** Accounts that have something by it now. */
  members: z.number(),
});
/** `grants groups`. */
export const groupGrantList = z.array(groupGrant);
/** `grants give-group|revoke-group`: with how many accounts have more, or less, by it. */
export const groupGrantChanged = z.strictObject({ grant: groupGrant, accounts: z.number() });

const identityKey = { way: z.enum(['oidc', 'cac']), issuer: z.string(), subject: z.string() };
const unknownIdentity = z.strictObject({
  id: z.string(),
  ...identityKey,
  why: z.enum(['unknown', 'name_taken']),
  presented,
  groups: z.array(z.string()),
  attempts: z.number(),
  firstAt: instant,
  lastAt: instant,
  lastAddress: z.string().nullable(),
});
/** `users identities`: who proved an identity that no account has, and waits for an administrator. */
export const unknownIdentityList = z.array(unknownIdentity);
/** `users dismiss-identity`. */
export const identityDismissed = unknownIdentity;
/** `users link-identity|unlink-identity`. */
export const identityLinked = z.strictObject({ account: z.string(), identity: z.strictObject(identityKey) });

/** `serve check-oidc`: a line each. */
export const signInChecks = z.array(
  z.strictObject({
    check: z.string(),
    status: z.enum(['ok', 'warning', 'failed']),
    detail: z.string(),
    remedy: z.string().optional(),
  }),
);
