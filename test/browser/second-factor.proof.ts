/**
 * Second factors as people meet them: set up in the console, used at sign-in and to prove again who one is. The security key is Chromium's own
 * virtual one, which signs only for the name and origin of the page, as a real one's browser does.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CDPSession, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resetFactors } from '../../src/operate/accounts/index.ts';
import { bytesOfBase32, codeOfStep, stepAt } from '../../src/operate/accounts/factors/totp.ts';
import {
  hasChromium,
  keepPictures,
  noChromium,
  type OpenBrowser,
  openBrowser,
  type Window,
} from '../support/chromium.ts';
import { composeApp, type TestApp } from '../support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts';
import { machine } from '../support/http-world.ts';
import type { ServeProcess } from '../support/serve-process.ts';
import { addPerson, password, startServe } from '../support/served.ts';

const code = (key: string, steps = 0): string => codeOfStep(bytesOfBase32(key), stepAt(new Date()) + steps);

describe.skipIf(!hasChromium)(`second factors in a browser${noChromium}`, () => {
  let database: ClonedDatabase;
  let app: TestApp;
  let served: ServeProcess;
  let browser: OpenBrowser;
  let address: string;
  const windows: Window[] = [];

  beforeAll(async () => {
    database = await cloneDatabase();
    const masterKey = randomBytes(32).toString('base64');
    app = composeApp(database, masterKey);
    await addPerson(app, 'boss', [{ role: 'issm' }]);
    await addPerson(app, 'keeper', [{ role: 'admin' }]);
    [served, browser] = await Promise.all([
      startServe({
        DATABASE_URL: String(database.url),
        TIELINE_MASTER_KEY: masterKey,
        TIELINE_SECOND_FACTOR: 'privileged',
        TIELINE_SIGN_INS_PER_MINUTE: '1000',
      }),
      openBrowser(),
    ]);
    // Browsers give no security key to an address of numbers.
    address = served.address.replace('127.0.0.1', 'localhost');
  }, 240_000);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await served?.stop();
    await database?.[Symbol.asyncDispose]();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPictures(windows, task.name);
    for (const { context } of windows.splice(0)) await context.close();
  });

  async function open(): Promise<Window> {
    const window = await browser.open(address);
    windows.push(window);
    return window;
  }
  async function givePassword(page: Page, name: string, path = '/'): Promise<void> {
    await page.goto(path);
    await page.getByLabel('Name').fill(name);
    await page.locator('input[type=password]').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  const pages = (page: Page) => page.getByRole('navigation', { name: 'Pages' });

  /** A key that always makes sure of its person. */
  async function plugIn({ context, page }: Window): Promise<{ cdp: CDPSession; authenticatorId: string }> {
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'usb',
        hasResidentKey: false,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { cdp, authenticatorId };
  }

  /** Sets up an app where the account must have a factor. @returns its key and the recovery codes. */
  async function setUpApp(page: Page): Promise<{ key: string; codes: string[] }> {
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    await page.getByRole('button', { name: 'Set up an authenticator app…' }).click();
    await page.getByRole('button', { name: 'Show the key' }).click();
    const key = await page.locator('code[data-secret]').innerText();
    await page.getByRole('img', { name: 'The key as a QR code' }).waitFor();
    await page.getByLabel('The code that the app shows now').fill(code(key));
    await page.getByRole('button', { name: 'Confirm' }).click();
    // The box stands below the codes: once it is ticked they were shown.
    await page.getByLabel('I have kept them').check();
    const codes = await page.locator('ol[data-secret] li').allInnerTexts();
    await page.getByRole('button', { name: 'Done' }).click();
    await pages(page).waitFor();
    return { key, codes };
  }

  it(
    'a privileged person sets up an app before anything else, then a key; signs in by each, and by a recovery code',
    { timeout: 240_000 },
    async () => {
      const first = await open();
      await givePassword(first.page, 'boss', '/poams');
      const { codes, key } = await setUpApp(first.page);
      expect(codes).toHaveLength(10);
      expect(new URL(first.page.url()).pathname).toBe('/poams');

      const second = await open();
      await givePassword(second.page, 'boss');
      const field = second.page.getByLabel('Code of your authenticator app');
      await field.fill('000000');
      await second.page.getByRole('button', { name: 'Sign in' }).click();
      await second.page.getByRole('alert').getByText('was not accepted').waitFor();
      await field.fill(code(key, 1));
      await second.page.getByRole('button', { name: 'Sign in' }).click();
      await pages(second.page).waitFor();

      const device = await plugIn(second);
      await second.page.goto('/your-sign-in');
      await second.page.getByRole('button', { name: 'Add a security key…' }).click();
      await second.page.getByLabel('What you call it').fill('Blue key');
      await second.page.getByRole('button', { name: 'Add the key' }).click();
      await second.page.getByRole('cell', { name: 'Blue key', exact: true }).waitFor();
      await second.page.getByRole('cell', { name: 'Authenticator app', exact: true }).waitFor();

      // Proving again who one is, by the key alone.
      await database.pool.query(`update sessions set stepped_up_at = now() - interval '1 hour'`);
      await second.page.getByRole('button', { name: 'Make new codes…' }).click();
      await second.page.getByRole('button', { name: 'Make new codes', exact: true }).click();
      await second.page.getByRole('button', { name: 'Use your security key' }).click();
      await second.page.getByText('Your security key has proved who you are').waitFor();
      // Where that proof has grown old before it was used, it is asked for again.
      await database.pool.query(`update sessions set stepped_up_at = now() - interval '1 hour'`);
      await second.page.getByRole('button', { name: 'Make new codes', exact: true }).click();
      await second.page.getByRole('button', { name: 'Use your security key' }).click();
      await second.page.getByText('Your security key has proved who you are').waitFor();
      await second.page.getByRole('button', { name: 'Make new codes', exact: true }).click();
      await second.page.getByLabel('I have kept them').check();
      const fresh = await second.page.locator('ol[data-secret] li').allInnerTexts();
      expect(fresh).toHaveLength(10);
      expect(fresh).not.toEqual(codes);
      await second.page.getByRole('button', { name: 'Done' }).click();

      // By the key.
      await second.page.getByRole('button', { name: 'boss' }).click();
      await second.page.getByRole('menuitem', { name: 'Sign out' }).click();
      await givePassword(second.page, 'boss');
      await second.page.getByRole('button', { name: 'Use the security key' }).click();
      await pages(second.page).waitFor();

      // By a recovery code, in a browser that has no key.
      const third = await open();
      await givePassword(third.page, 'boss');
      await third.page.getByRole('button', { name: 'Use a recovery code' }).click();
      await third.page.getByLabel('Recovery code').fill(fresh[0] ?? '');
      await third.page.getByRole('button', { name: 'Sign in' }).click();
      await pages(third.page).waitFor();
      await device.cdp.detach();
      expect([first, second, third].flatMap(({ faults }) => faults)).toEqual([]);
    },
  );

  it(
    'what the key signed is worth nothing again, nor what it signed on a page of another origin',
    { timeout: 240_000 },
    async () => {
      await addPerson(app, 'victim', [{ role: 'analyst' }]);
      const window = await open();
      const { cdp, authenticatorId } = await plugIn(window);
      await givePassword(window.page, 'victim', '/your-sign-in');
      await window.page.getByRole('button', { name: 'Add a security key…' }).click();
      await window.page.getByLabel('What you call it').fill('Red key');
      await window.page.getByRole('button', { name: 'Add the key' }).click();
      await window.page.getByLabel('I have kept them').check();
      await window.page.getByRole('button', { name: 'Done' }).click();
      await window.context.clearCookies();

      const sent: Request[] = [];
      window.page.on('request', (request) => {
        if (request.url().endsWith('/session/second-factor')) sent.push(request);
      });
      await givePassword(window.page, 'victim');
      await window.page.getByRole('button', { name: 'Use the security key' }).click();
      await pages(window.page).waitFor();
      const caught = sent[0]?.postDataJSON() as { factor: { assertion: unknown } };

      const thief = new Thief(address);
      expect(await thief.finish(caught)).toMatchObject({ status: 401, code: 'SIGN_IN_STALE' });
      await thief.givePassword('victim');
      await thief.question();
      expect(await thief.finish({ factor: caught.factor })).toMatchObject({ code: 'SECOND_FACTOR_REFUSED' });

      // A page that stands between: the same name, another port, and the very key of the victim.
      const evil = await evilPage();
      try {
        const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
        await window.page.goto(evil.address);
        expect(credentials).toHaveLength(1);
        const question = await thief.question();
        const assertion = await signOn(window.page, question);
        expect(await thief.finish({ factor: { kind: 'webauthn', assertion } })).toMatchObject({
          code: 'SECOND_FACTOR_REFUSED',
        });
      } finally {
        evil.server.close();
      }
      const { rows } = await database.pool.query<{ why: string }>(
        `select failure_reason as why from security_events_extended where event_type = 'second_factor_refused' and principal_name = 'victim' order by id`,
      );
      expect(rows.map(({ why }) => why)).toEqual([
        expect.stringMatching(/challenge/),
        expect.stringMatching(/origin/),
      ]);
    },
  );

  it(
    'whoever lost everything is told at the next sign-in who took the factors away',
    { timeout: 120_000 },
    async () => {
      await addPerson(app, 'loser', [{ role: 'ao' }]);
      const { page } = await open();
      await givePassword(page, 'loser');
      await setUpApp(page);
      await resetFactors(app, 'loser', machine, 'lost the phone');
      await page.goto('/');
      await page.getByLabel('Name').waitFor();
      await givePassword(page, 'loser');
      await setUpApp(page);
      await page.goto('/your-sign-in');
      await page.getByText('root took your second factors away').waitFor();
      expect(await page.getByText('root took your second factors away').count()).toBe(1);
    },
  );

  it('an administrator resets them on the page of the user', { timeout: 120_000 }, async () => {
    const { page } = await open();
    await givePassword(page, 'keeper');
    await setUpApp(page);
    await page.goto('/users/boss');
    await page.getByRole('button', { name: 'Reset second factors…' }).click();
    await page.getByLabel('Reason').fill('lost the phone');
    await page.getByRole('button', { name: 'Reset second factors', exact: true }).click();
    await page.getByText('has no second factor any more').waitFor();
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from second_factors f join principals p on p.id = f.principal_id where p.name = 'boss'`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});

/** Somebody who knows the password and what was sent, with a program of their own. */
class Thief {
  readonly #address: string;
  #cookie = '';
  #ticket = '';
  constructor(address: string) {
    this.#address = address;
  }
  async #post(path: string, body: unknown) {
    const answer = await fetch(`${this.#address}/api/v1${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-tieline': '1',
        'sec-fetch-site': 'same-origin',
        cookie: this.#cookie,
      },
      body: JSON.stringify(body),
    });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie !== undefined) this.#cookie = cookie;
    const text = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, ...text };
  }
  async givePassword(name: string): Promise<void> {
    const answer = await this.#post('/session', { name, password, bannerAcknowledged: true });
    const { secondFactor } = answer as unknown as { secondFactor: { ticket: string } };
    this.#ticket = secondFactor.ticket;
  }
  question() {
    return this.#post('/session/second-factor/key', { ticket: this.#ticket });
  }
  /** @param body with the ticket that was caught, else with one of the thief's own. */
  finish(body: object) {
    return this.#post('/session/second-factor', { ticket: this.#ticket, ...body });
  }
}

async function evilPage(): Promise<{ server: Server; address: string }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>Tieline</title>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, address: `http://localhost:${(server.address() as AddressInfo).port}` };
}

/** What the browser has the key sign on the page that is open. */
const signOn = (page: Page, question: Record<string, unknown>): Promise<unknown> =>
  page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(question)});
    return (await navigator.credentials.get({ publicKey })).toJSON();
  })()`);
