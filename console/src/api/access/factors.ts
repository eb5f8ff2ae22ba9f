/** Second factors: the second step of signing in, proving again who one is, and one's own factors. */
import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { secondFactorRoutes } from '../../../../src/contract/index.ts';
import { get, post } from '../http/client.ts';
import { Problem } from '../http/problem.ts';
import type { Code, SignedIn } from './session.ts';

type Routes = typeof secondFactorRoutes;
type Answer<Id extends keyof Routes> = z.infer<
  Extract<Routes[Id]['answer'], { readonly shape: z.ZodType }>['shape']
>;
export type OwnSignIn = Answer<'getOwnSignIn'>;
export type OwnFactor = OwnSignIn['factors'][number];
export type AppKey = Answer<'beginApp'>;
export type FactorAdded = Answer<'confirmApp'>;

/** Which of the two it is that was typed. */
export const codeOf = (typed: string): Code => ({
  kind: /^[\d\s]{6,7}$/.test(typed.trim()) ? 'totp' : 'recovery',
  code: typed.trim(),
});

type Question = Parameters<typeof startAuthentication>[0]['optionsJSON'];
type NewQuestion = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** What a browser says of a key that it got no answer from, in words of ours. */
const keyFailed = (cause: unknown): Problem =>
  new Problem(0, {
    code: 'KEY_NOT_READ',
    detail:
      cause instanceof Error && cause.name === 'InvalidStateError'
        ? 'This security key is set up already.'
        : 'The security key did not answer: it was cancelled, took too long, or is none of yours. Try again.',
  });

/** Lets a security key sign. @throws Problem where the person cancels it, or has no such key here. */
async function signed(path: string, body: unknown) {
  const optionsJSON = await post<Question>(path, body);
  const assertion = await startAuthentication({ optionsJSON }).catch((error: unknown) => {
    throw keyFailed(error);
  });
  return { kind: 'webauthn' as const, assertion };
}

export const finishByCode = (ticket: string, factor: Code): Promise<SignedIn> =>
  post('/session/second-factor', { ticket, factor });
export async function finishByKey(ticket: string): Promise<SignedIn> {
  const factor = await signed('/session/second-factor/key', { ticket });
  return post('/session/second-factor', { ticket, factor });
}
export async function stepUpByKey(): Promise<void> {
  const factor = await signed('/session/step-up/key', {});
  await post('/session/step-up', { factor });
}

export const ownSignInQuery = queryOptions({
  queryKey: ['me', 'sign-in'],
  queryFn: ({ signal }) => get<OwnSignIn>('/me/sign-in', { signal }),
});
export const beginApp = (): Promise<AppKey> => post('/me/factors/app');
export const confirmApp = (code: string): Promise<FactorAdded> =>
  post('/me/factors/app/confirmation', { code });
export async function addKey(name: string): Promise<FactorAdded> {
  const optionsJSON = await post<NewQuestion>('/me/factors/key');
  const attestation = await startRegistration({ optionsJSON }).catch((error: unknown) => {
    throw keyFailed(error);
  });
  return post('/me/factors/key/confirmation', { name, attestation });
}
export const removeFactor = (id: string): Promise<void> =>
  post(`/me/factors/${encodeURIComponent(id)}/removal`);
export const makeRecoveryCodes = (): Promise<{ readonly recoveryCodes: readonly string[] }> =>
  post('/me/recovery-codes');
