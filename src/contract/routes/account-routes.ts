import { z } from 'zod';
import { allPermissions, allRoles, namedInFields } from '../../canonical/access/index.ts';
import { grantList, tokenList, userList } from '../../canonical/lists/index.ts';
import {
  accountAdded,
  accountChanged,
  accountDetail,
  grantChanged,
  grantRow,
  groupGrantChanged,
  groupGrantList,
  identityDismissed,
  identityLinked,
  oneTimeLink,
  signInRules,
  signInChecks,
  tokenMade,
  tokenRevoked,
  tokenRow,
  unknownIdentityList,
  userRow,
} from '../work/index.ts';
import { defineRoutes } from './define-route.ts';
import { listRoutes } from './list-routes.ts';

const administered = { permission: 'admin:users', scope: 'installation' } as const;
const account = z.string().min(1).max(100).meta({ description: 'Name or id of the account.' });
const reason = z.string().max(2000).optional();
const place = z.union([
  z.strictObject({ kind: z.literal('everywhere') }),
  z.strictObject({
    kind: z.literal('boundaries'),
    systemIds: z.array(z.string().max(100)).max(1000),
    unassigned: z.boolean(),
  }),
]);
const role = z.enum(allRoles);
const permission = z.enum(allPermissions);

/** One move of an account's state. */
const move = <const Verb extends string, const Event extends string>(
  verb: Verb,
  event: Event,
  summary: string,
) =>
  ({
    ...administered,
    method: 'POST',
    path: `/users/:account/${verb}`,
    tag: 'users',
    summary,
    params: z.strictObject({ account }),
    body: z.strictObject({ reason }),
    idempotent: true,
    stepUp: true,
    answer: { status: 200, shape: accountChanged },
    audit: { event },
  }) as const;

const people = defineRoutes({
  getUser: {
    ...administered,
    method: 'GET',
    path: '/users/:account',
    tag: 'users',
    summary: 'One account: ways to sign in, grants, sessions, tokens',
    params: z.strictObject({ account }),
    answer: { status: 200, shape: accountDetail.extend({ tokens: z.array(tokenRow) }) },
  },
  getSignInRules: {
    ...administered,
    method: 'GET',
    path: '/sign-in-rules',
    tag: 'users',
    summary: 'How people sign in here, and by which rules',
    answer: { status: 200, shape: signInRules },
  },
  addUser: {
    ...administered,
    method: 'POST',
    path: '/users',
    tag: 'users',
    summary: 'Add an account; a person gets a one-time link',
    body: z.strictObject({
      kind: z.enum(['person', 'service']),
      name: z.string().min(2).max(100),
      displayName: z.string().min(1).max(200).optional(),
      email: z.email().max(200).optional(),
    }),
    idempotent: true,
    answersSecret: true,
    stepUp: true,
    answer: { status: 201, shape: accountAdded },
    audit: { event: 'account_added' },
  },
  makeUserLink: {
    ...administered,
    method: 'POST',
    path: '/users/:account/link',
    tag: 'users',
    summary: 'A one-time link by which a person sets a password',
    params: z.strictObject({ account }),
    idempotent: true,
    answersSecret: true,
    stepUp: true,
    answer: { status: 201, shape: oneTimeLink },
    audit: { event: 'link_made' },
  },
  lockUser: move('lock', 'account_locked', 'Refuse sign-ins and tokens until it is released'),
  unlockUser: move('unlock', 'account_unlocked', 'Release an account, also after wrong passwords'),
  disableUser: move('disable', 'account_disabled', 'As lock, for good'),
  resetUserFactors: move('reset-factors', 'factor_reset', 'Take all second factors of a person away'),
  enableUser: move('enable', 'account_enabled', 'Undo disable'),
  endUserSessions: {
    ...administered,
    method: 'POST',
    path: '/users/:account/sessions/end',
    tag: 'users',
    summary: 'End all sessions of an account',
    params: z.strictObject({ account }),
    idempotent: true,
    answer: { status: 200, shape: z.strictObject({ ended: z.number() }) },
    audit: { event: 'session_ended' },
  },
  endUserSession: {
    ...administered,
    method: 'POST',
    path: '/users/:account/sessions/:sessionId/end',
    tag: 'users',
    summary: 'End one session of an account',
    params: z.strictObject({ account, sessionId: z.string().max(64) }),
    idempotent: true,
    answer: { status: 200, shape: z.strictObject({ ended: z.number() }) },
    audit: { event: 'session_ended' },
  },
});

