/** A server that listens, and an identity provider that knows it. */
import { randomBytes } from 'node:crypto';
import { cloneDatabase, type ClonedDatabase } from '../database.ts';
import { composeApp, type TestApp } from '../compose-app.ts';
import { testServer } from '../http-server.ts';
import { type AccessSettings, usualAccessSettings } from '../../../src/platform/config/index.ts';
import { Secret } from '../../../src/platform/values/index.ts';
import { SmallBrowser } from './small-browser.ts';
import { freePort } from '../free-port.ts';
import { clientSecret, type StartedProvider, startProvider } from './start-provider.ts';

export interface OidcWorld extends AsyncDisposable {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  readonly address: string;
  readonly provider: StartedProvider;
  /** Kinds of the events, with what is said of refusals. */
  events(): Promise<string[]>;
}

export interface ServedTieline extends AsyncDisposable {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
}

/** @param port of `address`; @param access what differs from the usual. @param skewMs of its clock. */
export async function serveTieline(
  port: number,
  access: Partial<AccessSettings>,
  skewMs = 0,
): Promise<ServedTieline> {
  const database = await cloneDatabase();
  const app: TestApp = {
    ...composeApp(database, randomBytes(32).toString('base64')),
    now: () => new Date(Date.now() + skewMs),
    access: {
      ...usualAccessSettings,
      consoleUrl: `http://127.0.0.1:${port}`,
      oidcClientId: 'tieline',
      oidcClientSecret: new Secret(clientSecret),
      oidcScopes: 'openid profile email groups',
      oidcGroupsClaim: 'groups',
      oidcNewPeople: 'made',
      ...access,
    },
  };
  const { server } = await testServer(app);
  await server.listen({ host: '127.0.0.1', port });
  return {
    app,
    database,
    async [Symbol.asyncDispose]() {
      await server.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

export async function eventsOf(database: ClonedDatabase): Promise<string[]> {
  const { rows } = await database.pool.query<{ event: string }>(
    `select event_type || case outcome when 'success' then '' else ' ' || outcome || coalesce(': ' || failure_reason, '') end as event
       from security_events_extended order by id`,
  );
  return rows.map((row) => row.event);
}

export async function oidcWorld(
  access: Partial<AccessSettings> = {},
  client: object = {},
): Promise<OidcWorld> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const provider = await startProvider(address, client);
  const served = await serveTieline(port, { oidcIssuer: provider.issuer, ...access });
  return {
    app: served.app,
    database: served.database,
    address,
    provider,
    events: () => eventsOf(served.database),
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

/** Signs in at the provider, and stops before the browser comes back. @returns the address that it would open. */
export async function signInThere(
  browser: SmallBrowser,
  world: Pick<OidcWorld, 'address'>,
  name: string,
  query = 'next=/poams',
): Promise<URL> {
  const { url } = await browser.visit(`${world.address}/api/v1/session/oidc?${query}`, {
    fields: { login: name, password: 'any' },
    until: ({ href }) =>
      href.startsWith(`${world.address}/api/v1/session/oidc/callback`) ||
      href.startsWith(`${world.address}/sign-in`),
  });
  return url;
}

/** The whole way. @returns where the browser is led at the end. */
export async function signInByOidc(
  browser: SmallBrowser,
  world: Pick<OidcWorld, 'address'>,
  name: string,
  query?: string,
): Promise<string> {
  const back = await browser.ask(await signInThere(browser, world, name, query));
  return back.headers.get('location') ?? `status ${back.status}`;
}

export async function bootstrapOf<T>(browser: SmallBrowser, world: Pick<OidcWorld, 'address'>): Promise<T> {
  return (await (await browser.ask(`${world.address}/api/v1/me/bootstrap`)).json()) as T;
}
