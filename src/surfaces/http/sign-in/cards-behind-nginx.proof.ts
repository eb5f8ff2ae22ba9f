import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issued } from '../../../../test/support/card-authority.ts';
import { askOverTls, type CardWorld, cardWorld, TestBrowser } from '../../../../test/support/card-world.ts';
import { freePort } from '../../../../test/support/free-port.ts';
import { plainFingerprint } from '../../../operate/accounts/index.ts';
import { Secret } from '../../../platform/values/index.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));
if (nginx === undefined)
  process.stderr.write('nginx (apt-get install nginx) is not here: cards behind a proxy are not tested.\n');

const secret = 'f'.repeat(64);

/** The blocks of the page that administrators follow: the server, and the lines by which the proxy shows a certificate. */
function blocksOfPage(): [string, string] {
  const page = readFileSync('docs/how-to/sign-in-with-cards.md', 'utf8');
  const [server = '', certificate = ''] = [...page.matchAll(/```nginx\n([\s\S]*?)```/g)].map(
    ([, text = '']) => text,
  );
  return [server, certificate];
}

/** With the paths and ports of this test. */
function replacedIn(block: string, replaced: Readonly<Record<string, string>>): string {
  let text = block;
  for (const [before, after] of Object.entries(replaced)) {
    expect(text).toContain(before);
    text = text.replaceAll(before, after);
  }
  return text;
}

interface Proxy {
  readonly process: ChildProcess;
  readonly url: string;
}

