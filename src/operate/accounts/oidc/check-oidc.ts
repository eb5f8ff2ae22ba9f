/**
 * What is wrong with sign-in by an identity provider, in plain words, each with what to do. It asks as the server would: the document, the keys,
 * the clock, whether the provider knows our address, and whether it knows us. Nobody signs in.
 */
import { createPublicKey } from 'node:crypto';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import type { SignInCheck } from '../sign-in-check.ts';
import { publicKeysOf } from './end-by-provider.ts';
import { causeCode, failureOf, isOfConnection } from './failure.ts';
import { type OidcApp, type OidcSetup, oidcSetupOf } from './oidc-setup.ts';
import { openProviderSource, type Provider, skewSeconds } from './provider.ts';

type Told = Omit<SignInCheck, 'check'>;
const right = (told: string): Told => ({ status: 'ok', detail: told });
const wrong = (told: string, remedy: string): Told => ({ status: 'failed', detail: told, remedy });
const unknown = (told: string, remedy: string): Told => ({ status: 'warning', detail: told, remedy });

/** In the order in which they build on each other; what builds on one that failed is not asked. */
export async function checkOidc(app: OidcApp): Promise<SignInCheck[]> {
  let setup: OidcSetup | undefined;
  try {
    setup = oidcSetupOf(app);
  } catch (error) {
    return [{ check: 'settings', ...ofSettings(error) }];
  }
  if (!setup)
    return [
      {
        check: 'settings',
        ...wrong(
          'Sign-in by an identity provider is switched off.',
          'Set oidc_issuer, oidc_client_id and console_url: docs/how-to/sign-in-oidc.md.',
        ),
      },
    ];
  const source = openProviderSource(app, setup);
  const checks: SignInCheck[] = [
    { check: 'settings', ...right(`Issuer ${setup.issuer}, client ${setup.clientId}.`) },
  ];
  try {
    const provider = await source.open();
    checks.push({ check: 'discovery', ...discoveryOf(setup, provider) });
    checks.push({ check: 'keys', ...(await keysOf(setup, provider)) });
    checks.push({ check: 'clock', ...(await clockOf(app, setup, provider)) });
    checks.push({ check: 'redirect address', ...(await redirectOf(setup, provider)) });
    checks.push({ check: 'client', ...(await clientOf(setup, provider)) });
    checks.push({ check: 'groups', ...groupsOf(setup, provider) });
    checks.push({ check: 'sign-out', ...signOutOf(setup, provider) });
  } catch (error) {
    checks.push({ check: 'discovery', ...ofDiscovery(setup, error) });
  } finally {
    await source.close();
  }
  return checks;
}

function ofSettings(error: unknown): Told {
  if (!(error instanceof TielineError)) throw error;
  const fields = error.fields.map(({ field, message }) => `${field} ${message}`).join('; ');
  return wrong(`${error.message} ${fields}.`, error.remedy);
}

