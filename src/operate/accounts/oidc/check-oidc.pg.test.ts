/** What the check says of a real provider, and signing in where its document and keys are files and a key proves who we are. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAuthorities } from '../../../../test/support/card-authority.ts';
import { type ServedTieline, serveTieline, signInByOidc } from '../../../../test/support/oidc/oidc-world.ts';
import { SmallBrowser } from '../../../../test/support/oidc/small-browser.ts';
import { freePort } from '../../../../test/support/free-port.ts';
import { type StartedProvider, startProvider } from '../../../../test/support/oidc/start-provider.ts';
import { makeScratchDirectory } from '../../../../test/support/scratch-directory.ts';
import type { AccessSettings } from '../../../platform/config/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import type { SignInCheck } from '../sign-in-check.ts';
import { checkOidc } from './check-oidc.ts';

let provider: StartedProvider;
let served: ServedTieline;
let address: string;
let files: { readonly key: string; readonly discovery: string; readonly keys: string };

const saved = async (directory: string, name: string, url: string): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, await (await fetch(url)).text());
  return path;
};

beforeAll(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  provider = await startProvider(address, {
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'ours', use: 'sig' }] },
  });
  const directory = await makeScratchDirectory();
  const key = join(directory, 'oidc.key');
  await writeFile(key, privateKey.export({ type: 'sec1', format: 'pem' }));
  files = {
    key,
    discovery: await saved(
      directory,
      'discovery.json',
      `${provider.issuer}/.well-known/openid-configuration`,
    ),
    keys: await saved(directory, 'keys.json', `${provider.issuer}/jwks`),
  };
  served = await serveTieline(port, {
    oidcIssuer: provider.issuer,
    oidcClientSecret: undefined,
    oidcPrivateKeyFile: files.key,
    oidcKeyId: 'ours',
    oidcDiscoveryFile: files.discovery,
    oidcKeysFile: files.keys,
  });
}, 240_000);
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/** What is not right, with these settings. */
async function wrongWith(access: Partial<AccessSettings>, skewMs = 0): Promise<SignInCheck[]> {
  const { app } = served;
  if (!app.access) throw new Error('it has settings');
  const checks = await checkOidc({
    ...app,
    access: { ...app.access, ...access },
    now: () => new Date(Date.now() + skewMs),
  });
  return checks.filter(({ status }) => status === 'failed');
}

describe('the check of the identity provider', () => {
  it('finds nothing wrong where all is right, with what to register', async () => {
    const checks = await checkOidc(served.app);
    expect(checks.map(({ check, status }) => `${check} ${status}`)).toEqual([
      'settings ok',
      'discovery ok',
      'keys ok',
      'clock ok',
      'redirect address ok',
      'client ok',
      'groups ok',
      'sign-out ok',
    ]);
  });

  it.each<[string, Partial<AccessSettings>, string, RegExp]>([
    ['a client id that is missing', { oidcClientId: undefined }, 'settings', /oidc_client_id must be set/],
    [
      'a secret beside a key',
      { oidcClientSecret: new Secret('x') },
      'settings',
      /one of the two must be set/,
    ],
    [
      'a file that is not there',
      { oidcDiscoveryFile: '/nowhere.json' },
      'discovery',
      /nowhere\.json could not be read/,
    ],
    [
      'nobody who answers',
      { oidcIssuer: 'http://127.0.0.1:2', oidcDiscoveryFile: undefined },
      'discovery',
      /127\.0\.0\.1:2 cannot be reached/,
    ],
    ['another redirect address', { consoleUrl: 'http://127.0.0.1:1' }, 'redirect address', /answers 400/],
    ['another key', { oidcKeyId: 'theirs' }, 'client', /does not know us: invalid_client/],
    ['another client', { oidcClientId: 'somebody' }, 'redirect address', /answers 400/],
  ])('names %s, and what to do', async (_what, access, check, told) => {
    const wrong = await wrongWith(access);
    const found = wrong.find((each) => each.check === check);
    expect(found?.detail).toMatch(told);
    expect(found?.remedy).toMatch(/\w{3}/);
  });

  it('names an issuer that calls itself otherwise, and clocks that are apart', async () => {
    const slash = await wrongWith({ oidcIssuer: `${provider.issuer}/`, oidcDiscoveryFile: undefined });
    expect(slash[0]?.remedy ?? '').toMatch(/letter by letter/);
    expect((await wrongWith({}, 90_000)).map(({ check }) => check)).toContain('clock');
  });
});

describe('a provider behind TLS whose authority is not trusted here', () => {
  it('is told as a fault of its certificate, and not of the issuer', async () => {
    using authorities = testAuthorities();
    const issuing = authorities.root('Root of the agency').authority('Servers of the agency');
    const site = issuing.issue({
      subject: '/CN=127.0.0.1',
      purposes: ['serverAuth'],
      alternativeNames: ['IP:127.0.0.1'],
    });
    const server = createServer({ key: site.key, cert: `${site.certificate}${issuing.certificate}` });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    try {
      const settings = { oidcIssuer: `https://127.0.0.1:${port}`, oidcDiscoveryFile: undefined };
      const [first] = await wrongWith(settings);
      expect(first?.detail).toMatch(/The certificate of 127\.0\.0\.1:\d+ is not believed \(UNABLE_TO_\w+\)/);
      expect(first?.remedy).toContain('TIELINE_CA_FILE');
    } finally {
      server.close();
    }
  });
});

describe('a closed network', () => {
  it('document and keys come from files, and a key proves who we are', async () => {
    expect(await signInByOidc(new SmallBrowser(), { address }, 'ada')).toBe('/poams');
  });
});