const given = defineRoutes({
  getGrantChoices: {
    ...administered,
    method: 'GET',
    path: '/grants/choices',
    tag: 'grants',
    summary: 'What can be given, and where',
    answer: {
      status: 200,
      shape: z.strictObject({
        roles: z.array(z.strictObject({ role, title: z.string(), may: z.array(permission) })),
        permissions: z.array(
          z.strictObject({ permission, title: z.string(), where: z.enum(['boundary', 'installation']) }),
        ),
        boundaries: z.array(z.strictObject({ id: z.string(), name: z.string() })),
      }),
    },
  },
  giveGrant: {
    ...administered,
    method: 'POST',
    path: '/grants',
    tag: 'grants',
    summary: 'Give a role or a permission, somewhere, until a day',
    body: z.strictObject({
      account,
      gives: z.union([z.strictObject({ role }), z.strictObject({ permission })]),
      scope: place,
      /** For the boundaries whose field names the account, whichever they are; `scope` then lists none. */
      namedIn: z.enum(namedInFields).optional(),
      /** Up to the end of this day, in UTC. */
      until: z.iso.date().optional(),
      reason,
    }),
    idempotent: true,
    stepUp: true,
    answer: { status: 201, shape: grantChanged },
    audit: { event: 'grant_given' },
  },
  tryGrantRevocation: {
    ...administered,
    method: 'GET',
    path: '/grants/:grantId/revocation',
    tag: 'grants',
    summary: 'Which access revoking a grant would take',
    params: z.strictObject({ grantId: z.string().max(64) }),
    answer: { status: 200, shape: grantChanged },
  },
  revokeGrant: {
    ...administered,
    method: 'POST',
    path: '/grants/:grantId/revocation',
    tag: 'grants',
    summary: 'Revoke a grant',
    params: z.strictObject({ grantId: z.string().max(64) }),
    body: z.strictObject({ reason }),
    idempotent: true,
    stepUp: true,
    answer: { status: 200, shape: grantChanged },
    audit: { event: 'grant_revoked' },
  },
});

const ofGroups = defineRoutes({
  listGroupGrants: {
    ...administered,
    method: 'GET',
    path: '/grants/groups',
    tag: 'grants',
    summary: 'What groups of the identity provider give',
    answer: { status: 200, shape: z.strictObject({ items: groupGrantList }) },
  },
  giveGroupGrant: {
    ...administered,
    method: 'POST',
    path: '/grants/groups',
    tag: 'grants',
    summary: 'Give a role or a permission to a group',
    body: z.strictObject({
      group: z.string().trim().min(1).max(500),
      /** Default: the identity provider of the settings. */
      issuer: z.url().max(500).optional(),
      gives: z.union([z.strictObject({ role }), z.strictObject({ permission })]),
      scope: place,
      /** Up to the end of this day, in UTC. */
      until: z.iso.date().optional(),
      reason,
    }),
    idempotent: true,
    stepUp: true,
    answer: { status: 201, shape: groupGrantChanged },
    audit: { event: 'grant_given' },
  },
  revokeGroupGrant: {
    ...administered,
    method: 'POST',
    path: '/grants/groups/:grantId/revocation',
    tag: 'grants',
    summary: 'Take a grant from a group, and so from its members',
    params: z.strictObject({ grantId: z.string().max(64) }),
    body: z.strictObject({ reason }),
    idempotent: true,
    stepUp: true,
    answer: { status: 200, shape: groupGrantChanged },
    audit: { event: 'grant_revoked' },
  },
});