/** Of a connection that failed: by what its code says. */
function ofConnection(error: unknown, url: string): Told {
  const code = causeCode(error) ?? '';
  const at = new URL(url).host;
  if (/CERT|ISSUER|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return wrong(
      `The certificate of ${at} is not believed (${code}).`,
      'Name the authority that issued it: TIELINE_CA_FILE, a PEM file; and see that the address is one that the certificate names.',
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return wrong(
      `The name ${at} is not known here (${code}).`,
      'Correct oidc_issuer, or the DNS of this machine.',
    );
  return wrong(
    `${at} cannot be reached (${code || messageOf(error)}).`,
    'See that this machine may open connections there: firewall, TIELINE_PROXY, and whether the provider is up. In a closed network, give oidc_discovery_file.',
  );
}

function ofDiscovery(setup: OidcSetup, error: unknown): Told {
  if (error instanceof TielineError) return ofSettings(error);
  const url = new URL(setup.issuer).href;
  const { told } = failureOf(error);
  // Before the issuer: a fault of TLS speaks of the "issuer certificate".
  if (isOfConnection(error) && !/NOT_JSON|NOT_CONFORM/.test(causeCode(error) ?? ''))
    return ofConnection(error, url);
  if (/issuer/.test(told))
    return wrong(
      `The provider at ${url} calls itself by another name (${told}).`,
      'Make oidc_issuer what the field "issuer" of its discovery document says, letter by letter, with or without the slash at its end.',
    );
  return wrong(
    `No discovery document was answered at ${url.replace(/\/$/, '')}/.well-known/openid-configuration (${told}).`,
    'Correct oidc_issuer: open that address in a browser; it must show JSON.',
  );
}

function discoveryOf({ discoveryFile, acr }: OidcSetup, { metadata }: Provider): Told {
  const absent = (['authorization_endpoint', 'token_endpoint'] as const).filter(
    (name) => metadata[name] === undefined,
  );
  if (absent.length > 0)
    return wrong(
      `The document lacks ${absent.join(' and ')}.`,
      discoveryFile === undefined
        ? 'Ask who runs the provider.'
        : `Save the whole document of the provider to ${discoveryFile}.`,
    );
  if (metadata.id_token_signing_alg_values_supported?.length === 0)
    return wrong(
      'The provider signs id tokens in no way that is believed.',
      'Have it sign with RS256, PS256 or ES256 (or their longer forms); HS256 and none are never believed.',
    );
  const offered = metadata['acr_values_supported'];
  const unknownAcr = Array.isArray(offered) ? acr.filter((each) => !offered.includes(each)) : [];
  if (unknownAcr.length > 0)
    return unknown(
      `The provider does not list the context (acr) ${unknownAcr.join(', ')}.`,
      'Compare oidc_acr with acr_values_supported of its document: a sign-in without one of them is refused.',
    );
  return right(
    discoveryFile === undefined
      ? 'Fetched, and of this issuer.'
      : `Read from ${discoveryFile}, and of this issuer.`,
  );
}

async function keysOf({ keysFile }: OidcSetup, provider: Provider): Promise<Told> {
  const from = keysFile ?? provider.metadata.jwks_uri ?? 'nowhere';
  try {
    const keys = await publicKeysOf(provider);
    const usable = keys.filter((key) => {
      if (key.use !== undefined && key.use !== 'sig') return false;
      try {
        return createPublicKey({ key, format: 'jwk' }).type === 'public';
      } catch {
        return false; // of a kind that is not for signatures that are believed, such as a secret one
      }
    });
    if (usable.length > 0) return right(`${usable.length} for signatures, from ${from}.`);
    return wrong(
      `No key for signatures is in ${from}.`,
      'Save the set of keys that jwks_uri of the provider shows, or ask who runs it.',
    );
  } catch (error) {
    if (error instanceof TielineError) return ofSettings(error);
    if (isOfConnection(error) && from.startsWith('http')) return ofConnection(error, from);
    return wrong(
      `The keys could not be read from ${from}: ${messageOf(error)}.`,
      'In a closed network, save them to a file and name it: oidc_keys_file.',
    );
  }
}

/** By the Date header, which has whole seconds. */
async function clockOf(app: OidcApp, { issuer }: OidcSetup, { metadata, fetch }: Provider): Promise<Told> {
  const url = metadata.token_endpoint ?? issuer;
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    const said = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(said))
      return unknown(
        'The provider does not say what time it is.',
        'Compare the two clocks by hand: id tokens are refused from 60 seconds on.',
      );
    const apart = Math.round(Math.abs(app.now().getTime() - said) / 1000);
    return apart <= skewSeconds / 2
      ? right(`${apart} s apart.`)
      : wrong(
          `The clocks are ${apart} s apart; from ${skewSeconds} s on id tokens are refused.`,
          'Set both by NTP.',
        );
  } catch (error) {
    return ofConnection(error, url);
  }
}

