/** What the settings say of the identity provider, as one thing that is whole or refused. */
import type { App } from '../../../engine/run/index.ts';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';
import type { Secret } from '../../../platform/values/index.ts';
import { type AccessSettings, usualAccessSettings } from '../../../platform/config/index.ts';
import type { AccountsApp } from '../accounts-app.ts';

export type OidcApp = AccountsApp & Pick<App, 'secretBox' | 'http' | 'log'>;

export interface OidcSetup {
  readonly issuer: string;
  readonly clientId: string;
  readonly credential:
    | { readonly kind: 'secret'; readonly secret: Secret }
    | { readonly kind: 'key'; readonly file: string; readonly id: string | undefined };
  readonly scopes: string;
  /** Where the provider leads a browser back to; registered there, letter by letter. */
  readonly redirectUri: string;
  /** Where it leads to after signing out there; registered likewise. */
  readonly signedOutUri: string;
  /** Where it tells of sessions that ended there (back-channel logout). */
  readonly logoutUri: string;
  readonly discoveryFile: string | undefined;
  readonly keysFile: string | undefined;
  readonly groupsClaim: string | undefined;
  readonly nameClaim: string;
  readonly makesAccounts: boolean;
  readonly acr: readonly string[];
  readonly amr: readonly string[];
}

const oidcPath = '/api/v1/session/oidc';

/** Plain HTTP is for a provider on the machine itself: tests, and a trial. */
export const isOnThisMachine = (url: string): boolean => url.startsWith('http://');

/** @returns undefined where no issuer is named: the way is switched off. @throws TielineError SETTING_INVALID naming each setting that is missing. */
export function oidcSetupOf(app: Pick<OidcApp, 'access'>): OidcSetup | undefined {
  const it = app.access ?? usualAccessSettings;
  if (it.oidcIssuer === undefined) return undefined;
  const { oidcIssuer: issuer, oidcClientId: clientId, consoleUrl } = it;
  const credential = credentialOf(it);
  if (clientId === undefined || consoleUrl === undefined || credential === undefined)
    throw new TielineError(
      'SETTING_INVALID',
      'Sign-in by an identity provider is switched on, and not whole.',
      {
        fields: missing({ clientId, consoleUrl, credential }),
        remedy:
          'Complete it, or remove oidc_issuer to switch it off; docs/how-to/sign-in-oidc.md goes step by step.',
      },
    );
  const at = consoleUrl.replace(/\/+$/, '');
  return {
    issuer,
    clientId,
    credential,
    scopes: it.oidcScopes,
    redirectUri: `${at}${oidcPath}/callback`,
    signedOutUri: `${at}/sign-in`,
    logoutUri: `${at}${oidcPath}/logout`,
    discoveryFile: it.oidcDiscoveryFile,
    keysFile: it.oidcKeysFile,
    groupsClaim: it.oidcGroupsClaim,
    nameClaim: it.oidcNameClaim,
    makesAccounts: it.oidcNewPeople === 'made',
    acr: it.oidcAcr ?? [],
    amr: it.oidcAmr ?? [],
  };
}

/** @returns undefined where neither is set, or both. */
function credentialOf(it: AccessSettings): OidcSetup['credential'] | undefined {
  const { oidcClientSecret: secret, oidcPrivateKeyFile: file } = it;
  if (secret !== undefined && file === undefined) return { kind: 'secret', secret };
  if (file !== undefined && secret === undefined) return { kind: 'key', file, id: it.oidcKeyId };
  return undefined;
}

function missing(have: {
  readonly clientId: unknown;
  readonly consoleUrl: unknown;
  readonly credential: unknown;
}): FieldFault[] {
  const faults: (FieldFault | false)[] = [
    have.clientId === undefined && { field: 'oidc_client_id', message: 'must be set: the provider gave it' },
    have.consoleUrl === undefined && {
      field: 'console_url',
      message: 'must be set: the provider leads browsers back to it',
    },
    have.credential === undefined && {
      field: 'oidc_client_secret, oidc_private_key_file',
      message: 'one of the two must be set, and not both',
    },
  ];
  return faults.filter((each) => each !== false);
}
