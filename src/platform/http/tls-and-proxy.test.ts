import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { client, failure, get, listen, post, closeAfterEachTest } from './loopback.test-support.ts';
import { requestMayHaveArrived } from './undici-http-client.ts';

closeAfterEachTest();

/** A certificate for 127.0.0.1 that signs itself, made afresh so that no key is in the repository. */
function makeCertificate(): { cert: string; key: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tieline-tls-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const how = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    const what = [
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...how, ...what], { stdio: 'ignore' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const tls = makeCertificate();

describe.skipIf(tls === undefined)(
  'TLS and proxies (skipped where there is no openssl to make a certificate)',
  () => {
    const certificate = tls?.cert ?? '';
    async function tlsServer(): Promise<number> {
      const server = createTlsServer({ cert: certificate, key: tls?.key ?? '' }, (_request, response) =>
        response.end('{"tls":true}'),
      );
      return await listen(server);
    }

    it('the HTTP client refuses a certificate of an unknown authority, and names the setting to use', async () => {
      const http = client(`https://127.0.0.1:${await tlsServer()}`);
      const error = await failure(http.send(post()));
      expect(error.code).toBe('REMOTE_UNREACHABLE');
      expect(error.remedy).toContain('TIELINE_CA_FILE');
      expect(requestMayHaveArrived(error)).toBe(false);
      expect(http.calls).toHaveLength(1);
    });

    it('the HTTP client trusts an authority that the settings name', async () => {
      const http = client(`https://127.0.0.1:${await tlsServer()}`, { ca: certificate });
      expect(await (await http.send(get())).json()).toEqual({ tls: true });
    });

    it("the HTTP client goes through a proxy, also to a TLS server, with the proxy's password", async () => {
      const tunnels: (string | undefined)[] = [];
      const proxy = createServer();
      proxy.on('connect', (request: IncomingMessage, socket) => {
        tunnels.push(request.headers['proxy-authorization']);
        const [host, port] = (request.url ?? '').split(':');
        const upstream = connect(Number(port), host ?? '', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          upstream.pipe(socket).pipe(upstream);
        });
        upstream.on('error', () => socket.destroy());
        socket.on('error', () => upstream.destroy());
      });
      const proxyPort = await listen(proxy);
      const http = client(`https://127.0.0.1:${await tlsServer()}`, {
        ca: certificate,
        proxy: `http://u:p@127.0.0.1:${proxyPort}`,
      });
      expect(await (await http.send(get())).json()).toEqual({ tls: true });
      expect(tunnels).toEqual([`Basic ${btoa('u:p')}`]);
    });

    it('the HTTP client reports that a proxy refused, and that nothing arrived', async () => {
      const proxy = createServer();
      proxy.on('connect', (_request, socket) =>
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n'),
      );
      const http = client('https://127.0.0.1:1', { proxy: `http://127.0.0.1:${await listen(proxy)}` });
      const error = await failure(http.send(post()));
      expect(error.message).toContain('proxy');
      expect(requestMayHaveArrived(error)).toBe(false);
    });
  },
);
