/** Puts an answer on the wire, whole or, by a fault, in part. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SimResponse } from './route.ts';

/** An error in the shape that both simulators use unless they have one of their own. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): SimResponse {
  return { status, headers, json: { error: { code, message } } };
}

/** How a simulator words a refusal that the kit makes. */
export type Refuse = (
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
) => SimResponse;

/** @param cutAfterBytes sends so much of the body at most, never its last byte, then cuts the connection */
export async function sendAnswer(
  response: ServerResponse,
  answer: SimResponse,
  cutAfterBytes: number | undefined,
): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.stream !== undefined) {
    await sendStream(response, answer.stream, cutAfterBytes);
    return;
  }
  const body = Buffer.from(answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json)));
  if (answer.json !== undefined && !response.hasHeader('content-type'))
    response.setHeader('content-type', 'application/json');
  if (answer.status !== 204) response.setHeader('content-length', body.length);
  if (cutAfterBytes === undefined) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  const part = body.subarray(0, Math.min(cutAfterBytes, Math.max(0, body.length - 1)));
  if (part.length > 0) await write(response, part);
  cut(response);
}

async function sendStream(
  response: ServerResponse,
  stream: AsyncIterable<string | Buffer> | Iterable<string | Buffer>,
  cutAfterBytes: number | undefined,
): Promise<void> {
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  if (cutAfterBytes === undefined) {
    // A client that went away is its own affair.
    await pipeline(Readable.from(stream), response).catch(() => undefined);
    return;
  }
  response.flushHeaders();
  let sent = 0;
  for await (const piece of stream) {
    const part = Buffer.from(piece).subarray(0, cutAfterBytes - sent);
    sent += part.length;
    if (part.length > 0) await write(response, part);
    if (sent >= cutAfterBytes || response.destroyed) break;
  }
  cut(response);
}

/** Cuts the connection without a word: the client sees it end, whatever was promised. */
export function cut(response: ServerResponse): void {
  response.socket?.destroy();
}

/** Waits until the bytes have left this process, so that a cut right after comes after them. */
function write(response: ServerResponse, part: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(part, done);
  });
}