/** Asks as a browser would that begins: a provider refuses an address that it does not know before anybody signs in. */
async function redirectOf(setup: OidcSetup, { client, config, fetch }: Provider): Promise<Told> {
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: setup.redirectUri,
    scope: setup.scopes,
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
    state: client.randomState(),
    nonce: client.randomNonce(),
  });
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    const location = response.headers.get('location');
    const refused = location?.startsWith(setup.redirectUri)
      ? new URL(location).searchParams.get('error')
      : null;
    if (refused)
      return wrong(
        `The provider refuses the request: ${refused}: ${new URL(location ?? '').searchParams.get('error_description') ?? ''}`.slice(
          0,
          400,
        ),
        'Compare oidc_scopes and the grant and response types of the client there: code, with PKCE S256.',
      );
    if (response.status < 400) return right(`${setup.redirectUri} is accepted.`);
    return wrong(
      `The provider answers ${response.status} to a sign-in with ${setup.redirectUri}.`,
      'Register exactly that redirect URI for the client there; if it is, look at the client id.',
    );
  } catch (error) {
    return ofConnection(error, url.href);
  }
}

/** Hands in a code that cannot be: who is known is told that the code is wrong, who is not that the client is. */
async function clientOf(setup: OidcSetup, { client, config }: Provider): Promise<Told> {
  const current = new URL(setup.redirectUri);
  current.searchParams.set('code', 'check-oidc');
  current.searchParams.set('iss', setup.issuer);
  const verifier = client.randomPKCECodeVerifier();
  try {
    await client.authorizationCodeGrant(config, current, {
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    return unknown('The provider took a code that it did not give.', 'Tell who runs the provider.');
  } catch (error) {
    const { told } = failureOf(error);
    if (told.startsWith('invalid_grant'))
      return right(
        setup.credential.kind === 'secret' ? 'The provider knows the secret.' : 'The provider knows the key.',
      );
    if (/^(invalid_client|unauthorized_client)/.test(told))
      return wrong(
        `The provider does not know us: ${told}.`,
        setup.credential.kind === 'secret'
          ? 'Compare oidc_client_id and oidc_client_secret with the client there, which must use client_secret_basic.'
          : 'Register the public key of oidc_private_key_file for the client there, with private_key_jwt, and compare oidc_key_id.',
      );
    if (isOfConnection(error) && causeCode(error) !== 'OAUTH_RESPONSE_IS_NOT_CONFORM')
      return ofConnection(error, config.serverMetadata().token_endpoint ?? setup.issuer);
    return unknown(
      `The provider answered otherwise than expected: ${told}.`,
      'Sign in once, and look at the security log if it fails.',
    );
  }
}

function groupsOf({ groupsClaim, scopes }: OidcSetup, { metadata }: Provider): Told {
  if (groupsClaim === undefined) return right('Not asked for: grants are given to accounts alone.');
  const top = groupsClaim.split('.')[0] ?? groupsClaim;
  const listed = metadata['claims_supported'];
  if (!Array.isArray(listed) || listed.includes(groupsClaim) || listed.includes(top))
    return right(
      `The claim ${groupsClaim} is ${Array.isArray(listed) ? 'offered' : 'asked for; the provider lists no claims'}.`,
    );
  return unknown(
    `The provider does not list the claim ${groupsClaim}.`,
    `Have it put the groups into the id token or userinfo under that name; a scope may be needed (oidc_scopes is "${scopes}"). A sign-in without the claim has no groups, and says so in the security log.`,
  );
}

function signOutOf({ signedOutUri, logoutUri }: OidcSetup, { metadata }: Provider): Told {
  const back = metadata['backchannel_logout_supported'] === true;
  if (metadata.end_session_endpoint !== undefined && back)
    return right(
      `Register ${signedOutUri} as post-logout address, and ${logoutUri} as back-channel address.`,
    );
  const absent = [
    metadata.end_session_endpoint === undefined ? 'signing out there from here' : undefined,
    back ? undefined : 'ending sessions here from there (back-channel)',
  ].filter((each) => each !== undefined);
  return unknown(
    `The provider does not offer ${absent.join(', nor ')}.`,
    'Sessions here end by themselves: after idle minutes, and after session_hours. Ask who runs the provider whether it can.',
  );
}
