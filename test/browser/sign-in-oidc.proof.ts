/** Signing in by an identity provider in a real browser: the provider's own pages, groups that grant, and signing out of both. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { giveGroupGrant } from '../../src/operate/accounts/index.ts';
import { everywhere } from '../../src/canonical/access/index.ts';
import { hasChromium, noChromium, openBrowser } from '../support/chromium.ts';
import { machine } from '../support/http-world.ts';
import { freePort } from '../support/free-port.ts';
import { startProvider, clientSecret } from '../support/oidc/start-provider.ts';
import { startServe } from '../support/served.ts';
import { startTwoSystems } from '../support/two-systems.ts';

const signInThere = async (page: Page, name: string): Promise<void> => {
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
};

describe.runIf(hasChromium)(`signing in by an identity provider${noChromium}`, () => {
  it('a person signs in there, may what their group gives, and signs out of both', async () => {
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    await using provider = await startProvider(address);
    const world = await startTwoSystems([], { tenable: ['--machines', '4'], xacta: ['--systems', '1'] });
    const environment = {
      ...world.environment(),
      TIELINE_CONSOLE_URL: address,
      TIELINE_OIDC_ISSUER: provider.issuer,
      TIELINE_OIDC_CLIENT_ID: 'tieline',
      TIELINE_OIDC_CLIENT_SECRET: clientSecret,
      TIELINE_OIDC_TITLE: 'Agency sign-on',
      TIELINE_OIDC_SCOPES: 'openid profile email groups',
      TIELINE_OIDC_GROUPS_CLAIM: 'groups',
      TIELINE_OIDC_NEW_PEOPLE: 'made',
    };
    const served = await startServe(environment, ['--port', String(port)]);
    await using browser = await openBrowser();
    try {
      const grant = {
        group: 'grc-isso',
        issuer: provider.issuer,
        gives: { role: 'isso' },
        scope: everywhere,
      } as const;
      await giveGroupGrant(world.app, grant, machine);
      await provider.describe('ada', { groups: ['grc-isso'] });
      const { page, faults } = await browser.open(served.address);
      await page.goto('/poams');
      await page.getByRole('link', { name: 'Agency sign-on' }).click();
      await signInThere(page, 'ada');
      await page.waitForURL(`${address}/poams`);
      await page.getByRole('button', { name: /^ada/ }).click();
      await page.getByText('ISSO').first().waitFor();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      // The provider asks, too, and leads back.
      await page.getByRole('button', { name: /yes/i }).click();
      await page.waitForURL(`${address}/sign-in`);
      await page.getByRole('link', { name: 'Agency sign-on' }).waitFor();
      // The provider's own pages ask for a font elsewhere.
      expect(
        faults.filter((text) => !/status of 401|fonts\.googleapis|ERR_NAME_NOT_RESOLVED/.test(text)),
      ).toEqual([]);
    } finally {
      await served.stop();
      await world.stop();
    }
  }, 240_000);
});
