import { z } from 'zod';
import { allRoles } from '../../canonical/access/index.ts';
import { instant } from '../json/index.ts';
import { defineRoutes } from './define-route.ts';

const before = 'one signs in with it';
const role = z.enum(allRoles as [(typeof allRoles)[number], ...(typeof allRoles)[number][]]); // at least one

/** Where a permission is held: everywhere, or in some boundaries and perhaps in what is in none. */
export const scopeShape = z
  .union([
    z.strictObject({ kind: z.literal('everywhere') }),
    z.strictObject({
      kind: z.literal('boundaries'),
      systemIds: z.array(z.string()),
      unassigned: z.boolean(),
    }),
  ])
  .meta({ id: 'Scope' });

export const signedIn = z
  .strictObject({
    name: z.string(),
    displayName: z.string(),
    /** Of the sign-in before this one (AC-9). */
    lastSignIn: z.strictObject({ at: instant, address: z.string().nullable() }).nullable(),
    failuresSince: z.number().int(),
    mustChangePassword: z.boolean(),
  })
  .meta({ id: 'SignedIn' });

export const bootstrap = z
  .strictObject({
    person: z.strictObject({
      name: z.string(),
      displayName: z.string(),
      roles: z.array(z.string()),
      kind: z.string(),
    }),
    permissions: z.record(z.string(), scopeShape),
    boundaries: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    classification: z.strictObject({ text: z.string() }),
    session: z.strictObject({ idleMinutes: z.number(), endsAt: instant, canStepUp: z.boolean() }).nullable(),
    isDemo: z.boolean(),
    version: z.string(),
  })
  .meta({ id: 'Bootstrap' });

export const sessionRoutes = defineRoutes({
  getBanner: {
    method: 'GET',
    path: '/banner',
    tag: 'session',
    summary: 'The text to acknowledge before signing in',
    permission: { anybody: before },
    scope: 'own',
    answer: { status: 200, shape: z.strictObject({ text: z.string().nullable() }) },
  },
  getSignInWays: {
    method: 'GET',
    path: '/session/ways',
    tag: 'session',
    summary: 'How one can sign in here',
    permission: { anybody: before },
    scope: 'own',
    answer: {
      status: 200,
      shape: z.strictObject({
        local: z.boolean(),
        /** Roles to enter as with one click; only in the demo. */
        demo: z.array(z.strictObject({ role, title: z.string() })).nullable(),
        classification: z.strictObject({ text: z.string() }),
      }),
    },
  },
  signIn: {
    method: 'POST',
    path: '/session',
    tag: 'session',
    summary: 'Sign in with name and password',
    permission: { anybody: before },
    scope: 'own',
    body: z.strictObject({
      name: z.string().min(1).max(100),
      password: z.string().min(1).max(1000),
      bannerAcknowledged: z.boolean(),
    }),
    answer: { status: 200, shape: signedIn },
  },
  signInToDemo: {
    method: 'POST',
    path: '/session/demo',
    tag: 'session',
    summary: 'Enter the demo as one of its people',
    permission: { anybody: 'it exists in the demo only' },
    scope: 'own',
    body: z.strictObject({ role }),
    answer: { status: 200, shape: signedIn },
  },
  redeemLink: {
    method: 'POST',
    path: '/session/link',
    tag: 'session',
    summary: 'Set a password by a one-time link, and sign in',
    permission: { anybody: 'the link proves who it is' },
    scope: 'own',
    body: z.strictObject({
      link: z.string().min(20).max(200),
      password: z.string().min(1).max(1000),
      bannerAcknowledged: z.boolean(),
    }),
    answer: { status: 200, shape: signedIn },
  },
  stepUp: {
    method: 'POST',
    path: '/session/step-up',
    tag: 'session',
    summary: 'Give the password again before what needs it',
    permission: 'signed-in',
    scope: 'own',
    body: z.strictObject({ password: z.string().min(1).max(1000) }),
    answer: { status: 204 },
  },
  keepSession: {
    method: 'POST',
    path: '/session/activity',
    tag: 'session',
    summary: 'Tell that a person is at work, and until when he may be',
    permission: 'signed-in',
    scope: 'own',
    answer: { status: 200, shape: z.strictObject({ endsAt: instant }) },
  },
  signOut: {
    method: 'DELETE',
    path: '/session',
    tag: 'session',
    summary: 'Sign out',
    permission: 'signed-in',
    scope: 'own',
    answer: { status: 204 },
  },
  changePassword: {
    method: 'POST',
    path: '/me/password',
    tag: 'session',
    summary: 'Change your password',
    permission: 'signed-in',
    scope: 'own',
    body: z.strictObject({ present: z.string().min(1).max(1000), next: z.string().min(1).max(1000) }),
    answer: { status: 204 },
  },
  getBootstrap: {
    method: 'GET',
    path: '/me/bootstrap',
    tag: 'me',
    summary: 'Who you are, what you may do, and where',
    permission: 'signed-in',
    scope: 'own',
    answer: { status: 200, shape: bootstrap },
  },
  getListDefinition: {
    method: 'GET',
    path: '/lists/:noun',
    tag: 'me',
    summary: 'The filters, sorts and facets of a list',
    permission: 'signed-in',
    scope: 'own',
    params: z.strictObject({ noun: z.string().max(40) }),
    answer: {
      status: 200,
      shape: z
        .strictObject({
          noun: z.string(),
          filters: z.array(
            z.strictObject({
              name: z.string(),
              title: z.string(),
              kind: z.enum(['choice', 'word', 'text', 'address', 'number', 'instant', 'flag']),
              known: z.array(z.string()).optional(),
              also: z.array(z.enum(['none', 'any'])).optional(),
              lies: z.enum(['behind', 'ahead']).optional(),
              example: z.string().optional(),
            }),
          ),
          sorts: z.array(z.string()),
          defaultSort: z.string(),
          facets: z.array(z.string()),
        })
        .meta({ id: 'ListDefinition' }),
    },
  },
});
