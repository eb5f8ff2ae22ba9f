import { describe, expect, it } from 'vitest';
import { TielineError } from '../errors/tieline-error.ts';
import { Secret } from '../values/secret.ts';
import { client, failure, get, say, serve, closeAfterEachTest } from './loopback.test-support.ts';
import { maskedConnector } from '../../connectors/kit/masked-connector.ts';
import { refusalError } from './remote-refusal.ts';
import { createSecretMask, secretsIn } from './secret-mask.ts';

closeAfterEachTest();

const password = 'p/w+ör"d==&x';
const basic = Buffer.from(`svc:${password}`).toString('base64');
const mask = createSecretMask([new Secret(password)]);
mask.learn(new Secret(`Basic ${basic}`));
mask.learn(new Secret('accessKey=AK11;secretKey=SK22;'));

describe('what a remote echoes', () => {
  it.each([
    ['as it is', password],
    ['in a URL', encodeURIComponent(password)],
    [
      'in a URL, in small letters',
      encodeURIComponent(password).replaceAll(/%../g, (each) => each.toLowerCase()),
    ],
    ['in JSON', JSON.stringify(password).slice(1, -1)],
    ['in HTML', password.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in base64', Buffer.from(password).toString('base64')],
    ['as Basic', basic],
    ['as Basic in a URL', encodeURIComponent(basic)],
    ['as one of several keys', 'SK22'],
  ])("a remote's echo contains no secret %s", (_how, echoed) => {
    expect(mask.mask(`you sent <${echoed}>.`)).toBe('you sent <[secret]>.');
  });

  it("masking a remote's echo keeps the words around a secret", () => {
    expect(mask.mask('Basic authorization with accessKey refused')).toBe(
      'Basic authorization with accessKey refused',
    );
  });

  it("a remote's refusal contains no secret in its message, not even half of one where the message is cut", async () => {
    const long = `S${'0123456789'.repeat(4)}`;
    for (const before of [0, 150, 175, 190]) {
      const body = JSON.stringify({ message: `${'x'.repeat(before)} ${long}`, error: '\u001b[2J' });
      const { url } = await serve(say(401, body));
      const request = get('/x', { headers: { 'X-ApiKeys': new Secret(`secretKey=${long};`) } });
      const response = await client(url).send(request);
      const error = await refusalError(request, response);
      expect(error.message).toMatch(/^GET \/x was answered with 401: \\u001b\[2J/);
      expect(error.message).not.toContain(long.slice(0, 6));
    }
  });

  it('an error contains no secret, nor do its cause and its stack', () => {
    const cause = new Error(`sent ${password}`);
    const error = new TielineError('REMOTE_FAILED', `refused ${password}`, {
      cause,
      fields: [{ field: 'x', message: password }],
    });
    mask.maskError(error);
    expect(
      `${error.message} ${error.stack} ${JSON.stringify(error.fields)} ${cause.message} ${cause.stack}`,
    ).not.toContain(password);
  });

  it('the refusal of a write contains no secret', async () => {
    const connector = maskedConnector(
      {
        async *check() {},
        async *read() {},
        find: () => Promise.resolve(undefined),
        write: () =>
          Promise.resolve({
            outcome: 'rejected',
            message: `bad \u009b ${password}`,
            fields: [{ field: 'a', message: password }],
          }),
      },
      mask,
    );
    const change = { kind: 'create', idempotencyKey: 'k', fields: {} } as const;
    expect(await connector.write('poam', change, new AbortController().signal)).toEqual({
      outcome: 'rejected',
      message: 'bad \\u009b [secret]',
      fields: [{ field: 'a', message: '[secret]' }],
    });
  });

  it('a secret is masked wherever a system keeps its secrets', () => {
    const found = secretsIn({ a: new Secret('1'), b: { c: [new Secret('2')] }, d: 'no' });
    expect(found.map((each) => each.reveal())).toEqual(['1', '2']);
  });
});

describe('the client', () => {
  it('the HTTP client learns a token from the header that it sends, and takes it out of a failure', async () => {
    const { url } = await serve(say(500, '{"message":"token abc.def.ghi is over"}'));
    const request = get('/x', { headers: { Authorization: new Secret('Bearer abc.def.ghi') } });
    expect((await failure(client(url).send(request))).message).toBe(
      'GET /x was answered with 500: token [secret] is over',
    );
  });
});