/** nginx in front of a server. @param certificate by which it proves itself; undefined: by the secret. */
async function startNginx(world: CardWorld, certificate?: Issued): Promise<Proxy> {
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const home = world.directory();
  mkdirSync(join(home, 'logs'));
  const lists = world.lists().map((file) => readFileSync(file, 'utf8'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const [page, shown] = blocksOfPage();
  const upstream = world.url.replace('localhost', '127.0.0.1');
  const block = certificate
    ? replacedIn(page, {
        '    proxy_pass http://127.0.0.1:7480;\n': replacedIn(shown, {
          'https://127.0.0.1:7480': upstream,
          'tieline.internal': 'localhost',
          '/etc/nginx/proxy.crt': certificate.certificateFile,
          '/etc/nginx/proxy.key': certificate.keyFile,
          '/etc/nginx/tieline-authority.pem': file('web.pem', world.webCa),
        }),
        'proxy_set_header X-Tieline-Proxy     "the secret";': '',
      })
    : replacedIn(page, { 'http://127.0.0.1:7480': upstream, 'the secret': secret });
  const server = replacedIn(block, {
    'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
    'server_name tieline.agency.example;': 'server_name localhost;',
    '/etc/nginx/tieline.crt': world.site.certificateFile,
    '/etc/nginx/tieline.key': world.site.keyFile,
    '/etc/nginx/card-authorities.pem': file(
      'ca.pem',
      `${world.root.certificate}${world.issuing.certificate}`,
    ),
    '/etc/nginx/card-lists.pem': file('lists.pem', lists.join('')),
  });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${home}/${kind};`,
  );
  const config = file(
    'nginx.conf',
    `daemon off; master_process off; pid ${home}/nginx.pid; error_log ${home}/error.log;
     events {} http { access_log off; ${temporary.join(' ')} ${server} }`,
  );
  const process = spawn(nginx ?? '', ['-p', home, '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  process.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
  for (let attempt = 0; ; attempt += 1)
    try {
      await askOverTls(`${url}/healthz`, world.webCa);
      return { process, url };
    } catch (error) {
      if (attempt > 100 || process.exitCode !== null)
        throw new Error(`nginx does not answer: ${said}`, { cause: error });
      await new Promise((done) => setTimeout(done, 100));
    }
}

type Headers = Record<string, string | readonly string[]>;

/** Begins a sign-in by a card. @returns where it leads, or why nobody is signed in. */
async function enterAt(base: string, browser: TestBrowser, headers: Headers = {}): Promise<string> {
  const { location, status } = await browser.open(`${base}/api/v1/session/cac?next=%2Fpoams`, { headers });
  return status === 303 ? (new URL(location, base).searchParams.get('refused') ?? location) : String(status);
}

/** What nginx writes of a certificate. */
const escaped = (card: Issued): string => encodeURIComponent(card.certificate);

describe.skipIf(nginx === undefined)('cards behind nginx, as the page on it says', () => {
  let world: CardWorld;
  let jane: Issued;
  let proxy: Proxy;
  let url: string;

  beforeAll(async () => {
    world = await cardWorld(
      {
        cacProxyHeader: 'x-ssl-client-cert',
        cacProxyVerifyHeader: 'x-ssl-client-verify',
        cacProxySecret: new Secret(secret),
      },
      ['127.0.0.1'],
    );
    jane = await world.person('jane.doe', '1234567890@mil');
    proxy = await startNginx(world);
    ({ url } = proxy);
  });
  afterAll(async () => {
    proxy?.process.kill();
    await world?.[Symbol.asyncDispose]();
  });

  const enter = (browser: TestBrowser, headers: Headers = {}, base = url) => enterAt(base, browser, headers);
  const browserWith = (card?: Issued) => new TestBrowser(world.webCa, card);

  it('a card signs its person in through the proxy, with the address of the client', async () => {
    const browser = browserWith(jane);
    expect(await enter(browser)).toBe('/poams');
    expect((await browser.open(`${url}/api/v1/me/bootstrap`)).text).toContain('jane.doe');
  });

  it('no card, and one that nginx refuses, sign nobody in', async () => {
    expect(await enter(browserWith())).toBe('no_card');
    expect(await enter(browserWith(world.lookAlike.issue({ upn: '1234567890@mil' })))).toBe('400');
    // nginx takes any certificate for clients that its authorities signed; here the purpose and the UPN are looked at.
    expect(await enter(browserWith(world.issuing.issue({})))).toBe('card_nobody');
  });

  it('headers that a client forges do not pass the proxy', async () => {
    const forged = {
      'x-ssl-client-cert': escaped(jane),
      'x-ssl-client-verify': 'SUCCESS',
      'client-cert': ':AQID:',
    };
    expect(await enter(browserWith(), forged)).toBe('no_card');
    expect(await enter(browserWith(), { ...forged, 'x-tieline-proxy': secret })).toBe('no_card');
    expect(await enter(browserWith(), { x_ssl_client_cert: escaped(jane) })).toBe('no_card');
  });

  it('past the proxy, headers are believed only with the secret, once, and spelled as they are', async () => {
    const real = { 'x-ssl-client-cert': escaped(jane), 'x-ssl-client-verify': 'SUCCESS' };
    const direct = (headers: Headers) => enter(browserWith(), headers, world.url);
    expect(await direct(real)).toBe('no_card');
    expect(await direct({ ...real, 'x-tieline-proxy': secret.replace('f', 'e') })).toBe('no_card');
    expect(await direct({ ...real, 'x-tieline-proxy': [secret, secret] })).toBe('400');
    expect(
      await direct({
        ...real,
        'x-ssl-client-cert': [escaped(jane), escaped(jane)],
        'x-tieline-proxy': secret,
      }),
    ).toBe('400');
    expect(await direct({ ...real, x_ssl_client_cert: escaped(jane), 'x-tieline-proxy': secret })).toBe(
      '400',
    );
    expect(
      await direct({ ...real, 'x-ssl-client-verify': 'FAILED:expired', 'x-tieline-proxy': secret }),
    ).toBe('card_unreadable');
    expect(await direct({ 'x-ssl-client-cert': escaped(jane), 'x-tieline-proxy': secret })).toBe(
      'card_unreadable',
    );
    // The secret alone proves the proxy; the certificate is still checked here.
    const double = world.lookAlike.issue({ upn: '1234567890@mil' });
    const others = { ...real, 'x-ssl-client-cert': escaped(double), 'x-tieline-proxy': secret };
    expect(await direct(others)).toBe('card_not_trusted');
    expect(await direct({ 'x-ssl-client-s-dn': 'CN=jane.doe', 'x-tieline-proxy': secret })).toBe('no_card');
  });

  it('a hundred forged headers are two events, and each has its number', async () => {
    const before = (await world.events()).length;
    for (let turn = 0; turn < 20; turn += 1)
      await enter(browserWith(), { 'x-ssl-client-cert': escaped(jane) }, world.url);
    const events = (await world.events())
      .slice(before)
      .filter((each) => each.startsWith('proxy_header_refused'));
    expect(events.length).toBeLessThanOrEqual(1);
    const { rows } = await world.database.pool.query<{ names: string[] }>(
      `select event_details -> 'headers' as names from security_events_extended where event_type = 'proxy_header_refused' order by id limit 1`,
    );
    expect(rows[0]?.names).toContain('x-ssl-client-cert');
  });
});

describe.skipIf(nginx === undefined)('cards behind nginx that proves itself by a certificate', () => {
  let world: CardWorld;
  let jane: Issued;
  let proxy: Proxy;
  let itself: Issued | undefined;

  const certificate = (): Issued => {
    if (!itself) throw new Error('the world makes it');
    return itself;
  };
  const browserWith = (card?: Issued) => new TestBrowser(world.webCa, card);

  beforeAll(async () => {
    world = await cardWorld(
      ({ issuing }) => {
        itself = issuing.issue({ subject: '/CN=proxy', purposes: ['clientAuth'] });
        return {
          cacProxyHeader: 'x-ssl-client-cert',
          cacProxyVerifyHeader: 'x-ssl-client-verify',
          cacProxyCertificates: [plainFingerprint(new X509Certificate(itself.certificate).fingerprint256)],
        };
      },
      ['127.0.0.1'],
    );
    jane = await world.person('jane.doe', '1234567890@mil');
    proxy = await startNginx(world, certificate());
  });
  afterAll(async () => {
    proxy?.process.kill();
    await world?.[Symbol.asyncDispose]();
  });

  it('a card signs its person in through the proxy, and none signs nobody in', async () => {
    const browser = browserWith(jane);
    expect(await enterAt(proxy.url, browser)).toBe('/poams');
    expect((await browser.open(`${proxy.url}/api/v1/me/bootstrap`)).text).toContain('jane.doe');
    expect(await enterAt(proxy.url, browserWith())).toBe('no_card');
    const forged = { 'x-ssl-client-cert': escaped(jane), 'x-ssl-client-verify': 'SUCCESS' };
    expect(await enterAt(proxy.url, browserWith(), forged)).toBe('no_card');
  });

  it('past the proxy, headers are believed only with its very certificate, not with another of its authority', async () => {
    const real = { 'x-ssl-client-cert': escaped(jane), 'x-ssl-client-verify': 'SUCCESS' };
    const another = world.issuing.issue({ subject: '/CN=proxy', purposes: ['clientAuth'] });
    expect(await enterAt(world.url, browserWith(), real)).toBe('no_card');
    expect(await enterAt(world.url, browserWith(another), real)).toBe('no_card');
    expect(await enterAt(world.url, browserWith(world.lookAlike.issue({ subject: '/CN=proxy' })), real)).toBe(
      'no_card',
    );
    expect(await world.events()).toContain('proxy_header_refused not proved');
    expect(await enterAt(world.url, browserWith(certificate()), real)).toBe('/poams');
    // The certificate of the connection is the proxy's: it is no card, and none in the header is none.
    expect(await enterAt(world.url, browserWith(certificate()))).toBe('no_card');
  });
});
