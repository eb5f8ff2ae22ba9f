/**
 * The identity provider as openid-client needs it: its metadata (fetched, or from a file), its keys (likewise), and how we prove who we are.
 * Opened when it is first needed and kept for an hour, so that `serve` starts while the provider is away. Signatures of id tokens are always
 * verified, by asymmetric algorithms only: by default the library trusts the connection that they came over.
 */
import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type * as Oidc from 'openid-client';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { loadFetch, type OpenFetch } from '../../../platform/http/index.ts';
import { isOnThisMachine, type OidcApp, type OidcSetup } from './oidc-setup.ts';

/** Those of id tokens and logout tokens that are believed. Neither `none`, nor HMAC: a public key would do as its secret. */
export const believedAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
export type BelievedAlgorithm = (typeof believedAlgorithms)[number];
export const skewSeconds = 60;
const keptMs = 3_600_000;
/** Where no address of keys is known, and a file has them; nothing is fetched from it. */
const noAddress = 'https://keys.invalid/';

export interface Provider {
  readonly client: typeof Oidc;
  readonly config: Oidc.Configuration;
  readonly metadata: Oidc.ServerMetadata;
  /** As the library calls it: keys come from their file where one is set. */
  readonly fetch: typeof fetch;
}

export interface ProviderSource {
  /** @throws TielineError SETTING_INVALID for a file that is wrong, and what the library throws. */
  open(): Promise<Provider>;
  close(): Promise<void>;
}

export function openProviderSource(app: OidcApp, setup: OidcSetup): ProviderSource {
  let transport: Promise<OpenFetch> | undefined;
  let kept: { readonly until: number; readonly provider: Promise<Provider> } | undefined;
  return {
    open() {
      if (kept && kept.until > Date.now()) return kept.provider;
      transport ??= loadFetch().then(({ openFetch }) => openFetch(app.http));
      const provider = transport.then((opened) => openProvider(app, setup, opened.fetch));
      const mine = { until: Date.now() + keptMs, provider };
      kept = mine;
      // One that could not be opened is tried again by the next who comes.
      provider.catch(() => {
        if (kept === mine) kept = undefined;
      });
      return provider;
    },
    async close() {
      await (await transport)?.close();
    },
  };
}

async function openProvider(app: OidcApp, setup: OidcSetup, reach: typeof fetch): Promise<Provider> {
  const client = await import('openid-client');
  const { metadata, fetch } = await metadataOf(client, { app, setup, reach });
  const config = new client.Configuration(
    metadata,
    setup.clientId,
    {
      [client.clockTolerance]: skewSeconds,
      [client.clockSkew]: Math.round((app.now().getTime() - Date.now()) / 1000),
    },
    await authentication(client, setup, metadata),
  );
  config[client.customFetch] = fetch as Oidc.CustomFetch; // the same, with narrower types
  config.timeout = Math.ceil(app.http.timeouts.connectMs / 1000);
  client.enableNonRepudiationChecks(config);
  if (isOnThisMachine(setup.issuer)) client.allowInsecureRequests(config);
  return { client, config, metadata, fetch };
}

interface Reaching {
  readonly app: Pick<OidcApp, 'http'>;
  readonly setup: OidcSetup;
  readonly reach: typeof fetch;
}

