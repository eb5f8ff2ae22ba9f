/** The server over TLS with the port that asks for cards, authorities and cards made by openssl, and browsers that hold them. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type CardRequest, type Issued, type TestAuthority, testAuthorities } from './card-authority.ts';
import { composeApp, type TestApp } from './compose-app.ts';
import type { ClonedDatabase } from './database.ts';
import { databaseWithConnection } from './one-connection.ts';
import { everywhere } from '../../src/canonical/access/index.ts';
import { addAccount, giveGrant, openCardDesk } from '../../src/operate/accounts/index.ts';
import { insertIdentity } from '../../src/operate/accounts/identities/identities.sql.ts';
import { type AccessSettings, usualAccessSettings } from '../../src/platform/config/index.ts';
import { openCardListener, openServer } from '../../src/surfaces/http/index.ts';
import { machine } from './http-world.ts';

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly card?: Issued | undefined;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly text: string;
}

/** A request over real TLS. @param ca of the server. */
export function askOverTls(
  url: string,
  ca: string,
  { method = 'GET', headers = {}, card, body }: Asked = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        ca,
        agent: false,
        headers: headers as Record<string, string | string[]>,
        ...(card ? { cert: card.certificate, key: card.key } : {}),
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            location: answer.headers.location ?? '',
            cookies: answer.headers['set-cookie'] ?? [],
            text,
          }),
        );
      },
    );
    sent.on('error', reject).end(body);
  });
}

/** Keeps cookies, and follows where it is led as a browser does. */
export class TestBrowser {
  readonly jar = new Map<string, string>();
  readonly #ca: string;
  card: Issued | undefined;
  constructor(ca: string, card?: Issued) {
    this.#ca = ca;
    this.card = card;
  }
  async open(url: string, more: Asked = {}): Promise<Answered> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await askOverTls(url, this.#ca, {
      card: this.card,
      ...more,
      headers: { ...(cookie === '' ? {} : { cookie }), ...more.headers },
    });
    for (const each of answer.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      // As browsers do (RFC 6265bis, section 4.1.3.2): such a line is ignored as a whole.
      if (name.startsWith('__Host-') && !/; *secure(;|$)/i.test(each)) continue;
      if (value === '' || /max-age=0/i.test(each)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }
}

export interface CardWorld extends AsyncDisposable {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  /** Of the server's certificate. */
  readonly webCa: string;
  /** Certificate and key of the server. */
  readonly site: Issued;
  readonly root: TestAuthority;
  readonly issuing: TestAuthority;
  /** Of another root, under the same names. */
  readonly lookAlike: TestAuthority;
  readonly url: string;
  readonly cardUrl: string;
  /** A card of the authority that is trusted, and the account that it signs in. */
  person(name: string, upn: string, more?: CardRequest): Promise<Issued>;
  browser(card?: Issued): TestBrowser;
  /** From the button to where the port for cards leads. */
  shows(browser: TestBrowser, query?: string): Promise<Answered>;
  /** Kinds of the events with why, in order. */
  events(): Promise<string[]>;
  /** Moves the clock of the product. */
  pass(ms: number): void;
  /** A new directory, which goes with the world. */
  directory(): string;
  /** Files of the lists of revocations of root and issuing authority. */
  lists(): readonly string[];
  /** Lists of revocations are made again, and read. */
  publishLists(): Promise<void>;
}

/** @param wanted settings beside the usual; a function of what is made for them. */
export async function cardWorld(
  wanted: Partial<AccessSettings> | ((made: Pick<CardWorld, 'issuing'>) => Partial<AccessSettings>) = {},
  trustedProxies?: readonly string[],
): Promise<CardWorld> {
  const authorities = testAuthorities();
  const root = authorities.root('Test Root');
  const issuing = root.authority('Test Issuing CA');
  const lookAlike = authorities.root('Test Root').authority('Test Issuing CA');
  const web = authorities.root('Web CA');
  const site = web.issue({
    subject: '/CN=localhost',
    purposes: ['serverAuth'],
    alternativeNames: ['DNS:localhost', 'IP:127.0.0.1'],
  });
  const access = typeof wanted === 'function' ? wanted({ issuing }) : wanted;
  const settings: AccessSettings = {
    ...usualAccessSettings,
    signInsPerMinute: 1000,
    cacPort: 8444,
    cacCaFile: authorities.write('ca.pem', `${root.certificate}${issuing.certificate}`),
    cacCrl: [root.list(), issuing.list()],
    ...access,
  };
  const { database } = await databaseWithConnection();
  let ahead = 0;
  const app: TestApp = {
    ...composeApp(database, randomBytes(32).toString('base64')),
    access: settings,
    now: () => new Date(Date.now() + ahead),
  };
  const desk = await openCardDesk(settings);
  const tls = { certificate: site.certificate, key: site.key, clientAuthorities: issuing.certificate };
  const ways = { desk, listenerUrl: 'https://localhost:0' as string | undefined };
  const server = await openServer(app, {
    version: '0.0.0',
    tls,
    trustedProxies,
    classification: 'CUI',
    consoleDirectory: undefined,
    isDemo: false,
    rates: { reads: 100_000, writes: 100_000 },
    cards: ways,
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `https://localhost:${(server.server.address() as AddressInfo).port}`;
  const listener = openCardListener({ app, desk, tls, consoleUrl: url, refreshMs: 50 });
  await new Promise<void>((resolve) => {
    listener.server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const cardUrl = `https://localhost:${(listener.server.address() as AddressInfo).port}`;
  ways.listenerUrl =
    access.cacPort === undefined && access.cacProxyHeader !== undefined ? undefined : cardUrl;
  return {
    app,
    database,
    webCa: web.certificate,
    site,
    root,
    issuing,
    lookAlike,
    url,
    cardUrl,
    async person(name, upn, more = {}) {
      const card = issuing.issue({ upn, subject: `/C=US/CN=${name}`, ...more });
      const { id } = await addAccount(app, { kind: 'person', name }, machine);
      await giveGrant(app, name, { gives: { role: 'viewer' }, scope: everywhere }, machine);
      const der = Buffer.from(card.certificate.replaceAll(/-----.*-----|\s/g, ''), 'base64');
      const read = await desk.read(der, new Date());
      if (read.kind !== 'proved') throw new Error(read.why);
      await insertIdentity(database.db, read.identity, {
        principalId: id,
        presented: {},
        at: app.now(),
        by: 'root',
      });
      return card;
    },
    browser: (card) => new TestBrowser(web.certificate, card),
    async shows(browser, query = 'next=%2Fpoams&banner=acknowledged') {
      const begun = await browser.open(`${url}/api/v1/session/cac?${query}`);
      return begun.location.startsWith(cardUrl) ? browser.open(begun.location) : begun;
    },
    async events() {
      const { rows } = await database.pool.query<{ event: string }>(
        `select event_type || case outcome when 'success' then '' else ' ' || coalesce(failure_reason, '') end as event
           from security_events_extended order by id`,
      );
      return rows.map(({ event }) => event);
    },
    pass: (ms) => void (ahead += ms),
    directory: () => authorities.place(),
    lists: () => [root.list(), issuing.list()],
    async publishLists() {
      root.list();
      issuing.list();
      await new Promise((done) => setTimeout(done, 300));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server.close(), listener.close()]);
      await database[Symbol.asyncDispose]();
      authorities[Symbol.dispose]();
    },
  };
}
