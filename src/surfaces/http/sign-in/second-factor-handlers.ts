/** The second step of signing in, and the second factors of whoever is signed in. */
import type { z } from 'zod';
import type { Actor } from '../../../canonical/access/index.ts';
import type {
  factorProof,
  Printable,
  secondFactorAsked,
  secondFactorRoutes,
} from '../../../contract/index.ts';
import {
  askKeyForStepUp,
  askKeyForTicket,
  beginApp,
  beginKey,
  confirmApp,
  confirmKey,
  type FactorProof,
  fetchOwnFactors,
  fewCodes,
  findFactorsReset,
  isFactorRequired,
  makeRecoveryCodes,
  type OpenSession,
  relyingPartyOf,
  removeFactor,
  type SecondFactorAsked,
} from '../../../operate/accounts/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { usualAccessSettings } from '../../../platform/config/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined, Secret } from '../../../platform/values/index.ts';
import type { Answer, Call, Handlers } from '../kit/call.ts';
import { originOf } from '../kit/origin.ts';

/** As the use cases take what a person proves. */
export function proofOf(given: z.output<typeof factorProof>): FactorProof {
  if (given.kind !== 'webauthn') return { kind: given.kind, code: new Secret(given.code) };
  const { userHandle, ...response } = given.assertion.response;
  return {
    kind: 'webauthn',
    assertion: {
      ...given.assertion,
      response: { ...response, ...defined({ userHandle }) },
      clientExtensionResults: {},
    },
  };
}

const partyOf = ({ app, headers }: Pick<Call, 'app' | 'headers'>) =>
  relyingPartyOf(app.access ?? usualAccessSettings, hostOf({ headers }));

/** As the browser named this server, by HTTP/2 in `:authority`; an address that is configured goes before it. */
export const hostOf = ({ headers }: Pick<Call, 'headers'>): string | undefined => {
  const named = headers['host'] ?? headers[':authority'];
  return typeof named === 'string' ? named : undefined;
};

/** The answer to a right password of who has a second factor. */
export function askedOf(
  call: Pick<Call, 'app' | 'headers' | 'cookies'>,
  { ticket, browser, expiresAt, held }: SecondFactorAsked,
): Answer<Printable<z.output<typeof secondFactorAsked>>> {
  call.cookies.secondStep.set(browser);
  const key = held.keys > 0 && partyOf(call) !== undefined;
  return { body: { secondFactor: { ticket, expiresAt, app: held.totp, key } } };
}

/** The ticket with the cookie that must be beside it, and who asks. */
export const ticketOf = (
  call: Omit<Call, 'by' | 'body'> & { readonly body: { readonly ticket: string } },
) => ({
  ticket: call.body.ticket,
  browser: call.cookies.secondStep.value,
  address: call.address,
  requestId: call.requestId,
  host: hostOf(call),
  ...(call.agent === undefined ? {} : { agent: call.agent }),
});

/** How who signed in stands with second factors, for what a page asks first of all. */
export async function standingOf(app: App, actor: Actor, session: OpenSession) {
  const { factors, recoveryCodes } = await fetchOwnFactors(app, actor.principalId);
  const reset = await findFactorsReset(app.db, actor.principalId, session.previousSignInAt);
  const kinds = new Set(factors.map(({ kind }) => kind));
  return {
    factors: { app: kinds.has('totp'), key: kinds.has('webauthn') },
    mustSetUpFactor: kinds.size === 0 && isFactorRequired(app, { actor, way: session.way }),
    factorsReset: reset ?? null,
    fewCodesLeft: recoveryCodes && recoveryCodes.left <= fewCodes ? recoveryCodes.left : null,
  };
}

type Signed = Call & { readonly by: NonNullable<Call['by']> };

/** @throws TielineError REQUEST_INVALID for a token. */
function ownOf(call: Signed) {
  const { session, actor } = call.by;
  if (!session)
    throw new TielineError('REQUEST_INVALID', 'A token has no second factor: this is for who signed in.');
  return {
    session,
    by: originOf(call),
    isRequired: isFactorRequired(call.app, { actor, way: session.way }),
  };
}

export const secondFactorHandlers: Handlers<typeof secondFactorRoutes> = {
  askKeyAtSignIn: async (call) => ({ body: { ...(await askKeyForTicket(call.app, ticketOf(call))) } }),
  askKeyAtStepUp: async (call) => ({
    body: { ...(await askKeyForStepUp(call.app, ownOf(call).session, hostOf(call))) },
  }),
  getOwnSignIn: async (call) => {
    const { actor, session } = call.by;
    const way = session?.way ?? null;
    return {
      body: {
        way,
        ...(await fetchOwnFactors(call.app, actor.principalId)),
        isRequired: way !== null && isFactorRequired(call.app, { actor, way }),
        keysAvailable: partyOf(call) !== undefined,
      },
    };
  },
  beginApp: async (call) => ({ body: await beginApp(call.app, ownOf(call)) }),
  confirmApp: async (call) => ({
    body: await confirmApp(call.app, ownOf(call), new Secret(call.body.code)),
  }),
  beginKey: async (call) => ({ body: { ...(await beginKey(call.app, ownOf(call), hostOf(call))) } }),
  confirmKey: async (call) => {
    const { name, attestation } = call.body;
    const { transports, ...response } = attestation.response;
    const made = {
      ...attestation,
      response: { ...response, ...defined({ transports }) },
      clientExtensionResults: {},
    };
    return {
      body: await confirmKey(call.app, ownOf(call), { name, attestation: made, host: hostOf(call) }),
    };
  },
  removeFactor: async (call) => {
    await removeFactor(call.app, ownOf(call), call.params.factorId);
    return { body: undefined };
  },
  makeRecoveryCodes: async (call) => ({
    body: { recoveryCodes: await makeRecoveryCodes(call.app, ownOf(call)) },
  }),
};
