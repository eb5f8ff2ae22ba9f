/** An answer of undici as connectors see it, with failures in its body turned to TielineErrors. */
import { PassThrough, type Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { TielineError } from '../../errors/tieline-error.ts';
import { abortReason, whenAborted } from './abort.ts';
import type { HttpResponse } from './http-client.ts';
import { classifyTransportFailure } from './transport-failure.ts';

const defaultLimitBytes = 64 * 1024 * 1024;

/** The body, ending in TielineError REMOTE_UNREACHABLE (cut) or REMOTE_TIMEOUT (stalled), or the signal's reason. */
function guarded(body: Dispatcher.ResponseData['body'], where: string, signal: AbortSignal): Readable {
  const out = new PassThrough({ highWaterMark: 256 * 1024 });
  const stopWatching = whenAborted(signal, (reason) => out.destroy(reason));
  // A stream nobody reads any more may still fail; that is not news to anybody.
  out.on('error', () => undefined);
  body.on('error', (error) => {
    out.destroy(signal.aborted ? abortReason(signal) : classifyTransportFailure(error, where).error);
  });
  out.on('close', () => {
    stopWatching();
    if (!body.destroyed && !body.readableEnded) body.destroy();
  });
  body.pipe(out);
  return out;
}

/** Wraps undici's answer. `where` ("GET /x") begins every error message. */
export function toHttpResponse(
  data: Dispatcher.ResponseData,
  where: string,
  signal: AbortSignal,
): HttpResponse {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(data.headers))
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  const body = guarded(data.body, where, signal);
  async function text(limitBytes = defaultLimitBytes): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > limitBytes)
        throw new TielineError(
          'REMOTE_UNEXPECTED',
          `${where}: the answer is longer than ${limitBytes} bytes.`,
        );
      pieces.push(piece);
    }
    return Buffer.concat(pieces, length).toString('utf8');
  }
  return {
    status: data.statusCode,
    headers,
    body,
    text,
    async json() {
      const whole = await text();
      try {
        return JSON.parse(whole) as unknown;
      } catch {
        // The parser's own message quotes the text, which may be anything.
        throw new TielineError(
          'REMOTE_UNEXPECTED',
          `${where}: the answer (${data.statusCode}, ${headers['content-type'] ?? 'no content type'}) is not JSON.`,
        );
      }
    },
  };
}
