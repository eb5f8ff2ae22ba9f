import type { IncomingMessage } from 'node:http';
import type { Refuse } from './answer.ts';
import type { SimRequest, SimResponse } from './route.ts';

const bodyLimitBytes = 64 * 1024 * 1024;

/** The whole body; undefined if it is too large. */
export async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= bodyLimitBytes) pieces.push(piece);
  }
  return bytes > bodyLimitBytes ? undefined : Buffer.concat(pieces);
}

/** The request as handlers see it, still without the parts of its route; or the answer that refuses its body. */
export function readRequest(
  message: IncomingMessage,
  url: URL,
  body: Buffer | undefined,
  context: {
    readonly now: Date;
    readonly refuse: Refuse;
    /** Takes any body for JSON, whatever its content type says. */
    readonly alwaysJson?: boolean;
  },
): SimRequest | SimResponse {
  const { headers, method = 'GET' } = message;
  if (body === undefined) return context.refuse(413, 'too_large', 'The body is larger than 64 MiB.');
  const request = {
    method,
    path: url.pathname,
    params: {},
    query: url.searchParams,
    headers,
    body,
    now: context.now,
  };
  const type = headers['content-type'] ?? 'application/json';
  const isJson = context.alwaysJson === true || type.includes('json');
  if (body.length === 0 || !isJson) return { ...request, json: undefined };
  try {
    return { ...request, json: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    return context.refuse(400, 'malformed', 'The body is not valid JSON.');
  }
}
