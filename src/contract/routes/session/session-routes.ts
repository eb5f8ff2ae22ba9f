import { z } from 'zod';
import { allRoles } from '../../../canonical/access/index.ts';
import { instant } from '../../json/index.ts';
import { defineRoutes } from '../define-route.ts';
import { factorProof, factorTicket, secondFactorAsked, secondFactorRoutes } from './second-factor-routes.ts';

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
    /** Nothing else is possible before. */
    mustSetUpFactor: z.boolean(),
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
    session: z
      .strictObject({
        idleMinutes: z.number(),
        endsAt: instant,
        /** By a password. */
        canStepUp: z.boolean(),
        /** Who came from outside proves it again there: where a browser begins. */
        stepUpAddress: z.string().nullable(),
        /** Of the sign-in before this one (AC-9). */
        lastSignIn: z.strictObject({ at: instant, address: z.string().nullable() }).nullable(),
        failuresSince: z.number().int(),
        /** What a step-up takes beside the password, or (key) in its place. */
        factors: z.strictObject({ app: z.boolean(), key: z.boolean() }),
        mustSetUpFactor: z.boolean(),
        /** Where an administrator took the second factors away since the sign-in before this one. */
        factorsReset: z.strictObject({ at: instant, by: z.string() }).nullable(),
        /** Recovery codes that are left, where they are few. */
        fewCodesLeft: z.number().int().nullable(),
      })
      .nullable(),
    isDemo: z.boolean(),
    version: z.string(),
  })
  .meta({ id: 'Bootstrap' });

const sessions = defineRoutes({
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
        /** By an identity provider or a card: what the button is called, and where a browser begins. */
        outside: z.array(
          z.strictObject({ way: z.enum(['oidc', 'cac']), title: z.string(), address: z.string() }),
        ),
        classification: z.strictObject({ text: z.string() }),
      }),
    },
  },
  beginCard: {
    method: 'GET',
    path: '/session/cac',
    tag: 'session',
    summary: 'Begin to sign in with a card (a browser comes here)',
    permission: { anybody: before },
    scope: 'own',
    query: z.strictObject({
      next: z.string().max(2000).optional(),
      banner: z.string().max(20).optional(),
      purpose: z.enum(['sign_in', 'step_up']).optional(),
    }),
    answer: { status: 303 },
    audit: { events: ['sign_in', 'sign_in_refused', 'step_up', 'banner_acknowledged'] },
  },
  finishCard: {
    method: 'GET',
    path: '/session/cac/return',
    tag: 'session',
    summary: 'Come back from the port that asked for the card',
    permission: { anybody: 'the code and the cookie prove who it is' },
    scope: 'own',
    query: z.strictObject({ code: z.string().max(200) }),
    answer: { status: 303 },
    audit: { events: ['sign_in', 'sign_in_refused', 'step_up', 'banner_acknowledged'] },
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
    answer: { status: 200, shape: z.union([signedIn, secondFactorAsked]) },
    audit: {
      events: ['sign_in', 'sign_in_refused', 'second_factor_asked', 'account_locked', 'banner_acknowledged'],
    },
  },
  finishSignIn: {
    method: 'POST',
    path: '/session/second-factor',
    tag: 'session',
    summary: 'Complete a sign-in by a second factor',
    permission: { anybody: 'the ticket proves that the password was right' },
    scope: 'own',
    body: z.strictObject({ ticket: factorTicket, factor: factorProof }),
    answer: { status: 200, shape: signedIn },
    audit: {
      events: [
        'sign_in',
        'second_factor_refused',
        'recovery_code_used',
        'account_locked',
        'banner_acknowledged',
      ],
    },
  },
  beginOidc: {
    method: 'GET',
    path: '/session/oidc',
    tag: 'session',
    summary: 'Go to the identity provider, to sign in or to prove it again',
    permission: { anybody: before },
    scope: 'own',
    query: z.object({
      next: z
        .string()
        .max(2000)
        .optional()
        .meta({ description: 'A path of this server to open afterwards.' }),
      banner: z
        .string()
        .max(20)
        .optional()
        .meta({ description: '`acknowledged`, of the page that showed the notice.' }),
      purpose: z.enum(['sign_in', 'step_up']).default('sign_in'),
    }),
    answer: { status: 303 },
    audit: { events: ['sign_in_refused'] },
  },
  finishOidc: {
    method: 'GET',
    path: '/session/oidc/callback',
    tag: 'session',
    summary: 'Come back from the identity provider',
    permission: { anybody: 'what the provider adds to the address proves who it is' },
    scope: 'own',
    query: z.object({
      code: z.string().max(4000).optional(),
      state: z.string().max(500).optional(),
      iss: z.string().max(500).optional(),
      session_state: z.string().max(500).optional(),
      error: z.string().max(200).optional(),
      error_description: z.string().max(2000).optional(),
      error_uri: z.string().max(2000).optional(),
    }),
    answer: { status: 303 },
    audit: {
      events: [
        'sign_in',
        'sign_in_refused',
        'account_added',
        'groups_changed',
        'banner_acknowledged',
        'step_up',
      ],
    },
  },
  endSessionsByProvider: {
    method: 'POST',
    path: '/session/oidc/logout',
    tag: 'session',
    summary: 'The identity provider ends sessions (back-channel)',
    permission: { anybody: 'the logout token proves that it is the provider' },
    scope: 'own',
    calledByServer: true,
    body: z.object({ logout_token: z.string().min(20).max(20_000) }),
    answer: { status: 200, shape: z.strictObject({ ended: z.number().int() }) },
    audit: { events: ['session_ended', 'logout_refused'] },
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
    audit: { events: ['sign_in'] },
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
    answer: { status: 200, shape: z.union([signedIn, secondFactorAsked]) },
    audit: { events: ['link_used', 'password_changed', 'sign_in', 'second_factor_asked'] },
  },
  stepUp: {
    method: 'POST',
    path: '/session/step-up',
    tag: 'session',
    summary: 'Prove again who you are, before what needs it',
    permission: 'signed-in',
    scope: 'own',
    body: z.strictObject({
      /** May be left out beside a security key. */
      password: z.string().min(1).max(1000).optional(),
      /** Needed of who has a second factor. */
      factor: factorProof.optional(),
    }),
    answer: { status: 204 },
    audit: { events: ['step_up', 'sign_in_refused', 'second_factor_refused', 'recovery_code_used'] },
  },
  keepSession: {
    method: 'POST',
    path: '/session/activity',
    tag: 'session',
    summary: 'Tell that a person is at work, and until when he may be',
    permission: 'signed-in',
    scope: 'own',
    answer: { status: 200, shape: z.strictObject({ endsAt: instant }) },
    audit: { nothing: 'says that somebody is at the keyboard' },
  },
  signOut: {
    method: 'DELETE',
    path: '/session',
    tag: 'session',
    summary: 'Sign out',
    permission: 'signed-in',
    scope: 'own',
    answer: {
      status: 200,
      /** Where the browser signs out at the identity provider, too; null: nowhere else. */
      shape: z.strictObject({ continueAt: z.string().nullable() }),
    },
    audit: { events: ['sign_out'] },
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
    audit: { events: ['password_changed'] },
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

export const sessionRoutes = { ...sessions, ...secondFactorRoutes } as const;
