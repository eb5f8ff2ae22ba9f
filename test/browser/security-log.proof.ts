/** The security log in the console: it is forwarded to a receiver from the page, the receiver is tried, and what went there is told. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { hasChromium, noChromium } from '../support/chromium.ts';
import { consoleStories } from '../support/console-stories.ts';
import { addPerson } from '../support/served.ts';
import { startTwoSystems, type TwoSystems } from '../support/two-systems.ts';

/** A receiver of syslog over TCP that keeps the text. */
async function receiver(): Promise<{
  readonly server: Server;
  readonly port: number;
  readonly text: () => string;
}> {
  let kept = '';
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => (kept += chunk.toString()));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a server over TCP
  return { server, port, text: () => kept };
}

describe.runIf(hasChromium)(`the security log in the console${noChromium}`, () => {
  let world: TwoSystems;
  const siems: Server[] = [];
  afterAll(() => {
    for (const siem of siems) siem.close();
  });
  const dialog = (page: Page): Locator => page.getByRole('dialog');
  const { signIn } = consoleStories(
    async () => {
      const two = await startTwoSystems([], { tenable: ['--machines', '4'], xacta: ['--systems', '2'] });
      world = { ...two, environment: () => ({ ...two.environment(), TIELINE_ALERT_RECEIVERS: 'localhost' }) };
      return world;
    },
    async () => {
      await addPerson(world.app, 'm.silva', [{ role: 'issm' }]);
      await addPerson(world.app, 'i.sso', [{ role: 'isso' }]);
    },
    120_000,
  );

  it('an ISSM forwards it after giving the password again, tries it, and sees that it is forwarded', async () => {
    const siem = await receiver();
    siems.push(siem.server);
    const { page, faults } = await signIn('m.silva', '/security');
    await page.getByRole('button', { name: 'Forward…' }).click();
    await dialog(page).getByLabel('Server').fill('evil.example');
    await dialog(page).getByRole('textbox', { name: 'Port' }).fill(String(siem.port));
    await dialog(page).getByLabel('Transport').selectOption('tcp');
    await dialog(page).getByText('TCP is not encrypted').waitFor();
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('TIELINE_ALERT_RECEIVERS').last().waitFor();
    await world.rows(`update sessions set stepped_up_at = now() - interval '1 day'`);
    await dialog(page).getByLabel('Server').fill('localhost');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('You proved who you are too long ago').waitFor();
    await dialog(page).getByLabel('Your password').fill('Plover quartz umbrella 9');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByRole('button', { name: 'Send a test event' }).click();
    await page.getByText('accepted the test').first().waitFor();
    await page.getByText('Forwarded to localhost').waitFor();
    await expect.poll(siem.text, { timeout: 30_000 }).toContain('test of the forwarding');
    await expect.poll(siem.text, { timeout: 30_000 }).toContain('log_forwarding_changed');
    // The test event bears the same name: only the real one says who.
    await expect.poll(siem.text, { timeout: 30_000 }).toContain('m.silva');
    await page.getByRole('button', { name: 'Forward…' }).click();
    await dialog(page)
      .getByText(/Last delivered/)
      .waitFor();
    expect(faults.filter((text) => !/status (403|422)/.test(text))).toEqual([]);
  });

  it('where the receiver does not answer, the page says since when', async () => {
    await world.rows(
      `update security_log_forwarding set failing_since = '2026-01-02T03:04:00Z', failure = 'nobody listens', port = 1`,
    );
    const { page } = await signIn('m.silva', '/security');
    const told = page.getByText(/^Not forwarded to localhost since/);
    await told.waitFor();
    expect(await told.innerText()).toContain('02 Jan 2026, 03:04 UTC');
  });

  it('a file that is no certificate is refused at its field, and an ISSO has no such button', async () => {
    const { page } = await signIn('m.silva', '/security');
    await page.getByRole('button', { name: 'Forward…' }).click();
    await dialog(page).getByLabel('Transport').selectOption('tls');
    await dialog(page)
      .getByLabel(/^CA file/)
      .setInputFiles({ name: 'ca.pem', mimeType: 'text/plain', buffer: Buffer.from('nothing') });
    await dialog(page).getByLabel('Server').fill('localhost');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByText('holds no certificate').waitFor();
    const { page: other } = await signIn('i.sso', '/security');
    await other.getByRole('heading', { name: 'Security log' }).waitFor();
    expect(await other.getByRole('button', { name: 'Forward…' }).count()).toBe(0);
  });
});
