import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issued } from '../../../../test/support/card-authority.ts';
import { askOverTls, type CardWorld, cardWorld, TestBrowser } from '../../../../test/support/card-world.ts';
import { freePort } from '../../../../test/support/free-port.ts';
import { Secret } from '../../../platform/values/index.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));
if (nginx === undefined)
  process.stderr.write('nginx (apt-get install nginx) is not here: cards behind a proxy are not tested.\n');

const secret = 'f'.repeat(64);

/** The server block of the page that administrators follow, with the paths and ports of this test. */
function snippet(replaced: Readonly<Record<string, string>>): string {
  const page = readFileSync('docs/how-to/sign-in-with-cards.md', 'utf8');
  let text = /```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  for (const [before, after] of Object.entries(replaced)) {
    expect(text).toContain(before);
    text = text.replaceAll(before, after);
  }
  return text;
}

describe.skipIf(nginx === undefined)('cards behind nginx, as the page on it says', () => {
  let world: CardWorld;
  let jane: Issued;
  let proxy: ChildProcess;
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
    const port = await freePort();
    url = `https://localhost:${port}`;
    const home = world.directory();
    mkdirSync(join(home, 'logs'));
    const lists = world.lists().map((file) => readFileSync(file, 'utf8'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(home, name), text);
      return join(home, name);
    };
    const server = snippet({
      'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
      'server_name tieline.agency.example;': 'server_name localhost;',
      '/etc/nginx/tieline.crt': world.site.certificateFile,
      '/etc/nginx/tieline.key': world.site.keyFile,
      '/etc/nginx/card-authorities.pem': file(
        'ca.pem',
        `${world.root.certificate}${world.issuing.certificate}`,
      ),
      '/etc/nginx/card-lists.pem': file('lists.pem', lists.join('')),
      'http://127.0.0.1:7480': world.url.replace('localhost', '127.0.0.1'),
      'the secret': secret,
    });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${home}/${kind};`,
    );
    const config = file(
      'nginx.conf',
      `daemon off; master_process off; pid ${home}/nginx.pid; error_log ${home}/error.log;
       events {} http { access_log off; ${temporary.join(' ')} ${server} }`,
    );
    proxy = spawn(nginx ?? '', ['-p', home, '-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    proxy.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
    for (let attempt = 0; ; attempt += 1)
      try {
        await askOverTls(`${url}/healthz`, world.webCa);
        break;
      } catch (error) {
        if (attempt > 100 || proxy.exitCode !== null)
          throw new Error(`nginx does not answer: ${said}`, { cause: error });
        await new Promise((done) => setTimeout(done, 100));
      }
  });
  afterAll(async () => {
    proxy?.kill();
    await world?.[Symbol.asyncDispose]();
  });

  const enter = async (
    browser: TestBrowser,
    headers: Record<string, string | readonly string[]> = {},
    base = url,
  ) => {
    const { location, status } = await browser.open(`${base}/api/v1/session/cac?next=%2Fpoams`, { headers });
    return status === 303 ? (new URL(location, url).searchParams.get('refused') ?? location) : String(status);
  };
  const browserWith = (card?: Issued) => new TestBrowser(world.webCa, card);
  /** What nginx writes of a certificate. */
  const escaped = (card: Issued): string => encodeURIComponent(card.certificate);

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
    const direct = (headers: Record<string, string | readonly string[]>) =>
      enter(browserWith(), headers, world.url);
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
