import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../platform/values/secret.ts';
import { sleep } from '../../platform/values/abort.ts';
import { client, failure, serve, closeAfterEachTest } from '../../platform/http/loopback.test-support.ts';
import { xactaConnector } from './connector.ts';

closeAfterEachTest();

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tieline-paging-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** A server that answers every page alike, whatever it is asked for. */
const stuck =
  (size: number, next: object, headers: Record<string, string> = {}) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const systems = Array.from({ length: size }, (_, at) => ({ id: `SYS-${at}`, seen: request.url }));
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ systems, ...next }));
  };

const styles: [string, string, ReturnType<typeof stuck>][] = [
  [
    'page with a next page',
    '{ style: page, pageParameter: p, size: 20, next: next }',
    stuck(20, { next: 2 }),
  ],
  ['page by number', '{ style: page, pageParameter: p, size: 20 }', stuck(20, {})],
  ['offset', '{ style: offset, offsetParameter: o, sizeParameter: s, size: 20 }', stuck(20, {})],
  ['cursor', '{ style: cursor, cursorParameter: c, next: next, size: 20 }', stuck(5, { next: 'abc' })],
  ['link', '{ style: link, size: 20 }', stuck(5, {}, { link: '</systems?at=2>; rel="next"' })],
];

describe('a list whose pages do not move on', () => {
  it.each(styles)(
    'a list whose pages do not advance is an error in the style %s, after a few requests',
    async (_name, paging, answer) => {
      const profile = join(home, 'profile.yaml');
      await writeFile(
        profile,
        `profile: here
title: Here
auth: { kind: bearer }
paging: ${paging}
concurrency: { kind: none }
errors: { message: message }
entities:
  system: { list: { path: /systems, items: systems }, id: id }
  poam: { list: { path: '/systems/{parent}/poams' }, parent: { entity: system, field: system_id }, id: id }
`,
      );
      const { url, seen } = await serve(answer);
      const settings = xactaConnector.declaration.settings.parse({ profile, token: new Secret('t0ken') });
      const http = client(url);
      const connector = xactaConnector.connect({ settings, http, now: () => new Date(), sleep });
      const read = new Set<string>();
      const readAll = async (): Promise<void> => {
        for await (const event of connector.read('system', { signal: new AbortController().signal }))
          if (event.type === 'page') for await (const { externalId } of event.records) read.add(externalId);
      };
      expect(await failure(readAll())).toMatchObject({
        code: 'REMOTE_UNEXPECTED',
        message: expect.stringContaining('do not move on') as string,
      });
      expect(seen.length).toBeLessThan(8);
    },
  );
});
