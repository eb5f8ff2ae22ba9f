/** Sign-in by an identity provider (OpenID Connect), as the server offers it: opened once a process. */
import { sha256Of } from '../accounts-app.ts';
import { findSealedIdToken } from '../sign-in/sessions.sql.ts';
import { beginOidc, type BeginRequest, signInPage } from './begin-oidc.ts';
import { endByProvider } from './end-by-provider.ts';
import { failureOf } from './failure.ts';
import { openIdToken } from './id-tokens.ts';
import {
  finishOidc,
  type OidcParts,
  recordRefusal,
  type Returned,
  type ReturnRequest,
} from './finish-oidc.ts';
import { type OidcApp, oidcSetupOf } from './oidc-setup.ts';
import { openProviderSource } from './provider.ts';

/** Of a session that began at the provider. */
interface SignedInThere {
  /** Its id token; null: it was too long to keep. */
  readonly sealed: string | null;
}

export interface OpenOidc {
  /** Where the browser goes, and what its cookie of the pending sign-in holds. */
  begin(
    asked: BeginRequest,
    from: ReturnRequest['from'],
  ): Promise<{ readonly address: string; readonly secret?: string | undefined }>;
  finish(back: ReturnRequest): Promise<Returned>;
  /** Ends the sessions that a logout token names. @throws TielineError LOGOUT_REFUSED. */
  endByProvider(token: string, from: Parameters<typeof endByProvider>[2]): Promise<number>;
  /** What signing out there needs, while the session that the cookie names is open; undefined: it is of another way. */
  findSignedInThere(session: string): Promise<SignedInThere | undefined>;
  /** Where a browser signs out at the provider, too; null where it cannot be reached, or has no such address. */
  signOutAddress(there: SignedInThere): Promise<string | null>;
  close(): Promise<void>;
}

/** @returns undefined where it is switched off. @throws TielineError SETTING_INVALID where it is on and not whole. */
export function openOidc(app: OidcApp): OpenOidc | undefined {
  const setup = oidcSetupOf(app);
  if (!setup) return undefined;
  const source = openProviderSource(app, setup);
  const parts: OidcParts = { app, setup, source };
  return {
    async begin(asked, from) {
      try {
        return await beginOidc(parts, asked);
      } catch (error) {
        const failure = failureOf(error);
        await recordRefusal(parts, from, failure);
        app.log.warn({ err: error }, `sign-in by ${setup.issuer} could not begin: ${failure.told}`);
        const { requestId } = from;
        return {
          address: signInPage({
            refused: failure.why,
            ...(requestId === undefined ? {} : { request: requestId }),
          }),
        };
      }
    },
    finish: (back) => finishOidc(parts, back),
    endByProvider: (token, from) => endByProvider(parts, token, from),
    findSignedInThere: (session) => findSealedIdToken(app.db, sha256Of(session)),
    signOutAddress: (there) => signOutAddress(parts, there),
    close: () => source.close(),
  };
}

async function signOutAddress(
  { app, setup, source }: OidcParts,
  { sealed }: SignedInThere,
): Promise<string | null> {
  try {
    const { client, config, metadata } = await source.open();
    if (metadata.end_session_endpoint === undefined) return null;
    const hint = sealed === null ? undefined : openIdToken(app.secretBox, sealed).reveal();
    return client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: setup.signedOutUri,
      ...(hint === undefined ? {} : { id_token_hint: hint }),
    }).href;
  } catch (error) {
    // Signing out here does not wait for the provider; its own session ends by its own rules.
    app.log.warn({ err: error }, `signing out at ${setup.issuer} was left out: ${failureOf(error).told}`);
    return null;
  }
}