/** What the provider says of itself; its issuer must be the one of the settings, letter by letter. */
async function metadataOf(
  client: typeof Oidc,
  { app, setup, reach }: Reaching,
): Promise<{ readonly metadata: Oidc.ServerMetadata; readonly fetch: typeof fetch }> {
  const { discoveryFile, keysFile, issuer, clientId } = setup;
  const said =
    discoveryFile === undefined
      ? (
          await client.discovery(new URL(issuer), clientId, undefined, undefined, {
            [client.customFetch]: reach as Oidc.CustomFetch, // the same, with narrower types
            timeout: Math.ceil(app.http.timeouts.connectMs / 1000),
            ...(isOnThisMachine(issuer) ? { execute: [client.allowInsecureRequests] } : {}),
          })
        ).serverMetadata()
      : ((await readJson(discoveryFile, 'oidc_discovery_file')) as Oidc.ServerMetadata); // what is needed of it is looked at below
  if (said.issuer !== issuer)
    throw new TielineError('SETTING_INVALID', `The provider calls itself ${JSON.stringify(said.issuer)}.`, {
      fields: [{ field: 'oidc_issuer', message: `is ${issuer}, and must be that, letter by letter` }],
      remedy:
        'Make oidc_issuer what the field "issuer" of its discovery document says, letter by letter, with or without the slash at its end.',
    });
  const offered = said.id_token_signing_alg_values_supported ?? ['RS256'];
  const algorithms = believedAlgorithms.filter((each) => offered.includes(each));
  const keysAddress = keysFile === undefined ? said.jwks_uri : (said.jwks_uri ?? noAddress);
  return {
    metadata: {
      ...said,
      id_token_signing_alg_values_supported: algorithms,
      ...(keysAddress === undefined ? {} : { jwks_uri: keysAddress }),
    },
    fetch: keysFile === undefined ? reach : withKeysFrom(keysFile, keysAddress ?? noAddress, reach),
  };
}

/** Keys are read from their file wherever the library would fetch them. */
const withKeysFrom =
  (file: string, address: string, reach: typeof fetch): typeof fetch =>
  async (input, init) =>
    (input instanceof Request ? input.url : new URL(input).href) === new URL(address).href
      ? new Response(JSON.stringify(await readJson(file, 'oidc_keys_file')), {
          headers: { 'content-type': 'application/json' },
        })
      : reach(input, init);

/** @throws TielineError SETTING_INVALID that names the setting. */
async function readJson(file: string, setting: string): Promise<unknown> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof content === 'object' && content !== null) return content;
    throw new Error('it is no object');
  } catch (cause) {
    throw new TielineError('SETTING_INVALID', `${file} could not be read: ${messageOf(cause)}`, {
      cause,
      fields: [{ field: setting, message: 'must name a JSON file that this account may read' }],
    });
  }
}

async function authentication(
  client: typeof Oidc,
  { credential }: OidcSetup,
  metadata: Oidc.ServerMetadata,
): Promise<Oidc.ClientAuth> {
  if (credential.kind === 'secret') return client.ClientSecretBasic(credential.secret.reveal());
  try {
    const key = createPrivateKey(await readFile(credential.file, 'utf8'));
    const signing = key.toCryptoKey(algorithmOf(key, metadata), false, ['sign']);
    return client.PrivateKeyJwt(credential.id === undefined ? signing : { key: signing, kid: credential.id });
  } catch (cause) {
    throw new TielineError('SETTING_INVALID', `${credential.file} could not be used: ${messageOf(cause)}`, {
      cause,
      fields: [
        {
          field: 'oidc_private_key_file',
          message: 'must name a private key in PEM: RSA of at least 2048 bits, or EC on P-256 or P-384',
        },
      ],
    });
  }
}

/** By which algorithm the key proves who we are: of RSA RS256, unless the provider takes PSS alone. @throws for a key of another kind. */
function algorithmOf(
  key: KeyObject,
  metadata: Oidc.ServerMetadata,
): webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') {
    if (namedCurve === 'prime256v1') return { name: 'ECDSA', namedCurve: 'P-256' };
    if (namedCurve === 'secp384r1') return { name: 'ECDSA', namedCurve: 'P-384' };
  } else if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) {
    const taken = metadata['token_endpoint_auth_signing_alg_values_supported'];
    const isPssOnly = Array.isArray(taken) && !taken.includes('RS256') && taken.includes('PS256');
    return { name: isPssOnly ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  throw new Error(`it is a key of the kind ${key.asymmetricKeyType ?? 'unknown'}`);
}