const outside = defineRoutes({
  listUnknownIdentities: {
    ...administered,
    method: 'GET',
    path: '/identities',
    tag: 'users',
    summary: 'Who proved an identity that no account has',
    answer: { status: 200, shape: z.strictObject({ items: unknownIdentityList }) },
  },
  checkIdentityProvider: {
    ...administered,
    method: 'POST',
    path: '/identities/provider/check',
    tag: 'users',
    summary: 'What is wrong with sign-in by the identity provider',
    answer: { status: 200, shape: z.strictObject({ items: signInChecks }) },
    audit: { nothing: 'asks the identity provider, and changes nothing' },
  },
  checkSmartCards: {
    ...administered,
    method: 'POST',
    path: '/identities/cards/check',
    tag: 'users',
    summary: 'What is wrong with sign-in by cards',
    body: z.strictObject({
      /** A certificate in PEM: whether it would be accepted, and why not. */
      card: z.string().max(65_536).optional(),
    }),
    answer: { status: 200, shape: z.strictObject({ items: signInChecks }) },
    audit: { nothing: 'reads files of the server, and changes nothing' },
  },
  linkUnknownIdentity: {
    ...administered,
    method: 'POST',
    path: '/identities/:identityId/link',
    tag: 'users',
    summary: 'Tie an identity that waits to an account',
    params: z.strictObject({ identityId: z.string().max(64) }),
    body: z.strictObject({ account }),
    idempotent: true,
    stepUp: true,
    answer: { status: 200, shape: identityLinked },
    audit: { event: 'identity_linked' },
  },
  dismissIdentity: {
    ...administered,
    method: 'POST',
    path: '/identities/:identityId/dismissal',
    tag: 'users',
    summary: 'Let an identity wait no more; it may come again',
    params: z.strictObject({ identityId: z.string().max(64) }),
    idempotent: true,
    answer: { status: 200, shape: identityDismissed },
    audit: { event: 'identity_dismissed' },
  },
  linkIdentity: {
    ...administered,
    method: 'POST',
    path: '/users/:account/identities',
    tag: 'users',
    summary: 'Tie an identity to an account before it comes',
    params: z.strictObject({ account }),
    body: z.strictObject({
      way: z.enum(['oidc', 'cac']),
      issuer: z.string().min(1).max(500),
      subject: z.string().min(1).max(500),
    }),
    idempotent: true,
    stepUp: true,
    answer: { status: 201, shape: identityLinked },
    audit: { event: 'identity_linked' },
  },
  unlinkIdentity: {
    ...administered,
    method: 'POST',
    path: '/users/:account/identities/:identityId/removal',
    tag: 'users',
    summary: 'Take an outside identity from an account',
    params: z.strictObject({ account, identityId: z.string().max(64) }),
    idempotent: true,
    stepUp: true,
    answer: { status: 200, shape: identityLinked },
    audit: { event: 'identity_removed' },
  },
});

const programs = defineRoutes({
  makeToken: {
    ...administered,
    method: 'POST',
    path: '/tokens',
    tag: 'tokens',
    summary: 'Make a token of an account; it is shown once',
    body: z.strictObject({
      account,
      name: z.string().min(1).max(100),
      /** At most these. Default: all that the account may. */
      permissions: z.array(permission).min(1).optional(),
      scope: place.default({ kind: 'everywhere' }),
      /** CIDR blocks. Default: from everywhere. */
      addresses: z.array(z.string().max(60)).max(100).default([]),
      days: z.number().int().min(1).max(365).default(90),
      /** SHA-256 fingerprint of the certificate without which it is refused. */
      certificate: z.string().max(200).optional(),
    }),
    idempotent: true,
    answersSecret: true,
    stepUp: true,
    answer: { status: 201, shape: tokenMade },
    audit: { event: 'token_made' },
  },
  revokeToken: {
    ...administered,
    method: 'POST',
    path: '/tokens/:tokenId/revocation',
    tag: 'tokens',
    summary: 'Revoke a token; it is refused at once',
    params: z.strictObject({ tokenId: z.string().max(64) }),
    body: z.strictObject({ reason }),
    idempotent: true,
    answer: { status: 200, shape: tokenRevoked },
    audit: { event: 'token_revoked' },
  },
});

export const accountRoutes = {
  ...listRoutes('Users', userList, { row: userRow, ...administered }),
  ...listRoutes('Grants', grantList, { row: grantRow, ...administered }),
  ...listRoutes('Tokens', tokenList, { row: tokenRow, ...administered }),
  ...people,
  ...given,
  ...ofGroups,
  ...outside,
  ...programs,
} as const;
