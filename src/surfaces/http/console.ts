/**
 * The console's files. Every address that is no file and no route of the API is a page of the console, which its own router shows; the page
 * is sent with a nonce of its own, which its styles bear.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { makeNonce, pagePolicy } from './kit/headers.ts';

const nonceMark = '__TIELINE_NONCE__';

/** @param directory of the built console: index.html, and what it loads under static/. */
export async function serveConsole(server: FastifyInstance, directory: string): Promise<void> {
  const page = await readFile(join(directory, 'index.html'), 'utf8');
  await server.register(fastifyStatic, {
    root: join(directory, 'static'),
    prefix: '/static/',
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    index: false,
    decorateReply: false,
  });
  const sendPage = (reply: FastifyReply): FastifyReply => {
    const nonce = makeNonce();
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('content-security-policy', pagePolicy(nonce))
      .send(page.replaceAll(nonceMark, nonce));
  };
  server.get('/', (_request, reply) => sendPage(reply));
  server.get('/*', (request, reply) =>
    request.url.startsWith('/api/') ? reply.callNotFound() : sendPage(reply),
  );
}
