/** The second step of signing in, and the second factors of whoever is signed in. */
import { z } from 'zod';
import { instant } from '../../json/index.ts';
import { secondFactors } from '../../work/index.ts';
import { defineRoutes } from '../define-route.ts';

const base64url = z.string().max(20_000);

/** What a browser answers with: AuthenticationResponseJSON of the WebAuthn standard. */
const assertion = z
  .object({
    id: base64url,
    rawId: base64url,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.optional(),
    }),
  })
  .meta({ id: 'KeyAssertion' });

/** RegistrationResponseJSON of the WebAuthn standard. */
const attestation = z
  .object({
    id: base64url,
    rawId: base64url,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: z.array(z.string().max(30)).max(20).optional(),
    }),
  })
  .meta({ id: 'KeyAttestation' });

/** What a person proves beside the password. */
export const factorProof = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('totp'), code: z.string().min(1).max(40) }),
    z.strictObject({ kind: z.literal('recovery'), code: z.string().min(1).max(100) }),
    z.strictObject({ kind: z.literal('webauthn'), assertion }),
  ])
  .meta({ id: 'FactorProof' });

/** What the browser's WebAuthn is given, as the standard has it. */
const keyQuestion = z.looseObject({ challenge: z.string() }).meta({ id: 'KeyQuestion' });

const ticket = z.string().min(20).max(200).meta({ description: 'Of the answer to the password.' });

const added = z.strictObject({
  id: z.string(),
  /** Secrets, shown once, with the first factor. */
  recoveryCodes: z.array(z.string()).nullable(),
});

const own = { permission: 'signed-in', scope: 'own', tag: 'me' } as const;

const step = defineRoutes({
  askKeyAtSignIn: {
    method: 'POST',
    path: '/session/second-factor/key',
    tag: 'session',
    summary: 'What a security key is to sign to complete a sign-in',
    permission: { anybody: 'the ticket proves that the password was right' },
    scope: 'own',
    body: z.strictObject({ ticket }),
    answer: { status: 200, shape: keyQuestion },
    audit: { events: ['second_factor_refused'] },
  },
  askKeyAtStepUp: {
    ...own,
    method: 'POST',
    path: '/session/step-up/key',
    tag: 'session',
    summary: 'What a security key is to sign to step up',
    answer: { status: 200, shape: keyQuestion },
    audit: { nothing: 'asks; what the key signs is an event' },
  },
});

const factors = defineRoutes({
  getOwnSignIn: {
    ...own,
    method: 'GET',
    path: '/me/sign-in',
    summary: 'How you sign in: second factors, recovery codes',
    answer: {
      status: 200,
      shape: z.strictObject({
        /** How this session began. */
        way: z.enum(['local', 'oidc', 'cac', 'demo']).nullable(),
        ...secondFactors,
        /** Whether the account must have a second factor. */
        isRequired: z.boolean(),
        /** Whether security keys can be used at this address. */
        keysAvailable: z.boolean(),
      }),
    },
  },
  beginApp: {
    ...own,
    method: 'POST',
    path: '/me/factors/app',
    summary: 'A key for an authenticator app, shown once',
    stepUp: true,
    answer: { status: 201, shape: z.strictObject({ key: z.string(), address: z.string() }) },
    audit: { nothing: 'it counts once it is confirmed' },
  },
  confirmApp: {
    ...own,
    method: 'POST',
    path: '/me/factors/app/confirmation',
    summary: 'Add the authenticator app, by a code that it shows',
    body: z.strictObject({ code: z.string().min(1).max(40) }),
    stepUp: true,
    answer: { status: 201, shape: added },
    audit: { events: ['factor_added', 'recovery_codes_made'] },
  },
  beginKey: {
    ...own,
    method: 'POST',
    path: '/me/factors/key',
    summary: 'What a browser is to make a security key for',
    stepUp: true,
    answer: { status: 200, shape: keyQuestion },
    audit: { nothing: 'it counts once it is confirmed' },
  },
  confirmKey: {
    ...own,
    method: 'POST',
    path: '/me/factors/key/confirmation',
    summary: 'Add a security key under a name',
    body: z.strictObject({ name: z.string().trim().min(1).max(100), attestation }),
    stepUp: true,
    answer: { status: 201, shape: added },
    audit: { events: ['factor_added', 'recovery_codes_made'] },
  },
  removeFactor: {
    ...own,
    method: 'POST',
    path: '/me/factors/:factorId/removal',
    summary: 'Remove one of your second factors',
    params: z.strictObject({ factorId: z.string().max(64) }),
    idempotent: true,
    stepUp: true,
    answer: { status: 204 },
    audit: { events: ['factor_removed'] },
  },
  makeRecoveryCodes: {
    ...own,
    method: 'POST',
    path: '/me/recovery-codes',
    summary: 'New recovery codes, shown once; the former are void',
    idempotent: true,
    answersSecret: true,
    stepUp: true,
    answer: { status: 201, shape: z.strictObject({ recoveryCodes: z.array(z.string()) }) },
    audit: { events: ['recovery_codes_made'] },
  },
});

export const secondFactorRoutes = { ...step, ...factors } as const;

/** What a right password is answered with where a second factor is to come; nobody is signed in yet. */
export const secondFactorAsked = z
  .strictObject({
    secondFactor: z.strictObject({
      /** To be sent with the factor. Worth something only in this browser, once, and until then. */
      ticket: z.string(),
      expiresAt: instant,
      /** Whether an authenticator app, and a security key here, would do. A recovery code always does. */
      app: z.boolean(),
      key: z.boolean(),
    }),
  })
  .meta({ id: 'SecondFactorAsked' });
export const factorTicket = ticket;
