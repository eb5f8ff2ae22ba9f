/** What the checks of cards say where something is wrong: of the settings, and of a proxy. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type AccessSettings, usualAccessSettings } from '../../../platform/config/index.ts';
import { checkCards } from './check-cards.ts';
import { checkProxy } from './check-proxy.ts';

/** Neither check reads of the database. */
const appWith = (access: Partial<AccessSettings>): Parameters<typeof checkProxy>[0] =>
  ({
    access: { ...usualAccessSettings, ...access },
    now: () => new Date('2026-11-27T12:00:00Z'),
    http: { ca: undefined },
  }) as Parameters<typeof checkProxy>[0];

describe('the check of cards', () => {
  it('names each setting without which serve does not start', async () => {
    const failedOf = async (access: Partial<AccessSettings>): Promise<string[]> =>
      (await checkCards(appWith(access)))
        .filter(({ check }) => check === 'settings')
        .map(({ detail }) => detail.split(' ')[0] ?? '');
    expect(await failedOf({ cacPort: 8444 })).toEqual(['console_url', 'tls_cert']);
    expect(await failedOf({ cacProxyHeader: 'client-cert' })).toEqual([
      'trusted_proxies',
      'cac_proxy_secret',
    ]);
    const proxy = { cacProxyHeader: 'client-cert', trustedProxies: ['10.1.2.3'] };
    expect(await failedOf({ ...proxy, cacProxyCertificates: ['a'.repeat(64)] })).toEqual(['client_ca_file']);
    const asked = { cacProxyCertificates: ['a'.repeat(64)], clientCaFile: 'programs.pem' };
    expect(await failedOf({ ...proxy, ...asked })).toEqual(['client_ca_file', 'tls_cert']);
    expect(await failedOf({ ...proxy, ...asked, tlsCertificateFile: 'site.pem' })).toEqual([]);
  });
});

describe('the check of the proxy', () => {
  it('guesses the secret in the header that the settings name', async () => {
    const came: IncomingHttpHeaders[] = [];
    const server = createServer((request, answer) => {
      came.push(request.headers);
      answer.writeHead(303, { location: '/sign-in?refused=no_card' }).end();
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    try {
      const app = appWith({ cacProxyHeader: 'x-card', cacProxySecretHeader: 'x-our-proof' });
      const checks = await checkProxy(app, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      expect(checks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(came.filter((headers) => 'x-our-proof' in headers)).toHaveLength(1);
      expect(came.some((headers) => 'x-tieline-proxy' in headers)).toBe(false);
    } finally {
      server.close();
    }
  });
});
