/** An answer of undici as connectors see it, with failures in its body turned to TielineErrors. */
import type { Dispatcher } from 'undici';
import { TielineError } from '../errors/index.ts';
import { boundedBody } from './bounded-body.ts';
import type { HttpResponse } from './http-client.ts';

const defaultLimitBytes = 64 * 1024 * 1024;

/** Wraps undici's answer. `where` ("GET /x") begins every error message; `masked` takes out secrets. */
export function toHttpResponse(
  data: Dispatcher.ResponseData,
  call: { readonly where: string; readonly signal: AbortSignal; readonly masked: HttpResponse['masked'] },
): HttpResponse {
  const { where } = call;
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(data.headers))
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  const body = boundedBody(data.body, call);
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
    masked: call.masked,
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
